"""Checks of the masks: hand-sized squares, and for each usual mistake the square that it makes."""

import torch
from torch import Tensor

from .. import StudentError, first_true, require, require_shape
from ..sentences import describe
from ..usual import ended
from . import lab

NOT_OURS = ("course.masks",)


def require_mask(mask, truth, case, extra="", lacking="", mistakes=()):
    """Require a boolean mask to be `truth`.

    case: what was tried, in a few words; extra, lacking: why a cell should not, or should, be True; mistakes: pairs (the mask
    that a usual mistake makes, a sentence).
    """
    require(
        isinstance(mask, Tensor),
        "A mask is a tensor; yours is {what} ({case}).",
        case=case,
        what=describe(mask),
    )
    require_shape(mask, truth.shape, f"The mask ({case})")
    require(
        mask.dtype == torch.bool,
        "A mask is boolean, True = may attend; yours is of type {t}.{additive}",
        t=mask.dtype,
        additive=" Zeros and minus infinity are the form that is added to scores." if mask.is_floating_point() else "",
    )  # fmt: skip
    if torch.equal(mask, truth):
        return
    for wrong, sentence in mistakes:
        require(not torch.equal(mask, wrong), "{sentence} ({case})", case=case, sentence=ended(sentence))
    require(
        not torch.equal(mask, ~truth) or truth.all() or not truth.any(),
        "Your mask is inverted: True = may attend ({case}).",
        case=case,
    )
    for cells, does, why in ((mask & ~truth, "sees", extra), (truth & ~mask, "does not see", lacking)):
        cell = first_true(cells)
        require(
            cell is None,
            "{where}uery {q} {does} key {k}{why} ({case}).",
            case=case,
            where=f"In text {cell[0]} q" if cell and len(cell) > 2 else "Q",
            q=cell[-2] if cell else 0,
            k=cell[-1] if cell else 0,
            does=does,
            why=f", {why}" if why else "",
        )


def require_hinted(mask, shape, case, hints):
    """Require a mask's shape. hints: other shapes, and what led to each."""
    got = tuple(mask.shape)
    require(
        got == shape,
        "{case} the mask should have shape {shape}; yours has {got}.{hint}",
        case=case,
        shape=shape,
        got=got,
        hint=f" {hints[got]}." if got in hints else "",
    )


def square(n):
    """(query, key): the places as a column and as a row."""
    place = torch.arange(n)
    return place[:, None], place[None]


@lab.check(points=1, returns=(Tensor,), without=NOT_OURS)
def causal_mask(student):
    query, key = square(4)
    mistakes = [
        (key >= query, "Query 0 sees key 3, which comes later, and query 3 does not see key 0: is it `triu` where `tril` is meant?"),
        (key < query, "No query sees itself: the diagonal belongs to it"),
    ]  # fmt: skip
    require_mask(
        student(4), key <= query, "4 tokens", "which comes later", "which is itself or stands before it", mistakes
    )  # fmt: skip
    require_mask(student(1), torch.ones(1, 1, dtype=torch.bool), "one token")


@lab.check(points=2, returns=(Tensor,), without=NOT_OURS)
def prefix_lm_mask(student):
    query, key = square(7)
    causal = key <= query
    mistakes = [
        (causal, "That is the causal mask; inside the prefix queries see what comes later too"),
        (causal | (key <= 3), "The first 4 tokens are seen by all, and the prefix has 3: places count from 0"),
        (causal | (key < 2), "Only the first 2 tokens are seen by all, and the prefix has 3"),
        (causal | (query < 3), "The queries of the prefix see everything, the answer too; they see the prefix alone"),
        (causal & ((query >= 3) | (key == query)), "Inside the prefix nobody sees anybody"),
        ((key < 3) | ((key == query) & (query >= 3)), "Behind the prefix a query sees the prefix and itself, and not what stands between"),
        ((key < 3).expand(7, 7), "Everybody sees the prefix, and nothing else: behind it a query sees itself and what stands before it"),
        ((key < 3) == (query < 3), "Prefix and answer are apart, each fully visible: the answer is causal, and sees the prefix"),
        (((key < 3) & (query < 3)) | (causal & (query >= 3) & (key >= 3)), "What comes behind the prefix does not see it"),
        ((causal | (key < 3)).T, "Rows are queries, columns keys; yours is the transpose"),
    ]  # fmt: skip
    require_mask(
        student(7, 3),
        causal | (key < 3),
        "7 tokens and a prefix of 3",
        "which comes later and is not in the prefix",
        "which stands in the prefix, or is itself or before it",
        mistakes,
    )
    require_mask(student(7, 0), causal, "a prefix of 0, which is the causal mask", "which comes later")
    require_mask(student(7, 7), torch.ones(7, 7, dtype=torch.bool), "a prefix as long as the text")


