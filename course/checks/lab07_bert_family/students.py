"""The check of `initialise_student`: which layer came from where, what is shared, and what the configurations say."""

from dataclasses import dataclass

import torch

from .. import Handle, StudentError, helper_for, part, require, require_close, told
from ..helpers.teachers import library_encoder
from ..modules import floats_of, state_of
from ..sentences import describe
from ..usual import ended
from ..wire import Helper
from . import lab

LAYER = "encoder.layer."
CLOSE = {"rtol": 1e-3, "atol": 1e-3}


@dataclass
class Teacher:
    """An encoder that a student gets. state: its weights by name; n: its number of layers; kind, sizes: as of `library_encoder`."""

    helper: Helper
    kind: str
    sizes: dict
    state: dict
    n: int

    def layer(self, i):
        """The weights of one layer, by name."""
        return layer_in(self.state, i)

    def others(self):
        """The names of all weights that are in no layer."""
        return [name for name in self.state if not name.startswith(LAYER)]

    def shortened(self, keep):
        """The same encoder with some of its layers, here, in evaluation mode."""
        model = library_encoder(self.kind, {**self.sizes, "num_hidden_layers": len(keep)})
        state = {name: self.state[name] for name in self.others()}
        for i, k in enumerate(keep):
            state |= {f"{LAYER}{i}.{name}": t for name, t in self.layer(k).items()}
        model.load_state_dict(state)
        return model.eval()


def layer_in(state, i):
    """The weights of layer i in a state dict, by the names that they have inside it."""
    start = f"{LAYER}{i}."
    return {name.removeprefix(start): t for name, t in state.items() if name.startswith(start)}


def drawn_teacher(kind, n, generator, **sizes):
    """A tiny encoder with n layers, all of whose weights are drawn. kind: "Bert", "Electra" or "Roberta"."""
    sizes = {
        "vocab_size": 11, "hidden_size": 4, "num_hidden_layers": n, "num_attention_heads": 2, "intermediate_size": 6, "max_position_embeddings": 12, **sizes,
    }  # fmt: skip
    if kind == "Electra":
        sizes["embedding_size"] = 3
    shapes = library_encoder(kind, sizes).state_dict()
    state = {name: torch.randn(t.shape, generator=generator) / 2 for name, t in shapes.items()}
    return Teacher(helper_for("teacher", kind=kind, state=state, sizes=sizes), kind, sizes, state, n)


def student_of(student, teacher, *given, **named):
    """(what is handed over, what is made of it): a teacher and a new model of its class, both a `Handle`."""
    handed = student.build(teacher.helper)
    result = student(handed, *given, **named)
    hint = ""
    if result is None:
        hint = " Is the `return` line missing?"
    elif isinstance(result, (list, tuple)):
        hint = " The layers alone are no model: they belong into one of the teacher's class."
    require(
        isinstance(result, Handle) and result.is_module,
        "A new model is asked for, an nn.Module; yours is {what}.{hint}",
        what=describe(result),
        hint=hint,
    )
    both = student.build(helper_for("pair", one=result, other=handed))
    require(
        not both.same_object(),
        "You return the teacher itself. Its layers, and what it knows, are to stay as they are: make a new model.",
    )
    require(
        both.same_class(),
        "What you return is of another class than the teacher (here a {kind}Model of transformers). Whoever can use the one should be able to use the other: "
        "is a part of it returned, or is one class written into your code?",
        kind=teacher.kind,
    )
    return handed, result


def judge(student, teacher, *given, **named):
    """Require the right layers of a teacher, all else that it has, and the states that come of them."""
    given_keep = given[0] if given else named.get("keep")
    keep = list(range(0, teacher.n, 2)) if given_keep is None else given_keep
    story = f"A teacher with {teacher.n} layer{'s' * (teacher.n > 1)}, {'no `keep`' if given_keep is None else f'keep={keep}'}"
    try:
        _, result = student_of(student, teacher, *given, **named)
    except StudentError as error:
        require(
            given_keep is not None or not error.is_a("IndexError"),
            "{story}: {error} Without `keep` it is every other layer of *this* teacher, from 0 up, as far as there are layers.",
            story=story,
            error=str(error).split(" An index runs past")[0],
        )
        raise
    _require_layers(state_of(result), teacher, keep, given_keep is None, story)
    _require_others(state_of(result), teacher, story)
    _require_states(result, teacher, keep, story)


