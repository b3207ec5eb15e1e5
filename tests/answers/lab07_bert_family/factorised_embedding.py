import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from tests.answers import right, wrong


def halves(table, small):
    """(of the words, up): float (vocabulary, small) and (small, width), whose product is nearest to a table."""
    left, sizes, right_ = torch.linalg.svd(table.detach(), full_matrices=False)
    return left[:, :small] * sizes[:small], right_[:small]


class Product(nn.Module):
    """Two matrices that learn."""

    def __init__(self, words, up):
        super().__init__()
        self.words, self.up = nn.Parameter(words.detach().clone()), nn.Parameter(up.detach().clone())

    def forward(self, ids):
        return self.words[ids] @ self.up


def splitting(split):
    """The exercise's function with other matrices. split: (table, small) -> (words, up)."""

    def factorised_embedding(table, small):
        with torch.no_grad():
            return Product(*split(table, small))

    return factorised_embedding


def building(kind):
    """The exercise's function with another module. kind: (words, up) -> a module."""

    def factorised_embedding(table, small):
        return kind(*halves(table, small))

    return factorised_embedding


@right
def layers_of_torch():
    def factorised_embedding(table, small):
        first, second = halves(table, small)
        words = nn.Embedding(*first.shape, dtype=table.dtype)
        up = nn.Linear(small, table.shape[1], bias=False, dtype=table.dtype)
        words.weight.data.copy_(first)
        up.weight.data.copy_(second.T)
        return nn.Sequential(words, up)

    return factorised_embedding


@right
def roots_of_the_singular_values_in_both():
    def split(table, small):
        left, sizes, right_ = torch.linalg.svd(table)
        root = sizes[:small] ** 0.5
        print("left over:", sizes[small:])
        return left[:, :small] * root, root[:, None] * right_[:small]

    return splitting(split)


@right
def numpys_decomposition():
    def split(table, small):
        left, sizes, right_ = np.linalg.svd(table.detach().numpy().astype(np.float64), full_matrices=False)
        up = (sizes[:, None] * right_)[:small]
        return torch.tensor(left[:, :small]).to(table.dtype), torch.tensor(up).to(table.dtype)

    return splitting(split)


@right
def axes_of_the_widths_covariance():
    """Without taking a mean off: the eigenvectors of table.T @ table."""

    def split(table, small):
        values, vectors = torch.linalg.eigh(table.double().T @ table.double())
        axes = vectors[:, values.argsort(descending=True)[:small]].to(table.dtype)
        return table @ axes, axes.T

    return splitting(split)


@right
def one_product_and_a_look_up():
    """The whole table is multiplied out at every call."""

    class Whole(Product):
        def forward(self, ids):
            return F.embedding(ids, self.words @ self.up)

    return building(Whole)


@right
def a_one_hot_product_and_a_warning():
    class OneHot(Product):
        def forward(self, ids):
            import warnings

            warnings.warn("slow", stacklevel=1)
            return F.one_hot(ids, len(self.words)).to(self.words.dtype) @ self.words @ self.up

    return building(OneHot)


@right
def any_other_basis_of_the_same_space():
    """Which numbers stand for a word is free: turned and stretched, if the other matrix undoes it."""

    def split(table, small):
        words, up = halves(table, small)
        turn = torch.eye(small, dtype=table.dtype) + 0.5 * torch.ones(small, small, dtype=table.dtype).tril(
            -1
        )
        return words @ turn, torch.linalg.solve(turn, up)

    return splitting(split)


@right
def one_parameter_under_two_names():
    class Named(Product):
        def __init__(self, words, up):
            super().__init__(words, up)
            self.table = self.words
            self.register_buffer("width", torch.tensor(up.shape[1]))

    return building(Named)


@right
def the_old_svd():
    def factorised_embedding(table, small):
        u, s, v = torch.svd(table.detach())
        words = nn.Embedding.from_pretrained(u[:, :small] @ torch.diag(s[:small]), freeze=False)
        up = nn.Linear(small, table.shape[1], bias=False).to(table.dtype)
        up.weight = nn.Parameter(v[:, :small].contiguous())
        return nn.Sequential(words, up).eval()

    return factorised_embedding


