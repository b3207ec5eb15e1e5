"""The check of `make_windows`: a question and a passage of a few tokens, and what each usual mistake makes of them."""

from dataclasses import dataclass

from .. import StudentError, args, part, require
from ..sentences import describe
from ..tries import tried
from . import lab

KEYS = ("input_ids", "token_type_ids", "start", "end", "offset")


def windows_of(question, context, span, length, stride, cls, sep):
    """The truth."""
    room, head, offset, windows = length - len(question) - 3, [cls, *question, sep], 0, []
    while True:
        part_of_it = context[offset : offset + room]
        whole = span is not None and offset <= span[0] and span[1] < offset + len(part_of_it)
        places = [place - offset + len(head) for place in span] if whole else [0, 0]
        ids, types = [*head, *part_of_it, sep], [0] * len(head) + [1] * (len(part_of_it) + 1)
        windows.append(dict(zip(KEYS, (ids, types, *places, offset), strict=True)))
        if offset + room >= len(context):
            return windows
        offset += room - stride


@dataclass(frozen=True)
class Cut:
    """What make_windows is given. told: whether a message may show it."""

    question: list
    context: list
    span: tuple | None
    length: int
    stride: int
    story: str
    told: bool = True
    cls: int = 101
    sep: int = 102

    @property
    def given(self):
        return [self.question, self.context, self.span, self.length, self.stride, self.cls, self.sep]

    def begin(self):
        shown = f"question {self.question}, context {self.context}, " if self.told else f"a question of {len(self.question)} tokens, a passage of {len(self.context)}, "  # fmt: skip
        return f"{self.story} ({shown}span {self.span}, length {self.length}, stride {self.stride})"


def _plain(window, all_places):
    """Whether a window has its form. all_places: whether start and end are looked at."""
    lists = (isinstance(window[key], (list, tuple)) and all(isinstance(x, int) for x in window[key]) for key in KEYS[:2])  # fmt: skip
    return all(lists) and all(
        isinstance(window[k], int) and not isinstance(window[k], bool)
        for k in (KEYS[2:] if all_places else KEYS[4:])
    )


def require_windows(got, case, all_places):
    """Require the windows of a case. all_places: also that a window which has not all of the answer says so."""
    truth, begin = windows_of(*case.given), case.begin()
    for window in got:
        good = isinstance(window, dict) and set(window) == set(KEYS)
        require(good, "Each window is a dict with the names {keys}; yours is {what}.", keys=", ".join(KEYS),
                what=describe(window) if not isinstance(window, dict) else f"one with {', '.join(map(str, window))[:120]}")  # fmt: skip
        require(_plain(window, all_places), "In a window `input_ids` and `token_type_ids` are lists of whole numbers, and start, end and offset whole numbers; yours has {what}.",
                what=next((f"{k} {describe(window[k])}" for k in KEYS if not isinstance(window[k], (list, tuple, int))), "others"))  # fmt: skip
    ids = [list(window["input_ids"]) for window in got]
    room, n = case.length - len(case.question) - 3, len(case.context)
    _require_ids(ids, [w["input_ids"] for w in truth], case, begin, room, n)
    for number, (window, true) in enumerate(zip(got, truth, strict=True)):
        types, place = list(window["token_type_ids"]), (window["start"], window["end"])
        _require_types(types, true, begin, number)
        require(window["offset"] == true["offset"], "{begin}: `offset` of window {number} is {got}{truth}.{hint}", begin=begin, number=number, got=window["offset"],
                truth=f", and should be {true['offset']}" if case.told else ", and that is wrong",
                hint=" It is the place in the *context* at which the part begins, and not the window's number or a place in the window." if window["offset"] in (number, len(case.question) + 2, true["offset"] + len(case.question) + 2) else "")  # fmt: skip
        if all_places or true["start"]:
            _require_place(place, true, case, begin, number)


