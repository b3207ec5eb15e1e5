"""Hands in links into /proc: to the environment and the memory map of whoever reads them."""

from tests.attacks import Attack


def folder(place, world, lab):
    (place / "environ").symlink_to("/proc/self/environ")
    (place / "fd").symlink_to(f"/proc/{world.victim.pid}/fd/3")


attack = Attack(
    folder=folder,
    gains="text",
    cell="import glob\nfor name in ('environ', 'fd'):\n    print(open(name, errors='replace').read())",
)
