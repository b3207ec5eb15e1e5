import torch
from torch.nn import functional as F

from tests.answers import right, wrong


def unknown(word):
    return KeyError(f"The word {word!r} is not in the vocabulary.")


@right
def cosine_similarity_and_topk():
    def nearest_words(word, vectors, vocabulary, k=5):
        if word not in vocabulary:
            raise unknown(word)
        names = {i: w for w, i in vocabulary.items()}
        cosines = F.cosine_similarity(vectors, vectors[vocabulary[word]][None])
        cosines[vocabulary[word]] = -float("inf")
        best = cosines.topk(min(k, len(vocabulary) - 1))
        return [(names[i], c) for i, c in zip(best.indices.tolist(), best.values.tolist(), strict=True)]

    return nearest_words


@right
def loop_in_plain_python():
    class UnknownWord(KeyError):
        """A word outside the vocabulary."""

    def nearest_words(word, vectors, vocabulary, k=5):
        import math

        try:
            mine = vectors[vocabulary[word]].tolist()
        except KeyError:
            raise UnknownWord(f"I do not know the word {word}") from None

        def cosine(other):
            theirs = vectors[vocabulary[other]].tolist()
            lengths = math.hypot(*mine) * math.hypot(*theirs)
            return sum(a * b for a, b in zip(mine, theirs, strict=True)) / lengths if lengths else 0.0

        near = sorted(
            ((other, cosine(other)) for other in vocabulary if other != word), key=lambda pair: -pair[1]
        )
        print(near[:k])
        return near[:k]

    return nearest_words


@right
def numpy_in_float64_in_a_tuple():
    def nearest_words(word, vectors, vocabulary, k=5):
        import numpy as np

        if word not in vocabulary:
            raise unknown(word)
        words = sorted(vocabulary, key=vocabulary.get)
        table = vectors.numpy().astype(float)
        length = np.linalg.norm(table, axis=1)
        here = vocabulary[word]
        with np.errstate(invalid="ignore", divide="ignore"):
            cosines = np.nan_to_num(table @ table[here] / (length * length[here]))
        order = [i for i in np.argsort(-cosines, kind="stable") if i != here]
        return tuple((words[i], cosines[i]) for i in order[:k])

    return nearest_words


@right
def generator_of_lists_with_tensors():
    def nearest_words(word, vectors, vocabulary, k=5):
        import warnings

        warnings.warn("searching", stacklevel=1)
        if word not in vocabulary:
            raise unknown(word)
        unit = vectors / vectors.norm(dim=1, keepdim=True).clamp(min=1e-12)
        cosines = torch.einsum("wd,d->w", unit, unit[vocabulary[word]])
        names = {i: w for w, i in vocabulary.items()}
        order = [i for i in cosines.argsort(descending=True).tolist() if i != vocabulary[word]]
        for i in order[:k]:
            yield [names[i], cosines[i]]

    return nearest_words


def ranked(word, vocabulary, score, k=5, largest=True):
    """The k best other words by a score for each id."""
    if word not in vocabulary:
        raise unknown(word)
    names = {i: w for w, i in vocabulary.items()}
    order = [i for i in score.argsort(descending=largest).tolist() if i != vocabulary[word]]
    return [(names[i], score[i].item()) for i in order[:k]]


def cosines(word, vectors, vocabulary):
    """The cosine of a word with all."""
    if word not in vocabulary:
        raise unknown(word)
    unit = F.normalize(vectors, dim=1)
    return unit @ unit[vocabulary[word]]


@wrong("leave it out", earns=0)
def includes_the_word_itself():
    def nearest_words(word, vectors, vocabulary, k=5):
        cosine = cosines(word, vectors, vocabulary)
        names = {i: w for w, i in vocabulary.items()}
        return [(names[i], cosine[i].item()) for i in cosine.argsort(descending=True).tolist()[:k]]

    return nearest_words


@wrong("you give 1", earns=0)
def takes_k_before_dropping_the_word():
    def nearest_words(word, vectors, vocabulary, k=5):
        return ranked(word, vocabulary, cosines(word, vectors, vocabulary), k - 1)

    return nearest_words


@wrong("Cosine looks at the angle alone, not at the length", earns=0)
def dot_product():
    def nearest_words(word, vectors, vocabulary, k=5):
        if word not in vocabulary:
            raise unknown(word)
        return ranked(word, vocabulary, vectors @ vectors[vocabulary[word]], k)

    return nearest_words


@wrong("Cosine looks at the angle alone, not at the length", earns=0)
def normalises_one_side_only():
    def nearest_words(word, vectors, vocabulary, k=5):
        if word not in vocabulary:
            raise unknown(word)
        return ranked(word, vocabulary, vectors @ F.normalize(vectors, dim=1)[vocabulary[word]], k)

    return nearest_words


@wrong("Divide the dot product by both lengths", earns=0)
def ranks_by_the_angle_and_gives_the_product():
    def nearest_words(word, vectors, vocabulary, k=5):
        near = ranked(word, vocabulary, cosines(word, vectors, vocabulary), k)
        return [(w, (vectors[vocabulary[w]] @ vectors[vocabulary[word]]).item()) for w, _ in near]

    return nearest_words


@wrong("a distance between points", earns=0)
def euclidean_distance():
    def nearest_words(word, vectors, vocabulary, k=5):
        if word not in vocabulary:
            raise unknown(word)
        distance = (vectors - vectors[vocabulary[word]]).norm(dim=1)
        return ranked(word, vocabulary, distance, k, largest=False)

    return nearest_words


