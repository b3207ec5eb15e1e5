"""Answers to `decoder_only_example`; those that inherit a mistake of `corrupt` bring it along."""

import itertools

import numpy as np
import torch

from tests.answers import right, wrong
from tests.answers.lab08_t5 import parts


def corrupt(tokens, hidden, sentinels, end):
    """With its errors, which `parts` leaves out."""
    if len(tokens) != len(hidden):
        raise ValueError("lengths")
    runs = sum(1 for gone, _ in itertools.groupby(hidden) if gone)
    if runs + (not hidden or not hidden[-1]) > len(sentinels):
        raise ValueError("sentinels")
    return parts.corrupt(tokens, hidden, sentinels, end)


def join(inputs, targets, hidden):
    """The row, and how long its prefix is."""
    body = targets[:-1] if hidden[-1] else targets[:-2]
    return inputs[:-1] + body + targets[-1:], len(inputs) - 1


def seen(place, prefix):
    return (place < prefix) | (place <= place[:, None])


def guessing(place, prefix):
    return (place >= prefix - 1) & (place < len(place) - 1)


def function(corrupt=corrupt, join=join, seen=seen, guessing=guessing, last=lambda *three: three):
    """The solution, in steps that an answer replaces by its mistake."""

    def decoder_only_example(tokens, hidden, sentinels, end):
        inputs, targets = corrupt(tokens, hidden, sentinels, end)
        row, prefix = join(inputs, targets, hidden)
        place = torch.arange(len(row))
        return last(row, seen(place, prefix), guessing(place, prefix))

    return decoder_only_example


def changed(change, places=corrupt):
    """A corrupt that does something to its two lists."""

    def corrupt(tokens, hidden, sentinels, end):
        return change(*places(tokens, hidden, sentinels, end), tokens, hidden, sentinels, end)

    return corrupt


@right
def the_parts_of_this_file():
    return function()


@right
def the_solution():
    def decoder_only_example(tokens, hidden, sentinels, end):
        import warnings

        inputs, targets = corrupt(tokens, hidden, sentinels, end)
        print(inputs, targets)
        warnings.warn("a row", stacklevel=1)
        if not hidden or not hidden[-1]:
            del targets[-2]
        prefix, row = len(inputs) - 1, inputs[:-1] + targets
        place = torch.arange(len(row))
        may = (place < prefix) | (place <= place[:, None])
        return row, may, (place >= prefix - 1) & (place < len(row) - 1)

    return decoder_only_example


@right
def without_corrupt():
    """It writes the row itself, and needs no closing sentinel at any time; a tuple and a list are as good."""

    def decoder_only_example(tokens, hidden, sentinels, end):
        if len(tokens) != len(hidden):
            raise ValueError("a mask of another length")
        prefix, target, before, used = [], [], False, 0
        for token, now in zip(tokens, hidden):
            if now and not before:
                if used == len(sentinels):
                    raise ValueError("too few sentinels")
                prefix.append(sentinels[used])
                target.append(sentinels[used])
                used += 1
            (target if now else prefix).append(token)
            before = now
        row = (*prefix, *target, end)
        may = torch.ones(len(row), len(row), dtype=torch.bool).tril()
        may[:, : len(prefix)] = True
        asked = torch.zeros(len(row), dtype=torch.bool)
        asked[len(prefix) - 1 : -1] = True
        return [row, may, asked]

    return decoder_only_example


@right
def element_by_element():
    def decoder_only_example(tokens, hidden, sentinels, end):
        inputs, targets = corrupt(tokens, hidden, sentinels, end)
        row, prefix = join(inputs, targets, hidden)
        n = len(row)
        may = [[j < prefix or j <= i for j in range(n)] for i in range(n)]
        asked = [prefix <= i + 1 < n for i in range(n)]
        return row, torch.tensor(may), torch.tensor(asked)

    return decoder_only_example


@right
def through_numpy():
    def decoder_only_example(tokens, hidden, sentinels, end):
        inputs, targets = corrupt(tokens, hidden, sentinels, end)
        row, prefix = join(inputs, targets, hidden)
        may = np.tri(len(row), dtype=bool)
        may[:prefix, :prefix] = True
        asked = np.roll(np.arange(len(row)) >= prefix, -1)
        asked[-1] = False
        return row, torch.from_numpy(may), torch.from_numpy(asked)

    return decoder_only_example


