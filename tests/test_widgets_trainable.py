"""The Python side of chapter 6's visualiser: a model's parts, what learns in each regime against torch itself, measures, pictures."""

import copy
import gc
import math
import re
import weakref
import xml.etree.ElementTree as ET

import pytest
import torch
import traitlets
import transformers
from torch import nn

from course import load_model, load_tokenizer
from course.widgets import TrainableView, base, measures, parts, regimes, trainable_picture, trainable_view
from tests.test_widgets import SVG, picture

# "adapters" adds to the model: it is tested with the encoder-decoders, in test_widgets_adapters.py
ALL = tuple(name for name in regimes.REGIMES if name != "adapters")
NASTY = ["<script>alert(1)</script>", "a&b", "\"'>", "שלום", "🦊", "\x00", "\u202eturned", " "]
NAMES = ["embeddings", "block 1", "block 2", "block 3", "ln", "pooler", "classifier"]


@pytest.fixture(scope="module")
def shipped():
    torch.manual_seed(0)  # the head starts at random
    return load_model("bert", head="classification", num_labels=2, hidden_dropout_prob=0.1)


@pytest.fixture
def bert(shipped):
    """The shipped BERT with a head and with dropout, in evaluation mode; everything learns."""
    return copy.deepcopy(shipped)


@pytest.fixture(scope="module")
def batch():
    given = load_tokenizer("bert")(["Ada plays the violin.", "Bo sings."], return_tensors="pt", padding=True)
    return {**given, "labels": torch.tensor([0, 1])}


def empty(name, **options):
    """A model of transformers that has names and shapes, and no numbers."""
    cls = getattr(transformers, name)
    with torch.device("meta"):
        return cls(cls.config_class(**options))


class Classifier(nn.Module):
    """As a student may write it: the head is registered before the encoder."""

    def __init__(self, encoder):
        super().__init__()
        self.head = nn.Linear(64, 2)
        self.encoder = encoder


def size(model):
    return sum(parameter.numel() for parameter in model.parameters())


def rows(model, **options):
    return [(part.name, part.role, part.level) for part in parts.parts_of(model, **options)]


# The parts ------------------------------------------------------------------------------------------------------------


def test_parts_of_the_shipped_bert(bert):
    found = parts.parts_of(bert)
    assert [part.name for part in found] == NAMES
    assert [part.level for part in found] == [4, 3, 2, 1, 1, 1, 0]
    assert [part.role for part in found] == ["", "block", "block", "block", "", "", "head"]
    for part in found:
        module = bert.get_submodule(part.path)
        assert part.count == size(module) and part.kind == type(module).__name__
        assert [t.name for t in part.tensors] == [f"{part.path}.{n}" for n, _ in module.named_parameters()]
    assert sum(part.count for part in found) == size(bert)


@pytest.mark.parametrize(
    ("name", "options", "first", "blocks", "heads"),
    [
        ("BertForSequenceClassification", {"num_hidden_layers": 3}, "embeddings", 3, ["classifier"]),
        ("RobertaForSequenceClassification", {"num_hidden_layers": 2}, "embeddings", 2, ["classifier"]),
        ("DistilBertForSequenceClassification", {"n_layers": 2}, "embeddings", 2, ["pre_classifier", "classifier"]),
        ("BertForMaskedLM", {"num_hidden_layers": 2}, "embeddings", 2, ["cls"]),
        ("T5EncoderModel", {"num_layers": 2}, "shared", 2, []),
        ("T5ForSequenceClassification", {"num_layers": 2}, "shared", 4, ["classification_head"]),
        ("AlbertForSequenceClassification", {}, "embeddings", 1, ["classifier"]),
        ("GPT2ForSequenceClassification", {"n_layer": 2}, "wte", 2, ["score"]),
    ],
)  # fmt: skip
def test_families_need_not_be_known(name, options, first, blocks, heads):
    model = empty(name, **options)
    found = parts.parts_of(model)
    assert found[0].name == first and [part.name for part in found if part.role == "head"] == heads
    assert [part.role for part in found].count("block") == blocks
    assert sum(part.count for part in found) == size(model), "tied tensors count once"
    assert len({part.name for part in found}) == len(found)
    levels = [part.level for part in found]
    assert levels == sorted(levels, reverse=True) and set(levels) == set(range(blocks + 1 + bool(heads)))
    assert TrainableView(model).parts[0]["count"] == found[0].count


