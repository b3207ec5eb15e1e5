"""What a task gives away: the scores of baselines that understand nothing.

majority(train, test), bag_of_words(train, test)        # shares of 1; rows of (text, label), text may be several in a tuple
overlap(passage, question), ...                          # matchers for questions are beside their tasks' tables
"""

import itertools
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence

import torch
from torch.nn import functional as F

Example = tuple[str | tuple[str, ...], Hashable]
WORD = re.compile(r"\w+(?:'\w+)?|[^\w\s]")


def majority(train: Sequence[Example], test: Sequence[Example]) -> float:
    """The share of the test's labels that are the train's most frequent one."""
    ((most, _),) = Counter(label for _, label in train).most_common(1)
    return sum(label == most for _, label in test) / len(test)


def words_and_pairs(text: str | tuple[str, ...]) -> Iterable[str]:
    """Lower-case words and pairs of neighbours; of several texts also which words they share and which only one has."""
    if isinstance(text, str):
        tokens = WORD.findall(text.lower())
        yield from tokens
        yield from (f"{a} {b}" for a, b in itertools.pairwise(tokens))
        return
    sets = [set(WORD.findall(t.lower())) for t in text]
    for number, part in enumerate(text):
        yield from (f"{number}: {f}" for f in words_and_pairs(part))
    yield from (f"both: {w}" for w in set.intersection(*sets))
    yield from (f"one: {w}" for w in set.union(*sets) - set.intersection(*sets))
    share = len(set.intersection(*sets)) / len(set.union(*sets))
    yield from (f"share over {tenth}" for tenth in range(10) if share * 10 > tenth)


def features_of(
    train: Sequence[str | tuple[str, ...]],
    test: Sequence[str | tuple[str, ...]],
    features: Callable[[str | tuple[str, ...]], Iterable[str]] = words_and_pairs,
) -> tuple[Callable, Callable, int]:
    """Two functions, of train and of test, from weights (features, outputs) to each text's sum of them; and how many features there are.

    A feature that train shows only once is none.
    """
    bags = [Counter(features(text)) for text in train]
    seen = Counter(f for bag in bags for f in bag)
    index = {f: i for i, f in enumerate(f for f, n in seen.items() if n > 1)}

    def weighed(bags):
        ids = [[index[f] for f in bag if f in index] for bag in bags]
        flat = torch.tensor([i for row in ids for i in row], dtype=torch.long)
        starts = torch.tensor([0, *itertools.accumulate(map(len, ids))][:-1], dtype=torch.long)
        return lambda weights: F.embedding_bag(flat, weights, starts, mode="sum")

    return weighed(bags), weighed(Counter(features(text)) for text in test), len(index)


def bag_of_words(
    train: Sequence[Example],
    test: Sequence[Example],
    features: Callable[[str | tuple[str, ...]], Iterable[str]] = words_and_pairs,
    steps: int = 300,
) -> float:
    """The accuracy on test of a logistic regression on the words, and pairs of words, of train."""
    learn, ask, width = features_of([text for text, _ in train], [text for text, _ in test], features)
    labels = sorted({label for _, label in train}, key=str)
    number = {label: i for i, label in enumerate(labels)}
    torch.manual_seed(0)
    weights = torch.nn.Parameter(torch.zeros(width, len(labels)))
    bias = torch.nn.Parameter(torch.zeros(len(labels)))
    truth = torch.tensor([number[label] for _, label in train])
    optimizer = torch.optim.AdamW([weights, bias], lr=0.05, weight_decay=0.01)
    for _ in range(steps):
        loss = F.cross_entropy(learn(weights) + bias, truth)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        said = (ask(weights) + bias).argmax(1).tolist()
    return sum(labels[s] == label for s, (_, label) in zip(said, test, strict=True)) / len(test)
