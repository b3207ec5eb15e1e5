import torch
from torch import nn
from torch.nn import functional as F

from tests.answers import right, wrong


def rows_of(sentences, vocabulary):
    """long (sentence, time): <end>, the words, <end>, filled up with 0."""
    rows = [torch.tensor([1, *(vocabulary.get(word, 0) for word in words), 1]) for words in sentences]
    return nn.utils.rnn.pad_sequence(rows, batch_first=True)


class Block(nn.Module):
    def __init__(self, dim, heads, causal):
        super().__init__()
        self.heads, self.causal = heads, causal
        self.attention_norm, self.dense_norm = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.query_key_value, self.output = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.dense_in, self.dense_out = nn.Linear(dim, 4 * dim), nn.Linear(4 * dim, dim)

    def forward(self, x):
        made = self.query_key_value(self.attention_norm(x)).unflatten(-1, (3, self.heads, -1))
        query, key, value = made.permute(2, 0, 3, 1, 4)
        found = F.scaled_dot_product_attention(query, key, value, is_causal=self.causal)
        x = x + self.output(found.transpose(1, 2).flatten(2))
        return x + self.dense_out(F.gelu(self.dense_in(self.dense_norm(x))))


class GPT(nn.Module):
    def __init__(self, vocabulary_size, dim=64, heads=4, layers=1, positions=64, causal=True):
        super().__init__()
        self.token_embedding = nn.Embedding(vocabulary_size, dim)
        self.position_embedding = nn.Embedding(positions, dim)
        self.blocks = nn.Sequential(*(Block(dim, heads, causal) for _ in range(layers)))
        self.norm = nn.LayerNorm(dim)
        for embedding in (self.token_embedding, self.position_embedding):
            nn.init.normal_(embedding.weight, std=0.02)

    def forward(self, ids):
        x = self.token_embedding(ids) + self.position_embedding.weight[: ids.shape[1]]
        return self.norm(self.blocks(x)) @ self.token_embedding.weight.T


def shifted(model, ids):
    return F.cross_entropy(model(ids)[:, :-1].flatten(0, 1), ids[:, 1:].flatten(), ignore_index=0)


def not_shifted(model, ids):
    return F.cross_entropy(model(ids).flatten(0, 1), ids.flatten(), ignore_index=0)


