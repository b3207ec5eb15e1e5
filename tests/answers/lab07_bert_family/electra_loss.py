import torch
from torch.nn import functional as F

from tests.answers import right, wrong


def cost_of_words(logits, ids, chosen, real, sampled):
    return F.cross_entropy(logits[chosen], ids[chosen], reduction="sum") / chosen.sum().clamp(min=1)


def cost_of_doubts(found, replaced, chosen, real):
    return F.binary_cross_entropy_with_logits(found[real], replaced[real].to(found.dtype))


def draw(logits):
    return torch.distributions.Categorical(logits=logits.detach()).sample()


def function(
    hide=lambda ids, chosen, mask_id: ids.masked_fill(chosen, mask_id),
    guess=lambda generator, text, real, chosen: generator(text, real),
    words=cost_of_words,
    sample=draw,
    put=lambda ids, chosen, sampled: torch.where(chosen, sampled, ids),
    doubt=lambda discriminator, corrupted, real, chosen, ids: discriminator(corrupted, real),
    find=lambda corrupted, ids, chosen: corrupted != ids,
    told=cost_of_doubts,
    join=lambda words, told, weight: words + weight * told,
    end=lambda loss, corrupted, logits: (loss, corrupted),
):
    """The exercise's function, with a place for each mistake."""

    def electra_loss(generator, discriminator, ids, chosen, real, mask_id=4, weight=50.0):
        logits = guess(generator, hide(ids, chosen, mask_id), real, chosen)
        sampled = sample(logits)
        corrupted = put(ids, chosen, sampled)
        found = doubt(discriminator, corrupted, real, chosen, ids)
        replaced = find(corrupted, ids, chosen)
        loss = join(words(logits, ids, chosen, real, sampled), told(found, replaced, chosen, real), weight)
        return end(loss, corrupted, logits)

    return electra_loss


@right
def place_by_place_with_prints():
    def electra_loss(generator, discriminator, ids, chosen, real, mask_id=4, weight=50.0):
        hidden = ids.clone()
        hidden[chosen] = mask_id
        logits = generator(hidden, real)
        words, count, corrupted = 0, 0, ids.clone()
        for b, t in chosen.nonzero().tolist():
            words = words - torch.log_softmax(logits[b, t], dim=0)[ids[b, t]]
            corrupted[b, t] = torch.multinomial(logits[b, t].softmax(0), 1).item()
            count += 1
        found = discriminator(corrupted, real)
        costs = []
        for b in range(ids.shape[0]):
            for t in range(ids.shape[1]):
                if real[b, t]:
                    sign = -1 if corrupted[b, t] != ids[b, t] else 1
                    costs.append(F.softplus(sign * found[b, t]))
        print(count, "hidden of", len(costs))
        return words / max(count, 1) + weight * torch.stack(costs).mean(), corrupted

    return electra_loss


@right
def with_gumbel_noise():
    """The likeliest token after noise: a sample. Noise for all places is drawn before anything is read."""

    def electra_loss(generator, discriminator, ids, chosen, real, mask_id=4, weight=50.0):
        noise = torch.rand(*ids.shape, 64)
        logits = generator(ids.masked_fill(chosen, mask_id), real=real)
        noise = -torch.log(-torch.log(noise.clamp(1e-30, 1 - 1e-7)))[..., : logits.shape[-1]]
        with torch.no_grad():
            corrupted = torch.where(chosen, (logits + noise).argmax(-1), ids)
        labels = torch.where(chosen, ids, -100)
        words = F.cross_entropy(logits.transpose(1, 2), labels, ignore_index=-100, reduction="sum")
        words = words / max(1, int(chosen.sum()))
        found = discriminator(corrupted, real)
        costs = F.binary_cross_entropy_with_logits(found, (corrupted != ids).to(found), reduction="none")
        return words + weight * (costs * real).sum() / real.sum(), corrupted

    return electra_loss


