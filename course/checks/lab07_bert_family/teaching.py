"""The check of `distillation_loss`, on guesses that are powers of 1/2 at a temperature of 2."""

import math

import torch
from torch.nn import functional as F

from .. import gradients, part, require, require_close, require_dtype, require_graph, require_loss
from ..usual import usual
from . import lab

NONE = -100
LN2 = math.log(2)
# What a teacher and a student think of five classes, of three examples, at T = 2.
TEACHER = torch.tensor([[8.0, 2, 2, 2, 2], [4, 4, 4, 2, 2], [1, 8, 4, 2, 1]]) / 16
STUDENT = torch.tensor([[2.0, 8, 2, 2, 2], [2, 2, 4, 4, 4], [4, 4, 4, 2, 2]]) / 16
KNOWN = (2 * STUDENT.log(), 2 * TEACHER.log())  # their logits
# KL is 12/16, 4/16 and 5/16 · ln 2; on average, and times T².
TAUGHT = 4 * (12 + 4 + 5) / 16 / 3 * LN2
LABELS = torch.tensor([1, 0, 3])  # at T = 1 the student gives them 16/20, 1/14 and 1/14
TOLD = (math.log(20 / 16) + 2 * math.log(14)) / 3


def divergence(p, log_q):
    """KL(p ‖ q) of each example. p: probabilities, log_q: logarithms of some, float (batch, classes)."""
    return (torch.special.xlogy(p, p) - p * log_q).sum(-1)


def taught_mistakes(s, t, T):
    """What usual mistakes make of the teacher's part, (number, sentence) pairs. s, t: logits of the student and of the teacher."""
    p, q, log_q = (t / T).softmax(-1), (s / T).softmax(-1), (s / T).log_softmax(-1)
    right, back = divergence(p, log_q).mean(), divergence(q, p.log()).mean()
    cross = -(p * log_q).sum(-1).mean()
    hard = F.cross_entropy(s, t.argmax(-1))
    plain = divergence(t.softmax(-1), s.log_softmax(-1)).mean()
    turned = "That is KL(student ‖ teacher); the other way round is asked for. Which of the two does `F.kl_div` take first?"
    return [
        (right, "The factor T² is missing"),
        (right * T, "The factor is T; T² is asked for"),
        (right / T**2, "You divide by T²; it is a factor"),
        (right / T, "You divide by T; T² is a factor"),
        (back * T**2, turned),
        (back, f"{turned} And the factor T² is missing"),
        (right * T**2 / s.shape[1], 'You divide by the number of classes, too; that is what `reduction="mean"` does. It is the mean over *examples*'),
        (right / s.shape[1], 'You divide by the number of classes, too; that is what `reduction="mean"` does. And the factor T² is missing'),
        (back * T**2 / s.shape[1], f"{turned} And you divide by the number of classes, too"),
        (right * T**2 * len(s), "That is the sum over the examples; the mean is asked for"),
        (right * len(s), "That is the sum over the examples, without the factor T²; the mean is asked for"),
        (cross * T**2, "That is the cross entropy of two distributions: it is not 0 where both agree. The teacher's own entropy is to be taken off"),
        (cross, "That is the cross entropy of two distributions: it is not 0 where both agree. And the factor T² is missing"),
        (plain * T**2, "Nothing is softened: both logits are to be divided by T"),
        (plain, "Nothing is softened: where is T?"),
        (divergence(p, s.log_softmax(-1)).mean() * T**2, "The teacher alone is softened; the student's logits are divided by T, too"),
        (divergence(t.softmax(-1), log_q).mean() * T**2, "The student alone is softened; the teacher's logits are divided by T, too"),
        (divergence((t * T).softmax(-1), (s * T).log_softmax(-1)).mean() * T**2, "You multiply the logits by T; they are divided by it"),
        (divergence(p, q).mean() * T**2, "The student's probabilities stand where their logarithms should: `F.kl_div` wants log q"),
        (divergence(p, q.log_softmax(-1)).mean() * T**2, "A softmax is taken of the student twice"),
        *((sum_ * factor, "Probabilities stand where `log_target=True` says that their logarithms come: `F.kl_div(log q, log p, log_target=True)`, or `F.kl_div(log q, p)`") for sum_ in ((p.exp() * (p - log_q)).sum(-1).mean(),) for factor in (1, T**2, T**2 / s.shape[1])),
        *((divergence((t / T).softmax(0), (s / T).log_softmax(0)).mean() * factor, "The softmax goes over the *examples*; it goes over the classes, the last axis") for factor in (1, T**2)),
        *(((right + back) * factor, "That is KL both ways; KL(teacher ‖ student) is asked for, one way") for factor in (1 / 2, 1, T**2 / 2, T**2)),
        (-right * T**2, "The sign is turned: KL is never negative"),
        (right * T**2 / LN2, "That is in bits; nats are asked for"),
        (hard, "You take the teacher's likeliest class for a label; it is its *probabilities* from which a student learns"),
        (F.cross_entropy(s / T, t.argmax(-1)) * T**2, "You take the teacher's likeliest class for a label; it is its *probabilities* from which a student learns"),
        (F.mse_loss(s, t), "That is the squared difference of the logits; KL compares distributions"),
        *(((s - t).square().sum(-1).mean() * factor, "That is the squared difference of the logits; KL compares distributions") for factor in (1, 1 / 2, T**2, 1 / T**2)),
        *((F.mse_loss(s, t) * factor, "That is the squared difference of the logits; KL compares distributions") for factor in (1 / 2, T**2, 1 / T**2)),
        (F.mse_loss(q, p) * T**2, "That is the squared difference of the probabilities"),
    ]  # fmt: skip


