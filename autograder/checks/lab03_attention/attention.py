"""Oracle: `F.scaled_dot_product_attention` where a row sees something, forward and gradients; zeros where it sees nothing."""

import torch
from torch.nn import functional as F

from course.checks import gradients, part, require, require_close, require_dtype
from course.checks.lab03_attention.attention import output_and_weights

from . import lab


def drawn(generator, front, queries, keys, width, wide, dtype=torch.float32):
    """query, key, value, all with a gradient."""
    sizes = ((queries, width), (keys, width), (keys, wide))
    return [torch.randn(*front, *s, generator=generator, dtype=dtype).requires_grad_() for s in sizes]


def some(generator, *shape):
    """A random mask whose rows all see something."""
    mask = torch.rand(shape, generator=generator) < 0.5
    return mask | (torch.arange(shape[-1]) == 0)


def require_like_torch(student, leaves, mask):
    """Outputs and gradients; returns (the student's outputs, weights)."""
    query, key, value = leaves
    front = torch.broadcast_shapes(query.shape[:-2], key.shape[:-2])
    shape = (*front, query.shape[-2])
    truth = F.scaled_dot_product_attention(query, key, value, mask)
    given = leaves if mask is None else (*leaves, mask)
    output, weights = output_and_weights(student(*given), (*shape, value.shape[-1]), (*shape, key.shape[-2]))
    case = {
        "shape": tuple(query.shape),
        "masked": "no mask" if mask is None else f"a mask {tuple(mask.shape)}",
    }
    require_close(
        output, truth, "Random vectors, queries {shape}, {masked}: the output at {at} is off.", **case
    )
    require_close(
        weights.sum(-1),
        torch.ones(shape),
        "Random vectors, queries {shape}, {masked}: the weights of a query do not sum to 1.",
        **case,
    )
    require_close(weights @ value, truth, "Random vectors, queries {shape}, {masked}: the weights at {at} are not those with which the values were averaged.", **case)  # fmt: skip
    factor = (
        torch.arange(1.0, truth[0].numel() + 1).view_as(truth[0]).to(truth.dtype)
    )  # a sum that is not symmetric
    mine = gradients(output * factor, leaves)
    for name, got, want in zip(
        ("query", "key", "value"), mine, gradients(truth * factor, leaves), strict=True
    ):
        require_close(got, want, "The gradient of `{name}` is off at {at}.", rtol=1e-3, atol=1e-3, name=name)
    return output, weights


@lab.check()
def scaled_dot_product_attention(student):
    generator = torch.Generator().manual_seed(student.seed)
    for front, queries, keys, width, wide in (
        ((), 3, 4, 5, 2),
        ((2,), 5, 2, 3, 6),
        ((2, 3), 4, 4, 8, 8),
        ((2,), 1, 6, 1, 1),
    ):
        leaves = drawn(generator, front, queries, keys, width, wide)
        require_like_torch(student, leaves, None)
        for shape in ((queries, keys), (*front, queries, keys), (*[1] * len(front), 1, keys)):
            require_like_torch(student, leaves, some(generator, *shape))
    with part("queries that see nothing", points=1):
        for shape in ((2, 3, 4, 5), (2, 1, 1, 5)):
            leaves = drawn(generator, (2, 3), 4, 5, 4, 4)
            mask = some(generator, *shape)
            mask[1, 0, -1] = False
            blind = ~mask.expand(2, 3, 4, 5).any(-1)
            result = student.using(finite=False)(*leaves, mask)
            output, weights = output_and_weights(result, (2, 3, 4, 4), (2, 3, 4, 5))
            require_close(
                torch.cat([output[blind], weights[blind]], -1),
                torch.zeros(int(blind.sum()), 9),
                "Queries that see nothing, in a batch with heads: not all of their outputs and weights are zeros.",
            )
            truth = F.scaled_dot_product_attention(*leaves, mask)
            require_close(output[~blind], truth[~blind], "Next to queries that see nothing, others are off.")
            # of those that see something alone; through the others nothing should come
            for got, want in zip(gradients(output, leaves), gradients(truth[~blind], leaves), strict=True):
                require(not got.isnan().any(), "Queries that see nothing, and a gradient is nan.")
                require_close(
                    got, want, "Queries that see nothing change the gradients of others (at {at}).", atol=1e-4
                )
    with part("large scores and hidden ones", points=0.5):
        leaves = drawn(generator, (2,), 3, 4, 4, 4)
        far = [t.detach() * s for t, s in zip(leaves, (40.0, 40.0, 1.0), strict=True)]
        for mask in (None, some(generator, 3, 4)):
            given = far if mask is None else (*far, mask)
            output, _ = output_and_weights(student.using(finite=False)(*given), (2, 3, 4), (2, 3, 4))
            require(
                not output.isnan().any(),
                "Scores of some thousands give nan: exp overflows. torch's softmax minds that.",
            )
            require_close(
                output,
                F.scaled_dot_product_attention(*far, mask),
                "With scores of some thousands the output at {at} is off.",
            )
        high = [
            torch.full((1, 2, 4), -300.0),
            torch.full((1, 2, 4), 300.0),
            leaves[2][:1, :2].detach(),
        ]  # scores of -180,000
        output, _ = output_and_weights(
            student(*high, torch.tensor([[True, False]] * 2)), (1, 2, 4), (1, 2, 2)
        )
        require_close(
            output,
            high[2][:, :1].expand(1, 2, 4),
            "Scores far below zero, and a hidden key gets a share: the score that you put in its place is not lower than those.",
        )
    with part("float64", points=0.5):
        leaves = drawn(generator, (2,), 3, 4, 5, 2, torch.float64)
        output, weights = require_like_torch(student, leaves, some(generator, 3, 4))
        require_dtype(output, torch.float64, "`query`")
        require_dtype(weights, torch.float64, "`query`")
