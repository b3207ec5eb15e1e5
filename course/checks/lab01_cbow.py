"""Visible checks of lab 01: hand-sized examples, and what must hold without knowing the answer."""

import math

import torch
from torch import Tensor

from course import microworld

from . import Handle, Lab, require, require_close, require_shape

lab = Lab("lab01_cbow")
check = lab.check_cell

NEIGHBOURS = 5  # of the nearest words, how many are looked at when trained vectors are judged
PURITY = 0.80  # the share of them that must be of the word's own kind
TOKENS = 60_000  # of the text to train on


def pairs_of(result):
    """A returned list of (context, centre) pairs, with contexts as lists; says so when it is none."""
    try:
        pairs = [(list(context), centre) for context, centre in result]
    except (TypeError, ValueError):
        pairs = None
    require(
        pairs is not None and all(not isinstance(c, str) for c, _ in result),
        "Give one pair (context, centre) for each token, the context a list of tokens.",
    )
    return pairs


@lab.check(points=3, returns=(list, tuple))
def context_windows(student):
    tokens = ["the", "cat", "sat", "down"]
    pairs = pairs_of(student(tokens, 1))
    require(
        len(pairs) == 4,
        "Four tokens make four windows, one round each token, also at the edges; yours makes {n}.",
        n=len(pairs),
    )
    for (context, centre), word in zip(pairs, tokens, strict=True):
        require(centre == word, "The centres should be the tokens in their order; where {word!r} is due you have {centre!r}.", word=word, centre=centre)
        require(
            word not in context,
            "The window of {word!r} holds {word!r} itself: {context}. A model that sees the answer learns to copy it.",
            word=word,
            context=context,
        )
        require(len(context) == 2, "With radius 1 every context has 2 tokens, padded at the edges; the one of {word!r} is {context}.", word=word, context=context)
    require(pairs[1][0] == ["the", "sat"], "Round 'cat' stand ['the', 'sat'], in the order of the sentence; you have {c}.", c=pairs[1][0])
    require(
        pairs[0][0] == ["<pad>", "cat"],
        "Before the first token there is nothing, so its context is ['<pad>', 'cat']; you have {c}. (In Python, index -1 is the last token.)",
        c=pairs[0][0],
    )
    require(pairs[3][0] == ["sat", "<pad>"], "After the last token there is nothing, so its context is ['sat', '<pad>']; you have {c}.", c=pairs[3][0])
    wide = pairs_of(student(["a", "b"], 2, pad="_"))
    require(
        wide == [(["_", "_", "b", "_"], "a"), (["_", "a", "_", "_"], "b")],
        "Radius 2 over ['a', 'b'] with pad='_' gives ['_', '_', 'b', '_'] round 'a'; you have {c}.",
        c=wide[0][0] if wide else [],
    )


@lab.check(points=3, returns=(dict,))
def build_vocabulary(student):
    sentences = [["the", "cat", "sat"], ["the", "dog", "sat"], ["the", "end"]]
    words = student(sentences)
    require(
        words.get("<pad>") == 0 and words.get("<unk>") == 1,
        "'<pad>' has id 0 and '<unk>' id 1, before any word of the text; you give {p} and {u}.",
        p=words.get("<pad>"),
        u=words.get("<unk>"),
    )
    require(set(words) == {"<pad>", "<unk>", "the", "sat", "cat", "dog", "end"}, "Every word of the text and the two specials, no other, belong in; yours has {w}.", w=sorted(map(str, words)))
    require(sorted(words.values()) == list(range(7)), "Ids run from 0 without a gap; yours are {v}.", v=sorted(words.values()))
    require(words["the"] == 2 and words["sat"] == 3, "The most frequent word comes first: 'the' (3 times) has id 2 and 'sat' (2 times) id 3; you give {t} and {s}.", t=words["the"], s=words["sat"])
    require(
        [words[w] for w in ("cat", "dog", "end")] == [4, 5, 6],
        "'cat', 'dog' and 'end' occur once each: equals stand in alphabetical order, 4, 5, 6. Yours are {v}.",
        v=[words[w] for w in ("cat", "dog", "end")],
    )
    fewer = student(sentences, min_count=2)
    require(
        set(fewer) == {"<pad>", "<unk>", "the", "sat"},
        "With min_count=2 the words that occur at least twice stay, 'the' and 'sat'; yours keeps {w}.",
        w=sorted(set(map(str, fewer)) - {"<pad>", "<unk>"}),
    )


