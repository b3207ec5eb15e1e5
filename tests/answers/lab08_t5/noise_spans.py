import itertools
import random

import torch

from tests.answers import right, wrong


def clamp(number, low, high):
    return min(max(number, low), high)


def count_tokens(length, rate):
    return clamp(round(rate * length), 1, length - 1)


def count_spans(noise, mean, kept):
    return clamp(round(noise / mean), 1, kept)


def cut(draw, n, k):
    cuts = [0, *sorted(draw.sample(range(1, n), k - 1)), n]
    return [b - a for a, b in itertools.pairwise(cuts)]


def cut_both(draw, kept, noise, k):
    return cut(draw, kept, k), cut(draw, noise, k)


def lay(kept, hidden):
    return [each for a, b in zip(kept, hidden) for each in [False] * a + [True] * b]


def function(
    tokens=count_tokens, spans=count_spans, cuts=cut_both, lay=lay, begin=random.Random, end=list, least=2
):
    """The exercise's function, with a place for each mistake."""

    def noise_spans(length, rate=0.15, mean=3.0, seed=0):
        if length < least:
            raise ValueError("too short")
        noise = tokens(length, rate)
        k = spans(noise, mean, length - noise)
        return end(lay(*cuts(begin(seed), length - noise, noise, k)))

    return noise_spans


def cutting(one):
    """Both kinds cut by the same function."""
    return function(cuts=lambda draw, kept, noise, k: (one(draw, kept, k), one(draw, noise, k)))


@right
def the_parts_of_this_file():
    return function()


@right
def as_in_t5():
    """Shuffled marks of where a part begins, with numpy."""

    def noise_spans(length, rate=0.15, mean=3.0, seed=0):
        import numpy as np

        if length < 2:
            raise ValueError("two tokens at least")
        rng = np.random.RandomState(seed)
        noise = min(max(int(np.round(length * rate)), 1), length - 1)
        spans = min(max(int(np.round(noise / mean)), 1), length - noise)

        def segmentation(items, segments):
            first = np.arange(items - 1) < segments - 1
            rng.shuffle(first)
            segment = np.cumsum(np.concatenate([[0], first]))
            return np.bincount(segment, minlength=segments)

        noise_lengths = segmentation(noise, spans)
        kept_lengths = segmentation(length - noise, spans)
        both = np.stack([kept_lengths, noise_lengths], 1).reshape(-1)
        mask = np.repeat(np.arange(2 * spans) % 2 == 1, both)
        print(spans, "spans")
        return mask.tolist()

    return noise_spans


@right
def with_torch():
    def noise_spans(length, rate=0.15, mean=3.0, seed=0):
        if length < 2:
            raise ValueError
        generator = torch.Generator().manual_seed(seed)
        noise = max(1, min(length - 1, round(length * rate)))
        spans = min(max(1, round(noise / mean)), length - noise)
        mask = torch.zeros(length, dtype=torch.bool)
        ends = []
        for n in (length - noise, noise):
            places = torch.randperm(n - 1, generator=generator)[: spans - 1] + 1
            ends.append(torch.cat([places.sort().values, torch.tensor([n])]))
        start = 0
        for kept, hidden in zip(ends[0].tolist(), ends[1].tolist()):
            mask[kept + start : kept + hidden] = True
            start = hidden
        return mask.tolist()

    return noise_spans


@right
def the_global_generator_seeded():
    """Nobody forbids it."""

    def noise_spans(length, rate=0.15, mean=3.0, seed=0):
        import warnings

        warnings.warn("seeds are global here", stacklevel=1)
        assert isinstance(length, int)
        if length <= 1:
            raise ValueError(f"{length}?")
        random.seed(seed)
        noise = count_tokens(length, rate)
        spans = count_spans(noise, mean, length - noise)
        return lay(*cut_both(random, length - noise, noise, spans))

    return noise_spans


