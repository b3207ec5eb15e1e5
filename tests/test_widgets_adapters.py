"""What learns, in chapter 9: adapters, those that a regime would add and those that are there, and encoder-decoders, against torch itself."""

import copy
import re

import pytest
import torch
import traitlets
import transformers
from torch import nn

from course import load_model, load_tokenizer
from course.widgets import TrainableView, bottlenecks, parts, regime_words, regimes, stacks
from tests.test_widgets import SVG, picture

T5 = ["shared table", "encoder block 1", "encoder block 2", "encoder block 3", "encoder final layer norm", "decoder block 1", "decoder block 2",
      "decoder final layer norm"]  # fmt: skip


class Adapter(nn.Module):
    def __init__(self, width, size):
        super().__init__()
        self.down, self.up = nn.Linear(width, size), nn.Linear(size, width)

    def forward(self, hidden):
        return hidden + self.up(torch.relu(self.down(hidden)))


class Lora(nn.Linear):
    """Something else that is put into a model."""


@pytest.fixture(scope="module")
def shipped():
    torch.manual_seed(0)  # the head starts at random
    return {
        "bert": load_model("bert", head="classification", num_labels=2),
        "t5": load_model("t5", head="seq2seq-lm"),
    }


@pytest.fixture
def models(shipped):
    return copy.deepcopy(shipped)


@pytest.fixture(scope="module")
def batches():
    ids = load_tokenizer("bert")(["Ada plays the violin.", "Bo sings."], return_tensors="pt", padding=True)
    words = torch.tensor([[5, 6, 7, 1], [8, 9, 1, 0]])
    return {
        "bert": {**ids, "labels": torch.tensor([0, 1])},
        "t5": {"input_ids": words, "attention_mask": words > 0, "labels": words[:, :3].clone()},
    }


def empty(name, **options):
    """A model of transformers that has names and shapes, and no numbers."""
    cls = getattr(transformers, name)
    with torch.device("meta"):
        return cls(cls.config_class(**options))


def insert(model, size):
    """One behind the dense layers of each block, by hand; returns how many."""
    if hasattr(model, "bert"):
        blocks = [(layer, "output") for layer in model.bert.encoder.layer]
        for layer, _ in blocks:
            layer.output.dense = nn.Sequential(layer.output.dense, Adapter(64, size))
    else:
        blocks = [*model.encoder.block, *model.decoder.block]
        for block in blocks:
            block.layer[-1].DenseReluDense = nn.Sequential(block.layer[-1].DenseReluDense, Adapter(96, size))
    return len(blocks)


def learns(name, key, epoch=1, size=0):
    """By the names of the parameters of the shipped models: does it learn in this regime?"""
    head = key.startswith("classifier")
    norm = re.search(r"(\bln|layer_norm)\.", key) is not None
    if name == "adapters":
        return head or norm or re.search(r"\.(down|up)\.", key) is not None
    if name == "frozen":
        return head or key == "shared.weight"
    if name == "biases":
        return head or key == "shared.weight" or key.endswith(".bias")
    if name == "unfreezing":
        opened = {1: r"shared|final_layer_norm|encoder.block.2|decoder.block.1", 2: r"encoder.block.1|decoder.block.0", 3: r"encoder.block.0"}  # fmt: skip
        return any(re.search(opened[e], key) for e in range(1, epoch + 1))
    return True


def told_by_torch(model, batch, found):
    """After a step of what learns: for each part whether a gradient came to what it gives out; the numbers that learn, and those AdamW keeps."""
    carries = {}
    for part in found:

        def note(module, given, out, name=part.name):
            out = out[0] if isinstance(out, tuple) else out
            carries[name] = carries.get(name, False) or out.requires_grad

        for path in {part.path, "encoder.embed_tokens"} if part.path == "shared" else {part.path}:
            model.get_submodule(path).register_forward_hook(note)
    optimizer = torch.optim.AdamW([one for one in model.parameters() if one.requires_grad])
    model(**batch).loss.backward()
    optimizer.step()
    kept = sum(s[key].numel() for s in optimizer.state.values() for key in ("exp_avg", "exp_avg_sq"))
    return carries, sum(one.numel() for one in model.parameters() if one.grad is not None), kept


