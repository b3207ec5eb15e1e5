"""How much do two texts say the same? Columns: text_a, text_b, score (0.0 to 5.0), kind, reason.

Each text tells two things of one person. The score is a rule, not a feeling. Each thing told in the one is held
against what the other tells under the same heading (the pet, the job, the month of the birthday, ...):

    the same person and the same value              2.5          the same person, another value     1.5
    another person with the same value              1.0          another person, another value      0.5
    nothing under that heading, of the same person  0.5          nothing, of another person         0.0

and the score is the sum over the two things. `kind` is "same person" or "other person". Texts that say the same are told in
different words, and those of low score often in the same words with one name changed, so that counting common words does not help.
"""

from typing import NamedTuple

from course.data.dice import Dice
from course.data.passages import fill, people
from course.data.tasks import Row
from course.data.tasks.paraphrase import RELATIONS, WAYS, Said, join, pronoun, values
from course.data.things import Person

SIZES = {"train": 6_000, "validation": 800, "test": 800}
POINTS = {
    (True, "same"): 2.5, (True, "other"): 1.5, (True, "none"): 0.5,
    (False, "same"): 1.0, (False, "other"): 0.5, (False, "none"): 0.0,
}  # fmt: skip
_BOTH = (
    ("same", "same"), ("same", "other"), ("other", "other"), ("same", "none"), ("other", "none"), ("none", "none"),
)  # fmt: skip
NOUNS = {
    "job": "trade", "tool": "tool", "town": "home town", "birthplace": "birthplace", "month": "birthday", "pet": "pet",
    "food": "favourite food", "hobby": "hobby", "instrument": "instrument", "colour": "favourite colour",
}  # fmt: skip


class Plan(NamedTuple):
    """Whether the two are about one person, and how the second tells each of the things of the first."""

    same_person: bool
    how: tuple[str, str]

    @property
    def score(self) -> float:
        return sum(POINTS[self.same_person, how] for how in self.how)


PLANS = tuple(Plan(same, how) for same in (True, False) for how in _BOTH)
# as often 0 to 1, 1.5 to 2.5 and 3 to 5
THIRDS = tuple(
    tuple(plan for plan in PLANS if low <= plan.score <= high) for low, high in ((0, 1), (1.5, 2.5), (3, 5))
)


def make(split: str, seed: int, n: int | None = None) -> list[Row]:
    """A third of the rows scores up to 1, a third over 2.5; the people of one split are in no other, no pair comes twice."""
    dice = Dice(seed, "similarity", split)
    those, possible = people(seed, split), values(seed)
    rows: dict[tuple[str, str], Row] = {}
    while (i := len(rows)) < (n or SIZES[split]):
        third = THIRDS[i % 3]
        row = _row(dice, those, possible, third[i // 3 % len(third)])
        key = tuple(sorted((row["text_a"], row["text_b"])))
        rows.setdefault(key, row)
    return dice.shuffled(list(rows.values()))


def _row(dice: Dice, those: tuple[Person, ...], possible: dict[str, tuple[str, ...]], plan: Plan) -> Row:
    one, two = dice.pair(those)
    if plan.same_person:
        two = one
    relations = dice.shuffled(RELATIONS)
    first = [Said(one, relation, getattr(one, relation)) for relation in relations[:2]]
    second = []
    for said, how, fresh in zip(first, plan.how, relations[2:4], strict=True):
        if how == "none":
            second.append(Said(two, fresh, getattr(two, fresh)))
        elif how == "same":
            second.append(said._replace(who=two))
        else:
            other = getattr(two, said.relation)
            if other == said.value:
                other = dice.pick([value for value in possible[said.relation] if value != said.value])
            second.append(said._replace(who=two, value=other))
    # the same words oftener where little is said in common: else counting words would be worth more
    alike = {5.0: 0.0, 4.0: 0.15, 3.0: 0.3}.get(plan.score, 0.5)
    texts = _texts(dice, first, second, alike)
    pairs = zip(first, second, plan.how, strict=True)
    reason = (
        f"Both are about {one.name}: "
        if one is two
        else f"One is about {one.name}, the other about {two.name}: "
    )
    reason += "; ".join(_why(plan.same_person, a, b, how) for a, b, how in pairs) + "."
    if dice.chance(0.5):
        texts.reverse()
    kind = "same person" if plan.same_person else "other person"
    return {"text_a": texts[0], "text_b": texts[1], "score": plan.score, "kind": kind, "reason": reason}


def _why(same_person: bool, a: Said, b: Said, how: str) -> str:
    points = POINTS[same_person, how]
    if how == "none":
        return (
            f"the {NOUNS[a.relation]} is told in one only and the {NOUNS[b.relation]} in the other ({points})"
        )
    return f"{'the same' if how == 'same' else 'another'} {NOUNS[a.relation]} ({points})"


def _texts(dice: Dice, first: list[Said], second: list[Said], alike: float) -> list[str]:
    """Both texts; with probability `alike` the second is told in the ways, and in the order, of the first, else in none of them."""
    order = dice.shuffled((0, 1))
    ways = [dice.pick(WAYS[said.relation]) for said in first]
    if dice.chance(alike):
        again = [
            way if way in WAYS[said.relation] else _way(dice, said)
            for said, way in zip(second, ways, strict=True)
        ]
        other_order = order
    else:
        again = [_way(dice, said, way) for said, way in zip(second, ways, strict=True)]
        other_order = dice.shuffled((0, 1))
    return [_text(dice, first, ways, order), _text(dice, second, again, other_order)]


def _way(dice: Dice, said: Said, avoid: str = "") -> str:
    return dice.pick([way for way in WAYS[said.relation] if way != avoid])


def _text(dice: Dice, told: list[Said], ways: list[str], order: list[int]) -> str:
    one, two = (fill(ways[i], told[i].who, told[i].value)[0] for i in order)
    return join(dice, one, pronoun(two, told[0].who))
