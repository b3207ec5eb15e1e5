"""The check of `pretraining_gap`: encoders and trainings that keep a diary, and models whose share of right answers is known beforehand."""

import math
from dataclasses import dataclass

import torch

from .. import StudentError, args, helper_for, require, require_number
from ..sentences import describe
from ..usual import ended
from . import lab
from .draws import require_draws

WAYS = {"scratch": False, "pretrained": True}
KEYS = ("labelled", "seed", *WAYS)
TOLERANCE = 1e-4  # of an accuracy; one review of the test is a hundred times that


@dataclass
class Case:
    """What `pretraining_gap` is given, and how many of the test each model will have right, in the order of the trainings."""

    train: tuple
    test: tuple
    sizes: list
    seeds: list
    right: list

    @property
    def rows(self):
        """(size, seed) of each row."""
        return [(size, seed) for size in self.sizes for seed in self.seeds]


def reviews(n, classes, generator, first=0):
    """(ids, labels): long (n, 7), no two rows alike, the words from 5 + `first` on; long (n,)."""
    ids = torch.zeros(n, 7, dtype=torch.long)
    for row, filled in enumerate(torch.randint(3, 7, (n,), generator=generator).tolist()):
        ids[row, :filled] = torch.randint(5, 900, (filled,), generator=generator)
    ids[:, 0], ids[:, 1] = 2, 1000 + first + torch.arange(n)
    return ids, torch.randint(classes, (n,), generator=generator)


def case_of(seed, examples, tests, sizes, seeds, classes=3):
    """A `Case` with random reviews; no two models have as many right."""
    generator = torch.Generator().manual_seed(seed)
    train = reviews(examples, classes, generator)
    test = reviews(tests, classes, generator, first=examples)
    right = 2 + torch.randperm(tests - 4, generator=generator)
    return Case(train, test, sizes, seeds, right.tolist())


def _table(result, case):
    """The rows as dicts, of these sizes and seeds in this order, each accuracy a number."""
    n, asked = len(case.rows), f"{len(case.sizes)} sizes and {len(case.seeds)} seeds"
    require(isinstance(result, (list, tuple)), "Return a list of rows; yours is {got}.", got=describe(result))
    for row in result:
        require(isinstance(row, dict), "Each row is a dict; yours is {got}.", got=describe(row))
        missing = [key for key in KEYS if key not in row]
        if missing:
            require(
                False,
                'A row has no "{key}"; each has "labelled", "seed", "scratch" and "pretrained".',
                key=missing[0],
            )
    require(
        len(result) == n or len(result) != len(case.sizes),
        "{asked}, and you return a row for each size alone: is that a mean over the seeds? One row for each size *and* seed is asked for.",
        asked=asked,
    )
    require(len(result) == n, "{asked}, and you return {got} rows. One for each size and seed is asked for.", asked=asked, got=len(result))  # fmt: skip
    found = [(row["labelled"], row["seed"]) for row in result]
    plain = all(type(x) is int for pair in found for x in pair)
    require(plain, '"labelled" and "seed" are whole numbers: the size and the seed as they came in.')
    if found != case.rows:
        by_seed = [(size, seed) for seed in case.seeds for size in case.sizes]
        why = (
            " All seeds of the first size come first, then those of the next; you have all sizes of the first seed first." if found == by_seed
            else ' "labelled" is the size and "seed" the seed; yours are exchanged.' if [pair[::-1] for pair in found] in (case.rows, by_seed)
            else " Sizes and seeds come in the order in which they are given, whether they rise or not." if sorted(found) == sorted(case.rows)
            else " Which size and which seed a row is of stands in it."
        )  # fmt: skip
        require(False, "The rows are not those of {asked} in their order.{why}", asked=asked, why=why)
    for row in result:
        for way in WAYS:
            require(
                not isinstance(row[way], torch.Tensor),
                "Your accuracies are tensors; Python floats are asked for. `.item()` makes one of them.",
            )
            good = isinstance(row[way], (int, float)) and not isinstance(row[way], bool)
            require(good, 'Under "{way}" stands {got}; it is an accuracy, a float.', way=way, got=describe(row[way]))  # fmt: skip
            require(
                not math.isnan(require_number(row[way], f'What stands under "{way}"')),
                'Under "{way}" stands nan: is that a mean over nothing?',
                way=way,
            )
    return result


