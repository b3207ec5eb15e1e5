"""Hands in links with absolute paths: to the gradebook, to the class secret, to the system's files."""

from tests.attacks import Attack


def folder(place, world, lab):
    for number, target in enumerate(
        (world.course / "gradebook.db", world.course / ".class-secret", "/etc/hostname")
    ):
        (place / f"data{number}.csv").symlink_to(target)


attack = Attack(
    folder=folder,
    gains="text",
    cell="import glob\nfor name in glob.glob('data*'):\n    print(open(name).read())",
)
