"""A trial of a pretrained BERT, by which a seed is kept: fine-tuned on a few labelled reviews, how well does it read others?

reviews(model, tokenizer)           # mean accuracy on the validation split, of three fine-tunings
"""

import statistics

import torch
from transformers import (
    MegatronBertForPreTraining,
    MegatronBertForSequenceClassification,
    PreTrainedTokenizerFast,
)

from course.data.dice import Dice
from course.data.tasks import rows
from course.training import fit

LABELLED, STEPS, BATCH, LR = 200, 400, 32, 1e-3


def reviews(model: MegatronBertForPreTraining, tokenizer: PreTrainedTokenizerFast, seeds: int = 3) -> float:
    """Whether a review praises or blames, in words of praise and blame that no labelled review has; guessing gets half."""
    return statistics.mean(_tried(model, tokenizer, seed) for seed in range(seeds))


def _tried(model, tokenizer, seed) -> float:
    torch.manual_seed(seed)
    config = type(model.config).from_dict(model.config.to_dict() | {"num_labels": 2})
    reader = MegatronBertForSequenceClassification(config)
    reader.bert.load_state_dict(model.bert.state_dict())
    labelled = Dice(seed, "trial").shuffled(rows("sentiment", "train", 0))[:LABELLED]
    dice = Dice(seed, "trial batches")

    def batch(step: int) -> dict[str, torch.Tensor]:
        return _encoded(tokenizer, dice.shuffled(labelled)[:BATCH])

    optimizer = torch.optim.AdamW(reader.parameters(), lr=LR, betas=(0.9, 0.98), weight_decay=0.01)
    fit(
        reader, batch, lambda m, made: m(**made).loss, steps=STEPS, optimizer=optimizer, warmup=40, decay="linear", seed=seed,
        device="cpu", progress=False,
    )  # fmt: skip
    reader.eval()
    asked, right = rows("sentiment", "validation", 0), 0
    with torch.no_grad():
        for begin in range(0, len(asked), 100):
            made = _encoded(tokenizer, asked[begin : begin + 100])
            right += int((reader(**made).logits.argmax(1) == made["labels"]).sum())
    return right / len(asked)


def _encoded(tokenizer, some) -> dict[str, torch.Tensor]:
    made = tokenizer([row["text"] for row in some], padding=True, return_tensors="pt")
    return {**made, "labels": torch.tensor([row["label"] for row in some])}
