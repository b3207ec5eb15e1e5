"""The pair builder: how an example for next sentence prediction is made of two sentences.

    from course.widgets import PairBuilder
    PairBuilder([[["Ada", "plays"], ["She", "sings"]], [["Rain", "falls"], ["It", "is", "cold"]]], max_length=9)

Python has drawn for every sentence what its coins say and which sentences come: the picture only takes the next of them, so a saved
page needs no Python. The pairs are those of Devlin et al. 2019 (BERT, section 3.1, Task #2, and appendix A.2): half of the time the
next sentence, half of the time one of another document.
"""

import html
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets

from course.widgets import flow
from course.widgets.base import Visualiser, picture
from course.widgets.flow import Cell

MAX_DOCUMENTS, MAX_SENTENCES, MAX_TOKENS = 12, 30, 60  # sentences a document, tokens a sentence
LENGTH = (5, 128)  # [CLS] a [SEP] b [SEP] is the shortest
DRAWS, TOSSES = 60, 24  # examples to draw, and coins for each sentence
MARKS = ("[CLS]", "[SEP]", "[PAD]")
_ROUND = 2  # sentences of a document in the static picture before and after a marked one


class PairBuilder(Visualiser):
    """A sentence A, a coin, a sentence B, and the pair that a model reads: [CLS] A [SEP] B [SEP].

    documents: 2 to 12 documents, each a list of at most 30 sentences, each a list of at most 60 tokens. max_length: of the pair with its
    marks, 5 to 128; what is longer is cut one token at a time, from the end of the longer sentence, at a tie of B. seed: from 0; the same
    seed gives the same draws.

    A is any sentence that has a next one. A coin decides: B is that next one (label 0, "is next") or a sentence of another document
    (label 1, "random"), the document drawn first, then the sentence, and never one with the same tokens as the true next one. The wrong
    kind of negative is any other sentence of A's own document. BERT's own code takes segments of several sentences, and cuts at the front
    as often as at the end.

    Traits, shared with the picture: documents (read only), first (A's place: document, sentence, from 0), toss (which of 24 coins), draw
    (which of 60 drawn examples was the last), wrong (whether B is the wrong kind of negative), max_length.
    Raises ValueError for what is no such list, too few or too many of anything, documents that leave some A without a negative, and
    numbers out of range; setting a trait out of range raises traitlets.TraitError.
    """

    _esm = pathlib.Path(__file__).with_suffix(".js")
    _css = pathlib.Path(__file__).with_suffix(".css")

    documents = traitlets.List(read_only=True).tag(sync=True)
    first = traitlets.Tuple(traitlets.Int(), traitlets.Int(), default_value=(0, 0)).tag(sync=True)
    toss = traitlets.Int(0).tag(sync=True)
    draw = traitlets.Int(0).tag(sync=True)
    wrong = traitlets.Bool(False).tag(sync=True)
    max_length = traitlets.Int(24).tag(sync=True)
    # Sentences are counted through all documents here: the place of a sentence in a list of them all.
    # uint16 (sentence, toss, 3): the coin (0: next, 1: random), a sentence of another document, one of the same
    _tosses = traitlets.Bytes(read_only=True).tag(sync=True)
    # uint16 (draw, 2): the sentence A, and which toss
    _draws = traitlets.Bytes(read_only=True).tag(sync=True)

    def __init__(self, documents: Sequence[Sequence[Sequence[str]]], max_length: int = 24, seed: int = 0):
        documents = _documents(documents)
        if not (isinstance(max_length, (int, np.integer)) and LENGTH[0] <= max_length <= LENGTH[1]):
            raise ValueError(_length_is(max_length))
        if not (isinstance(seed, (int, np.integer)) and seed >= 0):
            raise ValueError(f"The seed is a whole number from 0; you gave {seed!r}.")
        places = _places(documents)
        random = np.random.default_rng(int(seed))
        tosses = _tossed(documents, places, random)
        draws = _drawn(documents, places, random)
        super().__init__()
        self.set_trait("documents", documents)
        self.set_trait("_tosses", tosses.tobytes())
        self.set_trait("_draws", draws.tobytes())
        self.max_length = int(max_length)
        self.first, self.toss = places[draws[0, 0]], int(draws[0, 1])

    @traitlets.validate("first")
    def _valid_first(self, proposal):
        document, sentence = proposal["value"]
        places = _places(self.documents)
        if places and not {(document, sentence), (document, sentence + 1)} <= set(places):
            raise traitlets.TraitError(
                f"A is the place (document, sentence) of a sentence with a next one, from 0; you gave ({document}, {sentence})."
            )
        return proposal["value"]

    @traitlets.validate("toss", "draw")
    def _valid_index(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        most = {"toss": TOSSES, "draw": DRAWS}[name]
        if not 0 <= value < most:
            raise traitlets.TraitError(f"The {name} is an index from 0 to {most - 1}; you gave {value}.")
        return value

    @traitlets.validate("max_length")
    def _valid_length(self, proposal):
        if not LENGTH[0] <= proposal["value"] <= LENGTH[1]:
            raise traitlets.TraitError(_length_is(proposal["value"]))
        return proposal["value"]

    # What is true of the example that is shown ------------------------------------------------------------------------

    def _tossed_here(self) -> tuple[int, tuple[int, int], tuple[int, int]]:
        """The coin, and the places of a sentence of another document and of one of the same."""
        places = _places(self.documents)
        tosses = np.frombuffer(self._tosses, "<u2").reshape(-1, TOSSES, 3)
        coin, other, same = tosses[places.index(self.first), self.toss]
        return int(coin), places[other], places[same]

    def _label(self) -> int:
        """0: is next; 1: random, and so it would be for the wrong kind of negative."""
        return 1 if self.wrong else self._tossed_here()[0]

    def _second(self) -> tuple[int, int]:
        """B's place: (document, sentence)."""
        coin, other, same = self._tossed_here()
        return same if self.wrong else other if coin else (self.first[0], self.first[1] + 1)

    def _pair(self) -> tuple[list[str], list[int], list[tuple[str, str]]]:
        """The tokens of the pair, their segment ids, and what was cut in the order in which it was: ("A" or "B", token)."""
        (d, s), (e, t) = self.first, self._second()
        kept = {"A": list(self.documents[d][s]), "B": list(self.documents[e][t])}
        cut = []
        while len(kept["A"]) + len(kept["B"]) > self.max_length - 3:
            longer = "A" if len(kept["A"]) > len(kept["B"]) else "B"
            cut.append((longer, kept[longer].pop()))
        tokens = ["[CLS]", *kept["A"], "[SEP]", *kept["B"], "[SEP]"]
        return tokens, [0] * (len(kept["A"]) + 2) + [1] * (len(kept["B"]) + 1), cut

    # The static picture ---------------------------------------------------------------------------------------------

    def _alt(self):
        (d, s), (e, t) = self.first, self._second()
        said = f"A is sentence {s + 1} of document {d + 1}; B is "
        if self.wrong:
            true = ", which is the true next one" if (e, t) == (d, s + 1) else ""
            said += f"sentence {t + 1} of the same document{true}: the wrong kind of negative."
        elif self._label() == 0:
            said += f"the next one, sentence {t + 1}: label 0, is next."
        else:
            said += f"sentence {t + 1} of document {e + 1}, another one: label 1, random."
        tokens, segments, cut = self._pair()
        said += f" The pair: “{' '.join(tokens)}”, {len(tokens)} of at most {self.max_length} tokens, "
        said += f"the first {segments.count(0)} in segment 0, the other {segments.count(1)} in segment 1."
        if cut:
            said += " Cut, in this order: " + ", ".join(f"“{token}” ({name})" for name, token in cut) + "."
        return said

    def _svg(self):
        (d, s), (e, t) = self.first, self._second()
        marks = {d: {s: "A"}}
        marks.setdefault(e, {})[t] = "B"
        parts, y = [], 10.0
        for document, marked in marks.items():
            y = self._drawn_document(parts, y, document, marked)
        label = "1, but no good negative" if self.wrong else ("0, is next", "1, random")[self._label()]
        parts.append(f'<text x="10" y="{y + 14:g}" font-size="14" font-weight="700">label {label}</text>')
        tokens, segments, cut = self._pair()
        columns = [[Cell("token", "head"), Cell("segment", "head"), Cell("position", "head")]]
        for i, (token, segment) in enumerate(zip(tokens, segments, strict=True)):
            mark = i in (0, segments.count(0) - 1, len(tokens) - 1)
            look = "mark" if mark else "second" if segment else "first"
            columns.append([Cell(token, look), Cell(str(segment), "note"), Cell(str(i), "note")])
        drawn, used, y = flow.draw(columns, y + 26)
        parts.append(drawn)
        if cut:
            said = flow.shortened("cut: " + ", ".join(f"{token} ({name})" for name, token in cut), 90)
            parts.append(f'<text x="10" y="{y + 10:g}" font-size="14">{html.escape(said)}</text>')
            y += 22
        return picture(
            "".join(parts), width=max(used, 620), height=y, title="Pair builder", description=self._alt()
        )

    def _drawn_document(self, parts, y, document, marked):
        """The sentences round the marked ones, a line each; where some are left out stands an ellipsis."""
        sentences = self.documents[document]
        parts.append(
            f'<text x="10" y="{y + 12:g}" font-size="13" fill-opacity=".75">document {document + 1}</text>'
        )
        y += 20
        before = -1
        for i in range(len(sentences)):
            if all(abs(i - place) > _ROUND for place in marked):
                continue
            if i > before + 1:
                parts.append(f'<text x="36" y="{y + 12:g}" font-size="14">…</text>')
                y += 20
            before, name = i, marked.get(i)
            if name:
                line, ground = ("#0072b2", "#56b4e9") if name == "A" else ("#b35900", "#e69f00")
                parts.append(
                    f'<rect x="10" y="{y:g}" width="20" height="18" rx="4" fill="{ground}" fill-opacity=".22" stroke="{line}" stroke-width="2"/>'
                    f'<text x="20" y="{y + 14:g}" text-anchor="middle" font-size="13" font-weight="700">{name}</text>'
                )
            said = html.escape(f"{i + 1}. {flow.shortened(' '.join(sentences[i]), 72)}")
            weight = ' font-weight="700"' if name else ""
            parts.append(f'<text x="36" y="{y + 14:g}" font-size="14"{weight}>{said}</text>')
            y += 22
        if before < len(sentences) - 1:
            parts.append(f'<text x="36" y="{y + 12:g}" font-size="14">…</text>')
            y += 20
        return y + 8


def _length_is(given: Any) -> str:
    return f"The maximal length is a whole number from {LENGTH[0]} to {LENGTH[1]}; you gave {given!r}."


def _documents(given: Any) -> list[list[list[str]]]:
    """The documents as lists; ValueError where they are none, or where there are too few or too many of anything."""
    what = "The pair builder takes documents, each a list of sentences, each a list of tokens"
    if not _is_list(given):
        raise ValueError(f"{what}; you gave a {type(given).__name__}.")
    if not 2 <= len(given) <= MAX_DOCUMENTS:
        raise ValueError(
            f"The pair builder takes 2 to {MAX_DOCUMENTS} documents, since a negative comes from another one; you gave {len(given)}."
        )
    for d, document in enumerate(given, 1):
        if not _is_list(document):
            raise ValueError(f"{what}; document {d} is a {type(document).__name__}.")
        if not 1 <= len(document) <= MAX_SENTENCES:
            raise ValueError(
                f"A document has 1 to {MAX_SENTENCES} sentences here; document {d} has {len(document):,}."
            )
        for s, sentence in enumerate(document, 1):
            which = f"sentence {s} of document {d}"
            if not _is_list(sentence):
                raise ValueError(f"{what}; {which} is a {type(sentence).__name__}.")
            if not 1 <= len(sentence) <= MAX_TOKENS:
                raise ValueError(
                    f"A sentence has 1 to {MAX_TOKENS} tokens here; {which} has {len(sentence):,}."
                )
            if not all(isinstance(token, str) for token in sentence):
                raise ValueError(f"{what}, each a string; in {which} something else is.")
            if set(MARKS) & set(sentence):
                raise ValueError(
                    f"The pair builder puts in {', '.join(MARKS)} itself; leave them out of {which}."
                )
    if all(len(document) == 1 for document in given):
        raise ValueError("Every document has one sentence, so none has a next one: give a longer document.")
    return [[flow.drawable(sentence) for sentence in document] for document in given]


def _is_list(given: Any) -> bool:
    return isinstance(given, Sequence) and not isinstance(given, (str, bytes))


def _places(documents: list[list[list[str]]]) -> list[tuple[int, int]]:
    """(document, sentence) of all sentences, one after the other."""
    return [(d, s) for d, document in enumerate(documents) for s in range(len(document))]


def _tossed(
    documents: list[list[list[str]]], places: list[tuple[int, int]], random: np.random.Generator
) -> np.ndarray:
    """uint16 (sentence, toss, 3), as the trait holds it; zeros for the last sentence of a document, which is never A."""
    tosses = np.zeros((len(places), TOSSES, 3), "<u2")
    for a, (d, s) in enumerate(places):
        if s + 1 == len(documents[d]):
            continue
        following = documents[d][s + 1]
        same = [b for b, (e, t) in enumerate(places) if e == d and t != s]
        others: dict[int, list[int]] = {}  # by document
        for b, (e, t) in enumerate(places):
            if e != d and documents[e][t] != following:
                others.setdefault(e, []).append(b)
        if not others:
            raise ValueError(
                f"Sentence {s + 1} of document {d + 1} has no negative: every sentence of the other documents is the same as its next one."
            )
        pick = lambda found: found[random.integers(len(found))]  # noqa: E731
        for toss in range(TOSSES):
            tosses[a, toss] = random.integers(2), pick(pick(list(others.values()))), pick(same)
    return tosses


def _drawn(
    documents: list[list[list[str]]], places: list[tuple[int, int]], random: np.random.Generator
) -> np.ndarray:
    """uint16 (draw, 2): a document with a pair in it, then one of its sentences but the last; and which toss."""
    with_next = [d for d, document in enumerate(documents) if len(document) > 1]
    draws = np.zeros((DRAWS, 2), "<u2")
    for row in draws:
        d = with_next[random.integers(len(with_next))]
        row[:] = places.index((d, int(random.integers(len(documents[d]) - 1)))), random.integers(TOSSES)
    return draws
