"""The quiz of a lesson: a few questions, and for every choice the reason why it is right or not quite.

    from course.quiz import quiz
    quiz("01_cbow")

reads `course/lessons/01_cbow.toml`:

    [[question]]
    prompt = "What does CBOW do with the vectors of the window?"
    code = "..."                      # optional, shown as code under the prompt

    [[question.choice]]
    text = "It averages them."
    right = true                      # on exactly one choice
    reason = "The order is lost, and that is the point of the name: a *bag* of words."

Prompts, choices and reasons may hold inline Markdown, `code` and $mathematics$. In a notebook a question is answered by
clicking; without a widget front end each choice unfolds to its reason; in a terminal the questions are listed.
"""

import html
import tomllib
from dataclasses import dataclass
from pathlib import Path

import ipywidgets
import mistune

from course.widgets import cells

LESSONS = Path(__file__).parent / "lessons"
FEWEST_CHOICES = 3
LETTERS = "ABCDEFGH"

_markdown = mistune.create_markdown(escape=True, plugins=["math"])


@dataclass(frozen=True)
class Choice:
    text: str
    reason: str
    right: bool = False

    @property
    def verdict(self) -> str:
        return f"**{'Right' if self.right else 'Not quite'}:** {self.reason}"


@dataclass(frozen=True)
class Question:
    prompt: str
    choices: tuple[Choice, ...]
    code: str = ""


def quiz(stem: str, folder: str | Path = LESSONS) -> "Quiz":
    """The quiz of the lesson `stem` ("01_cbow"), ready to be shown as a cell's value.

    Raises FileNotFoundError, with the quizzes there are, for an unknown stem, and ValueError, with file and question,
    for a file that breaks a rule: three choices or more, exactly one right, a reason for each.
    """
    path = Path(folder) / f"{stem}.toml"
    if not path.is_file():
        there = ", ".join(sorted(other.stem for other in Path(folder).glob("*.toml"))) or "none yet"
        raise FileNotFoundError(f"There is no quiz for “{stem}”. The quizzes are: {there}.")
    return Quiz(read_questions(path))


