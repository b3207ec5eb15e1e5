"""What every lab says alike: for each thing that goes wrong before a check has anything to say, a sentence of its own."""

import json
import os
import sys
import threading
import time
import warnings

import pytest
import torch
from torch import Tensor, nn

from course.checks import Lab, part, require, require_dtype
from course.checks.lab import Exercise
from course.checks.verdict import MIME

lab = Lab("sentences")


@lab.check(points=3, returns=(Tensor,), limit=0.5)
def double(student):
    x = torch.tensor([1.0, 2.0])
    require(student(x).tolist() == [2.0, 4.0], "Not doubled.")
    require_dtype(student(x.double()), torch.float64, "`x`")


secret = lab.extend(secret=lambda: b"s" * 32)


@secret.check()
def double(student):  # noqa: F811 (the same exercise, hidden)
    with part("another", points=1):
        require(student(torch.tensor([student.rng.random()])) is not None, "Never said.")
        student(torch.tensor([7.25]))


def loops(x):
    while True:
        try:
            time.sleep(0.01)
        except Exception:
            pass


def swallows_everything(x):
    for _ in range(3):
        try:
            time.sleep(5)
        except BaseException:
            pass
    return x * 2


CASES = {
    "not written yet": lambda x: (_ for _ in ()).throw(NotImplementedError),
    "is not written yet": lambda x: exec("raise NotImplementedError('stub')"),
    "cannot be called as the statement says": lambda: None,
    "should return a tensor; yours returned a list of length 2": lambda x: [2.0, 4.0],
    "returned nan": lambda x: x * float("nan"),
    "let `x` decide": lambda x: (x * 2).float(),
    "returned None. Is the `return` line missing": lambda x: None,
    "prints its result but returns None": lambda x: print(x * 2),
    "changed its argument `x` in place": lambda x: x.mul_(2),
    "on the device 'meta'": lambda x: x.to("meta"),
    "was stopped after 0.5 seconds": loops,
    "Did you run the cell that defines `undefined_name`": lambda x: undefined_name,  # noqa: F821
    "must not call exit()": lambda x: exit(3),
    "Two shapes do not broadcast": lambda x: x + torch.ones(3),
    "Something is None here": lambda x: None + 1,
    "a sparse, quantised or nested tensor": lambda x: x.to_sparse(),
}


def check(function, which=lab):
    function.__name__ = "double"
    return which.check_cell(function)


@pytest.mark.parametrize("sentence", CASES)
def test_each_mistake_has_its_sentence(sentence):
    verdict = check(CASES[sentence])
    assert sentence in verdict.message, str(verdict)
    assert verdict.points == 0
    assert verdict.kind == {
        "not written yet": "missing",
        "is not written yet": "missing",
        "was stopped after 0.5 seconds": "time-limit",
    }.get(sentence, verdict.kind)


def halved(x):
    raise NotImplementedError


class Halver(torch.nn.Module):
    def forward(self, x):
        raise NotImplementedError


@pytest.mark.parametrize(("calls", "name"), [(halved, "halved"), (lambda x: Halver()(x), "Halver")])
def test_who_builds_on_what_is_not_written_is_told_which(calls, name):
    verdict = check(lambda x: calls(x) * 4)
    assert (verdict.kind, verdict.points) == ("missing", 0)
    assert f"double calls `{name}`, which is not written yet." in verdict.message


def test_a_device_other_than_the_inputs_is_named():
    """Told of a value that came back from a GPU; here it is the wire that says so, since not every machine has one."""
    from course.checks import sentences
    from course.checks.student import Record

    value = torch.ones(2)
    value.far_device = "cuda:0"
    assert "returned one on cuda:0" in sentences.of_value("double", Record(value=value), (Tensor,), True)


def test_what_is_no_function_is_said():
    verdict = lab.run("double", transport_of(torch.ones(2)))
    assert "Pass the function itself, without calling it" in verdict.message


def transport_of(target):
    from course.checks.probe import Probe

    probe = Probe(target)
    return lambda frame, limit: probe.handle(frame)


def test_what_is_no_exercise_is_said():
    assert "none of the exercises of sentences (double)" in lab.check_cell(len).message


def test_an_alias_is_found_by_the_name_it_is_bound_to():
    """`check(double)` knows the exercise even when the function is a wrapper with a name of its own."""
    scope = {"check": lab.check_cell, "double": lambda x: x * 2}
    exec("verdict = check(double)", scope)
    assert scope["verdict"].kind == "correct"


def test_an_answer_that_swallows_the_limit_is_still_stopped():
    began = time.monotonic()
    verdict = check(swallows_everything)
    assert time.monotonic() - began < 4
    assert verdict.points == 0


def test_noise_in_a_right_answer_costs_nothing_and_is_not_shown(capfd):
    def noisy(x):
        import logging
        import sys

        print("out")
        print("err", file=sys.stderr)
        warnings.warn("careful", stacklevel=1)
        logging.getLogger("x").error("logged")
        return x * 2

    verdict = check(noisy)
    assert verdict.kind == "correct"
    assert capfd.readouterr() == ("", "")


def test_an_error_shows_the_students_lines_only():
    def double(x):
        return helper(x)

    def helper(x):
        return x.reshape(7)

    frames = check(double).frames
    assert [f["name"] for f in frames] == ["double", "helper"]
    assert frames[-1]["text"] == "return x.reshape(7)"


