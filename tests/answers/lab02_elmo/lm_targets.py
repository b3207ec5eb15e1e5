import torch
from torch.nn import functional as F

from tests.answers import right, wrong


def shifted(ids):
    """The right tables."""
    ahead = F.pad(ids[:, 1:], (0, 1))
    back = F.pad(ids[:, :-1], (1, 0)) * (ids != 0)
    return ahead.masked_fill(ahead == 0, -100), back.masked_fill(back == 0, -100)


@right
def pads_and_masks():
    def lm_targets(ids):
        return shifted(ids)

    return lm_targets


@right
def row_by_row_in_lists_with_prints():
    def lm_targets(ids):
        ahead, back = [], []
        for row in ids.tolist():
            words = [token for token in row if token != 0]
            print(words)
            after = words[1:]
            before = [-100, *words[:-1]] if words else []
            ahead.append(after + [-100] * (len(row) - len(after)))
            back.append(before + [-100] * (len(row) - len(before)))
        return [torch.tensor(ahead), torch.tensor(back)]

    return lm_targets


@right
def one_place_at_a_time_in_int32():
    def lm_targets(ids):
        import warnings

        warnings.warn("one at a time", stacklevel=1)
        ahead = torch.full(ids.shape, -100, dtype=torch.int32)
        back = ahead.clone()
        for b, t in (ids != 0).nonzero().tolist():
            if t + 1 < ids.shape[1] and ids[b, t + 1] != 0:
                ahead[b, t] = ids[b, t + 1]
            if t > 0:
                back[b, t] = ids[b, t - 1]
        return ahead, back

    return lm_targets


@wrong("changed places", earns=0)
def in_the_other_order():
    def lm_targets(ids):
        return shifted(ids)[::-1]

    return lm_targets


@wrong("shift the other way", earns=0)
def both_are_asked_for_the_next_token():
    """The backward language model with the forward shift."""

    def lm_targets(ids):
        ahead, _ = shifted(ids)
        return ahead, ahead.clone()

    return lm_targets


@wrong("the token it has just read", earns=0)
def the_token_itself():
    def lm_targets(ids):
        return ids.clone(), ids.clone()

    return lm_targets


@wrong("round in a circle", earns=0)
def rolls_the_rows():
    def lm_targets(ids):
        ahead, back = ids.roll(-1, 1), ids.roll(1, 1)
        return ahead.masked_fill(ids == 0, -100), back.masked_fill(ids == 0, -100)

    return lm_targets


@wrong("learns to guess padding", earns=0)
def leaves_padding_as_a_target():
    def lm_targets(ids):
        none = torch.full((len(ids), 1), -100)
        return torch.cat([ids[:, 1:], none], 1), shifted(ids)[1]

    return lm_targets


@wrong("Nobody reads padding", earns=0)
def names_the_last_token_from_the_padding():
    def lm_targets(ids):
        back = torch.full_like(ids, -100)
        back[:, 1:] = ids[:, :-1]
        return shifted(ids)[0], back.masked_fill(back == 0, -100)

    return lm_targets


@wrong("learns to guess padding", earns=0)
def fills_up_with_zeros():
    def lm_targets(ids):
        ahead, back = shifted(ids)
        return ahead.clamp(min=0), back.clamp(min=0)

    return lm_targets


@wrong("There is a target for each place of the batch", earns=0)
def one_place_shorter():
    def lm_targets(ids):
        return ids[:, 1:], ids[:, :-1]

    return lm_targets


@wrong("should be the token after it", earns=0)
def two_places_on():
    def lm_targets(ids):
        ahead = F.pad(ids[:, 2:], (0, 2))
        return ahead.masked_fill(ahead == 0, -100), shifted(ids)[1]

    return lm_targets


@wrong("whole numbers", earns=0)
def as_floats():
    def lm_targets(ids):
        ahead, back = shifted(ids)
        return ahead.float(), back.float()

    return lm_targets


@wrong("In a row of a single token", earns=1.5)
def takes_every_row_to_have_two_tokens():
    def lm_targets(ids):
        ahead, back = shifted(ids)
        if ids.shape[1] > 1:
            back[:, 1] = ids[:, 0]
        return ahead, back

    return lm_targets


@wrong("should return a tuple or a list; yours returned a tensor", earns=0)
def stacked():
    def lm_targets(ids):
        return torch.stack(shifted(ids))

    return lm_targets


@wrong("changed its argument `ids` in place", earns=0)
def writes_into_the_batch():
    def lm_targets(ids):
        back = shifted(ids)[1]
        ids[:, :-1] = ids[:, 1:].clone()
        ids[:, -1] = -100
        ids[ids == 0] = -100
        return ids, back

    return lm_targets


@wrong("should return a tuple or a list", earns=0)
def identity():
    def lm_targets(ids):
        return ids

    return lm_targets


@wrong("same token", earns=0)
def constant():
    def lm_targets(ids):
        return torch.full_like(ids, -100), torch.full_like(ids, -100)

    return lm_targets


@wrong("A random batch", earns=0)
def hard_coded_examples():
    def lm_targets(ids):
        return (
            torch.tensor([[7, 9, -100, -100], [3, -100, -100, -100], [2, 6, 1, -100]]).expand(ids.shape)
            if ids.shape == (3, 4)
            else ids.clone() * 0 - 100,
            torch.tensor([[-100, 5, 7, -100], [-100, 4, -100, -100], [-100, 8, 2, 6]])
            if ids.shape == (3, 4)
            else ids.clone() * 0 - 100,
        )

    return lm_targets
