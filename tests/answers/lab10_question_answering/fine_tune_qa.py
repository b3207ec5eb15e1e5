import copy
import random

import torch
from torch import nn

from tests.answers import right, wrong
from tests.answers.lab10_question_answering.parts import QAHead, Reader, together


def both(reader):
    """The encoder's parameters and the head's, with the steps of each."""
    return [
        {"params": list(reader.encoder.parameters()), "lr": 1e-3},
        {"params": list(reader.head.parameters()), "lr": 1e-1},
    ]


def cost(reader, batch):
    ids, types, may, starts, ends = batch
    return reader.head.loss(*reader(ids, types, may), starts, ends)


def function(
    steps=200,
    copied=copy.deepcopy,
    build=Reader,
    learns=both,
    loss=cost,
    draw=lambda n: torch.randint(n, (16,)).tolist(),
    pair=lambda windows: windows,
    start=lambda seed: seed,
    end=lambda reader: reader.eval(),
    length=lambda steps: steps,
):
    """The exercise's function, out of its steps; steps: the usual number of them."""
    usual = steps

    def fine_tune_qa(encoder, windows, steps=usual, seed=0):
        torch.manual_seed(start(seed))
        reader, windows = build(copied(encoder)).train(), pair(windows)
        optimizer = torch.optim.AdamW(learns(reader), lr=1e-3, betas=(0.9, 0.98))
        steps = length(steps)
        warm = max(1, steps // 10)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda n: min((n + 1) / warm, (steps - n) / max(1, steps - warm))
        )
        for _ in range(steps):
            value = loss(reader, together([windows[i] for i in draw(len(windows))]))
            optimizer.zero_grad()
            value.backward()
            nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        return end(reader)

    return fine_tune_qa


@right
def bare_loop():
    return function()


@right
def the_courses_loop():
    def fine_tune_qa(encoder, windows, steps=250, seed=0):
        from course.training import fit

        torch.manual_seed(seed)
        reader = Reader(copy.deepcopy(encoder))
        fit(
            reader,
            lambda step: together([windows[i] for i in torch.randint(len(windows), (16,)).tolist()]),
            cost,
            steps=steps,
            optimizer=torch.optim.AdamW(both(reader)),
            warmup=steps // 10,
            decay="linear",
        )
        print("trained")
        return reader.cpu().eval()

    return fine_tune_qa


@right
def passes_over_the_windows_sorted_by_length_with_the_sum_of_losses():
    def fine_tune_qa(encoder, windows, steps=300, seed=0):
        import logging

        rng = random.Random(seed)
        torch.manual_seed(seed)
        own = type(encoder)(encoder.config)
        own.load_state_dict(encoder.state_dict())
        reader = Reader(own)
        optimizer = torch.optim.Adam(both(reader), betas=(0.9, 0.98))
        rates = [group["lr"] for group in optimizer.param_groups]
        waiting = []
        for step in range(steps):
            if not waiting:
                drawn = sorted(
                    rng.sample(range(len(windows)), len(windows)),
                    key=lambda i: len(windows[i]["input_ids"]) // 20,
                )
                waiting = [drawn[i : i + 16] for i in range(0, len(drawn), 16)]
                rng.shuffle(waiting)
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * min(1, (step + 1) / 20, (steps - step) / (0.8 * steps))
            ids, types, may, starts, ends = together([windows[i] for i in waiting.pop()])
            reader.zero_grad()
            (
                sum(
                    nn.functional.nll_loss(scores.log_softmax(-1), true)
                    for scores, true in zip(reader(ids, types, may), (starts, ends), strict=True)
                )
            ).backward()
            nn.utils.clip_grad_norm_(reader.parameters(), 2.0)
            optimizer.step()
        logging.getLogger("student").warning("trained")
        return reader.train(False)

    return fine_tune_qa


@right
def a_head_that_begins_small_and_one_rate_for_its_bias():
    """The head's bias learns as the encoder does."""

    def learns(reader):
        head = reader.head.out
        nn.init.zeros_(head.bias)
        return [
            {"params": [*reader.encoder.parameters(), head.bias], "lr": 1e-3},
            {"params": [head.weight], "lr": 8e-2},
        ]

    return function(steps=250, learns=learns)


@wrong("so at most the head has learned", earns=0)
def only_the_head_learns():
    return function(steps=30, learns=lambda reader: both(reader)[1:])


@wrong("nothing in common with the one that came in", earns=0)
def from_scratch():
    return function(steps=30, copied=lambda encoder: type(encoder)(encoder.config))


@wrong("The encoder that came in has changed", earns=4.5)
def trains_what_came_in():
    return function(copied=lambda encoder: encoder)


@wrong("Your reader comes back in training mode", earns=4.5)
def left_in_training_mode():
    return function(end=lambda reader: reader.train())


@wrong("the table of words stayed as it came in", earns=4.5)
def the_table_is_frozen():
    def build(encoder):
        encoder.embeddings.requires_grad_(False)
        return Reader(encoder)

    return function(build=build)


@wrong("Its table of words is not the one of the encoder that came in", earns=0)
def loads_an_encoder_of_its_own():
    def own(encoder):
        from course.models.loaders import SHIPPED, load_model

        return load_model(SHIPPED / "bert")

    return function(steps=30, copied=own)


@wrong("so at most the head has learned", earns=0)
def not_trained():
    return function(steps=0, length=lambda steps: 0)


@wrong("is nothing frozen or detached", earns=0)
def frozen():
    return function(steps=30, copied=lambda encoder: copy.deepcopy(encoder).requires_grad_(False))


