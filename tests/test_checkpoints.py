"""The checkpoints that the course ships: whole, small, loadable in one line, and as good as their cards say."""

import json
import subprocess
import sys

import pytest
import torch

from autograder.recipes import bert, elmo, gpt, t5, trial
from course import load_model, load_tokenizer
from course.models.loaders import SHIPPED, SUMS

NAMES = sorted(folder.name for folder in SHIPPED.iterdir() if folder.is_dir())


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    monkeypatch.setenv("COURSE_SCALE", "tiny")


def told(name):
    return json.loads((SHIPPED / name / "figures.json").read_text())


def kept(name):
    return told(name)["kept"]


def figures(name):
    return told(name)["seeds"][str(kept(name))]


def test_the_sums_are_those_of_all_files():
    assert subprocess.run(["sha256sum", "-c", "--quiet", SUMS], cwd=SHIPPED).returncode == 0
    named = {line.split()[1] for line in (SHIPPED / SUMS).read_text().splitlines()}
    assert named == {f"{name}/{path.name}" for name in NAMES for path in (SHIPPED / name).iterdir()}


def test_they_are_small():
    assert sum(path.stat().st_size for path in SHIPPED.rglob("*") if path.is_file()) < 20e6


@pytest.mark.parametrize("name", NAMES)
def test_model_and_tokenizer_belong_together(name):
    model, tokenizer = load_model(name), load_tokenizer(name)
    assert {p.dtype for p in model.parameters()} == {torch.float32}
    table = model["embedding"] if name == "elmo" else model.get_input_embeddings()
    assert table.num_embeddings == len(tokenizer)


@pytest.mark.parametrize("name", NAMES)
def test_loading_says_nothing(name):
    code = f"from course import load_model, load_tokenizer; load_model({name!r}); load_tokenizer({name!r})"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")


def test_elmo_reads_as_its_card_says():
    got = elmo.measured(load_model("elmo"), load_tokenizer("elmo"), elmo.training_texts(kept("elmo")))
    for key, value in got.items():
        assert value == pytest.approx(figures("elmo")[key], rel=0.01)


def test_gpt_reads_as_its_card_says():
    got = gpt.measured(
        load_model("gpt", head="causal-lm"), load_tokenizer("gpt"), gpt.training_texts(kept("gpt"))
    )
    for key, value in got.items():
        assert value == pytest.approx(figures("gpt")[key], rel=0.01)


def test_bert_reads_as_its_card_says():
    got = bert.Examination(load_tokenizer("bert"))(load_model("bert", head="pretraining").eval())
    for key, value in got.items():
        assert value == pytest.approx(figures("bert")[key], abs=0.01)


@pytest.mark.slow
def test_the_trial_by_which_a_bert_is_kept_tells_it_from_one_that_was_not_trained():
    model, tokenizer = load_model("bert", head="pretraining"), load_tokenizer("bert")
    before = {name: value.clone() for name, value in model.state_dict().items()}
    assert trial.reviews(model, tokenizer, seeds=1) > 0.75, figures("bert")["reviews"]
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert trial.reviews(bert.fresh(len(tokenizer), 0), tokenizer, seeds=1) < 0.6


def test_t5_reads_and_does_the_tasks_as_its_card_says():
    got = t5.Examination(load_tokenizer("t5"))(load_model("t5", head="seq2seq-lm").eval())
    for key, value in got.items():
        assert value == pytest.approx(figures("t5")[key], abs=0.01)
