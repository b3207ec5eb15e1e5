"""Run a command as an ordinary user, where the tests run as root."""

import sys
from pathlib import Path

from autograder.release import ROOT

NOBODY = 65534


def as_nobody(folder: Path, *command: str) -> list[str]:
    """The command that does it, in a mount namespace in which this user can reach Python and the project, even where they
    lie in a folder of root's own. folder: an empty one, for mount points."""
    wanted = sorted({ROOT, Path(sys.base_prefix), Path(sys.prefix)})
    closed = {p for w in wanted for p in w.parents if not p.stat().st_mode & 0o001}
    steps = ["set -e"]
    for number, path in enumerate(wanted):
        (folder / str(number)).mkdir()
        steps.append(f"mount --rbind {path} {folder / str(number)}")
    for path in sorted(c for c in closed if not closed & set(c.parents)):
        steps.append(f"mount -t tmpfs -o mode=755 none {path}")
        inside = [(n, w) for n, w in enumerate(wanted) if path in w.parents]
        steps += [f"mkdir -p {w} && mount --rbind {folder / str(n)} {w}" for n, w in inside]
    steps.append(f'exec setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups env HOME=/tmp "$@"')
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", "\n".join(steps), "sh", *command]
