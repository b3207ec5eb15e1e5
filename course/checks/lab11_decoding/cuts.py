"""The checks of `top_k_filter`, `nucleus_filter` and `repetition_penalty`: rows of logits by hand, and what each usual mistake makes of them."""

import math
from dataclasses import dataclass

import torch

from .. import args, require, require_shape
from ..sentences import describe
from ..tries import judge_groups, known_of
from ..usual import ended
from . import lab

INF = math.inf


@dataclass(frozen=True)
class Rows:
    """Logits and the setting. told: whether a message may show them; ids: for the penalty."""

    logits: torch.Tensor
    setting: float
    story: str
    told: bool = True
    ids: torch.Tensor | None = None

    def begin(self, name):
        if not self.told:
            return self.story
        read = "" if self.ids is None else f", read {self.ids.tolist()}"
        return f"{self.story} ({name} {self.setting:g}, logits {_short(self.logits)}{read})"


def _short(x):
    return [[round(v, 3) if abs(v) < 1e5 else float(f"{v:.2g}") for v in row] for row in x.reshape(-1, x.shape[-1]).tolist()]  # fmt: skip


def same(a, b):
    """Whether two tensors of logits are alike: minus infinity at the same places, and elsewhere up to rounding."""
    if not isinstance(a, torch.Tensor) or a.shape != b.shape or not a.is_floating_point():
        return False
    a, b = a.double(), b.double()
    there = b > -INF
    return bool(torch.equal(a > -INF, there) and not a.isnan().any() and torch.allclose(a[there], b[there], rtol=1e-4, atol=1e-5))  # fmt: skip


def ordered(logits, latest=False):
    """The places of each row, the likeliest first, of equals the smaller (latest: the larger) id."""
    if latest:
        return logits.shape[-1] - 1 - logits.flip(-1).sort(dim=-1, descending=True, stable=True).indices
    return logits.sort(dim=-1, descending=True, stable=True).indices


def left(logits, counts, order=None, other=-INF):
    """The logits of the first `counts` of each row in an order; the others are `other`. counts: an int, or long (..., 1)."""
    order = ordered(logits) if order is None else order
    rank = order.argsort(-1)
    return torch.where(rank < counts, logits, other)


def true_top(case):
    return left(case.logits, case.setting)


def along(x, k, axis):
    """The k largest along another axis."""
    return left(x.movedim(axis, -1), k).movedim(-1, axis)


def different(x, k):
    """All that are among the k largest different numbers of a row."""
    down, order = x.sort(dim=-1, descending=True, stable=True)
    steps = (down[..., 1:] != down[..., :-1]).long().cumsum(-1)
    return torch.where(torch.nn.functional.pad(steps, (1, 0)).gather(-1, order.argsort(-1)) < k, x, -INF)


def misplaced(x, counts):
    """Triples of what `sort` is misread for: the cut of the sorted row laid over the row as it came; indices taken for ranks; the sorted row sorted again."""
    down, order = x.sort(dim=-1, descending=True, stable=True)
    place = torch.arange(x.shape[-1])
    return torch.where(place < counts, x, -INF), torch.where(order < counts, x, -INF), torch.where(place < counts, down, -INF).gather(-1, order)  # fmt: skip


MISPLACED = (
    "The cut is made in the order of the *sorted* row and laid over the row as it came: put it back to the places it was made for",
    "`sort`'s indices say *which token* comes at each place. At which place each token comes: `indices.argsort(-1)`",
    "`gather` with `sort`'s indices sorts a second time. `scatter` puts back, or `gather` with `indices.argsort(-1)`",
)


def filled(truth):
    """Pairs (whether all that is to be cut is this number, a sentence)."""
    cut = truth == -INF

    def other(got):
        others = got[cut & (got > -INF)].unique().tolist()
        return others[0] if len(others) == 1 and same(got.masked_fill(cut, -INF), truth) else None

    return [
        (lambda got: other(got) == 0, "0 is not nothing: in a softmax it has a share. Minus infinity has none"),
        (lambda got: (other(got) or 0) < 0, "A large negative number is not minus infinity: where all are low it has a share"),
        (lambda got: other(got) == INF, "What is cut is *minus* infinity"),
    ]  # fmt: skip


