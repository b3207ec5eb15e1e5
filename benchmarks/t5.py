"""What a pretrained T5 learns in minutes: one model for all text-to-text tasks, and questions without a passage. Prints tables.

    python -m benchmarks.t5 [--checkpoint FOLDER] [--seeds 3] [--split test] [--threads 2] [--only joint|closed|recipe] [--write]

`joint` fine-tunes on the train splits of all tasks at once; beside it stands the same model from scratch with the same budget. `closed book`
fine-tunes on the questions about the people of the train split and asks about those of the other: all their facts were in the
pretraining text. Newcomers' facts were not, and there nothing is better than guessing. `recipe` times the pretraining: steps of each of its
stages, and what all of them come to.

Scores are in percent: accuracy, exact match, word F1 for summaries, entity F1 for entities, 100 x Spearman for similarity. `questions`
counts the answerable ones; "with none" counts all. `TRIVIAL` is what understands nothing gets. --write writes `joint` where lesson 09 reads it.
"""

import argparse
import itertools
import statistics
import time
from collections import Counter
from collections.abc import Sequence

import torch
from scipy.stats import spearmanr
from transformers import AutoTokenizer, PreTrainedTokenizerFast, T5ForConditionalGeneration

from autograder.recipes import t5, t5_rows
from autograder.recipes.text_to_text import from_text, listed_names, to_text
from benchmarks.kept import keep
from benchmarks.matchers import f1
from course.data import asking
from course.data.dice import Dice
from course.data.passages import people
from course.data.tasks import Row, rows
from course.models.loaders import SHIPPED
from course.training import fit

# how many rows of each task (some come again) make up the three minutes
ROWS = {
    "questions": 3_000, "answerability": 2_000, "summaries": 5_000, "entailment": 4_000, "paraphrase": 24_000, "similarity": 3_000,
    "duplicates": 6_000, "acceptability": 8_000, "sentiment": 1_500, "coreference": 4_000, "translation": 6_000, "entities": 3_000,
}  # fmt: skip
# what understands nothing gets on test: the higher of what it gets from the train split and from as many rows as the recipe of the
# shipped T5 draws (`python -m benchmarks.trivial`, with --as-t5), and of the tasks' cards
TRIVIAL = {
    "questions": 49.2, "answerability": 57.7, "summaries": 51.6, "entailment": 36.3, "paraphrase": 60.0, "similarity": 59.5,
    "duplicates": 65.9, "acceptability": 65.1, "sentiment": 51.2, "coreference": 50.1, "translation": 20.6, "entities": 55.3,
}  # fmt: skip
TOKENS, WARMUP = 1_500, 50
# The checkpoint has met the tasks: at larger rates what it knows of some is lost. 2e-4 lost summaries, as one run on test showed; 1e-4 and
# more rows of summaries were then chosen on validation.
JOINT_LR, SCRATCH_LR, CLOSED_LR = 1e-4, 1e-3, 1e-3
# tasks whose score needs the text itself, and the most tokens of it
WRITTEN = {"similarity": 5, "summaries": 48, "entities": 64}
METRICS = {"similarity": "100 x Spearman", "summaries": "word F1", "entities": "F1", "questions": "exact match", "translation": "exact match"}  # fmt: skip
ROUNDS = 12  # times through the closed-book questions


def mixture(tokenizer: PreTrainedTokenizerFast, seed: int, counts: dict[str, int]) -> list[t5_rows.Row]:
    """So many training rows of each task."""
    out = []
    for task, n in counts.items():
        made = Dice(seed, "mixture", task).shuffled(rows(task, "train", 0))
        out += t5_rows.encoded(tokenizer, [to_text(task, made[i % len(made)]) for i in range(n)])
    return out


