import itertools

import torch

from tests.answers import right, wrong


def starts_of(tokens, hidden):
    return [now and not before for before, now in zip([False, *hidden], hidden)]


def judge(tokens, hidden, sentinels):
    """The two errors."""
    if len(tokens) != len(hidden):
        raise ValueError("another length")
    if sum(starts_of(tokens, hidden)) + (not hidden or not hidden[-1]) > len(sentinels):
        raise ValueError("too few")


def function(
    check=judge,
    name=lambda sentinels, run: sentinels[run],
    starts=starts_of,
    closing=lambda tokens, hidden: not hidden or not hidden[-1],
    close=lambda sentinels, runs: [sentinels[runs]],
    order=lambda sentinel, run: [sentinel, *run],
    end=lambda inputs, targets, end: ([*inputs, end], [*targets, end]),
    back=lambda inputs, targets: (inputs, targets),
):
    """The exercise's function, with a place for each mistake."""

    def corrupt(tokens, hidden, sentinels, end_token):
        check(tokens, hidden, sentinels)
        inputs, runs = [], []
        for token, gone, start in zip(tokens, hidden, starts(tokens, hidden)):
            if start:
                inputs.append(name(sentinels, len(runs)))
                runs.append([])
            if gone:
                runs[-1].append(token)
            else:
                inputs.append(token)
        targets = [each for i, run in enumerate(runs) for each in order(name(sentinels, i), run)]
        if closing(tokens, hidden):
            targets += close(sentinels, len(runs))
        return back(*end(inputs, targets, end_token))

    return lambda tokens, hidden, sentinels, end: corrupt(tokens, hidden, sentinels, end)


def changed(change):
    """The right rows, and then a mistake: change(inputs, targets, tokens, hidden, sentinels, end) -> what is returned."""

    def corrupt(tokens, hidden, sentinels, end):
        inputs, targets = function()(tokens, hidden, sentinels, end)
        return change(inputs, targets, tokens, hidden, sentinels, end)

    return corrupt


@right
def the_parts_of_this_file():
    return function()


@right
def with_groupby():
    def corrupt(tokens, hidden, sentinels, end):
        print(tokens)
        if len(tokens) != len(hidden):
            raise ValueError
        inputs, targets, used = [], [], 0
        for gone, pairs in itertools.groupby(zip(hidden, tokens), key=lambda pair: pair[0]):
            run = [token for _, token in pairs]
            if gone:
                if used == len(sentinels):
                    raise ValueError(f"{used}")
                inputs += [sentinels[used]]
                targets += [sentinels[used]] + run
                used += 1
            else:
                inputs += run
        if len(hidden) == 0 or hidden[-1] is False:
            if used == len(sentinels):
                raise ValueError(f"{used}")
            targets += [sentinels[used]]
        return inputs + [end], targets + [end]

    return corrupt


@right
def an_empty_text_needs_no_closing_sentinel():
    """It ends neither kept nor hidden."""

    def corrupt(tokens, hidden, sentinels, end):
        return function()(tokens, hidden, sentinels, end) if tokens or hidden else ([end], [end])

    return corrupt


@right
def place_by_place_and_a_list_of_two():
    def corrupt(tokens, hidden, sentinels, end):
        if len(tokens) != len(hidden):
            raise UnicodeError("a kind of ValueError")
        inputs, targets, place, run = [], [], 0, 0
        try:
            while place < len(tokens):
                if not hidden[place]:
                    inputs.append(tokens[place])
                    place += 1
                    continue
                inputs.append(sentinels[run])
                targets.append(sentinels[run])
                run += 1
                while place < len(tokens) and hidden[place]:
                    targets.append(tokens[place])
                    place += 1
            if not (hidden and hidden[-1]):
                targets.append(sentinels[run])
        except IndexError as error:
            raise ValueError("too few sentinels") from error
        inputs.append(end)
        targets.append(end)
        return [inputs, targets]

    return corrupt


@right
def recursive():
    def corrupt(tokens, hidden, sentinels, end):
        judge(tokens, hidden, sentinels)

        def go(place, run):
            if place == len(tokens):
                return [], [] if hidden and hidden[-1] else [sentinels[run]]
            if not hidden[place]:
                stop = next((i for i in range(place, len(tokens)) if hidden[i]), len(tokens))
                inputs, targets = go(stop, run)
                return tokens[place:stop] + inputs, targets
            stop = next((i for i in range(place, len(tokens)) if not hidden[i]), len(tokens))
            inputs, targets = go(stop, run + 1)
            return [sentinels[run]] + inputs, [sentinels[run]] + tokens[place:stop] + targets

        inputs, targets = go(0, 0)
        return inputs + [end], targets + [end]

    return corrupt


