"""Oracles: for labels a plain loop; for the loss float64 numpy, and for its gradients autograd through the library's two losses, each on the
samples that came."""

import numpy as np
import torch
from torch.nn import functional as F

from course.checks import args, part, require_close, require_dtype, require_graph
from course.checks.helpers.scorers import Scorer
from course.checks.lab07_bert_family.electra import require_replaced, require_sampled
from course.checks.lab07_bert_family.networks import Played

from . import lab


def labels_of(ids, chosen, sampled):
    """(read, replaced), place by place."""
    read, replaced = ids.clone(), torch.zeros(ids.shape, dtype=torch.bool)
    for row in range(ids.shape[0]):
        for place in range(ids.shape[1]):
            if chosen[row, place]:
                read[row, place] = sampled[row, place]
                replaced[row, place] = bool(sampled[row, place] != ids[row, place])
    return read, replaced


@lab.check()
def replaced_token_labels(student):
    generator = torch.Generator().manual_seed(student.seed)

    def judge(shapes, share, story, true=0.3):
        cases = []
        for shape in shapes:
            ids, sampled = torch.randint(9, (2, *shape), generator=generator)
            chosen = torch.rand(shape, generator=generator) < share
            sampled = torch.where(torch.rand(shape, generator=generator) < true, ids, sampled)
            noise = torch.randint(-100, 40_000, shape, generator=generator)
            any_ = torch.rand(shape, generator=generator) < 0.5
            cases.append((ids, chosen, torch.where(chosen | any_, sampled, noise)))
        for case, result in zip(cases, student.many([args(*case) for case in cases]), strict=True):
            require_replaced(result, *case, labels_of(*case), story)

    judge([(3, 7), (1, 30), (8, 2), (5, 5), (2, 60)] * 4, 0.3, "Random texts")
    with part("none and all", points=0.5):
        judge([(4, 6), (1, 1), (7, 1)], 0.0, "Nothing is chosen")
        judge([(4, 6), (1, 1), (7, 1)], 1.0, "Everything is chosen")
        judge([(4, 6), (9, 3)], 1.0, "Everything is chosen, and every sample is true", true=1.0)


def softplus(x):
    """log(1 + e to the x)."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def oracle(generator, discriminator, ids, chosen, real, corrupted, mask_id, weight):
    """The loss on samples that came, a float. generator, discriminator: the arguments of their `Scorer`."""
    with torch.no_grad():
        scores = Scorer(**generator).double()(ids.masked_fill(chosen, mask_id), real).numpy()
        doubts = Scorer(**discriminator).double()(corrupted, real).numpy()
    words, labels = [], []
    for row, place in chosen.nonzero().tolist():
        own = scores[row, place] - scores[row, place].max()
        words.append(np.log(np.exp(own).sum()) - own[ids[row, place]])
    for row, place in real.nonzero().tolist():
        sign = -1 if corrupted[row, place] != ids[row, place] else 1
        labels.append(softplus(sign * doubts[row, place]))
    return (np.mean(words) if words else 0.0) + weight * np.mean(labels)


def gradients_of(generator, discriminator, ids, chosen, real, corrupted, mask_id, weight):
    """The gradients of both tables, by the networks' names."""
    words, doubts = Scorer(**generator), Scorer(**discriminator)
    logits = words(ids.masked_fill(chosen, mask_id), real)
    F.cross_entropy(logits[chosen], ids[chosen]).backward()
    told = F.binary_cross_entropy_with_logits(doubts(corrupted, real)[real], (corrupted != ids)[real].float())
    (weight * told).backward()
    return {"generator": words.table.grad, "discriminator": doubts.table.grad}


