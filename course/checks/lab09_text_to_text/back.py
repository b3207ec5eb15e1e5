"""The check of `from_text`: what a model may write, and what it counts as. A case tells in its hint which mistake it shows."""

from dataclasses import dataclass

from .. import args, part, require
from ..sentences import describe
from ..tries import tried
from . import lab
from .slips import CLASSES, LABELS

ANYTHING = "A model may write anything, and from_text never fails on it."


@dataclass(frozen=True)
class Said:
    """What a model wrote, and what it counts as: a number, None, a text or a list of pairs. told: whether a message may show it."""

    task: str
    text: str
    truth: object
    hint: str = ""
    told: bool = True

    def begin(self):
        """The beginning of a message: what was tried."""
        text = self.text if len(self.text) < 60 else f"{self.text[:40]} …"
        return (
            f'from_text("{self.task}", {text!r})' if self.told else f'For the task "{self.task}" your answer'
        )


def require_said(found, case):
    """Require what a case counts as."""
    if case.truth is None or case.task in LABELS:
        wrong = _not_the_label(found, case)
    elif case.task == "similarity":
        wrong = _not_the_score(found, case)
    elif case.task == "entities":
        wrong = _not_the_names(found, case)
    else:
        wrong = _not_the_text(found, case)
    require(
        wrong is None,
        "{begin} gives {got}{truth}. {wrong}",
        begin=case.begin(),
        got=_shown(found, case),
        truth=f"; it is {case.truth!r}" if case.told else ", which is wrong",
        wrong=wrong or case.hint,
    )


def _shown(found, case):
    """What a student's function gave, for a message."""
    if found is None or isinstance(found, (bool, int, float)):
        said = str(found) if not isinstance(found, int) or abs(found) < 10**9 else "a huge number"
        return said
    if case.told and isinstance(found, (str, list, tuple)) and len(repr(found)) < 200:
        return repr(found)
    return describe(found)


def _is_number(found):
    return isinstance(found, (int, float)) and not isinstance(found, bool)


def _not_the_label(found, case):
    """What is wrong with a label, or with anything where None is right; None if nothing is. An empty string: the hint says it."""
    if case.truth is None:
        if case.task in LABELS and isinstance(found, int) and not 0 <= found < len(LABELS[case.task]):
            return "What is no answer is None; a number that is no label would pass for a guess."
        return None if found is None else ""
    if isinstance(found, int) and not isinstance(found, bool) and found == case.truth:
        return None
    words = LABELS[case.task]
    number = f"A label is a whole number: {', '.join(map(str, range(len(words))))}"
    if found is None and case.truth == 0:
        return "0 is a label too, and counts as false: an `or`, or an `if` that asks for the number itself, takes it for nothing."
    if isinstance(found, (bool, float)):
        return f"{number}, an int; yours is {describe(found)}."
    if isinstance(found, str):
        return f"{number}; yours is a text. `LABELS[task]` has the words in the order of their numbers."
    own = {n for w in LABELS.values() for n, word in enumerate(w) if word == case.text.strip() and w is not words}  # fmt: skip
    if isinstance(found, int) and found in own:
        return "The word has another number in another task: look it up in `LABELS[task]`."
    if isinstance(found, int) and found == case.truth + 1:
        return "Labels are counted from 0."
    return ""


def _not_the_score(found, case):
    """The same of a score."""
    if _is_number(found) and abs(found - case.truth) < 1e-6:
        return None
    if found is None and case.truth == 0:
        return "0 is a score too, and counts as false: an `or`, or an `if` that asks for the number itself, takes it for nothing."
    if isinstance(found, str):
        return "A score is a float, and no text."
    if _is_number(found) and abs(found - round(case.truth * 5) / 5) < 1e-6:
        return "It is a number as it stands; only `to_text` rounds to steps."
    if _is_number(found) and found in (int(case.truth), round(case.truth)):
        return "What stands behind the point is lost: `float`, and not `int`."
    return ""


def _pairs_of(found):
    """A list of pairs of strings as a list of tuples, or None."""
    if not isinstance(found, (list, tuple)):
        return None
    if not all(isinstance(p, (list, tuple)) and len(p) == 2 and all(isinstance(x, str) for x in p) for p in found):  # fmt: skip
        return None
    return [tuple(pair) for pair in found]


