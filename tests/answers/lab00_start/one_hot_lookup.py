import torch
from torch.nn import functional as F

from tests.answers import right, wrong


@right
def functional_one_hot():
    def one_hot_lookup(ids, table):
        one_hot = F.one_hot(ids, num_classes=len(table)).to(table.dtype)
        return one_hot, one_hot @ table

    return one_hot_lookup


@right
def scatter_and_einsum_in_a_list():
    def one_hot_lookup(positions, weights):
        one_hot = weights.new_zeros(*positions.shape, weights.shape[0])
        one_hot.scatter_(-1, positions.unsqueeze(-1), 1.0)
        return [one_hot, torch.einsum("...r,rd->...d", one_hot, weights)]

    return one_hot_lookup


@right
def loop_over_ids_with_a_named_tuple():
    from collections import namedtuple

    Lookup = namedtuple("Lookup", "one_hot vectors")

    def one_hot_lookup(ids, table):
        rows = []
        for i in ids.reshape(-1).tolist():
            row = torch.zeros(len(table), dtype=table.dtype)
            row[i] = 1
            rows.append(row)
        one_hot = torch.stack(rows).reshape(*ids.shape, len(table))
        return Lookup(one_hot, (one_hot.unsqueeze(-1) * table).sum(-2))

    return one_hot_lookup


@right
def rows_of_the_unit_matrix_with_a_log_line():
    def one_hot_lookup(ids, table):
        import logging

        torch.set_default_dtype(torch.float64)
        logging.getLogger("student").error("looking up %s", ids.shape)
        one_hot = torch.eye(table.shape[0], dtype=table.dtype).index_select(0, ids.flatten())
        return one_hot.unflatten(0, ids.shape), (one_hot @ table).unflatten(0, ids.shape)

    return one_hot_lookup


@wrong("as many columns as the table has rows", earns=0)
def columns_up_to_the_largest_id():
    def one_hot_lookup(ids, table):
        one_hot = F.one_hot(ids).to(table.dtype)
        return one_hot, one_hot @ table[: one_hot.shape[-1]]

    return one_hot_lookup


@wrong("Two dtypes meet", earns=0)
def multiplies_whole_numbers():
    def one_hot_lookup(ids, table):
        one_hot = F.one_hot(ids, len(table))
        return one_hot, one_hot @ table

    return one_hot_lookup


@wrong("With float32 in, int64 comes out", earns=0)
def returns_the_one_hot_matrix_as_whole_numbers():
    def one_hot_lookup(ids, table):
        one_hot = F.one_hot(ids, len(table))
        return one_hot, one_hot.to(table.dtype) @ table

    return one_hot_lookup


@wrong("With float64 in, float32 comes out", earns=2.5)
def works_in_float32_only():
    def one_hot_lookup(ids, table):
        one_hot = F.one_hot(ids, len(table)).float()
        return one_hot, one_hot @ table.float()

    return one_hot_lookup


@wrong("Return two tensors", earns=0)
def returns_one_tensor_in_a_tuple():
    def one_hot_lookup(ids, table):
        return (F.one_hot(ids, len(table)).to(table.dtype) @ table,)

    return one_hot_lookup


@wrong("should return a tuple or a list; yours returned a tensor of shape (2, 2)", earns=0)
def returns_the_vectors_alone():
    def one_hot_lookup(ids, table):
        return F.one_hot(ids, len(table)).to(table.dtype) @ table

    return one_hot_lookup


@wrong("the other way round", earns=0)
def returns_the_pair_the_other_way_round():
    def one_hot_lookup(ids, table):
        one_hot = F.one_hot(ids, len(table)).to(table.dtype)
        return one_hot @ table, one_hot

    return one_hot_lookup


@wrong("ids count from 0", earns=0)
def counts_ids_from_one():
    def one_hot_lookup(ids, table):
        one_hot = F.one_hot((ids - 1).remainder(len(table)), len(table)).to(table.dtype)
        return one_hot, one_hot @ table

    return one_hot_lookup


@wrong("yours lies on its side", earns=0)
def transposes_the_one_hot_matrix():
    def one_hot_lookup(ids, table):
        one_hot = F.one_hot(ids, len(table)).to(table.dtype)
        return one_hot.T, one_hot @ table

    return one_hot_lookup


@wrong("For ids of shape (2, 3)", earns=2)
def takes_a_single_axis_of_ids():
    def one_hot_lookup(ids, table):
        one_hot = (ids.reshape(-1, 1) == torch.arange(len(table))).to(table.dtype)
        return one_hot, one_hot @ table

    return one_hot_lookup


@wrong("wrong gradient", earns=2.5)
def cuts_the_gradient_of_repeated_ids():
    def one_hot_lookup(ids, table):
        one_hot = F.one_hot(ids, len(table)).to(table.dtype)
        flat, weights = ids.flatten().tolist(), table.detach().clone()
        first = [i not in flat[:n] for n, i in enumerate(flat)]
        keep = torch.tensor(first).view(*ids.shape, 1)
        return one_hot, torch.where(keep, one_hot @ table, one_hot @ weights)

    return one_hot_lookup


@wrong("something in your code cuts the graph", earns=2.5)
def goes_through_numpy():
    def one_hot_lookup(ids, table):
        import numpy as np

        weights = table.detach().numpy()
        one_hot = np.eye(len(weights), dtype=weights.dtype)[ids.numpy()]
        return torch.from_numpy(one_hot), torch.from_numpy(one_hot @ weights)

    return one_hot_lookup


@wrong("changed its argument `table` in place", earns=0)
def zeroes_the_padding_row_of_the_table():
    def one_hot_lookup(ids, table):
        with torch.no_grad():
            table[0] = 0
        one_hot = F.one_hot(ids, len(table)).to(table.dtype)
        return one_hot, one_hot @ table

    return one_hot_lookup


@wrong("should have shape (2, 3); yours has (2,)", earns=0)
def identity():
    def one_hot_lookup(ids, table):
        return ids, table

    return one_hot_lookup


@wrong("at [0, 2] yours has 0", earns=0)
def constant():
    def one_hot_lookup(ids, table):
        return table.new_zeros(*ids.shape, len(table)), table.new_zeros(*ids.shape, table.shape[1])

    return one_hot_lookup


@wrong("A table of", earns=0)
def hard_coded_examples():
    def one_hot_lookup(ids, table):
        known = {
            "[2, 0]": ([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]], [[5.0, 6.0], [0.1, 0.2]]),
            "[0]": ([[1.0, 0.0, 0.0]], [[0.1, 0.2]]),
        }
        if repr(ids.tolist()) in known:
            one_hot, vectors = known[repr(ids.tolist())]
            return torch.tensor(one_hot), torch.tensor(vectors)
        return table.new_zeros(*ids.shape, len(table)), table.new_zeros(*ids.shape, table.shape[1])

    return one_hot_lookup
