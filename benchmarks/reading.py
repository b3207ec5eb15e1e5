"""Readers that point at their answer, and two other ways to one. Prints tables; with --write they go into lesson 10.

    python -m benchmarks.reading [pretraining] [ways] [speed] [--seeds 3] [--threads 2] [--write]
    python -m benchmarks.reading articles --model FOLDER --train SQUAD.json     # any BERT-shaped model, on the course's articles

pretraining: the shipped BERT and the same network with random weights, the same steps of 16 questions, on people whom no training question is
about; with one learning rate for all, and with steps for the new head that are fifty times as large. ways: the same questions answered by a
span, written by T5 that reads the passage, and by T5 without it. speed: the best allowed span of 512 places. articles: fine-tune on a file of
SQuAD, and ask about the articles written for the course; threshold and rate are not tuned to them.
"""

import argparse
import statistics
import timeit
from collections.abc import Iterator, Sequence

import torch
import transformers
from transformers import AutoTokenizer, T5ForConditionalGeneration

from autograder.recipes.text_to_text import to_text
from benchmarks import t5, transfer
from benchmarks.encoding import Row, asked
from benchmarks.kept import keep
from benchmarks.matchers import exact_match, f1
from benchmarks.transfer import LONGEST, Start, tune
from course import settings
from course.data.loaders import load_squad
from course.data.microworld import microworld
from course.data.tasks import rows
from course.models.loaders import SHIPPED, load_model, load_tokenizer

# name -> (pretrained, how many times as large the head's steps are, steps)
RUNS = {
    "pretrained": (True, 50, 300), "pretrained, longer": (True, 50, 1_000), "pretrained, one rate for all": (True, 1, 300), "pretrained, one rate, longer": (True, 1, 1_000),
    "from scratch": (False, 50, 300), "from scratch, longer": (False, 50, 1_000), "from scratch, longest": (False, 50, 4_000),
}  # fmt: skip
LENGTH, STRIDE, WIDE = 384, 128, 30  # of windows, and the most tokens of an answer, in `articles`


def answerable(split: str) -> list[Row]:
    return [row for row in rows("questions", split, 0) if not row["is_impossible"]]


def pretraining(start: Start, seeds: int) -> Iterator[dict]:
    """EM and F1 on test and validation, in percent."""
    found = {split: answerable(split) for split in ("train", "validation", "test")}
    items = {split: asked(start.tokenizer, some) for split, some in found.items()}
    for name, (pretrained, times, steps) in RUNS.items():
        for seed in range(seeds):
            model = start(pretrained, "question-answering", seed)
            seconds = tune(model, items["train"], steps, seed, batch=16, head=times)
            em, score = transfer.answers(start.tokenizer, model, items["test"], found["test"])
            _, other = transfer.answers(start.tokenizer, model, items["validation"], found["validation"])
            yield {"start": name, "seed": seed, "steps": steps, "em": em, "f1": score, "f1 on validation": other, "seconds": seconds}  # fmt: skip


def best_spans(model, items: Sequence[dict], offsets: Sequence, task_rows: Sequence[Row]):
    """(text, how much the model would rather say nothing) of each question in one window."""
    out = []
    for given, item, own, row in zip(transfer.said(model, items), items, offsets, task_rows, strict=True):
        n = len(item["input_ids"])
        start, end = given["start_logits"][:n], given["end_logits"][:n]
        passage = torch.tensor(item["token_type_ids"]) == 1
        passage[-1] = False
        sums, (first, last) = best_span(start, end, passage, LONGEST)
        out.append((row["context"][own[first][0] : own[last][1]], (start[0] + end[0] - sums).item()))
    return out


def best_span(
    start: torch.Tensor, end: torch.Tensor, passage: torch.Tensor, longest: int
) -> tuple[float, tuple]:
    """(sum of logits, (first, last)) of the best span that is allowed; all (time,)."""
    n = len(start)
    allowed = torch.ones(n, n, dtype=torch.bool).triu().tril(longest - 1) & passage[:, None] & passage
    sums = (start[:, None] + end).masked_fill(~allowed, -torch.inf)
    return sums.max().item(), divmod(sums.argmax().item(), n)


