"""The view of what learns, by hand: each column against what Python knows, pointing, choosing, sliders and keys."""

import copy

import pytest
import torch
from torch import nn

from course import load_model, load_tokenizer
from course.widgets import TrainableView
from tests.browser import by_hand
from tests.browser.by_hand import set_both, trait
from tests.browser.test_widgets import contrast

GIVEN = ["frozen", "biases", "unfreezing", "layerwise", "fine-tuned"]
COLUMNS = ["now", *GIVEN]


@pytest.fixture(scope="module")
def shipped():
    torch.manual_seed(0)  # the head starts at random
    return load_model("bert", head="classification", num_labels=2, hidden_dropout_prob=0.1)


@pytest.fixture
def bert(shipped):
    """The shipped BERT, of which the embeddings are frozen and dropout is on in the blocks."""
    model = copy.deepcopy(shipped)
    model.bert.embeddings.requires_grad_(False)
    model.bert.encoder.train()
    return model


@pytest.fixture
def loss(bert):
    batch = load_tokenizer("bert")("Ada plays the violin.", return_tensors="pt")
    return bert(**batch, labels=torch.tensor([1])).loss


@pytest.fixture
def opened(clean_page, tmp_path):
    """Open a view's page; `page.truth` is the view itself."""

    return lambda view: by_hand.opened(clean_page, view, tmp_path, ".ctr-trainable")


def shown(page):
    """For each row from the top: its name, its count, and for each column the mark, whether the way ends there, and the words for eyes."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".ctr-trainable tbody tr")].map(tr => [
          tr.querySelector("th").textContent, tr.querySelector(".ctr-trainable-count").textContent,
          ...[...tr.querySelectorAll("td:has(.ctr-trainable-mark)")].map(td => {
            const mark = td.querySelector(".ctr-trainable-mark").classList;
            return [["all", "some", "passes", "none"].find(state => mark.contains(`ctr-trainable-${state}`)),
                    mark.contains("ctr-trainable-ends"), td.querySelector(".ctr-trainable-mark + span").textContent];
          })])"""
    )


def expected(view):
    """The same, as Python has it."""
    found = []
    for i, part in enumerate(view.parts):
        row = [part["name"], f"{part['count']:,}"]
        for name in ("now", *view.regimes):
            column = view._shown(name)
            state = column["states"][i]
            rate = view._rate(name, part) or "learns"
            words = {"all": rate, "some": f"{rate} in part"}.get(state, "frozen")
            words += f", {column['added'][i]:,} new" if column["added"][i] else ""
            row.append([state, column["reach"] == i, words + (f", {part['mode']}" if name == "now" else "")])
        found.append(row)
    return found[::-1]


def sums(page):
    rows = page.locator(".ctr-trainable tfoot tr").all()
    return [row.locator("td").all_text_contents() for row in rows]


def test_each_column_is_pythons(opened, bert):
    page = opened(TrainableView(bert, GIVEN, rates={"layerwise": 3e-4}))
    states = set()
    for epoch, factor in [(1, 0.8), (2, 0.5), (3, 0.35), (4, 1), (5, 0.05)]:
        set_both(page, epoch=epoch, factor=factor)
        assert shown(page) == expected(page.truth), (epoch, factor)
        states |= {cell[0] for row in shown(page) for cell in row[2:]}
        told = [page.truth._shown(name) for name in COLUMNS]
        assert sums(page) == [
            ["273,282", *(f"{one['count']:,}" for one in told)],
            ["", *(one["share"] for one in told)],
            ["", *(f"{one['kept']:,}" for one in told)],
        ]
    assert states == {"all", "some", "none"}
    for column in COLUMNS:
        set_both(page, column=column)
        about = page.locator("p[role=status]").text_content()
        told = page.truth._alt()
        assert page.truth._shown(column)["said"] in about
        tail = about.partition(" With a factor of ")[2]
        assert bool(tail) == (column == "layerwise") and (not tail or told.endswith(tail))