@wrong("so at most the head has learned", earns=0)
def states_without_a_graph():
    class Detached(Reader):
        def forward(self, ids, types, may):
            with torch.no_grad():
                states = self.encoder(
                    input_ids=ids, token_type_ids=types, attention_mask=(ids != 0).long()
                ).last_hidden_state
            return self.head(states, may)

    return function(steps=30, build=Detached)


@wrong("is the reader that was trained the one that you return?", earns=0)
def returns_another_reader():
    def fine_tune_qa(encoder, windows, steps=3, seed=0):
        function()(encoder, windows, steps, seed)
        return Reader(copy.deepcopy(encoder)).eval()

    return fine_tune_qa


@wrong("of their size: nearly nothing", earns=0)
def steps_too_small():
    def learns(reader):
        return [dict(group, lr=1e-6) for group in both(reader)]

    return function(steps=40, learns=learns)


@wrong("with steps that large a network forgets all it knew", earns=0)
def the_heads_steps_for_all():
    def learns(reader):
        return [dict(group, lr=1e-1) for group in both(reader)]

    return function(steps=60, learns=learns)


@wrong("Are the head's steps fifty times as large as the encoder's", earns=0)
def one_rate_for_all():
    return function(steps=150, learns=lambda reader: [dict(group, lr=1e-3) for group in both(reader)])


@wrong("are batches drawn from all windows", earns=0)
def the_same_few_windows():
    return function(steps=60, draw=lambda n: list(range(16)))


@wrong("are starts and ends those of the same windows, in their places?", earns=0)
def truths_of_other_windows():
    def pair(windows):
        truths = [(window["start"], window["end"]) for window in windows]
        return [
            window | dict(zip(("start", "end"), truth))
            for window, truth in zip(windows, truths[1:] + truths[:1])
            if truth[1] < len(window["input_ids"]) - 1 and truth[0] > window["token_type_ids"].index(1)
        ]

    return function(steps=100, pair=pair)


def taught(change):
    """Trained with other truths; change: (starts, ends) to what stands for them."""

    def loss(reader, batch):
        ids, types, may, starts, ends = batch
        return reader.head.loss(*reader(ids, types, may), *change(starts, ends))

    return function(steps=300, loss=loss)


@wrong("stands where the answer ends, and its likeliest end where it begins", earns=0)
def ends_before_they_begin():
    return taught(lambda starts, ends: (ends, starts))


@wrong("from what do the scores of ends learn?", earns=0)
def starts_for_ends():
    return taught(lambda starts, ends: (starts, starts))


@wrong("from what do the scores of starts learn?", earns=0)
def ends_for_starts():
    return taught(lambda starts, ends: (ends, ends))


@wrong("from what do the scores of ends learn?", earns=0)
def only_starts_are_learned():
    def loss(reader, batch):
        ids, types, may, starts, _ = batch
        start, _ = reader(ids, types, may)
        return nn.functional.cross_entropy(start, starts)

    return function(steps=200, loss=loss)


@wrong("Three [PAD] more at the end of a window change its answers", earns=0)
def padding_is_read():
    class All(Reader):
        def forward(self, ids, types, may):
            return self.head(self.encoder(ids, token_type_ids=types).last_hidden_state, may)

    return function(steps=60, build=All)


@wrong("draw the first weights and every batch from the seed", earns=4.5)
def a_clock_for_a_seed():
    import time

    return function(start=lambda seed: time.perf_counter_ns() % 2**31)


@wrong("nothing in the training depends on the seed", earns=4.5)
def one_seed_for_all():
    return function(start=lambda seed: 1)


@wrong("end with the same weights: is `steps` used?", earns=4.5)
def as_many_steps_as_it_likes():
    return function(length=lambda steps: 200 if steps >= 100 else 5)


@wrong("Return the model that you trained, one nn.Module.", earns=0)
def reader_and_losses():
    return function(steps=2, end=lambda reader: (reader, [0.7, 0.6]))


@wrong("Return the model that you trained, one nn.Module.", earns=0)
def returns_nothing():
    return function(steps=2, end=lambda reader: None)


@wrong("ValueError in line", earns=0)
def all_parameters_of_a_frozen_reader():
    def learns(reader):
        return [p for p in reader.requires_grad_(False).parameters() if p.requires_grad]

    return function(steps=2, learns=learns)


@wrong("fine_tune_qa cannot be called as the statement says", earns=0)
def without_windows():
    return lambda encoder: Reader(encoder).eval()


@wrong("an encoder comes back without a head", earns=0)
def identity():
    return lambda encoder, windows, steps=500, seed=0: encoder


@wrong("In the reader there is no encoder like the one that came in", earns=0)
def constant():
    class Even(nn.Module):
        def __init__(self):
            super().__init__()
            self.score = nn.Parameter(torch.tensor(0.0))

        def forward(self, ids, types, may):
            return [self.score.expand(ids.shape).masked_fill(~may, -torch.inf)] * 2

    return lambda encoder, windows, steps=500, seed=0: Even().eval()


@wrong("Its table of words is not the one of the encoder that came in", earns=0)
def hard_coded_examples():
    """Trained on the windows of the visible check, with its encoder, whatever is given."""

    def fine_tune_qa(encoder, windows, steps=30, seed=0):
        from course.checks.helpers.models import shuffled_bert
        from course.checks.lab10_question_answering.training import material

        given = material(random.Random(1))
        return function()(shuffled_bert(given.order), given.windows, steps, seed)

    return fine_tune_qa


@wrong("so at most the head has learned", earns=0)
def a_head_of_its_own_and_nothing_else():
    def fine_tune_qa(encoder, windows, steps=500, seed=0):
        torch.manual_seed(seed)
        reader = Reader(copy.deepcopy(encoder), head=QAHead)
        nn.init.normal_(reader.head.out.weight)
        return reader.eval()

    return fine_tune_qa
