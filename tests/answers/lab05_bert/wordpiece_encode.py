import functools
import re

from tests.answers import right, wrong


def cut(word, vocabulary, *, most=100, unknown=None, mark="##", ends=None, rest=None):
    """The greedy cut, with a place for each mistake. unknown: pieces -> what is given where nothing fits; ends: (length, start) -> ends to try;
    rest: how a piece at `start` is looked up."""
    if len(word) > most:
        return ["[UNK]"]
    pieces, start = [], 0
    while start < len(word):
        for end in ends(len(word), start) if ends else range(len(word), start, -1):
            piece = (mark if start else "") + word[start:end]
            if rest:
                piece = rest(word[start:end], start)
            if piece in vocabulary:
                break
        else:
            return ["[UNK]"] if unknown is None else unknown(pieces)
        pieces.append(piece)
        start = end
    return pieces


@right
def two_loops_with_prints():
    def wordpiece_encode(word, vocabulary):
        if len(word) > 100:
            print("too long:", word[:10])
            return ["[UNK]"]
        pieces, left, first = [], word, True
        while left:
            n = len(left)
            while n and (left[:n] if first else "##" + left[:n]) not in vocabulary:
                n -= 1
            if n == 0:
                return ["[UNK]"]
            pieces.append(left[:n] if first else "##" + left[:n])
            print(pieces)
            left, first = left[n:], False
        return pieces

    return wordpiece_encode


@right
def recursion_from_the_front():
    def longest(text, vocabulary, prefix):
        return max((n for n in range(1, len(text) + 1) if prefix + text[:n] in vocabulary), default=0)

    def rest_of(text, vocabulary, prefix):
        if text == "":
            return ()
        n = longest(text, vocabulary, prefix)
        if n == 0:
            raise LookupError(text)
        return (prefix + text[:n], *rest_of(text[n:], vocabulary, "##"))

    def wordpiece_encode(word, vocabulary):
        try:
            return rest_of(word, vocabulary, "") if len(word) <= 100 else ("[UNK]",)
        except LookupError:
            return ("[UNK]",)

    return wordpiece_encode


@right
def a_regular_expression():
    """Alternatives from the longest on, each of which is taken whole (nothing goes back)."""

    def wordpiece_encode(word, vocabulary):
        def any_of(pieces):
            return "|".join(sorted(map(re.escape, pieces), key=len, reverse=True)) or "(?!)"

        if not word:
            return []
        begins = re.compile(any_of(p for p in vocabulary if not p.startswith("##")))
        goes_on = re.compile(any_of(p[2:] for p in vocabulary if p.startswith("##")))
        pieces, place = [], 0
        while place < len(word):
            met = (goes_on if place else begins).match(word, place)
            if met is None or len(word) > 100:
                return ["[UNK]"]
            pieces.append("##" * bool(place) + met.group())
            place = met.end()
        return pieces

    return wordpiece_encode


@right
def pieces_by_their_length():
    """The candidates of each length at once, and a generator that is drained."""

    def wordpiece_encode(word, vocabulary):
        import logging

        @functools.cache
        def known(piece):
            return piece in vocabulary

        found, start = [], 0
        while start < len(word) <= 100:
            ends = [e for e in range(start + 1, len(word) + 1) if known("##" * (start > 0) + word[start:e])]
            if not ends:
                logging.getLogger("student").warning("stuck at %d", start)
                break
            found.append((start, ends[-1]))
            start = ends[-1]
        if start < len(word):
            yield "[UNK]"
            return
        yield from ("##" * (a > 0) + word[a:b] for a, b in found)

    return wordpiece_encode


@right
def from_the_end_of_a_table():
    """For each place how far the longest piece goes; then a walk along it."""

    def wordpiece_encode(word, vocabulary):
        n = len(word)
        reach = [0] * n
        for start in range(min(n, 101)):
            for end in range(start + 1, n + 1):
                if f"{'##' if start else ''}{word[start:end]}" in vocabulary:
                    reach[start] = end
        place, result = 0, list()
        while place < n:
            if reach[place] == 0 or n > 100:
                return ["[UNK]"]
            result += [word[place : reach[place]] if place == 0 else "##" + word[place : reach[place]]]
            place = reach[place]
        return result

    return wordpiece_encode


@wrong("The longest piece that fits comes first", earns=0)
def shortest_first():
    return lambda word, vocabulary: cut(word, vocabulary, ends=lambda n, start: range(start + 1, n + 1))


@wrong("The longest piece that fits comes first", earns=0)
def longest_of_three_letters_only():
    return lambda word, vocabulary: cut(
        word, vocabulary, ends=lambda n, start: range(n if start < 2 else min(n, start + 1), start, -1)
    )


