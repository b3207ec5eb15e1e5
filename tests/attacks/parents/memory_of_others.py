"""Reads the memory of other processes, where it is writable, for the canary."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
import os, re
mark = b"canary" + b"-"
for pid in $PIDS:
    if pid == os.getpid():
        continue
    try:
        with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
            for line in maps:
                start, end = (int(x, 16) for x in line.split()[0].split("-"))
                if "rw" not in line or end - start > 1 << 26:
                    continue
                try:
                    memory.seek(start)
                    for hit in set(re.findall(mark + rb"[a-z]*-?[0-9a-f]{8,32}", memory.read(end - start))):
                        print(hit.decode())
                except (OSError, OverflowError, ValueError):
                    pass
    except OSError as error:
        print(error)
""",
)
