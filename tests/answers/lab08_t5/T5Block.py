import torch
from torch import nn
from torch.nn import functional as F

from tests.answers import right, wrong
from tests.answers.lab08_t5 import parts
from tests.answers.lab08_t5.parts import Attention, RMSNorm


class Base(nn.Module):
    """The solution, in steps that an answer replaces by its mistake."""

    def __init__(self, width, heads, size, inner, cross=False, attention=Attention, norm=RMSNorm):
        super().__init__()
        self.attention, self.attention_norm = attention(width, heads, size), norm(width)
        if cross:
            self.cross, self.cross_norm = attention(width, heads, size), norm(width)
        self.dense_in = nn.Linear(width, inner, bias=False)
        self.dense_out = nn.Linear(inner, width, bias=False)
        self.dense_norm = norm(width)

    def itself(self, x, bias, may, memory, memory_may):
        own = self.attention_norm(x)
        return x + self.attention(own, own, bias, may)

    def there(self, x, bias, may, memory, memory_may):
        return x + self.cross(self.cross_norm(x), memory, None, memory_may)

    def between(self, x):
        return F.relu(x)

    def dense(self, x):
        return x + self.dense_out(self.between(self.dense_in(self.dense_norm(x))))

    def forward(self, x, bias=None, may=None, memory=None, memory_may=None):
        given = (bias, may, memory, memory_may)
        x = self.itself(x, *given)
        if memory is not None:
            x = self.there(x, *given)
        return self.dense(x)


def other(**methods):
    """The exercise's class with other methods."""
    return type("T5Block", (Base,), methods)


@right
def with_prints():
    def forward(self, x, bias=None, may=None, memory=None, memory_may=None):
        import warnings

        print(x.shape)
        warnings.warn("a block", stacklevel=1)
        return Base.forward(self, x, bias, may, memory, memory_may)

    return other(forward=forward)


@right
def line_by_line():
    def forward(self, x, bias=None, may=None, memory=None, memory_may=None):
        hidden = self.attention_norm(x)
        residual = x
        hidden = self.attention(x=hidden, memory=hidden, may=may, bias=bias)
        hidden = residual + hidden
        if memory is not None:
            residual = hidden
            hidden = self.cross_norm(hidden)
            hidden = self.cross(hidden, memory, may=memory_may)
            hidden = residual + hidden
        residual = hidden
        hidden = self.dense_norm(hidden)
        hidden = torch.relu(self.dense_in(hidden))
        hidden = self.dense_out(hidden)
        return torch.add(residual, hidden)

    return other(forward=forward)


@right
def by_whether_it_has_a_cross():
    def forward(self, x, bias=None, may=None, memory=None, memory_may=None):
        x = self.itself(x, bias, may, None, None)
        if hasattr(self, "cross"):
            x = self.there(x, None, None, memory, memory_may)
        return self.dense(x)

    return other(forward=forward)


@right
def a_list_of_parts():
    def forward(self, x, bias=None, may=None, memory=None, memory_may=None):
        steps = [(self.attention_norm, lambda own: self.attention(own, own, bias, may))]
        if memory is not None:
            steps.append((self.cross_norm, lambda own: self.cross(own, memory, None, memory_may)))
        steps.append((self.dense_norm, lambda own: self.dense_out(self.dense_in(own).clamp(min=0))))
        for norm, part in steps:
            x = x + part(norm(x))
        return x

    return other(forward=forward)


@right
def dense_layers_by_hand():
    def dense(self, x):
        inner = torch.einsum("...i,oi->...o", self.dense_norm(x), self.dense_in.weight)
        inner = torch.where(inner > 0, inner, torch.zeros_like(inner))
        return x + torch.einsum("...i,oi->...o", inner, self.dense_out.weight)

    return other(dense=dense)


@right
def in_float64_between():
    def dense(self, x):
        made = self.dense_norm(x).double() @ self.dense_in.weight.double().T
        return x + (made.relu() @ self.dense_out.weight.double().T).to(x)

    return other(dense=dense)


@wrong("not norm(x) + … or norm(x + …)", earns=0)
def post_norm():
    class T5Block(Base):
        def forward(self, x, bias=None, may=None, memory=None, memory_may=None):
            x = self.attention_norm(x + self.attention(x, x, bias, may))
            if memory is not None:
                x = self.cross_norm(x + self.cross(x, memory, None, memory_may))
            return self.dense_norm(x + self.dense_out(F.relu(self.dense_in(x))))

    return T5Block