def require_gap(result, trials, case):
    """Require what the diary tells to be a fair measurement, and the table to be what came out. trials: the `Handle` of a
    `helpers.trials.Trials`. Returns a dict (size, seed) -> the places of the examples, a set."""
    rows = _table(result, case)
    made, tuned = trials.diary()
    require(tuned, "No model was trained: `tune` was never called.")
    drawn = {}
    for row in rows:
        models = {way: _model_of(row, way, rows, made, tuned, case) for way in WAYS}
        notes = {way: tuned[m] for way, m in models.items()}
        story = f"{row['labelled']} examples, seed {row['seed']}"
        _require_encoders(notes, row, made, story)
        require(
            not any(note["training"] for note in notes.values()),
            "{story}: the test is judged in training mode, where a model has dropout at work. `tune` gives it back ready to be judged; leave it so, or call `.eval()`.",
            story=story,
        )
        for way, note in notes.items():
            _require_examples(note, row, way, case, story)
        one, other = (set(notes[way]["places"]) for way in WAYS)
        require(
            one == other,
            "{story}: from scratch and pretrained, they learn from other examples: {n} are the same. Draw once, and use it for both.",
            story=story,
            n=len(one & other),
        )
        drawn[row["labelled"], row["seed"]] = one
    require_draws(drawn, case)
    return drawn


def _model_of(row, way, rows, made, tuned, case):
    """The place of the model whose accuracy stands in a row; says what stands there if it is none's."""
    tests, got = len(case.test[0]), float(row[way])
    shares = [case.right[m % len(case.right)] / tests for m in range(len(tuned))]
    found = [m for m, share in enumerate(shares) if abs(share - got) < TOLERANCE]
    if found:
        return found[0]
    size, seed, examples = row["labelled"], row["seed"], len(case.train[0])
    alike = [m for m, note in enumerate(tuned) if len(note["places"]) == size]
    this_way = [m for m in alike if _pretrained(tuned[m], made) == WAYS[way]]
    own = [m for m in alike if tuned[m]["seed"] == seed]
    mean = sum(shares[m] for m in this_way) / max(1, len(this_way))

    def is_a(*wanted):
        return any(abs(got - w) < TOLERANCE for w in wanted)

    why = (
        "That is what it has right of the training; the test is asked for" if is_a(1.0, size / examples)
        else "That is a percentage; an accuracy goes from 0 to 1" if is_a(*(100 * s for s in shares))
        else "That is how many are right; an accuracy is their share" if is_a(*(tests * s for s in shares))
        else "That is the share of wrong answers" if is_a(*(1 - s for s in shares))
        else "That is the mean over the seeds; each row is of one seed" if len(this_way) > 1 and is_a(mean)
        else "That is a difference of two models; each of them has its own accuracy" if is_a(*(shares[a] - shares[b] for a in own for b in own if a != b))
        else "That is rounded" if is_a(*(round(shares[m], digits) for m in own if m in this_way for digits in (2, 3)))
        else "Is the whole test judged, each of its reviews once, and is the guess the class with the largest logit?"
    )  # fmt: skip
    require(
        False,
        'The row of {size} examples and seed {seed} has {got:.4g} under "{way}", and no model that was trained has this share of the test right. {why}',
        size=size,
        seed=seed,
        got=got,
        way=way,
        why=why if why.endswith("?") else f"{why}.",
    )


def _pretrained(note, made):
    return bool(made[note["encoder"]][0]) if note["encoder"] is not None else None


def _require_encoders(notes, row, made, story):
    """Each way begins with an encoder of its own, made for this way and seed."""
    for note in notes.values():
        require(
            note["encoder"] is not None,
            "{story}: `tune` got an encoder that `make_encoder` did not make.",
            story=story,
        )
    scratch, pretrained = (notes[way] for way in WAYS)
    require(
        scratch["encoder"] != pretrained["encoder"],
        "{story}: both ways have the same encoder. Each begins with a new one, `make_encoder(False, seed)` and `make_encoder(True, seed)`.",
        story=story,
    )
    flags = tuple(made[note["encoder"]][0] for note in (scratch, pretrained))
    require(
        flags != (True, False),
        '{story}: under "scratch" stands the model that began with the pretrained encoder, and the other way round.',
        story=story,
    )
    require(
        flags == (False, True),
        "{story}: `make_encoder` was given pretrained={a} for the model from scratch, and pretrained={b} for the other. It is True or False.",
        story=story,
        a=_short(flags[0]),
        b=_short(flags[1]),
    )
    for way, note in notes.items():
        require(
            made[note["encoder"]][1] == row["seed"],
            '{story}, "{way}": `make_encoder` was given the seed {got} for this model. It gets the seed of the row.',
            story=story,
            way=way,
            got=_short(made[note["encoder"]][1]),
        )
        require(
            note["before"] == 0,
            '{story}, "{way}": the encoder that `tune` got had been trained before. Each model begins with a new one: call `make_encoder` for each.',
            story=story,
            way=way,
        )
        require(
            note["seed"] == row["seed"],
            '{story}, "{way}": `tune` was given the seed {got}. It gets the seed of the row.',
            story=story,
            way=way,
            got=_short(note["seed"]),
        )


