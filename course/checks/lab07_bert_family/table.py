"""The check of `size_speed_accuracy`: models whose numbers, guesses and times are known, and a diary of how they were called."""

from dataclasses import dataclass

import torch

from .. import helper_for, require, told
from ..tables import table_of
from . import lab
from .times import WELL_MEASURED, require_seconds

KEYS = {"model": str, "parameters": int, "nonzero": int, "seconds": float, "accuracy": float}
NOTE = {
    "model": int,
    "pass": int,
    "rows": int,
    "began": float,
    "ended": float,
    "training": bool,
    "graph": bool,
}
COUNT = torch.ones(3, 5)  # a buffer, which is no parameter
ATTEMPTS = 3  # at a measurement, where something else keeps the computer busy


@dataclass
class Member:
    """One model of the table, as `helpers.timed.Timed` takes it, and how many of the labels it has right."""

    name: str
    numbers: list
    right: int
    first: float
    cycle: list
    twice: tuple = ()
    frozen: tuple = ()
    count: torch.Tensor = COUNT
    training: bool = False

    def sent(self, logits):
        """What `timed_models` builds it from."""
        names = ("numbers", "first", "cycle", "count", "training")
        plain = {name: getattr(self, name) for name in names}
        return {**plain, "twice": list(self.twice), "frozen": list(self.frozen), "logits": logits}

    def sizes(self):
        """What is counted, and what usual mistakes count: (parameters, nonzero, [(number, sentence) for each of the two])."""
        every = [*self.numbers, *(self.numbers[i] for i in self.twice)]
        learns = [t for i, t in enumerate(self.numbers) if i not in self.frozen]
        matrices = [t for t in self.numbers if t.dim() > 1]

        def numel(tensors):
            return sum(t.numel() for t in tensors)

        def nonzero(tensors):
            return sum(int((t != 0).sum()) for t in tensors)

        n, m, buffer = numel(self.numbers), nonzero(self.numbers), [self.count]
        twice = "What two layers share is counted twice. `parameters()` meets it once"
        buffers = "A buffer is counted too; it is no parameter (`state_dict()` has both, and `parameters()` the parameters alone)"
        both = "What two layers share is counted twice, and a buffer too: `state_dict()` does that, and `parameters()` does not"
        frozen = "What does not learn is a parameter all the same: count it too"
        flat = "You count the matrices alone; biases and norms have parameters too"
        return n, m, (
            [
                (numel(every), twice), (numel([*self.numbers, *buffer]), buffers), (numel([*every, *buffer]), both), (numel(learns), frozen), (numel(matrices), flat),
                (m, "You leave out those that are zero: they are stored too. How many are not zero is said beside it"),
                (len(self.numbers), "That is the number of tensors; how many numbers they hold is asked for"), (len(every), "That is the number of tensors; how many numbers they hold is asked for"),
                (sum(t.numel() * t.element_size() for t in self.numbers), "That is the number of bytes; how many numbers there are is asked for"),
                (len({x for t in self.numbers for x in t.flatten().tolist()}), "You count how many different values there are; each number counts, whatever its value"),
            ],
            [
                (n, "You count all of them, zeros too"), (n - m, "That is how many are zero; how many are *not* is asked for"), (nonzero(every), twice), (nonzero([*self.numbers, *buffer]), buffers),
                (nonzero([*every, *buffer]), both), (nonzero(learns), frozen), (nonzero(matrices), flat),
                (sum(int((t > 0).sum()) for t in self.numbers), "You count the positive ones; negative ones are not zero either"),
                (sum(int((t != 0).sum()) * t.dim() for t in self.numbers), "`p.nonzero()` gives a row of *coordinates* for each number, as many as p has dimensions, and `numel()` counts them all"),
                (sum(bool((t != 0).any()) for t in self.numbers), "That is a number of tensors; how many of their numbers are not zero is asked for"),
                (len({x for t in self.numbers for x in t.flatten().tolist() if x}), "You count how many different values there are; each number counts, whatever its value"),
            ],
        )  # fmt: skip


def drawn_rows(generator, n, classes):
    """(ids, labels): long (n, 5), no row twice; long (n,)."""
    ids = torch.randint(5, 900, (n, 5), generator=generator)
    ids[:, 1] = 1_000 + torch.randperm(n, generator=generator)
    return ids, torch.randint(classes, (n,), generator=generator)


def logits_of(generator, labels, classes, right):
    """float (row, classes), of which so many rows have the largest number at their label."""
    logits = torch.randn(len(labels), classes, generator=generator)
    wrong = torch.randperm(len(labels), generator=generator)[right:]
    guesses = labels.clone()
    guesses[wrong] = (
        labels[wrong] + 1 + torch.randint(classes - 1, wrong.shape, generator=generator)
    ) % classes
    top, row = logits.argmax(1), torch.arange(len(labels))
    logits[row, top], logits[row, guesses] = logits[row, guesses], logits[row, top]
    return logits


def _require_called(notes, members, rows):
    """Each model was called, in evaluation mode and without gradients. rows: how many there are."""
    for number, member in enumerate(members):
        own = [note for note in notes if note["model"] == number]
        require(own, '"{name}" was never called.', name=member.name)
        require(
            rows == 1 or any(note["rows"] > 1 for note in own),
            '"{name}" was called with one row at a time. A pass over all of `ids` is one call with all of them: row by row it takes many times as long, and the table would speak of that.',
            name=member.name,
        )
        for what, hint in (
            ("training", "in training mode, in which dropout makes it guess worse, and take longer: `model.eval()` first"),
            ("graph", "with gradients switched on, and noted down all that a backward pass would need: `with torch.no_grad():` around every pass, the timed ones too"),
        ):  # fmt: skip
            bad = sum(note[what] for note in own)
            require(
                not bad,
                '"{name}": {bad} of {n} calls came {hint}.',
                name=member.name, bad=bad, n=len(own), hint=hint,
            )  # fmt: skip


