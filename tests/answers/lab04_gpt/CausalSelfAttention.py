import math

import torch
from torch import nn
from torch.nn import functional as F

from tests.answers import right, wrong


class Base(nn.Module):
    """What the stub gives, and a forward with a place for each mistake."""

    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.query_key_value = nn.Linear(dim, 3 * dim)
        self.output = nn.Linear(dim, dim)

    def parts(self, x):
        """Queries, keys and values, of all heads."""
        return self.query_key_value(x).chunk(3, -1)

    def split(self, projected):
        return projected.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def join(self, found):
        return found.transpose(1, 2).flatten(2)

    def causal(self, time):
        return torch.ones(time, time, dtype=torch.bool).tril()

    def may(self, time, real):
        """bool, and the axes as the scores have them."""
        if real is None:
            return self.causal(time)
        return self.causal(time) & real[:, None, None] | torch.eye(time, dtype=torch.bool)

    def root(self, query):
        return query.shape[-1] ** 0.5

    def weights(self, scores, may):
        return scores.masked_fill(~may, -torch.inf).softmax(-1)

    def forward(self, x, attention_mask=None):
        query, key, value = (self.split(part) for part in self.parts(x))
        scores = query @ key.mT / self.root(query)
        return self.output(self.join(self.weights(scores, self.may(x.shape[1], attention_mask)) @ value))


def with_mask(may):
    """The exercise's class under another mask: (time, real or None) -> bool."""

    class CausalSelfAttention(Base):
        def may(self, time, real):
            return may(time, real)

    return CausalSelfAttention


def causal_as(mask):
    """The exercise's class with another causal mask: time -> bool (query, key)."""

    class CausalSelfAttention(Base):
        def causal(self, time):
            return mask(time)

    return CausalSelfAttention


def in_the_order(*order):
    class CausalSelfAttention(Base):
        def parts(self, x):
            found = super().parts(x)
            return [found[i] for i in order]

    return CausalSelfAttention


def past(mask):
    """Causal, and what `mask` leaves of it: (causal (time, time), real, diagonal) -> bool."""

    def may(time, real):
        causal = torch.ones(time, time, dtype=torch.bool).tril()
        return causal if real is None else mask(causal, real, torch.eye(time, dtype=torch.bool))

    return with_mask(may)


@right
def head_by_head_with_prints():
    class CausalSelfAttention(Base):
        def forward(self, x, attention_mask=None):
            batch, time, dim = x.shape
            wide, found = dim // self.heads, []
            projected = self.query_key_value(x)
            may = self.may(time, attention_mask)
            may = may.expand(batch, 1, time, time)[:, 0]
            for head in range(self.heads):
                query, key, value = (
                    projected[..., i * dim + head * wide : i * dim + (head + 1) * wide] for i in range(3)
                )
                print(head, tuple(query.shape))
                scores = torch.einsum("bqd,bkd->bqk", query, key) / math.sqrt(wide)
                found.append(torch.softmax(scores.masked_fill(~may, -1e9), dim=-1) @ value)
            return self.output(torch.cat(found, dim=-1))

    return CausalSelfAttention


@right
def einsum_and_a_softmax_by_hand():
    class CausalSelfAttention(Base):
        def forward(self, x, attention_mask=None):
            batch, time, dim = x.shape
            query, key, value = self.query_key_value(x).view(batch, time, 3, self.heads, -1).unbind(2)
            scores = torch.einsum("bqhd,bkhd->bhqk", query * query.shape[-1] ** -0.5, key)
            may = self.may(time, attention_mask).expand(scores.shape)
            scores = scores.where(may, scores.new_tensor(-torch.inf))
            power = (scores - scores.amax(-1, keepdim=True)).exp()
            found = torch.einsum("bhqk,bkhd->bqhd", power / power.sum(-1, keepdim=True), value)
            return self.output(found.flatten(-2))

    return CausalSelfAttention


@right
def torchs_causal_flag_and_query_by_query():
    """Without padding `is_causal`; with it each query has a softmax of its own. Warns."""

    class CausalSelfAttention(Base):
        def forward(self, x, attention_mask=None):
            import logging

            logging.getLogger("student").warning("attention")
            query, key, value = (self.split(part).contiguous() for part in self.parts(x))
            if attention_mask is None:
                found = F.scaled_dot_product_attention(query, key, value, is_causal=True)
                return self.output(self.join(found))
            rows = []
            for t in range(x.shape[1]):
                seen = attention_mask[:, : t + 1].clone()
                seen[:, t] = True
                scores = (query[:, :, t, None] * key[:, :, : t + 1]).sum(-1) / self.root(query)
                share = scores.masked_fill(~seen[:, None], torch.finfo(x.dtype).min).softmax(-1)
                rows.append((share[..., None] * value[:, :, : t + 1]).sum(2))
            return self.output(self.join(torch.stack(rows, 2)))

    return CausalSelfAttention


