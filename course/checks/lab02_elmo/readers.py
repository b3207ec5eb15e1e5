"""Checks of what the two readers have to name, and of the `BiLM` itself."""

import torch
from torch import Tensor

from .. import Handle, require, require_close, require_shape
from ..modules import weights_for
from ..usual import looks_like
from . import lab

NONE = -100  # where there is nothing to name


def targets_of(result, ids):
    """The two returned tables of targets; says so when they are none."""
    require(
        isinstance(result, (tuple, list))
        and len(result) == 2
        and all(isinstance(one, Tensor) for one in result),
        "Return two tensors, (ahead, back): what the reader from the left has to say, and what the one from the right.",
    )
    for name, one in zip(("ahead", "back"), result, strict=True):
        require_shape(one, ids.shape, f"There is a target for each place of the batch: `{name}`")
        require(
            not one.is_floating_point() and one.dtype != torch.bool,
            "Targets are ids, whole numbers; `{name}` is of type {t}.",
            name=name,
            t=one.dtype,
        )
    return result


@lab.check(points=2, returns=(tuple, list))
def lm_targets(student):
    ids = torch.tensor([[5, 7, 9, 0], [4, 3, 0, 0], [8, 2, 6, 1]])
    ahead, back = targets_of(student(ids), ids)
    later = torch.tensor([[7, 9, NONE, NONE], [3, NONE, NONE, NONE], [2, 6, 1, NONE]])
    before = torch.tensor([[NONE, 5, 7, NONE], [NONE, 4, NONE, NONE], [NONE, 8, 2, 6]])
    require(
        not torch.equal(ahead, before) or not torch.equal(back, later),
        "The two have changed places: `ahead`, of the reader from the left, names the next token, `back` the one before.",
    )
    same = [name for name, one in (("ahead", ahead), ("back", back)) if torch.equal(one, ids)]
    require(
        not same,
        "`{name}` is the batch as it came: at each place the reader would be asked for the token it has just read.",
        name=same[0] if same else "",
    )
    require(
        not torch.equal(back, ahead),
        "Both readers are asked for the same token. The one from the right names the token before: shift the other way.",
    )
    for name, got, truth, end, wrapped in (
        ("ahead", ahead, later, "the last token, 1, of the third sentence", ids.roll(-1, 1)),
        ("back", back, before, "the first token, 8, of the third sentence", ids.roll(1, 1)),
    ):
        at = (2, 3) if name == "ahead" else (2, 0)
        require(
            got[at] != wrapped[at],
            "`{name}` at {end}, is {got}: the row has gone round in a circle (`roll` does that). Nothing stands there to be named: -100.",
            name=name,
            end=end,
            got=got[at].item(),
        )
        wrong = (got != truth) & (ids != 0) & (truth != NONE)
        if wrong.any():
            row, place = wrong.nonzero()[0].tolist()
            require(
                False,
                "In {row}, at place {place}, `{name}` should be the token {side}, {truth}; yours is {got}.",
                row=ids[row].tolist(),
                place=place,
                name=name,
                side="after it" if name == "ahead" else "before it",
                truth=truth[row, place].item(),
                got=got[row, place].item(),
            )
        rest = (got != truth).nonzero().tolist()
        if rest:
            row, place = rest[0]
            value = got[row, place].item()
            padded = ids[row, place].item() == 0
            require(
                False,
                "In {row}, at place {place}, {what}, and `{name}` should be -100 there; yours is {got}.{known}",
                row=ids[row].tolist(),
                place=place,
                what="there is padding" if padded else "nothing is left to be named",
                name=name,
                got=value,
                known=" A reader asked for 0 learns to guess padding." if value == 0 else
                " Nobody reads padding, so nobody has a token to name from there." if padded else "",
            )  # fmt: skip


