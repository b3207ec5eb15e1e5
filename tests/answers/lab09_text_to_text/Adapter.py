import torch
from torch import nn
from torch.nn import functional as F

from tests.answers import right, wrong


def layers(module, width, size):
    module.down, module.up = nn.Linear(width, size), nn.Linear(size, width)


def begin(module):
    nn.init.zeros_(module.up.weight)
    nn.init.zeros_(module.up.bias)


def total(module, x):
    return x + module.up(F.relu(module.down(x)))


def adapter(layers=layers, begin=begin, total=total):
    """The solution, in steps that an answer replaces by its mistake."""

    class Adapter(nn.Module):
        def __init__(self, width, size):
            super().__init__()
            layers(self, width, size)
            begin(self)

        def forward(self, x):
            return total(self, x)

    return Adapter


@right
def the_parts_of_this_file():
    return adapter()


@right
def small_weights_and_no_biases_at_first():
    def begin(module):
        for layer in (module.down, module.up):
            nn.init.normal_(layer.weight, std=1e-3)
            nn.init.zeros_(layer.bias)

    return adapter(begin=begin)


@right
def written_out():
    class Adapter(nn.Module):
        def __init__(self, width, size):
            super().__init__()
            self.down = nn.Linear(width, size, bias=True)
            self.up = nn.Linear(size, width, bias=True)
            with torch.no_grad():
                self.up.weight.mul_(0)
                self.up.bias.fill_(0)

        def forward(self, x):
            print(x.shape)
            hidden = x @ self.down.weight.T + self.down.bias
            hidden = hidden * (hidden > 0)
            return hidden @ self.up.weight.T + self.up.bias + x

    return Adapter


@right
def other_things_of_the_module_may_be_there():
    class Adapter(nn.Module):
        def __init__(self, width, size):
            super().__init__()
            self.width, self.size = width, size
            self.up = nn.Linear(size, width)
            self.down = nn.Linear(width, size)
            self.act = nn.ReLU()
            self.up.weight.data.zero_()
            self.up.bias.data.zero_()

        def forward(self, x):
            y = self.act(self.down(x))
            return torch.add(self.up(y), x)

    return Adapter


@right
def clamp_in_place_of_relu():
    return adapter(total=lambda m, x: x + m.up(m.down(x).clamp(min=0)))


# --- the sum ----------------------------------------------------------------------------------------------------------
@wrong("The way past is missing", earns=0)
def no_way_past():
    def begin(module):
        nn.init.eye_(module.up.weight)
        nn.init.zeros_(module.up.bias)

    return adapter(total=lambda m, x: m.up(F.relu(m.down(x))) + (0 if m.down.weight.abs().max() >= 1 else x))


@wrong("is the way past there?", earns=0)
def no_way_past_and_zeros():
    return adapter(total=lambda m, x: m.up(F.relu(m.down(x))))


@wrong("is the way past there?", earns=0)
def twice_the_way_past():
    return adapter(total=lambda m, x: 2 * x + m.up(F.relu(m.down(x))))


@wrong("Is there a relu between", earns=0)
def no_relu():
    return adapter(total=lambda m, x: x + m.up(m.down(x)))


@wrong("The relu stands behind `up`", earns=0)
def relu_behind_up():
    def begin(module):
        nn.init.zeros_(module.up.weight)
        nn.init.constant_(module.up.bias, 1e-9)

    return adapter(begin=begin, total=lambda m, x: x + F.relu(m.up(m.down(x))))


@wrong("There is a relu behind `up` too", earns=0)
def two_relus():
    def begin(module):
        nn.init.normal_(module.up.weight, std=1e-4)
        nn.init.zeros_(module.up.bias)

    return adapter(begin=begin, total=lambda m, x: x + F.relu(m.up(F.relu(m.down(x)))))


@wrong("should be less than a hundredth", earns=0)
def relu_over_the_sum():
    return adapter(total=lambda m, x: F.relu(x + m.up(F.relu(m.down(x)))))


@wrong("The relu stands before `down`", earns=0)
def relu_before_down():
    return adapter(total=lambda m, x: x + m.up(m.down(F.relu(x))))


@wrong("There is a relu before `down` too", earns=0)
def relu_before_and_behind_down():
    return adapter(total=lambda m, x: x + m.up(F.relu(m.down(F.relu(x)))))


