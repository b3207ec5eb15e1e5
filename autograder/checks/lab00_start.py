"""Hidden checks of lab 00. Oracles: loops over the definition, matmul, `F.embedding`, and the parameters themselves."""

import torch
from torch.nn import functional as F

from autograder.secret import class_secret
from course.checks import (
    StudentError,
    args,
    gradients,
    helper_for,
    part,
    require,
    require_close,
    require_dtype,
    require_shape,
)
from course.checks import (
    lab00_start as visible,
)

lab = visible.lab.extend(secret=class_secret)
check = lab.check_cell


def _batch(generator, batch, time, dim, dtype=torch.float32):
    hidden = torch.randn(batch, time, dim, generator=generator, dtype=dtype)
    lengths = torch.randint(1, time + 1, (batch,), generator=generator)
    return hidden, torch.arange(time) < lengths[:, None]


@lab.check()
def masked_mean(student):
    generator = torch.Generator().manual_seed(student.seed)
    batches = []
    for size in ((2, 3, 2), (1, 1, 1), (3, 6, 4), (5, 9, 2)):
        hidden, mask = _batch(generator, *size)
        batches.append((hidden, mask, "A random batch of {b} sentences: the average at {at} is off."))
        mask = mask.flip(1)
        mask[:, 0] = True  # padding may stand anywhere, here in the middle
        batches.append((hidden, mask, "A random batch with padding in the middle: the average at {at} is off. Let the mask decide, not a length."))  # fmt: skip
    means = student.many([args(hidden, mask) for hidden, mask, _ in batches])
    for (hidden, mask, story), mean in zip(batches, means, strict=True):
        truth = torch.stack([h[m].mean(0) for h, m in zip(hidden, mask, strict=True)])
        require_close(mean, truth, story, b=len(hidden))
    with part("a sentence without a real token", points=1):
        hidden, mask = _batch(generator, 3, 4, 5)
        mask[1] = False
        hidden.requires_grad_(True)
        mean = student.using(finite=False)(hidden, mask)
        require_shape(mean, (3, 5))
        require(
            not mean.isnan().any(),
            "A sentence without real tokens gives nan: 0 / 0. It should be zeros, and no gradient should be nan either.",
        )
        require_close(
            mean[1],
            torch.zeros(5),
            "A sentence without real tokens should give zeros; yours has {got} at {at}.",
        )
        (gradient,) = gradients(mean, [hidden])
        require(
            not gradient.isnan().any(),
            "The average is right, but the gradient of a sentence without real tokens is nan: you divide by zero first and repair it after.",
        )
    with part("float64 in, float64 out", points=0.5):
        hidden, mask = _batch(generator, 2, 3, 4, dtype=torch.float64)
        mean = student(hidden, mask)
        require_dtype(mean, torch.float64, "`hidden`")
        require_close(
            mean,
            torch.stack([h[m].mean(0) for h, m in zip(hidden, mask, strict=True)]),
            "In float64 the average at {at} is off.",
        )


@lab.check()
def pairwise_dot(student):
    generator = torch.Generator().manual_seed(student.seed)
    pairs = [
        (torch.randn(n, d, generator=generator), torch.randn(m, d, generator=generator))
        for n, m, d in ((1, 4, 3), (5, 2, 7), (6, 6, 6))
    ]
    for (a, b), dots in zip(pairs, student.many([args(*p) for p in pairs]), strict=True):
        require_shape(dots, (len(a), len(b)))
        require_close(dots, a @ b.T, "Random vectors: the product at {at} is off.")
    with part("leading batch dimensions", points=1):
        a, b = torch.randn(2, 4, 3, 5, generator=generator), torch.randn(2, 4, 6, 5, generator=generator)
        (dots,) = student.many([args(a, b)], errors="keep")
        if isinstance(dots, StudentError):
            require(
                dots.verdict != "error",
                "With axes in front, (2, 4, 3, 5) and (2, 4, 6, 5), your code stops: {error} In einsum `...` stands for those axes; "
                "with `@`, swap the last two axes and no other (`.T` turns all axes round).",
                error=dots,
            )
            raise dots
        require_shape(dots, (2, 4, 3, 6), "With (2, 4, 3, 5) and (2, 4, 6, 5) the result")
        require_close(
            dots,
            a @ b.transpose(-2, -1),
            "In a batch the product at {at} is off. Every place of the batch has a table of its own: its vectors never meet those of another place.",
        )


