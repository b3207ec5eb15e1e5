"""The check of `T5`."""

import torch

from .. import helper_for, require, require_close
from ..modules import floats_of, module_of, state_of, weights_for
from ..usual import usual
from . import lab

WORDS = torch.tensor([[9.0, 9, -9, 9], [1, 0, 0, 0], [0, 2, 0, 0], [0, 0, 3, 0], [1, 1, 1, -1]])
IDS, READ = torch.tensor([[3, 1, 4, 2], [2, 3, 0, 0]]), torch.tensor([[0, 3, 1], [0, 2, 4]])
REAL = IDS != 0
TEXT, TOLD = WORDS[IDS], WORDS[READ]  # the words' vectors that the encoder reads, and the decoder
MEMORY = torch.arange(32.0).view(2, 4, 4).flip(1) / 4
ENCODER, DECODER = 3, 5  # the factors of the two norms
STEEP = 60  # a slope under which all that may be seen but one token has no share
STACKS = {"encoder": ("attention",), "decoder": ("attention", "cross")}


def names_of(layers, attention=("own", "found"), more=("plus",), bias="slope"):
    """The parameters of a T5. attention, more, bias: those of an attention, of a block beside its attentions, and of a bias."""
    names = ["embedding.weight"]
    for (stack, parts), n in zip(STACKS.items(), layers, strict=True):
        for i in range(n):
            names += [f"{stack}.{i}.{part}.{name}" for part in parts for name in attention]
            names += [f"{stack}.{i}.{name}" for name in more if stack == "decoder" or "cross" not in name]
        names += [f"{stack}_bias.{bias}", f"{stack}_norm.weight"]
    return names


class Stacks:
    """A student's T5, whose results are floating-point numbers of the right shapes."""

    def __init__(self, model, vocabulary, width):
        self._model, self._vocabulary, self._width = model, vocabulary, width

    def encode(self, ids):
        found = self._model.encode(ids)
        return self._numbers(found, ids, self._width, "(batch, source, width)", "What `encode` gives")

    def decode(self, ids, memory, real):
        found = self._model.decode(ids, memory, real)
        return self._numbers(found, ids, self._vocabulary, "(batch, time, vocabulary)", "What `decode` gives")

    def __call__(self, ids, read):
        found = self._model._handle(ids, read)
        return self._numbers(
            found, read, self._vocabulary, "(batch, time, vocabulary)", "What `forward` gives"
        )

    def _numbers(self, found, ids, last, axes, what):
        found = floats_of(found, (*ids.shape, last), axes, ids, what)
        require(
            not found.isnan().any(),
            "{what} holds nan: somebody attends to nothing. Is a mask turned round? Does the decoder take its first token, whose id is 0, for padding? It reads that like any other. Or does a token not see itself?",
            what=what,
        )
        return found

    def __getattr__(self, name):
        return getattr(self._model, name)


def t5_of(student, vocabulary, width, heads, layers, inner=6):
    """The student's T5, on stand-ins for block, bias and norm."""
    given = {"block": helper_for("adding"), "bias": helper_for("slopes"), "norm": helper_for("factors")}
    model = module_of(student, names_of(layers), vocabulary, width, heads, layers, inner, **given)
    return Stacks(model, vocabulary, width)


def filled(model, **numbers):
    """Give a T5 of the words above stand-ins with these numbers, the norms' factors, and 0 for all else.

    numbers: `encoder_0_attention_found=1` is "encoder.0.attention.found"; `encoder_slope`, `decoder_slope`: of all heads."""
    weights = {n: torch.zeros(t.shape) for n, t in state_of(model).items()}
    weights |= {"embedding.weight": WORDS, "encoder_norm.weight": torch.full((4,), float(ENCODER))}
    weights["decoder_norm.weight"] = torch.full((4,), float(DECODER))
    for name, value in numbers.items():
        name = name.replace("_slope", "_bias.slope") if name.endswith("slope") else name.replace("_", ".")
        weights[name] = torch.zeros(weights[name].shape) + value
    model.load_state_dict(weights)
    return model


def logits(states):
    """Of the decoder's states, before its norm."""
    return DECODER * states / 2 @ WORDS.T


def mean_of(x, may):
    """The mean of what each may see. x: float (batch, source, width); may: bool, broadcasts to (batch, time, source)."""
    shares = may.float() / may.float().sum(-1, keepdim=True)
    return shares @ x


