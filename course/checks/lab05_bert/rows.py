"""Checks of `wordpiece_encode` and `make_pair`."""

from .. import args, require
from ..usual import ended
from . import lab

PIECES = {
    "[UNK]", "the", "play", "##s", "##ing", "un", "##believ", "##able", "##a", "##b", "##c", "##bc", "a", "ab", "abc", "x", "xy", "##yz", "##z",
    "q", "qr", "##rs", "s",
}  # fmt: skip


def pieces_of(result):
    """A returned list of pieces; says so when it is none."""
    require(
        isinstance(result, (list, tuple)) and all(isinstance(piece, str) for piece in result),
        "Give a list of pieces, each a string.",
    )
    return list(result)


def require_pieces(result, truth, story, mistakes=()):
    """Require exactly these pieces. story: which word; mistakes: (wrong pieces, what led there)."""
    got = pieces_of(result)
    known = next((f" {ended(said)}" for wrong, said in mistakes if list(wrong) == got), "")
    require(
        got == list(truth),
        "{story} is {truth}; yours is {got}.{known}",
        story=story,
        truth=list(truth),
        got=str(got) if len(str(got)) <= 120 else f"{len(got)} pieces: {str(got[:6])[:-1]}, …",
        known=known,
    )


@lab.check(points=3, returns=(list, tuple), without=("tokenizers", "transformers"))
def wordpiece_encode(student):
    whole = "Where no piece fits what is left, the whole word is [UNK]: what was cut before is thrown away"
    cases = (
        ("the", ["the"], "“the”, which is in the vocabulary,", [(["[UNK]"], "Does an end at the last letter count? Or does your first piece get ## as well?"), (["##the"], "The first piece has no ## in front"), (["t", "##h", "##e"], "Those are letters; pieces are in the vocabulary")]),
        ("plays", ["play", "##s"], "“plays” with “play” and “##s” in the vocabulary", [
            (["play", "s"], "A piece that goes on with a word is looked up with ## in front: “s” is another piece"), (["play"], "What is left of the word is cut too"),
            (["##play", "##s"], "The first piece has no ## in front"), (["[UNK]"], "The pieces behind the first one are looked up with ## in front. Or does your loop leave out pieces of one letter?")]),
        ("unbelievable", ["un", "##believ", "##able"], "“unbelievable” with “un”, “##believ” and “##able”", [
            (["un", "##believ", "##a", "##b"], "The longest piece that fits comes first: “##able” before “##a”"), (["[UNK]"], "The longest piece that fits comes first: “##able” before “##a”, which leads nowhere. Or is “believ” looked up in place of “##believ”?")]),
        ("abcbc", ["abc", "##bc"], "“abcbc” with “a”, “ab”, “abc”, “##b”, “##c” and “##bc”", [
            (["a", "##bc", "##bc"], "The longest beginning comes first, and you take the shortest, or the first that is met"),
            (["a", "##b", "##c", "##b", "##c"], "The longest beginning comes first, and you take the shortest"), (["ab", "##c", "##bc"], "The longest beginning comes first, which is “abc”"),
            (["abc", "##b", "##c"], "Behind the first piece, too, the longest comes first")]),
        ("xyz", ["xy", "##z"], "“xyz” with “x”, “xy”, “##yz” and “##z”", [(["x", "##yz"], "You cut from the end, or look for a cut that gives few pieces; WordPiece takes the longest *beginning*")]),
    )  # fmt: skip
    for word, truth, story, mistakes in cases:
        require_pieces(student(word, PIECES), truth, story, mistakes)
    # “##s” is in the vocabulary for “plays”; this one is without it
    require_pieces(student("qrs", PIECES - {"##s"}), ["[UNK]"], "“qrs” with “q”, “qr” and “##rs”, but no “##s”,", [
        (["q", "##rs"], "WordPiece never goes back: it has taken “qr”, behind which nothing fits"), (["qr", "[UNK]"], whole),
        (["qr", "s"], "“s” begins a word; behind “qr” only a piece with ## fits"), (["qr"], whole), ([], "A word that cannot be cut is [UNK]")])  # fmt: skip
    require_pieces(student("playö", PIECES), ["[UNK]"], "“playö”, whose last letter no piece has,", [
        (["play", "[UNK]"], whole), (["play"], whole), (["play", "##[UNK]"], whole), ([], "A word that cannot be cut is [UNK]")])  # fmt: skip
    require_pieces(student("s", PIECES - {"s"}), ["[UNK]"], "“s”, where the vocabulary has “##s” alone,", [
        (["##s"], "“##s” goes on with a word, and cannot begin one")])  # fmt: skip
    require_pieces(student("ax", PIECES), ["[UNK]"], "“ax”, where the vocabulary has “x”, but no “##x”,", [
        (["a", "x"], "“x” begins a word; behind “a” only a piece with ## fits"), (["a", "##x"], "“##x” is not in the vocabulary")])  # fmt: skip
    require_pieces(student("The", PIECES), ["[UNK]"], "“The”, where the vocabulary has “the” alone,", [
        (["the"], "The word is cut as it stands: capital letters are made small before, by others")])  # fmt: skip
    require_pieces(student("", PIECES), [], "The empty word", [(["[UNK]"], "There is nothing that could not be cut"), ([""], "It has no pieces at all")])  # fmt: skip
    longest, too_long = student.many([args("a" * 100, PIECES), args("a" * 101, PIECES)])
    require(
        len(pieces_of(longest)) == 100,
        "A word of 100 letters is cut like any other, into 100 pieces here; yours has {n}.",
        n=len(longest),
    )
    require_pieces(too_long, ["[UNK]"], "A word of 101 letters", [(["a", *["##a"] * 100], "A word of more than 100 letters is [UNK], as in BERT's own code")])  # fmt: skip


