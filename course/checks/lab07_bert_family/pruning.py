"""The check of `magnitude_prune`: models of a few numbers each, of which it is known what has to go."""

import torch

from .. import StudentError, helper_for, require, told
from ..helpers.models import known_numbers
from ..modules import state_of
from ..sentences import describe
from ..usual import ended
from . import lab
from .cuts import kept_where, mistakes_of


def matrices_of(model):
    """dict of name -> a copy of the matrix, in the order of named_parameters(). model: a `helpers.models.Numbers`, here."""
    return {name: p.detach().clone() for name, p in model.named_parameters() if p.dim() > 1}


def _same(masks, others):
    return all(torch.equal(mask, others[name]) for name, mask in masks.items())


def _require_names(masks, model, matrices, story):
    """One mask for each matrix, under its name."""
    every, buffers = dict(model.named_parameters(remove_duplicate=False)), dict(model.named_buffers())
    odd = next((key for key in masks if not isinstance(key, str)), None)
    require(odd is None, "{story}: the keys of your dict are names, as `named_parameters()` gives them; yours are of another type.", story=story)  # fmt: skip
    extra = next((name for name in masks if name not in matrices), None)
    gone = [name for name in matrices if name not in masks]
    if extra is not None and not (extra in every and any(every[name] is not every[extra] for name in gone)):
        why = (
            "that is a second name of a matrix that has one already. Two modules share it; it counts once, under the name it has in `named_parameters()`" if extra in every and every[extra].dim() > 1
            else "that is no matrix: it has fewer than two dimensions. Biases and norms stay as they are" if extra in every
            else "that is a buffer and no parameter. `named_parameters()` gives the parameters alone" if extra in buffers
            else "that is a module; the name of a parameter has one more word behind it" if any(name.startswith(f"{extra}.") for name in every)
            else "`torch.nn.utils.prune` puts a mask beside each parameter and another name on it; `prune.remove` takes both away again" if extra.endswith(("_orig", "_mask"))
            else "no matrix of the model has that name"
        )  # fmt: skip
        require(False, "{story}: your dict has a mask for `{name}`; {why}.", story=story, name=extra[:60], why=why)  # fmt: skip
    if gone:
        why = (
            "It has three dimensions, and two *or more* make a matrix" if all(matrices[name].dim() > 2 for name in gone)
            else "It does not learn, and is one of *all* matrices" if not any(every[name].requires_grad for name in gone)
            else "It is not called `weight`: the number of dimensions makes a matrix, not the name" if not any(name.endswith("weight") for name in gone)
            else "Do you look for one kind of layer? Tables of words, and what a module holds itself, are matrices too"
        )  # fmt: skip
        names = ", ".join(f"`{name}`" for name in gone[:3])
        require(False, "{story}: your dict has no mask for {names}. {why}.", story=story, names=names, why=why)  # fmt: skip


def _require_masks(masks, model, matrices, sparsity, story):
    """The masks say what goes, exactly."""
    for name, mask in masks.items():
        require(
            isinstance(mask, torch.Tensor) and mask.dtype == torch.bool,
            "{story}: under `{name}` there is {what}; a mask is a bool tensor, True = kept.",
            story=story, name=name, what=f"a tensor of {str(mask.dtype).removeprefix('torch.')}" if isinstance(mask, torch.Tensor) else describe(mask),
        )  # fmt: skip
        require(
            mask.shape == matrices[name].shape,
            "{story}: the mask of `{name}` has shape {got}, and the parameter {shape}. Each matrix gets its piece of the row back, in its own shape.",
            story=story, name=name, got=tuple(mask.shape), shape=tuple(matrices[name].shape),
        )  # fmt: skip
    n = sum(m.numel() for m in matrices.values())
    k = round(sparsity * n)
    truth = kept_where(matrices, k)
    if _same(masks, truth):
        return
    known = next((said for wrong, said in mistakes_of(model, matrices, sparsity) if _same(masks, wrong)), "")
    cut = sum(int((~mask).sum()) for mask in masks.values())
    require(not known, "{story}: {known}", story=story, known=known and ended(known))
    require(
        cut == k,
        "{story}: your masks cut {cut} of {n} numbers, and that is {much}: `round(sparsity * n)` are to go, exactly.",
        story=story, cut=cut, n=n, much="too many" if cut > k else "too few",
    )  # fmt: skip
    sizes = [sorted(x for name, m in matrices.items() for x in m[~kept[name]].abs().tolist()) for kept in (masks, truth)]  # fmt: skip
    require(
        sizes[0] != sizes[1],
        "{story}: as many go as should, and of the right sizes. But of several of the same size the earlier one goes first, and with yours others do: "
        "a sort keeps the order of equal ones only where it is told to (`stable=True`), and `topk` never does.",
        story=story,
    )
    require(
        False,
        "{story}: as many go as should, and not the smallest: one of size {size:.4g} is cut where a smaller one is kept. All matrices together are one row of sizes; does each piece of it go back to its own matrix?",
        story=story, size=max(sizes[0]),
    )  # fmt: skip


