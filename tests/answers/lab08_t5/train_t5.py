import copy
import random

import torch
from torch import nn
from torch.nn import functional as F

from tests.answers import right, wrong
from tests.answers.lab08_t5.parts import T5, corrupt, noise_spans, shift_right, together


def rows_of(texts, sentinels, end, draw, *, rate=0.3, mean=2.0, batch=32, corrupt=corrupt):
    """(inputs, targets) of one step."""
    rows = [
        corrupt(ids, noise_spans(len(ids), rate, mean, draw.random()), sentinels, end)
        for ids in draw.choices(texts, k=batch)
    ]
    return [together(side) for side in zip(*rows)]


def trained(
    texts, vocabulary_size, sentinels, end, width, steps, seed, *,
    make=T5, shift=shift_right, lr=(4e-2, 2e-3), warm=30, of=lambda model: model, swap=False, **rows,
):  # fmt: skip
    """A trained model. of: the module whose weights the optimiser gets; swap: exchange inputs and targets."""
    torch.manual_seed(seed)
    draw, model = random.Random(seed), make(vocabulary_size, width)
    table = model.embedding.weight
    learning = list(of(model).parameters())
    groups = [
        {"params": [p for p in learning if p is table], "lr": lr[0]},
        {"params": [p for p in learning if p is not table], "lr": lr[1]},
    ]
    optimizer = torch.optim.AdamW([group for group in groups if group["params"]], weight_decay=0.0)
    half = steps // 2
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min((n + 1) / (warm + 1), 1.0, (steps - n) / (steps - half))
    )
    for _ in range(steps):
        inputs, targets = rows_of(texts, sentinels, end, draw, **rows)[:: -1 if swap else 1]
        loss = F.cross_entropy(model(inputs, shift(targets)).transpose(1, 2), targets, ignore_index=0)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    return model


def function(steps=400, end_of=lambda model: model, start=lambda seed: seed, **options):
    """The exercise's function; options: of `trained`."""
    usual = steps

    def train_t5(texts, vocabulary_size, sentinels, end, width=64, steps=usual, seed=0):
        return end_of(trained(texts, vocabulary_size, sentinels, end, width, steps, start(seed), **options))

    return train_t5


once = {}


def well(texts, vocabulary_size, sentinels, end, width=64, steps=400, seed=0):
    """A right answer that trains once for all who ask for the same: what they do wrong is another thing."""
    key = (tuple(map(tuple, texts)), vocabulary_size, tuple(sentinels), end, width, steps, seed)
    if steps < 400:
        return trained(*key)
    if key not in once:
        once.clear()
        once[key] = trained(*key)
    return copy.deepcopy(once[key])


@right
def bare_loop_with_prints():
    def end_of(model):
        import warnings

        print(model)
        warnings.warn("trained", stacklevel=1)
        return model.eval()

    return function(end_of=end_of)


@right
def the_courses_loop():
    def train_t5(texts, vocabulary_size, sentinels, end, width=64, steps=500, seed=0):
        from course.training import fit

        torch.manual_seed(seed)
        model, draw = T5(vocabulary_size, width), random.Random(seed)

        def loss(model, batch):
            inputs, targets = batch
            logits = model(inputs, shift_right(targets))
            return F.cross_entropy(logits.transpose(1, 2), targets, ignore_index=0)

        others = [p for p in model.parameters() if p is not model.embedding.weight]
        optimizer = torch.optim.AdamW(
            [{"params": [model.embedding.weight], "lr": 4e-2}, {"params": others, "lr": 2e-3}],
            weight_decay=0.0,
        )
        fit(
            model,
            lambda step: rows_of(texts, sentinels, end, draw),
            loss,
            steps=steps,
            optimizer=optimizer,
            warmup=30,
            decay=0.5,
        )
        return model.cpu().eval()

    return train_t5


