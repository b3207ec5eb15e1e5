"""The check of `adapter_table`: ways of which it is known what moves, how long it takes and what it scores, and a diary of the calls."""

import statistics
from dataclasses import dataclass, field

import torch

from .. import helper_for, require, told
from ..tables import table_of
from ..usual import ended
from . import lab

KEYS = {
    "way": str,
    "trained": int,
    "share": float,
    "seconds": float,
    "score": float,
    "lowest": float,
    "highest": float,
}
NOTE = {
    "what": str,
    "model": int,
    "way": int,
    "seed": int,
    "began": float,
    "ended": float,
    "training": bool,
    "graph": bool,
}
ROOM = 4e-3  # seconds that a call may take beside what it is noted for
BUFFER = 7  # numbers in a model's buffer, which is no parameter


@dataclass
class Way:
    """One row of the table, as `helpers.ways.Diary` takes it. moves, seconds, scores: for each seed, from 0, and again from the first."""

    name: str
    numbers: list
    moves: list
    seconds: list
    scores: list
    twice: tuple = ()
    frozen: tuple = ()
    making: float = 0.03
    judging: float = 0.04
    plan: dict = field(default_factory=dict)

    def sent(self):
        """What the helper builds it from."""
        names = ("numbers", "moves", "seconds", "scores", "making", "judging")
        return {name: getattr(self, name) for name in names} | {"twice": list(self.twice), "frozen": list(self.frozen)}  # fmt: skip

    def of(self, what, seed):
        """What this way has with a seed."""
        values = getattr(self, what)
        return values[seed % len(values)]

    def counts(self, seeds):
        """(how many numbers are trained, of how many, pairs of what usual mistakes count and a sentence)."""

        def numel(places):
            return sum(self.numbers[i].numel() for i in places)

        moved, every = self.of("moves", seeds[0]), range(len(self.numbers))
        learns = [i for i in every if i not in self.frozen]
        ever = sorted({i for seed in seeds for i in self.of("moves", seed)})
        later = sorted({*learns, *moved})
        twice = [*moved, *(i for i in self.twice if i in moved)]
        return numel(moved), numel(every), [
            (numel(learns), "That is what had `requires_grad` before the training. Asked for is what has *moved*: keep a copy from before, and compare"),
            (numel(later), "That is what has `requires_grad` after the training. Asked for is what has *moved*: keep a copy from before, and compare"),
            (numel(every), "Those are all of its parameters; asked for are those that have moved"),
            (numel(twice), "What stands in two places is counted twice. `named_parameters()` meets it once"),
            (numel(moved) + BUFFER, "A buffer is counted too; it is no parameter (`state_dict()` has both)"),
            (numel(twice) + BUFFER, "A buffer is counted too, and what stands in two places twice: `state_dict()` does that, `named_parameters()` does not"),
            (len(moved), "That is how many tensors or how many single numbers have moved; asked for are all numbers in those tensors"),
            (0, "Nothing seems to have moved. Is what you compare with a *copy* from before, `detach().clone()`? A reference moves along"),
            (numel(ever), "That is what has moved with any of the seeds; count and share are those of the first"),
            (numel(self.of("moves", seeds[-1])), "That is of the last seed; count and share are those of the first"),
            (sum(numel(self.of("moves", seed)) for seed in seeds), "That is the sum over the seeds; count and share are those of the first"),
            (numel(every) - numel(moved), "That is what has *not* moved"),
            (sum(self.numbers[i].numel() for i in moved if i in learns), "What was frozen before and was opened later has moved, too"),
        ]  # fmt: skip


