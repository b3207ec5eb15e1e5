"""Tasks as strings and back, and the rows that T5 is pretrained on."""

import itertools
import math

import numpy as np
import pytest
import torch

from autograder.recipes import examples, t5, t5_rows
from autograder.recipes.text import everything
from autograder.recipes.text_to_text import TEXT_TO_TEXT, from_text, listed_names, to_text
from autograder.recipes.tokenizers import unigram
from course.data.dice import Dice
from course.data.tasks import TASKS, rows

pytestmark = pytest.mark.slow  # a vocabulary is learned, and texts by the ten thousand


@pytest.fixture(scope="module")
def tokenizer():
    return unigram(everything(0))


def answer(task, row):
    """What is right, as the task has it."""
    if task in ("questions",):
        return (row["answers"]["text"] or ["unanswerable"])[0]
    column = {
        "similarity": "score",
        "summaries": "summary",
        "closed_book": "answer",
        "translation": "esperanto",
    }
    return row[column.get(task, "label")]


# --- strings -------------------------------------------------------------------------------------------------------------------
def test_every_task_is_text_to_text():
    assert sorted(TEXT_TO_TEXT) == sorted(TASKS)
    starts = {to_text(task, rows(task, "test", 0)[0])[0].split(":")[0] for task in TASKS}
    assert len(starts) == len(TASKS) - 1  # both kinds of questions begin with "question:"


@pytest.mark.parametrize("task", TEXT_TO_TEXT)
def test_there_and_back(task):
    for row in rows(task, "test", 0)[:300]:
        source, target = to_text(task, row)
        assert source and target and "\n" not in source + target
        got = from_text(task, f" {target} ")
        if task == "coreference":
            assert got == row[("candidate_a", "candidate_b")[row["label"]]]
            before, marked, after = source.removeprefix("wsc: ").split("*")
            assert before + marked + after == row["text"] and before.endswith(" ")
        elif task == "entities":
            assert listed_names(row["tokens"], row["tags"]) == target
            assert len(got) == sum(tag[0] == "B" for tag in row["tags"])
            assert all(name in " ".join(row["tokens"]) for _, name in got)
        elif task == "similarity":
            assert got == pytest.approx(row["score"], abs=0.1001)
        else:
            assert got == answer(task, row)


@pytest.mark.parametrize("said", ["", "good", "positive negative", "12 monkeys", "; :", "<extra_id_0>"])
def test_nonsense_is_no_answer(said):
    for task in (
        "acceptability",
        "sentiment",
        "paraphrase",
        "duplicates",
        "answerability",
        "entailment",
        "similarity",
    ):
        assert from_text(task, said) is None
    assert from_text("entities", said) == []
    assert from_text("summaries", said) == said


def test_scores_stay_within_bounds():
    assert [from_text("similarity", said) for said in ("7", "-3", "2.6")] == [5.0, 0.0, 2.6]


def test_names_of_several_words_and_none():
    assert (
        listed_names(["Ida", "Novak", "saw", "Bo"], ["B-PER", "I-PER", "O", "B-PER"])
        == "person: Ida Novak; person: Bo"
    )
    assert listed_names(["It", "rains"], ["O", "O"]) == "none"
    assert from_text("entities", "person: Ida Novak; place: Alderton; thing: hat") == [
        ("PER", "Ida Novak"),
        ("LOC", "Alderton"),
    ]


# --- rows ----------------------------------------------------------------------------------------------------------------------
def restored(tokenizer, row):
    """The ids of the whole text, each sentinel filled with what the decoder writes for it."""
    read, written = row
    first = len(tokenizer) - 1
    assert read[-1] == written[-1] == tokenizer.eos_token_id
    spans, at = {}, None
    for i in written[:-1]:
        if i > first - 32:
            at = spans.setdefault(i, [])
        else:
            at.append(i)
    assert list(spans) == [first - n for n in range(len(spans))], "sentinels fall, in order"
    out = []
    for i in read[:-1]:
        out += spans.pop(i) if i > first - 32 else [i]
    assert not spans
    return out


def test_hidden_values_can_be_put_back(tokenizer):
    made, dice = t5_rows.Rows(tokenizer, 0), Dice(0, "test")
    passages = [lead.passage for lead in itertools.islice(examples.Leads(0, 3), 60)]
    texts = [t5_rows.retold(dice, passage, 2) for passage in passages]
    texts += [t5_rows.telegram(dice, lead.passage) for lead in itertools.islice(examples.Leads(0, 2), 60)]
    texts += [examples.opinion(dice) for _ in range(60)] + [examples.role(dice) for _ in range(60)]
    facts = t5_rows.Facts(0)
    texts += [facts() for _ in range(60)]
    for (text, places), row in zip(texts, made.hidden(texts), strict=True):
        assert restored(tokenizer, row) == tokenizer(text, add_special_tokens=False).input_ids
        spans = tokenizer.decode(row[1])
        assert all(text[start : start + length] in spans for start, length in places), (text, spans)


