"""The check of `train_t5`: how many hidden tokens it names in sentences that it has not read."""

import itertools
import random
from dataclasses import dataclass

import torch

from .. import args, part, require
from ..lab05_bert.training import material as documents
from ..modules import floats_of, require_model, state_of
from ..seeds import SEEDS, require_seeded, require_steps_used
from . import lab

GOAL = 0.55  # of the hidden tokens, named exactly: 0.71 after 500 steps, 0.63 to 0.66 with one size of steps, 0.41 without the memory
OTHER = 0.75  # of these, at most, with the input of another sentence
SENTINELS, END = 32, 4  # an `end` that is not the notebook's
RATE, MEAN = 0.3, 2.0
ROWS = 120  # all logits at once are more than a result may hold


@dataclass
class Material:
    """What `train_t5` is given, and what is kept back of it: lists of ids. Padding is 0, and what the decoder reads first."""

    texts: list
    size: int
    sentinels: list
    end: int
    held_out: list


def material(seed, rename=lambda sentences: sentences):
    """Sentences of a world, without the order that they have there. rename: gives the same sentences in other words."""
    given = documents(seed, rename)
    size = len(given.vocabulary) + SENTINELS
    texts, held_out = (
        [[given.vocabulary[word] for word in sentence] for document in part for sentence in document]
        for part in (given.documents, given.held_out)
    )
    return Material(texts, size, list(range(size - 1, size - SENTINELS - 1, -1)), END, held_out)


def sizes(n, parts, rng):
    """How n things are cut in so many parts, none of them empty: one of all ways."""
    ends = rng.choice(list(itertools.combinations(range(1, n), parts - 1)))
    return [end - start for start, end in itertools.pairwise((0, *ends, n))]


@dataclass
class Rows:
    """Held-out sentences with spans hidden. inputs: long (row, source); targets: long (row, time); read: targets, one place late;
    hidden: bool (row, time), the places of hidden tokens."""

    inputs: torch.Tensor
    targets: torch.Tensor
    read: torch.Tensor
    hidden: torch.Tensor


def hidden_rows(given):
    """`Rows` of what is held out. Each sentence is laid out in turn: kept tokens, a span, kept tokens, a span."""
    rng, columns = random.Random(given.size), ([], [], [])
    for ids in given.held_out:
        noise = round(RATE * len(ids))
        spans = round(noise / MEAN)
        rest = iter(ids)
        source, target, told = [], [], []
        kept, gone = sizes(len(ids) - noise, spans, rng), sizes(noise, spans, rng)
        for sentinel, a, b in zip(given.sentinels, kept, gone, strict=False):
            source += [*itertools.islice(rest, a), sentinel]
            target += [sentinel, *itertools.islice(rest, b)]
            told += [False] + [True] * b
        for column, row in zip(columns, ([*source, given.end], [*target, given.end], told), strict=True):
            column.append(torch.tensor(row))
    inputs, targets, hidden = (torch.nn.utils.rnn.pad_sequence(c, batch_first=True) for c in columns)
    hidden = torch.nn.functional.pad(hidden, (0, 1))  # `end` itself is not asked for
    return Rows(inputs, targets, torch.nn.functional.pad(targets, (1, -1)), hidden)


@torch.no_grad()
def logits_of(model, inputs, read, size):
    """The logits of a model for rows of inputs and of what the decoder reads, float (row, time, size)."""
    found = [
        floats_of(
            model(some, before), (*before.shape, size), "(batch, time, vocabulary)", before, "The logits"
        )
        for some, before in zip(inputs.split(ROWS), read.split(ROWS), strict=True)
    ]
    return torch.cat(found)


def require_blind_ahead(model, rows, size):
    """Require that a guess does not hang on what the decoder reads later."""
    inputs, read, place = rows.inputs[:ROWS], rows.read[:ROWS], 4
    other = torch.cat([read[:, :place], read.roll(1, 0)[:, place:]], 1)
    one, two = (logits_of(model, inputs, each, size)[:, :place] for each in (read, other))
    require(
        torch.allclose(one, two, rtol=1e-3, atol=1e-3),
        "What the decoder reads at places 4 and later changes, and the logits of the places before move: it reads what it is asked for. Does your `T5` pass its check (the causal mask of `decode`)?",
    )


