"""The checks of `replaced_token_labels` and `electra_loss`. Networks of known scores (`helpers.scorers`) stand in for ELECTRA's two; where
samples are drawn, what must follow is worked out from those that came."""

import math

import torch
from torch.nn import functional

from .. import StudentError, helper_for, require, require_close, require_dtype, require_graph
from ..chance import within
from ..require import Wrong
from ..usual import usual
from . import lab
from .costs import CHOSEN, DOUBTS, GUESSED, IDS, LESS, LN2, LN3, SURE, TOLD, WEIGHT, mistakes
from .networks import MASK, Played
from .results import require_ids, two_tensors


def require_replaced(result, ids, chosen, sampled, truth, story):
    """Require what the discriminator reads, and what it has to find out. truth: both."""
    first, second = two_tensors(result, "what the discriminator reads", "where it is replaced")
    require(
        not (first.dtype == torch.bool and second.dtype != torch.bool),
        "The two results have changed places: first what the discriminator reads, then what is replaced.",
    )
    require_ids(first, ids.shape, "What the discriminator reads")
    require(
        second.shape == ids.shape and second.dtype == torch.bool,
        "What is replaced is said by True and False, in the shape of ids, {shape}; yours are {dtype}, {got}.",
        shape=tuple(ids.shape),
        dtype=str(second.dtype).removeprefix("torch."),
        got=tuple(second.shape),
    )
    reads = [
        (sampled, "Those are the samples everywhere; where nothing was chosen they mean nothing, and the true token stays"),
        (ids, "Nothing is put in"),
        (torch.where(chosen, ids, sampled), "It is turned round: the samples stand where nothing was chosen"),
        (ids.masked_scatter(chosen, sampled), "The samples are put in one behind the other, from the first of `sampled` on; each belongs to its own place"),
        (torch.where(chosen & (sampled != 0), sampled, ids), "The id 0 is a sample like any other"),
        (ids.masked_fill(chosen, MASK), "Those are [MASK]s; the discriminator reads the samples"),
    ]  # fmt: skip
    told = {"story": story, "known": usual(first, reads)}
    _require_same(first, truth[0], ids, chosen, sampled, "{story}: {place} the discriminator reads {got}.{known}", told)  # fmt: skip
    says = [
        (chosen, "That is what was chosen; a sample that happens to be the true token is real"),
        (~truth[1], "It is turned round: True is *replaced*"),
        (sampled != ids, "The samples are compared everywhere; where nothing was chosen they mean nothing"),
        (~chosen, "That is what was not chosen; True is *replaced*"),
        (sampled == ids, "Those are the samples that are true; True is *replaced*"),
        (chosen & (sampled == ids), "Those are the samples that are true; True is *replaced*"),
        (truth[1] & (truth[0] != 0), "The id 0 is a sample like any other"),
        (~torch.isin(truth[0], ids), "A token that stands somewhere else in the texts is replaced all the same, where it is not the true one"),
        (truth[0] != sampled, "What is read is compared with the samples; compare it with the true text"),
        (torch.zeros_like(chosen), "That is False everywhere: is something compared with itself?"),
    ]  # fmt: skip
    told = {"story": story, "known": usual(second, says)}
    _require_same(second, truth[1], ids, chosen, sampled, "{story}: {place} replaced is {got}.{known}", told)


def _require_same(value, truth, ids, chosen, sampled, message, told):
    wrong = (value != truth).nonzero()
    at = tuple(wrong[0].tolist()) if len(wrong) else (0, 0)
    require(
        not len(wrong),
        message,
        place=f"in row {at[0]}, place {at[1]}, the true token is {ids[at]}, chosen is {bool(chosen[at])}, the sample is {sampled[at]}, and with you",
        got=value[at].item(),
        **told,
    )


