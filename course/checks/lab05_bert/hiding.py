"""Checks of `mask_tokens` and `whole_word_mask`: what chance must bring is asked for within bounds that a right answer leaves once in a million."""

import torch

from .. import args, require, require_shape
from ..chance import within
from ..sentences import describe
from . import lab

NONE = -100
PAD, CLS, SEP = 0, 2, 3


def texts(rows, time, low, high, seed, padding=0):
    """(ids, special): long and bool (row, time): [CLS], tokens from low to high - 1, [SEP], and `padding` places of padding."""
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(low, high, (rows, time), generator=generator)
    ids[:, 0], ids[:, time - padding - 1] = CLS, SEP
    if padding:
        ids[:, -padding:] = PAD
    special = torch.zeros(rows, time, dtype=torch.bool)
    special[:, 0] = special[:, time - padding - 1 :] = True
    return ids, special


def require_masked(result, ids, special, ordinary, mask_id):
    """Require what holds for every draw; returns (chosen, kind) as bool (row, time) and long, kind: 0 hidden, 1 another, 2 as it was."""
    require(
        isinstance(result, (tuple, list))
        and len(result) == 2
        and all(isinstance(each, torch.Tensor) for each in result),
        "Return two tensors: what the model reads, and the labels; yours is {what}{of}.",
        what=describe(result),
        of=f", the first of which is {describe(result[0])}"
        if isinstance(result, (tuple, list)) and result
        else "",
    )
    inputs, labels = result
    for each, name in ((inputs, "What the model reads"), (labels, "`labels`")):
        require_shape(each, ids.shape, name)
        require(
            each.dtype == torch.long,
            "{name} holds ids, whole numbers of type long; yours are {dtype}.",
            name=name,
            dtype=str(each.dtype).removeprefix("torch."),
        )
    require(
        not (inputs == NONE).any(),
        "−100 stands in what the model reads: have the two results changed places? First the inputs, then the labels.",
    )
    chosen = labels != NONE
    require(
        not (labels == ids).all(),
        "There is a label everywhere: only what was chosen has one, −100 stands everywhere else.",
    )
    require(
        not (labels == 0)[~special].any() or ids[~special].min() == 0,
        "Where nothing is asked your labels are 0, which is the id of a token: −100 says that a place costs nothing.",
    )
    require(
        not (chosen & special).any(),
        "A mark or padding was chosen; where `special` is True, nothing is.{most}",
        most=" Or do your labels stand where nothing was chosen? Most places have one."
        if chosen.float().mean() > 0.6
        else "",
    )
    wrong = chosen & (labels != ids)
    require(
        not wrong.any(),
        "A label is the *true* id, the one that stood there before; yours is another one at {at}, {got} in place of {truth}.{hint}",
        at=wrong.nonzero()[0].tolist() if wrong.any() else 0,
        got=labels[wrong][0].item() if wrong.any() else 0,
        truth=ids[wrong][0].item() if wrong.any() else 0,
        hint=" The labels are taken from what the model reads, after hiding."
        if wrong.any() and (labels == inputs)[wrong].all()
        else "",
    )
    changed = inputs != ids
    require(
        not (changed & ~chosen).any(),
        "A token was changed that has no label: whatever becomes [MASK] or another token was chosen, and is asked for.",
    )
    kind = torch.where(inputs == mask_id, 0, torch.where(changed, 1, 2))
    another = chosen & (kind == 1)
    stray = another & ~torch.isin(inputs, ordinary)
    require(
        not stray.any(),
        "A random token is drawn from `ordinary`; yours drew {id}.{known}",
        id=inputs[stray][0].item() if stray.any() else 0,
        known="" if (inputs == mask_id).any() else f" Or is that meant to be [MASK]? With mask_id={mask_id} no {mask_id} comes.",
    )  # fmt: skip
    return chosen, kind


