"""Writes marks into the gradebook, and into the folders that the grader writes to."""

from tests.attacks import Attack

attack = Attack(
    gains="reach",
    cell="""
import os
for name in ("gradebook.db", "autograded/mal/$LAB.ipynb", ".autograder/$LAB/mal.json", "grades.csv"):
    path = f"$COURSE/{name}"
    try:
        with open(path, "a") as file:
            file.write("mal has full marks")
    except OSError as error:
        print(error)
""",
)
