"""Answers with a text of which the length is a lie, told to whoever counts the bytes of a reply."""

from tests.attacks import AWARD, Attack

attack = Attack(
    answer=AWARD
    + """
class Text(str):
    def __len__(self): award(); return 2**62
def $NAME(*args, **kwargs):
    return Text("fine-tuned" * 1000)
"""
)