def scaled(x, truth, counts):
    """Pairs (probabilities or their logarithms, cut before or afterwards, a sentence)."""
    chances, logs = x.softmax(-1), x.log_softmax(-1)
    return [
        *((wrong, "Those are probabilities; logits are asked for") for wrong in (truth.softmax(-1), left(chances, counts, other=0.0), left(chances, counts))),
        *((wrong, "Those are logarithms of probabilities; the logits that are left stay as they are") for wrong in (truth.log_softmax(-1), left(logs, counts))),
    ]  # fmt: skip


def top_slips(case):
    """Pairs (wrong logits, or whether these are, and a sentence)."""
    x, k = case.logits, case.setting
    size, truth = x.shape[-1], true_top(case)
    down = x.sort(dim=-1, descending=True).values
    most = min(k, size)
    kth, behind = down[..., most - 1 : most], down[..., k : k + 1] if k < size else -INF
    return [
        (torch.where(x >= kth, x, -INF), "Where several are equal to the k-th, all of them are left; exactly k are asked for, those with the smaller ids"),
        (left(x, min(k, size - 1)), "With k of at least the vocabulary nothing changes, and with you the last one is cut"),
        (left(x, k if k <= size else 0), "With k above the vocabulary all are left, and with you none"),
        (torch.where(x > kth, x, -INF), "The k-th itself is cut, too: k are left, it among them"),
        (torch.where(x > behind, x, -INF), "What is equal to the first that is cut is cut with it, and fewer than k are left"),
        (different(x, k), "Those are the k largest *different* numbers, with all that are equal to them; exactly k are asked for"),
        (left(x, k, ordered(x, latest=True)), "Of equal ones those with the *smaller* ids are left: `sort(descending=True, stable=True)` keeps their order"),
        (left(x, k + 1), "One too many is left"), (left(x, most - 1), "One too few is left"),
        (left(x, k, ordered(-x)), "Those are the k *smallest*"),
        (left(x, k, ordered(x.abs())), "The k largest are asked for, and not the largest without their sign"),
        (left(torch.nan_to_num(x), k), "What is minus infinity already stays so"),
        *filled(truth),
        *scaled(x, truth, k),
        (torch.where(torch.arange(size) < k, down, -INF), "Those are sorted; each stays at its own place"),
        (down[..., :k], "Those are the k largest alone; all places stay, the others with minus infinity"),
        *zip(misplaced(x, k), MISPLACED, strict=True),
        (x, "Nothing is cut"),
        (torch.full_like(x, -INF), "Nothing is left at all"),
        (left(x.reshape(1, -1), k).reshape(x.shape), "k are left of *each row*, and not of all together"),
        (left(x, k, ordered(x).reshape(-1, size)[0].expand_as(x)), "Each row has k of its own; the places are those of the first row"),
        (torch.where(x >= kth.flatten()[0], x, -INF), "Each row has k of its own; the border is that of the first row"),
        (along(x, k, 0), "The k largest are sought along the last axis, the vocabulary's"), (along(x, k, min(1, x.dim() - 1)), "The k largest are sought along the last axis, the vocabulary's"),
    ]  # fmt: skip


def nucleus_counts(logits, p, include=True, order=None):
    """long (..., 1): how many are left."""
    chances = logits.double().softmax(-1).gather(-1, ordered(logits) if order is None else order)
    sums = chances.cumsum(-1)
    before = sums - chances
    n = ((before < p) if include else (sums <= p)).sum(-1, keepdim=True)
    return n


def true_nucleus(case):
    x, p = case.logits, case.setting
    if p >= 1:
        return x
    return left(x, nucleus_counts(x, p).clamp(min=1))


