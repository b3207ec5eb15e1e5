"""The check of `pack_full_sentences`: documents in which every token tells where it stands, so that what a row must be can be asked of it."""

import itertools

from .. import require
from ..sentences import describe
from . import lab

CLS, SEP = "[CLS]", "[SEP]"


def documents_of(text):
    """Documents from letters, each a token: a space between sentences, a bar between documents, a dash for a sentence without tokens."""
    return [[[] if s == "-" else list(s) for s in document.split()] for document in text.split("|")]


def documents_like(sizes):
    """Documents of sentences of so many tokens, all different; sizes: lists of ints."""
    return [[[f"d{d}s{s}t{t}" for t in range(n)] for s, n in enumerate(document)] for d, document in enumerate(sizes)]  # fmt: skip


def rows_of(result):
    """Rows as lists of str; says so when they are none."""
    rows = list(result)
    for row in rows:
        require(
            isinstance(row, (list, tuple)),
            "Return a list of rows, each of which is a list of tokens; one of yours is {what}.",
            what=describe(row),
        )
        odd = [token for token in row if not isinstance(token, str)]
        require(
            not odd,
            "A row is a list of tokens; one of yours holds {what}.{known}",
            what=describe(odd[0]) if odd else "",
            known=" Is that a whole sentence? A row takes its tokens, one by one (`+` joins lists, `append` puts one into the other)." if odd and isinstance(odd[0], (list, tuple)) else "",
        )  # fmt: skip
    return [list(row) for row in rows]


def said(tokens):
    """A row as a message writes it."""
    return " ".join(tokens) if len(tokens) < 16 else f"{' '.join(tokens[:6])} … {' '.join(tokens[-6:])}"


def _require_marks(rows, max_length, story):
    for row in rows:
        told = {"story": story, "row": said(row), "n": len(row), "most": max_length}
        require(row, "{story}: a row is empty.", **told)
        require(
            row[0] == CLS and CLS not in row[1:],
            "{story}: a row begins with [CLS], and has no other one; yours is: {row}.",
            **told,
        )
        require(row[-1] == SEP, "{story}: a row ends with [SEP]; yours is: {row}.", **told)
        require(
            any(token not in (CLS, SEP) for token in row),
            "{story}: there is a row without a token between its marks. Do you end a row that has not begun, before a sentence that is too long for it, or at the very end?",
            **told,
        )
        require(
            row[1] != SEP,
            "{story}: a row begins with [CLS] [SEP]. Where the [SEP] and the next document's sentence do not fit together, the next row begins with the sentence itself.",
            **told,
        )
        require(
            row[-2] != SEP,
            "{story}: a row ends with [SEP] [SEP]. There is one at the end; and between two documents one is put when it is known that the next one's sentence comes behind it.",
            **told,
        )


def _require_length(rows, max_length, story):
    for row in rows:
        known = (
            " The [SEP] between two documents takes a place, too." if len(row) == max_length + 1 and SEP in row[:-1]
            else " Both marks take a place, the [CLS] and the last [SEP]." if len(row) in (max_length + 1, max_length + 2)
            else ""
        )  # fmt: skip
        require(
            len(row) <= max_length,
            "{story}: a row has {n} tokens, which is more than max_length={most}.{known}",
            story=story,
            n=len(row),
            most=max_length,
            known=known,
        )


