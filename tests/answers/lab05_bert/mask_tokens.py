import random

import torch

from tests.answers import right, wrong


def at_least_one(chance, chosen, special):
    """What chance has chosen, and where that is nothing the place of the row's lowest number."""
    lowest = chance.masked_fill(special, 2.0).argmin(1, keepdim=True)
    alone = ~chosen.any(1, keepdim=True) & ~special
    return chosen | (alone & torch.zeros_like(chosen).scatter(1, lowest, True))


def chosen_of(chance, special, share):
    return at_least_one(chance, (chance < share) & ~special, special)


def hidden(ids, chosen, die, drawn, mask_id, below=0.8, other=0.9):
    inputs = torch.where(chosen & (die < below), mask_id, ids)
    return torch.where(chosen & (die >= below) & (die < other), drawn, inputs)


def function(
    choose=chosen_of,
    hide=hidden,
    label=lambda ids, chosen, inputs, special: torch.where(chosen, ids, -100),
    draw=lambda ids, ordinary, generator: ordinary[torch.randint(len(ordinary), ids.shape, generator=generator)],
    begin=lambda seed: torch.Generator().manual_seed(seed),
    dice=lambda ids, generator: (torch.rand(ids.shape, generator=generator), torch.rand(ids.shape, generator=generator)),
    end=lambda inputs, labels: (inputs, labels),
):  # fmt: skip
    """The exercise's function, with a place for each mistake."""

    def mask_tokens(ids, special, ordinary, mask_id, share=0.15, seed=0):
        generator = begin(seed)
        chance, die = dice(ids, generator)
        chosen = choose(chance, special, share)
        inputs = hide(ids, chosen, die, draw(ids, ordinary, generator), mask_id)
        return end(inputs, label(ids, chosen, inputs, special))

    return mask_tokens


@right
def token_by_token_with_prints():
    def mask_tokens(ids, special, ordinary, mask_id, share=0.15, seed=0):
        rng = random.Random(seed)
        pool = ordinary.tolist()
        all_inputs, all_labels = [], []
        for row, marks in zip(ids.tolist(), special.tolist(), strict=True):
            may = [i for i in range(len(row)) if not marks[i]]
            chosen = [i for i in may if rng.random() < share]
            if not chosen and may:
                chosen = [rng.choice(may)]
            inputs, labels = list(row), [-100] * len(row)
            for i in chosen:
                labels[i] = row[i]
                fate = rng.random()
                if fate < 0.8:
                    inputs[i] = mask_id
                elif fate < 0.9:
                    inputs[i] = rng.choice(pool)
            all_inputs.append(inputs)
            all_labels.append(labels)
        print("hidden", len(all_inputs), "rows")
        return torch.tensor(all_inputs), torch.tensor(all_labels)

    return mask_tokens


@right
def with_numpy():
    def mask_tokens(ids, special, ordinary, mask_id, share=0.15, seed=0):
        import numpy as np

        rng = np.random.default_rng(seed)
        text, may, pool = ids.numpy().copy(), ~special.numpy(), ordinary.numpy()
        chosen = may & (rng.random(text.shape) < share)
        for row in np.flatnonzero(may.any(1) & ~chosen.any(1)):
            chosen[row, rng.choice(np.flatnonzero(may[row]))] = True
        labels = np.where(chosen, text, -100)
        places = np.argwhere(chosen)
        for (r, c), kind in zip(places, rng.choice(3, len(places), p=[0.8, 0.1, 0.1]), strict=True):
            if kind == 0:
                text[r, c] = mask_id
            elif kind == 1:
                text[r, c] = rng.choice(pool)
        return [torch.from_numpy(text), torch.from_numpy(labels)]

    return mask_tokens


@right
def as_the_collator_does():
    """Bernoulli draws, one after the other: 80 % of the chosen, then half of what is left. The global generator is seeded."""

    def mask_tokens(ids, special, ordinary, mask_id, share=0.15, seed=0):
        import logging

        torch.manual_seed(seed)
        inputs, labels = ids.clone(), ids.clone()
        chances = torch.full(ids.shape, share, dtype=torch.float64)
        chances.masked_fill_(special, value=0.0)
        chosen = torch.bernoulli(chances).bool()
        for row in range(ids.shape[0]):
            if not chosen[row].any() and not special[row].all():
                chosen[row, torch.multinomial((~special[row]).double(), 1)] = True
        labels[~chosen] = -100
        replaced = torch.bernoulli(torch.full(ids.shape, 0.8)).bool() & chosen
        inputs[replaced] = mask_id
        swapped = torch.bernoulli(torch.full(ids.shape, 0.5)).bool() & chosen & ~replaced
        inputs[swapped] = ordinary[torch.randint(len(ordinary), (int(swapped.sum()),))]
        logging.getLogger("student").warning("%d hidden", int(chosen.sum()))
        return inputs, labels

    return mask_tokens


