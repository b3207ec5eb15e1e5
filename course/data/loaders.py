"""Data sets by name: tasks made from the micro-world, and SQuAD from a local file or the hub.

    from course import load_task, load_squad
    load_task("sentiment", n=200)                      # a datasets.Dataset, offline, the same in every scale
    load_squad("articles")                             # the course's own articles, in SQuAD's form
    load_squad("path/to/dev-v2.0.json")                # the official JSON, v1.1 or v2, packed with gzip or not
    load_squad("squad", split="validation")            # from the hub, with COURSE_SCALE=full

Whatever a caller can get wrong is a `DataError` (a ValueError) of one sentence.
"""

import gzip
import json
import zlib
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course import settings
from course.data import DataError, hub
from course.data.tasks import SPLITS, TASKS, rows

if TYPE_CHECKING:
    import datasets

AUTHORED = Path(__file__).parent / "authored"
GZIP = b"\x1f\x8b"  # the first two bytes of such a file (RFC 1952)


def load_task(name: str, n: int | None = None, split: str = "train", seed: int = 0) -> "datasets.Dataset":
    """A task made from `microworld(seed)`, one of `course.data.tasks.TASKS`; `course/data/README.md` shows ten examples of each.

    n: how many examples; all of the split when None. The first n of a larger n are the same examples.
    split: "train", "validation" or "test"; no held-out person (or word, in sentiment) of one is in another.
    Every row has a `reason`: why its label is true. The other columns are in the docstring of the task's module.
    Raises DataError for an unknown name or split, or an n that the split cannot give.
    """
    import datasets

    if name not in TASKS:
        raise DataError(f"There is no task {name!r}; there are {', '.join(TASKS)}.")
    if split not in SPLITS:
        raise DataError(f"The task {name!r} has no split {split!r}; it has {', '.join(SPLITS)}.")
    if n is not None and (isinstance(n, bool) or not isinstance(n, int) or n < 1):
        raise DataError(f"n is the number of examples, a whole number from 1 up, not {n!r}.")
    found = rows(name, split, seed)
    if n is not None and n > len(found):
        raise DataError(
            f"The task {name!r} has {len(found):,} examples in its split {split!r}; you asked for {n:,}."
        )
    return datasets.Dataset.from_list(found[:n], split=split)


def load_squad(source: str | PathLike, split: str | None = None) -> "datasets.Dataset":
    """Questions in SQuAD's columns: id, title, context, question, answers {text, answer_start}; for v2 also is_impossible.

    source: "articles", the articles written for this course; the path of an official JSON file (v1.1 or v2, also
    packed with gzip); or, with COURSE_SCALE=full, a data set of the hub ("squad", "squad_v2", or any with these columns).
    split: for the hub "train" or "validation" (the default). A file is one split; then this only names it, as for the articles.
    Raises DataError when the file cannot be read, is not SQuAD (and where in it), or the hub cannot be reached.
    """
    if source == "articles":
        rows = [row for path in sorted(AUTHORED.glob("*.json")) for row in _squad_rows(path)]
        return _squad_dataset(rows, split)
    path = Path(source).expanduser()
    if path.is_file() or settings.scale == "tiny" or hub.looks_like_a_path(source):
        return _squad_file(path, split)
    return _squad_hub(str(source), split or "validation")


def _squad_file(path: Path, split: str | None) -> "datasets.Dataset":
    rows = _squad_rows(path)
    if not rows:
        raise DataError(f"{path} holds no question.")
    return _squad_dataset(rows, split)


