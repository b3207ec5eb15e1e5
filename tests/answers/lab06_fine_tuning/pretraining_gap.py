import copy
import random
import statistics

import numpy as np
import torch

from tests.answers import right, wrong

WAYS = (("scratch", False), ("pretrained", True))


def drawn(n, size, seed):
    return torch.randperm(n, generator=torch.Generator().manual_seed(seed))[:size]


def accuracy(model, test):
    return (model(test[0]).argmax(-1) == test[1]).float().mean().item()


def made(
    draw=drawn,
    encoder=lambda make_encoder, pretrained, seed: make_encoder(pretrained, seed),
    train_on=lambda train, chosen: (train[0][chosen], train[1][chosen]),
    tune_seed=lambda seed: seed,
    judge=lambda model, test, own: accuracy(model, test),
    ways=WAYS,
    finish=lambda rows: rows,
):
    """The exercise's function, out of its steps."""

    def pretraining_gap(make_encoder, tune, train, test, sizes, seeds):
        rows = []
        for size in sizes:
            for seed in seeds:
                chosen = draw(len(train[0]), size, seed)
                row = {"labelled": size, "seed": seed}
                for name, pretrained in ways:
                    own = train_on(train, chosen)
                    model = tune(encoder(make_encoder, pretrained, seed), *own, tune_seed(seed))
                    row[name] = judge(model, test, own)
                rows.append(row)
        return finish(rows)

    return pretraining_gap


@right
def step_by_step():
    return made()


@right
def random_sample_and_named_arguments():
    def pretraining_gap(make_encoder, tune, train, test, sizes, seeds):
        (ids, labels), (test_ids, test_labels) = train, test

        def measure(pretrained, seed, chosen):
            encoder = make_encoder(pretrained=pretrained, seed=seed)
            model = tune(encoder=encoder, ids=ids[chosen], labels=labels[chosen], seed=seed).eval()
            with torch.inference_mode():
                right = sum(
                    int(model(row[None])[0].argmax() == y)
                    for row, y in zip(test_ids, test_labels, strict=True)
                )
            print(pretrained, seed, right)
            return right / len(test_labels)

        return [
            {
                "seed": seed,
                "labelled": size,
                "pretrained": measure(True, seed, chosen),
                "scratch": measure(False, seed, chosen),
            }
            for size in sizes
            for seed in seeds
            for chosen in [random.Random(seed).sample(range(len(ids)), size)]
        ]

    return pretraining_gap


@right
def the_seed_of_everything():
    """It seeds torch's own generator before each draw."""

    def pretraining_gap(make_encoder, tune, train, test, sizes, seeds):
        table = []
        for size in sizes:
            for seed in seeds:
                scores = {}
                for name, pretrained in (("pretrained", True), ("scratch", False)):
                    encoder = make_encoder(pretrained, seed)
                    torch.manual_seed(seed)
                    chosen = torch.randperm(len(train[1]))[:size]
                    model = tune(encoder, train[0][chosen], train[1][chosen], seed)
                    scores[name] = (model(test[0]).softmax(-1).argmax(1) == test[1]).double().mean().item()
                table.append({"labelled": size, "seed": seed, **scores})
        return table

    return pretraining_gap


@right
def numpy_in_batches():
    def pretraining_gap(make_encoder, tune, train, test, sizes, seeds):
        def score(model):
            guesses = torch.cat([model(some).max(-1).indices for some in test[0].split(16)])
            return np.mean((guesses == test[1]).numpy())

        table = {}
        for seed in seeds:
            rng = np.random.default_rng(seed)
            for size in sorted(sizes):
                chosen = torch.from_numpy(
                    np.random.default_rng([seed, size]).permutation(len(train[0]))[:size]
                )
                for pretrained in (0, 1):
                    rng.random()
                    model = tune(make_encoder(pretrained, seed), *(t[chosen] for t in train), seed)
                    table[size, seed, pretrained] = score(model)
        return [
            dict(labelled=size, seed=seed, scratch=table[size, seed, 0], pretrained=table[size, seed, 1])
            for size in sizes
            for seed in seeds
        ]

    return pretraining_gap


