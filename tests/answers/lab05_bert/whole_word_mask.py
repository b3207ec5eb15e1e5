import random

import torch

from tests.answers import right, wrong

NO_WORDS = ("[CLS]", "[SEP]", "[PAD]")


def words_of(tokens, none=NO_WORDS):
    """The places of each word, in a list of lists."""
    words = []
    for place, token in enumerate(tokens):
        if token in none:
            continue
        if token.startswith("##") and words:
            words[-1].append(place)
        else:
            words.append([place])
    return words


def by_chance(words, share, rng):
    """Each word with `share`, and one where that gives none."""
    chosen = [word for word in words if rng.random() < share]
    return chosen or ([rng.choice(words)] if words else [])


def marked(words, tokens):
    places = {place for word in words for place in word}
    return [place in places for place in range(len(tokens))]


def function(split=words_of, choose=by_chance, mark=marked, begin=random.Random):
    """The exercise's function, with a place for each mistake."""

    def whole_word_mask(tokens, share=0.15, seed=0):
        return mark(choose(split(tokens), share, begin(seed)), tokens)

    return whole_word_mask


@right
def word_by_word_with_prints():
    def whole_word_mask(tokens, share=0.15, seed=0):
        random.seed(seed)
        chosen = [False] * len(tokens)
        beginnings = []
        for i in range(len(tokens)):
            if tokens[i] in ["[CLS]", "[SEP]", "[PAD]"]:
                continue
            if tokens[i][:2] == "##":
                chosen[i] = chosen[i - 1]
            else:
                beginnings.append(i)
                chosen[i] = random.random() < share
        if beginnings and not any(chosen):
            i = random.choice(beginnings)
            chosen[i] = True
            while i + 1 < len(tokens) and tokens[i + 1].startswith("##"):
                i += 1
                chosen[i] = True
        print(chosen)
        return chosen

    return whole_word_mask


@right
def numbers_of_words_as_tensors():
    """Each token has the number of its word, and each word its draw."""

    def whole_word_mask(tokens, share=0.15, seed=0):
        mark = torch.tensor([token in NO_WORDS for token in tokens])
        begins = torch.tensor([not token.startswith("##") for token in tokens]) & ~mark
        if not begins.any():
            return torch.zeros(len(tokens), dtype=torch.bool)
        number = (begins.cumsum(0) - 1).clamp(min=0)
        chance = torch.rand(int(begins.sum()), generator=torch.Generator().manual_seed(seed))
        chosen = chance < share
        chosen[chance.argmin()] = True
        return chosen[number] & ~mark

    return whole_word_mask


@right
def groups_with_numpy():
    def whole_word_mask(tokens, share=0.15, seed=0):
        import warnings

        import numpy as np

        warnings.warn("a list of numpy's bools", stacklevel=1)
        rng, words = np.random.default_rng(seed), words_of(tokens)
        mask = np.zeros(len(tokens), dtype=bool)
        picked = np.flatnonzero(rng.random(len(words)) < share)
        if len(words) and not len(picked):
            picked = rng.integers(len(words), size=1)
        for number in picked:
            mask[words[number]] = True
        return list(mask)

    return whole_word_mask


@right
def a_regular_expression_over_the_row():
    """One letter a token, w for a beginning, c for what goes on with it; a word is w and all c behind it."""

    def whole_word_mask(tokens, share=0.15, seed=0):
        import logging
        import re

        line = "".join(
            "-" if token in NO_WORDS else "c" if token.startswith("##") else "w" for token in tokens
        )
        spans = [found.span() for found in re.finditer("wc*", line)]
        rng = random.Random(f"a seed of text {seed}")
        chosen = [span for span in spans if rng.random() < share] or rng.sample(spans, min(1, len(spans)))
        logging.getLogger("student").warning("%d words", len(spans))
        return tuple(any(a <= place < b for a, b in chosen) for place in range(len(tokens)))

    return whole_word_mask


@right
def the_parts_of_this_file():
    return function()


