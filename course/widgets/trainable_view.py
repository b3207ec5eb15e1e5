"""What is frozen and what learns, part by part, in each way to train a pretrained network, and in a model of yours as it is now.

    from course.widgets import TrainableView
    view = TrainableView(model)        # a model of transformers, or any torch.nn.Module
    view                               # shown again, it reads the model again: did your `freeze` work?
    view.measure(model(**batch).loss)  # a bar for each part: the norm of its gradient
    view.compare(before)               # a bar for each part: how far it has moved since `before`, a copied state dict

The ways: everything from a random start; the head alone (feature-based, as ELMo's vectors are used); the head and the biases (BitFit,
Ben Zaken et al. 2022); the head first and one level more each epoch (gradual unfreezing, Howard and Ruder 2018, section 3.3); everything
with rates that shrink toward the input (discriminative fine-tuning, section 3.2 there); everything with one rate (Devlin et al. 2019,
section 3.2); the norms and adapters, which are put into each block (Houlsby et al. 2019). In an encoder-decoder, gradual unfreezing goes
down both stacks at once (Raffel et al. 2020, section 3.5.1, for adapters as well).
"""

import math
import numbers
import pathlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import traitlets

from course.widgets import measures, trainable_picture
from course.widgets.base import Visualiser
from course.widgets.bottlenecks import SIZES
from course.widgets.parts import Part, parts_of
from course.widgets.regime_words import NOW
from course.widgets.regimes import REGIMES, column, epochs_of, rate_text

if TYPE_CHECKING:
    import torch
    from torch import nn

SHOWN = ("scratch", "frozen", "biases", "layerwise", "fine-tuned")
MOST = 5
FACTOR = (0.05, 1.0)


