"""The check of `share_parameters`: layers are called, counted, filled with other numbers, and trained."""

from dataclasses import dataclass

import torch
from torch import nn
from torch.func import functional_call

from .. import Handle, helper_for, part, require, require_close, told
from ..helpers.layers import Layer
from ..modules import floats_of, state_of
from ..sentences import describe
from ..wire import Helper
from . import lab

CLOSE = {"rtol": 1e-3, "atol": 1e-4}
RATE, STEPS = 0.1, 2  # of the training that follows


@dataclass
class Case:
    """Layers that a student gets. template: one of them here, whose own weights do not matter; states: the weights of each, by name;
    x, target: float (batch, time, width); story: what they are."""

    layers: Helper
    template: nn.Module
    states: list
    x: torch.Tensor
    target: torch.Tensor
    story: str

    @property
    def names(self):
        return list(self.states[0])


def known_case(n, width, generator, story):
    """n stand-ins for layers, with drawn weights."""
    template = Layer(width)
    states = drawn_states(template, n, generator)
    x, target = torch.randn(2, 2, 3, width, generator=generator)
    return Case(helper_for("known_layers", states=states), template, states, x, target, story)


def drawn_states(template, n, generator):
    """n state dicts of a layer, with weights from a normal distribution of spread 1/2."""
    shapes = {name: p.shape for name, p in template.named_parameters()}
    return [{name: torch.randn(s, generator=generator) / 2 for name, s in shapes.items()} for _ in range(n)]


def is_shared(name, parts):
    """Whether all layers should have this parameter in common."""
    return parts is None or name.split(".")[0] in parts


def judge(student, case, *given, **named):
    """Require the layers of a case to be shared. given, named: `parts`, as it is handed over."""
    parts = given[0] if given else named.get("parts")
    what = "no `parts`" if parts is None else f"parts={parts}"
    words = {"story": f"{case.story}, {what}"}
    layers = student.build(case.layers)
    result = student(layers, *given, **named)
    around = _stack_of(student, result, len(case.states), words)
    _require_sharing(result, case, parts, words)
    _require_count(result, case, parts, words)
    _require_learning(around, case, parts, words)


def _stack_of(student, result, n, words):
    """A model around what was returned, which must be an nn.ModuleList of n layers."""
    require(result is not None, "share_parameters returned None. Is the `return` line missing, or inside an `if` that was not taken?")  # fmt: skip
    hint = ""
    if isinstance(result, (list, tuple)):
        hint = " In a Python list no `parameters()` and no optimiser finds them: put the layers in an nn.ModuleList."
    require(
        isinstance(result, Handle) and result.is_module,
        "{story}: an nn.ModuleList is asked for; yours is {what}.{hint}",
        what=describe(result),
        hint=hint,
        **words,
    )
    around = student.build(helper_for("stack", layers=result))
    kind, count = told(around.form(), (str, int))
    require(
        kind == "ModuleList",
        "{story}: an nn.ModuleList is asked for, and yours is {what}. Whoever calls the layers goes through a list of them.",
        what=f"an nn.{kind}" if kind else "another module; is it one layer alone?",
        **words,
    )
    require(
        count == n,
        "{story}: {n} layers came in, and your list has {count}. As many are *called* as before: a module may stand in a list several times.",
        n=n,
        count=count,
        **words,
    )
    return around


def _require_sharing(result, case, parts, words):
    """Require the parameters of the layers to be the same, or not, each under its name; where the names are others, this says nothing."""
    before, n = state_of(result), len(case.states)
    if set(before) != {f"{k}.{name}" for k in range(n) for name in case.names}:
        return
    generator = torch.Generator().manual_seed(0)
    result.load_state_dict({name: torch.randn(t.shape, generator=generator) for name, t in before.items()})
    filled = state_of(result)
    result.load_state_dict(before)
    same, equal = (
        {(k, m): torch.equal(found[f"{k}.{m}"], found[f"0.{m}"]) for k in range(1, n) for m in case.names}
        for found in (filled, before)
    )
    missing = [at for at, yes in same.items() if is_shared(at[1], parts) and not yes]
    more = [at for at, yes in same.items() if yes and not is_shared(at[1], parts)]
    if missing or more:
        why = _why_not(same, equal, missing, more, parts, n)
        require(False, "{story}: {why}", why=why, **words)
    for k in range(n):
        for name in case.names:
            if not torch.equal(before[f"{k}.{name}"], case.states[0 if is_shared(name, parts) else k][name]):
                require(False, "{story}: {why}", why=_whose(before, case, k, name, parts), **words)


