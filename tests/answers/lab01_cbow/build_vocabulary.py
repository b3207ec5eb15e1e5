from collections import Counter

from tests.answers import right, wrong


@right
def counted_by_hand_and_sorted_twice():
    def build_vocabulary(sentences, min_count=1):
        counts = {}
        for sentence in sentences:
            for word in sentence:
                counts[word] = counts.get(word, 0) + 1
        words = sorted(counts)
        words.sort(key=counts.get, reverse=True)  # a stable sort leaves equals in the alphabet's order
        vocabulary = {"<pad>": 0, "<unk>": 1}
        for word in words:
            if counts[word] >= min_count and word not in vocabulary:
                vocabulary[word] = len(vocabulary)
        return vocabulary

    return build_vocabulary


@right
def ordered_dict_by_groups():
    def build_vocabulary(sentences, min_count=1):
        from collections import OrderedDict, defaultdict

        by_count = defaultdict(list)
        for word, n in Counter(w for s in sentences for w in s).items():
            by_count[n].append(word)
        vocabulary = OrderedDict([("<pad>", 0), ("<unk>", 1)])
        for n in sorted(by_count, reverse=True):
            for word in sorted(by_count[n]):
                if n >= min_count:
                    vocabulary.setdefault(word, len(vocabulary))
        return vocabulary

    return build_vocabulary


@right
def numpy_unique_with_a_progress_bar():
    def build_vocabulary(sentences, min_count=1):
        import numpy as np
        from tqdm.auto import tqdm

        line = [word for sentence in tqdm(sentences) for word in sentence]
        words, counts = np.unique(np.array(line, dtype=object), return_counts=True)
        order = np.lexsort((np.arange(len(words)), -counts))
        kept = [words[i] for i in order if counts[i] >= min_count and words[i] not in ("<pad>", "<unk>")]
        return dict(zip(["<pad>", "<unk>", *kept], np.arange(len(kept) + 2), strict=True))

    return build_vocabulary


@right
def a_class_of_its_own_that_logs():
    class Vocabulary(dict):
        """A dict that can do more."""

    def build_vocabulary(sentences, min_count=1):
        import logging
        from itertools import chain, count

        counts = Counter(chain.from_iterable(sentences))
        logging.getLogger().warning("%d words", len(counts))
        for special in ("<pad>", "<unk>"):
            counts.pop(special, None)
        ranked = sorted((-n, word) for word, n in counts.items() if n >= min_count)
        return Vocabulary(zip(chain(["<pad>", "<unk>"], (word for _, word in ranked)), count()))

    return build_vocabulary


def numbered(words):
    """Ids for the specials and the words."""
    return {word: i for i, word in enumerate(["<pad>", "<unk>", *words])}


def ranked(counts, min_count):
    """The words that are kept, in the right order."""
    kept = [word for word in counts if counts[word] >= min_count and word not in ("<pad>", "<unk>")]
    return sorted(kept, key=lambda word: (-counts[word], word))


@wrong("equals stand in alphabetical order", earns=0)
def ties_against_the_alphabet():
    def build_vocabulary(sentences, min_count=1):
        counts = Counter(w for s in sentences for w in s)
        return numbered(
            sorted(ranked(counts, min_count), key=lambda word: (counts[word], word), reverse=True)
        )

    return build_vocabulary


@wrong("equals stand in alphabetical order", earns=0)
def ties_in_the_order_of_the_text():
    def build_vocabulary(sentences, min_count=1):
        counts = Counter(w for s in sentences for w in s)
        return numbered(w for w, n in counts.most_common() if n >= min_count and w not in ("<pad>", "<unk>"))

    return build_vocabulary


@wrong("The most frequent word comes first", earns=0)
def rarest_first():
    def build_vocabulary(sentences, min_count=1):
        counts = Counter(w for s in sentences for w in s)
        return numbered(sorted(ranked(counts, min_count), key=lambda word: (counts[word], word)))

    return build_vocabulary


@wrong("The most frequent word comes first", earns=0)
def by_the_alphabet_alone():
    def build_vocabulary(sentences, min_count=1):
        return numbered(sorted(ranked(Counter(w for s in sentences for w in s), min_count)))

    return build_vocabulary


@wrong("occur at least twice stay", earns=0)
def asks_for_more_than_min_count():
    def build_vocabulary(sentences, min_count=1):
        counts = Counter(w for s in sentences for w in s)
        return numbered(ranked(counts, min_count if min_count == 1 else min_count + 1))

    return build_vocabulary


