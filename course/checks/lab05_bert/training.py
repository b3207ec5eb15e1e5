"""The check of `train_bert`: how many gaps it fills in sentences that it has not read."""

import itertools
from dataclasses import dataclass

import torch

from course import microworld
from course.data.english import tokenise

from .. import require
from ..modules import require_model, state_of
from ..seeds import judge_arguments
from . import lab
from .models import Both

GOAL = 0.55  # of the gaps, filled exactly
DOCUMENTS, HELD_OUT = 900, 100
MARKS = {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4}
MASK = MARKS["[MASK]"]


@dataclass
class Material:
    """What `train_bert` is given, and what is kept back of it: documents, lists of sentences, lists of words."""

    documents: list
    vocabulary: dict
    held_out: list


def material(seed, rename=lambda sentences: sentences):
    """Articles of a world. rename: gives the same sentences in other words."""
    articles = [article.sentences for article in microworld(seed).articles(DOCUMENTS + HELD_OUT)]
    told = iter(rename([[word.lower() for word in tokenise(s)] for sentences in articles for s in sentences]))
    documents = [[next(told) for _ in sentences] for sentences in articles]
    words = sorted({word for document in documents for sentence in document for word in sentence})
    vocabulary = MARKS | {word: i for i, word in enumerate(words, len(MARKS))}
    return Material(documents[HELD_OUT:], vocabulary, documents[:HELD_OUT])


def gaps(given):
    """(ids, segments, real, hidden): pairs of sentences that follow each other, long, long, bool and bool (pair, time); every seventh word
    is hidden, from another place on in each."""
    rows, spans = [], []
    for document in given.held_out:
        for first, second in itertools.pairwise(document):
            one, two = ([given.vocabulary[word] for word in sentence] for sentence in (first, second))
            rows.append(torch.tensor([2, *one, 3, *two, 3]))
            spans.append(torch.tensor([0] * (len(one) + 2) + [1] * (len(two) + 1)))
    ids, segments = (torch.nn.utils.rnn.pad_sequence(each, batch_first=True) for each in (rows, spans))
    place = torch.arange(ids.shape[1]) + torch.arange(len(ids))[:, None]
    return ids, segments, ids != 0, (place % 7 == 0) & (ids >= len(MARKS))


def judge_bert(student, given):
    """The share of gaps that a model fills; fails where it is too low."""
    size = len(given.vocabulary)
    model = require_model(student(given.documents, given.vocabulary))
    model = Both(model, lambda ids: (*ids.shape, size), "")
    ids, segments, real, hidden = gaps(given)
    found = model(ids.masked_fill(hidden, MASK), segments, real)[0].detach()
    right = (found.argmax(-1) == ids)[hidden].float().mean().item()
    seen = real & ~hidden & (ids >= len(MARKS))
    told = (model(ids, segments, real)[0].detach().argmax(-1) == ids)[seen].float().mean().item()
    commonest = torch.bincount(ids[hidden]).max().item() / int(hidden.sum())
    same = found[hidden].argmax(-1)
    why = (
        " It guesses the same word nearly everywhere: is anything learned but which words are common? Train for longer, or with other steps." if torch.bincount(same).max() > 0.5 * len(same)
        else f" And words that are *not* hidden it tells right in {told:.0%} of the cases: it copies what it sees. Are the labels −100 wherever nothing was chosen?" if told > 0.9 and right < 2 * commonest
        else " Are the words hidden anew in each step, is `attention_mask` handed on, and does the optimiser have the weights of the model that you return?" if right < 2 * commonest
        else " How far does the loss fall, and how does it fall at the end? Train for longer, with other steps, or with a larger share."
    )  # fmt: skip
    require(
        right >= GOAL,
        "Of the gaps in sentences that it has not read your model fills {right:.1%} exactly; {goal:.0%} are asked for.{why}",
        right=right,
        goal=GOAL,
        why=why,
    )
    return right


def judge_training(student, given):
    """The parts about what `train_bert` is told besides its documents."""
    few = (given.documents[:60], given.vocabulary)
    judge_arguments(student, *few, found=lambda model: state_of(require_model(model)), steps=30)


@lab.check(points=5, limit=150)
def train_bert(student):
    given = material(1)
    right = judge_bert(student, given)
    judge_training(student, given)
    return f"{right:.0%} of the gaps in sentences that your model has not read are filled exactly. The grader trains again, in words of its own."
