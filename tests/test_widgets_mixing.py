"""The Python side of the mixing rates: the three strategies against the paper's formulas, texts, what is refused, and the static picture."""

import json
import math
import re
import xml.etree.ElementTree as ET
from fractions import Fraction

import numpy as np
import pytest
import traitlets

from course.widgets import MixingRates, base, mixing_picture, mixing_rates
from course.widgets.mixing_picture import percent, temperature_text, times_text
from tests.test_widgets import SVG, picture

GLUE = {"CoLA": 8_551, "SST-2": 67_349, "MRPC": 3_668, "STS-B": 5_749, "QQP": 363_846, "MNLI": 392_702, "QNLI": 104_743, "RTE": 2_490, "WNLI": 635}  # fmt: skip
NASTY = ["<script>alert(1)</script>", "a&b", "\"'>", "שלום", "🦊", "\x00", "\u202eturned"]
HUGE = {"a": 10**12, "b": 10**12, "c": 1, "d": 0, "e": 10**12 - 1}


@pytest.mark.parametrize("cap", [None, 1, 5_000, 2**17, 10**12])
@pytest.mark.parametrize("sizes", [GLUE, HUGE, {"only": 7}, {"none": 0, "one": 1}], ids=["glue", "huge", "one", "empty"])  # fmt: skip
def test_rates_are_the_papers(sizes, cap):
    shown = MixingRates(sizes, cap)
    counted = [min(size, cap or math.inf) for size in sizes.values()]
    exact = [float(Fraction(one, sum(counted))) for one in counted]
    there = sum(one > 0 for one in counted)
    for temperature in (1, 1.43, 2, 7.5, 10, math.inf):
        shown.temperature = temperature
        rates = shown._rates()
        assert rates["proportional"] == pytest.approx(exact, rel=1e-12)
        assert rates["equal"] == [bool(one) / there for one in counted]
        # the paper's words: each mixing rate to the power of 1 / T, renormalised
        warm = [rate ** (1 / temperature) if rate else 0 for rate in exact]
        assert rates["temperature"] == pytest.approx([one / sum(warm) for one in warm], rel=1e-12)
        for column in rates.values():
            assert sum(column) == pytest.approx(1) and len(column) == len(sizes)
            assert [rate == 0 for rate in column] == [size == 0 for size in sizes.values()]
    assert shown._rates(1.0)["temperature"] == pytest.approx(exact, rel=1e-12), "T = 1 is in proportion"
    assert shown._rates(math.inf)["temperature"] == rates["equal"], "T without end is equal"


def test_no_task_with_examples():
    shown = MixingRates({"a": 0, "b": 0})
    assert set(map(tuple, shown._rates().values())) == {(0, 0)}
    assert "No task has examples, so nothing is drawn." in repr(shown)
    assert picture(shown).find(SVG + "desc").text == shown._alt()


def test_glue_has_its_sizes_and_multilingual_bert_its_temperature():
    shown = MixingRates.of_glue()
    assert dict(zip(shown.tasks, shown.sizes, strict=True)) == GLUE and shown.cap == 2**17
    assert MixingRates.of_glue(cap=None, temperature=5, task="RTE")._said().startswith("RTE has 2,490")
    powers = [size**0.7 for size in GLUE.values()]
    found = MixingRates.of_glue(cap=None, temperature=1 / 0.7)._rates()["temperature"]
    assert found == pytest.approx([one / sum(powers) for one in powers])


def test_how_often_an_example_comes_by():
    shown = MixingRates({"big": 300, "small": 100, "none": 0}, examples=1_000)
    assert [shown._times(rate, i) for i, rate in enumerate(shown._rates()["proportional"])] == [
        "2.50",
        "2.50",
        "none",
    ]
    assert [shown._times(rate, i) for i, rate in enumerate(shown._rates()["equal"])] == [
        "1.67",
        "5.00",
        "none",
    ]
    shown.cap = 100
    assert shown._times(shown._rates()["proportional"][0], 0) == "1.67", "of all its examples, not the cap's"


def test_the_chosen_task_is_said():
    shown = MixingRates({"mnli": 393_000, "cola": 1, "none": 0}, cap=100_000, task="mnli")
    assert shown._said() == (
        "mnli has 393,000 examples and counts for 100,000, the cap. Of 100,000 examples drawn it gives 99.9 % in proportion "
        "(each comes 0.254 times), 99.7 % at T = 2 (each comes 0.254 times) and 50.0 % equally (each comes 0.127 times)."
    )
    shown.task, shown.temperature, shown.examples = 1, math.inf, 1
    assert shown._said() == (
        "cola has 1 example. Of 1 example drawn it gives < 0.01 % in proportion (each comes < 0.01 times), 50.0 % at T = ∞ "
        "(each comes 0.500 times) and 50.0 % equally (each comes 0.500 times)."
    )
    shown.task = 2
    assert shown._said() == "none has no examples and is never drawn."
    assert "3 tasks with 393,001 examples, a cap of 100,000." in shown._alt()
    assert "; none 0 %, 0 %, 0 %. " in shown._alt() and "no cap" in repr(MixingRates({"a": 1}))