def told_mistakes(s, t, labels, T):
    """What usual mistakes make of the labels' part, (number, sentence) pairs."""
    right = F.cross_entropy(s, labels)
    return [
        (F.cross_entropy(s / T, labels), "The labels' part is softened; there the logits count as they are, at T = 1"),
        (F.cross_entropy(s / T, labels) * T**2, "The labels' part is softened, with the factor T²; both belong to the teacher's part alone"),
        (right * T**2, "The factor T² belongs to the teacher's part alone"),
        (right * len(s), "That is the sum over the examples; the mean is asked for"),
        (F.cross_entropy(t, labels), "That is what the *teacher* pays for the labels"),
        (F.cross_entropy(t / T, labels), "That is what the *teacher* pays for the labels"),
        (F.cross_entropy(s.softmax(-1), labels), "A softmax is taken twice: `F.cross_entropy` wants logits"),
        (F.nll_loss(s, labels), "Logits stand where logarithms of probabilities should: a softmax is missing"),
        (F.nll_loss(s.softmax(-1), labels), "Probabilities stand where their logarithms should"),
        (right / LN2, "That is in bits; nats are asked for"),
        (-right, "The sign is turned"),
    ]  # fmt: skip


def mixed_mistakes(taught, told, share):
    """What usual mistakes make of the two parts together, (number, sentence) pairs."""
    return [
        ((1 - share) * taught + share * told, "The two shares are exchanged: `share` is the teacher's"),
        (taught + told, "Both parts count in full: is `share` used?"),
        (share * taught + told, "The labels' part counts in full; its share is 1 − `share`"),
        (taught + (1 - share) * told, "The teacher's part counts in full; its share is `share`"),
        (taught + share * told, "`share` is the teacher's, and the labels have 1 − `share`"),
        ((taught + told) / 2, "That is the mean of the two parts: is `share` used?"),
        (share * (taught + told), "Both parts get `share`; the labels have 1 − `share`"),
        (share * taught, "The labels' part is missing"),
        ((1 - share) * told, "The teacher's part is missing"),
    ]


