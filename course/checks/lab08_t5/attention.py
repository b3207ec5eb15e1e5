"""The check of `cross_attention`."""

import math

import torch

from .. import StudentError, gradients, require, require_close, require_graph
from ..modules import floats_of
from ..usual import looks_like, usual
from . import lab

LN3 = math.log(3)  # a score of ln 3 among three keys, the two others at 0, is a share of 3/5
MATRICES = ("query", "key", "value", "output")
EYE = torch.eye(2)
X = torch.tensor([[[LN3, 0], [0, 0], [0, LN3]]])
MEMORY = torch.tensor([[[1.0, 0], [0, 1], [0, 0]]])
VALUE = torch.tensor([[5.0, 0], [0, 10]])


def attended(student, x, memory, weights, heads, *rest, **named):
    """What the student's function gives; it must be of x's shape."""
    found = student(x, memory, weights, heads, *rest, **named)
    time, source, width = x.shape[1], memory.shape[1], len(weights[3])
    got, wanted = tuple(found.shape), tuple(x.shape)
    why = (
        "You have as many results as the memory has tokens: queries come from x, keys and values from the memory."
        if got[1:2] == (source,) != (time,)
        else "That is before the output matrix, which leads back to the width."
        if got == (*wanted[:2], weights[3].shape[1]) and got[2] != width
        else "Lay the heads side by side at the end, for each token its own: `transpose(1, 2)` and `flatten(2)`."
        if len(got) == 4
        else ""
    )
    require(
        got == wanted,
        "x is {wanted}, (batch, time, width), and so is the result; yours has {got}. {why}",
        wanted=wanted,
        got=got,
        why=why,
    )
    return floats_of(found, wanted, "(batch, time, width)", x)


def drawn(width, heads, size, seed, factor=0.5):
    """Four random matrices."""
    generator = torch.Generator().manual_seed(seed)
    shapes = [(heads * size, width)] * 3 + [(width, heads * size)]
    return tuple(torch.randn(shape, generator=generator) * factor for shape in shapes)


def found_by(query, key, value):
    """One head, all of it two-dimensional."""
    return (query @ key.T).softmax(-1) @ value


@lab.check(points=3, returns=(torch.Tensor,), without=("transformers", "nn.MultiheadAttention"))
def cross_attention(student):
    _require_one_head(student)
    _require_matrices(student)
    _require_sets(student)
    _require_heads(student)
    _require_bias(student)
    _require_may(student)
    _require_learning(student)


def _require_one_head(student):
    plain = (EYE, EYE, VALUE, EYE)
    found = attended(student, X, MEMORY, plain, 1)[0]
    x, memory = X[0], MEMORY[0]
    scores, values = x @ memory.T, memory @ VALUE
    shares = torch.tensor([[3.0, 1, 1], [5 / 3, 5 / 3, 5 / 3], [1, 3, 1]]) / 5
    scaled = "You divide the scores by the root of a head's size, or of the width; T5 does not divide them by anything"
    mistakes = [
        ((scores / 2**0.5).softmax(-1) @ values, scaled),
        ((scores / 2).softmax(-1) @ values, "You divide the scores by the size; T5 does not divide them by anything"),
        ((scores / 3**0.5).softmax(-1) @ values, "You divide the scores by the root of the number of keys; T5 does not divide them by anything"),
        ((scores * 2**0.5).softmax(-1) @ values, "You multiply the scores by a root; T5 leaves them as they are"),
        (scores.softmax(0) @ values, "You take the softmax over the queries; it goes over the keys, the last axis"),
        (scores @ values, "The softmax is missing"),
        (scores.sigmoid() @ values, "That is a sigmoid; a softmax shares 1 out over the keys"),
        (scores.softmax(-1).softmax(-1) @ values, "The softmax is taken twice"),
        (scores.log_softmax(-1) @ values, "Those are logarithms of the weights"),
        (found_by(memory, x, x @ VALUE), "x and memory are exchanged: the queries come from x, keys and values from the memory"),
        (found_by(memory, x, values), "Queries come from x, and keys from the memory; in yours they are exchanged"),
        (found_by(x, x, x @ VALUE), "That is x alone: keys and values come from the memory"),
        (found_by(memory, memory, values), "That is the memory alone: the queries come from x"),
        (found_by(x, x, values), "The keys come from x; they come from the memory, as the values do"),
        (found_by(x, memory, x @ VALUE), "The values come from x; they come from the memory, as the keys do"),
        (shares @ memory, "The values' matrix is not used: the weighted sum is one of the *memory's vectors*, not of its values"),
        (torch.ones(3, 3) @ values, "Every key has a share of 1: is the softmax over the heads, of which there is one? It goes over the keys, the last axis"),
        (found_by(x, memory @ VALUE, memory), "The values' matrix stands where that of the queries or of the keys belongs: they are (query, key, value, output)"),
        (shares @ values + x, "x is added to it; the residual connection belongs to the block"),
        (shares @ shares @ values, "Are the weights applied twice?"),
    ]  # fmt: skip
    require_close(
        found,
        shares @ values,
        "One head. The first query's scores are ln 3, 0 and 0, which are shares of 3/5, 1/5 and 1/5 of the memory's values [5, 0], [0, 10] and [0, 0]; together [3, 2]. At {at} yours has {got}.{known}",
        known=usual(found, mistakes),
    )


