"""Makes `.venv` and installs the course into it; does nothing, in milliseconds, when that is up to date.

    python3 course/bootstrap.py [--extra test]        (what `make` calls first, whatever you ask of it)

Standard library only, and written so that an old Python can still parse it: the one that has to say "too old".
PIP_ARGS in the environment is passed on to pip. Everything a person can cause ends in one sentence and exit code 2.
"""

import argparse
import contextlib
import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys

try:
    import fcntl
except ImportError:  # Windows: there two at once are not kept apart
    fcntl = None

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OLDEST, NEWEST = (3, 11), (3, 13)
NAMES = ("python3.13", "python3.12", "python3.11", "python3", "python")

# Measured with the CPU build of torch: .venv is 1,820 MiB (with the test extra 2,020), and on the way there pip keeps
# 415 MB of wheels twice, in its cache and in the folder for temporary files, which are often on the same disk.
NEEDED_MIB = 2700

PROBE = (
    "import json, sys\n"
    "try:\n import ensurepip, venv\n"
    "except ImportError: ensurepip = None\n"
    "print(json.dumps([list(sys.version_info[:3]), bool(ensurepip)]))"
)


class Refusal(Exception):
    """One sentence for the person at the keyboard: what is wrong and what to do."""


def venv_python(root):
    """The interpreter inside `.venv`, there or not."""
    parts = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return os.path.join(root, ".venv", *parts)


def stamp_file(root):
    return os.path.join(root, ".venv", "came-to-read.json")


def identity(root):
    """What an environment must have been made from to be up to date (extras and PIP_ARGS are compared apart)."""
    digest = hashlib.sha256()
    for name in ("pyproject.toml", "constraints.txt"):
        with open(os.path.join(root, name), "rb") as file:
            digest.update(file.read() + b"\0")
    python = os.path.realpath(venv_python(root))
    # a copied or moved folder has an environment that points to the old place; "python3.11" is the Python behind it
    return {
        "requirements": digest.hexdigest(),
        "root": os.path.realpath(root),
        "python": os.path.basename(python),
    }


def read_stamp(root):
    """The stamp of a finished installation; None when there is none, or its Python is gone."""
    try:
        with open(stamp_file(root), encoding="utf-8") as file:
            stamp = json.load(file)
    except (OSError, ValueError):
        return None
    return stamp if isinstance(stamp, dict) and os.path.exists(venv_python(root)) else None


def plan(stamp, now, extras, pip_args):
    """What is to be done: "nothing", "install" into the environment there is, or "rebuild" it.

    An environment that has more extras than asked for is up to date. No PIP_ARGS means "as it was made"; other ones than
    it was made with mean another build of torch, which pip would not exchange for one of the same version.
    """
    if stamp is None or any(stamp.get(key) != now[key] for key in ("root", "python")):
        return "rebuild"
    if pip_args and pip_args != stamp.get("pip_args"):
        return "rebuild"
    if stamp.get("requirements") != now["requirements"] or not set(extras) <= set(stamp.get("extras", [])):
        return "install"
    return "nothing"


def ask(python):
    """[version, can make environments] of an interpreter; None when it does not run."""
    try:
        answer = subprocess.run(
            [python, "-c", PROBE], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60
        ).stdout
        version, able = json.loads(answer.decode())
        return tuple(version), able
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def find_python(current, which=shutil.which, ask=ask):
    """The path and version of a Python to make `.venv` with: the running one if it will do, else one on PATH.

    Raises Refusal when none has the right version, or when the right one cannot make environments.
    """
    seen, unable = [], None
    for python in [current] + [which(name) for name in NAMES]:
        answer = ask(python) if python else None
        if not answer:
            continue
        version, able = answer
        seen.append(version)
        if OLDEST <= version[:2] <= NEWEST:
            if able:
                return python, version
            unable = unable or version
    if unable:
        raise Refusal(
            "Python %d.%d is here, but without the part that makes environments: on Debian or Ubuntu run "
            "`sudo apt install python%d.%d-venv`, elsewhere install Python's ensurepip module, and try again."
            % (unable[:2] * 2)
        )
    here = "it is %d.%d.%d here" % seen[0] if seen else "none runs here"
    raise Refusal(
        "The course needs Python 3.11, 3.12 or 3.13, and %s: install one of them beside it (it is found by itself, or "
        "say PYTHON=/path/to/python3.12 after make), or use conda with environment.yml." % here
    )


def folder_bytes(path):
    """Bytes of all files under a folder; 0 when it is not there."""
    total = 0
    for folder, _, names in os.walk(path):
        for name in names:
            try:
                total += os.lstat(os.path.join(folder, name)).st_size
            except OSError:
                pass  # gone meanwhile
    return total


