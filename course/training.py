"""One training loop for the whole course.

    from course.training import fit
    history = fit(model, batches, lambda model, batch: model(batch).loss, steps=500, lr=1e-3, seed=0)
    history.plot()

The loop does what every lesson needs and hides nothing a lesson explains: forward, loss, backward, clip, step.
"""

import contextlib
import math
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from course import settings
from course.progress import History, Screen

if TYPE_CHECKING:
    import torch
    from torch import nn

    Loss = Callable[[nn.Module, Any], torch.Tensor]

__all__ = ["History", "fit", "rate"]

DECAYS = {"constant": 0.0, "linear": 1.0}  # the share of all steps in which the learning rate falls


def fit(
    model: "nn.Module",
    batches: "Iterable[Any] | Callable[[int], Any]",
    loss: "Loss",
    *,
    steps: int,
    lr: float = 1e-3,
    optimizer: "torch.optim.Optimizer | None" = None,
    warmup: int = 0,
    decay: str | float = "constant",
    clip: float | None = 1.0,
    evaluate: "Callable[[nn.Module], float] | None" = None,
    every: int | None = None,
    patience: int | None = None,
    seed: int | None = None,
    device: "torch.device | str | None" = None,
    progress: bool = True,
    plot: bool = True,
) -> History:
    """Train `model` for `steps` steps, in place.

    batches: an iterable, begun again when it is shorter than `steps` (a one-shot iterator is kept for that), or a
        function step -> batch with steps from 0. Tensors in a batch (also inside tuples, lists, dicts) are moved to the device.
    loss(model, batch): a scalar tensor.
    optimizer: AdamW over the trainable parameters with learning rate `lr` when None; else `lr` is not used.
    warmup: steps over which the learning rate rises linearly. decay: "constant"; "linear" (to 0 from the end of
        the warm-up); or a fraction f from 0 to 1 (constant, then linear to 0 over the last f of all steps).
    clip: largest global norm of the gradient; None for no clipping.
    evaluate(model) -> float, lower is better, called without gradients in evaluation mode after every `every` steps
        (a tenth of `steps` when None) and at the end. patience: stop after that many evaluations in a row without a new
        best, and put the best weights back.
    seed: dropout and all else that is drawn from torch's own generators during the loop then repeats; the caller's
        generators are afterwards as they were. None: they are used as they are.
    device: `settings.device()` when None. On CUDA the loss is computed in bfloat16 or float16 autocast; nowhere else.
    progress: a tqdm bar; plot: a live loss curve, in a notebook only.

    The model is left on the device, in the training or evaluation mode it came in.
    Raises ValueError for arguments that make no sense, no batches, a loss that is not a scalar or not finite (naming the step).
    """
    import torch

    _check(steps, warmup, decay, clip, evaluate, every, patience)
    place = torch.device(device) if device is not None else settings.device()
    trainable = [p for p in model.parameters() if p.requires_grad]
    if not trainable:
        raise ValueError("The model has no parameter that learns (requires_grad is False for all of them).")
    model.to(place)
    if optimizer is None:
        optimizer = torch.optim.AdamW(trainable, lr=lr)
    rates = [group["lr"] for group in optimizer.param_groups]
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda done: rate(done, steps, warmup, decay))
    autocast, scaler = _precision(place)
    every = every or max(1, steps // 10)
    modes = [(module, module.training) for module in model.modules()]
    history, best, waited = History(), math.inf, 0
    kept: dict[str, torch.Tensor] | None = None
    pending: list[torch.Tensor] = []  # losses still on the device: reading each at once would make a GPU wait
    start = time.perf_counter()
    with contextlib.ExitStack() as stack:
        if seed is not None:
            stack.enter_context(_seeded(place, seed))
        screen = stack.enter_context(Screen(steps, progress, plot))
        stack.callback(_restore_modes, modes)
        stack.callback(_restore_rates, optimizer, rates)
        source = _endless(batches)
        model.train()
        for step in range(1, steps + 1):
            batch = _moved(next(source), place)
            with autocast():
                value = loss(model, batch)
            _check_loss(value, step)
            pending.append(value.detach())
            # on the CPU reading is free, and a bad loss is found before it spoils the weights
            if place.type == "cpu":
                _read(pending, history)
            optimizer.zero_grad(set_to_none=True)
            scaler.scale(value).backward()
            if clip is not None:
                scaler.unscale_(optimizer)
                torch.nn.utils.clip_grad_norm_(trainable, clip)
            scaler.step(optimizer)
            scaler.update()
            schedule.step()
            if evaluate is not None and (step % every == 0 or step == steps):
                _read(pending, history)
                result = _evaluate(evaluate, model)
                history.evaluations.append((step, result))
                if result < best:
                    best, waited, history.best_step = result, 0, step
                    kept = _copy(model) if patience else None
                else:
                    waited += 1
                if patience and waited >= patience:
                    history.stopped = True
                    break
            if screen.due() or len(pending) >= 100:
                _read(pending, history)
                screen.show(history)
        _read(pending, history)
        history.seconds = time.perf_counter() - start
        if history.stopped and kept is not None:
            model.load_state_dict(kept)
        elif not history.stopped:
            history.best_step = None
        screen.finish(history)
    return history


def rate(done: int, steps: int, warmup: int, decay: str | float) -> float:
    """The factor on the learning rate after `done` of `steps` steps: warm-up, constant, then linear decay."""
    if done < warmup:
        return (done + 1) / (warmup + 1)
    share = DECAYS.get(decay, decay)
    begin = max(warmup, steps - math.ceil(share * steps))
    return 1.0 if done <= begin else max(0.0, (steps - done) / (steps - begin))


def _check(steps: int, warmup: int, decay: Any, clip: Any, evaluate: Any, every: Any, patience: Any) -> None:
    if steps < 1:
        raise ValueError(f"steps is {steps}; training takes at least 1.")
    if not 0 <= warmup <= steps:
        raise ValueError(
            f"warmup is {warmup}; it is a number of steps from 0 to {steps}, the number of all steps."
        )
    if decay not in DECAYS and (isinstance(decay, str) or not 0 <= decay <= 1):
        raise ValueError(f"decay is {decay!r}; it is 'constant', 'linear' or a fraction from 0 to 1.")
    if clip is not None and not clip > 0:
        raise ValueError(f"clip is {clip}; it is a positive norm, or None for no clipping.")
    if every is not None and every < 1:
        raise ValueError(f"every is {every}; it is a number of steps, at least 1.")
    if patience is not None and (patience < 1 or evaluate is None):
        raise ValueError(
            "patience counts evaluations without a new best: it needs `evaluate` and is at least 1."
        )


def _check_loss(value: Any, step: int) -> None:
    shape = getattr(value, "shape", None)
    if shape is None or value.numel() != 1:
        got = f"a tensor of shape {tuple(shape)}" if shape is not None else f"a {type(value).__name__}"
        raise ValueError(
            f"loss(model, batch) must return one number as a tensor; at step {step} it returned {got}."
        )
    if not value.requires_grad:
        raise ValueError(
            f"The loss at step {step} does not depend on any parameter that learns (was it detached?)."
        )


def _read(pending: list["torch.Tensor"], history: History) -> None:
    """Move the waiting losses into the history, in one transfer; complain of the first that is not finite."""
    if not pending:
        return
    import torch

    first = len(history.losses) + 1
    values = torch.stack([value.float().reshape(()) for value in pending]).tolist()
    pending.clear()
    for i, value in enumerate(values):
        if not math.isfinite(value):
            raise ValueError(
                f"The loss at step {first + i} is {value}: training has diverged or divided by zero. "
                "Try a smaller learning rate, or look for a log or a division of 0 in the loss."
            )
        history.steps.append(first + i)
        history.losses.append(value)


def _endless(batches: Any) -> Iterator[Any]:
    """Batches without end, from a function of the step or from an iterable begun again and again."""
    if callable(batches) and not hasattr(batches, "__iter__"):
        step = 0
        while True:
            yield batches(step)
            step += 1
    if not hasattr(batches, "__iter__"):
        raise ValueError(
            f"batches is a {type(batches).__name__}; it must be an iterable or a function step -> batch."
        )
    kept: list[Any] | None = (
        [] if iter(batches) is batches else None
    )  # a one-shot iterator has to be remembered
    empty = True
    for batch in batches:
        empty = False
        if kept is not None:
            kept.append(batch)
        yield batch
    if empty:
        raise ValueError("There are no batches to train on: `batches` is empty.")
    while True:
        again = 0
        for batch in kept if kept is not None else batches:
            again += 1
            yield batch
        if not again:
            raise ValueError(
                "`batches` gave batches once and none when begun again; pass a list or a DataLoader."
            )


def _moved(batch: Any, device: "torch.device") -> Any:
    """The batch with every tensor in it on the device; tuples, named tuples, lists and dicts are looked into."""
    if hasattr(batch, "to"):
        return batch.to(device)
    if isinstance(batch, dict):
        return {key: _moved(value, device) for key, value in batch.items()}
    if isinstance(batch, tuple) and hasattr(batch, "_fields"):
        return type(batch)(*(_moved(value, device) for value in batch))
    if isinstance(batch, (list, tuple)):
        return type(batch)(_moved(value, device) for value in batch)
    return batch


def _precision(device: "torch.device") -> tuple[Callable[[], Any], "torch.amp.GradScaler"]:
    """(context, scaler): autocast on CUDA only, bfloat16 where the GPU has it, else float16 with loss scaling."""
    import torch

    if device.type != "cuda":
        return contextlib.nullcontext, torch.amp.GradScaler("cpu", enabled=False)
    bf16 = torch.cuda.is_bf16_supported(including_emulation=False)
    dtype = torch.bfloat16 if bf16 else torch.float16
    return lambda: torch.autocast("cuda", dtype=dtype), torch.amp.GradScaler("cuda", enabled=not bf16)


@contextlib.contextmanager
def _seeded(device: "torch.device", seed: int) -> Iterator[None]:
    """torch's generators seeded inside, and afterwards as they were."""
    import torch

    # torch.manual_seed would seed every device there is; only those in use are touched here
    generators = [torch.default_generator]
    if device.type == "cuda":
        generators.append(torch.cuda.default_generators[device.index or 0])
    elif device.type == "mps":
        generators.append(torch.mps._get_default_mps_generator())
    before = [generator.get_state() for generator in generators]
    try:
        for generator in generators:
            generator.manual_seed(seed)
        yield
    finally:
        for generator, state in zip(generators, before, strict=True):
            generator.set_state(state)


def _evaluate(evaluate: Callable[[Any], float], model: "nn.Module") -> float:
    """evaluate(model) in evaluation mode and without gradients; the modes are put back."""
    import torch

    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with torch.no_grad():
            result = float(evaluate(model))
    finally:
        _restore_modes(modes)
    if math.isnan(result):
        raise ValueError("evaluate(model) returned nan; it must return a number, lower for better.")
    return result


def _restore_modes(modes: list[tuple["nn.Module", bool]]) -> None:
    for module, training in modes:
        module.training = training


def _restore_rates(optimizer: "torch.optim.Optimizer", rates: list[float]) -> None:
    """An optimizer that was passed in can be used again: the schedule leaves no trace in it."""
    for group, lr in zip(optimizer.param_groups, rates, strict=True):
        group["lr"] = lr


def _copy(model: "nn.Module") -> dict[str, "torch.Tensor"]:
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}
