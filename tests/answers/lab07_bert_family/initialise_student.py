import copy

import torch
from torch import nn

from tests.answers import right, wrong


def chosen(teacher, keep):
    return list(range(0, len(teacher.encoder.layer), 2)) if keep is None else keep


def solved(teacher, keep=None):
    """What the exercise asks for."""
    keep = chosen(teacher, keep)
    student = copy.deepcopy(teacher)
    student.encoder.layer = nn.ModuleList([student.encoder.layer[i] for i in keep])
    student.config.num_hidden_layers = len(keep)
    return student


def keeping(pick):
    """The exercise's function with other layers. pick: (how many the teacher has, keep) -> their numbers."""
    return lambda teacher, keep=None: solved(teacher, pick(len(teacher.encoder.layer), keep))


def changed(change):
    """The right student, and what `change(student, teacher)` does to it."""

    def initialise_student(teacher, keep=None):
        student = solved(teacher, keep)
        change(student, teacher)
        return student

    return initialise_student


def new_model(teacher, layers):
    """Another one of the teacher's class, with so many layers and new weights."""
    config = copy.deepcopy(teacher.config)
    config.num_hidden_layers = layers
    return type(teacher)(config)


@right
def layers_taken_out_of_a_copy():
    return solved


@right
def copied_by_state_dict():
    def initialise_student(teacher, keep=None):
        keep = chosen(teacher, keep)
        student = new_model(teacher, len(keep))
        state = {name: t for name, t in teacher.state_dict().items() if not name.startswith("encoder.layer.")}
        for i, k in enumerate(keep):
            for name, t in teacher.encoder.layer[k].state_dict().items():
                state[f"encoder.layer.{i}.{name}"] = t
        student.load_state_dict(state)
        return student.eval()

    return initialise_student


@right
def copied_number_by_number():
    def initialise_student(teacher, keep=None):
        keep = chosen(teacher, keep)
        config = type(teacher.config).from_dict({**teacher.config.to_dict(), "num_hidden_layers": len(keep)})
        student = teacher.__class__(config)
        with torch.no_grad():
            theirs = dict(teacher.named_parameters())
            for name, p in student.named_parameters():
                if name.startswith("encoder.layer."):
                    _, _, i, rest = name.split(".", 3)
                    name = f"encoder.layer.{keep[int(i)]}.{rest}"
                p.copy_(theirs[name])
        print("a student with", len(keep), "layers")
        return student

    return initialise_student


@right
def deleted_from_behind():
    """Only where `keep` rises; else the layers are put in anew."""

    def initialise_student(teacher, keep=None):
        student = copy.deepcopy(teacher)
        if keep is None:
            for i in reversed(range(len(student.encoder.layer))):
                if i % 2:
                    del student.encoder.layer[i]
        else:
            student.encoder.layer = nn.ModuleList(copy.deepcopy(teacher.encoder.layer[k]) for k in keep)
        student.config = copy.deepcopy(student.config)
        student.config.num_hidden_layers = len(student.encoder.layer)
        return student

    return initialise_student


@right
def a_slice_and_a_warning():
    def initialise_student(teacher, keep=None):
        import warnings

        warnings.warn("fewer layers", stacklevel=1)
        student = copy.deepcopy(teacher).train()
        if keep is None:
            student.encoder.layer = student.encoder.layer[::2]
        else:
            layers = list(student.encoder.layer)
            student.encoder.layer = nn.ModuleList()
            student.encoder.layer.extend(layers[k] for k in keep)
        student.config.update({"num_hidden_layers": len(student.encoder.layer)})
        return student

    return initialise_student


@right
def each_part_by_itself():
    def initialise_student(teacher, keep=None):
        keep = chosen(teacher, keep)
        student = new_model(teacher, len(keep))
        for name, part in teacher.named_children():
            if name != "encoder":
                setattr(student, name, copy.deepcopy(part))
        for i, k in enumerate(keep):
            student.encoder.layer[i].load_state_dict(teacher.encoder.layer[k].state_dict())
        return student

    return initialise_student