def check(view, name, model, batch):
    """The column says what torch does: the states, where the gradient ends, the numbers."""
    told, found = view._shown(name), parts.parts_of(model)
    carries, count, kept = told_by_torch(model, batch, found)
    assert (told["count"], told["kept"]) == (count, kept)
    moving = [[tensor.parameter.grad is not None for tensor in part.own] for part in found]
    for part, state, own in zip(found, told["states"], moving, strict=True):
        assert carries[part.name] == (state != "none"), (part.name, state)
        assert (state in ("all", "some")) == any(own) and (state == "all") == all(own), part.name
    assert told["reach"] == next(i for i, own in enumerate(moving) if any(own))


# Encoder-decoders -----------------------------------------------------------------------------------------------------


def test_parts_of_the_shipped_t5(models):
    found = parts.parts_of(models["t5"])
    assert [part.name for part in found] == T5
    assert [part.role for part in found] == ["table", *["block"] * 3, "", "block", "block", ""]
    assert [part.side for part in found] == ["", *["encoder"] * 3, "", "decoder", "decoder", ""]
    assert [part.opens for part in found] == [1, 3, 2, 1, 1, 2, 1, 1], "the shorter stack is open sooner"
    assert [part.level for part in found] == [5, 4, 3, 2, 2, 1, 0, 0], "the decoder stands above the encoder"
    assert sum(part.count for part in found) == sum(one.numel() for one in models["t5"].parameters())


@pytest.mark.parametrize(
    ("name", "epoch"),
    [("scratch", 1), ("frozen", 1), ("biases", 1), ("unfreezing", 1), ("unfreezing", 2), ("unfreezing", 3), ("layerwise", 1), ("fine-tuned", 1)],
)  # fmt: skip
def test_each_regime_of_a_t5_is_what_torch_does(models, batches, name, epoch):
    model = models["t5"]
    for key, parameter in model.named_parameters():
        parameter.requires_grad_(learns(name, key, epoch))
    view = TrainableView(model, [name])
    view.epoch = epoch
    told, now = view._shown(name), view._shown("now")
    assert {k: told[k] for k in told if k != "said"} == {k: now[k] for k in now if k != "said"}
    check(view, name, model, batches["t5"])


@pytest.mark.parametrize(
    ("lowest", "passes"),
    [("decoder.final_layer_norm.weight", []), ("decoder.block.1.layer.2.DenseReluDense.wo.weight", T5[7:]), ("encoder.final_layer_norm.weight", T5[5:]),
     ("encoder.block.1.layer.0.SelfAttention.q.weight", T5[3:]), ("shared.weight", T5[1:])],
)  # fmt: skip
def test_the_backward_pass_comes_to_the_encoder_through_the_decoder(models, batches, lowest, passes):
    model = models["t5"]
    for key, parameter in model.named_parameters():
        parameter.requires_grad_(key == lowest)
    view = TrainableView(model, [])
    told = view._shown("now")
    assert [name for name, state in zip(T5, told["states"], strict=True) if state == "passes"] == passes
    assert f"The backward pass ends at {T5[told['reach']]}." in told["said"]
    check(view, "now", model, batches["t5"])