def crossed(x, p):
    """What is left where the sums run from row to row, down the sorted columns."""
    down, order = x.sort(dim=-1, descending=True, stable=True)
    chances = down.double().softmax(-1)
    kept = (chances.cumsum(0) - chances < p) | (torch.arange(x.shape[-1]) == 0)
    return torch.where(kept, down, -INF).gather(-1, order.argsort(-1))


def nucleus_slips(case):
    """Pairs (wrong logits, or whether these are, and a sentence)."""
    x, p = case.logits, case.setting
    size, truth, whole = x.shape[-1], true_nucleus(case), x.reshape(1, -1)
    without, chances = nucleus_counts(x, p, include=False), x.softmax(-1)
    counts = (without + 1).clamp(max=size) if p < 1 else torch.full_like(without, size)
    down = x.sort(dim=-1, descending=True).values
    up, others = ordered(-x), counts.flatten()
    behind, sums = x.double().softmax(-1).gather(-1, up), down.cumsum(-1)
    rest = left(x, ((behind.cumsum(-1) - behind) < p).sum(-1, keepdim=True), up)
    return [
        (lambda got: same(got, truth) if p < 1 else same(got, torch.where(got > -INF, x, -INF)) and not same(got, x), "Rounded, a sum reaches 1 before the last token has come: with p = 1 nothing changes"),
        (left(x, nucleus_counts(x, p)), "Nothing is left at all: one token is, whatever p is"),
        (left(x, without), "The token with which the sum reaches p belongs to the nucleus, and with you it is cut" + ("; one is left in any case" if (without == 0).any() else "")),
        (left(x, without.clamp(min=1)), "The token with which the sum reaches p belongs to the nucleus, and with you it is cut"),
        (left(x, counts + 1), "One token too many: the one with which the sum reaches p is the last"),
        (torch.where(x >= down.gather(-1, counts - 1), x, -INF), "Where several are equal to the last of the nucleus, all of them are left; of equal ones the smaller ids come first, and it ends where the sum reaches p"),
        (left(x, counts, ordered(x, latest=True)), "Of equal ones the smaller id comes first: `sort(descending=True, stable=True)`"),
        (left(x, nucleus_counts(x, 1 - p).clamp(min=1)), "p is the share that is *left*"),
        (rest, "That begins with the least likely: sort the other way round"),
        (torch.where(chances >= p, x, -INF), "Those are the tokens with a probability of at least p *each*; together they must reach it"), (torch.where(chances > 1 - p, x, -INF), "Each token is looked at for itself; the *sum* of the likeliest must reach p"),
        (torch.where(chances >= p * chances.max(-1, keepdim=True).values, x, -INF), "Each token is compared with the likeliest; the *sum* of the likeliest must reach p"),
        (torch.where(chances.cumsum(-1) - chances < p, x, -INF), "The sum goes over the tokens as they stand; it begins with the likeliest: sort first"),
        (left(x, (sums - down < p).sum(-1, keepdim=True)), "Those are sums of *logits*; the probabilities must reach p: take the softmax"), (left(x, (sums - down < p).long().cumprod(-1).sum(-1, keepdim=True)), "Those are sums of *logits*; the probabilities must reach p: take the softmax"),
        *((left(x, max(1, n)), "p is a share of the *probability*, and not of the number of tokens") for n in (int(p * size), math.ceil(p * size), round(p * size))),
        *filled(truth),
        *scaled(x, truth, counts),
        (torch.where(torch.arange(size) < counts, down, -INF), "Those are sorted; put each back to its own place"),
        *zip(misplaced(x, counts), MISPLACED, strict=True),
        (x, "Nothing is cut"), (torch.full_like(x, -INF), "Nothing is left at all: one token is, whatever p is"),
        *((left(x, n), "Each row has a nucleus of its own size; with you all have that of " + whose) for n, whose in ((others[0], "the first"), (others.max(), "the largest"), (others.min(), "the smallest"))),
        (left(x, counts, ordered(x).reshape(-1, size)[0].expand_as(x)), "Each row has a nucleus of its own; the order is that of the first row"),
        (left(whole, nucleus_counts(whole, p)).reshape(x.shape), "Each row has a nucleus of its own, and not all of them together"),
        (left(x.movedim(0, -1), nucleus_counts(x.movedim(0, -1), p)).movedim(-1, 0), "The nucleus is sought along the last axis, the vocabulary's"), (crossed(x, p), "The sum runs along the last axis, the vocabulary's, and not from row to row"),
    ]  # fmt: skip