def test_a_head_of_the_students_own_is_on_top_wherever_it_is_registered():
    model = Classifier(load_model("bert"))
    assert rows(model)[0] == ("embeddings", "", 4) and rows(model)[-1] == ("head", "head", 0)
    model.scale = nn.Parameter(torch.ones(3))
    assert [name for name, role, _ in rows(model) if role == "head"] == ["Classifier", "head"]
    assert sum(part.count for part in parts.parts_of(model)) == size(model)
    assert [n for n, role, _ in rows(model, head="encoder.pooler") if role == "head"] == ["pooler"]


def test_plain_modules_are_their_children():
    plain = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Dropout(0.5), nn.Linear(3, 2))
    assert rows(plain) == [("0", "", 1), ("3", "head", 0)]
    assert [part.mode for part in parts.parts_of(plain)] == ["train", "dropout on"], "it goes into the next"
    assert rows(nn.Linear(2, 3)) == [("Linear", "head", 0)]
    layer = nn.TransformerEncoderLayer(8, 2, batch_first=True)
    assert rows(nn.TransformerEncoder(layer, 2)) == [("block 1", "block", 1), ("block 2", "block", 0)]
    two = nn.ModuleDict({side: nn.ModuleList([nn.Linear(2, 2)] * 1) for side in ("left", "right")})
    assert [name for name, _, _ in rows(two)] == ["left block 1", "right block 1"]


def test_dropout_that_drops_nothing_is_none():
    modes = lambda model: [part.mode for part in parts.parts_of(model)]  # noqa: E731
    assert modes(load_model("bert", head="classification").train()) == ["train"] * 7
    assert modes(nn.LSTM(2, 2, num_layers=2, dropout=0.5)) == ["dropout on"], (
        "one that is no layer of its own"
    )
    assert modes(nn.LSTM(2, 2, num_layers=2)) == ["train"]


