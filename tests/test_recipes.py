"""What the shipped tokenizers and checkpoints are made from, and how."""

import itertools
import json
import re
import subprocess
from collections import Counter

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer

from autograder.recipes import __main__ as recipes
from autograder.recipes import bert, bert_rows, examples, tokenizers
from autograder.recipes.text import PREFIXES, everything
from course.data import passages
from course.data.passages import people
from course.models import loaders

pytestmark = pytest.mark.slow  # three vocabularies are learned, and texts by the ten thousand

TEXT = ("Ada plays the violin in Alderton.", "Ida plays the violin, and Otto is a baker in Alderton.") * 3


@pytest.fixture(scope="module")
def text():
    return list(everything(0))


@pytest.fixture(scope="module")
def pieces(text, tmp_path_factory):
    """Each tokenizer as `AutoTokenizer` reads it back."""
    made = {
        "bert": tokenizers.wordpiece(everything(0, text_to_text=False)),
        "t5": tokenizers.unigram(text),
        "gpt": tokenizers.causal(everything(0, text_to_text=False)),
    }
    folder = tmp_path_factory.mktemp("tokenizers")
    for name, tokenizer in made.items():
        tokenizer.save_pretrained(folder / name)
    return {name: AutoTokenizer.from_pretrained(folder / name) for name in made}


def held_out_names():
    return {p.name for split in ("validation", "test") for p in people(0, split)}


# --- text and examples -------------------------------------------------------------------------------------------------------
def test_the_text_is_the_same_every_time():
    first, again = (list(itertools.islice(everything(0), 60_000)) for _ in range(2))
    assert first == again and len(set(first)) > 30_000


def test_held_out_names_are_met_and_what_a_task_tells_of_them_is_not():
    tasks = {
        p.name: passages.Author(0, s, "").values[p.name] for s in ("validation", "test") for p in people(0, s)
    }
    met, told, same = set(), 0, Counter()
    for lead in itertools.islice(examples.Leads(0, 3, made_up=0.0), 6000):
        for fact in lead.passage.told:
            met.add(fact.person)
            if fact.person in tasks:
                told += 1
                same[fact.relation] += fact.value in [values[fact.relation] for values in tasks[fact.person]]
    assert {p.name for p in people(0, "train")} | set(tasks) == met and told > 3000
    assert sum(same.values()) / told < 0.1  # as often as any value is met by chance
    assert (
        same["friend"] == 0 or same["friend"] / told < 0.002
    )  # nearly nobody has the same friend as another


def test_held_out_leads_are_of_validation():
    for lead in itertools.islice(examples.Leads(1, 3, held_out=True), 100):
        assert {p.name for p in lead.passage.people} <= {p.name for p in people(0, "validation")}


@pytest.mark.parametrize("stage", [1, 2, 3])
def test_a_lead_tells_a_fact_of_its_passage(stage):
    for lead in itertools.islice(examples.Leads(3, stage), 300):
        assert lead.text[lead.start : lead.start + len(lead.value)] == lead.value
        assert lead.passage.text[lead.told.start : lead.told.start + len(lead.value)] == lead.value
        assert lead.told.person in lead.text
        assert lead.asked == ("?" in lead.text)


def test_leads_are_the_same_every_time_and_differ_by_seed():
    one, same, other = (
        [lead.text for lead in itertools.islice(examples.Leads(seed, 2), 50)] for seed in (0, 0, 1)
    )
    assert one == same != other


def test_facts_are_drawn_afresh_so_that_they_cannot_be_learned_by_heart():
    told: dict[tuple[str, str], set[str]] = {}
    for lead in itertools.islice(examples.Leads(0, 3), 4000):
        for fact in lead.passage.told:
            if fact.relation in ("job", "town", "instrument"):
                told.setdefault((fact.person, fact.relation), set()).add(fact.value)
    often = [values for values in told.values() if len(values) > 1]
    assert len(often) > 100


