"""The check of `Adapter`: numbers by hand, what a new one adds, and whether it can learn."""

import torch
from torch.nn import functional as F

from .. import require, require_close, require_dtype, uneven
from ..modules import dense, module_of, state_of
from ..usual import usual
from . import lab

X = torch.tensor([[1.0, -2, 3], [0, 4, -1]])
DOWN = torch.tensor([[1.0, 2, 0], [-1, 0, 1]]), torch.tensor([0.5, -1])
UP = torch.tensor([[1.0, 0], [2, -1], [0, 3]]), torch.tensor([0.25, 0, -1])


def state_for(down, up):
    """A state dict of an adapter. down, up: pairs of weight and bias."""
    return {f"{name}.{kind}": tensor for name, pair in (("down", down), ("up", up)) for kind, tensor in zip(("weight", "bias"), pair, strict=True)}  # fmt: skip


def adapted(x, down, up):
    """What an adapter gives."""
    return x + F.linear(F.relu(F.linear(x, *down)), *up)


def usual_mistakes(x, down, up):
    """Pairs (what a usual mistake gives, a sentence)."""
    a, b = down
    c, d = up
    inner = F.linear(x, a, b)
    none = torch.zeros_like
    return [
        (adapted(x, down, up) - x, "The way past is missing: x + …"),
        (2 * x + adapted(x, down, up) - x, "x is added twice"),
        (x, "Nothing is added: are `down` and `up` used?"),
        (x + F.linear(inner, c, d), "Is there a relu between `down` and `up`? Without one the two are a single matrix"),
        (x + F.relu(F.linear(inner, c, d)), "The relu stands behind `up`; it stands between `down` and `up`"),
        (x + F.relu(F.linear(F.relu(inner), c, d)), "There is a relu behind `up` too; only what is between the two goes through one"),
        (F.relu(adapted(x, down, up)), "The relu is over the sum; x itself goes past it"),
        (x + F.linear(F.linear(F.relu(x), a, b), c, d), "The relu stands before `down`; it stands behind it"),
        (x + F.linear(F.relu(F.linear(F.relu(x), a, b)), c, d), "There is a relu before `down` too"),
        (F.relu(x) + adapted(x, down, up) - x, "x goes through a relu on the way past; it goes as it is"),
        (x + F.linear(F.relu(F.linear(x, a)), c, d), "The bias of `down` is missing"),
        (x + F.linear(F.relu(inner), c), "The bias of `up` is missing"),
        (x + F.linear(F.relu(F.linear(x, a)), c), "The biases are missing"),
        *((x + F.linear(f(inner), c, d), "That is another function than relu") for f in (F.gelu, torch.tanh, torch.sigmoid, F.silu, F.elu, F.leaky_relu, lambda t: F.gelu(t, approximate="tanh"))),
        *((x + factor * (adapted(x, down, up) - x), "What is added is scaled; it is added as it is") for factor in (0.1, 0.01, 0.5, 2.0, 1e-3)),
        (F.layer_norm(adapted(x, down, up), x.shape[-1:]), "There is a norm behind the sum; an adapter has none"),
        (adapted(F.layer_norm(x, x.shape[-1:]), down, up) - F.layer_norm(x, x.shape[-1:]) + x, "There is a norm before `down`; an adapter has none"),
        (none(x), "That is 0"),
    ]  # fmt: skip


def adapter_of(student, width, size):
    """The student's adapter as a `Module`."""
    return module_of(student, dense("down", "up"), width, size, axes="(…, width)")


def _require_shapes(model, width, size):
    """Require the two layers' shapes."""
    for name, shape in (("down", (size, width)), ("up", (width, size))):
        got = tuple(state_of(model)[f"{name}.weight"].shape)
        require(
            got == shape,
            "With width={width} and size={size}, `{name}` goes from {n} numbers to {m}; the weight of yours has shape {got}.{known}",
            width=width, size=size, name=name, n=shape[1], m=shape[0], got=got,
            known=" Have width and size changed places?" if got == shape[::-1] else "",
        )  # fmt: skip


