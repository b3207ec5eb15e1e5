"""The check of `freeze`, on an encoder with dropout and a running mean, whose states are known."""

import torch

from .. import Handle, StudentError, helper_for, require, require_close
from ..modules import floats_of
from ..sentences import describe
from ..usual import looks_like
from . import lab
from .heads import IDS, PADDED, reading


def frozen_of(student, encoder):
    """What `freeze` makes of an encoder: a `Handle` to a module."""
    try:
        frozen = student(encoder)
    except StudentError as error:
        _require_no_circle(error)
        raise
    require(
        isinstance(frozen, Handle) and frozen.is_module,
        "freeze should return an nn.Module, which is called like the encoder; yours returned {what}.{hint}",
        what=describe(frozen),
        hint=" Put `return` in front of what stays frozen." if frozen is None else "",
    )
    return frozen


def states_from(frozen, *given, **named):
    """The states that a frozen encoder gives."""
    try:
        result = frozen(*given, **named)
    except StudentError as error:
        # without a line of the student's in between, it is the student's own `forward` that was called like this
        if error.is_a("TypeError") and not error.frames:
            name = next((n for n in named if f"unexpected keyword argument '{n}'" in error.message), None)
            require(
                name is None,
                "The encoder takes `{name}`, and your `forward` does not: take whatever comes, `def forward(self, *args, **kwargs)`, and hand it on.",
                name=name,
            )
        raise
    if isinstance(result, Handle):
        result = {"last_hidden_state": result.get("last_hidden_state")}
    require(
        isinstance(result, dict) and "last_hidden_state" in result,
        "What the encoder gives is an object with a `last_hidden_state`, and what the frozen one gives is {what}: give back the whole of it.",
        what=describe(result),
    )
    came = given[0] if given else next(iter(named.values()))
    width = result["last_hidden_state"].shape[-1:] if isinstance(result["last_hidden_state"], torch.Tensor) else ()  # fmt: skip
    return floats_of(result["last_hidden_state"], (*came.shape[:2], *width), "(batch, time, width)", came, "`last_hidden_state`")  # fmt: skip


def _require_no_circle(error):
    """Say what runs in a circle where a `train` of the student's calls `eval`."""
    require(
        not error.is_a("RecursionError"),
        "{error} `eval()` is nothing but `train(False)`: a `train` that calls `self.eval()` calls itself. `super().train(False)` does what is meant.",
        error=str(error),
    )


def set_to_train(frozen):
    """Call its `train`, as the model that holds it does. Returns what comes of it."""
    try:
        return frozen.train(True)
    except StudentError as error:
        if error.verdict in ("missing", "time-limit"):
            raise
        _require_no_circle(error)
        require(
            False,
            "A model that holds it calls its `train(True)`, or `train(False)`, and yours fails ({type}): if you write a `train` of your own, it takes what `nn.Module.train` takes, `(self, mode=True)`.",
            type=error.type or "its signature",
        )


def require_config(frozen, width):
    """Require the encoder's `config`."""
    try:
        config = frozen.get("config")
        found = config.get("hidden_size") if isinstance(config, Handle) else None
    except StudentError:
        found = None
    require(
        found == width,
        "What you return has no `config` with the encoder's `hidden_size`, which a ClsClassifier asks for: keep the one of the encoder.",
    )


def require_frozen(frozen, call, truth, training, what, random=True):
    """Require the states of evaluation mode in each of a few calls. call: () -> states; training: whether `.train()` was called before;
    what: may be at work in the encoder; random: whether evaluation mode would stop it."""
    states = [call() for _ in range(3)]
    when = "After `.train()`, which every training loop calls on the whole model, and so on the parts in it," if training else "Right after `freeze`"  # fmt: skip
    hint = " An `.eval()` lasts until the next `.train()`: what would keep it?" if training else " A new module is in training mode: which call ends that?"  # fmt: skip
    require(
        all(looks_like(other, states[0]) for other in states),
        "{when} {what}: two calls with the same ids give other states.{hint}",
        when=when,
        what=what,
        hint=hint if random else "",
    )
    require_close(
        states[0],
        truth,
        "{when} the states are not those that the encoder that came in gives in evaluation mode (at {at}).",
        when=when,
    )


