import torch

from tests.answers import right, wrong


@right
def loop_over_sentences():
    def masked_mean(hidden, attention_mask):
        out = []
        for sentence, real in zip(hidden, attention_mask, strict=True):
            tokens = sentence[real]
            out.append(tokens.mean(0) if len(tokens) else sentence.sum(0) * 0)
        return torch.stack(out)

    return masked_mean


@right
def einsum():
    def masked_mean(hidden, attention_mask):
        weights = attention_mask.to(hidden.dtype)
        return torch.einsum("btd,bt->bd", hidden, weights) / weights.sum(1, keepdim=True).clamp(min=1)

    return masked_mean


@right
def weights_that_sum_to_one_with_prints_and_warnings():
    def masked_mean(hidden, attention_mask):
        import logging
        import sys
        import warnings

        print("shapes", hidden.shape)
        print("to stderr", file=sys.stderr)
        warnings.warn("a warning", stacklevel=1)
        logging.getLogger("student").warning("a log line")
        weights = attention_mask / attention_mask.sum(1, keepdim=True).clamp(min=1)
        return (weights.to(hidden.dtype).unsqueeze(1) @ hidden).squeeze(1)

    return masked_mean


@right
def divides_by_the_count_plus_a_tiny_number():
    def masked_mean(hidden, attention_mask):
        kept = hidden.masked_fill(~attention_mask[..., None], 0)
        return kept.sum(dim=-2) / (attention_mask.sum(-1, keepdim=True) + 1e-9)

    return masked_mean


@right
def pooled_by_torch_in_float64_by_default():
    def masked_mean(hidden, attention_mask):
        torch.set_default_dtype(torch.float64)
        sums = [h.T @ m.to(h.dtype) for h, m in zip(hidden, attention_mask, strict=True)]
        counts = torch.tensor([max(int(m.sum()), 1) for m in attention_mask]).to(hidden.dtype)
        return torch.stack(sums).div(counts.view(-1, 1))

    return masked_mean


@wrong("look at what you divide by", earns=0)
def divides_by_the_padded_length():
    def masked_mean(hidden, attention_mask):
        return (hidden * attention_mask.unsqueeze(-1)).mean(1)

    return masked_mean


@wrong("Padding must not reach the sum", earns=0)
def averages_the_padding_too():
    def masked_mean(hidden, attention_mask):
        return hidden.mean(1)

    return masked_mean


@wrong("0 / 0")
def nan_for_an_empty_sentence():
    def masked_mean(hidden, attention_mask):
        weights = attention_mask.to(hidden.dtype).unsqueeze(-1)
        return (hidden * weights).sum(1) / weights.sum(1)

    return masked_mean


@wrong("the gradient of a sentence without real tokens is nan")
def nan_repaired_after_the_division():
    def masked_mean(hidden, attention_mask):
        weights = attention_mask.to(hidden.dtype).unsqueeze(-1)
        mean = (hidden * weights).sum(1) / (hidden * 0 + weights).sum(1)
        return torch.where(mean.isnan(), torch.zeros_like(mean), mean)

    return masked_mean


@wrong("let `hidden` decide")
def works_in_float32_only():
    def masked_mean(hidden, attention_mask):
        weights = attention_mask.float().unsqueeze(-1)
        return ((hidden * weights).sum(1) / weights.sum(1).clamp(min=1)).float()

    return masked_mean


@wrong("Let the mask decide, not a length", earns=0)
def takes_the_mask_for_a_length():
    def masked_mean(hidden, attention_mask):
        out = []
        for sentence, n in zip(hidden, attention_mask.sum(1).tolist(), strict=True):
            out.append(sentence[:n].sum(0) / max(n, 1))
        return torch.stack(out)

    return masked_mean


@wrong("changed its argument `hidden` in place", earns=0)
def zeroes_the_padding_in_place():
    def masked_mean(hidden, attention_mask):
        hidden[~attention_mask] = 0
        return hidden.sum(1) / attention_mask.sum(1, keepdim=True).clamp(min=1)

    return masked_mean


@wrong("prints its result but returns None", earns=0)
def prints_instead_of_returning():
    def masked_mean(hidden, attention_mask):
        print((hidden * attention_mask.unsqueeze(-1)).sum(1))

    return masked_mean


@wrong("should have shape", earns=0)
def identity():
    def masked_mean(hidden, attention_mask):
        return hidden

    return masked_mean


@wrong("True is a real token", earns=0)
def takes_true_for_padding():
    def masked_mean(hidden, attention_mask):
        real = (~attention_mask).unsqueeze(-1)
        return (hidden * real).sum(1) / real.sum(1).clamp(min=1)

    return masked_mean


@wrong("divide by 4 and 2", earns=0)
def divides_by_the_number_of_real_tokens_plus_one():
    def masked_mean(hidden, attention_mask):
        real = attention_mask.unsqueeze(-1)
        return (hidden * real).sum(1) / (real.sum(1) + 1)

    return masked_mean


@wrong("divide by 4 and 4", earns=0)
def divides_by_the_real_tokens_of_the_whole_batch():
    def masked_mean(hidden, attention_mask):
        return (hidden * attention_mask.unsqueeze(-1)).sum(1) / attention_mask.sum()

    return masked_mean


@wrong("divide by 1 and 1", earns=0)
def forgets_to_divide():
    def masked_mean(hidden, attention_mask):
        return (hidden * attention_mask.unsqueeze(-1)).sum(1)

    return masked_mean


@wrong("should have shape (2, 2); yours has (3, 2)", earns=0)
def averages_over_the_batch():
    def masked_mean(hidden, attention_mask):
        real = attention_mask.unsqueeze(-1)
        return (hidden * real).sum(0) / real.sum(0).clamp(min=1)

    return masked_mean


@wrong("Two shapes do not broadcast", earns=0)
def puts_the_new_axis_in_the_wrong_place():
    def masked_mean(hidden, attention_mask):
        real = attention_mask.unsqueeze(1)
        return (hidden * real).sum(1) / real.sum(1)

    return masked_mean


@wrong("something in your code cuts the graph", earns=2)
def goes_through_numpy():
    def masked_mean(hidden, attention_mask):
        values, real = hidden.detach().numpy(), attention_mask.numpy()[..., None]
        return torch.from_numpy((values * real).sum(1) / real.sum(1).clip(1).astype(values.dtype))

    return masked_mean


@wrong("should return a tensor; yours returned a numpy array", earns=0)
def returns_a_numpy_array():
    def masked_mean(hidden, attention_mask):
        return (hidden * attention_mask.unsqueeze(-1)).sum(1).numpy()

    return masked_mean


@wrong("masked_mean is not written yet", earns=0)
def not_written():
    def masked_mean(hidden, attention_mask):
        raise NotImplementedError

    return masked_mean


@wrong("averages to [3, 5]", earns=0)
def constant():
    def masked_mean(hidden, attention_mask):
        return hidden.new_zeros(hidden.shape[0], hidden.shape[2])

    return masked_mean


@wrong("A random batch of 2 sentences", earns=0)
def hard_coded_examples():
    def masked_mean(hidden, attention_mask):
        return torch.tensor([[3.0, 5.0], [2.0, 0.0]])

    return masked_mean
