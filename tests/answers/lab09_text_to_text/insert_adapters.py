import torch
from torch import nn

from tests.answers import right, wrong
from tests.answers.lab09_text_to_text.parts import Adapter


def learns(name, also):
    return "norm" in name or name.startswith(tuple(also))


def choose(model, also):
    """What of the model learns."""
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(learns(name, also))


def blocks_of(model):
    return [*model.encoder.block, *model.decoder.block]


def make(model, block, adapter, size):
    return adapter(model.config.d_model, size).to(next(block.parameters()))


def put(block, new):
    part = block.layer[-1]
    part.DenseReluDense = nn.Sequential(part.DenseReluDense, new)


def function(choose=choose, blocks_of=blocks_of, make=make, put=put, give=list):
    """The solution, in steps that an answer replaces by its mistake."""

    def insert_adapters(model, size, also=(), adapter=Adapter):
        choose(model, also)
        adapters = []
        for block in blocks_of(model):
            adapters.append(make(model, block, adapter, size))
            put(block, adapters[-1])
        return give(adapters)

    return insert_adapters


@right
def the_parts_of_this_file():
    return function()


@right
def with_a_hook():
    def put(block, new):
        block.layer[-1].DenseReluDense.register_forward_hook(lambda module, given, out: new(out))
        block.layer[-1].add_module("adapter", new)

    return function(put=put)


@right
def with_a_class_around_it():
    class Both(nn.Module):
        def __init__(self, dense, new):
            super().__init__()
            self.dense, self.new = dense, new

        def forward(self, hidden_states):
            return self.new(self.dense(hidden_states))

    def put(block, new):
        block.layer[-1].DenseReluDense = Both(block.layer[-1].DenseReluDense, new)

    return function(put=put, give=tuple)


@right
def all_frozen_first():
    def insert_adapters(model, size, also=(), adapter=Adapter):
        model.requires_grad_(False)
        for name, parameter in model.named_parameters():
            if any(name.startswith(beginning) for beginning in also) or "layer_norm" in name:
                parameter.requires_grad = True
        made = []
        for stack in (model.encoder, model.decoder):
            for block in stack.block:
                new = adapter(model.shared.weight.shape[1], size)
                new = new.to(device=model.shared.weight.device, dtype=model.shared.weight.dtype)
                dense = block.layer[len(block.layer) - 1]
                dense.DenseReluDense = nn.Sequential(dense.DenseReluDense, new)
                made.append(new)
        print(len(made))
        return made

    return insert_adapters


@right
def another_forward():
    def put(block, new):
        dense = block.layer[-1].DenseReluDense
        before = dense.forward
        dense.adapter = new
        dense.forward = lambda states: new(before(states))

    return function(put=put)


# --- where ------------------------------------------------------------------------------------------------------------
@wrong("They stand behind the sum", earns=0)
def behind_the_whole_part():
    class Behind(nn.Module):
        def __init__(self, part, new):
            super().__init__()
            self.part, self.new = part, new

        def forward(self, *args, **kwargs):
            return self.new(self.part(*args, **kwargs))

    def put(block, new):
        block.layer[-1] = Behind(block.layer[-1], new)

    return function(put=put)


@wrong("has none of their 6 tensors", earns=2.5)
def held_by_hooks_alone():
    def put(block, new):
        block.layer[-1].DenseReluDense.register_forward_hook(lambda module, given, out: new(out))

    return function(put=put)


@wrong("is one called by its own name", earns=0)
def an_adapter_of_ones_own():
    return function(make=lambda model, block, adapter, size: Adapter(model.config.d_model, size))


@wrong("They stand before the dense layers", earns=0)
def before_the_dense_layers():
    def put(block, new):
        part = block.layer[-1]
        part.DenseReluDense = nn.Sequential(new, part.DenseReluDense)

    return function(put=put)


@wrong("They stand behind self-attention", earns=0)
def behind_attention():
    def put(block, new):
        attention = block.layer[0].SelfAttention
        attention.register_forward_hook(lambda module, given, out: (new(out[0]), *out[1:]))
        attention.add_module("adapter", new)

    return function(put=put)


@wrong("nothing changes with their numbers", earns=0)
def never_put_in():
    return function(put=lambda block, new: block.layer[-1].add_module("adapter", new))


@wrong("something of the model is lost", earns=0)
def in_the_place_of_the_dense_layers():
    def put(block, new):
        block.layer[-1].DenseReluDense = new

    return function(put=put)


