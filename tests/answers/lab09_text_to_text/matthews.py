import math
from collections import Counter
from fractions import Fraction

import numpy as np
import torch

from tests.answers import right, wrong


# --- the steps, of which an answer replaces one ----------------------------------------------------------------------------------
def the_wrong_one(label, guess):
    return 1 - label if guess is None else guess


def four(pairs):
    """TP, TN, FP, FN"""
    counted = Counter(pairs)
    return counted[1, 1], counted[0, 0], counted[0, 1], counted[1, 0]


def formula(tp, tn, fp, fn):
    root = math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    return (tp * tn - fp * fn) / root if root else 0.0


def same_lengths(labels, guesses):
    if len(labels) != len(guesses):
        raise ValueError("lengths")


def made(meant=the_wrong_one, counts=four, formula=formula, lengths=same_lengths, finish=lambda x: x):
    """The exercise's function, out of its steps."""

    def matthews(labels, guesses):
        lengths(labels, guesses)
        pairs = [(label, meant(label, guess)) for label, guess in zip(labels, guesses)]
        return finish(formula(*counts(pairs)))

    return matthews


# --- right ---------------------------------------------------------------------------------------------------------------------
@right
def the_steps_of_this_file():
    return made()


@right
def a_loop():
    def matthews(labels, guesses):
        tp = tn = fp = fn = 0
        for label, guess in zip(labels, guesses, strict=True):
            if guess is None:
                guess = 0 if label else 1
            tp += label == 1 and guess == 1
            tn += label == 0 and guess == 0
            fp += label == 0 and guess == 1
            fn += label == 1 and guess == 0
        print(tp, tn, fp, fn)
        try:
            return (tp * tn - fp * fn) / math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
        except ZeroDivisionError:
            return 0.0

    return matthews


@right
def false_positives_and_negatives_exchanged():
    """The formula is the same in both."""
    return made(counts=lambda pairs: (four(pairs)[0], four(pairs)[1], four(pairs)[3], four(pairs)[2]))


@right
def by_numpy():
    def matthews(labels, guesses):
        labels, guesses = list(labels), list(guesses)
        if len(labels) != len(guesses):
            raise ValueError("not as long")
        x = np.array(labels, dtype=float)
        y = np.array([1 - a if b is None else b for a, b in zip(labels, guesses)], dtype=float)
        if len(x) == 0 or x.std() == 0 or y.std() == 0:
            return 0
        return np.corrcoef(x, y)[0, 1]

    return matthews


@right
def by_torch():
    def matthews(labels, guesses):
        if len(labels) - len(guesses):
            raise ValueError
        x = torch.tensor([bool(label) for label in labels], dtype=torch.bool)
        y = torch.tensor([bool(the_wrong_one(*pair)) for pair in zip(labels, guesses)], dtype=torch.bool)
        tp, tn, fp, fn = ((x & y).sum(), (~x & ~y).sum(), (~x & y).sum(), (x & ~y).sum())
        below = [(a + b).double().sqrt() for a, b in ((tp, fp), (tp, fn), (tn, fp), (tn, fn))]
        root = below[0] * below[1] * below[2] * below[3]
        return ((tp * tn - fp * fn) / root).item() if root > 0 else 0.0

    return matthews


@right
def by_precision_and_recall():
    """The root of the product of informedness and markedness, with its sign."""

    def formula(tp, tn, fp, fn):
        if 0 in (tp + fp, tp + fn, tn + fp, tn + fn):
            return 0.0
        informed = Fraction(tp, tp + fn) + Fraction(tn, tn + fp) - 1
        marked = Fraction(tp, tp + fp) + Fraction(tn, tn + fn) - 1
        return math.copysign(math.sqrt(informed * marked), informed)

    return made(formula=formula)


@right
def with_the_library():
    """scikit-learn's is 0.0 for a root of 0 as well."""

    def matthews(labels, guesses):
        from sklearn.metrics import matthews_corrcoef

        if len(labels) != len(guesses):
            raise ValueError(labels)
        if not labels:
            return 0.0
        return matthews_corrcoef(labels, [the_wrong_one(*pair) for pair in zip(labels, guesses)])

    return matthews


# --- wrong: another number -----------------------------------------------------------------------------------------------------
@wrong("That is accuracy", earns=0)
def accuracy():
    return made(formula=lambda tp, tn, fp, fn: (tp + tn) / (tp + tn + fp + fn) if tp + tn + fp + fn else 0.0)


@wrong("That is the share of wrong guesses", earns=0)
def error_rate():
    return made(formula=lambda tp, tn, fp, fn: (fp + fn) / (tp + tn + fp + fn or 1))


@wrong("That is F1", earns=0)
def f1():
    return made(formula=lambda tp, tn, fp, fn: 2 * tp / (2 * tp + fp + fn) if tp else 0.0)