def test_what_stands_twice_counts_once_and_is_named():
    block = nn.Linear(3, 3)
    (one,) = parts.parts_of(nn.ModuleList([block] * 12))
    assert one.count == 12 and one.tensors[0].also == [f"{i}.weight" for i in range(1, 12)]
    assert one.own == one.tensors
    tied = TrainableView(empty("BertForMaskedLM", num_hidden_layers=1)).parts
    (shared,) = (tensor for tensor in tied[-1]["tensors"] if tensor["shared"])
    assert (shared["shared"], shared["count"], shared["name"]) == (
        "bert.embeddings",
        0,
        "cls.predictions.decoder.weight",
    )
    assert tied[0]["tensors"][0]["also"] == ["cls.predictions.decoder.weight"]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: TrainableView({}), "takes a model, that is a torch.nn.Module; you gave a dict"),
        (lambda: TrainableView(nn.Linear), "you gave the class Linear, not a model made of it"),
        (lambda: TrainableView(nn.ReLU()), "has no parameters"),
        (lambda: TrainableView(nn.LazyLinear(3)), "have no shape yet"),
        (lambda: TrainableView(nn.ModuleList(nn.Linear(1, 1) for _ in range(81))), "room for 80 parts; this model has 81"),
        (lambda: TrainableView(nn.Linear(1, 1), head="x"), "no part 'x' that could be the head"),
        (lambda: TrainableView(nn.Linear(1, 1), head=3), "the name of a part, or a list of names; you gave 3"),
        (lambda: TrainableView(nn.Linear(1, 1), "frozen"), "a list of names"),
        (lambda: TrainableView(nn.Linear(1, 1), ["cold"]), "no regime 'cold'; there are scratch, frozen"),
        (lambda: TrainableView(nn.Linear(1, 1), ALL), "At most 5 regimes"),
        (lambda: TrainableView(nn.Linear(1, 1), ["frozen"] * 2), "each once; you gave frozen, frozen"),
        (lambda: TrainableView(nn.Linear(1, 1), rates={"cold": 1}), "The rates are {regime: learning rate}"),
        (lambda: TrainableView(nn.Linear(1, 1), rates={"frozen": -1}), "a number from 0; for 'frozen' you gave -1"),
        (lambda: TrainableView(nn.Linear(1, 1), rates={"frozen": math.nan}), "you gave nan"),
        (lambda: TrainableView(nn.Linear(1, 1), factor=0), "from 0.05 to 1; you gave 0"),
        (lambda: TrainableView(nn.Linear(1, 1), factor="0.5"), "you gave '0.5'"),
        (lambda: TrainableView(nn.Linear(1, 1), optimizer="AdamW"), "one of torch.optim; you gave a str"),
    ],
)  # fmt: skip
def test_view_refuses_with_a_sentence(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()


# What learns ----------------------------------------------------------------------------------------------------------


def prepare(model, name, epoch):
    """The regime by hand, from the names of this BERT's parameters: what the view says is checked against what torch then does."""
    thawed = {1: "classifier", 2: "layer.2|encoder.ln|pooler", 3: "layer.1", 4: "layer.0", 5: "embeddings"}
    for key, parameter in model.named_parameters():
        parameter.requires_grad_(
            {
                "frozen": key.startswith("classifier"),
                "biases": key.startswith("classifier") or key.endswith("bias"),
                "unfreezing": any(re.search(thawed[e], key) for e in range(1, epoch + 1)),
            }.get(name, True)
        )


@pytest.mark.parametrize(("name", "epoch"), [(name, 1) for name in ALL] + [("unfreezing", e) for e in (2, 3, 4, 5)])  # fmt: skip
def test_each_regime_is_what_torch_does(bert, batch, name, epoch):
    prepare(bert, name, epoch)
    carries = {}  # does a gradient come to the output of this part?
    found = parts.parts_of(bert)
    for part in found:

        def note(module, given, out, part=part):
            out = out[0] if isinstance(out, tuple) else out
            carries[part.name] = out.requires_grad

        bert.get_submodule(part.path).register_forward_hook(note)
    view = TrainableView(bert, [name])
    view.epoch = epoch
    told, now = view._shown(name), view._shown("now")
    assert {k: told[k] for k in told if k != "said"} == {k: now[k] for k in now if k != "said"}

    optimizer = torch.optim.AdamW([p for p in bert.parameters() if p.requires_grad])
    bert(**batch).loss.backward()
    optimizer.step()
    moving = [[tensor.parameter.grad is not None for tensor in part.own] for part in found]
    for part, state, own in zip(found, told["states"], moving, strict=True):
        assert carries[part.name] == (state != "none"), (part.name, state)
        # (a token type that no text has still gets a gradient, of zeros)
        assert state == ("all" if all(own) else "some" if any(own) else state)
        assert (state in ("all", "some")) == any(own)
    learn = [p for p in bert.parameters() if p.grad is not None]
    assert told["count"] == sum(p.numel() for p in learn)
    kept = sum(s[k].numel() for s in optimizer.state.values() for k in ("exp_avg", "exp_avg_sq"))
    assert told["kept"] == kept
    assert told["reach"] == next(i for i, own in enumerate(moving) if any(own))
    if name not in ("scratch", "layerwise", "fine-tuned", "frozen"):
        assert f"the backward pass ends at {found[told['reach']].name}." in told["said"]


def test_rates_shrink_a_factor_a_level(bert):
    view = TrainableView(bert, ["layerwise", "frozen"], rates={"layerwise": 1e-3}, factor=0.5)
    shown = [view._rate("layerwise", part) for part in view.parts]
    assert shown == ["6.3e-5", "1.3e-4", "2.5e-4", "5e-4", "5e-4", "5e-4", "1e-3"]
    assert "With a factor of 0.5 the rate falls from 1e-3 at the top to 6.3e-5 at the input." in repr(view)
    view.factor = 1.0
    assert {view._rate("layerwise", part) for part in view.parts} == {"1e-3"}
    assert view._rate("frozen", view.parts[-1]) == "1e-3" and regimes.rate_text(0) == "0"


@pytest.mark.parametrize(
    ("count", "total", "text"),
    [(0, 10, "0 %"), (10, 10, "100 %"), (1, 1000, "0.10 %"), (130, 273282, "0.048 %"), (1, 3, "33.3 %"), (99_999, 100_000, "99.9 %"), (1, 10**7, "0.000010 %")],
)  # fmt: skip
def test_shares_say_all_only_of_all(count, total, text):
    assert regimes._percent(count, total) == text


def test_a_model_without_a_head_says_so():
    view = TrainableView(load_model("bert"), ["frozen", "unfreezing"])
    assert view._shown("frozen")["count"] == 0 and "This model has no head" in repr(view)
    view.column = "unfreezing"
    assert "block 3, ln, pooler" in repr(view) and view._plan["unfreezing"]["epochs"][-1]["share"] == "100 %"
    t5 = TrainableView(empty("T5ForSequenceClassification", num_layers=1), ["biases"])
    assert "Below the head there is no bias, so the head alone learns." in repr(t5)


# Now ------------------------------------------------------------------------------------------------------------------


def now(view):
    view.column = "now"
    view.refresh()
    return view._shown("now")["said"]


def test_now_is_read_again_when_the_view_is_shown(bert):
    view = TrainableView(bert)
    view.column = "now"
    assert view._shown("now")["share"] == "100 %"
    bert.bert.requires_grad_(False)
    assert "classifier. 1 of 7 parts learn." in view._repr_mimebundle_()[0]["text/plain"]
    assert [part["mode"] for part in view.parts] == ["dropout off"] * 4 + ["eval"] * 2 + ["dropout off"]
    bert.train()
    assert '"dropout on"' in view._page()
    bert.classifier.requires_grad_(False)
    assert "Nothing learns" in repr(view)
    assert [part["mode"] for part in view.parts] == ["dropout on"] * 4 + ["train"] * 2 + ["dropout on"]


def test_now_names_the_mistakes(bert):
    view = TrainableView(bert)
    bert.train()
    assert "dropout" not in now(view), "where the encoder learns, dropout belongs there"
    bert.bert.requires_grad_(False)
    assert "Below the head all is frozen, but dropout is on in 4 parts" in now(view)
    bert.bert.eval()
    assert "dropout" not in now(view)
    bert.bert.embeddings.train()
    assert "dropout is on in 1 part:" in now(view)
    bert.classifier.requires_grad_(False)
    assert now(view).startswith("Nothing learns: no tensor has requires_grad=True")
    bert.bert.pooler.dense.bias.requires_grad_(True)
    assert now(view) == (
        "1 of 7 parts learn, 1 of them in part. The backward pass ends at pooler. The head does not learn: it stays as it was made."
    )
    assert view._shown("now")["states"] == ["none"] * 5 + ["some", "passes"]


def test_now_shows_what_the_optimizer_has(bert):
    blocks = bert.bert.encoder.layer
    groups = [{"params": blocks[i].parameters(), "lr": 10.0 ** (i - 5)} for i in range(3)]
    optimizer = torch.optim.AdamW([*groups, {"params": [bert.bert.pooler.dense.weight], "lr": 3e-4}])
    optimizer.add_param_group({"params": [bert.bert.pooler.dense.bias], "lr": 1e-4})
    view = TrainableView(bert, optimizer=optimizer)
    assert [part["rate"] for part in view.parts] == [
        "no rate", "1e-5", "1e-4", "1e-3", "no rate", "1e-4 to 3e-4", "no rate",
    ]  # fmt: skip
    assert "was not given 7 of the tensors that learn: they stay as made" in now(view)
    given = sum(p.numel() for group in optimizer.param_groups for p in group["params"])
    assert view._shown("now")["kept"] == 2 * given and view._shown("now")["count"] == size(bert)
    bert.bert.embeddings.requires_grad_(False)
    bert.bert.encoder.ln.requires_grad_(False)
    bert.classifier.weight.requires_grad_(False)
    assert "was not given 1 of the tensors that learn: it stays as made" in now(view)


def test_another_stack_forgets_what_was_measured(bert, batch):
    view = TrainableView(bert, ["unfreezing"]).measure(bert(**batch).loss)
    view.part, view.epoch = 6, 5
    bert.bert.encoder.layer = bert.bert.encoder.layer[:2]
    sent = []
    view.send_state = lambda names: sent.append(set(names))
    view.refresh()
    (together,) = sent
    assert {"part", "epoch", "parts", "_plan", "_bars"} <= set(together), (
        "or a view draws new parts under an old plan"
    )
    assert (view.part, view.epoch, view.measured, view._bars) == (-1, 4, {}, [])
    assert len(view.parts) == 6 and len(view._plan["unfreezing"]["epochs"]) == 4


def test_a_closed_view_lets_go_of_the_model():
    model = nn.Linear(2, 2)
    view, gone = TrainableView(model), weakref.ref(model)
    view.close()
    del model
    gc.collect()
    assert gone() is None and "1 part with 6 parameters" in repr(view)
    with pytest.raises(ValueError, match="This view is closed"):
        view.measure()


# Measures -------------------------------------------------------------------------------------------------------------


def test_measure_is_the_norm_of_the_gradient_and_changes_nothing(bert, batch):
    view = TrainableView(bert)
    loss = bert(**batch).loss
    assert view.measure(loss) is view
    found = view.measured["gradient"]
    assert all(p.grad is None for p in bert.parameters())
    loss.backward()
    for part in parts.parts_of(bert):
        flat = torch.cat([p.grad.flatten() for p in bert.get_submodule(part.path).parameters()])
        assert found[part.name] == pytest.approx(flat.norm().item(), rel=1e-4)
    view.measure()
    assert view.measured["gradient"] == pytest.approx(found, rel=1e-5)
    bert.zero_grad()
    bert.bert.requires_grad_(False)
    assert [*view.measure(bert(**batch).loss).measured["gradient"].values()][:6] == [None] * 6
    assert [text for _, text in view._bars[0]["bars"]][:6] == ["none"] * 6


def test_measure_takes_sparse_and_strange_gradients():
    model = nn.ModuleDict({"table": nn.Embedding(9, 2, sparse=True), "head": nn.Linear(2, 1)})
    out = model["head"](model["table"](torch.tensor([3, 3, 4])).sum(0))
    view = TrainableView(model, []).measure(out.sum())
    weight = model["head"].weight.detach()
    assert view.measured["gradient"]["table"] == pytest.approx(math.sqrt(5) * weight.norm().item(), rel=1e-5)
    model["head"].weight.grad = torch.full_like(weight, math.nan)
    model["table"].weight.grad = torch.zeros(9, 2)
    view.measure()
    assert view._bars[0]["bars"] == [(0.0, "0"), (0.0, "not a number")]


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda view, loss: view.measure(), "No part has a gradient: call loss.backward"),
        (lambda view, loss: view.measure(0.5), "a tensor with one number; you gave a float"),
        (lambda view, loss: view.measure(torch.zeros(2)), r"you gave a tensor of shape \(2,\)"),
        (lambda view, loss: view.measure(loss.detach()), "hangs on nothing that learns"),
        (lambda view, loss: loss.backward() or view.measure(loss), "has been through backward"),
        (lambda view, loss: torch.no_grad()(view._model[2].weight.add_)(1) is None or view.measure(loss), "is of the model before its last step"),
        (lambda view, loss: view.compare([]), "takes a state dict, a copy of model.state_dict.*you gave a list"),
        (lambda view, loss: view.compare({}), "no whole part of the model"),
        (lambda view, loss: view.compare(view._model.state_dict()), "is no copy: its tensors are the model's own"),
        (lambda view, loss: view.compare({"0.weight": torch.zeros(2, 2)}), r"0.weight has the shape \(3, 2\) .* \(2, 2\)"),
        (lambda view, loss: TrainableView(empty("T5EncoderModel")).measure(), "made without its weights"),
    ],
)  # fmt: skip
def test_measures_refuse_with_a_sentence(act, sentence):
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
    with pytest.raises(ValueError, match=sentence):
        act(TrainableView(model), model(torch.ones(2)).square().sum())


