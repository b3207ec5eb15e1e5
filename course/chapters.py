"""The one table of chapters.

The README's table, the lesson index, the Makefile's targets and the tests' parameters all come from `CHAPTERS`.
Adding a chapter is adding its files and setting `ready=True` on its line here.

    from course.chapters import CHAPTERS, find, ready
    [chapter.lab for chapter in ready()]        # ['lab00_start', 'lab01_cbow']
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Chapter:
    """One chapter: a lesson and a lab.

    stem: the name both are built from, "01_cbow".
    sees: how far a representation sees in this chapter, as a phrase without a full stop.
    lesson_minutes, lab_minutes: what a student should plan for reading and working (an estimate, not the computer's time).
    ready: the lesson and the lab are written, tested and released.
    """

    stem: str
    title: str
    sees: str
    lesson_minutes: int
    lab_minutes: int
    ready: bool = False

    @property
    def number(self) -> str:
        """Two digits, "01"."""
        return self.stem.partition("_")[0]

    @property
    def lesson(self) -> str:
        """The lesson's path from the repository root, with forward slashes."""
        return f"course/lessons/{self.stem}.ipynb"

    @property
    def lab(self) -> str:
        """The lab's name, which is also nbgrader's assignment name."""
        return f"lab{self.stem}"


CHAPTERS: tuple[Chapter, ...] = (
    Chapter("00_start", "Start here", "nothing yet: one word at a time", 40, 30, ready=True),
    Chapter("01_cbow", "CBOW: a fixed window", "a window of a few words on each side", 55, 110, ready=True),
    Chapter(
        "02_elmo",
        "ELMo: two one-way readers",
        "all words before it, and all words after it, apart",
        45,
        100,
        ready=True,
    ),
    Chapter("03_attention", "Attention and masks", "whatever the mask lets through", 60, 120, ready=True),
    Chapter("04_gpt", "GPT: no peeking", "all words before it", 45, 100, ready=True),
    Chapter(
        "05_bert",
        "BERT: both sides at once",
        "the whole text, both sides in every layer",
        50,
        120,
        ready=True,
    ),
    Chapter(
        "06_fine_tuning",
        "Fine-tuning: one encoder, many tasks",
        "the whole text, and a task to look at it for",
        50,
        110,
        ready=True,
    ),
    Chapter(
        "07_bert_family", "The BERT family", "the whole text, for longer or for less", 50, 130, ready=True
    ),
    Chapter(
        "08_t5", "T5: encoder and decoder", "the whole input, and the output so far", 55, 140, ready=True
    ),
    Chapter(
        "09_text_to_text",
        "Text to text: one model, all tasks",
        "the whole input, with the task named in it",
        50,
        140,
        ready=True,
    ),
    Chapter(
        "10_question_answering",
        "Question answering",
        "a question and a passage, or only what it remembers",
        55,
        160,
        ready=True,
    ),
    Chapter("11_decoding", "Decoding", "what it has itself just written", 45, 140, ready=True),
)


def ready() -> tuple[Chapter, ...]:
    """The finished chapters, in order."""
    return tuple(chapter for chapter in CHAPTERS if chapter.ready)


def find(name: str) -> Chapter:
    """The chapter with this stem, lab name or number: find("01_cbow"), find("lab01_cbow"), find("01").

    Raises ValueError, naming all the stems there are.
    """
    for chapter in CHAPTERS:
        if name in (chapter.stem, chapter.lab, chapter.number):
            return chapter
    raise ValueError(f"There is no chapter {name!r}; there are {', '.join(c.stem for c in CHAPTERS)}.")


def readme_table() -> str:
    """The table of chapters as Markdown; a finished chapter links to its lesson and its lab."""
    rows = [
        "| | chapter | how far a word's vector sees | lesson | lab | status |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for c in CHAPTERS:
        title = f"[{c.title}]({c.lesson})" if c.ready else c.title
        lab = f"[{c.lab_minutes} min](labs/{c.lab}/{c.lab}.ipynb)" if c.ready else f"{c.lab_minutes} min"
        status = "ready" if c.ready else "to come"
        rows.append(f"| {c.number} | {title} | {c.sees} | {c.lesson_minutes} min | {lab} | {status} |")
    return "\n".join(rows) + "\n"