@right
def sampled_in_a_pass_of_its_own():
    """The generator is asked again, without gradients, for what is sampled."""

    def electra_loss(generator, discriminator, ids, chosen, real, mask_id=4, weight=50.0):
        import warnings

        warnings.warn("two passes", stacklevel=1)
        masked = torch.where(chosen, torch.full_like(ids, mask_id), ids)
        with torch.no_grad():
            shares = generator(masked, real).softmax(-1)
            corrupted = ids.clone()
            if chosen.any():
                corrupted[chosen] = torch.multinomial(shares[chosen], 1)[:, 0]
        loss = weight * cost_of_doubts(discriminator(corrupted, real), corrupted != ids, chosen, real)
        if chosen.any():
            loss = loss + F.nll_loss(generator(masked, real).log_softmax(-1)[chosen], ids[chosen])
        return [loss, corrupted]

    return electra_loss


@right
def weights_of_one_over_the_count():
    def electra_loss(generator, discriminator, ids, chosen, real, mask_id=4, weight=50.0):
        import logging

        logits = generator(ids * ~chosen + mask_id * chosen, real)
        log = logits.to(torch.float64).log_softmax(-1)
        words = -(log.gather(2, ids.unsqueeze(2)).squeeze(2) * chosen).sum() / max(chosen.sum().item(), 1)
        below = torch.rand(*ids.shape, 1, dtype=torch.float64) > log.detach().exp().cumsum(-1)
        sampled = below.sum(-1).clamp(max=logits.shape[-1] - 1)
        corrupted = ids.masked_scatter(chosen, sampled[chosen])
        found = discriminator(corrupted, real).double()
        replaced = chosen & (sampled != ids)
        costs = torch.where(replaced, -F.logsigmoid(found), -F.logsigmoid(-found))
        logging.getLogger("student").warning("%d replaced", int(replaced.sum()))
        return words + weight * costs[real].mean(), corrupted

    return electra_loss


@right
def the_librarys_means():
    def electra_loss(generator, discriminator, ids, chosen, real, mask_id=4, weight=50.0):
        logits = generator(torch.masked_fill(ids, chosen, mask_id), real)
        guessed = F.cross_entropy(logits[chosen], ids[chosen]) if chosen.any() else logits.sum() * 0
        corrupted = ids.clone()
        corrupted[chosen] = torch.distributions.Categorical(probs=logits[chosen].softmax(-1)).sample()
        found = discriminator(corrupted, real)
        told = torch.nn.BCEWithLogitsLoss()(found[real], torch.ne(corrupted, ids)[real].type_as(found))
        return torch.add(guessed, told, alpha=weight), corrupted

    return electra_loss


@right
def the_parts_of_this_file():
    return function()


@wrong("`argmax` is no draw", earns=0)
def the_likeliest_token():
    return function(sample=lambda logits: logits.argmax(-1))


@wrong("or does none count, or is a softmax taken twice?", earns=0)
def any_token_at_all():
    return function(sample=lambda logits: torch.randint(logits.shape[-1], logits.shape[:2]))


@wrong("or is a softmax taken twice?", earns=0)
def a_softmax_of_a_softmax():
    return function(sample=lambda logits: draw(logits.softmax(-1)))


@wrong("are yours those of another place", earns=0)
def samples_of_the_place_before():
    return function(sample=lambda logits: draw(logits).roll(1, 1))


@wrong("ValueError", earns=0)
def logits_taken_for_probabilities():
    return function(sample=lambda logits: torch.distributions.Categorical(probs=logits.detach()).sample())


@wrong("without a temperature", earns=0)
def a_temperature_of_two():
    return function(sample=lambda logits: draw(logits / 2))


@wrong("without leaving any token out", earns=0)
def the_two_likeliest():
    def sample(logits):
        return draw(logits.masked_fill(logits < logits.topk(2, -1).values[..., -1:], -torch.inf))

    return function(sample=sample)


def of_shares(logits, numbers):
    """Samples from numbers between 0 and 1, one for each place."""
    below = numbers[..., None] > logits.detach().softmax(-1).cumsum(-1)
    return below.sum(-1).clamp(max=logits.shape[-1] - 1)