@pytest.mark.parametrize(("encoder", "decoder"), [(12, 12), (4, 2), (1, 3)])
def test_unfreezing_goes_down_both_stacks_at_once(encoder, decoder):
    """As in the paper: in episode n the blocks from the n-th to the top of each stack, the shared table throughout."""
    model = empty("T5ForConditionalGeneration", num_layers=encoder, num_decoder_layers=decoder)
    view = TrainableView(model, ["unfreezing"])
    epochs = view._plan["unfreezing"]["epochs"]
    assert len(epochs) == max(encoder, decoder)
    for epoch, told in enumerate(epochs, 1):
        learning = {
            part["name"] for part, state in zip(view.parts, told["states"], strict=True) if state == "all"
        }
        both = {"encoder": encoder, "decoder": decoder}
        want = {f"{side} block {k}" for side, n in both.items() for k in range(max(1, n - epoch + 1), n + 1)}
        assert learning == want | {"shared table", "encoder final layer norm", "decoder final layer norm"}
        assert told["reach"] == 0 and set(told["states"]) <= {"all", "passes"}
        assert (
            f"In epoch {epoch} of {len(epochs)} the backward pass ends at shared table, at the input."
            in told["said"]
        )
        shorter = {"12": "", "42": "the decoder, the shorter one, is all open from epoch 2 on", "13": "the encoder, the shorter one, is all open from epoch 1 on"}  # fmt: skip
        said = shorter.get(f"{encoder}{decoder}", "")
        assert said in told["said"] and ("shorter" in told["said"]) == bool(said)
    assert epochs[-1]["share"] == "100 %"


def test_a_t5_has_no_head_of_its_own_and_says_so(models):
    view = TrainableView(models["t5"], ["frozen", "biases"])
    for name in ("frozen", "biases"):
        told = view._shown(name)
        assert (
            "It has no head of its own: its output matrix is the table of words that the input takes too (shared table)"
            in told["said"]
        )
        assert (told["count"], told["reach"]) == (
            192_000,
            0,
        ) and "goes down both stacks to the input" in told["said"]
    assert "there is no bias to learn" in view._shown("biases")["said"]
    bart = TrainableView(
        empty("BartForConditionalGeneration", encoder_layers=1, decoder_layers=1), ["biases"]
    )
    assert "so the table and the biases learn." in bart._shown("biases")["said"]


def test_other_encoder_decoders():
    rows = lambda model: [(part.name, part.role, part.opens) for part in parts.parts_of(model)]  # noqa: E731
    classifier = empty("T5ForSequenceClassification", num_layers=2)
    assert rows(classifier) == [
        ("shared", "", 4), ("encoder block 1", "block", 3), ("encoder block 2", "block", 2), ("encoder final layer norm", "", 1),
        ("decoder block 1", "block", 3), ("decoder block 2", "block", 2), ("decoder final layer norm", "", 1), ("classification_head", "head", 1),
    ]  # fmt: skip
    view = TrainableView(classifier, ["unfreezing"])
    assert "The head and the norms behind the stacks learn throughout." in view._shown("unfreezing")["said"]
    untied = empty("T5ForConditionalGeneration", num_layers=1, vocab_size=9)
    untied.lm_head = nn.Linear(512, 9, bias=False)
    assert rows(untied)[0] == ("shared", "", 3) and rows(untied)[-1] == ("lm_head", "head", 1)
    assert TrainableView(untied, ["frozen"])._shown("frozen")["count"] == 9 * 512
    bare = empty("T5Model", num_layers=1)
    assert "This model has no head" in repr(TrainableView(bare, ["frozen"]))
    assert rows(bare)[0] == ("shared", "", 2), "its own epoch: no output is known to share it"


def test_one_stack_is_none():
    for model in (load_model("bert"), load_model("gpt"), load_model("elmo"), empty("T5EncoderModel", num_layers=2)):  # fmt: skip
        found = parts.parts_of(model)
        assert stacks.stacks_of(found) == [] and {part.side for part in found} == {""}
        assert [part.opens for part in found] == [part.level + 1 for part in found]
        assert "table" not in {part.role for part in found}


