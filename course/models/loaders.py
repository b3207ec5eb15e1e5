"""Models and tokenizers: from a local folder, or by name from the hub.

    from course import load_model, load_tokenizer
    model, tokenizer = load_model("bert"), load_tokenizer("bert")                # tiny, shipped with the course
    model = load_model("path/to/folder", head="classification", num_labels=2)    # a folder of save_pretrained

The short names bert, gpt and t5 stand for the models the course is about: tiny ones in `shipped/`, or with COURSE_SCALE=full
those of the hub, where any other name works too. "elmo" is the tiny one always, as parts (`course.models.elmo`): the hub has none.
Whatever a caller can get wrong is a `DataError` (a ValueError) of one sentence.
"""

import functools
import hashlib
import json
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course import settings
from course.data import DataError, hub

if TYPE_CHECKING:
    from torch import nn
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

SHIPPED = Path(__file__).parent / "shipped"
SUMS = "SHA256SUMS"  # of all files in it, as `sha256sum` writes and checks them
SHORT_NAMES = {"bert": "bert-base-uncased", "gpt": "openai-community/gpt2", "t5": "t5-small"}
ELMO = "elmo"  # shipped only

# what a model is asked to do -> the class of transformers that does it
HEADS = {
    "base": "AutoModel",
    "pretraining": "AutoModelForPreTraining",
    "masked-lm": "AutoModelForMaskedLM",
    "causal-lm": "AutoModelForCausalLM",
    "seq2seq-lm": "AutoModelForSeq2SeqLM",
    "next-sentence": "AutoModelForNextSentencePrediction",
    "classification": "AutoModelForSequenceClassification",
    "token-classification": "AutoModelForTokenClassification",
    "question-answering": "AutoModelForQuestionAnswering",
}


def load_model(
    source: str | PathLike, head: str = "base", **options: Any
) -> "PreTrainedModel | nn.ModuleDict":
    """A pretrained model of transformers, in evaluation mode, on the CPU.

    source: "bert", "gpt" or "t5"; a folder made by `save_pretrained`; with COURSE_SCALE=full also any name of the hub.
        "elmo" gives its parts, a ModuleDict without heads and options.
    head: what it is for, one of HEADS; a head that the checkpoint does not hold starts at random.
    options: for `from_pretrained`, such as num_labels=3. Weights come in float32, however they are stored, unless `dtype` says otherwise.
    Raises DataError for an unknown name or head, a folder without a model, damaged weights, or a hub out of reach.
    """
    if head not in HEADS:
        raise DataError(f"There is no head {head!r}; there are {', '.join(HEADS)}.")
    if source == ELMO:
        if head != "base" or options:
            raise DataError("ELMo comes as parts, without heads and options: load_model('elmo').")
        return _elmo(_shipped(ELMO, "model"))
    import transformers

    return _load(source, "model", getattr(transformers, HEADS[head]), {"dtype": "float32"} | options)


def load_tokenizer(source: str | PathLike, **options: Any) -> "PreTrainedTokenizerBase":
    """The tokenizer that goes with a model; `source` and errors as for `load_model`."""
    import transformers

    return _load(source, "tokenizer", transformers.AutoTokenizer, options)


def _load(source: str | PathLike, what: str, cls: Any, options: dict[str, Any]) -> Any:
    if hub.looks_like_a_path(source):
        return _from_folder(Path(source).expanduser(), what, cls, options)
    name = str(source)
    if name == ELMO:
        return _from_folder(_shipped(ELMO, what), what, cls, options)
    if settings.scale == "tiny":
        if name in SHORT_NAMES:
            return _from_folder(_shipped(name, what), what, cls, options)
        raise DataError(
            f"There is no {what} {name!r}: it is no folder here, and the short names are {', '.join((*SHORT_NAMES, ELMO))}; "
            "any name of the hub works with COURSE_SCALE=full."
        )
    full = SHORT_NAMES.get(name, name)

    def load(offline: bool) -> Any:
        cache = str(settings.cache / "models")
        return cls.from_pretrained(full, cache_dir=cache, local_files_only=offline, **options)

    return hub.fetch(f"the {what} {full!r}", load)


