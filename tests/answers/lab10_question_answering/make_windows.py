from tests.answers import right, wrong


def room_of(question, length, stride):
    return length - len(question) - 3


def refuse(room, stride):
    if stride < 0 or room <= stride:
        raise ValueError("no room to move on")


def starts_of(n, room, stride):
    starts = [0]
    while starts[-1] + room < n:
        starts.append(starts[-1] + room - stride)
    return starts


def place(span, offset, size, head):
    if span is None or span[0] < offset or span[1] >= offset + size:
        return 0, 0
    return span[0] - offset + head, span[1] - offset + head


def types_of(head, size):
    return [0] * head + [1] * (size + 1)


def function(
    room_of=room_of,
    refuse=refuse,
    starts_of=starts_of,
    place=place,
    types_of=types_of,
    head_of=lambda question, cls, sep: [cls, *question, sep],
    tail=lambda sep: [sep],
    offset_of=lambda offset, number, head: offset,
    cut=lambda context, offset, room: context[offset : offset + room],
    keep=lambda windows: windows,
):
    """The solution, in steps that an answer replaces by its mistake."""

    def make_windows(question, context, span, length, stride, cls, sep):
        room = room_of(question, length, stride)
        refuse(room, stride)
        head, windows = head_of(question, cls, sep), []
        for number, offset in enumerate(starts_of(len(context), room, stride)):
            part = cut(context, offset, room)
            start, end = place(span, offset, len(part), len(head))
            windows.append({
                "input_ids": [*head, *part, *tail(sep)], "token_type_ids": types_of(len(head), len(part)),
                "start": start, "end": end, "offset": offset_of(offset, number, len(head)),
            })  # fmt: skip
        return keep(windows)

    return make_windows


@right
def the_steps_of_this_file():
    return function()


@right
def by_a_range():
    return function(starts_of=lambda n, room, stride: [0, *range(room - stride, n - stride, room - stride)])


@right
def a_recursion():
    def make_windows(question, context, span, length, stride, cls, sep):
        room = length - 3 - len(question)
        if not 0 <= stride < room:
            raise ValueError(f"stride {stride}, room {room}")

        def from_(offset):
            part = list(context[offset:][:room])
            there = span is not None and span[0] in range(offset, offset + len(part)) and span[1] in range(offset, offset + len(part))  # fmt: skip
            ids = [cls] + list(question) + [sep] + part + [sep]
            shift = len(question) + 2 - offset
            own = dict(
                input_ids=ids, token_type_ids=[int(i > len(question) + 1) for i in range(len(ids))],
                start=span[0] + shift if there else 0, end=span[1] + shift if there else 0, offset=offset,
            )  # fmt: skip
            return [own] if offset + room >= len(context) else [own, *from_(offset + room - stride)]

        return from_(0)

    return make_windows


@right
def with_places_marked():
    """The answer's tokens are marked, and looked for in each part."""

    def place(span, offset, size, head):
        marked = [] if span is None else [i for i in range(size) if span[0] <= offset + i <= span[1]]
        whole = marked and len(marked) == span[1] - span[0] + 1
        return (head + marked[0], head + marked[-1]) if whole else (0, 0)

    return function(place=place)


@right
def a_tuple_of_windows():
    return function(keep=tuple)


@wrong("three special ones, the question and the part share it", earns=0)
def special_tokens_forgotten():
    return function(room_of=lambda question, length, stride: length - len(question))


@wrong("there is room for 3 tokens of the passage, and your function fails", earns=0)
def four_special_tokens():
    return function(room_of=lambda question, length, stride: length - len(question) - 4)


@wrong("share it", earns=0)
def two_special_tokens():
    return function(room_of=lambda question, length, stride: length - len(question) - 2)


@wrong("You move on *by* `stride`", earns=0)
def stride_as_the_step():
    def starts_of(n, room, stride):
        starts, step = [0], max(1, stride)
        while starts[-1] + room < n:
            starts.append(starts[-1] + step)
        return starts

    return function(starts_of=starts_of)


@wrong("Your windows do not overlap", earns=0)
def side_by_side():
    return function(starts_of=lambda n, room, stride: list(range(0, max(n, 1), room)))


@wrong("the first one that *reaches* the end", earns=0)
def a_window_too_many():
    return function(starts_of=lambda n, room, stride: list(range(0, max(n, 1), room - stride)))


@wrong("The end of the passage is in no window", earns=0)
def the_end_is_lost():
    def starts_of(n, room, stride):
        return [offset for offset in range(0, max(n, 1), room - stride) if offset + room <= n] or [0]

    return function(starts_of=starts_of)


@wrong("There is one window alone", earns=0)
def truncated():
    return function(starts_of=lambda n, room, stride: [0])


@wrong("not moved back or filled up", earns=0)
def the_last_moved_back():
    return function(starts_of=lambda n, room, stride: [min(s, max(0, n - room)) for s in starts_of(n, room, stride)])  # fmt: skip


@wrong("[cls], the whole question and [sep]", earns=0)
def no_cls():
    return function(head_of=lambda question, cls, sep: [*question, sep])


@wrong("[cls], the whole question and [sep]", earns=0)
def the_question_in_the_first_window_alone():
    whole = function()

    def make_windows(question, context, span, length, stride, cls, sep):
        windows = whole(question, context, span, length, stride, cls, sep)
        for window in windows[1:]:
            window["input_ids"] = [cls, *window["input_ids"][len(question) + 2 :]]
        return windows

    return make_windows


@wrong("[sep] stands at the end", earns=0)
def no_sep_at_the_end():
    return function(tail=lambda sep: [])


