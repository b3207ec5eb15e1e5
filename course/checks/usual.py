"""Usual mistakes: a wrong value that many arrive at, so that a message can name what led there.

mistakes = [(1 - truth, "You give the probability of dropping a word"), (truth**2, "The square root is missing")]
refuse(keep, mistakes)
require_close(keep, truth, "At {at} you have {got}.{known}", known=usual(keep, mistakes))
"""

import torch

from .require import require


def looks_like(value, mistake) -> bool:
    """Whether a number or tensor is, up to float32 rounding, the one that a mistake gives."""
    value, mistake = torch.as_tensor(value).detach(), torch.as_tensor(mistake)
    if value.shape != mistake.shape or value.is_complex():
        return False
    return torch.allclose(value.double(), mistake.double(), rtol=1e-4, atol=1e-5)


def usual(value, mistakes) -> str:
    """What led to a value, as the end of a message: " That is the sum." or nothing. mistakes: (value, sentence) pairs."""
    return next((f" {ended(sentence)}" for wrong, sentence in mistakes if looks_like(value, wrong)), "")


def ended(sentence) -> str:
    """A sentence with its full stop, unless it asks."""
    return sentence if sentence.endswith("?") else f"{sentence}."


def refuse(value, mistakes):
    """Fail the check with the sentence of the mistake that leads to this value, if there is one."""
    known = usual(value, mistakes).strip()
    require(not known, "{known}", known=known)