def _not_the_names(found, case):
    """The same of names."""
    pairs, truth = _pairs_of(found), case.truth
    if pairs == truth:
        return None
    if found is None:
        return "Of entities there is always a list; where there is no name it is empty."
    if isinstance(found, (dict, set)):
        return f"Names come as a *list* of pairs; in a {describe(found).split()[1]} their order is lost, or those that come twice."
    if pairs is None:
        return (
            case.hint
            or 'Names come as a list of pairs of two strings: `[("PER", "Ida Novak"), ("LOC", "Alderton")]`.'
        )
    if pairs == [(CLASSES[kind], name) for kind, name in truth]:
        return 'The class is the one of the tags, "PER", and not its word, "person": turn CLASSES round.'
    if pairs == [pair[::-1] for pair in truth]:
        return "The class comes first in a pair, and the name second."
    if truth and [(kind, name.strip()) for kind, name in pairs] == truth:
        return "Blanks are left at the names: what stands between class and name is `: `, and between two names `; `."
    if len(set(truth)) < len(truth) and pairs == list(dict.fromkeys(truth)):
        return "A name that comes twice is in the list twice."
    if truth and pairs == truth[:-1]:
        return case.hint or "The last name is lost."
    if sorted(pairs) == sorted(truth):
        return "The names are not in the order in which they were written."
    return ""


def _not_the_text(found, case):
    """The same of a text."""
    if isinstance(found, str) and found == case.truth:
        return None
    if found is None:
        return (
            case.hint
            or "For this task any text is an answer, an empty one too; None is for tasks whose answers are fixed."
        )
    if not isinstance(found, str):
        return "For this task it is the text itself."
    if found.strip() == case.truth:
        return "White space around the text does not count: take it off."
    if found == case.truth.lower():
        return "Capitals count."
    if found == " ".join(case.truth.split()):
        return "White space *within* the text is the text's own; only that around it goes."
    return ""


