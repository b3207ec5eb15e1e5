"""The Python side of the visualisers: what they refuse, what they send, and the static pictures."""

import base64
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import traitlets
from ipywidgets.widgets.widget import _instances

import course.widgets
from course import masks
from course.widgets import (
    AttentionHeads,
    ElmoReader,
    EmbeddingMap,
    MaskExplorer,
    WindowStepper,
    base,
    beside,
    cells,
    embedding_map,
    gallery,
)
from course.widgets.attention import weights_of

RUNNING = "the legislators believed that they were on the right side of history, so they changed the law"
RIGHT = 8
SVG = "{http://www.w3.org/2000/svg}"
VISUALISERS = {*course.widgets.__all__} - {"beside"}


def picture(widget):
    """The static picture, parsed: it must be well-formed on its own."""
    page = widget._repr_mimebundle_()[0]["text/html"]
    root = ET.fromstring(base64.b64decode(re.search(r'src="data:image/svg\+xml;base64,([^"]*)"', page)[1]))
    ground = next(child for child in root if child.tag == SVG + "rect")
    assert root.get("color") and (ground.get("width"), ground.get("fill")) == ("100%", "#ffffff"), (
        "readable on any page"
    )
    root.remove(ground)
    return root


def boxed(root):
    """The words of a stepper's static picture that stand in a box, each with the mark below it."""
    children = list(root)
    found = []
    for at, child in enumerate(children):
        if child.tag == SVG + "rect":
            found.append((children[at + 1].text, children[at + 2].text))
    return found


# The window stepper -------------------------------------------------------------------------------------------------


