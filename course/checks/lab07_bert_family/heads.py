"""The check of `head_importance`: losses whose slopes are known, and that note what they are asked."""

import torch

from .. import StudentError, args, helper_for, require, require_close, require_shape, told
from ..usual import usual
from . import lab


def normed(x):
    """Each layer's numbers divided by their Euclidean length. x: float (layers, heads); zeros stay."""
    length = x.pow(2).sum(1, keepdim=True).sqrt()
    return x / length.where(length > 0, torch.ones(()))


def divided(x, by):
    """x / by, and 0 where that is 0."""
    return x / by.where(by != 0, torch.ones(()))


def mistakes_of(slopes, bends):
    """(importance, sentence) pairs: what usual mistakes give. slopes, bends: float (example, layers, heads), in the order of the examples."""
    size = slopes.abs()
    mean, at_zero, halfway = size.mean(0), (slopes - bends).abs().mean(0), (slopes - bends / 2).abs().mean(0)
    first = "You normalise each example's numbers before the mean is taken; the division comes last, once for each layer"
    forgot = "The gradients of the examples before are still in it: `.grad` is added to, each time. New gates for each example, or `torch.autograd.grad`, which adds nothing up"
    lengths = "each layer has a length of its own, over its heads"
    found = [
        (slopes.mean(0).abs(), "You take the mean first and its size then, so that what helps in one example and harms in another cancels out. `abs` before you add"),
        (slopes.mean(0), "The sign is still there, so that what helps in one example and harms in another cancels out. `abs` before you add"),
        (slopes.cumsum(0).abs().mean(0), forgot),
        (slopes.abs().cumsum(0).mean(0), "You add up what has been added up already: the examples that come first count again with each one after them"),
        (size.pow(2).mean(0), "You take the mean of squares; the size is `abs`"),
        (size.pow(2).mean(0).sqrt(), "You take the root of the mean of squares over the examples; the mean of the sizes is asked for"),
        (size.amax(0), "You take the largest over the examples; their mean is asked for"),
        (size.median(0).values, "You take the median over the examples; their mean is asked for"),
        (size[-1], "That is the last example alone: the one before is written over, or `return` or the sum stands at the wrong place"),
        (size[0], "That is the first example alone: does `return` stand inside the loop?"),
        (size[:-1].mean(0) if len(size) > 1 else size[0] * 0, "The last example is missing"),
        (at_zero, "Your gates are 0 where the slope is measured; they are all 1"),
        (halfway, "Your gates are halfway between 0 and 1, or you compare the loss with heads on and off. The slope at gates of 1 is asked for"),
    ]  # fmt: skip
    pairs = [(normed(x), said) for x, said in found]
    pairs += [
        (mean, "The division is missing: each layer's numbers by their Euclidean length"),
        (size.sum(0), "That is the sum, as it is; each layer's numbers are divided by their Euclidean length"),
        (divided(mean, mean.sum(1, keepdim=True)), "You divide by the sum of a layer's numbers; their Euclidean length is the root of the sum of their squares"),
        (divided(mean, mean.amax(1, keepdim=True)), "You divide by the largest number of a layer; the Euclidean length is the root of the sum of the squares"),
        (divided(mean, mean.pow(2).sum(1, keepdim=True)), "You divide by the sum of the squares; the Euclidean length is its root"),
        (divided(mean, mean.pow(2).mean(1, keepdim=True).sqrt()), "You divide by the root of the *mean* of the squares; the Euclidean length is the root of their sum"),
        (divided(mean, mean.norm()), f"You divide all by one length; {lengths}"),
        (divided(mean, mean.norm(dim=0, keepdim=True)), f"You divide by the lengths along the layers; {lengths}: which axis is which?"),
        (divided(mean, mean.mean(1, keepdim=True)), "You divide by a layer's mean; the Euclidean length is the root of the sum of the squares"),
        (divided(mean, mean.std(1, keepdim=True)) if mean.shape[1] > 1 else mean, "You divide by a layer's standard deviation; the Euclidean length is the root of the sum of the squares"),
        (mean.softmax(1), "That is a softmax; each layer's numbers are divided by their Euclidean length"),
        (torch.stack([normed(x) for x in size]).mean(0), first),
        (normed(torch.stack([normed(x) for x in size]).mean(0)), first),
        (normed(mean) * len(slopes), "Your numbers are as many times too large as there are examples: divide by the length of what you return"),
        (normed(mean) / len(slopes), "Your numbers are as many times too small as there are examples: the mean comes before the division by the length, or not at all"),
    ]  # fmt: skip
    return [(wrong, said) for wrong, said in pairs if wrong.isfinite().all()]


