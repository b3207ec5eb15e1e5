import torch
from torch.nn import functional as F

from tests.answers import right, wrong


def cut(states, weight, heads):
    """The heads of a projection, (batch, heads, time, size)."""
    return F.linear(states, weight).unflatten(-1, (heads, -1)).transpose(1, 2)


def score(query, key):
    return query @ key.transpose(-2, -1)


def biased(scores, bias):
    return scores if bias is None else scores + bias


def masked(scores, may):
    return scores if may is None else scores.masked_fill(~may, -torch.inf)


def shared(scores):
    return scores.softmax(-1)


def joined(found):
    return found.transpose(1, 2).flatten(2)


def end(shares, bias, may):
    return shares


def other(
    reads=lambda x, memory: (x, memory, memory),
    cut=cut,
    score=score,
    biased=biased,
    masked=masked,
    shared=shared,
    end=end,
    joined=joined,
    output=F.linear,
    order=(0, 1, 2, 3),
    given=lambda bias, may: (bias, may),
    last=lambda found, x: found,
):
    """The solution, in steps that an answer replaces by its mistake."""

    def cross_attention(x, memory, weights, heads, bias=None, may=None):
        bias, may = given(bias, may)
        weights = [weights[n] for n in order]
        query, key, value = (cut(s, w, heads) for s, w in zip(reads(x, memory), weights))
        scores = masked(biased(score(query, key), bias), may)
        return last(output(joined(end(shared(scores), bias, may) @ value), weights[3]), x)

    return cross_attention


@right
def with_prints():
    def cross_attention(x, memory, weights, heads, bias=None, may=None):
        import warnings

        print(x.shape, memory.shape)
        warnings.warn("attention", stacklevel=1)
        return other()(x, memory, weights, heads, bias, may)

    return cross_attention


@right
def torchs_attention():
    def cross_attention(x, memory, weights, heads, bias=None, may=None):
        q, k, v = (cut(s, w, heads) for s, w in zip((x, memory, memory), weights))
        mask = torch.zeros(len(x), heads, x.shape[1], memory.shape[1], dtype=x.dtype)
        if bias is not None:
            mask = mask + bias
        if may is not None:
            mask = mask.masked_fill(~may, float("-inf"))
        found = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=1.0)
        return F.linear(found.transpose(1, 2).reshape(len(x), x.shape[1], -1), weights[3])

    return cross_attention


@right
def head_by_head():
    def cross_attention(x, memory, weights, heads, bias=None, may=None):
        query, key, value, output = weights
        shape = (len(x), heads, x.shape[1], memory.shape[1])
        size, total = len(query) // heads, 0
        for h in range(heads):
            rows = slice(h * size, (h + 1) * size)
            scores = (x @ query[rows].T) @ (memory @ key[rows].T).mT
            if bias is not None:
                scores = scores + bias.expand(shape)[:, h]
            if may is not None:
                scores = torch.where(may.expand(shape)[:, h], scores, torch.tensor(-1e30, dtype=x.dtype))
            total = total + scores.softmax(-1) @ (memory @ value[rows].T) @ output[:, rows].T
        return total

    return cross_attention


@right
def by_einsum():
    def cross_attention(x, memory, weights, heads, bias=None, may=None):
        q, k, v, o = (w.reshape(heads, -1, w.shape[1]) for w in weights[:3]), None, None, weights[3]
        q, k, v = q
        scores = torch.einsum("btd,hsd,hse,bme->bhtm", x, q, k, memory)
        if bias is not None:
            scores += bias
        if may is not None:
            scores = scores.masked_fill(may.logical_not(), torch.finfo(scores.dtype).min)
        found = torch.einsum("bhtm,bme,hse->bths", torch.softmax(scores, 3), memory, v)
        return torch.einsum("bths,ohs->bto", found, o.reshape(len(o), heads, -1))

    return cross_attention


@right
def softmax_written_out_text_by_text():
    def cross_attention(x, memory, weights, heads, bias=None, may=None):
        shape = (len(x), heads, x.shape[1], memory.shape[1])
        bias = torch.zeros(shape, dtype=x.dtype) if bias is None else bias.expand(shape)
        may = torch.ones(shape).bool() if may is None else may.expand(shape)
        found = []
        for n in range(len(x)):
            q, k, v = (
                (s[n] @ w.T).reshape(s.shape[1], heads, -1).permute(1, 0, 2)
                for s, w in zip((x, memory, memory), weights)
            )
            scores = torch.bmm(q, k.permute(0, 2, 1)) + bias[n]
            scores = scores.masked_fill(~may[n], -1e9)
            scores = (scores - scores.amax(-1, keepdim=True)).exp() * may[n]
            shares = scores / scores.sum(-1, keepdim=True)
            found.append(torch.bmm(shares, v).permute(1, 0, 2).reshape(x.shape[1], -1) @ weights[3].T)
        return torch.stack(found)

    return cross_attention


