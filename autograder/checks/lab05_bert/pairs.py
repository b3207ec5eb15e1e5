"""Properties of every draw, and frequencies of many, in documents of random sizes."""

import itertools

from course.checks import args, part, require
from course.checks.lab05_bert.hiding import within
from course.checks.lab05_bert.pairs import documents_of, examples_of, require_examples

from . import lab


@lab.check()
def next_sentence_examples(student):
    rng = student.rng
    documents = documents_of([rng.choice((1, 2, 3, 5, 8)) for _ in range(25)])
    seeds = [rng.randrange(2**31) for _ in range(12)]
    found = [
        require_examples(examples_of(result), documents)
        for result in student.many([args(documents, seed=seed) for seed in seeds])
    ]
    labels = [label for examples in found for *_, label in examples]
    require(
        within(sum(labels), len(labels), 0.5),
        "Of {n} examples {m} are random ones; half are asked for.",
        n=len(labels),
        m=sum(labels),
    )
    with part("negatives from everywhere", points=0.5):
        negatives = [second for examples in found for _, second, label in examples if label]
        for place, name in ((0, "the first sentences of documents"), (-1, "the last sentences")):
            there = {(d, len(doc) - 1 if place else 0) for d, doc in enumerate(documents)}
            count, n = sum(second in there for second in negatives), len(negatives)
            # between drawing a sentence of all, and a document first
            low = len(there) / sum(map(len, documents))
            high = sum(1 / len(doc) for doc in documents) / len(documents)
            require(
                low * n - 5 * (n / 4) ** 0.5 <= count <= high * n + 5 * (n / 4) ** 0.5,
                "{count} of {n} negatives are {name}: any sentence of another document may come.",
                count=count,
                n=n,
                name=name,
            )
        used = {d for d, _ in negatives}
        require(
            len(used) >= 0.8 * len(documents),
            "In 12 draws negatives came from {n} of {m} documents alone.",
            n=len(used),
            m=len(documents),
        )
    with part("sentences that are told twice", points=0.5):
        words = [f"w{i}" for i in range(6)]
        told = [[[w] for w in rng.sample(words, 4)] for _ in range(6)]
        follows = {(d, i): document[i + 1] for d, document in enumerate(told) for i in range(3)}
        for result in student.many([args(told, seed=seed) for seed in seeds]):
            examples = examples_of(result)
            require(len(examples) == 18, "Six documents of four sentences make 18 examples; yours are {n}.", n=len(examples))  # fmt: skip
            for (d, i), (_, second, label) in zip(itertools.product(range(6), range(3)), examples, strict=True):  # fmt: skip
                require(
                    (second == tuple(follows[d, i])) == (label == 0),
                    "Sentences stand in several documents here. One that reads the same as the true next one is never a negative, and only the true next one has label 0.",
                )
