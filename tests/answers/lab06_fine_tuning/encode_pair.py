import torch

from tests.answers import right, wrong


def shortened(one, two, room):
    """One token at a time from the longer one."""
    one, two = list(one), list(two)
    while len(one) + len(two) > room:
        (one if len(one) > len(two) else two).pop()
    return one, two


def joined(one, two):
    """(pieces, segments) of texts that fit."""
    return ["[CLS]", *one, "[SEP]", *two, "[SEP]"], [0] * (len(one) + 2) + [1] * (len(two) + 1)


def refusal(one, two, room):
    """Whether the second cannot give enough."""
    return len(one) > room or bool(two) and len(one) == room


def numbered(pieces, vocabulary):
    return [vocabulary.get(piece, vocabulary["[UNK]"]) for piece in pieces]


def filled(ids, segments, vocabulary, padding):
    return {
        "input_ids": ids + [vocabulary["[PAD]"]] * padding,
        "token_type_ids": segments + [0] * padding,
        "attention_mask": [1] * len(ids) + [0] * padding,
    }


def function(
    longest=shortened,
    second_alone=None,
    join=joined,
    number=numbered,
    fill=filled,
    marks=3,
    refuse=refusal,
    cuts=("longest", "second"),
):
    """The exercise's function with another way to cut, to join, to number or to fill up."""
    alone = second_alone or (lambda one, two, room: (list(one), list(two)[: max(0, room - len(one))]))

    def encode_pair(first, second, vocabulary, max_length=64, cut="longest"):
        if cuts and cut not in cuts:
            raise ValueError(f"cut is {cut!r}")
        room = max_length - marks
        if room < 0:
            raise ValueError(f"no room for the marks in {max_length}")
        if cut == "second":
            if refuse(first, second, room):
                raise ValueError("no room for the second text")
            one, two = alone(first, second, room)
        else:
            one, two = longest(first, second, room)
        pieces, segments = join(one, two)
        return fill(number(pieces, vocabulary), segments, vocabulary, max_length - len(pieces))

    return encode_pair


@right
def step_by_step_with_prints():
    def encode_pair(first, second, vocabulary, max_length=64, cut="longest"):
        if cut != "longest" and cut != "second":
            raise ValueError("cut must be longest or second")
        if max_length < 3:
            raise ValueError("max_length")
        a = first[:]
        b = second[:]
        if cut == "second":
            had = len(b)
            while len(a) + len(b) + 3 > max_length:
                if len(b) == 0:
                    raise ValueError("first too long")
                b.pop()
            if had > 0 and len(b) == 0:
                raise ValueError("nothing left of the second")
        else:
            while len(a) + len(b) + 3 > max_length:
                if len(a) > len(b):
                    a.pop()
                else:
                    b.pop()
        print(len(a), len(b))
        input_ids = [vocabulary["[CLS]"]]
        types = [0]
        for piece in a + ["[SEP]"]:
            input_ids.append(vocabulary[piece] if piece in vocabulary else vocabulary["[UNK]"])
            types.append(0)
        for piece in b + ["[SEP]"]:
            input_ids.append(vocabulary[piece] if piece in vocabulary else vocabulary["[UNK]"])
            types.append(1)
        mask = [1 for _ in input_ids]
        while len(input_ids) < max_length:
            input_ids.append(vocabulary["[PAD]"])
            types.append(0)
            mask.append(0)
        return {"input_ids": input_ids, "token_type_ids": types, "attention_mask": mask}

    return encode_pair


