"""The check of `layerwise_learning_rates`: parts whose parameters are told apart by their numbers."""

import math

import torch

from .. import StudentError, args, helper_for, require, require_number
from ..probe import tensors_in
from ..sentences import describe
from ..usual import ended
from . import lab

# What a learning rate is made of: how many parts the head is above, how many parts there are, how many of those above have something that
# learns, `lr` and `decay`. And the sentence for whoever makes it so.
LAYER_MISTAKES = [
    (lambda k, n, learning, lr, decay: lr * decay**learning, "You count only the parts that have something that learns; the others are steps down, too"),
    (lambda k, n, learning, lr, decay: lr, "All parts have the same: is `decay` used?"),
    (lambda k, n, learning, lr, decay: lr * decay ** (n - 1 - k), "You have it the wrong way round: the *input* gets `lr`, and the head the least"),
    (lambda k, n, learning, lr, decay: lr * decay ** (k + 1), "You are one step too far down everywhere: the head itself gets `lr`, without any decay"),
    (lambda k, n, learning, lr, decay: lr * decay ** (n - k), "You have it the wrong way round, and one step too far down: the head is the *last* of `parts`, and gets `lr`"),
    (lambda k, n, learning, lr, decay: lr * decay ** max(0, k - 1), "The part below the head has `lr`, too: it is one step down already"),
    (lambda k, n, learning, lr, decay: lr * decay * k, "You multiply `decay` by the number of steps; at each step the rate is multiplied by it, so it is a power"),
    (lambda k, n, learning, lr, decay: lr * decay * k if k else lr, "You multiply `decay` by the number of steps; at each step the rate is multiplied by it, so it is a power"),
    (lambda k, n, learning, lr, decay: lr * decay if k else lr, "All parts below the head have the same: each further step multiplies by `decay` once more"),
    (lambda k, n, learning, lr, decay: lr * (1 - decay) ** k, "You take 1 − `decay`; the rate is multiplied by `decay` itself"),
    (lambda k, n, learning, lr, decay: lr * (1 - decay * k), "You go down in a straight line; at each step the rate is multiplied by `decay`, so it is a power"),
    (lambda k, n, learning, lr, decay: lr * (1 - (1 - decay) * k), "You go down in a straight line; at each step the rate is multiplied by `decay`, so it is a power"),
    (lambda k, n, learning, lr, decay: max(0.0, lr - decay * k), "You subtract; at each step the rate is multiplied by `decay`"),
    (lambda k, n, learning, lr, decay: lr - decay * k, "You subtract; at each step the rate is multiplied by `decay`"),
    (lambda k, n, learning, lr, decay: lr / decay**k, "You divide by `decay` at each step: toward the input the rate *falls*"),
    (lambda k, n, learning, lr, decay: lr / (1 + decay * k), "That falls as time does in another formula; here each step multiplies by `decay`"),
    (lambda k, n, learning, lr, decay: lr / (k + 1), "You divide by the number of steps: is `decay` used?"),
    (lambda k, n, learning, lr, decay: lr * (n - k) / n, "You go down in a straight line: is `decay` used?"),
    (lambda k, n, learning, lr, decay: decay**k, "That is the factor alone: `lr` is missing"),
    (lambda k, n, learning, lr, decay: lr**k * decay, "It is `decay` that is raised to the power, and not `lr`"),
    (lambda k, n, learning, lr, decay: (lr * decay) ** k, "It is `decay` alone that is raised to the power: mind the brackets"),
    (lambda k, n, learning, lr, decay: lr * math.exp(-decay * k), "That is an exponential of `decay`; each step multiplies by `decay` itself"),
    (lambda k, n, learning, lr, decay: lr * decay ** (2 * k), "You multiply by `decay` twice at each step"),
    (lambda k, n, learning, lr, decay: lr * decay ** (k * (k + 1) / 2), "You multiply by powers of `decay`, one after the other: what is multiplied already is multiplied again"),
    (lambda k, n, learning, lr, decay: 1e-3 * decay**k, "You write 1e-3 where `lr` is meant"),
    (lambda k, n, learning, lr, decay: 1e-3 * 0.8**k, "You write 1e-3 and 0.8, which stand in the signature for whoever gives nothing else: are `lr` and `decay` used?"),
    (lambda k, n, learning, lr, decay: lr * 0.8**k, "You write 0.8 where `decay` is meant"),
]  # fmt: skip


