"""The course's ambiguous word, *right*, in its two senses.

The words just around it are the same in both ("on the right side of ..."): what tells the senses apart stands further
away, before it or after it, so a window of 2 is often blind, and one vector a word always is.
"""

from course.data import RUNNING_SENTENCE
from course.data.dice import Dice
from course.data.english import tokenise

SENSES = ("correct", "direction")

# {group} believed that they were on the right side of {cause}, so they {act}
GROUPS = (
    "legislators",
    "judges",
    "students",
    "voters",
    "ministers",
    "workers",
    "soldiers",
    "nuns",
    "citizens",
    "writers",
)
CAUSES = ("history", "the debate", "the argument", "the question", "justice", "the law")
ACTS = (
    "changed the law",
    "signed the treaty",
    "told the truth",
    "voted for peace",
    "freed the prisoners",
    "kept their promise",
    "refused to lie",
    "wrote to the king",
)
DRIVERS = (
    "drivers",
    "tourists",
    "cyclists",
    "porters",
    "riders",
    "walkers",
    "hikers",
    "postmen",
    "guides",
    "runners",
)
WAYS = ("the street", "the road", "the bridge", "the river", "the canal", "the path")
TURNS = (
    "turned at the corner",
    "found the hotel at once",
    "parked near the church",
    "crossed to the station",
    "stopped at the gate",
    "saw the tower first",
    "reached the square quickly",
    "walked past the museum",
)
THINGS = (
    "the station",
    "the church",
    "the school",
    "the bank",
    "the museum",
    "the hotel",
    "the bakery",
    "the post office",
)
MATTERS = ("answer", "decision", "choice", "word", "reason", "solution", "idea", "method")

_TEMPLATES: dict[str, tuple[str, ...]] = {
    "correct": (
        "The {group} believed that they were on the right side of {cause}, so they {act}.",
        "The {group} knew that they were on the right side of {cause}.",
        "In the end the {group} chose the right side of {cause} and {act}.",
        "The {group} were right about {cause}, and so they {act}.",
        "Everyone said that the {group} were right when they {act}.",
        "The {group} found the right {matter} after a long debate.",
        "It was the right {matter}, and the {group} {act}.",
    ),
    "direction": (
        "The {driver} believed that they were on the right side of {way}, so they {turn}.",
        "The {driver} knew that they were on the right side of {way}.",
        "In the end the {driver} chose the right side of {way} and {turn}.",
        "The {driver} turned right at {thing}, and so they {turn2}.",
        "Everyone said that the {driver} went right when they left {thing}.",
        "The {driver} found {thing} on the right after a long walk.",
        "It was the second street on the right, and the {driver} {turn}.",
    ),
}


def sentence(dice: Dice, sense: str) -> str:
    """One sentence with *right* in that sense, exactly once; now and then the running sentence itself."""
    if sense == "correct" and dice.chance(0.02):
        return RUNNING_SENTENCE[0].upper() + RUNNING_SENTENCE[1:] + "."
    pick = dice.pick
    if sense == "correct":
        slots = {"group": pick(GROUPS), "cause": pick(CAUSES), "act": pick(ACTS), "matter": pick(MATTERS)}
    else:
        turn = pick(TURNS)
        slots = {"driver": pick(DRIVERS), "way": pick(WAYS), "thing": pick(THINGS), "turn": turn}
        slots["turn2"] = turn if not turn.startswith("turned") else "found the hotel at once"
    return pick(_TEMPLATES[sense]).format_map(slots)


def examples(word: str, n: int, seed: int) -> list[tuple[list[str], int, str]]:
    """n examples (tokens, position of the word, sense), as near to half and half as n allows, in random order.

    Each sentence occurs once. Raises ValueError for a word without senses here, or for more than 1,000 examples.
    """
    if word != "right":
        raise ValueError(f"The world has one word in two senses, 'right'; {word!r} is not ambiguous in it.")
    if not 0 <= n <= 1000:
        raise ValueError(
            f"n is {n}; the world makes 0 to 1,000 different sentences with 'right' for one seed."
        )
    dice = Dice(seed, "senses", word)
    found: dict[tuple[str, ...], str] = {}
    counts = {"correct": (n + 1) // 2, "direction": n // 2}
    for sense, wanted in counts.items():
        while wanted:
            tokens = tuple(tokenise(sentence(dice, sense)))
            if tokens not in found:
                found[tokens] = sense
                wanted -= 1
    return [(list(tokens), tokens.index(word), sense) for tokens, sense in dice.shuffled(list(found.items()))]