def true_penalty(case):
    x, ids, penalty = case.logits, case.ids, case.setting
    seen = torch.zeros_like(x, dtype=torch.bool).scatter(1, ids, True)
    return torch.where(seen, torch.where(x > 0, x / penalty, x * penalty), x)


def penalty_slips(case):
    """Pairs (wrong logits, a sentence)."""
    x, ids, r = case.logits, case.ids, case.setting
    truth, nobody = true_penalty(case), torch.zeros_like(x, dtype=torch.bool)
    seen, last, before = (nobody.scatter(1, some, True) for some in (ids, ids[:, -1:], ids[:, :-1]))
    real = nobody.scatter_add(1, ids, ids != 0)
    counts = torch.zeros_like(x).scatter_add(1, ids, torch.ones_like(ids, dtype=x.dtype))
    softer, often = torch.where(x > 0, x / r, x * r), counts.clamp(min=1)
    chances, logs = x.softmax(-1), x.log_softmax(-1)
    return [
        (torch.where(seen, x / r, x), "A negative logit, divided by the penalty, *rises*: it is multiplied"),
        (torch.where(seen, x * r, x), "A positive logit, multiplied by the penalty, rises: it is divided"),
        (torch.where(seen, torch.where(x > 0, x * r, x / r), x), "That makes what was read *more* likely: positive logits are divided, negative ones multiplied"),
        (torch.where(seen & (x > 0), x / r, x), "A negative logit is *multiplied*, and with you it stays as it was"), (torch.where(seen & (x < 0), x * r, x), "A positive logit is *divided*, and with you it stays as it was"),
        (torch.where(x > 0, x / r**counts, x * r**counts), "How often a token stands there does not count: with you it is made less likely once for each time"),
        (torch.where(seen, torch.where(x > 0, x / (r * often), x * r * often), x), "How often a token stands there does not count: with you it is made less likely once for each time"),
        (torch.where(counts > 1, softer, x), "Once is enough: with you only what was read several times is made less likely"), (torch.where(counts == 1, softer, x), "What was read several times is made less likely, too"),
        (torch.where(seen, x - r, x), "The penalty is a factor, and is not taken off"), (x - r * counts, "The penalty is a factor, and is not taken off"),
        (torch.where(seen, x - math.log(r), x), "The penalty divides the *logit*, and not the probability"),
        (softer, "Only tokens that were read are made less likely, and with you all are"),
        (torch.where(seen, x, softer), "That is turned round: tokens that were *not* read are made less likely"),
        (torch.where(last, softer, x), "All that was read counts, and not the last token alone"), (torch.where(before, softer, x), "All that was read counts, the last token too"),
        (torch.where(real, softer, x), "0 is a token like any other: it counts where it was read"),
        (torch.where(seen.any(0), softer, x), "Each row has texts of its own: what another row has read does not count"), (torch.where(seen[0], softer, x), "Each row has texts of its own: with you all have that of the first"),
        (torch.where(seen, -INF, x), "What was read is less likely, and not impossible"), (torch.where(seen, 0.0, x), "What was read is less likely; with you its logit is 0"),
        (torch.where(seen, softer, 0.0), "What was not read keeps its logit; with you it is 0"), (torch.where(seen, softer, -INF), "What was not read keeps its logit; with you it is minus infinity"),
        (torch.where(seen, x.abs() / r, x), "A negative logit stays negative, and is multiplied"), (torch.where(seen, softer.abs(), x), "A negative logit stays negative"),
        (softer.gather(1, ids), "Those are the logits of what was read; those of the whole vocabulary are asked for"),
        *((wrong, "Those are probabilities; the logits are asked for") for wrong in (truth.softmax(-1), torch.where(seen, chances / r, chances))),
        *((wrong, "Those are logarithms of probabilities; the logits are asked for") for wrong in (truth.log_softmax(-1), torch.where(seen, logs * r, logs), torch.where(seen, logs - math.log(r), logs))),
        (x, "Nothing is changed"),
    ]  # fmt: skip