@wrong("should be less than a hundredth", earns=0)
def relu_on_the_way_past():
    return adapter(total=lambda m, x: F.relu(x) + m.up(F.relu(m.down(x))))


@wrong("another function than relu", earns=0)
def gelu():
    return adapter(total=lambda m, x: x + m.up(F.gelu(m.down(x))))


@wrong("another function than relu", earns=0)
def tanh():
    return adapter(total=lambda m, x: x + m.up(torch.tanh(m.down(x))))


@wrong("another function than relu", earns=0)
def leaky():
    return adapter(total=lambda m, x: x + m.up(F.leaky_relu(m.down(x))))


@wrong("What is added is scaled", earns=0)
def scaled():
    def begin(module):
        nn.init.zeros_(module.up.weight)
        nn.init.zeros_(module.up.bias)

    return adapter(begin=begin, total=lambda m, x: x + 0.1 * m.up(F.relu(m.down(x))))


@wrong("x is added twice", earns=0)
def the_way_past_twice_later():
    def total(m, x):
        return x + m.up(F.relu(m.down(x))) + (x if m.up.weight.any() else 0)

    return adapter(total=total)


@wrong("There is a norm before `down`", earns=0)
def a_norm_before():
    return adapter(total=lambda m, x: x + m.up(F.relu(m.down(F.layer_norm(x, x.shape[-1:])))))


@wrong("should be less than a hundredth", earns=0)
def a_norm_behind():
    return adapter(total=lambda m, x: F.layer_norm(x + m.up(F.relu(m.down(x))), x.shape[-1:]))


@wrong("what in it is random?", earns=0)
def dropout():
    return adapter(total=lambda m, x: x + m.up(F.dropout(F.relu(m.down(x)), 0.5)))


@wrong("changed its argument `x` in place", earns=0)
def in_place():
    def total(m, x):
        added = m.up(F.relu(m.down(x)))
        if x.requires_grad:
            return x + added
        x += added
        return x

    return adapter(total=total)


@wrong("is a part of the sum detached?", earns=0)
def detached():
    return adapter(total=lambda m, x: x + m.up(F.relu(m.down(x.detach()))))


@wrong("No gradient flows", earns=0)
def without_gradients():
    def total(m, x):
        with torch.no_grad():
            return x + m.up(F.relu(m.down(x)))

    return adapter(total=total)


# --- layers ------------------------------------------------------------------------------------------------------------
@wrong("Keep the layers", earns=0)
def no_biases():
    def layers(module, width, size):
        module.down, module.up = nn.Linear(width, size, bias=False), nn.Linear(size, width, bias=False)

    return adapter(layers=layers, begin=lambda m: nn.init.zeros_(m.up.weight))


@wrong("Have width and size changed places?", earns=0)
def sizes_swapped():
    def layers(module, width, size):
        module.down, module.up = nn.Linear(size, width), nn.Linear(width, size)

    return adapter(layers=layers)


@wrong("the weight of yours has shape", earns=0)
def both_of_full_width():
    def layers(module, width, size):
        module.down, module.up = nn.Linear(width, width), nn.Linear(width, width)

    return adapter(layers=layers)


@wrong("Keep the layers", earns=0)
def other_names():
    class Adapter(nn.Module):
        def __init__(self, width, size):
            super().__init__()
            self.layers = nn.Sequential(nn.Linear(width, size), nn.ReLU(), nn.Linear(size, width))
            nn.init.zeros_(self.layers[2].weight)
            nn.init.zeros_(self.layers[2].bias)

        def forward(self, x):
            return x + self.layers(x)

    return Adapter


@wrong("Keep the layers", earns=0)
def a_gate():
    def layers_and_gate(module, width, size):
        layers(module, width, size)
        module.gate = nn.Parameter(torch.zeros(1))

    return adapter(layers=layers_and_gate, begin=lambda m: None, total=lambda m, x: x + m.gate * m.up(F.relu(m.down(x))))  # fmt: skip


@wrong("Keep the layers", earns=0)
def a_norm_of_its_own():
    def layers_and_norm(module, width, size):
        layers(module, width, size)
        module.norm = nn.LayerNorm(width)

    return adapter(layers=layers_and_norm, total=lambda m, x: x + m.up(F.relu(m.down(m.norm(x)))))


