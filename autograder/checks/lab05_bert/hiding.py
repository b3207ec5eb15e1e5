"""Properties of every draw, and the frequencies of many, each within 5 standard deviations of a binomial."""

import itertools

import torch

from course.checks import args, part, require
from course.checks.lab05_bert.hiding import (
    choice_of,
    require_masked,
    require_whole,
    spans_of,
    texts,
    within,
)

from . import lab


@lab.check()
def mask_tokens(student):
    rng = student.rng
    low, high = rng.randint(6, 30), rng.randint(90, 300)
    mask_id = rng.randint(4, 5)
    ordinary = torch.arange(low, high)
    ids, special = texts(4, 45, low, high, seed=rng.randrange(2**31), padding=5)
    special[:, 20] = True  # a mark in the middle
    seeds = [rng.randrange(2**31) for _ in range(300)]
    results = student.many([args(ids, special, ordinary, mask_id, seed=seed) for seed in seeds])
    found = [require_masked(result, ids, special, ordinary, mask_id) for result in results]
    chosen, kind = (torch.stack(each) for each in zip(*found, strict=True))  # (draw, row, time)
    counts = chosen.sum(0)
    may = ~special
    low_count, high_count = counts[may].min().item(), counts[may].max().item()
    require(
        within(low_count, 300, 0.15, sigmas=6) and within(high_count, 300, 0.15, sigmas=6),
        "The same rows drawn 300 times: one place is chosen {low} times, another {high} times; each has 15 %.",
        low=low_count,
        high=high_count,
    )
    n = int(chosen.sum())
    shares = [int((kind[chosen] == k).sum()) for k in range(3)]
    same = 0.1 / len(ordinary)  # a drawn token that is what stood there
    require(
        all(within(count, n, p) for count, p in zip(shares, (0.8, 0.1 - same, 0.1 + same), strict=True)),
        "In 300 draws {a:.1%} of the chosen became [MASK], {b:.1%} another token, {c:.1%} stayed; 80, 10 and 10 % are asked for. One draw for a whole row strays as far: what becomes of a token is drawn for each.",
        a=shares[0] / n,
        b=shares[1] / n,
        c=shares[2] / n,
    )
    inputs = torch.stack([result[0] for result in results])
    another = inputs[chosen & (kind == 1)]
    with part("every ordinary token is drawn", points=0.5):
        seen = torch.bincount(another - low, minlength=len(ordinary))
        half = int(seen[: len(ordinary) // 2].sum())
        require(
            within(half, len(another), (len(ordinary) // 2) / len(ordinary)) and seen.max() <= 8 + 6 * len(another) / len(ordinary),
            "Of {n} random tokens {half} come from the first half of `ordinary`, and one comes {most} times: each should be equally likely.",
            n=len(another),
            half=half,
            most=int(seen.max()),
        )  # fmt: skip
        few = torch.tensor(rng.sample(range(high + 1, high + 50), 4))
        wide, marks = texts(60, 50, low, high, seed=rng.randrange(2**31))
        result = student(wide, marks, few, mask_id, share=1.0)
        drawn = result[0][require_masked(result, wide, marks, few, mask_id)[1] == 1]
        seen, n = [int((drawn == i).sum()) for i in few], len(drawn)
        require(
            all(within(count, n, 1 / 4) for count in seen),
            "`ordinary` of four ids, and {n} random tokens: they come {seen} times. Each should be equally likely, the first and the last too.",
            n=n,
            seen=", ".join(map(str, seen)),
        )
    with part("draws do not hang together", points=0.5):
        both = int((chosen[:, :, 1:20] & chosen[:, :, 2:21])[:, :, :18].sum())
        require(
            within(both, 300 * 4 * 18, 0.15**2),
            "Neighbours are chosen together in {both} of {n} cases; chance brings {expected:.0f}.",
            both=both,
            n=300 * 4 * 18,
            expected=300 * 4 * 18 * 0.15**2,
        )
        totals = {int(each.sum()) for each in chosen}
        require(
            len(totals) > 8,  # 148 tokens: 20 and more
            "In 300 draws of the same rows nearly always as many tokens are chosen: each has a draw of its own, so that the number changes.",
        )
        same_row = [row[there] for row, there in zip(inputs.flatten(0, 1), (chosen & (kind == 1)).flatten(0, 1), strict=True)]  # fmt: skip
        pairs = [bool(row[0] == row[1]) for row in same_row if len(row) > 1]
        require(
            sum(pairs) <= len(pairs) / 2,
            "In {n} of {m} rows with two random tokens both are the same one: each is a draw of its own.",
            n=sum(pairs),
            m=len(pairs),
        )
        fates = [
            row[there][:2] == 0 for row, there in zip(kind.flatten(0, 1), chosen.flatten(0, 1), strict=True)
        ]
        fates = [bool(two[0] == two[1]) for two in fates if len(two) == 2]
        require(
            within(sum(fates), len(fates), 0.8**2 + 0.2**2),
            "In {n} of {m} rows the first two chosen tokens both become [MASK], or both do not; that is too often or too seldom for chance. What becomes of a token is drawn for each.",
            n=sum(fates),
            m=len(fates),
        )
        early = chosen[:, 0, 1:19].sum().item()
        fate = (kind[:, 0, 1:19] == 0)[chosen[:, 0, 1:19]].sum().item()
        require(within(fate, early, 0.8), "What becomes of a token depends on where it stands.")
    with part("one token, and the highest share", points=0.5):
        one, marks = texts(50, 3, low, high, seed=1)
        results = student.many([args(one, marks, ordinary, mask_id, share=share) for share in (1e-6, 1.0)])
        for result in results:
            hidden, _ = require_masked(result, one, marks, ordinary, mask_id)
            require(hidden[:, 1].all(), "Rows of one token: it is always chosen.")
        every, _ = require_masked(student(ids, special, ordinary, mask_id, share=1.0), ids, special, ordinary, mask_id)  # fmt: skip
        require(torch.equal(every, may), "With share=1.0 every token that may be chosen is.")


@lab.check()
def whole_word_mask(student):
    rng = student.rng
    tokens = ["[CLS]"]
    for _ in range(14):
        tokens += ["".join(rng.choice("abcdefg") for _ in range(3)), *(["##x"] * rng.choice((0, 0, 1, 3)))]
    tokens += ["#", "c##", "[SEP]", "[UNK]", "[SEP]", "[PAD]", "[PAD]"]
    seeds = [rng.randrange(2**31) for _ in range(300)]
    draws = [
        choice_of(found, tokens) for found in student.many([args(tokens, share=0.25, seed=s) for s in seeds])
    ]
    for found in draws:
        require_whole(found, tokens)
    spans = spans_of(tokens)
    likely = 0.25 + 0.75 ** len(spans) / len(spans)
    for span in spans:
        count = sum(found[span[0]] for found in draws)
        require(
            within(count, 300, likely),
            "A row of {n} words: “{word}” is chosen in {count} of 300 draws, where about {expected:.0f} are expected.",
            n=len(spans),
            word=" ".join(tokens[place] for place in span),
            count=count,
            expected=300 * likely,
        )
    for one, two in itertools.pairwise(spans):
        require(
            any(found[one[0]] != found[two[0]] for found in draws),
            "“{one}” and “{two}” are chosen together in all of 300 draws: they are two words. Only a piece that *begins* with ## goes on with a word.",
            one=tokens[one[0]],
            two=tokens[two[0]],
        )
    with part("at least one, each equally likely", points=0.5):
        few = ["a", "##b", "##c", "d", "[SEP]"]
        draws = [choice_of(f, few) for f in student.many([args(few, share=1e-6, seed=s) for s in seeds])]
        for found in draws:
            require_whole(found, few)
        require(
            all(found[0] != found[3] for found in draws),
            "Two words and a share near 0: exactly one is chosen; in {n} of 300 draws it is none or both.",
            n=sum(found[0] == found[3] for found in draws),
        )
        count = sum(found[0] for found in draws)
        require(
            within(count, 300, 0.5),
            "Two words and a share near 0: the first, of three pieces, is chosen {count} times in 300 draws; each word should be equally likely.",
            count=count,
        )