def _plan_of(notes, ways, seeds, names):
    """Require that each way is made, trained and judged once for each seed. Returns {(way, seed): (make, train, evaluate)} notes."""
    found = {}
    for w, name in enumerate(names):
        made = [note for note in notes if note["what"] == "make" and note["way"] == w]
        trained = [note for note in notes if note["what"] == "train" and note["way"] == w]
        require(
            not any(note["training"] for note in trained),
            '"{name}": a model that had been trained already is trained on. Each seed begins with a *new* one, `ways[name]()`.',
            name=name,
        )
        given = sorted(note["seed"] for note in trained)
        require(
            given == sorted(seeds),
            '"{name}": there are the seeds {seeds}, and `train` was called with {given}. Once for each, and the seed goes to `train`.',
            name=name, seeds=list(seeds), given=given or "none",
        )  # fmt: skip
        for train in trained:
            own = [note for note in notes if note["model"] == train["model"]]
            judged = [note for note in own if note["what"] == "evaluate"]
            later = [note for note in judged if note["began"] >= train["ended"]]
            require(
                bool(later),
                '"{name}": the model that was trained with seed {seed} was {what}.',
                name=name, seed=train["seed"],
                what="judged before its training, and not after it" if judged else "never judged: `evaluate` takes the model that was trained",
            )  # fmt: skip
            for what, hint in (
                ("training", "in training mode, in which dropout is at work: `model.eval()`, after `train` has left it in training mode"),
                ("graph", "with gradients switched on: `with torch.no_grad():`"),
            ):  # fmt: skip
                require(not any(note[what] for note in later), '"{name}" is judged {hint}.', name=name, hint=hint)  # fmt: skip
            require(
                train["graph"],
                '"{name}" is trained with gradients switched off, and so it cannot learn: `torch.no_grad()` is for the judging alone.',
                name=name,
            )
            make = next(note for note in own if note["what"] == "make")
            found[w, train["seed"]] = make, train, later[0]
        require(
            len(made) <= 2 * len(seeds) + 1,
            '"{name}": {n} models were made for {m} seeds; one for each is enough.',
            name=name,
            n=len(made),
            m=len(seeds),
        )
    return found


def _require_counts(row, way, seeds):
    """What is trained, and the share."""
    moved, every, mistakes = way.counts(seeds)
    known = next((said for number, said in mistakes if number == row["trained"] != moved), "")
    require(
        row["trained"] == moved,
        '"{name}": under "trained" stands {got}, which is too {much}.{known}',
        name=way.name, got=row["trained"], much="many" if row["trained"] > moved else "few", known=f" {ended(known)}" if known else "",
    )  # fmt: skip
    share, got = moved / every, row["share"]
    hints = [(100 * share, "That is per cent; a share goes from 0 to 1"), (1 - share, "That is the share of what has not moved"), (moved / (every + BUFFER), "A buffer is counted among the parameters"),
             (moved / (every + sum(way.numbers[i].numel() for i in way.twice)), "What stands in two places is counted twice among all"),
             *((round(share, n), "It is rounded; round where you print") for n in (1, 2, 3, 4))]  # fmt: skip
    said = next((f" {hint}." for number, hint in hints if abs(number - got) < 1e-9), "")
    require(
        abs(got - share) < 1e-9,
        '"{name}": under "share" stands {got:.4g}, and that is not what is trained through all numbers of its parameters.{said}',
        name=way.name, got=got, said=said,
    )  # fmt: skip


def _require_scores(row, way, seeds):
    """Mean, lowest and highest score."""
    scores = [way.of("scores", seed) for seed in seeds]
    truth = {"score": statistics.mean(scores), "lowest": min(scores), "highest": max(scores)}
    for key, wanted in truth.items():
        got = row[key]
        middle = (statistics.median(scores), "That is the median; the mean is asked for")
        ends = [
            (scores[0], "That is the score of the first seed alone"),
            (scores[-1], "That is the score of the last seed alone"),
        ]
        hints = [
            *((middle, *ends) if key == "score" else ends),
            (max(scores), "That is the highest"), (min(scores), "That is the lowest"), (sum(scores), "That is the sum over the seeds"),
            (statistics.mean(scores), "That is the mean"), *((round(wanted, n), "It is rounded; round where you print") for n in (1, 2, 3)),
        ]  # fmt: skip
        said = next((f" {hint}." for number, hint in hints if abs(number - got) < 1e-9), "")
        require(
            abs(got - wanted) < 1e-9,
            '"{name}": under "{key}" stands {got:.4g}. The {n} seeds have other scores.{said}',
            name=way.name, key=key, got=got, n=len(seeds), said=said,
        )  # fmt: skip


