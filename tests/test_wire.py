"""What crosses between a check and a student's code: values exactly, gradients as torch's own, hostile bytes not at all."""

import math
import struct
import time

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course.checks import args, helper_for, wire
from course.checks.lab import Lab
from course.checks.probe import Probe
from course.checks.student import Student, StudentError

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(max_size=2000),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=4)
    ),
    max_leaves=20,
)
DTYPES = [
    "float64",
    "float32",
    "float16",
    "bfloat16",
    "int64",
    "int32",
    "int16",
    "int8",
    "uint8",
    "bool",
    "complex64",
    "complex128",
]


def there_and_back(value, **options):
    return wire.decode(wire.encode(value, **options))


@given(plain)
@settings(deadline=None, max_examples=200)
def test_plain_values_cross_exactly(value):
    back = there_and_back(value)
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (0, 3), (2, 3)])
def test_tensors_cross_exactly(dtype, shape):
    tensor = torch.rand(shape).mul(2).to(getattr(torch, dtype))
    back = there_and_back(tensor)
    assert back.dtype == tensor.dtype
    assert back.shape == tensor.shape
    assert torch.equal(back, tensor)


def test_odd_values_cross():
    grid = torch.arange(6.0).reshape(2, 3)
    views = there_and_back([grid.T, grid[:, ::2], torch.ones(1).expand(4), nn.Parameter(grid)])
    assert torch.equal(views[0], grid.T)
    assert torch.equal(views[1], grid[:, ::2])
    assert views[2].tolist() == [1.0] * 4
    assert views[3].requires_grad
    assert math.isnan(there_and_back(math.nan))
    assert there_and_back([math.inf, -math.inf]) == [math.inf, -math.inf]
    assert math.copysign(1, there_and_back(-0.0)) == -1
    assert there_and_back(np.float32(1.5)) == 1.5
    array = there_and_back(np.arange(4, dtype=np.int16).reshape(2, 2))
    assert array.dtype == np.int16
    assert there_and_back({1, 2}) == {1, 2}
    assert there_and_back(torch.float16) is torch.float16
    assert there_and_back(x * x for x in range(4)) == [0, 1, 4, 9]
    drained = there_and_back((x for x in range(10**9)), take=3)
    assert (drained.items, drained.more) == ([0, 1, 2], True)


class Liar:
    """Says it is an int, and equal to everything."""

    __class__ = int

    def __eq__(self, other):
        return True

    __hash__ = None


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (torch.eye(2).to_sparse(), "sparse"),
        (torch.ones(1, device="meta"), "meta"),
        (torch.ones(1).to(torch.float8_e4m3fn), "float8_e4m3fn"),
        (torch.ones(1).expand(10**9), "larger than"),
        (np.array([object()]), "numpy array"),
        pytest.param(Liar(), "Liar", id="Liar"),
        (len, "builtin_function_or_method"),
    ],
)
def test_what_cannot_cross_is_refused_by_name(value, says):
    with pytest.raises(wire.WireError, match=says):
        wire.encode(value)


def test_a_value_without_end_is_refused():
    loop = []
    loop.append(loop)
    with pytest.raises(wire.WireError, match="deep"):
        wire.encode(loop)


FRAME = wire.encode({"a": [1, 2.5, "x", torch.ones(3), b"y"], "b": (None, {1})})


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_any_bytes_give_a_wire_error_or_plain_data(data):
    try:
        wire.decode(data)
    except wire.WireError as error:
        assert len(str(error)) < 200


@given(st.integers(0, len(FRAME) - 1), st.integers(0, 255))
@settings(deadline=None, max_examples=400)
def test_a_damaged_frame_gives_a_wire_error_or_plain_data(place, byte):
    damaged = bytearray(FRAME)
    damaged[place] = byte
    try:
        wire.decode(bytes(damaged))
    except wire.WireError as error:
        assert str(error)


def student_of(target, **options):
    probe = Probe(target)
    return Student("it", lambda frame, limit: probe.handle(frame), **options)


def test_many_calls_in_one_request_have_what_the_check_has_left_together():
    student = student_of(lambda: time.sleep(0.1))
    student.session.allow(0.35)
    began = time.monotonic()
    with pytest.raises(StudentError) as stopped:
        student.many([args() for _ in range(300)])
    assert stopped.value.verdict == "time-limit"
    assert time.monotonic() - began < 3


