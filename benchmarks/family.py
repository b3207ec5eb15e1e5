"""What the BERT family changed, tried at the smallest scale: masks drawn once or anew, ELECTRA beside masked words, shared layers, teachers.

    python -m benchmarks.family [masking rates objectives sharing teaching words] [--seeds 3] [--write]

All networks are 64 wide and read the micro-world's sentences; those that learn begin with random weights, but for `teaching`, where they
begin with the course's BERT. --write: into the file that lesson 07 shows.
"""

import argparse
import json
import random
import statistics
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from benchmarks.distilled import teaching, words
from benchmarks.encoding import NONE, TAGS, batches, tagged, texts, together
from benchmarks.fillers import (
    MARKS,
    MASK,
    ROWS,
    SHARE,
    Filler,
    drawn,
    encoder,
    filled,
    mlm,
    sentences,
    train,
    trimmed,
)
from course import load_task, load_tokenizer
from course.training import fit

LESSON = Path(__file__).parents[1] / "course" / "lessons" / "07_bert_family.json"
RATES = {"masked words": 2e-3, "ELECTRA": 1e-3}  # the best of `rates` for each


def masking(seed, text, held_out):
    """2,000 sentences, each read 40 times: with 1 choice of gaps, with 10, and a new one each time."""
    few, epochs = text[:2_000], 40
    for copies in (1, 10, epochs):
        torch.manual_seed(seed)
        model = Filler(encoder(2))
        order = []
        generator = torch.Generator().manual_seed(seed)
        choices = torch.rand(copies, *few.shape, generator=generator) < SHARE

        def batch(step, order=order, copies=copies, choices=choices):
            if not order:
                order += [
                    (n, e)
                    for e in range(epochs)
                    for n in random.Random(seed * 100 + e).sample(range(len(few)), len(few))
                ]
            rows = [order.pop(0) for _ in range(ROWS)]
            ids = few[[n for n, _ in rows]]
            return ids, torch.stack([choices[e % copies, n] for n, e in rows]) & (ids >= MARKS)

        steps = epochs * len(few) // ROWS
        train(model, batch, lambda model, batch: mlm(model, *batch), steps, seed)
        hidden = choices[0] & (few >= MARKS)
        with torch.no_grad():
            own = model.guesses(model(few.masked_fill(hidden, MASK))[hidden])
        yield {"choices": copies, "own": F.cross_entropy(own, few[hidden]).item()} | filled(model, held_out)


class Electra(nn.Module):
    """A generator of a quarter of the width, and a discriminator, with one table of words."""

    def __init__(self, layers):
        super().__init__()
        self.below = encoder(layers)
        self.generator = encoder(layers, width=16)
        self.down, self.up = nn.Linear(64, 16), nn.Linear(16, 64)
        self.generator.embeddings.word_embeddings = nn.Identity()  # vectors come in as they are
        self.bias = nn.Parameter(torch.zeros(self.below.config.vocab_size))
        self.told = nn.Sequential(nn.Linear(64, 64), nn.GELU(), nn.Linear(64, 1))

    def forward(self, ids, hidden):
        """The loss, and of what was replaced the share that is found."""
        table, real = self.below.get_input_embeddings(), ids != 0
        masked = self.down(table(ids.masked_fill(hidden, MASK)))
        states = self.generator(inputs_embeds=masked, attention_mask=real.long()).last_hidden_state
        logits = self.up(states[hidden]) @ table.weight.T + self.bias
        corrupted = ids.clone()
        corrupted[hidden] = torch.distributions.Categorical(logits=logits.detach()).sample()
        found = self.told(self.below(corrupted, attention_mask=real.long()).last_hidden_state)[..., 0]
        replaced = corrupted != ids
        return F.cross_entropy(logits, ids[hidden]) + 50 * F.binary_cross_entropy_with_logits(
            found[real], replaced[real].float()
        )


