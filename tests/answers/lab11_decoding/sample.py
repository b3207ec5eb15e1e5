import math
import random

import numpy
import torch

from tests.answers import right, wrong


def penalized(logits, read, penalty):
    seen = logits.gather(1, read)
    return logits.scatter(1, read, torch.where(seen > 0, seen / penalty, seen * penalty))


def hot(logits, temperature):
    return logits / temperature


def top_k(logits, k):
    if k is None:
        return logits
    order = logits.sort(dim=-1, descending=True, stable=True).indices
    return logits.scatter(-1, order[..., k:], -math.inf)


def nucleus(logits, p):
    if p >= 1:
        return logits
    down, order = logits.sort(dim=-1, descending=True, stable=True)
    chances = down.softmax(-1)
    cut = chances.cumsum(-1) - chances >= p
    cut[..., 0] = False
    return down.masked_fill(cut, -math.inf).gather(-1, order.argsort(-1))


def filtered(logits, read, temperature, k, p, penalty):
    logits = penalized(logits, read, penalty)
    if temperature == 0:
        return top_k(logits, 1)
    return nucleus(top_k(hot(logits, temperature), k), p)


def loop(step, ids, most, end, pad, choose):
    """`greedy`, with another choice. choose: (logits, what was read) -> tokens."""
    over, written = torch.zeros(len(ids), dtype=torch.bool), ids[:, :0]
    for _ in range(most):
        if over.all():
            break
        read = torch.cat([ids, written], 1)
        token = choose(step(read), read).masked_fill(over, pad)
        over = over | (token == end)
        written = torch.cat([written, token[:, None]], 1)
    return written


def function(
    filtered=filtered,
    draw=lambda chances, dice: torch.multinomial(chances, 1, generator=dice)[:, 0],
    chances=lambda logits: logits.softmax(-1),
    dice=lambda seed: torch.Generator().manual_seed(seed),
    settings=lambda settings: settings,
    loop=loop,
):
    """The solution, in steps that an answer replaces by its mistake."""

    def sample(step, ids, most, end, pad=0, temperature=1.0, top_k=None, top_p=1.0, penalty=1.0, seed=0):
        own = settings({"temperature": temperature, "k": top_k, "p": top_p, "penalty": penalty})
        generator = dice(seed)

        def choose(logits, read):
            return draw(chances(filtered(logits, read, **own)), generator)

        return loop(step, ids, most, end, pad, choose)

    return sample


def looped(change):
    """An answer that calls the right one otherwise. change: (the right one, its arguments, settings) -> ids."""

    def sample(step, ids, most, end, pad=0, **settings):
        return change(function(), step, ids, most, end, pad, settings)

    return sample


def without(**fixed):
    return function(settings=lambda settings: {**settings, **fixed})


def in_order(*steps):
    """An answer with its steps in another order. steps: r(epetition), t(emperature), k, p."""

    def changed(logits, read, temperature, k, p, penalty):
        if temperature == 0:
            return filtered(logits, read, temperature, k, p, penalty)
        for step in steps:
            if step == "r":
                logits = penalized(logits, read, penalty)
            elif step == "t":
                logits = hot(logits, temperature)
            else:
                logits = top_k(logits, k) if step == "k" else nucleus(logits, p)
        return logits

    return function(filtered=changed)


@right
def the_steps_of_this_file():
    return function()


@right
def the_largest_with_gumbel_noise():
    def sample(step, ids, most, end, pad=0, temperature=1.0, top_k=None, top_p=1.0, penalty=1.0, seed=0):
        dice = torch.Generator()
        dice.manual_seed(seed)

        def choose(logits, read):
            logits = filtered(logits, read, temperature, top_k, top_p, penalty)
            noise = -torch.log(-torch.rand(logits.shape, generator=dice, dtype=torch.float64).log())
            return (logits + noise).argmax(-1)

        return loop(step, ids, most, end, pad, choose)

    return sample


@right
def where_the_sums_pass_a_number():
    def draw(chances, dice):
        sums = chances.double().cumsum(-1)
        luck = torch.rand(len(chances), 1, generator=dice, dtype=torch.float64) * sums[:, -1:]
        return (sums <= luck).sum(-1)

    return function(draw=draw)