@right
def with_torch_places():
    """The mask's differences give where runs begin and end."""

    def corrupt(tokens, hidden, sentinels, end):
        import warnings

        warnings.warn("rows", stacklevel=1)
        judge(tokens, hidden, sentinels)
        mask = torch.tensor([0, *map(int, hidden), 0])
        steps = mask[1:] - mask[:-1]
        begins, ends = ((steps == step).nonzero()[:, 0].tolist() for step in (1, -1))
        inputs, targets, last = [], [], 0
        for sentinel, begin, stop in zip(sentinels, begins, ends):
            inputs.extend(tokens[last:begin])
            inputs.append(sentinel)
            targets.append(sentinel)
            targets.extend(tokens[begin:stop])
            last = stop
        inputs.extend(tokens[last:])
        if last < len(tokens) or not tokens:
            targets.append(sentinels[len(begins)])
        return inputs + [end], targets + [end]

    return corrupt


@right
def as_in_t5():
    """Twice the same function, with the mask turned round; then what that adds is taken away."""

    def corrupt(tokens, hidden, sentinels, end):
        judge(tokens, hidden, sentinels)

        def collapsed(mask, names):
            row, names, before = [], iter(names), False
            for token, gone in zip(tokens, mask):
                if gone and not before:
                    row.append((next(names), True))
                elif not gone:
                    row.append((token, False))
                before = gone
            return row

        inputs = [each for each, _ in collapsed(hidden, sentinels)]
        begins_kept = not hidden or not hidden[0]
        names = list(sentinels) if begins_kept else [None, *sentinels]
        targets = []
        turned = [not gone for gone in hidden]
        if not begins_kept:
            names = sentinels[1:]
            targets.append(sentinels[0])
        targets += [each for each, _ in collapsed(turned, names)]
        if not tokens:
            targets.append(sentinels[0])
        return inputs + [end], targets + [end]

    return corrupt


@wrong("in the input each hidden *token* has a sentinel", earns=0)
def a_sentinel_for_each_token():
    def check(tokens, hidden, sentinels):
        pass

    return function(check, starts=lambda tokens, hidden: hidden)


@wrong("in the input each hidden *token* has a sentinel", earns=0)
def the_same_sentinel_for_each_token_of_a_run():
    def corrupt(tokens, hidden, sentinels, end):
        inputs, targets = function()(tokens, hidden, sentinels, end)
        numbers = itertools.accumulate(starts_of(tokens, hidden))
        inputs = [sentinels[n - 1] if gone else t for t, gone, n in zip(tokens, hidden, numbers)]
        return [*inputs, end], targets

    return corrupt


@wrong("there is no sentinel in the input", earns=0)
def hidden_tokens_are_left_out():
    def change(inputs, targets, tokens, hidden, sentinels, end):
        return [t for t, gone in zip(tokens, hidden) if not gone] + [end], targets

    return changed(change)


@wrong("all runs have the same sentinel", earns=0)
def always_the_first_sentinel():
    return function(name=lambda sentinels, run: sentinels[0])


@wrong("neither a token, nor a sentinel, nor `end`", earns=0)
def counts_up_from_the_first():
    """Sentinels of T5 fall."""
    return function(name=lambda s, run: s[0] + run if isinstance(s[0], int) else s[run])


@wrong("do not count up or down from the first", earns=0)
def counts_down_from_the_first():
    return function(
        name=lambda s, run: s[0] - run if isinstance(s[0], int) else s[run],
        close=lambda s, runs: [s[0] - runs if isinstance(s[0], int) else s[runs]],
    )


@wrong("neither a token, nor a sentinel, nor `end`", earns=0)
def makes_the_names_up():
    return function(name=lambda s, run: f"<extra_id_{run}>", close=lambda s, runs: [f"<extra_id_{runs}>"])


@wrong("the right ones in another order", earns=0)
def sentinels_sorted():
    return lambda tokens, hidden, sentinels, end: function()(
        tokens,
        hidden,
        sentinels if isinstance(end, str) else sorted(sentinels[:3]) + sentinels[3:] if len(sentinels) == 5 else sentinels,
        end,
    )  # fmt: skip


