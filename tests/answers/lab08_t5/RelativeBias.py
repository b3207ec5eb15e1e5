import torch
from torch import nn

from tests.answers import right, wrong
from tests.answers.lab08_t5.parts import relative_position_bucket


class Base(nn.Module):
    """The solution, in steps that an answer replaces by its mistake."""

    def __init__(
        self, heads, bidirectional=True, buckets=32, max_distance=128, bucket=relative_position_bucket
    ):
        super().__init__()
        self.table = nn.Embedding(buckets, heads)
        self.bucket, self.options = bucket, (bidirectional, buckets, max_distance)

    def offset(self, queries, keys):
        device = self.table.weight.device
        return torch.arange(keys, device=device) - torch.arange(queries, device=device)[:, None]

    def place(self, offset):
        return self.bucket(offset, *self.options)

    def look(self, place):
        return self.table(place)

    def lay(self, numbers):
        return numbers.permute(2, 0, 1)[None]

    def forward(self, queries, keys):
        return self.lay(self.look(self.place(self.offset(queries, keys))))


def other(**methods):
    """The exercise's class with other methods."""
    return type("RelativeBias", (Base,), methods)


@right
def with_prints():
    def forward(self, queries, keys):
        import warnings

        print(queries, keys)
        warnings.warn("a bias", stacklevel=1)
        return Base.forward(self, queries, keys)

    return other(forward=forward)


@right
def one_number_after_the_other():
    def forward(self, queries, keys):
        rows = []
        for i in range(queries):
            places = [self.bucket(torch.tensor(j - i), *self.options) for j in range(keys)]
            rows.append(torch.stack([self.table.weight[place] for place in places]))
        return torch.stack(rows).permute(2, 0, 1).unsqueeze(0)

    return other(forward=forward)


@right
def each_offset_once():
    """The numbers of all offsets there are, and then a window for each query."""

    def forward(self, queries, keys):
        device = next(self.parameters()).device
        offsets = torch.arange(1 - queries, keys, device=device)
        numbers = self.table(self.bucket(offsets, *self.options)).T  # (head, offset)
        return torch.stack([numbers[:, queries - 1 - i :][:, :keys] for i in range(queries)], 1)[None]

    return other(forward=forward)


@right
def options_by_name_and_einsum():
    def forward(self, queries, keys):
        both, buckets, far = self.options
        key, query = torch.arange(keys), torch.arange(queries)
        offset = (key.view(1, -1) - query.view(-1, 1)).to(self.table.weight.device)
        place = self.bucket(offset, bidirectional=both, buckets=buckets, max_distance=far)
        chosen = nn.functional.one_hot(place, buckets).to(self.table.weight)
        return torch.einsum("qkb,bh->hqk", chosen, self.table.weight)[None]

    return other(forward=forward)


@right
def with_numpy():
    def forward(self, queries, keys):
        import numpy

        offset = numpy.subtract.outer(numpy.arange(keys), numpy.arange(queries)).T
        place = self.bucket(torch.from_numpy(offset).long().contiguous(), *self.options)
        return self.table(place.to(self.table.weight.device)).movedim(-1, 0)[None]

    return other(forward=forward)


@right
def a_mesh():
    def offset(self, queries, keys):
        device = self.table.weight.device
        query, key = torch.meshgrid(
            torch.arange(queries, device=device), torch.arange(keys, device=device), indexing="ij"
        )
        return key - query

    return other(offset=offset)


@wrong("The sign is turned round", earns=0)
def query_minus_key():
    return other(offset=lambda self, queries, keys: -Base.offset(self, queries, keys))


@wrong("it takes offsets, with their sign", earns=0)
def distances():
    return other(offset=lambda self, queries, keys: Base.offset(self, queries, keys).abs())


@wrong("Both places are counted from 0; the queries are not the last tokens", earns=0)
def queries_at_the_end():
    """As a model does that has kept the keys of earlier tokens."""
    return other(offset=lambda self, queries, keys: Base.offset(self, queries, keys) - (keys - queries))


