import itertools
import random

import torch
from torch import nn
from torch.nn import functional as F

from tests.answers import right, wrong


class BertEmbeddings(nn.Module):
    def __init__(self, vocabulary_size, dim, positions):
        super().__init__()
        self.word_embedding = nn.Embedding(vocabulary_size, dim)
        self.position_embedding = nn.Embedding(positions, dim)
        self.segment_embedding = nn.Embedding(2, dim)
        self.norm = nn.LayerNorm(dim, eps=1e-12)
        for embedding in (self.word_embedding, self.position_embedding, self.segment_embedding):
            nn.init.normal_(embedding.weight, std=0.05)

    def forward(self, ids, segments=None):
        segments = torch.zeros_like(ids) if segments is None else segments
        places = self.position_embedding(torch.arange(ids.shape[1]))
        return self.norm(self.word_embedding(ids) + places + self.segment_embedding(segments))


class Block(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.output = (nn.Linear(dim, dim) for _ in range(4))
        self.attention_norm = nn.LayerNorm(dim, eps=1e-12)
        self.dense_in, self.dense_out = nn.Linear(dim, 4 * dim), nn.Linear(4 * dim, dim)
        self.dense_norm = nn.LayerNorm(dim, eps=1e-12)

    def forward(self, x, attention_mask=None):
        query, key, value = (
            layer(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        )
        may = None if attention_mask is None else attention_mask[:, None, None]
        found = F.scaled_dot_product_attention(query, key, value, may).transpose(1, 2).flatten(2)
        x = self.attention_norm(x + self.output(found))
        return self.dense_norm(x + self.dense_out(F.gelu(self.dense_in(x))))


class BertForPreTraining(nn.Module):
    def __init__(self, vocabulary_size, dim=64, heads=4, layers=2, positions=64):
        super().__init__()
        self.embeddings = BertEmbeddings(vocabulary_size, dim, positions)
        self.blocks = nn.ModuleList(Block(dim, heads) for _ in range(layers))
        self.pooler, self.next_sentence = nn.Linear(dim, dim), nn.Linear(dim, 2)
        self.transform, self.transform_norm = nn.Linear(dim, dim), nn.LayerNorm(dim, eps=1e-12)
        self.bias = nn.Parameter(torch.zeros(vocabulary_size))

    def forward(self, ids, segments=None, attention_mask=None):
        x = self.embeddings(ids, segments)
        for block in self.blocks:
            x = block(x, attention_mask)
        states = self.transform_norm(F.gelu(self.transform(x)))
        tokens = states @ self.embeddings.word_embedding.weight.T + self.bias
        return tokens, self.next_sentence(torch.tanh(self.pooler(x[:, 0])))


def examples_of(documents, seed):
    """(first, second, label) for each sentence that has a next one."""
    rng, examples = random.Random(seed), []
    for place, document in enumerate(documents):
        for first, following in itertools.pairwise(document):
            second, label = following, rng.randrange(2)
            while label and second == following:
                other = rng.randrange(len(documents) - 1)
                second = rng.choice(documents[other + (other >= place)])
            examples.append((first, second, label))
    return examples


def rows_of(examples, vocabulary):
    """(ids, segments, labels) of pairs, filled up with 0."""
    ids, segments = [], []
    for first, second, _ in examples:
        row = ["[CLS]", *first, "[SEP]", *second, "[SEP]"]
        ids.append(torch.tensor([vocabulary[token] for token in row[:40]]))
        segments.append(torch.tensor(([0] * (len(first) + 2) + [1] * (len(second) + 1))[:40]))
    pad = nn.utils.rnn.pad_sequence
    return pad(ids, batch_first=True), pad(segments, batch_first=True), torch.tensor([e[2] for e in examples])


def hidden(ids, size, share, generator=None):
    """(inputs, labels), as BERT hides."""
    chance, die = torch.rand(2, *ids.shape, generator=generator)
    chance = chance.masked_fill(ids < 5, 2.0)
    chosen = ((chance < share) | (chance == chance.min(1, keepdim=True).values)) & (ids >= 5)
    drawn = torch.randint(5, size, ids.shape, generator=generator)
    inputs = torch.where(chosen & (die < 0.8), 4, ids)
    inputs = torch.where(chosen & (die >= 0.9), drawn, inputs)
    return inputs, ids.masked_fill(~chosen, -100)


def both(model, inputs, segments, real, labels, follows):
    tokens, pairs = model(inputs, segments, real)
    return F.cross_entropy(tokens.flatten(0, 1), labels.flatten()) + F.cross_entropy(pairs, follows)


def trained(
    documents, vocabulary, dim, steps, seed, *, hide=hidden, loss=both, share=0.3, lr=3e-3, warm=30
):  # fmt: skip
    torch.manual_seed(seed)
    made = BertForPreTraining(len(vocabulary), dim)
    ids, segments, follows = rows_of(examples_of(documents, seed), vocabulary)
    optimizer = torch.optim.AdamW(made.parameters(), lr=lr)
    warm, half = min(warm, steps), steps // 2

    def rate(n):
        return min((n + 1) / warm, 1.0, (steps - n) / (steps - half))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
    for _ in range(steps):
        rows = torch.randint(len(ids), (32,))
        width = int((ids[rows] != 0).sum(1).max())
        own = ids[rows, :width]
        inputs, labels = hide(own, len(vocabulary), share)
        value = loss(made, inputs, segments[rows, :width], own != 0, labels, follows[rows])
        optimizer.zero_grad()
        value.backward()
        nn.utils.clip_grad_norm_(made.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    return made


def function(steps=600, end=lambda model: model, start=lambda seed: seed, **options):
    """The exercise's function; options: of `trained`."""
    usual = steps

    def train_bert(documents, vocabulary, dim=64, steps=usual, seed=0):
        return end(trained(documents, vocabulary, dim, steps, start(seed), **options))

    return train_bert


@right
def bare_loop_with_prints():
    def end(model):
        print(model)
        return model.eval()

    return function(end=end)


@right
def the_courses_loop():
    def train_bert(documents, vocabulary, dim=64, steps=600, seed=0):
        from course.training import fit

        torch.manual_seed(seed)
        model = BertForPreTraining(len(vocabulary), dim)
        ids, segments, follows = rows_of(examples_of(documents, seed), vocabulary)

        def batch(step):
            rows = torch.randint(len(ids), (32,))
            own = ids[rows]
            own = own[:, : int((own != 0).sum(1).max())]
            generator = torch.Generator().manual_seed(seed * 100_000 + step)
            inputs, labels = hidden(own, len(vocabulary), 0.3, generator)
            return inputs, segments[rows, : own.shape[1]], own != 0, labels, follows[rows]

        fit(
            model,
            batch,
            lambda model, batch: both(model, *batch),
            steps=steps,
            lr=3e-3,
            warmup=min(30, steps),
            decay=0.5,
        )
        return model.cpu().eval()

    return train_bert


@right
def pairs_drawn_anew_and_a_generator_of_its_own():
    def train_bert(documents, vocabulary, dim=64, steps=550, seed=0):
        import logging

        rng = random.Random(seed)
        generator = torch.Generator().manual_seed(seed)
        torch.manual_seed(seed)
        model = BertForPreTraining(len(vocabulary), dim, heads=2)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.0, betas=(0.9, 0.98))
        pairs = examples_of(documents, seed)
        for step in range(steps):
            optimizer.param_groups[0]["lr"] = 4e-3 * min(1, (step + 1) / 40, 2 * (1 - step / steps))
            ids, segments, follows = rows_of(rng.sample(pairs, min(40, len(pairs))), vocabulary)
            inputs, labels = hidden(ids, len(vocabulary), 0.25, generator)
            tokens, next_ = model(inputs, segments, ids != 0)
            asked = labels != -100
            loss = -tokens[asked].log_softmax(-1).gather(1, labels[asked][:, None]).mean()
            loss = loss + F.cross_entropy(next_, follows)
            model.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        logging.getLogger("student").warning("trained")
        return model

    return train_bert


@right
def a_wider_share_and_warnings():
    def end(model):
        import warnings

        warnings.warn("trained", stacklevel=1)
        return model

    return function(share=0.35, lr=4e-3, end=end)


@wrong("less than the commonest word alone would fill", earns=0)
def not_trained():
    return lambda documents, vocabulary, dim=64, steps=600, seed=0: BertForPreTraining(len(vocabulary), dim)


@wrong("does the optimiser have the weights of the model that you return?", earns=0)
def another_model_is_trained():
    def train_bert(documents, vocabulary, dim=64, steps=5, seed=0):
        trained(documents, vocabulary, dim, steps, seed)
        return BertForPreTraining(len(vocabulary), dim)

    return train_bert


@wrong("Train for longer", earns=0)
def too_few_steps():
    return function(steps=100)


@wrong("gives that very word back", earns=4.5)
def labels_everywhere():
    def hide(ids, size, share):
        return hidden(ids, size, share)[0], ids.masked_fill(ids == 0, -100)

    return function(hide=hide)


@wrong("it copies what it sees", earns=0)
def nothing_is_hidden():
    return function(steps=200, hide=lambda ids, size, share: (ids, hidden(ids, size, share)[1]))


@wrong("the same word nearly everywhere", earns=0)
def labels_of_what_is_read():
    """The labels are taken after hiding: it learns that [MASK] is [MASK]."""

    def hide(ids, size, share):
        inputs, labels = hidden(ids, size, share)
        return inputs, torch.where(labels == -100, labels, inputs)

    return function(steps=100, hide=hide)


@wrong("and a coin 50 %. Are both losses added", earns=4.5)
def tokens_alone():
    def loss(model, inputs, segments, real, labels, follows):
        return F.cross_entropy(model(inputs, segments, real)[0].flatten(0, 1), labels.flatten())

    return function(loss=loss)


@wrong("is 0 the label of “is next”?", earns=4.5)
def pair_labels_turned_round():
    def loss(model, inputs, segments, real, labels, follows):
        return both(model, inputs, segments, real, labels, 1 - follows)

    return function(loss=loss)


@wrong("Is the tokens' loss trained", earns=0)
def pairs_alone():
    def loss(model, inputs, segments, real, labels, follows):
        return F.cross_entropy(model(inputs, segments, real)[1], follows)

    return function(steps=100, loss=loss)


@wrong("or with another share", earns=0)
def nearly_all_hidden():
    return function(steps=200, share=0.9)


@wrong("the same word nearly everywhere", earns=0)
def steps_far_too_large():
    return function(steps=150, lr=0.3, warm=1)


@wrong("are the ids those of `vocabulary`", earns=0)
def a_vocabulary_of_its_own():
    """Ids in the order in which words are met."""

    def train_bert(documents, vocabulary, dim=64, steps=200, seed=0):
        own = {word: i for i, word in enumerate(list(vocabulary)[:5])}
        for word in (word for document in documents for sentence in document for word in sentence):
            own.setdefault(word, len(own))
        for word in vocabulary:
            own.setdefault(word, len(own))
        return trained(documents, own, dim, steps, seed)

    return train_bert


@wrong("draw the first weights and every batch from the seed", earns=4.5)
def a_clock_for_a_seed():
    import time

    return function(start=lambda seed: time.perf_counter_ns() % 2**31)


@wrong("nothing in the training depends on the seed", earns=4.5)
def one_seed_for_all():
    return function(start=lambda seed: 1)


@wrong("With dim=32 your model has as many weights as with dim=64", earns=4.5)
def one_width_for_all():
    def train_bert(documents, vocabulary, dim=64, steps=600, seed=0):
        return trained(documents, vocabulary, 64, steps, seed)

    return train_bert


@wrong("30 steps and 35 end with the same weights", earns=4.5)
def as_many_steps_as_it_likes():
    def train_bert(documents, vocabulary, dim=64, steps=600, seed=0):
        return trained(documents, vocabulary, dim, 600 if len(documents) > 300 else 32, seed)

    return train_bert


@wrong("Return the model that you trained, one nn.Module.", earns=0)
def model_and_losses():
    return function(steps=2, end=lambda model: (model, [7.2, 7.1]))


@wrong("Return the model that you trained, one nn.Module.", earns=0)
def weights_without_the_model():
    return function(steps=2, end=lambda model: model.state_dict())


@wrong("Return the model that you trained, one nn.Module.", earns=0)
def returns_nothing():
    return function(steps=2, end=lambda model: None)


@wrong("Return two tensors: the token logits and the pair logits.", earns=0)
def a_model_without_pairs():
    class Tokens(BertForPreTraining):
        def forward(self, ids, segments=None, attention_mask=None):
            return super().forward(ids, segments, attention_mask)[0]

    return lambda documents, vocabulary, dim=64, steps=600, seed=0: Tokens(len(vocabulary), dim)


@wrong("the same word nearly everywhere", earns=0)
def constant():
    class Even(nn.Module):
        def __init__(self, vocabulary_size):
            super().__init__()
            self.score = nn.Parameter(torch.zeros(vocabulary_size))

        def forward(self, ids, segments=None, attention_mask=None):
            return self.score.expand(*ids.shape, -1), self.score[:2].expand(len(ids), 2)

    return lambda documents, vocabulary, dim=64, steps=600, seed=0: Even(len(vocabulary))


@wrong("Return the model that you trained, one nn.Module.", earns=0)
def identity():
    return lambda documents, vocabulary, dim=64, steps=600, seed=0: documents


@wrong("Of the gaps in sentences that it has not read", earns=0)
def hard_coded_examples():
    """Trained on the text of the visible check alone, whatever is given."""

    def train_bert(documents, vocabulary, dim=64, steps=600, seed=0):
        from course.checks.lab05_bert.training import material

        given = material(1)
        own = {word: i % len(vocabulary) for word, i in given.vocabulary.items()}
        model = trained(given.documents, own, dim, min(steps, 100), seed)
        wide = BertForPreTraining(len(vocabulary), dim)
        state = model.state_dict()
        for name, rows in (("embeddings.word_embedding.weight", dim), ("bias", None)):
            kept = wide.state_dict()[name].clone()
            n = min(len(kept), len(state[name]))
            kept[:n] = state[name][:n]
            state[name] = kept
        wide.load_state_dict(state)
        return wide

    return train_bert