@right
def blocks_side_by_side():
    def decoder_only_example(tokens, hidden, sentinels, end):
        inputs, targets = corrupt(tokens, hidden, sentinels, end)
        row, p = join(inputs, targets, hidden)
        t = len(row) - p
        open_, shut = torch.ones(len(row), p).bool(), torch.zeros(p, t).bool()
        may = torch.cat([open_, torch.cat([shut, ~torch.ones(t, t).triu(1).bool()])], 1)
        asked = torch.tensor([False] * (p - 1) + [True] * t + [False])
        return row, may, asked

    return decoder_only_example


@right
def always_closed_and_always_cut():
    """A corrupt that closes every target is made good by cutting that every time."""

    def corrupt(tokens, hidden, sentinels, end):
        inputs, targets = globals()["corrupt"](tokens, hidden, sentinels, end)
        return inputs, targets if not hidden[-1] else [*targets[:-1], sentinels[-1], end]

    return function(corrupt, lambda inputs, targets, hidden: (inputs[:-1] + targets[:-2] + targets[-1:], len(inputs) - 1))  # fmt: skip


@wrong("`end` stands behind the prefix, too", earns=2)
def end_left_behind_the_input():
    def join(inputs, targets, hidden):
        row, prefix = globals()["join"](inputs, targets, hidden)
        return [*inputs, *row[prefix:]], prefix + 1

    return function(join=join)


@wrong("`end` stands behind the prefix, too", earns=2)
def end_left_and_not_counted():
    """The prefix is counted right; `end` is seen as the first of the target."""

    def join(inputs, targets, hidden):
        row, prefix = globals()["join"](inputs, targets, hidden)
        return [*inputs, *row[prefix:]], prefix

    return function(join=join)


@wrong("And the closing sentinel is left over", earns=2)
def both_lists_as_they_are():
    return function(join=lambda inputs, targets, hidden: (inputs + targets, len(inputs)))


@wrong("The closing sentinel is left over", earns=2)
def closing_sentinel_kept():
    return function(join=lambda inputs, targets, hidden: (inputs[:-1] + targets, len(inputs) - 1))


@wrong("you take away its last token", earns=0)
def closing_sentinel_cut_where_there_is_none():
    return function(join=lambda inputs, targets, hidden: (inputs[:-1] + targets[:-2] + targets[-1:], len(inputs) - 1))  # fmt: skip


@wrong("You take `end` away", earns=2)
def end_cut_in_place_of_the_sentinel():
    def join(inputs, targets, hidden):
        return inputs[:-1] + (targets if hidden[-1] else targets[:-1]), len(inputs) - 1

    return function(join=join)


@wrong("`end` is missing", earns=2)
def no_end():
    def join(inputs, targets, hidden):
        row, prefix = globals()["join"](inputs, targets, hidden)
        return row[:-1], prefix

    return function(join=join)


@wrong("The target stands in front", earns=0)
def target_first():
    def join(inputs, targets, hidden):
        row, prefix = globals()["join"](inputs, targets, hidden)
        return row[prefix:] + row[:prefix], len(row) - prefix

    return function(join=join)


@wrong("That is the target alone", earns=0)
def target_alone():
    def join(inputs, targets, hidden):
        row, prefix = globals()["join"](inputs, targets, hidden)
        return row[prefix:], 0

    return function(join=join)


@wrong("That is the input alone", earns=0)
def input_alone():
    return function(join=lambda inputs, targets, hidden: (inputs, len(inputs) - 1))


@wrong("Is that a whole list?", earns=0)
def lists_in_a_list():
    return function(join=lambda inputs, targets, hidden: ([inputs[:-1], targets], 1))


@wrong("The row, which comes first, is a list of tokens; yours is a str", earns=0)
def one_string():
    return function(last=lambda row, may, asked: (" ".join(map(str, row)), may, asked))


@wrong("each of them as it came: a number", earns=0)
def tokens_become_strings():
    return function(last=lambda row, may, asked: ([str(token) for token in row], may, asked))


@wrong("The row, which comes first, is a list of tokens; yours is a tensor", earns=0)
def a_row_of_ids():
    """In a tensor, where it can be one."""

    def last(row, may, asked):
        return (torch.tensor(row) if isinstance(row[0], int) else row), may, asked

    return function(last=last)


@wrong("Your mask is causal all over", earns=2)
def causal():
    return function(seen=lambda place, prefix: place <= place[:, None])


