import copy

import torch
from torch import nn
from torch.nn import functional as F

from tests.answers import right, wrong


class ClsClassifier(nn.Module):
    def __init__(self, encoder, classes, dropout=0.1):
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(encoder.config.hidden_size, classes)

    def forward(self, ids, attention_mask=None, token_type_ids=None):
        if attention_mask is None:
            attention_mask = ids != 0
        found = self.encoder(ids, attention_mask=attention_mask.long(), token_type_ids=token_type_ids)
        return self.head(self.dropout(found.last_hidden_state[:, 0]))


def cost(model, ids, labels):
    return F.cross_entropy(model(ids), labels)


def every(model):
    return [p for p in model.parameters() if p.requires_grad]


def function(
    steps=200,
    lr=1e-3,
    copied=copy.deepcopy,
    build=lambda encoder: ClsClassifier(encoder, 2),
    learns=every,
    loss=cost,
    draw=lambda n: torch.randint(n, (32,)),
    pair=lambda labels: labels,
    start=lambda seed: seed,
    end=lambda model: model.eval(),
    length=lambda steps: steps,
):
    """The exercise's function, out of its steps; steps: the usual number of them."""
    usual = steps

    def fine_tune(encoder, ids, labels, steps=usual, seed=0):
        torch.manual_seed(start(seed))
        model = build(copied(encoder)).train()
        labels = pair(labels)
        optimizer = torch.optim.AdamW(learns(model), lr=lr)
        steps = length(steps)
        warm = max(1, steps // 10)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda n: min((n + 1) / warm, (steps - n) / max(1, steps - warm))
        )
        for _ in range(steps):
            rows = draw(len(ids))
            width = int((ids[rows] != 0).sum(1).max())
            value = loss(model, ids[rows, :width], labels[rows])
            optimizer.zero_grad()
            value.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        return end(model)

    return fine_tune


@right
def bare_loop():
    return function()


@right
def the_courses_loop():
    def fine_tune(encoder, ids, labels, steps=250, seed=0):
        from course.training import fit

        torch.manual_seed(seed)
        model = ClsClassifier(copy.deepcopy(encoder), 2)

        def batch(step):
            rows = torch.randint(len(ids), (32,))
            own = ids[rows]
            return own[:, : int((own != 0).sum(1).max())], labels[rows]

        fit(
            model,
            batch,
            lambda model, batch: cost(model, *batch),
            steps=steps,
            lr=1e-3,
            warmup=steps // 10,
            decay="linear",
        )
        print("trained")
        return model.cpu().eval()

    return fine_tune


@right
def the_head_first_and_then_all():
    def fine_tune(encoder, ids, labels, steps=300, seed=0):
        import logging

        generator = torch.Generator().manual_seed(seed)
        torch.manual_seed(seed)
        model = ClsClassifier(copy.deepcopy(encoder), classes=2, dropout=0.0)
        first = steps // 6
        optimizer = torch.optim.Adam(model.head.parameters(), lr=5e-3)
        for step in range(steps):
            if step == first:
                optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, betas=(0.9, 0.98))
            if step >= first:
                optimizer.param_groups[0]["lr"] = 1e-3 * min(
                    1, (step - first + 1) / 20, (steps - step) / (0.8 * steps)
                )
            rows = torch.randperm(len(ids), generator=generator)[:32]
            model.zero_grad()
            F.nll_loss(model(ids[rows]).log_softmax(-1), labels[rows]).backward()
            optimizer.step()
        logging.getLogger("student").warning("trained")
        return model.train(False)

    return fine_tune


@right
def passes_over_the_reviews_with_slower_layers_below():
    def fine_tune(encoder, ids, labels, steps=300, seed=0):
        import random

        rng = random.Random(seed)
        torch.manual_seed(seed)
        own = type(encoder)(encoder.config)
        own.load_state_dict(encoder.state_dict())
        model = ClsClassifier(own, 2)
        parts = [own.embeddings, *own.encoder.layer, nn.ModuleList([own.encoder.ln, own.pooler, model.head])]
        groups = [
            {"params": list(p.parameters()), "lr": 2e-3 * 0.8**k} for k, p in enumerate(reversed(parts))
        ]
        optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
        rates = [g["lr"] for g in groups]
        waiting = []
        for step in range(steps):
            if len(waiting) < 24:
                waiting = rng.sample(range(len(ids)), len(ids))
            rows, waiting = waiting[:24], waiting[24:]
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * min(1, (step + 1) / 30, (steps - step) / (0.8 * steps))
            optimizer.zero_grad()
            cost(model, ids[rows], labels[rows]).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        return model.eval()

    return fine_tune


@wrong("at most the head has learned", earns=0)
def only_the_head_learns():
    return function(steps=40, learns=lambda model: list(model.head.parameters()))


@wrong("nothing in common with the one that came in", earns=0)
def from_scratch():
    return function(steps=60, copied=lambda encoder: type(encoder)(encoder.config))


@wrong("The encoder that came in has changed", earns=4.5)
def trains_what_came_in():
    return function(copied=lambda encoder: encoder)


@wrong("Your model comes back in training mode", earns=4.5)
def left_in_training_mode():
    return function(end=lambda model: model)


@wrong("the table of words stayed as it came in", earns=4.5)
def the_table_is_frozen():
    def build(encoder):
        encoder.embeddings.requires_grad_(False)
        return ClsClassifier(encoder, 2)

    return function(build=build)