def test_a_gradient_that_passes_and_the_words_for_ears(opened, bert):
    bert.requires_grad_(False)
    bert.bert.encoder.layer[1].attention.ln.bias.requires_grad_(True)
    optimizer = torch.optim.SGD([bert.bert.encoder.layer[1].attention.ln.bias], lr=0.02)
    page = opened(TrainableView(bert, [], optimizer=optimizer))
    assert [row[2][0] for row in shown(page)] == ["passes"] * 4 + ["some", "none", "none"]
    assert shown(page) == expected(page.truth)
    spoken = page.locator("tbody .ctr-spoken").all_text_contents()
    assert spoken[0] == "frozen, the gradient passes, dropout off"
    assert spoken[4] == "learns in part 2e-2, the backward pass ends here, dropout on"
    assert spoken[6] == "frozen, no gradient comes, dropout off"
    assert page.locator(".ctr-trainable-controls").is_hidden(), "nothing to slide"
    lines = page.evaluate(
        """[...document.querySelectorAll("tbody .ctr-trainable-mark")].map(mark => getComputedStyle(mark, "::before").display)"""
    )
    assert lines == ["block"] * 5 + ["none"] * 2, "the line of the gradient goes down as far as it is needed"
    page.get_by_role("button", name="block 2").click()
    assert [name for name, _, note in tensors(page) if note.startswith("learns")] == ["attention.ln.bias"]


def test_a_tensor_that_the_optimizer_was_not_given_is_named(opened):
    model = nn.Sequential(nn.Linear(2, 1))
    page = opened(TrainableView(model, [], optimizer=torch.optim.SGD([model[0].weight], lr=0.1)))
    page.get_by_role("button", name="0").click()
    assert tensors(page) == [["weight", "1 × 2", "learns"], ["bias", "1", "learns, not in the optimizer"]]


def tensors(page):
    return [
        [*row.locator("span:not(.ctr-trainable-mark)").all_text_contents()]
        for row in page.locator(".ctr-trainable-detail li").all()
    ]


def test_pointing_and_choosing_show_the_tensors(opened, bert):
    page = opened(TrainableView(bert, GIVEN))
    assert "Point at a part" in page.locator(".ctr-trainable-detail").text_content()
    row = page.locator("tbody tr")
    row.nth(5).hover()  # block 1
    assert (
        page.locator(".ctr-trainable-detail p").text_content()
        == "block 1 bert.encoder.layer.0, MegatronBertLayer, 49,984 parameters in 16 tensors"
    )
    assert tensors(page)[2] == ["attention.self.query.weight", "64 × 64", "frozen"], (
        "the chosen regime is frozen + linear"
    )
    assert trait(page, "part") == -1 and page.evaluate("document.getElementById('picture').model.saves") == 0
    row.nth(3).locator("td").nth(3).click()  # block 3, head + biases
    assert (trait(page, "part"), trait(page, "column")) == (3, "biases")
    page.locator("p[role=status]").hover()
    notes = [(name.rsplit(".")[-1], note) for name, _, note in tensors(page)]
    assert notes == [("weight", "frozen"), ("bias", "learns")] * 8
    assert "block 3 bert.encoder.layer.2" in page.locator(".ctr-trainable-detail p").text_content()
    assert row.nth(3).get_attribute("class") == "ctr-trainable-pinned"
    page.get_by_role("button", name="now").click()
    assert {note for _, _, note in tensors(page)} == {"learns"}
    page.get_by_role("button", name="block 3").click()
    assert trait(page, "part") == -1, "chosen again it is let go"
    page.mouse.move(200, 200)
    page.keyboard.press("ArrowUp")
    # What a browser sends when the rows under a mouse at rest have been drawn anew.
    page.evaluate(
        """document.elementFromPoint(200, 200).dispatchEvent(new MouseEvent("mousemove", { bubbles: true, clientX: 200, clientY: 200 }))"""
    )
    assert "embeddings bert.embeddings" in page.locator(".ctr-trainable-detail p").text_content(), (
        "a mouse at rest points at nothing"
    )


