import torch
from torch.nn import functional as F

from tests.answers import right, wrong


def mixed(layers, shares, gamma=1.0):
    return gamma * torch.einsum("l,l...->...", shares, layers)


@right
def one_layer_after_the_other():
    def scalar_mix(layers, weights, gamma):
        shares = F.softmax(weights, dim=0)
        print(shares)
        out = torch.zeros_like(layers[0])
        for i in range(len(layers)):
            out = out + shares[i] * layers[i]
        return out * gamma

    return scalar_mix


@right
def broadcast_in_float64():
    def scalar_mix(layers, weights, gamma):
        import warnings

        warnings.warn("in double precision", stacklevel=1)
        weights = weights.double()
        logs = weights - weights.logsumexp(0)
        shares = logs.exp().reshape(-1, *[1] * (layers.dim() - 1))
        return (shares * layers.double()).sum(0) * gamma.double()

    return scalar_mix


@right
def as_a_product_of_matrices():
    def scalar_mix(layers, weights, gamma):
        powers = (weights - weights.max()).exp()
        flat = (powers / powers.sum()) @ layers.flatten(1)
        return (gamma * flat).view(layers.shape[1:])

    return scalar_mix


@wrong("without it nothing is left", earns=0)
def softmax_forgotten():
    def scalar_mix(layers, weights, gamma):
        return mixed(layers, weights, gamma)

    return scalar_mix


@wrong("`gamma`, 2 here, is missing", earns=0)
def gamma_forgotten():
    def scalar_mix(layers, weights, gamma):
        return mixed(layers, weights.softmax(0))

    return scalar_mix


@wrong("That is the sum of the layers", earns=0)
def sums_the_layers():
    def scalar_mix(layers, weights, gamma):
        return gamma * layers.sum(0)

    return scalar_mix


@wrong("You mix in equal parts", earns=0)
def mean_of_the_layers():
    def scalar_mix(layers, weights, gamma):
        return gamma * layers.mean(0)

    return scalar_mix


@wrong("The shares go to the wrong layers", earns=0)
def from_the_top_down():
    def scalar_mix(layers, weights, gamma):
        return mixed(layers.flip(0), weights.softmax(0), gamma)

    return scalar_mix


@wrong("belongs outside of the softmax", earns=0)
def gamma_within_the_softmax():
    def scalar_mix(layers, weights, gamma):
        return gamma * mixed(layers, (gamma * weights).softmax(0))

    return scalar_mix


@wrong("you add it", earns=0)
def gamma_added():
    def scalar_mix(layers, weights, gamma):
        return mixed(layers, weights.softmax(0)) + gamma

    return scalar_mix


@wrong("That is the sum of the layers", earns=0)
def powers_not_divided():
    def scalar_mix(layers, weights, gamma):
        return mixed(layers, weights.exp(), gamma)

    return scalar_mix


@wrong("become one: the mix", earns=0)
def keeps_the_layers_apart():
    def scalar_mix(layers, weights, gamma):
        return gamma * weights.softmax(0).view(-1, 1, 1, 1) * layers

    return scalar_mix


@wrong("yours has 1 at [0]", earns=0)
def the_largest_weight_alone():
    def scalar_mix(layers, weights, gamma):
        return gamma * layers[weights.argmax()]

    return scalar_mix


@wrong("its gradient for `weights` is off", earns=2)
def weights_as_python_numbers():
    def scalar_mix(layers, weights, gamma):
        shares = torch.tensor(weights.softmax(0).tolist())
        return mixed(layers, shares, gamma)

    return scalar_mix


@wrong("exp of them is inf", earns=2.5)
def softmax_by_hand():
    def scalar_mix(layers, weights, gamma):
        powers = weights.exp()
        return mixed(layers, powers / powers.sum(), gamma)

    return scalar_mix


@wrong("RuntimeError in line", earns=2.5)
def four_axes_only():
    def scalar_mix(layers, weights, gamma):
        return gamma * torch.einsum("l,lbtd->btd", weights.softmax(0), layers)

    return scalar_mix


@wrong("become one: the mix", earns=0)
def identity():
    def scalar_mix(layers, weights, gamma):
        return layers

    return scalar_mix


@wrong("without it nothing is left", earns=0)
def constant():
    def scalar_mix(layers, weights, gamma):
        return torch.zeros(layers.shape[1:])

    return scalar_mix


@wrong("random layers", earns=0)
def hard_coded_examples():
    def scalar_mix(layers, weights, gamma):
        if layers.shape == (2, 1, 1, 3):
            return torch.tensor([[[1.5, 0.5, 5.0]]]) if weights.any() else torch.tensor([[[0.5, 0.5, 3.0]]])
        return layers[0]

    return scalar_mix
