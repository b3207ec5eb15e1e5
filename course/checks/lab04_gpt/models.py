"""Checks of `CausalSelfAttention` and `GPT`."""

import math

import torch
from torch import Tensor

from .. import helper_for, require, require_close, require_graph, uneven
from ..modules import dense, module_of, state_of, weights_for
from ..usual import looks_like, usual
from . import lab

ATTENTION = dense("query_key_value", "output")
CUT = "Cut the *last* axis into heads and then swap axes; a view straight to (batch, heads, time, …), or back without the swap, mixes tokens."
A = math.sqrt(math.log(3) / math.sqrt(2))  # 2 A², over the root of a head's width of 2, is ln 3


def moved(model, x, change, **named):
    """bool (text, place): which results move when one token does."""
    other = x.clone()
    other[change] += 1.0
    return (model(other, **named) - model(x, **named)).abs().amax(-1) > 1e-5


def hand_made():
    """Weights under which every query is [A, A, 0, 0], keys are x and values x / A; and a text of three tokens, width 4."""
    eye, bias = torch.eye(4), torch.zeros(12)
    bias[:2] = A
    weights = {"query_key_value.weight": torch.cat([0 * eye, eye, eye / A]), "query_key_value.bias": bias}
    weights |= {"output.weight": eye, "output.bias": torch.zeros(4)}
    return weights, torch.tensor([[[0.0, 0, 0, 0], [0, 0, A, A], [A, A, 0, 0]]])


@lab.check(points=4, returns=(Tensor,), without=("nn.MultiheadAttention", "course.masks"))
def CausalSelfAttention(student):
    model = module_of(student, ATTENTION, 6, 3)
    model.load_state_dict({n: t / 2 for n, t in weights_for(model, 1).items()})
    generator = torch.Generator().manual_seed(2)
    x = torch.randn(2, 5, 6, generator=generator)
    found = model(x)
    require(
        torch.equal(found, model(x)),
        "The results of one call and the next differ: what is drawn in `forward`? There is no dropout here.",
    )
    last, first = moved(model, x, (0, 4)), moved(model, x, (0, 0))
    require(
        not last[1].any() and not first[1].any(),
        "A token of the first text changes, and results of the second move: texts of a batch never meet. Which axis is the batch?",
    )
    guess = (
        "The mask is turned round: rows are queries, columns keys, True = may attend." if not first[0, 1:].any()
        else "Is there a mask at all, on the scores, before a softmax over the keys?" if last[0].all()
        else "Does the mask begin one too late? The diagonal is the last that may be seen." if last[0].tolist() == [False, False, False, True, True]
        else CUT
    )  # fmt: skip
    require(
        not last[0, :4].any(),
        "The last of five tokens changes, and the result at place {place} moves: it has seen a later token. {guess}",
        place=int(last[0, :4].nonzero()[0]) if last[0, :4].any() else 0,
        guess=guess,
    )
    require(
        first[0].all(),
        "The first of five tokens changes, and the result at place {place} stays: it should have seen it.",
        place=int((~first[0]).nonzero()[0]) if not first[0].all() else 0,
    )
    turned = x[:, [1, 0, 2, 3, 4]]
    require_close(
        model(turned)[:, 2:],
        found[:, 2:],
        "The first two tokens change places, and what later tokens find is another (at {at}). Attention sees a set. {cut}",
        cut=CUT,
    )

    weights, by_hand = hand_made()
    model = module_of(student, ATTENTION, 4, 2)
    model.load_state_dict(weights)
    result = model(by_hand)
    third = 1 / 3
    order = "The thirds have changed places, or each head has thirds of its own: first the queries of all heads, then all keys, then all values"
    even = [third] * 4
    mistakes = [
        ([0.0, 0.0, 0.5, 0.5], "That is without the last token itself: a token sees itself too, so the diagonal belongs to the mask"),
        ([0.6, 0.6, 0.2, 0.2], "The weights of head 0 count in head 1 as well: the heads are the first half of the axis and the second, each with weights of its own"),
        ([0.4641016, 0.4641016, 0.2679492, 0.2679492], "The heads are the first half of the axis and the second, not every other number"),
        ([0.5209101, 0.5209101, third, third], "Divide the scores by √2, as a head is 2 wide; you divide by 2, the root of the whole width, or twice"),
        ([0.5209101, 0.5209101, 0.239545, 0.239545], "There are two heads, the first half of the axis and the second; yours is one, 4 wide"),
        ([0.7027704, 0.7027704, third, third], "The scores are not divided by the root of a head's width"),
        (even, "All weights are even: do the scores come from queries, the first four of the 12 numbers of `query_key_value`, and keys, the next four?"),
        ([0.5595943, 0.5595943, 0.2937944, 0.2937944], order),
        ([0.8813831, 0.8813831, 0.0, 0.0], order),
        ([0.2937944] * 4, order),
        ([0.2937944, 0.2937944, third, third], order),
        ([1.0] * 4, "Are the values summed without weights?"),
        ([0.6 + A, 0.6 + A, third, third], "x is added to it; the residual connection belongs to the block"),
        ([third, third, 0.6, 0.6], "The heads are laid side by side in the opposite order"),
    ]  # fmt: skip
    require_close(
        result[0, 2],
        [0.6, 0.6, third, third],
        "Two heads of width 2. In head 0 the last of three tokens has a score of ln 3 for itself and 0 for the two before: 3/5, 1/5 and 1/5. In head 1 all its scores are 0. With the values of this text that is [3/5, 3/5, 1/3, 1/3]; at {at} yours has {got}.{known}",
        known=usual(result[0, 2], mistakes),
    )
    keyless = weights["query_key_value.weight"].clone()
    keyless[4:8] = 0
    for name, change in (
        ("queries", {"query_key_value.bias": torch.zeros(12)}),
        ("keys", {"query_key_value.weight": keyless}),
    ):
        model.load_state_dict(weights | change)
        require_close(
            model(by_hand)[0, 2],
            even,
            "With zeros for all {name} every score is 0 and all weights are even; at {at} yours has {got}.",
            name=name,
        )
    model.load_state_dict(weights | {"output.weight": 2 * torch.eye(4).flip(0), "output.bias": torch.ones(4)})
    require_close(
        model(by_hand)[0, 2],
        [1 + 2 * third, 1 + 2 * third, 2.2, 2.2],
        "What the heads found, side by side, goes through `output` at the end; with other weights there your result does not follow ({got} at {at}).",
    )
    _require_padding(student, x)


