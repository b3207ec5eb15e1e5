import re

from tests.answers import right, wrong


def typed(parent, name, kind, place):
    """What stands under a name; a ValueError with the place where it is not of this type."""
    value = parent.get(name) if isinstance(parent, dict) else None
    if type(value) is not kind:
        raise ValueError(f"{place}: {name}")
    return value


def stands(context, text, start):
    return bool(text) and start >= 0 and context[start : start + len(text)] == text


def consistent(impossible, answers):
    return impossible == (not answers)


def flag(qa, get, place):
    return get({"is_impossible": False} | qa, "is_impossible", bool, place)


def function(
    get=typed,
    stands=stands,
    consistent=consistent,
    flag=flag,
    ids=True,
    place_of="{}[{}]",
    first=0,
    given=lambda qa, get, place: get(qa, "answers", list, place),
    start_of=lambda context, text, start: start,
    row=lambda row: row,
    give=lambda rows: rows,
    error=lambda error: error,
):
    """The solution, in steps that an answer replaces by its mistake."""

    def named(before, list_name, i):
        own = place_of.format(list_name, i + first)
        return own if not before else f"{before}.{own}"

    def parse_squad(content):
        rows, met = [], set()
        try:
            for i, article in enumerate(get(content, "data", list, "data")):
                at = named("", "data", i)
                title = get(article, "title", str, at)
                for j, paragraph in enumerate(get(article, "paragraphs", list, at)):
                    where = named(at, "paragraphs", j)
                    context = get(paragraph, "context", str, where)
                    for k, qa in enumerate(get(paragraph, "qas", list, where)):
                        place = named(where, "qas", k)
                        own = {"id": get(qa, "id", str, place), "title": title, "context": context}
                        own["question"] = get(qa, "question", str, place)
                        own["answers"], own["starts"] = [], []
                        for m, answer in enumerate(given(qa, get, place)):
                            inner = named(place, "answers", m)
                            text, start = (
                                get(answer, "text", str, inner),
                                get(answer, "answer_start", int, inner),
                            )
                            if not stands(context, text, start):
                                raise ValueError(f"{inner}: {text!r} is not there")
                            own["answers"].append(text)
                            own["starts"].append(start_of(context, text, start))
                        own["is_impossible"] = flag(qa, get, place)
                        if not consistent(own["is_impossible"], own["answers"]):
                            raise ValueError(f"{place}: is it impossible?")
                        if ids and own["id"] in met:
                            raise ValueError(f"{place}: this id came before")
                        met.add(own["id"])
                        rows.append(row(own))
        except ValueError as met_one:
            raise error(met_one) from None
        return give(rows)

    return parse_squad


@right
def the_steps_of_this_file():
    return function()


@right
def with_the_name_behind_the_place():
    return function(error=lambda error: ValueError(f"bad file at {str(error).partition(':')[0]}.{error}"))


@right
def a_tuple_of_rows():
    return function(give=tuple)


@right
def an_error_of_its_own():
    class BadSquad(ValueError):
        pass

    return function(error=lambda error: BadSquad(*error.args))


