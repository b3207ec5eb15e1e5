import itertools
import random

from tests.answers import right, wrong


def elsewhere(rng, documents, place, index):
    """A sentence of another document, but none that reads like the true next one."""
    following = documents[place][index + 1]
    while True:
        other = rng.choice([d for d in range(len(documents)) if d != place])
        second = rng.choice(documents[other])
        if second != following:
            return second


def tossed(rng, n):
    return rng.random() < 0.5


def refused(documents):
    if len(documents) < 2:
        raise ValueError("there is no other document")


def function(
    negative=elsewhere, random_one=tossed, labels=(0, 1), begin=random.Random, refuse=refused, end=lambda found: found
):  # fmt: skip
    """The exercise's function, with a place for each mistake. random_one: (rng, number of the example) -> whether it is a random one."""

    def next_sentence_examples(documents, seed=0):
        refuse(documents)
        rng, found = begin(seed), []
        for place, document in enumerate(documents):
            for index in range(len(document) - 1):
                if random_one(rng, len(found)):
                    found.append((document[index], negative(rng, documents, place, index), labels[1]))
                else:
                    found.append((document[index], document[index + 1], labels[0]))
        return end(found)

    return next_sentence_examples


def from_pool(pool, same=lambda a, b: a == b):
    """A negative of what `pool` gives; (documents, place) -> sentences."""

    def negative(rng, documents, place, index):
        following = documents[place][index + 1]
        return rng.choice([sentence for sentence in pool(documents, place) if not same(sentence, following)])

    return function(negative)


def others(documents, place):
    return [sentence for d, document in enumerate(documents) if d != place for sentence in document]


@right
def two_loops_with_prints():
    def next_sentence_examples(documents, seed=0):
        random.seed(seed)
        if len(documents) <= 1:
            raise ValueError("only one document")
        examples = []
        for d in range(len(documents)):
            for s in range(len(documents[d])):
                if s == len(documents[d]) - 1:
                    continue
                first, following = documents[d][s], documents[d][s + 1]
                if random.random() < 0.5:
                    examples.append([first, following, 0])
                else:
                    other = d
                    second = following
                    while other == d or second == following:
                        other = random.randint(0, len(documents) - 1)
                        second = random.choice(documents[other])
                    examples.append([first, second, 1])
        print(len(examples), "examples")
        return examples

    return next_sentence_examples


@right
def a_generator_over_all_other_sentences():
    """Each sentence equally likely, where the others draw a document first."""

    def next_sentence_examples(documents, seed=0):
        rng = random.Random(f"pairs {seed}")
        if not documents[1:]:
            raise ValueError(f"{len(documents)} documents")
        for place, document in enumerate(documents):
            for first, following in itertools.pairwise(document):
                if rng.getrandbits(1):
                    pool = [sentence for sentence in others(documents, place) if sentence != following]
                    yield first, rng.choice(pool), 1
                else:
                    yield first, following, 0

    return next_sentence_examples


@right
def numbers_of_sentences_with_numpy():
    def next_sentence_examples(documents, seed=0):
        import warnings

        import numpy as np

        warnings.warn("numbers of numpy", stacklevel=1)
        if len(documents) < 2:
            raise ValueError("too few")
        rng = np.random.default_rng(seed)
        flat = [sentence for document in documents for sentence in document]
        owner = np.repeat(np.arange(len(documents)), [len(document) for document in documents])
        found = []
        for i in range(len(flat) - 1):
            if owner[i] != owner[i + 1]:
                continue
            label = rng.integers(2)
            j = i + 1
            while label == 1 and (owner[j] == owner[i] or flat[j] == flat[i + 1]):
                j = rng.integers(len(flat))
            found.append((tuple(flat[i]), tuple(flat[j]), label))
        return tuple(found)

    return next_sentence_examples


@right
def coins_of_torch_tossed_at_once():
    def next_sentence_examples(documents, seed=0):
        import logging

        import torch

        class Lonely(ValueError):
            pass

        if len(documents) < 2:
            raise Lonely("a document alone")
        generator = torch.Generator().manual_seed(seed)
        pairs = [(d, a, b) for d, document in enumerate(documents) for a, b in itertools.pairwise(document)]
        coins = torch.randint(0, 2, (len(pairs),), generator=generator).tolist()
        logging.getLogger("student").warning("%d pairs", len(pairs))

        def other(d, following):
            while True:
                e = (d + 1 + int(torch.randint(len(documents) - 1, (), generator=generator))) % len(documents)
                s = documents[e][int(torch.randint(len(documents[e]), (), generator=generator))]
                if s != following:
                    return s

        return [(a, other(d, b) if coin else b, coin) for (d, a, b), coin in zip(pairs, coins, strict=True)]

    return next_sentence_examples


