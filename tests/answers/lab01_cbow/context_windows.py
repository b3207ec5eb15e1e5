from tests.answers import right, wrong


@right
def one_index_at_a_time():
    def context_windows(tokens, radius, pad="<pad>"):
        result = []
        for place in range(len(tokens)):
            context = []
            for other in range(place - radius, place + radius + 1):
                if other != place:
                    context.append(tokens[other] if 0 <= other < len(tokens) else pad)
            result.append((context, tokens[place]))
        return result

    return context_windows


@right
def generator_of_tuples():
    def context_windows(tokens, radius, pad="<pad>"):
        from itertools import chain, repeat

        line = (*repeat(pad, radius), *tokens, *repeat(pad, radius))
        for i, centre in enumerate(tokens, start=radius):
            yield tuple(chain(line[i - radius : i], line[i + 1 : i + 1 + radius])), centre

    return context_windows


@right
def sliding_queue_with_prints_and_a_warning():
    def context_windows(tokens, radius, pad="<pad>"):
        import warnings
        from collections import deque

        warnings.warn("slow but sure", stacklevel=1)
        window, pairs = deque([pad] * (2 * radius + 1), maxlen=2 * radius + 1), []
        for n, token in enumerate([*tokens, *[pad] * radius]):
            window.append(token)
            if n >= radius:
                print("window", list(window))
                pairs.append([[w for i, w in enumerate(window) if i != radius], window[radius]])
        return tuple(pairs)

    return context_windows


@right
def tensors_where_the_tokens_are_ids():
    def context_windows(tokens, radius, pad="<pad>"):
        import numpy as np

        padded = np.array([pad] * radius + list(tokens) + [pad] * radius, dtype=object)
        places = np.delete(np.arange(2 * radius + 1), radius)
        return [(padded[i + places].tolist(), token) for i, token in enumerate(tokens)]

    return context_windows


@wrong("index -1 is the last token", earns=0)
def wraps_round_at_the_start():
    def context_windows(tokens, radius, pad="<pad>"):
        places = [*range(-radius, 0), *range(1, radius + 1)]
        n = len(tokens)
        return [([tokens[i + p] if i + p < n else pad for p in places], tokens[i]) for i in range(n)]

    return context_windows


@wrong("padded at the edges", earns=0)
def cuts_the_window_at_the_edges():
    def context_windows(tokens, radius, pad="<pad>"):
        return [
            (tokens[max(0, i - radius) : i] + tokens[i + 1 : i + radius + 1], t) for i, t in enumerate(tokens)
        ]

    return context_windows


@wrong("makes 2", earns=0)
def leaves_the_edges_out():
    def context_windows(tokens, radius, pad="<pad>"):
        inner = range(radius, len(tokens) - radius)
        return [(tokens[i - radius : i] + tokens[i + 1 : i + radius + 1], tokens[i]) for i in inner]

    return context_windows


@wrong("A model that sees the answer learns to copy it", earns=0)
def keeps_the_centre_in_its_window():
    def context_windows(tokens, radius, pad="<pad>"):
        padded = [pad] * radius + tokens + [pad] * radius
        return [(padded[i : i + 2 * radius + 1], t) for i, t in enumerate(tokens)]

    return context_windows


@wrong("leave out the centre's place, not its word", earns=2.5)
def removes_the_centre_by_value():
    def context_windows(tokens, radius, pad="<pad>"):
        padded = [pad] * radius + list(tokens) + [pad] * radius
        return [([w for w in padded[i : i + 2 * radius + 1] if w != t], t) for i, t in enumerate(tokens)]

    return context_windows


@wrong("leave out the centre's place, not its word", earns=2.5)
def removes_the_first_equal_word():
    def context_windows(tokens, radius, pad="<pad>"):
        padded, pairs = [pad] * radius + list(tokens) + [pad] * radius, []
        for i, centre in enumerate(tokens):
            context = padded[i : i + 2 * radius + 1]
            context.remove(centre)
            pairs.append((context, centre))
        return pairs

    return context_windows


@wrong("leave out the centre's place, not its word", earns=2.5)
def finds_the_place_by_the_word():
    def context_windows(tokens, radius, pad="<pad>"):
        padded = [pad] * radius + list(tokens) + [pad] * radius
        starts = [tokens.index(t) for t in tokens]
        return [
            (padded[i : i + radius] + padded[i + radius + 1 : i + 2 * radius + 1], t)
            for i, t in zip(starts, tokens, strict=True)
        ]

    return context_windows


@wrong("stops before j", earns=0)
def right_side_one_too_short():
    def context_windows(tokens, radius, pad="<pad>"):
        padded = [pad] * radius + list(tokens) + [pad] * radius
        return [
            (padded[i : i + radius] + padded[i + radius + 1 : i + 2 * radius], t)
            for i, t in enumerate(tokens)
        ]

    return context_windows


@wrong("in the order of the sentence", earns=0)
def right_side_first():
    def context_windows(tokens, radius, pad="<pad>"):
        padded = [pad] * radius + list(tokens) + [pad] * radius
        return [
            (padded[i + radius + 1 : i + 2 * radius + 1] + padded[i : i + radius], t)
            for i, t in enumerate(tokens)
        ]

    return context_windows


