import re

from tests.answers import right, wrong


def entities(rows, lenient=False, any_kind=False, to_the_end=True, apart=True, gap=False):
    """(row, first, end, kind) of each entity; each option is a mistake."""
    found = []
    for n, row in enumerate(rows):
        start = kind = None
        for i, tag in enumerate([*row, "O"] if to_the_end else row):
            mark, _, name = tag.partition("-")
            if start is not None:
                goes_on = (
                    mark == "I" and (any_kind or name == kind) or not apart and mark == "B" and name == kind
                )
                if goes_on or gap and tag == "O" and i + 1 < len(row) and row[i + 1] == f"I-{kind}":
                    continue
                found.append((n, start, i, kind))
                start = None
            if mark == "B" or lenient and mark == "I":
                start, kind = i, name
    return found


def together(said, there):
    """F1 of two collections."""
    said, there = set(said), set(there)
    return 2 * len(said & there) / max(1, len(said) + len(there))


def require_alike(predicted, true):
    if len(predicted) != len(true) or any(len(p) != len(t) for p, t in zip(predicted, true)):
        raise ValueError("rows that do not go together")


def function(f1=together, refuse=require_alike, key=lambda entity: entity, find=None, **options):
    """The exercise's function with another way to find entities, to compare or to count them."""
    find = find or (lambda rows: entities(rows, **options))

    def entity_f1(predicted, true):
        refuse(predicted, true)
        return f1([key(e) for e in find(predicted)], [key(e) for e in find(true)])

    return entity_f1


def measuring(measure):
    """The exercise's function with another measure: (found, predicted, true) numbers -> a number."""

    def f1(said, there):
        both = len(set(said) & set(there))
        return measure(both, len(said), len(there))

    return function(f1)


@right
def precision_and_recall_with_prints():
    def spans(row):
        result = []
        i = 0
        while i < len(row):
            if row[i].startswith("B-"):
                kind = row[i][2:]
                j = i + 1
                while j < len(row) and row[j] == "I-" + kind:
                    j += 1
                result.append((kind, i, j - 1))
                i = j
            else:
                i += 1
        return result

    def entity_f1(predicted, true):
        if len(predicted) != len(true):
            raise ValueError("rows")
        tp = n_pred = n_true = 0
        for p, t in zip(predicted, true):
            if len(p) != len(t):
                raise ValueError("tokens")
            a, b = spans(p), spans(t)
            tp += len([s for s in a if s in b])
            n_pred += len(a)
            n_true += len(b)
        print(tp, n_pred, n_true)
        if tp == 0:
            return 0.0
        precision, recall = tp / n_pred, tp / n_true
        return 2 * precision * recall / (precision + recall)

    return entity_f1


@right
def strict_zips_and_an_int_for_nothing():
    def entity_f1(predicted, true):
        said, there = set(), set()
        for n, (p, t) in enumerate(zip(predicted, true, strict=True)):
            for row, found in ((p, said), (t, there)):
                assert isinstance(row, list)
                for i, tag in enumerate(row):
                    if tag[0] == "B":
                        end = i + 1
                        while end < len(row) and row[end] == tag.replace("B", "I", 1):
                            end += 1
                        found.add((n, i, end, tag[2:]))
            for _ in zip(p, t, strict=True):
                pass
        return 0 if not said & there else len(said & there) * 2 / (len(said) + len(there))

    return entity_f1


@right
def regular_expressions():
    def entity_f1(predicted, true):
        require_alike(predicted, true)

        def found(rows):
            out = set()
            for n, row in enumerate(rows):
                text = " ".join(row) + " "
                for m in re.finditer(r"B-(\S+) (?:I-\1 )*", text):
                    out.add((n, text[: m.start()].count(" "), m.group().count(" "), m.group(1)))
            return out

        return together(found(predicted), found(true))

    return entity_f1


@right
def a_state_that_is_carried_along():
    class RowsDiffer(ValueError):
        pass

    def entity_f1(predicted, true):
        import warnings

        import numpy as np

        warnings.warn("numpy", stacklevel=1)
        if [len(r) for r in predicted] != [len(r) for r in true]:
            raise RowsDiffer("rows")
        counts = np.zeros(3)
        for p, t in zip(predicted, true):
            ends = []
            for row in (p, t):
                open_kind, runs, current = None, set(), None
                for i, tag in enumerate(row):
                    if tag.startswith("I-") and tag[2:] == open_kind:
                        current[1] = i
                        continue
                    if current is not None:
                        runs.add((*current, open_kind))
                    open_kind, current = (tag[2:], [i, i]) if tag.startswith("B-") else (None, None)
                if current is not None:
                    runs.add((*current, open_kind))
                ends.append(runs)
            counts += [len(ends[0] & ends[1]), len(ends[0]), len(ends[1])]
        both, said, there = counts
        return np.float64(2 * both / (said + there)) if said + there else np.float64(0)

    return entity_f1


