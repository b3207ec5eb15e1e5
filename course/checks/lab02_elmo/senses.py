"""The check of `train_probe`: what the guesses of its language model cost, and the senses of one word in new sentences."""

from dataclasses import dataclass

import torch
from torch.nn import functional as F

from course import microworld

from .. import Handle, require, require_shape
from ..modules import state_of
from ..seeds import judge_seed
from . import lab

COST = 5.0  # nats a token, of both readers together; 2 ln V is about 14.5, and tables of word pairs pay 6.3 to 6.8
GOAL = 0.80  # of the sentences asked; one vector a word gets half
TOKENS, HELD_OUT = 30_000, 120  # of the text; sentences of it that are kept back
LABELLED, ASKED = 300, 200  # sentences with "right"; 500 more are text without labels


@dataclass
class Material:
    """What `train_probe` is given, and what it is asked afterwards.

    sentences, vocabulary, labelled: its arguments; asked: as labelled; held_out: sentences, lists of words.
    """

    sentences: list
    vocabulary: dict
    labelled: list
    asked: list
    held_out: list


def material(seed, rename=lambda sentences: sentences):
    """Texts of a world. rename: gives the same sentences in other words."""
    world = microworld(seed)
    told = world.sentences(tokens=TOKENS)
    found = world.senses("right", 1000, seed=seed)
    named = rename([*told, *(tokens for tokens, *_ in found)])
    told, used = named[: len(told)], named[len(told) :]
    examples = [
        (tokens, place, int(sense == "correct"))
        for tokens, (_, place, sense) in zip(used, found, strict=True)
    ]
    asked = examples[LABELLED : LABELLED + ASKED]
    words = sorted({word for sentence in named for word in sentence})
    return Material(
        told[HELD_OUT:] + used[LABELLED + ASKED :],
        {word: i for i, word in enumerate(["<pad>", "<unk>", *words])},
        examples[:LABELLED],
        asked,
        told[:HELD_OUT],
    )


def ids_of(sentences, vocabulary):
    """long (sentence, time), filled up with 0."""
    rows = [torch.tensor([vocabulary[word] for word in words]) for words in sentences]
    return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)


def require_pair(result):
    """The two modules that `train_probe` returns; says so when they are none."""
    require(
        isinstance(result, (tuple, list))
        and len(result) == 2
        and all(isinstance(one, Handle) and one.is_module for one in result),
        "Return two modules, (bilm, probe): the BiLM that you trained, and the probe.",
    )
    return result


def layers_of(bilm, ids):
    """float (layers, batch, time, 2 * dim), as a finished `BiLM` gives them."""
    layers = bilm(ids)
    require(
        isinstance(layers, torch.Tensor)
        and layers.is_floating_point()
        and layers.dim() == 4
        and len(layers) > 1
        and layers.shape[1:3] == ids.shape
        and layers.shape[3] % 2 == 0,
        "bilm(ids) gives all layers, (layers + 1, batch, time, 2 * dim), as in the exercise BiLM; yours does not.",
    )
    return layers.detach()


def require_one_way(bilm, ids):
    """No state moves with a token that it must not have read. ids: long (batch, time), with rows of full length."""
    dim = layers_of(bilm, ids[:, :1]).shape[-1] // 2
    for place, half, side, seen in (
        (-1, slice(0, dim), "left", "later"),
        (0, slice(dim, None), "right", "earlier"),
    ):
        other = ids.clone()
        other[:, place] = ids[:, place].roll(1)
        moved = (layers_of(bilm, ids) - layers_of(bilm, other)).abs()[..., half]
        rest = moved[:, :, :-1] if place == -1 else moved[:, :, 1:]
        require(
            rest.max().item() < 1e-4,
            "The reader from the {side} in the BiLM that you return moves when a {seen} token changes: it sees what it has to guess. Run the check of BiLM again.",
            side=side,
            seen=seen,
        )


