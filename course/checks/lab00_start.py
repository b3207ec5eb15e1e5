"""Visible checks of lab 00: hand-sized examples, and what must hold without knowing the answer."""

import torch
from torch import Tensor

from . import Lab, args, helper_for, require, require_close, require_dtype, require_shape
from .usual import looks_like, usual

lab = Lab("lab00_start")
check = lab.check_cell

demonstration = Lab("demonstration")
demo = demonstration.check_cell


@demonstration.check(points=1, returns=(int, Tensor))
def real_tokens(student):
    """The warm-up of lab 00: not graded, it only shows how checks speak."""
    mask = torch.tensor([[True, True, False], [True, False, False]])
    got = int(student(mask))
    require(
        got == 3,
        "[[True, True, False], [True, False, False]] holds 3 real tokens; you counted {got}.{six}",
        got=got,
        six=" Six is the number of places, padding included." if got == 6 else "",
    )
    require(
        int(student(mask[:1])) == 2,
        "One sentence with 2 real tokens and 1 of padding: you counted {n}.{one}",
        n=student.last.value,
        one=" That is the padding: is the mask turned round?" if student.last.value == 1 else "",
    )
    return "Three real tokens, and two in the first sentence alone."


@lab.check(points=3, returns=(Tensor,))
def masked_mean(student):
    hidden = torch.tensor([[[1.0, 2.0], [3.0, 4.0], [5.0, 9.0]], [[2.0, 0.0], [8.0, 8.0], [8.0, 8.0]]])
    mask = torch.tensor([[True, True, True], [True, False, False]])
    mean = student(hidden, mask)
    require_shape(mean, (2, 2), "The average of a (2, 3, 2) batch: one vector a sentence, so it")
    require_dtype(mean, torch.float32, "`hidden`")
    require(
        not looks_like(mean, [[0.0, 0.0], [8.0, 8.0]]),
        "You average the padding and leave the real tokens out: in the mask, True is a real token.",
    )
    sums, counts = (
        torch.tensor([[9.0, 15.0], [2.0, 0.0]]),
        (9 / mean[0, 0].item(), 2 / mean[1, 0].item()) if mean[:, 0].all() else (0, 0),
    )
    require(
        looks_like(mean[0], [3.0, 5.0]) or not looks_like(mean * torch.tensor(counts)[:, None], sums),
        "You sum the right tokens, to [9, 15] and [2, 0], and divide by {a:.3g} and {b:.3g}. These two sentences have 3 and 1 real tokens.",
        a=counts[0],
        b=counts[1],
    )
    require_close(
        mean[0],
        [3.0, 5.0],
        "A sentence without padding, [1, 2], [3, 4], [5, 9], averages to [3, 5]; yours gives {got} at {at}.",
    )
    moved = hidden.clone()
    moved[1, 1:] = 100.0
    again = student(moved, mask)
    require_shape(again, (2, 2))
    require_close(
        again[1],
        mean[1],
        "The second sentence has 1 real token of 3, and its average moves when I change a padding token. "
        "Padding must not reach the sum.",
    )
    longer = (
        torch.cat([hidden, torch.zeros(2, 2, 2)], 1),
        torch.cat([mask, torch.zeros(2, 2, dtype=torch.bool)], 1),
    )
    after = student(*longer)
    require_close(
        after,
        mean,
        "Adding two padding tokens to each sentence changed its average; the one at {at} is {got} now. "
        "You sum the right tokens; look at what you divide by.",
    )
    require_close(
        mean[1],
        [2.0, 0.0],
        "A sentence whose one real token is [2, 0] averages to [2, 0]; yours gives {got} at {at}.",
    )


@lab.check(points=3, returns=(Tensor,))
def pairwise_dot(student):
    a = torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    b = torch.tensor([[3.0, 4.0], [5.0, 6.0]])
    dots = student(a, b)
    require(
        tuple(dots.shape) != (2, 3),
        "With 3 vectors in `a` and 2 in `b`, yours has 2 rows: rows belong to `a`, columns to `b`. Transpose the other one.",
    )
    require_shape(
        dots, (3, 2), "One row for each of the 3 vectors of `a`, one column for each of the 2 of `b`: it"
    )
    require(
        dots.is_floating_point(),
        "The products of float vectors are floats; yours are whole numbers ({t}), and what stands behind the point is lost.",
        t=dots.dtype,
    )
    truth = torch.tensor([[3.0, 5.0], [8.0, 12.0], [7.0, 11.0]])
    lengths = torch.linalg.vector_norm(a, dim=1)[:, None] * torch.linalg.vector_norm(b, dim=1)
    mistakes = [
        (truth / 2, "That is a mean over the places, where a sum is meant"),
        (truth / lengths, "That is a cosine: do not divide by the lengths"),
    ]
    require_close(
        dots,
        truth,
        "At {at} (a row of `a`, a column of `b`) you have {got}. Multiply the two vectors place by place, then sum.{known}",
        known=usual(dots, mistakes),
    )
    square = student(a[:2], b)
    require_close(
        square,
        [[3.0, 5.0], [8.0, 12.0]],
        "With as many vectors in `a` as in `b`, place {at} is {got}: is every pair there, or only the first with the first?",
    )