@right
def checked_first_and_read_then():
    def parse_squad(content):
        def need(good, place, why):
            if not good:
                raise ValueError(f"{why} at {place}")

        need(isinstance(content, dict) and isinstance(content.get("data"), list), "data", "no list")
        flat, ids = [], []
        for a, article in enumerate(content["data"]):
            pa = f"data[{a}]"
            need(isinstance(article, dict), pa, "no object")
            need(isinstance(article.get("title"), str) and isinstance(article.get("paragraphs"), list), pa, "title or paragraphs")  # fmt: skip
            for p, paragraph in enumerate(article["paragraphs"]):
                pp = f"{pa}.paragraphs[{p}]"
                need(isinstance(paragraph, dict), pp, "no object")
                context = paragraph.get("context")
                need(
                    isinstance(context, str) and isinstance(paragraph.get("qas"), list), pp, "context or qas"
                )
                for q, qa in enumerate(paragraph["qas"]):
                    pq = f"{pp}.qas[{q}]"
                    need(isinstance(qa, dict), pq, "no object")
                    need(all(isinstance(qa.get(k), t) for k, t in (("id", str), ("question", str), ("answers", list))), pq, "id, question or answers")  # fmt: skip
                    impossible = qa.get("is_impossible", False)
                    need(isinstance(impossible, bool), pq, "is_impossible")
                    for n, answer in enumerate(qa["answers"]):
                        pn = f"{pq}.answers[{n}]"
                        need(isinstance(answer, dict), pn, "no object")
                        text, start = answer.get("text"), answer.get("answer_start")
                        need(isinstance(text, str) and text, pn, "text")
                        need(
                            isinstance(start, int) and not isinstance(start, bool) and start >= 0, pn, "start"
                        )
                        need(context.startswith(text, start), pn, "not there")
                    need(bool(qa["answers"]) != impossible, pq, "is it impossible")
                    need(qa["id"] not in ids, pq, "id twice")
                    ids.append(qa["id"])
                    flat.append({
                        "id": qa["id"], "title": article["title"], "context": context, "question": qa["question"],
                        "answers": [x["text"] for x in qa["answers"]], "starts": [x["answer_start"] for x in qa["answers"]],
                        "is_impossible": impossible,
                    })  # fmt: skip
        return flat

    return parse_squad


# --- wrong: what comes out ------------------------------------------------------------------------------------------------------
@wrong("One row for each *question*", earns=0)
def a_row_for_each_paragraph():
    def give(rows):
        return list({row["context"]: row for row in rows}.values())

    return function(give=give)


@wrong("not in its order", earns=0)
def sorted_by_id():
    return function(give=lambda rows: sorted(rows, key=lambda row: row["id"]))


@wrong("lacks is_impossible", earns=0)
def without_is_impossible():
    return function(row=lambda row: {k: v for k, v in row.items() if k != "is_impossible"})


@wrong("has answer_start, too", earns=0)
def with_more_names():
    return function(row=lambda row: row | {"answer_start": row["starts"]})


@wrong("*All* references are kept", earns=0)
def the_first_reference_alone():
    return function(row=lambda row: row | {"answers": row["answers"][:1], "starts": row["starts"][:1]})


@wrong("A list of texts is asked for", earns=0)
def answers_as_objects():
    return function(row=lambda row: row | {"answers": [{"text": t, "answer_start": s} for t, s in zip(row["answers"], row["starts"])]})  # fmt: skip


@wrong("may be another one")
def found_anew():
    return function(start_of=lambda context, text, start: context.find(text))


@wrong("Where the file does not say it", earns=0)
def none_for_what_is_missing():
    return function(flag=lambda qa, get, place: qa.get("is_impossible"), consistent=lambda i, a: bool(i) == (not a))  # fmt: skip


@wrong("what a hasty reader would say")
def plausible_answers():
    return function(given=lambda qa, get, place: get(qa, "answers", list, place) or qa.get("plausible_answers", []), consistent=lambda i, a: True)  # fmt: skip


@wrong("your function fails", earns=0)
def is_impossible_must_be_there():
    return function(flag=lambda qa, get, place: qa["is_impossible"])


@wrong("should return a list", earns=0)
def a_dict_of_rows():
    return function(give=lambda rows: {row["id"]: row for row in rows})


@wrong("returned None", earns=0)
def returns_nothing():
    return function(give=lambda rows: None)


@wrong("should return a list", earns=0)
def identity():
    return lambda content: content


@wrong("you return 0 rows", earns=0)
def constant():
    return lambda content: []


@wrong("has 4 questions", earns=0)
def hard_coded_examples():
    row = {"id": "s1", "title": "Singing", "context": "Ida sang in Alderton, and Bo sang there too.", "question": "Who sang in Alderton?", "answers": ["Ida"], "starts": [0], "is_impossible": False}  # fmt: skip
    return lambda content: [row]


@wrong("changed its argument", earns=0)
def takes_the_file_apart():
    whole = function()

    def parse_squad(content):
        rows = whole(content)
        for article in content["data"]:
            article["paragraphs"] = []
        return rows

    return parse_squad


# --- wrong: what gets through ---------------------------------------------------------------------------------------------------
def plain(parent, name, kind, place):
    return parent[name]


