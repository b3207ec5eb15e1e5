"""The hidden check of `from_text`. Oracle: `autograder.recipes.text_to_text` for what stands in rows of the course's tasks; what else a model may
write is put together from what it counts as."""

from autograder.checks.words import word, words
from autograder.recipes import text_to_text as recipe
from course.checks.lab09_text_to_text import back as visible
from course.checks.lab09_text_to_text.back import LEFT_OUT, NUMBER, WHOLE, Said, judge_said, parts_of
from course.checks.lab09_text_to_text.slips import CLASSES, LABELS

from . import lab
from .draws import rows

FREE = ("coreference", "summaries", "questions", "translation")
BLANKS = (" ", "\n", "\t", "  ", " \n ")
ROUND = "That is what `to_text` writes: it comes back as it was."


def said(task, text, truth, hint=""):
    return Said(task, text, truth, hint, told=False)


def course_answers(seed, *tasks):
    """The targets of rows of the course's tasks, as the oracle reads them."""
    found = []
    for task in tasks:
        targets = [recipe.to_text(task, row)[1] for row in rows(task, seed)]
        found += [said(task, target, recipe.from_text(task, target), ROUND) for target in targets]
    return found


def free_texts(rng):
    """Texts of tasks that have no fixed answers."""
    found = []
    for task in FREE:
        texts = [
            f"{words(rng).capitalize()}: {words(rng)}; {word(rng)}.",
            f"{word(rng)}  {word(rng)}\n{word(rng)}",
            f"{rng.randint(6, 99)}",
            rng.choice(("none", "nan", "positive", "None")),
            f"Ĉ{word(rng)} *{word(rng)}* {{{word(rng)}}}",
            "",
        ]
        found += [said(task, text, text) for text in texts]
        found += [said(task, f"{rng.choice(BLANKS)}{text}{rng.choice(BLANKS)}", text) for text in texts[:2]]
        found.append(said(task, rng.choice(BLANKS), ""))
    return found


def no_labels(rng):
    """What is no label, for each task and each word; and words with white space around them."""
    found = []
    for task, own in LABELS.items():
        around = "White space around the text does not count: take it off first."
        found += [said(task, f"{a}{label}{b}", n, around) for n, label in enumerate(own) for a, b in (rng.sample(BLANKS, 2), ("", "\n"), (" ", ""))]  # fmt: skip
        others = {label for some in LABELS.values() for label in some} - set(own)
        found += [said(task, label, None, "Each task has its own words, in `LABELS[task]`; one of another task is no answer.") for label in sorted(others)]  # fmt: skip
        for label in own:
            texts = {
                "Capitals count.": (label.capitalize(), label.upper()),
                f"{WHOLE}; more stands with it here.": (f"{label}.", f"{word(rng)} {label}", f"{label} {word(rng)}", f"{label} {rng.choice(own)}", f'"{label}"', f"[{label}]"),
                f"{WHOLE}; letters stand right before it or behind it here, and `in` finds it all the same.": (f"{word(rng)}{label}", f"{label}{word(rng)}", f"{label}s"),
                f"{WHOLE}; a part of it is none.": tuple({label[:-1], label[1:], label[:3], label[-4:]} - set(own)),
            }  # fmt: skip
            found += [said(task, text, None, hint) for hint, some in texts.items() for text in some]
        found += [said(task, text, None, "Is everything that is not the one word taken for the other?") for text in (word(rng), words(rng), "None", "nan")]  # fmt: skip
        found += [
            said(task, text, None, f"{WHOLE}; a number is none.") for text in ("0", "1", "2", "-1", "0.0")
        ]
        found += [
            said(task, text, None, f"{WHOLE}, and nothing at all is none.") for text in ("", " ", "\n\t")
        ]
        found.append(said(task, word(rng) * 9_000, None, "A text of thousands of letters is no answer."))
    return found


