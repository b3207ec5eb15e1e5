"""The pair builder by hand: the coin, both documents, the pair with its rows, and what is cut, against what Python knows."""

import re

import pytest

from course.widgets import PairBuilder
from tests.browser import by_hand
from tests.browser.test_widgets import contrast

DOCUMENTS = [
    [text.split() for text in document.split(" / ")]
    for document in (
        "Ada plays the cello every evening / She lives in Linwood with her brother / Her cello is very old / She has a goat",
        "It rains in Harrowgate / The streets are quiet at night and in the morning",
        "Bread is made of flour , water and salt / Bakers get up early",
    )
]
WHY = {True: "the model is taught a lie", False: "label 1 teaches little"}


@pytest.fixture
def builder(clean_page, tmp_path):
    """Open a builder's page; `page.truth` is the builder itself."""

    return lambda widget: by_hand.opened(clean_page, widget, tmp_path, ".ctr-pair")


def model(page, expression):
    return page.evaluate(f"document.getElementById('picture').model.{expression}")


def shown(page):
    """What is drawn, and the page's state, in one go: marks are those in A's document (own) and in B's (other)."""
    return page.evaluate(
        """() => {
          const all = (selector) => [...document.querySelectorAll(selector)];
          const texts = (selector) => all(selector).map(one => one.textContent);
          const marks = (box) => [...box.querySelectorAll(".ctr-pair-badge")].map(badge => badge.textContent);
          const [own, other] = all(".ctr-pair-sentences");
          const model = document.getElementById("picture").model;
          return {
            state: Object.fromEntries(["first", "toss", "draw", "wrong", "max_length"].map(name => [name, model.get(name)])),
            tokens: texts("li .ctr-pair-chip:not(.ctr-pair-heads *)"), segments: texts(".ctr-pair-segment").map(Number), positions: texts(".ctr-pair-position").map(Number),
            cut: all(".ctr-pair-gone").map(one => [one.textContent.slice(-2, -1), one.querySelector("s").textContent]), length: texts(".ctr-pair-cut")[0],
            own: marks(own), other: marks(other), hidden: other.parentElement.hidden, label: texts(".ctr-pair-label b")[0],
            struck: texts(".ctr-pair-sentence s"), about: texts("p[role=status]")[0], pressed: texts("[aria-pressed=true]"),
          };
        }"""
    )


def check(page):
    """All that is drawn is what Python says of this state."""
    drawn, truth = shown(page), page.truth
    truth.set_state(drawn["state"])
    (d, s), (e, t) = truth.first, truth._second()
    tokens, segments, cut = truth._pair()
    assert drawn["tokens"] == tokens and drawn["segments"] == segments
    assert drawn["length"].startswith(f"{len(tokens)} of at most {truth.max_length} tokens. ")
    assert drawn["pressed"] == (["The wrong kind of negative"] if truth.wrong else [])
    assert drawn["positions"] == list(range(len(tokens)))
    assert [tuple(one) for one in drawn["cut"]] == cut
    mark = lambda d_, i: "A" if (d_, i) == (d, s) else "B" if (d_, i) == (e, t) else ""  # noqa: E731
    assert drawn["own"] == [mark(d, i) for i in range(len(truth.documents[d]))]
    assert drawn["hidden"] == (d == e)
    assert drawn["other"] == ([] if d == e else [mark(e, i) for i in range(len(truth.documents[e]))])
    assert drawn["label"] == (
        "label 1, but no good negative"
        if truth.wrong
        else ("label 0, is next", "label 1, random")[truth._label()]
    )
    gone = {name: " ".join([token for n, token in cut if n == name][::-1]) for name in "AB"}
    assert sorted(drawn["struck"]) == sorted(filter(None, gone.values())), "struck out where they stand, too"
    about = drawn["about"]
    assert f"A is sentence {s + 1} of document {d + 1}." in about and f"sentence {t + 1}" in about
    if truth.wrong:
        assert WHY[t == s + 1] in about
    else:
        assert re.findall("The coin says “(.*?)”", about) == [("next", "random")[truth._label()]]
    return truth


def test_draws_tosses_and_wrong_negatives_are_pythons(builder):
    page = builder(PairBuilder(DOCUMENTS, max_length=14, seed=2))
    draw, toss, wrong = (
        page.get_by_role("button", name=name)
        for name in ("Draw a sentence A", "Toss the coin", "The wrong kind")
    )
    check(page)
    labels, reasons, drawn = set(), set(), set()
    for button, times in ((draw, 10), (toss, 12), (wrong, 12)):
        button.click()
        for _ in range(times):
            truth = check(page)
            page.keyboard.press("Enter")
            assert truth.wrong == (button is wrong)
            if truth.wrong:
                reasons.add(truth._second()[1] == truth.first[1] + 1)
            else:
                labels.add(truth._label())
                drawn.add(truth.first)
    assert labels == {0, 1} and len(drawn) > 2
    page.get_by_role("combobox", name="Document of A").select_option("0")
    wrong.focus()
    for _ in range(8):
        page.keyboard.press("Enter")
        reasons.add(check(page)._second()[1] == 1)
    assert reasons == {True, False}, "both reasons have been given"
    toss.click()
    assert check(page).wrong is False