@wrong("in the order of the sentence", earns=0)
def left_side_from_the_centre_outwards():
    def context_windows(tokens, radius, pad="<pad>"):
        def at(i):
            return tokens[i] if 0 <= i < len(tokens) else pad

        steps = range(1, radius + 1)
        return [([at(i - s) for s in steps] + [at(i + s) for s in steps], t) for i, t in enumerate(tokens)]

    return context_windows


@wrong("the context first, a list of tokens, then the centre", earns=0)
def swaps_context_and_centre():
    def context_windows(tokens, radius, pad="<pad>"):
        padded = [pad] * radius + list(tokens) + [pad] * radius
        return [
            (t, padded[i : i + radius] + padded[i + radius + 1 : i + 2 * radius + 1])
            for i, t in enumerate(tokens)
        ]

    return context_windows


@wrong("with pad='_'", earns=0)
def always_pads_with_the_default():
    def context_windows(tokens, radius, pad="<pad>"):
        padded = ["<pad>"] * radius + list(tokens) + ["<pad>"] * radius
        return [
            (padded[i : i + radius] + padded[i + radius + 1 : i + 2 * radius + 1], t)
            for i, t in enumerate(tokens)
        ]

    return context_windows


@wrong("Radius 2 over ['a', 'b']", earns=0)
def looks_one_token_far_whatever_the_radius():
    def context_windows(tokens, radius, pad="<pad>"):
        padded = [pad, *tokens, pad]
        return [([padded[i], padded[i + 2]], t) for i, t in enumerate(tokens)]

    return context_windows


@wrong("changed its argument `tokens` in place", earns=0)
def pads_the_callers_own_list():
    def context_windows(tokens, radius, pad="<pad>"):
        n = len(tokens)
        for _ in range(radius):
            tokens.insert(0, pad)
            tokens.append(pad)
        return [
            (tokens[i : i + radius] + tokens[i + radius + 1 : i + 2 * radius + 1], tokens[i + radius])
            for i in range(n)
        ]

    return context_windows


@wrong("An index runs past the end", earns=0)
def runs_past_the_end():
    def context_windows(tokens, radius, pad="<pad>"):
        places = [*range(-radius, 0), *range(1, radius + 1)]
        return [([tokens[i + p] if i + p >= 0 else pad for p in places], t) for i, t in enumerate(tokens)]

    return context_windows


@wrong("an empty sentence gives an empty list", earns=2.5)
def a_window_for_an_empty_sentence():
    def context_windows(tokens, radius, pad="<pad>"):
        if not tokens:
            return [([pad] * (2 * radius), pad)]
        padded = [pad] * radius + list(tokens) + [pad] * radius
        return [
            (padded[i : i + radius] + padded[i + radius + 1 : i + 2 * radius + 1], t)
            for i, t in enumerate(tokens)
        ]

    return context_windows


@wrong("The tokens may be ids as well", earns=2.5)
def takes_words_only():
    def context_windows(tokens, radius, pad="<pad>"):
        padded = [pad] * radius + list(tokens) + [pad] * radius
        return [
            ([str(w) for w in padded[i : i + radius] + padded[i + radius + 1 : i + 2 * radius + 1]], t)
            for i, t in enumerate(tokens)
        ]

    return context_windows


@wrong("a list of tokens", earns=0)
def joins_the_context_to_a_string():
    def context_windows(tokens, radius, pad="<pad>"):
        padded = [pad] * radius + list(tokens) + [pad] * radius
        return [
            (" ".join(padded[i : i + radius] + padded[i + radius + 1 : i + 2 * radius + 1]), t)
            for i, t in enumerate(tokens)
        ]

    return context_windows


@wrong("prints its result but returns None", earns=0)
def prints_instead_of_returning():
    def context_windows(tokens, radius, pad="<pad>"):
        for i, centre in enumerate(tokens):
            print(tokens[max(0, i - radius) : i], centre)

    return context_windows


@wrong("Give one pair (context, centre) for each token", earns=0)
def identity():
    def context_windows(tokens, radius, pad="<pad>"):
        return tokens

    return context_windows


@wrong("yours makes 0", earns=0)
def constant():
    def context_windows(tokens, radius, pad="<pad>"):
        return []

    return context_windows


@wrong("A random sentence", earns=0)
def hard_coded_examples():
    def context_windows(tokens, radius, pad="<pad>"):
        known = {
            "(['the', 'cat', 'sat', 'down'], 1, '<pad>')": [
                (["<pad>", "cat"], "the"),
                (["the", "sat"], "cat"),
                (["cat", "down"], "sat"),
                (["sat", "<pad>"], "down"),
            ],
            "(['a', 'b'], 2, '_')": [(["_", "_", "b", "_"], "a"), (["_", "a", "_", "_"], "b")],
        }
        return known.get(repr((tokens, radius, pad)), [])

    return context_windows
