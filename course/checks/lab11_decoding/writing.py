"""The check of `greedy`: models whose guesses are known, row by row."""

from dataclasses import dataclass, replace

import torch

from .. import args, helper_for, part, require, told
from ..helpers import build
from ..sentences import describe
from ..tries import judge_groups, known_of
from ..usual import ended
from . import lab

# after each token (row) a clear first and second choice: 0 → 3, 1 → 2, 2 → 4, 3 → 1, 4 → 0
NEXT = (3, 2, 4, 1, 0)
SECOND = (1, 4, 0, 2, 3)


def follows():
    """A step that looks at the last token alone."""
    table = torch.zeros(5, 5)
    table[range(5), NEXT] = 2.0
    table[range(5), SECOND] = 1.0
    return helper_for("step_after", table=table)


def reads(seed, vocabulary=9, longest=30, sharp=1.0):
    """A step whose logits depend on all that it has read."""
    generator = torch.Generator().manual_seed(seed)
    return helper_for(
        "step_reading",
        vectors=2 * torch.randn(vocabulary, 6, generator=generator),
        places=0.5 * torch.randn(longest, 6, generator=generator),
        sharp=sharp,
    )


@dataclass(frozen=True)
class Writing:
    """A step, prompts, and how to write. told: whether a message may show them."""

    step: object
    ids: torch.Tensor
    most: int
    end: int
    pad: int
    story: str
    told: bool = True

    def begin(self):
        shown = f" (prompts {self.ids.tolist()}, most {self.most}, end {self.end}, pad {self.pad})" if self.told else ""  # fmt: skip
        return f"{self.story}{shown}"


def rows_of(
    case,
    pick=lambda logits: int(logits.argmax()),
    ends=True,
    over=None,
    read=lambda prompt, own: [*prompt, *own],
):
    """What is written for each prompt, a list of lists, ends included. over: whether a text is over, from (prompt, what was written)."""
    step, rows = build(case.step), []
    over = over or (lambda prompt, own: bool(own) and own[-1] == case.end)
    for prompt in case.ids.tolist():
        own = []
        while len(own) < case.most and not (ends and over(prompt, own)):
            own.append(pick(step(torch.tensor([read(prompt, own)]))[0]))
        rows.append(own)
    return rows


def filled(rows, pad, least=0):
    """Lists as one tensor, long (row, time)."""
    longest = max([least, *map(len, rows)])
    return torch.tensor([row + [pad] * (longest - len(row)) for row in rows], dtype=torch.long).view(len(rows), longest)  # fmt: skip


def truth_of(case):
    return filled(rows_of(case), case.pad)


def slips_of(case):
    """Triples, as `judge_groups` takes them."""
    truth, rows = truth_of(case), rows_of(case)
    free = filled(rows_of(case, ends=False), case.pad)
    first = free.clone()
    for row, own in zip(first, rows, strict=True):
        row[len(own) :] = case.pad
    early = [row[: row.index(case.pad) + 1] if case.pad in row else row for row in rows]
    found = [
        (torch.cat([case.ids, truth], 1), "The prompt is no part of the result: what is *written* is asked for"),
        (filled(rows, case.end), "Behind its end a text is filled up with `pad`, and with you with `end`"),
        (free, "A text that has written `end` is over: from there on its row holds `pad`"),
        (first, "When all texts are over, it stops: with you `most` tokens are written each time"),
        (filled([row[:-1] if row and row[-1] == case.end else row for row in rows], case.pad), "The `end` is written, too: it belongs to the text"),
        (filled([row[:-1] if row and row[-1] == case.end else row for row in rows], case.pad, truth.shape[1]), "The `end` is written, too: it belongs to the text"),
        (filled(rows_of(case, over=lambda p, own: case.end in [*p, *own]), case.pad), "An `end` in the prompt is a token like any other: only one that is *written* ends a text"),
        (filled(early, case.pad), "A `pad` that is written before the end is a token like any other: only `end` ends a text"),
        (filled(early, case.pad, truth.shape[1]), "A `pad` that is written before the end is a token like any other: only `end` ends a text"),
        (truth[:, : min(map(len, rows))], "It stops as soon as *one* text is over: go on until all are"),
        (filled(rows_of(replace(case, most=case.most + 1)), case.pad), "That is one token too many: at most `most` are written"),
        (filled(rows_of(replace(case, most=max(0, case.most - 1))), case.pad), "That is one token too few"),
        (filled(rows_of(case, pick=lambda logits: int(logits.topk(2).indices[1])), case.pad), "That is the second choice each time; take the likeliest"),
        (filled(rows_of(case, pick=lambda logits: int(logits.argmin())), case.pad), "That is the *least* likely token each time"),
        (filled(rows_of(case, read=lambda p, own: p), case.pad), "The same token again and again: what was written is read before the next guess"),
        (filled(rows_of(case, read=lambda p, own: own or p), case.pad), "From the second token on the prompt is no longer read: `step` takes all, what was read *and* written"),
        (filled(rows_of(case, read=lambda p, own: [*p, *own][-1:]), case.pad), "The model reads the last token alone: `step` takes all that was read and written"),
        (truth[:1].expand(len(truth), -1), "All rows are those of the first text"),
    ]  # fmt: skip
    return [
        ((lambda got, wrong=wrong: torch.equal(got, wrong)), not torch.equal(wrong, truth), said) for wrong, said in found
    ]  # fmt: skip