def reason(guesses, rows, right, other):
    """Why so few tokens are named. guesses: long (row, time); right, other: the shares with its own input and with another one."""
    copied = (guesses == rows.read)[rows.hidden].float().mean().item()
    told = rows.targets[rows.hidden]
    commonest = torch.bincount(told).max().item() / len(told)
    if copied > 0.2:  # 40 to 95 % in models that have just been made
        return f" It names the token that the decoder has just read, in {copied:.0%} of the places. Has the model that you return been trained at all, by an optimiser that has its weights? Or did the decoder read the targets themselves, in place of `shift_right(targets)`?"
    first = guesses[:, 0] - rows.targets[0, 0]  # 0: the first sentinel, −1: the second
    if ((first < 0) & (first > -SENTINELS)).float().mean() > 0.5:
        return " And it begins with a sentinel that is not `sentinels[0]`: are they used in their order, from that one on, and are they those that your function is given?"
    if right < commonest / 2:
        return " That is less than the commonest token alone would name. Are the labels the true `targets`, are `sentinels` and `end` those that your function is given, and does the optimiser have the weights of the model that you return? Or are its steps far too large?"
    if torch.bincount(guesses[rows.hidden]).max() > 0.97 * len(told):
        return " It names the same token nearly everywhere, the one that ends most sentences: is anything else learned? With `rate=0.3, mean=2.0` there are spans before the end too."
    if other > OTHER * right:
        return " And with the input of another sentence it names as many. Either the decoder does not read its memory, or it knows the ends of sentences and nothing else: with `rate=0.3, mean=2.0` there are spans before the end too."
    return " How far does the loss fall, and how does it fall at the end? Are whole spans hidden, others each time, and are the checks of all parts passed? Train for longer, or with smaller or larger steps; the table of words needs larger ones than the rest."


def judge_t5(student, given):
    """The share of hidden tokens that a model names; fails where it is too low."""
    model = require_model(student(given.texts, given.size, given.sentinels, given.end))
    rows = hidden_rows(given)
    guesses, astray = (
        logits_of(model, inputs, rows.read, given.size).argmax(-1)
        for inputs in (rows.inputs, rows.inputs.roll(101, 0))
    )

    def share(guesses, places):
        return (guesses == rows.targets)[places].float().mean().item()

    require_blind_ahead(model, rows, given.size)
    right, other = share(guesses, rows.hidden), share(astray, rows.hidden)
    require(
        right >= GOAL,
        "Of the hidden tokens in sentences that it has not read your model names {right:.1%}, the target before each being given; {goal:.0%} are asked for.{why}",
        right=right,
        goal=GOAL,
        why=reason(guesses, rows, right, other),
    )
    with part("it reads its input", points=0.5):
        require(
            other <= OTHER * right,
            "With the input of another sentence in the encoder your model names {other:.1%} of the hidden tokens, and with their own {right:.1%}: its decoder fills well-known phrases and hardly reads its memory.",
            other=other,
            right=right,
        )
    return right, share(guesses, rows.targets == given.end)


def judge_arguments(student, given, ends, steps=30):
    """The part about what `train_t5` is told besides its texts. ends: the share of targets behind which the model names `end`."""
    with part("the seed decides, and all arguments are used", points=0.5):
        settings = [{"seed": seed} for seed in SEEDS] + [{"width": 32}, {"steps": steps + 5}]
        settings = [{"seed": SEEDS[0], "width": 64, "steps": steps} | each for each in settings]
        few = (given.texts[:400], given.size, given.sentinels, given.end)
        models = student.many([args(*few, **each) for each in settings])
        states = [state_of(require_model(model)) for model in models]
        require_seeded(states[:3], "weights")
        usual, small, longer = (list(states[i].values()) for i in (0, 3, 4))
        require(
            sum(t.numel() for t in small) < sum(t.numel() for t in usual),
            "With width=32 your model has as many weights as with width=64: is `width` used?",
        )
        require_steps_used(usual, longer, steps, steps + 5)
        require(
            ends > 0.8,
            "Behind the last span your model names `end` in {ends:.0%} of the targets only: is it the `end` that your function is given, behind both input and target? Or does `corrupt` put a closing sentinel there, where the text ends hidden?",
            ends=ends,
        )


@lab.check(points=5, limit=150)
def train_t5(student):
    given = material(1)
    right, ends = judge_t5(student, given)
    judge_arguments(student, given, ends)
    return f"{right:.0%} of the hidden tokens in sentences that your model has not read are named. The grader trains again, in words of its own."
