"""A BERT encoder that a student's training was given, and what became of it."""

import torch
from torch.nn import functional as F

from .modules import state_of

MARKS = 5  # ids that stay: [PAD], [UNK], [CLS], [SEP], [MASK]
TABLE = "embeddings.word_embeddings.weight"


def shuffled(rng, n):
    """New ids for a vocabulary of n tokens, long (n,): what `helper_for("shuffled_bert", order=…)` takes."""
    return torch.tensor([*range(MARKS), *rng.sample(range(MARKS, n), n - MARKS)])


def encoder_in(model, before):
    """The tensors of a model's encoder under the names of the encoder's own, `before`; None where it has none of this form."""
    state = state_of(model)
    starts = sorted(
        {name.removesuffix(TABLE) for name in state if name.endswith(TABLE)},
        key=lambda start: start != "encoder.",
    )
    for start in starts:
        found = {name: state.get(start + name) for name in before}
        if all(t is not None and t.shape == before[name].shape for name, t in found.items()):
            return {name: t.to(before[name].dtype) for name, t in found.items()}
    return None


def matrices(state):
    """The weights that a gradient reaches from [CLS]: the table of words, and the matrices of each layer, by what they are called."""
    layers = sorted({name.split(".")[2] for name in state if name.startswith("encoder.layer.")}, key=int)
    found = {"the table of words": [state[TABLE]]}
    for i in layers:
        own = [t for name, t in state.items() if name.startswith(f"encoder.layer.{i}.") and t.dim() > 1]
        found[f"layer {int(i) + 1} of {len(layers)}"] = own
    return found


def change(before, after):
    """(kept, alike, distance): the share of words whose vectors point where they pointed, which holds for all that no review has; the
    cosine of the layers' weights; how far those have moved, of their size."""
    kept = F.cosine_similarity(before[TABLE].float(), after[TABLE].float(), dim=1) > 0.9
    a, b = (
        torch.cat([t.flatten().float() for own in list(matrices(s).values())[1:] for t in own])
        for s in (before, after)
    )
    return (
        kept.float().mean().item(),
        F.cosine_similarity(a, b, dim=0).item(),
        ((b - a).norm() / a.norm()).item(),
    )


def unmoved(before, after):
    """What stayed as it was, to the last digit, wholly or in part, by what it is called."""
    old, new = matrices(before), matrices(after)
    return [name for name in old if any(torch.equal(a, b) for a, b in zip(old[name], new[name], strict=True))]
