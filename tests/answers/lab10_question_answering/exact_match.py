from tests.answers import right, wrong
from tests.answers.lab10_question_answering.parts import normalize_answer


def wanted(references):
    return [text for text in map(normalize_answer, references) if text] or [""]


def function(work):
    def exact_match(said, references):
        return work(said, references)

    return exact_match


@right
def in_a_list():
    return function(lambda s, r: float(normalize_answer(s) in wanted(r)))


@right
def a_loop():
    def exact_match(said, references):
        said, left = normalize_answer(said), 0
        for reference in references:
            reference = normalize_answer(reference)
            if not reference:
                continue
            left += 1
            if said == reference:
                return 1.0
        return 1.0 if not left and not said else 0.0

    return exact_match


@right
def a_whole_number():
    return function(lambda s, r: int(any(normalize_answer(s) == x for x in wanted(r))))


@right
def the_largest_of_all():
    return function(lambda s, r: max(float(normalize_answer(s) == x) for x in wanted(r)))


@wrong("compared as they are", earns=0.25)
def as_they_are():
    return function(lambda s, r: float(s in r) if r else float(not s))


@wrong("compared as they are, but for capitals", earns=0.25)
def small_letters_alone():
    return function(lambda s, r: float(s.strip().lower() in [x.strip().lower() for x in r]))


@wrong("What was said is normalised, and the references are not", earns=0.25)
def one_side_normalised():
    return function(lambda s, r: float(normalize_answer(s) in (r or [""])))


@wrong("The references are normalised, and what was said is not", earns=0.25)
def the_other_side_normalised():
    return function(lambda s, r: float(s in wanted(r)))


@wrong("Only the first reference counts")
def the_first_reference():
    return function(lambda s, r: float(normalize_answer(s) == wanted(r[:1])[0]))


@wrong("Only the last reference counts")
def the_last_reference():
    return function(lambda s, r: float(normalize_answer(s) == wanted(r[-1:])[0]))


@wrong("A part of a reference is no match", earns=0)
def within_a_reference():
    return function(lambda s, r: float(any(normalize_answer(s) in x for x in wanted(r))))


@wrong("A reference within a longer answer is no match", earns=0)
def a_reference_within():
    return function(lambda s, r: float(any(x in normalize_answer(s) for x in wanted(r))))


@wrong("The order of the words counts", earns=0)
def sorted_words():
    return function(
        lambda s, r: float(any(sorted(normalize_answer(s).split()) == sorted(x.split()) for x in wanted(r)))
    )


@wrong("The order of the words counts", earns=0)
def sets_of_words():
    return function(
        lambda s, r: float(any(set(normalize_answer(s).split()) == set(x.split()) for x in wanted(r)))
    )


@wrong("That is the mean over the references")
def the_mean():
    return function(lambda s, r: sum(normalize_answer(s) == x for x in wanted(r)) / len(wanted(r)))


@wrong("That asks for *all* of the references")
def all_of_them():
    return function(lambda s, r: float(all(normalize_answer(s) == x for x in wanted(r))))


@wrong("it is right to say nothing", earns=0.75)
def none_is_always_wrong():
    return function(lambda s, r: float(bool(r) and normalize_answer(s) in wanted(r)))


@wrong("it is right to say nothing", earns=0.75)
def none_is_always_right():
    return function(lambda s, r: float(not r or normalize_answer(s) in wanted(r)))


@wrong("counts as empty when nothing is left of it", earns=0.75)
def nothing_said_to_the_letter():
    return function(lambda s, r: float(normalize_answer(s) in wanted(r)) if r else float(s == ""))


@wrong("References of which nothing is left", earns=0.75)
def empty_references_count():
    return function(lambda s, r: float(normalize_answer(s) in ([normalize_answer(x) for x in r] or [""])))


@wrong("as if there were none", earns=0.75)
def empty_references_are_wrong():
    return function(
        lambda s, r: (
            float(normalize_answer(s) in [x for x in map(normalize_answer, r) if x])
            if r
            else float(not normalize_answer(s))
        )
    )


@wrong("There may be no reference", earns=0.75)
def the_largest_of_nothing():
    return function(lambda s, r: max(float(normalize_answer(s) == normalize_answer(x)) for x in r))


@wrong("One word in common is no match", earns=0)
def a_word_in_common():
    return function(
        lambda s, r: float(any(set(normalize_answer(s).split()) & set(x.split()) for x in wanted(r)))
    )


@wrong("per cent", earns=0)
def per_cent():
    return function(lambda s, r: 100.0 * (normalize_answer(s) in wanted(r)))


@wrong("turned round", earns=0)
def errors_counted():
    return function(lambda s, r: float(normalize_answer(s) not in wanted(r)))


@wrong("gives 1", earns=0)
def constant():
    return function(lambda s, r: 1.0)


@wrong("and should give 1", earns=0)
def never():
    return function(lambda s, r: 0.0)


@wrong("returned a str of", earns=0)
def identity():
    return function(lambda s, r: s)


@wrong("gives 0", earns=0)
def hard_coded_examples():
    return function(lambda s, r: float((s, tuple(r)) in {("red fish", ("red fish",)), ("The Red Fish.", ("red fish",))}))  # fmt: skip


@wrong("exact_match calls `normalize_answer`, which is not written yet", earns=0)
def on_what_is_not_written():
    def normalize_answer(text):
        raise NotImplementedError

    return function(lambda s, r: float(normalize_answer(s) in map(normalize_answer, r)))
