"""The hidden checks of `t5_qa_example` and `closed_book_example`, on rows of drawn words and of the course's articles. Oracle: the letters that the
tokenizer's offsets cover; counts of the normalised references."""

from autograder.checks.words import word, words
from course.checks.lab10_question_answering import asked as visible
from course.checks.lab10_question_answering.asked import (
    Asked,
    Closed,
    closed_parts,
    example_parts,
    judge_closed,
    judge_examples,
    row_of,
)

from . import lab
from .places import contexts


def passage_of(rng):
    """A paragraph of the course's articles, or drawn words."""
    return rng.choice(contexts()) if rng.random() < 0.4 else f"{words(rng, 14, 26).capitalize()}."


def places_of(rng, context, n):
    """n answers, each from one word's beginning to another's end: pairs (text, start)."""
    begins = [0, *(i + 1 for i, c in enumerate(context) if c == " ")]
    found = []
    for _ in range(n):
        k = rng.randrange(3, len(begins) - 3)
        end = begins[k + rng.randint(1, 2)] - 1
        found.append((context[begins[k] : end], begins[k]))
    return found


def asked(rng, story, n, upto, context=None, places=None):
    """A row with n references, read up to a place: a function of the references' places."""
    context = context or passage_of(rng)
    places = places or places_of(rng, context, n)
    row = row_of(
        f"{words(rng).capitalize()}?", context, *(t for t, _ in places), starts=[s for _, s in places]
    )
    return Asked(row, upto(places, context), story, told=False)


@lab.check(alone=True)
def t5_qa_example(student):
    rng = student.rng
    short, none, cut = [], [], []
    for _ in range(6):
        short += [asked(rng, "A row that fits", n, lambda p, c: None) for n in (1, 2, 3)]
        none.append(asked(rng, "A question without an answer", 0, lambda p, c: None, places=[]))
        none.append(asked(rng, "A question without an answer, whose passage is cut", 0, lambda p, c: rng.randrange(5, len(c) - 3), places=[]))  # fmt: skip
        cut += [
            asked(rng, "A passage that is cut before the answer", 1, lambda p, c: p[0][1]),
            asked(rng, "A passage that is cut one letter before the answer's end", 1, lambda p, c: p[0][1] + len(p[0][0]) - 1),
            asked(rng, "A passage that is cut just behind the answer", 1, lambda p, c: p[0][1] + len(p[0][0])),
            asked(rng, "A passage that is cut just behind one of several references", 3, lambda p, c: min(s + len(t) for t, s in p)),
            asked(rng, "A passage that is cut before every reference", 3, lambda p, c: min(s for _, s in p)),
            asked(rng, "A passage that is cut anywhere", 3, lambda p, c: rng.randrange(5, len(c))),
            asked(rng, "A source of which not even the question is left", 1, lambda p, c: -8),
        ]  # fmt: skip
        one = word(rng)
        again = f"{one} {words(rng)} {one} {words(rng)} {one} {words(rng)}"
        cut.append(asked(rng, "An answer that stands earlier, too, and whose own place is cut off", 1, lambda p, c: p[0][1] - 2, again, [(one, again.rindex(f" {one} ") + 1)]))  # fmt: skip
        # the second reference, nearer to the beginning, is the one that is left
        context = f"{words(rng, 12, 16)}."
        late, early = sorted(places_of(rng, context, 2), key=lambda pair: -pair[1])
        cut.append(asked(rng, "A passage that has the second reference alone", 2, lambda p, c: p[1][1] + len(p[1][0]), context, [late, early]))  # fmt: skip
    parts = example_parts(visible.NONE + none, visible.CUT + cut)
    judge_examples(student.using(limit=30), visible.SHORT + short, parts)


def clothed(rng, text):
    """The same answer, as somebody else might write it."""
    return rng.choice((text, f"the {text}", text.capitalize(), f"{text}.", f"A {text}!"))


def closed(rng, story, *answers):
    question = f"{words(rng).capitalize()}?"
    return Closed(
        row_of(question, f"{words(rng)} {' '.join(answers)} {words(rng)}", *answers), story, told=False
    )


@lab.check(alone=True)
def closed_book_example(student):
    rng = student.rng
    plain, several, nothing = [], [], [closed(rng, "A question without an answer")]
    for _ in range(8):
        a, b, c = rng.sample(sorted({words(rng, 1, 2) for _ in range(30)}), 3)
        plain.append(closed(rng, "One reference", clothed(rng, a)))
        plain.append(closed(rng, "References that are the same", a, a, a))
        twice = [clothed(rng, b), clothed(rng, b)]
        several += [
            closed(rng, "The second of three references came twice", clothed(rng, a), *twice),
            closed(rng, "One of four references came twice", clothed(rng, a), twice[0], clothed(rng, c), twice[1]),
            closed(rng, "References that are the same when they are normalised", c, f"The {a}", f"{a}.", f"{c} {b}"),
            closed(rng, "Two references, each once", clothed(rng, f"{a} {b}"), clothed(rng, a)),
            closed(rng, "Two references, each twice", clothed(rng, b), f"the {a}", a, clothed(rng, b)),
            closed(rng, "The last of five references came most often", c, c, f"{b}!", b, f"The {b}"),
        ]  # fmt: skip
        nothing += [
            closed(rng, "References of which nothing is left", *rng.sample(("the", "A", "an", ".", "The."), rng.randint(1, 3))),
            closed(rng, "References of which nothing is left, and another", "the", "A", "an.", clothed(rng, a)),
            closed(rng, "A reference of which nothing is left behind another", clothed(rng, a), "an", "The", "a"),
        ]  # fmt: skip
    parts = closed_parts(visible.SEVERAL + several, visible.NOTHING + nothing)
    judge_closed(student, visible.OPEN + plain, parts)