def _require_layers(state, teacher, keep, default, story):
    """Require each layer's weights to be those of the teacher's layer that belongs there."""
    n = teacher.n
    places = {name.removeprefix(LAYER).split(".")[0] for name in state if name.startswith(LAYER)}
    found = [_whose(layer_in(state, i), teacher) for i in sorted(int(p) for p in places if p.isdecimal())]
    if found == keep:
        return
    words = {"story": story, "found": ", ".join("?" if k is None else str(k) for k in found) or "none"}
    require(
        found,
        "{story}: your student has no layers in `encoder.layer`, where a {kind}Model has them. Put an nn.ModuleList there.",
        kind=teacher.kind,
        **words,
    )
    new = next((i for i, k in enumerate(found) if k is None), None)
    require(
        new is None,
        "{story}: the student's layer {i} has weights that no layer of the teacher has. Is it a new one, into which nothing, or not all, was copied?",
        i=new,
        **words,
    )
    why = [
        ended(sentence)
        for wrong, sentence in (_by_default if default else _by_name)(n, keep)
        if wrong == found
    ]
    require(
        False,
        "{story}: your student has those with the numbers {found}. {why}",
        why=" Or: ".join(dict.fromkeys(why)) or "Which ones, and in which order, does the statement say?",
        **words,
    )


