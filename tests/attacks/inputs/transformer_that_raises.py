"""Adds a transformer that refuses every check cell with a syntax error, caught by a hook that shows points."""

from tests.attacks import Attack

attack = Attack(
    cell="""
shell = get_ipython()
def refuse(lines):
    if any("check(" in line for line in lines):
        raise SyntaxError("no")
    return lines
shell.input_transformers_post.append(refuse)
shell.showsyntaxerror = lambda *rest, **named: shell.displayhook(3)
"""
)
