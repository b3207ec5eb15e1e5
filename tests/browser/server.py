"""A Jupyter server of its own for a module of tests."""

import contextlib
import os
import socket
import subprocess
import time
import urllib.request
from pathlib import Path


@contextlib.contextmanager
def jupyter(command: list[str], folder: Path, environment: dict | None = None, cwd: Path | None = None):
    """The address of a server, started by `command` with a free port and without a token; its log is put into `folder`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--no-browser", "--allow-root", f"--port={port}", "--IdentityProvider.token="]
    with (folder / "jupyter.log").open("w") as log:
        server = subprocess.Popen(
            [*command, *options], stdout=log, stderr=log, env={**os.environ, **(environment or {})}, cwd=cwd
        )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{address}/api/status", timeout=2).read()
                break
            except OSError:
                assert server.poll() is None, (folder / "jupyter.log").read_text()
                time.sleep(0.5)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(20)
        except (
            subprocess.TimeoutExpired
        ):  # it waits for a kernel that does not answer; what was tested is over
            server.kill()
            server.wait()