@wrong("raises a KeyError, which names no place")
def no_care():
    return function(get=plain)


@wrong("raises KeyError", earns=3.5)
def missing_names_are_key_errors():
    def get(parent, name, kind, place):
        value = parent[name] if isinstance(parent, dict) else None
        if type(value) is not kind:
            raise ValueError(place)
        return value

    return function(get=get)


@wrong("does not name the place", earns=3.5)
def types_are_not_looked_at():
    def get(parent, name, kind, place):
        if not isinstance(parent, dict) or name not in parent:
            raise ValueError(place)
        return parent[name]

    return function(get=get)


@wrong("In Python True is an int as well", earns=3.5)
def true_is_a_number():
    def get(parent, name, kind, place):
        value = parent.get(name) if isinstance(parent, dict) else None
        if not isinstance(value, kind):
            raise ValueError(place)
        return value

    return function(get=get)


@wrong("whether it is a dict", earns=3.5)
def texts_among_objects():
    def get(parent, name, kind, place):
        value = parent.get(name)
        if type(value) is not kind:
            raise ValueError(place)
        return value

    return function(get=get)


@wrong("does not name the place", earns=2)
def no_place():
    return function(error=lambda error: ValueError("bad SQuAD file"))


@wrong("each counts from 0, in its own list", earns=2)
def counted_from_one():
    return function(first=1)


@wrong("A place is written like", earns=2)
def another_way_to_write_it():
    return function(place_of="{}/{}", error=lambda error: ValueError(re.sub("data", "d", str(error))))


@wrong("too far out")
def the_paragraph_alone():
    return function(error=lambda error: ValueError(re.sub(r"\.qas.*", "", str(error))))


@wrong("too far out")
def the_question_alone():
    return function(error=lambda error: ValueError(re.sub(r"\.answers.*", "", str(error))))


@wrong("raises AssertionError", earns=2)
def assertions():
    return function(error=lambda error: AssertionError(*error.args))


@wrong("raises TypeError", earns=3.5)
def type_errors_for_types():
    def get(parent, name, kind, place):
        if not isinstance(parent, dict):
            raise TypeError(place)
        if name not in parent:
            raise ValueError(place)
        if type(parent[name]) is not kind:
            raise TypeError(place)
        return parent[name]

    return function(get=get)


@wrong("compare `context[start : start + len(text)]`", earns=3.5)
def anywhere_in_the_context():
    return function(stands=lambda context, text, start: bool(text) and start >= 0 and text in context)


@wrong("An empty text stands everywhere", earns=3.5)
def empty_texts():
    return function(stands=lambda context, text, start: start >= 0 and context[start : start + len(text)] == text)  # fmt: skip


@wrong("Python counts negative places from the end", earns=3.5)
def negative_places():
    return function(stands=lambda context, text, start: bool(text) and context[start : start + len(text)] == text)  # fmt: skip


@wrong("capitals count", earns=3.5)
def small_letters():
    return function(stands=lambda context, text, start: bool(text) and start >= 0 and context[start : start + len(text)].lower() == text.lower())  # fmt: skip


@wrong("is the text stripped", earns=3.5)
def stripped_texts():
    return function(stands=lambda context, text, start: bool(text) and start >= 0 and context[start : start + len(text.strip())] == text.strip())  # fmt: skip


@wrong("gets through", earns=3.5)
def answers_are_not_looked_for():
    return function(stands=lambda context, text, start: True)


@wrong("is said to be impossible gets through", earns=3.5)
def contradictions_get_through():
    return function(consistent=lambda impossible, answers: True)


@wrong("the question has no answer", earns=3.5)
def no_answer_gets_through():
    return function(consistent=lambda impossible, answers: not (impossible and answers))


@wrong("Keep a set of the ids", earns=3.5)
def ids_twice():
    return function(ids=False)


@wrong("the id came before", earns=3.5)
def ids_of_a_paragraph_alone():
    whole = function(ids=False)

    def parse_squad(content):
        rows = whole(content)
        for i in range(1, len(rows)):
            if rows[i]["id"] == rows[i - 1]["id"]:
                raise ValueError("data[0].paragraphs[0].qas[1]")
        return rows

    return parse_squad
