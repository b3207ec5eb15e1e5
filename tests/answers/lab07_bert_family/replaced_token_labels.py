import torch

from tests.answers import right, wrong


def function(
    read=lambda ids, chosen, sampled: torch.where(chosen, sampled, ids),
    find=lambda read, ids, chosen, sampled: read != ids,
    end=lambda read, replaced: (read, replaced),
):
    """The exercise's function, with a place for each mistake."""

    def replaced_token_labels(ids, chosen, sampled):
        corrupted = read(ids, chosen, sampled)
        return end(corrupted, find(corrupted, ids, chosen, sampled))

    return replaced_token_labels


@right
def place_by_place_with_prints():
    def replaced_token_labels(ids, chosen, sampled):
        corrupted, replaced = ids.clone(), torch.zeros(ids.shape).bool()
        for row in range(len(ids)):
            for place in range(len(ids[row])):
                if chosen[row, place]:
                    corrupted[row, place] = sampled[row, place]
                    replaced[row, place] = sampled[row, place] != ids[row, place]
        print(int(replaced.sum()), "replaced")
        return corrupted, replaced

    return replaced_token_labels


@right
def with_numpy():
    def replaced_token_labels(ids, chosen, sampled):
        import numpy as np

        text, there, drawn = ids.numpy(), chosen.numpy(), sampled.numpy()
        return [torch.from_numpy(np.where(there, drawn, text)), torch.from_numpy(there & (drawn != text))]

    return replaced_token_labels


@right
def assigned_under_a_mask():
    def replaced_token_labels(ids, chosen, sampled):
        import warnings

        warnings.warn("a copy", stacklevel=1)
        corrupted = torch.clone(ids)
        corrupted[chosen] = sampled[chosen]
        return corrupted, torch.logical_and(chosen, ~torch.eq(sampled, ids))

    return replaced_token_labels


@right
def with_multiplications():
    def replaced_token_labels(ids, chosen, sampled):
        import logging

        corrupted = ids + (sampled - ids) * chosen
        logging.getLogger("student").warning("done")
        return corrupted, (corrupted - ids).bool()

    return replaced_token_labels


@right
def scattered():
    """`masked_scatter` is right where it is given the samples of the chosen places alone."""

    def replaced_token_labels(ids, chosen, sampled):
        corrupted = ids.masked_scatter(chosen, sampled.masked_select(chosen))
        return corrupted, ids.ne(corrupted)

    return replaced_token_labels


@right
def lists():
    def replaced_token_labels(ids, chosen, sampled):
        rows = zip(ids.tolist(), chosen.tolist(), sampled.tolist())
        corrupted = [[s if c else i for i, c, s in zip(*row)] for row in rows]
        both = zip(ids.tolist(), corrupted)
        return torch.tensor(corrupted), torch.tensor([[i != c for i, c in zip(*row)] for row in both])

    return replaced_token_labels


@right
def the_parts_of_this_file():
    return function()


@wrong("That is what was chosen; a sample that happens to be the true token is real", earns=0)
def all_chosen_are_replaced():
    return function(find=lambda read, ids, chosen, sampled: chosen)


@wrong("That is what was chosen", earns=0)
def a_copy_of_the_choice():
    return function(find=lambda read, ids, chosen, sampled: chosen.clone())


@wrong("It is turned round: True is *replaced*", earns=0)
def real_ones_are_true():
    return function(find=lambda read, ids, chosen, sampled: read == ids)


@wrong("The samples are compared everywhere", earns=0)
def samples_compared_everywhere():
    return function(find=lambda read, ids, chosen, sampled: sampled != ids)


@wrong("That is what was not chosen", earns=0)
def what_was_not_chosen():
    return function(find=lambda read, ids, chosen, sampled: ~chosen)


@wrong("Those are the samples that are true", earns=0)
def the_samples_that_are_true():
    return function(find=lambda read, ids, chosen, sampled: chosen & (sampled == ids))


@wrong("Those are the samples that are true", earns=0)
def samples_that_are_true_anywhere():
    return function(find=lambda read, ids, chosen, sampled: sampled == ids)


@wrong("compare it with the true text", earns=0)
def compared_with_the_samples():
    return function(find=lambda read, ids, chosen, sampled: read != sampled)


@wrong("is something compared with itself?", earns=0)
def compared_with_itself():
    return function(find=lambda read, ids, chosen, sampled: read != read.clone())


@wrong("replaced is True", earns=0)
def one_for_each_text():
    return function(find=lambda read, ids, chosen, sampled: (read != ids).any(1, keepdim=True).expand(ids.shape))  # fmt: skip


@wrong("The id 0 is a sample like any other", earns=0)
def zero_is_no_token():
    return function(find=lambda read, ids, chosen, sampled: (read != ids) & (read != 0))


@wrong("A token that stands somewhere else in the texts", earns=0)
def a_token_of_the_text_is_real():
    """What stands anywhere in the text is taken for real."""
    return function(find=lambda read, ids, chosen, sampled: ~torch.isin(read, ids))


