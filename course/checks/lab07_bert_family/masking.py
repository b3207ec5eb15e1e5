"""The check of `dynamic_masking`: what is hidden is read off its results, and compared between seeds, epochs and copies."""

import torch

from .. import args, require
from ..chance import within
from . import lab
from .results import require_ids, two_tensors

NONE = -100
PAD, CLS, SEP, MASK = 0, 2, 3, 4


def texts(rows, time, seed, padding=0, low=10, high=110):
    """(ids, special): long and bool (row, time): [CLS], tokens from low to high - 1, [SEP], and `padding` places of padding."""
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(low, high, (rows, time), generator=generator)
    ids[:, 0], ids[:, time - padding - 1] = CLS, SEP
    ids[:, time - padding :] = PAD
    return ids, ids < 5


def hidden_in(result, ids, special, mask_id=MASK):
    """What is hidden, bool (text, time), once all that holds for every choice has been required. No ordinary id is mask_id."""
    inputs, labels = two_tensors(result, "what the model reads", "the labels")
    require_ids(inputs, ids.shape, "What the model reads")
    require_ids(labels, ids.shape, "`labels`")
    require(
        not (inputs == NONE).any(),
        "−100 stands in what the model reads: have the two results changed places? First the inputs, then the labels.",
    )
    asked, changed = labels != NONE, inputs != ids
    require(
        not (labels == ids).all(),
        "There is a label everywhere: only what is hidden has one, −100 stands everywhere else.",
    )
    require(
        not (changed & special).any(),
        "A mark or padding was hidden; where `special` is True, nothing is.{known}",
        known=" And no ordinary token was: True means *never* hidden." if (changed & special).any() and not (changed & ~special).any() else "",
    )  # fmt: skip
    filled = asked & ~changed & (labels != ids)
    require(
        not filled.any(),
        "Where nothing is hidden your labels are {got}: −100 says that a place costs nothing.",
        got=labels[filled][0].item() if filled.any() else 0,
    )
    wrong = asked & (labels != ids)
    require(
        not wrong.any(),
        "A label is the *true* id, the one that stood there before; yours is another one.{known}",
        known=" The labels are taken from what the model reads, after hiding." if wrong.any() and (labels == inputs)[wrong].all() else "",
    )  # fmt: skip
    require(
        not (changed & ~asked).any(),
        "A token was hidden that has no label.{known}",
        known=" Do your labels stand where nothing is hidden? It is the other way round: the hidden ids, and −100 everywhere else." if asked.any() else "",
    )  # fmt: skip
    marked = asked & special
    require(
        not marked.any(),
        "A mark or padding has a label, and was not hidden.{known}",
        known=f" It is a token {mask_id} that stood in the text before: what is equal to `mask_id` need not be hidden." if (ids[marked] == mask_id).all() else "",
    )  # fmt: skip
    require(
        (asked & ~changed).sum() == 0 or not torch.equal(asked, ~special),
        "Every ordinary token has a label, and {n} of {m} are hidden: only a hidden one has a label.",
        n=int(changed.sum()),
        m=int(asked.sum()),
    )
    _require_masks(inputs[asked], ids[asked], mask_id)
    return asked


def _require_masks(inputs, ids, mask_id):
    """Require all that has a label to be `mask_id`. inputs, ids: long (hidden,)."""
    others = inputs[inputs != mask_id]
    same = int((inputs == ids).sum())
    require(
        not len(others) or same or not (others == others[0]).all(),
        "With mask_id={mask_id} a hidden token becomes {got}: is `mask_id` used?",
        mask_id=mask_id,
        got=others[0].item() if len(others) else 0,
    )
    require(
        not len(others),
        "Of {n} tokens with a label {mask} became `mask_id`, {other} another token, {same} stayed. Here all of them become `mask_id`; the 80, 10 and 10 % of lab 05 are left out.",
        n=len(inputs),
        mask=len(inputs) - len(others),
        other=len(others) - same,
        same=same,
    )


def require_share(count, n, share, story):
    """Require as many of n tokens hidden as chance brings with a probability of `share`."""
    known = (
        " Nothing is hidden." if count == 0 < n * share
        else " Everything is hidden." if count == n
        else " That is what is to be left: is the comparison turned round?" if within(count, n, 1 - share)
        else " Only four in five of those are: do the 80 % of lab 05 come in? Here all that is chosen is hidden." if within(count, n, 0.8 * share)
        else " Is `share` used?" if within(count, n, 0.15)
        else ""
    )  # fmt: skip
    require(
        within(count, n, share),
        "{story}: {got:.1%} of the ordinary tokens are hidden; {share:.0%} are asked for.{known}",
        story=story,
        got=count / n,
        share=share,
        known=known,
    )


