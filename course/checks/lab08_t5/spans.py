"""The check of `noise_spans`: how many tokens and spans there are, how they are laid out, and what the seed decides.

`judge_numbers` asks it of a table of cases, for the hidden check too; whether every way to cut comes as often stands in `cuts`.
"""

import math

from .. import StudentError, args, require
from ..chance import within
from ..sentences import describe
from . import lab
from .cuts import Case, judge_cuts, runs_of

EXAMPLES = [
    Case(100, 0.15, 3.0, 15, 5),
    Case(10, 0.15, 3.0, 2, 1),  # 1.5, of which the even neighbour is 2
    Case(30, 0.15, 3.0, 4, 1),  # 4.5, of which it is 4
    Case(18, 0.15, 3.0, 3, 1),  # 2.7
    Case(8, 0.15, 3.0, 1, 1),  # a third of a span
    Case(12, 0.5, 2.0, 6, 3),
    Case(20, 0.3, 1.0, 6, 6),
    Case(10, 0.5, 2.0, 5, 2),  # 2.5 spans
    Case(40, 0.35, 4.0, 14, 4),  # 3.5 spans
    Case(40, 0.25, 8.0, 10, 1),
    Case(50, 0.31, 3.0, 16, 5),  # 15.5 tokens and 5.33 spans
    Case(40, 0.28, 3.0, 11, 4),  # 11.2 tokens and 3.67 spans
    Case(10, 0.7, 1.0, 7, 3),  # seven spans would need seven kept tokens before them
    Case(6, 0.0, 3.0, 1, 1),
    Case(6, 1.0, 3.0, 5, 1),
    Case(2, 0.15, 3.0, 1, 1),
]


def clamped(number, low, high):
    return min(max(number, low), high)


def half_up(number):
    return math.floor(number + 0.5)


# What a wrong number of hidden tokens may come from: (length, rate) -> number, and the sentence for it.
TOKENS = [
    (lambda n, rate: n - clamped(round(rate * n), 1, n - 1), "You give as many as are to be kept: have True and False changed places? True means hidden."),
    (lambda n, rate: clamped(half_up(rate * n), 1, n - 1), "A half goes to the even neighbour with Python's `round`, 4.5 to 4; yours goes up."),
    (lambda n, rate: clamped(math.ceil(rate * n - 0.5), 1, n - 1), "A half goes to the even neighbour with Python's `round`, 1.5 to 2; yours goes down."),
    (lambda n, rate: clamped(math.floor(rate * n), 1, n - 1), "`int` and `//` cut off; the number is rounded."),
    (lambda n, rate: clamped(math.ceil(rate * n), 1, n - 1), "You round up; the number is rounded to the nearest one."),
    (lambda n, rate: clamped(round(0.15 * n), 1, n - 1), "That is 15 %: is `rate` used?"),
    (lambda n, rate: round(rate * n), "At least one token is hidden and at least one is kept, whatever the rate."),
    (lambda n, rate: max(round(rate * n), 1), "At most `length - 1` tokens are hidden, so that one is kept, whatever the rate."),
    (lambda n, rate: min(round(rate * n), n - 1), "At least one token is hidden, whatever the rate."),
    (lambda n, rate: clamped(round(rate * n) + 1, 1, n - 1), "That is one too many: do your parts add up to all hidden tokens, and no more?"),
    (lambda n, rate: clamped(round(rate * n) - 1, 1, n - 1), "That is one too few: do your parts add up to all hidden tokens?"),
]  # fmt: skip

# The same for spans: (noise, mean, kept) -> number. The last two say what an answer does that leaves out the last bound.
SPANS = [
    (lambda noise, mean, kept: clamped(half_up(noise / mean), 1, kept), "A half goes to the even neighbour with Python's `round`, 2.5 to 2; yours goes up."),
    (lambda noise, mean, kept: clamped(math.ceil(noise / mean - 0.5), 1, kept), "A half goes to the even neighbour with Python's `round`, 3.5 to 4; yours goes down."),
    (lambda noise, mean, kept: clamped(math.floor(noise / mean), 1, kept), "`int` and `//` cut off; the number of spans is rounded."),
    (lambda noise, mean, kept: clamped(math.ceil(noise / mean), 1, kept), "You round up; the number of spans is rounded to the nearest one."),
    (lambda noise, mean, kept: clamped(round(noise / 3), 1, kept), "You make spans of three tokens: is `mean` used?"),
    (lambda noise, mean, kept: clamped(round(mean), 1, min(noise, kept)), "`mean` is how many *tokens* a span has; how many spans there are follows from it."),
    (lambda noise, mean, kept: 1, "All hidden tokens stand in one span."),
    (lambda noise, mean, kept: clamped(round((noise + kept) / mean), 1, min(noise, kept)), "Divide the number of *hidden* tokens by `mean`, not the length of the text."),
    (lambda noise, mean, kept: clamped(round(noise / mean) + 1, 1, min(noise, kept)), "That is one too many: k parts need k − 1 cuts."),
    (lambda noise, mean, kept: clamped(round(noise / mean) - 1, 1, kept), "That is one too few: k parts need k − 1 cuts."),
]  # fmt: skip


