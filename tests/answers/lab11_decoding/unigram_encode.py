import functools

from tests.answers import right, wrong


def function(
    score=lambda scores, piece, unknown: scores.get(piece, unknown),
    pieces=lambda scores, piece: piece in scores or len(piece) == 1,
    better=lambda new, old: new > old,
    longest=lambda scores: max(map(len, scores), default=1),
    end=lambda found: found[::-1],
):
    """The solution, in steps that an answer replaces by its mistake."""

    def unigram_encode(text, scores, unknown=-20.0):
        best, begin, most = [0.0], [0], max(longest(scores), 1)
        for k in range(1, len(text) + 1):
            total, at = None, None
            for j in range(max(0, k - most), k):
                piece = text[j:k]
                if pieces(scores, piece) and best[j] is not None:
                    new = best[j] + score(scores, piece, unknown)
                    if total is None or better(new, total):
                        total, at = new, j
            best.append(total)
            begin.append(at)
        found, k = [], len(text)
        while k:
            found.append(text[begin[k] : k])
            k = begin[k]
        return end(found)

    return unigram_encode


@right
def the_steps_of_this_file():
    return function()


@right
def from_the_front():
    """The best end for each beginning, remembered."""

    def unigram_encode(text, scores, unknown=-20.0):
        longest = max(map(len, scores), default=1)

        @functools.cache
        def best(start):
            if start == len(text):
                return 0.0, ()
            found = []
            for end in range(start + 1, min(len(text), start + longest) + 1):
                piece = text[start:end]
                if piece in scores or len(piece) == 1:
                    total, rest = best(end)
                    found.append((scores.get(piece, unknown) + total, (piece, *rest)))
            return max(found)

        for start in range(len(text), -1, -1):  # from behind, so that nothing goes deep
            best(start)
        return list(best(0)[1])

    return unigram_encode


@right
def pushing_forward():
    """Each place hands its sum on to all places behind it."""

    def unigram_encode(text, scores, unknown=-20.0):
        best = {0: (0.0, [])}
        for start in range(len(text)):
            total, pieces = best.pop(start)
            for end in range(start + 1, len(text) + 1):
                piece = text[start:end]
                if piece not in scores and end > start + 1:
                    continue
                new = total + scores.get(piece, unknown)
                if end not in best or new > best[end][0]:
                    best[end] = (new, [*pieces, piece])
        return best[len(text)][1] if text else []

    return unigram_encode


@right
def of_equal_ones_the_last():
    return function(better=lambda new, old: new >= old)


@right
def a_tuple():
    return function(end=lambda found: tuple(reversed(found)))


@wrong("takes the longest piece again and again")
def as_bert_cuts():
    def unigram_encode(text, scores, unknown=-20.0):
        pieces, k = [], 0
        while k < len(text):
            end = next((e for e in range(len(text), k + 1, -1) if text[k:e] in scores), k + 1)
            pieces.append(text[k:end])
            k = end
        return pieces

    return unigram_encode


@wrong("takes the likeliest piece again and again")
def the_likeliest_first():
    def unigram_encode(text, scores, unknown=-20.0):
        pieces, k = [], 0
        while k < len(text):
            ends = [e for e in range(k + 1, len(text) + 1) if text[k:e] in scores] or [k + 1]
            end = max(ends, key=lambda e: scores.get(text[k:e], unknown))
            pieces.append(text[k:end])
            k = end
        return pieces

    return unigram_encode


@wrong("has the *smallest* sum")
def the_smallest_sum():
    return function(better=lambda new, old: new < old)


@wrong("yours gives")
def the_fewest_pieces():
    return function(score=lambda scores, piece, unknown: -1.0)


@wrong("*by letter*")
def scores_by_letter():
    return function(score=lambda scores, piece, unknown: scores.get(piece, unknown) / len(piece))


@wrong("turns them round at last")
def from_behind():
    return function(end=lambda found: found)


@wrong("`unknown`")
def its_own_unknown():
    return function(score=lambda scores, piece, unknown: scores.get(piece, -20.0))


@wrong("with you it costs nothing")
def unknown_for_nothing():
    return function(score=lambda scores, piece, unknown: scores.get(piece, 0.0))


@wrong("Only a single letter may stand alone")
def unknown_of_any_length():
    return function(pieces=lambda scores, piece: True, longest=lambda scores: 9)


@wrong("may stand alone, at the price of `unknown`")
def unknown_letters_forgotten():
    return function(score=lambda scores, piece, unknown: scores.get(piece, -1e9))


@wrong("A letter that is a piece has its own score")
def every_letter_is_unknown():
    return function(score=lambda scores, piece, unknown: unknown if len(piece) == 1 else scores[piece])


@wrong("even if that is less than `unknown`")
def at_least_unknown():
    return function(score=lambda scores, piece, unknown: max(scores.get(piece, unknown), unknown))


@wrong("seconds")
def all_ways():
    """2 to the power of the letters."""

    def unigram_encode(text, scores, unknown=-20.0):
        def best(start):
            if start == len(text):
                return 0.0, []
            found = []
            for end in range(start + 1, len(text) + 1):
                piece = text[start:end]
                if piece in scores or len(piece) == 1:
                    total, rest = best(end)
                    found.append((scores.get(piece, unknown) + total, [piece, *rest]))
            return max(found)

        return best(0)[1]

    return unigram_encode


@wrong("Those are its letters")
def letters():
    return lambda text, scores, unknown=-20.0: list(text)


@wrong("the whole text as one piece")
def the_text():
    return lambda text, scores, unknown=-20.0: [text] if text else []


@wrong("with {}, unknown -20: your function fails")
def no_piece_at_all():
    return function(longest=lambda scores: max(map(len, scores)))


@wrong("should return a list")
def joined():
    return function(end=lambda found: " ".join(found[::-1]))


@wrong("an empty piece is none")
def an_empty_piece_in_front():
    return function(end=lambda found: ["", *found[::-1]])


@wrong("should return a list", earns=0)
def identity():
    return lambda text, scores, unknown=-20.0: text


@wrong("", earns=0)
def constant():
    return lambda text, scores, unknown=-20.0: []


@wrong("with the sum", earns=0)
def hard_coded_examples():
    known = {"abc": ["ab", "c"], "abcab": ["ab", "c", "ab"], "": []}
    return lambda text, scores, unknown=-20.0: known.get(text, ["a"])
