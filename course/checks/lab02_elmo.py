"""Visible checks of lab 02: hand-sized examples, and what must hold without knowing the answer."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from . import Handle, Lab, helper_for, require, require_close, require_loss, require_shape
from .senses import (
    COST,
    GOAL,
    cost,
    ids_of,
    material,
    require_one_way,
    require_pair,
    right_share,
    why_expensive,
)
from .usual import looks_like, refuse, usual

lab = Lab("lab02_elmo")
check = lab.check_cell

NONE = -100  # where there is nothing to name


def targets_of(result, ids):
    """The two returned tables of targets; says so when they are none."""
    require(
        len(result) == 2 and all(isinstance(one, Tensor) for one in result),
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


def weights_for(model, seed):
    """Random weights in the shapes of a model's own, by name."""
    generator = torch.Generator().manual_seed(seed)
    return {n: torch.randn(p.shape, generator=generator) for n, p in model.state_dict().items()}


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


@lab.check(points=3, returns=(float, Tensor))
def bilm_loss(student):
    ids = torch.tensor([[1, 2, 3, 2, 0], [3, 1, 0, 0, 0]])
    zeros = torch.zeros(2, 5, 6)
    loss, even = require_loss(student(zeros, zeros, ids)), math.log(6)
    mistakes = [
        (even, "That is ln 6: what one of them pays, or the mean of the two; add them"),
        (8 * even, "That is 8 ln 6: the sum over all places, and it is to be the mean"),
        (4 * even, "That is 4 ln 6: you sum where the mean over the places is asked for"),
        (-2 * even, "The sign is the wrong way: a cost is not negative"),
        (2 * even * 4 / 10, "You divide by all 10 places of the batch; 4 have a token to name"),
        (2 * even * 4 / 6, "You divide by the 6 real tokens; 4 of them have a token to name"),
    ]
    require_close(
        loss,
        2 * even,
        "Logits of zeros are even bets on 6 words: each reader pays ln 6 for a token, together 3.584. Yours is {got}.{known}",
        known=usual(loss, mistakes),
    )

    def sure(named):
        """Logits that are sure (by 10 nats) of a token at each place: of 4 where nothing is said."""
        logits = torch.zeros(2, 5, 6)
        named = {(row, place): 4 for row in range(2) for place in range(5)} | named
        for place, token in named.items():
            logits[place][token] = 10.0
        return logits

    right = math.log1p(5 * math.exp(-10))  # what a sure and right guess costs: next to nothing
    ahead = sure({(0, 0): 2, (0, 1): 3})
    back = sure({(0, 1): 1, (0, 2): 2, (0, 3): 3, (1, 2): 1})
    # The left reader is wrong at 2 of its 4 places, the right one at 1; where nobody has a token to name, both are sure of one.
    loss = require_loss(student(ahead, back, ids))
    ten = 10.0 + right
    sure_of, other = math.exp(-right), (1 - math.exp(-right)) / 5  # probabilities, taken for logits
    again = math.log(math.exp(sure_of) + 5 * math.exp(other)) * 2 - (5 * sure_of + 3 * other) / 4
    of_rows = (ten / 3 + 2 * right / 3 + ten) / 2 + (right + ten) / 2
    mistakes = [
        (
            of_rows,
            "That is the mean of the rows' means: a sentence of two tokens weighs as much there as one of four",
        ),
        ((3 * ten + 5 * right) / 8, "That is one mean over both; take each reader's own and add"),
        (
            again,
            "You make probabilities of the logits first, and the loss makes some of those again: give it the logits",
        ),
    ]
    require_close(
        loss,
        (3 * ten + 5 * right) / 4,
        "A left reader that is sure and wrong at 2 of its 4 places and a right one at 1 of its 4 pay 5.0 + 2.5 nats; yours is {got}.{known}",
        rtol=1e-3,
        known=usual(loss, mistakes) or where_from(loss, ahead, back, ids, ten, right),
    )


