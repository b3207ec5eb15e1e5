"""Rows for BERT: pairs of texts with places that are hidden together, and batches of them.

    batch = Batches(tokenizer, seed=0, steps=20_000)(step)

`autograder/recipes/bert.py` tells what for.
"""

import numpy as np
import torch
from transformers import PreTrainedTokenizerFast

from autograder.recipes.examples import Hidden, Lead, Leads, judgement, lines, role
from course.data import names
from course.data.dice import Dice
from course.data.microworld import microworld

BATCH = 32
# From which part of all steps on: the stage of the leads, and the shares of rows. Of a review a word of praise or blame is hidden, of a
# role who has the property.
STAGES = (
    (0.0, 1, {"lead": 1.0}),
    (0.11, 2, {"lead": 0.8, "pair": 0.1, "line": 0.1}),
    (0.33, 3, {"lead": 0.55, "pair": 0.2, "line": 0.1, "review": 0.1, "role": 0.05}),
    (0.6, 3, {"lead": 0.4, "pair": 0.35, "line": 0.1, "review": 0.1, "role": 0.05}),
)
SHORT = {1: 1.0, 2: 0.3, 3: 0.05}  # of the leads of each stage are telegrams
FROM_LEAD = 0.85  # of the leads have the lead's value hidden; the others the passage's copy of it
POOL = 50  # batches made, sorted by length and shuffled at a time
ORDINARY, NAME, VALUE = 0.15, 0.3, 0.08  # how often a place, a name, a value of a passage is hidden
SPARED = 0.1  # times that with a lead, whose value can only be found where the names stand
# groups of places hidden together; 0 is never hidden, 1 place by place, from 4 on the passage's values
LEAD, COPY = 2, 3
GROUPS = 40
NONE = -100

# (ids, types, groups, label of next sentence)
Row = tuple[np.ndarray, np.ndarray, np.ndarray, int]


class Rows:
    """Encodes texts and remembers which tokens are hidden together."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast):
        self.tokenizer = tokenizer

    def leads(self, leads: list[Lead]) -> list[Row]:
        """[CLS] lead [SEP] passage [SEP]."""
        if not leads:
            return []
        encoded = self.tokenizer(
            [lead.text for lead in leads], [lead.passage.text for lead in leads], return_offsets_mapping=True
        )
        out = []
        for lead, one in zip(leads, encoded.encodings, strict=True):
            row = self._row(one, NONE)
            _, types, groups, _ = row
            begins, ends = np.array(one.offsets).T
            spans = [(LEAD, 0, lead.start, len(lead.value)), (COPY, 1, lead.told.start, len(lead.told.value))]
            others = [told for told in lead.passage.told if told is not lead.told]
            spans += [(COPY + 1 + i, 1, told.start, len(told.value)) for i, told in enumerate(others)]
            for group, which, start, length in spans:
                groups[(types == which) & (begins < start + length) & (ends > start) & (groups > 0)] = group
            out.append(row)
        return out

    def pairs(self, pairs: list[tuple[str, str, int]]) -> list[Row]:
        """[CLS] sentences [SEP] the next ones, or those of another document [SEP]."""
        if not pairs:
            return []
        encoded = self.tokenizer([a for a, _, _ in pairs], [b for _, b, _ in pairs])
        return [self._row(one, label) for one, (*_, label) in zip(encoded.encodings, pairs, strict=True)]

    def hidden(self, texts: list[Hidden]) -> list[Row]:
        """[CLS] sentence [SEP]; what is hidden in it is filled as a lead's value is."""
        if not texts:
            return []
        out = []
        for one, (_, places) in zip(
            self.tokenizer([text for text, _ in texts]).encodings, texts, strict=True
        ):
            row = self._row(one, NONE)
            begins, ends = np.array(one.offsets).T
            for start, length in places:
                row[2][(begins < start + length) & (ends > start) & (row[2] > 0)] = LEAD
            out.append(row)
        return out

    def lines(self, texts: list[str]) -> list[Row]:
        """[CLS] sentence [SEP]."""
        return [self._row(one, NONE) for one in self.tokenizer(texts).encodings] if texts else []

    def as_long(self, one: str, two: str) -> bool:
        """Whether two are as many tokens: else the number of [MASK] would tell which of them is hidden."""
        return len(self.tokenizer.tokenize(one)) == len(self.tokenizer.tokenize(two))

    @staticmethod
    def _row(one, label: int) -> Row:
        free = 1 - np.array(one.special_tokens_mask)
        return np.array(one.ids), np.array(one.type_ids), free, label


def document_pairs(seed: int, n: int) -> list[tuple[str, str, int]]:
    """n pairs out of n articles: a few sentences and the next ones (label 0) or some of another article (1), half and half."""
    dice, articles = Dice(seed, "pairs"), microworld(0).articles(n, seed)
    out = []
    for i, article in enumerate(articles):
        cut = 1 + dice.below(len(article.sentences) - 1)
        first, label = " ".join(article.sentences[:cut]), dice.below(2)
        if label:
            other = articles[(i + 1 + dice.below(n - 1)) % n]
            while other.title == article.title:
                other = dice.pick(articles)
            begin = 1 + dice.below(
                len(other.sentences) - 1
            )  # never its opening, which alone would give it away
            second = other.sentences[begin : begin + len(article.sentences) - cut]
        else:
            second = article.sentences[cut:]
        out.append((first, " ".join(second), label))
    return out


