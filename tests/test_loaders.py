"""Loaders: tasks of the world, SQuAD files, models in folders, and one sentence for every failure."""

import gzip
import hashlib
import json
import shutil
import socket
import time
from pathlib import Path

import pytest

from course import load_model, load_squad, load_task, load_tokenizer, microworld
from course.data import DataError, hub
from course.data.tasks import TASKS

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
SAMPLE = SHARED / "squad-v2-sample.json"
needs_sample = pytest.mark.skipif(
    not SAMPLE.is_file(), reason="the real SQuAD sample is not at ../shared/data here"
)


@pytest.fixture(autouse=True)
def tiny(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_SCALE", "tiny")
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))


def sentence_of(call, *arguments, **options) -> str:
    """The DataError's text, which must be one line that ends a sentence."""
    with pytest.raises(DataError) as caught:
        call(*arguments, **options)
    text = str(caught.value)
    assert "\n" not in text and text.endswith(".") and len(text) < 400
    return text


# --- tasks -----------------------------------------------------------------------------------------------------------
def test_n_takes_the_first_and_a_seed_repeats():
    assert load_task("sentiment", n=20)[:5] == load_task("sentiment", n=5)[:]
    assert load_task("sentiment", n=20, seed=1)[:] != load_task("sentiment", n=20)[:]


def test_closed_book_answers_are_the_worlds_and_people_are_held_out():
    world = microworld(0)
    people = {}
    for split in ("train", "validation", "test"):
        data = load_task("closed_book", split=split)
        people[split] = set(data["person"])
        for row in data:
            person = world.person(row["person"])
            assert row["answer"] == getattr(person, row["relation"])
            assert person.name in row["question"] and row["question"].endswith("?")
            assert row["answer"] in row["reason"]
    assert not people["train"] & people["test"] and len(people["train"]) == 72 and len(people["test"]) == 12


def test_wrong_tasks():
    assert ", ".join(TASKS) in sentence_of(load_task, "sentimnt")
    assert "train, validation, test" in sentence_of(load_task, "sentiment", split="dev")
    assert "4,000" in sentence_of(load_task, "sentiment", n=10**6)
    assert "from 1 up" in sentence_of(load_task, "sentiment", n=0)


# --- SQuAD -----------------------------------------------------------------------------------------------------------
def squad(**changes) -> dict:
    qa = {"id": "q1", "question": "Who?", "answers": [{"text": "Ada", "answer_start": 0}], **changes}
    return {
        "version": "1.1",
        "data": [{"title": "T", "paragraphs": [{"context": "Ada bakes fresh bread.", "qas": [qa]}]}],
    }


def written(tmp_path, content) -> Path:
    path = tmp_path / "squad.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


@needs_sample
def test_the_real_sample():
    data = load_squad(SAMPLE)
    assert len(data) == 952 and sum(not row for row in data["is_impossible"]) == 485
    for row in data:
        for text, start in zip(row["answers"]["text"], row["answers"]["answer_start"], strict=True):
            assert row["context"][start : start + len(text)] == text
        assert row["is_impossible"] is (not row["answers"]["text"])


def test_the_courses_own_articles():
    data = load_squad("articles", split="validation")
    assert len(data) >= 150 and len(set(data["title"])) >= 4 and data.split == "validation"
    assert {"id", "title", "context", "question", "answers", "is_impossible"} == set(data.column_names)
    for row in data:
        for text, start in zip(row["answers"]["text"], row["answers"]["answer_start"], strict=True):
            assert row["context"][start : start + len(text)] == text
        assert row["is_impossible"] == (not row["answers"]["text"])


def test_version_1_has_the_hubs_columns(tmp_path):
    data = load_squad(written(tmp_path, squad()), split="validation")
    assert data.column_names == ["id", "title", "context", "question", "answers"]
    assert data[0]["answers"] == {"text": ["Ada"], "answer_start": [0]} and str(data.split) == "validation"


