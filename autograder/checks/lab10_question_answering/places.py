"""The hidden check of `char_to_token_span`. Oracle: what the tokenizers library says of each letter (`char_to_token`), on texts of the course's
articles and of drawn words with letters that a tokenizer throws away."""

import functools
import itertools

from autograder.checks.words import word, words
from course.checks.lab10_question_answering import places as visible
from course.checks.lab10_question_answering.places import Spanned, judge_spans, parts_of, touching

from . import lab


@functools.lru_cache(maxsize=1)
def contexts():
    """The paragraphs of the course's articles."""
    from course.data.loaders import load_squad

    return list(dict.fromkeys(load_squad("articles")["context"]))


@functools.lru_cache(maxsize=2)
def tokenizer(name):
    from course.models.loaders import SHIPPED, load_tokenizer

    return load_tokenizer(SHIPPED / name)


@functools.lru_cache(maxsize=500)
def encoding(name, text, special):
    """What a tokenizer makes of a text."""
    return tokenizer(name)(text, add_special_tokens=special)


def by_letters(encoded, start, end):
    """The first and the last token, as the library has them for each letter."""
    found = [token for token in map(encoded.char_to_token, range(start, end)) if token is not None]
    return (min(found), max(found)) if found else None


def drawn(rng, n, inside):
    """Answers of real texts. inside: whether they begin or end anywhere, or only where words do."""
    cases = []
    for i in range(n):
        text = rng.choice(contexts())
        if i % 4 == 3:  # a control character and a combining accent, of which one tokenizer keeps no letter
            text = f"{words(rng)} \u0007{word(rng)}\u0301 {words(rng)} \u200d{word(rng)}"
        encoded = encoding(("bert", "t5")[i % 2], text, bool(i % 3))
        begins = [k for k in range(len(text)) if k == 0 or text[k - 1] == " "]
        ends = [k for k in range(1, len(text) + 1) if k == len(text) or text[k] == " "]
        if inside:
            start = rng.randrange(len(text) - 1)
            end = min(len(text), start + rng.choice((1, 2, 3, 7, 20)))
        else:
            start = rng.choice(begins)
            end = next(k for k in ends[rng.randrange(min(3, len(ends))) :] if k > start)
        offsets = [tuple(pair) for pair in encoded.encodings[0].offsets]
        truth = by_letters(encoded, start, end)
        real = [pair for pair in offsets if pair[0] < pair[1]]
        # T5's mark of a word's beginning may share the word's first letter: whose it is then, nobody can say
        apart = all(a[1] <= b[0] for a, b in itertools.pairwise(real))
        if apart and truth == touching(offsets, start, end):
            cases.append(
                Spanned(offsets, start, end, truth, "An answer in a text of the tokenizer's", told=False)
            )
    return cases


def own(rng):
    """(answers within tokens, tokens without letters) of drawn offsets."""
    pieces, empty = [], []
    for _ in range(30):
        offsets, at = [], rng.randint(0, 2)
        for _ in range(rng.randint(4, 9)):
            size = rng.randint(3, 6)
            offsets.append((at, at + size))
            at += size + rng.choice((0, 1, 1, 2))
        first, last = sorted(rng.sample(range(len(offsets)), 2))
        cut = (offsets[first][0] + 1, offsets[last][1] - 1)
        gap = (offsets[first][1] - 1, offsets[last][0] + 1)
        for start, end in (cut, gap, (offsets[first][0] + 1, offsets[first][0] + 2)):
            pieces.append(
                Spanned(offsets, start, end, touching(offsets, start, end), "Drawn tokens", told=False)
            )
        # up to where a token begins, and from where one ends
        pieces.append(Spanned(offsets, offsets[first][0], offsets[last][0], touching(offsets, offsets[first][0], offsets[last][0]), "An answer that ends where a token begins", told=False))  # fmt: skip
        pieces.append(Spanned(offsets, offsets[first][1], offsets[last][1], touching(offsets, offsets[first][1], offsets[last][1]), "An answer that begins where a token has ended", told=False))  # fmt: skip
        marked = [(0, 0), *offsets, (0, 0)]
        middle = offsets[last][0] + 1
        holed = [*offsets[:last], (middle, middle), *offsets[last:]]
        empty.append(Spanned(marked, 0, cut[1], touching(marked, 0, cut[1]), "Tokens with empty pairs on both sides", told=False))  # fmt: skip
        empty.append(Spanned(holed, *offsets[last], (last + 1, last + 1), "A token with an empty pair inside of the answer's letters", told=False))  # fmt: skip
        empty.append(
            Spanned(offsets, at + 3, at + 5, None, "An answer of letters that no token has", told=False)
        )
        empty.append(Spanned([(a + 2, b + 2) for a, b in offsets], 0, 2, None, "An answer before the first token", told=False))  # fmt: skip
    return pieces, empty


@lab.check(alone=True)
def char_to_token_span(student):
    rng = student.rng
    pieces, empty = own(rng)
    whole = visible.WHOLE + drawn(rng, 50, inside=False)
    judge_spans(
        student,
        whole,
        parts_of(visible.PIECES + pieces + drawn(rng, 70, inside=True), visible.EMPTY + empty),
    )