def judge(student, s, t, labels, temperature, share, truth, story, numbers=""):
    """Require each part by itself, and both together. truth: (the teacher's part, the labels' part); numbers: what may be said of them."""
    taught, told = truth
    words = {"story": f"{story}, T={temperature:.3g}", "numbers": numbers}
    loss = require_loss(student.using(finite=False)(s, t, labels, temperature=temperature, share=1.0))
    require(
        not loss.isnan(),
        "{story}, share=1: your loss is nan. `F.kl_div(log q, p)` takes the logarithm of its second argument itself; where that is a logarithm already, it is negative, and has none: hand over probabilities, or say `log_target=True`. Or look for 0 / 0 and log of 0.",
        story=words["story"],
    )
    swapped = [(told, "That is the labels' part: `share` is the teacher's")]
    require_close(
        loss,
        taught,
        "{story}, share=1, so that the teacher's part is all: your loss is {got}.{numbers}{known}",
        known=usual(loss, [*swapped, (taught + told, "Both parts count in full: is `share` used?"), *taught_mistakes(s, t, temperature)]),
        **words,
    )  # fmt: skip
    loss = require_loss(student(s, t, labels, temperature=temperature, share=0.0))
    swapped = [
        (taught, "That is the teacher's part: `share` is the teacher's, and the labels have 1 − `share`")
    ]
    require_close(
        loss,
        told,
        "{story}, share=0, so that the labels' part is all: your loss is {got}.{numbers}{known}",
        known=usual(loss, [*swapped, (taught + told, "Both parts count in full: is `share` used?"), *told_mistakes(s, t, labels, temperature)]),
        **words,
    )  # fmt: skip
    loss = require_loss(student(s, t, labels, temperature, share))
    require_close(
        loss,
        share * taught + (1 - share) * told,
        "{story}, share={share:.3g}: your loss is {got}. Each part alone is right.{known}",
        known=usual(loss, mixed_mistakes(taught, told, share)),
        share=share,
        **words,
    )


def require_defaults(student, s, t, labels, truth, story):
    """Require a temperature of 2 and a share of 1/2 where none is given. truth: the two parts at T = 2."""
    loss = require_loss(student(s, t, labels))
    require_close(
        loss,
        sum(truth) / 2,
        "{story}, without a temperature and a share: your loss is {got}, and not what comes with `temperature=2.0, share=0.5`. Keep the stub's defaults.",
        story=story,
    )


def require_gradient(student, s, t, labels, temperature, truth, story):
    """Require the gradient of the teacher's part with respect to the student's logits. truth: float (batch, classes)."""
    own = s.clone().requires_grad_()
    loss = require_loss(student(own, t, labels, temperature=temperature, share=1.0))
    require_graph(loss)
    (found,) = gradients(loss, [own])
    require_close(
        found,
        truth,
        "{story}, share=1: the loss is right, and its gradient with respect to the student's logits is off at {at}. Is a part of it detached?",
        story=story,
    )


def require_teacher_still(student, s, t, labels, story):
    """Require no gradient at the teacher's logits, though they could take one."""
    leaves = [s.clone().requires_grad_(), t.clone().requires_grad_()]
    loss = require_loss(student(*leaves, labels, temperature=3.0, share=0.75))
    own, theirs = gradients(loss, leaves)
    require(
        not theirs.any(),
        "{story}: a gradient reaches the teacher's logits, so the teacher would come towards the student. `detach` cuts it off.",
        story=story,
    )
    require(own.any(), "{story}: no gradient reaches the student's logits.", story=story)


def require_unjudged(student, s, t, labels, temperature, share, truth, story):
    """Require examples with the label −100 to count for the teacher's part alone. truth: the two parts."""
    taught, told = truth
    judged = labels != NONE
    loss = require_loss(student.using(finite=False)(s, t, labels, temperature=temperature, share=share))
    fewer = torch.tensor(0.0)
    if judged.any():
        fewer = temperature**2 * divergence((t[judged] / temperature).softmax(-1), (s[judged] / temperature).log_softmax(-1)).mean()  # fmt: skip
    rate = judged.double().mean().item()
    mistakes = [
        (share * taught + (1 - share) * told * rate, "The labels' part is divided by the number of all examples; it is the mean over those that somebody has judged"),
        (share * fewer + (1 - share) * told, "The teacher's part leaves out the examples that nobody has judged; a teacher says something of every one"),
        (share * fewer * rate + (1 - share) * told, "The teacher's part leaves out the examples that nobody has judged; a teacher says something of every one"),
        (share * fewer * rate + (1 - share) * told * rate, "Both parts leave out the examples that nobody has judged; a teacher says something of every one"),
        (share * taught + (1 - share) * F.cross_entropy(s, labels.clamp(min=0)), "A label of −100 is taken for class 0"),
        (share * taught, "The labels' part is left out altogether"),
        (taught, "Where a label is missing you give the teacher's part in full; its share stays `share`"),
    ]  # fmt: skip
    require(
        loss.isfinite(),
        "{story}: your loss is {got}. What do you divide by where nobody has judged any example? The labels' part is 0 then.",
        story=story,
        got=loss.item(),
    )
    require_close(
        loss,
        share * taught + (1 - share) * told,
        "{story}: your loss is {got}.{known}",
        known=usual(loss, mistakes),
        story=story,
    )
    if (
        not share
    ):  # the labels alone, of which there may be none: whether that has a graph is nobody's business
        return
    own = s.clone().requires_grad_()
    loss = require_loss(student.using(finite=False)(own, t, labels, temperature=temperature, share=share))
    require_graph(loss)
    require(
        not gradients(loss, [own])[0].isnan().any(),
        "{story}: the loss is right, and a gradient is nan. What do you divide by?",
        story=story,
    )