def cost(bilm, ids):
    """(left, right): nats that each reader pays for a token of these sentences, half of them for each.

    What is to be named is never in what the model is given, and its output layer is taken as numbers: however the modules are
    written, they cannot have looked.
    """
    state, half = bilm.state_dict(), len(ids) // 2
    weight, bias = state["output.weight"].detach().float(), state["output.bias"].detach().float()
    ahead, back, paid = ids[:half], ids[half:], ([], [])
    for k in range(1, ids.shape[1]):
        rows = ahead[ahead[:, k] != 0]
        if len(rows):
            top = layers_of(bilm, rows[:, :k])[-1].float()
            paid[0].append(_paid(top[:, -1, : top.shape[-1] // 2], weight, bias, rows[:, k]))
    for k in range(ids.shape[1] - 1, 0, -1):
        rows = back[back[:, k] != 0]
        if len(rows):
            top = layers_of(bilm, rows[:, k:])[-1].float()
            paid[1].append(_paid(top[:, 0, top.shape[-1] // 2 :], weight, bias, rows[:, k - 1]))
    return tuple(torch.cat(one).mean().item() for one in paid)


def _paid(states, weight, bias, targets):
    require(
        weight.shape[1:] == states.shape[1:] and len(weight) == len(bias) > int(targets.max()),
        "`output` leads from the state of one reader to a score for each word of the vocabulary; its weights have the shape {shape}.",
        shape=tuple(weight.shape),
    )
    return F.cross_entropy(F.linear(states, weight, bias), targets, reduction="none")


def right_share(bilm, probe, asked, vocabulary):
    """The share of sentences in which the probe finds the sense."""
    tokens, places, labels = zip(*asked, strict=True)
    layers = layers_of(bilm, ids_of(tokens, vocabulary))
    vectors = layers[:, torch.arange(len(tokens)), torch.tensor(places)].transpose(0, 1)
    logits = probe(vectors)
    require_shape(logits, (len(tokens), 2), "What the probe makes of vectors (n, layers + 1, 2 * dim)")
    return (logits.argmax(1) == torch.tensor(labels)).float().mean().item()


def why_expensive(paid, vocabulary_size):
    """A sentence on readers that pay too much; empty when nothing shows."""
    even = torch.tensor(float(vocabulary_size)).log().item()
    if min(paid) > 0.9 * even:
        return " That is what even bets on all words cost: nothing was learned. Does the optimiser have the weights of the model that you return, and does the loss reach them?"
    if max(paid) > 2 * min(paid):
        side = "left" if paid[0] > paid[1] else "right"
        return f" The reader from the {side} pays much more than the other: are its targets the right ones?"
    return " Train for longer, or with larger steps: how far does the loss fall, and how does it fall at the end?"


def judge_probe(student, given):
    """(share of senses found, a sentence that says what was reached); fails where a language model was not learned."""
    bilm, probe = require_pair(student(given.sentences, given.vocabulary, given.labelled))
    names = [name for name, _ in bilm.named_parameters()]
    require(
        {"embedding.weight", "output.weight", "output.bias"} <= set(names),
        "The first of the two should be your BiLM, with `embedding` and `output`; its parameters are {names}. Return (bilm, probe), in this order.",
        names=", ".join(names[:4]),
    )
    five = [words[:5] for words in given.held_out if len(words) >= 5][:20]
    require_one_way(bilm, ids_of(five, given.vocabulary))
    paid = cost(bilm, ids_of(given.held_out, given.vocabulary))
    require(
        sum(paid) <= COST,
        "On sentences that it has not read, your BiLM pays {left:.1f} nats a token from the left and {right:.1f} from the right; together {goal} are allowed.{why}",
        left=paid[0],
        right=paid[1],
        goal=COST,
        why=why_expensive(paid, len(given.vocabulary)) if sum(paid) > COST else "",
    )
    share = right_share(bilm, probe, given.asked, given.vocabulary)
    said = f"The readers pay {sum(paid):.1f} nats a token together, and the probe finds {share:.0%} of the senses in new sentences."
    return share, said


WHY_SENSES = (
    "Of {n} new sentences the probe gives {share:.0%} the right sense; {goal:.0%} are asked for, and one vector a word gets half. "
    "Are the vectors those of the word, at `place`, from all layers, and does the probe learn from all examples?"
)


def judge_seed_of_reader(student, given):
    """The part about the seed; a few sentences and examples are enough for the first weights and four batches."""
    few = (given.sentences[:300], given.vocabulary, given.labelled[:20])
    judge_seed(student, *few, steps=4, found=lambda pair: state_of(require_pair(pair)[0]), what="weights")


@lab.check(points=5, limit=150)
def train_probe(student):
    given = material(1)
    share, said = judge_probe(student, given)
    require(share >= GOAL, WHY_SENSES, n=len(given.asked), share=share, goal=GOAL)
    judge_seed_of_reader(student, given)
    return said
