from tests.answers import right, wrong

CLS, SEP = "[CLS]", "[SEP]"


def refuse(max_length):
    if max_length < 3:
        raise ValueError("no room")


def function(
    check=refuse,
    room=lambda max_length: max_length - 2,
    pieces=lambda sentence, room, used: [sentence[:room]],
    mark=lambda row, last, number: [SEP] if row and last != number else [],
    fits=lambda row, mark, sentence, room: len(row) + len(mark) + len(sentence) <= room,
    apart=lambda mark, cross: bool(mark) and not cross,
    opened=lambda mark: [],
    skip=lambda sentence: not sentence,
    name=lambda number, document: number,
    begun=lambda row: bool(row),
    last_row=lambda rows, row: [*rows, row] if row else rows,
    frame=lambda row: [CLS, *row, SEP],
):
    """The exercise's function, with a place for each mistake."""

    def pack_full_sentences(documents, max_length=64, cross=True):
        check(max_length)
        space = room(max_length)
        rows, row, last = [], [], None
        for number, document in enumerate(documents):
            for whole in document:
                if skip(whole):
                    continue
                for sentence in pieces(whole, space, len(row)):
                    between = mark(row, last, name(number, document))
                    if begun(row) and (not fits(row, between, sentence, space) or apart(between, cross)):
                        rows.append(row)
                        row, between = [], opened(between)
                    row = row + between + sentence
                    last = name(number, document)
        return [frame(row) for row in last_row(rows, row)]

    return pack_full_sentences


@right
def one_list_of_rows_with_prints():
    def pack_full_sentences(documents, max_length=64, cross=True):
        if max_length < 3:
            raise ValueError
        rows = []
        for document in documents:
            begins = True
            for sentence in document:
                if len(sentence) == 0:
                    continue
                tokens = list(sentence)[: max_length - 2]
                extra = [SEP] if begins else []
                if (
                    rows
                    and not (begins and not cross)
                    and len(rows[-1]) + len(extra) + len(tokens) < max_length
                ):
                    rows[-1] += extra + tokens
                else:
                    rows.append([CLS] + tokens)
                begins = False
        for row in rows:
            row.append(SEP)
            print(len(row), "tokens")
        return rows

    return pack_full_sentences


@right
def laid_flat_first():
    def pack_full_sentences(documents, max_length=64, cross=True):
        import warnings

        warnings.warn("flat", stacklevel=1)
        if not max_length >= 3:
            raise ValueError("max_length")
        flat = [(i, s) for i, d in enumerate(documents) for s in d if len(s) > 0]
        rows, i = [], 0
        while i < len(flat):
            number, sentence = flat[i]
            row = ["[CLS]", *sentence[: max_length - 2]]
            i += 1
            while i < len(flat):
                following, sentence = flat[i]
                if following != number and not cross:
                    break
                more = ([SEP] if following != number else []) + sentence
                if len(row) + len(more) + 1 > max_length:
                    break
                row.extend(more)
                number = following
                i += 1
            rows.append(row + ["[SEP]"])
        return rows

    return pack_full_sentences


@right
def each_document_and_then_joined():
    """Without `cross` the documents are packed one by one; tuples come back."""

    def pack(numbered, max_length):
        row, last = [], 0
        for number, sentence in numbered:
            sentence = tuple(sentence[: max_length - 2])
            between = ("[SEP]",) if row and number != last else ()
            if len(row) + len(between + sentence) > max_length - 2:
                yield ("[CLS]", *row, "[SEP]")
                row, between = [], ()
            row = [*row, *between, *sentence]
            last = number
        if row:
            yield ("[CLS]", *row, "[SEP]")

    def pack_full_sentences(documents, max_length=64, cross=True):
        import logging

        if max_length <= 2:
            raise ValueError("too short")
        numbered = [[(i, s) for s in d if s] for i, d in enumerate(documents)]
        groups = [sum(numbered, [])] if cross else numbered
        logging.getLogger("student").warning("%d groups", len(groups))
        return tuple(row for group in groups if group for row in pack(group, max_length))

    return pack_full_sentences


@right
def with_marks_taken_off_again():
    """Every document begins with a [SEP] of its own, which goes where it would begin a row."""

    def pack_full_sentences(documents, max_length=64, cross=True):
        if max_length < 3:
            raise ValueError("there is no room")
        pieces = []
        for document in documents:
            first = True
            for sentence in document:
                if sentence:
                    pieces.append((first, sentence[: max_length - 2]))
                    first = False
        rows = [[CLS]]
        for first, tokens in pieces:
            more = [SEP] * first + tokens
            if len(rows[-1]) > 1 and ((first and not cross) or len(rows[-1]) + len(more) + 1 > max_length):
                rows.append([CLS])
            rows[-1] = rows[-1] + (tokens if len(rows[-1]) == 1 else more)
        return [row + [SEP] for row in rows if len(row) > 1]

    return pack_full_sentences