# --- cases ---------------------------------------------------------------------------------------------------------------------
WORDS = [
    *(Said(task, word, n) for task, words in LABELS.items() for n, word in enumerate(words)),
    Said("summaries", "Ida sings; Bo is ill.", "Ida sings; Bo is ill."),
    Said("translation", "Ida  kantas: la, la.", "Ida  kantas: la, la."),
    Said("questions", "unanswerable", "unanswerable", "For this task it is the text itself, also where it is `unanswerable`."),
    Said("coreference", "the tray", "the tray"),
    Said("summaries", "none", "none", "For this task it is the text itself, whatever it is."),
    Said("questions", "3.8", "3.8", "For this task it is the text itself, whatever it looks like."),
]  # fmt: skip
WHOLE = "Only the whole word is an answer"
LOOSE = [
    Said("sentiment", " positive\n", 1, "White space around the text does not count: take it off first."),
    Said("acceptability", "\tunacceptable  ", 0, "White space around the text does not count: take it off first."),
    Said("sentiment", "good", None, "Is everything that is not the one word taken for the other?"),
    Said("sentiment", "", None, f"{WHOLE}, and nothing at all is none: every word begins with an empty string, and holds it."),
    Said("sentiment", "   ", None, f"{WHOLE}, and white space is none."),
    Said("sentiment", "Positive", None, "Capitals count: what is not written like the word is no answer."),
    Said("sentiment", "positive.", None, f"{WHOLE}, and here a full stop stands behind it."),
    Said("sentiment", "it is positive", None, f"{WHOLE}; `in` finds it within a longer text too."),
    Said("sentiment", "positive or negative", None, f"{WHOLE}, and here stand both, and more."),
    Said("sentiment", "pos", None, f"{WHOLE}, and no part of it is."),
    Said("duplicates", "not_", None, f"{WHOLE}, and no part of it is."),
    Said("answerability", "not entailment", None, f"{WHOLE}, and it has an underscore."),
    Said("paraphrase", "notequivalent", None, f"{WHOLE}; `in` finds it within another one too."),
    Said("acceptability", "acceptable acceptable", None, f"{WHOLE}, and here it stands twice."),
    Said("entailment", "not_entailment", None, "Each task has its own words in `LABELS[task]`, and this is one of another task, in which `in` finds one of this task's."),
    Said("paraphrase", "duplicate", None, "Each task has its own words in `LABELS[task]`, and this is one of another task."),
    Said("sentiment", "1", None, f"{WHOLE}; the label's number is none."),
    Said("entailment", "none", None, f"{WHOLE}, and this is none of the three."),
]  # fmt: skip
NUMBER = "That is no number, and so no answer"
SCORES = [
    Said("similarity", "3.8", 3.8), Said("similarity", "0.0", 0.0), Said("similarity", "5.0", 5.0), Said("similarity", " 0.2 ", 0.2),
    Said("similarity", "2.57", 2.57), Said("similarity", "3", 3.0, "A number without a point is a number too."),
    Said("similarity", "6.0", None, "A score above 5 is no answer; it is not moved to 5 either."),
    Said("similarity", "5.1", None, "A score above 5 is no answer, however little it is."),
    Said("similarity", "-1", None, "A score below 0 is no answer; it is not moved to 0 either."),
    Said("similarity", "nan", None, "`float` reads \"nan\" and makes a number of it that is neither below 0 nor above 5. Ask whether it *is* from 0 to 5."),
    Said("similarity", "inf", None, "`float` reads \"inf\" too, and that is above 5."),
    Said("similarity", "-inf", None, "`float` reads \"-inf\" too, and that is below 0."),
    Said("similarity", "three", None, f"{NUMBER}."), Said("similarity", "", None, f"{NUMBER}."), Said("similarity", "3.8.", None, f"{NUMBER}: a point too many."),
    Said("similarity", "3,8", None, f"{NUMBER}: all but the white space around counts, and a comma is no point."),
    Said("similarity", "3.8 4.0", None, f"{NUMBER}: here stand two of them."), Said("similarity", "score 3.8", None, f"{NUMBER}: something stands before it."),
    Said("similarity", "³", None, f"{NUMBER}, though `isdigit` says that it has only digits."),
]  # fmt: skip
LEFT_OUT = "What is not a known class, `: ` and a name is left out, and all the rest stays"
NAMES = [
    Said("entities", "person: Ida Novak; place: Alderton", [("PER", "Ida Novak"), ("LOC", "Alderton")]),
    Said("entities", " organisation: Hat Club; other: Monday\n", [("ORG", "Hat Club"), ("MISC", "Monday")]),
    Said("entities", "none", [], "Of \"none\" the list is empty."), Said("entities", "", [], "There is always a list; here it is empty."),
    Said("entities", "no idea", [], "There is always a list; here it is empty."),
    Said("entities", "person: Bo; person: Ida; person: Bo", [("PER", "Bo"), ("PER", "Ida"), ("PER", "Bo")]),
    Said("entities", "thing: cup; person: Ida", [("PER", "Ida")], f"{LEFT_OUT}: there is no class `thing`."),
    Said("entities", "Ida; place: Alderton", [("LOC", "Alderton")], f"{LEFT_OUT}: in the first piece there is no `: `."),
    Said("entities", "place: ; person: Ida", [("PER", "Ida")], f"{LEFT_OUT}: behind `place: ` there is no name."),
    Said("entities", "person: Ida; place:", [("PER", "Ida")], f"{LEFT_OUT}: behind `place:` there is no name."),
    Said("entities", "place:Alderton; person: Ida", [("PER", "Ida")], f"{LEFT_OUT}: behind the colon stands a blank."),
    Said("entities", "Person: Bo; person: Ida", [("PER", "Ida")], f"{LEFT_OUT}: capitals count."),
    Said("entities", "PER: Bo; person: Ida", [("PER", "Ida")], f"{LEFT_OUT}: a class is written with its word."),
    Said("entities", "none; person: Ida", [("PER", "Ida")], f"{LEFT_OUT}."),
    Said("entities", "other: Rule 3: Hush; person: Ida", [("MISC", "Rule 3: Hush"), ("PER", "Ida")], "A name may hold a `: ` itself; the class ends at the first."),
    Said("entities", "person: Ida, Bo", [("PER", "Ida, Bo")], "Pieces lie between two `; `, and a comma belongs to the name."),
]  # fmt: skip


def judge_said(student, words, parts):
    """All that is asked of from_text. words: `Said`s that must be right for any marks; parts: for each title (points, `Said`s)."""
    student = student.using(finite=False)

    def each(cases):
        stories = [f"{case.begin()} fails. {ANYTHING} {case.hint}".rstrip() for case in cases]
        calls = [args(case.task, case.text) for case in cases]
        return zip(cases, tried(student, calls, stories), strict=True)

    found = list(each(words))
    if all(value is None for _, value in found):
        student(words[0].task, words[0].text)
        why = "Put `return` where `print` is." if student.last.stdout.strip() else "Is a `return` missing, or inside an `if` that was not taken?"  # fmt: skip
        require(False, "from_text returns None for each right answer too. {why}", why=why)
    for case, value in found:
        require_said(value, case)
    for title, (points, cases) in parts.items():
        with part(title, points=points):
            for case, value in each(cases):
                require_said(value, case)


def parts_of(loose, scores, names):
    """The parts that carry points, in their order."""
    return {
        "what is no label": (0.75, loose),
        "similarity": (0.75, scores),
        "entities": (1, names),
    }


EMPTY = [
    Said("summaries", "  Ida sings. ", "Ida sings."),
    Said("coreference", "", ""),
]


@lab.check(points=3)
def from_text(student):
    judge_said(student, WORDS + EMPTY, parts_of(LOOSE, SCORES, NAMES))
