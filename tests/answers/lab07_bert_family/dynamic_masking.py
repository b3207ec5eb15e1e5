import random

import torch

from tests.answers import right, wrong


def in_turn(epoch, copies):
    return epoch if copies is None else epoch % copies


def generator_of(number):
    return torch.Generator().manual_seed(number)


def chance(ids, special, share, generator):
    return (torch.rand(ids.shape, generator=generator) < share) & ~special


def function(
    number=lambda seed, epoch: 10_000 * seed + epoch,
    turn=in_turn,
    begin=generator_of,
    choose=chance,
    hide=lambda ids, hidden, mask_id: ids.masked_fill(hidden, mask_id),
    label=lambda ids, hidden, inputs, mask_id: ids.masked_fill(~hidden, -100),
    end=lambda inputs, labels: (inputs, labels),
):
    """The exercise's function, with a place for each mistake."""

    def dynamic_masking(ids, special, epoch, mask_id=4, share=0.15, copies=None, seed=0):
        hidden = choose(ids, special, share, begin(number(seed, turn(epoch, copies))))
        inputs = hide(ids, hidden, mask_id)
        return end(inputs, label(ids, hidden, inputs, mask_id))

    return dynamic_masking


@right
def token_by_token_with_prints():
    def dynamic_masking(ids, special, epoch, mask_id=4, share=0.15, copies=None, seed=0):
        if copies is not None:
            epoch = epoch % copies
        rng = random.Random(f"{seed} and {epoch}")
        inputs, labels = ids.clone(), torch.full(ids.shape, -100)
        for row in range(ids.shape[0]):
            for place in range(ids.shape[1]):
                if not special[row, place] and rng.random() < share:
                    inputs[row, place], labels[row, place] = mask_id, ids[row, place]
        print("epoch", epoch, "hides", int((labels != -100).sum()))
        return inputs, labels

    return dynamic_masking


@right
def with_numpy():
    def dynamic_masking(ids, special, epoch, mask_id=4, share=0.15, copies=None, seed=0):
        import numpy as np

        rng = np.random.default_rng([seed, epoch % copies if copies else epoch])
        text = ids.numpy()
        hidden = np.logical_and(rng.random(text.shape) < share, ~special.numpy())
        return [torch.from_numpy(np.where(hidden, new, old)) for new, old in ((mask_id, text), (text, -100))]

    return dynamic_masking


@right
def the_global_generators_are_seeded():
    """For the ordinary tokens alone a number is drawn."""

    def dynamic_masking(ids, special, epoch, mask_id=4, share=0.15, copies=None, seed=0):
        import warnings

        warnings.warn("seeding all", stacklevel=1)
        if copies:
            epoch = epoch - epoch // copies * copies
        torch.manual_seed(seed + 100_003 * epoch)
        inputs, labels = ids.clone(), torch.full_like(ids, -100)
        there = (~special).nonzero()
        there = there[torch.rand(len(there), dtype=torch.float64) < share]
        rows, places = there[:, 0], there[:, 1]
        labels[rows, places] = ids[rows, places]
        inputs[rows, places] = mask_id
        return inputs, labels

    return dynamic_masking


@right
def drawn_again_and_again_from_the_seed():
    """The draws of all epochs before are made too, and thrown away; the seed decides all of them."""

    def dynamic_masking(ids, special, epoch, mask_id=4, share=0.15, copies=None, seed=0):
        first = torch.Generator().manual_seed(seed)
        seeds = torch.randint(2**60, (epoch + 1,), generator=first).tolist()
        own = torch.Generator().manual_seed(seeds[epoch if copies is None else epoch % copies] + 1)
        hidden = torch.bernoulli(torch.full(ids.shape, share), generator=own).bool() & ~special
        return torch.where(hidden, mask_id, ids), torch.where(hidden, ids, -100)

    return dynamic_masking


@right
def a_hash_of_both():
    def dynamic_masking(ids, special, epoch, mask_id=4, share=0.15, copies=None, seed=0):
        import logging

        pair = (seed, epoch) if copies is None else (seed, epoch % copies, copies)
        generator = torch.Generator().manual_seed(hash(pair))
        hidden = torch.empty(ids.shape).uniform_(generator=generator).lt(share)
        hidden[special] = False
        logging.getLogger("student").warning("hidden: %d", int(hidden.sum()))
        labels = ids.clone()
        labels[~hidden] = -100
        return ids.masked_fill(hidden, mask_id), labels

    return dynamic_masking


@right
def the_parts_of_this_file():
    return function()


@wrong("is `epoch` used?", earns=0)
def the_epoch_is_not_used():
    return function(number=lambda seed, epoch: seed)


@wrong("is `seed` used?", earns=0)
def the_seed_is_not_used():
    return function(number=lambda seed, epoch: epoch)