def where_from(loss, ahead, back, ids, ten, right):
    """What the targets were, as the end of a message, when a loss tells it."""

    def mean(logits, targets, counted):
        paid = torch.where(logits.gather(2, targets[..., None])[..., 0] == 10.0, right, ten)
        return paid[counted].mean()

    every, real = torch.ones_like(ids, dtype=torch.bool), ids != 0
    next_too, before_too = F.pad(ids[:, 1:], (0, 1)), F.pad(ids[:, :-1], (1, 0))
    before_end = real & (next_too != 0)
    after_begin = real.clone()
    after_begin[:, 0] = False
    stories = [
        (mean(ahead, ids, real) + mean(back, ids, real), "Each reader is asked for the token that it has just read"),
        (mean(ahead, ids, before_end) + mean(back, ids, after_begin), "Each reader is asked for the token that it has just read"),
        (
            mean(ahead, next_too, before_end) + mean(back, next_too, before_end),
            "The reader from the right is asked for the next token too: its targets are shifted the way of the left one's",
        ),
        (mean(ahead, before_too, after_begin) + mean(back, next_too, before_end), "The two readers' targets have changed places"),
        (mean(ahead, next_too, every) + mean(back, before_too, every), "You count places where nobody has a token to name"),
        (mean(ahead, next_too, real) + mean(back, before_too, real), "You count the ends of the sentences, where nobody has a token to name"),
    ]  # fmt: skip
    return usual(loss, stories)


@lab.check(points=2, returns=(float, int, Tensor), finite=False)
def perplexity(student):
    two = number_of(student([math.log(4), math.log(4)], [3, 5]))
    refuse(
        torch.tensor(two),
        [
            (math.log(4), "That is the mean loss itself, ln 4; its exp is the perplexity"),
            (2 ** math.log(4), "You take a power of 2; the loss is in nats, so it is exp"),
            (16.0, "The losses are added, ln 4 + ln 4; take their mean"),
            (4.0**8, "That is exp of what all 8 tokens pay together; divide by their number first"),
        ],
    )
    require_close(two, 4.0, "Two batches that pay ln 4 a token hesitate among 4; yours says {got}.")
    got = number_of(student([math.log(2), math.log(8)], [3, 1]))
    mistakes = [
        (5.0, "That is the mean of the two perplexities: exp comes last"),
        (
            3.5,
            "That is the mean of the batches' perplexities; take the mean of the losses, and exp at the end",
        ),
        (4.0, "Both batches weigh the same with you: the first has three tokens, the second one"),
        (2 ** (10 / 4), "The weights are the wrong way round"),
    ]
    require_close(
        got,
        2 ** (6 / 4),
        "Three tokens that pay ln 2 each and one that pays ln 8 pay 6 ln 2 together: among 2.83 words. Yours says {got}.{known}",
        known=usual(torch.tensor(got), mistakes),
    )
    error = student.error([], [])
    require(
        error is not None,
        "There is no token at all, and yours answers all the same; raise a ValueError that says so.",
    )
    require(
        error.is_a("ValueError"),
        "Without a token the statement asks for a ValueError with a clear sentence; yours is a {type}.",
        type=error.type,
    )
    require(
        len(error.message.split()) >= 3,
        "Your ValueError says {text!r}. A clear error is a sentence: what is missing?",
        text=error.message[:80],
    )


def number_of(result):
    """A returned number as a float; says so when it is several."""
    if isinstance(result, Tensor):
        require_shape(result, (), "One number for all batches: the perplexity")
    return float(result)