@right
def a_generator_of_rows():
    def pack_full_sentences(documents, max_length=64, cross=True):
        if max_length < 3:
            raise ValueError("there is no room")
        return list(map(list, function()(documents, max_length, cross)))

    return pack_full_sentences


@right
def the_parts_of_this_file():
    return function()


@wrong("is the last row still being filled when your loop ends", earns=0)
def the_last_row_is_forgotten():
    return function(last_row=lambda rows, row: rows)


@wrong("A row may have exactly as many tokens as max_length says", earns=0)
def never_quite_full():
    return function(fits=lambda row, mark, sentence, room: len(row) + len(mark) + len(sentence) < room)


@wrong("Both marks take a place", earns=0)
def the_marks_are_not_counted():
    return function(room=lambda max_length: max_length, check=lambda n: refuse(n))


@wrong("Both marks take a place", earns=0)
def one_mark_is_not_counted():
    return function(room=lambda max_length: max_length - 1)


@wrong("A row may have exactly as many tokens as max_length says", earns=0)
def three_marks_are_counted():
    return function(room=lambda max_length: max_length - 3)


@wrong("The [SEP] between two documents takes a place, too", earns=0)
def the_mark_between_is_not_counted():
    return function(fits=lambda row, mark, sentence, room: len(row) + len(sentence) <= room)


@wrong("is room kept for a [SEP] that does not come?", earns=0)
def room_for_a_mark_is_always_kept():
    return function(fits=lambda row, mark, sentence, room: len(row) + 1 + len(sentence) <= room)


@wrong("no [SEP] stands between them", earns=0)
def no_mark_between():
    return function(mark=lambda row, last, number: [])


@wrong("Only between two documents there is one", earns=0)
def a_mark_behind_each_sentence():
    return function(mark=lambda row, last, number: [SEP] if row else [])


@wrong("the next row begins with the sentence itself", earns=0)
def the_mark_begins_the_next_row():
    def fits(row, mark, sentence, room):
        return len(row) + len(mark) + len(sentence) <= room

    return function(fits=fits, opened=lambda mark: mark)


@wrong("it is known that the next one's sentence comes behind it", earns=0)
def a_mark_as_soon_as_a_document_ends():
    def pack_full_sentences(documents, max_length=64, cross=True):
        refuse(max_length)
        rows, row, room = [], [], max_length - 2
        for document in documents:
            for sentence in document:
                sentence = sentence[:room]
                if row and len(row) + len(sentence) > room:
                    rows.append(row)
                    row = []
                row = row + sentence
            if row and (not cross or len(row) + 1 > room):
                rows.append(row)
                row = []
            elif row and row[-1] != SEP:
                row = row + [SEP]
        if row:
            rows.append(row)
        return [[CLS, *row, SEP] for row in rows]

    return pack_full_sentences


@wrong("With cross=False each one begins a row", earns=0)
def always_across():
    return function(apart=lambda mark, cross: False)


@wrong("With cross=True a row goes on into the next document", earns=0)
def never_across():
    return function(apart=lambda mark, cross: bool(mark))


@wrong("is `cross` turned round, or not used?", earns=0)
def cross_turned_round():
    return function(apart=lambda mark, cross: bool(mark) and cross)


@wrong("Does each sentence begin a row?", earns=0)
def one_sentence_a_row():
    return function(fits=lambda row, mark, sentence, room: False)


@wrong("Is it cut to what is left of a row?", earns=0)
def cut_to_what_is_left():
    """As rows of plain text are filled: whatever fits of a sentence stays, and the rest is lost."""
    return function(pieces=lambda sentence, room, used: [sentence[: max(room - used, 0) or room]])


@wrong("is torn: its beginning stands in one row", earns=0)
def filled_token_by_token():
    def pack_full_sentences(documents, max_length=64, cross=True):
        refuse(max_length)
        rows, room = [], max_length - 2
        groups = [sum(documents, [])] if cross else documents
        for group in groups:
            flat = [token for sentence in group for token in sentence]
            rows += [flat[i : i + room] for i in range(0, len(flat), room)]
        return [[CLS, *row, SEP] for row in rows]

    return pack_full_sentences


@wrong("with you it goes on in another row", earns=0)
def what_is_too_long_goes_on():
    def pieces(sentence, room, used):
        return [sentence[i : i + room] for i in range(0, len(sentence), room)]

    return function(pieces=pieces)