def test_compare_is_the_way_of_each_part_in_its_own_norm(bert):
    before = copy.deepcopy(bert.state_dict())
    with torch.no_grad():
        for parameter in bert.bert.encoder.layer[1].parameters():
            parameter.mul_(1.25)
        bert.classifier.weight.add_(1)
    view = TrainableView(bert)
    found = view.compare(before).measured["moved"]
    way, norm = (
        math.sqrt(128),
        math.sqrt(sum(t.square().sum() for k, t in before.items() if "classifier" in k)),
    )
    assert found["block 2"] == pytest.approx(0.25, rel=1e-5)
    assert found["classifier"] == pytest.approx(way / norm, rel=1e-5)
    assert [found[name] for name in NAMES if name not in ("block 2", "classifier")] == [0] * 5
    assert view._bars[0]["bars"][2][1] == "25 %" and view._bars[0]["bars"][0] == (0.0, "0 %")
    del before["classifier.bias"]
    assert view.compare(before).measured["moved"]["classifier"] is None
    model = nn.Linear(2, 2, bias=False)
    zeros = {"weight": torch.zeros(2, 2)}
    assert TrainableView(model, []).compare(zeros)._bars[0]["bars"] == [(0.0, "infinite")]


def test_bars_state_their_scale():
    log = measures.bars("gradient", [0.001, 0.1, 30.0, None, 0.0, math.inf])
    assert log["scale"] == "log scale, 10⁻³ to 10²"
    lengths, texts = zip(*log["bars"], strict=True)
    assert lengths == pytest.approx((0.02, 0.4, (3 + math.log10(30)) / 5, 0, 0, 0))
    assert texts == ("0.0010", "0.10", "30", "none", "0", "infinite")
    linear = measures.bars("moved", [0.001, 0.5, 2.0])
    assert linear["scale"] == "0 to 200 % of its norm"
    assert linear["bars"] == [(0.02, "0.10 %"), (0.25, "50 %"), (1.0, "200 %")]
    assert measures.bars("gradient", [None])["scale"] == "log scale, 10⁻¹ to 1"
    assert measures.bars("gradient", [2e-7])["bars"][0][1] == "2.0e-7"


