import torch
from torch import nn
from torch.nn import functional as F

from tests.answers import right, wrong


class Base(nn.Module):
    """What the stub gives, and a forward with a place for each mistake."""

    def __init__(self, attention, dim, hidden, dropout=0.1, pre_norm=False):
        super().__init__()
        self.attention = attention
        self.attention_norm = nn.LayerNorm(dim)
        self.dense_in = nn.Linear(dim, hidden)
        self.dense_out = nn.Linear(hidden, dim)
        self.dense_norm = nn.LayerNorm(dim)
        self.dropout = nn.Dropout(dropout)
        self.pre_norm = pre_norm

    def drop(self, x, place):
        """place: "attention", "between" or "out"."""
        return self.dropout(x)

    def activation(self, x):
        return F.gelu(x)

    def attend(self, x, mask):
        return self.drop(self.attention(x, mask=mask), "attention")

    def dense(self, x):
        return self.drop(self.dense_out(self.drop(self.activation(self.dense_in(x)), "between")), "out")

    def part(self, x, f, norm):
        """One of the two, with its residual connection and its norm."""
        return x + f(norm(x)) if self.pre_norm else norm(x + f(x))

    def forward(self, x, mask=None):
        x = self.part(x, lambda x: self.attend(x, mask), self.attention_norm)
        return self.part(x, self.dense, self.dense_norm)


def in_pre_norm(forward):
    """The exercise's class, with another way in pre-norm: (self, x, mask) -> result."""

    class EncoderBlock(Base):
        def forward(self, x, mask=None):
            return forward(self, x, mask) if self.pre_norm else super().forward(x, mask)

    return EncoderBlock


@right
def two_lines_for_each_kind_with_prints():
    class EncoderBlock(Base):
        def forward(self, x, mask=None):
            print("pre" if self.pre_norm else "post")
            if self.pre_norm:
                x = x + self.dropout(self.attention(self.attention_norm(x), mask=mask))
                inner = self.dropout(F.gelu(self.dense_in(self.dense_norm(x))))
                return x + self.dropout(self.dense_out(inner))
            x = self.attention_norm(x + self.dropout(self.attention(x, mask=mask)))
            inner = self.dropout(F.gelu(self.dense_in(x)))
            return self.dense_norm(x + self.dropout(self.dense_out(inner)))

    return EncoderBlock


@right
def norms_that_do_nothing_where_they_do_not_stand():
    class EncoderBlock(Base):
        def forward(self, x, mask=None):
            import warnings

            warnings.warn("one way for both", stacklevel=1)
            for norm, part in (
                (self.attention_norm, self.attend),
                (self.dense_norm, lambda x, _: self.dense(x)),
            ):
                before, after = (norm, nn.Identity()) if self.pre_norm else (nn.Identity(), norm)
                x = after(torch.add(x, part(before(x), mask)))
            return x

    return EncoderBlock


@right
def dropout_as_a_function_that_is_told():
    class EncoderBlock(Base):
        def drop(self, x, place):
            return F.dropout(x, p=self.dropout.p, training=self.training)

        def activation(self, x):
            return x * (1 + torch.erf(x / 2**0.5)) / 2

    return EncoderBlock


@right
def norms_and_products_by_hand():
    class EncoderBlock(Base):
        @staticmethod
        def norm(x, layer):
            centred = x - x.mean(-1, keepdim=True)
            deviation = (centred.square().mean(-1, keepdim=True) + layer.eps).sqrt()
            return centred / deviation * layer.weight + layer.bias

        def part(self, x, f, norm):
            inner = self.norm(x, norm) if self.pre_norm else x
            total = x.clone()
            total += f(inner)
            return total if self.pre_norm else self.norm(total, norm)

        def activation(self, x):
            return nn.GELU()(x)

    return EncoderBlock


@wrong("Is there a norm on that path", earns=0)
def post_norm_where_pre_norm_is_asked():
    class EncoderBlock(Base):
        def part(self, x, f, norm):
            return norm(x + f(x))

    return EncoderBlock


