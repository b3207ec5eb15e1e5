"""The span stepper by hand: each step of drawn masks and of masks made by clicks, the keyboard, and the many draws, against Python."""

import pytest

from course.widgets import SpanStepper
from course.widgets.spans_picture import COMPARED, spread
from tests.browser import by_hand
from tests.browser.by_hand import set_both, trait
from tests.browser.test_widgets import contrast

FIGURE = "Thank you for inviting me to your party last week"
MASK = [word in ("for", "inviting", "last") for word in FIGURE.split()]
TEXT = "Ada plays the violin in Linwood . Her brother lives there too , and he sings in the evening when the shop is closed . On Sundays they walk along the river with the dog and talk about music ."
ROWS = {"tokens": ["text"], "spans": ["text"], "input": ["text", "input"],
        "target": ["text", "input", "target"], "restored": ["input", "target", "restored"]}  # fmt: skip


@pytest.fixture
def stepper(clean_page, tmp_path):
    """Open a stepper's page; `page.truth` is the stepper itself."""

    return lambda widget: by_hand.opened(clean_page, widget, tmp_path, ".ctr-span")


def columns(page):
    """What stands under each other, for eyes: for each chip its words, its look and the small line below it."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".ctr-span-tokens > li:not(.ctr-span-heads)")].map(li =>
          [...li.querySelectorAll(".ctr-span-chip")].map(chip => [chip.textContent, chip.className.match(/ctr-span-(?!chip)(\\w+)/)[1],
            chip.nextElementSibling?.classList.contains("ctr-span-note") ? chip.nextElementSibling.textContent : ""]))"""
    )


def expected(widget):
    """The same, as Python has it."""
    found = []
    if widget.step == "target" and widget.decoder_only:
        row, labels, prefix = widget._one_row()
        for i, (place, label) in enumerate(zip(row, labels, strict=True)):
            found.append(
                [
                    [place.text, place.look, "↔ prefix" if i < prefix else "← left"],
                    [label.text, "free" if label.look == "free" else "label", ""],
                ]
            )
        return found
    for column in widget._columns():
        here = [list(column[row]) if row in column else ["", "nothing", ""] for row in ROWS[widget.step]]
        if widget.step == "tokens":
            here = [[text, "kept" if text else look, ""] for text, look, _ in here]
        if any(text for text, _, _ in here):
            found.append(here)
    return found


def said(page):
    return page.locator("p[role=status]").text_content()


def test_each_step_of_each_mask_is_pythons(stepper):
    page = stepper(SpanStepper(TEXT.split(), seed=3, draws=9))
    words = TEXT.split()
    by_hand_masks = [[False] * 40, [True] * 40, [i % 2 == 0 for i in range(40)], [i > 30 for i in range(40)]]
    settings = [(0.15, 3), (0.3, 1), (0.5, 5), (0.5, 10)]
    for k in range(8):
        mask = [] if k < 4 else by_hand_masks[k - 4]
        set_both(
            page,
            rate=settings[k % 4][0],
            mean_span=settings[k % 4][1],
            draw=2 * k % 9,
            mask=mask,
            names=k % 3 == 0,
        )
        for step in ROWS:
            set_both(page, step=step)
            truth = page.truth
            assert columns(page) == expected(truth), (step, k)
            if step == "spans":
                lines = page.locator(".ctr-span-reckoned li").all_text_contents()
                assert lines == truth._setting()["said"] and ("made by hand" in said(page)) == bool(mask)
                assert ("Nothing is noise" in said(page)) == (k == 4) and ("All is noise" in said(page)) == (
                    k == 5
                )
            elif step != "tokens":
                row = truth._row(step)
                assert f"“{' '.join(place.text for place in row)}”" in said(page)
            if step == "target":
                assert ("The text ends in noise" in said(page)) == truth._noise()[-1]
                set_both(page, decoder_only=True)
                assert columns(page) == expected(truth)
                row, labels, prefix = truth._one_row()
                counts = sum(label.look != "free" for label in labels)
                assert f"loss counts at {counts} place{'s' * (counts != 1)} of {len(row)}" in said(page)
                path = page.locator(".ctr-span-square path").get_attribute("d")
                assert path == f"M0 0h{prefix}v{prefix}{'h1v1' * (len(row) - prefix)}H0Z"
                set_both(page, decoder_only=False)
    assert [one[2][0] for one in columns(page) if one[2][0]] == words, "the last was the text, restored"


