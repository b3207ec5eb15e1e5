"""The check of `decoder_only_example`: rows written by hand, and for each usual mistake the row that it makes.

A row can be wrong because `corrupt` is, which has a check of its own. So the masks are parts, judged by the row that the student has, and
only the rest of the points is for the row.
"""

from dataclasses import dataclass

from .. import StudentError, args, part, require
from ..sentences import describe
from ..usual import ended
from . import lab
from .prefix_masks import require_asked, require_may

NOT_OURS = ("transformers", "course.widgets")


@dataclass(frozen=True)
class Case:
    """A text, and the row it makes: the first `prefix` tokens of the row are the prefix. story: what was tried; told: whether the row may be."""

    tokens: list
    hidden: list
    sentinels: list
    end: object
    row: list
    prefix: int
    story: str
    told: bool = False

    @property
    def kept(self):
        """The tokens of the text, as they stand in the row: those that are kept, then the hidden ones."""
        return [[t for t, gone in zip(self.tokens, self.hidden, strict=True) if gone == way] for way in (False, True)]  # fmt: skip


def example(text, row, story=None):
    """A case of words. text: the hidden ones with a star; row: with a bar behind the prefix."""
    words = text.split()
    prefix, target = (half.split() for half in row.split("|"))
    plain, hidden = [word.lstrip("*") for word in words], [word.startswith("*") for word in words]
    gone = " ".join(f"[{word}]" if now else word for word, now in zip(plain, hidden, strict=True))
    return Case(plain, hidden, ["<X>", "<Y>", "<Z>"], "<EOS>", prefix + target, len(prefix), story or f"“{gone}”, the words in brackets hidden", True)  # fmt: skip


EXAMPLES = [
    example("thanks *for *inviting me to your party", "thanks <X> me to your party | <X> for inviting <EOS>"),
    example("thanks *for *inviting me to your *party", "thanks <X> me to your <Y> | <X> for inviting <Y> party <EOS>"),
    example("*thanks for inviting *me to your party", "<X> for inviting <Y> to your party | <X> thanks <Y> me <EOS>"),
    example("thanks for *for *inviting me to your party", "thanks for <X> me to your party | <X> for inviting <EOS>"),
    example("*so *so *so so so", "<X> so so | <X> so so so <EOS>"),
    example("thanks for inviting me", "thanks for inviting me | <EOS>", "“thanks for inviting me”, and nothing hidden,"),
    example("*thanks *for *inviting", "<X> | <X> thanks for inviting <EOS>", "“thanks for inviting”, and everything hidden,"),
    example("*thanks", "<X> | <X> thanks <EOS>"),
    Case([7, 7, 9, 7, 30], [False, True, False, True, False], [99, 98, 97], 1, [7, 99, 9, 98, 30, 99, 7, 98, 7, 1], 5, "Tokens [7, 7, 9, 7, 30], the second and the fourth hidden, sentinels [99, 98, 97] and end 1", True),
]  # fmt: skip


def called(student, cases):
    """What the student's function returns for cases. An error that comes from `corrupt` says so."""
    try:
        return student.many([args(c.tokens, c.hidden, c.sentinels, c.end) for c in cases])
    except StudentError as error:
        if error.kind == "missing" or not error.frames or error.frames[-1].get("name") != "corrupt":
            raise
        said = f"{error} That is in `corrupt`, on which this one builds; its check comes before this one."
        raise StudentError(said, error.kind, error.type, error.bases, error.frames, error.message) from None


def _renamed(case, name):
    """The row with other sentinels. name: the place of a sentinel -> a list of tokens."""
    places = {sentinel: i for i, sentinel in enumerate(case.sentinels)}
    return [t for token in case.row for t in (name(places[token]) if token in places else [token])]


def _mistakes(case):
    """Pairs (the row that a usual mistake makes, a sentence)."""
    inputs, target, end = case.row[: case.prefix], case.row[case.prefix : -1], case.end
    marks, sentinels = set(case.sentinels), case.sentinels
    used = sum(token in marks for token in target)
    closing = sentinels[used : used + 1]
    blame = "That comes from `corrupt`, whose check stands before this one"
    two = "`end` stands behind the prefix, too; the row has one alone, behind the target"
    found = [
        ([*inputs, end, *target, end], two),
        (inputs + target, "`end` is missing: it follows the target"),
    ]
    if case.hidden[-1]:
        found += [
            (inputs + target[:-1] + [end], "The text ends hidden, so there is no closing sentinel to leave away; you take away its last token"),
            (inputs + target + closing + [end], f"The text ends hidden, so there is no closing sentinel; yours has one. {blame}"),
        ]  # fmt: skip
    else:
        found += [
            (inputs + target + closing + [end], "The closing sentinel is left over: `end` follows the last run anyway"),
            ([*inputs, end, *target, *closing, end], f"{two}. And the closing sentinel is left over"),
            (inputs + target + closing, "You take `end` away; it is the sentinel before it that is not needed"),
            (inputs + target[:-1] + [end], "The last token of the last run is lost; what is left away is the closing sentinel, and that once"),
        ]  # fmt: skip
    found += [
        ([*target, end, *inputs], "The target stands in front; the input comes first"),
        ([*target, end], "That is the target alone; the input stands before it"),
        ([*inputs, end], "That is the input alone; the target follows it"),
        (inputs, "That is the input alone; the target follows it"),
        ([*case.tokens, end], "That is the text, and nothing is hidden in it"),
        (list(case.tokens), "That is the text, and nothing is hidden in it"),
        (_renamed(case, lambda i: sentinels[:1]), f"Every run has the first sentinel; each has its own. {blame}"),
        (_renamed(case, lambda i: sentinels[-1 - i :][:1]), f"Sentinels are used from the last one on; `sentinels` is in the order of their use. {blame}"),
        (_renamed(case, lambda i: sentinels[i + 1 :][:1]), f"You begin with the second sentinel. {blame}"),
        ([t for t in case.row if t not in marks], f"There is no sentinel in your row: one stands for each run, in the input and before the run in the target. {blame}"),
        (inputs + [t for t in target if t not in marks] + [end], f"The runs of the target have no sentinel before them. {blame}"),
        ([t for t in inputs if t not in marks] + target + [end], f"There is no sentinel in your input where a run was. {blame}"),
    ]  # fmt: skip
    return [(row, sentence) for row, sentence in found if row != case.row]


