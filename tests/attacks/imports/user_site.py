"""Leaves a module in every folder that it can write to, for the next student's kernel to import."""

from tests.attacks import Attack

attack = Attack(
    gains="stay",
    cell="""
for folder in ("/tmp", "/var/tmp", "/dev/shm"):
    try:
        open(f"{folder}/usual_$VICTIM.py", "w").write("print(" + repr($TOKEN) + ")")
    except OSError:
        pass
""",
    then="""
import os, sys
folders = ["/tmp", "/var/tmp", "/dev/shm"]
sys.path += folders
try:
    import usual_$VICTIM
finally:
    for folder in folders:
        if os.path.exists(f"{folder}/usual_$VICTIM.py"):
            os.unlink(f"{folder}/usual_$VICTIM.py")
""",
)
