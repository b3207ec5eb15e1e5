"""The check of `T5Block`."""

import torch

from .. import helper_for, require, require_close, require_graph, uneven
from ..modules import module_of, state_of, weights_for
from ..usual import usual
from . import lab

X = torch.tensor([[[1.0, -1], [2, 0], [0, 4]]])
MEMORY = torch.tensor([[[10.0, 0], [20, 40], [0, -10]]])
BIAS = torch.zeros(1, 2, 3, 3)
BIAS[..., 0] = 60  # every query looks at token 0 alone
ONLY = torch.eye(3, dtype=torch.bool)  # … or at itself
FIRST = torch.tensor([True, False, False])
OWN, CROSS, DENSE = 3, 11, 7  # the factors of the three norms
NORMS = {"attention_norm": OWN, "cross_norm": CROSS, "dense_norm": DENSE}
EYES = torch.eye(3, 2), torch.eye(2, 3)  # the dense layers hand on
TURNED = torch.eye(3, 2) / 7, torch.tensor([[-1.0, 2, 0], [0, -1, 0]])  # small numbers, and other signs


def names_of(cross, attention=("own", "found")):
    """The parameters of a block. attention: those of an attention."""
    parts = ("attention", "cross") if cross else ("attention",)
    norms = [f"{part}_norm.weight" for part in (*parts, "dense")]
    return [f"{part}.{name}" for part in parts for name in attention] + ["dense_in.weight", "dense_out.weight"] + norms  # fmt: skip


def block_of(student, width, heads, size, inner, cross):
    """The student's block, on stand-ins for attention and norm."""
    given = {"attention": helper_for("looking"), "norm": helper_for("factors")}
    return module_of(student, names_of(cross), width, heads, size, inner, cross=cross, **given)


def filled(model, **numbers):
    """Give a block stand-ins with these numbers, the norms' factors, and 0 for all else. numbers: `attention_own=1` is "attention.own"; `dense`: the matrices of both dense layers."""
    weights = {n: torch.zeros(t.shape) for n, t in state_of(model).items()}
    for name, factor in NORMS.items():
        if f"{name}.weight" in weights:
            weights[f"{name}.weight"] = torch.full((2,), float(factor))
    for name, value in numbers.items():
        if name == "dense":
            weights |= {"dense_in.weight": value[0], "dense_out.weight": value[1]}
        else:
            weights[name.replace("_", ".", 1)] = torch.tensor(float(value))
    model.load_state_dict(weights)
    return model


@lab.check(points=4, returns=(torch.Tensor,), without=("transformers",))
def T5Block(student):
    encoder, decoder = (block_of(student, 2, 2, 1, 3, cross) for cross in (False, True))
    for model, given, kind in ((encoder, {}, "a block of the encoder"), (decoder, {"memory": MEMORY}, "a block with `cross`")):  # fmt: skip
        found = filled(model)(X, **given)
        require(
            torch.equal(found, model(X, **given)),
            "The results of one call and the next differ: what is drawn, or changed, in `forward`?",
        )
        mistakes = [
            (0 * X, "A way past the parts is missing: x + part(norm(x))"),
            *((factor * X, "A norm stands on the way past: x + part(norm(x)), and not norm(x) + … or norm(x + …)") for factor in (3, 7, 11, 21, 33, 77, 231)),
            *((n * X, "x is added more than once") for n in (2, 4, 8)),
            (X + MEMORY, "The memory is added to x; x reads it by `self.cross`"),
        ]  # fmt: skip
        require_close(
            found,
            X,
            "In {kind} whose parts all give 0, what came in should come out; at {at} yours has {got}.{known}",
            kind=kind,
            known=usual(found, mistakes),
        )
    _require_attention(encoder)
    _require_dense(encoder)
    _require_cross(decoder)
    _require_learning(student)