def _require_tokens(rows, sentences, room, story):
    """Require all sentences, cut to `room` tokens, in their order, each of them within one row. sentences: dict (document, sentence) -> tokens."""
    place = {token: (key, t) for key, sentence in sentences.items() for t, token in enumerate(sentence)}
    met = [token for row in rows for token in row if token not in (CLS, SEP)]
    strange = next((token for token in met if token not in place), None)
    require(strange is None, "{story}: “{token}” is no token of the documents.", story=story, token=str(strange)[:40])  # fmt: skip
    require(
        len(set(met)) == len(met),
        "{story}: “{token}” stands in the rows twice, and in the documents once.",
        story=story,
        token=next((token for token in met if met.count(token) > 1), ""),
    )
    for key, sentence in sentences.items():
        kept = [token for token in sentence if token in set(met)]
        told = {"story": story, "n": len(sentence), "k": len(kept), "room": room, "sentence": said(sentence)}
        long = len(sentence) > room
        homes = [i for i, row in enumerate(rows) if any(token in kept for token in row)]
        require(
            not long or not kept or kept[-1] != sentence[-1] or kept[0] == sentence[0],
            "{story}: of a sentence that is too long for a row ({sentence}) you keep the end; it is cut *at* its end, and the beginning stays.",
            **told,
        )
        require(
            len(kept) <= room,
            "{story}: a sentence of {n} tokens is too long for a row, which has room for {room} of them. What is cut away is left out; with you {where}.",
            where="it goes on in another row" if len(homes) > 1 else f"{len(kept)} of them stay in one row",
            **told,
        )
        last = not any(token in set(met) for later in _behind(sentences, key) for token in later)
        require(
            kept,
            "{story}: the sentence {sentence} is in no row.{known}",
            known=" One that is too long for any row is cut, and not left out." if long
            else " Nor is what comes behind it: is the last row still being filled when your loop ends, or do you stop where a sentence does not fit?" if last
            else " One that does not fit into a row begins the next one.",
            **told,
        )  # fmt: skip
        require(
            len(kept) == min(len(sentence), room),
            "{story}: of a sentence of {n} tokens {k} are in the rows, where a row of its own has room for {room}.{known}",
            known=" Is it cut to what is left of a row? One that does not fit begins the next row." if not long or not any(row[1] == sentence[0] for row in rows) else " How many places do the marks take?",
            **told,
        )  # fmt: skip
        require(
            len(homes) == 1,
            "{story}: the sentence {sentence} is torn: its beginning stands in one row, the rest in another. A row holds whole sentences; one that does not fit begins the next.",
            **told,
        )
    order = [place[token] for token in met]
    at = next((i for i, (one, two) in enumerate(itertools.pairwise(order)) if two < one), None)
    require(
        at is None,
        "{story}: “{later}” comes before “{token}”, and in the documents behind it. Once a sentence has begun a new row, the rows before are closed: no later one goes back into what was left there.",
        story=story,
        later=met[at] if at is not None else "",
        token=met[at + 1] if at is not None else "",
    )
    return {token: key[0] for token, (key, _) in place.items()}


def _behind(sentences, key):
    """The sentences that come later."""
    return [sentence for other, sentence in sentences.items() if other > key]


def _require_between(rows, home, cross, gaps, story):
    """Require one [SEP] between two documents, and none within one. home: dict token -> document; gaps: whether some documents have no token."""
    for row in rows:
        inner = row[1:-1]
        told = {"story": story, "row": said(row)}
        documents = [home[token] for token in inner if token != SEP]
        require(
            cross or len(set(documents)) == 1,
            "{story}: a row holds two documents: {row}. With cross=False each one begins a row.",
            **told,
        )
        require(
            (SEP, SEP) not in itertools.pairwise(inner),
            "{story}: two [SEP] stand side by side: {row}.{known}",
            known=" A document without a token leaves no trace." if gaps else "",
            **told,
        )
        for i, (one, two) in enumerate(itertools.pairwise(inner)):
            if SEP not in (one, two):
                require(
                    home[one] == home[two],
                    "{story}: “{one}” and “{two}” are of two documents, and no [SEP] stands between them: {row}.",
                    one=one,
                    two=two,
                    **told,
                )
            elif two == SEP:
                require(
                    home[one] != home[inner[i + 2]],
                    "{story}: a [SEP] stands between two sentences of one document: {row}. Only between two documents there is one.",
                    **told,
                )


def _require_full(rows, sentences, home, room, cross, story):
    """Require each row to have no room for the sentence that begins the next one."""
    length = {sentence[0]: min(len(sentence), room) for sentence in sentences.values()}
    for row, after in itertools.pairwise(rows):
        first = after[1]
        other = home[row[-2]] != home[first]
        need = len(row) + other + length[first]
        if other and not cross:
            continue
        known = (
            " A row may have exactly as many tokens as max_length says (is it `<` where `<=` is meant, or is room kept for a [SEP] that does not come?)." if need == room + 2
            else " With cross=True a row goes on into the next document (is `cross` turned round, or not used?)." if other
            else " Does each sentence begin a row?" if len(rows) == len(sentences)
            else ""
        )  # fmt: skip
        require(
            need > room + 2,
            "{story}: a row of {n} tokens is followed by one that begins with a sentence of {k}{sep}. Together that is {need} of {most}: it fits into the row before.{known}",
            story=story,
            n=len(row),
            k=length[first],
            sep=", of another document, which takes one more [SEP]" if other else "",
            need=need,
            most=room + 2,
            known=known,
        )


def require_rows(result, documents, max_length, cross, story):
    """Require all that the statement says of rows. documents: with no token twice. Returns the rows."""
    rows = rows_of(result)
    sentences = {(d, s): x for d, document in enumerate(documents) for s, x in enumerate(document) if x}
    _require_marks(rows, max_length, story)
    home = _require_tokens(rows, sentences, max_length - 2, story)
    _require_between(rows, home, cross, len({d for d, _ in sentences}) < len(documents), story)
    _require_length(rows, max_length, story)
    _require_full(rows, sentences, home, max_length - 2, cross, story)
    return rows


