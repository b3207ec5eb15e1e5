"""The checks of `t5_qa_example` and `closed_book_example`: rows by hand, the course's tokenizer of T5, and what each usual mistake makes."""

from dataclasses import dataclass

from .. import args, helper_for, part, require
from ..helpers.language import t5_tokenizer
from ..sentences import describe
from ..tries import judge_groups, known_of, tried
from ..usual import ended
from . import lab
from .scores import normalized


def row_of(question, context, *answers, starts=None):
    """A row of parse_squad."""
    starts = [context.index(a) for a in answers] if starts is None else starts
    return {"id": "q", "title": "T", "context": context, "question": question, "answers": list(answers), "starts": list(starts), "is_impossible": not answers}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A row, and how far its source is read. upto: letters of the passage, None: all; told: whether a message may show it."""

    row: dict
    upto: int | None
    story: str
    told: bool = True

    @property
    def source(self):
        return f"question: {self.row['question']} context: {self.row['context']}"

    @property
    def most(self):
        """The most tokens: as many as stand in the letters that are read, and `</s>`."""
        if self.upto is None:
            return 512
        head = len(self.source) - len(self.row["context"])
        offsets = t5_tokenizer()(self.source, return_offsets_mapping=True).offset_mapping[:-1]
        return 1 + sum(b <= head + self.upto for _, b in offsets)

    def begin(self):
        shown = f" (question {self.row['question']!r}, context {self.row['context']!r}, answers {self.row['answers']}, most={self.most})" if self.told else f" (most={self.most})"  # fmt: skip
        return f"{self.story}{shown}"

    def cut(self):
        """The source as it is read."""
        return t5_tokenizer()(self.source, truncation=True, max_length=self.most, return_offsets_mapping=True)

    def read(self):
        """How many letters of the passage are read."""
        return max(b for _, b in self.cut().offset_mapping) - len(self.source) + len(self.row["context"])

    def target(self):
        """The target's text, or None."""
        if not self.row["answers"]:
            return "unanswerable"
        left = self.read()
        pairs = zip(self.row["answers"], self.row["starts"], strict=True)
        return next((text for text, start in pairs if start + len(text) <= left), None)

    @property
    def truth(self):
        """What t5_qa_example should give."""
        target = self.target()
        return None if target is None else {"input_ids": self.cut().input_ids, "labels": t5_tokenizer()(target).input_ids}  # fmt: skip


def _text(ids):
    """What ids say; those that the tokenizer does not know say nothing."""
    tokenizer = t5_tokenizer()
    known = [i for i in ids if isinstance(i, int) and 0 <= i < len(tokenizer)]
    return tokenizer.decode(known, skip_special_tokens=True).strip()


def target_slips(case):
    """Pairs (a wrong target's text, a sentence)."""
    row, left = case.row, case.read()
    read = row["context"][: max(left, 0)]
    texts, pairs = row["answers"], list(zip(row["answers"], row["starts"], strict=True))
    own = "It stands in what is read, but not *whole*, or not at its own place"
    rows = [(text, own) for text, _ in pairs]
    if len(texts) == 1 and texts[0] in read:
        return [*rows, ("unanswerable", "Only the cut has taken the answer: no “unanswerable” for that; return None")]  # fmt: skip
    if not texts:
        return [(word, "Where a question has no answer the target is `unanswerable`") for word in ("", "None", "no answer", "impossible")]  # fmt: skip
    found = [
        ("unanswerable", "There is an answer in the passage, and only the cut has taken it: no target for that, and no “unanswerable” either; return None"),
        (" ".join(texts), "One reference is the target, and not all of them"),
        (max(texts, key=len), "Not the longest: the *first* of the references that stands whole in what is left"),
        (min(texts, key=len), "Not the shortest: the *first* of the references that stands whole in what is left"),
        (min(pairs, key=lambda pair: pair[1])[0], "Not the one that stands first in the *passage*: the first of the list that stands whole in what is left"),
        (texts[-1], "Not the last: the *first* of the references that stands whole in what is left"),
    ]  # fmt: skip
    if texts[0] not in read:
        found.insert(
            0,
            (
                texts[0],
                "That reference is cut off, wholly or in part; the first one that stands *whole* in what is left is the target",
            ),
        )
    return [*found, *rows]


