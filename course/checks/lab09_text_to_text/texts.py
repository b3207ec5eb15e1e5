"""The check of `to_text`: rows written by hand, each with the mistake that it shows. That of `from_text` stands in `back`."""

from dataclasses import dataclass

from .. import args, part, require
from ..sentences import describe
from ..tries import tried
from ..usual import ended
from . import lab
from .slips import LABELS, source_slips, target_slips


@dataclass(frozen=True)
class Pair:
    """A row, and the two strings that it becomes. story: what is special about it; told: whether a message may show it; or_target: another
    target that is as right."""

    task: str
    row: dict
    source: str
    target: str
    story: str = "A row"
    told: bool = True
    or_target: str = ""

    def begin(self):
        """The beginning of a message: what was tried."""
        if not self.told:
            return f'{self.story} (task "{self.task}"):'
        return f'{self.story}: to_text("{self.task}", {self.row})'

    def why_it_fails(self):
        """What usually makes a call with such a row fail."""
        if any("{" in text for text in self.row.values() if isinstance(text, str)):
            return " Is what has been put in looked at once more, by a `format` of what an f-string or a `format` gave?"
        if self.task == "questions" and not self.row["answers"]["text"]:
            return " An empty list has no first text; ask before you take it."
        return ""


def shown(text):
    """A text of a student's for a message, shortened."""
    return repr(text) if len(text) < 300 else f"{text[:280]!r} …"


def require_pair(result, case):
    """Require (source, target)."""
    odd = [each for each in result if not isinstance(each, str)][:1]
    hint = ""
    if odd and isinstance(odd[0], (int, float)):
        hint = " The target is text as well: the *word* for a label, a score as it is written."
    elif odd and odd[0] is None:
        hint = " Some way through your code leaves it None."
    elif odd and isinstance(odd[0], (list, tuple)):
        hint = " Take the one text that is asked for out of the list, or join them."
    require(
        len(result) == 2 and not odd,
        "{begin} should give two strings, (source, target); yours is {what}{of}.{hint}",
        begin=case.begin(),
        what=describe(result),
        of=f", and in it {describe(odd[0])}" if odd else "",
        hint=hint,
    )
    source, target = result
    require(
        (source, target) != (case.target, case.source) or source == target,
        "{begin} gives the target first; the source, which the model reads, comes first.",
        begin=case.begin(),
    )
    for side, got, wanted, slips in (
        ("source", source, (case.source,), source_slips),
        ("target", target, (case.target, case.or_target or case.target), target_slips),
    ):
        if got in wanted:
            continue
        known = next(
            (f" {ended(said)}" for slip, said in slips(case) if slip == got and slip not in wanted), ""
        )
        require(
            False,
            "{begin} gives the {side} {got}{truth}.{known}" if case.told else "{begin} the {side} is wrong.{known}",
            begin=case.begin(),
            side=side,
            got=shown(got),
            truth=f"; it is {shown(wanted[0])}",
            known=known or (" It is `SOURCES[task]` with the row's columns in the places of their names, and nothing else." if side == "source" else ""),
        )  # fmt: skip


def label_pair(task, source, label, **columns):
    """A row of a task with labels."""
    return Pair(task, {**columns, "label": label}, source, LABELS[task][label], f"A row with label {label}")