def test_sliders_and_keys(opened, bert):
    page = opened(TrainableView(bert, GIVEN))
    page.get_by_role("slider", name="Each level below").fill("0.5")
    page.get_by_role("slider", name="Epoch").fill("3")
    assert (trait(page, "factor"), trait(page, "epoch")) == (0.5, 3)
    assert page.locator("output").all_text_contents() == ["0.5", "3 of 5"]
    assert shown(page)[-1][5][2] == "frozen" and shown(page)[-1][6][2] == "3.1e-6"
    # From here on without the mouse.
    page.locator("body").click(position={"x": 1, "y": 1})
    focused = lambda: page.evaluate("document.activeElement.textContent")  # noqa: E731
    for expected_focus in ("", "", "frozen + linear", "embeddings"):
        page.keyboard.press("Tab")
        while page.evaluate("document.activeElement.classList.contains('ctr-trainable-scroll')"):
            page.keyboard.press("Tab")  # a browser may stop at what can be scrolled
        assert focused() == expected_focus, "the sliders, then one stop for the columns and one for the parts"
    page.keyboard.press("Enter")
    assert trait(page, "part") == 0
    for key, part in [("ArrowUp", 1), ("ArrowUp", 2), ("ArrowDown", 1), ("ArrowDown", 0), ("ArrowDown", 0)]:
        page.keyboard.press(key)
        assert trait(page, "part") == part and focused() == page.truth.parts[part]["name"]
    for key, column in [("ArrowRight", "biases"), ("ArrowLeft", "frozen"), ("ArrowLeft", "now"), ("ArrowLeft", "now")]:  # fmt: skip
        page.keyboard.press(key)
        assert trait(page, "column") == column and focused() == "embeddings"
    page.keyboard.press("Escape")
    assert trait(page, "part") == -1
    page.keyboard.press("Shift+Tab")
    assert focused() == "now"
    page.keyboard.press("ArrowRight")
    assert (trait(page, "column"), focused()) == ("frozen", "frozen + linear")
    page.keyboard.press("ArrowDown")
    assert (trait(page, "part"), focused()) == (6, "classifier"), "from outside, down begins at the top"
    page.get_by_role("slider", name="Epoch").focus()
    page.keyboard.press("ArrowRight")
    assert (trait(page, "epoch"), trait(page, "column")) == (4, "frozen"), (
        "on a slider the arrows are its own"
    )


def test_measures_are_pythons_bars(opened, bert, loss):
    view = TrainableView(bert, ["frozen"]).measure(loss)
    before = copy.deepcopy(bert.state_dict())
    with torch.no_grad():
        for parameter in bert.bert.encoder.parameters():
            parameter.add_(1e-3)
    page = opened(view.compare(before))
    heads = page.locator("thead th:not(:has(button))").all_text_contents()
    assert heads == ["part", "parameters", *(one["title"] + one["scale"] for one in page.truth._bars)]
    drawn = page.evaluate(
        """[...document.querySelectorAll("tbody tr")].reverse().map(tr => [...tr.querySelectorAll("td:has(.ctr-trainable-bar)")].map(td =>
          [td.querySelector(".ctr-trainable-bar").getBoundingClientRect().width / 90, td.textContent]))"""
    )
    for k, one in enumerate(page.truth._bars):
        assert [row[k][1] for row in drawn] == [text for _, text in one["bars"]]
        assert [row[k][0] for row in drawn] == pytest.approx([length for length, _ in one["bars"]], abs=0.01)
    assert drawn[0][0] == [0, "none"] and drawn[0][1] == [0, "0 %"] and drawn[1][1][0] > 0


