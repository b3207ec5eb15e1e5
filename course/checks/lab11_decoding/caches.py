"""The check of `KVCache`: attention with a cache against attention over everything at once, however the text is cut, rewound and reordered."""

import itertools
import math
from collections import Counter

import torch

from .. import Handle, StudentError, helper_for, part, require
from ..sentences import describe
from ..usual import looks_like
from . import lab

NEAR = 1e-4


class Tokens:
    """Queries, keys, values and a bias of a text of some length, for one or more layers. Oracle: all at once, in float64."""

    def __init__(self, seed, layers=2, batch=2, heads=2, time=7, size=3, bias=True):
        generator = torch.Generator().manual_seed(seed)

        def drawn(*shape):
            return torch.randn(*shape, generator=generator)

        self.layers = [tuple(drawn(batch, heads, time, size) for _ in range(3)) for _ in range(layers)]
        self.bias = 2 * drawn(heads, time, time) if bias else None
        self.batch, self.heads, self.time, self.size = batch, heads, time, size

    def piece(self, layer, first, last, rows=None):
        """What `attend` gets for the tokens first to last - 1, as an operation of `Driven`."""
        bias = None if self.bias is None else self.bias[:, first:last, :last]
        queries, keys, values = (x[:, :, first:last] if rows is None else x[rows, :, first:last] for x in self.layers[layer])  # fmt: skip
        return ["attend", layer, queries, keys, values, bias]

    def steps(self, first, last, rows=None):
        """Operations for the tokens first to last - 1, one by one, each in all layers."""
        return [
            self.piece(layer, t, t + 1, rows) for t in range(first, last) for layer in range(len(self.layers))
        ]

    def truth(self, layer, first, last, rows=None, keys=None, values=None, seen=None, scale=1.0, biased=True):
        """What comes out for the tokens first to last - 1. seen: bool (time, time), who may see whom."""
        queries, own_keys, own_values = (x.double() if rows is None else x[rows].double() for x in self.layers[layer])  # fmt: skip
        keys, values = own_keys if keys is None else keys.double(), own_values if values is None else values.double()  # fmt: skip
        scores = scale * queries @ keys.transpose(2, 3)
        if self.bias is not None and biased:
            scores = scores + self.bias.double()
        may = torch.ones(self.time, self.time, dtype=torch.bool).tril() if seen is None else seen
        out = scores.masked_fill(~may, -math.inf).softmax(-1).nan_to_num() @ values
        return out[:, :, first:last]

    def mistakes(self, layer, first, last):
        """Pairs (a wrong result, a sentence)."""
        time = self.time
        place = torch.arange(time)
        new = (place[:, None] >= first) & (place >= first)  # among the new ones
        causal = place <= place[:, None]
        here = self.truth(layer, first, last)
        found = [
            (self.truth(layer, first, last, seen=place < last), "The new tokens see each other, those behind them too: a query sees itself and what is before it"),
            (self.truth(layer, first, last, seen=place < place[:, None]), "A token sees itself, too"),
            (self.truth(layer, first, last, seen=causal & new), "What was read before is not seen"),
            (self.truth(layer, first, last, seen=causal | (place < 0)), ""),
            (self.truth(layer, first, last, scale=self.size**-0.5), "The scores are not divided by anything: T5's are not"),
            (self.truth(layer, first, last, seen=(place < first) | (place == last - 1) | (place == place[:, None]) & False), "The new tokens do not see each other"),
        ]  # fmt: skip
        if self.bias is not None:
            found.append((self.truth(layer, first, last, biased=False), "Is `bias` used?"))
        # a mask of (new, total) that begins at the first place: query i sees keys 0 to i
        found.append((self.truth(layer, first, last, seen=place <= place[:, None] - first), "The mask begins at the left: a new query stands at place `read + i`, and sees all up to there. `tril(total - new)`"))  # fmt: skip
        swapped = (self.layers[layer][0].double() @ self.layers[layer][2].double().transpose(2, 3) + (0 if self.bias is None else self.bias.double()))  # fmt: skip
        found.append(((swapped.masked_fill(~causal, -math.inf).softmax(-1) @ self.layers[layer][1].double())[:, :, first:last], "Keys and values have changed places"))  # fmt: skip
        return [(wrong, said) for wrong, said in found if said and not looks_like(wrong, here)]


