"""Rows of the tasks as pairs of strings, as T5 is asked, and back.

    source, target = to_text("sentiment", row)      # "sst2 sentence: The soup was superb.", "positive"
    from_text("sentiment", "positive")              # 1; None for what is no answer

Prefixes and answers are those of T5's paper (Raffel et al. 2020, appendix D) where it has the task: a similarity is written in
steps of 0.2, the pronoun of a coreference stands between asterisks and its answer is the noun. Names are listed with what they are.
"""

from collections.abc import Callable
from typing import Any

from course.data.tasks import Row

CLASSES = {"PER": "person", "LOC": "place", "ORG": "organisation", "MISC": "other"}
_LABELS = {
    "acceptability": ("unacceptable", "acceptable"),
    "sentiment": ("negative", "positive"),
    "paraphrase": ("not_equivalent", "equivalent"),
    "duplicates": ("not_duplicate", "duplicate"),
    "answerability": ("not_entailment", "entailment"),
    "entailment": ("entailment", "neutral", "contradiction"),
}
_SOURCES: dict[str, Callable[[Row], str]] = {
    "acceptability": lambda row: f"cola sentence: {row['text']}",
    "sentiment": lambda row: f"sst2 sentence: {row['text']}",
    "paraphrase": lambda row: f"mrpc sentence1: {row['text_a']} sentence2: {row['text_b']}",
    "duplicates": lambda row: f"qqp question1: {row['text_a']} question2: {row['text_b']}",
    "similarity": lambda row: f"stsb sentence1: {row['text_a']} sentence2: {row['text_b']}",
    "answerability": lambda row: f"qnli question: {row['question']} sentence: {row['context']}",
    "entailment": lambda row: f"mnli premise: {row['premise']} hypothesis: {row['hypothesis']}",
    "entities": lambda row: f"ner: {row['text']}",
    "coreference": lambda row: f"wsc: {_starred(row['text'], *row['pronoun'])}",
    "summaries": lambda row: f"summarize: {row['text']}",
    "questions": lambda row: f"question: {row['question']} context: {row['context']}",
    "closed_book": lambda row: f"question: {row['question']}",
    "translation": lambda row: f"translate English to Esperanto: {row['english']}",
}
_TARGETS: dict[str, Callable[[Row], str]] = {
    "similarity": lambda row: f"{round(row['score'] * 5) / 5:.1f}",
    "entities": lambda row: listed_names(row["tokens"], row["tags"]),
    "coreference": lambda row: row[("candidate_a", "candidate_b")[row["label"]]],
    "summaries": lambda row: row["summary"],
    "questions": lambda row: (row["answers"]["text"] or ["unanswerable"])[0],
    "closed_book": lambda row: row["answer"],
    "translation": lambda row: row["esperanto"],
}
TEXT_TO_TEXT = tuple(_SOURCES)


def to_text(task: str, row: Row) -> tuple[str, str]:
    """(what the model reads, what it should write) for a row of one of `TEXT_TO_TEXT`."""
    target = _LABELS[task][row["label"]] if task in _LABELS else _TARGETS[task](row)
    return _SOURCES[task](row), target


def from_text(task: str, said: str) -> Any:
    """What was said, as the task has it: a label, a score, a list of (class, name), or the text. None where it is no answer."""
    said = said.strip()
    if task in _LABELS:
        return _LABELS[task].index(said) if said in _LABELS[task] else None
    if task == "similarity":
        try:
            return min(max(float(said), 0.0), 5.0)
        except ValueError:
            return None
    if task == "entities":
        pairs = (part.split(": ", 1) for part in said.split("; "))
        known = {word: name for name, word in CLASSES.items()}
        return [(known[pair[0]], pair[1]) for pair in pairs if len(pair) == 2 and pair[0] in known]
    return said


def listed_names(tokens: list[str], tags: list[str]) -> str:
    """ "person: Ida Novak; place: Alderton", in the order of the sentence; "none" where there is no name."""
    names: list[list[str]] = []
    for token, tag in zip(tokens, tags, strict=True):
        if tag[0] == "B":
            names.append([f"{CLASSES[tag[2:]]}:", token])
        elif tag[0] == "I":
            names[-1].append(token)
    return "; ".join(" ".join(name) for name in names) or "none"


def _starred(text: str, start: int, end: int) -> str:
    return f"{text[:start]}*{text[start:end]}*{text[end:]}"
