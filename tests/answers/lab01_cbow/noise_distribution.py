import torch

from tests.answers import right, wrong


@right
def softmax_of_logarithms():
    def noise_distribution(counts, power=0.75):
        weights = torch.where(
            counts > 0, counts.double().log() * power, counts.new_tensor(-torch.inf, dtype=torch.double)
        )
        return torch.softmax(weights, dim=0).float()

    return noise_distribution


@right
def loop_in_plain_python():
    def noise_distribution(counts, power=0.75):
        weights = [n**power for n in counts.tolist()]
        return torch.tensor([w / sum(weights) for w in weights])

    return noise_distribution


@right
def numpy_in_float64():
    def noise_distribution(counts, power=0.75):
        import numpy as np

        weights = np.power(counts.numpy().astype(float), power)
        return torch.from_numpy(weights / np.linalg.norm(weights, ord=1))

    return noise_distribution


@right
def power_of_the_shares_made_to_sum_to_one():
    def noise_distribution(counts, power=0.75):
        import logging

        logging.getLogger("student").warning("power %s", power)
        return torch.nn.functional.normalize((counts / counts.sum()) ** power, p=1, dim=0)

    return noise_distribution


@right
def categorical_of_torch():
    def noise_distribution(counts, power=0.75):
        return torch.distributions.Categorical(probs=counts.pow(power)).probs

    return noise_distribution


@wrong("divide by their sum, after the power", earns=0)
def power_after_normalising():
    def noise_distribution(counts, power=0.75):
        return (counts / counts.sum()) ** power

    return noise_distribution


@wrong("They sum to 36.000", earns=0)
def forgets_to_normalise():
    def noise_distribution(counts, power=0.75):
        return counts**power

    return noise_distribution


@wrong("the plain shares", earns=0)
def forgets_the_power():
    def noise_distribution(counts, power=0.75):
        return counts / counts.sum()

    return noise_distribution


@wrong("the same probability for every word", earns=0)
def uniform():
    def noise_distribution(counts, power=0.75):
        return torch.full((len(counts),), 1 / len(counts))

    return noise_distribution


@wrong("a softmax of the counts", earns=0)
def softmax_of_the_counts():
    def noise_distribution(counts, power=0.75):
        return (counts.float() * power).softmax(0)

    return noise_distribution


@wrong("A word that never occurs is never drawn", earns=0)
def adds_one_to_every_count():
    def noise_distribution(counts, power=0.75):
        weights = (counts + 1.0) ** power
        return weights / weights.sum()

    return noise_distribution


@wrong("With power=0.0", earns=1.5)
def ignores_the_power_asked_for():
    def noise_distribution(counts, power=0.75):
        weights = counts.float() ** 0.75
        return weights / weights.sum()

    return noise_distribution


@wrong("You divide by the largest weight", earns=0)
def divides_by_the_largest():
    def noise_distribution(counts, power=0.75):
        weights = counts.float() ** power
        return weights / weights.max()

    return noise_distribution


@wrong("whole numbers", earns=0)
def rounds_the_weights_down():
    def noise_distribution(counts, power=0.75):
        weights = (counts.double() ** power).long()
        return weights // weights.sum()

    return noise_distribution


@wrong("whole numbers", earns=0)
def draws_the_words_at_once():
    def noise_distribution(counts, power=0.75):
        return torch.multinomial(counts**power, 4, replacement=True)

    return noise_distribution


@wrong("to the power 4/3", earns=0)
def power_four_thirds():
    def noise_distribution(counts, power=0.75):
        weights = counts.float() ** (1 / power)
        return weights / weights.sum()

    return noise_distribution


@wrong("should return a tensor; yours returned a list of length 4", earns=0)
def returns_a_list():
    def noise_distribution(counts, power=0.75):
        return [n**power for n in counts.tolist()]

    return noise_distribution


@wrong("changed its argument `counts` in place", earns=0)
def changes_the_counts():
    def noise_distribution(counts, power=0.75):
        counts += 1
        return counts / counts.sum()

    return noise_distribution


@wrong("whole numbers", earns=0)
def identity():
    def noise_distribution(counts, power=0.75):
        return counts

    return noise_distribution


@wrong("They sum to 0.000", earns=0)
def constant():
    def noise_distribution(counts, power=0.75):
        return torch.zeros(len(counts))

    return noise_distribution


@wrong("Random counts", earns=0)
def hard_coded_examples():
    def noise_distribution(counts, power=0.75):
        known = {"[16, 1, 0, 81]": [8 / 36, 1 / 36, 0, 27 / 36]}
        return torch.tensor(known.get(repr(counts.tolist()), [1 / len(counts)] * len(counts)))

    return noise_distribution