@lab.check(points=4, returns=(Tensor,))
def CBOW(student):
    model = student(4, 2)
    require(isinstance(model, Handle) and model.is_module, "CBOW(vocabulary_size, dim) should make an nn.Module.")
    names = [name for name, _ in model.named_parameters()]
    require(
        names == ["embedding.weight", "output.weight", "output.bias"],
        "`__init__` sets `embedding` and `output`; keep both as given. Yours has {names}.",
        names=names,
    )
    table = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [4.0, 2.0]]
    weights = {
        "embedding.weight": torch.tensor(table),
        "output.weight": torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, -1.0]]),
        "output.bias": torch.tensor([0.0, 0.0, 0.0, 1.0]),
    }
    model.load_state_dict(weights)
    logits = model(torch.tensor([[1, 3], [2, 3]]))
    require_shape(logits, (2, 4), "Two contexts and a vocabulary of 4: the logits, one for each word,")
    require_close(
        logits[0],
        [2.5, 1.0, 3.5, 2.5],
        "Words 1 and 3 have vectors [1, 0] and [4, 2]; their mean [2.5, 1] goes through `output`. Your logit {at} is {got}. "
        "Is it the mean, not the sum, and no softmax yet?",
    )
    padded = model(torch.tensor([[0, 1, 3, 0]]))
    require_close(
        padded[0],
        logits[0],
        "Two padding tokens beside words 1 and 3 change the logits: {at} becomes {got}. Divide by the number of real words.",
    )


@lab.check(points=2, returns=(Tensor,))
def subsample_probability(student):
    counts = torch.tensor([900, 90, 9, 1])
    keep = student(counts, 0.01)
    require_shape(keep, (4,), "One probability for each word: the result")
    require(bool((keep <= 1 + 1e-6).all()), "A probability of {p:.2f} is above 1: rare words are always kept, so cap it.", p=keep.max().item())
    require(bool((keep[:-1] <= keep[1:] + 1e-6).all()), "A more frequent word must be kept less often; yours keeps 900 of 1,000 with {a:.2f} and 1 of 1,000 with {b:.2f}. Keep or drop?", a=keep[0].item(), b=keep[3].item())
    require_close(keep[2:], [1.0, 1.0], "A word rarer than t is always kept; yours is kept with {got}.")
    require_close(
        keep[0],
        math.sqrt(0.01 / 0.9),
        "A word that is 900 of 1,000 is kept with sqrt(0.01 / 0.9) = 0.105 when t is 0.01; you have {got}. The f of the formula is a share, not a count.",
    )


@lab.check(points=2, returns=(Tensor,))
def noise_distribution(student):
    counts = torch.tensor([16, 1, 0, 81])
    noise = student(counts)
    require_shape(noise, (4,), "One probability for each word: the result")
    total = noise.sum().item()
    require(abs(total - 1) < 1e-4, "The probabilities sum to {total:.3f}; divide by their sum, after the power.", total=total)
    require(noise[2].item() == 0, "A word that never occurs is never drawn; yours has probability {p:.4f}.", p=noise[2].item())
    require_close(noise, [8 / 36, 1 / 36, 0, 27 / 36], "16, 1, 0 and 81 to the power 3/4 are 8, 1, 0 and 27, so the shares are 8, 1, 0, 27 of 36; at {at} you have {got}.")


