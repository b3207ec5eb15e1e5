"""Oracles: the rows written from the runs of the mask (`itertools.groupby`), and a text put together from pairs of sentinel and token.

`restore` is tried on rows that are written here, and never on those of the student's own `corrupt`.
"""

import itertools

from course.checks import args, part, require
from course.checks.lab08_t5 import corruption as visible
from course.checks.lab08_t5.corruption import answer, judge_refused, judge_text
from course.checks.lab08_t5.rows import judge_rows, rows_of

from . import lab


def written(tokens, hidden, sentinels, end):
    """The input and the target of a mask."""
    inputs, targets, names = [], [], list(sentinels)
    for gone, places in itertools.groupby(range(len(tokens)), key=lambda place: bool(hidden[place])):
        run = [tokens[place] for place in places]
        if gone:
            inputs, targets = [*inputs, names[0]], [*targets, names[0], *run]
            names = names[1:]
        else:
            inputs += run
    closing = [] if hidden and hidden[-1] else names[:1]
    return [*inputs, end], [*targets, *closing, end]


def together(inputs, targets, sentinels, end):
    """The text of an input and a target."""
    inputs, targets = (list(itertools.takewhile(lambda each: each != end, row)) for row in (inputs, targets))
    before = itertools.accumulate(
        targets, lambda mark, each: each if each in sentinels else mark, initial=None
    )
    pairs = [(mark, each) for mark, each in zip(before, targets, strict=False) if each not in sentinels]
    rows = ([t for mark, t in pairs if mark == each] if each in sentinels else [each] for each in inputs)
    return [token for row in rows for token in row]


def random_mask(rng, length):
    """A list of bools in runs, of any share."""
    mask, gone = [], rng.random() < 0.5
    while len(mask) < length:
        mask += [gone] * rng.choice((1, 1, 2, 3, 5))
        gone = not gone
    return mask[:length]


def random_text(rng, length, words=False):
    """(tokens, sentinels, end), no token of the text among the others; ids, or words."""
    pool = rng.sample(range(2, 32_000), 40)
    tokens, end = rng.choices(pool[: rng.randint(2, 30)], k=length), 1
    sentinels = rng.choice((list(range(32_099, 31_999, -1)), rng.sample(range(32_000, 33_000), 400)))
    if words:
        return [f"w{t}" for t in tokens], [f"<{s}>" for s in sentinels], "<end>"
    return tokens, sentinels, end


def require_rows(student, what, *case):
    """Require the rows of a text whose tokens are no marks, and name the mistake."""
    rows = judge_rows(answer(student, what, *case), what, *case, tell=False)
    for row, true, name in zip(rows, written(*case), ("input", "target"), strict=True):
        require(
            row == true,
            "{what}: the {name} holds the right tokens and the right sentinels, but a sentinel stands at another place than its run.",
            what=what,
            name=name,
        )


@lab.check()
def corrupt(student):
    rng = student.rng
    for i in range(40):
        length = rng.randint(2, 60)
        tokens, sentinels, end = random_text(rng, length, words=i % 2)
        require_rows(student, "A random text and mask", tokens, random_mask(rng, length), sentinels, end)
    length = rng.randint(300, 500)
    tokens, _, end = random_text(rng, length)
    sentinels = rng.sample(range(32_000, 33_000), 300)
    require_rows(student, "A long text", tokens, random_mask(rng, length), sentinels, end)
    with part("any mask", points=0.5):
        for length in (1, 2, rng.randint(3, 20)):
            tokens, sentinels, end = random_text(rng, length, words=rng.random() < 0.5)
            for mask in itertools.product((False, True), repeat=length) if length < 3 else ():
                require_rows(student, "A text of one or two tokens", tokens, list(mask), sentinels, end)
            for what, mask in (("Nothing is hidden", False), ("Everything is hidden", True)):
                require_rows(student, what, tokens, [mask] * length, sentinels, end)
            turns = [place % 2 == 0 for place in range(length)]
            require_rows(student, "Every other token is hidden", tokens, turns, sentinels, end)
        what = "An empty text, which is a text like any other"
        inputs, targets = rows_of(answer(student, what, [], [], sentinels, end), what)
        # Such a text ends neither kept nor hidden: a closing sentinel is as right as none.
        require(
            inputs == [end] and targets in ([end], [sentinels[0], end]),
            "{what}: the input is `end` alone, and so is the target, but for a sentinel that may close it.",
            what=what,
        )
    with part("tokens may be anything", points=0.5):
        _judge_strange(student, rng)
    with part("errors", points=0.5):
        _judge_errors(student, rng)