# The picture and what is shared with it ------------------------------------------------------------------------------


def test_view_can_be_steered_from_python(bert):
    view = TrainableView(bert, ["frozen", "unfreezing"])
    view.set_state({"column": "now", "part": 6, "epoch": 5, "factor": 0.35})  # as a front end sends it
    assert (view.column, view.part, view.epoch, view.factor) == ("now", 6, 5, 0.35)
    for name, value in [("column", "scratch"), ("part", 7), ("part", -2), ("epoch", 0), ("epoch", 6), ("factor", 0.01),
                        ("factor", 1.1), ("parts", []), ("regimes", [])]:  # fmt: skip
        with pytest.raises(traitlets.TraitError):
            setattr(view, name, value)
    assert TrainableView(bert, []).column == "now"


@pytest.mark.parametrize("column", [*ALL, "now"])
def test_static_picture_is_that_of_the_state(bert, batch, column):
    given = ["frozen", "biases", "unfreezing", column] if column in ("scratch", "fine-tuned") else ["frozen", "biases", "unfreezing", "layerwise"]  # fmt: skip
    bert.bert.embeddings.requires_grad_(False)
    view = TrainableView(bert, given).measure(bert(**batch).loss)
    view.column, view.epoch, view.part = column, 3, 2
    root, said = picture(view), view._alt()
    assert root.find(SVG + "desc").text == said
    # The marks between the head and the foot, by column and row, from where they stand.
    foot = trainable_picture._HEAD + trainable_picture._ROW * 7
    found = {}
    for box in root.iter(SVG + "rect"):
        if box.get("height") == "12" and float(box.get("y")) < foot and box.get("fill-opacity") == "1":
            found.setdefault(float(box.get("y")), []).append((float(box.get("x")), float(box.get("width"))))
    ways = [re.match(r"M\S+ (\S+)V", path.get("d")) for path in root.iter(SVG + "path")]
    for row, i in enumerate(reversed(range(7))):
        states = [view._shown(name)["states"][i] for name in ("now", *given)]
        marks = [{"all": 14.0, "some": 7.0}[state] for state in states if state in ("all", "some")]
        widths = [width for _, width in sorted(found.get(trainable_picture._HEAD + 26 * row + 7.0, []))]
        assert widths == pytest.approx(
            marks[: states[0] in ("all", "some")]
            + [view._bars[0]["bars"][i][0] * 90] * (view._bars[0]["bars"][i][0] > 0)
            + marks[states[0] in ("all", "some") :],
            abs=1e-3,
        )
        rings = [c for c in root.iter(SVG + "circle") if float(c.get("cy")) == 44 + 26 * row + 13]
        down = [way for way in ways if way and float(way[1]) == 44 + 26 * row]
        assert len(down) == sum(state != "none" for state in states), "the line of the gradient"
        assert len(rings) == sum(state in ("passes", "none") for state in states)
    texts = [text.text for text in root.iter(SVG + "text")]
    assert [text for text in texts if text in NAMES] == NAMES[::-1], "the input is at the foot"
    for name in ("now", *given):
        shown = view._shown(name)
        assert {f"{shown['count']:,}", shown["share"], f"{shown['kept']:,}"} <= set(texts)
    grounds = [box for box in root.iter(SVG + "rect") if box.get("fill-opacity") == "0.18"]
    assert len(grounds) == 1, "the chosen column"
    title = next(text for text in root.iter(SVG + "text") if text.text == view._plan[column]["title"])
    assert float(grounds[0].get("x")) == float(title.get("x")) - 4
    if column == "biases":
        assert (
            "head + biases: 2,370 learn (0.87 %): block 1 in part, block 2 in part, block 3 in part, ln in part, pooler in part, classifier."
            in said
        )
    assert "Gradient norm: embeddings none, block 1 " in said