@lab.check(points=2, returns=(Tensor,), without=NOT_OURS)
def padding_mask(student):
    ids = torch.tensor([[5, 3, 9, 0], [4, 0, 0, 0]])
    mask = student(ids)
    hints = {
        (2, 4): "It has no axes for heads and queries: put two of size 1 in the middle",
        (2, 1, 4): "With heads it would meet the wrong axis: (batch, 1, 1, time) needs two axes of size 1",
        (2, 1, 4, 1): "You hide *queries*: the last axis is that of the keys",
        (2, 1, 4, 4): "It is the same for all queries, so one row is enough: it broadcasts",
        (2, 4, 1, 1): "The last axis is that of the keys",
    }
    require_hinted(mask, (2, 1, 1, 4), "For ids (2, 4)", hints)
    real = torch.tensor([[1, 1, 1, 0], [1, 0, 0, 0]]).bool()[:, None, None]
    require_mask(mask, real, "ids [[5, 3, 9, 0], [4, 0, 0, 0]]", "which is padding", "which is a real token")
    require_mask(
        student(torch.tensor([[1, 1, 7, 0, 4]]), pad=1),
        torch.tensor([0, 0, 1, 1, 1]).bool().view(1, 1, 1, 5),
        "ids [[1, 1, 7, 0, 4]], pad=1",
        "which is padding: the id that is hidden is `pad`",
        "which is a real token: its id is not `pad`",
        [
            (
                torch.tensor([1, 1, 1, 0, 0]).bool().view(1, 1, 1, 5),
                "You count the real tokens and hide what is behind so many; padding may stand anywhere, here in front",
            )
        ],
    )


@lab.check(points=2, without=NOT_OURS)
def combine_masks(student):
    query, key = square(3)
    causal, real = key <= query, torch.tensor([[1, 1, 0], [1, 1, 1]]).bool()[:, None, None]
    case = "a causal mask (3, 3) and a padding mask (2, 1, 1, 3)"
    mask = student(causal, real)
    require(mask is not None, "You return None ({case}).", case=case)
    for one, which in ((causal, "first"), (real, "last")):
        alone = (
            isinstance(mask, Tensor)
            and mask.dtype == one.dtype
            and mask.shape == one.shape
            and torch.equal(mask, one)
        )
        require(not alone, "That is the {which} mask alone ({case}).", which=which, case=case)
    require_mask(
        mask,
        causal & real,
        case,
        "which one of the two masks hides",
        "which both masks allow",
        [
            (causal | real, "A key is seen when *one* mask allows it; all must"),
            (causal ^ real, "A key is seen when exactly one mask allows it; all must"),
        ],
    )
    for given, truth, case in (
        ((None, causal), causal, "None and a mask"),
        ((causal, None), causal, "a mask and None"),
        ((causal,), causal, "one mask by itself"),
        ((causal, real, causal.T), causal & real & causal.T, "three masks"),
    ):
        mask = student(*given)
        require(mask is not None, "You return None, which hides nothing ({case}).", case=case)
        require_mask(mask, truth, case, "which a mask hides", "which every mask allows")
    for given, case in (((None, None), "None twice"), ((), "no mask at all")):
        require(
            student(*given) is None,
            "Nothing is hidden, so the combination is None; you return {got} ({case}).",
            case=case,
            got=describe(student.last.value),
        )
    for wrong, kind in ((torch.zeros(3, 3), "numbers to be added"), (torch.ones(3, 3).long(), "0 and 1")):
        for given in ((causal, wrong), (wrong, causal), (wrong,)):
            require_refused(
                student,
                given,
                f"a mask of {kind}, of type {str(wrong.dtype).removeprefix('torch.')}, {'by itself' if len(given) == 1 else 'beside a boolean one'}",
            )


