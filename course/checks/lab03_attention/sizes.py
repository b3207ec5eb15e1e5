"""The check of `count_parameters`."""

from .. import require
from . import lab

BASE = {
    "vocab_size": 30522,
    "hidden_size": 768,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "intermediate_size": 3072,
    "max_position_embeddings": 512,
    "type_vocab_size": 2,
}
TINY = dict(zip(BASE, (7, 4, 2, 1, 5, 4, 2), strict=True))
PARTS = ("embeddings", "attention", "dense", "norms", "pooler")


def require_counts(counts, truth, case, mistakes=()):
    """Require the numbers of each part. mistakes: (part, wrong number, sentence)."""
    require(
        isinstance(counts, dict) and set(counts) == set(PARTS),
        "Return a dict with the keys {parts}.",
        parts=", ".join(PARTS),
    )
    for part in PARTS:
        got = counts[part]
        require(
            isinstance(got, int) and not isinstance(got, bool) and abs(got) < 1e15,
            "{part} should be a whole number, of less than 16 digits; yours is of type {t}.{division}",
            part=part,
            t=type(got).__name__,
            division=" A division with `/` makes a float."
            if isinstance(got, float) and got == got // 1
            else "",
        )
        known = next((f" {s}." for p, wrong, s in mistakes if p == part and wrong == got), "")
        require(
            got == truth[part],
            "{case}: {part} has {got:,} in your count, which is too {much}.{known}",
            case=case,
            part=part,
            got=got,
            much="many" if got > truth[part] else "few",
            known=known,
        )


@lab.check(points=3, returns=(dict,), without=("transformers", "torch.nn"))
def count_parameters(student):
    truth = {"embeddings": 52, "attention": 160, "dense": 98, "norms": 40, "pooler": 20}
    mistakes = [
        ("embeddings", 28, "Positions and segments have vectors too"),
        ("embeddings", 44, "The two segments have a vector each"),
        ("embeddings", 36, "The positions have a vector each"),
        ("embeddings", 60, "The norm behind them goes to `norms`"),
        ("attention", 80, "That is one block; there are two"),
        ("attention", 120, "Three of its dense layers make queries, keys and values; the fourth leads the heads together"),
        ("attention", 128, "Each of its dense layers has a bias, and there are four of them"),
        ("attention", 136, "Each of its *four* dense layers has a bias"),
        ("attention", 320, "The heads share the width out: one of them or two, the matrices stay as large"),
        ("dense", 49, "That is one block; there are two"),
        ("dense", 80, "Both dense layers have a bias, one as wide as the model, one as wide as what lies between"),
        ("dense", 88, "The way in has a bias too, as wide as what lies between"),
        ("dense", 90, "The way back has a bias too, as wide as the model"),
        ("norms", 32, "One more norm stands behind the embeddings"),
        ("norms", 20, "A norm has two vectors: a factor and an offset for each number"),
        ("norms", 24, "Each block has two norms"),
        ("dense", 296, "The width between the two is `intermediate_size`, whatever the model's width is"),
        ("dense", 50, "There are two dense layers in each block, there and back"),
        ("pooler", 16, "It has a bias"),
        ("pooler", 40, "There is one for the whole model"),
    ]  # fmt: skip
    case = "Two blocks, width 4, 5 between, 7 words, 4 positions, 2 segments"
    counts = student(TINY)
    require_counts(counts, truth, case, mistakes)
    more_heads = student(TINY | {"num_attention_heads": 2})
    require_counts(more_heads, truth, "With two heads in place of one, where nothing changes")
    base = student(BASE)
    require_counts(base, {p: base.get(p) for p in PARTS}, "BERT base")
    total = sum(base.values())
    require(total == 109_482_240, "BERT base has 109,482,240 parameters; you count {total:,}.", total=total)
    return "109,482,240, and each part of a smaller one."