class TrainableView(Visualiser):
    """The parts of a model as a stack, and beside each whether it learns: in each regime, and now.

    model: a torch.nn.Module; its parts are those of `course.widgets.parts.parts_of`, where `head` is explained as well. A model made
    under `torch.device("meta")` has all names and counts and needs no memory. regimes: at most five of "scratch", "frozen", "biases",
    "unfreezing", "adapters", "layerwise", "fine-tuned". rates: {regime: learning rate}, for those that shall differ from the usual ones. factor: by
    which the rates of "layerwise" shrink from one level to the next below, 0.05 to 1. optimizer: whose rates stand in the column "now". adapter:
    the size of the adapters, a power of two from 1 to 512; a model in which modules of a class named Adapter are keeps its own, and none is
    added to it.

    The column "now" is `requires_grad` and the mode (`train()`, `eval()`) as they were when the view was last shown, printed, saved or refreshed.
    A backward pass is taken to go down the stack, from the head to the lowest part that learns: so it is in every encoder with a head, and in
    a T5, whose decoder stands above its encoder; not in a network whose parts stand side by side.

    Traits, shared with the picture: parts (read only), regimes (read only), column (a regime or "now"), part (an index from the input, from
    0; -1: none), factor, epoch (of "unfreezing", from 1), adapter. `measured` holds the numbers of the last `measure` and `compare`.
    Raises ValueError for what is no model, has no parameters or more than 80 parts, and for options that are none; setting a trait out
    of range raises traitlets.TraitError.
    """

    _esm = pathlib.Path(__file__).with_suffix(".js")
    _css = pathlib.Path(__file__).with_suffix(".css")

    # for each part: name, path, kind, role, level, opens, side, width, adapters, count, mode, rate (of the optimizer, as a text), and tensors:
    # for each name, shape, count, learns, bias, norm, adapter, shared (where it is counted), also (other names), given (to the optimizer)
    parts = traitlets.List(read_only=True).tag(sync=True)
    regimes = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    column = traitlets.Unicode(NOW).tag(sync=True)
    part = traitlets.Int(-1).tag(sync=True)
    factor = traitlets.Float(0.8).tag(sync=True)
    epoch = traitlets.Int(1).tag(sync=True)
    adapter = traitlets.Int(32).tag(sync=True)
    # column -> title, start, rate, epochs: for each epoch of "unfreezing", for each size of "adapters", else for one: states, count, share,
    # kept, reach, added (for each part), said
    _plan = traitlets.Dict(read_only=True).tag(sync=True)
    # for each measure: title, scale, and bars: for each part a length from 0 to 1, and a text
    _bars = traitlets.List(read_only=True).tag(sync=True)

    def __init__(
        self, model: "nn.Module", regimes: Sequence[str] = SHOWN, *, rates: Mapping[str, float] | None = None, factor: float = 0.8,
        head: str | Sequence[str] | None = None, optimizer: "torch.optim.Optimizer | None" = None, adapter: int = 32,
    ):  # fmt: skip
        regimes = _regimes(regimes)
        self._rates = {name: REGIMES[name][2] for name in REGIMES} | _rates(rates)
        if not _is_number(factor) or not FACTOR[0] <= factor <= FACTOR[1]:
            raise ValueError(f"The factor is a number from {FACTOR[0]} to 1; you gave {factor!r}.")
        if optimizer is not None and not hasattr(optimizer, "param_groups"):
            raise ValueError(f"The optimizer is one of torch.optim; you gave a {type(optimizer).__name__}.")
        if not isinstance(adapter, numbers.Integral) or isinstance(adapter, bool) or adapter not in SIZES:
            raise ValueError(
                f"The size of an adapter is a power of two from {SIZES[0]} to {SIZES[-1]}; you gave {adapter!r}."
            )
        found = parts_of(model, head)
        super().__init__()
        self._model, self._head, self._optimizer = model, head, optimizer
        self.measured: dict[str, dict[str, float | None]] = {}
        self.set_trait("regimes", regimes)
        self._take(found)
        self.factor, self.adapter = float(factor), int(adapter)
        self.column = regimes[0] if regimes else NOW

    def refresh(self) -> None:
        """Read the model again. Showing, printing and saving the view do so by themselves."""
        if self._model is not None:
            self._take(parts_of(self._model, self._head))

    def measure(self, loss: "torch.Tensor | None" = None) -> "TrainableView":
        """Draw the norm of the gradient in each part, and return the view.

        loss: a scalar that came out of the model; its gradients are computed here, no `.grad` is touched and `loss.backward()`
        still works. Without one, the `.grad` that a backward pass has left. Frozen tensors have none. The norm of a large
        part is larger than that of a small one with the same gradients: compare parts of a size, such as the blocks.
        Raises ValueError for a loss that is no scalar or hangs on nothing that learns, and where no part has a gradient.
        """
        self._measured("gradient", measures.gradient_norms(self._live(), loss))
        return self

    def compare(self, before: Mapping[str, "torch.Tensor"]) -> "TrainableView":
        """Draw how far each part has moved, ‖now − before‖ / ‖before‖, and return the view.

        before: a state dict of this model, copied before the training: copy.deepcopy(model.state_dict()). What is not in it has no bar.
        Raises ValueError for what is no state dict, has none of the names or other shapes, and for one that is no copy.
        """
        self._measured("moved", measures.ways(self._live(), before))
        return self

    def close(self):
        self._model = self._optimizer = None  # widgets live long, models are large
        super().close()

    def _repr_mimebundle_(self, **options):
        self.refresh()
        return super()._repr_mimebundle_(**options)

    def _summary(self):
        self.refresh()
        return super()._summary()

    def _page(self):
        self.refresh()
        return super()._page()

    @traitlets.validate("column")
    def _valid_column(self, proposal):
        if proposal["value"] not in (*self.regimes, NOW):
            raise traitlets.TraitError(
                f"The column is one of {', '.join((*self.regimes, NOW))}; you gave {proposal['value']!r}."
            )
        return proposal["value"]

    @traitlets.validate("part", "epoch")
    def _valid_index(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        low, high = (-1, len(self.parts) - 1) if name == "part" else (1, max(1, epochs_of(self.parts)))
        if self.parts and not low <= value <= high:
            raise traitlets.TraitError(f"The {name} is from {low} to {high} here; you gave {value}.")
        return value

    @traitlets.validate("factor")
    def _valid_factor(self, proposal):
        if not FACTOR[0] <= proposal["value"] <= FACTOR[1]:
            raise traitlets.TraitError(f"The factor is from {FACTOR[0]} to 1; you gave {proposal['value']}.")
        return proposal["value"]

    @traitlets.validate("adapter")
    def _valid_adapter(self, proposal):
        if proposal["value"] not in SIZES:
            raise traitlets.TraitError(
                f"The adapter is one of {', '.join(map(str, SIZES))}; you gave {proposal['value']}."
            )
        return proposal["value"]

    # What is true of the model ----------------------------------------------------------------------------------------

    def _live(self) -> list[Part]:
        if self._model is None:
            raise ValueError("This view is closed: make a new one of the model.")
        if any(parameter.is_meta for parameter in self._model.parameters()):
            raise ValueError("This model was made without its weights, so there is nothing to measure.")
        found = parts_of(self._model, self._head)
        self._take(found)
        return found

    def _take(self, found: list[Part]) -> None:
        rates = _rates_of(self._optimizer)
        names = (NOW, *self.regimes)
        with self.hold_sync():  # in one message: a view must not draw new parts under an old plan
            if [part["name"] for part in self.parts] != [part.name for part in found]:
                self.part = -1  # what was known of another stack is not true of this one
                self.measured = {}
                self.set_trait("_bars", [])
            self.set_trait("parts", [_plain(part, rates) for part in found])
            self.epoch = min(self.epoch, epochs_of(self.parts))
            self.set_trait("_plan", {name: column(self.parts, name, self._rates.get(name)) for name in names})

    def _rate(self, name: str, part: dict[str, Any]) -> str:
        """The learning rate in a cell, as a text."""
        if name == NOW:
            return part["rate"]
        return rate_text(self._rates[name] * (self.factor ** part["level"] if name == "layerwise" else 1))

    def _shown(self, name: str) -> dict[str, Any]:
        """The column's epoch, or size of adapters, that is shown."""
        epochs = self._plan[name]["epochs"]
        place = {"unfreezing": self.epoch - 1, "adapters": SIZES.index(self.adapter)}.get(name, 0)
        return epochs[place if len(epochs) > 1 else 0]

    def _measured(self, what: str, found: dict[str, float | None]) -> None:
        self.measured = {**self.measured, what: found}
        both = [name for name in ("gradient", "moved") if name in self.measured]
        self.set_trait("_bars", [measures.bars(name, list(self.measured[name].values())) for name in both])

    # The static picture -----------------------------------------------------------------------------------------------

    def _alt(self):
        shown, names = self._shown(self.column), [part["name"] for part in self.parts]
        learning = [
            f"{name} in part" if state == "some" else name
            for name, state in zip(names, shown["states"], strict=True)
            if state in ("all", "some")
        ]
        which = "every part" if learning == names else ", ".join(learning) or "none"
        said = f"{len(names)} part{'s' * (len(names) > 1)} with {sum(part['count'] for part in self.parts):,} parameters. "
        said += f"{self._plan[self.column]['title']}: {shown['count']:,} learn ({shown['share']}): {which}. {shown['said']}"
        if self.column == "layerwise":
            top, foot = self._rate("layerwise", self.parts[-1]), self._rate("layerwise", self.parts[0])
            said += f" With a factor of {self.factor:.3g} the rate falls from {top} at the top to {foot} at the input."
        for one in self._bars:
            values = [f"{name} {text}" for name, (_, text) in zip(names, one["bars"], strict=True)]
            said += f" {one['title'].capitalize()}: {', '.join(values)}."
        return said

    def _svg(self):
        return trainable_picture.draw(self)


def _plain(part: Part, rates: dict[int, float] | None) -> dict[str, Any]:
    tensors = [
        {
            "name": tensor.name, "shape": list(tensor.parameter.shape), "count": 0 if tensor.shared else tensor.parameter.numel(),
            "learns": tensor.parameter.requires_grad, "bias": tensor.is_bias, "norm": tensor.norm, "adapter": tensor.adapter, "shared": tensor.shared,
            "also": tensor.also[:3] + ["…"] * (len(tensor.also) > 3), "given": None if rates is None else id(tensor.parameter) in rates,
        }
        for tensor in part.tensors
    ]  # fmt: skip
    learning = [tensor.parameter for tensor in part.own if tensor.parameter.requires_grad]
    used = sorted({rates[id(one)] for one in learning if id(one) in rates}) if rates else []
    rate = " to ".join(rate_text(one) for one in ([used[0], used[-1]] if len(used) > 1 else used))
    if rates is not None and learning and not used:
        rate = "no rate"
    own = {"name": part.name, "path": part.path, "kind": part.kind, "role": part.role, "level": part.level}
    own |= {"opens": part.opens, "side": part.side, "width": part.width, "adapters": part.adapters}
    return {**own, "count": part.count, "mode": part.mode, "rate": rate, "tensors": tensors}


def _rates_of(optimizer: Any) -> dict[int, float] | None:
    if optimizer is None:
        return None
    groups = optimizer.param_groups
    return {id(tensor): float(group.get("lr", 0)) for group in groups for tensor in group["params"]}


def _regimes(given: Any) -> list[str]:
    there = ", ".join(REGIMES)
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise ValueError(
            f'The regimes are a list of names, such as ["frozen", "fine-tuned"]; there are {there}.'
        )
    for name in given:
        if name not in REGIMES:
            raise ValueError(f"There is no regime {name!r}; there are {there}.")
    if len(given) > MOST or len(set(given)) < len(given):
        raise ValueError(
            f"At most {MOST} regimes stand side by side, each once; you gave {', '.join(given)}."
        )
    return list(given)


def _rates(given: Any) -> dict[str, float]:
    given = {} if given is None else given
    if not isinstance(given, Mapping) or not set(given) <= set(REGIMES):
        raise ValueError(
            f"The rates are {{regime: learning rate}}, of the regimes {', '.join(REGIMES)}; you gave {given!r}."
        )
    for name, rate in given.items():
        if not _is_number(rate) or not 0 <= rate < math.inf:
            raise ValueError(f"A learning rate is a number from 0; for {name!r} you gave {rate!r}.")
    return {name: float(rate) for name, rate in given.items()}


def _is_number(given: Any) -> bool:
    return isinstance(given, numbers.Real) and not isinstance(given, bool)
