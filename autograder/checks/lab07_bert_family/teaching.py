"""Oracles: torch.distributions' divergence of two categorical distributions; and a plain loop over log_softmax for the labels."""

import torch
from torch.distributions import Categorical, kl_divergence

from course.checks import part
from course.checks.lab07_bert_family.teaching import (
    judge,
    require_defaults,
    require_gradient,
    require_large,
    require_teacher_still,
    require_unjudged,
)

from . import lab


def parts_of(s, t, labels, temperature):
    """The teacher's part and the labels', each a scalar. s, t: logits, float (batch, classes); labels: long (batch,), −100 = none."""
    apart = kl_divergence(Categorical(logits=t / temperature), Categorical(logits=s / temperature))
    costs = [-row.log_softmax(-1)[label] for row, label in zip(s, labels.tolist(), strict=True) if label != -100]  # fmt: skip
    return temperature**2 * apart.mean(), torch.stack(costs).mean() if costs else torch.tensor(0.0)


@lab.check(alone=True)
def distillation_loss(student):
    generator, rng = torch.Generator().manual_seed(student.seed), student.rng

    def drawn(batch, classes, spread=3.0):
        s, t = spread * torch.randn(2, batch, classes, generator=generator)
        return s, t, torch.randint(classes, (batch,), generator=generator)

    for batch, classes in ((rng.randint(4, 8), rng.randint(3, 6)), (rng.randint(3, 5), 2), (1, 5), (7, 11)):
        s, t, labels = drawn(batch, classes)
        temperature, share = rng.uniform(1.5, 6), rng.choice((0.1, 0.3, 0.7, 0.9))
        story = "Random logits"
        judge(student, s, t, labels, temperature, share, parts_of(s, t, labels, temperature), story)
        own = s.clone().requires_grad_()
        (gradient,) = torch.autograd.grad(parts_of(own, t, labels, temperature)[0], own)
        require_gradient(student, s, t, labels, temperature, gradient, story)
    require_defaults(student, s, t, labels, parts_of(s, t, labels, 2.0), story)
    for temperature in (1.0, rng.uniform(0.3, 0.8), rng.randint(3, 5)):
        s, t, labels = drawn(rng.randint(3, 6), 4, spread=1.5)
        judge(student, s, t, labels, temperature, 0.6, parts_of(s, t, labels, temperature), "Random logits")
    with part("examples that nobody has judged", points=0.5):
        for judged in (1, 2, 4, 0):
            s, t, labels = drawn(6, rng.randint(3, 5))
            labels[torch.randperm(6, generator=generator)[judged:]] = -100
            told = "some of which have no label" if judged else "none of which has a label"
            story = f"Examples with random logits, {told}"
            for share in (rng.choice((0.3, 0.7)), 0.0, 1.0):
                require_unjudged(student, s, t, labels, 2.5, share, parts_of(s, t, labels, 2.5), f"{story}, share={share:g}")  # fmt: skip
    with part("the teacher learns nothing", points=0.5):
        require_teacher_still(student, *drawn(5, 4), "Random logits")
    with part("large logits and float64", points=0.5):
        s, t, labels = drawn(6, 4, spread=300.0)
        own, soft = ((x.double() / 2).log_softmax(-1) for x in (s, t))  # torch.distributions says inf here
        apart = 4 * torch.nn.functional.kl_div(own, soft, log_target=True, reduction="batchmean")
        require_large(student, s, t, labels, apart, "Random logits of some hundreds, T=2, share=1")  # fmt: skip
