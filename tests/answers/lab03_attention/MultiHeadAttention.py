import math

import torch
from torch import nn
from torch.nn import functional as F

from tests.answers import right, wrong


class Base(nn.Module):
    """What the stub gives, and a forward with a place for each mistake."""

    def __init__(self, dim, heads):
        super().__init__()
        if dim % heads:
            raise ValueError(f"{heads} heads do not divide a width of {dim}")
        self.heads = heads
        self.query = nn.Linear(dim, dim)
        self.key = nn.Linear(dim, dim)
        self.value = nn.Linear(dim, dim)
        self.output = nn.Linear(dim, dim)

    def sources(self, x, memory):
        """What queries, keys and values are made of."""
        memory = x if memory is None else memory
        return x, memory, memory

    def split(self, projected):
        return projected.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def root(self, query):
        return query.shape[-1] ** 0.5

    def scores(self, query, key):
        return query @ key.mT / self.root(query)

    def weights(self, scores, mask):
        if mask is None:
            return scores.softmax(-1)
        lowest = torch.finfo(scores.dtype).min
        return scores.masked_fill(~mask, lowest).softmax(-1).masked_fill(~mask, 0.0)

    def join(self, found):
        return found.transpose(1, 2).flatten(2)

    def forward(self, x, memory=None, mask=None):
        for_query, for_key, for_value = self.sources(x, memory)
        query, key = self.split(self.query(for_query)), self.split(self.key(for_key))
        found = self.weights(self.scores(query, key), mask) @ self.split(self.value(for_value))
        return self.output(self.join(found))


def with_identity_for(name):
    """The exercise's class, but one of its layers is passed by."""

    class MultiHeadAttention(Base):
        def forward(self, x, memory=None, mask=None):
            kept = getattr(self, name)
            setattr(self, name, nn.Identity())
            found = super().forward(x, memory, mask)
            setattr(self, name, kept)
            return found

    return MultiHeadAttention


@right
def head_by_head_with_prints():
    class MultiHeadAttention(Base):
        def forward(self, x, memory=None, mask=None):
            source, found = x if memory is None else memory, []
            wide = x.shape[-1] // self.heads
            if mask is not None:
                mask = mask.expand(len(x), self.heads, x.shape[1], source.shape[1])
            for head in range(self.heads):
                own = slice(head * wide, (head + 1) * wide)
                query, key = self.query(x)[..., own], self.key(source)[..., own]
                print(head, tuple(query.shape))
                scores = torch.einsum("bqd,bkd->bqk", query, key) / math.sqrt(wide)
                found.append(
                    self.weights(scores, None if mask is None else mask[:, head])
                    @ self.value(source)[..., own]
                )
            return self.output(torch.cat(found, -1))

    return MultiHeadAttention


@right
def einsum_all_the_way():
    class MultiHeadAttention(Base):
        def forward(self, x, memory=None, mask=None):
            source = x if memory is None else memory
            query, key, value = (
                made(given).reshape(*given.shape[:2], self.heads, -1)
                for made, given in ((self.query, x), (self.key, source), (self.value, source))
            )
            scores = torch.einsum("bqhd,bkhd->bhqk", query * query.shape[-1] ** -0.5, key)
            found = torch.einsum("bhqk,bkhd->bqhd", self.weights(scores, mask), value)
            return self.output(found.flatten(-2))

    return MultiHeadAttention


@right
def torchs_attention_of_chunks():
    """`F.scaled_dot_product_attention`, which gives zeros to a query that sees nothing; warns."""

    class MultiHeadAttention(Base):
        def split(self, projected):
            return torch.stack(projected.chunk(self.heads, dim=-1), dim=1)

        def forward(self, x, memory=None, mask=None):
            import warnings

            warnings.warn("torch's own", stacklevel=1)
            memory = memory if memory is not None else x
            found = F.scaled_dot_product_attention(
                self.split(self.query(x)),
                self.split(self.key(memory)),
                self.split(self.value(memory)),
                attn_mask=mask,
            )
            return self.output(torch.cat(found.unbind(1), dim=-1))

    return MultiHeadAttention