AB, QC = (
    {"text_a": "Who is Ida?", "text_b": "Where is Bo?"},
    {"question": "Who sang?", "context": "Ida sang."},
)
PH = {"premise": "Ida sings well.", "hypothesis": "Ida sings."}
PLAIN = [
    label_pair("sentiment", "sst2 sentence: The soup was superb.", 1, text="The soup was superb."),
    label_pair("sentiment", "sst2 sentence: The soup was cold.", 0, text="The soup was cold.", word="cold"),
    label_pair("acceptability", "cola sentence: Ida sing.", 0, text="Ida sing.", kind="agreement"),
    label_pair("acceptability", "cola sentence: Ida sings.", 1, text="Ida sings."),
    label_pair("paraphrase", "mrpc sentence1: Who is Ida? sentence2: Where is Bo?", 0, **AB),
    label_pair("paraphrase", "mrpc sentence1: Who is Ida? sentence2: Where is Bo?", 1, **AB),
    label_pair("duplicates", "qqp question1: Who is Ida? question2: Where is Bo?", 0, **AB),
    label_pair("duplicates", "qqp question1: Who is Ida? question2: Where is Bo?", 1, **AB),
    label_pair("answerability", "qnli question: Who sang? sentence: Ida sang.", 1, **QC),
    label_pair("answerability", "qnli question: Who sang? sentence: Ida sang.", 0, **QC),
    label_pair("entailment", "mnli premise: Ida sings well. hypothesis: Ida sings.", 0, **PH),
    label_pair("entailment", "mnli premise: Ida sings well. hypothesis: Ida sings.", 1, **PH),
    label_pair("entailment", "mnli premise: Ida sings well. hypothesis: Ida sings.", 2, **PH),
    Pair("summaries", {"text": "Ida sings. Bo is ill.", "summary": "Ida sings."}, "summarize: Ida sings. Bo is ill.", "Ida sings."),
    Pair("translation", {"esperanto": "Ida kantas.", "english": "Ida sings."}, "translate English to Esperanto: Ida sings.", "Ida kantas."),
]  # fmt: skip


def score_pair(score, target, story):
    return Pair("similarity", {**AB, "score": score}, "stsb sentence1: Who is Ida? sentence2: Where is Bo?", target, story)  # fmt: skip


SCORES = [
    score_pair(3.8, "3.8", "A score that is a step already"),
    score_pair(2.57, "2.6", "A score a little below a step"),
    score_pair(1.05, "1.0", "A score a little above a step"),
    score_pair(0.62, "0.6", "A score a little above a step"),
    score_pair(0.0, "0.0", "A score of 0"),
    score_pair(5, "5.0", "A score that is a whole number"),
]


def names_pair(words, target, story):
    """A row of entities. words: tokens, each with its tag behind a slash where it has one other than O."""
    pairs = [word.partition("/") for word in words.split()]
    tokens = [token for token, _, _ in pairs]
    row = {
        "tokens": tokens,
        "tags": [tag or "O" for _, _, tag in pairs],
        "text": " ".join(tokens).replace(" .", "."),
    }
    return Pair("entities", row, f"ner: {row['text']}", target, story)


NAMES = [
    names_pair("Ida/B-PER Novak/I-PER left Alderton/B-LOC today .", "person: Ida Novak; place: Alderton", "A name of two tokens and one of one"),
    names_pair("On Monday/B-MISC the Red/B-ORG Hat/I-ORG Club/I-ORG met", "other: Monday; organisation: Red Hat Club", "A name of three tokens"),
    names_pair("I told Ida/B-PER Bo/B-PER Holm/I-PER", "person: Ida; person: Bo Holm", "Two names next to each other, and the last at the end"),
    names_pair("Bo/B-PER saw Ida/B-PER and Bo/B-PER", "person: Bo; person: Ida; person: Bo", "A name that comes twice"),
    names_pair("it rained", "none", "A text without a name"),
]  # fmt: skip


def pronoun_pair(text, label, story):
    """A coreference row. text: with the meant pronoun between asterisks, as the source shall have it."""
    start = text.index("*")
    end = text.index("*", start + 1) - 1
    row = {"text": text.replace("*", ""), "pronoun": [start, end], "candidate_a": "the cup", "candidate_b": "the tray", "label": label}  # fmt: skip
    return Pair("coreference", row, f"wsc: {text}", ("the cup", "the tray")[label], story)


