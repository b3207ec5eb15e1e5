import heapq
import math

import numpy as np
import torch
from torch import nn
from torch.nn.utils import prune

from tests.answers import right, wrong


def by_dimensions(model):
    return {name: p for name, p in model.named_parameters() if p.dim() > 1}


def refuse(sparsity):
    if sparsity < 0 or sparsity > 1:
        raise ValueError(f"sparsity is {sparsity}, not between 0 and 1")


def earliest(sizes, k):
    """kept, bool: all but the k smallest of a flat tensor."""
    kept = torch.ones(len(sizes), dtype=torch.bool)
    kept[sizes.argsort(stable=True)[:k]] = False
    return kept


def in_place(p, mask):
    with torch.no_grad():
        p.mul_(mask)


def made(
    find=by_dimensions,
    check=refuse,
    size=torch.abs,
    count=lambda sparsity, n: round(sparsity * n),
    choose=earliest,
    write=in_place,
    say=lambda mask, p: mask,
    finish=lambda masks, model: masks,
):
    """The exercise's function, out of its steps."""

    def magnitude_prune(model, sparsity):
        check(sparsity)
        found = find(model)
        row = torch.cat([size(p.detach()).flatten() for p in found.values()])
        kept = choose(row, count(sparsity, len(row)))
        masks, start = {}, 0
        for name, p in found.items():
            mask = kept[start : start + p.numel()].view(p.shape)
            start += p.numel()
            write(p, mask)
            masks[name] = say(mask, p)
        return finish(masks, model)

    return magnitude_prune


@right
def step_by_step():
    return made()


@right
def in_numpy():
    def magnitude_prune(model, sparsity):
        if not 0 <= sparsity <= 1:
            raise ValueError("from 0 to 1")
        names = [n for n, p in model.named_parameters() if len(p.shape) >= 2]
        tensors = dict(model.named_parameters())
        row = np.concatenate([np.abs(tensors[n].detach().numpy()).ravel() for n in names])
        gone = np.argsort(row, kind="stable")[: int(np.rint(sparsity * row.size))]
        kept = np.ones(row.size, dtype=bool)
        kept[gone] = False
        masks = {}
        for n, piece in zip(names, np.split(kept, np.cumsum([tensors[n].numel() for n in names])[:-1])):
            masks[n] = torch.from_numpy(piece.copy()).reshape(tensors[n].shape)
            tensors[n].data[~masks[n]] = 0
        return masks

    return magnitude_prune


@right
def number_by_number():
    def magnitude_prune(model, sparsity):
        assert_ok = 0 <= sparsity <= 1
        if not assert_ok:
            raise ValueError(sparsity)
        places = []
        for rank, (name, p) in enumerate(model.named_parameters()):
            if p.ndim < 2:
                continue
            for i, x in enumerate(p.detach().reshape(-1).tolist()):
                places.append((abs(x), rank, i, name))
        places.sort()
        masks = {n: torch.full(p.shape, True) for n, p in model.named_parameters() if p.ndim >= 2}
        for _, _, i, name in places[: round(sparsity * len(places))]:
            masks[name].view(-1)[i] = False
        with torch.no_grad():
            for name, mask in masks.items():
                model.get_parameter(name).masked_fill_(~mask, 0.0)
        return masks

    return magnitude_prune


@right
def a_heap_and_prints():
    def magnitude_prune(model, sparsity):
        import warnings

        if sparsity > 1.0 or sparsity < 0.0:
            raise ValueError("sparsity")
        matrices = [(n, p) for n, p in model.named_parameters() if p.dim() >= 2]
        row = torch.cat([p.detach().abs().reshape(-1) for _, p in matrices]).double().tolist()
        gone = heapq.nsmallest(round(sparsity * len(row)), range(len(row)), key=lambda i: (row[i], i))
        print(len(gone), "of", len(row))
        warnings.warn("numbers are going")
        flat = torch.ones(len(row), dtype=torch.uint8)
        flat[torch.tensor(gone, dtype=torch.long)] = 0
        out = {}
        for (n, p), piece in zip(matrices, flat.split([p.numel() for _, p in matrices])):
            out[n] = piece.reshape(p.shape).bool()
            p.data = p.data * out[n]
        return dict(reversed(out.items()))

    return magnitude_prune


@right
def a_threshold_and_the_first_of_the_ties():
    def choose(row, k):
        if k == 0:
            return torch.ones(len(row), dtype=torch.bool)
        border = row.kthvalue(k).values
        kept = row > border
        ties = (row == border).nonzero().flatten()
        less = int((row < border).sum())
        kept[ties[k - less :]] = True
        return kept

    return made(choose=choose)