@wrong("something of the model is lost", earns=0)
def beside_the_dense_layers():
    def put(block, new):
        dense = block.layer[-1].DenseReluDense
        dense.register_forward_hook(lambda module, given, out: out + new(given[0]))
        dense.add_module("adapter", new)

    return function(put=put)


@wrong("One stack is left out", earns=0)
def the_encoder_alone():
    return function(blocks_of=lambda model: [*model.encoder.block])


@wrong("One stack is left out", earns=0)
def the_decoder_alone():
    return function(blocks_of=lambda model: [*model.decoder.block])


@wrong("3 adapters are returned", earns=0)
def only_the_highest_blocks():
    return function(blocks_of=lambda model: [model.encoder.block[-1], model.decoder.block[-1]])


@wrong("and not for each of its parts", earns=0)
def behind_attention_too():
    def insert_adapters(model, size, also=(), adapter=Adapter):
        made = function()(model, size, also, adapter)
        for block in blocks_of(model):
            new = make(model, block, adapter, size)
            block.layer[0].SelfAttention.register_forward_hook(
                lambda m, i, out, new=new: (new(out[0]), *out[1:])
            )
            block.layer[0].add_module("adapter", new)
            made.append(new)
        return made

    return insert_adapters


@wrong("Only the encoder's adapters are in the model", earns=0)
def the_decoders_are_forgotten():
    def put(block, new):
        part = block.layer[-1]
        if len(block.layer) == 2:
            part.DenseReluDense = nn.Sequential(part.DenseReluDense, new)
        else:
            part.add_module("adapter", new)

    return function(put=put)


@wrong("Only the decoder's adapters are in the model", earns=0)
def the_second_layer():
    def put(block, new):  # layer[1] is the dense part of an encoder, and attention to the input in a decoder
        part = block.layer[-1]
        if len(block.layer) == 3:
            part.DenseReluDense = nn.Sequential(part.DenseReluDense, new)
        else:
            part.add_module("adapter", new)

    return function(put=put)


@wrong("DenseReluDense", earns=0)
def layer_1_of_each():
    def put(block, new):
        part = block.layer[1]
        part.DenseReluDense = nn.Sequential(part.DenseReluDense, new)

    return function(put=put)


# --- what is returned --------------------------------------------------------------------------------------------------
@wrong("The list begins with the decoder's", earns=0)
def the_decoder_first():
    return function(blocks_of=lambda model: [*model.decoder.block, *model.encoder.block])


@wrong("The list goes from the highest block down", earns=0)
def from_the_top():
    return function(blocks_of=lambda model: [*reversed(model.encoder.block), *reversed(model.decoder.block)])


@wrong("The list is the wrong way round", earns=0)
def the_wrong_way_round():
    return function(give=lambda adapters: adapters[::-1])


@wrong("returned None", earns=0)
def returns_nothing():
    return function(give=lambda adapters: None)


@wrong("should return a list", earns=0)
def returns_one():
    return function(give=lambda adapters: adapters[0])


@wrong("an adapter, a module", earns=0)
def returns_names():
    return function(give=lambda adapters: [f"adapter {i}" for i, _ in enumerate(adapters)])


@wrong("One and the same adapter stands in every block", earns=0)
def one_for_all():
    made = {}

    def make_one(model, block, adapter, size):
        if id(model) not in made:
            made.clear()
            made[id(model)] = make(model, block, adapter, size)
        return made[id(model)]

    return function(make=make_one)


@wrong("nothing changes with their numbers", earns=0)
def copies_are_returned():
    import copy

    return function(give=lambda adapters: [copy.deepcopy(a) for a in adapters])


@wrong("It takes (width, size)", earns=0)
def size_and_width():
    def make(model, block, adapter, size):
        return adapter(size, model.config.d_model)

    return function(make=make)


@wrong("It takes (width, size)", earns=0)
def the_inner_width():
    def make(model, block, adapter, size):
        return adapter(model.config.num_heads * model.config.d_kv + 1, size)

    return function(make=make)


@wrong("It takes (width, size)", earns=0)
def size_ignored():
    def make(model, block, adapter, size):
        return adapter(model.config.d_model, 64)

    return function(make=make)


@wrong("It takes (width, size)", earns=0)
def width_written_down():
    def make(model, block, adapter, size):
        return adapter(64, size)

    return function(make=make)


# --- what learns -------------------------------------------------------------------------------------------------------
@wrong("It is neither an adapter's nor a norm's", earns=2.5)
def nothing_is_frozen():
    return function(choose=lambda model, also: None)