@wrong("The singular values are missing", earns=0)
def no_singular_values():
    def split(table, small):
        left, _, right_ = torch.linalg.svd(table, full_matrices=False)
        return left[:, :small], right_[:small]

    return splitting(split)


@wrong("The singular values are in both matrices", earns=0)
def singular_values_twice():
    def split(table, small):
        left, sizes, right_ = torch.linalg.svd(table, full_matrices=False)
        return left[:, :small] * sizes[:small], sizes[:small, None] * right_[:small]

    return splitting(split)


@wrong("and the other has none", earns=0)
def roots_in_one_alone():
    def split(table, small):
        left, sizes, right_ = torch.linalg.svd(table, full_matrices=False)
        return left[:, :small] * sizes[:small].sqrt(), right_[:small]

    return splitting(split)


@wrong("You keep the *smallest* singular values", earns=0)
def the_smallest():
    def split(table, small):
        left, sizes, right_ = torch.linalg.svd(table, full_matrices=False)
        return (left * sizes)[:, -small:], right_[-small:]

    return splitting(split)


@wrong("You keep the *smallest* singular values", earns=0)
def the_first_of_eigh():
    def split(table, small):
        _, vectors = torch.linalg.eigh(table.T @ table)
        axes = vectors[:, :small]
        return table @ axes, axes.T

    return splitting(split)


@wrong("do not go together", earns=0)
def singular_values_from_the_other_end():
    def split(table, small):
        left, sizes, right_ = torch.linalg.svd(table, full_matrices=False)
        return left[:, :small] * sizes[-small:], right_[:small]

    return splitting(split)


@wrong("You take *columns* of the third factor", earns=0)
def columns_of_the_third_factor():
    def split(table, small):
        left, sizes, right_ = torch.linalg.svd(table, full_matrices=False)
        return left[:, :small] * sizes[:small], right_[:, :small].T

    return splitting(split)


@wrong("You keep the first columns of the table", earns=0)
def the_first_columns():
    return splitting(lambda table, small: (table[:, :small], torch.eye(small, table.shape[1])))


@wrong("A mean is taken off the table first, and lost", earns=0)
def as_in_principal_components():
    return splitting(lambda table, small: halves(table - table.mean(0), small))


@wrong("nearer to the table's rows than any product", earns=0)
def with_the_mean_as_a_number_that_is_not_counted():
    class Around(Product):
        def forward(self, ids):
            return super().forward(ids) + self.hidden[0]

    def factorised_embedding(table, small):
        mean = table.detach().mean(0)
        model = Around(*halves(table - mean, small))
        model.hidden = [mean]
        return model

    return factorised_embedding


@wrong("has a dense layer its bias still?", earns=0)
def with_the_mean_in_a_bias():
    def factorised_embedding(table, small):
        mean = table.detach().mean(0)
        words, rows = halves(table - mean, small)
        up = nn.Linear(small, table.shape[1])
        up.weight.data, up.bias.data = rows.T.contiguous(), mean
        return nn.Sequential(nn.Embedding.from_pretrained(words, freeze=False), up)

    return factorised_embedding


@wrong("has a dense layer its bias still?", earns=0)
def with_a_bias():
    def factorised_embedding(table, small):
        words, rows = halves(table, small)
        up = nn.Linear(small, table.shape[1])
        nn.init.zeros_(up.bias)
        up.weight.data = rows.T.contiguous()
        return nn.Sequential(nn.Embedding.from_pretrained(words, freeze=False), up)

    return factorised_embedding


@wrong("do the singular values stand apart?", earns=0)
def singular_values_apart():
    class Three(Product):
        def __init__(self, words, up):
            super().__init__(words / words.norm(dim=0), up)
            self.sizes = nn.Parameter(words.norm(dim=0))

        def forward(self, ids):
            return self.words[ids] * self.sizes @ self.up

    return building(Three)


@wrong("is it the table itself?", earns=0)
def the_table_itself():
    return lambda table, small: nn.Embedding.from_pretrained(table.detach().clone(), freeze=False)


@wrong("The table itself is among them still", earns=0)
def the_table_besides():
    def factorised_embedding(table, small):
        model = Product(*halves(table, small))
        model.table = nn.Parameter(table.detach().clone())
        return model

    return factorised_embedding