def transferred(below, seed):
    """What 400 steps on acceptability and 200 on entities make of an encoder: accuracy, and the share of right tags, on the test."""
    tokenizer, out = load_tokenizer("bert"), {}
    for task, classes, steps, one in (("acceptability", 2, 400, texts), ("entities", len(TAGS), 200, None)):
        splits = [load_task(task, split=split) for split in ("train", "test")]
        rows = [one(tokenizer, task, list(s)) if one else tagged(tokenizer, list(s)) for s in splits]
        torch.manual_seed(seed)
        model = nn.ModuleDict({"below": encoder(len(below.encoder.layer)), "head": nn.Linear(64, classes)})
        model["below"].load_state_dict(below.state_dict())

        def logits(model, batch, one=one):
            ids = batch["input_ids"]
            states = model["below"](ids, attention_mask=(ids != 0).long()).last_hidden_state
            return model["head"](states[:, 0] if one else states)

        def loss(model, batch, logits=logits):
            return F.cross_entropy(
                logits(model, batch).flatten(0, -2), batch["labels"].flatten(), ignore_index=NONE
            )

        each = batches(rows[0], seed)
        fit(
            model,
            each,
            loss,
            steps=steps,
            lr=1e-3,
            warmup=steps // 10,
            decay="linear",
            seed=seed,
            progress=False,
        )
        right = total = 0
        with torch.no_grad():
            for i in range(0, len(rows[1]), 100):
                batch = together(rows[1][i : i + 100])
                known = batch["labels"] != NONE
                right += int((logits(model.eval(), batch).argmax(-1) == batch["labels"])[known].sum())
                total += int(known.sum())
        out[task] = right / total
    return out


def pretrained(objective, steps, rate, seed, text):
    """An encoder of two layers, and the seconds that it took."""
    torch.manual_seed(seed)
    model = Filler(encoder(2)) if objective == "masked words" else Electra(2)

    def batch(step):
        ids = trimmed(text[torch.randint(len(text), (ROWS,))])
        return ids, drawn(ids)

    def loss(model, batch):
        return mlm(model, *batch) if isinstance(model, Filler) else model(*batch)

    seconds = train(model, batch, loss, steps, seed, rate)
    return model.below, seconds


def rates(seed, text, held_out):
    """What each objective makes of four rates in 1,500 steps."""
    for rate in (4e-3, 2e-3, 1e-3, 5e-4):
        for objective in RATES:
            below, _ = pretrained(objective, 1_500, rate, seed, text)
            yield {"objective": objective, "rate": str(rate)} | transferred(below, seed)


def objectives(seed, text, held_out):
    """Masked words and ELECTRA, two layers each, after as many steps, each at its own rate; and no pretraining."""
    torch.manual_seed(seed)
    yield {"objective": "none", "steps": 0, "seconds": 0.0} | transferred(encoder(2), seed)
    for steps in (500, 1_500, 4_500):
        for objective, rate in RATES.items():
            below, seconds = pretrained(objective, steps, rate, seed, text)
            yield {"objective": objective, "steps": steps, "seconds": seconds} | transferred(below, seed)


def sharing(seed, text, held_out):
    """Three layers of their own, one layer three times, and one layer once, after 1,500 steps."""
    for layers, times in ((3, 1), (1, 3), (1, 1)):
        torch.manual_seed(seed)
        below = encoder(layers)
        below.encoder.layer = nn.ModuleList([layer for layer in below.encoder.layer for _ in range(times)])
        model = Filler(below)

        def batch(step):
            ids = trimmed(text[torch.randint(len(text), (ROWS,))])
            return ids, drawn(ids)

        seconds = train(model, batch, lambda model, batch: mlm(model, *batch), 1_500, seed)
        yield {
            "own layers": layers, "each": times, "parameters": sum(p.numel() for p in model.parameters()), "seconds": seconds,
        } | filled(model, held_out)  # fmt: skip


PARTS = {
    "masking": masking,
    "rates": rates,
    "objectives": objectives,
    "sharing": sharing,
    "teaching": teaching,
    "words": words,
}


def main() -> None:
    """Measure, print a line each, and write what the lesson shows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", default=list(PARTS), choices=list(PARTS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument(
        "--write", action="store_true", help=f"into {LESSON.name}; parts that are not measured stay"
    )
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    text, held_out = sentences()
    measured = json.loads(LESSON.read_text(encoding="utf-8")) if LESSON.is_file() else {}
    for part in given.parts:
        rows = []
        for seed in range(given.seeds):
            for row in PARTS[part](seed, text, held_out):
                rows.append(
                    {"seed": seed} | {k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()}
                )
                print(part, rows[-1], flush=True)
        measured[part] = rows
        figures = [k for k, v in rows[0].items() if isinstance(v, float)]
        settings = [k for k in rows[0] if k not in (*figures, "seed")]
        for setting in dict.fromkeys(tuple(row[k] for k in settings) for row in rows):
            own = [row for row in rows if tuple(row[k] for k in settings) == setting]
            means = {k: round(statistics.mean(row[k] for row in own), 3) for k in figures}
            print(part, dict(zip(settings, setting, strict=True)), means)
    if given.write:
        kept = {  # seconds hang on the machine and on what else it does
            part: [{k: v for k, v in row.items() if k != "seconds"} for row in rows]
            for part, rows in measured.items()
        }
        LESSON.write_text(json.dumps(kept, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
