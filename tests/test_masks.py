"""Masks by name: each against a plain loop of this test's own, joined, followed through layers, and as code that runs."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from course import masks
from course.masks import code as codes
from course.masks.reach import blocked_by, judged, path, reachable, source_of
from course.masks.rules import RULES, Joined, Not

ORDER = (3, 0, 4, 1, 2)


def loop(n, sees):
    """The mask of a function of (query, key), cell by cell."""
    return np.array([[bool(sees(q, k)) for k in range(n)] for q in range(n)]).reshape(n, n)


# name -> (a mask, may query q attend to key k: in other words than the rule's)
PLAIN = {
    "fully_visible": (masks.fully_visible(), lambda q, k: True),
    "causal": (masks.causal(), lambda q, k: not k > q),
    "prefix_lm": (masks.prefix_lm(3), lambda q, k: k in (0, 1, 2, *range(q + 1))),
    "encoder_decoder": (masks.encoder_decoder(3), lambda q, k: k < 3 if q < 3 else k <= q),
    "padding": (masks.padding(4), lambda q, k: k in (0, 1, 2, 3)),
    "segments": (masks.segments(2, 3), lambda q, k: ((q < 2) == (k < 2) and (q < 5) == (k < 5)) or (q >= 2 and k >= 2)),
    "sliding_window": (masks.sliding_window(1), lambda q, k: k in (q - 1, q, q + 1)),
    "dilated_window": (masks.dilated_window(2, 3), lambda q, k: k in (q - 6, q - 3, q, q + 3, q + 6)),
    "global_tokens": (masks.global_tokens(0, 5), lambda q, k: {q, k} & {0, 5}),
    "permutation": (masks.permutation(*ORDER), lambda q, k: [*ORDER, 5, 6, 7, 8].index(k) <= [*ORDER, 5, 6, 7, 8].index(q)),
    "cbow_window": (masks.cbow_window(2), lambda q, k: k in (q - 2, q - 1, q + 1, q + 2)),
    "elmo_forward": (masks.elmo_forward(), lambda q, k: k in range(q + 1)),
    "elmo_backward": (masks.elmo_backward(), lambda q, k: k in range(q, 100)),
}  # fmt: skip


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("n", [0, 1, 5, 9])
def test_each_is_what_a_plain_loop_says(name, n):
    mask, sees = PLAIN[name]
    assert mask.array(n).dtype == bool
    assert (mask.array(n) == loop(n, sees)).all()


@st.composite
def any_mask(draw, depth=3):
    """A named mask, or up to a few of them joined."""
    if depth and draw(st.booleans()):
        word = draw(st.sampled_from(["and", "or", "not"]))
        if word == "not":
            return Not(draw(any_mask(depth - 1)))
        return Joined(word, draw(any_mask(depth - 1)), draw(any_mask(depth - 1)))
    rule = draw(st.sampled_from(list(RULES.values())))
    if rule.places:
        low = 1 if rule.places.kind == "groups" else 0
        values = draw(
            st.lists(st.integers(low, 9), min_size=1, max_size=5, unique=rule.places.kind == "ranks")
        )
        return masks.named(rule.name, *values)
    return masks.named(rule.name, *(draw(st.integers(number.low, 9)) for number in rule.numbers))


@given(any_mask(), st.integers(0, 8))
@hypothesis_settings(max_examples=150, deadline=None)
def test_a_mask_is_read_back_from_its_words_and_from_its_state(mask, n):
    assert (masks.read(str(mask)).array(n) == mask.array(n)).all()
    assert masks.from_state(mask.state()) == mask


def test_and_or_not():
    one, two = masks.causal(), masks.padding(3)
    assert str(one & ~(two | masks.segments(2, 2))) == "causal and not (padding(3) or segments(2, 2))"
    assert ((one & two).array(5) == (one.array(5) & two.array(5))).all()
    assert ((one | ~two).array(5) == (one.array(5) | ~two.array(5))).all()


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: masks.named("casual"), "no mask 'casual'; there are fully_visible, causal"),
        (lambda: masks.padding(-1), "a whole number from 0 to 1024; you gave -1"),
        (lambda: masks.padding(True), "a whole number from 0 to 1024; you gave True"),
        (lambda: masks.named("padding"), "padding takes length; you gave 0 values"),
        (lambda: masks.segments(), "tokens in each segment: at least one"),
        (lambda: masks.segments(2, 0), "whole numbers from 1"),
        (lambda: masks.permutation(0, 1, 0), "has one of them twice"),
        (lambda: masks.causal().array(1_025), "0 to 1,024 tokens; you asked for 1,025"),
        (lambda: masks.read("causal("), "cannot be read as a mask"),
        (lambda: masks.read("padding and causal"), r"padding needs its numbers in brackets: padding\(length\)"),
        (lambda: masks.read("causal and 3"), "'3' is none of these"),
        (lambda: masks.read("__import__('os').system('true')"), "is none of these"),
        (lambda: masks.read("(" * 3_000 + "causal" + ")" * 3_000), "cannot be read as a mask"),
        (lambda: masks.from_state(["and", ["causal"]]), "no mask 'and'"),
        (lambda: masks.from_state([["causal"]]), "This is no mask"),
        (lambda: masks.from_state(["padding", "9"]), "you gave '9'"),
        (lambda: reachable(np.ones((2, 3), bool), 1), r"square, \(query, key\); yours is bool of shape \(2, 3\)"),
        (lambda: reachable(np.ones((2, 2)), 1), "yours is float64"),
        (lambda: reachable(np.ones((2, 2), bool), -1), "0 or more; you gave -1"),
        (lambda: codes.code(masks.causal(), 3, "tensorflow"), "no form 'tensorflow'; there are numpy, torch"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_a_sentence(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()


# Through layers ------------------------------------------------------------------------------------------------------------


def by_gradient(bits, layers, seed=0):
    """(output, input): which inputs of a random smooth network, attention replaced by the mask's mean, move which outputs."""
    n, width = len(bits), 3
    random = torch.Generator().manual_seed(seed)
    turns = torch.randn(layers, width, width, generator=random, dtype=torch.float64)
    weights = torch.tensor(bits, dtype=torch.float64) * torch.rand(
        n, n, generator=random, dtype=torch.float64
    )

    def network(x):
        for turn in turns:
            x = x + torch.tanh(weights @ x @ turn)
        return x

    x = torch.randn(n, width, generator=random, dtype=torch.float64)
    return (torch.autograd.functional.jacobian(network, x).abs().sum((1, 3)) > 0).numpy()


