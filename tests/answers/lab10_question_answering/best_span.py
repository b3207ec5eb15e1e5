import torch

from tests.answers import right, wrong


def product(start, end):
    return start.softmax(0)[:, None] * end.softmax(0)


def legal(n, longest):
    return torch.ones(n, n, dtype=torch.bool).triu().tril(longest - 1)


def inside(passage):
    return passage & passage[:, None]


def function(
    table=product,
    legal=legal,
    inside=inside,
    choose=lambda table, allowed: table.masked_fill(~allowed, -1).argmax().item(),
    chance=lambda table, start, end, i, j: table[i, j].item(),
    nothing=lambda: None,
    give=lambda *found: found,
):
    """The solution, in steps that an answer replaces by its mistake."""

    def best_span(start, end, passage, longest=30):
        n = len(start)
        scores = table(start, end)
        allowed = legal(n, longest) & inside(passage)
        if not allowed.any():
            return nothing()
        i, j = divmod(choose(scores, allowed), n)
        return give(i, j, chance(scores, start, end, i, j))

    return best_span


@right
def the_steps_of_this_file():
    return function()


@right
def two_loops():
    def best_span(start, end, passage, longest=30):
        p, q, found = start.softmax(0).tolist(), end.softmax(0).tolist(), None
        for i in range(len(p)):
            for j in range(i, min(i + longest, len(p))):
                if passage[i] and passage[j] and (found is None or p[i] * q[j] > found[2]):
                    found = (i, j, p[i] * q[j])
        return found

    return best_span


@right
def by_logits_and_a_list():
    def best_span(start, end, passage, longest=30):
        places = torch.arange(len(start))
        length = places[None] - places[:, None] + 1
        allowed = (length >= 1) & (length <= longest) & passage[None] & passage[:, None]
        if not bool(allowed.any()):
            return None
        sums = torch.where(allowed, start[:, None] + end[None], torch.tensor(-1e30))
        best = int(sums.flatten().argmax())
        i, j = best // len(start), best % len(start)
        return [i, j, float(start.softmax(0)[i] * end.softmax(0)[j])]

    return best_span


@right
def in_double_precision():
    whole = function()
    return lambda start, end, passage, longest=30: whole(start.double(), end.double(), passage, longest)


@right
def the_best_end_for_each_start():
    def best_span(start, end, passage, longest=30):
        p, q = start.double().softmax(0), end.double().softmax(0)
        found = []
        for i in passage.nonzero().flatten().tolist():
            own = [j for j in range(i, min(len(p), i + longest)) if passage[j]]
            j = max(own, key=lambda j: (q[j].item(), -j))
            found.append((-(p[i] * q[j]).item(), i, j))
        return (min(found)[1], min(found)[2], -min(found)[0]) if found else None

    return best_span


@wrong("the likeliest start and the likeliest end, each for itself", earns=0)
def each_for_itself():
    def best_span(start, end, passage, longest=30):
        i, j = start.argmax().item(), end.argmax().item()
        return i, j, (start.softmax(0)[i] * end.softmax(0)[j]).item()

    return best_span


@wrong("the likeliest start and end of the passage", earns=0)
def each_for_itself_in_the_passage():
    def best_span(start, end, passage, longest=30):
        if not passage.any():
            return None
        i, j = (t.masked_fill(~passage, -torch.inf).argmax().item() for t in (start, end))
        return i, j, (start.softmax(0)[i] * end.softmax(0)[j]).item()

    return best_span


@wrong("takes the likeliest start first", earns=0)
def greedy():
    def best_span(start, end, passage, longest=30):
        if not passage.any():
            return None
        i = start.masked_fill(~passage, -torch.inf).argmax().item()
        j = i + end.masked_fill(~passage, -torch.inf)[i : i + longest].argmax().item()
        return i, j, (start.softmax(0)[i] * end.softmax(0)[j]).item()

    return best_span


@wrong("A span must not end before it begins", earns=0)
def backwards_too():
    return function(legal=lambda n, longest: torch.ones(n, n, dtype=torch.bool).tril(longest - 1).triu(1 - longest))  # fmt: skip


@wrong("more than `longest` tokens: is it used?")
def any_length():
    return function(legal=lambda n, longest: torch.ones(n, n, dtype=torch.bool).triu())


