"""Checks of `BertEmbeddings` and `BertForPreTraining`."""

import torch
from torch.nn import functional as F

from .. import helper_for, require, require_close, require_graph, uneven
from ..modules import Module, dense, floats_of, module_of, state_of, weights_for
from ..usual import usual
from . import lab

TABLES = ["word_embedding.weight", "position_embedding.weight", "segment_embedding.weight"]
EMBEDDINGS = [*TABLES, *dense("norm")]
LAYERS = dense("query", "key", "value", "output", "attention_norm", "dense_in", "dense_out", "dense_norm")
HEADS = [*dense("pooler", "next_sentence", "transform", "transform_norm"), "bias"]
# vectors with a mean of 0 and a size of 2 √2: a norm divides them by √2
WORDS = torch.tensor([[2.0, 0, 0, -2], [0, 2, -2, 0], [0, 0, 2, -2], [2, 0, -2, 0], [0, -2, 0, 2]])
PLACES = torch.tensor([[0.0, 0, 0, 0], [6, -6, 0, 0], [0, 0, 6, -6], [0, 6, 0, -6], [-6, 0, 0, 6], [0, 0, -6, 6]])  # fmt: skip
SEGMENTS = torch.tensor([[1.0, -1, 0, 0], [0, 0, 3, -3]])


def norm(x):
    """Layer norm with no weights of its own."""
    return F.layer_norm(x, (x.shape[-1],), eps=1e-12)


def require_refused(model, ids, positions):
    """Require a ValueError with both numbers for more columns than positions, and none for as many."""
    error = model.error(ids)
    require(
        error is not None and error.is_a("ValueError"),
        "{n} tokens, and there are {m} positions: {yours}. Raise a ValueError before anything is looked up.",
        n=ids.shape[1],
        m=positions,
        yours=f"yours raises {error.type}" if error is not None else "yours gives a result",
    )
    require(
        str(ids.shape[1]) in error.message and str(positions) in error.message,
        "Your ValueError says {text!r}: it should name both numbers, the tokens of the row and the positions.",
        text=error.message[:80],
    )
    error = model.error(ids[:, :positions])
    require(
        error is None,
        "Yours refuses {m} tokens, and there are {m} positions: {text!r}.",
        m=positions,
        text=error.message[:80] if error else "",
    )


@lab.check(points=2, returns=(torch.Tensor,), without=("transformers",))
def BertEmbeddings(student):
    def made(*sizes):
        return module_of(student, EMBEDDINGS, *sizes, shape=lambda ids: (*ids.shape, sizes[1]))

    model = made(5, 4, 6)
    none = {n: torch.zeros(t.shape) for n, t in state_of(model).items()} | {"norm.weight": torch.ones(4)}
    ids, segments = torch.tensor([[3, 1, 4], [0, 0, 2]]), torch.tensor([[0, 0, 1], [0, 1, 1]])
    model.load_state_dict(none | {"word_embedding.weight": WORDS})
    found = model(ids)
    require(
        torch.equal(found, model(ids)),
        "The results of one call and the next differ: what is drawn in `forward`? There is no dropout here.",
    )
    require_close(
        found,
        norm(WORDS[ids]),
        "Positions and segments are zeros here, so the norm of each word's own vector comes out; at {at} yours has {got}.{known}",
        known=usual(found, [(WORDS[ids], "The norm is missing")]),
    )
    model.load_state_dict(none | {"word_embedding.weight": WORDS, "position_embedding.weight": PLACES})
    found, placed = model(ids), WORDS[ids] + PLACES[:3]
    mistakes = [
        (norm(WORDS[ids]), "The vectors of the positions are not added"),
        (norm(WORDS[ids] + PLACES[1:4]), "Positions count from 0"),
        (norm(WORDS[ids] + PLACES[ids]), "The position is looked up by the token's id; it is where the token stands"),
        (norm(2 * WORDS[ids] + PLACES[:3]), "The words' vectors are multiplied by the root of the width, as in the first Transformer; BERT adds them as they are"),
        (norm(WORDS[ids]) + PLACES[:3], "There is one norm, over the sum"),
        (norm(WORDS[ids]) + norm(PLACES[:3]), "There is one norm, over the sum"),
        (norm(norm(WORDS[ids]) + PLACES[:3]), "There is one norm, over the sum"),
        (norm(norm(WORDS[ids]) + norm(PLACES[:3])), "There is one norm, over the sum"),
    ]  # fmt: skip
    require_close(
        found,
        norm(placed),
        "With vectors for the positions the result is off at {at} ({got}).{known}",
        known=usual(found, mistakes),
    )
    tables = dict(zip(TABLES, (WORDS, PLACES, SEGMENTS), strict=True))
    model.load_state_dict(none | tables)
    found = model(ids, segments)
    mistakes = [
        (norm(placed), "The vectors of the segments are not added"),
        (norm(placed + SEGMENTS[0]), "Are `segments` used? All tokens get the vector of segment 0"),
        (norm(placed + SEGMENTS[1 - segments]), "The segments are turned round"),
        (norm(WORDS[ids] + SEGMENTS[segments] + PLACES[(torch.arange(3) - (segments == 0).sum(1, keepdim=True) * segments)]), "Positions count through the row, and do not begin again in the second sentence"),
        (norm(placed) + SEGMENTS[segments], "There is one norm, over the sum of all three"),
    ]  # fmt: skip
    require_close(
        found,
        norm(placed + SEGMENTS[segments]),
        "With vectors for the segments too the result is off at {at} ({got}).{known}",
        known=usual(found, mistakes),
    )
    found = model(ids)
    require_close(
        found,
        norm(placed + SEGMENTS[0]),
        "Without `segments` all tokens belong to segment 0; at {at} yours has {got}.{known}",
        known=usual(found, [(norm(placed), "The vector of segment 0 is added then, too")]),
    )
    model.load_state_dict(none | tables | {"norm.weight": 2 * torch.ones(4), "norm.bias": torch.ones(4)})
    require_close(
        model(ids, segments),
        2 * norm(placed + SEGMENTS[segments]) + 1,
        "With other weights in `norm` the result does not follow (at {at}): is it `self.norm` that is used?",
    )
    require_graph(found)
    require_refused(model, torch.zeros(1, 7, dtype=torch.long), 6)


