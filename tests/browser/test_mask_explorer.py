"""The mask explorer by hand: saved as a page, opened in Chromium, used with mouse and keyboard; what it draws, to the pixel."""

import json
import random
from urllib.parse import quote

import numpy as np
import pytest

from course import masks
from course.masks.reach import reachable
from course.widgets import MaskExplorer
from tests.browser.test_masks_js import drawn

TEXT = "we were on the right side of history"
SEEN, REACHED = [0, 114, 178], [127, 178, 214]  # of the style sheets, light


@pytest.fixture
def open_explorer(clean_page, tmp_path):
    """Save an explorer, open its page, and return it."""

    def open_it(explorer=None, *, fragment="", **options):
        explorer = explorer or MaskExplorer(TEXT, masks.causal(), **options)
        clean_page.goto(explorer.save(tmp_path / "page.html").as_uri() + fragment)
        clean_page.wait_for_selector(".ctr-mask")
        return clean_page

    return open_it


def state(page):
    """What Python would be told: the traits that the picture shares."""
    return frame(page).evaluate(
        """() => { const { model } = document.getElementById("picture"); const view = model.get("flipped");
        return { tokens: model.get("tokens"), expression: model.get("expression"), text: model.get("text"), unit: model.get("unit"),
          layers: model.get("layers"), panel: model.get("panel"),
          flipped: Array.from(new Uint8Array(view.buffer, view.byteOffset, view.byteLength)) }; }"""
    )


def shown(page):
    """The mask that the page holds, as Python reads its state."""
    said = state(page)
    n = len(said["tokens"])
    edits = (
        np.unpackbits(np.array(said["flipped"], np.uint8), count=n * n).reshape(n, n)
        if said["flipped"]
        else 0
    )
    return masks.from_state(said["expression"]).array(n) ^ (np.asarray(edits) > 0)


def pixels(page, n, down=0.72, across=0.28):
    """(n, n, 3): a colour of each cell, first of its lower left part, where no mark is drawn."""
    found = page.evaluate(
        """([n, down, across]) => { const canvas = document.querySelector(".ctr-grid-canvas"); const size = canvas.width / n;
        const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data; const out = [];
        for (let q = 0; q < n; q += 1) for (let k = 0; k < n; k += 1) {
          const at = (Math.floor((q + down) * size) * canvas.width + Math.floor((k + across) * size)) * 4; out.push(data[at], data[at + 1], data[at + 2]); }
        return out; }""",
        [n, down, across],
    )
    return np.array(found).reshape(n, n, 3)


def cell(page, q, k):
    """Where a cell is on the page."""
    box = page.locator(".ctr-grid-area").bounding_box()
    n = len(state(page)["tokens"])
    return box["x"] + (k + 0.5) * box["width"] / n, box["y"] + (q + 0.5) * box["height"] / n


def click(page, q, k):
    page.mouse.click(*cell(page, q, k))


def frame(page):
    """What was changed has been drawn."""
    page.evaluate("() => new Promise(requestAnimationFrame)")
    return page


def words(page):
    return frame(page).locator(".ctr-mask-words").text_content()


def about(page):
    return frame(page).locator(".ctr-mask-about").text_content()


def verdict(page):
    return frame(page).locator(".ctr-mask-verdict").text_content()


# What is drawn ---------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("n", [1, 8, 30, 120, 512])
def test_every_pixel_is_the_masks(open_explorer, n):
    for seed in range(3):
        mask = drawn(random.Random(100 * n + seed))
        while masks.reach.source_of(mask):  # has cells that are not there; tested below
            seed += 1000
            mask = drawn(random.Random(100 * n + seed))
        edits = np.random.default_rng(seed).random((n, n)) < 0.1
        explorer = MaskExplorer([f"t{i}" for i in range(n)], mask, panel="code")
        explorer.flipped = np.packbits(edits).tobytes()
        colours = pixels(open_explorer(explorer), n)
        if n >= 89:  # dots: an edited cell has a colour of its own, in either state
            truth = mask.array(n)
            plain = ~edits
            assert ((colours == SEEN).all(-1)[plain] == truth[plain]).all()
            edited = explorer.mask[edits]
            assert ((colours == [179, 89, 0]).all(-1)[edits] == edited).all()
        else:
            assert ((colours == SEEN).all(-1) == explorer.mask).all()


