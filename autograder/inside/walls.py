"""The inner wall: namespaces, mounts, limits and dropped rights around one submission's process.

Runs inside the outer wall (see `autograder/sandbox.py`), in a child of the warm parent. It uses the standard library
alone, because the parent must stay small, and every step has a name, so that a machine which forbids one is told which.

    raise_walls(home_files=64 * 2**20)     # in a child that is about to fork the process that runs student code
    drop_rights(limits)                    # in that process, last of all
"""

import contextlib
import ctypes
import errno
import os
import resource
import struct
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)

NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = (
    0x00020000,
    0x02000000,
    0x04000000,
    0x08000000,
    0x10000000,
    0x20000000,
    0x40000000,
)
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38
PR_SET_SECCOMP = 22
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
HOME = "/home/student"
SCRATCH = (HOME, "/tmp", "/dev/shm")


class WallError(OSError):
    """A step that this machine does not allow; its text names the step."""


def _call(step, name, *arguments):
    """A C function that gives 0 when it worked."""
    if getattr(_libc, name)(*arguments):
        number = ctypes.get_errno()
        raise WallError(number, f"{step}: {os.strerror(number)}")


@contextlib.contextmanager
def _step(name):
    try:
        yield
    except WallError:
        raise
    except OSError as error:
        raise WallError(error.errno, f"{name}: {error.strerror}") from None


def _mount(step, source, target, kind, flags, data=b""):
    _call(step, "mount", source, target.encode(), kind, ctypes.c_ulong(flags), data or None)


def set_dumpable(yes: bool) -> None:
    """Whether other processes of this user may trace this one and read its memory."""
    _call("dumpable", "prctl", PR_SET_DUMPABLE, int(yes), 0, 0, 0)


def leave_namespaces() -> None:
    """Into namespaces of its own: user, mount, PID (for children), IPC, host name, network, control groups.

    Raises WallError.
    """
    user, group = os.getuid(), os.getgid()
    set_dumpable(True)  # the parent is not, and the maps of such a process cannot be written
    _call(
        "user namespace inside bubblewrap",
        "unshare",
        NEWUSER | NEWNS | NEWPID | NEWIPC | NEWUTS | NEWNET | NEWCGROUP,
    )
    with _step("user and group maps"):
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def own_mounts(scratch: int, shown: list[str]) -> None:
    """In the first process of the new PID namespace: its own /proc, and empty scratch folders of `scratch` bytes each.

    shown: what must stay in sight where it lies in a scratch folder, as a project in /tmp does. Raises WallError.
    """
    covered = [
        (path, os.open(path, os.O_PATH)) for path in shown if path.startswith(tuple(f"{f}/" for f in SCRATCH))
    ]
    _mount("private mounts", b"none", "/", None, MS_REC | MS_PRIVATE)
    _mount("proc", b"proc", "/proc", b"proc", MS_NOSUID | MS_NODEV)
    with _step("no further user namespaces"):
        Path("/proc/sys/user/max_user_namespaces").write_text("0")
    options = f"size={scratch},nr_inodes=20000,mode=700".encode()
    for folder in SCRATCH:
        _mount(f"scratch space on {folder}", b"tmpfs", folder, b"tmpfs", MS_NOSUID | MS_NODEV, options)
    for path, handle in covered:
        os.makedirs(path)
        source = f"/proc/self/fd/{handle}".encode()
        _mount(f"{path} in scratch space", source, path, None, MS_BIND | MS_REC)
        os.close(handle)
    for folder in {os.path.dirname(path) for path, _ in covered} - set(
        SCRATCH
    ):  # the way to them is no scratch space
        _mount(f"{folder} in scratch space", folder.encode(), folder, None, MS_BIND | MS_REC)
        _mount(
            f"{folder} read-only", None, folder, None, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV
        )


# What no lab needs, and what would hold memory that nobody counts (files without a name, System V segments), outlive a
# submission (keys), or look into other processes: calls by their number on each kind of machine.
_REFUSED = {
    "x86_64": (0xC000003E, 250, [319, 447, 29, 68, 64, 425, 323, 250, 248, 249, 321, 298, 101, 310, 311]),
    "aarch64": (0xC00000B7, 219, [279, 447, 194, 186, 190, 425, 282, 219, 217, 218, 280, 241, 117, 270, 271]),
}
# memfd_create, memfd_secret, shmget, msgget, semget, io_uring_setup, userfaultfd, keyctl, add_key, request_key, bpf,
# perf_event_open, ptrace, process_vm_readv, process_vm_writev


def own_keyring() -> None:
    """A session keyring of its own, where the system has keyrings: the inherited one is the grader's."""
    known = _REFUSED.get(os.uname().machine)
    if known:
        _libc.syscall(known[1], 1, None)  # KEYCTL_JOIN_SESSION_KEYRING


def refuse_calls() -> None:
    """From now on these system calls fail with "not permitted". Without effect on machines whose numbers are not known.

    Raises WallError.
    """
    known = _REFUSED.get(os.uname().machine)
    if known is None:
        return
    architecture, _, numbers = known
    load, equal, least, answer = (
        0x20,
        0x15,
        0x35,
        0x06,
    )  # BPF: load a word, jump if equal, jump if at least, return
    permit, refuse, kill = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
    program = [(load, 0, 0, 4), (equal, 1, 0, architecture), (answer, 0, 0, kill), (load, 0, 0, 0)]
    program += [(least, len(numbers) + 1, 0, 0x40000000)]  # the x32 numbers of x86_64
    program += [(equal, len(numbers) - i, 0, n) for i, n in enumerate(numbers)]
    program += [(answer, 0, 0, permit), (answer, 0, 0, refuse)]
    code = b"".join(struct.pack("HBBI", *line) for line in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    about = struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer))
    _call("filter system calls", "prctl", PR_SET_SECCOMP, 2, ctypes.c_char_p(about), 0, 0)


def drop_rights() -> None:
    """No capability is left or can be had again, and no program that this process starts gains any.

    Raises WallError.
    """
    own_keyring()
    _call("no new privileges", "prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    number = 0
    while _libc.prctl(PR_CAPBSET_DROP, number, 0, 0, 0) == 0:
        number += 1
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
    _call("drop capabilities", "capset", header, (ctypes.c_uint32 * 6)())


def set_limits(limits: dict) -> None:
    """Resource limits of this process and its children. limits: {"memory": bytes above what is mapped now, "addresses":
    whether to hold it to that (not with CUDA), "processes", "file": bytes a file, "files": open ones, "cpu": seconds}."""
    if limits["addresses"]:
        mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        _limit(resource.RLIMIT_AS, mapped + limits["memory"])
    _limit(resource.RLIMIT_NPROC, limits["processes"])
    _limit(resource.RLIMIT_FSIZE, limits["file"])
    _limit(resource.RLIMIT_NOFILE, limits["files"])
    _limit(resource.RLIMIT_CPU, limits["cpu"])
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_MEMLOCK, 0)
    _limit(resource.RLIMIT_MSGQUEUE, 0)


def _limit(which, value):
    hard = resource.getrlimit(which)[1]
    value = int(value) if hard == resource.RLIM_INFINITY else min(int(value), hard)
    resource.setrlimit(which, (value, value))