def require_ids(got, begin):
    """Require whole numbers in two axes."""
    good = isinstance(got, torch.Tensor) and got.dtype in (torch.int64, torch.int32, torch.int16) and got.dim() == 2  # fmt: skip
    require(good, "{begin}: ids, long (batch, n), are asked for; yours is {what}.", begin=begin, what=describe(got) + (f" and of type {got.dtype}" if isinstance(got, torch.Tensor) and got.dim() == 2 else ""))  # fmt: skip


def require_written(got, case, slips):
    """Require what is written for a case."""
    truth, begin = truth_of(case), case.begin()
    require_ids(got, begin)
    known = known_of(got, slips)
    require(
        torch.equal(got.long(), truth),
        "{begin}: yours writes {got}{truth}.{known}",
        begin=begin, known=f" {ended(known)}" if known else "",
        got=got.tolist() if case.told else f"something else, {tuple(got.shape)}", truth=f"; it is {truth.tolist()}" if case.told else "",
    )  # fmt: skip


def judge_writing(student, plain, parts, race):
    """All that is asked of greedy. plain: cases that must be right for any marks; parts: for each title (points, cases); race: a case whose calls are counted."""
    judge_groups(
        student, plain, parts, call=lambda c: args(c.step, c.ids, c.most, c.end, c.pad), story=lambda c: f"{c.begin()}: your function fails.",
        requirement=require_written, slips=slips_of,
    )  # fmt: skip
    with part("calls of `step`", points=0.25):
        step = student.build(race.step)
        student(step, race.ids, race.most, race.end, race.pad)
        calls, n = told(step.tell(), [int]), truth_of(race).shape[1]
        require(
            len(calls) == n,
            "{begin}: {n} tokens are written at most, and `step` is called {calls} times.{hint}",
            begin=race.begin(), n=n, calls=len(calls),
            hint=" It is asked once for each token, for all texts together." if len(calls) > n + 1 else " When all texts are over, it need not be asked again." if len(calls) > n else "",
        )  # fmt: skip


PAIR = torch.tensor([[0, 3], [4, 2]])
PLAIN = [
    Writing(follows(), PAIR, 4, 9, 0, "A model that writes 3 after 0, 1 after 3, 2 after 1, 4 after 2, 0 after 4"),
    Writing(reads(1), torch.tensor([[1, 5, 2], [8, 0, 3], [4, 4, 4]]), 8, 99, 0, "A model whose guess depends on all that it has read"),
]  # fmt: skip
ENDS = [
    Writing(follows(), torch.tensor([[0, 3], [3, 0]]), 4, 4, 0, "The first text ends before the second"),
    Writing(follows(), torch.tensor([[0, 3], [0, 1]]), 9, 2, 0, "Both texts end early"),
    Writing(follows(), torch.tensor([[4, 2], [3, 1]]), 4, 2, 0, "A prompt in which the `end` stands already"),
    Writing(
        follows(),
        torch.tensor([[2, 0], [0, 3]]),
        6,
        2,
        1,
        "Another `pad`, which is written before the end, too",
    ),
    Writing(follows(), torch.tensor([[0, 4]]), 6, 3, 0, "A `pad` that is written before the end"),
]
EDGE = [
    Writing(follows(), PAIR, 0, 9, 0, "most=0"),
    Writing(follows(), torch.tensor([[1]]), 1, 2, 0, "A text that ends with its first token"),
    Writing(
        helper_for("step_after", table=torch.zeros(3, 3)),
        torch.tensor([[1]]),
        2,
        9,
        0,
        "Logits that are all the same, of which the first counts",
    ),
]


def parts_of(ends, edge):
    return {"ends": (0.75, ends), "at the edge": (0.25, edge)}


@lab.check(points=2)
def greedy(student):
    judge_writing(student, PLAIN, parts_of(ENDS, EDGE), replace(ENDS[1], story="Two texts that end early"))
