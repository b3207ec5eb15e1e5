"""What a teacher adds: to a classifier of two classes, and to a network that fills gaps. Parts of `python -m benchmarks.family`."""

import torch
from torch import nn
from torch.nn import functional as F

from benchmarks.fillers import MASK, ROWS, Filler, drawn, encoder, filled, mlm, train, trimmed
from course import load_model, load_task, load_tokenizer
from course.training import fit


def teaching(seed, text, held_out):
    """Students with two of three layers and 200 labels: the labels alone, a teacher's choices for 4,000 reviews, and its probabilities."""
    tokenizer = load_tokenizer("bert")
    splits = [load_task("sentiment", split=split) for split in ("train", "test")]
    (ids, labels), (test, truth) = (
        (
            tokenizer(list(s["text"]), padding=True, return_tensors="pt").input_ids,
            torch.tensor(list(s["label"])),
        )
        for s in splits
    )

    def logits(model, ids):
        states = model["below"](ids, attention_mask=(ids != 0).long()).last_hidden_state
        return model["head"](states[:, 0])

    def learned(layers, targets, temperature=1.0):
        """targets: long (review,), or a teacher's logits, float (review, 2)."""
        torch.manual_seed(seed)
        below = load_model("bert")
        below.encoder.layer = nn.ModuleList(below.encoder.layer[n] for n in layers)
        model = nn.ModuleDict({"below": below, "head": nn.Linear(64, 2)})
        if targets.is_floating_point():
            targets = (targets / temperature).softmax(-1)

        def batch(step):
            rows = torch.randint(len(targets), (32,))
            return trimmed(ids[rows]), targets[rows]

        def loss(model, batch):
            return F.cross_entropy(logits(model, batch[0]) / temperature, batch[1]) * temperature**2

        fit(
            model, batch, loss, steps=200, lr=1e-3, warmup=20, decay="linear", seed=seed, progress=False,
        )  # fmt: skip
        return model.eval()

    def row(name, model):
        with torch.no_grad():
            return {"taught": name, "right": (logits(model, test).argmax(-1) == truth).float().mean().item()}

    teacher = learned((0, 1, 2), labels[:1_000])
    yield row("teacher", teacher)
    yield row("200 labels", learned((0, 2), labels[:200]))
    with torch.no_grad():
        told = logits(teacher, ids)
    yield row("the teacher's choices", learned((0, 2), told.argmax(-1)))
    for temperature in (1.0, 2.0, 4.0, 8.0):
        yield row(f"the teacher, T = {temperature:g}", learned((0, 2), told, temperature))


def words(seed, text, held_out):
    """A student with random weights learns to fill gaps from 500 sentences: from what stood there, or from what a teacher says."""
    teacher, few = load_model("bert", head="masked-lm").eval(), text[:500]

    @torch.no_grad()
    def told(ids, hidden):
        inputs = ids.masked_fill(hidden, MASK)
        states = teacher.base_model(input_ids=inputs, attention_mask=(ids != 0).long()).last_hidden_state
        return teacher.cls(states[hidden])

    hidden = drawn(held_out, torch.Generator().manual_seed(1))
    logits, true = told(held_out, hidden), held_out[hidden]
    right = (logits.argmax(-1) == true).float().mean().item()
    yield {"taught": "teacher", "filled": right, "loss": F.cross_entropy(logits, true).item()}
    for temperature in (None, 1.0, 2.0, 4.0):
        torch.manual_seed(seed)
        model = Filler(encoder(2))

        def batch(step):
            ids = trimmed(few[torch.randint(len(few), (ROWS,))])
            return ids, drawn(ids)

        def loss(model, batch, t=temperature):
            ids, hidden = batch
            if t is None:
                return mlm(model, ids, hidden)
            own = model.guesses(model(ids.masked_fill(hidden, MASK))[hidden])
            return t**2 * F.kl_div(
                (own / t).log_softmax(-1), (told(ids, hidden) / t).softmax(-1), reduction="batchmean"
            )

        train(model, batch, loss, 1_500, seed)
        yield {
            "taught": "the words" if temperature is None else f"the teacher, T = {temperature:g}"
        } | filled(model, held_out)
