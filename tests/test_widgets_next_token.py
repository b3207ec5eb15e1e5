"""The Python side of the next token: the rule against a plain loop and against transformers, words, what is refused, and the static picture."""

import itertools
import json
import math
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
import torch
import traitlets

from course import load_model, load_tokenizer
from course.widgets import NextToken, base, gallery, next_token, next_token_picture, next_token_words
from tests.test_widgets import SVG, picture

INF = math.inf
LOGITS = np.log([0.4, 0.2, 0.2, 0.1, 0.1])
WORDS = ["a", "b", "c", "d", "e"]


def plain(logits, read, temperature, top_k, top_p, penalty):
    """{id: probability} by the papers' words, one token at a time."""
    scores = [float(one) for one in np.float32(logits)]
    for i in set(read):
        scores[i] = scores[i] / penalty if scores[i] > 0 else scores[i] * penalty
    ids = sorted((i for i in range(len(scores)) if scores[i] > -INF), key=lambda i: (-scores[i], i))
    if temperature == 0:
        return {ids[0]: 1.0}
    ids = ids[:top_k]
    weights = [math.exp((scores[i] - scores[ids[0]]) / temperature) for i in ids]
    nucleus, reached = [], 0.0
    for i, weight in zip(ids, weights, strict=True):
        nucleus.append(i)
        reached += weight / math.fsum(weights)
        if top_p < 1 and reached >= top_p - 1e-6:
            break
    left = math.fsum(weights[: len(nucleus)])
    return {i: weight / left for i, weight in zip(nucleus, weights, strict=False)}


def cases(seed, count):
    """Logits with ties, infinities and zeros, and settings with both ends of each."""
    draw = np.random.default_rng(seed)
    for _ in range(count):
        size = int(draw.integers(1, 40))
        logits = draw.normal(size=size) * draw.choice([0.1, 2, 30])
        if draw.random() < 0.5:
            logits = logits.round()
        logits[draw.random(size) < draw.choice([0, 0.3])] = -INF
        logits[draw.integers(size)] = draw.choice([0, 1.5, -2])
        read = draw.integers(size, size=int(draw.integers(0, 6))).tolist()
        yield logits, read, {
            "temperature": draw.choice([0, 0.01, 0.05, 0.7, 1, 1.35, 2]).item(),
            "top_k": draw.choice([None, None, 1, 2, 5, size, size + 7]),
            "top_p": draw.choice([0, 0.05, 0.5, 0.75, 0.9, 0.999, 1, 1]).item(),
            "penalty": draw.choice([1, 1, 1.2, 2]).item(),
        }  # fmt: skip


def made(logits, read=(), **settings):
    return NextToken(logits, [f"w{i}" for i in range(len(logits))], seen=read, **settings)


def test_probabilities_are_those_of_a_plain_loop():
    for logits, read, settings in cases(0, 400):
        found = made(logits, read, **settings).probabilities()
        want = plain(logits, read, **settings)
        assert found.dtype == np.float64 and found.shape == logits.shape
        assert found == pytest.approx([want.get(i, 0) for i in range(len(logits))], rel=1e-9, abs=1e-15), (logits, read, settings)  # fmt: skip
        assert found.sum() == pytest.approx(1)


@pytest.mark.parametrize("penalty", [1.0, 1.3])
@pytest.mark.parametrize(
    ("top_k", "top_p"), [(None, 1.0), (7, 1.0), (None, 0.8), (50, 0.9), (1000, 0.37), (3, 0.05)]
)
@pytest.mark.parametrize("temperature", [0.4, 1.0, 1.9])
def test_probabilities_are_those_of_transformers(temperature, top_k, top_p, penalty):
    from transformers.generation import logits_process as steps

    logits = torch.from_numpy(np.random.default_rng(1).normal(size=(1, 300)).astype(np.float32) * 3)
    read = torch.tensor([[5, 5, 9, 200]])
    scores = steps.RepetitionPenaltyLogitsProcessor(penalty)(read, logits.double())
    scores = steps.TemperatureLogitsWarper(temperature)(read, scores)
    if top_k:
        scores = steps.TopKLogitsWarper(top_k)(read, scores)
    scores = steps.TopPLogitsWarper(top_p)(read, scores)
    shown = made(logits[0], read[0], temperature=temperature, top_k=top_k, top_p=top_p, penalty=penalty)
    assert shown.probabilities() == pytest.approx(scores[0].softmax(-1).numpy(), abs=1e-12)