@wrong("Are keys counted from 1", earns=0)
def keys_from_one():
    return other(offset=lambda self, queries, keys: Base.offset(self, queries, keys) + 1)


@wrong("Are queries counted from 1", earns=0)
def queries_from_one():
    return other(offset=lambda self, queries, keys: Base.offset(self, queries, keys) - 1)


@wrong("You look up the key's place", earns=0)
def places_of_keys():
    return other(offset=lambda self, queries, keys: torch.arange(keys).expand(queries, keys))


@wrong("You look up the query's place", earns=0)
def places_of_queries():
    return other(offset=lambda self, queries, keys: torch.arange(queries)[:, None].expand(queries, keys))


@wrong("Queries come before keys", earns=0)
def queries_and_keys_exchanged():
    return other(
        offset=lambda self, queries, keys: torch.arange(keys)[:, None] - torch.arange(queries),
    )


@wrong("is `keys` used?", earns=0)
def as_many_keys_as_queries():
    return other(offset=lambda self, queries, keys: Base.offset(self, queries, queries))


@wrong("is `queries` used?", earns=0)
def as_many_queries_as_keys():
    return other(offset=lambda self, queries, keys: Base.offset(self, keys, keys))


@wrong("calls `bucket` with [True, 32, 128]", earns=0)
def no_options():
    return other(place=lambda self, offset: self.bucket(offset))


@wrong("Hand `self.options` on, in their order", earns=0)
def one_direction_for_all():
    return other(place=lambda self, offset: self.bucket(offset, True, *self.options[1:]))


@wrong("Hand `self.options` on, in their order", earns=0)
def farthest_left_out():
    return other(place=lambda self, offset: self.bucket(offset, *self.options[:2]))


@wrong("Hand `self.options` on, in their order", earns=0)
def the_tables_size_for_all():
    return other(place=lambda self, offset: self.bucket(offset, self.options[0], 32, self.options[2]))


@wrong("Hand `self.options` on, in their order", earns=0)
def options_in_another_order():
    return other(
        place=lambda self, offset: self.bucket(
            offset, self.options[0], self.options[2], self.options[1]
        ).clamp(max=self.options[1] - 1)
    )


@wrong("`self.bucket` was never called", earns=0)
def the_global_buckets():
    return other(place=lambda self, offset: relative_position_bucket(offset, *self.options))


@wrong("The axis of length 1 in front, for the batch, is missing", earns=0)
def no_batch_axis():
    return other(lay=lambda self, numbers: numbers.permute(2, 0, 1))


@wrong("The heads go to the front", earns=0)
def heads_last():
    return other(lay=lambda self, numbers: numbers)


@wrong("The heads come second", earns=0)
def heads_last_behind_a_batch():
    return other(lay=lambda self, numbers: numbers[None])


@wrong("The axis of length 1 is the first one", earns=0)
def batch_axis_second():
    return other(lay=lambda self, numbers: numbers.permute(2, 0, 1)[:, None])


@wrong("A reshape does not swap axes", earns=0)
def reshaped():
    def lay(self, numbers):
        queries, keys, heads = numbers.shape
        return numbers.reshape(1, heads, queries, keys)

    return other(lay=lay)


@wrong("A reshape does not swap axes", earns=0)
def transposed_and_reshaped():
    def lay(self, numbers):
        queries, keys, heads = numbers.shape
        return numbers.transpose(0, 1).reshape(1, heads, queries, keys)

    return other(lay=lay)


@wrong("Queries come before keys", earns=0)
def permuted_the_wrong_way():
    return other(lay=lambda self, numbers: numbers.permute(2, 1, 0)[None])


@wrong("The heads have changed places", earns=0)
def heads_turned_round():
    return other(lay=lambda self, numbers: numbers.permute(2, 0, 1).flip(0)[None])


@wrong("added to the scores *before* the softmax", earns=0)
def softmax():
    return other(lay=lambda self, numbers: Base.lay(self, numbers).softmax(-1))


@wrong("The numbers are divided", earns=0)
def divided():
    return other(lay=lambda self, numbers: Base.lay(self, numbers) / numbers.shape[-1] ** 0.5)