def _require_matrices(student):
    """Each of the four is used, as nn.Linear uses its weight."""
    plain, uneven = [EYE, EYE, VALUE, EYE], torch.tensor([[1.0, 2], [0, 1]])
    x, memory = X[0], MEMORY[0]
    base = found_by(x, memory, memory @ VALUE)

    def with_it(number, matrix):
        """What comes when one of the four is another. matrix: as it is multiplied from the right."""
        by = [EYE, EYE, VALUE, EYE]
        by[number] = matrix
        return found_by(x @ by[0], memory @ by[1], memory @ by[2]) @ by[3]

    for number, name in enumerate(MATRICES):
        weights = [*plain[:number], uneven, *plain[number + 1 :]]
        found = attended(student, X, MEMORY, tuple(weights), 1)[0]
        mistakes = [
            (with_it(number, uneven), "You multiply by the matrix as it is; nn.Linear multiplies by its transpose, `F.linear(x, weight)`" + (". Or query's and key's have changed places" if number < 2 else "")),
            (base if number != 2 else found_by(x, memory, memory), "It is not used"),
        ]  # fmt: skip
        mistakes += [
            (with_it(other, uneven.T), f"It stands where the matrix of the {MATRICES[other]} belongs")
            for other in range(4)
        ]
        require_close(
            found,
            with_it(number, uneven.T),
            "With [[1, 2], [0, 1]] for the matrix of the {name} the result is off at {at} ({got}). The four are query, key, value and output, in this order.{known}",
            name=name,
            known=usual(found, mistakes),
        )


def _require_sets(student):
    """Attention knows no order, texts of a batch never meet, and heads need not be as wide together as the vectors."""
    generator = torch.Generator().manual_seed(2)
    x, memory = torch.randn(2, 5, 3, generator=generator), torch.randn(2, 4, 3, generator=generator)
    weights = drawn(3, 2, 4, 1)
    try:
        found = attended(student, x, memory, weights, 2)
    except StudentError as error:
        require(
            error.verdict != "error",
            "Vectors of width 3, and two heads of size 4, so the first three matrices are (8, 3): yours stops there. {text} Take the sizes from the matrices; that of a head need not be width / heads.",
            text=error,
        )
        raise
    other = x.clone()
    other[0, 4] += 1.0
    moved = (attended(student, other, memory, weights, 2) - found).abs().amax(-1) > 1e-5
    filled = torch.cat([memory[:1] + 1, memory[1:]])
    met = (attended(student, x, filled, weights, 2) - found).abs().amax(-1) > 1e-5
    require(
        not moved[1].any() and not met[1].any(),
        "A token of the first text, or of its memory, changes, and results of the second move: texts of a batch never meet. Which axis is the batch?",
    )
    turned = attended(student, x.flip(1), memory, weights, 2)
    require(
        not looks_like(turned, found),
        "The queries change places, and the result stays: the queries come from x.",
    )
    mixed = "The heads are cut the wrong way: cut the *last* axis into heads, `.unflatten(-1, (heads, -1))`, and then swap axes, `.transpose(1, 2)`; at the end swap back before you lay them side by side. A view or reshape straight to (batch, heads, time, size), or back, mixes tokens."
    require_close(
        turned,
        found.flip(1),
        "Two heads. The queries come in the opposite order, and the results are others (at {at}). {mixed}",
        mixed=mixed,
    )
    require_close(
        attended(student, x, memory.flip(1), weights, 2),
        found,
        "Two heads. The memory's tokens come in the opposite order, and the result moves (at {at}); attention looks at a set. {mixed}",
        mixed=mixed,
    )
    require(not moved[0, :4].any(), "A query changes, and the results of others move: each query looks for itself. {mixed}", mixed=mixed)  # fmt: skip
    with_self = attended(student, x, x, weights, 2)
    require_close(
        attended(student, x, x.flip(1), weights, 2),
        with_self,
        "With `memory=x` it should be self-attention, and no order counts; at {at} yours has {got}.",
    )