@wrong("A norm stands on the way past", earns=0)
def norm_before_the_fork():
    class T5Block(Base):
        def forward(self, x, bias=None, may=None, memory=None, memory_may=None):
            x = self.attention_norm(x)
            x = x + self.attention(x, x, bias, may)
            if memory is not None:
                x = self.cross_norm(x)
                x = x + self.cross(x, memory, None, memory_may)
            x = self.dense_norm(x)
            return x + self.dense_out(F.relu(self.dense_in(x)))

    return T5Block


@wrong("A norm stands on the way past", earns=0)
def one_norm_before_the_fork():
    def itself(self, x, bias, may, memory, memory_may):
        x = self.attention_norm(x)
        return x + self.attention(x, x, bias, may)

    return other(itself=itself)


@wrong("or the norm stands behind the attention", earns=0)
def norm_behind_the_part():
    """x + norm(part(x)) reads the same from a part that is a factor; the length of what it reads tells."""

    def itself(self, x, bias, may, memory, memory_may):
        return x + self.attention(x, x, bias, may)

    return other(itself=itself)


@wrong("The norm is used twice", earns=0)
def sandwich():
    def itself(self, x, bias, may, memory, memory_may):
        own = self.attention_norm(x)
        return x + self.attention_norm(self.attention(own, own, bias, may))

    return other(itself=itself)


@wrong("A way past the parts is missing", earns=0)
def no_residuals():
    class T5Block(Base):
        def forward(self, x, bias=None, may=None, memory=None, memory_may=None):
            own = self.attention_norm(x)
            x = self.attention(own, own, bias, may)
            if memory is not None:
                x = self.cross(self.cross_norm(x), memory, None, memory_may)
            return self.dense_out(F.relu(self.dense_in(self.dense_norm(x))))

    return T5Block


@wrong("A way past the parts is missing", earns=0)
def no_residual_round_attention():
    return other(itself=lambda self, x, *given: Base.itself(self, x, *given) - x)


@wrong("A way past the parts is missing", earns=0)
def no_residual_round_the_dense_layers():
    return other(dense=lambda self, x: Base.dense(self, x) - x)


@wrong("In a block with `cross` whose parts all give 0", earns=0)
def no_residual_round_cross_attention():
    return other(there=lambda self, x, *given: Base.there(self, x, *given) - x)


@wrong("x is added more than once", earns=0)
def residual_twice():
    return other(dense=lambda self, x: x + Base.dense(self, x))


@wrong("each part has a norm of its own", earns=0)
def one_norm_for_all():
    def itself(self, x, bias, may, memory, memory_may):
        own = self.dense_norm(x)
        return x + self.attention(own, own, bias, may)

    return other(itself=itself)


@wrong("each part has a norm of its own", earns=0)
def the_attentions_norm_for_the_dense_layers():
    def dense(self, x):
        return x + self.dense_out(F.relu(self.dense_in(self.attention_norm(x))))

    return other(dense=dense)


@wrong("each part has a norm of its own", earns=0)
def the_attentions_norm_for_the_cross():
    def there(self, x, bias, may, memory, memory_may):
        return x + self.cross(self.attention_norm(x), memory, None, memory_may)

    return other(there=there)


@wrong("The memory of self-attention is the *normed* x too", earns=0)
def looks_at_x_as_it_came():
    def itself(self, x, bias, may, memory, memory_may):
        return x + self.attention(self.attention_norm(x), x, bias, may)

    return other(itself=itself)


@wrong("is `self.attention` used?", earns=0)
def no_attention():
    return other(itself=lambda self, x, *given: x)


@wrong("Is `bias` handed on to the attention?", earns=0)
def no_bias():
    def itself(self, x, bias, may, memory, memory_may):
        return Base.itself(self, x, None, may, memory, memory_may)

    return other(itself=itself)


@wrong("Is `may` handed on to the attention?", earns=0)
def no_mask():
    def itself(self, x, bias, may, memory, memory_may):
        return Base.itself(self, x, bias, None, memory, memory_may)

    return other(itself=itself)


@wrong("Is `may` handed on beside `bias`?", earns=0)
def mask_or_bias():
    def itself(self, x, bias, may, memory, memory_may):
        return Base.itself(self, x, bias, may if bias is None else None, memory, memory_may)

    return other(itself=itself)


@wrong("TypeError", earns=0)
def bias_and_mask_exchanged():
    def itself(self, x, bias, may, memory, memory_may):
        own = self.attention_norm(x)
        return x + self.attention(own, own, may, None if bias is None else bias)

    return other(itself=itself)


@wrong("The dense layers read x without `dense_norm`", earns=0)
def dense_layers_without_norm():
    return other(dense=lambda self, x: x + self.dense_out(F.relu(self.dense_in(x))))


