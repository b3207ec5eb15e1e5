"""Hidden checks of lab 01. Oracles: brute-force windows, `collections.Counter`, EmbeddingBag + Linear with copied weights,
the closed forms, BCE with logits, a cosine matrix; trained vectors are judged by their neighbours."""

import collections

import torch
from torch import nn
from torch.nn import functional as F

from autograder.checks.words import invented_words, renamed
from autograder.secret import class_secret
from course.checks import (
    StudentError,
    args,
    gradients,
    part,
    require,
    require_close,
    require_loss,
    require_shape,
)
from course.checks import lab01_cbow as visible
from course.checks.lab01_cbow import judge_seed_of_vectors, neighbours_of, pairs_of
from course.checks.word_vectors import PURITY, purity, require_vectors, what_went_wrong, world_to_train_on

PEOPLE = 0.5  # the share of a person's neighbours that must have the same job; by chance 1 in 12

lab = visible.lab.extend(secret=class_secret)
check = lab.check_cell


def _windows(tokens, radius, pad):
    padded = [pad] * radius + list(tokens) + [pad] * radius
    return [
        (padded[i : i + radius] + padded[i + radius + 1 : i + 2 * radius + 1], token)
        for i, token in enumerate(tokens)
    ]


@lab.check()
def context_windows(student):
    rng = student.rng
    cases = [(invented_words(rng, rng.randint(3, 12)), rng.randint(1, 5)) for _ in range(12)]
    results = student.many([args(tokens, radius) for tokens, radius in cases])
    for (tokens, radius), result in zip(cases, results, strict=True):
        require(
            pairs_of(result) == _windows(tokens, radius, "<pad>"),
            "A random sentence of {n} tokens with radius {r}: the pairs are not those of the definition.",
            n=len(tokens),
            r=radius,
        )
    with part("a word that occurs twice", points=0.5):
        one, other = invented_words(rng, 2)
        tokens = ["to", one, "to", "to", other]
        require(
            pairs_of(student(tokens, 2)) == _windows(tokens, 2, "<pad>"),
            "In a sentence where one word stands three times, the other occurrences belong in the window: leave out the centre's place, not its word.",
        )
    with part("no tokens, one token", points=0.5):
        require(pairs_of(student([], 2)) == [], "No token, no window: an empty sentence gives an empty list.")
        require(
            pairs_of(student(["alone"], 2)) == [(["<pad>"] * 4, "alone")],
            "One token alone has a window of padding only.",
        )
    with part("ids in place of words", points=0.5):
        ids = rng.sample(range(2, 90), 9)
        require(
            pairs_of(student(ids, 3, pad=0)) == _windows(ids, 3, 0),
            "The tokens may be ids as well, padded with 0; yours goes wrong there.",
        )


@lab.check()
def build_vocabulary(student):
    rng = student.rng
    for _ in range(4):
        known = invented_words(rng, 15)
        sentences = [[rng.choice(known) for _ in range(rng.randint(1, 9))] for _ in range(rng.randint(5, 20))]
        least = rng.randint(1, 4)
        counts = collections.Counter(w for s in sentences for w in s)
        kept = sorted((w for w in counts if counts[w] >= least), key=lambda w: (-counts[w], w))
        truth = {w: i for i, w in enumerate(["<pad>", "<unk>", *kept])}
        got = visible.ids_of(student(sentences, min_count=least))
        require(
            set(got) == set(truth),
            "A random text with min_count={m}: you keep {a} words where {b} belong in. Is 'at least min_count' kept, and nothing rarer?",
            m=least,
            a=len(got),
            b=len(truth),
        )
        require(
            got == truth,
            "A random text: the right words, with other ids. Falling count first, the alphabet among equals.",
        )
    with part("specials found in the text", points=0.5):
        got = visible.ids_of(student([["<unk>", "moon", "<pad>"], ["<unk>", "moon", "sun"]]))
        require(
            got == {"<pad>": 0, "<unk>": 1, "moon": 2, "sun": 3},
            "'<unk>' and '<pad>' may stand in the text already. They keep ids 1 and 0, once, and leave no gap.",
        )
    with part("an empty text", points=0.5):
        require(
            visible.ids_of(student([])) == {"<pad>": 0, "<unk>": 1},
            "A text without sentences has a vocabulary of two specials.",
        )


