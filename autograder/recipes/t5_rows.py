"""Rows for T5: what the encoder reads and what the decoder writes, and batches of them.

    batch = Batches(tokenizer, seed=0, steps=44_000)(step)

`autograder/recipes/t5.py` tells which kinds there are and what for.
"""

import itertools
import re
from collections.abc import Sequence

import numpy as np
import torch
from transformers import PreTrainedTokenizerFast

from autograder.recipes.examples import Hidden, Leads, judgement, lines, opinion, role, telegrams, told_again
from autograder.recipes.text_to_text import to_text
from course.data import asking
from course.data.dice import Dice
from course.data.english import capitalised
from course.data.microworld import microworld
from course.data.passages import PREDICATES, RELATIONS, SENTENCES, Passage, Told, fill, people
from course.data.tasks import rows as task_rows

TOKENS = 1_000  # the most that a batch reads, padding included
STAGES = (0.03, 0.1, 0.25)  # the second and later stages begin after these parts of all steps
LEADS = (1, 2, 3, 3)  # the stage of the leads in each
MOST = (1, 1, 2, 2)  # leads to a passage
POOL = 80  # batches made, sorted by length and shuffled at a time
KINDS = ("telegram", "lead", "wrong lead", "fact", "span", "review", "wrong line", "role", "task")
# of all tokens read, in each stage
SHARES = (
    (1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    (0.20, 0.65, 0.03, 0.03, 0.04, 0.02, 0.02, 0.01, 0.0),
    (0.03, 0.38, 0.08, 0.06, 0.22, 0.07, 0.10, 0.06, 0.0),
    (0.01, 0.06, 0.01, 0.04, 0.06, 0.02, 0.01, 0.01, 0.78),
)
LENGTHS = (22, None, 95, 11, 20, 17, 13, 17, 38)  # tokens a row, about; of a lead in each stage:
LEAD_LENGTHS = (65, 60, 100, 100)
# rows of each task among those of all
MIXTURE = {
    "questions": 6, "answerability": 8, "summaries": 4, "entailment": 14, "paraphrase": 8, "similarity": 10, "duplicates": 6,
    "acceptability": 19, "sentiment": 5, "coreference": 7, "translation": 16, "entities": 8,
}  # fmt: skip
NEAR = 6  # tokens: of rows no further apart those whose answers are as long come together
# more rows than the train split has, made in the same way of the same people and words; as many times, where there are so many
MORE = dict.fromkeys(MIXTURE, 6.0) | {"paraphrase": 2.0, "acceptability": 2.5, "coreference": 3.0}
NONE = -100

Row = tuple[list[int], list[int]]


class Rows:
    """Texts in, rows out."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, seed: int):
        self.tokenizer, self.dice = tokenizer, Dice(seed, "t5 rows")
        self.first, self.end = len(tokenizer) - 1, tokenizer.eos_token_id  # <extra_id_0> is the last id
        self.random = np.random.default_rng(seed)

    def hidden(self, texts: list[Hidden]) -> list[Row]:
        """Every token that has a part in what is hidden goes."""
        if not texts:
            return []
        plain_texts = [text for text, _ in texts]
        encoded = self.tokenizer(plain_texts, add_special_tokens=False, return_offsets_mapping=True).encodings
        out = []
        for one, (_, places) in zip(encoded, texts, strict=True):
            ends = [end for _, end in one.offsets]
            pieces, at = [], 0
            for start, length in places:
                low = next(i for i in range(at, len(ends)) if ends[i] > start)
                at = next(i for i in range(low, len(ends)) if ends[i] >= start + length) + 1
                pieces.append((low, at))
            out.append(self._cut(one.ids, pieces))
        return out

    def mended(self, pairs: list[tuple[str, str]]) -> list[Row]:
        """(text, what should have stood there): a sentinel at the end asks for it."""
        if not pairs:
            return []
        read, write = (
            self.tokenizer([pair[i] for pair in pairs], add_special_tokens=False).input_ids for i in (0, 1)
        )
        return [
            ([*r, self.first, self.end], [self.first, *w, self.end]) for r, w in zip(read, write, strict=True)
        ]

    def corrupted(self, texts: list[str]) -> list[Row]:
        """T5's span corruption: 15 % of the tokens in spans of 3 on average, the text kept at its start (Raffel et al. 2020, 3.1.4)."""
        if not texts:
            return []
        out = []
        for ids in self.tokenizer(texts, add_special_tokens=False).input_ids:
            n = len(ids)
            noise = min(max(round(0.15 * n), 1), n - 1)
            spans = min(max(round(noise / 3), 1), n - noise)
            pieces, at = [], 0
            for keep, hide in zip(self._parts(n - noise, spans), self._parts(noise, spans), strict=True):
                pieces.append((at + keep, at + keep + hide))
                at += keep + hide
            out.append(self._cut(ids, pieces))
        return out

    def leads(self, passages: list[Passage], most: int = 1) -> list[Row]:
        """Passages with up to `most` leads each."""
        return self.hidden([retold(self.dice, passage, most) for passage in passages])

    def _cut(self, ids: list[int], pieces: list[tuple[int, int]]) -> Row:
        read, written, at = [], [], 0
        for number, (low, high) in enumerate(pieces):
            sentinel = self.first - number
            read += [*ids[at:low], sentinel]
            written += [sentinel, *ids[low:high]]
            at = high
        return [*read, *ids[at:], self.end], [*written, self.end]

    def _parts(self, n: int, k: int) -> list[int]:
        """n in k parts of at least 1, all ways equally likely."""
        cuts = np.sort(self.random.permutation(n - 1)[: k - 1]) + 1
        return np.diff([0, *cuts, n]).tolist()


def retold(dice: Dice, passage: Passage, most: int) -> Hidden:
    """The passage with leads before or after it. Hidden is the value of each; with several also a name, or the passage's copies."""
    chosen = dice.take(passage.told, min(1 + dice.below(most), len(passage.told)))
    copies = most > 1 and dice.chance(0.15)
    leads, holes = "", []
    for told in chosen:
        text, start, name = lead(dice, passage, told)
        leads += " " if leads else ""
        if not copies:
            named = most > 1 and dice.chance(0.15)
            place, length = (name, len(told.person)) if named else (start, len(told.value))
            holes.append((len(leads) + place, length))
        leads += text
    inside = sorted((told.start, len(told.value)) for told in chosen) if copies else []
    if dice.chance(0.5):
        return f"{leads} {passage.text}", holes + [(len(leads) + 1 + at, n) for at, n in inside]
    return f"{passage.text} {leads}", inside + [(len(passage.text) + 1 + at, n) for at, n in holes]


def telegram(dice: Dice, passage: Passage) -> Hidden:
    """What the passage tells of one relation in few words, and one of it again: "Ada violin. Bo the harp. Ada _."."""
    one = dice.pick(telegrams(dice, passage))
    return f"{one.passage.text} {one.text}", [(len(one.passage.text) + 1 + one.start, len(one.value))]


def lead(dice: Dice, passage: Passage, told: Told) -> tuple[str, int, int]:
    """(a fact of the passage told again or asked and answered, where its value begins, where its name does)."""
    text, start, _ = told_again(dice, passage, told)
    return text, start, text.index(told.person)


def wrong_lead(dice: Dice, passage: Passage) -> tuple[str, str]:
    """(the passage with a lead that half of the time has another's value or name, the right one or nothing)."""
    told = dice.pick(passage.told)
    text, start, _ = lead(dice, passage, told)
    others = [t for t in passage.told if t.value != told.value]
    others = [t for t in others if t.relation == told.relation] or others
    right = ""
    if dice.chance(0.5):
        if dice.chance(0.3) and len(passage.people) > 1:
            other = dice.pick([t for t in passage.told if t.person != told.person]).person
            text, right = text.replace(told.person, other), told.person
        else:
            text = text[:start] + dice.pick(others).value + text[start + len(told.value) :]
            right = told.value
    return (f"{text} {passage.text}" if dice.chance(0.5) else f"{passage.text} {text}"), right


class Facts:
    """Single facts of the encyclopaedia; () gives one, its value hidden. asked: the names about whom there are questions too."""

    def __init__(self, seed: int):
        self.dice = Dice(seed, "t5 facts")
        self.everyone = microworld(0).people
        self.asked = {person.name for person in people(0, "train")}
        self.relations = tuple(relation for relation in RELATIONS if hasattr(self.everyone[0], relation))

    def __call__(self) -> Hidden:
        dice = self.dice
        person, relation = dice.pick(self.everyone), dice.pick(self.relations)
        value = getattr(person, relation)
        if person.name in self.asked and dice.chance(0.5):
            question = dice.pick(asking.QUESTIONS[relation]).format(name=person.name)
            return f"{question} {value}.", [(len(question) + 1, len(value))]
        if dice.chance(0.3):
            text, start = fill(dice.pick(SENTENCES[relation]), person, value)
            return capitalised(text), [(start, len(value))]
        text, start = fill(dice.pick(PREDICATES[relation]), person, value)
        return f"{person.name} {text}.", [(start + len(person.name) + 1, len(value))]


_CONFUSED = (
    ("a", "an"), ("she", "her"), ("he", "him"), ("his", "he"), ("they", "them"), ("we", "us"), ("i", "me"), ("than", "as"), ("is", "are"),
    ("was", "were"), ("has", "have"), ("does", "do"), ("this", "these"), ("that", "those"), ("many", "much"), ("one", "two"), ("my", "me"),
    ("can", "has"), ("will", "has"), ("is", "has"), ("every", "all"), ("more", "most"), ("so", "more"), ("the", "her"), ("no", "not"),
)  # fmt: skip
_ENDINGS = ("s", "es", "ed", "d", "ing", "er", "r")


class Wrong:
    """Makes a sentence wrong: (sentence) gives (the same with a word in another form, two in another order or one left out, what
    should have stood there); half of the sentences stay as they are, with nothing to write.
    """

    def __init__(self, seed: int, texts: list[str]):
        self.dice = Dice(seed, "t5 wrong")
        known = {word for text in texts for word in re.findall(r"[a-z]+", text)}
        pairs = list(_CONFUSED)
        for word in known:
            for ending in _ENDINGS:
                for other in (word + ending, word.removesuffix("e") + ending):
                    if other in known and len(word) > 2 and other != word:
                        pairs.append((word, other))
        forms: dict[str, set[str]] = {}
        for one, two in pairs:
            forms.setdefault(one, set()).add(two)
            forms.setdefault(two, set()).add(one)
        self.forms = {word: sorted(others) for word, others in forms.items()}

    def __call__(self, text: str) -> tuple[str, str]:
        dice, words = self.dice, text.split(" ")
        if dice.chance(0.5):
            return text, ""
        places = [i for i, word in enumerate(words) if word in self.forms]
        i = dice.below(len(words) - 1)
        if places and dice.chance(0.7):
            i = dice.pick(places)
            right, words[i] = words[i], dice.pick(self.forms[words[i]])
        elif dice.chance(0.6) and words[i] != words[i + 1]:
            right = f"{words[i]} {words[i + 1]}"
            words[i], words[i + 1] = words[i + 1], words[i]
        else:
            right = words.pop(i)
        return " ".join(words), right


class Tasks:
    """(n) gives n rows of the tasks, about what their train splits are about, in the proportions of `MIXTURE`.

    Of a task all come before any comes again: those of the train split and `MORE`.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerFast, seed: int):
        self.tokenizer, self.dice = tokenizer, Dice(seed, "t5 tasks")
        self.waiting: dict[str, list[tuple[str, str]]] = {task: [] for task in MIXTURE}

    def __call__(self, n: int) -> list[Row]:
        total, pairs = sum(MIXTURE.values()), []
        for task, part in MIXTURE.items():
            wanted = round(n * part / total)
            while len(self.waiting[task]) < wanted:
                size = round(MORE[task] * len(task_rows(task, "train", 0)))
                texts = [to_text(task, row) for row in task_rows(task, "train", 0, size)]
                self.waiting[task] += self.dice.shuffled(texts)
            pairs += self.waiting[task][:wanted]
            del self.waiting[task][:wanted]
        return encoded(self.tokenizer, pairs)


def encoded(tokenizer: PreTrainedTokenizerFast, pairs: Sequence[tuple[str, str]]) -> list[Row]:
    """(source, target) as ids, each with its end."""
    if not pairs:
        return []
    read, write = (tokenizer(list(texts)).input_ids for texts in zip(*pairs, strict=True))
    return list(zip(read, write, strict=True))


# --- batches ---------------------------------------------------------------------------------------------------------------
def batches_of(rows: list[Row], tokens: int) -> list[list[Row]]:
    """Rows of like length together; a batch reads at most so many tokens, padding included. Rows may have more than two parts."""
    rows = sorted(rows, key=lambda row: (len(row[0]) // NEAR, len(row[1])))
    out, begin, longest = [], 0, 0
    for i, row in enumerate(rows):
        longest = max(longest, len(row[0]))
        if i > begin and longest * (i + 1 - begin) > tokens:
            out.append(rows[begin:i])
            begin, longest = i, len(row[0])
    return [*out, rows[begin:]] if rows else []


def collated(rows: list[Row]) -> dict[str, torch.Tensor]:
    """input_ids (row, place), filled up with 0; labels (row, place), filled up with -100."""
    return {
        "input_ids": _padded([read for read, _ in rows], 0),
        "labels": _padded([written for _, written in rows], NONE),
    }


def _padded(rows: list[list[int]], value: int) -> torch.Tensor:
    out = np.full((len(rows), max(map(len, rows))), value, dtype=np.int64)
    for i, row in enumerate(rows):
        out[i, : len(row)] = row
    return torch.from_numpy(out)


class Batches:
    """step -> a batch. Texts are drawn as they are needed; only the rows of tasks come again, when all of a task have come."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, seed: int, steps: int):
        self.rows, self.facts, self.steps, self.seed = Rows(tokenizer, seed), Facts(seed), steps, seed
        self.dice, self.random = Dice(seed, "t5 reviews"), np.random.default_rng(seed)
        self.passages = [(lead.passage for lead in Leads(seed, stage)) for stage in (1, 2, 3)]
        self.tasks = Tasks(tokenizer, seed)
        self.english = [row["english"] for row in task_rows("translation", "train", 0)]
        self.wrong = Wrong(seed, [*lines(0, 20_000), *self.english])
        self.waiting: list[dict[str, torch.Tensor]] = []

    def __call__(self, step: int) -> dict[str, torch.Tensor]:
        if not self.waiting:
            self._refill(step)
        return self.waiting.pop()

    def _refill(self, step: int) -> None:
        stage = sum(step / self.steps >= part for part in STAGES)
        n = {
            kind: round(share * POOL * TOKENS / (length or LEAD_LENGTHS[stage]))
            for kind, share, length in zip(KINDS, SHARES[stage], LENGTHS, strict=True)
        }
        easier = n["lead"] // 5 if stage == 1 else 0  # so that relations are not forgotten over names
        rows, dice = self.rows, self.dice
        one, two, _ = self.passages
        passages = self.passages[LEADS[stage] - 1]
        made = rows.leads(list(itertools.islice(passages, n["lead"] - easier)), MOST[stage])
        made += rows.leads(list(itertools.islice(one, easier)))
        made += rows.mended([wrong_lead(dice, next(passages)) for _ in range(n["wrong lead"])])
        made += rows.hidden([telegram(dice, next(two)) for _ in range(n["telegram"])])
        made += self.tasks(n["task"])
        made += rows.hidden([self.facts() for _ in range(n["fact"])])
        made += rows.hidden([dice.pick((opinion, judgement))(dice) for _ in range(n["review"])])
        made += rows.hidden([role(dice) for _ in range(n["role"])])
        made += self._sentences(10_000 * (self.seed + 1) + step, n["span"], n["wrong line"])
        batches = batches_of(made, TOKENS)
        self.random.shuffle(batches)
        self.waiting = [collated(batch) for batch in batches]

    def _sentences(self, seed: int, spans: int, wrong: int) -> list[Row]:
        """Half of each of the world, half of `translation`; and articles for spans."""
        cut, n = spans // 2, spans // 2 + wrong // 2
        articles = [article.text for article in microworld(0).articles(spans // 6, seed)]
        english = [self.dice.pick(self.english) for _ in range(n)]
        told = lines(seed, n)
        corrupted = self.rows.corrupted(articles + told[:cut] + english[:cut])
        return corrupted + self.rows.mended([self.wrong(text) for text in told[cut:] + english[cut:]])
