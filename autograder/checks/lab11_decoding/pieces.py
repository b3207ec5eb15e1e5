"""The hidden check of `unigram_encode`, on drawn tables. Oracle: every way to cut a short text; for long ones the same search in another form."""

from course.checks.lab11_decoding import pieces as visible
from course.checks.lab11_decoding.pieces import Cut, judge_cuts, parts_of

from . import lab


def table(rng, letters, longest=4, share=0.6):
    """Pieces of these letters with scores, all single letters among them."""
    scores = {letter: -rng.uniform(2, 6) for letter in letters}
    for _ in range(60):
        piece = "".join(rng.choices(letters, k=rng.randint(2, longest)))
        if rng.random() < share:
            scores[piece] = -rng.uniform(1.2, 3.2) * len(piece) ** 0.8
    return scores


def text(rng, letters, n):
    return "".join(rng.choices(letters, k=n))


@lab.check(alone=True)
def unigram_encode(student):
    rng = student.rng
    plain, unknown, long, edge = [], [], [], []
    for _ in range(12):
        letters = rng.sample("abcdefghijklmnopqrstuvwxyz▁", 4)
        scores = table(rng, letters)
        plain += [Cut(text(rng, letters, rng.randint(5, 11)), scores, story="A drawn table", told=False) for _ in range(4)]  # fmt: skip
        gone = {
            piece: score for piece, score in scores.items() if piece != letters[0] and letters[1] != piece
        }
        for cost in (-20.0, -3.0, -rng.uniform(2, 9)):
            unknown.append(Cut(text(rng, letters, 9), gone, cost, "A drawn table without two of the letters", False))  # fmt: skip
        low = {**scores, letters[2]: -rng.uniform(30, 40)}
        unknown.append(Cut(text(rng, letters, 9), low, story="A letter that is a piece, and a very unlikely one", told=False))  # fmt: skip
    letters = rng.sample("abcdefghijklmnopqrstuvwxyz", 3)
    long += [Cut(text(rng, letters, n), table(rng, letters, 6), story=f"A text of {n} letters", told=False) for n in (40, 90, 300)]  # fmt: skip
    edge += [Cut(letters[0], table(rng, letters), story="A text of one letter", told=False), Cut("§", table(rng, letters), story="A letter that is no piece, and nothing else", told=False)]  # fmt: skip
    parts = parts_of(visible.UNKNOWN + unknown, visible.LONG + long, visible.EDGE + edge)
    judge_cuts(student, visible.PLAIN + plain, parts)
