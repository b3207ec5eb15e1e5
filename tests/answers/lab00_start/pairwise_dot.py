import torch
from torch.nn import functional as F

from tests.answers import right, wrong


@right
def matrix_product():
    def pairwise_dot(a, b):
        return a @ b.mT

    return pairwise_dot


@right
def broadcast_and_sum():
    def pairwise_dot(first, second):
        return (first.unsqueeze(-2) * second.unsqueeze(-3)).sum(-1)

    return pairwise_dot


@right
def loops_over_every_pair():
    def pairwise_dot(a, b):
        if a.dim() > 2:
            return torch.stack([pairwise_dot(x, y) for x, y in zip(a, b, strict=True)])
        return torch.stack([torch.stack([torch.dot(x, y) for y in b]) for x in a])

    return pairwise_dot


@right
def numpy_in_float64():
    def pairwise_dot(a, b):
        import numpy as np

        dots = np.einsum("...id,...jd->...ij", a.double().numpy(), b.double().numpy())
        return torch.from_numpy(dots)

    return pairwise_dot


@right
def a_callable_object_with_a_progress_bar():
    class PairwiseDot:
        def __call__(self, a, b):
            from tqdm.auto import tqdm

            rows = [F.linear(row.unsqueeze(-2), torch.eye(b.shape[-1])) @ b.mT for row in tqdm(a.unbind(-2))]
            return torch.cat(rows, dim=-2)

    return PairwiseDot()


@wrong("Transpose the other one", earns=0)
def transposed():
    def pairwise_dot(a, b):
        return b @ a.mT

    return pairwise_dot


@wrong("`.T` turns all axes round", earns=2)
def turns_all_axes_round():
    def pairwise_dot(a, b):
        return a @ b.T

    return pairwise_dot


@wrong("In einsum `...` stands for those axes", earns=2)
def einsum_without_the_dots():
    def pairwise_dot(a, b):
        return torch.einsum("id,jd->ij", a, b)

    return pairwise_dot


@wrong("its vectors never meet those of another place", earns=2)
def mixes_the_sentences_of_a_batch():
    def pairwise_dot(a, b):
        if a.dim() == 2:
            return a @ b.T
        return torch.einsum("...id,hkjd->...ij", a, b)

    return pairwise_dot


@wrong("With (2, 4, 3, 5) and (2, 4, 6, 5) the result should have shape (2, 4, 3, 6)", earns=2)
def flattens_the_batch():
    def pairwise_dot(a, b):
        dim = a.shape[-1]
        return a.reshape(-1, dim) @ b.reshape(-1, dim).T

    return pairwise_dot


@wrong("Two shapes do not broadcast", earns=0)
def only_the_first_with_the_first():
    def pairwise_dot(a, b):
        return (a * b).sum(-1)

    return pairwise_dot


@wrong("should have shape (3, 2); yours has (3, 2, 2)", earns=0)
def forgets_the_sum():
    def pairwise_dot(a, b):
        return a.unsqueeze(-2) * b.unsqueeze(-3)

    return pairwise_dot


@wrong("That is a mean over the places, where a sum is meant", earns=0)
def mean_in_place_of_sum():
    def pairwise_dot(a, b):
        return (a.unsqueeze(-2) * b.unsqueeze(-3)).mean(-1)

    return pairwise_dot


@wrong("That is a cosine: do not divide by the lengths", earns=0)
def cosine_in_place_of_dot():
    def pairwise_dot(a, b):
        return F.normalize(a, dim=-1) @ F.normalize(b, dim=-1).mT

    return pairwise_dot


@wrong("you have 4.472", earns=0)
def distances():
    def pairwise_dot(a, b):
        return torch.cdist(a, b)

    return pairwise_dot


@wrong("whole numbers", earns=0)
def truncates_to_whole_numbers():
    def pairwise_dot(a, b):
        return (a @ b.mT).long()

    return pairwise_dot


@wrong("`return` line missing", earns=0)
def forgets_to_return():
    def pairwise_dot(a, b):
        a @ b.mT

    return pairwise_dot


@wrong("cannot be called as the statement says", earns=0)
def another_signature():
    def pairwise_dot(vectors):
        return vectors @ vectors.mT

    return pairwise_dot


@wrong("you have 1. Multiply", earns=0)
def identity():
    def pairwise_dot(a, b):
        return a

    return pairwise_dot


@wrong("you have 0. Multiply", earns=0)
def constant():
    def pairwise_dot(a, b):
        return torch.zeros(*a.shape[:-1], b.shape[-2])

    return pairwise_dot


@wrong("Random vectors", earns=0)
def hard_coded_examples():
    def pairwise_dot(a, b):
        seen = torch.tensor([[3.0, 5.0], [8.0, 12.0], [7.0, 11.0]])
        known = torch.zeros(a.shape[-2], b.shape[-2])
        known[:3, :2] = seen[: a.shape[-2], : b.shape[-2]]
        return known.expand(*a.shape[:-2], *known.shape)

    return pairwise_dot
