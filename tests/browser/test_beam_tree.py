"""The beam tree by hand: the beam of every width against Python's, the controls, the boxes under mouse and keys, and the looks."""

import math

import pytest
import torch

from course.widgets import BeamTree, gallery
from course.widgets.beam_tree_given import alpha_text
from course.widgets.beam_tree_picture import apart, columns_of, kind_of, marks_of
from course.widgets.beam_tree_search import ROOT
from course.widgets.span_scores_words import brief, joined, percent, signed
from tests.browser import by_hand
from tests.browser.by_hand import set_both, trait
from tests.browser.test_widgets import contrast
from tests.test_widgets_beam_tree import ALPHAS, NASTY, made, table_step

STATE = ("width", "alpha", "at")


@pytest.fixture
def shown(clean_page, tmp_path):
    """Open a page high enough for all of it; `page.truth` is the visualiser itself."""

    def open_it(widget):
        clean_page.set_viewport_size({"width": 1000, "height": 1500})
        return by_hand.opened(clean_page, widget, tmp_path, ".ctr-beam")

    return open_it


def boxes(page):
    """Of each box what it says of itself, its kind, and whether it is marked as on the way of the result, and of greedy."""
    return page.locator(".ctr-beam-box").evaluate_all(
        """all => all.map(one => [one.getAttribute("aria-label"), one.className.match(/ctr-beam-(prompt|live|finished|dropped)/)[1],
          one.classList.contains("ctr-beam-wins"), one.querySelector(".ctr-beam-greedy") !== null])"""
    )


def rows(page):
    """Of each finished text its cells, as texts."""
    return page.locator(".ctr-beam-list tbody tr").evaluate_all(
        "all => all.map(one => [...one.children].map(cell => (cell.querySelector('button') ?? cell).textContent))"
    )


def said(page):
    return page.locator(".ctr-beam-said").text_content()


def about(page):
    return page.locator(".ctr-beam-about").text_content()


def box(page, truth, node):
    """The box of a text of Python's: the boxes stand in the order of the columns."""
    order = [one.ids for column in columns_of(truth) for one, _ in column]
    return page.locator(".ctr-beam-box").nth(order.index(node.ids))


def check(page):
    """All boxes, the list and the sentence are Python's."""
    truth = page.truth
    want = []
    for column in columns_of(truth):
        for node, _ in column:
            wins, greedy = marks_of(truth, node)
            marks = " The result goes through here." * wins + " Greedy goes through here." * greedy
            want.append([truth._about(node) + marks, kind_of(truth, node), wins, greedy])
    assert boxes(page) == want
    over = truth._over()
    found = truth._ranked(truth._shown())
    listed = [
        [f"★ {rank}" if over and rank == 1 else str(rank), truth._text(node.ids), signed(node.sum), str(len(node.ids)),
         signed(node.sum / len(node.ids) ** truth.alpha)]
        for rank, node in enumerate(found, 1)
    ]  # fmt: skip
    assert rows(page) == (listed or [["None is finished yet."]])
    assert said(page) == truth._said()
    formula = page.locator(".ctr-beam-title").text_content()
    assert formula == f"Finished, best first score = sum / tokens^{alpha_text(truth.alpha)}"


@pytest.mark.parametrize("kind", ["random", "ties", "masked"])
def test_the_beam_of_every_width_is_pythons(shown, kind):
    for seed in range(4):
        options = {"ties": kind == "ties", "masked": 0.4 if kind == "masked" else 0.0}
        page = shown(made(seed, (3, 5, 30, 7)[seed], [0], seed % 3, most=(5, 6, 4, 1)[seed], widest=(8, 6, 5, 4)[seed], width=1, **options)[0])  # fmt: skip
        for width in range(1, page.truth.widest + 1):
            for alpha in ALPHAS:
                set_both(page, width=width, alpha=alpha, at=None)
                check(page)


def test_every_step_is_pythons(shown):
    page = shown(made(9, 12, [0, 3], 1, most=6, widest=5, width=3)[0])
    for width in (1, 2, 5):
        for at in range(max(map(len, page.truth._runs.values())) + 1):
            set_both(page, width=width, at=at)
            check(page)


def test_the_gallerys_tree_is_pythons(shown):
    page = shown(gallery._beam())
    for width in range(1, 7):
        for alpha in (0, 0.5, 0.6, 2):
            set_both(page, width=width, alpha=alpha)
            check(page)


def test_a_beam_that_has_lost_greedys_text_says_so(shown):
    page = shown(made(8, 10, [0], 1, most=8, widest=2, width=2, scale=1)[0])
    check(page)
    assert said(page).endswith(" That scores higher: this beam has lost it.")