def _require_numbers(there, model, masks, matrices, story):
    """The model has zeros where the masks say so, and is the same everywhere else. there: its `Handle`."""
    now, before = state_of(there), model.state_dict()  # by every name that a shared one has; buffers, too
    buffers = [name for name, _ in model.named_buffers()]
    renamed = next((name for name in before if name not in now), None)
    require(
        renamed is None,
        "{story}: the model has no parameter `{name}` any more. The numbers change; the parameters stay (`torch.nn.utils.prune` puts others in their place until `prune.remove` is called).",
        story=story, name=renamed,
    )  # fmt: skip
    kept = told(there.still_the_same(), {str: bool})
    other = next((name for name in kept if not kept[name]), None)
    require(
        other is None,
        "{story}: `{name}` is another parameter now than the one that came in: whoever shares it, or an optimiser that has it, keeps the old one. In place: write into the parameter itself (`mul_` or `copy_`, under `torch.no_grad()`).",
        story=story, name=other,
    )  # fmt: skip
    for name, tensor in before.items():
        require(
            now[name].dtype == tensor.dtype and now[name].shape == tensor.shape,
            "{story}: `{name}` has another dtype or shape than before.",
            story=story, name=name,
        )  # fmt: skip
    changed = [name for name in before if not torch.equal(now[name], before[name])]
    flat = next((name for name in changed if name in buffers or before[name].dim() < 2), None)
    require(
        flat is None,
        "{story}: `{name}` has other numbers than before, and is {what}.",
        story=story, name=flat,
        what="a buffer, which is no parameter; leave it" if flat in buffers else "no matrix. Biases and norms stay",
    )  # fmt: skip
    wanted = {name: m.where(masks[name], torch.zeros(())) for name, m in matrices.items()}
    require(
        changed or all(torch.equal(wanted[name], before[name]) for name in matrices),
        "{story}: the masks are right, and the model has the numbers it had. `p * mask` is a new tensor; what changes the parameter is `p.mul_(mask)`, under `torch.no_grad()`.",
        story=story,
    )
    for name, m in matrices.items():
        got = now[name]
        require(
            torch.equal(got, wanted[name]) or not torch.equal(got, m.where(~masks[name], torch.zeros(()))),
            "{story}: the masks are right, but what they keep is zero in `{name}` and what they cut is there.",
            story=story, name=name,
        )  # fmt: skip
        require(
            not got[~masks[name]].any(),
            "{story}: the masks are right, but in `{name}` not all is zero that they cut. Is every matrix pruned, also what does not learn?",
            story=story, name=name,
        )  # fmt: skip
        require(
            torch.equal(got, wanted[name]),
            "{story}: in `{name}` numbers that are kept have changed. Kept is kept, to the last digit.{hint}",
            story=story, name=name, hint=" Something goes through float32 on its way." if m.dtype == torch.float64 else "",
        )  # fmt: skip
    learns = told(there.learning(), {str: bool})
    require(
        all(learns.get(name) == p.requires_grad for name, p in model.named_parameters()),
        "{story}: a parameter learns now that did not, or the other way round (`requires_grad`). Pruning changes numbers alone.",
        story=story,
    )


def judge_pruned(student, layers, sparsities, story, **model):
    """Prune one model, once for each sparsity, and require the masks and the numbers each time. layers, model: as in `known_numbers`."""
    here = known_numbers(layers, **model)
    there = student.build(helper_for("known_numbers", layers=layers, **model))
    for i, sparsity in enumerate(sparsities):
        n = sum(m.numel() for m in matrices_of(here).values())
        said = f"{story}, {n} numbers in its matrices, sparsity={sparsity:.4g}{', after a cut at ' + format(sparsities[i - 1], '.4g') if i else ''}"
        matrices = matrices_of(here)
        try:
            masks = student(there, sparsity)
        except StudentError as error:
            require(
                not (error.is_a("ValueError") and sparsity in (0, 1)),
                "{story}: {error} 0 and 1 are allowed: then nothing is cut, or everything.",
                story=said,
                error=error,
            )
            raise
        _require_names(masks, here, matrices, said)
        _require_masks(masks, here, matrices, sparsity, said)
        _require_numbers(there, here, masks, matrices, said)
        with torch.no_grad():
            for name, p in here.named_parameters():
                p.mul_(masks.get(name, torch.ones(())))