@wrong("The first [sep] belongs to the question's side", earns=0)
def types_from_the_first_sep():
    return function(types_of=lambda head, size: [0] * (head - 1) + [1] * (size + 2))


@wrong("The last [sep] belongs to the passage's side", earns=0)
def types_without_the_last_sep():
    return function(types_of=lambda head, size: [0] * head + [1] * size + [0])


@wrong("They are turned round", earns=0)
def types_turned_round():
    return function(types_of=lambda head, size: [1] * head + [0] * (size + 1))


@wrong("There is one for each token", earns=0)
def types_too_few():
    return function(types_of=lambda head, size: [0] * head + [1] * size)


@wrong("Those are places in the part", earns=0)
def places_in_the_part():
    return function(place=lambda span, offset, size, head: place(span, offset, size, 0))


@wrong("Those are places in the part", earns=0)
def places_in_the_context():
    return function(
        place=lambda span, offset, size, head: span if place(span, offset, size, head)[0] else (0, 0)
    )


@wrong("`offset` is missing", earns=0)
def the_offset_is_forgotten():
    return function(place=lambda span, offset, size, head: (span[0] + head, span[1] + head) if place(span, offset, size, head)[0] else (0, 0))  # fmt: skip


@wrong("`end` is the answer's last token", earns=0)
def behind_the_end():
    def behind(span, offset, size, head):
        start, end = place(span, offset, size, head)
        return start, end + bool(start)

    return function(place=behind)


@wrong("One off", earns=0)
def one_off():
    return function(place=lambda span, offset, size, head: tuple(x and x - 1 for x in place(span, offset, size, head)))  # fmt: skip


@wrong("only one that has all of it says where it is", earns=2)
def parts_of_the_answer():
    def some(span, offset, size, head):
        if span is None or span[1] < offset or span[0] >= offset + size:
            return 0, 0
        return max(span[0], offset) - offset + head, min(span[1], offset + size - 1) - offset + head

    return function(place=some)


@wrong("only one that has all of it says where it is", earns=2)
def the_start_decides():
    return function(place=lambda span, offset, size, head: (0, 0) if span is None or not offset <= span[0] < offset + size else (span[0] - offset + head, min(span[1], offset + size - 1) - offset + head))  # fmt: skip


@wrong("Where the window does not have the answer both are 0", earns=2)
def minus_one_for_not_here():
    return function(place=lambda *given: place(*given) if place(*given)[0] else (-1, -1))


@wrong("start, end and offset whole numbers", earns=2)
def none_for_not_here():
    return function(place=lambda *given: place(*given) if place(*given)[0] else (None, None))


@wrong("your function fails", earns=2)
def no_answer_forgotten():
    def some(span, offset, size, head):
        there = offset <= span[0] and span[1] < offset + size
        return (span[0] - offset + head, span[1] - offset + head) if there else (0, 0)

    return function(place=some)


@wrong("It is the place in the *context*", earns=0)
def offset_counts_windows():
    return function(offset_of=lambda offset, number, head: number)


@wrong("It is the place in the *context*", earns=0)
def offset_in_the_window():
    return function(offset_of=lambda offset, number, head: offset + head)


@wrong("so no window would move on", earns=3.5)
def nothing_refused():
    def starts_of_some(n, room, stride):
        return starts_of(n, room, stride) if 0 <= stride < room else [0]

    return function(refuse=lambda room, stride: None, starts_of=starts_of_some)


@wrong("so no window would move on", earns=3.5)
def round_for_ever():
    return function(refuse=lambda room, stride: None)


@wrong("A stride below 0 leaves tokens out", earns=3.5)
def a_stride_below_0():
    def some(room, stride):
        if room <= stride:
            raise ValueError

    return function(refuse=some)


@wrong("so no window would move on", earns=3.5)
def as_much_room_as_is_shared():
    def some(room, stride):
        if room < stride or stride < 0:
            raise ValueError

    return function(refuse=some, starts_of=lambda n, room, stride: starts_of(n, room, min(stride, room - 1)) if room > 0 else [0])  # fmt: skip


@wrong("so no window would move on", earns=3.5)
def an_assertion():
    def some(room, stride):
        assert 0 <= stride < room

    return function(refuse=some)


@wrong("an empty one", earns=3.5)
def no_window_for_an_empty_passage():
    return function(starts_of=lambda n, room, stride: starts_of(n, room, stride) if n else [])


@wrong("changed its argument", earns=0)
def uses_the_passage_up():
    whole = function()

    def make_windows(question, context, span, length, stride, cls, sep):
        windows = whole(question, context, span, length, stride, cls, sep)
        context.clear()
        return windows

    return make_windows


@wrong("the windows are", earns=0)
def constant():
    return lambda *given: []


@wrong("Each window is a dict", earns=0)
def lists_of_ids():
    return function(keep=lambda windows: [window["input_ids"] for window in windows])


@wrong("Each window is a dict", earns=0)
def identity():
    return lambda question, context, *given: context


@wrong("it is from 4 to 4", earns=0)
def hard_coded_examples():
    window = {"input_ids": [101, 1, 2, 102, 11, 12, 13, 102], "token_type_ids": [0] * 4 + [1] * 4, "start": 5, "end": 6, "offset": 0}  # fmt: skip
    return lambda *given: [window]


@wrong("it is not filled up here", earns=0)
def filled_up():
    true = function()

    def make_windows(question, context, span, length, stride, cls, sep):
        windows = true(question, context, span, length, stride, cls, sep)
        for window in windows:
            short = length - len(window["input_ids"])
            window["input_ids"] += [0] * short
            window["token_type_ids"] += [0] * short
        return windows

    return make_windows