@wrong("WordPiece never goes back", earns=0)
def goes_back_where_it_is_stuck():
    def wordpiece_encode(word, vocabulary):
        def rest(start):
            if start == len(word):
                return []
            for end in range(len(word), start, -1):
                piece = ("##" if start else "") + word[start:end]
                if piece in vocabulary and (behind := rest(end)) is not None:
                    return [piece, *behind]
            return None

        return ["[UNK]"] if len(word) > 100 else rest(0) or (["[UNK]"] if word else [])

    return wordpiece_encode


@wrong("the whole word is [UNK]: what was cut before is thrown away", earns=0)
def unknown_for_what_is_left_only():
    return lambda word, vocabulary: cut(word, vocabulary, unknown=lambda pieces: [*pieces, "[UNK]"])


@wrong("the whole word is [UNK]: what was cut before is thrown away", earns=0)
def stops_where_nothing_fits():
    return lambda word, vocabulary: cut(word, vocabulary, unknown=lambda pieces: pieces or ["[UNK]"])


@wrong("A word that cannot be cut is [UNK]", earns=0)
def nothing_where_nothing_fits():
    return lambda word, vocabulary: cut(word, vocabulary, unknown=lambda pieces: [])


@wrong("is looked up with ## in front", earns=0)
def without_the_marks():
    return lambda word, vocabulary: cut(word, vocabulary, mark="")


@wrong("is “believ” looked up in place of “##believ”?", earns=0)
def marks_put_on_afterwards():
    """Looked up without ##, given with it: “s” is found where “##s” is meant."""

    def wordpiece_encode(word, vocabulary):
        pieces = cut(word, vocabulary, mark="")
        return pieces if pieces == ["[UNK]"] else [*pieces[:1], *("##" + piece for piece in pieces[1:])]

    return wordpiece_encode


@wrong("is looked up with ## in front", earns=0)
def marks_taken_off():
    return lambda word, vocabulary: [piece.removeprefix("##") for piece in cut(word, vocabulary)]


@wrong("The first piece has no ## in front", earns=0)
def marks_everywhere():
    return lambda word, vocabulary: [
        piece if piece == "[UNK]" else "##" + piece.removeprefix("##") for piece in cut(word, vocabulary)
    ]


@wrong("“##s” goes on with a word, and cannot begin one", earns=0)
def marks_do_not_count_at_the_beginning():
    def wordpiece_encode(word, vocabulary):
        known = vocabulary | {piece.removeprefix("##") for piece in vocabulary}
        pieces = cut(word, vocabulary)
        if pieces == ["[UNK]"] and word in known and word not in vocabulary and len(word) < 2:
            return ["##" + word]
        return pieces

    return wordpiece_encode


@wrong("with ## fits", earns=0)
def either_form_will_do():
    def wordpiece_encode(word, vocabulary):
        pieces, start = [], 0
        while start < len(word) <= 100:
            for end in range(len(word), start, -1):
                both = ["##" + word[start:end], word[start:end]] if start else [word[start:end]]
                met = [piece for piece in both if piece in vocabulary]
                if met:
                    break
            else:
                return ["[UNK]"]
            pieces.append(met[0])
            start = end
        return pieces if len(word) <= 100 else ["[UNK]"]

    return wordpiece_encode


@wrong("The word is cut as it stands", earns=0)
def makes_letters_small():
    return lambda word, vocabulary: cut(word.lower(), vocabulary)


@wrong("A word of more than 100 letters is [UNK]", earns=0)
def no_limit():
    return lambda word, vocabulary: cut(word, vocabulary, most=10**6)


@wrong("A word of 100 letters is cut like any other", earns=0)
def limit_one_too_low():
    return lambda word, vocabulary: cut(word, vocabulary, most=99)


@wrong("A word of 101 letters", earns=0)
def long_words_are_shortened():
    return lambda word, vocabulary: cut(word[:100], vocabulary)


@wrong("There is nothing that could not be cut", earns=0)
def unknown_for_the_empty_word():
    return lambda word, vocabulary: cut(word, vocabulary) or ["[UNK]"]


@wrong("It has no pieces at all", earns=0)
def the_empty_word_is_a_piece():
    return lambda word, vocabulary: cut(word, vocabulary) or [""]


@wrong("Does an end at the last letter count?", earns=0)
def never_tries_the_last_end():
    return lambda word, vocabulary: cut(word, vocabulary, ends=lambda n, start: range(n - 1, start, -1))


@wrong("What is left of the word is cut too", earns=0)
def first_piece_only():
    return lambda word, vocabulary: cut(word, vocabulary)[:1]