def require_refused(student, layers, sparsities):
    """Require a ValueError for each of these, and the model as it was."""
    there = student.build(helper_for("known_numbers", layers=layers))
    for sparsity in sparsities:
        error = student.error(there, sparsity)
        require(
            error is not None and error.is_a("ValueError"),
            "sparsity={s:.4g}: it goes from 0 to 1, so that is a ValueError; yours {yours}.",
            s=sparsity, yours="returns all the same" if error is None else f"raises {error.type}",
        )  # fmt: skip
    now = state_of(there)
    require(
        all(torch.equal(now[name], tensor) for name, tensor in known_numbers(layers).state_dict().items()),
        "After a sparsity that it refused, the model has other numbers than before. Look at it before anything is cut.",
    )


FIRST = torch.tensor([[0.1, -0.6, 0.3], [-0.2, 0.9, -0.5]])
SECOND = torch.tensor([[-1.2, 0.8], [0.4, -0.7]])
TWO = {
    "first": ("Linear", {"weight": FIRST, "bias": torch.tensor([0.01, -0.02])}),
    "norm": ("LayerNorm", {"weight": torch.tensor([0.02, -0.01]), "bias": torch.tensor([0.01, -0.04])}),
    "second": ("Linear", {"weight": SECOND, "bias": torch.tensor([0.03, 0.04])}),
}
MIXED = {
    "": ("Module", {"scale": torch.tensor(0.02), "start": torch.tensor([[0.31, -0.12]])}),
    "embeddings.words": ("Embedding", {"weight": torch.tensor([[0.05, -0.44], [0.21, 0.63], [-0.37, 0.11]])}),
    "norm": ("LayerNorm", {"weight": torch.tensor([0.01, 0.02]), "bias": torch.tensor([-0.01, 0.03])}),
    "encoder.layer": ("Linear", {"weight": torch.tensor([[-0.08, 0.52], [0.17, -0.71]]), "bias": torch.tensor([0.04, -0.01])}),
    "conv": ("Conv1d", {"weight": torch.tensor([[[0.09, -0.26, 0.58]], [[0.33, 0.14, -0.49]]])}),
    "head": ("Linear", {"bias": torch.tensor([0.03, 0.01, -0.02])}),
}  # fmt: skip
OF_ALL_KINDS = {
    "shared": {"head.weight": "embeddings.words.weight"},
    "frozen": ["encoder.layer.weight"],
    "buffers": {"places": torch.tensor([[0.001, -0.002], [0.003, 0.004]])},
}
STEPS = torch.arange(72)
TIES = {  # names against the alphabet, numbers from -3 to 3
    "words": ("Embedding", {"weight": (STEPS[:36] * 5 % 7 - 3.0).view(6, 6)}),
    "layer": ("Linear", {"weight": (STEPS[36:] * 3 % 7 - 3.0).view(4, 9)}),
}


@lab.check(points=3, returns=(dict,))
def magnitude_prune(student):
    for sparsity in (0.3, 0.37, 0.33, 0.5, 0.75, 0.25, 0.0, 1.0):
        judge_pruned(student, TWO, [sparsity], "Two layers")
    judge_pruned(
        student, MIXED, [0.4], "A model with a table of words that its head uses too", **OF_ALL_KINDS
    )
    for sparsity in (0.45, 0.3, 0.8):
        judge_pruned(student, TIES, [sparsity], "Two matrices with many numbers of the same size")
    judge_pruned(student, TWO, [0.3, 0.6, 0.6, 0.3], "Two layers")
    double = {p: (kind, {n: t.double() / 3 for n, t in numbers.items()}) for p, (kind, numbers) in TWO.items()}  # fmt: skip
    judge_pruned(student, double, [0.4], "Two layers in float64")
    tiny = {p: (kind, {n: t * 1e-30 for n, t in numbers.items()}) for p, (kind, numbers) in TWO.items()}
    judge_pruned(student, tiny, [0.5], "Two layers of numbers of about 1e-30, whose squares are 0, and which float16 does not know")  # fmt: skip
    require_refused(student, TWO, (-0.1, 1.1, 50))
