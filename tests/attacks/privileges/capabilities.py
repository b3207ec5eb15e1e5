"""Gives itself capabilities, looks whether any are left, and whether programs could gain some."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
about = dict(line.split(":", 1) for line in open("/proc/self/status"))
for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
    if int(about[name], 16):
        print(name, about[name], $TOKEN)
if about["NoNewPrivs"].strip() != "1":
    print("new privileges are allowed", $TOKEN)
header, full = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6)
if not os.path.exists("$COURSE") and libc.capset(header, full) == 0:
    print("capabilities", $TOKEN)
""",
)
