"""Span corruption, learned by an encoder and a decoder, and by a decoder alone: what lesson 08 compares.

    python -m benchmarks.spans [variants rates] [--seeds 3] [--steps 1500] [--write]

All are 64 wide, made of T5's parts (RMS norms, attention that is not scaled, learned distances, one table of words), begin with random weights,
and read the same sentences, with rate 0.3 and two tokens a span. Two layers and two against two of one stack cost about the same work a token
and twice the numbers; against four, the same numbers and twice the work (Raffel et al. 2020, section 3.2.2).
--write: into the file that lesson 08 shows.
"""

import argparse
import itertools
import json
import random
import statistics
import time
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F
from transformers import T5Config
from transformers.models.t5.modeling_t5 import T5Attention, T5LayerNorm

from course import load_tokenizer, microworld
from course.training import fit

LESSON = Path(__file__).parents[1] / "course" / "lessons" / "08_t5.json"
WIDTH, HEADS, ROWS, HELD_OUT = 64, 4, 32, 1_000
RATE, MEAN, TABLE = 0.3, 2.0, 20  # the table of words takes steps as many times as large
VARIANTS = {"encoder-decoder, 2 + 2": (2, 2), "prefix LM, 2": (0, 2), "prefix LM, 4": (0, 4)}
END, NONE = 1, -100


class Part(nn.Module):
    """Attention, attention to a memory where there is one, and two dense layers, each behind a norm and beside a way past it."""

    def __init__(self, config, cross):
        super().__init__()
        self.own = T5Attention(config, layer_idx=0)
        self.cross = T5Attention(config, layer_idx=0) if cross else None
        self.norms = nn.ModuleList(T5LayerNorm(WIDTH) for _ in range(3))
        self.dense = nn.Sequential(
            nn.Linear(WIDTH, 4 * WIDTH, bias=False), nn.ReLU(), nn.Linear(4 * WIDTH, WIDTH, bias=False)
        )
        for layer, inputs in ((self.dense[0], WIDTH), (self.dense[2], 4 * WIDTH)):
            nn.init.normal_(layer.weight, std=inputs**-0.5)

    @staticmethod
    def attend(attention, x, memory, bias):
        """bias: float, added to the scores: distances, and -inf where nobody looks."""
        q, k, v = (
            layer(states).unflatten(-1, (HEADS, -1)).transpose(1, 2)
            for layer, states in ((attention.q, x), (attention.k, memory), (attention.v, memory))
        )
        found = F.scaled_dot_product_attention(q, k, v, bias.expand(len(x), HEADS, -1, -1), scale=1.0)
        return attention.o(found.transpose(1, 2).flatten(2))

    def forward(self, x, bias, memory=None, memory_bias=None):
        own = self.norms[0](x)
        x = x + self.attend(self.own, own, own, bias)
        if memory is not None:
            x = x + self.attend(self.cross, self.norms[1](x), memory, memory_bias)
        return x + self.dense(self.norms[2](x))


