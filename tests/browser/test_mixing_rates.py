"""The mixing rates by hand: sliders, rows and curves under mouse and keys, each number against Python's."""

import itertools
import math
import random

import pytest

from course.widgets import MixingRates
from course.widgets.mixing_picture import COLUMNS, percent
from tests.browser import by_hand
from tests.browser.by_hand import set_both, trait
from tests.browser.test_widgets import contrast

SMALL = {"mnli": 393_000, "cola": 8_500, "none": 0, "one": 1}
LONG = "a task whose name is forty letters long."
STATE = ("sizes", "cap", "temperature", "examples", "task")


@pytest.fixture
def shown(clean_page, tmp_path):
    """Open a page; `page.truth` is the visualiser itself."""

    return lambda widget: by_hand.opened(clean_page, widget, tmp_path, ".ctr-mixing")


def said(page):
    return page.locator("p[role=status]").text_content()


def rows(page):
    """Of each task its examples, and for each strategy the rate as a number (from the bar), as a text, and how often an example comes by."""
    return page.evaluate(
        """() => {
          const scale = Number(document.querySelector(".ctr-mixing thead th:last-child small:last-child").textContent.match(/to (\\d+) %/)[1]) / 100;
          return [...document.querySelectorAll(".ctr-mixing tbody tr")].map(tr => [
            [...tr.querySelector(".ctr-mixing-count").children].map(one => one.textContent),
            ...[...tr.querySelectorAll("td:has(.ctr-mixing-bar)")].map(td => [parseFloat(td.querySelector(".ctr-mixing-bar").style.width) / 96 * scale,
              td.querySelector(".ctr-number").textContent, td.querySelector("small").textContent])]);
        }"""
    )


def check_rows(page):
    truth = page.truth
    rates, found = truth._rates(), rows(page)
    for i, row in enumerate(found):
        size, capped = truth.sizes[i], truth.cap is not None and truth.sizes[i] > truth.cap
        assert row[0] == [f"{size:,}", f"counts for {truth.cap:,}" if capped else ""]
        for column, (rate, share, times) in zip(COLUMNS, row[1:], strict=True):
            # a browser keeps six digits of a length
            assert rate == pytest.approx(rates[column][i], rel=1e-4, abs=1e-6)
            assert share == percent(rates[column][i]), (truth.sizes, truth.cap, truth.temperature)
            told = truth._times(rates[column][i], i)
            assert times == ("no examples" if told == "none" else f"each comes {told} times")
    assert said(page) == truth._said()


def test_rates_are_pythons(shown):
    page = shown(MixingRates({f"task {i}": 1 for i in range(12)}))
    draw = random.Random(9)
    for k in range(60):
        most = draw.choice([3, 7, 12])
        sizes = [draw.choice([0, int(10 ** draw.uniform(0, most)), int(10 ** draw.uniform(0, most))]) for _ in range(12)]  # fmt: skip
        if k == 0:
            sizes = [10**12] * 12  # their sum and powers must not run over
        cap = draw.choice([None, 1, int(10 ** draw.uniform(0, 12))])
        temperature = draw.choice([None, 1, round(draw.uniform(1, 10), draw.choice([0, 1, 2, 9]))])
        examples = int(10 ** draw.uniform(0, 12))
        set_both(page, sizes=sizes, cap=cap, temperature=temperature, examples=examples, task=draw.randrange(12))  # fmt: skip
        check_rows(page)
    set_both(page, sizes=[0] * 12)
    check_rows(page)
    assert said(page) == "No task has examples, so nothing is drawn."


