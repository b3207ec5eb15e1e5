"""The masking stepper by hand: each step of each draw, the shares, and the many draws, against what Python knows."""

import pytest

from course.widgets import MaskingStepper
from tests.browser import by_hand
from tests.browser.by_hand import set_both, trait
from tests.browser.test_widgets import contrast

SENTENCE = "we were on the right side of history , so they changed the law"
TOKENS = ["[CLS]", *SENTENCE.split(), "[SEP]", "[PAD]"]
SHARES = (0.05, 0.15, 0.3, 0.5)


@pytest.fixture
def stepper(clean_page, tmp_path):
    """Open a stepper's page; `page.truth` is the stepper itself."""

    return lambda widget: by_hand.opened(clean_page, widget, tmp_path, ".ctr-masking")


def columns(page):
    """What stands under each other for each token, for eyes: chips as text, and what is written below them."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".ctr-masking-tokens li:not(.ctr-masking-heads)")].map(li =>
          [...li.children].filter(one => !one.classList.contains("ctr-spoken")).map(one => one.textContent))"""
    )


def expected(widget):
    """The same, as Python has it."""
    found = []
    for token, may, kind, read, label in zip(
        widget.tokens, widget._may, widget._kinds(), widget._reads(), widget._labels(), strict=True
    ):
        chosen = kind is not None and widget.step != "read"
        note = "never" if not may else "chosen" if chosen else ""
        if widget.step == "labels":
            found.append([read, "−100" if label == -100 else label])
        elif widget.step == "becomes" and chosen:
            found.append([token, note, read, ("masked", "random", "stays")[kind]])
        else:
            found.append([token, note])
    return found


def test_each_step_of_each_draw_is_pythons(stepper):
    page = stepper(MaskingStepper(TOKENS, seed=3, draws=12))
    kinds = set()
    for step in ("read", "chosen", "becomes", "labels"):
        for share in SHARES:
            for draw in (0, 1, 7, 11):
                set_both(page, step=step, share=share, draw=draw)
                assert columns(page) == expected(page.truth), (step, share, draw)
                kinds |= set(page.truth._kinds())
    assert kinds == {None, 0, 1, 2}, "all that can happen has been looked at"
    chosen = [i for i, kind in enumerate(page.truth._kinds()) if kind is not None]
    marked = page.locator(
        ".ctr-masking-tokens li:has(.ctr-masking-chosen) .ctr-masking-asked"
    ).all_text_contents()
    assert marked == [TOKENS[i] for i in chosen], "the labels that count stand below what was chosen"
    about = page.locator("p[role=status]").text_content()
    free, same = (
        14,
        sum(read == token for read, token in zip(page.truth._reads()[1:15], TOKENS[1:15], strict=True)),
    )
    assert f"only the {len(chosen)} chosen count" in about and f"still reads {same} of {free} tokens" in about


def test_buttons_slider_and_keys(stepper):
    page = stepper(MaskingStepper(TOKENS, draws=3))
    button = lambda name: page.get_by_role("button", name=name)  # noqa: E731
    assert button("Step back").get_attribute("aria-disabled") == "true"
    button("Draw again").click()
    assert (trait(page, "step"), trait(page, "draw")) == ("chosen", 1), (
        "from the first step it leads on to where a draw is seen"
    )
    for _ in range(2):
        button("Draw again").click()
    assert trait(page, "draw") == 0 and "draw 1 of 3" in page.locator(".ctr-masking-title").text_content()
    page.get_by_role("slider", name="Share to choose").fill("3")
    assert trait(page, "share") == 0.5 and page.locator(".ctr-masking-share").text_content() == "50\u00a0%"
    assert page.get_by_role("slider").get_attribute("aria-valuetext") == "50\u00a0%"
    # From here on without the mouse.
    page.locator("body").click(position={"x": 1, "y": 1})
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").startswith("Step ")
    for step in ("becomes", "labels", "draws", "draws"):
        page.keyboard.press("Enter")
        assert trait(page, "step") == step
    assert page.evaluate("document.activeElement.textContent").startswith("Step "), (
        "the focus stays at the end"
    )
    assert button("Draw again").get_attribute("aria-disabled") == "true"
    for key, step in (("ArrowLeft", "labels"), ("ArrowLeft", "becomes"), ("ArrowRight", "labels")):
        page.keyboard.press(key)
        assert trait(page, "step") == step
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert trait(page, "draw") == 1
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowLeft")
    assert (trait(page, "share"), trait(page, "step")) == (0.3, "labels"), (
        "on the slider the arrows are the slider's"
    )


