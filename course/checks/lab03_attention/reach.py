"""The check of `reachable`."""

import torch
from torch import Tensor

from . import lab
from .masks import NOT_OURS, require_mask, square


@lab.check(points=3, returns=(Tensor,), without=NOT_OURS)
def reachable(student):
    query, key = square(5)
    back = query - key  # how far a key lies behind
    chain = back == 1  # each token sees the one before it, and not itself
    require_mask(
        student(chain, 0),
        back == 0,
        "each token sees the one before it, layers=0",
        "and there is nothing but the residual connection",
        mistakes=[
            (chain | (back == 0), "With 0 layers you return what one layer gives: begin with the identity, in which each token is itself"),
            (chain, "With 0 layers you return the mask: begin with the identity, in which each token is itself"),
        ],
    )  # fmt: skip
    for layers in (1, 3, 2):
        chains = [chain.float()]
        for _ in range(layers):
            chains.append(chains[-1] @ chain.float())
        counted = [(c > 0) for c in chains]
        require_mask(
            student(chain, layers),
            (back >= 0) & (back <= layers),
            f"each token sees the one before it, layers={layers}",
            f"which lies further off than {layers}",
            "which it, or what it sees, has seen",
            [
                (counted[layers - 1], "The residual connection is missing: it carries each token past a layer, so whatever was reached stays reached"),
                (counted[layers - 1] | (back == 0), "The residual connection is in every layer, not only once at the end: from each place one may stay or move"),
                ((back >= 0) & (back <= layers + 1), "That is one layer too many"),
                ((back >= 0) & (back < layers), "That is one layer too few"),
                ((back <= 0) & (back >= -layers), "Rows are outputs, columns inputs; yours is the transpose"),
                (chain, "That is the mask: what does a second layer bring, and the residual connection?"),
                (chain | (back == 0), "That is one layer, whatever `layers` says"),
                (back >= 0, "That is what many layers reach, whatever `layers` says"),
            ],
        )  # fmt: skip
    leaky = (back >= 0) | ((query == 1) & (key == 3))
    reached = (back >= 0) | ((query == 1) & (key <= 3))
    require_mask(
        student(leaky, 2),
        reached | ((query == 2) & (key == 3)),
        "a causal mask with one leak, query 1 sees key 3, layers=2",
        "which nothing that it sees has seen",
        "which what it sees has seen",
        [(leaky, "That is the mask itself: query 1 has let key 3 in, and who sees query 1 gets it too"), (reached, "Query 2 sees place 1, and place 1 has seen 3")],
    )  # fmt: skip
    for layers in (1, 2, 5):
        require_mask(
            student(back >= 0, layers), back >= 0, f"a causal mask, layers={layers}", "which comes later"
        )  # fmt: skip
    apart = torch.tensor([[1, 1, 0], [1, 1, 0], [0, 0, 1]]).bool()
    for layers in (64, 1000):
        require_mask(
            student(apart, layers),
            apart,
            f"two tokens that see each other and a third one apart, layers={layers}, where 2^{layers - 1} ways are too many to count: make booleans after each layer",
            "and no chain leads there",
            "which it sees itself",
        )
