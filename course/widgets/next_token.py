"""What a language model expects next, and what repetition penalty, temperature, top-k and nucleus leave of it.

    from course.widgets import NextToken
    NextToken.of(load_model("gpt", head="causal-lm"), load_tokenizer("gpt"), "Ada lives in", temperature=0.7)
    NextToken.of(load_model("t5", head="seq2seq-lm"), load_tokenizer("t5"), "", source="Where does Ada live?")
    NextToken(logits, words, seen=ids, top_k=5)               # logits (vocabulary,)
    NextToken(logits, words, ids, top_p=0.9).probabilities()  # logits (time, vocabulary), ids (time,)

The settings act in the order of transformers' `generate`: the penalty of Keskar et al. 2019 (CTRL), section 4.1, then the temperature, then
top-k (Fan et al. 2018), then the nucleus of Holtzman et al. 2020, section 3.1.
"""

import pathlib
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import traitlets

from course.widgets import next_token_given as given
from course.widgets import next_token_picture, next_token_words
from course.widgets.base import Visualiser, picture
from course.widgets.next_token_words import BY_K, BY_P, GREEDY, IMPOSSIBLE, KEPT

_SLACK = 1e-6  # of logits in float32: a sum that misses p by so little has reached it
_SETTINGS = ("temperature", "top_k", "top_p", "penalty", "position", "shown", "seed")


class _Outcome(NamedTuple):
    """own, after: float64 (vocabulary,), the model's probabilities and those after all settings. why: uint8 (vocabulary,), what cut a token.

    order: ids, most likely first in the model; ranked: the same after the penalty. kept: how many of `ranked` are left, from the first.
    last_k, last_p: the last id that top-k, or the nucleus, lets through; None where it is off.
    """

    own: np.ndarray
    after: np.ndarray
    why: np.ndarray
    order: np.ndarray
    ranked: np.ndarray
    kept: int
    last_k: int | None
    last_p: int | None