def cache_of(student):
    """A student's new cache, and what drives it."""
    made = student()
    require(isinstance(made, Handle), "KVCache() should make an object of the class.")
    return student.build(helper_for("driven", cache=made))


def require_out(got, truth, begin, mistakes=()):
    """Require what attention gives."""
    require(isinstance(got, torch.Tensor) and got.is_floating_point(), "{begin}: `attend` gives floats (batch, heads, new, size); yours gives {what}.", begin=begin, what=describe(got))  # fmt: skip
    require(tuple(got.shape) == tuple(truth.shape), "{begin}: what `attend` gives has the shape {want}, that of the queries; yours has {got}.", begin=begin, want=tuple(truth.shape), got=tuple(got.shape))  # fmt: skip
    require(not got.isnan().any(), "{begin}: nan comes out. A query that may see nothing has a softmax over nothing.", begin=begin)  # fmt: skip
    known = next((f" {said}." for wrong, said in mistakes if _near(got, wrong)), "")
    require(
        torch.allclose(got.double(), truth, rtol=NEAR, atol=NEAR),
        "{begin}: what comes out is not what attention over the whole text gives.{known}",
        begin=begin, known=known,
    )  # fmt: skip


def require_length(got, n, begin):
    require(isinstance(got, int) and not isinstance(got, bool) and got == n, "{begin}: len(cache) is {n}; yours is {got}.", begin=begin, n=n, got=got if isinstance(got, int) else describe(got))  # fmt: skip


def played(far, operations, begin):
    """The results of operations, as many as there are. begin: what is said in front of an error."""
    try:
        found = far.play(operations)
    except StudentError as error:
        if error.kind == "error":
            error = StudentError(f"{begin}: your cache fails. {error}", error.kind, error.type, error.bases, error.frames, error.message)  # fmt: skip
        raise error from None
    if not isinstance(found, list) or len(found) != len(operations):
        raise StudentError("The reply of your kernel cannot be read: a malformed reply.", "error")
    return found


def require_chunks(student, tokens, cuts, begin):
    """Require attention piece by piece to be what it is at once. cuts: places where a new piece begins, 0 among them."""
    far = cache_of(student)
    bounds = list(zip(cuts, [*cuts[1:], tokens.time], strict=True))
    operations, wanted = [["len"]], [0]
    for first, last in bounds:
        for layer in range(len(tokens.layers)):
            operations.append(tokens.piece(layer, first, last))
            wanted.append((layer, first, last))
        operations.append(["len"])
        wanted.append(last)
    results = list(zip(played(far, operations, begin), wanted, strict=True))
    said = [_mistakes_of(tokens, want) for _, want in results]
    counts = Counter(
        sentence
        for (got, _), own in zip(results, said, strict=True)
        for wrong, sentence in own
        if _near(got, wrong)
    )  # what explains more pieces comes first
    for (got, want), own in zip(results, said, strict=True):
        if isinstance(want, int):
            require_length(got, want, f"{begin}, after {want} tokens")
        else:
            layer, first, last = want
            where = f"tokens {first} to {last - 1}" if last - first > 1 else f"token {first}"
            own = sorted(own, key=lambda pair: -counts[pair[1]])
            require_out(got, tokens.truth(*want), f"{begin}, {where}, layer {layer}", own)


def _mistakes_of(tokens, want):
    """The mistakes of one piece; want: (layer, first, last), or a length."""
    if isinstance(want, int):
        return []
    found, (layer, *_) = tokens.mistakes(*want), want
    if len(tokens.layers) > 1:
        other = tokens.layers[0 if layer else -1]
        found.append((tokens.truth(*want, keys=other[1], values=other[2]), "Those are another layer's keys and values: each layer has its own"))  # fmt: skip
    return found


def _near(got, wrong):
    return isinstance(got, torch.Tensor) and got.is_floating_point() and looks_like(got.double(), wrong)


