"""Files that are no notebook, not quite one, or far too much of one."""

import gzip
import json
import random

import nbformat

from tests.crashes.tools import FULL, LAB, hands_in
from tests.submissions import solved, untouched


def tree():
    """The solved lab as JSON has it."""
    return json.loads(nbformat.writes(solved(LAB)))


def changed(change):
    """The solved lab after a change of its JSON."""
    whole = tree()
    change(whole)
    return json.dumps(whole).encode()


@hands_in("missing")
def no_file():
    """Nothing at all."""
    return {}


@hands_in("missing")
def another_name():
    """Only a notebook of another name."""
    return {"Untitled.ipynb": json.dumps(tree()).encode(), "answers.py": b"def pairwise_dot(a, b): pass"}


@hands_in("missing")
def another_lab():
    """The notebook of another lab."""
    return nbformat.writes(untouched("lab01_cbow")).encode()


@hands_in("missing")
def no_cells():
    """A notebook without cells."""
    return changed(lambda t: t.update(cells=[]))


@hands_in("missing")
def only_text():
    """A notebook of text cells."""
    return changed(lambda t: t.update(cells=[c for c in t["cells"] if c["cell_type"] == "markdown"]))


@hands_in()
def empty():
    """An empty file."""
    return b""


@hands_in()
def blank():
    """A file of blanks."""
    return b" \r\n\t" * 100


@hands_in()
def truncated():
    """The first half of a notebook."""
    whole = json.dumps(tree()).encode()
    return whole[: len(whole) // 2]


@hands_in()
def merge_conflict():
    """A notebook with the marks of a merge in it."""
    return (
        json.dumps(tree(), indent=1)
        .replace(' "cells"', '<<<<<<< HEAD\n=======\n>>>>>>> main\n "cells"')
        .encode()
    )


@hands_in()
def page_of_a_website():
    """The login page that was saved in place of the notebook."""
    return b"<!DOCTYPE html>\n<html><head><title>Log in</title></head><body>Please log in.</body></html>"


@hands_in()
def python_file():
    """A Python file under the notebook's name."""
    return b"def pairwise_dot(a, b):\n    return a @ b.T\n"


@hands_in()
def garbage():
    """Random bytes."""
    return random.Random(0).randbytes(100_000)


@hands_in()
def zipped():
    """A compressed notebook."""
    return gzip.compress(json.dumps(tree()).encode())


@hands_in()
def utf_16():
    """A notebook in UTF-16."""
    return json.dumps(tree()).encode("utf-16")


@hands_in()
def latin_1():
    """A notebook in Latin-1, with an umlaut."""
    return changed(lambda t: t["cells"][0].update(source="uber")).replace(b"uber", b"\xfcber")


@hands_in()
def zeros():
    """A megabyte of zeros, as a disk leaves it after a crash."""
    return bytes(2**20)


@hands_in()
def json_list():
    """JSON: a list."""
    return b"[]"


@hands_in()
def json_number():
    """JSON: a number."""
    return b"42"


@hands_in()
def json_null():
    """JSON: null."""
    return b"null"


@hands_in()
def json_text():
    """JSON: a text."""
    return json.dumps(json.dumps(tree())).encode()


@hands_in()
def json_empty():
    """JSON: an empty object."""
    return b"{}"


@hands_in()
def cells_a_number():
    """The list of cells is a number."""
    return b'{"cells": 3, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


@hands_in()
def cells_null():
    """The list of cells is null."""
    return changed(lambda t: t.update(cells=None))


@hands_in()
def cells_of_texts():
    """The cells are texts."""
    return changed(lambda t: t.update(cells=["import torch", "x = 1"]))


@hands_in()
def cell_of_no_kind():
    """A cell of an unknown type."""
    return changed(lambda t: t["cells"][3].update(cell_type="poem"))


@hands_in()
def cell_type_a_list():
    """A cell whose type is a list."""
    return changed(lambda t: t["cells"][3].update(cell_type=["code"]))


@hands_in()
def source_a_number():
    """A cell whose source is a number."""
    return changed(lambda t: t["cells"][3].update(source=42))


@hands_in()
def old_format_damaged():
    """nbformat 3 whose worksheets are no list."""
    return b'{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": {"cells": 1}}'


@hands_in()
def format_minus_one():
    """nbformat -1."""
    return changed(lambda t: (t.update(nbformat=-1), t.pop("cells")))


@hands_in()
def nested_without_end():
    """Metadata nested a hundred thousand deep."""
    return b'{"cells": [], "nbformat": 4, "metadata": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001


@hands_in()
def number_of_a_million_digits():
    """A whole number of a million digits."""
    return b'{"cells": [], "nbformat": 4, "metadata": {"a": ' + b"9" * 10**6 + b"}}"


@hands_in()
def hundred_thousand_cells():
    """A hundred thousand cells."""
    cell = {"cell_type": "code", "metadata": {}, "source": "1", "outputs": [], "execution_count": None}
    return changed(lambda t: t["cells"].extend([cell] * 100_000))


@hands_in()
def cell_of_ten_megabytes():
    """A cell with 10 MB of code."""
    return changed(lambda t: t["cells"][1].update(source="x = 1\n" * 1_700_000))


# Odd, and still whole: what is needed of it can be read


@hands_in("correct", FULL)
def outputs_of_wrong_types():
    """Outputs, counts and metadata of the wrong types."""

    def change(t):
        code = [c for c in t["cells"] if c["cell_type"] == "code"]
        for i, c in enumerate(code):
            c["outputs"] = [
                None,
                3,
                "text",
                [None],
                [{"output_type": 7}],
                {"a": 1},
                [{"output_type": "stream", "text": {"a": 1}}],
            ][i % 7]
            c["execution_count"] = [None, "one", -5, 10**30, [], {}][i % 6]
        t["cells"][0]["metadata"] = None
        t["cells"][0]["attachments"] = {"a": 3, "b": {"image/png": 4}}
        t["metadata"] = [1, 2]

    return changed(change)


@hands_in("correct", FULL)
def format_of_another_century():
    """nbformat 99, as if written by a program to come."""
    return changed(lambda t: t.update(nbformat=99, nbformat_minor="x"))


@hands_in("correct", FULL)
def metadata_nested_deep():
    """Metadata of a cell nested four hundred deep."""
    deep = {}
    for _ in range(400):
        deep = {"a": deep}
    return changed(lambda t: t["cells"][0]["metadata"].update(deep))


@hands_in("correct", FULL)
def half_characters():
    """Half of a surrogate pair, zeros and controls in a cell's text."""
    return changed(lambda t: t["cells"][0].update(source="\ud83d and \0 and \x07 and \x1b[31m"))


@hands_in("correct", FULL)
def not_a_number():
    """NaN and Infinity in the metadata, which JSON does not have."""
    return changed(lambda t: t["metadata"].update(a=float("nan"), b=float("inf")))


@hands_in("correct", FULL)
def keys_twice():
    """Keys that are there twice; as everywhere, the last one counts."""
    return json.dumps(tree()).encode().replace(b'{"cells"', b'{"cells": 3, "cells"', 1)


@hands_in("correct", FULL)
def two_thousand_scratch_cells():
    """Two thousand cells of the student's own."""
    cell = {"cell_type": "code", "metadata": {}, "source": "1 + 1", "outputs": [], "execution_count": None}
    return changed(lambda t: t["cells"].extend([cell] * 2000))