def test_every_digit_of_a_rate_is_pythons(clean_page):
    """The formula itself: a bar shows six digits."""
    text = MixingRates._esm.replace("export default", "return") + ";"
    text = text.replace("return { render };", "return (cases) => cases.map((one) => ratesOf(...one));")
    sizes = [[393_000, 8_500, 0, 1], [10**12] * 12, [1, 10**12, 635], [7], [0, 0]]
    cases = [[one, cap, t] for one in sizes for cap in (None, 1, 1_000, 10**12) for t in (1, 1.43, 2, 10, 1e300)]  # fmt: skip
    found = clean_page.evaluate("([text, cases]) => new Function(text)()(cases)", [text, cases])
    for (one, cap, temperature), rates in zip(cases, found, strict=True):
        truth = MixingRates(dict(zip("abcdefghijkl", one, strict=False)), cap)._rates(temperature)
        for column in COLUMNS:
            assert rates[column] == pytest.approx(truth[column], rel=1e-14, abs=0), (one, cap, temperature)


def curves(page):
    return page.evaluate(
        """() => [...document.querySelectorAll(".ctr-mixing-line")].map(line => ({
          name: line.querySelector("text").textContent,
          points: [...line.querySelectorAll("path:not(.ctr-mixing-leader)")].map(path => path.getAttribute("d").slice(1).split("L").map(one => one.split(" ").map(Number))),
          chosen: line.classList.contains("ctr-mixing-chosen"), lit: line.classList.contains("ctr-mixing-lit") }))"""
    )


def test_curves_and_marker_are_pythons(shown):
    page = shown(MixingRates.of_glue(cap=None))
    for cap, temperature, task in ((None, 2, 0), (2**12, 1, 3), (2**17, None, 8), (1, 7.3, 4)):
        set_both(page, cap=cap, temperature=temperature, task=task)
        truth, scale = page.truth, page.truth._scale()
        high = lambda rate, scale=scale: 220 - rate / scale * 190  # noqa: E731
        for line in curves(page):
            i = truth.tasks.index(line["name"])
            (ten, end), way = line["points"]
            assert [x for x, _ in way] == pytest.approx([150 + k / 36 * 440 for k in range(37)], abs=0.01)
            true = [truth._rates(1 + k / 4)["temperature"][i] for k in range(37)]
            assert [y for _, y in way] == pytest.approx([high(rate) for rate in true], abs=0.01)
            assert ten == way[-1] and end == pytest.approx([650, high(truth._rates()["equal"][i])], abs=0.01)
            assert line["chosen"] == (i == task)
        assert curves(page)[-1]["chosen"], "above the others"
        dots = page.locator(".ctr-mixing-dot").evaluate_all("all => all.map(one => ['cx', 'cy'].map(name => Number(one.getAttribute(name))))")  # fmt: skip
        at = 650 if temperature is None else 150 + (temperature - 1) / 9 * 440
        for (x, y), rate in zip(dots, truth._rates()["temperature"], strict=True):
            assert (x, y) == pytest.approx((at, high(rate)))
        assert page.locator(".ctr-mixing-marker").get_attribute("d").startswith(f"M{at:g}"[:6])


def test_hovering_looks_and_asks_nobody(shown):
    page = shown(MixingRates.of_glue(temperature=2))
    page.set_viewport_size({"width": 980, "height": 1_000})  # all of it: nothing scrolls under the mouse
    plot = page.locator(".ctr-mixing-plot")
    box = plot.bounding_box()
    at = lambda x: box["x"] + box["width"] * x / 710  # noqa: E731
    for x, temperature in ((150 + 4 / 9 * 440, 5), (100, 1), (600, 10), (645, math.inf)):
        page.mouse.move(at(x), box["y"] + 80)
        page.truth.temperature = temperature
        check_rows(page)
    page.mouse.move(2, 2)
    page.truth.temperature = 2
    check_rows(page)
    assert trait(page, "temperature") == 2
    page.locator("[data-row='6']").hover()
    assert [line["name"] for line in curves(page) if line["lit"]] == ["QNLI"]
    assert page.evaluate("document.getElementById('picture').model.saves") == 0
    box = plot.bounding_box()
    page.mouse.click(at(150 + 6 / 9 * 440), box["y"] + 80)
    assert trait(page, "temperature") == 7
    page.mouse.click(at(648), box["y"] + 80)
    assert trait(page, "temperature") is None
    page.get_by_role("slider", name="Temperature").press("ArrowLeft")
    assert trait(page, "temperature") == 10 and "at T = 10 " in said(page), (
        "the mouse, which rests on the plot, does not hide it"
    )


