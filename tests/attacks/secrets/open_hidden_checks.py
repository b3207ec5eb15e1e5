"""Opens the files of the hidden checks by their path, by the compiled ones, and through every folder that Python knows."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
import glob, os, sys
for folder in ["$ROOT", "$COURSE", *sys.path, os.path.dirname(sys.modules["course"].__path__[0]), "/grader", "/grader/.."]:
    found = f"{folder}/autograder/checks/**/*$LAB*"
    for path in glob.glob(found, recursive=True) + glob.glob(f"{found}/*", recursive=True):
        try:
            print(path, open(path, errors="replace").read())
        except OSError as error:
            print(error)
""",
)