def numbers_in(part_):
    """The numbers of a part of `helpers.models.known_parts`, those of the modules inside too."""
    for number in part_:
        if isinstance(number, list):
            yield from numbers_in(number)
        else:
            yield number


def biases_in(part_):
    """The numbers of the biases in a part of `known_parts`, or in several."""
    for i, number in enumerate(part_):
        if isinstance(number, list):
            yield from biases_in(number)
        elif i % 2:
            yield number


def own_parameters(parts, frozen=()):
    """The numbers of what learns, for each of the parts from the input up: what two share goes with the higher one."""
    met, found = set(), []
    for part_ in reversed(parts):
        own = {n for n in numbers_in(part_) if n > 0 and n not in frozen} - met
        met |= own
        found.append(own)
    return found[::-1]


def _parameters(group):
    """The tensors under "params", as a list."""
    given = group["params"]
    require(
        not isinstance(given, set),
        '`"params"` is a set, which torch\'s optimisers refuse: its order is another one at every start. Use a list.',
    )
    given = [given] if isinstance(given, torch.Tensor) else given
    require(
        isinstance(given, (list, tuple)),
        '`"params"` is a list of the parameters of a part; yours is {got}. `part.parameters()` gives them.',
        got=describe(given),
    )
    for p in given:
        require(
            not isinstance(p, str),
            '`"params"` holds names. An optimiser changes the parameters themselves: `part.parameters()` gives them.',
        )
        require(
            isinstance(p, torch.Tensor),
            '`"params"` holds {got}; it is a list of the parameters themselves, one tensor each.',
            got=describe(p),
        )
    return list(given)


def groups_of(result):
    """A list of (numbers, lr): what the groups hold, told apart by what the parameters are filled with. Says so where they are none."""
    require(
        isinstance(result, (list, tuple)),
        "Return a list of groups, each a dict; yours is {got}.",
        got=describe(result),
    )
    groups = []
    for group in result:
        require(
            isinstance(group, dict),
            'Each group is a dict with "params" and "lr"; yours is {got}.',
            got=describe(group),
        )
        missing = [key for key in ("params", "lr") if key not in group]
        require(
            not missing,
            'A group has no "{key}": torch\'s optimisers look for "params" and "lr", spelt like that.',
            key=missing and missing[0],
        )
        lr, parameters = group["lr"], _parameters(group)
        require(
            isinstance(lr, (int, float)) and not isinstance(lr, bool),
            '`"lr"` is a number, a float; yours is {got}.',
            got=describe(lr),
        )
        lr = require_number(lr, '`"lr"`')
        require(
            parameters,
            "A group without parameters: a part in which nothing learns gets no group. Or did something walk through "
            "`parameters()` before? It can be walked through once.",
        )
        for p in parameters:
            require(
                p.shape in ((2, 3), (3,)) and p.is_floating_point() and bool((p == p.flatten()[0]).all()),
                "A group holds a tensor that is no parameter of any part, of shape {shape}.",
                shape=tuple(p.shape),
            )
        groups.append(([(p.flatten()[0].item(), p.requires_grad) for p in parameters], lr))
    return groups


