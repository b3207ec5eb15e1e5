"""The check of `train_gpt`: what a model's guesses cost in sentences that it has not read."""

import math
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from course import microworld

from .. import require
from ..modules import Module, require_model, state_of
from ..seeds import judge_arguments
from . import lab

GOAL = 8.0  # perplexity on new sentences
TOKENS, HELD_OUT = 30_000, 120  # of the text; sentences of it that are kept back


@dataclass
class Material:
    """What `train_gpt` is given, and what is kept back of it. held_out: sentences, lists of words."""

    sentences: list
    vocabulary: dict
    held_out: list


def material(seed, rename=lambda sentences: sentences):
    """Text of a world. rename: gives the same sentences in other words."""
    told = rename(microworld(seed).sentences(tokens=TOKENS))
    words = sorted({word for sentence in told for word in sentence})
    vocabulary = {word: i for i, word in enumerate(["<pad>", "<end>", *words])}
    return Material(told[HELD_OUT:], vocabulary, told[:HELD_OUT])


def ids_of(sentences, vocabulary):
    """long (sentence, time): 1, the words, 1, filled up with 0."""
    rows = [torch.tensor([1, *(vocabulary[word] for word in words), 1]) for words in sentences]
    return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)


@torch.no_grad()
def cost(model, ids):
    """(nats a token; nats for the first one alone). What is to be guessed is never in what the model is given, so it cannot have looked."""
    paid = []
    for t in range(1, ids.shape[1]):
        rows = ids[ids[:, t] != 0]
        guess = model(rows[:, :t])[:, -1].float()
        paid.append(F.cross_entropy(guess, rows[:, t], reduction="none"))
    return torch.cat(paid).mean().item(), paid[0].mean().item()


@torch.no_grad()
def cost_all_at_once(model, ids):
    """The same as in training: the whole text is given."""
    logits, real = model(ids)[:, :-1].float(), ids[:, 1:] != 0
    return F.cross_entropy(logits[real], ids[:, 1:][real]).item()


def judge_gpt(student, given):
    """The perplexity that a model reaches on new sentences; fails where it peeks or was not taught."""
    size, ids = len(given.vocabulary), ids_of(given.held_out, given.vocabulary)
    model = require_model(student(given.sentences, given.vocabulary))
    model = Module(model, lambda ids: (*ids.shape, size), "(batch, time, vocabulary)")
    (paid, first), at_once = cost(model, ids), cost_all_at_once(model, ids)
    require(
        at_once > paid - 0.1,
        "On new sentences your model pays {at_once:.2f} nats a token when it is given the whole text, and {paid:.2f} when it is given what stands before each word alone: it has peeked. Run `detect_leak` on your training step.",
        at_once=at_once,
        paid=paid,
    )
    perplexity = math.exp(min(paid, 50.0))
    even = math.log(size)
    why = (
        f" That is more than even bets on all words cost, {even:.1f} nats: it is sure of the wrong words. Is each guess compared with the token *behind* the one just read, are the ids those of `vocabulary`, and are gradients set to zero before each step?" if paid > 1.1 * even
        else " That is what even bets on all words cost: nothing was learned. Does the optimiser have the weights of the model that you return?" if paid > 0.9 * even
        else f" The first word, after <end> alone, costs {first:.1f} nats: do your rows begin with <end>, and end with it?" if first > even
        else " How far does the loss fall, and how does it fall at the end? Train for longer, or with other steps."
    )  # fmt: skip
    require(
        perplexity <= GOAL,
        "On sentences that it has not read your model has a perplexity of {p:,.1f} ({paid:.2f} nats a token); at most {goal:g} is asked for.{why}",
        p=perplexity,
        paid=paid,
        goal=GOAL,
        why=why,
    )
    return perplexity


def judge_training(student, given):
    """The parts about what `train_gpt` is told besides its text: short trainings on a few sentences."""
    few = (given.sentences[:300], given.vocabulary)
    judge_arguments(student, *few, found=lambda model: state_of(require_model(model)), steps=25)


@lab.check(points=5, limit=120)
def train_gpt(student):
    given = material(1)
    perplexity = judge_gpt(student, given)
    judge_training(student, given)
    return f"A perplexity of {perplexity:.1f} on sentences that your model has not read. The grader trains again, in words of its own."