def require_no_learning(frozen):
    """Require that no parameter has `requires_grad`."""
    parameters = frozen.parameters()
    parameters = [p for p in parameters if isinstance(p, torch.Tensor)] if isinstance(parameters, list) else []  # fmt: skip
    learning = sum(p.requires_grad for p in parameters)
    require(
        not learning,
        "{n} of its {m} parameters have `requires_grad` still: whoever counts what learns, or hands it to an optimiser, counts them in.",
        n=learning,
        m=len(parameters),
    )


def require_a_step_moves_the_head_alone(student, frozen, call, truth, ids, width):
    """One step of training in a model around it."""
    model = student.build(helper_for("with_head", encoder=frozen, width=width, classes=2))
    moved = model.step(ids, torch.arange(len(ids)) % 2)
    require(
        moved is not None,
        "Since your encoder was made, or called, gradients are off for the whole program, and nothing around it can learn: `torch.set_grad_enabled(False)` "
        "lasts until somebody turns it back. `with torch.no_grad():` ends by itself.",
    )
    require(
        isinstance(moved, float) and moved > 0,
        "A head on top of the frozen encoder was trained for a step, and its own weights did not move.",
    )
    require_close(
        call(),
        truth,
        "A model with a head on top of it was trained for one step, and after that the frozen encoder gives other states (at {at}): something of it has learned.",
    )


def require_no_graph(frozen, width):
    """Require that no graph is kept, also back to what learns and comes in from outside."""
    vectors = torch.linspace(-1, 1, 10 * width).view(2, 5, width).requires_grad_()
    try:
        result = frozen(inputs_embeds=vectors)
    except StudentError as error:
        if not error.is_a("TypeError"):
            raise
        return  # what cannot come in leaves no graph
    states = result.get("last_hidden_state") if isinstance(result, (Handle, dict)) else result
    require(
        not getattr(states, "requires_grad", False),
        "Called with vectors that learn in place of ids (`inputs_embeds`), it keeps a graph from its states back to them: `requires_grad_(False)` stops its parameters alone.",
    )


def require_rest(frozen):
    """Require what `train` and `eval` leave behind: modules in evaluation mode, also before the next call, and the module itself."""
    for name, came in (("train(True)", set_to_train(frozen)), ("eval()", frozen.eval())):
        require(
            isinstance(came, Handle) and came.is_module,
            "`{name}` of what you return gives {what}, and that of any module gives the module itself, so that one can write `model = model.eval()`. End your `train` with `return self`.",
            name=name,
            what=describe(came),
        )
    set_to_train(frozen)
    modules = frozen.modules()
    inside = [m for m in modules[1:] if isinstance(m, Handle)] if isinstance(modules, list) else []
    training = sum(m.get("training") is True for m in inside)
    require(
        not training,
        "After `.train()` {n} of the {m} modules inside it are in training mode, until the next call of your `forward` at best; it should *stay* in evaluation mode. Which method changes the mode?",
        n=training,
        m=len(inside),
    )


@lab.check(points=3)
def freeze(student):
    frozen_of(student.using(limit=60), reading()[0])  # at the far end transformers is imported now
    for option, what in (
        ({}, "something changes from call to call, though nothing in this encoder is random or counts along"),
        (
            {"dropout": 0.5},
            "the encoder's dropout is at work (a layer of it, or `F.dropout` in its `forward`)",
        ),
        ({"moving": 0.5}, "the encoder's running mean, as a batch norm has one, is at work"),
    ):
        encoder, here = reading(bias=True, **option)
        frozen = frozen_of(student, encoder)
        require_config(frozen, 3)
        truth = here(IDS).last_hidden_state.detach()

        def call(frozen=frozen):
            return states_from(frozen, IDS).detach()

        require_frozen(frozen, call, truth, False, what, random=bool(option))
        set_to_train(frozen)
        require_frozen(frozen, call, truth, True, what, random=bool(option))
    require(
        not states_from(frozen, IDS).requires_grad,
        "The states hang on a graph: a backward pass would go through the encoder, and its parameters would learn. They are features here.",
    )
    require_no_learning(frozen)
    real, segments = (PADDED != 0).long(), torch.tensor([[0, 0, 1, 0, 0], [0, 1, 0, 0, 0]])
    named = {"attention_mask": real, "token_type_ids": segments}
    require_close(
        states_from(frozen, PADDED, **named),
        here(PADDED, **named).last_hidden_state.detach(),
        "Called with `attention_mask` and `token_type_ids` it gives other states than the encoder (at {at}): is everything handed on?",
    )
    require_a_step_moves_the_head_alone(student, frozen, call, truth, IDS, 3)
    require_no_graph(frozen, 3)
    require_rest(frozen)
