import math

import torch

from tests.answers import right, wrong


def mean_of(means, counts):
    """The mean over all tokens; batches without tokens left out."""
    pairs = [(m, n) for m, n in zip(means, counts, strict=True) if n]
    if not pairs:
        raise ValueError("There is no token in any batch.")
    return sum(m * n for m, n in pairs) / sum(n for _, n in pairs)


@right
def exponent_in_torch():
    def perplexity(means, counts):
        return torch.tensor(mean_of(means, counts), dtype=torch.float64).exp()

    return perplexity


@right
def weighted_average_of_numpy_with_prints():
    def perplexity(means, counts):
        import numpy as np

        means, counts = np.array(means, dtype=float), np.array(counts)
        kept = counts > 0
        print(kept)
        if not kept.any():
            raise ValueError(f"No token in {len(counts)} batches, so there is nothing to average.")
        with np.errstate(over="ignore"):
            return float(np.exp(np.average(means[kept], weights=counts[kept])))

    return perplexity


@right
def a_bound_before_exp():
    def perplexity(means, counts):
        import warnings

        warnings.warn("by hand", stacklevel=1)
        mean = mean_of(means, counts)
        return float("inf") if mean > 700 else math.e**mean

    return perplexity


@wrong("exp comes last", earns=0)
def mean_of_perplexities():
    def perplexity(means, counts):
        mean_of(means, counts)
        return sum(math.exp(m) for m in means) / len(means)

    return perplexity


@wrong("the mean of the batches' perplexities", earns=0)
def weighted_mean_of_perplexities():
    def perplexity(means, counts):
        return mean_of([math.exp(m) for m in means], counts)

    return perplexity


@wrong("Both batches weigh the same", earns=0)
def mean_of_means():
    def perplexity(means, counts):
        mean_of(means, counts)
        return math.exp(sum(means) / len(means))

    return perplexity


@wrong("the mean loss itself", earns=0)
def without_exp():
    def perplexity(means, counts):
        return mean_of(means, counts)

    return perplexity


@wrong("the loss is in nats", earns=0)
def a_power_of_two():
    def perplexity(means, counts):
        return 2 ** mean_of(means, counts)

    return perplexity


@wrong("take their mean", earns=0)
def sum_of_means():
    def perplexity(means, counts):
        mean_of(means, counts)
        return math.exp(sum(means))

    return perplexity


@wrong("what all 8 tokens pay together", earns=0)
def exp_of_the_total():
    def perplexity(means, counts):
        mean_of(means, counts)
        return math.exp(sum(m * n for m, n in zip(means, counts, strict=True)))

    return perplexity


@wrong("The weights are the wrong way round", earns=0)
def counts_in_reverse():
    def perplexity(means, counts):
        return math.exp(mean_of(means, counts[::-1]))

    return perplexity


@wrong("asks for a ValueError", earns=0)
def divides_by_no_token():
    def perplexity(means, counts):
        return math.exp(sum(m * n for m, n in zip(means, counts, strict=True)) / sum(counts))

    return perplexity


@wrong("answers all the same", earns=0)
def one_for_no_token():
    def perplexity(means, counts):
        return math.exp(mean_of(means, counts)) if sum(counts) else 1.0

    return perplexity


@wrong("A clear error is a sentence", earns=0)
def an_error_without_words():
    def perplexity(means, counts):
        if not sum(counts):
            raise ValueError
        return math.exp(mean_of(means, counts))

    return perplexity


@wrong("nan * 0 is nan", earns=1.5)
def nan_times_nothing():
    def perplexity(means, counts):
        if not sum(counts):
            raise ValueError("No token at all.")
        try:
            return math.exp(sum(m * n for m, n in zip(means, counts, strict=True)) / sum(counts))
        except OverflowError:
            return math.inf

    return perplexity


@wrong("no float is so large", earns=1.5)
def stops_at_a_bad_reader():
    def perplexity(means, counts):
        return math.exp(mean_of(means, counts))

    return perplexity


@wrong("should return a number", earns=0)
def identity():
    def perplexity(means, counts):
        return means

    return perplexity


@wrong("hesitate among 4", earns=0)
def constant():
    def perplexity(means, counts):
        return 1.0

    return perplexity


@wrong("random batches", earns=0)
def hard_coded_examples():
    def perplexity(means, counts):
        if not counts:
            raise ValueError("No token at all.")
        return 4.0 if counts == [3, 5] else 2**1.5

    return perplexity


@wrong("should be a number that a float can hold", earns=0)
def a_number_that_no_float_holds():
    def perplexity(means, counts):
        return 10**400

    return perplexity


@wrong("should be a number that a float can hold", earns=0)
def a_complex_number():
    import torch

    def perplexity(means, counts):
        return torch.tensor(4.0 + 0.0j)

    return perplexity
