import itertools
import re

from tests.answers import right, wrong


def told(targets, sentinels, end, until_end=True, add=True, marks=None):
    """{sentinel: its tokens} of a target."""
    runs, run = {}, []
    marks = set(sentinels) if marks is None else marks
    for token in targets:
        if token == end and until_end:
            break
        if token in marks:
            run = runs.setdefault(token, []) if add else runs.__setitem__(token, []) or runs[token]
        elif token != end:
            run.append(token)
    return runs


def laid(inputs, runs, sentinels, end, get=lambda runs, token: runs.get(token, []), until_end=True):
    text = []
    for token in inputs:
        if token == end:
            if until_end:
                break
            continue
        text += get(runs, token) if token in sentinels else [token]
    return text


def function(tell=told, lay=laid, back=list):
    """The exercise's function, with a place for each mistake."""

    def restore(inputs, targets, sentinels, end):
        return back(lay(inputs, tell(targets, sentinels, end), sentinels, end))

    return restore


@right
def the_parts_of_this_file():
    return function()


@right
def a_second_look_for_each_sentinel():
    def restore(inputs, targets, sentinels, end):
        print(inputs, targets)

        def before_end(row):
            return row[: row.index(end)] if end in row else row

        text = []
        for token in before_end(inputs):
            if token not in sentinels:
                text.append(token)
                continue
            inside = False
            for other in before_end(targets):
                if other in sentinels:
                    inside = other == token
                elif inside:
                    text.append(other)
        return text

    return restore


@right
def recursive():
    def restore(inputs, targets, sentinels, end):
        def runs(row, mark):
            if not row or row[0] == end:
                return {}
            if row[0] in sentinels:
                return runs(row[1:], row[0])
            rest = runs(row[1:], mark)
            return {**rest, mark: [row[0], *rest.get(mark, [])]}

        known = runs(targets, None)

        def text(row):
            if not row or row[0] == end:
                return []
            return (known.get(row[0], []) if row[0] in sentinels else [row[0]]) + text(row[1:])

        return text(inputs)

    return restore


@right
def with_itertools():
    def restore(inputs, targets, sentinels, end):
        import collections
        import warnings

        warnings.warn("restoring", stacklevel=1)
        marks = frozenset(sentinels)
        inputs, targets = (list(itertools.takewhile(lambda t: t != end, row)) for row in (inputs, targets))
        runs = collections.defaultdict(list)
        number = 0
        names = [None]
        for is_mark, group in itertools.groupby(targets, marks.__contains__):
            if is_mark:
                names.extend(group)
                number = len(names) - 1
            else:
                runs[names[number]].extend(group)
        return list(itertools.chain.from_iterable(runs[t] if t in marks else [t] for t in inputs))

    return restore


@right
def with_numpy():
    def restore(inputs, targets, sentinels, end):
        import numpy as np

        codes = {each: i for i, each in enumerate(dict.fromkeys([*sentinels, end, *inputs, *targets]))}
        words = list(codes)
        few = len(sentinels)

        def coded(row):
            row = np.array([codes[each] for each in row], dtype=int)
            ends = np.flatnonzero(row == codes[end])
            return row[: ends[0]] if len(ends) else row

        target = coded(targets)
        marks = np.where(target < few, np.arange(len(target)), -1)
        at = np.maximum.accumulate(marks) if len(marks) else marks
        owner = np.where(at >= 0, target[at] if len(target) else at, -1)
        parts = [
            target[(owner == code) & (target >= few)] if code < few else np.array([code])
            for code in coded(inputs)
        ]
        return [words[i] for i in (np.concatenate(parts).astype(int).tolist() if parts else [])]

    return restore


@right
def as_an_iterator():
    """A list may also be told as it comes: it crosses as one."""

    def restore(inputs, targets, sentinels, end):
        runs = told(targets, sentinels, end)
        for token in inputs:
            if token == end:
                return
            if token in sentinels:
                yield from runs.get(token, ())
            else:
                yield token

    return restore


@wrong("There is a sentinel in your text", earns=0)
def sentinels_stay_in_the_text():
    return function(lay=lambda i, runs, s, end: laid(i, runs, s, end, lambda r, t: [t, *r.get(t, [])]))


@wrong("There is a sentinel in your text", earns=0)
def unknown_sentinels_stay_in_the_text():
    return function(lay=lambda i, runs, s, end: laid(i, runs, s, end, lambda r, t: r.get(t, [t])))