@wrong("Everybody sees everything", earns=2)
def fully_visible():
    return function(seen=lambda place, prefix: torch.ones(len(place), len(place), dtype=torch.bool))


@wrong("Yours is the transpose", earns=2)
def transposed():
    return function(seen=lambda place, prefix: seen(place, prefix).T)


@wrong(
    "By your mask the prefix has 7 tokens, and it has 6. Does `end`, which corrupt puts behind the input, count in yours?",
    earns=2,
)
def prefix_counts_end():
    return function(seen=lambda place, prefix: seen(place, prefix + 1))


@wrong("By your mask the prefix has 5 tokens, and it has 6", earns=2)
def prefix_too_short():
    return function(seen=lambda place, prefix: seen(place, prefix - 1))


@wrong("it is the *columns* of the prefix that are open to all, not its rows", earns=2)
def rows_in_place_of_columns():
    return function(seen=lambda place, prefix: (place <= place[:, None]) | (place < prefix)[:, None])


@wrong("A token of the prefix sees the target", earns=2)
def rows_and_columns():
    return function(seen=lambda place, prefix: seen(place, prefix) | (place < prefix)[:, None])


@wrong("sees the target behind it", earns=2)
def a_target_that_sees_ahead():
    return function(seen=lambda place, prefix: (place < prefix) | (place >= prefix)[:, None])


@wrong("does not see itself", earns=2)
def a_target_that_does_not_see_itself():
    return function(seen=lambda place, prefix: (place < prefix) | (place < place[:, None]))


@wrong("sees the prefix alone", earns=2)
def a_target_that_sees_the_prefix_alone():
    return function(seen=lambda place, prefix: (place < prefix).expand(len(place), -1))


@wrong("and not the target before it", earns=2)
def a_target_that_sees_the_prefix_and_itself():
    return function(seen=lambda place, prefix: (place < prefix) | (place == place[:, None]))


@wrong("The target does not see the prefix", earns=2)
def apart():
    return function(seen=lambda place, prefix: seen(place, prefix) & ((place < prefix) >= (place < prefix)[:, None]) & ((place >= prefix) | (place < prefix)[:, None]))  # fmt: skip


@wrong("True = may attend", earns=2)
def inverted():
    return function(seen=lambda place, prefix: ~seen(place, prefix))


@wrong("`may` is boolean; yours is of type float32. Zeros and minus infinity", earns=2)
def additive():
    def seen(place, prefix):
        return torch.zeros(len(place), len(place)).masked_fill(~globals()["seen"](place, prefix), -torch.inf)

    return function(seen=seen)


@wrong("`may` is boolean; yours is of type int64", earns=2)
def zeros_and_ones():
    return function(seen=lambda place, prefix: seen(place, prefix).long())


@wrong("`may` is a tensor, bool (10, 10); yours is a list", earns=2)
def a_list_of_lists():
    return function(seen=lambda place, prefix: seen(place, prefix).tolist())


@wrong("`asked` is a tensor, bool (10,); yours is a list", earns=2.5)
def a_list_of_bools():
    return function(guessing=lambda place, prefix: guessing(place, prefix).tolist())


@wrong("yours has (1, 10, 10). It is one row of tokens, without an axis for a batch", earns=2)
def a_batch_of_one():
    return function(seen=lambda place, prefix: seen(place, prefix)[None])


@wrong("yours has (9, 9). The last token has a row and a column, too", earns=2)
def a_mask_without_the_last():
    return function(seen=lambda place, prefix: seen(place, prefix)[:-1, :-1])


@wrong("it belongs one place earlier", earns=2.5)
def asked_at_the_token():
    return function(guessing=lambda place, prefix: place >= prefix)


@wrong("the last place of the prefix guesses it", earns=2.5)
def the_first_of_the_target_is_given():
    return function(guessing=lambda place, prefix: (place >= prefix) & (place < len(place) - 1))


@wrong("The last place is asked", earns=2.5)
def asked_behind_the_end():
    return function(guessing=lambda place, prefix: place >= prefix - 1)


@wrong("The prefix is asked, too", earns=2.5)
def loss_on_the_prefix():
    return function(guessing=lambda place, prefix: place < len(place) - 1)


@wrong("Everybody is asked", earns=2.5)
def loss_on_everything():
    return function(guessing=lambda place, prefix: place >= 0)


