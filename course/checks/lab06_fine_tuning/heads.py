"""The check of `ClsClassifier`, on an encoder whose states are known (`helpers.models.Reader`)."""

import torch
from torch.nn import functional as F

from .. import Handle, helper_for, require, require_close, require_graph, uneven
from ..helpers.models import Reader
from ..modules import dense, module_of
from ..sentences import describe
from ..usual import usual
from . import lab

WORDS = torch.tensor([[9.0, 8, -9], [1, 0, 0], [0, 2, 1], [1, -1, 0], [0, 1, -2], [2, 0, 1]])
SEGMENTS = torch.tensor([[0.0, 0, 0], [3, -4, 6]])
HEAD = {"head.weight": torch.tensor([[1.0, 0, -1], [0.5, 2, 0]]), "head.bias": torch.tensor([0.25, -1])}
READER = ["encoder.words", "encoder.segments", "encoder.met"]
IDS = torch.tensor([[2, 4, 3, 5], [2, 5, 1, 4], [3, 1, 1, 2]])
PADDED = torch.tensor([[2, 4, 3, 0, 0], [2, 5, 0, 0, 0]])


def classifier_of(student, encoder, names, classes, **named):
    """The student's classifier on an encoder, as a `Module`. encoder: a helper; names: of the encoder's state."""
    return module_of(
        student,
        [*names, *dense("head")],
        encoder,
        classes,
        shape=lambda ids: (len(ids), classes),
        axes="(batch, classes)",
        **named,
    )


def reading(**options):
    """(the helper that stands in for an encoder, the same one here, in evaluation mode)."""
    return helper_for("reader", words=WORDS, segments=SEGMENTS, **options), Reader(WORDS, SEGMENTS).eval()


def logits_of(states, head=HEAD):
    return F.linear(states, head["head.weight"], head["head.bias"]).detach()


@lab.check(points=2, returns=(torch.Tensor,))
def ClsClassifier(student):
    encoder, here = reading()
    student.using(limit=60)(encoder, 2)  # at the far end transformers is imported now
    model = classifier_of(student, encoder, READER, 2, dropout=0.5)
    model.load_state_dict({f"encoder.{n}": t for n, t in here.state_dict().items()} | HEAD)
    model.eval()
    _require_logits(model, here)
    _require_axes(student, model, encoder)
    _require_mask(model, here)
    _require_segments(model, here)
    judge_dropout(student, 0.5)
    found = model(IDS)
    require_graph(found)
    uneven(found).sum().backward()
    require_learning(model.grads(), ["head.weight", "head.bias", "encoder.words"])


SHAPES = {
    (3, 4, 2): "You score every token; of each row the state of [CLS] alone is scored, the first",
    (4, 2): "You score the tokens of the first row; of each row the first token is scored",
    (3, 1, 2): "An axis of one token is left: (batch, classes) is asked for",
    (
        3,
    ): "There is one number for each row; is that the class itself, by argmax? A score for each class is asked for",
    (2, 3): "The axes have changed places: (batch, classes) is asked for",
}


