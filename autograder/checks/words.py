"""Invented words, so that nothing about a text is known before it is read."""


def invented_words(rng, n):
    """n invented words, no two alike and none of them "to"."""
    words = {"to": None}
    while len(words) <= n:
        words["".join(rng.choice("abdeiklmnorst") for _ in range(rng.randint(2, 7)))] = None
    return list(words)[1:]


def renamed(sentences, rng):
    """The sentences with an invented word in place of each word, and the dict from old to new; punctuation stays.

    Animals and foods are the same in every world. Under other names they have to be learned from this text.
    """
    old = sorted({w for s in sentences for w in s if w.isalpha()})
    new = dict(zip(old, invented_words(rng, len(old)), strict=True))
    return [[new.get(w, w) for w in s] for s in sentences], new


def word(rng):
    """A word of drawn letters: no article, no pronoun and no word of the course's tasks."""
    return "".join(rng.choice("bdfgklmnr") + rng.choice("aou") for _ in range(rng.randint(2, 4)))


def words(rng, least=2, most=5):
    """Some of them, with blanks between."""
    return " ".join(word(rng) for _ in range(rng.randint(least, most)))