def require_start(model, xs):
    """Require that a new adapter adds next to nothing. xs: floats (…, width) of any length."""
    for x in xs:
        added = (model(x) - x).norm(dim=-1)
        share = (added / x.norm(dim=-1)).max().item()
        require(
            share < 0.01,
            "A new adapter is given an x of length {length:.3g}, and what it adds is {share} as long; it should be less than a hundredth.{hint}",
            length=x.norm(dim=-1).max().item(),
            share=f"{share:.2g} times" if share == share else "not a number times",
            hint=" For a small x the biases alone are too much." if x.norm() < 0.1
            else " It is turned round, or gone: is the way past there?" if 0.99 < share < 1.01
            else " `nn.Linear` begins with random weights of a usual size; which of the two layers has to begin otherwise?",
        )  # fmt: skip


def require_learning(model, x, direction):
    """Require that the first gradient reaches a matrix. direction: float, as x."""
    model.zero_grad()
    out = model(x)
    require(out.requires_grad, "No gradient flows through what it gives: something cuts the graph.")
    (out * direction).sum().backward()
    grads = model.grads()
    alive = [n for n in ("down.weight", "up.weight") if grads.get(n) is not None and grads[n].abs().max() > 0]
    state = state_of(model)
    zeros = [n for n in ("down", "up") if not state[f"{n}.weight"].any()]
    require(
        bool(alive),
        "In the first step neither `down.weight` nor `up.weight` has a gradient other than 0, so that nothing but a constant can be learned, ever.{hint}",
        hint=" Both begin with zeros, and each gets its gradient through the other: one of them is enough." if len(zeros) == 2
        else " `down` begins with zeros, so the relu hands on nothing: let `up` be the one that does." if zeros == ["down"]
        else " Does `down` hand on anything but zeros through the relu, and does the relu stand between the two? Behind `up` it is given zeros at the start, and lets no gradient back.",
    )  # fmt: skip


@lab.check(points=2, returns=(torch.Tensor,))
def Adapter(student):
    model = adapter_of(student, 3, 2)
    _require_shapes(model, 3, 2)
    require_start(model, (X, 1e3 * X, 1e-3 * X, torch.ones(3)))
    known = adapter_of(student, 3, 2)
    known.load_state_dict(state_for(DOWN, UP))
    known(X)  # a change in place is seen here: adding nothing changes nothing
    generator = torch.Generator().manual_seed(4)
    many = torch.randn(30, 3, generator=generator)
    require_learning(model, many, torch.randn(30, 3, generator=generator))
    model.load_state_dict(state_for(DOWN, UP))
    found = model(X)
    require(
        torch.equal(found, model(X)), "Two calls with the same x give other results: what in it is random?"
    )
    require_close(
        found,
        adapted(X, DOWN, UP),
        "With known weights and x = {x} the result at {at} is {got}.{known}",
        x=X.tolist(),
        known=usual(found, usual_mistakes(X, DOWN, UP)) or " It is x + up(relu(down(x))).",
    )
    for x in (X[0], X[None, :, None]):
        require_close(
            model(x),
            adapted(x, DOWN, UP),
            "For an x of shape {shape} the result is off at {at}: only the last axis is the width.",
            shape=tuple(x.shape),
        )
    require_flow(model, many, DOWN, UP)
    wide = adapter_of(student, 2, 5)
    _require_shapes(wide, 2, 5)
    model.double()
    require_dtype(model(X.double()), torch.float64, "x and the weights")


def require_flow(model, x, down, up):
    """Require the right gradients, of x and of all four parameters."""
    given, mine = x.clone().requires_grad_(), x.clone().requires_grad_()
    leaves = [t.clone().requires_grad_() for t in (*down, *up)]
    uneven(adapted(given, leaves[:2], leaves[2:])).sum().backward()
    model.zero_grad()
    uneven(model(mine)).sum().backward()
    require_close(
        mine.grad if mine.grad is not None else torch.zeros_like(x),
        given.grad,
        "The result is right, and the gradient that x gets is off at {at}: is a part of the sum detached?",
    )
    grads = model.grads()
    for name, leaf in zip(dense("down", "up"), leaves, strict=True):
        grad = grads.get(name)
        require(grad is not None, "No gradient reaches `{name}`, which should learn.", name=name)
        require_close(
            grad, leaf.grad, "The gradient of `{name}` is off at {at}: is a part detached?", name=name
        )
