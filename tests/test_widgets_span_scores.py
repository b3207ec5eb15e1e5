"""The Python side of the span scores: the best spans against brute force, the words, what is refused, and the static picture."""

import html
import json
import math
import random
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
import torch
import traitlets

from course.widgets import SpanScores, base, gallery, span_scores, span_scores_picture
from course.widgets.span_scores_words import brief, joined, lanes, percent, reach, signed
from tests.test_widgets import SVG, picture

NASTY = ["<script>alert(1)</script>", "a&b", "\"'>", "שלום", "🦊", "\x00", "\u202eturned"]
SMALL = ["special", "question", "special", "passage", "passage", "passage", "special", "padding"]


def made(n=12, seed=0, *, question=3, padding=2, ties=False, masked=0.0, **options):
    """A visualiser over random scores; with `ties` there are only a few different ones."""
    draw = random.Random(seed)
    kinds = ["special"] + ["question"] * question + ["special"]
    kinds += ["passage"] * (n - len(kinds) - padding - 1) + ["special"] + ["padding"] * padding

    def logits():
        found = [float(draw.randrange(3)) if ties else draw.gauss(0, 3) for _ in range(n)]
        return [found[0]] + [-math.inf if draw.random() < masked else one for one in found[1:]]

    return SpanScores([f"t{i}" for i in range(n)], logits(), logits(), kinds, **options)


def brute(shown, everything):
    """[(sum, first, last)] of all spans that count, best first, by plain loops over what was given."""
    starts, ends = (np.frombuffer(raw, np.float32).tolist() for raw in (shown._starts, shown._ends))
    found = []
    for i, a in enumerate(starts):
        for j, b in enumerate(ends):
            inside = shown.kinds[i] == shown.kinds[j] == "passage" and i <= j < i + shown.longest
            there = "padding" not in (shown.kinds[i], shown.kinds[j])
            if a + b > -math.inf and (there if everything else inside):
                found.append((a + b, i, j))
    return sorted(found, key=lambda one: (-one[0], one[1], one[2]))


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("masked", [0.0, 0.5, 1.0])
def test_the_best_spans_are_those_of_brute_force(ties, masked):
    for seed in range(25):
        draw = random.Random(seed)
        options = {"longest": draw.randrange(1, 9), "top": draw.choice([1, 5, 20])}
        shown = made(draw.randrange(9, 30), seed, padding=draw.randrange(3), ties=ties, masked=masked, **options)  # fmt: skip
        for everything in (False, True):
            want = [(i, j) for _, i, j in brute(shown, everything)][: shown.top]
            assert shown._best(everything) == want, (seed, everything)
            shown.everything = everything
            assert shown._best() == want
        best = brute(shown, False)
        none = np.frombuffer(shown._starts, np.float32)[0].item() + np.frombuffer(shown._ends, np.float32)[0].item()  # fmt: skip
        assert shown._gap() == (none - best[0][0] if best else math.inf)


def test_probabilities_are_a_softmax_without_the_padding():
    shown = made(14, 3, padding=4)
    for chances, raw in zip(shown._chances(), (shown._starts, shown._ends), strict=True):
        logits = torch.tensor(np.frombuffer(raw, np.float32)[:10].copy(), dtype=torch.float64)
        assert chances[:10] == pytest.approx(logits.softmax(0).numpy(), rel=1e-12)
        assert not chances[10:].any() and chances.sum() == pytest.approx(1)
    assert shown._chance(2, 5) == pytest.approx(shown._chances()[0][2] * shown._chances()[1][5])


def test_every_reason_is_counted_and_said():
    shown = made(17, 1, question=4, padding=3, longest=4)
    kinds, n = shown.kinds, 17
    counts = dict.fromkeys((0, 1, 2, 4, 8), 0)
    for i in range(n):
        for j in range(n):
            has = {
                1: j < i, 2: j - i >= 4, 4: bool({"special", "question"} & {kinds[i], kinds[j]}),
                8: "padding" in (kinds[i], kinds[j]),
            }  # fmt: skip
            for reason, holds in has.items():
                counts[reason] += holds
            counts[0] += not any(has.values())
            assert shown._excluded()[i, j] == sum(bit for bit, holds in has.items() if holds)
            said = "; ".join(shown._reasons(i, j))
            assert ("ends before it begins" in said, "more than 4" in said) == (has[1], has[2])
            assert (" question" in said or " special" in said, "padding" in said) == (has[4], has[8])
            assert ("It cannot be the answer" in shown._said(i, j)) == (any(has.values()) and i + j > 0)
    assert shown._counts() == counts
    assert shown._reasons(2, 15) == ["it has 14 tokens, more than 4", "it begins in the question", "it ends in the padding"]  # fmt: skip
    assert shown._reasons(5, 0) == ["it ends before it begins", "it begins and ends at a special token"]