class _Oracle(nn.Module):
    """CBOW from torch's own parts: EmbeddingBag leaves the padding out of its mean."""

    def __init__(self, weights):
        super().__init__()
        self.bag = nn.EmbeddingBag.from_pretrained(
            weights["embedding.weight"].clone(), freeze=False, mode="mean", padding_idx=0
        )
        self.output = nn.Linear(*weights["output.weight"].T.shape)
        self.output.load_state_dict({"weight": weights["output.weight"], "bias": weights["output.bias"]})

    def forward(self, contexts):
        return self.output(self.bag(contexts))


@lab.check()
def CBOW(student):
    generator = torch.Generator().manual_seed(student.seed)
    for vocabulary_size, dim, batch, width in ((9, 4, 3, 4), (30, 8, 5, 6)):
        model = student(vocabulary_size, dim)
        layers = nn.ModuleDict(
            {"embedding": nn.Embedding(vocabulary_size, dim), "output": nn.Linear(dim, vocabulary_size)}
        )
        weights = {n: torch.randn(p.shape, generator=generator) for n, p in layers.state_dict().items()}
        weights["embedding.weight"][0] = 0
        model.load_state_dict(weights)
        oracle = _Oracle(weights)
        contexts = torch.randint(0, vocabulary_size, (batch, width), generator=generator)
        contexts[:, 0], contexts[0, 1] = 1, 0
        logits = model(contexts)
        require_shape(logits, (batch, vocabulary_size))
        require_close(
            logits,
            oracle(contexts),
            "With random weights the logit at {at} is not that of a mean over the real words, then `output`.",
        )
    with part("gradients", points=1):
        targets = torch.randint(1, vocabulary_size, (batch,), generator=generator)
        logits = model(contexts)
        require_shape(logits, (batch, vocabulary_size))
        require(
            logits.requires_grad,
            "The logits have no gradient: something in your code cuts the graph (detach, item, no_grad?).",
        )
        F.cross_entropy(logits, targets).backward()
        F.cross_entropy(oracle(contexts), targets).backward()
        theirs = {f"output.{n}": p.grad for n, p in oracle.output.named_parameters()}
        theirs["embedding.weight"] = oracle.bag.weight.grad
        mine = model.grads()
        for name, truth in theirs.items():
            first = 1 if name == "embedding.weight" else 0  # the padding's row has a part of its own
            got = mine.get(name)
            require(got is not None, "No gradient reaches {name}: something cuts the graph.", name=name)
            require_close(got[first:], truth[first:], "The gradient of {name} is off at {at}.", name=name)
    with part("a context of padding only", points=0.5):
        empty = contexts.clone()
        empty[1] = 0
        logits = model(empty)
        require_shape(logits, (batch, vocabulary_size))
        require_close(
            logits[1],
            weights["output.bias"],
            "A context without a real word has a mean of zeros, so its logits are the bias; yours differ at {at}.",
        )
    with part("padding counts by its id, not its vector", points=0.5):
        contexts[:, 1] = 0
        model.load_state_dict({**weights, "embedding.weight": weights["embedding.weight"] + 1.0})
        require_close(
            model(contexts),
            oracle.output(oracle.bag(contexts) + contexts.ne(0).any(1, keepdim=True)),
            "With a padding vector that is not zero the logit at {at} moves: leave padding out by its id 0, also of the sum.",
        )