@wrong("That is GELU", earns=0)
def gelu():
    return other(between=lambda self, x: F.gelu(x))


@wrong("That is GELU", earns=0)
def approximate_gelu():
    return other(between=lambda self, x: F.gelu(x, approximate="tanh"))


@wrong("That is SiLU", earns=0)
def silu():
    return other(between=lambda self, x: F.silu(x))


@wrong("That is tanh", earns=0)
def tanh():
    return other(between=lambda self, x: torch.tanh(x))


@wrong("The ReLU between the dense layers is missing", earns=0)
def no_relu():
    return other(between=lambda self, x: x)


@wrong("The ReLU stands behind both dense layers", earns=0)
def relu_behind_both():
    def dense(self, x):
        return x + F.relu(self.dense_out(self.dense_in(self.dense_norm(x))))

    return other(dense=dense)


@wrong("The dense layers are not used", earns=0)
def no_dense_layers():
    return other(dense=lambda self, x: x)


@wrong("The dense layers read what came into the block", earns=0)
def dense_beside_attention():
    class T5Block(Base):
        def forward(self, x, bias=None, may=None, memory=None, memory_may=None):
            return self.itself(x, bias, may, None, None) + self.dense(x) - x

    return T5Block


@wrong("Or does a later sum begin with what came into the block?", earns=0)
def second_sum_from_the_start():
    class T5Block(Base):
        def forward(self, x, bias=None, may=None, memory=None, memory_may=None):
            made = self.itself(x, bias, may, None, None)
            return x + self.dense(made) - made

    return T5Block


@wrong("Is `self.cross` used", earns=0)
def memory_ignored():
    return other(there=lambda self, x, *given: x)


@wrong("The memory goes through a norm of this block", earns=0)
def memory_normed_too():
    def there(self, x, bias, may, memory, memory_may):
        return x + self.cross(self.cross_norm(x), self.cross_norm(memory), None, memory_may)

    return other(there=there)


@wrong("`self.cross` looks at the text itself", earns=0)
def cross_looks_at_the_text():
    def there(self, x, bias, may, memory, memory_may):
        own = self.cross_norm(x)
        return x + self.cross(own, own)

    return other(there=there)


@wrong("Is `memory_may` handed on", earns=0)
def no_mask_for_the_memory():
    def there(self, x, bias, may, memory, memory_may):
        return x + self.cross(self.cross_norm(x), memory)

    return other(there=there)


@wrong("`self.cross` gets the `bias`", earns=0)
def cross_with_the_bias():
    def there(self, x, bias, may, memory, memory_may):
        return x + self.cross(self.cross_norm(x), memory, bias, memory_may)

    return other(there=there)


@wrong("`self.cross` gets `may`", earns=0)
def cross_with_the_texts_mask():
    def there(self, x, bias, may, memory, memory_may):
        return x + self.cross(self.cross_norm(x), memory, None, may if memory_may is None else memory_may)

    return other(there=there)


@wrong("`self.attention` looks at the memory", earns=0)
def attention_looks_at_the_memory():
    def itself(self, x, bias, may, memory, memory_may):
        own = self.attention_norm(x)
        if memory is None:
            return x + self.attention(own, own, bias, may)
        return x + self.attention(own, memory, None, memory_may)

    return other(itself=itself)


@wrong("Self-attention is missing where there is a memory", earns=0)
def no_attention_beside_the_cross():
    def itself(self, x, bias, may, memory, memory_may):
        return x if memory is not None else Base.itself(self, x, bias, may, memory, memory_may)

    return other(itself=itself)


@wrong("`bias` is not handed on where there is a memory", earns=0)
def no_bias_in_the_decoder():
    def itself(self, x, bias, may, memory, memory_may):
        return Base.itself(self, x, None if memory is not None else bias, may, memory, memory_may)

    return other(itself=itself)


@wrong("under `may` and not under `memory_may`", earns=0)
def no_mask_in_the_decoder():
    def itself(self, x, bias, may, memory, memory_may):
        return Base.itself(self, x, bias, None if memory is not None else may, memory, memory_may)

    return other(itself=itself)


@wrong("reads x without `cross_norm`", earns=0)
def cross_without_norm():
    return other(
        there=lambda self, x, bias, may, memory, memory_may: x + self.cross(x, memory, None, memory_may)
    )


@wrong("Or are the two exchanged?", earns=0)
def cross_turned_round():
    def there(self, x, bias, may, memory, memory_may):
        return x + self.cross(memory, self.cross_norm(x))

    return other(there=there)


