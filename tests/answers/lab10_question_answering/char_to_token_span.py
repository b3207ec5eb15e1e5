import bisect

from tests.answers import right, wrong


def touches(a, b, start, end):
    return a < b and a < end and start < b


def ends(found):
    return (found[0], found[-1]) if found else None


def function(touches=touches, give=ends):
    def char_to_token_span(offsets, start, end):
        return give([i for i, (a, b) in enumerate(offsets) if touches(a, b, start, end)])

    return char_to_token_span


@right
def the_steps_of_this_file():
    return function()


@right
def letter_by_letter():
    def char_to_token_span(offsets, start, end):
        owner = {}
        for i, (a, b) in enumerate(offsets):
            for letter in range(a, b):
                owner[letter] = i
        found = [owner[letter] for letter in range(start, end) if letter in owner]
        return (min(found), max(found)) if found else None

    return char_to_token_span


@right
def a_loop_with_breaks():
    def char_to_token_span(offsets, start, end):
        first = last = None
        for i, (a, b) in enumerate(offsets):
            if a == b or b <= start:
                continue
            if a >= end:
                break
            first = i if first is None else first
            last = i
        return None if first is None else [first, last]

    return char_to_token_span


@right
def the_larger_begin_and_the_smaller_end():
    return function(lambda a, b, s, e: max(a, s) < min(b, e))


@right
def from_both_sides():
    def char_to_token_span(offsets, start, end):
        from_left = (i for i, (a, b) in enumerate(offsets) if a < b and b > start)
        from_right = (i for i in reversed(range(len(offsets))) if offsets[i][0] < min(end, offsets[i][1]))
        first, last = next(from_left, None), next(from_right, None)
        return (first, last) if first is not None and last is not None and first <= last else None

    return char_to_token_span


@wrong("Only tokens that lie wholly inside")
def wholly_inside():
    return function(lambda a, b, s, e: a < b and s <= a and b <= e)


@wrong("A token that begins before the answer and reaches into it is left out")
def that_begin_inside():
    return function(lambda a, b, s, e: a < b and s <= a < e)


@wrong("A token that begins in the answer and ends behind it is left out")
def that_end_inside():
    return function(lambda a, b, s, e: a < b and s < b <= e)


@wrong("`end` is the first letter that does *not* belong")
def end_belongs():
    return function(lambda a, b, s, e: a < b and a <= e and s < b)


@wrong("one that ends where the answer begins has none of it")
def a_tokens_end_belongs():
    return function(lambda a, b, s, e: a < b and a < e and s <= b)


@wrong("Ends do not belong to it")
def both_ends_belong():
    return function(lambda a, b, s, e: a < b and a <= e and s <= b)


@wrong("A token with an empty pair has no letters", earns=1.5)
def empty_pairs_count():
    return function(lambda a, b, s, e: a < e and s < b)


@wrong("A token with an empty pair has no letters")
def empty_pairs_and_ends():
    return function(lambda a, b, s, e: a <= e and s <= b)


@wrong("The answer's last letter counts")
def without_the_last_letter():
    return function(lambda a, b, s, e: a < b and a < e - 1 and s < b)


@wrong("The last token belongs to it", earns=0)
def behind_the_last():
    return function(give=lambda found: (found[0], found[-1] + 1) if found else None)


@wrong("That is how many tokens there are", earns=0)
def how_many():
    return function(give=lambda found: (found[0], len(found)) if found else None)


@wrong("The first comes first", earns=0)
def turned_round():
    return function(give=lambda found: (found[-1], found[0]) if found else None)


@wrong("Places count from 0", earns=0)
def counted_from_one():
    return function(give=lambda found: (found[0] + 1, found[-1] + 1) if found else None)


@wrong("That is the first token twice", earns=0)
def the_first_twice():
    return function(give=lambda found: (found[0], found[0]) if found else None)


@wrong("That is the last token twice", earns=0)
def the_last_twice():
    return function(give=lambda found: (found[-1], found[-1]) if found else None)


@wrong("There may be no token at all")
def the_first_of_nothing():
    return function(give=lambda found: (found[0], found[-1]))


@wrong("Where no token has a letter of the answer it is None")
def zeros_for_nothing():
    return function(give=lambda found: (found[0], found[-1]) if found else (0, 0))


@wrong("should give a pair of whole numbers, or None")
def a_pair_of_nones():
    return function(give=lambda found: (found[0], found[-1]) if found else (None, None))


@wrong("should give a pair of whole numbers", earns=0)
def all_of_them():
    return function(give=lambda found: found or None)


@wrong("There are tokens that have letters of it")
def looked_up():
    def char_to_token_span(offsets, start, end):
        begins, finishes = [a for a, _ in offsets], [b for _, b in offsets]
        if start not in begins or end not in finishes:
            return None
        return begins.index(start), finishes.index(end)

    return char_to_token_span


@wrong("White space and empty pairs stand between tokens")
def by_bisection():
    def char_to_token_span(offsets, start, end):
        begins = [a for a, _ in offsets]
        return bisect.bisect_right(begins, start) - 1, bisect.bisect_right(begins, end - 1) - 1

    return char_to_token_span


@wrong("Those are places of letters", earns=0)
def letters():
    return lambda offsets, start, end: (start, end)


@wrong("Those are places of letters", earns=0)
def letters_less_one():
    return lambda offsets, start, end: (start, end - 1)


@wrong("There are tokens that have letters of it", earns=0)
def constant():
    return lambda offsets, start, end: None


@wrong("should give a pair of whole numbers", earns=0)
def identity():
    return lambda offsets, start, end: offsets


@wrong("gives", earns=0)
def hard_coded_examples():
    return lambda offsets, start, end: {(4, 7): (1, 1), (0, 12): (0, 2), (13, 16): (3, 4), (8, 19): (2, 5), (0, 19): (0, 5)}.get((start, end))  # fmt: skip


@wrong("changed its argument", earns=0)
def sorts_the_offsets():
    def char_to_token_span(offsets, start, end):
        offsets.append((10**6, 10**6 + 1))
        found = [i for i, (a, b) in enumerate(offsets) if touches(a, b, start, end)]
        return ends(found)

    return char_to_token_span