# --- tokenizers ----------------------------------------------------------------------------------------------------------------
def test_documented_ids(pieces):
    of = {name: tokenizer.convert_tokens_to_ids for name, tokenizer in pieces.items()}
    assert [of["bert"](t) for t in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")] == [0, 1, 2, 3, 4]
    assert [of["t5"](t) for t in ("<pad>", "</s>", "<unk>")] == [0, 1, 2]
    last = len(pieces["t5"]) - 1
    assert [of["t5"](f"<extra_id_{n}>") for n in (0, 1, 31)] == [last, last - 1, last - 31]
    assert of["gpt"]("<|endoftext|>") == 0


def test_sizes(pieces):
    assert {name: len(t) for name, t in pieces.items()} == {"bert": 1600, "t5": 2000, "gpt": 1600}


def test_common_words_are_whole_and_rare_ones_split(pieces):
    assert pieces["bert"].tokenize("Ada lives in Alderton") == ["ada", "lives", "in", "alderton"]
    assert len(pieces["bert"].tokenize("Zwetschgenknoedel")) > 2
    assert pieces["gpt"].tokenize("Ada lives in Alderton") == ["▁Ada", "▁lives", "▁in", "▁Alderton"]
    # not all held-out people are in the text that a vocabulary was counted from
    assert any(len(pieces["bert"].tokenize(name)) > 1 for name in held_out_names())


@pytest.mark.parametrize("name", ["bert", "t5", "gpt"])
def test_nothing_that_is_typed_is_unknown(pieces, name):
    ascii_ = "".join(map(chr, range(33, 127)))
    tokenizer = pieces[name]
    assert tokenizer.unk_token_id not in tokenizer(f"{ascii_} {' '.join(ascii_)}")["input_ids"]
    assert tokenizer.unk_token_id in tokenizer("字")["input_ids"]


def test_what_is_added_to_a_text(pieces):
    one, two = (
        pieces["bert"].convert_ids_to_tokens(i)
        for i in (pieces["bert"]("Ada").input_ids, pieces["bert"]("Ada", "lives").input_ids)
    )
    assert one == ["[CLS]", "ada", "[SEP]"] and two == ["[CLS]", "ada", "[SEP]", "lives", "[SEP]"]
    assert pieces["bert"]("Ada", "lives").token_type_ids == [0, 0, 0, 1, 1]
    assert pieces["t5"]("Ada").input_ids[-1] == 1
    assert len(pieces["gpt"]("Ada").input_ids) == 1


@pytest.mark.parametrize("name", ["t5", "gpt"])
def test_a_unigram_gives_the_text_back(pieces, text, name):
    for line in text[:3000:50]:
        if name == "t5" or line.isascii():
            assert pieces[name].decode(pieces[name](line).input_ids, skip_special_tokens=True) == " ".join(
                line.split()
            )


def test_prefixes_are_short(pieces):
    assert max(len(pieces["t5"](prefix).input_ids) for prefix in PREFIXES) <= 12


def test_a_vocabulary_does_not_hang_on_the_order_of_ties():
    one, two = (tokenizers.wordpiece(lines, 120).get_vocab() for lines in (TEXT, TEXT[::-1]))
    assert one == two


# --- BERT's rows and batches -----------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def rows(pieces):
    return bert_rows.Rows(pieces["bert"])


def test_the_tokens_of_a_value_are_found(rows, pieces):
    leads = list(itertools.islice(examples.Leads(0, 3), 100))
    for lead, (ids, types, groups, label) in zip(leads, rows.leads(leads), strict=True):
        for group, which in ((bert_rows.LEAD, 0), (bert_rows.COPY, 1)):
            there = groups == group
            assert set(types[there]) == {which} and label == bert_rows.NONE
            assert pieces["bert"].decode(ids[there]).replace(" ", "") == lead.value.lower().replace(" ", "")
        assert (groups[np.isin(ids, pieces["bert"].all_special_ids)] == 0).all()


def test_next_sentences():
    pairs = bert_rows.document_pairs(5, 400)
    assert pairs == bert_rows.document_pairs(5, 400)
    share = sum(label for *_, label in pairs) / len(pairs)
    assert 0.4 < share < 0.6
    articles = {" ".join(a.sentences) for a in bert_rows.microworld(0).articles(400, 5)}
    assert all((f"{a} {b}" in articles) == (label == 0) for a, b, label in pairs)


def test_what_a_batch_hides(pieces):
    batches = bert_rows.Batches(pieces["bert"], 0, 100)
    hidden = kept = 0
    for step in (0, 10, 30, 60):  # one pool of each stage
        batches.waiting = []
        for _ in range(bert_rows.POOL):
            batch = batches(step)
            ids, labels = batch["input_ids"], batch["labels"]
            places = labels != bert_rows.NONE
            truth = torch.where(places, labels, ids)
            assert not (places & (truth < 5)).any(), "a special was chosen"
            assert (ids[~places] == truth[~places]).all()
            hidden += int((ids == 4).sum())
            kept += int(places.sum())
    assert 0.7 < hidden / kept < 1


def test_a_share_of_the_texts_comes_again(pieces, monkeypatch):
    monkeypatch.setattr(bert_rows, "POOL", 5)
    seen = []
    for share in (1.0, 0.1):
        batches = bert_rows.Batches(pieces["bert"], 0, 200, share=share)
        made = [batches(step) for step in range(200)]
        truth = [torch.where(b["labels"] == bert_rows.NONE, b["input_ids"], b["labels"]) for b in made]
        seen.append({tuple(row.tolist()) for rows in truth for row in rows})
    assert len(seen[1]) < 0.25 * len(seen[0])


def test_the_loss_begins_near_that_of_guessing(pieces):
    model = bert.fresh(1600, 0)
    batch = bert_rows.Batches(pieces["bert"], 0, 100)(0)
    batch["next_sentence_label"][:] = bert_rows.NONE
    assert bert.loss(model, batch).item() == pytest.approx(np.log(1600), rel=0.05)


# --- the command ---------------------------------------------------------------------------------------------------------------
def test_checkpoints_are_made_whole_and_the_best_seed_is_kept(pieces, tmp_path, monkeypatch):
    got = {0: 0.25, 1: 0.75, 2: 0.5}

    def train(seed):
        return bert.fresh(1600, seed), pieces["bert"], {"reviews": got[seed], "steps": 0, "seconds": 1.0}

    monkeypatch.setattr(bert, "train", train)
    recipes.make("bert", [0, 1, 2], tmp_path / "bert")
    recipes.write_sums(tmp_path)
    monkeypatch.setattr(loaders, "SHIPPED", tmp_path)
    model = loaders.load_model("bert", head="pretraining")
    assert next(model.parameters()).dtype == torch.float32
    torch.testing.assert_close(
        model.bert.embeddings.word_embeddings.weight,
        bert.fresh(1600, 1).bert.embeddings.word_embeddings.weight, atol=1e-3, rtol=1e-3,
    )  # fmt: skip
    assert all(path.stat().st_mode & 0o444 == 0o444 for path in tmp_path.rglob("*")), (
        "others can read it: the judge"
    )
    assert (tmp_path / "bert").stat().st_mode & 0o111 == 0o111
    assert loaders.load_tokenizer("bert")("Ada")["input_ids"] == pieces["bert"]("Ada")["input_ids"]
    told = json.loads((tmp_path / "bert" / "figures.json").read_text())
    assert told["kept"] == 1 and set(told["seeds"]) == {"0", "1", "2"}
    assert re.search(r"\| 1 \(shipped\) \| 0\.75 \|", (tmp_path / "bert" / "README.md").read_text())
    assert (
        subprocess.run(
            ["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=tmp_path, capture_output=True
        ).returncode
        == 0
    )