def test_version_2_has_is_impossible(tmp_path):
    data = load_squad(written(tmp_path, squad(answers=[], is_impossible=True)))
    assert data["is_impossible"][:] == [True] and data[0]["answers"] == {"text": [], "answer_start": []}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("not json", "line 1"),
        ([], "'data'"),
        ({"data": 3}, "'data'"),
        (squad(id=7), "data[0].paragraphs[0].qas[0]"),
        (squad(answers=[{"text": "Bob", "answer_start": 0}]), "not in its passage"),
        (squad(answers=[{"text": "Ada", "answer_start": "0"}]), "qas[0].answers[0]"),
        (squad(is_impossible="no"), "true or false"),
        ({"data": []}, "no question"),
    ],
)
def test_a_file_that_is_not_squad_is_told_where(tmp_path, content, says):
    path = written(tmp_path, content)
    text = sentence_of(load_squad, path)
    assert says in text and str(path) in text


def test_a_file_packed_with_gzip(tmp_path):
    path, packed = tmp_path / "squad.json.gz", gzip.compress(json.dumps(squad()).encode())
    path.write_bytes(packed)
    assert load_squad(path)[0]["answers"] == {"text": ["Ada"], "answer_start": [0]}
    path.write_bytes(gzip.compress(b"{"))
    assert "line 1" in sentence_of(load_squad, path)
    for damaged in (packed[:-9], packed[:12] + b"\0\0\0" + packed[15:], packed[:2]):
        path.write_bytes(damaged)
        assert "damaged or cut short" in sentence_of(load_squad, path)


def test_paths_that_are_no_file(tmp_path):
    assert "is not there" in sentence_of(load_squad, tmp_path / "none.json")
    assert "is a folder" in sentence_of(load_squad, tmp_path)
    assert "COURSE_SCALE=full" in sentence_of(load_squad, "squad")


# --- models ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def bert(tmp_path) -> Path:
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=40,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=32,
    )
    BertModel(config).save_pretrained(tmp_path / "bert")
    return tmp_path / "bert"


def test_a_folder_gives_the_model_with_any_head(bert):
    import torch

    model = load_model(bert)
    assert not model.training
    assert model(torch.tensor([[1, 2, 3]])).last_hidden_state.shape == (1, 3, 16)
    classifier = load_model(str(bert), head="classification", num_labels=3)
    assert classifier(torch.tensor([[1, 2, 3]])).logits.shape == (1, 3)
    for ours, theirs in zip(model.encoder.parameters(), classifier.bert.encoder.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_a_folder_gives_its_tokenizer(tmp_path):
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    inner = Tokenizer(models.WordLevel({"[UNK]": 0, "right": 1}, unk_token="[UNK]"))
    inner.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(tokenizer_object=inner, unk_token="[UNK]").save_pretrained(tmp_path / "words")
    assert load_tokenizer(tmp_path / "words")("right or wrong")["input_ids"] == [1, 0, 0]


@pytest.fixture
def shipped(bert, tmp_path, monkeypatch):
    """A folder of checkpoints of our own: a tiny BERT without a tokenizer."""
    folder = tmp_path / "shipped"
    shutil.copytree(bert, folder / "bert")
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  bert/{path.name}\n"
        for path in sorted((folder / "bert").iterdir())
    ]
    (folder / "SHA256SUMS").write_text("".join(lines))
    monkeypatch.setattr("course.models.loaders.SHIPPED", folder)
    return folder


def test_a_short_name_is_a_shipped_checkpoint(shipped):
    assert load_model("bert").config.hidden_size == 16
    for load, name in ((load_tokenizer, "bert"), (load_model, "gpt")):
        text = sentence_of(load, name)
        assert f"ships no tiny {'tokenizer' if name == 'bert' else 'model'} for {name!r}" in text
        assert "COURSE_SCALE=full" in text
    assert "bert, gpt, t5, elmo" in sentence_of(load_model, "brt")