def test_stepper_takes_a_text_or_tokens():
    assert WindowStepper("It's the law, isn’t it?").tokens == ["It's", "the", "law", ",", "isn’t", "it", "?"]
    assert WindowStepper(["New York", "<b>"]).tokens == ["New York", "<b>"]
    assert WindowStepper(RUNNING).tokens[RIGHT] == "right"


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: WindowStepper(""), "no word in this text"),
        (lambda: WindowStepper([]), "no word in this text"),
        (lambda: WindowStepper("word " * 10_000), "at most 300 tokens; yours has 10,000"),
        (lambda: WindowStepper(["a", 3]), "each a string"),
        (lambda: WindowStepper("a b", radius=0), "from 1 to 6; you gave 0"),
        (lambda: WindowStepper("a b", radius=7), "from 1 to 6; you gave 7"),
        (lambda: WindowStepper("a b", position=2), "from 0 to 1 here; you gave 2"),
    ],
)
def test_stepper_refuses_with_a_sentence(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()


def test_stepper_can_be_steered_from_python():
    stepper = WindowStepper(RUNNING)
    stepper.position, stepper.radius = 17, 6
    for name, value in [("position", 18), ("position", -1), ("radius", 7), ("tokens", [])]:
        with pytest.raises(traitlets.TraitError):
            setattr(stepper, name, value)
    assert (stepper.position, stepper.radius) == (17, 6)
    stepper.tokens = ["a", "b"]
    assert stepper.position == 0, "a new, shorter sentence starts at its beginning"


@pytest.mark.parametrize(
    ("position", "radius", "expected", "count"),
    [
        (RIGHT, 2, [("on", "−2"), ("the", "−1"), ("right", "centre"), ("side", "+1"), ("of", "+2")], "sees 4 of 18"),
        (0, 2, [("<pad>", "−2"), ("<pad>", "−1"), ("the", "centre"), ("legislators", "+1"), ("believed", "+2")], "sees 2 of 18"),
        (17, 1, [("the", "−1"), ("law", "centre"), ("<pad>", "+1")], "sees 1 of 18"),
    ],
)  # fmt: skip
def test_stepper_static_picture_is_that_of_the_state(position, radius, expected, count):
    stepper = WindowStepper(RUNNING)
    stepper.radius, stepper.position = radius, position
    root = picture(stepper)
    assert boxed(root) == expected
    assert count in root.find(SVG + "desc").text and count in repr(stepper)
    dashed = [box for box in root.iter(SVG + "rect") if box.get("stroke-dasharray")]
    assert len(dashed) == [word for word, _ in expected].count("<pad>"), "padding is drawn with dashes"


def test_a_sentence_of_words_is_counted_in_words():
    assert "sees 2 of 4 words" in repr(WindowStepper("we changed the law"))


# The embedding map --------------------------------------------------------------------------------------------------


def cloud(n=40, dim=12, seed=0):
    vectors = np.random.default_rng(seed).normal(size=(n, dim)) * np.linspace(3, 0.2, dim)
    return vectors, [f"w{i}" for i in range(n)]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda v, w: EmbeddingMap(v[:-1], w), "40 words and 39 vectors"),
        (lambda v, w: EmbeddingMap(v[0], w), r"yours have the shape \(12,\)"),
        (lambda v, w: EmbeddingMap(v[:, :0], w), r"yours have the shape \(40, 0\)"),
        (lambda v, w: EmbeddingMap(v[:2], w[:2]), "at least 3 words; you gave 2"),
        (lambda v, w: EmbeddingMap(np.zeros((2_001, 2)), ["w"] * 2_001), "at most 2,000 words; you gave 2,001"),
        (lambda v, w: EmbeddingMap(np.where(np.arange(40)[:, None] == 7, np.nan, v), w), "“w7” holds NaN or infinity"),
        (lambda v, w: EmbeddingMap(v, w, groups=["a"] * 39), "40 words and 39 groups"),
        (lambda v, w: EmbeddingMap(np.zeros((70, 2)), ["w"] * 70, groups=range(70)), "64 groups apart; you gave 70"),
        (lambda v, w: EmbeddingMap(v, w, neighbours=2.5), "a whole number from 1 to 50; you gave 2.5"),
        (lambda v, w: EmbeddingMap(v, w, neighbours=0), "from 1 to 50; you gave 0"),
        (lambda v, w: EmbeddingMap(v, [1, *w[1:]]), "words are strings"),
    ],
)  # fmt: skip
def test_map_refuses_with_a_sentence(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make(*cloud())


def test_map_states_the_variance_it_keeps():
    vectors, words = cloud()
    eigenvalues = np.sort(np.linalg.eigvalsh(np.cov(vectors.T)))[::-1]
    widget = EmbeddingMap(vectors, words)
    assert widget._explained == pytest.approx(list(eigenvalues[:2] / eigenvalues.sum()))
    assert f"keep {100 * sum(widget._explained):.0f} % of the variance" in repr(widget)


def test_neighbours_are_the_nearest_by_cosine_and_never_the_word_itself():
    vectors, words = cloud()
    widget = EmbeddingMap(vectors, words, neighbours=5)
    indices = np.frombuffer(widget._nearest, "<u2").reshape(40, 5)
    cosines = np.frombuffer(widget._cosines, "<i2").reshape(40, 5) / 10_000
    truth = torch.nn.functional.cosine_similarity(
        torch.tensor(vectors)[:, None], torch.tensor(vectors)[None], dim=-1
    )
    truth = truth.fill_diagonal_(-2).topk(5)
    assert (indices == truth.indices.numpy()).all()
    assert np.abs(cosines - truth.values.numpy()).max() < 1e-4


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_map_takes_tensors_of_any_float_type_with_a_gradient(dtype):
    vectors, words = cloud()
    tensor = torch.nn.Parameter(torch.tensor(vectors, dtype=dtype))
    assert EmbeddingMap(tensor, words)._dimensions == 12


@pytest.mark.parametrize("vectors", [np.ones((4, 3)), np.zeros((4, 3)), np.eye(4)[:, :1]])
def test_map_of_flat_vectors_is_drawn_all_the_same(vectors):
    widget = EmbeddingMap(vectors, list("abcd"))
    assert np.isfinite(np.frombuffer(widget._places, "<f4")).all()
    assert len(np.frombuffer(widget._nearest, "<u2")) == 4 * 3, (
        "8 neighbours were asked for; there are 3 others"
    )
    assert len(list(picture(widget).iter(SVG + "path"))) == 4


def test_groups_by_list_or_by_dict_each_with_its_own_mark():
    vectors, words = cloud()
    by_list = EmbeddingMap(vectors, words, ["even", "odd"] * 20)
    by_dict = EmbeddingMap(vectors, words, dict.fromkeys(words[::2], "even"))
    assert [group["name"] for group in by_list._groups] == ["even", "odd"]
    assert [group["name"] for group in by_dict._groups] == ["even", "other"]
    assert by_list._group_of == by_dict._group_of
    many = EmbeddingMap(np.zeros((64, 2)), ["w"] * 64, groups=range(64))
    assert len({(group["colour"], group["shape"]) for group in many._groups}) == 64


def test_map_static_picture_is_that_of_the_state():
    vectors, words = cloud()
    widget = EmbeddingMap(vectors, words, ["even", "odd"] * 20, neighbours=3)
    lines = lambda: [path for path in picture(widget).iter(SVG + "path") if "L" in path.get("d")]  # noqa: E731
    assert lines() == [] and "even (circle), odd (square)" in picture(widget).get("aria-label")
    widget.pinned = 4
    assert len(lines()) == 3
    shown = {text.text for text in picture(widget).iter(SVG + "text")} - {"even", "odd"}
    assert shown == {"w4", *(words[i] for i in np.frombuffer(widget._nearest, "<u2").reshape(40, 3)[4])}
    with pytest.raises(traitlets.TraitError, match="from 0 to 39, or None; you gave 40"):
        widget.pinned = 40


def test_no_public_name_answers_the_lab():
    """Lab 01 asks for `nearest_words` and `context_windows`: the package keeps its own to itself."""
    own = {
        name
        for name, value in vars(embedding_map).items()
        if getattr(value, "__module__", "") == embedding_map.__name__
    }
    assert {name for name in own if not name.startswith("_")} == {"EmbeddingMap"}
    for widget in (WindowStepper, EmbeddingMap):
        public = {name for name in vars(widget) if not name.startswith("_")}
        assert public <= {"tokens", "radius", "position", "pad", "words", "pinned"}


# The base -----------------------------------------------------------------------------------------------------------

WIDGETS = [lambda: WindowStepper(RUNNING, position=RIGHT), lambda: EmbeddingMap(*cloud())]


@pytest.mark.parametrize("make", WIDGETS)
def test_a_bundle_holds_the_view_the_picture_and_the_words(make):
    widget = make()
    data, _ = widget._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == widget.model_id
    assert data["text/plain"] == repr(widget) and "\n" not in repr(widget)
    root = picture(widget)
    assert root.get("role") == "img" and root.get("aria-label")
    assert root[0].tag == SVG + "title" and root[1].tag == SVG + "desc"
    assert "<figcaption" in data["text/html"] and "<script" not in data["text/html"]


def test_what_a_person_wrote_is_text_in_every_static_form(tmp_path):
    nasty = ['<script>alert("1")</script>', "a&b", "\"'>"]
    for widget in (WindowStepper(nasty), EmbeddingMap(np.eye(3), nasty, nasty)):
        assert nasty[1] in [text.text for text in picture(widget).iter(SVG + "text")]
        page = widget.save(tmp_path / "page.html").read_text(encoding="utf-8")
        assert "<script>alert" not in page


def test_saved_page_is_one_file_that_asks_for_nothing(tmp_path):
    for make in WIDGETS:
        page = make().save(tmp_path / "page.html").read_text(encoding="utf-8")
        assert "default-src 'none'" in page
        assert set(re.findall(r"https?://[^\s\"'<]+", page)) <= {"http://www.w3.org/2000/svg"}
        assert not re.search(
            r"\b(src(?!=\"data:image/svg\+xml;base64,)|href|srcset)\s*=|^import\b|\bimport\(",
            page,
            re.MULTILINE,
        )


def test_exported_notebook_shows_the_static_picture():
    """Executed without the widget's state, as the course's pages are, nbconvert falls back to the picture."""
    import nbformat
    from nbconvert import HTMLExporter

    data, _ = WindowStepper(RUNNING, position=RIGHT)._repr_mimebundle_()
    output = nbformat.v4.new_output("execute_result", data=data, execution_count=1)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("stepper", outputs=[output])])
    page, _ = HTMLExporter().from_notebook_node(notebook)
    assert (
        'alt="Window stepper. “right”, with a window of radius 2, sees 4 of 18 tokens: on the _ side of"'
        in page
    )


