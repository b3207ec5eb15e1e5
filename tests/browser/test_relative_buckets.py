"""The relative buckets by hand: the row, the curve and the heads under mouse, keys and controls, against Python, which is against transformers in tests/test_widgets_t5.py."""

import numpy as np
import pytest

from course.widgets import RelativeBuckets
from course.widgets.relative_buckets import bucket_of
from tests.browser import by_hand
from tests.browser.by_hand import set_both, trait
from tests.browser.test_widgets import contrast

BIASES = np.random.default_rng(3).normal(size=(32, 5))
CENTRES = "all => all.map(one => ['cx', 'cy'].map(name => Number(one.getAttribute(name))))"
STATE = ("query", "offset", "bidirectional", "buckets", "max_distance")


@pytest.fixture
def shown(clean_page, tmp_path):
    """Open a page; `page.truth` is the visualiser itself."""

    return lambda widget: by_hand.opened(clean_page, widget, tmp_path, ".ctr-buckets")


def said(page):
    return page.locator("p[role=status]").text_content()


def row(page):
    """Of each position: the number in it and its marks."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".ctr-buckets-cell")].map(cell => [Number(cell.querySelector(".ctr-buckets-number").textContent),
          [...cell.classList].filter(name => /(isquery|right|hidden|marked)$/.test(name)).map(name => name.replace("ctr-buckets-", "")).sort()])"""
    )


def expected(truth, offset):
    found = []
    for key in range(truth.length):
        here = key - truth.query
        marks = [("hidden", here > 0 and not truth.bidirectional), ("isquery", here == 0), ("marked", here == offset != 0), ("right", here > 0)]  # fmt: skip
        found.append([truth._bucket(here), [name for name, on in marks if on]])
    return found


def test_every_offset_of_every_choice_is_pythons(shown):
    page = shown(RelativeBuckets(24, max_distance=100, buckets=20))
    truth = page.truth
    assert truth._choices["buckets"] == [8, 16, 20, 32, 64] and truth._choices["distances"] == [
        64,
        100,
        128,
        256,
    ]
    for bidirectional in (True, False):
        for buckets in truth._choices["buckets"]:
            for most in truth._choices["distances"]:
                # The status tells bucket and range of each offset: all of them in one go.
                lines = page.evaluate(
                    """([both, buckets, most]) => {
                      const model = document.getElementById("picture").model;
                      for (const [name, value] of [["offset", 0], ["bidirectional", both], ["buckets", buckets], ["max_distance", most]]) model.set(name, value);
                      const status = document.querySelector("p[role=status]");
                      return Array.from({length: 9}, (_, k) => Math.round((k - 4) * (most + 12) / 4)).concat([-1, 1, -17, 17, -most, most]).map(offset => {
                        model.set("offset", offset);
                        return [offset, status.textContent];
                      });
                    }""",
                    [bidirectional, buckets, most],
                )
                truth.set_state(
                    {"offset": 0, "bidirectional": bidirectional, "buckets": buckets, "max_distance": most}
                )
                for offset, line in lines:
                    truth.offset = offset
                    assert line == truth._said()
                    assert f"Bucket {bucket_of(offset, bidirectional, buckets, most)} of" in line
                path = page.evaluate(
                    "[...document.querySelectorAll('.ctr-buckets-curve .ctr-buckets-path')].map(one => one.getAttribute('d'))"
                )
                assert (
                    levels(path, buckets, most)
                    == bucket_of(np.arange(-most - 12, most + 13), bidirectional, buckets, most).tolist()
                )


def levels(paths, buckets, most):
    """The bucket of each offset, read off the two paths of the curve."""
    found = []
    for path in paths:
        begin, *steps = path[1:].split("H")
        x, level = map(float, begin.split())
        for step in steps:
            to, _, down = step.partition("V")
            offsets = round((float(to) - x) / 700 * 2 * (most + 12))
            found += [round((166 - level) / 150 * (buckets - 1))] * offsets
            x, level = float(to), float(down or 0)
    return found