@wrong("Those are the others: begin with layer 0", earns=0)
def the_odd_ones():
    return keeping(lambda n, keep: list(range(1, n, 2)) if keep is None else keep)


@wrong("Those are the first half", earns=0)
def the_first_half():
    return keeping(lambda n, keep: list(range(max(1, n // 2))) if keep is None else keep)


@wrong("Those are the first layers", earns=0)
def as_many_from_the_bottom():
    return keeping(lambda n, keep: list(range((n + 1) // 2)) if keep is None else keep)


@wrong("Those are the last layers", earns=0)
def as_many_from_the_top():
    return keeping(lambda n, keep: list(range(n // 2, n)) if keep is None else keep)


@wrong("All layers are there", earns=0)
def all_of_them():
    return keeping(lambda n, keep: list(range(n)) if keep is None else keep)


@wrong("your student has those with the numbers", earns=0)
def every_third():
    return keeping(lambda n, keep: list(range(0, n, 3)) if keep is None else keep)


@wrong("The last one of them is missing", earns=0)
def without_the_last():
    """Half as many, rounded down."""
    return keeping(lambda n, keep: list(range(0, n, 2))[: max(1, n // 2)] if keep is None else keep)


@wrong("They stand in another order", earns=0)
def from_the_top_down():
    return keeping(lambda n, keep: list(range(0, n, 2))[::-1] if keep is None else keep)


@wrong("It is one layer several times", earns=0)
def the_first_again_and_again():
    return keeping(lambda n, keep: [0] * ((n + 1) // 2) if keep is None else keep)


@wrong("is `keep` used?", earns=1.5)
def keep_ignored():
    return keeping(lambda n, keep: list(range(0, n, 2)))


@wrong("They stand in another order", earns=1.5)
def keep_sorted():
    return keeping(lambda n, keep: list(range(0, n, 2)) if keep is None else sorted(keep))


@wrong("They stand in another order", earns=1.5)
def whatever_is_in_keep():
    """Goes through the layers and asks whether each is in `keep`."""
    return keeping(lambda n, keep: [i for i in range(n) if (i % 2 == 0 if keep is None else i in keep)])


@wrong("begin at 0", earns=1.5)
def counts_from_one():
    return keeping(lambda n, keep: list(range(0, n, 2)) if keep is None else [(k - 1) % n for k in keep])


@wrong("its *numbers* say which", earns=1.5)
def as_many_as_keep_has():
    return keeping(lambda n, keep: list(range(0, n, 2)) if keep is None else list(range(len(keep))))


@wrong("You have taken out what should stay", earns=1.5)
def what_keep_names_is_taken_out():
    def pick(n, keep):
        return list(range(0, n, 2)) if keep is None else [k for k in range(n) if k not in keep] or [0]

    return keeping(pick)


@wrong("It is one layer several times", earns=1.5)
def the_last_of_keep_in_every_place():
    return keeping(lambda n, keep: list(range(0, n, 2)) if keep is None else [keep[-1]] * len(keep))


@wrong("You return the teacher itself", earns=0)
def cut_down_in_place():
    def initialise_student(teacher, keep=None):
        keep = chosen(teacher, keep)
        teacher.encoder.layer = nn.ModuleList([teacher.encoder.layer[i] for i in keep])
        teacher.config.num_hidden_layers = len(keep)
        return teacher

    return initialise_student


@wrong("that no layer of the teacher has", earns=0)
def new_weights():
    return lambda teacher, keep=None: new_model(teacher, len(chosen(teacher, keep)))


@wrong("has other numbers than the teacher's", earns=0)
def only_the_layers():
    def initialise_student(teacher, keep=None):
        keep = chosen(teacher, keep)
        student = new_model(teacher, len(keep))
        for mine, k in zip(student.encoder.layer, keep):
            mine.load_state_dict(teacher.encoder.layer[k].state_dict())
        return student

    return initialise_student


@wrong("All that is no layer comes along", earns=0)
def embeddings_and_layers():
    """A pooler, where there is one, begins anew; and so does what lies between narrow embeddings and the layers."""

    def initialise_student(teacher, keep=None):
        keep = chosen(teacher, keep)
        student = new_model(teacher, len(keep))
        student.embeddings.load_state_dict(teacher.embeddings.state_dict())
        for mine, k in zip(student.encoder.layer, keep):
            mine.load_state_dict(teacher.encoder.layer[k].state_dict())
        return student

    return initialise_student


@wrong("that no layer of the teacher has", earns=0)
def weights_without_biases():
    def initialise_student(teacher, keep=None):
        keep = chosen(teacher, keep)
        student = new_model(teacher, len(keep))
        state = {n: t for n, t in solved(teacher, keep).state_dict().items() if not n.endswith("bias")}
        student.load_state_dict(state, strict=False)
        return student

    return initialise_student


@wrong("your student has those with the numbers 0, 1", earns=0)
def loaded_without_strict():
    """Names are numbers of places: the first layers go where they stood, and the rest is left out in silence."""

    def initialise_student(teacher, keep=None):
        student = new_model(teacher, len(chosen(teacher, keep)))
        student.load_state_dict(teacher.state_dict(), strict=False)
        return student

    return initialise_student


@wrong("The teacher came with", earns=1.5)
def a_shallow_copy():
    """`encoder` is common to both, and so the teacher loses its layers."""

    def initialise_student(teacher, keep=None):
        keep = chosen(teacher, keep)
        student = copy.copy(teacher)
        student.config = copy.deepcopy(teacher.config)
        student.encoder.layer = nn.ModuleList([teacher.encoder.layer[i] for i in keep])
        student.config.num_hidden_layers = len(keep)
        return student

    return initialise_student


@wrong("its layers are common to both", earns=1.5)
def the_teachers_own_layers():
    def initialise_student(teacher, keep=None):
        keep = chosen(teacher, keep)
        student = solved(teacher, keep)
        student.encoder.layer = nn.ModuleList([teacher.encoder.layer[i] for i in keep])
        return student

    return initialise_student


@wrong("which is in no layer, is common to both", earns=1.5)
def the_teachers_own_embeddings():
    def change(student, teacher):
        student.embeddings = teacher.embeddings

    return changed(change)


@wrong("its layers and all else are common to both", earns=1.5)
def the_teachers_own_parts():
    def initialise_student(teacher, keep=None):
        keep = chosen(teacher, keep)
        student = new_model(teacher, len(keep))
        for name, part in teacher.named_children():
            if name != "encoder":
                setattr(student, name, part)
        student.encoder.layer = nn.ModuleList([teacher.encoder.layer[i] for i in keep])
        return student

    return initialise_student


@wrong("common to both", earns=1.5)
def the_same_memory():
    def initialise_student(teacher, keep=None):
        keep = chosen(teacher, keep)
        student = solved(teacher, keep)
        for mine, k in zip(student.encoder.layer, keep):
            for p, q in zip(mine.parameters(), teacher.encoder.layer[k].parameters()):
                p.data = q.data
        return student

    return initialise_student


@wrong("the teacher's weights change", earns=1.5)
def the_teacher_is_emptied():
    def change(student, teacher):
        with torch.no_grad():
            for p in teacher.parameters():
                p.zero_()

    return changed(change)


@wrong("`config.num_hidden_layers` is to be corrected", earns=1.5)
def the_configuration_as_it_was():
    def change(student, teacher):
        student.config.num_hidden_layers = teacher.config.num_hidden_layers

    return changed(change)


@wrong("`config.num_hidden_layers` is to be corrected", earns=1.5)
def the_number_on_the_model_itself():
    def change(student, teacher):
        student.num_hidden_layers = student.config.num_hidden_layers
        student.config.num_hidden_layers = teacher.config.num_hidden_layers

    return changed(change)


@wrong("Both have one configuration in common", earns=1.5)
def the_teachers_own_configuration():
    def change(student, teacher):
        student.config = teacher.config
        student.config.num_hidden_layers = len(student.encoder.layer)

    return changed(change)


@wrong("Both have one configuration in common", earns=1.5)
def the_teachers_configuration_changed():
    def initialise_student(teacher, keep=None):
        keep = chosen(teacher, keep)
        config = teacher.config
        config.num_hidden_layers = len(keep)
        student = type(teacher)(config)
        student.load_state_dict(solved(teacher, keep).state_dict())
        return student

    return initialise_student


@wrong("What you return is of another class", earns=0)
def the_encoder_alone():
    return lambda teacher, keep=None: solved(teacher, keep).encoder


@wrong("is one class written into your code?", earns=0)
def always_a_bert():
    def initialise_student(teacher, keep=None):
        from transformers import BertConfig, BertModel

        keep = chosen(teacher, keep)
        student = BertModel(BertConfig(**{**teacher.config.to_dict(), "num_hidden_layers": len(keep)}))
        student.load_state_dict(solved(teacher, keep).state_dict(), strict=False)
        return student

    return initialise_student


@wrong("The layers alone are no model", earns=0)
def a_list_of_layers():
    return lambda teacher, keep=None: [teacher.encoder.layer[k] for k in chosen(teacher, keep)]


@wrong("What you return is of another class", earns=0)
def layers_in_a_module_list():
    return lambda teacher, keep=None: solved(teacher, keep).encoder.layer


@wrong("Put an nn.ModuleList there", earns=0)
def a_python_list_inside():
    def initialise_student(teacher, keep=None):
        student = solved(teacher, keep)
        layers = list(student.encoder.layer)
        del student.encoder.layer
        student.encoder.layer = layers
        return student

    return initialise_student


@wrong("Does it go through each of its layers once", earns=0)
def called_by_a_forward_of_its_own():
    """Each layer twice, to make up for the missing ones."""

    def change(student, teacher):
        for layer in student.encoder.layer:
            once = layer.forward
            layer.forward = lambda x, *args, once=once, **kwargs: once(
                once(x, *args, **kwargs), *args, **kwargs
            )

    return changed(change)


@wrong("Is the `return` line missing?", earns=0)
def no_return():
    def initialise_student(teacher, keep=None):
        solved(teacher, keep)

    return initialise_student


@wrong("A new model is asked for", earns=0)
def constant():
    return lambda teacher, keep=None: 0


@wrong("You return the teacher itself", earns=0)
def identity():
    return lambda teacher, keep=None: teacher


@wrong("your student has those with the numbers", earns=0)
def hard_coded_examples():
    """Right for the sizes of the visible check."""

    def initialise_student(teacher, keep=None):
        known = teacher.config.vocab_size == 11 and teacher.config.intermediate_size == 6
        return solved(teacher, keep if known else [0])

    return initialise_student


@wrong("its configuration says 2", earns=1.5)
def half_of_the_layers_rounded_down_in_the_configuration():
    def change(student, teacher):
        student.config.num_hidden_layers = len(teacher.encoder.layer) // 2

    return changed(change)


@wrong("parameters of the student do not learn", earns=1.5)
def all_of_it_frozen():
    return changed(lambda student, teacher: student.requires_grad_(False))


@wrong("changed its argument", earns=1.5)
def the_list_is_used_up():
    def initialise_student(teacher, keep=None):
        keep = chosen(teacher, keep)
        layers = []
        while keep:
            layers.append(teacher.encoder.layer[keep.pop(0)])
        student = copy.deepcopy(teacher)
        student.encoder.layer = nn.ModuleList(copy.deepcopy(layers))
        student.config.num_hidden_layers = len(layers)
        return student

    return initialise_student


@wrong("every other layer of *this* teacher", earns=0)
def three_layers_by_default():
    return lambda teacher, keep=None: solved(teacher, [0, 2, 4] if keep is None else keep)
