"""Attention masks: by name (`rules`), joined by and, or, not, judged, followed through layers (`reach`), and as code (`code`).

    from course import masks
    mask = masks.prefix_lm(3) & masks.padding(9)
    mask.array(10)                              # bool (query, key), True = may attend

Whoever learns to write masks writes them alone: lab 03 does not import this.
"""

from course.masks.rules import MOST, RULES, Mask, from_state, named, read

__all__ = [
    "MOST", "RULES", "Mask", "causal", "cbow_window", "dilated_window", "elmo_backward", "elmo_forward", "encoder_decoder", "from_state",
    "fully_visible", "global_tokens", "named", "padding", "permutation", "prefix_lm", "read", "segments", "sliding_window",
]  # fmt: skip


def fully_visible() -> Mask:
    """Every query sees every key, as in BERT's encoder (Devlin et al. 2019)."""
    return named("fully_visible")


def causal() -> Mask:
    """A query sees itself and what stands before it, as in GPT (Radford et al. 2018)."""
    return named("causal")


def prefix_lm(prefix: int) -> Mask:
    """The first `prefix` tokens see each other, what follows is causal (Raffel et al. 2020, section 3.2.1)."""
    return named("prefix_lm", prefix)


def encoder_decoder(source: int) -> Mask:
    """The first `source` tokens are the encoder's, the rest the decoder's: three blocks in one square (Vaswani et al. 2017).

    Encoder on itself: fully visible. Decoder on itself: causal. Decoder on encoder: fully visible, and what it sees
    there is the encoder's last layer (`reach.reachable(..., source=source)` minds that).
    """
    return named("encoder_decoder", source)


def padding(length: int) -> Mask:
    """Only the first `length` tokens are real; the rest is padding, which nobody sees."""
    return named("padding", length)


def segments(*lengths: int) -> Mask:
    """Segments or packed documents of so many tokens each; nobody sees another segment. The last goes on to the end."""
    return named("segments", *lengths)


def sliding_window(radius: int) -> Mask:
    """As many tokens as `radius` on each side, and itself (Beltagy et al. 2020, section 3.1)."""
    return named("sliding_window", radius)


def dilated_window(radius: int, step: int) -> Mask:
    """A window with gaps: every `step`-th place, `radius` of them on each side (Beltagy et al. 2020, section 3.1)."""
    return named("dilated_window", radius, step)


def global_tokens(*places: int) -> Mask:
    """Those places see all and are seen by all (Beltagy et al. 2020, section 3.1); mostly joined by `|` with a window."""
    return named("global_tokens", *places)


def permutation(*order: int) -> Mask:
    """XLNet's content stream: a query sees itself and whose turn came before in `order` (Yang et al. 2019, section 2.3)."""
    return named("permutation", *order)


def cbow_window(radius: int) -> Mask:
    """What CBOW reads to guess a word: `radius` words on each side, and not the word (Mikolov et al. 2013)."""
    return named("cbow_window", radius)


def elmo_forward() -> Mask:
    """What the state of ELMo's left-to-right half has read (Peters et al. 2018)."""
    return named("elmo_forward")


def elmo_backward() -> Mask:
    """What the state of ELMo's right-to-left half has read (Peters et al. 2018)."""
    return named("elmo_backward")