def _short(value):
    return str(value)[:20] if value is None or isinstance(value, (bool, int, float, str)) else describe(value)


def _require_examples(note, row, way, case, story):
    """As many examples as the row says, of the training, with their labels, none twice."""
    places, size, examples = note["places"], row["labelled"], len(case.train[0])
    tested = sum(p >= examples for p in places)
    require(
        not tested,
        '{story}, "{way}": {n} of the reviews that `tune` got are of the test. Nothing of the test is trained on.',
        story=story,
        way=way,
        n=tested,
    )
    require(
        all(p >= 0 for p in places),
        '{story}, "{way}": `tune` got ids that are no row of `train[0]`.',
        story=story,
        way=way,
    )
    require(
        len(places) == size,
        '{story}, "{way}": `tune` got {n} examples.{why}',
        story=story,
        way=way,
        n=len(places),
        why=" Those are all there are." if len(places) == examples else "",
    )
    require(
        note["labels"],
        '{story}, "{way}": the labels that `tune` got are not those of the reviews that it got. Take both from the same places.',
        story=story,
        way=way,
    )
    require(
        len(set(places)) == size,
        '{story}, "{way}": {n} of the examples come twice or more. Draw without putting back: the first of `torch.randperm`, or `random.sample`.',
        story=story,
        way=way,
        n=size - len(set(places)),
    )


def _measured(student, *given, case):
    """What one call returns; says the cause of usual errors."""
    try:
        (result,) = student.many([args(*given)])
        return result
    except StudentError as error:
        said, tests, examples = error.message, len(case.test[0]), len(case.train[0])
        sizes = {f"({n})" for n in (tests, 1 + int(case.train[1].max()))}
        why = (
            "The model that `tune` gives is called with ids and gives the logits themselves, a tensor (review, classes)"
            if error.is_a("AttributeError") and "'logits'" in said
            else "The places of the examples are those of the training, of which there are {examples}: from how many do you draw?"
            if error.is_a("IndexError") and f"out of bounds for dimension 0 with size {examples}" in said
            else "The guess for a review is the largest of *its* logits, those of its row: `argmax(-1)` of (review, classes)"
            if "must match the size of tensor" in said and all(n in said for n in sizes)
            else ""
        )
        # what the error itself advises would lead astray
        start = (
            str(error).split(" Is `logits` set")[0].split(" An index runs past")[0].split(" Two shapes")[0]
        )
        require(not why, "{start} {why}", start=start, why=ended(why.format(examples=examples)))
        raise


def judge_gap(student, case):
    """Call it twice, the second time with the seeds turned round, and require a fair measurement each time, from the same examples."""
    drawn = []
    for seeds in (case.seeds, case.seeds[::-1]):
        given = Case(case.train, case.test, case.sizes, seeds, case.right)
        trials = student.build(helper_for("trials", train=case.train, test=case.test, right=case.right))
        functions = (trials.get("make_encoder"), trials.get("tune"))
        result = _measured(
            student, *functions, given.train, given.test, list(given.sizes), list(seeds), case=given
        )
        drawn.append(require_gap(result, trials, given))
    one, other = drawn
    off = next((key for key in one if one[key] != other[key]), None)
    if off:
        require(
            False,
            "Called again, with the seeds in another order, the row of {size} examples and seed {seed} gets other examples. What is drawn for a row hangs on its own seed: seed what you draw with, anew for each row.",
            size=off[0],
            seed=off[1],
        )


@lab.check(points=5, returns=(list, tuple))
def pretraining_gap(student):
    judge_gap(student, case_of(1, 300, 97, [60, 8], [3, 7, 1]))
