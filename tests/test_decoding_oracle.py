"""Lab 11's solution against something else that knows it: every text there is, transformers' generate and its processors, the tokenizers library."""

import itertools
import math
import random
from pathlib import Path

import pytest
import torch
from transformers.generation import RepetitionPenaltyLogitsProcessor, TopKLogitsWarper, TopPLogitsWarper

from course import load_model, load_task, load_tokenizer
from course.checks.helpers import build
from course.checks.lab11_decoding.beams import Search, every_text, searched
from course.checks.lab11_decoding.writing import reads
from course.earlier import earlier

SOLVED = earlier("lab11_decoding", Path(__file__).resolve().parents[1] / "solutions")
SEEDS = range(12)


def searches(width, size=4, most=4):
    """Searches in models whose logits depend on all that was read. size: of the vocabulary."""
    for seed in SEEDS:
        alpha = (0.0, 0.6, 1.0)[seed % 3]
        yield Search(reads(seed, size, sharp=1.5), (1, seed % size), width, most, end=2, alpha=alpha)


def found(search):
    step = build(search.step)
    return SOLVED.beam_search(step, torch.tensor([search.ids]), search.width, search.most, search.end, search.alpha)  # fmt: skip


def assert_alike(mine, true):
    assert [text for text, _ in mine] == [text for text, _ in true]
    assert [score for _, score in mine] == pytest.approx([score for _, score in true], abs=1e-4)


def test_a_beam_as_wide_as_the_space_is_exhaustive_search():
    """Width V^T: every text is found. Width V^(T - 1): no beginning is dropped, and of the whole texts only what cannot be the best."""
    for search in searches(4**4):
        assert_alike(found(search), every_text(search))
    for search in searches(4**3):
        assert_alike(found(search)[:1], every_text(search)[:1])


@pytest.mark.parametrize("width", [2, 3, 5, 8])
def test_a_narrower_one_is_a_beam_by_brute_force(width):
    for search in searches(width, size=6, most=6):
        assert_alike(found(search), searched(search))


def test_a_beam_of_one_is_greedy():
    for search in searches(1, size=9, most=8):
        ((text, _),) = found(search)
        ids = torch.tensor([search.ids])
        assert text == SOLVED.greedy(build(search.step), ids, search.most, search.end)[0].tolist()


@pytest.fixture(scope="module")
def t5():
    return load_model("t5", head="seq2seq-lm").eval()


@pytest.fixture(scope="module")
def sources():
    tokenizer = load_tokenizer("t5")
    rows = load_task("summaries", split="test", n=12)
    return tokenizer([f"summarize: {row['text']}" for row in rows], padding=True, return_tensors="pt")


@torch.no_grad()
def step_of(t5, sources):
    states = t5.encoder(**sources).last_hidden_state

    @torch.no_grad()
    def step(written):
        out = t5(encoder_outputs=(states,), attention_mask=sources.attention_mask, decoder_input_ids=written)
        return out.logits[:, -1]

    return step


def test_greedy_is_the_librarys(t5, sources):
    written = SOLVED.greedy(step_of(t5, sources), torch.zeros(12, 1, dtype=torch.long), 30, end=1)
    theirs = t5.generate(**sources, max_new_tokens=30, do_sample=False, num_beams=1)[:, 1:]
    assert torch.equal(written, theirs[:, : written.shape[1]])
    assert not theirs[:, written.shape[1] :].any()


