from tests.answers import right, wrong


def source_of(row):
    return f"question: {row['question']} context: {row['context']}"


def letters_read(made, row):
    return max(b for _, b in made.offset_mapping) - len(source_of(row)) + len(row["context"])


def whole(row, left):
    return [t for t, s in zip(row["answers"], row["starts"]) if s + len(t) <= left]


def function(
    source_of=source_of,
    left=letters_read,
    whole=whole,
    first=lambda texts: texts[0],
    none="unanswerable",
    lost=lambda row: None,
    limit=lambda most: {"truncation": True, "max_length": most},
    labels=lambda tokenizer, text: tokenizer(text).input_ids,
    give=lambda ids, labels: {"input_ids": ids, "labels": labels},
):
    """The solution, in steps that an answer replaces by its mistake."""

    def t5_qa_example(row, tokenizer, most=512):
        made = tokenizer(source_of(row), return_offsets_mapping=True, **limit(most))
        texts = whole(row, left(made, row))
        if row["answers"] and not texts:
            text = lost(row)
            return None if text is None else give(made.input_ids, labels(tokenizer, text))
        return give(made.input_ids, labels(tokenizer, first(texts) if texts else none))

    return t5_qa_example


@right
def the_steps_of_this_file():
    return function()


@right
def letter_for_letter():
    """The answer's last letter belongs to a token that is left."""

    def t5_qa_example(row, tokenizer, most=512):
        head = f"question: {row['question']} context: "
        made = tokenizer(head + row["context"], truncation=True, max_length=most, return_offsets_mapping=True)
        covered = {letter for a, b in made["offset_mapping"] for letter in range(a, b)}
        reach = max(covered, default=-1)
        target = "unanswerable" if not row["answers"] else None
        for text, start in zip(row["answers"], row["starts"]):
            if len(head) + start + len(text) - 1 <= reach:
                target = text
                break
        if target is None:
            return None
        return {"input_ids": list(made["input_ids"]), "labels": list(tokenizer(target)["input_ids"])}

    return t5_qa_example


@right
def cut_by_hand():
    def t5_qa_example(row, tokenizer, most=512):
        text = source_of(row)
        full = tokenizer(text, return_offsets_mapping=True)
        ids, offsets = full.input_ids[:-1][: most - 1], full.offset_mapping[:-1][: most - 1]
        end = max([b for _, b in offsets] + [0]) - (len(text) - len(row["context"]))
        found = [t for t, s in zip(row["answers"], row["starts"]) if s + len(t) <= end]
        if row["answers"] and not found:
            return None
        return dict(input_ids=ids + [tokenizer.eos_token_id], labels=tokenizer((found or ["unanswerable"])[0]).input_ids)  # fmt: skip

    return t5_qa_example


@right
def from_the_last_token():
    def left(made, row):
        real = [pair for pair in made.offset_mapping if pair != (0, 0)]
        return (real[-1][1] if real else 0) - len(f"question: {row['question']} context: ")

    return function(left=left)


@wrong("truncation=True, max_length=most", earns=1)
def not_cut():
    return function(limit=lambda most: {})


@wrong("no target for that", earns=1.5)
def unanswerable_where_it_is_cut():
    return function(lost=lambda row: "unanswerable")


@wrong("so the row is no example, None", earns=1.5)
def the_first_whatever_is_cut():
    return function(whole=lambda row, left: row["answers"])


@wrong("That reference is cut off")
def the_first_or_nothing():
    return function(whole=lambda row, left: row["answers"] if any(s + len(t) <= left for t, s in zip(row["answers"], row["starts"])) else [])  # fmt: skip


@wrong("yours gives None", earns=1.5)
def the_first_alone_is_asked():
    return function(whole=lambda row, left: whole({"answers": row["answers"][:1], "starts": row["starts"][:1]}, left))  # fmt: skip


@wrong("not *whole*, or not at its own place", earns=1.5)
def anywhere_in_what_is_read():
    return function(
        whole=lambda row, left: [t for t in row["answers"] if t in row["context"][: max(left, 0)]]
    )


@wrong("That reference is cut off", earns=1.5)
def only_where_it_begins():
    return function(whole=lambda row, left: [t for t, s in zip(row["answers"], row["starts"]) if s < left])


@wrong("stands whole in what is left", earns=1.5)
def one_letter_too_strict():
    return function(whole=lambda row, left: [t for t, s in zip(row["answers"], row["starts"]) if s + len(t) < left])  # fmt: skip


@wrong("so the row is no example", earns=1.5)
def counted_from_the_source():
    return function(left=lambda made, row: max(b for _, b in made.offset_mapping))