def test_gradients_are_those_of_torch():
    """Through arguments and into the parameters of an object that stays over there."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(3, 2)

        def forward(self, x, scale):
            fixed = self.linear(x).detach()
            return {"out": self.linear(x).tanh() * scale, "ids": torch.arange(2), "fixed": fixed}

    mine = Net()
    handle = student_of(Net)()
    handle.load_state_dict(mine.state_dict())
    x, scale = torch.randn(4, 3, requires_grad=True), torch.randn(4, 2, requires_grad=True)
    there = handle(x, scale)
    there["out"].pow(2).sum().backward()
    got = [x.grad.clone(), scale.grad.clone()]
    x.grad = scale.grad = None
    here = mine(x, scale)
    here["out"].pow(2).sum().backward()
    assert torch.equal(there["out"], here["out"])
    assert not there["ids"].requires_grad and not there["fixed"].requires_grad
    torch.testing.assert_close(got, [x.grad, scale.grad])
    torch.testing.assert_close(handle.grads(), {n: p.grad for n, p in mine.named_parameters()})
    assert [n for n, _ in handle.named_parameters()] == ["linear.weight", "linear.bias"]
    handle.eval()
    assert handle.get("training") is False


def test_a_helper_is_built_around_what_stays_there():
    """So that a check can train, or call, a model that holds what a student returned."""
    student = student_of(lambda encoder: encoder)
    encoder = student(helper_for("reader", words=torch.randn(5, 2), segments=torch.zeros(2, 2)))
    around = student.build(helper_for("with_head", encoder=encoder, width=2, classes=3))
    ids, before = torch.tensor([[1, 2], [3, 4]]), encoder.state_dict()
    assert around(ids).shape == (2, 3)
    assert around.step(ids, torch.tensor([0, 2])) > 0
    assert not torch.equal(encoder.state_dict()["words"], before["words"])


def test_a_call_leaves_the_callers_state_alone_and_keeps_the_students():
    def reckless(n):
        torch.set_default_dtype(torch.float64) if n == 0 else None
        torch.manual_seed(5)
        torch.set_grad_enabled(False)
        return torch.zeros(1).dtype

    student = student_of(reckless)
    before = torch.get_rng_state()
    assert student(0) is torch.float64
    assert torch.get_default_dtype() is torch.float32
    assert torch.is_grad_enabled()
    assert torch.equal(torch.get_rng_state(), before)
    assert student(1) is torch.float64


def test_a_helpers_object_is_passed_as_itself_and_tells_what_became_of_it():
    def trains(model, n):
        with torch.no_grad():
            next(model.parameters()).add_(n)

    weights = {"0.weight": torch.zeros(4, 3), "2.weight": torch.zeros(4, 4)}
    weights |= {"0.bias": torch.zeros(4), "2.bias": torch.zeros(4)}
    student = student_of(trains)
    model = student.build(helper_for("classifier", encoder=weights, trainable=[]))
    student(model, 2.0)
    student(model=model, n=1.0)
    assert torch.equal(model.state_dict()["encoder.0.weight"], torch.full((4, 3), 3.0))


def test_many_calls_keep_their_own_errors():
    def fussy(n):
        if n == 1:
            raise ValueError("one")
        return n

    student = student_of(fussy)
    from course.checks import args

    values = student.many([args(0), args(1), args(2)], errors="keep")
    assert values[0] == 0
    assert isinstance(values[1], StudentError)
    assert values[1].is_a("ValueError")
    assert values[2] == 2


@pytest.mark.parametrize(
    "reply", [b"", b"\0\0\0\2[]", wire.encode(7), wire.encode([{}]), wire.encode([3]), wire.encode([])]
)
def test_a_forged_reply_is_an_error_and_no_crash(reply):
    """Whatever bytes come back in place of an answer, the verdict is an error with nothing earned."""
    lab = Lab("forged")

    @lab.check(points=1)
    def it(student):
        student(1)

    verdict = lab.run("it", lambda frame, limit: reply)
    assert verdict.points == 0
    assert verdict.kind == "error", str(verdict)


@pytest.mark.parametrize("kind", [set, dict.fromkeys])
def test_keys_that_hash_alike_are_refused(kind):
    """Building such a set takes the square of the time, and nothing can interrupt it."""
    colliding = wire.encode(kind(n * (2**61 - 1) for n in range(1, 1001)))
    with pytest.raises(wire.WireError, match="hash alike"):
        wire.decode(colliding)
    honest = kind(range(20_000))
    assert wire.decode(wire.encode(honest)) == honest


def test_a_size_that_cannot_be_shown_is_refused():
    """A torch.Size with a number beyond 64 bits fails in whatever message it stands."""
    frame = wire.encode(torch.Size([3])).replace(b"[3]", b"[%d]" % 10**30)
    (length,) = struct.unpack_from(">I", wire.encode(torch.Size([3])))
    frame = struct.pack(">I", length + 30) + frame[4:]
    with pytest.raises(wire.WireError, match="malformed"):
        wire.decode(frame)


def test_a_gradient_of_another_shape_is_an_error_and_no_crash():
    """A forged answer to `backward` is the student's error, and not one of the check."""
    lab = Lab("forged")

    @lab.check(points=1)
    def it(student):
        student(torch.ones(3, requires_grad=True)).sum().backward()

    def transport(frame, limit):
        probe_says = probe.handle(frame)
        if b"backward" not in frame:
            return probe_says
        replies = wire.decode(probe_says)
        return wire.encode([{**replies[0], "value": wire.encode([torch.ones(7)])}])

    probe = Probe(lambda x: 2 * x)
    verdict = lab.run("it", transport)
    assert (verdict.points, verdict.kind) == (0, "error"), str(verdict)