def _judge_strange(student, rng):
    """Tokens that are falsy, or that a sentinel or `end` is, too: what a token is makes no difference."""
    for i in range(30):
        length = rng.randint(3, 12)
        _, sentinels, end = random_text(rng, 1, words=i % 2)
        pool = [0, -1, 2**40, "", " ", "None", "True"]
        if i % 3:
            pool += [end, *sentinels[:4]]
        if i % 5 == 0:
            end = rng.choice((0, ""))
        tokens, mask = rng.choices(pool, k=length), random_mask(rng, length)
        what = "A text with tokens like 0 and the empty word" + (", or with tokens that are as a sentinel or `end` is" if i % 3 else "")  # fmt: skip
        rows = rows_of(answer(student, what, tokens, mask, sentinels, end), what)
        require(
            rows == written(tokens, mask, sentinels, end),
            "{what}: the rows are not what they are with other tokens in the same places. Tokens may be anything, so only the mask says where a run starts and ends.",
            what=what,
        )


def _judge_errors(student, rng):
    for _ in range(6):
        length = rng.randint(4, 30)
        tokens, sentinels, end = random_text(rng, length, words=rng.random() < 0.5)
        mask = [False, True, *random_mask(rng, length - 4), False, True]
        runs = sum(gone for gone, _ in itertools.groupby(mask))
        kept = [*mask[:-1], False]  # one run less, and one sentinel to close
        refused = [
            (visible.SHORT, (tokens, mask[: -rng.randint(1, 3)], sentinels, end)),
            (visible.LONG, (tokens, [*mask, *([False] * rng.randint(1, 3))], sentinels, end)),
            (visible.LONG, (tokens, [*mask, True], sentinels, end)),
            (visible.SHORT, (tokens, [], sentinels, end)),
            (visible.LONG, ([], [False], sentinels, end)),
            (visible.FEW, (tokens, mask, sentinels[: runs - 1], end)),
            (visible.FEW, (tokens, mask, [], end)),
            (visible.NO_CLOSING, (tokens, kept, sentinels[: runs - 1], end)),
            (visible.NO_CLOSING, (tokens, [False] * length, [], end)),
        ]
        judge_refused(student, refused)
        just = "As many sentinels as are needed, and none more"
        require_rows(student, just, tokens, mask, sentinels[:runs], end)
        require_rows(student, just, tokens, kept, sentinels[:runs], end)


@lab.check()
def restore(student):
    rng = student.rng
    for i in range(40):
        length = rng.randint(1, 60) if i else 400
        tokens, sentinels, end = random_text(rng, length, words=i % 2)
        sentinels = sentinels if i else rng.sample(range(32_000, 33_000), 300)
        case = (*written(tokens, random_mask(rng, length), sentinels, end), sentinels, end)
        require_text(
            student, f"A random text, corrupted and to be restored. {visible.TRIP}", *case, tell=tokens
        )
    with part("the end, and nothing", points=0.5):
        for make, what in ((_behind, f"{visible.BEHIND_TARGET}, and neither does it in the input"), (_without_end, visible.NO_END)):  # fmt: skip
            _judge_mistakes(student, rng, make, what)
        tokens, sentinels, end = random_text(rng, rng.randint(2, 9))
        for inputs, targets in (([end], [end]), ([end], [sentinels[0], end]), ([], []), ([], [end]), ([sentinels[0], end], [])):  # fmt: skip
            require_text(
                student, "Rows with no token at all: the text is empty", inputs, targets, sentinels, end
            )
        require_text(student, visible.NOTHING, [*tokens, end], [sentinels[0], end], sentinels, end)
    with part("a model's mistakes", points=0.5):
        for make, what in MISTAKES:
            _judge_mistakes(student, rng, make, what)


