"""Frozen vectors under two small classifiers, on reviews whose words of praise and blame no labelled review has. Prints a table.

    python -m benchmarks.frozen [--seeds 3] [--labelled 1000] [--split test]

CBOW's vectors are those of a table; ELMo's are its three layers, mixed with weights that the classifier learns; beside it stands the same
network before training. averaged: a linear layer on the mean of a text's vectors. rnn: an LSTM over them, and a linear layer on its
last state. A third of the reviews each is plain, has a contrast ("X, but Y"), or a negation.
"""

import argparse
import random
import statistics
from collections.abc import Callable, Sequence

import torch
from torch import nn
from torch.nn import functional as F
from transformers import AutoTokenizer

from benchmarks.baselines import WORD
from benchmarks.senses import before_training, layers, table
from course.data.reviews import KINDS
from course.data.tasks import Row, rows
from course.models import elmo
from course.models.loaders import SHIPPED

HIDDEN, STEPS, BATCH = 48, 300, 32
Features = list[torch.Tensor]  # of each text (layers, tokens, width)


def with_cbow(seed: int) -> Callable[[str], torch.Tensor]:
    """Vectors of words from a table that was trained on the world's sentences; zeros for a word that it does not have."""
    vocabulary, vectors = table(seed, 1500)
    number = {word: i for i, word in enumerate(vocabulary)}
    rows_of = torch.cat([vectors, torch.zeros(1, vectors.shape[1])])
    return lambda text: rows_of[[number.get(word, -1) for word in WORD.findall(text.lower())]][None]


def with_elmo(parts: nn.ModuleDict, tokenizer) -> Callable[[str], torch.Tensor]:
    """The states of all layers, both directions beside each other, layer 0 twice."""

    @torch.no_grad()
    def of(text: str) -> torch.Tensor:
        ids = tokenizer(text, return_tensors="pt").input_ids
        words = parts["embedding"](ids)[0]
        above = layers(parts, ids)[0].view(
            len(words), 2, -1, words.shape[1]
        )  # (token, direction, layer, width)
        return torch.cat(
            [torch.cat([words, words], -1)[None], above.transpose(1, 2).flatten(2).transpose(0, 1)]
        )

    return of


def scaled(train: Features, test: Features) -> tuple[Features, Features]:
    """Both with each number's mean in train taken away, and each layer of one size."""
    every = torch.cat(train, 1)
    mean = every.mean(1, keepdim=True)
    size = (every - mean).pow(2).mean((1, 2), keepdim=True).sqrt()
    return [(x - mean) / size for x in train], [(x - mean) / size for x in test]


class Classifier(nn.Module):
    """The mix of the layers, and one of the two on top."""

    def __init__(self, n_layers: int, width: int, reads: bool):
        super().__init__()
        self.weights = nn.Parameter(torch.zeros(n_layers))
        self.rnn = nn.LSTM(width, HIDDEN, batch_first=True) if reads else None
        self.output = nn.Linear(HIDDEN if reads else width, 2)

    def forward(self, texts: Features) -> torch.Tensor:
        lengths = torch.tensor([x.shape[1] for x in texts])
        mixed = [torch.einsum("l,ltd->td", self.weights.softmax(0), x) for x in texts]
        batch = nn.utils.rnn.pad_sequence(mixed, batch_first=True)
        if self.rnn is None:
            return self.output(batch.sum(1) / lengths[:, None])
        return self.output(self.rnn(batch)[0][torch.arange(len(texts)), lengths - 1])


def learned(train: Features, labels: torch.Tensor, reads: bool, seed: int) -> Classifier:
    torch.manual_seed(seed)
    model = Classifier(train[0].shape[0], train[0].shape[2], reads)
    rest = [p for name, p in model.named_parameters() if name != "weights"]
    groups = [{"params": [model.weights], "lr": 0.03, "weight_decay": 0.0}, {"params": rest}]
    optimizer = torch.optim.AdamW(groups, lr=3e-3 if reads else 1e-2, weight_decay=0.01)
    for _ in range(STEPS):
        chosen = torch.randint(len(train), (BATCH,)).tolist()
        loss = F.cross_entropy(model([train[i] for i in chosen]), labels[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


@torch.no_grad()
def right(model: Classifier, test: Features, labels: torch.Tensor) -> torch.Tensor:
    """bool (text,)."""
    said = torch.cat([model(test[i : i + 100]) for i in range(0, len(test), 100)]).argmax(1)
    return said == labels


def shares(good: torch.Tensor, data: Sequence[Row]) -> list[float]:
    """All, and each kind, in percent."""
    kinds = [[i for i, row in enumerate(data) if row["kind"] == kind] for kind in KINDS]
    return [100 * good[some].float().mean().item() for some in (list(range(len(data))), *kinds)]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--labelled", type=int, default=1000)
    parser.add_argument("--split", choices=("validation", "test"), default="test")
    given = parser.parse_args()
    tokenizer = AutoTokenizer.from_pretrained(SHIPPED / "elmo")
    shipped = elmo.load(SHIPPED / "elmo")
    test = rows("sentiment", given.split, 0)
    truth = torch.tensor([row["label"] for row in test])
    print(f"{'':34}{'all':24}" + "".join(f"{kind:10}" for kind in KINDS) + "shares of the layers")
    for name, vectors in {
        "CBOW": with_cbow(0),
        "ELMo before training": with_elmo(before_training(shipped), tokenizer),
        "ELMo": with_elmo(shipped, tokenizer),
    }.items():
        asked = [vectors(row["text"]) for row in test]
        for reads in (False, True):
            found, mixes = [], []
            for seed in range(given.seeds):
                train = random.Random(seed).sample(rows("sentiment", "train", 0), given.labelled)
                mine, theirs = scaled([vectors(row["text"]) for row in train], asked)
                model = learned(mine, torch.tensor([row["label"] for row in train]), reads, seed)
                found.append(shares(right(model, theirs, truth), test))
                mixes.append(model.weights.detach().softmax(0))
            every, *kinds = zip(*found, strict=True)
            spread = f"{statistics.mean(every):.1f} ({min(every):.1f} to {max(every):.1f})"
            mix = " ".join(f"{share:.2f}" for share in torch.stack(mixes).mean(0).tolist())
            columns = "".join(f"{statistics.mean(kind):<10.1f}" for kind in kinds)
            print(f"{name + (', rnn' if reads else ', averaged'):34}{spread:24}{columns}{mix}", flush=True)


if __name__ == "__main__":
    main()
