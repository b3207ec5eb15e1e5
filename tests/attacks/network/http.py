"""Fetches a page by Python's own means and by programs of the system."""

from tests.attacks import Attack

attack = Attack(
    gains="reach",
    cell="""
import subprocess, urllib.request
try:
    urllib.request.urlopen("http://127.0.0.1:$PORT/marks", timeout=1)
except OSError as error:
    print(error)
for command in ("curl -m 1 http://127.0.0.1:$PORT/", "wget -T 1 -t 1 -qO- http://127.0.0.1:$PORT/", "bash -c 'echo marks > /dev/tcp/127.0.0.1/$PORT'"):
    print(subprocess.run(command, shell=True, capture_output=True))
""",
)