def pair_of(result):
    """(tokens, segments) as lists; says so when it is none."""
    good = isinstance(result, (list, tuple)) and len(result) == 2
    tokens, segments = result if good else (None, None)
    if hasattr(segments, "tolist"):
        segments = segments.tolist()
    require(
        good and isinstance(tokens, (list, tuple)) and isinstance(segments, (list, tuple)),
        "Return two lists: the tokens, and their segments.",
    )
    require(
        all(isinstance(token, str) for token in tokens),
        "A token is a string; the first of your two lists holds something else too.",
    )
    require(
        all(isinstance(segment, int) for segment in segments),
        "A segment is 0 or 1, a whole number; the second of your two lists holds something else too.",
    )
    return list(tokens), list(segments)


def require_pair(result, tokens, segments, story, mistakes=(), told=True):
    """Require one row. mistakes: (wrong tokens, what led there); told: whether the right one may be told."""
    got, found = pair_of(result)
    known = next((f" {ended(said)}" for wrong, said in mistakes if list(wrong) == got), "")
    require(
        got == tokens,
        "{story}: {truth}yours is {got}.{known}",
        story=story,
        truth=f"the row is {' '.join(tokens)}; " if told else "the row is another one; ",
        got=" ".join(got)[:200],
        known=known,
    )
    require(
        len(found) == len(segments),
        "{story}: {n} tokens have {n} segments; yours are {m}.",
        story=story,
        n=len(segments),
        m=len(found),
    )
    first = segments.count(0)
    hints = {
        (
            *[0] * (first - 1),
            *[1] * (len(segments) - first + 1),
        ): "The first [SEP] ends segment 0 and belongs to it",
        (
            *[0] * first,
            *[1] * (len(segments) - first - 1),
            0,
        ): "The last [SEP] belongs to the second sentence",
        (*[1] * first, *[0] * (len(segments) - first)): "The first sentence is segment 0",
        (*[1] * first, *[2] * (len(segments) - first)): "Segments count from 0",
        tuple([0] * len(segments)): "The second sentence and its [SEP] are segment 1",
        (1, *[0] * (first - 1), *[1] * (len(segments) - first)): "[CLS] is segment 0",
    }
    hint = hints.get(tuple(found))
    require(
        found == segments,
        "{story}: the segments are {truth}; yours are {found}.{hint}",
        story=story,
        truth=segments if told else "others",
        found=str(found)[:120],
        hint=f" {hint}." if hint else "",
    )


def row(first, second, marks=("[CLS]", "[SEP]")):
    """(tokens, segments) of sentences that fit."""
    start, end = marks
    tokens, segments = [start, *first, end], [0] * (len(first) + 2)
    if second is None:
        return tokens, segments
    return [*tokens, *second, end], [*segments, *[1] * (len(second) + 1)]