@lab.check(points=4, returns=(tuple, list), without=("transformers", "course.widgets"))
def mask_tokens(student):
    ordinary = torch.arange(10, 110, 2)  # the odd ones are as true as the others, and never drawn
    ids, special = texts(60, 90, 10, 110, seed=1, padding=8)
    n = int((~special).sum())
    chosen, kind = require_masked(student(ids, special, ordinary, 4), ids, special, ordinary, 4)
    share = chosen.sum().item() / n
    require(
        within(chosen.sum().item(), n, 0.15),
        "{share:.1%} of the tokens that may be chosen are; 15 % are asked for.{known}",
        share=share,
        known=" Every token has a label, also where nothing was chosen: there it is −100." if share == 1
        else " Are only those counted that became [MASK]? The other chosen ones have labels too." if (kind[chosen] == 0).all() and within(chosen.sum().item(), n, 0.12)
        else " Is the share taken of all places, marks and padding too?" if share > 0.15
        else "",
    )  # fmt: skip
    counts = [int((kind[chosen] == k).sum()) for k in range(3)]
    asked, all_of = (
        (0.8, 0.1 * 0.995, 0.1 + 0.1 * 0.005),
        int(chosen.sum()),
    )  # one drawn in 200 is what stood there
    known = (
        " All chosen ones become [MASK]; one in five does not. Or is one random number both what chooses and what decides? A number below 0.15 is always below 0.8." if counts[0] == all_of
        else " Hardly any stays as it was, with a label all the same." if counts[2] < 0.02 * all_of
        else " None becomes a random token." if counts[1] == 0
        else ""
    )  # fmt: skip
    require(
        all(within(count, all_of, p) for count, p in zip(counts, asked, strict=True)),
        "Of the chosen ones {mask:.0%} became [MASK], {other:.0%} another token, {same:.0%} stayed; 80, 10 and 10 % are asked for.{known}",
        mask=counts[0] / all_of,
        other=counts[1] / all_of,
        same=counts[2] / all_of,
        known=known,
    )
    others = student.last.value[0][chosen & (kind == 1)]
    require(
        len(others.unique()) > 15,  # of 50, in 72 draws: 38
        "All {n} random tokens are {few}: each of them is a draw of its own.",
        n=len(others),
        few="the same one" if len(others.unique()) == 1 else f"of the same {len(others.unique())}",
    )
    rows = chosen[:, 1:40]
    require(
        len({tuple(row) for row in rows.tolist()}) > 30,
        "The same places are chosen in most rows; each token has a draw of its own.",
    )
    per_place = chosen[:, 1:81].sum(0)
    require(
        per_place.float().var() < 30,  # 60 rows give 8
        "Some places are chosen in most rows, others hardly ever; each token has a draw of its own.",
    )
    _require_at_least_one(student)
    _require_arguments(student, ids, special, ordinary)