@lab.check(points=2, returns=(tuple, list))
def replaced_token_labels(student):
    ids = torch.tensor([[5, 6, 7, 8], [9, 5, 6, 0]])
    yes, no = True, False
    for chosen, sampled, reads, replaced, story in (
        ([[no, yes, yes, no], [yes, no, yes, no]], [[5, 9, 7, 12], [13, 14, 5, 15]], [[5, 9, 7, 8], [13, 5, 5, 0]], [[no, yes, no, no], [yes, no, yes, no]], "Two texts"),
        ([[no, yes, yes, no], [yes, no, yes, no]], [[-100, 6, 8, 0], [9, -1, 6, 7]], [[5, 6, 8, 8], [9, 5, 6, 0]], [[no, no, yes, no], [no, no, no, no]], "Samples most of which are true"),
        ([[yes, no, no, yes], [no, no, yes, no]], [[0, 7, 5, 9], [6, 9, 0, 8]], [[0, 6, 7, 9], [9, 5, 0, 0]], [[yes, no, no, yes], [no, no, yes, no]], "Samples of the id 0"),
        ([[no] * 4] * 2, [[8, 7, 6, 5], [0, 9, 5, 6]], ids.tolist(), [[no] * 4] * 2, "Nothing is chosen"),
        ([[yes] * 4] * 2, [[5, 7, 6, 8], [0, 9, 5, 6]], [[5, 7, 6, 8], [0, 9, 5, 6]], [[no, yes, yes, no], [yes] * 4], "Everything is chosen"),
    ):  # fmt: skip
        chosen, sampled = torch.tensor(chosen), torch.tensor(sampled)
        truth = torch.tensor(reads), torch.tensor(replaced)
        require_replaced(student(ids, chosen, sampled), ids, chosen, sampled, truth, story)


def _require_by_hand(student):
    """The loss of known networks, and its gradients."""
    real = IDS != 0
    try:
        played = Played(student, {"table": SURE}, {"table": DOUBTS}, IDS, CHOSEN, real, weight=WEIGHT)
    except StudentError as error:
        require(
            not error.is_a("IndexError"),
            "Called without `mask_id`, which is 4 then: {error} The networks know the ids 0 to 11 and no others.",
            error=str(error).split(" An index runs past")[0],
        )
        raise
    stray = [token for token in played.corrupted[CHOSEN].tolist() if token != 6]
    require(
        not stray,
        "At each chosen place the generator gives one token a logit of 40 and all others 0, so that it always comes; with you another one does, {got}. Of each place's own logits a sample is drawn: are yours those of another place, or does none count, or is a softmax taken twice?",
        got=stray[0] if stray else 0,
    )
    require_close(
        played.loss,
        GUESSED + WEIGHT * TOLD,
        "To the three chosen tokens the generator's costs are 40, 0 and 40, 26.667 on average; what the discriminator reads of eight real tokens costs 0.750 on average; with weight=10 that is 34.170. Yours is {got}.{known}",
        known=usual(played.loss, mistakes()),
    )
    require_graph(played.loss)
    played.loss.backward()
    table = torch.zeros(12, 12)
    table[MASK, 5], table[MASK, 8], table[MASK, 6] = -1 / 3, -1 / 3, 2 / 3
    played.require_gradient("generator", table)
    doubts = torch.zeros(12)
    doubts[2], doubts[3], doubts[6], doubts[7] = 1, 1 / 2, 1 / 4, 7 / 8
    played.require_gradient("discriminator", doubts * WEIGHT / 8)
    played.require_left_alone(student, IDS, CHOSEN, real)
    loss = Played(student, {"table": SURE}, {"table": DOUBTS}, IDS, CHOSEN, real).loss
    require_close(loss, GUESSED + 50 * TOLD, "Without `weight` it is 50: the loss is 64.184. Yours is {got}.")