@right
def text_by_text_in_plain_python():
    def sample(step, ids, most, end, pad=0, temperature=1.0, top_k=None, top_p=1.0, penalty=1.0, seed=0):
        dice = random.Random(seed)
        texts, own, over = ids.tolist(), [[] for _ in ids], [False] * len(ids)
        for _ in range(most):
            if all(over):
                break
            read = torch.tensor([text + row for text, row in zip(texts, own, strict=True)])
            logits = filtered(step(read), read, temperature, top_k, top_p, penalty)
            for i, weights in enumerate(logits.softmax(-1).tolist()):
                token = pad if over[i] else dice.choices(range(len(weights)), weights)[0]
                over[i] = over[i] or token == end
                own[i].append(token)
        return torch.tensor(own, dtype=torch.long).view(len(ids), -1)

    return sample


@right
def numpy_like():
    def draw(chances, dice):
        return torch.from_numpy((chances.numpy() / dice.exponential(size=chances.shape)).argmax(-1))

    return function(draw=draw, dice=numpy.random.default_rng)


@right
def torch_seeded_as_a_whole():
    def sample(step, ids, most, end, pad=0, temperature=1.0, top_k=None, top_p=1.0, penalty=1.0, seed=0):
        torch.manual_seed(seed)

        def choose(logits, read):
            if temperature == 0:
                return penalized(logits, read, penalty).argmax(-1)
            logits = filtered(logits, read, temperature, top_k, top_p, penalty)
            return torch.distributions.Categorical(logits=logits).sample()

        return loop(step, ids, most, end, pad, choose)

    return sample


@right
def a_step_that_has_drawn_already():
    """`greedy` of a `step` that is wrapped."""

    def sample(step, ids, most, end, pad=0, temperature=1.0, top_k=None, top_p=1.0, penalty=1.0, seed=0):
        dice = torch.Generator().manual_seed(seed)

        def drawn(read):
            chances = filtered(step(read), read, temperature, top_k, top_p, penalty).softmax(-1)
            token = torch.multinomial(chances, 1, generator=dice)
            return torch.zeros_like(chances).scatter(1, token, 1.0)

        return loop(drawn, ids, most, end, pad, lambda logits, read: logits.argmax(-1))

    return sample


@wrong("All texts got the same token, the likeliest", earns=0)
def the_likeliest():
    return function(draw=lambda chances, dice: chances.argmax(-1))


@wrong("All tokens come equally often", earns=0)
def all_alike():
    return function(
        draw=lambda chances, dice: torch.randint(chances.shape[1], chances.shape[:1], generator=dice)
    )


@wrong("All tokens come equally often", earns=0)
def all_that_are_left_alike():
    return function(chances=lambda logits: (logits > -math.inf).float())


@wrong("in proportion to the logits", earns=0)
def proportional_to_the_logits():
    def chances(logits):
        return (logits - logits.clamp(min=-1e9).min(-1, keepdim=True).values).clamp(min=0)

    return function(chances=chances)


@wrong("one softmax is enough", earns=0)
def a_softmax_of_a_softmax():
    return function(chances=lambda logits: logits.softmax(-1).softmax(-1))


@wrong("one softmax is enough", earns=2.5)
def filters_of_probabilities():
    def changed(logits, read, temperature, k, p, penalty):
        logits = penalized(logits, read, penalty)
        if temperature == 0:
            return top_k(logits, 1)
        logits = hot(logits, temperature)
        cut = nucleus(top_k(logits, k), p) == -math.inf
        return logits.softmax(-1).masked_fill(cut, -math.inf) if cut.any() else logits

    return function(filtered=changed)


@wrong("The *logits* are divided by the temperature, and not the probabilities", earns=2.5)
def probabilities_divided_by_the_temperature():
    def changed(logits, read, temperature, k, p, penalty):
        if temperature in (0, 1):
            return filtered(logits, read, temperature, k, p, penalty)
        return nucleus(top_k(hot(penalized(logits, read, penalty).softmax(-1), temperature), k), p)

    return function(filtered=changed)


@wrong("What another text has written does not count", earns=3.5)
def a_penalty_for_what_any_text_has_written():
    def changed(logits, read, temperature, k, p, penalty):
        return filtered(logits, read.unique().expand(len(read), -1), temperature, k, p, penalty)

    return function(filtered=changed)


@wrong("All texts got the same token, the likeliest", earns=0)
def one_draw_for_all():
    def draw(chances, dice):
        return torch.multinomial(chances[:1], 1, generator=dice)[0].expand(len(chances))

    return function(draw=draw)


@wrong("All texts got the same token, the likeliest", earns=0)
def seeded_for_each_text():
    def draw(chances, seed):
        tokens = []
        for row in chances:
            tokens.append(torch.multinomial(row, 1, generator=torch.Generator().manual_seed(seed)))
        return torch.cat(tokens)

    return function(draw=draw, dice=lambda seed: seed)