@wrong("That is precision alone", earns=0)
def precision():
    return made(formula=lambda tp, tn, fp, fn: tp / (tp + fp) if tp else 0.0)


@wrong("That is recall alone", earns=0)
def recall():
    return made(formula=lambda tp, tn, fp, fn: tp / (tp + fn) if tp else 0.0)


@wrong("The sign is turned round", earns=0)
def sign_turned_round():
    return made(finish=lambda x: -x)


@wrong("The sign is turned round", earns=0)
def right_and_wrong_exchanged():
    return made(formula=lambda tp, tn, fp, fn: formula(fp, fn, tp, tn))


@wrong("The sign is lost", earns=0)
def sign_lost():
    return made(finish=abs)


@wrong("Below 0 it is not cut off", earns=0)
def cut_off_at_zero():
    return made(finish=lambda x: max(x, 0.0))


@wrong("That is in per cent", earns=0)
def per_cent():
    return made(finish=lambda x: 100 * x)


@wrong("That is its square", earns=0)
def squared():
    return made(finish=lambda x: x * x)


@wrong("The root is missing", earns=0)
def no_root():
    def formula(tp, tn, fp, fn):
        below = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
        return (tp * tn - fp * fn) / below if below else 0.0

    return made(formula=formula)


@wrong("It is TP · TN *minus* FP · FN", earns=0)
def a_plus():
    return made(formula=lambda a, b, c, d: (a * b + c * d) / (math.sqrt((a + c) * (a + d) * (b + c) * (b + d)) or 1))  # fmt: skip


@wrong("FP · FN is missing", earns=0)
def the_wrong_ones_missing():
    return made(formula=lambda a, b, c, d: a * b / (math.sqrt((a + c) * (a + d) * (b + c) * (b + d)) or 1))


@wrong("two of the four have changed places", earns=0)
def positives_with_positives():
    return made(formula=lambda a, b, c, d: (a * c - b * d) / (math.sqrt((a + c) * (a + d) * (b + c) * (b + d)) or 1))  # fmt: skip


@wrong("Above the line stand *products*", earns=0)
def sums_above():
    return made(formula=lambda a, b, c, d: (a + b - c - d) / (math.sqrt((a + c) * (a + d) * (b + c) * (b + d)) or 1))  # fmt: skip


@wrong("the four sums are *multiplied*", earns=0)
def sums_added_below():
    return made(formula=lambda a, b, c, d: (a * b - c * d) / (math.sqrt(2 * (a + b + c + d)) or 1))


@wrong("One of the four sums below the line is missing", earns=0)
def a_sum_missing():
    return made(formula=lambda a, b, c, d: (a * b - c * d) / (math.sqrt((a + c) * (a + d) * (b + c)) or 1))


@wrong("That is rounded", earns=0)
def rounded():
    return made(finish=lambda x: round(x, 2))


# --- wrong: None ---------------------------------------------------------------------------------------------------------------
@wrong("yours takes it for 0", earns=1.25)
def none_as_zero():
    return made(meant=lambda label, guess: guess or 0)


@wrong("yours takes it for 1", earns=1.25)
def none_as_one():
    return made(meant=lambda label, guess: 1 if guess is None else guess)


@wrong("yours leaves it out", earns=1.5)
def none_left_out():
    return made(meant=lambda label, guess: guess)


@wrong("yours takes it for right", earns=1.25)
def none_as_right():
    return made(meant=lambda label, guess: label if guess is None else guess)


@wrong("yours takes it for right", earns=1.25)
def none_beside_the_wrong_label():
    """`not guess` is True for None and for 0; the label is asked after it."""
    return made(meant=lambda label, guess: guess if guess is not None else int(bool(label)))


@wrong("yours takes it for a third class", earns=1.25)
def none_as_a_third_class():
    def matthews(labels, guesses):
        same_lengths(labels, guesses)
        if not labels:
            return 0.0
        x = np.eye(3)[labels]
        y = np.eye(3)[[2 if guess is None else guess for guess in guesses]]
        x, y = x - x.mean(0), y - y.mean(0)
        below = (x * x).sum() * (y * y).sum()
        return float((x * y).sum() / math.sqrt(below)) if below > 1e-9 else 0.0

    return matthews


@wrong("yours seems to give up where there is one", earns=1.5)
def zero_where_there_is_none():
    def matthews(labels, guesses):
        same_lengths(labels, guesses)
        return 0.0 if None in guesses else made()(labels, guesses)

    return matthews


@wrong("your function fails. TypeError", earns=1.25)
def none_cannot_be_added():
    """It fails at `label + None`."""
    return made(meant=lambda label, guess: label + guess - label)


@wrong("changed its argument `guesses` in place", earns=1.25)
def none_written_over():
    def matthews(labels, guesses):
        same_lengths(labels, guesses)
        for i, label in enumerate(labels):
            if guesses[i] is None:
                guesses[i] = 1 - label
        return made()(labels, guesses)

    return matthews