def test_hidden_checks_quote_nothing_of_the_input():
    """A student who raises, or prints, what the hidden check sent learns nothing from the verdict."""

    def spy(x):
        if 7.25 in x.tolist():
            print("SEEN", x.tolist())
            raise ValueError(f"SEEN {x.tolist()}")
        return x * 2

    verdict = check(spy, secret)
    shown = json.dumps(verdict._repr_mimebundle_()) + str(verdict)
    assert verdict.points == 2
    assert "ValueError" in verdict.message
    assert "SEEN [" not in shown
    assert "7.25" not in shown.replace("7.25 in x.tolist()", "")


def run_with(body, points=3):
    """The verdict of a check made of this body, for an answer that returns 1."""
    made = Lab("made")
    made.exercises["it"] = Exercise("it", body, points)
    return made.run("it", transport_of(lambda: 1))


def test_parts_and_points():
    def parts_go_on(student):
        with part("first", points=1):
            require(False, "lost")
        with part("second", points=0.5):
            require(True, "never")

    def stops_in_between(student):
        with part("earned", points=1):
            pass
        require(False, "stopped here")

    def nested(student):
        with part("outer", points=1), part("inner", points=1):
            pass

    def too_many(student):
        with part("all and more", points=4):
            pass

    verdict = run_with(parts_go_on)
    assert (verdict.kind, verdict.points, verdict.message) == ("wrong-answer", 2, "lost")
    assert [(p.title, p.earned) for p in verdict.parts] == [("first", 0), ("second", 0.5)]
    verdict = run_with(stops_in_between)
    assert (verdict.kind, verdict.points, verdict.message) == ("wrong-answer", 1, "stopped here")
    for wrong in (nested, too_many, lambda student: 1 / 0):
        verdict = run_with(wrong)
        assert (verdict.kind, verdict.points) == ("invalid", 0)
        assert "not your fault" in verdict.message


def test_a_verdict_is_a_number_and_a_safe_page():
    def hostile(x):
        raise RuntimeError("<script>alert(1)</script>")

    bundle = check(hostile)._repr_mimebundle_()
    assert bundle["text/plain"] == "0"
    assert "<script>" not in bundle["text/html"]
    assert "&lt;script&gt;" in bundle["text/html"]
    assert {"exercise", "verdict", "points", "max_points", "message"} <= bundle[MIME].keys()
    good = check(lambda x: x * 2)
    assert repr(good) == "3"
    assert float(repr(good)) == good.points
    good.points = -5
    assert repr(good) == "0"


def test_a_process_that_dies_or_hangs_gives_a_verdict(fork_server):
    """Over a pipe: an answer that kills its process is an error, one that cannot be interrupted is killed in time."""
    from autograder.checks.lab00_start import lab as lab00

    pipe = fork_server.pipe("lab00_start", "masked_mean", "einsum")
    pipe.kill()
    verdict = lab00.run("masked_mean", pipe)
    pipe.close()
    assert (verdict.kind, verdict.points) == ("error", 0)
    assert "kernel died" in verdict.message or "cannot be looked at" in verdict.message

    to_child, from_test = os.pipe()  # nobody reads, nobody answers
    from_child, to_test = os.pipe()
    killed = threading.Event()
    from course.checks.pipe import GRACE, Pipe

    silent = Pipe(from_test, from_child, killed.set)
    began = time.monotonic()
    verdict = lab.run("double", silent)
    assert time.monotonic() - began < 0.5 + GRACE + 2
    assert killed.is_set()
    assert verdict.points == 0
    for descriptor in (to_child, to_test):
        os.close(descriptor)


def test_two_classes_get_other_cases_and_one_class_the_same():
    seeds = {Lab("x", visible=lab, secret=lambda b=b: b).seed_of("double") for b in (b"a", b"b", b"a")}
    assert len(seeds) == 2
    assert lab.seed_of("double") == 0


def test_an_operation_that_a_dtype_lacks_is_an_error_and_not_an_unwritten_answer():
    """Torch says NotImplementedError as well, from the student's own line."""
    verdict = check(lambda x: x.long().softmax(0))
    assert verdict.kind == "error"
    assert "`.float()`" in verdict.message


def test_a_library_call_that_the_statement_forbids_is_named_however_it_is_reached():
    from torch.nn.functional import scaled_dot_product_attention as attend

    from course import masks
    from course.checks.without import CALLS

    asked = Lab("asked")

    @asked.check(points=1, without=tuple(CALLS))
    def answer(student):
        got = student(torch.ones(1, 2, 4))
        require(got.shape == (1, 2, 4), "Another shape.")

    def swallowed(x):
        try:
            return attend(x, x, x)
        except BaseException:
            return x

    def by_module(x):
        return nn.MultiheadAttention(4, 2)(x, x, x)[0]

    def by_layer(x):
        return nn.TransformerEncoderLayer(4, 2, 8).eval()(x)

    def by_masks(x):
        return x * torch.from_numpy(masks.causal().array(4)).all()

    calls = {
        "F.scaled_dot_product_attention": lambda x: torch.nn.functional.scaled_dot_product_attention(x, x, x),
        "nn.MultiheadAttention": by_module,
        "nn.TransformerEncoderLayer": by_layer,
        "course.masks": by_masks,
    }
    for name, function in [*calls.items(), ("F.scaled_dot_product_attention", swallowed)]:
        function.__name__ = "answer"
        verdict = asked.check_cell(function)
        assert (verdict.kind, verdict.points) == ("wrong-answer", 0)
        assert f"answer calls `{name}`, and this exercise is to do without it" in verdict.message
    assert sys.getprofile() is None

    def answer(x):  # noqa: F811 (what a student writes under that name)
        return (x @ x.transpose(1, 2)).softmax(2) @ x

    assert asked.check_cell(answer).kind == "correct"
