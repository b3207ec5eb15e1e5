"""The address of a record: a hash of everything that could change a mark, so that the same work is not done twice.

base = base_address(release, secret)       # once a run
address = address_of(base, submission.files, submission.problem)
"""

import hashlib
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path

from autograder.secret import secret_hash

ROOT = Path(__file__).resolve().parents[1]
# what student code and checks compute with
PACKAGES = ("torch", "transformers", "datasets", "tokenizers", "numpy", "ipython", "ipykernel")


def _add(digest, *parts: bytes) -> None:
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)


@cache
def code_address() -> bytes:
    """Of the grader, the checks, the data and the models: every file of both packages."""
    digest = hashlib.sha256()
    for package in ("autograder", "course"):
        for path in sorted((ROOT / package).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc":
                _add(digest, str(path.relative_to(ROOT)).encode(), path.read_bytes())
    return digest.digest()


def base_address(release: str, secret: bytes, extra: str = "") -> bytes:
    """Of all that the submissions of one run share. extra: whatever else was chosen for the run (its sandbox, its limits)."""
    digest = hashlib.sha256()
    versions = " ".join(f"{name}={version(name)}" for name in PACKAGES)
    about = f"{platform.python_version()} {versions} {secret_hash(secret)} {extra}"
    _add(digest, code_address(), release.encode(), about.encode())
    return digest.digest()


def address_of(base: bytes, files: dict[str, bytes], problem: str | None = None) -> str:
    """Of one submission, as a hexadecimal text."""
    digest = hashlib.sha256(base)
    _add(digest, (problem or "").encode())
    for name in sorted(files):
        _add(digest, name.encode(), files[name])
    return digest.hexdigest()