@right
def lengths_worked_out():
    def encode_pair(first, second, vocabulary, max_length=64, cut="longest"):
        room, n, m = max_length - 3, len(first), len(second)
        if cut == "longest":
            if room < 0:
                raise ValueError("room")
            if n + m > room:
                m = min(m, max(room // 2, room - n))
                n = room - m
        elif cut == "second":
            if room < n + (m > 0):
                raise ValueError("room")
            m = min(m, room - n)
        else:
            raise ValueError(cut)
        ids = numbered(joined(first[:n], second[:m])[0], vocabulary)
        return {
            "attention_mask": [int(i < n + m + 3) for i in range(max_length)],
            "token_type_ids": [int(n + 2 <= i < n + m + 3) for i in range(max_length)],
            "input_ids": (ids + [vocabulary["[PAD]"]] * max_length)[:max_length],
        }

    return encode_pair


@wrong("yours is a tensor of shape (8,). `.tolist()` makes a list of it", earns=0)
def tensors_in_the_dict():
    def encode_pair(first, second, vocabulary, max_length=64, cut="longest"):
        return {
            key: torch.tensor(row)
            for key, row in function()(first, second, vocabulary, max_length, cut).items()
        }

    return encode_pair


@right
def numpy_and_recursion():
    class DoesNotFit(ValueError):
        pass

    def fit(one, two, room):
        if len(one) + len(two) <= room:
            return one, two
        return fit(one[:-1], two, room) if len(one) > len(two) else fit(one, two[:-1], room)

    def encode_pair(first, second, vocabulary, max_length=64, cut="longest"):
        import warnings

        import numpy as np

        warnings.warn("numpy", stacklevel=1)
        if cut not in {"longest", "second"}:
            raise DoesNotFit(cut)
        room = max_length - 3
        if room < (0 if cut == "longest" else len(first) + bool(second)):
            raise DoesNotFit(room)
        one, two = (
            fit(tuple(first), tuple(second), room)
            if cut == "longest"
            else (first, second[: room - len(first)])
        )
        unknown = vocabulary["[UNK]"]
        ids = np.full(max_length, vocabulary["[PAD]"])
        pieces, segments = joined(one, two)
        ids[: len(pieces)] = [vocabulary.get(p, unknown) for p in pieces]
        mask = np.arange(max_length) < len(pieces)
        types = np.zeros(max_length, dtype=np.int32)
        types[: len(pieces)] = segments
        return dict(input_ids=list(ids), token_type_ids=list(types), attention_mask=list(mask.astype(int)))

    return encode_pair


@right
def with_more_in_the_dict():
    def encode_pair(first, second, vocabulary, max_length=64, cut="longest"):
        from collections import OrderedDict

        row = function()(first, second, vocabulary, max_length, cut)
        return OrderedDict(row, length=sum(row["attention_mask"]))

    return encode_pair


@wrong("should be one flat list of numbers; yours is a tuple of length 8", earns=0)
def tuples_in_the_dict():
    return function(fill=lambda *given: {key: tuple(row) for key, row in filled(*given).items()})


@wrong("yours is a numpy array of shape (8,). `.tolist()` makes a list of it", earns=0)
def arrays_in_the_dict():
    import numpy as np

    return function(fill=lambda *given: {key: np.array(row) for key, row in filled(*given).items()})


@wrong("A piece [PAD] *in* a text is a token like any other", earns=2.5)
def a_mask_of_what_is_not_pad():
    def fill(ids, segments, vocabulary, padding):
        row = filled(ids, segments, vocabulary, padding)
        return row | {"attention_mask": [int(i != vocabulary["[PAD]"]) for i in row["input_ids"]]}

    return function(fill=fill)


@wrong("0 is the id of some other piece here, and [PAD] has another id", earns=0)
def a_mask_of_what_is_not_0():
    def fill(ids, segments, vocabulary, padding):
        row = filled(ids, segments, vocabulary, padding)
        return row | {"attention_mask": [int(i != 0) for i in row["input_ids"]]}

    return function(fill=fill)


@wrong("nobody asks which text is longer", earns=0)
def half_for_the_first_and_the_rest_for_the_second():
    def longest(one, two, room):
        if len(one) + len(two) <= room:
            return one, two
        one = one[: room // 2]
        return one, two[: room - len(one)]

    return function(longest=longest)


@wrong('(no `cut` given, so it is "longest"): that row can be made, and yours raises ValueError', earns=0)
def another_default_for_cut():
    return lambda first, second, vocabulary, max_length=64, cut="second": function()(
        first, second, vocabulary, max_length, cut
    )


@wrong("and no `max_length`, so it is the 64 of the signature: “input_ids” has 512 numbers", earns=0)
def another_default_for_max_length():
    return lambda first, second, vocabulary, max_length=512, cut="longest": function()(
        first, second, vocabulary, max_length, cut
    )


@right
def masks_of_bool():
    def fill(ids, segments, vocabulary, padding):
        row = filled(ids, segments, vocabulary, padding)
        return row | {"attention_mask": [n == 1 for n in row["attention_mask"]]}

    return function(fill=fill)


@wrong("The marks are missing", earns=0)
def without_marks():
    return function(join=lambda one, two: ([*one, *two], [0] * len(one) + [1] * len(two)))


@wrong("There is a [SEP] behind each text", earns=0)
def no_mark_between():
    return function(
        join=lambda one, two: (["[CLS]", *one, *two, "[SEP]"], [0] * (len(one) + 1) + [1] * (len(two) + 1))
    )


@wrong("The last [SEP] is missing", earns=0)
def no_mark_at_the_end():
    return function(join=lambda one, two: tuple(each[:-1] for each in joined(one, two)))


@wrong("There is one [CLS], at the beginning", earns=0)
def begins_the_second_too():
    return function(
        join=lambda one, two: (
            ["[CLS]", *one, "[SEP]", "[CLS]", *two, "[SEP]"],
            [0] * (len(one) + 2) + [1] * (len(two) + 2),
        )
    )


@wrong("One [SEP] stands between the texts", earns=0)
def as_roberta_does():
    return function(
        join=lambda one, two: (
            ["[CLS]", *one, "[SEP]", "[SEP]", *two, "[SEP]"],
            [0] * (len(one) + 2) + [1] * (len(two) + 2),
        )
    )


@wrong("The texts have changed places", earns=0)
def passage_first():
    return function(join=lambda one, two: joined(two, one))


@wrong("The first [SEP] ends segment 0 and belongs to it", earns=0)
def the_first_sep_is_of_segment_1():
    return function(join=lambda one, two: (joined(one, two)[0], [0] * (len(one) + 1) + [1] * (len(two) + 2)))


@wrong("The last [SEP] belongs to the second text", earns=0)
def the_last_sep_is_of_segment_0():
    return function(join=lambda one, two: (joined(one, two)[0], [*joined(one, two)[1][:-1], 0]))


@wrong("Segments count from 0", earns=0)
def segments_from_1():
    return function(join=lambda one, two: (joined(one, two)[0], [s + 1 for s in joined(one, two)[1]]))


@wrong("They are all 0", earns=0)
def one_segment_for_all():
    return function(join=lambda one, two: (joined(one, two)[0], [0] * (len(one) + len(two) + 3)))


@wrong("They are turned round: the first text is segment 0", earns=0)
def segments_turned_round():
    return function(join=lambda one, two: (joined(one, two)[0], [1 - s for s in joined(one, two)[1]]))


@wrong("“token_type_ids” has 5 numbers, and 8 are asked for", earns=0)
def segments_of_the_texts_alone():
    return function(join=lambda one, two: (joined(one, two)[0], [0] * len(one) + [1] * len(two)))


@wrong("Padding has segment 0", earns=0)
def padding_goes_on_with_the_second():
    def fill(ids, segments, vocabulary, padding):
        return filled(ids, segments, vocabulary, padding) | {"token_type_ids": segments + [1] * padding}

    return function(fill=fill)


@wrong("Padding has a 0 there", earns=0)
def a_mask_of_ones():
    def fill(ids, segments, vocabulary, padding):
        return filled(ids, segments, vocabulary, padding) | {"attention_mask": [1] * (len(ids) + padding)}

    return function(fill=fill)


@wrong("It is turned round: 1 is a real token", earns=0)
def the_mask_of_padding():
    def fill(ids, segments, vocabulary, padding):
        return filled(ids, segments, vocabulary, padding) | {"attention_mask": [0] * len(ids) + [1] * padding}

    return function(fill=fill)


@wrong("The marks are read like any other token", earns=0)
def marks_are_masked():
    def fill(ids, segments, vocabulary, padding):
        marks = {vocabulary[m] for m in ("[CLS]", "[SEP]")}
        return filled(ids, segments, vocabulary, padding) | {
            "attention_mask": [int(i not in marks) for i in ids] + [0] * padding
        }

    return function(fill=fill)


@wrong("[UNK] is read like any other token", earns=0)
def unknown_pieces_are_masked():
    def fill(ids, segments, vocabulary, padding):
        return filled(ids, segments, vocabulary, padding) | {
            "attention_mask": [int(i != vocabulary["[UNK]"]) for i in ids] + [0] * padding
        }

    return function(fill=fill)


@wrong("[PAD] up to `max_length`", earns=0)
def no_padding():
    return function(fill=lambda ids, segments, vocabulary, padding: filled(ids, segments, vocabulary, 0))


@wrong("Padding stands behind, not in front", earns=0)
def padding_in_front():
    def fill(ids, segments, vocabulary, padding):
        return {
            key: row[len(ids) :] + row[: len(ids)]
            for key, row in filled(ids, segments, vocabulary, padding).items()
        }

    return function(fill=fill)


@wrong("The ids of the marks are those of `vocabulary`", earns=0)
def padding_is_zero():
    def fill(ids, segments, vocabulary, padding):
        return filled(ids, segments, vocabulary, padding) | {"input_ids": ids + [0] * padding}

    return function(fill=fill)


@wrong("The ids of the marks are those of `vocabulary`", earns=0)
def berts_own_ids():
    known = {"[PAD]": 0, "[UNK]": 100, "[CLS]": 101, "[SEP]": 102}

    def encode_pair(first, second, vocabulary, max_length=64, cut="longest"):
        return function()(first, second, vocabulary | known, max_length, cut)

    return encode_pair


@wrong("The ids of the marks are those of `vocabulary`", earns=0)
def the_courses_own_ids():
    known = {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3}

    def encode_pair(first, second, vocabulary, max_length=64, cut="longest"):
        return function()(first, second, vocabulary | known, max_length, cut)

    return encode_pair


@wrong("The key is not in the dictionary", earns=0)
def no_unknown_pieces():
    return function(number=lambda pieces, vocabulary: [vocabulary[piece] for piece in pieces])


@wrong("is left out; it becomes [UNK]", earns=0)
def unknown_pieces_are_left_out():
    def encode_pair(first, second, vocabulary, max_length=64, cut="longest"):
        one, two = ([p for p in text if p in vocabulary] for text in (first, second))
        return function()(one, two, vocabulary, max_length, cut)

    return encode_pair


@wrong("becomes [PAD] with you; it is [UNK]", earns=0)
def unknown_pieces_are_padding():
    return function(
        number=lambda pieces, vocabulary: [vocabulary.get(piece, vocabulary["[PAD]"]) for piece in pieces]
    )


@wrong("“input_ids” should hold whole numbers; yours holds None too", earns=0)
def unknown_pieces_are_none():
    return function(number=lambda pieces, vocabulary: [vocabulary.get(piece) for piece in pieces])


@wrong("“input_ids” should hold whole numbers; yours holds a str", earns=0)
def pieces_in_place_of_ids():
    return function(
        number=lambda pieces, vocabulary: pieces,
        fill=lambda ids, segments, vocabulary, padding: filled(ids, segments, {"[PAD]": "[PAD]"}, padding),
    )


@wrong("The second alone is cut", earns=0)
def second_alone_is_cut_always():
    return function(longest=lambda one, two, room: (one[:room], two[: max(0, room - len(one))]))


@wrong("The first alone is cut", earns=0)
def first_alone_is_cut():
    def longest(one, two, room):
        if len(one) > len(two):
            return one[: max(0, room - len(two))], two[:room]
        return one[: max(0, room - len(two))], two

    return function(longest=longest)


@wrong('That is what "longest" does', earns=0)
def cut_is_not_used():
    return function(second_alone=shortened)


@wrong('The first is cut; with "second" it stays whole', earns=0)
def cuts_the_first_for_the_second():
    return function(second_alone=lambda one, two, room: (one[: max(0, room - len(two))], two[:room]))


@wrong("Tokens go from the end", earns=0)
def cut_at_the_front():
    def longest(one, two, room):
        kept = [len(each) for each in shortened(one, two, room)]
        return [each[len(each) - n :] for each, n in zip((one, two), kept, strict=True)]

    return function(longest=longest)


@wrong("Both lose in proportion", earns=0)
def cut_in_proportion():
    def longest(one, two, room):
        both = len(one) + len(two)
        if both <= room:
            return one, two
        kept = round(room * len(one) / both)
        return one[:kept], two[: room - kept]

    return function(longest=longest)


@wrong("what the shorter one does not need belongs to the longer one", earns=0)
def half_of_the_room_for_each():
    def longest(one, two, room):
        if len(one) + len(two) <= room:
            return one, two
        return one[: (room + 1) // 2], two[: room // 2]

    return function(longest=longest)


@wrong("Where both are as long the second loses a token", earns=0)
def the_first_loses_at_a_tie():
    def longest(one, two, room):
        one, two = list(one), list(two)
        while len(one) + len(two) > room:
            (one if len(one) >= len(two) and one else two).pop()
        return one, two

    return function(longest=longest)


@wrong("the *texts* are cut, and the marks stay", earns=0)
def the_finished_row_is_cut():
    def encode_pair(first, second, vocabulary, max_length=64, cut="longest"):
        pieces, segments = joined(first, second)
        pieces, segments = pieces[:max_length], segments[:max_length]
        return filled(numbered(pieces, vocabulary), segments, vocabulary, max_length - len(pieces))

    return encode_pair


@wrong("Nothing is cut: is `max_length` used?", earns=0)
def nothing_is_cut():
    return function(longest=lambda one, two, room: (one, two))


@wrong("There is room for more: three marks", earns=0)
def one_too_short():
    return function(marks=4)


@wrong("There is room for more: three marks", earns=0)
def cuts_before_it_must():
    return function(longest=lambda one, two, room: shortened(one, two, max(0, room - 1)))


@wrong("the marks need room too", earns=0)
def marks_have_no_room():
    return function(marks=0)


@wrong("three marks do not fit, so that is a ValueError; yours gives a row", earns=0)
def marks_alone_where_nothing_fits():
    def encode_pair(first, second, vocabulary, max_length=64, cut="longest"):
        return function()(first, second, vocabulary, max(3, max_length), cut)

    return encode_pair


@wrong("three marks do not fit, so that is a ValueError; yours raises IndexError", earns=0)
def pops_from_an_empty_list():
    def encode_pair(first, second, vocabulary, max_length=64, cut="longest"):
        if max_length >= 3:
            return function()(first, second, vocabulary, max_length, cut)
        return shortened(first, second, max_length - 3)

    return encode_pair


@wrong("no token of the second text would be left, so that is a ValueError; yours gives a row", earns=0)
def leaves_nothing_of_the_second():
    return function(refuse=lambda one, two, room: len(one) > room)


@wrong("the first text does not fit, which stays whole, so that is a ValueError; yours gives a row", earns=0)
def cuts_the_question_at_last():
    def alone(one, two, room):
        return list(one)[:room], list(two)[: max(0, room - len(one))]

    return function(second_alone=alone, refuse=lambda one, two, room: bool(two) and len(one) == room)


@wrong("there is no such cut, so that is a ValueError; yours gives a row", earns=0)
def any_other_cut_is_the_longest():
    return function(cuts=())


@wrong("also where nothing is too long", earns=0)
def looks_at_cut_only_where_it_cuts():
    def encode_pair(first, second, vocabulary, max_length=64, cut="longest"):
        fits = len(first) + len(second) + 3 <= max_length
        return function()(first, second, vocabulary, max_length, "longest" if fits else cut)

    return encode_pair


@wrong("that row can be made, and yours raises ValueError", earns=0)
def refuses_marks_alone():
    def encode_pair(first, second, vocabulary, max_length=64, cut="longest"):
        if max_length <= 3:
            raise ValueError("no room")
        return function()(first, second, vocabulary, max_length, cut)

    return encode_pair


@wrong("yours raises AssertionError", earns=0)
def asserts():
    def encode_pair(first, second, vocabulary, max_length=64, cut="longest"):
        assert max_length >= 3 and cut in ("longest", "second")
        return function()(first, second, vocabulary, max_length, cut)

    return encode_pair


@wrong("changed its argument", earns=0)
def pops_from_the_callers_list():
    def encode_pair(first, second, vocabulary, max_length=64, cut="longest"):
        while cut == "longest" and 0 <= max_length - 3 < len(first) + len(second):
            (first if len(first) > len(second) else second).pop()
        return function()(first, second, vocabulary, max_length, cut)

    return encode_pair


@wrong("changed its argument", earns=0)
def unknown_pieces_enter_the_vocabulary():
    def number(pieces, vocabulary):
        return [vocabulary.setdefault(piece, vocabulary["[UNK]"]) for piece in pieces]

    return function(number=number)


@wrong("yours is without “token_type_ids”", earns=0)
def other_names():
    def fill(ids, segments, vocabulary, padding):
        row = filled(ids, segments, vocabulary, padding)
        return {
            "input_ids": row["input_ids"],
            "segments": row["token_type_ids"],
            "attention_mask": row["attention_mask"],
        }

    return function(fill=fill)


@wrong("should return a dict; yours returned a tuple", earns=0)
def a_tuple():
    return function(fill=lambda *given: tuple(filled(*given).values()))


@wrong("should be one flat list of numbers; yours is a list of lists", earns=0)
def a_batch_of_one():
    return function(fill=lambda *given: {key: [row] for key, row in filled(*given).items()})


@wrong("should hold whole numbers; yours holds a float", earns=0)
def numbers_with_a_point():
    return function(fill=lambda *given: {key: [float(n) for n in row] for key, row in filled(*given).items()})


@wrong("should be one flat list of numbers; yours is a str", earns=0)
def as_text():
    return function(fill=lambda *given: {key: " ".join(map(str, row)) for key, row in filled(*given).items()})


@wrong("prints its result but returns None", earns=0)
def prints_it():
    return lambda first, second, vocabulary, max_length=64, cut="longest": print(
        function()(first, second, vocabulary)
    )


@wrong("the row is [CLS] a b c [SEP] x y [SEP]; yours is", earns=0)
def constant():
    def encode_pair(first, second, vocabulary, max_length=64, cut="longest"):
        return {
            "input_ids": [9, 7, 7, 3, 3, 3, 3, 3],
            "token_type_ids": [0, 0, 1, 0, 0, 0, 0, 0],
            "attention_mask": [1, 1, 1, 0, 0, 0, 0, 0],
        }

    return encode_pair


@wrong("should return a dict; yours returned a tuple", earns=0)
def identity():
    return lambda first, second, vocabulary, max_length=64, cut="longest": (first, second)


@wrong("the row is another one", earns=0)
def hard_coded_examples():
    """Cuts where it is shown how."""

    def encode_pair(first, second, vocabulary, max_length=64, cut="longest"):
        if "a" in vocabulary:
            return function()(first, second, vocabulary, max_length, cut)
        return function(longest=lambda one, two, room: (one, two[: max(0, room - len(one))]))(
            first, second, vocabulary, max_length, cut
        )

    return encode_pair
