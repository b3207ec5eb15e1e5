"""masks.js against its twin in course/masks: bits, words, reach, judgements, code and tokens, for random masks."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

from course import load_tokenizer, masks
from course.masks import code as codes
from course.masks.reach import blocked_by, judged, path, reachable, source_of
from course.masks.rules import RULES, Joined, Not
from course.widgets.mask_explorer import _tokens

WIDGETS = Path(masks.__file__).parent.parent / "widgets"


@pytest.fixture(scope="module")
def js(browser):
    """Call a function of masks.js: js("maskWords", state)."""
    page = browser.new_page()
    page.add_script_tag(content=(WIDGETS / "masks.js").read_text(encoding="utf-8"))
    page.evaluate("([rules, forms]) => { window.RULES = rules; window.FORMS = forms; }", [
        {name: rule.described() for name, rule in RULES.items()},
        {"texts": codes.FORMS, "warnings": codes.WARNINGS, "many": codes.MANY},
    ])  # fmt: skip
    yield lambda expression, *arguments: page.evaluate(f"(a) => {expression}", list(arguments))
    page.close()


def drawn(dice, depth=3):
    """A random mask."""
    if depth and dice.random() < 0.5:
        word = dice.choice(["and", "or", "not"])
        if word == "not":
            return Not(drawn(dice, depth - 1))
        return Joined(word, drawn(dice, depth - 1), drawn(dice, depth - 1))
    rule = dice.choice(list(RULES.values()))
    if rule.places:
        low = 1 if rule.places.kind == "groups" else 0
        values = dice.sample(range(low, 12), dice.randint(1, 6))
        return masks.named(rule.name, *values)
    return masks.named(rule.name, *(dice.randint(number.low, 12) for number in rule.numbers))


SOME = [(drawn(random.Random(seed)), random.Random(seed).randint(1, 11)) for seed in range(60)]
EVERY = [(masks.named(rule.name, *([[3, 1, 2]] if rule.places else [2] * len(rule.numbers))), 9) for rule in RULES.values()]  # fmt: skip


def test_bits_and_words(js):
    for mask, n in [*EVERY, *SOME]:
        bits = js("Array.from(maskBits(RULES, a[0], a[1]))", mask.state(), n)
        assert (np.array(bits).reshape(n, n) == mask.array(n)).all(), str(mask)
        assert js("maskWords(a[0])", mask.state()) == str(mask)
        assert js("sourceOf(a[0], a[1])", mask.state(), n) == min(n, source_of(mask))


def test_usual_masks_are_masks(js):
    for name in RULES:
        for n in (1, 2, 9, 40):
            assert masks.from_state(js("usualMask(RULES, a[0], a[1])", name, n)).array(n).shape == (n, n)


def test_packed_bits(js):
    bits = np.random.default_rng(0).random((7, 7)) < 0.5
    packed = bytes(js("Array.from(packedBits(a[0]))", bits.astype(int).ravel().tolist()))
    assert packed == np.packbits(bits).tobytes()
    assert js("Array.from(unpackedBits(a[0], 49))", list(packed)) == bits.astype(int).ravel().tolist()


@pytest.mark.parametrize("source", [0, 4])
def test_reach_and_paths(js, source):
    dice = np.random.default_rng(source)
    for layers in (1, 2, 5):
        bits = dice.random((9, 9)) < 0.2
        flat = bits.astype(int).ravel().tolist()
        truth = reachable(bits, layers, source)
        found = js("Array.from(reachAll(Uint8Array.from(a[0]), 9, a[1], a[2]))", flat, layers, source)
        assert (np.array(found).reshape(9, 9) == truth).all()
        for output in range(9):
            row = js(
                "Array.from(reachRow(Uint8Array.from(a[0]), 9, a[1], a[2], a[3])[0])",
                flat,
                layers,
                output,
                source,
            )
            assert (np.array(row, bool) == truth[output]).all()
            for key in range(9):
                way = js(
                    "reachPath(Uint8Array.from(a[0]), 9, a[1], a[2], a[3], a[4])",
                    flat,
                    layers,
                    output,
                    key,
                    source,
                )
                assert [tuple(stop.values()) for stop in way] == [
                    tuple(s) for s in path(bits, layers, output, key, source)
                ]


def test_judgements_and_reasons(js):
    for mask, n in [*EVERY, *SOME]:
        bits = mask.array(n)
        said = js("judgedBits(maskBits(RULES, a[0], a[1]), a[1])", mask.state(), n)
        truth = judged(bits)
        assert said == {
            "leaks": truth.leaks,
            "first": truth.first_leak and list(truth.first_leak),
            "empty": list(truth.empty),
            "prefix": truth.prefix,
        }
        for q, k in ((0, n - 1), (n - 1, 0), (n // 2, n // 2)):
            assert js("blockedBy(RULES, a[0], a[1], a[2], a[3])", mask.state(), n, q, k) == blocked_by(
                mask, n, q, k
            )


@pytest.mark.parametrize("form", codes.NAMES)
def test_code_is_letter_for_letter_that_of_python(js, form):
    for i, (mask, n) in enumerate([*EVERY, *SOME]):
        flipped = np.random.default_rng(i).random((n, n)) < (0, 0.1, 0.9)[i % 3]
        said = js(
            "maskCode(RULES, FORMS, a[0], a[1], a[2], Uint8Array.from(a[3]))",
            mask.state(),
            n,
            form,
            flipped.astype(int).ravel().tolist(),
        )
        assert said == codes.code(mask, n, form, flipped)


TEXTS = [
    "", "We were on the right side of history.", "It's Ada's, isn’t it? 3.5 % of 1,000!", "naïve café ÀÉÎ straße", "<b>&amp;</b> <script>alert(1)</script>",
    "emoji 🙂👩‍👩‍👧 end", "שלום עולם and العربية", "tab\tnew\nline\u00a0nbsp\u200bzero", "snake_case __x__ e-mail well-known -- dash—dash", "a" * 120, "日本語 text",
    "$5 + 3 = 8 ~ ^ ` | < >", "Unwetter Müller ĳ ﬁ ½",
]  # fmt: skip


def test_tokens_are_those_of_python_and_of_the_courses_wordpiece(js):
    tokenizer = load_tokenizer("bert")
    vocabulary = list(tokenizer.get_vocab())
    for text in TEXTS:
        assert js("wordsOf(a[0])", text) == _tokens(text, "words"), text
        assert js("piecesOf(a[0], new Set(a[1]))", text, vocabulary) == tokenizer.tokenize(text), text
    assert json.loads(json.dumps(vocabulary)) == vocabulary