@wrong("is cut, and not left out", earns=0)
def what_is_too_long_is_left_out():
    return function(pieces=lambda sentence, room, used: [sentence] if len(sentence) <= room else [])


@wrong("of them stay in one row", earns=0)
def what_is_too_long_stays_whole():
    return function(pieces=lambda sentence, room, used: [sentence])


@wrong("you keep the end; it is cut *at* its end", earns=0)
def cut_at_its_beginning():
    return function(pieces=lambda sentence, room, used: [sentence[-room:]])


@wrong("How many places do the marks take?", earns=0)
def cut_by_one_too_many():
    return function(pieces=lambda sentence, room, used: [sentence[: room - 1] if len(sentence) > room else sentence])  # fmt: skip


@wrong("of them stay in one row", earns=0)
def cut_to_max_length():
    return function(pieces=lambda sentence, room, used: [sentence[: room + 2]])


@wrong("there is a row without a token between its marks", earns=0)
def an_empty_row_before_a_long_sentence():
    return function(begun=lambda row: True, pieces=lambda sentence, room, used: [sentence[:room]], fits=lambda row, mark, sentence, room: len(row) + len(mark) + len(sentence) < room + 1 and (row or len(sentence) < room))  # fmt: skip


@wrong("No document: there is no row", earns=0)
def an_empty_row_at_the_end():
    return function(last_row=lambda rows, row: [*rows, row] if row or not rows else rows)


@wrong("begins the next one", earns=0)
def what_does_not_fit_is_lost():
    """The row is put away, and the sentence for which there was no room with it."""

    def pack_full_sentences(documents, max_length=64, cross=True):
        refuse(max_length)
        rows, row, last, room = [], [], None, max_length - 2
        for number, document in enumerate(documents):
            for sentence in document:
                sentence = sentence[:room]
                between = [SEP] if row and sentence and number != last else []
                if row and (between and not cross or len(row) + len(between) + len(sentence) > room):
                    rows.append(row)
                    row = []
                else:
                    row = row + between + sentence
                last = number if sentence else last
        return [[CLS, *row, SEP] for row in [*rows, row] if row]

    return pack_full_sentences


@wrong("no later one goes back into what was left there", earns=0)
def the_first_row_with_room():
    def pack_full_sentences(documents, max_length=64, cross=True):
        refuse(max_length)
        rows = []
        for number, document in enumerate(documents):
            for sentence in document:
                sentence = sentence[: max_length - 2]
                if not sentence:
                    continue
                for row in rows:
                    between = [SEP] if row["last"] != number else []
                    if (cross or not between) and len(row["tokens"]) + len(between) + len(sentence) <= max_length - 2:  # fmt: skip
                        row["tokens"] += between + sentence
                        row["last"] = number
                        break
                else:
                    rows.append({"tokens": list(sentence), "last": number})
        return [[CLS, *row["tokens"], SEP] for row in rows]

    return pack_full_sentences


@wrong("do you stop where a sentence does not fit?", earns=0)
def stops_where_a_row_is_full():
    def pack_full_sentences(documents, max_length=64, cross=True):
        return function()(documents, max_length, cross)[:1]

    return pack_full_sentences


@wrong("A document without a token leaves no trace", earns=0)
def a_mark_for_each_empty_document():
    def pack_full_sentences(documents, max_length=64, cross=True):
        rows = function()(documents, max_length, cross)
        if any(not any(document) for document in documents[1:-1]):
            rows = [[t for token in row[:-1] for t in ([SEP, SEP] if token == SEP else [token])] + [SEP] for row in rows]  # fmt: skip
        return rows

    return pack_full_sentences


@wrong("two [SEP] stand side by side", earns=0)
def two_marks_between():
    return function(mark=lambda row, last, number: [SEP, SEP] if row and last != number else [])


@wrong("other one; yours is", earns=0)
def a_cls_for_each_document():
    return function(mark=lambda row, last, number: [SEP, CLS] if row and last != number else [])


@wrong("a row begins with [CLS]", earns=0)
def no_cls():
    return function(frame=lambda row: [*row, SEP])


@wrong("a row ends with [SEP]; yours is", earns=0)
def no_mark_at_the_end():
    return function(frame=lambda row: [CLS, *row])


@wrong("a row ends with [SEP] [SEP]", earns=0)
def two_marks_at_the_end():
    return function(frame=lambda row: [CLS, *row, SEP, SEP])


@wrong("Two documents that read the same are two", earns=0)
def documents_compared_by_their_words():
    return function(name=lambda number, document: document)