@wrong("one token more than `longest`")
def one_too_long():
    return function(legal=lambda n, longest: legal(n, longest + 1))


@wrong("A span of just `longest` tokens is allowed")
def one_too_short():
    return function(legal=lambda n, longest: legal(n, longest - 1))


@wrong("A span of one token is allowed", earns=0)
def two_tokens_at_least():
    return function(legal=lambda n, longest: legal(n, longest).triu(1))


@wrong("is `passage` used?")
def the_question_too():
    return function(inside=lambda passage: torch.ones(len(passage), len(passage), dtype=torch.bool))


@wrong("Its end does not stand in the passage")
def ends_anywhere():
    return function(inside=lambda passage: passage[:, None].expand(-1, len(passage)))


@wrong("Its beginning does not stand in the passage")
def begins_anywhere():
    return function(inside=lambda passage: passage[None].expand(len(passage), -1))


@wrong("`passage` is turned round", earns=0)
def passage_turned_round():
    return function(inside=lambda passage: inside(~passage))


@wrong("Start and end have changed places", earns=0)
def transposed():
    return function(table=lambda start, end: product(end, start))


@wrong("the largest *sum* of the two probabilities")
def sums_of_probabilities():
    return function(table=lambda start, end: start.softmax(0)[:, None] + end.softmax(0), chance=lambda table, start, end, i, j: (start.softmax(0)[i] * end.softmax(0)[j]).item())  # fmt: skip


@wrong("That is the sum of the logits", earns=0)
def the_score_in_place_of_the_chance():
    return function(chance=lambda table, start, end, i, j: (start[i] + end[j]).item())


@wrong("That is the logarithm", earns=0)
def a_logarithm():
    return function(chance=lambda table, start, end, i, j: table[i, j].log().item())


@wrong("The two probabilities are *multiplied*", earns=0)
def chances_added():
    return function(chance=lambda table, start, end, i, j: (start.softmax(0)[i] + end.softmax(0)[j]).item())


@wrong("That is P_start alone", earns=0)
def the_starts_chance():
    return function(chance=lambda table, start, end, i, j: start.softmax(0)[i].item())


@wrong("over *all* places of the window", earns=0)
def softmax_over_the_passage():
    def best_span(start, end, passage, longest=30):
        if not passage.any():
            return None
        start, end = (t.masked_fill(~passage, -torch.inf) for t in (start, end))
        return function()(start, end, passage, longest)

    return best_span


@wrong("per cent", earns=0)
def per_cent():
    return function(chance=lambda table, start, end, i, j: 100 * table[i, j].item())


@wrong("Another span is as likely, and comes first")
def the_last_of_equals():
    return function(choose=lambda table, allowed: len(table) ** 2 - 1 - table.masked_fill(~allowed, -1).flatten().flip(0).argmax().item())  # fmt: skip


@wrong("so None is asked for")
def zeros_for_nothing():
    return function(nothing=lambda: (0, 0, 0.0))


@wrong("your function fails")
def no_care_for_nothing():
    def choose(table, allowed):
        return max(((table[i, j].item(), -i, -j) for i, j in allowed.nonzero().tolist()))

    def best_span(start, end, passage, longest=30):
        n = len(start)
        table, allowed = product(start, end), legal(n, longest) & inside(passage)
        value, i, j = choose(table, allowed)
        return -i, -j, value

    return best_span


@wrong("two ints and a float", earns=0)
def without_the_chance():
    return function(give=lambda i, j, p: (i, j))


@wrong("`.item()` makes a number of a tensor", earns=0)
def tensors():
    return function(chance=lambda table, start, end, i, j: table[i, j])


@wrong("yours is", earns=0)
def behind_the_end():
    return function(give=lambda i, j, p: (i, j + 1, p))


@wrong("changed its argument", earns=0)
def in_place():
    def best_span(start, end, passage, longest=30):
        start[~passage] = -torch.inf
        return function()(start, end, passage, longest)

    return best_span


@wrong("and there are spans that are allowed", earns=0)
def constant():
    return lambda start, end, passage, longest=30: None


@wrong("two ints and a float", earns=0)
def identity():
    return lambda start, end, passage, longest=30: start


@wrong("its probability is 0.5", earns=0)
def hard_coded_examples():
    return lambda start, end, passage, longest=30: (2, 3, 0.5)