@right
def mask_as_a_bias():
    def masked(scores, may):
        return scores if may is None else scores + (may.to(scores.dtype) - 1) * 1e9

    return other(masked=masked)


@right
def layers_of_torch():
    def cross_attention(x, memory, weights, heads, bias=None, may=None):
        def layer(weight):
            return lambda states: torch.matmul(states, weight.transpose(0, 1))

        to_q, to_k, to_v, to_o = map(layer, weights)
        q, k, v = to_q(x), to_k(memory), to_v(memory)
        q, k, v = (torch.stack(t.chunk(heads, dim=-1), dim=1) for t in (q, k, v))
        scores = torch.matmul(q, k.transpose(2, 3))
        if bias is not None:
            scores = torch.add(scores, bias)
        if may is not None:
            scores = scores.masked_fill(may == False, -float("inf"))  # noqa: E712
        found = torch.matmul(torch.nn.functional.softmax(scores, dim=3), v)
        return to_o(torch.cat(found.unbind(1), -1))

    return cross_attention


@wrong("T5 does not divide them by anything", earns=0)
def scaled_by_the_size():
    return other(score=lambda q, k: score(q, k) / q.shape[-1] ** 0.5)


@wrong("T5 does not divide them by anything", earns=0)
def scaled_by_the_width():
    def cross_attention(x, memory, weights, heads, bias=None, may=None):
        scaled = other(score=lambda q, k: score(q, k) / x.shape[-1] ** 0.5)
        return scaled(x, memory, weights, heads, bias, may)

    return cross_attention


@wrong("T5 does not divide them by anything", earns=0)
def torchs_attention_as_it_is():
    def cross_attention(x, memory, weights, heads, bias=None, may=None):
        q, k, v = (cut(s, w, heads) for s, w in zip((x, memory, memory), weights))
        return F.linear(joined(F.scaled_dot_product_attention(q, k, v, attn_mask=may)), weights[3])

    return cross_attention


@wrong("You divide the scores by the size", earns=0)
def divided_by_the_size_itself():
    return other(score=lambda q, k: score(q, k) / q.shape[-1])


@wrong("x and memory are exchanged", earns=0)
def exchanged():
    return other(reads=lambda x, memory: (memory, x, x))


@wrong("in yours they are exchanged", earns=0)
def query_and_key_exchanged():
    return other(reads=lambda x, memory: (memory, x, memory))


@wrong("That is x alone", earns=0)
def no_memory():
    return other(reads=lambda x, memory: (x, x, x))


@wrong("That is the memory alone", earns=0)
def no_x():
    return other(reads=lambda x, memory: (memory, memory, memory))


@wrong("The keys come from x", earns=0)
def keys_from_x():
    return other(reads=lambda x, memory: (x, x, memory))


@wrong("The values come from x", earns=0)
def values_from_x():
    return other(reads=lambda x, memory: (x, memory, x))


@wrong("You take the softmax over the queries", earns=0)
def softmax_over_the_queries():
    return other(shared=lambda scores: scores.softmax(-2))


@wrong("The softmax is missing", earns=0)
def no_softmax():
    return other(shared=lambda scores: scores)


@wrong("That is a sigmoid", earns=0)
def sigmoid():
    return other(shared=torch.sigmoid)


@wrong("Those are logarithms", earns=0)
def logarithms():
    return other(shared=lambda scores: scores.log_softmax(-1))


@wrong("The softmax is taken twice", earns=0)
def softmax_twice():
    return other(shared=lambda scores: scores.softmax(-1).softmax(-1))


@wrong("is the softmax over the heads", earns=0)
def softmax_over_the_heads():
    return other(shared=lambda scores: scores.softmax(1))


@wrong("The values' matrix is not used", earns=0)
def keys_for_values():
    def cross_attention(x, memory, weights, heads, bias=None, may=None):
        plain = [weights[0], weights[1], torch.eye(len(weights[2]), memory.shape[-1]), weights[3]]
        return other()(x, memory, plain, heads, bias, may)

    return cross_attention


@wrong("x is added to it", earns=0)
def residual():
    return other(last=lambda found, x: found + x)


@wrong("It is not used", earns=0)
def no_output_matrix():
    return other(output=lambda found, weight: found)


@wrong("nn.Linear multiplies by its transpose", earns=0)
def matrices_as_they_are():
    def cross_attention(x, memory, weights, heads, bias=None, may=None):
        q, k, v = (
            (s @ w).unflatten(-1, (heads, -1)).transpose(1, 2) for s, w in zip((x, memory, memory), weights)
        )
        scores = masked(biased(score(q, k), bias), may)
        return joined(scores.softmax(-1) @ v) @ weights[3]

    return cross_attention