def _require_seconds(row, way, calls):
    """The mean time of the trainings. calls: (make, train, evaluate) notes for each seed."""
    times = [train["ended"] - train["began"] for _, train, _ in calls]
    low, got = statistics.mean(times), row["seconds"]
    # what lies between the end of what came before and the beginning of what came behind
    gaps = [judge["began"] - make["ended"] for make, _, judge in calls]
    whole = [judge["ended"] - make["began"] for make, _, judge in calls]
    with_judging = [judge["ended"] - train["began"] for _, train, judge in calls]
    with_making = [train["ended"] - make["began"] for make, train, _ in calls]
    good = low - 1e-3 <= got <= min(low + ROOM, statistics.mean(gaps) + 1e-3)
    if good:
        return
    stories = [
        (sum(times), "That is the sum over the seeds; the mean is asked for"), (max(times), "That is the slowest training alone; the mean is asked for"),
        (min(times), "That is the fastest training alone; the mean is asked for"), (times[0], "That is the first training alone; the mean is asked for"),
        (times[-1], "That is the last training alone; the mean is asked for"), (statistics.median(times), "That is the median; the mean is asked for"),
        (statistics.mean(with_judging), "The judging is timed as well; stop the clock behind `train`"),
        (statistics.mean(with_making), "Making the model is timed as well; start the clock before `train`"),
        (statistics.mean(whole), "Making and judging the model are timed as well; the clock runs for `train` alone"),
        (sum(whole), "That is everything, over all seeds; the clock runs for `train` alone, and the mean is asked for"),
        (1e3 * low, "That is in thousandths of a second"), (min(got, 2e-3), "Does the clock stand? `time.process_time` counts the processor's work alone; `time.perf_counter` is the clock"),
    ]  # fmt: skip
    known = min(stories, key=lambda story: abs(story[0] - got))
    near = abs(known[0] - got) <= max(ROOM, 0.1 * known[0])
    require(
        False,
        '"{name}": you say that a training takes {got:.4f} s, and {much} was needed.{known}',
        name=way.name, got=got, much="more" if got < low else "less", known=f" {ended(known[1])}" if near else " Time `train` alone, with each seed, and take the mean.",
    )  # fmt: skip


def judge_ways(student, ways, seeds=None):
    """Ask for the table, and require it to be what was decided. seeds: None = left out."""
    given = (0, 1, 2) if seeds is None else tuple(seeds)
    made = student.build(helper_for("known_ways", plans=[w.sent() for w in ways]))
    diary, train, evaluate, *makers = told(made, (object,) * (3 + len(ways)))
    named = {way.name: make for way, make in zip(ways, makers, strict=True)}
    result = student(named, train, evaluate, **({} if seeds is None else {"seeds": seeds}))
    table = table_of(result, list(named), KEYS, "ways")
    notes, graph = told(diary.tell(), ([NOTE], bool))
    calls = _plan_of(notes, ways, given, list(named))
    require(
        graph,
        "When you return, gradients are switched off, for all that comes behind: `torch.set_grad_enabled(False)` lasts. `with torch.no_grad():` ends where its block ends.",
    )
    for w, (way, row) in enumerate(zip(ways, table, strict=True)):
        _require_scores(row, way, given)
        _require_counts(row, way, given)
        _require_seconds(row, way, [calls[w, seed] for seed in given])


A, B, C, D = (torch.arange(float(n)).view(shape) for n, shape in ((12, (3, 4)), (10, (2, 5)), (3, (3,)), (8, (2, 2, 2))))  # fmt: skip


@lab.check(points=4, returns=(list, tuple))
def adapter_table(student):
    judge_ways(
        student,
        [
            Way("a part", [A, B, C, D], [[1], [1, 3]], [0.02, 0.005], [0.3, 0.9, 0.25], frozen=(0, 3)),
            Way("everything", [A, B, C], [[0, 1, 2]], [0.012, 0.05, 0.03], [0.5, 0.75, 0.1], twice=(0,)),
            Way("opened later", [C, A, D], [[0, 1], [1]], [0.03, 0.01], [0.7, 0.2], frozen=(1,), twice=(1,)),
        ],
    )
    judge_ways(student, [Way("alone", [D, C], [[1]], [0.02], [0.625])], seeds=[4])
