"""The check of `next_sentence_examples`: documents in which every sentence tells where it stands."""

import itertools

from .. import args, require
from ..sentences import describe
from . import lab
from .hiding import within


def documents_of(sizes):
    """Documents of so many sentences each; the sentence [d, s] stands at place s of document d."""
    return [[[f"d{d}", f"s{s}"] for s in range(size)] for d, size in enumerate(sizes)]


def examples_of(result):
    """[(first, second, label)] with sentences as tuples; says so when it is none."""
    good = isinstance(result, (list, tuple)) and all(isinstance(e, (list, tuple)) and len(e) == 3 for e in result)  # fmt: skip
    require(good, "Return a list of (first, second, label).")
    require(
        all(isinstance(part, (list, tuple)) for first, second, _ in result for part in (first, second)),
        "The first and the second of an example are sentences, lists of tokens, as they came in.",
    )
    odd = next((label for *_, label in result if type(label) is not int or label not in (0, 1)), 0)
    require(
        type(odd) is int and odd in (0, 1),
        "A label is 0 or 1, a whole number; yours is {what}.",
        what=odd if isinstance(odd, (bool, int, float)) else describe(odd),
    )
    return [(tuple(map(str, first)), tuple(map(str, second)), label) for first, second, label in result]


def require_examples(found, documents):
    """Require what holds for every draw; returns [(document and place of A, of B, label)].

    documents: whose sentences are all different.
    """
    place = {tuple(s): (d, i) for d, document in enumerate(documents) for i, s in enumerate(document)}
    firsts = [tuple(s) for document in documents for s in document[:-1]]
    for first, second, _ in found:
        for sentence in (first, second):
            require(
                sentence in place,
                "“{words}” is no sentence of the documents: hand them on as they are.",
                words=" ".join(sentence)[:60],
            )
    ends = [first for first, *_ in found if place[first][1] == len(documents[place[first][0]]) - 1]
    require(
        not ends,
        "“{words}” is the last sentence of its document, and has no next one: there is no example that begins with it.",
        words=" ".join(ends[0]) if ends else "",
    )
    require(
        [first for first, *_ in found] == firsts,
        "There is one example for each sentence that has a next one, in their order: {n} here; yours are {m}{order}.",
        n=len(firsts),
        m=len(found),
        order=", in another order" if sorted(first for first, *_ in found) == sorted(firsts) else "",
    )
    for first, second, label in found:
        (d, i), (e, j) = place[first], place[second]
        told = {"first": " ".join(first), "second": " ".join(second)}
        follows = (e, j) == (d, i + 1)
        require(
            not (follows and label == 1),
            "“{second}” follows “{first}”, and the label says 1. In BERT 0 is “is next”; and a random one is never the true next one.",
            **told,
        )
        require(
            not (e != d and label == 0),
            "“{second}” is from another document than “{first}”, and the label says 0. In BERT 0 is “is next”, and 1 “random”.",
            **told,
        )
        require(
            follows or e != d,
            "“{second}” is from the document of “{first}”, and not the next one (label {label}). A negative comes from *another* document: one of the same might fit as well as the true one.",
            label=label,
            **told,
        )
    return [(place[first], place[second], label) for first, second, label in found]


@lab.check(points=3, returns=(list, tuple), without=("course.widgets",))
def next_sentence_examples(student):
    documents = documents_of((3, 1, 4, 2))
    results = student.many([args(documents, seed=s) for s in range(60)])
    draws = [require_examples(examples_of(result), documents) for result in results]
    seen = {(first[0], second) for draw in draws for first, second, label in draw if label}
    table = [[label for *_, label in draw] for draw in draws]  # (draw, example)
    labels = [label for row in table for label in row]
    require(
        len(set(map(str, draws))) > 2 or len(set(labels)) == 1,
        "60 seeds give nearly always the same examples: is `seed` used?",
    )
    share = sum(labels) / len(labels)
    require(
        within(sum(labels), len(labels), 0.5),
        "{share:.0%} of the examples are random ones; half are asked for. Is there a fair coin for each?",
        share=share,
    )
    for place, ((d, i), *_) in enumerate(draws[0]):
        count = sum(row[place] for row in table)
        require(
            within(count, 60, 0.5),
            "In 60 draws “{first}” is followed by a random sentence {count} times: a fair coin is tossed for each, wherever it stands.",
            first=" ".join(documents[d][i]),
            count=count,
        )
    turns = sum(a != b for row in table for a, b in itertools.pairwise(row))
    require(
        within(turns, 300, 0.5),
        "The labels take turns, or come in blocks: of 300 neighbours {turns} have different ones. A coin is tossed for each.",
        turns=turns,
    )
    require(
        len({sum(row) for row in table}) > 2,
        "In 60 draws nearly always as many of the six examples are random ones: a coin is tossed for each, so that the number changes.",
    )
    never = [
        (d, (e, j))
        for d in (0, 2, 3)
        for e, document in enumerate(documents)
        if e != d
        for j in range(len(document))
        if (d, (e, j)) not in seen
    ]
    # the rarest: one of 4 sentences of one of 3 documents, in 30 draws and more
    require(
        len(never) <= 3,
        "In 60 draws sentence {j} of document {e} (both from 0) never came behind a sentence of document {d}. Any sentence of any other document may come: the first and the last too, and those of a document of one sentence.",
        d=never[0][0] if never else 0,
        e=never[0][1][0] if never else 0,
        j=never[0][1][1] if never else 0,
    )
    twins = [[["a"], ["same"], ["b"]], [["same"], ["c"]]]
    for result in student.many([args(twins, seed=s) for s in range(40)]):
        for first, second, label in examples_of(result):
            require(
                not (first == ("a",) and second == ("same",) and label == 1),
                "The other document has a sentence that reads the same as the true next one, and yours gives it as a random one: it *is* what comes next.",
            )
    large = documents_of([6] * 40)
    one, again, other = student.many([args(large, seed=s) for s in (5, 5, 6)])
    one, again, other = (examples_of(each) for each in (one, again, other))
    require(one == again, "The same seed twice gives other examples: draw from a generator that is made of `seed`.")  # fmt: skip
    require(one != other, "Two seeds give the same examples: is `seed` used?")
    drawn = [label for *_, label in require_examples(one, large)]
    require(
        within(sum(drawn), len(drawn), 0.5),
        "Of {n} examples {m} are random ones; half are asked for.",
        n=len(drawn),
        m=sum(drawn),
    )
    for lonely in ([[["a"], ["b"]]], []):
        error = student.error(lonely)
        require(
            error is not None and error.is_a("ValueError"),
            "{what}, and there is no other one for a negative: that is a ValueError; yours {yours}.",
            what="One document" if lonely else "No document",
            yours="gives a result" if error is None else f"raises {error.type}",
        )