def test_a_new_message_from_python_is_drawn(opened, bert):
    """What a notebook sends when a cell has frozen something."""
    page = opened(TrainableView(bert, GIVEN))
    page.get_by_role("button", name="now").focus()
    bert.bert.requires_grad_(False)
    page.truth.refresh()
    set_both(page, column="now")
    page.evaluate(
        "state => Object.entries(state).forEach(([k, v]) => document.getElementById('picture').model.set(k, v))",
        {"parts": page.truth.parts, "_plan": page.truth._plan},
    )
    assert (
        shown(page) == expected(page.truth) and [row[2][0] for row in shown(page)] == ["all"] + ["none"] * 6
    )
    assert "dropout is on in 3 parts" in page.locator("p[role=status]").text_content()
    assert page.evaluate("document.activeElement.textContent") == "now", "the focus stays"


def test_names_stay_text_and_what_is_shared_is_said(opened):
    names = ["<img src=x onerror=alert(1)>", "</script>", "שלום", "🦊", "a&b"]
    model = nn.ModuleDict({name: nn.Linear(1, 1) for name in names})
    model["a&b"].weight = model["🦊"].weight
    page = opened(TrainableView(model))
    assert [row[0] for row in shown(page)] == names[::-1] and page.locator("#picture img").count() == 0
    page.get_by_role("button", name="a&b").click()
    assert tensors(page) == [["weight", "1 × 1", "shared, counted in 🦊"], ["bias", "1", "learns"]]
    page.get_by_role("button", name="🦊").click()
    assert tensors(page)[0] == ["weight", "1 × 1", "learns, also a&b.weight"]


def test_two_views_follow_one_model_and_leave_nothing_behind(opened, bert):
    page = opened(TrainableView(bert, GIVEN))
    page.evaluate("(el => { el.second = el.view(); })(document.getElementById('picture'))")
    page.get_by_role("button", name="now").first.click()
    assert all(text.startswith("now: ") for text in page.locator("p[role=status]").all_text_contents())
    page.evaluate("(el => { el.close(); el.second(); })(document.getElementById('picture'))")
    assert page.locator(".ctr").count() == 0
    assert all(
        left == [] for left in page.evaluate("document.getElementById('picture').model.listeners").values()
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_themes_are_readable(opened, shoot, bert, loss, scheme):
    page = opened(TrainableView(bert, GIVEN[:4]).measure(loss))
    page.emulate_media(color_scheme=scheme)
    for column, part in (("biases", 2), ("now", -1)):
        set_both(page, column=column, part=part)
        page.wait_for_timeout(200)
        shoot(page, f"trainable_view_{column}_{scheme}")
        for selector in (".ctr", "td.ctr-trainable-chosen", "td .ctr-soft", "thead button", "th.ctr-trainable-chosen small",
                         "tbody .ctr-trainable-chosen .ctr-soft", ".ctr-trainable-detail .ctr-soft"):  # fmt: skip
            if page.locator(selector).count():
                assert contrast(page, selector) >= 4.5, (column, selector)
    page.set_viewport_size({"width": 490, "height": 660})  # as at 200 %
    assert page.evaluate("document.documentElement.scrollWidth") == 490, "the table scrolls, not the page"
    page.get_by_role("button", name="now").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    chosen = page.locator("th.ctr-trainable-chosen").bounding_box()
    assert chosen["x"] >= 0 and chosen["x"] + chosen["width"] <= 490, "what is chosen can be seen"


def test_the_static_picture_has_its_words(clean_page, shoot, bert, loss):
    view = TrainableView(bert).measure(loss)
    view.column = "biases"
    plain = TrainableView(bert)
    clean_page.set_content(view._fallback() + plain._fallback())
    images = clean_page.get_by_role("img").all()
    assert [image.get_attribute("alt") for image in images] == [
        f"What learns. {one._alt()}" for one in (view, plain)
    ]
    assert all(image.evaluate("image => image.complete && image.naturalWidth > 300") for image in images)
    shoot(clean_page, "trainable_view_fallback")