@pytest.mark.parametrize("change", ["damaged", "missing"])
def test_a_shipped_file_that_is_not_the_courses(shipped, change):
    path = shipped / "bert" / "config.json"
    if change == "missing":
        path.unlink()
    else:
        path.write_text(path.read_text().replace("16", "32", 1))
    text = sentence_of(load_model, "bert")
    assert "config.json is not the file that the course ships" in text
    assert "git checkout course/models/shipped" in text


def test_half_precision_comes_as_float32(bert, tmp_path):
    import torch
    from transformers import AutoModel

    AutoModel.from_pretrained(bert).half().save_pretrained(tmp_path / "half")
    assert {p.dtype for p in load_model(tmp_path / "half").parameters()} == {torch.float32}
    assert {p.dtype for p in load_model(tmp_path / "half", dtype=torch.float16).parameters()} == {
        torch.float16
    }


@pytest.fixture
def shipped_elmo(tmp_path, monkeypatch):
    import torch

    from course.models import elmo

    folder = tmp_path / "shipped" / "elmo"
    folder.mkdir(parents=True)
    torch.manual_seed(0)
    made = elmo.parts(30, 8, 2)
    elmo.save(made, folder)
    lines = [
        f"{hashlib.sha256(p.read_bytes()).hexdigest()}  elmo/{p.name}\n" for p in sorted(folder.iterdir())
    ]
    (tmp_path / "shipped" / "SHA256SUMS").write_text("".join(lines))
    monkeypatch.setattr("course.models.loaders.SHIPPED", tmp_path / "shipped")
    return made


@pytest.mark.parametrize("scale", ["tiny", "full"])
def test_elmo_comes_as_parts_in_every_scale(shipped_elmo, monkeypatch, scale):
    import torch

    monkeypatch.setenv("COURSE_SCALE", scale)
    parts = load_model("elmo")
    assert list(parts) == ["embedding", "left_to_right", "right_to_left", "output"]
    assert [len(parts[name]) for name in ("left_to_right", "right_to_left")] == [2, 2]
    for name, tensor in parts.state_dict().items():
        assert tensor.dtype == torch.float32
        torch.testing.assert_close(tensor, shipped_elmo.state_dict()[name], atol=1e-3, rtol=1e-3)
    states, _ = parts["left_to_right"][0](parts["embedding"](torch.tensor([[3, 4, 5]])))
    assert parts["output"](states).shape == (1, 3, 30)


def test_elmo_has_no_heads_and_no_place_on_the_hub(shipped_elmo, monkeypatch):
    assert "comes as parts" in sentence_of(load_model, "elmo", head="classification")
    monkeypatch.setenv("COURSE_SCALE", "full")
    text = sentence_of(load_tokenizer, "elmo")  # this folder has none
    assert "ships no tiny tokenizer for 'elmo'" in text and "hub" not in text


@pytest.mark.slow
@pytest.mark.parametrize("name", ["bert", "t5", "gpt"])
def test_models_of_full_size_load_by_path(name, tmp_path):
    """With random weights: what is on the hub has these shapes and these files."""
    import torch
    import transformers

    head, model, parameters = {
        "bert": ("base", lambda: transformers.BertModel(transformers.BertConfig()), 109_482_240),
        "t5": (
            "seq2seq-lm",
            lambda: transformers.T5ForConditionalGeneration(transformers.T5Config()),
            60_506_624,
        ),
        "gpt": ("causal-lm", lambda: transformers.GPT2LMHeadModel(transformers.GPT2Config()), 124_439_808),
    }[name]
    made = model()
    made.save_pretrained(tmp_path / name)
    loaded = load_model(tmp_path / name, head=head)
    assert loaded.num_parameters() == parameters
    ids = {"input_ids": torch.tensor([[5, 6, 7]])} | (
        {"decoder_input_ids": torch.tensor([[0]])} if name == "t5" else {}
    )
    with torch.no_grad():
        # the same weights at another place in memory may add in another order
        torch.testing.assert_close(made.eval()(**ids)[0], loaded(**ids)[0], rtol=0, atol=1e-5)
    weights = made.state_dict()
    assert all(torch.equal(tensor, weights[name]) for name, tensor in loaded.state_dict().items())


