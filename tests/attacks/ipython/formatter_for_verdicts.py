"""Registers a formatter of its own for the class of verdicts."""

from tests.attacks import Attack

attack = Attack(
    cell="""
from course.checks.verdict import Verdict
formatter = get_ipython().display_formatter
formatter.mimebundle_formatter.for_type(Verdict, lambda v, include=None, exclude=None: {"text/plain": "3"})
formatter.ipython_display_formatter.for_type(Verdict, lambda v: None)
""",
)
