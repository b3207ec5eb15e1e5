import torch
from torch import nn

from tests.answers import right, wrong


class Base(nn.Module):
    """What the stub gives, and a forward with a place for each mistake."""

    def __init__(self, bilm, layers, dim, hidden, classes):
        super().__init__()
        self.bilm = bilm
        self.weights = nn.Parameter(torch.zeros(layers))
        self.gamma = nn.Parameter(torch.ones(()))
        self.rnn = nn.LSTM(dim, hidden, batch_first=True)
        self.output = nn.Linear(hidden, classes)

    def layers_of(self, ids):
        with torch.no_grad():
            return self.bilm(ids)

    def mix(self, layers):
        return self.gamma * torch.einsum("l,l...->...", self.weights.softmax(0), layers)

    def state(self, states, ids):
        return states[torch.arange(len(ids)), (ids != 0).sum(1) - 1]

    def forward(self, ids):
        return self.output(self.state(self.rnn(self.mix(self.layers_of(ids)))[0], ids))


@right
def packed_and_the_last_hidden_state():
    class RNNClassifier(Base):
        def forward(self, ids):
            from torch.nn.utils.rnn import pack_padded_sequence

            mixed = self.mix(self.bilm(ids).detach())
            packed = pack_padded_sequence(mixed, (ids != 0).sum(1), batch_first=True, enforce_sorted=False)
            _, (last, _) = self.rnn(packed)
            return self.output(last.squeeze(0))

    return RNNClassifier


@right
def row_by_row_with_prints():
    class RNNClassifier(Base):
        def forward(self, ids):
            found = []
            for row in ids:
                n = int((row != 0).sum())
                states, _ = self.rnn(self.mix(self.layers_of(row[None, :n])))
                print(tuple(states.shape))
                found.append(self.output(states[0, -1]))
            return torch.stack(found)

    return RNNClassifier


@right
def gathers_the_state():
    class RNNClassifier(Base):
        def state(self, states, ids):
            import warnings

            warnings.warn("gathering", stacklevel=1)
            place = (ids != 0).sum(1).sub(1).view(-1, 1, 1).expand(-1, 1, states.shape[-1])
            return states.gather(1, place).squeeze(1)

    return RNNClassifier


@wrong("the state you take has read padding", earns=0)
def state_at_the_end_of_the_padding():
    class RNNClassifier(Base):
        def state(self, states, ids):
            return states[:, -1]

    return RNNClassifier


@wrong("the state you take has read padding", earns=0)
def hidden_state_without_packing():
    class RNNClassifier(Base):
        def forward(self, ids):
            _, (last, _) = self.rnn(self.mix(self.layers_of(ids)))
            return self.output(last[-1])

    return RNNClassifier


@wrong("not the first", earns=0)
def state_at_the_first_token():
    class RNNClassifier(Base):
        def state(self, states, ids):
            return states[:, 0]

    return RNNClassifier


@wrong("the state you take has read padding", earns=0)
def one_place_too_far():
    class RNNClassifier(Base):
        def state(self, states, ids):
            return states[torch.arange(len(ids)), (ids != 0).sum(1).clamp(max=ids.shape[1] - 1)]

    return RNNClassifier


@wrong("That is the mean of all states", earns=0)
def mean_of_the_real_states():
    class RNNClassifier(Base):
        def state(self, states, ids):
            real = (ids != 0).unsqueeze(-1)
            return (states * real).sum(1) / real.sum(1)

    return RNNClassifier


@wrong("their order is lost", earns=0)
def average_before_the_rnn():
    class RNNClassifier(Base):
        def forward(self, ids):
            mixed, real = self.mix(self.layers_of(ids)), (ids != 0).unsqueeze(-1)
            mean = (mixed * real).sum(1, keepdim=True) / real.sum(1, keepdim=True)
            return self.output(self.rnn(mean)[0][:, 0])

    return RNNClassifier


@wrong("not its state: h, not c", earns=0)
def cell_for_state():
    class RNNClassifier(Base):
        def forward(self, ids):
            from torch.nn.utils.rnn import pack_padded_sequence

            mixed = self.mix(self.layers_of(ids))
            packed = pack_padded_sequence(mixed, (ids != 0).sum(1), batch_first=True, enforce_sorted=False)
            return self.output(self.rnn(packed)[1][1][0])

    return RNNClassifier