def _require_attention(model):
    """Self-attention. The stand-in adds `own` times its x, and `found` times a mean of its memory that bias and may decide."""
    found = filled(model, attention_own=1)(X)
    mistakes = [
        (3 * X, "The way past is missing: x + attention(norm(x))"),
        (2 * X, "The attention reads x without `attention_norm`, or the norm stands behind the attention"),
        (
            6 * X,
            "The norm stands before the fork, or behind the sum; x itself is added: x + attention(norm(x))",
        ),
        (8 * X, "That is `dense_norm`; each part has a norm of its own"),
        (
            X,
            "The attention gives x, and nothing is added: is `self.attention` used? Or does a later sum begin with what came into the block?",
        ),
        (14 * X, "The norm of the dense part stands behind the sum; each norm stands before its part"),
        (28 * X, "The norm of the dense part stands on the way past"),
        (10 * X, "The norm is used twice"),
    ]
    require_close(
        found,
        4 * X,
        "The stand-ins: `attention_norm` multiplies by 3, and the attention gives what its x is. x + 3 x is 4 x; at {at} yours has {got}.{known}",
        known=usual(found, mistakes),
    )
    model = filled(model, attention_found=1)
    mean = X.mean(1, keepdim=True)
    found = model(X)
    mistakes = [
        (X + mean, "The memory of self-attention is the *normed* x too, and not x as it came"),
        (X, "Nothing is found: self-attention looks at the text itself"),
        (3 * mean.expand_as(X), "The way past is missing: x + attention(norm(x))"),
    ]
    require_close(
        found,
        X + 3 * mean,
        "The attention gives the mean of what it looks at, which is the text itself, normed (times 3); at {at} yours has {got}.{known}",
        known=usual(found, mistakes),
    )
    first, each = X + 3 * X[:, :1], 4 * X
    found = model(X, BIAS)
    mistakes = [
        (X + 3 * mean, "Is `bias` handed on to the attention?"),
        (X - 3 * mean, "Is `bias` handed on to the attention?"),
    ]
    require_close(
        found,
        first,
        "With a `bias` under which every query looks at token 0, at {at} yours has {got}.{known}",
        known=usual(found, mistakes),
    )
    found = model(X, None, ONLY)
    mistakes = [(X + 3 * mean, "Is `may` handed on to the attention?")]
    require_close(
        found,
        each,
        "With a `may` under which each token sees itself alone, at {at} yours has {got}.{known}",
        known=usual(found, mistakes),
    )
    found = model(X, bias=BIAS, may=ONLY)
    mistakes = [
        (X + 3 * mean, "Are they handed on?"),
        (first, "Is `may` handed on beside `bias`?"),
    ]
    require_close(
        found,
        each,
        "With both, a `bias` for token 0 and a `may` of itself alone, each token sees itself; at {at} yours has {got}.{known}",
        known=usual(found, mistakes),
    )


def _require_dense(model):
    """The dense layers hand on what they read, but for the ReLU."""
    found = filled(model, dense=EYES)(X)
    kept = 7 * X.clamp(min=0)
    mistakes = [
        (X + X.clamp(min=0), "The dense layers read x without `dense_norm`"),
        (kept, "The way past is missing: x + dense(norm(x))"),
        (X + 7 * X, "The ReLU between the dense layers is missing"),
        (7 * X + kept, "The norm stands before the fork; x itself is added"),
        (X, "The dense layers are not used"),
        (X + torch.nn.functional.silu(7 * X), "That is SiLU; T5's first version has a ReLU"),
        (X + torch.tanh(7 * X), "That is tanh; T5's first version has a ReLU"),
        (X + 3 * X.clamp(min=0), "That is `attention_norm`; each part has a norm of its own"),
        (7 * (X + X.clamp(min=0)), "The norm stands behind the sum; it stands before its part"),
        ((X + 7 * X).clamp(min=0), "The ReLU stands behind the sum; it stands between the dense layers"),
        (torch.relu(7 * X), "The way past is missing: x + dense(norm(x))"),
    ]  # fmt: skip
    require_close(
        found,
        X + kept,
        "`dense_norm` multiplies by 7, and the dense layers hand on what they read, but for a ReLU between them; at {at} yours has {got}.{known}",
        known=usual(found, mistakes),
    )
    _require_relu(model)
    found = filled(model, attention_own=1, dense=EYES)(X)
    mistakes = [
        (4 * X + kept, "The dense layers read what came into the block, not what the attention has made of it"),
        (X + 4 * kept, "What the attention found is lost: the second sum begins with what came into the block"),
        (4 * (X + kept), "The attention stands behind the dense layers; it comes first"),
        (3 * X + 3 * kept, "The dense layers read the attention's result alone"),
        (X + 3 * X.clamp(min=0) * 7, "The dense layers read the attention's result alone"),
    ]  # fmt: skip
    require_close(
        found,
        4 * X + 4 * kept,
        "The attention makes 4 x of x, and then the dense part adds 7 times what is positive of that; at {at} yours has {got}.{known}",
        known=usual(found, mistakes),
    )