def require_rewound(student, tokens, other, keep, begin):
    """Require that after a rewind another text goes on as if the forgotten tokens had never been. other: Tokens that begin alike."""
    far = cache_of(student)
    for one, new in zip(tokens.layers, other.layers, strict=True):
        for a, b in zip(one, new, strict=True):
            b[:, :, :keep] = a[:, :, :keep]
    layers = range(len(tokens.layers))
    where = f"{begin}, rewound to {keep} of {tokens.time} tokens"
    *_, length = played(far, [*tokens.steps(0, tokens.time), ["rewind", keep], ["len"]], where)
    require_length(length, keep, where)
    where = f"{begin}: rewound to {keep} of {tokens.time} tokens, and another text behind them"
    *found, length = played(far, [*other.steps(keep, other.time), ["len"]], where)
    for got, (time, layer) in zip(found, itertools.product(range(keep, other.time), layers), strict=True):
        require_out(got, other.truth(layer, time, time + 1), f"{where}, token {time}, layer {layer}")
    require_length(length, other.time, f"{begin}, rewound and gone on")


def require_refused(student, tokens, begin):
    """Require a ValueError for lengths that cannot be kept, and none for those that can."""
    n = tokens.time
    far = cache_of(student)
    base = tokens.steps(0, n)
    found = played(far, [*base, ["rewind", n + 1], ["rewind", -1], ["len"], ["rewind", n], ["len"], ["rewind", 0], ["len"]], begin)  # fmt: skip
    above, below, after, fits, whole, empties, none = found[len(base) :]
    require(above == "ValueError", "{begin}: after {n} tokens, rewind({more}) is a ValueError; yours lets it pass.", begin=begin, n=n, more=n + 1)  # fmt: skip
    require(below == "ValueError", "{begin}: rewind(-1) is a ValueError; yours lets it pass. (`x[:-1]` is all but the last.)", begin=begin)  # fmt: skip
    require_length(after, n, f"{begin}, after lengths that were refused")
    require(fits is None and empties is None, "{begin}: after {n} tokens rewind({n}) and rewind(0) are no errors.", begin=begin, n=n)  # fmt: skip
    require_length(whole, n, f"{begin}, rewound to all {n}")
    require_length(none, 0, f"{begin}, rewound to 0")


def require_chosen(student, tokens, rows, begin, width=4):
    """Require that the texts go on as chosen, their memories with them."""
    generator = torch.Generator().manual_seed(len(rows))
    layers = range(len(tokens.layers))
    memories = [tuple(torch.randn(tokens.batch, tokens.heads, width, tokens.size, generator=generator) for _ in range(2)) for _ in layers]  # fmt: skip
    index, cut = torch.tensor(rows), tokens.time // 2
    far = cache_of(student)
    where = f"{begin}: rows {rows} of {tokens.batch} texts go on"
    remembered = [["memory", layer, *memories[layer]] for layer in layers]
    played(far, [*remembered, *tokens.steps(0, cut), ["choose", index]], where)
    found = played(far, [*tokens.steps(cut, tokens.time, index), *remembered], where)
    for got, (time, layer) in zip(found, itertools.product(range(cut, tokens.time), layers), strict=False):
        require_out(got, tokens.truth(layer, time, time + 1, index), f"{where}, token {time}, layer {layer}")
    for got, layer in zip(found[-len(layers) :], layers, strict=True):
        require_memory(got, tuple(x[index] for x in memories[layer]), f"{where}, layer {layer}", " `choose` is for the memories, too.")  # fmt: skip


def require_memory(got, wanted, begin, hint=""):
    """Require the memory's keys and values, and that they were made once."""
    good = isinstance(got, (list, tuple)) and len(got) == 2 and isinstance(got[1], int)
    if not good:
        raise StudentError("The reply of your kernel cannot be read: a malformed reply.", "error")
    pair, times = got
    good = (
        isinstance(pair, (list, tuple)) and len(pair) == 2 and all(isinstance(x, torch.Tensor) for x in pair)
    )
    require(good, "{begin}: `memory` gives a pair (keys, values); yours gives {what}.", begin=begin, what=describe(pair))  # fmt: skip
    require(times == 1, "{begin}: `make()` was called {times} times for this layer so far; keys and values of the encoder's states are made once.{each}", begin=begin, times=times, each="" if times else " Each layer has its own.")  # fmt: skip
    for name, mine, true in zip(("keys", "values"), pair, wanted, strict=True):
        same = mine.shape == true.shape and torch.allclose(mine.double(), true.double(), atol=1e-6)
        require(same, "{begin}: the memory's {name} are others than those that were made.{hint}", begin=begin, name=name, hint=hint)  # fmt: skip