@wrong("every word that occurs once is left out", earns=0)
def drops_what_occurs_exactly_min_count_times():
    def build_vocabulary(sentences, min_count=1):
        counts = Counter(w for s in sentences for w in s)
        return numbered(ranked(counts, min_count + 1))

    return build_vocabulary


@wrong("With min_count=2", earns=0)
def ignores_min_count():
    def build_vocabulary(sentences, min_count=1):
        return numbered(ranked(Counter(w for s in sentences for w in s), 1))

    return build_vocabulary


@wrong("each time it occurs counts, also within one sentence", earns=0)
def counts_each_sentence_once():
    def build_vocabulary(sentences, min_count=1):
        return numbered(ranked(Counter(w for s in sentences for w in set(s)), min_count))

    return build_vocabulary


@wrong("yours are letters", earns=0)
def counts_letters():
    def build_vocabulary(sentences, min_count=1):
        return numbered(ranked(Counter("".join(w for s in sentences for w in s)), min_count))

    return build_vocabulary


@wrong("you give None and None", earns=0)
def forgets_the_specials():
    def build_vocabulary(sentences, min_count=1):
        counts = Counter(w for s in sentences for w in s)
        return {word: i for i, word in enumerate(ranked(counts, min_count))}

    return build_vocabulary


@wrong("before any word of the text; you give 5 and 6", earns=0)
def puts_the_specials_last():
    def build_vocabulary(sentences, min_count=1):
        words = [*ranked(Counter(w for s in sentences for w in s), min_count), "<pad>", "<unk>"]
        return {word: i for i, word in enumerate(words)}

    return build_vocabulary


@wrong("you give 1 and 2", earns=0)
def counts_ids_from_one():
    def build_vocabulary(sentences, min_count=1):
        return {
            w: i + 1 for w, i in numbered(ranked(Counter(w for s in sentences for w in s), min_count)).items()
        }

    return build_vocabulary


@wrong("you give 1 and 0", earns=0)
def swaps_the_specials():
    def build_vocabulary(sentences, min_count=1):
        words = ["<unk>", "<pad>", *ranked(Counter(w for s in sentences for w in s), min_count)]
        return {word: i for i, word in enumerate(words)}

    return build_vocabulary


@wrong("may stand in the text already", earns=2.5)
def numbers_the_specials_twice():
    def build_vocabulary(sentences, min_count=1):
        counts = Counter(w for s in sentences for w in s)
        kept = sorted((w for w in counts if counts[w] >= min_count), key=lambda word: (-counts[word], word))
        return numbered(kept)

    return build_vocabulary


@wrong("A text without sentences", earns=2.5)
def fails_on_an_empty_text():
    def build_vocabulary(sentences, min_count=1):
        if len(sentences) < 1:
            return {}
        return numbered(ranked(Counter(w for s in sentences for w in s), min_count))

    return build_vocabulary


@wrong("should return a dict; yours returned a list of length 7", earns=0)
def returns_a_list():
    def build_vocabulary(sentences, min_count=1):
        return list(numbered(ranked(Counter(w for s in sentences for w in s), min_count)))

    return build_vocabulary


@wrong("an id for each word, not a word for each id", earns=0)
def turns_words_and_ids_round():
    def build_vocabulary(sentences, min_count=1):
        return {
            i: w for w, i in numbered(ranked(Counter(w for s in sentences for w in s), min_count)).items()
        }

    return build_vocabulary


@wrong("changed its argument `sentences` in place", earns=0)
def empties_the_sentences_while_counting():
    def build_vocabulary(sentences, min_count=1):
        counts = Counter()
        for sentence in sentences:
            while sentence:
                counts[sentence.pop()] += 1
        return numbered(ranked(counts, min_count))

    return build_vocabulary


@wrong("should return a dict; yours returned a list", earns=0)
def identity():
    def build_vocabulary(sentences, min_count=1):
        return sentences

    return build_vocabulary


@wrong("Every word of the text and the two specials", earns=0)
def constant():
    def build_vocabulary(sentences, min_count=1):
        return {"<pad>": 0, "<unk>": 1}

    return build_vocabulary


@wrong("A random text", earns=0)
def hard_coded_examples():
    def build_vocabulary(sentences, min_count=1):
        known = {
            ("the", 1): ["the", "sat", "cat", "dog", "end"],
            ("the", 2): ["the", "sat"],
            ("so", 1): ["so", "is", "it"],
        }
        return numbered(known.get((sentences[0][0] if sentences else "", min_count), []))

    return build_vocabulary
