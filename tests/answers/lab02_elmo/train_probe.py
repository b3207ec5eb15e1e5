import torch
from torch import nn
from torch.nn import functional as F

from tests.answers import right, wrong


def rows_of(sentences, vocabulary):
    """long (sentence, time), filled up with 0."""
    rows = [torch.tensor([vocabulary.get(word, 1) for word in words]) for words in sentences]
    return nn.utils.rnn.pad_sequence(rows, batch_first=True)


def turned(values, lengths):
    place, last = torch.arange(values.shape[1]), lengths.unsqueeze(1) - 1
    source = torch.where(place <= last, last - place, place.expand(len(values), -1))
    return values[torch.arange(len(values)).unsqueeze(1), source]


class BiLM(nn.Module):
    def __init__(self, vocabulary_size, dim, layers=2):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, dim)
        nn.init.normal_(self.embedding.weight, std=0.1)
        self.left_to_right = nn.ModuleList(nn.LSTM(dim, dim, batch_first=True) for _ in range(layers))
        self.right_to_left = nn.ModuleList(nn.LSTM(dim, dim, batch_first=True) for _ in range(layers))
        self.output = nn.Linear(dim, vocabulary_size)

    def forward(self, ids):
        lengths, words = (ids != 0).sum(1), self.embedding(ids)
        ahead, back, out = words, turned(words, lengths), [torch.cat([words, words], -1)]
        for left, right_ in zip(self.left_to_right, self.right_to_left, strict=True):
            ahead, back = left(ahead)[0], right_(back)[0]
            out.append(torch.cat([ahead, turned(back, lengths)], -1))
        return torch.stack(out)


class One(BiLM):
    """One layer a side, which learns faster than two."""

    def __init__(self, vocabulary_size, dim):
        super().__init__(vocabulary_size, dim, layers=1)


class Peeking(BiLM):
    """One bidirectional LSTM above the other: the second layer of each reader has seen everything."""

    def forward(self, ids):
        lengths, words = (ids != 0).sum(1), self.embedding(ids)
        out, both = [torch.cat([words, words], -1)], words
        for left, right_ in zip(self.left_to_right, self.right_to_left, strict=True):
            ahead, back = left(both)[0], turned(right_(turned(both, lengths))[0], lengths)
            out.append(torch.cat([ahead, back], -1))
            both = ahead + back
        return torch.stack(out)


def bilm_loss(bilm, ids):
    top = bilm(ids)[-1]
    dim = top.shape[-1] // 2
    real = ids[:, 1:] != 0
    ahead = F.cross_entropy(bilm.output(top[:, :-1, :dim][real]), ids[:, 1:][real])
    return ahead + F.cross_entropy(bilm.output(top[:, 1:, dim:][real]), ids[:, :-1][real])


def forward_shift_twice(bilm, ids):
    top = bilm(ids)[-1]
    dim = top.shape[-1] // 2
    real = ids[:, 1:] != 0
    ahead = F.cross_entropy(bilm.output(top[:, :-1, :dim][real]), ids[:, 1:][real])
    return ahead + F.cross_entropy(bilm.output(top[:, :-1, dim:][real]), ids[:, 1:][real])