@wrong("There is a sentinel in your text", earns=0)
def up_to_the_second_sentinel():
    """What stands between one sentinel and the last one, with those between."""

    def tell(targets, sentinels, end):
        row = list(itertools.takewhile(lambda t: t != end, targets))
        return {t: row[i + 1 :] for i, t in reversed(list(enumerate(row))) if t in sentinels}

    return function(tell)


@wrong("`end` is in your text", earns=0)
def end_stays_in_the_text():
    def restore(inputs, targets, sentinels, end):
        return [*function()(inputs, targets, sentinels, end), end]

    return restore


@wrong("`end` is in your text", earns=0)
def end_of_the_target_belongs_to_the_last_run():
    def tell(targets, sentinels, end):
        return told(targets, sentinels, None)

    return function(tell)


@wrong("Whatever stands behind `end` in the target does not count", earns=0)
def reads_on_behind_the_end_of_the_target():
    return function(lambda t, s, end: told(t, s, end, until_end=False))


@wrong("Whatever stands behind `end` in the input does not count", earns=0)
def reads_on_behind_the_end_of_the_input():
    return function(lay=lambda *given: laid(*given, until_end=False))


@wrong("Whatever stands behind `end` in the target does not count", earns=0)
def only_the_last_token_is_taken_for_the_end():
    def restore(inputs, targets, sentinels, end):
        cut = [row[:-1] if row[-1:] == [end] else row for row in (inputs, targets)]
        return function()(cut[0], [t for t in cut[1] if t != end], sentinels, end)

    return restore


@wrong("Whatever stands behind `end` in the target does not count", earns=0)
def up_to_the_last_end():
    def restore(inputs, targets, sentinels, end):
        if end in targets:
            targets = targets[: len(targets) - 1 - targets[::-1].index(end)]
        return function()(inputs, [t for t in targets if t != end], sentinels, end)

    return restore


@wrong("A target without `end` counts to its last token", earns=0)
def the_last_token_is_always_cut_off():
    def restore(inputs, targets, sentinels, end):
        cut = targets[: targets.index(end)] if end in targets else targets[:-1]
        return function()(inputs, cut, sentinels, end)

    return restore


@wrong("ValueError", earns=0)
def looks_for_an_end_that_is_not_there():
    def restore(inputs, targets, sentinels, end):
        return function()(inputs, targets[: targets.index(end)], sentinels, end)

    return restore


@wrong("A sentinel that the target does not have stands for nothing: KeyError", earns=0)
def fails_at_a_sentinel_without_a_run():
    return function(lay=lambda i, runs, s, end: laid(i, runs, s, end, lambda r, t: r[t]))


@wrong("Where nothing is hidden the text is the input", earns=0)
def the_closing_sentinel_must_close_a_run():
    def restore(inputs, targets, sentinels, end):
        if not any(token in sentinels for token in inputs):
            return [*targets[:0], *inputs]
        return function()(inputs, targets, sentinels, end)

    return restore


@wrong("Tokens behind a sentinel that the input does not have are left out", earns=0)
def unknown_runs_are_put_at_the_end():
    def restore(inputs, targets, sentinels, end):
        runs = told(targets, sentinels, end)
        text = function()(inputs, targets, sentinels, end)
        return text + [t for mark, run in runs.items() if mark not in inputs for t in run]

    return restore


@wrong("Tokens behind a sentinel that the input does not have are left out", earns=0)
def only_sentinels_of_the_input_are_known():
    """The others are taken for tokens, and their tokens go to the run before."""

    def restore(inputs, targets, sentinels, end):
        marks = set(inputs) & set(sentinels)
        runs = told(targets, sentinels, end, marks=marks)
        runs = {mark: [t for t in run if t not in sentinels] for mark, run in runs.items()}
        return laid(inputs, runs, sentinels, end)

    return restore


@wrong("Tokens before the first sentinel of the target are left out", earns=0)
def what_is_before_the_first_sentinel_comes_first():
    def restore(inputs, targets, sentinels, end):
        first = list(itertools.takewhile(lambda t: t not in sentinels and t != end, targets))
        return first + function()(inputs, targets, sentinels, end)

    return restore


