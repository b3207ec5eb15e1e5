"""Oracle: for each sentence that begins a row, of all stretches of sentences from it on the longest that may be one row."""

from course.checks import args, part, require
from course.checks.lab07_bert_family.packing import (
    CLS,
    SEP,
    documents_like,
    require_refused,
    require_rows,
    rows_of,
    told_of,
)

from . import lab


def row_of(stretch):
    """Sentences as one row, however long. stretch: [(document, tokens)]."""
    row = [CLS]
    for i, (document, tokens) in enumerate(stretch):
        if i and stretch[i - 1][0] != document:
            row.append(SEP)
        row += tokens
    return [*row, SEP]


def packed(documents, max_length, cross):
    """The rows. A longer stretch is never a shorter row, so the longest that fits is the one that is filled as far as can be."""
    sentences = [(d, s[: max_length - 2]) for d, document in enumerate(documents) for s in document if s]
    rows, start = [], 0
    while start < len(sentences):
        ends = range(start + 1, len(sentences) + 1)
        fit = [
            end
            for end in ends
            if len(row_of(sentences[start:end])) <= max_length
            and (cross or sentences[end - 1][0] == sentences[start][0])
        ]
        rows.append(row_of(sentences[start : fit[-1]]))
        start = fit[-1]
    return rows


def sizes(rng, documents, longest, empty=0.0):
    """Lengths of sentences. empty: the share of sentences without tokens, and of documents without sentences."""
    return [
        [0 if rng.random() < empty else rng.randint(1, longest) for _ in range(0 if rng.random() < empty else rng.randint(1, 6))]
        for _ in range(documents)
    ]  # fmt: skip


@lab.check()
def pack_full_sentences(student):
    rng = student.rng

    def judge(cases):
        for case, result in zip(cases, student.many([args(*case) for case in cases]), strict=True):
            rows = require_rows(result, *case, f"Random documents. {told_of(*case)[:160]}")
            require(rows == packed(*case), "Random documents: the rows are others than yours.")

    def drawn(longest, low, high, empty=0.0):
        documents = documents_like(sizes(rng, rng.randint(1, 5), longest, empty))
        return documents, rng.randint(low, high), rng.random() < 0.6

    judge([drawn(6, 8, 30) for _ in range(60)])
    judge([drawn(12, 6, 16) for _ in range(60)])
    with part("short rows, and nothing to put there", points=0.5):
        judge([drawn(5, 3, 6, 0.3) for _ in range(40)])
        judge([drawn(9, 9, 40, 0.4) for _ in range(40)])
        require_refused(student, documents_like([[rng.randint(1, 9)]]), rng.randint(-9, 2))
        require_refused(student, [], rng.randint(-9, 2))
    with part("documents that are alike", points=0.5):
        cases = []
        for _ in range(40):
            few = [[rng.choices("ab", k=rng.randint(1, 3)) for _ in range(rng.randint(1, 2))] for _ in range(2)]  # fmt: skip
            documents = [[list(s) for s in rng.choice(few)] for _ in range(rng.randint(2, 6))]
            cases.append((documents, rng.randint(4, 20), rng.random() < 0.6))
        for case, result in zip(cases, student.many([args(*case) for case in cases]), strict=True):
            require(
                rows_of(result) == packed(*case),
                "Documents of the tokens a and b, some of which read the same: yours are other rows. A document is known by its number, and so is a sentence.",
            )
