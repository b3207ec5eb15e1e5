"""Ways to train a model of which everything is known: what moves, how long it takes, what it scores; and a diary of what was called."""

import time

import torch
from torch import nn

from . import helper


class Trained(nn.Module):
    """A model made in one of the ways. It computes nothing."""

    def __init__(self, way, number, numbers, twice, frozen):
        """way: its plan; number: its own in the diary; numbers: tensors, its parameters; twice: places of those that a second layer uses too;
        frozen: of those that do not learn at first."""
        super().__init__()
        self.way, self.number, self.seeds = way, number, []
        self.layers, self.dropout = nn.ModuleList(), nn.Sequential(nn.Dropout(0.5))
        for i, tensor in enumerate(numbers):
            layer = nn.Module()
            layer.weight = nn.Parameter(tensor.clone(), requires_grad=i not in frozen)
            self.layers.append(layer)
        self.layers.extend([self.layers[i] for i in twice])
        self.register_buffer("count", torch.zeros(7))


class Diary:
    """Makes models, trains and evaluates them, and notes each call."""

    def __init__(self):
        self.notes, self.made = [], 0

    def note(self, what, model, began, **more):
        self.notes.append({"what": what, "model": model, "began": began, "ended": time.perf_counter(), **more})  # fmt: skip

    def maker(self, way, plan):
        """A function () -> a new `Trained`."""

        def make():
            began = time.perf_counter()
            time.sleep(plan["making"])
            built = {name: plan[name] for name in ("numbers", "twice", "frozen")}
            model = Trained(plan | {"way": way}, self.made, **built)
            self.made += 1
            self.note("make", model.number, began, way=way, seed=-1, training=False, graph=True)
            return model

        return make

    def train(self, model, seed):
        """Move what this way moves with this seed, in training mode."""
        began, plan = time.perf_counter(), model.way
        model.train()
        time.sleep(plan["seconds"][seed % len(plan["seconds"])])
        again = len(model.seeds) > 0
        with torch.no_grad():
            for i in plan["moves"][seed % len(plan["moves"])]:
                weight = model.layers[i].weight
                weight.requires_grad_(True)
                weight.view(-1)[seed % weight.numel()] += 0.5
            model.count += 1
        model.seeds.append(seed)
        self.note("train", model.number, began, way=plan["way"], seed=seed, training=again, graph=torch.is_grad_enabled())  # fmt: skip

    def evaluate(self, model):
        """The score that this way has with the seed of its last training."""
        began, plan = time.perf_counter(), model.way
        time.sleep(plan["judging"])
        seed = model.seeds[-1] if model.seeds else -1
        modes = any(module.training for module in model.modules())
        self.note("evaluate", model.number, began, way=plan["way"], seed=seed, training=modes, graph=torch.is_grad_enabled())  # fmt: skip
        score = plan["scores"][seed % len(plan["scores"])]
        return score if not modes else score / 2

    def tell(self):
        """(notes, graph): a list of dicts, one for each call; whether gradients are switched on now. In a note of a training `training` says
        whether that model had been trained before."""
        return self.notes, torch.is_grad_enabled()


@helper
def known_ways(plans):
    """A `Diary`, its `train` and `evaluate`, and a maker for each of some plans: dicts of the numbers, of which are used twice and frozen, of
    which move and how long it takes with each seed, of the scores with each, and of seconds for making and judging."""
    diary = Diary()
    return [diary, diary.train, diary.evaluate, *(diary.maker(i, plan) for i, plan in enumerate(plans))]