@pytest.mark.parametrize("name", ["window_stepper.js", "embedding_map.js"])
def test_modules_stay_small_and_plain(name):
    text = base._read("base.js") + base._read(name)
    assert len(text.encode()) <= 60_000
    assert "innerHTML" not in text and not re.search(r"^import\b", text, re.MULTILINE)


def test_a_module_that_cannot_be_inlined_is_refused(tmp_path):
    (tmp_path / "twice.js").write_text("export default {};\nexport default {};\n")
    with pytest.raises(ValueError, match=r"twice\.js must hold one `export default`"):
        type("Twice", (base.Visualiser,), {"_esm": tmp_path / "twice.js"})


def test_importing_the_package_loads_no_widget_library():
    code = "import course.widgets, sys; print('anywidget' in sys.modules, 'numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
    assert set(course.widgets.__all__) <= set(dir(course.widgets))
    with pytest.raises(AttributeError, match="MaskExplorerr"):
        _ = course.widgets.MaskExplorerr


# Running a cell again -----------------------------------------------------------------------------------------------


@pytest.fixture
def run_cell(monkeypatch):
    """`run_cell("id")`: what follows is as if made by one more run of that cell."""
    monkeypatch.setattr(cells, "_made", {})
    runs = iter(range(1_000))

    def run(cell):
        parent = {"metadata": {"cellId": cell} if cell else {}, "header": {"msg_id": f"run {next(runs)}"}}
        kernel = SimpleNamespace(get_parent=lambda channel: parent)
        monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(kernel=kernel))

    return run