@wrong("keeps numbers in a buffer", earns=0)
def the_table_in_a_buffer():
    def factorised_embedding(table, small):
        model = Product(*halves(table, small))
        model.register_buffer("table", table.detach().clone())
        return model

    return factorised_embedding


@wrong("Nothing is cut away", earns=0)
def nothing_cut():
    return lambda table, small: Product(*halves(table, min(table.shape)))


@wrong("`small` numbers of it are asked for", earns=0)
def cut_in_the_second_alone():
    class Cut(Product):
        def forward(self, ids):
            return self.words[ids][..., : len(self.up)] @ self.up

    def factorised_embedding(table, small):
        words, _ = halves(table, min(table.shape))
        return Cut(words, halves(table, small)[1])

    return factorised_embedding


@wrong("Are these the *largest* singular values", earns=0)
def two_new_layers():
    """What one writes to train from scratch: the table is not looked at."""

    def factorised_embedding(table, small):
        words = nn.Embedding(table.shape[0], small, dtype=table.dtype)
        return nn.Sequential(words, nn.Linear(small, table.shape[1], bias=False, dtype=table.dtype))

    return factorised_embedding


@wrong("Are these the *largest* singular values", earns=0)
def a_random_projection():
    def split(table, small):
        up = torch.randn(small, table.shape[1])
        return table @ torch.linalg.pinv(up), up

    return splitting(split)


@wrong("of all squared differences from the table's rows", earns=0)
def the_longest_words_as_a_basis():
    def split(table, small):
        basis = table[table.norm(dim=1).topk(small).indices]
        return table @ torch.linalg.pinv(basis), basis

    return splitting(split)


@wrong("of all squared differences from the table's rows", earns=0)
def a_qr_decomposition():
    def split(table, small):
        q, r = torch.linalg.qr(table)
        return q[:, :small], r[:small]

    return splitting(split)


@wrong("comes near and does not get there", earns=0)
def an_approximate_decomposition():
    def split(table, small):
        left, sizes, right_ = torch.svd_lowrank(table, q=small, niter=2)
        return left * sizes, right_.T

    return splitting(split)


@wrong("of all squared differences from the table's rows", earns=0)
def trained_for_a_while():
    def factorised_embedding(table, small):
        torch.manual_seed(0)
        model = Product(torch.randn(len(table), small) / 9, torch.randn(small, table.shape[1]) / 9)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
        for _ in range(60):
            optimizer.zero_grad()
            (model(torch.arange(len(table))) - table.detach()).pow(2).mean().backward()
            optimizer.step()
        return model

    return factorised_embedding


@wrong("of all squared differences from the table's rows", earns=0)
def rows_of_length_one_first():
    return splitting(lambda table, small: halves(F.normalize(table, dim=1), small))


@wrong("of all squared differences from the table's rows", earns=0)
def the_two_halves_rounded():
    def split(table, small):
        words, up = halves(table, small)
        return words.half().to(table.dtype), up.half().to(table.dtype)

    return splitting(split)


@wrong("The two matrices belong in a module", earns=0)
def two_matrices():
    return halves


@wrong("Is it the product?", earns=0)
def the_product():
    def factorised_embedding(table, small):
        words, up = halves(table, small)
        return words @ up

    return factorised_embedding


@wrong("an nn.Module is asked for", earns=0)
def a_function():
    def factorised_embedding(table, small):
        words, up = halves(table, small)
        return lambda ids: words[ids] @ up

    return factorised_embedding


@wrong("A tensor that is merely assigned is none", earns=0)
def tensors_in_a_module():
    class Plain(nn.Module):
        def __init__(self, words, up):
            super().__init__()
            self.words, self.up = words, up

        def forward(self, ids):
            return self.words[ids] @ self.up

    return building(Plain)


@wrong("`vocabulary * small + small * width` are asked for", earns=0)
def one_parameter_and_one_tensor():
    class Half(nn.Module):
        def __init__(self, words, up):
            super().__init__()
            self.words, self.up = nn.Parameter(words), up

        def forward(self, ids):
            return self.words[ids] @ self.up

    return building(Half)


