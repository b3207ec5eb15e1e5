"""The visualisers as a reader meets them: each saved as a page, opened in Chromium, and used by hand."""

import time

import numpy as np
import pytest

from course.widgets import EmbeddingMap, WindowStepper

RUNNING = "the legislators believed that they were on the right side of history, so they changed the law"
RIGHT = 8  # where "right" stands

TOY = """\
animal: cat dog horse cow sheep goat hen duck fox wolf bear owl mouse frog
food: bread rice soup apple pear cheese honey grass corn fish beans cake egg salt
place: river hill market harbour school farm forest church mill bridge castle street tower well
job: baker teacher nurse farmer sailor doctor smith judge painter cook miller singer guard tailor"""
GROUPS = {kind: words.split() for kind, words in (line.split(": ") for line in TOY.splitlines())}
WORDS = [word for words in GROUPS.values() for word in words]
KINDS = [kind for kind, words in GROUPS.items() for _ in words]


def toy_vectors(dim=32, seed=0):
    """One cloud for each group: (56, dim)."""
    random = np.random.default_rng(seed)
    centres = {kind: random.normal(size=dim) * 1.1 for kind in GROUPS}
    return np.array([centres[kind] + random.normal(size=dim) * 0.75 for kind in KINDS])


def nearest(vectors, index, count=8):
    """The truth, by a plain loop: [(index, cosine)], nearest first."""
    cosine = [
        -2 if i == index else v @ vectors[index] / np.sqrt(v @ v) / np.sqrt(vectors[index] @ vectors[index])
        for i, v in enumerate(vectors)
    ]
    return [(i, cosine[i]) for i in sorted(range(len(vectors)), key=lambda i: -cosine[i])[:count]]


@pytest.fixture
def open_widget(clean_page, tmp_path):
    """Save a visualiser, open the page, and return it."""

    def open_it(widget):
        clean_page.goto(widget.save(tmp_path / "page.html").as_uri())
        clean_page.wait_for_selector(".ctr")
        return clean_page

    return open_it


def model(page, expression):
    return page.evaluate(f"document.getElementById('picture').model.{expression}")


# The window stepper -------------------------------------------------------------------------------------------------


def lit(page):
    """The words of the sentence that are drawn as seen, and the paddings."""
    return page.locator(".ctr-window-chip.ctr-window-seen .ctr-window-word").all_text_contents()


def centre(page):
    return page.locator(".ctr-window-chip.ctr-window-centre .ctr-window-word").all_text_contents()


def example(page):
    return " ".join(page.locator(".ctr-window-example > *").all_text_contents())


@pytest.fixture
def stepper(open_widget):
    return open_widget(WindowStepper(RUNNING, radius=2, position=RIGHT))


def test_stepper_shows_the_window_and_where_it_ends(stepper):
    assert (lit(stepper), centre(stepper)) == (["on", "the", "side", "of"], ["right"])
    assert example(stepper) == "on the _ side of → right"
    sees = stepper.locator(".ctr-window-sees").text_content()
    assert "sees 4 of 18 tokens" in sees
    assert "ends at of: with other words instead of “history, so they changed the law”" in sees


def test_stepper_marks_what_it_sees_without_colour(stepper):
    marks = stepper.locator(".ctr-window-mark").all_text_contents()
    assert [mark for mark in marks if mark] == ["−2", "−1", "centre", "+1", "+2"]
    labels = [chip.get_attribute("aria-label") for chip in stepper.get_by_role("option").all()]
    assert labels[RIGHT - 3 : RIGHT + 2] == ["were, not seen", "on, in the window, −2", "the, in the window, −1", "right, centre", "side, in the window, +1"]  # fmt: skip


def test_stepper_needs_the_keyboard_only(stepper):
    stepper.keyboard.press("Tab")
    assert stepper.evaluate("document.activeElement.innerText").startswith("right")
    stepper.keyboard.press("ArrowRight")
    assert (centre(stepper), lit(stepper)) == (["side"], ["the", "right", "of", "history"])
    assert stepper.evaluate("document.activeElement.innerText").startswith("side")
    stepper.keyboard.press("ArrowUp")
    assert lit(stepper) == ["on", "the", "right", "of", "history", ","]
    stepper.keyboard.press("Home")
    assert (centre(stepper), lit(stepper)) == (["the"], ["<pad>"] * 3 + ["legislators", "believed", "that"])
    stepper.keyboard.press("ArrowLeft")
    assert centre(stepper) == ["the"], "the first word has none before it"
    stepper.keyboard.press("End")
    assert example(stepper) == "they changed the _ <pad> <pad> <pad> → law"
    assert "reaches the end" in stepper.locator(".ctr-window-sees").text_content()