@wrong("Post-norm ends in `dense_norm`", earns=0)
def pre_norm_where_post_norm_is_asked():
    class EncoderBlock(Base):
        def part(self, x, f, norm):
            return x + f(norm(x))

    return EncoderBlock


@wrong("the last thing that happens is `attention_norm`", earns=0)
def norms_exchanged():
    class EncoderBlock(Base):
        def forward(self, x, mask=None):
            x = self.part(x, lambda x: self.attend(x, mask), self.dense_norm)
            return self.part(x, self.dense, self.attention_norm)

    return EncoderBlock


@wrong("The attention reads the norm of x", earns=0)
def attention_reads_x_itself():
    def forward(self, x, mask):
        x = x + self.attend(x, mask)
        return x + self.dense(self.dense_norm(x))

    return in_pre_norm(forward)


@wrong("That is ReLU's", earns=0)
def relu():
    class EncoderBlock(Base):
        def activation(self, x):
            return F.relu(x)

    return EncoderBlock


@wrong("That is the approximation with tanh", earns=0)
def gelu_by_tanh():
    class EncoderBlock(Base):
        def activation(self, x):
            return F.gelu(x, approximate="tanh")

    return EncoderBlock


@wrong("That is tanh's", earns=0)
def tanh():
    class EncoderBlock(Base):
        def activation(self, x):
            return x.tanh()

    return EncoderBlock


@wrong("That is SiLU's", earns=0)
def silu():
    class EncoderBlock(Base):
        def activation(self, x):
            return F.silu(x)

    return EncoderBlock


@wrong("There is nothing between the two dense layers", earns=0)
def no_activation():
    class EncoderBlock(Base):
        def activation(self, x):
            return x

    return EncoderBlock


@wrong("takes 2 positional arguments but 3 were given", earns=0)
def mask_by_position():
    class EncoderBlock(Base):
        def attend(self, x, mask):
            return self.drop(self.attention(x, mask), "attention")

    return EncoderBlock


@wrong("(post-norm), the result stays as it was: hand `mask` on to the attention", earns=0)
def mask_handed_on_in_pre_norm_alone():
    class EncoderBlock(Base):
        def attend(self, x, mask):
            return super().attend(x, mask if self.pre_norm else None)

    return EncoderBlock


@wrong("A residual connection is missing", earns=0)
def no_residual_round_the_attention_in_post_norm():
    class EncoderBlock(Base):
        def part(self, x, f, norm):
            if norm is self.attention_norm and not self.pre_norm:
                return norm(f(x))
            return super().part(x, f, norm)

    return EncoderBlock


@wrong("has read what came in, not what the attention has made of it", earns=0)
def attention_and_dense_part_side_by_side():
    return in_pre_norm(
        lambda self, x, mask: x + self.attend(self.attention_norm(x), mask) + self.dense(self.dense_norm(x))
    )


@wrong("x should grow by their sum", earns=0)
def second_sum_of_what_came_in():
    def forward(self, x, mask):
        found = x + self.attend(self.attention_norm(x), mask)
        return x + self.dense(self.dense_norm(found))

    return in_pre_norm(forward)


@wrong("With float64 in, float32 comes out", earns=4.5)
def casts_to_float32():
    class EncoderBlock(Base):
        def forward(self, x, mask=None):
            return super().forward(x, mask).float()

    return EncoderBlock


@wrong("the numbers that attention gives (post-norm) are not dropped", earns=4)
def no_dropout_in_post_norm():
    class EncoderBlock(Base):
        def drop(self, x, place):
            return self.dropout(x) if self.pre_norm or place == "between" else x

    return EncoderBlock


@wrong("Dropout falls on what the parts give, not on the residual path", earns=3.5)
def dropout_of_the_input():
    class EncoderBlock(Base):
        def forward(self, x, mask=None):
            return super().forward(self.dropout(x), mask)

    return EncoderBlock


