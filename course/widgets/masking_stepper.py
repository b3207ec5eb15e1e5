"""The masking stepper: one sentence through BERT's masking, a step at a time, and then a thousand times.

    from course.widgets import MaskingStepper
    MaskingStepper("we were on the right side of history , so they changed the law")
    MaskingStepper(["[CLS]", "we", "were", "right", "[SEP]", "[PAD]"], share=0.3, step="labels")

Python draws, when the stepper is made: the picture only shows one draw after the other, so a saved page needs no Python.
The masking is that of Devlin et al. 2019 (BERT, section 3.1, Task #1): 15 % of the tokens are chosen; of these 80 % become
[MASK], 10 % a random token, 10 % stay as they are.
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
from course.widgets.window_stepper import text_width, tokens_of

MAX_TOKENS = 60
MAX_DRAWS = 200
STEPS = ("read", "chosen", "becomes", "labels", "draws")
SHARES = (0.05, 0.15, 0.3, 0.5)
ASKED = (0.8, 0.1, 0.1)  # [MASK], a random word, itself: of the chosen ones
KINDS = ("masked", "random", "stays")
MANY = 1_000
# Marks, and no words: the first three hold a place; of the other two nobody knows which word stood there.
NEVER = ("[CLS]", "[SEP]", "[PAD]", "[UNK]", "[MASK]")
EVERYDAY = """\
apple bird blue boat book bread bridge car cat chair cheese clock cloud coffee dance dog door dream fish flower garden green horse house
letter milk money moon music night paper queen rain red river road school shoe sings sleeps snow song spoon street sugar table tea tower
train tree walks water window winter"""


class MaskingStepper(Visualiser):
    """One sentence and its draws: which tokens are chosen, what each becomes, what the model reads, and the labels.

    tokens: a list of at most 60 tokens, with "[CLS]", "[SEP]", "[PAD]" where they are wanted, or a text, which is split at white
    space and stands between [CLS] and [SEP] unless it begins with [CLS] itself. vocabulary: the words from which random ones are drawn;
    without one, the sentence's own and some everyday words. share: the part of the tokens to choose, 0.05, 0.15, 0.3 or 0.5. seed: from 0;
    the same seed gives the same draws. draws: how many can be stepped through, 1 to 200. step: where it starts, one of "read", "chosen",
    "becomes", "labels", "draws".

    Every token is chosen or not by a chance of its own, [CLS], [SEP], [PAD], [UNK] and [MASK] never. If at least one place may be chosen,
    at least one is: where chance gives none, one is taken, and the last step says how often. The places chosen at a small share are
    among those chosen at a larger one. A random word is never one of the five above, and never the word that it stands for as long as
    the vocabulary has another; BERT's own code takes any of 30,000, so that it matters little there.

    Traits, shared with the picture: tokens (read only), step, share, draw (from 0).
    Raises ValueError for no token, too many, what is no token, a vocabulary without a word, and numbers out of range; setting a trait
    out of range raises traitlets.TraitError.
    """

    _esm = pathlib.Path(__file__).with_suffix(".js")
    _css = pathlib.Path(__file__).with_suffix(".css")

    tokens = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    step = traitlets.Enum(STEPS, "read").tag(sync=True)
    share = traitlets.Float(0.15).tag(sync=True)
    draw = traitlets.Int(0).tag(sync=True)
    _asked = traitlets.Dict(read_only=True).tag(sync=True)  # steps, shares, kinds, asked, many, as above
    # for each token: may it be chosen?
    _may = traitlets.List(traitlets.Bool(), read_only=True).tag(sync=True)
    # uint8 (draw, token): the place in `shares` of the smallest share at which it is chosen; len(shares) where at none
    _level = traitlets.Bytes(read_only=True).tag(sync=True)
    # uint16 (draw, token): what it would become: 0 is [MASK], 1 itself, 2 + i the word _words[i]
    _become = traitlets.Bytes(read_only=True).tag(sync=True)
    _words = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    _counts = traitlets.Bytes(read_only=True).tag(sync=True)  # uint16 (share, token, kind): of MANY draws
    # at each share: in how many of MANY draws chance chose none
    _none_came = traitlets.List(traitlets.Int(), read_only=True).tag(sync=True)

    def __init__(
        self, tokens: str | Sequence[str], vocabulary: Sequence[str] | None = None, share: float = 0.15, seed: int = 0,
        draws: int = 50, *, step: str = "read",
    ):  # fmt: skip
        tokens = _tokens(tokens)
        words = _vocabulary(vocabulary, tokens)
        if not (isinstance(draws, (int, np.integer)) and 1 <= draws <= MAX_DRAWS):
            raise ValueError(f"The draws are a whole number from 1 to {MAX_DRAWS}; you gave {draws!r}.")
        if not (isinstance(seed, (int, np.integer)) and seed >= 0):
            raise ValueError(f"The seed is a whole number from 0; you gave {seed!r}.")
        if step not in STEPS:
            raise ValueError(f"The step is one of {', '.join(STEPS)}; you gave {step!r}.")
        share = _share(share)
        drawn = _drawn(tokens, words, np.random.default_rng(int(seed)), int(draws))
        super().__init__()
        asked = {"steps": list(STEPS), "shares": list(SHARES), "kinds": list(KINDS), "asked": list(ASKED)}
        for name, value in {"tokens": tokens, "_asked": {**asked, "many": MANY}, **drawn}.items():
            self.set_trait(name, value)
        self.step, self.share = step, share

    @traitlets.validate("share")
    def _valid_share(self, proposal):
        try:
            return _share(proposal["value"])
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from None

    @traitlets.validate("draw")
    def _valid_draw(self, proposal):
        most = len(self._level) // max(1, len(self.tokens))
        if not 0 <= proposal["value"] < max(1, most):
            raise traitlets.TraitError(
                f"The draw is an index from 0 to {most - 1} here; you gave {proposal['value']}."
            )
        return proposal["value"]

    # What is true of the draw that is shown ---------------------------------------------------------------------------

    def _kinds(self) -> list[int | None]:
        """For each token: the place in KINDS of what it becomes, None where it is not chosen."""
        n, place = len(self.tokens), SHARES.index(self.share)
        level = np.frombuffer(self._level, np.uint8).reshape(-1, n)[self.draw]
        kinds = [{0: 0, 1: 2}.get(code, 1) for code in self._codes()]
        return [kind if at <= place else None for at, kind in zip(level, kinds, strict=True)]

    def _codes(self) -> list[int]:
        return np.frombuffer(self._become, "<u2").reshape(-1, len(self.tokens))[self.draw].tolist()

    def _reads(self) -> list[str]:
        """The tokens that the model reads."""
        reads = list(self.tokens)
        for i, (kind, code) in enumerate(zip(self._kinds(), self._codes(), strict=True)):
            if kind == 0:
                reads[i] = "[MASK]"
            elif kind == 1:
                reads[i] = self._words[code - 2]
        return reads

    def _labels(self) -> list[str | int]:
        """The true token where one was chosen, -100 elsewhere, which a loss with `ignore_index=-100` leaves out."""
        chosen = [kind is not None for kind in self._kinds()]
        return [token if one else -100 for token, one in zip(self.tokens, chosen, strict=True)]

    def _count(self) -> np.ndarray:
        """int (token, kind): how often in MANY draws at this share."""
        counts = np.frombuffer(self._counts, "<u2").reshape(len(SHARES), len(self.tokens), len(KINDS))
        return counts[SHARES.index(self.share)].astype(int)

    def _totals(self) -> tuple[float, list[float]]:
        """The share of the tokens that was chosen in MANY draws, and of these the share of each kind."""
        count = self._count()
        return count.sum() / max(1, MANY * sum(self._may)), (count.sum(0) / max(1, count.sum())).tolist()

    # The static picture ---------------------------------------------------------------------------------------------

    def _alt(self):
        may, draws = sum(self._may), len(self._level) // len(self.tokens)
        of = f"draw {self.draw + 1} of {draws} at {100 * self.share:.0f} %"
        if self.step == "read":
            marks = [mark for mark in NEVER if mark in self.tokens]
            never = f"; never {' or '.join(marks)}" if marks else ""
            return f"“{' '.join(self.tokens)}”: {may} of {len(self.tokens)} tokens may be chosen{never}."
        if self.step == "draws":
            return self._alt_of_many()
        chosen = [(i, kind) for i, kind in enumerate(self._kinds()) if kind is not None]
        said = [f"“{self.tokens[i]}” ({i + 1})" for i, _ in chosen]
        if self.step == "chosen":
            return f"In {of}, {len(said)} of {may} tokens are chosen: {', '.join(said) or 'none'}."
        reads = self._reads()
        if self.step == "becomes":
            turns = [
                ("becomes [MASK]", f"becomes a random word, “{reads[i]}”", "stays")[kind]
                for i, kind in chosen
            ]
            found = [f"{token} {turn}" for token, turn in zip(said, turns, strict=True)]
            return f"In {of}: {'; '.join(found) or 'nothing is chosen'}."
        asked = ", ".join(said) or "nothing"
        return f"In {of} the model reads “{' '.join(reads)}” and is asked for {asked}; the other {len(self.tokens) - len(said)} labels are −100."

    def _alt_of_many(self):
        chosen, kinds = self._totals()
        said = f"In {MANY:,} draws at {self.share:.0%}, {chosen:.1%} of the tokens that may be chosen are chosen; of these {kinds[0]:.1%} become [MASK] "
        said += f"(80% are asked for), {kinds[1]:.1%} a random word (10%), {kinds[2]:.1%} stay (10%)."
        none = self._none_came[SHARES.index(self.share)]
        if none:
            said += f" In {none:,} of the draws chance chose none, and one was taken all the same."
        return said.replace("%", " %")

    def _svg(self):
        if self.step == "draws":
            parts, width, y = self._bars()
        else:
            parts, width, y = flow.draw(self._columns(), 10)
        return picture(
            parts, width=max(width, 320), height=y, title="Masking stepper", description=self._alt()
        )

    def _columns(self):
        """One column of cells for each token, with the rows of the step, and their names in front."""
        empty = Cell("", "note")
        columns = {
            "labels": [[Cell("reads", "head"), Cell("label", "head")]],
            "becomes": [[Cell("token", "head"), empty, Cell("becomes", "head"), empty]],
        }.get(self.step, [])
        for token, may, kind, read, label in zip(
            self.tokens, self._may, self._kinds(), self._reads(), self._labels(), strict=True
        ):
            chosen = kind is not None and self.step != "read"
            look = "mark" if not may else "chosen" if chosen else "plain"
            if self.step == "labels":
                columns.append(
                    [Cell(read, look), Cell(str(label).replace("-", "−"), "first" if chosen else "plain")]
                )
                continue
            column = [Cell(token, look), Cell("never" if not may else "chosen" if chosen else "", "note")]
            if self.step == "becomes":
                column += [Cell(read, "chosen"), Cell(KINDS[kind], "note")] if chosen else [Cell(""), empty]
            columns.append(column)
        return columns

    def _bars(self):
        """The last step: for each token a bar of three parts, and the totals beside what was asked for."""
        count, high, y = self._count(), 120, 10
        most = max(1, count.sum(1).max(initial=0), self.share * MANY)
        tokens = [flow.shortened(token) for token in self.tokens]
        found, used = flow.lines([max(40.0, text_width(token) + 12) for token in tokens])
        parts = []
        for line in found:
            y += high if any(self._may[i] for i, _ in line) else 0
            for i, x in line:
                wide = max(40.0, text_width(tokens[i]) + 12)
                middle = x + wide / 2
                if self._may[i]:
                    parts.append(_bar(count[i] / most * high, middle - 14, y))
                    parts.append(_asked_line(x, y - self.share * MANY / most * high, wide))
                said = str(count[i].sum()) if self._may[i] else "never"
                parts.append(
                    f'<text x="{middle:g}" y="{y + 14:g}" text-anchor="middle" font-size="11">{said}</text>'
                )
                parts.append(
                    f'<text x="{middle:g}" y="{y + 33:g}" text-anchor="middle" font-size="16">{html.escape(tokens[i])}</text>'
                )
            y += 60
        chosen, kinds = self._totals()
        names = ("chosen", "of these [MASK]", "of these a random word", "of these itself")
        rows = zip(names, (chosen, *kinds), (self.share, *ASKED), strict=True)
        for k, (name, came, asked) in enumerate(rows):
            if k == 0:
                parts.append(_asked_line(10, y + 5, 28))
            else:
                parts.append(_bar([14 * (k == place) for place in (1, 2, 3)], 10, y + 11))
            said = f"{name}: {came:.1%}, asked for: {asked:.0%}".replace("%", " %")
            parts.append(f'<text x="48" y="{y + 9:g}" font-size="14">{said}</text>')
            y += 22
        return "".join(parts), max(used, 360), y


def _asked_line(x, y, wide):
    return f'<path d="M{x:g} {y:g}h{wide:g}" stroke="currentColor" stroke-width="1.5" stroke-dasharray="5 3" fill="none"/>'


def _bar(heights, x, foot, wide=28):
    """[MASK] solid at the foot, random words striped above it, and what stayed as an empty box on top."""
    parts = []
    for kind, high in enumerate(heights):
        if high <= 0:
            continue
        foot -= high
        ground = ("#0072b2", "#ffffff", "#ffffff")[kind]
        parts.append(
            f'<rect x="{x:g}" y="{foot:g}" width="{wide}" height="{high:g}" fill="{ground}" stroke="#0072b2" stroke-width="1"/>'
        )
        if kind == 1:
            stripes = "".join(f"M{x:g} {foot + at:g}h{wide}" for at in np.arange(2, high, 4))
            parts.append(
                f'<path d="{stripes}" stroke="#b35900" stroke-width="2" fill="none"/>' if stripes else ""
            )
    return "".join(parts)


def _tokens(given: Any) -> list[str]:
    who = "A masking stepper"
    if isinstance(given, str):
        words = tokens_of(given.split(), who, MAX_TOKENS)
        given = words if words[0] == "[CLS]" else ["[CLS]", *words, "[SEP]"]
    elif not isinstance(given, Sequence):
        raise ValueError(f"{who} takes a text or a list of tokens; you gave a {type(given).__name__}.")
    return flow.drawable(tokens_of(given, who, MAX_TOKENS))


def _vocabulary(given: Any, tokens: list[str]) -> list[str]:
    """The words to draw from, each once, without the special ones."""
    words = [*tokens, *EVERYDAY.split()] if given is None else given
    is_list = isinstance(words, Sequence) and not isinstance(words, str)
    if not (is_list and all(isinstance(word, str) for word in words)):
        raise ValueError("The vocabulary is a list of words, each a string.")
    words = flow.drawable(word for word in dict.fromkeys(words) if word not in NEVER)
    if not words:
        raise ValueError("The vocabulary has no word to draw: give it one at least that is not special.")
    return words


def _share(given: Any) -> float:
    for share in SHARES:
        if given == share:
            return share
    raise ValueError(f"The share is one of {', '.join(map(str, SHARES))}; you gave {given!r}.")


def _drawn(
    tokens: list[str], vocabulary: list[str], random: np.random.Generator, draws: int
) -> dict[str, Any]:
    """All draws as the traits hold them; the ones to step through are the first of the many.

    One number in [0, 1) for each token and draw: it is chosen at every share above it. So no share needs numbers of its own.
    """
    may = np.array([token not in NEVER for token in tokens])
    chance, die, which = random.random((3, MANY, len(tokens)))
    chance[:, ~may] = 1
    level = np.searchsorted(SHARES, chance, side="right").astype(np.uint8)  # (draw, token)
    none_came = [int((level.min(1) > place).sum()) if may.any() else 0 for place in range(len(SHARES))]
    if may.any():
        level[np.arange(MANY), chance.argmin(1)] = 0  # at least one, the one that came nearest
    kind = np.searchsorted(np.cumsum(ASKED[:2]), die, side="right")  # (draw, token), as in KINDS
    chosen = level <= np.arange(len(SHARES))[:, None, None]  # (share, draw, token)
    counts = np.stack([(chosen & (kind == k)).sum(1) for k in range(len(KINDS))], -1)  # (share, token, kind)
    become = np.where(kind == 0, 0, 1)[:draws]
    place_of = {word: i for i, word in enumerate(vocabulary)}
    words: dict[str, int] = {}
    for d, i in np.argwhere((kind == 1)[:draws] & may).tolist():
        own = place_of.get(tokens[i]) if len(vocabulary) > 1 else None
        drawn = int(which[d, i] * (len(vocabulary) - (own is not None)))
        word = vocabulary[drawn + (own is not None and drawn >= own)]
        become[d, i] = 2 + words.setdefault(word, len(words))
    return {
        "_may": may.tolist(), "_level": level[:draws].tobytes(), "_become": become.astype("<u2").tobytes(), "_words": list(words),
        "_counts": counts.astype("<u2").tobytes(), "_none_came": none_came,
    }  # fmt: skip
