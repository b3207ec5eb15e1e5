"""The checks of `corrupt` and `restore`: examples made by hand. What is wrong with a pair of rows is named in `rows`."""

from .. import StudentError, args, require
from ..sentences import describe
from . import lab
from .rows import judge_rows, require_items, shown

X, Y, Z, END = "<X>", "<Y>", "<Z>", "</s>"
SLIDE = ["Thank", "you", "for", "inviting", "me", "to", "your", "party", "last", "week"]
GONE = [word in ("for", "inviting", "last") for word in SLIDE]

# What the example is, tokens, hidden (1 is True), sentinels, end, inputs, targets.
CORRUPTED = [
    ("The slide's sentence", SLIDE, GONE, [X, Y, Z, "<A>"], END,
     ["Thank", "you", X, "me", "to", "your", "party", Y, "week", END], [X, "for", "inviting", Y, "last", Z, END]),
    ("A text of ids that ends hidden", [5, 6, 7, 8, 9], (0, 1, 0, 1, 1), [99, 98, 97], 1, [5, 99, 7, 98, 1], [99, 6, 98, 8, 9, 1]),
    ("A text that begins hidden", ["a", "b", "c", "d"], (1, 0, 0, 0), [X, Y, Z], END, [X, "b", "c", "d", END], [X, "a", Y, END]),
    ("A text that begins and ends hidden", [5, 6, 7], (1, 0, 1), [99, 98, 97], 1, [99, 6, 98, 1], [99, 5, 98, 7, 1]),
    ("A text of which everything is hidden", ["a", "b", "c"], (1, 1, 1), [X, Y], END, [X, END], [X, "a", "b", "c", END]),
    ("A text of which nothing is hidden", ["a", "b", "c"], (0, 0, 0), [X, Y], END, ["a", "b", "c", END], [X, END]),
    ("A text in which words come again", ["the", "cat", "saw", "the", "cat", "and", "the", "cat"], (0, 1, 0, 1, 1, 0, 0, 0), [X, Y, Z], END,
     ["the", X, "saw", Y, "and", "the", "cat", END], [X, "cat", Y, "the", "cat", Z, END]),
    ("Three spans, and sentinels in an order of their own", [5, 6, 7, 8, 9, 5, 6], (0, 1, 0, 1, 0, 1, 0), [70, 95, 80, 60, 90], 1,
     [5, 70, 7, 95, 9, 80, 6, 1], [70, 6, 95, 8, 80, 5, 60, 1]),
    ("One token, hidden", ["a"], (1,), [X], END, [X, END], [X, "a", END]),
]  # fmt: skip


def judge_refused(student, cases):
    """Require a ValueError for each of (what, arguments)."""
    for what, given in cases:
        error = student.error(*given)
        require(error is not None, "{what}: corrupt returns something. Raise a ValueError.", what=what)
        if error.kind != "error":  # nothing was raised, and what came back cannot be looked at
            raise error
        require(
            error.is_a("ValueError"),
            "{what}: corrupt raises {type}; a ValueError is asked for, by a line of your own before anything else is done.",
            what=what,
            type=error.type,
        )


SHORT = "A mask that is shorter than the text (`zip` stops at the shorter one)"
LONG = "A mask that is longer than the text (`zip` stops at the shorter one)"
FEW = "Fewer sentinels than spans"
NO_CLOSING = "A sentinel for each span, and none to close a target whose text ends kept"


@lab.check(points=3, returns=(tuple, list), without=("course.widgets",))
def corrupt(student):
    for what, tokens, hidden, sentinels, end, inputs, targets in CORRUPTED:
        hidden = list(map(bool, hidden))
        found = answer(student, what, tokens, hidden, sentinels, end)
        rows = judge_rows(found, what, tokens, hidden, sentinels, end)
        for row, true, name in zip(rows, (inputs, targets), ("input", "target"), strict=True):
            require(
                row == true,
                "{what}: the {name} holds the right tokens and the right sentinels, but a sentinel stands at another place than its run: {row} in place of {true}.",
                what=what,
                name=name,
                row=shown(row),
                true=shown(true),
            )
    refused = [
        (SHORT, (["a", "b", "c"], [False, True], [X, Y, Z], END)),
        (LONG, (["a", "b"], [False, True, False], [X, Y, Z], END)),
        (FEW, (["a", "b", "c", "d"], [False, True, False, True], [X], END)),
        (NO_CLOSING, (["a", "b", "c"], [False, True, False], [X], END)),
    ]
    judge_refused(student, refused)


def answer(student, what, *given):
    """What the student's code gives; where it fails, the error says with what."""
    (found,) = student.many([args(*given)], errors="keep")
    if isinstance(found, StudentError):
        if found.verdict != "error":
            raise found
        raise StudentError(
            f"{what}: {found}", found.kind, found.type, found.bases, found.frames, found.message
        )
    return found