def test_the_papers_figure_is_made_by_clicks(stepper):
    page = stepper(SpanStepper(FIGURE, step="spans"))
    noise = page.truth._noise()
    for i, (wish, drawn) in enumerate(zip(MASK, noise, strict=True)):
        if wish != drawn:
            page.locator(f"[data-place='{i}']").click()
    assert trait(page, "mask") == MASK and page.locator(".ctr-span-title span").text_content() == "by hand"
    assert "3 noise tokens in 2 spans" in said(page) and "do not hold" in said(page)
    assert page.locator("[aria-pressed=true][data-place]").all_text_contents() == ["for", "inviting", "last"]
    page.get_by_role("button", name="<X>, <Y>, <Z>").click()
    for step, row in (("input", "Thank you <X> me to your party <Y> week </s>"), ("target", "<X> for inviting <Y> last <Z> </s>"),
                      ("restored", FIGURE)):  # fmt: skip
        page.get_by_role("button", name="Step ▶").click()
        assert trait(page, "step") == step and f"“{row}”" in said(page)
    page.get_by_role("button", name="Decoder only").click()
    assert trait(page, "step") == "target" and trait(page, "decoder_only") is True
    reads = [one[0][0] for one in columns(page)]
    assert " ".join(reads) == "Thank you <X> me to your party <Y> week <X> for inviting <Y> last <Z> </s>"
    page.get_by_role("button", name="Decoder only").click()
    assert trait(page, "decoder_only") is False
    page.get_by_role("combobox", name="Rate").select_option("0.5")
    assert trait(page, "mask") == [] and trait(page, "rate") == 0.5, "another rate is another draw"
    page.get_by_role("combobox", name="Mean length").select_option("10")
    assert trait(page, "mean_span") == 10


def test_the_keyboard_is_enough(stepper):
    page = stepper(SpanStepper(TEXT.split(), draws=3, seed=1))
    focused = lambda: page.evaluate("document.activeElement.textContent")  # noqa: E731
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert focused() == "Draw again"
    page.keyboard.press("Enter")
    assert (trait(page, "step"), trait(page, "draw")) == ("spans", 1), (
        "from the first step it leads on to where a draw is seen"
    )
    for _ in range(5):
        page.keyboard.press("Tab")
    assert focused() == "Ada"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert focused() == "the" and trait(page, "step") == "spans", "among tokens the arrows move"
    before = page.evaluate("document.activeElement.getAttribute('aria-pressed')")
    page.keyboard.press("Space")
    assert focused() == "the", "the focus stays on the token"
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") != before
    mask = trait(page, "mask")
    page.truth.draw = 1
    assert [i for i in range(40) if mask[i] != page.truth._noise()[i]] == [2]
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert focused() == "Ada"
    page.get_by_role("button", name="Draw again").focus()
    page.keyboard.press("Enter")
    assert trait(page, "mask") == [] and trait(page, "draw") == 2
    for key, step in (("ArrowRight", "input"), ("ArrowRight", "target"), ("ArrowLeft", "input")):
        page.keyboard.press(key)
        assert trait(page, "step") == step
    page.get_by_role("combobox", name="Rate").focus()
    page.keyboard.press("ArrowDown")
    assert trait(page, "rate") == 0.3 and trait(page, "step") == "input", (
        "on a list the arrows are the list's"
    )