class Both(Module):
    """A `Module` whose results are two: token logits and pair logits."""

    def __call__(self, ids, *rest, **named):
        found = self._handle(ids, *rest, **named)
        require(
            isinstance(found, (tuple, list)) and len(found) == 2,
            "Return two tensors: the token logits and the pair logits.",
        )
        require(
            [getattr(each, "ndim", None) for each in found] != [2, 3],
            "First the token logits, then the pair logits; yours come the other way round.",
        )
        size = self._shape(ids)[-1]
        tokens = floats_of(found[0], (*ids.shape, size), "(batch, time, vocabulary)", ids, "The token logits")
        return tokens, floats_of(found[1], (len(ids), 2), "(batch, 2)", ids, "The pair logits")


def bert_of(student, vocabulary_size, dim, heads, layers, positions, own=False):
    """The student's BERT, as `Both`: on stand-ins for the embeddings, or on the student's own."""
    names = EMBEDDINGS if own else ["word_embedding.weight"]
    parameters = [
        *(f"embeddings.{n}" for n in names),
        *(f"blocks.{i}.{n}" for i in range(layers) for n in LAYERS),
        *HEADS,
    ]
    given = {} if own else {"embeddings": helper_for("words_and_segments")}
    model = module_of(student, parameters, vocabulary_size, dim, heads, layers, positions, **given)
    return Both(model._handle, lambda ids: (*ids.shape, vocabulary_size), "")


def plain(model, dim):
    """Weights under which the blocks only norm, and all else is silent but for the words' vectors and the token head's identity."""
    weights = {n: torch.zeros(t.shape) for n, t in state_of(model).items()}
    weights |= {n: torch.ones(dim) for n in weights if n.endswith("norm.weight")}
    return weights | {"embeddings.word_embedding.weight": WORDS}


