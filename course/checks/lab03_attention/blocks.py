"""Checks of `MultiHeadAttention` and `EncoderBlock`."""

import math

import torch
from torch import Tensor

from .. import helper_for, part, require, require_close
from ..modules import dense, module_of, weights_for
from ..usual import ended, looks_like, usual
from . import lab
from .masks import square

ROOT = math.sqrt(math.sqrt(2) * math.log(3))  # its square, over the root of a head's width of 2, is ln 3


LINEAR = ("query", "key", "value", "output")  # the layers of heads


@lab.check(points=5, returns=(Tensor,), without=("nn.MultiheadAttention", "course.masks"))
def MultiHeadAttention(student):
    model = module_of(student, dense(*LINEAR), 6, 3)
    model.load_state_dict({n: t / 2 for n, t in weights_for(model, 1).items()})  # no weight is next to 0
    generator = torch.Generator().manual_seed(2)
    x, memory = torch.randn(2, 5, 6, generator=generator), torch.randn(2, 4, 6, generator=generator)
    found = model(x)

    def moved(change, **named):
        """bool (text, place): which results move when one token does."""
        other = x.clone()
        other[change] += 1.0
        return (model(other, **named) - model(x, **named)).abs().amax(-1) > 1e-5

    last = moved((0, 4))
    require(
        not last[1].any(),
        "A token of the first text changes, and results of the second move: texts of a batch never meet. Which axis is the batch?",
    )
    require_close(
        model(x.flip(1)),
        found.flip(1),
        "The tokens come in the opposite order, and the results are others (at {at}). Nothing in attention knows an order: after the projections, cut the *last* axis into heads and then swap axes; a view straight to (batch, heads, time, …), or back without the swap, mixes tokens.",
    )
    require(
        last[0].all(),
        "Without a mask the last of five tokens changes, and the result at place {place} stays: it has not looked there. Scores go from every query to every key of its head, so the axis of heads stands in front of that of the tokens.",
        place=int((~last[0]).nonzero()[0]) if not last[0].all() else 0,
    )
    query, key = square(5)
    ahead, behind = (moved((0, place), mask=key <= query)[0] for place in (4, 0))
    guess = (
        "The mask is inverted: True = may attend" if not ahead[4]
        else "Rows are queries, columns keys; yours is the transpose" if ahead.all() and not behind[1:].any()
        else "Is `mask` handed on?" if ahead.all()
        else "Which axes does the mask meet?"
    )  # fmt: skip
    require(
        not ahead[:4].any(),
        "Under a causal mask the last of five tokens changes, and the result at place {place} moves: it has seen a later one. {guess}",
        place=int(ahead[:4].nonzero()[0]) if ahead[:4].any() else 0,
        guess=ended(guess),
    )
    require(
        behind.all(),
        "Under a causal mask the first of five tokens changes, and the result at place {place} stays, which may see it.",
        place=int((~behind).nonzero()[0]) if not behind.all() else 0,
    )
    crossed = model(x, memory)
    require(
        not looks_like(crossed, found),
        "With a `memory`, the result is that of x alone: keys and values come from the memory.",
    )
    require_close(
        model(x, memory.flip(1)),
        crossed,
        "The memory's tokens change places, and the result moves (at {at}): attention looks at a set. Do keys and values both come from the memory?",
    )
    require(
        not looks_like(model(x.flip(1), memory), crossed),
        "The queries change places, and the result stays: the queries come from x.",
    )
    real = torch.tensor([[True, True, True, False], [True, False, False, False]])[
        :, None, None
    ]  # (2, 1, 1, 4)
    require_close(
        model(x, memory, mask=real)[1],
        model(x[1:], memory[1:, :1])[0],
        "A padding mask (2, 1, 1, 4) leaves the second text one token of memory; it should be as if the others were not there, and is not (at {at}).",
    )
    model = module_of(student, dense(*LINEAR), 4, 2)
    eye, zeros = torch.eye(4), torch.zeros(4)
    plain = {f"{n}.weight": eye for n in LINEAR} | {f"{n}.bias": zeros for n in LINEAR}
    plain["value.weight"] = eye / ROOT
    model.load_state_dict(plain)
    x = torch.tensor([[[ROOT, 0.0, 0.0, 0.0], [0.0, 0.0, ROOT, 0.0], [0.0, 0.0, 0.0, 0.0]]])
    found = model(x)

    def share(score):
        """Of the first of three keys, when the two others have a score of 0."""
        return math.exp(score) / (math.exp(score) + 2)

    third, by_two, by_one = 1 / 3, share(ROOT**2 / 2), share(ROOT**2)
    every_other = "Its score of ln 3 counts for dimension 2 as well: the heads are the first half of the axis and the second, not every other number, and not one for all"
    mistakes = [
        ([0.6, 0.0, 0.2, 0.0], every_other),
        ([by_two, 0.0, (1 - by_two) / 2, 0.0], every_other),
        ([by_one, 0.0, (1 - by_one) / 2, 0.0], every_other),
        (
            [by_two, 0.0, third, 0.0],
            "Divide by √2, as a head is 2 wide; you divide by 2, the root of the whole width, or by √2 twice",
        ),
        ([by_one, 0.0, third, 0.0], "The scores are not divided by the root of the head's width"),
        ([share(ROOT**2 / 3**0.5), 0.0, third, 0.0], "You divide by the root of the number of keys"),
        ([third, 0.0, third, 0.0], "All weights are even: do the scores come from `query` and `key`?"),
        ([1.0, 0.0, 1.0, 0.0], "Are the values summed without weights?"),
        ([third, 0.0, 0.6, 0.0], "The heads are laid side by side in the opposite order"),
        ([0.6 + ROOT, 0.0, third, 0.0], "x is added to it; the residual connection belongs to the block"),
        ([0.6 * ROOT, 0.0, third * ROOT, 0.0], "The values are not projected by `value`"),
    ]
    require_close(
        found[0, 0],
        [0.6, 0.0, third, 0.0],
        "Two heads of width 2, all matrices the identity, three tokens. In head 0 token 0 has a score of ln 3 for itself and 0 for the two others, so 3/5 and 1/5 each; in head 1 it is even. Together [3/5, 0, 1/3, 0]; at {at} yours has {got}.{known}",
        known=usual(found[0, 0], mistakes),
    )
    require_close(
        found[0, 1:],
        [[third, 0.0, 0.6, 0.0], [third, 0.0, third, 0.0]],
        "Token 0 is right; of the two others, at {at} yours has {got}.",
    )
    model.load_state_dict(plain | {"query.bias": torch.tensor([0.0, 0.0, ROOT, 0.0])})
    require(
        not looks_like(model(x)[0, 0], found[0, 0]),
        "Another bias in `query`, and the result stays: use the layers as they are, with their biases.",
    )
    for name in ("query", "key"):
        model.load_state_dict(plain | {f"{name}.weight": torch.zeros(4, 4)})
        require(
            looks_like(model(x)[0], torch.tensor([[third, 0.0, third, 0.0]] * 3)),
            "With `{name}` at zero all scores are 0 and all weights even, and in yours they are not: are `query` and `key` both used, each for its own?",
            name=name,
        )
    model.load_state_dict(plain | {"output.weight": 2 * eye.flip(0), "output.bias": torch.ones(4)})
    require_close(
        model(x)[0, 0],
        [1.0, 1 + 2 * third, 1.0, 2.2],
        "What the heads found, side by side, goes through `output` at the end; with other weights there your result does not follow ({got} at {at}).",
    )
    model = module_of(student, dense(*LINEAR), 6, 3)
    model.load_state_dict({n: t / 2 for n, t in weights_for(model, 1).items()})
    x = torch.randn(2, 5, 6, generator=generator)
    each = torch.ones(2, 3, 5, 4, dtype=torch.bool)
    each[:, 1, :, 1:] = False
    each = model(x, memory, mask=each)
    require(
        not looks_like(each, model(x, memory)) and not looks_like(each, model(x, memory[:, :1])),
        "A mask (2, 3, 5, 4) that leaves head 1 one key, and the others all: each head has a mask of its own.",
    )