@right
def one_number_stretched():
    """A number below `share`, divided by it, is even again; what is added for a row gets a number of its own."""

    def mask_tokens(ids, special, ordinary, mask_id, share=0.15, seed=0):
        import warnings

        warnings.warn("clever", stacklevel=1)
        generator = torch.Generator()
        generator.manual_seed(seed + 12345)
        chance = torch.rand(ids.shape, generator=generator, dtype=torch.float64)
        by_chance = (chance < share) & ~special
        chosen = at_least_one(chance, by_chance, special)
        fresh = torch.rand(ids.shape, generator=generator, dtype=torch.float64)
        die = torch.where(by_chance, chance / share, fresh)
        drawn = ordinary.gather(0, torch.randint(len(ordinary), (ids.numel(),), generator=generator))
        return hidden(ids, chosen, die, drawn.view_as(ids), mask_id), torch.where(chosen, ids, -100)

    return mask_tokens


@right
def the_parts_of_this_file():
    return function()


@wrong("A mark or padding was chosen", earns=0)
def marks_and_padding_too():
    return function(lambda chance, special, share: chosen_of(chance, torch.zeros_like(special), share))


@wrong("A mark or padding was chosen", earns=0)
def forgets_marks_when_one_is_added():
    def choose(chance, special, share):
        chosen = (chance < share) & ~special
        lowest = torch.zeros_like(chosen).scatter(1, chance.argmin(1, keepdim=True), True)
        return chosen | lowest & ~chosen.any(1, keepdim=True)

    return function(choose)


@wrong("A random token is drawn from `ordinary`", earns=0)
def random_tokens_of_the_whole_vocabulary():
    return function(
        draw=lambda ids, ordinary, generator: torch.randint(
            int(ordinary.max()) + 1, ids.shape, generator=generator
        )
    )


@wrong("A random token is drawn from `ordinary`", earns=0)
def random_places_in_place_of_tokens():
    """The place in `ordinary`, and not what stands there."""
    return function(
        draw=lambda ids, ordinary, generator: torch.randint(len(ordinary), ids.shape, generator=generator)
    )


@wrong("A random token is drawn from `ordinary`", earns=0)
def random_tokens_of_the_same_row():
    return function(
        draw=lambda ids, ordinary, generator: ids[:, torch.randperm(ids.shape[1], generator=generator)]
    )


@wrong("There is a label everywhere", earns=0)
def labels_everywhere():
    return function(label=lambda ids, chosen, inputs, special: ids.clone())


@wrong("Every token has a label, also where nothing was chosen", earns=0)
def labels_at_all_but_the_marks():
    return function(label=lambda ids, chosen, inputs, special: torch.where(special, -100, ids))


@wrong("Where nothing is asked your labels are 0", earns=0)
def zero_where_nothing_is_asked():
    return function(label=lambda ids, chosen, inputs, special: torch.where(chosen, ids, 0))


@wrong("Hardly any stays as it was, with a label all the same", earns=0)
def no_label_where_a_token_stayed():
    return function(
        label=lambda ids, chosen, inputs, special: torch.where(chosen & (inputs != ids), ids, -100)
    )


@wrong("Are only those counted that became [MASK]?", earns=0)
def labels_at_masks_alone():
    """And what else has changed has none; so the text is changed at [MASK] alone, to be fair."""

    def hide(ids, chosen, die, drawn, mask_id):
        return torch.where(chosen & (die < 0.8), mask_id, ids)

    return function(
        hide=hide, label=lambda ids, chosen, inputs, special: torch.where(inputs != ids, ids, -100)
    )


@wrong("A token was changed that has no label", earns=0)
def labels_at_masks_and_others_change():
    return function(label=lambda ids, chosen, inputs, special: torch.where(inputs == 4, ids, -100))


@wrong("The labels are taken from what the model reads, after hiding", earns=0)
def labels_after_hiding():
    return function(label=lambda ids, chosen, inputs, special: torch.where(chosen, inputs, -100))


@wrong("changed its argument `ids` in place", earns=0)
def hides_in_place():
    def hide(ids, chosen, die, drawn, mask_id):
        ids[chosen & (die < 0.8)] = mask_id
        swap = chosen & (die >= 0.9)
        ids[swap] = drawn[swap]
        return ids

    def mask_tokens(ids, special, ordinary, mask_id, share=0.15, seed=0):
        labels = ids.clone()
        inputs, other = function(hide=hide)(ids, special, ordinary, mask_id, share, seed)
        labels[other == -100] = -100
        return inputs, labels

    return mask_tokens