@wrong("All samples of a text are the same", earns=0)
def one_number_for_a_text():
    return function(sample=lambda logits: of_shares(logits, torch.rand(len(logits), 1)))


@wrong("All samples at one place of all texts are the same", earns=0)
def one_number_for_a_place():
    return function(sample=lambda logits: of_shares(logits, torch.rand(logits.shape[1])))


@wrong("the same token comes everywhere", earns=0)
def one_number_for_all():
    return function(sample=lambda logits: of_shares(logits, torch.rand(())))


@wrong("of each place's own logits a sample is drawn", earns=0)
def samples_of_the_first_place():
    """The logits of each text's first chosen place are sampled from as often as there are places."""

    def electra_loss(generator, discriminator, ids, chosen, *rest, **named):
        def sample(logits):
            first = logits[torch.arange(len(ids)), chosen.int().argmax(1)]
            return torch.distributions.Categorical(logits=first[:, None].expand(logits.shape)).sample()

        return function(sample=sample)(generator, discriminator, ids, chosen, *rest, **named)

    return electra_loss


@wrong("do you seed it", earns=0)
def seeds_torch():
    def sample(logits):
        torch.manual_seed(0)
        return draw(logits)

    return function(sample=sample)


@wrong("a generator of your own that begins anew in each call", earns=0)
def a_generator_that_begins_anew():
    return function(sample=lambda logits: of_shares(logits, torch.rand(logits.shape[:2], generator=torch.Generator())))  # fmt: skip


@wrong("not from numpy's, Python's or one of your own", earns=0)
def drawn_by_numpy():
    def sample(logits):
        import numpy as np

        return of_shares(logits, torch.from_numpy(np.random.rand(*logits.shape[:2])))

    return function(sample=sample)


@wrong("not from numpy's, Python's or one of your own", earns=0)
def drawn_by_python():
    def sample(logits):
        import random

        numbers = [[random.random() for _ in row] for row in logits]
        return of_shares(logits, torch.tensor(numbers))

    return function(sample=sample)


@wrong("without leaving any token out", earns=3.5)
def the_five_likeliest():
    """As texts are often written: what is less likely than the fifth never comes."""

    def sample(logits):
        return draw(logits.masked_fill(logits < logits.topk(5, -1).values[..., -1:], -torch.inf))

    return function(sample=sample)


@wrong("Are there two draws, one to be read and one to be returned?", earns=0)
def two_draws():
    def electra_loss(generator, discriminator, ids, chosen, real, mask_id=4, weight=50.0):
        def returned(loss, corrupted, logits):
            return loss, torch.where(chosen, draw(logits), ids)

        return function(end=returned)(generator, discriminator, ids, chosen, real, mask_id, weight)

    return electra_loss


@wrong("samples stand at the chosen places alone", earns=0)
def samples_everywhere():
    return function(put=lambda ids, chosen, sampled: sampled)


@wrong("It reads the true text, in which nothing is hidden", earns=0)
def nothing_is_hidden_from_the_generator():
    return function(hide=lambda ids, chosen, mask_id: ids)


@wrong("It is turned round: where `chosen` is True something is hidden", earns=0)
def all_others_are_hidden():
    return function(hide=lambda ids, chosen, mask_id: ids.masked_fill(~chosen, mask_id))


@wrong("It reads 0 there", earns=0)
def padding_in_place_of_masks():
    return function(hide=lambda ids, chosen, mask_id: ids * ~chosen)


@wrong("is `mask_id` used?", earns=0)
def always_the_mask_of_this_lab():
    return function(hide=lambda ids, chosen, mask_id: ids.masked_fill(chosen, 4))


@wrong("The generator is asked with `(ids, real)`; what reaches it as `real` is something else. That is what was chosen", earns=0)  # fmt: skip
def the_choice_for_a_mask():
    return function(guess=lambda generator, text, real, chosen: generator(text, chosen))