def story(**options):
    """[CLS] who [SEP] ida plays ##ing [SEP] [PAD]: "ida" 4 + 3, "ida playsing" 4 + 2, no answer 1 + 1."""
    tokens = ["[CLS]", "who", "[SEP]", "ida", "play", "##ing", "[SEP]", "[PAD]"]
    return SpanScores(tokens, [1, 3, 0, 4, 1, 0, 0, 9], [1, 5, 0, 3, 0, 2, 0, 9], SMALL, **options)


def test_a_span_is_said():
    shown = story(longest=2)
    total = lambda logits: sum(math.exp(one) for one in logits)  # noqa: E731
    start = math.exp(4) / total([1, 3, 0, 4, 1, 0, 0])
    end = math.exp(3) / total([1, 5, 0, 3, 0, 2, 0])
    assert shown._said(3, 3) == (
        f"Token 3, “ida”: P_start {percent(start)} × P_end {percent(end)} = {percent(start * end)}. "
        "It can be the answer. It is answer number 1."
    )
    assert shown._text(3, 5) == "“ida playing”" and shown._text(5, 5) == "“ing”" and shown._text(4, 5) == "“playing”"  # fmt: skip
    assert "from “##ing” back to “ida”" in shown._said(5, 3)
    assert shown._said(3, 5).endswith("It cannot be the answer: it has 3 tokens, more than 2.")
    assert shown._said(7, 7).startswith("Token 7, “[PAD]”: P_start 0 % × P_end 0 % = 0 %. ")
    assert "stands for no answer" in shown._said(0, 0)


def test_no_answer_and_its_threshold():
    shown = story()
    assert shown._gap() == 2 - 7 and shown._best(False, 1) == [(3, 3)]
    assert shown._verdict() == (
        "No answer scores 2.00, the best answer 7.00. Their difference, −5.00, is not above the threshold, 0.00. The reader says: “ida”."
    )
    shown.threshold = -5
    assert shown._verdict().endswith("is not above the threshold, −5.00. The reader says: “ida”."), (
        "equal is not above"
    )
    shown.threshold = -5.1
    assert shown._verdict().endswith("is above the threshold, −5.10. The reader says: no answer.")
    nothing = SpanScores(shown.tokens, [0] + [-math.inf] * 7, [0] * 8, SMALL)
    assert nothing._best(False) == [] and "The reader says: no answer." in nothing._verdict()
    assert "that can be the answer: none." in nothing._alt()
    picture(nothing)


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ((3, 3), "token 3, “ida”. It is the best one that can be the answer."),
        ((3, 5), "tokens 3 to 5, “ida playing”. It can be the answer, but a likelier one can too: “ida” (token 3) has"),
        ((5, 3), "tokens 5 to 3, from “##ing” back to “ida”. It cannot be the answer: it ends before it begins."),
        ((1, 1), "token 1, “who”. It cannot be the answer: it begins and ends in the question."),
        ((3, 7), "It cannot be the answer: it has 5 tokens, more than 3; it ends in the padding."),
        ((0, 0), "token 0, “[CLS]”. It stands for no answer, but that is not what the threshold decides."),
    ],
)  # fmt: skip
def test_the_chosen_span_is_judged(chosen, said):
    shown = story(longest=3, chosen=chosen)
    assert shown._on_chosen().startswith("The chosen span: ") and said in shown._on_chosen()
    assert shown._on_chosen() in shown._alt()


def test_a_chosen_span_as_likely_as_the_best():
    shown = SpanScores(list("cpp"), [0, 5, 5], [0, 5, 5], ["special", "passage", "passage"], chosen=[1, 2])
    assert shown._on_chosen().endswith("It is as likely as the best one, “p” (token 1), which stands first.")
    shown.chosen = None
    assert shown._on_chosen() == ""
    shown.chosen, shown.threshold = [0, 0], -20
    assert shown._on_chosen().endswith("It stands for no answer, as the threshold decides.")