def kept(shown):
    return np.flatnonzero(shown.probabilities()).tolist()


def test_of_equal_ones_the_smaller_ids_stay():
    even = np.zeros(10)
    assert kept(made(even, top_k=3)) == [0, 1, 2] and kept(made(even, temperature=0)) == [0]
    assert [len(kept(made(even, top_p=p))) for p in (0, 0.05, 0.1, 0.11, 0.3, 0.8, 0.95, 1)] == [1, 1, 1, 2, 3, 8, 10, 10]  # fmt: skip
    # the logits are rounded to float32, which is no reason to keep one more
    for parts in itertools.product([1, 2, 3, 7], repeat=3):
        shares = np.array(sorted([*parts, 3], reverse=True)) / sum([*parts, 3])
        found = [len(kept(made(np.log(shares), top_p=p))) for p in np.cumsum(shares)[:3]]
        assert found == [1, 2, 3], parts
    assert kept(made([1, 2, 2, 0], top_k=2)) == [1, 2] and kept(made([1, 2, 2, 0], temperature=0)) == [1]
    assert kept(made([1, 2, 2, 0], top_k=1)) == [1]
    assert kept(made([1, 1, 1, 1], top_k=3, top_p=0.5)) == [0, 1], "of the three that top-k left, two reach a half"  # fmt: skip


def test_the_penalty_counts_a_token_once_and_knows_signs():
    logits = [2.0, -2.0, 0.0, 1.0]
    want = np.exp([2 / 1.25, -2 * 1.25, 0, 1])
    for read in ([0, 1, 2], [0, 0, 1, 1, 2, 0], torch.tensor([2, 1, 0])):
        assert made(logits, read, penalty=1.25).probabilities() == pytest.approx(want / want.sum())
    assert made(logits, [0, 0, 1], penalty=1).probabilities() == pytest.approx(np.exp(logits) / np.exp(logits).sum())  # fmt: skip


def test_a_position_has_its_own_logits_and_what_was_read_by_then():
    logits = np.log([[0.7, 0.2, 0.1], [0.2, 0.5, 0.3], [0.4, 0.4, 0.2]]) + 2
    shown = NextToken(logits, ["x", "y", "z"], np.array([1, 0, 1]), penalty=2, top_k=2)
    assert shown.position == 2, "the last, where none is given"
    for position, read in enumerate(([1], [0, 1], [0, 1])):
        shown.position = position
        want = plain(logits[position], read, 1, 2, 1, 2)
        assert shown.probabilities() == pytest.approx([want.get(i, 0) for i in range(3)])
    assert NextToken(logits[:1], ["x", "y", "z"]).probabilities() == pytest.approx(np.exp(logits[0]) / np.exp(logits[0]).sum())  # fmt: skip


# Of a model -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def gpt():
    return load_model("gpt", head="causal-lm"), load_tokenizer("gpt")


@pytest.fixture(scope="module")
def t5():
    return load_model("t5", head="seq2seq-lm"), load_tokenizer("t5")


def test_of_a_gpt(gpt):
    model, tokenizer = load_model("gpt", head="causal-lm"), gpt[1]
    for part in model.modules():
        if isinstance(part, torch.nn.Dropout):
            part.p = 0.5
    model.train()  # with dropout the numbers would differ
    shown = NextToken.of(model, tokenizer, "Ada likes fish. Ada likes", temperature=0.5)
    assert model.training
    model.eval()
    inputs = tokenizer("Ada likes fish. Ada likes", return_tensors="pt")
    assert shown.ids == inputs.input_ids[0].tolist() and shown.words[shown.ids[1]] == "▁likes"
    with torch.no_grad():
        logits = model(**inputs).logits[0].double()
    assert len(shown.words) == logits.shape[1] == 1_600
    for position in range(len(shown.ids)):
        shown.position = position
        assert shown.probabilities() == pytest.approx((logits[position] / 0.5).softmax(-1).numpy(), abs=1e-6)