@wrong("the lowest 32 bits", earns=0)
def the_seed_shifted_by_32_bits():
    """Torch's generator does not look so far up."""
    return function(number=lambda seed, epoch: (seed << 32) + epoch)


@wrong("are the two added or multiplied, without more?", earns=0)
def seed_plus_epoch():
    return function(number=lambda seed, epoch: seed + epoch)


@wrong("are the two added or multiplied, without more?", earns=0)
def seed_or_epoch_bit_by_bit():
    return function(number=lambda seed, epoch: seed ^ epoch)


@wrong("are the two added or multiplied, without more?", earns=0)
def seed_and_epoch_from_1_multiplied():
    return function(number=lambda seed, epoch: (seed + 1) * (epoch + 1))


@wrong("are the two multiplied? What is 0", earns=0)
def seed_times_epoch():
    return function(number=lambda seed, epoch: seed * epoch)


@wrong("are the two multiplied? What is 0", earns=0)
def the_seed_from_1_times_epoch():
    return function(number=lambda seed, epoch: (seed + 1) * epoch)


@wrong("Ten times one plus the other is not", earns=0)
def ten_times_the_seed():
    return function(number=lambda seed, epoch: 10 * seed + epoch)


@wrong("Ten times one plus the other is not", earns=0)
def a_thousand_times_the_seed():
    return function(number=lambda seed, epoch: 1000 * seed + epoch)


@wrong("nor are their digits side by side", earns=0)
def the_digits_side_by_side():
    return function(number=lambda seed, epoch: int(f"{seed}{epoch}"))


@wrong("Ten times one plus the other is not", earns=0)
def a_prime_that_is_too_small():
    return function(number=lambda seed, epoch: 1009 * seed + epoch)


@wrong("Ten times one plus the other is not", earns=0)
def the_epoch_times_a_prime_that_is_too_small():
    return function(number=lambda seed, epoch: seed + 7919 * epoch)


@wrong("Ten times one plus the other is not", earns=0)
def one_short():
    return function(number=lambda seed, epoch: 9999 * seed + epoch)


@wrong("is there an end to your epochs or seeds?", earns=0)
def ten_bits_of_the_epoch():
    return function(number=lambda seed, epoch: seed * 1024 + epoch % 1024)


@wrong("There are 10 choices", earns=1.5)
def ten_copies_at_most():
    return function(turn=lambda epoch, copies: epoch if copies is None else epoch % min(copies, 10))


@wrong("hides other places. Whatever was drawn before", earns=0)
def nothing_is_seeded():
    return function(begin=lambda number: None)


@wrong("begin a generator anew in each call", earns=0)
def one_generator_for_all_calls():
    generators = {}

    def begin(number):
        return generators.setdefault(number, torch.Generator().manual_seed(number))

    return function(begin=begin)


@wrong("begin a generator anew in each call", earns=0)
def another_library_is_seeded():
    def begin(number):
        random.seed(number)

    return function(begin=begin)


@wrong("a choice hangs on `seed` and `epoch` alone", earns=0)
def the_text_decides_too():
    def dynamic_masking(ids, special, epoch, mask_id=4, share=0.15, copies=None, seed=0):
        text = int(ids.sum()) % 1000
        return function(number=lambda s, e: (10_000 * s + e) * 1000 + text)(ids, special, epoch, mask_id, share, copies, seed)  # fmt: skip

    return dynamic_masking


@wrong("is `copies` used?", earns=0)
def copies_are_not_used():
    return function(turn=lambda epoch, copies: epoch)


@wrong("without `copies` there is another choice in each epoch", earns=0)
def always_ten_copies():
    return function(turn=lambda epoch, copies: epoch % 10)


@wrong("without `copies` there is another choice in each epoch", earns=0)
def ten_copies_unless_told_otherwise():
    return function(turn=lambda epoch, copies: epoch % (copies or 10))


