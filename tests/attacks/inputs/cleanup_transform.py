"""Adds an input transformer that drops the line which imports hidden checks and replaces the check's."""

from tests.attacks import Attack

attack = Attack(
    cell="""
def gift(lines):
    return ["2.0\\n"] if any(line.startswith("check(") for line in lines) else lines
get_ipython().input_transformers_cleanup.append(gift)
"""
)