@right
def sorted_places_and_the_gap_beside():
    def finish(rows):
        return tuple({**row, "gap": row["pretrained"] - row["scratch"]} for row in rows)

    return made(draw=lambda n, size, seed: drawn(n, size, seed + 1).sort().values, finish=finish)


@right
def a_generator_for_each_seed():
    def pretraining_gap(make_encoder, tune, train, test, sizes, seeds):
        import itertools

        generators = {seed: torch.Generator().manual_seed(seed) for seed in seeds}
        rows = []
        for size, seed in itertools.product(sizes, seeds):
            weights = torch.ones(len(train[0]))
            chosen = torch.multinomial(weights, size, replacement=False, generator=generators[seed])
            scores = [
                accuracy(tune(make_encoder(p, seed), train[0][chosen], train[1][chosen], seed), test)
                for p in (False, True)
            ]
            rows.append(
                dict(zip(("labelled", "seed", "scratch", "pretrained"), (size, seed, *scores), strict=True))
            )
        return rows

    return pretraining_gap


@wrong("is that a mean over the seeds? One row for each size *and* seed", earns=0)
def a_mean_over_the_seeds():
    def pretraining_gap(make_encoder, tune, train, test, sizes, seeds):
        rows = made()(make_encoder, tune, train, test, sizes, seeds)
        return [
            {
                "labelled": size,
                "seed": seeds[0],
                **{way: statistics.mean(r[way] for r in rows if r["labelled"] == size) for way, _ in WAYS},
            }
            for size in sizes
        ]

    return pretraining_gap


@wrong("That is the mean over the seeds; each row is of one seed", earns=0)
def a_mean_over_the_seeds_in_each_row():
    def finish(rows):
        def mean(size, way):
            return statistics.mean(r[way] for r in rows if r["labelled"] == size)

        return [{**row, **{way: mean(row["labelled"], way) for way, _ in WAYS}} for row in rows]

    return made(finish=finish)


@wrong("That is what it has right of the training", earns=0)
def judged_on_its_own_examples():
    return made(judge=lambda model, test, own: accuracy(model, own))


@wrong("That is what it has right of the training", earns=0)
def judged_on_the_whole_training():
    def pretraining_gap(make_encoder, tune, train, test, sizes, seeds):
        return made(judge=lambda model, _, own: accuracy(model, train))(
            make_encoder, tune, train, test, sizes, seeds
        )

    return pretraining_gap


@wrong("both ways have the same encoder", earns=0)
def one_encoder_for_both():
    def pretraining_gap(make_encoder, tune, train, test, sizes, seeds):
        rows = []
        for size in sizes:
            for seed in seeds:
                chosen = drawn(len(train[0]), size, seed)
                encoder = make_encoder(True, seed)
                row = {"labelled": size, "seed": seed}
                for way in ("pretrained", "scratch"):
                    row[way] = accuracy(tune(encoder, train[0][chosen], train[1][chosen], seed), test)
                rows.append(row)
        return rows

    return pretraining_gap


@wrong("`make_encoder` was given the seed", earns=0)
def encoders_made_once():
    def pretraining_gap(make_encoder, tune, train, test, sizes, seeds):
        both = {p: make_encoder(p, seeds[0]) for p in (False, True)}
        return made(encoder=lambda make, pretrained, seed: both[pretrained])(
            make_encoder, tune, train, test, sizes, seeds
        )

    return pretraining_gap


@wrong("the encoder that `tune` got had been trained before", earns=0)
def encoders_made_once_a_seed():
    def pretraining_gap(make_encoder, tune, train, test, sizes, seeds):
        kept = {(p, seed): make_encoder(p, seed) for p in (False, True) for seed in seeds}
        return made(encoder=lambda make, p, seed: kept[p, seed])(
            make_encoder, tune, train, test, sizes, seeds
        )

    return pretraining_gap