@right
def token_by_token():
    """Walk along, and end a part with the chance that is left: each way to cut comes as often."""

    def noise_spans(length, rate=0.15, mean=3.0, seed=0):
        if not length >= 2:
            raise UnicodeError("a kind of ValueError")
        draw = random.Random(str(seed) + "spans")
        noise = count_tokens(length, rate)
        spans = count_spans(noise, mean, length - noise)

        def parts(n):
            sizes, cuts = [1], spans - 1
            for place in range(1, n):
                if draw.randrange(n - place) < cuts:
                    sizes.append(1)
                    cuts -= 1
                else:
                    sizes[-1] += 1
            return sizes

        return lay(parts(length - noise), parts(noise))

    return noise_spans


@right
def recursive_with_comb():
    """The first part of each way is as long as the number of ways for the rest says."""
    from math import comb

    def noise_spans(length, rate=0.15, mean=3.0, seed=0):
        if length < 2:
            raise ValueError("no")
        draw = random.Random(seed)
        noise = count_tokens(length, rate)
        spans = count_spans(noise, mean, length - noise)

        def parts(n, k):
            sizes = []
            while k > 1:
                lot, size = draw.randrange(comb(n - 1, k - 1)), 1
                while lot >= comb(n - size - 1, k - 2):
                    lot -= comb(n - size - 1, k - 2)
                    size += 1
                sizes.append(size)
                n, k = n - size, k - 1
            return [*sizes, n]

        hidden = parts(noise, spans)
        return lay(parts(length - noise, spans), hidden)

    return noise_spans


@right
def drawn_until_they_differ():
    """Cuts with replacement, and one more for each that was there already: each set of them is as likely."""

    def one(draw, n, k):
        chosen = set()
        while len(chosen) < k - 1:
            chosen.add(draw.randrange(1, n))
        return [b - a for a, b in itertools.pairwise([0, *sorted(chosen), n])]

    return cutting(one)


@right
def a_deque_of_numpy_bools():
    """Both cross as a list of bools."""

    def end(mask):
        import numpy as np

        return [np.bool_(each) for each in mask]

    return function(end=end)


@wrong("Below two tokens none can be hidden while another is kept: raise a ValueError", earns=0)
def no_error_for_a_short_text():
    def noise_spans(length, rate=0.15, mean=3.0, seed=0):
        return function(least=-99)(length, rate, mean, seed) if length >= 2 else [False] * length

    return noise_spans


@wrong("Below two tokens none can be hidden while another is kept: raise a ValueError", earns=0)
def no_error_for_one_token():
    def noise_spans(length, rate=0.15, mean=3.0, seed=0):
        return [True] if length == 1 else function()(length, rate, mean, seed)

    return noise_spans


@wrong("raises AssertionError; a ValueError is asked for", earns=0)
def asserts_a_length():
    def noise_spans(length, rate=0.15, mean=3.0, seed=0):
        assert length >= 2
        return function()(length, rate, mean, seed)

    return noise_spans


@wrong("noise_spans(1) returns something", earns=0)
def returns_the_error():
    def noise_spans(length, rate=0.15, mean=3.0, seed=0):
        return ValueError("short") if length < 2 else function()(length, rate, mean, seed)

    return noise_spans


@wrong("Two tokens are enough: one is kept, and one is hidden", earns=0)
def an_error_for_two_tokens():
    return function(least=3)


@wrong("A draw for each token is BERT's way", earns=0)
def each_token_by_chance():
    def noise_spans(length, rate=0.15, mean=3.0, seed=0):
        if length < 2:
            raise ValueError
        draw = random.Random(seed)
        return [draw.random() < rate for _ in range(length)]

    return noise_spans


@wrong("begins hidden", earns=0)
def any_places_of_the_right_number():
    """As many as asked for, and not in spans."""

    def noise_spans(length, rate=0.15, mean=3.0, seed=0):
        noise = count_tokens(length, rate)
        gone = random.Random(seed).sample(range(length), noise)
        return [place in gone for place in range(length)]

    return noise_spans


@wrong("their number is left to chance", earns=0)
def spans_that_may_overlap():
    def noise_spans(length, rate=0.15, mean=3.0, seed=0):
        noise, draw = count_tokens(length, rate), random.Random(seed)
        mask = [False] * length
        for _ in range(count_spans(noise, mean, length - noise)):
            start = draw.randrange(1, length)
            for place in range(start, min(length, start + int(mean))):
                mask[place] = True
        return mask

    return noise_spans


