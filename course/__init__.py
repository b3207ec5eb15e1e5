"""How Language Models Came to Read: what the lessons and labs import.

    from course import microworld, load_task, load_squad, load_model, load_tokenizer, device, settings

The names are looked up when first used (PEP 562), so `import course` costs a few milliseconds: torch, transformers
and datasets are loaded by the call that needs them.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

import_module("course.settings").prepare_threads()  # before torch is imported, which reads them then

# public name -> the module that holds it; `settings` is itself a module
_HOME = {
    "microworld": "course.data.microworld",
    "load_task": "course.data.loaders",
    "load_squad": "course.data.loaders",
    "load_model": "course.models.loaders",
    "load_tokenizer": "course.models.loaders",
    "device": "course.settings",
}

__all__ = ["device", "load_model", "load_squad", "load_task", "load_tokenizer", "microworld", "settings"]


def __getattr__(name: str) -> Any:
    if name == "settings":
        return import_module("course.settings")
    if name in _HOME:
        value = getattr(import_module(_HOME[name]), name)
        globals()[name] = value  # the next look-up finds it at once
        return value
    raise AttributeError(f"module 'course' has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
