import math

import torch

from tests.answers import right, wrong


def opened(step, steps, stacks):
    """How many of each stack's highest blocks learn."""
    return [step * max(stacks) // steps + 1] * 2


def closed(blocks, k):
    """Of a stack the blocks that stay closed."""
    return blocks[: max(0, len(blocks) - k)]


def close(block):
    for parameter in block.parameters():
        parameter.requires_grad_(False)
        parameter.grad = None


def count(model):
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def refuse(step, steps):
    if not 0 <= step < steps:
        raise ValueError(f"step {step} of {steps}")


def everything(model):
    model.requires_grad_(True)


def function(opened=opened, closed=closed, close=close, count=count, refuse=refuse, begin=everything):
    """The solution, in steps that an answer replaces by its mistake."""

    def gradual_unfreezing(model, step, steps):
        refuse(step, steps)
        begin(model)
        stacks = model.encoder.block, model.decoder.block
        for blocks, k in zip(stacks, opened(step, steps, [len(s) for s in stacks]), strict=True):
            for block in closed(blocks, k):
                close(block)
        return count(model)

    return gradual_unfreezing


@right
def the_parts_of_this_file():
    return function()


@right
def block_by_block():
    def gradual_unfreezing(model, step, steps):
        if step not in range(steps):
            raise ValueError(step)
        longest = max(len(model.encoder.block), len(model.decoder.block))
        part = math.floor(step / (steps / longest) + 1e-9)
        for parameter in model.parameters():
            parameter.requires_grad = True
        for stack in (model.encoder.block, model.decoder.block):
            for depth, block in enumerate(reversed(stack)):
                for parameter in block.parameters():
                    parameter.requires_grad = depth <= part
                    if depth > part:
                        parameter.grad = None
        return int(sum(p.numel() for p in model.parameters() if p.requires_grad))

    return gradual_unfreezing


@right
def by_names():
    def gradual_unfreezing(model, step, steps):
        import re

        if step < 0 or step >= steps:
            raise ValueError("no such step")
        lengths = {"encoder": len(model.encoder.block), "decoder": len(model.decoder.block)}
        k, total = step * max(lengths.values()) // steps + 1, 0
        for name, parameter in model.named_parameters():
            found = re.match(r"(encoder|decoder)\.block\.(\d+)\.", name)
            parameter.requires_grad = not found or int(found[2]) >= lengths[found[1]] - k
            if parameter.requires_grad:
                total += parameter.numel()
            else:
                parameter.grad = None
        print(total)
        return total

    return gradual_unfreezing


@right
def closed_first_and_then_opened():
    def gradual_unfreezing(model, step, steps):
        if not 0 <= step < steps:
            raise ValueError
        encoder, decoder = list(model.encoder.block), list(model.decoder.block)
        part = step * max(len(encoder), len(decoder)) // steps
        inside = {p for block in encoder + decoder for p in block.parameters()}
        learning = {p for p in model.parameters() if p not in inside}
        for stack in (encoder, decoder):
            for block in stack[-(part + 1) :]:
                learning |= set(block.parameters())
        for p in model.parameters():
            p.requires_grad_(p in learning)
            if p not in learning:
                p.grad = None
        return sum(p.numel() for p in learning)

    return gradual_unfreezing


@right
def with_an_error_of_its_own():
    class NoSuchStep(ValueError):
        pass

    def refuse(step, steps):
        if not 0 <= step < steps:
            raise NoSuchStep(step)

    return function(refuse=refuse)


# --- which blocks ------------------------------------------------------------------------------------------------------
@wrong("You open from the bottom", earns=0)
def from_the_bottom():
    return function(closed=lambda blocks, k: blocks[k:])


@wrong("One block more should be open", earns=0)
def one_block_less():
    return function(opened=lambda step, steps, stacks: [step * max(stacks) // steps] * 2)


@wrong("One block too many is open", earns=0)
def one_block_more():
    return function(opened=lambda step, steps, stacks: [step * max(stacks) // steps + 2] * 2)


@wrong("and you round up", earns=0)
def rounded_up():
    return function(opened=lambda step, steps, stacks: [math.ceil(step * max(stacks) / steps) + 1] * 2)


@wrong("you round to the nearest", earns=0)
def rounded_to_the_nearest():
    return function(opened=lambda step, steps, stacks: [round(step * max(stacks) / steps) + 1] * 2)


@wrong("at a pace of its own", earns=0)
def each_stack_by_its_own_length():
    return function(opened=lambda step, steps, stacks: [step * n // steps + 1 for n in stacks])


@wrong("blocks in the longer stack, and not in the shorter one", earns=0)
def by_the_shorter_stack():
    return function(opened=lambda step, steps, stacks: [step * min(stacks) // steps + 1] * 2)


@wrong("whichever of the two it is", earns=0)
def by_the_decoders_length():
    return function(opened=lambda step, steps, stacks: [step * stacks[1] // steps + 1] * 2)


@wrong("not in both together", earns=0)
def by_the_number_of_all_blocks():
    return function(opened=lambda step, steps, stacks: [step * sum(stacks) // steps + 1] * 2)


@wrong("The stacks open one after the other", earns=0)
def the_decoder_first():
    def opened(step, steps, stacks):
        k = step * sum(stacks) // steps + 1
        return [k - stacks[1], k]

    return function(opened=opened, closed=lambda blocks, k: blocks[: max(0, len(blocks) - max(k, 0))])


@wrong("The stacks open one after the other", earns=0)
def the_encoder_first():
    def opened(step, steps, stacks):
        k = step * sum(stacks) // steps + 1
        return [k, k - stacks[0]]

    return function(opened=opened, closed=lambda blocks, k: blocks[: max(0, len(blocks) - max(k, 0))])


@wrong("All of the decoder learns", earns=0)
def the_encoder_alone_is_closed():
    return function(opened=lambda step, steps, stacks: [step * max(stacks) // steps + 1, 99])


@wrong("All of the encoder learns", earns=0)
def the_decoder_alone_is_closed():
    return function(opened=lambda step, steps, stacks: [99, step * max(stacks) // steps + 1])


@wrong("The decoder's blocks stay closed", earns=0)
def the_encoder_alone_opens():
    return function(opened=lambda step, steps, stacks: [step * max(stacks) // steps + 1, 0])


@wrong("The encoder's blocks stay closed", earns=0)
def the_decoder_alone_opens():
    return function(opened=lambda step, steps, stacks: [0, step * max(stacks) // steps + 1])


@wrong("A slice with a negative end", earns=0)
def a_negative_slice():
    return function(closed=lambda blocks, k: blocks[: len(blocks) - k])


@wrong("both open from the top, side by side", earns=0)
def by_the_blocks_numbers():
    def gradual_unfreezing(model, step, steps):
        refuse(step, steps)
        everything(model)
        n = max(len(model.encoder.block), len(model.decoder.block))
        k = step * n // steps + 1
        for stack in (model.encoder.block, model.decoder.block):
            for i, block in enumerate(stack):
                if i < n - k:
                    close(block)
        return count(model)

    return gradual_unfreezing


@wrong("Only the newest block learns", earns=0)
def only_the_newest():
    return function(closed=lambda blocks, k: [b for i, b in enumerate(blocks) if i != len(blocks) - k])


@wrong("Open and closed have changed places", earns=0)
def turned_round():
    return function(closed=lambda blocks, k: blocks[max(0, len(blocks) - k) :])


@wrong("All blocks learn", earns=0)
def an_attribute_of_a_module():
    def close(block):
        block.requires_grad = False

    return function(close=close)


@wrong("No block learns", earns=0)
def never_opened():
    return function(closed=lambda blocks, k: blocks)


@wrong("closed for good", earns=0)
def nothing_is_opened_again():
    def begin(model):
        for p in (
            *model.shared.parameters(),
            *model.encoder.final_layer_norm.parameters(),
            *model.decoder.final_layer_norm.parameters(),
        ):
            p.requires_grad_(True)
        if hasattr(model, "lm_head"):
            model.lm_head.requires_grad_(True)

    return function(begin=begin)


@wrong("A step before it had opened more", earns=0)
def nothing_is_closed_again():
    def gradual_unfreezing(model, step, steps):
        refuse(step, steps)
        stacks = model.encoder.block, model.decoder.block
        k = step * max(map(len, stacks)) // steps + 1
        if not hasattr(model, "began"):
            model.began = True
            for stack in stacks:
                stack.requires_grad_(False)
        for p in (*model.encoder.final_layer_norm.parameters(), *model.decoder.final_layer_norm.parameters()):
            p.requires_grad_(True)
        model.shared.requires_grad_(True)
        model.lm_head.requires_grad_(True)
        for stack in stacks:
            for block in stack[max(0, len(stack) - k) :]:
                block.requires_grad_(True)
            for block in stack:
                for p in block.parameters():
                    p.grad = p.grad if p.requires_grad else None
        return count(model)

    return gradual_unfreezing


@wrong("and not all of it", earns=0)
def attention_alone_opens():
    def gradual_unfreezing(model, step, steps):
        total = function()(model, step, steps)
        for stack in (model.encoder.block, model.decoder.block):
            for block in stack:
                for p in block.layer[-1].parameters():
                    p.requires_grad_(False)
                    p.grad = None
        return total

    return gradual_unfreezing


@wrong("A block more in each step", earns=0)
def one_block_a_step():
    return function(opened=lambda step, steps, stacks: [step + 1] * 2)


# --- what belongs to no block -----------------------------------------------------------------------------------------
@wrong("The table of words learns throughout", earns=0)
def the_table_is_frozen():
    def begin(model):
        model.requires_grad_(True)
        model.shared.requires_grad_(False)
        model.shared.weight.grad = None

    return function(begin=begin)


@wrong("The norm behind a stack belongs to no block", earns=0)
def last_norms_are_frozen():
    def begin(model):
        model.requires_grad_(True)
        for stack in (model.encoder, model.decoder):
            close(stack.final_layer_norm)

    return function(begin=begin)


@wrong("learns all the time", earns=0)
def all_but_blocks_is_frozen():
    def gradual_unfreezing(model, step, steps):
        refuse(step, steps)
        close(model)
        stacks = model.encoder.block, model.decoder.block
        k = step * max(map(len, stacks)) // steps + 1
        total = 0
        for stack in stacks:
            for block in stack[max(0, len(stack) - k) :]:
                block.requires_grad_(True)
        total = count(model)
        return total

    return gradual_unfreezing


@wrong("It came frozen", earns=0)
def the_rest_stays_as_it_came():
    def begin(model):
        for stack in (model.encoder, model.decoder):
            stack.block.requires_grad_(True)

    return function(begin=begin)


# --- gradients --------------------------------------------------------------------------------------------------------
@wrong("still has the gradient of an earlier step", earns=0)
def gradients_stay():
    return function(close=lambda block: block.requires_grad_(False))


@wrong("made zeros", earns=0)
def gradients_of_zeros():
    def close(block):
        for p in block.parameters():
            p.requires_grad_(False)
            if p.grad is not None:
                p.grad.zero_()

    return function(close=close)


@wrong("and the gradient that it had is gone", earns=0)
def all_gradients_are_taken():
    def begin(model):
        model.requires_grad_(True)
        model.zero_grad()

    return function(begin=begin)


@wrong("All blocks learn, in every step", earns=0)
def gradients_alone():
    def close(block):
        for p in block.parameters():
            p.grad = None

    return function(close=close)


# --- what is returned --------------------------------------------------------------------------------------------------
@wrong("That is all of them", earns=0)
def counts_all():
    return function(count=lambda model: sum(p.numel() for p in model.parameters()))


@wrong("how many do *not* learn", earns=0)
def counts_the_others():
    return function(count=lambda model: sum(p.numel() for p in model.parameters() if not p.requires_grad))


@wrong("That is the number of tensors", earns=0)
def counts_tensors():
    return function(count=lambda model: sum(p.requires_grad for p in model.parameters()))


@wrong("The table of words is counted", earns=0)
def counts_the_table_again():
    return function(
        count=lambda model: sum(
            p.numel() for _, p in model.named_parameters(remove_duplicate=False) if p.requires_grad
        )
    )


@wrong("what belongs to no block learns too", earns=0)
def counts_blocks_alone():
    def counted(model):
        stacks = (*model.encoder.block, *model.decoder.block)
        return sum(p.numel() for block in stacks for p in block.parameters() if p.requires_grad)

    return function(count=counted)


@wrong("It returns how many numbers learn, an int", earns=0)
def returns_nothing():
    return function(count=lambda model: None)


@wrong("It returns how many numbers learn, an int", earns=0)
def returns_the_model():
    return function(count=lambda model: model)


@wrong("It returns how many numbers learn, an int", earns=0)
def returns_a_share():
    return function(count=lambda model: count(model) / sum(p.numel() for p in model.parameters()))


@wrong("It returns how many numbers learn, an int", earns=0)
def returns_a_tensor():
    return function(count=lambda model: torch.tensor(count(model)))


@wrong("Are they counted after the blocks were opened and closed?", earns=0)
def counted_too_early():
    def gradual_unfreezing(model, step, steps):
        refuse(step, steps)
        before = count(model) - 1
        function()(model, step, steps)
        return before

    return gradual_unfreezing


# --- steps that there are not ------------------------------------------------------------------------------------------
@wrong("should raise a ValueError", earns=2.5)
def no_error():
    return function(refuse=lambda step, steps: None)


@wrong("should raise a ValueError", earns=2.5)
def the_last_step_is_one_later():
    def refuse(step, steps):
        if not 0 <= step <= steps:
            raise ValueError(step)

    return function(refuse=refuse)


@wrong("step -1 should raise a ValueError", earns=2.5)
def steps_below_0():
    def refuse(step, steps):
        if step >= steps:
            raise ValueError(step)

    return function(refuse=refuse)


@wrong("yours raises AssertionError", earns=2.5)
def an_assertion():
    def refuse(step, steps):
        assert 0 <= step < steps

    return function(refuse=refuse)


@wrong("Look first, then change", earns=2.5)
def an_error_too_late():
    def gradual_unfreezing(model, step, steps):
        total = function(refuse=lambda *a: None)(model, max(0, min(step, steps - 1)), steps)
        refuse(step, steps)
        return total

    return gradual_unfreezing


@wrong("is in another mode than before", earns=0)
def puts_it_in_training_mode():
    def begin(model):
        model.train()
        model.requires_grad_(True)

    return function(begin=begin)


@wrong("nothing was changed", earns=0)
def identity():
    return lambda model, step, steps: model


@wrong("nothing was changed", earns=0)
def constant():
    return lambda model, step, steps: 822


@wrong("may learn (counted from 0", earns=0)
def hard_coded_examples():
    known = {
        (2, 2, 4): (1, 1, 2, 2), (3, 2, 9): (1, 1, 1, 2, 2, 2, 3, 3, 3), (2, 4, 12): (1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4),
        (3, 3, 2): (1, 2), (2, 1, 1): (1,), (1, 1, 1): (1,),
    }  # fmt: skip

    def opened(step, steps, stacks):
        return [known.get((*stacks, steps), [1] * steps)[step]] * 2

    return function(opened=opened)