def _shipped(name: str, what: str) -> Path:
    """The folder of a tiny checkpoint, once it has been seen to be whole. Raises DataError."""
    wanted = {file: digest for file, digest in _sums().items() if file.startswith(f"{name}/")}
    if not any(file.endswith((".safetensors", "tokenizer.json")[what == "tokenizer"]) for file in wanted):
        hub_too = (
            f", or set COURSE_SCALE=full to load {SHORT_NAMES[name]} from the hub" if name != ELMO else ""
        )
        raise DataError(
            f"This version of the course ships no tiny {what} for {name!r}: pass the path of a folder made by "
            f"save_pretrained{hub_too}."
        )
    for file, digest in wanted.items():
        if not _is_whole(SHIPPED / file, digest):
            raise DataError(
                f"{SHIPPED / file} is not the file that the course ships: it is missing, damaged or was changed; "
                "install the course again, or in a clone run `git checkout course/models/shipped`."
            )
    return SHIPPED / name


def _elmo(folder: Path) -> "nn.ModuleDict":
    from course.models import elmo

    return elmo.load(folder)


def _sums() -> dict[str, str]:
    """File below `shipped/` -> its SHA-256."""
    if not (SHIPPED / SUMS).is_file():
        return {}
    lines = (SHIPPED / SUMS).read_text(encoding="utf-8").splitlines()
    pairs = (line.split(maxsplit=1) for line in lines if line.strip())
    return {file.lstrip("*"): digest for digest, file in pairs}


@functools.cache
def _is_whole(path: Path, digest: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest


def _from_folder(folder: Path, what: str, cls: Any, options: dict[str, Any]) -> Any:
    if not folder.is_dir():
        problem = (
            f"is a file; a {what} is a folder made by save_pretrained" if folder.exists() else "is not there"
        )
        raise DataError(f"{folder} {problem}.")
    wanted = (
        ("config.json",)
        if what == "model"
        else ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "spiece.model")
    )
    try:
        present = {entry.name for entry in folder.iterdir()}
    except OSError as error:
        raise DataError(f"{folder} cannot be read: {error.strerror}.") from None
    if not present & set(wanted):
        raise DataError(f"{folder} holds no {what}: there is no {' or '.join(wanted)} in it.")
    if what == "model":
        _check_model_files(folder, present)
    elif not present & {"tokenizer.json", "tokenizer_config.json"} and "spiece.model" in present:
        import transformers

        cls = transformers.T5Tokenizer  # a bare SentencePiece model says not whose it is
    from transformers.utils import logging

    bars = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # a local load is quick, and its bar is only noise in a notebook
    try:
        with hub.quiet():
            return cls.from_pretrained(str(folder), local_files_only=True, **options)
    except Exception as error:
        raise DataError(f"The {what} in {folder} cannot be loaded: {hub.first_line(error)}") from None
    finally:
        if bars:
            logging.enable_progress_bar()


def _check_model_files(folder: Path, present: set[str]) -> None:
    """A readable config and whole weights. Raises DataError that names the file."""
    try:
        json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise DataError(f"{folder / 'config.json'} is damaged: it is not readable JSON.") from None
    weights = sorted(name for name in present if name.endswith(".safetensors"))
    if not weights and "pytorch_model.bin" not in present:
        raise DataError(f"{folder} holds no weights: there is no model.safetensors in it.")
    from safetensors import SafetensorError, safe_open

    for name in weights:
        try:
            with safe_open(folder / name, framework="pt") as opened:
                opened.keys()
        except (SafetensorError, OSError) as error:
            raise DataError(
                f"{folder / name} is damaged or only half there: {hub.first_line(error)}"
            ) from None
