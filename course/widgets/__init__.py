"""The course's visualisers: `WindowStepper`, `EmbeddingMap`, `ElmoReader`, `MaskExplorer`, `AttentionHeads`, `MaskingStepper`, `PairBuilder`,
`TrainableView`, `SpanStepper`, `RelativeBuckets`, `MixingRates`, `SpanScores`, `NextToken`, `BeamTree`; and `beside`, which puts some of them
next to each other.

Each is one pair of files, `name.py` and `name.js`, on the base of `base.py`; README.md says how to add one.
The names are looked up when they are first used, so that importing this package costs nothing.
"""

from importlib import import_module

# name -> its file
_MODULES = {
    "AttentionHeads": "attention_heads",
    "BeamTree": "beam_tree",
    "ElmoReader": "elmo_reader",
    "EmbeddingMap": "embedding_map",
    "MaskExplorer": "mask_explorer",
    "MaskingStepper": "masking_stepper",
    "MixingRates": "mixing_rates",
    "NextToken": "next_token",
    "PairBuilder": "pair_builder",
    "RelativeBuckets": "relative_buckets",
    "SpanScores": "span_scores",
    "SpanStepper": "span_stepper",
    "TrainableView": "trainable_view",
    "WindowStepper": "window_stepper",
    "beside": "row",
}

__all__ = sorted(_MODULES)


def __getattr__(name):
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__():
    return sorted({*globals(), *__all__})
