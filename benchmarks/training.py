"""`course.training.fit` against `transformers.Trainer`: the same tiny BERT, data and steps: `python -m benchmarks.training`.

Prints tokens a second (taken in turns, the median of three runs) and how far the loss curves are apart. `fit` is measured with the model's own
loss, as Trainer takes it, and with the same number worked out as the course's recipes do: words are scored at the hidden places alone,
not at all places of which 85 % are then ignored. Needs `accelerate`, which the course itself does not: `pip install accelerate`.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial

import torch
from torch.nn import functional as F
from torch.utils.data import DataLoader, SequentialSampler
from transformers import BertConfig, BertForMaskedLM, Trainer, TrainingArguments

from course import microworld
from course.training import fit

LENGTH, BATCH, WINDOW = 64, 32, 25
SPECIAL = 2  # padding and mask


def examples(n: int) -> tuple[list[dict], int]:
    """n stretches of the world's text with 15 % masked, as dicts of tensors; and how many words there are."""
    tokens = [t for s in microworld(0).sentences(n * LENGTH) for t in s][: n * LENGTH]
    words = {w: i + SPECIAL for i, w in enumerate(sorted(set(tokens)))}
    ids = torch.tensor([words[t] for t in tokens]).view(n, LENGTH)
    hidden = torch.rand(ids.shape, generator=torch.Generator().manual_seed(0)) < 0.15
    rows = zip(ids.masked_fill(hidden, 1), ids.masked_fill(~hidden, -100), strict=True)
    return [{"input_ids": i, "labels": t} for i, t in rows], len(words) + SPECIAL


def model(vocabulary: int) -> BertForMaskedLM:
    torch.manual_seed(0)
    return BertForMaskedLM(
        BertConfig(
            vocab_size=vocabulary, hidden_size=64, num_hidden_layers=2, num_attention_heads=4, intermediate_size=256,
            hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, max_position_embeddings=LENGTH,
        )
    )  # fmt: skip


class InOrder(Trainer):
    """The data in its order, so that both see the same batches."""

    def _get_train_sampler(self, *_):
        return SequentialSampler(self.train_dataset)


def with_trainer(data: list[dict], vocabulary: int, steps: int) -> tuple[float, list[float]]:
    """(seconds, mean loss of each window of steps)."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            folder, max_steps=steps, per_device_train_batch_size=BATCH, learning_rate=1e-3, lr_scheduler_type="constant",
            max_grad_norm=1.0, weight_decay=0.01, logging_steps=WINDOW, save_strategy="no", report_to=[], disable_tqdm=True, use_cpu=True,
        )  # fmt: skip
        trainer = InOrder(model(vocabulary), arguments, train_dataset=data)
        trainer.log = lambda logs, *_: losses.append(logs["loss"]) if "loss" in logs else None
        losses: list[float] = []
        began = time.perf_counter()
        trainer.train()
        return time.perf_counter() - began, losses


def own_loss(model: BertForMaskedLM, batch: dict) -> torch.Tensor:
    """As the model gives it."""
    return model(**batch).loss


def loss_of_hidden(model: BertForMaskedLM, batch: dict) -> torch.Tensor:
    """The same number, from the scores of the hidden places alone."""
    hidden = batch["labels"] != -100
    states = model.bert(batch["input_ids"]).last_hidden_state[hidden]
    return F.cross_entropy(model.cls(states), batch["labels"][hidden])


def with_fit(data: list[dict], vocabulary: int, steps: int, loss: Callable) -> tuple[float, list[float]]:
    """The same with `fit`."""
    began = time.perf_counter()
    history = fit(model(vocabulary), DataLoader(data, BATCH), loss, steps=steps, lr=1e-3, progress=False)
    seconds, losses = time.perf_counter() - began, history.losses
    return seconds, [statistics.mean(losses[i : i + WINDOW]) for i in range(0, steps, WINDOW)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=300)
    steps = parser.parse_args().steps
    data, vocabulary = examples(steps * BATCH)
    runs = {
        "Trainer": with_trainer,
        "fit": partial(with_fit, loss=own_loss),
        "fit, hidden places": partial(with_fit, loss=loss_of_hidden),
    }
    times: dict[str, list[float]] = {name: [] for name in runs}
    losses = {}
    for _ in range(3):
        for name, run in runs.items():
            seconds, losses[name] = run(data, vocabulary, steps)
            times[name].append(seconds)
    base = statistics.median(times["Trainer"])
    for name, values in times.items():
        seconds, ours = statistics.median(values), losses[name]
        apart = max(abs(a - b) for a, b in zip(losses["Trainer"], ours, strict=True))
        print(
            f"{name:20} {steps * BATCH * LENGTH / seconds:8,.0f} tokens a second, {base / seconds:.2f} times Trainer; "
            f"losses {ours[0]:.3f} to {ours[-1]:.3f}, at most {apart:.4f} from Trainer's over windows of {WINDOW} steps"
        )


if __name__ == "__main__":
    main()