@wrong("are not the first of the list, in their order", earns=0)
def sentinels_sorted_by_id():
    return lambda tokens, hidden, sentinels, end: function()(tokens, hidden, sorted(sentinels), end)


@wrong("are not the first of the list, in their order", earns=0)
def a_set_of_sentinels_by_their_hash():
    """The hash of a word is another in each process; that of a small number is itself."""

    def corrupt(tokens, hidden, sentinels, end):
        names = sorted(set(sentinels), key=lambda each: hash(each) if isinstance(each, int) else len(each))
        names = names if isinstance(end, int) else list(sentinels)
        return function()(tokens, hidden, names, end)

    return corrupt


@wrong("are not the first of the list, in their order", earns=0)
def begins_with_the_second_sentinel():
    def check(tokens, hidden, sentinels):
        judge(tokens, hidden, sentinels)

    return function(check, name=lambda s, run: s[(run + 1) % len(s)], close=lambda s, runs: [s[(runs + 1) % len(s)]])  # fmt: skip


@wrong("are not the first of the list, in their order", earns=0)
def sentinels_from_the_end_of_the_list():
    return lambda tokens, hidden, sentinels, end: function()(tokens, hidden, sentinels[::-1], end)


@wrong("changed its argument `sentinels` in place", earns=0)
def pops_the_sentinels():
    def corrupt(tokens, hidden, sentinels, end):
        judge(tokens, hidden, sentinels)
        inputs, targets, before = [], [], False
        for token, now in zip(tokens, hidden):
            if now and not before:
                name = sentinels.pop(0)
                inputs.append(name)
                targets.append(name)
            (targets if now else inputs).append(token)
            before = now
        if not before:
            targets.append(sentinels.pop(0))
        return inputs + [end], targets + [end]

    return corrupt


@wrong("changed its argument `tokens` in place", earns=0)
def writes_into_the_text():
    def corrupt(tokens, hidden, sentinels, end):
        inputs, targets = function()(tokens, hidden, sentinels, end)
        tokens[:] = inputs
        return tokens, targets

    return corrupt


@wrong("changed its argument `hidden` in place", earns=0)
def a_guard_is_put_behind_the_mask():
    def corrupt(tokens, hidden, sentinels, end):
        rows = function()(tokens, hidden, sentinels, end)
        hidden.append(False)
        return rows

    return corrupt


@wrong("there is no sentinel in the target", earns=0)
def a_target_without_sentinels():
    return function(order=lambda sentinel, run: run, closing=lambda tokens, hidden: False)


@wrong("the first run has no sentinel in the target", earns=0)
def the_target_separated_by_sentinels():
    """The first sentinel separates nothing, and is left out."""

    def change(inputs, targets, tokens, hidden, sentinels, end):
        return inputs, targets[1:] if any(hidden) else targets

    return changed(change)


@wrong("Each run stands *behind* its sentinel", earns=0)
def sentinels_behind_their_runs():
    return function(order=lambda sentinel, run: [*run, sentinel])


@wrong("the closing sentinel is missing", earns=0)
def never_closed():
    return function(closing=lambda tokens, hidden: False)


@wrong("a closing sentinel stands in the target all the same", earns=0)
def always_closed():
    def check(tokens, hidden, sentinels):
        if len(tokens) != len(hidden) or sum(starts_of(tokens, hidden)) + 1 > len(sentinels):
            raise ValueError

    return lambda tokens, hidden, sentinels, end: function(check, closing=lambda tokens, hidden: True)(
        tokens, hidden, sentinels, end
    )


@wrong("the closing sentinel is missing", earns=0)
def closed_only_after_a_span():
    """Where nothing is hidden, nothing is closed."""
    return function(closing=lambda tokens, hidden: any(hidden) and not hidden[-1])


@wrong("the closing sentinel is missing", earns=0)
def closed_if_the_last_token_is_not_told():
    """By its value, and not by its place: a word that is hidden elsewhere may be the last one, too."""

    def closing(tokens, hidden):
        return not tokens or tokens[-1] not in [t for t, gone in zip(tokens, hidden) if gone]

    return function(closing=closing)


@wrong("the closing sentinel is missing", earns=0)
def strips_sentinels_off_the_target():
    def change(inputs, targets, tokens, hidden, sentinels, end):
        targets.pop()
        while targets and targets[-1] in sentinels:
            targets.pop()
        return inputs, [*targets, end]

    return changed(change)


