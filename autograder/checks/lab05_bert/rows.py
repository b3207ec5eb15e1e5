"""Oracles: the library tokenizers' WordPiece, and for pairs a length that is worked out and not counted down."""

from tokenizers.models import WordPiece

from course.checks import args, part, require
from course.checks.lab05_bert.rows import pieces_of, require_pair, row

from . import lab


def random_pieces(rng, letters, n):
    """n pieces, beginnings and others, of one to four letters; all letters begin a word, and most go on with one."""
    pieces = {*letters, *(f"##{letter}" for letter in letters[:-1])}
    while len(pieces) < n:
        pieces.add(rng.choice(("", "##")) + "".join(rng.choice(letters) for _ in range(rng.randint(1, 4))))
    return pieces


def made_of(rng, pieces):
    """A word put together from one to four pieces."""
    begin, others = (sorted(p for p in pieces if p.startswith("##") == goes_on) for goes_on in (False, True))
    more = (rng.choice(others).removeprefix("##") for _ in range(rng.randint(0, 3)))
    return "".join([rng.choice(begin), *more])


def oracle(pieces):
    """word -> pieces, by the library."""
    known = {piece: i for i, piece in enumerate(sorted(pieces | {"[UNK]"}))}
    model = WordPiece(known, unk_token="[UNK]", max_input_chars_per_word=100)
    return lambda word: [token.value for token in model.tokenize(word)]


def require_greedy(result, word, vocabulary, truth):
    """Require the library's cut, and say what is wrong with another without giving the right one away."""
    got = pieces_of(result)
    letters = "".join(piece if i == 0 else piece.removeprefix("##") for i, piece in enumerate(got))
    strange = [piece for piece in got if piece not in vocabulary]
    short = next((mine for mine, right in zip(got, truth, strict=False) if mine != right), "")
    why = (
        "It can be cut" if got == ["[UNK]"]
        else f"“{strange[0][:20]}” is not in the vocabulary" if strange
        else f"Put together, your pieces are “{letters[:120]}”" if letters != word
        else "It has more than 100 letters" if len(word) > 100
        else "The longest pieces lead nowhere there, and WordPiece never goes back" if truth == ["[UNK]"]
        else f"A longer piece than your “{short}” fits there"
    )  # fmt: skip
    require(
        got == truth,
        "A random vocabulary, and the word “{word}”{n}: yours is {got}. {why}.",
        word=word,
        n=f" of {len(word)} letters" if len(word) > 20 else "",
        got=str(got)[:120],
        why=why,
    )


@lab.check()
def wordpiece_encode(student):
    rng = student.rng
    for letters in ("ab", "abcde", "äßaeπ"):
        pieces = random_pieces(rng, letters, 14 if len(letters) == 2 else 60)
        if len(letters) > 2:  # so that some cuts lead nowhere
            pieces -= {f"##{letters[-2]}"}
        cut = oracle(pieces)
        words = ["".join(rng.choice(letters) for _ in range(rng.randint(1, 9))) for _ in range(40)]
        words += [made_of(rng, pieces) for _ in range(30)]  # long pieces seldom stand in drawn letters
        for word, result in zip(words, student.many([args(word, pieces) for word in words]), strict=True):
            require_greedy(result, word, pieces, cut(word))
    with part("very long words", points=0.5):
        letters = "ab"
        pieces = random_pieces(rng, letters, 14) | {"##aaaa", "b" * 120}
        cut = oracle(pieces)
        words = ["".join(rng.choice(letters) for _ in range(n)) for n in (99, 100, 101, 130)]
        words.append("a" * rng.randint(101, 150))  # of a few pieces: it is the letters that count
        words.append("b" * 120)  # a piece, and a word that is too long
        for word, result in zip(words, student.many([args(word, pieces) for word in words]), strict=True):
            require_greedy(result, word, pieces, cut(word))


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
    tokens = [f"{'tT'[i % 2]}{i}" for i in range(200)]
    cases = []
    for _ in range(60):
        first, second = (rng.sample(tokens, rng.randint(0, 9)) for _ in range(2))
        cases.append((first, second, rng.randint(3, 22)))
    results = student.many([args(*case) for case in cases])
    for (first, second, most), result in zip(cases, results, strict=True):
        story = f"Sentences of {len(first)} and {len(second)} tokens, max_length={most}"
        require_pair(result, *row(*fitted(first, second, most - 3)), story, told=False)
    with part("one sentence, and no sentence", points=0.5):
        first = rng.sample(tokens, 7)
        for most in (2, 5, 9, 20):
            story = f"One sentence of 7 tokens, max_length={most}"
            require_pair(student(first, None, most), *row(first[: most - 2], None), story, told=False)
        require_pair(student([], []), *row([], []), "Two sentences without a token")
        error = student.error(first, first, rng.randint(-3, 2))
        require(
            error is not None and error.is_a("ValueError"), "No room for the three marks is a ValueError."
        )
