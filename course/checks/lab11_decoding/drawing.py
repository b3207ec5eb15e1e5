"""The check of `sample`: thousands of texts at once, whose tokens are counted."""

import math
from dataclasses import dataclass, field

import torch

from .. import args, part, require
from ..helpers import build
from ..tries import known_of, tried
from ..usual import ended
from . import lab
from .cuts import left, nucleus_counts
from .writing import EDGE, ENDS, reads, require_ids, slips_of, truth_of

MANY = 3_000  # texts in a trial
RARE = 1e-7  # a right answer is refused in one of ten million trials
LIKELY = 1e-4  # a mistake that explains what came is named


@dataclass(frozen=True)
class Trial:
    """A step, a prompt, and settings. told: whether a message may show shares."""

    step: object
    ids: tuple
    settings: dict = field(default_factory=dict)
    story: str = ""
    told: bool = True
    most: int = 1

    def begin(self):
        shown = ", ".join(f"{name}={value:g}" for name, value in self.settings.items())
        return f"{self.story}{f' ({shown})' if shown else ''}"

    def call(self, rows=MANY, seed=0):
        return args(self.step, torch.tensor([self.ids] * rows), self.most, 99, 98, **self.settings, seed=seed)


def chances(logits, read, temperature=1.0, top_k=None, top_p=1.0, penalty=1.0, order="rtkp", prompt=None):
    """float64 (vocabulary,): what is drawn from. order: r(epetition), t(emperature), k, p, in which they come; prompt: what alone is made less likely."""
    x = logits.double().clone()
    seen = sorted(set(read if prompt is None else prompt))
    for step in order:
        if step == "r":
            x[seen] = torch.where(x[seen] > 0, x[seen] / penalty, x[seen] * penalty)
        elif step == "t":
            x = x / temperature if temperature else left(x[None], 1)[0]
        elif step == "k" and top_k is not None:
            x = left(x[None], top_k)[0]
        elif step == "p" and top_p < 1:
            x = left(x[None], nucleus_counts(x[None], top_p).clamp(min=1))[0]
    return x.softmax(-1)


def fits(counts, expected):
    """The probability that chance leads as far from what is expected as this (chi-squared); 0 where what cannot be has come."""
    counts, expected = counts.double(), expected.double() * counts.sum()
    if counts[expected <= 0].sum() > 0:
        return 0.0
    rare = expected < 5
    cells = [(counts[rare].sum(), expected[rare].sum())] if expected[rare].sum() > 0 else []
    cells += list(zip(counts[~rare], expected[~rare], strict=True))
    if len(cells) < 2:
        return 1.0
    off = sum((c - e) ** 2 / e for c, e in cells)
    return torch.special.gammaincc(torch.tensor((len(cells) - 1) / 2.0).double(), off / 2).item()


def mistakes_of(trial, logits, alone):
    """Pairs (what would be drawn from, a sentence). alone: the logits where the last token alone is read."""
    own, read = dict(trial.settings), list(trial.ids)
    t, truth = own.get("temperature", 1.0), chances(logits, read, **own)
    hot, filters = t not in (0, 1), {"top_k", "top_p"} & own.keys()
    orders = [(o, "The temperature comes *before* the filters") for o in ("rkpt", "rktp", "rpkt") if hot]
    orders += [("rtpk", "Top-k comes before the nucleus")] if len(filters) == 2 else []
    orders += [(o, "The penalty comes *first*, before anything is cut") for o in ("tkpr", "tkrp", "kptr") if filters]  # fmt: skip
    uncut, cool = (
        chances(logits, read, **{**own, "temperature": x, "top_k": None, "top_p": 1.0}) for x in (t, 1.0)
    )
    found = [
        (chances(logits, read, **{**own, "temperature": 1 / t if t else 0}), "The logits are *divided* by the temperature"),
        (chances(logits, read, **{**own, "temperature": 1.0}), "The temperature has no effect. Divide the *logits* by it, before the softmax" if t else "A temperature of 0 leaves nothing to chance: the likeliest comes each time"),
        (chances(logits, read, **{**own, "temperature": math.sqrt(t)}), "The logits are divided by the temperature, not by its root"),
        *((chances(logits, read, **own, order=order), said) for order, said in orders),
        (chances(logits, read, **{**own, "top_k": None}), "`top_k` has no effect"),
        (chances(logits, read, **{**own, "top_p": 1.0}), "`top_p` has no effect"),
        (chances(logits, read, **{**own, "penalty": 1.0}), "`penalty` has no effect on what the prompt holds"),
        (chances(logits, read, **own, prompt=read[-1:]), "All that was read counts for the penalty, and not the last token alone"),
        (chances(alone, read, **own), "The model reads the last token alone: `step` takes all that was read and written"),
        (chances(logits, read), "None of the settings has an effect"),
        (torch.nn.functional.one_hot(logits.argmax(), len(logits)).double(), "All texts got the same token, the likeliest; each draws one for itself"),
        *((torch.where(truth > 0, x / by, -math.inf).softmax(-1), "The *logits* are divided by the temperature, and not the probabilities" if hot and not filters else "Those are probabilities of probabilities: one softmax is enough") for x, by in ((uncut, 1.0), (cool, t or 1.0))),
        (torch.full_like(truth, 1 / len(truth)), "All tokens come equally often; they are drawn by their probabilities"),
        ((truth > 0).double() / (truth > 0).sum(), "All tokens that are left come equally often; they are drawn by their probabilities"),
        ((logits - logits.min()).double() / (logits - logits.min()).sum(), "They come in proportion to the logits; a softmax makes probabilities of them"),
    ]  # fmt: skip
    return [(wrong, said) for wrong, said in found if not torch.allclose(wrong, truth, atol=1e-6)]