@wrong("A norm's parameters have `norm` in their names", earns=2.5)
def norms_are_frozen():
    def choose(model, also):
        for name, parameter in model.named_parameters():
            parameter.requires_grad_(name.startswith(tuple(also)))

    return function(choose=choose)


@wrong("The norm behind a stack is a norm, too", earns=2.5)
def last_norms_are_frozen():
    def choose(model, also):
        for name, parameter in model.named_parameters():
            parameter.requires_grad_(".layer_norm" in name or name.startswith(tuple(also)))

    return function(choose=choose)


@wrong("does not learn; the adapters are what should", earns=2.5)
def frozen_behind_it():
    def insert_adapters(model, size, also=(), adapter=Adapter):
        made = function()(model, size, also, adapter)
        choose(model, also)
        return made

    return insert_adapters


@wrong("does not learn; the adapters are what should", earns=2.5)
def all_is_frozen():
    def insert_adapters(model, size, also=(), adapter=Adapter):
        made = function()(model, size, also, adapter)
        model.requires_grad_(False)
        return made

    return insert_adapters


@wrong("It begins with what `also` names", earns=3.5)
def also_is_ignored():
    def choose(model, also):
        for name, parameter in model.named_parameters():
            parameter.requires_grad_("norm" in name)

    return function(choose=choose)


@wrong("It begins with what `also` names", earns=3.5)
def whole_names():
    def choose(model, also):
        for name, parameter in model.named_parameters():
            parameter.requires_grad_("norm" in name or name in also)

    return function(choose=choose)


@wrong("and not what is somewhere in it", earns=None)
def anywhere_in_the_name():
    def choose(model, also):
        for name, parameter in model.named_parameters():
            parameter.requires_grad_("norm" in name or any(each in name for each in also))

    return function(choose=choose)


@wrong("A norm's parameters have `norm` in their names", earns=None)
def also_alone():
    def choose(model, also):
        for name, parameter in model.named_parameters():
            parameter.requires_grad_(name.startswith(tuple(also)) if also else "norm" in name)

    return function(choose=choose)


@wrong("startswith", earns=None)
def a_list_for_startswith():
    def choose(model, also):
        for name, parameter in model.named_parameters():
            parameter.requires_grad_("norm" in name or name.startswith(also))

    return function(choose=choose)


@wrong("It is neither an adapter's nor a norm's", earns=2.5)
def what_came_open_stays_open():
    def choose(model, also):
        for name, parameter in model.named_parameters():
            if learns(name, also):
                parameter.requires_grad_(True)

    return function(choose=choose)


@wrong("does not learn, and should", earns=3.0)
def what_came_frozen_stays_frozen():
    def choose(model, also):
        for name, parameter in model.named_parameters():
            if not learns(name, also):
                parameter.requires_grad_(False)

    return function(choose=choose)


@wrong("has other numbers than before", earns=0)
def weights_are_begun_anew():
    def insert_adapters(model, size, also=(), adapter=Adapter):
        made = function()(model, size, also, adapter)
        with torch.no_grad():
            # of a distance that no text of the check has
            model.encoder.block[0].layer[0].SelfAttention.relative_attention_bias.weight[3] += 1
        return made

    return insert_adapters


# --- dtype ------------------------------------------------------------------------------------------------------------
@wrong("let the model's weights decide", earns=3.5)
def always_float32():
    def make(model, block, adapter, size):
        return adapter(model.config.d_model, size)

    return function(make=make)


@wrong("With your own Adapter", earns=3.5)
def another_class_of_its_own():
    class Other(nn.Module):
        def __init__(self, width, size):
            super().__init__()
            self.down, self.up = nn.Linear(width, size), nn.Linear(size, width)
            nn.init.zeros_(self.up.weight)
            nn.init.zeros_(self.up.bias)

        def forward(self, x):
            return x + self.up(torch.tanh(self.down(x)))

    def insert_adapters(model, size, also=(), adapter=Other):
        return function()(model, size, also, adapter)

    return insert_adapters


@wrong("should return a list", earns=0)
def identity():
    return lambda model, size, also=(), adapter=Adapter: model


@wrong("3 adapters are returned", earns=0)
def constant():
    return lambda model, size, also=(), adapter=Adapter: []


@wrong("One stack is left out", earns=0)
def hard_coded_examples():
    def blocks_of_the_example(model):
        sizes = len(model.encoder.block), len(model.decoder.block)
        return blocks_of(model) if sizes == (2, 1) else [*model.encoder.block]

    return function(blocks_of=blocks_of_the_example)