def test_numbers_and_tokens_as_texts():
    shares = {0: "0 %", 1: "100 %", 1 - 1e-12: "99.9 %", 0.125: "12.5 %", 0.01245: "1.2 %", 0.0099: "0.99 %", 2.5e-5: "0.0025 %",
              1e-6: "0.00010 %", 9.9e-7: "< 0.0001 %"}  # fmt: skip
    assert [percent(one) for one in shares] == list(shares.values())
    assert [signed(one) for one in (-6.1, 0.125, -0.125, 0, -0.001, 1e9, -3.4e38)] == ["−6.10", "0.13", "−0.13", "0.00", "0.00", "1000000000.00", "−3.4e+38"]  # fmt: skip
    assert joined(["##a", "b", "##", "##c"], False) == "a b ##c"
    assert joined(["Ġno", "ise", "▁on"], True) == "noise on"
    assert brief("x" * 48) == "x" * 48 and brief("word " * 30) == "word word word word word … word word word "
    assert lanes([(3, 5), (6, 7), (5, 6), (2, 2), (9, 1)]) == [0, 0, 1, 0, 2]
    assert [reach(one) for one in ([0], [5, -1], [-4.7], [480.0], [-1000], [1e9])] == [5, 10, 5, 1000, 1000, 1000]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"tokens": "abc"}, "The tokens are a list, each of them a string."),
        ({"tokens": ["a", 3]}, "The tokens are a list, each of them a string."),
        ({"tokens": 3}, "The tokens are a list, each of them a string."),
        ({"tokens": ["a"]}, "There are 2 to 512 tokens; you gave 1: show a longer passage in windows."),
        ({"tokens": ["a"] * 513}, "you gave 513"),
        ({"tokens": ["a", " "]}, "One of the tokens is empty"),
        ({"kinds": ["special", "answer"]}, "one of special, question, passage, padding; you gave 'answer'."),
        ({"kinds": 5}, "There is a list of kinds, one for each of 8 tokens; you gave 5."),
        ({"kinds": "passage"}, "There is a list of kinds, one for each of 8 tokens; you gave 'passage'."),
        ({"kinds": SMALL[:-1]}, "There is a kind for each of 8 tokens; you gave 7."),
        ({"kinds": ["passage", *SMALL[1:]]}, "The first token is [CLS], which stands for no answer; yours is of the passage."),
        ({"kinds": ["special"] * 8}, "The tokens of the passage stand in one piece; here are none."),
        ({"kinds": ["special", "passage", *SMALL[2:]]}, "stand in one piece; here is something between them."),
        ({"start_logits": [1, 2]}, "There is a start logit for each of 8 tokens; yours have the shape (2,)."),
        ({"end_logits": np.zeros((2, 8))}, "There is an end logit for each of 8 tokens; yours have the shape (2, 8)."),
        ({"start_logits": ["a"] * 8}, "The start logits are numbers, one for each of 8 tokens."),
        ({"start_logits": None}, "There is a start logit for each of 8 tokens; yours have the shape ()."),
        ({"end_logits": [0] * 7 + [math.nan]}, "An end logit is a number, or -inf for a token that cannot be"),
        ({"end_logits": [0] * 7 + [math.inf]}, "An end logit is a number"),
        ({"start_logits": [-math.inf] + [0] * 7}, "that of the first token is a number."),
        ({"start_logits": [1e300] * 8}, "A start logit is a number"),
        ({"longest": 0}, "The most tokens of an answer is a whole number from 1 to 512; you gave 0."),
        ({"longest": True}, "you gave True."),
        ({"top": 21}, "The number of answers is a whole number from 1 to 20; you gave 21."),
        ({"top": 2.5}, "you gave 2.5."),
        ({"chosen": (3, 8)}, "The chosen span is (first, last), two places from 0 to 7; you gave (3, 8)."),
        ({"chosen": 3}, "you gave 3."),
        ({"chosen": (1, 2, 3)}, "you gave (1, 2, 3)."),
        ({"chosen": ("a", 1)}, "you gave ('a', 1)."),
        ({"threshold": math.nan}, "The threshold is a number from −1,000 to 1,000; you gave nan."),
        ({"threshold": None}, "you gave None."),
    ],
)  # fmt: skip
def test_scores_refuse_with_a_sentence(change, sentence):
    given = {"tokens": list("abcdefgh"), "start_logits": [0] * 8, "end_logits": [0] * 8, "kinds": SMALL}
    SpanScores(**given)
    with pytest.raises(ValueError) as caught:
        SpanScores(**given | change)
    assert sentence in str(caught.value) and "\n" not in str(caught.value)


