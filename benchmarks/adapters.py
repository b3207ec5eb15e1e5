"""What of a T5 has to learn for a task that it has never been given, and how tasks of unequal sizes are mixed. Writes the lesson's tables.

    python -m benchmarks.adapters [--only rates|ways|mixing] [--seeds 3] [--threads 2] [--write]

Three tasks on test that are not among those of the shipped T5's pretraining: questions without a passage (the facts were in its texts, the
question alone was not), the fault of a sentence (one of eleven, or none), and translation from Esperanto, which it has only written so
far. `ways` trains on each of them everything, adapters of three sizes (Houlsby et al. 2019), from the top down (gradual unfreezing, as in
Raffel et al. 2020, section 3.5.1), or the output alone, and asks for the twelve old tasks again. `rates` is how RATES was chosen: on
validation, another seed. `mixing` trains on few rows of faults beside many of translation, in four mixtures. --write: into the lesson.

Scores are shares of answers that are right to the letter.
"""

import argparse
import math
import statistics

import torch
from torch import nn
from torch.nn import functional as F
from transformers import AutoTokenizer, T5ForConditionalGeneration

from autograder.recipes import t5, t5_rows
from autograder.recipes.text_to_text import to_text
from benchmarks.kept import keep
from benchmarks.t5 import ROWS as OLD
from benchmarks.t5 import TOKENS
from course.data.dice import Dice
from course.data.tasks import rows
from course.models.loaders import SHIPPED
from course.training import fit

DRAWN = {"questions without a passage": 6_000, "the fault": 24_000, "from Esperanto": 32_000}
SIZES = (4, 16, 64)
WAYS = ("everything", *(f"adapters of {size}" for size in SIZES), "unfreezing", "the output")
# The rates that `--only rates` tries on validation, seed 100, and of them the best for each task, in the order of DRAWN.
TRIED = {"everything": (1e-3, 3e-3, 1e-2), "unfreezing": (1e-3, 3e-3, 1e-2), "the output": (1e-2, 3e-2, 1e-1)}
TRIED |= {f"adapters of {size}": (5e-3, 1e-2, 2e-2, 4e-2) for size in SIZES}
RATES = {"everything": (1e-3, 1e-3, 1e-2), "unfreezing": (1e-3, 3e-3, 1e-2), "the output": (3e-2, 1e-1, 1e-2)}
RATES |= {f"adapters of {size}": (2e-2, 1e-2, 1e-2) for size in SIZES}


def pairs(task: str, split: str) -> list[tuple[str, str]]:
    """(what the model reads, what it should write)"""
    if task == "from Esperanto":
        return [
            (f"translate Esperanto to English: {row['esperanto']}", row["english"])
            for row in rows("translation", split, 0)
        ]
    if task == "the fault":
        return [
            (f"fault: {row['text']}", "none" if row["label"] else row["kind"])
            for row in rows("acceptability", split, 0)
        ]
    return [(f"question: {row['question']}", row["answer"]) for row in rows("closed_book", split, 0)]


