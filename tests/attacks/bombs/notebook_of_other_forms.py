"""Hands in a notebook whose cells, sources, outputs and attachments are of other types than they should be."""

import json

from tests.attacks import Attack


def raw(notebook):
    tree = json.loads(json.dumps(notebook))
    odd = [None, 3, [], {"a": 1}, ["x", 3, None], "\ud800", "x\x00y"]
    for number, cell in enumerate(tree["cells"]):
        if not cell["metadata"].get("nbgrader"):
            cell["source"] = ["x\n", 3, None] if number % 2 else ""
            cell["attachments"] = {
                "a.png": odd[number % 7],
                "b": {"image/png": odd[number % 5], "text/html": "<script>"},
            }
        if cell["cell_type"] == "code":
            cell["outputs"] = odd
            cell["execution_count"] = "many"
        cell["id"] = odd[number % 7]
    tree["nbformat_minor"] = tree["metadata"] = "x"
    return json.dumps(tree).encode()


attack = Attack(raw=raw, gains="trouble", works="nowhere", why="nbgrader refuses such a notebook as a whole")