def likeliest(counts, mistakes):
    """(The probability, the sentence) of the first that fits best."""
    return max(((fits(counts, wrong), said) for wrong, said in mistakes), key=lambda pair: pair[0], default=(0, ""))  # fmt: skip


def same_luck(first, rows, n=200_000):
    """float64 (size²,) of both tokens, twice, where each text has for both the same luck: that of `multinomial`, and a number that the sums pass."""
    dice = torch.Generator().manual_seed(0)
    noise = torch.empty(n, len(first), dtype=torch.float64).exponential_(generator=dice)
    luck = torch.rand(n, 1, dtype=torch.float64, generator=dice)
    for choose in (lambda x: (x / noise).argmax(-1), lambda x: (x.cumsum(-1) < luck).sum(-1).clamp(max=len(first) - 1)):  # fmt: skip
        one = choose(first)
        yield (one * len(first) + choose(rows[one])).bincount(minlength=rows.numel()).double() / n


def _shares(counts):
    return [round(x, 3) for x in (counts / counts.sum()).tolist()]


def require_shares(written, trial):
    """Require what was written first to be drawn from the right probabilities."""
    begin = trial.begin()
    require_ids(written, begin)
    shape, time = tuple(written.shape), len(trial.ids)
    said = (
        " The prompt is no part of the result: what is *written* is asked for." if shape == (MANY, time + trial.most) and bool((written[:, :time] == torch.tensor(trial.ids)).all())
        else " That is one token too many." if shape == (MANY, trial.most + 1)
        else " That is one token too few." if shape == (MANY, trial.most - 1) else ""
    )  # fmt: skip
    require(shape == (MANY, trial.most), "{begin}: {n} texts of {most} token{s} are asked for, and no end comes; yours have the shape {shape}.{said}", begin=begin, n=MANY, most=trial.most, s="s" * (trial.most != 1), shape=shape, said=said)  # fmt: skip
    with torch.no_grad():
        step = build(trial.step)
        logits, alone = step(torch.tensor([trial.ids]))[0], step(torch.tensor([trial.ids[-1:]]))[0]
    size = len(logits)
    require(bool(((written >= 0) & (written < size)).all()), "{begin}: what is drawn are ids of the vocabulary.", begin=begin)  # fmt: skip
    truth, counts = chances(logits, list(trial.ids), **trial.settings), written[:, 0].bincount(minlength=size)
    if fits(counts, truth) >= RARE:
        return
    known = likeliest(counts, mistakes_of(trial, logits, alone))
    cut = counts[truth <= 0].sum().item()
    said = (
        ended(known[1]) if known[0] > LIKELY
        else "All texts got the same token: each is drawn for itself." if (counts > 0).sum() == 1 and (truth > 0).sum() > 1
        else f"{cut} of them should have been cut." if cut else ""
    )  # fmt: skip
    mine = [name for name, setting in (("top_k_filter", "top_k"), ("nucleus_filter", "top_p"), ("repetition_penalty", "penalty")) if setting in trial.settings]  # fmt: skip
    require(
        False,
        "{begin}: of {n} texts the first tokens are not drawn from the right probabilities{shares}. {said}{mine}",
        begin=begin, n=MANY, shares=f": the shares are {_shares(counts)}, and should be about {[round(x, 3) for x in truth.tolist()]}" if trial.told else "",
        said=said, mine=f" Or is it {' or '.join(f'`{name}`' for name in mine)}, if that does not pass its own check?" if mine else "",
    )  # fmt: skip


