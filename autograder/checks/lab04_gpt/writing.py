"""Oracles: GPT2LMHeadModel.generate without sampling, of random weights; costs counted token by token from its logits."""

import torch

from course.checks import helper_for, require, require_close
from course.checks.lab04_gpt.writing import gap_of, pair_of, require_ids

from . import lab


def random_gpt2(rng, vocabulary):
    """(what to hand over, the model) with random weights, large enough that no two scores are alike."""
    from transformers import GPT2Config, GPT2LMHeadModel

    config = {"vocab_size": vocabulary, "n_positions": 40, "n_embd": 16, "n_layer": 2, "n_head": 2, "bos_token_id": 1, "eos_token_id": 1}  # fmt: skip
    model = GPT2LMHeadModel(GPT2Config(**config)).eval()
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(0.7 * torch.randn(parameter.shape, generator=generator))
    weights = {n: t.clone() for n, t in model.state_dict().items() if n != "lm_head.weight"}
    return helper_for("gpt2", weights=weights, **config), model


@lab.check()
def generate_greedy(student):
    rng = student.rng
    ids = torch.tensor([[1, 2]])
    student.using(limit=60)(random_gpt2(rng, 12)[0], ids, 0)  # at the far end the library is imported now
    for batch, time, new in ((3, 4, 12), (1, 1, 20), (5, 7, 5)):
        vocabulary = rng.randint(12, 30)
        marker, model = random_gpt2(rng, vocabulary)
        ids = torch.tensor([[rng.randrange(2, vocabulary) for _ in range(time)] for _ in range(batch)])
        truth = model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            do_sample=False,
            max_new_tokens=new,
            min_new_tokens=new,
            eos_token_id=None,
            pad_token_id=0,
        )
        found = student(marker, ids, new)
        require_ids(found, truth.shape, "A random GPT-2")
        require(
            torch.equal(found, truth),
            "A random GPT-2 goes on otherwise from new token {at} on.",
            at=int((found != truth).any(0).nonzero()[0]) - time if not torch.equal(found, truth) else 0,
        )
        end = int(truth[0, time + min(2, new - 1)])  # so that a text ends soon
        stopped = model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            do_sample=False,
            max_new_tokens=new,
            eos_token_id=end,
            pad_token_id=end,
        )
        found = student(marker, ids, new, end=end)
        require_ids(found, stopped.shape, "A random GPT-2, with an end,")
        require(
            torch.equal(found, stopped),
            "A random GPT-2, with an end: the rows are others than those of transformers.",
        )


@lab.check()
def teacher_forcing_gap(student):
    rng = student.rng
    ids = torch.tensor([[1, 2]])
    student.using(limit=60)(random_gpt2(rng, 12)[0], ids, 1)  # at the far end the library is imported now
    for batch, time, prompt in ((4, 9, 2), (1, 6, 5), (6, 8, 1)):
        vocabulary = rng.randint(12, 30)
        marker, model = random_gpt2(rng, vocabulary)
        ids = torch.tensor([[rng.randrange(vocabulary) for _ in range(time)] for _ in range(batch)])
        found = pair_of(student(marker, ids, prompt), time - prompt)
        with torch.no_grad():
            truth = gap_of(lambda ids, model=model: model(ids).logits, ids, prompt)
        for one, wanted, name in zip(found, truth, ("forced", "free"), strict=True):
            require_close(
                one,
                wanted,
                "A random GPT-2, {batch} texts of {time} tokens, a prompt of {prompt}: `{name}` is off at {at}.",
                batch=batch,
                time=time,
                prompt=prompt,
                name=name,
                atol=1e-3,
            )