def require_memories(student, tokens, begin):
    """Require each layer's memory to be made once, kept over steps and rewinds, and not mixed up with the tokens that were read."""
    generator = torch.Generator().manual_seed(5)
    layers = range(len(tokens.layers))
    memories = [tuple(torch.randn(tokens.batch, tokens.heads, 5, tokens.size, generator=generator) for _ in range(2)) for _ in layers]  # fmt: skip
    far = cache_of(student)
    for first in range(3):
        pieces = [
            ([*tokens.steps(first, first + 1)[layer]], ["memory", layer, *memories[layer]])
            for layer in layers
        ]
        *found, length = played(
            far, [*itertools.chain(*pieces), ["len"]], f"{begin}, token {first}, and a memory beside it"
        )
        require_length(
            length, first + 1, f"{begin}: the memory's tokens do not count, only those that were read"
        )
        for layer in layers:
            where = f"{begin}, token {first}, layer {layer}"
            require_out(
                found[2 * layer], tokens.truth(layer, first, first + 1), f"{where}, and a memory beside it"
            )
            require_memory(found[2 * layer + 1], memories[layer], where)
    where = f"{begin}, after a rewind to 0"
    _, *found = played(
        far, [["rewind", 0], *(["memory", layer, *memories[layer]] for layer in layers)], where
    )
    for got, layer in zip(found, layers, strict=True):
        require_memory(
            got, memories[layer], f"{where}, layer {layer}", " A rewind leaves the memory as it is."
        )


def judge_cache(student, plain, chunks, rewinds, refused, choices, memories):
    """All that is asked of KVCache. plain, chunks: (Tokens, cuts, beginning of a message); rewinds: (Tokens, other Tokens, tokens kept, beginning);
    refused, memories: (Tokens, beginning); choices: (Tokens, rows, beginning)."""
    student = student.using(finite=False)
    for case in plain:
        require_chunks(student, *case)
    with part("several new tokens at once", points=1):
        for case in chunks:
            require_chunks(student, *case)
    with part("rewinding", points=1):
        for case in rewinds:
            require_rewound(student, *case)
        for case in refused:
            require_refused(student, *case)
    with part("texts that are chosen", points=0.75):
        for case in choices:
            require_chosen(student, *case)
    with part("the memory", points=0.75):
        for case in memories:
            require_memories(student, *case)


def cases_of(seed, tokens=Tokens):
    """A set of cases. tokens: makes them of a seed and sizes."""
    one = list(range(6))
    return {
        "plain": [
            (tokens(seed, 1, 1, 1, 6, 3), one, "One layer, token by token"), (tokens(seed + 1, 3, 2, 2, 6, 4), one, "Three layers and two texts, token by token"),
            (tokens(seed + 2, 2, 2, 2, 6, 4, bias=False), one, "Without a bias"),
        ],
        "chunks": [
            (tokens(seed + 3, 2, 2, 2, 6, 3), [0], "A text at once"), (tokens(seed + 4, 2, 2, 2, 6, 3), [0, 3, 4], "Three tokens, one, and two"),
            (tokens(seed + 5, 1, 1, 3, 8, 2), [0, 1, 6], "One token, five, and two"), (tokens(seed + 6, 2, 1, 2, 5, 3, bias=False), [0, 2], "Two tokens and three, without a bias"),
        ],
        "rewinds": [(tokens(seed + 7), tokens(seed + 7 + 50, time=5), 3, "Two layers"), (tokens(seed + 8), tokens(seed + 8 + 50, time=6), 0, "From the beginning"), (tokens(seed + 9), tokens(seed + 9 + 50, time=9), 7, "Nothing forgotten")],
        "refused": [(tokens(seed + 10, time=4), "Two layers")],
        "choices": [(tokens(seed + 11, batch=3), [2, 0, 0], "A beam of three"), (tokens(seed + 12, batch=3), [1], "A beam that shrinks"), (tokens(seed + 13, batch=1), [0, 0, 0, 0], "One text that becomes four")],
        "memories": [(tokens(seed + 14), "Two layers")],
    }  # fmt: skip


@lab.check(points=5)
def KVCache(student):
    judge_cache(student, **cases_of(0))