@wrong("Padding counts as real there", earns=0)
def all_are_real_to_the_discriminator():
    def doubt(discriminator, corrupted, real, chosen, ids):
        return discriminator(corrupted, torch.ones_like(real))

    return function(doubt=doubt)


@wrong("It is turned round: True is a real token", earns=0)
def a_mask_of_padding():
    return function(doubt=lambda discriminator, corrupted, real, chosen, ids: discriminator(corrupted, ~real))


@wrong("missing 1 required positional argument: 'real'", earns=0)
def no_mask():
    return function(guess=lambda generator, text, real, chosen: generator(text))


@wrong("reads in evaluation mode", earns=0)
def generator_in_evaluation_mode():
    return function(guess=lambda generator, text, real, chosen: generator.eval()(text, real))


@wrong("It reads the text with `mask_id`; it reads the one with the samples", earns=0)
def the_discriminator_reads_masks():
    def doubt(discriminator, corrupted, real, chosen, ids):
        return discriminator(ids.masked_fill(chosen, 4), real)

    return function(doubt=doubt)


@wrong("It reads the true text; it reads the one with the samples", earns=0)
def the_discriminator_reads_the_true_text():
    return function(doubt=lambda discriminator, corrupted, real, chosen, ids: discriminator(ids, real))


@wrong("this is no GAN, and the corrupted text alone is read", earns=0)
def true_texts_and_false_ones():
    def doubt(discriminator, corrupted, real, chosen, ids):
        return (discriminator(corrupted, real) + discriminator(ids, real)) / 2

    return function(doubt=doubt)


def words_over(places, mean=True):
    """Another set of places for the generator's cost. places: (ids, chosen, real) -> bool."""

    def words(logits, ids, chosen, real, sampled):
        there = places(ids, chosen, real, sampled)
        return F.cross_entropy(logits[there], ids[there], reduction="mean" if mean else "sum")

    return function(words=words)


@wrong("The generator pays for all real tokens", earns=0)
def the_generator_pays_for_real_tokens():
    return words_over(lambda ids, chosen, real, sampled: real)


@wrong("The generator pays for all places", earns=0)
def the_generator_pays_for_all():
    return words_over(lambda ids, chosen, real, sampled: real | True)


@wrong("The generator pays for the replaced tokens alone", earns=0)
def the_generator_pays_for_replaced_tokens():
    return words_over(lambda ids, chosen, real, sampled: chosen & (sampled != ids))


@wrong("The generator's part is a sum", earns=0)
def sum_of_words():
    return words_over(lambda ids, chosen, real, sampled: chosen, mean=False)


@wrong("You divide the generator's part by all places", earns=0)
def words_by_all_places():
    return function(words=lambda logits, ids, chosen, real, sampled: cost_of_words(logits, ids, chosen, real, sampled) * chosen.sum() / chosen.numel())  # fmt: skip


@wrong("In the generator's part you average the rows' averages", earns=0)
def mean_of_the_rows_words():
    def words(logits, ids, chosen, real, sampled):
        return torch.stack([cost_of_words(*row) for row in zip(logits, ids, chosen, real, sampled)]).mean()

    return function(words=words)


@wrong("Or is it the cost of its own samples?", earns=0)
def the_cost_of_the_samples():
    return function(words=lambda logits, ids, chosen, real, sampled: cost_of_words(logits, sampled, chosen, real, ids))  # fmt: skip


@wrong("The generator's part is missing", earns=0)
def the_discriminator_alone():
    return function(join=lambda words, told, weight: 0 * words + weight * told)


@wrong("The discriminator's part is missing", earns=0)
def the_generator_alone():
    return function(join=lambda words, told, weight: words + 0 * told)


@wrong("Padding counts in the discriminator's part", earns=0)
def padding_is_judged():
    return function(told=lambda found, replaced, chosen, real: F.binary_cross_entropy_with_logits(found, replaced.to(found)))  # fmt: skip


@wrong("You divide the discriminator's part by all places", earns=0)
def judged_by_all_places():
    return function(told=lambda found, replaced, chosen, real: (F.binary_cross_entropy_with_logits(found, replaced.to(found), reduction="none") * real).mean())  # fmt: skip


