"""Visible checks of lab 01: hand-sized examples, and what must hold without knowing the answer."""

import math

import torch
from torch import Tensor

from . import Handle, Lab, require, require_close, require_loss, require_shape
from .seeds import judge_seed
from .usual import looks_like, refuse, usual
from .word_vectors import PURITY, purity, require_vectors, what_went_wrong, world_to_train_on

lab = Lab("lab01_cbow")
check = lab.check_cell


def pairs_of(result):
    """A returned list of (context, centre) pairs, with contexts as lists; says so when it is none."""

    def token(x):
        return x.item() if hasattr(x, "item") else x

    try:
        pairs = [([token(t) for t in context], token(centre)) for context, centre in result]
    except (TypeError, ValueError, RuntimeError):
        pairs = None
    require(
        pairs is not None and all(not isinstance(c, str) for c, _ in result),
        "Give one pair (context, centre) for each token: the context first, a list of tokens, then the centre.",
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
    require(
        "cat" in pairs[1][0] or len(pairs[1][0]) >= 2,
        "On each side of 'cat' stands one token, together 2; you have {c}. (A slice `a[i:j]` stops before j.)",
        c=pairs[1][0],
    )
    for (context, centre), word in zip(pairs, tokens, strict=True):
        require(
            centre == word,
            "The centres should be the tokens in their order; where {word!r} is due you have {centre!r}.",
            word=word,
            centre=centre,
        )
        require(
            word not in context,
            "The window of {word!r} holds {word!r} itself: {context}. A model that sees the answer learns to copy it.",
            word=word,
            context=context,
        )
        require(
            len(context) == 2,
            "With radius 1 every context has 2 tokens, padded at the edges; the one of {word!r} is {context}.",
            word=word,
            context=context,
        )
    for place, truth, story in (
        (1, ["the", "sat"], "Round 'cat' stand {truth}, in the order of the sentence; you have {c}."),
        (
            0,
            ["<pad>", "cat"],
            "Before the first token there is nothing: {truth}. You have {c} (in Python, index -1 is the last token).",
        ),
        (3, ["sat", "<pad>"], "After the last token there is nothing: {truth}. You have {c}."),
    ):
        require(pairs[place][0] == truth, story, truth=truth, c=pairs[place][0])
    wide = pairs_of(student(["a", "b"], 2, pad="_"))
    for i, (truth, word) in enumerate([(["_", "_", "b", "_"], "a"), (["_", "a", "_", "_"], "b")]):
        require(
            len(wide) == 2 and wide[i] == (truth, word),
            "Radius 2 over ['a', 'b'] with pad='_' gives {truth} round {word!r}, in the order of the sentence; you have {c}.",
            truth=truth,
            word=word,
            c=wide[i][0] if len(wide) > i else "nothing",
        )


def ids_of(words):
    """A returned vocabulary; says so when it does not lead from words to ids."""
    require(
        all(isinstance(w, str) for w in words),
        "The dict leads from words to ids: an id for each word, not a word for each id.",
    )
    require(
        all(isinstance(i, int) for i in words.values()),
        "The ids of a vocabulary are whole numbers; not all of yours are.",
    )
    return words


@lab.check(points=3, returns=(dict,))
def build_vocabulary(student):
    sentences = [["the", "dog", "sat"], ["the", "cat", "sat"], ["the", "end"]]
    words = ids_of(student(sentences))
    require(
        words.get("<pad>") == 0 and words.get("<unk>") == 1,
        "'<pad>' has id 0 and '<unk>' id 1, before any word of the text; you give {p} and {u}.",
        p=words.get("<pad>"),
        u=words.get("<unk>"),
    )
    require("t" not in words, "A sentence is a list of words; yours are letters: {w}.", w=sorted(words))
    require(
        set(words) != {"<pad>", "<unk>", "the", "sat"},
        "min_count is 1 when nothing else is said, and every word that occurs once is left out of yours. At least min_count: is it `>=`?",
    )
    require(
        set(words) == {"<pad>", "<unk>", "the", "sat", "cat", "dog", "end"},
        "Every word of the text and the two specials, no other, belong in; yours has {w}.",
        w=sorted(words),
    )
    ids = sorted(words.values())
    require(ids == list(range(7)), "Ids run from 0 without a gap; yours are {ids}.", ids=ids)
    require(
        words["the"] == 2 and words["sat"] == 3,
        "The most frequent word comes first: 'the' (3 times) has id 2 and 'sat' (2 times) id 3; you give {t} and {s}.",
        t=words["the"],
        s=words["sat"],
    )
    once = [words[w] for w in ("cat", "dog", "end")]
    require(
        once == [4, 5, 6],
        "'cat', 'dog' and 'end' occur once each: equals stand in alphabetical order, 4, 5, 6. Yours are {once}.",
        once=once,
    )
    often = ids_of(student([["so", "so", "so"], ["it", "is"], ["is", "it"]]))
    require(
        often.get("so") == 2,
        "'so' occurs three times, 'it' and 'is' twice, so 'so' has id 2: each time it occurs counts, also within one sentence. You give {i}.",
        i=often.get("so"),
    )
    fewer = ids_of(student(sentences, min_count=2))
    require(
        set(fewer) == {"<pad>", "<unk>", "the", "sat"},
        "With min_count=2 the words that occur at least twice stay, 'the' and 'sat'; yours keeps {w}.",
        w=sorted(set(fewer) - {"<pad>", "<unk>"}),
    )


@lab.check(points=4, returns=(Tensor,))
def CBOW(student):
    model = student(4, 2)
    module = isinstance(model, Handle) and model.is_module
    require(module, "CBOW(vocabulary_size, dim) should make an nn.Module.")
    names = [name for name, _ in model.named_parameters()]
    require(
        names == ["embedding.weight", "output.weight", "output.bias"],
        "`__init__` sets `embedding` and `output`; keep both as given. Yours has {names}.",
        names=names,
    )
    weights = {
        "embedding.weight": torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [4.0, 2.0]]),
        "output.weight": torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, -1.0]]),
        "output.bias": torch.tensor([0.0, 0.0, 0.0, 1.0]),
    }
    model.load_state_dict(weights)
    contexts = torch.tensor([[1, 3, 1, 3], [1, 1, 1, 3]])
    logits = model(contexts)
    require_shape(logits, (2, 4), "Two contexts and a vocabulary of 4: the logits, one for each word,")
    require(
        torch.equal(logits, model(contexts)),
        "The same contexts give other logits the second time. Is there a new layer or a dropout in `forward`?",
    )
    for scores in (logits, logits.exp()):
        require(
            not looks_like(scores.sum(1), [1.0, 1.0]),
            "Your logits are probabilities, or their logarithms. Return logits, as they come out of `output`; the loss does the softmax.",
        )
    mistakes = [
        ([10.0, 4.0, 14.0, 7.0], "That is the sum of the four vectors, [10, 4], through `output`"),
        ([2.5, 1.0, 3.5, 1.5], "With that, the bias of `output` is missing"),
        ([0.0, 2.5, 1.0, 13.0], "That is scored with `embedding`; the scores come from `output`"),
    ]
    require_close(
        logits[0],
        [2.5, 1.0, 3.5, 2.5],
        "Words 1 and 3 have vectors [1, 0] and [4, 2]; their mean [2.5, 1] goes through `output`. Your logit {at} is {got}.{known}",
        known=usual(logits[0], mistakes),
    )
    require_close(
        logits[1],
        [1.75, 0.5, 2.25, 2.25],
        "The context [1, 1, 1, 3] has the mean [1.75, 0.5]: a word that stands twice counts twice. Your logit {at} is {got}.",
    )
    padded = model(torch.tensor([[0, 1, 3, 0]]))
    require_shape(padded, (1, 4), "A single context has one row of logits: it")
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
    require(keep.is_floating_point(), "Probabilities are fractions; yours are of type {t}.", t=keep.dtype)
    ratio = 0.01 / (counts / 1000)
    root = ratio.sqrt()
    mistakes = [
        (1 - root.clamp(max=1), "You give the probability of dropping a word; 1 minus that is asked for"),
        (1 - root, "You give the probability of dropping a word, and without a cap"),
        (ratio.clamp(max=1), "You give t / f, at most 1: the square root is missing"),
        ((0.01 / counts).sqrt(), "You give sqrt(t / count). The f of the formula is a share, not a count"),
        ((1 / root).clamp(max=1), "Frequent words are kept most by you: the fraction is upside down"),
        (
            (root + ratio).clamp(max=1),
            "You add t / f, as the one in word2vec's code; take the one of the paper",
        ),
        (
            (9 / counts).sqrt().clamp(max=1),
            "Your f is a share of the most frequent word; take one of all tokens",
        ),
    ]
    refuse(keep, mistakes)
    require(
        bool((keep <= 1 + 1e-6).all()),
        "A probability of {p:.2f} is above 1: rare words are always kept, so cap it.",
        p=keep.max().item(),
    )
    require(
        not ((keep == 0) | (keep == 1)).all(),
        "Every probability of yours is 0 or 1. Return the probabilities; the caller tosses the coins.",
    )
    require_close(keep[2:], [1.0, 1.0], "A word rarer than t is always kept; yours is kept with {got}.")
    require_close(
        keep[0],
        math.sqrt(0.01 / 0.9),
        "A word that is 900 of 1,000 is kept with sqrt(0.01 / 0.9) = 0.105 when t is 0.01; you have {got}.",
    )
    keep = student(counts, 0.04)
    require_shape(keep, (4,), "One probability for each word: the result")
    require_close(
        keep[:2],
        [math.sqrt(0.04 / 0.9), math.sqrt(0.04 / 0.09)],
        "With another t, 0.04, the first two words are kept with 0.211 and 0.667; at {at} you have {got}.",
    )