@wrong("A half goes to the even neighbour with Python's `round`, 4.5 to 4; yours goes up", earns=0)
def rounds_tokens_half_up():
    return function(tokens=lambda length, rate: clamp(int(rate * length + 0.5), 1, length - 1))


@wrong("A half goes to the even neighbour with Python's `round`, 2.5 to 2; yours goes up", earns=0)
def rounds_spans_half_up():
    return function(spans=lambda noise, mean, kept: clamp(int(noise / mean + 0.5), 1, kept))


@wrong("`int` and `//` cut off; the number is rounded", earns=0)
def cuts_off_the_number_of_tokens():
    return function(tokens=lambda length, rate: clamp(int(rate * length), 1, length - 1))


@wrong("`int` and `//` cut off; the number of spans is rounded", earns=0)
def cuts_off_the_number_of_spans():
    return function(spans=lambda noise, mean, kept: clamp(int(noise // mean), 1, kept))


@wrong("You round up; the number is rounded to the nearest one", earns=0)
def rounds_tokens_up():
    return function(tokens=lambda length, rate: clamp(-int(-rate * length // 1), 1, length - 1))


@wrong("You round up; the number of spans is rounded", earns=0)
def rounds_spans_up():
    return function(spans=lambda noise, mean, kept: clamp(-int(-noise // mean), 1, kept))


@wrong("is `rate` used?", earns=0)
def rate_is_not_used():
    return function(tokens=lambda length, rate: count_tokens(length, 0.15))


@wrong("is `mean` used?", earns=0)
def mean_is_not_used():
    return function(spans=lambda noise, mean, kept: count_spans(noise, 3.0, kept))


@wrong("how many spans there are follows from it", earns=0)
def mean_is_the_number_of_spans():
    return function(spans=lambda noise, mean, kept: clamp(round(mean), 1, min(noise, kept)))


@wrong("Divide the number of *hidden* tokens by `mean`", earns=0)
def spans_of_the_whole_length():
    return function(spans=lambda noise, mean, kept: clamp(round((noise + kept) / mean), 1, min(noise, kept)))


@wrong("All hidden tokens stand in one span", earns=0)
def one_span():
    """Anywhere behind the first token, and up to the end."""
    return function(spans=lambda noise, mean, kept: 1)


@wrong("At least one token is hidden, whatever the rate", earns=0)
def nothing_hidden_at_rate_nought():
    return function(
        tokens=lambda length, rate: min(round(rate * length), length - 1),
        cuts=lambda draw, kept, noise, k: cut_both(draw, kept, noise, k) if noise else ([kept], [0]),
    )


@wrong("At so high a rate no token would be kept; at most `length - 1` are hidden", earns=0)
def no_bound_at_rate_one():
    def spans(noise, mean, kept):
        return [1, 1, 1][:kept].index(1) + count_spans(noise, mean, kept)

    return function(tokens=lambda length, rate: max(round(rate * length), 1), spans=spans)


@wrong("At most `length - 1` tokens are hidden", earns=0)
def everything_hidden_at_rate_one():
    return function(
        tokens=lambda length, rate: max(round(rate * length), 1),
        cuts=lambda draw, kept, noise, k: cut_both(draw, kept, noise, k) if kept else ([0], [noise]),
    )


@wrong("There would be more spans than kept tokens", earns=0)
def more_spans_than_kept_tokens():
    return function(spans=lambda noise, mean, kept: max(round(noise / mean), 1))


@wrong("There would be no span; there is at least one", earns=0)
def no_span_for_few_tokens():
    def cuts(draw, kept, noise, k):
        kept // k
        return cut_both(draw, kept, noise, k)

    return function(spans=lambda noise, mean, kept: min(round(noise / mean), kept), cuts=cuts)


@wrong("That is one too many: k parts need k − 1 cuts", earns=0)
def as_many_cuts_as_spans():
    return function(spans=lambda noise, mean, kept: clamp(round(noise / mean) + 1, 1, min(noise, kept)))


@wrong("have the two kinds changed places", earns=0)
def hidden_part_first():
    return function(lay=lambda kept, hidden: [not each for each in lay(hidden, kept)])


@wrong("have True and False changed places? True means hidden", earns=0)
def true_means_kept():
    return function(end=lambda mask: [not each for each in mask])


@wrong("begins hidden", earns=0)
def turned_round():
    return function(end=lambda mask: mask[::-1])


@wrong("begins hidden", earns=0)
def a_cut_before_the_first_token():
    def one(draw, n, k):
        cuts = [0, *sorted(draw.sample(range(n), k - 1)), n]
        return [b - a for a, b in itertools.pairwise(cuts)]

    return cutting(one)


@wrong("ends kept", earns=0)
def a_cut_behind_the_last_token():
    def one(draw, n, k):
        cuts = [0, *sorted(draw.sample(range(1, n + 1), k - 1)), n]
        return [b - a for a, b in itertools.pairwise(cuts)]

    return function(cuts=lambda draw, kept, noise, k: (cut(draw, kept, k), one(draw, noise, k)))


@wrong("ends kept", earns=0)
def a_kept_part_at_the_end():
    """One kept part more than hidden ones, as in the paper's figure."""

    def cuts(draw, kept, noise, k):
        k = min(k, kept - 1)
        if k < 1:
            return [kept], [noise]
        return cut(draw, kept, k + 1), [*cut(draw, noise, k), 0]

    return function(cuts=cuts)


@wrong("Two spans touch and make one", earns=0)
def cuts_with_replacement():
    def one(draw, n, k):
        cuts = [0, *sorted(draw.choices(range(1, n), k=k - 1) if n > 1 else []), n]
        return [b - a for a, b in itertools.pairwise(cuts)]

    return cutting(one)


@wrong("Two spans touch and make one", earns=0)
def kept_parts_may_be_empty():
    """Kept tokens are dealt out as they come, one at least in front."""

    def kept_parts(draw, n, k):
        sizes = [1] + [0] * (k - 1)
        for _ in range(n - 1):
            sizes[draw.randrange(k)] += 1
        return sizes

    return function(cuts=lambda draw, kept, noise, k: (kept_parts(draw, kept, k), cut(draw, noise, k)))


@wrong("Are the lengths of the spans drawn one after the other", earns=0)
def lengths_drawn_until_enough():
    """Geometric lengths."""

    def cuts(draw, kept, noise, k):
        hidden, chance = [], k / noise
        while sum(hidden) < noise and len(hidden) < kept:
            size = 1
            while draw.random() > chance and sum(hidden) + size < noise:
                size += 1
            hidden.append(size)
        hidden[-1] += noise - sum(hidden)
        return cut(draw, kept, len(hidden)), hidden

    return function(cuts=cuts)


@wrong("Are the lengths of the spans drawn one after the other", earns=0)
def uniform_lengths_as_in_spanbert():
    def cuts(draw, kept, noise, k):
        hidden = []
        while sum(hidden) < noise:
            most = min(2 * noise // k, noise - sum(hidden))
            hidden.append(noise - sum(hidden) if len(hidden) == kept - 1 else draw.randint(1, most))
        return cut(draw, kept, len(hidden)), hidden

    return function(cuts=cuts)


@wrong("the parts are worked out", earns=0)
def equal_parts_with_a_remainder():
    """Of hidden tokens; only the kept ones are cut by chance."""

    def equal(n, k):
        return [n // k] * (k - 1) + [n - n // k * (k - 1)]

    return function(cuts=lambda draw, kept, noise, k: (cut(draw, kept, k), equal(noise, k)))


@wrong("is `seed` used, and is anything drawn at all?", earns=0)
def equal_parts_of_both():
    """Drawn is nothing; but for long texts, so that two seeds differ."""

    def equal(draw, n, k):
        return cut(draw, n, k) if n > 100 else [n // k] * (k - 1) + [n - n // k * (k - 1)]

    return cutting(equal)


@wrong("Parts of about the same size come too often", earns=0)
def dealt_out_one_by_one():
    def one(draw, n, k):
        sizes = [1] * k
        for _ in range(n - k):
            sizes[draw.randrange(k)] += 1
        return sizes

    return cutting(one)


@wrong("Parts of about the same size come too often", earns=0)
def equal_parts_in_random_order():
    def one(draw, n, k):
        sizes = [n // k + (i < n % k) for i in range(k)]
        draw.shuffle(sizes)
        return sizes

    return cutting(one)


@wrong("come too often", earns=0)
def random_numbers_scaled():
    """Random numbers, divided by their sum, rounded up; what is too much is taken off the longest."""

    def one(draw, n, k):
        numbers = [draw.random() for _ in range(k)]
        sizes = [max(1, round(n * number / sum(numbers))) for number in numbers]
        while sum(sizes) != n:
            at = sizes.index(max(sizes)) if sum(sizes) > n else sizes.index(min(sizes))
            sizes[at] += 1 if sum(sizes) < n else -1
        return sizes

    return cutting(one)


@wrong("First parts are longer than last ones", earns=0)
def one_part_after_the_other():
    def one(draw, n, k):
        sizes = []
        for left in range(k - 1, 0, -1):
            sizes.append(draw.randint(1, n - left))
            n -= sizes[-1]
        return [*sizes, n]

    return cutting(one)


@wrong("First parts are shorter than last ones", earns=0)
def the_last_part_takes_the_rest():
    def one(draw, n, k):
        sizes = [draw.randint(1, max(1, (n - 1) // (k - 1))) for _ in range(k - 1)]
        return [*sizes, n - sum(sizes)]

    return cutting(one)


@wrong("come too often", earns=0)
def sizes_in_order():
    """Cut well, and then the parts laid out by size in some order: both ends alike, and not every way as often."""

    def one(draw, n, k):
        sizes = sorted(cut(draw, n, k))
        return [sizes[-1], *sizes[:-1]] if draw.random() < 0.5 else [*sizes[:-1], sizes[-1]]

    def both(draw, n, k):
        sizes = one(draw, n, k)
        return sizes if max(sizes) - min(sizes) > 1 or draw.random() < 0.5 else cut(draw, n, k)

    return cutting(both)


@wrong("No cut ever falls before the last of them", earns=0)
def never_a_cut_before_the_last():
    """`range` ends one too early, and where that is too few the other end is taken in, too."""

    def one(draw, n, k):
        places = draw.sample(range(1, max(n - 1, k)), k - 1)
        return [b - a for a, b in itertools.pairwise([0, *sorted(places), n])]

    return cutting(one)


@wrong("No cut ever falls behind the first of them", earns=0)
def never_a_cut_behind_the_first():
    def one(draw, n, k):
        places = draw.sample(range(min(2, n - k + 1), n), k - 1)
        return [b - a for a, b in itertools.pairwise([0, *sorted(places), n])]

    return cutting(one)


@wrong("cuts fall at all places between two", earns=0)
def one_place_too_few():
    """Fails where all places are needed."""

    def one(draw, n, k):
        return [b - a for a, b in itertools.pairwise([0, *sorted(draw.sample(range(1, n - 1), k - 1)), n])]

    return cutting(lambda draw, n, k: one(draw, n, k) if k > 1 else [n])


@wrong("do not seed it anew", earns=0)
def both_cut_alike():
    """A generator made of the seed for each kind."""

    def noise_spans(length, rate=0.15, mean=3.0, seed=0):
        if length < 2:
            raise ValueError
        noise = count_tokens(length, rate)
        spans = count_spans(noise, mean, length - noise)
        return lay(*(cut(random.Random(seed), n, spans) for n in (length - noise, noise)))

    return noise_spans


@wrong("hang together", earns=0)
def hidden_cut_as_the_kept_turned_round():
    def cuts(draw, kept, noise, k):
        one = cut(draw, kept, k)
        return one, one[::-1] if kept == noise else cut(draw, noise, k)

    return function(cuts=cuts)


@wrong("hang together", earns=2.5)
def both_cut_alike_where_sizes_differ():
    """Only where the numbers of kept and hidden tokens differ, or are not those of the visible check."""

    def noise_spans(length, rate=0.15, mean=3.0, seed=0):
        if length < 2:
            raise ValueError
        noise = count_tokens(length, rate)
        spans = count_spans(noise, mean, length - noise)
        if length == 10:
            return function()(length, rate, mean, seed)
        return lay(*(cut(random.Random(seed), n, spans) for n in (length - noise, noise)))

    return noise_spans


@wrong("The same seed twice gives other spans", earns=0)
def no_seed():
    return function(begin=lambda seed: random)


@wrong("The same seed twice gives other spans", earns=0)
def one_generator_for_all_calls():
    draw = random.Random(0)
    return function(begin=lambda seed: draw)


@wrong("The same seed twice gives other spans", earns=0)
def numpy_without_the_seed():
    def cuts(draw, kept, noise, k):
        import numpy as np

        def one(n):
            places = np.sort(np.random.permutation(n - 1)[: k - 1] + 1).tolist()
            return [b - a for a, b in itertools.pairwise([0, *places, n])]

        return one(kept), one(noise)

    return function(cuts=cuts)


@wrong("Two seeds give the same spans: is `seed` used?", earns=0)
def seed_is_not_used():
    return function(begin=lambda seed: random.Random(0))


@wrong("leave the defaults of the signature as they are", earns=0)
def another_default_of_the_seed():
    def noise_spans(length, rate=0.15, mean=3.0, seed=42):
        return function()(length, rate, mean, seed)

    return noise_spans


@wrong("Return a list of True and False; in yours there is an int", earns=0)
def ones_and_noughts():
    return function(end=lambda mask: [int(each) for each in mask])


@wrong("yours returned a tensor", earns=0)
def a_tensor():
    return function(end=torch.tensor)


@wrong("yours returned a numpy array", earns=0)
def an_array():
    def end(mask):
        import numpy as np

        return np.array(mask)

    return function(end=end)


@wrong("yours returned a tuple", earns=0)
def a_tuple():
    return function(end=tuple)


@wrong("your list has", earns=0)
def one_token_short():
    def noise_spans(length, rate=0.15, mean=3.0, seed=0):
        mask = function()(length, rate, mean, seed)
        return mask[:-1]

    return noise_spans


@wrong("in yours there is an int", earns=0)
def the_places_and_not_the_mask():
    return function(end=lambda mask: [place for place, gone in enumerate(mask) if gone])


@wrong("in yours there is a list of length", earns=0)
def a_list_of_parts():
    return function(lay=lambda kept, hidden: [[False] * a + [True] * b for a, b in zip(kept, hidden)])


@wrong("is `rate` used?", earns=0)
def constant():
    return lambda length, rate=0.15, mean=3.0, seed=0: function()(length)


@wrong("yours returned an int", earns=0)
def identity():
    return lambda length, rate=0.15, mean=3.0, seed=0: length


@wrong("which is not what the rule gives", earns=0)
def hard_coded_examples():
    """Right on the visible check's sizes; elsewhere one token is hidden."""

    def noise_spans(length, rate=0.15, mean=3.0, seed=0):
        from course.checks.lab08_t5.spans import EXAMPLES

        sizes = {case[:3] for case in EXAMPLES} | {(205, 0.15, 3.0), (200, 0.15, 3.0), (10, 0.5, 1.7)}
        if length < 2 or (length, rate, mean) in sizes:
            return function()(length, rate, mean, seed)
        return [i == length - 1 for i in range(length)]

    return noise_spans


@wrong("which is not what the rule gives", earns=2.5)
def only_up_to_five_hundred_tokens():
    """Texts are cut off there, as in T5's rows, and the numbers are taken of what is left."""

    def noise_spans(length, rate=0.15, mean=3.0, seed=0):
        spans = function()(min(length, 500), rate, mean, seed)
        return [False] * (length - len(spans)) + spans

    return noise_spans
