"""Questions on passages answered without understanding: how far do shortcuts get? Prints tables over seeds.

    python -m benchmarks.matchers                      # seeds 0, 1, 2; the answerable test questions of `questions`

Every matcher knows where all values of a passage stand and what each tells of whom; a model has to find that out as well.
majority        the value most often right for the relation in 6,000 questions of train
relation, any   a value of the relation asked for, of anyone, drawn at random: what is expected, not one draw
relation, first the first of these
name, any       a value told of the person asked for, of any relation, drawn at random
name, first     the first of these
overlap         the first value of the sentence that shares most words with the question
both            of the person and the relation: what understanding looks like, 100 by construction

For `summaries`, F1 over words (as ROUGE-1 without stemming) of: the first sentence; the sentence that shares most words with
the rest of the text; the first sentence that names the person (whom a reader would have to find first).

For `answerability`, accuracy of: yes where the sentence closest to the question shares more than so many words with it (the
number that is best on train).

exact_match and f1 are SQuAD's: lower case, without punctuation and articles; F1 over words.
"""

import argparse
import itertools
import re
import string
from collections import Counter
from collections.abc import Callable

from course.data.passages import Passage
from course.data.tasks import Row, answerability, questions, summaries

Matcher = Callable[[Passage, Row], list[str]]  # a draw from these
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalise(text: str) -> list[str]:
    """Words as SQuAD compares them."""
    return re.sub(r"\b(a|an|the)\b", " ", text.lower().translate(_PUNCTUATION)).split()


def exact_match(said: str, true: str) -> float:
    """1 or 0."""
    return float(normalise(said) == normalise(true))


def f1(said: str, true: str) -> float:
    """2PR / (P + R) over the words they share; two empty answers agree."""
    a, b = normalise(said), normalise(true)
    if not a or not b:
        return float(a == b)
    same = sum((Counter(a) & Counter(b)).values())
    return 2 * same / (len(a) + len(b))


def overlap(passage: Passage, row: Row) -> list[str]:
    """The first value in the sentence that shares most words with the question; of several such sentences the first."""
    asked = set(normalise(row["question"]))
    shares = [len(asked & set(normalise(sentence))) for sentence in passage.sentences]
    best = shares.index(max(shares))
    return [told.value for told in passage.told if told.sentence == best][:1]


def matchers(seed: int) -> dict[str, Matcher]:
    """The baselines by name."""
    counts: dict[str, Counter[str]] = {}
    for _, row in itertools.islice(questions.asked("train", seed), 6000):
        if not row["is_impossible"]:
            counts.setdefault(row["relation"], Counter())[row["answers"]["text"][0]] += 1
    most = {relation: counter.most_common(1)[0][0] for relation, counter in counts.items()}

    def told(passage: Passage, **wanted: str) -> list[str]:
        return [t.value for t in passage.told if all(getattr(t, k) == v for k, v in wanted.items())]

    return {
        "majority": lambda passage, row: [most[row["relation"]]],
        "relation, any": lambda passage, row: told(passage, relation=row["relation"]),
        "relation, first": lambda passage, row: told(passage, relation=row["relation"])[:1],
        "name, any": lambda passage, row: told(passage, person=row["person"]),
        "name, first": lambda passage, row: told(passage, person=row["person"])[:1],
        "overlap": overlap,
        "both": lambda passage, row: told(passage, person=row["person"], relation=row["relation"]),
    }


def scores(split: str = "test", seed: int = 0) -> dict[str, tuple[float, float]]:
    """Matcher -> (exact match, F1), in percent, on the answerable questions of a split."""
    asked = [(p, row) for p, row in questions.asked(split, seed) if not row["is_impossible"]]
    out = {}
    for name, matcher in matchers(seed).items():
        pairs = [(matcher(passage, row), row["answers"]["text"][0]) for passage, row in asked]
        out[name] = tuple(
            100 * sum(sum(score(one, true) for one in said) / len(said) for said, true in pairs) / len(pairs)
            for score in (exact_match, f1)
        )
    return out


def summary_scores(split: str = "test", seed: int = 0) -> dict[str, float]:
    """Baseline -> F1 over words, in percent, against the summaries of a split."""

    def central(row: Row, sentences: list[str]) -> str:
        bags = [Counter(normalise(sentence)) for sentence in sentences]
        rest = sum(bags, Counter())
        shares = [sum((bag & (rest - bag)).values()) for bag in bags]
        return sentences[shares.index(max(shares))]

    baselines: dict[str, Callable[[Row, list[str]], str]] = {
        "first sentence": lambda row, sentences: sentences[0],
        "longest overlap": central,
        "first with name": lambda row, sentences: next(
            s for s in sentences if row["person"] in re.findall(r"\w+", s)
        ),
    }
    rows = summaries.make(split, seed)
    texts = [re.findall(r"[^.]+\.", row["text"]) for row in rows]
    return {
        name: 100
        * sum(f1(said(row, t), row["summary"]) for row, t in zip(rows, texts, strict=True))
        / len(rows)
        for name, said in baselines.items()
    }


def answerability_score(split: str = "test", seed: int = 0) -> float:
    """Accuracy, in percent, of a threshold on the words shared with the closest sentence."""

    def shared(row: Row) -> int:
        asked = set(normalise(row["question"]))
        return max(len(asked & set(normalise(s))) for s in re.findall(r"[^.]+\.", row["context"]))

    def accuracy(pairs: list[tuple[int, int]], threshold: int) -> float:
        return 100 * sum((n > threshold) == label for n, label in pairs) / len(pairs)

    train, test = (
        [(shared(row), row["label"]) for row in answerability.make(part, seed)] for part in ("train", split)
    )
    return accuracy(test, max(range(12), key=lambda threshold: accuracy(train, threshold)))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description="Shortcuts on `questions` (exact match / F1), `summaries` (F1), `answerability`."
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    seeds = parser.parse_args().seeds
    columns = {seed: scores(seed=seed) for seed in seeds}
    print(f"{'':16}" + "".join(f"  seed {seed:<8}" for seed in seeds))
    for name in columns[seeds[0]]:
        print(
            f"{name:16}" + "".join(f"  {em:5.1f} / {f:5.1f}" for em, f in (columns[s][name] for s in seeds))
        )
    print("\nsummaries, F1")
    told = {seed: summary_scores(seed=seed) for seed in seeds}
    for name in told[seeds[0]]:
        print(f"{name:16}" + "".join(f"  {told[s][name]:5.1f}        " for s in seeds))
    print("\nanswerability, accuracy")
    print(
        f"{'closest sentence':16}" + "".join(f"  {answerability_score(seed=s):5.1f}        " for s in seeds)
    )


if __name__ == "__main__":
    main()