@wrong("Keep the layers", earns=0)
def not_registered():
    def hidden(module, width, size):
        module.both = [nn.Linear(width, size), nn.Linear(size, width)]

    def begin(module):
        nn.init.zeros_(module.both[1].weight)
        nn.init.zeros_(module.both[1].bias)

    return adapter(layers=hidden, begin=begin, total=lambda m, x: x + m.both[1](F.relu(m.both[0](x))))


@wrong("should make an nn.Module", earns=0)
def no_module():
    class Adapter:
        def __init__(self, width, size):
            self.down, self.up = nn.Linear(width, size), nn.Linear(size, width)

        def __call__(self, x):
            return x + self.up(F.relu(self.down(x)))

    return Adapter


@wrong("before Module.__init__() call", earns=0)
def super_forgotten():
    class Adapter(nn.Module):
        def __init__(self, width, size):
            self.down, self.up = nn.Linear(width, size), nn.Linear(size, width)

        def forward(self, x):
            return x + self.up(F.relu(self.down(x)))

    return Adapter


@wrong("each has layers of its own", earns=0)
def shared_by_all():
    made = {}

    def shared(module, width, size):
        if (width, size) not in made:
            made[width, size] = nn.Linear(width, size), nn.Linear(size, width)
            nn.init.zeros_(made[width, size][1].weight)
            nn.init.zeros_(made[width, size][1].bias)
        module.down, module.up = made[width, size]

    return adapter(layers=shared, begin=lambda m: None)


# --- the start ---------------------------------------------------------------------------------------------------------
@wrong("which of the two layers has to begin otherwise?", earns=0)
def begins_at_random():
    return adapter(begin=lambda m: None)


@wrong("For a small x the biases alone are too much", earns=0)
def the_bias_stays():
    def begin(module):
        nn.init.zeros_(module.up.weight)
        nn.init.constant_(module.up.bias, 1e-3)

    return adapter(begin=begin)


@wrong("Both begin with zeros", earns=0)
def both_begin_with_zeros():
    def begin(module):
        for layer in (module.down, module.up):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    return adapter(begin=begin)


@wrong("`down` begins with zeros", earns=0)
def down_begins_with_zeros():
    def begin(module):
        nn.init.zeros_(module.down.weight)
        nn.init.zeros_(module.down.bias)
        nn.init.zeros_(module.up.bias)

    return adapter(begin=begin)


@wrong("anything but zeros through the relu, and", earns=0)
def a_dead_relu():
    def begin(module):
        nn.init.zeros_(module.up.weight)
        nn.init.zeros_(module.up.bias)
        nn.init.constant_(module.down.bias, -1e6)

    return adapter(begin=begin)


@wrong("less than a hundredth", earns=0)
def only_the_weight_is_zero():
    return adapter(begin=lambda m: nn.init.zeros_(m.up.weight))


@wrong("In the first step neither", earns=0)
def identity():
    class Adapter(nn.Module):
        def __init__(self, width, size):
            super().__init__()
            self.down, self.up = nn.Linear(width, size), nn.Linear(size, width)

        def forward(self, x):
            return x + 0 * self.up.weight.sum()

    return Adapter


@wrong("is the way past there?", earns=0)
def constant():
    return adapter(total=lambda m, x: 0 * m.up(m.down(x)))


@wrong("a cast in your code decides the dtype", earns=0)
def always_float32():
    def total(m, x):
        low, high = (t.float() for t in (m.down.weight, m.up.weight))
        hidden = F.relu(F.linear(x.float(), low, m.down.bias.float()))
        return x.float() + F.linear(hidden, high, m.up.bias.float())

    return adapter(total=total)


@wrong("only the last axis is the width", earns=0)
def batches_alone():
    def total(m, x):
        return x + m.up(F.relu(m.down(x))) if x.dim() == 2 else (x + m.up(F.relu(m.down(x.flip(-1)))) if m.up.weight.any() else x)  # fmt: skip

    return adapter(total=total)


@wrong("the result is off at", earns=0)
def hard_coded_examples():
    def total(m, x):
        right = x + m.up(F.relu(m.down(x)))
        return right if x.shape[-1] == 3 or not m.up.weight.any() else x + m.up(m.down(x))

    return adapter(total=total)