@wrong("Does dropout fall on something else as well, or twice?", earns=4)
def dropout_of_what_a_norm_gives_as_well():
    class EncoderBlock(Base):
        def part(self, x, f, norm):
            return super().part(x, (lambda x: f(self.dropout(x))) if self.pre_norm else f, norm)

    return EncoderBlock


@wrong("Does it fall before GELU, or on what the norm gives?", earns=4)
def dropout_before_gelu():
    class EncoderBlock(Base):
        def drop(self, x, place):
            return x if place == "between" else self.dropout(x)

        def activation(self, x):
            return F.gelu(self.dropout(x))

    return EncoderBlock


@wrong("In evaluation mode (post-norm) two calls give different results: dropout is left on", earns=0)
def dropout_left_on_in_post_norm():
    """`F.dropout` has to be told that it is off."""

    class EncoderBlock(Base):
        def drop(self, x, place):
            return self.dropout(x) if self.pre_norm else F.dropout(x, self.dropout.p)

    return EncoderBlock


@wrong("the numbers that attention gives (pre-norm) are not dropped", earns=3.5)
def no_dropout_behind_the_attention():
    class EncoderBlock(Base):
        def drop(self, x, place):
            return x if place == "attention" else self.dropout(x)

    return EncoderBlock


@wrong("nothing is dropped between GELU and `dense_out`", earns=3.5)
def no_dropout_behind_gelu():
    class EncoderBlock(Base):
        def drop(self, x, place):
            return x if place == "between" else self.dropout(x)

    return EncoderBlock


@wrong("the numbers that `dense_out` gives (pre-norm) are not dropped", earns=3.5)
def no_dropout_behind_the_dense_part():
    class EncoderBlock(Base):
        def drop(self, x, place):
            return x if place == "out" else self.dropout(x)

    return EncoderBlock


@wrong("should be scaled up by 4/3 where they are kept", earns=4)
def dropout_by_hand():
    class EncoderBlock(Base):
        def drop(self, x, place):
            return x * (torch.rand_like(x) >= self.dropout.p) if self.training else x

    return EncoderBlock


@wrong("in place. The caller still needs it", earns=0)
def adds_in_place():
    class EncoderBlock(Base):
        def part(self, x, f, norm):
            if self.pre_norm:
                x += f(norm(x))
                return x
            return norm(x + f(x))

    return EncoderBlock


@wrong("calls `nn.TransformerEncoderLayer`", earns=0)
def calls_torchs_layer_under_another_name():
    from torch.nn.modules.transformer import TransformerEncoderLayer as Layer

    class EncoderBlock(Base):
        def forward(self, x, mask=None):
            theirs = Layer(x.shape[-1], 1, self.dense_in.out_features, activation="gelu", batch_first=True)
            theirs.linear1, theirs.linear2 = self.dense_in, self.dense_out
            return theirs(x)

    return EncoderBlock


@wrong("A residual connection is missing", earns=0)
def constant():
    class EncoderBlock(Base):
        def forward(self, x, mask=None):
            return torch.zeros_like(x)

    return EncoderBlock


@wrong("Random weights", earns=0)
def hard_coded_examples():
    class EncoderBlock(Base):
        def forward(self, x, mask=None):
            return super().forward(x, mask) if x.shape == (1, 3, 4) else x

    return EncoderBlock


@wrong("should have shape (1, 3, 4); yours has (3, 4)", earns=0)
def loses_the_batch_under_a_mask():
    class EncoderBlock(Base):
        def forward(self, x, mask=None):
            found = super().forward(x, mask)
            return found if mask is None else found[0]

    return EncoderBlock


@wrong("should have shape (1, 10, 100); yours has (1, 9, 100)", earns=3.5)
def another_shape_in_training():
    class EncoderBlock(Base):
        def forward(self, x, mask=None):
            found = super().forward(x, mask)
            return found[:, 1:] if self.training else found

    return EncoderBlock


@wrong("something in your code cuts the graph", earns=0.5)
def weights_without_gradients():
    class EncoderBlock(Base):
        def forward(self, x, mask=None):
            self.requires_grad_(False)
            return super().forward(x, mask)

    return EncoderBlock