def test_a_cell_that_runs_again_closes_what_it_made(run_cell):
    run_cell("one")
    old = [WindowStepper("a b"), EmbeddingMap(*cloud())]
    run_cell("two")
    other = WindowStepper("c d")
    run_cell("one")
    new = [WindowStepper("a b"), WindowStepper("a b")]
    assert [widget.comm for widget in old] == [None, None]
    assert all(widget.comm is not None for widget in [other, *new])
    before = len(_instances)
    for _ in range(20):
        run_cell("two")
        WindowStepper("c d")
    assert len(_instances) == before, "layouts are closed as well"


def test_without_cell_ids_nothing_is_closed(run_cell):
    run_cell(None)
    first = WindowStepper("a b")
    run_cell(None)
    WindowStepper("a b")
    assert first.comm is not None


# The mask explorer --------------------------------------------------------------------------------------------------

WE = "we were on the right side of history"


def test_explorer_holds_the_mask_with_its_edits():
    explorer = MaskExplorer(WE, masks.causal())
    assert (explorer.mask == masks.causal().array(8)).all() and not explorer.edits.any()
    edits = np.zeros((8, 8), bool)
    edits[2, 5] = edits[7, 7] = True
    explorer.flipped = np.packbits(edits).tobytes()
    assert (explorer.mask == masks.causal().array(8) ^ edits).all()
    exec(explorer.code("numpy"), space := {})
    assert (space["mask"] == explorer.mask).all()
    explorer.text = "four words are here"
    assert explorer.tokens == ["four", "words", "are", "here"] and explorer.mask.shape == (4, 4)
    assert not explorer.edits.any(), "they were cells of another text"


def test_explorer_takes_masks_in_all_ways():
    array = np.random.default_rng(0).random((8, 8)) < 0.5
    assert (MaskExplorer(WE, array).mask == array).all()
    assert (
        MaskExplorer(WE, "prefix_lm(3) and not padding(2)").mask
        == (masks.prefix_lm(3) & ~masks.padding(2)).array(8)
    ).all()
    assert (MaskExplorer(["a", "b c"]).mask == masks.causal().array(2)).all()
    assert MaskExplorer("").mask.shape == (0, 0)