def _require_counts(row, member):
    """The two numbers of a row."""
    n, m, mistakes = member.sizes()
    for key, truth, known in zip(("parameters", "nonzero"), (n, m), mistakes, strict=True):
        got = row[key]
        said = next((f" {sentence}." for wrong, sentence in known if wrong == got), "")
        require(
            got == truth,
            '"{name}": under "{key}" stands {got}, which is too {much}.{said}',
            name=member.name, key=key, got=got, much="many" if got > truth else "few", said=said,
        )  # fmt: skip


def _require_accuracy(row, member, logits, labels):
    """The share of the labels."""
    got, n = row["accuracy"], len(labels)
    guesses = logits.argmax(-1)

    def share(x):
        return (x == labels).double().mean().item()

    truth, half = share(guesses), n // 2
    mistakes = [
        (100 * truth, "That is a percentage; an accuracy goes from 0 to 1"),
        (n * truth, "That is how many are right; their share is asked for"),
        (1 - truth, "That is the share of wrong ones"),
        (share(logits.argmin(-1)), "You take the class with the *smallest* logit"),
        (share(logits.roll(1, -1).argmax(-1)), "That is what it has right in training mode"),
        ((guesses[:half] == labels[:half]).double().mean().item(), "That is of the first half of the rows; all of `ids` are asked for"),
        (round(truth, 2), "That is rounded; round where you print"), (round(truth, 1), "That is rounded; round where you print"), (round(truth, 3), "That is rounded; round where you print"),
        ((labels == labels.mode().values).double().mean().item(), "So many have the commonest label: is the guess the class with the largest logit?"),
    ]  # fmt: skip
    said = next((f" {sentence}." for wrong, sentence in mistakes if abs(got - wrong) < 1e-5), "")
    require(
        abs(got - truth) < 1e-5,
        '"{name}": under "accuracy" stands {got:.4g}, and that is not the share of labels it has right.{said}',
        name=member.name, got=got,
        said=said or " Is the guess the class with the largest logit, `argmax(-1)`, and does each row count once?",
    )  # fmt: skip


def _require_modes(models, members):
    """Each model is in the mode in which it came."""
    for model, member in zip(models, members, strict=True):
        modes = told(model.modes(), [bool])
        words = ("evaluation", "training")
        require(
            all(mode == member.training for mode in modes),
            '"{name}" came in {came} mode and is in {now} mode when you return. {hint}',
            name=member.name, came=words[member.training], now=words[not member.training],
            hint="Keep `model.training` before you call `eval()`, and put it back with `model.train(…)` at the end."
            if member.training else "Put each back in *its own* mode: `model.train(before)`, and not always into training mode.",
        )  # fmt: skip


def judge_table(student, seed, members, rows, classes, repeats=None):
    """Ask for the table, and require it to be what was decided. repeats: None = left out."""
    generator = torch.Generator().manual_seed(seed)
    ids, labels = drawn_rows(generator, rows, classes)
    logits = [logits_of(generator, labels, classes, member.right) for member in members]
    sent = [member.sent(own) for member, own in zip(members, logits, strict=True)]
    for _ in range(ATTEMPTS):
        diary, *models = student.build(helper_for("timed_models", ids=ids, models=sent))
        named = {member.name: model for member, model in zip(members, models, strict=True)}
        result = student(named, ids, labels, **({} if repeats is None else {"repeats": repeats}))
        table = table_of(result, list(named), KEYS, "models")
        notes, now, graph = told(diary.tell(), ([NOTE], float, bool))
        _require_called(notes, members, rows)
        require(
            graph,
            "When you return, gradients are switched off, for all that comes behind: `torch.set_grad_enabled(False)` lasts. `with torch.no_grad():` ends where its block ends.",
        )
        for row, member, own in zip(table, members, logits, strict=True):
            _require_counts(row, member)
            _require_accuracy(row, member, own, labels)
        _require_modes(models, members)
        given = 5 if repeats is None else repeats
        wide = [
            require_seconds(row["seconds"], notes, now, number, given, rows, member.name)
            for number, (row, member) in enumerate(zip(table, members, strict=True))
        ]
        if max(wide) < WELL_MEASURED:
            return


def ms(*numbers):
    """A list of seconds."""
    return [number / 1_000 for number in numbers]


WORDS = torch.tensor([[0.5, -1.0, 2.0], [0.25, 1.5, -0.5], [3.0, 0.75, -2.0], [1.0, -0.25, 0.5]])
DENSE, NORM = torch.tensor([[1.0, -2.0, 0.5], [-1.5, 0.25, 4.0], [2.0, 1.0, -1.0]]), torch.ones(3)
CUT = DENSE * torch.tensor([[1, 0, 1], [0, 0, 1], [-0.0, 1, 0]])  # there is a minus zero in it


@lab.check(points=4, returns=(list, tuple))
def size_speed_accuracy(student):
    members = [
        Member("one layer, twice", [WORDS, DENSE, NORM], 19, 0.06, ms(6, 40, 15, 55, 10), twice=(1, 2), frozen=(0,)),
        Member("teacher", [WORDS, DENSE, 2 * DENSE, NORM], 13, 0.001, ms(40, 4, 15, 3, 50), training=True),
        Member("cut", [WORDS, CUT, -CUT, NORM], 16, 0.02, ms(2, 7, 20, 4, 28), frozen=(3,), training=True),
    ]  # fmt: skip
    judge_table(student, 6, members, 24, 3)
    one = [Member("alone", [WORDS, NORM], 9, 0.04, ms(10))]
    judge_table(student, 2, one, 14, 2, repeats=1)
