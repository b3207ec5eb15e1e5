import math

import torch

from tests.answers import right, wrong


@right
def minimum_with_ones_in_float64():
    def subsample_probability(counts, t=1e-3):
        share = counts.double() / counts.sum()
        return torch.minimum(torch.sqrt(t / share), torch.ones_like(share))

    return subsample_probability


@right
def loop_in_plain_python():
    def subsample_probability(counts, t=1e-3):
        total, keep = sum(counts.tolist()), []
        for n in counts.tolist():
            keep.append(1.0 if n == 0 else min(1.0, math.sqrt(t * total / n)))
        print("kept with", keep)
        return torch.tensor(keep)

    return subsample_probability


@right
def numpy_with_its_own_warning_about_zero():
    def subsample_probability(counts, t=1e-3):
        import numpy as np

        share = counts.numpy() / counts.numpy().sum()
        return torch.from_numpy(np.minimum(np.sqrt(t / share), 1.0))  # divides by zero, which numpy warns of

    return subsample_probability


@right
def reciprocal_root_and_where():
    def subsample_probability(frequencies, threshold=1e-3):
        torch.set_default_dtype(torch.float64)
        ratio = frequencies / (threshold * frequencies.sum())
        return torch.where(ratio > 1, ratio.clamp(min=1e-9).rsqrt(), torch.tensor(1.0))

    return subsample_probability


@wrong("is above 1: rare words are always kept, so cap it", earns=0)
def forgets_the_cap():
    def subsample_probability(counts, t=1e-3):
        return (t * counts.sum() / counts).sqrt()

    return subsample_probability


@wrong("The f of the formula is a share, not a count", earns=0)
def divides_by_the_count():
    def subsample_probability(counts, t=1e-3):
        return (t / counts).sqrt().clamp(max=1)

    return subsample_probability


@wrong("the square root is missing", earns=0)
def forgets_the_root():
    def subsample_probability(counts, t=1e-3):
        return (t * counts.sum() / counts).clamp(max=1)

    return subsample_probability


@wrong("the probability of dropping", earns=0)
def dropping_in_place_of_keeping():
    def subsample_probability(counts, t=1e-3):
        return 1 - (t * counts.sum() / counts).sqrt().clamp(max=1)

    return subsample_probability


@wrong("the probability of dropping", earns=0)
def dropping_capped_at_zero():
    def subsample_probability(counts, t=1e-3):
        return (1 - (t * counts.sum() / counts).sqrt()).clamp(min=0)

    return subsample_probability


@wrong("the fraction is upside down", earns=0)
def fraction_upside_down():
    def subsample_probability(counts, t=1e-3):
        return (counts / counts.sum() / t).sqrt().clamp(max=1)

    return subsample_probability


@wrong("as the one in word2vec's code", earns=0)
def the_formula_of_the_c_code():
    def subsample_probability(counts, t=1e-3):
        share = counts / counts.sum()
        return ((t / share).sqrt() + t / share).clamp(max=1)

    return subsample_probability


@wrong("With another t", earns=0)
def ignores_t():
    def subsample_probability(counts, t=1e-3):
        return (0.01 * counts.sum() / counts).sqrt().clamp(max=1)

    return subsample_probability


@wrong("Your f is a share of the most frequent word", earns=0)
def share_of_the_largest_count():
    def subsample_probability(counts, t=1e-3):
        return (t * counts.max() / counts).sqrt().clamp(max=1)

    return subsample_probability


@wrong("A count of 0 gives nan", earns=1.5)
def nan_for_a_word_that_never_occurs():
    def subsample_probability(counts, t=1e-3):
        share = counts / counts.sum()
        return (t * share / share**2).sqrt().clamp(max=1)

    return subsample_probability


@wrong("A word that never occurs is rarer than t", earns=1.5)
def zero_for_a_word_that_never_occurs():
    def subsample_probability(counts, t=1e-3):
        keep = (t * counts.sum() / counts).sqrt().clamp(max=1)
        return torch.where(counts == 0, torch.zeros_like(keep), keep)

    return subsample_probability


@wrong("divided by zero", earns=1.5)
def divides_by_zero_in_python():
    def subsample_probability(counts, t=1e-3):
        total = counts.sum().item()
        return torch.tensor([min(1.0, math.sqrt(t * total / n)) for n in counts.tolist()])

    return subsample_probability


@wrong("should return a tensor; yours returned a list of length 4", earns=0)
def returns_a_list():
    def subsample_probability(counts, t=1e-3):
        return (t * counts.sum() / counts).sqrt().clamp(max=1).tolist()

    return subsample_probability


@wrong("the caller tosses the coins", earns=0)
def tosses_the_coins_at_once():
    def subsample_probability(counts, t=1e-3):
        return torch.bernoulli((t * counts.sum() / counts).sqrt().clamp(max=1))

    return subsample_probability


@wrong("Probabilities are fractions", earns=0)
def identity():
    def subsample_probability(counts, t=1e-3):
        return counts

    return subsample_probability


@wrong("A word rarer than t is always kept", earns=0)
def constant():
    def subsample_probability(counts, t=1e-3):
        return torch.full((len(counts),), 0.5)

    return subsample_probability


@wrong("Random counts", earns=0)
def hard_coded_examples():
    def subsample_probability(counts, t=1e-3):
        known = {0.01: [0.105409, 0.333333, 1.0, 1.0], 0.04: [0.210819, 0.666667, 1.0, 1.0]}
        return torch.tensor(known[t] if len(counts) == 4 and t in known else [1.0] * len(counts))

    return subsample_probability
