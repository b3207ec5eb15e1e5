"""Beam search as a tree: which continuations of a text are kept in each step, which are dropped, and what wins in the end.

    from course.widgets import BeamTree
    BeamTree(step, prompt_ids, words, end_id, width=3, alpha=0.6)
    BeamTree.of(load_model("t5", head="seq2seq-lm"), load_tokenizer("t5"), "translate English to Esperanto: Ada sleeps.")

Width 1 is greedy search. A score divides the sum of the log-probabilities by length ** alpha, so that a long text has not lost
before it begins (Wu et al. 2016, section 7, with a longer formula; this one is that of `transformers`).
"""

import math
import pathlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import traitlets

from course.widgets import beam_tree_given as given
from course.widgets import beam_tree_picture
from course.widgets.base import Visualiser, picture
from course.widgets.beam_tree_given import alpha_text
from course.widgets.beam_tree_search import Node, Step, collect, put_aside, ranked, score, search
from course.widgets.span_scores_words import brief, joined, percent, signed

_LISTED = 5  # finished texts in the words that stand for the picture
_TINY = 5e-324  # what is possible is not said to have 0 %


class Finished(NamedTuple):
    """A finished text: its ids without the prompt, the sum of their log-probabilities, their number, and sum / length ** alpha."""

    ids: tuple[int, ...]
    sum: float
    length: int
    score: float