@wrong("Tokens before the first sentinel of the target are left out", earns=0)
def what_is_before_the_first_sentinel_goes_to_it():
    def restore(inputs, targets, sentinels, end):
        first = list(itertools.takewhile(lambda t: t not in sentinels and t != end, targets))
        marks = [t for t in inputs if t in sentinels]
        rest = targets[len(first) :]
        return function()(inputs, [*marks[:1], *first, *rest], sentinels, end)

    return restore


@wrong("Tokens before the first sentinel of the target are left out: UnboundLocalError", earns=0)
def no_place_for_what_is_before_the_first_sentinel():
    def restore(inputs, targets, sentinels, end):
        runs = {}
        for token in targets:
            if token == end:
                break
            if token in sentinels:
                mark = token
                runs.setdefault(mark, [])
            else:
                runs[mark].append(token)
        return laid(inputs, runs, sentinels, end)

    return restore


@wrong("has the tokens of both places, in their order. Tokens are missing", earns=0)
def the_second_place_counts():
    return function(lambda t, s, end: told(t, s, end, add=False))


@wrong("has the tokens of both places, in their order. Tokens are missing", earns=0)
def the_first_place_counts():
    def tell(targets, sentinels, end):
        runs, run = {}, []
        for token in itertools.takewhile(lambda t: t != end, targets):
            if token in sentinels:
                run = []
                runs.setdefault(token, run)
            else:
                run.append(token)
        return runs

    return function(tell)


@wrong("has the tokens of both places, in their order", earns=0)
def the_second_place_comes_first():
    def tell(targets, sentinels, end):
        runs, run = {}, []
        for token in [*itertools.takewhile(lambda t: t != end, targets), *sentinels[:1]]:
            if token in sentinels:
                run = []
                runs.setdefault(token, []).insert(0, run)
            else:
                run.append(token)
        return {mark: [t for run in parts for t in run] for mark, parts in runs.items()}

    return function(tell)


@wrong("also when the target tells the runs in another order", earns=0)
def runs_in_turn():
    """The first run for the first sentinel of the input, whatever stands in front of it."""

    def restore(inputs, targets, sentinels, end):
        runs = iter(list(told(targets, sentinels, end).values()))
        text = []
        for token in itertools.takewhile(lambda t: t != end, inputs):
            text += next(runs, []) if token in sentinels else [token]
        return text

    return restore


@wrong("also when the target tells the runs in another order", earns=0)
def sentinels_in_the_order_of_the_list():
    """From each sentinel to the next one *of the list*."""

    def tell(targets, sentinels, end):
        row = list(itertools.takewhile(lambda t: t != end, targets))
        runs = {}
        for one, two in zip(sentinels, [*sentinels[1:], None]):
            if one in row:
                start = row.index(one) + 1
                stop = row.index(two) if two in row else len(row)
                runs[one] = [t for t in row[start:stop] if t not in sentinels]
        return runs

    return function(tell)


@wrong("A sentinel with no token behind it stands for nothing", earns=0)
def an_empty_run_takes_the_next():
    def tell(targets, sentinels, end):
        runs, run, before = {}, [], None
        for token in itertools.takewhile(lambda t: t != end, targets):
            if token in sentinels:
                if before not in sentinels:
                    run = runs.setdefault(token, [])
                else:
                    runs[token] = run
            else:
                run.append(token)
            before = token
        return runs

    return function(tell)


@wrong("Tokens that come again are told by their place and not by their value", earns=0)
def a_token_goes_only_once_into_a_text():
    def restore(inputs, targets, sentinels, end):
        return list(dict.fromkeys(function()(inputs, targets, sentinels, end)))

    return restore


@wrong("should be “a b c d e”", earns=0)
def only_the_first_token_of_a_run():
    return function(lay=lambda i, runs, s, end: laid(i, runs, s, end, lambda r, t: r.get(t, [])[:1]))


@wrong("Tokens are missing", earns=0)
def only_the_runs():
    return function(lay=lambda i, runs, s, end: [t for run in runs.values() for t in run])


@wrong("Tokens are missing", earns=0)
def only_the_kept_tokens():
    return function(lay=lambda i, runs, s, end: laid(i, {}, s, end))


@wrong("should be “Thank you for inviting me", earns=0)
def only_the_first_sentinel():
    return function(lambda t, s, end: told(t, s, end, marks={s[0]}), lambda i, r, s, end: laid(i, {m: [t for t in run if t not in s] for m, run in r.items() if m == s[0]}, s, end))  # fmt: skip


