import torch

from tests.answers import right, wrong


def unit(mask):
    return torch.eye(len(mask), dtype=torch.bool)


def product(a, b):
    return (a.float() @ b.float()) > 0


def layered(
    step=lambda mask: mask | unit(mask), begin=unit, many=lambda layers: layers, join=product, end=lambda x: x
):
    """The exercise's function, with a place for each mistake: one layer, none, how many, two in a row, the result."""

    def reachable(mask, layers):
        one, reach = step(mask), begin(mask)
        for _ in range(many(layers)):
            further = join(one, reach)
            if torch.equal(further, reach):
                break
            reach = further
        return end(reach)

    return reachable


@right
def squares_with_prints():
    """As many products as a number has digits."""

    def reachable(mask, layers):
        n = len(mask)
        power, reach = torch.logical_or(mask, torch.eye(n)).float(), torch.eye(n)
        while layers:
            print(layers)
            if layers % 2:
                reach = (reach @ power).clamp(max=1.0)
            power, layers = (power @ power).clamp(max=1.0), layers // 2
        return reach > 0

    return reachable


@right
def breadth_first():
    def reachable(mask, layers):
        sees = [set(row.nonzero().flatten().tolist()) for row in mask]
        result = torch.zeros_like(mask)
        for start in range(len(mask)):
            seen = edge = {start}
            for _ in range(layers):
                edge = set().union(*(sees[q] for q in edge)) - seen if edge else set()
                if not edge:
                    break
                seen = seen | edge
            result[start, list(seen)] = True
        return result

    return reachable


@right
def any_of_three_axes():
    def reachable(mask, layers):
        reach = torch.eye(mask.shape[0]).bool()
        for _ in range(min(layers, len(mask))):
            reach = reach | (mask[:, :, None] & reach[None]).any(1)
        return reach

    return reachable


@right
def einsum_in_numpy_with_a_warning():
    def reachable(mask, layers):
        import warnings

        import numpy as np

        warnings.warn(f"{layers} layers", stacklevel=1)
        step = mask.numpy().astype(np.int64) + np.eye(len(mask), dtype=np.int64)
        reach = np.eye(len(mask), dtype=np.int64)
        for _ in range(layers):
            reach = np.minimum(np.einsum("qj,jk->qk", step, reach), 1)
        return torch.as_tensor(reach.astype(bool))

    return reachable


@wrong("The residual connection is missing", earns=0)
def residual_forgotten():
    return layered(step=lambda mask: mask)


@wrong("The residual connection is missing", earns=0)
def power_of_the_mask():
    def reachable(mask, layers):
        return torch.linalg.matrix_power(mask.float(), layers) > 0

    return reachable


@wrong("With 0 layers you return what one layer gives", earns=0)
def no_layer_is_one():
    return layered(begin=lambda mask: mask | unit(mask), many=lambda layers: layers - 1)


@wrong("With 0 layers you return the mask", earns=0)
def begins_with_the_mask():
    return layered(begin=lambda mask: mask, many=lambda layers: layers - 1)


@wrong("With 0 layers you return what one layer gives", earns=0)
def one_layer_too_many():
    return layered(many=lambda layers: layers + 1)


@wrong("That is one layer too few", earns=0)
def one_layer_too_few():
    return layered(many=lambda layers: layers - 1)


@wrong("That is one layer too many", earns=0)
def squares_in_each_layer():
    return layered(join=lambda one, reach: product(one, product(one, reach)))


@wrong("The residual connection is in every layer, not only once at the end", earns=0)
def residual_once_at_the_end():
    def reachable(mask, layers):
        return (torch.linalg.matrix_power(mask.double(), layers) > 0) | unit(mask)

    return reachable


@wrong("That is one layer, whatever `layers` says", earns=0)
def one_layer_whatever_is_asked():
    return layered(many=lambda layers: min(layers, 1))


@wrong("Rows are outputs, columns inputs; yours is the transpose", earns=0)
def transposed():
    return layered(end=lambda reach: reach.T)


@wrong("That is what many layers reach, whatever `layers` says", earns=0)
def until_nothing_is_new():
    return layered(many=lambda layers: 1000 if layers else 0)


@wrong("That is the mask: what does a second layer bring, and the residual connection?", earns=0)
def the_mask_after_the_first_layer():
    def reachable(mask, layers):
        return mask if layers > 1 else layered()(mask, layers)

    return reachable


@wrong("With 0 layers you return the mask", earns=0)
def elementwise():
    """A boolean to any power is itself."""
    return layered(step=lambda mask: mask, begin=lambda mask: mask, join=lambda one, reach: one & reach)


@wrong("too many to count: make booleans after each layer", earns=0)
def counts_the_ways():
    def reachable(mask, layers):
        return torch.matrix_power((mask | unit(mask)).long(), layers) > 0

    return reachable


@wrong("make booleans after each layer", earns=0)
def counts_the_ways_in_float32():
    def reachable(mask, layers):
        return torch.matrix_power((mask | unit(mask)).float(), layers) > 0

    return reachable


@wrong("(a causal mask of 40 tokens, layers=1000)", earns=2.5)
def averages_in_float32():
    def reachable(mask, layers):
        one = (mask | unit(mask)).float()
        return torch.matrix_power(one / one.sum(1, keepdim=True), layers) > 0

    return reachable


@wrong("make booleans after each layer", earns=0)
def booleans_at_the_end_alone():
    def reachable(mask, layers):
        reach = torch.eye(len(mask))
        for _ in range(layers):
            reach = reach + mask.float() @ reach
        return reach.bool()

    return reachable


@wrong("Torch does not do this with Bool tensors", earns=0)
def product_of_booleans():
    return layered(join=lambda one, reach: one @ reach)


@wrong("changed its argument `mask` in place", earns=0)
def writes_the_diagonal_into_the_mask():
    return layered(step=lambda mask: mask.fill_diagonal_(True))


@wrong("A mask is boolean, True = may attend; yours is of type torch.float32", earns=0)
def ones_and_zeros():
    return layered(end=lambda reach: reach.float())


@wrong("calls `course.masks`", earns=0)
def takes_the_explorers():
    def reachable(mask, layers):
        from course.masks.reach import reachable as found

        return torch.as_tensor(found(mask.numpy(), layers))

    return reachable


@wrong("With 0 layers you return the mask", earns=0)
def identity():
    def reachable(mask, layers):
        return mask

    return reachable


@wrong("sees key 1, and there is nothing but the residual connection", earns=0)
def constant():
    def reachable(mask, layers):
        return torch.ones_like(mask)

    return reachable


@wrong("(a random mask of", earns=0)
def hard_coded_examples():
    def reachable(mask, layers):
        return layered()(mask, layers) if len(mask) in (3, 5) else unit(mask)

    return reachable


@wrong("A mask is boolean", earns=0)
def numbers_for_many_layers():
    def reachable(mask, layers):
        return layered()(mask, layers).float() if layers == 64 else layered()(mask, layers)

    return reachable


@wrong("should have shape (4, 4); yours has (1, 4)", earns=2.5)
def one_row_where_all_are_equal():
    def reachable(mask, layers):
        found = layered()(mask, layers)
        return found[:1] if layers > 60 and found.all() else found

    return reachable