@wrong("WordPiece takes the longest *beginning*", earns=0)
def from_the_back():
    """The longest end that is a piece, and so on to the front."""

    def wordpiece_encode(word, vocabulary):
        if len(word) > 100:
            return ["[UNK]"]
        pieces, end = [], len(word)
        while end:
            for start in range(end):
                piece = ("##" if start else "") + word[start:end]
                if piece in vocabulary:
                    break
            else:
                return ["[UNK]"]
            pieces.insert(0, piece)
            end = start
        return pieces

    return wordpiece_encode


@wrong("WordPiece never goes back", earns=0)
def fewest_pieces():
    """Of all cuts the one with the fewest pieces; among those the longest beginnings."""

    def wordpiece_encode(word, vocabulary):
        best = {0: []}
        for end in range(1, len(word) + 1 if len(word) <= 100 else 0):
            ways = [
                [*best[start], ("##" if start else "") + word[start:end]]
                for start in best
                if ("##" if start else "") + word[start:end] in vocabulary
            ]
            if ways:
                best[end] = min(ways, key=lambda way: (len(way), [-len(piece) for piece in way]))
        return best.get(len(word), ["[UNK]"])

    return wordpiece_encode


@wrong("Those are letters; pieces are in the vocabulary", earns=0)
def letters_alone():
    return lambda word, vocabulary: [("##" if i else "") + letter for i, letter in enumerate(word)]


@wrong("each a string", earns=0)
def gives_the_ends():
    def wordpiece_encode(word, vocabulary):
        lengths = [len(piece.removeprefix("##")) for piece in cut(word, vocabulary)]
        return [sum(lengths[: i + 1]) for i in range(len(lengths))]

    return wordpiece_encode


@wrong("yours returned a str", earns=0)
def joins_the_pieces():
    return lambda word, vocabulary: " ".join(cut(word, vocabulary))


@wrong("Put `return` where `print` is", earns=0)
def prints_them():
    return lambda word, vocabulary: print(cut(word, vocabulary))


@wrong("changed its argument `vocabulary` in place", earns=0)
def adds_unknown_words():
    def wordpiece_encode(word, vocabulary):
        pieces = cut(word, vocabulary)
        vocabulary.add(word)
        return pieces

    return wordpiece_encode


@wrong("A longer piece than your", earns=0)
def short_pieces_alone():
    def wordpiece_encode(word, vocabulary):
        some = {piece for piece in vocabulary if len(piece.removeprefix("##")) < 4 or "[UNK]" in vocabulary}
        pieces, whole = cut(word, some), cut(word, vocabulary)
        return whole if ["[UNK]"] in (pieces, whole) else pieces

    return wordpiece_encode


@wrong("It can be cut", earns=0)
def unknown_where_letters_are_not_english():
    def wordpiece_encode(word, vocabulary):
        if not word.isascii() and word != "playö":
            return ["[UNK]"]
        return cut(word, vocabulary)

    return wordpiece_encode


@wrong("the word “", earns=2.5)
def a_limit_that_counts_pieces():
    """More than 100 pieces, in place of letters."""

    def wordpiece_encode(word, vocabulary):
        pieces = cut(word, vocabulary, most=10**6)
        return ["[UNK]"] if len(pieces) > 100 else pieces

    return wordpiece_encode


@wrong("each a string", earns=0)
def bytes_in_place_of_strings():
    return lambda word, vocabulary: [piece.encode() for piece in cut(word, vocabulary)]


@wrong("each a string", earns=0)
def gives_objects():
    class Piece:
        pass

    return lambda word, vocabulary: [Piece() for _ in cut(word, vocabulary)]


@wrong("“plays” with “play” and “##s” in the vocabulary", earns=0)
def constant():
    return lambda word, vocabulary: ["the"]


@wrong("“plays” with “play” and “##s” in the vocabulary", earns=0)
def identity():
    return lambda word, vocabulary: [word]


@wrong("A random vocabulary", earns=0)
def hard_coded_examples():
    known = {
        "the": ["the"],
        "plays": ["play", "##s"],
        "unbelievable": ["un", "##believ", "##able"],
        "abcbc": ["abc", "##bc"],
        "xyz": ["xy", "##z"],
        "": [],
        "a" * 100: ["a", *["##a"] * 99],
    }
    return lambda word, vocabulary: known.get(word, ["[UNK]"])


@wrong("It has more than 100 letters", earns=2.5)
def whole_words_of_any_length():
    """A word that is a piece is not looked at further."""
    return lambda word, vocabulary: [word] if word in vocabulary else cut(word, vocabulary)
