"""What the shipped BERT's pretraining buys: the same network fine-tuned, from scratch, and (sentiment) frozen. Prints tables.

    python -m benchmarks.transfer                              # all, 3 seeds
    python -m benchmarks.transfer sentiment --seeds 5          # or --checkpoint FOLDER for another than the shipped one
    python -m benchmarks.transfer tasks --only entailment
    python -m benchmarks.transfer before --only answerability  # one task before another

Everything is measured on the test split, whose people (in sentiment, words) are in no text that was trained on. What
understands nothing gets is in course/data/README.md.
"""

import argparse
import random
import statistics
from collections.abc import Sequence
from functools import partial

import torch
import transformers
from torch.nn import functional as F

from autograder.recipes import bert
from benchmarks.encoding import NONE, TAGS, Row, batches, tagged, texts, together
from benchmarks.matchers import exact_match, f1
from course.data.tasks import rows
from course.models.loaders import HEADS, SHIPPED
from course.training import fit

LONGEST = 12  # tokens of an answer


class Start:
    """Where a network starts: with the checkpoint's weights, or as its recipe starts."""

    def __init__(self, checkpoint: str):
        self.checkpoint = checkpoint
        self.tokenizer = transformers.AutoTokenizer.from_pretrained(checkpoint)

    def __call__(self, pretrained: bool, head: str, seed: int, **options):
        torch.manual_seed(seed)
        model = getattr(transformers, HEADS[head]).from_pretrained(
            self.checkpoint, dtype="float32", **options
        )
        if not pretrained:
            fresh = bert.fresh(len(self.tokenizer), seed).bert.state_dict()
            own = model.base_model.state_dict()
            model.base_model.load_state_dict({name: fresh[name] for name in own})
        return model


