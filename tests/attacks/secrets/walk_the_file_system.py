"""Walks the folders in which an instructor keeps things, and prints every file that could be of a course."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
import os
wanted = ("gradebook", ".class-secret", "$LAB", "notes.txt")
tops = ["$COURSE", "/home", "/root", "/srv", "/mnt", "/media", "/opt", "/var", "/run", "/tmp", "$ROOT"]
for top in tops[:1] if os.path.exists("$COURSE") else tops:
    for where, folders, names in os.walk(top):
        folders[:] = [f for f in folders if f not in ("site-packages", "node_modules", "proc", "sys")]
        for name in names:
            if any(w in name for w in wanted):
                try:
                    print(where, name, open(os.path.join(where, name), errors="replace").read()[:100000])
                except OSError as error:
                    print(error)
""",
)
