"""The quizzes: the files that ship, the rules for a file, and a quiz answered by clicking its buttons."""

import re

import pytest
from ipywidgets.widgets.widget import _instances

from course.quiz import LESSONS, quiz, read_questions

SHIPPED = sorted(path.stem for path in LESSONS.glob("*.toml"))

GOOD = """
[[question]]
prompt = "What is $1 + 1$?"
code = "x < 1"
choice = [
    {text = "`2`", right = true, reason = "One more than one."},
    {text = "1 <b>", reason = "That is $1 * 1$."},
    {text = "3", reason = "One *too* many."},
]

[[question]]
prompt = "Again?"
choice = [
    {text = "No", reason = "Do."},
    {text = "Perhaps", reason = "Decide."},
    {text = "Yes", right = true, reason = "So it is."},
]
"""


@pytest.fixture
def write(tmp_path):
    """Write a quiz file and return what opens it."""

    def write_it(content):
        (tmp_path / "09_toy.toml").write_text(content, encoding="utf-8")
        return lambda: quiz("09_toy", folder=tmp_path)

    return write_it


@pytest.mark.parametrize("stem", SHIPPED)
def test_shipped_quizzes_teach(stem):
    questions = quiz(stem).questions
    assert 3 <= len(questions) <= 5
    for question in questions:
        reasons = [choice.reason for choice in question.choices]
        assert len(question.choices) == 4 and len(set(reasons)) == 4, "each choice has a reason of its own"
        assert min(map(len, reasons)) > 40, question.prompt
    places = [[choice.right for choice in question.choices].index(True) for question in questions]
    assert len(set(places)) >= 3, "the right choice does not stand at one place"


def test_chapters_0_and_1_have_a_quiz():
    assert {"00_start", "01_cbow"} <= set(SHIPPED)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "right = true, ",
            "",
            r"09_toy\.toml, question 1: exactly one choice has `right = true`; here 0 have",
        ),
        ('"Do."', '"Do.", right = true', r"question 2: exactly one .* here 2 have"),
        ('reason = "Decide."', 'reason = " "', "question 2, choice B: there is no reason"),
        (', reason = "Decide."', "", "question 2, choice B: there is no reason"),
        ('text = "3"', "text = 3", "question 1, choice C: there is no text"),
        ('prompt = "Again?"', "", "question 2: there is no prompt"),
        (
            '    {text = "3", reason = "One *too* many."},\n',
            "",
            "question 1: a question has 3 to 8 choices; this one has 2",
        ),
        ("code =", "cod =", "question 1: unknown key “cod”; the keys are choice, code, prompt"),
        ("[[question]]", "[[questions]]", r"holds no \[\[question\]\]"),
        ("prompt =", "prompt", r"09_toy\.toml is not valid TOML"),
    ],
)
def test_a_bad_file_is_refused_with_its_place(write, old, new, sentence):
    assert old in GOOD
    with pytest.raises(ValueError, match=sentence):
        write(GOOD.replace(old, new) if new.startswith("[[") else GOOD.replace(old, new, 1))()


def test_an_unknown_stem_lists_what_there_is(write):
    write(GOOD)
    with pytest.raises(
        FileNotFoundError, match=r"no quiz for “01_cbwo”\. The quizzes are: 00_start, 01_cbow"
    ):
        quiz("01_cbwo")


def shown(card):
    """The reasons that a reader sees now, by letter."""
    visible = [reason.layout.display != "none" for reason in card.reasons]
    return {
        button.description: reason.value
        for button, reason, seen in zip(card.buttons, card.reasons, visible, strict=True)
        if seen
    }


def test_a_click_shows_that_choices_reason_and_its_verdict_in_words(write):
    first, second = write(GOOD)()._cards
    assert shown(first) == {}
    first.buttons[1].click()
    assert list(shown(first)) == ["B"]
    assert "<strong>Not quite:</strong> That is" in shown(first)["B"]
    first.buttons[0].click()
    assert "<strong>Right:</strong> One more than one." in shown(first)["A"]
    assert list(shown(first)) == ["A", "B"] and shown(second) == {}


def test_only_the_first_try_counts(write):
    toy = write(GOOD)()
    assert toy.score == "0 of 2 questions answered."
    toy._cards[0].buttons[1].click()
    toy._cards[0].buttons[0].click()
    assert toy.score == "1 of 2 questions answered."
    toy._cards[1].buttons[2].click()
    toy._cards[1].buttons[0].click()
    assert toy.score == "1 of 2 right at the first try." and toy.first_tries == [False, True]
    assert toy.score in toy._count.value


def test_markdown_code_and_mathematics_stay_readable_and_html_stays_text(write):
    toy = write(GOOD)()
    page = toy._repr_mimebundle_()["text/html"]
    for piece in (
        "<code>2</code>",
        r"\(1 + 1\)",
        r"\(1 * 1\)",
        "One <em>too</em> many.",
        "1 &lt;b&gt;",
        "x &lt; 1",
    ):
        assert piece in page
    assert "<b>" not in page.replace("<b>1.</b>", "").replace("<b>2.</b>", "")
    first = toy.children[0].children[0].value
    assert r"\(1 + 1\)" in first and "x &lt; 1" in first


def test_static_form_unfolds_each_reason(write):
    bundle = write(GOOD)()._repr_mimebundle_()
    choices = re.findall(r"<details><summary>(.*?)</summary><p><strong>(.*?):</strong>", bundle["text/html"])
    assert [verdict for _, verdict in choices] == [
        "Right",
        "Not quite",
        "Not quite",
        "Not quite",
        "Not quite",
        "Right",
    ]
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_text_form_lists_the_questions_without_the_answers(write):
    text = write(GOOD)()._repr_mimebundle_()["text/plain"]
    assert text.startswith("1. What is $1 + 1$?\n\n    x < 1\n\n   A. `2`\n   B. 1 <b>\n   C. 3\n\n2. Again?")
    assert "Right" not in text and "reason" not in text and "Decide" not in text


def test_a_closed_quiz_leaves_nothing_alive(write):
    make = write(GOOD)
    before = len(_instances)
    toy = make()
    assert len(_instances) > before + 20
    toy.close()
    assert len(_instances) == before


def test_every_file_is_read_as_utf8(tmp_path):
    path = tmp_path / "x.toml"
    path.write_bytes(GOOD.replace("Again?", "Noch einmal, größer?").encode("utf-8"))
    assert read_questions(path)[1].prompt == "Noch einmal, größer?"