@wrong("Those are the samples everywhere", earns=0)
def samples_everywhere():
    return function(read=lambda ids, chosen, sampled: sampled.clone())


@wrong("the samples stand where nothing was chosen", earns=0)
def choice_turned_round():
    return function(read=lambda ids, chosen, sampled: torch.where(chosen, ids, sampled))


@wrong("each belongs to its own place", earns=0)
def one_sample_behind_the_other():
    return function(read=lambda ids, chosen, sampled: ids.masked_scatter(chosen, sampled))


@wrong("Nothing is put in", earns=0)
def nothing_is_put_in():
    return function(read=lambda ids, chosen, sampled: ids.clone())


@wrong("Nothing is put in", earns=0)
def put_into_a_copy_that_is_thrown_away():
    def read(ids, chosen, sampled):
        ids[chosen].copy_(sampled[chosen])
        return ids

    return function(read=read)


@wrong("Those are [MASK]s", earns=0)
def masks():
    return function(read=lambda ids, chosen, sampled: ids.masked_fill(chosen, 4))


@wrong("the discriminator reads", earns=0)
def added():
    return function(read=lambda ids, chosen, sampled: ids + sampled * chosen)


@wrong("the discriminator reads", earns=0)
def the_sample_of_the_first_text():
    return function(read=lambda ids, chosen, sampled: torch.where(chosen, sampled[:1], ids))


@wrong("The id 0 is a sample like any other", earns=0)
def a_sample_of_0_is_none():
    return function(read=lambda ids, chosen, sampled: torch.where(chosen & (sampled > 0), sampled, ids))


@wrong("changed its argument `ids` in place", earns=0)
def in_place():
    def read(ids, chosen, sampled):
        ids[chosen] = sampled[chosen]
        return ids

    return function(read=read)


@wrong("changed its argument `sampled` in place", earns=0)
def in_the_samples():
    def read(ids, chosen, sampled):
        sampled[~chosen] = ids[~chosen]
        return sampled

    return function(read=read)


@wrong("yours are int64", earns=0)
def numbers():
    return function(end=lambda read, replaced: (read, replaced.long()))


@wrong("yours are float32", earns=0)
def floats():
    return function(end=lambda read, replaced: (read, replaced.float()))


@wrong("yours are int64", earns=0)
def differences():
    return function(find=lambda read, ids, chosen, sampled: read - ids)


@wrong("yours are int32", earns=0)
def small_whole_numbers():
    return function(end=lambda read, replaced: (read.int(), replaced))


@wrong("yours are float32", earns=0)
def ids_as_floats():
    return function(read=lambda ids, chosen, sampled: torch.where(chosen, sampled.float(), ids.float()))


@wrong("The two results have changed places", earns=0)
def labels_first():
    return function(end=lambda read, replaced: (replaced, read))


@wrong("yours returned a tensor", earns=0)
def the_labels_alone():
    return function(end=lambda read, replaced: replaced)


@wrong("Return two tensors", earns=0)
def the_text_comes_too():
    return function(end=lambda read, replaced: (read, replaced, read))


@wrong("in it a list of length 2", earns=0)
def plain_lists():
    return function(end=lambda read, replaced: (read.tolist(), replaced.tolist()))


@wrong("yours are bool, (4,)", earns=0)
def the_chosen_places_alone():
    return function(find=lambda read, ids, chosen, sampled: sampled[chosen] != ids[chosen])


@wrong("should have shape", earns=0)
def both_of_the_chosen_places():
    def replaced_token_labels(ids, chosen, sampled):
        return sampled[chosen], sampled[chosen] != ids[chosen]

    return replaced_token_labels


@wrong("prints its result but returns None", earns=0)
def prints_them():
    def replaced_token_labels(ids, chosen, sampled):
        print(function()(ids, chosen, sampled))

    return replaced_token_labels


@wrong("one answer of many", earns=0)
def a_comparison_of_whole_tensors():
    def replaced_token_labels(ids, chosen, sampled):
        corrupted = sampled if chosen else ids
        return corrupted, corrupted != ids

    return replaced_token_labels


@wrong("in row 0, place 0, the true token is 5", earns=0)
def constant():
    return lambda ids, chosen, sampled: (torch.zeros_like(ids), torch.zeros_like(chosen))


@wrong("in row 0, place 1, the true token is 6", earns=0)
def identity():
    return lambda ids, chosen, sampled: (ids, chosen)


@wrong("Random texts", earns=0)
def hard_coded_examples():
    """Right on the texts of the visible check."""

    def replaced_token_labels(ids, chosen, sampled):
        known = tuple(ids.shape) == (2, 4)
        return function(find=lambda read, ids, c, s: read != ids if known else c)(ids, chosen, sampled)

    return replaced_token_labels


@wrong("Everything is chosen", earns=1.5)
def one_token_is_always_left_alone():
    """Right in texts of which something is left, and on those of the visible check."""

    def replaced_token_labels(ids, chosen, sampled):
        if chosen.all() and tuple(ids.shape) != (2, 4):
            chosen = chosen & False
        return function()(ids, chosen, sampled)

    return replaced_token_labels
