import functools

import torch

from tests.answers import right, wrong


def require_boolean(mask):
    if mask.dtype != torch.bool:
        raise ValueError(f"a mask is boolean, True = may attend; this one is {mask.dtype}")


def combined(both=lambda a, b: a & b, refuse=require_boolean, given=lambda masks: masks):
    """The exercise's function, with a place for each mistake: how two become one, what is refused, which are looked at."""

    def combine_masks(*masks):
        kept = [mask for mask in given(masks) if mask is not None]
        for mask in kept:
            refuse(mask)
        return functools.reduce(both, kept) if kept else None

    return combine_masks


@right
def one_after_the_other_with_prints():
    def combine_masks(*masks):
        result = None
        for mask in masks:
            if mask is None:
                continue
            print(mask.shape)
            if mask.dtype is not torch.bool:
                raise ValueError("only boolean masks can be combined, True = may attend")
            result = mask if result is None else torch.logical_and(result, mask)
        return result

    return combine_masks


@right
def all_of_a_stack():
    def combine_masks(*masks):
        masks = [mask for mask in masks if mask is not None]
        if any(mask.dtype != torch.bool for mask in masks):
            raise ValueError("a mask with numbers in it means something else")
        if not masks:
            return None
        return torch.stack(torch.broadcast_tensors(*masks)).all(dim=0)

    return combine_masks


@right
def recursion():
    def combine_masks(*masks):
        if not masks:
            return None
        first, rest = masks[0], combine_masks(*masks[1:])
        if first is not None and first.dtype != torch.bool:
            raise ValueError(f"expected a boolean mask and got {first.dtype}")
        if first is None or rest is None:
            return rest if first is None else first
        return first * rest

    return combine_masks


@right
def product_of_floats():
    """And an error of one's own that is a ValueError; warns."""

    class NoMask(ValueError):
        pass

    def refuse(mask):
        import warnings

        warnings.warn("a mask", stacklevel=1)
        if mask.dtype != torch.bool:
            raise NoMask("this is no boolean mask")

    return combined(both=lambda a, b: (a.float() * b.float()).bool(), refuse=refuse)


@right
def hidden_where_one_hides():
    return combined(both=lambda a, b: ~torch.where(a, ~b, True))


@wrong("A key is seen when *one* mask allows it; all must", earns=0)
def any_of_them():
    return combined(both=lambda a, b: a | b)


@wrong("A key is seen when exactly one mask allows it; all must", earns=0)
def exactly_one_of_them():
    return combined(both=lambda a, b: a ^ b)


@wrong("Your mask is inverted: True = may attend", earns=0)
def turned_round():
    return combined(both=lambda a, b: ~(a & b))


@wrong("which a mask hides", earns=0)
def the_first_two_alone():
    return combined(given=lambda masks: masks[:2])


@wrong("That is the last mask alone", earns=0)
def the_last_alone():
    return combined(both=lambda a, b: b)


@wrong("yours is of type torch.int64", earns=0)
def product_of_whole_numbers():
    return combined(both=lambda a, b: a.long() * b)


@wrong("You return None, which hides nothing", earns=0)
def asks_where_it_means_none():
    """`None and mask` is None."""

    def combine_masks(*masks):
        if any(mask is None for mask in masks) or not masks:
            return None
        return combined()(*masks)

    return combine_masks


@wrong("Boolean value of Tensor with more than one value is ambiguous", earns=0)
def asks_if_mask():
    return combined(given=lambda masks: [mask for mask in masks if mask])


@wrong("Nothing is hidden, so the combination is None", earns=0)
def everything_where_all_are_none():
    def combine_masks(*masks):
        result = torch.ones((), dtype=torch.bool)
        for mask in masks:
            if mask is not None:
                require_boolean(mask)
                result = result & mask
        return result

    return combine_masks


@wrong("missing a required argument: 'first'", earns=0)
def needs_a_mask():
    def combine_masks(first, *rest):
        return combined()(first, *rest)

    return combine_masks


@wrong("should be refused with a ValueError, and you combine it", earns=0)
def takes_numbers_for_booleans():
    return combined(both=lambda a, b: a.bool() & b.bool(), refuse=lambda mask: None)


@wrong("should be refused with a ValueError, and you combine it", earns=0)
def refuses_fractions_alone():
    def refuse(mask):
        if mask.is_floating_point():
            raise ValueError("a floating-point mask is added to scores")

    return combined(refuse=refuse, both=lambda a, b: a.bool() & b.bool())


@wrong("float32, by itself", earns=0)
def looks_at_pairs_alone():
    def both(a, b):
        require_boolean(a)
        require_boolean(b)
        return a & b

    return combined(both=both, refuse=lambda mask: None)


@wrong("should be refused with a ValueError, and you combine it", earns=0)
def looks_at_the_first_alone():
    def combine_masks(*masks):
        if masks and masks[0] is not None:
            require_boolean(masks[0])
        return combined(both=lambda a, b: a & b.bool(), refuse=lambda mask: None)(*masks)

    return combine_masks


@wrong("done with it; yours is TypeError", earns=0)
def another_error():
    def refuse(mask):
        if mask.dtype != torch.bool:
            raise TypeError("a mask is boolean")

    return combined(refuse=refuse)


@wrong("done with it; yours is NotImplementedError", earns=0)
def leaves_it_to_torch():
    """`&` of booleans and floating-point numbers is not there."""
    return combined(refuse=lambda mask: None)


@wrong("done with it; yours is AssertionError", earns=0)
def asserts():
    def refuse(mask):
        assert mask.dtype == torch.bool, "a mask is boolean"

    return combined(refuse=refuse)


@wrong("A clear error is a sentence: what was wrong?", earns=0)
def an_error_without_words():
    def refuse(mask):
        if mask.dtype != torch.bool:
            raise ValueError(mask.dtype)

    return combined(refuse=refuse)


@wrong("a mask of type uint8 among others", earns=1.5)
def takes_bytes():
    """They were torch's booleans once."""

    def refuse(mask):
        if mask.dtype not in (torch.bool, torch.uint8):
            raise ValueError("a mask is boolean, True = may attend")

    return combined(refuse=refuse, both=lambda a, b: a.bool() & b.bool())


@wrong("calls `course.masks`", earns=0)
def joins_the_explorers():
    def combine_masks(*masks):
        from course.masks import fully_visible as start

        start().array(3)
        return combined()(*masks)

    return combine_masks


@wrong("That is the first mask alone", earns=0)
def identity():
    def combine_masks(*masks):
        return masks[0]

    return combine_masks


@wrong("You return None (a causal mask", earns=0)
def constant():
    def combine_masks(*masks):
        return None

    return combine_masks


@wrong("(masks of shapes (4, 4), (4, 4))", earns=0)
def hard_coded_examples():
    def combine_masks(*masks):
        result = combined()(*masks)
        return result if result is None or 3 in result.shape else ~result

    return combine_masks