@lab.check(points=4, returns=(float, Tensor))
def negative_sampling_loss(student):
    zeros = torch.zeros(2, 3), torch.zeros(2, 3), torch.zeros(2, 4, 3)
    loss = student(*zeros)
    require(isinstance(loss, Tensor) and loss.dim() == 0, "The loss is one number, a tensor without axes, averaged over the batch; yours is of shape {s}.", s=tuple(getattr(loss, "shape", ())))
    require_close(
        loss,
        5 * math.log(2),
        "Vectors of zeros know nothing: each of 1 + 4 yes/no questions costs ln 2, together 3.466. Yours is {got}. Sum over the noise words, average over the batch.",
    )
    context = torch.tensor([[2.0, 0.0]])
    good = student(context, torch.tensor([[3.0, 0.0]]), torch.tensor([[[-3.0, 0.0]]]))
    bad = student(context, torch.tensor([[-3.0, 0.0]]), torch.tensor([[[3.0, 0.0]]]))
    require(
        good < bad,
        "A target that agrees with the context and noise that disagrees should cost little, the reverse much; yours costs {g:.3f} and {b:.3f}. Which score wants to be large?",
        g=good.item(),
        b=bad.item(),
    )
    require_close(good, 2 * math.log1p(math.exp(-6.0)), "Scores of 6 for the target and -6 for one noise word cost 2 ln(1 + e^-6) = 0.00495; yours costs {got}.")


def neighbours_of(result):
    """A returned list of (word, cosine) pairs; says so when it is none."""
    try:
        pairs = [(word, float(score)) for word, score in result]
    except (TypeError, ValueError):
        pairs = None
    require(pairs is not None and all(isinstance(w, str) for w, _ in pairs), "Give a list of pairs (word, cosine), the words as strings.")
    return pairs


@lab.check(points=3, returns=(list, tuple))
def nearest_words(student):
    vocabulary = {"<pad>": 0, "king": 1, "queen": 2, "apple": 3, "pear": 4}
    vectors = torch.tensor([[0.0, 0.0], [1.0, 0.1], [10.0, 2.0], [0.1, 1.0], [0.5, 4.0]])
    near = neighbours_of(student("king", vectors, vocabulary, 2))
    words = [w for w, _ in near]
    require("king" not in words, "The nearest word to 'king' is not 'king' itself; leave it out.")
    require(len(near) == 2, "k=2 asks for two words; you give {n}.", n=len(near))
    require(
        words == ["queen", "pear"],
        "Nearest to 'king' by angle are 'queen', then 'pear'; you say {words}. Cosine looks at the angle alone, not at the length.",
        words=words,
    )
    require_close(near[0][1], 0.995133, "The cosine of 'king' and 'queen' is 0.995; you have {got}. Divide the dot product by both lengths.")
    error = student.error("zebra", vectors, vocabulary)
    require(error is not None, "'zebra' is not in the vocabulary, and you answer all the same. Raise a KeyError that says so.")
    require(error.is_a("KeyError"), "For a word outside the vocabulary the statement asks for a KeyError; yours is a {type}.", type=error.type)
    require(
        "zebra" in error.message and len(error.message.split()) >= 3,
        "Your KeyError for 'zebra' says {text!r}. A clear error is a sentence: which word, and what is wrong with it?",
        text=error.message[:80],
    )


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
        len(shape) == 2 and shape[0] == len(vocabulary),
        "Return the word vectors, one row for each of the {n} words of the vocabulary; yours has shape {shape}.",
        n=len(vocabulary),
        shape=shape,
    )
    require(vectors.is_floating_point(), "Word vectors are floating-point numbers; yours are {t}.", t=vectors.dtype)


@lab.check(points=5, returns=(Tensor,), limit=90)
def train_cbow(student):
    world, sentences, vocabulary = world_to_train_on(1)
    vectors = student(sentences, vocabulary)
    require_vectors(vectors, vocabulary)
    kinds = {kind: world.groups()[kind] for kind in ("animal", "food", "place")}
    share = purity(vectors, vocabulary, kinds)
    require(
        share >= PURITY,
        "Of the five nearest neighbours of each animal, food and town {share:.0%} are of its own kind; {goal:.0%} are asked for. "
        "Does the loss start at (negatives + 1) ln 2, and how far does it fall? Large vectors at the start are slow to turn: how large are yours?",
        share=share,
        goal=PURITY,
    )
    return f"{share:.0%} of the five nearest neighbours of an animal, a food or a town are of the same kind."