TRIP = "Each sentinel of the input makes room for the tokens that stand behind it in the target, up to the next sentinel; all other tokens of the input stay"
CLOSING = "The closing sentinel is no token of the text, and neither is `end`"
NOTHING = "Where nothing is hidden the text is the input"
END_FIRST = "`end` is no token of the text"
BEHIND_TARGET = "Whatever stands behind `end` in the target does not count"
BEHIND_INPUT = "Whatever stands behind `end` in the input does not count"
ORDER = "A sentinel is a name: a run goes where the sentinel in front of it stands in the input, also when the target tells the runs in another order"
MISSING = "A sentinel that the target does not have stands for nothing"
UNKNOWN = "Tokens behind a sentinel that the input does not have are left out"
BEFORE = "Tokens before the first sentinel of the target are left out"
TWICE = "A sentinel that comes twice in the target has the tokens of both places, in their order"
EMPTY = "A sentinel with no token behind it stands for nothing"
NO_END = "A target without `end` counts to its last token, since a model may stop before it writes one"
AGAIN = "Tokens that come again are told by their place and not by their value"

# What is asked for, inputs, targets, sentinels, end, the text.
RESTORED = [
    (TRIP, "a b <X> e </s>", "<X> c d <Y> </s>", "a b c d e"),
    (CLOSING, "Thank you <X> me to your party <Y> week </s>", "<X> for inviting <Y> last <Z> </s>", " ".join(SLIDE)),
    (TRIP, "<X> c <Y> </s>", "<X> a b <Y> d e </s>", "a b c d e"),
    (TRIP, "<X> </s>", "<X> a b </s>", "a b"),
    (NOTHING, "a b c </s>", "<X> </s>", "a b c"),
    (AGAIN, "the <X> the <Y> the </s>", "<X> cat the <Y> cat <Z> </s>", "the cat the the cat the"),
    (ORDER, "a <X> b <Y> c </s>", "<Y> e f <X> d <Z> </s>", "a d b e f c"),
    (BEHIND_TARGET, "a <X> b </s>", "<X> c </s> d <Y> e </s>", "a c b"),
    (BEHIND_INPUT, "a <X> b </s> c <X> d", "<X> e <Y> </s>", "a e b"),
    (EMPTY, "a <X> b <Y> c </s>", "<X> <Y> d <Z> </s>", "a b d c"),
    (MISSING, "a <X> b <Y> c </s>", "<Y> d <Z> </s>", "a b d c"),
    (UNKNOWN, "a <X> b </s>", "<X> c <Y> d e <Z> f </s>", "a c b"),
    (BEFORE, "a <X> b </s>", "c d <X> e <Y> </s>", "a e b"),
    (TWICE, "a <X> b <Y> c </s>", "<X> d <Y> e <X> f g <Z> </s>", "a d f g b e c"),
    (NO_END, "a <X> b </s>", "<X> c d", "a c d b"),
    (MISSING, "a <X> b </s>", "</s>", "a b"),
    (END_FIRST, "</s>", "<X> a </s>", ""),
]  # fmt: skip


def text_of(found, what):
    """Require a list of words and ids, and return it."""
    require(isinstance(found, list), "{what}. Return one list of tokens; yours is {got}.", what=what, got=describe(found))  # fmt: skip
    require_items(found, f"{what}. In yours")
    return found


def judge_text(found, what, true, sentinels, end, tell=True):
    """Require a text, and name what is in it that does not belong there."""
    text = text_of(found, what)
    why = ""
    if any(each in sentinels for each in text):
        why = " There is a sentinel in your text."
    elif end in text:
        why = " `end` is in your text."
    elif len(text) < len(true):
        why = " Tokens are missing."
    elif len(text) > len(true):
        why = " There are tokens too many."
    require(
        text == true,
        "{what}.{why}{yours}",
        what=what,
        why=why or " Yours has the right number of tokens, but not the right ones in their order.",
        yours=f" Yours is “{shown(text)}”, and should be “{shown(true)}”." if tell else "",
    )


@lab.check(points=2, returns=(list,), without=("course.widgets",))
def restore(student):
    sentinels = [X, Y, Z]
    for what, inputs, targets, text in RESTORED:
        shown = f"Input “{inputs}”, target “{targets}”. {what}"
        found = answer(student, shown, inputs.split(), targets.split(), sentinels, END)
        judge_text(found, shown, text.split(), sentinels, END)
    ids = [5, 99, 0, 98, 7, 1], [99, 6, 0, 98, 5, 97, 1], [99, 98, 97, 96], 1
    judge_text(answer(student, "A text of ids", *ids), f"A text of ids. {TRIP}", [5, 6, 0, 0, 5, 7], ids[2], 1)  # fmt: skip
