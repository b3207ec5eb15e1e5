"""The three examples of QuAC, CoQA and HotpotQA have the form of the real files, and their answers stand where they say."""

import json
from pathlib import Path

import pytest

from course import load_squad
from course.data import DataError

FOLDER = Path(__file__).resolve().parents[1] / "course" / "data" / "relatives"


def content(name):
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def test_quac():
    (article,) = content("quac")["data"]
    assert article.keys() == {"title", "section_title", "background", "paragraphs"}
    (paragraph,) = article["paragraphs"]
    assert paragraph["context"].endswith(" CANNOTANSWER")
    for i, qa in enumerate(paragraph["qas"]):
        assert qa.keys() == {"id", "question", "answers", "orig_answer", "yesno", "followup"}
        assert qa["id"] == f"{paragraph['id']}_q#{i}" and qa["yesno"] in "ynx" and qa["followup"] in "ymn"
        assert qa["orig_answer"] in qa["answers"]
        for answer in qa["answers"]:
            assert paragraph["context"][answer["answer_start"] :].startswith(answer["text"])
    assert {"y", "n", "x"} == {qa["yesno"] for qa in paragraph["qas"]}
    assert paragraph["qas"][-1]["orig_answer"]["text"] == "CANNOTANSWER"


def test_coqa():
    whole = content("coqa")
    (dialogue,) = whole["data"]
    assert whole["version"] == "1.0"
    assert dialogue.keys() == {"source", "id", "filename", "story", "questions", "answers", "name"}
    for i, (question, answer) in enumerate(
        zip(dialogue["questions"], dialogue["answers"], strict=True), start=1
    ):
        assert question.keys() == {"input_text", "turn_id"} and question["turn_id"] == answer["turn_id"] == i
        assert answer.keys() == {"span_start", "span_end", "span_text", "input_text", "turn_id"}
        if answer["input_text"] == "unknown":
            assert (answer["span_start"], answer["span_end"], answer["span_text"]) == (-1, -1, "unknown")
        else:
            assert dialogue["story"][answer["span_start"] : answer["span_end"]] == answer["span_text"]
    # what no span can say
    assert sum(answer["input_text"] not in dialogue["story"] for answer in dialogue["answers"]) >= 3


def test_hotpotqa():
    (row,) = content("hotpotqa")
    assert row.keys() == {"_id", "question", "answer", "type", "level", "supporting_facts", "context"}
    paragraphs = dict(row["context"])
    assert len(paragraphs) == len(row["context"]) == 10 and row["type"] in ("bridge", "comparison")
    facts = [paragraphs[title][sentence] for title, sentence in row["supporting_facts"]]
    assert len({title for title, _ in row["supporting_facts"]}) == 2 and row["answer"] in facts[1]
    assert row["answer"] not in " ".join(" ".join(s) for t, s in row["context"] if t != row["supporting_facts"][1][0])  # fmt: skip


def test_what_the_loader_makes_of_them():
    """As the lesson says: QuAC goes through, the others do not."""
    assert len(load_squad(FOLDER / "quac.json")) == 7
    for name, says in (("coqa", "'title' at data[0]"), ("hotpotqa", "'data' should be a list")):
        with pytest.raises(DataError, match=r"is not SQuAD") as raised:
            load_squad(FOLDER / f"{name}.json")
        assert says in str(raised.value)