def test_sliders_by_mouse_and_keys(shown):
    page = shown(MixingRates(SMALL, temperature=1.43, task="cola"))
    outputs = lambda: page.locator("output").all_text_contents()  # noqa: E731
    assert outputs() == ["8,500", "no cap", "1.43", "100,000"]
    size = page.get_by_role("slider", name="Examples of cola")
    for key, value in (("ArrowRight", 10_000), ("ArrowRight", 11_000), ("End", 10**7), ("Home", 0), ("ArrowRight", 1), ("ArrowRight", 2)):  # fmt: skip
        # 8,500 stands between two steps, by ratio nearer to 9,000
        size.press(key)
        assert trait(page, "sizes") == [393_000, value, 0, 1]
        page.truth.sizes = trait(page, "sizes")
        check_rows(page)
    box = size.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2)
    assert 10**4 < trait(page, "sizes")[1] < 10**6, "a log scale"
    page.truth.sizes = trait(page, "sizes")
    cap = page.get_by_role("slider", name="Cap K")
    for key, value in (("ArrowLeft", 2**23), ("ArrowRight", None), ("Home", 1), ("ArrowRight", 2)):
        cap.press(key)
        assert trait(page, "cap") == value
        page.truth.cap = value
        check_rows(page)
    assert outputs()[1] == "2 = 2^1" and cap.get_attribute("aria-valuetext") == "2 = 2^1"
    warm = page.get_by_role("slider", name="Temperature")
    for key, value in (("ArrowRight", 1.5), ("Home", 1), ("End", None), ("ArrowLeft", 10)):
        warm.press(key)
        assert trait(page, "temperature") == value
        page.truth.set_state({"temperature": value})
        check_rows(page)
        assert outputs()[2] == ("∞ = equal" if value is None else f"{value:g}")
    many = page.get_by_role("slider", name="Examples drawn")
    for key, value in (("ArrowRight", 110_000), ("End", 10**9), ("Home", 1)):
        many.press(key)
        assert trait(page, "examples") == value
        page.truth.examples = value
        check_rows(page)
    saves = page.evaluate("document.getElementById('picture').model.saves")
    assert saves == 6 + 1 + 4 + 4 + 3, "Python is told of each change, once"


def test_a_slider_reaches_what_python_has_set(shown):
    page = shown(MixingRates({"a": 10**12, "b": 3 * 10**8}, cap=10**11, examples=10**12, task="a"))
    size = page.get_by_role("slider", name="Examples of a")
    assert size.input_value() == size.get_attribute("max") and trait(page, "sizes")[0] == 10**12
    size.press("ArrowLeft")
    assert trait(page, "sizes")[0] == 9 * 10**11
    size.press("Home")
    size.press("End")
    assert trait(page, "sizes")[0] == 10**12, "its end stays where it was"


def test_the_keyboard_is_enough(shown):
    page = shown(MixingRates({**SMALL, LONG: 77}))
    focus = lambda: page.evaluate("document.activeElement.textContent")  # noqa: E731
    for _ in range(4):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.type") == "range"
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.classList.contains('ctr-mixing-scroll')"):
        page.keyboard.press("Tab")  # a browser may stop at what can be scrolled
    assert focus() == "mnli"
    for key, task in (("ArrowDown", 1), ("ArrowUp", 0), ("ArrowUp", 0), ("End", 4), ("ArrowDown", 4), ("Home", 0), ("ArrowDown", 1)):  # fmt: skip
        page.keyboard.press(key)
        page.truth.task = task
        assert trait(page, "task") == task and focus() == page.truth.tasks[task]
        assert said(page) == page.truth._said()
        assert page.locator("[aria-pressed=true]").all_text_contents() == [page.truth.tasks[task]]
    assert page.get_by_role("slider", name="Examples of cola").count() == 1, "the slider goes with the choice"
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.dataset.task ?? ''"), "one stop for all rows"
    page.get_by_role("button", name="one", exact=True).click()
    assert trait(page, "task") == 3


