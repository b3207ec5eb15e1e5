"""The check of `factorised_embedding`, on tables whose singular values are known."""

import torch

from .. import Handle, part, require, require_dtype, uneven
from ..modules import floats_of
from ..sentences import describe
from ..usual import ended, looks_like, usual
from . import lab

# Three columns of length 1 at right angles, for four words; and three rows of the same kind.
WORDS = torch.tensor([[1.0, 1, 1], [1, -1, 1], [1, 1, -1], [1, -1, -1]]) / 2
ROWS = torch.tensor([[1.0, 2, 2], [2, 1, -2], [2, -2, 1]]) / 3
SIZES = torch.tensor([12.0, 6, 3])
TABLE = WORDS * SIZES @ ROWS  # (4, 3): its first row is 5, 4, 2.5


def factors_of(student, table, small, story):
    """What is made of a table: a `Handle` to a module with as many numbers as it should have. story: what the table is."""
    vocabulary, width = table.shape
    words = {"story": f"{story}, small={small}"}
    model = student(table, small)
    hints = {
        "None": " Is the `return` line missing?",
        "tuple": " The two matrices belong in a module, which looks an id up in one and multiplies by the other.",
        "list": " The two matrices belong in a module, which looks an id up in one and multiplies by the other.",
        "Tensor": " Is it the product? A module holds the two matrices themselves, so that they can learn.",
    }
    require(
        isinstance(model, Handle) and model.is_module,
        "{story}: an nn.Module is asked for; yours is {what}.{hint}",
        what=describe(model),
        hint=hints.get("None" if model is None else type(model).__name__, ""),
        **words,
    )
    _require_numbers(model, vocabulary, width, small, words)
    return model


def _require_numbers(model, vocabulary, width, small, words):
    """Require as many numbers as two matrices have."""
    found = model.parameters()
    found = [p for p in found if isinstance(p, torch.Tensor)] if isinstance(found, list) else []
    count, wanted = sum(p.numel() for p in found), (vocabulary + width) * small
    kept = model.buffers()
    kept = [t for t in kept if isinstance(t, torch.Tensor)] if isinstance(kept, list) else []
    mistakes = [
        (vocabulary * small, "The matrix from `small` to `width` is none of them: is it a buffer, or a tensor that is merely assigned? Everything learns, so make it an nn.Parameter, or the weight of a layer"),
        (small * width, "The table with `small` numbers a word is none of them: is it a buffer, or a tensor that is merely assigned? Everything learns, so make it an nn.Parameter, or the weight of a layer"),
        (wanted + width, f"There are {width} too many, one for each number of the result: has a dense layer its bias still?"),
        (wanted + small, f"There are {small} too many: do the singular values stand apart? They belong into one of the two matrices"),
        (wanted + small * small, "Do the singular values stand apart, as a matrix? They belong into one of the two others"),
        (vocabulary * width, "As many as the table has: is it the table itself?"),
        (vocabulary * width + wanted, "The table itself is among them still"),
        (vocabulary * width + small * width, "Of each word the whole row is kept; `small` numbers of it are asked for"),
        (vocabulary * min(vocabulary, width) + min(vocabulary, width) * width, "Nothing is cut away: of the decomposition the `small` largest singular values stay, and what belongs to them"),
        (vocabulary * min(vocabulary, width) + small * width, "Of each word nothing is cut away; `small` numbers of it are asked for"),
        (vocabulary * small + width * width, "The matrix from `small` to `width` is whole; it has `small` rows, or columns"),
    ]  # fmt: skip
    require(
        count == wanted,
        "{story}: your module has {count} numbers in its parameters; `vocabulary * small + small * width` are asked for.{known}",
        count=count,
        known=" A tensor that is merely assigned is none: make it an nn.Parameter, or the weight of a layer." if not count else usual(count, mistakes),
        **words,
    )  # fmt: skip
    require(
        not any(t.is_floating_point() for t in kept),
        "{story}: your module keeps numbers in a buffer, besides its parameters. Nothing but the two matrices is to be stored.",
        **words,
    )