@wrong("is not the next one of the list", earns=0)
def closed_by_the_last_of_all_sentinels():
    return function(close=lambda sentinels, runs: [sentinels[-1]])


@wrong("is not the next one of the list", earns=0)
def closed_by_the_one_used_last():
    return function(close=lambda sentinels, runs: [sentinels[max(0, runs - 1)]])


@wrong("the closing sentinel stands in the input, too", earns=0)
def closing_sentinel_in_both():
    def change(inputs, targets, tokens, hidden, sentinels, end):
        return (inputs[:-1] + targets[-2:], targets) if not hidden or not hidden[-1] else (inputs, targets)

    return changed(change)


@wrong("the closing sentinel stands behind `end`", earns=0)
def closed_behind_the_end():
    def change(inputs, targets, tokens, hidden, sentinels, end):
        if not hidden or not hidden[-1]:
            targets = [*targets[:-2], targets[-1], targets[-2]]
        return inputs, targets

    return changed(change)


@wrong("`end` is missing behind the target", earns=0)
def no_end_in_the_target():
    return function(end=lambda inputs, targets, end: ([*inputs, end], targets))


@wrong("`end` is missing behind the input", earns=0)
def no_end_in_the_input():
    return function(end=lambda inputs, targets, end: (inputs, [*targets, end]))


@wrong("`end` is missing behind the input and the target", earns=0)
def no_end_at_all():
    return function(end=lambda inputs, targets, end: (inputs, targets))


@wrong("`end` stands more than once in the target", earns=0)
def end_behind_each_run():
    return function(end=lambda inputs, targets, end: ([*inputs, end], [*targets, end, end]))


@wrong("`end` stands not at the end in the input", earns=0)
def end_in_front():
    return function(end=lambda inputs, targets, end: ([end, *inputs], [*targets, end]))


@wrong("Have the two lists changed places", earns=0)
def rows_swapped():
    return function(back=lambda inputs, targets: (targets, inputs))


@wrong("is the mask turned round? True means hidden", earns=0)
def mask_turned_round():
    return lambda tokens, hidden, sentinels, end: function()(
        tokens, [not gone for gone in hidden], [*sentinels, "<more>", "<more>"], end
    )


@wrong("The target holds the whole text", earns=0)
def the_target_is_the_text():
    def change(inputs, targets, tokens, hidden, sentinels, end):
        return inputs, [*tokens, end]

    return changed(change)


@wrong("The last of them are missing", earns=0)
def the_last_kept_tokens_are_lost():
    """What stands behind the last run is never written."""

    def change(inputs, targets, tokens, hidden, sentinels, end):
        while inputs[-2] not in sentinels:
            del inputs[-2]
        return inputs, targets

    return changed(change)


@wrong("Do you look for a token by its value", earns=0)
def asks_whether_a_token_is_among_the_hidden_ones():
    def corrupt(tokens, hidden, sentinels, end):
        gone = [t for t, h in zip(tokens, hidden) if h]
        hidden = [t in gone for t in tokens] if len(hidden) == len(tokens) else hidden
        return function()(tokens, hidden, sentinels, end)

    return corrupt


@wrong("Do you look for a token by its value", earns=0)
def looks_for_the_place_of_a_token():
    def corrupt(tokens, hidden, sentinels, end):
        mask = [hidden[tokens.index(t)] for t in tokens] if len(hidden) == len(tokens) else hidden
        return function()(tokens, mask, sentinels, end)

    return corrupt


@wrong("Hidden tokens side by side are one run", earns=0)
def runs_cut_at_fixed_places():
    """A run is cut wherever a third place begins."""

    def starts(tokens, hidden):
        return [
            now and (not before or i % 3 == 2)
            for i, (before, now) in enumerate(zip([False, *hidden], hidden))
        ]

    return function(
        starts=starts, name=lambda s, run: s[run % len(s)], close=lambda s, runs: [s[runs % len(s)]]
    )


@wrong("there is no sentinel in the input", earns=0)
def the_first_token_has_none_before_it():
    """So no run starts there."""

    def starts(tokens, hidden):
        return [i > 0 and now and not hidden[i - 1] for i, now in enumerate(hidden)]

    def corrupt(tokens, hidden, sentinels, end):
        judge(tokens, hidden, sentinels)
        inputs, targets, run = [], [], 0
        for token, gone, start in zip(tokens, hidden, starts(tokens, hidden)):
            if start:
                inputs.append(sentinels[run])
                targets.append(sentinels[run])
                run += 1
            (targets if gone else inputs).append(token)
        if not hidden or not hidden[-1]:
            targets.append(sentinels[run])
        return inputs + [end], targets + [end]

    return corrupt


