"""Asks the system to run a program later: at, cron, systemd, autostart."""

from tests.attacks import BEHIND_WALLS, Attack

attack = Attack(
    gains="reach",
    cell=BEHIND_WALLS
    + """
import subprocess
for command in ("echo 'echo mine > $COURSE/gradebook.db' | at now", "echo '* * * * * echo mine > $COURSE/gradebook.db' | crontab -",
                "systemd-run --user --on-active=1 sh -c 'echo mine > $COURSE/gradebook.db'", "echo 'echo mine > $COURSE/gradebook.db' >> ~/.profile"):
    print(subprocess.run(command, shell=True, capture_output=True, timeout=5))
""",
    works="nowhere",
    why="it would leave a job on the machine on which the tests run",
)