@wrong("with the same luck as the first", earns=0)
def seeded_at_each_token():
    def draw(chances, seed):
        return torch.multinomial(chances, 1, generator=torch.Generator().manual_seed(seed))[:, 0]

    return function(draw=draw, dice=lambda seed: seed)


@wrong("as if the first had not been written", earns=0)
def all_tokens_from_the_prompt():
    return looped(
        lambda sample, step, ids, most, end, pad, own: sample(
            lambda read: step(ids), ids, most, end, pad, **own
        )
    )


@wrong("the prompt too", earns=0)
def without_the_prompt():
    def change(sample, step, ids, most, end, pad, own):
        time = ids.shape[1]
        return sample(
            lambda read: step(read[:, time:] if read.shape[1] > time else read), ids, most, end, pad, **own
        )

    return looped(change)


@wrong("The model reads the last token alone", earns=0)
def the_last_token_alone():
    return looped(
        lambda sample, step, ids, most, end, pad, own: sample(
            lambda read: step(read[:, -1:]), ids, most, end, pad, **own
        )
    )


@wrong("stands *behind* the prompt", earns=0)
def written_in_front():
    def change(sample, step, ids, most, end, pad, own):
        time = ids.shape[1]
        return sample(
            lambda read: step(torch.cat([read[:, time:], read[:, :time]], 1)), ids, most, end, pad, **own
        )

    return looped(change)


@wrong("All texts go on as the first does", earns=0)
def all_as_the_first():
    return looped(
        lambda sample, step, ids, most, end, pad, own: sample(
            lambda read: step(read[:1]).expand(len(read), -1), ids, most, end, pad, **own
        )
    )


@wrong("The logits are *divided* by the temperature", earns=2.5)
def multiplied_by_the_temperature():
    return function(
        filtered=lambda logits, read, temperature, k, p, penalty: filtered(
            logits, read, 1 / temperature if temperature else 0, k, p, penalty
        )
    )


@wrong("The temperature has no effect", earns=2.5)
def no_temperature():
    return function(settings=lambda own: {**own, "temperature": 1.0 if own["temperature"] else 0})


@wrong("not by its root", earns=2.5)
def the_root_of_the_temperature():
    return function(settings=lambda own: {**own, "temperature": own["temperature"] ** 0.5})


@wrong("`top_k` has no effect", earns=2.5)
def no_top_k():
    return without(k=None)


@wrong("`top_p` has no effect", earns=3.0)
def no_nucleus():
    return without(p=1.0)


@wrong("`penalty` has no effect on what the prompt holds", earns=3.0)
def no_penalty():
    return without(penalty=1.0)


@wrong("The temperature has no effect", earns=1.5)
def no_settings():
    return without(k=None, p=1.0, penalty=1.0, temperature=1.0)


@wrong("The temperature comes *before* the filters", earns=3.0)
def the_temperature_last():
    return in_order("r", "k", "p", "t")


@wrong("Top-k comes before the nucleus", earns=3.0)
def the_nucleus_first():
    return in_order("r", "t", "p", "k")


@wrong("The penalty comes *first*", earns=3.5)
def the_penalty_last():
    return in_order("t", "k", "p", "r")


@wrong("not the last token alone", earns=3.0)
def a_penalty_for_the_last_token():
    def changed(logits, read, temperature, k, p, penalty):
        return filtered(logits, read[:, -1:], temperature, k, p, penalty)

    return function(filtered=changed)


@wrong("`penalty` has no effect on what the prompt holds", earns=3.0)
def a_penalty_for_what_was_written():
    def sample(step, ids, most, end, pad=0, temperature=1.0, top_k=None, top_p=1.0, penalty=1.0, seed=0):
        dice = torch.Generator().manual_seed(seed)

        def choose(logits, read):
            chances = filtered(logits, read[:, ids.shape[1] :], temperature, top_k, top_p, penalty).softmax(
                -1
            )
            return torch.multinomial(chances, 1, generator=dice)[:, 0]

        return loop(step, ids, most, end, pad, choose)

    return sample


@wrong("What was *written* is made less likely, too", earns=3.5)
def a_penalty_for_the_prompt():
    def sample(step, ids, most, end, pad=0, temperature=1.0, top_k=None, top_p=1.0, penalty=1.0, seed=0):
        dice = torch.Generator().manual_seed(seed)

        def choose(logits, read):
            chances = filtered(logits, ids, temperature, top_k, top_p, penalty).softmax(-1)
            return torch.multinomial(chances, 1, generator=dice)[:, 0]

        return loop(step, ids, most, end, pad, choose)

    return sample