def test_scores_take_what_a_model_gives():
    tensor = torch.randn(1, 8, dtype=torch.bfloat16, requires_grad=True)
    shown = SpanScores(tuple("abcdefgh"), tensor, np.zeros(8), tuple(SMALL), chosen=np.array([3, 4]))
    assert np.frombuffer(shown._starts, np.float32) == pytest.approx(tensor[0].detach().float().numpy())
    assert shown.chosen == [3, 4] and all(type(one) is int for one in shown.chosen)


def test_scores_can_be_steered_from_python():
    shown = story()
    shown.set_state({"longest": 1, "threshold": 2, "pinned": [5, 3], "everything": True, "top": 1, "chosen": [0, 0]})  # fmt: skip
    json.dumps(shown.get_state(["longest", "threshold", "pinned", "chosen"]), allow_nan=False)
    for name, value in [("longest", 0), ("top", 0), ("pinned", [1]), ("pinned", [0, 8]), ("chosen", [-1, 2]), ("threshold", 1e9),
                        ("tokens", ["x"]), ("kinds", [])]:  # fmt: skip
        with pytest.raises(traitlets.TraitError):
            setattr(shown, name, value)
    assert (shown.longest, shown.threshold, shown.pinned, shown.everything) == (1, 2, [5, 3], True)


@pytest.mark.parametrize("training", [True, False])
def test_scores_of_a_model(training):
    from course import load_model, load_tokenizer

    torch.manual_seed(0)  # its head starts at random
    model, tokenizer = load_model("bert", head="question-answering"), load_tokenizer("bert")
    model.train(training)
    question, passage = "Where does Ida live?", "Ida lives in Alderton. Bo lives in Mossbury."
    shown = SpanScores.of(model, tokenizer, question, passage, longest=4, chosen=(0, 0))
    assert model.training == training, "as it was before"
    encoded = tokenizer(question, passage, return_tensors="pt")
    with torch.no_grad():
        truth = model.eval()(**encoded)
    assert np.frombuffer(shown._starts, np.float32) == pytest.approx(truth.start_logits[0].numpy(), abs=1e-5)
    assert np.frombuffer(shown._ends, np.float32) == pytest.approx(truth.end_logits[0].numpy(), abs=1e-5)
    assert shown.tokens == tokenizer.convert_ids_to_tokens(encoded.input_ids[0]) and shown.longest == 4
    begin = shown.tokens.index("[SEP]")
    assert shown.kinds == ["special", *["question"] * (begin - 1), "special", *["passage"] * (len(shown.kinds) - begin - 2), "special"]  # fmt: skip


def test_of_a_model_refuses_with_a_sentence():
    from course import load_model, load_tokenizer

    model, tokenizer = load_model("bert", head="question-answering"), load_tokenizer("bert")
    model.train()
    with pytest.raises(ValueError, match=r"have 1,009 tokens together, and there is room for 256: cut the passage into windows that overlap"):  # fmt: skip
        SpanScores.of(model, tokenizer, "who lives there?", "lives " * 1_002)
    for question, passage in (("", "a"), ("a", " "), (3, "a"), ("a", None)):
        with pytest.raises(ValueError, match=r"is a text with at least one word; you gave"):
            SpanScores.of(model, tokenizer, question, passage)
    other = load_model("bert", head="classification")
    with pytest.raises(ValueError, match=r"gives no start_logits: load a model for it"):
        SpanScores.of(other, tokenizer, "who?", "ida")
    assert model.training


# The static picture -----------------------------------------------------------------------------------------------------


def texts(root):
    return [text.text for text in root.iter(SVG + "text")]


@pytest.mark.parametrize("everything", [False, True])
def test_scores_static_picture_is_that_of_the_state(everything):
    shown = gallery._scores()
    shown.everything = everything
    root, words = picture(shown), None
    assert root.find(SVG + "desc").text == shown._alt()
    words = texts(root)
    starts, ends = shown._chances()
    for rank, (first, last) in enumerate(shown._best(), 1):
        text = shown._text(first, last)
        assert f"{rank}  {text}" in words and f"{rank}. {text}" in shown._alt()
        assert percent(starts[first] * ends[last]) in words and percent(starts[first]) in words
        assert str(rank) in words, "in the map and under the text"
    assert "The reader says: “alderton”." in words and "∅" in words and "◇" in words
    assert ("cannot be the answer: it ends before it begins" in words) == everything
    assert [f"{count:,}" in words for count in shown._counts().values()] == [True] * 5
    assert "[PAD] × 3" in words