@right
def heads_as_a_larger_batch():
    class MultiHeadAttention(Base):
        def split(self, projected):
            batch, time, dim = projected.shape
            heads = projected.view(batch, time, self.heads, dim // self.heads).permute(0, 2, 1, 3)
            return heads.reshape(batch * self.heads, time, dim // self.heads)

        def weights(self, scores, mask):
            if mask is None:
                return F.softmax(scores, dim=-1)
            batch = len(scores) // self.heads
            mask = mask.expand(batch, self.heads, *scores.shape[1:]).reshape(scores.shape)
            blind = ~mask.any(-1, keepdim=True)
            scores = torch.where(mask | blind, scores, -torch.inf)
            return torch.where(blind, 0.0, F.softmax(scores, dim=-1))

        def join(self, found):
            batch = len(found) // self.heads
            return (
                found.view(batch, self.heads, *found.shape[1:])
                .permute(0, 2, 1, 3)
                .reshape(batch, found.shape[1], -1)
            )

    return MultiHeadAttention


@wrong("a view straight to (batch, heads, time, …)", earns=0)
def heads_cut_by_a_view():
    class MultiHeadAttention(Base):
        def split(self, projected):
            batch, time, dim = projected.shape
            return projected.view(batch, self.heads, time, dim // self.heads)

    return MultiHeadAttention


@wrong("not every other number", earns=0)
def every_other_number():
    class MultiHeadAttention(Base):
        def split(self, projected):
            return projected.unflatten(-1, (-1, self.heads)).permute(0, 3, 1, 2)

        def join(self, found):
            return found.permute(0, 2, 3, 1).flatten(2)

    return MultiHeadAttention


@wrong("and not one for all", earns=0)
def a_single_head():
    class MultiHeadAttention(Base):
        def split(self, projected):
            return projected[:, None].expand(-1, self.heads, -1, -1)

        def join(self, found):
            return found[:, 0]

    return MultiHeadAttention


@wrong("The scores are not divided by the root of the head's width", earns=0)
def scale_forgotten():
    class MultiHeadAttention(Base):
        def root(self, query):
            return 1.0

    return MultiHeadAttention


@wrong("you divide by 2, the root of the whole width", earns=0)
def scale_of_the_model():
    class MultiHeadAttention(Base):
        def root(self, query):
            return self.query.out_features**0.5

    return MultiHeadAttention


@wrong("You divide by the root of the number of keys", earns=0)
def root_of_the_number_of_keys():
    class MultiHeadAttention(Base):
        def scores(self, query, key):
            return query @ key.mT / key.shape[-2] ** 0.5

    return MultiHeadAttention


@wrong("The values are not projected by `value`", earns=0)
def values_not_projected():
    return with_identity_for("value")


@wrong("use the layers as they are, with their biases", earns=0)
def biases_left_out():
    class MultiHeadAttention(Base):
        def forward(self, x, memory=None, mask=None):
            source = x if memory is None else memory
            query, key, value = (
                self.split(F.linear(given, made.weight))
                for made, given in ((self.query, x), (self.key, source), (self.value, source))
            )
            return self.output(self.join(self.weights(self.scores(query, key), mask) @ value))

    return MultiHeadAttention


@wrong("The heads are laid side by side in the opposite order", earns=0)
def heads_in_the_opposite_order():
    class MultiHeadAttention(Base):
        def join(self, found):
            return super().join(found.flip(1))

    return MultiHeadAttention


@wrong("the residual connection belongs to the block", earns=0)
def residual_added():
    class MultiHeadAttention(Base):
        def forward(self, x, memory=None, mask=None):
            return x + super().forward(x, memory, mask)

    return MultiHeadAttention


@wrong("so the axis of heads stands in front of that of the tokens", earns=0)
def attends_over_the_heads():
    """The swap of axes is forgotten, there and back."""

    class MultiHeadAttention(Base):
        def split(self, projected):
            return projected.unflatten(-1, (self.heads, -1))

        def join(self, found):
            return found.flatten(2)

    return MultiHeadAttention


@wrong("texts of a batch never meet", earns=0)
def batch_and_time_exchanged():
    class MultiHeadAttention(Base):
        def split(self, projected):
            return super().split(projected.transpose(0, 1))

        def join(self, found):
            return super().join(found).transpose(0, 1)

    return MultiHeadAttention


@wrong("yours is the transpose", earns=0)
def mask_transposed():
    class MultiHeadAttention(Base):
        def weights(self, scores, mask):
            return super().weights(scores, None if mask is None else mask.mT)

    return MultiHeadAttention


@wrong("Is `mask` handed on?", earns=0)
def mask_not_used():
    class MultiHeadAttention(Base):
        def weights(self, scores, mask):
            return scores.softmax(-1)

    return MultiHeadAttention


@wrong("The mask is inverted: True = may attend", earns=0)
def mask_turned_round():
    class MultiHeadAttention(Base):
        def weights(self, scores, mask):
            return super().weights(scores, None if mask is None else ~mask)

    return MultiHeadAttention


@wrong("goes through `output` at the end", earns=0)
def output_forgotten():
    return with_identity_for("output")


@wrong("Use .reshape(...) instead", earns=0)
def a_view_after_the_swap():
    class MultiHeadAttention(Base):
        def join(self, found):
            return found.transpose(1, 2).view(len(found), found.shape[2], -1)

    return MultiHeadAttention


@wrong("keys and values come from the memory", earns=0)
def memory_not_used():
    class MultiHeadAttention(Base):
        def sources(self, x, memory):
            return x, x, x

    return MultiHeadAttention


@wrong("should have shape (2, 5, 6); yours has (2, 4, 6)", earns=0)
def queries_of_the_memory():
    class MultiHeadAttention(Base):
        def sources(self, x, memory):
            memory = x if memory is None else memory
            return memory, memory, memory

    return MultiHeadAttention


@wrong("A query that sees nothing should find zeros in every head", earns=4.5)
def rows_that_see_nothing_are_nan():
    class MultiHeadAttention(Base):
        def weights(self, scores, mask):
            return (scores if mask is None else scores.masked_fill(~mask, -torch.inf)).softmax(-1)

    return MultiHeadAttention


@wrong("A query that sees nothing, and the gradient of x is nan", earns=4.5)
def nan_repaired_afterwards():
    class MultiHeadAttention(Base):
        def weights(self, scores, mask):
            if mask is None:
                return scores.softmax(-1)
            return (scores + mask.to(scores.dtype).log()).softmax(-1).nan_to_num()

    return MultiHeadAttention


@wrong("With float64 in, float32 comes out", earns=4.5)
def casts_to_float32():
    class MultiHeadAttention(Base):
        def forward(self, x, memory=None, mask=None):
            return super().forward(x, memory, mask).float()

    return MultiHeadAttention


@wrong("Keep the layers as `__init__` sets them.", earns=0)
def one_projection_for_three():
    class MultiHeadAttention(Base):
        def __init__(self, dim, heads):
            super().__init__(dim, heads)
            del self.query, self.key, self.value
            self.projection = nn.Linear(dim, 3 * dim)

    return MultiHeadAttention


@wrong("The names and shapes that `__init__` sets are part of the exercise", earns=0)
def projections_of_a_heads_width():
    class MultiHeadAttention(Base):
        def __init__(self, dim, heads):
            super().__init__(dim, heads)
            self.query, self.key, self.value = (nn.Linear(dim, dim // heads) for _ in range(3))

        def split(self, projected):
            return projected[:, None].expand(-1, self.heads, -1, -1)

    return MultiHeadAttention


@wrong("calls `nn.MultiheadAttention`", earns=0)
def calls_torchs_module():
    class MultiHeadAttention(Base):
        def forward(self, x, memory=None, mask=None):
            theirs = nn.MultiheadAttention(x.shape[-1], self.heads, batch_first=True)
            source = x if memory is None else memory
            return theirs(x, source, source, attn_mask=None if mask is None else ~mask)[0]

    return MultiHeadAttention


@wrong("it has not looked there", earns=0)
def constant():
    class MultiHeadAttention(Base):
        def forward(self, x, memory=None, mask=None):
            return torch.zeros_like(x)

    return MultiHeadAttention


@wrong("Random weights, width 6", earns=0)
def hard_coded_examples():
    class MultiHeadAttention(Base):
        def forward(self, x, memory=None, mask=None):
            known = x.shape[1:] in ((3, 4), (5, 6))
            return super().forward(x, memory, mask) if known else torch.zeros_like(x)

    return MultiHeadAttention


@wrong("should have shape (2, 5, 6); yours has (1, 5, 6)", earns=0)
def loses_a_text_under_a_mask():
    class MultiHeadAttention(Base):
        def forward(self, x, memory=None, mask=None):
            found = super().forward(x, memory, mask)
            return found if mask is None else found[:1]

    return MultiHeadAttention


@wrong("should be floating-point numbers; yours are int64", earns=0)
def whole_numbers_for_a_memory():
    class MultiHeadAttention(Base):
        def forward(self, x, memory=None, mask=None):
            found = super().forward(x, memory, mask)
            return found if memory is None else found.long()

    return MultiHeadAttention


@wrong("something in your code cuts the graph", earns=4.5)
def weights_without_gradients():
    class MultiHeadAttention(Base):
        def forward(self, x, memory=None, mask=None):
            self.requires_grad_(False)
            return super().forward(x, memory, mask)

    return MultiHeadAttention