def _require_alone(student):
    """Each token has a draw of its own, within rows and between them, and from one epoch to the next."""
    ids, special = texts(60, 90, seed=1, padding=8)
    ids[::7, 5] = MASK  # which stood in the text before, and is special
    special = ids < 5
    n = int((~special).sum())
    one, two = (hidden_in(result, ids, special) for result in student.many([args(ids, special, 0), args(ids, special, 1)]))  # fmt: skip
    require(
        len({tuple(row) for row in one[:, 6:81].tolist()}) > 30
        or not one.any(),  # of nothing more is said below
        "The same places are hidden in most texts; each token has a draw of its own.",
    )
    require_share(int(one.sum()), n, 0.15, "60 texts in epoch 0")
    require_share(int(two.sum()), n, 0.15, "60 texts in epoch 1")
    rows, later = ([tuple(row) for row in choice[:, 6:81].tolist()] for choice in (one, two))
    moved = next(
        (i for i, row in enumerate(rows) if any(row) and row in later and later.index(row) != i), None
    )
    require(
        moved is None,
        "What is hidden of text {one} in epoch 0 is hidden of text {two} in epoch 1. Is there a number for each text, such as the epoch's and the text's added? One generator draws for all texts, one after the other.",
        one=moved,
        two=later.index(rows[moved]) if moved is not None else 0,
    )
    require(
        one[:, 6:81].sum(0).float().var() < 30,  # 60 texts give 8
        "Some places are hidden in most texts, others hardly ever; each token has a draw of its own.",
    )
    spread = one.sum(1).float().var().item()  # of 80 tokens: 10, as chance has it
    require(
        3 < spread < 30,
        "Of 60 texts nearly every one has {many} of its tokens hidden. Each token has a draw of its own, and how many are hidden is chance's, too.",
        many="the same number" if spread <= 3 else "hardly any, or very many,",
    )
    both = int((one & two).sum())
    require(
        within(both, n, 0.15**2)
        or torch.equal(one, two),  # of the same choice in all epochs more is said below
        "Of {n} tokens {both} are hidden in epoch 0 and in epoch 1 too; chance brings about {expected:.0f}. What was hidden once may be hidden again, and is as likely as any other.",
        n=n,
        both=both,
        expected=n * 0.15**2,
    )
    ids, special = texts(1200, 5, seed=2)
    many = hidden_in(student(ids, special, 3), ids, special).sum(1).clamp(max=2)
    counts, shares = [int((many == k).sum()) for k in range(3)], (0.85**3, 3 * 0.15 * 0.85**2, 0.06075)
    known = (
        " Is one added where chance has hidden none? A text may keep all of its tokens." if counts[0] < 200
        else " Is the number worked out from the number of tokens? It is chance's, too." if max(counts) == 1200
        else ""
    )  # fmt: skip
    require(
        all(within(count, 1200, share) for count, share in zip(counts, shares, strict=True)),
        "1,200 texts of three tokens: in {counts[0]} none is hidden, in {counts[1]} one, in {counts[2]} more. A draw of 15 % for each token gives about 737, 390 and 73.{known}",
        counts=counts,
        known=known,
    )


def choices_of(student, ids, special, asked, **named):
    """What is hidden by seed and epoch, dict (seed, epoch) -> bool (text, time). asked: pairs (seed, epoch)."""
    calls = [args(ids, special, epoch, seed=seed, **named) for seed, epoch in asked]
    return {pair: hidden_in(result, ids, special) for pair, result in zip(asked, student.many(calls), strict=True)}  # fmt: skip


def require_own(choices, copies=None):
    """Require another choice for each pair. choices: as `choices_of` gives them, those of seeds and epochs 0 to 2 among them, with `copies`."""

    def same(*pairs):
        return all(torch.equal(choices[pairs[0]], choices[pair]) for pair in pairs[1:])

    met = {}
    for pair, choice in choices.items():
        twin = met.setdefault(choice.numpy().tobytes(), pair)
        if twin is pair:
            continue
        few = range(3)
        (seed, epoch), (other, later) = twin, pair
        known = (
            "is `epoch` used?" if all(same(*((s, e) for e in few)) for s in few)
            else "is `seed` used? (Torch's generator looks at the lowest 32 bits of its seed alone.)" if all(same(*((s, e) for s in few)) for e in few)
            else "are the two multiplied? What is 0 makes all the others alike." if same(*((0, e) for e in few)) or same(*((s, 0) for s in few))
            else "is the remainder taken of a number made of both? `copies` is about the epoch alone." if copies and same((0, 1), (1, 0))
            else "are the two added or multiplied, without more? Both do not mind which is which." if same((0, 1), (1, 0))
            else "without `copies` there is another choice in each epoch, without an end." if seed == other and (later - epoch) % 10 == 0
            else "is there an end to your epochs or seeds? Up to 9,999 each of them is another one." if seed == other or epoch == later
            else "what number do you make of a seed and an epoch, and is it another one for each two? Ten times one plus the other is not, nor are their digits side by side."
        )  # fmt: skip
        require(
            False,
            "{story}eed {seed} in epoch {epoch} hides the same as seed {other} in epoch {later}: {known}",
            story="S" if copies is None else f"With copies={copies}, s",
            seed=seed,
            epoch=epoch,
            other=other,
            later=later,
            known=known,
        )