@lab.check(points=3, returns=(Tensor,))
def scalar_mix(student):
    layers = torch.tensor([[[[1.0, 0.0, 2.0]]], [[[0.0, 1.0, 4.0]]]])  # (2 layers, 1, 1, 3)
    mixed = student(layers, torch.zeros(2), torch.tensor(1.0))
    require_shape(mixed, (1, 1, 3), "Two layers of shape (1, 1, 3) become one: the mix")
    mistakes = [
        ([0.0, 0.0, 0.0], "Weights of 0 are equal shares after a softmax; without it nothing is left"),
        ([1.0, 1.0, 6.0], "That is the sum of the layers: the shares should sum to 1"),
        ([1.5, 1.5, 4.0], "`gamma` is a factor; you add it"),
    ]
    require_close(
        mixed[0, 0],
        [0.5, 0.5, 3.0],
        "Raw weights of 0 and 0 are shares of a half each; the mix is [0.5, 0.5, 3.0], and yours has {got} at {at}.{known}",
        known=usual(mixed[0, 0], mistakes),
    )
    weights = torch.tensor([math.log(3), 0.0])  # shares 3/4 and 1/4
    mixed = student(layers, weights, torch.tensor(2.0))
    require_shape(mixed, (1, 1, 3), "Two layers of shape (1, 1, 3) become one: the mix")
    raw = math.log(3)
    mistakes = [
        ([0.75, 0.25, 2.5], "`gamma`, 2 here, is missing"),
        ([0.5, 1.5, 7.0], "The shares go to the wrong layers"),
        ([2 * raw, 0.0, 4 * raw], "The weights come in raw; the softmax is missing"),
        ([2.0, 0.0, 4.0], "You divide the weights by their sum; a softmax takes exp of them first"),
        ([1.0, 1.0, 6.0], "You mix in equal parts, whatever the weights are"),
        ([6.0, 2.0, 20.0], "exp of the weights is not divided by its sum"),
        ([0.9 * 2, 0.1 * 2, 2.2 * 2], "`gamma` belongs outside of the softmax"),
        ([0.9, 0.1, 2.2], "`gamma` belongs outside of the softmax"),
    ]
    require_close(
        mixed[0, 0],
        [1.5, 0.5, 5.0],
        "Raw weights ln 3 and 0 are shares of 3/4 and 1/4; with gamma 2 the mix is [1.5, 0.5, 5.0], and yours has {got} at {at}.{known}",
        known=usual(mixed[0, 0], mistakes),
    )


TABLE = torch.tensor(
    [
        [[9.0, 9.0], [1.0, 0.0], [0.0, 2.0], [4.0, 6.0]],
        [[7.0, 7.0], [3.0, 0.0], [0.0, 4.0], [2.0, 2.0]],
    ]
)  # (2 layers, 4 words, 2): word 0 is padding, and has a vector all the same


def classifier_on(student, table, *sizes, seed=0):
    """(the student's classifier on a model whose layers are this table, its weights): all random but `weights` and `gamma`."""
    model = student(helper_for("table_of_layers", table=table), *sizes)
    require(
        isinstance(model, Handle) and model.is_module,
        f"{student.name}(bilm, layers, ...) should make an nn.Module.",
    )
    state = model.state_dict()
    rnn = [n for n in state if n.startswith("rnn.")]
    want = {"weights", "gamma", "bilm.table", *rnn, "output.weight", "output.bias"}
    require(
        set(state) == want and (bool(rnn) == (len(sizes) == 4)),
        "`__init__` sets `bilm`, `weights`, `gamma`{rnn} and `output`; keep them as given. Yours has {names}.",
        rnn=", `rnn`" if len(sizes) == 4 else "",
        names=", ".join(state),
    )
    generator = torch.Generator().manual_seed(seed)
    weights = {n: torch.randn(t.shape, generator=generator) for n, t in state.items()}
    weights |= {"bilm.table": table, "weights": torch.zeros(len(table)), "gamma": torch.tensor(1.0)}
    model.load_state_dict(weights)
    return model, weights


def require_frozen(model, logits):
    """The loss moves what stands on the language model, and not the language model."""
    require(
        logits.requires_grad,
        "The logits have no gradient at all: nothing can learn. Only the call of `bilm` belongs under no_grad.",
    )
    # of a sum that is not symmetric in the classes, so that no gradient is zero by chance
    (logits * torch.arange(1.0, logits.shape[1] + 1)).sum().backward()
    grads = model.grads()
    table = grads.pop("bilm.table")
    require(
        table is None or not table.any(),
        "A gradient reaches the language model, and training would change it. It is frozen here: call it under `torch.no_grad()`, or detach what it returns.",
    )
    for name, grad in grads.items():
        require(
            grad is not None and bool(grad.any()),
            "No gradient reaches `{name}`, which has to learn. Only the call of `bilm` belongs under no_grad.",
            name=name,
        )
    return grads


