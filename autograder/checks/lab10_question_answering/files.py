"""The hidden check of `parse_squad`, on files of drawn words. Oracle: the rows that the files were made of; for a bad file, the place of its change."""

from autograder.checks.words import word, words
from course.checks.lab10_question_answering import files as visible
from course.checks.lab10_question_answering.files import (
    File,
    contradicting,
    displaced,
    judge_files,
    missing,
    mistyped,
    refused_parts,
)

from . import lab


def file_of(rng, version, articles=3):
    """A file of drawn words; the last question of each paragraph has no answer in version 2."""
    data, number = [], 0
    for _ in range(articles):
        paragraphs = []
        for _ in range(rng.randint(2, 3)):
            context = f"Zoë {words(rng, 12, 20)}, {word(rng)}."
            qas = []
            for k in range(rng.randint(3, 4)):
                number += 1
                own = {"id": f"q{number}-{word(rng)}", "question": f"{words(rng)}?", "answers": []}
                for _ in range(rng.randint(2, 3)):
                    # a blank on neither side: a text that somebody strips is still the same
                    start = rng.choice([i for i in range(5, len(context) - 12) if context[i] != " "])
                    own["answers"].append({"text": context[start : start + rng.randint(3, 9)].rstrip(), "answer_start": start})  # fmt: skip
                if version == 2:
                    own |= {"is_impossible": k == 2}
                    if k == 2:
                        own |= {"plausible_answers": own["answers"], "answers": []}
                qas.append(own)
            paragraphs.append({"context": context, "qas": qas})
        data.append({"title": words(rng, 1, 2), "paragraphs": paragraphs})
    return {"version": rng.choice(("1.1", "v2.0")), "data": data}


@lab.check(alone=True)
def parse_squad(student):
    rng = student.rng
    one, two = file_of(rng, 1), file_of(rng, 2)
    article, paragraph = rng.randrange(3), rng.randrange(2)
    place = f"data[{article}].paragraphs[{paragraph}]"
    places = (f"data[{article}]", place, f"{place}.qas[{rng.randrange(2)}]")
    answer = f"{places[2]}.answers[1]"
    plain = [
        File(visible.V1, "A file of version 1.1"),
        File(one, "Another file of version 1.1", told=False),
        File({"data": []}, "A file without articles"),
    ]
    mixed = file_of(rng, 2)
    for each in mixed["data"]:
        for one_of_them in each["paragraphs"]:
            one_of_them["qas"][0].pop("is_impossible")
    parts = {"version 2": (0.75, [File(visible.V2, "A file of version 2"), File(visible.MIXED, "A file in which some say nothing of `is_impossible`"),
                                  File(two, "Another file of version 2", told=False), File(mixed, "Another file in which some say nothing of `is_impossible`", told=False)]),
             "places as they are": (0.25, [File(visible.SECOND, "A file whose answer stands twice in its context"), File(_repeated(rng), "Another file whose answers stand several times in their context", told=False)])}  # fmt: skip
    refused = refused_parts(
        missing(visible.V1, visible.PLACES) + missing(two, (*places, answer)),
        mistyped(visible.V1, visible.PLACES) + mistyped(two, (*places, answer)),
        displaced(visible.V1, visible.PLACES[3]) + displaced(two, answer),
        contradicting(two, places[2], "data[0].paragraphs[1].qas[1]", "data[2].paragraphs[0].qas[2]", f"{place}.qas[2]")
        + contradicting(one, places[2], "data[0].paragraphs[0].qas[0]", "data[0].paragraphs[0].qas[1]"),
    )  # fmt: skip
    judge_files(student, plain, parts, refused, told=False)


def _repeated(rng):
    """A file in which the same word stands many times, and the last one is the answer."""
    one = word(rng)
    context = f"{words(rng)} {one} {words(rng)} {one} {words(rng)} {one} {words(rng)}."
    answers = [{"text": one, "answer_start": context.rindex(f" {one} ") + 1}]
    return {"data": [{"title": one, "paragraphs": [{"context": context, "qas": [{"id": "r", "question": "Which?", "answers": answers}]}]}]}  # fmt: skip
