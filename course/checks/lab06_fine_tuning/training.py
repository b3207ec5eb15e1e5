"""The check of `fine_tune`: how many new reviews its model judges right, and what became of the encoder."""

import random
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from course.data.loaders import load_task
from course.models.loaders import SHIPPED, load_tokenizer

from .. import StudentError, args, helper_for, part, require
from ..encoders import change, encoder_in, matrices, shuffled, unmoved
from ..modules import Module, require_model, state_of
from ..seeds import SEEDS, judge_seed, require_steps_used
from . import lab

GOAL = 0.85  # of new reviews; about 0.57 with the encoder frozen, 0.53 from scratch
EXAMPLES = 1_000
SOME = 128  # reviews that the short trainings get
STEPS = 20  # of them


@dataclass
class Material:
    """What `fine_tune` is given, and what is kept back of it. order: the id of each of the tokenizer's tokens."""

    order: torch.Tensor
    train: tuple
    test: tuple

    @property
    def encoder(self):
        """A new encoder of this vocabulary."""
        return helper_for("shuffled_bert", order=self.order)


def material(rng: random.Random):
    """Reviews with ids of their own, of which nobody knows whether 1 is praise."""
    tokenizer = load_tokenizer(SHIPPED / "bert")
    order, praise = shuffled(rng, len(tokenizer)), rng.randrange(2)

    def read(reviews):
        ids = tokenizer(reviews["text"][:], padding=True, return_tensors="pt").input_ids
        return order[ids], (torch.tensor(reviews["label"][:]) == praise).long()

    reviews = load_task("sentiment")
    train = read(reviews.select(rng.sample(range(len(reviews)), EXAMPLES)))
    return Material(order, train, read(load_task("sentiment", split="test")))


@torch.no_grad()
def judged(model, given):
    """The share of reviews that a model judges right; which class it names most often, as a share."""
    guesses = model(given[0]).argmax(-1)
    most = torch.bincount(guesses, minlength=2).max().item() / len(guesses)
    return (guesses == given[1]).float().mean().item(), most


def _why(model, given, before, after, right, most):
    """What usually leads to a share of right answers that is too small."""
    own, _ = judged(model, given.train)
    heart = f" Of the {EXAMPLES:,} that it was given it judges {own:.0%} right."
    if right <= 1 - GOAL + 0.1:
        return " That is far less than a coin has: labels, or logits, are turned round somewhere. Column 1 is the score of label 1."
    if after is None:
        return " In the model there is no encoder like the one that came in: it belongs into a `ClsClassifier`, which knows it as `encoder`."
    still, (kept, alike, distance) = unmoved(before, after), change(before, after)
    if kept < 0.5 and alike < 0.5:
        return (
            f"{heart} Its encoder has nothing in common with the one that came in: a new one learns by heart at best, and words that it "
            "has not met say nothing to it. Begin with a copy of `encoder`."
        )
    if kept < 0.5:
        return " Its table of words is not the one of the encoder that came in, in whose vocabulary the reviews are. Begin with a copy of `encoder`."
    if distance > 0.5:
        return f" Its weights have moved by {distance:.0%} of their size: with steps that large a network forgets all it knew. A learning rate about 1e-3, warmed up, is a good start."
    if len(still) == len(matrices(before)):
        return (
            " Its encoder is the one that came in, to the last digit, so at most the head has learned. Has the optimiser all of "
            "`model.parameters()`, is nothing frozen or detached, and is the model that was trained the one that you return?"
        )
    if still:
        return f" And {_stayed(still)}"
    wider = (F.pad(given.test[0][:50], (0, 3)), given.test[0][:50])
    if not torch.allclose(*(model(ids).detach() for ids in wider), atol=1e-3):
        return " Three [PAD] more at the end of a review change its scores: padding is read. Is the mask handed on to the encoder?"
    if distance < 0.01:
        return f" Its weights have moved by {distance:.1%} of their size: nearly nothing. More steps, or larger ones."
    if own < 0.7:
        return f"{heart}{' It gives nearly all the same label.' if most > 0.97 else ''} So hardly anything was learned that holds beyond a few: are the labels those of the same reviews, are the batches drawn from all of them, and are gradients set to zero before each step? If so, train for longer."
    return f"{heart} How far does the loss fall, and how does it fall at the end? Train for longer, or with other steps."


