"""Adds a transformer after IPython's own, in which the name `check` becomes `max`."""

from tests.attacks import Attack

attack = Attack(
    cell="""
get_ipython().input_transformers_post.append(
    lambda lines: ["(lambda target: 3)(" + line[6:] if line.startswith("check(") else line for line in lines])
"""
)