@right
def an_added_bias_and_text_by_text():
    class CausalSelfAttention(Base):
        def forward(self, x, attention_mask=None):
            dim, rows = x.shape[-1], []
            for n, text in enumerate(x):
                q, k, v = F.linear(text, self.query_key_value.weight, self.query_key_value.bias).split(dim, 1)
                bias = torch.full((len(text), len(text)), float("-inf"), dtype=x.dtype).triu(1)
                if attention_mask is not None:
                    bias[:, ~attention_mask[n]] = -torch.inf
                    bias.fill_diagonal_(0.0)
                cut = [p.reshape(len(text), self.heads, -1).permute(1, 0, 2) for p in (q, k, v)]
                found = F.scaled_dot_product_attention(*cut, attn_mask=bias)
                rows.append(found.permute(1, 0, 2).reshape(len(text), dim))
            return self.output(torch.stack(rows))

    return CausalSelfAttention


@right
def padding_sees_nothing_and_torch_gives_zeros():
    class CausalSelfAttention(Base):
        def forward(self, x, attention_mask=None):
            query, key, value = map(self.split, self.query_key_value(x).split(x.shape[-1], -1))
            place = torch.arange(x.shape[1])
            may = place <= place.unsqueeze(1)
            if attention_mask is not None:
                may = may & attention_mask[:, None, None, :]
            return self.output(self.join(F.scaled_dot_product_attention(query, key, value, attn_mask=may)))

    return CausalSelfAttention


@right
def padding_sees_all_alike():
    """The lowest finite number in place of minus infinity: a token of padding that sees nothing gets the mean of all."""

    class CausalSelfAttention(Base):
        def may(self, time, real):
            return self.causal(time) if real is None else self.causal(time) & real[:, None, None]

        def weights(self, scores, may):
            return scores.masked_fill(~may, torch.finfo(scores.dtype).min).softmax(-1)

    return CausalSelfAttention


@wrong("Is there a mask at all", earns=0)
def no_mask():
    return causal_as(lambda time: torch.ones(time, time, dtype=torch.bool))


@wrong("The mask is turned round", earns=0)
def triu_for_tril():
    return causal_as(lambda time: torch.ones(time, time, dtype=torch.bool).triu())


@wrong("Does the mask begin one too late?", earns=0)
def the_next_token_is_seen():
    return causal_as(lambda time: torch.ones(time, time, dtype=torch.bool).tril(1))


@wrong("a token sees itself too", earns=0)
def diagonal_masked():
    """The first token would see nothing: it sees itself."""

    def mask(time):
        seen = torch.ones(time, time, dtype=torch.bool).tril(-1)
        seen[0, 0] = True
        return seen

    return causal_as(mask)


@wrong("a softmax over nothing", earns=0)
def diagonal_masked_and_the_first_token_nan():
    return causal_as(lambda time: torch.ones(time, time, dtype=torch.bool).tril(-1))


@wrong("The mask is turned round", earns=0)
def true_means_hidden():
    return causal_as(lambda time: torch.ones(time, time, dtype=torch.bool).triu(1) | torch.eye(time).bool())


@wrong("before a softmax over the keys", earns=0)
def mask_behind_the_softmax():
    """Masked weights are zeros, but the sum below the line still counts them."""

    class CausalSelfAttention(Base):
        def weights(self, scores, may):
            return scores.softmax(-1).masked_fill(~may, 0.0)

    return CausalSelfAttention


@wrong("before a softmax over the keys", earns=0)
def scores_times_the_mask():
    class CausalSelfAttention(Base):
        def weights(self, scores, may):
            return (scores * may).softmax(-1)

    return CausalSelfAttention


@wrong("The scores are not divided by the root of a head's width", earns=0)
def scale_forgotten():
    class CausalSelfAttention(Base):
        def root(self, query):
            return 1.0

    return CausalSelfAttention


@wrong("you divide by 2, the root of the whole width, or twice", earns=0)
def scale_of_the_whole_width():
    class CausalSelfAttention(Base):
        def root(self, query):
            return self.output.in_features**0.5

    return CausalSelfAttention


