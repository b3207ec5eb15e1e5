"""Whether every way to cut tokens into parts comes as often, and what usually leads to ways that do not: for the checks of `noise_spans`."""

import itertools
import math
from collections import Counter
from typing import NamedTuple

from .. import require

SIGMAS = 6.0  # of the normal number that a chi-squared is like: outside with a probability of 1e-9


class Case(NamedTuple):
    """Arguments, and how many tokens and spans are hidden then."""

    length: int
    rate: float
    mean: float
    noise: int
    spans: int

    def __str__(self):
        return f"length={self.length}, rate={self.rate:.6g}, mean={self.mean:.6g}"


def runs_of(mask):
    """The parts of a mask in turn: (kept, hidden), two tuples of lengths."""
    runs = [(hidden, len(list(each))) for hidden, each in itertools.groupby(mask)]
    return tuple(n for hidden, n in runs if not hidden), tuple(n for hidden, n in runs if hidden)


def ways_of(n, parts):
    """Every way to cut n things into so many parts, none of them empty, as tuples of lengths."""
    cuts = itertools.combinations(range(1, n), parts - 1)
    return [tuple(b - a for a, b in itertools.pairwise((0, *each, n))) for each in cuts]


def even(counts, cells) -> bool:
    """Whether counts of equally likely things, of which there are so many, are within `SIGMAS` (chi-squared, by Wilson and Hilferty)."""
    total, free = sum(counts), cells - 1
    if free == 0:
        return True
    likely = total / cells
    squared = sum((count - likely) ** 2 / likely for count in counts) + (cells - len(counts)) * likely
    return squared <= free * (1 - 2 / (9 * free) + SIGMAS * math.sqrt(2 / (9 * free))) ** 3


def judge_cuts(masks, case):
    """Require that many draws of one case cut both kinds in every way equally often, one apart from the other."""
    drawn = [runs_of(mask) for mask in masks]
    require(
        len(set(drawn)) > 1,
        "{n} seeds give the same spans with {case}: is `seed` used, and is anything drawn at all?",
        n=len(drawn),
        case=case,
    )
    kinds = (("kept", case.length - case.noise), ("hidden", case.noise))
    for kind, (name, n) in enumerate(kinds):
        ways, found = ways_of(n, case.spans), Counter(pair[kind] for pair in drawn)
        require(
            even(list(found.values()), len(ways)),
            "With {case} the {n} {name} tokens can be cut into {parts} parts in {ways} ways, and not all come equally often: {sizes} came {most} times in {draws} draws, {rare} {least} times. {known}",
            case=case,
            n=n,
            name=name,
            parts=case.spans,
            ways=len(ways),
            sizes=_sizes(max(ways, key=found.__getitem__)),
            most=max(found.values()),
            draws=len(drawn),
            rare=_sizes(min(ways, key=found.__getitem__)),
            least=min(found[way] for way in ways),
            known=_uneven(found, ways),
        )
    pairs = len(ways_of(kinds[0][1], case.spans)) * len(ways_of(kinds[1][1], case.spans))
    same = sum(kept == hidden for kept, hidden in drawn)
    require(
        even(list(Counter(drawn).values()), pairs),
        "With {case} the cuts of the kept tokens and those of the hidden ones hang together{same}. Each kind is cut by draws of its own: go on with one generator, and do not seed it anew.",
        case=case,
        same=f": in {same} of {len(drawn)} draws both are cut at the same places"
        if same > len(drawn) / 2
        else "",
    )


def _sizes(way):
    return " + ".join(map(str, way))


def _uneven(found, ways):
    """What usually leads to ways that are not equally likely."""
    draws = sum(found.values())
    if len(found) == 1:
        return "No other came: the parts are worked out (all of a size, and the rest in one of them?), and not drawn."

    def off(measure):
        """How many standard deviations the mean of a measure is above that of even ways."""
        all_of = [measure(way) for way in ways]
        mean = sum(all_of) / len(ways)
        deviation = math.sqrt(sum((each - mean) ** 2 for each in all_of) / len(ways) * draws)
        return sum((measure(way) - mean) * times for way, times in found.items()) / max(deviation, 1e-9)

    for end, last in ((0, "behind the first"), (-1, "before the last")):
        if not any(way[end] == 1 for way in found):
            return f"No cut ever falls {last} of them. A cut may fall at every place between two tokens: n tokens have n − 1 such places."
    lean = off(lambda way: way[0] - way[-1])
    if abs(lean) > 5:
        return f"First parts are {'longer' if lean > 0 else 'shorter'} than last ones: are the sizes drawn one after the other from what is left? Choose all places to cut at once."
    unlike = off(lambda way: sum(size**2 for size in way))
    if unlike < -5:
        return "Parts of about the same size come too often: random numbers that are scaled and rounded, or tokens dealt out one by one, do that. Choose the places to cut."
    if unlike > 5:
        return "Parts of very different sizes come too often: choose all places to cut at once, each set of them as likely as any other."
    return "Choose the places to cut, each set of them as likely as any other."
