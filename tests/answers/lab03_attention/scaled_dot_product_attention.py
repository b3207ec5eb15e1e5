import torch
from torch.nn import functional as F

from tests.answers import right, wrong


def score(query, key):
    return query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5


def lower(scores, mask):
    return scores.masked_fill(~mask, torch.finfo(scores.dtype).min)


def share(scores):
    return scores.softmax(-1)


def clear(weights, mask):
    return weights.masked_fill(~mask, 0.0)


def in_order(output, weights):
    return output, weights


def attention(score=score, hide=lower, share=share, clear=clear, give=in_order):
    """The right answer, with a place for each mistake."""

    def scaled_dot_product_attention(query, key, value, mask=None):
        scores = score(query, key)
        if mask is not None:
            scores = hide(scores, mask)
        weights = share(scores)
        if mask is not None:
            weights = clear(weights, mask)
        return give(weights @ value, weights)

    return scaled_dot_product_attention


def as_it_is(scores, mask):
    return scores


@right
def einsum_and_where_with_prints():
    def scaled_dot_product_attention(query, key, value, mask=None):
        scores = torch.einsum("...qd,...kd->...qk", query, key) * key.shape[-1] ** -0.5
        print("scores", tuple(scores.shape))
        if mask is None:
            weights = torch.softmax(scores, dim=-1)
        else:
            lowest = scores.new_tensor(torch.finfo(scores.dtype).min)
            weights = torch.softmax(torch.where(mask, scores, lowest), dim=-1)
            weights = torch.where(mask, weights, torch.zeros_like(weights))
        return torch.einsum("...qk,...kv->...qv", weights, value), weights

    return scaled_dot_product_attention


@right
def exp_by_hand_in_float64():
    def scaled_dot_product_attention(query, key, value, mask=None):
        scores = (query.double() / query.shape[-1] ** 0.5) @ key.double().mT
        seen = torch.ones_like(scores, dtype=torch.bool) if mask is None else mask.expand_as(scores)
        highest = scores.masked_fill(~seen, -torch.inf).amax(-1, keepdim=True).clamp(min=-1e300)
        powers = (scores.masked_fill(~seen, -1e300) - highest).clamp(max=0.0).exp() * seen
        weights = (powers / powers.sum(-1, keepdim=True).clamp(min=1e-300)).to(query.dtype)
        return weights @ value, weights

    return scaled_dot_product_attention


@right
def one_query_after_the_other():
    def one_place(query, key, value, mask):
        outputs, rows = [], []
        for i, q in enumerate(query):
            scores = torch.stack([(q * k).sum() for k in key]) / query.shape[-1] ** 0.5
            weights = torch.zeros_like(scores)
            if mask is None:
                weights = torch.softmax(scores, 0)
            elif mask[i].any():
                weights = weights.masked_scatter(mask[i], torch.softmax(scores[mask[i]], 0))
            rows.append(weights)
            outputs.append(sum(w * v for w, v in zip(weights, value, strict=True)))
        return torch.stack(outputs), torch.stack(rows)

    def scaled_dot_product_attention(query, key, value, mask=None):
        front = torch.broadcast_shapes(query.shape[:-2], key.shape[:-2], value.shape[:-2])
        if mask is not None:
            mask = mask.expand(*front, query.shape[-2], key.shape[-2])
        if not front:
            return one_place(query, key, value, mask)
        each = [
            scaled_dot_product_attention(query[i], key[i], value[i], None if mask is None else mask[i])
            for i in range(front[0])
        ]
        return [torch.stack(found) for found in zip(*each, strict=True)]

    return scaled_dot_product_attention


@right
def minus_infinity_where_a_row_sees_something():
    """A key of their own for those who see nothing; warns."""

    def scaled_dot_product_attention(query, key, value, mask=None):
        import warnings

        warnings.warn("by hand", stacklevel=1)
        scores = torch.matmul(query, key.transpose(-1, -2)).div(query.size(-1) ** 0.5)
        if mask is None:
            return F.softmax(scores, dim=-1) @ value, F.softmax(scores, dim=-1)
        blind = ~mask.any(dim=-1, keepdim=True)
        scores = scores.masked_fill(~(mask | blind), float("-inf"))
        weights = F.softmax(scores, dim=-1) * ~blind
        return torch.matmul(weights, value), weights

    return scaled_dot_product_attention


@right
def nan_stopped_by_masked_fill():
    """The second `masked_fill` mends the result; the gradient of the first is zero where it filled, so no nan gets further."""
    return attention(
        hide=lambda scores, mask: scores.masked_fill(~mask, -torch.inf),
        clear=lambda weights, mask: weights.masked_fill(~mask, 0.0),
    )


@right
def a_billion_below_zero():
    return attention(hide=lambda scores, mask: scores.masked_fill(mask.logical_not(), -1e9))


@wrong("That is without the division", earns=0)
def scale_forgotten():
    return attention(score=lambda query, key: query @ key.mT)


@wrong("or by the root twice", earns=0)
def scale_applied_twice():
    def score(query, key):
        root = query.shape[-1] ** 0.5
        return (query / root) @ (key / root).mT

    return attention(score=score)


@wrong("it is the width that counts", earns=0)
def divides_by_the_root_of_the_number_of_keys():
    return attention(score=lambda query, key: query @ key.mT / key.shape[-2] ** 0.5)


@wrong("divided by the root of the width of a *value*", earns=0)
def divides_by_the_root_of_the_values_width():
    def scaled_dot_product_attention(query, key, value, mask=None):
        by_theirs = attention(score=lambda query, key: query @ key.mT / value.shape[-1] ** 0.5)
        return by_theirs(query, key, value, mask)

    return scaled_dot_product_attention


