"""GPUs as slots: so many kernels share one, each with its share of the memory.

    slots()        # [] without a GPU; [{"device": "0", "share": 0.45}, {"device": "0", "share": 0.45}, …]

AUTOGRADER_GPU_SLOTS sets how many kernels share each GPU (0: use none). AUTOGRADER_FAKE_GPUS makes up that many GPUs: every
step but CUDA itself is then taken as with real ones.
"""

import os
from pathlib import Path

SHARED = 2  # kernels a GPU
MARGIN = 0.1  # of a GPU's memory, for the contexts themselves
NODES = ("/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools")


def _number(name: str, usual: int) -> int:
    try:
        return max(int(os.environ.get(name, usual)), 0)
    except ValueError:
        return usual


def devices() -> list[str]:
    """The numbers of the GPUs here, without making a CUDA context."""
    fake = _number("AUTOGRADER_FAKE_GPUS", 0)
    if fake:
        return [str(n) for n in range(fake)]
    return sorted(p.name.removeprefix("nvidia") for p in Path("/dev").glob("nvidia[0-9]*"))


def slots() -> list[dict]:
    """One entry for each kernel that may use a GPU at a time: its device, and its share of that device's memory."""
    each = _number("AUTOGRADER_GPU_SLOTS", SHARED)
    share = round((1 - MARGIN) / each, 3) if each else 0.0
    return [{"device": device, "share": share} for _ in range(each) for device in devices()]


def device_files() -> tuple[str, ...]:
    """What a sandbox must let in for CUDA to work."""
    return tuple(p for p in (*NODES, *(f"/dev/nvidia{d}" for d in devices())) if os.path.exists(p))


def environment(slot: dict | None) -> dict[str, str]:
    """The environment of a kernel with this slot; without one it sees no GPU."""
    if slot is None:
        return {"CUDA_VISIBLE_DEVICES": ""}
    return {"CUDA_VISIBLE_DEVICES": slot["device"], "AUTOGRADER_GPU_SHARE": str(slot["share"])}