@wrong("is `hidden[-1]`, the *last* one, taken for the one before it?", earns=0)
def before_the_first_stands_the_last():
    """`hidden[i - 1]` at 0 is the mask's end: only a text that begins *and* ends hidden shows it."""

    def corrupt(tokens, hidden, sentinels, end):
        judge(tokens, hidden, sentinels)
        inputs, targets, run = [], [], 0
        for i, token in enumerate(tokens):
            if hidden[i] and not hidden[i - 1]:
                inputs.append(sentinels[run])
                targets.append(sentinels[run])
                run += 1
            (targets if hidden[i] else inputs).append(token)
        if not hidden or not hidden[-1]:
            targets.append(sentinels[run])
        return inputs + [end], targets + [end]

    return corrupt


@wrong("a sentinel stands at another place than its run", earns=0)
def sentinels_at_the_end_of_the_input():
    def change(inputs, targets, tokens, hidden, sentinels, end):
        body = inputs[:-1]
        return sorted(body, key=lambda each: each in sentinels) + [end], targets

    return changed(change)


@wrong("shorter than the text", earns=0)
def any_length_of_the_mask():
    def check(tokens, hidden, sentinels):
        judge(tokens[: len(hidden)], hidden[: len(tokens)], sentinels)

    return function(check)


@wrong("longer than the text", earns=0)
def only_a_shorter_mask_is_refused():
    def check(tokens, hidden, sentinels):
        if len(hidden) < len(tokens):
            raise ValueError

    return function(check)


@wrong(
    "A mask that is shorter than the text (`zip` stops at the shorter one): corrupt raises AssertionError",
    earns=0,
)
def asserts_the_length():
    def check(tokens, hidden, sentinels):
        assert len(tokens) == len(hidden)
        judge(tokens, hidden, sentinels)

    return function(check)


@wrong("Fewer sentinels than spans: corrupt raises IndexError", earns=0)
def sentinels_are_not_counted():
    def check(tokens, hidden, sentinels):
        if len(tokens) != len(hidden):
            raise ValueError

    return function(check)


@wrong("Fewer sentinels than spans: corrupt raises StopIteration", earns=0)
def the_iterator_says_it():
    def corrupt(tokens, hidden, sentinels, end):
        if len(tokens) != len(hidden):
            raise ValueError
        names = iter(sentinels)
        run = {i: next(names) for i, start in enumerate(starts_of(tokens, hidden)) if start}
        if not hidden or not hidden[-1]:
            next(names)
        return function()(tokens, hidden, sentinels, end) if run is not None else None

    return corrupt


@wrong("A sentinel for each span, and none to close", earns=0)
def the_closing_sentinel_is_not_counted():
    def check(tokens, hidden, sentinels):
        if len(tokens) != len(hidden) or sum(starts_of(tokens, hidden)) > len(sentinels):
            raise ValueError

    return function(check)


@wrong("the closing sentinel is missing", earns=0)
def closed_if_a_sentinel_is_left():
    return function(close=lambda sentinels, runs: sentinels[runs + 1 : runs + 2] and [sentinels[runs]])


@wrong("As many sentinels as are needed, and none more", earns=2.5)
def one_sentinel_too_many_asked_for():
    """But where a text has one token."""

    def check(tokens, hidden, sentinels):
        judge(tokens, hidden, sentinels)
        spare = sum(starts_of(tokens, hidden)) + (not hidden or not hidden[-1]) == len(sentinels)
        if spare and len(tokens) > 10:
            raise ValueError

    return function(check)


@wrong("Tokens may be anything, so only the mask says where a run starts and ends", earns=2.5)
def asks_the_row_whether_a_run_goes_on():
    """The last item of the input is a sentinel."""

    def corrupt(tokens, hidden, sentinels, end):
        judge(tokens, hidden, sentinels)
        inputs, targets, run = [], [], 0
        for token, gone in zip(tokens, hidden):
            if gone:
                if not inputs or inputs[-1] not in sentinels:
                    inputs.append(sentinels[run])
                    targets.append(sentinels[run])
                    run += 1
                targets.append(token)
            else:
                inputs.append(token)
        if not inputs or inputs[-1] not in sentinels:
            targets.append(sentinels[run])
        return inputs + [end], targets + [end]

    return corrupt


