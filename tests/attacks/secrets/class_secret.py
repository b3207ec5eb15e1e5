"""Reads the class secret from its file, and from every module that may hold it."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
import os
for path in ("$COURSE/.class-secret", "$ROOT/.class-secret", "../.class-secret", "../../.class-secret", "../../../.class-secret"):
    if os.path.exists(path):
        print(open(path).read())
""",
)