def require_example(got, case):
    """Require the source and the target of a case."""
    truth, begin = case.truth, case.begin()
    if truth is None:
        hint = ""
        if isinstance(got, dict) and "labels" in got:
            target = _decoded(got["labels"])
            hint = next((f" {ended(said)}" for text, said in target_slips(case) if text == target), "")
        require(got is None, "{begin}: no reference stands whole in what is left of the passage, so the row is no example, None; yours gives {what}.{hint}", begin=begin, what=describe(got), hint=hint)  # fmt: skip
        return
    require(got is not None, "{begin}: yours gives None, and {why}.", begin=begin, why="a question without an answer stays an example, with the target `unanswerable`" if not case.row["answers"] else "a reference stands whole in what is left of the passage")  # fmt: skip
    good = isinstance(got, dict) and set(got) == {"input_ids", "labels"}
    require(good, 'It gives a dict with the names "input_ids" and "labels"; yours {what}.', what=f"has {', '.join(map(str, got))[:100]}" if isinstance(got, dict) else f"is {describe(got)}")  # fmt: skip
    for name in ("input_ids", "labels"):
        plain = isinstance(got[name], (list, tuple)) and all(isinstance(x, int) for x in got[name])
        require(plain, "Under {name!r} stands a list of ids; yours is {what}.", name=name, what=describe(got[name]))  # fmt: skip
    ids, labels = list(got["input_ids"]), list(got["labels"])
    if ids != truth["input_ids"]:
        require(False, "{begin}: the source is {got}{truth}.{hint}", begin=begin, got=repr(_decoded(ids)) if case.told else "another one", truth=f", and should be {_text(truth['input_ids'])!r}" if case.told else "",
                hint=_source_hint(ids, truth["input_ids"], case))  # fmt: skip
    if labels != truth["labels"]:
        text = _decoded(labels)
        hint = next((f" {ended(said)}" for wrong, said in target_slips(case) if wrong == text), "")
        if labels == truth["labels"][:-1]:
            hint = " `</s>` is missing at its end: the tokenizer puts it there, unless it is told not to."
        elif labels[:-1] == truth["labels"]:
            hint = " `</s>` stands at its end twice: the tokenizer puts it there itself."
        require(False, "{begin}: the target is {got}{truth}.{hint}", begin=begin, got=repr(text) if case.told else "another one", truth=f", and should be {_text(truth['labels'])!r}" if case.told else "", hint=hint)  # fmt: skip


def _decoded(ids):
    return _text(ids) if isinstance(ids, (list, tuple)) else ""


def _source_hint(ids, truth, case):
    """What usually leads to another source."""
    tokenizer = t5_tokenizer()
    whole = tokenizer(case.source).input_ids
    row = case.row
    odd = {
        f"question: {row['question']} context: {row['context'][: max(case.read(), 0)]}": "",
        f"context: {row['context']} question: {row['question']}": " The question comes first: what stands behind may be cut off.",
        f"{row['question']} {row['context']}": " The words `question:` and `context:` say which is which.",
        f"question: {row['question']}": " Where is the passage?",
        f"question: {row['question']}  context: {row['context']}": "",
    }
    if ids == whole and whole != truth:
        return " At most `most` tokens are read: `truncation=True, max_length=most`."
    if ids == truth[:-1] or ids == whole[: case.most]:
        return " `</s>` stands at the end of what is cut, too, and is one of the `most` tokens; the tokenizer sees to it."
    if len(ids) == case.most + 1:
        return " That is one token too many: `</s>` is one of the `most` tokens."
    for text, hint in odd.items():
        if hint and ids == tokenizer(text, truncation=True, max_length=case.most).input_ids:
            return hint
    if ids[:-1] == truth[1:] or ids[-len(truth) + 1 :] == whole[-len(truth) + 1 :]:
        return " What is too long is cut at its *end*."
    return ""


def judge_examples(student, plain, parts):
    """All that is asked of t5_qa_example. plain: cases that must be right for any marks; parts: for each title (points, cases)."""

    def each(cases):
        stories = [f"{case.begin()}: your function fails." for case in cases]
        calls = [args(case.row, helper_for("t5_tokenizer"), case.most) for case in cases]
        for case, got in zip(cases, tried(student, calls, stories), strict=True):
            require_example(got, case)

    each(plain)
    for title, (points, cases) in parts.items():
        with part(title, points=points):
            each(cases)


