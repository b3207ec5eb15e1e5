import torch

from tests.answers import right, wrong


def function(
    logs=lambda logits: logits.log_softmax(-1),
    kept=lambda totals, width: totals.flatten().sort(descending=True, stable=True).indices[:width],
    over=lambda beam, end, last: (beam[:, -1] == end) | last,
    live=lambda beam, sums, over, finished: (beam[~over], sums[~over]),
    length=lambda time: time,
    text=lambda row, prompt, end: row[prompt:].tolist(),
    times=lambda most: most,
    give=lambda finished: sorted(finished, key=lambda one: one[1], reverse=True),
    score=lambda total, length, alpha: total / length**alpha,
    width=lambda width, finished: width,
):
    """The solution, in steps that an answer replaces by its mistake."""

    def beam_search(step, ids, width_, most, end, alpha=0.0):
        beam, sums, finished = ids, torch.zeros(1), []
        for time in range(1, times(most) + 1):
            totals = sums[:, None] + logs(step(beam))
            best = kept(totals, width(width_, finished))
            beam = torch.cat([beam[best // totals.shape[1]], best[:, None] % totals.shape[1]], 1)
            sums = totals.flatten()[best]
            done = over(beam, end, time == times(most))
            for row, total in zip(beam[done], sums[done], strict=True):
                finished.append((text(row, ids.shape[1], end), score(total.item(), length(time), alpha)))
            beam, sums = live(beam, sums, done, finished)
            if not len(beam):
                break
        return give(finished)

    return lambda step, ids, width, most, end, alpha=0.0: beam_search(step, ids, width, most, end, alpha)


@right
def the_steps_of_this_file():
    return function()


@right
def lists():
    """Text by text, token by token."""

    def beam_search(step, ids, width, most, end, alpha=0.0):
        prompt = ids[0].tolist()
        beam, finished = [([], 0.0)], []
        for _ in range(most):
            logs = step(torch.tensor([prompt + text for text, _ in beam])).double().log_softmax(-1).tolist()
            found = [
                ([*text, t], total + log)
                for (text, total), row in zip(beam, logs)
                for t, log in enumerate(row)
            ]
            found.sort(key=lambda one: -one[1])
            beam = []
            for text, total in found[:width]:
                (finished if text[-1] == end else beam).append((text, total))
            if not beam:
                break
        ranked = [(text, total / len(text) ** alpha) for text, total in finished + beam]
        return sorted(ranked, key=lambda one: -one[1])

    return beam_search


@right
def one_text_at_a_time():
    def beam_search(step, ids, width, most, end, alpha=0.0):
        beam, finished = [(0.0, ())], []
        for _ in range(most):
            found = []
            for place, (total, text) in enumerate(beam):
                read = torch.cat([ids, torch.tensor([text], dtype=torch.long)], 1)
                for token, log in enumerate(step(read)[0].log_softmax(-1).tolist()):
                    found.append((-(total + log), place, token, (*text, token)))
            kept = [(-cost, text) for cost, _, _, text in sorted(found)[:width]]
            finished += [one for one in kept if one[1][-1] == end]
            beam = [one for one in kept if one[1][-1] != end]
            if not beam:
                break
        return sorted(
            ((list(t), s / len(t) ** alpha) for s, t in finished + beam), key=lambda one: one[1], reverse=True
        )

    return beam_search


@right
def width_capped():
    def kept(totals, width):
        flat = totals.flatten()
        return flat.argsort(descending=True, stable=True)[: min(width, len(flat))]

    return function(kept=kept)


@wrong("Finished texts leave their places empty")
def as_the_library():
    def beam_search(step, ids, width, most, end, alpha=0.0):
        prompt = ids[0].tolist()
        beam, finished = [([], 0.0)], []
        for _ in range(most):
            logs = step(torch.tensor([prompt + text for text, _ in beam])).log_softmax(-1).tolist()
            found = [
                ([*text, t], total + log)
                for (text, total), row in zip(beam, logs)
                for t, log in enumerate(row)
            ]
            found.sort(key=lambda one: -one[1])
            finished += [one for one in found[:width] if one[0][-1] == end]
            beam = [one for one in found if one[0][-1] != end][:width]
        return sorted(((t, s / len(t) ** alpha) for t, s in finished + beam), key=lambda one: -one[1])

    return beam_search


@wrong("is finished and goes on no more")
def no_end():
    return function(over=lambda beam, end, last: torch.full((len(beam),), last))


@wrong("of *all* continuations", earns=0)
def the_best_of_each_text():
    def kept(totals, width):
        each = max(1, width // len(totals))
        best = totals.topk(min(each, totals.shape[1])).indices
        return (best + totals.shape[1] * torch.arange(len(totals))[:, None]).flatten()[:width]

    return function(kept=kept)


@wrong("leaves its place empty in that step alone")
def a_narrower_beam():
    return function(width=lambda width, finished: max(0, width - len(finished)))


@wrong("It goes on after the first finished text")
def the_first_end_ends_it():
    def live(beam, sums, over, finished):
        return (beam[:0], sums[:0]) if finished else (beam, sums)

    return function(live=live)


@wrong("Those are sums of logits", earns=0)
def logits_as_they_are():
    return function(logs=lambda logits: logits)


@wrong("Those are sums of probabilities")
def probabilities():
    return function(logs=lambda logits: logits.softmax(-1))


@wrong("after `most` tokens is finished, too", earns=0)
def without_what_is_left():
    return function(over=lambda beam, end, last: beam[:, -1] == end)


@wrong("Of equal sums the earlier text")
def of_equals_the_last():
    def kept(totals, width):
        flat = totals.flatten()
        return len(flat) - 1 - flat.flip(0).argsort(descending=True, stable=True)[:width]

    return function(kept=kept)


@wrong("and with you one more")
def a_length_of_one_more():
    return function(length=lambda time: time + 1)


@wrong("`end` among them, and with you one less")
def a_length_without_the_end():
    return function(length=lambda time: max(time - 1, 1))


@wrong("with you the prompt counts, too")
def the_prompt_in_the_length():
    def beam_search(step, ids, width, most, end, alpha=0.0):
        found = function()(step, ids, width, most, end, 0.0)
        again = [(text, total / (len(text) + ids.shape[1]) ** alpha) for text, total in found]
        return sorted(again, key=lambda one: -one[1])

    return beam_search


@wrong("Is `alpha` used?")
def without_alpha():
    return function(score=lambda total, length, alpha: total)


@wrong("That is the mean")
def always_the_mean():
    return function(score=lambda total, length, alpha: total / length)


@wrong("The prompt is no part of a text", earns=0)
def with_the_prompt():
    return function(text=lambda row, prompt, end: row.tolist())


@wrong("The `end` belongs to the text")
def without_the_end():
    return function(text=lambda row, prompt, end: [t for t in row[prompt:].tolist() if t != end])


@wrong("The best comes first")
def unsorted():
    return function(give=lambda finished: finished)


@wrong("The best comes first", earns=0)
def the_worst_first():
    return function(give=lambda finished: sorted(finished, key=lambda one: one[1]))


@wrong("the beam holds one text alone", earns=0)
def greedily():
    return function(width=lambda width, finished: 1)


@wrong("nothing is dropped")
def everything():
    return function(width=lambda width, finished: 10**6)


@wrong("a beam of one text more", earns=0)
def one_text_more():
    return function(width=lambda width, finished: width + 1)


@wrong("one token too few", earns=0)
def one_token_too_few():
    return function(times=lambda most: max(most - 1, 1))


@wrong("one token too many", earns=0)
def one_token_too_many():
    return function(times=lambda most: most + 1)


@wrong("All finished texts are asked for, and not the best alone", earns=0)
def the_best_alone():
    return function(give=lambda finished: [max(finished, key=lambda one: one[1])])


@wrong("with you it stays in it, takes a place from then on")
def finished_texts_stay_in_the_beam():
    def beam_search(step, ids, width, most, end, alpha=0.0):
        prompt = ids[0].tolist()
        beam = [([], 0.0)]
        for _ in range(most):
            found = [one for one in beam if one[0][-1:] == [end]]
            alive = [one for one in beam if one[0][-1:] != [end]]
            if not alive:
                break
            logs = step(torch.tensor([prompt + text for text, _ in alive])).log_softmax(-1).tolist()
            found += [
                ([*text, t], total + log)
                for (text, total), row in zip(alive, logs)
                for t, log in enumerate(row)
            ]
            beam = sorted(found, key=lambda one: -one[1])[:width]
        return sorted(((t, s / len(t) ** alpha) for t, s in beam), key=lambda one: -one[1])

    return beam_search


@wrong("The sign of the scores", earns=0)
def costs():
    return function(
        score=lambda total, length, alpha: -total / length**alpha,
        give=lambda f: sorted(f, key=lambda one: one[1]),
    )


@wrong("Those are probabilities", earns=0)
def products():
    return function(
        give=lambda f: sorted(((t, torch.tensor(s).exp().item()) for t, s in f), key=lambda one: -one[1])
    )


@wrong("each finished text is a pair", earns=0)
def texts_alone():
    return function(give=lambda finished: [text for text, _ in sorted(finished, key=lambda one: -one[1])])


@wrong("the tokens of a text are a list of int", earns=0)
def tensors():
    return function(text=lambda row, prompt, end: row[prompt:])


@wrong("a score is a float", earns=0)
def scores_as_tensors():
    return function(score=lambda total, length, alpha: torch.tensor(total / length**alpha))


@wrong("should return a list", earns=0)
def identity():
    return lambda step, ids, width, most, end, alpha=0.0: ids


@wrong("yours finds", earns=0)
def constant():
    return lambda step, ids, width, most, end, alpha=0.0: []


@wrong("yours finds", earns=0)
def hard_coded_examples():
    return lambda step, ids, width, most, end, alpha=0.0: [([1], -0.6931), ([2], -0.9163)]