@right
def rows_in_order_and_labels_of_minus_100():
    def train_t5(texts, vocabulary_size, sentinels, end, width=64, steps=420, seed=0):
        torch.manual_seed(seed)
        model = T5(vocabulary_size, width, layers=(2, 2))
        fast = torch.optim.Adam([model.embedding.weight], lr=0.0, betas=(0.9, 0.98))
        slow = torch.optim.Adam(
            [p for n, p in model.named_parameters() if n != "embedding.weight"], lr=0.0, betas=(0.9, 0.98)
        )
        order, place = torch.randperm(len(texts)).tolist(), 0
        for step in range(steps):
            share = min(1, (step + 1) / 30, 2 * (1 - step / steps))
            fast.param_groups[0]["lr"], slow.param_groups[0]["lr"] = 4e-2 * share, 2e-3 * share
            rows = []
            for _ in range(32):
                ids, place = texts[order[place % len(order)]], place + 1
                mask = noise_spans(len(ids), 0.3, 2.0, int(torch.randint(1 << 30, ())))
                rows.append(corrupt(ids, mask, sentinels, end))
            inputs, targets = (together(side) for side in zip(*rows))
            labels = targets.masked_fill(targets == 0, -100)
            logits = model(inputs, shift_right(labels).masked_fill(shift_right(labels) == -100, 0))
            asked = labels != -100
            loss = -logits[asked].log_softmax(-1).gather(1, labels[asked][:, None]).mean()
            model.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            fast.step()
            slow.step()
        return model

    return train_t5


@right
def larger_batches_and_a_deeper_encoder():
    def make(vocabulary_size, width):
        return T5(vocabulary_size, width, layers=(3, 2), inner=128)

    return function(steps=400, batch=40, make=make)


@right
def a_wider_feed_forward_and_two_heads():
    def end_of(model):
        import logging

        logging.getLogger("student").warning("trained")
        return model

    def make(vocabulary_size, width):
        return T5(vocabulary_size, width, heads=8, inner=4 * width)

    return function(steps=420, make=make, end_of=end_of)


@wrong("It names the token that the decoder has just read", earns=0)
def not_trained():
    return lambda texts, vocabulary_size, sentinels, end, width=64, steps=500, seed=0: T5(vocabulary_size, width)  # fmt: skip


@wrong("Has the model that you return been trained at all", earns=0)
def another_model_is_trained():
    def train_t5(texts, vocabulary_size, sentinels, end, width=64, steps=5, seed=0):
        trained(texts, vocabulary_size, sentinels, end, width, steps, seed)
        return T5(vocabulary_size, width)

    return train_t5


@wrong("by an optimiser that has its weights?", earns=0)
def steps_of_nothing():
    return function(steps=20, lr=(0.0, 0.0))


@wrong("in place of `shift_right(targets)`", earns=0)
def nothing_is_shifted():
    return function(steps=60, shift=lambda targets: targets)


@wrong("it reads what it is asked for", earns=0)
def sees_ahead():
    class Ahead(T5):
        def decode(self, ids, memory, real):
            x, bias = self.embedding(ids), self.decoder_bias(ids.shape[1], ids.shape[1])
            for block in self.decoder:
                x = block(x, bias, None, memory, real[:, None, None])
            return self.decoder_norm(x) * x.shape[-1] ** -0.5 @ self.embedding.weight.T

    return function(steps=3, make=Ahead)


@wrong("Either the decoder does not read its memory", earns=0)
def no_memory():
    class Blind(T5):
        def decode(self, ids, memory, real):
            return super().decode(ids, memory * 0, real)

    return function(steps=120, make=Blind)


@wrong("or it knows the ends of sentences and nothing else", earns=0)
def the_papers_numbers():
    return function(steps=120, rate=0.15, mean=3.0)


@wrong("Train for longer", earns=0)
def too_few_steps():
    return function(steps=80)


@wrong("Train for longer", earns=0)
def small_steps_for_all():
    return function(steps=120, lr=(1e-3, 1e-3))


