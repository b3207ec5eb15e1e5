"""A little English: articles, capitals, tokens.

A token is a lower-case word (letters, digits, inner hyphens or apostrophes) or one punctuation mark.
"""

import re

# Spelled with a vowel but said with a consonant ("a uniform"), or the other way round ("an hour").
_SAYS_CONSONANT = re.compile(r"(?i)uni(?!n)|use|eu|one\b|once\b")
_SAYS_VOWEL = re.compile(r"(?i)hour|honest|heir\b")
_TOKEN = re.compile(r"[a-z0-9]+(?:['-][a-z0-9]+)*|[^\sa-z0-9]")


def with_article(phrase: str) -> str:
    """ "baker" -> "a baker", "engineer" -> "an engineer", "old boat" -> "an old boat"."""
    vowel = phrase[0] in "aeiouAEIOU"
    if (vowel and not _SAYS_CONSONANT.match(phrase)) or _SAYS_VOWEL.match(phrase):
        return f"an {phrase}"
    return f"a {phrase}"


def capitalised(text: str) -> str:
    """The first letter made a capital, the rest as it is ("the Arvians" -> "The Arvians")."""
    return text[0].upper() + text[1:]


def tokenise(text: str) -> list[str]:
    """ "Ada lives in Alderton." -> ["ada", "lives", "in", "alderton", "."]"""
    return _TOKEN.findall(text.lower())


def listed(items: list[str]) -> str:
    """ "bread, cheese and rice"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def words(text: str) -> tuple[str, ...]:
    """A table of words written with spaces and line breaks between them."""
    return tuple(text.split())
