"""Runs the solution's own cells, read from its folder, in place of an answer."""

from tests.attacks import Attack

attack = Attack(
    answer="""
import json
cells = json.load(open("$ROOT/solutions/$LAB/$LAB.ipynb"))["cells"]
for cell in cells:
    if cell["metadata"].get("nbgrader", {}).get("grade_id") == "$NAME" + "_answer":
        exec("".join(cell["source"]))
""",
)
