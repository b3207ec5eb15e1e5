"""Harmless things that students do to a solved notebook. None of them may cost a mark, in any lab.

    HONEST["numbers_in_float64"].files(notebook, lab)      # what is then handed in: relative path -> bytes

Each is a small function: it changes a copy of the notebook in place, or returns what is handed in instead, the notebook's
bytes or all files by name. `shows` is what must then be seen in the graded notebook's outputs, where it shows at all.
To add one, write the function; the tests find it. `python -m tests.honest [lab]` grades them all and prints a table.
"""

# importing a family enters its transformations in the list
from tests.honest import beside, cells, file, jupyter, saying, state, system, writing  # noqa: F401
from tests.honest.tools import HONEST, Transformation, plain

__all__ = ["HONEST", "Transformation", "plain"]