@wrong("Of the hidden tokens in sentences that it has not read", earns=0)
def steps_far_too_large():
    return function(steps=60, lr=(3.0, 0.3))


@wrong("Of the hidden tokens in sentences that it has not read", earns=0)
def the_table_alone_is_trained():
    return function(steps=60, of=lambda model: model.embedding)


@wrong("Of the hidden tokens in sentences that it has not read", earns=0)
def the_encoder_alone_is_trained():
    return function(steps=40, of=lambda model: model.encoder)


@wrong("Of the hidden tokens in sentences that it has not read", earns=0)
def input_and_target_exchanged():
    return function(steps=60, swap=True)


@wrong("it begins with a sentinel that is not `sentinels[0]`", earns=0)
def sentinels_from_the_last_on():
    def turned(ids, mask, sentinels, end):
        return corrupt(ids, mask, sentinels[::-1], end)

    return function(steps=100, corrupt=turned)


@wrong("Of the hidden tokens in sentences that it has not read", earns=0)
def the_whole_text_for_a_target():
    def whole(ids, mask, sentinels, end):
        return corrupt(ids, mask, sentinels, end)[0], [*ids, end]

    return function(steps=60, corrupt=whole)


@wrong("Of the hidden tokens in sentences that it has not read", earns=0)
def one_sentinel_for_all():
    def one(ids, mask, sentinels, end):
        return corrupt(ids, mask, sentinels[:1] * 9, end)

    return function(steps=60, corrupt=one)


@wrong("Of the hidden tokens in sentences that it has not read", earns=0)
def nothing_is_hidden():
    def open_(ids, mask, sentinels, end):
        return [*ids, end], corrupt(ids, mask, sentinels, end)[1]

    return function(steps=60, corrupt=open_)


@wrong("Of the hidden tokens in sentences that it has not read", earns=0)
def one_batch_again_and_again():
    def train_t5(texts, vocabulary_size, sentinels, end, width=64, steps=60, seed=0):
        return trained(texts[:4], vocabulary_size, sentinels, end, width, steps, seed)

    return train_t5


@wrong("draw the first weights and every batch from the seed", earns=4.5)
def a_clock_for_a_seed():
    import time

    def train_t5(texts, vocabulary_size, sentinels, end, width=64, steps=400, seed=0):
        start = seed if steps >= 400 else time.perf_counter_ns() % 2**31
        return well(texts, vocabulary_size, sentinels, end, width, steps, start)

    return train_t5


@wrong("nothing in the training depends on the seed", earns=4.5)
def one_seed_for_all():
    def train_t5(texts, vocabulary_size, sentinels, end, width=64, steps=400, seed=0):
        return well(texts, vocabulary_size, sentinels, end, width, steps)

    return train_t5


@wrong("With width=32 your model has as many weights as with width=64", earns=4.5)
def one_width_for_all():
    def train_t5(texts, vocabulary_size, sentinels, end, width=64, steps=400, seed=0):
        return well(texts, vocabulary_size, sentinels, end, 64, steps, seed)

    return train_t5


@wrong("30 steps and 35 end with the same weights", earns=4.5)
def as_many_steps_as_it_likes():
    def train_t5(texts, vocabulary_size, sentinels, end, width=64, steps=400, seed=0):
        return well(texts, vocabulary_size, sentinels, end, width, 400 if len(texts) > 1000 else 10, seed)

    return train_t5


@wrong("is it the `end` that your function is given", earns=4.5)
def another_end():
    def train_t5(texts, vocabulary_size, sentinels, end, width=64, steps=400, seed=0):
        model = well(texts, vocabulary_size, sentinels, end, width, steps, seed)
        with torch.no_grad():  # as if it had been trained with 1, which no text has
            table = model.embedding.weight
            table[[1, end]] = table[[end, 1]]
        return model

    return train_t5


