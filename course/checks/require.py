"""What a check says: `require` a truth, in `part`s that carry points.

    require(mask.dtype == torch.bool, "A mask is boolean; yours is {mask.dtype}.", mask=mask)
    require_close(loss, oracle, "The loss of two certain, wrong guesses")
    with part("an empty sentence", points=1):
        require(...)

The template is filled in only when the requirement fails, so a message may be long and costs nothing.
"""

import contextlib
import contextvars
from dataclasses import dataclass

import torch

RTOL, ATOL = 1e-4, 1e-5  # of float32; a float64 answer is as right

current_run = contextvars.ContextVar("current_run")


class Wrong(Exception):
    """A requirement that failed; its text is the message for the student."""


@dataclass
class Part:
    """A part of an exercise: what it tries, its points, what was earned and, when lost, why."""

    title: str
    points: float
    earned: float = 0
    message: str = ""
    kind: str = "correct"


def require(ok, template: str, **values):
    """Fail the check, or the part, with `template.format(**values)` unless `ok`.

    ok: anything that `bool` takes; a one-element tensor too. Errors: `Wrong`.
    """
    if not ok:
        raise Wrong(template.format(**values))


def require_shape(value, shape, what="The result"):
    """Require a tensor of a shape. `shape` may hold None where any size will do."""
    got = tuple(value.shape)
    same = len(got) == len(shape) and all(e in (None, g) for g, e in zip(got, shape, strict=True))
    words = (
        "("
        + ", ".join("any" if s is None else str(s) for s in shape)
        + ("," if len(shape) == 1 else "")
        + ")"
    )
    require(same, "{what} should have shape {words}; yours has {got}.", what=what, words=words, got=got)


def require_dtype(value, dtype, what="the input"):
    """Require a tensor's dtype, in the words of a student: what decides it."""
    require(
        value.dtype == dtype,
        "With {want} in, {got} comes out. A constant or a cast in your code decides the dtype; let {what} decide.",
        want=str(dtype).removeprefix("torch."),
        got=str(value.dtype).removeprefix("torch."),
        what=what,
    )


def require_close(actual, expected, message: str, rtol=RTOL, atol=ATOL, **values):
    """Require numbers equal up to float32 rounding, shapes included; the expected value is never printed.

    actual, expected: numbers, (nested) lists of numbers or tensors. `message` is a template that may name `{at}`, the
    place of the largest difference, and `{got}`, the student's value there.
    """
    try:
        got = torch.as_tensor(actual).detach().to(torch.float64)
    except (TypeError, ValueError, RuntimeError):
        raise Wrong("These should be numbers in a regular shape; yours are not.") from None
    want = torch.as_tensor(expected).detach().to(torch.float64)
    require_shape(got, want.shape)
    wrong = ~torch.isclose(got, want, rtol=rtol, atol=atol, equal_nan=True)
    if wrong.any():
        at = first_true(wrong)
        raise Wrong(message.format(at=list(at), got=f"{got[at].item():.4g}", **values))


def require_number(value, what):
    """Require one real number, as a Python number or in a tensor, and return it as a float; inf and nan are numbers."""
    if isinstance(value, torch.Tensor):
        require_shape(value, (), what)
        value = value.item()
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise Wrong(f"{what} should be a number that a float can hold; yours is none.") from None


def require_loss(loss):
    """Require one floating-point number in a tensor, and return it: through a Python number no gradient flows."""
    require(
        isinstance(loss, torch.Tensor),
        "You returned a Python number, through which no gradient flows. Stay with tensors: torch sums and averages too.",
    )
    require_shape(loss, (), "The loss is one number, averaged over the batch; it")
    require(loss.is_floating_point(), "The loss is no whole number; yours is of type {t}.", t=loss.dtype)
    return loss


def first_true(mask):
    """The index of the first True of a boolean tensor as a tuple of ints, or None when there is none."""
    places = mask.nonzero()
    return tuple(places[0].tolist()) if len(places) else None


@contextlib.contextmanager
def part(title: str, points: float):
    """A part worth `points` of its own: a failure inside costs those and the check goes on. Parts do not nest."""
    run = current_run.get()
    if run.open_part:
        raise RuntimeError("parts do not nest")
    mine = Part(title, points)
    run.parts.append(mine)
    run.open_part = True
    try:
        yield
        mine.earned = points
    except Wrong as error:
        mine.message, mine.kind = str(error), "wrong-answer"
    except Exception as error:  # a StudentError has its verdict; anything else is the check's own fault
        if not hasattr(error, "verdict"):
            raise
        mine.message, mine.kind = str(error), error.verdict
        run.note(error)
    finally:
        run.open_part = False


def require_graph(out):
    """Require a tensor through which a gradient can flow."""
    require(
        out.requires_grad,
        "The result has no gradient: something in your code cuts the graph (detach, item, .data?).",
    )


def uneven(x):
    """The numbers of a tensor, each times a factor of its own from 1/2 to 2: in the gradients of their sum no two are alike by chance."""
    return x * torch.linspace(0.5, 2.0, x.numel()).view_as(x).to(x.dtype)


def gradients(out, wrt):
    """The gradients of `out.sum()` with respect to tensors, zeros where there is no path.

    out: a tensor that `student` returned; wrt: a list of tensors it was given. Returns a list of tensors.
    """
    require_graph(out)
    found = torch.autograd.grad(out.sum(), wrt, allow_unused=True, retain_graph=True)
    return [torch.zeros_like(t) if g is None else g for g, t in zip(found, wrt, strict=True)]