def require_refused(student, given, case):
    """A ValueError, with a sentence."""
    error = student.error(*given)
    require(
        isinstance(error, StudentError),
        "What is not boolean should be refused with a ValueError, and you combine it ({case}).",
        case=case,
    )
    require(
        error.is_a("ValueError"),
        "What is not boolean should raise a ValueError before anything else is done with it; yours is {t} ({case}).",
        case=case,
        t=error.type,
    )
    require(
        len(error.message.split()) >= 2,
        "Your ValueError says {text!r}. A clear error is a sentence: what was wrong?",
        text=error.message[:80],
    )  # fmt: skip


@lab.check(points=2, returns=(Tensor,), without=NOT_OURS)
def cross_attention_mask(student):
    target, source = torch.tensor([[7, 2, 0], [6, 5, 4]]), torch.tensor([[5, 3, 9, 0], [4, 0, 0, 0]])
    mask = student(target, source)
    hints = {
        (2, 1, 4, 3): "Rows are the target's queries, columns the source's keys; yours is the transpose",
        (2, 3, 4): "An axis of size 1 for the heads is missing",
        (2, 1, 1, 4): "Give a row to each query of the target: `.expand` does it without a copy",
        (2, 1, 3, 3): "The keys are the *source's*",
        (2, 1, 4, 4): "The queries are the *target's*",
    }
    require_hinted(mask, (2, 1, 3, 4), "For a target (2, 3) and a source (2, 4)", hints)
    real = (source != 0)[:, None, None].expand(2, 1, 3, 4)
    rows = (target != 0)[:, None, :, None]
    require_mask(
        mask,
        real,
        "padding at the end of the source",
        "which is padding of the source",
        "which is a real token of the source",
        [
            (real & rows, "The rows of the target's padding are as all others: nobody reads what they look at, and a row that sees nothing asks for trouble"),
            (rows.expand(2, 1, 3, 4), "You hide the target's padding; the keys are the source's"),
            (torch.ones_like(real), "The source's padding is seen"),
            (real & (square(4)[1] <= square(4)[0])[:3], "A cross mask is not causal: the whole source is there before the first word of the target"),
        ],
    )  # fmt: skip
    require_mask(
        student(torch.tensor([[1, 1]]), torch.tensor([[1, 0, 3]]), pad=1),
        torch.tensor([[0, 1, 1]] * 2).bool()[None, None],
        "pad=1",
        "whose id is `pad`",
        "whose id is not `pad`",
    )


@lab.check(points=2, returns=(Tensor,), without=NOT_OURS)
def permutation_mask(student):
    order = torch.tensor([1, 2, 3, 0])
    turn = torch.tensor([3, 0, 1, 2])  # of each place
    query, key = turn[:, None], turn[None]
    wrong = order[:, None], order[None]
    mistakes = [
        (wrong[1] <= wrong[0], "You use `order` as if order[p] were the turn of place p. It is the other way: order[t] is the place whose turn is t"),
        (key < query, "No query sees itself: that is the query stream. In the content stream the own place is included"),
        (key >= query, "A query sees what comes *after* it in the order"),
        (wrong[1] >= wrong[0], "A query sees what comes after it, in an order that is turned round: order[t] is the place whose turn is t"),
        (square(4)[1] <= square(4)[0], "That is the causal mask: the order is not used"),
        ((key <= query)[order], "The rows stand in the order of the turns; row p is place p"),
        ((key <= query)[:, order], "The columns stand in the order of the turns; column p is place p"),
    ]  # fmt: skip
    require_mask(
        student(order),
        key <= query,
        "the order 1, 2, 3, 0",
        "whose turn comes later",
        "which is itself, or whose turn came before",
        mistakes,
    )
    n = square(5)
    require_mask(student(torch.arange(5)), n[1] <= n[0], "the order 0, 1, 2, 3, 4, which is causal")
    require_mask(student(torch.arange(5).flip(0)), n[1] >= n[0], "the order 4, 3, 2, 1, 0, from the right")