@right
def all_in_one_copy():
    """Weights written with copy_, on squares in float64, sorted with sort(stable=True)."""

    def choose(row, k):
        return torch.ones(len(row)).index_fill(0, row.sort(stable=True).indices[:k], 0) > 0

    def write(p, mask):
        with torch.inference_mode():
            p.copy_(torch.where(mask, p, 0.0))

    return made(size=lambda p: p.double().square(), choose=choose, write=write)


@right
def numpy_lexsort():
    def choose(row, k):
        order = np.lexsort((np.arange(len(row)), row.numpy()))
        return torch.from_numpy(~np.isin(np.arange(len(row)), order[:k]))

    return made(choose=choose)


@wrong("You cut the same share of each matrix by itself", earns=0)
def each_matrix_by_itself():
    def magnitude_prune(model, sparsity):
        refuse(sparsity)
        masks = {}
        for name, p in by_dimensions(model).items():
            masks[name] = earliest(p.detach().abs().flatten(), round(sparsity * p.numel())).view(p.shape)
            in_place(p, masks[name])
        return masks

    return magnitude_prune


@wrong("You cut the same share of each matrix by itself", earns=0)
def l1_unstructured_layer_by_layer():
    def magnitude_prune(model, sparsity):
        masks = {}
        for path, module in model.named_modules():
            for name, p in list(module.named_parameters(recurse=False)):
                if p.dim() > 1:
                    prune.l1_unstructured(module, name, float(sparsity))
                    masks[f"{path}.{name}".strip(".")] = getattr(module, f"{name}_mask").bool()
                    prune.remove(module, name)
        return masks

    return magnitude_prune


@wrong("and a threshold cuts all numbers of one size or none of them", earns=0)
def a_threshold():
    def choose(row, k):
        return row > (row.sort().values[k - 1] if k else -1)

    return made(choose=choose)


@wrong("and a threshold cuts all numbers of one size or none of them", earns=0)
def a_strict_threshold():
    def choose(row, k):
        return row >= (row.sort().values[k] if k < len(row) else torch.inf)

    return made(choose=choose)


@wrong("at k = 0 that is the end of the row", earns=0)
def a_threshold_that_wraps_round():
    """With k = 0 the place k - 1 is the last one."""

    def choose(row, k):
        kept = row > row.sort().values[k - 1]
        return kept if k == 0 else earliest(row, k)

    return made(choose=choose)


@wrong("IndexError", earns=0)
def a_threshold_past_the_end():
    def choose(row, k):
        border = row.sort().values[k]
        return earliest(row, k) if border > 0 or border <= 0 else None

    return made(choose=choose)


@wrong("Your threshold is one number too far", earns=0)
def one_place_too_far():
    def choose(row, k):
        return row > row.sort().values[min(k, len(row) - 1)]

    return made(choose=choose)


@wrong("through a quantile", earns=0)
def a_quantile():
    def magnitude_prune(model, sparsity):
        refuse(sparsity)
        found = by_dimensions(model)
        border = torch.cat([p.detach().abs().flatten() for p in found.values()]).quantile(sparsity)
        masks = {n: p.detach().abs() > border for n, p in found.items()}
        for n, p in found.items():
            in_place(p, masks[n])
        return masks

    return magnitude_prune


@wrong("You cut the lowest, large negative ones among them", earns=0)
def without_abs():
    return made(size=lambda p: p)


@wrong("You cut the largest; those go that are nearest to zero", earns=0)
def the_largest():
    return made(size=lambda p: -p.abs())


@wrong("You take your share of what is not zero yet", earns=0)
def a_share_of_what_is_left():
    def choose(row, k):
        places = row.nonzero().flatten()
        kept = row > 0
        gone = row[places].argsort(stable=True)[: round(len(places) * k / len(row))]
        kept[places[gone]] = False
        return kept

    def magnitude_prune(model, sparsity):
        def count(sparsity, n):
            return sparsity * n

        return made(count=count, choose=choose)(model, sparsity)

    return magnitude_prune


@wrong("You take your share of what is not zero yet", earns=0)
def zeros_are_not_counted_and_not_cut():
    def choose(row, k):
        places = row.nonzero().flatten()
        kept = torch.ones(len(row), dtype=torch.bool)
        kept[places[row[places].argsort(stable=True)[: round(len(places) * k / len(row))]]] = False
        return kept

    return made(count=lambda sparsity, n: sparsity * n, choose=choose)


