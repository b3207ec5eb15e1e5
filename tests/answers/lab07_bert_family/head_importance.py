import warnings

import numpy as np
import torch

from tests.answers import right, wrong


def slope(loss, example, gates):
    """The gradient with respect to the gates alone."""
    return torch.autograd.grad(loss(example, gates), gates)[0]


def by_length(mean):
    length = mean.norm(dim=1, keepdim=True)
    return mean / length.masked_fill(length == 0, 1)


def made(
    gates=lambda layers, heads: torch.ones(layers, heads, requires_grad=True),
    ask=slope,
    pick=lambda examples: examples,
    gather=lambda slopes: slopes.abs().mean(0),
    divide=by_length,
    finish=lambda importance: importance,
):
    """The exercise's function, out of its steps."""

    def head_importance(loss, layers, heads, examples):
        slopes = [ask(loss, example, gates(layers, heads)) for example in pick(examples)]
        return finish(divide(gather(torch.stack(slopes))))

    return head_importance


@right
def step_by_step():
    return made()


@right
def running_sum_with_one_tensor_of_gates():
    def head_importance(loss, layers, heads, examples):
        gates, total = torch.ones(layers, heads).requires_grad_(), 0
        for example in examples:
            total = total + torch.autograd.grad(loss(example, gates), [gates])[0].abs()
        return torch.nn.functional.normalize(total, dim=1)  # sums or means: the length is divided out

    return head_importance


@right
def backward_into_the_gates_alone():
    def head_importance(loss, layers, heads, examples):
        gates = torch.ones((layers, heads), requires_grad=True)
        total = torch.zeros_like(gates, requires_grad=False)
        for n, example in enumerate(examples):
            gates.grad = None
            loss(example, gates).backward(inputs=[gates])
            total += gates.grad.abs()
            print("example", n)
        warnings.warn("done")
        total /= len(examples)
        length = total.pow(2).sum(-1, keepdim=True).sqrt()
        return torch.where(length > 0, total / length, torch.zeros_like(total))

    return head_importance


@right
def all_examples_at_once():
    """Gates of each example's own, and one gradient of the sum of all losses."""

    def head_importance(loss, layers, heads, examples):
        gates = torch.ones(len(examples), layers, heads, dtype=torch.float64, requires_grad=True)
        total = sum(loss(example, own) for example, own in zip(examples, gates))
        (slopes,) = torch.autograd.grad(total, gates)
        return by_length(slopes.abs().mean(0))

    return head_importance


@right
def torch_func():
    def head_importance(loss, layers, heads, examples):
        ones = torch.ones(layers, heads)
        slopes = [torch.func.grad(lambda g, e=e: loss(e, g))(ones) for e in reversed(examples)]
        mean = torch.stack(slopes).abs().mean(0).detach()
        return torch.stack([row / row.norm() if row.any() else row for row in mean])

    return head_importance


@right
def the_jacobian_and_numpy():
    def head_importance(loss, layers, heads, examples):
        ones, total = torch.ones(layers, heads), np.zeros((layers, heads))
        for i in range(len(examples)):
            found = torch.autograd.functional.jacobian(lambda g, i=i: loss(examples[i], g), ones)
            total += np.abs(found.numpy())
        total /= len(examples)
        for row in total:
            if np.linalg.norm(row) != 0:
                row /= np.linalg.norm(row)
        return torch.from_numpy(total)

    return head_importance


@right
def nan_to_num_and_twice_asked():
    def head_importance(loss, layers, heads, examples):
        found = []
        for example in examples:
            gates = torch.ones(layers, heads, requires_grad=True)
            print(loss(example, gates).item())
            found.append(slope(loss, example=example, gates=gates).abs())
        mean = torch.stack(found).mean(dim=0)
        return torch.nan_to_num(mean / torch.linalg.vector_norm(mean, dim=1, keepdim=True)).tolist() and (
            mean / mean.norm(dim=1, keepdim=True)
        ).nan_to_num(0.0)

    return head_importance