# --- batches ---------------------------------------------------------------------------------------------------------------
class Batches:
    """step -> a batch. Texts are drawn as they are needed, none twice.

    share: the part of all texts that are drawn; they come again and again, with other places hidden, as if there were no more text.
    """

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerFast,
        seed: int,
        steps: int,
        stages: tuple = STAGES,
        share: float = 1.0,
    ):
        self.rows, self.steps, self.seed, self.stages = Rows(tokenizer), steps, seed, stages
        self.random, self.dice = np.random.default_rng(seed), Dice(seed, "bert reviews and roles")
        self.chance = np.full(len(tokenizer), ORDINARY)
        self.chance[name_ids(tokenizer)] = NAME
        self.specials, self.mask = len(tokenizer.all_special_ids), tokenizer.mask_token_id
        self.leads = {
            stage: iter(Leads(seed, stage, each=stage > 1, short=share)) for stage, share in SHORT.items()
        }
        self.waiting: list[list[Row]] = []
        self.share = share
        self.pools: list[list[list[list[Row]]]] = [[] for _ in stages]  # of each stage, where they come again

    def __call__(self, step: int) -> dict[str, torch.Tensor]:
        if not self.waiting:
            self._refill(step)
        return self._hidden(*padded(self.waiting.pop()))

    def _refill(self, step: int) -> None:
        number = sum(step >= begin * self.steps for begin, *_ in self.stages) - 1
        begins = [begin for begin, *_ in self.stages] + [1.0]
        pools = self.pools[number]
        if len(pools) >= self.share * (begins[number + 1] - begins[number]) * self.steps / POOL:
            pools.append(pools.pop(0))
            self.waiting = list(pools[-1])
        else:
            self.waiting = self._pool(step, number)
            if self.share < 1:
                pools.append(list(self.waiting))
        self.random.shuffle(self.waiting)

    def _pool(self, step: int, number: int) -> list[list[Row]]:
        n = POOL * BATCH
        _, stage, shares = self.stages[number]
        counts = {kind: round(share * n) for kind, share in shares.items()}
        begun = 10_000 * (self.seed + 1) + step  # a seed of its own for every pool
        rows = self.rows.leads([next(self.leads[stage]) for _ in range(counts.get("lead", 0))])
        rows += self.rows.pairs(document_pairs(begun, counts.get("pair", 0)))
        rows += self.rows.lines(lines(begun, counts.get("line", 0)))
        rows += self.rows.hidden([judgement(self.dice) for _ in range(counts.get("review", 0))])
        rows += self.rows.hidden([role(self.dice, self.rows.as_long) for _ in range(counts.get("role", 0))])
        rows.sort(key=lambda row: len(row[0]))
        return [rows[i : i + BATCH] for i in range(0, n, BATCH)]

    def _hidden(self, ids, types, groups, labels) -> dict[str, torch.Tensor]:
        """80 % of the chosen places become [MASK], 10 % a random token, 10 % stay; of a lead all become [MASK]."""
        together = self.random.random((len(ids), GROUPS)) < VALUE
        lead = (
            self.random.random(len(ids)) < FROM_LEAD
        )  # else its copy in the passage, to be filled from the lead
        together[:, 0], together[:, LEAD], together[:, COPY] = False, lead, ~lead
        chosen = np.take_along_axis(together, groups, 1)
        alone = groups == 1
        often = np.where((groups == LEAD).any(1, keepdims=True), SPARED, 1.0) * self.chance[ids]
        chosen[alone] = (self.random.random(ids.shape) < often)[alone]
        draw = self.random.random(ids.shape)
        whole = (groups == LEAD) | (groups == COPY)
        hidden = np.where(chosen & (whole | (draw < 0.8)), self.mask, ids)
        replaced = chosen & ~whole & (draw > 0.9)
        hidden[replaced] = self.random.integers(self.specials, len(self.chance), replaced.sum())
        arrays = (hidden, types, np.where(chosen, ids, NONE), labels)
        keys = ("input_ids", "token_type_ids", "labels", "next_sentence_label")
        return {key: torch.from_numpy(a) for key, a in zip(keys, arrays, strict=True)}


def padded(rows: list[Row]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Arrays (row, place) of ids, types and groups, filled up with 0, and (row,) of labels."""
    out = np.zeros((3, len(rows), max(len(row[0]) for row in rows)), dtype=np.int64)
    for i, row in enumerate(rows):
        for array, values in zip(out, row[:3], strict=True):
            array[i, : len(values)] = values
    return *out, np.array([row[3] for row in rows])


def name_ids(tokenizer: PreTrainedTokenizerFast) -> list[int]:
    """The ids of first names that are one token."""
    known = tokenizer.get_vocab()
    return [known[name.lower()] for name in (*names.SHE, *names.HE) if name.lower() in known]
