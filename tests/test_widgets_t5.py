"""The Python side of chapter 8's visualisers: the numbers and draws of span corruption, the buckets, what is refused, and the static pictures."""

import itertools
import math
import re
from collections import Counter

import numpy as np
import pytest
import torch
import traitlets
from scipy import stats
from transformers import T5Config, T5EncoderModel
from transformers.models.t5.modeling_t5 import T5Attention

from course import load_model
from course.widgets import RelativeBuckets, SpanStepper, base, relative_buckets, span_stepper, spans
from course.widgets.relative_buckets import bucket_of
from tests.test_widgets import SVG, picture

FIGURE = "Thank you for inviting me to your party last week"
MASK = [word in ("for", "inviting", "last") for word in FIGURE.split()]
RATES, MEANS = (0.15, 0.3, 0.5), (1, 3, 5, 10)
NASTY = ["<script>alert(1)</script>", "a&b", "\"'>", "שלום", "🦊"]
RARE = 1e-6  # a p below this is no chance
LONG = [f"w{i}" for i in range(60)]


def runs(mask):
    """The lengths of the runs of a mask: [(noise?, length), …]."""
    return [(noise, len(list(group))) for noise, group in itertools.groupby(mask)]


def written(tokens, mask, name):
    """Input and target as the paper writes them, run by run, each with its end."""
    read, target, at, number = [], [], 0, 0
    for noise, length in runs(mask):
        run, at = tokens[at : at + length], at + length
        if noise:
            read.append(name(number))
            target += [name(number), *run]
            number += 1
        else:
            read += run
    if not mask[-1]:
        target.append(name(number))
    return [*read, "</s>"], [*target, "</s>"]


def put_back(read, target, first=32099):
    """The text out of rows of (text, id of a sentinel or None): each sentinel of the input filled from the target."""
    filled, last = {}, None
    for text, sentinel in target[:-1]:
        if sentinel is None:
            filled[last].append(text)
        else:
            filled[last := sentinel] = []
    return [one for text, sentinel in read[:-1] for one in ([text] if sentinel is None else filled[sentinel])]


def texts(row):
    return [place.text for place in row]


def ids(row):
    return [(place.text, int(place.note) if place.look == "sentinel" else None) for place in row]


# The span stepper ---------------------------------------------------------------------------------------------------