def _require(ok, case, row):
    """Require that a row is right, with what is known of a wrong one."""
    if ok:
        return
    kept, hidden = case.kept
    known = next((said for wrong, said in _mistakes(case) if wrong == row), "")
    if not known and _words(case, row) == hidden + kept:
        known = "What is hidden stands before what is kept: True = hidden, and the target comes behind"
    elif not known and len(set(case.tokens)) < len(case.tokens):
        known = "A token may stand in a text twice: its place says whether it is hidden, and not what it is"
    require(
        False,
        "{story}: {truth}yours {row}.{known}",
        story=case.story,
        truth=f"the row is {_said(case.row)}; " if case.told else "the row is another one; ",
        row=f"is {_said(row)}" if case.told else f"has {len(row)} tokens",
        known=f" {ended(known)}" if known else " Is it `corrupt`, on which this one builds, that is not right yet? Its check comes before this one.",
    )  # fmt: skip


def _said(row):
    """A row as a message writes it."""
    words = [str(token)[:20] for token in row]
    return " ".join(words if len(words) <= 16 else [*words[:8], "…", *words[-7:]]) or "empty"


def read(case, result):
    """(row, may, asked) of a result; says so when it has no such form, or when the row has not the tokens of the text."""
    require(
        isinstance(result, (tuple, list)) and len(result) == 3,
        "Return three things: the row, who may attend to whom, and who is asked; yours is {what}.",
        what=describe(result),
    )
    row, may, asked = result
    require(
        isinstance(row, (list, tuple)),
        "The row, which comes first, is a list of tokens; yours is {what}.",
        what=describe(row),
    )
    odd = next((token for token in row if type(token) is not type(case.end)), None)
    require(
        all(type(token) is type(case.end) for token in row),
        "A row is a list of tokens, each of them as it came: {kind}. One of yours is {what}.{known}",
        kind="a word" if isinstance(case.end, str) else "a number",
        what=describe(odd),
        known=" Is that a whole list? `+` joins two lists, `append` puts one into the other." if isinstance(odd, (list, tuple)) else "",
    )  # fmt: skip
    kept, hidden = case.kept
    _require(_words(case, row) == kept + hidden, case, list(row))
    return list(row), may, asked


def _words(case, row):
    """The tokens of the text in a row."""
    tokens = set(case.tokens)
    return [token for token in row if token in tokens]


def judge(student, cases, refused):
    """All that is asked of decoder_only_example. refused: (tokens, hidden, sentinels, end, why), each of which is a ValueError."""
    rows = [(case, *read(case, result)) for case, result in zip(cases, called(student, cases), strict=True)]
    with part("who may attend to whom", points=1):
        for case, row, may, _ in rows:
            require_may(case, row, may)
    with part("who is asked", points=0.5):
        for case, row, _, asked in rows:
            require_asked(case, row, asked)
    with part("the errors", points=0.5):
        for *given, why in refused:
            error = student.error(*given)
            require(
                error is not None and error.is_a("ValueError"),
                "{why} is a ValueError, as in `corrupt`; yours {yours}.",
                why=why,
                yours="gives a row" if error is None else f"raises {error.type}",
            )
    for case, row, *_ in rows:
        _require(row == case.row, case, row)


REFUSED = [
    (["a", "b", "c"], [False, True], ["<X>", "<Y>"], "<EOS>", "A text of 3 tokens with a mask of 2"),
    (["a", "b"], [False, True, True], ["<X>", "<Y>"], "<EOS>", "A text of 2 tokens with a mask of 3"),
    # Two runs, and the text ends hidden: of a closing sentinel, which corrupt asks for and nobody here needs, nothing is asked.
    (["a", "b", "c", "d"], [True, False, False, True], ["<X>"], "<EOS>", "Two runs, and one sentinel: that"),
]


@lab.check(points=3, returns=(tuple, list), without=NOT_OURS)
def decoder_only_example(student):
    judge(student, EXAMPLES, REFUSED)