def require_nearest(model, table, small, story, mistakes=()):
    """Require the vectors of all words to be as near to the table's rows as they can be; any such vectors will do.

    mistakes: (vectors of all words, sentence) pairs.
    """
    vocabulary, width = table.shape
    ids = torch.arange(vocabulary)
    found = vectors_of(model, ids, width).detach().double()
    off = (found - table.detach().double()).pow(2).sum()
    sizes = torch.linalg.svdvals(table.detach().double()).pow(2)
    least = sizes[small:].sum()
    slack = 1e-5 * (least * sizes.sum()).sqrt() + 1e-8 * sizes.sum()  # rounding, in float32
    require(
        off >= least - slack,
        "{story}, small={small}: your vectors are nearer to the table's rows than any product of two such matrices can be. Does something else add to them, which is none of the module's parameters?",
        story=story,
        small=small,
    )
    if off <= least + slack:
        return
    known = next((f" {ended(sentence)}" for wrong, sentence in mistakes if _alike(found, wrong)), "")
    if least > 1e-6 * sizes.sum():
        how = (
            f"is {off / least:.3g} times the least there can be"
            if off < 1e3 * least
            else "is more than 1,000 times the least there can be"
        )
    else:
        how = "is not 0, though so many numbers a word are enough for all of it"
    hint = " Are these the *largest* singular values, with what belongs to them, each counted once? A training, or an approximate decomposition, comes near and does not get there."
    require(
        False,
        "{story}, small={small}: the sum of all squared differences from the table's rows {how}.{known}",
        story=story,
        small=small,
        how=how,
        known=known or hint,
    )


def _alike(found, wrong):
    """Whether vectors are those of a mistake, up to the rounding of the largest among their numbers."""
    scale = wrong.abs().max().clamp(min=1)
    return looks_like(found / scale, wrong / scale)


def vectors_of(model, ids, width):
    """The vectors that a module gives for ids: float (*ids.shape, width)."""
    return floats_of(model(ids), (*ids.shape, width), "(..., width)", ids)


def require_any_shape(model, vocabulary, width, shapes, generator):
    """Require the same vector for an id wherever it stands."""
    every = vectors_of(model, torch.arange(vocabulary), width).detach()
    for shape in shapes:
        ids = torch.randint(vocabulary, shape, generator=generator)
        require(
            looks_like(vectors_of(model, ids, width), every[ids]),
            "Ids of shape {shape}: a word does not get the vector that it gets elsewhere. One id, one vector, wherever it stands.",
            shape=tuple(shape),
        )


def require_learning(model, vocabulary, width):
    """Require every parameter to learn, and to get a gradient."""
    found = vectors_of(model, torch.arange(vocabulary), width)
    require(
        found.requires_grad,
        "No gradient can flow from the vectors: are the matrices frozen, is something detached in `forward`, or is it under `no_grad`?",
    )
    model.zero_grad()
    uneven(found).sum().backward()
    grads = model.grads().values()
    silent = sum(g is None or not g.any() for g in grads)
    require(
        not silent,
        "A gradient reaches the vectors, and not all of your parameters: {n} of {all} get none. Is something frozen? (`nn.Embedding.from_pretrained` freezes what it is given, unless it is told not to.) Or is it detached, or something computed from it once and for all?",
        n=silent,
        all=len(grads),
    )
    for word in (0, vocabulary - 1):
        model.zero_grad()
        uneven(vectors_of(model, torch.tensor([word]), width)).sum().backward()
        require(
            all(g is not None and g.any() for g in model.grads().values()),
            "The vector of word {word}, by itself, teaches not all of your parameters anything. Has the table a `padding_idx`? The row with that number never learns; here every word is one.",
            word=word,
        )


