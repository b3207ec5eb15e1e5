from collections import Counter

from tests.answers import right, wrong
from tests.answers.lab10_question_answering.parts import normalize_answer as norm


def real(texts):
    return [text for text in texts if norm(text)]


def commonest(texts):
    return Counter(map(norm, texts)).most_common(1)[0][0]


def written(texts, most):
    return next(text for text in texts if norm(text) == most)


def function(real=real, commonest=commonest, written=written, source=lambda row: f"question: {row['question']}", none=lambda row: None, give=lambda source, target: (source, target)):  # fmt: skip
    """The solution, in steps that an answer replaces by its mistake."""

    def closed_book_example(row):
        texts = real(row["answers"])
        if not texts:
            return none(row)
        return give(source(row), written(texts, commonest(texts)))

    return closed_book_example


@right
def the_steps_of_this_file():
    return function()


@right
def counted_by_hand():
    def closed_book_example(row):
        best, most = None, 0
        for text in row["answers"]:
            same = sum(norm(other) == norm(text) for other in row["answers"])
            if norm(text) and same > most:
                best, most = text, same
        return None if best is None else ("question: " + row["question"], best)

    return closed_book_example


@right
def a_dict_of_lists():
    def closed_book_example(row):
        groups = {}
        for text in row["answers"]:
            groups.setdefault(norm(text), []).append(text)
        groups.pop("", None)
        if not groups:
            return None
        return [f"question: {row['question']}", max(groups.values(), key=len)[0]]

    return closed_book_example


@right
def sorted_by_count():
    def closed_book_example(row):
        texts = real(row["answers"])
        plain = [norm(text) for text in texts]
        order = sorted(range(len(texts)), key=lambda i: (-plain.count(plain[i]), i))
        return (f"question: {row['question']}", texts[order[0]]) if order else None

    return closed_book_example


@wrong("Not the first", earns=1.25)
def the_first():
    return function(commonest=lambda texts: norm(texts[0]))


@wrong("Not the last", earns=1.25)
def the_last():
    return function(commonest=lambda texts: norm(texts[-1]))


@wrong("Not the longest", earns=1.25)
def the_longest():
    return function(commonest=lambda texts: norm(max(texts, key=len)))


@wrong("Not the shortest", earns=1.25)
def the_shortest():
    return function(commonest=lambda texts: norm(min(texts, key=len)))


@wrong("the same when they are normalised count together", earns=1.25)
def counted_as_they_are():
    def commonest(texts):
        return Counter(texts).most_common(1)[0][0]

    return function(commonest=commonest, written=lambda texts, most: most)


@wrong("It is *written* as the first of them wrote it")
def normalised():
    return function(written=lambda texts, most: most)


@wrong("It is written as the *first* of those", earns=1.25)
def as_the_last_wrote_it():
    return function(written=lambda texts, most: [text for text in texts if norm(text) == most][-1])


@wrong("it is the one that comes first", earns=1.25)
def the_last_of_equals():
    return function(commonest=lambda texts: max(reversed([norm(t) for t in texts]), key=[norm(t) for t in texts].count))  # fmt: skip


@wrong("That is the one that fewest gave", earns=1.25)
def the_rarest():
    return function(commonest=lambda texts: Counter(map(norm, texts)).most_common()[-1][0])


@wrong("of which nothing is left, normalised, do not count", earns=1.5)
def empty_references_count():
    return function(real=lambda texts: texts)


@wrong("your function fails", earns=1.5)
def no_care_for_none():
    def closed_book_example(row):
        return f"question: {row['question']}", written(row["answers"], commonest(row["answers"]))

    return closed_book_example


@wrong("nobody knows that its *passage* has no answer", earns=1.5)
def unanswerable():
    return function(none=lambda row: (f"question: {row['question']}", "unanswerable"))


@wrong("the row is no example, None", earns=1.5)
def an_empty_target():
    return function(none=lambda row: (f"question: {row['question']}", ""))


@wrong("The passage stays closed", earns=0)
def with_the_passage():
    return function(source=lambda row: f"question: {row['question']} context: {row['context']}")


@wrong("`question: ` and the question, and nothing else", earns=0)
def the_question_alone():
    return function(source=lambda row: row["question"])


@wrong("`question: ` and the question, and nothing else", earns=0)
def without_a_blank():
    return function(source=lambda row: f"question:{row['question']}")


@wrong("`question: ` and the question, and nothing else", earns=0)
def another_prefix():
    return function(source=lambda row: f"trivia question: {row['question']}")


@wrong("Source and target have changed places", earns=0)
def turned_round():
    return function(give=lambda source, target: (target, source))


@wrong("two strings, (source, target)", earns=0)
def all_references():
    def closed_book_example(row):
        return (f"question: {row['question']}", row["answers"]) if real(row["answers"]) else None

    return closed_book_example


@wrong("two strings, (source, target)", earns=0)
def a_dict():
    return function(give=lambda source, target: {"source": source, "target": target})


@wrong("and there is an answer", earns=0)
def constant():
    return lambda row: None


@wrong("two strings, (source, target)", earns=0)
def identity():
    return lambda row: row


@wrong("the", earns=0)
def hard_coded_examples():
    return lambda row: ("question: Who sang?", "Bo")


@wrong("It is written as the *first* of those who gave it wrote it")
def the_commonest_writing():
    def commonest_writing(texts, most):
        return Counter(text for text in texts if norm(text) == most).most_common(1)[0][0]

    return function(written=commonest_writing)