def tune(
    model,
    items: Sequence[dict],
    steps: int,
    seed: int,
    lr: float = 1e-3,
    batch: int = 32,
    decay: str | float = "linear",
    head: float = 1,
    device: str | torch.device = "cpu",
) -> float:
    """Fine-tune all of the model; returns the seconds it took. head: how many times as large the steps of its head are."""
    below = set(model.base_model.parameters())
    new = [p for p in model.parameters() if p not in below]
    optimizer = torch.optim.AdamW([{"params": list(below)}, {"params": new, "lr": head * lr}], lr=lr, betas=(0.9, 0.98), weight_decay=0.01)  # fmt: skip
    history = fit(
        model, batches(items, seed, batch), lambda m, made: m(**made).loss, steps=steps, optimizer=optimizer, warmup=min(100, steps // 10),
        decay=decay, seed=seed, device=device, progress=False,
    )  # fmt: skip
    return history.seconds


@torch.no_grad()
def said(model, items: Sequence[dict]) -> list[dict[str, torch.Tensor]]:
    """The model's outputs for each item, in order."""
    model.eval()
    out = []
    for i in range(0, len(items), 50):
        batch = together(items[i : i + 50])
        given = model(**{k: batch[k] for k in ("input_ids", "token_type_ids", "attention_mask")})
        out += [{key: value[j] for key, value in given.items()} for j in range(len(batch["input_ids"]))]
    return out


# --- scores, in parts of 100 --------------------------------------------------------------------------------------------------
def accuracy(model, items: Sequence[dict]) -> float:
    right = [
        int(o["logits"].argmax()) == item["labels"] for o, item in zip(said(model, items), items, strict=True)
    ]
    return 100 * sum(right) / len(right)


def readings(model, items: Sequence[dict]) -> float:
    """Coreference: the likelier of two readings is the true one."""
    scores = [float(o["logits"][1] - o["logits"][0]) for o in said(model, items)]
    right = [(scores[i] > scores[i + 1]) == (items[i]["labels"] == 1) for i in range(0, len(items), 2)]
    return 100 * sum(right) / len(right)


def spearman(model, items: Sequence[dict]) -> float:
    from scipy.stats import spearmanr

    return 100 * float(
        spearmanr([float(o["logits"]) for o in said(model, items)], [i["labels"] for i in items]).statistic
    )


def entity_f1(model, items: Sequence[dict]) -> float:
    """Names found with their exact words and class."""
    found = [0, 0, 0]  # right, said, true
    for o, item in zip(said(model, items), items, strict=True):
        places = [i for i, label in enumerate(item["labels"]) if label != NONE]
        guess = spans([TAGS[int(o["logits"][i].argmax())] for i in places])
        truth = spans([TAGS[item["labels"][i]] for i in places])
        found = [n + len(s) for n, s in zip(found, (guess & truth, guess, truth), strict=True)]
    return 100 * 2 * found[0] / max(1, found[1] + found[2])


def spans(tags: Sequence[str]) -> set[tuple[int, int, str]]:
    """(first, after the last, class) of each B- and the I- of the same class that follow."""
    out, begin = set(), None
    for i, tag in enumerate([*tags, "O"]):
        if begin is not None and tag != f"I-{tags[begin][2:]}":
            out.add((begin, i, tags[begin][2:]))
            begin = None
        if tag.startswith("B-"):
            begin = i
    return out


def answers(tokenizer, model, items: Sequence[dict], task_rows: Sequence[Row]) -> tuple[float, float]:
    """(exact match, F1) of the likeliest span of at most LONGEST tokens in the passage."""
    pairs = []
    encoded = tokenizer(
        [r["question"] for r in task_rows], [r["context"] for r in task_rows], return_offsets_mapping=True
    )
    for i, (o, row) in enumerate(zip(said(model, items), task_rows, strict=True)):
        offsets, which = encoded["offset_mapping"][i], encoded.sequence_ids(i)
        n = len(offsets)
        outside = torch.tensor([w != 1 for w in which])
        start = o["start_logits"][:n].masked_fill(outside, -torch.inf)
        end = o["end_logits"][:n].masked_fill(outside, -torch.inf)
        score = (start[:, None] + end[None, :]).triu().tril(LONGEST - 1)
        legal = torch.ones(n, n, dtype=torch.bool).triu().tril(LONGEST - 1)
        best = int(score.masked_fill(~legal, -torch.inf).argmax())
        text = row["context"][offsets[best // n][0] : offsets[best % n][1]]
        pairs.append((text, row["answers"]["text"][0]))
    return tuple(100 * statistics.mean(measure(*pair) for pair in pairs) for measure in (exact_match, f1))


# --- the tables -----------------------------------------------------------------------------------------------------------------
def show(values: Sequence[float]) -> str:
    """Mean and spread."""
    if not values:
        return "not run"
    return f"{statistics.mean(values):5.1f} ({min(values):.1f} to {max(values):.1f})"


def sentiment(start: Start, seeds: range) -> None:
    """200 and 1,000 labelled reviews; the words that decide are in no training review."""
    print("\nsentiment, held-out words     from scratch           frozen                 fine-tuned")
    tune_steps = {200: 400, 1000: 1200}
    test = texts(start.tokenizer, "sentiment", rows("sentiment", "test", 0))
    for n, steps in tune_steps.items():
        scores = {"scratch": [], "frozen": [], "tuned": []}
        for seed in seeds:
            train = random.Random(seed).sample(rows("sentiment", "train", 0), n)
            items = texts(start.tokenizer, "sentiment", train)
            for kind in ("scratch", "tuned"):
                model = start(kind == "tuned", "classification", seed, num_labels=2)
                tune(model, items, steps, seed)
                scores[kind].append(accuracy(model, test))
            scores["frozen"].append(frozen(start, items, test, seed))
        print(f"{n:5} labelled            " + "  ".join(show(v) for v in scores.values()), flush=True)


@torch.no_grad()
def _pooled(model, items: Sequence[dict]) -> torch.Tensor:
    """(item, width): the mean of the last states of the real tokens."""
    out = []
    for i in range(0, len(items), 50):
        batch = together(items[i : i + 50])
        inputs = {k: batch[k] for k in ("input_ids", "token_type_ids", "attention_mask")}
        states, mask = model(**inputs).last_hidden_state, batch["attention_mask"][..., None]
        out.append((states * mask).sum(1) / mask.sum(1))
    return torch.cat(out)


def frozen(start: Start, items: Sequence[dict], test: Sequence[dict], seed: int) -> float:
    """A linear layer on the frozen network's mean state."""
    model = start(True, "base", seed)
    x, y = _pooled(model, items), torch.tensor([item["labels"] for item in items])
    mean, spread = x.mean(0), x.std(0)
    layer = torch.nn.Linear(x.shape[1], 2)
    optimizer = torch.optim.AdamW(layer.parameters(), lr=0.01, weight_decay=0.1)
    for _ in range(500):
        optimizer.zero_grad()
        F.cross_entropy(layer((x - mean) / spread), y).backward()
        optimizer.step()
    with torch.no_grad():
        right = layer((_pooled(model, test) - mean) / spread).argmax(1) == torch.tensor(
            [i["labels"] for i in test]
        )
    return 100 * right.float().mean().item()


# task -> (head, options, score, steps)
TASKS = {
    "sentiment": ("classification", {"num_labels": 2}, accuracy, 1200),
    "entities": ("token-classification", {"num_labels": len(TAGS)}, entity_f1, 1500),
    "entailment": ("classification", {"num_labels": 3}, accuracy, 3000),
    "paraphrase": ("classification", {"num_labels": 2}, accuracy, 3500),
    "acceptability": ("classification", {"num_labels": 2}, accuracy, 2000),
    "similarity": ("classification", {"num_labels": 1}, spearman, 3000),
    "duplicates": ("classification", {"num_labels": 2}, accuracy, 2000),
    "answerability": ("classification", {"num_labels": 2}, accuracy, 3000),
    "coreference": ("classification", {"num_labels": 2}, readings, 2000),
}


def tasks(start: Start, seeds: range, scratch: int, only: Sequence[str] = ()) -> None:
    """The other tasks, all of train."""
    print(f"\n{'task':15} {'from scratch':23} {'fine-tuned':23} seconds")
    for task in only or TASKS:
        head, options, score, steps = TASKS[task]
        encode = tagged if task == "entities" else partial(texts, task=task)
        items = {s: encode(start.tokenizer, task_rows=rows(task, s, 0)) for s in ("train", "test")}
        scores: dict[bool, list[float]] = {False: [], True: []}
        seconds = []
        for seed in seeds:
            for pretrained in (False, True) if seed < scratch else (True,):
                model = start(pretrained, head, seed, **options)
                seconds.append(tune(model, items["train"], steps, seed))
                scores[pretrained].append(score(model, items["test"]))
        each = statistics.mean(seconds)
        print(f"{task:15} {show(scores[False]):23} {show(scores[True]):23} {each:.0f}", flush=True)


# (labelled first, then)
ORDERS = (
    ("entailment", "paraphrase"), ("duplicates", "paraphrase"), ("acceptability", "coreference"), ("duplicates", "entailment"),
    ("answerability", "entailment"), ("entailment", "answerability"), ("sentiment", "answerability"),
)  # fmt: skip
FEW, FEW_STEPS = 2_000, 1_000


def before(start: Start, seeds: range, only: Sequence[str] = ()) -> None:
    """All rows of one task, then FEW of another; beside those few alone (Phang et al. 2018, "Sentence encoders on STILTs")."""
    print(f"\n{'one task before another':31} {f'{FEW:,} rows alone':23} after the other task")
    alone: dict[str, list[float]] = {}

    def second(task: str, seed: int, weights: dict | None) -> float:
        _, options, score, _ = TASKS[task]
        model = start(True, "classification", seed, **options)
        if weights is not None:
            model.base_model.load_state_dict(weights)
        train = random.Random(seed).sample(rows(task, "train", 0), FEW)
        tune(model, texts(start.tokenizer, task, train), FEW_STEPS, seed)
        return score(model, texts(start.tokenizer, task, rows(task, "test", 0)))

    learned: dict[tuple[str, int], dict] = {}
    for first, then in [order for order in ORDERS if not only or order[1] in only]:
        _, options, _, steps = TASKS[first]
        items = texts(start.tokenizer, first, rows(first, "train", 0))
        for seed in seeds:
            if (first, seed) not in learned:
                model = start(True, "classification", seed, **options)
                tune(model, items, steps, seed)
                learned[first, seed] = model.base_model.state_dict()
        if then not in alone:
            alone[then] = [second(then, seed, None) for seed in seeds]
        after = [second(then, seed, learned[first, seed]) for seed in seeds]
        print(f"{first + ', then ' + then:31} {show(alone[then]):23} {show(after)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="*", choices=["sentiment", "tasks", "before", []], default=[])
    parser.add_argument("--checkpoint", default=str(SHIPPED / "bert"))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--scratch", type=int, default=3, help="how many seeds of tasks from scratch")
    parser.add_argument(
        "--only",
        nargs="*",
        choices=[*TASKS, []],
        default=[],
        help="of tasks, these; of before, those that come second",
    )
    given = parser.parse_args()
    start, seeds = Start(given.checkpoint), range(given.seeds)
    transformers.logging.set_verbosity_error()
    for name in given.what or ["sentiment", "tasks", "before"]:
        if name == "tasks":
            tasks(start, seeds, given.scratch, given.only)
        elif name == "before":
            before(start, seeds, given.only)
        else:
            sentiment(start, seeds)


if __name__ == "__main__":
    main()