@lab.check()
def subsample_probability(student):
    rng = student.rng
    for _ in range(3):
        counts = torch.tensor([rng.randint(1, 5000) for _ in range(12)])
        t = rng.choice([2e-3, 1e-2, 5e-2])
        truth = (t * counts.sum() / counts).sqrt().clamp(max=1)
        require_close(
            student(counts, t), truth, "Random counts with t={t}: the probability at {at} is off.", t=t
        )
    require_close(
        student(counts),
        (1e-3 * counts.sum() / counts).sqrt().clamp(max=1),
        "Called without t the probability at {at} is off: keep the default of the stub.",
    )
    with part("a word that never occurs", points=0.5):
        (keep,) = student.using(finite=False).many([args(torch.tensor([0, 5, 0, 500]), 1e-2)], errors="keep")
        if isinstance(keep, StudentError):
            require(
                keep.type != "ZeroDivisionError",
                "A count of 0 stops your code: divided by zero, in plain Python, is an error; in torch t / 0 is inf, and the cap makes it 1.",
            )
            raise keep
        require_shape(keep, (4,))
        require(
            not keep.isnan().any(),
            "A count of 0 gives nan: 0 / 0, or inf - inf. A word that never occurs has probability 1.",
        )
        require_close(
            keep[[0, 2]],
            [1.0, 1.0],
            "A word that never occurs is rarer than t, so its probability is 1; yours is {got}.",
        )


@lab.check()
def noise_distribution(student):
    rng = student.rng
    for size in (3, 40):
        counts = torch.tensor([rng.randint(0, 3000) for _ in range(size - 1)] + [7])
        truth = counts.double() ** 0.75
        require_close(
            student(counts), truth / truth.sum(), "Random counts: the probability at {at} is off.", atol=1e-6
        )
    with part("another power", points=0.5):
        counts = torch.tensor([rng.randint(1, 50) for _ in range(6)])
        for power in (0.0, 1.0, 0.5):
            truth = counts.double() ** power
            require_close(
                student(counts, power=power),
                truth / truth.sum(),
                "With power={power} the probability at {at} is off.",
                power=power,
            )


@lab.check()
def negative_sampling_loss(student):
    generator = torch.Generator().manual_seed(student.seed)

    def draw(batch, k, dim, scale=1.0):
        shapes = ((batch, dim), (batch, dim), (batch, k, dim))
        return [(torch.randn(s, generator=generator) * scale).requires_grad_() for s in shapes]

    def oracle(context, target, noise):
        scores = torch.cat(
            [(context * target).sum(1, keepdim=True), (noise @ context.unsqueeze(2)).squeeze(2)], 1
        )
        labels = torch.zeros_like(scores)
        labels[:, 0] = 1
        return F.binary_cross_entropy_with_logits(scores, labels, reduction="none").sum(1).mean()

    for size in ((4, 3, 5), (1, 7, 2), (6, 1, 3)):
        vectors = draw(*size)
        loss = require_loss(student(*vectors))
        require_close(
            loss,
            oracle(*vectors),
            "Random vectors, a batch of {b} with {k} noise words each: the loss is off.",
            b=size[0],
            k=size[1],
        )
    with part("gradients", points=1):
        vectors = draw(3, 4, 5)
        mine = gradients(require_loss(student(*vectors)), vectors)
        theirs = torch.autograd.grad(oracle(*vectors), vectors)
        for name, a, b in zip(("context", "target", "noise"), mine, theirs, strict=True):
            require_close(
                a, b, "The loss is right, but its gradient for the {name} vectors is off at {at}.", name=name
            )
    with part("large scores", points=1):
        vectors = draw(5, 3, 4, scale=30.0)
        loss = require_loss(student.using(finite=False)(*vectors)).detach()
        truth = oracle(*vectors).item()
        require(
            bool(torch.isfinite(loss)),
            "Scores of some hundreds give {v}: log(sigmoid(x)) is log(0). `F.logsigmoid` does it in one safe step.",
            v=loss.item(),
        )
        require(
            loss.item() > 0.9 * truth,
            "With scores of some hundreds the loss is far too small. A tiny number inside the logarithm, or a clamp, hides log(0) and lets the worst mistakes off; `F.logsigmoid` needs neither.",
        )
        require_close(loss, truth, "With scores of some hundreds the loss is off.")