def require_large(student, s, t, labels, truth, story):
    """Require what logits give whose softmax no number can hold, at T = 2."""
    loss = require_loss(student.using(finite=False)(s, t, labels, temperature=2.0, share=1.0))
    require_close(
        loss,
        truth,
        "{story}: your loss is {got}. The logarithm of a softmax is −inf where the softmax is rounded to 0, and 0 · inf is nan: `log_softmax` minds that (`torch.distributions` says inf as well). Or is something kept away from 0 (`clamp`, `+ 1e-8`), and so made smaller than it is?",
        story=story,
    )
    for own, theirs in ((s.double() / 70, t.double() / 70), (s.double().cos(), t.double().sin())):
        loss = student(own, theirs, labels)
        require_dtype(require_loss(loss), torch.float64, "the logits")
        taught = 4 * divergence((theirs / 2).softmax(-1), (own / 2).log_softmax(-1)).mean()
        require_close(
            loss,
            (taught + F.cross_entropy(own, labels)) / 2,
            "With float64 in, the loss is as coarse as float32 makes it: is something worked out in float32 on the way (`.float()`)?",
            rtol=1e-11,
            atol=1e-12,
        )


@lab.check(points=3, returns=(float, torch.Tensor))
def distillation_loss(student):
    story = "Three examples, five classes"
    numbers = " The two parts are 1.213 and 1.834 nats, each a mean over three examples."
    judge(student, *KNOWN, LABELS, 2.0, 0.25, (TAUGHT, TOLD), story, numbers)
    require_defaults(student, *KNOWN, LABELS, (TAUGHT, TOLD), story)
    for times in (0.5, 1.5):  # at T = 1 and T = 3 the same softened guesses
        s, t = (times * x for x in KNOWN)
        told = -(s.softmax(-1)[range(3), LABELS]).log().mean()
        judge(student, s, t, LABELS, 2 * times, 0.75, (TAUGHT * times**2, told), story)
    same = KNOWN[1]
    loss = require_loss(student(same + 5.0, same, LABELS, share=1.0))
    require_close(
        loss, 0.0, "Teacher and student think the same, share=1, and your loss is {got}; KL is 0 then."
    )
    require_gradient(student, *KNOWN, LABELS, 2.0, 2 * (STUDENT - TEACHER) / 3, story)
    with part("examples that nobody has judged", points=0.5):
        some = (TAUGHT, (math.log(20 / 16) + math.log(14)) / 2)
        require_unjudged(student, *KNOWN, torch.tensor([1, NONE, 3]), 2.0, 0.25, some, f"{story}, T=2, share=0.25, and the second has no label")  # fmt: skip
        none = (TAUGHT, 0.0)
        require_unjudged(student, *KNOWN, torch.tensor([NONE] * 3), 2.0, 0.25, none, f"{story}, T=2, share=0.25, and none has a label")  # fmt: skip
    with part("the teacher learns nothing", points=0.5):
        require_teacher_still(student, *KNOWN, LABELS, story)
    with part("large logits and float64", points=0.5):
        s, t = torch.tensor([[400.0, 0], [0, 0]]), torch.tensor([[0, 400.0], [0, 0]])
        require_large(student, s, t, torch.tensor([0, 1]), 400.0, "Teacher and student are certain of different classes (logits of 400), T=2, share=1")  # fmt: skip