def _require_logits(model, here):
    found = model._handle(IDS)
    known = SHAPES.get(tuple(found.shape)) if isinstance(found, torch.Tensor) else None
    require(
        known is None,
        "Three rows of four tokens, two classes: your result has shape {shape}. {known}.",
        shape=tuple(getattr(found, "shape", ())),
        known=known,
    )
    found = model(IDS)
    alike = model(IDS[:1].expand(8, -1))
    require(
        torch.equal(found, model(IDS)) or not torch.allclose(alike, alike[:1], atol=1e-4),
        "In evaluation mode the logits of one call and the next differ, while within a call rows that are alike have the same: is a layer made in `forward`, with new weights each time? `self.head` is made once, in `__init__`.",
    )
    require(
        torch.equal(found, model(IDS)),
        "In evaluation mode the logits of one call and the next differ: dropout is for training mode alone. `self.dropout` knows which it is; `F.dropout` has to be told (`training=self.training`).",
    )
    none = torch.zeros_like(IDS)
    read = here(IDS, attention_mask=none + 1)
    states, pooled = read.last_hidden_state, read.pooler_output
    truth = logits_of(states[:, 0])
    mistakes = [
        (logits_of(pooled), "That is from `pooler_output`, which has one more layer and a tanh; the state of [CLS] itself is asked for"),
        (logits_of(states.mean(1)), "That is from the mean of all states; the state of [CLS] alone is asked for, the first one"),
        (logits_of(states.amax(1)), "That is from the largest of all states; the state of [CLS] alone is asked for, the first one"),
        (logits_of(states.sum(1)), "That is from the sum of all states; the state of [CLS] alone is asked for, the first one"),
        (logits_of(states[:, -1]), "That is from the last token; [CLS] stands first"),
        (logits_of(states[:, 1]), "That is from the second token; places count from 0"),
        (logits_of(states).mean(1), "That is the mean of all tokens' scores; those of [CLS] alone are asked for"),
        (logits_of(here(IDS, attention_mask=none).last_hidden_state[:, 0]), "That is what comes where no token is real: is the mask turned round? 1 is a real token"),
        (logits_of(here(IDS, attention_mask=(IDS > 1).long()).last_hidden_state[:, 0]), "The token with id 1 is taken for padding; [PAD] alone is, whose id is 0: the mask is `ids != 0`"),
        (logits_of(here(IDS, token_type_ids=none + 1).last_hidden_state[:, 0]), "No `token_type_ids` are given, and 1 reaches the encoder for each token: then there is one text, and None or zeros is right"),
        (truth.softmax(-1), "Those are probabilities; logits are asked for"),
        (truth.log_softmax(-1), "Those are logarithms of probabilities; logits are asked for"),
        (truth.sigmoid(), "Those are squeezed by a sigmoid; logits are asked for"),
        (truth.relu(), "A ReLU lies behind `head`; logits are asked for, which may be negative"),
        (logits_of(states[:, 0].tanh()), "A tanh lies before `head`; there is one dense layer, and nothing else"),
        (logits_of(states[:, 0].relu()), "A ReLU lies before `head`; there is one dense layer, and nothing else"),
        (logits_of(F.gelu(states[:, 0])), "A GELU lies before `head`; there is one dense layer, and nothing else"),
    ]  # fmt: skip
    require_close(
        found,
        truth,
        "With known states and weights, in evaluation mode, the logits are off at {at} ({got}).{known}",
        known=usual(found, mistakes),
    )


def _require_axes(student, model, encoder):
    """Require both axes to stay where one of them has length 1."""
    lone = classifier_of(student, encoder, READER, 1)
    for found, shape, case in (
        (model._handle(IDS[:1]), (1, 2), "One text alone, and two classes"),
        (lone._handle(IDS), (len(IDS), 1), "Three texts, and one class"),
    ):
        require(
            not isinstance(found, torch.Tensor) or tuple(found.shape) == shape,
            "{case}: your result has shape {got}, and (batch, classes), here {shape}, is asked for. Is it a `squeeze`? It takes away an axis of length 1, whatever stands there.",
            case=case,
            got=tuple(getattr(found, "shape", ())),
            shape=shape,
        )


def came(model, name):
    """What reached the stand-in encoder by this name in the latest call."""
    encoder = model.get("encoder")
    seen = encoder.get("came") if isinstance(encoder, Handle) else None
    require(
        isinstance(seen, dict) and name in seen,
        "The encoder was not called. Leave `__init__` as it is; `forward` asks `self.encoder` for the states.",
    )
    return seen[name]


def require_came(model, name, truth, story, mistakes=()):
    """Require what reached the encoder to be these numbers, in a tensor that is no bool. mistakes: (wrong numbers, what led there)."""
    found = came(model, name)
    require(
        found is not None,
        "{story}: no `{name}` reaches the encoder.{hint}",
        story=story,
        name=name,
        hint=" Without one it takes every token for real, padding too." if "mask" in name else "",
    )
    require(
        isinstance(found, torch.Tensor) and found.shape == truth.shape,
        "{story}: `{name}` should reach the encoder as a tensor of shape {shape}; yours is {what}.",
        story=story,
        name=name,
        shape=tuple(truth.shape),
        what=describe(found),
    )
    known = usual(found.long(), mistakes)
    require(
        torch.equal(found.double(), truth.double()),
        "{story}: `{name}` reaches the encoder with other numbers.{known}",
        story=story,
        name=name,
        known=known,
    )
    require(
        found.dtype != torch.bool,
        "{story}: `{name}` reaches the encoder as True and False, and it takes 0 and 1. What does `.long()` do?",
        story=story,
        name=name,
    )