@lab.check(points=3, returns=(Tensor,))
def AveragedClassifier(student):
    model, weights = classifier_on(student, TABLE, 2, 2, 2)
    weights |= {"output.weight": torch.eye(2), "output.bias": torch.zeros(2)}
    model.load_state_dict(weights)
    ids = torch.tensor([[1, 2, 3], [1, 3, 0]])
    logits = model(ids)
    require_shape(logits, (2, 2), "Two texts and 2 classes: the logits")
    mistakes = [
        ([5.0, 7.0], "That is the sum of the three mixed vectors: divide by the number of real tokens"),
        ([5 / 3, 8 / 3], "That is layer 0 alone: mix the layers"),
        ([5 / 3, 6 / 3], "That is the top layer alone: mix the layers"),
        ([3.0, 4.0], "That is the mixed vector of the last token; average over all real ones"),
        ([10 / 3, 14 / 3], "The layers are added; their shares should sum to 1"),
        ([0.0, 0.0], "Raw weights of 0 are equal shares: is the softmax missing?"),
    ]
    require_close(
        logits[0],
        [5 / 3, 7 / 3],
        "With equal shares the three tokens' mixed vectors are [2, 0], [0, 3] and [3, 4], their mean [1.67, 2.33]; `output` passes it on here, and yours gives {got} at {at}.{known}",
        known=usual(logits[0], mistakes),
    )
    mistakes = [
        ([13 / 3, 4.0], "The padding's vector, [8, 8], is in the mean"),
        (
            [5 / 3, 4 / 3],
            "The padding is left out of the sum, and counted all the same: divide by 2, not by 3",
        ),
    ]
    require_close(
        logits[1],
        [2.5, 2.0],
        "[1, 3, 0] has two real tokens, with the mean [2.5, 2]; yours gives {got} at {at}.{known}",
        known=usual(logits[1], mistakes),
    )
    model.load_state_dict(weights | {"weights": torch.tensor([math.log(3), 0.0]), "gamma": torch.tensor(2.0)})
    logits = model(torch.tensor([[3]]))
    mistakes = [
        ([3.5, 5.0], "`gamma`, 2 here, is missing"),
        ([6.0, 8.0], "The layers are mixed in equal parts, whatever `weights` says"),
        ([5.0, 6.0], "The shares go to the wrong layers"),
    ]
    require_close(
        logits[0],
        [7.0, 10.0],
        "With shares 3/4 and 1/4 and gamma 2 the token 3 has the mixed vector [7, 10]; yours gives {got} at {at}.{known}",
        known=usual(logits[0], mistakes),
    )
    model, _ = classifier_on(student, TABLE, 2, 2, 2, seed=1)
    logits = model(ids)
    require_frozen(model, logits)
    for scores in (logits, logits.exp()):
        require(
            not looks_like(scores.sum(1), [1.0, 1.0]),
            "Your logits are probabilities, or their logarithms. Return them as they come out of `output`; the loss does the softmax.",
        )


