"""The package from outside: cheap to import, lazy, and with one consistent table of chapters."""

import subprocess
import sys
from pathlib import Path

import pytest

import course
from autograder.release import labs
from course.chapters import CHAPTERS, find, readme_table, ready

ROOT = Path(__file__).resolve().parents[1]


def fresh(code: str) -> str:
    """What a fresh Python prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    return done.stdout.strip()


def test_import_takes_no_time():
    code = "import time; t = time.perf_counter(); import course; print(time.perf_counter() - t)"
    assert min(float(fresh(code)) for _ in range(3)) <= 0.3


def test_import_loads_nothing_heavy_and_neither_do_chapters_and_the_world():
    code = """
import sys, course, course.chapters, course.settings
course.microworld(0).sentences(100)
print(sorted({"torch", "transformers", "datasets", "matplotlib", "numpy", "IPython"} & set(sys.modules)))
"""
    assert fresh(code) == "[]"


def test_every_public_name_is_there():
    assert set(course.__all__) <= set(dir(course))
    for name in course.__all__:
        assert getattr(course, name) is not None
    assert callable(course.microworld) and callable(course.device)


def test_a_name_that_is_not_there():
    with pytest.raises(AttributeError, match="has no attribute 'micro_world'"):
        _ = course.micro_world


def test_the_stems_are_those_of_the_course():
    assert [c.stem for c in CHAPTERS] == [
        "00_start", "01_cbow", "02_elmo", "03_attention", "04_gpt", "05_bert", "06_fine_tuning", "07_bert_family",
        "08_t5", "09_text_to_text", "10_question_answering", "11_decoding",
    ]  # fmt: skip
    assert [c.number for c in CHAPTERS] == [f"{i:02d}" for i in range(12)]


def test_names_follow_from_the_stem():
    chapter = find("01_cbow")
    assert (chapter.lesson, chapter.lab) == ("course/lessons/01_cbow.ipynb", "lab01_cbow")
    assert find("lab01_cbow") is find("01") is chapter
    with pytest.raises(ValueError, match="There is no chapter '12_more'"):
        find("12_more")


def test_a_ready_chapter_has_its_files_and_no_other_is_released():
    checks = ROOT / "course" / "checks"
    for chapter in CHAPTERS:
        released = (ROOT / "labs" / chapter.lab).exists()
        assert released == (chapter.lab in labs()) == chapter.ready, chapter.stem
        if chapter.ready:
            check = [*checks.glob(f"{chapter.lab}.py"), *checks.glob(f"{chapter.lab}/__init__.py")]
            assert (ROOT / chapter.lesson).is_file() and len(check) == 1, chapter.stem
    assert ready() == tuple(c for c in CHAPTERS if c.ready)


def test_every_chapter_says_how_long_it_takes_and_how_far_it_sees():
    for chapter in CHAPTERS:
        assert 10 <= chapter.lesson_minutes <= 120 and 10 <= chapter.lab_minutes <= 240
        assert len(chapter.sees.split()) >= 4 and not chapter.sees.endswith(".")
    assert len({c.title for c in CHAPTERS}) == len({c.sees for c in CHAPTERS}) == len(CHAPTERS)


def test_the_readme_table_has_a_line_a_chapter_and_links_those_that_are_ready():
    lines = readme_table().strip().splitlines()[2:]
    assert len(lines) == len(CHAPTERS)
    for line, chapter in zip(lines, CHAPTERS, strict=True):
        assert line.startswith(f"| {chapter.number} |") and chapter.title in line
        assert (f"({chapter.lesson})" in line) is chapter.ready


def test_the_readme_shows_that_table():
    assert readme_table().strip() in (ROOT / "README.md").read_text(encoding="utf-8")
