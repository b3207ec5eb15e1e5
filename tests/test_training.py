"""The training loop: what it promises about seeds, clipping, early stop, modes, schedules and errors."""

import math

import pytest
import torch
from torch import nn

from course.training import History, fit, rate

QUIET = {"progress": False, "plot": False, "device": "cpu"}


def data(n=64):
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(n, 3, generator=generator)
    return [(x[i : i + 16], x[i : i + 16].sum(1, keepdim=True)) for i in range(0, n, 16)]


def network(dropout=0.0):
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Dropout(dropout), nn.Linear(8, 1))


def squares(model, batch):
    x, y = batch
    return nn.functional.mse_loss(model(x), y)


def test_it_learns_and_cycles_a_short_list():
    history = fit(network(), data(), squares, steps=200, lr=1e-2, **QUIET)
    assert history.steps == list(range(1, 201))
    assert history.losses[-1] < 0.1 * history.losses[0]
    assert history.seconds > 0 and not history.stopped


def test_batches_from_a_function_an_iterator_and_dicts():
    asked = []

    def batch(step):
        asked.append(step)
        return {"x": data()[step % 4][0], "y": data()[step % 4][1]}

    a = fit(network(), batch, lambda m, b: squares(m, (b["x"], b["y"])), steps=6, **QUIET)
    assert asked == list(range(6))
    b = fit(network(), iter(data()), squares, steps=6, **QUIET)
    assert a.losses == pytest.approx(b.losses)


def test_a_seed_repeats_dropout_and_leaves_the_callers_generator_alone():
    runs = []
    for noise in (1, 2):
        model = network(dropout=0.5)
        torch.manual_seed(noise)
        before = torch.get_rng_state()
        runs.append(fit(model, data(), squares, steps=5, seed=7, **QUIET).losses)
        assert torch.equal(torch.get_rng_state(), before)
    assert runs[0] == runs[1]
    other = fit(network(dropout=0.5), data(), squares, steps=5, seed=8, **QUIET).losses
    assert other != runs[0]


def test_without_a_seed_the_callers_generator_is_used():
    model = network(dropout=0.5)
    before = torch.get_rng_state()
    fit(model, data(), squares, steps=5, **QUIET)
    assert not torch.equal(torch.get_rng_state(), before)


def test_gradients_are_clipped_to_the_norm():
    def moved(clip):
        model = nn.Linear(3, 1, bias=False)
        nn.init.zeros_(model.weight)
        optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
        fit(
            model, data(), lambda m, b: 1000 * squares(m, b), steps=1, optimizer=optimizer, clip=clip, **QUIET
        )
        return model.weight.norm().item()

    assert moved(0.5) == pytest.approx(0.5, rel=1e-4)
    assert moved(None) > 100


def test_early_stop_by_patience_restores_the_best_weights():
    values = iter([3.0, 1.0, 2.0, 2.5, 9.0, 0.0])
    model, seen = network(), []

    def evaluate(m):
        assert not m.training and not torch.is_grad_enabled()
        seen.append(m[0].weight.clone())
        return next(values)

    history = fit(
        model, data(), squares, steps=100, lr=1e-2, evaluate=evaluate, every=10, patience=2, **QUIET
    )
    assert history.stopped and history.best_step == 20
    assert history.evaluations == [(10, 3.0), (20, 1.0), (30, 2.0), (40, 2.5)]
    assert len(history.steps) == 40
    assert torch.equal(model[0].weight, seen[1])
    assert not torch.equal(seen[1], seen[3])


def test_without_patience_it_goes_on_and_keeps_the_last_weights():
    model, seen = network(), []

    def evaluate(m):
        seen.append(m[0].weight.clone())
        return float(len(seen))  # worse and worse

    history = fit(model, data(), squares, steps=25, evaluate=evaluate, every=10, **QUIET)
    assert [step for step, _ in history.evaluations] == [10, 20, 25]
    assert not history.stopped and torch.equal(model[0].weight, seen[-1])


@pytest.mark.parametrize("mode", [True, False])
def test_the_mode_of_every_module_is_put_back(mode):
    model = network(dropout=0.5).train(mode)
    model[2].eval()  # a student may have frozen one module's dropout
    during = []

    def loss(m, batch):
        during.append(m.training and m[2].training)
        return squares(m, batch)

    fit(model, data(), loss, steps=3, evaluate=lambda m: 0.0, every=1, **QUIET)
    assert during == [True] * 3
    assert model.training is mode and model[0].training is mode and model[2].training is False