@wrong("one place too early", earns=2.5)
def asked_two_places_before():
    return function(guessing=lambda place, prefix: (place >= prefix - 2) & (place < len(place) - 2))


@wrong("Nobody is asked for `end`", earns=2.5)
def end_is_not_asked_for():
    return function(guessing=lambda place, prefix: (place >= prefix - 1) & (place < len(place) - 2))


@wrong("a sentinel is a token like any other", earns=2.5)
def sentinels_are_not_asked_for():
    def decoder_only_example(tokens, hidden, sentinels, end):
        row, may, asked = function()(tokens, hidden, sentinels, end)
        return row, may, asked & torch.tensor([token not in sentinels for token in [*row[1:], end]])

    return decoder_only_example


@wrong("True = the next token is to be guessed", earns=2.5)
def asked_turned_round():
    return function(guessing=lambda place, prefix: ~guessing(place, prefix))


@wrong("Your True stands at the prefix", earns=2.5)
def the_prefix_is_marked():
    return function(guessing=lambda place, prefix: place < prefix)


@wrong("The last place is there, too, and is not asked", earns=2.5)
def asked_without_the_last():
    return function(guessing=lambda place, prefix: guessing(place, prefix)[:-1])


@wrong("`asked` is boolean; yours is of type int64", earns=2.5)
def labels_in_place_of_asked():
    return function(guessing=lambda place, prefix: torch.where(guessing(place, prefix), place, -100))


@wrong("Every run has the first sentinel; each has its own. That comes from `corrupt`", earns=2)
def inherits_one_sentinel_for_all():
    def first(inputs, targets, tokens, hidden, sentinels, end):
        return [[sentinels[0] if t in sentinels else t for t in half] for half in (inputs, targets)]

    return function(changed(first))


@wrong("Sentinels are used from the last one on", earns=2)
def inherits_sentinels_turned_round():
    def corrupt(tokens, hidden, sentinels, end):
        return globals()["corrupt"](tokens, hidden, sentinels[::-1], end)

    return function(corrupt)


@wrong("There is no sentinel in your input where a run was. That comes from `corrupt`", earns=2)
def inherits_no_sentinel_in_the_input():
    return function(changed(lambda inputs, targets, tokens, hidden, sentinels, end: ([t for t in inputs if t not in sentinels], targets)))  # fmt: skip


@wrong("so there is no closing sentinel; yours has one. That comes from `corrupt`", earns=2)
def inherits_a_closing_sentinel_everywhere():
    def closed(inputs, targets, tokens, hidden, sentinels, end):
        used = sum(token in sentinels for token in targets)
        return inputs, [*targets[:-1], *sentinels[used : used + 1], end] if hidden[-1] else targets

    return function(changed(closed))


@wrong("Is it `corrupt`, on which this one builds, that is not right yet?", earns=2)
def inherits_a_sentinel_for_each_token():
    def each(inputs, targets, tokens, hidden, sentinels, end):
        names = iter(sentinels * len(tokens))
        marks = [next(names) if now else token for token, now in zip(tokens, hidden)]
        told = [x for mark, token, now in zip(marks, tokens, hidden) if now for x in (mark, token)]
        return [*marks, end], [*told, end] if hidden[-1] else [*told, sentinels[-1], end]

    return function(changed(each))


@wrong("True = hidden, and the target comes behind", earns=0)
def inherits_the_mask_turned_round():
    def corrupt(tokens, hidden, sentinels, end):
        return parts.corrupt(tokens, [not now for now in hidden], sentinels * 9, end)

    return function(corrupt, lambda inputs, targets, hidden: join(inputs, targets, [not now for now in hidden]))  # fmt: skip


@wrong("as in `corrupt`; yours gives a row", earns=2.5)
def inherits_no_errors():
    def corrupt(tokens, hidden, sentinels, end):
        return parts.corrupt(tokens, hidden, [*sentinels, *sentinels * 20], end)

    return function(corrupt)


@wrong("as in `corrupt`; yours raises StopIteration", earns=2.5)
def inherits_another_error():
    def corrupt(tokens, hidden, sentinels, end):
        assert len(tokens) == len(hidden)
        return parts.corrupt(tokens, hidden, sentinels, end)

    def wrapped(tokens, hidden, sentinels, end):
        if len(tokens) != len(hidden):
            raise ValueError("lengths")
        return function(corrupt)(tokens, hidden, sentinels, end)

    return wrapped