def test_three_blocks_of_encoder_and_decoder(open_explorer):
    page = open_explorer(MaskExplorer(TEXT, masks.encoder_decoder(3)))
    assert ((pixels(page, 8) == SEEN).all(-1) == masks.encoder_decoder(3).array(8)).all()
    page.mouse.move(*cell(page, 1, 6))
    assert "no such cell, the encoder runs before the decoder" in about(page)
    click(page, 1, 6)
    assert (shown(page) == masks.encoder_decoder(3).array(8)).all(), "what is not there cannot be painted"
    assert page.get_by_role("button", name="Undo").is_disabled(), "and nothing is there to be undone"


def test_what_a_query_sees_and_what_sees_it_are_marked_in_the_text(open_explorer):
    page = open_explorer()
    page.mouse.move(*cell(page, 2, 5))
    words = page.locator(".ctr-mask-sentence span")
    classes = [words.nth(i).get_attribute("class") or "" for i in range(8)]
    assert ["seen" in c for c in classes] == [True] * 3 + [False] * 5
    assert ["sees" in c.split() for c in classes] == [False] * 2 + [True] * 6
    assert "query" in classes[2]
    assert about(page) == "query “on” (2) may not attend to key “side” (5); causal: the key comes later"
    page.mouse.move(*cell(page, 5, 2))
    assert about(page) == "query “side” (5) may attend to key “on” (2); causal"


def test_hovering_tells_python_nothing(open_explorer):
    page = open_explorer()
    before = page.evaluate("document.getElementById('picture').model.saves")
    for place in range(8):
        page.mouse.move(*cell(page, place, 7 - place))
    assert page.evaluate("document.getElementById('picture').model.saves") == before


# Masks by name and joined ------------------------------------------------------------------------------------------------------


def test_every_mask_can_be_chosen_and_is_the_one_python_makes(open_explorer):
    page = open_explorer()
    for name, rule in masks.RULES.items():
        page.get_by_label("rule").select_option(name)
        assert state(page)["expression"][0] == name
        bits = shown(page)
        seen = (pixels(page, 8) == SEEN).all(-1)
        assert (seen == bits).all(), rule.title


def test_masks_are_joined_turned_round_and_removed(open_explorer):
    page = open_explorer()
    page.get_by_role("button", name="+ and").click()
    page.get_by_label("real tokens").fill("5")
    page.get_by_label("real tokens").press("Enter")
    assert words(page) == "causal and padding(5)"
    assert (shown(page) == (masks.causal() & masks.padding(5)).array(8)).all()
    page.get_by_label("joined by").select_option("or")
    page.get_by_role("button", name="not", exact=True).nth(1).click()
    assert words(page) == "causal or not padding(5)"
    assert (shown(page) == (masks.causal() | ~masks.padding(5)).array(8)).all()
    page.get_by_role("button", name="remove Causal (GPT)").click()
    assert words(page) == "not padding(5)"
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Undo").click()
    assert words(page) == "causal or padding(5)"


def test_a_permutation_is_shown_and_shuffled(open_explorer):
    page = open_explorer(MaskExplorer(TEXT, masks.permutation(3, 1, 0, 2, 7, 6, 5, 4)))
    assert page.get_by_label("places in the order of their turns").input_value() == "3, 1, 0, 2, 7, 6, 5, 4"
    page.get_by_role("button", name="Shuffle").click()
    order = state(page)["expression"][1]
    assert sorted(order) == list(range(8)) and order != [3, 1, 0, 2, 7, 6, 5, 4]
    assert (shown(page) == masks.permutation(*order).array(8)).all()


