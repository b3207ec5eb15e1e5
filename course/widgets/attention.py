"""What a `transformers` model attends to on one text: its weights, and one head's scores before the mask.

Nothing of the model is changed when a call is over.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from course.widgets.base import as_array

LEAST = -80.0  # the logarithm of the smallest weight that is told from none


def weights_of(
    model: Any, tokenizer: Any, text: str, pair: str | None = None, most: int = 256
) -> tuple[Any, list[str]]:
    """(a tensor a layer, each (1, head, query, key); the tokens) of a text, or a pair of texts, cut at `most` tokens.

    Of a model with an encoder and a decoder they are the encoder's.
    """  # fmt: skip
    encoded = tokenizer(text, pair, return_tensors="pt", truncation=True, max_length=most).to(model.device)
    return _run(model, encoded), tokenizer.convert_ids_to_tokens(encoded.input_ids[0])


def scores_of(
    model: Any,
    tokenizer: Any,
    text: str,
    pair: str | None = None,
    *,
    layer: int = 0,
    head: int = 0,
    most: int = 256,
) -> tuple[np.ndarray, bool, list[str]]:
    """(float32 (query, key), whether the model is causal, the tokens): one head's scores, also where the model's own mask hides a key.

    The layers below run as they always do; this one runs without its mask, and its scores are the logarithms of its weights. That is
    the scores but for one number in each row, which softmax does not see; each row's mean is 0 here. A weight below e^-80 counts as that.
    IndexError for a layer or head that is not there.
    """
    encoded = tokenizer(text, pair, return_tensors="pt", truncation=True, max_length=most).to(model.device)
    causal = is_causal(_run(model, encoded))
    with _unmasked(model, layer):
        attentions = _run(model, encoded)
    if not 0 <= layer < len(attentions) or not 0 <= head < attentions[0].shape[1]:
        raise IndexError(
            f"This model has {len(attentions)} layers of {attentions[0].shape[1]} heads, from 0; you asked for layer {layer}, head {head}."
        )
    weights = as_array(attentions[layer][0, head]).astype(np.float64)
    scores = np.log(weights.clip(np.exp(LEAST)))
    scores -= scores.mean(1, keepdims=True)
    return scores.astype(np.float32), causal, tokenizer.convert_ids_to_tokens(encoded.input_ids[0])


def is_causal(attentions: Any) -> bool:
    """Whether no token looks at one behind it, in any head of the first layer: of more than one token."""
    return not np.triu(as_array(attentions[0])[0], 1).any()


def _run(model: Any, encoded: Any) -> Any:
    import torch

    was, training = getattr(model.config, "_attn_implementation", None), model.training
    if was not in (None, "eager"):
        model.set_attn_implementation("eager")  # the fused ones do not say their weights
    model.eval()
    try:
        with torch.no_grad():
            asked = model.get_encoder() if model.config.is_encoder_decoder else model
            return asked(**encoded, output_attentions=True).attentions
    finally:
        model.train(training)
        if was not in (None, "eager"):
            model.set_attn_implementation(was)


@contextlib.contextmanager
def _unmasked(model: Any, layer: int) -> Iterator[None]:
    """While this lasts, the additive mask (1, 1, query, key) that a layer is handed is zeros."""
    import torch

    def open_up(_, args, named):
        def opened(value):
            is_mask = torch.is_tensor(value) and value.ndim == 4 and value.shape[:2] == (1, 1)
            return torch.zeros_like(value) if is_mask and value.is_floating_point() else value

        return tuple(map(opened, args)), {name: opened(value) for name, value in named.items()}

    count = model.config.num_hidden_layers
    stacks = [m for m in model.modules() if isinstance(m, torch.nn.ModuleList) and len(m) == count]
    if model.config.is_encoder_decoder or not stacks or not 0 <= layer < count:
        yield  # an encoder sees all of a text that stands alone, without padding
        return
    handle = stacks[0][layer].register_forward_pre_hook(open_up, with_kwargs=True)
    try:
        yield
    finally:
        handle.remove()