@pytest.mark.parametrize("layers", [0, 1, 2, 5])
def test_what_is_reachable_is_what_gradients_reach(layers):
    random = np.random.default_rng(layers)
    for bits in (masks.sliding_window(1).array(8), masks.causal().array(8), random.random((8, 8)) < 0.15):
        assert (reachable(bits, layers) == by_gradient(bits, layers)).all()


def test_a_window_reaches_further_with_each_layer_and_one_leaked_cell_reaches_far():
    bits = masks.sliding_window(2).array(20)
    for layers in (1, 3, 7):
        assert (reachable(bits, layers) == masks.sliding_window(2 * layers).array(20)).all()
    leaked = masks.causal().array(6)
    leaked[2, 5] = True
    assert np.flatnonzero(reachable(leaked, 2)[3]).tolist() == [0, 1, 2, 3, 5]


def test_a_decoder_sees_the_encoders_last_layer():
    """One decoder layer is enough to see all that the encoder saw in three; its own tokens take a layer a step."""
    mask = (
        masks.encoder_decoder(5) & masks.sliding_window(1) | masks.encoder_decoder(5) & ~masks.fully_visible()
    )
    assert source_of(mask) == 5
    bits = mask.array(8)
    assert np.flatnonzero(reachable(bits, 3, source=5)[5]).tolist() == [
        1,
        2,
        3,
        4,
        5,
    ]  # 5 sees 4, which has seen 1 to 4
    assert np.flatnonzero(reachable(bits, 3)[5]).tolist() == [2, 3, 4, 5], (
        "as one stack it would be seen a layer later"
    )
    way = path(bits, 3, output=5, input=1, source=5)
    assert [(stop.stack, stop.layer, stop.place) for stop in way][-4:] == [("encoder", 3, 4), ("encoder", 2, 3), ("encoder", 1, 2), ("encoder", 0, 1)]  # fmt: skip


@pytest.mark.parametrize("source", [0, 3])
def test_a_path_is_one_that_the_mask_allows_and_there_is_one_where_reachable_says_so(source):
    random = np.random.default_rng(1)
    for layers in (1, 2, 4):
        bits = random.random((7, 7)) < 0.2
        bits[:source, source:] = False
        reach = reachable(bits, layers, source)
        for output, input_ in itertools.product(range(7), range(7)):
            way = path(bits, layers, output, input_, source)
            assert bool(way) == reach[output, input_]
            if way:
                assert way[0][1:] == (layers, output) and way[-1][1:] == (0, input_)
            for one, two in itertools.pairwise(way):
                assert one.place == two.place or bits[one.place, two.place]
                crossed = one.stack == "decoder" and two.stack == "encoder"
                assert two.layer == (layers if crossed else one.layer - 1)


# Judged --------------------------------------------------------------------------------------------------------------------


def test_a_mask_is_judged():
    assert judged(masks.causal().array(5)) == (0, None, (), 1)
    assert judged(masks.prefix_lm(3).array(5)).prefix == 3
    assert judged(masks.fully_visible().array(5)).prefix == 5
    bits = masks.causal().array(5)
    bits[1, 3], bits[2] = True, False
    assert judged(bits) == (1, (1, 3), (2,), None)
    said = " ".join(judged(bits).sentences(5))
    assert (
        "1 cell sees a later token; the first: 1 sees 3." in said
        and "2 first: softmax over nothing is NaN" in said
    )
    assert "It is the causal mask." in judged(masks.causal().array(5)).sentences(5)
    assert judged(np.zeros((0, 0), bool)).sentences(0)