@wrong("Your F1 is a tensor; a Python float is asked for", earns=0)
def a_tensor_at_the_end():
    def entity_f1(predicted, true):
        import torch

        return torch.tensor(function()(predicted, true), dtype=torch.float64)

    return entity_f1


def kinds_read(kind, goes_on=lambda tag, kind_of, kind: tag[:2] == "I-" and kind_of(tag) == kind):
    """The exercise's function where a tag's kind is read in another way."""

    def find(rows):
        found = []
        for n, row in enumerate(rows):
            start = None
            for i, tag in enumerate([*row, "O"]):
                if start is not None and not goes_on(tag, kind, kind(row[start])):
                    found.append((n, start, i, kind(row[start])))
                    start = None
                if tag.startswith("B-"):
                    start = i
        return found

    return function(find=find)


@right
def the_kind_behind_the_first_hyphen():
    return kinds_read(lambda tag: tag.split("-", 1)[-1])


@wrong("A kind is all that stands behind B- or I-", earns=0)
def the_last_three_letters():
    return kinds_read(lambda tag: tag[-3:])


@wrong("A kind is all that stands behind B- or I-", earns=0)
def the_second_of_what_hyphens_part():
    return kinds_read(lambda tag: tag.split("-")[1] if "-" in tag else tag)


@wrong("A kind is all that stands behind B- or I-", earns=0)
def the_last_of_what_hyphens_part():
    return kinds_read(lambda tag: tag.split("-")[-1])


@wrong("A kind is all that stands behind B- or I-", earns=0)
def the_first_letter_of_the_kind():
    return kinds_read(lambda tag: tag[2:3])


@wrong("does any I- go on with an entity in your code, or is each one token long?", earns=0)
def no_i_ever_goes_on():
    """The kind is one letter, and a whole tag is compared with it."""
    return kinds_read(lambda tag: tag[2:3], lambda tag, kind_of, kind: tag == "I-" + kind)


@wrong("or lost where that one is closed?", earns=0)
def a_b_behind_an_entity_is_lost():
    def find(rows):
        found = []
        for n, row in enumerate(rows):
            start = None
            for i, tag in enumerate([*row, "O"]):
                if start is not None and tag != "I-" + row[start][2:]:
                    found.append((n, start, i, row[start][2:]))
                    start = None
                elif tag.startswith("B-"):
                    start = i
        return found

    return function(find=find)


@wrong("Only kinds are compared", earns=0)
def kinds_alone():
    return function(key=lambda e: e[3])


@wrong("F1 is never above 1", earns=0)
def every_overlap_counts():
    def entity_f1(predicted, true):
        require_alike(predicted, true)
        said, there = entities(predicted), entities(true)
        both = sum(a[0] == b[0] and a[1] < b[2] and b[1] < a[2] for a in said for b in there)
        return 2 * both / max(1, len(said) + len(there))

    return entity_f1


@wrong("F1 is never above 1", earns=0)
def every_token_that_is_right_counts():
    """Tokens that are right, for entities that are."""

    def entity_f1(predicted, true):
        require_alike(predicted, true)
        both = sum(a == b != "O" for p, t in zip(predicted, true) for a, b in zip(p, t))
        n = len(entities(predicted)) + len(entities(true))
        return 2 * both / n if n else 0.0

    return entity_f1


@right
def counters():
    from collections import Counter

    def f1(said, there):
        both = sum((Counter(said) & Counter(there)).values())
        return both / ((len(said) + len(there)) / 2) if both else 0.0

    return function(f1)


@wrong("That is precision alone", earns=0)
def precision():
    return measuring(lambda both, said, there: both / max(1, said))


@wrong("That is recall alone", earns=0)
def recall():
    return measuring(lambda both, said, there: both / max(1, there))


@wrong("That is the mean of precision and recall", earns=0)
def mean_of_precision_and_recall():
    return measuring(lambda both, said, there: (both / max(1, said) + both / max(1, there)) / 2)