def _require_handed(loss, examples, shape, story):
    """Whenever the loss was called it was with one example, and with gates of the right shape."""
    asked, gates = told((loss.get("asked"), loss.get("gates")), ([str], [tuple | str]))
    strange = next((what for what in asked if what not in examples), None)
    require(
        strange is None,
        "{story}: `loss` was called with {what} where an example belongs. It takes one of `examples` at a time, as it is.",
        story=story, what=f"{'an' if strange and strange[0] in 'aeiou' else 'a'} {strange}",
    )  # fmt: skip
    other = next((found for found in gates if found != shape), None)
    if other is not None:
        layers, heads = shape
        require(
            False,
            "{story}: the gates that `loss` was given are {what}. They are one tensor, (layers, heads), here {shape}.{why}",
            story=story, what=f"a tensor of shape {other}" if isinstance(other, tuple) else f"no tensor but a {other}", shape=shape,
            why=" You have the two the wrong way round." if other == (heads, layers) else "",
        )  # fmt: skip


def _require_asked(loss, examples, shape, story):
    """The loss was asked of each example by itself, with gates of the right shape."""
    asked = told(loss.get("asked"), [str])
    require(asked, "{story}: `loss` was never called. It says what the gates do to one example.", story=story)
    _require_handed(loss, examples, shape, story)
    gone = sum(name not in asked for name in examples)
    require(
        not gone,
        "{story}: {gone} of {n} examples were never asked about. Does your loop reach them all, or does `return` stand inside it?",
        story=story, gone=gone, n=len(examples),
    )  # fmt: skip


def judge_importance(student, examples, slopes, bends, story, grad=None):
    """Ask for the importance of heads whose slopes are known. slopes, bends: float (example, layers, heads); grad: as in `known_slopes`."""
    shape = tuple(slopes.shape[1:])
    loss = student.build(helper_for("known_slopes", examples=examples, slopes=slopes, bends=bends, grad=grad))
    (found,) = student.using(finite=False).many([args(loss, *shape, list(examples))], errors="keep")
    if isinstance(found, StudentError):
        if found.verdict == "error":  # what was handed to `loss` says more than what came of it
            _require_handed(loss, examples, shape, story)
        raise found
    _require_asked(loss, examples, shape, story)
    require_shape(found, shape, f"{story}: what comes back, (layers, heads),")
    require(
        found.is_floating_point(),
        "{story}: what comes back is of type {dtype}; it is float.",
        story=story, dtype=str(found.dtype).removeprefix("torch."),
    )  # fmt: skip
    _require_no_gradient(loss, found, grad, story)
    empty = ~slopes.any(2).any(0)  # (layer,): no head of it changes anything
    require(
        not (found[empty].isnan() | found[empty].isinf()).any(),
        "{story}: a layer whose heads change nothing gets nan or infinity, 0 divided by 0. It stays zeros.",
        story=story,
    )
    require(
        found.isfinite().all(),
        "{story}: what comes back has nan or infinity. By what do you divide?", story=story,
    )  # fmt: skip
    require(
        not found[empty].any(), "{story}: a layer whose heads change nothing has {got:.4g}. It stays zeros.",
        story=story, got=found[empty].abs().max().item() if empty.any() else 0,
    )  # fmt: skip
    truth, tiny = normed(slopes.double().abs().mean(0)), slopes.abs().amax((0, 2)) < 1e-5
    known = usual(found, mistakes_of(slopes.double(), bends.double()))
    off = ~torch.isclose(found.double(), truth, rtol=1e-3, atol=1e-4).all(1)
    require(
        known or not off.any() or not (tiny & ~empty)[off].all(),
        "{story}: a layer whose numbers are very small, about a ten-millionth, is not divided by its length. Is something added to the length, or is it clamped? Only a length of 0 is another matter.",
        story=story,
    )
    require_close(
        found, truth,
        "{story}: at {at}, [layer, head], you have {got}.{known}", rtol=1e-3, atol=1e-4, story=story,
        known=known or " For each example the size of the gradient with respect to the gates, which are all 1; the mean of these; then each layer's numbers by their Euclidean length.",
    )  # fmt: skip


