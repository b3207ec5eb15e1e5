"""Reads the solution notebook where contributors keep it, where the instructor's course keeps it, and in git's objects."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
import glob, json, zlib
for path in ("$ROOT/solutions/$LAB/$LAB.ipynb", "$COURSE/solutions/$LAB/$LAB.ipynb", "../../solutions/$LAB/$LAB.ipynb"):
    try:
        text = open(path).read()
        print(text)
        print(*("".join(c["source"]) for c in json.loads(text)["cells"]), sep=chr(10))
    except (OSError, ValueError) as error:
        print(error)
for path in glob.glob("$ROOT/.git/objects/*/*")[:3000]:
    print(path)
""",
)
