"""The check of `train_bert`: how many gaps it fills in sentences that it has not read."""

import itertools
from dataclasses import dataclass

import torch

from course import microworld
from course.data.english import tokenise

from .. import part, require
from ..modules import require_model, state_of
from ..seeds import judge_arguments
from . import lab
from .models import Both

GOAL = 0.55  # of the gaps, filled exactly
KNOWN = 0.57  # of the pairs: a thousand coins bring that once in a hundred thousand
COPIED = 0.3  # of the random words: 0.02 when BERT hides, 0.5 when every word has a label
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


def rows_of(pairs, vocabulary):
    """(ids, segments, real): long, long and bool (pair, time), of pairs of sentences."""
    rows, spans = [], []
    for first, second in pairs:
        one, two = ([vocabulary[word] for word in sentence] for sentence in (first, second))
        rows.append(torch.tensor([2, *one, 3, *two, 3]))
        spans.append(torch.tensor([0] * (len(one) + 2) + [1] * (len(two) + 1)))
    ids, segments = (torch.nn.utils.rnn.pad_sequence(each, batch_first=True) for each in (rows, spans))
    return ids, segments, ids != 0


def gaps(given):
    """(ids, segments, real, hidden): pairs of sentences that follow each other, long, long, bool and bool (pair, time); every seventh word
    is hidden, from another place on in each."""
    pairs = [pair for document in given.held_out for pair in itertools.pairwise(document)]
    ids, segments, real = rows_of(pairs, given.vocabulary)
    place = torch.arange(ids.shape[1]) + torch.arange(len(ids))[:, None]
    return ids, segments, real, (place % 7 == 0) & (ids >= len(MARKS))


def mixed_pairs(given):
    """(ids, segments, real, is_random): each sentence with its next one, and with one of a document further on."""
    texts = given.held_out
    pairs = []
    for d, document in enumerate(texts):
        for i, (first, second) in enumerate(itertools.pairwise(document)):
            other = texts[(d + 37) % len(texts)]
            pairs += [(first, second), (first, other[i % len(other)])]
    return *rows_of(pairs, given.vocabulary), torch.arange(len(pairs)) % 2


@torch.no_grad()  # what it asks the model needs no graphs, which would stay in the student's memory
def judge_bert(student, given):
    """The share of gaps that a model fills; fails where it is too low."""
    size = len(given.vocabulary)
    model = require_model(student(given.documents, given.vocabulary))
    model = Both(model, lambda ids: (*ids.shape, size), "")
    ids, segments, real, hidden = gaps(given)
    found = model(ids.masked_fill(hidden, MASK), segments, real)[0]
    right = (found.argmax(-1) == ids)[hidden].float().mean().item()
    commonest = torch.bincount(ids[hidden]).max().item() / int(hidden.sum())
    same = torch.bincount(found[hidden].argmax(-1)).max().item() / int(hidden.sum())
    told = (found.argmax(-1) == ids)[real & ~hidden & (ids >= len(MARKS))].float().mean().item()
    why = (
        f" And words that are *not* hidden it tells right in {told:.0%} of the cases: it copies what it sees. Is the text hidden, and are the labels −100 wherever nothing was chosen?" if told > 0.9
        else " It guesses the same word nearly everywhere: is anything learned but which words are common? Train for longer, or with smaller or larger steps." if same > 0.5 and right >= commonest / 2
        else f" That is less than the commonest word alone would fill{', though it guesses the same word nearly everywhere' if same > 0.5 else ''}. Is the tokens' loss trained, are the ids those of `vocabulary`, are the labels the *true* words, taken before anything is hidden, and does the optimiser have the weights of the model that you return?" if right < commonest / 2
        else " That is little more than the commonest word alone would fill. Train for longer, or with smaller or larger steps; and are the labels the *true* words, with `attention_mask` handed on?" if right < 2 * commonest
        else " Are the checks of all parts passed that it is made of? How far does the loss fall, and how does it fall at the end? Train for longer, with smaller or larger steps, or with another share."
    )  # fmt: skip
    require(
        right >= GOAL,
        "Of the gaps in sentences that it has not read your model fills {right:.1%} exactly; {goal:.0%} are asked for.{why}",
        right=right,
        goal=GOAL,
        why=why,
    )
    with part("a wrong word is doubted", points=0.5):
        drawn = torch.randint(len(MARKS), size, ids.shape, generator=torch.Generator().manual_seed(size))
        found = model(torch.where(hidden, drawn, ids), segments, real)[0]
        copied = (found.argmax(-1) == drawn)[hidden].float().mean().item()
        require(
            copied < COPIED,
            "Where a random word stands in place of the true one, your model gives that very word back in {copied:.0%} of the cases: it copies what it sees. Are the labels −100 wherever nothing was chosen, and does one chosen token in ten become a random word?",
            copied=copied,
        )
    with part("what comes next", points=0.5):
        *row, is_random = mixed_pairs(given)
        parts = zip(
            *(each.split(250) for each in row), strict=True
        )  # all logits at once are more than a result may hold
        scores = torch.cat([model(*some)[1] for some in parts])
        known = (scores.argmax(-1) == is_random).float().mean().item()
        require(
            known >= KNOWN,
            "Of new pairs of sentences, half of which belong together, your model tells {known:.0%} right, and a coin 50 %. Are both losses added, and is 0 the label of “is next”?",
            known=known,
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
