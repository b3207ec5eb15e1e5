"""What this notebook runs on: scale, seed, cache folder, device. The only reader of the environment.

    from course import settings
    settings.scale       # "tiny" (offline, the default) or "full" (real models and data); COURSE_SCALE
    settings.seed        # int, 0 unless COURSE_SEED says otherwise
    settings.cache       # Path of the folder for downloads; COURSE_CACHE, else the platform's own (not created here)
    settings.device()    # torch.device: CUDA, else MPS, else CPU; COURSE_DEVICE overrides
    settings.banner()    # one line for the top of a notebook

Each look-up reads the environment anew. Assigning (`settings.scale = "full"`) overrides it for this session.
A bad value is a ValueError of one sentence that names the variable and what it may be.
"""

import os
import re
import sys
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

scale: str  # the three names below are computed in __getattr__
seed: int
cache: Path

_SCALES = ("tiny", "full")


def _scale() -> str:
    value = os.environ.get("COURSE_SCALE", "").strip().lower() or "tiny"
    if value not in _SCALES:
        raise ValueError(
            f"COURSE_SCALE is {value!r}; it may be 'tiny' (offline) or 'full' (real models and data)."
        )
    return value


def _seed() -> int:
    value = os.environ.get("COURSE_SEED", "").strip() or "0"
    # what torch.manual_seed and random.Random both take, written plainly
    if not re.fullmatch(r"[0-9]{1,18}", value):
        raise ValueError(
            f"COURSE_SEED is {value!r}; it must be a whole number from 0 up, of at most 18 digits."
        )
    return int(value)


def _cache() -> Path:
    if value := os.environ.get("COURSE_CACHE", "").strip():
        path = Path(value).expanduser().absolute()
        if path.exists() and not path.is_dir():
            raise ValueError(
                f"COURSE_CACHE is {value!r}, which is a file; it must be a folder, which may not exist yet."
            )
        return path
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "came-to-read"


_READERS = {"scale": _scale, "seed": _seed, "cache": _cache}


def prepare_threads() -> None:
    """Choose torch's threads before it is imported; `import course` does it, also for the kernels that are started from there.

    One, unless OMP_NUM_THREADS says otherwise or the models are large (scale "full"): models as small as the shipped ones gain
    next to nothing from a second, two kernels on two cores do not slow each other down, and the grader counts with one too.
    With more, threads that wait do not spin, which would slow two kernels fivefold.
    """
    if os.environ.get("COURSE_SCALE", "").strip().lower() != "full":
        os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def __getattr__(name: str) -> Any:
    if name in _READERS:
        return _READERS[name]()
    raise AttributeError(f"module 'course.settings' has no attribute {name!r}; it has {', '.join(__all__)}")


def _now(name: str) -> Any:
    """The value in force: assigned by hand in this session, or read from the environment."""
    return getattr(sys.modules[__name__], name)


def device() -> "torch.device":
    """The device to compute on: CUDA, else MPS (Apple), else CPU; COURSE_DEVICE=cpu|cuda|cuda:N|mps overrides.

    Raises ValueError when COURSE_DEVICE names something else, or a device that torch cannot see here.
    """
    import torch

    wanted = os.environ.get("COURSE_DEVICE", "").strip().lower()
    cuda, mps = torch.cuda.is_available(), torch.backends.mps.is_available()
    if not wanted:
        return torch.device("cuda" if cuda else "mps" if mps else "cpu")
    if not re.fullmatch(r"cpu|mps|cuda(:[0-9]{1,3})?", wanted):
        raise ValueError(
            f"COURSE_DEVICE is {wanted!r}; it may be 'cpu', 'cuda', 'cuda:N' (the Nth GPU from 0) or 'mps'."
        )
    number = int(wanted.partition(":")[2] or 0)
    if (wanted == "mps" and not mps) or (
        wanted.startswith("cuda") and not (cuda and number < torch.cuda.device_count())
    ):
        seen = ", ".join(
            ["'cpu'", *(f"'cuda:{i}'" for i in range(torch.cuda.device_count())), *(["'mps'"] if mps else [])]
        )
        raise ValueError(
            f"COURSE_DEVICE is {wanted!r}, but torch {torch.__version__} sees no such device here; it sees {seen}."
        )
    return torch.device(wanted)


def _describe(device: "torch.device") -> str:
    """ "CPU, 2 threads" or "GPU NVIDIA T4, 15 GiB"."""
    import torch

    if device.type == "cuda":
        properties = torch.cuda.get_device_properties(device)
        return f"GPU {properties.name}, {properties.total_memory / 2**30:.0f} GiB"
    if device.type == "mps":
        return "GPU of this Mac (MPS)"
    threads = torch.get_num_threads()
    return f"CPU, {threads} thread{'s' if threads != 1 else ''}"


_NO_GPU = """\
Everything in the course works on a CPU; a GPU only shortens the waiting, and helps most with COURSE_SCALE=full.
To get a kernel that has one:
1. The GPU in this machine (NVIDIA): install the CUDA build of torch with the variable the README explains,
   make lab PIP_ARGS="--index-url …", then restart the kernel.
2. A GPU in another machine: start JupyterLab there, and open its address in this browser or choose it as the
   remote server of your editor; on a JupyterHub, stop your server and start it with a profile that has a GPU.
3. Several kernels installed here: Kernel > Change Kernel… and choose the one made in the environment with CUDA.
Run this cell again afterwards: the line above says what was found. COURSE_DEVICE=cpu goes back to the CPU."""


class Banner:
    """What `banner()` returns: drawn as one line of HTML in a notebook, and as text everywhere else."""

    def __init__(self, device: "torch.device", scale: str, seed: int):
        data = (
            "offline: micro-world and tiny models" if scale == "tiny" else "real models and data from the hub"
        )
        self.line = f"Runs on {_describe(device)} · scale {scale} ({data}) · seed {seed}"
        self.help = _NO_GPU if device.type == "cpu" else ""

    def __str__(self) -> str:
        hint = (
            " · no GPU in use, and none is needed; print(settings.banner().help) tells how to get one"
            if self.help
            else ""
        )
        return self.line + hint

    __repr__ = __str__

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        html = f"<div>{escape(self.line)}</div>"
        if self.help:
            html += (
                "<details><summary>No GPU in use, and none is needed. How to get a kernel with one</summary>"
                f"<pre style='white-space: pre-wrap'>{escape(self.help)}</pre></details>"
            )
        return {"text/plain": str(self), "text/html": html}


def banner() -> Banner:
    """One line that says what this notebook runs on, its scale and seed; without a GPU, how to get a kernel with one."""
    return Banner(device(), _now("scale"), _now("seed"))


__all__ = ["Banner", "banner", "cache", "device", "scale", "seed"]
