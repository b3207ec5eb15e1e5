"""Connects to a unix socket by its file in the course directory, and to those that many systems have."""

from tests.attacks import Attack

attack = Attack(
    gains="reach",
    cell="""
import os, socket
often = ("/run/docker.sock", "/var/run/docker.sock", "/run/dbus/system_bus_socket", "/run/systemd/private", "/tmp/.X11-unix/X0")
for path in ("$COURSE/grader.sock", *(() if os.path.exists("$COURSE") else often)):
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.connect(path)
        print("connected", path, $TOKEN if path in often else "")
    except OSError as error:
        print(error)
""",
)
