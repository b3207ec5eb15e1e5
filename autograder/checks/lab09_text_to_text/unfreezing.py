"""Hidden checks of `gradual_unfreezing`. Oracle: the statement's sentence, block by block, on T5s of drawn sizes; and a training of a few
steps, after which what was closed throughout is what it was."""

import torch

from course.checks import helper_for, part, require
from course.checks.lab09_text_to_text.unfreezing import PLAIN, Case, judge, judge_errors, open_blocks

from . import lab


def drawn(rng, shorter):
    """A case. shorter: which stack is, 0 or 1; None: neither."""
    layers = [rng.randint(2, 5)] * 2
    if shorter is not None:
        layers[shorter] = rng.randint(1, layers[shorter] - 1)
    steps = rng.choice([max(layers) * rng.randint(2, 6), rng.randint(7, 40)])
    order = [0, steps - 1, *(rng.randrange(steps) for _ in range(4))]
    # where a part begins, and the step before it
    border = -(-steps * rng.randint(1, max(layers) - 1) // max(layers))
    order += [border, border - 1]
    return Case(tuple(layers), steps, tuple(order), tied=rng.random() < 0.7, told=False)


@lab.check(alone=True)
def gradual_unfreezing(student):
    rng = student.rng
    cases = [drawn(rng, shorter) for shorter in (0, 1, None, 0, 1)]
    few = Case((rng.randint(3, 5), rng.randint(3, 5)), 2, (0, 1, 0), told=False)
    frozen = Case((3, 2), 6, (5, 0, 3), frozen=("shared", "decoder", "encoder.block.2"), told=False)
    judge(student, [*PLAIN, *cases, few, frozen, Case((4, 4), 1, (0,), told=False)])
    with part("steps that there are not", points=0.5):
        steps = rng.randint(3, 9)
        judge_errors(student, (2, 3), steps, (steps, -1, -steps, steps + rng.randint(1, 9)))
        judge_errors(student, (2, 2), 4, (4,))
    with part("a training", points=0.5):
        _judge_training(student, rng)


def _judge_training(student, rng):
    """Two parts of three, with an optimiser that remembers: the lowest blocks do not move."""
    layers, steps = (3, 3), 6
    model = student.build(helper_for("small_t5", layers=list(layers), seed=rng.randrange(10**6)))
    before = model.state_dict()
    trial = student.build(helper_for("steps_of_t5", model=model))
    for step in range(4):
        student(model, step, steps)
        trial.step(torch.tensor([[3, 4, 5, 6]]), torch.tensor([[7, 8, 1]]))
    after = model.state_dict()
    opened = open_blocks(Case(layers, steps, ()), 3)
    for stack, blocks in zip(("encoder", "decoder"), opened, strict=True):
        for block in range(3):
            names = [n for n in before if n.startswith(f"{stack}.block.{block}.layer.0.SelfAttention")]
            moved = any(not torch.equal(before[n], after[n]) for n in names)
            require(
                moved == (block in blocks),
                "After four of six steps with AdamW, on three and three blocks, block {block} of the {stack} has {moved}: what is closed must stay what it was, and what is open must move.",
                block=block,
                stack=stack,
                moved="moved" if moved else "not moved",
            )
