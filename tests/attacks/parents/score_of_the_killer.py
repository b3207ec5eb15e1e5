"""Tells the system whom to kill when memory runs out: not itself."""

from tests.attacks import Attack

attack = Attack(
    gains="trouble",
    cell="""
for pid in $PIDS:
    for name, value in (("oom_score_adj", "1000"), ("oom_score_adj", "-1000"), ("coredump_filter", "0xff"), ("timerslack_ns", "1000000000")):
        try:
            open(f"/proc/{pid}/{name}", "w").write(value)
        except OSError as error:
            print(error)
""",
    works="nowhere",
    why="it takes a machine short of memory to see it work",
)