def require_second(written, trial):
    """Require the second token to be drawn after the first, and by a draw of its own."""
    begin, prompt = trial.begin(), list(trial.ids)
    step, settings = build(trial.step), trial.settings
    with torch.no_grad():
        first = chances(step(torch.tensor([prompt]))[0], prompt, **settings)
        size = len(first)

        def seconds(reads, **how):
            """float64 (size, size): after each first token. reads: first token -> what `step` reads then."""
            return torch.stack([chances(step(torch.tensor([reads(t)]))[0], [*prompt, t], **settings, **how) for t in range(size)])  # fmt: skip

        def joint(reads, **how):
            return (first[:, None] * seconds(reads, **how)).flatten()

        both, of_the_first = joint(lambda t: [*prompt, t]), written[0, 0].item()
        found = [
            ((first[:, None] * first).flatten(), "The second token is drawn as if the first had not been written: `step` reads all that was read and written"),
            (joint(lambda t: prompt), "The second token is drawn as if the first had not been written: `step` reads all that was read and written"),
            (joint(lambda t: [t]), "`step` reads all that was read and written, the prompt too"),
            (joint(lambda t: [t, *prompt]), "What was written stands *behind* the prompt"),
            (joint(lambda t: [*prompt, t], prompt=prompt), "What was *written* is made less likely, too, and not the prompt alone"),
            (joint(lambda t: [*prompt, t], prompt=[*prompt, *written[:, 0].tolist()]), "What another text has written does not count for the penalty"),
            (joint(lambda t: [*prompt, of_the_first]), "All texts go on as the first does; each goes on from what was written in it"),
            *((wrong, "In each text the second token is drawn with the same luck as the first: make the generator once, before the loop") for wrong in same_luck(first, seconds(lambda t: [*prompt, t]))),
        ]  # fmt: skip
    counts = (written[:, 0] * size + written[:, 1]).bincount(minlength=size * size)
    if fits(counts, both) >= RARE:
        return
    fit, said = likeliest(counts, found)
    said = said if fit > LIKELY else ""
    require(False, "{begin}: of two tokens the second is not drawn from the right probabilities.{said}", begin=begin, said=f" {ended(said)}" if said else "")  # fmt: skip


def require_seeds(student, trial):
    """Require the seed alone to decide."""
    begin = trial.begin()

    def texts(seed, luck):
        call = trial.call(40, seed)
        return student.using(seed=luck)(*call.positional, **call.named)

    one, again, other = texts(3, 11), texts(3, 12), texts(4, 11)
    for found in (one, again, other):
        require_ids(found, begin)
    require(torch.equal(one, again), "{begin}: seed=3 gives other texts the second time. All that is drawn comes from one generator with this seed.", begin=begin)  # fmt: skip
    require(not torch.equal(one, other), "{begin}: seeds 3 and 4 give the same texts. Is `seed` used?", begin=begin)  # fmt: skip