@wrong("`nn.Embedding.from_pretrained` freezes what it is given", earns=2.5)
def words_frozen():
    def factorised_embedding(table, small):
        words, rows = halves(table, small)
        up = nn.Linear(small, table.shape[1], bias=False, dtype=table.dtype)
        up.weight = nn.Parameter(rows.T.contiguous())
        return nn.Sequential(nn.Embedding.from_pretrained(words), up)

    return factorised_embedding


@wrong("Or is it detached", earns=2.5)
def one_factor_detached():
    class Fixed(Product):
        def forward(self, ids):
            return self.words[ids] @ self.up.detach()

    return building(Fixed)


@wrong("No gradient can flow from the vectors", earns=2.5)
def no_grad_in_forward():
    class Still(Product):
        @torch.no_grad()
        def forward(self, ids):
            return super().forward(ids)

    return building(Still)


@wrong("No gradient can flow from the vectors", earns=2.5)
def multiplied_out_beforehand():
    class Fixed(Product):
        def __init__(self, words, up):
            super().__init__(words, up)
            self.whole = [words @ up]

        def forward(self, ids):
            return self.whole[0][ids]

    return building(Fixed)


@wrong("np.linalg.svd(table.numpy()", earns=2.5)
def numpy_of_a_parameter():
    def factorised_embedding(table, small):
        left, sizes, right_ = np.linalg.svd(table.numpy(), full_matrices=False)
        return Product(*map(torch.from_numpy, ((left * sizes)[:, :small], right_[:small])))

    return factorised_embedding


@wrong("A constant or a cast in your code decides the dtype", earns=2.5)
def always_float32():
    return splitting(lambda table, small: halves(table.float(), small))


@wrong("Two dtypes meet", earns=2.5)
def a_new_layer_in_float32():
    """Words in the table's dtype, and a dense layer in the default one."""

    def factorised_embedding(table, small):
        words, rows = halves(table, small)
        up = nn.Linear(small, table.shape[1], bias=False)
        with torch.no_grad():
            up.weight.copy_(rows.T)
        return nn.Sequential(nn.Embedding.from_pretrained(words, freeze=False), up)

    return factorised_embedding


@wrong("should have shape", earns=0)
def rows_of_a_batch_alone():
    class Flat(Product):
        def forward(self, ids):
            return self.words[ids.flatten()] @ self.up

    return building(Flat)


@wrong("changed its argument `table` in place", earns=0)
def centred_in_place():
    def split(table, small):
        table -= table.mean(0)
        return halves(table, small)

    return splitting(split)


@wrong("Is the `return` line missing?", earns=0)
def no_return():
    def factorised_embedding(table, small):
        Product(*halves(table, small))

    return factorised_embedding


@wrong("All vectors are zeros", earns=0)
def constant():
    return splitting(lambda table, small: (table[:, :small] * 0, table[:small] * 0))


@wrong("Is it the product?", earns=0)
def identity():
    return lambda table, small: table


@wrong("A random table", earns=0)
def hard_coded_examples():
    """Right for tables of the visible check's sizes."""

    def factorised_embedding(table, small):
        words, up = halves(table, small)
        known = tuple(table.shape) in ((4, 3), (30, 12), (2, 4), (5, 3))
        return Product(words, up) if known else Product(0 * words, up)

    return factorised_embedding


@wrong("Has the table a `padding_idx`?", earns=2.5)
def a_row_that_never_learns():
    def kind(words, up):
        table = nn.Embedding(*words.shape, padding_idx=0)
        table.weight.data.copy_(words)
        return nn.Sequential(table.to(words.dtype), Up(up))

    return building(kind)


class Up(nn.Module):
    def __init__(self, up):
        super().__init__()
        self.up = nn.Parameter(up.detach().clone())

    def forward(self, x):
        return x.to(self.up.dtype) @ self.up


@wrong("The matrix from `small` to `width` is none of them", earns=0)
def a_buffer_for_the_second_matrix():
    class Half(Product):
        def __init__(self, words, up):
            nn.Module.__init__(self)
            self.words = nn.Parameter(words.detach().clone())
            self.register_buffer("up", up.detach().clone())

    return building(Half)


@wrong("Is there dropout?", earns=0)
def dropout_in_between():
    class Dropped(Product):
        def forward(self, ids):
            return F.dropout(self.words[ids], 0.1, self.training) @ self.up

    return building(Dropped)