def _require_heads(student):
    """Two heads of size 2: the first half of the axis and the second."""
    eye, third = torch.eye(4), 1 / 3
    weights = (eye, eye, torch.diag(torch.tensor([1.0, 2, 4, 8])), eye)
    x = torch.tensor([[[LN3, 0, 0, 0]]])
    memory = eye[None, :3]
    found = attended(student, x, memory, weights, 2)[0, 0]
    cut = "The heads are cut as every other number; head 0 is the first half of the axis and head 1 the second: `.unflatten(-1, (heads, -1))`"
    mistakes = [
        ([0.6, 2 * third, 0.8, 0], cut),
        ([0.6, 0.8, 2 * third, 0], cut),
        ([0.6, 0.4, 0.8, 0], "That is one head for all: is `heads` used?"),
        ([4 * third, 0, 0.6, 0.4], "The heads are laid side by side in the opposite order"),
        ([third, 2 * third, 4 * third, 0], "All weights are even"),
    ]
    require_close(
        found,
        [0.6, 0.4, 4 * third, 0],
        "Two heads of size 2. In head 0, the first two numbers, the scores are ln 3, 0 and 0, so shares of 3/5, 1/5 and 1/5; in head 1 they are even. The three values are [1, 0, 0, 0], [0, 2, 0, 0] and [0, 0, 4, 0], so [0.6, 0.4, 4/3, 0] comes out; at {at} yours has {got}.{known}",
        known=usual(found, mistakes),
    )
    x, memory, weights = torch.tensor([[[1.0, 2, 3]]]), torch.tensor([[[2.0, 0, -1]]]), drawn(3, 2, 4, 1)
    require_close(
        attended(student, x, memory, weights, 2),
        memory @ weights[2].T @ weights[3].T,
        "With one token of memory its value, through the output matrix, is the result, whatever is asked; at {at} yours has {got}. A softmax over one key is 1: over which axis is yours?",
    )


def _require_bias(student):
    x, memory, values = torch.zeros(1, 2, 2), MEMORY, MEMORY[0] @ VALUE
    plain = (EYE, EYE, VALUE, EYE)
    bias = torch.tensor([[[[LN3, 0, 0], [0, LN3, 0]]]])
    flat = torch.full((2, 3), 1 / 3)
    found = attended(student, x, memory, plain, 1, bias)[0]
    mistakes = [
        (flat @ values, "`bias` is not used, or multiplied with the scores; it is added"),
        ((flat + bias[0, 0]) @ values, "The bias is added behind the softmax; it belongs before it"),
        ((flat + bias[0, 0]).softmax(-1) @ values, "The bias is added behind the softmax; it belongs before it"),
        ((-bias[0, 0]).softmax(-1) @ values, "The bias is taken off; add it"),
        ((bias[0, 0] / 2**0.5).softmax(-1) @ values, "The bias is divided with the scores; T5 divides neither"),
        ((bias[0, 0] / 2).softmax(-1) @ values, "The bias is divided with the scores; T5 divides neither"),
        ((2 * bias[0, 0]).softmax(-1) @ values, "The bias is added twice"),
        (bias[0, 0].softmax(0) @ values, "You take the softmax over the queries; it goes over the keys"),
        (bias[0, 0].exp() / 3 @ values, "The bias is added behind the softmax; it belongs before it"),
    ]  # fmt: skip
    shares = torch.tensor([[0.6, 0.2, 0.2], [0.2, 0.6, 0.2]])
    require_close(
        found,
        shares @ values,
        "All scores are 0, and a `bias` of [ln 3, 0, 0] for the first query makes shares of 3/5, 1/5 and 1/5; at {at} yours has {got}.{known}",
        known=usual(found, mistakes),
    )
    eye = torch.eye(4)
    each = torch.zeros(2, 1, 1, 3)
    each[0, 0, 0, 0] = each[1, 0, 0, 1] = 40  # all of text 0 looks at key 0, all of text 1 at key 1
    wide = torch.arange(1.0, 25).view(2, 3, 4)
    zeros = torch.zeros(2, 2, 4)
    found = attended(student, zeros, wide, (eye,) * 4, 2, each)
    require_close(
        found,
        torch.stack([wide[0, 0], wide[1, 1]])[:, None].expand(2, 2, 4),
        "A `bias` (2, 1, 1, 3), a row for each text, under which text 0 looks at key 0 alone and text 1 at key 1: at {at} yours has {got}.",
    )
    heads = torch.zeros(1, 2, 1, 3)
    heads[0, 0, 0, 2] = heads[0, 1, 0, 0] = 40
    found = attended(student, zeros, wide, (eye,) * 4, 2, bias=heads)
    require_close(
        found,
        torch.cat([wide[:, 2, :2], wide[:, 0, 2:]], -1)[:, None].expand(2, 2, 4),
        "A `bias` (1, 2, 1, 3) of its own for each head, under which head 0 looks at key 2 alone and head 1 at key 0: at {at} yours has {got}.",
    )