def test_many_draws_are_counted_as_python_counts(stepper):
    page = stepper(MaskingStepper(TOKENS, seed=1, step="draws"))
    for share in SHARES:
        set_both(page, share=share)
        count = page.truth._count()
        shown = page.locator(".ctr-masking-tokens .ctr-masking-note").all_text_contents()
        assert shown == [
            str(row.sum()) if may else "never" for row, may in zip(count, page.truth._may, strict=True)
        ]
        heights = page.evaluate(
            """[...document.querySelectorAll(".ctr-masking-tokens li")].map(li => [...li.querySelectorAll(".ctr-masking-part")].map(p => p.getBoundingClientRect().height))"""
        )
        scale = 120 / max(count.sum(1).max(), 1_000 * share)
        for row, parts in zip(count, heights, strict=True):
            # flex items shrink by the line below the bar, a pixel in 120
            assert parts == [] if row.sum() == 0 else parts == pytest.approx(row * scale, abs=2.5)
        cells = [
            row.locator("td").all_text_contents()
            for row in page.locator(".ctr-masking-totals tbody tr").all()
        ]
        came, kinds = page.truth._totals()
        assert [cell[0] for cell in cells] == [f"{100 * n:.0f}\u00a0%" for n in (share, 0.8, 0.1, 0.1)]
        for cell, truth in zip(cells, (came, *kinds), strict=True):
            assert float(cell[1].removesuffix("\u00a0%")) == pytest.approx(100 * truth, abs=0.051)
        none = page.truth._none_came[SHARES.index(share)]
        assert (f"In {none:,} of the draws" in page.locator("p[role=status]").text_content()) == (none > 0)
    spoken = page.locator(".ctr-masking-tokens li .ctr-spoken").first.text_content()
    assert spoken == ": chosen {} times, {} masked, {} random, {} stays".format(count[1].sum(), *count[1])


def test_text_stays_text_and_nothing_is_chosen_where_nothing_may(stepper):
    nasty = ["<img src=x onerror=alert(1)>", "</script>", "שלום", "🦊", "a&b"]
    page = stepper(MaskingStepper(nasty, nasty, share=0.5, seed=2, step="becomes"))
    assert columns(page) == expected(page.truth)
    assert page.locator("#picture img").count() == 0
    page = stepper(MaskingStepper(["[CLS]", "[SEP]"], step="labels"))
    assert columns(page) == [["[CLS]", "−100"], ["[SEP]", "−100"]]
    assert "Nothing here may be chosen" in page.locator("p[role=status]").text_content()


def test_two_views_follow_one_model_and_leave_nothing_behind(stepper):
    page = stepper(MaskingStepper(TOKENS))
    page.evaluate("(el => { el.second = el.view(); })(document.getElementById('picture'))")
    page.get_by_role("button", name="Step \u25b6").first.click()
    assert all("Step 2 of 5" in title for title in page.locator(".ctr-masking-title").all_text_contents())
    page.evaluate("(el => { el.close(); el.second(); })(document.getElementById('picture'))")
    assert page.locator(".ctr").count() == 0
    assert page.evaluate("document.getElementById('picture').model.listeners") == {
        f"change:{n}": [] for n in ("step", "share", "draw")
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_themes_are_readable(stepper, shoot, scheme):
    page = stepper(MaskingStepper(TOKENS, share=0.3, seed=3))
    page.emulate_media(color_scheme=scheme)
    for step in ("becomes", "labels", "draws"):
        set_both(page, step=step)
        page.wait_for_timeout(200)  # colours ease in
        shoot(page, f"masking_stepper_{step}_{scheme}")
        for selector in (
            ".ctr",
            ".ctr-masking-chosen",
            ".ctr-masking-never",
            ".ctr-masking-free",
            ".ctr-masking-asked",
        ):
            if page.locator(selector).count():
                assert contrast(page, selector) >= 4.5, (step, selector)
    page.set_viewport_size({"width": 490, "height": 660})  # as at 200 %
    assert page.evaluate("document.documentElement.scrollWidth") == 490, "nothing is cut off"


def test_the_static_picture_has_its_words(clean_page, shoot):
    widget = MaskingStepper(TOKENS, share=0.3, seed=3, step="labels")
    many = MaskingStepper(TOKENS, share=0.3, seed=3, step="draws")
    clean_page.set_content(widget._fallback() + many._fallback())
    images = clean_page.get_by_role("img").all()
    assert [image.get_attribute("alt") for image in images] == [
        f"Masking stepper. {one._alt()}" for one in (widget, many)
    ]
    assert all(image.evaluate("image => image.complete && image.naturalWidth > 300") for image in images)
    shoot(clean_page, "masking_stepper_fallback")