def _require_at_least_one(student):
    """Rows of one to three tokens, most of which chance leaves alone."""
    ordinary, n = torch.arange(10, 60), 1200
    ids, special = texts(4 * n // 3, 5, 10, 60, seed=2)
    special[::4] = True  # in every fourth row nothing may be chosen
    chosen, kind = require_masked(student(ids, special, ordinary, 4), ids, special, ordinary, 4)
    many = chosen.sum(1)
    none = (many == 0) & ~special.all(1)
    require(
        not none.any(),
        "In {none} of {n} rows of three tokens nothing was chosen: of each row that has tokens at least one is.",
        none=int(none.sum()),
        n=n,
    )
    # one: .325 + .614 of the rows, as three are left alone with .85 ** 3
    require(
        within(int((many == 1).sum()), n, 0.9393) and within(int((many == 2).sum()), n, 0.0574),
        "Rows of three tokens: one is chosen in {one} of {n}, two in {two}. Chance chooses each with 15 %, and only where it chose none, one is added.{known}",
        n=n,
        known=" Is the number to choose worked out from the number of tokens? It is chance's, too."
        if (many <= 1).all()
        else "",
        one=int((many == 1).sum()),
        two=int((many == 2).sum()),
    )
    first = chosen[many == 1].float().argmax(1) - 1
    require(
        all(within(int((first == place).sum()), len(first), 1 / 3) for place in range(3)),
        "Where one token of three is chosen, it is the first in {a}, the second in {b}, the third in {c} rows: each should be equally likely.",
        a=int((first == 0).sum()),
        b=int((first == 1).sum()),
        c=int((first == 2).sum()),
    )
    counts, total = [int((kind[chosen] == k).sum()) for k in range(3)], int(chosen.sum())
    require(
        all(within(count, total, p) for count, p in zip(counts, (0.8, 0.098, 0.102), strict=True)),
        "In rows of three tokens, in most of which one is chosen because chance has chosen none, {mask:.0%} become [MASK], {other:.0%} another token, {same:.0%} stay: the one that is added is a chosen one like the others, 80, 10 and 10 %.",
        mask=counts[0] / total,
        other=counts[1] / total,
        same=counts[2] / total,
    )
    none = torch.ones(1, 5, dtype=torch.bool)  # a row of marks alone
    require_masked(student(ids[:1], none, ordinary, 4), ids[:1], none, ordinary, 4)


def _require_arguments(student, ids, special, ordinary):
    """share, mask_id and seed."""
    n = int((~special).sum())
    results = student.many(
        [
            args(ids, special, ordinary, 7, share=0.5, seed=3),
            args(ids, special, ordinary, 7, share=0.5, seed=3),
            args(ids, special, ordinary, 7, share=0.5, seed=4),
        ]
    )
    for result in reversed(results):
        chosen, kind = require_masked(result, ids, special, ordinary, 7)
    require((kind[chosen] == 0).any(), "With mask_id=7 no 7 comes: is `mask_id` used?")
    require(
        within(int(chosen.sum()), n, 0.5),
        "With share=0.5 {share:.0%} are chosen.",
        share=chosen.sum().item() / n,
    )
    one, again, other = (torch.stack(list(result)) for result in results)
    require(
        torch.equal(one, again),
        "The same seed twice gives other results: draw everything from a generator that is made of `seed`.",
    )
    require(not torch.equal(one, other), "Two seeds give the same result: is `seed` used?")


PIECES = ["[CLS]", "the", "leg", "##is", "##la", "##tors", "sang", "un", "##kind", "##ly", ".", "[SEP]", "[PAD]"]  # fmt: skip


def spans_of(tokens):
    """The places of each word, in a list of lists."""
    spans = []
    for place, token in enumerate(tokens):
        if token not in ("[CLS]", "[SEP]", "[PAD]"):
            if token.startswith("##"):
                spans[-1].append(place)
            else:
                spans.append([place])
    return spans


def choice_of(result, tokens):
    """A list of bools; says so when it is none."""
    found = result.tolist() if isinstance(result, torch.Tensor) else result
    good = isinstance(found, (list, tuple)) and len(found) == len(tokens)
    require(
        good and all(isinstance(each, bool) for each in found),
        "Return one True or False for each of the {n} tokens; yours is {what}{of}.",
        n=len(tokens),
        what=describe(result),
        of=f", the first of which is {describe(found[0])}" if good and found else "",
    )
    return list(found)


def require_whole(found, tokens):
    """Require what holds for every draw of whole words."""
    for place, token in enumerate(tokens):
        if token in ("[CLS]", "[SEP]", "[PAD]"):
            require(not found[place], "{token} was chosen, which is no word.", token=token)
    for span in spans_of(tokens):
        some = [found[place] for place in span]
        require(
            all(some) or not any(some),
            "Of “{word}” some pieces are chosen and some are not: {which}. A word is chosen with all of its pieces, or not at all.",
            word=" ".join(tokens[place] for place in span),
            which=", ".join(tokens[place] for place, one in zip(span, some, strict=True) if one),
        )


@lab.check(points=3, returns=(list, tuple, torch.Tensor), without=("transformers", "course.widgets"))
def whole_word_mask(student):
    draws = [choice_of(found, PIECES) for found in student.many([args(PIECES, seed=s) for s in range(300)])]
    for found in draws:
        require_whole(found, PIECES)
    require(
        all(any(found) for found in draws),
        "In {n} of 300 draws nothing was chosen: at least one word always is.",
        n=sum(not any(found) for found in draws),
    )
    require(len({tuple(found) for found in draws}) > 2, "300 seeds give nearly always the same words: is `seed` used?")  # fmt: skip
    # five words: each is chosen with .15, and with .85 ** 5 / 5 because nothing was
    likely, spans = 0.15 + 0.85**5 / 5, spans_of(PIECES)
    counts = [sum(found[span[0]] for found in draws) for span in spans]
    for span, count in zip(spans, counts, strict=True):
        known = (
            " Is there a draw for each piece? There is one for each word, so that long ones come no more often than short ones." if len(span) > 1
            else " Where chance has chosen nothing, is it always this word that is added?"
        )  # fmt: skip
        require(
            within(count, 300, likely),
            "“{word}” was chosen in {count} of 300 draws; about {expected:.0f} are expected, as for every other word.{known}",
            word=" ".join(PIECES[place] for place in span),
            count=count,
            expected=300 * likely,
            known=known if min(counts) < 300 * likely < count else "",
        )
    alone = sum(sum(found[span[0]] for span in spans) == 1 for found in draws)
    require(
        within(alone, 300, 5 * 0.15 * 0.85**4 + 0.85**5),
        "One word alone of five was chosen in {alone} of 300 draws. Chance chooses each with 15 %, and only where it chose none, one is added.{known}",
        alone=alone,
        known=" Is the number of words to choose worked out? It is chance's, too." if alone == 300 else "",
    )
    long = [f"w{i}" for i in range(60)]
    counts = [sum(choice_of(f, long)) for f in student.many([args(long, share=0.4, seed=s) for s in range(20)])]  # fmt: skip
    require(
        len(set(counts)) > 3,  # 8 and more
        "Twenty draws of 60 words, and nearly always as many are chosen, or all and one: each word has a draw of its own, so that the number changes.",
    )
    require(
        within(sum(counts), 1200, 0.4),
        "With share=0.4 {share:.0%} of 60 words are chosen.",
        share=sum(counts) / 1200,
    )
    same = ["ha", "##ha"] * 30
    for result in student.many([args(same, share=0.4, seed=s) for s in range(5)]):
        found = choice_of(result, same)
        require_whole(found, same)
        require(
            not all(found) and sum(found) > 2,
            "A row of 30 times the same word, and {what} chosen: a word is a place in the row, and each has a draw of its own.",
            what="all are" if all(found) else "one is",
        )
    one, again, *others = (
        choice_of(f, long) for f in student.many([args(long, seed=s) for s in (5, 5, 6, 7)])
    )
    require(
        one == again,
        "The same seed twice gives other words: draw from a generator that is made of `seed`.",
    )
    require(
        any(one != other for other in others),
        "Three seeds give the same words: is `seed` used?",
    )
    marks = ["[CLS]", "[SEP]", "[PAD]"]
    require(
        not any(choice_of(student(marks), marks)),
        "A row without a word: nothing may be chosen.",
    )