def test_nonsense_in_a_number_stays_in_its_limits(open_explorer):
    page = open_explorer(MaskExplorer(TEXT, masks.prefix_lm(3)))
    box = page.get_by_label("tokens in the prefix")
    for typed, kept in (("99", 8), ("-4", 0), ("", 0)):
        box.fill(typed)
        box.press("Enter")
        assert state(page)["expression"] == ["prefix_lm", kept]


# Text --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["<img src=x onerror=alert(1)> & <b>bold</b>", "emoji 🙂 and 👩‍👩‍👧", "שלום עולם", "", "   ", "one"],
)  # fmt: skip
def test_what_a_person_types_stays_text(open_explorer, text):
    page = open_explorer()
    page.get_by_label("Text").fill(text)
    said = state(page)
    assert said["tokens"] == MaskExplorer(text).tokens
    assert page.locator(".ctr-mask-sentence span").all_text_contents() == said["tokens"]
    assert page.locator(".ctr-mask img, .ctr-mask b b").count() == 0
    for panel in ("Scores", "Take away", "Predict", "Layers"):
        page.get_by_role("tab", name=panel).click()


def test_ten_thousand_words_are_refused_with_a_sentence(open_explorer):
    page = open_explorer()
    page.get_by_label("Text").fill("word " * 10_000)
    assert (
        frame(page).locator(".ctr-mask-complaint").text_content()
        == "At most 1,024 tokens; this text has 10,000."
    )
    assert len(state(page)["tokens"]) == 8
    page.get_by_label("Text").fill("two words")
    assert frame(page).locator(".ctr-mask-complaint").text_content() == "" and len(state(page)["tokens"]) == 2


def test_word_pieces(open_explorer):
    page = open_explorer(MaskExplorer("the legislators believed"))
    page.get_by_label("Split into").select_option("pieces")
    said = state(page)
    assert (
        said["tokens"] == MaskExplorer("the legislators believed", pieces=True).tokens
        and len(said["tokens"]) > 3
    )


# Edits -------------------------------------------------------------------------------------------------------------------------


def test_click_drag_row_and_column_by_mouse(open_explorer):
    page = open_explorer()
    truth = masks.causal().array(8)
    click(page, 2, 5)
    truth[2, 5] = True
    assert (shown(page) == truth).all()
    assert "1 cell sees a later token; the first: 2 sees 5." in verdict(page)
    assert "changed by hand" in about(page)
    page.mouse.move(*cell(page, 6, 1))
    page.mouse.down()
    page.mouse.move(*cell(page, 4, 3))
    page.mouse.up()
    truth[4:7, 1:4] = False
    assert (shown(page) == truth).all()
    page.locator(".ctr-grid-queries span").nth(0).click()
    truth[0] = False
    assert (shown(page) == truth).all() and "1 query sees nothing, 0 first" in verdict(page)
    page.locator(".ctr-grid-keys span").nth(7).click()
    truth[:, 7] = True
    assert (shown(page) == truth).all()
    for _ in range(4):
        page.get_by_role("button", name="Undo").click()
    assert (shown(page) == masks.causal().array(8)).all()
    page.get_by_role("button", name="Redo").click()
    assert shown(page)[2, 5]
    page.get_by_role("button", name="Clear edits").click()
    assert (shown(page) == masks.causal().array(8)).all()


def test_all_of_it_by_keyboard(open_explorer):
    page = open_explorer()
    page.get_by_role("gridcell").focus()
    page.keyboard.press("Control+Home")
    truth = masks.causal().array(8)
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    assert page.get_by_role("gridcell").get_attribute("aria-label") == "query “on” (2) may not attend to key “the” (3); causal: the key comes later"  # fmt: skip
    assert page.get_by_role("status").first.text_content() == page.get_by_role("gridcell").get_attribute(
        "aria-label"
    )
    page.keyboard.press("Space")
    truth[2, 3] = True
    assert (shown(page) == truth).all()
    for key in (
        "Shift+ArrowDown",
        "Shift+ArrowRight",
        "Space",
    ):  # a block: all become the opposite of its first cell
        page.keyboard.press(key)
    truth[2:4, 3:5] = False
    assert (shown(page) == truth).all()
    page.keyboard.press("r")
    truth[3] = ~truth[3, 0]
    assert (shown(page) == truth).all()
    page.keyboard.press("c")
    truth[:, 4] = ~truth[0, 4]
    assert (shown(page) == truth).all()
    for _ in range(4):
        page.keyboard.press("Control+z")
    assert (shown(page) == masks.causal().array(8)).all()
    page.keyboard.press("Control+y")
    assert shown(page)[2, 3]
    page.keyboard.press("Home")
    page.keyboard.press("Control+End")
    assert "“history” (7) may attend to key “history” (7)" in page.get_by_role("gridcell").get_attribute(
        "aria-label"
    )
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") != "", "the grid lets go of the focus"