def trained(
    sentences, vocabulary, dim, steps, seed, *, model=GPT, loss=shifted, lr=4e-3, batch=32, **settings
):
    torch.manual_seed(seed)
    made = model(len(vocabulary), dim, **settings)
    batches = [rows_of(sentences[i : i + batch], vocabulary) for i in range(0, len(sentences), batch)]
    optimizer = torch.optim.Adam(made.parameters(), lr=lr)
    warm, half = min(20, steps), steps // 2

    def rate(n):
        return min((n + 1) / warm, 1.0, (steps - n) / (steps - half))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
    for _ in range(steps):
        value = loss(made, batches[torch.randint(len(batches), ()).item()])
        optimizer.zero_grad()
        value.backward()
        nn.utils.clip_grad_norm_(made.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    return made


def function(steps=400, end=lambda model: model, start=lambda seed: seed, **options):
    """The exercise's function; options: of `trained`."""
    usual = steps

    def train_gpt(sentences, vocabulary, dim=64, steps=usual, seed=0):
        return end(trained(sentences, vocabulary, dim, steps, start(seed), **options))

    return train_gpt


@right
def bare_loop_with_prints():
    def end(model):
        print(model)
        return model.eval()

    return function(end=end)


@right
def the_courses_loop():
    def train_gpt(sentences, vocabulary, dim=64, steps=400, seed=0):
        from course.training import fit

        torch.manual_seed(seed)
        model = GPT(len(vocabulary), dim)
        rows = rows_of(sentences, vocabulary)

        def batches(step):
            chosen = rows[torch.randint(len(rows), (32,))]
            return chosen[:, : int((chosen != 0).sum(1).max())]

        fit(model, batches, shifted, steps=steps, lr=4e-3, warmup=min(20, steps // 2), decay=0.5)
        return model.cpu()

    return train_gpt


@right
def a_wider_one_and_generators_of_its_own():
    def train_gpt(sentences, vocabulary, dim=96, steps=350, seed=0):
        import logging
        import random

        rng = random.Random(seed)
        torch.manual_seed(seed)
        model = GPT(len(vocabulary), dim)
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.0)
        for step in range(steps):
            optimizer.param_groups[0]["lr"] = 5e-3 * min(1, (step + 1) / 20, 2 * (1 - step / steps))
            ids = rows_of(rng.sample(sentences, 32), vocabulary)
            log = model(ids[:, :-1]).log_softmax(-1)
            real = ids[:, 1:] != 0
            loss = -log.gather(2, ids[:, 1:, None])[..., 0][real].mean()
            model.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        logging.getLogger("student").warning("trained")
        return model

    return train_gpt


@wrong("nothing was learned", earns=0)
def not_trained():
    def train_gpt(sentences, vocabulary, dim=64, steps=600, seed=0):
        torch.manual_seed(seed)
        return GPT(len(vocabulary), dim)

    return train_gpt


@wrong("Does the optimiser have the weights of the model that you return?", earns=0)
def another_model_is_trained():
    def train_gpt(sentences, vocabulary, dim=64, steps=5, seed=0):
        trained(sentences, vocabulary, dim, steps, seed)
        return GPT(len(vocabulary), dim)

    return train_gpt


@wrong("Train for longer", earns=0)
def too_few_steps():
    return function(steps=60)


@wrong("it has peeked", earns=0)
def no_mask():
    return function(steps=150, causal=False)


@wrong("the token *behind* the one just read", earns=0)
def loss_not_shifted():
    return function(steps=100, loss=not_shifted)


@wrong("are the ids those of `vocabulary`", earns=0)
def a_vocabulary_of_its_own():
    """Ids in the order in which words are met."""

    def train_gpt(sentences, vocabulary, dim=64, steps=100, seed=0):
        own = {"<pad>": 0, "<end>": 1}
        for word in (word for words in sentences for word in words):
            own.setdefault(word, len(own))
        return trained(sentences, {word: own.get(word, 0) for word in vocabulary}, dim, steps, seed)

    return train_gpt


@wrong("draw the first weights and every batch from the seed", earns=4.5)
def a_clock_for_a_seed():
    import time

    return function(start=lambda seed: time.perf_counter_ns() % 2**31)


@wrong("nothing in the training depends on the seed", earns=4.5)
def one_seed_for_all():
    return function(start=lambda seed: 1)


@wrong("With dim=32 your model has as many weights as with dim=64", earns=4.5)
def one_width_for_all():
    def train_gpt(sentences, vocabulary, dim=64, steps=400, seed=0):
        return trained(sentences, vocabulary, 64, steps, seed)

    return train_gpt


@wrong("25 steps and 30 end with the same weights", earns=4.5)
def as_many_steps_as_it_likes():
    def train_gpt(sentences, vocabulary, dim=64, steps=400, seed=0):
        return trained(sentences, vocabulary, dim, 400 if len(sentences) > 300 else 40, seed)

    return train_gpt


@wrong("Return the model that you trained, one nn.Module.", earns=0)
def model_and_losses():
    return function(steps=2, end=lambda model: (model, [7.2, 7.1]))


@wrong("Return the model that you trained, one nn.Module.", earns=0)
def weights_without_the_model():
    return function(steps=2, end=lambda model: model.state_dict())


@wrong("Return the model that you trained, one nn.Module.", earns=0)
def returns_nothing():
    return function(steps=2, end=lambda model: None)


@wrong("(batch, time, vocabulary), should have shape (120, 1,", earns=0)
def a_model_of_the_last_place():
    class Last(GPT):
        def forward(self, ids):
            return super().forward(ids)[:, -1]

    return lambda sentences, vocabulary, dim=64, steps=600, seed=0: Last(len(vocabulary), dim)


@wrong("should be a tensor, (batch, time, vocabulary); yours is a tuple", earns=0)
def a_model_of_logits_and_states():
    class Both(GPT):
        def forward(self, ids):
            return super().forward(ids), self.token_embedding(ids)

    return lambda sentences, vocabulary, dim=64, steps=600, seed=0: Both(len(vocabulary), dim)


@wrong("nothing was learned", earns=0)
def constant():
    class Even(nn.Module):
        def __init__(self, vocabulary_size):
            super().__init__()
            self.score = nn.Parameter(torch.zeros(vocabulary_size))

        def forward(self, ids):
            return self.score.expand(*ids.shape, -1)

    return lambda sentences, vocabulary, dim=64, steps=600, seed=0: Even(len(vocabulary))


@wrong("Return the model that you trained, one nn.Module.", earns=0)
def identity():
    return lambda sentences, vocabulary, dim=64, steps=600, seed=0: sentences


@wrong("On sentences that it has not read", earns=0)
def hard_coded_examples():
    """Trained on the text of the visible check alone, whatever is given."""

    def train_gpt(sentences, vocabulary, dim=64, steps=400, seed=0):
        from course.checks.lab04_gpt.training import material

        return trained(material(1).sentences, vocabulary, dim, steps, seed)

    return train_gpt