def require_groups(result, parts, lr, decay, frozen=(), case=""):
    """Require the groups of parts of `known_parts`. case: what is particular about them."""
    groups, own = groups_of(result), own_parameters(parts, frozen)
    every = {n for part_ in parts for n in numbers_in(part_)}
    given = [number for numbers, _ in groups for number, _ in numbers]
    here = case or f"{len(parts)} parts, lr={lr:g}, decay={decay:g}"
    words = {"case": here[0].upper() + here[1:]}
    known = next((n for n in given if n not in every), None)
    require(known is None, "{case}: a group holds a tensor that is no parameter of any part.", **words)
    require(
        not any(n in frozen and learns for numbers, _ in groups for n, learns in numbers),
        "{case}: a parameter came in with `requires_grad=False`, and learns now: you have switched it on. Who froze it meant it; ask `requires_grad`, and leave it as it is.",
        **words,
    )
    require(
        not any(n in frozen for n in given),
        "{case}: a parameter that does not learn (`requires_grad` is False) is in a group. Leave it out.",
        **words,
    )
    require(
        all(n > 0 for n in given),
        "{case}: a group holds a buffer, which no optimiser changes. Take `parameters()`, not what the state dict holds.",
        **words,
    )
    require(
        all(learns for numbers, _ in groups for _, learns in numbers),
        "{case}: the groups hold copies or detached tensors (`.data`, `detach`, `state_dict()`), and an optimiser would change those. "
        "Hand over the parameters themselves.",
        **words,
    )
    twice = next((n for n in given if given.count(n) > 1), None)
    if twice is not None:
        require(
            False,
            "{case}: a parameter is in the groups twice, and an optimiser would refuse it.{why}",
            why=_why_twice(parts, twice),
            **words,
        )
    gone = sorted(set().union(*own) - set(given))
    if gone:
        home = next(i for i, numbers in enumerate(own) if gone[0] in numbers)
        require(
            False,
            "{case}: a parameter of {place} is in no group, so it would never learn.{why}",
            place=_place(home, len(parts)),
            why=_why_gone(parts, own, home, gone),
            **words,
        )
    _require_rates(groups, parts, own, lr, decay, words)
    filled = [numbers for numbers in own if numbers]
    require(
        len(groups) == len(filled),
        "{case}: {there} of them have something that learns, and you return {n} groups. One group for each part.",
        there=len(filled),
        n=len(groups),
        **words,
    )


def _place(i, n):
    return "the head" if i == n - 1 else "the input" if i == 0 else f"part {i + 1} of {n}"


def _why_twice(parts, number):
    """What usually puts a parameter in twice."""
    if sum(number in numbers_in(part_) for part_ in parts) > 1:
        return " Two parts share it; it goes with the higher one alone."
    return " The part holds it in two places, and it is one parameter all the same."


def _why_gone(parts, own, home, gone):
    """What usually leaves a parameter out."""
    if gone[0] not in parts[home]:
        return " It belongs to a module inside the part: `parameters()` gives those, too."
    if any(gone[0] in numbers_in(part_) for part_ in parts[:home]):
        return " Two parts share it; it goes with the higher one."
    if own[home] - set(gone) and set(gone) <= set(biases_in(parts)):
        return " It is a bias, and the weight beside it is in one: `parameters()` gives both."
    if own[home] != {n for n in numbers_in(parts[home]) if n > 0}:
        return " Something else in that part is frozen: is the whole part left out?"
    return " Does your loop reach every part, the first and the last too?"


