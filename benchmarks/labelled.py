"""What a few labels buy: reviews judged by a network from scratch, frozen, and fine-tuned; with three amounts of pretraining text.

    python -m benchmarks.labelled --keep FOLDER [--seeds 5] [--write]

Sentiment, whose words of praise and blame differ between train and test: only pretraining has met those of the test. Each figure is the
accuracy on all reviews of test. The networks that read 1 % and 10 % of the text are pretrained first, as long as the shipped one (about 25
minutes each with one thread), into FOLDER, where the next call finds them. --write: into the file that lesson 06 shows.
"""

import argparse
import json
import random
import statistics
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from autograder.recipes import bert
from course import load_model, load_task, load_tokenizer
from course.models.loaders import SHIPPED
from course.training import fit

LESSON = Path(__file__).parents[1] / "course" / "lessons" / "06_fine_tuning.json"
SHARES = (0.01, 0.1, 1.0)  # of the text that the shipped BERT has read
STEPS = {50: 200, 200: 400, 1_000: 1_000}  # by the number of labelled reviews


def encoded(tokenizer, reviews):
    """(ids, labels): long (review, time), filled up with [PAD], and long (review,)."""
    ids = tokenizer(list(reviews["text"]), padding=True, return_tensors="pt").input_ids
    return ids, torch.tensor(reviews["label"])


def fine_tune(model, ids, labels, steps, seed, lr=1e-3):
    """Train all of the model; each step reads 32 reviews."""
    torch.manual_seed(seed)

    def batch(step):
        rows = torch.randint(len(ids), (32,))
        own = ids[rows]
        own = own[:, : int((own != 0).sum(1).max())]  # no wider than its longest review
        return {"input_ids": own, "attention_mask": (own != 0).long(), "labels": labels[rows]}

    fit(
        model,
        batch,
        lambda model, batch: model(**batch).loss,
        steps=steps,
        lr=lr,
        warmup=steps // 10,
        decay="linear",
        progress=False,
    )
    return model.cpu().eval()


@torch.no_grad()
def answered(model, ids):
    """The model's outputs, of all reviews together."""
    return model(input_ids=ids, attention_mask=(ids != 0).long())


def accuracy(model, ids, labels):
    """The share of the reviews that are judged right."""
    return (answered(model, ids).logits.argmax(-1) == labels).float().mean().item()


def frozen(model, train, test, seed):
    """The accuracy of a linear layer on the mean of the last states; the network stays as it is."""
    torch.manual_seed(seed)
    means = []
    for ids, _ in (train, test):
        real = (ids != 0)[..., None]
        means.append((answered(model, ids).last_hidden_state * real).sum(1) / real.sum(1))
    centre, spread = means[0].mean(0), means[0].std(0)
    x, new = ((each - centre) / spread for each in means)
    layer = nn.Linear(x.shape[1], 2)
    optimizer = torch.optim.AdamW(layer.parameters(), lr=0.01, weight_decay=0.1)
    for _ in range(500):
        optimizer.zero_grad()
        F.cross_entropy(layer(x), train[1]).backward()
        optimizer.step()
    return (layer(new).argmax(-1) == test[1]).float().mean().item()


def checkpoint(share, keep):
    """The folder of a BERT that has read this share of the text."""
    if share == 1:
        return SHIPPED / "bert"
    folder = Path(keep) / f"bert_{share}"
    if not folder.is_dir():
        kept = json.loads((SHIPPED / "bert" / "figures.json").read_text(encoding="utf-8"))["kept"]
        model, tokenizer, _ = bert.train(kept, progress=True, share=share)
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    return folder


def main() -> None:
    """Measure, print a table, and write what the lesson shows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", required=True, help="folder of the networks that are pretrained here")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--labelled", type=int, nargs="*", default=list(STEPS))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--write", action="store_true", help=f"into {LESSON.name}")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    tokenizer = load_tokenizer("bert")
    test = encoded(tokenizer, load_task("sentiment", split="test"))
    reviews = load_task("sentiment")
    measured = []
    for share in SHARES:
        folder = checkpoint(share, given.keep)
        for n in given.labelled:
            scores = {"from scratch": [], "frozen": [], "fine-tuned": []}
            for seed in range(given.seeds):
                train = encoded(tokenizer, reviews.select(random.Random(seed).sample(range(len(reviews)), n)))
                scores["frozen"].append(frozen(load_model(folder), train, test, seed))
                torch.manual_seed(seed)
                tuned = load_model(folder, head="classification", num_labels=2)
                scores["fine-tuned"].append(accuracy(fine_tune(tuned, *train, STEPS[n], seed), *test))
                if share == 1:
                    torch.manual_seed(seed)
                    fresh = type(tuned)(tuned.config)
                    scores["from scratch"].append(accuracy(fine_tune(fresh, *train, STEPS[n], seed), *test))
            for way, values in scores.items():
                measured += [
                    {"text": share, "labelled": n, "way": way, "seed": seed, "accuracy": round(value, 4)}
                    for seed, value in enumerate(values)
                ]
                if values:
                    mean, low, high = (f"{100 * f(values):.1f}" for f in (statistics.mean, min, max))
                    print(
                        f"{share:5.0%} of the text, {n:5,} labelled, {way:12} {mean} ({low} to {high})",
                        flush=True,
                    )
    if given.write:
        lines = ",\n".join(json.dumps(each) for each in measured)
        LESSON.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