def one_hot_and_vectors(result):
    """The two tensors that `one_hot_lookup` returns; says so when it is none."""
    require(
        isinstance(result, (tuple, list)) and len(result) == 2 and all(isinstance(r, Tensor) for r in result),
        "Return two tensors, the one-hot matrix and its product with the table: `return one_hot, vectors`.",
    )
    return result


@lab.check(points=3, returns=(tuple, list))
def one_hot_lookup(student):
    table = torch.tensor([[0.1, 0.2], [1.0, 2.0], [5.0, 6.0]])
    one_hot, vectors = one_hot_and_vectors(student(torch.tensor([2, 0]), table))
    require(
        not looks_like(one_hot, [[5.0, 6.0], [0.1, 0.2]]),
        "You return the pair the other way round: the one-hot matrix comes first, then the vectors.",
    )
    require(
        tuple(one_hot.shape) != (3, 2),
        "The one-hot matrix has a row for each id and a column for each row of the table, so here (2, 3); yours lies on its side, (3, 2).",
    )
    require_shape(one_hot, (2, 3), "Two ids and a table of three rows: the one-hot matrix")
    require_dtype(one_hot, torch.float32, "`table`")
    require(
        not looks_like(one_hot, [[0, 1, 0], [0, 0, 1]]),
        "Id 2 has its 1 in the second column with you: ids count from 0, so it belongs in the third.",
    )
    require_close(
        one_hot,
        [[0, 0, 1], [1, 0, 0]],
        "The one-hot rows of ids 2 and 0 are [0, 0, 1] and [1, 0, 0]; at {at} yours has {got}.",
    )
    require_shape(vectors, (2, 2), "The two looked-up vectors")
    require_close(
        vectors,
        [[5.0, 6.0], [0.1, 0.2]],
        "Ids 2 and 0 should give the third and the first row of the table; at {at} yours has {got}.",
    )
    one_hot, vectors = one_hot_and_vectors(student(torch.tensor([0]), table))
    require(
        tuple(one_hot.shape) == (1, 3),
        "For the one id 0 the one-hot matrix has shape {shape} with you. It has as many columns as the table has rows, 3, "
        "whichever ids are asked for (`F.one_hot` alone counts only as far as the largest id).",
        shape=tuple(one_hot.shape),
    )
    require_close(
        vectors, [[0.1, 0.2]], "Id 0 should give the first row of the table; at {at} yours has {got}."
    )


def encoder_weights(generator, width=4):
    """Random weights of the encoder in `helpers.Classifier`."""
    shapes = {"0.weight": (width, 3), "0.bias": (width,), "2.weight": (width, width), "2.bias": (width,)}
    return {name: torch.randn(shape, generator=generator) for name, shape in shapes.items()}


@lab.check(points=4, returns=(str,))
def which_regime(student):
    generator = torch.Generator().manual_seed(0)
    pretrained, other = encoder_weights(generator), encoder_weights(generator)
    names = list(pretrained)
    cases = [
        (pretrained, [], "frozen", "The encoder has the pretrained weights and none of them learns"),
        (pretrained, names, "fine-tuned", "The encoder has the pretrained weights and all of them learn"),
        (
            other,
            names,
            "from scratch",
            "The encoder's weights are not the pretrained ones, and all of them learn",
        ),
    ]
    models = [
        helper_for("classifier", encoder=weights, trainable=trainable) for weights, trainable, *_ in cases
    ]
    said = student.many([args(model, pretrained) for model in models])
    for (*_, answer, story), got in zip(cases, said, strict=True):
        require(
            got in ("frozen", "fine-tuned", "from scratch"),
            "Answer 'frozen', 'fine-tuned' or 'from scratch', spelt like that; yours is {got!r}.",
            got=got[:40],
        )
        require(
            got == answer,
            "{story}: that is {answer!r}; you say {got!r}.{head}",
            story=story,
            answer=answer,
            got=got,
            head=" Its head learns, as every head does: look at `model.encoder` alone."
            if (answer, got) == ("frozen", "fine-tuned")
            else "",
        )
