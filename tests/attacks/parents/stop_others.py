"""Stops other processes, lowers their priority, binds them to one processor and lowers their limits."""

from tests.attacks import Attack

attack = Attack(
    gains="reach",
    cell="""
import os, resource, signal
for pid in $PIDS:
    if pid in (0, os.getpid()):
        continue
    for what in (lambda: os.kill(pid, signal.SIGSTOP), lambda: os.setpriority(os.PRIO_PROCESS, pid, 19),
                 lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, 3)), lambda: os.sched_setaffinity(pid, {0})):
        try:
            what()
        except OSError as error:
            print(error)
""",
)
