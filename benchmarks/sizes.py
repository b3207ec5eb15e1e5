"""How much text BERT's pretraining takes: the same steps over a part of the texts, again and again. Prints a table.

    python -m benchmarks.sizes [--share 0.01 --share 0.1] [--seed N] [--tuned 3] [--threads 1]

The steps are those of the recipe, so that what differs is the text alone (as in Raffel et al. 2020, 3.4.2). Of each network: the values it
copies in pretraining, and what `benchmarks.transfer` finds downstream with each fine-tuning seed, on test. share 1 is the recipe itself:
the shipped checkpoint, which is not trained again.
"""

import argparse
import json
import math
import random
import tempfile

import torch
import transformers

from autograder.recipes import bert, bert_rows
from benchmarks import encoding, transfer
from course.data.tasks import rows
from course.models.loaders import SHIPPED

LABELLED, SENTIMENT_STEPS = 1_000, 1_200
# One rate for the head and all else stands still for a while, and for how long is chance; `reading` shows what ends that.
QA = {"steps": 4_000, "batch": 16, "decay": 0.4}


def downstream(start: transfer.Start, seed: int) -> dict[str, float]:
    """F1 of extractive questions, and the accuracy of sentiment with LABELLED rows."""
    answerable = {
        split: [row for row in rows("questions", split, 0) if not row["is_impossible"]]
        for split in ("train", "test")
    }
    items = {split: encoding.asked(start.tokenizer, found) for split, found in answerable.items()}
    model = start(True, "question-answering", seed)
    transfer.tune(model, items["train"], seed=seed, **QA)
    _, f1 = transfer.answers(start.tokenizer, model, items["test"], answerable["test"])
    train = random.Random(seed).sample(rows("sentiment", "train", 0), LABELLED)
    model = start(True, "classification", seed, num_labels=2)
    transfer.tune(model, encoding.texts(start.tokenizer, "sentiment", train), SENTIMENT_STEPS, seed)
    test = encoding.texts(start.tokenizer, "sentiment", rows("sentiment", "test", 0))
    return {"questions F1": f1, "sentiment": transfer.accuracy(model, test)}


def main() -> None:
    """Pretrain with each share, fine-tune, print a line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--share", type=float, action="append", help="of the texts; say it again for more")
    kept = json.loads((SHIPPED / "bert" / "figures.json").read_text(encoding="utf-8"))["kept"]
    parser.add_argument(
        "--seed", type=int, default=kept, help="of pretraining; by default the shipped checkpoint's"
    )
    parser.add_argument("--tuned", type=int, default=3, help="fine-tuning seeds, from 0")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    transformers.logging.set_verbosity_error()
    for share in given.share or (0.01, 0.1, 1.0):
        pools = sum(
            math.ceil(share * (end - begin) * bert.STEPS / bert_rows.POOL)
            for begin, end in zip(
                [b for b, *_ in bert_rows.STAGES], [*[b for b, *_ in bert_rows.STAGES[1:]], 1.0], strict=True
            )
        )
        with tempfile.TemporaryDirectory() as folder:
            figures = {}
            if share < 1:
                model, tokenizer, got = bert.train(given.seed, progress=False, share=share)
                model.save_pretrained(folder)
                tokenizer.save_pretrained(folder)
                figures = {name: got[name] for name in ("one relation", "copied", "articles", "names")}
            shown = "  ".join(f"{name} {value:.3f}" for name, value in figures.items())
            print(f"share {share}, {pools * bert_rows.POOL * bert_rows.BATCH:,} rows: {shown}", flush=True)
            start = transfer.Start(folder if share < 1 else str(SHIPPED / "bert"))
            for seed in range(given.tuned):
                shown = "  ".join(f"{name} {value:.3f}" for name, value in downstream(start, seed).items())
                print(f"    fine-tuning seed {seed}: {shown}", flush=True)


if __name__ == "__main__":
    main()