def test_spans_takes_a_text_or_tokens():
    assert SpanStepper("We were, once").tokens == ["We", "were", ",", "once"]
    assert SpanStepper(("▁New", "▁York")).tokens == ["▁New", "▁York"]
    assert SpanStepper("a b", rate=np.float64(0.3), mean_span=5.0, mask=np.array([True, False])).mask == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: SpanStepper(""), "no word in this text"),
        (lambda: SpanStepper([]), "no word in this text"),
        (lambda: SpanStepper("word"), "takes 2 tokens at least, one to hide and one to keep"),
        (lambda: SpanStepper("word " * 10_000), "at most 60 tokens; yours has 10,000"),
        (lambda: SpanStepper(["a", 3]), "each a string"),
        (lambda: SpanStepper(None), "a text or a list of tokens; you gave a NoneType"),
        (lambda: SpanStepper(["a", " "]), "empty or white space"),
        (lambda: SpanStepper(["a", "</s>"]), "leave </s> out of the text"),
        (lambda: SpanStepper(["a", "<extra_id_7>"]), "leave <extra_id_7> out of the text"),
        (lambda: SpanStepper("a b", rate=0.2), "The rate is one of 0.15, 0.3, 0.5; you gave 0.2"),
        (lambda: SpanStepper("a b", rate="15 %"), "The rate is one of 0.15, 0.3, 0.5; you gave '15 %'"),
        (lambda: SpanStepper("a b", mean_span=2), "mean length of a span is one of 1, 3, 5, 10; you gave 2"),
        (lambda: SpanStepper("a b", mean_span=True), "is one of 1, 3, 5, 10; you gave True"),
        (lambda: SpanStepper("a b", mask=[True]), "one bool for each of the 2 tokens; yours has 1"),
        (lambda: SpanStepper("a b", mask=[]), "one bool for each of the 2 tokens; yours has 0"),
        (lambda: SpanStepper("a b", mask=[0, 1]), "True = noise; something else is in yours"),
        (lambda: SpanStepper("a b", mask="01"), "one bool for each token; you gave a str"),
        (lambda: SpanStepper("a b", seed=-1), "The seed is a whole number from 0; you gave -1"),
        (lambda: SpanStepper("a b", draws=0), "draws are a whole number from 1 to 60; you gave 0"),
        (lambda: SpanStepper("a b", draws=2.5), "draws are a whole number from 1 to 60; you gave 2.5"),
        (lambda: SpanStepper("a b", first_id=50), "whole number from 100; you gave 50"),
        (lambda: SpanStepper("a b", step="last"), "one of tokens, spans, input, target, restored, draws; you gave 'last'"),
    ],
)  # fmt: skip
def test_spans_refuse_with_a_sentence(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()


def test_spans_can_be_steered_from_python():
    stepper = SpanStepper(FIGURE, draws=3)
    stepper.set_state({"step": "input", "rate": 0.5, "mean_span": 10, "draw": 2, "mask": MASK, "names": True})
    for name, value in [("step", "x"), ("rate", 0.4), ("mean_span", 2), ("draw", 3), ("draw", -1), ("mask", [True]),
                        ("mask", MASK * 2), ("tokens", ["a"])]:  # fmt: skip
        with pytest.raises(traitlets.TraitError):
            setattr(stepper, name, value)
    assert (stepper.step, stepper.rate, stepper.mean_span, stepper.draw) == ("input", 0.5, 10, 2)
    stepper.mask = []
    assert stepper._noise() != MASK


def test_the_papers_figure_comes_out():
    """Raffel et al. 2020, figure 2."""
    stepper = SpanStepper(FIGURE, mask=MASK, names=True)
    assert " ".join(texts(stepper._row("input"))) == "Thank you <X> me to your party <Y> week </s>"
    assert " ".join(texts(stepper._row("target"))) == "<X> for inviting <Y> last <Z> </s>"
    stepper.names = False
    assert texts(stepper._row("input"))[2] == "<extra_id_0>"
    assert [sentinel for _, sentinel in ids(stepper._row("target")) if sentinel] == [32099, 32098, 32097]
    small = SpanStepper(FIGURE, mask=MASK, first_id=1999)
    assert [sentinel for _, sentinel in ids(small._row("input")) if sentinel] == [1999, 1998]


@pytest.mark.parametrize("tokens", range(2, 61))
def test_every_draw_has_the_numbers_and_the_form_of_the_reference(tokens):
    stepper = SpanStepper(LONG[:tokens], draws=4, seed=tokens)
    for stepper.rate, stepper.mean_span in itertools.product(RATES, MEANS):
        noise = min(max(round(stepper.rate * tokens), 1), tokens - 1)
        count = min(max(1, round(noise / stepper.mean_span)), tokens - noise)
        setting = stepper._setting()
        assert (setting["noise"], setting["spans"]) == (noise, count)
        for stepper.draw in range(4):
            mask = stepper._noise()
            found = runs(mask)
            assert len(mask) == tokens and sum(mask) == noise and len(found) == 2 * count
            assert not mask[0] and mask[-1]
        assert setting["sentinels"] == [count] * 3
        assert (
            setting["input"] == [tokens - noise + count + 1] * 3
            and setting["target"] == [noise + count + 1] * 3
        )
        assert setting["often"][0] == 0 and setting["often"][-1] == 1_000


def test_the_numbers_are_said_with_their_rounding():
    said = spans.numbers_of(30, 0.15, 3).said
    assert said[0] == "noise = round(0.15 × 30) = round(4.5) = 4 (a half goes to the even number)"
    assert (
        said[1] == "spans = max(1, round(4 / 3)) = max(1, round(1.33)) = 1"
        and "only one such mask" in said[2]
    )
    assert "= 0, but at least 1 and at most 1: 1" in spans.numbers_of(2, 0.15, 3).said[0]
    assert spans.numbers_of(10, 0.5, 3).said[2].endswith("16 such masks, all equally likely.")
    assert "each needs a kept token in front: 3" in spans.numbers_of(7, 0.5, 1).said[1]


@pytest.mark.parametrize(
    ("tokens", "noise", "count"), [(10, 5, 2), (12, 6, 3), (9, 4, 4), (8, 6, 2), (20, 3, 1)]
)
def test_all_ways_to_cut_are_as_likely(tokens, noise, count):
    numbers = spans.Numbers(tokens, noise, count, [])
    masks = spans.drawn(numbers, 6_000, np.random.default_rng(3))
    ways = math.comb(tokens - noise - 1, count - 1) * math.comb(noise - 1, count - 1)
    found = Counter(map(bytes, masks.astype(np.uint8)))
    assert len(found) == ways
    assert ways == 1 or stats.chisquare(list(found.values())).pvalue > RARE


def test_the_same_seed_draws_the_same_and_draws_differ():
    one, same, other = (SpanStepper(LONG, seed=seed)._masks for seed in (3, 3, 4))
    assert one == same and one != other
    masks = np.frombuffer(one, np.uint8).reshape(12, 30, 60)
    assert all(len({bytes(mask) for mask in setting}) > 15 for setting in masks[[0, 1, 4, 5]])


@pytest.mark.parametrize("tokens", [2, 6])
def test_any_mask_by_hand_is_written_and_put_back(tokens):
    """All masks of so many tokens, all noise and all kept too: a run that touches is one, and a text that ends kept has a closing sentinel."""
    words = LONG[:tokens]
    stepper = SpanStepper(words)
    for mask in itertools.product([False, True], repeat=tokens):
        stepper.mask = list(mask)
        for stepper.names in (False, True):
            name = (lambda i: f"<{'XYZABC'[i]}>") if stepper.names else "<extra_id_{}>".format
            read, target = stepper._row("input"), stepper._row("target")
            assert (texts(read), texts(target)) == written(words, mask, name)
            assert put_back(ids(read), ids(target)) == words == texts(stepper._row("restored"))
            assert texts(stepper._row("text")) == words
            row, labels, prefix = stepper._one_row()
            assert texts(row) == texts(read)[:-1] + texts(target) and prefix == len(read) - 1
            want = ["−100"] * len(row)
            for i in range(len(target)):
                if prefix + i > 0:
                    want[prefix + i - 1] = target[i].text
            assert texts(labels) == want


def test_thirty_spans_have_thirty_names():
    stepper = SpanStepper(LONG, mask=[i % 2 == 0 for i in range(60)], names=True)
    sentinels = [place for place in stepper._row("target") if place.look == "sentinel"]
    assert len({place.text for place in sentinels}) == 31 == len({place.note for place in sentinels})
    assert texts(sentinels)[:4] == ["<X>", "<Y>", "<Z>", "<A>"] and sentinels[30].note == str(32099 - 30)


def test_the_many_draws_are_counted():
    masks = np.random.default_rng(0).random((200, 20)) < 0.4
    masks[:3], masks[3] = False, True
    found = spans.counted(masks)
    lengths = [length for mask in masks for noise, length in runs(mask) if noise]
    rows = [written(list("x" * 20), mask, str) for mask in masks.tolist()]
    assert found["often"] == masks.sum(0).tolist() and found["none"] == 3
    assert found["lengths"] == [lengths.count(k) for k in range(1, 13)] + [sum(k > 12 for k in lengths)]
    assert found["lengths"][-1] >= 1
    for key, each in (("length", lengths), ("input", [len(r) for r, _ in rows]), ("target", [len(t) for _, t in rows]),
                      ("sentinels", [sum(noise for noise, _ in runs(mask)) for mask in masks])):  # fmt: skip
        assert found[key] == [min(each), pytest.approx(np.mean(each)), max(each)], key
    assert spans.counted(np.zeros((5, 4), bool))["length"] == []


def test_each_token_alone_comes_as_often_as_asked():
    stepper = SpanStepper(LONG, seed=5)
    for rate, lone in zip(RATES, stepper._alone, strict=True):
        assert min(stats.binomtest(n, 1_000, rate).pvalue for n in lone["often"]) > RARE
        assert stats.binomtest(sum(lone["often"]), 60_000, rate).pvalue > RARE
        # a run begins at the first token with the chance of noise, elsewhere at noise after a kept token
        assert lone["sentinels"][1] == pytest.approx(rate + 59 * rate * (1 - rate), abs=0.4)


def drawn_words(root, size="16"):
    return [text.text for text in root.iter(SVG + "text") if text.get("font-size") == size]


@pytest.mark.parametrize("mask", [None, MASK, [True] * 10, [False] * 10])
@pytest.mark.parametrize("step", span_stepper.STEPS)
def test_spans_static_picture_is_that_of_the_state(step, mask):
    stepper = SpanStepper(FIGURE, rate=0.5, mask=mask, step=step, seed=1)
    root, said = picture(stepper), stepper._alt()
    assert root.find(SVG + "desc").text == said
    words, noise = drawn_words(root), stepper._noise()
    rows = {name: texts(stepper._row(name)) for name in ("text", "input", "target", "restored")}
    heavy = [box for box in root.iter(SVG + "rect") if box.get("stroke-width") == "4"]
    if step == "tokens":
        assert words == FIGURE.split() and not heavy
    elif step == "spans":
        assert words == FIGURE.split() and len(heavy) == sum(noise)
        lines = " ".join(drawn_words(root, "14"))
        assert "noise = round(0.5 × 10) = round(5) = 5" in lines and ("do not hold" in lines) == bool(mask)
        assert f"{sum(noise)} of 10 tokens are noise" in said
    elif step == "draws":
        assert words == FIGURE.split() and drawn_words(root, "11")[0] == "0 %"
        assert "the first token is noise 0 times, the last 1,000" in said
        bars = [float(box.get("height")) for box in root.iter(SVG + "rect") if box.get("width") == "28"]
        assert np.allclose(np.array(bars) / 90, np.array(stepper._setting()["often"]) / 1_000, atol=1e-4)
        pairs = [float(box.get("height")) for box in root.iter(SVG + "rect") if box.get("width") == "15"]
        both = [
            np.array(one["lengths"]) / sum(one["lengths"]) for one in (stepper._setting(), stepper._alone[2])
        ]
        assert np.allclose(np.array(pairs) / 90, [x for x in np.stack(both, 1).ravel() if x], atol=1e-4)
    else:
        shown = {
            "input": ("text", "input"),
            "target": ("text", "input", "target"),
            "restored": ("input", "target", "restored"),
        }[step]
        assert sorted(words) == sorted(word for name in shown for word in rows[name])
        row = {"input": "input", "target": "target", "restored": "restored"}[step]
        assert f"“{' '.join(rows[row])}”" in said


def test_the_decoders_row_is_drawn():
    stepper = SpanStepper(FIGURE, mask=MASK, step="target", decoder_only=True, names=True)
    root, (row, labels, prefix) = picture(stepper), stepper._one_row()
    assert sorted(drawn_words(root)) == sorted(texts(row) + texts(labels))
    assert drawn_words(root, "11") == ["↔ prefix"] * prefix + ["← left"] * (len(row) - prefix)
    assert "The first 9 tokens are the prefix" in stepper._alt() and "counts 7 of 16 places" in stepper._alt()


def test_spans_text_is_text_and_the_module_is_plain(tmp_path):
    stepper = SpanStepper(NASTY, rate=0.5, step="restored")
    assert {"a&b", "<script>alert(1)</scrip…"} <= set(drawn_words(picture(stepper)))
    assert "<script>alert" not in stepper.save(tmp_path / "page.html").read_text(encoding="utf-8")
    for name in ("span_stepper.js", "span_draws.js"):
        assert "innerHTML" not in base._read(name)
    assert len(SpanStepper._esm.encode()) <= 60_000


# The relative buckets -----------------------------------------------------------------------------------------------

SIZES = [(32, 128), (8, 64), (16, 20), (64, 256), (128, 512), (4, 3), (34, 100), (32, 17), (10, 160)]


def true_bucket(offsets, bidirectional, buckets, max_distance):
    return T5Attention._relative_position_bucket(
        torch.as_tensor(offsets), bidirectional, buckets, max_distance
    ).numpy()


@pytest.mark.parametrize("bidirectional", [True, False])
@pytest.mark.parametrize(("buckets", "most"), SIZES)
def test_a_bucket_is_that_of_transformers(buckets, most, bidirectional):
    offsets = np.arange(-1000, 1001)
    found = bucket_of(offsets, bidirectional, buckets, most)
    assert found.dtype.kind == "i" and (found == true_bucket(offsets, bidirectional, buckets, most)).all()
    shown = RelativeBuckets(buckets=buckets, max_distance=most, bidirectional=bidirectional)
    reach = range(-most - 12, most + 13)
    assert [shown._bucket(offset) for offset in reach] == found[
        1000 + reach[0] : 1000 + reach[-1] + 1
    ].tolist()


def test_buckets_of_any_shape_and_what_is_no_offset():
    grid = np.arange(6)[None, :] - np.arange(4)[:, None]
    assert bucket_of(grid).shape == (4, 6) and bucket_of(grid)[3].tolist() == [3, 2, 1, 0, 17, 18]
    assert (bucket_of(-5), bucket_of(5), type(bucket_of(5))) == (5, 21, int)
    assert bucket_of(np.array([300], np.uint16), buckets=8).tolist() == [7]
    for bad in (lambda: bucket_of(0.5), lambda: bucket_of("a")):
        with pytest.raises(ValueError, match="An offset is a whole number, key - query"):
            bad()
    for options in ({"buckets": 3}, {"buckets": 1, "bidirectional": False}, {"max_distance": 8}):
        with pytest.raises(
            ValueError, match="buckets at least, and the largest distance is above the exact ones"
        ):
            bucket_of(3, **options)


@pytest.mark.parametrize("bidirectional", [True, False])
@pytest.mark.parametrize(("buckets", "most"), SIZES)
def test_the_range_is_what_shares_the_bucket(buckets, most, bidirectional):
    shown = RelativeBuckets(buckets=buckets, max_distance=most, bidirectional=bidirectional)
    offsets = np.arange(-1000, 1001)
    true = true_bucket(offsets, bidirectional, buckets, most)
    for offset in range(-most - 12, most + 13):
        same = offsets[true == true[offset + 1000]]
        first, last = (None if abs(one) == 1000 else int(one) for one in (same[0], same[-1]))
        assert shown._range(offset) == (first, last), offset
    assert set(shown._order()) >= set(true.tolist()) and shown._never() not in true


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: RelativeBuckets(1), "The row has 2 to 128 positions; you gave 1"),
        (lambda: RelativeBuckets(8.0), "The row has 2 to 128 positions; you gave 8.0"),
        (lambda: RelativeBuckets(8, 8), "a position from 0 to 7; you gave 8"),
        (lambda: RelativeBuckets(buckets=33), "even, from 4 to 128; you gave 33"),
        (lambda: RelativeBuckets(buckets=2), "even, from 4 to 128; you gave 2"),
        (lambda: RelativeBuckets(max_distance=16), "from 17 to 512 for 32 buckets; you gave 16"),
        (lambda: RelativeBuckets(offset=141), "from -140 to 140; you gave 141"),
        (lambda: RelativeBuckets(biases="table"), "a table of numbers (buckets, heads); you gave a str"),
        (lambda: RelativeBuckets(biases=np.zeros((31, 2))), "(32 buckets, 1 to 32 heads); yours has the shape (31, 2)"),
        (lambda: RelativeBuckets(biases=np.zeros((32, 33))), "yours has the shape (32, 33)"),
        (lambda: RelativeBuckets(biases=[0.0] * 32), "yours has the shape (32,)"),
        (lambda: RelativeBuckets(biases=np.full((32, 2), np.nan)), "there is a nan or an infinity in yours"),
        (lambda: RelativeBuckets.of(load_model("bert")), "from a T5 model of transformers with an encoder; you gave a MegatronBertModel"),
        (lambda: RelativeBuckets.of(None), "you gave a NoneType"),
        (lambda: RelativeBuckets.of(load_model("t5"), buckets=8), "The model has its own buckets; leave it out"),
        (lambda: RelativeBuckets.of(None, "both"), "The stack is encoder or decoder; you gave 'both'"),
    ],
)  # fmt: skip
def test_buckets_refuse_with_a_sentence(make, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        make()


def test_buckets_can_be_steered_from_python():
    shown = RelativeBuckets(20)
    shown.set_state({"query": 19, "bidirectional": False, "buckets": 64, "max_distance": 256, "offset": -268})
    assert (shown.query, shown.bidirectional, shown.buckets, shown.max_distance, shown.offset) == (
        19,
        False,
        64,
        256,
        -268,
    )
    shown.max_distance = 64
    assert shown.offset == -76, "what the curve no longer shows cannot be marked"
    for name, value in [
        ("query", 20),
        ("query", -1),
        ("offset", 77),
        ("buckets", 12),
        ("max_distance", 100),
        ("length", 9),
    ]:
        with pytest.raises(traitlets.TraitError):
            setattr(shown, name, value)
    learned = RelativeBuckets(biases=np.zeros((32, 1)))
    learned.query, learned.offset = 3, 9
    for name, value in [("buckets", 64), ("max_distance", 64), ("bidirectional", False)]:
        with pytest.raises(traitlets.TraitError, match="it stays as it is"):
            setattr(learned, name, value)
    odd = RelativeBuckets(buckets=128, max_distance=70)
    for count, most in itertools.product(odd._choices["buckets"], odd._choices["distances"]):
        odd.buckets, odd.max_distance = count, most
        assert odd._bucket(-most) == count // 2 - 1, "whatever is chosen makes sense"


@pytest.mark.parametrize("stack", ["encoder", "decoder"])
def test_the_biases_are_those_that_the_model_adds(stack):
    """Of the shipped T5: for each pair of a row, what the model's own attention computes."""
    model = load_model("t5")
    attention = getattr(model, stack).block[0].layer[0].SelfAttention
    with torch.no_grad():
        true = attention.compute_bias(40, 40)[0].numpy()  # (head, query, key)
    shown = RelativeBuckets.of(model, stack, length=40)
    assert shown.bidirectional == (stack == "encoder") and len(shown.biases) == true.shape[0]
    for query, key in itertools.product(range(0, 40, 3), range(40)):
        shown.query, shown.offset = query, key - query
        assert shown._at() == pytest.approx(true[:, query, key].tolist()), (query, key)


def test_another_t5_keeps_its_sizes():
    config = T5Config(vocab_size=9, d_model=8, d_kv=4, d_ff=8, num_layers=1, num_heads=3,
                      relative_attention_num_buckets=12, relative_attention_max_distance=40)  # fmt: skip
    model = T5EncoderModel(config)
    shown = RelativeBuckets.of(model, query=1)
    assert (shown.buckets, shown.max_distance, len(shown.biases), shown.query) == (12, 40, 3, 1)
    with pytest.raises(ValueError, match="with a decoder; you gave a T5EncoderModel"):
        RelativeBuckets.of(model, "decoder")


def test_the_pair_is_said():
    shown = RelativeBuckets(20, query=10)
    for offset, said in [
        (0, "Query 10, key 10: offset 0, the query itself. Bucket 0 of 0 to 31, for this offset alone."),
        (-9, "Query 10, key 1: offset −9, 9 to the left. Bucket 8 of 0 to 31, shared by the offsets from −11 to −8."),
        (3, "Query 10, key 13: offset +3, 3 to the right. Bucket 19 of 0 to 31, for this offset alone."),
        (-120, "Offset −120, 120 to the left. Bucket 15 of 0 to 31, shared by −91 and all offsets further left."),
        (91, "Offset +91, 91 to the right. Bucket 31 of 0 to 31, shared by +91 and all offsets further right."),
    ]:  # fmt: skip
        shown.offset = offset
        assert shown._said() == said and said in shown._alt()
    shown.bidirectional, shown.offset = False, 2
    assert shown._said().endswith(
        "Bucket 0 of 0 to 31, shared by 0 and all offsets further right. A decoder does not see keys to the right: its mask hides them."
    )


@pytest.mark.parametrize("bidirectional", [True, False])
def test_buckets_static_picture_is_that_of_the_state(bidirectional):
    biases = np.random.default_rng(0).normal(size=(32, 6))
    shown = RelativeBuckets(50, 20, bidirectional, biases=biases, offset=-9)
    root = picture(shown)
    assert root.find(SVG + "desc").text == shown._alt()
    offsets = np.arange(50) - 20
    buckets = bucket_of(offsets, bidirectional)
    heads = [f"head {k}: {biases[buckets[11], k]:+.2f}".replace("-", "−") for k in range(6)]
    assert drawn_words(root, "13") == [*map(str, buckets), *heads]
    heavy = [box.get("stroke-dasharray") for box in root.iter(SVG + "rect") if box.get("stroke-width") == "3"]
    assert heavy == ["4 2", None], "the marked key, then the query"
    dots = [(float(dot.get("cx")), float(dot.get("cy"))) for dot in root.iter(SVG + "circle")]
    assert len(dots) == 7 and dots[0][0] == pytest.approx(40 + (140 - 9) / 280 * 690, abs=0.01)
    never = "Bucket 16 is never used" in " ".join(drawn_words(root, "12"))
    assert never == bidirectional
    feet = [
        float(line.get("d").split()[1].split("h")[0])
        for line in root.iter(SVG + "path")
        if line.get("stroke-dasharray")
    ]
    for k, ((_, y), zero) in enumerate(zip(dots[1:], feet, strict=True)):
        assert zero - y == pytest.approx(biases[buckets[11], k] / abs(biases).max() * 23, abs=0.02)


def test_the_module_of_the_buckets_is_plain(tmp_path):
    assert (
        "innerHTML" not in base._read("relative_buckets.js") and len(RelativeBuckets._esm.encode()) <= 60_000
    )
    assert {name for name, value in vars(relative_buckets).items() if getattr(value, "__module__", "") == relative_buckets.__name__
            and not name.startswith("_")} == {"RelativeBuckets", "bucket_of"}  # fmt: skip