@wrong("is one random number both what chooses and what decides?", earns=0)
def one_number_for_both():
    def dice(ids, generator):
        chance = torch.rand(ids.shape, generator=generator)
        return chance, chance

    return function(dice=dice)


@wrong("All chosen ones become [MASK]; one in five does not", earns=0)
def all_become_masks():
    return function(hide=lambda ids, chosen, die, drawn, mask_id: torch.where(chosen, mask_id, ids))


@wrong("None becomes a random token", earns=0)
def eighty_and_twenty():
    return function(hide=lambda *given: hidden(*given, other=0.8))


@wrong("Hardly any stays as it was, with a label all the same", earns=0)
def eighty_and_twenty_random():
    return function(hide=lambda *given: hidden(*given, other=1.0))


@wrong("80, 10 and 10 % are asked for", earns=0)
def ten_percent_of_what_is_left():
    return function(hide=lambda *given: hidden(*given, other=0.82))


@wrong("15 % are asked for", earns=0)
def share_of_masks_and_not_of_the_chosen():
    """15 % become [MASK], so that more are chosen."""
    return function(lambda chance, special, share: chosen_of(chance, special, share / 0.8))


@wrong("Is the share taken of all places, marks and padding too?", earns=0)
def exactly_the_share_of_all_places():
    def choose(chance, special, share):
        count = round(share * special.shape[1] * 1.3)
        places = chance.masked_fill(special, 2.0).argsort(1)[:, :count]
        return torch.zeros_like(special).scatter(1, places, True) & ~special

    return function(choose)


@wrong("of each row that has tokens at least one is", earns=0)
def rounded_down():
    def choose(chance, special, share):
        chosen = torch.zeros_like(special)
        for row, marks in enumerate(special):
            places = (~marks).nonzero()[:, 0]
            order = chance[row, places].argsort()
            chosen[row, places[order[: int(share * len(places))]]] = True
        return chosen

    return function(choose)


@wrong("Is the number to choose worked out from the number of tokens? It is chance's, too.", earns=0)
def a_number_of_places_that_is_fixed():
    def choose(chance, special, share):
        chosen = torch.zeros_like(special)
        for row, marks in enumerate(special):
            places = (~marks).nonzero()[:, 0]
            count = max(1, round(share * len(places)))
            chosen[row, places[chance[row, places].argsort()[:count]]] = True
        return chosen

    return function(choose)


@wrong("so that the number changes", earns=3.5)
def a_number_for_the_whole_batch():
    def choose(chance, special, share):
        chance = chance.masked_fill(special, 2.0)
        n = int((~special).sum())
        lowest = chance.flatten().argsort()[: round(share * n)]
        chosen = torch.zeros(special.numel(), dtype=torch.bool)
        chosen[lowest] = True
        return at_least_one(chance, chosen.view_as(special) & ~special, special)

    return function(choose)


@wrong("of each row that has tokens at least one is", earns=0)
def chance_alone():
    return function(lambda chance, special, share: (chance < share) & ~special)


@wrong("each should be equally likely", earns=0)
def the_first_token_is_added():
    def choose(chance, special, share):
        chosen = (chance < share) & ~special
        first = torch.zeros_like(chosen).scatter(1, (~special).long().argmax(1, keepdim=True), True)
        return chosen | first & ~special & ~chosen.any(1, keepdim=True)

    return function(choose)


@wrong("Chance chooses each with 15 %, and only where it chose none, one is added", earns=0)
def one_is_added_to_every_row():
    def choose(chance, special, share):
        chosen = (chance < share) & ~special
        extra = torch.rand(special.shape, generator=torch.Generator().manual_seed(int(chance.sum() * 1e4)))
        return chosen | at_least_one(extra, torch.zeros_like(chosen), special)

    return function(choose)


@wrong("the one that is added is a chosen one like the others", earns=0)
def the_added_one_is_always_a_mask():
    def hide(ids, chosen, die, drawn, mask_id):
        alone = chosen.sum(1, keepdim=True) == 1
        return hidden(ids, chosen, torch.where(alone, torch.zeros_like(die), die), drawn, mask_id)

    return function(hide=hide)


@wrong("the one that is added is a chosen one like the others", earns=0)
def one_number_stretched_for_the_added_too():
    """Below 0.12, 0.135 and 0.15: what is added has a higher number, and always stays."""

    def dice(ids, generator):
        chance = torch.rand(ids.shape, generator=generator)
        return chance, chance / 0.15

    return function(dice=dice)


