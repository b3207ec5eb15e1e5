"""Oracles: for two texts, of all ways to share the room the one that is asked for; for labels, the course's own tokenizer, whose offsets say
which piece begins a word."""

from course.checks import part
from course.checks.lab06_fine_tuning.inputs import (
    NO_CUT,
    NO_MARKS,
    NO_PASSAGE,
    NO_QUESTION,
    require_refused,
    require_row,
    rows_from,
)
from course.checks.lab06_fine_tuning.labels import IGNORED, aligned, require_labels

from . import lab


def shared(first, second, room, cut):
    """The texts as they are cut, or None where that cannot be. Taking from the longer one ends where the longer one of what is left is as
    short as can be, and of two such ways the second has less."""
    n, m = len(first), len(second)
    if room < 0:
        return None
    if cut == "second":
        left = min(m, room - n)
        return None if left < min(m, 1) or n > room else (first, second[:left])
    ways = [(i, min(n + m, room) - i) for i in range(n + 1)]
    i, j = min((w for w in ways if 0 <= w[1] <= m), key=lambda way: (max(way), way[1]))
    return first[:i], second[:j]


def vocabulary_of(rng, size=40):
    """Pieces, with ids in any order."""
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *(f"t{i}" for i in range(size - 4))]
    return dict(zip(pieces, rng.sample(range(3, 3 * size), size), strict=True))


@lab.check()
def encode_pair(student):
    rng = student.rng
    vocabulary = vocabulary_of(rng)
    known = [piece for piece in vocabulary if piece[0] == "t"]

    def judge(cases):
        for case, result in zip(cases, rows_from(student, cases), strict=True):
            first, second, _, most, cut = case
            require_row(result, *shared(first, second, most - 3, cut), case, told=False)

    def drawn(cut, pieces):
        while True:
            first, second = (rng.choices(pieces, k=rng.randint(0, 9)) for _ in range(2))
            most = rng.randint(3, 24)
            if shared(first, second, most - 3, cut):
                return first, second, vocabulary, most, cut

    judge([drawn("longest", known) for _ in range(60)])
    judge([drawn("second", known) for _ in range(60)])
    with part("pieces that the vocabulary does not have, and [PAD] in a text", points=0.5):
        strange = [*known[:4], "Ω", "t", "[UNK", "##t1", "", "[PAD]"]
        judge([drawn(cut, strange) for cut in ("longest", "second") for _ in range(20)])
    with part("what cannot be", points=0.5):
        n = rng.randint(3, 9)
        first, second = rng.sample(known, n), rng.sample(known, 4)
        for given, why in (
            ((first, second, rng.randint(-3, 2), "longest"), NO_MARKS),
            ((first, second, n + 3, "second"), NO_PASSAGE),
            ((first, second, n + 2, "second"), NO_QUESTION),
            ((first, [], n + 2, "second"), NO_QUESTION),
            ((first, second, 30, "third"), NO_CUT),
            ((first, second, 30, "Longest"), NO_CUT),
        ):
            require_refused(student, *given, why, vocabulary)
        judge([(first, second, vocabulary, n + 4, "second"), (first, [], vocabulary, n + 3, "second")])


def sentence(rng, n):
    """n words: some known, most cut into pieces, some that vanish, some twice in a row."""
    words = []
    for _ in range(n):
        kind = rng.random()
        if kind < 0.2 and words:
            words.append(words[-1])
        elif kind < 0.3:
            words.append(rng.choice(("", " ", "\u200b")))
        else:
            words.append("".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(1, 9))))
    return words


def case(tokenizer, words, labels, **options):
    """(labels, word_ids, truth) of words as the tokenizer cuts them."""
    found = tokenizer(words, is_split_into_words=True, return_offsets_mapping=True, **options)
    places = zip(found.word_ids(), found["offset_mapping"], strict=True)
    truth = [IGNORED if word is None or offset[0] else labels[word] for word, offset in places]
    return labels, found.word_ids(), truth


@lab.check()
def align_labels(student):
    from course.models.loaders import SHIPPED, load_tokenizer

    rng, tokenizer = student.rng, load_tokenizer(SHIPPED / "bert")

    def judge(cases, story):
        results = aligned(student, [case[:2] for case in cases])
        for (labels, word_ids, truth), result in zip(cases, results, strict=True):
            require_labels(result, truth, labels, word_ids, story, told=False)

    def cases(n, kinds, **options):
        texts = [sentence(rng, rng.randint(1, 12)) for _ in range(n)]
        return [case(tokenizer, words, [rng.randrange(kinds) for _ in words], **options) for words in texts]

    judge(cases(40, 9), "Words as the course's tokenizer cuts them, some of which have no piece")
    judge(cases(20, 2), "Words as the course's tokenizer cuts them, with the labels 0 and 1")
    with part("rows that are cut, and filled up", points=0.5):
        short = {"truncation": True, "max_length": rng.randint(6, 9), "padding": "max_length"}
        judge(cases(20, 5, **short), "Rows that are cut, or filled up")
        judge(cases(10, 5, add_special_tokens=False), "Rows without marks")
