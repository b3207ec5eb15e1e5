import copy

import torch
from torch import nn

from tests.answers import right, wrong


def solved(layers, parts=None):
    """What the exercise asks for."""
    if parts is None:
        return nn.ModuleList([layers[0] for _ in layers])
    for layer in layers:
        for name in parts:
            setattr(layer, name, getattr(layers[0], name))
    return layers


def whole(make):
    """The exercise's function, with another way to share all of the layers. make: layers -> what is returned."""

    def share_parameters(layers, parts=None):
        return make(layers) if parts is None else solved(layers, parts)

    return share_parameters


def some(make):
    """The exercise's function, with another way to share some submodules. make: (layers, parts) -> what is returned."""

    def share_parameters(layers, parts=None):
        return solved(layers) if parts is None else make(layers, parts)

    return share_parameters


def tie(layer, first, names=lambda name: True):
    """Give a layer the first one's parameters, one by one, where `names` is true of their name."""
    for name, _ in list(layer.named_parameters()):
        if names(name):
            *path, last = name.split(".")
            home, source = layer, first
            for step in path:
                home, source = getattr(home, step), getattr(source, step)
            setattr(home, last, getattr(source, last))


@right
def one_object_many_times():
    return solved


@right
def parameter_by_parameter():
    def share_parameters(layers, parts=None):
        for layer in list(layers)[1:]:
            tie(layer, layers[0], lambda name: parts is None or name.split(".")[0] in parts)
        print(sum(p.numel() for p in layers.parameters()), "numbers are left")
        return layers

    return share_parameters


@right
def by_the_names_of_modules():
    """Submodules through `_modules`; and in the list itself the first layer takes each place."""

    def share_parameters(layers, parts=None):
        import warnings

        warnings.warn("layers change", stacklevel=1)
        for i in range(len(layers)):
            if parts is None:
                layers[i] = layers[0]
            else:
                layers[i]._modules.update({name: layers[0]._modules[name] for name in parts})
        return layers

    return share_parameters


@right
def a_copy_that_all_share():
    """The layers that came in stay as they were."""

    def share_parameters(layers, parts=None):
        if parts is None:
            one = copy.deepcopy(layers[0])
            out = nn.ModuleList()
            for _ in range(len(layers)):
                out.append(one)
            return out
        return solved(copy.deepcopy(layers), parts)

    return share_parameters


@right
def a_list_that_repeats_its_only_layer():
    class Repeat(nn.ModuleList):
        times = 0

        def __len__(self):
            return self.times

        def __iter__(self):
            return iter([self._modules["0"]] * self.times)

    def make(layers):
        out = Repeat(layers[:1])
        out.times = len(layers)
        return out

    return whole(make)


@right
def layers_in_wrappers():
    class Again(nn.Module):
        def __init__(self, layer):
            super().__init__()
            self.layer = layer

        def forward(self, *args, **kwargs):
            return self.layer(*args, **kwargs)

    return whole(lambda layers: nn.ModuleList([layers[0], *(Again(layers[0]) for _ in layers[1:])]))


@right
def filled_by_load_state_dict_and_then_tied():
    def share_parameters(layers, parts=None):
        first = layers[0]
        for layer in layers[1:]:
            layer.load_state_dict(
                {**layer.state_dict(), **first.state_dict()} if parts is None else layer.state_dict()
            )
            for name, module in list(layer.named_children()):
                if parts is None or name in parts:
                    layer.add_module(name, first.get_submodule(name))
            if parts is None:
                for name, p in first.named_parameters(recurse=False):
                    layer.register_parameter(name, p)
        return layers

    return share_parameters


@wrong("the layers have equal numbers, but each its own", earns=0)
def deep_copies():
    return whole(lambda layers: nn.ModuleList([copy.deepcopy(layers[0]) for _ in layers]))


@wrong("the layers have equal numbers, but each its own", earns=0)
def state_dicts_loaded():
    def make(layers):
        for layer in layers[1:]:
            layer.load_state_dict(layers[0].state_dict())
        return layers

    return whole(make)


@wrong("the layers have equal numbers, but each its own", earns=0)
def numbers_copied():
    def make(layers):
        with torch.no_grad():
            for layer in layers[1:]:
                for mine, first in zip(layer.parameters(), layers[0].parameters()):
                    mine.copy_(first)
        return layers

    return whole(make)


@wrong("be different parameters: an optimiser meets each of them", earns=0)
def data_of_the_first():
    def make(layers):
        for layer in layers[1:]:
            for mine, first in zip(layer.parameters(), layers[0].parameters()):
                mine.data = first.data
        return layers

    return whole(make)


@wrong("be different parameters: an optimiser meets each of them", earns=0)
def new_parameters_on_the_same_memory():
    def make(layers):
        for layer in layers[1:]:
            for name, module in layer.named_modules():
                source = layers[0].get_submodule(name)
                for key, p in source.named_parameters(recurse=False):
                    setattr(module, key, nn.Parameter(p.data))
        return layers

    return whole(make)


