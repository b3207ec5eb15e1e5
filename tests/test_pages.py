"""Feedback, report, look-alikes and export: what they say, what they never say."""

import csv
import re

import nbformat
import pytest

from autograder.alike import look_alikes, shape_of
from autograder.export import export, harmless
from autograder.feedback import FeedbackError, make_feedback, sections
from autograder.gradebook import Book, GradebookError
from autograder.records import Store
from autograder.release import ROOT, labs
from autograder.report import make_report, summary
from tests.records import record_of
from tests.submissions import cell, solved, untouched

LAB = "lab00_start"
EVIL = "<img src=x onerror=alert(1)><script>alert(2)</script>"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A graded class of four, with a manual mark, a comment and somebody hostile."""
    folder = tmp_path_factory.mktemp("course")
    frames = [{"name": "masked_mean", "line": 2, "text": f"x = '{EVIL}'"}]
    made = [
        record_of("ada", reflection="Much."),
        record_of("bo", masked_mean=("wrong-answer", 1.0, "You divide by `len(x)`.")),
        record_of("=cmd|calc!A0", which_regime=("error", 0.0, f"ValueError. {EVIL}")),
        record_of(
            "zoë",
            **{n: ("missing", 0.0, f"{n} is not written yet.") for n in ("masked_mean", "pairwise_dot")},
        ),
    ]
    made[2][0].exercises[3].frames = frames
    made[2][0].notes.append(f"a note {EVIL}")
    with Book(folder, LAB, ROOT) as book:
        book.register()
        store = Store(folder, LAB)
        for record, text in made:
            store.keep(record, text)
            book.write(record, text)
        from nbgrader.api import Gradebook

        gradebook = Gradebook(book.url, book.course_id)
        grade = gradebook.find_grade("reflection", LAB, LAB, "ada")
        grade.manual_score, grade.needs_manual_grade = 2, False
        gradebook.find_comment("reflection", LAB, LAB, "ada").manual_comment = "Well seen."
        gradebook.db.commit()
        gradebook.close()
    return folder


@pytest.fixture(scope="module")
def pages(course):
    return {p.parts[-3]: p.read_text() for p in make_feedback(course, LAB)}


def test_a_page_says_what_to_do_next(pages):
    assert "not right yet, 1 of 3 points" in pages["bo"]
    assert "You divide by <code>len(x)</code>." in pages["bo"]
    assert re.search(
        r'Read on: <a href="[^"]*/00_start.ipynb#Tensors-and-shapes">Tensors and shapes</a>', pages["bo"]
    )
    assert "Well seen." in pages["ada"] and "Together 15 of 16 points" in pages["ada"]
    assert "not written" in pages["zoë"]


def test_a_page_is_one_file_without_scripts_or_hidden_lines(pages):
    for text in pages.values():
        assert "<script" not in text and "<img src=x" not in text
        assert "default-src 'none'" in text
        assert not re.search(r'(?:src|href)="(?!data:|#|http://localhost|\.\./)', text)
        assert "autograder.checks" not in text and "BEGIN HIDDEN" not in text
    assert "&lt;script&gt;" in pages["=cmd|calc!A0"], "what a student wrote is shown as text"


def test_feedback_for_those_named(course):
    (page,) = make_feedback(course, LAB, ["ada"])
    assert page == course / "feedback" / "ada" / LAB / f"{LAB}.html"
    with pytest.raises(FeedbackError, match="'nobody' has been graded"):
        make_feedback(course, LAB, ["nobody"])


@pytest.mark.parametrize("lab", labs())
def test_every_exercise_leads_to_a_section_of_the_lesson(lab):
    """Data in one place: the link in the lab's own statement. It must lead somewhere."""
    found = sections(untouched(lab))
    names = [
        c.metadata.nbgrader.grade_id
        for c in untouched(lab).cells
        if c.metadata.get("nbgrader", {}).get("grade")
    ]
    assert list(found) == [n for n in names if n != "reflection"]
    stem = lab.removeprefix("lab")
    lesson = nbformat.read(ROOT / "course" / "lessons" / f"{stem}.ipynb", as_version=4)
    headings = re.findall(
        r"^#+ (.+)$", "\n".join(c.source for c in lesson.cells if c.cell_type == "markdown"), re.MULTILINE
    )
    for title, address in found.values():
        assert title in headings
        assert address.endswith(f"{stem}.ipynb#{title.replace(' ', '-')}")