def check_space(root, disk_usage=shutil.disk_usage):
    """Raises Refusal when `.venv` cannot fit, counting the room that an environment to be replaced gives back."""
    free = disk_usage(root).free
    if free < NEEDED_MIB * 2**20:
        free += folder_bytes(os.path.join(root, ".venv"))
    if free < NEEDED_MIB * 2**20:
        raise Refusal(
            "There is not enough room on this disk: setting up needs %.1f GB with the CPU build of torch (several more with "
            "a CUDA build), and %.1f GB are free in %s." % (NEEDED_MIB * 2**20 / 1e9, free / 1e9, root)
        )


def run_pip(python, arguments, cwd):
    """Runs pip with its progress in sight; returns its exit code and the last lines it wrote to stderr."""
    environment = dict(os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1", PYTHONNOUSERSITE="1")
    environment.pop("PYTHONPATH", None)
    process = subprocess.Popen(
        [python, "-m", "pip", *arguments], cwd=cwd, env=environment, stderr=subprocess.PIPE
    )
    last = []
    for line in process.stderr:
        text = line.decode(errors="replace")
        sys.stderr.write(text)
        sys.stderr.flush()
        last = [*last, text][-30:]
    return process.wait(), "".join(last)


def install(root, extras, pip_args, how):
    """Makes or updates `.venv`; the stamp is removed first and written last, so half an installation never counts."""
    venv = os.path.join(root, ".venv")
    python = venv_python(root)
    if os.path.exists(stamp_file(root)):
        os.remove(stamp_file(root))
    if how == "rebuild":
        # an activated environment answers to `python3` too, and must not be what it is itself rebuilt from
        base, version = find_python(getattr(sys, "_base_executable", None) or sys.executable)
        check_space(root)
        print(
            "Setting up .venv with Python %d.%d.%d: about 2 GB, a few minutes, this once." % version,
            flush=True,
        )
        if os.path.lexists(venv):
            shutil.rmtree(venv)
        made = subprocess.run([base, "-m", "venv", venv], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if made.returncode:
            sys.stderr.write(made.stdout.decode(errors="replace"))
            raise Refusal("Python could not make .venv (its own message is above).")
    else:
        print("What the course needs has changed: bringing .venv up to date.", flush=True)
    target = ".[%s]" % ",".join(sorted(extras)) if extras else "."
    code, said = run_pip(
        python, ["install", "-e", target, "-c", "constraints.txt", *shlex.split(pip_args)], root
    )
    if code:
        if "No space left on device" in said:
            raise Refusal(
                "The disk filled up while pip was installing: make room (a CUDA build of torch takes several GB, the CPU "
                "build, which the README explains, less than one) and run the same command again."
            )
        raise Refusal(
            "pip could not install the course (its own message is above): check the network and PIP_ARGS, then run the "
            "same command again."
        )
    stamp = dict(identity(root), extras=sorted(extras), pip_args=pip_args)
    with open(stamp_file(root) + ".part", "w", encoding="utf-8") as file:
        json.dump(stamp, file, indent=1)
    os.replace(stamp_file(root) + ".part", stamp_file(root))


@contextlib.contextmanager
def alone(root):
    """Waits while another process sets up the same folder: a second one would delete `.venv` under the first."""
    with open(os.path.join(root, "pyproject.toml"), "rb") as file:  # what is locked is gone with the process
        if fcntl is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("Another window is setting up .venv: waiting for it.", flush=True)
                fcntl.flock(file, fcntl.LOCK_EX)
            except OSError:  # a file system that has no locks
                pass
        yield


def ensure(root, extras, pip_args):
    """Brings `.venv` up to date; returns what was done: "nothing", "install" or "rebuild"."""
    if plan(read_stamp(root), identity(root), extras, pip_args) == "nothing":
        return "nothing"
    with alone(root):
        stamp = read_stamp(root)
        how = plan(stamp, identity(root), extras, pip_args)
        if how != "nothing":
            extras = set(extras) | set((stamp or {}).get("extras", []))
            install(root, extras, pip_args or (stamp or {}).get("pip_args", ""), how)
    return how


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="bootstrap.py", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--extra", action="append", default=[], help="an optional part of pyproject.toml: test"
    )
    options = parser.parse_args(arguments)
    try:
        ensure(ROOT, options.extra, os.environ.get("PIP_ARGS", "").strip())
    except Refusal as refusal:
        sys.stderr.write("%s\n" % refusal)
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. The next run starts the installation again.\n")
        return 130
    except OSError as error:  # most of all: no room, or no right to write
        sys.stderr.write("Setting up .venv failed: %s.\n" % error)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