@wrong("all have the weights of the *last* layer", earns=0)
def the_last_one_many_times():
    return whole(lambda layers: nn.ModuleList([layers[-1]] * len(layers)))


@wrong("all have the weights of the *last* layer", earns=0)
def the_last_of_a_loop():
    """`layer` is what the loop has left over."""

    def make(layers):
        for layer in layers:
            pass
        return nn.ModuleList([layer for _ in layers])

    return whole(make)


@wrong("all have the mean of all layers' weights", earns=0)
def the_mean_of_all():
    def make(layers):
        with torch.no_grad():
            for name, p in layers[0].named_parameters():
                p.copy_(torch.stack([dict(layer.named_parameters())[name] for layer in layers]).mean(0))
        return nn.ModuleList([layers[0]] * len(layers))

    return whole(make)


@wrong("Is a new layer made?", earns=0)
def a_new_layer():
    def make(layers):
        one = copy.deepcopy(layers[0])
        for p in one.parameters():
            nn.init.normal_(p)
        return nn.ModuleList([one] * len(layers))

    return whole(make)


@wrong("which is not the first", earns=0)
def the_second_one():
    return whole(lambda layers: nn.ModuleList([layers[min(1, len(layers) - 2)]] * len(layers)))


@wrong("As many are *called* as before", earns=0)
def one_layer_in_the_list():
    return whole(lambda layers: layers[:1])


@wrong("As many are *called* as before", earns=0)
def one_too_many():
    return whole(lambda layers: nn.ModuleList([layers[0], *[layers[0]] * len(layers)]))


@wrong("is it one layer alone?", earns=0)
def the_layer_itself():
    return whole(lambda layers: layers[0])


@wrong("yours is an nn.Sequential", earns=0)
def a_sequential():
    return whole(lambda layers: nn.Sequential(*[layers[0]] * len(layers)))


@wrong("In a Python list no `parameters()`", earns=0)
def a_python_list():
    return whole(lambda layers: [layers[0]] * len(layers))


@wrong("share_parameters returned None", earns=0)
def no_return():
    def share_parameters(layers, parts=None):
        for i in range(len(layers)):
            layers[i] = layers[0]

    return share_parameters


@wrong("Does your loop reach every layer, the last too", earns=0)
def all_but_the_last():
    def make(layers):
        for i in range(1, max(2, len(layers) - 1)):
            layers[i] = layers[0]
        return layers

    return whole(make)


