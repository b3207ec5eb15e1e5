from tests.answers import right, wrong

NONE = -100


def aligned(labels, word_ids):
    before, found = None, []
    for word in word_ids:
        found.append(NONE if word is None or word == before else labels[word])
        before = word
    return found


def piece_by_piece(rule):
    """The exercise's function from a rule: (labels, word_ids, place) -> the label of the piece there."""
    return lambda labels, word_ids: [rule(labels, word_ids, i) for i in range(len(word_ids))]


def is_first(word_ids, i):
    return i == 0 or word_ids[i - 1] != word_ids[i]


@right
def a_loop_with_prints():
    def align_labels(labels, word_ids):
        result = []
        previous = None
        for word in word_ids:
            if word is None:
                result.append(-100)
            elif word != previous:
                result.append(labels[word])
            else:
                result.append(-100)
            previous = word
            print(word, result[-1])
        return result

    return align_labels


@right
def a_set_of_words_met():
    def align_labels(labels, word_ids):
        met = {None}
        return [labels[w] if not (w in met or met.add(w)) else -100 for w in word_ids]

    return align_labels


@right
def places_of_the_first_pieces():
    def align_labels(labels, word_ids):
        out = [-100] * len(word_ids)
        for word, label in enumerate(labels):
            if word in word_ids:
                out[word_ids.index(word)] = label
        return out

    return align_labels


@right
def numpy_and_unique():
    def align_labels(labels, word_ids):
        import numpy as np

        words = np.array([-1 if w is None else w for w in word_ids], dtype=int)
        out = np.full(len(words), -100)
        unique, first = np.unique(words, return_index=True)
        for w, i in zip(unique, first):
            if w >= 0:
                out[i] = labels[w]
        return list(out)

    return align_labels


@right
def groups():
    def align_labels(labels, word_ids):
        import warnings
        from itertools import groupby

        warnings.warn("groups", stacklevel=1)
        out = []
        for word, pieces in groupby(word_ids):
            n = len(list(pieces))
            out += [-100] * n if word is None else [labels[word], *[-100] * (n - 1)]
        return out

    return align_labels


@wrong("align_labels should return a list; yours returned a tuple", earns=0)
def a_tuple():
    return lambda labels, word_ids: tuple(aligned(labels, word_ids))


@wrong("align_labels should return a list; yours returned a numpy array", earns=0)
def an_array():
    def align_labels(labels, word_ids):
        import numpy as np

        return np.array(aligned(labels, word_ids))

    return align_labels


@wrong("should be one flat list of numbers; yours is a generator", earns=0)
def a_generator():
    def align_labels(labels, word_ids):
        for before, word in zip([None, *word_ids], word_ids):
            yield -100 if word in (None, before) else labels[word]

    return align_labels


@wrong("The other pieces of a word have its label too", earns=0)
def every_piece_has_the_label():
    return piece_by_piece(lambda labels, words, i: NONE if words[i] is None else labels[words[i]])


@wrong("The label stands at the last piece", earns=0)
def the_last_piece_has_the_label():
    return piece_by_piece(
        lambda labels, words, i: NONE if words[i] is None or words[i] in words[i + 1 :] else labels[words[i]]
    )


@wrong("Labels are dealt out one after the other", earns=0)
def the_next_label():
    def align_labels(labels, word_ids):
        left, found = iter(labels), []
        for i, word in enumerate(word_ids):
            found.append(NONE if word is None or not is_first(word_ids, i) else next(left))
        return found

    return align_labels


@wrong("0 is a label like any other; what costs nothing is −100", earns=0)
def zero_costs_nothing():
    return lambda labels, word_ids: [0 if n == NONE else n for n in aligned(labels, word_ids)]


@wrong("−1 is no label", earns=0)
def minus_one_costs_nothing():
    return lambda labels, word_ids: [-1 if n == NONE else n for n in aligned(labels, word_ids)]


@wrong("The marks get −100 too", earns=0)
def marks_are_zero():
    return piece_by_piece(lambda labels, words, i: 0 if words[i] is None else aligned(labels, words)[i])


@wrong("The other pieces of a word get −100; 0 is a label like any other", earns=0)
def other_pieces_are_zero():
    return piece_by_piece(
        lambda labels, words, i: NONE if words[i] is None else labels[words[i]] if is_first(words, i) else 0
    )


@wrong("The marks have a label too", earns=0)
def marks_are_left_out():
    return lambda labels, word_ids: [n for n, w in zip(aligned(labels, word_ids), word_ids) if w is not None]


@wrong("each *piece* has one", earns=0)
def labels_alone():
    return lambda labels, word_ids: [n for n in aligned(labels, word_ids) if n != NONE]


@wrong("Those are the labels of the words", earns=0)
def gives_the_labels_back():
    return lambda labels, word_ids: labels


@wrong("Those are the places of the words", earns=0)
def places_of_the_words():
    return piece_by_piece(
        lambda labels, words, i: NONE if words[i] is None or not is_first(words, i) else words[i]
    )


@wrong("Word 0 is a word like any other", earns=0)
def word_0_is_none():
    return piece_by_piece(
        lambda labels, words, i: labels[words[i]] if words[i] and is_first(words, i) else NONE
    )


@wrong("compare the words, not their labels", earns=0)
def compares_labels():
    def align_labels(labels, word_ids):
        before, found = None, []
        for word in word_ids:
            label = None if word is None else labels[word]
            found.append(NONE if label is None or label == before else label)
            before = label
        return found

    return align_labels


@wrong("Words are counted from 0", earns=0)
def counts_from_one():
    return piece_by_piece(
        lambda labels, words, i: NONE if words[i] is None or not is_first(words, i) else labels[words[i] - 1]
    )