@wrong("if that does not pass its own check", earns=2.5)
def a_top_k_of_one_more():
    def changed(logits, read, temperature, k, p, penalty):
        return filtered(logits, read, temperature, k and k + 1, p, penalty)

    return function(filtered=changed)


@wrong("seed=3 gives other texts the second time", earns=3.5)
def no_seed():
    return function(dice=lambda seed: None)


@wrong("seed=3 gives other texts the second time", earns=3.5)
def a_generator_that_goes_on():
    one = torch.Generator().manual_seed(0)
    return function(dice=lambda seed: one)


@wrong("seeds 3 and 4 give the same texts", earns=3.5)
def always_the_same_seed():
    return function(dice=lambda seed: torch.Generator().manual_seed(0))


@wrong("your function fails", earns=3.5)
def divides_by_zero():
    def changed(logits, read, temperature, k, p, penalty):
        return nucleus(top_k(penalized(logits, read, penalty) / temperature, k), p)

    return function(filtered=changed)


@wrong("`penalty` has no effect on what the prompt holds", earns=3.5)
def the_likeliest_without_a_penalty():
    def changed(logits, read, temperature, k, p, penalty):
        return filtered(logits, read, temperature, k, p, penalty if temperature else 1.0)

    return function(filtered=changed)


@wrong("leaves nothing to chance", earns=3.5)
def zero_is_no_temperature():
    return function(settings=lambda own: {**own, "temperature": own["temperature"] or 1.0})


def ending(
    over=lambda token, end, pad: token == end, stop=lambda over: over.all(), fill=lambda end, pad: pad
):
    """The loop with another end."""

    def own(step, ids, most, end, pad, choose):
        finished, written = torch.zeros(len(ids), dtype=torch.bool), ids[:, :0]
        for _ in range(most):
            if stop(finished):
                break
            read = torch.cat([ids, written], 1)
            token = choose(step(read), read).masked_fill(finished, fill(end, pad))
            finished = finished | over(token, end, pad)
            written = torch.cat([written, token[:, None]], 1)
        return written

    return function(loop=own)


@wrong("A text that has written `end` is over", earns=3.5)
def no_end():
    return ending(over=lambda token, end, pad: torch.zeros_like(token, dtype=torch.bool))


@wrong("filled up with `pad`, and with you with `end`", earns=3.5)
def filled_with_the_end():
    return ending(fill=lambda end, pad: end)


@wrong("When all texts are over, it stops", earns=3.5)
def never_stops():
    return ending(stop=lambda over: False)


@wrong("It stops as soon as *one* text is over", earns=3.5)
def stops_at_the_first():
    return ending(stop=lambda over: over.any())


@wrong("A `pad` that is written before the end", earns=3.5)
def a_pad_ends_it():
    return ending(over=lambda token, end, pad: (token == end) | (token == pad))


@wrong("most=0", earns=3.5)
def at_least_one_token():
    return looped(
        lambda sample, step, ids, most, end, pad, own: sample(step, ids, max(1, most), end, pad, **own)
    )


@wrong("The prompt is no part of the result", earns=0)
def with_the_prompt():
    return looped(
        lambda sample, step, ids, most, end, pad, own: torch.cat(
            [ids, sample(step, ids, most, end, pad, **own)], 1
        )
    )


@wrong("That is one token too many", earns=0)
def one_token_more():
    return looped(lambda sample, step, ids, most, end, pad, own: sample(step, ids, most + 1, end, pad, **own))


@wrong("ids, long (batch, n), are asked for", earns=0)
def lists():
    return looped(
        lambda sample, step, ids, most, end, pad, own: sample(step, ids, most, end, pad, **own).tolist()
    )


@wrong("ids, long (batch, n), are asked for", earns=0)
def one_axis():
    return looped(
        lambda sample, step, ids, most, end, pad, own: sample(step, ids, most, end, pad, **own)[:, -1]
    )


@wrong("ids, long (batch, n), are asked for", earns=0)
def their_probabilities():
    def sample(step, ids, most, end, pad=0, temperature=1.0, top_k=None, top_p=1.0, penalty=1.0, seed=0):
        return filtered(step(ids), ids, temperature, top_k, top_p, penalty).softmax(-1)

    return sample


@wrong("Drawn as it is", earns=0)
def identity():
    return lambda step, ids, most, end, pad=0, **settings: ids


@wrong("All texts got the same token", earns=0)
def constant():
    return lambda step, ids, most, end, pad=0, **settings: torch.zeros(len(ids), most, dtype=torch.long)


@wrong("Drawn as it is", earns=0)
def hard_coded_examples():
    return lambda step, ids, most, end, pad=0, **settings: torch.tensor([[5, 4], [1, 3]])