def test_the_query_moves_by_mouse_and_keys(shown):
    page = shown(RelativeBuckets(30, query=12, offset=-4))
    assert row(page) == expected(page.truth, -4) and said(page) == page.truth._said()
    page.locator("[data-key='20']").click()
    assert trait(page, "query") == 20
    set_both(page, query=20)
    assert row(page) == expected(page.truth, -4), "the mouse, which rests on the query, marks nothing"
    for key, query in (
        ("ArrowRight", 21),
        ("ArrowLeft", 20),
        ("End", 29),
        ("ArrowRight", 29),
        ("Home", 0),
        ("ArrowLeft", 0),
    ):
        page.keyboard.press(key)
        set_both(page, query=query)
        assert trait(page, "query") == query and row(page) == expected(page.truth, -4)
        assert page.evaluate("document.activeElement.dataset.key") == str(query), "the focus goes with it"
    assert said(page) == page.truth._said() and said(page).startswith("Offset −4"), (
        "there is no key left of the first"
    )
    assert page.locator("[data-key='0']").get_attribute("aria-label") == "Position 0, the query, bucket 0"
    assert page.locator("[data-key='9']").get_attribute("aria-label") == "Position 9, offset +9, bucket 24"


def test_hovering_marks_a_key_and_asks_nobody(shown):
    page = shown(RelativeBuckets(30, query=12, biases=BIASES, offset=-4))
    truth = page.truth
    page.locator("[data-key='25']").hover()
    truth.offset = 13
    assert row(page) == expected(truth, 13) and said(page) == truth._said()
    dots = lambda: page.locator(".ctr-buckets-dot").evaluate_all(CENTRES)  # noqa: E731
    values = lambda: page.locator(".ctr-buckets-small b").all_text_contents()  # noqa: E731
    want = lambda: [f"{x:+.2f}".replace("-", "−") for x in truth._at()]  # noqa: E731
    assert values() == want()
    (x, y), *small = dots()
    assert (x, y) == pytest.approx((34 + (13 + 140) / 280 * 700, 16 + 150 * (1 - bucket_of(13) / 31)))
    order = truth._order()
    for head, (x, y) in enumerate(small):
        assert x == pytest.approx((order.index(bucket_of(13)) + 0.5) / 31 * 166)
        assert y == pytest.approx(4 + 23 * (1 - BIASES[bucket_of(13), head] / abs(BIASES).max()))
    page.mouse.move(2, 2)
    truth.offset = -4
    assert said(page) == truth._said() and values() == want()
    assert page.evaluate("document.getElementById('picture').model.saves") == 0
    box = page.locator(".ctr-buckets-curve").bounding_box()
    at = lambda offset: box["x"] + box["width"] * (34 + (offset + 140) / 280 * 700) / 750  # noqa: E731
    page.mouse.move(at(-70), box["y"] + 60)
    assert said(page).startswith("Offset −70,")
    page.mouse.click(at(95), box["y"] + 60)
    assert trait(page, "offset") == 95
    first, last = truth._range(95)
    band = page.locator(".ctr-buckets-band")
    assert (first, last) == (91, None) and float(band.get_attribute("x")) == pytest.approx(
        34 + (90.5 + 140) / 280 * 700
    )
    assert float(band.get_attribute("x")) + float(band.get_attribute("width")) == pytest.approx(734)
    page.get_by_role("slider").press("ArrowLeft")
    assert said(page).startswith("Offset +94,"), "the mouse, which rests on the curve, does not hide it"
    for name in ("Direction", "Buckets", "Largest distance"):
        assert page.get_by_role("combobox", name=name).is_disabled(), "biases are learned for one size"