@lab.check(points=4, returns=(torch.Tensor,), without=("transformers",))
def T5(student):
    model = t5_of(student, 5, 4, 2, (1, 1))
    _require_encoder(model)
    _require_decoder(model)
    _require_memory(model)
    _require_blocks(student)
    _require_learning(student)


def _require_encoder(model):
    found = filled(model).encode(IDS)
    require(
        torch.equal(found, model.encode(IDS)),
        "The states of one call and the next differ: what is drawn in `encode`?",
    )
    mistakes = [
        (TEXT, "`encoder_norm` is missing: it stands behind the last block"),
        (DECODER * TEXT, "That is `decoder_norm`; behind the encoder's last block stands `encoder_norm`"),
        (ENCODER * ENCODER * TEXT, "`encoder_norm` is used twice"),
        (ENCODER * DECODER * TEXT, "Both norms are used"),
        (2 * ENCODER * TEXT, "The words' vectors are multiplied by the root of the width, as in the first Transformer; T5 takes them as they are"),
        (ENCODER * TEXT / 2, "The words' vectors, or the states, are multiplied by width^−0.5; that comes before the logits"),
        (ENCODER * TEXT * REAL[..., None], "The padding's vectors are set to 0; it is enough that nobody attends to them"),
    ]  # fmt: skip
    require_close(
        found[REAL],
        ENCODER * TEXT[REAL],
        "The encoder's block adds nothing, and its norm multiplies by 3: `encode` should give 3 times the words' vectors, and of the real tokens number {at} has {got}.{known}",
        known=usual(found[REAL], [(wrong[REAL], s) for wrong, s in mistakes]),
    )
    model = filled(model, encoder_0_attention_found=1)
    found = model.encode(IDS)
    every = torch.ones(4, 4, dtype=torch.bool)

    def states(may):
        return (ENCODER * (TEXT + mean_of(TEXT, may)))[REAL]

    mistakes = [
        (states(every), "The padding, id 0, is attended to: its mask is missing, or not handed on to the block as `may`"),
        (states(every.tril()), "The encoder sees to both sides; a causal mask is for the decoder"),
        (states(every.tril() & REAL[:, None]), "The encoder sees to both sides; a causal mask is for the decoder"),
    ]  # fmt: skip
    require_close(
        found[REAL],
        states(REAL[:, None]),
        "The block adds the mean of what it may look at, which is all real tokens of the row; at {at} yours has {got}.{known}",
        known=usual(found[REAL], mistakes),
    )
    model = filled(model, encoder_0_attention_found=1, encoder_slope=STEEP, decoder_slope=-STEEP)
    found = model.encode(IDS)
    last = torch.stack([TEXT[0, 3], TEXT[1, 1]])[:, None]
    mistakes = [
        (states(REAL[:, None]), "Is a bias handed on to the block?"),
        (states(torch.tensor([[True, False, False, False]])), "That is `decoder_bias`; the encoder has its own"),
        (states(torch.eye(4, dtype=torch.bool)), "Each token sees itself: is the bias made for all queries and all keys?"),
    ]  # fmt: skip
    require_close(
        found[REAL],
        (ENCODER * (TEXT + last))[REAL],
        "`encoder_bias` grows so steeply with the offset that each token looks at the last real one; at {at} yours has {got}.{known}",
        known=usual(found[REAL], mistakes),
    )