def told_of(documents, max_length, cross):
    """A case in a few words."""
    sizes = [[len(sentence) for sentence in document] for document in documents]
    return f"Sentences of {str(sizes)[1:-1]} tokens, max_length={max_length}, cross={cross}"


def require_alike(student, documents, rows, max_length, why):
    """Require these rows, of documents in which tokens come several times."""
    got = rows_of(student(documents, max_length))
    require(
        got == rows,
        "{documents}, max_length={most}: yours are {got}. {why}",
        documents=" / ".join(" and ".join(" ".join(s) or "(no token)" for s in d) or "(no sentence)" for d in documents),
        most=max_length,
        got=" / ".join(map(said, got))[:200] or "no rows",
        why=why,
    )  # fmt: skip


def require_refused(student, documents, max_length):
    """Require a ValueError."""
    error = student.error(documents, max_length)
    require(
        error is not None and error.is_a("ValueError"),
        "max_length={most}, and nothing fits between the two marks: that is a ValueError{also}; yours {yours}.",
        most=max_length,
        also="" if any(map(any, documents)) else ", also where there is nothing to be packed",
        yours="gives rows" if error is None else f"raises {error.type}",
    )


@lab.check(points=3, returns=(list, tuple))
def pack_full_sentences(student):
    for text, most, cross in (
        ("abc de f", 12, True),  # all in one row
        ("abc de f", 8, True),  # which is full to its last place
        ("abc de fg hi", 8, True),
        ("abc defg h", 8, True),  # the last one would have fitted into the first row
        ("ab cd|ef g", 12, True),
        ("ab cd|ef", 9, True),  # full, with its third mark
        ("ab cd|ef", 8, True),  # that mark fits, and not with the sentence
        ("abc def|gh", 8, True),  # the row is full where the document ends
        ("a|b|c|d", 9, True),
        ("ab cd|ef g|h", 12, False),
        ("abc de fg|h ij k", 8, False),
        ("abcdefgh ij", 6, True),
        ("xy abcdefgh ij", 6, True),
        ("xy ab|cdefghi jk", 7, True),
        ("xy|abcdefgh|i", 5, False),
        ("abcd ef ghij", 6, True),  # as long as a row, and not cut
        ("- ab - c -", 12, True),
        ("|ab||-|c|", 12, True),  # two documents without a sentence between two with one
        ("-|ab||- c|-", 12, False),
    ):
        documents = documents_of(text)
        require_rows(student(documents, most, cross), documents, most, cross, told_of(documents, most, cross))
    short = documents_of("ab|c")
    require(
        rows_of(student(short, 12)) == rows_of(student(short, 12, True)),
        "Two short documents have other rows without `cross` than with cross=True, which is its default: keep the stub's.",
    )
    three = documents_of("ab c|d")
    error = student.error(three, 3)
    require(error is None or not error.is_a("ValueError"), "max_length=3 has room for the two marks and one token: that is no ValueError yet.")  # fmt: skip
    require_rows(student(three, 3), three, 3, True, told_of(three, 3, True))
    for documents in ([], [[]], [[], []], [[[]], [[], []]]):
        for cross in (True, False):
            rows = rows_of(student(documents, 8, cross))
            require(not rows, "{what}: there is no row; yours has {n}.", what="No document" if not documents else "Documents without a token", n=len(rows))  # fmt: skip
    twice = "Two documents that read the same are two, with a [SEP] between them: tell them apart by their number, not by their words."
    again = "A sentence that comes again is packed again."
    require_alike(student, documents_of("ab cd|ab cd"), [[CLS, *"abcd", SEP, *"abcd", SEP]], 14, twice)
    require_alike(student, documents_of("ab|c|ab|c"), [[CLS, *"ab", SEP, "c", SEP, *"ab", SEP, "c", SEP]], 14, twice)  # fmt: skip
    require_alike(student, documents_of("ab ab c ab"), [[CLS, *"ababc", SEP], [CLS, *"ab", SEP]], 7, again)
    long = documents_like([[30, 20, 12], [9, 70, 4], [50, 8, 20]])
    require_rows(student(long), long, 64, True, "Nine sentences, the default max_length of 64 and cross=True")
    require_rows(student(long, cross=False), long, 64, False, "Nine sentences, the default max_length of 64, cross=False")  # fmt: skip
    for most in (2, 1, 0, -1):
        require_refused(student, documents_of("ab c|d"), most)
    require_refused(student, [], 2)
