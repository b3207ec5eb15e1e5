"""Oracle: transformers' `BertModel`, built without memory for its weights, its parameters sorted by their names."""

import torch

from course.checks import args, part
from course.checks.lab03_attention.sizes import require_counts

from . import lab


def counted(config):
    """The parameters of each part of a BERT."""
    from transformers import BertConfig, BertModel

    with torch.device("meta"):
        model = BertModel(BertConfig(**config))
    counts = dict.fromkeys(("embeddings", "attention", "dense", "norms", "pooler"), 0)
    for name, parameter in model.named_parameters():
        part_of = (
            "norms" if "LayerNorm" in name
            else "embeddings" if name.startswith("embeddings")
            else "attention" if ".attention." in name
            else "pooler" if name.startswith("pooler")
            else "dense"
        )  # fmt: skip
        counts[part_of] += parameter.numel()
    return counts


@lab.check()
def count_parameters(student):
    rng, configs = student.rng, []
    for _ in range(6):
        heads = rng.randint(1, 6)
        configs.append(
            {
                "vocab_size": rng.randint(10, 90_000),
                "hidden_size": heads * rng.randint(2, 40),
                "num_hidden_layers": rng.randint(1, 6),
                "num_attention_heads": heads,
                "intermediate_size": rng.randint(3, 900),
                "max_position_embeddings": rng.randint(5, 2000),
                "type_vocab_size": rng.randint(1, 4),
            }
        )
    for config, counts in zip(configs, student.many([args(c) for c in configs]), strict=True):
        require_counts(counts, counted(config), "A random configuration")
    with part("no blocks at all", points=0.5):
        config = configs[0] | {"num_hidden_layers": 0}
        require_counts(student(config), counted(config), "A model without blocks")
