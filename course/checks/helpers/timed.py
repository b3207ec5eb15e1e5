"""Classifiers whose numbers, guesses and times are known, and that keep a diary of when and how they were called."""

import time

import torch
from torch import nn

from . import helper


class Diary:
    """What several models were asked, in the order in which it happened.

    A pass is a call with all rows, or several calls in a row that have all of them together. Where a model is copied, its copy writes
    into the same diary.
    """

    def __init__(self, ids):
        """ids: long (row, time), no row twice."""
        self.places = {tuple(row): i for i, row in enumerate(ids.tolist())}
        self.notes, self.passes, self.read = [], {}, {}

    def __deepcopy__(self, memo):
        return self

    def begin(self, model, rows):
        """The number of the pass to which a call belongs, and whether it begins one. model: its number; rows: how many it was given."""
        read, whole = self.read.get(model, 0), len(self.places)
        starts = rows >= whole or not read
        if starts:
            self.passes[model], read = self.passes.get(model, -1) + 1, 0
        self.read[model] = (read + rows) % whole if read + rows <= whole else 0
        return self.passes[model], starts

    def tell(self):
        """(notes, now, graph): a list of dicts, one for each call; the time at which this is asked; whether gradients are switched on then."""
        return self.notes, time.perf_counter(), torch.is_grad_enabled()


class Timed(nn.Module):
    """A classifier that guesses what was decided beforehand, and takes as long as was decided. In training mode it guesses something else."""

    def __init__(self, number, diary, numbers, twice, frozen, count, logits, first, cycle):
        """number: its own in the diary; numbers: a list of tensors, its parameters; twice: the places of those that a second layer uses too; frozen: of
        those that do not learn; count: its buffer; logits: float (row, classes); first, cycle: seconds that the first pass takes, and the others in turn.
        """
        super().__init__()
        self.number, self.diary, self.logits = number, diary, logits
        self.first, self.cycle = first, cycle
        self.layers, self.dropout = nn.ModuleList(), nn.Dropout(0.5)
        for i, tensor in enumerate(numbers):
            layer = nn.Module()
            layer.weight = nn.Parameter(tensor.clone(), requires_grad=i not in frozen)
            self.layers.append(layer)
        self.layers.extend([self.layers[i] for i in twice])
        self.register_buffer("count", count.clone())

    def forward(self, ids):
        """ids: long (some rows, time). Returns logits, float (some rows, classes)."""
        began = time.perf_counter()
        number, starts = self.diary.begin(self.number, len(ids))
        if starts:
            time.sleep(self.first if number == 0 else self.cycle[(number - 1) % len(self.cycle)])
        training = any(module.training for module in self.modules())
        places = [self.diary.places.get(tuple(row), 0) for row in ids.tolist()]
        logits = self.logits[places]
        logits = logits.roll(1, -1) if training else logits
        logits = logits + 0 * self.layers[0].weight.sum().to(
            logits.dtype
        )  # as in any model, a graph hangs on it
        note = {"model": self.number, "pass": number, "rows": len(ids), "training": training}
        note |= {"graph": torch.is_grad_enabled(), "began": began, "ended": time.perf_counter()}
        self.diary.notes.append(note)
        return logits

    def modes(self):
        """Whether each of its modules is in training mode, itself first."""
        return [module.training for module in self.modules()]


@helper
def timed_models(ids, models):
    """A `Diary`, and a `Timed` for each of some dicts of its arguments; "training": the mode in which it comes."""
    diary = Diary(ids)
    made = [
        Timed(number, diary, **{name: x for name, x in each.items() if name != "training"})
        for number, each in enumerate(models)
    ]
    for model, each in zip(made, models, strict=True):
        model.train(each["training"])
    return [diary, *made]