def require_sampled(corrupted, chosen, shares, told=True):
    """Require samples to come as often as their share says, and each by a draw of its own. shares: dict id -> probability at each chosen
    place; told: whether the message may say them."""
    n = int(chosen.sum())
    counts = {token: int((corrupted[chosen] == token).sum()) for token in shares}
    likeliest = max(shares, key=shares.get)
    require(
        max(counts.values()) < n,
        "At {n} places the generator's distribution is the same, and with you the same token comes everywhere.{known}",
        n=n,
        known=" It is the likeliest one: `argmax` is no draw; sample from the distribution." if counts[likeliest] == n
        else " Each place has a draw of its own.",
    )  # fmt: skip
    for samples, places, what in (
        (corrupted, chosen, "of a text"),
        (corrupted.T, chosen.T, "at one place of all texts"),
    ):
        drawn = [row[there] for row, there in zip(samples, places, strict=True) if there.sum() > 7]
        same = sum(bool((row == row[0]).all()) for row in drawn)
        require(
            same <= len(drawn) / 2,
            "All samples {what} are the same, in {same} of {n} cases: each place has a draw of its own.",
            what=what,
            same=same,
            n=len(drawn),
        )  # fmt: skip
    require(
        all(within(counts[token], n, share) for token, share in shares.items()),
        "At {n} places the generator's distribution is the same{shares}; with you {counts}. Draw from the softmax of its logits as they are: without a temperature, and without leaving any token out.",
        n=n,
        shares=f", {', '.join(f'{share:.3g}' for share in shares.values())}" if told else "",
        counts=f"these tokens come {', '.join(map(str, counts.values()))} times"
        if told
        else "some tokens come too often, and others too seldom",
    )


def _require_samples(student):
    """Samples of a generator that is not sure, what they cost, and what the generator learns."""
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(5, 9, (40, 30), generator=generator)
    ids[::2, 25:] = 0
    real = ids != 0
    chosen = (torch.rand(ids.shape, generator=generator) < 0.4) & real
    shares = {5: 1 / 2, 6: 1 / 4, 7: 1 / 8, 8: 1 / 8}
    table = torch.full((12, 12), -40.0)
    for token, share in shares.items():
        table[MASK, token] = math.log(share) + 3  # which a softmax does not mind
    doubts = torch.full((12,), LN3)
    played = Played(student, {"table": table}, {"table": doubts}, ids, chosen, real)
    require_sampled(played.corrupted, chosen, shares)
    n, m = int(chosen.sum()), int(real.sum())
    true = {token: int((ids[chosen] == token).sum()) for token in shares}
    guessed = -sum(true[token] * math.log(share) for token, share in shares.items()) / n
    replaced = int((played.corrupted != ids).sum())
    told = (replaced * LESS + (m - replaced) * 2 * LN2) / m
    require_close(
        played.loss,
        guessed + 50 * told,
        "A generator that is not sure: with its costs for the true tokens, and a discriminator that takes every token for replaced with 3/4, the loss is off ({got}). Of {m} real tokens {replaced} are replaced in what you return.{known}",
        m=m,
        replaced=replaced,
        known=usual(played.loss, [(guessed + 50 * (n * LESS + (m - n) * 2 * LN2) / m, "Every chosen token is called replaced; a sample that happens to be the true token is real")]),
    )  # fmt: skip
    played.loss.backward()
    gradient = torch.zeros(12, 12)
    for token, share in shares.items():
        gradient[MASK, token] = share - true[token] / n
    played.require_gradient("generator", gradient)


def _require_places(student):
    """A generator that is sure of another token at each place, another mask_id, a real token of id 0, and networks in evaluation mode."""
    ids = torch.tensor([[5, 6, 7, 0, 9, 5], [6, 6, 8, 8, 5, 3]])
    real = torch.arange(12).view(2, 6) < 11
    sure = torch.tensor([7, 6, 9, 5, 8, 5])
    places = 40.0 * functional.one_hot(sure, 12)
    networks = {"table": torch.zeros(12, 12), "places": places}, {"table": DOUBTS}
    played = Played(student, *networks, ids, real, real, mask_id=11, training=False)
    corrupted = torch.where(real, sure, ids)
    require(
        torch.equal(played.corrupted, corrupted),
        "The generator is sure of another token at each place, and other ones come: of each place's own logits a sample is drawn.",
    )
    costs = functional.binary_cross_entropy_with_logits(DOUBTS[corrupted], (corrupted != ids).float(), reduction="none")  # fmt: skip

    def loss(counted):
        return 40 * (corrupted != ids)[real].float().mean() + 50 * costs[counted].mean()

    known = [
        (loss(ids != 0), "Which tokens are real `real` says; you look for another id than 0"),
        (loss(corrupted != 0), "Which tokens are real `real` says; you look for another id than 0"),
    ]
    require_close(
        played.loss,
        loss(real),
        "Eleven real tokens, one of which has the id 0, and padding of the id 3: the loss is off ({got}).{known}",
        known=usual(played.loss, known),
    )