PARTS = ("attention_norm", "dense_in", "dense_out", "dense_norm")


def block_of(student, dim, hidden, times=1.0, plus=0.0, **named):
    """The student's block, in evaluation mode, round an average in place of attention."""
    attention = helper_for("averaging", times=times, plus=plus)
    model = module_of(student, dense(*PARTS), attention, dim, hidden, **named)
    model.eval()
    return model


RATE, KEPT = 0.25, 4 / 3  # dropout; what is left is scaled up by this


def trained(student, x, pre_norm, times=0.0, plus=0.0, mask=None, **weights):
    """What a block in training mode makes of x, (batch, time, 100), with 200 numbers between its dense layers; what is not given is 0."""
    attention = helper_for("averaging", times=times, plus=plus)
    model = module_of(student, dense(*PARTS), attention, 100, 200, dropout=RATE, pre_norm=pre_norm)
    model.train()
    model.load_state_dict(
        {n: weights.get(n.replace(".", "_"), torch.zeros(t.shape)) for n, t in model.state_dict().items()}
    )
    return model(x, mask=mask)


@lab.check(points=5, returns=(Tensor,), without=("nn.TransformerEncoderLayer", "course.masks"))
def EncoderBlock(student):
    x = torch.tensor([[[1.0, -1.0, 3.0, 1.0], [0.0, 2.0, 2.0, 4.0], [5.0, 0.0, 1.0, 2.0]]])
    pre, post = block_of(student, 4, 6, pre_norm=True), block_of(student, 4, 6)
    start = {n: torch.zeros(p.shape) for n, p in pre.state_dict().items()}
    norms = {f"{n}.weight": torch.ones(4) for n in ("attention_norm", "dense_norm")}

    for before in (True, False):
        model = block_of(student, 4, 6, dropout=0.5, pre_norm=before)
        model.load_state_dict(weights_for(model, 3))
        kind = "pre-norm" if before else "post-norm"
        require(
            looks_like(model(x), model(x)),
            "In evaluation mode ({kind}) two calls give different results: dropout is left on. `self.dropout`, a module, turns itself off; `F.dropout` has to be told.",
            kind=kind,
        )
        again = block_of(student, 4, 6, dropout=0.0, pre_norm=before)
        again.load_state_dict(weights_for(model, 3))
        require_close(
            again(x), model(x), "The same weights with another `dropout`, in evaluation mode, {kind}: another result, at {at}. Nothing is scaled there.", kind=kind
        )  # fmt: skip

    nothing = block_of(student, 4, 6, times=0.0, pre_norm=True)
    nothing.load_state_dict(start | norms)
    found = nothing(x)
    require(
        not looks_like(found, torch.zeros(1, 3, 4)),
        "Pre-norm, with an attention and a dense part that give 0: what came in should come out, and yours is 0. A residual connection is missing.",
    )
    require_close(
        found,
        x,
        "Pre-norm, with an attention and a dense part that give 0: what came in should come out, as nothing stands on the residual path; yours has {got} at {at}. Is there a norm on that path, before the addition or after it?",
    )
    quiet = block_of(student, 4, 6, times=0.0)
    quiet.load_state_dict(start | norms)
    require(
        not looks_like(quiet(x), torch.zeros(1, 3, 4)),
        "Post-norm, with an attention and a dense part that give 0: each token's own vector should go on, in its norm, and yours is 0. A residual connection is missing.",
    )
    scaled = {"attention_norm.weight": torch.full((4,), 5.0), "dense_norm.weight": torch.full((4,), 2.0)}
    post.load_state_dict(start | scaled)
    found = post(x)
    sizes = found.square().mean(-1).sqrt()  # 2 where `dense_norm` is what comes last
    require(
        not looks_like(sizes, torch.full((1, 3), 5.0)),
        "Post-norm, and the last thing that happens is `attention_norm`; it follows the attention, and `dense_norm` the dense part.",
    )
    require_close(
        torch.cat([sizes, found.mean(-1) + 2]),
        torch.full((2, 3), 2.0),
        "Post-norm ends in `dense_norm`, so with factors of 2 there each token's numbers have a mean of 0 and a size of 2; in yours they have not. It comes after the second addition.",
        atol=1e-3,
    )

    b = {"attention_norm.bias": torch.tensor([1.0, 2.0, 3.0, 4.0]), "dense_out.bias": torch.full((4,), 10.0)}
    pre.load_state_dict(start | b)  # what goes into the attention is [1, 2, 3, 4] for every token
    require_close(
        pre(x) - x,
        torch.tensor([11.0, 12.0, 13.0, 14.0]).expand(1, 3, 4),
        "Pre-norm, where what `attention_norm` gives is [1, 2, 3, 4] for every token and the dense part gives 10: x should grow by their sum, and at {at} yours grows by {got}. The attention reads the norm of x; its result is added to x itself.",
    )
    b = {"dense_norm.bias": torch.full((4,), -1.0), "dense_in.weight": torch.full((6, 4), 0.25)}
    b["dense_out.weight"] = torch.cat([torch.eye(4), torch.zeros(4, 2)], 1)
    silent = block_of(student, 4, 6, times=0.0, pre_norm=True)
    silent.load_state_dict(start | b)  # each of the 6 between is -1
    grown = silent(x) - x
    without = torch.nn.functional.gelu(x.sum(-1, keepdim=True) / 4).expand(1, 3, 4)
    mistakes = [
        (without, "The dense part has read x without `dense_norm`"),
        (torch.full((1, 3, 4), 0.0), "That is ReLU's, or the dense part is not there"),
        (torch.full((1, 3, 4), -1.0), "There is nothing between the two dense layers"),
        (torch.full((1, 3, 4), math.tanh(-1)), "That is tanh's"),
        (torch.full((1, 3, 4), -1 / (1 + math.e)), "That is SiLU's, x · sigmoid(x)"),
        (
            torch.full((1, 3, 4), -0.158808),
            "That is the approximation with tanh; `F.gelu` as it is gives -0.1587",
        ),
    ]
    require_close(
        grown,
        torch.full((1, 3, 4), -0.158655),
        "Between the dense layers there is -1 everywhere, of which GELU makes -0.1587, and that is what x should grow by here; yours grows by {got}.{known}",
        known=usual(grown, mistakes),
    )

    pre.load_state_dict(
        start
        | {
            "attention_norm.bias": torch.tensor([1.0, 2.0, 3.0, 4.0]),
            "dense_norm.weight": torch.ones(4),
            "dense_in.weight": torch.eye(6, 4),
            "dense_in.bias": torch.full((6,), 10.0),  # so that GELU leaves everything as it is
            "dense_out.weight": torch.eye(4, 6),
            "dense_out.bias": torch.full((4,), -10.0),
        }
    )
    counted = torch.tensor([1.0, 2.0, 3.0, 4.0])
    normed = (counted - 2.5) / 1.25**0.5
    found = pre(torch.zeros(1, 3, 4))
    mistakes = [
        (counted, "The dense part has read what came in, not what the attention has made of it"),
        (2 * counted, "The dense part has read it without `dense_norm`"),
        (normed, "The second sum begins with what came into the block, and what the attention found is lost"),
    ]
    require_close(
        found[0],
        (counted + normed).expand(3, 4),
        "Pre-norm, x is 0 and the attention finds [1, 2, 3, 4]; the dense part hands on what it reads, which is the norm of that. Their sum is [-0.34, 1.55, 3.45, 5.34]; yours has {got} at {at}.{known}",
        known=usual(found[0, 0], mistakes),
        atol=1e-4,
    )

    post.load_state_dict(
        start
        | norms
        | {
            "dense_in.weight": torch.eye(6, 4),
            "dense_in.bias": torch.full((6,), 10.0),
            "dense_out.weight": torch.eye(4, 6),
            "dense_out.bias": torch.tensor([-8.0, -10.0, -10.0, -10.0]),
        }
    )
    first = torch.nn.functional.layer_norm(x + x.mean(1, keepdim=True), (4,))
    grown = torch.tensor([2.0, 0.0, 0.0, 0.0])  # the dense part hands on what it reads, and adds this
    found = post(x)
    mistakes = [
        (torch.nn.functional.layer_norm(first + x + grown, (4,)), "The second sum, or the dense part, begins with what came into the block; both take what the first norm gives"),
        (torch.nn.functional.layer_norm(first + grown, (4,)), "The second residual connection is missing"),
        (torch.nn.functional.layer_norm(2 * x + grown, (4,)), "What the attention found is lost"),
    ]  # fmt: skip
    require_close(
        found,
        torch.nn.functional.layer_norm(2 * first + grown, (4,)),
        "Post-norm, with a dense part that hands on what it reads and adds 2 to the first number: at {at} yours has {got}, and not the norm of the sum of both.{known}",
        known=usual(found, mistakes),
        atol=1e-3,
    )
    only = torch.eye(3, dtype=torch.bool)
    for model, kind in ((pre, "pre-norm"), (post, "post-norm")):
        model.load_state_dict(start | norms)
        require(
            not looks_like(model(x, mask=only), model(x)),
            "With a mask under which each token sees itself alone ({kind}), the result stays as it was: hand `mask` on to the attention, by its name.",
            kind=kind,
        )
    with part("dropout falls on three things", points=0.5):
        zeros, ones = torch.zeros(1, 10, 100), torch.ones(100)
        require_close(
            trained(student, zeros + 1, True),
            zeros + 1,
            "In training, pre-norm, with parts that give 0: what came in should come out whole, and does not (at {at}). Dropout falls on what the parts give, not on the residual path.",
        )
        for found, what in (
            (trained(student, zeros, True, plus=1.0), "the numbers that attention gives"),
            (trained(student, zeros, True, dense_out_bias=ones), "the numbers that `dense_out` gives"),
        ):
            require((found == 0).any(), "In training, {what} are not dropped.", what=what)
        between = trained(
            student, zeros, True, dense_in_bias=-torch.ones(200), dense_out_weight=torch.ones(100, 200)
        )
        kept = between[between != 0]
        require(
            len(kept) and kept.std() > 1e-3,
            "In training, nothing is dropped between GELU and `dense_out`: dropout falls on three things.",
        )