@wrong("nn.Linear multiplies by its transpose", earns=0)
def output_matrix_as_it_is():
    return other(output=lambda found, weight: found @ weight)


@wrong("Or query's and key's have changed places", earns=0)
def query_and_key_matrices_exchanged():
    return other(order=(1, 0, 2, 3))


@wrong("they are (query, key, value, output)", earns=0)
def key_and_value_matrices_exchanged():
    return other(order=(0, 2, 1, 3))


@wrong("A view or reshape straight to", earns=0)
def reshape_without_transpose():
    def cut(states, weight, heads):
        return F.linear(states, weight).reshape(len(states), heads, states.shape[1], -1)

    return other(cut=cut)


@wrong("A view or reshape straight to", earns=0)
def reshaped_both_ways():
    def cut(states, weight, heads):
        return F.linear(states, weight).reshape(len(states), heads, states.shape[1], -1)

    return other(cut=cut, joined=lambda found: found.reshape(len(found), found.shape[2], -1))


@wrong("A view or reshape straight to", earns=0)
def joined_without_transpose():
    return other(joined=lambda found: found.reshape(len(found), found.shape[2], -1))


@wrong("head 0 is the first half of the axis", earns=0)
def every_other_number():
    def cut(states, weight, heads):
        return F.linear(states, weight).unflatten(-1, (-1, heads)).permute(0, 3, 1, 2)

    return other(cut=cut)


@wrong("head 0 is the first half of the axis", earns=0)
def every_other_number_both_ways():
    def cut(states, weight, heads):
        return F.linear(states, weight).unflatten(-1, (-1, heads)).permute(0, 3, 1, 2)

    return other(cut=cut, joined=lambda found: found.permute(0, 2, 3, 1).flatten(2))


@wrong("That is one head for all", earns=0)
def one_head():
    def cross_attention(x, memory, weights, heads, bias=None, may=None):
        return other()(x, memory, weights, 1, bias, may)

    return cross_attention


@wrong("laid side by side in the opposite order", earns=0)
def heads_in_the_opposite_order():
    return other(joined=lambda found: joined(found.flip(1)))


@wrong("texts of a batch never meet", earns=0)
def texts_that_meet():
    """A batch as one long text."""

    def cross_attention(x, memory, weights, heads, bias=None, may=None):
        long = other()(x.flatten(0, 1)[None], memory.flatten(0, 1)[None], weights, heads)
        return long.view(x.shape)

    return cross_attention


@wrong("`bias` is not used", earns=0)
def no_bias():
    return other(biased=lambda scores, bias: scores)


@wrong("The bias is added behind the softmax", earns=0)
def bias_behind_the_softmax():
    return other(
        biased=lambda scores, bias: scores,
        end=lambda shares, bias, may: shares if bias is None else shares + bias,
    )


@wrong("The bias is taken off", earns=0)
def bias_taken_off():
    return other(biased=lambda scores, bias: scores if bias is None else scores - bias)


@wrong("or multiplied with the scores", earns=0)
def bias_multiplied():
    return other(biased=lambda scores, bias: scores if bias is None else scores * bias)


@wrong("(2, 1, 1, 3), a row for each text", earns=0)
def bias_of_the_first_text():
    return other(given=lambda bias, may: (bias[:1] if bias is not None and bias.ndim == 4 else bias, may))


@wrong("of its own for each head", earns=0)
def bias_of_the_first_head():
    return other(given=lambda bias, may: (bias[:, :1] if bias is not None and bias.ndim == 4 else bias, may))


@wrong("`may` is not used", earns=0)
def no_mask():
    return other(masked=lambda scores, may: scores)


@wrong("`may` is turned round", earns=0)
def mask_turned_round():
    return other(given=lambda bias, may: (bias, None if may is None else ~may))


@wrong("is not low enough", earns=0)
def mask_added():
    return other(masked=lambda scores, may: scores if may is None else scores + may)


@wrong("`may` is not used, or its keys get a score of 0", earns=0)
def scores_times_mask():
    return other(masked=lambda scores, may: scores if may is None else scores * may)


@wrong("You hide behind the softmax", earns=0)
def mask_behind_the_softmax():
    return other(
        masked=lambda scores, may: scores,
        end=lambda shares, bias, may: shares if may is None else shares * may,
    )


@wrong("-9 is not low enough", earns=0)
def a_fill_that_leaves_a_share():
    return other(masked=lambda scores, may: scores if may is None else scores.masked_fill(~may, -9.0))


