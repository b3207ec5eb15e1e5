"""The doctor says what does not work, and how to mend it."""

import shutil
import sqlite3

import pytest

from autograder import doctor, gpus, sandbox
from autograder.doctor import examine
from autograder.sandbox import HOW, SandboxError, choose


def finding(course, what, **options):
    (found,) = [f for f in examine(course, **options) if f.what == what]
    return found


def test_here_everything_works(tmp_path):
    found = examine(tmp_path)
    assert {f.state for f in found} == {"works"}, [f for f in found if f.state != "works"]
    assert [f.what for f in found[:3]] == ["Python", "packages", "sandbox"]


@pytest.mark.parametrize(("system", "says"), [("Darwin", "macOS"), ("Windows", "WSL 2")])
def test_no_walls_on_this_system(tmp_path, monkeypatch, system, says):
    monkeypatch.setattr("platform.system", lambda: system)
    with pytest.raises(SandboxError, match=says):
        choose()
    found = finding(tmp_path, "sandbox")
    assert (found.state, says in found.mend) == ("missing", True)


def test_without_bubblewrap_it_says_how_to_get_it(tmp_path, monkeypatch):
    real = shutil.which
    monkeypatch.setattr(
        shutil, "which", lambda name, *a, **k: None if name == "bwrap" else real(name, *a, **k)
    )
    assert "apt install bubblewrap" in finding(tmp_path, "sandbox").mend
    assert choose("none").kind == "none", "only on the instructor's own word"


def test_the_rule_of_apparmor_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(sandbox, "attempt", lambda *_: "setting up uid map: Permission denied")
    monkeypatch.setattr(sandbox, "explain", lambda _: HOW["apparmor"])
    found = finding(tmp_path, "sandbox")
    assert "AppArmor forbids" in found.says
    assert "profile bwrap /usr/bin/bwrap" in found.mend
    monkeypatch.setattr(sandbox, "explain", lambda _: HOW["namespaces"])
    assert "user.max_user_namespaces" in finding(tmp_path, "sandbox").mend


def test_where_only_plain_bubblewrap_works_it_says_so(tmp_path, monkeypatch):
    failing = {"probe": "proc: Operation not permitted", "probe-plain": ""}
    monkeypatch.setattr(sandbox, "attempt", lambda _, mode: failing[mode])
    found = finding(tmp_path, "sandbox")
    assert found.state == "warning"
    assert "slower" in found.says and "proc: Operation not permitted" in found.says


def test_packages_and_python(tmp_path, monkeypatch):
    real = doctor.version
    monkeypatch.setattr(doctor, "version", lambda name: "0.1" if name == "nbgrader" else real(name))
    found = finding(tmp_path, "packages")
    assert (found.state, "nbgrader 0.1 (tested: 0.9.6)" in found.says) == ("warning", True)
    monkeypatch.setattr(doctor.sys, "version_info", (3, 10, 2, "final", 0))
    assert finding(tmp_path, "Python").state == "missing"


def test_the_gradebook_and_the_secret(tmp_path):
    (tmp_path / ".class-secret").write_bytes(bytes(32))
    (tmp_path / ".class-secret").chmod(0o644)
    assert "chmod 600" in finding(tmp_path, "class secret").mend
    (tmp_path / ".class-secret").chmod(0o600)
    assert finding(tmp_path, "class secret").state == "works"

    assert "does not answer" in finding(tmp_path, "gradebook", db="postgresql://x@127.0.0.1:9/none").mend
    (tmp_path / "gradebook.db").write_bytes(b"nothing of the kind" * 99)
    assert "damaged" in finding(tmp_path, "gradebook").mend
    (tmp_path / "gradebook.db").unlink()
    holder = sqlite3.connect(tmp_path / "gradebook.db")
    holder.execute("CREATE TABLE x (y)")
    holder.commit()
    holder.execute("BEGIN EXCLUSIVE")
    assert "Another program holds" in finding(tmp_path, "gradebook").mend
    holder.close()


def test_a_gpu_that_torch_cannot_use(tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOGRADER_FAKE_GPUS", "2")
    found = finding(tmp_path, "GPU")
    assert found.state == "warning"
    assert "CUDA build" in found.mend


def test_slots_share_a_gpu(monkeypatch):
    monkeypatch.setenv("AUTOGRADER_FAKE_GPUS", "2")
    monkeypatch.setenv("AUTOGRADER_GPU_SLOTS", "3")
    found = gpus.slots()
    assert [s["device"] for s in found] == ["0", "1"] * 3
    assert sum(s["share"] for s in found if s["device"] == "0") <= 0.9
    assert gpus.environment(found[1]) == {"CUDA_VISIBLE_DEVICES": "1", "AUTOGRADER_GPU_SHARE": "0.3"}
    assert gpus.environment(None) == {"CUDA_VISIBLE_DEVICES": ""}
    monkeypatch.setenv("AUTOGRADER_GPU_SLOTS", "0")
    assert gpus.slots() == []
