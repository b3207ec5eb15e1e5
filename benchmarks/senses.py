"""One word, two senses: can a linear layer on a frozen vector of *right* tell "correct" from "the other side of left"?

    python -m benchmarks.senses [--seeds 3] [--checkpoint FOLDER]

CBOW has one vector for the word, so whatever is learned on it answers the same for every sentence. ELMo's vectors are those of
its layers at the word. Beside it stands the same network before training: its states, too, depend on the sentence, and with many labelled
sentences that is enough. What training adds shows where there are few. 200 sentences are asked, which are not among those to learn on.
"""

import argparse
import statistics
from pathlib import Path

import torch
from torch.nn import functional as F
from transformers import AutoTokenizer

from autograder.recipes.elmo import reverse
from benchmarks import cbow
from course.data.microworld import microworld
from course.models import elmo
from course.models.loaders import SHIPPED

WORD, EXAMPLES, LABELLED = "right", 400, (10, 20, 200)


def table(seed: int, steps: int) -> tuple[list[str], torch.Tensor]:
    """CBOW's words and their vectors, trained on the world's sentences."""
    words, vectors, *_ = cbow.train(
        microworld(0).sentences(), window=4, dim=64, negatives=8, lr=5e-3, seconds=None, seed=seed, max_steps=steps
    )  # fmt: skip
    return words, vectors


def before_training(parts: torch.nn.ModuleDict) -> torch.nn.ModuleDict:
    """The same network with the weights it starts with."""
    torch.manual_seed(0)
    embedding = parts["embedding"]
    fresh = elmo.parts(embedding.num_embeddings, embedding.embedding_dim, len(parts["left_to_right"]))
    torch.nn.init.normal_(fresh["embedding"].weight, std=0.1)
    return fresh.eval()


def layers(parts: torch.nn.ModuleDict, ids: torch.Tensor) -> torch.Tensor:
    """(batch, place, layers * 2 * width): the states of every layer, both directions beside each other."""
    out = []
    for name in elmo.DIRECTIONS:
        states = parts["embedding"](ids)
        states = states if name == "left_to_right" else reverse(states, ids)
        for layer in parts[name]:
            states = layer(states)[0]
            out.append(states if name == "left_to_right" else reverse(states, ids))
    return torch.cat(out, -1)


@torch.no_grad()
def with_elmo(
    parts: torch.nn.ModuleDict, tokenizer, sentences: list[list[str]], places: list[int]
) -> torch.Tensor:
    """(sentence, features): ELMo's vectors of the word at that place."""
    out = []
    for words, place in zip(sentences, places, strict=True):
        encoded = tokenizer(words, is_split_into_words=True, return_tensors="pt")
        at = encoded.word_ids(0).index(place)
        out.append(layers(parts, encoded["input_ids"])[0, at])
    return torch.stack(out)


def probe(x: torch.Tensor, y: torch.Tensor, seed: int, labelled: int) -> float:
    """The accuracy of a linear layer, learned on so many rows, on half of all."""
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(seed))
    train, test = order[:labelled], order[len(x) // 2 :]
    x = (x - x[train].mean(0)) / (x[train].std(0) + 1e-3)
    torch.manual_seed(seed)
    layer = torch.nn.Linear(x.shape[1], 2)
    optimizer = torch.optim.AdamW(layer.parameters(), lr=0.01, weight_decay=0.1)
    for _ in range(300):
        optimizer.zero_grad()
        F.cross_entropy(layer(x[train]), y[train]).backward()
        optimizer.step()
    with torch.no_grad():
        return (layer(x[test]).argmax(1) == y[test]).float().mean().item()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--checkpoint", default=str(SHIPPED / "elmo"))
    given = parser.parse_args()
    parts, tokenizer = elmo.load(Path(given.checkpoint)), AutoTokenizer.from_pretrained(given.checkpoint)
    untrained = before_training(parts)
    scores: dict[str, list[list[float]]] = {"CBOW": [], "ELMo": [], "ELMo before training": []}
    for seed in range(given.seeds):
        found = microworld(0).senses(WORD, EXAMPLES, seed=100 + seed)
        sentences, places, senses = zip(*found, strict=True)
        y = torch.tensor([sense == "correct" for sense in senses]).long()
        vocabulary, vectors = table(seed, 1000)
        features = {
            "CBOW": vectors[vocabulary.index(WORD)].expand(len(y), -1),
            "ELMo": with_elmo(parts, tokenizer, sentences, places),
            "ELMo before training": with_elmo(untrained, tokenizer, sentences, places),
        }
        for name, x in features.items():
            scores[name].append([100 * probe(x, y, seed, n) for n in LABELLED])
    print(f"{'labelled':22}" + "".join(f"{n:<22}" for n in LABELLED))
    for name, values in scores.items():
        columns = [
            f"{statistics.mean(some):.1f} ({min(some):.1f} to {max(some):.1f})"
            for some in zip(*values, strict=True)
        ]
        print(f"{name:22}" + "".join(f"{column:22}" for column in columns))


if __name__ == "__main__":
    main()