@wrong("Minus infinity times 0 is nan", earns=0)
def infinity_times_zero():
    return other(masked=lambda scores, may: scores if may is None else scores + ~may * -torch.inf)


@wrong("is not lower than all others", earns=0)
def not_low_enough():
    return other(masked=lambda scores, may: scores if may is None else scores.masked_fill(~may, -1e4))


@wrong("What is hidden stays hidden, whatever its bias", earns=0)
def mask_or_bias():
    def cross_attention(x, memory, weights, heads, bias=None, may=None):
        return other()(x, memory, weights, heads, bias, may if bias is None else None)

    return cross_attention


@wrong("What is hidden stays hidden", earns=0)
def bias_behind_a_weak_mask():
    def masked(scores, may):
        return scores if may is None else scores.masked_fill(~may, -20.0)

    def biased(scores, bias):
        return scores

    def cross_attention(x, memory, weights, heads, bias=None, may=None):
        late = other(
            biased=biased,
            masked=lambda scores, may: masked(scores, may) + (0 if bias is None else bias),
        )
        return late(x, memory, weights, heads, bias, may)

    return cross_attention


@wrong("A padding mask (2, 1, 1, 3)", earns=0)
def mask_of_the_first_text():
    return other(given=lambda bias, may: (bias, may[:1] if may is not None and may.ndim == 4 else may))


@wrong("leaves head 1 key 0 alone", earns=0)
def mask_of_the_first_head():
    return other(given=lambda bias, may: (bias, may[:, :1] if may is not None and may.ndim == 4 else may))


@wrong("queries come from x, keys and values from the memory", earns=0)
def exchanged_where_lengths_differ():
    def reads(x, memory):
        return (x, memory, memory) if x.shape == memory.shape else (memory, x, x)

    return other(reads=reads)


@wrong("that of a head need not be width / heads", earns=0)
def size_from_the_width():
    """The size of a head from the width."""

    def cut(states, weight, heads):
        size = states.shape[-1] // heads
        return F.linear(states, weight)[..., : heads * size].unflatten(-1, (heads, size)).transpose(1, 2)

    return other(cut=cut)


@wrong("changed its argument", earns=0)
def mask_in_place():
    def masked(scores, may):
        return scores if may is None else scores.masked_fill(may.logical_not_(), -torch.inf)

    return other(masked=masked)


@wrong("No gradient reaches the matrix of the query", earns=0)
def detached_matrices():
    def cross_attention(x, memory, weights, heads, bias=None, may=None):
        return other()(x, memory, [w.detach() for w in weights], heads, bias, may)

    return cross_attention


@wrong("No gradient reaches bias", earns=0)
def detached_bias():
    return other(given=lambda bias, may: (None if bias is None else bias.detach(), may))


@wrong("With float64 in, float32 comes out", earns=2.5)
def always_float32():
    return other(last=lambda found, x: found.float())


@wrong("cross_attention should return a tensor", earns=0)
def the_weights_too():
    return other(last=lambda found, x: (found, found))


@wrong("calls `nn.MultiheadAttention`", earns=0)
def torchs_layer():
    def cross_attention(x, memory, weights, heads, bias=None, may=None):
        layer = torch.nn.MultiheadAttention(x.shape[-1], heads, bias=False, batch_first=True)
        return layer(x, memory, memory)[0]

    return cross_attention


@wrong("cross_attention is not written yet", earns=0)
def unwritten():
    def cross_attention(x, memory, weights, heads, bias=None, may=None):
        raise NotImplementedError("cross_attention")

    return cross_attention


@wrong("At [0, 0] yours has 0", earns=0)
def constant():
    return lambda x, memory, weights, heads, bias=None, may=None: torch.zeros_like(x)


@wrong("together [3, 2]", earns=0)
def identity():
    return lambda x, memory, weights, heads, bias=None, may=None: x


@wrong("With [[1, 2], [0, 1]] for the matrix", earns=0)
def hard_coded_examples():
    def cross_attention(x, memory, weights, heads, bias=None, may=None):
        right = torch.tensor([[[3.0, 2], [5 / 3, 10 / 3], [1, 6]]])
        return right.to(x) if x.shape == right.shape else torch.zeros_like(x)

    return cross_attention


@wrong("With [[1, 2], [0, 1]] for the matrix of the output", earns=0)
def value_and_output_matrices_exchanged():
    return other(order=(0, 1, 3, 2))


@wrong("`bias` (1, 2, 1, 3) of its own for each head", earns=0)
def mean_of_the_heads_biases():
    def given(bias, may):
        if bias is not None and bias.ndim == 4:
            bias = bias.mean(1, keepdim=True)
        return bias, may

    return other(given=given)