@wrong("In a mask True = kept; yours are the other way round", earns=0)
def masks_turned_round():
    return made(say=lambda mask, p: ~mask)


@wrong("`sparsity` is the share that goes", earns=0)
def the_share_that_is_kept():
    return made(count=lambda sparsity, n: n - round(sparsity * n))


@wrong("You cut off the decimals", earns=0)
def rounds_down():
    return made(count=lambda sparsity, n: int(sparsity * n))


@wrong("it goes to the nearest whole number", earns=0)
def rounds_up():
    return made(count=lambda sparsity, n: math.ceil(sparsity * n))


@wrong("goes to the even neighbour", earns=0)
def rounds_halves_up():
    return made(count=lambda sparsity, n: int(sparsity * n + 0.5))


@wrong("too many: `round(sparsity * n)` are to go", earns=0)
def three_more():
    return made(count=lambda sparsity, n: min(n, round(sparsity * n) + 3))


@wrong("too few: `round(sparsity * n)` are to go", earns=0)
def two_fewer():
    return made(count=lambda sparsity, n: max(0, round(sparsity * n) - 2))


@wrong("is cut where a smaller one is kept", earns=0)
def any_of_them():
    def choose(row, k):
        kept = torch.ones(len(row), dtype=torch.bool)
        kept[torch.randperm(len(row), generator=torch.Generator().manual_seed(3))[:k]] = False
        return kept

    return made(choose=choose)


@wrong("puts others in their place until `prune.remove` is called", earns=0)
def global_unstructured():
    def magnitude_prune(model, sparsity):
        refuse(sparsity)
        found = [
            (path, module, name)
            for path, module in model.named_modules()
            for name, p in module.named_parameters(recurse=False)
            if p.dim() > 1
        ]
        where = [(module, name) for _, module, name in found]
        prune.global_unstructured(where, prune.L1Unstructured, amount=float(sparsity))
        return {
            f"{path}.{name}".strip("."): getattr(module, f"{name}_mask") > 0 for path, module, name in found
        }

    return magnitude_prune


@wrong("n counts the numbers of the matrices alone", earns=0)
def a_share_of_all_parameters():
    def magnitude_prune(model, sparsity):
        total = sum(p.numel() for p in model.parameters())
        return made(count=lambda s, n: min(n, round(s * total)))(model, sparsity)

    return magnitude_prune


@wrong("that is no matrix: it has fewer than two dimensions", earns=0)
def biases_and_norms_too():
    return made(find=lambda model: dict(model.named_parameters()))


@wrong("that is no matrix: it has fewer than two dimensions", earns=0)
def everything_called_weight():
    return made(find=lambda model: {n: p for n, p in model.named_parameters() if n.endswith("weight")})


@wrong("It is not called `weight`", earns=0)
def matrices_called_weight():
    return made(
        find=lambda model: {n: p for n, p in model.named_parameters() if "weight" in n and p.dim() > 1}
    )


@wrong("two *or more* make a matrix", earns=0)
def two_dimensions_exactly():
    return made(find=lambda model: {n: p for n, p in model.named_parameters() if p.dim() == 2})


@wrong("Do you look for one kind of layer?", earns=0)
def linear_layers_alone():
    def find(model):
        return {f"{n}.weight": m.weight for n, m in model.named_modules() if isinstance(m, nn.Linear)}

    return made(find=find)


@wrong("It does not learn, and is one of *all* matrices", earns=0)
def what_learns_alone():
    return made(find=lambda model: {n: p for n, p in by_dimensions(model).items() if p.requires_grad})


@wrong("that is a second name of a matrix that has one already", earns=0)
def shared_ones_twice():
    def find(model):
        return {n: p for n, p in model.named_parameters(remove_duplicate=False) if p.dim() > 1}

    return made(find=find)


@wrong("A matrix that two modules share is counted twice in your n", earns=0)
def shared_ones_twice_in_n():
    def magnitude_prune(model, sparsity):
        n = sum(p.numel() for _, p in model.named_parameters(remove_duplicate=False) if p.dim() > 1)
        return made(count=lambda s, _: round(s * n))(model, sparsity)

    return magnitude_prune


@wrong("A matrix that two modules share is counted twice in your n", earns=0)
def shared_ones_twice_in_the_row():
    def finish(masks, model):
        return {n: mask for n, mask in masks.items() if n in by_dimensions(model)}

    def find(model):
        return {n: p for n, p in model.named_parameters(remove_duplicate=False) if p.dim() > 1}

    return made(find=find, finish=finish)


