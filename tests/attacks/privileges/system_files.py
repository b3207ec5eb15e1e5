"""Changes the programs and libraries that the next submission runs with: Python, its packages, the course, the grader's own."""

from tests.attacks import BEHIND_WALLS, Attack

attack = Attack(
    gains="text",
    cell=BEHIND_WALLS
    + """
import sys
for folder in ("/", "/usr", "/usr/bin", "/etc", "/bin", "/lib", "/var", "/opt", "/home", "/run", "/grader", "/proc", sys.prefix, sys.base_prefix, "$ROOT", "$ROOT/course", "$ROOT/autograder", os.path.dirname(os.__file__)):
    for what in (lambda: open(f"{folder}/mine", "w").write("x"), lambda: os.mkdir(f"{folder}/mine"), lambda: os.chmod(folder, 0o777), lambda: os.rename(folder, folder + "-old")):
        try:
            what()
            print("changed", folder, $TOKEN)
        except OSError:
            pass
""",
    works="nowhere",
    why="it would change the machine on which the tests run",
)