@wrong("you divide by 2, the root of the whole width, or twice", earns=0)
def scaled_twice():
    """By hand, and by the library once more."""

    class CausalSelfAttention(Base):
        def forward(self, x, attention_mask=None):
            query, key, value = (self.split(part) for part in self.parts(x))
            may = self.may(x.shape[1], attention_mask)
            return self.output(
                self.join(F.scaled_dot_product_attention(query / self.root(query), key, value, may))
            )

    return CausalSelfAttention


@wrong("first the queries of all heads, then all keys, then all values", earns=0)
def values_first():
    return in_the_order(1, 2, 0)


@wrong("first the queries of all heads, then all keys, then all values", earns=0)
def values_between():
    return in_the_order(0, 2, 1)


@wrong("the first four of the 12 numbers", earns=0)
def keys_first():
    return in_the_order(1, 0, 2)


@wrong("The heads are the first half of the axis and the second", earns=0)
def every_other_number():
    class CausalSelfAttention(Base):
        def split(self, projected):
            return projected.unflatten(-1, (-1, self.heads)).permute(0, 3, 1, 2)

        def join(self, found):
            return found.permute(0, 2, 3, 1).flatten(2)

    return CausalSelfAttention


@wrong("first the queries of all heads, then all keys, then all values", earns=0)
def queries_keys_and_values_of_each_head():
    """As in GPT-NeoX: the three of head 0, then those of head 1."""

    class CausalSelfAttention(Base):
        def parts(self, x):
            own = self.query_key_value(x).unflatten(-1, (self.heads, 3, -1))
            return [part.flatten(-2) for part in own.unbind(-2)]

    return CausalSelfAttention