def _require_mask(model, here):
    none = torch.ones_like(PADDED)
    real = (PADDED != 0).long()
    model(PADDED)
    require_came(model, "attention_mask", real, "Two rows with padding, and no mask given", [
        (none, "Every token is real in it; without a mask that is what is not [PAD], whose id is 0"),
        (1 - real, "It is turned round: 1 is a real token"),
        (real.flip(1), "It stands on the wrong side")])  # fmt: skip
    found = model(PADDED)
    states = here(PADDED, attention_mask=real).last_hidden_state
    mistakes = [(logits_of(here(PADDED).last_hidden_state[:, 0]), "That is what comes without a mask")]
    require_close(
        found,
        logits_of(states[:, 0]),
        "Two rows with padding: the logits are off at {at} ({got}).{known}",
        known=usual(found, mistakes),
    )
    # one [PAD] is real here, and one word is not
    odd = torch.tensor([[1, 1, 0, 1, 0], [1, 1, 1, 0, 0]])
    wrong = [
        (real, "Yours is made of the ids here too; a mask that is given is handed on as it is"),
        (real * odd, "What the ids say is mixed in; a mask that is given is handed on as it is"),
        (1 - odd, "It is turned round: 1 is a real token"),
        (none, "Every token is real in it; the mask that is given is handed on"),
    ]
    for mask, kind in ((odd, "numbers"), (odd.bool(), "True and False")):
        model(PADDED, mask)
        require_came(model, "attention_mask", odd, f"A mask is given, of {kind}", wrong)


def _require_segments(model, here):
    segments, real = torch.tensor([[0, 0, 1, 0, 0], [0, 1, 0, 0, 0]]), (PADDED != 0).long()
    for given in ((PADDED, None, segments), (PADDED, real.bool(), segments)):
        found = model(*given)
        require_came(model, "token_type_ids", segments, "`token_type_ids` are given", [
            (real, "That is the mask; hand both over by their names"),
            (torch.zeros_like(segments), "They are all 0"),
            (1 - segments, "They are turned round")])  # fmt: skip
        require_came(model, "attention_mask", real, "`token_type_ids` are given, and the mask", [
            (segments, "Those are the segments; hand both over by their names")])  # fmt: skip
    states = here(PADDED, attention_mask=real, token_type_ids=segments).last_hidden_state
    require_close(found, logits_of(states[:, 0]), "With `token_type_ids` the logits are off at {at} ({got}).")
    model(PADDED)
    seen = came(model, "token_type_ids")
    require(
        seen is None or (isinstance(seen, torch.Tensor) and seen.shape == PADDED.shape and not seen.any()),
        "No `token_type_ids` are given, and some reach the encoder that are not 0: then there is one text, and None or zeros is right.",
    )


def judge_dropout(student, share):
    """Require a share of [CLS]'s state to be dropped out before the head, in training mode."""
    encoder, here = reading()
    model = classifier_of(student, encoder, READER, 3, dropout=share)
    ids, plus = IDS[:1].expand(200, -1), torch.tensor([4.0, 5, 6])
    head = {"head.weight": torch.eye(3), "head.bias": plus}
    model.load_state_dict({f"encoder.{n}": t for n, t in here.state_dict().items()} | head)
    model.train()
    found = model(ids).detach()
    inside = model.get("encoder")
    require(
        not isinstance(inside, Handle) or inside.get("training") is not False,
        "After a call in training mode the encoder is in evaluation mode: something in `forward` calls its `eval()`, and its own dropout never works. The mode is set from outside, by `model.train()` and `model.eval()`.",
    )
    state = here(ids, attention_mask=torch.ones_like(ids)).last_hidden_state[:, 0].detach()

    def either(*values):
        """Whether each number is one of these."""
        return torch.stack([(found - v).abs() < 1e-3 for v in values]).any(0).all()

    rest = 1 - share
    require(
        not either(state + plus),
        "In training mode nothing is dropped out: `self.dropout` lies between the state of [CLS] and `head`.",
    )
    late = either(torch.zeros(1), (state + plus) / rest)
    require(not late, "The dropout lies behind `head`; the *state* is dropped out, before it.")
    twice = either(plus, plus + state / rest**2)
    require(not twice, "The state is dropped out twice on its way to `head`.")
    require(
        not either(plus, plus + state),
        "What is left by the dropout is not divided by the share that is left, as `nn.Dropout` does.",
    )
    require(
        either(plus, plus + state / rest),
        "In training mode, with dropout={share}, each number of [CLS]'s state is 0, or divided by {rest:.3g}, when it comes to `head`; with you it is neither. Is `self.dropout` used, and the head behind it?",
        share=share,
        rest=rest,
    )
    n, gone = found.numel(), int(((found - plus).abs() < 1e-3).sum())
    require(
        abs(gone - n * share) <= 5 * (n * share * rest) ** 0.5,
        "In training mode, with dropout={share}, {gone} of {n} numbers of [CLS]'s states are dropped out: each has a draw of its own.",
        share=share,
        gone=gone,
        n=n,
    )


def require_learning(grads, names):
    """Require a gradient at each of these parameters."""
    for name in names:
        require(
            grads.get(name) is not None and grads[name].any(),
            "No gradient reaches `{name}`{part}: something in `forward` cuts the graph (detach, no_grad, .data?).",
            name=name,
            part=", so the encoder would not learn along" if name.startswith("encoder") else "",
        )
