import math

import torch
from torch.nn import functional as F

from tests.answers import right, wrong


def generate_greedy(model, ids, new_tokens, end=None):
    over = torch.zeros(len(ids), dtype=torch.bool)
    with torch.no_grad():
        for _ in range(new_tokens):
            token = model(ids)[:, -1].argmax(-1)
            if end is not None:
                token = token.masked_fill(over, end)
                over = over | (token == end)
            ids = torch.cat([ids, token[:, None]], 1)
            if over.all():
                break
    return ids


def written(model, ids, prompt):
    """The prompts, and what the model goes on with."""
    return generate_greedy(model, ids[:, :prompt], ids.shape[1] - prompt)


def function(
    before=lambda ids, own: (ids, own),
    guesses=lambda logits, prompt: logits[:, prompt - 1 : -1],
    targets=lambda ids, own: (ids, ids),
    cost=lambda guesses, targets: F.cross_entropy(guesses.transpose(1, 2), targets, reduction="none"),
    mean=lambda costs: costs.mean(0),
    write=written,
    result=lambda forced, free: (forced, free),
    context=torch.no_grad,
):
    """The exercise's function, with a place for each mistake."""

    def teacher_forcing_gap(model, ids, prompt):
        own = write(model, ids, prompt)
        with context():
            costs = [
                mean(cost(guesses(model(read), prompt), wanted[:, prompt:]))
                for read, wanted in zip(before(ids, own), targets(ids, own), strict=True)
            ]
        return result(*costs)

    return teacher_forcing_gap


@right
def token_by_token_with_prints():
    def teacher_forcing_gap(model, ids, prompt):
        own, forced, free = ids[:, :prompt], [], []
        for t in range(prompt, ids.shape[1]):
            for costs, read in ((forced, ids[:, :t]), (free, own)):
                log = torch.log_softmax(model(read)[:, -1].detach(), -1)
                costs.append(-sum(log[n, token] for n, token in enumerate(ids[:, t])) / len(ids))
            print(t, forced[-1].item(), free[-1].item())
            own = torch.cat([own, model(own)[:, -1:].argmax(-1)], 1)
        return torch.stack(forced), torch.stack(free)

    return teacher_forcing_gap


@right
def both_in_one_batch_and_a_list():
    def teacher_forcing_gap(model, ids, prompt):
        import logging

        logging.getLogger("student").warning("a prompt of %d", prompt)
        own = generate_greedy(model, ids=ids[:, :prompt], new_tokens=ids.shape[1] - prompt)
        log = model(torch.cat([ids, own])).log_softmax(-1).detach()
        one_hot = F.one_hot(ids, log.shape[-1]).to(log.dtype)[:, prompt:].repeat(2, 1, 1)
        costs = -torch.einsum("btv,btv->bt", log[:, prompt - 1 : -1], one_hot)
        return list(costs.view(2, len(ids), -1).mean(1))

    return teacher_forcing_gap


@right
def in_numpy():
    def teacher_forcing_gap(model, ids, prompt):
        import numpy as np

        def costs(read):
            logits = model(read).detach().numpy().astype(np.float64)[:, prompt - 1 : -1]
            top = logits.max(-1, keepdims=True)
            log = logits - top - np.log(np.exp(logits - top).sum(-1, keepdims=True))
            picked = np.take_along_axis(log, ids.numpy()[:, prompt:, None], -1)[..., 0]
            return torch.from_numpy(-picked.mean(0))

        return costs(ids), costs(written(model, ids, prompt))

    return teacher_forcing_gap


@right
def without_the_last_token_read():
    return function(
        before=lambda ids, own: (ids[:, :-1], own[:, :-1]),
        guesses=lambda logits, prompt: logits[:, prompt - 1 :],
        cost=lambda guesses, targets: (
            guesses.logsumexp(-1) - guesses.gather(2, targets.unsqueeze(2)).squeeze(2)
        ),
        context=torch.inference_mode,
    )


@wrong("The two have changed places", earns=0)
def the_two_exchanged():
    return function(result=lambda forced, free: (free, forced))


@wrong("Do not average over the places", earns=0)
def averaged_over_the_places():
    return function(mean=lambda costs: costs.mean(0).mean().expand(costs.shape[1]))


@wrong("should have shape (4,); yours has ()", earns=0)
def one_number_each():
    return function(mean=lambda costs: costs.mean())


@wrong("should have shape (4,); yours has (1,)", earns=0)
def averaged_over_the_wrong_axis():
    return function(mean=lambda costs: costs.mean(1))


@wrong("should have shape (4,); yours has (1, 4)", earns=0)
def not_averaged():
    return function(mean=lambda costs: costs)


@wrong("Does the mean go over the texts", earns=0)
def summed_over_the_texts():
    return function(mean=lambda costs: costs.sum(0))


@wrong("Does the mean go over the texts", earns=0)
def the_first_text_alone():
    return function(mean=lambda costs: costs[0])