def test_very_unlikely_is_not_impossible(shown):
    for mask in (-1e9, -math.inf, torch.finfo(torch.float32).min):
        logits = torch.tensor([[mask, 0.0, 1.0, mask]])
        page = shown(BeamTree(lambda ids, all=logits: all.expand(len(ids), 4), [0], list("ab.c"), 2, most=3, width=4, widest=4))  # fmt: skip
        check(page)
        page.locator(".ctr-beam-box").first.focus()
        lines = page.locator(".ctr-beam-node tbody tr").count()
        assert lines == (4 if mask == -1e9 else 3), "what cannot come is among the others"


# The module's own functions -------------------------------------------------------------------------------------------


def inside(page, call, *given):
    """The value of a function of the module itself."""
    text = BeamTree._esm.replace("export default { render };", f"return {call};")
    return page.evaluate("([text, given]) => new Function(text)()(...given)", [text, given])


def test_texts_numbers_and_places_are_pythons(clean_page):
    shares = [0, 1, 1e-6, 9.9e-7, 0.125, 0.0625, 1 - 1e-12, *(10 ** (-k / 25) for k in range(200))]
    assert inside(clean_page, "(all) => all.map(percent)", shares) == [percent(one) for one in shares]
    sums = [0, -0.001, 0.125, -6.1, 1e9, -3.4e38, *(-(k**2) / 77 for k in range(200))]
    assert inside(clean_page, "(all) => all.map((one) => signed(one))", sums) == [signed(one) for one in sums]
    alphas = [0, 0.1, 0.6, 1, 1.25, 1 / 3, 2, *(k / 10 for k in range(21))]
    assert inside(clean_page, "(all) => all.map(alphaText)", alphas) == [alpha_text(one) for one in alphas]
    words = ["##a", "b", "##", "Ġc", "▁d", "🦊", "##e"]
    for marked in (False, True):
        assert inside(clean_page, "joined", words, marked) == joined(words, marked)
    for text in ("x" * 49, "word " * 30, "🦊" * 49, "y" * 48, "a " * 12 + "b" * 60):
        assert inside(clean_page, "brief", text) == brief(text)
    wanted = [(0, 44), (3, 36), (10, 62), (200, 44), (190, 44), (400, 36)]
    places = inside(clean_page, "apart", [{"middle": middle, "size": size} for middle, size in wanted])
    assert places == pytest.approx(apart(wanted, 8))


# By hand --------------------------------------------------------------------------------------------------------------


def test_sliders_and_buttons(shown):
    page = shown(gallery._beam())
    width, alpha, step = (page.get_by_role("slider", name=name) for name in ("Width", "Alpha", "Step"))
    assert [(one.get_attribute("min"), one.get_attribute("max")) for one in (width, alpha, step)] == [("1", "6"), ("0", "20"), ("0", "7")]  # fmt: skip
    back, on, every = (page.get_by_role("button", name=name, exact=True) for name in ("back", "on", "all"))
    assert back.is_enabled() and on.is_disabled() and every.is_disabled()
    for key, value in (("ArrowRight", 3), ("End", 6), ("Home", 1), ("ArrowRight", 2)):
        width.press(key)
        assert trait(page, "width") == value
        page.truth.width = value
        check(page)
    for k in range(1, 8):
        alpha.press("ArrowRight")
        assert trait(page, "alpha") == k / 10, "the tenths as Python writes them"
    page.truth.alpha = 0.7
    check(page)
    assert alpha.get_attribute("aria-valuetext") == "0.7"
    saves = page.evaluate("document.getElementById('picture').model.saves")
    assert saves == 11, "Python is told of each change, once"
    back.click()
    assert trait(page, "at") == 6
    step.press("Home")
    assert trait(page, "at") == 0 and back.is_disabled() and on.is_enabled() and every.is_enabled()
    for at in (*range(1, 7), None):
        on.click()
        assert trait(page, "at") == at
        page.truth.at = at
        check(page)
    assert on.is_disabled() and step.get_attribute("aria-valuetext") == "7 of 7"
    step.press("ArrowLeft")
    assert trait(page, "at") == 6
    every.click()
    assert trait(page, "at") is None
    width.press("Home")
    page.truth.width, page.truth.at = 1, None
    check(page)
    assert step.get_attribute("max") == "5" and width.get_attribute("aria-valuetext") == "1 (greedy)"