def _squad_rows(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        hint = "; a name of the hub works with COURSE_SCALE=full" if settings.scale == "tiny" else ""
        what = "is a folder, not a SQuAD JSON file" if path.is_dir() else "is not there"
        raise DataError(f"{path} {what}{hint}.")
    try:
        raw = path.read_bytes()
        raw = gzip.decompress(raw) if raw[:2] == GZIP else raw
        content = json.loads(raw.decode("utf-8"))
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise DataError(f"{path} is packed with gzip, and what is packed is damaged or cut short.") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not SQuAD: it is not UTF-8 text (byte {error.start}).") from None
    except json.JSONDecodeError as error:
        raise DataError(
            f"{path} is not SQuAD: line {error.lineno}, column {error.colno} is not JSON."
        ) from None
    except RecursionError:
        raise DataError(f"{path} is not SQuAD: its JSON is nested too deeply.") from None
    return squad_rows(content, str(path))


def _squad_dataset(rows: list[dict[str, Any]], split: str | None) -> "datasets.Dataset":
    import datasets

    text, whole = datasets.Value("string"), datasets.Value("int32")
    columns: dict[str, Any] = dict.fromkeys(("id", "title", "context", "question"), text)
    columns["answers"] = {"text": datasets.List(text), "answer_start": datasets.List(whole)}
    if "is_impossible" in rows[0]:
        columns["is_impossible"] = datasets.Value("bool")
    return datasets.Dataset.from_list(rows, features=datasets.Features(columns), split=split)


def squad_rows(content: Any, name: str = "the data") -> list[dict[str, Any]]:
    """The questions of a parsed SQuAD file, flat, in the hub's columns. `name` is what errors call the file.

    It is v2 when any question has `is_impossible`; then every row has it. Raises DataError naming the place, such as
    data[0].paragraphs[2].qas[1], where something is missing, has the wrong type, or an answer is not in its passage.
    """

    def get(parent: Any, key: str, kind: type, place: str) -> Any:
        value = parent.get(key) if isinstance(parent, dict) else None
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            words = {str: "a text", list: "a list", int: "a whole number", bool: "true or false"}
            where = f" at {place}" if place else ""
            raise DataError(f"{name} is not SQuAD: '{key}'{where} should be {words[kind]}.")
        return value

    rows = []
    for i, article in enumerate(get(content, "data", list, "")):
        at = f"data[{i}]"
        title = get(article, "title", str, at)
        for j, paragraph in enumerate(get(article, "paragraphs", list, at)):
            where = f"{at}.paragraphs[{j}]"
            context = get(paragraph, "context", str, where)
            for k, qa in enumerate(get(paragraph, "qas", list, where)):
                place = f"{where}.qas[{k}]"
                row = {"id": get(qa, "id", str, place), "title": title, "context": context}
                row["question"] = get(qa, "question", str, place)
                answers = get(qa, "answers", list, place)
                texts = [
                    get(answer, "text", str, f"{place}.answers[{m}]") for m, answer in enumerate(answers)
                ]
                starts = [
                    get(answer, "answer_start", int, f"{place}.answers[{m}]")
                    for m, answer in enumerate(answers)
                ]
                for m, (text, start) in enumerate(zip(texts, starts, strict=True)):
                    if start < 0 or context[start : start + len(text)] != text:
                        raise DataError(
                            f"{name} is not valid SQuAD: the answer at {place}.answers[{m}] is not in its passage at character {start}."
                        )
                row["answers"] = {"text": texts, "answer_start": starts}
                if "is_impossible" in qa:
                    row["is_impossible"] = get(qa, "is_impossible", bool, place)
                rows.append(row)
    if any("is_impossible" in row for row in rows):
        for row in rows:
            row.setdefault("is_impossible", not row["answers"]["text"])
    return rows


def _squad_hub(name: str, split: str) -> "datasets.Dataset":
    data = hub.dataset(name, split)
    missing = {"id", "context", "question", "answers"} - set(data.column_names)
    if missing:
        raise DataError(
            f"The data set {name!r} of the hub is not in SQuAD's form: it has no column {', '.join(sorted(missing))}."
        )
    unanswered = [not answers["text"] for answers in data["answers"]]
    if any(unanswered) and "is_impossible" not in data.column_names:
        data = data.add_column("is_impossible", unanswered)
    return data