def test_the_map_in_the_picture_has_the_cells_and_their_patterns():
    """Each cell's shade is on the logarithmic scale, blue where it can be the answer; a mark of each reason lies in each of its cells."""
    shown = made(20, 5, padding=3, longest=4)
    root = picture(shown)
    frame = next(box for box in root.iter(SVG + "rect") if box.get("fill") == "none")
    left, top, size = float(frame.get("x")), float(frame.get("y")), float(frame.get("width")) / 20
    starts, ends = shown._chances()
    product, excluded = starts[:, None] * ends[None, :], shown._excluded()
    seen = np.zeros((20, 20))
    for path in root.iter(SVG + "path"):
        if path.get("fill") not in ("#0072b2", "#8b8f95"):
            continue
        for x, y in re.findall(r"M([\d.]+) ([\d.]+)h", path.get("d")):
            i, j = round((float(y) - top) / size), round((float(x) - left) / size)
            seen[i, j] = float(path.get("fill-opacity"))
            assert (path.get("fill") == "#0072b2") == (excluded[i, j] == 0)
    with np.errstate(divide="ignore"):
        share = (1 + np.log10(product) / 6).clip(0, 1)
    assert np.abs(seen - share).max() <= 1 / 16
    marks = [path.get("d") for path in root.iter(SVG + "path") if path.get("opacity") == "0.6"]
    for way, reason in zip(marks, (1, 2, 4, 8), strict=True):
        there = np.zeros((20, 20), bool)
        for x, y in re.findall(r"M([\d.]+) ([\d.]+)", way):
            there[int((float(y) - top) / size), int((float(x) - left) / size)] = True
        assert (there == (excluded & reason > 0)).all(), reason


def test_the_largest_picture_is_such_as_a_graded_notebook_keeps():
    from autograder import drawings

    even = SpanScores([f"tokenised{i}" for i in range(512)], [0] * 512, [0] * 512, ["special"] + ["passage"] * 511, top=20)  # fmt: skip
    for shown in (even, gallery._scores(), made(512, 1, padding=100, question=40, top=20), made(40, 2)):
        again, words = drawings._redrawn(shown._svg())
        ours = [element.attrib for element in ET.fromstring(shown._svg()).iter()]
        kept = [element.attrib for element in ET.fromstring(again).iter()]
        assert len(kept) == len(ours) + 1 and words[:1_000] in shown._svg().replace(html.escape("'"), "'")[:6_000]  # fmt: skip
        for mine, there in list(zip(ours, [kept[0], *kept[2:]], strict=True))[1:]:
            assert mine == there, "no shape and no look is lost"


def test_scores_text_is_text_and_the_module_is_plain(tmp_path):
    kinds = ["special", *["passage"] * len(NASTY)]
    shown = SpanScores(["[CLS]", *NASTY], range(8), range(8), kinds)
    words = " ".join(texts(picture(shown)))
    assert "a&b" in words and "<script>alert" in words and "\u202e" not in words + repr(shown)
    page = shown.save(tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page and set(re.findall(r"https?://[^\s\"'<]+", page)) <= {"http://www.w3.org/2000/svg"}  # fmt: skip
    for name in ("span_scores.js", *SpanScores._with):
        assert "innerHTML" not in base._read(name)
    assert len(SpanScores._esm.encode()) <= 60_000


def test_no_public_name_answers_lab_10():
    """A lab may ask for the best span: the rule is the view's own."""
    own = {k for k, v in vars(span_scores).items() if getattr(v, "__module__", "") == span_scores.__name__}
    assert {name for name in own if not name.startswith("_")} == {"SpanScores"}
    assert span_scores_picture.drawn.__module__ == span_scores_picture.__name__


def test_the_gallery_has_all_that_can_tempt_a_reader():
    shown = gallery._scores()
    tempting = shown._best(True)
    bits = shown._excluded()
    assert shown._best(False, 2) == [(10, 11), (16, 17)], "the same relation of two people"
    assert tempting[0] == (10, 17) and bits[10, 17] == span_scores.LONG
    assert bits[16, 11] == span_scores.BACKWARDS and (16, 11) in tempting
    assert any(bits[span] & span_scores.OUTSIDE for span in tempting)
