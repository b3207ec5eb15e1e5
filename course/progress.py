"""What training shows and leaves behind: the history of a run, the progress bar, the live loss curve."""

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass
class History:
    """What happened in `fit`.

    steps: 1, 2, ... one number for each training step done; losses: the training loss at each of them.
    evaluations: (step, value) pairs of `evaluate`; best_step: the step whose weights the model now has, when stopped early.
    seconds: wall time of the loop. stopped: it ended by patience, before `steps`.
    """

    steps: list[int] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    evaluations: list[tuple[int, float]] = field(default_factory=list)
    seconds: float = 0.0
    stopped: bool = False
    best_step: int | None = None

    def __repr__(self) -> str:
        if not self.losses:
            return "<History: no steps>"
        last = f", evaluation {self.evaluations[-1][1]:.3f}" if self.evaluations else ""
        early = f", stopped early, weights of step {self.best_step}" if self.stopped else ""
        return (
            f"<History: {len(self.steps)} steps in {self.seconds:.1f} s, "
            f"loss {self.losses[0]:.3f} -> {self._smooth()[-1]:.3f}{last}{early}>"
        )

    def _smooth(self, share: float = 0.05) -> list[float]:
        """The losses, each averaged with those just before it (an exponential mean without the bias of its start)."""
        keep = 1 - 1 / max(1.0, share * len(self.losses))
        out, total, weight = [], 0.0, 0.0
        for loss in self.losses:
            total, weight = keep * total + loss, keep * weight + 1
            out.append(total / weight)
        return out

    def plot(self, ax: "Axes | None" = None, title: str | None = None) -> "Axes":
        """The loss at each step, its running mean, and the evaluations. Returns the axes."""
        import matplotlib.pyplot as plt

        if ax is None:
            _, ax = plt.subplots(figsize=(6, 3), layout="constrained")
        ax.plot(self.steps, self.losses, color="#9ecae1", linewidth=0.8, label="loss of each batch")
        ax.plot(self.steps, self._smooth(), color="#08519c", linewidth=1.8, label="running mean")
        if self.evaluations:
            at, values = zip(*self.evaluations, strict=True)
            ax.plot(at, values, color="#d95f02", marker="o", markersize=4, linestyle="--", label="evaluation")
        ax.set(
            xlabel="training step",
            ylabel="loss",
            title=title or "Training loss: it should fall, then flatten",
        )
        ax.legend(frameon=False)
        return ax


def in_notebook() -> bool:
    """Whether this runs in a Jupyter kernel, where a picture can be shown and updated."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    shell = get_ipython()
    return shell is not None and shell.has_trait("kernel") and shell.kernel is not None


class Screen:
    """The progress bar and the live curve, refreshed twice a second at most."""

    INTERVAL = 0.5

    def __init__(self, steps: int, progress: bool, plot: bool):
        self.steps, self.progress = steps, progress
        self.plot = plot and in_notebook()
        self.bar = self.handle = self.figure = None
        self.last = time.perf_counter()

    def __enter__(self) -> "Screen":
        if self.progress:
            from tqdm.auto import tqdm

            self.bar = tqdm(total=self.steps, unit="step", mininterval=self.INTERVAL)
        return self

    def __exit__(self, *error: object) -> None:
        if self.bar is not None:
            self.bar.close()
        if self.figure is not None:
            import matplotlib.pyplot as plt

            plt.close(self.figure)

    def due(self) -> bool:
        """Time to show something again."""
        return (self.progress or self.plot) and time.perf_counter() - self.last >= self.INTERVAL

    def show(self, history: History) -> None:
        """Refresh now."""
        self._draw(history)
        self.last = time.perf_counter()

    def finish(self, history: History) -> None:
        """The final state; a run too short for a live curve still gets its picture."""
        if self.progress or self.plot:
            self._draw(history)

    def _draw(self, history: History) -> None:
        if self.bar is not None and history.losses:
            self.bar.update(len(history.steps) - self.bar.n)
            shown = {"loss": f"{history._smooth()[-1]:.3f}"}
            if history.evaluations:
                shown["evaluation"] = f"{history.evaluations[-1][1]:.3f}"
            self.bar.set_postfix(shown)
        if self.plot and history.losses:
            import matplotlib.pyplot as plt
            from IPython.display import display

            if self.figure is None:
                with plt.ioff():  # else the inline backend would draw the figure a second time
                    self.figure, self.axes = plt.subplots(figsize=(6, 3), layout="constrained")
            self.axes.clear()
            history.plot(self.axes)
            if self.handle is None:
                self.handle = display(self.figure, display_id=True)
            else:
                self.handle.update(self.figure)