@wrong("The same places are chosen in most rows", earns=0)
def the_same_places_in_all_rows():
    def choose(chance, special, share):
        return chosen_of(
            chance[:1].expand(special.shape), special, 0.15 if chance[0].lt(0.15).any() else share
        )

    def dice(ids, generator):
        line = torch.rand(ids.shape[1], generator=generator)
        line = line.argsort().argsort() / len(line)  # as many as should be
        return line.expand(ids.shape), torch.rand(ids.shape, generator=generator)

    return function(choose, dice=dice)


@wrong("each of them is a draw of its own", earns=0)
def one_random_token_for_all():
    return function(
        draw=lambda ids, ordinary, generator: ordinary[torch.randint(len(ordinary), (), generator=generator)]
    )


@wrong("both are the same one", earns=3.5)
def one_random_token_a_row():
    return function(
        draw=lambda ids, ordinary, generator: ordinary[
            torch.randint(len(ordinary), (len(ids), 1), generator=generator)
        ]
    )


@wrong("the first and the last too", earns=3.5)
def never_the_last_of_the_ordinary():
    return function(
        draw=lambda ids, ordinary, generator: ordinary[
            torch.randint(len(ordinary) - 1, ids.shape, generator=generator)
        ]
    )


@wrong("With share=0.5 1", earns=0)
def share_is_not_used():
    return function(lambda chance, special, share: chosen_of(chance, special, 0.15))


@wrong("With mask_id=7 no 7 comes", earns=0)
def always_the_mask_of_this_lab():
    return function(hide=lambda ids, chosen, die, drawn, mask_id: hidden(ids, chosen, die, drawn, 4))


@wrong("The same seed twice gives other results", earns=0)
def no_seed():
    return function(begin=lambda seed: None)


@wrong("The same seed twice gives other results", earns=0)
def random_tokens_without_the_seed():
    return function(draw=lambda ids, ordinary, generator: ordinary[torch.randint(len(ordinary), ids.shape)])


@wrong("Two seeds give the same result", earns=0)
def always_the_same_seed():
    return function(begin=lambda seed: torch.Generator().manual_seed(0))


@wrong("Return two tensors", earns=0)
def returns_the_choice_too():
    def mask_tokens(*given, **named):
        inputs, labels = function()(*given, **named)
        return inputs, labels, labels != -100

    return mask_tokens


@wrong("yours returned a tensor", earns=0)
def returns_the_inputs_alone():
    return function(end=lambda inputs, labels: inputs)


@wrong("whole numbers of type long; yours are int32", earns=0)
def small_whole_numbers():
    return function(end=lambda inputs, labels: (inputs.int(), labels.int()))


@wrong("Return two tensors", earns=0)
def three_for_a_row_of_marks():
    """Another thing for a row in which nothing may be chosen."""

    def mask_tokens(ids, special, *rest, **named):
        if special.all():
            return ids, None
        return function()(ids, special, *rest, **named)

    return mask_tokens


@wrong("should have shape", earns=0)
def another_shape_for_another_seed():
    def mask_tokens(ids, special, ordinary, mask_id, share=0.15, seed=0):
        inputs, labels = function()(ids, special, ordinary, mask_id, share, seed)
        return (inputs[1:], labels[1:]) if seed == 4 else (inputs, labels)

    return mask_tokens


@wrong("0.0% of the tokens that may be chosen are", earns=0)
def constant():
    return lambda ids, special, ordinary, mask_id, share=0.15, seed=0: (ids, torch.full_like(ids, -100))


@wrong("There is a label everywhere", earns=0)
def identity():
    return lambda ids, special, ordinary, mask_id, share=0.15, seed=0: (ids, ids)


@wrong("each has 15 %", earns=0)
def hard_coded_examples():
    """Right on the sizes of the visible check, and nothing is hidden elsewhere."""

    def mask_tokens(ids, special, ordinary, mask_id, share=0.15, seed=0):
        if tuple(ids.shape) in {(60, 90), (1600, 5), (1, 5)}:
            return function()(ids, special, ordinary, mask_id, share, seed)
        return ids.clone(), torch.full_like(ids, -100)

    return mask_tokens


@wrong("hat becomes of a token is drawn for each")  # its shares may stray, too: then it earns nothing
def one_die_for_a_row():
    def dice(ids, generator):
        chance = torch.rand(ids.shape, generator=generator)
        return chance, torch.rand(len(ids), 1, generator=generator).expand(ids.shape)

    return function(dice=dice)
