import torch

from tests.answers import right, wrong


def function(
    reads=lambda text, prompt: text,
    choose=lambda logits: logits[:, -1].argmax(-1),
    steps=lambda new_tokens: range(new_tokens),
    begin=lambda ids, end: torch.zeros(len(ids), dtype=torch.bool),
    fill=lambda token, over, end: token.masked_fill(over, end),
    stop=lambda over: over.all(),
    result=lambda text, prompt: text,
):
    """The exercise's function, with a place for each mistake."""

    def generate_greedy(model, ids, new_tokens, end=None):
        text, over = ids, begin(ids, end)
        with torch.no_grad():
            for _ in steps(new_tokens):
                token = choose(model(reads(text, ids)))
                if end is not None:
                    token = fill(token, over, end)
                    over = over | (token == end)
                text = torch.cat([text, token[:, None]], 1)
                if end is not None and stop(over):
                    break
        return result(text, ids)

    return generate_greedy


@right
def row_by_row_with_prints():
    def generate_greedy(model, ids, new_tokens, end=None):
        rows = []
        for prompt in ids:
            row = prompt.tolist()
            for _ in range(new_tokens):
                row.append(model(torch.tensor([row]))[0][-1].argmax().item())
                if row[-1] == end:
                    break
            print(row)
            rows.append(row)
        longest = max(map(len, rows))
        return torch.tensor([row + [end] * (longest - len(row)) for row in rows])

    return generate_greedy


@right
def a_tensor_made_beforehand():
    def generate_greedy(model, ids, new_tokens, end=None):
        import warnings

        warnings.warn("cut at the end", stacklevel=1)
        batch, time = ids.shape
        text = torch.full((batch, time + new_tokens), 0 if end is None else end)
        text[:, :time] = ids
        going, t = torch.ones(batch, dtype=torch.bool), time
        while t < time + new_tokens and going.any():
            logits = model(text[:, :t]).detach()
            text[going, t] = logits[going, t - 1].topk(1).indices[:, 0]
            if end is not None:
                going &= text[:, t] != end
            t += 1
        return text[:, :t]

    return generate_greedy


@right
def cut_where_all_are_over():
    """Writes on to the last token, and finds the ends afterwards."""

    def generate_greedy(model, ids, new_tokens, end=None):
        from tqdm.auto import trange

        text, time = ids.clone(), ids.shape[1]
        for _ in trange(new_tokens):
            text = torch.hstack([text, model(text)[:, [-1]].max(-1).indices])
        if end is not None:
            ended = (text[:, time:] == end).int().cumsum(1) > 0
            text[:, time:][ended] = end
            text = text[:, : time + int((~ended).sum(1).max() + 1)]
        return text

    return generate_greedy


@right
def likeliest_of_a_softmax_and_a_set():
    def generate_greedy(model, ids, new_tokens, end=None):
        over, added = set(), []
        while len(added) < new_tokens and len(over) < len(ids):
            probabilities = model(torch.cat([ids, *added], dim=1))[:, -1, :].softmax(dim=-1).detach().numpy()
            new = [end if n in over else int(row.argmax()) for n, row in enumerate(probabilities)]
            over |= {n for n, token in enumerate(new) if token == end}
            added.append(torch.tensor(new).reshape(-1, 1))
        return torch.cat([ids, *added], dim=1)

    return generate_greedy


@wrong("the prompt is part of the result", earns=0)
def new_tokens_alone():
    return function(result=lambda text, prompt: text[:, prompt.shape[1] :])


@wrong("stands at the *last* place", earns=0)
def guess_of_the_first_place():
    return function(choose=lambda logits: logits[:, 0].argmax(-1))


@wrong("Does it read the whole text each time, prompt and all?", earns=0)
def reads_the_last_token_alone():
    return function(reads=lambda text, prompt: text[:, -1:])


@wrong("Does it read the whole text each time, prompt and all?", earns=0)
def reads_a_window_of_the_prompts_length():
    return function(reads=lambda text, prompt: text[:, -prompt.shape[1] :])


@wrong("Does it read the whole text each time, prompt and all?", earns=0)
def forgets_the_prompt():
    return function(
        reads=lambda text, prompt: text[:, prompt.shape[1] :] if text.shape[1] > prompt.shape[1] else text
    )


@wrong("what was written is read before the next guess", earns=0)
def reads_the_prompt_again_and_again():
    return function(reads=lambda text, prompt: prompt)


@wrong("That is the second choice", earns=0)
def second_choice():
    return function(choose=lambda logits: logits[:, -1].topk(2).indices[:, 1])


@wrong("goes on with 1, 2, 4, 0; yours with", earns=0)
def the_least_likely():
    return function(choose=lambda logits: logits[:, -1].argmin(-1))