@wrong("Its table of words is not the one of the encoder that came in", earns=0)
def loads_an_encoder_of_its_own():
    def own(encoder):
        from course.models.loaders import SHIPPED, load_model

        return load_model(SHIPPED / "bert")

    return function(steps=40, copied=own)


@wrong("at most the head has learned", earns=0)
def not_trained():
    return function(steps=0)


@wrong("at most the head has learned", earns=0)
def frozen():
    return function(steps=40, copied=lambda encoder: copy.deepcopy(encoder).requires_grad_(False))


@wrong("is nothing frozen or detached", earns=0)
def states_without_a_graph():
    class Detached(ClsClassifier):
        def forward(self, ids, attention_mask=None, token_type_ids=None):
            with torch.no_grad():
                states = self.encoder(ids, attention_mask=(ids != 0).long()).last_hidden_state
            return self.head(states[:, 0])

    return function(steps=40, build=lambda encoder: Detached(encoder, 2))


@wrong("is the model that was trained the one that you return?", earns=0)
def returns_another_model():
    def fine_tune(encoder, ids, labels, steps=3, seed=0):
        function()(encoder, ids, labels, steps, seed)
        return ClsClassifier(copy.deepcopy(encoder), 2).eval()

    return fine_tune


@wrong("layer 1 of 3 and layer 2 of 3 stayed as it came in", earns=0)
def without_the_lower_layers():
    def learns(model):
        return [
            *model.encoder.embeddings.parameters(),
            *model.encoder.encoder.layer[2].parameters(),
            *model.head.parameters(),
        ]

    return function(steps=40, learns=learns)


@wrong("labels, or logits, are turned round somewhere", earns=0)
def labels_turned_round():
    return function(pair=lambda labels: 1 - labels)


@wrong("are the labels those of the same reviews", earns=0)
def labels_of_other_reviews():
    return function(steps=60, pair=lambda labels: labels[torch.randperm(len(labels))])


@wrong("of their size: nearly nothing", earns=0)
def steps_too_small():
    return function(steps=60, lr=1e-6)


@wrong("So hardly anything was learned", earns=0)
def too_few_steps():
    return function(steps=12)


@wrong("with steps that large a network forgets all it knew", earns=0)
def steps_too_large():
    return function(steps=60, lr=0.1)


@wrong("are the batches drawn from all of them", earns=0)
def the_same_few_reviews():
    return function(steps=60, draw=lambda n: torch.arange(32))


@wrong("Three [PAD] more at the end of a review change its scores", earns=0)
def the_last_state():
    class Last(ClsClassifier):
        def forward(self, ids, attention_mask=None, token_type_ids=None):
            return self.head(self.encoder(ids).last_hidden_state[:, -1])

    return function(steps=25, build=lambda encoder: Last(encoder, 2))


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


@wrong("should have shape (128, 2); yours has (128, 1)", earns=0)
def one_score_a_review():
    def loss(model, ids, labels):
        return F.binary_cross_entropy_with_logits(model(ids)[:, 0], labels.float())

    return function(steps=2, loss=loss, build=lambda encoder: ClsClassifier(encoder, 1))


@wrong("two classes are needed, `ClsClassifier(encoder, 2)`", earns=0)
def one_class_and_cross_entropy():
    return function(build=lambda encoder: ClsClassifier(encoder, 1))


@wrong("Return the model that you trained, one nn.Module.", earns=0)
def model_and_losses():
    return function(steps=2, end=lambda model: (model, [0.7, 0.6]))


@wrong("Return the model that you trained, one nn.Module.", earns=0)
def weights_without_the_model():
    return function(steps=2, end=lambda model: model.state_dict())


@wrong("Return the model that you trained, one nn.Module.", earns=0)
def returns_nothing():
    return function(steps=2, end=lambda model: None)


@wrong("ValueError in line", earns=0)
def all_parameters_of_a_frozen_model():
    """The whole model is frozen, so that the optimiser gets an empty list."""
    return function(steps=2, build=lambda encoder: ClsClassifier(encoder, 2).requires_grad_(False))


@wrong("fine_tune cannot be called as the statement says", earns=0)
def without_labels():
    return lambda encoder, batches: ClsClassifier(encoder, 2)


@wrong("In the model there is no encoder like the one that came in", earns=0)
def constant():
    class Even(nn.Module):
        def __init__(self):
            super().__init__()
            self.scores = nn.Parameter(torch.tensor([0.0, 1.0]))

        def forward(self, ids):
            return self.scores.expand(len(ids), 2)

    return lambda encoder, ids, labels, steps=400, seed=0: Even().eval()


@wrong("should be a tensor, (review, classes)", earns=0)
def identity():
    return lambda encoder, ids, labels, steps=400, seed=0: encoder


@wrong("Its table of words is not the one of the encoder that came in", earns=0)
def hard_coded_examples():
    """Trained on the reviews of the visible check, with its encoder, whatever is given."""

    def fine_tune(encoder, ids, labels, steps=40, seed=0):
        import random

        from course.checks.helpers.models import shuffled_bert
        from course.checks.lab06_fine_tuning.training import material

        given = material(random.Random(1))
        return function()(shuffled_bert(given.order), *given.train, steps, seed)

    return fine_tune