@lab.check(points=3, returns=(Tensor,))
def reverse_sequences(student):
    values = torch.tensor([[1, 2, 3, 91, 92], [4, 5, 6, 7, 8], [9, 93, 94, 95, 96]])
    lengths = torch.tensor([3, 5, 1])
    turned = student(values, lengths)
    require_shape(turned, (3, 5), "Turned round, the batch keeps its shape; yours")
    truth = torch.tensor([[3, 2, 1, 91, 92], [8, 7, 6, 5, 4], [9, 93, 94, 95, 96]])
    require(
        not torch.equal(turned, values.flip(1)),
        "The padding stands in front now, as `flip` puts it: a reader would begin with it. In [1, 2, 3, 91, 92] three places are real; turned round it is [3, 2, 1, 91, 92].",
    )
    require(
        not torch.equal(turned, values),
        "Nothing has moved: [1, 2, 3, 91, 92] with 3 real places is [3, 2, 1, 91, 92].",
    )
    require(
        not torch.equal(turned, values.flip(0)),
        "The rows have changed places. Reverse along the time, axis 1.",
    )
    real = torch.arange(5) < lengths.unsqueeze(1)
    require(
        not (torch.equal(turned[real], truth[real]) and bool((turned[~real] == 0).all())),
        "The real places are right, and the padding is gone: it should stay as it was, 91 and 92 in the first row.",
    )
    wrong = (turned != truth).any(1).nonzero()
    if len(wrong):
        row = int(wrong[0])
        require(
            False,
            "{row} with {n} real places is {truth} turned round; yours is {got}.{known}",
            row=values[row].tolist(),
            n=lengths[row].item(),
            truth=truth[row].tolist(),
            got=turned[row].tolist(),
            known=" The padding was turned round too."
            if turned[row, lengths[row] :].tolist() == values[row, lengths[row] :].flip(0).tolist()
            else "",
        )
    require(turned.dtype == values.dtype, "Ids come in, whole numbers, and {t} comes out.", t=turned.dtype)
    vectors = torch.arange(24.0).view(2, 4, 3)
    turned = student(vectors, torch.tensor([2, 4]))
    require_shape(turned, (2, 4, 3), "Vectors (2, 4, 3) keep their shape; yours")
    require(
        not torch.equal(turned[1], vectors[1].flip(0).flip(1)),
        "The numbers within each vector are turned round too; only the places are to be.",
    )
    require_close(
        turned[:, 0],
        torch.stack([vectors[0, 1], vectors[1, 3]]),
        "With vectors (2, 4, 3) and lengths [2, 4] the first place of each row takes the vector of its last real one; yours has {got} at {at}.",
    )
    require_close(
        student(turned, torch.tensor([2, 4])), vectors, "Turned round twice, everything is as it was; at {at} yours is {got}."
    )  # fmt: skip


def names_of(layers):
    """The parameters of a `BiLM`, in order."""
    kinds = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    stacks = [
        f"{side}.{i}.{kind}"
        for side in ("left_to_right", "right_to_left")
        for i in range(layers)
        for kind in kinds
    ]
    return ["embedding.weight", *stacks, "output.weight", "output.bias"]


