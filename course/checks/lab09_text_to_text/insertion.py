"""The check of `insert_adapters`: small T5s with a stand-in for the adapter, and the logits that known numbers in it lead to."""

import torch

from .. import Handle, StudentError, helper_for, part, require, require_close, require_dtype, told
from ..helpers.t5s import Bent, small_t5
from ..sentences import describe
from ..usual import usual
from . import lab

IDS = torch.tensor([[3, 4, 5, 6, 1], [7, 8, 9, 1, 0]])
LABELS = torch.tensor([[10, 11, 1], [12, 13, 1]])
STATED = "What the block adds is adapter(dense(norm(x))): inside the dense part, behind its matrices, before the sum"


def hooked(model, adapters, where="behind the dense layers"):
    """Put adapters into a T5 of our own, one for each block, encoder first. where: or at a place where they are put by mistake."""
    for block, adapter in zip((*model.encoder.block, *model.decoder.block), adapters, strict=True):
        dense_part, attention = block.layer[-1], block.layer[0].SelfAttention

        def behind(module, given, out, adapter=adapter):
            return (adapter(out[0]), *out[1:]) if isinstance(out, tuple) else adapter(out)

        def before(module, given, adapter=adapter):
            return (adapter(given[0]), *given[1:])

        if adapter is None:
            continue
        if where == "before the dense layers":
            dense_part.DenseReluDense.register_forward_pre_hook(before)
        else:
            place = {"behind the dense layers": dense_part.DenseReluDense, "behind the sum": dense_part, "behind attention": attention}[where]  # fmt: skip
            place.register_forward_hook(behind)
    return model


def with_known(numbers, order=None, where="behind the dense layers", **given):
    """Logits of a T5 with stand-ins. numbers: a pair (down, up) for each, None: none there; order: which of them each block gets."""
    model = small_t5(**given)
    width = model.config.d_model
    adapters = []
    for i in order or range(len(numbers)):
        adapter = None
        if i is not None:
            adapter = Bent(width, 1).to(next(model.parameters()))
            adapter.set_to(*numbers[i])
        adapters.append(adapter)
    ids = {"input_ids": IDS, "labels": LABELS}
    with torch.no_grad():
        return hooked(model, adapters, where)(**ids).logits


def numbers_for(n, generator, width=6):
    """A pair of float (width,) for each of n stand-ins, no two alike."""
    return [(1 + torch.rand(width, generator=generator), torch.randn(width, generator=generator)) for _ in range(n)]  # fmt: skip


def inserted(student, given, size, **named):
    """(adapters as handles, what is watched) of a small T5 after the student's function."""
    model = student.build(helper_for("small_t5", **given))
    watch = student.build(helper_for("watched", model=model))
    watch.remember()
    found = student(model, size, **named)
    n = sum(given["layers"])
    good = all(isinstance(each, Handle) and each.is_module for each in found)
    require(
        good,
        "Each item of the list that you return is an adapter, a module; yours has {what} in it.",
        what=describe(next((e for e in found if not (isinstance(e, Handle) and e.is_module)), None)),
    )
    require(
        len(found) == n,
        "{e} blocks in the encoder and {d} in the decoder: {n} adapters are returned, one for each; yours are {m}.{hint}",
        e=given["layers"][0], d=given["layers"][1], n=n, m=len(found),
        hint=" One stack is left out." if len(found) in given["layers"] else " One for each block, and not for each of its parts." if len(found) > n else "",
    )  # fmt: skip
    return list(found), watch


def logits_of(watch):
    """The logits of what is watched."""
    return told(watch.logits(IDS, LABELS), torch.Tensor)


def _made_with(adapter):
    """With what a stand-in was made; says so where it is none."""
    try:
        return adapter.get("made_with")
    except StudentError as error:
        require(
            not error.is_a("AttributeError"),
            "What you put in is not made by `adapter`, the class that your function is given; is one called by its own name, `Adapter(…)`?",
        )
        raise