@wrong("You take the mean first and its size then", earns=0)
def the_size_of_the_mean():
    return made(gather=lambda slopes: slopes.mean(0).abs())


@wrong("The sign is still there", earns=0)
def no_size_at_all():
    return made(gather=lambda slopes: slopes.mean(0))


@wrong("You take the mean first and its size then", earns=0)
def one_gradient_of_the_mean_loss():
    def head_importance(loss, layers, heads, examples):
        gates = torch.ones(layers, heads, requires_grad=True)
        total = torch.stack([loss(example, gates) for example in examples]).mean()
        return by_length(torch.autograd.grad(total, gates)[0].abs())

    return head_importance


@wrong("You take the mean first and its size then", earns=0)
def accumulated_and_then_abs():
    def head_importance(loss, layers, heads, examples):
        gates = torch.ones(layers, heads, requires_grad=True)
        for example in examples:
            loss(example, gates).backward(inputs=[gates])
        return by_length(gates.grad.abs() / len(examples))

    return head_importance


@wrong("The gradients of the examples before are still in it", earns=0)
def never_set_back():
    def head_importance(loss, layers, heads, examples):
        gates, total = torch.ones(layers, heads, requires_grad=True), torch.zeros(layers, heads)
        for example in examples:
            loss(example, gates).backward(inputs=[gates])
            total += gates.grad.abs()
        return by_length(total / len(examples))

    return head_importance


@wrong("`backward()` sends one into everything", earns=0)
def backward():
    def ask(loss, example, gates):
        loss(example, gates).backward()
        return gates.grad

    return made(ask=ask)


@wrong("had a gradient before, from a training, and have another one now", earns=0)
def backward_where_there_was_a_gradient():
    """It takes the gradients away at the end, as far as it finds them, also those that it has not made."""

    def head_importance(loss, layers, heads, examples):
        out = made()(loss, layers, heads, examples)
        for p in loss.parameters():
            p.grad = None
        return out

    return head_importance


@wrong("The division is missing", earns=0)
def no_division():
    return made(divide=lambda mean: mean)


@wrong("That is the sum, as it is", earns=0)
def the_sum_without_division():
    return made(gather=lambda slopes: slopes.abs().sum(0), divide=lambda mean: mean)


@wrong("You divide by the sum of a layer's numbers", earns=0)
def shares():
    return made(divide=lambda mean: mean / mean.sum(1, keepdim=True).clamp(min=1e-30))


@wrong("You divide by the largest number of a layer", earns=0)
def by_the_largest():
    return made(divide=lambda mean: mean / mean.amax(1, keepdim=True).clamp(min=1e-30))


@wrong("You divide by the sum of the squares; the Euclidean length is its root", earns=0)
def without_the_root():
    return made(divide=lambda mean: mean / mean.pow(2).sum(1, keepdim=True).clamp(min=1e-30))


@wrong("You divide by the root of the *mean* of the squares", earns=0)
def by_the_root_mean_square():
    return made(divide=lambda mean: mean / mean.pow(2).mean(1, keepdim=True).sqrt().clamp(min=1e-30))


@wrong("You divide all by one length", earns=0)
def one_length_for_all():
    return made(divide=lambda mean: mean / mean.norm().clamp(min=1e-30))


@wrong("You divide by the lengths along the layers", earns=0)
def the_other_axis():
    return made(divide=lambda mean: mean / mean.norm(dim=0, keepdim=True).clamp(min=1e-30))


@wrong("You divide by the lengths along the layers", earns=0)
def normalize_along_the_layers():
    return made(divide=lambda mean: torch.nn.functional.normalize(mean, dim=0))


@wrong("You divide by a layer's standard deviation", earns=0)
def by_the_deviation():
    return made(divide=lambda mean: mean / mean.std(1, keepdim=True).clamp(min=1e-30))