class BeamTree(Visualiser):
    """The tree of a beam search from left to right, a column a step; below it the finished texts, best first.

    step: a function, long (batch, time) -> logits, float (batch, vocabulary), of the token that comes next; -inf for one that cannot.
    ids: the prompt, long (time,) or (1, time); of a T5 its start token. words: a string for each id. end: the id that ends a text.
    most: how many tokens are written at most, 1 to 20. width: 1 to `widest`. alpha: 0 to 2. widest: the widest beam that can be looked at,
    1 to 8. at: the step that is shown, from 0; None shows all.

    The rule: each live text is continued with every token, and of all continuations that can come the `width` best by their sum of
    log-probabilities are kept; of equal ones that of the earlier text in the beam, then that with the smaller id. Those kept that end with
    `end` are put aside, the others go on, until none is left or `most` tokens are written; then the live ones count as finished too. The
    result has the best sum / length ** alpha, `end` counted and the prompt not; of equal ones it is the one that was put aside first.

    Traits, shared with the picture: width, alpha, at; `most` and `widest` are read only. `step` is asked when this is made, never later.
    Raises ValueError for what does not fit; setting a trait to it raises traitlets.TraitError.
    """

    _esm = pathlib.Path(__file__).with_suffix(".js")
    _css = pathlib.Path(__file__).with_suffix(".css")
    _with = ("beam_tree_numbers.js", "beam_tree_picture.js")

    most = traitlets.Int(8, read_only=True).tag(sync=True)
    widest = traitlets.Int(5, read_only=True).tag(sync=True)
    width = traitlets.Int(3).tag(sync=True)
    alpha = traitlets.Float(0.0).tag(sync=True)
    at = traitlets.Int(None, allow_none=True).tag(sync=True)
    _words = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)  # those in the table, by id
    _texts = traitlets.Dict(read_only=True).tag(sync=True)  # prompt, source, marked
    _vocabulary = traitlets.Int(read_only=True).tag(sync=True)
    _end = traitlets.Int(-1, read_only=True).tag(sync=True)  # its place in _words; -1: it is not among them
    # A row for each text that is continued, the prompt first; in each, widest + 1 continuations, best first
    _tokens = traitlets.Bytes(read_only=True).tag(
        sync=True
    )  # int32: places in _words, -1 where there are no more
    _logs = traitlets.Bytes(read_only=True).tag(sync=True)  # float64
    _next = traitlets.Bytes(read_only=True).tag(
        sync=True
    )  # int32: the row of the text with it, -1 where it is not continued
    _others = traitlets.Bytes(read_only=True).tag(sync=True)  # float64, one a row

    def __init__(
        self, step: Callable[[Any], Any], ids: Any, words: Sequence[str], end: int, *, most: int = 8, width: int = 3, alpha: float = 0.0,
        widest: int = 5, at: int | None = None,
    ):  # fmt: skip
        if not callable(step):
            raise ValueError(f"The step is a function from ids to logits; you gave {step!r:.60}.")
        words = given.as_words(words)
        prompt = given.as_prompt(ids, len(words))
        self._finish = given.as_whole(end, 0, len(words) - 1, "The id that ends a text")
        most = given.as_whole(most, 1, given.MOST_TOKENS, "The most tokens that are written")
        widest = given.as_whole(widest, 1, given.WIDEST, "The widest beam")
        width, alpha = given.as_width(width, widest), given.as_alpha(alpha)
        at = given.as_step(at, most)
        table = collect(step, prompt, end=self._finish, most=most, widest=widest, vocabulary=len(words))
        self._runs = {one: search(table, one, self._finish, most) for one in range(1, widest + 1)}
        at = given.as_step(at, max(map(len, self._runs.values())))
        self._table = table
        super().__init__()
        marked = any(word.startswith(("Ġ", "▁")) for word in words)
        said = joined([given.shown_word(words[one]) for one in prompt], marked)
        used = sorted({token for row in table.values() for token in row.tokens})
        self._named = {token: given.shown_word(words[token]) for token in used}
        traits = {
            "most": most, "widest": widest, "_vocabulary": len(words), "_words": list(self._named.values()),
            "_texts": {"prompt": said, "source": "", "marked": marked},
            "_end": used.index(self._finish) if self._finish in used else -1, **_packed(table, used, widest + 1),
        }  # fmt: skip
        for name, value in traits.items():
            self.set_trait(name, value)
        self.width, self.alpha, self.at = width, alpha, at

    @classmethod
    def of(cls, model: Any, tokenizer: Any, text: str, **options: Any) -> "BeamTree":
        """Of a `transformers` model: an encoder-decoder, whose source the text is, or a causal one, whose prompt it is.

        options: as for the class. A text ends with the tokenizer's end-of-sequence token, or with `end`, where it is among the options.
        """
        text = given.as_text(text, "text")
        options = {"end": tokenizer.eos_token_id} | options
        if options["end"] is None:
            raise ValueError("This tokenizer has no end-of-sequence token: say which id ends a text, end=….")
        both = model.config.is_encoder_decoder
        encoded = tokenizer(text, return_tensors="pt", truncation=False, verbose=False).to(model.device)
        count, room = encoded.input_ids.shape[1], _room(model, tokenizer)
        most = options.get("most", 8)
        if count + (0 if both or not isinstance(most, int) else most) > room:
            raise ValueError(f"The text has {count:,} tokens{'' if both else f' and {most} are written'}, and there is room for {room:,}.")  # fmt: skip
        words = _vocabulary_of(tokenizer, model.config.vocab_size)
        training = model.training
        model.eval()
        try:
            step, prompt = _step_of(model, encoded)
            made = cls(step, prompt, words, **options)
        finally:
            model.train(training)
        if both:
            made.set_trait("_texts", made._texts | {"source": text})
        return made

    @traitlets.validate("width", "alpha", "at")
    def _valid(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        if not self._words:
            return value  # it is being made
        try:
            if name == "width":
                return given.as_width(value, self.widest)
            if name == "alpha":
                return given.as_alpha(value)
            return given.as_step(value, max(map(len, self._runs.values())))
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from None

    def finished(self) -> list[Finished]:
        """All finished texts of the whole search at this width, best first at this alpha."""
        return [self._as_finished(node) for node in self._ranked(None)]

    def result(self) -> Finished:
        """The best of them."""
        return self.finished()[0]

    # What is true: the picture works out the same -----------------------------------------------------------------------

    def _as_finished(self, node: Node) -> Finished:
        return Finished(node.ids, node.sum, len(node.ids), score(node, self.alpha))

    def _steps(self) -> list[Step]:
        return self._runs[self.width]

    def _shown(self) -> int:
        """The last step that is shown."""
        last = len(self._steps())
        return last if self.at is None else min(self.at, last)

    def _over(self) -> bool:
        return self._shown() == len(self._steps())

    def _ranked(self, upto: int | None) -> list[Node]:
        """The finished texts after so many steps, or of the whole search."""
        return ranked(put_aside(self._steps()[:upto], self._finish, self.most), self.alpha)

    def _greedy(self) -> Node:
        return put_aside(self._runs[1], self._finish, self.most)[0]

    # And its words ------------------------------------------------------------------------------------------------------

    def _text(self, ids: tuple[int, ...]) -> str:
        """The written tokens, joined, without the one that ends them."""
        words = [self._named[one] for one in (ids[:-1] if ids and ids[-1] == self._finish else ids)]
        return f"“{brief(joined(words, self._texts['marked']))}”" if words else "the empty text"

    def _prompt(self) -> str:
        return f"“{brief(self._texts['prompt'])}”"

    def _measured(self, node: Node) -> str:
        return f"sum {signed(node.sum)}, {_tokens(len(node.ids))}, score {signed(score(node, self.alpha))}"

    def _said(self) -> str:
        """What happened in the step that is shown, and what has come of it."""
        shown, last = self._shown(), len(self._steps())
        if not shown:
            return f"Step 0 of {last}: the search begins with the prompt, {self._prompt()}, whose sum is 0."
        step = self._steps()[shown - 1]
        kept, ended = len(step.kept), sum(node.ids[-1] == self._finish for node in step.kept)
        are = "the best one is kept" if kept == 1 else f"the {kept} best are kept"
        count = len(step.live) * self._vocabulary
        return (
            f"Step {shown} of {last}: of {count:,} continuations {are}, {_ended(ended, kept)}{self._goes_on(kept - ended, shown)}. "
            f"{self._verdict()}"
        )

    def _goes_on(self, left: int, shown: int) -> str:
        if shown < len(self._steps()):
            return f"; {'one goes' if left == 1 else f'{left} go'} on"
        if not left:
            return "; the search is over"
        return f"; the search is over after {_tokens(self.most)}, and {'one that is' if left == 1 else f'{left} that are'} cut there count{'s' * (left == 1)} as finished"  # fmt: skip

    def _verdict(self) -> str:
        found = self._ranked(self._shown())
        if not self._over():
            return {0: "None is finished yet.", 1: "One is finished so far."}.get(len(found), f"{len(found)} are finished so far.")  # fmt: skip
        best, greedy = found[0], self._greedy()
        words = f"The result at width {self.width} and alpha {alpha_text(self.alpha)}: {self._text(best.ids)}, {self._measured(best)}."
        if self.width == 1:
            return words
        if greedy.ids == best.ids:
            return f"{words} Greedy (width 1) writes the same."
        lost = score(greedy, self.alpha) > score(best, self.alpha)
        more = " That scores higher: this beam has lost it." if lost else ""
        return f"{words} Greedy (width 1) writes {self._text(greedy.ids)}: {self._measured(greedy)}.{more}"

    def _about(self, node: Node) -> str:
        """One box of the tree in words: what the picture says of it under the mouse."""
        count = len(node.ids)
        if not count:
            return f"The prompt, {self._prompt()}: nothing is written, and the sum is 0."
        kept = self._steps()[count - 1].kept
        before = self._text(node.ids[:-1]) if count > 1 else "the prompt"
        words = f"“{self._named[node.ids[-1]]}” has {percent(max(math.exp(node.log), _TINY))} after {before}; the sum is {signed(node.sum)}."
        if not node.place:
            return f"{words} Dropped in step {count}: the last one kept has {signed(kept[-1].sum)}."
        one = (
            f"The one kept in step {count}"
            if len(kept) == 1
            else f"Number {node.place} of the {len(kept)} kept in step {count}"
        )
        if node.ids[-1] == self._finish:
            one += f"; it has ended: {self._measured(node)}"
        elif count == self.most:
            one += f"; it is cut here: {self._measured(node)}"
        return f"{words} {one}."

    # The static picture -------------------------------------------------------------------------------------------------

    def _alt(self):
        found = self._ranked(self._shown())
        listed = "; ".join(
            f"{rank}. {self._text(node.ids)} {signed(score(node, self.alpha))}"
            for rank, node in enumerate(found[:_LISTED], 1)
        )
        more = f"; and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
        source = f"For the source “{brief(self._texts['source'])}”. " if self._texts["source"] else ""
        return f"{source}{self._said()}{f' Finished, with their scores: {listed}{more}.' if found else ''}"

    def _svg(self):
        parts, width, height = beam_tree_picture.drawn(self)
        return picture(parts, width=width, height=height, title="Beam search", description=self._alt())


def _tokens(count: int) -> str:
    return f"{count} token{'s' * (count != 1)}"


def _ended(ended: int, kept: int) -> str:
    if kept == 1:
        return "and it has ended" if ended else "and it has not ended"
    if ended in (0, kept):
        return f"{'all' if ended else 'none'} of them {'have' if ended else 'has'} ended"
    return "one of them has ended" if ended == 1 else f"{ended} of them have ended"


def _packed(table, used, count):
    """The table as bytes, its texts in the order in which they were asked for."""
    texts = {ids: i for i, ids in enumerate(table)}
    place = {token: i for i, token in enumerate(used)}
    tokens, after = np.full((2, len(table), count), -1, np.int32)
    logs = np.zeros((len(table), count))
    for (ids, row), i in zip(table.items(), texts.values(), strict=True):
        size = len(row.tokens)
        tokens[i, :size] = [place[token] for token in row.tokens]
        after[i, :size] = [texts.get((*ids, token), -1) for token in row.tokens]
        logs[i, :size] = row.logs
    others = np.array([row.others for row in table.values()])
    return {"_tokens": tokens.tobytes(), "_next": after.tobytes(), "_logs": logs.tobytes(), "_others": others.tobytes()}  # fmt: skip


# A model as a step function ---------------------------------------------------------------------------------------------


def _step_of(model: Any, encoded: Any) -> tuple[Callable[[Any], Any], Any]:
    """(step, prompt) of a model in evaluation mode; the encoder of one that has one runs once."""
    import torch

    if not model.config.is_encoder_decoder:
        return lambda ids: _logits(model, input_ids=ids.to(model.device)), encoded.input_ids
    from transformers.modeling_outputs import BaseModelOutput

    with torch.no_grad():
        hidden = model.get_encoder()(**encoded).last_hidden_state

    def step(ids):
        source = BaseModelOutput(last_hidden_state=hidden.expand(len(ids), -1, -1))
        mask = encoded.attention_mask.expand(len(ids), -1)
        return _logits(
            model, encoder_outputs=source, attention_mask=mask, decoder_input_ids=ids.to(model.device)
        )

    start = model.config.decoder_start_token_id
    return step, [model.config.pad_token_id if start is None else start]


def _logits(model, **inputs):
    output = model(**inputs, use_cache=False)
    if not hasattr(output, "logits") or output.logits.ndim != 3:
        raise ValueError(
            f"A {type(model).__name__} writes no text: load a model for it, load_model(…, head='causal-lm') or 'seq2seq-lm'."
        )
    return output.logits[:, -1]


def _room(model, tokenizer):
    return min(
        tokenizer.model_max_length, given.LONGEST_PROMPT, getattr(model.config, "max_position_embeddings", None) or given.LONGEST_PROMPT
    )  # fmt: skip


def _vocabulary_of(tokenizer, size):
    """A model may have more ids than its tokenizer has words: these have a number."""
    words = tokenizer.convert_ids_to_tokens(list(range(min(size, len(tokenizer)))))
    return [f"<{i}>" if word is None else word for i, word in enumerate(words + [None] * (size - len(words)))]
