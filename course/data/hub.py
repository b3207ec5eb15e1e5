"""The hub of models and data sets: reached only with COURSE_SCALE=full, noticed quickly when it cannot be.

What was downloaded before is used without asking the network. Otherwise one small request, given a few seconds, tells
whether the hub answers; only then does a download start. The libraries write a download under another name until it is
whole, so nothing half is ever found in the cache (`settings.cache`).
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course import settings
from course.data import DataError

if TYPE_CHECKING:
    import datasets

PATIENCE = 5.0  # seconds to wait for the hub's first answer


def looks_like_a_path(source: str | PathLike) -> bool:
    """A Path, something that exists, or a text that begins like a path or ends like a file; not "squad" or "org/name"."""
    if not isinstance(source, str):
        return True
    begins = (
        source.startswith((".", "~", os.sep)) or (os.altsep or os.sep) in source[:1] or source[1:2] == ":"
    )
    return (
        begins or "\\" in source or source.endswith(".json") or source.count("/") > 1 or Path(source).exists()
    )


def answers(patience: float = PATIENCE) -> bool:
    """Whether the hub answers within `patience` seconds, over the proxies the libraries would use.

    The request runs in a thread of its own, since looking up a host's name cannot be timed out.
    """
    from huggingface_hub import constants
    from huggingface_hub.utils import get_session

    reached = threading.Event()
    finished = threading.Event()

    def ask() -> None:
        try:
            get_session().head(constants.ENDPOINT, timeout=patience)
            reached.set()
        except Exception:  # any failure means the same here: no answer
            pass
        finally:
            finished.set()

    threading.Thread(target=ask, daemon=True).start()
    finished.wait(patience)
    return reached.is_set()


@contextmanager
def quiet() -> Iterator[None]:
    """Errors of the libraries become one sentence of ours; their own lines on the way there are kept back."""
    import logging

    loggers = [logging.getLogger(name) for name in ("transformers", "datasets", "huggingface_hub")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def fetch(what: str, load: Callable[[bool], Any]) -> Any:
    """load(True) from the cache alone; where that fails and the hub answers, load(False), which may download.

    what: what errors call it, "the model 'x/y'". Raises DataError when it is neither cached nor to be had.
    """
    with quiet():
        try:
            return load(True)
        except Exception:  # not in the cache, or not whole there: ask the hub
            pass
        if not answers():
            raise DataError(
                f"The hub does not answer and {what} is not in {settings.cache}; check the network, pass a local path, "
                "or unset COURSE_SCALE to work offline."
            )
        try:
            return load(False)
        except Exception as error:
            raise DataError(
                f"The hub has no {what.removeprefix('the ')} that can be loaded here: {first_line(error)}"
            ) from None


def first_line(error: BaseException) -> str:
    """What an error says first, as the end of a sentence."""
    lines = str(error).strip().splitlines()
    line = lines[0].strip().split(". ")[0].rstrip(".") if lines else type(error).__name__
    return f"{line[:200]}."


def dataset(name: str, split: str) -> "datasets.Dataset":
    """A split of a data set of the hub. Raises DataError."""
    import datasets

    def load(offline: bool) -> "datasets.Dataset":
        config = datasets.DownloadConfig(local_files_only=offline, max_retries=1)
        before = datasets.config.HF_HUB_OFFLINE
        datasets.config.HF_HUB_OFFLINE = offline or before
        try:
            return datasets.load_dataset(
                name, split=split, cache_dir=str(settings.cache / "datasets"), download_config=config
            )
        finally:
            datasets.config.HF_HUB_OFFLINE = before

    return fetch(f"the data set {name!r} (split {split!r})", load)
