"""GPUs as slots: so many kernels share one, each with its share of the memory.

    slots(4)       # [] without a GPU; with one: [{"device": "0", "share": 0.225}, …], one for each of four workers

AUTOGRADER_GPU_SLOTS sets how many kernels may share each GPU (0: use none), CUDA_VISIBLE_DEVICES which GPUs there are.
AUTOGRADER_FAKE_GPUS makes up that many: every step but CUDA itself is then taken as with real ones.
"""

import math
import os
from pathlib import Path

MARGIN = 0.1  # of a GPU's memory, for the contexts themselves
NODES = ("/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools")


def _number(name: str) -> int | None:
    try:
        return max(int(os.environ[name]), 0)
    except (KeyError, ValueError):
        return None


def devices() -> list[str]:
    """The numbers of the GPUs here, without making a CUDA context."""
    fake = _number("AUTOGRADER_FAKE_GPUS")
    found = (
        map(str, range(fake))
        if fake
        else sorted(p.name.removeprefix("nvidia") for p in Path("/dev").glob("nvidia[0-9]*"))
    )
    allowed = os.environ.get("CUDA_VISIBLE_DEVICES")
    return [d for d in found if allowed is None or d in allowed.replace(" ", "").split(",")]


def slots(workers: int = 1) -> list[dict]:
    """One entry for each kernel that may use a GPU at a time: its device, and its share of that device's memory."""
    found = devices()
    each = _number("AUTOGRADER_GPU_SLOTS")
    if each is None:
        each = math.ceil(workers / len(found)) if found else 0
    share = round((1 - MARGIN) / each, 3) if each else 0.0
    return [{"device": device, "share": share} for _ in range(each) for device in found]


def device_files() -> tuple[str, ...]:
    """What a sandbox must let in for CUDA to work."""
    return tuple(p for p in (*NODES, *(f"/dev/nvidia{d}" for d in devices())) if os.path.exists(p))


def environment(slot: dict | None) -> dict[str, str]:
    """The environment of a kernel with this slot; without one it sees no GPU."""
    if slot is None:
        return {"CUDA_VISIBLE_DEVICES": ""}
    return {"CUDA_VISIBLE_DEVICES": slot["device"], "AUTOGRADER_GPU_SHARE": str(slot["share"])}
