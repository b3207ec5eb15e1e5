"""How often each task is drawn when one model learns many: in proportion to its examples, with a temperature, and equally often.

    from course.widgets import MixingRates
    MixingRates.of_glue()                                                       # the nine tasks of GLUE
    MixingRates({"mnli": 393_000, "cola": 8_500}, cap=2**16, temperature=2, examples=50_000)

The three strategies are those of Raffel et al. 2020 (T5), section 3.5.2; a cap on what a task counts for keeps a huge one from taking
all. Multilingual BERT (Devlin 2018) draws its languages with sizes ** 0.7, which is a temperature of 1.43.
"""

import math
import numbers
import pathlib
from collections.abc import Mapping
from typing import Any

import traitlets

from course.widgets import mixing_picture
from course.widgets.base import Visualiser, picture
from course.widgets.flow import drawable
from course.widgets.mixing_picture import COLUMNS, percent, temperature_text, times_text

MOST_TASKS, LONGEST = 12, 40  # tasks, letters of a name
LARGEST = 10**12  # of a size, a cap and the examples drawn
TEMPERATURES = (1, 10)
# Examples for training in each task of GLUE (Wang et al. 2019), as it is distributed.
_GLUE = {
    "CoLA": 8_551, "SST-2": 67_349, "MRPC": 3_668, "STS-B": 5_749, "QQP": 363_846, "MNLI": 392_702, "QNLI": 104_743, "RTE": 2_490,
    "WNLI": 635,
}  # fmt: skip