@lab.check(points=2, returns=(list, tuple), without=("transformers", "course.widgets"))
def make_pair(student):
    a, b = ["ada", "plays", "the", "cello"], ["she", "sings"]
    whole = row(a, b)
    require_pair(student(a, b), *whole, "Two short sentences", [
        ([*a, *b], "The marks are missing"), (["[CLS]", *a, *b, "[SEP]"], "There is a [SEP] behind each sentence"),
        (["[CLS]", *a, "[SEP]", *b], "The last [SEP] is missing"), (["[CLS]", *a, "[SEP]", "[SEP]", *b, "[SEP]"], "One [SEP] stands between the sentences"),
        (["[CLS]", *a, "[SEP]", "[CLS]", *b, "[SEP]"], "There is one [CLS], at the beginning")])  # fmt: skip
    require_pair(student(a), *row(a, None), "One sentence alone", [(row(a, [])[0], "Without a second sentence there is one [SEP]")])  # fmt: skip
    require_pair(student(a, b, 9), *whole, "A row of exactly `max_length` tokens", [
        (row(a[:3], b)[0], "It fits, with its marks: 9 of 9"), (row(a[:2], b)[0], "It fits, with its marks: 9 of 9")])  # fmt: skip
    long, short = list("abcdef"), list("xyz")
    three = row(long[:3], short)
    tie = "At a tie the second sentence loses a token; and which of the two is longer is looked at anew for each token"
    require_pair(student(long, short, 9), *three, "Sentences of 6 and 3 tokens, and room for 6", [
        (row(long, [])[0], "Only the second sentence is cut; the longer one loses its tokens"), (row(long[3:], short)[0], "Tokens go from the end"),
        (row(long[:4], short[:2])[0], "Both lose in proportion; one token at a time, the longer one loses"), (row(long, short)[0], "Is `max_length` used?"),
        (row(long[:3], short)[0][:-1], "The marks have their room: the last [SEP] stays"), (row(long, short)[0][:9], "The row is cut at its end; the *sentences* are cut, and the marks stay")])  # fmt: skip
    require_pair(student(short, long, 9), *row(short, long[:3]), "Sentences of 3 and 6 tokens, and room for 6", [
        (row([], long)[0], "Only the first sentence is cut; the longer one loses its tokens"), (row(short[:2], long[:4])[0], "Both lose in proportion; one token at a time, the longer one loses")])  # fmt: skip
    require_pair(student(long, short, 8), *row(long[:3], short[:2]), "Sentences of 6 and 3 tokens, and room for 5", [
        (row(long[:2], short)[0], tie), (row(long[:5], [])[0], "Only the second sentence is cut; the longer one loses its tokens"),
        (row(long[:2], short)[0], tie), (row(long[1:4], short[:2])[0], "Tokens go from the end")])  # fmt: skip
    require_pair(student(short, short, 7), *row(short[:2], short[:2]), "Two sentences of 3 tokens, and room for 4", [(row(short[:1], short)[0], tie)])  # fmt: skip
    require_pair(student(long, ["x"], 8), *row(long[:4], ["x"]), "Sentences of 6 and 1 tokens, and room for 5", [
        (row(long[:3], ["x"])[0], "The room that the shorter one leaves is the longer one's"), (row(long[:2], ["x"])[0], "The room that the shorter one leaves is the longer one's")])  # fmt: skip
    require_pair(student(long, None, 5), *row(long[:3], None), "One sentence of 6 tokens in a row of 5", [
        (row(long[:2], None)[0], "With one sentence there are two marks: three tokens have room"), (row(long, None)[0], "A sentence alone is cut too")])  # fmt: skip
    error = student.error(a, b, 3)
    require(
        error is None,
        "max_length=3 has room for the three marks, and none for a token: that is a row, [CLS] [SEP] [SEP]. Yours raises {type}.",
        type=error.type if error else "",
    )
    require_pair(student(a, b, 3), *row([], []), "Room for the marks alone")
    for given, marks in (((a, b, 2), 3), ((a, None, 1), 2)):
        error = student.error(*given)
        require(
            error is not None and error.is_a("ValueError"),
            "max_length={n} has no room for {marks} marks: that is a ValueError; yours {yours}.",
            n=given[-1],
            marks=marks,
            yours="gives a row" if error is None else f"raises {error.type}",
        )