def test_every_control_can_be_reached_by_tab(open_explorer):
    page = open_explorer(panel="code")
    names = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        names.add(
            page.evaluate(
                "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"
            )
        )
    assert {
        "Text",
        "Split into",
        "not",
        "rule",
        "+ and",
        "+ or",
        "Take away",
        "As",
        "Copy code",
        "SVG",
        "PNG",
        "Copy JSON",
        "Copy link",
        "Code",
    } <= names


def test_an_edited_mask_is_judged(open_explorer):
    page = open_explorer(MaskExplorer(TEXT, masks.prefix_lm(4)))
    assert "a prefix LM, with a prefix of 4" in verdict(page)
    click(page, 0, 3)
    assert "prefix" not in verdict(page)
    page.get_by_role("button", name="Undo").click()
    page.get_by_label("rule").select_option("causal")
    assert "It is the causal mask." in verdict(page) and "No query sees a later token" in verdict(page)


# Panels ------------------------------------------------------------------------------------------------------------------------


def test_layers_show_what_is_reached_and_one_way(open_explorer):
    page = open_explorer(MaskExplorer(TEXT, masks.sliding_window(1), layers=3))
    page.get_by_role("gridcell").focus()
    for key in ("Control+Home", *["ArrowDown"] * 6, *["ArrowRight"] * 3):
        page.keyboard.press(key)
    assert (
        "depends on 5 of 8 inputs, 1 of them later than itself"
        in frame(page).locator(".ctr-mask-reach").text_content()
    )
    assert (
        "One way from “the” (3): the → right → side → of."
        in frame(page).locator(".ctr-mask-reach").text_content()
    )
    page.mouse.move(*cell(page, 0, 0))
    assert (
        "depends on 4 of 8 inputs, 3 of them later" in frame(page).locator(".ctr-mask-reach").text_content()
    ), "it follows the mouse"
    page.get_by_role("slider", name="Layers").hover()
    assert "depends on 5 of 8 inputs" in frame(page).locator(".ctr-mask-reach").text_content()
    page.get_by_role("slider", name="Layers").fill("12")
    assert state(page)["layers"] == 12
    assert "8 of 8 inputs" in frame(page).locator(".ctr-mask-reach").text_content()
    assert page.locator(".ctr-mask-graph .ctr-mask-on").count() > 8 * 6


def test_one_leaked_cell_becomes_visible(open_explorer):
    page = open_explorer(layers=2)
    click(page, 1, 7)
    new = reachable(shown(page), 2) & ~shown(page)
    assert new.sum() == 10, "1 has all that 7 saw, and 2 to 6 see 7 through 1"
    assert ((pixels(page, 8, 0.5, 0.5) == REACHED).all(-1) == new).all()
    page.get_by_label("show in the grid what is reached").uncheck()
    assert not (pixels(page, 8, 0.5, 0.5) == REACHED).all(-1).any()