@lab.check(points=5, returns=(tuple, list), without=("transformers",))
def BertForPreTraining(student):
    model = bert_of(student, 5, 4, 2, 1, 6)
    start = plain(model, 4)
    ids, segments = torch.tensor([[3, 1, 4], [0, 4, 2]]), torch.tensor([[0, 0, 1], [0, 1, 1]])
    eye = torch.eye(4)
    read = norm(WORDS[ids])  # what the block gives when its two halves add nothing
    shift = torch.tensor([0.5, 0, -1, 0.25])
    head = start | {
        "transform.weight": 2 * eye,
        "transform.bias": shift,
        "bias": torch.tensor([0.0, 1, 2, 3, 4]),
    }
    model.load_state_dict(head)
    tokens, pairs = model(ids)
    require(
        torch.equal(tokens, model(ids)[0]),
        "The logits of one call and the next differ: what is drawn in `forward`?",
    )
    bias, made = head["bias"], 2 * read + shift
    states = norm(F.gelu(made))
    truth = states @ WORDS.T + bias
    mistakes = [
        (truth - bias, "`bias`, one number for each word of the vocabulary, is not added"),
        (norm(made) @ WORDS.T + bias, "The GELU between `transform` and its norm is missing"),
        (F.gelu(made) @ WORDS.T + bias, "`transform_norm` is missing"),
        (F.gelu(norm(made)) @ WORDS.T + bias, "First GELU, then the norm"),
        (norm(F.relu(made)) @ WORDS.T + bias, "That is ReLU; BERT has GELU"),
        (norm(torch.tanh(made)) @ WORDS.T + bias, "That is tanh, which belongs to the pair head; here it is GELU"),
        (norm(F.gelu(made, approximate="tanh")) @ WORDS.T + bias, "That is GELU's approximation by tanh, as in GPT-2; BERT has the exact one"),
        (read @ WORDS.T + bias, "`transform`, GELU and `transform_norm` come before the scores"),
        (truth.softmax(-1), "Those are probabilities; logits are asked for"),
        (truth.log_softmax(-1), "Those are logarithms of probabilities; logits are asked for"),
        (truth / 2, "You divide by a root; the tied scores are plain dot products"),
        (states @ WORDS.T / 2 + bias, "You divide by a root; the tied scores are plain dot products"),
    ]  # fmt: skip
    require_close(
        tokens,
        truth,
        "The block adds nothing here. The token logits at {at} are off ({got}).{known}",
        known=usual(tokens, mistakes),
    )
    zeros = torch.zeros(2, 2)
    mistakes = [
        (zeros + 0.5, "Those are probabilities; two scores are asked for"),
        (zeros.log_softmax(-1), "Those are logarithms of probabilities; two scores are asked for"),
    ]
    require_close(
        pairs,
        zeros,
        "The pair head's weights are zeros, and its scores are not ({got}).{known}",
        known=usual(pairs, mistakes),
    )
    choose = torch.tensor([[1.0, 0, 0, 0], [0, 0, 0, 2]])
    pooled = torch.tanh(0.5 * read[:, 0] + 0.25)
    silent = {"pooler.weight": 0.5 * eye, "pooler.bias": 0.25 * torch.ones(4), "next_sentence.weight": choose}
    model.load_state_dict(start | silent | {"next_sentence.bias": torch.tensor([0.5, -0.5])})
    _, pairs = model(ids)
    plus = torch.tensor([0.5, -0.5])
    truth = pooled @ choose.T + plus
    mistakes = [
        ((0.5 * read[:, 0] + 0.25) @ choose.T + plus, "The tanh behind `pooler` is missing"),
        (torch.tanh(0.5 * read.mean(1) + 0.25) @ choose.T + plus, "That is the mean of all states; the pair head reads the state of [CLS] alone"),
        (torch.tanh(0.5 * read[:, -1] + 0.25) @ choose.T + plus, "That is the last token; [CLS] stands first"),
        (F.gelu(0.5 * read[:, 0] + 0.25) @ choose.T + plus, "That is GELU; the pair head has tanh"),
        (read[:, 0] @ choose.T + plus, "`pooler` is not used"),
        (truth.softmax(-1), "Those are probabilities; two scores are asked for"),
        (truth.log_softmax(-1), "Those are logarithms of probabilities; two scores are asked for"),
        (truth.flip(1), "The two scores have changed places"),
    ]  # fmt: skip
    require_close(
        pairs,
        truth,
        "The pair logits at {at} are off ({got}).{known}",
        known=usual(pairs, mistakes),
    )
    model.load_state_dict(head)
    told, _ = model(ids, segments)
    hinted = norm(F.gelu(2 * norm(WORDS[ids] + segments[..., None] * torch.tensor([1.0, -1, 0, 0])) + shift)) @ WORDS.T + bias  # fmt: skip
    require_close(
        told,
        hinted,
        "With `segments` the token logits do not follow (at {at}): are they handed on to the embeddings?",
    )
    _require_blocks(student)
    _require_trained(student)
    _require_mask(student)