def judge_place(student, given, seed):
    """Require that the adapters stand where they should, by what comes out of the model with known numbers in them."""
    layers, size = given["layers"], 5
    plain = with_known([None] * sum(layers), order=[None] * sum(layers), **given)
    adapters, watch = inserted(student, given, size, adapter=helper_for("bent"))
    width = small_t5(**given).config.d_model
    for adapter in adapters:
        made = told(_made_with(adapter), [int])
        require(
            made == [width, size],
            "The model is {width} wide and size is {size}; an adapter is made with {made}. It takes (width, size), and the width is that of the states, `model.config.d_model`.",
            width=width, size=size, made=tuple(made),
        )  # fmt: skip
    close = {"rtol": 1e-3, "atol": 1e-4}
    require_close(
        logits_of(watch),
        plain,
        "New adapters add nothing, and yet the model's logits have changed (at {at}): something of the model is lost, or not called as before.",
        **close,
    )
    numbers = numbers_for(sum(layers), torch.Generator().manual_seed(seed))
    for adapter, pair in zip(adapters, numbers, strict=True):
        adapter.set_to(*pair)
    found, n, (e, d) = logits_of(watch), sum(layers), layers
    tops_first = [*range(e)][::-1] + [e + i for i in range(d)][::-1]
    mistakes = [
        (plain, "The adapters that you return are not those in the model: nothing changes with their numbers"),
        *((with_known(numbers, where=where, **given), sentence) for where, sentence in (
            ("behind the sum", f"They stand behind the sum, and change what comes past the dense layers as well. {STATED}"),
            ("before the dense layers", f"They stand before the dense layers. {STATED}"),
            ("behind attention", f"They stand behind self-attention. {STATED}"))),
        (with_known(numbers, order=[*range(d, n), *range(d)], **given), "The list begins with the decoder's; the encoder's come first"),
        (with_known(numbers, order=tops_first, **given), "The list goes from the highest block down; it begins with the lowest"),
        (with_known(numbers, order=[n - 1 - i for i in range(n)], **given), "The list is the wrong way round: the encoder's come first, from its lowest block on"),
        (with_known(numbers, order=[i if i < e else None for i in range(n)], **given), "Only the encoder's adapters are in the model"),
        (with_known(numbers, order=[i if i >= e else None for i in range(n)], **given), "Only the decoder's adapters are in the model"),
        (with_known(numbers, order=[n - 1] * n, **given), "One and the same adapter stands in every block"),
    ]  # fmt: skip
    require_close(
        found,
        with_known(numbers, **given),
        "With known numbers in the adapters the model's logits are off at {at}.{known}",
        known=usual(found, mistakes) or f" {STATED}.",
        **close,
    )
    kept = told(watch.kept(), {str: bool})
    other = next((name for name, same in kept.items() if not same), None)
    require(other is None, "`{name}` has other numbers than before: what the model has learned stays as it is.", name=other)  # fmt: skip


def judge_learning(student, given, also=(), **named):
    """Require what learns: the adapters, the norms, and what is stated."""
    _, watch = inserted(student, given, 4, also=also, adapter=helper_for("bent"), **named)
    learning, new = told(watch.original(), {str: bool}), told(watch.new(), {str: bool})
    require(
        len(new) >= 2 * sum(given["layers"]),
        "The adapters are at work, and yet `model.parameters()` has {n} of their {m} tensors: an optimiser never moves the rest, and nobody saves it. "
        "A module must hold them; a hook, a function or a list holds them without the model's knowing.",
        n=len(new) or "none",
        m=2 * sum(given["layers"]),
    )
    stays = next((name for name, learns in new.items() if not learns), None)
    require(stays is None, "`{name}` of an adapter does not learn; the adapters are what should.", name=stays)
    for name, learns in learning.items():
        stated, norm = name.startswith(tuple(also)), "norm" in name
        truth = stated or norm
        why = (
            " It begins with what `also` names." if stated
            else " A norm's parameters have `norm` in their names." if norm and "final" not in name
            else " The norm behind a stack is a norm, too." if norm
            else " `also` says how a name *begins*, and not what is somewhere in it." if any(each in name for each in also)
            else " It is neither an adapter's nor a norm's, and not among `also`."
        )  # fmt: skip
        require(
            learns == truth,
            "{also}`{name}` {does}, and should{n}.{why}",
            also=f"With also={also!r}: " if also else "",
            name=name,
            does="learns" if learns else "does not learn",
            n=" not" if learns else "",
            why=why,
        )


def judge_dtype(student, given):
    """Require adapters of the model's dtype."""
    adapters, watch = inserted(student, {**given, "half": True}, 3, adapter=helper_for("bent"))
    require_dtype(adapters[0].get("down"), torch.float64, "the model's weights")
    logits_of(watch)


PLAIN = {"layers": [2, 1], "seed": 5}


@lab.check(points=4, returns=(list, tuple))
def insert_adapters(student):
    given = PLAIN
    student = student.using(limit=60)  # at the far end transformers is imported now
    judge_place(student, given, 1)
    with part("what learns", points=1):
        judge_learning(student, given)
        judge_learning(student, {**given, "frozen": ["encoder", "decoder.final"]})
    with part("what `also` names", points=0.5):
        judge_learning(student, given, also=["decoder.block.0.layer.0"])
        judge_learning(student, given, also=("shared",))
    with part("in float64", points=0.5):
        judge_dtype(student, given)