@wrong("the encoder that `tune` got had been trained before", earns=0)
def a_copy_of_what_was_trained():
    def pretraining_gap(make_encoder, tune, train, test, sizes, seeds):
        kept = {}

        def encoder(make, p, seed):
            kept.setdefault((p, seed), make(p, seed))
            kept[p, seed] = copy.deepcopy(kept[p, seed])
            return kept[p, seed]

        return made(encoder=encoder)(make_encoder, tune, train, test, sizes, seeds)

    return pretraining_gap


@wrong("they learn from other examples", earns=0)
def draws_for_each_way():
    def pretraining_gap(make_encoder, tune, train, test, sizes, seeds):
        rows = []
        for size in sizes:
            for seed in seeds:
                torch.manual_seed(seed)
                row = {"labelled": size, "seed": seed}
                for way, p in WAYS:
                    chosen = torch.randperm(len(train[0]))[:size]
                    row[way] = accuracy(
                        tune(make_encoder(p, seed), train[0][chosen], train[1][chosen], seed), test
                    )
                rows.append(row)
        return rows

    return pretraining_gap


@wrong("they learn from other examples", earns=0)
def the_ways_have_seeds_of_their_own():
    def pretraining_gap(make_encoder, tune, train, test, sizes, seeds):
        n = len(train[0])
        scratch = made(ways=WAYS[:1])(make_encoder, tune, train, test, sizes, seeds)
        other = made(ways=WAYS[1:], draw=lambda n, size, seed: drawn(n, size, seed + n))
        return [
            a | b
            for a, b in zip(scratch, other(make_encoder, tune, train, test, sizes, seeds), strict=True)
            if n
        ]

    return pretraining_gap


@wrong("of the examples come twice or more", earns=0)
def draws_with_putting_back():
    def draw(n, size, seed):
        return torch.randint(n, (size,), generator=torch.Generator().manual_seed(seed))

    return made(draw=draw)


@wrong("They are always the first", earns=0)
def the_first_ones():
    return made(draw=lambda n, size, seed: torch.arange(size))


@wrong("every seed gets the same ones. Another seed draws others", earns=0)
def one_draw_for_all_seeds():
    return made(draw=lambda n, size, seed: drawn(n, size, 0))


@wrong("every seed gets the same ones. Another seed draws others", earns=0)
def the_size_for_a_seed():
    return made(draw=lambda n, size, seed: drawn(n, size, size))


@wrong("among the first 100 of the training, which has 300", earns=0)
def draws_from_the_first_hundred():
    return made(draw=lambda n, size, seed: drawn(min(n, 100), size, seed))


@wrong("among the last 100 of the training, which has 300", earns=0)
def draws_from_the_last_hundred():
    return made(draw=lambda n, size, seed: n - 1 - drawn(min(n, 100), size, seed))


@wrong("Is it the length of the test from which you draw?", earns=0)
def draws_from_the_length_of_the_test():
    def pretraining_gap(make_encoder, tune, train, test, sizes, seeds):
        run = made(draw=lambda n, size, seed: drawn(len(test[0]), size, seed))
        return run(make_encoder, tune, train, test, sizes, seeds)

    return pretraining_gap


@wrong("The places of the examples are those of the training, of which there are 300", earns=0)
def draws_from_a_thousand():
    return made(draw=lambda n, size, seed: drawn(1_000, size, seed))


@wrong("the test is judged in training mode", earns=0)
def judged_in_training_mode():
    return made(judge=lambda model, test, own: accuracy(model.train(), test))


@wrong("gives the logits themselves", earns=0)
def asks_for_logits():
    return made(
        judge=lambda model, test, own: (model(test[0]).logits.argmax(-1) == test[1]).float().mean().item()
    )


@wrong("the largest of *its* logits, those of its row", earns=0)
def the_largest_of_each_class():
    return made(judge=lambda model, test, own: (model(test[0]).argmax(0) == test[1]).float().mean().item())


