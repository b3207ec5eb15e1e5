"""Defines a cell magic and makes it swallow every cell in which hidden checks are imported."""

from tests.attacks import Attack

attack = Attack(
    cell="""
from IPython.core.magic import register_cell_magic
@register_cell_magic
def swallow(line, cell):
    return 3
shell = get_ipython()
shell.input_transformers_cleanup.insert(0, lambda lines: ["%%swallow\\n", *lines] if any("check(" in l for l in lines) else lines)
""",
)