@lab.check(points=4, returns=(Tensor,))
def RNNClassifier(student):
    model, weights = classifier_on(student, TABLE, 2, 2, 3, 2)
    ids = torch.tensor([[1, 3, 0], [1, 2, 3], [2, 0, 0]])
    logits = model(ids)
    require_shape(logits, (3, 2), "Three texts and 2 classes: the logits")
    swapped, other_end = model(torch.tensor([[2, 1, 3]])), model(torch.tensor([[1, 2, 1]]))
    require_shape(swapped, (1, 2), "One text and 2 classes: the logits")
    require(
        not looks_like(other_end[0], logits[1]),
        "Another last token, and the logits stay: the state you classify has not read it. Take the one after the last real token, not the first.",
    )
    require(
        not looks_like(swapped[0], logits[1]),
        "[1, 2, 3] and [2, 1, 3] get the same logits: their order is lost. `rnn` is to read the mixed vectors, one after the other, without an average.",
    )
    for row, n in ((0, 2), (2, 1)):
        alone = model(ids[row : row + 1, :n])
        require_shape(alone, (1, 2), "One text and 2 classes: the logits")
        require_close(
            logits[row],
            alone[0],
            "{row} and the same without its padding get other logits: the state you take has read padding, or stands elsewhere. Take the one at the last real token of each row.",
            row=ids[row].tolist(),
        )
    weighted = dict(model.state_dict()) | {"weights": torch.tensor([2.0, -2.0])}
    model.load_state_dict(weighted)
    mixed = model(ids)
    require(
        not looks_like(mixed, logits),
        "Other raw weights, and the same logits: mix the layers with `weights`.",
    )
    model.load_state_dict(weighted | {"gamma": torch.tensor(0.3)})
    require(
        not looks_like(model(ids), mixed),
        "Another `gamma`, and the same logits: the mix is multiplied by it.",
    )
    rnn = torch.nn.LSTM(2, 3, batch_first=True)
    rnn.load_state_dict({n.removeprefix("rnn."): t for n, t in weights.items() if n.startswith("rnn.")})
    states, (_, cell) = rnn(
        TABLE.mean(0)[ids[1:2]]
    )  # with raw weights of 0 the mix is the mean of the layers

    def classified(state):
        return F.linear(state, weights["output.weight"], weights["output.bias"]).detach()

    mistakes = [
        (classified(states[0].mean(0)), "That is the mean of all states; take the last one"),
        (classified(cell[0, 0]), "That is the cell of the LSTM, not its state: h, not c"),
    ]
    require_close(
        logits[1],
        classified(states[0, -1]),
        "For [1, 2, 3] the logits are not `output` of the state that `rnn` has after the third mixed vector; at {at} yours is {got}.{known}",
        known=usual(logits[1], mistakes),
    )
    model, _ = classifier_on(student, TABLE, 2, 2, 3, 2, seed=1)
    require_frozen(model, model(ids))


def judge_probe(student, given):
    """(share of senses found, a sentence that says what was reached); fails where a language model was not learned."""
    bilm, probe = require_pair(student(given.sentences, given.vocabulary, given.labelled))
    names = [name for name, _ in bilm.named_parameters()]
    require(
        {"embedding.weight", "output.weight", "output.bias"} <= set(names),
        "The first of the two should be your BiLM, with `embedding` and `output`; its parameters are {names}. Return (bilm, probe), in this order.",
        names=", ".join(names[:4]),
    )
    five = [words[:5] for words in given.held_out if len(words) >= 5][:20]
    require_one_way(bilm, ids_of(five, given.vocabulary))
    paid = cost(bilm, ids_of(given.held_out, given.vocabulary))
    require(
        sum(paid) <= COST,
        "On sentences that it has not read, your BiLM pays {left:.1f} nats a token from the left and {right:.1f} from the right; together {goal} are allowed.{why}",
        left=paid[0],
        right=paid[1],
        goal=COST,
        why=why_expensive(paid, len(given.vocabulary)) if sum(paid) > COST else "",
    )
    share = right_share(bilm, probe, given.asked, given.vocabulary)
    said = f"The readers pay {sum(paid):.1f} nats a token together, and the probe finds {share:.0%} of the senses in new sentences."
    return share, said


WHY_SENSES = (
    "Of {n} new sentences the probe gives {share:.0%} the right sense; {goal:.0%} are asked for, and one vector a word gets half. "
    "Are the vectors those of the word, at `place`, from all layers, and does the probe learn from all examples?"
)


@lab.check(points=5, limit=150)
def train_probe(student):
    given = material(1)
    share, said = judge_probe(student, given)
    require(share >= GOAL, WHY_SENSES, n=len(given.asked), share=share, goal=GOAL)
    return said
