"""The check of `align_labels`."""

from .. import StudentError, args, require
from ..usual import ended
from . import lab
from .inputs import numbers_of

IGNORED = -100


def require_labels(result, truth, labels, word_ids, story, told=True):
    """Require one label for each piece. story: which words and pieces."""
    got = numbers_of(result, "What you return")
    words = [w for w in word_ids if w is not None]
    first = [i == 0 or word_ids[i - 1] != w for i, w in enumerate(word_ids)]
    last = [i + 1 == len(word_ids) or word_ids[i + 1] != w for i, w in enumerate(word_ids)]

    def each(rule):
        return [IGNORED if w is None else rule(i, w) for i, w in enumerate(word_ids)]

    def counted(i, w):
        met = sum(f for f, v in zip(first[:i], word_ids, strict=False) if v is not None)
        return labels[met] if first[i] and met < len(labels) else IGNORED

    before = [None, *word_ids[:-1]]
    objects = [(each(lambda i, w: labels[w]), "Is it `is`, or `is not`, that compares two words? It asks whether two numbers are one object, which small ones always are; `==` and `!=` compare numbers")]  # fmt: skip
    mistakes = [
        *(objects if max(words, default=0) > 256 else []),
        (labels, "Those are the labels of the words; each *piece* has one"),
        (word_ids, "Those are the places of the words; their labels are asked for"),
        (each(lambda i, w: w if first[i] else IGNORED), "Those are the places of the words; their labels are asked for"),
        (each(lambda i, w: labels[w]), "The other pieces of a word have its label too; they get −100"),
        ([n for n, w in zip(truth, word_ids, strict=True) if w is not None], "The marks have a label too, −100: one for each piece"),
        ([n for n, f, w in zip(truth, first, word_ids, strict=True) if w is not None and f], "The other pieces and the marks have a label too, −100"),
        ([n if n != IGNORED else 0 for n in truth], "0 is a label like any other; what costs nothing is −100"),
        ([n if n != IGNORED else -1 for n in truth], "−1 is no label, and costs all the same; what costs nothing is −100"),
        ([0 if w is None else n for n, w in zip(truth, word_ids, strict=True)], "The marks get −100 too"),
        ([0 if n == IGNORED and w is not None else n for n, w in zip(truth, word_ids, strict=True)], "The other pieces of a word get −100; 0 is a label like any other"),
        (each(lambda i, w: labels[w] if last[i] else IGNORED), "The label stands at the last piece of each word; it belongs to the first"),
        (each(counted), "Labels are dealt out one after the other; a word that was cut off has no piece, and its label goes to none: `word_ids` says which word it is"),
        ([n if i or w is None else IGNORED for i, (n, w) in enumerate(zip(truth, word_ids, strict=True))], "The first piece is of a word here: not every row begins with a mark"),
        ([IGNORED if not w else n for n, w in zip(truth, word_ids, strict=True)], "Word 0 is a word like any other, and only None is none (0 is as false as None)"),
        ([n if w is None or (first[i] and (before[i] is None or labels[w] != labels[before[i]])) else IGNORED for i, (n, w) in enumerate(zip(truth, word_ids, strict=True))], "Two words that stand side by side have the same label, and are two words: compare the words, not their labels"),
        ([n or IGNORED for n in truth], "The label 0 is a label like any other (0 is as false as None)"),
        (each(lambda i, w: labels[w] if first[i] and w == len({v for v in word_ids[:i] if v is not None}) else IGNORED), "A word that was cut off has no piece, so the next piece may be of any later word, not only of the next one"),
        (each(lambda i, w: labels[i - 1] if first[i] and 0 < i <= len(labels) else IGNORED), "Labels are taken by the place of the *piece*; `word_ids` says of which word it is"),
        (each(lambda i, w: labels[i] if first[i] and i < len(labels) else IGNORED), "Labels are taken by the place of the *piece*; `word_ids` says of which word it is"),
        ([IGNORED if w is None or not f else labels[w - 1] for f, w in zip(first, word_ids, strict=True)], "Words are counted from 0"),
        ([IGNORED if w is None else labels[w] if words.count(w) == 1 else IGNORED for w in word_ids], "The first of several pieces of a word has its label"),
    ]  # fmt: skip
    known = next((f" {ended(said)}" for wrong, said in mistakes if list(wrong) == got and wrong != truth), "")
    require(
        known or len(got) == len(word_ids),
        "{story}: {n} pieces have {n} labels; yours are {m}.",
        story=story,
        n=len(word_ids),
        m=len(got),
    )
    require(
        got == truth,
        "{story}: {right}yours are {got}.{known}",
        story=story,
        right=f"labels {labels} at the words {word_ids} are {truth}; " if told else "the labels are others; ",
        got=str(got)[:160],
        known=known,
    )


def aligned(student, cases):
    """What the student returns for each of these (labels, word_ids); an iterator is not walked through, since a list is asked for."""
    results = student.using(take=0).many([args(*case) for case in cases], errors="keep")
    for (labels, word_ids), result in zip(cases, results, strict=True):
        if isinstance(result, StudentError):
            require(
                not result.is_a("IndexError"),
                "{n} labels, of words, for {m} pieces: {error} There is a label for each *word*, not for each piece; `labels` is asked for the number in `word_ids`, as it is.",
                n=len(labels),
                m=len(word_ids),
                error=str(result).split(" An index runs past")[0],
            )
            raise result
    return results


@lab.check(points=2, returns=(list,))
def align_labels(student):
    for labels, word_ids, truth, story in (
        ([5, 7, 6], [None, 0, 1, 1, 1, 2, None], [-100, 5, 7, -100, -100, 6, -100], "Three words, the second of three pieces"),
        ([5, 7, 6], [None, 0, 1, 2, None], [-100, 5, 7, 6, -100], "Three words of one piece each"),
        (list(range(7, 610)), [None, 599, 600, 600, 601, None], [-100, 606, 607, -100, 608, -100], "603 words, of which three are left, the middle one in two pieces"),
        ([4, 4, 9], [None, 0, 0, 1, 1, 2, None], [-100, 4, -100, 4, -100, 9, -100], "Two words side by side with the same label"),
        ([5, 7, 6, 8], [None, 0, 2, 2, 3, None], [-100, 5, 6, -100, 8, -100], "Four words, of which the second has no piece"),
        ([5, 7, 6, 8], [None, 0, 1, 1, None], [-100, 5, 7, -100, -100], "Four words, of which the last two are cut off"),
        ([0, 3, 0], [None, 0, 0, 1, 2, None, None, None], [-100, 0, -100, 3, 0, -100, -100, -100], "The label 0, and padding"),
        ([8], [0, 0, 0], [8, -100, -100], "One word of three pieces, without marks"),
        ([1, 2], [None, None], [-100, -100], "Marks alone"),
        ([], [], [], "No word and no piece"),
    ):  # fmt: skip
        require_labels(
            aligned(student, [(labels, word_ids)])[0], truth, labels, word_ids, story, told=len(labels) < 20
        )