def ways(start: Start, seeds: int) -> Iterator[dict]:
    """Exact match in percent for questions about people of the encyclopaedia, about newcomers, and without an answer."""
    known = {person.name for person in microworld(0).people}
    splits = {split: rows("questions", split, 0) for split in ("train", "validation", "test")}
    test = splits["test"]
    groups = {"told of before": [], "newcomers": [], "no answer": []}
    for i, row in enumerate(test):
        groups["no answer" if row["is_impossible"] else "told of before" if row["person"] in known else "newcomers"].append(i)  # fmt: skip

    def marks(way, seed, said, seconds):
        truths = [(row["answers"]["text"] or [""])[0] for row in test]
        shares = {name: 100 * statistics.mean(exact_match(said[i], truths[i]) for i in group) for name, group in groups.items()}  # fmt: skip
        return {"way": way, "seed": seed, **shares, "seconds": seconds}

    encoded = {split: start.tokenizer([r["question"] for r in some], [r["context"] for r in some], return_offsets_mapping=True)["offset_mapping"] for split, some in splits.items()}  # fmt: skip
    items = {split: asked(start.tokenizer, some) for split, some in splits.items()}
    pieces = AutoTokenizer.from_pretrained(SHIPPED / "t5")
    for seed in range(seeds):
        model = start(True, "question-answering", seed)
        seconds = tune(model, items["train"], 1_000, seed, batch=16, head=50)
        chosen_on, found = (
            best_spans(model, items[s], encoded[s], splits[s]) for s in ("validation", "test")
        )
        threshold = best_threshold(chosen_on, splits["validation"])
        yield marks("a span, by BERT", seed, ["" if no > threshold else text for text, no in found], seconds)
        model = T5ForConditionalGeneration.from_pretrained(SHIPPED / "t5", dtype="float32")
        seconds = t5.tuned(model, t5.mixture(pieces, seed, {"closed_book": t5.ROUNDS * 1_440}), seed, t5.CLOSED_LR)  # fmt: skip
        said = t5.written(model, pieces, [f"question: {row['question']}" for row in test], 16)
        yield marks("book closed, by T5", seed, said, seconds)
    model = T5ForConditionalGeneration.from_pretrained(SHIPPED / "t5", dtype="float32").eval()
    said = t5.written(model, pieces, [to_text("questions", row)[0] for row in test], 24)
    yield marks("written, by T5", 0, [text.replace("unanswerable", "") for text in said], 0.0)