def test_the_mode_is_put_back_after_an_error_too():
    model = network().eval()
    with pytest.raises(ZeroDivisionError):
        fit(model, data(), lambda m, b: 1 / 0, steps=3, **QUIET)
    assert not model.training


def test_a_loss_that_is_not_finite_names_the_step_and_leaves_the_weights_whole():
    model = network()

    def loss(m, batch):
        calls.append(1)
        return squares(m, batch) * (math.nan if len(calls) == 4 else 1.0)

    calls: list[int] = []
    with pytest.raises(ValueError, match="The loss at step 4 is nan"):
        fit(model, data(), loss, steps=10, **QUIET)
    assert all(torch.isfinite(p).all() for p in model.parameters())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"batches": []}, "no batches"),
        ({"batches": iter([])}, "no batches"),
        ({"batches": 3}, "must be an iterable or a function"),
        ({"loss": lambda m, b: m(b[0])}, r"a tensor of shape \(16, 1\)"),
        ({"loss": lambda m, b: 0.5}, "a float"),
        ({"loss": lambda m, b: squares(m, b).detach()}, "does not depend on any parameter"),
        ({"steps": 0}, "at least 1"),
        ({"decay": "cosine"}, "'constant', 'linear' or a fraction"),
        ({"warmup": 99}, "from 0 to 10"),
        ({"clip": 0}, "None for no clipping"),
        ({"patience": 2}, "needs `evaluate`"),
        ({"evaluate": lambda m: math.nan}, "returned nan"),
    ],
)
def test_mistakes_get_one_sentence(change, sentence):
    arguments = {"batches": data(), "loss": squares, "steps": 10, **QUIET, **change}
    with pytest.raises(ValueError, match=sentence) as caught:
        fit(network(), **arguments)
    assert "\n" not in str(caught.value)


def test_a_frozen_model_is_named_as_such():
    with pytest.raises(ValueError, match="no parameter that learns"):
        fit(network().requires_grad_(False), data(), squares, steps=1, **QUIET)


def test_frozen_parameters_stay():
    model = network()
    model[0].requires_grad_(False)
    before = model[0].weight.clone()
    fit(model, data(), squares, steps=5, **QUIET)
    assert torch.equal(model[0].weight, before)


def test_the_schedule_rises_stays_and_falls():
    factors = [rate(done, steps=100, warmup=9, decay=0.4) for done in range(100)]
    assert factors[0] == pytest.approx(0.1) and factors[8] == pytest.approx(0.9)
    assert factors[9:61] == [1.0] * 52
    assert factors[80] == pytest.approx(0.5) and factors[99] == pytest.approx(1 / 40)
    assert {rate(done, 100, 0, "constant") for done in range(101)} == {1.0}
    assert rate(50, 100, 0, "linear") == pytest.approx(0.5)


def test_the_schedule_reaches_the_optimizer_and_leaves_no_trace():
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    used = []

    def loss(m, batch):
        used.append(optimizer.param_groups[0]["lr"])
        return squares(m, batch)

    fit(model, data(), loss, steps=10, optimizer=optimizer, decay="linear", **QUIET)
    assert used == pytest.approx([0.1 * (10 - i) / 10 for i in range(10)])
    assert optimizer.param_groups[0]["lr"] == 0.1


def test_nothing_is_half_precision_on_the_cpu():
    seen = []
    fit(network(), data(), lambda m, b: (seen.append(m(b[0]).dtype), squares(m, b))[1], steps=1, **QUIET)
    assert seen == [torch.float32]


def test_the_bar_reaches_the_end(capsys):
    fit(network(), data(), squares, steps=30, progress=True, plot=False, device="cpu")
    assert "30/30" in capsys.readouterr().err


def test_the_history_plots_and_prints():
    matplotlib = pytest.importorskip("matplotlib", reason="the plot needs matplotlib")
    matplotlib.use("Agg")
    history = History(steps=[1, 2, 3], losses=[3.0, 2.0, 1.0], evaluations=[(3, 1.5)], seconds=0.1)
    ax = history.plot(title="A title")
    assert ax.get_title() == "A title" and ax.get_xlabel() == "training step"
    assert len(ax.lines) == 3
    assert repr(history).startswith("<History: 3 steps")
    matplotlib.pyplot.close("all")
