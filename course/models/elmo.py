"""ELMo as parts: an embedding, two stacks of LSTMs that read in opposite directions, and one output layer for both.

    parts = load_model("elmo")
    parts["embedding"], parts["left_to_right"], parts["right_to_left"], parts["output"]

How they go together is the subject of chapter 2 (Peters et al. 2018, "Deep contextualized word representations").
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn

DIRECTIONS = ("left_to_right", "right_to_left")


def parts(vocabulary: int, width: int, layers: int) -> "nn.ModuleDict":
    """The parts before training. Each direction is a ModuleList of one-layer LSTMs, batch first, width -> width; output: width -> vocabulary."""
    from torch import nn

    stacks = {
        name: nn.ModuleList(nn.LSTM(width, width, batch_first=True) for _ in range(layers))
        for name in DIRECTIONS
    }
    return nn.ModuleDict(
        {"embedding": nn.Embedding(vocabulary, width), **stacks, "output": nn.Linear(width, vocabulary)}
    )


def load(folder: Path) -> "nn.ModuleDict":
    """The parts in a folder with config.json and model.safetensors, in float32 and evaluation mode. Raises OSError, ValueError or KeyError."""
    from safetensors.torch import load_file

    shape = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    out = parts(shape["vocab_size"], shape["width"], shape["layers"])
    out.load_state_dict(load_file(folder / "model.safetensors"))
    return out.eval()


def save(model: "nn.ModuleDict", folder: Path) -> None:
    """Write config.json and model.safetensors, the weights in half precision."""
    from safetensors.torch import save_file

    embedding, layers = model["embedding"], len(model[DIRECTIONS[0]])
    shape = {
        "vocab_size": embedding.num_embeddings, "width": embedding.embedding_dim, "layers": layers
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(shape, indent=2) + "\n", encoding="utf-8")
    save_file(
        {name: tensor.half().contiguous() for name, tensor in model.state_dict().items()},
        folder / "model.safetensors",
        metadata={"format": "pt"},
    )