@wrong("decoder_only_example calls `corrupt`, which is not written yet", earns=0)
def inherits_nothing():
    def corrupt(tokens, hidden, sentinels, end):
        raise NotImplementedError("corrupt")

    return function(corrupt)


@wrong("That is in `corrupt`, on which this one builds; its check comes before this one", earns=0)
def inherits_a_failure():
    def corrupt(tokens, hidden, sentinels, end):
        return tokens[len(tokens)], hidden

    return function(corrupt)


@wrong("changed its argument `tokens` in place", earns=0)
def in_place():
    def decoder_only_example(tokens, hidden, sentinels, end):
        result = function()(tokens, hidden, sentinels, end)
        tokens.append(end)
        return result

    return decoder_only_example


@wrong("changed its argument `sentinels` in place", earns=0)
def sentinels_used_up():
    def decoder_only_example(tokens, hidden, sentinels, end):
        result = function()(tokens, hidden, sentinels, end)
        sentinels.pop(0)
        return result

    return decoder_only_example


@wrong("its place says whether it is hidden, and not what it is", earns=0)
def hidden_known_by_its_word():
    """Where a text has a word twice, hidden and kept, both are hidden."""

    def decoder_only_example(tokens, hidden, sentinels, end):
        if len(tokens) != len(hidden):
            raise ValueError("lengths")
        gone = {token for token, now in zip(tokens, hidden) if now}
        mask = [token in gone for token in tokens]
        return function()(tokens, mask, sentinels if mask == hidden else sentinels * 20, end)

    return decoder_only_example


@wrong("ValueError", earns=0)
def prefix_found_by_its_end():
    """The second place of the first sentinel, which a row has not where nothing is hidden."""

    def decoder_only_example(tokens, hidden, sentinels, end):
        row, may, asked = function()(tokens, hidden, sentinels, end)
        first = row.index(sentinels[0])
        prefix, place = row.index(sentinels[0], first + 1), torch.arange(len(row))
        return row, seen(place, prefix), guessing(place, prefix)

    return decoder_only_example


@wrong("By your mask the prefix has 2 tokens, and it has 6", earns=2)
def prefix_ends_at_the_first_sentinel():
    def decoder_only_example(tokens, hidden, sentinels, end):
        row, may, asked = function()(tokens, hidden, sentinels, end)
        place = torch.arange(len(row))
        return row, seen(place, row.index(sentinels[0]) + 1 if sentinels[0] in row else len(tokens)), asked

    return decoder_only_example


@wrong("of type uint8", earns=2)
def bytes_in_place_of_bools():
    return function(seen=lambda place, prefix: seen(place, prefix).byte())


@wrong("`may` is a tensor, bool (10, 10); yours is a numpy array", earns=2)
def arrays():
    return function(seen=lambda place, prefix: seen(place, prefix).numpy())


@wrong("Return three things", earns=0)
def the_row_alone():
    return function(last=lambda row, may, asked: row)


@wrong("Return three things", earns=0)
def identity():
    return lambda tokens, hidden, sentinels, end: (tokens, hidden, sentinels, end)


@wrong("decoder_only_example returned None", earns=0)
def nothing_returned():
    return function(last=lambda row, may, asked: None)


@wrong("decoder_only_example is not written yet", earns=0)
def unwritten():
    def decoder_only_example(tokens, hidden, sentinels, end):
        raise NotImplementedError("decoder_only_example")

    return decoder_only_example


@wrong("the row is thanks <X> me to your <Y>", earns=0)
def constant():
    """The notes' example, whatever is asked."""
    row = "thanks <X> me to your party <X> for inviting <EOS>".split()
    place = torch.arange(10)
    return lambda tokens, hidden, sentinels, end: (row, seen(place, 6), guessing(place, 6))


@wrong("the row is another one; yours has", earns=0)
def hard_coded_examples():
    """Right on the visible texts, and the text itself elsewhere."""

    def decoder_only_example(tokens, hidden, sentinels, end):
        if end == "<EOS>" or sentinels == [99, 98, 97] or len(tokens) != len(hidden) or len(sentinels) == 1:
            return function()(tokens, hidden, sentinels, end)
        row = [*tokens, end]
        place = torch.arange(len(row))
        return row, seen(place, 0), guessing(place, 1)

    return decoder_only_example