class Case:
    """Random texts, what is hidden of them, and two networks."""

    def __init__(self, generator, batch, time, vocabulary, share=0.4, size=2.0, dtype=torch.float32):
        """generator: of random numbers; share: of the real tokens, that is hidden; size, dtype: of the scores."""

        def normal(*shape):
            return size * torch.randn(shape, generator=generator).to(dtype)

        self.ids = torch.randint(
            vocabulary, (batch, time), generator=generator
        )  # 0 may be a token, and padding any id
        length = torch.randint(2, time + 1, (batch, 1), generator=generator)
        length[0], length[-1] = time, 2
        self.real = torch.arange(time) < length
        self.chosen = (torch.rand(batch, time, generator=generator) < share) & self.real
        self.chosen[0, 0] = share > 0
        self.generator = {"table": normal(vocabulary, vocabulary), "places": normal(time, vocabulary), "around": 0.7}  # fmt: skip
        self.discriminator = {"table": normal(vocabulary), "places": normal(time), "around": 0.7}

    def play(self, student, mask_id, weight):
        """A call, whose loss is required; returns what came of it, and what oracles are asked with."""
        given = (self.generator, self.discriminator, self.ids, self.chosen, self.real)
        played = Played(student, *given, mask_id=mask_id, weight=weight)
        return played, (*given, played.corrupted, mask_id, weight)


@lab.check()
def electra_loss(student):
    rng, generator = student.rng, torch.Generator().manual_seed(student.seed)
    for batch, time, vocabulary in ((3, 8, 9), (6, 5, 14), (1, 12, 7), (9, 3, 30)):
        case, mask_id, weight = (
            Case(generator, batch, time, vocabulary),
            rng.randint(1, 6),
            rng.uniform(0.5, 60),
        )
        played, asked = case.play(student, mask_id, weight)
        story = f"Random networks and {batch} texts of {time} places: "
        require_close(
            played.loss, oracle(*asked), "{story}the loss on your samples is off ({got}).", story=story
        )
        require_graph(played.loss)
        played.loss.backward()
        for name, truth in gradients_of(*asked).items():
            played.require_gradient(name, truth, story)
    with part("samples of any distribution", points=0.5):
        vocabulary = rng.randint(8, 12)
        table = torch.randn(vocabulary, vocabulary, generator=generator).clamp(-1.3, 1.3)  # none is rare
        ids = torch.randint(5, vocabulary, (80, 50), generator=generator)
        real = torch.ones_like(ids).bool()
        chosen = torch.rand(ids.shape, generator=generator) < 0.5
        shares = dict(enumerate(table[4].softmax(-1).tolist()))
        played = Played(student, {"table": table}, {"table": torch.zeros(vocabulary)}, ids, chosen, real)
        require_sampled(played.corrupted, chosen, shares, told=False)
    with part("nothing chosen", points=0.5):
        for share in (0.0, 1.0):
            case = Case(generator, 4, 7, 9, share)
            played, asked = case.play(student.using(finite=False), 4, rng.uniform(1, 9))
            what = "Nothing is chosen" if share == 0 else "Everything is chosen"
            require_close(played.loss, oracle(*asked), "{what}: the loss is off ({got}).", what=what)
            require_graph(played.loss)
            played.loss.backward()
            if share:
                for name, truth in gradients_of(*asked).items():
                    played.require_gradient(name, truth, f"{what}: ")
            else:
                played.require_gradient("generator", torch.zeros(9, 9), f"{what}: ")
    with part("large scores and float64", points=0.5):
        case = Case(generator, 5, 6, 9, size=300.0, dtype=torch.float64)
        for table in (case.discriminator["table"], case.discriminator["places"]):
            table.abs_()  # every token is doubted: of one minus a sigmoid nothing is left, whichever numbers are drawn
        played, asked = case.play(student.using(finite=False), 4, 3.0)
        require_close(
            played.loss,
            oracle(*asked),
            "Scores of some hundreds, and the loss is {got}: exp of them is inf, and a sigmoid of them 0 or 1. `cross_entropy` and `binary_cross_entropy_with_logits` take scores, and mind that.",
        )
        require_dtype(played.loss, torch.float64, "the networks")
