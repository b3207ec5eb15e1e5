"""Decoders side by side, those of lab 11's solution. Prints tables; with --write they go into lesson 11.

    python -m benchmarks.decoding [beams] [ways] [places] [speed] [--threads 2] [--write]

beams: width and weight of the length, on three tasks of the shipped T5. ways: which decoder for which task, and stories by the shipped GPT.
places: how often the next token is right behind the truth, and behind what was written, by its place. speed: ways to write the same tokens.
All on test splits; nothing is chosen by them.
"""

import argparse
import random
import statistics
from collections.abc import Iterator
from pathlib import Path

import torch
from torch.nn import functional as F

from autograder.recipes import gpt as recipe
from autograder.recipes.text_to_text import to_text
from benchmarks.kept import keep
from benchmarks.matchers import exact_match, f1
from course import load_model, load_tokenizer
from course.data.tasks import rows
from course.earlier import earlier

SOLVED = earlier("lab11_decoding", Path(__file__).parents[1] / "solutions")
TASKS = {"translation": 200, "summaries": 150, "questions": 200}
LONG, EACH = "three sentences", 3  # translations of texts longer than any that it was taught
WIDTHS, ALPHAS, MOST = (1, 2, 4, 8, 16), (0.0, 0.6, 1.0), 60
DRAWN = {
    "drawn": {},
    "temperature .5": {"temperature": 0.5},
    "nucleus .9": {"top_p": 0.9},
    "top 10": {"top_k": 10},
}
STORY, TEXTS, SEEDS = 120, 40, 3


class Writer:
    """The shipped T5, what it reads of a task, and what it should write."""

    def __init__(self, task: str):
        self.tokenizer, self.model = load_tokenizer("t5"), load_model("t5", head="seq2seq-lm").eval()
        own = "translation" if task == LONG else task
        some = [row for row in rows(own, "test", 0) if task != "questions" or row["answers"]["text"]]
        pairs = [to_text(own, row) for row in some[: TASKS[own]]]
        if task == LONG:
            pairs = [joined(pairs[i : i + EACH]) for i in range(0, len(pairs) - EACH + 1, EACH)]
        self.sources, self.truths = zip(*pairs, strict=True)
        self.start, self.end = torch.zeros(1, 1, dtype=torch.long), self.tokenizer.eos_token_id

    @torch.no_grad()
    def step(self, sources):
        """What was written so far -> logits of the next token."""
        made = self.tokenizer(list(sources), padding=True, return_tensors="pt")
        states = self.model.encoder(**made).last_hidden_state

        @torch.no_grad()
        def step(written):
            read, seen = states, made["attention_mask"]
            if len(read) == 1:
                read, seen = read.expand(len(written), -1, -1), seen.expand(len(written), -1)
            out = self.model(
                encoder_outputs=(read,), attention_mask=seen, decoder_input_ids=written, use_cache=False
            )
            return out.logits[:, -1]

        return step

    def text(self, ids) -> str:
        return self.tokenizer.decode(ids, skip_special_tokens=True)

    def marks(self, written) -> dict:
        """Percent, and tokens with the end. written: lists of ids, as many as there are truths."""
        texts = [self.text(ids) for ids in written]
        pairs = list(zip(texts, self.truths, strict=True))
        return {
            "em": 100 * statistics.mean(exact_match(*pair) for pair in pairs), "f1": 100 * statistics.mean(f1(*pair) for pair in pairs),
            "tokens": statistics.mean(len(ids) for ids in written), "two things": 100 * statistics.mean(" and " in text for text in texts),
        }  # fmt: skip


def joined(pairs):
    """Several translations as one; what is asked stands in front once."""
    (first, _), *_ = pairs
    asked = first[: first.index(": ") + 2]
    return asked + " ".join(source.removeprefix(asked) for source, _ in pairs), " ".join(
        true for _, true in pairs
    )


def cut(ids, end) -> list[int]:
    """A row of ids up to its end."""
    ids = ids.tolist()
    return ids[: ids.index(end) + 1] if end in ids else ids


def beams() -> Iterator[dict]:
    for task in (*TASKS, LONG):
        writer = Writer(task)
        true = statistics.mean(len(writer.tokenizer(text).input_ids) for text in writer.truths)
        for width in WIDTHS:
            found = [SOLVED.beam_search(writer.step([source]), writer.start, width, MOST, writer.end) for source in writer.sources]  # fmt: skip
            for alpha in ALPHAS:  # the search is the same; what is finished is ranked anew
                best = [max(texts, key=lambda one: one[1] / len(one[0]) ** alpha) for texts in found]
                yield {"task": task, "width": width, "alpha": alpha, **writer.marks([ids for ids, _ in best]), "sum": statistics.mean(s for _, s in best), "true tokens": true}  # fmt: skip