def test_spans_are_those_of_the_paper(tokenizer):
    made = t5_rows.Rows(tokenizer, 0)
    texts = [passage.passage.text for passage in itertools.islice(examples.Leads(0, 3), 200)]
    for text, row in zip(texts, made.corrupted(texts), strict=True):
        ids = tokenizer(text, add_special_tokens=False).input_ids
        assert restored(tokenizer, row) == ids
        noise = min(max(round(0.15 * len(ids)), 1), len(ids) - 1)
        spans = sum(i > len(tokenizer) - 33 for i in row[0])
        assert spans == max(1, round(noise / 3)) and len(row[1]) == noise + spans + 1
        assert row[0][0] == ids[0], "starts kept"


def test_what_is_wrong_is_told(tokenizer):
    wrong = t5_rows.Wrong(0, list(itertools.islice(everything(0), 5_000)))
    found = 0
    for text in itertools.islice(everything(0), 200):
        bad, right = wrong(text)
        assert (bad == text) == (right == "")
        found += bool(right) and right.split()[0] in text
    assert found > 60
    sentinel = len(tokenizer) - 1
    ((read, written),) = t5_rows.Rows(tokenizer, 0).mended([("An cat sat.", "A")])
    assert read[-2:] == [sentinel, 1] and written[0] == sentinel and tokenizer.decode(written[1:-1]) == "A"


def test_a_lead_may_tell_what_is_not_so():
    dice, said = Dice(0, "test"), []
    for lead in itertools.islice(examples.Leads(0, 3), 300):
        text, right = t5_rows.wrong_lead(dice, lead.passage)
        assert lead.passage.text in text
        assert right in {"", *(t.value for t in lead.passage.told), *(t.person for t in lead.passage.told)}
        said.append(right)
    assert 0.4 < sum(bool(right) for right in said) / len(said) < 0.6


def test_nobody_is_asked_about_whom_the_closed_book_asks_later():
    facts, later = (
        t5_rows.Facts(0),
        {row["person"] for s in ("validation", "test") for row in rows("closed_book", s, 0)},
    )
    asked = [text for text, _ in (facts() for _ in range(4000)) if "?" in text]
    assert len(asked) > 800 and not any(
        name in text.split("?")[0].split() for text in asked for name in later
    )


def test_all_rows_of_a_task_come_before_any_comes_again(tokenizer, monkeypatch):
    monkeypatch.setattr(t5_rows, "MIXTURE", {"sentiment": 3, "coreference": 1})
    monkeypatch.setitem(t5_rows.MORE, "sentiment", 1.5)
    tasks = t5_rows.Tasks(tokenizer, 0)
    all_rows = rows("sentiment", "train", 0, 6_000)
    sources = tokenizer([to_text("sentiment", row)[0] for row in all_rows]).input_ids
    made = [read for read, _ in tasks(2_000) + tasks(2_000) + tasks(len(all_rows) * 4 // 3 - 4_000)]
    seen = [read for read in made if read[:3] == sources[0][:3]]
    assert sorted(seen) == sorted(sources)


def test_batches_of_every_stage(tokenizer):
    batches = t5_rows.Batches(tokenizer, 0, 100)
    prefixes = tuple(
        tokenizer(text, add_special_tokens=False).input_ids[0] for text in ("mnli", "cola", "wsc")
    )
    begun = []
    for step in (0, 10, 20, 80):
        batches.waiting = []
        batch = batches(step)
        pool = [batch, *batches.waiting]
        assert all(one["input_ids"].numel() <= t5_rows.TOKENS for one in pool)
        assert all((one["labels"] != t5_rows.NONE).any(1).all() for one in pool)
        begun.append(
            sum(int(torch.isin(one["input_ids"][:, 0], torch.tensor(prefixes)).sum()) for one in pool)
        )
    assert begun[:3] == [0, 0, 0] and begun[3] > 100, begun


def test_right_is_what_greedy_decoding_writes(tokenizer):
    model = t5.fresh(len(tokenizer), 0).eval()
    read = [[5, 6, 1], [7, 1], [9, 10, 11, 1]]
    written = []
    for ids in read:
        out = model.generate(torch.tensor([ids]), max_new_tokens=3, do_sample=False, num_beams=1)[0].tolist()
        written.append([i for i in out[1:] if i != 0] or [1])
    wrong = [[*ids[:-1], (ids[-1] + 1) % len(tokenizer)] for ids in written]
    assert t5.right(model, list(zip(read, written, strict=True))) == [True] * 3
    assert t5.right(model, list(zip(read, wrong, strict=True))) == [False] * 3


def test_parts_add_up():
    parts = t5_rows.Rows.__new__(t5_rows.Rows)
    parts.random = np.random.default_rng(0)
    for n, k in ((10, 3), (5, 5), (7, 1)):
        made = [tuple(t5_rows.Rows._parts(parts, n, k)) for _ in range(1000)]
        assert all(sum(p) == n and len(p) == k and min(p) >= 1 for p in made)
        assert len(set(made)) == math.comb(n - 1, k - 1)