def _why_not(same, equal, missing, more, parts, n):
    """What led to other parameters being shared than should. same: (layer, name) -> whether it is the first layer's own; equal: whether its
    numbers were; missing, more: of them, those that should be, and those that should not."""
    deep = all(name.count(".") > 1 for _, name in missing)
    inside = (
        " Or do they stand inside a submodule of that one, where your code does not look? Share it as a whole."
        * deep
    )
    if not any(same.values()):
        if all(equal[at] for at in missing):
            return "the layers have equal numbers, but each its own: as soon as one learns, they differ. `deepcopy`, `load_state_dict` and `copy_` make equal ones; the *same* ones are asked for."
        hint = (
            f" Is `parts` used?{inside}"
            if parts
            else " A loop that gives its own variable another value changes no list; and `parts or []` makes an empty list of None, with which nothing is shared."
        )
        return f"layer 2 of {n} does not have the first one's numbers, and no layer shares anything with the first.{hint}"
    others = [at for at in same if not is_shared(at[1], parts)]
    wanted = [at for at in same if is_shared(at[1], parts)]
    if len(more) == len(others) > 0:
        if parts and len(missing) == len(wanted):
            return "what is *not* in `parts` is shared, and what is in it is not. It is the other way round."
        if not missing:
            return "all of each layer is shared. What is not in `parts` stays each layer's own."
    if more:
        k, name = more[0]
        return f"`{name}` of layer {k + 1} is the first layer's, and belongs to no submodule that `parts` names; it should be the layer's own."
    apart = [k for k in range(1, n) if all(at in missing for at in wanted if at[0] == k)]
    if 0 < len(apart) < n - 1:
        return f"layer {apart[0] + 1} of {n} shares nothing with the first, and others do. Does your loop reach every layer, the last too, or does `return` stand inside it? Or are they shared in groups, or each with the one before it, which had changed by then?"
    if parts is not None and len(parts) > 1:
        gone = [p for p in parts if all(at in missing for at in wanted if at[1].split(".")[0] == p)]
        if gone and len(gone) < len(parts):
            return f"of the submodules in `parts` some are shared, and `{gone[0]}` is not. Does a loop end too early, with a `return` or a `break` inside?{inside}"
    k, name = missing[0]
    where = "is a parameter of the layer itself, in none of its submodules: all of each layer is shared"
    if "." in name:
        where = "stands inside a submodule: share the whole of it, whatever is in it"
    return f"`{name}` of layer {k + 1} is its own still. It {where}."


def _whose(state, case, k, name, parts):
    """Whose numbers a layer has that should have others."""
    found = state[f"{k}.{name}"]
    if not is_shared(name, parts):
        other = any(torch.equal(found, own[name]) for own in case.states)
        return f"`{name}` of layer {k + 1} is in no submodule of `parts`, and is not what it was before.{' It is another layer’s: are the layers in their order?' if other else ''}"
    if torch.equal(found, case.states[-1][name]):
        return "all have the weights of the *last* layer; those of the first are asked for. In a loop that goes from each layer to the next the last one wins."
    if torch.allclose(found, torch.stack([own[name] for own in case.states]).mean(0), atol=1e-5):
        return "all have the mean of all layers' weights; those of the first are asked for."
    if any(torch.equal(found, own[name]) for own in case.states):
        return "all have the weights of one layer, which is not the first; those of the first are asked for."
    return "all have numbers that no layer had before; those of the first are asked for. Is a new layer made?"


def _require_count(result, case, parts, words):
    """Require as many numbers as there are different ones."""
    found = result.parameters()
    found = [p for p in found if isinstance(p, torch.Tensor)] if isinstance(found, list) else []
    count = sum(p.numel() for p in found)
    wanted = sum(
        t.numel() for k, own in enumerate(case.states) for m, t in own.items() if not k or not is_shared(m, parts)
    )  # fmt: skip
    require(
        count <= wanted,
        "{story}: `parameters()` finds more numbers in your layers than there are when what is shared counts once. They may lie in one place "
        "of the memory (was `.data` set?), and yet be different parameters: an optimiser meets each of them. It is the module, or the nn.Parameter, that is shared.",
        **words,
    )
    require(
        count == wanted,
        "{story}: `parameters()` finds fewer numbers in your layers than there should be. Is something no parameter any more (a tensor without a gradient, a buffer), or is too much shared?",
        **words,
    )


def _require_learning(around, case, parts, words):
    """Require what the layers give, called one after the other, before and after they have been trained."""
    leaves = [
        {m: t.clone().requires_grad_() for m, t in own.items() if not k or not is_shared(m, parts)}
        for k, own in enumerate(case.states)
    ]
    every = [t for own in leaves for t in own.values()]

    def wanted():
        x = case.x
        for own in leaves:
            x = functional_call(case.template, leaves[0] | own, (x,))
        return x

    def found():
        return floats_of(around(case.x), case.x.shape, "(batch, time, width)", case.x).detach()

    require_close(
        found(),
        wanted(),
        "{story}: called one after the other, your layers give something else at {at} than as many layers with these weights.",
        **CLOSE,
        **words,
    )
    around.learn(case.x, case.target, RATE, STEPS)
    for _ in range(STEPS):
        gradients = torch.autograd.grad((wanted() - case.target).pow(2).mean(), every)
        with torch.no_grad():
            for t, gradient in zip(every, gradients, strict=True):
                t -= RATE * gradient
    require_close(
        found(),
        wanted(),
        "{story}: after {steps} steps of training your layers give something else at {at} than layers that have these weights in common. What *each* place learns goes into the one set of numbers: does a gradient get lost (`detach`, `no_grad`, `requires_grad_(False)`, a copy)?",
        steps=STEPS,
        **CLOSE,
        **words,
    )


@lab.check(points=3)
def share_parameters(student):
    generator = torch.Generator().manual_seed(7)
    judge(student, known_case(3, 2, generator, "Three layers"))
    judge(student, known_case(2, 4, generator, "Two layers"), parts=None)
    with part("some submodules", points=1):
        judge(student, known_case(3, 2, generator, "Three layers"), ["attention"])
        judge(student, known_case(3, 3, generator, "Three layers"), parts=["feed_forward"])
        judge(student, known_case(4, 2, generator, "Four layers"), parts=["norm", "feed_forward"])
    with part("an empty list", points=0.5):
        judge(student, known_case(3, 2, generator, "Three layers"), parts=[])
