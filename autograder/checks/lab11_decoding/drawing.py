"""The hidden check of `sample`, on drawn models. Oracle: chi-squared against the probabilities of sort and cut."""

import torch

from course.checks.helpers import build
from course.checks.lab11_decoding import drawing as visible
from course.checks.lab11_decoding.drawing import Trial, judge_sample
from course.checks.lab11_decoding.writing import reads

from . import lab
from .cuts import CLOSE
from .writing import with_end


def model(rng, size, sharp):
    """A step whose guesses are neither sure nor all alike after this prompt, and the prompt."""
    while True:
        step = reads(rng.randrange(2**31), size, sharp=sharp)
        ids = tuple(rng.randrange(size) for _ in range(rng.randint(2, 4)))
        logits = build(step)(torch.tensor([ids]))[0].double()
        chances = logits.softmax(-1)
        if 0.3 < chances.max() < 0.7 and chances.sort().values[-3] > 0.06:
            return step, ids, logits


def trial(rng, story, most=1, sharp=0.5, size=6, **settings):
    """A trial in which rounding decides nothing."""
    while True:
        step, ids, logits = model(rng, size, sharp)
        p = settings.get("top_p")
        if p is None:
            return Trial(step, ids, settings, story, False, most)
        chances = visible.chances(logits, list(ids), **{**settings, "top_p": 1.0})
        if (chances.sort(descending=True).values.cumsum(-1) - p).abs().min() > CLOSE:
            return Trial(step, ids, settings, story, False, most)


def differing(rng, story, order, **settings):
    """A trial in which another order of the steps leaves other tokens."""
    while True:
        one = trial(rng, story, **settings)
        logits = build(one.step)(torch.tensor([one.ids]))[0]
        left, others = (
            visible.chances(logits, list(one.ids), **settings, order=o) > 0 for o in ("rtkp", order)
        )
        if not torch.equal(left, others):
            return one


def cold(rng, story, penalty):
    """A trial with a temperature of 0 in which the penalty makes another token the likeliest."""
    while True:
        one = trial(rng, story, temperature=0, penalty=penalty)
        logits = build(one.step)(torch.tensor([one.ids]))[0]
        chances = visible.chances(logits, list(one.ids), penalty=penalty)
        first, second = chances.sort(descending=True).values[:2]
        if chances.argmax() != logits.argmax() and first - second > 0.05:
            return one


@lab.check(alone=True)
def sample(student):
    rng = student.rng
    plain = [trial(rng, "A drawn model") for _ in range(2)] + [trial(rng, "Two tokens each", most=2, size=5)]
    groups = {
        "temperature": [trial(rng, "Another temperature", temperature=round(t, 2)) for t in (rng.uniform(0.4, 0.7), rng.uniform(1.5, 4))],
        "filters": [
            trial(rng, "The likeliest few", top_k=rng.randint(2, 4)), trial(rng, "A nucleus", top_p=round(rng.uniform(0.55, 0.9), 2)),
            trial(rng, "A nucleus, and hot", temperature=3.0, top_p=round(rng.uniform(0.4, 0.7), 2)), differing(rng, "Both", "rtpk", top_k=3, top_p=round(rng.uniform(0.6, 0.8), 2)),
        ],
        "penalty": [
            trial(rng, "What was read is less likely", penalty=round(rng.uniform(1.5, 3), 2)), trial(rng, "What was written, too", most=2, size=5, penalty=round(rng.uniform(2, 3), 2)),
            differing(rng, "The penalty, and the likeliest few", "tkpr", penalty=round(rng.uniform(1.5, 3), 2), top_k=rng.randint(2, 3)),
        ],
    }  # fmt: skip
    ends = [with_end(rng, "A drawn model with an end"), with_end(rng, "Texts that are all over early", all_over=True)]  # fmt: skip
    drawn = (trial(rng, "Drawn texts with an end", most=6, size=5, sharp=0.3), rng.randrange(5))
    groups = {title: visible.GROUPS[title] + mine for title, mine in groups.items()}
    cold_ones = [cold(rng, "The likeliest when the penalty has come", round(rng.uniform(1.5, 3), 2))]
    judge_sample(
        student, visible.PLAIN + plain, groups, visible.ENDINGS + ends, drawn, visible.COLD + cold_ones
    )
