"""What small models learn while somebody waits: masked and causal language modelling from scratch, and a baseline for next sentences.

    python -m benchmarks.live [--seeds 3] [--threads 2]

Prints the loss at the start against ln V, when it falls below the entropy of single words (the cross-entropy of held-out text under the
training text's word counts), and what is reached on held-out articles in about a minute. Seconds are those of training alone.
"""

import argparse
import math
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable

import torch
from torch.nn import functional as F
from transformers import GPT2LMHeadModel

from autograder.recipes import bert, bert_rows, gpt
from autograder.recipes.optimizers import muon_and_adamw, quiet_start
from autograder.recipes.text import everything
from autograder.recipes.tokenizers import causal, wordpiece
from course.data.microworld import microworld
from course.training import fit

ARTICLES = ((0.0, 1, {"pair": 1.0}),)  # nothing else
MASKED_STEPS, MASKED_LR = 1_600, 3e-3
CAUSAL_STEPS = 600


def entropy(train: Iterable[int], held_out: Iterable[int]) -> float:
    """Nats a token of held_out under the counts of train, one added to each."""
    counts, found = Counter(train), list(held_out)
    total = counts.total() + len(counts) + 1
    return -statistics.mean(math.log((counts[i] + 1) / total) for i in found)


class Watch:
    """An `evaluate` for `fit` that keeps (seconds of training so far, what was measured)."""

    def __init__(self, measure: Callable[[torch.nn.Module], tuple[float, float]]):
        self.measure, self.spent, self.began = measure, 0.0, time.perf_counter()
        self.table: list[tuple[float, float, float]] = []

    def __call__(self, model: torch.nn.Module) -> float:
        now = time.perf_counter()
        loss, right = self.measure(model)
        self.table.append((now - self.began - self.spent, loss, right))
        self.spent += time.perf_counter() - now
        return loss


def masked(seed: int) -> tuple[float, float, Watch]:
    """(ln V, entropy of single words, the watch) of a BERT that fills 15 % of the places of articles."""
    tokenizer = wordpiece(everything(0, text_to_text=False))
    model, batches = (
        bert.fresh(len(tokenizer), seed),
        bert_rows.Batches(tokenizer, seed, MASKED_STEPS, ARTICLES),
    )
    examination = bert.Examination(tokenizer, 200)
    words = [[i for row in rows for i in row[0] if i > 4] for rows in (
        bert_rows.Rows(tokenizer).pairs(bert_rows.document_pairs(seed + 1, 2_000)), examination.pairs)]  # fmt: skip

    def loss(model, batch):
        return bert.loss(
            model,
            batch | {"next_sentence_label": torch.full_like(batch["next_sentence_label"], bert_rows.NONE)},
        )

    held_out = bert_rows.Batches(tokenizer, 99, MASKED_STEPS, ARTICLES)
    fixed = [held_out(0) for _ in range(12)]

    def measure(model):
        return statistics.mean(float(loss(model, batch)) for batch in fixed), examination.articles(model)[0]

    with torch.no_grad():
        start = measure(model)
    watch = Watch(measure)
    watch.table.append((0.0, *start))
    optimizer = torch.optim.AdamW(model.parameters(), lr=MASKED_LR, betas=(0.9, 0.98), weight_decay=0.01)
    fit(model, batches, loss, steps=MASKED_STEPS, optimizer=optimizer, warmup=100, decay=0.35, seed=seed, device="cpu",
        evaluate=watch, every=50, progress=False)  # fmt: skip
    return math.log(len(tokenizer)), entropy(*words), watch


def one_way(seed: int) -> tuple[float, float, Watch]:
    """The same of a GPT."""
    tokenizer = causal(everything(0, text_to_text=False))
    torch.manual_seed(seed)
    model = GPT2LMHeadModel(gpt.config(len(tokenizer)))
    quiet_start(model, lambda name: name.endswith("c_proj.weight"))
    texts = [
        [article.text for article in microworld(0).articles(n, s)] for n, s in ((8_000, seed + 10), (200, -1))
    ]
    train, held_out = (gpt.rows(tokenizer, t, seed) for t in texts)

    @torch.no_grad()
    def measure(model):
        logits, truth = model(held_out[:, :-1]).logits, held_out[:, 1:]
        return F.cross_entropy(logits.flatten(0, 1), truth.flatten()).item(), (
            logits.argmax(-1) == truth
        ).float().mean().item()

    watch = Watch(measure)
    watch.table.append((0.0, *measure(model)))
    fit(model, train.split(gpt.BATCH), gpt.loss, steps=CAUSAL_STEPS, optimizer=muon_and_adamw(model, inside=lambda name: ".h." in name),
        warmup=50, decay=0.35, seed=seed, device="cpu", evaluate=watch, every=25, progress=False)  # fmt: skip
    return math.log(len(tokenizer)), entropy(train.flatten().tolist(), held_out.flatten().tolist()), watch


def next_by_overlap(n: int = 2_000) -> tuple[float, float]:
    """Accuracy on held-out pairs of "they belong together where they share enough words": the words counted, or their share of the second."""

    def shared(first: str, second: str) -> tuple[int, float]:
        one, two = ({w.strip(".,").lower() for w in text.split()} for text in (first, second))
        return len(one & two), len(one & two) / len(two)

    train, held_out = (
        [(shared(a, b), label == 0) for a, b, label in bert_rows.document_pairs(seed, size)]
        for seed, size in ((5, n), (-1, 400))
    )

    def accuracy(pairs, which, limit):
        return statistics.mean((measured[which] >= limit) == together for measured, together in pairs)

    out = []
    for which in (0, 1):
        limit = max({m[which] for m, _ in train}, key=lambda limit: accuracy(train, which, limit))
        out.append(accuracy(held_out, which, limit))
    return out[0], out[1]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    count, share = next_by_overlap()
    print(
        f"next sentence by shared words: {100 * count:.1f} (their number), {100 * share:.1f} (their share), guessing 50.0"
    )
    for name, train in (("masked", masked), ("one way", one_way)):
        for seed in range(options.seeds):
            guessing, words, watch = train(seed)
            (_, start, _), *rest, (seconds, loss, right) = watch.table
            below = next((s for s, value, _ in [*rest, watch.table[-1]] if value < words), math.inf)
            minute = [r for s, _, r in watch.table if s <= 60][-1]
            print(
                f"{name}, seed {seed}: starts at {start:.2f} (ln V {guessing:.2f}, {100 * (start / guessing - 1):+.1f} %), below "
                f"{words:.2f} after {below:.0f} s, right after a minute {100 * minute:.1f}; "
                f"loss {loss:.2f}, right {100 * right:.1f} at the end ({seconds:.0f} s)",
                flush=True,
            )


if __name__ == "__main__":
    main()