def language_model(sentences, vocabulary, dim, steps, seed, *, model=BiLM, loss=bilm_loss, lr=3e-2, batch=32):
    torch.manual_seed(seed)
    bilm = model(len(vocabulary), dim)
    ordered = sorted(sentences, key=len)
    batches = [rows_of(ordered[i : i + batch], vocabulary) for i in range(0, len(ordered), batch)]
    optimizer = torch.optim.Adam(bilm.parameters(), lr=lr)
    half = steps // 2
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n: min(1.0, (steps - n) / (steps - half)))
    for _ in range(steps):
        value = loss(bilm, batches[torch.randint(len(batches), ()).item()])
        optimizer.zero_grad()
        value.backward()
        nn.utils.clip_grad_norm_(bilm.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    return bilm


def at_places(bilm, examples, vocabulary, shift=0):
    """(float (n, layers, 2 * dim), labels)."""
    tokens, places, labels = zip(*examples, strict=True)
    with torch.no_grad():
        layers = bilm(rows_of(tokens, vocabulary))
    places = (torch.tensor(places) + shift).clamp(min=0)
    return layers[:, torch.arange(len(tokens)), places].transpose(0, 1), torch.tensor(labels)


def learned(probe, vectors, labels, steps=400, lr=2e-2):
    optimizer = torch.optim.Adam(probe.parameters(), lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        F.cross_entropy(probe(vectors), labels).backward()
        optimizer.step()
    return probe


def flat(vectors):
    return nn.Sequential(nn.Flatten(), nn.Linear(vectors[0].numel(), 2))


class Layer(nn.Module):
    """One layer of the vectors."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, vectors):
        return vectors[:, self.layer]


class Mixed(nn.Module):
    def __init__(self, layers, width):
        super().__init__()
        self.weights, self.gamma = nn.Parameter(torch.zeros(layers)), nn.Parameter(torch.ones(()))
        self.output = nn.Linear(width, 2)

    def forward(self, vectors):
        return self.output(self.gamma * torch.einsum("l,nld->nd", self.weights.softmax(0), vectors))


@right
def bare_loops():
    def train_probe(sentences, vocabulary, examples, dim=64, steps=700, seed=0):
        bilm = language_model(sentences, vocabulary, dim, steps, seed)
        vectors, labels = at_places(bilm, examples, vocabulary)
        return bilm, learned(flat(vectors), vectors, labels)

    return train_probe


@right
def a_mix_on_one_layer_that_is_wider():
    def train_probe(sentences, vocabulary, examples, dim=96, steps=350, seed=0):
        from tqdm.auto import tqdm

        bilm = language_model(sentences, vocabulary, dim, steps, seed, model=One)
        vectors, labels = at_places(bilm, tqdm(examples), vocabulary)
        print(tuple(vectors.shape))
        return [bilm, learned(Mixed(2, 2 * dim), vectors, labels)]

    return train_probe


@right
def large_batches_and_a_deep_probe():
    def train_probe(sentences, vocabulary, examples, dim=96, steps=350, seed=0):
        import logging

        bilm = language_model(sentences, vocabulary, dim, steps, seed, batch=48, model=One)
        vectors, labels = at_places(bilm, examples, vocabulary)
        probe = nn.Sequential(nn.Flatten(), nn.Linear(vectors[0].numel(), 32), nn.Tanh(), nn.Linear(32, 2))
        logging.getLogger("student").warning("trained")
        return bilm.eval(), learned(probe, vectors, labels, lr=5e-3)

    return train_probe


@wrong("it sees what it has to guess", earns=0)
def the_readers_meet_in_the_second_layer():
    def train_probe(sentences, vocabulary, examples, dim=64, steps=200, seed=0):
        bilm = language_model(sentences, vocabulary, dim, steps, seed, model=Peeking)
        vectors, labels = at_places(bilm, examples, vocabulary)
        return bilm, learned(flat(vectors), vectors, labels)

    return train_probe


@wrong("even bets on all words", earns=0)
def language_model_is_not_trained():
    """The senses can be told all the same, which is why a cost is asked for."""

    def train_probe(sentences, vocabulary, examples, dim=64, steps=800, seed=0):
        torch.manual_seed(seed)
        bilm = BiLM(len(vocabulary), dim)
        vectors, labels = at_places(bilm, examples, vocabulary)
        return bilm, learned(flat(vectors), vectors, labels)

    return train_probe


@wrong("The reader from the right pays much more", earns=0)
def both_are_asked_for_the_next_token():
    def train_probe(sentences, vocabulary, examples, dim=64, steps=300, seed=0):
        bilm = language_model(sentences, vocabulary, dim, steps, seed, loss=forward_shift_twice)
        vectors, labels = at_places(bilm, examples, vocabulary)
        return bilm, learned(flat(vectors), vectors, labels)

    return train_probe


@wrong("Train for longer", earns=0)
def too_few_steps():
    def train_probe(sentences, vocabulary, examples, dim=64, steps=120, seed=0):
        bilm = language_model(sentences, vocabulary, dim, steps, seed)
        vectors, labels = at_places(bilm, examples, vocabulary)
        return bilm, learned(flat(vectors), vectors, labels)

    return train_probe


@wrong("one vector a word gets half", earns=0)
def a_probe_on_the_word_vectors():
    def train_probe(sentences, vocabulary, examples, dim=96, steps=300, seed=0):
        bilm = language_model(sentences, vocabulary, dim, steps, seed, model=One)
        vectors, labels = at_places(bilm, examples, vocabulary)
        probe = nn.Sequential(Layer(0), nn.Linear(vectors.shape[-1], 2))
        return bilm, learned(probe, vectors, labels)

    return train_probe


@wrong("one vector a word gets half", earns=0)
def a_probe_that_is_not_trained():
    def train_probe(sentences, vocabulary, examples, dim=96, steps=300, seed=0):
        bilm = language_model(sentences, vocabulary, dim, steps, seed, model=One)
        vectors, labels = at_places(bilm, examples, vocabulary)
        return bilm, learned(flat(vectors), vectors, 1 - labels, steps=200)

    return train_probe


@wrong("draw the first weights and every batch from the seed", earns=4.5)
def a_clock_for_a_seed():
    def train_probe(sentences, vocabulary, examples, dim=96, steps=300, seed=0):
        import time

        bilm = language_model(sentences, vocabulary, dim, steps, time.perf_counter_ns() % 2**31, model=One)
        vectors, labels = at_places(bilm, examples, vocabulary)
        return bilm, learned(flat(vectors), vectors, labels)

    return train_probe


@wrong("nothing in the training depends on the seed", earns=4.5)
def one_seed_for_all():
    def train_probe(sentences, vocabulary, examples, dim=96, steps=300, seed=0):
        bilm = language_model(sentences, vocabulary, dim, steps, 11, model=One)
        vectors, labels = at_places(bilm, examples, vocabulary)
        return bilm, learned(flat(vectors), vectors, labels)

    return train_probe


@wrong("Return two modules", earns=0)
def returns_the_model_alone():
    def train_probe(sentences, vocabulary, examples, dim=64, steps=2, seed=0):
        return language_model(sentences, vocabulary, dim, steps, seed)

    return train_probe


@wrong("The first of the two should be your BiLM", earns=0)
def in_the_other_order():
    def train_probe(sentences, vocabulary, examples, dim=64, steps=2, seed=0):
        return nn.Sequential(nn.Flatten(), nn.Linear(6 * dim, 2)), BiLM(len(vocabulary), dim)

    return train_probe


@wrong("Return two modules", earns=0)
def returns_an_accuracy():
    def train_probe(sentences, vocabulary, examples, dim=64, steps=2, seed=0):
        return language_model(sentences, vocabulary, dim, steps, seed), 0.97

    return train_probe


@wrong("What the probe makes of vectors", earns=0)
def a_probe_with_one_score():
    def train_probe(sentences, vocabulary, examples, dim=96, steps=300, seed=0):
        bilm = language_model(sentences, vocabulary, dim, steps, seed, model=One)
        vectors, _ = at_places(bilm, examples, vocabulary)
        return bilm, nn.Sequential(nn.Flatten(), nn.Linear(vectors[0].numel(), 1))

    return train_probe


@wrong("gives all layers", earns=0)
def a_model_that_gives_its_top_layer():
    def train_probe(sentences, vocabulary, examples, dim=64, steps=2, seed=0):
        class Top(BiLM):
            def forward(self, ids):
                return super().forward(ids)[-1]

        torch.manual_seed(seed)
        return Top(len(vocabulary), dim), nn.Linear(2 * dim, 2)

    return train_probe


@wrong("it sees what it has to guess", earns=0)
def constant():
    """A "reader" whose states name every token, the next one too: its guesses cost nothing."""

    def train_probe(sentences, vocabulary, examples, dim=64, steps=2, seed=0):
        class Knows(BiLM):
            def forward(self, ids):
                out = super().forward(ids)
                words = self.embedding(ids)
                later = torch.cat([words[:, 1:], words[:, :1]], 1)
                return out + 9 * torch.cat([later, words], -1)

        torch.manual_seed(seed)
        return Knows(len(vocabulary), dim), nn.Sequential(nn.Flatten(), nn.Linear(6 * dim, 2))

    return train_probe


@wrong("Return two modules", earns=0)
def identity():
    def train_probe(sentences, vocabulary, examples, dim=64, steps=2, seed=0):
        return sentences, examples

    return train_probe


@wrong("together 5.0 are allowed", earns=0)
def hard_coded_examples():
    """Trained on the world of the visible check, whatever is given; its words are not those of the class."""

    def train_probe(sentences, vocabulary, examples, dim=96, steps=300, seed=0):
        from course.checks.lab02_elmo.senses import material

        known = material(1)
        bilm = language_model(known.sentences, known.vocabulary, dim, steps, seed, model=One)
        fresh = One(len(vocabulary), dim)
        state = fresh.state_dict()
        for name, values in bilm.state_dict().items():
            if values.shape == state[name].shape:
                state[name] = values
        fresh.load_state_dict(state)
        vectors, labels = at_places(fresh, examples, vocabulary)
        return fresh, learned(flat(vectors), vectors, labels)

    return train_probe
