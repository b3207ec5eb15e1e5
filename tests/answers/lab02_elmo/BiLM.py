import torch
from torch import nn

from tests.answers import right, wrong


def turned(values, lengths):
    """Each row's real places in the opposite order."""
    place, last = torch.arange(values.shape[1]), lengths.unsqueeze(1) - 1
    source = torch.where(place <= last, last - place, place.expand(len(values), -1))
    return values[torch.arange(len(values)).unsqueeze(1), source]


class Base(nn.Module):
    """What the stub gives, and a forward with a place for each mistake."""

    def __init__(self, vocabulary_size, dim, layers=2):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, dim)
        self.left_to_right = nn.ModuleList(nn.LSTM(dim, dim, batch_first=True) for _ in range(layers))
        self.right_to_left = nn.ModuleList(nn.LSTM(dim, dim, batch_first=True) for _ in range(layers))
        self.output = nn.Linear(dim, vocabulary_size)

    def turn(self, values, lengths):
        return turned(values, lengths)

    def turn_back(self, values, lengths):
        return self.turn(values, lengths)

    def below(self, words, ahead, back, lengths):
        """What the next two LSTMs read."""
        return ahead, back

    def beside(self, ahead, back):
        return torch.cat([ahead, back], -1)

    def forward(self, ids):
        lengths = (ids != 0).sum(1)
        words = self.embedding(ids)
        ahead, back, out = words, self.turn(words, lengths), [self.beside(words, words)]
        for left, right_ in zip(self.left_to_right, self.right_to_left, strict=True):
            ahead, back = self.below(words, ahead, back, lengths)
            ahead, back = left(ahead)[0], right_(back)[0]
            out.append(self.beside(ahead, self.turn_back(back, lengths)))
        return torch.stack(out)


@right
def each_sentence_by_itself_with_prints():
    class BiLM(Base):
        def forward(self, ids):
            dim, n_layers = self.embedding.embedding_dim, len(self.left_to_right) + 1
            rows = []
            for row in ids:
                words = self.embedding(row[row != 0]).unsqueeze(0)
                print(tuple(words.shape))
                ahead, back, layers = words, words.flip(1), [torch.cat([words, words], -1)]
                for i, left in enumerate(self.left_to_right):
                    ahead, _ = left(ahead)
                    back, _ = self.right_to_left[i](back)
                    layers.append(torch.cat([ahead, back.flip(1)], -1))
                states = torch.stack(layers)[:, 0]
                rest = torch.zeros(n_layers, len(row) - states.shape[1], 2 * dim)
                rows.append(torch.cat([states, rest], 1))
            return torch.stack(rows, 1)

    return BiLM


@right
def packed_sequences():
    class BiLM(Base):
        def forward(self, ids):
            from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

            lengths = (ids != 0).sum(1)
            words = self.embedding(ids)
            out = [words.repeat(1, 1, 2)]
            sides = [words, turned(words, lengths)]
            for pair in zip(self.left_to_right, self.right_to_left, strict=True):
                for side, lstm in enumerate(pair):
                    packed = pack_padded_sequence(
                        sides[side], lengths, batch_first=True, enforce_sorted=False
                    )
                    sides[side], _ = pad_packed_sequence(
                        lstm(packed)[0], batch_first=True, total_length=ids.shape[1]
                    )
                out.append(torch.cat([sides[0], turned(sides[1], lengths)], -1))
            return torch.stack(out)

    return BiLM


@right
def turns_ids_and_runs_each_stack_in_a_method():
    class BiLM(Base):
        def read(self, stack, ids):
            found = [self.embedding(ids)]
            for lstm in stack:
                found.append(lstm(found[-1])[0])
            return torch.stack(found)

        def forward(self, ids):
            lengths = (ids != 0).sum(1)
            ahead = self.read(self.left_to_right, ids)
            back = self.read(self.right_to_left, turned(ids, lengths))
            return torch.cat([ahead, torch.stack([turned(layer, lengths) for layer in back])], -1)

    return BiLM


@wrong("Which reader meets the padding first?", earns=0)
def padding_is_turned_to_the_front():
    class BiLM(Base):
        def turn(self, values, lengths):
            return values.flip(1)

    return BiLM


@wrong("stand in its own order", earns=0)
def states_from_the_right_are_not_turned_back():
    class BiLM(Base):
        def turn_back(self, values, lengths):
            return values

    return BiLM


@wrong("should have read only what comes after", earns=0)
def both_readers_read_from_the_left():
    class BiLM(Base):
        def turn(self, values, lengths):
            return values

    return BiLM


@wrong("it has seen a later token", earns=0)
def second_layer_reads_both_sides():
    class BiLM(Base):
        def below(self, words, ahead, back, lengths):
            if ahead is words:
                return ahead, back
            both = (ahead + turned(back, lengths)) / 2
            return both, turned(both, lengths)

    return BiLM