def _require_decoder(model):
    """The decoder where its memory counts for nothing."""
    zeros = torch.zeros(2, 4, 4)
    found = filled(model).decode(READ, zeros, REAL)
    require(
        torch.equal(found, model.decode(READ, zeros, REAL)),
        "The logits of one call and the next differ: what is drawn in `decode`?",
    )
    truth = logits(TOLD)
    mistakes = [
        (2 * truth, "The states are not multiplied by width^−0.5 (here 1/2) before the dot products; or the words' vectors are multiplied by the root of the width, and they are taken as they are"),
        (4 * truth, "The states are multiplied by the root of the width; it is width^−0.5"),
        (truth / 2, "The states are multiplied by width^−1; it is width^−0.5, or it is done twice"),
        (truth / DECODER, "`decoder_norm` is missing: it stands behind the last block"),
        (2 * truth / DECODER, "`decoder_norm` and width^−0.5 are missing"),
        (truth / DECODER * ENCODER, "That is `encoder_norm`; behind the decoder's last block stands `decoder_norm`"),
        (truth * DECODER, "`decoder_norm` is used twice"),
        (truth.softmax(-1), "Those are probabilities; logits are asked for"),
        (truth.log_softmax(-1), "Those are logarithms of probabilities; logits are asked for"),
        (logits(WORDS[READ.roll(-1, 1)]), "The decoder's ids are shifted; `decode` takes them as they come"),
        (logits(torch.cat([TOLD[:, :1], TOLD[:, :-1]], 1)), "The decoder's ids are shifted once more; who calls `decode` has done that"),
    ]  # fmt: skip
    require_close(
        found,
        truth,
        "The decoder's block adds nothing, its norm multiplies by 5, and 4^−0.5 is 1/2; so the logits are 5/2 times the dot product of the words read and every word's vector. At {at} yours has {got}.{known}",
        known=usual(found, mistakes),
    )
    model = filled(model, decoder_0_attention_found=1)
    found = model.decode(READ, zeros, REAL)
    every = torch.ones(3, 3, dtype=torch.bool)
    ahead = model.decode(torch.cat([READ[:, :2], READ[:, 2:] % 4 + 1], 1), zeros, REAL)
    require(
        torch.allclose(ahead[:, :2], found[:, :2], atol=1e-4),
        "The decoder's last token changes, and the logits of the places before it move: the decoder sees ahead. It needs a causal mask, `torch.ones(time, time, dtype=torch.bool).tril()`, as `may`; queries are rows.",
    )

    def seen(may):
        return logits(TOLD + mean_of(TOLD, may))

    hidden = (READ != 0)[:, None]
    known = usual(found, [
        (seen(every), "The causal mask is missing"),
        (seen(torch.eye(3, dtype=torch.bool)), "Each token sees itself alone"),
        (seen((every.tril() & hidden) | torch.eye(3, dtype=torch.bool)), "The decoder takes id 0 for padding; it is what it reads first, and is read like any other"),
        (seen(torch.tensor([[1, 0, 0], [1, 0, 0], [1, 1, 0]]).bool()), "A token sees those before it and not itself"),
    ])  # fmt: skip
    require_close(
        found,
        seen(every.tril()),
        "The block adds the mean of what it may look at: the token itself and those before it, the first one, id 0, too. At {at} the logits have {got}.{known}",
        known=known,
    )
    model = filled(model, decoder_0_attention_found=1, encoder_slope=STEEP, decoder_slope=-STEEP)
    found = model.decode(READ, zeros, REAL)
    mistakes = [
        (seen(every.tril()), "Is a bias handed on to the block?"),
        (seen(torch.eye(3, dtype=torch.bool)), "That is `encoder_bias`; the decoder has its own"),
    ]
    require_close(
        found,
        logits(TOLD + TOLD[:, :1]),
        "`decoder_bias` falls so steeply with the offset that each token looks at the first one; at {at} the logits have {got}.{known}",
        known=usual(found, mistakes),
    )


def _require_memory(model):
    """Cross-attention: the memory as it comes, without its padding."""
    model = filled(model, decoder_0_cross_found=1)
    found = model.decode(READ, MEMORY, REAL)

    def found_in(memory):
        return logits(TOLD + memory)

    there = mean_of(MEMORY, REAL[:, None])
    mistakes = [
        (logits(TOLD), "Is the memory handed on to the blocks?"),
        (found_in(MEMORY.mean(1, keepdim=True)), "The memory's padding is attended to: hand `real` on, as (batch, 1, 1, source)"),
        (found_in(ENCODER * there), "The memory goes through `encoder_norm` again; `encode` has done that"),
        (found_in(DECODER * there), "The memory goes through `decoder_norm`; it comes as it is"),
        (found_in(there / 2), "The memory is multiplied by width^−0.5; the decoder's last states are"),
    ]  # fmt: skip
    require_close(
        found,
        found_in(there),
        "The decoder's block adds the mean of the memory's real tokens, of the memory that `decode` is handed and of no other; at {at} the logits have {got}.{known}",
        known=usual(found, mistakes),
    )
    other = MEMORY.clone()
    other[1, 2:] += 50
    require_close(
        model.decode(READ, other, REAL),
        found,
        "The memory's padding changes, and the logits move (at {at}): hand `real` on to the blocks as `memory_may`.",
    )
    model = filled(model, encoder_0_attention_found=1, decoder_0_cross_found=1)
    whole = model(IDS, READ)
    parts = model.decode(READ, model.encode(IDS), REAL)
    require_close(
        whole,
        parts,
        "`forward` gives other logits (at {at}) than `decode` with what `encode` gave: leave `forward` as it is, and keep nothing between calls.",
    )
    final = ENCODER * (TEXT + mean_of(TEXT, REAL[:, None]))
    require_close(
        whole,
        found_in(mean_of(final, REAL[:, None])),
        "Encoder and decoder together: at {at} the logits have {got}. The memory is what `encode` gives at its end, behind its norm.",
    )
    alone = model(IDS[1:, :2], READ[1:])
    require_close(
        whole[1:],
        alone,
        "Two padding tokens behind a text of two, and its logits are others (at {at}): padding is attended to, in the encoder or in the memory.",
    )


