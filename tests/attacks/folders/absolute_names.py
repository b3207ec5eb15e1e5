"""Has names in its archive that lead out of its folder: absolute ones and ones with `..`."""

from tests.attacks import Attack

attack = Attack(
    files={"$COURSE/gradebook.db": "all have full marks", "../../../../../../../../$COURSE/new.txt": "mine"},
    gains="reach",
)