def _require_blocks(student):
    """The blocks run once each, from the first to the last: one that only norms changes nothing of what is normed."""
    one, two = (bert_of(student, 5, 4, 2, layers, 6) for layers in (1, 2))
    weights, ids = {n: t / 2 for n, t in weights_for(one, 5).items()}, torch.tensor([[3, 1, 4], [0, 4, 2]])
    silent = {
        n.replace("blocks.0", "blocks.1"): t for n, t in plain(one, 4).items() if n.startswith("blocks")
    }
    for i in range(2):
        own = dict(weights)
        if i == 0:  # its last norm is as plain as that of the block behind it
            own |= {"blocks.0.dense_norm.weight": torch.ones(4), "blocks.0.dense_norm.bias": torch.zeros(4)}
        one.load_state_dict(own)
        here = {n: t for n, t in own.items() if not n.startswith("blocks")}
        for n, t in own.items():
            if n.startswith("blocks"):
                here[n.replace("blocks.0", f"blocks.{i}")] = t
                here[n.replace("blocks.0", f"blocks.{1 - i}")] = silent[n.replace("blocks.0", "blocks.1")]
        two.load_state_dict(here)
        for mine, truth in zip(two(ids), one(ids), strict=True):
            require_close(
                mine,
                truth,
                "Two blocks, of which block {silent} adds nothing: what comes out is not what block {loud} alone gives (at {at}). Each block is used once, from the first to the last, and nothing is added in between.",
                loud=i,
                silent=1 - i,
            )


def _require_trained(student):
    """Every block is used, and gradients reach all."""
    model = bert_of(student, 5, 4, 2, 2, 6)
    weights = {n: t / 2 for n, t in weights_for(model, 3).items()}
    ids = torch.tensor([[3, 1, 4, 1], [1, 3, 3, 4]])
    model.load_state_dict(weights)
    whole = model(ids)
    for i in range(2):
        off = {n: torch.zeros(t.shape) for n, t in weights.items() if n.startswith(f"blocks.{i}.")}
        model.load_state_dict(weights | off)
        for changed, all_of, what in zip(model(ids), whole, ("token", "pair"), strict=True):
            require(
                not torch.allclose(changed, all_of, atol=1e-5),
                "The weights of block {i} change nothing in the {what} logits: each block reads what the one before gives, and the heads what the last one gives.",
                i=i,
                what=what,
            )
    model.load_state_dict(weights)
    tokens, pairs = model(ids)
    require_graph(tokens)
    (uneven(tokens).sum() + uneven(pairs).sum()).backward()
    grads = model.grads()
    dead = [n for n in ("blocks.0.query.weight", "pooler.weight", "next_sentence.weight", "transform.weight", "bias", "embeddings.word_embedding.weight")
            if grads.get(n) is None or not grads[n].any()]  # fmt: skip
    require(not dead, "No gradient reaches `{name}`.", name=dead[0] if dead else "")
    table = grads["embeddings.word_embedding.weight"]
    require(
        table.shape == WORDS.shape and table.abs().sum(1).min() > 1e-6,
        "All five words are scored, and no gradient reaches the vectors of some that are not read: the table learns from its scores too, so nothing is detached.",
    )
    model.zero_grad()
    uneven(model(ids)[1]).sum().backward()
    table = model.grads()["embeddings.word_embedding.weight"]
    require(
        table is not None and table.any(),
        "No gradient of the pair head reaches the words' vectors: something between the embeddings and the heads cuts the graph (detach, .data?).",
    )


def _require_mask(student):
    model = bert_of(student, 5, 4, 2, 2, 6)
    model.load_state_dict({n: t / 2 for n, t in weights_for(model, 4).items()})
    ids, segments = torch.tensor([[3, 1, 4, 2, 2]]), torch.zeros(1, 5, dtype=torch.long)
    real = torch.tensor([[True, True, True, False, False]])
    alone = model(ids[:, :3], segments[:, :3])
    padded = model(ids, segments, real)
    for mine, truth, what in zip(padded, alone, ("token", "pair"), strict=True):
        mine = mine[:, :3] if what == "token" else mine
        require_close(
            mine,
            truth,
            "Two padding tokens behind a row of three, and its {what} logits change (at {at}). Is `attention_mask` handed on to every block, as it came (bool, True = a real token)?",
            what=what,
        )