@right
def the_parts_of_this_file():
    return function()


@wrong("In BERT 0 is “is next”", earns=0)
def labels_turned_round():
    return function(labels=(1, 0))


@wrong("A negative comes from *another* document", earns=0)
def negatives_from_the_same_document():
    return from_pool(lambda documents, place: documents[place])


@wrong("A negative comes from *another* document", earns=0)
def negatives_from_all_documents():
    return from_pool(lambda documents, place: [s for document in documents for s in document])


@wrong("a random one is never the true next one", earns=0)
def negatives_that_may_be_the_true_next_one():
    def negative(rng, documents, place, index):
        return rng.choice(
            documents[rng.choice([d for d in range(len(documents)) if d != place] + [place])][-1:]
        )

    return function(negative)


@wrong("it *is* what comes next", earns=0)
def negatives_that_read_like_the_true_next_one():
    return function(lambda rng, documents, place, index: rng.choice(others(documents, place)))


@wrong("it *is* what comes next", earns=0)
def the_true_next_one_is_known_by_its_object():
    return from_pool(others, same=lambda a, b: a is b)


@wrong("it *is* what comes next", earns=0)
def the_true_next_one_is_known_by_its_place():
    """The same number in another document is left out, which is no reason."""

    def negative(rng, documents, place, index):
        return rng.choice([s for d, doc in enumerate(documents) if d != place for s in doc])

    return function(negative)


@wrong("never came behind a sentence of document", earns=0)
def first_sentences_alone():
    return from_pool(lambda documents, place: [doc[0] for d, doc in enumerate(documents) if d != place])


@wrong("never came behind a sentence of document", earns=0)
def never_the_first_sentence():
    return from_pool(
        lambda documents, place: [s for d, doc in enumerate(documents) if d != place for s in doc[1:]]
    )


@wrong("never came behind a sentence of document", earns=0)
def never_the_last_sentence():
    return from_pool(
        lambda documents, place: [s for d, doc in enumerate(documents) if d != place for s in doc[:-1]]
    )


@wrong("never came behind a sentence of document", earns=0)
def from_the_next_document():
    return from_pool(lambda documents, place: documents[(place + 1) % len(documents)])


@wrong("never came behind a sentence of document", earns=0)
def never_from_the_last_document():
    return from_pool(
        lambda documents, place: [
            s
            for d, doc in enumerate(documents[:-1] if place < len(documents) - 1 else documents)
            if d != place
            for s in doc
        ]
    )


@wrong("a fair coin is tossed for each, wherever it stands", earns=0)
def labels_that_alternate():
    return function(random_one=lambda rng, n: n % 2 == 1)


@wrong("a fair coin is tossed for each, wherever it stands", earns=0)
def first_half_true_second_half_random():
    def next_sentence_examples(documents, seed=0):
        half = sum(len(document) - 1 for document in documents) // 2
        return function(random_one=lambda rng, n: n >= half)(documents, seed)

    return next_sentence_examples


@wrong("The labels take turns, or come in blocks", earns=0)
def labels_that_alternate_from_a_coin_on():
    def next_sentence_examples(documents, seed=0):
        start = random.Random(seed).randrange(2)
        return function(random_one=lambda rng, n: (n + start) % 2 == 1)(documents, seed)

    return next_sentence_examples


