"""Submissions that are trouble, each with the verdict it must get.

    for case in CASES:
        record = case.grade(judge, folder)      # whatever happens, a record
        case.problems(record)                   # what is not as it must be; empty when all is well

Three families: code that never ends, eats, floods or kills (`running`), files that are no notebook (`reading`) and folders
that are no submission (`folders`). `python -m tests.crashes` grades them all and prints a table.
"""

# importing a family enters its cases in the list
from tests.crashes import folders, reading, running  # noqa: F401
from tests.crashes.tools import CASES, Case

__all__ = ["CASES", "Case"]
