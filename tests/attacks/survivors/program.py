"""Starts a program in a session of its own and does not wait for it."""

from tests.attacks import Attack

attack = Attack(
    gains="stay",
    cell="""
import subprocess, sys, time
subprocess.Popen([sys.executable, "-S", "-E", "-c", "import time; time.sleep(30)", $TOKEN], start_new_session=True)
time.sleep(0.1)
""",
)