@wrong("so that the number changes", earns=0)
def exactly_half():
    def next_sentence_examples(documents, seed=0):
        n = sum(max(0, len(document) - 1) for document in documents)
        chosen = set(random.Random(seed + 77).sample(range(n), n // 2))
        return function(random_one=lambda rng, k: k in chosen)(documents, seed)

    return next_sentence_examples


@wrong("half are asked for. Is there a fair coin for each?", earns=0)
def too_few_random_ones():
    return function(random_one=lambda rng, n: rng.random() < 0.15)


@wrong("0% of the examples are random ones", earns=0)
def true_pairs_alone():
    return function(random_one=lambda rng, n: False)


@wrong(
    "There is one example for each sentence that has a next one, in their order: 6 here; yours are 12",
    earns=0,
)
def both_for_each_sentence():
    def next_sentence_examples(documents, seed=0):
        true = function(random_one=lambda rng, n: False)(documents, seed)
        other = function(random_one=lambda rng, n: True)(documents, seed)
        return [example for pair in zip(true, other, strict=True) for example in pair]

    return next_sentence_examples


@wrong("6 here; yours are 4", earns=0)
def every_second_sentence():
    def next_sentence_examples(documents, seed=0):
        refused(documents)
        rng, found = random.Random(seed), []
        for place, document in enumerate(documents):
            for index in range(0, len(document) - 1, 2):
                second = elsewhere(rng, documents, place, index) if rng.random() < 0.5 else None
                found.append((document[index], second or document[index + 1], int(second is not None)))
        return found

    return next_sentence_examples


@wrong("yours are 6, in another order", earns=0)
def shuffled():
    return function(end=lambda found: random.Random(3).sample(found, len(found)))


@wrong("is the last sentence of its document, and has no next one", earns=0)
def runs_on_into_the_next_document():
    def next_sentence_examples(documents, seed=0):
        rng = random.Random(seed)
        flat = [sentence for document in documents for sentence in document]
        return [
            (a, rng.choice(flat), 1) if rng.random() < 0.5 else (a, b, 0) for a, b in itertools.pairwise(flat)
        ]

    return next_sentence_examples


@wrong("An index runs past the end", earns=0)
def runs_past_the_last_sentence():
    def next_sentence_examples(documents, seed=0):
        found = []
        for document in documents:
            for index, first in enumerate(document):
                found.append((first, document[index + 1], 0))
        return found

    return next_sentence_examples


@wrong("nearly always the same examples: is `seed` used?", earns=0)
def always_the_same_seed():
    return function(begin=lambda seed: random.Random(11))


@wrong("The same seed twice gives other examples", earns=0)
def no_seed():
    return function(begin=lambda seed: random.SystemRandom())


@wrong(
    "One document, and there is no other one for a negative: that is a ValueError; yours gives a result",
    earns=0,
)
def true_pairs_of_a_document_alone():
    def next_sentence_examples(documents, seed=0):
        alone = len(documents) < 2
        return function(
            refuse=lambda documents: None, random_one=lambda rng, n: not alone and rng.random() < 0.5
        )(documents, seed)

    return next_sentence_examples


@wrong("that is a ValueError; yours", earns=0)
def chooses_from_nothing():
    return function(refuse=lambda documents: None)


@wrong("No document, and there is no other one for a negative", earns=0)
def no_document_gives_no_examples():
    def refuse(documents):
        if len(documents) == 1:
            raise ValueError("one document")

    return function(refuse=refuse)


@wrong("changed its argument `documents` in place", earns=0)
def shuffles_the_documents():
    def next_sentence_examples(documents, seed=0):
        random.Random(seed).shuffle(documents)
        return function()(documents, seed)

    return next_sentence_examples


@wrong("is no sentence of the documents: hand them on as they are", earns=0)
def marks_put_on():
    return function(end=lambda found: [(["[CLS]", *a], b, label) for a, b, label in found])


@wrong("are sentences, lists of tokens", earns=0)
def sentences_as_texts():
    return function(end=lambda found: [(" ".join(a), " ".join(b), label) for a, b, label in found])


@wrong("A label is 0 or 1, a whole number; yours is True", earns=0)
def labels_true_and_false():
    return function(labels=(False, True), random_one=lambda rng, n: n == 0 or rng.random() < 0.5, end=lambda found: [(found[0][0], found[0][1], True), *found[1:]])  # fmt: skip


@wrong("A label is 0 or 1, a whole number; yours is a str", earns=0)
def labels_in_words():
    return function(labels=("next", "random"))


@wrong("A label is 0 or 1, a whole number; yours is a tensor", earns=0)
def labels_in_tensors():
    import torch

    return function(labels=(torch.tensor(0), torch.tensor([1, 0])))


@wrong("returned nan", earns=0)
def labels_that_are_no_numbers():
    return function(end=lambda found: [(a, b, float("inf") - float("inf")) for a, b, _ in found])  # fmt: skip


@wrong("Return a list of (first, second, label).", earns=0)
def pairs_and_labels_apart():
    return function(end=lambda found: ([(a, b) for a, b, _ in found], [label for *_, label in found]))


@wrong("yours returned a dict", earns=0)
def a_dictionary():
    return function(end=lambda found: {" ".join(a): (b, label) for a, b, label in found})


@wrong("yours are 0", earns=0)
def constant():
    return lambda documents, seed=0: []


@wrong("Return a list of (first, second, label).", earns=0)
def identity():
    return lambda documents, seed=0: documents


@wrong("examples 0 are random ones; half are asked for", earns=0)
def hard_coded_examples():
    """Right on the documents of the visible check, and true pairs elsewhere."""

    def next_sentence_examples(documents, seed=0):
        known = len(documents) in (0, 1, 2, 4, 40)
        return function(random_one=lambda rng, n: known and rng.random() < 0.5)(documents, seed)

    return next_sentence_examples