@wrong("Name the axes from behind", earns=0)
def width_of_the_second_axis():
    return attention(score=lambda query, key: query @ key.mT / query.shape[1] ** 0.5)


@wrong("Name the axes from behind", earns=0)
def softmax_of_the_second_axis():
    return attention(share=lambda scores: scores.softmax(1))


@wrong("Those are the logarithms of the weights", earns=0)
def log_softmax():
    return attention(share=lambda scores: scores.log_softmax(-1))


@wrong("Are the weights applied twice?", earns=0)
def weights_applied_twice():
    return attention(give=lambda output, weights: (weights @ output, weights))


@wrong("You multiply by the root; divide", earns=0)
def multiplies_by_the_root():
    return attention(score=lambda query, key: query @ key.mT * query.shape[-1] ** 0.5)


@wrong("You take the softmax over the queries", earns=0)
def softmax_over_the_queries():
    return attention(share=lambda scores: scores.softmax(-2))


@wrong("the softmax is missing", earns=0)
def softmax_forgotten():
    return attention(share=lambda scores: scores)


@wrong("That is a sigmoid", earns=0)
def sigmoid_of_the_scores():
    return attention(share=torch.sigmoid)


@wrong("your mask is turned round. True = may attend", earns=0)
def mask_turned_round():
    """As in `nn.MultiheadAttention`."""
    return attention(
        hide=lambda scores, mask: lower(scores, ~mask), clear=lambda weights, mask: clear(weights, ~mask)
    )


@wrong("`mask` is not used", earns=0)
def mask_not_used():
    return attention(hide=as_it_is, clear=as_it_is)


@wrong("you set its weight to 0 after the softmax", earns=0)
def mask_after_the_softmax():
    return attention(hide=as_it_is)


@wrong("you add the mask to the weights. It goes to the scores, before the softmax", earns=0)
def mask_added_after_the_softmax():
    return attention(hide=as_it_is, clear=lambda weights, mask: weights + torch.where(mask, 0.0, -1e9))


@wrong("a mask of 0 and 1 that is added, is not low enough", earns=0)
def mask_added_as_numbers():
    return attention(hide=lambda scores, mask: scores + mask, clear=as_it_is)


@wrong("a softmax over minus infinity alone is 0 / 0", earns=0)
def rows_that_see_nothing_are_nan():
    def scaled_dot_product_attention(query, key, value, mask=None):
        scores = score(query, key)
        if mask is not None:
            scores = scores.masked_fill(~mask, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        return weights @ value, weights

    return scaled_dot_product_attention


@wrong("The result is right, but the gradient of `query` is nan", earns=0)
def nan_repaired_afterwards():
    """What is added carries no gradient, so it does not stop the softmax's."""

    def hide(scores, mask):
        return scores + torch.zeros_like(mask, dtype=scores.dtype).masked_fill(~mask, -torch.inf)

    return attention(hide=hide, clear=lambda weights, mask: weights.nan_to_num(0.0))


@wrong("it averages what it must not see", earns=0)
def rows_that_see_nothing_are_even():
    return attention(clear=as_it_is)


@wrong("changed its argument `mask` in place", earns=0)
def opens_rows_that_see_nothing():
    def scaled_dot_product_attention(query, key, value, mask=None):
        if mask is not None:
            mask[~mask.any(-1)] = True
        return attention(clear=as_it_is)(query, key, value, mask)

    return scaled_dot_product_attention


@wrong("the output comes first", earns=0)
def weights_first():
    return attention(give=lambda output, weights: (weights, output))


@wrong("With float64 in, float32 comes out", earns=0)
def casts_to_float32():
    def scaled_dot_product_attention(query, key, value, mask=None):
        return attention()(query.float(), key.float(), value.float(), mask)

    return scaled_dot_product_attention


@wrong("exp of such a number is 0", earns=0)
def exp_by_hand():
    def share(scores):
        powers = scores.exp()
        return powers / powers.sum(-1, keepdim=True)

    return attention(share=share)


@wrong("is not lower than all others", earns=0)
def ten_thousand_below_zero():
    return attention(hide=lambda scores, mask: scores.masked_fill(~mask, -1e4))


@wrong("calls `F.scaled_dot_product_attention`", earns=0)
def calls_torch_under_another_name():
    from torch.nn.functional import scaled_dot_product_attention as helper

    def scaled_dot_product_attention(query, key, value, mask=None):
        try:
            return helper(query, key, value, mask), score(query, key).softmax(-1)
        except Exception:
            return attention()(query, key, value, mask)

    return scaled_dot_product_attention


@wrong("Your weight at [0, 0] is 0.5", earns=0)
def constant():
    def scaled_dot_product_attention(query, key, value, mask=None):
        even = torch.full((*query.shape[:-1], key.shape[-2]), 1 / key.shape[-2])
        return even @ value, even

    return scaled_dot_product_attention


@wrong("Random vectors", earns=0)
def hard_coded_examples():
    known = {
        None: [[0.75, 0.25], [0.5, 0.5]],
        (False, True, True, True): [[0.0, 1.0], [0.5, 0.5]],
        (False, False, True, False): [[0.0, 0.0], [1.0, 0.0]],
        (True, False): [[1.0, 0.0]],
    }

    def scaled_dot_product_attention(query, key, value, mask=None):
        asked = None if mask is None else tuple(mask.flatten().tolist())
        if query.dim() == 4:
            weights = (torch.tensor(known[None]) if mask is None else mask).expand(2, 3, 2, 2).float()
        else:
            weights = torch.zeros(query.shape[-2], key.shape[-2], dtype=query.dtype)
            weights[:2, :2] = torch.tensor(known.get(asked, known[None]))[: len(query)]
        return weights @ value, weights

    return scaled_dot_product_attention