def _require_padding(student, x):
    """x: float (2, 5, 6)."""
    model = module_of(student.using(finite=False), ATTENTION, 6, 3)
    model.load_state_dict({n: t / 2 for n, t in weights_for(model, 1).items()})
    alone = model(x[:, :3])[0]
    shifted = torch.cat([x[:, 3:], x[:, :3]], 1)
    for text, real, case in (
        (x, [True, True, True, False, False], "behind"),
        (shifted, [False, False, True, True, True], "in front of"),
    ):
        mask = torch.tensor([real, [True] * 5])
        found, unpadded = model(text, attention_mask=mask), model(text)
        own = found[0, mask[0]]
        require(
            not own.isnan().any(),
            "Padding {case} a text, and its tokens get nan. Let every token see itself.",
            case=case,
        )
        guess = (
            "Is `attention_mask` used, on the axis of the keys?" if looks_like(own, unpadded[0, mask[0]])
            else "You hide what is real and show the padding: True = a real token." if looks_like(model(text, attention_mask=~mask)[0, mask[0]], alone)
            else "Do the causal mask and that of the padding both hold?"
        )  # fmt: skip
        require_close(
            own,
            alone,
            "Two padding tokens {case} a text of three, and its results are others (at {at}). {guess}",
            case=case,
            guess=guess,
        )
        require_close(
            found[1],
            unpadded[1],
            "Padding in one text of the batch, and the other one, which has none, gets other results (at {at}). Each text has a row of its own in `attention_mask`.",
        )
    none = torch.zeros(2, 5, dtype=torch.bool)
    require(
        not model(x, attention_mask=none).isnan().any(),
        "A text of padding alone gives nan. Let every token see itself, padding too.",
    )
    require(
        not found.isnan().any(),
        "What comes out at a padding token is nan, and in the next layer it would spread. Let every token see itself, padding too.",
    )


LAYERS = dense("attention_norm", "dense_norm", "dense_in", "dense_out")