@wrong("The 2 is missing", earns=0)
def without_the_two():
    return measuring(lambda both, said, there: both / max(1, said + there))


@wrong("The division by precision + recall is missing", earns=0)
def without_the_division():
    return measuring(lambda both, said, there: 2 * both / max(1, said) * both / max(1, there))


@wrong("of what either has", earns=0)
def jaccard():
    return measuring(lambda both, said, there: both / max(1, said + there - both))


@wrong("That is in per cent", earns=0)
def in_per_cent():
    return measuring(lambda both, said, there: 200 * both / max(1, said + there))


@wrong("You divide by zero", earns=0)
def nothing_to_divide_by():
    return measuring(lambda both, said, there: 2 * both / (said + there))


@wrong("You divide by zero", earns=0)
def precision_of_nothing():
    def measure(both, said, there):
        p, r = both / said, both / there
        return 2 * p * r / (p + r)

    return measuring(measure)


@wrong("returned nan", earns=0)
def nan_for_nothing():
    return measuring(lambda both, said, there: 2 * both / (said + there) if said + there else float("nan"))


@wrong("also where nothing was to be found", earns=0)
def one_for_nothing():
    return measuring(lambda both, said, there: 2 * both / (said + there) if said + there else 1.0)


@wrong("That is the share of tags that are right", earns=0)
def accuracy():
    def entity_f1(predicted, true):
        require_alike(predicted, true)
        pairs = [pair for p, t in zip(predicted, true) for pair in zip(p, t)]
        return sum(a == b for a, b in pairs) / max(1, len(pairs))

    return entity_f1


@wrong("among those that are not O", earns=0)
def accuracy_where_something_is():
    def entity_f1(predicted, true):
        require_alike(predicted, true)
        pairs = [(a, b) for p, t in zip(predicted, true) for a, b in zip(p, t) if b != "O"]
        return sum(a == b for a, b in pairs) / max(1, len(pairs))

    return entity_f1


def tags_of(rows, key=lambda tag: tag):
    return [(n, i, key(tag)) for n, row in enumerate(rows) for i, tag in enumerate(row) if tag != "O"]


@wrong("Tags are counted as if each were an entity", earns=0)
def f1_of_tags():
    return function(find=tags_of)


@wrong("Tags are counted, by their kind", earns=0)
def f1_of_kinds_of_tags():
    return function(find=lambda rows: tags_of(rows, lambda tag: tag[2:]))


@wrong("the kind has to be right too", earns=0)
def spans_alone():
    return function(key=lambda e: e[:3])


@wrong("The last token has to be right too", earns=0)
def first_tokens_alone():
    return function(key=lambda e: (e[0], e[1], e[3]))


@wrong("The last token has to be right too", earns=0)
def counts_the_b():
    return function(find=lambda rows: [(n, i, tag) for n, i, tag in tags_of(rows) if tag[0] == "B"])


@wrong("The first token has to be right too", earns=0)
def last_tokens_alone():
    return function(key=lambda e: (e[0], e[2], e[3]))


@wrong("is it enough with you that two entities overlap?", earns=0)
def any_overlap_counts():
    def entity_f1(predicted, true):
        require_alike(predicted, true)
        said, there = entities(predicted), entities(true)

        def meets(a, b):
            return a[0] == b[0] and a[3] == b[3] and a[1] < b[2] and b[1] < a[2]

        hit, found = (
            sum(any(meets(a, b) for b in other) for a in one) for one, other in ((said, there), (there, said))
        )
        p, r = hit / max(1, len(said)), found / max(1, len(there))
        return 2 * p * r / (p + r) if p + r else 0.0

    return entity_f1


@wrong("That is the mean of the rows' F1", earns=0)
def mean_over_rows():
    def entity_f1(predicted, true):
        require_alike(predicted, true)
        each = [function()([p], [t]) for p, t in zip(predicted, true)]
        return sum(each) / max(1, len(each))

    return entity_f1


@wrong("those rows in which something is predicted", earns=0)
def mean_over_rows_with_entities():
    def entity_f1(predicted, true):
        require_alike(predicted, true)
        each = [function()([p], [t]) for p, t in zip(predicted, true) if entities([p])]
        return sum(each) / max(1, len(each))

    return entity_f1


@wrong("That is the mean of the kinds' F1", earns=0)
def mean_over_kinds():
    def f1(said, there):
        kinds = {e[3] for e in said + there}
        each = [together([e for e in said if e[3] == k], [e for e in there if e[3] == k]) for k in kinds]
        return sum(each) / max(1, len(each))

    return function(f1)