def test_every_length_cuts_as_python_cuts(builder):
    page = builder(PairBuilder(DOCUMENTS, seed=2))
    slider = page.get_by_role("slider", name="Maximal length")
    for first in ([0, 0], [1, 0], [2, 0]):
        model(page, f"set('first', {first})")
        slider.fill("5")
        for length in range(5, 25):
            assert check(page).max_length == length
            page.keyboard.press("ArrowRight")
    assert "Nothing is cut." in page.locator(".ctr-pair-cut").text_content()


def test_the_keyboard_is_enough(builder):
    page = builder(PairBuilder(DOCUMENTS, seed=2))
    model(page, "set('first', [0, 0])")
    for name in ("Draw a sentence A", "Toss the coin", "The wrong kind of negative"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == name
        page.keyboard.press("Enter")
        check(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Document of A"
    model(page, "set('first', [0, 0])")
    page.keyboard.press("Tab")
    for key, sentence in (
        ("ArrowDown", 1),
        ("End", 2),
        ("ArrowDown", 2),
        ("ArrowUp", 1),
        ("Home", 0),
        ("ArrowUp", 0),
    ):
        page.keyboard.press(key)
        assert check(page).first == (0, sentence), "the last sentence is never A: it has no next one"
        assert page.evaluate("document.activeElement.getAttribute('aria-selected')") == "true"
    page.keyboard.press("Tab")
    before = model(page, "get('max_length')")
    page.keyboard.press("ArrowLeft")
    assert check(page).max_length == before - 1


def test_sentences_are_picked_by_hand(builder):
    page = builder(PairBuilder(DOCUMENTS, seed=2))
    page.get_by_role("combobox", name="Document of A").select_option("0")
    options = page.get_by_role("option", name="She lives in Linwood")
    options.click()
    assert check(page).first == (0, 1) and model(page, "saves") == 2, "Python is told of each choice, once"
    assert options.get_attribute("aria-label").startswith("2: She lives in Linwood with her brother, A")
    last = page.get_by_role("option", name="She has a goat")
    assert last.get_attribute("aria-disabled") == "true" and "it has no next" in last.get_attribute(
        "aria-label"
    )
    last.click(force=True)
    assert check(page).first == (0, 1)


def test_text_stays_text_and_long_documents_show_what_is_marked(builder):
    nasty = ["<img src=x onerror=alert(1)>", "</script>", "שלום", "🦊", "a&b"]
    page = builder(PairBuilder([[nasty, nasty[::-1]], [["x"], nasty[:2]]], seed=1))
    check(page)
    assert page.locator("#picture img").count() == 0
    page = builder(PairBuilder([[[f"sentence{i}", "of", "many"] for i in range(30)]] * 2))
    for sentence in (0, 14, 28):
        model(page, f"set('first', [0, {sentence}])")
        check(page)
        for mark in page.locator(".ctr-pair-sentence:has(.ctr-pair-A)").all():
            box, own = mark.bounding_box(), page.locator(".ctr-pair-sentences").first.bounding_box()
            assert own["y"] <= box["y"] and box["y"] + box["height"] <= own["y"] + own["height"]


def test_two_views_follow_one_model_and_leave_nothing_behind(builder):
    page = builder(PairBuilder(DOCUMENTS))
    page.evaluate("(el => { el.second = el.view(); })(document.getElementById('picture'))")
    model(page, "set('max_length', 6)")
    assert [text[:9] for text in page.locator(".ctr-pair-cut").all_text_contents()] == ["6 of at m"] * 2
    page.evaluate("(el => { el.close(); el.second(); })(document.getElementById('picture'))")
    assert page.locator(".ctr").count() == 0
    assert model(page, "listeners") == {f"change:{n}": [] for n in ("first", "toss", "wrong", "max_length")}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_themes_are_readable(builder, shoot, scheme):
    page = builder(PairBuilder(DOCUMENTS, max_length=12, seed=2))
    page.emulate_media(color_scheme=scheme)
    for state in ("coin", "wrong"):
        model(page, f"set('wrong', {str(state == 'wrong').lower()})")
        page.wait_for_timeout(160)  # colours ease in
        shoot(page, f"pair_builder_{state}_{scheme}")
        for selector in (
            ".ctr",
            ".ctr-soft",
            ".ctr-pair-mark",
            ".ctr-pair-isA",
            ".ctr-pair-isB",
            ".ctr-pair-A",
            ".ctr-pair-B",
        ):
            assert contrast(page, selector) >= 4.5, (state, selector)
    page.set_viewport_size({"width": 490, "height": 660})  # as at 200 %
    assert page.evaluate("document.documentElement.scrollWidth") == 490, "nothing is cut off"


def test_the_static_picture_has_its_words(clean_page, shoot):
    one, other = PairBuilder(DOCUMENTS, seed=2), PairBuilder(DOCUMENTS, max_length=10, seed=2)
    other.wrong = True
    clean_page.set_content(one._fallback() + other._fallback())
    images = clean_page.get_by_role("img").all()
    assert [image.get_attribute("alt") for image in images] == [
        f"Pair builder. {widget._alt()}" for widget in (one, other)
    ]
    assert all(image.evaluate("image => image.complete && image.naturalWidth > 300") for image in images)
    shoot(clean_page, "pair_builder_fallback")