def scores(rng):
    """Numbers from 0 to 5 and others, and what is no number."""
    found = [said("similarity", f"{n / 5:.1f}", n / 5) for n in range(26)]
    found += [said("similarity", f" {n / 100:.2f}\n", n / 100) for n in rng.sample([n for n in range(1, 500) if n % 20], 6)]  # fmt: skip
    found += [said("similarity", str(n), float(n), "A number without a point is a number too.") for n in range(6)]  # fmt: skip
    above = "A score above 5 is no answer, and is not moved to 5 either."
    found += [said("similarity", text, None, above) for text in ("6", "5.2", "5.01", f"{rng.uniform(5.1, 9):.1f}", f"{rng.uniform(10, 999):.2f}", "9" * 5_000)]  # fmt: skip
    below = "A score below 0 is no answer, and is not moved to 0 either."
    found += [said("similarity", text, None, below) for text in ("-1", "-0.2", "-0.01", f"{rng.uniform(-9, -0.1):.2f}", "-5.0", "-" + "9" * 5_000)]  # fmt: skip
    odd = "`float` reads more than you think: what it makes of some words is not from 0 to 5."
    found += [said("similarity", text, None, odd) for text in ("nan", "NaN", "-nan", "inf", "-inf", "Infinity", "1e400", "-1e400")]  # fmt: skip
    none = ("", " ", "none", "²", "½", "4,2", "4.2.", "4.2/5", "..", ".", "-", "4.2 4.2", "4. 2", "--1", "0x3", "4.2%", "<4.2>", word(rng), words(rng), f"{word(rng)} 3.8", word(rng) * 9_000)  # fmt: skip
    return found + [said("similarity", text, None, f"{NUMBER}.") for text in none]


def good_piece(rng, kind, number):
    """(what is written of a name, its pair). number: which of several kinds of names."""
    name = (
        word(rng).capitalize(),
        f"{word(rng).capitalize()} {word(rng)} {word(rng)}",
        f"{word(rng)}: {word(rng)}: {word(rng)}",
        f"{word(rng)};{word(rng)}, {word(rng)}:{word(rng)}",
        rng.choice(("none", *CLASSES.values(), *CLASSES)),
        f"{word(rng)}  {word(rng)}",
    )[number]
    return f"{CLASSES[kind]}: {name}", (kind, name)


def bad_pieces(rng):
    """What is no name."""
    kind = rng.choice(list(CLASSES))
    own, name = CLASSES[kind], word(rng)
    return [
        "", "none", name, own, f"{own}:", f"{own}: ", f"{own}:{name}", f"{own} {name}", f"{own.capitalize()}: {name}", f"{own.upper()}: {name}",
        f"{own}s: {name}", f"a {own}: {name}", f"{own[:-1]}: {name}", f"{kind}: {name}", f"B-{kind}: {name}", f"{word(rng)}: {name}", f": {name}", ": ", ":",
    ]  # fmt: skip


NAME_HINTS = (
    "One name",
    "A name of several words",
    "A name may hold a `: ` itself; the class ends at the first",
    "Pieces lie between two `; `: a semicolon without a blank, and a comma, belong to the name",
    "A name may be any word, also one that you know as a class or as `none`",
    "White space within a name is the name's own",
)


def names(rng):
    """Lists of names, with what is none between them."""
    found = []
    for kind in CLASSES:
        for number, hint in enumerate(NAME_HINTS):
            text, pair = good_piece(rng, kind, number)
            found.append(said("entities", text, [pair], f"{hint}."))
    for bad in bad_pieces(rng):
        (one, first), (two, second) = (good_piece(rng, rng.choice(list(CLASSES)), 0) for _ in range(2))
        found.append(said("entities", f"{one}; {bad}; {two}", [first, second], f"{LEFT_OUT}, in its order."))
        # at an end white space falls away, and with it what would be a piece of its own
        if bad and bad == bad.strip():
            found.append(said("entities", f"{bad}; {one}", [first], f"{LEFT_OUT}."))
            found.append(said("entities", f"{one}; {bad}", [first], f"{LEFT_OUT}."))
            found.append(said("entities", bad, [], "There is always a list; here it is empty."))
    for text in ("", " ", "\n", "nan", word(rng), words(rng), word(rng) * 9_000, ": " * 2_000 + "x", "; " * 2_000 + "x"):  # fmt: skip
        found.append(said("entities", text, [], "There is always a list; here it is empty."))
    for many in (2, 3, 5, 8, 300):
        pieces = [good_piece(rng, rng.choice(list(CLASSES)), rng.choice((0, 0, 1))) for _ in range(many)]
        pieces.append(pieces[0])  # one comes twice
        text = "; ".join(text for text, _ in pieces)
        found.append(said("entities", f" {text}\n", [pair for _, pair in pieces]))
    return found


@lab.check(alone=True)
def from_text(student):
    rng, seed = student.rng, student.rng.randrange(2**31)
    free = visible.WORDS + visible.EMPTY + course_answers(seed, *LABELS, *FREE) + free_texts(rng)
    parts = parts_of(
        visible.LOOSE + no_labels(rng),
        visible.SCORES + scores(rng) + course_answers(seed, "similarity"),
        visible.NAMES + names(rng) + course_answers(seed, "entities"),
    )
    judge_said(student, free, parts)