def _require_rates(groups, parts, own, lr, decay, words):
    n = len(parts)
    rates = {number: rate for numbers, rate in groups for number, _ in numbers}
    homes = {number: i for i, numbers in enumerate(own) for number in numbers}
    learning = [sum(bool(numbers) for numbers in own[i + 1 :]) for i in range(n)]

    def so(mistake, home=homes):
        return [mistake(n - 1 - home[m], n, learning[home[m]], lr, decay) for m in rates]

    got = list(rates.values())

    def same(wanted):
        return all(math.isclose(a, b, rel_tol=1e-4, abs_tol=1e-12) for a, b in zip(got, wanted, strict=True))

    def true(k, n, learning, lr, decay):
        return lr * decay**k

    if same(so(true)):
        return
    lower = {m: next(i for i, part_ in enumerate(parts) if m in numbers_in(part_)) for m in rates}
    why = (
        "Two parts share a parameter, and yours has the rate of the lower one; it goes with the higher"
        if same(so(true, lower))
        else ""
    )
    why = why or next((sentence for mistake, sentence in LAYER_MISTAKES if same(so(mistake))), "")
    off = max(rates, key=lambda m: abs(rates[m] / (true(n - 1 - homes[m], n, 0, lr, decay) or 1) - 1))
    steps = n - 1 - homes[off]
    require(
        False,
        "{case}: {place}, {below}, has a learning rate of {rate:.4g}.{why}",
        place=_place(homes[off], n),
        below="the last of `parts`" if not steps else f"{steps} step{'s' * (steps > 1)} below the last",
        rate=rates[off],
        why=f" {ended(why)}"
        if why
        else " From the head, which has `lr`, each step down multiplies by `decay` once.",
        **words,
    )


def given_parts(parts, frozen=(), **settings):
    """The arguments of a call of `layerwise_learning_rates`."""
    return args(helper_for("known_parts", parts=parts, frozen=list(frozen)), **settings)


def require_no_copies(student, parts):
    """Require groups that hold the parts' own parameters: a gradient that is sent into them arrives in the parts."""
    there = student.build(helper_for("known_parts", parts=parts))
    total = sum(p.sum() for p in tensors_in(student(there, lr=0.1, decay=0.4)))
    try:
        total.backward()
    except StudentError:  # through what was walked through on the way here no gradient can be sent
        return
    require(
        all(grad is not None for part_ in there for grad in part_.grads().values()),
        "The groups hold copies of the parameters: an optimiser would change those, and the parts would stay as they are.",
    )


def require_equal_ones_apart(student):
    """Require that two parameters are not taken for one because they hold the same numbers."""
    parts = [[1, 2], [3, 4, 5]]
    (result,) = student.many([args(helper_for("known_parts", parts=parts, equal=True), lr=0.1, decay=0.4)])
    n = sum(len(numbers) for numbers, _ in groups_of(result))
    require(
        n == 5,
        "Two parts with five parameters, all of zeros as the biases of a new network are: {n} are in the groups. Two parameters that hold the same numbers are two; one that is shared is the same *object*: compare with `is`, or by `id`.",
        n=n,
    )


@lab.check(points=3, returns=(list, tuple))
def layerwise_learning_rates(student):
    def groups(parts, frozen=(), lr=0.1, decay=0.4, case=""):
        (result,) = student.many([given_parts(parts, frozen, lr=lr, decay=decay)])
        require_groups(result, parts, lr, decay, frozen, case)

    groups([[1, 2, -9], [3, [4, [5]]], [6], [7, 8]], case="four parts, lr=0.1, decay=0.4")
    require_no_copies(student, [[1, 2], [3, [4]]])
    groups([[1], [2]], lr=2.0, decay=0.5, case="two parts, lr=2, decay=0.5")
    (result,) = student.many([given_parts([[1], [2], [3]])])
    case = "three parts, called without `lr` and `decay`, so that those of the signature hold, 1e-3 and 0.8"
    require_groups(result, [[1], [2], [3]], 1e-3, 0.8, case=case)
    groups([[1, 2], [3], [4, 5]], frozen=[2, 4], case="three parts, in two of which one parameter is frozen")
    groups(
        [[1], [2, 3], [4]], frozen=[2, 3], case="three parts, of which the middle one is frozen as a whole"
    )
    groups([[1], [2], [], [3]], case="four parts, the third a dropout, which has no parameters")
    groups([[1], [2], [3]], frozen=[3], case="three parts, of which the head is frozen")
    groups([[1, 2], [3], [4, 1]], case="three parts, of which the head uses a table of the input's once more")
    require_equal_ones_apart(student)