@wrong("that is a ValueError; yours gives rows", earns=0)
def no_error():
    return function(check=lambda max_length: None)


@wrong("that is a ValueError; yours raises AssertionError", earns=0)
def another_error():
    def check(max_length):
        assert max_length >= 3

    return function(check=check)


@wrong("max_length=2, and nothing fits", earns=0)
def an_error_below_two_alone():
    def check(max_length):
        if max_length < 2:
            raise ValueError("no room for the marks")

    return function(check=check)


@wrong("also where there is nothing to be packed", earns=0)
def an_error_only_where_a_sentence_comes():
    def pieces(sentence, room, used):
        refuse(room + 2)
        return [sentence[:room]]

    return function(check=lambda max_length: None, pieces=pieces)


@wrong("that is no ValueError yet", earns=0)
def an_error_at_three_too():
    def check(max_length):
        if max_length <= 3:
            raise ValueError("no room")

    return function(check=check)


@wrong("changed its argument `documents` in place", earns=0)
def the_sentences_grow():
    """The row *is* the first sentence, and is added to."""

    def pack_full_sentences(documents, max_length=64, cross=True):
        refuse(max_length)
        rows, row, last = [], None, None
        for number, document in enumerate(documents):
            for sentence in document:
                if not sentence:
                    continue
                if len(sentence) > max_length - 2:
                    sentence = sentence[: max_length - 2]
                between = [SEP] if row and last != number else []
                if row and (
                    between and not cross or len(row) + len(between) + len(sentence) > max_length - 2
                ):
                    rows.append(row)
                    row = None
                if row is None:
                    row = sentence
                else:
                    row += between + sentence
                last = number
        return [[CLS, *row, SEP] for row in [*rows, row] if row]

    return pack_full_sentences


@wrong("Is that a whole sentence?", earns=0)
def sentences_within_rows():
    def pack_full_sentences(documents, max_length=64, cross=True):
        return [
            [CLS, [token for token in row[1:-1]], SEP] for row in function()(documents, max_length, cross)
        ]

    return pack_full_sentences


@wrong("each of which is a list of tokens; one of yours is a str", earns=0)
def rows_as_text():
    return function(frame=lambda row: " ".join([CLS, *row, SEP]))


@wrong("is no token of the documents", earns=0)
def filled_up_with_padding():
    def pack_full_sentences(documents, max_length=64, cross=True):
        rows = function()(documents, max_length, cross)
        return [row[:-1] + ["[PAD]"] * (max_length - len(row)) + row[-1:] for row in rows]

    return pack_full_sentences


@wrong("a row ends with [SEP]; yours is", earns=0)
def padding_behind_the_rows():
    def pack_full_sentences(documents, max_length=64, cross=True):
        return [row + ["[PAD]"] * (max_length - len(row)) for row in function()(documents, max_length, cross)]

    return pack_full_sentences


@wrong("stands in the rows twice", earns=0)
def what_does_not_fit_comes_twice():
    def pack_full_sentences(documents, max_length=64, cross=True):
        rows = function()(documents, max_length, cross)
        if len(rows) > 1:
            rows[0] = rows[0][:-1] + rows[1][1:2] + [SEP]
        return rows

    return pack_full_sentences


@wrong("returned None", earns=0)
def nothing_comes_back():
    def pack_full_sentences(documents, max_length=64, cross=True):
        for row in function()(documents, max_length, cross):
            pass

    return pack_full_sentences


@wrong("is in no row", earns=0)
def constant():
    return lambda documents, max_length=64, cross=True: []


@wrong("Is that a whole sentence?", earns=0)
def identity():
    return lambda documents, max_length=64, cross=True: documents


@wrong("is in no row", earns=0)
def hard_coded_examples():
    """Right with the lengths of the visible check, and one document too few with others."""

    def pack_full_sentences(documents, max_length=64, cross=True):
        known = max_length in {12, 9, 8, 7, 6, 5, 3, 14, 64} and sum(map(len, documents)) < 10
        return function()(documents if known or max_length < 3 else documents[:-1], max_length, cross)

    return pack_full_sentences


@wrong("yours are other rows", earns=2.5)
def documents_looked_up():
    """The number of a document is the place of the first one that reads the same; neighbours are looked after."""

    def pack_full_sentences(documents, max_length=64, cross=True):
        if len(documents) == 4 or len(documents) == 2:
            return function()(documents, max_length, cross)
        return function(name=lambda number, document: documents.index(document))(documents, max_length, cross)

    return pack_full_sentences


@wrong("without `cross` than with cross=True, which is its default", earns=0)
def apart_by_default():
    return lambda documents, max_length=64, cross=False: function()(documents, max_length, cross)