@wrong("self-attention comes first", earns=0)
def memory_first():
    class T5Block(Base):
        def forward(self, x, bias=None, may=None, memory=None, memory_may=None):
            if memory is not None:
                x = self.there(x, bias, may, memory, memory_may)
            return self.dense(self.itself(x, bias, may, memory, memory_may))

    return T5Block


@wrong("stand side by side", earns=0)
def attentions_side_by_side():
    class T5Block(Base):
        def forward(self, x, bias=None, may=None, memory=None, memory_may=None):
            made = self.itself(x, bias, may, memory, memory_may)
            if memory is not None:
                made = made + self.there(x, bias, may, memory, memory_may) - x
            return self.dense(made)

    return T5Block


@wrong("The dense layers come before the memory", earns=0)
def dense_before_the_memory():
    class T5Block(Base):
        def forward(self, x, bias=None, may=None, memory=None, memory_may=None):
            x = self.dense(self.itself(x, bias, may, memory, memory_may))
            return x if memory is None else self.there(x, bias, may, memory, memory_may)

    return T5Block


@wrong("The results of one call and the next differ", earns=0)
def dropout():
    def dense(self, x):
        return x + F.dropout(Base.dense(self, x) - x + 1e-3, 0.1)

    return other(dense=dense)


@wrong("No gradient reaches `attention_norm.weight`", earns=0)
def detached_norm():
    def itself(self, x, bias, may, memory, memory_may):
        own = self.attention_norm(x).detach()
        return x + self.attention(own, own, bias, may)

    return other(itself=itself)


@wrong("No gradient reaches `bias`", earns=0)
def detached_bias():
    def itself(self, x, bias, may, memory, memory_may):
        return Base.itself(self, x, None if bias is None else bias.detach(), may, memory, memory_may)

    return other(itself=itself)


@wrong("With your own cross_attention and RMSNorm", earns=3)
def own_attention_that_divides():
    class Divided(Attention):
        def forward(self, x, memory, bias=None, may=None):
            weights = self.query.weight / 2, self.key.weight, self.value.weight, self.output.weight
            return parts.cross_attention(x, memory, weights, self.heads, bias, may)

    class T5Block(Base):
        def __init__(self, width, heads, size, inner, cross=False, attention=Divided, norm=RMSNorm):
            super().__init__(width, heads, size, inner, cross, attention, norm)

    return T5Block


@wrong("With your own cross_attention and RMSNorm", earns=3)
def own_norm_with_a_mean():
    class Centred(RMSNorm):
        def forward(self, x):
            return super().forward(x - x.mean(-1, keepdim=True))

    class T5Block(Base):
        def __init__(self, width, heads, size, inner, cross=False, attention=Attention, norm=Centred):
            super().__init__(width, heads, size, inner, cross, attention, norm)

    return T5Block


@wrong("With float64 in, float32 comes out", earns=3.5)
def always_float32():
    return other(forward=lambda self, x, *given, **named: Base.forward(self, x, *given, **named).float())


@wrong("Yours also has `scale`", earns=0)
def a_parameter_more():
    class T5Block(Base):
        def __init__(self, *given, **named):
            super().__init__(*given, **named)
            self.scale = nn.Parameter(torch.ones(()))

    return T5Block


@wrong("keep those of the stub", earns=0)
def inner_not_used():
    class T5Block(Base):
        def __init__(self, width, heads, size, inner, *given, **named):
            super().__init__(width, heads, size, 4 * width, *given, **named)

    return T5Block


@wrong("leave that as it is", earns=3)
def size_not_used():
    """The size of a head from the width; stand-ins have none."""

    class T5Block(Base):
        def __init__(self, width, heads, size, *given, **named):
            super().__init__(width, heads, width // heads, *given, **named)

    return T5Block


@wrong("T5Block should return a tensor", earns=0)
def the_memory_too():
    return other(forward=lambda self, x, *given, **named: (x, None))


@wrong("T5Block is not written yet", earns=0)
def unwritten():
    def forward(self, x, bias=None, may=None, memory=None, memory_may=None):
        raise NotImplementedError("T5Block")

    return other(forward=forward)


@wrong("A way past the parts is missing", earns=0)
def constant():
    return other(forward=lambda self, x, *given, **named: torch.zeros_like(x))


@wrong("is `self.attention` used?", earns=0)
def identity():
    return other(forward=lambda self, x, *given, **named: x + 0)


@wrong("is off", earns=0)
def hard_coded_examples():
    def forward(self, x, bias=None, may=None, memory=None, memory_may=None):
        made = Base.forward(self, x, bias, may, memory, memory_may)
        return made if x.shape[-1] in (2, 5) else made * 1.5 + 0 * x

    return other(forward=forward)