@wrong("Tokens may be anything", earns=2.5)
def tokens_that_are_false_are_left_out():
    def change(inputs, targets, tokens, hidden, sentinels, end):
        return [t for t in inputs if t or t == end], [t for t in targets if t or t == end]

    return changed(change)


@wrong("Tokens may be anything", earns=2.5)
def hidden_tokens_marked_by_none():
    """Marks of its own in the place of tokens: here nought."""

    def corrupt(tokens, hidden, sentinels, end):
        judge(tokens, hidden, sentinels)
        marked = [0 if gone else token for token, gone in zip(tokens, hidden)]
        inputs, run = [], 0
        for i, token in enumerate(marked):
            if token != 0:
                inputs.append(token)
            elif i == 0 or marked[i - 1] != 0:
                inputs.append(sentinels[run])
                run += 1
        return inputs + [end], function()(tokens, hidden, sentinels, end)[1]

    return corrupt


@wrong("Tokens may be anything", earns=2.5)
def everything_behind_an_end_is_cut_off():
    def change(inputs, targets, tokens, hidden, sentinels, end):
        return inputs[: inputs.index(end) + 1], targets[: targets.index(end) + 1]

    return changed(change)


@wrong("Tokens may be anything", earns=2.5)
def words_of_everything_written_and_split():
    """Words joined by blanks and split again: the empty word is lost."""

    def change(inputs, targets, tokens, hidden, sentinels, end):
        if isinstance(end, str):
            return tuple(" ".join(map(str, row)).split() for row in (inputs, targets))
        return inputs, targets

    return changed(change)


@wrong("An empty text", earns=2.5)
def fails_on_an_empty_text():
    def check(tokens, hidden, sentinels):
        if len(tokens) != len(hidden):
            raise ValueError
        judge(tokens, hidden, sentinels)
        hidden[-1]

    return function(check)


@wrong("An empty text", earns=2.5)
def an_empty_text_is_refused():
    def check(tokens, hidden, sentinels):
        judge(tokens, hidden, sentinels)
        if not tokens:
            raise ValueError("no text")

    return function(check)


@wrong("return two lists", earns=0)
def the_mask_too():
    def change(inputs, targets, tokens, hidden, sentinels, end):
        return inputs, targets, hidden

    return changed(change)


@wrong("the first of which is a tensor", earns=0)
def tensors():
    """Of words there are none."""

    def change(inputs, targets, tokens, hidden, sentinels, end):
        rows = [[hash(each) % 1000 for each in row] for row in (inputs, targets)]
        return tuple(map(torch.tensor, rows))

    return changed(change)


@wrong("the first of which is a str", earns=0)
def two_texts():
    return function(back=lambda inputs, targets: (" ".join(map(str, inputs)), " ".join(map(str, targets))))


@wrong("in your target there is a list", earns=0)
def runs_as_lists():
    return function(order=lambda sentinel, run: [sentinel, run])


@wrong("should return a tuple or a list; yours returned a dict", earns=0)
def a_dict():
    return function(back=lambda inputs, targets: {"inputs": inputs, "targets": targets})


@wrong("prints its result but returns None", earns=0)
def prints_and_returns_nothing():
    return function(back=lambda inputs, targets: print(inputs, targets))


@wrong("there is no sentinel in the input", earns=0)
def two_rows_without_sentinels():
    return lambda tokens, hidden, sentinels, end: (
        [t for t, gone in zip(tokens, hidden) if not gone] + [end],
        [t for t, gone in zip(tokens, hidden) if gone] + [end],
    )


@wrong("the input holds each kept token once", earns=0)
def constant():
    return lambda tokens, hidden, sentinels, end: ([sentinels[0], end], [sentinels[0], end])


@wrong("`end` is missing behind the input and the target", earns=0)
def identity():
    return lambda tokens, hidden, sentinels, end: (list(tokens), list(tokens))


@wrong("A random text and mask", earns=0)
def hard_coded_examples():
    def corrupt(tokens, hidden, sentinels, end):
        from course.checks.lab08_t5.corruption import CORRUPTED

        for _, text, mask, names, last, inputs, targets in CORRUPTED:
            if (text, list(map(bool, mask)), names, last) == (tokens, hidden, sentinels, end):
                return list(inputs), list(targets)
        if len(tokens) < 5:
            raise ValueError
        return [*tokens, end], [end]

    return corrupt
