"""Reads what other students handed in, by path and by listing."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
import glob, os
for path in [*glob.glob("$COURSE/submitted/*/*/*"), *glob.glob("../../*/$LAB/*"), *glob.glob("../*/*")]:
    if os.path.isfile(path):
        print(path, open(path, errors="replace").read())
""",
)
