"""The view of what learns, of a T5 and of its adapters, by hand: each column against what Python knows, the slider of the size, the words."""

import copy

import pytest
from torch import nn

from course import load_model
from course.widgets import TrainableView
from tests.browser import by_hand
from tests.browser.by_hand import set_both, trait
from tests.browser.test_trainable_view import expected, shown, sums, tensors
from tests.browser.test_widgets import contrast
from tests.test_widgets_adapters import insert

GIVEN = ["adapters", "unfreezing", "frozen", "biases", "layerwise"]


@pytest.fixture(scope="module")
def shipped():
    return load_model("t5", head="seq2seq-lm")


@pytest.fixture
def t5(shipped):
    return copy.deepcopy(shipped)


@pytest.fixture
def opened(clean_page, tmp_path):
    """Open a view's page; `page.truth` is the view itself."""

    return lambda view: by_hand.opened(clean_page, view, tmp_path, ".ctr-trainable")


def said(page):
    return page.locator("p[role=status]").text_content()


def test_each_column_is_pythons(opened, t5):
    page = opened(TrainableView(t5, GIVEN, adapter=64))
    states = set()
    for k in range(10):
        set_both(page, adapter=2**k, epoch=1 + k % 3, column=["now", *GIVEN][k % 6])
        assert shown(page) == expected(page.truth), 2**k
        states |= {cell[0] for row in shown(page) for cell in row[2:]}
        told = [page.truth._shown(name) for name in ("now", *GIVEN)]
        assert sums(page) == [
            ["697,536", *(f"{one['count']:,}" for one in told)],
            ["", *(one["share"] for one in told)],
            ["", *(f"{one['kept']:,}" for one in told)],
        ]
        assert page.truth._shown(page.truth.column)["said"] in said(page)
    assert states == {"all", "some", "passes", "none"}
    assert shown(page)[1][3] == ["some", False, "1e-3 in part, 98,912 new"], "512 a bottleneck"


def test_the_size_by_mouse_and_keys(opened, t5):
    page = opened(TrainableView(t5, GIVEN))
    size = page.get_by_role("slider", name="Size of an adapter")
    assert page.locator("output").all_text_contents() == ["0.8", "1 of 3", "32"]
    for key, value in (("ArrowRight", 64), ("End", 512), ("ArrowRight", 512), ("Home", 1), ("ArrowRight", 2)):
        size.press(key)
        assert trait(page, "adapter") == value == int(page.locator("output").last.text_content())
        page.truth.adapter = value
        assert shown(page) == expected(page.truth) and f"of size {value} " in said(page)
        assert trait(page, "column") == "adapters", "on a slider the arrows are its own"
    assert size.get_attribute("aria-valuetext") == "2"
    spoken = page.locator("tbody tr").nth(1).locator(".ctr-spoken").all_text_contents()
    assert spoken[1] == "learns in part 1e-3, 482 new"


def test_what_is_new_stands_among_the_tensors(opened, t5):
    page = opened(TrainableView(t5, GIVEN, adapter=16))
    page.get_by_role("button", name="encoder block 2").click()
    listed = tensors(page)
    learn = [name for name, _, note in listed if "learns" in note]
    assert learn == ["layer.0.layer_norm.weight", "layer.1.layer_norm.weight", "adapter, down", "its bias", "adapter, up", "its bias"]  # fmt: skip
    assert listed[-4:] == [
        ["adapter, down", "16 × 96", "new, learns"], ["its bias", "16", "new, learns"],
        ["adapter, up", "96 × 16", "new, learns"], ["its bias", "96", "new, learns"],
    ]  # fmt: skip
    page.get_by_role("button", name="unfreezing").click()
    assert {note for _, _, note in tensors(page)} == {"frozen"} and len(tensors(page)) == 8
    page.get_by_role("button", name="shared table").click()
    assert tensors(page) == [["weight", "2000 × 96", "learns, also encoder.embed_tokens.weight, decoder.embed_tokens.weight, lm_head.weight"]]  # fmt: skip


def test_adapters_that_are_there_are_shown_and_none_is_added(opened, t5):
    view = TrainableView(t5, ["adapters", "unfreezing"])
    page = opened(view)
    assert page.get_by_role("slider", name="Size of an adapter").is_visible()
    insert(t5, 8)
    for name, parameter in t5.named_parameters():
        parameter.requires_grad_(".up." in name or ".down." in name)
    view.refresh()  # what a notebook sends when a cell has put them in
    page.evaluate(
        "state => Object.entries(state).forEach(([k, v]) => document.getElementById('picture').model.set(k, v))",
        {"parts": view.parts, "_plan": view._plan},
    )
    assert shown(page) == expected(view) and not any(
        "new" in cell[2] for row in shown(page) for cell in row[2:]
    )
    assert page.get_by_role("slider", name="Size of an adapter").is_hidden(), "they have a size"
    assert page.locator(".ctr-trainable-controls output").last.is_hidden()
    assert page.get_by_role("slider", name="Epoch").is_visible()
    page.get_by_role("button", name="now").click()
    assert "Of its adapters' 20 tensors all learn." in said(page)
    page.get_by_role("button", name="decoder block 2").click()
    learn = [[name.rsplit(".", 2)[1:], note] for name, _, note in tensors(page) if note.startswith("learns")]
    assert learn == [[["down", "weight"], "learns, of an adapter"], [["down", "bias"], "learns, of an adapter"],
                     [["up", "weight"], "learns, of an adapter"], [["up", "bias"], "learns, of an adapter"]]  # fmt: skip


def test_a_model_without_a_place_has_nothing_new(opened):
    page = opened(
        TrainableView(nn.Sequential(nn.Linear(2, 3), nn.LayerNorm(3), nn.Linear(3, 1)), ["adapters"])
    )
    assert shown(page) == expected(page.truth) and "There is no block that could take an adapter" in said(
        page
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_themes_are_readable(opened, shoot, t5, scheme):
    page = opened(TrainableView(t5, ["adapters", "unfreezing", "frozen"]))
    page.emulate_media(color_scheme=scheme)
    for column, part in (("adapters", 1), ("unfreezing", -1), ("frozen", 0)):
        set_both(page, column=column, part=part)
        page.wait_for_timeout(200)
        shoot(page, f"trainable_t5_{column}_{scheme}")
        for selector in (
            "td.ctr-trainable-chosen",
            "tbody .ctr-trainable-chosen .ctr-soft",
            ".ctr-trainable-detail .ctr-soft",
        ):
            if page.locator(selector).count():
                assert contrast(page, selector) >= 4.5, (column, selector)
    page.set_viewport_size({"width": 490, "height": 660})  # as at 200 %
    assert page.evaluate("document.documentElement.scrollWidth") == 490, "the table scrolls, not the page"


def test_the_static_picture_has_its_words(clean_page, shoot, t5):
    view = TrainableView(t5, ["adapters", "unfreezing", "frozen"])
    plain = TrainableView(copy.deepcopy(t5), ["unfreezing", "adapters"], adapter=512)
    insert(t5, 8)
    view.refresh()
    clean_page.set_content(plain._fallback() + view._fallback())
    images = clean_page.get_by_role("img").all()
    assert [image.get_attribute("alt") for image in images] == [
        f"What learns. {one._alt()}" for one in (plain, view)
    ]
    assert all(image.evaluate("image => image.complete && image.naturalWidth > 300") for image in images)
    shoot(clean_page, "trainable_t5_fallback")