@lab.check(points=5, returns=(Tensor,))
def BiLM(student):
    model = student(8, 3)
    require(
        isinstance(model, Handle) and model.is_module, "BiLM(vocabulary_size, dim) should make an nn.Module."
    )
    names = [name for name, _ in model.named_parameters()]
    require(
        names == names_of(2),
        "`__init__` sets `embedding`, two lists of LSTMs and `output`; keep them as given, so that other weights fit. Yours has {n} tensors: {some} ...",
        n=len(names),
        some=", ".join(names[:6]),
    )
    weights = weights_for(model, 0)
    model.load_state_dict(weights)
    ids = torch.tensor([[1, 2, 3, 4, 5], [6, 7, 2, 0, 0]])
    layers = model(ids)
    require(
        tuple(layers.shape) != (2, 2, 5, 6),
        "You return 2 layers; there are 3: the word vectors beside themselves come first.",
    )
    require_shape(layers, (3, 2, 5, 6), "With 2 LSTMs a side, a batch (2, 5) and dim 3: all layers")
    require(
        torch.equal(layers, model(ids)),
        "The same ids give other states the second time. What is drawn in `forward`?",
    )
    real = ids != 0
    words = weights["embedding.weight"][ids]
    require_close(
        layers[0][real],
        torch.cat([words, words], -1)[real],
        "Layer 0 is each word's vector twice, side by side; yours differs.",
    )
    above, left, right = layers[1:, :1], slice(0, 3), slice(3, None)  # of the full row
    last, first = torch.tensor([[1, 2, 3, 4, 7]]), torch.tensor([[7, 2, 3, 4, 5]])
    after, before = model(last)[1:, :1], model(first)[1:, :1]

    def moved(other, half):
        """For each layer and place, whether its states move."""
        return ((above - other)[:, 0, :, half].abs() > 1e-5).any(-1)

    require(
        not (moved(after, left)[:, 0].all() and moved(before, right)[:, -1].all())
        or moved(after, right)[:, 0].any()
        or moved(before, left)[:, -1].any(),
        "The halves have changed places: the first numbers of a state are those of the reader from the left.",
    )
    leak = moved(after, left)[:, :-1]
    require(
        not leak.any(),
        "The last token of five changes, and in layer {layer} the left reader's state at place {place} moves: it has seen a later token. Does its second LSTM read anything but the states of its own first one?",
        layer=int(leak.nonzero()[0][0]) + 1 if leak.any() else 0,
        place=int(leak.nonzero()[0][1]) if leak.any() else 0,
    )
    require(
        moved(before, right)[:, 0].all() or not moved(before, right)[:, -1].all(),
        "The right reader's states stand in its own order: the one at place 0 has read the last token alone. Turn each layer round again before you lay it beside the left one.",
    )
    peek = moved(before, right)[:, 1:]
    require(
        not peek.any(),
        "The first token of five changes, and the right reader's state at place {place} moves in layer {layer}: it should have read only what comes after. It reads in the opposite order, and each of its states belongs at the place of its word.",
        layer=int(peek.nonzero()[0][0]) + 1 if peek.any() else 0,
        place=int(peek.nonzero()[0][1]) + 1 if peek.any() else 0,
    )
    require(
        moved(before, left).all() and moved(after, right).all(),
        "The first token of five changes, and not all states of the reader from the left move; or the last one, and not all of the reader from the right. Each state has read all the way from its end.",
    )
    alone = model(ids[1:, :3])
    for half, side in ((left, "left"), (right, "right")):
        require_close(
            layers[:, 1, :3, half],
            alone[:, 0, :, half],
            "Two places of padding change what the reader from the {side} makes of a sentence of 3: by itself the sentence has other states. Which reader meets the padding first?",
            side=side,
        )
    for stack, half, layer, story in (
        ("left_to_right.0.", left, 2, "Other weights in the left reader's first LSTM, and its second layer stays as it is: the second LSTM reads the states of the first, not the word vectors."),
        ("right_to_left.", right, 2, "Other weights in the right reader's stack, and its states stay as they are: is one stack used for both?"),
    ):  # fmt: skip
        model.load_state_dict({n: t + 0.5 * n.startswith(stack) for n, t in weights.items()})
        require(not looks_like(model(ids)[layer, 0, :, half], layers[layer, 0, :, half]), story)
    lstm = torch.nn.LSTM(3, 3, batch_first=True)
    lstm.load_state_dict({n: weights[f"left_to_right.0.{n}"] for n in lstm.state_dict()})
    require_close(
        layers[1, 0, 0, left],
        lstm(words[:1, :1])[0][0, 0],
        "In layer 1 the left reader's state at place 0 is not what its first LSTM makes of the first word's vector; at {at} it is {got}. A layer is the LSTM's states, with nothing added.",
    )
    model = student(8, 3, 3)
    require_shape(model(ids), (4, 2, 5, 6), "With 3 LSTMs a side: all layers")