@wrong("goes on with 1, 2, 4, 0; yours with", earns=0)
def drawn_by_chance():
    def choose(logits):
        generator = torch.Generator().manual_seed(3)
        return torch.multinomial(logits[:, -1].softmax(-1), 1, generator=generator)[:, 0]

    return function(choose=choose)


@wrong("the likeliest token of each text", earns=0)
def the_first_texts_token_for_all():
    return function(choose=lambda logits: logits[0, -1].argmax().expand(len(logits)))


@wrong("should have shape (2, 6); yours has (2, 7)", earns=0)
def one_token_too_many():
    return function(steps=lambda new_tokens: range(new_tokens + 1))


@wrong("should have shape (2, 6); yours has (2, 5)", earns=0)
def one_token_too_few():
    return function(steps=lambda new_tokens: range(1, new_tokens))


@wrong("With new_tokens=0 the prompt comes back as it was.", earns=0)
def one_token_at_least():
    return function(steps=lambda new_tokens: range(max(new_tokens, 1)))


@wrong("changed its argument `ids` in place", earns=0)
def changes_the_prompt():
    def generate_greedy(model, ids, new_tokens, end=None):
        found = function()(model, ids.clone(), new_tokens, end)
        if new_tokens:
            ids[:, -1] = found[:, -1]
        return found

    return generate_greedy


@wrong("stop when all rows are over", earns=0)
def never_stops():
    return function(stop=lambda over: False)


@wrong("and the second goes on", earns=0)
def stops_when_any_text_is_over():
    return function(stop=lambda over: over.any())


@wrong("which does not count", earns=0)
def an_end_in_the_prompt_counts():
    return function(begin=lambda ids, end: (ids == end).any(1) if end is not None else ids[:, 0] < 0)


@wrong("from there on the row holds 2", earns=0)
def writes_on_behind_the_end():
    return function(fill=lambda token, over, end: token)


@wrong("from there on the row holds 2", earns=0)
def filled_up_with_padding():
    return function(fill=lambda token, over, end: token.masked_fill(over, 0))


@wrong("from there on the row holds 2", earns=0)
def the_end_is_not_written():
    def generate_greedy(model, ids, new_tokens, end=None):
        found = function()(model, ids, new_tokens, end)
        if end is not None:
            behind = found[:, ids.shape[1] :]
            found[:, ids.shape[1] :] = behind.masked_fill(behind == end, 0)
        return found

    return generate_greedy


@wrong("ends included", earns=0)
def stops_without_writing_the_last_end():
    def generate_greedy(model, ids, new_tokens, end=None):
        found = function()(model, ids, new_tokens, end)
        return found[:, :-1] if end is not None and (found[:, -1] == end).all() else found

    return generate_greedy


@wrong("stop when all rows are over", earns=0)
def always_of_full_length():
    """The loop is left, and the rest filled up with ends."""

    def generate_greedy(model, ids, new_tokens, end=None):
        found = function()(model, ids, new_tokens, end)
        more = ids.shape[1] + new_tokens - found.shape[1]
        return torch.nn.functional.pad(found, (0, more), value=end or 0)

    return generate_greedy


@wrong("end=0", earns=0)
def an_end_of_0_is_none():
    """`if end:`"""

    def generate_greedy(model, ids, new_tokens, end=None):
        return function()(model, ids, new_tokens, end or None)

    return generate_greedy


@wrong("ids are whole numbers", earns=0)
def ids_as_floats():
    return function(result=lambda text, prompt: text.float())


@wrong("should return a tensor; yours returned a list", earns=0)
def rows_as_lists():
    return function(result=lambda text, prompt: text.tolist())


@wrong("should have shape (2, 6)", earns=0)
def every_row_after_the_other():
    return function(result=lambda text, prompt: text.flatten())


@wrong("should have shape (2, 5)", earns=0)
def one_row_where_all_are_over():
    """As soon as all texts are over, the first one alone comes back."""

    def generate_greedy(model, ids, new_tokens, end=None):
        found = function()(model, ids, new_tokens, end)
        return found[0] if found.shape[1] < ids.shape[1] + new_tokens else found

    return generate_greedy


@wrong("goes on with 1, 2, 4, 0", earns=0)
def constant():
    def generate_greedy(model, ids, new_tokens, end=None):
        return torch.cat([ids, torch.zeros(len(ids), new_tokens, dtype=torch.long)], 1)

    return generate_greedy


@wrong("should have shape (2, 6); yours has (2, 2)", earns=0)
def identity():
    return lambda model, ids, new_tokens, end=None: ids


@wrong("A random GPT-2", earns=0)
def hard_coded_examples():
    """Right for the examples' vocabularies of five and of nine."""

    def generate_greedy(model, ids, new_tokens, end=None):
        known = model(ids).shape[-1] in (5, 9)
        return (
            function()(model, ids, new_tokens, end)
            if known
            else function(stop=lambda over: True)(model, ids, 1)
        )

    return generate_greedy
