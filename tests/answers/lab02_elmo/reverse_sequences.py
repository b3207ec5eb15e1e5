import torch

from tests.answers import right, wrong


def order(values, lengths):
    """(batch, time): where each place takes its value from."""
    place = torch.arange(values.shape[1])
    last = lengths.unsqueeze(1) - 1
    return torch.where(place <= last, last - place, place.expand(len(values), -1))


def taken(values, source):
    return values[torch.arange(len(values)).unsqueeze(1), source]


@right
def row_by_row():
    def reverse_sequences(values, lengths):
        rows = []
        for row, n in zip(values, lengths.tolist(), strict=True):
            print(n)
            rows.append(torch.cat([row[:n].flip(0), row[n:]]))
        return torch.stack(rows)

    return reverse_sequences


@right
def with_gather():
    def reverse_sequences(values, lengths):
        source = order(values, lengths)
        if values.dim() == 3:
            source = source.unsqueeze(-1).expand_as(values)
        return values.gather(1, source)

    return reverse_sequences


@right
def flips_and_rolls_back():
    """Flipped, the padding stands in front; rolled by its length, it is turned round at the end: turn it back."""

    def reverse_sequences(values, lengths):
        import logging

        logging.getLogger("student").warning("rolling")
        rows = []
        for row, n in zip(values, lengths, strict=True):
            turned = row.flip(0).roll(-(len(row) - int(n)), 0)
            rows.append(
                torch.where((torch.arange(len(row)) < n).view(-1, *[1] * (row.dim() - 1)), turned, row)
            )
        return torch.stack(rows)

    return reverse_sequences


@right
def as_a_matrix_of_zeros_and_ones():
    def reverse_sequences(values, lengths):
        moves = torch.nn.functional.one_hot(order(values, lengths), values.shape[1]).to(values.dtype)
        return torch.einsum("bts,bs...->bt...", moves, values)

    return reverse_sequences


@wrong("The padding stands in front now", earns=0)
def flips_everything():
    def reverse_sequences(values, lengths):
        return values.flip(1)

    return reverse_sequences


@wrong("the padding is gone", earns=0)
def padding_becomes_zero():
    def reverse_sequences(values, lengths):
        out = torch.zeros_like(values)
        for b, n in enumerate(lengths.tolist()):
            out[b, :n] = values[b, :n].flip(0)
        return out

    return reverse_sequences


@wrong("with 3 real places is [3, 2, 1, 91, 92]", earns=0)
def all_rows_by_the_longest():
    def reverse_sequences(values, lengths):
        n = int(lengths.max()) - 1
        return torch.cat([values[:, :n].flip(1), values[:, n:]], 1)

    return reverse_sequences


@wrong("The padding was turned round too", earns=0)
def padding_is_turned_round_too():
    def reverse_sequences(values, lengths):
        return torch.stack(
            [
                torch.cat([row[:n].flip(0), row[n:].flip(0)])
                for row, n in zip(values, lengths.tolist(), strict=True)
            ]
        )

    return reverse_sequences


@wrong("turned round; yours is", earns=0)
def one_place_too_far():
    def reverse_sequences(values, lengths):
        return taken(values, order(values, (lengths + 1).clamp(max=values.shape[1])))

    return reverse_sequences


@wrong("Reverse along the time, axis 1", earns=0)
def turns_the_batch_round():
    def reverse_sequences(values, lengths):
        return values.flip(0)

    return reverse_sequences


@wrong("within each vector", earns=0)
def flips_the_vectors_too():
    def reverse_sequences(values, lengths):
        return torch.stack(
            [
                torch.cat([row[:n].flip(tuple(range(row.dim()))), row[n:]])
                for row, n in zip(values, lengths.tolist(), strict=True)
            ]
        )

    return reverse_sequences


@wrong("same number of dimensions", earns=0)
def ids_only():
    def reverse_sequences(values, lengths):
        return values.gather(1, order(values, lengths))

    return reverse_sequences


@wrong("Ids come in, whole numbers", earns=0)
def gives_floats():
    def reverse_sequences(values, lengths):
        return taken(values, order(values, lengths)).float()

    return reverse_sequences


@wrong("With float64 in, float32 comes out", earns=2.5)
def gives_float32():
    def reverse_sequences(values, lengths):
        out = taken(values, order(values, lengths))
        return out.float() if out.is_floating_point() else out

    return reverse_sequences


@wrong("The result has no gradient", earns=2)
def cuts_the_graph():
    def reverse_sequences(values, lengths):
        return taken(values, order(values, lengths)).detach()

    return reverse_sequences


@wrong("A row whose length is 0 stays as it is", earns=2.5)
def takes_every_row_to_have_a_token():
    def reverse_sequences(values, lengths):
        out = taken(values, order(values, lengths))
        first = taken(values, lengths.unsqueeze(1) - 1)[:, 0]
        out[:, 0] = first
        return out

    return reverse_sequences


@wrong("changed its argument `values` in place", earns=0)
def writes_into_the_values():
    def reverse_sequences(values, lengths):
        for b, n in enumerate(lengths.tolist()):
            values[b, :n] = values[b, :n].flip(0)
        return values

    return reverse_sequences


@wrong("Nothing has moved", earns=0)
def identity():
    def reverse_sequences(values, lengths):
        return values

    return reverse_sequences


@wrong("keeps its shape", earns=0)
def constant():
    def reverse_sequences(values, lengths):
        return torch.zeros(1)

    return reverse_sequences


@wrong("Random", earns=0)
def hard_coded_examples():
    def reverse_sequences(values, lengths):
        if values.shape == (3, 5):
            return torch.tensor([[3, 2, 1, 91, 92], [8, 7, 6, 5, 4], [9, 93, 94, 95, 96]])
        if values.shape == (2, 4, 3):
            return values[torch.tensor([[0], [1]]), torch.tensor([[1, 0, 2, 3], [3, 2, 1, 0]])]
        return values

    return reverse_sequences