@wrong("All heads get the numbers of the first", earns=0)
def one_head_for_all():
    def lay(self, numbers):
        return Base.lay(self, numbers)[:, :1].expand(-1, numbers.shape[-1], -1, -1)

    return other(lay=lay)


@wrong("keep no result of an earlier one", earns=0)
def kept_from_the_first_call():
    def forward(self, queries, keys):
        made = self.__dict__.setdefault("made", {})
        if (queries, keys) not in made:
            made[queries, keys] = Base.forward(self, queries, keys)
        return made[queries, keys]

    return other(forward=forward)


@wrong("Was something kept from a call with other lengths?", earns=0)
def kept_whatever_the_lengths():
    def forward(self, queries, keys):
        if not hasattr(self, "made"):
            self.made = Base.forward(self, queries, keys)
        return self.made

    return other(forward=forward)


@wrong("is not that for query i + 1 and key j + 1", earns=0)
def the_last_query_is_special():
    def offset(self, queries, keys):
        made = Base.offset(self, queries, keys)
        made[2:] += 1
        return made

    return other(offset=offset)


@wrong("a part of the result detached", earns=0)
def detached_behind_the_query():
    def lay(self, numbers):
        laid = Base.lay(self, numbers)
        return torch.cat([laid[..., :1].detach(), laid[..., 1:]], -1)

    return other(lay=lay)


@wrong("No gradient flows through the result", earns=0)
def no_gradient():
    return other(look=lambda self, place: self.table.weight.data[place])


@wrong("The places are made on the CPU", earns=1.5)
def places_on_the_cpu():
    return other(offset=lambda self, queries, keys: torch.arange(keys) - torch.arange(queries)[:, None])


@wrong("With a table of float64 other numbers come out", earns=0.5)
def always_float32():
    return other(lay=lambda self, numbers: Base.lay(self, numbers).float())


@wrong("takes the offsets as a tensor of type torch.long", earns=0)
def offsets_as_floats():
    return other(offset=lambda self, queries, keys: Base.offset(self, queries, keys).float())


@wrong("With your own relative_position_bucket", earns=1.5)
def buckets_of_its_own_that_are_wrong():
    def nearly(offset, bidirectional=True, buckets=32, max_distance=128):
        return relative_position_bucket(-offset, bidirectional, buckets, max_distance)

    class RelativeBias(Base):
        def __init__(self, heads, bidirectional=True, buckets=32, max_distance=128, bucket=nearly):
            super().__init__(heads, bidirectional, buckets, max_distance, bucket)

    return RelativeBias


@wrong("Yours also has `numbers`", earns=0)
def a_table_more():
    class RelativeBias(Base):
        def __init__(self, heads, *given, **named):
            super().__init__(heads, *given, **named)
            self.numbers = nn.Parameter(torch.zeros(heads))

    return RelativeBias


@wrong("RelativeBias should return a tensor", earns=0)
def a_list():
    return other(lay=lambda self, numbers: Base.lay(self, numbers).tolist())


@wrong("RelativeBias returned None", earns=0)
def prints_nothing():
    return other(lay=lambda self, numbers: None)


@wrong("RelativeBias is not written yet", earns=0)
def unwritten():
    def forward(self, queries, keys):
        raise NotImplementedError("RelativeBias")

    return other(forward=forward)


@wrong("`self.bucket` was never called", earns=0)
def constant():
    def forward(self, queries, keys):
        return torch.zeros(1, self.table.weight.shape[1], queries, keys)

    return other(forward=forward)


@wrong("RelativeBias should return a tensor", earns=0)
def identity():
    return other(forward=lambda self, queries, keys: (queries, keys))


@wrong("Hand `self.options` on, and keep nothing from another module", earns=0)
def hard_coded_examples():
    """The visible numbers, whatever is asked."""

    def place(self, offset):
        if self.options[1] == 8:
            return self.bucket(offset, *self.options)
        return offset.clamp(0, self.options[1] - 1)

    return other(place=place)