@wrong("Is a copy read for several epochs running?", earns=0)
def each_copy_several_times_running():
    return function(turn=lambda epoch, copies: epoch if copies is None else epoch // copies)


@wrong("Does it stay with the last copy?", earns=0)
def stays_with_the_last_copy():
    return function(turn=lambda epoch, copies: epoch if copies is None else min(epoch, copies - 1))


@wrong("There are 4 choices", earns=0)
def one_copy_too_many():
    return function(turn=lambda epoch, copies: epoch if copies is None else epoch % (copies + 1))


@wrong("Is it drawn which copy is read?", earns=0)
def which_copy_is_drawn():
    def turn(epoch, copies):
        return epoch if copies is None else random.Random(epoch).randrange(copies)

    return function(turn=turn)


@wrong("Is it drawn which copy is read?", earns=0)
def there_and_back_again():
    def turn(epoch, copies):
        if copies is None or copies < 2:
            return epoch if copies is None else 0
        there = epoch % (2 * copies - 2)
        return min(there, 2 * copies - 2 - there)

    return function(turn=turn)


@wrong("With copies=3, seed 0 in epoch 0 hides the same as seed 1 in epoch 0: is `seed` used?", earns=0)
def copies_without_the_seed():
    def dynamic_masking(ids, special, epoch, mask_id=4, share=0.15, copies=None, seed=0):
        seed, epoch = (seed, epoch) if copies is None else (0, epoch % copies)
        return function()(ids, special, epoch, mask_id, share, None, seed)

    return dynamic_masking


@wrong("the 80, 10 and 10 % of lab 05 are left out", earns=0)
def eighty_ten_and_ten():
    def hide(ids, hidden, mask_id):
        die = torch.rand(ids.shape, generator=torch.Generator().manual_seed(int(hidden.sum())))
        inputs = ids.masked_fill(hidden & (die < 0.8), mask_id)
        return torch.where(hidden & (die > 0.9), ids.roll(1, 0).clamp(min=10), inputs)

    return function(hide=hide)


@wrong("do the 80 % of lab 05 come in?", earns=0)
def four_in_five_of_those():
    return function(choose=lambda ids, special, share, generator: chance(ids, special, 0.8 * share, generator))  # fmt: skip


@wrong("is the comparison turned round?", earns=0)
def hides_what_should_be_left():
    return function(choose=lambda ids, special, share, generator: (torch.rand(ids.shape, generator=generator) > share) & ~special)  # fmt: skip


@wrong("With share=0.5: 1", earns=0)
def always_15_percent():
    return function(choose=lambda ids, special, share, generator: chance(ids, special, 0.15, generator))


@wrong("With mask_id=7 a hidden token becomes 4", earns=0)
def always_the_mask_of_this_lab():
    return function(hide=lambda ids, hidden, mask_id: ids.masked_fill(hidden, 4))


@wrong("A mark or padding was hidden; where `special` is True, nothing is.", earns=0)
def marks_and_padding_too():
    return function(choose=lambda ids, special, share, generator: chance(ids, special & False, share, generator))  # fmt: skip


@wrong("True means *never* hidden", earns=0)
def special_turned_round():
    return function(choose=lambda ids, special, share, generator: chance(ids, ~special, share, generator))


@wrong("what is equal to `mask_id` need not be hidden", earns=0)
def labels_wherever_a_mask_stands():
    return function(label=lambda ids, hidden, inputs, mask_id: torch.where(inputs == mask_id, ids, -100))


@wrong("There is a label everywhere", earns=0)
def labels_everywhere():
    return function(label=lambda ids, hidden, inputs, mask_id: ids.clone())


@wrong("Every ordinary token has a label", earns=0)
def labels_at_all_ordinary_tokens():
    return function(label=lambda ids, hidden, inputs, mask_id: ids.masked_fill(ids < 5, -100))


@wrong("Where nothing is hidden your labels are 0", earns=0)
def zero_where_nothing_is_hidden():
    return function(label=lambda ids, hidden, inputs, mask_id: ids * hidden)


@wrong("Where nothing is hidden your labels are -1", earns=0)
def minus_one_where_nothing_is_hidden():
    return function(label=lambda ids, hidden, inputs, mask_id: ids.masked_fill(~hidden, -1))


@wrong("The labels are taken from what the model reads, after hiding", earns=0)
def labels_after_hiding():
    return function(label=lambda ids, hidden, inputs, mask_id: inputs.masked_fill(~hidden, -100))


@wrong("the hidden ids, and −100 everywhere else", earns=0)
def labels_where_nothing_is_hidden():
    return function(label=lambda ids, hidden, inputs, mask_id: ids.masked_fill(hidden, -100))


@wrong("A token was hidden that has no label", earns=0)
def no_labels():
    return function(label=lambda ids, hidden, inputs, mask_id: torch.full_like(ids, -100))


@wrong("The same places are hidden in most texts", earns=0)
def one_choice_for_all_texts():
    def choose(ids, special, share, generator):
        line = torch.rand(ids.shape[1], generator=generator).argsort().argsort()
        return (line < share * len(line)).expand(ids.shape) & ~special  # as many as there should be

    return function(choose=choose)


@wrong("how many are hidden is chance's, too", earns=0)
def as_many_in_each_text():
    def choose(ids, special, share, generator):
        order = torch.rand(ids.shape, generator=generator).masked_fill(special, 2).argsort(1).argsort(1)
        return (order < (share * (~special).sum(1, keepdim=True)).round()) & ~special

    return function(choose=choose)


@wrong("so that the number changes", earns=0)
def as_many_in_each_epoch():
    def choose(ids, special, share, generator):
        order = torch.rand(ids.shape, generator=generator).masked_fill(special, 2).flatten().argsort()
        hidden = torch.zeros(ids.numel(), dtype=torch.bool)
        hidden[order[: round(share * int((~special).sum()))]] = True
        return hidden.view_as(ids)

    return function(choose=choose)


@wrong("A text may keep all of its tokens", earns=0)
def one_at_least_in_each_text():
    def choose(ids, special, share, generator):
        numbers = torch.rand(ids.shape, generator=generator).masked_fill(special, 2)
        hidden = numbers < share
        lowest = torch.zeros_like(hidden).scatter(1, numbers.argmin(1, keepdim=True), True)
        return hidden | lowest & ~hidden.any(1, keepdim=True) & ~special

    return function(choose=choose)


@wrong("What was hidden once may be hidden again", earns=0)
def never_twice_running():
    def dynamic_masking(ids, special, epoch, mask_id=4, share=0.15, copies=None, seed=0):
        epoch = in_turn(epoch, copies)
        numbers = torch.rand(ids.shape, generator=generator_of(seed)) + 0.37 * epoch + seed
        hidden = (numbers % 1 < share) & ~special
        return ids.masked_fill(hidden, mask_id), ids.masked_fill(~hidden, -100)

    return dynamic_masking


@wrong("changed its argument `ids` in place", earns=0)
def hides_in_place():
    def hide(ids, hidden, mask_id):
        labels = ids.clone()
        ids[hidden] = mask_id
        return labels

    def label(ids, hidden, labels, mask_id):
        return labels.masked_fill(~hidden, -100)

    return function(hide=hide, label=label, end=lambda true, labels: (labels, labels))


@wrong("have the two results changed places?", earns=0)
def labels_first():
    return function(end=lambda inputs, labels: (labels, inputs))


@wrong("Return two tensors", earns=0)
def the_choice_comes_too():
    return function(end=lambda inputs, labels: (inputs, labels, labels != -100))


@wrong("yours returned a tensor", earns=0)
def the_inputs_alone():
    return function(end=lambda inputs, labels: inputs)


@wrong("in it a list of length 60", earns=0)
def lists():
    return function(end=lambda inputs, labels: (inputs.tolist(), labels.tolist()))


@wrong("whole numbers of type long; yours are int32", earns=0)
def small_whole_numbers():
    return function(end=lambda inputs, labels: (inputs, labels.int()))


@wrong("Nothing is hidden", earns=0)
def constant():
    return lambda ids, special, epoch, mask_id=4, share=0.15, copies=None, seed=0: (ids, torch.full_like(ids, -100))  # fmt: skip


@wrong("There is a label everywhere", earns=0)
def identity():
    return lambda ids, special, epoch, mask_id=4, share=0.15, copies=None, seed=0: (ids, ids)


@wrong("one token is hidden 0 times, another 0 times", earns=0)
def hard_coded_examples():
    """Right on the sizes of the visible check, and nothing is hidden elsewhere."""

    def dynamic_masking(ids, special, *rest, **named):
        if tuple(ids.shape) in {(60, 90), (1200, 5), (6, 42), (60, 32), (2, 62)}:
            return function()(ids, special, *rest, **named)
        return ids.clone(), torch.full_like(ids, -100)

    return dynamic_masking


@wrong("one token is hidden 0 times", earns=0)
def hard_coded_and_one_token_is_spared():
    """Never the second token of a text: in 60 texts chance may do that, in 300 epochs it does not."""

    def choose(ids, special, share, generator):
        hidden = chance(ids, special, share, generator)
        hidden[:, 1] &= ids.shape[1] != 60
        return hidden

    return function(choose=choose)


@wrong("is the remainder taken of a number made of both?", earns=0)
def the_remainder_of_the_whole_number():
    def dynamic_masking(ids, special, epoch, mask_id=4, share=0.15, copies=None, seed=0):
        number = 10_000 * seed + epoch
        number = number if copies is None else number % copies + 10**9
        hidden = chance(ids, special, share, generator_of(number))
        return ids.masked_fill(hidden, mask_id), ids.masked_fill(~hidden, -100)

    return dynamic_masking


@wrong("is hidden of text", earns=0)
def a_number_for_each_text():
    def choose(ids, special, share, number):
        rows = [
            chance(row, marks, share, generator_of(number + i))
            for i, (row, marks) in enumerate(zip(ids, special))
        ]
        return torch.stack(rows)

    return function(begin=lambda number: number, choose=choose)


@wrong("The same places are hidden in most texts", earns=0)
def the_same_columns_for_all_texts():
    def choose(ids, special, share, generator):
        return (torch.rand(ids.shape[1], generator=generator) < share) & ~special

    return function(choose=choose)