def _stayed(still):
    return f"not all of it has learned: {' and '.join(still)} stayed as it came in, or some matrix in it. Is something frozen, or missing in the optimiser?"


def _trained(student, *given):
    """What one training returns; says the cause where a head has too few classes."""
    try:
        return student(*given)
    except StudentError as error:
        require(
            not (error.is_a("IndexError") and "Target 1 is out of bounds" in error.message),
            "{error} The labels are 0 and 1, and your model scores class 0 alone: two classes are needed, `ClsClassifier(encoder, 2)`.",
            error=str(error).split(" An index runs past")[0],
        )
        raise


def judge_classifier(student, given):
    """The share of new reviews that a model judges right; fails where it is too low. Then what else the statement asks of it."""
    encoder = student.build(given.encoder)
    before = state_of(encoder)
    model = require_model(_trained(student, encoder, *given.train))
    came_back, left = model.get("training"), state_of(encoder)
    asked = Module(model, lambda ids: (len(ids), 2), "(review, classes)")
    twice = [asked(given.test[0][:SOME]).detach() for _ in range(2)]
    model.eval()
    after = encoder_in(model, before)
    right, most = judged(asked, given.test)
    if right < GOAL:
        require(
            False,
            "Of {n} new reviews your model judges {right:.1%} right; {goal:.0%} are asked for.{why}",
            n=len(given.test[0]),
            right=right,
            goal=GOAL,
            why=_why(asked, given, before, after, right, most),
        )
    with part("evaluation mode", points=0.5):
        require(
            came_back is False and torch.allclose(*twice, atol=1e-4),
            "Your model comes back in training mode: dropout makes another judgement of each review every time. `.eval()` at the end.",
        )
    with part("the encoder stays as it is", points=0.5):
        require(
            before.keys() == left.keys() and all(torch.equal(before[name], left[name]) for name in before),
            "The encoder that came in has changed: the next training would begin where this one ended. Train a copy, `copy.deepcopy(encoder)`.",
        )
    with part("all of it learns", points=0.5):
        require(
            after is not None,
            "In the model there is no encoder like the one that came in; a `ClsClassifier` knows it as `encoder`.",
        )
        still = unmoved(before, after)
        require(not still, "Your model is good enough; but {stayed}", stayed=still and _stayed(still))
    return right


def judge_training(student, given):
    """The parts about `seed` and `steps`: short trainings on a few reviews. What is compared is the head, and how far they move the encoder."""
    few = tuple(t[:SOME] for t in given.train)
    start = state_of(student.build(given.encoder))

    def found(model):
        end = encoder_in(require_model(model), start)
        require(end is not None, "In the model there is no encoder like the one that came in.")
        head = {name: t for name, t in state_of(model).items() if name.startswith("head.")}
        return head | {name: end[name] - start[name] for name in end if end[name].dim() > 1}

    judge_seed(student, given.encoder, *few, found=found, what="weights", steps=STEPS)
    with part("steps", points=0.5):
        lengths = (STEPS, STEPS + 5)
        models = student.many([args(given.encoder, *few, seed=SEEDS[0], steps=n) for n in lengths])
        require_steps_used(*(list(found(model).values()) for model in models), *lengths)


@lab.check(points=5, limit=120)
def fine_tune(student):
    given = material(random.Random(1))
    right = judge_classifier(student, given)
    judge_training(student, given)
    return f"{right:.0%} of {len(given.test[0])} new reviews are judged right. The grader trains again, with other reviews and ids."