def test_the_step_that_is_shown_is_on_the_page(shown):
    page = shown(gallery._beam())
    page.get_by_role("slider", name="Step").press("Home")
    for at in range(1, 8):
        page.get_by_role("button", name="on", exact=True).click()
        frame, last = (
            page.locator(".ctr-beam-scroll").bounding_box(),
            page.locator(".ctr-beam-box").last.bounding_box(),
        )
        assert frame["x"] <= last["x"] and last["x"] + last["width"] <= frame["x"] + frame["width"], at
        assert page.locator(".ctr-beam-now").text_content() == f"step {at}"


def test_the_page_moves_only_for_the_keyboard(shown):
    page = shown(gallery._beam())
    page.set_viewport_size({"width": 500, "height": 240})
    page.get_by_role("slider", name="Step").press("Home")
    page.evaluate("scrollTo(0, 0)")
    for _ in range(7):
        page.get_by_role("button", name="on", exact=True).dispatch_event("click")
        assert page.evaluate("scrollY") == 0
    assert page.locator(".ctr-beam-scroll").evaluate("one => one.scrollLeft") > 500
    box(page, page.truth, page.truth._ranked(None)[-1]).evaluate("one => one.focus({ preventScroll: true })")
    page.keyboard.press("ArrowUp")
    last = page.evaluate("document.activeElement.getBoundingClientRect().toJSON()")
    assert last["top"] >= 0 and last["bottom"] <= 241 and last["left"] >= 0 and last["right"] <= 501


def test_nothing_jumps_from_step_to_step(shown):
    page = shown(gallery._beam())
    places = []
    for at in (1, 4, None):
        set_both(page, at=at)
        places.append(page.locator(".ctr-beam-box").nth(1).evaluate("one => [one.style.left, one.style.top, one.parentElement.parentElement.style.height]"))  # fmt: skip
    assert places[0] == places[1] == places[2]


def after(page):
    """The lines of what comes next, as texts."""
    return page.locator(".ctr-beam-node tbody tr").evaluate_all(
        "all => all.map(one => [...one.children].map(cell => cell.textContent))"
    )


def wanted_after(truth, node):
    row, found = truth._table[node.ids], []
    shown = len(node.ids) < truth._shown()
    for token, log in zip(row.tokens, row.logs, strict=True):
        fate = ""
        if shown:
            place = next((one.place for one in truth._steps()[len(node.ids)].kept if one.ids == (*node.ids, token)), 0)  # fmt: skip
            fate = f"number {place}{', ended' * (token == truth._finish)}" if place else "✕ dropped"
        found.append([truth._named[token], "", percent(math.exp(log)), signed(node.sum + log), fate])
    others = truth._vocabulary - len(row.tokens)
    name = "the other one" if others == 1 else f"{others} others"
    return found + ([[name, "", percent(row.others), "", ""]] if others else [])


@pytest.mark.parametrize("at", [None, 2])
def test_a_box_under_the_mouse_says_what_comes_after_it(shown, at):
    page = shown(made(6, 11, [0], 1, most=5, widest=4, width=2, at=at)[0])
    truth = page.truth
    assert about(page) == truth._about(ROOT) and after(page) == wanted_after(truth, ROOT)
    for column in columns_of(truth):
        for node, _ in column:
            box(page, truth, node).hover()
            assert about(page) == truth._about(node)
            text = truth._text(node.ids) if node.ids else "nothing"
            assert page.locator(".ctr-beam-sofar").text_content() == text
            lives = kind_of(truth, node) in ("prompt", "live")
            assert after(page) == (wanted_after(truth, node) if lives else [])
            lit = page.locator(".ctr-beam-box.ctr-beam-lit").count()
            assert lit == len(node.ids) + 1 and page.locator("path.ctr-beam-lit").count() == len(node.ids)
    page.mouse.move(5, 5)
    assert about(page) == truth._about(ROOT), "back to where the keyboard is"
    assert page.evaluate("document.getElementById('picture').model.saves") == 0, "Python hears nothing of it"


def test_the_others_are_one_or_none(shown):
    page = shown(made(1, 4, [0], 1, most=2, widest=2, width=2)[0])
    assert after(page)[-1][0] == "the other one" and after(page) == wanted_after(page.truth, ROOT)
    page = shown(made(1, 3, [0], 1, most=2, widest=2, width=2)[0])
    assert len(after(page)) == 3