@lab.check(points=2, returns=(Tensor,))
def noise_distribution(student):
    counts = torch.tensor([16, 1, 0, 81])
    noise = student(counts)
    require_shape(noise, (4,), "One probability for each word: the result")
    require(noise.is_floating_point(), "Probabilities are fractions; yours are whole numbers.")
    wider = counts ** (4 / 3)
    mistakes = [
        (counts / 98, "These are the plain shares, 16, 1, 0 and 81 of 98: the power is missing"),
        ([0.25] * 4, "You give the same probability for every word"),
        ([0.0, 0.0, 0.0, 1.0], "That is a softmax of the counts: no exponential is asked for"),
        (counts**0.75 / 27, "You divide by the largest weight; divide by the sum"),
        (wider / wider.sum(), "16, 1, 0 and 81 are taken to the power 4/3 by you; 3/4 is asked for"),
    ]
    refuse(noise, mistakes)
    total, never = noise.sum().item(), noise[2].item()
    require(
        abs(total - 1) < 1e-4, "They sum to {total:.3f}; divide by their sum, after the power.", total=total
    )
    require(never == 0, "A word that never occurs is never drawn; yours has probability {p:.2g}.", p=never)
    require_close(
        noise,
        [8 / 36, 1 / 36, 0, 27 / 36],
        "16, 1, 0 and 81 to the power 3/4 are 8, 1, 0 and 27, so the shares are 8, 1, 0, 27 of 36; at {at} you have {got}.",
    )