class NextToken(Visualiser):
    """Bars of the most likely next tokens: the model's own probability as an outline, that after all settings filled.

    logits: (vocabulary,), or (time, vocabulary) with what is expected after each of `time` tokens; -inf for a token that cannot be. They are
    kept as float32. words: a string for each id. ids: with (time, vocabulary), the ids of the tokens that were read, (time,). seen: with
    (vocabulary,), the ids of those that were read, in any order. At most 64 positions, 65,536 words, and 2 ** 20 logits.

    1. penalty, 1 to 2: of each token that was read, a positive logit is divided by it, a negative one multiplied; once, however often it
       was read. 2. temperature, 0 to 2: logits / T; 0 is greedy, all probability on the largest logit, of equal ones on the smallest id.
    3. top_k: exactly the k most likely, of equal ones the smaller ids; None, or k from the size of the vocabulary on: all. 4. top_p, 0 to 1:
       of what is left, the most likely ones up to and with the one with which their sum reaches p, at least one; 1: all.

    position: 0 to time - 1, the last where none is given. shown: how many bars, 1 to 40. seed: of the draws in the picture.

    Traits, shared with the picture: temperature, top_k, top_p, penalty, position, shown, seed; words, ids and seen are read only.
    Raises ValueError for what does not fit; setting a trait to it raises traitlets.TraitError.
    """

    _esm = pathlib.Path(__file__).with_suffix(".js")
    _css = pathlib.Path(__file__).with_suffix(".css")
    _with = ("next_token_numbers.js", "next_token_rows.js")

    words = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    ids = traitlets.List(traitlets.Int(), read_only=True).tag(sync=True)
    seen = traitlets.List(traitlets.Int(), read_only=True).tag(sync=True)
    _logits = traitlets.Bytes(read_only=True).tag(sync=True)  # float32 (time, vocabulary)
    temperature = traitlets.Float(1.0).tag(sync=True)
    top_k = traitlets.Int(None, allow_none=True).tag(sync=True)
    top_p = traitlets.Float(1.0).tag(sync=True)
    penalty = traitlets.Float(1.0).tag(sync=True)
    position = traitlets.Int(0).tag(sync=True)
    shown = traitlets.Int(15).tag(sync=True)
    seed = traitlets.Int(0).tag(sync=True)

    def __init__(
        self, logits: Any, words: Sequence[str], ids: Any = None, *, temperature: float = 1.0, top_k: int | None = None,
        top_p: float = 1.0, penalty: float = 1.0, seen: Iterable[int] | None = None, position: int | None = None, shown: int = 15,
        seed: int = 0,
    ):  # fmt: skip
        words = given.as_words(words)
        rows = given.as_logits(logits, len(words), many=ids is not None)
        read_only = {
            "ids": given.as_ids(ids, len(rows), len(words)), "seen": given.as_seen(seen, len(words), many=ids is not None),
            "_logits": rows.tobytes(), "words": words,
        }  # fmt: skip
        settings = {
            "temperature": temperature, "top_k": top_k, "top_p": top_p, "penalty": penalty, "shown": shown, "seed": seed,
            "position": len(rows) - 1 if position is None else position,
        }  # fmt: skip
        settings = {name: given.as_setting(name, value, len(rows)) for name, value in settings.items()}
        super().__init__()
        for name, value in settings.items():
            setattr(self, name, value)
        for name, value in read_only.items():
            self.set_trait(name, value)

    @classmethod
    def of(
        cls, model: Any, tokenizer: Any, text: str, source: str | None = None, **options: Any
    ) -> "NextToken":
        """Of a `transformers` model that writes; options: as for the class, without ids and seen. Nothing is cut: ValueError for a text too long.

        One without an encoder has read `text`, and there is a position for each of its tokens. One with an encoder reads `source` there,
        and its decoder has read `text` behind its start token, which is the first position: "" for that one alone.
        """
        taken = [name for name in ("ids", "seen") if name in options]
        if taken:
            raise ValueError(f"The text decides which tokens were read; leave {taken[0]} out.")
        ids, inputs = given.as_inputs(model, tokenizer, text, source)
        rows = _run(model, inputs)
        # a table of words may be longer than the tokenizer's, for round sizes
        names = tokenizer.convert_ids_to_tokens(range(min(rows.shape[-1], len(tokenizer))))
        words = [f"<{i}>" if i >= len(names) or names[i] is None else names[i] for i in range(rows.shape[-1])]
        return cls(rows, words, ids, **options)

    @traitlets.validate(*_SETTINGS)
    def _valid(self, proposal):
        if not self.words:
            return proposal["value"]  # it is being made
        try:
            return given.as_setting(proposal["trait"].name, proposal["value"], self._places())
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from None

    # What is true: the picture works out the same -----------------------------------------------------------------------

    def probabilities(self) -> np.ndarray:
        """float64 (vocabulary,): the probabilities of the next token at the position, after all settings."""
        return self._outcome().after

    def _places(self) -> int:
        return len(self._logits) // (4 * len(self.words))

    def _row(self) -> np.ndarray:
        """float64 (vocabulary,): the logits at the position."""
        size = len(self.words)
        return np.frombuffer(self._logits, np.float32, size, 4 * size * self.position).astype(np.float64)

    def _read(self) -> list[int]:
        """The ids that were read at the position, each once."""
        return sorted({*(self.ids[: self.position + 1] if self.ids else self.seen)})

    def _outcome(self) -> _Outcome:
        logits, read = self._row(), self._read()
        scores = logits.copy()
        scores[read] = np.where(scores[read] > 0, scores[read] / self.penalty, scores[read] * self.penalty)
        order, ranked = (np.argsort(-one, kind="stable") for one in (logits, scores))
        own = np.exp(logits - logits[order[0]])
        possible = int(np.isfinite(scores).sum())
        why = np.full(len(logits), IMPOSSIBLE, np.uint8)
        last_k = last_p = None
        if self.temperature == 0:
            why[ranked[:possible]] = GREEDY
            kept, weights = 1, np.ones(1)
        else:
            kept = possible if self.top_k is None else min(self.top_k, possible)
            why[ranked[:possible]] = BY_K
            weights = np.exp((scores[ranked[:kept]] - scores[ranked[0]]) / self.temperature)
            if kept < possible:
                last_k = int(ranked[kept - 1])
            if self.top_p < 1:
                why[ranked[:kept]] = BY_P
                sums = np.cumsum(weights)
                kept = 1 + int(np.argmax(sums / sums[-1] >= self.top_p - _SLACK))
                weights = weights[:kept]
                last_p = int(ranked[kept - 1])
        why[ranked[:kept]] = KEPT
        after = np.zeros(len(logits))
        after[ranked[:kept]] = weights / weights.sum()
        return _Outcome(own / own.sum(), after, why, order, ranked, kept, last_k, last_p)

    # The static picture -------------------------------------------------------------------------------------------------

    def _alt(self):
        return next_token_words.alt(self, self._outcome())

    def _svg(self):
        parts, width, height = next_token_picture.drawn(self, self._outcome())
        return picture(parts, width=width, height=height, title="Next token", description=self._alt())


def _run(model: Any, inputs: dict[str, Any]) -> Any:
    """The logits (time, vocabulary) of one text, without dropout; the model's mode is as before when this is over."""
    import torch

    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            return model(
                **{name: torch.tensor([ids], device=model.device) for name, ids in inputs.items()}
            ).logits[0]
    finally:
        model.train(training)
