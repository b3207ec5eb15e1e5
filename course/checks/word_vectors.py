"""How trained word vectors are judged: by the neighbours of words whose kind is known."""

import torch
from torch import Tensor

from course import microworld

from . import args, require
from .usual import looks_like

NEIGHBOURS = 5  # of the nearest words, how many are looked at
PURITY = 0.80  # the share of them that must be of the word's own kind
TOKENS = 60_000  # of the text to train on


def purity(vectors, vocabulary, groups):
    """The share of each word's nearest words that are of its own kind, over the words of all kinds.

    vectors: float (words, dim); groups: kind -> words. Returns a number in 0…1.
    """
    kinds = {vocabulary[w]: kind for kind, words in groups.items() for w in words if w in vocabulary}
    ids = torch.tensor(sorted(kinds))
    unit = torch.nn.functional.normalize(vectors.detach().float()[ids], dim=1)
    similarity = unit @ unit.T
    similarity.fill_diagonal_(-2)
    nearest = ids[similarity.topk(NEIGHBOURS, dim=1).indices]
    same = [kinds[n] == kinds[i] for i, row in zip(ids.tolist(), nearest.tolist(), strict=True) for n in row]
    return sum(same) / len(same)


def world_to_train_on(seed):
    """A world, sentences of it and a vocabulary in alphabetical order."""
    world = microworld(seed)
    sentences = world.sentences(tokens=TOKENS)
    words = ["<pad>", "<unk>", *sorted({w for s in sentences for w in s})]
    return world, sentences, {w: i for i, w in enumerate(words)}


def require_vectors(vectors, vocabulary):
    """What must hold of any word vectors before they are judged."""
    shape = tuple(vectors.shape)
    require(
        len(shape) != 2 or shape[1] != len(vocabulary) or shape[0] == shape[1],
        "Your vectors, of shape {shape}, stand in columns; return one row for each word.",
        shape=shape,
    )
    require(
        len(shape) == 2 and shape[0] == len(vocabulary),
        "Return the word vectors, one row for each of the {n} words of the vocabulary; yours has shape {shape}.",
        n=len(vocabulary),
        shape=shape,
    )
    require(
        vectors.is_floating_point(),
        "Word vectors are floating-point numbers; yours are {t}.",
        t=vectors.dtype,
    )


def what_went_wrong(student, sentences, vocabulary, vectors):
    """A sentence on trained vectors that fail, from one more training of a single step; empty when nothing shows."""
    if looks_like(vectors, vectors[:1].expand_as(vectors)):
        return " All words have the same vector."
    (start,) = student.many([args(sentences[:300], vocabulary, steps=1)], errors="keep")
    if not isinstance(start, Tensor) or start.shape != vectors.shape or not start.is_floating_point():
        return ""
    if torch.allclose(start.float(), vectors.float(), atol=0.02):
        return (
            " After all steps they are where they were after the first: the loss does not move the table that you return. "
            "Does the optimiser have its weights, and does the context reach the loss?"
        )
    if start.float().std() > 0.4:
        return (
            f" They start with standard deviation {start.float().std():.2f}, so large that the steps hardly turn them; "
            "start at 0.1."
        )
    return (
        " Does the loss start at (negatives + 1) ln 2, and how far does it fall? If it hardly falls, look at a batch: "
        "do its contexts and centres belong together?"
    )
