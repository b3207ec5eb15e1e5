import torch
from torch import nn
from torch.nn import functional as F

from tests.answers import right, wrong


class Base(nn.Module):
    def __init__(self, width, eps=1e-6):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(width)), eps

    def forward(self, x):
        return self.weight * x / (x.pow(2).mean(-1, keepdim=True) + self.eps).sqrt()


def other(forward):
    """The exercise's class with another `forward`."""
    return type("RMSNorm", (Base,), {"forward": forward})


def length_of(x):
    return x.pow(2).mean(-1, keepdim=True)


@right
def with_prints():
    def forward(self, x):
        import warnings

        print(x.shape)
        warnings.warn("a norm", stacklevel=1)
        return self.weight * x * torch.rsqrt(length_of(x) + self.eps)

    return other(forward)


@right
def torchs_own():
    return other(lambda self, x: F.rms_norm(x, self.weight.shape, self.weight, self.eps))


@right
def vector_by_vector():
    def forward(self, x):
        rows = []
        for row in x.reshape(-1, x.shape[-1]):
            mean = sum(number * number for number in row) / len(row)
            rows.append(row / (mean + self.eps) ** 0.5 * self.weight)
        return torch.stack(rows).view(x.shape)

    return other(forward)


@right
def by_einsum():
    def forward(self, x):
        squares = torch.einsum("...i,...i->...", x, x)[..., None] / x.size(-1)
        return x.div(squares.add(self.eps).sqrt()).mul(self.weight)

    return other(forward)


@right
def by_the_length():
    """The length over the root of the width, with eps taken in."""

    def forward(self, x):
        n = x.shape[-1]
        return self.weight * (x / torch.sqrt((x * x).sum(-1, keepdim=True) + n * self.eps) * n**0.5)

    return other(forward)


@right
def the_axis_by_its_number_from_the_front():
    return other(lambda self, x: x / (x.square().mean(x.ndim - 1, True) + self.eps).pow(0.5) * self.weight)


@wrong("That is a layer norm: here no mean is taken off", earns=0)
def layer_norm():
    return other(lambda self, x: F.layer_norm(x, self.weight.shape, self.weight, None, self.eps))


@wrong("no mean is taken off", earns=0)
def mean_taken_off():
    def forward(self, x):
        x = x - x.mean(-1, keepdim=True)
        return self.weight * x / (length_of(x) + self.eps).sqrt()

    return other(forward)


@wrong("You divide by the standard deviation", earns=0)
def variance():
    return other(lambda self, x: self.weight * x / (x.var(-1, keepdim=True) + self.eps).sqrt())


@wrong("You divide by the standard deviation", earns=0)
def biased_variance():
    return other(
        lambda self, x: self.weight * x / (x.var(-1, keepdim=True, unbiased=False) + self.eps).sqrt()
    )


@wrong("You divide by the standard deviation", earns=0)
def standard_deviation():
    return other(lambda self, x: self.weight * x / (x.std(-1, keepdim=True) + self.eps))


@wrong("You divide by the length", earns=0)
def unit_length():
    return other(lambda self, x: self.weight * F.normalize(x, dim=-1))


@wrong("You divide by the length", earns=0)
def sum_of_the_squares():
    return other(lambda self, x: self.weight * x / (x.pow(2).sum(-1, keepdim=True) + self.eps).sqrt())


@wrong("The root is missing", earns=0)
def no_root():
    return other(lambda self, x: self.weight * x / (length_of(x) + self.eps))


@wrong("The root is taken twice", earns=0)
def root_twice():
    return other(lambda self, x: self.weight * x * (length_of(x) + self.eps).sqrt().rsqrt())


@wrong("You multiply by the root mean square; divide", earns=0)
def multiplies():
    return other(lambda self, x: self.weight * x * (length_of(x) + self.eps).sqrt())


@wrong("That is x as it came", earns=0)
def identity():
    return other(lambda self, x: x * self.weight)


@wrong("of three vectors yours has", earns=0)
def constant():
    return other(lambda self, x: x * 0 + self.weight * 0)


@wrong("You average over the first axis", earns=0)
def first_axis():
    return other(lambda self, x: self.weight * x / (x.pow(2).mean(0, keepdim=True) + self.eps).sqrt())


@wrong("You average over all vectors together", earns=0)
def all_axes():
    return other(lambda self, x: self.weight * x / (x.pow(2).mean() + self.eps).sqrt())


@wrong("over the last axis, -1", earns=0)
def second_axis():
    return other(lambda self, x: self.weight * x / (x.pow(2).mean(1, keepdim=True) + self.eps).sqrt())


@wrong("over the last axis, -1", earns=0)
def both_last_axes_of_a_batch():
    def forward(self, x):
        axes = (-1,) if x.ndim < 3 else (-1, -2)
        return self.weight * x / (x.pow(2).mean(axes, keepdim=True) + self.eps).sqrt()

    return other(forward)


