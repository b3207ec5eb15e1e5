"""Answers every call with the same, of the type that is wanted."""

from tests.attacks import Attack

attack = Attack(
    answer="""
import torch
def $NAME(*args, **kwargs):
    return {"masked_mean": torch.ones(2, 2), "pairwise_dot": torch.ones(3, 2), "which_regime": "frozen",
            "one_hot_lookup": (torch.eye(2, 3), torch.ones(2, 2)), "context_windows": [], "build_vocabulary": {"<pad>": 0, "<unk>": 1},
            "subsample_probability": torch.ones(3), "noise_distribution": torch.ones(3) / 3, "nearest_words": [],
            "negative_sampling_loss": torch.tensor(0.7), "train_cbow": torch.ones(9, 64)}.get("$NAME", torch.ones(1))
""",
    works="nowhere",
    why="a check that falls for a constant would be a mistake in the check",
)