@wrong("The halves have changed places", earns=0)
def right_reader_first():
    class BiLM(Base):
        def beside(self, ahead, back):
            return torch.cat([back, ahead], -1)

    return BiLM


@wrong("You return 2 layers; there are 3", earns=0)
def leaves_the_words_out():
    class BiLM(Base):
        def forward(self, ids):
            return super().forward(ids)[1:]

    return BiLM


@wrong("all layers should have shape (3, 2, 5, 6)", earns=0)
def top_layer_alone():
    class BiLM(Base):
        def forward(self, ids):
            return super().forward(ids)[-1]

    return BiLM


@wrong("all layers should have shape (3, 2, 5, 6)", earns=0)
def batch_first():
    class BiLM(Base):
        def forward(self, ids):
            return super().forward(ids).transpose(0, 1)

    return BiLM


@wrong("Layer 0 is each word's vector twice", earns=0)
def layer_0_is_normalised():
    class BiLM(Base):
        def forward(self, ids):
            out = super().forward(ids)
            return torch.cat([nn.functional.normalize(out[:1], dim=-1), out[1:]])

    return BiLM


@wrong("the second LSTM reads the states of the first", earns=0)
def every_layer_reads_the_words():
    class BiLM(Base):
        def below(self, words, ahead, back, lengths):
            return words, turned(words, lengths)

    return BiLM


@wrong("is one stack used for both?", earns=0)
def one_stack_for_both():
    """The right stack's weights are not used."""

    class BiLM(Base):
        def forward(self, ids):
            kept, self.right_to_left = self.right_to_left, self.left_to_right
            out = super().forward(ids)
            self.right_to_left = kept
            return out

    return BiLM


@wrong("not all states of the reader from the left move", earns=0)
def states_one_place_late():
    """The state at a word has not read the word itself."""

    class BiLM(Base):
        def forward(self, ids):
            out = super().forward(ids)
            dim = out.shape[-1] // 2
            ahead = torch.cat([torch.zeros_like(out[:, :, :1, :dim]), out[:, :, :-1, :dim]], 2)
            return torch.cat([out[:1], torch.cat([ahead, out[..., dim:]], -1)[1:]])

    return BiLM


@wrong("other states the second time", earns=0)
def dropout_between_the_layers():
    class BiLM(Base):
        def below(self, words, ahead, back, lengths):
            return nn.functional.dropout(ahead, 0.5), back

    return BiLM


@wrong("with nothing added", earns=0)
def adds_what_it_read():
    class BiLM(Base):
        def forward(self, ids):
            out = super().forward(ids)
            return torch.cat([out[:1], out[1:] + out[:1]])

    return BiLM


@wrong("no gradient", earns=4)
def cuts_the_graph():
    class BiLM(Base):
        def forward(self, ids):
            return super().forward(ids).detach()

    return BiLM


@wrong("The gradient of", earns=4)
def cuts_the_graph_between_the_layers():
    class BiLM(Base):
        def below(self, words, ahead, back, lengths):
            return ahead.detach(), back.detach()

    return BiLM


@wrong("With 3 LSTMs a side: all layers", earns=0)
def always_two_layers():
    class BiLM(Base):
        def forward(self, ids):
            lengths = (ids != 0).sum(1)
            words = self.embedding(ids)
            ahead, back, out = words, turned(words, lengths), [torch.cat([words, words], -1)]
            for i in range(2):
                i = min(i, len(self.left_to_right) - 1)
                ahead, back = self.left_to_right[i](ahead)[0], self.right_to_left[i](back)[0]
                out.append(torch.cat([ahead, turned(back, lengths)], -1))
            return torch.stack(out)

    return BiLM


@wrong("keep them as given", earns=0)
def one_bidirectional_lstm():
    class BiLM(nn.Module):
        def __init__(self, vocabulary_size, dim, layers=2):
            super().__init__()
            self.embedding = nn.Embedding(vocabulary_size, dim)
            self.lstm = nn.LSTM(dim, dim, layers, batch_first=True, bidirectional=True)
            self.output = nn.Linear(dim, vocabulary_size)

        def forward(self, ids):
            return self.lstm(self.embedding(ids))[0]

    return BiLM


@wrong("all layers should have shape", earns=0)
def identity():
    class BiLM(Base):
        def forward(self, ids):
            return ids.float()

    return BiLM


@wrong("Layer 0 is each word's vector twice", earns=0)
def constant():
    class BiLM(Base):
        def forward(self, ids):
            return torch.zeros(3, *ids.shape, 2 * self.embedding.embedding_dim)

    return BiLM


@wrong("not all states of the reader from the left move", earns=0)
def hard_coded_examples():
    """The words, three times over: nobody has read anything."""

    class BiLM(Base):
        def forward(self, ids):
            words = self.embedding(ids)
            return torch.cat([words, words], -1).expand(3, -1, -1, -1)

    return BiLM