@lab.check(points=4, returns=(float, Tensor))
def negative_sampling_loss(student):
    zeros = torch.zeros(2, 3), torch.zeros(2, 3), torch.zeros(2, 4, 3)
    loss = require_loss(student(*zeros))
    ln2 = math.log(2)
    mistakes = [
        (2 * ln2, "That is 2 ln 2: you average over the noise words, and they are to be summed"),
        (ln2, "That is ln 2: you average over all questions. Sum over those of an example"),
        (10 * ln2, "That is 10 ln 2: you sum over the batch, and it is to be averaged"),
        (-5 * ln2, "That is -5 ln 2: the sign is the wrong way. A cost is not negative"),
    ]
    require_close(
        loss,
        5 * ln2,
        "Vectors of zeros know nothing: each of 1 + 4 yes/no questions costs ln 2, together 3.466. Yours is {got}.{known}",
        known=usual(loss, mistakes),
    )
    context = torch.tensor([[2.0, 0.0]])
    good = require_loss(student(context, torch.tensor([[3.0, 0.0]]), torch.tensor([[[-3.0, 0.0]]])))
    bad = require_loss(student(context, torch.tensor([[-3.0, 0.0]]), torch.tensor([[[3.0, 0.0]]])))
    require(
        good.item() < bad.item(),
        "A target that agrees with the context and noise that disagrees should cost little, the reverse much; yours costs {g:.3f} and {b:.3f}. Which score wants to be large?",
        g=good.item(),
        b=bad.item(),
    )
    cost = {x: math.log1p(math.exp(-x)) for x in (1, 6, 9)}
    mistakes = [
        (cost[6] + cost[9], "The noise is scored against the target; score it against the context"),
        (2 * cost[1], "That is what cosines of 1 and -1 cost: the score is a dot product, not a cosine"),
    ]
    require_close(
        good,
        2 * cost[6],
        "Scores of 6 for the target and -6 for one noise word cost 2 ln(1 + e^-6) = 0.00495; yours costs {got}.{known}",
        known=usual(good, mistakes),
    )
    words = torch.tensor([[3.0, 0.0], [0.0, -3.0]])
    both = student(torch.tensor([[2.0, 0.0], [0.0, 2.0]]), words, -words.unsqueeze(1))
    require_close(
        both,
        (0.0049514 + 12.0049514) / 2,
        "Two examples that cost 0.005 and 12.005 alone cost {got} together, and it should be their mean, 6.005. Every context meets only the noise of its own example.",
    )


