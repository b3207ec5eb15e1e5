import torch

from tests.answers import right, wrong


def by_rule(rule):
    """The exercise's function, with a rule for one cell: (query, key, prefix) -> bool; with places as columns and rows."""

    def prefix_lm_mask(n, prefix):
        place = torch.arange(n)
        return rule(place[:, None], place[None], prefix).expand(n, n)

    return prefix_lm_mask


def truth(query, key, prefix):
    return (key <= query) | (key < prefix)


@right
def opens_the_first_columns_with_prints():
    def prefix_lm_mask(n, prefix):
        mask = torch.ones(n, n, dtype=torch.bool).tril()
        mask[:, :prefix] = True
        print(mask)
        return mask

    return prefix_lm_mask


@right
def opens_the_square_of_the_prefix():
    def prefix_lm_mask(n, prefix):
        mask = torch.tril(torch.ones(n, n))
        mask[:prefix, :prefix] = 1
        return mask.bool()

    return prefix_lm_mask


@right
def where_with_a_warning():
    def prefix_lm_mask(n, prefix):
        import warnings

        warnings.warn(f"{prefix} of {n}", stacklevel=1)
        query, key = torch.meshgrid(torch.arange(n), torch.arange(n), indexing="ij")
        last = torch.where(query < prefix, prefix - 1, query)
        return key <= last

    return prefix_lm_mask


@right
def cell_by_cell():
    def prefix_lm_mask(length, prefix):
        mask = torch.zeros(length, length, dtype=torch.bool)
        for q in range(length):
            for k in range(length):
                mask[q, k] = k < prefix if k > q else True
        return mask

    return prefix_lm_mask


@right
def four_blocks():
    def prefix_lm_mask(n, prefix):
        rest = n - prefix
        top = torch.cat([torch.ones(prefix, prefix), torch.zeros(prefix, rest)], 1)
        bottom = torch.cat([torch.ones(rest, prefix), torch.ones(rest, rest).tril()], 1)
        return torch.cat([top, bottom]).to(torch.bool)

    return prefix_lm_mask


@wrong("inside the prefix queries see what comes later too", earns=0)
def causal_alone():
    return by_rule(lambda query, key, prefix: key <= query)


@wrong("are seen by all, and the prefix has 3: places count from 0", earns=0)
def prefix_one_too_long():
    return by_rule(lambda query, key, prefix: (key <= query) | (key <= prefix))


@wrong("Only the first 2 tokens are seen by all", earns=0)
def prefix_one_too_short():
    return by_rule(lambda query, key, prefix: (key <= query) | (key < prefix - 1))


@wrong("The queries of the prefix see everything, the answer too", earns=0)
def opens_the_first_rows():
    return by_rule(lambda query, key, prefix: (key <= query) | (query < prefix))


@wrong("Inside the prefix nobody sees anybody", earns=0)
def blind_inside_the_prefix():
    return by_rule(lambda query, key, prefix: (key == query) | ((key <= query) & (query >= prefix)))


@wrong("does not see key 0, which stands in the prefix, or is itself or before it", earns=0)
def rows_of_the_prefix_are_empty():
    return by_rule(lambda query, key, prefix: (key <= query) & (query >= prefix))


@wrong("and not what stands between", earns=0)
def the_answer_sees_the_prefix_and_itself():
    return by_rule(lambda query, key, prefix: (key < prefix) | (key == query))


@wrong("Everybody sees the prefix, and nothing else", earns=0)
def the_prefix_alone():
    return by_rule(lambda query, key, prefix: (key < prefix) & (query >= 0))


@wrong("Prefix and answer are apart, each fully visible", earns=0)
def two_texts():
    return by_rule(lambda query, key, prefix: (key < prefix) == (query < prefix))


@wrong("What comes behind the prefix does not see it", earns=0)
def the_answer_does_not_see_the_prefix():
    return by_rule(
        lambda query, key, prefix: ((key <= query) | (key < prefix)) & ((key < prefix) == (query < prefix))
    )


@wrong("Rows are queries, columns keys; yours is the transpose", earns=0)
def transposed():
    return by_rule(lambda query, key, prefix: truth(key, query, prefix))


@wrong("Your mask is inverted: True = may attend", earns=0)
def true_means_hidden():
    return by_rule(lambda query, key, prefix: ~truth(query, key, prefix))


@wrong("sees key 4, which comes later and is not in the prefix", earns=0)
def counts_the_prefix_from_the_end():
    return by_rule(lambda query, key, prefix: (key <= query) | (key >= len(query) - prefix))


@wrong("which comes later (a prefix of 0, which is the causal mask)", earns=0)
def a_prefix_of_zero_is_none():
    def prefix_lm_mask(n, prefix):
        mask = torch.ones(n, n, dtype=torch.bool).tril()
        mask[:, : prefix or None] = True
        return mask

    return prefix_lm_mask


@wrong("A mask is boolean, True = may attend; yours is of type torch.float32", earns=0)
def ones_and_zeros():
    return by_rule(lambda query, key, prefix: truth(query, key, prefix).float())


@wrong("Zeros and minus infinity are the form that is added to scores", earns=0)
def to_be_added():
    return by_rule(lambda query, key, prefix: torch.where(truth(query, key, prefix), 0.0, -torch.inf))


@wrong("should have shape (7, 7); yours has (10, 10)", earns=0)
def prefix_added_to_the_length():
    def prefix_lm_mask(n, prefix):
        return by_rule(truth)(n + prefix, prefix)

    return prefix_lm_mask


@wrong("The mask (no token and no prefix) should have shape", earns=1.75)
def a_tensor_of_lists():
    def prefix_lm_mask(n, prefix):
        rows = [[key <= query or key < prefix for key in range(n)] for query in range(n)]
        return torch.tensor(rows, dtype=torch.bool)

    return prefix_lm_mask


@wrong("calls `course.masks`", earns=0)
def takes_the_explorers():
    def prefix_lm_mask(n, prefix):
        from course.masks import prefix_lm as made

        return torch.from_numpy(made(prefix).array(n))

    return prefix_lm_mask


@wrong("should return a tensor; yours returned an int", earns=0)
def identity():
    def prefix_lm_mask(n, prefix):
        return prefix

    return prefix_lm_mask


@wrong("which comes later (a prefix of 0, which is the causal mask)", earns=0)
def constant():
    def prefix_lm_mask(n, prefix):
        return by_rule(truth)(7, 3)

    return prefix_lm_mask


@wrong("(2 tokens and a prefix of 1)", earns=0)
def hard_coded_examples():
    def prefix_lm_mask(n, prefix):
        return by_rule(truth)(7, prefix) if n == 7 else torch.ones(n, n, dtype=torch.bool).tril(-1)

    return prefix_lm_mask