def _require_no_gradient(loss, found, grad, story):
    """Nothing is left in the loss' own parameters, and nothing hangs on what comes back."""
    left = loss.grads()["own"]
    if grad is None:
        require(
            left is None,
            "{story}: the model's own parameters have a gradient now, which the next step of a training would use. `backward()` sends one into everything; "
            "`torch.autograd.grad(value, gates)` asks for that of the gates alone.",
            story=story,
        )
    else:
        require(
            left is not None and bool((left == grad).all()),
            "{story}: the model's own parameters had a gradient before, from a training, and have another one now. Leave it as it is: `torch.autograd.grad(value, gates)` writes into nobody's `.grad`.",
            story=story,
        )
    require(
        not found.requires_grad,
        "{story}: a graph hangs on what comes back (`requires_grad`). It is a measurement: no gradient goes on through it.",
        story=story,
    )


def tensor_of(*examples):
    """float (example, layers, heads), from one nested list for each example."""
    return torch.tensor(examples, dtype=torch.float32)


HAND = tensor_of([[3, -5, 0], [1, 6, -3]], [[-3, 3, 0], [3, -6, 3]])
HAND_BENDS = tensor_of([[2, -8, 3], [5, 1, -6]], [[-4, 3, 1], [7, -2, 3]])
FIVE = tensor_of(
    [[0.2, -1.1], [0, 0], [3, -4], [0.5, 1.5]],
    [[-0.7, 0.4], [0, 0], [-1, 2], [-2.5, 0.5]],
    [[1.3, 0.9], [0, 0], [2, 2], [1.0, -0.7]],
    [[-0.1, -0.6], [0, 0], [-5, 1], [0.3, 2.0]],
    [[0.8, 0.3], [0, 0], [4, -3], [-1.2, -0.4]],
) * torch.tensor([1, 1, 1e-7, 1])[:, None]  # fmt: skip
FIVE_BENDS = torch.tensor([1.5, 0, 1e-7, -2])[:, None] * FIVE.flip(0).sign()


@lab.check(points=3, returns=(torch.Tensor,))
def head_importance(student):
    judge_importance(student, ["b", "a"], HAND, HAND_BENDS, "Two examples, two layers of three heads with slopes [3, -5, 0], [1, 6, -3] and [-3, 3, 0], [3, -6, 3]")  # fmt: skip
    judge_importance(student, ["t", "c", "x", "a", "k"], FIVE, FIVE_BENDS, "Five examples, four layers of two heads, of which the second layer changes nothing and the third next to nothing")  # fmt: skip
    judge_importance(student, ["b", "a"], HAND, HAND_BENDS, "Two examples, and a model that has been trained", grad=0.25)  # fmt: skip
    judge_importance(student, ["a"], tensor_of([[-2], [0.5], [3]]), tensor_of([[1], [1], [-4]]), "One example, three layers of one head")  # fmt: skip
    judge_importance(student, ["q", "r"], tensor_of([[2, -1, 0.5, 3]], [[-2, 2, 0.5, 1]]), torch.ones(2, 1, 4), "Two examples, one layer of four heads")  # fmt: skip
    judge_importance(student, ["q", "r"], torch.zeros(2, 2, 3), torch.zeros(2, 2, 3), "Two examples, and heads that change nothing at all")  # fmt: skip
    return "[0.6, 0.8, 0] and [2/7, 6/7, 3/7] among others."
