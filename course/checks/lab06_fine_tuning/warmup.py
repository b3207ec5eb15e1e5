"""The check of `linear_warmup`."""

import math

import torch

from .. import StudentError, args, require, require_number
from ..usual import ended, looks_like
from . import lab

# The curves of usual mistakes, step, warmup, total -> factor, and the sentence for whoever makes them.
WARMUP_MISTAKES = [
    (lambda s, w, t: (s + 1) / w if s < w else (t - s) / (t - w), "You count from 1: at step 0 the factor is 0"),
    (lambda s, w, t: min(1.0, (s + 1) / w) if s < w else (t - s) / (t - w), "You count from 1: at step 0 the factor is 0"),
    (lambda s, w, t: (s + 1) / w if s + 1 < w else (t - s - 1) / (t - w), "You are one step ahead: at step 0 the factor is 0"),
    (lambda s, w, t: (s + 1) / (w + 1) if s < w else (t - s) / (t - w), "You count from 1, as `course.training.fit` does: here the factor is 0 at step 0, and 1 at step `warmup`"),
    (lambda s, w, t: s / (w + 1) if s < w else (t - s) / (t - w), "On the way up you divide by `warmup` + 1; the last step before `warmup` is closer to 1"),
    (lambda s, w, t: s / (w - 1) if s < w else (t - s) / (t - w), "You reach 1 one step too early: it is reached at step `warmup`, so each step adds 1 / `warmup`"),
    (lambda s, w, t: s // w if s < w else (t - s) / (t - w), "Before step `warmup` it is always 0 with you. Is it `//` that drops what comes after the point? It rises in a straight line"),
    (lambda s, w, t: s / w if s < w else (t - s) // (t - w), "On the way down it is always 0: `//` drops what comes after the point; `/` keeps it"),
    (lambda s, w, t: s // w if s < w else (t - s) // (t - w), "`//` drops what comes after the point; `/` keeps it"),
    (lambda s, w, t: s / w if s < w else (t - s) / t, "The line down begins at step 0 with you, so that the factor jumps down at step `warmup`; it begins there, with 1"),
    (lambda s, w, t: s / w if s < w else 1 - s / t, "The line down begins at step 0 with you, so that the factor jumps down at step `warmup`; it begins there, with 1"),
    (lambda s, w, t: min(s / w, (t - s) / t), "You take the lower of two lines of which one falls from step 0 on: 1 is never reached"),
    (lambda s, w, t: s / w * (t - s) / t if s < w else (t - s) / t, "You multiply the two lines: 1 is never reached"),
    (lambda s, w, t: s / w if s < w else 1.0, "After the warm-up it stays at 1; it falls to 0, which it reaches at step `total`"),
    (lambda s, w, t: min(1.0, s / w) , "After the warm-up it stays at 1; it falls to 0, which it reaches at step `total`"),
    (lambda s, w, t: 1.0 if s < w else (t - s) / (t - w), "There is no way up: before step `warmup` it is at 1 with you"),
    (lambda s, w, t: 1 - s / w if s < w else (t - s) / (t - w), "On the way up it falls with you, from 1 to 0"),
    (lambda s, w, t: s / w if s < w else (s - w) / (t - w), "On the way down it rises with you, from 0 to 1"),
    (lambda s, w, t: s / w if s < w else (t - s) / (t - w + 1), "On the way down you divide by one too many: at step `warmup` the factor is 1"),
    (lambda s, w, t: s / w if s < w else (t - s - 1) / (t - w), "You are one step ahead on the way down: the factor is 1 at step `warmup`, and 0 at step `total`, not before"),
    (lambda s, w, t: s / w if s < w else (t - s) / (t - w - 1), "On the way down you divide by one too few: at step `warmup` the factor is 1, and no more"),
    (lambda s, w, t: s / w if s < w else (t - 1 - s) / (t - w - 1), "You reach 0 one step too early: it is reached at step `total`"),
    (lambda s, w, t: s / w if s < w else (1 + math.cos(math.pi * (s - w) / (t - w))) / 2, "That falls as a cosine does; a straight line is asked for"),
    (lambda s, w, t: s / w if s < w else math.cos(math.pi / 2 * (s - w) / (t - w)), "That falls as a cosine does; a straight line is asked for"),
    (lambda s, w, t: s / w if s < w else math.sqrt(w / s), "That falls as one over a square root, which the first Transformer did; a straight line to 0 at step `total` is asked for"),
    (lambda s, w, t: s / w if s < w else ((t - s) / (t - w)) ** 2, "That falls as a square does; a straight line is asked for"),
    (lambda s, w, t: s / w if s < w else math.exp(-(s - w) / (t - w)), "That falls as an exponential does; a straight line is asked for"),
    (lambda s, w, t: s / w if s < w else (t - s) / w, "On the way down you divide by `warmup`; it has `total` − `warmup` steps"),
    (lambda s, w, t: s / w if s < w else 1 - (s - w) / t, "On the way down you divide by `total`; it has `total` − `warmup` steps"),
    (lambda s, w, t: s / t if s < w else (t - s) / (t - w), "On the way up you divide by `total`; it has `warmup` steps"),
    (lambda s, w, t: s / w, "There is no way down: beyond step `warmup` it goes on rising"),
    (lambda s, w, t: (t - s) / t, "There is no way up: it falls from step 0 on"),
    (lambda s, w, t: max(0.0, s / w if s < w else (t - w - (s - w) * 2) / (t - w)), "On the way down you fall too fast: 0 is reached at step `total`"),
    (lambda s, w, t: 100 * (s / w if s < w else (t - s) / (t - w)), "That is in percent; a factor goes from 0 to 1"),
    (lambda s, w, t: 1e-3 * (s / w if s < w else (t - s) / (t - w)), "That is a learning rate; the factor alone is asked for"),
    (lambda s, w, t: s / w if s < w else (t - s) / (t - w) if s < t else 1.0, "At step `total` it is 0"),
    (lambda s, w, t: s / (w * t) if s < w * t else (t - s) / (t - w * t), "You take `warmup` for a share of `total`; it is a number of steps"),
]  # fmt: skip


def curve(student, warmup, total, steps):
    """The factors at these steps, as float64 (step,)."""
    found = student.many([args(step, warmup, total) for step in steps], errors="keep")
    for step, factor in zip(steps, found, strict=True):
        if isinstance(factor, StudentError):
            _require_no_error(factor, step, warmup, total)
        require(
            not isinstance(factor, torch.Tensor),
            "The factor is a tensor; a Python float is asked for. `.item()` makes one of it, and none is needed: `step` is a whole number.",
        )
    return torch.tensor([require_number(f, "The factor") for f in found], dtype=torch.float64)


def _require_no_error(error, step, warmup, total):
    """Say what led to an error; raises it where that is not known."""
    case = f"warmup={warmup}, total={total}, step={step}"
    zero = (
        "`warmup`"
        if not warmup
        else "`total` − `warmup`"
        if warmup == total
        else "`step`"
        if not step
        else ""
    )
    require(
        not (zero and error.is_a("ZeroDivisionError")),
        "{case}: {error} Here {zero} is 0, which the statement allows; ask for that before you divide.",
        case=case,
        error=str(error).split(" You divide by zero")[0],
        zero=zero,
    )
    require(
        step <= total or error.verdict in ("missing", "time-limit"),
        "{case}: beyond step `total` the factor stays at 0, and yours raises {type}.",
        case=case,
        type=error.type or "an error",
    )
    raise error


def _where(got, warmup, total):
    """Where a curve is 1 and where it is 0, and where it should be."""
    ones = [s for s, factor in enumerate(got.tolist()) if abs(factor - 1) < 1e-4]
    zeros = [s for s, factor in enumerate(got.tolist()) if abs(factor) < 1e-4 and s > warmup]
    said = [] if abs(got[0]) < 1e-4 else [f"At step 0 yours is {got[0].item():.4g}, and it begins with 0."]
    if not ones:
        said.append(f"Yours is 1 at no step, and should be at step {warmup}, the first behind the warm-up.")
    elif ones[0] != warmup:
        said.append(
            f"Yours is 1 at step {ones[0]}, and should be at step {warmup}: {_apart(ones[0], warmup)}."
        )
    if not zeros:
        said.append(f"Yours does not come down to 0, which it should reach at step {total}.")
    elif zeros[0] != total:
        said.append(
            f"Yours reaches 0 at step {zeros[0]}, and should at step {total}: {_apart(zeros[0], total)}."
        )
    if not said:
        return " At the ends of the two lines yours is right; between them each goes straight."
    return " " + " ".join(said)


def _apart(step, right):
    n = abs(step - right)
    return f"{n} step{'s' * (n > 1)} too {'early' if step < right else 'late'}"


def require_curve(got, truth, warmup, total, known=True):
    """Require the factors of steps from 0 on; a usual mistake is named by the whole curve. known: whether the example's numbers are told."""
    if looks_like(got, truth):
        return
    steps = range(len(truth))
    why = ""
    for mistake, sentence in WARMUP_MISTAKES:
        try:
            wrong = torch.tensor([float(mistake(s, warmup, total)) for s in steps], dtype=torch.float64)
        except (ZeroDivisionError, ValueError):
            continue
        if looks_like(got, wrong) or looks_like(got, wrong.clamp(min=0)):
            why = f" {ended(sentence)}"
            break
    at = int((got - truth).abs().argmax())
    if not why and (got < -1e-6).any():
        why = " It falls below 0: a learning rate below 0 climbs up the loss."
    why = why or _where(got, warmup, total)
    require(
        False,
        "warmup={warmup}, total={total}: at step {at} your factor is {got:.4g}{truth}.{why}",
        warmup=warmup,
        total=total,
        at=at,
        got=got[at].item(),
        truth=f", and {truth[at]:.4g} is right" if known else "",
        why=why,
    )


def require_ends(student, warmup, total, beyond, before):
    """Require what holds where a line has no length, or is past. beyond: steps beyond the last; before: the factors from step 0 to `total`."""
    case = f"warmup={warmup}, total={total}"
    found = curve(student, warmup, total, range(total + 1))
    require(
        warmup > 0 or looks_like(found[0], before[0]),
        "{case}: without a warm-up it begins at 1; yours begins at {got:.4g}.",
        case=case,
        got=found[0].item(),
    )
    require(
        warmup < total or looks_like(found[-1], before[-1]),
        "{case}: at step {total} yours is {got:.4g}. At step `total` the factor is 0, also when nothing is left for the way down.",
        case=case,
        total=total,
        got=found[-1].item(),
    )
    off = int((found - before).abs().argmax())
    require(
        looks_like(found, before),
        "{case}: at step {step} your factor is {got:.4g}. There is one straight line, and it is {which}.",
        case=case,
        step=off,
        got=found[off].item(),
        which="the one up" if warmup else "the one down",
    )
    late = curve(student, warmup, total, beyond)
    at = int(late.abs().argmax())
    require(
        looks_like(late, torch.zeros(len(beyond))),
        "{case}: at step {step}, beyond the last, your factor is {got:.4g}. It stays at 0.{why}",
        case=case,
        step=beyond[at],
        got=late[at].item(),
        why=" A learning rate below 0 climbs up the loss." if late.min() < -1e-6 else "",
    )


@lab.check(points=2, returns=(float,))
def linear_warmup(student):
    up, down = torch.arange(5, dtype=torch.float64) / 5, torch.arange(10, -1, -1, dtype=torch.float64) / 10
    require_curve(curve(student, 5, 15, range(16)), torch.cat([up, down]), 5, 15)
    late = curve(student, 5, 15, [16, 25])
    require(
        looks_like(late, torch.zeros(2)),
        "warmup=5, total=15: at step 16 your factor is {got:.4g}, and at step 25 it is {later:.4g}. It reaches 0 at step 15 and stays there.{why}",
        got=late[0].item(),
        later=late[1].item(),
        why=" A learning rate below 0 climbs up the loss." if late.min() < -1e-6 else "",
    )
    line = torch.arange(6, dtype=torch.float64) / 5
    require_ends(student, 0, 5, [6, 11], 1 - line)
    require_ends(student, 5, 5, [6, 11], torch.where(line == 1, 0.0, line))
