"""The check of `scaled_dot_product_attention`."""

import math

import torch
from torch import Tensor

from .. import gradients, require, require_close, require_dtype, require_shape
from ..usual import looks_like, usual
from . import lab

BY_HAND = ("F.scaled_dot_product_attention", "nn.MultiheadAttention", "course.masks")
SCORE = 2 * math.log(3)  # divided by the square root of a width of 4: ln 3, so shares of 3/4 and 1/4


def output_and_weights(result, output, weights):
    """The two returned tensors, of these shapes; says so when they are not."""
    require(
        isinstance(result, (tuple, list))
        and len(result) == 2
        and all(isinstance(one, Tensor) and one.is_floating_point() for one in result),
        "Return two tensors of numbers, the pair (output, weights).",
    )
    require(
        output == weights
        or tuple(result[0].shape) != tuple(weights)
        or tuple(result[1].shape) != tuple(output),
        "You return (weights, output); the output comes first.",
    )
    require_shape(result[0], output, "One vector for each query: the output")
    require_shape(result[1], weights, "One weight for each query and key: the weights")
    return result


@lab.check(points=4, returns=(tuple, list), without=BY_HAND)
def scaled_dot_product_attention(student):
    query = torch.tensor([[SCORE, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]])
    key = torch.tensor([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]])
    value = torch.tensor([[4.0, 0.0, 8.0], [0.0, 4.0, 0.0]])

    def attend(*given, **named):
        return output_and_weights(student(*given, **named), (2, 3), (2, 2))

    output, weights = attend(query, key, value)
    shares = [[0.75, 0.25], [0.5, 0.5]]
    told = (
        "The first query's dot products with the two keys are 2 ln 3 and 0; divided by the root of the width, √4 = 2, they give weights of 3/4 and 1/4. "
        "Your weight at {at} is {got}.{known}"
    )
    two = torch.tensor([[SCORE, 0.0], [0.0, 0.0]])  # the dot products
    mistakes = [
        (two.softmax(-1), "That is without the division"),
        (
            (two / 4).softmax(-1),
            "That is divided by the width itself, not by its root, or by the root twice",
        ),
        ((two / 2**0.5).softmax(-1), "That is divided by the root of the number of keys, or of queries; it is the width that counts"),
        ((two / 3**0.5).softmax(-1), "That is divided by the root of the width of a *value*; it is that of queries and keys"),
        ((two / 2).log_softmax(-1), "Those are the logarithms of the weights"),
        (((two / 2).softmax(-1) @ (two / 2).softmax(-1)), "Are the weights applied twice?"),
        ((two * 2).softmax(-1), "You multiply by the root; divide"),
        ((two / 2).softmax(0), "You take the softmax over the queries; it goes over the keys"),
        (two / 2, "Those are the scores: the softmax is missing"),
        ((two / 2).sigmoid(), "That is a sigmoid; a softmax shares 1 out over the keys"),
    ]  # fmt: skip
    require_close(weights, shares, told, known=usual(weights, mistakes))
    require_close(
        output,
        [[3.0, 1.0, 6.0], [2.0, 2.0, 4.0]],
        "With weights 3/4 and 1/4 the first query gets 3/4 of [4, 0, 8] and 1/4 of [0, 4, 0]; yours has {got} at {at}.{known}",
        known=usual(output, [(weights @ (weights @ value), "Are the weights applied twice?")]),
    )  # fmt: skip

    mask = torch.tensor([[False, True], [True, True]])
    output, weights = attend(query, key, value, mask)
    require(
        not looks_like(weights[0], [1.0, 0.0]),
        "The mask hides key 0 from query 0, and that key gets all the weight: your mask is turned round. True = may attend.",
    )
    require(
        not looks_like(weights[0], [0.0, 0.25]),
        "The mask hides key 0 from query 0; you set its weight to 0 after the softmax, and what is left sums to 1/4. Hide it before.",
    )
    require(
        not looks_like(weights, shares),
        "The mask hides key 0 from query 0, and the weights stay as they were: `mask` is not used.",
    )
    require(
        weights[0, 0].item() > -1e-6,
        "The mask hides key 0 from query 0, and its weight is {w:.3g}: you add the mask to the weights. It goes to the scores, before the softmax.",
        w=weights[0, 0].item(),
    )
    require(
        weights[0, 0].item() < 1e-6,
        "The mask hides key 0 from query 0, and it still gets a weight of {w:.2g}. A hidden key gets none: a score of 0, or a mask of 0 and 1 that is added, is not low enough.",
        w=weights[0, 0].item(),
    )
    require_close(
        weights,
        [[0.0, 1.0], [0.5, 0.5]],
        "Query 0 may see key 1 alone, query 1 both: the weights are [0, 1] and [1/2, 1/2]; yours at {at} is {got}.",
    )
    require_close(
        output, [[0.0, 4.0, 0.0], [2.0, 2.0, 4.0]], "A query that sees one key gets that key's value; yours has {got} at {at}."
    )  # fmt: skip

    mask = torch.tensor([[False, False], [True, False]])
    leaves = [t.clone().requires_grad_() for t in (query, key, value)]
    result = student.using(finite=False)(*leaves, mask)
    output, weights = output_and_weights(result, (2, 3), (2, 2))
    require(
        not output.isnan().any() and not weights.isnan().any(),
        "Query 0 may see nothing, and gets nan: a softmax over minus infinity alone is 0 / 0. It should get weights of zero, and a vector of zeros.",
    )
    require(
        not looks_like(weights[0], [0.5, 0.5]),
        "Query 0 may see nothing, and its weights are even: it averages what it must not see. Set hidden weights to zero after the softmax as well.",
    )
    require_close(
        torch.cat([output[0], weights[0]]),
        torch.zeros(5),
        "Query 0 may see nothing: its vector and its weights should be zeros, and yours hold {got}.",
    )
    for name, gradient in zip(("query", "key", "value"), gradients(output, leaves), strict=True):
        require(
            not gradient.isnan().any(),
            "The result is right, but the gradient of `{name}` is nan where a query sees nothing. A nan that is repaired afterwards can stay in the gradient: do not let it arise.",
            name=name,
        )

    stacked = [torch.stack([t, t.flip(0)])[:, None].expand(-1, 3, -1, -1) for t in (query, key, value)]
    output, weights = output_and_weights(student(*stacked), (2, 3, 2, 3), (2, 3, 2, 2))
    require_close(
        weights[0],
        torch.tensor(shares).expand(3, 2, 2),
        "With axes in front, (2, 3, 2, 4), the weights at {at} are others than without. Name the axes from behind, -1 and -2: the width is `query.shape[-1]`.",
    )
    one_row = torch.tensor([[True, False], [False, True]])[:, None, None]  # (2, 1, 1, 2): of each text
    output, weights = output_and_weights(student(*stacked, one_row), (2, 3, 2, 3), (2, 3, 2, 2))
    require_close(
        output,
        torch.tensor([[4.0, 0.0, 8.0]] * 2).expand(2, 3, 2, 3),
        "Axes in front, (2, 3, 2, 4), and a mask (2, 1, 1, 2) that leaves one key to all: every query gets that key's value; yours has {got} at {at}.",
    )
    far = torch.full((1, 4), -300.0), torch.full((2, 4), 300.0), value, torch.tensor([[True, False]])
    high = student.using(finite=False)(*far)
    require(
        not any(isinstance(t, Tensor) and t.isnan().any() for t in high),
        "Scores of -180,000 give nan: exp of such a number is 0, and 0 / 0 is none. torch's softmax minds that.",
    )
    require_close(
        output_and_weights(high, (1, 3), (1, 2))[0],
        value[:1],
        "Scores of -180,000, and one key of two is hidden: the query gets the value of the other, and yours has {got} at {at}. What you put in place of a hidden score is not lower than all others, or you hide keys after the softmax.",
    )
    wide = student(query[:1].double(), key.double(), value.double())
    require_dtype(output_and_weights(wide, (1, 3), (1, 2))[0], torch.float64, "`query`")