def _by_default(n, keep):
    """What usual mistakes keep where every other layer is asked for, (numbers, sentence) pairs."""
    m = len(keep)
    return [
        (list(range(n)), "All layers are there; a student has fewer"),
        (list(range(1, n, 2)), "Those are the others: begin with layer 0"),
        (list(range(m)), "Those are the first layers; every other one is asked for"),
        (list(range(n // 2)), "Those are the first half; every other one is asked for"),
        (list(range(n - m, n)), "Those are the last layers; every other one is asked for"),
        (list(range(n - n // 2, n)), "Those are the last layers; every other one is asked for"),
        (keep[::-1], "They stand in another order: from the first on is asked for"),
        (keep[:-1], "The last one of them is missing"),
        (keep[1:], "The first one of them is missing"),
        ([0] * m, "It is one layer several times"),
    ]


def _by_name(n, keep):
    """What usual mistakes keep where layers are named, (numbers, sentence) pairs."""
    m = len(keep)
    return [
        (list(range(n)), "All layers are there: is `keep` used?"),
        (list(range(0, n, 2)), "Those come without `keep`: is `keep` used?"),
        (list(range(m)), "Those are the first layers, as many as `keep` has; its *numbers* say which"),
        (list(range(n - m, n)), "Those are the last layers, as many as `keep` has; its *numbers* say which"),
        (keep[::-1], "They stand in another order than in `keep`"),
        (sorted(keep), "They stand in another order than in `keep`"),
        ([(k - 1) % n for k in keep], "The numbers in `keep` begin at 0"),
        ([k for k in range(n) if k not in keep], "You have taken out what should stay"),
        (keep[:-1], "The last one of them is missing"),
        (keep[1:], "The first one of them is missing"),
        (keep[:1] * m, "It is one layer several times"),
        (keep[-1:] * m, "It is one layer several times"),
    ]


def _whose(layer, teacher):
    """The number of the teacher's layer that has these weights, or None."""
    for k in range(teacher.n):
        own = teacher.layer(k)
        if own.keys() == layer.keys() and all(torch.equal(own[m].double(), layer[m].double()) for m in own):
            return k
    return None


def _require_others(state, teacher, story):
    """Require everything beside the layers to be the teacher's."""
    missing = next((name for name in teacher.others() if name not in state), None)
    require(missing is None, "{story}: your student has no `{name}`, which the teacher has.", story=story, name=missing)  # fmt: skip
    other = next((m for m in teacher.others() if not torch.equal(state[m].double(), teacher.state[m].double())), None)  # fmt: skip
    require(
        other is None,
        "{story}: the layers are right, and `{name}` has other numbers than the teacher's. All that is no layer comes along: a new model begins with random ones.",
        story=story,
        name=other,
    )


def _require_states(result, teacher, keep, story):
    """Require the states that an encoder with these layers gives."""
    ids = torch.tensor([[2, 5, 7, 3, 9], [2, 8, 6, 1, 1]])
    mask = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
    result.eval()
    out = result(ids, attention_mask=mask)
    found = out.get("last_hidden_state") if isinstance(out, (dict, Handle)) else None
    found = floats_of(found, (2, 5, 4), "(batch, time, width)", ids, "`last_hidden_state`")
    with torch.no_grad():
        wanted = teacher.shortened(keep)(ids, attention_mask=mask).last_hidden_state
    require_close(
        found,
        wanted,
        "{story}: the weights are right, and at {at} the states are not what they give. Does it go through each of its layers once, in their order?",
        story=story,
        **CLOSE,
    )


def require_its_own(student, teacher, *given, **named):
    """Require a teacher that nothing changes, whatever its student learns."""
    handed, result = student_of(student, teacher, *given, **named)
    state = state_of(handed)
    left = _places(state)
    require(
        left == teacher.n,
        "The teacher came with {n} layers and has {left} now: you have taken out, or put in, its own. Work on a copy, and a deep one: `copy.copy` leaves `encoder` common to both.",
        n=teacher.n,
        left=left,
    )
    require(
        _same(state, teacher.state),
        "While its student is made the teacher's weights change. It is to stay as it was.",
    )
    generator = torch.Generator().manual_seed(0)
    own = state_of(result)
    result.load_state_dict({name: t + torch.rand(t.shape, generator=generator) + 1 for name, t in own.items()})  # fmt: skip
    state = state_of(handed)
    changed = [name for name in teacher.state if not torch.equal(state[name], teacher.state[name])]
    layers = [name for name in changed if name.startswith(LAYER)]
    what = "its layers and all else" if layers and len(layers) < len(changed) else "its layers" if layers else f"`{(changed or [''])[0]}`, which is in no layer,"  # fmt: skip
    require(
        not changed,
        "When the student's weights change, the teacher's change, too: {what} {verb} common to both. A module in two models is one and the same; `copy.deepcopy` makes another one.",
        what=what,
        verb="are" if layers else "is",
    )
    require(not _same(state_of(result), own), "The student's weights cannot be changed.")
    pair = student.build(helper_for("pair", one=result, other=handed))
    frozen = told(pair.frozen(), int)
    require(
        not frozen,
        "{n} parameters of the student do not learn (`requires_grad` is False), and the teacher's do. The student is to be trained.",
        n=frozen,
    )


def _same(one, other):
    return one.keys() == other.keys() and all(torch.equal(t, other[name]) for name, t in one.items())


def require_configurations(student, teacher, *given, **named):
    """Require two configurations that are true of the two models, whichever layers the student has."""
    handed, result = student_of(student, teacher, *given, **named)
    found, theirs = (_configured(model) for model in (result, handed))
    require(
        theirs == teacher.n,
        "The teacher has {n} layers, and after its student is made its configuration says {theirs}. Both have one configuration in common: the student needs its own.",
        n=teacher.n,
        theirs=theirs,
    )
    layers = _places(state_of(result))
    require(
        found == layers,
        "The student has {m} layers, and its configuration says {found}: `config.num_hidden_layers` is to be corrected. Whoever saves and loads it would get another model.",
        m=layers,
        found=found,
    )


def _places(state):
    """How many layers a state dict has weights of."""
    return len({name.removeprefix(LAYER).split(".")[0] for name in state if name.startswith(LAYER)})


def _configured(model):
    """What a model's configuration says of its number of layers."""
    try:
        return model.get("config").get("num_hidden_layers")
    except (StudentError, AttributeError):
        return "nothing"


@lab.check(points=2)
def initialise_student(student):
    generator = torch.Generator().manual_seed(7)
    five, four = drawn_teacher("Bert", 5, generator), drawn_teacher("Roberta", 4, generator)
    electra = drawn_teacher("Electra", 3, generator)
    student.using(limit=60).build(five.helper)  # at the far end transformers is imported now
    for teacher in (five, four, electra, drawn_teacher("Bert", 1, generator)):
        judge(student, teacher)
    with part("layers that are named", points=0.5):
        judge(student, five, [0, 3, 4])
        judge(student, five, keep=[4, 1])
        judge(student, electra, keep=[2])
    with part("the student is its own", points=0.5):
        require_its_own(student, four)
        require_its_own(student, electra)
    with part("both configurations", points=0.5):
        require_configurations(student, four)
        require_configurations(student, five)
