"""Opens the gradebook, reads it as a file and as a database."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
for path in ("$COURSE/gradebook.db", "$ROOT/gradebook.db", "../../../gradebook.db"):
    try:
        print(open(path, errors="replace").read())
    except OSError as error:
        print(error)
""",
)
