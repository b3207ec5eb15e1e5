"""The check of `beam_search`: a beam by brute force, with a switch for each usual mistake."""

import itertools
import math
from dataclasses import dataclass

import torch

from .. import args, helper_for, require
from ..helpers import build
from ..sentences import describe
from ..tries import judge_groups, known_of
from ..usual import ended
from . import lab
from .writing import reads

ALL = 10**6  # the width of a beam that drops nothing
CLOSE = 1e-3  # of two sums that a float32 may put in another order


@dataclass(frozen=True)
class Search:
    """A step, a prompt, and how to search. told: whether a message may show them."""

    step: object
    ids: tuple
    width: int
    most: int
    end: int
    alpha: float = 0.0
    story: str = ""
    told: bool = True

    def begin(self):
        shown = f" (prompt {list(self.ids)}, width {self.width}, most {self.most}, end {self.end}, alpha {self.alpha:g})"
        return f"{self.story}{shown if self.told else ''}"


class Asked:
    """The log-probabilities of a step, each prefix asked once."""

    def __init__(self, step):
        self.step, self.known = build(step), {}

    def logs(self, prefixes, raw=None):
        """float64 (prefix, vocabulary)."""
        new = [p for p in prefixes if p not in self.known]
        if new:
            with torch.no_grad():
                found = self.step(torch.tensor(new)).double()
            self.known.update(zip(new, found, strict=True))
        logits = torch.stack([self.known[p] for p in prefixes])
        return (
            logits if raw == "logits" else logits.softmax(-1) if raw == "chances" else logits.log_softmax(-1)
        )


def _sum(one):
    return one[1]


