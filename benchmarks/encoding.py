"""Rows of the tasks as an encoder reads them, and batches of them. Everything is a dict of lists; the last key is the label."""

import random
from collections.abc import Callable, Sequence

import torch

NONE = -100
TAGS = ("O", *(f"{b}-{kind}" for kind in ("PER", "LOC", "ORG", "MISC") for b in "BI"))

Row = dict


def texts(tokenizer, task: str, task_rows: Sequence[Row]) -> list[dict]:
    """Rows of a task with one text or two, as inputs with `labels`."""
    one, two = {
        "acceptability": ("text", None), "sentiment": ("text", None), "similarity": ("text_a", "text_b"),
        "paraphrase": ("text_a", "text_b"), "duplicates": ("text_a", "text_b"), "answerability": ("question", "context"),
        "entailment": ("premise", "hypothesis"), "coreference": ("candidate", "text"),
    }[task]  # fmt: skip
    if task == "coreference":  # a row for each reading: does the pronoun mean this one?
        task_rows = [
            {"candidate": marked(row, row[key]), "text": row["text"], "label": int(row["label"] == i)}
            for row in task_rows
            for i, key in enumerate(("candidate_a", "candidate_b"))
        ]
    encoded = tokenizer(
        [r[one] for r in task_rows], [r[two] for r in task_rows] if two else None, truncation=True
    )
    labels = [r["score"] if task == "similarity" else r["label"] for r in task_rows]
    keys = ("input_ids", "token_type_ids")
    return [{key: encoded[key][i] for key in keys} | {"labels": labels[i]} for i in range(len(labels))]


def marked(row: Row, candidate: str) -> str:
    """The sentence with the candidate in the pronoun's place."""
    start, end = row["pronoun"]
    return f"{row['text'][:start]}{candidate}{row['text'][end:]}"


def tagged(tokenizer, task_rows: Sequence[Row]) -> list[dict]:
    """Rows of `entities`: the tag of a word stands at its first piece."""
    encoded = tokenizer([r["tokens"] for r in task_rows], is_split_into_words=True, truncation=True)
    out = []
    for i, row in enumerate(task_rows):
        words, labels, before = encoded.word_ids(i), [], None
        for word in words:
            labels.append(NONE if word is None or word == before else TAGS.index(row["tags"][word]))
            before = word
        out.append(
            {
                "input_ids": encoded["input_ids"][i],
                "token_type_ids": encoded["token_type_ids"][i],
                "labels": labels,
            }
        )
    return out


def asked(tokenizer, task_rows: Sequence[Row]) -> list[dict]:
    """Rows of `questions`: [CLS] question [SEP] context [SEP], and the answer's first and last token, 0 where there is none."""
    encoded = tokenizer(
        [r["question"] for r in task_rows], [r["context"] for r in task_rows], truncation="only_second",
        return_offsets_mapping=True,
    )  # fmt: skip
    out = []
    for i, row in enumerate(task_rows):
        start, end = (*row["answers"]["answer_start"], 0)[0], 0
        if row["answers"]["text"]:
            end = start + len(row["answers"]["text"][0])
        inside = [
            at
            for at, (which, (a, b)) in enumerate(
                zip(encoded.sequence_ids(i), encoded["offset_mapping"][i], strict=True)
            )
            if which == 1 and a < end and b > start
        ]
        out.append(
            {
                "input_ids": encoded["input_ids"][i],
                "token_type_ids": encoded["token_type_ids"][i],
                "start_positions": inside[0] if inside else 0,
                "end_positions": inside[-1] if inside else 0,
            }
        )
    return out


def together(items: Sequence[dict]) -> dict[str, torch.Tensor]:
    """One batch, padded."""
    longest = max(len(item["input_ids"]) for item in items)
    out = {}
    for key in items[0]:
        values = [item[key] for item in items]
        if isinstance(values[0], list):
            fill = NONE if key == "labels" else 0
            values = [value + [fill] * (longest - len(value)) for value in values]
        out[key] = torch.tensor(values)
    return out | {"attention_mask": (out["input_ids"] != 0).long()}


def batches(items: Sequence[dict], seed: int, size: int = 32) -> Callable[[int], dict]:
    """step -> batch: rows of like length together, all of them once before any again."""
    dice, waiting = random.Random(seed), []

    def batch(step: int) -> dict:
        if not waiting:
            order = sorted(dice.sample(items, len(items)), key=lambda item: len(item["input_ids"]) // 4)
            cut = [order[i : i + size] for i in range(0, len(order), size)]
            waiting.extend(dice.sample(cut, len(cut)))
        return together(waiting.pop())

    return batch
