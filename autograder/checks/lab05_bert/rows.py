"""Oracles: the library tokenizers' WordPiece, and for pairs a length that is worked out and not counted down."""

from tokenizers.models import WordPiece

from course.checks import args, part, require
from course.checks.lab05_bert.rows import require_pair, require_pieces, row

from . import lab


def random_pieces(rng, letters, n):
    """n pieces, beginnings and others, of one to four letters; all letters begin a word, and most go on with one."""
    pieces = {*letters, *(f"##{letter}" for letter in letters[:-1])}
    while len(pieces) < n:
        pieces.add(rng.choice(("", "##")) + "".join(rng.choice(letters) for _ in range(rng.randint(1, 4))))
    return pieces


def oracle(pieces):
    """word -> pieces, by the library."""
    known = {piece: i for i, piece in enumerate(sorted(pieces | {"[UNK]"}))}
    model = WordPiece(known, unk_token="[UNK]", max_input_chars_per_word=100)
    return lambda word: [token.value for token in model.tokenize(word)]


@lab.check()
def wordpiece_encode(student):
    rng = student.rng
    for letters in ("ab", "abcde", "äßaeπ"):
        pieces = random_pieces(rng, letters, 14 if len(letters) == 2 else 60)
        if len(letters) > 2:  # so that some cuts lead nowhere
            pieces -= {f"##{letters[-2]}"}
        cut = oracle(pieces)
        words = ["".join(rng.choice(letters) for _ in range(rng.randint(1, 9))) for _ in range(40)]
        for word, result in zip(words, student.many([args(word, pieces) for word in words]), strict=True):
            require_pieces(result, cut(word), f"A random vocabulary: “{word}”")
    with part("very long words", points=0.5):
        letters = "ab"
        pieces = random_pieces(rng, letters, 14)
        cut = oracle(pieces)
        words = ["".join(rng.choice(letters) for _ in range(n)) for n in (99, 100, 101, 130)]
        for word, result in zip(words, student.many([args(word, pieces) for word in words]), strict=True):
            require_pieces(result, cut(word), f"A random word of {len(word)} letters")


def fitted(first, second, room):
    """The two sentences cut to `room` tokens together: the shorter is kept as long as it is no more than its half."""
    if len(first) + len(second) <= room:
        return first, second
    half = room // 2  # of the second, which gives way at a tie
    kept = min(len(second), max(half, room - len(first)))
    return first[: room - kept], second[:kept]


@lab.check()
def make_pair(student):
    rng = student.rng
    tokens = [f"t{i}" for i in range(200)]
    cases = []
    for _ in range(60):
        first, second = (rng.sample(tokens, rng.randint(0, 9)) for _ in range(2))
        cases.append((first, second, rng.randint(3, 22)))
    results = student.many([args(*case) for case in cases])
    for (first, second, most), result in zip(cases, results, strict=True):
        story = f"Sentences of {len(first)} and {len(second)} tokens, max_length={most}"
        require_pair(result, *row(*fitted(first, second, most - 3)), story)
    with part("one sentence, and no sentence", points=0.5):
        first = rng.sample(tokens, 7)
        for most in (2, 5, 9, 20):
            require_pair(student(first, None, most), *row(first[: most - 2], None), f"One sentence of 7 tokens, max_length={most}")  # fmt: skip
        require_pair(student([], []), *row([], []), "Two sentences without a token")
        error = student.error(first, first, rng.randint(-3, 2))
        require(
            error is not None and error.is_a("ValueError"), "No room for the three marks is a ValueError."
        )