def test_the_keyboard_is_enough(shown):
    page = shown(gallery._beam())
    truth = page.truth
    page.keyboard.press("Tab")
    for name in ("Width", "Alpha", "Step"):
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == name
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "back"
    while page.evaluate("document.activeElement.getAttribute('role')") != "treeitem":
        page.keyboard.press("Tab")  # a browser may stop at what can be scrolled
    columns = columns_of(truth)
    at = lambda k, i: columns[k][i][0]  # noqa: E731
    first = lambda node, k: next(one for one, _ in columns[k] if one.ids[:-1] == node.ids)  # noqa: E731
    steps = [("ArrowLeft", ROOT), ("ArrowUp", ROOT), ("ArrowRight", at(1, 0)), ("ArrowDown", at(1, 1)), ("ArrowRight", first(at(1, 1), 2)), ("ArrowUp", at(2, 2)),
             ("ArrowRight", at(2, 2)), ("ArrowLeft", at(1, 0)), ("End", at(7, 0)), ("ArrowRight", at(7, 0)), ("Home", ROOT)]  # fmt: skip
    for key, node in steps:
        page.keyboard.press(key)
        assert about(page) == truth._about(node), key
        label = page.evaluate("document.activeElement.getAttribute('aria-label')")
        assert label.startswith(truth._about(node)), "the focus is there too"
        assert page.locator("[role=treeitem][tabindex='0']").count() == 1
        assert page.locator("[role=treeitem][aria-selected=true]").count() == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.ctr-beam-list') !== null")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert about(page) == truth._about(truth._ranked(None)[1])
    assert page.evaluate("document.activeElement.getAttribute('role')") == "treeitem"


def test_the_focus_stays_when_python_changes_the_state(shown):
    page = shown(gallery._beam())
    deep = next(node for node, _ in columns_of(page.truth)[5])
    box(page, page.truth, deep).focus()
    set_both(page, alpha=1.0)
    assert about(page) == page.truth._about(deep)
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith(page.truth._about(deep))  # fmt: skip
    set_both(page, at=2)
    near = next(node for node, _ in columns_of(page.truth)[2] if node.ids == deep.ids[:2])
    assert about(page) == page.truth._about(near), "the nearest that is left"
    assert page.evaluate("document.activeElement.getAttribute('role')") == "treeitem"


def test_edges_lead_from_box_to_box(shown):
    page = shown(made(3, 30, [0], 1, most=4, widest=4, width=3)[0])
    truth = page.truth
    found = page.evaluate(
        """() => { const middle = (box) => box.offsetTop + box.offsetHeight / 2;
          const all = new Map([...document.querySelectorAll(".ctr-beam-box")].map(box => [box.dataset.key, [box.offsetLeft, box.offsetLeft + box.offsetWidth, middle(box)]]));
          const ends = [...document.querySelectorAll(".ctr-beam-edge")].map(path => { const n = path.getAttribute("d").match(/-?[\\d.]+(e-?\\d+)?/g).map(Number); return [n[0], n[1], n[6], n[7], path.classList[1]]; });
          return [[...all], ends]; }"""
    )
    places = dict(found[0])
    kinds = {}
    for key in places:
        if not key:
            continue
        mine, parent = places[key], places[key.rsplit("/", 1)[0]]
        edge = next(one for one in found[1] if one[2:4] == pytest.approx([mine[0], mine[2]], abs=1))
        assert edge[:2] == pytest.approx([parent[1], parent[2]], abs=1)
        kinds[edge[4]] = kinds.get(edge[4], 0) + 1
    assert len(found[1]) == len(places) - 1
    wins = len(truth.result().ids)
    kept = sum(len(step.kept) for step in truth._steps())
    assert kinds == {"ctr-beam-to-wins": wins, "ctr-beam-to-kept": kept - wins, "ctr-beam-to-dropped": len(places) - 1 - kept}  # fmt: skip


def test_boxes_do_not_overlap(shown):
    for seed in range(5):
        page = shown(made(seed, 30, [0], 1, most=6, widest=8, width=2 + seed)[0])
        over = page.evaluate(
            """() => { const all = [...document.querySelectorAll(".ctr-beam-box")].map(one => one.getBoundingClientRect());
              return all.flatMap((a, i) => all.slice(i + 1).filter(b => a.right > b.left && b.right > a.left && a.bottom > b.top + 0.5 && b.bottom > a.top + 0.5)).length; }"""
        )
        assert over == 0


def test_what_is_kept_stands_beside_its_parent(shown):
    page = shown(gallery._beam())
    set_both(page, width=1)
    middles = page.locator(".ctr-beam-box:not(.ctr-beam-dropped)").evaluate_all("all => all.map(one => one.offsetTop + one.offsetHeight / 2)")  # fmt: skip
    assert middles == pytest.approx([middles[0]] * 6, abs=1)