def mask_of(found, length):
    """Require a list of `length` bools, and return it."""
    require(
        isinstance(found, list),
        "Return a list of True and False; yours is {what}.",
        what=describe(found),
    )
    other = next((each for each in found if type(each) is not bool), None)
    require(
        all(type(each) is bool for each in found),
        "Return a list of True and False; in yours there is {what}.{known}",
        what=describe(other),
        known=" `== 1` makes bools of 0 and 1." if type(other) in (int, float) else "",
    )
    require(
        len(found) == length,
        "For length={length} your list has {got} entries. The parts together are the whole text, no token more or less.",
        length=length,
        got=len(found),
    )
    return found


def known_of(cases, found, formulas, values):
    """The sentence of the first formula that gives what was found in each case, or nothing. values: case -> its arguments."""
    for formula, sentence in formulas:
        if all(formula(*values(case)) == number for case, number in zip(cases, found, strict=True)):
            return f" {sentence}"
    return ""


def judge_numbers(student, cases, seeds, tell=True):
    """Draw each case with each seed, and require what holds for every draw. tell: whether the numbers that are right may be said."""
    cases = list(dict.fromkeys(cases))
    asked = [(case, seed) for case in cases for seed in seeds]
    found = student.many([args(c.length, c.rate, c.mean, seed=s) for c, s in asked], errors="keep")
    masks = {case: [] for case in cases}
    for (case, _), mask in zip(asked, found, strict=True):
        if isinstance(mask, StudentError):
            _require_no_error(mask, case)
        masks[case].append(mask_of(mask, case.length))
    tokens = {case: {sum(mask) for mask in drawn} for case, drawn in masks.items()}
    chance = next((case for case, numbers in tokens.items() if len(numbers) > 1), None)
    require(
        chance is None,
        "With {case} now {low} tokens are hidden and now {high}: their number is left to chance. It is fixed, and only *where* they stand is drawn. (A draw for each token is BERT's way; and a span that may overlap another hides too few.)",
        case=chance,
        low=min(tokens.get(chance, [0])),
        high=max(tokens.get(chance, [0])),
    )
    numbers = [next(iter(each)) for each in tokens.values()]
    wrong = next((i for i, case in enumerate(cases) if numbers[i] != case.noise), None)
    require(
        wrong is None,
        "With {case} you hide {got}{truth}.{known}",
        case=cases[wrong or 0],
        got=_many(numbers[wrong or 0], "token"),
        truth=f" and not {cases[wrong or 0].noise}" if tell else ", which is not what the rule gives",
        known=known_of(cases, numbers, TOKENS, lambda case: (case.length, case.rate)),
    )
    _require_layout(masks)
    _require_spans(cases, masks, tell)
    return masks


def _many(number, word):
    return f"{number} {word}{'' if number == 1 else 's'}"


def _require_no_error(error, case):
    """Say with what a call failed, and which bound is likely to be missing."""
    if error.verdict != "error":
        raise error
    why = ""
    if case.length == 2 and error.is_a("ValueError"):
        why = " Two tokens are enough: one is kept, and one is hidden."
    elif case.rate * case.length > case.length - 1 or round(case.rate * case.length) == case.length:
        why = " At so high a rate no token would be kept; at most `length - 1` are hidden."
    elif round(case.rate * case.length) < 1:
        why = " At so low a rate no token would be hidden; at least one is."
    elif round(case.noise / case.mean) > case.length - case.noise:
        why = " There would be more spans than kept tokens; with no kept token before it a span cannot stand alone."
    elif round(case.noise / case.mean) < 1:
        why = " There would be no span; there is at least one."
    elif case.spans in (case.noise, case.length - case.noise):
        why = " There a part is a single token, and so is each of its kind: cuts fall at all places between two."
    raise StudentError(
        f"With {case}: {error}{why}", error.kind, error.type, error.bases, error.frames, error.message
    )


