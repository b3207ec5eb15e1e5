"""Settings: what the environment says, what it may say, and what the notebook is told."""

import os
from pathlib import Path

import pytest
import torch

from course import settings
from course.settings import Banner


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    for name in ("COURSE_SCALE", "COURSE_SEED", "COURSE_CACHE", "COURSE_DEVICE"):
        monkeypatch.delenv(name, raising=False)


def test_defaults():
    assert settings.scale == "tiny" and settings.seed == 0
    assert settings.cache.name == "came-to-read" and settings.cache.is_absolute()


def test_the_environment_is_read_anew(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_SCALE", "Full")
    monkeypatch.setenv("COURSE_SEED", "12")
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "new"))
    assert (settings.scale, settings.seed, settings.cache) == ("full", 12, tmp_path / "new")
    assert not (tmp_path / "new").exists()  # asking makes no folder


@pytest.mark.parametrize(
    ("variable", "value", "look_up", "allowed"),
    [
        ("COURSE_SCALE", "big", lambda: settings.scale, "'full'"),
        ("COURSE_SEED", "-1", lambda: settings.seed, "from 0 up"),
        ("COURSE_SEED", "two", lambda: settings.seed, "from 0 up"),
        ("COURSE_CACHE", __file__, lambda: settings.cache, "a folder"),
        ("COURSE_DEVICE", "gpu", settings.device, "'cuda'"),
        ("COURSE_DEVICE", "cuda:x", settings.device, "'cuda:N'"),
        ("COURSE_DEVICE", "cuda:99", settings.device, "it sees 'cpu'"),
    ],
)
def test_a_bad_value_is_one_sentence(monkeypatch, variable, value, look_up, allowed):
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValueError, match=f"{variable} is '") as caught:
        look_up()
    assert allowed in str(caught.value) and "\n" not in str(caught.value)


def test_the_device_can_be_chosen(monkeypatch):
    monkeypatch.setenv("COURSE_DEVICE", "cpu")
    assert settings.device() == torch.device("cpu")


def test_cuda_comes_before_mps_before_cpu(monkeypatch):
    for cuda, mps, expected in ((True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")):
        monkeypatch.setattr(torch.cuda, "is_available", lambda cuda=cuda: cuda)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda mps=mps: mps)
        assert settings.device().type == expected


def test_the_banner_says_what_is_in_force(monkeypatch):
    monkeypatch.setenv("COURSE_DEVICE", "cpu")
    monkeypatch.setenv("COURSE_SEED", "5")
    bundle = settings.banner()._repr_mimebundle_()
    for text in bundle.values():
        assert "CPU" in text and "scale tiny" in text and "seed 5" in text
    assert "<details>" in bundle["text/html"] and "PIP_ARGS" in bundle["text/html"]
    assert "\n" not in bundle["text/plain"]


def test_with_a_gpu_the_banner_gives_no_advice(monkeypatch):
    class Properties:
        name, total_memory = "A <GPU>", 16 * 2**30

    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: Properties)
    html = Banner(torch.device("cuda"), "full", 0)._repr_mimebundle_()["text/html"]
    assert "A &lt;GPU&gt;, 16 GiB" in html and "<details>" not in html and "scale full" in html


def test_settings_is_the_only_reader_of_the_environment():
    root = Path(settings.__file__).parent
    readers = [
        p.name
        for p in root.rglob("*.py")
        if "COURSE_" in (text := p.read_text("utf-8")) and "environ" in text
    ]
    assert readers == ["settings.py"]


@pytest.mark.parametrize(
    ("given", "threads"), [({}, "1"), ({"COURSE_SCALE": "full"}, None), ({"OMP_NUM_THREADS": "3"}, "3")]
)
def test_small_models_take_one_thread_unless_told_otherwise(monkeypatch, given, threads):
    for name in ("COURSE_SCALE", "OMP_NUM_THREADS", "OMP_WAIT_POLICY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings.prepare_threads()
    assert os.environ.get("OMP_NUM_THREADS") == threads and os.environ["OMP_WAIT_POLICY"] == "PASSIVE"