def neighbours_of(result):
    """A returned list of (word, cosine) pairs; says so when it is none."""
    try:
        pairs = [(word, float(score)) for word, score in result]
    except (TypeError, ValueError):
        pairs = None
    require(
        pairs is not None and all(isinstance(w, str) for w, _ in pairs),
        "Give a list of pairs (word, cosine): the word first, a string, then its cosine, a number.",
    )
    return pairs


@lab.check(points=3, returns=(list, tuple))
def nearest_words(student):
    vocabulary = {"<pad>": 0, "king": 1, "queen": 2, "apple": 3, "pear": 4}
    vectors = torch.tensor([[0.0, 0.0], [1.0, 0.1], [0.5, 0.1], [2.0, 20.0], [0.5, 4.0]])
    near = neighbours_of(student.using(finite=False)("king", vectors, vocabulary, 2))
    require(
        all(c == c for _, c in near),
        "The vector of '<pad>' is zeros, and its cosine with 'king' is nan by you: 0 / 0. It should be 0; guard the division.",
    )
    words = [w for w, _ in near]
    require("king" not in words, "The nearest word to 'king' is not 'king' itself; leave it out.")
    require(len(near) == 2, "k=2 asks for two words; you give {n}.", n=len(near))
    mistakes = {
        "<pad>": "Yours is a distance between points; a cosine looks at the angle alone.",
        "apple": "Yours come with the smallest cosine first.",
        "pear": "Cosine looks at the angle alone, not at the length: divide each vector, a row of the table, by its own length.",
    }
    require(
        words == ["queen", "pear"],
        "Nearest to 'king' by angle are 'queen', then 'pear'; you say {words}. {known}",
        words=words,
        known=mistakes.get(words[-1], ""),
    )
    require_close(
        near[0][1],
        0.995133,
        "The cosine of 'king' and 'queen' is 0.995; you have {got}. Divide the dot product by both lengths.",
    )
    error = student.error("zebra", vectors, vocabulary)
    require(
        error is not None,
        "'zebra' is not in the vocabulary, and you answer all the same. Raise a KeyError that says so.",
    )
    require(
        error.is_a("KeyError"),
        "For a word outside the vocabulary the statement asks for a KeyError; yours is a {type}.",
        type=error.type,
    )
    require(
        "zebra" in error.message and len(error.message.split()) >= 3,
        "Your KeyError for 'zebra' says {text!r}. A clear error is a sentence: which word, and what is wrong with it?",
        text=error.message[:80],
    )


def judge_seed_of_vectors(student, sentences, vocabulary):
    """The part about the seed; 300 sentences are enough for the first weights and five batches."""

    def found(vectors):
        require_vectors(vectors, vocabulary)
        return vectors

    judge_seed(student, sentences[:300], vocabulary, steps=5, found=found, what="vectors")


@lab.check(points=5, returns=(Tensor,), limit=90)
def train_cbow(student):
    world, sentences, vocabulary = world_to_train_on(1)
    vectors = student(sentences, vocabulary)
    require_vectors(vectors, vocabulary)
    kinds = {kind: world.groups()[kind] for kind in ("animal", "food", "place")}
    share = purity(vectors, vocabulary, kinds)
    require(
        share >= PURITY,
        "Of the five nearest neighbours of each animal, food and town {share:.0%} are of its own kind; {goal:.0%} are asked for.{why}",
        share=share,
        goal=PURITY,
        why=what_went_wrong(student, sentences, vocabulary, vectors) if share < PURITY else "",
    )
    judge_seed_of_vectors(student, sentences, vocabulary)
    return f"{share:.0%} of the five nearest neighbours of an animal, a food or a town are of the same kind."
