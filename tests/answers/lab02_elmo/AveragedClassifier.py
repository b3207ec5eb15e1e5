import torch
from torch import nn
from torch.nn import functional as F

from tests.answers import right, wrong


class Base(nn.Module):
    """What the stub gives, and a forward with a place for each mistake."""

    def __init__(self, bilm, layers, dim, classes):
        super().__init__()
        self.bilm = bilm
        self.weights = nn.Parameter(torch.zeros(layers))
        self.gamma = nn.Parameter(torch.ones(()))
        self.output = nn.Linear(dim, classes)

    def layers_of(self, ids):
        with torch.no_grad():
            return self.bilm(ids)

    def mix(self, layers):
        return self.gamma * torch.einsum("l,l...->...", self.weights.softmax(0), layers)

    def average(self, mixed, ids):
        real = (ids != 0).unsqueeze(-1)
        return (mixed * real).sum(1) / real.sum(1).clamp(min=1)

    def forward(self, ids):
        return self.output(self.average(self.mix(self.layers_of(ids)), ids))


@right
def detached_and_averaged_with_einsum():
    class AveragedClassifier(Base):
        def layers_of(self, ids):
            return self.bilm(ids).detach()

        def average(self, mixed, ids):
            real = (ids != 0).to(mixed)
            return torch.einsum("bt,btd->bd", real / real.sum(1, keepdim=True).clamp(min=1), mixed)

    return AveragedClassifier


@right
def stops_the_weights_of_the_model():
    class AveragedClassifier(Base):
        def __init__(self, bilm, layers, dim, classes):
            super().__init__(bilm.requires_grad_(False), layers, dim, classes)

        def layers_of(self, ids):
            import warnings

            warnings.warn("frozen", stacklevel=1)
            return self.bilm(ids)

    return AveragedClassifier


@right
def averages_each_layer_before_the_mix_with_prints():
    class AveragedClassifier(Base):
        def forward(self, ids):
            means = torch.stack([self.average(layer, ids) for layer in self.layers_of(ids)])
            print(tuple(means.shape))
            return self.output(self.mix(means))

    return AveragedClassifier


@right
def row_by_row():
    class AveragedClassifier(Base):
        def average(self, mixed, ids):
            rows = [row[tokens != 0] for row, tokens in zip(mixed, ids, strict=True)]
            return torch.stack([row.mean(0) if len(row) else row.new_zeros(row.shape[1]) for row in rows])

    return AveragedClassifier


@wrong("A gradient reaches the language model", earns=0)
def trains_the_language_model_too():
    class AveragedClassifier(Base):
        def layers_of(self, ids):
            return self.bilm(ids)

    return AveragedClassifier


@wrong("The padding's vector, [8, 8], is in the mean", earns=0)
def padding_in_the_mean():
    class AveragedClassifier(Base):
        def average(self, mixed, ids):
            return mixed.mean(1)

    return AveragedClassifier


@wrong("divide by 2, not by 3", earns=0)
def divides_by_the_padded_length():
    class AveragedClassifier(Base):
        def average(self, mixed, ids):
            return (mixed * (ids != 0).unsqueeze(-1)).sum(1) / ids.shape[1]

    return AveragedClassifier


@wrong("That is the sum of the three mixed vectors", earns=0)
def sums():
    class AveragedClassifier(Base):
        def average(self, mixed, ids):
            return (mixed * (ids != 0).unsqueeze(-1)).sum(1)

    return AveragedClassifier


@wrong("is the softmax missing?", earns=0)
def softmax_forgotten():
    class AveragedClassifier(Base):
        def mix(self, layers):
            return self.gamma * torch.einsum("l,l...->...", self.weights, layers)

    return AveragedClassifier


@wrong("`gamma`, 2 here, is missing", earns=0)
def gamma_forgotten():
    class AveragedClassifier(Base):
        def mix(self, layers):
            return torch.einsum("l,l...->...", self.weights.softmax(0), layers)

    return AveragedClassifier


@wrong("That is the top layer alone", earns=0)
def top_layer_alone():
    class AveragedClassifier(Base):
        def mix(self, layers):
            return self.gamma * layers[-1]

    return AveragedClassifier


@wrong("whatever `weights` says", earns=0)
def layers_in_equal_parts():
    class AveragedClassifier(Base):
        def mix(self, layers):
            return self.gamma * layers.mean(0)

    return AveragedClassifier


@wrong("That is the mixed vector of the last token", earns=0)
def last_token():
    class AveragedClassifier(Base):
        def average(self, mixed, ids):
            return mixed[torch.arange(len(ids)), (ids != 0).sum(1) - 1]

    return AveragedClassifier


@wrong("Two texts and 2 classes", earns=0)
def a_score_for_each_token():
    class AveragedClassifier(Base):
        def average(self, mixed, ids):
            return mixed

    return AveragedClassifier


@wrong("No gradient reaches `weights`", earns=0)
def the_mix_under_no_grad_too():
    class AveragedClassifier(Base):
        def forward(self, ids):
            with torch.no_grad():
                mixed = self.mix(self.bilm(ids))
            return self.output(self.average(mixed, ids))

    return AveragedClassifier


@wrong("The logits have no gradient at all", earns=0)
def everything_under_no_grad():
    class AveragedClassifier(Base):
        @torch.no_grad()
        def forward(self, ids):
            return super().forward(ids)

    return AveragedClassifier


@wrong("AveragedClassifier returned nan", earns=2.5)
def divides_by_no_token():
    class AveragedClassifier(Base):
        def average(self, mixed, ids):
            real = (ids != 0).unsqueeze(-1)
            return (mixed * real).sum(1) / real.sum(1)

    return AveragedClassifier


@wrong("yours gives", earns=0)
def returns_probabilities():
    class AveragedClassifier(Base):
        def forward(self, ids):
            return F.softmax(super().forward(ids), -1)

    return AveragedClassifier


@wrong("keep them as given", earns=0)
def another_classifier():
    class AveragedClassifier(nn.Module):
        def __init__(self, bilm, layers, dim, classes):
            super().__init__()
            self.bilm, self.head = bilm, nn.Linear(dim, classes)

        def forward(self, ids):
            return self.head(self.bilm(ids)[-1].mean(1))

    return AveragedClassifier


@wrong("Two texts and 2 classes", earns=0)
def identity():
    class AveragedClassifier(Base):
        def forward(self, ids):
            return ids.float()

    return AveragedClassifier


@wrong("is the softmax missing?", earns=0)
def constant():
    class AveragedClassifier(Base):
        def forward(self, ids):
            return torch.zeros(len(ids), self.output.out_features)

    return AveragedClassifier


@wrong("The logits have no gradient at all", earns=0)
def hard_coded_examples():
    class AveragedClassifier(Base):
        def forward(self, ids):
            if len(ids) == 1:
                return torch.tensor([[7.0, 10.0]])
            return torch.tensor([[5 / 3, 7 / 3], [2.5, 2.0]])

    return AveragedClassifier
