"""Oracle: the mean of log_softmax, picked token by token."""

import torch

from course.checks import gradients, part, require_close, require_dtype, require_loss

from . import lab


def mean_cost(logits, labels, ignored):
    """Nats a token; the loop that no index can hide in."""
    log, costs = logits.log_softmax(-1), []
    for row in range(labels.shape[0]):
        for t in range(1, labels.shape[1]):
            if labels[row, t] != ignored:
                costs.append(-log[row, t - 1, labels[row, t]])
    return torch.stack(costs).mean() if costs else logits.sum() * 0


@lab.check()
def lm_loss(student):
    generator, rng = torch.Generator().manual_seed(student.seed), student.rng
    for batch, time, vocabulary, ignored in ((3, 5, 7, -100), (1, 9, 4, -100), (6, 4, 11, 2), (4, 2, 3, -1)):
        labels = torch.randint(vocabulary, (batch, time), generator=generator)
        labels[torch.rand(batch, time, generator=generator) < 0.3] = ignored
        labels[0, -1] = 0
        logits = (3 * torch.randn(batch, time, vocabulary, generator=generator)).requires_grad_()
        truth = mean_cost(logits, labels, ignored)
        given = (logits, labels) if ignored == -100 and rng.random() < 0.5 else (logits, labels, ignored)
        loss = require_loss(student(*given))
        case = {"shape": (batch, time, vocabulary), "ignored": ignored}
        require_close(
            loss, truth, "Random logits {shape}, ignore_index {ignored}: the loss is off ({got}).", **case
        )
        require_close(
            gradients(loss, [logits])[0],
            gradients(truth, [logits])[0],
            "Random logits {shape}, ignore_index {ignored}: the gradient at {at} is off.",
            **case,
        )
    with part("texts of one token", points=0.5):
        logits = torch.randn(3, 1, 5, generator=generator, requires_grad=True)
        loss = require_loss(student.using(finite=False)(logits, torch.tensor([[1], [2], [-100]])))
        require_close(
            loss, 0.0, "Texts of one token have nothing to guess: the loss is 0, and yours is {got}."
        )
    with part("large logits and float64", points=0.5):
        logits = 1e3 * torch.randn(2, 4, 6, generator=generator, dtype=torch.float64)
        labels = torch.randint(6, (2, 4), generator=generator)
        logits[0, 0, (labels[0, 1] + 1) % 6] += (
            1e4  # so that the label's share is none that a number can hold
        )
        loss = require_loss(student.using(finite=False)(logits, labels))
        require_close(
            loss,
            mean_cost(logits, labels, -100),
            "Logits of some thousands, and the loss is {got}: exp of them is inf. `log_softmax` and `cross_entropy` mind that.",
        )
        require_dtype(loss, torch.float64, "`logits`")
