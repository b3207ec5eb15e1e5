"""Oracle: Python's own sort, which keeps the order of equal ones, over all numbers in torch's order of the parameters; drawn models."""

import torch

from course.checks import part
from course.checks.lab07_bert_family.pruning import judge_pruned, require_refused

from . import lab


def dense(draw, *shape):
    """A dense layer's kind and numbers; its bias is smaller than nearly all of its matrix. draw: a shape -> numbers."""
    return "Linear", {"weight": draw(*shape), "bias": draw(shape[0]) * 1e-3}


def layers_of(rng, draw):
    """Layers for `known_numbers`, with more than 80 numbers in their matrices, under names that do not rise."""
    width = rng.randint(4, 7)
    return {
        "words": ("Embedding", {"weight": draw(rng.randint(8, 12), width)}),
        "norm": ("LayerNorm", {"weight": draw(width) * 1e-3, "bias": draw(width) * 1e-3}),
        "blocks.1": dense(draw, width, width),
        "blocks.0": dense(draw, 2 * width, width),
        "away": dense(draw, rng.randint(2, 4), 2 * width),
    }


def with_all_kinds(rng, draw):
    """(layers, the rest of what `known_numbers` takes): a shared table, a frozen matrix, one of three dimensions, one of the model's own."""
    layers = layers_of(rng, draw)
    own = {"scale": draw() * 1e-3, "start": draw(1, rng.randint(2, 6))}
    convolution = {"weight": draw(3, 2, rng.randint(2, 4)), "bias": draw(3) * 1e-3}
    words = len(layers["words"][1]["weight"])
    layers = {"": ("Module", own), **layers, "conv": ("Conv1d", convolution), "head": ("Linear", {"bias": draw(words) * 1e-3})}  # fmt: skip
    return layers, {
        "shared": {"head.weight": "words.weight"},
        "frozen": [rng.choice(["blocks.1.weight", "conv.weight", "words.weight"]), "norm.bias"],
        "buffers": {"places": draw(4, 3) * 1e-3},
    }


@lab.check()
def magnitude_prune(student):
    rng, generator = student.rng, torch.Generator().manual_seed(student.seed)

    def normal(*shape):
        return torch.randn(shape, generator=generator)

    def whole(*shape):
        return torch.randint(-3, 4, shape, generator=generator).float()

    for low, high in ((0.05, 0.3), (0.3, 0.7), (0.7, 0.97)):
        judge_pruned(student, layers_of(rng, normal), [rng.uniform(low, high)], "A drawn model")
    again = [rng.uniform(0.1, 0.3), rng.uniform(0.5, 0.8), rng.uniform(0.2, 0.45)]
    judge_pruned(student, layers_of(rng, normal), again, "A drawn model")
    even = {"one": dense(normal, 10, 10), "two": dense(normal, 2, 5)}  # 110: at 1/4 and 3/4 a half is left
    for sparsity in (0.25, 0.75, 0.0, 1.0):
        judge_pruned(student, even, [sparsity], "A drawn model")
    with part("many of the same size", points=0.5):
        for _ in range(3):
            story = "A drawn model with many numbers of the same size"
            judge_pruned(student, layers_of(rng, whole), [rng.uniform(0.05, 0.95)], story)
    with part("shared, frozen, of three dimensions", points=0.5):
        for draw in (normal, whole):
            layers, rest = with_all_kinds(rng, draw)
            judge_pruned(student, layers, [rng.uniform(0.2, 0.8)], "A drawn model with matrices of all kinds", **rest)  # fmt: skip
    with part("float64, and what is no share", points=0.5):
        double = {p: (k, {n: t.double() / 3 for n, t in numbers.items()}) for p, (k, numbers) in even.items()}
        judge_pruned(student, double, [rng.uniform(0.2, 0.8)], "A drawn model in float64")
        require_refused(student, even, (-rng.uniform(0.001, 3), 1 + rng.uniform(0.001, 3)))