@wrong("that is a buffer and no parameter", earns=0)
def the_state_dict():
    def find(model):
        return {n: t for n, t in model.state_dict().items() if t.dim() > 1 and not n.startswith("head")}

    return made(find=find)


@wrong("`stable=True`", earns=0)
def a_sort_that_is_not_stable():
    def choose(row, k):
        kept = torch.ones(len(row), dtype=torch.bool)
        kept[row.argsort()[:k]] = False
        return kept

    return made(choose=choose)


@wrong("`stable=True`", earns=0)
def topk():
    def choose(row, k):
        kept = torch.ones(len(row), dtype=torch.bool)
        kept[row.topk(k, largest=False).indices] = False
        return kept

    return made(choose=choose)


@wrong("`stable=True`", earns=0)
def numpys_argpartition():
    def choose(row, k):
        kept = np.ones(len(row), dtype=bool)
        kept[np.argsort(row.numpy())[:k]] = False
        return torch.from_numpy(kept)

    return made(choose=choose)


@wrong("you cut the later one first", earns=0)
def the_later_ones_first():
    return made(choose=lambda row, k: earliest(row.flip(0), k).flip(0))


@wrong("you cut the later one first", earns=0)
def keeps_the_largest_that_come_first():
    def choose(row, k):
        kept = torch.zeros(len(row), dtype=torch.bool)
        kept[row.argsort(descending=True, stable=True)[: len(row) - k]] = True
        return kept

    return made(choose=choose)


@wrong("whose matrix comes first in the alphabet", earns=0)
def in_the_order_of_the_alphabet():
    return made(find=lambda model: dict(sorted(by_dimensions(model).items())))


@wrong("you cut column by column; it goes row by row", earns=0)
def column_by_column():
    def magnitude_prune(model, sparsity):
        refuse(sparsity)
        found = by_dimensions(model)
        turned = {n: p.detach().movedim(-1, 0) for n, p in found.items()}
        row = torch.cat([t.abs().flatten() for t in turned.values()])
        pieces = earliest(row, round(sparsity * len(row))).split([t.numel() for t in turned.values()])
        masks = {n: piece.view(t.shape).movedim(0, -1) for piece, (n, t) in zip(pieces, turned.items())}
        for n, p in found.items():
            in_place(p, masks[n])
        return masks

    return magnitude_prune


@wrong("those too that were zero before", earns=0)
def masks_from_the_zeros():
    """It prunes, and looks afterwards what is zero."""
    return made(say=lambda mask, p: p.detach() != 0)


@wrong("Were they made before anything was cut", earns=0)
def masks_from_what_came_in():
    def magnitude_prune(model, sparsity):
        masks = {n: p.detach() != 0 for n, p in by_dimensions(model).items()}
        made()(model, sparsity)
        return masks

    return magnitude_prune


@wrong("and the model has the numbers it had", earns=0)
def masks_alone():
    return made(write=lambda p, mask: None)


@wrong("and the model has the numbers it had", earns=0)
def a_new_tensor():
    def write(p, mask):
        p = p * mask

    return made(write=write)


@wrong("do it under `torch.no_grad()`", earns=0)
def with_a_graph():
    return made(write=lambda p, mask: p.mul_(mask))


@wrong("what they keep is zero in", earns=0)
def zeros_the_wrong_ones():
    return made(write=lambda p, mask: in_place(p, ~mask))


@wrong("is another parameter now than the one that came in", earns=0)
def new_parameters():
    def magnitude_prune(model, sparsity):
        masks = made(write=lambda p, mask: None)(model, sparsity)
        for name, mask in masks.items():
            path, _, last = name.rpartition(".")
            old = model.get_parameter(name)
            setattr(model.get_submodule(path), last, nn.Parameter(old.detach() * mask))
        return masks

    return magnitude_prune


@wrong("the model has the numbers it had", earns=0)
def a_pruned_copy():
    def magnitude_prune(model, sparsity):
        import copy

        return made()(copy.deepcopy(model), sparsity)

    return magnitude_prune


@wrong("have changed. Kept is kept, to the last digit", earns=0)
def scales_what_is_kept():
    """As dropout does."""

    def write(p, mask):
        in_place(p, mask / max(mask.double().mean().item(), 1e-9))

    return made(write=write)


@wrong("is cut where a smaller one is kept", earns=0)
def pieces_in_another_order():
    def magnitude_prune(model, sparsity):
        refuse(sparsity)
        found = by_dimensions(model)
        row = torch.cat([p.detach().abs().flatten() for p in found.values()])
        kept, masks, start = earliest(row, round(sparsity * len(row))), {}, 0
        for name in reversed(found):
            p = found[name]
            masks[name] = kept[start : start + p.numel()].view(p.shape)
            in_place(p, masks[name])
            start += p.numel()
        return masks

    return magnitude_prune


