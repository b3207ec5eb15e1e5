"""Drawn words."""


def word(rng):
    """A word of drawn letters, in which no pronoun stands and no label's word."""
    return "".join(rng.choice("bdfgklmnr") + rng.choice("aou") for _ in range(rng.randint(2, 4)))


def words(rng, least=2, most=5):
    return " ".join(word(rng) for _ in range(rng.randint(least, most)))
