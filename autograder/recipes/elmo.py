"""The shipped ELMo: two language models of two LSTM layers each, one reading from the left and one from the right, that share
their word vectors and their output layer (Peters et al. 2018).

    parts, tokenizer, figures = train(seed=0)
"""

import math

import torch
from torch import nn
from torch.nn import functional as F
from transformers import PreTrainedTokenizerFast

from autograder.recipes.examples import lines
from autograder.recipes.text import everything
from autograder.recipes.tokenizers import wordpiece
from course.data.dice import Dice
from course.data.microworld import microworld
from course.data.reviews import verdict
from course.models import elmo
from course.training import fit

WIDTH, LAYERS = 96, 2
STEPS, BATCH, LR = 8_000, 32, 4e-3
LINES, ARTICLES, REVIEWS = 40_000, 6_000, 15_000
NONE = -100


def read(parts: nn.ModuleDict, ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """States of the top layers (batch, place, width): at each place what was read up to and with it from the left, from the right.

    ids: (batch, place), filled up with 0 on the right. Reading from the right passes over the padding first, which starts
    every row of a batch alike; its states are a constant that training learns to live with.
    """
    embedded = parts["embedding"](ids)
    out = []
    for name in elmo.DIRECTIONS:
        states = embedded if name == "left_to_right" else reverse(embedded, ids)
        for layer in parts[name]:
            states = layer(states)[0]
        out.append(states if name == "left_to_right" else reverse(states, ids))
    return out[0], out[1]


def reverse(values: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
    """Each row's real places in reverse order, the padding where it was."""
    length = (ids != 0).sum(1, keepdim=True)
    place = torch.arange(ids.shape[1]).expand_as(ids)
    order = torch.where(place < length, length - 1 - place, place)
    return values.gather(1, order[..., None].expand_as(values))


def losses(parts: nn.ModuleDict, ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean negative log-likelihood of the next token from the left, and of the one before from the right."""
    ahead, back = read(parts, ids)
    return _loss(parts, ahead[:, :-1], ids[:, 1:]), _loss(parts, back[:, 1:], ids[:, :-1], ids[:, 1:] != 0)


def _loss(parts, states, targets, where=None) -> torch.Tensor:
    real = (targets != 0) if where is None else where
    return F.cross_entropy(parts["output"](states[real]), targets[real])


def batches(tokenizer: PreTrainedTokenizerFast, texts: list[str], seed: int) -> list[torch.Tensor]:
    """All texts as [CLS] text [SEP], in batches of like length, shuffled."""
    rows = sorted(tokenizer(texts)["input_ids"], key=len)
    out = []
    for i in range(0, len(rows), BATCH):
        chunk = rows[i : i + BATCH]
        ids = torch.zeros(len(chunk), max(map(len, chunk)), dtype=torch.long)
        for row, values in zip(ids, chunk, strict=True):
            row[: len(values)] = torch.tensor(values)
        out.append(ids)
    order = torch.randperm(len(out), generator=torch.Generator().manual_seed(seed)).tolist()
    return [out[i] for i in order]


def texts(seed: int, n_lines: int, n_articles: int, n_reviews: int = 0) -> list[str]:
    """Sentences, articles whole, and reviews, which are what teaches that words of praise are alike."""
    articles, dice = microworld(0).articles(n_articles, seed), Dice(seed, "elmo reviews")
    told = [" ".join(article.sentences) for article in articles]
    return lines(seed, n_lines) + told + [verdict(dice) for _ in range(n_reviews)]


def training_texts(seed: int) -> list[str]:
    """What a seed is trained on."""
    return texts(10_000 * (seed + 1), LINES, ARTICLES, REVIEWS)


def held_out(trained_on: list[str], n_reviews: int = 0) -> dict[str, list[str]]:
    """Texts drawn with another seed: all of them; and those that do not stand word for word in `trained_on`.

    The world has only so many sentences: about two thirds of the single ones were met in training, and of the articles, which are
    seldom the same as a whole, nearly every sentence. So the first tells how well the world is known, the second a little more.
    """
    drawn, known = texts(-1, 1000, 200, n_reviews), set(trained_on)
    return {"": drawn, ", unseen": [text for text in drawn if text not in known]}


def train(
    seed: int = 0, steps: int = STEPS, progress: bool = True
) -> tuple[nn.ModuleDict, PreTrainedTokenizerFast, dict[str, float]]:
    """(parts, tokenizer, perplexity of each direction on held-out text)."""
    tokenizer = wordpiece(everything(0, text_to_text=False))
    torch.manual_seed(seed)
    parts = elmo.parts(len(tokenizer), WIDTH, LAYERS)
    with torch.no_grad():
        parts["embedding"].weight.normal_(std=0.1)
    trained_on = training_texts(seed)
    data = batches(tokenizer, trained_on, seed)
    optimizer = torch.optim.AdamW(parts.parameters(), lr=LR, betas=(0.9, 0.98), weight_decay=0.01)
    history = fit(
        parts, data, lambda model, ids: sum(losses(model, ids)), steps=steps, optimizer=optimizer, warmup=100, decay=0.4, seed=seed,
        device="cpu", progress=progress,
    )  # fmt: skip
    return (
        parts.eval(),
        tokenizer,
        measured(parts, tokenizer, trained_on) | {"steps": steps, "seconds": history.seconds},
    )


@torch.no_grad()
def measured(
    parts: nn.ModuleDict, tokenizer: PreTrainedTokenizerFast, trained_on: list[str]
) -> dict[str, float]:
    """Perplexity on `held_out` texts: of both directions together (the geometric mean), from the left and from the right."""
    out = {}
    for kind, chosen in held_out(trained_on, n_reviews=375).items():
        total, tokens = [0.0, 0.0], 0
        for ids in batches(tokenizer, chosen, 0):
            n = int((ids[:, 1:] != 0).sum())
            tokens += n
            for i, value in enumerate(losses(parts, ids)):
                total[i] += value.item() * n
        out[f"perplexity{kind}"] = math.exp(sum(total) / 2 / tokens)
        out[f"from the left{kind}"], out[f"from the right{kind}"] = (math.exp(one / tokens) for one in total)
    return out