class Adapter(nn.Module):
    """A bottleneck with a way past it, which begins as nothing."""

    def __init__(self, width: int, size: int):
        super().__init__()
        self.down, self.up = nn.Linear(width, size), nn.Linear(size, width)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: float (…, width)."""
        return x + self.up(F.relu(self.down(x)))


def prepared(way: str) -> T5ForConditionalGeneration:
    """The shipped T5, with what learns in this way."""
    model = T5ForConditionalGeneration.from_pretrained(str(SHIPPED / "t5"), dtype=torch.float32)
    if way.startswith("adapters"):
        for name, weight in model.named_parameters():
            weight.requires_grad_("norm" in name)
        for block in (*model.encoder.block, *model.decoder.block):
            dense = block.layer[-1]
            adapter = Adapter(model.config.d_model, int(way.split()[-1]))
            dense.DenseReluDense = nn.Sequential(dense.DenseReluDense, adapter)
    if way == "the output":
        model.requires_grad_(False)
        model.lm_head.weight = nn.Parameter(model.shared.weight.detach().clone())
    return model


def opened(model: T5ForConditionalGeneration, step: int, steps: int) -> None:
    """Gradual unfreezing, both stacks side by side from the top."""
    stacks = model.encoder.block, model.decoder.block
    learning = step * max(map(len, stacks)) // steps + 1
    for stack in stacks:
        for i, block in enumerate(stack):
            block.requires_grad_(i >= len(stack) - learning)


def trained(way: str, lr: float, examples: list[t5_rows.Row], seed: int):
    """(model, numbers that learned, seconds) after once through the examples."""
    torch.manual_seed(seed)
    model = prepared(way)
    numbers = sum(p.numel() for p in model.parameters() if p.requires_grad)
    made = t5_rows.batches_of(examples, TOKENS)
    order = Dice(seed, "order").shuffled(range(len(made)))

    def batch(step):
        if way == "unfreezing":
            opened(model, step, len(made))
        return t5_rows.collated(made[order[step]])

    history = fit(
        model, batch, t5.loss, steps=len(made), optimizer=t5.optimizer(model, lr), warmup=min(50, len(made) // 4),
        decay="linear", seed=seed, device="cpu", progress=False,
    )  # fmt: skip
    return model.eval(), numbers, history.seconds


def encoded(tokenizer, made: list[tuple[str, str]]) -> list[t5_rows.Row]:
    """Ids of both sides."""
    return t5_rows.encoded(tokenizer, made)


def drawn(tokenizer, task: str, seed: int, n: int, different: int | None = None) -> list[t5_rows.Row]:
    """So many training rows of a task, all before any comes again; different: how many there are of them."""
    made = Dice(seed, "adapters", task).shuffled(pairs(task, "train"))[:different]
    return encoded(tokenizer, [made[i % len(made)] for i in range(n)])


def right(model, data: list[t5_rows.Row]) -> float:
    """The share that the model writes to the letter, greedily."""
    return statistics.mean(t5.right(model, data))


def old(tokenizer) -> list[list[t5_rows.Row]]:
    """100 test rows of each of the twelve tasks of the pretraining."""
    return [encoded(tokenizer, [to_text(task, row) for row in rows(task, "test", 0)[:100]]) for task in OLD]


def rates(tokenizer) -> None:
    """Try each rate on validation, with a seed of its own."""
    for way in WAYS:
        best = []
        for task, n in DRAWN.items():
            data, test = drawn(tokenizer, task, 100, n), encoded(tokenizer, pairs(task, "validation")[:300])
            found = {lr: right(trained(way, lr, data, 100)[0], test) for lr in TRIED[way]}
            best.append(max(found, key=found.get))
            print(f"{way:16} {task:28}", {lr: round(score, 3) for lr, score in found.items()}, flush=True)
        print(f"    {way!r}: {tuple(best)},", flush=True)


def ways(tokenizer, seeds: int):
    """A row for each way, task and seed."""
    before = old(tokenizer)
    untouched = statistics.mean(right(prepared("everything").eval(), each) for each in before)
    yield {"way": "untouched", "task": "", "seed": 0, "numbers": 0, "seconds": 0.0, "right": 0.0, "old": untouched}  # fmt: skip
    for seed in range(seeds):
        for k, (task, n) in enumerate(DRAWN.items()):
            data, test = drawn(tokenizer, task, seed, n), encoded(tokenizer, pairs(task, "test"))
            for way in WAYS:
                model, numbers, seconds = trained(way, RATES[way][k], data, seed)
                kept = statistics.mean(right(model, each) for each in before)
                yield {
                    "way": way, "task": task, "seed": seed, "numbers": numbers, "seconds": round(seconds, 1),
                    "right": round(right(model, test), 4), "old": round(kept, 4),
                }  # fmt: skip


def mixing(tokenizer, seeds: int, few: int = 400, n: int = 24_000):
    """A row for each mixture and seed: few rows of faults beside all of translation, n draws in all; and the few alone."""
    small, large = "the fault", "from Esperanto"
    tests = [encoded(tokenizer, pairs(task, "test")) for task in (small, large)]
    many = len(pairs(large, "train"))
    for seed in range(seeds):
        for name, temperature in (("proportional", 1.0), ("T = 2", 2.0), ("T = 4", 4.0), ("equal", math.inf)):
            a, b = few ** (1 / temperature), many ** (1 / temperature)
            part = round(n * a / (a + b))
            data = drawn(tokenizer, small, seed, part, few) + drawn(tokenizer, large, seed, n - part)
            model, _, seconds = trained("everything", 3e-3, data, seed)
            yield _mixed(name, seed, part, n - part, seconds, model, tests)
        for name, task, part in (("small alone", small, 3_000), ("large alone", large, n)):
            data = drawn(tokenizer, task, seed, part, few if task == small else None)
            model, _, seconds = trained("everything", 3e-3, data, seed)
            counts = (part, 0) if task == small else (0, part)
            yield _mixed(name, seed, *counts, seconds, model, tests)


def _mixed(name, seed, small, large, seconds, model, tests):
    one, two = (round(right(model, each), 4) for each in tests)
    return {"mixture": name, "seed": seed, "small": small, "large": large, "seconds": round(seconds, 1), "small right": one, "large right": two}  # fmt: skip


def main() -> None:
    """Print the rows, and keep them for the lesson."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=("rates", "ways", "mixing"))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="write what was found where the lesson reads it")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    tokenizer = AutoTokenizer.from_pretrained(str(SHIPPED / "t5"))
    if options.only == "rates":
        rates(tokenizer)
        return
    parts = {"ways": ways, "mixing": mixing}
    for name in [options.only] if options.only else parts:
        found = []
        for row in parts[name](tokenizer, options.seeds):
            found.append(row)
            print(row, flush=True)
        if options.write:
            keep("09_text_to_text", name, found)


if __name__ == "__main__":
    main()
