"""A recipe for a tiny T5: three encoder and two decoder layers that fill spans. Its checkpoint is not shipped yet.

    model, tokenizer, figures = train(seed=0)

All but the last kind has T5's own form: spans of a text become sentinels, and the decoder writes each sentinel and what it stands
for. What is hidden is chosen for what it teaches:

telegram    a few words a person, and one of them again, its value hidden: "Ada violin. Bo the harp. Ada _."
lead        a passage, and facts of it told again or asked: the value of each (or the name, or the passage's own copy) is hidden
fact        one fact of the encyclopaedia, its value hidden; of people of the train split half are asked, in the ways of
            `course.data.asking`, of others all are told: no question about them is in the text
span        span corruption as in the paper, of articles, single sentences and the English of `translation`'s train split
review      a review with its consequence, or with two words of one kind: the consequence, or the second word, is hidden
role        a sentence of verbs with two roles: who has the property is hidden
wrong lead, wrong line    a lead that may tell what is not so; a sentence in which a word may be wrong, missing or elsewhere: the
            sentinel stands at the end, and what should have stood there is written, or nothing
task        rows of the tasks' train splits, as `text_to_text` writes them, in the last stage: as T5's own checkpoints, which were pretrained on
            the tasks among the text (Raffel et al. 2020, 3.5.3 and 3.7)

Nothing of the tasks' validation and test splits, and no question of the closed book about their people. Names of everybody stand in passages, with facts drawn afresh.

Where it starts and what comes first matter. With transformers' own weights 3 of 100 values were copied after 1,400 steps. Without both the
heads that look for the same word before and the telegrams, of several people's values one was guessed for 3,000 steps; with both, 69 of
100 telegrams were right after 500. The heads without telegrams were not tried. One seed. See `fresh` and `telegram`.
"""

import itertools
import re
import time
from collections.abc import Callable

import numpy as np
import torch
from torch.nn import functional as F
from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

from autograder.recipes.examples import Hidden, Leads, in_few_words, lines, opinion, role, told_again
from autograder.recipes.text import everything
from autograder.recipes.text_to_text import to_text
from autograder.recipes.tokenizers import unigram
from course.data import asking
from course.data.dice import Dice
from course.data.english import capitalised
from course.data.microworld import microworld
from course.data.passages import PREDICATES, RELATIONS, SENTENCES, Passage, Told, fill, people
from course.data.tasks import rows as task_rows
from course.training import fit

STEPS, TOKENS, LR, WARMUP = 14_000, 1_500, 2e-3, 150
STAGES = (0.12, 0.32, 0.55)  # the second and later stages begin after these parts of all steps
LEADS = (1, 2, 3, 3)  # the stage of the leads in each
MOST = (1, 1, 2, 2)  # leads to a passage
POOL = 80  # batches made, sorted by length and shuffled at a time
KINDS = ("telegram", "lead", "wrong lead", "fact", "span", "review", "wrong line", "role", "task")
# of all tokens read, in each stage
SHARES = (
    (0.50, 0.38, 0.01, 0.03, 0.04, 0.01, 0.02, 0.01, 0.0),
    (0.20, 0.65, 0.03, 0.03, 0.04, 0.02, 0.02, 0.01, 0.0),
    (0.03, 0.50, 0.12, 0.06, 0.08, 0.06, 0.09, 0.06, 0.0),
    (0.01, 0.20, 0.04, 0.06, 0.05, 0.02, 0.04, 0.03, 0.55),
)
LENGTHS = (22, None, 95, 11, 20, 17, 13, 17, 38)  # tokens a row, about; of a lead in each stage:
LEAD_LENGTHS = (65, 60, 100, 100)
# rows of each task among those of all
MIXTURE = {
    "questions": 9, "answerability": 6, "summaries": 4, "entailment": 8, "paraphrase": 8, "similarity": 5, "duplicates": 5,
    "acceptability": 12, "sentiment": 3, "coreference": 7, "translation": 14, "entities": 6,
}  # fmt: skip
WORDS, BIASES = 5, 15  # times the learning rate, for embeddings and for the biases of relative positions
NONE = -100

Row = tuple[list[int], list[int]]  # what the encoder reads, what the decoder writes


def config(vocabulary: int) -> T5Config:
    """A tiny T5: 3 + 2 layers of 6 heads, 96 wide."""
    return T5Config(
        vocab_size=vocabulary, d_model=96, d_kv=16, d_ff=256, num_layers=3, num_decoder_layers=2, num_heads=6,
        dropout_rate=0.0, pad_token_id=0, eos_token_id=1, decoder_start_token_id=0,
    )  # fmt: skip