def _require_ids(ids, truth, case, begin, room, n):
    if ids == truth:
        return
    head = [case.cls, *case.question, case.sep]
    step = room - case.stride
    hints = [
        (any(len(row) > case.length for row in ids), "A window has more tokens than `length`: three special ones, the question and the part share it"),
        (any(row[: len(head)] != head for row in ids), "A window begins with [cls], the whole question and [sep]"),
        (len(ids) == len(truth) and all(row[: len(true)] == true for row, true in zip(ids, truth, strict=True)), "A window ends with its last [sep]: it is not filled up here"),
        (any(not row or row[-1] != case.sep for row in ids), "[sep] stands at the end of each window, too"),
        (len(ids) > len(truth) and ids[: len(truth)] == truth, "The last window is the first one that *reaches* the end; behind it comes no other"),
        (n <= room and len(ids) != 1, "A passage that fits makes one window, and so does an empty one"),
        (len(ids) == 1 and len(truth) > 1, "There is one window alone; what does not fit into it comes in the next ones"),
        (len(ids) < len(truth) and ids == truth[: len(ids)], "The end of the passage is in no window"),
        (ids == [[*head, *case.context[i : i + room], case.sep] for i in range(0, max(n, 1), room)], "Your windows do not overlap: neighbours share `stride` tokens"),
        (case.stride and ids[:1] == truth[:1] and len(ids) > 1 and ids[1][len(head) :][:1] == case.context[case.stride : case.stride + 1] and step != case.stride, "You move on *by* `stride`; here it is how many tokens two neighbours share, so the step is what is left"),
        (ids[:-1] == truth[:-1] and len(ids) == len(truth), "The last part is another one: it begins where the step leads, and is shorter than the others, not moved back or filled up"),
        (all(len(row) < case.length for row in ids) and len(truth) > 1, "Parts are as long as there is room; three special tokens stand beside question and part"),
    ]  # fmt: skip
    known = next(
        (said for fits, said in hints if fits),
        "Each part begins where its neighbour before still had `stride` tokens left",
    )
    require(False, "{begin}: the windows are {yours}{truth}. {known}.", begin=begin, known=known,
            yours=f"{ids}"[:200] if case.told else "others", truth=f"; they should be {truth}"[:200] if case.told else "")  # fmt: skip


def _require_types(types, true, begin, number):
    if types == true["token_type_ids"]:
        return
    wanted = true["token_type_ids"]
    head = wanted.index(1)
    hint = (
        " They are turned round: 0 is the question's side." if types == [1 - x for x in wanted]
        else " The first [sep] belongs to the question's side, 0." if types == [0] * (head - 1) + [1] * (len(wanted) - head + 1)
        else " The last [sep] belongs to the passage's side, 1." if types == [*wanted[:-1], 0]
        else " There is one for each token." if len(types) != len(wanted)
        else ""
    )  # fmt: skip
    require(False, "{begin}: the `token_type_ids` of window {number} are wrong.{hint}", begin=begin, number=number, hint=hint)  # fmt: skip


def _require_place(place, true, case, begin, number):
    wanted = (true["start"], true["end"])
    if place == wanted:
        return
    head, offset, span = len(case.question) + 2, true["offset"], case.span
    last = offset + len(true["input_ids"]) - head - 1
    hint = ""
    if span is None:
        hint = " Where `span` is None both are 0."
    elif wanted == (0, 0):
        cut = span[0] >= offset or span[1] < last
        hint = " This window has a part of the answer alone: only one that has all of it says where it is." if cut else " This window does not have the answer: both are 0."  # fmt: skip
        if place in ((-1, -1), (None, None)):
            hint = " Where the window does not have the answer both are 0, [cls]."
    elif place == (span[0] - offset, span[1] - offset):
        hint = " Those are places in the part; in front of it stand [cls], the question and [sep]."
    elif place == tuple(span):
        hint = " Those are places in the context; places in the window are asked for."
    elif place == (span[0] + head, span[1] + head):
        hint = " Where the part begins later, the answer moves to the front: `offset` is missing."
    elif place == (wanted[0], wanted[1] + 1):
        hint = " `end` is the answer's last token, and not the one behind it."
    elif place in ((wanted[0] - 1, wanted[1] - 1), (wanted[0] + 1, wanted[1] + 1)):
        hint = " One off: how many tokens stand in front of the part?"
    elif place == (0, 0):
        hint = " This window has all of the answer."
    require(False, "{begin}: in window {number} the answer is from {a} to {b} with you{truth}.{hint}", begin=begin, number=number, a=place[0], b=place[1],
            truth=f"; it is from {wanted[0]} to {wanted[1]}" if case.told else ", and that is wrong", hint=hint)  # fmt: skip