@pytest.mark.parametrize("sizes", [[10, 10, 10, 10, 10], [1] * 12, [0] * 11 + [5]])
def test_names_beside_the_curves_stay_apart_and_inside(shown, sizes):
    page = shown(MixingRates({f"task {i}": size for i, size in enumerate(sizes)}))
    boxes = page.evaluate("[...document.querySelectorAll('.ctr-mixing-name, .ctr-mixing-plot')].map(one => one.getBoundingClientRect()).map(box => [box.top, box.bottom])")  # fmt: skip
    plot, *names = boxes
    assert min(b[0] - a[0] for a, b in itertools.pairwise(sorted(names))) > 11
    assert all(plot[0] <= top and bottom <= plot[1] for top, bottom in names)


def test_two_views_follow_one_model_and_leave_nothing_behind(shown):
    page = shown(MixingRates(SMALL))
    page.evaluate("(el => { el.second = el.view(); })(document.getElementById('picture'))")
    page.get_by_role("button", name="cola").first.click()
    assert page.locator("[aria-pressed=true]").all_text_contents() == ["cola"] * 2
    page.evaluate("(el => { el.close(); el.second(); })(document.getElementById('picture'))")
    assert page.locator(".ctr").count() == 0
    left = page.evaluate("document.getElementById('picture').model.listeners")
    assert left == {f"change:{name}": [] for name in STATE}


def test_names_stay_text(shown):
    names = ["<img src=x onerror=alert(1)>", "</script>", "שלום", "🦊", "a&b"]
    page = shown(MixingRates(dict.fromkeys(names, 5)))
    assert (
        page.locator("tbody button").all_text_contents() == names
        and page.locator("#picture img").count() == 0
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_themes_are_readable(shown, shoot, scheme):
    page = shown(MixingRates.of_glue(task="CoLA"))
    page.emulate_media(color_scheme=scheme)
    page.wait_for_timeout(200)
    shoot(page, f"mixing_rates_{scheme}")
    for selector in (".ctr", "tbody .ctr-mixing-chosen small", "tbody button", "thead small", "tbody small"):
        assert contrast(page, selector) >= 4.5, selector
    page = shown(MixingRates({f"task {i}": 4**i for i in range(11)} | {LONG: 0}, cap=None, temperature=math.inf, task="task 9"))  # fmt: skip
    page.emulate_media(color_scheme=scheme)
    shoot(page, f"mixing_rates_twelve_{scheme}")
    labels = page.evaluate("[...document.querySelectorAll('.ctr-mixing-name')].map(one => one.getBoundingClientRect()).map(box => [box.top, box.bottom])")  # fmt: skip
    tops = sorted(top for top, _ in labels)
    assert min(b - a for a, b in itertools.pairwise(tops)) > 11, "no name lies on another"
    page.set_viewport_size({"width": 490, "height": 660})  # as at 200 %
    assert page.evaluate("document.documentElement.scrollWidth") == 490, "the table scrolls, not the page"
    shoot(page, f"mixing_rates_narrow_{scheme}")


def test_the_static_picture_has_its_words(clean_page, shoot):
    made = [MixingRates.of_glue(task="CoLA"), MixingRates({f"task {i}": 4**i for i in range(11)} | {LONG: 0}, temperature=math.inf)]  # fmt: skip
    clean_page.set_content("".join(one._fallback() for one in made))
    images = clean_page.get_by_role("img").all()
    assert [image.get_attribute("alt") for image in images] == [f"Mixing rates. {one._alt()}" for one in made]
    assert all(image.evaluate("image => image.complete && image.naturalWidth > 300") for image in images)
    shoot(clean_page, "mixing_rates_fallback")