@torch.no_grad()
def fresh(vocabulary: int, seed: int) -> T5ForConditionalGeneration:
    """The model before training, where reading is there to be found.

    Cross-attention hands on what it looks at (its output undoes its values), so that a token of the text comes out as itself, and
    looks at the same token first, so that a sentinel that is to be written finds the place where it stands. The first encoder
    layer adds the words around to each word, one head's part of them before, another's behind, and so on; the second looks for
    places that got the same words as this one: after "Ada" here for what stands after "Ada" elsewhere (an induction head,
    Olsson et al. 2022).
    """
    torch.manual_seed(seed)
    model = T5ForConditionalGeneration(config(vocabulary))
    for name, weight in model.named_parameters():
        if name.endswith(("Attention.o.weight", "DenseReluDense.wo.weight")):
            weight.mul_(0.3)
    width = model.config.d_model
    turn = torch.linalg.qr(torch.randn(width, width))[0]
    for block in model.decoder.block:
        _hands_on(block.layer[1].EncDecAttention, torch.linalg.qr(torch.randn(width, width))[0], 1.0)
        _looks_for_itself(block.layer[1].EncDecAttention)
    first, second, *_ = (block.layer[0].SelfAttention for block in model.encoder.block)
    _hands_on(first, turn, 1.5)
    _hands_on(second, turn, 1.0)
    # the second layer's last heads look for places with the same word before, or near before, as here
    size = model.config.d_kv
    for head, near in ((4, 0), (5, 2)):
        rows = slice(head * size, (head + 1) * size)
        second.k.weight[rows] = turn[near * size : (near + 1) * size] * 1.5
        second.q.weight[rows] = second.k.weight[rows]
    _looks_around(first)
    return model


def _hands_on(attention: torch.nn.Module, turn: torch.Tensor, scale: float) -> None:
    attention.v.weight.copy_(turn)
    attention.o.weight.copy_(turn.T * scale)


def _looks_for_itself(attention: torch.nn.Module) -> None:
    attention.q.weight.copy_(attention.k.weight * attention.key_value_proj_dim**-0.5)


def _looks_around(attention: torch.nn.Module) -> None:
    """One head looks at the word before, one behind, one at some before, one on both sides, two anywhere else.

    All encoder layers share these biases.
    """
    distance = torch.arange(-40, 41)
    buckets = attention._relative_position_bucket(distance[None])[0].tolist()
    bias = attention.relative_attention_bias.weight  # (bucket, head)
    bias.zero_()
    for d, bucket in zip(distance.tolist(), buckets, strict=True):
        before = -0.3 * abs(d + 2) - (3.0 if d >= 0 else 0.0)
        away = -6.0 if d == 0 else 0.0
        bias[bucket] = torch.tensor(
            [-2.0 * abs(d + 1), -2.0 * abs(d - 1), before, -0.15 * abs(d), away, away]
        )
    bias.clamp_(min=-6)


def optimizer(model: T5ForConditionalGeneration, lr: float = LR) -> torch.optim.Optimizer:
    """AdamW, faster where T5 starts at a large scale: plain AdamW leaves the embeddings where they are."""
    words, biases, rest = [], [], []
    for name, weight in model.named_parameters():
        (words if "shared" in name else biases if "relative" in name else rest).append(weight)
    groups = [
        {"params": words, "lr": lr * WORDS},
        {"params": biases, "lr": lr * BIASES},
        {"params": rest, "lr": lr},
    ]
    return torch.optim.AdamW(groups, lr=lr, betas=(0.9, 0.98), weight_decay=0.0)