SANG = "Ida sang in Alderton and Bo sang in Linwood"
AGAIN = "Bo sang and Bo sang and Bo sang"
SHORT = [
    Asked(row_of("Who sang in Linwood?", SANG, "Bo"), None, "A row that fits"),
    Asked(row_of("Where did Ida sing?", SANG, "in Alderton", "Alderton"), None, "A row with two references"),
    Asked(
        row_of("Where did Ida sing?", SANG, "Alderton", "in Alderton"),
        None,
        "A row with two references, the second longer",
    ),
    Asked(
        row_of("Where was singing?", f"{SANG}.", "Linwood", "Alderton", "in Linwood"),
        None,
        "A row with three references, the second nearer to the beginning",
    ),
]
NONE = [
    Asked(row_of("Who wept?", SANG), None, "A question without an answer"),
    Asked(row_of("Who wept in Alderton?", SANG), 12, "A question without an answer, whose passage is cut"),
    Asked(
        row_of("Who wept in Alderton?", SANG),
        -6,
        "A question without an answer, of which not even the question is left",
    ),
]
CUT = [
    Asked(row_of("Who sang in Linwood?", SANG, "Bo"), 20, "A passage that is cut before the answer"),
    Asked(row_of("Who sang in Linwood?", SANG, "Bo"), 27, "A passage that is cut just behind the answer"),
    Asked(row_of("Who sang in Linwood?", SANG, "Bo sang", "Bo"), 28, "A passage that is cut within the first reference, while the second stands whole"),
    Asked(row_of("Where was it?", SANG, "Alderton and Bo sang", "in Alderton and Bo"), 24, "A passage that is cut within every reference"),
    Asked(row_of("Who sang at last?", AGAIN, "Bo", starts=[24]), 20, "An answer that stands earlier, too, and whose own place is cut off"),
    Asked(row_of("Who sang?", SANG, "Linwood"), -6, "A source of which not even the question is left"),
]  # fmt: skip


def example_parts(none, cut):
    return {"no answer": (0.5, none), "passages that are cut": (1.5, cut)}


@lab.check(points=3)
def t5_qa_example(student):
    judge_examples(student.using(limit=30), SHORT, example_parts(NONE, CUT))


# --- with the book closed ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Closed:
    """A row to ask without its passage. told: whether a message may show it."""

    row: dict
    story: str
    told: bool = True

    def begin(self):
        shown = f" (question {self.row['question']!r}, answers {self.row['answers']})" if self.told else ""
        return f"{self.story}{shown}"

    @property
    def target(self):
        texts = [normalized(text) for text in self.row["answers"]]
        real = [text for text in texts if text]
        if not real:
            return None
        most = max(real, key=lambda text: (real.count(text), -real.index(text)))
        return self.row["answers"][texts.index(most)]


def _most(texts, key=lambda text: text):
    """The first of those that come most often, compared by a key."""
    keys = [key(text) for text in texts]
    return texts[max(range(len(texts)), key=lambda i: (keys.count(keys[i]), -i))]


def _as_written(texts, one):
    """The first text that is the same as this one, normalised."""
    return next(text for text in texts if normalized(text) == normalized(one))


def _rarest(texts):
    plain = [normalized(text) for text in texts]
    return _as_written(
        texts, min(texts, key=lambda text: (plain.count(normalized(text)), -texts.index(text)))
    )


CLOSED_SLIPS = (  # the references, of which there are some, and the right target or None -> a wrong target
    (lambda texts, target: normalized(target or texts[0]), "It is *written* as the first of them wrote it, and compared as `normalize_answer` has it"),
    (lambda texts, target: _most(texts), "Texts that are the same when they are normalised count together"),
    (lambda texts, target: _as_written(texts, _most(texts[::-1], normalized)), "Of several that come equally often it is the one that comes first"),
    (lambda texts, target: texts[0], "Not the first: the one that most people gave"),
    (lambda texts, target: _as_written(texts, texts[-1]), "Not the last: the one that most people gave"),
    (lambda texts, target: _as_written(texts, max(texts, key=len)), "Not the longest: the one that most people gave"),
    (lambda texts, target: _as_written(texts, min(texts, key=len)), "Not the shortest: the one that most people gave"),
    (lambda texts, target: _most(texts, normalized), "References of which nothing is left, normalised, do not count"),
    (lambda texts, target: _most([t for t in texts if normalized(t) == normalized(target or texts[0])]), "It is written as the *first* of those who gave it wrote it"),
    (lambda texts, target: next(t for t in reversed(texts) if normalized(t) == normalized(target or texts[0])), "It is written as the *first* of those who gave it wrote it"),
    (lambda texts, target: _rarest(texts), "That is the one that fewest gave"),
)  # fmt: skip
ALL_COUNT = 7  # the place of the slip for which what is nothing counts