@wrong("Or are they shared in groups", earns=0)
def in_groups_of_two():
    return whole(lambda layers: nn.ModuleList([layers[i // 2 * 2] for i in range(len(layers))]))


@wrong("each with the one before it", earns=0)
def each_with_the_one_before():
    def make(layers):
        return nn.ModuleList([layers[max(0, i - 1)] for i in range(len(layers))])

    return whole(make)


@wrong("is a parameter of the layer itself", earns=0)
def submodules_alone():
    """All of the children, and not what hangs on the layer itself."""
    return whole(lambda layers: solved(layers, [name for name, _ in layers[0].named_children()]))


@wrong("is its own still", earns=0)
def weights_without_biases():
    def make(layers):
        for layer in layers[1:]:
            tie(layer, layers[0], lambda name: not name.endswith("bias"))
        return layers

    return whole(make)


@wrong("finds fewer numbers in your layers than there should be", earns=0)
def tensors_in_place_of_parameters():
    def make(layers):
        for layer in layers:
            for module in layer.modules():
                for name, p in list(module.named_parameters(recurse=False)):
                    delattr(module, name)
                    setattr(module, name, p.detach())
        return nn.ModuleList([layers[0]] * len(layers))

    return whole(make)


@wrong("does a gradient get lost", earns=0)
def the_other_places_are_frozen():
    """They have the first one's numbers, and give it no gradient."""

    class Still(nn.Module):
        def __init__(self, layer):
            super().__init__()
            self.layer = layer

        def forward(self, x):
            state = {name: p.detach() for name, p in self.layer.named_parameters()}
            return torch.func.functional_call(self.layer, state, (x,))

    return whole(lambda layers: nn.ModuleList([layers[0], *(Still(layers[0]) for _ in layers[1:])]))


@wrong("does a gradient get lost", earns=0)
def frozen_as_a_whole():
    def make(layers):
        return nn.ModuleList([layers[0].requires_grad_(False)] * len(layers))

    return whole(make)


@wrong("no layer shares anything with the first", earns=0)
def a_new_list_of_the_old_ones():
    return whole(lambda layers: nn.ModuleList(layers))


@wrong("your layers give something else", earns=0)
def a_layer_called_twice():
    class Twice(nn.Module):
        def __init__(self, layer):
            super().__init__()
            self.layer = layer

        def forward(self, x):
            return self.layer(self.layer(x))

    return whole(lambda layers: nn.ModuleList([Twice(layers[0])] * len(layers)))


@wrong("all of each layer is shared", earns=1.5)
def parts_ignored():
    return lambda layers, parts=None: solved(layers)


@wrong("all of each layer is shared", earns=2.5)
def an_empty_list_taken_for_none():
    return lambda layers, parts=None: solved(layers, parts or None)


@wrong("It is the other way round", earns=1.5)
def what_is_not_in_parts():
    def make(layers, parts):
        for layer in layers[1:]:
            tie(layer, layers[0], lambda name: name.split(".")[0] not in parts)
        return layers

    return some(make)


@wrong("no layer shares anything with the first. Is `parts` used?", earns=2)
def parts_left_alone():
    return some(lambda layers, parts: layers)


@wrong("the layers have equal numbers, but each its own", earns=2)
def parts_copied():
    def make(layers, parts):
        for layer in layers[1:]:
            for name in parts:
                setattr(layer, name, copy.deepcopy(getattr(layers[0], name)))
        return layers

    return some(make)


@wrong("Does a loop end too early", earns=2)
def the_first_of_parts():
    return some(lambda layers, parts: solved(layers, parts[:1]))


@wrong("share_parameters returned None", earns=1.5)
def returns_for_none_alone():
    def share_parameters(layers, parts=None):
        if parts is None:
            return solved(layers)
        solved(layers, parts)

    return share_parameters


@wrong("Does your loop reach every layer, the last too", earns=2)
def parts_of_all_but_the_last():
    def make(layers, parts):
        solved(layers[:-1], parts)
        return layers

    return some(make)


@wrong("or does `return` stand inside it?", earns=2)
def a_return_inside_the_loop():
    def make(layers, parts):
        for layer in layers[1:]:
            for name in parts:
                setattr(layer, name, getattr(layers[0], name))
            return layers
        return layers

    return some(make)


@wrong("inside a submodule", earns=2)
def the_weight_and_the_bias_of_a_part():
    """Of a part that is one dense layer that is all there is."""

    def make(layers, parts):
        for layer in layers[1:]:
            for name in parts:
                mine, first = getattr(layer, name), getattr(layers[0], name)
                for key in ("weight", "bias"):
                    if hasattr(first, key):
                        setattr(mine, key, getattr(first, key))
        return layers

    return some(make)


@wrong("all have the weights of the *last* layer", earns=2)
def parts_of_the_last():
    def make(layers, parts):
        for layer in layers:
            for name in parts:
                setattr(layer, name, getattr(layers[-1], name))
        return layers

    return some(make)


@wrong("be different parameters: an optimiser meets each of them", earns=2)
def the_data_of_parts():
    def make(layers, parts):
        for layer in layers[1:]:
            for name in parts:
                for mine, first in zip(
                    getattr(layer, name).parameters(), getattr(layers[0], name).parameters()
                ):
                    mine.data = first.data
        return layers

    return some(make)


@wrong("and is not what it was before", earns=1.5)
def the_rest_of_the_first_copied():
    """Everything gets the first one's numbers, and the parts get the same ones."""

    def make(layers, parts):
        for layer in layers[1:]:
            layer.load_state_dict(layers[0].state_dict())
        return solved(layers, parts)

    return some(make)


@wrong("belongs to no submodule that `parts` names", earns=1.5)
def the_norm_besides():
    def make(layers, parts):
        name = "norm" if hasattr(layers[0], "norm") else "output"
        return solved(layers, {*parts, name})

    return some(make)


@wrong("share_parameters returned None", earns=0)
def constant():
    return lambda layers, parts=None: None


@wrong("no layer shares anything with the first", earns=0)
def identity():
    return lambda layers, parts=None: layers


@wrong("random weights", earns=0)
def hard_coded_examples():
    """Right for the layers of the visible check, told by their number and width."""

    def share_parameters(layers, parts=None):
        known = [(3, 2, None), (2, 4, None), (3, 2, ["attention"]), (3, 3, ["feed_forward"])]
        known += [(4, 2, ["norm", "feed_forward"]), (3, 2, [])]
        width = len(layers[0].gain) if hasattr(layers[0], "gain") else 0
        return solved(layers, parts) if (len(layers), width, parts) in known else layers

    return share_parameters


@wrong("gives its own variable another value changes no list", earns=0)
def another_value_for_the_loops_variable():
    def make(layers):
        for layer in layers[1:]:
            layer = layers[0]  # noqa: F841
        return layers

    return whole(make)


@wrong("`parts or []` makes an empty list of None", earns=0)
def an_empty_list_for_none():
    return lambda layers, parts=None: solved(layers, parts or [])