@lab.check()
def nearest_words(student):
    generator = torch.Generator().manual_seed(student.seed)
    rng = student.rng
    words = ["<pad>", "<unk>", *invented_words(rng, 30)]
    vectors = torch.randn(len(words), 6, generator=generator) * (
        0.2 + 5 * torch.rand(len(words), 1, generator=generator)
    )
    rng.shuffle(words)
    vocabulary = {w: i for i, w in enumerate(words)}
    cosines = F.cosine_similarity(vectors[:, None], vectors[None], dim=2)
    asked = rng.sample(words, 6)
    results = student.many([args(w, vectors, vocabulary, k=4) for w in asked])
    for word, result in zip(asked, results, strict=True):
        row = cosines[vocabulary[word]].clone()
        row[vocabulary[word]] = -2
        best = row.topk(4)
        near = neighbours_of(result)
        require(
            [w for w, _ in near] == [words[i] for i in best.indices],
            "Random vectors: the four nearest words, nearest first, are not the ones with the largest cosines.",
        )
        require_close(
            [c for _, c in near],
            best.values,
            "Random vectors: the right words, but the cosine at {at} is off.",
        )
    require(
        len(neighbours_of(student(asked[0], vectors, vocabulary))) == 5,
        "Called without k, five words are asked for: keep the default of the stub.",
    )
    with part("vectors of zeros", points=0.5):
        padded = vectors.clone()
        padded[vocabulary["<pad>"]] = 0
        word = next(w for w in words if w != "<pad>")  # they are shuffled
        near = neighbours_of(student.using(finite=False)(word, padded, vocabulary, k=len(words) - 1))
        require(
            all(c == c for _, c in near),
            "A word whose vector is zeros has cosine nan with you: guard the division.",
        )
        n, m = len({w for w, _ in near}), len(words) - 1
        require(n == m, "Asked for all other words, you give {n} of {m}.", n=n, m=m)
    with part("k larger than the vocabulary", points=0.5):
        (result,) = student.many([args(words[5], vectors, vocabulary, k=500)], errors="keep")
        story = f"k=500 with {len(words) - 1} other words gives all of them, not an error; yours "
        if isinstance(result, StudentError):
            require(result.verdict != "error", story + "stops: {error}", error=result)
            raise result
        n = len(neighbours_of(result))
        require(n == len(words) - 1, story + "gives {n}.", n=n)


@lab.check(alone=True)
def train_cbow(student):
    world, sentences, _ = world_to_train_on(student.seed % 100_000 + 2)
    sentences, new = renamed(sentences, student.rng)
    vocabulary = {w: i for i, w in enumerate(["<pad>", "<unk>", *sorted({w for s in sentences for w in s})])}
    groups, people = (
        {k: [new[w] for w in v if w in new] for k, v in g.items()}
        for g in (world.groups(), world.people_by_job())
    )
    vectors = student(sentences, vocabulary)
    require_vectors(vectors, vocabulary)
    share = purity(vectors, vocabulary, groups)
    require(
        share >= PURITY,
        "In a world drawn for this class, where all words are new, {share:.0%} of the nearest neighbours of words of ten kinds are of their own kind; {goal:.0%} are asked for.{why}",
        share=share,
        goal=PURITY,
        why=what_went_wrong(student, sentences, vocabulary, vectors) if share < PURITY else "",
    )
    jobs = purity(vectors, vocabulary, people)
    with part("people by their job", points=1):
        require(
            jobs >= PEOPLE,
            "Of the five nearest neighbours of a person {share:.0%} have the same job; {goal:.0%} are asked for. What people do is told a few words from their name: how wide is the window, and how long do you train?",
            share=jobs,
            goal=PEOPLE,
        )
    judge_seed_of_vectors(student, sentences, vocabulary)
    return f"In a world drawn for this class {share:.0%} of the nearest words are of the same kind, and {jobs:.0%} of a person's have the same job."