def test_scores_mask_softmax(open_explorer):
    scores = np.random.default_rng(0).normal(size=(8, 8)).astype(np.float32)
    page = open_explorer(MaskExplorer(TEXT, masks.causal() & masks.padding(6), scores=scores, panel="scores"))
    tables = page.locator(".ctr-mask-squares table")

    def read(i):
        frame(page)
        return np.array([row.locator("td").all_text_contents() for row in tables.nth(i).locator("tr").all()])

    assert np.allclose(read(0).astype(float), scores, atol=0.051)
    mask = (masks.causal() & masks.padding(6)).array(8)
    assert ((read(1) == "−∞") == ~mask).all()
    weights = np.where(mask, np.exp(scores), 0)
    weights /= weights.sum(1, keepdims=True)
    assert np.allclose(read(2).astype(float), weights, atol=0.0051)
    page.locator(".ctr-grid-queries span").nth(0).click()
    assert (read(2)[0] == "NaN").all(), "a row that sees nothing"
    page.get_by_label("Mask as").select_option("additive")
    assert "scores + mask" in page.locator(".ctr-mask-panel").text_content()


@pytest.mark.parametrize("form", ["numpy", "torch", "additive", "transformers", "flex"])
def test_the_code_shown_is_that_of_python(open_explorer, form):
    explorer = MaskExplorer(TEXT, masks.causal() & masks.segments(3, 5))
    page = open_explorer(explorer, panel="code")
    page.get_by_role("tab", name="Take away").click()
    click(page, 1, 5)
    page.get_by_label("As", exact=True).select_option(form)
    edits = np.zeros((8, 8), bool)
    edits[1, 5] = True
    explorer.flipped = np.packbits(edits).tobytes()
    assert frame(page).get_by_label("Code").text_content() == explorer.code(form)
    warning = page.locator(".ctr-mask-warning").text_content()
    assert "may attend" in warning and (form != "torch" or "MultiheadAttention means the opposite" in warning)


def test_pictures_to_take_away(open_explorer):
    page = open_explorer(panel="code")
    with page.expect_download() as svg:
        page.get_by_role("button", name="SVG").click()
    text = svg.value.path().read_text(encoding="utf-8")
    assert text.startswith("<svg") and "history" in text and text.count("M") == 36
    with page.expect_download() as png:
        page.get_by_role("button", name="PNG").click()
    assert png.value.path().read_bytes().startswith(b"\x89PNG")


def test_a_link_brings_the_state_back(open_explorer, tmp_path):
    page = open_explorer(
        MaskExplorer("a b c d", masks.prefix_lm(2) & masks.padding(4), layers=5), panel="code"
    )
    click(page, 0, 3)
    truth = shown(page)
    page.get_by_role("tab", name="Take away").click()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("status").get_by_text("copied").or_(page.get_by_text("press Ctrl+C")).wait_for()
    link = (
        page.evaluate("navigator.clipboard.readText()")
        if "copied" in page.locator(".ctr-mask-panel").text_content()
        else page.get_by_label("Code").text_content()
    )
    page.goto("about:blank")
    page = open_explorer(fragment="#" + link.split("#")[1])
    assert state(page)["tokens"] == ["a", "b", "c", "d"] and state(page)["layers"] == 5
    assert (shown(page) == truth).all()
    again = MaskExplorer.from_json(json.dumps({**state(page), "edits": [3]}))
    assert (again.mask == truth).all()


def link_of(**changes):
    state = {
        "text": "a b",
        "unit": "words",
        "tokens": ["a", "b"],
        "expression": ["causal"],
        "layers": 2,
        "edits": [],
    } | changes
    return "#" + quote(json.dumps(state))


@pytest.mark.parametrize(
    "fragment",
    [
        "#nonsense", link_of(tokens=3), link_of(expression=["rm"]), link_of(expression=["toString"]), link_of(expression=["padding"]),
        link_of(expression=["segments", 3]), link_of(expression=["and", ["causal"]]), link_of(layers=2.5), link_of(tokens=["a"] * 1_025),
    ],
)  # fmt: skip
def test_a_broken_link_is_said_and_the_explorer_begins_as_it_is(open_explorer, fragment):
    page = open_explorer(fragment=fragment)
    assert "cannot be read" in frame(page).locator(".ctr-mask-complaint").text_content()
    assert (shown(page) == masks.causal().array(8)).all()