def slips_of(case):
    """Triples, as `judge_groups` takes them."""
    texts = case.row["answers"]
    real = [text for text in texts if normalized(text)]

    def gives(wrong):
        return lambda got: isinstance(got, (tuple, list)) and len(got) == 2 and got[1] == wrong

    found = []
    for i, (slip, said) in enumerate(CLOSED_SLIPS):
        own = texts if i == ALL_COUNT else real
        wrong = slip(own, case.target) if own else None
        found.append(
            (gives(wrong) if own else lambda got: got is None, bool(own) and wrong != case.target, said)
        )
    word = (
        "With the book closed nobody knows that its *passage* has no answer: such a row is no example, None"
    )
    return [*found, (gives(case.target) if real else gives("unanswerable"), not real, word)]


def require_closed(got, case, slips):
    """Require the pair of a case, or None."""
    target, begin = case.target, case.begin()
    known = known_of(got, slips)
    known = f" {ended(known)}" if known else ""
    if target is None:
        why = " References of which nothing is left, normalised, do not count." if case.row["answers"] else ""
        require(got is None, "{begin}: the row is no example, None; yours gives {what}.{known}", begin=begin, what=describe(got), known=known or why)  # fmt: skip
        return
    require(got is not None, "{begin}: yours gives None, and there is an answer.", begin=begin)
    good = isinstance(got, (tuple, list)) and len(got) == 2 and all(isinstance(x, str) for x in got)
    require(good, "{begin}: it gives two strings, (source, target); yours gives {what}.", begin=begin, what=describe(got))  # fmt: skip
    source = f"question: {case.row['question']}"
    if got[0] != source:
        hint = (
            " The passage stays closed." if "context" in got[0] or case.row["context"][:20] in got[0]
            else " Source and target have changed places." if got[1] == source
            else " `question: ` and the question, and nothing else."
        )  # fmt: skip
        require(False, "{begin}: the source is {got}{truth}.{hint}", begin=begin, got=repr(got[0])[:160] if case.told else "another one", truth=f", and should be {source!r}" if case.told else "", hint=hint)  # fmt: skip
    require(got[1] == target, "{begin}: the target is {got}{truth}.{known}", begin=begin, got=repr(got[1])[:80] if case.told else "another one", truth=f", and should be {target!r}" if case.told else "", known=known)  # fmt: skip


def judge_closed(student, plain, parts):
    """All that is asked of closed_book_example. plain: cases that must be right for any marks; parts: for each title (points, cases)."""
    judge_groups(
        student, plain, parts, call=lambda case: args(case.row), story=lambda case: f"{case.begin()}: your function fails.",
        requirement=require_closed, slips=slips_of,
    )  # fmt: skip


def closed(story, *answers, question="Who sang?"):
    """A row with these references, of a passage that has them all."""
    return Closed(row_of(question, f"{SANG}; {'; '.join(answers)}.", *answers), story)


OPEN = [closed("One reference", "Bo"), closed("Three references that are the same", "Alderton", "Alderton", "Alderton", question="Where did Ida sing?")]  # fmt: skip
SEVERAL = [
    closed("The second of three references came twice", "in Linwood", "Linwood", "Linwood"),
    closed("The last of four references came twice", "Ida", "Bo Holm", "Bo", "Bo"),
    closed("References that are the same when they are normalised", "Ida", "the Cat", "cat.", "Ida Holm"),
    closed(
        "The same four times, and the first writes it as no other",
        "Cat",
        "the cat",
        "the cat",
        "fish",
        "the cat",
    ),
    closed("Two references, each once", "Bo Holm", "Bo"),
    closed("Two references, each twice", "Bo Holm", "Bo", "Bo", "Bo Holm"),
]
NOTHING = [
    closed("A question without an answer"),
    closed("A reference that is nothing but an article", "the"),
    closed("Two references of which nothing is left, and one other", "the", "A", "Bo"),
]


def closed_parts(several, nothing):
    return {"several references": (0.75, several), "no answer": (0.5, nothing)}


@lab.check(points=2)
def closed_book_example(student):
    judge_closed(student, OPEN, closed_parts(SEVERAL, NOTHING))
