"""The two masks of `decoder_only_example`, judged by the row that they belong to, and for each usual mistake the mask that it makes.

A case is a `prefix.Case`.
"""

import torch

from .. import first_true, require
from ..sentences import describe
from ..usual import ended


def prefixes(case, row):
    """How long the prefix of a row may be. In a wrong one it may end anywhere between what is kept and what is hidden."""
    if row == case.row:
        return [case.prefix]
    tokens, n = set(case.tokens), len(case.kept[0])
    if len(tokens) < len(case.tokens):  # it cannot be told which of two is the kept one
        return list(range(len(row) + 1))
    places = [i for i, token in enumerate(row) if token in tokens] + [len(row) - 1]
    least = places[n - 1] + 1 if n else 0
    return list(range(least, max(least, places[n]) + 1))


def _require_tensor(value, shape, name, story, hints):
    """Require a boolean tensor of this shape. hints: other shapes, and what led to each."""
    require(
        isinstance(value, torch.Tensor),
        "{name} is a tensor, bool {shape}; yours is {what}.",
        name=name,
        shape=shape,
        what=describe(value),
    )
    got = tuple(value.shape)
    require(
        got == shape,
        "{story}: {name} should have shape {shape}, as your row has {n} tokens; yours has {got}.{hint}",
        story=story,
        name=name,
        shape=shape,
        n=shape[0],
        got=got,
        hint=f" {hints[got]}." if got in hints else "",
    )
    require(
        value.dtype == torch.bool,
        "{name} is boolean; yours is of type {t}.{additive}",
        name=name,
        t=str(value.dtype).removeprefix("torch."),
        additive=" Zeros and minus infinity are the form that is added to scores." if value.is_floating_point() else "",
    )  # fmt: skip


def _refuse(value, mistakes, story):
    """Fail with the sentence of the mistake that makes this mask, if there is one. mistakes: pairs (mask, sentence)."""
    known = next((sentence for wrong, sentence in mistakes if torch.equal(value, wrong)), None)
    require(not known, "{story}: {known}", story=story, known=ended(known or ""))


def require_may(case, row, may):
    """Require a prefix LM's mask over this row."""
    n = len(row)
    hints = {
        (n - 1, n - 1): "The last token has a row and a column, too",
        (1, n, n): "It is one row of tokens, without an axis for a batch",
        (1, 1, n, n): "It is one row of tokens, without axes for batch and heads",
        (
            n,
        ): "Who may attend to whom is a square: a row for each place that looks, a column for each that is looked at",
    }
    _require_tensor(may, (n, n), "`may`", case.story, hints)
    place = torch.arange(n)
    query, key = place[:, None], place[None]
    causal, lengths = key <= query, prefixes(case, row)
    if any(torch.equal(may, causal | (key < p)) for p in lengths):
        return
    mistakes = [(causal, "Your mask is causal all over; each token of the prefix sees the whole prefix, what comes later in it too")]  # fmt: skip
    for p in lengths:
        truth, at_prefix = causal | (key < p), query < p
        mistakes += [
            (torch.ones(n, n, dtype=torch.bool), "Everybody sees everything; a token of the target must not see the target behind it"),
            (~truth, "Your mask is turned round: True = may attend"),
            (truth.T, "may[i, j] says whether place *i* may attend to place j: rows look, columns are looked at. Yours is the transpose"),
            *((causal | (key < q), f"By your mask the prefix has {q} tokens, and it has {p}{'. Does `end`, which corrupt puts behind the input, count in yours?' if q == p + 1 else ''}") for q in range(2, n)),
            (causal | at_prefix, "A token of the prefix sees the target, too; it is the *columns* of the prefix that are open to all, not its rows"),
            (causal | at_prefix | (key >= p), "A token of the prefix sees the target, too"),
            ((key < p) | (key < query), "A token of the target does not see itself"),
            ((key < p).expand(n, n), "A token of the target sees the prefix alone; itself and the target before it belong to what it sees"),
            ((key < p) | (key == query), "A token of the target sees the prefix and itself, and not the target before it"),
            ((key < p) | ~at_prefix, "A token of the target sees the target behind it; only the prefix is seen whole"),
            ((key < p) == at_prefix, "Prefix and target see themselves, and not each other; the target sees the prefix, and itself only backwards"),
            (truth & ((key >= p) | at_prefix), "The target does not see the prefix"),
            (causal & ((key >= p) | at_prefix), "The target does not see the prefix, and the prefix does not see itself whole"),
        ]  # fmt: skip
    _refuse(may, mistakes, case.story)
    truth = causal | (key < lengths[0])
    for cells, does, why in ((may & ~truth, "sees", "which comes later and is not in the prefix"), (truth & ~may, "does not see", "which is in the prefix, or is itself or before it")):  # fmt: skip
        cell = first_true(cells)
        require(
            cell is None,
            "{story}: place {i} {does} place {j}, {why}. The prefix has {p} tokens, your row {n}.",
            story=case.story,
            i=cell[0] if cell else 0,
            j=cell[1] if cell else 0,
            does=does,
            why=why,
            p=lengths[0],
            n=n,
        )


def require_asked(case, row, asked):
    """Require who is asked, over this row: the places before a token of the target."""
    n = len(row)
    hints = {(n - 1,): "The last place is there, too, and is not asked", (1, n): "It is one row of tokens, without an axis for a batch"}  # fmt: skip
    _require_tensor(asked, (n,), "`asked`", case.story, hints)
    place, lengths = torch.arange(n), prefixes(case, row)
    inner = place < n - 1
    if any(torch.equal(asked, (place >= p - 1) & inner) for p in lengths):
        return
    marks, follows = set(case.sentinels), [*row[1:], None]
    before_mark = torch.tensor([token in marks for token in follows])
    mistakes = [
        (place >= 0, "Everybody is asked; only what comes before a token of the *target* is"),
        (inner, "The prefix is asked, too: nobody has to guess it"),
        (place < 0, "Nobody is asked; what comes before a token of the target is"),
    ]
    for p in lengths:
        truth = (place >= p - 1) & inner
        mistakes += [
            (place >= p, "Your True stands at the tokens of the target; it belongs one place earlier, where the *next* token is one of them"),
            ((place >= p) & inner, "Nobody is asked for the first token of the target (a sentinel is a token like any other); the last place of the prefix guesses it"),
            (place >= p - 1, "The last place is asked, and behind it there is no token"),
            ((place >= p - 2) & (place < n - 2), "Your True stands one place too early: it is where the *next* token belongs to the target"),
            ((place >= p - 1) & (place < n - 2), "Nobody is asked for `end`, which is a token of the target like any other"),
            ((place >= p) & (place < n - 2), "Nobody is asked for the first token of the target, nor for `end`; both belong to it"),
            ((place >= p - 2) & inner, "The last token of the prefix is asked for, too; nobody has to guess the prefix"),
            (truth & ~before_mark, "Nobody is asked for the sentinels of the target; a sentinel is a token like any other"),
            (place < p, "Your True stands at the prefix, which nobody has to guess"),
            (~truth, "Yours is turned round: True = the next token is to be guessed"),
        ]  # fmt: skip
    _refuse(asked, mistakes, case.story)
    p = lengths[0]
    at = first_true(asked != ((place >= p - 1) & inner))[0]
    require(
        False,
        "{story}: place {at} is {yours}. The next token of places {first} to {last} is one of the target.",
        story=case.story,
        at=at,
        yours="asked" if asked[at] else "not asked",
        first=p - 1,
        last=n - 2,
    )