def test_a_bundle_holds_the_view_the_picture_and_the_words(bert, tmp_path):
    view = TrainableView(bert)
    data, _ = view._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == view.model_id
    assert data["text/plain"] == repr(view) and "\n" not in repr(view)
    assert picture(view).get("role") == "img" and picture(view).get("aria-label").endswith(view._alt())
    page = view.save(tmp_path / "page.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert set(re.findall(r"https?://[^\s\"'<]+", page)) <= {"http://www.w3.org/2000/svg"}


def nasty():
    model = nn.ModuleDict({name: nn.Linear(1, 1) for name in NASTY})
    model["x" * 5_000] = nn.Linear(1, 1)
    return model


def test_what_a_module_is_called_is_text_in_every_static_form(tmp_path):
    view = TrainableView(nasty())
    texts = " ".join(text.text for text in picture(view).iter(SVG + "text"))
    assert "a&b" in texts and "<script>alert(1)" in texts and "\u202e" not in texts + repr(view)
    page = view.save(tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page and max(map(len, (part["name"] for part in view.parts))) <= 100


def test_the_static_picture_is_such_as_a_graded_notebook_keeps(bert, batch):
    from autograder import drawings

    large = nn.ModuleDict(
        {"stack": nn.ModuleList(nn.Linear(1, 1) for _ in range(79)), "head": nn.Linear(1, 1)}
    )
    for view in (TrainableView(bert).measure(bert(**batch).loss), TrainableView(large)):
        again, words = drawings._redrawn(view._svg())
        ours = [element.tag for element in ET.fromstring(view._svg()).iter()]
        kept = [element.tag for element in ET.fromstring(again).iter()]
        assert len(kept) == len(ours) + 1 and view._alt() in words, "with its ground, and no shape lost"


def test_module_stays_small_and_plain():
    text = base._read("base.js") + base._read("trainable_view.js")
    assert len(text.encode()) <= 60_000
    assert "innerHTML" not in text and not re.search(r"^import\b", text, re.MULTILINE)


def test_no_public_name_answers_a_lab(bert):
    """Labs 06 and 09 ask for `freeze`, `layerwise_learning_rates`, `gradual_unfreezing`: a view tells what is, and changes nothing."""
    public = set()
    for module in (parts, regimes, measures, trainable_picture, trainable_view):
        own = {k for k, v in vars(module).items() if getattr(v, "__module__", "") == module.__name__}
        public |= {name for name in own if not name.startswith("_")}
    assert public == {
        "Part", "Tensor", "parts_of", "column", "epochs_of", "rate_text", "own_of", "gradient_norms", "ways", "bars", "draw",
        "TrainableView",
    }  # fmt: skip
    before = copy.deepcopy(bert.state_dict())
    flags = [(p.requires_grad, p.grad) for p in bert.parameters()], [m.training for m in bert.modules()]
    view = TrainableView(bert, ALL[1:])
    for name in ALL[1:]:
        view.column = name
        view._repr_mimebundle_()
    assert flags == (
        [(p.requires_grad, p.grad) for p in bert.parameters()],
        [m.training for m in bert.modules()],
    )
    assert all(torch.equal(before[key], tensor) for key, tensor in bert.state_dict().items())
