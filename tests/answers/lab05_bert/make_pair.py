import torch

from tests.answers import right, wrong


def shortened(one, two, room):
    """As the statement has it: the longer gives way, at a tie the second."""
    one, two = list(one), list(two)
    while len(one) + len(two) > room:
        (one if len(one) > len(two) else two).pop()
    return one, two


def joined(one, two):
    """(tokens, segments) of sentences that fit; two is None when there is none."""
    tokens, segments = ["[CLS]", *one, "[SEP]"], [0] * (len(one) + 2)
    if two is None:
        return tokens, segments
    return [*tokens, *two, "[SEP]"], [*segments, *[1] * (len(two) + 1)]


def function(shorten=shortened, join=joined, marks=lambda second: 2 if second is None else 3, refuse=True):
    """The exercise's function with another way to cut, or to join, or other room for the marks."""

    def make_pair(first, second=None, max_length=64):
        room = max_length - marks(second)
        if room < 0 and refuse:
            raise ValueError(f"no room for the marks in {max_length}")
        one, two = shorten(first, [] if second is None else second, room)
        return join(one, None if second is None else two)

    return make_pair


@right
def pops_one_at_a_time_with_prints():
    def make_pair(first, second=None, max_length=64):
        if max_length < (3 if second is not None else 2):
            raise ValueError("too short")
        a = first.copy()
        b = second.copy() if second is not None else []
        n = 3 if second is not None else 2
        while len(a) + len(b) + n > max_length:
            if len(a) > len(b):
                print("first loses", a.pop())
            else:
                print("second loses", b.pop())
        tokens = ["[CLS]"] + a + ["[SEP]"]
        segments = [0 for _ in tokens]
        if second is not None:
            tokens += b + ["[SEP]"]
            segments += [1] * (len(b) + 1)
        return tokens, segments

    return make_pair