def best_threshold(found: Sequence[tuple[str, float]], task_rows: Sequence[Row]) -> float:
    """That with the best F1 over all questions."""

    def score(threshold):
        return statistics.mean(
            f1("" if no > threshold else text, (row["answers"]["text"] or [""])[0])
            for (text, no), row in zip(found, task_rows, strict=True)
        )

    return max(sorted(no for _, no in found)[:: max(1, len(found) // 100)], key=score)


def speed(places: int = 512) -> dict:
    """Milliseconds of the best of all allowed spans, as a table and in two loops of Python."""
    torch.manual_seed(0)
    start, end, passage = torch.randn(places), torch.randn(places), torch.arange(places) > 20

    def loops():
        a, b, best = start.tolist(), end.tolist(), (-1e9, None)
        for i in range(21, places):
            for j in range(i, min(i + WIDE, places)):
                best = max(best, (a[i] + b[j], (i, j)))
        return best

    assert loops()[1] == best_span(start, end, passage, WIDE)[1]
    table = min(timeit.repeat(lambda: best_span(start, end, passage, WIDE), number=50, repeat=5)) / 50
    plain = min(timeit.repeat(loops, number=5, repeat=3)) / 5
    return {"places": places, "a table, ms": 1e3 * table, "two loops, ms": 1e3 * plain}


# --- any model, real articles ----------------------------------------------------------------------------------------------------
def windows(tokenizer, task_rows: Sequence[Row], length: int) -> tuple[list[dict], list[int], list]:
    """(items, of which row each is, offsets): windows of at most `length` tokens, which share STRIDE, or as many as a long question lets them."""
    items, of, offsets = [], [], []
    for i, row in enumerate(task_rows):
        stride = min(STRIDE, (length - len(tokenizer(row["question"])["input_ids"]) - 1) // 2)
        made = tokenizer(
            row["question"], row["context"], truncation="only_second", max_length=length, stride=stride,
            return_overflowing_tokens=True, return_offsets_mapping=True,
        )  # fmt: skip
        begin = end = -1
        if row["answers"]["text"]:
            begin = row["answers"]["answer_start"][0]
            end = begin + len(row["answers"]["text"][0])
        for k, own in enumerate(made["offset_mapping"]):
            which = made.sequence_ids(k)
            inside = [
                at
                for at, (side, (a, b)) in enumerate(zip(which, own, strict=True))
                if side == 1 and a < end and b > begin
            ]
            whole = inside and own[inside[0]][0] <= begin and own[inside[-1]][1] >= end
            places = (inside[0], inside[-1]) if whole else (0, 0)
            kept = {key: made[key][k] for key in ("input_ids", "token_type_ids")}
            items.append(kept | dict(zip(("start_positions", "end_positions"), places, strict=True)))
            of.append(i)
            offsets.append(own)
    return items, of, offsets


def articles(
    source: str, train: str, steps: int, seed: int, length: int, lr: float, times: float
) -> Iterator[dict]:
    """Scores of a model, fine-tuned on a file of SQuAD, of the course's articles: of all questions, of those with an answer, without one."""
    model, tokenizer = load_model(source, head="question-answering"), load_tokenizer(source)
    tokenizer.model_max_length = length
    device = settings.device()
    taught, test = list(load_squad(train)), list(load_squad("articles"))
    torch.manual_seed(seed)
    torch.nn.init.normal_(model.qa_outputs.weight, std=0.02)
    seconds = tune(
        model, windows(tokenizer, taught, length)[0], steps, seed, lr=lr, batch=8, head=times, device=device
    )
    items, of, offsets = windows(tokenizer, test, length)
    nothing, something = [torch.inf] * len(test), [(-torch.inf, "")] * len(test)
    model.to("cpu")
    for given, item, i, own in zip(transfer.said(model, items), items, of, offsets, strict=True):
        n = len(item["input_ids"])
        passage = torch.tensor(item["token_type_ids"]) == 1
        passage[-1] = False
        start, end = given["start_logits"][:n], given["end_logits"][:n]
        sums, (first, last) = best_span(start, end, passage, WIDE)
        nothing[i] = min(nothing[i], (start[0] + end[0]).item())
        something[i] = max(something[i], (sums, test[i]["context"][own[first][0] : own[last][1]]))
    for name, said in {
        "always a span": [text for _, text in something],
        "with the threshold 0": ["" if no > sums else text for no, (sums, text) in zip(nothing, something, strict=True)],
    }.items():  # fmt: skip
        groups = {"all": test, "answer": [r for r in test if r["answers"]["text"]], "none": [r for r in test if not r["answers"]["text"]]}  # fmt: skip
        kept = {row["id"]: text for row, text in zip(test, said, strict=True)}
        found = {"said": name, "seed": seed, "windows": len(items), "seconds": seconds}
        for group, some in groups.items():
            for measure, score in (("em", exact_match), ("f1", f1)):
                found[f"{group} {measure}"] = 100 * statistics.mean(
                    max(score(kept[row["id"]], true) for true in row["answers"]["text"] or [""])
                    for row in some
                )
        yield found


def show(part: str, found: Iterator[dict], write: bool) -> None:
    """Print rows as they come; keep them."""
    made = []
    for row in found:
        made.append({name: round(value, 3) if isinstance(value, float) else value for name, value in row.items()})  # fmt: skip
        print(
            part,
            *(f"{name} {value:.1f}" if isinstance(value, float) else value for name, value in row.items()),
            sep="  ",
            flush=True,
        )
    if write:
        keep("10_question_answering", part, made)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="*", default=[], help="pretraining, ways, speed (all three without any), articles")  # fmt: skip
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="into the lesson")
    parser.add_argument("--model", default="bert")
    parser.add_argument("--train", help="a file of SQuAD")
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--length", type=int, default=LENGTH)
    parser.add_argument("--lr", type=float, default=5e-5)
    parser.add_argument("--head", type=float, default=10, help="how many times as large the head's steps are")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    transformers.logging.set_verbosity_error()
    start = Start(str(SHIPPED / "bert"))
    made = {
        "pretraining": lambda: pretraining(start, given.seeds), "ways": lambda: ways(start, given.seeds), "speed": lambda: iter([speed()]),
        "articles": lambda: (row for seed in range(given.seeds) for row in articles(given.model, given.train, given.steps, seed, given.length, given.lr, given.head)),
    }  # fmt: skip
    for part in given.what or ["pretraining", "ways", "speed"]:
        if part == "articles" and not given.train:
            parser.error("articles needs --train, a file of SQuAD")
        show(part, made[part](), given.write and part != "articles")


if __name__ == "__main__":
    main()
