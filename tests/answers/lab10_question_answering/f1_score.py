from collections import Counter

from tests.answers import right, wrong
from tests.answers.lab10_question_answering.parts import normalize_answer as norm


def f1(a, b):
    if not a or not b:
        return float(a == b)
    return 2 * sum((Counter(a) & Counter(b)).values()) / (len(a) + len(b))


def words(text):
    return norm(text).split()


def wanted(references):
    return [text for text in map(norm, references) if text] or [""]


def function(one=f1, words=words, wanted=wanted, best=max):
    def f1_score(said, references):
        return best([one(words(said), words(text)) for text in wanted(references)])

    return f1_score


def common(a, b):
    return sum((Counter(a) & Counter(b)).values())


def ratio(above, below):
    return above / below if below else 0.0


@right
def the_steps_of_this_file():
    return function()


@right
def precision_and_recall():
    def one(a, b):
        if not a and not b:
            return 1.0
        same = common(a, b)
        if not same:
            return 0.0
        p, r = same / len(a), same / len(b)
        return 2 * p * r / (p + r)

    return function(one)


@right
def words_crossed_out():
    def one(a, b):
        if not (a and b):
            return float(not a and not b)
        left, same = list(b), 0
        for word in a:
            if word in left:
                left.remove(word)
                same += 1
        return 2 * same / (len(a) + len(b))

    return function(one)


@right
def harmonic_mean():
    def one(a, b):
        same = sum(min(a.count(word), b.count(word)) for word in set(a))
        if not a or not b or not same:
            return float(a == b)
        return 2 / (len(a) / same + len(b) / same)

    return function(one)


@wrong("`Counter`, and not `set`")
def sets():
    return function(lambda a, b: f1(list(set(a)), list(set(b))))


@wrong("`Counter`, and not `set`")
def common_as_a_set():
    return function(lambda a, b: f1(a, b) if not a or not b else 2 * len(set(a) & set(b)) / (len(a) + len(b)))


@wrong("A word that was said twice and stands once")
def each_word_said():
    return function(lambda a, b: f1(a, b) if not a or not b else 2 * sum(x in b for x in a) / (len(a) + len(b)))  # fmt: skip


@wrong("A word that was said once and stands twice")
def each_word_of_the_reference():
    return function(lambda a, b: f1(a, b) if not a or not b else 2 * sum(x in a for x in b) / (len(a) + len(b)))  # fmt: skip


@wrong("precision alone", earns=0)
def precision():
    return function(lambda a, b: ratio(common(a, b), len(a)) if a and b else float(a == b))


@wrong("recall alone", earns=0)
def recall():
    return function(lambda a, b: ratio(common(a, b), len(b)) if a and b else float(a == b))


@wrong("the mean of precision and recall", earns=0)
def the_middle():
    return function(lambda a, b: (ratio(common(a, b), len(a)) + ratio(common(a, b), len(b))) / 2 if a and b else float(a == b))  # fmt: skip


@wrong("The 2 is missing", earns=0)
def half():
    return function(lambda a, b: f1(a, b) / 2 if a and b else float(a == b))


@wrong("Jaccard", earns=0)
def jaccard():
    return function(lambda a, b: ratio(common(a, b), len(set(a) | set(b))) if a and b else float(a == b))


@wrong("That is P times R", earns=0)
def product():
    return function(lambda a, b: ratio(common(a, b), len(a)) * ratio(common(a, b), len(b)) if a and b else float(a == b))  # fmt: skip


@wrong("normalise both sides first", earns=1.75)
def as_they_are():
    return function(words=str.split, wanted=lambda r: r or [""])


@wrong("but for capitals", earns=1.75)
def small_letters_alone():
    return function(words=lambda text: text.lower().split(), wanted=lambda r: r or [""])


@wrong("What was said is normalised, and the references are not", earns=1.75)
def one_side_normalised():
    def f1_score(said, references):
        return max(f1(words(said), text.split()) for text in references or [""])

    return f1_score


@wrong("The references are normalised, and what was said is not", earns=1.75)
def the_other_side_normalised():
    def f1_score(said, references):
        return max(f1(said.split(), text.split()) for text in wanted(references))

    return f1_score


@wrong("That counts letters", earns=0)
def letters():
    return function(words=lambda text: list(norm(text)))


@wrong("Only the first reference counts")
def the_first_reference():
    return function(best=lambda scores: scores[0])


@wrong("Only the last reference counts")
def the_last_reference():
    return function(best=lambda scores: scores[-1])


@wrong("That is the mean over the references")
def the_mean_of_all():
    return function(best=lambda scores: sum(scores) / len(scores))


@wrong("That is the worst of the references")
def the_worst():
    return function(best=min)


@wrong("The references are thrown together")
def thrown_together():
    return function(wanted=lambda r: [" ".join(wanted(r))])


@wrong("There may be no reference", earns=2.5)
def the_largest_of_nothing():
    return function(wanted=lambda r: [x for x in map(norm, r) if x])


@wrong("You divide by zero")
def no_care_for_empty_sides():
    def one(a, b):
        same = common(a, b)
        p, r = same / len(a), same / len(b)
        return 2 * p * r / (p + r)

    return function(one)


@wrong("Where neither side has a word it is 1.0", earns=2.5)
def nothing_is_zero():
    return function(lambda a, b: f1(a, b) if a and b else 0.0)


@wrong("Where only *one* side has no word it is 0.0")
def nothing_is_one():
    return function(lambda a, b: f1(a, b) if a and b else 1.0)


@wrong("References of which nothing is left", earns=2.5)
def empty_references_count():
    return function(wanted=lambda r: [norm(x) for x in r] or [""])


@wrong("That is exact match", earns=0)
def exact():
    return function(lambda a, b: float(a == b))


@wrong("per cent", earns=0)
def per_cent():
    return function(lambda a, b: 100 * f1(a, b))


@wrong("gives 1", earns=0)
def constant():
    return function(lambda a, b: 1.0)


@wrong("returned a str of", earns=0)
def identity():
    def f1_score(said, references):
        return said

    return f1_score


@wrong("gives 0", earns=0)
def hard_coded_examples():
    def f1_score(said, references):
        return {("red fish", "red fish"): 1.0, ("red fish", "blue fish"): 0.5}.get((said, *references), 0.0)

    return f1_score


@wrong("of two references; F1 is of one")
def best_precision_with_best_recall():
    def f1_score(said, references):
        a, pairs = words(said), [text.split() for text in wanted(references)]
        if not a or [] in pairs:
            return max(f1(a, b) for b in pairs)
        p, r = (
            max(ratio(common(a, b), len(a)) for b in pairs),
            max(ratio(common(a, b), len(b)) for b in pairs),
        )
        return ratio(2 * p * r, p + r)

    return f1_score


@wrong("not the one with the most words in common")
def the_reference_that_shares_most_words():
    def f1_score(said, references):
        a = words(said)
        return f1(a, max((text.split() for text in wanted(references)), key=lambda b: common(a, b)))

    return f1_score


@wrong("Words are compared place by place", earns=0)
def place_by_place():
    return function(
        lambda a, b: ratio(2 * sum(x == y for x, y in zip(a, b)), len(a) + len(b)) if a or b else 1.0
    )


@wrong("That is rounded", earns=0)
def rounded():
    return function(lambda a, b: round(f1(a, b), 2))


@wrong("Does `normalize_answer` give a str by now?", earns=0)
def of_a_list_of_words():
    return function(words=lambda text: norm(text).split().split())
