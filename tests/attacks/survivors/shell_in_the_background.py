"""Starts a program by the shell with `nohup`, `setsid` and `&`."""

from tests.attacks import Attack

attack = Attack(
    gains="stay",
    cell="""
import os, time
os.system("nohup setsid sh -c 'sleep 30; : " + $TOKEN + "' > /dev/null 2>&1 &")
time.sleep(0.2)
""",
)
