"""The check of `gradual_unfreezing`: small T5s of known sizes, which parameters learn in each step, and what usual mistakes open instead."""

from dataclasses import dataclass

from .. import helper_for, part, require, told
from ..require import require_number
from ..sentences import describe
from ..usual import ended
from . import lab


@dataclass(frozen=True)
class Case:
    """A T5 with so many blocks in its stacks, and steps of a training, in the order in which they are asked for; frozen: as in `small_t5`."""

    layers: tuple
    steps: int
    order: tuple
    frozen: tuple = ()
    tied: bool = True
    told: bool = True


def open_blocks(case, step):
    """Which blocks of the two stacks learn in a step."""
    return tops(case, step * max(case.layers) // case.steps + 1)


def tops(case, *numbers):
    """The highest blocks of each stack, so many of both, or of each."""
    numbers = numbers * 2 if len(numbers) == 1 else numbers
    return [
        set(range(max(0, length - max(0, n)), length)) for length, n in zip(case.layers, numbers, strict=True)
    ]


def mistakes(case, step):
    """Pairs (which blocks learn by a usual mistake, a sentence)."""
    n, few, all_steps = max(case.layers), min(case.layers), case.steps
    k = step * n // all_steps + 1
    every = [set(range(length)) for length in case.layers]
    nothing = [set(), set()]
    shut = [f"{stack}.block" for stack in ("encoder", "decoder")]
    came = [{i for i in blocks if not f"{name}.{i}.".startswith(case.frozen or ("-",))} for blocks, name in zip(every, shut, strict=True)]  # fmt: skip
    parts_of_all = step * sum(case.layers) // all_steps + 1
    low = [set(range(min(k, length))) for length in case.layers]
    newest = [{length - k} if k <= length else set() for length in case.layers]
    absolute = [{i for i in range(length) if i >= n - k} for length in case.layers]
    cut = [every[i] - set(range(length)[: length - k]) for i, length in enumerate(case.layers)]
    one, other = tops(case, k)
    return [
        (low, "You open from the bottom; the highest block, the one with the largest number, comes first"),
        (tops(case, k - 1), "One block more should be open: in part 0 the highest one learns already"),
        (tops(case, k + 1), "One block too many is open. Part p opens p + 1 blocks, and p is rounded down"),
        (cut, "A slice with a negative end counts from the back: of a stack of L blocks with k open ones L − k are closed, and no fewer than 0"),
        (absolute, "In the shorter stack the highest block has a smaller number than in the longer one; both open from the top, side by side"),
        (tops(case, *(step * length // all_steps + 1 for length in case.layers)), "Each stack opens at a pace of its own; the number of parts is that of blocks in the *longer* stack, for both"),
        (tops(case, step * few // all_steps + 1), "The number of parts is that of blocks in the longer stack, and not in the shorter one"),
        *((tops(case, step * length // all_steps + 1), "The number of parts is that of blocks in the longer stack, whichever of the two it is") for length in case.layers),
        (tops(case, step * sum(case.layers) // all_steps + 1), "The number of parts is that of blocks in the longer stack, not in both together"),
        (tops(case, -(-step * n // all_steps) + 1), "A part begins only when it is reached: ⌊step · n / steps⌋, and you round up"),
        (tops(case, round(step * n / all_steps) + 1), "A part begins only when it is reached: ⌊step · n / steps⌋, and you round to the nearest"),
        (tops(case, step + 1), "A block more in each step; it is one more in each *part*, of which there are n"),
        (came, "What learns is what learned before the call: nothing was changed"),
        (newest, "Only the newest block learns; those above it go on learning"),
        (tops(case, parts_of_all - case.layers[1], parts_of_all), "The stacks open one after the other; they open side by side"),
        (tops(case, parts_of_all, parts_of_all - case.layers[0]), "The stacks open one after the other; they open side by side"),
        ([one, set()], "The decoder's blocks stay closed; both stacks open"), ([set(), other], "The encoder's blocks stay closed; both stacks open"),
        ([one, every[1]], "All of the decoder learns; its blocks are closed, too, and open one by one"),
        ([every[0], other], "All of the encoder learns; its blocks are closed, too, and open one by one"),
        (every, "All blocks learn, in every step. `requires_grad` belongs to *parameters*; set on a module it is an attribute that nobody asks for (`module.requires_grad_(False)` is a method, and does it)"),
        (nothing, "No block learns"),
        ([set(range(length)) - top for length, top in zip(case.layers, tops(case, k), strict=True)], "Open and closed have changed places"),
    ]  # fmt: skip


def judge(student, cases):
    """Ask for each step of each case, and require what learns, what is returned, and which gradients are left."""
    student.using(limit=60).error(student.build(helper_for("small_t5", layers=[1, 1], seed=1)), 0, 1)
    seen = [each for case in cases for each in _asked(student, case)]
    _require_blocks(seen)
    for each in seen:
        _require_rest(each)
        _require_gradients(each)
        _require_count(each)
    require(
        all(each.modes_kept for each in seen),
        "The model is in another mode than before (`train()`, `eval()`); what learns has nothing to do with that.",
    )


@dataclass
class Seen:
    """What a call has left. before: the blocks that the call before it has opened; most: the largest step so far."""

    case: Case
    step: int
    found: object
    learning: dict
    gradients: dict
    numbers: dict
    modes_kept: bool
    before: list | None
    most: int

    @property
    def places(self):
        """Of each parameter in a block its stack and the block's number."""
        return {name: place for name in self.learning if (place := _stack_of(name))}

    @property
    def blocks(self):
        """Which blocks of the two stacks learn, as a whole or in part."""
        return [{b for name, (s, b) in self.places.items() if s == stack and self.learning[name]} for stack in (0, 1)]  # fmt: skip


def _asked(student, case):
    """A `Seen` for each step of a case, all on one model."""
    given = {"layers": list(case.layers), "seed": 3, "frozen": list(case.frozen), "tied": case.tied}
    model = student.build(helper_for("small_t5", **given))
    watch = student.build(helper_for("watched", model=model))
    modes, numbers = told(watch.modes(), [bool]), told(watch.numbers(), {str: int})
    before, most = None, 0
    for step in case.order:
        watch.give_gradients()
        found = student(model, step, case.steps)
        learning, gradients = told(watch.learning(), {str: bool}), told(watch.gradients(), {str: str})
        same = told(watch.modes(), [bool]) == modes
        seen = Seen(case, step, found, learning, gradients, numbers, same, before, most)
        yield seen
        before, most = seen.blocks, max(most, step)


def _stack_of(name):
    """(0 or 1, the block's number) of a parameter in a block, None of another."""
    words = name.split(".")
    return (("encoder", "decoder").index(words[0]), int(words[2])) if words[1:2] == ["block"] else None


def _require_blocks(seen):
    """Require the blocks that are open, each as a whole. What led to others is what explains all steps together."""
    wrong = [each for each in seen if each.blocks != open_blocks(each.case, each.step)]
    stories = [[mistake for mistake, _ in mistakes(each.case, each.step)] for each in seen]
    sentences = [sentence for _, sentence in mistakes(seen[0].case, seen[0].step)]
    fits = [all(own[i] == each.blocks for own, each in zip(stories, seen, strict=True)) for i in range(len(sentences))]  # fmt: skip
    known = next((sentence for fit, sentence in zip(fits, sentences, strict=True) if fit), "")
    if wrong:
        each = wrong[0]
        words = [", ".join(map(str, sorted(b))) or "none" for b in (*each.blocks, *open_blocks(each.case, each.step))]  # fmt: skip
        require(
            False,
            "A T5 with {e} blocks in its encoder and {d} in its decoder, step {step} of {steps}: of the encoder {fe} and of the decoder {fd} may learn (counted from 0, the lowest).{want} {known}",
            e=each.case.layers[0], d=each.case.layers[1], step=each.step, steps=each.case.steps, fe=words[0], fd=words[1],
            want=f" It should be {words[2]} and {words[3]}." if each.case.told else "", known=ended(known or _left_over(seen, wrong)),
        )  # fmt: skip
    for each in seen:
        half = next((n for n, (s, b) in each.places.items() if not each.learning[n] and b in each.blocks[s]), None)  # fmt: skip
        require(
            half is None,
            "Step {step} of {steps}: a block is open, and not all of it: `{half}` does not learn. `block.parameters()` are all of them.",
            step=each.step, steps=each.case.steps, half=half,
        )  # fmt: skip


def _left_over(seen, wrong):
    """What may have led there, where no story explains all steps."""
    each = wrong[0]
    if all(x.before is not None and x.step < x.most for x in wrong):
        return "A step before it had opened more: each call says of *every* block whether it learns, whatever was open"
    later = [x for x in wrong if x.before is not None]
    if later and all(f <= b for x in later for f, b in zip(x.blocks, x.before, strict=True)):
        return "Nothing has opened since the call before: is something closed for good?"
    if all(f <= t for f, t in zip(each.blocks, open_blocks(each.case, each.step), strict=True)):
        return "Part p opens p + 1 blocks of each stack, and p is step · n // steps"
    return "Which part of the training is this, and how many of the highest blocks are open in it?"


def _require_rest(seen):
    """Require that what belongs to no block learns."""
    case, step, learning = seen.case, seen.step, seen.learning
    closed = next((name for name, learns in learning.items() if not learns and _stack_of(name) is None), None)
    hint = ""
    if closed is not None:
        came = closed.startswith(case.frozen) if case.frozen else False
        hint = (
            " It came frozen; each call says of every parameter whether it learns." if came
            else " The norm behind a stack belongs to no block." if "norm" in closed
            else " The table of words learns throughout: it is the output's matrix too."
        )  # fmt: skip
    require(
        closed is None,
        "In step {step} of {steps} `{name}` does not learn. What belongs to no block learns all the time.{hint}",
        step=step, steps=case.steps, name=closed, hint=hint,
    )  # fmt: skip


def _require_gradients(seen):
    """Require that what is closed has no gradient, and that those of the others stay as they are."""
    learning, gradients = seen.learning, seen.gradients
    left = next((name for name, learns in learning.items() if not learns and gradients[name] != "none"), None)
    require(
        left is None,
        "`{name}` is closed, and still has the gradient of an earlier step{zeros}: an optimiser moves whatever has one. Set its `grad` to None.",
        name=left,
        zeros=", made zeros; AdamW moves that too, by what it remembers of earlier ones" if left and gradients[left] == "other" else "",
    )  # fmt: skip
    gone = next((name for name, learns in learning.items() if learns and gradients[name] != "ones"), None)
    require(
        gone is None,
        "`{name}` learns, and the gradient that it had is {what}: only those of closed blocks are taken away.",
        name=gone,
        what="gone" if gone and gradients[gone] == "none" else "another one",
    )


def _require_count(seen):
    """Require the number of numbers that learn."""
    found, learning, numbers = seen.found, seen.learning, seen.numbers
    require(
        isinstance(found, int) and not isinstance(found, bool),
        "It returns how many numbers learn, an int; yours is {what}.",
        what=describe(found),
    )
    got = int(require_number(found, "How many numbers learn"))
    truth = sum(numbers[name] for name, learns in learning.items() if learns)
    table = numbers["shared.weight"]
    wrong = {
        sum(numbers.values()): "That is all of them, those that are closed too",
        sum(numbers.values()) - truth: "That is how many do *not* learn",
        sum(learning.values()): "That is the number of tensors; how many numbers they hold is asked for",
        truth + table: "The table of words is counted twice; `parameters()` meets what stands in two places once",
        truth + 2 * table: "The table of words is counted three times; `parameters()` meets what stands in several places once",
        truth + 3 * table: "The table of words is counted four times; `parameters()` meets what stands in several places once",
        truth - table: "The table of words learns too, and is not counted",
        sum(numbers[n] for n, learns in learning.items() if learns and _stack_of(n)): "You count what is in open blocks; what belongs to no block learns too",
    }  # fmt: skip
    known = wrong.get(got)
    require(
        got == truth,
        "It returns how many numbers learn, and yours are too {much}.{known}",
        much="many" if got > truth else "few",
        known=f" {known}." if known else " Are they counted after the blocks were opened and closed?",
    )


def judge_errors(student, layers, steps, asked):
    """Require a ValueError for steps that there are not, and that nothing has changed then."""
    for step in asked:
        model = student.build(helper_for("small_t5", layers=list(layers), seed=3, frozen=["shared"]))
        seen = student.build(helper_for("watched", model=model))
        seen.give_gradients()
        before = seen.learning(), seen.gradients()
        error = student.error(model, step, steps)
        require(
            error is not None,
            "Of {steps} steps there are 0 to {last}; step {step} should raise a ValueError.",
            steps=steps, last=steps - 1, step=step,
        )  # fmt: skip
        require(
            error.is_a("ValueError"),
            "Step {step} of {steps} should raise a ValueError; yours raises {type}.",
            step=step, steps=steps, type=error.type or "another error",
        )  # fmt: skip
        require(
            (seen.learning(), seen.gradients()) == before,
            "Step {step} of {steps} raises a ValueError, as it should; but before that something in the model was changed. Look first, then change.",
            step=step, steps=steps,
        )  # fmt: skip


PLAIN = [
    Case((2, 2), 4, (0, 1, 2, 3)),
    Case((3, 2), 9, (0, 2, 3, 5, 6, 8, 0)),
    Case((2, 4), 12, (9, 0, 1, 4, 7)),
    Case((3, 3), 2, (1, 0)),
    Case((2, 1), 1, (0,), frozen=("shared", "encoder.final", "decoder.block.0")),
]


@lab.check(points=3)
def gradual_unfreezing(student):
    judge(student, PLAIN)
    with part("steps that there are not", points=0.5):
        judge_errors(student, (2, 2), 4, (4, -1, 9))