@wrong("The discriminator's part is a sum", earns=0)
def sum_of_doubts():
    return function(told=lambda found, replaced, chosen, real: cost_of_doubts(found, replaced, chosen, real) * real.sum())  # fmt: skip


@wrong("The discriminator pays for the chosen tokens alone; it says of *every*", earns=0)
def the_chosen_ones_are_judged():
    return function(told=lambda found, replaced, chosen, real: cost_of_doubts(found, replaced, real, chosen))


@wrong("or for the chosen ones, all of which are called replaced", earns=0)
def the_chosen_ones_are_judged_and_called_replaced():
    return function(find=lambda corrupted, ids, chosen: chosen, told=lambda found, replaced, chosen, real: cost_of_doubts(found, replaced, real, chosen))  # fmt: skip


@wrong("The discriminator pays for those tokens alone that were not chosen", earns=0)
def the_others_are_judged():
    return function(told=lambda found, replaced, chosen, real: cost_of_doubts(found, replaced, real, real & ~chosen))  # fmt: skip


@wrong("In the discriminator's part you average the rows' averages", earns=0)
def mean_of_the_rows_doubts():
    def told(found, replaced, chosen, real):
        return torch.stack([cost_of_doubts(*row) for row in zip(found, replaced, chosen, real)]).mean()

    return function(told=told)


@wrong("Every chosen token is called replaced; a sample that happens to be the true token is real", earns=0)
def all_chosen_are_replaced():
    return function(find=lambda corrupted, ids, chosen: chosen)


@wrong("its logits are high for a *replaced* token", earns=0)
def labels_turned_round():
    return function(find=lambda corrupted, ids, chosen: corrupted == ids)


@wrong("go through a sigmoid twice", earns=0)
def a_sigmoid_too_many():
    return function(told=lambda found, replaced, chosen, real: cost_of_doubts(found.sigmoid(), replaced, chosen, real))  # fmt: skip


@wrong("`weight` is missing", earns=0)
def no_weight():
    return function(join=lambda words, told, weight: words + told)


@wrong("is `weight` used?", earns=0)
def always_50():
    return function(join=lambda words, told, weight: words + 50 * told)


@wrong("stands at the generator's part", earns=0)
def the_weight_at_the_other_part():
    return function(join=lambda words, told, weight: weight * words + told)


@wrong("`weight` multiplies both parts", earns=0)
def the_weight_at_both_parts():
    return function(join=lambda words, told, weight: weight * (words + told))


@wrong("That is the mean of the two", earns=0)
def mean_of_both():
    return function(join=lambda words, told, weight: (words + weight * told) / 2)


@wrong("This is no GAN: both parts are costs, and added", earns=0)
def against_each_other():
    return function(join=lambda words, told, weight: words - weight * told)


@wrong("A mean over nothing is 0 / 0", earns=0)
def nan_where_nothing_is_chosen():
    return words_over(lambda ids, chosen, real, sampled: chosen)


@wrong("Nothing is chosen, and the generator pays 0: the loss is the discriminator's part alone", earns=0)
def no_loss_where_nothing_is_chosen():
    def electra_loss(generator, discriminator, ids, chosen, *rest, **named):
        if not chosen.any():
            discriminator(ids, rest[0])
            return torch.tensor(0.0), ids
        return function()(generator, discriminator, ids, chosen, *rest, **named)

    return electra_loss


@wrong("The discriminator was not asked", earns=0)
def nothing_is_read_where_nothing_is_chosen():
    def electra_loss(generator, discriminator, ids, chosen, *rest, **named):
        if not chosen.any():
            return torch.tensor(0.0), ids
        return function()(generator, discriminator, ids, chosen, *rest, **named)

    return electra_loss


@wrong("No gradient reaches the generator", earns=0)
def the_generator_without_gradients():
    def guess(generator, text, real, chosen):
        with torch.no_grad():
            return generator(text, real)

    return function(guess=guess)