@wrong("Those are sums up to each token", earns=0)
def summed_up_to_each_token():
    return function(mean=lambda costs: costs.mean(0).cumsum(0))


@wrong("The sign is missing", earns=0)
def sign_forgotten():
    return function(mean=lambda costs: -costs.mean(0))


@wrong("That is in bits", earns=0)
def in_bits():
    return function(mean=lambda costs: costs.mean(0) / math.log(2))


@wrong("Those are probabilities", earns=0)
def probabilities():
    return function(mean=lambda costs: (-costs).exp().mean(0))


@wrong("stands at t − 1", earns=0)
def not_shifted():
    return function(guesses=lambda logits, prompt: logits[:, prompt:])


@wrong("stands at t − 1", earns=0)
def shifted_twice():
    return function(guesses=lambda logits, prompt: F.pad(logits, (0, 0, 1, 0))[:, prompt - 1 : -2])


@wrong("should have shape (4,); yours has (5,)", earns=0)
def the_prompt_counts_too():
    def teacher_forcing_gap(model, ids, prompt):
        with torch.no_grad():
            return tuple(
                F.cross_entropy(model(read)[:, :-1].transpose(1, 2), ids[:, 1:], reduction="none").mean(0)
                for read in (ids, written(model, ids, prompt))
            )

    return teacher_forcing_gap


@wrong("the cost after true tokens once more", earns=0)
def both_after_true_tokens():
    return function(before=lambda ids, own: (ids, ids))


@wrong("count the cost of the true ones", earns=0)
def its_own_tokens_cost():
    return function(targets=lambda ids, own: (ids, own))


@wrong("Left alone the model writes", earns=0)
def writes_behind_the_whole_text():
    """The model goes on with the whole text, and the last tokens are taken for what it wrote behind the prompt."""

    def write(model, ids, prompt):
        n = ids.shape[1] - prompt
        return torch.cat([ids[:, :prompt], generate_greedy(model, ids, n)[:, -n:]], 1)

    return function(write=write)


@wrong("Left alone the model writes", earns=0)
def guesses_after_true_tokens_in_place_of_its_own():
    """What it would have written behind the true tokens, from one call of the model."""

    def write(model, ids, prompt):
        guessed = model(ids).argmax(-1)
        return torch.cat([ids[:, :prompt], guessed[:, prompt - 1 : -1]], 1)

    return function(write=write)


@wrong("without an `end`", earns=0)
def stops_at_an_end():
    def write(model, ids, prompt):
        own = generate_greedy(model, ids[:, :prompt], ids.shape[1] - prompt, end=1)
        return F.pad(own, (0, ids.shape[1] - own.shape[1]), value=1)

    return function(write=write)


@wrong("does the model read all that stands before", earns=0)
def does_not_read_the_prompt():
    return function(
        before=lambda ids, own: (ids, torch.cat([own[:, :1] * 0, own[:, 1:]], 1)),
    )


@wrong("keeps what a backward pass would need", earns=0)
def keeps_the_graph():
    """The examples' models have no weights that learn; here the logits get a graph all the same."""
    return function(
        guesses=lambda logits, prompt: logits[:, prompt - 1 : -1].clone().requires_grad_(),
        context=torch.enable_grad,
    )


@wrong("keeps what a backward pass would need", earns=0)
def no_no_grad():
    return function(context=torch.enable_grad)


@wrong("Return two tensors of numbers", earns=0)
def lists_of_numbers():
    return function(result=lambda forced, free: (forced.tolist(), free.tolist()))


@wrong("Return two tensors of numbers", earns=0)
def two_floats():
    return function(result=lambda forced, free: (forced.mean().item(), free.mean().item()))


@wrong("should return a tuple", earns=0)
def their_difference():
    return function(result=lambda forced, free: free - forced)


@wrong("should return a tuple", earns=0)
def one_tensor_of_both():
    return function(result=lambda forced, free: torch.stack([forced, free]))


@wrong("changed its argument", earns=0)
def changes_the_texts():
    def teacher_forcing_gap(model, ids, prompt):
        found = function()(model, ids.clone(), prompt)
        ids[:, prompt:] = written(model, ids, prompt)[:, prompt:]
        return found

    return teacher_forcing_gap


@wrong("After true tokens the second and the last new one", earns=0)
def constant():
    return lambda model, ids, prompt: (torch.zeros(ids.shape[1] - prompt), torch.zeros(ids.shape[1] - prompt))


@wrong("Return two tensors of numbers", earns=0)
def identity():
    return lambda model, ids, prompt: (ids, ids)


@wrong("A random GPT-2", earns=0)
def hard_coded_examples():
    """Right for the examples' vocabularies of five and of nine."""

    def teacher_forcing_gap(model, ids, prompt):
        forced, free = function()(model, ids, prompt)
        known = model(ids).shape[-1] in (5, 9)
        return (forced, free) if known else (forced * 0, free * 0)

    return teacher_forcing_gap