@right
def lengths_worked_out():
    def make_pair(first, second=None, max_length=64):
        marks = 3 - (second is None)
        room = max_length - marks
        if room < 0:
            raise ValueError(f"{max_length} < {marks}")
        if second is None:
            return ("[CLS]", *first[:room], "[SEP]"), (0,) * (len(first[:room]) + 2)
        a, b = len(first), len(second)
        if a + b > room:
            b = min(b, max(room // 2, room - a))
            a = room - b
        tokens = ("[CLS]", *first[:a], "[SEP]", *second[:b], "[SEP]")
        return tokens, tuple(int(place > a + 1) for place in range(len(tokens)))

    return make_pair


@right
def recursion_and_a_class_of_error():
    class TooShort(ValueError):
        pass

    def cut(one, two, room):
        if len(one) + len(two) <= room:
            return one, two
        return cut(one[:-1], two, room) if len(one) > len(two) else cut(one, two[:-1], room)

    def make_pair(first, second=None, max_length=64):
        if max_length < 2 + (second is not None):
            raise TooShort(max_length)
        one, two = cut(tuple(first), tuple(second or ()), max_length - 2 - (second is not None))
        return joined(one, two if second is not None else None)

    return make_pair


@right
def segments_as_a_tensor():
    """Counted by how many [SEP] stand before; a vectorised cumulative sum."""

    def make_pair(first, second=None, max_length=64):
        import warnings

        warnings.warn("a tensor of segments", stacklevel=1)
        tokens, _ = function()(first, second, max_length)
        ends = torch.tensor([0] + [token == "[SEP]" for token in tokens[:-1]])
        return tokens, ends.cumsum(0)

    return make_pair


@right
def numbers_of_numpy():
    def make_pair(first, second=None, max_length=64):
        import numpy as np

        tokens, segments = function()(first, second, max_length)
        return [str(np.str_(token)) for token in tokens], list(np.array(segments))

    return make_pair


@wrong("The marks are missing", earns=0)
def without_marks():
    return function(join=lambda one, two: ([*one, *(two or [])], [0] * len(one) + [1] * len(two or [])))


@wrong("There is a [SEP] behind each sentence", earns=0)
def no_mark_between():
    def join(one, two):
        tokens = ["[CLS]", *one, *(two or []), "[SEP]"]
        return tokens, [0] * (len(one) + 1) + [1] * (len(tokens) - len(one) - 1)

    return function(join=join)


@wrong("The last [SEP] is missing", earns=0)
def no_mark_at_the_end():
    def join(one, two):
        tokens, segments = joined(one, two)
        return tokens[:-1], segments[:-1]

    return function(join=join)


@wrong("There is one [CLS], at the beginning", earns=0)
def begins_the_second_sentence_too():
    def join(one, two):
        tokens = ["[CLS]", *one, "[SEP]"]
        if two is None:
            return tokens, [0] * len(tokens)
        more = ["[CLS]", *two, "[SEP]"]
        return tokens + more, [0] * len(tokens) + [1] * len(more)

    return function(join=join)


@wrong("The first [SEP] ends segment 0 and belongs to it", earns=0)
def the_first_sep_is_of_segment_1():
    def join(one, two):
        tokens, segments = joined(one, two)
        return tokens, segments if two is None else [0] * (len(one) + 1) + [1] * (len(two) + 2)

    return function(join=join)


@wrong("The last [SEP] belongs to the second sentence", earns=0)
def the_last_sep_is_of_segment_0():
    def join(one, two):
        tokens, segments = joined(one, two)
        return tokens, [*segments[:-1], 0]

    return function(join=join)


@wrong("Segments count from 0", earns=0)
def segments_from_1():
    def join(one, two):
        tokens, segments = joined(one, two)
        return tokens, [segment + 1 for segment in segments]

    return function(join=join)


@wrong("The second sentence and its [SEP] are segment 1", earns=0)
def one_segment_for_all():
    def join(one, two):
        tokens, segments = joined(one, two)
        return tokens, [0] * len(segments)

    return function(join=join)


@wrong("The first sentence is segment 0", earns=0)
def segments_turned_round():
    def join(one, two):
        tokens, segments = joined(one, two)
        return tokens, [1 - segment for segment in segments]

    return function(join=join)


@wrong("9 tokens have 9 segments; yours are 6", earns=0)
def segments_of_the_sentences_alone():
    return function(join=lambda one, two: (joined(one, two)[0], [0] * len(one) + [1] * len(two or [])))


@wrong("Without a second sentence there is one [SEP]", earns=0)
def an_empty_second_sentence():
    return function(join=lambda one, two: joined(one, two or []))


@wrong("Something is None here", earns=0)
def forgets_that_there_may_be_no_second():
    def make_pair(first, second=None, max_length=64):
        one, two = shortened(first, list(second) if len(second) else [], max_length - 3)
        return joined(one, two)

    return make_pair


@wrong("Only the second sentence is cut", earns=0)
def second_alone_is_cut():
    return function(lambda one, two, room: (one[:room], two[: max(0, room - len(one))]))


@wrong("Only the first sentence is cut", earns=0)
def first_alone_is_cut():
    def shorten(one, two, room):
        if len(one) > len(two) or not two:
            return shortened(one, two, room)
        return one[: max(0, room - len(two))], two[:room]

    return function(shorten)


@wrong("Tokens go from the end", earns=0)
def cut_at_the_front():
    def shorten(one, two, room):
        kept = [len(each) for each in shortened(one, two, room)]
        return [each[len(each) - n :] for each, n in zip((one, two), kept, strict=True)]

    return function(shorten)


@wrong("Both lose in proportion", earns=0)
def cut_in_proportion():
    def shorten(one, two, room):
        both = len(one) + len(two)
        if both <= room:
            return one, two
        kept = round(room * len(one) / both)
        return one[:kept], two[: room - kept]

    return function(shorten)


@wrong("The room that the shorter one leaves is the longer one's", earns=0)
def half_of_the_room_for_each():
    """Room that the shorter one does not need stays empty."""

    def shorten(one, two, room):
        if len(one) + len(two) <= room:
            return one, two
        return one[: (room + 1) // 2], two[: room // 2]

    return function(shorten)


@wrong("the *sentences* are cut, and the marks stay", earns=0)
def the_finished_row_is_cut():
    def make_pair(first, second=None, max_length=64):
        tokens, segments = joined(first, second)
        return tokens[:max_length], segments[:max_length]

    return make_pair


@wrong("At a tie the second sentence loses a token", earns=0)
def the_first_loses_at_a_tie():
    def shorten(one, two, room):
        one, two = list(one), list(two)
        while len(one) + len(two) > room:
            (one if len(one) >= len(two) and one else two).pop()
        return one, two

    return function(shorten)


@wrong("Is `max_length` used?", earns=0)
def nothing_is_cut():
    return function(lambda one, two, room: (one, two), refuse=False)


@wrong("It fits, with its marks: 9 of 9", earns=0)
def one_too_short():
    return function(lambda one, two, room: shortened(one, two, max(0, room - 1)))


@wrong("It fits, with its marks: 9 of 9", earns=0)
def marks_counted_twice():
    return function(marks=lambda second: 5)


@wrong("With one sentence there are two marks", earns=0)
def always_three_marks():
    return function(marks=lambda second: 3)


@wrong("Sentences of 6 and 3 tokens, and room for 6", earns=0)
def marks_have_no_room():
    return function(marks=lambda second: 0)


@wrong("has no room for 3 marks: that is a ValueError; yours", earns=0)
def marks_alone_where_nothing_fits():
    return function(lambda one, two, room: shortened(one, two, max(0, room)), refuse=False)


@wrong("that is a ValueError; yours raises IndexError", earns=0)
def pops_from_an_empty_list():
    return function(refuse=False)


@wrong("that is a row, [CLS] [SEP] [SEP]. Yours raises ValueError", earns=0)
def refuses_one_too_many():
    def make_pair(first, second=None, max_length=64):
        if max_length <= 3:
            raise ValueError("no room")
        return function()(first, second, max_length)

    return make_pair


@wrong("has no room for 2 marks: that is a ValueError; yours gives a row", earns=0)
def refuses_pairs_alone():
    def make_pair(first, second=None, max_length=64):
        if second is not None and max_length < 3:
            raise ValueError("no room")
        return function(lambda one, two, room: shortened(one, two, max(0, room)), refuse=False)(
            first, second, max_length
        )

    return make_pair


@wrong("changed its argument", earns=0)
def pops_from_the_callers_list():
    def make_pair(first, second=None, max_length=64):
        marks = 2 if second is None else 3
        if max_length < marks:
            raise ValueError("no room")
        while len(first) + len(second or []) > max_length - marks:
            (first if len(first) > len(second or []) else second).pop()
        return joined(first, second)

    return make_pair


@wrong("Return two lists: the tokens, and their segments", earns=0)
def pairs_of_token_and_segment():
    return function(join=lambda one, two: list(zip(*joined(one, two), strict=True)))


@wrong("A segment is 0 or 1, a whole number", earns=0)
def segments_as_words():
    return function(join=lambda one, two: (joined(one, two)[0], [str(s) for s in joined(one, two)[1]]))


@wrong("A segment is 0 or 1, a whole number", earns=0)
def segments_as_tensors_of_two():
    return function(
        join=lambda one, two: (joined(one, two)[0], [torch.tensor([s, s]) for s in joined(one, two)[1]])
    )


@wrong("A token is a string", earns=0)
def tokens_as_arrays():
    def join(one, two):
        import numpy as np

        tokens, segments = joined(one, two)
        return [np.zeros(2) for _ in tokens], segments

    return function(join=join)


@wrong("yours returned a str", earns=0)
def joined_to_a_text():
    return function(join=lambda one, two: " ".join(joined(one, two)[0]))


@wrong("Is the `return` line missing", earns=0)
def returns_nothing():
    return lambda first, second=None, max_length=64: None


@wrong("Two short sentences", earns=0)
def constant():
    return lambda first, second=None, max_length=64: (["[CLS]", "[SEP]"], [0, 0])


@wrong("A segment is 0 or 1, a whole number", earns=0)
def identity():
    return lambda first, second=None, max_length=64: (first, second)


@wrong("tokens, max_length=", earns=0)
def hard_coded_examples():
    def make_pair(first, second=None, max_length=64):
        if max_length < (2 if second is None else 3):
            raise ValueError("no room")
        if first and first[0] in ("ada", "a", "x"):
            return function()(first, second, max_length)
        return joined(first, second)

    return make_pair


@wrong("the row is another one", earns=0)
def letters_made_small():
    def join(one, two):
        return joined([t.lower() for t in one], None if two is None else [t.lower() for t in two])

    return function(join=join)