def _require_relu(model):
    """A ReLU, and between the layers. Of norm and first layer together comes x as it was."""
    found, out, of = filled(model, dense=TURNED)(X), TURNED[1][:, :2].T, torch.nn.functional
    mistakes = [
        (X + of.gelu(X) @ out, "That is GELU; T5's first version has a ReLU"),
        (X + of.gelu(X, approximate="tanh") @ out, "That is GELU; T5's first version has a ReLU"),
        (X + of.elu(X) @ out, "That is ELU; T5's first version has a ReLU"),
        (X + of.leaky_relu(X) @ out, "That is a leaky ReLU; T5's is one that gives 0"),
        (X + X.abs() @ out, "Those are absolute values; a ReLU gives 0 for what is negative"),
        (X + X @ out, "The ReLU between the dense layers is missing"),
        (X + (X @ out).relu(), "The ReLU stands behind both dense layers; it stands between them"),
        (X + (X.relu() @ out).relu(), "There is a ReLU behind `dense_out` too; there is one between the dense layers"),
        ((X + X.relu() @ out).relu(), "There is a ReLU behind the sum too; there is one between the dense layers"),
    ]  # fmt: skip
    require_close(
        found,
        X + X.relu() @ out,
        "x comes out of `dense_in` as it was; then a ReLU, then `dense_out`, which is [[−1, 2, 0], [0, −1, 0]] here. At {at} yours has {got}.{known}",
        known=usual(found, mistakes),
    )