def test_stepper_by_mouse_slider_and_buttons(stepper):
    stepper.get_by_role("option", name="history, not seen").click()
    assert centre(stepper) == ["history"] and model(stepper, "get('position')") == 11
    stepper.get_by_role("button", name="Previous centre").click()
    assert centre(stepper) == ["of"]
    stepper.get_by_role("slider", name="Centre").fill("0")
    assert centre(stepper) == ["the"] and stepper.get_by_role("button", name="Previous centre").is_disabled()
    stepper.get_by_role("slider", name="Radius").fill("6")
    assert len(lit(stepper)) == 12 and model(stepper, "get('radius')") == 6
    assert model(stepper, "saves") == 4, "Python is told of each change, once"


def test_stepper_plays_and_stops_at_the_end(clean_page, tmp_path):
    clean_page.clock.install()
    clean_page.goto(WindowStepper("a b c d", position=1).save(tmp_path / "page.html").as_uri())
    clean_page.get_by_role("button", name="Autoplay").click()
    clean_page.clock.run_for(1_000)
    assert centre(clean_page) == ["c"]
    clean_page.clock.run_for(3_000)
    assert centre(clean_page) == ["d"]
    assert clean_page.get_by_role("button", name="Autoplay").is_visible(), "it has stopped by itself"
    clean_page.get_by_role("button", name="Autoplay").click()
    assert centre(clean_page) == ["a"], "from the end it starts again"
    clean_page.get_by_role("button", name="Stop").click()
    clean_page.clock.run_for(3_000)
    assert centre(clean_page) == ["a"]


def test_stepper_hides_what_the_window_cannot_see(stepper):
    stepper.get_by_label("Hide what it cannot see").check()
    hidden = stepper.locator("button.ctr-window-hidden .ctr-window-word")
    assert hidden.count() == 18 - 5
    assert hidden.first.evaluate("word => getComputedStyle(word).color") == "rgba(0, 0, 0, 0)"


def test_two_views_follow_one_model_and_leave_nothing_behind(stepper):
    stepper.evaluate("(el => { el.second = el.view(); })(document.getElementById('picture'))")
    model(stepper, "set('position', 3)")
    assert centre(stepper) == ["that", "that"]
    stepper.evaluate("(el => { el.close(); el.second(); })(document.getElementById('picture'))")
    assert stepper.locator(".ctr").count() == 0
    assert model(stepper, "listeners") == {f"change:{name}": [] for name in ("tokens", "position", "radius")}


def test_text_stays_text(open_widget):
    nasty = ["<img src=x onerror=alert(1)>", "</script>", "שלום", "🦊", "a&b"]
    page = open_widget(WindowStepper(nasty, position=2))
    assert centre(page) == ["שלום"]
    assert lit(page) == [nasty[0], nasty[1], nasty[3], nasty[4]]
    assert page.locator("img").count() == 0


# The embedding map --------------------------------------------------------------------------------------------------


def dot_places(page):
    """Where each dot's middle is on the screen."""
    return page.evaluate(
        "[...document.querySelectorAll('.ctr-map-plot .ctr-map-dot')].map(dot => {"
        " const at = new DOMPoint(0, 0).matrixTransform(dot.getScreenCTM()); return [at.x, at.y]; })"
    )


def lit_words(page):
    """The words whose dots are lit."""
    flags = page.evaluate(
        "[...document.querySelectorAll('.ctr-map-plot .ctr-map-dot')].map(dot => dot.classList.contains('ctr-map-lit'))"
    )
    return {word for word, flag in zip(WORDS, flags, strict=True) if flag}


def listed(page):
    rows = page.locator(".ctr-map-list li").all()
    return [tuple(row.locator("span").nth(i).text_content() for i in (0, 1)) for row in rows]


@pytest.fixture
def word_map(open_widget):
    return open_widget(EmbeddingMap(toy_vectors(), WORDS, KINDS))


@pytest.mark.parametrize("word", ["cat", "salt", "harbour", "judge"])
def test_hovering_lights_and_lists_the_true_neighbours(word_map, word):
    index = WORDS.index(word)
    assert lit_words(word_map) == set()
    word_map.mouse.move(*dot_places(word_map)[index])
    truth = nearest(toy_vectors(), index)
    assert lit_words(word_map) == {word} | {WORDS[i] for i, _ in truth}
    assert listed(word_map) == [(WORDS[i], f"{cosine:.2f}") for i, cosine in truth]
    word_map.mouse.move(0, 0)
    assert lit_words(word_map) == set()


