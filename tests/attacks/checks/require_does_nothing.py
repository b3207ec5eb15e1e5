"""Replaces `require` and its kin, in every module that has them, by functions that find nothing wrong."""

from tests.attacks import Attack

attack = Attack(
    cell="""
import sys
for module in list(sys.modules.values()):
    for name in ("require", "require_close", "require_shape", "require_dtype"):
        if getattr(module, "__name__", "").startswith("course.checks") and hasattr(module, name):
            setattr(module, name, lambda *a, **k: None)
""",
    answer="""
import torch
def $NAME(*args, **kwargs):
    return torch.ones(2, 2)
""",
)