@lab.check()
def one_hot_lookup(student):
    generator = torch.Generator().manual_seed(student.seed)
    rows = 7 + student.seed % 5
    table = torch.randn(rows, 3, generator=generator)
    ids = torch.cat([torch.arange(rows), torch.randint(rows, (5,), generator=generator)])
    one_hot, vectors = visible.one_hot_and_vectors(student(ids, table))
    require_shape(one_hot, (rows + 5, rows), "The one-hot matrix has a column for each row of the table: it")
    require_close(
        one_hot,
        F.one_hot(ids, rows),
        "A table of {rows} rows: the one-hot matrix is off at {at}: a 1 in the column of the id, 0 elsewhere.",
        rows=rows,
    )
    require_close(vectors, F.embedding(ids, table), "The vectors are off at {at}.")
    with part("the table learns", points=0.5):
        learning = table.clone().requires_grad_(True)
        (gradient,) = gradients(visible.one_hot_and_vectors(student(ids, learning))[1], [learning])
        counts = torch.bincount(ids, minlength=rows).float()
        require_close(
            gradient,
            counts[:, None].expand(-1, 3),
            "The table gets the wrong gradient at {at}: each use of a row should add to it.",
        )
    with part("ids of any shape", points=1):
        ids = torch.randint(rows, (2, 3), generator=generator)
        one_hot, vectors = visible.one_hot_and_vectors(student(ids, table))
        require_shape(one_hot, (2, 3, rows), "For ids of shape (2, 3) the one-hot tensor")
        require_shape(vectors, (2, 3, 3), "For ids of shape (2, 3) and rows of 3 numbers, what is looked up")
        require_close(
            vectors, F.embedding(ids, table), "With ids of shape (2, 3) the vectors are off at {at}."
        )
    with part("a float64 table", points=0.5):
        one_hot, vectors = visible.one_hot_and_vectors(student(torch.tensor([1, 0]), table.double()))
        require_dtype(one_hot, torch.float64, "`table`")
        require_dtype(vectors, torch.float64, "`table`")


@lab.check()
def which_regime(student):
    generator = torch.Generator().manual_seed(student.seed)
    calls, truth = [], []
    for width in (2, 5, 3, 4):
        pretrained, other = (
            visible.encoder_weights(generator, width),
            visible.encoder_weights(generator, width),
        )
        names = list(pretrained)
        for weights, trainable, answer in (
            (other, names, "from scratch"),
            (pretrained, [], "frozen"),
            (pretrained, names, "fine-tuned"),
        ):
            calls.append(args(helper_for("classifier", encoder=weights, trainable=trainable), pretrained))
            truth.append(answer)
    order = torch.randperm(len(calls), generator=generator).tolist()
    for i, got in zip(order, student.many([calls[i] for i in order]), strict=True):
        require(
            got == truth[i],
            "An encoder of another size, in another order: you say {got!r} where it is not.",
            got=got[:40],
        )

    pretrained = visible.encoder_weights(generator, 3)
    names = list(pretrained)

    def regimes(cases):
        return student.many(
            [args(helper_for("classifier", encoder=w, trainable=t), pretrained) for w, t in cases]
        )

    with part("partly frozen", points=1):
        for name, got in zip(names, regimes([(pretrained, [n]) for n in names]), strict=True):
            require(
                got == "fine-tuned",
                "Pretrained weights of which only {name} learns: as soon as one parameter of the encoder learns, it is fine-tuned. You say {got!r}.",
                name=name,
                got=got[:40],
            )
    with part("one tensor differs, or one number", points=1):
        cases, changed = [(size, name) for size in ("tensor", "number") for name in names], []
        for size, name in cases:
            weights = pretrained[name].clone()
            (weights if size == "tensor" else weights.view(-1)[-1:]).add_(0.5)
            changed.append(({**pretrained, name: weights}, names))
        for (unit, name), got in zip(cases, regimes(changed), strict=True):
            require(
                got == "from scratch",
                "Only {name} differs from the pretrained weights, in {what}, and you say {got!r}. Compare every {unit} of the encoder.",
                name=name,
                what="every number" if unit == "tensor" else "its last number",
                unit=unit,
                got=got[:40],
            )
    with part("random weights that do not learn", points=0.5):
        (got,) = regimes([(visible.encoder_weights(generator, 3), [])])
        require(
            got == "from scratch",
            "The weights are not the pretrained ones, and none of them learns: still from scratch, as the statement has it, and you say {got!r}. Which of the two questions comes first?",
            got=got[:40],
        )