# --- wrong: a root of 0 --------------------------------------------------------------------------------------------------------
@wrong(
    "All guesses are 1: labels [1, 0, 1, 0], guesses [1, 1, 1, 1]: your function fails. Where the root is 0 it is 0.0. ZeroDivisionError",
    earns=1.75,
)
def a_division_by_zero():
    return made(formula=lambda a, b, c, d: (a * b - c * d) / math.sqrt((a + c) * (a + d) * (b + c) * (b + d)))  # fmt: skip


@wrong("yours is nan, 0 / 0", earns=1.75)
def nan_for_a_root_of_zero():
    return made(formula=lambda a, b, c, d: formula(a, b, c, d) if (a + c) * (a + d) * (b + c) * (b + d) else math.nan)  # fmt: skip


@wrong("also where all guesses are right or all are wrong", earns=1.75)
def one_where_all_are_right():
    def formula_(tp, tn, fp, fn):
        return 1.0 if fp + fn == 0 and tp + tn else formula(tp, tn, fp, fn)

    return made(formula=formula_)


@wrong("also where all guesses are right or all are wrong", earns=1.25)
def minus_one_where_all_are_wrong():
    """And None where there is nothing to correlate counts as wrong as well."""
    return made(
        formula=lambda a, b, c, d: -1.0 if a + b == 0 and c + d else formula(a, b, c, d),
        meant=lambda label, guess: guess or 0,
    )


@wrong("matthews returned None. Is the `return` line missing", earns=1.75)
def nothing_for_empty_lists():
    def matthews(labels, guesses):
        if not labels and not guesses:
            return None
        return made()(labels, guesses)

    return matthews


# --- wrong: lengths, sizes, types ------------------------------------------------------------------------------------------------
@wrong("Three labels and two guesses: that is a ValueError; yours gives a number", earns=1.75)
def the_shorter_list():
    return made(lengths=lambda labels, guesses: None)


@wrong("that is a ValueError; yours raises AssertionError", earns=1.75)
def an_assertion():
    def lengths(labels, guesses):
        assert len(labels) == len(guesses)

    return made(lengths=lengths)


@wrong("that is a ValueError; yours raises IndexError", earns=1.75)
def by_index():
    def matthews(labels, guesses):
        pairs = [(labels[i], the_wrong_one(labels[i], guesses[i])) for i in range(max(len(labels), len(guesses)))]  # fmt: skip
        return formula(*four(pairs))

    return matthews


@wrong("No label and one guess", earns=1.75)
def empty_lists_first():
    def matthews(labels, guesses):
        if not labels or not guesses:
            return 0.0
        return made()(labels, guesses)

    return matthews


@wrong("what a type of fixed size holds, such as int32", earns=1.75)
def counts_of_32_bits():
    def formula_(*counts):
        a, b, c, d = torch.tensor(counts, dtype=torch.int32)
        below = (a + c) * (a + d) * (b + c) * (b + d)
        return ((a * b - c * d) / below.sqrt()).item() if below else 0.0

    return made(formula=formula_)


@wrong("Matthews' correlation is a float; yours is a tensor", earns=0)
def a_tensor():
    return made(finish=torch.tensor)


@wrong("matthews should return a number; yours returned a str", earns=0)
def a_text():
    return made(finish=str)


@wrong("matthews should return a number; yours returned a bool", earns=0)
def a_truth_value():
    return made(finish=lambda x: x > 0.3)


@wrong("matthews should return a number; yours returned a tuple", earns=0)
def the_four_counts():
    return made(formula=lambda *counts: counts)


@wrong("matthews prints its result but returns None", earns=0)
def printed():
    return made(finish=print)


@wrong("matthews returned None", earns=0)
def nothing_returned():
    return made(finish=lambda x: None)


@wrong("matthews is not written yet", earns=0)
def unwritten():
    def matthews(labels, guesses):
        raise NotImplementedError("matthews")

    return matthews


@wrong("matthews cannot be called as the statement says", earns=0)
def counts_as_arguments():
    return lambda tp, tn, fp, fn: formula(tp, tn, fp, fn)


@wrong("matthews should return a number; yours returned a list", earns=0)
def identity():
    return lambda labels, guesses: guesses


@wrong("your correlation is 0; it is", earns=0)
def constant():
    return lambda labels, guesses: 0.0


@wrong("Drawn labels and guesses", earns=0)
def hard_coded_examples():
    """Right on the lists of the visible check, and 0 elsewhere."""
    from course.checks.lab09_text_to_text import correlations as c

    cases = c.MIXED + c.NO_ANSWERS + c.NOTHING + c.MANY

    def matthews(labels, guesses):
        same_lengths(labels, guesses)
        return next((case.truth for case in cases if (case.labels, case.guesses) == (labels, guesses)), 0.0)

    return matthews
