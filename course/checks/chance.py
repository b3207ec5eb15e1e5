"""What chance can bring, within bounds that a right answer leaves once in a million.

require(within(hidden, tokens, 0.15), "{share:.1%} are hidden ...", share=hidden / tokens)
"""

import math

SIGMAS = 5.0  # of a binomial: outside with a probability of 6e-7


def within(count, n, p, sigmas=SIGMAS):
    """Whether `count` of n draws is what a probability of p can bring. sigmas: more where the extremes of many counts are compared."""
    return abs(count - n * p) <= sigmas * math.sqrt(n * p * (1 - p)) + 1