def ways() -> Iterator[dict]:
    for task in TASKS:
        writer = Writer(task)
        step, starts = writer.step(writer.sources), writer.start.expand(len(writer.sources), 1)

        def drawn(step=step, starts=starts, end=writer.end, **settings):
            return [cut(row, end) for row in SOLVED.sample(step, starts, MOST, end, **settings)]

        yield {"task": task, "way": "greedy", "seed": 0, **writer.marks(drawn(temperature=0))}
        found = [SOLVED.beam_search(writer.step([source]), writer.start, 4, MOST, writer.end, 1.0)[0][0] for source in writer.sources]  # fmt: skip
        yield {"task": task, "way": "beam of 4, alpha 1", "seed": 0, **writer.marks(found)}
        yield {
            "task": task,
            "way": "greedy, penalty 1.3",
            "seed": 0,
            **writer.marks(drawn(temperature=0, penalty=1.3)),
        }
        for way, settings in DRAWN.items():
            for seed in range(SEEDS):
                yield {"task": task, "way": way, "seed": seed, **writer.marks(drawn(seed=seed, **settings))}
    yield from stories()


def stories() -> Iterator[dict]:
    """Texts of one length by the shipped GPT: percent of a text's threes of tokens that are different, and what a token costs it, in nats; and of real texts."""
    tokenizer, gpt = load_tokenizer("gpt"), load_model("gpt", head="causal-lm").eval()
    end = tokenizer.eos_token_id

    @torch.no_grad()
    def step(ids):
        return gpt(ids).logits[:, -1]

    def marks(texts):  # (text, 1 + STORY), the end in front
        with torch.no_grad():
            costs = F.cross_entropy(gpt(texts).logits[:, :-1].flatten(0, 1), texts[:, 1:].flatten())
        return {"new": 100 * statistics.mean(SOLVED.different([text]) for text in texts[:, 1:].tolist()), "nats": costs.item()}  # fmt: skip

    lines = random.Random(0).sample(recipe.held_out(recipe.training_texts(0))[""], 1_000)
    real = []
    for i in range(TEXTS):
        ids = [token for line in lines[25 * i : 25 * i + 25] for token in [end, *tokenizer(line).input_ids]]
        real.append(ids[: STORY + 1])
    yield {"task": "stories", "way": "real texts", "seed": 0, **marks(torch.tensor(real))}
    beginnings = torch.tensor([[end, tokenizer(line).input_ids[0]] for line in lines[::25]])
    for way, settings in {"greedy": {"temperature": 0}, "greedy, penalty 1.3": {"temperature": 0, "penalty": 1.3}, **DRAWN}.items():  # fmt: skip
        for seed in range(1 if "greedy" in way else SEEDS):
            written = SOLVED.sample(step, beginnings, STORY - 1, -1, seed=seed, **settings)
            yield {"task": "stories", "way": way, "seed": seed, **marks(torch.cat([beginnings, written], 1))}


def places() -> Iterator[dict]:
    """Percent of right tokens by place: behind the true text, and behind what was written greedily."""
    for task in ("translation", "summaries"):
        writer = Writer(task)
        truths = torch.nn.utils.rnn.pad_sequence([torch.tensor(writer.tokenizer(t).input_ids) for t in writer.truths], batch_first=True)  # fmt: skip
        step, starts = writer.step(writer.sources), writer.start.expand(len(truths), 1)
        read = torch.cat([starts, truths], 1)
        taught = torch.stack([step(read[:, : i + 1]).argmax(-1) for i in range(truths.shape[1])], 1)
        own = SOLVED.greedy(step, starts, truths.shape[1], writer.end)
        own = F.pad(own, (0, truths.shape[1] - own.shape[1]))
        for i in range(truths.shape[1]):
            real = truths[:, i] != 0
            if real.sum() >= 40:
                shares = {name: 100 * (found[real, i] == truths[real, i]).float().mean().item() for name, found in (("behind the truth", taught), ("behind its own", own))}  # fmt: skip
                yield {"task": task, "place": i + 1, "texts": int(real.sum()), **shares}


def speed() -> Iterator[dict]:
    writer = Writer("translation")
    ids = writer.tokenizer(list(writer.sources[:8]), padding=True, return_tensors="pt").input_ids
    yield from SOLVED.speed_table(SOLVED.race(writer.model, ids), repeats=9)


PARTS = {"beams": beams, "ways": ways, "places": places, "speed": speed}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="*", default=[], help=", ".join(PARTS))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="into the lesson")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    for part in given.what or PARTS:
        made = []
        for row in PARTS[part]():
            made.append({name: round(value, 4) if isinstance(value, float) else value for name, value in row.items()})  # fmt: skip
            print(part, *(f"{name} {value:.4g}" if isinstance(value, float) else value for name, value in row.items()), sep="  ", flush=True)  # fmt: skip
        if given.write:
            keep("11_decoding", part, made)


if __name__ == "__main__":
    main()