def tuned(model: T5ForConditionalGeneration, examples: list[t5_rows.Row], seed: int, lr: float) -> float:
    """Once through the examples; seconds."""
    made = t5_rows.batches_of(examples, TOKENS)
    order = Dice(seed, "order").shuffled(range(len(made)))
    history = fit(
        model, lambda step: t5_rows.collated(made[order[step]]), t5.loss, steps=len(made), optimizer=t5.optimizer(model, lr),
        warmup=min(WARMUP, len(made) // 4), decay="linear", seed=seed, device="cpu", progress=False,
    )  # fmt: skip
    model.eval()
    return history.seconds


def written(
    model: T5ForConditionalGeneration, tokenizer: PreTrainedTokenizerFast, sources: list[str], longest: int
) -> list[str]:
    """What the model writes, greedily."""
    out: list[str] = []
    for begin in range(0, len(sources), 100):
        batch = tokenizer(sources[begin : begin + 100], padding=True, return_tensors="pt")
        ids = model.generate(**batch, max_new_tokens=longest, do_sample=False, num_beams=1)
        out += tokenizer.batch_decode(ids, skip_special_tokens=True)
    return out


def score(
    model: T5ForConditionalGeneration, tokenizer: PreTrainedTokenizerFast, task: str, data: list[Row]
) -> float:
    """The task's score in percent."""
    pairs = [to_text(task, row) for row in data]
    if task not in WRITTEN:
        good = t5.right(model, t5_rows.encoded(tokenizer, pairs))
        return 100 * sum(good) / len(good)
    said = written(model, tokenizer, [source for source, _ in pairs], WRITTEN[task])
    if task == "summaries":
        return 100 * statistics.mean(f1(text, row["summary"]) for text, row in zip(said, data, strict=True))
    if task == "similarity":
        guesses = [from_text(task, text) for text in said]
        return 100 * spearman([2.5 if g is None else g for g in guesses], [row["score"] for row in data])
    return 100 * entity_f1(said, data)


def spearman(one: list[float], two: list[float]) -> float:
    """Correlation of the ranks; 0 where all of one side are equal."""
    if len(set(one)) == 1 or len(set(two)) == 1:
        return 0.0
    return float(spearmanr(one, two).statistic)


def entity_f1(said: list[str], data: list[Row]) -> float:
    """2PR / (P + R) over the names with their classes."""
    same = guessed = true = 0
    for text, row in zip(said, data, strict=True):
        mine = Counter(from_text("entities", text))
        names = Counter(from_text("entities", listed_names(row["tokens"], row["tags"])))
        same += (mine & names).total()
        guessed += mine.total()
        true += names.total()
    return 2 * same / (guessed + true)


def table(
    model: T5ForConditionalGeneration, tokenizer: PreTrainedTokenizerFast, split: str
) -> dict[str, float]:
    """Task -> score on a split, in percent."""
    out = {}
    for task in ROWS:
        data = rows(task, split, 0)
        if task == "questions":
            out["questions, with none"] = score(model, tokenizer, task, data)
            data = [row for row in data if not row["is_impossible"]]
        out[task] = score(model, tokenizer, task, data)
    return out


def newcomers() -> list[Row]:
    """Closed-book questions about people of whom no text tells."""
    world = {
        row["person"] for split in ("train", "validation", "test") for row in rows("closed_book", split, 0)
    }
    return [
        {
            "question": question.format(name=person.name),
            "answer": getattr(person, relation),
            "relation": relation,
        }
        for person in people(0, "test")
        if person.name not in world
        for relation, questions in asking.QUESTIONS.items()
        for question in questions[:2]
    ]


def guessing(data: list[Row]) -> float:
    """The answer most frequent in train for the relation."""
    counts: dict[str, Counter[str]] = {}
    for row in rows("closed_book", "train", 0):
        counts.setdefault(row["relation"], Counter())[row["answer"]] += 1
    return (
        100 * sum(counts[row["relation"]].most_common(1)[0][0] == row["answer"] for row in data) / len(data)
    )


def closed_book(
    model: T5ForConditionalGeneration, tokenizer: PreTrainedTokenizerFast, seed: int, split: str
) -> dict[str, float]:
    """Who is asked about -> exact match; and the seconds."""
    seconds = tuned(model, mixture(tokenizer, seed, {"closed_book": ROUNDS * 1_440}), seed, CLOSED_LR)
    held_out, new = rows("closed_book", split, 0), newcomers()
    return {
        "people not asked about in training": score(model, tokenizer, "closed_book", held_out),
        "the same, guessing": guessing(held_out),
        "newcomers": score(model, tokenizer, "closed_book", new),
        "newcomers, guessing": guessing(new),
        "seconds": seconds,
    }


def _line(name: str, values: Sequence[float], last: str = "") -> str:
    spread = f"{min(values):5.1f} to {max(values):5.1f}" if len(values) > 1 else ""
    return f"{name:36}{statistics.mean(values):7.1f}  {spread:16}{last}"


def _row(task: str, tables: Sequence[dict[str, float]], plain: Sequence[dict[str, float]]) -> dict:
    """What lesson 09 tells of a task."""
    values = [one[task] for one in tables]
    return {
        "task": task, "metric": METRICS.get(task, "accuracy"), "score": round(statistics.mean(values), 1), "lowest": round(min(values), 1),
        "highest": round(max(values), 1), "trivial": TRIVIAL[task], "scratch": round(statistics.mean(one[task] for one in plain), 1),
    }  # fmt: skip


def recipe_time(steps: int = 200) -> tuple[list[float], float]:
    """(milliseconds a step in each stage of the recipe, minutes of all of its steps)."""
    tokenizer = t5.unigram(t5.everything(0))
    model, begins = t5.fresh(len(tokenizer), 0), [0.0, *t5_rows.STAGES]
    optimizer, found = t5.optimizer(model), []
    for begin in begins:
        batches, first = t5_rows.Batches(tokenizer, 0, t5.STEPS), int(begin * t5.STEPS) + 1
        batches(first)  # the world is made
        began = time.perf_counter()
        fit(
            model,
            lambda step, batches=batches, first=first: batches(first + step),
            t5.loss,
            steps=steps,
            optimizer=optimizer,
            device="cpu",
            progress=False,
        )
        found.append(1e3 * (time.perf_counter() - began) / steps)
    shares = [end - begin for begin, end in itertools.pairwise([*begins, 1.0])]
    return found, sum(share * each for share, each in zip(shares, found, strict=True)) * t5.STEPS / 60_000


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--checkpoint", default=str(SHIPPED / "t5"), help="a folder with the model and its tokenizer"
    )
    parser.add_argument("--seeds", type=int, default=3, help="how many fine-tuning seeds")
    parser.add_argument("--split", choices=("validation", "test"), default="test")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--scratch", type=int, default=1, help="how many of the seeds also from scratch")
    parser.add_argument("--only", choices=("joint", "closed", "recipe"), help="one of the three")
    parser.add_argument("--write", action="store_true", help="write `joint` where lesson 09 reads it")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if options.only == "recipe":
        each, minutes = recipe_time()
        told = ", ".join(f"{ms:.1f}" for ms in each)
        print(
            f"{told} ms a step in the four stages, {options.threads} thread(s): {t5.STEPS:,} steps are {minutes:.1f} minutes"
        )
        return
    tokenizer = AutoTokenizer.from_pretrained(options.checkpoint)

    def shipped() -> T5ForConditionalGeneration:
        return T5ForConditionalGeneration.from_pretrained(options.checkpoint, dtype=torch.float32)

    if options.only != "closed":
        tables, seconds, plain = [], [], []
        for seed in range(options.seeds):
            examples = mixture(tokenizer, seed, ROWS)
            began = time.perf_counter()
            model = shipped()
            seconds.append(tuned(model, examples, seed, JOINT_LR))
            tables.append(table(model, tokenizer, options.split))
            print(
                f"seed {seed}: {time.perf_counter() - began:.0f} s with the evaluation",
                {k: round(v, 1) for k, v in tables[-1].items()},
                flush=True,
            )
            if seed < options.scratch:
                model = t5.fresh(len(tokenizer), seed)
                tuned(model, examples, seed, SCRATCH_LR)
                plain.append(table(model, tokenizer, options.split))
        print(
            f"joint, {options.split}, {statistics.mean(seconds):.0f} s of fine-tuning, {options.threads} thread(s)"
        )
        print(f"{'':36}   mean  lowest, highest  trivial  above  from scratch")
        for task in tables[0]:
            values = [one[task] for one in tables]
            end = (
                f"  {TRIVIAL[task]:5.1f}  {statistics.mean(values) - TRIVIAL[task]:5.1f}"
                if task in TRIVIAL
                else " " * 14
            )
            end += f"  {statistics.mean(one[task] for one in plain):6.1f}" if plain else ""
            print(_line(task, values, end))
        if options.write:
            keep("09_text_to_text", "joint", [_row(task, tables, plain) for task in ROWS])
    if options.only != "joint":
        found = [closed_book(shipped(), tokenizer, seed, options.split) for seed in range(options.seeds)]
        print(f"\nclosed book, {options.split}")
        for name in found[0]:
            print(_line(name, [one[name] for one in found]))


if __name__ == "__main__":
    main()