def require_text(student, what, inputs, targets, sentinels, end, tell=None):
    """Require the text of two rows. tell: the text, where it is known without the oracle."""
    true = together(inputs, targets, sentinels, end)
    if tell is not None and true != tell:
        raise RuntimeError("the two oracles do not agree")
    found = answer(student, what, inputs, targets, sentinels, end)
    judge_text(found, what, true, sentinels, end, tell=False)


def _judge_mistakes(student, rng, make, what):
    """Twelve pairs of rows in which something is amiss, in one batch, and then one by one where one of them fails."""
    cases = []
    for i in range(12):
        tokens, sentinels, end = random_text(rng, rng.randint(6, 25), words=i % 2)
        mask = [False, True, *random_mask(rng, len(tokens) - 4), False, True]
        inputs, targets = written(tokens, mask, sentinels, end)
        used = [each for each in inputs if each in sentinels]
        cases.append((*make(rng, inputs, targets, used, sentinels[len(used) :], tokens), sentinels, end))
    for case, found in zip(cases, student.many([args(*case) for case in cases], errors="keep"), strict=True):
        if isinstance(found, Exception):
            found = answer(student, what, *case)
        judge_text(found, what, together(*case), case[2], case[3], tell=False)


def _behind(rng, inputs, targets, used, free, tokens):
    """More tokens and sentinels, and a second end, behind `end`."""
    more = [*rng.sample(tokens, 2), used[0], rng.choice(tokens), free[0], inputs[-1], rng.choice(tokens)]
    return inputs + more, targets + more


def _without_end(rng, inputs, targets, used, free, tokens):
    return inputs, targets[: rng.randint(1, len(targets) - 1)]


def _missing(rng, inputs, targets, used, free, tokens):
    """A sentinel, with its run, is not in the target."""
    at = targets.index(rng.choice(used))
    run = itertools.takewhile(lambda each: each not in used, targets[at + 1 : -1])
    return inputs, targets[:at] + targets[at + 1 + len(list(run)) :]


def _unknown(rng, inputs, targets, used, free, tokens):
    """A sentinel that the input does not have, with a run, somewhere between two runs or at the end."""
    at = rng.choice([i for i, each in enumerate(targets) if each in used and i] + [len(targets) - 1])
    return inputs, [
        *targets[:at],
        rng.choice(free[:9]),
        *rng.choices(tokens, k=rng.randint(1, 3)),
        *targets[at:],
    ]


def _before(rng, inputs, targets, used, free, tokens):
    return inputs, rng.choices(tokens, k=rng.randint(1, 4)) + targets


def _twice(rng, inputs, targets, used, free, tokens):
    """A sentinel comes again, with a run, behind the others."""
    mark = rng.choice(used[:-1])
    return inputs, [*targets[:-1], mark, *rng.choices(tokens, k=rng.randint(1, 3)), targets[-1]]


def _other_order(rng, inputs, targets, used, free, tokens):
    starts = [i for i, each in enumerate(targets) if each in used]
    runs = [targets[a:b] for a, b in itertools.pairwise([*starts, len(targets) - 1])]
    rng.shuffle(runs)
    return inputs, [*itertools.chain(*runs), targets[-1]]


MISTAKES = (
    (_missing, visible.MISSING),
    (_unknown, visible.UNKNOWN),
    (_before, visible.BEFORE),
    (_twice, visible.TWICE),
    (_other_order, visible.ORDER),
)