@wrong("`weight` is not used", earns=0)
def no_weight():
    return other(lambda self, x: x / (length_of(x) + self.eps).sqrt())


@wrong("is 1 added to `weight`?", earns=0)
def one_plus_weight():
    return other(lambda self, x: (1 + self.weight) * x / (length_of(x) + self.eps).sqrt())


@wrong("`weight` is added; multiply by it", earns=0)
def weight_added():
    return other(lambda self, x: x / (length_of(x) + self.eps).sqrt() + self.weight)


@wrong("First the division, then `weight`", earns=0)
def weight_before_the_division():
    return other(lambda self, x: self.weight * x / (length_of(self.weight * x) + self.eps).sqrt())


@wrong("x is added to it", earns=0)
def residual():
    return other(lambda self, x: x + Base.forward(self, x))


@wrong("You add eps behind the root", earns=0)
def eps_outside():
    return other(lambda self, x: self.weight * x / (length_of(x).sqrt() + self.eps))


@wrong("eps is not used", earns=0)
def no_eps():
    return other(lambda self, x: self.weight * x / length_of(x).clamp(min=1e-30).sqrt())


@wrong("eps is not used, or another than `self.eps`", earns=0)
def eps_of_its_own():
    return other(lambda self, x: self.weight * x / (length_of(x) + 1e-6).sqrt())


@wrong("eps is the least that you divide by", earns=0)
def eps_as_a_floor():
    return other(lambda self, x: self.weight * x / length_of(x).clamp(min=self.eps).sqrt())


@wrong("The square of eps is added", earns=0)
def eps_squared():
    return other(lambda self, x: self.weight * x / (length_of(x) + self.eps**2).sqrt())


@wrong("eps is added to the *sum* of the squares", earns=0)
def eps_in_the_sum():
    def forward(self, x):
        n = x.shape[-1]
        return self.weight * x / ((x.pow(2).sum(-1, keepdim=True) + self.eps) / n).sqrt()

    return other(forward)


@wrong("Without a second argument eps is 1e-6", earns=0)
def another_default():
    class RMSNorm(Base):
        def __init__(self, width, eps=1e-5):
            super().__init__(width, eps)

    return RMSNorm


@wrong("Yours is without `weight`", earns=0)
def a_layer_of_torch():
    class RMSNorm(nn.Module):
        def __init__(self, width, eps=1e-6):
            super().__init__()
            self.norm = nn.RMSNorm(width, eps)

        def forward(self, x):
            return self.norm(x)

    return RMSNorm


@wrong("Yours also has `bias`", earns=0)
def a_bias():
    class RMSNorm(Base):
        def __init__(self, width, eps=1e-6):
            super().__init__(width, eps)
            self.bias = nn.Parameter(torch.zeros(width))

    return RMSNorm


@wrong("is a part of it detached", earns=0)
def detached_length():
    return other(lambda self, x: self.weight * x / (length_of(x.detach()) + self.eps).sqrt())


@wrong("No gradient reaches `weight`", earns=0)
def detached_weight():
    return other(lambda self, x: self.weight.data * x / (length_of(x) + self.eps).sqrt())


@wrong("The result has no gradient", earns=0)
def no_gradient():
    @torch.no_grad()
    def forward(self, x):
        return Base.forward(self, x)

    return other(forward)


@wrong("changed its argument", earns=0)
def in_place():
    def forward(self, x):
        x /= (length_of(x) + self.eps).sqrt()
        return self.weight * x

    return other(forward)


@wrong("With float64 in, float32 comes out", earns=0.5)
def always_float32():
    return other(lambda self, x: Base.forward(self, x).float())


@right
def length_in_float32():
    """As the library does it."""
    return other(lambda self, x: self.weight * (x * torch.rsqrt(length_of(x.float()) + self.eps)))


@wrong("returned nan", earns=0)
def no_eps_at_all():
    return other(lambda self, x: self.weight * x / (length_of(x) + self.eps * (x != 0)).sqrt())


@wrong("should have shape", earns=0)
def the_lengths():
    return other(lambda self, x: (length_of(x) + self.eps).sqrt())


@wrong("RMSNorm returned None", earns=0)
def prints_it():
    return other(lambda self, x: None)


@wrong("RMSNorm is not written yet", earns=0)
def unwritten():
    def forward(self, x):
        raise NotImplementedError("RMSNorm")

    return other(forward)


@wrong("calls `transformers`", earns=0)
def the_librarys():
    def forward(self, x):
        from transformers.models.t5.modeling_t5 import T5LayerNorm

        theirs = T5LayerNorm(len(self.weight), self.eps)
        theirs.weight = self.weight
        return theirs(x)

    return other(forward)


@wrong("With more axes in front", earns=0)
def hard_coded_examples():
    def forward(self, x):
        if x.ndim == 2:
            return Base.forward(self, x)
        return torch.zeros_like(x)

    return other(forward)