def test_the_report_shows_the_class(course, tmp_path):
    text = make_report(course, LAB, tmp_path / "report.html").read_text()
    assert "4 submissions" in text and "75%" in text and "1 × You divide by" in text
    assert "<script" not in text and "<img" not in text
    assert "Waiting for a person" not in text, "the only written answer has been marked"
    assert "WITHOUT a sandbox" not in text
    store = Store(course, LAB)
    record = store.get("bo")
    record.sandbox = "none"
    store.keep(record, store.notebook("bo"))
    try:
        text = make_report(course, LAB, tmp_path / "report.html").read_text()
        assert "WITHOUT a sandbox" in text and "WITHOUT a sandbox" in summary(list(store.all()))
    finally:
        record.sandbox = "bwrap"
        store.keep(record, store.notebook("bo"))
    assert len(summary(list(store.all())).splitlines()) <= 25


def test_an_empty_class_has_a_report(tmp_path):
    assert "No submission has been graded yet" in make_report(tmp_path, LAB).read_text()
    assert summary([]) == "No submission has been graded yet."


def test_look_alikes():
    """Names, comments and layout do not hide a copy; the stub, the solution and what many have are none."""
    mine = (
        "def pairwise_dot(a, b):\n    rows = [(x * b).sum(-1) for x in a]\n    return torch.stack(rows, 0)\n"
    )
    copied = "def pairwise_dot(a, b):\n    # all mine\n    found = [(q   * b).sum(-1) for q in a]\n\n    return torch.stack(found, 0)\n"
    regime = "def which_regime({0}, pretrained):\n    same = all(torch.equal(v, pretrained[k]) for k, v in {0}.items())\n    return 'frozen' if same else 'none'\n"
    assert shape_of(mine) == shape_of(copied)
    assert shape_of("def f(:") is None and shape_of("x = 1") is None
    release, solution = untouched(LAB), nbformat.read(ROOT / "solutions" / LAB / f"{LAB}.ipynb", as_version=4)

    def book(dot, of):
        return nbformat.writes(solved(LAB, pairwise_dot=dot, which_regime=of))

    class_of = {
        "ada": book(mine, regime.replace("{0}", "model")),
        "bo": book(copied, regime.replace("{0}", "m")),
    }
    class_of["cai"] = nbformat.writes(solved(LAB))
    class_of["dot"] = nbformat.writes(solved(LAB))
    (pair,) = look_alikes(class_of, release, solution)
    assert (pair.first, pair.second, sorted(pair.exercises)) == (
        "ada",
        "bo",
        ["pairwise_dot", "which_regime"],
    )
    many = {f"s{i}": class_of["ada"] for i in range(5)}
    assert look_alikes(many, release, solution) == []
    assert look_alikes({"ada": nbformat.writes(release), "bo": nbformat.writes(release)}, release) == []
    assert cell(release, "masked_mean_answer").source != ""


def test_export(course, tmp_path):
    path, rows, waiting = export(course, LAB, "csv", tmp_path / "marks.csv")
    assert (rows, waiting) == (4, 0)
    table = {row["student"]: row for row in csv.DictReader(path.open())}
    assert (table["ada"]["total"], table["ada"]["manual"], table["bo"]["masked_mean"]) == ("15", "2", "1")
    assert "'=cmd|calc!A0" in table, "no spreadsheet runs it"
    path, *_ = export(course, LAB, "canvas", tmp_path / "canvas.csv")
    lines = list(csv.reader(path.open()))
    assert lines[0][:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert lines[0][5] == "Lab 00: Start here (lab00_start)"
    assert (lines[1][0].strip(), lines[1][5]) == ("Points Possible", "16")
    assert ["ada", "", "", "ada", "", "15"] in lines
    assert [harmless(t) for t in ("=1", "+1", "-1", "@a", "a=1")] == ["'=1", "'+1", "'-1", "'@a", "a=1"]
    with pytest.raises(GradebookError, match="could not be written"):
        export(course, LAB, "csv", tmp_path / "marks.csv" / "below.csv")