def test_the_keyboard_is_enough(shown):
    page = shown(RelativeBuckets(20, query=9))
    focus = lambda: page.evaluate("document.activeElement.getAttribute('aria-label')")  # noqa: E731
    for name, key, trait_name, value in (("Direction", "ArrowDown", "bidirectional", False), ("Buckets", "ArrowDown", "buckets", 64),
                                         ("Largest distance", "ArrowUp", "max_distance", 64), ("Offset, key minus query", "ArrowLeft", "offset", -6)):  # fmt: skip
        page.keyboard.press("Tab")
        assert focus() == name
        page.keyboard.press(key)
        assert trait(page, trait_name) == value
        set_both(page, **{trait_name: value})
        assert row(page) == expected(page.truth, page.truth.offset) and said(page) == page.truth._said()
    page.keyboard.press("End")
    assert trait(page, "offset") == 76 and "its mask hides them" in said(page)
    page.get_by_role("combobox", name="Largest distance").select_option("256")
    page.get_by_role("slider").press("Home")
    assert trait(page, "offset") == -268
    page.get_by_role("combobox", name="Largest distance").select_option("128")
    assert trait(page, "offset") == -140, "it stays inside the curve"
    page.get_by_role("slider").focus()
    page.keyboard.press("Tab")
    assert focus().startswith("Position 9, the query")
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.dataset.key ?? ''"), "one stop for the whole row"


def test_the_learned_curves_are_drawn(shown):
    for bidirectional in (True, False):
        page = shown(RelativeBuckets(10, bidirectional=bidirectional, biases=BIASES))
        paths = page.evaluate(
            "[...document.querySelectorAll('.ctr-buckets-small .ctr-buckets-path')].map(one => one.getAttribute('d'))"
        )
        order = page.truth._order()
        for head, path in enumerate(paths):
            heights = [float(part.split("H")[0].split()[-1]) for part in path.replace("M0 ", "").split("V")]
            true = [4 + 23 * (1 - BIASES[bucket, head] / abs(BIASES).max()) for bucket in order]
            assert heights == pytest.approx(true, abs=0.01)
        assert (
            "Bucket 16 is never used" in page.locator(".ctr-buckets-never").text_content()
        ) == bidirectional


def test_two_views_follow_one_model_and_leave_nothing_behind(shown):
    page = shown(RelativeBuckets(10))
    page.evaluate("(el => { el.second = el.view(); })(document.getElementById('picture'))")
    page.locator("[data-key='2']").first.click()
    assert page.locator("[aria-selected=true]").evaluate_all("all => all.map(one => one.dataset.key)") == [
        "2",
        "2",
    ]
    assert page.evaluate("document.getElementById('picture').model.saves") == 1
    page.evaluate("(el => { el.close(); el.second(); })(document.getElementById('picture'))")
    assert page.locator(".ctr").count() == 0
    assert page.evaluate("document.getElementById('picture').model.listeners") == {
        f"change:{n}": [] for n in STATE
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_themes_are_readable(shown, shoot, scheme):
    page = shown(RelativeBuckets(biases=BIASES, offset=-9))
    page.emulate_media(color_scheme=scheme)
    shoot(page, f"relative_buckets_{scheme}")
    page = shown(RelativeBuckets(64, 40, bidirectional=False, offset=-30))
    shoot(page, f"relative_buckets_decoder_{scheme}")
    for key in (0, 20, 39, 41):
        assert contrast(page, f"[data-key='{key}'] .ctr-buckets-number") >= 4.5, key
        assert contrast(page, f"[data-key='{key}'] .ctr-buckets-key") >= 4.5, key
    set_both(page, bidirectional=True, query=2)
    assert contrast(page, "[data-key='63'] .ctr-buckets-number") >= 4.5
    assert contrast(page, ".ctr-buckets-never") >= 4.5 and contrast(page, ".ctr-buckets select") >= 4.5
    page.set_viewport_size({"width": 490, "height": 660})  # as at 200 %
    assert page.evaluate("document.documentElement.scrollWidth") == 490, "nothing is cut off"


def test_the_static_picture_has_its_words(clean_page, shoot):
    made = [RelativeBuckets(biases=BIASES), RelativeBuckets(bidirectional=False)]
    clean_page.set_content("".join(one._fallback() for one in made))
    images = clean_page.get_by_role("img").all()
    assert [image.get_attribute("alt") for image in images] == [
        f"Relative buckets. {one._alt()}" for one in made
    ]
    assert all(image.evaluate("image => image.complete && image.naturalWidth > 300") for image in images)
    shoot(clean_page, "relative_buckets_fallback")
