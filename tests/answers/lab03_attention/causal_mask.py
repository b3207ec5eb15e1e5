import torch

from tests.answers import right, wrong


def as_student(make):
    """A function of the exercise's name and signature round `make(n)`."""

    def causal_mask(n):
        return make(n)

    return causal_mask


def ones(n):
    return torch.ones(n, n, dtype=torch.bool)


@right
def lower_triangle_of_floats():
    def causal_mask(n):
        return torch.tril(torch.ones(n, n)) == 1

    return causal_mask


@right
def compares_places_with_prints():
    def causal_mask(n):
        place = torch.arange(n)
        print(place)
        return place.unsqueeze(1) >= place.unsqueeze(0)

    return causal_mask


@right
def two_loops():
    def causal_mask(n):
        mask = torch.zeros((n, n)).bool()
        for query in range(n):
            for key in range(query + 1):
                mask[query, key] = True
        return mask

    return causal_mask


@right
def what_is_not_above_the_diagonal():
    def causal_mask(n):
        import warnings

        warnings.warn("above the diagonal", stacklevel=1)
        return ~torch.triu(torch.full((n, n), True), diagonal=1)

    return causal_mask


@right
def from_numpy():
    def causal_mask(n):
        import numpy as np

        return torch.from_numpy(np.tri(n, dtype=bool))

    return causal_mask


@right
def sums_up_a_unit_matrix():
    def causal_mask(size):
        return torch.where(torch.eye(size).cumsum(dim=1).T > 0, True, False)

    return causal_mask


@wrong("is it `triu` where `tril` is meant?", earns=0)
def triu_for_tril():
    return as_student(lambda n: ones(n).triu())


@wrong("the diagonal belongs to it", earns=0)
def without_the_diagonal():
    return as_student(lambda n: ones(n).tril(-1))


@wrong("Your mask is inverted: True = may attend", earns=0)
def true_means_hidden():
    """As `nn.Transformer.generate_square_subsequent_mask` and `nn.MultiheadAttention` have it."""
    return as_student(lambda n: ones(n).triu(1))


@wrong("sees key 1, which comes later", earns=0)
def one_further():
    return as_student(lambda n: ones(n).tril(1))


@wrong("does not see key 0, which is itself or stands before it", earns=0)
def itself_alone():
    return as_student(lambda n: torch.eye(n, dtype=torch.bool))


@wrong("A mask is boolean, True = may attend; yours is of type torch.float32", earns=0)
def ones_and_zeros():
    return as_student(lambda n: torch.tril(torch.ones(n, n)))


@wrong("Zeros and minus infinity are the form that is added to scores", earns=0)
def to_be_added():
    return as_student(lambda n: torch.zeros(n, n).masked_fill(ones(n).triu(1), -torch.inf))


@wrong("should have shape (4, 4); yours has (1, 1, 4, 4)", earns=0)
def with_axes_for_the_batch_and_the_heads():
    return as_student(lambda n: ones(n).tril()[None, None])


@wrong("should have shape (4, 4); yours has (3, 3)", earns=0)
def one_place_too_few():
    return as_student(lambda n: ones(n - 1).tril())


@wrong("should have shape (4, 4); yours has (4,)", earns=0)
def a_single_row():
    return as_student(lambda n: torch.arange(n) <= n)


@wrong("should return a tensor; yours returned a list of length 4", earns=0)
def in_lists():
    return as_student(lambda n: [[key <= query for key in range(n)] for query in range(n)])


@wrong("should return a tensor; yours returned a numpy array of shape (4, 4)", earns=0)
def in_numpy():
    return as_student(lambda n: ones(n).tril().numpy())


@wrong("prints its result but returns None", earns=0)
def prints_it():
    return as_student(lambda n: print(ones(n).tril()))


@wrong("The mask (no token) should have shape (0, 0)", earns=0.75)
def a_tensor_of_lists():
    return as_student(
        lambda n: torch.tensor([[key <= query for key in range(n)] for query in range(n)], dtype=torch.bool)
    )


@wrong("RuntimeError in line", earns=0.75)
def stacks_rows():
    """There is nothing to stack with no token."""
    return as_student(lambda n: torch.stack([torch.arange(n) <= query for query in range(n)]))


@wrong("calls `course.masks`", earns=0)
def takes_the_explorers():
    def causal_mask(n):
        from course import masks

        return torch.from_numpy(masks.causal().array(n))

    return causal_mask


@wrong("calls `course.masks`", earns=0)
def takes_the_explorers_under_another_name():
    def causal_mask(n):
        from course.masks import causal as lower_left

        try:
            return torch.from_numpy(lower_left().array(n))
        except Exception:
            return ones(n).tril()

    return causal_mask


@wrong("should return a tensor; yours returned an int", earns=0)
def identity():
    return as_student(lambda n: n)


@wrong("The mask (one token) should have shape", earns=0)
def constant():
    return as_student(lambda n: ones(4).tril())


@wrong("stands before it (2 tokens)", earns=0)
def hard_coded_examples():
    return as_student(lambda n: ones(n).tril() if n in (1, 4) else ones(n).tril(-1))