def _require_nothing_chosen(student):
    none = torch.zeros_like(CHOSEN)
    try:
        played = Played(student.using(finite=False), {"table": SURE}, {"table": DOUBTS}, IDS, none, IDS != 0)
    except StudentError as error:
        require(
            error.verdict != "error",
            "Nothing is chosen, so that nothing is to be drawn, and your code stops there: {error} Draw at *all* places and choose with `torch.where`, or leave the draw out where nothing is chosen.",
            error=error,
        )
        raise
    costs = [LN2, math.log(8 / 7), 2 * LN2, 3 * LN2, LESS, LN2, 2 * LN2, LESS]
    known = "A mean over nothing is 0 / 0" if played.loss.isnan() else usual(played.loss, [(0, "You return 0 for both parts; the discriminator is asked all the same, and pays")]).strip()  # fmt: skip
    require_close(
        played.loss,
        50 * sum(costs) / 8,
        "Nothing is chosen, and the generator pays 0: the loss is the discriminator's part alone; yours is {got}. {known}",
        known=known,
    )
    require_graph(played.loss)
    played.loss.backward()
    played.require_gradient("generator", torch.zeros(12, 12))


def _require_large_scores(student):
    """Scores of which exp is inf, and float64."""
    doubts = torch.zeros(12, dtype=torch.float64)
    doubts[3], doubts[6], doubts[7] = -200, 200, 200
    networks = {"table": 100 * SURE.double()}, {"table": doubts}
    played = Played(student.using(finite=False), *networks, IDS, CHOSEN, IDS != 0, weight=WEIGHT)
    require_close(
        played.loss,
        8000 / 3 + WEIGHT * (400 + 2 * LN2) / 8,
        "Scores of some hundreds, and the loss is {got}: exp of them is inf, and a sigmoid of them 0 or 1. `cross_entropy` and `binary_cross_entropy_with_logits` take scores, and mind that.",
    )
    require_dtype(played.loss, torch.float64, "the networks")


def _require_torchs_generator(student):
    """The samples hang on torch's own generator, and on nothing else."""
    given = (
        torch.full((20, 20), 7),
        torch.ones(20, 20, dtype=torch.bool),
        torch.ones(20, 20, dtype=torch.bool),
    )

    def samples(seed, stir):
        networks = [helper_for("scorer", table=t, stir=stir) for t in (torch.zeros(12, 12), torch.zeros(12))]
        _, corrupted = two_tensors(student.using(seed=seed)(*networks, *given), "the loss", "what was read")
        return corrupted

    one, again, other = samples(11, 1), samples(11, 2), samples(12, 3)
    require(
        not torch.equal(one, other),
        "Torch's generator is set to another seed, and the same samples come: do you seed it, or draw from a generator of your own that begins anew in each call?",
    )
    require(
        torch.equal(one, again),
        "Torch's generator is set to the same seed twice, and other samples come: they are drawn from it, not from numpy's, Python's or one of your own.",
    )


@lab.check(points=4, returns=(tuple, list))
def electra_loss(student):
    _require_by_hand(student)
    _require_samples(student)
    _require_places(student)
    _require_torchs_generator(student)
    _require_nothing_chosen(student)
    try:
        _require_large_scores(student)
    except Wrong as warning:
        return (
            f"Right on all cases tried here but one, which the grader tries too, for half a point. {warning}"
        )
    return ""