# Adapters -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 32, 512])
@pytest.mark.parametrize("which", ["bert", "t5"])
def test_what_the_regime_foretells_is_what_torch_does(models, batches, which, size):
    """Told of the model without adapters; then they are put in by hand, and the names say what learns."""
    model = models[which]
    told = copy.deepcopy(TrainableView(model, ["adapters"], adapter=size)._shown("adapters"))
    width, before = (64, 273_282) if which == "bert" else (96, 697_536)
    number = insert(model, size)
    assert sum(told["added"]) == number * (2 * width * size + size + width)
    for key, parameter in model.named_parameters():
        parameter.requires_grad_(learns("adapters", key))
    view = TrainableView(model, ["adapters"], adapter=size)
    there, now = view._shown("adapters"), view._shown("now")
    for one in (there, now):
        assert {k: told[k] for k in ("states", "count", "share", "reach", "kept")} == {k: one[k] for k in ("states", "count", "share", "reach", "kept")}  # fmt: skip
        assert not any(one["added"]), "those that are there are no new ones"
    check(view, "adapters", model, batches[which])
    assert told["share"] == regimes._percent(told["count"], before + sum(told["added"]))
    text = f"2\u00a0·\u00a0{width}\u00a0·\u00a0{size} + {size} + {width} = {2 * width * size + size + width:,} new numbers"
    assert text in told["said"] and f"{sum(told['added']):,} in all" in told["said"]
    assert ("the norms and the head" in told["said"]) == (which == "bert")
    assert f"The {number} adapters that are in it learn, {sum(told['added']):,} numbers." in there["said"]
    assert f"Of its adapters' {4 * number} tensors all learn." in now["said"]
    assert len(view._plan["adapters"]["epochs"]) == 1, "nothing to slide"
    assert len({part["adapters"] for part in view.parts} - {0}) == 1
    within = [part["name"] for part in view.parts if part["adapters"]]
    assert within == [part["name"] for part in view.parts if "block" in part["name"]]


def test_every_size_of_the_slider(models):
    view = TrainableView(models["t5"], ["adapters"])
    assert view.adapter == 32 and len(view._plan["adapters"]["epochs"]) == 10
    for k in range(10):
        view.adapter = 2**k
        told = view._shown("adapters")
        assert told["added"] == [0, *[192 * 2**k + 2**k + 96] * 3, 0, *[192 * 2**k + 2**k + 96] * 2, 0]
        norms = 96 * (2 * 3 + 3 * 2 + 2)
        assert told["count"] == sum(told["added"]) + norms and told["kept"] == 2 * told["count"]


@pytest.mark.parametrize("size", [0, 48, 1024, -2, True, "32", 32.0, None])
def test_a_size_that_is_none(size):
    with pytest.raises(ValueError, match=rf"a power of two from 1 to 512; you gave {size!r}\."):
        TrainableView(nn.Linear(1, 1), adapter=size)


def test_the_size_can_be_set_from_python(models):
    view = TrainableView(models["bert"], ["adapters"], adapter=8)
    view.set_state({"adapter": 64})
    assert view.adapter == 64 and "size 64" in repr(view)
    with pytest.raises(traitlets.TraitError, match="one of 1, 2, 4"):
        view.adapter = 48
    insert(models["bert"], 4)
    view.refresh()
    view.adapter = 128
    assert "The 3 adapters that are in it learn" in repr(view), "the size is of those that are added"


def test_now_says_which_adapters_learn(models):
    model = models["t5"]
    insert(model, 4)
    model.requires_grad_(False)
    view = TrainableView(model, ["adapters"])
    now = lambda: view.refresh() or view._shown("now")["said"]  # noqa: E731
    assert now().startswith("Nothing learns")
    model.encoder.final_layer_norm.weight.requires_grad_(True)
    assert "Of its adapters' 20 tensors none learn." in now()
    model.requires_grad_(False)
    model.decoder.block[1].layer[-1].DenseReluDense[1].up.bias.requires_grad_(True)
    assert "Of its adapters' 20 tensors 1 learns." in now() and "ends at decoder block 2" in now()