@wrong("a view straight to (batch, heads, time, …)", earns=0)
def heads_cut_by_a_view():
    class CausalSelfAttention(Base):
        def split(self, projected):
            batch, time, dim = projected.shape
            return projected.reshape(batch, self.heads, time, dim // self.heads)

    return CausalSelfAttention


@wrong("or back without the swap", earns=0)
def joined_without_the_swap():
    class CausalSelfAttention(Base):
        def join(self, found):
            return found.reshape(len(found), found.shape[2], -1)

    return CausalSelfAttention


@wrong("Use .reshape(...) instead", earns=0)
def a_view_after_the_swap():
    class CausalSelfAttention(Base):
        def join(self, found):
            return found.transpose(1, 2).view(len(found), found.shape[2], -1)

    return CausalSelfAttention


@wrong("The heads are laid side by side in the opposite order", earns=0)
def heads_in_the_opposite_order():
    class CausalSelfAttention(Base):
        def join(self, found):
            return super().join(found.flip(1))

    return CausalSelfAttention


@wrong("texts of a batch never meet", earns=0)
def batch_and_time_exchanged():
    class CausalSelfAttention(Base):
        def forward(self, x, attention_mask=None):
            return super().forward(x.transpose(0, 1)).transpose(0, 1)

    return CausalSelfAttention


@wrong("goes through `output` at the end", earns=0)
def output_forgotten():
    class CausalSelfAttention(Base):
        def forward(self, x, attention_mask=None):
            query, key, value = (self.split(part) for part in self.parts(x))
            return self.join(
                F.scaled_dot_product_attention(query, key, value, self.may(x.shape[1], attention_mask))
            )

    return CausalSelfAttention


@wrong("the residual connection belongs to the block", earns=0)
def residual_added():
    class CausalSelfAttention(Base):
        def forward(self, x, attention_mask=None):
            return x + super().forward(x, attention_mask)

    return CausalSelfAttention


@wrong("before a softmax over the keys", earns=0)
def softmax_over_the_queries():
    class CausalSelfAttention(Base):
        def weights(self, scores, may):
            return scores.masked_fill(~may, -torch.inf).softmax(-2)

    return CausalSelfAttention


@wrong("Are the values summed without weights?", earns=0)
def values_summed():
    class CausalSelfAttention(Base):
        def weights(self, scores, may):
            return may.to(scores.dtype).expand(scores.shape)

    return CausalSelfAttention


@wrong("All weights are even", earns=0)
def a_running_mean():
    class CausalSelfAttention(Base):
        def weights(self, scores, may):
            return super().weights(scores * 0, may)

    return CausalSelfAttention


@wrong("Is `attention_mask` used", earns=0)
def padding_ignored():
    return past(lambda causal, real, diagonal: causal)


@wrong("Is `attention_mask` used", earns=0)
def padding_hides_queries():
    return past(lambda causal, real, diagonal: causal & real[:, None, :, None] | diagonal)


@wrong("True = a real token", earns=0)
def padding_mask_inverted():
    return past(lambda causal, real, diagonal: causal & ~real[:, None, None] | diagonal)


@wrong("Do the causal mask and that of the padding both hold?", earns=0)
def padding_in_place_of_the_causal_mask():
    return past(lambda causal, real, diagonal: real[:, None, None] | diagonal)


@wrong("Do the causal mask and that of the padding both hold?", earns=0)
def either_of_the_two_masks():
    return past(lambda causal, real, diagonal: causal | real[:, None, None])


@wrong("Each text has a row of its own", earns=0)
def padding_of_the_first_text_for_all():
    return past(lambda causal, real, diagonal: causal & real[0] | diagonal)


@wrong("Let every token see itself", earns=0)
def padding_in_front_is_nan():
    """Only padding itself; on this PyTorch nothing spreads."""
    return past(lambda causal, real, diagonal: causal & real[:, None, None])


@wrong("A text of padding alone gives nan", earns=0)
def a_text_of_padding_alone_is_nan():
    def mask(causal, real, diagonal):
        may = causal & real[:, None, None]
        blind = ~may.any(-1, keepdim=True) & real.any(-1)[:, None, None, None]
        return may | (diagonal & blind)

    return past(mask)


@wrong("No gradient reaches `query_key_value.weight`", earns=3.5)
def weights_frozen():
    class CausalSelfAttention(Base):
        def parts(self, x):
            made = self.query_key_value
            return F.linear(x, made.weight.detach(), made.bias.detach()).chunk(3, -1)

    return CausalSelfAttention


@wrong("With float64 in, float32 comes out", earns=3.5)
def casts_to_float32():
    class CausalSelfAttention(Base):
        def forward(self, x, attention_mask=None):
            return super().forward(x, attention_mask).float()

    return CausalSelfAttention


@wrong("Keep the layers as `__init__` sets them.", earns=0)
def the_mask_in_a_buffer():
    class CausalSelfAttention(Base):
        def __init__(self, dim, heads):
            super().__init__(dim, heads)
            self.register_buffer("mask", torch.ones(64, 64, dtype=torch.bool).tril())

        def causal(self, time):
            return self.mask[:time, :time]

    return CausalSelfAttention


@wrong("Keep the layers as `__init__` sets them.", earns=0)
def three_layers_for_one():
    class CausalSelfAttention(Base):
        def __init__(self, dim, heads):
            super().__init__(dim, heads)
            del self.query_key_value
            self.query, self.key, self.value = (nn.Linear(dim, dim) for _ in range(3))

    return CausalSelfAttention


@wrong("calls `nn.MultiheadAttention`", earns=0)
def calls_torchs_module():
    class CausalSelfAttention(Base):
        def forward(self, x, attention_mask=None):
            theirs = nn.MultiheadAttention(x.shape[-1], self.heads, batch_first=True)
            return theirs(x, x, x, attn_mask=~self.causal(x.shape[1]))[0]

    return CausalSelfAttention


@wrong("(batch, time, dim), should have shape (2, 5, 6)", earns=0)
def returns_the_heads():
    class CausalSelfAttention(Base):
        def forward(self, x, attention_mask=None):
            query, key, value = (self.split(part) for part in self.parts(x))
            return F.scaled_dot_product_attention(query, key, value, self.may(x.shape[1], attention_mask))

    return CausalSelfAttention


@wrong("should have shape (2, 5, 6); yours has (1, 5, 6)", earns=0)
def loses_a_text_under_a_mask():
    class CausalSelfAttention(Base):
        def forward(self, x, attention_mask=None):
            found = super().forward(x, attention_mask)
            return found if attention_mask is None else found[:1]

    return CausalSelfAttention


@wrong("it should have seen it", earns=0)
def constant():
    class CausalSelfAttention(Base):
        def forward(self, x, attention_mask=None):
            return torch.zeros_like(x)

    return CausalSelfAttention


@wrong("it should have seen it", earns=0)
def identity():
    class CausalSelfAttention(Base):
        def forward(self, x, attention_mask=None):
            return x

    return CausalSelfAttention


@wrong("Random weights, width 6, 3 heads, 4 tokens", earns=0)
def hard_coded_examples():
    """Right for the shapes of the examples; they are known by the number of texts, one or two."""

    class CausalSelfAttention(Base):
        def forward(self, x, attention_mask=None):
            return super().forward(x, attention_mask) if len(x) < 3 else torch.zeros_like(x)

    return CausalSelfAttention