class Filler(nn.Module):
    """One or two stacks and their distances; layers: of the encoder, which may be none, and of the decoder."""

    def __init__(self, vocabulary, layers):
        super().__init__()
        config = T5Config(d_model=WIDTH, d_kv=WIDTH // HEADS, num_heads=HEADS)
        self.table = nn.Embedding(vocabulary, WIDTH)
        self.encoder = nn.ModuleList(Part(config, cross=False) for _ in range(layers[0]))
        self.decoder = nn.ModuleList(Part(config, cross=bool(layers[0])) for _ in range(layers[1]))
        self.distances = nn.ModuleList(nn.Embedding(32, HEADS) for _ in range(2))
        self.norms = nn.ModuleList(T5LayerNorm(WIDTH) for _ in range(2))
        for part in (*self.encoder, *self.decoder):
            for attention in filter(None, (part.own, part.cross)):
                for layer, std in ((attention.q, WIDTH**-0.5 / (WIDTH // HEADS) ** 0.5), *((x, WIDTH**-0.5) for x in (attention.k, attention.v, attention.o))):  # fmt: skip
                    nn.init.normal_(layer.weight, std=std)
        for table in self.distances:
            nn.init.normal_(table.weight, std=WIDTH**-0.5)

    def bias(self, n, both, may):
        """Distances of n places, and -inf where `may`, bool (row, 1, n, n), is False; both: whether it is a stack that sees both sides."""
        offset = torch.arange(n) - torch.arange(n)[:, None]
        buckets = T5Attention._relative_position_bucket(offset, bidirectional=both)
        table = self.distances[0 if both else 1]
        return table(buckets).permute(2, 0, 1)[None].masked_fill(~may, -torch.inf)

    def forward(self, batch):
        """Logits at every place of the row that is written, float (row, time, vocabulary)."""
        memory = memory_bias = None
        if self.encoder:
            source, row = batch["inputs"], batch["reads"]
            real = (source != 0)[:, None, None]
            x = self.table(source)
            bias = self.bias(source.shape[1], True, real)
            for part in self.encoder:
                x = part(x, bias)
            memory, memory_bias = (
                self.norms[0](x),
                torch.zeros(real.shape).masked_fill(~real, -torch.inf).expand(-1, -1, row.shape[1], -1),
            )
            may = torch.ones(row.shape[1], row.shape[1], dtype=torch.bool).tril()[None, None]
        else:
            row, may = batch["row"], batch["may"]
        # a prefix is read in both directions, so a decoder alone has the distances of both
        bias = self.bias(row.shape[1], not self.encoder, may)
        x = self.table(row)
        for part in self.decoder:
            x = part(x, bias, memory, memory_bias)
        return self.norms[1](x) * WIDTH**-0.5 @ self.table.weight.T


def hidden(n, draw):
    """Which of n tokens stand in spans, as the paper's code has it."""
    noise = min(max(round(RATE * n), 1), n - 1)
    spans = min(max(round(noise / MEAN), 1), n - noise)
    cuts = ([0, *sorted(draw.sample(range(1, k), spans - 1)), k] for k in (n - noise, noise))
    kept, gone = ([b - a for a, b in itertools.pairwise(cut)] for cut in cuts)
    return [h for k, g in zip(kept, gone, strict=True) for h in (*[False] * k, *[True] * g)]


def collated(texts, sentinels, draw):
    """Some texts, each corrupted once, for both kinds of model: inputs and what the decoder reads, and rows with their masks."""
    inputs, targets = [], []
    for text in texts:
        source, target, used, before = [], [], iter(sentinels), False
        for token, gone in zip(text, hidden(len(text), draw), strict=True):
            if gone and not before:
                name = next(used)
                source.append(name)
                target.append(name)
            (target if gone else source).append(token)
            before = gone
        inputs.append(source)
        targets.append([*target, END])

    def padded(rows, value=0):
        return nn.utils.rnn.pad_sequence([torch.tensor(r) for r in rows], batch_first=True, padding_value=value)  # fmt: skip

    rows = [a + b[:-1] for a, b in zip(inputs, targets, strict=True)]
    row = padded(rows)
    prefix = torch.tensor([len(a) for a in inputs])[:, None, None]
    place = torch.arange(row.shape[1])
    return {
        "inputs": padded([[*a, END] for a in inputs]), "reads": padded([[0, *b[:-1]] for b in targets]),
        "labels": padded(targets, NONE), "row": row, "may": ((place < prefix) | (place <= place[:, None]))[:, None],
        "row_labels": padded([[NONE] * (len(a) - 1) + b for a, b in zip(inputs, targets, strict=True)], NONE),
    }  # fmt: skip


def cost(model, batch):
    """(logits, labels) of the places that are asked about."""
    labels = batch["labels"] if model.encoder else batch["row_labels"]
    asked = labels != NONE
    return model(batch)[asked], labels[asked]


def trained(variant, rate, steps, seed, texts, size, sentinels):
    """A model, and the seconds that it took."""
    torch.manual_seed(seed)
    model, draw = Filler(size, VARIANTS[variant]), random.Random(seed)
    others = [p for p in model.parameters() if p is not model.table.weight]
    groups = [{"params": [model.table.weight], "lr": TABLE * rate}, {"params": others, "lr": rate}]
    start = time.perf_counter()
    fit(
        model, lambda step: collated(draw.choices(texts, k=ROWS), sentinels, draw), lambda model, batch: F.cross_entropy(*cost(model, batch)),
        steps=steps, optimizer=torch.optim.AdamW(groups, weight_decay=0.0), warmup=30, decay=0.5, progress=False, device="cpu",
    )  # fmt: skip
    return model.eval(), time.perf_counter() - start


@torch.no_grad()
def held_out(model, texts, sentinels):
    """The mean loss of the hidden tokens, sentinels and ends left out, and the share that is named."""
    draw, losses, right = random.Random(0), [], []
    marks = torch.tensor([*sentinels, END])
    for i in range(0, len(texts), 100):
        logits, labels = cost(model, collated(texts[i : i + 100], sentinels, draw))
        words = ~torch.isin(labels, marks)
        losses.append(F.cross_entropy(logits[words], labels[words], reduction="none"))
        right.append(logits[words].argmax(-1) == labels[words])
    return {"loss": torch.cat(losses).mean().item(), "named": torch.cat(right).float().mean().item()}


def main() -> None:
    """Measure, print a line each, and write what the lesson shows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", default=["variants"], metavar="variants|rates")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=1_500)
    parser.add_argument("--write", action="store_true", help=f"into {LESSON.name}")
    given = parser.parse_args()
    torch.set_num_threads(1)
    tokenizer = load_tokenizer("t5")
    sentinels = tokenizer.convert_tokens_to_ids([f"<extra_id_{i}>" for i in range(32)])
    lines = [sentence for article in microworld(0).articles(6_000) for sentence in article.sentences]
    texts = tokenizer(lines, add_special_tokens=False).input_ids
    random.Random(0).shuffle(texts)
    test, texts = texts[:HELD_OUT], texts[HELD_OUT:]
    rows = []
    for part in given.parts:
        for seed in range(given.seeds if part == "variants" else 1):
            for variant in VARIANTS:
                for rate in (2e-3,) if part == "variants" else (1e-3, 2e-3, 4e-3):
                    model, seconds = trained(variant, rate, given.steps, seed, texts, len(tokenizer), sentinels)  # fmt: skip
                    numbers = sum(p.numel() for p in model.parameters()) - model.table.weight.numel()
                    found = {k: round(v, 4) for k, v in held_out(model, test, sentinels).items()}
                    rows.append({"part": part, "variant": variant, "rate": rate, "seed": seed, "numbers": numbers} | found)  # fmt: skip
                    print(rows[-1], f"{seconds:.0f} s", flush=True)
    for variant in VARIANTS:
        own = [row["loss"] for row in rows if row["variant"] == variant and row["part"] == "variants"]
        if own:
            print(f"{variant:24} loss {statistics.mean(own):.3f} ({min(own):.3f} to {max(own):.3f})")
    if given.write:
        LESSON.write_text(json.dumps(rows, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