def parameters(layers, attention=()):
    """The names of a GPT's parameters."""
    blocks = [
        f"blocks.{i}.{name}"
        for i in range(layers)
        for name in (*LAYERS, *(f"attention.{n}" for n in attention))
    ]
    return ["token_embedding.weight", "position_embedding.weight", *blocks, *dense("norm")]


def gpt_of(student, vocabulary_size, dim, heads, layers, positions, attention=()):
    """The student's GPT; round a running mean in place of attention, or, with names, round the student's own."""
    given = {"attention": helper_for("running_average")} if not attention else {}
    return module_of(
        student, parameters(layers, attention), vocabulary_size, dim, heads, layers, positions,
        shape=lambda ids: (*ids.shape, vocabulary_size), axes="(batch, time, vocabulary)", **given,
    )  # fmt: skip


def plain(model, dim):
    """Weights under which the blocks add nothing, and the last norm changes nothing but the size."""
    weights = {n: torch.zeros(t.shape) for n, t in state_of(model).items()}
    return weights | {"norm.weight": torch.ones(dim)}


@lab.check(points=4, returns=(Tensor,), without=("transformers", "course.masks"))
def GPT(student):
    model = gpt_of(student, 5, 4, 2, 1, 6)
    start = plain(model, 4)
    words = torch.tensor([[2.0, 0, 0, -2], [0, 2, -2, 0], [0, 0, 2, -2], [2, 0, -2, 0], [0, -2, 0, 2]])
    model.load_state_dict(start | {"token_embedding.weight": words})
    ids = torch.tensor([[3, 1, 4], [0, 0, 2]])
    state = words / math.sqrt(2)  # of which the norm makes a size of 1: its numbers have a mean of 0
    truth = (state @ words.T)[ids]
    found = model(ids)
    require(
        torch.equal(found, model(ids)),
        "The logits of one call and the next differ: what is drawn in `forward`?",
    )
    mistakes = [
        ((words @ words.T)[ids], "The last norm is missing"),
        ((torch.nn.functional.layer_norm(words, (4,)) @ torch.nn.functional.layer_norm(words, (4,)).T)[ids], "The norm falls on the state alone, not on the table"),
        (torch.zeros(2, 3, 5), "Are the tokens' vectors added?"),
        (truth.softmax(-1), "Those are probabilities; logits are asked for"),
        (truth.log_softmax(-1), "Those are logarithms of probabilities; logits are asked for"),
        (truth / 2, "You divide by a root; the tied scores are plain dot products"),
    ]  # fmt: skip
    require_close(
        found,
        truth,
        "The blocks add nothing here, and positions are zeros: the state of a token is the norm of its own vector, and the scores are its dot products with all five vectors. At {at} yours has {got}.{known}",
        known=usual(found, mistakes),
    )
    places = torch.tensor(
        [[0.0, 0, 0, 0], [4, -4, 0, 0], [0, 0, 4, -4], [0, 4, 0, -4], [-4, 0, 0, 4], [0, 0, -4, 4]]
    )
    model.load_state_dict(start | {"token_embedding.weight": words, "position_embedding.weight": places})
    truth = torch.nn.functional.layer_norm(words[ids] + places[:3], (4,)) @ words.T
    found = model(ids)
    mistakes = [
        ((state @ words.T)[ids], "The vectors of the positions are not added"),
        (torch.nn.functional.layer_norm(words[ids] + places[1:4], (4,)) @ words.T, "Positions count from 0"),
        (torch.nn.functional.layer_norm(words[ids] + places[ids], (4,)) @ words.T, "The position is looked up by the token's id; it is where the token stands"),
        (torch.nn.functional.layer_norm(2 * words[ids] + places[:3], (4,)) @ words.T, "The words' vectors are multiplied by the root of the width, as in the first Transformer; GPT adds them as they are"),
        (torch.nn.functional.layer_norm(words[ids] + places[((ids != 0).cumsum(1) - 1).clamp(min=0)], (4,)) @ words.T, "Without a mask all tokens are real, the id 0 too (None: all are)"),
    ]  # fmt: skip
    require_close(
        found,
        truth,
        "With vectors for the positions the scores at {at} are off ({got}).{known}",
        known=usual(found, mistakes),
    )
    grown = torch.tensor([1.0, -1.0, 0.5, -0.5])  # what each of the blocks adds, whatever it reads
    model.load_state_dict(start | {"token_embedding.weight": words, "blocks.0.dense_out.bias": 8 * grown})
    truth = torch.nn.functional.layer_norm(words[ids] + 8 * grown, (4,)) @ words.T
    found = model(ids)
    mistakes = [
        ((state @ words.T)[ids], "The blocks are not used"),
        (torch.nn.functional.layer_norm(2 * words[ids] + 8 * grown, (4,)) @ words.T, "x is added to what a block gives; the residual connections are inside the block"),
        (torch.nn.functional.layer_norm(state[ids] + 8 * grown, (4,)) @ words.T, "A norm stands in front of the blocks; there is one, behind the last"),
    ]  # fmt: skip
    require_close(
        found,
        truth,
        "With a block that adds the same to every token the scores at {at} are off ({got}).{known}",
        known=usual(found, mistakes),
    )
    require_graph(found)
    uneven(found).sum().backward()
    gradient = model.grads().get("token_embedding.weight")
    require(
        gradient is not None and gradient.shape == words.shape and gradient.abs().sum(1).min() > 1e-6,
        "All five tokens are scored, and no gradient reaches the vectors of some: the table learns from its scores too, so nothing is detached.",
    )
    _require_blocks(student)
    longest = torch.zeros(1, 7, dtype=torch.long)
    error = model.error(longest)
    require(
        error is not None and error.is_a("ValueError"),
        "7 tokens, and there are 6 positions: {yours}. Raise a ValueError before anything is looked up.",
        yours=f"yours raises {error.type}" if error is not None else "yours gives logits",
    )
    require(
        "7" in error.message and "6" in error.message,
        "Your ValueError says {text!r}: it should name both numbers, the tokens of the text and the positions.",
        text=error.message[:80],
    )
    error = model.error(longest[:, :6])
    require(
        error is None,
        "Yours refuses 6 tokens, and there are 6 positions: {text!r}.",
        text=error.message[:80] if error else "",
    )
    _require_padding_free(student)


