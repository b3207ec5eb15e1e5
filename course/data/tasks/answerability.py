"""Can the passage answer the question? Columns: context, question, label (0 no, 1 yes), person, relation, reason.

Each passage comes with two questions after the same thing: one person of whom it is told and one of whom it is not, though
both are in the passage and as much is told of each. So neither words nor their number say the label, only who belongs to what.
"""

from course.data.dice import Dice
from course.data.passages import Author
from course.data.tasks import Row
from course.data.tasks.questions import ask, why, why_not

SIZES = {"train": 8_000, "validation": 800, "test": 800}


def make(split: str, seed: int, n: int | None = None) -> list[Row]:
    """Half of the rows are 1, half 0; the people of one split, and so the passages, are in no other."""
    author, dice = Author(seed, split, "answerability"), Dice(seed, "answerability", split)
    rows = []
    for _ in range((n or SIZES[split]) // 2):
        passage = author.passage(gaps=True)
        lacking, relation = dice.pick(passage.untold)
        told = dice.pick([told for told in passage.told if told.relation == relation])
        knows = next(person for person in passage.people if person.name == told.person)
        for label, person in enumerate((lacking, knows)):
            reason = why(person, told) if label else why_not(passage, person, relation)
            rows.append({
                "context": passage.text, "question": ask(dice, person, relation), "label": label,
                "person": person.name, "relation": relation, "reason": reason,
            })  # fmt: skip
    return dice.shuffled(rows)
