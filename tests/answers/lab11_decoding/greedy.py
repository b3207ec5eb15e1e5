import torch

from tests.answers import right, wrong


def function(
    choose=lambda logits: logits.argmax(-1),
    read=lambda ids, written: torch.cat([ids, written], 1),
    over=lambda ids, end: torch.zeros(len(ids), dtype=torch.bool),
    now_over=lambda token, end, pad: token == end,
    stop=lambda over: over.all(),
    fill=lambda token, over, end, pad: token.masked_fill(over, pad),
    count=lambda most: most,
    give=lambda ids, written: written,
):
    """The solution, in steps that an answer replaces by its mistake."""

    def greedy(step, ids, most, end, pad=0):
        finished, written = over(ids, end), ids[:, :0]
        for _ in range(count(most)):
            if stop(finished):
                break
            token = fill(choose(step(read(ids, written))), finished, end, pad)
            finished = finished | now_over(token, end, pad)
            written = torch.cat([written, token[:, None]], 1)
        return give(ids, written)

    return greedy


@right
def the_steps_of_this_file():
    return function()


@right
def stop_behind_the_token():
    def greedy(step, ids, most, end, pad=0):
        written = []
        alive = torch.ones(len(ids), dtype=torch.bool)
        for _ in range(most):
            token = torch.where(alive, step(ids).max(-1).indices, torch.full_like(ids[:, 0], pad))
            alive &= token != end
            written.append(token)
            ids = torch.cat([ids, token[:, None]], 1)
            if not alive.any():
                break
        return torch.stack(written, 1) if written else ids[:, :0]

    return greedy


@right
def into_a_table():
    def greedy(step, ids, most, end, pad=0):
        n, written = 0, torch.full((len(ids), most), pad)
        open_rows = set(range(len(ids)))
        while open_rows and n < most:
            logits = step(torch.cat([ids, written[:, :n]], 1))
            for i in sorted(open_rows):
                written[i, n] = int(logits[i].argmax())
            open_rows = {i for i in open_rows if written[i, n] != end}
            n += 1
        return written[:, :n]

    return greedy


@right
def a_text_that_is_over_may_go_on_unseen():
    """All write to the end, and what stands behind it is blotted out."""

    def greedy(step, ids, most, end, pad=0):
        own = ids[:, :0]
        for _ in range(most):
            if len(own[0]) and (own == end).any(1).all():
                break
            own = torch.cat([own, step(torch.cat([ids, own], 1)).argmax(-1, keepdim=True)], 1)
        is_end = (own == end).long()
        return own.masked_fill(is_end.cumsum(1) - is_end > 0, pad)

    return greedy


@wrong("The prompt is no part of the result", earns=0)
def with_the_prompt():
    return function(give=lambda ids, written: torch.cat([ids, written], 1))


@wrong("filled up with `pad`, and with you with `end`", earns=1.25)
def filled_with_the_end():
    return function(fill=lambda token, over, end, pad: token.masked_fill(over, end))


@wrong("A text that has written `end` is over", earns=1.0)
def no_end_at_all():
    return function(now_over=lambda token, end, pad: torch.zeros_like(token, dtype=torch.bool))


@wrong("When all texts are over, it stops")
def never_stops():
    return function(stop=lambda over: False)


@wrong("It stops as soon as *one* text is over")
def stops_at_the_first():
    return function(stop=lambda over: over.any())


@wrong("An `end` in the prompt is a token like any other")
def an_end_in_the_prompt():
    return function(over=lambda ids, end: (ids == end).any(1))


@wrong("A `pad` that is written before the end")
def a_pad_ends_it():
    return function(now_over=lambda token, end, pad: (token == end) | (token == pad))


@wrong("The `end` is written, too")
def without_the_end():
    def greedy(step, ids, most, end, pad=0):
        written = function()(step, ids, most, end, pad)
        return written.masked_fill(written == end, pad)

    return greedy


@wrong("That is one token too many")
def one_more():
    return function(count=lambda most: most + 1)


@wrong("That is one token too few")
def one_less():
    return function(count=lambda most: most - 1)


@wrong("That is the second choice each time", earns=0)
def the_second_choice():
    return function(choose=lambda logits: logits.topk(2).indices[:, 1])


@wrong("the *least* likely token", earns=0)
def the_least_likely():
    return function(choose=lambda logits: logits.argmin(-1))


@wrong("what was written is read before the next guess", earns=0)
def the_prompt_again():
    return function(read=lambda ids, written: ids)


@wrong("The model reads the last token alone", earns=0)
def the_last_token_alone():
    return function(read=lambda ids, written: torch.cat([ids, written], 1)[:, -1:])


@wrong("the prompt is no longer read", earns=0)
def without_the_prompt():
    return function(read=lambda ids, written: written if written.shape[1] else ids)


@wrong("All rows are those of the first text", earns=0)
def the_first_text():
    def greedy(step, ids, most, end, pad=0):
        return function()(step, ids[:1], most, end, pad).expand(len(ids), -1)

    return greedy


@wrong("of which the first counts")
def of_equals_the_last():
    return function(choose=lambda logits: logits.shape[-1] - 1 - logits.flip(-1).argmax(-1))


@wrong("`step` is called")
def asks_twice():
    def greedy(step, ids, most, end, pad=0):
        def twice(read):
            step(read)
            return step(read)

        return function()(twice, ids, most, end, pad)

    return greedy


@wrong("`step` is called")
def row_by_row():
    def greedy(step, ids, most, end, pad=0):
        rows = [function()(step, ids[i : i + 1], most, end, pad)[0] for i in range(len(ids))]
        return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=pad)

    return greedy


@wrong("ids, long (batch, n), are asked for", earns=0)
def lists():
    return function(give=lambda ids, written: written.tolist())


@wrong("ids, long (batch, n), are asked for", earns=0)
def floats():
    return function(give=lambda ids, written: written.float())


@wrong("ids, long (batch, n), are asked for", earns=0)
def only_the_first_text():
    return function(give=lambda ids, written: written[0])


@wrong("yours writes", earns=0)
def identity():
    return lambda step, ids, most, end, pad=0: ids


@wrong("yours writes", earns=0)
def constant():
    return lambda step, ids, most, end, pad=0: torch.zeros(len(ids), most, dtype=torch.long)


@wrong("yours writes", earns=0)
def hard_coded_examples():
    return lambda step, ids, most, end, pad=0: torch.tensor([[1, 2, 4, 0], [4, 0, 3, 1]])