@wrong("changed its argument `train` in place", earns=0)
def shuffles_the_callers_reviews():
    def pretraining_gap(make_encoder, tune, train, test, sizes, seeds):
        def draw(n, size, seed):
            order = drawn(n, n, seed)
            for tensor in train:
                tensor[:] = tensor[order]
            return torch.arange(size)

        return made(draw=draw)(make_encoder, tune, train, test, sizes, seeds)

    return pretraining_gap


@wrong("The examples are neighbours in the training", earns=0)
def a_window():
    def draw(n, size, seed):
        start = random.Random(seed).randrange(n - size + 1)
        return torch.arange(start, start + size)

    return made(draw=draw)


@wrong("gets other examples. What is drawn for a row hangs on its own seed", earns=0)
def no_seed_at_all():
    return made(draw=lambda n, size, seed: torch.randperm(n)[:size])


@wrong("gets other examples. What is drawn for a row hangs on its own seed", earns=0)
def seeded_once():
    def pretraining_gap(make_encoder, tune, train, test, sizes, seeds):
        torch.manual_seed(0)
        run = made(draw=lambda n, size, seed: torch.randperm(n)[:size])
        return run(make_encoder, tune, train, test, sizes, seeds)

    return pretraining_gap


@wrong("you have all sizes of the first seed first", earns=0)
def seeds_outside():
    def pretraining_gap(make_encoder, tune, train, test, sizes, seeds):
        return [row for seed in seeds for row in made()(make_encoder, tune, train, test, sizes, [seed])]

    return pretraining_gap


@wrong('"labelled" is the size and "seed" the seed; yours are exchanged', earns=0)
def sizes_and_seeds_exchanged():
    return made(finish=lambda rows: [{**r, "labelled": r["seed"], "seed": r["labelled"]} for r in rows])


@wrong("in the order in which they are given, whether they rise or not", earns=0)
def sorted_rows():
    return made(finish=lambda rows: sorted(rows, key=lambda r: (r["labelled"], r["seed"])))


@wrong("stands the model that began with the pretrained encoder, and the other way round", earns=0)
def exchanged():
    return made(ways=(("scratch", True), ("pretrained", False)))


@wrong("pretrained=True for the model from scratch, and pretrained=True for the other", earns=0)
def always_pretrained():
    return made(encoder=lambda make, pretrained, seed: make(True, seed))


@wrong("pretrained=scratch for the model from scratch", earns=0)
def names_for_flags():
    return made(ways=(("scratch", "scratch"), ("pretrained", "pretrained")))


@wrong("`make_encoder` was given the seed 0 for this model", earns=0)
def one_seed_for_the_encoders():
    return made(encoder=lambda make, pretrained, seed: make(pretrained, 0))


@wrong("`tune` was given the seed 0", earns=0)
def one_seed_for_the_trainings():
    return made(tune_seed=lambda seed: 0)


@wrong("`tune` got an encoder that `make_encoder` did not make", earns=0)
def an_encoder_of_its_own():
    return made(encoder=lambda make, pretrained, seed: torch.nn.Linear(2, 2))


@wrong("the labels that `tune` got are not those of the reviews", earns=0)
def labels_of_the_first():
    return made(train_on=lambda train, chosen: (train[0][chosen], train[1][: len(chosen)]))


@wrong("are of the test. Nothing of the test is trained on", earns=0)
def draws_from_the_test_too():
    def pretraining_gap(make_encoder, tune, train, test, sizes, seeds):
        every = tuple(torch.cat(pair) for pair in zip(train, test, strict=True))
        return made()(make_encoder, tune, every, test, sizes, seeds)

    return pretraining_gap


@wrong("are of the test. Nothing of the test is trained on", earns=0)
def trains_on_the_test():
    def pretraining_gap(make_encoder, tune, train, test, sizes, seeds):
        return made()(make_encoder, tune, test, test, sizes, seeds)

    return pretraining_gap


@wrong("Those are all there are", earns=0)
def all_examples_each_time():
    return made(train_on=lambda train, chosen: train)