def _require_may(student):
    x, values = torch.zeros(1, 2, 2), MEMORY[0] @ VALUE
    plain = (EYE, EYE, VALUE, EYE)
    may = torch.tensor([[False, True, True], [True, True, False]])
    found = attended(student.using(finite=False), x, MEMORY, plain, 1, None, may)[0]
    require(
        not found.isnan().any(),
        "Each query may attend to two keys of three, and nan comes out. Minus infinity times 0 is nan: choose where the scores are put, with `masked_fill`, and do not multiply.",
    )
    flat = torch.full((2, 3), 1 / 3)
    few = may.float()
    low = "A hidden key gets none: a score of 0, or a mask of 0 and 1 that is added to the scores, is not low enough"
    mistakes = [
        (flat @ values, "`may` is not used, or its keys get a score of 0, as the others have: 0 hides nothing"),
        ((1 - few) @ values, "`may` is turned round: True = may attend"),
        ((1 - few) / 2 @ values, "`may` is turned round: True = may attend"),
        (few.softmax(-1) @ values, f"A hidden key still has a share. {low}"),
        ((few - 1).softmax(-1) @ values, f"A hidden key still has a share. {low}"),
        ((1 - few).softmax(-1) @ values, f"A hidden key still has a share. {low}"),
        ((-few).softmax(-1) @ values, f"A hidden key still has a share. {low}"),
        *(((low_by * (1 - few)).softmax(-1) @ values, f"A hidden key still has a share: {low_by} is not low enough; minus infinity is") for low_by in range(-10, -1)),
        (few / 3 @ values, "You hide behind the softmax, and what is left sums to 2/3; hide before it"),
        (few @ values, "The shares of the keys that may be seen sum to 2; the softmax comes after the mask"),
    ]  # fmt: skip
    require_close(
        found,
        few / 2 @ values,
        "All scores are 0; `may` leaves the first query keys 1 and 2, the second one keys 0 and 1, so shares of 1/2. At {at} yours has {got}.{known}",
        known=usual(found, mistakes),
    )
    eye = torch.eye(4)
    wide, zeros = torch.arange(1.0, 25).view(2, 3, 4), torch.zeros(2, 2, 4)
    real = torch.tensor([[True, False, False], [True, True, False]])[:, None, None]
    found = attended(student, zeros, wide, (eye,) * 4, 2, may=real)
    require_close(
        found,
        torch.stack([wide[0, 0], wide[1, :2].mean(0)])[:, None].expand(2, 2, 4),
        "A padding mask (2, 1, 1, 3) leaves text 0 one key and text 1 two: at {at} yours has {got}.",
    )
    each = torch.ones(1, 2, 2, 3, dtype=torch.bool)
    each[0, 1, :, 1:] = False
    require_close(
        attended(student, zeros, wide, (eye,) * 4, 2, may=each),
        torch.cat([wide.mean(1)[:, :2], wide[:, 0, 2:]], -1)[:, None].expand(2, 2, 4),
        "`may` (1, 2, 2, 3) leaves head 1 key 0 alone, and head 0 all: at {at} yours has {got}.",
    )
    bias = torch.tensor([40.0, 0, 0])
    both = attended(student, x, MEMORY, plain, 1, bias, may)[0]
    require_close(
        both,
        torch.stack([values[1:].mean(0), values[0]]),
        "A `bias` of 40 for key 0, which the first query may not see and the second one may: at {at} yours has {got}. What is hidden stays hidden, whatever its bias.",
    )
    far = torch.tensor([[[-300.0, 0]]]), torch.tensor([[[300.0, 0], [-300.0, 1]]])
    found = attended(student, *far, (EYE,) * 4, 1, None, torch.tensor([True, False]))
    require_close(
        found[0, 0],
        [300.0, 0],
        "Key 0 has a score of -90,000, and key 1 of 90,000 is hidden: the query gets key 0's value; yours has {got} at {at}. What you put in place of a hidden score is not lower than all others; `-torch.inf` is.",
    )


def _require_learning(student):
    """The graph reaches everything that was given."""
    generator = torch.Generator().manual_seed(5)
    leaves = [
        torch.randn(1, 3, 4, generator=generator), torch.randn(1, 2, 4, generator=generator),
        *drawn(4, 2, 2, 3), torch.randn(1, 2, 3, 2, generator=generator),
    ]  # fmt: skip
    for leaf in leaves:
        leaf.requires_grad_()
    x, memory, *weights, bias = leaves
    found = attended(student, x, memory, tuple(weights), 2, bias)
    require_graph(found)
    factors = torch.linspace(0.5, 2, found.numel()).view_as(found)
    names = ("x", "memory", *(f"the matrix of the {m}" for m in MATRICES), "bias")
    for name, gradient in zip(names, gradients(found * factors, leaves), strict=True):
        require(
            bool(gradient.abs().sum() > 1e-6),
            "No gradient reaches {name}: something in your code cuts the graph (detach, .data).",
            name=name,
        )
