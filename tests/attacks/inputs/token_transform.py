"""Replaces the step that works on tokens: it gives a number for every check cell."""

from tests.attacks import Attack

attack = Attack(
    cell="""
import IPython.core.inputtransformer2 as it
before = it.TransformerManager.do_token_transforms
def tokens(self, lines):
    return ["3\\n"] if any("check(" in line for line in lines) else before(self, lines)
it.TransformerManager.do_token_transforms = tokens
""",
)