def searched(
    case, asked=None, *, fill=False, ends=True, each=False, shrink=False, first=False, stay=False, raw=None, tail=True, last=False,
    length=len, alpha=None, prompt=False, cut=False, order=True, margins=None, width=None, most=None,
):  # fmt: skip
    """The finished texts, best first. A mistake is a switch: fill (finished ones leave their places to the next best), ends (is `end` looked for?), each
    (the best of each text alone), shrink (a finished one takes its place away for good), first (stops at the first one), stay (finished ones stay in the beam), raw (no
    logarithm), tail (is what is left at the end finished? False: only where nothing else is; None: never), last (of equal ones the last), length, alpha, prompt (in the result), cut (the end left out), order (sorted?).
    margins: a list that gets the difference between the last that is kept and the first that is not.
    """
    asked = asked or Asked(case.step)
    alpha = case.alpha if alpha is None else alpha
    width, most = width or case.width, case.most if most is None else most
    beam, finished, places = [((), 0.0)], [], width

    def score(text, total):
        n = length(text)
        return total / n**alpha if n else total

    for time in range(most):
        logs = asked.logs([(*case.ids, *text) for text, _ in beam], raw).tolist()
        found = [((*text, token), total + log) for (text, total), own in zip(beam, logs, strict=True) for token, log in enumerate(own)]  # fmt: skip
        if stay:
            found, finished = finished + found, []
        if last:
            found.reverse()
        if each:
            v = len(found) // len(beam)
            found = [one for i in range(len(beam)) for one in sorted(found[i * v : (i + 1) * v], key=_sum, reverse=True)[: max(1, places // len(beam))]]  # fmt: skip
        found.sort(key=_sum, reverse=True)
        if margins is not None and len(found) > places:
            margins.append(found[places - 1][1] - found[places][1])
        kept = found[:places]
        over = [one for one in kept if ends and one[0][-1] == case.end]
        finished += over
        if fill:
            kept = [one for one in found if not ends or one[0][-1] != case.end][:places]
        beam = [one for one in kept if not ends or one[0][-1] != case.end]
        places -= len(over) * shrink
        if not beam or places < 1 or (first and finished):
            break
        if time == most - 1 and (tail or (tail is False and not finished)):
            finished += beam
    said = [(([*case.ids] if prompt else []) + list(text[:-1] if cut and text[-1] == case.end else text), score(text, total)) for text, total in finished]  # fmt: skip
    return sorted(said, key=lambda one: one[1], reverse=True) if order else said


SLIPS = (
    ({"fill": True}, "Finished texts leave their places empty in that step: of the `width` best continuations those go on that have not ended, and no others move up"),
    ({"ends": False}, "A text that has written `end` is finished and goes on no more"),
    ({"each": True}, "The `width` best of *all* continuations are kept, whichever texts they continue"),
    ({"shrink": True}, "A finished text leaves its place empty in that step alone; in the next one the `width` best are kept again"),
    ({"first": True}, "It goes on after the first finished text, as long as there are others in the beam"),
    ({"stay": True}, "A finished text leaves the beam; with you it stays in it, takes a place from then on, and may be pushed out"),
    ({"raw": "logits"}, "Those are sums of logits as they are; `log_softmax` makes log-probabilities of them"),
    ({"raw": "chances"}, "Those are sums of probabilities; their logarithms are added"),
    ({"tail": None}, "What is in the beam after `most` tokens is finished, too"),
    ({"tail": False}, "What is in the beam after `most` tokens is finished, too"),
    ({"last": True}, "Of equal sums the earlier text in the beam comes first, and then the smaller id"),
    ({"length": lambda text: len(text) + 1}, "The length is the number of tokens written, and with you one more"),
    ({"length": lambda text: len(text) - 1}, "The length is the number of tokens written, the `end` among them, and with you one less"),
    ({"alpha": 0.0}, "Is `alpha` used? The score is the sum / length ** alpha"),
    ({"alpha": 1.0}, "That is the mean; the length is raised to the power of `alpha`"),
    ({"prompt": True}, "The prompt is no part of a text that was found"),
    ({"cut": True}, "The `end` belongs to the text: it was written, too"),
    ({"order": False}, "The best comes first: sort the finished texts by their scores"),
    ({"width": 1}, "With you the beam holds one text alone"),
    ({"width": ALL}, "With you nothing is dropped: the `width` best are kept in each step"),
)  # fmt: skip


def others(case, asked):
    """Pairs (what a mistake finds, its sentence), as many for each case; None for what would have to look at too much."""
    size, n, best = asked.logs([case.ids]).shape[1], len(case.ids), searched(case, asked)

    def found(most=case.most, **switches):
        possible = (
            most > 0 and switches.get("width", 1) > 0 and (switches.get("width") != ALL or size**most <= 400)
        )
        return searched(case, asked, most=most, **switches) if possible else None

    return [
        *((found(**switches), said) for switches, said in SLIPS),
        (found(length=lambda text: len(text) + n), "The length is the number of tokens *written*; with you the prompt counts, too"),
        (found(width=case.width + 1), "That is a beam of one text more"), (found(width=case.width - 1), "That is a beam of one text less"),
        (found(case.most + 1), "That is one token too many: at most `most` are written"), (found(case.most - 1), "That is one token too few"),
        (best[:1], "All finished texts are asked for, and not the best alone"),
        (best[: case.width], "All finished texts are asked for, and not the `width` best alone"),
        ([(text, -s) for text, s in best], "The sign of the scores is turned round"), (best[::-1], "The best comes first"),
        ([(text, math.exp(s)) for text, s in best], "Those are probabilities; their logarithms are asked for"),
    ]  # fmt: skip


def alike(got, wanted):
    """Whether two results are the same: texts in the same order, but for those with equal scores, and scores up to rounding."""
    if wanted is None or not isinstance(got, (list, tuple)) or len(got) != len(wanted):
        return False
    own = {tuple(text): score for text, score in wanted}
    for (text, score), (_, there) in zip(got, wanted, strict=True):
        text = tuple(text)
        if text not in own or not math.isclose(score, own[text], rel_tol=1e-4, abs_tol=1e-4):
            return False
        if not math.isclose(own[text], there, rel_tol=1e-5, abs_tol=1e-5):
            return False
    return len({tuple(text) for text, _ in got}) == len(got)


def _form(got):
    """What is wrong with the form of a result, or an empty string."""
    if not isinstance(got, (list, tuple)):
        return f"a list of pairs is asked for; yours is {describe(got)}"
    for one in got:
        if not isinstance(one, (list, tuple)) or len(one) != 2:
            return f"each finished text is a pair (tokens, score); one of yours is {describe(one)}"
        text, number = one
        if not isinstance(text, (list, tuple)) or not all(isinstance(t, int) and not isinstance(t, bool) for t in text):  # fmt: skip
            return f"the tokens of a text are a list of int; one of yours is {describe(text)}"
        if not isinstance(number, float) or number != number:
            return f"a score is a float; one of yours is {describe(number)}"
    return ""


def slips_of(case):
    """Triples, as `judge_groups` takes them."""
    asked = Asked(case.step)
    truth = searched(case, asked)
    return [((lambda got, wrong=wrong: not _form(got) and alike(got, wrong)), not alike(truth, wrong), said) for wrong, said in others(case, asked)]  # fmt: skip


def require_found(got, case, slips):
    """Require the finished texts of a case."""
    begin, wrong = case.begin(), _form(got)
    require(not wrong, "{begin}: {wrong}.", begin=begin, wrong=wrong)
    truth = searched(case)
    if alike(got, truth):
        return
    said = known_of(got, slips)
    texts = [list(text) for text, _ in got]

    def shown(found):
        cut = ", ".join(f"({list(text)}, {score:.3f})" for text, score in found[:4])
        return f"[{cut}{', …' if len(found) > 4 else ''}]"

    hint = (
        f" {ended(said)}" if said
        else " The same text stands there twice." if len({tuple(t) for t in texts}) < len(texts)
        else " The texts and their order are right, the scores are not." if texts == [list(t) for t, _ in truth]
        else " The texts are right, their order is not." if sorted(texts) == sorted(list(t) for t, _ in truth)
        else ""
    )  # fmt: skip
    require(
        False,
        "{begin}: yours finds {got}{truth}.{hint}",
        begin=begin, got=shown(got) if case.told else f"{len(got)} texts", truth=f"; it is {shown(truth)}" if case.told else f", and that are not the {len(truth)} there are", hint=hint,
    )  # fmt: skip


def judge_beams(student, plain, parts):
    """All that is asked of beam_search. plain: cases that must be right for any marks; parts: for each title (points, cases)."""
    judge_groups(
        student, plain, parts, call=lambda c: args(c.step, torch.tensor([c.ids]), c.width, c.most, c.end, c.alpha), story=lambda c: f"{c.begin()}: your function fails.",
        requirement=require_found, slips=slips_of,
    )  # fmt: skip


def table(*rows):
    """A step by hand: row i has the probabilities of what follows token i."""
    return helper_for("step_after", table=torch.tensor(rows).log())


# 0 begins; 3 ends. Greedily 0 → 1 (.5), and then nothing is likely; 0 → 2 (.4) → 2 or the end are
GARDEN = table([0.05, 0.5, 0.4, 0.05], [0.3, 0.25, 0.25, 0.2], [0.02, 0.08, 0.6, 0.3], [0.25, 0.25, 0.25, 0.25])  # fmt: skip
STOPS = table([0.1, 0.2, 0.1, 0.6], [0.1, 0.1, 0.2, 0.6], [0.05, 0.85, 0.05, 0.05], [0.25, 0.25, 0.25, 0.25])
EVEN = table([0.25] * 4, [0.25] * 4, [0.25] * 4, [0.25] * 4)
NEVER = 9
PLAIN = [
    Search(GARDEN, (0,), 2, 1, NEVER, 0.0, "One step of a model by hand"),
    Search(GARDEN, (0,), 2, 2, NEVER, 0.0, "Two steps of a model by hand, in which the likeliest first token leads nowhere"),
    Search(GARDEN, (0,), 2, 3, NEVER, 0.0, "Three steps of a model by hand"),
    Search(reads(3, 7, sharp=0.7), (1, 5), 3, 5, 99, 0.0, "A model whose logits depend on all that it has read"),
]  # fmt: skip
ONE = [
    Search(GARDEN, (0,), 1, 4, 3, 0.0, "A beam of one text is greedy search"),
    Search(STOPS, (2,), 1, 5, 3, 0.0, "A beam of one text that ends early"),
    Search(STOPS, (0,), 1, 5, 3, 0.0, "A beam of one text whose likeliest first token is the end"),
]
ENDS = [
    Search(STOPS, (0,), 2, 4, 3, 0.0, "The end is the likeliest at once"),
    Search(GARDEN, (0,), 3, 3, 3, 0.0, "Texts that end at different places, and others that do not end"),
    Search(STOPS, (2,), 2, 5, 3, 0.0, "Several ends"),
]
LENGTHS = [
    Search(STOPS, (0,), 3, 4, 3, 1.0, "With alpha 1"),
    Search(GARDEN, (0,), 3, 4, 3, 0.6, "With alpha 0.6"),
    Search(STOPS, (2, 0), 3, 4, 3, 2.0, "With alpha 2 and a prompt of two tokens"),
]
WIDE = [
    Search(GARDEN, (0,), 16, 3, 3, 0.0, "A beam as wide as the space: exhaustive search"),
    Search(STOPS, (0,), 64, 3, 3, 1.0, "A beam wider than the space"),
]
EQUAL = [
    Search(EVEN, (0,), 3, 2, NEVER, 0.0, "All continuations are equally likely"),
    Search(EVEN, (0,), 2, 2, 0, 0.0, "All are equally likely, and one ends"),
]


def parts_of(one, ends, lengths, wide, equal):
    return {
        "a beam of one": (0.5, one), "ends": (1.0, ends), "alpha": (0.75, lengths), "as wide as the space": (0.5, wide), "equals": (0.25, equal)
    }  # fmt: skip


def every_text(case):
    """All texts that can be written, with their scores: what exhaustive search looks at."""
    asked = Asked(case.step)
    size = asked.logs([tuple(case.ids)]).shape[1]
    found = []
    for n in range(1, case.most + 1):
        for text in itertools.product(range(size), repeat=n):
            if case.end in text[:-1] or (n < case.most and text[-1] != case.end):
                continue
            total = sum(asked.logs([(*case.ids, *text[:i])])[0, text[i]].item() for i in range(n))
            found.append((list(text), total / n**case.alpha))
    return sorted(found, key=lambda one: one[1], reverse=True)


@lab.check(points=5, returns=(list, tuple), limit=20)
def beam_search(student):
    judge_beams(student.using(finite=False), PLAIN, parts_of(ONE, ENDS, LENGTHS, WIDE, EQUAL))