def test_why_a_cell_is_blocked():
    mask = masks.causal() & masks.padding(4)
    assert blocked_by(mask, 6, 3, 2) == []
    assert blocked_by(mask, 6, 3, 5) == ["causal: the key comes later", "padding(4): the key is padding"]
    assert blocked_by(mask, 6, 5, 4) == ["padding(4): the key is padding"]
    assert blocked_by(~masks.causal(), 6, 5, 4) == ["not causal: it lets this key through"]
    assert blocked_by(masks.sliding_window(1) | masks.global_tokens(0), 6, 1, 4) == [
        "sliding_window(1): the key is further away than the window reaches", "global_tokens(0): neither of the two is global",
    ]  # fmt: skip


# As code -------------------------------------------------------------------------------------------------------------------


def run(text, form):
    """What a text of `code` leaves."""
    space = {}
    exec(text, space)
    return space[codes.NAMES[form]]


def as_bits(made, form, n):
    """What that text leaves as a boolean mask."""
    if form == "numpy":
        return made
    if form == "torch":
        return made.numpy()
    if form == "additive":
        assert set(made.unique().tolist()) <= {0.0, -torch.inf}
        return (made == 0).numpy()
    places = torch.arange(n)
    return (
        torch.stack(
            [torch.stack([torch.as_tensor(made(0, 0, q, k)) for k in places]) for q in places]
        ).numpy()
        if n
        else np.zeros((0, 0), bool)
    )


def flips(n, many, seed=0):
    return np.random.default_rng(seed).random((n, n)) < (0.5 if many else 0.05)


@pytest.mark.parametrize("form", ["numpy", "torch", "additive", "flex"])
@pytest.mark.parametrize("name", RULES)
def test_every_form_of_every_mask_runs_and_is_the_mask(name, form):
    mask, _ = PLAIN[name]
    for n, flipped in ((6, None), (12, flips(12, False)), (12, flips(12, True)), (1, None)):
        text = codes.code(mask, n, form, flipped)
        truth = mask.array(n) ^ (False if flipped is None else flipped)
        assert (as_bits(run(text, form), form, n) == truth).all(), text


@given(any_mask(), st.integers(1, 7), st.sampled_from(["numpy", "torch", "additive", "flex"]))
@hypothesis_settings(max_examples=80, deadline=None)
def test_joined_masks_run_too(mask, n, form):
    assert (as_bits(run(codes.code(mask, n, form), form), form, n) == mask.array(n)).all()


def test_a_mask_mod_is_one_that_flex_attention_takes():
    from torch.nn.attention.flex_attention import create_mask

    mask = masks.causal() & masks.segments(3, 5) | masks.global_tokens(0)
    mask_mod = run(codes.code(mask, 8, "flex", flips(8, False)), "flex")
    made = create_mask(mask_mod, 1, 1, 8, 8, device="cpu")[0, 0]
    assert (made.numpy() == (mask.array(8) ^ flips(8, False))).all()


@pytest.mark.parametrize(
    ("mask", "kind"),
    [
        (masks.padding(4), "keys"), (masks.fully_visible(), "keys"), (masks.causal(), "causal keys"),
        (masks.causal() & masks.padding(4), "causal keys"), (masks.prefix_lm(3), "four"), (masks.segments(2, 4), "four"),
        (masks.permutation(*ORDER), "four"),
    ],
)  # fmt: skip
def test_attention_masks_do_in_transformers_what_the_mask_says(mask, kind):
    """Which inputs move which outputs of one layer of BERT or GPT-2 that is given the text's attention_mask."""
    from transformers import BertConfig, BertModel, GPT2Config, GPT2Model

    n = 6
    bits = mask.array(n)
    assert codes.for_transformers(bits)[0] == kind
    attention_mask = run(codes.code(mask, n, "transformers"), "transformers")
    torch.manual_seed(0)
    if kind == "causal keys":
        model = GPT2Model(GPT2Config(vocab_size=9, n_embd=8, n_layer=1, n_head=1, n_positions=8))
    else:
        model = BertModel(
            BertConfig(
                vocab_size=9, hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8
            )
        )
    model.eval()
    inputs = torch.randn(1, n, 8)
    moved = torch.autograd.functional.jacobian(
        lambda x: model(inputs_embeds=x, attention_mask=attention_mask).last_hidden_state[0], inputs
    )
    reached = (moved[:, :, 0].abs().sum((1, 3)) > 1e-9).numpy()
    sees_something = bits.any(1)  # the others' rows are whatever the library makes of nothing
    assert (reached[sees_something] == (bits | np.eye(n, dtype=bool))[sees_something]).all()
