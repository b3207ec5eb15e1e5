"""The hidden check of `make_windows`. Oracle: the visible module's rule, of which `tests/test_squad_oracle.py` shows that it is the tokenizers
library's (`truncation="only_second"`, `return_overflowing_tokens`)."""

from course.checks.lab10_question_answering import windows as visible
from course.checks.lab10_question_answering.windows import Cut, judge_windows, parts_of

from . import lab


def ids(rng, n):
    return [rng.randrange(5, 60) for _ in range(n)]


def drawn(rng, n, where):
    """Questions, passages, and answers of which each window has all, a part or nothing. where: "in" a window, "across", "none" or "any"."""
    found = []
    for _ in range(n):
        question, room = ids(rng, rng.randint(1, 12)), rng.randint(3, 25)
        stride = rng.randrange(0, room)
        context = ids(rng, rng.randint(room + 1, room * 4))
        step, size = room - stride, len(context)
        starts = [offset for offset in range(0, size, step) if offset == 0 or offset - step + room < size]
        span = None
        if where == "in":
            first = rng.choice(starts)
            last = rng.randrange(first, min(first + room, size))
            span = (rng.randrange(first, last + 1), last)
        elif where == "across":  # from before one part's end to behind it, so that this one has not all of it
            end = rng.choice(starts[:-1]) + room
            span = (rng.randrange(max(0, end - 4), end), min(size - 1, rng.randrange(end, end + 4)))
        elif where == "any":
            span = tuple(sorted(rng.choices(range(size), k=2)))
        cls, sep = rng.sample(range(100, 120), 2)
        story = {"in": "An answer that a window has", "across": "An answer at the end of a part", "none": "A question without an answer", "any": "An answer of any length"}[where]  # fmt: skip
        found.append(Cut(question, context, span, len(question) + 3 + room, stride, story, False, cls, sep))
    return found


@lab.check(alone=True)
def make_windows(student):
    rng = student.rng
    fits = [Cut(ids(rng, 5), ids(rng, n), (0, n - 1), 8 + room, rng.randrange(room), "A passage that fits", False) for n, room in ((6, 6), (6, 9), (1, 4))]  # fmt: skip
    plain = visible.ONE + visible.MORE + fits + drawn(rng, 30, "in")
    partly = visible.PARTLY + drawn(rng, 20, "across") + drawn(rng, 10, "none") + drawn(rng, 30, "any")
    edge = [*visible.EDGE, *(Cut(ids(rng, 4), [], None, 20, stride, "An empty passage", False) for stride in (0, 3))]  # fmt: skip
    for extra in (1, 2):
        for stride in (0, 1, 4):
            context = ids(rng, 9 + extra)
            edge.append(Cut(ids(rng, 3), context, (8, 8 + extra), 15, stride, f"A passage of {extra} more than fit", False))  # fmt: skip
    question, room = ids(rng, rng.randint(2, 9)), rng.randint(1, 9)
    length = len(question) + 3 + room
    tight = [
        *visible.TIGHT,
        Cut(question, ids(rng, 30), None, length, room, "As much room as is shared", False),
        Cut(question, ids(rng, 30), (0, 1), length, room + 3, "Less room than is shared", False),
        Cut(question, ids(rng, 30), None, len(question), 1, "A question as long as a window", False),
        Cut(question, [], None, length, room, "An empty passage, and as much room as is shared", False),
        Cut(question, ids(rng, 30), None, length, -rng.randint(1, 5), "A stride below 0", False),
    ]
    judge_windows(student, plain, parts_of(partly, edge), tight)