def test_numbers_as_texts():
    rates = {0: "0 %", 1: "100 %", 1 - 1e-12: "99.9 %", 0.5: "50.0 %", 0.0125: "1.3 %", 0.009: "0.90 %", 0.000125: "0.013 %", 9e-5: "< 0.01 %"}  # fmt: skip
    assert [percent(rate) for rate in rates] == list(rates.values())
    times = {0: "0", 0.009: "< 0.01", 0.0625: "0.063", 1.005: "1.01", 11.25: "11.3", 100.5: "101", 1302.5: "1,303", 1.25e6: "1.25 million",
             99.96: "100.0", 3e9: "3.00 billion", 1e12: "1.00 trillion"}  # fmt: skip
    assert [times_text(one) for one in times] == list(times.values())
    warm = {1: "1", 1.43: "1.43", 2.5: "2.5", 10: "10", math.inf: "∞", 1.125: "1.13"}
    assert [temperature_text(one) for one in warm] == list(warm.values())


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: MixingRates([3, 4]), "The tasks are {name: number of examples}; you gave a list."),
        (lambda: MixingRates({}), "There are 1 to 12 tasks; you gave 0."),
        (lambda: MixingRates({str(i): 1 for i in range(13)}), "There are 1 to 12 tasks; you gave 13."),
        (lambda: MixingRates({"x" * 41: 1}), "a name of 1 to 40 letters; you gave 'xxx"),
        (lambda: MixingRates({" ": 1}), "a name of 1 to 40 letters; you gave ' '."),
        (lambda: MixingRates({3: 1}), "a name of 1 to 40 letters; you gave 3."),
        (lambda: MixingRates({"a": -1}), "The number of examples of 'a' is a whole number from 0 to 1,000,000,000,000; you gave -1."),
        (lambda: MixingRates({"a": 10**12 + 1}), "you gave 1000000000001."),
        (lambda: MixingRates({"a": 1.5}), "you gave 1.5."),
        (lambda: MixingRates({"a": True}), "you gave True."),
        (lambda: MixingRates({"a": 1}, cap=0), "The cap is a whole number from 1 to 1,000,000,000,000; you gave 0."),
        (lambda: MixingRates({"a": 1}, cap=2.0**17), "The cap is a whole number"),
        (lambda: MixingRates({"a": 1}, temperature=0.5), "from 1 to 10, or math.inf for equal rates; you gave 0.5."),
        (lambda: MixingRates({"a": 1}, temperature=11), "you gave 11."),
        (lambda: MixingRates({"a": 1}, temperature=math.nan), "you gave nan."),
        (lambda: MixingRates({"a": 1}, temperature="2"), "you gave '2'."),
        (lambda: MixingRates({"a": 1}, temperature=None), "you gave None."),
        (lambda: MixingRates({"a": 1}, examples=0), "The number of examples drawn is a whole number from 1 to"),
        (lambda: MixingRates({"a": 1}, task="b"), "There is no task 'b'; there are a."),
        (lambda: MixingRates.of_glue(sizes={}), "GLUE has its own sizes; leave them out."),
    ],
)  # fmt: skip
def test_mixing_refuses_with_a_sentence(make, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        make()


def test_mixing_can_be_steered_from_python():
    shown = MixingRates({"a": np.int64(5), "b": 6}, temperature=np.float32(2))
    shown.set_state(
        {"sizes": [0, 10**12], "cap": None, "temperature": None, "examples": 10**12, "task": 1}
    )  # as a front end sends it
    assert (shown.sizes, shown.cap, shown.temperature, shown.examples, shown.task) == ([0, 10**12], None, None, 10**12, 1)  # fmt: skip
    shown.temperature = math.inf
    json.dumps(shown.get_state(["temperature", "sizes"]), allow_nan=False)  # or no front end could read it
    shown.set_state({"temperature": 3, "cap": 8})
    for name, value in [("sizes", [1]), ("sizes", [1, -1]), ("sizes", [1, 10**13]), ("cap", 0), ("temperature", 0.9), ("temperature", 10.1),
                        ("examples", 0), ("task", 2), ("task", -1), ("tasks", ["x", "y"])]:  # fmt: skip
        with pytest.raises(traitlets.TraitError):
            setattr(shown, name, value)
    assert (shown.sizes, shown.cap, shown.temperature, shown.examples, shown.task) == ([0, 10**12], 8, 3, 10**12, 1)  # fmt: skip


def texts(root, size=None):
    return [text.text for text in root.iter(SVG + "text") if size in (None, text.get("font-size"))]


@pytest.mark.parametrize("temperature", [1, 3.2, math.inf])
def test_mixing_static_picture_is_that_of_the_state(temperature):
    shown = MixingRates.of_glue(temperature=temperature, task="RTE", cap=200_000)
    root, rates, scale = picture(shown), shown._rates(), shown._scale()
    assert root.find(SVG + "desc").text == shown._alt()
    bars = [box for box in root.iter(SVG + "rect") if box.get("height") == "12"]
    widths = [float(box.get("width")) for box in bars]
    want = [rates[column][i] / scale * 96 for i in range(9) for column in mixing_picture.COLUMNS]
    assert widths == pytest.approx(want, abs=1e-3) and max(widths) <= 96
    words = texts(root)
    for i, task in enumerate(shown.tasks):
        assert words.count(task) == 2, "beside its bars and beside its curve"
        for column in mixing_picture.COLUMNS:
            assert percent(rates[column][i]) in words
            assert f"each comes {shown._times(rates[column][i], i)} times" in words
    assert words.count("counts for 200,000") == 2 and "cap K = 200,000" in words and "100,000 drawn" in words
    chosen = [text.text for text in root.iter(SVG + "text") if text.get("font-weight")]
    assert chosen.count("RTE") == 2 and not {"CoLA", "MNLI"} & set(chosen)

    # The dots stand on the marker, where the curves of the temperature are.
    dots = [(float(dot.get("cx")), float(dot.get("cy"))) for dot in root.iter(SVG + "circle")]
    ways = [path for path in root.iter(SVG + "path") if path.get("d").count("L") > 1]
    points = [
        [tuple(map(float, one.split())) for one in way.get("d")[1:].split("L")]
        + [tuple(map(float, tail.get("d").split("L")[1].split()))]
        for way, tail in zip(ways, (p for p in root.iter(SVG + "path") if p.get("stroke-dasharray")), strict=True)
    ]  # fmt: skip
    assert len(dots) == len(points) == 9
    foot = max(y for way in points for _, y in way) + rates["proportional"][8] / scale * 176
    top = math.inf if temperature == math.inf else temperature
    for i, ((x, y), way) in enumerate(zip(dots, points, strict=True)):
        assert x == pytest.approx(mixing_picture.place(top), abs=0.01)
        assert way[0][0] == 150 and way[-2][0] == 590 and way[-1][0] == 650
        assert y == pytest.approx(way[0][1] + (rates["proportional"][i] - rates["temperature"][i]) / scale * 176, abs=0.02)  # fmt: skip
        assert way[-1][1] == pytest.approx(points[0][-1][1]), "all curves end in equal"
        assert foot > way[0][1] > foot - 176
    thick = [path for path in ways if path.get("stroke-width") == "3.5"]
    assert thick == [ways[7]]


def test_labels_never_lie_on_each_other():
    for heights in ([5.0] * 12, [0, 1, 170, 171, 172.0], [176.0] * 12, [3.0], list(np.linspace(176, 0, 12))):
        found = mixing_picture.spread(heights, 0, 178)
        order = np.array(found)[np.argsort(heights, kind="stable")]
        assert (np.diff(order) >= 14 - 1e-9).all() and order[0] >= 0 and order[-1] <= 178
    assert mixing_picture.spread([10, 60, 100], 0, 178) == [10, 60, 100], "where there is room, none is moved"


def test_mixing_text_is_text_and_the_module_is_plain(tmp_path):
    shown = MixingRates({name: i for i, name in enumerate(NASTY)} | {"x" * 40: 5})
    words = " ".join(texts(picture(shown)))
    assert "a&b" in words and "<script>alert(1" in words and "\u202e" not in words + repr(shown)
    page = shown.save(tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page and set(re.findall(r"https?://[^\s\"'<]+", page)) <= {"http://www.w3.org/2000/svg"}  # fmt: skip
    for name in ("mixing_rates.js", "mixing_numbers.js"):
        assert "innerHTML" not in base._read(name)
    assert len(MixingRates._esm.encode()) <= 60_000


def test_the_mixing_picture_is_such_as_a_graded_notebook_keeps():
    from autograder import drawings

    for shown in (MixingRates.of_glue(), MixingRates({f"task {i}": 10**i for i in range(12)}, task="task 3")):
        again, words = drawings._redrawn(shown._svg())
        ours = [element.tag for element in ET.fromstring(shown._svg()).iter()]
        kept = [element.tag for element in ET.fromstring(again).iter()]
        assert len(kept) == len(ours) + 1 and shown._alt() in words, "with its ground, and no shape lost"


def test_no_public_name_answers_lab_09():
    """The lab asks for `mixing_rates`: the formula is the view's own."""
    own = {k for k, v in vars(mixing_rates).items() if getattr(v, "__module__", "") == mixing_rates.__name__}
    assert {name for name in own if not name.startswith("_")} == {"MixingRates"}