def test_dots_lie_where_pca_puts_them(word_map):
    drawn, vectors = np.array(dot_places(word_map)), toy_vectors()
    _, directions = np.linalg.eigh(np.cov(vectors.T))  # by rising variance
    truth = (vectors - vectors.mean(axis=0)) @ directions[:, [-1, -2]]
    for axis in (0, 1):
        assert abs(np.corrcoef(drawn[:, axis], truth[:, axis])[0, 1]) > 0.99999
    spread = np.ptp(drawn, axis=0) / np.ptp(truth, axis=0)
    assert spread[0] == pytest.approx(spread[1], rel=1e-3), "one scale for both axes"


def test_a_click_pins_and_python_hears_of_it(word_map):
    x, y = dot_places(word_map)[WORDS.index("wolf")]
    word_map.mouse.click(x, y)
    word_map.mouse.move(0, 0)
    assert "wolf" in lit_words(word_map), "a pinned word stays"
    assert model(word_map, "get('pinned')") == WORDS.index("wolf") and model(word_map, "saves") == 1
    word_map.mouse.click(x, y)
    word_map.mouse.move(0, 0)
    assert lit_words(word_map) == set() and model(word_map, "get('pinned')") is None


def test_the_map_needs_the_keyboard_only(word_map):
    word_map.keyboard.press("Tab")
    word_map.keyboard.press("Tab")
    assert word_map.evaluate("document.activeElement.getAttribute('role')") == "application"
    places = dict(zip(WORDS, dot_places(word_map), strict=True))
    chosen = lambda: word_map.locator(".ctr-map-side h3 b").text_content()  # noqa: E731
    word_map.keyboard.press("ArrowRight")
    for key, axis, sign in [
        ("ArrowRight", 0, 1),
        ("ArrowUp", 1, -1),
        ("ArrowLeft", 0, -1),
        ("ArrowDown", 1, 1),
    ]:
        before = chosen()
        word_map.keyboard.press(key)
        assert (places[chosen()][axis] - places[before][axis]) * sign > 0, key
    assert chosen() in word_map.locator(".ctr-spoken").text_content(), "what is lit is also said"
    word_map.keyboard.press("Enter")
    assert model(word_map, "get('pinned')") == WORDS.index(chosen())
    word_map.keyboard.press("Escape")
    assert lit_words(word_map) == set()


def test_every_word_can_be_walked_to(word_map):
    """From the list of neighbours one gets on, and the focus stays in the list."""
    word_map.mouse.click(*dot_places(word_map)[WORDS.index("cat")])
    first = listed(word_map)[0][0]
    word_map.mouse.move(0, 0)
    word_map.locator(".ctr-map-list button").first.click()
    assert word_map.locator(".ctr-map-side h3").text_content() == f"Nearest to {first} (pinned)"
    assert word_map.evaluate("document.activeElement.closest('.ctr-map-list') !== null")


def test_search_finds_and_pins(word_map):
    box = word_map.get_by_label("Find a word")
    box.fill("ma")
    assert word_map.locator(".ctr-map-head [role=status]").text_content() == "market: Enter pins it"
    assert "market" in lit_words(word_map)
    box.fill("ow")
    assert "(and 2 more)" in word_map.locator(".ctr-map-head [role=status]").text_content()
    box.fill("zebra")
    assert word_map.locator(".ctr-map-head [role=status]").text_content() == "no such word"
    box.fill("Judge")
    box.press("Enter")
    assert model(word_map, "get('pinned')") == WORDS.index("judge")


def test_the_legend_hides_a_group(word_map):
    animals = word_map.get_by_role("button", name="animal")
    animals.click()
    assert animals.get_attribute("aria-pressed") == "false"
    assert word_map.locator(".ctr-map-plot .ctr-map-dot:visible").count() == len(WORDS) - 14
    word_map.get_by_label("Find a word").fill("wolf")
    assert lit_words(word_map) == set(), "a hidden word cannot be chosen"
    animals.click()
    assert word_map.locator(".ctr-map-plot .ctr-map-dot:visible").count() == len(WORDS)


