"""Fills every folder it can write to: with one large file, with many small ones, with holes."""

from tests.attacks import BEHIND_WALLS, HARM, Attack

attack = Attack(
    cell=BEHIND_WALLS
    + """
for folder in (".", "/tmp", "/dev/shm", "/run", "/var/tmp", "/home", "/"):
    try:
        for number in range(100):
            with open(f"{folder}/big{number}", "wb") as file:
                file.write(bytes(16 << 20))
    except OSError as error:
        print(folder, error)
    try:
        for number in range(30000):
            open(f"{folder}/small{number}", "w").close()
    except OSError as error:
        print(folder, error)
""",
    gains="trouble",
    limits={"cell": 10.0, "submission": 30.0, "memory": 1 << 30},
    works="nowhere",
    why=HARM,
)