def test_adapters_anywhere_are_no_blocks_and_no_head(models):
    model = models["bert"]
    model.adapters = nn.ModuleList(Adapter(64, 4) for _ in range(2))
    model.other = nn.ModuleDict({"x": Adapter(64, 4)})
    found = parts.parts_of(model)
    assert [part.name for part in found if part.adapters] == ["adapters.0", "adapters.1", "other"]
    assert {part.role for part in found if part.adapters} == {""}
    assert [part.name for part in found if part.role == "head"] == ["classifier"]
    assert [part.name for part in found if part.role == "block"] == ["block 1", "block 2", "block 3"]
    view = TrainableView(model, ["adapters", "frozen"])
    assert "The 3 adapters that are in it learn" in view._shown("adapters")["said"]
    assert view._shown("frozen")["count"] == 130
    alone = nn.Sequential(Adapter(4, 2), Lora(4, 1))
    assert [part.adapters for part in parts.parts_of(alone)] == [1, 0]
    assert "The adapter that is in it learns, 22 numbers." in repr(TrainableView(alone, ["adapters"]))


def test_where_there_is_no_place_for_an_adapter():
    said = lambda model: TrainableView(model, ["adapters"])._shown("adapters")["said"]  # noqa: E731
    assert said(load_model("elmo")).startswith("There is no block that could take an adapter: the head alone learns.")  # fmt: skip
    lists = nn.ModuleList([nn.Embedding(3, 3)])
    assert (
        said(lists) == "There is no block that could take an adapter, no norm and no head, so nothing learns."
    )
    plain = nn.ModuleDict({"norm": nn.LayerNorm(3), "head": nn.Linear(3, 1)})
    assert "the norms and the head alone learn." in said(plain)
    wide = nn.ModuleDict({"stack": nn.ModuleList([nn.Linear(2, 3), nn.Linear(3, 5)])})
    told = TrainableView(wide, ["adapters"], adapter=2)._shown("adapters")
    assert told["added"] == [2 * 3 * 2 + 2 + 3, 2 * 5 * 2 + 2 + 5] and "·" not in told["said"]


@pytest.mark.parametrize(
    ("name", "options", "width", "number"),
    [("BertForSequenceClassification", {"num_hidden_layers": 2}, 768, 2), ("GPT2LMHeadModel", {"n_layer": 2}, 768, 2),
     ("AlbertForSequenceClassification", {"hidden_size": 96, "num_attention_heads": 6}, 96, 1), ("DistilBertForSequenceClassification", {"n_layers": 2}, 768, 2),
     ("T5EncoderModel", {"num_layers": 2}, 512, 2), ("BartForConditionalGeneration", {"encoder_layers": 1, "decoder_layers": 1}, 1024, 2)],
)  # fmt: skip
def test_the_width_is_that_of_the_blocks(name, options, width, number):
    view = TrainableView(empty(name, **options), ["adapters"], adapter=64)
    assert [one for one in view._shown("adapters")["added"] if one] == [2 * width * 64 + 64 + width] * number


def test_the_static_picture_shows_what_is_new(models):
    view = TrainableView(models["t5"], ["adapters", "unfreezing"], adapter=16)
    view.epoch = 2
    texts = [text.text for text in picture(view).iter(SVG + "text")]
    assert texts.count("1e-3 in part, 3,184 new") == 5 and texts.count("1e-3") == 2
    assert [text for text in texts if text in T5] == T5[::-1]
    assert f"{view._shown('adapters')['count']:,}" in texts and "adapters: 17,264 learn" in view._alt()
    insert(models["t5"], 16)
    texts = [text.text for text in picture(view).iter(SVG + "text")]
    assert not any("new" in text for text in texts if text != "now") and texts.count("1e-3 in part") == 5


def test_no_public_name_answers_lab_09():
    """The lab asks for `Adapter`, `insert_adapters` and `gradual_unfreezing`: a view tells what is, and builds nothing."""
    public = set()
    for module in (bottlenecks, stacks, regime_words):
        own = {k for k, v in vars(module).items() if getattr(v, "__module__", "") == module.__name__}
        public |= {name for name in own if not name.startswith("_")}
    assert public == {
        "is_adapter", "norms_and_adapters", "width_of", "numbers_of", "stacks_of", "mark_table", "name_stacks", "open_stacks", "said_of",
    }  # fmt: skip