class MixingRates(Visualiser):
    """A row for each task, and its rate in three strategies: how often it is drawn, and how often each of its examples comes by.

    sizes: {task: number of examples}, 1 to 12 tasks with names up to 40 letters, sizes from 0 to 10 ** 12. cap: a task counts for at most so
    many examples (K in the paper), a whole number from 1; None for no cap. temperature: from 1, in proportion, to 10; math.inf, equally
    often. examples: how many are drawn in all, that is steps times batch. task: the name of the one that is chosen.

    With c = min(size, cap): "proportional" draws a task at the rate c / sum of all c; "temperature" at c ** (1 / T), divided by the sum of
    these; "equal" draws all tasks that have examples equally often. A task without examples has the rate 0 in all three.

    Traits, shared with the picture: tasks (names, read only), sizes (a number for each), cap (None: no cap), temperature (None: infinite),
    examples, task (an index, from 0). Raises ValueError for what is out of range; setting a trait out of range raises traitlets.TraitError.
    """

    _esm = pathlib.Path(__file__).with_suffix(".js")
    _css = pathlib.Path(__file__).with_suffix(".css")
    _with = ("mixing_numbers.js",)

    tasks = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    sizes = traitlets.List(traitlets.Int()).tag(sync=True)
    cap = traitlets.Int(None, allow_none=True).tag(sync=True)
    # JSON has no infinity, so None stands for it
    temperature = traitlets.Float(2.0, allow_none=True).tag(sync=True)
    examples = traitlets.Int(100_000).tag(sync=True)
    task = traitlets.Int(0).tag(sync=True)

    def __init__(
        self, sizes: Mapping[str, int], cap: int | None = None, temperature: float = 2.0, examples: int = 100_000, *,
        task: str | None = None,
    ):  # fmt: skip
        names = _names(sizes)
        given = {
            "sizes": _sizes(list(sizes.values()), names), "cap": _cap(cap), "temperature": _temperature(temperature),
            "examples": _whole(examples, 1, "number of examples drawn"),
        }  # fmt: skip
        if task is not None and task not in sizes:
            raise ValueError(f"There is no task {task!r}; there are {', '.join(names)}.")
        super().__init__()
        self.set_trait("tasks", names)
        for name, value in given.items():
            setattr(self, name, value)
        self.task = 0 if task is None else list(sizes).index(task)

    @classmethod
    def of_glue(cls, **options: Any) -> "MixingRates":
        """Of GLUE's nine tasks with their own sizes; options: as for MixingRates. The cap is 2 ** 17 where none is given."""
        if "sizes" in options:
            raise ValueError("GLUE has its own sizes; leave them out.")
        return cls(_GLUE, **{"cap": 2**17} | options)

    @traitlets.validate("sizes", "cap", "temperature", "examples", "task")
    def _valid(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        if not self.tasks:
            return value  # it is being made
        try:
            if name == "sizes":
                return _sizes(value, self.tasks)
            if name == "cap":
                return _cap(value)
            if name == "temperature":
                return _temperature(math.inf if value is None else value)
            if name == "examples":
                return _whole(value, 1, "number of examples drawn")
            return _whole(value, 0, "index of the task", len(self.tasks) - 1)
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from None

    # What is true -----------------------------------------------------------------------------------------------------

    def _rates(self, temperature: float | None = None) -> dict[str, list[float]]:
        """{strategy: the rate of each task}, at this temperature or at the one that is set. The picture computes the same."""
        temperature = self._at() if temperature is None else temperature
        counted = [min(size, math.inf if self.cap is None else self.cap) for size in self.sizes]
        most = max(1, *counted)
        # Divided by the largest before the power is taken: so no number in between is larger than 1.
        warm = [(one / most) ** (1 / temperature) if one else 0.0 for one in counted]
        return {
            "proportional": _shares(counted), "temperature": _shares(warm), "equal": _shares([one > 0 for one in counted]),
        }  # fmt: skip

    def _at(self) -> float:
        return math.inf if self.temperature is None else self.temperature

    def _times(self, rate: float, task: int) -> str:
        """How often each example of the task comes by, as a text."""
        size = self.sizes[task]
        return times_text(rate * self.examples / size) if size else "none"

    def _scale(self) -> float:
        """The rate at a bar's full length, and at the top of the curves: a round one, so that a moving slider seldom changes it."""
        rates = self._rates(1.0)
        most = max(*rates["proportional"], *rates["equal"])
        return next(one for one in (0.2, 0.4, 0.6, 0.8, 1.0) if most <= one)

    def _said(self) -> str:
        """The chosen task in words."""
        name, size, rates = self.tasks[self.task], self.sizes[self.task], self._rates()
        if not any(self.sizes):
            return "No task has examples, so nothing is drawn."
        if not size:
            return f"{name} has no examples and is never drawn."
        has = f"{name} has {_count(size)}"
        if self.cap is not None and size > self.cap:
            has += f" and counts for {self.cap:,}, the cap"
        told = [
            f"{percent(rates[column][self.task])} {how} (each comes {self._times(rates[column][self.task], self.task)} times)"
            for column, how in zip(
                COLUMNS, ("in proportion", f"at T = {self._warmth()}", "equally"), strict=True
            )
        ]
        return f"{has}. Of {_count(self.examples)} drawn it gives {told[0]}, {told[1]} and {told[2]}."

    def _warmth(self) -> str:
        return temperature_text(self._at())

    # The static picture -----------------------------------------------------------------------------------------------

    def _alt(self):
        rates = self._rates()
        each = "; ".join(
            f"{name} {', '.join(percent(rates[column][i]) for column in COLUMNS)}"
            for i, name in enumerate(self.tasks)
        )
        cap = "no cap" if self.cap is None else f"a cap of {self.cap:,}"
        total = f"{len(self.tasks)} task{'s' * (len(self.tasks) > 1)} with {_count(sum(self.sizes))}, {cap}."
        return f"{total} Rates in proportion, at T = {self._warmth()}, and equal: {each}. {self._said()}"

    def _svg(self):
        parts, width, height = mixing_picture.drawn(self)
        return picture(parts, width=width, height=height, title="Mixing rates", description=self._alt())


def _count(number: int) -> str:
    return f"{number:,} example{'s' * (number != 1)}"


def _shares(weights: list[float]) -> list[float]:
    total = sum(weights)
    return [weight / total if total else 0.0 for weight in weights]


# What is refused ------------------------------------------------------------------------------------------------------


def _names(sizes: Any) -> list[str]:
    if not isinstance(sizes, Mapping):
        raise ValueError(f"The tasks are {{name: number of examples}}; you gave a {type(sizes).__name__}.")
    if not 1 <= len(sizes) <= MOST_TASKS:
        raise ValueError(f"There are 1 to {MOST_TASKS} tasks; you gave {len(sizes)}.")
    for name in sizes:
        if not isinstance(name, str) or not name.strip() or len(name) > LONGEST:
            raise ValueError(f"A task has a name of 1 to {LONGEST} letters; you gave {name!r:.60}.")
    return drawable(sizes)


def _sizes(given: list[Any], names: list[str]) -> list[int]:
    if len(given) != len(names):
        raise ValueError(f"There is a size for each of {len(names)} tasks; you gave {len(given)}.")
    return [
        _whole(size, 0, f"number of examples of {name!r}") for name, size in zip(names, given, strict=True)
    ]


def _cap(given: Any) -> int | None:
    return None if given is None else _whole(given, 1, "cap")


def _temperature(given: Any) -> float | None:
    low, high = TEMPERATURES
    real = isinstance(given, numbers.Real) and not isinstance(given, bool)
    if not real or not (low <= given <= high or given == math.inf):
        raise ValueError(
            f"The temperature is from {low} to {high}, or math.inf for equal rates; you gave {given!r}."
        )
    return None if given == math.inf else float(given)


def _whole(given: Any, least: int, what: str, most: int = LARGEST) -> int:
    whole = isinstance(given, numbers.Integral) and not isinstance(given, bool)
    if not whole or not least <= given <= most:
        raise ValueError(f"The {what} is a whole number from {least} to {most:,}; you gave {given!r}.")
    return int(given)