@wrong("yours returns all the same", earns=0)
def refuses_nothing():
    return made(check=lambda sparsity: None, count=lambda s, n: round(min(max(s, 0), 1) * n))


@wrong("that is a ValueError; yours raises AssertionError", earns=0)
def asserts():
    def check(sparsity):
        assert 0 <= sparsity <= 1, "sparsity"

    return made(check=check)


@wrong("has other numbers than before. Look at it before anything is cut", earns=0)
def refuses_too_late():
    def finish(masks, model):
        return masks

    def magnitude_prune(model, sparsity):
        masks = made(check=lambda s: None, count=lambda s, n: round(min(max(s, 0), 1) * n))(model, sparsity)
        refuse(sparsity)
        return finish(masks, model)

    return magnitude_prune


@wrong("a parameter learns now that did not, or the other way round", earns=0)
def freezes_what_it_prunes():
    def write(p, mask):
        p.requires_grad_(False)
        p.mul_(mask)

    return made(write=write)


@wrong("a mask is a bool tensor, True = kept", earns=0)
def masks_of_numbers():
    return made(say=lambda mask, p: mask.to(p.dtype))


@wrong("a mask is a bool tensor, True = kept", earns=0)
def masks_in_numpy():
    return made(say=lambda mask, p: mask.numpy())


@wrong("Each matrix gets its piece of the row back, in its own shape", earns=0)
def flat_masks():
    return made(say=lambda mask, p: mask.flatten())


@wrong("the name of a parameter has one more word behind it", earns=0)
def names_of_modules():
    def finish(masks, model):
        return {n.rpartition(".")[0]: mask for n, mask in masks.items()}

    return made(finish=finish)


@wrong("the keys of your dict are names", earns=0)
def numbers_for_keys():
    return made(finish=lambda masks, model: dict(enumerate(masks.values())))


@wrong("should return a dict; yours returned a list", earns=0)
def a_list():
    return made(finish=lambda masks, model: list(masks.values()))


@wrong("returned an object of type", earns=0)
def returns_the_model():
    return made(finish=lambda masks, model: model)


@wrong("magnitude_prune returned None", earns=0)
def returns_nothing():
    return made(finish=lambda masks, model: None)


@wrong("Something goes through float32 on its way", earns=0)
def in_float32():
    """What it compares, and what it writes, has gone through float32."""

    def write(p, mask):
        with torch.no_grad():
            p.copy_((p.float() * mask).to(p.dtype))

    return made(write=write)


@wrong("Your masks keep everything", earns=0)
def identity():
    def magnitude_prune(model, sparsity):
        return {n: torch.ones_like(p, dtype=torch.bool) for n, p in by_dimensions(model).items()}

    return magnitude_prune


@wrong("Your masks keep nothing", earns=0)
def constant():
    def magnitude_prune(model, sparsity):
        found = by_dimensions(model)
        for p in found.values():
            in_place(p, 0)
        return {n: torch.zeros(p.shape, dtype=torch.bool) for n, p in found.items()}

    return magnitude_prune


@wrong("Your masks keep everything", earns=0)
def hard_coded_examples():
    """Right where the model has as many numbers as one of the visible check's."""

    def magnitude_prune(model, sparsity):
        n = sum(p.numel() for p in by_dimensions(model).values())
        return (made() if n in (10, 18, 72) else identity.make())(model, sparsity)

    return magnitude_prune


@wrong("whose squares are 0", earns=0)
def squares_for_sizes():
    return made(size=torch.square)


@wrong("which float16 does not know", earns=0)
def sizes_in_float16():
    return made(size=lambda p: p.half().abs())


@wrong("Tables of words, and what a module holds itself, are matrices too", earns=0)
def a_table_left_out_by_its_name():
    return made(
        find=lambda model: {name: p for name, p in by_dimensions(model).items() if "embeddings" not in name}
    )


@wrong("is `sparsity` taken for per cent?", earns=0)
def per_cent():
    return made(count=lambda sparsity, n: round(sparsity / 100 * n))


@wrong("0 and 1 are allowed: then nothing is cut, or everything", earns=0)
def nought_and_one_refused():
    def check(sparsity):
        if not 0 < sparsity < 1:
            raise ValueError(f"a sparsity of {sparsity}")

    return made(check=check)