def _require_blocks(student):
    """Each block is used, the one on the other."""
    model = gpt_of(student, 5, 4, 2, 2, 6)
    weights = {n: t / 2 for n, t in weights_for(model, 3).items()}
    ids = torch.tensor([[3, 1, 4, 1], [0, 2, 2, 4]])
    model.load_state_dict(weights)
    whole = model(ids)
    for i in range(2):
        off = {n: torch.zeros(t.shape) for n, t in weights.items() if n.startswith(f"blocks.{i}.")}
        model.load_state_dict(weights | off)
        require(
            not looks_like(model(ids), whole),
            "Block {i} of two adds nothing, and the logits stay: x goes through all blocks.",
            i=i,
        )
    turned = {"0": "1", "1": "0"}
    swapped = {n if n[:7] != "blocks." else f"blocks.{turned[n[7]]}{n[8:]}": t for n, t in weights.items()}
    model.load_state_dict(swapped)
    require(
        not looks_like(model(ids), whole),
        "The two blocks change places, and the logits stay: what one gives is what the next one reads.",
    )


def _require_padding_free(student):
    model = gpt_of(student, 5, 4, 2, 1, 6)
    model.load_state_dict({n: t / 2 for n, t in weights_for(model, 4).items()})
    text = torch.tensor([[3, 1, 4]])
    alone = model(text)
    for ids, real, case in (
        ([[3, 1, 4, 0, 0], [2, 3, 1, 4, 2]], [[1, 1, 1, 0, 0], [1] * 5], "behind"),
        ([[0, 0, 3, 1, 4], [2, 3, 1, 4, 2]], [[0, 0, 1, 1, 1], [1] * 5], "in front of"),
    ):
        ids, real = torch.tensor(ids), torch.tensor(real).bool()
        found = model(ids, attention_mask=real)
        without = model(ids)
        counted = "Do positions count the real tokens, from 0, in each text for itself? Is the mask handed to each block?"
        own = found[0, real[0]]
        require(
            case == "behind" or not looks_like(own, without[0, real[0]]),
            "Padding in front of a text, and an `attention_mask` that says so: the logits are those without it.",
        )
        require_close(
            own,
            alone[0],
            "Two padding tokens {case} a text of three, and the logits of its tokens are others (at {at}). {guess}",
            case=case,
            guess=counted,
        )
        require_close(
            found[1],
            without[1],
            "A text without padding gets other logits beside one that has some ({case}; at {at}).",
            case=case,
        )