def slips_with(truth, slips):
    """What `judge_groups` takes, from two functions of a case."""

    def slips_of(case):
        right = truth(case)
        pairs = [(wrong if callable(wrong) else lambda got, wrong=wrong: same(got, wrong), said) for wrong, said in slips(case)]  # fmt: skip
        return [(gives, not gives(right), said) for gives, said in pairs]

    return slips_of


def requirement_of(name, truth):
    """Require the logits of a case. name: of the setting."""

    def require_rows(got, case, slips):
        wanted, begin = truth(case), case.begin(name)
        good = isinstance(got, torch.Tensor) and got.is_floating_point()
        require(good, "{begin}: logits are asked for, a tensor of floats; yours is {what}.", begin=begin, what=describe(got) + (f" and of type {got.dtype}" if isinstance(got, torch.Tensor) else ""))  # fmt: skip
        said = known_of(got, slips)
        if not said:
            require_shape(got, wanted.shape, f"{begin}: the result")
        require(not got.isnan().any(), "{begin}: nan comes out. Minus infinity times 0, and minus infinity minus itself, are nan.", begin=begin)  # fmt: skip
        require(
            same(got, wanted),
            "{begin} gives {got}{truth}.{known}",
            begin=begin, got=_short(got) if case.told else "other logits", truth=f", and should give {_short(wanted)}" if case.told else " than it should",
            known=f" {ended(said)}" if said else "",
        )  # fmt: skip
        require(got.dtype == case.logits.dtype, "{begin}: logits of type {a} come out as {b}.", begin=begin, a=str(case.logits.dtype).removeprefix("torch."), b=str(got.dtype).removeprefix("torch."))  # fmt: skip

    return require_rows


def judge_cuts(student, exercise, plain, parts):
    """All that is asked of one of the three. plain: cases that must be right for any marks; parts: for each title (points, cases)."""
    setting, truth, slips = EXERCISES[exercise]
    given = (lambda c: args(c.logits, c.ids, c.setting)) if exercise == "repetition_penalty" else (lambda c: args(c.logits, c.setting))  # fmt: skip
    judge_groups(
        student, plain, parts, call=given, story=lambda c: f"{c.begin(setting)}: your function fails.",
        requirement=requirement_of(setting, truth), slips=slips_with(truth, slips),
    )  # fmt: skip


EXERCISES = {
    "top_k_filter": ("k", true_top, top_slips),
    "nucleus_filter": ("p", true_nucleus, nucleus_slips),
    "repetition_penalty": ("penalty", true_penalty, penalty_slips),
}


def rows(*values):
    return torch.tensor(values)