@wrong("not the right ones in their order", earns=0)
def runs_turned_round():
    return function(lay=lambda i, runs, s, end: laid(i, runs, s, end, lambda r, t: r.get(t, [])[::-1]))


@wrong("not the right ones in their order", earns=0)
def input_and_target_side_by_side():
    def restore(inputs, targets, sentinels, end):
        return [t for t in [*inputs, *targets] if t not in sentinels and t != end]

    return restore


@wrong("changed its argument `inputs` in place", earns=0)
def works_in_the_input():
    def restore(inputs, targets, sentinels, end):
        runs = told(targets, sentinels, end)
        for token in [t for t in inputs if t in sentinels]:
            at = inputs.index(token)
            inputs[at : at + 1] = runs.get(token, [])
        del inputs[inputs.index(end) :]
        return inputs

    return restore


@wrong("changed its argument `targets` in place", earns=0)
def eats_the_target():
    def restore(inputs, targets, sentinels, end):
        runs, run = {}, []
        while targets:
            token = targets.pop(0)
            if token == end:
                break
            if token in sentinels:
                run = runs.setdefault(token, [])
            else:
                run.append(token)
        return laid(inputs, runs, sentinels, end)

    return restore


@wrong("changed its argument `sentinels` in place", earns=0)
def sorts_the_sentinels():
    def restore(inputs, targets, sentinels, end):
        sentinels.sort(key=lambda each: str(each)[::-1], reverse=True)
        return function()(inputs, targets, sentinels, end)

    return restore


@wrong("A text of ids", earns=0)
def words_in_points():
    """Whatever looks like <…> is a sentinel."""

    def restore(inputs, targets, sentinels, end):
        def is_mark(token):
            return re.fullmatch(r"<\w+>", str(token)) is not None

        runs, run = {}, []
        for token in itertools.takewhile(lambda t: t != end, targets):
            if is_mark(token):
                run = runs.setdefault(token, [])
            else:
                run.append(token)
        return [
            each
            for token in itertools.takewhile(lambda t: t != end, inputs)
            for each in (runs.get(token, []) if is_mark(token) else [token])
        ]

    return restore


@wrong("A text of ids", earns=0)
def nought_is_no_token():
    return function(back=lambda text: [t for t in text if t])


@wrong("A random text, corrupted and to be restored", earns=0)
def only_the_first_three_sentinels():
    def restore(inputs, targets, sentinels, end):
        return function()(inputs, targets, sentinels[:3] if len(sentinels) > 4 else sentinels, end)

    return restore


@wrong("Rows with no token at all", earns=1.5)
def fails_on_an_empty_row():
    def restore(inputs, targets, sentinels, end):
        targets[0]
        return function()(inputs, targets, sentinels, end)

    return restore


@wrong("has the tokens of both places", earns=1.5)
def twice_only_side_by_side():
    """A sentinel that comes again after others has only what came first, but in small texts."""

    def restore(inputs, targets, sentinels, end):
        if len(sentinels) < 5:
            return function()(inputs, targets, sentinels, end)
        runs, run = {}, []
        for token in itertools.takewhile(lambda t: t != end, targets):
            if token in sentinels:
                run = [] if token in runs else runs.setdefault(token, [])
            else:
                run.append(token)
        return laid(inputs, runs, sentinels, end)

    return restore


@wrong("should return a list; yours returned a str", earns=0)
def joined():
    return function(back=lambda text: " ".join(map(str, text)))


@wrong("should return a list; yours returned a tuple", earns=0)
def a_tuple():
    return function(back=tuple)


@wrong("In yours there is a list of length", earns=0)
def runs_as_lists():
    return function(lay=lambda i, runs, s, end: [runs.get(t, []) if t in s else t for t in i if t != end])


@wrong("prints its result but returns None", earns=0)
def prints_and_returns_nothing():
    return function(back=print)


@wrong("Tokens are missing", earns=0)
def constant():
    return lambda inputs, targets, sentinels, end: []


@wrong("There is a sentinel in your text", earns=0)
def identity():
    return lambda inputs, targets, sentinels, end: list(inputs)


@wrong("A random text, corrupted and to be restored", earns=0)
def hard_coded_examples():
    def restore(inputs, targets, sentinels, end):
        from course.checks.lab08_t5.corruption import RESTORED

        for _, one, two, text in RESTORED:
            if (one.split(), two.split()) == (inputs, targets):
                return text.split()
        return [5, 6, 0, 0, 5, 7]

    return restore