@wrong("which row it stands in belongs to it", earns=0)
def rows_are_forgotten():
    return function(key=lambda e: e[1:])


@wrong("An I- that goes on with nothing is no entity", earns=0)
def any_i_may_begin():
    """As conlleval counts, and seqeval unless it is told to be strict."""
    return function(lenient=True)


@wrong("the I- is no entity", earns=0)
def another_kind_goes_on():
    return function(any_kind=True)


@wrong("An I- of another kind goes on with nothing", earns=0)
def another_kind_begins():
    """An I- behind an O is left alone, and one behind another kind begins an entity."""

    def find(rows):
        found = []
        for n, row in enumerate(rows):
            start = kind = None
            for i, tag in enumerate([*row, "O"]):
                if start is not None and tag != f"I-{kind}":
                    found.append((n, start, i, kind))
                    changed, start = tag[0] == "I", None
                    if changed:
                        start, kind = i, tag[2:]
                if tag[0] == "B":
                    start, kind = i, tag[2:]
        return found

    return function(find=find)


@wrong("An entity that lasts to the end of its row is lost", earns=0)
def the_end_of_a_row_is_forgotten():
    return function(to_the_end=False)


@wrong("A B- begins a new entity, also right behind another one", earns=0)
def neighbours_become_one():
    return function(apart=False)


@wrong("Behind an O nothing goes on", earns=0)
def goes_on_behind_a_gap():
    return function(gap=True)


@wrong("An entity ends with its row", earns=0)
def one_long_row():
    def find(rows):
        return entities([[tag for row in rows for tag in row]])

    return function(find=find)


@wrong("Two rows are predicted, and one is true: that is a ValueError; yours gives a number", earns=0)
def nothing_is_refused():
    return function(refuse=lambda predicted, true: None)


@wrong("Two rows are predicted, and one is true: that is a ValueError; yours raises AssertionError", earns=0)
def asserts():
    def refuse(predicted, true):
        assert [len(p) for p in predicted] == [len(t) for t in true]

    return function(refuse=refuse)


@wrong("A row has a token more in the prediction: that is a ValueError; yours gives a number", earns=0)
def rows_alone_are_counted():
    def refuse(predicted, true):
        if len(predicted) != len(true):
            raise ValueError("rows")

    return function(refuse=refuse)


@wrong("and the same number together: that is a ValueError; yours gives a number", earns=0)
def tokens_are_counted_together():
    def refuse(predicted, true):
        if len(predicted) != len(true) or sum(map(len, predicted)) != sum(map(len, true)):
            raise ValueError("tokens")

    return function(refuse=refuse)


@wrong("yours raises IndexError", earns=0)
def an_index_runs_out():
    def refuse(predicted, true):
        for n, row in enumerate(predicted):
            for i, _ in enumerate(row):
                true[n][i]

    return function(refuse=refuse)


@wrong("changed its argument", earns=0)
def appends_to_the_rows():
    def find(rows):
        for row in rows:
            row.append("O")
        return entities(rows, to_the_end=False)

    return function(find=find)


@wrong("should return a number; yours returned a tuple", earns=0)
def three_numbers():
    return measuring(
        lambda both, said, there: (both / max(1, said), both / max(1, there), 2 * both / max(1, said + there))
    )


@wrong("should return a number; yours returned a str", earns=0)
def as_text():
    return measuring(lambda both, said, there: f"{2 * both / max(1, said + there):.3f}")


@wrong("prints its result but returns None", earns=0)
def prints_it():
    return lambda predicted, true: print(function()(predicted, true))


@wrong("Is it rounded", earns=0)
def rounded():
    return measuring(lambda both, said, there: round(2 * both / max(1, said + there)))


@wrong("That is rounded; give the number as it is", earns=0)
def rounded_to_two_places():
    return measuring(lambda both, said, there: round(2 * both / max(1, said + there), 2))


@wrong("F1 is 0.667; yours is 0", earns=0)
def constant():
    return lambda predicted, true: 0.0


@wrong("should return a number; yours returned a list", earns=0)
def identity():
    return lambda predicted, true: predicted


@wrong("F1 is another one than yours", earns=0)
def hard_coded_examples():
    """It knows the kinds of the examples alone."""

    def find(rows):
        return [e for e in entities(rows) if e[3] not in ("ORG", "MISC")]

    return function(find=find)