@wrong("You divide by a layer's mean", earns=0)
def by_the_mean():
    return made(divide=lambda mean: mean / mean.mean(1, keepdim=True).clamp(min=1e-30))


@wrong("That is a softmax", earns=0)
def softmax():
    return made(divide=lambda mean: mean.softmax(1))


@wrong("You normalise each example's numbers before the mean is taken", earns=0)
def divides_each_example():
    def gather(slopes):
        return torch.stack([by_length(s.abs()) for s in slopes]).mean(0)

    return made(gather=gather, divide=lambda mean: mean)


@wrong("You normalise each example's numbers before the mean is taken", earns=0)
def divides_each_example_and_at_the_end():
    return made(gather=lambda slopes: torch.stack([by_length(s.abs()) for s in slopes]).mean(0))


@wrong("You take the mean of squares", earns=0)
def squares():
    return made(gather=lambda slopes: slopes.pow(2).mean(0))


@wrong("You take the root of the mean of squares over the examples", earns=0)
def root_mean_square_over_examples():
    return made(gather=lambda slopes: slopes.pow(2).mean(0).sqrt())


@wrong("You take the largest over the examples", earns=0)
def the_largest():
    return made(gather=lambda slopes: slopes.abs().amax(0))


@wrong("That is the last example alone", earns=0)
def writes_over():
    return made(gather=lambda slopes: slopes[-1].abs())


@wrong("of 2 examples were never asked about", earns=0)
def returns_in_the_loop():
    return made(pick=lambda examples: examples[:1])


@wrong("of 2 examples were never asked about", earns=0)
def leaves_out_the_last():
    return made(pick=lambda examples: examples[: max(1, len(examples) - 1)])


@wrong("`loss` was called with a list where an example belongs", earns=0)
def all_examples_in_one_call():
    return made(pick=lambda examples: [examples])


@wrong("`loss` was called with an int where an example belongs", earns=0)
def places_for_examples():
    return made(pick=lambda examples: range(len(examples)))


@wrong("`loss` was never called", earns=0)
def constant():
    return lambda loss, layers, heads, examples: torch.full((layers, heads), heads**-0.5)


@wrong("`loss` was never called", earns=0)
def identity():
    return lambda loss, layers, heads, examples: torch.ones(layers, heads)


@wrong("`loss` was never called", earns=0)
def hard_coded_examples():
    """The visible check's numbers, by shape."""

    def head_importance(loss, layers, heads, examples):
        from course.checks.lab07_bert_family import heads as check

        for slopes in (check.HAND, check.FIVE):
            if slopes.shape == (len(examples), layers, heads):
                for example in examples:
                    loss(example, torch.ones(layers, heads))
                return by_length(slopes.abs().mean(0))
        return torch.ones(layers, heads)

    return head_importance


@wrong("Your gates are 0 where the slope is measured", earns=0)
def gates_of_zero():
    return made(gates=lambda layers, heads: torch.zeros(layers, heads, requires_grad=True))


@wrong("Your gates are halfway between 0 and 1, or you compare the loss with heads on and off", earns=0)
def gates_of_a_half():
    return made(gates=lambda layers, heads: torch.full((layers, heads), 0.5, requires_grad=True))


@wrong("Your gates are halfway between 0 and 1, or you compare the loss with heads on and off", earns=0)
def switches_heads_off():
    def ask(loss, example, gates):
        with torch.no_grad():
            whole, out = loss(example, gates).double(), torch.zeros(gates.shape)
            for layer in range(gates.shape[0]):
                for head in range(gates.shape[1]):
                    without = torch.ones(gates.shape, dtype=torch.float64)
                    without[layer, head] = 0
                    out[layer, head] = whole - loss(example, without)
        return out

    return made(ask=ask)


@wrong("the size of the gradient with respect to the gates, which are all 1", earns=0)
def random_gates():
    return made(gates=lambda layers, heads: torch.rand(layers, heads).mul(3).requires_grad_())


