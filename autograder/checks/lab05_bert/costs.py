"""Oracle: log_softmax, picked label by label; and what transformers' BertForPreTraining adds up."""

import torch

from course.checks import gradients, part, require_close, require_dtype, require_loss

from . import lab


def mean_cost(logits, labels):
    """Nats a label that counts; a plain loop. logits: (n, classes); labels: (n,)."""
    log = logits.log_softmax(-1)
    costs = [-log[i, label] for i, label in enumerate(labels.tolist()) if label != -100]
    return torch.stack(costs).mean() if costs else logits.sum() * 0


def both(tokens, pairs, labels, follows):
    """The two means, added."""
    return mean_cost(tokens.flatten(0, 1), labels.flatten()) + mean_cost(pairs, follows)


@lab.check()
def mlm_nsp_loss(student):
    generator = torch.Generator().manual_seed(student.seed)
    for batch, time, vocabulary, without in ((3, 5, 7, 0.6), (1, 9, 4, 0.9), (6, 2, 11, 0.0), (5, 1, 3, 0.5)):
        labels = torch.randint(vocabulary, (batch, time), generator=generator)
        labels[torch.rand(batch, time, generator=generator) < without] = -100
        labels[0, 0] = 0
        follows = torch.randint(2, (batch,), generator=generator)
        follows[1:][torch.rand(batch - 1, generator=generator) < without] = -100
        leaves = [
            (3 * torch.randn(batch, time, vocabulary, generator=generator)).requires_grad_(),
            (3 * torch.randn(batch, 2, generator=generator)).requires_grad_(),
        ]
        loss, truth = require_loss(student(*leaves, labels, follows)), both(*leaves, labels, follows)
        shape = (batch, time, vocabulary)
        require_close(loss, truth, "Random token logits {shape}: the loss is off ({got}).", shape=shape)
        for mine, right, what in zip(gradients(loss, leaves), gradients(truth, leaves), ("token", "pair"), strict=True):  # fmt: skip
            require_close(
                mine, right, "Random token logits {shape}: the gradient of the {what} logits is off at {at}.", shape=shape, what=what
            )  # fmt: skip
    with part("large logits and float64", points=0.5):
        tokens = 1e3 * torch.randn(2, 4, 6, generator=generator, dtype=torch.float64)
        pairs = 1e3 * torch.randn(2, 2, generator=generator, dtype=torch.float64)
        labels, follows = torch.randint(6, (2, 4), generator=generator), torch.tensor([1, 0])
        tokens[0, 0, (labels[0, 0] + 1) % 6] += (
            1e4  # so that the label's share is none that a number can hold
        )
        pairs[0, 0] += 1e4
        loss = require_loss(student.using(finite=False)(tokens, pairs, labels, follows))
        require_close(
            loss,
            both(tokens, pairs, labels, follows),
            "Logits of some thousands, and the loss is {got}: exp of them is inf. `log_softmax` and `cross_entropy` mind that.",
        )
        require_dtype(loss, torch.float64, "the logits")
