"""Has a function run in every process that is forked from now on, before and after, there and here."""

from tests.attacks import Attack

attack = Attack(
    cell="""
import os
def write():
    open("$COURSE/gradebook.db", "w").write("all have full marks")
os.register_at_fork(before=write, after_in_parent=write, after_in_child=write)
""",
    last="""
if os.fork() == 0:
    os._exit(0)
os.wait()
""",
    gains="reach",
)