def judge_windows(student, plain, parts, refused):
    """All that is asked of make_windows. plain: cases that must be right for any marks; parts: for each title (points, cases); refused: cases without room."""

    def each(cases, all_places=True):
        stories = [f"{case.begin()}: there is room for {case.length - len(case.question) - 3} tokens of the passage, and your function fails." for case in cases]  # fmt: skip
        calls = [args(*case.given) for case in cases]
        for case, got in zip(cases, tried(student, calls, stories), strict=True):
            require_windows(got, case, all_places)

    each(plain, all_places=False)
    for title, (points, cases) in parts.items():
        with part(title, points=points):
            each(cases)
    with part("no room", points=0.5):
        for case in refused:
            require(_refused(student, case), "{begin}: there is no room for more than `stride` tokens of the passage, so no window would move on: a ValueError is asked for.{hint}",
                    begin=case.begin(), hint=" A stride below 0 leaves tokens out between two windows." if case.stride < 0 else "")  # fmt: skip


def _refused(student, case):
    """Whether a ValueError comes. Who does not ask goes round for ever."""
    try:
        error = student.using(limit=0.5).error(*case.given)
    except StudentError as error:
        if error.verdict != "time-limit":
            raise
        return False
    return error is not None and error.is_a("ValueError")


TEN = list(range(11, 21))
ONE = [
    Cut([1, 2], [11, 12, 13], (1, 2), 12, 2, "A passage that fits"),
    Cut([1, 2], [11, 12, 13], (0, 0), 8, 2, "A passage that just fits"),
]
MORE = [
    Cut([1, 2], TEN, (0, 1), 9, 1, "Three windows"),
    Cut([1, 2], TEN, (5, 6), 10, 2, "Three windows, the last of them shorter"),
    Cut([1], TEN, (8, 9), 10, 2, "Two windows, and the passage ends with the second"),
    Cut([1, 2, 3], TEN, (4, 4), 11, 0, "Windows that share nothing"),
    Cut([1, 2], TEN, (3, 4), 9, 3, "Windows that move on by one token"),
    Cut([], TEN, (2, 3), 9, 2, "A question without tokens"),
]
PARTLY = [
    Cut([1, 2], TEN, (3, 4), 9, 1, "An answer that the first two windows have in part"),
    Cut([1, 2], TEN, (3, 7), 10, 2, "An answer that no window has as a whole"),
    Cut([1, 2], TEN, (3, 4), 10, 2, "An answer that two windows have as a whole"),
    Cut([1, 2], TEN, (4, 5), 10, 2, "An answer that begins with the last token of a part"),
    Cut([1, 2], TEN, None, 10, 2, "A question without an answer"),
    Cut([1, 2], [11, 12, 13], None, 12, 2, "A question without an answer, in one window"),
]
EDGE = [
    Cut([1, 2], [], None, 12, 2, "An empty passage"),
    Cut([1, 2], [11, 12, 13, 14, 15], (4, 4), 9, 2, "A passage of one token more than fits"),
    Cut(
        [102, 1],
        [11, 102, 101, 11, 11],
        (3, 4),
        9,
        1,
        "A question and a passage with the special ids in them",
    ),
]
TIGHT = [
    Cut([1, 2], TEN, (0, 0), 7, 2, "As much room as is shared"),
    Cut([1, 2], TEN, (0, 0), 5, 0, "No room at all"),
    Cut([1] * 9, TEN, None, 8, 1, "A question that is longer than a window"),
    Cut([1, 2], TEN, None, 9, -1, "A stride below 0"),
]


def parts_of(partly, edge):
    return {"where the answer is": (1.5, partly), "at the edge": (0.5, edge)}


@lab.check(points=4, returns=(list, tuple))
def make_windows(student):
    judge_windows(student, ONE + MORE, parts_of(PARTLY, EDGE), TIGHT)