# --- rows ------------------------------------------------------------------------------------------------------------------
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
        read, write = (
            self.tokenizer([pair[i] for pair in pairs], add_special_tokens=False).input_ids for i in (0, 1)
        )
        return [
            ([*r, self.first, self.end], [self.first, *w, self.end]) for r, w in zip(read, write, strict=True)
        ]

    def corrupted(self, texts: list[str]) -> list[Row]:
        """T5's span corruption: 15 % of the tokens in spans of 3 on average, the text kept at its start (Raffel et al. 2020, 3.1.4)."""
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
    """What the passage tells of one relation in few words, and one of it again: "Ada violin. Bo the harp. Ada _."

    Of the words between name and value only the last few are kept, often none: where the value stands beside its name, finding it by the
    name is learned first, and then from further and further away.
    """
    relation = dice.pick(passage.told).relation
    told = [one for one in passage.told if one.relation == relation]
    parts = [in_few_words(dice, passage, one) for one in told]
    asked = dice.below(len(told))
    again, start = in_few_words(dice, passage, told[asked])
    text = " ".join(part for part, _ in parts) + " "
    return text + again, [(len(text) + start, len(told[asked].value))]


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
    """(n) gives n rows of the tasks' train splits in the proportions of `MIXTURE`; of a task all come before any comes again."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, seed: int):
        self.tokenizer, self.dice = tokenizer, Dice(seed, "t5 tasks")
        self.waiting: dict[str, list[tuple[str, str]]] = {task: [] for task in MIXTURE}

    def __call__(self, n: int) -> list[Row]:
        total, pairs = sum(MIXTURE.values()), []
        for task, part in MIXTURE.items():
            wanted = round(n * part / total)
            while len(self.waiting[task]) < wanted:
                texts = [to_text(task, row) for row in task_rows(task, "train", 0)]
                self.waiting[task] += self.dice.shuffled(texts)
            pairs += self.waiting[task][:wanted]
            del self.waiting[task][:wanted]
        if not pairs:
            return []
        read, write = (self.tokenizer(list(texts)).input_ids for texts in zip(*pairs, strict=True))
        return list(zip(read, write, strict=True))


# --- batches ---------------------------------------------------------------------------------------------------------------
def batches_of(rows: list[Row], tokens: int) -> list[list[Row]]:
    """Rows of like length together; a batch reads about so many tokens, padding included. Rows may have more than two parts."""
    rows = sorted(rows, key=lambda row: len(row[0]))
    out, begin = [], 0
    for i in range(1, len(rows) + 1):
        if i == len(rows) or len(rows[i][0]) * (i + 1 - begin) > tokens:
            out.append(rows[begin:i])
            begin = i
    return out


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
    """step -> a batch. Texts are drawn as they are needed, none twice."""

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
        made += rows.hidden([opinion(dice) for _ in range(n["review"])])
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


# --- training --------------------------------------------------------------------------------------------------------------
def shifted(labels: torch.Tensor) -> torch.Tensor:
    """What the decoder reads: the start token (0), and the labels but the last."""
    return F.pad(labels.clamp(min=0), (1, -1))


def logits(model: T5ForConditionalGeneration, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """(row, place, id), with the right tokens before each place."""
    ids = batch["input_ids"]
    mask = (ids != 0).long()
    return model(input_ids=ids, attention_mask=mask, decoder_input_ids=shifted(batch["labels"])).logits


def loss(model: T5ForConditionalGeneration, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """Mean negative log-likelihood of what is to be written."""
    return F.cross_entropy(logits(model, batch).flatten(0, 1), batch["labels"].flatten(), ignore_index=NONE)


@torch.no_grad()
def right(model: T5ForConditionalGeneration, rows: list[Row], tokens: int = 6_000) -> list[bool]:
    """Which rows greedy decoding writes exactly: those where every token is the likeliest after the right ones before it."""
    out = [False] * len(rows)
    for batch in batches_of([(*row, i) for i, row in enumerate(rows)], tokens):
        made = collated([row[:2] for row in batch])
        labels = made["labels"]
        good = ((logits(model, made).argmax(-1) == labels) | (labels == NONE)).all(1)
        for (*_, i), is_right in zip(batch, good.tolist(), strict=True):
            out[i] = is_right
    return out


class Examination:
    """Leads about people of the validation split; telegrams of people of the train split, as a first sign; facts of the encyclopaedia, told."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, n: int = 300):
        rows, known = Rows(tokenizer, 1), tokenizer.get_vocab()
        stages = {1: [], 2: [], 3: []}
        for stage, found in stages.items():
            for lead_ in Leads(1, stage, held_out=True):
                found.append(lead_.passage)
                if len(found) == n:
                    break
        whole = [p for p in stages[3] if all(f"▁{who.name}" in known for who in p.people)]
        one = [p.passage for p in itertools.islice(Leads(1, 2), 900)]
        one = [p for p in one if all(f"▁{who.name}" in known for who in p.people)][:n]
        facts = Facts(1)
        facts.asked = set()
        self.sets: dict[str, list[Row]] = {
            "one person": rows.leads(stages[1]),
            "one relation": rows.leads(stages[2]),
            "copied": rows.leads(stages[3]),
            "copied, names of one token": rows.leads(whole),
            "telegrams": rows.hidden([telegram(rows.dice, p) for p in one]),
            "facts": rows.hidden([facts() for _ in range(n)]),
        }

    def __call__(self, model: T5ForConditionalGeneration) -> dict[str, float]:
        """The share of each written exactly."""
        return {name: sum(right(model, rows)) / len(rows) for name, rows in self.sets.items()}


def train(
    seed: int = 0, steps: int = STEPS, progress: bool = True, watch: int | None = None
) -> tuple[T5ForConditionalGeneration, PreTrainedTokenizerFast, dict[str, float]]:
    """(model, tokenizer, what it got on held-out text). watch: print that every so many steps."""
    tokenizer = unigram(everything(0))
    model, examination = fresh(len(tokenizer), seed), Examination(tokenizer)
    began = time.perf_counter()

    def report(model: T5ForConditionalGeneration) -> float:
        figures = examination(model)
        print(
            f"{time.perf_counter() - began:6.0f} s", {k: round(v, 3) for k, v in figures.items()}, flush=True
        )
        return -figures["copied"]

    evaluate: Callable | None = report if watch else None
    history = fit(
        model, Batches(tokenizer, seed, steps), loss, steps=steps, optimizer=optimizer(model), warmup=WARMUP, decay=0.35,
        seed=seed, device="cpu", evaluate=evaluate, every=watch, progress=progress,
    )  # fmt: skip
    model.eval()
    tail = history.losses[-200:]
    figures = examination(model) | {"loss": sum(tail) / len(tail), "steps": steps, "seconds": history.seconds}
    return model, tokenizer, figures
