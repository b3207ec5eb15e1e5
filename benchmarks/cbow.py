"""What CBOW learns from the micro-world in a few seconds: class purity, people by job, analogies, over three seeds.

    python -m benchmarks.cbow                          # 1,000 steps, window 4, no word thinned: the classes
    python -m benchmarks.cbow --threshold 1e-3         # frequent words thinned: the analogies
    python -m benchmarks.cbow --seconds 8 --window 2

CBOW with negative sampling (Mikolov et al. 2013), plainly: the mean of the context's vectors, sigmoid against the true
word and against words drawn by count^0.75. `purity@5` of a word: the share of its 5 nearest words (cosine) that are in
its class. "classes" looks among the words of the classes and the first names; "whole vocabulary" among all words. "animals by
food" is purity@2. young (cat : kitten), capital, national (Arvia : Arvians) and river are analogies answered from the
whole vocabulary (3CosAdd). A word of share f is kept with probability sqrt(threshold / f).
"""

import argparse
import time
from collections import Counter

import torch
import torch.nn.functional as F

from course import microworld


def windows(
    sentences: list[list[str]],
    index: dict[str, int],
    window: int,
    keep: torch.Tensor,
    generator: torch.Generator,
):
    """(centre (n,), context (n, 2 * window)): ids, 0 where the window hangs over the edge; frequent words thinned."""
    ids = torch.tensor(
        [i for s in sentences for i in ([0] * window + [index.get(w, 0) for w in s])] + [0] * window
    )
    ids = ids[(ids == 0) | (torch.rand(len(ids), generator=generator) < keep[ids])]
    around = ids.unfold(0, 2 * window + 1, 1)  # (n, 2 * window + 1)
    around = around[around[:, window] != 0]
    context = torch.cat([around[:, :window], around[:, window + 1 :]], dim=1)
    some = (context != 0).any(1)
    return around[some, window], context[some]


def train(
    sentences,
    *,
    window,
    dim,
    negatives,
    lr,
    seconds,
    seed,
    batch=2048,
    min_count=5,
    threshold=1.0,
    max_steps=None,
):
    """Returns (vocabulary, vectors (V, dim), steps, seconds). The learning rate falls linearly with the time spent."""
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    start = time.perf_counter()
    counts = Counter(word for s in sentences for word in s)
    vocabulary = ["<pad>"] + [w for w, c in counts.most_common() if c >= min_count]
    index = {w: i for i, w in enumerate(vocabulary)}
    frequency = torch.tensor([0.0] + [float(counts[w]) for w in vocabulary[1:]])
    share = frequency / frequency.sum()
    keep = (threshold / share.clamp_min(1e-12)).sqrt().clamp_max(1.0)
    noise = frequency**0.75
    inside = torch.nn.Parameter(torch.randn(len(vocabulary), dim) * 0.1)
    outside = torch.nn.Parameter(torch.zeros(len(vocabulary), dim))
    optimizer = torch.optim.Adam([inside, outside], lr=lr)
    step = 0
    while True:
        centre, context = windows(sentences, index, window, keep, generator)
        order = torch.randperm(len(centre), generator=generator)
        # one draw of noise an epoch: multinomial is the slow part
        drawn = torch.multinomial(noise, len(centre) * negatives, replacement=True, generator=generator).view(
            -1, negatives
        )
        for at in range(0, len(order), batch):
            spent = time.perf_counter() - start
            if (spent > seconds) if max_steps is None else (step >= max_steps):
                return vocabulary, inside.detach(), step, spent
            done = spent / seconds if max_steps is None else step / max_steps
            optimizer.param_groups[0]["lr"] = lr * max(0.05, 1 - done)
            rows = order[at : at + batch]
            around = context[rows]  # (batch, 2 * window)
            real = (around != 0).float().unsqueeze(-1)
            hidden = (F.embedding(around, inside) * real).sum(1) / real.sum(1)  # (batch, dim)
            words = torch.cat(
                [centre[rows].unsqueeze(1), drawn[at : at + len(rows)]], dim=1
            )  # (batch, 1 + negatives)
            scores = torch.einsum("bd,bkd->bk", hidden, F.embedding(words, outside))
            targets = torch.zeros_like(scores)
            targets[:, 0] = 1
            loss = F.binary_cross_entropy_with_logits(scores, targets, reduction="sum") / len(rows)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            step += 1