@wrong("yours gives None")
def the_last_offset():
    return function(
        left=lambda made, row: made.offset_mapping[-1][1] - len(source_of(row)) + len(row["context"])
    )


@wrong("stays an example, with the target `unanswerable`", earns=2.5)
def none_without_an_answer():
    whole_one = function()
    return lambda row, tokenizer, most=512: whole_one(row, tokenizer, most) if row["answers"] else None


@wrong("the target is `unanswerable`", earns=2.5)
def nothing_without_an_answer():
    return function(none="")


@wrong("the target is `unanswerable`", earns=2.5)
def no_answer():
    return function(none="no answer")


@wrong("Not the longest")
def the_longest():
    return function(first=lambda texts: max(texts, key=len))


@wrong("Not the shortest", earns=0)
def the_shortest():
    return function(first=lambda texts: min(texts, key=len))


@wrong("Not the", earns=0)
def the_last():
    return function(first=lambda texts: texts[-1])


@wrong("and not all of them", earns=0)
def all_of_them():
    return function(first=" ".join)


@wrong("`</s>` is missing at its end", earns=0)
def no_end():
    return function(labels=lambda tokenizer, text: tokenizer(text, add_special_tokens=False).input_ids)


@wrong("The question comes first", earns=0)
def the_passage_first():
    return function(source_of=lambda row: f"context: {row['context']} question: {row['question']}")


@wrong("say which is which", earns=0)
def without_names():
    return function(source_of=lambda row: f"{row['question']} {row['context']}", left=lambda made, row: 10**6)


@wrong("the source is", earns=0)
def other_names():
    return function(source_of=lambda row: f"Question: {row['question']} Context: {row['context']}")


@wrong("Where is the passage?", earns=0)
def the_question_alone():
    return function(source_of=lambda row: f"question: {row['question']}", left=lambda made, row: 10**6)


@wrong("stands at the end of what is cut, too")
def cut_without_the_end():
    def t5_qa_example(row, tokenizer, most=512):
        made = function()(row, tokenizer, most)
        ids = tokenizer(source_of(row)).input_ids
        return made and made | {"input_ids": ids[:most]}

    return t5_qa_example


@wrong("What is too long is cut at its *end*")
def cut_in_front():
    def t5_qa_example(row, tokenizer, most=512):
        made = function()(row, tokenizer, most)
        ids = tokenizer(source_of(row)).input_ids
        return made and made | {"input_ids": ids[-most:]}

    return t5_qa_example


@wrong('with the names "input_ids" and "labels"', earns=0)
def a_pair():
    return function(give=lambda ids, labels: (ids, labels))


@wrong('with the names "input_ids" and "labels"', earns=0)
def other_keys():
    return function(give=lambda ids, labels: {"source": ids, "target": labels})


@wrong("stands a list of ids", earns=0)
def a_text_for_labels():
    return function(labels=lambda tokenizer, text: text)


@wrong("changed its argument")
def references_taken_out():
    whole_one = function()

    def t5_qa_example(row, tokenizer, most=512):
        made = whole_one(row, tokenizer, most)
        row["answers"].clear()
        return made

    return t5_qa_example


@wrong("yours gives None", earns=0)
def constant():
    return lambda row, tokenizer, most=512: None


@wrong('with the names "input_ids" and "labels"', earns=0)
def identity():
    return lambda row, tokenizer, most=512: row


@wrong("the source is", earns=0)
def hard_coded_examples():
    return lambda row, tokenizer, most=512: {"input_ids": [1], "labels": tokenizer("Bo").input_ids}


@wrong("stands at its end twice")
def two_ends():
    return function(labels=lambda tokenizer, text: [*tokenizer(text).input_ids, tokenizer.eos_token_id])


@wrong("That is one token too many")
def an_end_beside_the_most_tokens():
    whole_one = function()

    def t5_qa_example(row, tokenizer, most=512):
        made = whole_one(row, tokenizer, most)
        ids = tokenizer(source_of(row), add_special_tokens=False).input_ids
        return made and {**made, "input_ids": [*ids[:most], tokenizer.eos_token_id]}

    return t5_qa_example


@wrong("the *first* of the references", earns=0)
def the_earliest_in_the_passage():
    def earliest(row, left):
        pairs = sorted(zip(row["starts"], row["answers"]))
        return [text for start, text in pairs if start + len(text) <= left]

    return function(whole=earliest)


@wrong("stays an example, with the target `unanswerable`", earns=2.5)
def no_example_where_nothing_of_the_passage_is_read():
    own = function()

    def t5_qa_example(row, tokenizer, most=512):
        made = tokenizer(source_of(row), return_offsets_mapping=True, truncation=True, max_length=most)
        return None if letters_read(made, row) <= 0 else own(row, tokenizer, most)

    return t5_qa_example