def _require_far_ones(student):
    """Require seeds and epochs up to 9,999 to be told apart. With any whole number up to there for a factor, factor * seed + epoch is the
    same for one of the first hundred epochs of seed 1 and one of every hundredth of seed 0; with any for a period, epoch % period for two
    of those of seed 0. Factors the other way round, too."""
    ids, special = texts(2, 62, seed=5)
    near, far, few = range(100), range(0, 10_000, 100), range(3)
    asked = [(s, e) for s in few for e in few]
    asked += [(s, n) for s in (0, 1) for n in near] + [(0, n) for n in far] + [(0, 9999)]
    asked += [(n, 1) for n in near] + [(n, 0) for n in far] + [(9999, 0)]
    require_own(choices_of(student, ids, special, list(dict.fromkeys(asked))))


def require_again(first, again):
    """Require the same choices for the same pairs, asked for again. Both: as `choices_of` gives them."""
    for pair, choice in again.items():
        require(
            torch.equal(choice, first[pair]),
            "Seed {pair[0]} in epoch {pair[1]}, asked for twice, hides other places. Whatever was drawn before, and in whatever order the epochs come: begin a generator anew in each call, from a number made of both.",
            pair=pair,
        )


def require_turns(student, ids, special, copies, epochs, seed):
    """Require `copies` choices to be read in turn. epochs: some to look at, from 0 up."""
    found = choices_of(student, ids, special, [(seed, epoch) for epoch in epochs], copies=copies)
    hidden = [found[seed, epoch].numpy().tobytes() for epoch in epochs]
    order = [e % copies for e in epochs]
    alike = [hidden.index(each) for each in hidden]  # the first place at which the same choice stands
    blocks = [e // copies for e in epochs]
    known = (
        " All are different: is `copies` used?" if len(set(hidden)) == len(set(epochs)) > copies
        else " Is a copy read for several epochs running? They take turns: after each epoch comes the next copy." if alike == [blocks.index(b) for b in blocks]
        else " Does it stay with the last copy? Behind that the first comes again." if alike == [min(e, copies - 1) for e in epochs]
        else f" There are {len(set(hidden))} choices." if len(set(hidden)) != len(set(order))
        else " Is it drawn which copy is read?"
    )  # fmt: skip
    require(
        alike == [order.index(o) for o in order],
        "With copies={copies}, epochs {epochs}: epoch {copies} reads again what epoch 0 has read, epoch {next} what epoch 1 has read, and so on.{known}",
        copies=copies,
        next=copies + 1,
        epochs=f"0 to {epochs[-1]}" if list(epochs) == list(range(len(epochs))) else f"{len(epochs)} of them in any order",
        known=known,
    )  # fmt: skip
    return found


@lab.check(points=2, returns=(tuple, list))
def dynamic_masking(student):
    _require_alone(student)
    ids, special = texts(6, 42, seed=3)  # 240 tokens: no two choices are the same by chance
    asked = [(seed, epoch) for seed in range(5) for epoch in range(13)]
    asked += [(0, 9999), (1, 23), (10, 1), (11, 1), (9999, 0), (9999, 9999)]
    choices = choices_of(student, ids, special, asked)
    require_again(choices, choices_of(student, ids, special, asked[3:60:7][::-1]))
    require_own(choices)
    _require_far_ones(student)
    totals = {int(choice.sum()) for choice in choices.values()}
    require(
        len(totals) > 6,  # of 240 tokens: 20 and more
        "In {n} choices nearly always as many of 240 tokens are hidden: each has a draw of its own, so that the number changes.",
        n=len(choices),
    )
    others = ids.where(special, ids + 101)
    require(
        torch.equal(hidden_in(student(others, special, 0), others, special), choices[0, 0]),
        "Other words, marks and padding at the same places, and in the same epoch other places are hidden: a choice hangs on `seed` and `epoch` alone.",
    )
    require_turns(student, ids, special, 3, range(9), 0)
    require_turns(student, ids, special, 10, range(21), 2)
    require_turns(student, ids, special, 1, range(4), 1)
    two = choices_of(student, ids, special, [(s, e) for s in range(3) for e in range(3)], copies=3)
    require_own(two, copies=3)
    _require_arguments(student)


def _require_arguments(student):
    """share and mask_id."""
    ids, special = texts(60, 32, seed=4)
    n = int((~special).sum())
    half = hidden_in(student(ids, special, 2, 7, 0.5), ids, special, 7)
    require_share(int(half.sum()), n, 0.5, "With share=0.5")
    for share in (0.0, 1.0):
        count = int(hidden_in(student(ids, special, 2, share=share), ids, special).sum())
        require(count == n * share, "With share={share} {count} of {n} ordinary tokens are hidden.", share=share, count=count, n=n)  # fmt: skip
    none = torch.ones_like(special)
    require(
        not hidden_in(student(ids, none, 0), ids, none).any(), "Something is hidden where all is special."
    )