@wrong("some pieces are chosen and some are not", earns=0)
def piece_by_piece():
    return function(lambda tokens: [[place] for word in words_of(tokens) for place in word])


@wrong("some pieces are chosen and some are not", earns=0)
def first_pieces_alone():
    return function(mark=lambda words, tokens: marked([word[:1] for word in words], tokens))


@wrong("some pieces are chosen and some are not", earns=0)
def all_but_the_first_piece():
    return function(mark=lambda words, tokens: marked([word[1:] or word for word in words], tokens))


@wrong("some pieces are chosen and some are not", earns=0)
def two_pieces_at_most():
    return function(mark=lambda words, tokens: marked([word[:2] for word in words], tokens))


@wrong("long ones come no more often than short ones", earns=0)
def a_draw_for_each_piece():
    """And where one falls the whole word is chosen."""

    def choose(words, share, rng):
        chosen = [word for word in words if any(rng.random() < share for _ in word)]
        return chosen or ([rng.choice(words)] if words else [])

    return function(choose=choose)


@wrong("each word should be equally likely", earns=2.5)
def drawn_by_its_pieces_where_one_is_added():
    def choose(words, share, rng):
        chosen = [word for word in words if rng.random() < share]
        weights = [len(word) ** 2 for word in words]
        return chosen or (rng.choices(words, weights) if words else [])

    return function(choose=choose)


@wrong("was chosen, which is no word", earns=0)
def marks_are_words():
    return function(lambda tokens: words_of(tokens, none=()))


@wrong("[PAD] was chosen, which is no word", earns=0)
def padding_is_a_word():
    return function(lambda tokens: words_of(tokens, none=("[CLS]", "[SEP]")))


@wrong("“[UNK]” is chosen in 0 of 300 draws", earns=0)
def whatever_stands_in_brackets_is_no_word():
    return function(lambda tokens: words_of(tokens, none=(*NO_WORDS, "[UNK]")))


@wrong("nothing was chosen: at least one word always is", earns=0)
def chance_alone():
    return function(choose=lambda words, share, rng: [word for word in words if rng.random() < share])


@wrong("is it always this word that is added?", earns=0)
def the_first_word_is_added():
    return function(
        choose=lambda words, share, rng: [word for word in words if rng.random() < share] or words[:1]
    )


@wrong("is it always this word that is added?", earns=0)
def the_last_word_is_added():
    return function(
        choose=lambda words, share, rng: [word for word in words if rng.random() < share] or words[-1:]
    )


@wrong("only where it chose none, one is added", earns=0)
def one_is_always_added():
    def choose(words, share, rng):
        return [word for word in words if rng.random() < share] + ([rng.choice(words)] if words else [])

    return function(choose=choose)


@wrong("Is the number of words to choose worked out? It is chance's, too.", earns=0)
def a_fixed_number_of_words():
    return function(
        choose=lambda words, share, rng: rng.sample(words, min(len(words), max(1, round(share * len(words)))))
    )


@wrong("of 300 draws", earns=0)
def until_the_share_of_pieces_is_reached():
    """As the first release has it: words in a random order, until 15 % of the pieces are chosen."""

    def choose(words, share, rng):
        most, chosen = round(share * sum(map(len, words))), []
        for word in rng.sample(words, len(words)):
            if not chosen or sum(map(len, chosen)) < most:
                chosen.append(word)
        return chosen

    return function(choose=choose)


@wrong("so that the number changes", earns=0)
def one_draw_for_the_whole_row():
    def choose(words, share, rng):
        return words if rng.random() < share else ([rng.choice(words)] if words else [])

    return function(choose=choose)


@wrong("a word is a place in the row", earns=0)
def chosen_by_what_it_reads():
    """The draw belongs to the word's text: the same word is hidden wherever it stands."""

    def whole_word_mask(tokens, share=0.15, seed=0):
        rng, words = random.Random(seed), words_of(tokens)
        texts = {tuple(tokens[place] for place in word): word for word in words}
        draws = {text: rng.random() for text in texts}
        least = min(draws.values(), default=0)
        chosen = [
            word
            for word in words
            if (draw := draws[tuple(tokens[place] for place in word)]) < share or draw == least
        ]
        return marked(chosen, tokens)

    return whole_word_mask