@wrong("smallest cosine first", earns=0)
def smallest_first():
    def nearest_words(word, vectors, vocabulary, k=5):
        return ranked(word, vocabulary, cosines(word, vectors, vocabulary), k, largest=False)

    return nearest_words


@wrong("a row of the table, by its own length", earns=0)
def normalises_over_the_words():
    def nearest_words(word, vectors, vocabulary, k=5):
        if word not in vocabulary:
            raise unknown(word)
        unit = F.normalize(vectors, dim=0)
        return ranked(word, vocabulary, unit @ unit[vocabulary[word]], k)

    return nearest_words


@wrong("A clear error is a sentence", earns=0)
def leaves_the_error_to_the_dict():
    def nearest_words(word, vectors, vocabulary, k=5):
        unit = F.normalize(vectors, dim=1)
        return ranked(word, vocabulary, unit @ unit[vocabulary[word]], k)

    return nearest_words


@wrong("and you answer all the same", earns=0)
def empty_for_an_unknown_word():
    def nearest_words(word, vectors, vocabulary, k=5):
        return ranked(word, vocabulary, cosines(word, vectors, vocabulary), k) if word in vocabulary else []

    return nearest_words


@wrong("and you answer all the same", earns=0)
def takes_unk_for_an_unknown_word():
    def nearest_words(word, vectors, vocabulary, k=5):
        word = word if word in vocabulary else "<pad>"
        return ranked(word, vocabulary, cosines(word, vectors, vocabulary), k)

    return nearest_words


@wrong("asks for a KeyError; yours is a ValueError", earns=0)
def raises_a_value_error():
    def nearest_words(word, vectors, vocabulary, k=5):
        if word not in vocabulary:
            raise ValueError(f"{word} is not in the vocabulary")
        return ranked(word, vocabulary, cosines(word, vectors, vocabulary), k)

    return nearest_words


@wrong("the word first, a string", earns=0)
def returns_ids():
    def nearest_words(word, vectors, vocabulary, k=5):
        return [
            (vocabulary[w], c) for w, c in ranked(word, vocabulary, cosines(word, vectors, vocabulary), k)
        ]

    return nearest_words


@wrong("the word first, a string, then its cosine", earns=0)
def returns_the_cosine_first():
    def nearest_words(word, vectors, vocabulary, k=5):
        return [(c, w) for w, c in ranked(word, vocabulary, cosines(word, vectors, vocabulary), k)]

    return nearest_words


@wrong("the word first, a string, then its cosine", earns=0)
def returns_words_alone():
    def nearest_words(word, vectors, vocabulary, k=5):
        return [w for w, _ in ranked(word, vocabulary, cosines(word, vectors, vocabulary), k)]

    return nearest_words


@wrong("guard the division", earns=0)
def nan_for_a_vector_of_zeros():
    def nearest_words(word, vectors, vocabulary, k=5):
        if word not in vocabulary:
            raise unknown(word)
        unit = vectors / vectors.norm(dim=1, keepdim=True)
        return ranked(word, vocabulary, unit @ unit[vocabulary[word]], k)

    return nearest_words


@wrong("Asked for all other words, you give", earns=2.5)
def drops_words_with_a_vector_of_zeros():
    def nearest_words(word, vectors, vocabulary, k=5):
        near = ranked(word, vocabulary, cosines(word, vectors, vocabulary), len(vocabulary))
        return [(w, c) for w, c in near if vectors[vocabulary[w]].abs().sum() > 0][:k]

    return nearest_words


@wrong("not an error; yours stops", earns=2.5)
def fails_when_k_is_too_large():
    def nearest_words(word, vectors, vocabulary, k=5):
        cosine = cosines(word, vectors, vocabulary)
        cosine[vocabulary[word]] = -2
        names = {i: w for w, i in vocabulary.items()}
        best = cosine.topk(k)
        return [(names[i], c) for i, c in zip(best.indices.tolist(), best.values.tolist(), strict=True)]

    return nearest_words


@wrong("k=2 asks for two words; you give 4", earns=0)
def ignores_k():
    def nearest_words(word, vectors, vocabulary, k=5):
        return ranked(word, vocabulary, cosines(word, vectors, vocabulary), 5)

    return nearest_words


@wrong("changed its argument `vectors` in place", earns=0)
def normalises_in_place():
    def nearest_words(word, vectors, vocabulary, k=5):
        vectors /= vectors.norm(dim=1, keepdim=True).clamp(min=1e-9)
        return ranked(word, vocabulary, cosines(word, vectors, vocabulary), k)

    return nearest_words


@wrong("should return a list or a tuple", earns=0)
def identity():
    def nearest_words(word, vectors, vocabulary, k=5):
        return word

    return nearest_words


@wrong("k=2 asks for two words; you give 0", earns=0)
def constant():
    def nearest_words(word, vectors, vocabulary, k=5):
        return []

    return nearest_words


@wrong("Random vectors", earns=0)
def hard_coded_examples():
    def nearest_words(word, vectors, vocabulary, k=5):
        if word not in vocabulary:
            raise unknown(word)
        known = [("queen", 0.995133), ("pear", 0.222752)]
        others = [w for w in vocabulary if w != word]
        return known if word == "king" else [(w, 0.5) for w in others[:k]]

    return nearest_words