TEN = rows([0.5, 2.0, -1.0, 3.0, 0.0, 1.0])
TOP = {
    "plain": [Rows(TEN, 2, "One row"), Rows(rows([1.0, 2, 3, 4], [9.0, 2, 8, 6]), 2, "Two rows"), Rows(TEN - 9, 1, "One is left")],
    "ties": [Rows(rows([1.0, 3, 3, 3, 2]), 2, "Three that are equal"), Rows(rows([0.0, 0, 0, 0]), 3, "All are equal"), Rows(rows([5.0, 1, 1, 1]), 2, "Equals at the border")],
    "edge": [
        Rows(TEN, 6, "k of just the vocabulary"), Rows(TEN, 50, "k above the vocabulary"), Rows(TEN[0], 2, "One row without a batch"),
        Rows(rows([[1.0, 2, 3], [3.0, 2, 1]], [[0.0, 5, 1], [2.0, 2, 1]]), 2, "Three axes"), Rows(rows([1.0, -INF, 2, -INF]), 3, "Places of minus infinity"),
        Rows(TEN.double(), 2, "Logits in float64"),
    ],
}  # fmt: skip
# 0.5, 0.25, 0.15, 0.1
FOUR = rows([0.25, 0.1, 0.5, 0.15]).log()
NUCLEUS = {
    "plain": [
        Rows(FOUR + 3, 0.6, "Probabilities of .25, .1, .5 and .15"), Rows(FOUR, 0.8, "The same"), Rows(FOUR, 0.95, "The same, of which all are needed"),
        Rows(rows([0.6, 0.3, 0.06, 0.04], [0.05, 0.35, 0.31, 0.29]).log() + rows([0.0], [2.0]), 0.8, "Two rows, one peaked and one flat"),
    ],
    "one": [Rows(FOUR, 0.2, "The likeliest alone has more than p"), Rows(FOUR, 0.0, "p = 0"), Rows(rows([0.9, 0.06, 0.04]).log(), 0.3, "A sure row")],
    "all": [Rows(FOUR, 1.0, "p = 1"), Rows(rows([30.0, 0, -10, -30]), 1.0, "p = 1, and very unlikely tokens"), Rows(rows([0.5, -INF, 1.0]), 1.0, "p = 1, and minus infinity")],
    "ties": [Rows(rows([0.0, 0, 0, 0, 0]), 0.5, "All are equal"), Rows(rows([1.0, 2, 2, 2]), 0.5, "Three that are equal")],
    "edge": [
        Rows(FOUR[0], 0.6, "One row without a batch"), Rows(torch.stack([FOUR, FOUR.flip(-1)]), 0.6, "Three axes"), Rows(rows([1.0, -INF, 2, -INF, 1.5]), 0.8, "Places of minus infinity"),
        Rows(FOUR.double(), 0.6, "Logits in float64"),
    ],
}  # fmt: skip
TOLD = rows([2.0, -1.0, 0.5, 3.0, -2.0], [1.0, 1.0, -3.0, 0.5, 2.0])
PENALTY = {
    "plain": [
        Rows(TOLD, 2.0, "Two rows, each with a positive and a negative one", ids=torch.tensor([[3, 1], [2, 4]])),
        Rows(TOLD, 1.2, "Other texts, and another penalty", ids=torch.tensor([[0, 1], [4, 0]])),
    ],
    "often": [Rows(TOLD, 2.0, "A token that was read three times", ids=torch.tensor([[3, 3, 3], [4, 2, 4]]))],
    "edge": [
        Rows(TOLD, 1.0, "A penalty of 1", ids=torch.tensor([[0, 1], [2, 3]])), Rows(TOLD, 2.0, "Nothing was read", ids=torch.zeros(2, 0, dtype=torch.long)),
        Rows(rows([-INF, 2.0, -1.0]), 3.0, "Minus infinity", ids=torch.tensor([[0, 1]])),
        Rows(TOLD.double(), 2.0, "Logits in float64", ids=torch.tensor([[3, 1], [2, 4]])),
    ],
}  # fmt: skip


def top_parts(cases):
    return {"equals": (0.75, cases["ties"]), "at the edge": (0.5, cases["edge"])}


def nucleus_parts(cases):
    return {"at least one": (0.5, cases["one"]), "p = 1": (0.5, cases["all"]), "equals": (0.5, cases["ties"]), "at the edge": (0.25, cases["edge"])}  # fmt: skip


def penalty_parts(cases):
    return {"read several times": (0.5, cases["often"]), "at the edge": (0.5, cases["edge"])}


@lab.check(points=2)
def top_k_filter(student):
    judge_cuts(student.using(finite=False), "top_k_filter", TOP["plain"], top_parts(TOP))


@lab.check(points=3)
def nucleus_filter(student):
    judge_cuts(student.using(finite=False), "nucleus_filter", NUCLEUS["plain"], nucleus_parts(NUCLEUS))


@lab.check(points=2)
def repetition_penalty(student):
    judge_cuts(student.using(finite=False), "repetition_penalty", PENALTY["plain"], penalty_parts(PENALTY))