def test_two_views_follow_one_model_and_leave_nothing_behind(shown):
    page = shown(gallery._beam())
    page.evaluate("(el => { el.second = el.view(); })(document.getElementById('picture'))")
    page.get_by_role("slider", name="Width").first.press("End")
    assert page.get_by_role("slider", name="Width").nth(1).input_value() == "6"
    page.evaluate("(el => { el.close(); el.second(); })(document.getElementById('picture'))")
    assert page.locator(".ctr").count() == 0
    left = page.evaluate("document.getElementById('picture').model.listeners")
    assert left == {f"change:{name}": [] for name in STATE}


def test_words_stay_text(shown):
    widget = BeamTree(lambda ids: torch.zeros(len(ids), 9), list(range(9)), NASTY, 1, most=3, widest=8, width=8)  # fmt: skip
    page = shown(widget)
    assert page.locator("#picture img, #picture script").count() == 0
    check(page)
    words = page.locator(".ctr-beam-finished b[dir]").all_text_contents()
    assert any("<script>alert(1)</script>" in word for word in words)


def test_a_large_tree_does_not_freeze(shown):
    words = [f"word{i}" for i in range(200)]
    page = shown(BeamTree(table_step(1, 200, scale=0.3), [0], words, 1, most=20, width=8, widest=8))
    check(page)
    times = page.evaluate(
        """() => { const model = document.getElementById("picture").model;
          const timed = (act) => { const began = performance.now(); act(); document.body.offsetHeight; return performance.now() - began; };
          const slides = Array.from({ length: 12 }, (_, k) => timed(() => model.set("alpha", (k + 1) / 10)));
          const boxes = [...document.querySelectorAll(".ctr-beam-box")];
          const moves = boxes.slice(0, 60).map((box) => timed(() => box.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }))));
          return [slides.sort((a, b) => a - b)[9], moves.sort((a, b) => a - b)[55]]; }"""
    )
    assert times[0] < 1_000 and times[1] < 150, times


def test_a_source_is_shown(shown):
    from course import load_model, load_tokenizer

    text = "translate English to Esperanto: Ada plays the violin."
    page = shown(BeamTree.of(load_model("t5", head="seq2seq-lm"), load_tokenizer("t5"), text, most=5, width=2, widest=3))  # fmt: skip
    assert page.locator(".ctr-beam-source").text_content() == f"Source {text}"
    for width in (1, 2, 3):
        set_both(page, width=width)
        check(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_themes_are_readable(shown, shoot, scheme):
    page = shown(gallery._beam())
    page.emulate_media(color_scheme=scheme)
    page.wait_for_timeout(200)
    shoot(page, f"beam_tree_{scheme}")
    for selector in (".ctr-beam-said", ".ctr-beam-live b", ".ctr-beam-live small", ".ctr-beam-wins b", ".ctr-beam-dropped b", ".ctr-beam-dropped small",
                     ".ctr-beam-greedy", ".ctr-beam-heads span", ".ctr-beam-legend span", ".ctr-beam-hint", ".ctr-beam-list small", ".ctr-beam-best td"):  # fmt: skip
        assert contrast(page, selector) >= 4.5, selector
    set_both(page, at=4, width=3)
    shoot(page, f"beam_tree_step_{scheme}")
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 390, "the tree scrolls, not the page"
    assert page.locator(".ctr-beam-node").evaluate("one => one.scrollWidth <= one.clientWidth"), (
        "the table fits"
    )
    shoot(page, f"beam_tree_narrow_{scheme}")


def test_no_meaning_is_in_colour_alone(shown):
    page = shown(gallery._beam())
    for box_, wins in zip(page.locator(".ctr-beam-box").all(), [one[2] for one in boxes(page)], strict=True):
        word = box_.locator("b").first.text_content()
        assert word.startswith("★") == wins
        dropped = "ctr-beam-dropped" in box_.get_attribute("class")
        assert word.startswith("✕") == dropped
        style = box_.evaluate("one => getComputedStyle(one).borderTopStyle")
        assert (style == "dashed") == dropped
        assert (style == "double") == ("ctr-beam-finished" in box_.get_attribute("class"))
    assert page.locator(".ctr-beam-to-dropped").first.evaluate("one => getComputedStyle(one).strokeDasharray") != "none"  # fmt: skip


def test_the_static_picture_has_its_words(clean_page, shoot):
    made_ones = [gallery._beam(), made(1, 30, [0], 1, most=12, widest=5, width=4, scale=1, alpha=0.7)[0]]
    clean_page.set_content("".join(one._fallback() for one in made_ones))
    images = clean_page.get_by_role("img").all()
    assert [image.get_attribute("alt") for image in images] == [f"Beam search. {one._alt()}" for one in made_ones]  # fmt: skip
    assert all(image.evaluate("image => image.complete && image.naturalWidth > 300") for image in images)
    shoot(clean_page, "beam_tree_fallback")