@wrong("the next piece may be of any later word", earns=0)
def a_word_is_new_when_it_is_the_next_one():
    def align_labels(labels, word_ids):
        seen, found = -1, []
        for word in word_ids:
            if word is not None and word == seen + 1:
                seen = word
                found.append(labels[word])
            else:
                found.append(NONE)
        return found

    return align_labels


@wrong("compare the words, not their labels", earns=0)
def labels_met_before():
    """A label has one piece, and not a word."""

    def align_labels(labels, word_ids):
        met, found = set(), []
        for word in word_ids:
            fresh = word is not None and labels[word] not in met
            found.append(labels[word] if fresh else NONE)
            met.add(None if word is None else labels[word])
        return found

    return align_labels


@wrong("The first of several pieces of a word has its label", earns=0)
def only_words_of_one_piece():
    return piece_by_piece(
        lambda labels, words, i: NONE if words[i] is None or words.count(words[i]) > 1 else labels[words[i]]
    )


@wrong("Labels are taken by the place of the *piece*", earns=0)
def by_the_place_of_the_piece():
    """The label at the piece's own place, less one for [CLS]."""

    def align_labels(labels, word_ids):
        return [
            NONE if w is None or not is_first(word_ids, i) or i - 1 >= len(labels) else labels[i - 1]
            for i, w in enumerate(word_ids)
        ]

    return align_labels


@wrong("3 labels, of words, for 7 pieces", earns=0)
def the_label_behind():
    return piece_by_piece(
        lambda labels, words, i: NONE if words[i] is None or not is_first(words, i) else labels[words[i] + 1]
    )


@wrong("There is a label for each *word*, not for each piece", earns=0)
def the_place_of_the_piece_itself():
    return piece_by_piece(
        lambda labels, words, i: NONE if words[i] is None or not is_first(words, i) else labels[i]
    )


@wrong("Is it `is`, or `is not`, that compares two words?", earns=0)
def compares_objects():
    def align_labels(labels, word_ids):
        before, found = None, []
        for word in word_ids:
            found.append(labels[word] if word is not None and word is not before else NONE)
            before = word
        return found

    return align_labels


@wrong("Something is None here", earns=0)
def none_is_not_expected():
    return lambda labels, word_ids: [labels[w] if w >= 0 else NONE for w in word_ids]


@wrong("indices must be integers", earns=0)
def none_as_a_place():
    return lambda labels, word_ids: [labels[w] for w in word_ids]


@wrong("`labels` is asked for the number in `word_ids`, as it is", earns=0)
def a_mark_at_each_end():
    """Everything between the first and the last piece is of a word, with its number behind it."""

    def align_labels(labels, word_ids):
        inner = [len(labels) if w is None else w for w in word_ids[1:-1]]
        return [
            NONE,
            *(labels[w] if i == 0 or inner[i - 1] != w else NONE for i, w in enumerate(inner)),
            NONE,
        ]

    return align_labels


@wrong("8 pieces have 8 labels", earns=0)
def as_long_as_the_words_and_two_marks():
    def align_labels(labels, word_ids):
        return aligned(labels, word_ids)[
            : 1 + max((i for i, w in enumerate(word_ids) if w is not None), default=len(word_ids) - 2) + 1
        ]

    return align_labels


@wrong("The label 0 is a label like any other", earns=0)
def the_label_0_is_none():
    return piece_by_piece(lambda labels, words, i: aligned(labels, words)[i] or NONE)


@wrong("not every row begins with a mark", earns=0)
def the_first_place_is_cls():
    return lambda labels, word_ids: [NONE, *aligned(labels, word_ids)[1:]] if word_ids else []


@wrong("changed its argument", earns=0)
def takes_labels_away():
    def align_labels(labels, word_ids):
        found = aligned(labels, word_ids)
        while labels:
            labels.pop()
        return found

    return align_labels


@wrong("should hold whole numbers; yours holds None too", earns=0)
def none_costs_nothing():
    return lambda labels, word_ids: [None if n == NONE else n for n in aligned(labels, word_ids)]


@wrong("should hold whole numbers; yours holds a float too", earns=0)
def numbers_with_a_point():
    return lambda labels, word_ids: [float(n) for n in aligned(labels, word_ids)]


@wrong("should be one flat list of numbers; yours is a list of lists", earns=0)
def a_list_for_each_word():
    return lambda labels, word_ids: [[n] for n in aligned(labels, word_ids)]


@wrong("yours returned a dict", earns=0)
def by_place():
    return lambda labels, word_ids: dict(enumerate(aligned(labels, word_ids)))


@wrong("Is the `return` line missing", earns=0)
def no_return():
    return lambda labels, word_ids: None


@wrong("Three words, the second of three pieces", earns=0)
def constant():
    return lambda labels, word_ids: [NONE] * len(word_ids)


@wrong("should hold whole numbers; yours holds None too", earns=0)
def identity():
    return lambda labels, word_ids: word_ids


@wrong("Words as the course's tokenizer cuts them", earns=0)
def hard_coded_examples():
    shown = {
        (None, 0, 1, 2, None): [1, 2, 3],
        (None, 0, 1, 1, 1, 2, None): [1, 2, 5],
        (None, 0, 0, 1, 1, 2, None): [1, 3, 5],
        (None, 0, 2, 2, 3, None): [1, 2, 4],
        (None, 0, 1, 1, None): [1, 2],
        (None, 0, 0, 1, 2, None, None, None): [1, 3, 4],
        (0, 0, 0): [0],
        (None, 599, 600, 600, 601, None): [1, 2, 4],
    }

    def align_labels(labels, word_ids):
        firsts = shown.get(tuple(word_ids), [])
        return [labels[w] if i in firsts else NONE for i, w in enumerate(word_ids)]

    return align_labels