PRONOUNS = [
    pronoun_pair("The cup fell off the tray, and *it* broke.", 0, "A row with label 0"),
    pronoun_pair("The cup fell off the tray, for *it* was wet.", 1, "A row with label 1"),
    pronoun_pair("Still, with it, the cup hit the tray. *It* broke.", 0, "A pronoun of which there is another before"),
    pronoun_pair("With a little cup on it the tray fell, and *it* broke.", 0, "A pronoun whose letters stand elsewhere too"),
    pronoun_pair("*It* was wet: the tray under the cup.", 1, "A pronoun at the very beginning"),
    pronoun_pair("The tray broke the cup, for Zoë dropped *it*", 1, "A pronoun at the very end"),
    pronoun_pair("The tray held; under *it*, as it was wet, the cup broke.", 1, "A pronoun of which there is another behind"),
    pronoun_pair("The {} on the {0} broke, for *it* was wet.", 0, "A text with braces in it"),
]  # fmt: skip


def answer_pair(texts, target, story):
    starts = [QC["context"].find(text) for text in texts]
    row = {**QC, "answers": {"text": texts, "answer_start": starts}, "is_impossible": not texts}
    return Pair("questions", row, "question: Who sang? context: Ida sang.", target, story)


ANSWERS = [
    answer_pair(["Ida"], "Ida", "A question with one answer"),
    answer_pair(["sang", "Ida sang", "Ida"], "sang", "A question with several answers"),
    answer_pair([], "unanswerable", "A question with no answer"),
]
BRACES = [
    Pair("paraphrase", {"text_a": "Put {text_b} here.", "text_b": "Put {text_a} there.", "label": 1}, "mrpc sentence1: Put {text_b} here. sentence2: Put {text_a} there.", "equivalent", "Texts with braces in them"),
    Pair("sentiment", {"text": "A {} and a {0} and {{two}}", "label": 0}, "sst2 sentence: A {} and a {0} and {{two}}", "negative", "A text with braces in it"),
    Pair("translation", {"english": "The {esperanto} is {0}.", "esperanto": "La {english} estas {}."}, "translate English to Esperanto: The {esperanto} is {0}.", "La {english} estas {}.", "A text with braces in it"),
]  # fmt: skip


def require_unknown(student, names):
    """Require a ValueError for tasks that there are not."""
    row = {**QC, **AB, "text": "Ida sang.", "answer": "Ida", "label": 0, "score": 1.0}
    for name in names:
        error = student.error(name, row)
        require(
            error is not None and error.is_a("ValueError"),
            'A task that is not in SOURCES ("{name}") gets a ValueError; yours {yours}.{hint}',
            name=name,
            yours="gives something back" if error is None else f"raises {error.type}",
            hint=" That comes from looking the task up in a dict: ask first whether it is there." * bool(error is not None and error.is_a("KeyError")),
        )  # fmt: skip


def judge_pairs(student, plain, parts, unknown):
    """All that is asked of to_text. plain: `Pair`s that must be right for any marks; parts: for each title (points, `Pair`s); unknown: names."""

    def each(cases):
        stories = [f"{case.begin()} fails.{case.why_it_fails()}" for case in cases]
        for case, result in zip(cases, tried(student, [args(c.task, c.row) for c in cases], stories), strict=True):  # fmt: skip
            require_pair(result, case)

    each(plain)
    for title, (points, cases) in parts.items():
        with part(title, points=points):
            each(cases)
    with part("a task that there is not", points=0.25):
        require_unknown(student, unknown)


def parts_of(scores, names, pronouns, answers, braces):
    """The parts that carry points, in their order."""
    return {
        "similarity": (0.5, scores),
        "entities": (0.75, names),
        "coreference": (0.75, pronouns),
        "questions": (0.5, answers),
        "texts as they are": (0.25, braces),
    }


@lab.check(points=4, returns=(tuple, list))
def to_text(student):
    judge_pairs(student, PLAIN, parts_of(SCORES, NAMES, PRONOUNS, ANSWERS, BRACES), ["closed_book", "Sentiment"])  # fmt: skip


from . import back  # noqa: E402, F401 (`from_text` comes behind `to_text`)