def purity(
    unit: torch.Tensor, index: dict[str, int], classes: dict[str, list[str]], pool: list[str], k: int = 5
):
    """{class: mean purity@k of its words}, neighbours taken from `pool`."""
    at = torch.tensor([index[w] for w in pool])
    member = {w: name for name, words in classes.items() for w in words}
    out = {}
    for name, words in classes.items():
        rows = []
        for word in words:
            scores = unit[at] @ unit[index[word]]
            scores[pool.index(word)] = -2
            rows.append(sum(member.get(pool[i]) == name for i in scores.topk(k).indices.tolist()) / k)
        out[name] = sum(rows) / len(rows)
    return out


def analogies(unit, index, pairs, pool):
    """Share of (a is to b as c is to ?) answered, ? among `pool` without a, b, c; 3CosAdd (Mikolov et al. 2013)."""
    at = torch.tensor([index[w] for w in pool])
    right = total = 0
    for a, b in pairs:
        for c, d in pairs:
            if a == c or len({a, b, c, d}) < 4:
                continue
            scores = unit[at] @ F.normalize(unit[index[b]] - unit[index[a]] + unit[index[c]], dim=0)
            for word in (a, b, c):
                if word in pool:
                    scores[pool.index(word)] = -2
            right += pool[int(scores.argmax())] == d
            total += 1
    return right / total


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=None, help="stop by the clock instead of by steps")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--window", type=int, default=4)
    parser.add_argument("--dim", type=int, default=64)
    parser.add_argument("--negatives", type=int, default=8)
    parser.add_argument("--lr", type=float, default=5e-3)
    parser.add_argument("--batch", type=int, default=2048)
    parser.add_argument("--threshold", type=float, default=1.0)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--detail", action="store_true", help="print every class and every job as well")
    o = parser.parse_args()
    print(
        f"window {o.window}, d = {o.dim}, {o.negatives} negatives, Adam {o.lr:g}, batch {o.batch}, threshold {o.threshold:g}\n"
    )
    columns = ("seed", "steps", "seconds", "classes", "whole vocabulary", "people by job", "animals by food")
    columns += ("young", "capital", "national", "river")
    print(f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}")
    for seed in o.seeds:
        world = microworld(seed)
        vocabulary, vectors, steps, seconds = train(
            world.sentences(), window=o.window, dim=o.dim, negatives=o.negatives, lr=o.lr, seconds=o.seconds, seed=seed,
            batch=o.batch, threshold=o.threshold, max_steps=None if o.seconds else o.steps,
        )  # fmt: skip
        index = {w: i for i, w in enumerate(vocabulary)}
        unit = F.normalize(vectors, dim=1)
        groups, jobs = world.groups(), world.people_by_job()
        names = [name for people in jobs.values() for name in people]
        classes = groups | {"name": names}
        pool = [w for words in classes.values() for w in words]
        among = purity(unit, index, classes, pool)
        story = [name.lower() for name in world.story_names if name.lower() in index]
        everywhere = purity(unit, index, groups | {"name": names + story}, vocabulary[1:])
        by_job = purity(unit, index, jobs, names)
        diets = {k: v for k, v in world.animals_by_food().items() if len(v) >= 3}
        by_food = purity(unit, index, diets, [a for v in diets.values() for a in v], k=2)

        def weighted(scores, of):
            return sum(scores[k] * len(of[k]) for k in scores) / sum(len(of[k]) for k in scores)

        young = [(a.name, a.young) for a in world.animals if a.young]
        capital = [(c.name.lower(), c.capital.lower()) for c in world.countries]
        national = [(c.name.lower(), c.national.lower() + "s") for c in world.countries]
        river = [(c.name.lower(), c.river.lower()) for c in world.countries]
        whole = vocabulary[1:]
        numbers = [
            weighted(among, classes), weighted(everywhere, groups | {"name": names + story}), weighted(by_job, jobs), weighted(by_food, diets),
            *(analogies(unit, index, pairs, whole) for pairs in (young, capital, national, river)),
        ]  # fmt: skip
        print(
            f"| {seed} | {steps} | {seconds:.1f} | " + " | ".join(f"{x:.3f}" for x in numbers) + " |",
            flush=True,
        )
        if o.detail:
            for scores in (among, everywhere, by_job):
                print("  ", {name: round(score, 2) for name, score in scores.items()})


if __name__ == "__main__":
    main()