def test_of_a_t5_its_decoder_reads_the_text_behind_its_start(t5):
    model, tokenizer = t5
    source = "Ada lives in <extra_id_0>."
    told = tokenizer(source, return_tensors="pt")
    for text in ("", "Ada lives"):
        shown = NextToken.of(model, tokenizer, text, source)
        own = tokenizer(text, add_special_tokens=False).input_ids
        assert shown.ids == [model.config.decoder_start_token_id, *own] and shown.position == len(own)
        with torch.no_grad():
            logits = model(**told, decoder_input_ids=torch.tensor([shown.ids])).logits[0, -1].double()
        assert shown.probabilities() == pytest.approx(logits.softmax(-1).numpy(), abs=1e-6)


class OtherNames:
    """A tokenizer that splits as another one does, and has its own names for fewer ids."""

    def __init__(self, tokenizer, names):
        self.tokenizer, self.names = tokenizer, names

    def __call__(self, text, **options):
        return self.tokenizer(text, **options)

    def __len__(self):
        return len(self.names)

    def convert_ids_to_tokens(self, ids):
        return [self.names[i] for i in ids]


def test_a_model_may_have_more_ids_than_its_tokenizer(gpt):
    model, tokenizer = gpt
    shown = NextToken.of(model, OtherNames(tokenizer, [*map(str, range(7)), None, "last"]), "Ada likes")
    assert shown.words[5:10] == ["5", "6", "<7>", "last", "<9>"] and len(shown.words) == 1_600


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda gpt, t5: NextToken.of(*gpt, ""), "The text has no token"),
        (lambda gpt, t5: NextToken.of(*gpt, "Ada", "Bo"), "A GPT2LMHeadModel has no encoder to read a source"),
        (lambda gpt, t5: NextToken.of(*t5, "Ada"), "A T5ForConditionalGeneration has an encoder: give the text that it reads as source"),
        (lambda gpt, t5: NextToken.of(*gpt, "fish " * 65), "With 1,600 words there is room for 64 positions; you gave 65"),
        (lambda gpt, t5: NextToken.of(*t5, "fish " * 64, "Ada"), "room for 64 positions; you gave 65"),
        (lambda gpt, t5: NextToken.of(*t5, "", "fish " * 600), "The source has 1 to 512 tokens; yours has 601."),
        (lambda gpt, t5: NextToken.of(*gpt, 5), "Text and source are strings; you gave 5."),
        (lambda gpt, t5: NextToken.of(*t5, "", ["Ada"]), "Text and source are strings; you gave ['Ada']."),
        (lambda gpt, t5: NextToken.of(*gpt, "Ada", ids=[1]), "The text decides which tokens were read; leave ids out."),
        (lambda gpt, t5: NextToken.of(*gpt, "Ada", seen=[1]), "leave seen out."),
        (lambda gpt, t5: NextToken.of(load_model("gpt"), gpt[1], "Ada"), "A GPT2Model does not write: load a model that does"),
    ],
)  # fmt: skip
def test_of_refuses_with_a_sentence(gpt, t5, make, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        make(gpt, t5)


# Refusals, and steering -----------------------------------------------------------------------------------------------

TWO = np.zeros((2, 5))


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: NextToken(LOGITS, "abcde"), "The words are a list with a string for each id."),
        (lambda: NextToken(LOGITS, [1, 2, 3, 4, 5]), "The words are a list"),
        (lambda: NextToken([], []), "There are 1 to 65,536 words; you gave 0."),
        (lambda: NextToken(np.zeros(65_537), ["w"] * 65_537), "you gave 65,537."),
        (lambda: NextToken(LOGITS, WORDS[:4]), "The logits are (4,), or (time, 4) with ids for these 4 words; yours have the shape (5,)."),
        (lambda: NextToken(LOGITS, WORDS, [0]), "The logits are (time, 5) for these 5 words; yours have the shape (5,)."),
        (lambda: NextToken(np.zeros((0, 5)), WORDS, []), "yours have the shape (0, 5)."),
        (lambda: NextToken(np.zeros((1, 1, 5)), WORDS), "yours have the shape (1, 1, 5)."),
        (lambda: NextToken(["x"] * 5, WORDS), "The logits are numbers, one for each of 5 words."),
        (lambda: NextToken(TWO, WORDS), "Logits for 2 positions need ids"),
        (lambda: NextToken([0, 0, 0, 0, math.nan], WORDS), "yours hold nan or infinity."),
        (lambda: NextToken([0, 0, 0, 0, INF], WORDS), "yours hold nan or infinity."),
        (lambda: NextToken([0, 0, 0, 0, 1e39], WORDS), "yours hold nan or infinity."),
        (lambda: NextToken([-INF] * 5, WORDS), "All logits are -inf: at least one token must be possible."),
        (lambda: NextToken([[0] * 5, [-INF] * 5], WORDS, [0, 0]), "All logits at position 1 are -inf"),
        (lambda: NextToken(np.zeros((65, 5)), WORDS, [0] * 65), "With 5 words there is room for 64 positions; you gave 65"),
        (lambda: NextToken(np.zeros((21, 50_000)), ["w"] * 50_000, [0] * 21), "With 50,000 words there is room for 20 positions; you gave 21"),
        (lambda: NextToken(TWO, WORDS, [0]), "There is an id for each of 2 positions, the token read there; you gave 1."),
        (lambda: NextToken(TWO, WORDS, [0, 5]), "The ids are a list of whole numbers from 0 to 4"),
        (lambda: NextToken(TWO, WORDS, [0, -1]), "The ids are a list"),
        (lambda: NextToken(TWO, WORDS, [0, 1.0]), "The ids are a list"),
        (lambda: NextToken(TWO, WORDS, "ab"), "The ids are a list"),
        (lambda: NextToken(TWO, WORDS, 3), "The ids are a list"),
        (lambda: NextToken(LOGITS, WORDS, seen=[5]), "The ids in seen are a list of whole numbers from 0 to 4"),
        (lambda: NextToken(LOGITS, WORDS, seen=[True]), "The ids in seen are a list"),
        (lambda: NextToken(TWO, WORDS, [0, 1], seen=[1]), "leave seen out."),
        (lambda: NextToken(LOGITS, WORDS, temperature=-1), "The temperature is 0 (greedy), or from 0.01 to 2; you gave -1."),
        (lambda: NextToken(LOGITS, WORDS, temperature=0.001), "you gave 0.001."),
        (lambda: NextToken(LOGITS, WORDS, temperature=2.1), "you gave 2.1."),
        (lambda: NextToken(LOGITS, WORDS, temperature=math.nan), "you gave nan."),
        (lambda: NextToken(LOGITS, WORDS, temperature="1"), "you gave '1'."),
        (lambda: NextToken(LOGITS, WORDS, top_k=0), "top_k is None (off), or a whole number from 1 to 1,000,000; you gave 0."),
        (lambda: NextToken(LOGITS, WORDS, top_k=2.0), "you gave 2.0."),
        (lambda: NextToken(LOGITS, WORDS, top_p=1.1), "top_p is a probability from 0 to 1; you gave 1.1."),
        (lambda: NextToken(LOGITS, WORDS, top_p=True), "you gave True."),
        (lambda: NextToken(LOGITS, WORDS, penalty=0.9), "The penalty is a number from 1 to 2; you gave 0.9."),
        (lambda: NextToken(LOGITS, WORDS, position=1), "The position is a whole number from 0 to 0; you gave 1."),
        (lambda: NextToken(TWO, WORDS, [0, 1], position=2), "from 0 to 1; you gave 2."),
        (lambda: NextToken(LOGITS, WORDS, shown=0), "The number of bars is a whole number from 1 to 40; you gave 0."),
        (lambda: NextToken(LOGITS, WORDS, seed=-1), "The seed is a whole number from 0 to 4,294,967,295; you gave -1."),
    ],
)  # fmt: skip
def test_next_token_refuses_with_a_sentence(make, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        make()


SETTINGS = ("temperature", "top_k", "top_p", "penalty", "position", "shown", "seed")


def test_next_token_can_be_steered_from_python():
    shown = NextToken(TWO, WORDS, [0, 1], temperature=np.float32(0.5), top_k=np.int64(3))
    shown.set_state(
        {"temperature": 0, "top_k": None, "top_p": 0, "penalty": 2, "position": 0, "shown": 40, "seed": 9}
    )  # as a front end sends it
    assert [getattr(shown, name) for name in SETTINGS] == [0, None, 0, 2, 0, 40, 9]
    json.dumps(
        shown.get_state([*SETTINGS, "words", "ids", "seen"]), allow_nan=False
    )  # or no front end could read it
    for name, value in [("temperature", 0.005), ("temperature", 3), ("top_k", 0), ("top_k", 10**6 + 1), ("top_p", -0.1), ("top_p", 2), ("penalty", 0.5),
                        ("penalty", 2.5), ("position", 2), ("position", -1), ("shown", 41), ("seed", 2**32), ("words", ["x"]), ("ids", [1]), ("seen", [1])]:  # fmt: skip
        with pytest.raises(traitlets.TraitError):
            setattr(shown, name, value)
    assert [getattr(shown, name) for name in SETTINGS] == [0, None, 0, 2, 0, 40, 9]
    with pytest.raises(traitlets.TraitError, match=r"^The penalty is a number from 1 to 2; you gave 3\.0\.$"):
        shown.penalty = 3


def test_a_large_vocabulary_travels_as_bytes():
    size = 50_257  # that of GPT-2
    logits = np.random.default_rng(0).normal(size=(20, size)).astype(np.float16)
    shown = NextToken(
        torch.from_numpy(logits).bfloat16(), [f"w{i}" for i in range(size)], range(20), top_p=0.9
    )
    assert len(shown._logits) == 4 * 20 * size and shown.probabilities().shape == (size,)
    assert np.array_equal(shown._row(), torch.from_numpy(logits[19]).bfloat16().double().numpy())


# Words ----------------------------------------------------------------------------------------------------------------


def said(shown):
    return next_token_words.said(shown, shown._outcome())


def rows(shown):
    return next_token_words.rows(shown, shown._outcome())


def test_what_the_settings_do_is_said():
    shown = NextToken(LOGITS, WORDS, seen=[0, 4])
    assert said(shown) == "As the model says: all 5 tokens are kept. The most likely is “a” with 40.0 %. The entropy is 2.12 bits."  # fmt: skip
    shown.top_p = 0.75
    assert said(shown) == (
        "Top-p 0.75: 3 of 5 tokens are kept, which had 80.0 % between them. The most likely now is “a” with 50.0 %, 40.0 % in the model. "
        "The entropy goes from 2.12 to 1.50 bits."
    )
    shown.top_k, shown.temperature, shown.penalty = 4, 0.5, 1.5
    assert said(shown).startswith("Penalty 1.5 on 2 tokens read, temperature 0.5, top-k 4, top-p 0.75: 3 of 5 tokens are kept, which had 80.0 % between them. ")  # fmt: skip
    shown.temperature, shown.penalty, shown.top_p, shown.top_k = 0, 2, 1, None
    assert said(shown) == (
        "Penalty 2 on 2 tokens read, greedy: 1 of 5 tokens is kept, which had 20.0 %. The most likely now is “b” with 100 %, 20.0 % in the model. "
        "The entropy goes from 2.12 to 0.00 bits."
    )
    assert said(NextToken([1, -INF, -INF], ["a", "b", "c"])).startswith("As the model says: 1 of 3 tokens is kept. ")  # fmt: skip
    assert said(NextToken([1.0], ["a"], seen=[0], penalty=1.5)).startswith("Penalty 1.5 on 1 token read: 1 of 1 tokens is kept, which had 100 %. ")  # fmt: skip


def test_rows_stand_in_the_models_order_and_say_what_happened():
    shown = NextToken(
        [3, 2, 1, 0.5, -1, -INF], list("uvwxyz"), seen=[0, 4, 5], penalty=2, top_k=4, top_p=0.9, shown=6
    )
    found = rows(shown)
    assert [row.word for row in found] == list("uvwxyz")
    # after the penalty v 2, u 1.5, w 1, x 0.5, y -2: top-k ends at x; v, u, w have 43, 26, 16 and x 10 of 95 %
    assert [row.note for row in found] == ["read, ÷ 2", "", "", "", "read, × 2 · cut by top-k", "read · cannot be"]  # fmt: skip
    assert [row.lines for row in found] == [[], [], [], ["top-k ends at rank 4", "top-p reaches 0.9"], [], []]
    assert [(row.possible, row.some) for row in found] == [(True, True)] * 4 + [(True, False), (False, False)]
    shown.penalty = 1
    assert [row.note for row in rows(shown)][::4] == ["read", "read · cut by top-k"]
    shown.penalty, shown.top_p = 2, 0.5
    assert rows(shown)[0].lines == ["top-p reaches 0.5"], "the second after the penalty"
    assert [row.note for row in rows(shown)][2:4] == ["cut by top-p", "cut by top-p"]
    shown.temperature = 0
    assert not any(row.lines for row in rows(shown)) and rows(shown)[0].note == "read, ÷ 2 · cut: greedy"
    assert rows(shown)[1].after == 1


def test_the_rest_of_the_vocabulary_is_one_row():
    shown = NextToken(LOGITS, WORDS, shown=2, top_k=4, top_p=0.95)
    *_, rest = rows(shown)
    assert (rest.token, rest.word, rest.lines) == (-1, "and 3 others", []) and len(rows(shown)) == 3
    assert rest.note == "2 kept; top-k ends at rank 4 here; top-p reaches 0.95 here"
    assert (rest.own, rest.after) == (pytest.approx(0.4), pytest.approx(1 / 3)) and rest.some
    shown.top_k, shown.shown = 1, 4
    assert (
        rows(shown)[-1].word == "and 1 other"
        and rows(shown)[-1].note == "0 kept"
        and not rows(shown)[-1].some
    )
    shown.shown = 5
    assert len(rows(shown)) == 5 and rows(shown)[-1].token == 4
    assert not rows(NextToken([1, -INF, -INF], ["a", "b", "c"], shown=1))[-1].possible


def test_the_numbers_beside_the_bars():
    shown = NextToken([*LOGITS, -INF], [*WORDS, "f"], seen=[0], penalty=2, top_k=2)
    facts = {what: pair for what, *pair in next_token_words.facts(shown, shown._outcome())}
    assert facts == {
        "tokens kept": ["5", "2"], "the model's probability kept": ["100 %", "40.0 %"], "entropy in bits": ["2.12", "1.00"],
        "probability of the most likely": ["40.0 %", "50.0 %"], "the most likely": ["a", "b"],
    }  # fmt: skip


def test_numbers_as_texts():
    shares = {0: "< 0.01 %", 5e-324: "< 0.01 %", 9.9e-5: "< 0.01 %", 0.000125: "0.013 %", 0.009: "0.90 %", 0.0125: "1.3 %", 0.5: "50.0 %",
              0.9999: "99.9 %", 1 - 1e-8: "99.9 %", 1 - 1e-12: "100 %", 1: "100 %"}  # fmt: skip
    assert [next_token_words.percent(one) for one in shares] == list(shares.values())
    assert next_token_words.percent(0, False) == "0 %"
    values = {0: "0", 0.05: "0.05", 0.9: "0.9", 1: "1", 1.15: "1.15", 0.123456789: "0.123457", 0.999: "0.999"}
    assert [next_token_words.number(one) for one in values] == list(values.values())
    assert [next_token_words.bits(np.array(one)) for one in ([1.0], [0.5, 0.5, 0], [0.25] * 4)] == ["0.00", "1.00", "2.00"]  # fmt: skip


def test_any_word_can_be_shown():
    words = ["", " ", "\n\t", "New York", "x" * 128, "\x00", "\u202eturned", "▁the", "\u3000"]
    shown = NextToken(np.arange(9), words)
    assert shown.words == [
        "(empty)",
        "␣",
        "↵⇥",
        "New York",
        "x" * 39 + "…",
        "\ufffd",
        "\ufffdturned",
        "▁the",
        "␣",
    ]


# The static picture ---------------------------------------------------------------------------------------------------


def texts(root):
    return [text.text for text in root.iter(SVG + "text")]


def test_next_token_static_picture_is_that_of_the_state(gpt):
    shown = NextToken.of(
        *gpt, "Ada likes fish. Ada likes", top_p=0.8, top_k=10, penalty=1.5, shown=9, position=1
    )
    for temperature in (0, 0.6, 2):
        shown.temperature = temperature
        root, found, drawn = picture(shown), shown._outcome(), rows(shown)
        assert root.find(SVG + "desc").text == shown._alt() and said(shown) in shown._alt()
        scale = next_token_words.scale(drawn)
        most = max(max(row.own, row.after) for row in drawn)
        assert (scale < 1) == (temperature > 0)
        assert most <= scale + 1e-9 and scale in next_token_words.SCALES
        boxes = [box for box in root.iter(SVG + "rect") if box.get("x") == str(next_token_picture.LEFT)]
        wide = {}
        for box in boxes:
            wide.setdefault(box.get("height"), []).append(float(box.get("width")))
        long = next_token_picture.LONG
        assert wide["16"] == pytest.approx([row.own / scale * long for row in drawn], abs=1e-3)
        assert wide["8"] == pytest.approx([row.after / scale * long for row in drawn if row.some], abs=1e-3)
        words = texts(root)
        assert words.count("✕") == sum(not row.some for row in drawn)
        assert words.count("cut: greedy") == (8 if temperature == 0 else 0)
        for row in drawn:
            assert not row.note or row.note in words
            assert not row.lines or "; ".join(row.lines) in words
            assert next_token_words.percent(row.own, row.possible) in words
        assert "What comes after “▁likes”, token 2 of 6?" in words
        assert f"Settings: {next_token_words.settings(shown)}" in words
        for what, model, now in next_token_words.facts(shown, found):
            assert what in words and model in words and now in words
        chips = [box for box in root.iter(SVG + "rect") if box.get("height") == "26"]
        assert len(chips) == 2, "of the text what was read stands in boxes"
    assert "Settings: as the model says" in texts(picture(NextToken(LOGITS, WORDS)))
    assert "What comes next?" in texts(picture(NextToken(LOGITS, WORDS)))


def test_a_hatch_stays_in_its_box():
    for width in (0.5, 3, 40, 300):
        way = next_token_picture.hatch(10, 20, width, 16)
        points = np.array([[*map(float, one.split())] for one in re.findall(r"[\d.]+ [\d.]+", way)])
        assert (
            len(points)
            and (points.min(0) >= [10, 20]).all()
            and (points.max(0) <= [10 + width + 0.01, 36]).all()
        )
    assert next_token_picture.hatch(10, 20, 0, 16) == ""


def test_next_token_text_is_text_and_the_module_is_plain(tmp_path):
    nasty = ["<script>alert(1)</script>", "a&b", "\"'>", "שלום", "🦊", "</script>"]
    shown = NextToken(TWO[:, :1] + np.arange(6.0), nasty, [0, 5])
    words = " ".join(texts(picture(shown)))
    assert "a&b" in words and "<script>alert(1)" in words
    page = shown.save(tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page and set(re.findall(r"https?://[^\s\"'<]+", page)) <= {"http://www.w3.org/2000/svg"}  # fmt: skip
    for name in ("next_token.js", "next_token_numbers.js", "next_token_rows.js"):
        text = base._read(name)
        assert "innerHTML" not in text and max(map(len, text.splitlines())) <= 120 and text.count("\n") < 400
    assert len(NextToken._esm.encode()) <= 60_000


def test_the_next_tokens_picture_is_such_as_a_graded_notebook_keeps():
    from autograder import drawings

    for shown in (gallery._next(), NextToken(LOGITS, WORDS, top_k=2)):
        again, words = drawings._redrawn(shown._svg())
        ours = [element.tag for element in ET.fromstring(shown._svg()).iter()]
        kept_tags = [element.tag for element in ET.fromstring(again).iter()]
        assert len(kept_tags) == len(ours) + 1 and shown._alt() in words, "with its ground, and no shape lost"


def test_the_gallery_shows_a_place_where_much_is_possible():
    shown = gallery._next()
    found = shown._outcome()
    assert found.own.max() < 0.4 and 5 <= found.kept <= 15


def test_the_rule_is_the_views_own():
    """A lab asks for it: no function here does a part of it."""
    own = {k for k, v in vars(next_token).items() if getattr(v, "__module__", "") == next_token.__name__}
    assert {name for name in own if not name.startswith("_")} == {"NextToken"}
