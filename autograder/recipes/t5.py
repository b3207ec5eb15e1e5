"""The recipe of the shipped T5: three encoder and two decoder layers that fill spans, and then do all tasks.

    model, tokenizer, figures = train(seed=0)

All but the last kind has T5's own form: spans of a text become sentinels, and the decoder writes each sentinel and what it stands
for. What is hidden is chosen for what it teaches:

telegram    a few words a person, and one of them again, its value hidden: "Ada violin. Bo the harp. Ada _."
lead        a passage, and facts of it told again or asked: the value of each (or the name, or the passage's own copy) is hidden
fact        one fact of the encyclopaedia, its value hidden; of people of the train split half are asked, in the ways of
            `course.data.asking`, of others all are told: no question about them is in the text
span        span corruption as in the paper, of articles, single sentences and the English of `translation`'s train split
review      a review with its consequence, or with two words of one kind: the consequence, or a word of praise or blame, is hidden
role        a sentence of verbs with two roles: who has the property is hidden
wrong lead, wrong line    a lead that may tell what is not so; a sentence in which a word may be wrong, missing or elsewhere: the
            sentinel stands at the end, and what should have stood there is written, or nothing
task        rows of the tasks, as `text_to_text` writes them, in the last stage: as T5's own checkpoints, which were pretrained on the
            tasks among the text (Raffel et al. 2020, 3.5.3 and 3.7); about what their train splits are about, and more of them

Nothing of the tasks' validation and test splits, and no question of the closed book about their people. Names of everybody stand in passages,
with facts drawn afresh.

Where it starts, what comes first and how fast decide whether it finds values by their names or guesses one of those that are there. It starts with
the heads that this takes, see `fresh`; telegrams come first, and alone: 95 of 100 were right after 1,000 steps at a rate of 1e-3, with as much other
text beside them after 2,000. At 2e-3, with that text, batches of 1,500 tokens got there after 1,500, and a whole run with batches of 1,000 was at 42
after 12,000. (One seed each, telegrams about people of the train split; the runs differ in more than is told here.)
"""

import itertools

import torch
from torch.nn import functional as F
from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

from autograder.recipes.examples import Leads
from autograder.recipes.t5_rows import (
    MIXTURE,
    NONE,
    Batches,
    Facts,
    Row,
    Rows,
    batches_of,
    collated,
    encoded,
    telegram,
)
from autograder.recipes.text import everything
from autograder.recipes.text_to_text import to_text
from autograder.recipes.tokenizers import unigram
from autograder.recipes.trained import trained
from course.data.tasks import rows as task_rows

STEPS, LR, WARMUP, DECAY = 44_000, 1e-3, 200, 0.75
WORDS, BIASES = 5, 15  # times the learning rate, for embeddings and for the biases of relative positions


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
    model.set_attn_implementation("eager")  # a tenth faster than the fused one where biases are learned
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
    return torch.optim.AdamW(groups, lr=lr, betas=(0.9, 0.98), weight_decay=0.0, fused=True)


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
    """Mean negative log-likelihood of what is to be written.

    A row of n tokens counts as its square root of n, so that answers of one word are not lost among translations.
    """
    labels = batch["labels"]
    there = (labels != NONE).float()
    each = F.cross_entropy(
        logits(model, batch).flatten(0, 1), labels.flatten(), ignore_index=NONE, reduction="none"
    )
    weight = there * there.sum(1, keepdim=True).rsqrt()
    return (each.view_as(weight) * weight).sum() / weight.sum()


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
    """Leads about people of the validation split; telegrams of people of the train split, as a first sign; facts of the encyclopaedia,
    told; and rows of the tasks' validation splits.
    """

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
        for task in MIXTURE:
            pairs = [to_text(task, row) for row in task_rows(task, "validation", 0)[:n]]
            self.sets[task] = encoded(tokenizer, pairs)

    def __call__(self, model: T5ForConditionalGeneration) -> dict[str, float]:
        """The share of each written exactly, and the mean share of the tasks."""
        found = {name: sum(right(model, rows)) / len(rows) for name, rows in self.sets.items()}
        return found | {"tasks": sum(found[task] for task in MIXTURE) / len(MIXTURE)}


def train(
    seed: int = 0, steps: int = STEPS, progress: bool = True, watch: int | None = None
) -> tuple[T5ForConditionalGeneration, PreTrainedTokenizerFast, dict[str, float]]:
    """(model, tokenizer, what it got on held-out text). watch: print that every so many steps."""
    tokenizer = unigram(everything(0))
    model, examination = fresh(len(tokenizer), seed), Examination(tokenizer)
    figures = trained(
        model, Batches(tokenizer, seed, steps), loss, optimizer(model), examination,
        steps=steps, warmup=WARMUP, decay=DECAY, seed=seed, progress=progress, watch=watch,
    )  # fmt: skip
    return model, tokenizer, figures