def read_questions(path: Path) -> tuple[Question, ...]:
    """The questions of one quiz file, checked."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path.name} is not valid TOML: {error}.") from None
    entries = content.get("question", [])
    if not entries:
        raise ValueError(f"{path.name} holds no [[question]].")
    return tuple(
        _question(entry, f"{path.name}, question {number}") for number, entry in enumerate(entries, 1)
    )


def _question(entry: dict, place: str) -> Question:
    _known(entry, {"prompt", "code", "choice"}, place)
    entries = entry.get("choice", [])
    if not FEWEST_CHOICES <= len(entries) <= len(LETTERS):
        raise ValueError(
            f"{place}: a question has {FEWEST_CHOICES} to {len(LETTERS)} choices; this one has {len(entries)}."
        )
    choices = []
    for letter, choice in zip(LETTERS, entries, strict=False):
        here = f"{place}, choice {letter}"
        _known(choice, {"text", "right", "reason"}, here)
        text, reason = _words(choice, "text", here), _words(choice, "reason", here)
        choices.append(Choice(text, reason, choice.get("right", False) is True))
    right = sum(choice.right for choice in choices)
    if right != 1:
        raise ValueError(f"{place}: exactly one choice has `right = true`; here {right} have.")
    return Question(_words(entry, "prompt", place), tuple(choices), entry.get("code", "").strip("\n"))


def _words(entry: dict, key: str, place: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{place}: there is no {key}.")
    return value.strip()


def _known(entry: dict, keys: set[str], place: str) -> None:
    unknown = sorted(set(entry) - keys)
    if unknown:
        raise ValueError(f"{place}: unknown key “{unknown[0]}”; the keys are {', '.join(sorted(keys))}.")


class Quiz(ipywidgets.VBox):
    """The drawn quiz. `first_tries` holds, for each question, whether its first click was right, or None before it."""

    def __init__(self, questions: tuple[Question, ...]):
        self.questions = questions
        self.first_tries: list[bool | None] = [None] * len(questions)
        self._cards = [
            _Card(number, question, lambda right, index=number - 1: self._answered(index, right))
            for number, question in enumerate(questions, 1)
        ]
        self._count = ipywidgets.HTML()
        super().__init__([*self._cards, self._count])
        self._show_count()
        cells.remember(self)

    @property
    def score(self) -> str:
        """Where the reader stands, as one sentence."""
        answered = [first for first in self.first_tries if first is not None]
        if len(answered) < len(self.questions):
            return f"{len(answered)} of {len(self.questions)} questions answered."
        return f"{sum(answered)} of {len(self.questions)} right at the first try."

    def _answered(self, index: int, right: bool) -> None:
        if self.first_tries[index] is None:
            self.first_tries[index] = right
        self._show_count()

    def _show_count(self) -> None:
        self._count.value = f'<div role="status"><b>{self.score}</b></div>'

    def close(self) -> None:
        cells.close_parts(self)
        super().close()

    def __repr__(self) -> str:
        return "\n\n".join(_as_text(number, question) for number, question in enumerate(self.questions, 1))

    def _repr_mimebundle_(self, **options):
        data = super()._repr_mimebundle_(**options)
        page = "".join(_as_html(number, question) for number, question in enumerate(self.questions, 1))
        return {**data, "text/plain": repr(self), "text/html": page}


class _Card(ipywidgets.VBox):
    """One question: its prompt, and for each choice a button, the text, and the reason once it was clicked."""

    def __init__(self, number: int, question: Question, on_answer):
        self.buttons = []
        self.reasons = []
        rows = [ipywidgets.HTMLMath(_prompt_html(number, question))]
        for letter, choice in zip(LETTERS, question.choices, strict=False):
            tip = f"Choose {letter}: {choice.text}"
            button = ipywidgets.Button(description=letter, tooltip=tip, layout=_NARROW)
            text = ipywidgets.HTMLMath(_inline(choice.text), layout=_WIDE)
            reason = ipywidgets.HTMLMath(layout=_UNTIL_CLICKED)
            button.on_click(lambda _, b=button, r=reason, c=choice: self._choose(b, r, c, on_answer))
            row = ipywidgets.HBox([button, text], layout={"align_items": "center"})
            self.buttons.append(button)
            self.reasons.append(reason)
            rows += [row, reason]
        super().__init__(rows, layout={"margin": "0 0 18px 0"})

    def _choose(self, button, reason, choice, on_answer) -> None:
        """Show this choice's reason; the others stay as they are, and another may be tried."""
        button.icon = "check" if choice.right else "times"
        button.button_style = "success" if choice.right else "warning"
        reason.value = f'<div role="status" style="{_REASON}">{_inline(choice.verdict)}</div>'
        reason.layout.display = "block"
        on_answer(choice.right)


_NARROW = {"width": "58px", "flex": "0 0 auto"}
_WIDE = {"flex": "1 1 auto", "margin": "0 0 0 8px"}
_UNTIL_CLICKED = {"display": "none", "margin": "0 0 4px 68px"}
_REASON = "border-left: 3px solid currentColor; padding: 2px 0 2px 10px; line-height: 1.45"


def _inline(text: str) -> str:
    """Markdown as HTML, one paragraph without its <p>; HTML in the text is shown, not obeyed."""
    rendered = _markdown(text).strip()
    return rendered.removeprefix("<p>").removesuffix("</p>") if rendered.count("<p>") == 1 else rendered


def _prompt_html(number: int, question: Question) -> str:
    code = (
        f'<pre style="margin: 6px 0"><code>{html.escape(question.code)}</code></pre>' if question.code else ""
    )
    return f'<div style="line-height: 1.45"><b>{number}.</b> {_inline(question.prompt)}{code}</div>'


def _as_html(number: int, question: Question) -> str:
    choices = "".join(
        f"<details><summary>{_inline(choice.text)}</summary><p>{_inline(choice.verdict)}</p></details>"
        for choice in question.choices
    )
    return f"<section>{_prompt_html(number, question)}{choices}</section>"


def _as_text(number: int, question: Question) -> str:
    code = ["", *("    " + line for line in question.code.splitlines()), ""] if question.code else []
    choices = [
        f"   {letter}. {choice.text}" for letter, choice in zip(LETTERS, question.choices, strict=False)
    ]
    return "\n".join([f"{number}. {question.prompt}", *code, *choices])
