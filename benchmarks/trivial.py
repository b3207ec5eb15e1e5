"""What understands nothing gets on each task, in the measure that `benchmarks.t5` uses. Prints a table.

    python -m benchmarks.trivial [--split test] [--as-t5]

Each learns from the train split. With --as-t5 it learns from as many rows as the recipe of the shipped T5 draws of the same task
(`t5_rows.MORE` times as many, about the same people), so that the two are compared like for like.

Texts are judged by a logistic regression on words, pairs of words and, of two texts, the words they share and do not, or by how many
words the two share, whichever is better on the split asked about: a score that is a little too good. Questions and summaries: the best
of `benchmarks.matchers`.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

import torch
from scipy.stats import spearmanr
from torch.nn import functional as F

from autograder.recipes import t5_rows
from benchmarks import matchers
from benchmarks.baselines import WORD, bag_of_words, features_of, majority
from benchmarks.encoding import marked
from benchmarks.transfer import spans
from course.data.tasks import Row, rows

TEXTS = {
    "entailment": ("premise", "hypothesis"), "paraphrase": ("text_a", "text_b"), "duplicates": ("text_a", "text_b"),
    "acceptability": ("text",), "sentiment": ("text",), "coreference": (),
}  # fmt: skip


def classified(task: str, train: Sequence[Row], test: Sequence[Row]) -> float:
    """Accuracy: the best of the majority, words and pairs, and (of two texts) the number of words they share."""

    def examples(some: Sequence[Row]) -> list:
        if task == "coreference":  # the text as each candidate would have it
            return [((marked(r, r["candidate_a"]), marked(r, r["candidate_b"])), r["label"]) for r in some]
        columns = TEXTS[task]
        return [
            (tuple(r[c] for c in columns) if len(columns) > 1 else r[columns[0]], r["label"]) for r in some
        ]

    one, two = examples(train), examples(test)
    scores = [majority(one, two), bag_of_words(one, two)]
    if len(TEXTS[task]) == 2:
        scores.append(bag_of_words(one, two, lambda texts: [f"{_shared(texts)} shared"]))
    return max(scores)


def _shared(texts: tuple[str, ...]) -> int:
    return len(set.intersection(*(set(WORD.findall(text.lower())) for text in texts)))


def scored(train: Sequence[Row], test: Sequence[Row], steps: Sequence[int] = (50, 100, 200, 400)) -> float:
    """Spearman's correlation of a linear regression on the same features with the scores, at its best number of steps."""
    pairs = [[(row["text_a"], row["text_b"]) for row in some] for some in (train, test)]
    truth = torch.tensor([row["score"] for row in train])
    learn, ask, width = features_of(*pairs)
    torch.manual_seed(0)
    weights = torch.nn.Parameter(torch.zeros(width, 1))
    bias = torch.nn.Parameter(truth.mean()[None])
    optimizer = torch.optim.AdamW([weights, bias], lr=0.02, weight_decay=0.01)
    best = 0.0
    for step in range(1, max(steps) + 1):
        optimizer.zero_grad()
        F.mse_loss((learn(weights) + bias)[:, 0], truth).backward()
        optimizer.step()
        if step in steps:
            with torch.no_grad():
                said = (ask(weights) + bias)[:, 0].tolist()
            best = max(best, float(spearmanr(said, [row["score"] for row in test]).statistic))
    return best


def lookup(train: Sequence[Row], capital: str = "B-PER") -> Callable[[Sequence[str]], list[str]]:
    """Tags of tokens: each word's most frequent one in train; of an unseen word `capital`, where it has one, else O."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for row in train:
        for token, tag in zip(row["tokens"], row["tags"], strict=True):
            seen[token][tag] += 1
    most = {token: max(sorted(tags), key=tags.__getitem__) for token, tags in seen.items()}
    return lambda tokens: [most.get(token, capital if token[0].isupper() else "O") for token in tokens]


def capitals(tokens: Sequence[str]) -> list[str]:
    """Each run of words with capitals is a person."""
    high = [token[0].isupper() for token in tokens]
    return [("I-PER" if i and high[i - 1] else "B-PER") if capital else "O" for i, capital in enumerate(high)]


def entity_f1(tag_all: Callable[[Sequence[str]], list[str]], test: Sequence[Row]) -> float:
    """2PR / (P + R) over whole names with their class; an I- without its B- begins one, as seqeval reads it."""
    right = said = true = 0
    for row in test:
        guess, gold = (spans(begun(tags)) for tags in (tag_all(row["tokens"]), row["tags"]))
        right, said, true = right + len(gold & guess), said + len(guess), true + len(gold)
    return 2 * right / (said + true)


def begun(tags: Sequence[str]) -> list[str]:
    """The tags with B- for each I- that continues nothing."""
    out: list[str] = []
    for tag in tags:
        loose = tag[0] == "I" and (not out or out[-1][2:] != tag[2:])
        out.append(f"B-{tag[2:]}" if loose else tag)
    return out


def word_for_word(train: Sequence[Row], test: Sequence[Row]) -> tuple[float, float]:
    """(exact match, word accuracy) of each word's likeliest translation by IBM's first model, in the order of English."""
    pairs = [tuple(r[c][:-1].lower().split() for c in ("english", "esperanto")) for r in train]
    share: dict = defaultdict(lambda: 1.0)
    for _ in range(6):
        count, total = defaultdict(float), defaultdict(float)
        for english, esperanto in pairs:
            for word in esperanto:
                mass = sum(share[e, word] for e in [*english, ""])
                for e in [*english, ""]:
                    part = share[e, word] / mass
                    count[e, word] += part
                    total[e] += part
        share = defaultdict(float, {(e, w): c / total[e] for (e, w), c in count.items()})
    best: dict[str, tuple[float, str]] = {}
    for (e, word), p in share.items():
        best[e] = max(best.get(e, (0.0, "")), (p, word))
    exact = right = words = 0
    for row in test:
        said = [best[e][1] for e in row["english"][:-1].lower().split() if e not in ("a", "an") and e in best]
        true = row["esperanto"][:-1].lower().split()
        exact += said == true
        right += sum(a == b for a, b in zip(said, true, strict=False))
        words += max(len(said), len(true))
    return exact / len(test), right / words


def trivial(task: str, split: str, as_t5: bool) -> float:
    """The best score of what understands nothing, in percent."""
    if task == "questions":
        return max(em for name, (em, _) in matchers.scores(split).items() if name != "both")
    if task == "summaries":
        return max(matchers.summary_scores(split).values())
    if task == "answerability":
        return matchers.answerability_score(split)
    train, test = rows(task, "train", 0), rows(task, split, 0)
    if as_t5:
        train = rows(task, "train", 0, round(t5_rows.MORE[task] * len(train)))
    if task == "translation":
        return 100 * word_for_word(train, test)[0]
    if task == "entities":
        return 100 * max(
            entity_f1(tag_all, test) for tag_all in (lookup(train), lookup(train, "O"), capitals)
        )
    return 100 * (scored(train, test) if task == "similarity" else classified(task, train, test))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--split", choices=("validation", "test"), default="test")
    parser.add_argument("--as-t5", action="store_true", help="from as many rows as the shipped T5 drew")
    given = parser.parse_args()
    for task in t5_rows.MIXTURE:
        if task in t5_rows.MORE:
            print(f"{task:15} {trivial(task, given.split, given.as_t5):5.1f}", flush=True)


if __name__ == "__main__":
    main()