def require_float64(student, table, small):
    """Require float64 of a table in float64."""
    table = table.double()
    model = factors_of(student, table, small, "A table in float64")
    require_nearest(model, table, small, "A table in float64")
    found = vectors_of(model, torch.arange(len(table)), table.shape[1])
    require_dtype(found, torch.float64, "the table")


def mistakes_of(table, words, sizes, rows, small):
    """What usual mistakes make of a table, (vectors, sentence) pairs. words, sizes, rows: its singular value decomposition,
    float (vocabulary, k), (k,) and (k, width)."""
    W, S, R = words[:, :small], sizes[:small], rows[:small]
    mean, k = table.mean(0), small
    _, _, around = torch.linalg.svd(table - mean, full_matrices=False)
    projected = (table - mean) @ around[:k].T @ around[:k]
    found = [
        (W @ R, "The singular values are missing: each belongs into one of the two matrices"),
        (W * S**2 @ R, "The singular values are in both matrices; they belong into one of them, or their roots into both"),
        (W * S.sqrt() @ R, "One of the two matrices has the roots of the singular values, and the other has none"),
        (words[:, -k:] * sizes[-k:] @ rows[-k:], "You keep the *smallest* singular values; the largest are asked for (`eigh` has them in rising order)"),
        (W * sizes[-k:] @ R, "The singular values and their vectors do not go together: those of the first vectors are the first"),
        (torch.cat([table[:, :k], 0 * table[:, k:]], 1), "You keep the first columns of the table; which two factors come nearest to the whole?"),
        (projected, "A mean is taken off the table first, and lost: decompose the table as it is"),
        (projected + mean, "A mean is taken off the table first; decompose the table as it is"),
        (0 * table, "All vectors are zeros"),
    ]  # fmt: skip
    if len(rows) == rows.shape[1]:
        found.append((W * S @ rows[:, :k].T, "You take *columns* of the third factor; what `torch.linalg.svd` gives is turned already, and its rows belong to the singular values"))  # fmt: skip
    return found


def judge(student, table, small, story, mistakes, generator):
    """Require what is made of a table to be as near as can be, for ids of any shape. mistakes: as of `require_nearest`."""
    vocabulary, width = table.shape
    model = factors_of(student, table, small, story)
    many = vectors_of(model, torch.arange(vocabulary).repeat(40, 1), width).detach()
    require(
        torch.allclose(many, many[:1].expand_as(many), rtol=1e-4, atol=1e-5),
        "{story}, small={small}: a word that comes several times gets another vector each time. Is there dropout? Nothing stands between the two matrices.",
        story=story,
        small=small,
    )
    require_nearest(model, table, small, story, mistakes)
    require_any_shape(model, vocabulary, width, [(4,), (2, 5), (2, 1, 3), (1,), ()], generator)
    return model


@lab.check(points=3)
def factorised_embedding(student):
    generator = torch.Generator().manual_seed(7)
    story = "A table of 4 words and width 3, with singular values of 12, 6 and 3"
    for small in (1, 2, 3):
        judge(student, TABLE, small, story, mistakes_of(TABLE, WORDS, SIZES, ROWS, small), generator)
    noise = torch.randn(30, 12, generator=generator)
    judge(student, noise, 5, "A table of random numbers, 30 words and width 12", (), generator)
    wide = TABLE[:2] @ torch.tensor([[1.0, 0, 0, 1], [0, 1, 0, 0], [0, 0, 1, 1]])
    for small in (1, 2):
        judge(student, wide, small, "A table with fewer words (2) than its width (4)", (), generator)
    judge(student, torch.ones(5, 3), 2, "A table whose words are all the same", (), generator)
    with part("everything learns", points=0.5):
        require_learning(factors_of(student, TABLE, 2, story), 4, 3)
    with part("a table that is a parameter", points=0.5):
        own = TABLE.clone().requires_grad_()
        judge(student, own, 2, "A table that is a parameter", (), generator)
    with part("float64", points=0.5):
        require_float64(student, TABLE, 2)