def test_explorer_state_goes_to_json_and_back():
    explorer = MaskExplorer(WE, np.random.default_rng(0).random((8, 8)) < 0.5, layers=7)
    again = MaskExplorer.from_json(explorer.to_json())
    assert (again.mask == explorer.mask).all() and again.layers == 7 and again.tokens == explorer.tokens
    given = MaskExplorer(["New York", "<b>"], masks.fully_visible())
    assert MaskExplorer.from_json(given.to_json()).tokens == ["New York", "<b>"]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: MaskExplorer("word " * 10_000), "at most 1,024 tokens; yours has 10,000"),
        (lambda: MaskExplorer(["a", 3]), "each a string"),
        (lambda: MaskExplorer(WE, layers=13), "from 1 to 12; you gave 13"),
        (lambda: MaskExplorer(WE, np.ones((3, 3), bool)), r"shape \(8, 8\); yours is bool of shape \(3, 3\)"),
        (lambda: MaskExplorer(WE, np.ones((8, 8))), "yours is float64"),
        (lambda: MaskExplorer(WE, "casual"), "no mask 'casual'"),
        (lambda: MaskExplorer(WE, scores=np.ones((2, 2))), r"finite numbers of shape \(8, 8\)"),
        (lambda: MaskExplorer(WE, scores=np.full((8, 8), np.nan)), "finite numbers"),
        (lambda: MaskExplorer.from_json("{"), "not the state of a mask explorer"),
        (lambda: MaskExplorer.from_json('{"text": "a"}'), "not the state of a mask explorer: KeyError"),
        (lambda: MaskExplorer.from_json('{"text": "a", "unit": "words", "expression": ["causal"], "layers": 1, "edits": [9]}'), "IndexError"),
    ],
)  # fmt: skip
def test_explorer_refuses_with_a_sentence(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()


def test_what_a_front_end_sends_is_checked():
    explorer = MaskExplorer(WE, masks.causal())
    for name, value in [
        ("expression", ["rm", 1]),
        ("expression", ["and", ["causal"]]),
        ("layers", 99),
        ("tokens", ["a"] * 2_000),
        ("panel", "x"),
    ]:
        with pytest.raises(traitlets.TraitError):
            setattr(explorer, name, value)
    explorer.set_state(
        {"flipped": memoryview(np.packbits(np.eye(8, dtype=bool)).tobytes())}
    )  # as it comes from a front end
    assert (explorer.mask == np.tril(np.ones((8, 8), bool), -1)).all()
    explorer.flipped = b"too short"
    assert explorer.flipped == b"" and (explorer.mask == masks.causal().array(8)).all()


@pytest.mark.parametrize("n", [1, 8, 40, 200])
def test_explorer_static_picture_is_the_mask(n):
    """Every cell that may attend is under a blue rectangle, no other; edits have their corners; all is said in words."""
    array = np.random.default_rng(n).random((n, n)) < 0.4
    explorer = MaskExplorer([f"<{i}>" for i in range(n)], array)
    root = picture(explorer)
    frame, *cells = list(root.iter(SVG + "rect"))
    left, top, side = (float(frame.get(key)) for key in ("x", "y", "width"))
    size = side / n
    drawn = np.zeros((n, n), bool)
    for box in cells:
        x, y, width = (float(box.get(key)) for key in ("x", "y", "width"))
        q, k = int((y + size / 2 - top) // size), int((x - left + 0.01) // size)
        drawn[q, k : k + max(1, round((width + 2 * (size >= 11)) / size))] = True
    assert (drawn == array).all()
    corners = list(root.iter(SVG + "path"))
    assert len(corners) == (explorer.edits.sum() if n <= 128 else 0)
    assert f"{array.sum():,} of {n * n:,} cells may attend" in root.find(SVG + "desc").text


@pytest.mark.parametrize("base", [masks.causal(), masks.fully_visible()], ids=str)
def test_explorer_takes_an_array_as_the_nearest_mask_with_edits(base):
    """So that a causal mask with one wrong cell shows one edit, and not all that a fully visible one would need."""
    array = base.array(9)
    array[2, 6] ^= True
    explorer = MaskExplorer([f"<{i}>" for i in range(9)], array)
    assert str(explorer.expressed) == str(base) and (explorer.mask == array).all()
    assert np.argwhere(explorer.edits).tolist() == [[2, 6]]


def test_explorer_says_what_it_shows():
    said = repr(MaskExplorer(WE, masks.sliding_window(1), layers=2))
    assert (
        "The mask sliding_window(1), of 8 tokens: 22 of 64 cells may attend. 7 cells see a later token; the first: 0 sees 1."
        in said
    )
    assert "After 2 layers 34 of 64 outputs and inputs are joined." in said


def test_no_visualiser_is_larger_than_it_may_be():
    for name in VISUALISERS:
        assert len(getattr(course.widgets, name)._esm.encode()) <= 60 * 1024


# The heads viewer ---------------------------------------------------------------------------------------------------


def heads(layers=2, count=3, rows=4, columns=4):
    return np.random.default_rng(0).dirichlet([0.5] * columns, size=(layers, count, rows)).astype(np.float32)


def test_heads_takes_an_array_or_what_a_model_gives():
    array = heads()
    of_model = tuple(torch.tensor(layer)[None] for layer in array)
    for given in (
        array,
        of_model,
        list(of_model),
        torch.tensor(array, dtype=torch.float64, requires_grad=True),
    ):
        shown = AttentionHeads(given, list("abcd"))
        assert np.abs(shown.weights() - array).max() <= 0.5 / 255 + 1e-6
    assert (shown.layers, shown.heads) == (2, 3)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: AttentionHeads(heads(), list("abc")), r"4 queries and 3 keys|3 queries and 3 keys, but weights of shape \(4, 4\)"),
        (lambda: AttentionHeads(heads()[0], list("abcd")), "four dimensions"),
        (lambda: AttentionHeads((), list("abcd")), "output_attentions=True"),
        (lambda: AttentionHeads([torch.zeros(2, 1, 4, 4)], list("abcd")), r"each \(1, head, query, key\)"),
        (lambda: AttentionHeads(heads() * 9 - 4, list("abcd")), "scores before the softmax"),
        (lambda: AttentionHeads(heads() * np.nan, list("abcd")), "between 0 and 1"),
        (lambda: AttentionHeads(heads(), list("abcd"), mask=np.ones((4, 4))), "a bool array of shape"),
        (lambda: AttentionHeads(np.full((1, 1, 300, 300), 1 / 300), ["t"] * 300), "1 to 256 tokens"),
    ],
)  # fmt: skip
def test_heads_refuses_with_a_sentence(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()


def test_heads_says_what_it_shows_and_keeps_to_what_there_is():
    array = np.zeros((1, 2, 2, 2), np.float32)
    array[0, 1] = [[0.25, 0.75], [1, 0]]
    shown = AttentionHeads(array, ["a", "b"], head=1)
    assert "On average it looks most at “a”: 0.63" in repr(shown) or "“a”: 0.62" in repr(shown)
    shown.query = 0
    assert "“a” looks most at “b” 0.75, “a” 0.25" in repr(shown)
    for name, value in [("layer", 1), ("head", 2), ("query", 2), ("layer", -1)]:
        with pytest.raises(traitlets.TraitError, match=f"The {name} is from 0"):
            setattr(shown, name, value)
    boxes = [box for box in picture(shown).iter(SVG + "rect") if box.get("fill") == "#0072b2"]
    assert [float(box.get("fill-opacity")) for box in boxes] == [0.25, 0.75, 1.0]


@pytest.mark.parametrize("name", ["bert", "gpt", "t5"])
def test_heads_of_the_shipped_models(name):
    from course import load_model, load_tokenizer

    model = load_model(name)
    before = model.config._attn_implementation
    shown = AttentionHeads.of(model, load_tokenizer(name), "Ada plays the violin.")
    assert np.allclose(shown.weights().sum(-1), 1, atol=0.05) and model.config._attn_implementation == before
    if name == "gpt":
        assert not np.triu(shown.weights()[0, 0], 1).any(), "a causal model"


@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("name", ["bert", "gpt", "t5"])
def test_explorer_of_a_model_shows_what_its_head_does(name, layer):
    """Scores under the model's own mask give its own weights; and they are there, and differ, where that mask hides a key."""
    from course import load_model, load_tokenizer

    model, tokenizer, text = (
        load_model(name).train(),
        load_tokenizer(name),
        "Ada plays the violin. Bo plays the harp.",
    )
    before = model.config._attn_implementation
    weights, tokens = weights_of(model, tokenizer, text)
    explorer = MaskExplorer.of(model, tokenizer, text, layer=layer, head=1)
    scores = np.frombuffer(explorer._scores, "<f4").reshape(len(tokens), len(tokens))
    allowed = np.where(explorer.mask, np.exp(scores), 0)
    assert np.allclose(allowed / allowed.sum(1, keepdims=True), weights[layer][0, 1].numpy(), atol=1e-5)
    assert len(np.unique(scores[0].round(3))) > len(tokens) // 2, "scores to all keys, also hidden ones"
    assert (
        str(explorer.expressed) == ("causal" if name == "gpt" else "fully_visible")
        and explorer.panel == "scores"
    )
    assert explorer.tokens == tokens and model.training and model.config._attn_implementation == before
    other = MaskExplorer.of(
        model, tokenizer, text, mask="padding(4)", layer=layer, head=1, panel="code", layers=3
    )
    assert other._scores == explorer._scores and (other.panel, other.layers) == ("code", 3)
    with pytest.raises(IndexError, match=r"layers of \d heads, from 0; you asked for layer 9, head 0"):
        MaskExplorer.of(model, tokenizer, text, layer=9)


# The ELMo reader ----------------------------------------------------------------------------------------------------


def test_reader_says_what_each_has_read_and_expects():
    reader = ElmoReader("we were on the", ahead=[[("x", 0.5)]] * 4, back=[[("y", 1 / 3)]] * 4, position=1)
    assert "the reader from the left has read “we were” and guesses the next word: x 0.50" in repr(reader)
    assert "the reader from the right has read “the on were” and guesses the word before: y 0.33." in repr(
        reader
    )
    boxes = [box for box in picture(reader).iter(SVG + "rect") if box.get("rx")]
    assert len(boxes) == 2 + 3, "two words read from the left, three from the right"
    assert reader.nearest() == [] and "shares" not in repr(reader)


def test_reader_mixes_layers():
    states = np.zeros((2, 3, 2), np.float32)
    states[0] = [[1, 0], [1, 0], [0, 1]]
    states[1] = [[1, 0], [0, 1], [1, 0]]
    reader = ElmoReader(["a", "b", "c"], states=states)
    assert reader.nearest() == [(1, pytest.approx(0.5**0.5)), (2, pytest.approx(0.5**0.5))]
    reader.weights = [4.0, -4.0]
    assert reader.nearest()[0][0] == 1 and reader.shares().tolist() == pytest.approx([1, 0], abs=1e-3)
    reader.gamma = 3.0
    assert reader.nearest()[0] == (1, pytest.approx(1.0, abs=1e-3)), "gamma changes lengths, not angles"


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: ElmoReader(""), "no word in this text"),
        (lambda: ElmoReader("word " * 61), "at most 60 tokens; yours has 61"),
        (lambda: ElmoReader("a b", ahead=[[]]), "at each of 2 places; yours has 1"),
        (
            lambda: ElmoReader("a b", states=np.ones((3, 5, 2))),
            r"these 2 tokens; yours have the shape \(3, 5, 2\)",
        ),
        (lambda: ElmoReader("a b", states=np.full((1, 2, 2), np.inf)), "finite numbers"),
    ],
)
def test_reader_refuses_with_a_sentence(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()


def test_reader_keeps_to_what_there_is():
    reader = ElmoReader("a b", states=np.ones((2, 2, 2)))
    for name, value, sentence in [("position", 2, "from 0 to 1"), ("weights", [0.0], "each of 2 layers"), ("weights", [0.0, 9.0], "from -4 to 4"), ("gamma", 0.0, "gamma is from 0.1")]:  # fmt: skip
        with pytest.raises(traitlets.TraitError, match=sentence):
            setattr(reader, name, value)


def test_reader_of_the_shipped_elmo():
    """Each reader's guesses at a place do not change with what it has not read."""
    from course import load_model, load_tokenizer

    parts, tokenizer = load_model("elmo"), load_tokenizer("elmo")
    one = ElmoReader.of(parts, tokenizer, "The dog sleeps in the garden.", position=3)
    two = ElmoReader.of(parts, tokenizer, "The dog sleeps in the kitchen.", position=3)
    n = next(i for i, (a, b) in enumerate(zip(one.tokens, two.tokens, strict=False)) if a != b)
    assert (
        one._expected["ahead"][:n] == two._expected["ahead"][:n]
        and one._expected["back"][0] != two._expected["back"][0]
    )
    assert len(one.weights) == 3 and all(len(some) == 3 for some in one._expected["back"])


def test_beside_shows_both_pictures_and_both_sentences():
    row = beside(MaskExplorer("a b", "causal"), MaskExplorer("c d e", "fully_visible"))
    data = row._repr_mimebundle_()
    assert data["text/html"].count("<img") == 2 and "application/vnd.jupyter.widget-view+json" in data
    for said in ("causal, of 2 tokens", "fully_visible, of 3 tokens"):
        assert said in data["text/html"] and said in data["text/plain"] and said in repr(row)
    shown = {each.model_id for each in (row, *row.children)}
    row.close()
    assert len(shown) == 3 and not shown & set(_instances)


# The gallery --------------------------------------------------------------------------------------------------------


def test_every_visualiser_is_in_the_gallery(tmp_path):
    gallery.build(tmp_path)
    made = {type(shown.make()).__name__ for shown in gallery.GALLERY}
    assert made == VISUALISERS
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    for shown in gallery.GALLERY:
        page = (tmp_path / f"{shown.stem}.html").read_text(encoding="utf-8")
        assert f'href="{shown.stem}.html"' in index and "__" not in page.split("<script")[0]
        assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", page + index)