def _require_cross(model):
    """Attention to the memory: its mean as it is; no bias; a mask of its own; after self-attention."""
    model = filled(model, cross_found=1)
    there = MEMORY.mean(1, keepdim=True)
    found = model(X, memory=MEMORY)
    mistakes = [
        (X, "Is `self.cross` used, and with the memory?"),
        *((X + factor * there, "The memory goes through a norm of this block; it comes as it is, the encoder's last norm has been there") for factor in (3, 11, 7)),
        (X + 11 * X.mean(1, keepdim=True), "`self.cross` looks at the text itself; its second argument is the memory. Or are the two exchanged?"),
        (X + X.mean(1, keepdim=True), "`self.cross` looks at the text itself; its second argument is the memory. Or are the two exchanged?"),
        (there.expand_as(X), "The way past is missing: x + cross(norm(x), memory)"),
        (11 * X + there, "The norm stands before the fork; x itself is added"),
        (11 * (X + there), "The norm stands behind the sum; it stands before its part"),
        (X + 2 * there, "The memory is read twice"),
        (X + MEMORY, "The memory is added to x; x reads it by `self.cross`"),
    ]  # fmt: skip
    require_close(
        found,
        X + there,
        "The cross-attention's stand-in gives the mean of its memory, which comes as it is; at {at} yours has {got}.{known}",
        known=usual(found, mistakes),
    )
    found = model(X, None, None, MEMORY, FIRST)
    first = X + MEMORY[:, :1]
    require_close(
        found,
        first,
        "With a `memory_may` that leaves one token of the memory, at {at} yours has {got}.{known}",
        known=usual(
            found, [(X + there, "Is `memory_may` handed on to `self.cross`, as its fourth argument?")]
        ),
    )
    found = model(X, BIAS, ONLY, MEMORY)
    mistakes = [
        (first, "`self.cross` gets the `bias`; there is none between two texts, hand on None"),
        (X + MEMORY, "`self.cross` gets `may`, which is for the text itself; for the memory there is `memory_may`"),
    ]  # fmt: skip
    require_close(
        found,
        X + there,
        "`bias` and `may` are for the text itself, and change nothing in what is found in the memory; at {at} yours has {got}.{known}",
        known=usual(found, mistakes),
    )
    model = filled(model, attention_found=1)
    found = model(X, BIAS, None, MEMORY, FIRST)
    mistakes = [
        (X + MEMORY[:, :1], "`self.attention` looks at the memory; it looks at the text itself, and `self.cross` at the memory"),
        (X + MEMORY.mean(1, keepdim=True), "`self.attention` looks at the memory; it looks at the text itself, and `self.cross` at the memory"),
        (X, "Self-attention is missing where there is a memory"),
        (X + 3 * X.mean(1, keepdim=True), "`bias` is not handed on where there is a memory"),
    ]  # fmt: skip
    require_close(
        found,
        X + 3 * X[:, :1],
        "With a memory too, self-attention looks at the text itself, with `bias` and `may`; at {at} yours has {got}.{known}",
        known=usual(found, mistakes),
    )
    found = model(X, None, ONLY, MEMORY, FIRST)
    require_close(
        found,
        4 * X,
        "With a memory too, self-attention looks at the text itself, under `may` and not under `memory_may`; at {at} yours has {got}.",
    )
    found = filled(model, cross_own=1)(X, memory=MEMORY)
    mistakes = [
        (2 * X, "`self.cross` reads x without `cross_norm`"),
        (4 * X, "That is `attention_norm`; each part has a norm of its own"),
        (8 * X, "That is `dense_norm`; each part has a norm of its own"),
        (X + MEMORY, "x and memory are exchanged: `self.cross(self.cross_norm(x), memory, …)`"),
        (X + 11 * MEMORY, "x and memory are exchanged: `self.cross(self.cross_norm(x), memory, …)`"),
        (22 * X, "The norm stands before the fork, or behind the sum; x itself is added"),
        (11 * X, "The way past is missing"),
    ]
    require_close(
        found,
        12 * X,
        "The cross-attention's stand-in gives what its x is, and `cross_norm` multiplies by 11: x + 11 x; at {at} yours has {got}.{known}",
        known=usual(found, mistakes),
    )
    found = filled(model, attention_own=1, cross_own=1, cross_found=1, dense=EYES)(X, memory=MEMORY)

    def dense(x):
        return x + 7 * x.clamp(min=0)

    past = 4 * X
    mistakes = [
        (dense(4 * (12 * X + there)), "The memory is read before the text itself; self-attention comes first"),
        (dense(past + 11 * X + there), "Self-attention and cross-attention stand side by side; the second reads what the first has made of x"),
        (past + 11 * past + there + 7 * past.clamp(min=0), "The dense layers read what self-attention gave; they come last"),
        (dense(past) + 11 * dense(past) + there, "The dense layers come before the memory; they come last"),
        (past + 11 * past + there + 7 * X.clamp(min=0), "The dense layers read what came into the block"),
        (dense(X + 11 * past + there), "What self-attention found is lost: each sum begins with what the part before gave"),
    ]  # fmt: skip
    require_close(
        found,
        dense(12 * past + there),
        "Self-attention, cross-attention, dense layers, in this order and each on what the one before has made of x: at {at} yours has {got}.{known}",
        known=usual(found, mistakes),
    )


def _require_learning(student):
    """Sizes of every kind, and gradients to all."""
    for cross in (False, True):
        model = block_of(student, 5, 3, 2, 7, cross)
        weights = weights_for(model, 4)
        model.load_state_dict(weights)
        generator = torch.Generator().manual_seed(6)
        x, memory = torch.randn(2, 4, 5, generator=generator), torch.randn(2, 3, 5, generator=generator)
        bias = torch.randn(1, 3, 4, 4, generator=generator)
        bias.requires_grad_()
        real = torch.tensor([[True, True, False], [True, True, True]])[:, None, None]
        causal = torch.ones(4, 4, dtype=torch.bool).tril()
        found = model(x, bias, causal, memory, real) if cross else model(x, bias, causal)
        require_graph(found)
        uneven(found).sum().backward()
        grads = model.grads()
        dead = [n for n in names_of(cross) if grads.get(n) is None or not grads[n].any()]
        require(
            not dead,
            "No gradient reaches `{name}`: is it used, and is nothing on its way detached?",
            name=dead[0] if dead else "",
        )
        require(
            bias.grad is not None and bool(bias.grad.any()),
            "No gradient reaches `bias`: it is learned, so hand it on as it came.",
        )