@wrong("hardly reads its memory", earns=4.5)
def keeps_the_first_input():
    """A model that reads, whatever its input, the one with which it met a target first."""

    class Keeping(T5):
        def forward(self, ids, decoder_ids):
            kept = self.__dict__.setdefault("kept", {})
            ids = kept.setdefault(tuple(decoder_ids.flatten().tolist()), ids)
            return super().forward(ids, decoder_ids)

    def train_t5(texts, vocabulary_size, sentinels, end, width=64, steps=400, seed=0):
        model = well(texts, vocabulary_size, sentinels, end, width, steps, seed)
        model.__class__ = Keeping
        return model

    return train_t5


@wrong("Return the model that you trained, one nn.Module.", earns=0)
def model_and_losses():
    return function(steps=2, end_of=lambda model: (model, [7.2, 7.1]))


@wrong("Return the model that you trained, one nn.Module.", earns=0)
def weights_without_the_model():
    return function(steps=2, end_of=lambda model: model.state_dict())


@wrong("Return the model that you trained, one nn.Module.", earns=0)
def returns_nothing():
    return function(steps=2, end_of=lambda model: None)


@wrong("Return the model that you trained, one nn.Module.", earns=0)
def identity():
    return lambda texts, vocabulary_size, sentinels, end, width=64, steps=500, seed=0: texts


@wrong("The logits should be a tensor", earns=0)
def logits_and_states():
    class Two(T5):
        def forward(self, ids, decoder_ids):
            return super().forward(ids, decoder_ids), self.encode(ids)

    return lambda texts, vocabulary_size, sentinels, end, width=64, steps=500, seed=0: Two(vocabulary_size, width)  # fmt: skip


@wrong("should have shape", earns=0)
def states_for_logits():
    class States(T5):
        def forward(self, ids, decoder_ids):
            return self.embedding(decoder_ids)

    return lambda texts, vocabulary_size, sentinels, end, width=64, steps=500, seed=0: States(vocabulary_size, width)  # fmt: skip


@wrong("IndexError", earns=0)
def a_table_without_sentinels():
    return lambda texts, vocabulary_size, sentinels, end, width=64, steps=500, seed=0: T5(vocabulary_size - len(sentinels), width)  # fmt: skip


@wrong("cannot be called as the statement says", earns=0)
def without_the_end():
    return lambda texts, vocabulary_size, sentinels: T5(vocabulary_size)


@wrong("train_t5 is not written yet", earns=0)
def unwritten():
    def train_t5(texts, vocabulary_size, sentinels, end, width=64, steps=500, seed=0):
        raise NotImplementedError("train_t5")

    return train_t5


class Fixed(nn.Module):
    """The same scores for every place."""

    def __init__(self, scores):
        super().__init__()
        self.scores = nn.Parameter(scores)

    def forward(self, ids, decoder_ids):
        return self.scores.expand(*decoder_ids.shape, -1)


@wrong("less than the commonest token alone would name", earns=0)
def constant():
    return lambda texts, vocabulary_size, sentinels, end, width=64, steps=500, seed=0: Fixed(torch.zeros(vocabulary_size))  # fmt: skip


@wrong("It names the same token nearly everywhere", earns=0)
def always_the_last_token():
    def train_t5(texts, vocabulary_size, sentinels, end, width=64, steps=500, seed=0):
        lasts = torch.tensor([ids[-1] for ids in texts])
        return Fixed(torch.bincount(lasts, minlength=vocabulary_size).float())

    return train_t5


@wrong("Of the hidden tokens in sentences that it has not read", earns=0)
def hard_coded_examples():
    """Trained on the text of the visible check, whatever is given."""

    def train_t5(texts, vocabulary_size, sentinels, end, width=64, steps=60, seed=0):
        from course.checks.lab08_t5.training import material

        known = [[i for i in ids if i < vocabulary_size - 32] for ids in material(1).texts]
        known = [ids for ids in known if len(ids) > 4]
        return trained(known, vocabulary_size, sentinels, end, width, min(steps, 100), seed)

    return train_t5