def _require_blocks(student):
    """All blocks, once each, from the first to the last, with the same masks, bias and memory: one that adds nothing changes nothing."""
    one, many = t5_of(student, 5, 4, 2, (1, 1)), t5_of(student, 5, 4, 2, (2, 3))
    base = weights_for(one, 5)
    base |= {"embedding.weight": WORDS / 4}
    one.load_state_dict(base)
    truth = (one.encode(IDS)[REAL], one.decode(READ, MEMORY / 4, REAL))
    empty = {n: torch.zeros(t.shape) for n, t in state_of(many).items()}
    for loud in range(3):
        own = {n: t for n, t in base.items() if n in empty and ".0." not in n}
        for n, t in base.items():
            own |= {n.replace(".0.", f".{min(loud, 1) if n.startswith('encoder.') else loud}."): t}
        many.load_state_dict(empty | own)
        found = (many.encode(IDS)[REAL], many.decode(READ, MEMORY / 4, REAL))
        for mine, right, stack in zip(found, truth, ("encoder", "decoder"), strict=True):
            require_close(
                mine,
                right,
                "All blocks of the {stack} but number {loud} add nothing, and what comes out is not what that block alone gives (at {at}). Each block is used once, with the same bias, masks and memory as all others, and nothing is added in between.",
                stack=stack,
                loud=min(loud, 1) if stack == "encoder" else loud,
            )
    step = torch.tensor([0.0, 1, 0, 2])
    many = filled(many, encoder_0_attention_own=1, encoder_1_plus=step)
    require_close(
        many.encode(IDS)[REAL],
        (ENCODER * (2 * TEXT + step))[REAL],
        "The encoder's block 0 doubles and block 1 adds [0, 1, 0, 2]; in this order, 2 x + [0, 1, 0, 2], and then the norm. At {at} yours has {got}: do the blocks come from the first to the last, each on what the one before gave, and the norm behind all of them?",
    )
    many = filled(many, decoder_0_attention_own=1, decoder_1_plus=step, decoder_2_attention_own=2)
    require_close(
        many.decode(READ, 0 * MEMORY, REAL),
        logits(6 * TOLD + 3 * step),
        "The decoder's block 0 doubles, block 1 adds [0, 1, 0, 2] and block 2 triples; at {at} the logits have {got}: do the blocks come from the first to the last, each on what the one before gave, and the norm behind all of them?",
    )


def _require_learning(student):
    """The one table learns at all three places, and gradients reach every part."""
    model = filled(t5_of(student, 5, 4, 2, (1, 1)))
    for out, made, where in (
        (lambda: model.encode(IDS)[REAL], lambda w: (ENCODER * w[IDS])[REAL], "the encoder"),
        (lambda: model.decode(READ, 0 * MEMORY, REAL), lambda w: DECODER * w[READ] / 2 @ w.T, "the decoder and the logits"),
    ):  # fmt: skip
        leaf = WORDS.clone().requires_grad_()
        made(leaf).sin().sum().backward()
        model.zero_grad()
        found = out()
        require(
            found.requires_grad,
            "No gradient flows back from {where}: something in your code cuts the graph (detach, no_grad, .data).",
            where=where,
        )
        found.sin().sum().backward()
        grad = model.grads().get("embedding.weight")
        require(grad is not None, "No gradient of {where} reaches the table of words: is it detached?", where=where)  # fmt: skip
        require_close(
            grad / 10,
            leaf.grad / 10,
            "The numbers are right, and the gradient of {where} for the table of words is off at {at}: the table learns wherever it is used, so nothing of it is detached.",
            where=where,
            atol=1e-3,
            rtol=1e-3,
        )
    model = t5_of(student, 5, 4, 2, (2, 2))
    model.load_state_dict({n: t / 4 for n, t in weights_for(model, 3).items()})
    model(IDS, READ).sin().sum().backward()
    grads = model.grads()
    dead = [n for n in state_of(model) if grads.get(n) is None or not grads[n].any()]
    require(
        not dead,
        "No gradient reaches `{name}`: is it used, and is nothing behind it detached?",
        name=dead[0] if dead else "",
    )