def test_many_draws_are_counted_as_python_counts(stepper):
    page = stepper(SpanStepper(TEXT.split(), seed=1, step="draws"))
    assert page.get_by_role("button", name="Draw again").get_attribute("aria-disabled") == "true"
    for rate, mean in ((0.15, 3), (0.5, 1), (0.3, 10)):
        set_both(page, rate=rate, mean_span=mean)
        both = (page.truth._setting(), page.truth._alone[(0.15, 0.3, 0.5).index(rate)])
        found = page.evaluate(
            """() => {
              const high = (one) => one.getBoundingClientRect().height;
              const all = (selector) => [...document.querySelectorAll(selector)];
              return {
                notes: all(".ctr-span-tokens .ctr-span-note").map(one => one.textContent),
                bars: all(".ctr-span-bar .ctr-span-solid").map(high),
                lines: all(".ctr-span-line").map(one => parseFloat(one.style.bottom)),
                cells: all(".ctr-span-below tbody tr").map(tr => [...tr.children].map(td => td.textContent)),
                pairs: all(".ctr-span-pair").map(one => [...one.children].map(high)),
              };
            }"""
        )
        assert found["bars"] == pytest.approx([n / 1_000 * 89 for n in both[0]["often"]], abs=1.5)
        assert found["lines"] == pytest.approx([n / 10 for n in both[1]["often"]])
        assert found["notes"][0] == "0\u00a0%" and found["notes"][-1] == "100\u00a0%"
        assert found["cells"] == [[title, *(spread(one[key]) for one in both)] for title, key in COMPARED]
        shares = [[n / sum(one["lengths"]) * 89 for n in one["lengths"]] for one in both]
        assert [one[0] for one in found["pairs"]] == pytest.approx(shares[0], abs=1.5)
        assert [one[1] for one in found["pairs"]] == pytest.approx(shares[1], abs=1.5)


def test_text_stays_text_and_two_tokens_are_enough(stepper):
    nasty = ["<img src=x onerror=alert(1)>", "</script>", "שלום", "🦊", "a&b"]
    page = stepper(SpanStepper(nasty, rate=0.5, step="target"))
    assert columns(page) == expected(page.truth) and page.locator("#picture img").count() == 0
    page = stepper(SpanStepper("a b"))
    for step in ROWS:
        set_both(page, step=step)
        assert columns(page) == expected(page.truth)
    set_both(page, step="draws")
    assert "In 7" in said(page) and "nothing was noise" in said(page), "(1 - 0.15)^2 = 0.72 of the draws"


def test_two_views_follow_one_model_and_leave_nothing_behind(stepper):
    page = stepper(SpanStepper(FIGURE))
    page.evaluate("(el => { el.second = el.view(); })(document.getElementById('picture'))")
    page.get_by_role("button", name="Step \u25b6").first.click()
    page.locator("[data-place='0']").last.click()
    assert (
        page.locator(".ctr-span-title").all_text_contents()
        == ["Step 2 of 6: which tokens are noiseby hand"] * 2
    )
    assert page.evaluate("document.getElementById('picture').model.saves") == 2, "Python is told of each once"
    page.evaluate("(el => { el.close(); el.second(); })(document.getElementById('picture'))")
    assert page.locator(".ctr").count() == 0
    assert page.evaluate("document.getElementById('picture').model.listeners") == {
        f"change:{n}": [] for n in ("step", "rate", "mean_span", "draw", "mask", "names", "decoder_only")
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_themes_are_readable(stepper, shoot, scheme):
    page = stepper(SpanStepper(TEXT.split(), rate=0.3, seed=3))
    page.emulate_media(color_scheme=scheme)
    looks = ("", "-chip.ctr-span-noise", "-sentinel", "-eos", "-label", "-free", "-kept", "-note")
    for step, alone in (("spans", False), ("restored", False), ("target", True), ("draws", False)):
        set_both(page, step=step, decoder_only=alone)
        page.wait_for_timeout(200)  # colours ease in
        shoot(page, f"span_stepper_{'decoder' if alone else step}_{scheme}")
        for selector in (f".ctr-span{look}" for look in looks):
            if page.locator(selector).count():
                assert contrast(page, selector) >= 4.5, (step, selector)
    page.set_viewport_size({"width": 490, "height": 660})  # as at 200 %
    for step in ("spans", "restored", "draws"):
        set_both(page, step=step)
        assert page.evaluate("document.documentElement.scrollWidth") == 490, "nothing is cut off"


def test_the_static_picture_has_its_words(clean_page, shoot):
    shown = [SpanStepper(FIGURE, mask=MASK, step=step, names=True) for step in ("spans", "target", "draws")]
    clean_page.set_content("".join(one._fallback() for one in shown))
    images = clean_page.get_by_role("img").all()
    assert [image.get_attribute("alt") for image in images] == [
        f"Span stepper. {one._alt()}" for one in shown
    ]
    assert all(image.evaluate("image => image.complete && image.naturalWidth > 300") for image in images)
    shoot(clean_page, "span_stepper_fallback")
