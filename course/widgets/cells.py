"""Closing what a cell's last run made, so that running it again leaks nothing.

ipywidgets keeps every widget alive, and its data with it, until it is closed. A student runs a cell many times, so
the rule here is: **when a cell that made something runs again, what its last run made is closed first.** Several
things made by one run live together. A widget that another cell shows goes dark there too when the cell that *made* it
runs again; show it again and it is back.

The cell is known by the `cellId` that JupyterLab, Notebook 7 and VS Code send with each execution. Where there is none
(nbclient, a plain IPython, a test) nothing is closed: such a session runs each cell once and ends.
"""

from typing import Protocol


class Closable(Protocol):
    def close(self) -> None: ...


_made: dict[str, tuple[str, list[Closable]]] = {}  # cell -> (its last run, what that run made)


def remember(thing: Closable) -> None:
    """Note that the running cell made `thing`; close what an earlier run of the same cell made."""
    cell, run = _running_cell()
    if cell is None:
        return
    last_run, things = _made.get(cell, (run, []))
    if last_run != run:
        for old in things:
            old.close()
        things = []
    _made[cell] = (run, [*things, thing])


def close_parts(widget) -> None:
    """Close the children of an ipywidget, and the layout and style that it and they own: each is a widget as well."""
    for child in getattr(widget, "children", ()):
        close_parts(child)
        child.close()
    for part in (getattr(widget, "layout", None), getattr(widget, "style", None)):
        if part is not None:
            part.close()


def _running_cell() -> tuple[str | None, str]:
    """The running cell's id (None outside a notebook) and the id of this one run of it."""
    try:
        from IPython import get_ipython

        parent = get_ipython().kernel.get_parent("shell")
        return parent["metadata"].get("cellId"), parent["header"]["msg_id"]
    except (ImportError, AttributeError, KeyError):
        return None, ""
