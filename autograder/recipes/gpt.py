"""The shipped GPT: transformers' GPT2LMHeadModel, tiny, that learned to go on with the world's text.

model, tokenizer, figures = train(seed=0)
"""

import math

import torch
from torch.nn import functional as F
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

from autograder.recipes.elmo import held_out, texts
from autograder.recipes.optimizers import muon_and_adamw, quiet_start
from autograder.recipes.text import everything
from autograder.recipes.tokenizers import causal
from course.training import fit

LENGTH = 128  # tokens a row
STEPS, BATCH = 2_000, 16
LINES, ARTICLES = 60_000, 12_000


def config(vocabulary: int) -> GPT2Config:
    """A tiny GPT-2: 3 layers of 4 heads, 96 wide."""
    return GPT2Config(
        vocab_size=vocabulary, n_positions=256, n_embd=96, n_layer=3, n_head=4, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0,
        initializer_range=0.05, bos_token_id=0, eos_token_id=0,
    )  # fmt: skip


def training_texts(seed: int) -> list[str]:
    """What a seed is trained on."""
    return texts(10_000 * (seed + 1), LINES, ARTICLES)


def rows(tokenizer: PreTrainedTokenizerFast, documents: list[str], seed: int) -> torch.Tensor:
    """(row, LENGTH): the documents in random order behind one another, an end between them, cut into rows; the rest is dropped."""
    order = torch.randperm(len(documents), generator=torch.Generator().manual_seed(seed)).tolist()
    end = tokenizer.eos_token_id
    stream = [end]
    for ids in tokenizer([documents[i] for i in order])["input_ids"]:
        stream += [*ids, end]
    return torch.tensor(stream[: len(stream) // LENGTH * LENGTH]).view(-1, LENGTH)


def loss(model: GPT2LMHeadModel, ids: torch.Tensor) -> torch.Tensor:
    """Mean negative log-likelihood of each token from those before it."""
    logits = model(ids[:, :-1]).logits
    return F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())


def train(
    seed: int = 0, steps: int = STEPS, progress: bool = True
) -> tuple[GPT2LMHeadModel, PreTrainedTokenizerFast, dict[str, float]]:
    """(model, tokenizer, perplexity and accuracy on held-out text)."""
    tokenizer = causal(everything(0, text_to_text=False))
    torch.manual_seed(seed)
    model = GPT2LMHeadModel(config(len(tokenizer)))
    trained_on = training_texts(seed)
    data = rows(tokenizer, trained_on, seed).split(BATCH)
    quiet_start(model, lambda name: name.endswith("c_proj.weight"))
    optimizer = muon_and_adamw(model, inside=lambda name: ".h." in name)
    history = fit(
        model,
        data,
        loss,
        steps=steps,
        optimizer=optimizer,
        warmup=150,
        decay=0.4,
        seed=seed,
        device="cpu",
        progress=progress,
    )
    return (
        model.eval(),
        tokenizer,
        measured(model, tokenizer, trained_on) | {"steps": steps, "seconds": history.seconds},
    )


@torch.no_grad()
def measured(
    model: GPT2LMHeadModel, tokenizer: PreTrainedTokenizerFast, trained_on: list[str]
) -> dict[str, float]:
    """Perplexity, and how often the likeliest next token is the true one, on `held_out` texts."""
    out = {}
    for kind, chosen in held_out(trained_on).items():
        ids = rows(tokenizer, chosen, 0)
        logits = torch.cat([model(part[:, :-1]).logits for part in ids.split(BATCH)])
        nll = F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten()).item()
        out[f"perplexity{kind}"] = math.exp(nll)
        out[f"next token{kind}"] = (logits.argmax(-1) == ids[:, 1:]).float().mean().item()
    return out