T5 = SHARED / "t5-sentencepiece.model"


@pytest.mark.skipif(not T5.is_file(), reason="T5's SentencePiece model is not at hand (../shared/data)")
def test_t5s_own_pieces(tmp_path):
    """A folder that holds a SentencePiece model and nothing else is T5's: 32,000 pieces and 100 sentinels."""
    shutil.copy(T5, tmp_path / "spiece.model")
    tokenizer = load_tokenizer(tmp_path)
    assert len(tokenizer) == 32_100
    assert tokenizer.convert_tokens_to_ids(["<pad>", "</s>", "<unk>", "<extra_id_0>", "<extra_id_99>"]) == [
        0,
        1,
        2,
        32099,
        32000,
    ]
    text = "Thank you <extra_id_0> me to your party <extra_id_1> week."
    ids = tokenizer(text)["input_ids"]
    assert ids == [1562, 25, 32099, 140, 12, 39, 1088, 32098, 471, 5, 1]
    assert tokenizer.decode(ids, skip_special_tokens=True) == "Thank you me to your party week."


def test_folders_that_hold_no_model(bert, tmp_path):
    assert "is not there" in sentence_of(load_model, tmp_path / "none")
    assert "no config.json" in sentence_of(load_model, tmp_path)
    assert "no tokenizer" in sentence_of(load_tokenizer, bert)
    assert "masked-lm" in sentence_of(load_model, bert, head="mask")
    assert "is a file" in sentence_of(load_model, bert / "config.json")
    (bert / "model.safetensors").rename(tmp_path / "away")
    assert "no weights" in sentence_of(load_model, bert)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_half_downloaded_weights(bert, share):
    path = bert / "model.safetensors"
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    assert "model.safetensors is damaged or only half there" in sentence_of(load_model, bert)


def test_a_damaged_config(bert):
    (bert / "config.json").write_text('{"model_type": "be')
    assert "config.json is damaged" in sentence_of(load_model, bert)


# --- the hub ---------------------------------------------------------------------------------------------------------
def test_a_hub_that_never_answers_is_noticed_in_seconds(monkeypatch):
    from huggingface_hub import constants

    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        start = time.perf_counter()
        assert not hub.answers(patience=1.0)
        assert time.perf_counter() - start < 3


@pytest.mark.parametrize("load", [load_model, load_tokenizer, load_squad])
def test_without_a_network_one_sentence_and_nothing_cached(monkeypatch, tmp_path, load):
    monkeypatch.setenv("COURSE_SCALE", "full")
    monkeypatch.setattr(hub, "answers", lambda: False)
    text = sentence_of(load, "bert")
    assert "does not answer" in text and str(tmp_path / "cache") in text
    assert not [p for p in (tmp_path / "cache").rglob("*") if p.is_file()]


def test_what_is_cached_needs_no_network(monkeypatch):
    asked = []

    def load(offline):
        asked.append(offline)
        return "the model"

    monkeypatch.setattr(hub, "answers", lambda: pytest.fail("asked the network"))
    assert hub.fetch("the model 'x'", load) == "the model" and asked == [True]


def test_what_is_not_cached_is_fetched_and_a_failure_told(monkeypatch):
    monkeypatch.setattr(hub, "answers", lambda: True)

    def load(offline):
        raise OSError("not here\nand more") if offline else RuntimeError("404: no such repository. Try\nthis")

    assert "404: no such repository." in sentence_of(hub.fetch, "the model 'x'", load)
