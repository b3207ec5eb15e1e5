"""The scores of all spans that an extractive reader could answer with.

    from course.widgets import SpanScores
    SpanScores.of(load_model("bert", head="question-answering"), load_tokenizer("bert"), "Where does Ida live?", "Ida lives in Alderton.")
    SpanScores(tokens, output.start_logits, output.end_logits, kinds, longest=15, chosen=(10, 17))

A reader such as BERT's (Devlin et al. 2018, section 4.2) gives each token a score as the first one of the answer and a score as the last
one. A span scores the sum of both; "no answer" scores that of the first token, [CLS], with itself (section 4.3).
"""

import math
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets

from course.widgets import span_scores_given as given
from course.widgets import span_scores_picture
from course.widgets.base import Visualiser, picture
from course.widgets.span_scores_given import KINDS, MOST_TOKENS
from course.widgets.span_scores_words import brief, joined, percent, signed

# Why a span cannot be an answer, as bits of a number: a span may have several.
BACKWARDS, LONG, OUTSIDE, PADDING = 1, 2, 4, 8


class SpanScores(Visualiser):
    """A map of all spans, the first token down, the last token across; above it the text with the best answers, below it their list.

    tokens: 2 to 512 strings, the first one [CLS]. start_logits, end_logits: a score for each token, (time,) or (1, time); -inf for one that
    cannot be. kinds: for each token "special", "question", "passage" or "padding"; padding has no share in the probabilities.
    longest: the most tokens of an answer. top: how many answers are listed, 1 to 20. chosen: (first, last), both counted, that a reader's
    own function gave. threshold: "no answer" is said where its score is above the best answer's by more than this.

    The rule: of the spans that lie in the passage, do not end before they begin and are not too long, the one with the largest sum of
    scores; of equal ones the one that begins first, then the one that ends first.

    Traits, shared with the picture: longest, top, chosen, threshold, pinned ([first, last] or None), everything (list the best of all spans,
    also of those that cannot be answers). Raises ValueError for what does not fit; setting a trait to it raises traitlets.TraitError.
    """

    _esm = pathlib.Path(__file__).with_suffix(".js")
    _css = pathlib.Path(__file__).with_suffix(".css")
    _with = ("span_scores_numbers.js", "span_scores_map.js", "span_scores_text.js")

    tokens = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    kinds = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    _starts = traitlets.Bytes(read_only=True).tag(sync=True)  # float32 (time,)
    _ends = traitlets.Bytes(read_only=True).tag(sync=True)
    longest = traitlets.Int(30).tag(sync=True)
    top = traitlets.Int(5).tag(sync=True)
    chosen = traitlets.List(traitlets.Int(), None, allow_none=True).tag(sync=True)
    threshold = traitlets.Float(0.0).tag(sync=True)
    pinned = traitlets.List(traitlets.Int(), None, allow_none=True).tag(sync=True)
    everything = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self, tokens: Sequence[str], start_logits: Any, end_logits: Any, kinds: Sequence[str], longest: int = 30, top: int = 5,
        chosen: Sequence[int] | None = None, threshold: float = 0.0,
    ):  # fmt: skip
        tokens = given.as_tokens(tokens)
        kinds = given.as_kinds(kinds, len(tokens))
        starts = given.as_logits(start_logits, "start", len(tokens))
        ends = given.as_logits(end_logits, "end", len(tokens))
        traits = {
            "longest": given.as_whole(longest, 1, MOST_TOKENS, "most tokens of an answer"), "top": given.as_whole(top, 1, given.MOST_TOP, "number of answers"),
            "chosen": given.as_span(chosen, len(tokens), "The chosen span"), "threshold": given.as_threshold(threshold),
        }  # fmt: skip
        super().__init__()
        for name, value in {"_starts": starts.tobytes(), "_ends": ends.tobytes(), "kinds": kinds, "tokens": tokens}.items():  # fmt: skip
            self.set_trait(name, value)
        for name, value in traits.items():
            setattr(self, name, value)

    @classmethod
    def of(cls, model: Any, tokenizer: Any, question: str, context: str, **options: Any) -> "SpanScores":
        """Of a `transformers` model for question answering; options: as for the class. Nothing is cut: ValueError for a text too long."""
        for what, text in (("question", question), ("passage", context)):
            if not isinstance(text, str) or not text.strip():
                raise ValueError(f"The {what} is a text with at least one word; you gave {text!r:.60}.")
        encoded = tokenizer(question, context, return_tensors="pt", truncation=False, verbose=False)
        count = encoded.input_ids.shape[1]
        most = min(
            MOST_TOKENS, tokenizer.model_max_length, getattr(model.config, "max_position_embeddings", MOST_TOKENS)
        )  # fmt: skip
        if count > most:
            raise ValueError(
                f"Question and passage have {count:,} tokens together, and there is room for {most}: cut the passage into windows that "
                "overlap, and show one window at a time."
            )
        kinds = ["special" if part is None else KINDS[1 + part] for part in encoded.sequence_ids(0)]
        starts, ends = _scored(model, encoded)
        return cls(
            tokenizer.convert_ids_to_tokens(encoded.input_ids[0]), starts, ends, kinds, **options
        )  # fmt: skip

    @traitlets.validate("longest", "top", "chosen", "threshold", "pinned")
    def _valid(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        if not self.tokens:
            return value  # it is being made
        try:
            if name == "longest":
                return given.as_whole(value, 1, MOST_TOKENS, "most tokens of an answer")
            if name == "top":
                return given.as_whole(value, 1, given.MOST_TOP, "number of answers")
            if name == "threshold":
                return given.as_threshold(value)
            return given.as_span(value, len(self.tokens), f"The {name} span")
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from None

    # What is true: the picture works out the same -----------------------------------------------------------------------

    def _scores(self) -> tuple[np.ndarray, np.ndarray]:
        """float64 (time,) each: the logits of the first and the last token, -inf for padding."""
        padding = np.array([kind == "padding" for kind in self.kinds])
        found = (np.frombuffer(raw, np.float32).astype(np.float64) for raw in (self._starts, self._ends))
        return tuple(np.where(padding, -np.inf, one) for one in found)

    def _chances(self) -> tuple[np.ndarray, np.ndarray]:
        """float64 (time,) each: P_start and P_end."""
        shares = [np.exp(one - one.max()) for one in self._scores()]
        return tuple(one / one.sum() for one in shares)

    def _excluded(self) -> np.ndarray:
        """uint8 (first, last): bits that say why a span cannot be an answer, 0 where it can."""
        places = np.arange(len(self.tokens))
        size = places[None, :] - places[:, None] + 1
        bits = (size < 1) * BACKWARDS + (size > self.longest) * LONG
        for kinds, bit in ((("special", "question"), OUTSIDE), (("padding",), PADDING)):
            there = np.array([kind in kinds for kind in self.kinds])
            bits += (there[:, None] | there[None, :]) * bit
        return bits.astype(np.uint8)

    def _counts(self) -> dict[int, int]:
        """How many spans each reason takes away, and under 0 how many are left."""
        bits = self._excluded()
        return {
            0: int((bits == 0).sum())
        } | {bit: int((bits & bit > 0).sum()) for bit in (BACKWARDS, LONG, OUTSIDE, PADDING)}  # fmt: skip

    def _best(self, everything: bool | None = None, count: int | None = None) -> list[tuple[int, int]]:
        """(first, last) of the best spans, best first; of those that can be answers, or of all whose probability is not 0."""
        starts, ends = self._scores()
        sums = starts[:, None] + ends[None, :]
        if not (self.everything if everything is None else everything):
            sums = np.where(self._excluded() == 0, sums, -np.inf)
        order = np.argsort(-sums, axis=None, kind="stable")[: self.top if count is None else count]
        return [
            divmod(int(k), len(self.tokens)) for k in order if sums.flat[k] > -np.inf
        ]  # fmt: skip

    def _gap(self) -> float:
        """The score of no answer minus that of the best answer; inf where there is none."""
        starts, ends = self._scores()
        best = self._best(False, 1)
        return float(starts[0] + ends[0] - (starts[best[0][0]] + ends[best[0][1]])) if best else math.inf

    def _chance(self, first: int, last: int) -> float:
        starts, ends = self._chances()
        return float(starts[first] * ends[last])

    # And its words ------------------------------------------------------------------------------------------------------

    def _text(self, first: int, last: int) -> str:
        """The tokens of a span, joined; of one that runs backwards, its ends."""
        if last < first:
            return f"from “{self.tokens[first]}” back to “{self.tokens[last]}”"
        marked = any(token.startswith(("Ġ", "▁")) for token in self.tokens)
        return f"“{brief(joined(self.tokens[first : last + 1], marked) or self.tokens[first])}”"

    def _named(self, first: int, last: int) -> str:
        return f"{_placed(first, last).capitalize()}, {self._text(first, last)}"

    def _reasons(self, first: int, last: int) -> list[str]:
        found = []
        if last < first:
            found.append("it ends before it begins")
        if last - first + 1 > self.longest:
            found.append(f"it has {last - first + 1} tokens, more than {self.longest}")
        for kind, where in (("question", "in the question"), ("special", "at a special token"), ("padding", "in the padding")):  # fmt: skip
            does = [verb for verb, at in (("begins", first), ("ends", last)) if self.kinds[at] == kind]
            if does:
                found.append(f"it {' and '.join(does)} {where}")
        return found

    def _said(self, first: int, last: int) -> str:
        """One span in words: what the picture says of it under the mouse."""
        starts, ends = self._chances()
        product = f"P_start {percent(starts[first])} × P_end {percent(ends[last])} = {percent(starts[first] * ends[last])}"
        if first == last == 0:
            return f"{self._named(0, 0)}, stands for no answer: {product}. At the threshold its score goes against the best answer's."
        reasons = self._reasons(first, last)
        if reasons:
            return f"{self._named(first, last)}: {product}. It cannot be the answer: {'; '.join(reasons)}."
        best = self._best(False)
        rank = f" It is answer number {best.index((first, last)) + 1}." if (first, last) in best else ""
        return f"{self._named(first, last)}: {product}. It can be the answer.{rank}"

    def _verdict(self) -> str:
        """What the reader says at the threshold, and why."""
        best, gap, (starts, ends) = self._best(False, 1), self._gap(), self._scores()
        if not best:
            return "No span that can be the answer has a probability above 0. The reader says: no answer."
        first, last = best[0]
        none, most = starts[0] + ends[0], starts[first] + ends[last]
        scores = f"No answer scores {signed(none)}, the best answer {signed(most)}. "
        above = "is above" if gap > self.threshold else "is not above"
        says = "no answer" if gap > self.threshold else self._text(first, last)
        return f"{scores}Their difference, {signed(gap)}, {above} the threshold, {signed(self.threshold)}. The reader says: {says}."

    def _on_chosen(self) -> str:
        """Whether the chosen span is the best, and if not, what speaks against it; "" where none was chosen."""
        if self.chosen is None:
            return ""
        first, last = self.chosen
        yours = f"The chosen span: {_placed(first, last)}, {self._text(first, last)}."
        best = self._best(False, 1)
        if first == last == 0:
            same = self._gap() > self.threshold
            return f"{yours} It stands for no answer, {'as' if same else 'but that is not what'} the threshold decides."
        reasons = self._reasons(first, last)
        if reasons:
            return f"{yours} It cannot be the answer: {'; '.join(reasons)}."
        if not best:
            return f"{yours} It can be the answer, but its probability is 0."
        if best[0] == (first, last):
            return f"{yours} It is the best one that can be the answer."
        starts, ends = self._scores()
        other = f"{self._text(*best[0])} ({_placed(*best[0])})"
        if starts[first] + ends[last] == starts[best[0][0]] + ends[best[0][1]]:
            return f"{yours} It is as likely as the best one, {other}, which stands first."
        mine, most = percent(self._chance(first, last)), percent(self._chance(*best[0]))
        return (
            f"{yours} It can be the answer, but a likelier one can too: {other} has {most}, this one {mine}."
        )

    # The static picture -------------------------------------------------------------------------------------------------

    def _alt(self):
        best = "; ".join(
            f"{rank}. {self._text(first, last)} ({_placed(first, last)}) {percent(self._chance(first, last))}"
            for rank, (first, last) in enumerate(self._best(), 1)
        )
        whose = "of all spans" if self.everything else "that can be the answer"
        passage = self.kinds.count("passage")
        begin = (
            f"{len(self.tokens)} tokens, {passage} of them the passage; an answer has at most {self.longest}."
        )
        words = [begin, f"The best spans {whose}: {best or 'none'}.", self._verdict(), self._on_chosen()]
        return " ".join(filter(None, words))

    def _svg(self):
        parts, width, height = span_scores_picture.drawn(self)
        return picture(parts, width=width, height=height, title="Span scores", description=self._alt())


def _placed(first: int, last: int) -> str:
    return f"token {first}" if first == last else f"tokens {first} to {last}"


def _scored(model: Any, encoded: Any) -> tuple[Any, Any]:
    """The model's logits (1, time) of one text, without dropout; its mode is as before when this is over."""
    import torch

    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            output = model(**encoded.to(model.device))
    finally:
        model.train(training)
    if not hasattr(output, "start_logits") or not hasattr(output, "end_logits"):
        raise ValueError(
            f"A {type(model).__name__} gives no start_logits: load a model for it, load_model(…, head='question-answering')."
        )
    return output.start_logits, output.end_logits
