"""Asks the kernel which networks there are and tries to bring the loopback up."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
import fcntl, os, socket, struct
names = [name for _, name in socket.if_nameindex()]
for name in names:
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        flags = struct.unpack("16sh", fcntl.ioctl(line, 0x8913, struct.pack("16sh", name.encode(), 0))[:18])[1]
    except OSError:
        continue
    if flags & 1:
        print("it is up", name, $TOKEN)
    elif not os.path.exists("$COURSE"):
        try:
            fcntl.ioctl(line, 0x8914, struct.pack("16sh", name.encode(), 1))
            print("brought up", name, $TOKEN)
        except OSError as error:
            print(error)
""",
)