@wrong("No gradient reaches the generator", earns=0)
def the_logits_detached():
    return function(guess=lambda generator, text, real, chosen: generator(text, real).detach())


@wrong("No gradient reaches the discriminator", earns=0)
def the_doubts_detached():
    return function(told=lambda found, replaced, chosen, real: cost_of_doubts(found.detach(), replaced, chosen, real))  # fmt: skip


@wrong("neither through the samples nor as a reward for them", earns=0)
def rewarded_for_its_samples():
    """REINFORCE: the generator learns to deceive. The loss is the same number."""

    def electra_loss(generator, discriminator, ids, chosen, real, mask_id=4, weight=50.0):
        def end(loss, corrupted, logits):
            picked = logits.log_softmax(-1).gather(2, corrupted[..., None])[..., 0][chosen].sum()
            return loss + 0.01 * (picked - picked.detach()) * loss.detach(), corrupted

        return function(end=end)(generator, discriminator, ids, chosen, real, mask_id, weight)

    return electra_loss


@wrong("the gradient that reaches the generator's table is off", earns=0)
def through_the_samples():
    """The probability of what was drawn, divided by itself: a factor of 1, through which a gradient flows."""

    def electra_loss(generator, discriminator, ids, chosen, real, mask_id=4, weight=50.0):
        logits = generator(ids.masked_fill(chosen, mask_id), real)
        corrupted = torch.where(chosen, draw(logits), ids)
        share = logits.softmax(-1).gather(2, corrupted[..., None])[..., 0]
        passed = torch.where(chosen, share / share.detach(), torch.ones_like(share))
        found = discriminator(corrupted, real) * passed
        told = cost_of_doubts(found, corrupted != ids, chosen, real)
        return cost_of_words(logits, ids, chosen, real, None) + weight * told, corrupted

    return electra_loss


@wrong("exp of them is inf", earns=3.5)
def a_sigmoid_by_hand():
    def told(found, replaced, chosen, real):
        share = found.sigmoid()[real]
        return -torch.where(replaced[real], share.log(), (1 - share).log()).mean()

    return function(told=told)


@wrong("exp of them is inf", earns=3.5)
def a_cross_entropy_of_probabilities():
    """`F.binary_cross_entropy` cuts its logarithms off at −100."""
    return function(told=lambda found, replaced, chosen, real: F.binary_cross_entropy(found.sigmoid()[real], replaced[real].to(found)))  # fmt: skip


@wrong("exp of them is inf", earns=3.5)
def a_softmax_by_hand():
    def words(logits, ids, chosen, real, sampled):
        power = logits[chosen].exp()
        share = power.gather(1, ids[chosen][:, None])[:, 0] / power.sum(-1)
        return -share.log().sum() / chosen.sum().clamp(min=1)

    return function(words=words)


@wrong("With float64 in, float32 comes out", earns=3.5)
def always_float32():
    return function(end=lambda loss, corrupted, logits: (loss.float(), corrupted))


@wrong("through which no gradient flows", earns=0)
def a_python_number():
    return function(end=lambda loss, corrupted, logits: (loss.item(), corrupted))


@wrong("The result has no gradient", earns=0)
def a_loss_without_a_graph():
    return function(end=lambda loss, corrupted, logits: (loss.detach(), corrupted))


@wrong("Return two: the loss, and what the discriminator has read", earns=0)
def three_results():
    return function(end=lambda loss, corrupted, logits: (loss, corrupted, logits))


@wrong("yours returned a tensor of shape ()", earns=0)
def the_loss_alone():
    return function(end=lambda loss, corrupted, logits: loss)


@wrong("The two results have changed places", earns=0)
def the_text_first():
    return function(end=lambda loss, corrupted, logits: (corrupted, loss))


@wrong("whole numbers of type long; yours are int32", earns=0)
def small_whole_numbers():
    return function(end=lambda loss, corrupted, logits: (loss, corrupted.int()))


@wrong("should have shape ()", earns=0)
def both_losses():
    return function(join=lambda words, told, weight: torch.stack([words, weight * told]))