@pytest.mark.parametrize("alpha", [0.0, 0.6, 1.0, 2.0])
def test_the_length_is_counted_as_the_library_counts_it(t5, sources, alpha):
    """The scores of its beams: sum / length ** alpha of its own texts."""
    out = t5.generate(
        **sources, max_new_tokens=30, do_sample=False, num_beams=3, length_penalty=alpha, return_dict_in_generate=True,
        output_scores=True,
    )  # fmt: skip
    with torch.no_grad():
        logits = t5(**sources, decoder_input_ids=out.sequences[:, :-1]).logits
    mine = SOLVED.length_penalty(logits, out.sequences[:, 1:], 1, alpha)
    assert mine.tolist() == pytest.approx(out.sequences_scores.tolist(), abs=1e-4)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_filters_are_the_librarys(seed):
    """Where no two logits are equal, and no sum hits p."""
    generator = torch.Generator().manual_seed(seed)
    logits = 3 * torch.randn(5, 50, generator=generator)
    ids = torch.randint(50, (5, 9), generator=generator)
    for k in (1, 2, 7, 50, 80):
        assert torch.equal(SOLVED.top_k_filter(logits, k), TopKLogitsWarper(k)(ids, logits))
    for p in (0.05, 0.5, 0.9, 0.99):
        assert torch.equal(SOLVED.nucleus_filter(logits, p), TopPLogitsWarper(p)(ids, logits))
    for penalty in (1.0, 1.3, 5.0):
        mine = SOLVED.repetition_penalty(logits, ids, penalty)
        assert torch.equal(mine, RepetitionPenaltyLogitsProcessor(penalty)(ids, logits))


@pytest.mark.parametrize(
    "settings",
    [{}, {"temperature": 0.5}, {"temperature": 2.0}, {"top_k": 3}, {"top_p": 0.7}, {"penalty": 1.8}, {"temperature": 1.5, "top_k": 4, "top_p": 0.8, "penalty": 1.2}],
)  # fmt: skip
def test_draws_have_the_distribution(settings):
    """Chi-squared over the tokens that are left, by the library's processors; 0.1 % of true samplers would fail, and the seeds are fixed."""
    logits, n = torch.tensor([[2.0, 1.0, 0.5, -1.0, 0.0, -3.0]]), 20_000
    ids = torch.tensor([[0, 3]]).expand(n, -1)
    left = RepetitionPenaltyLogitsProcessor(settings.get("penalty", 1.0))(ids[:1], logits)
    left = left / settings.get("temperature", 1.0)
    left = TopKLogitsWarper(settings["top_k"])(None, left) if "top_k" in settings else left
    chances = (TopPLogitsWarper(settings["top_p"])(None, left) if "top_p" in settings else left).softmax(-1)[
        0
    ]
    drawn = SOLVED.sample(lambda read: logits.expand(len(read), -1), ids, 1, end=-1, seed=3, **settings)[:, 0]
    counts = drawn.bincount(minlength=6)
    assert not counts[chances == 0].any()
    real = chances > 0
    squared = ((counts[real] - n * chances[real]) ** 2 / (n * chances[real])).sum().item()
    limits = {1: 10.83, 2: 13.82, 3: 16.27, 4: 18.47, 5: 20.52}
    assert squared < limits[int(real.sum()) - 1]


def test_pieces_are_the_likeliest_of_all_cuts():
    rng = random.Random(0)
    for _ in range(60):
        text = "".join(rng.choice("abc") for _ in range(rng.randint(1, 9)))
        pieces = {text[a:b] for a, b in itertools.combinations(range(len(text) + 1), 2) if rng.random() < 0.6}
        scores = {piece: -rng.uniform(1, 9) for piece in pieces}
        best = -math.inf
        for borders in itertools.product((False, True), repeat=len(text) - 1):
            cuts = [0, *(i + 1 for i, border in enumerate(borders) if border), len(text)]
            parts = [text[a:b] for a, b in itertools.pairwise(cuts)]
            best = max(best, sum(scores.get(p, -20.0 if len(p) == 1 else -math.inf) for p in parts))
        mine = SOLVED.unigram_encode(text, scores)
        assert "".join(mine) == text
        assert sum(scores.get(p, -20.0) for p in mine) == pytest.approx(best)


def test_the_decoder_by_hand_is_the_librarys_on_every_prefix(t5, sources):
    """With the cache, after rewinds, and for rows that were chosen."""
    ids, cache = sources.input_ids, SOLVED.KVCache()
    decoder, true = SOLVED.Decoder(t5, ids, cache), step_of(t5, sources)
    texts = torch.cat(
        [torch.zeros(12, 1, dtype=torch.long), t5.generate(**sources, max_new_tokens=20)[:, 1:]], 1
    )
    for n in [1, 2, 3, 9, 4, 5, texts.shape[1], 1, 7]:  # fewer than before: the cache is rewound
        assert torch.allclose(decoder(texts[:, :n]), true(texts[:, :n]), atol=1e-3)
        assert len(cache) == n