def test_groups_differ_in_shape_as_well_as_colour(word_map):
    icons = word_map.locator(".ctr-map-legend path")
    assert len({icons.nth(i).get_attribute("d") for i in range(4)}) == 4
    assert len({icons.nth(i).get_attribute("fill") for i in range(4)}) == 4


def test_two_thousand_words_without_lag(open_widget):
    """The hover itself, from event to changed page, takes at the median less than a frame."""
    vectors = np.random.default_rng(0).normal(size=(2_000, 64))
    started = time.perf_counter()
    page = open_widget(EmbeddingMap(vectors, [f"word{i}" for i in range(2_000)]))
    assert time.perf_counter() - started < 10
    times = page.evaluate(
        """() => {
          const plot = document.querySelector(".ctr-map-plot");
          const box = plot.getBoundingClientRect();
          return Array.from({ length: 60 }, (_, i) => {
            const clientX = box.left + box.width * (0.3 + 0.006 * i), clientY = box.top + box.height * 0.5;
            const started = performance.now();
            plot.dispatchEvent(new PointerEvent("pointermove", { clientX, clientY }));
            plot.getBoundingClientRect(); // have the layout done as well
            return performance.now() - started;
          });
        }"""
    )
    assert page.locator(".ctr-map-plot .ctr-map-lit").count() == 9
    assert np.median(times) < 16, f"median {np.median(times):.1f} ms"


# What they look like ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_themes_are_readable(open_widget, shoot, scheme):
    """Text stands out from its ground by 4.5 to 1 or more, as WCAG asks; screenshots are kept to be looked at."""
    visualisers = {
        "window_stepper": WindowStepper(RUNNING, position=RIGHT),
        "embedding_map": EmbeddingMap(toy_vectors(), WORDS, KINDS),
    }
    for name, widget in visualisers.items():
        page = open_widget(widget)
        page.emulate_media(color_scheme=scheme)
        if name == "embedding_map":
            shoot(page, f"{name}_{scheme}_at_rest")
            page.mouse.move(*dot_places(page)[WORDS.index("nurse")])
        page.wait_for_timeout(300)  # colours ease in
        shoot(page, f"{name}_{scheme}")
        for selector in (
            ".ctr",
            ".ctr-soft",
            "button",
            ".ctr-window-unseen:not(.ctr-window-pad)",
            ".ctr-window-centre",
        ):
            if page.locator(selector).count():
                assert contrast(page, selector) >= 4.5, (name, selector)


def contrast(page, selector):
    """The contrast ratio of the first such element's text and the first ground behind it that is not transparent."""
    ink, ground = page.locator(selector).first.evaluate(
        """element => {
          const pixels = (colour) => {
            const context = document.createElement("canvas").getContext("2d");
            context.fillStyle = colour;
            context.fillRect(0, 0, 1, 1);
            return [...context.getImageData(0, 0, 1, 1).data];
          };
          const ink = pixels(getComputedStyle(element).color);
          let ground = [0, 0, 0, 0];
          for (let at = element; at && ground[3] === 0; at = at.parentElement) ground = pixels(getComputedStyle(at).backgroundColor);
          return [ink, ground];
        }"""
    )

    def luminance(pixel):
        parts = [
            c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (p / 255 for p in pixel[:3])
        ]
        return np.dot(parts, [0.2126, 0.7152, 0.0722])

    light, dark = sorted((luminance(ink), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_static_pictures(clean_page, shoot):
    pinned = EmbeddingMap(toy_vectors(), WORDS, KINDS)
    pinned.pinned = WORDS.index("nurse")
    figures = [WindowStepper(RUNNING, position=RIGHT), EmbeddingMap(toy_vectors(), WORDS, KINDS), pinned]
    pages = "".join(f"<p>{widget._repr_mimebundle_()[0]['text/html']}</p>" for widget in figures)
    clean_page.set_content(f"<body style='font-family: sans-serif; margin: 20px'>{pages}")
    names = [image.get_attribute("alt") for image in clean_page.get_by_role("img").all()]
    assert [name.split(".")[0] for name in names] == ["Window stepper", "Embedding map", "Embedding map"]
    shoot(clean_page, "fallback_light")
    clean_page.set_content(
        f"<body style='font-family: sans-serif; margin: 20px; background: #111; color: #e8e8e8'>{pages}"
    )
    shoot(clean_page, "fallback_dark")


def test_a_page_without_javascript_shows_the_static_picture(browser, tmp_path):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(WindowStepper(RUNNING, position=RIGHT).save(tmp_path / "page.html").as_uri())
    assert page.get_by_role("img").is_visible()
    context.close()