def _require_layout(masks):
    """A kept token first, a hidden one last."""
    drawn = [(case, mask) for case, each in masks.items() for mask in each]
    for at, hidden, sentence in (
        (0, True, "begins hidden. A kept part comes first, and no part is empty (may a cut fall before the first token, or does a hidden part come first?)"),
        (-1, False, "ends kept. A hidden part comes last, and no part is empty (may a cut fall behind the last token, or are places drawn freely?)"),
    ):  # fmt: skip
        wrong = [case for case, mask in drawn if mask[at] == hidden]
        require(
            not wrong,
            "With {case} a text {sentence}.{both}",
            case=wrong[0] if wrong else 0,
            sentence=sentence,
            both=" It ends kept, too: have the two kinds changed places?"
            if all(mask[0] and not mask[-1] for _, mask in drawn)
            else "",
        )


def _require_spans(cases, masks, tell):
    spans = {case: {len(runs_of(mask)[1]) for mask in drawn} for case, drawn in masks.items()}
    for case, numbers in spans.items():
        if max(numbers) <= case.spans:  # and where they are always fewer, another sentence may know why
            known = "Two spans touch and make one: is a part empty, because two cuts fall on the same place (drawn with replacement?), or may a span stand just behind another?"
        else:
            known = "Are the lengths of the spans drawn one after the other until enough is hidden, or are cuts left to chance?"
        require(
            len(numbers) == 1,
            "With {case} there are now {low} spans and now {high}; their number is fixed. {known}",
            case=case,
            low=min(numbers),
            high=max(numbers),
            known=known,
        )
    numbers = [next(iter(each)) for each in spans.values()]
    wrong = next((i for i, case in enumerate(cases) if numbers[i] != case.spans), None)
    require(
        wrong is None,
        "With {case} your {noise} hidden tokens stand in {got}{truth}.{known}",
        case=cases[wrong or 0],
        noise=cases[wrong or 0].noise,
        got=_many(numbers[wrong or 0], "span"),
        truth=f" and not in {cases[wrong or 0].spans}" if tell else ", which is not what the rule gives",
        known=known_of(cases, numbers, SPANS, lambda case: (case.noise, case.mean, case.length - case.noise)),
    )


def judge_seeds(student, case, seed, other):
    """Require that the seed, and nothing else, decides."""
    given = (case.length, case.rate, case.mean)
    one, different, again = (
        mask_of(mask, case.length)
        for mask in student.many([args(*given, seed), args(*given, seed=other), args(*given, seed)])
    )
    require(
        one == again,
        "The same seed twice gives other spans: draw everything from a generator that is made of `seed` in each call, `random.Random(seed)`.",
    )
    require(one != different, "Two seeds give the same spans: is `seed` used?")


def judge_errors(student, lengths):
    """Require a ValueError for texts of which no token can be hidden while another is kept."""
    for length in lengths:
        error = student.error(length)
        require(
            error is not None,
            "noise_spans({length}) returns something. Below two tokens none can be hidden while another is kept: raise a ValueError.",
            length=length,
        )
        if error.kind != "error":  # nothing was raised, and what came back cannot be looked at
            raise error
        require(
            error.is_a("ValueError"),
            "noise_spans({length}) raises {type}; a ValueError is asked for, by a line of your own at the beginning.",
            length=length,
            type=error.type,
        )


@lab.check(points=3, returns=(list,), without=("course.widgets",))
def noise_spans(student):
    judge_numbers(student, EXAMPLES, range(8))
    judge_seeds(student, Case(205, 0.15, 3.0, 31, 10), 7, 8)  # no number is a multiple of another
    usual, told = student.many([args(200), args(200, rate=0.15, mean=3.0, seed=0)])
    require(
        usual == told,
        "noise_spans(200) is another list than with rate=0.15, mean=3.0 and seed=0: leave the defaults of the signature as they are.",
    )
    case = Case(10, 0.5, 1.7, 5, 3)
    masks = judge_numbers(student, [case], range(720))[case]
    judge_cuts(masks, case)
    case = Case(100, 0.15, 3.0, 15, 5)
    masks = judge_numbers(student, [case], range(300))[case]
    for place in range(case.spans):
        alone = sum(runs_of(mask)[1][place] == 1 for mask in masks)
        require(
            within(alone, 300, 4 / 14),  # the other ten fall into four parts: C(13, 3) of C(14, 4) ways
            "A hundred tokens, 15 hidden in 5 spans, 300 seeds: span {place} is a single token {alone} times, and about {likely:.0f} are expected, for each span. Every way to cut is equally likely.",
            place=place + 1,
            alone=alone,
            likely=300 * 4 / 14,
        )
    judge_errors(student, (1, 0, -3))
