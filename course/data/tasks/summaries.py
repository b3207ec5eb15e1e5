"""A passage mainly about one person, in one sentence. Columns: text, summary, person, reason.

The rule: the summary is about the one of whom the text tells most things, and says the first two of them that the text tells,
in the order told, joined by "and", each in plain fixed words (`passages.PLAIN`), with the values as the text writes them.
Others are in the text too, often first; nobody else has more than two things told.
"""

from course.data.dice import Dice
from course.data.passages import RELATIONS, WORDS, Author, Passage, Piece, plainly
from course.data.tasks import Row
from course.data.things import Person

SIZES = {"train": 6_000, "validation": 600, "test": 600}
NUMBERS = {4: "four", 5: "five"}


def make(split: str, seed: int, n: int | None = None) -> list[Row]:
    """Texts of 35 to 62 words; the people of one split, and so the texts, are in no other."""
    author, dice = Author(seed, split, "summaries"), Dice(seed, "summaries", split)
    return [_row(dice, author) for _ in range(n or SIZES[split])]


def _row(dice: Dice, author: Author) -> Row:
    passage, main = _text(dice, author)
    while len(passage.text.split()) not in WORDS:
        passage, main = _text(dice, author)
    mine = [told for told in passage.told if told.person == main.name]
    first, second = (plainly(main, told.relation, told.value) for told in mine[:2])
    return {
        "text": passage.text,
        "summary": f"{main.name} {first} and {second}.",
        "person": main.name,
        "reason": f"Of {main.name} the text tells most, {NUMBERS[len(mine)]} things; "
        f"the first is that {main.he} {first}, the second that {main.he} {second}.",
    }


def _text(dice: Dice, author: Author) -> tuple[Passage, Person]:
    """A passage, and the person whom it is mainly about."""
    relations = dice.take(RELATIONS, 6)
    main, *others = author.choose(2 + dice.below(2), relations)
    facts = [(main, relations[: 4 + dice.below(2)])]
    # anything may be told of the others, also what is told of the main person
    facts += [(other, dice.take(relations, 1 + dice.below(2))) for other in others]
    blocks: list[list[Piece]] = [author.about(person, mine, 0.6) for person, mine in facts[1:]]
    # the main person's part in one block or in two; a block begins with the name, so that "she" is clear
    cut = dice.below(4)
    for mine in filter(None, (facts[0][1][:cut], facts[0][1][cut:])):
        blocks.append(author.about(main, mine, 0.6))
    pieces = [piece for block in dice.shuffled(blocks) for piece in block]
    return author.join(pieces, facts, relations), main