@wrong("You have the two the wrong way round", earns=0)
def heads_by_layers():
    return made(
        gates=lambda layers, heads: torch.ones(heads, layers, requires_grad=True), finish=lambda out: out.T
    )


@wrong("They are one tensor, (layers, heads)", earns=0)
def gates_in_one_row():
    return made(gates=lambda layers, heads: torch.ones(layers * heads, requires_grad=True))


@wrong("the gates that `loss` was given are no tensor but a list", earns=0)
def a_list_of_gates():
    def ask(loss, example, gates):
        rows = list(gates)
        value = loss(example, rows) + 0 * gates.sum()
        return torch.autograd.grad(value, gates)[0]

    return made(ask=ask)


@wrong("does not require grad", earns=0)
def gates_that_do_not_learn():
    return made(gates=lambda layers, heads: torch.ones(layers, heads))


@wrong("element 0 of tensors does not require grad", earns=0)
def without_a_graph():
    def ask(loss, example, gates):
        with torch.no_grad():
            value = loss(example, gates)
        return torch.autograd.grad(value, gates)[0]

    return made(ask=ask)


@wrong("a layer whose heads change nothing gets nan or infinity", earns=0)
def zero_by_zero():
    return made(divide=lambda mean: mean / mean.norm(dim=1, keepdim=True))


@wrong("It stays zeros", earns=0)
def equal_shares_where_there_is_nothing():
    def divide(mean):
        out = by_length(mean)
        out[~mean.any(1)] = mean.shape[1] ** -0.5
        return out

    return made(divide=divide)


@wrong("Is something added to the length, or is it clamped?", earns=0)
def something_added_to_the_length():
    return made(divide=lambda mean: mean / (mean.norm(dim=1, keepdim=True) + 1e-8))


@wrong("Is something added to the length, or is it clamped?", earns=0)
def a_clamped_length():
    return made(divide=lambda mean: mean / mean.norm(dim=1, keepdim=True).clamp(min=1e-6))


@wrong("Is something added to the length, or is it clamped?", earns=0)
def a_length_near_zero_for_zero():
    def divide(mean):
        length = mean.norm(dim=1, keepdim=True)
        return mean / length.where(length > 1e-5, torch.ones(()))

    return made(divide=divide)


@wrong("a graph hangs on what comes back", earns=0)
def with_a_graph():
    return made(finish=lambda importance: importance.requires_grad_())


@wrong("should have shape (2, 3); yours has (3, 2)", earns=0)
def turned_round():
    return made(finish=lambda importance: importance.T)


@wrong("should have shape (2, 3); yours has (2,)", earns=0)
def a_number_for_each_layer():
    return made(finish=lambda importance: importance.mean(1))


@wrong("should return a tensor; yours returned a list", earns=0)
def a_list():
    return made(finish=lambda importance: importance.tolist())


@wrong("head_importance returned None", earns=0)
def forgets_return():
    return made(finish=lambda importance: None)


@wrong("changed its argument `examples` in place", earns=0)
def empties_the_list():
    def pick(examples):
        while examples:
            yield examples.pop()

    return made(pick=pick)


@wrong("Your numbers are as many times too small as there are examples", earns=0)
def divides_by_the_number_at_the_end():
    def head_importance(loss, layers, heads, examples):
        return made(gather=lambda slopes: slopes.abs().sum(0))(loss, layers, heads, examples) / len(examples)

    return head_importance


@wrong("You add up what has been added up already", earns=0)
def adds_up_twice():
    return made(gather=lambda slopes: slopes.abs().cumsum(0).sum(0))


@wrong("was it worked out under `torch.no_grad`", earns=0)
def the_loss_under_no_grad():
    def ask(loss, example, gates):
        with torch.no_grad():
            value = loss(example, gates)
        return torch.autograd.grad(value, gates)[0]

    return made(ask=ask)