@wrong("With share=0.4 1", earns=0)
def share_is_not_used():
    return function(choose=lambda words, share, rng: by_chance(words, 0.15, rng))


@wrong("“the” was chosen in", earns=0)
def share_of_what_stays():
    return function(choose=lambda words, share, rng: by_chance(words, 1 - share, rng))


@wrong("The same seed twice gives other words", earns=0)
def no_seed():
    return function(begin=lambda seed: random.SystemRandom())


@wrong("300 seeds give nearly always the same words", earns=0)
def always_the_same_seed():
    return function(begin=lambda seed: random.Random(0))


@wrong("Return one True or False for each of the 13 tokens; yours is a list of length", earns=0)
def the_chosen_places():
    return function(mark=lambda words, tokens: [place for word in words for place in word])


@wrong("yours is a list of length 13, the first of which is a str", earns=0)
def the_masked_row():
    return function(
        mark=lambda words, tokens: [
            "[MASK]" if hide else token for hide, token in zip(marked(words, tokens), tokens, strict=True)
        ]
    )


@wrong("the first of which is an int", earns=0)
def ones_and_zeros():
    return function(mark=lambda words, tokens: [int(hide) for hide in marked(words, tokens)])


@wrong("Return one True or False for each of the 13 tokens; yours is a list of length 5", earns=0)
def one_for_each_word():
    def whole_word_mask(tokens, share=0.15, seed=0):
        words = words_of(tokens)
        chosen = by_chance(words, share, random.Random(seed))
        return [word in chosen for word in words]

    return whole_word_mask


@wrong("Return one True or False for each of the 13 tokens; yours is a tensor of shape ()", earns=0)
def one_number():
    return lambda tokens, share=0.15, seed=0: torch.tensor(True)


@wrong("Return one True or False for each of the 13 tokens", earns=0)
def a_tensor_with_a_batch():
    return function(mark=lambda words, tokens: torch.tensor([marked(words, tokens)]))


@wrong("IndexError", earns=0)
def a_row_without_a_word():
    def choose(words, share, rng):
        return [word for word in words if rng.random() < share] or [rng.choice(words)]

    return function(choose=choose)


@wrong("changed its argument `tokens` in place", earns=0)
def hides_in_place():
    def whole_word_mask(tokens, share=0.15, seed=0):
        mask = function()(tokens, share, seed)
        for place, hide in enumerate(mask):
            if hide:
                tokens[place] = "[MASK]"
        return mask

    return whole_word_mask


@wrong("nothing was chosen: at least one word always is", earns=0)
def constant():
    return lambda tokens, share=0.15, seed=0: [False] * len(tokens)


@wrong("the first of which is a str", earns=0)
def identity():
    return lambda tokens, share=0.15, seed=0: tokens


@wrong("Of “", earns=0)
def hard_coded_examples():
    """Right on the rows of the visible check, and piece by piece elsewhere."""

    def whole_word_mask(tokens, share=0.15, seed=0):
        if tokens[0] in ("[CLS]", "w0", "ha") and (len(tokens) < 14 or tokens[0] != "[CLS]"):
            return function()(tokens, share, seed)
        rng = random.Random(seed)
        return [token not in NO_WORDS and rng.random() < share for token in tokens]

    return whole_word_mask


@wrong("Only a piece that *begins* with ## goes on", earns=0)
def a_double_cross_anywhere_goes_on():
    def split(tokens):
        words = []
        for place, token in enumerate(tokens):
            if "##" in token and words:
                words[-1].append(place)
            elif token not in NO_WORDS:
                words.append([place])
        return words

    return function(split=split)


@wrong("Only a piece that *begins* with ## goes on", earns=0)
def one_cross_goes_on():
    def split(tokens):
        words = []
        for place, token in enumerate(tokens):
            if token.startswith("#") and words:
                words[-1].append(place)
            elif token not in NO_WORDS:
                words.append([place])
        return words

    return function(split=split)