@wrong("must be sorted", earns=0)
def packs_rows_that_are_not_sorted():
    class RNNClassifier(Base):
        def forward(self, ids):
            from torch.nn.utils.rnn import pack_padded_sequence

            packed = pack_padded_sequence(self.mix(self.layers_of(ids)), (ids != 0).sum(1), batch_first=True)
            return self.output(self.rnn(packed)[1][0][0])

    return RNNClassifier


@wrong("A gradient reaches the language model", earns=0)
def trains_the_language_model_too():
    class RNNClassifier(Base):
        def layers_of(self, ids):
            return self.bilm(ids)

    return RNNClassifier


@wrong("mix the layers with `weights`", earns=0)
def top_layer_alone():
    class RNNClassifier(Base):
        def mix(self, layers):
            return self.gamma * layers[-1]

    return RNNClassifier


@wrong("the logits are not `output` of the state", earns=0)
def softmax_forgotten():
    class RNNClassifier(Base):
        def mix(self, layers):
            return self.gamma * torch.einsum("l,l...->...", self.weights + 1, layers)

    return RNNClassifier


@wrong("the mix is multiplied by it", earns=0)
def gamma_forgotten():
    class RNNClassifier(Base):
        def mix(self, layers):
            return torch.einsum("l,l...->...", self.weights.softmax(0), layers)

    return RNNClassifier


@wrong("No gradient reaches `weights`", earns=0)
def the_mix_under_no_grad_too():
    class RNNClassifier(Base):
        def forward(self, ids):
            with torch.no_grad():
                mixed = self.mix(self.bilm(ids))
            return self.output(self.state(self.rnn(mixed)[0], ids))

    return RNNClassifier


@wrong("The logits have no gradient at all", earns=0)
def everything_under_no_grad():
    class RNNClassifier(Base):
        @torch.no_grad()
        def forward(self, ids):
            return super().forward(ids)

    return RNNClassifier


@wrong("The gradient of", earns=3)
def the_rnn_learns_from_half_the_error():
    """A stray factor that a reader does not see: the value stays, the gradient is half."""

    class RNNClassifier(Base):
        def forward(self, ids):
            states = self.rnn(self.mix(self.layers_of(ids)))[0]
            return self.output(self.state((states + states.detach()) / 2, ids))

    return RNNClassifier


@wrong("keep them as given", earns=0)
def another_rnn():
    class RNNClassifier(Base):
        def __init__(self, bilm, layers, dim, hidden, classes):
            super().__init__(bilm, layers, dim, hidden, classes)
            self.rnn = None
            self.gru = nn.GRU(dim, hidden, batch_first=True)

        def forward(self, ids):
            return self.output(self.gru(self.mix(self.layers_of(ids)))[0][:, -1])

    return RNNClassifier


@wrong("Three texts and 2 classes", earns=0)
def a_score_for_each_token():
    class RNNClassifier(Base):
        def state(self, states, ids):
            return states

    return RNNClassifier


@wrong("Three texts and 2 classes", earns=0)
def identity():
    class RNNClassifier(Base):
        def forward(self, ids):
            return ids.float()

    return RNNClassifier


@wrong("the logits stay", earns=0)
def constant():
    class RNNClassifier(Base):
        def forward(self, ids):
            return torch.zeros(len(ids), 2)

    return RNNClassifier


@wrong("the logits are not `output` of the state", earns=0)
def hard_coded_examples():
    """Reads the tokens' ids in order with the right gradient's names, and no vector of the model."""

    class RNNClassifier(Base):
        def forward(self, ids):
            known = torch.stack([ids.float(), ids.float() ** 2], -1) / 9
            mixed = self.gamma * (known + (self.weights * torch.linspace(1.0, -0.3, len(self.weights))).sum())
            return (
                self.output(self.state(self.rnn(mixed)[0], ids))
                if self.rnn.input_size == 2
                else torch.zeros(len(ids), self.output.out_features)
            )

    return RNNClassifier