def test_predict_a_cell_then_see(open_explorer):
    page = open_explorer(panel="predict")
    page.get_by_role("tab", name="Predict").click()
    right = 0
    for turn in range(1, 7):
        page.get_by_role("button", name="Ask me about a cell").click()
        assert not (pixels(page, 8) == SEEN).all(-1).any(), "the mask is covered"
        assert verdict(page) == "" and "attend" not in about(page)
        click(page, 2, 2)
        assert (shown(page) == masks.causal().array(8)).all(), "a covered mask cannot be changed"
        asked = page.locator(".ctr-mask-question").text_content()
        q, k = (int(part.split(")")[0]) for part in asked.split("(")[1:3])
        page.get_by_role("button", name="Yes").click()
        right += k <= q
        said = frame(page).locator(".ctr-mask-answer").text_content()
        assert said.startswith("Right" if k <= q else "No") and ("causal" in said)
        assert f"{right} of {turn} right" in page.locator(".ctr-mask-panel").text_content()
    assert ((pixels(page, 8) == SEEN).all(-1) == masks.causal().array(8)).all(), "and shown again"


def test_draw_the_mask_and_be_told(open_explorer):
    page = open_explorer(MaskExplorer("a b c d e f g", masks.prefix_lm(3)), panel="predict")
    page.get_by_role("tab", name="Predict").click()
    page.get_by_role("button", name="Let me draw the mask").click()
    truth = masks.prefix_lm(3).array(7)
    page.get_by_role("button", name="Check").click()
    assert (
        f"{truth.sum()} cells are wrong. One of them: query “a” (0) may attend to key “a” (0)"
        in frame(page).locator(".ctr-mask-answer").text_content()
    )
    for q in range(7):  # each row at one stroke
        page.mouse.move(*cell(page, q, 0))
        page.mouse.down()
        page.mouse.move(*cell(page, q, max(2, q)))
        page.mouse.up()
    page.get_by_role("button", name="Check").click()
    assert frame(page).locator(".ctr-mask-answer").text_content() == "Right, every cell."
    assert (shown(page) == truth).all(), "drawing an answer changes no mask"
    click(page, 0, 6)
    assert shown(page)[0, 6], "and when it is answered the grid is there to be edited again"


# Views ---------------------------------------------------------------------------------------------------------------------------


def test_two_views_of_one_model(open_explorer):
    page = open_explorer()
    page.evaluate("() => { document.getElementById('picture').view(); }")
    assert page.locator(".ctr-mask").count() == 2
    page.get_by_label("rule").nth(1).select_option("elmo_backward")
    assert frame(page).locator(".ctr-mask-words").all_text_contents() == ["elmo_backward", "elmo_backward"]


@pytest.mark.slow
def test_fifty_views_leave_nothing_behind(open_explorer):
    page = open_explorer()
    client = page.context.new_cdp_session(page)

    def heap():
        client.send("HeapProfiler.collectGarbage")
        return client.send("Runtime.getHeapUsage")["usedSize"]

    mount = "() => { const close = document.getElementById('picture').view(); close(); }"
    for _ in range(5):
        page.evaluate(mount)
    before = heap()
    for _ in range(50):
        page.evaluate(mount)
    assert heap() - before < 5_000_000
    assert (
        page.evaluate("Object.values(document.getElementById('picture').model.listeners).flat().length") == 8
    ), "one view's"


def test_readable_at_200_per_cent(open_explorer, shoot):
    page = open_explorer()
    page.set_viewport_size({"width": 490, "height": 800})  # what 980 pixels are at 200 %
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
        "nothing leaves the page sideways"
    )
    shoot(page, "masks-zoomed")


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_for_our_own_eyes(open_explorer, shoot, scheme):
    page = open_explorer(
        MaskExplorer(f"{TEXT} , so they changed the law", masks.prefix_lm(5) & masks.padding(12), layers=3)
    )
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 1100, "height": 900})
    page.mouse.click(*cell(page, 4, 8))
    for panel in ("Layers", "Scores", "Take away", "Predict"):
        page.get_by_role("tab", name=panel).click()
        shoot(page, f"masks-{scheme}-{panel.split()[0].lower()}")
