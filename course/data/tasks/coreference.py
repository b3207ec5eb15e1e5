"""Whom or what does the pronoun mean? Columns: text, candidate_a, candidate_b, label, pronoun, family, schema, twin, reason.

candidate_a stands first in the text; label 0 means it, 1 candidate_b. `pronoun` is its (start, end) in characters. `twin`
is the number of the pair that a row belongs to: the two of a pair differ in the ending, a word or two, and in the answer.

"The harp did not fit in the box because it was too big" (or "too small") is one schema of the family "size". A schema is
a verb told from both sides, so that as often the one as the other stands first ("The box could not hold the harp because
it was ..." is the other side), and each ending flips the answer. Two of a family's schemata are held out, one for validation and one
for test: a new verb, with endings that other verbs of the family were told with. What a reader needs is what the verb
means (who has, who gets; what is inside, what is around), and the ending's part, which train tells. Words alone are
worth nothing, even in train: each ending, and each verb, goes with both answers equally often. Names are held out too.
"""

from course.data import names
from course.data.dice import Dice
from course.data.microworld import microworld
from course.data.schemata import FAMILIES, Family, lead
from course.data.tasks import Row

SIZES = {"train": 6000, "validation": 800, "test": 800}


def make(split: str, seed: int, n: int | None = None) -> list[Row]:
    """Pairs of rows that differ in the ending and in the answer, the pairs in random order; no text twice."""
    world, dice = microworld(seed), Dice(seed, "coreference", split)
    pool = world.story_names + world.unused_names
    low, high = {"train": (0, 6), "validation": (6, 7), "test": (7, 8)}[split]
    pool = pool[len(pool) * low // 8 : len(pool) * high // 8]
    women = set(names.SHE)
    groups = tuple(
        (he, tuple(name for name in pool if (name in women) == (he == "she"))) for he in ("he", "she")
    )
    schemata = {"train": (0, 1, 2), "validation": (3,), "test": (4,)}[split]
    rows: list[Row] = []
    seen: set[str] = set()
    while len(rows) < (n or SIZES[split]):
        # families, schemata, sides and endings in turn, so that all are as frequent
        turn = len(rows) // 2
        turn, family = divmod(turn, len(FAMILIES))
        turn, side = divmod(turn, 2)
        turn, number = divmod(turn, len(schemata))
        pair = _pair(dice, groups, FAMILIES[family], schemata[number], side, turn % 4, len(rows) // 2)
        if pair[0]["text"] not in seen:
            seen |= {row["text"] for row in pair}
            rows += pair
    order = dice.shuffled(range(0, len(rows), 2))
    return [rows[i + k] for i in order for k in (0, 1)]


def _pair(
    dice: Dice, groups: tuple, family: Family, schema: int, side: int, ending: int, twin: int
) -> list[Row]:
    """The two rows of a schema told from a side (0: x first), with an ending in its two forms, in random order."""
    if family.fillers is None:
        pronoun, people = dice.pick(groups)
        x, y = dice.pair(people)
        candidates, be = (x, y), ""
    else:
        pronoun, be = "it", "was "
        x, y = family.drawn(dice)
        candidates = (f"the {x}", f"the {y}")
    start = lead(dice, family, schema, side, x, y)
    rows = []
    for role in dice.shuffled((0, 1)):
        text = f"{start}{pronoun} {be}{family.endings[ending][role]}."
        first, second = candidates if side == 0 else candidates[::-1]
        rows.append({
            "text": text, "candidate_a": first, "candidate_b": second, "label": role ^ side,
            "pronoun": [len(start), len(start) + len(pronoun)], "family": family.name,
            "schema": f"{family.name} {schema + 1}", "twin": twin,
            "reason": f"'{pronoun}' means {candidates[role]}: {family.why[role]}.",
        })  # fmt: skip
    return rows