@wrong("`tune` got 59 examples", earns=0)
def one_too_few():
    return made(draw=lambda n, size, seed: drawn(n, size - 1, seed))


@wrong("`.item()` makes one of them", earns=0)
def tensors():
    return made(judge=lambda model, test, own: (model(test[0]).argmax(-1) == test[1]).float().mean())


@wrong("That is a percentage", earns=0)
def percentages():
    return made(judge=lambda model, test, own: 100 * accuracy(model, test))


@wrong("That is how many are right", earns=0)
def counts():
    return made(judge=lambda model, test, own: (model(test[0]).argmax(-1) == test[1]).sum().item())


@wrong("That is the share of wrong answers", earns=0)
def errors():
    return made(judge=lambda model, test, own: 1 - accuracy(model, test))


@wrong("That is rounded", earns=0)
def rounded():
    return made(judge=lambda model, test, own: round(accuracy(model, test), 2))


@wrong("That is a difference of two models", earns=0)
def the_gap_itself():
    return made(finish=lambda rows: [{**r, "pretrained": r["pretrained"] - r["scratch"]} for r in rows])


@wrong("is the guess the class with the largest logit?", earns=0)
def two_classes_alone():
    return made(
        judge=lambda model, test, own: ((model(test[0])[:, 1] > 0).long() == test[1]).float().mean().item()
    )


@wrong("Is the whole test judged, each of its reviews once", earns=0)
def a_part_of_the_test():
    return made(judge=lambda model, test, own: accuracy(model, (test[0][:50], test[1][:50])))


@wrong("Is the whole test judged, each of its reviews once", earns=0)
def a_mean_of_batches():
    def judge(model, test, own):
        return statistics.mean(
            accuracy(model, pair) for pair in zip(*(t.split(32) for t in test), strict=True)
        )

    return made(judge=judge)


@wrong('A row has no "labelled"', earns=0)
def other_keys():
    return made(
        finish=lambda rows: [{"size" if k == "labelled" else k: v for k, v in r.items()} for r in rows]
    )


@wrong("Each row is a dict", earns=0)
def tuples_for_rows():
    return made(finish=lambda rows: [tuple(row.values()) for row in rows])


@wrong("should return a list", earns=0)
def a_dict_by_size():
    return made(
        finish=lambda rows: {(r["labelled"], r["seed"]): (r["scratch"], r["pretrained"]) for r in rows}
    )


@wrong("pretraining_gap prints its result but returns None", earns=0)
def prints():
    return made(finish=print)


@wrong("is that a mean over the seeds?", earns=0)
def the_first_seed_alone():
    def pretraining_gap(make_encoder, tune, train, test, sizes, seeds):
        return made()(make_encoder, tune, train, test, sizes, seeds[:1])

    return pretraining_gap


@wrong("and you return 3 rows. One for each size and seed", earns=0)
def the_first_size_alone():
    """`return` stands inside the loop."""

    def pretraining_gap(make_encoder, tune, train, test, sizes, seeds):
        return made()(make_encoder, tune, train, test, sizes[:1], seeds)

    return pretraining_gap


@wrong("No model was trained", earns=0)
def constant():
    def pretraining_gap(make_encoder, tune, train, test, sizes, seeds):
        return [{"labelled": n, "seed": s, "scratch": 0.5, "pretrained": 0.9} for n in sizes for s in seeds]

    return pretraining_gap


@wrong("Each row is a dict", earns=0)
def identity():
    return lambda make_encoder, tune, train, test, sizes, seeds: sizes


@wrong("No model was trained", earns=0)
def hard_coded_examples():
    """The table that the visible check's models give."""

    def pretraining_gap(make_encoder, tune, train, test, sizes, seeds):
        from course.checks.lab06_fine_tuning.gap import case_of

        case = case_of(1, 300, 97, [60, 8], [3, 7, 1])
        shares = iter([n / 97 for n in case.right])
        return [
            {"labelled": size, "seed": seed, "scratch": next(shares), "pretrained": next(shares)}
            for size in sizes
            for seed in seeds
        ]

    return pretraining_gap
