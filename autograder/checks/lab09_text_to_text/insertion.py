"""Hidden checks of `insert_adapters`. Oracle: transformers' T5 of drawn sizes, with adapters hooked in behind `DenseReluDense`."""

import torch

from course.checks import part, require_close
from course.checks.helpers.t5s import small_t5
from course.checks.lab09_text_to_text.adapters import adapted, state_for
from course.checks.lab09_text_to_text.insertion import (
    IDS,
    LABELS,
    PLAIN,
    hooked,
    inserted,
    judge_dtype,
    judge_learning,
    judge_place,
    logits_of,
)

from . import lab


@lab.check(alone=True)
def insert_adapters(student):
    rng = student.rng
    student = student.using(limit=60)

    def given(**more):
        return {"layers": [rng.randint(1, 3), rng.randint(1, 3)], "seed": rng.randrange(10**6), **more}

    judge_place(student, PLAIN, 1)
    for more in ({}, {"gated": True}, {"tied": False}):
        judge_place(student, given(**more), rng.randrange(10**6))
    with part("what learns", points=1):
        judge_learning(student, PLAIN)
        judge_learning(student, {**given(), "layers": [2, 3], "frozen": ["shared", "decoder"]})
    with part("what `also` names", points=0.5):
        untied = {**given(tied=False), "layers": [2, 2]}
        for also in (("lm_head",), ["encoder.block.1"], ("decoder.block.0.layer.1", "shared"), ["block"]):
            judge_learning(student, untied, also=also)
    with part("in float64", points=0.5):
        judge_dtype(student, given())
    with part("with your own Adapter", points=0.5):
        _judge_own(student, given(), rng)


def _judge_own(student, sizes, rng):
    """The student's own class, whose check comes before this one."""
    generator, n = torch.Generator().manual_seed(rng.randrange(10**6)), sum(sizes["layers"])
    adapters, watch = inserted(student, sizes, 3)
    pairs = [
        ((torch.randn(3, 6, generator=generator), torch.randn(3, generator=generator)), (torch.randn(6, 3, generator=generator), torch.randn(6, generator=generator)))
        for _ in range(n)
    ]  # fmt: skip
    for adapter, (down, up) in zip(adapters, pairs, strict=True):
        adapter.load_state_dict(state_for(down, up))
    model = hooked(small_t5(**sizes), [lambda x, pair=pair: adapted(x, *pair) for pair in pairs])
    with torch.no_grad():
        truth = model(input_ids=IDS, labels=LABELS).logits
    require_close(
        logits_of(watch),
        truth,
        "With your own Adapter (whose check comes before this one) the model's logits are off at {at}.",
        rtol=1e-3,
        atol=1e-3,
    )