@wrong("changed its argument `ids` in place", earns=0)
def in_place():
    def put(ids, chosen, sampled):
        ids[chosen] = sampled[chosen]
        return ids

    return function(put=put)


@wrong("The result has no gradient", earns=0)
def constant():
    """It knows the first loss by heart."""

    def electra_loss(generator, discriminator, ids, chosen, real, mask_id=4, weight=50.0):
        _, corrupted = function()(generator, discriminator, ids, chosen, real, mask_id, weight)
        return torch.tensor(34.1702), corrupted

    return electra_loss


@wrong("You returned a Python number", earns=0)
def identity():
    return lambda generator, discriminator, ids, chosen, real, mask_id=4, weight=50.0: (0.0, ids)


@wrong("Random networks", earns=0)
def hard_coded_examples():
    """Right on the sizes of the visible check, and without the generator's part elsewhere."""

    def electra_loss(generator, discriminator, ids, *rest, **named):
        known = tuple(ids.shape) in {(2, 5), (2, 6), (40, 30), (20, 20)}
        return function(join=lambda words, told, weight: known * words + weight * told)(generator, discriminator, ids, *rest, **named)  # fmt: skip

    return electra_loss


def in_mode(training):
    def asked(network, text, real):
        return network.train(training)(text, real)

    return function(
        guess=lambda generator, text, real, chosen: asked(generator, text, real),
        doubt=lambda discriminator, corrupted, real, chosen, ids: asked(discriminator, corrupted, real),
    )


@wrong("The generator came in evaluation mode, and reads in training mode", earns=0)
def puts_both_into_training_mode():
    return in_mode(True)


@wrong("Which tokens are real `real` says; you look for another id than 0", earns=0)
def real_is_what_is_not_0():
    def electra_loss(generator, discriminator, ids, chosen, real, mask_id=4, weight=50.0):
        return function(told=lambda f, r, c, _: cost_of_doubts(f, r, c, ids != 0))(
            generator, discriminator, ids, chosen, real, mask_id, weight
        )

    return electra_loss


@wrong("Clearing them (`zero_grad`)", earns=0)
def clears_the_gradients():
    def guess(generator, text, real, chosen):
        generator.zero_grad()
        return generator(text, real)

    return function(guess=guess)


@wrong("Called without `mask_id`, which is 4 then", earns=0)
def the_mask_of_bert_base():
    def electra_loss(generator, discriminator, ids, chosen, real, mask_id=103, weight=50.0):
        return function()(generator, discriminator, ids, chosen, real, mask_id, weight)

    return electra_loss


@wrong("go through a softmax before `cross_entropy`", earns=0)
def a_softmax_before_the_cross_entropy():
    return function(
        words=lambda logits, ids, chosen, real, sampled: cost_of_words(
            logits.softmax(-1), ids, chosen, real, sampled
        )
    )


@wrong("You return 0 for both parts", earns=0)
def nothing_at_all_where_nothing_is_chosen():
    def electra_loss(generator, discriminator, ids, chosen, real, mask_id=4, weight=50.0):
        loss, corrupted = function()(generator, discriminator, ids, chosen, real, mask_id, weight)
        return loss if chosen.any() else loss * 0, corrupted

    return electra_loss


@wrong("Draw at *all* places and choose with `torch.where`", earns=0)
def draws_at_the_chosen_places_alone():
    def electra_loss(generator, discriminator, ids, chosen, real, mask_id=4, weight=50.0):
        logits = generator(ids.masked_fill(chosen, mask_id), real)
        drawn = torch.multinomial(logits[chosen].detach().softmax(-1), 1)[:, 0]
        if not len(drawn):
            raise RuntimeError("cannot draw from nothing")
        corrupted = ids.clone()
        corrupted[chosen] = drawn
        found = discriminator(corrupted, real)
        words = cost_of_words(logits, ids, chosen, real, drawn)
        return words + weight * cost_of_doubts(found, corrupted != ids, chosen, real), corrupted

    return electra_loss