def require_ends(student, cases, drawn):
    """Require the ends: exactly where nothing is left to chance, and in their form where something is. drawn: a trial, and an end."""
    calls = [args(c.step, c.ids, c.most, c.end, c.pad, temperature=0) for c in cases]
    for got, case in zip(tried(student, calls, [f"{c.begin()}: your function fails." for c in cases]), cases, strict=True):  # fmt: skip
        truth, begin = truth_of(case), case.begin()
        require_ids(got, begin)
        said = known_of(got, [(gives, said) for gives, wrong, said in slips_of(case) if wrong])
        require(
            torch.equal(got.long(), truth),
            "{begin}, with a temperature of 0: yours writes {got}{truth}. {said}",
            begin=begin, said=ended(said or "As `greedy`: is its loop yours?"), got=got.tolist() if case.told else "something else", truth=f"; it is {truth.tolist()}" if case.told else "",
        )  # fmt: skip
    trial, end = drawn
    call = trial.call(200)
    pad = 1 if end == 0 else 0
    got = student(*call.positional[:3], end, pad, **call.named)
    require_ids(got, trial.begin())
    ended_ = (got == end).long().cumsum(1)
    behind = (ended_ - (got == end).long()) > 0
    require(bool((got[behind] == pad).all()), "{begin}, end {end}, pad {pad}: behind its end a text is filled up with `pad`.", begin=trial.begin(), end=end, pad=pad)  # fmt: skip
    require(bool(got.shape[1] == trial.most or behind[:, -1].logical_or(got[:, -1] == end).all()), "{begin}: it stops when *all* texts are over, or after `most` tokens.", begin=trial.begin())  # fmt: skip
    require(not behind.all(0).any(), "{begin}: when all texts are over, it stops: your texts go on behind that.", begin=trial.begin())  # fmt: skip


def judge_sample(student, plain, groups, ends, drawn, cold):
    """All that is asked of sample. plain: trials, the last of two tokens; groups: trials of the parts; ends: as `greedy` has them; drawn: a trial, and an end; cold: trials with a temperature of 0."""
    calls = {
        title: [trial.call() for trial in trials] for title, trials in {"plain": plain, **groups}.items()
    }
    stories = {title: [f"{trial.begin()}: your function fails." for trial in trials] for title, trials in {"plain": plain, **groups}.items()}  # fmt: skip
    for written, trial in zip(tried(student, calls["plain"], stories["plain"]), plain, strict=True):
        require_shares(written, trial)
        if trial.most > 1:
            require_second(written, trial)
    for title, points in (("temperature", 0.5), ("filters", 1.0), ("penalty", 0.5)):
        with part(title, points=points):
            for written, trial in zip(
                tried(student, calls[title], stories[title]), groups[title], strict=True
            ):
                require_shares(written, trial)
                if trial.most > 1:
                    require_second(written, trial)
    with part("seeds", points=0.5):
        require_seeds(student, plain[-1])
    with part("ends, and a temperature of 0", points=0.5):
        calls, stories = [trial.call() for trial in cold], [f"{trial.begin()}: your function fails." for trial in cold]  # fmt: skip
        for written, trial in zip(tried(student, calls, stories), cold, strict=True):
            require_shares(written, trial)
        require_ends(student, ends, drawn)


SIX = reads(4, 6, sharp=0.6)
PLAIN = [
    Trial(SIX, (2, 5), story="Drawn as it is"),
    Trial(reads(7, 5, sharp=0.4), (1,), story="Two tokens each", most=2),
]
GROUPS = {
    "temperature": [Trial(SIX, (2, 5), {"temperature": 0.5}, "Less hot"), Trial(SIX, (0, 1), {"temperature": 3.0}, "Hotter")],
    "filters": [
        Trial(SIX, (2, 5), {"top_k": 3}, "The three likeliest"), Trial(reads(11, 6, sharp=0.3), (2, 5), {"top_p": 0.7}, "A nucleus"),
        Trial(SIX, (0, 1), {"temperature": 4.0, "top_p": 0.5}, "A nucleus, and hot"), Trial(SIX, (2, 5), {"top_k": 4, "top_p": 0.63}, "Both"),
    ],
    "penalty": [
        Trial(SIX, (2, 5, 3), {"penalty": 2.0}, "What was read is less likely"), Trial(reads(13, 5, sharp=0.4), (1, 1), {"penalty": 3.0}, "What was written, too", most=2),
        Trial(reads(6, 6, sharp=0.6), (2, 5, 3), {"penalty": 2.0, "top_k": 3}, "The penalty, and the three that are then the likeliest"),
    ],
}  # fmt: skip
COLD = [
    Trial(
        reads(6, 6, sharp=0.6),
        (2, 5, 3),
        {"temperature": 0, "penalty": 2.0},
        "The likeliest when the penalty has come",
    )
]
ENDINGS = [*ENDS, EDGE[0]]
DRAWN = Trial(reads(9, 5, sharp=0.3), (1, 2), {}, "Drawn texts with an end", most=6), 3


@lab.check(points=4, limit=20)
def sample(student):
    judge_sample(student, PLAIN, GROUPS, ENDINGS, DRAWN, COLD)
