"""`beside`: visualisers next to each other, where a lesson compares two."""

import ipywidgets

from course.widgets import cells
from course.widgets.base import Visualiser, show_both

_ROW = '<div style="display: flex; flex-wrap: wrap; gap: 24px">{}</div>'
_PART = '<div style="flex: 1 1 340px; min-width: 0">{}</div>'


class Row(ipywidgets.HBox):
    """What `beside` returns: the visualisers are its `children`."""

    def __init__(self, *visualisers: Visualiser):
        for each in visualisers:
            each.layout.flex, each.layout.min_width, each.layout.margin = "1 1 340px", "0", "0 8px 8px 0"
        super().__init__(visualisers)
        self.layout.flex_flow = "row wrap"
        cells.remember(self)

    def close(self):
        cells.close_parts(self)
        super().close()

    def __repr__(self):
        return "\n".join(map(repr, self.children))

    def _repr_mimebundle_(self, **options):
        data = super()._repr_mimebundle_(**options)
        figures = "".join(_PART.format(each._fallback()) for each in self.children)
        return {**data, "text/plain": repr(self), "text/html": _ROW.format(figures)}

    def _ipython_display_(self):
        show_both(self._repr_mimebundle_())


def beside(*visualisers: Visualiser) -> Row:
    """A row of visualisers, each as interactive as it is alone; in a narrow window they stand below each other.

    Where no widgets are shown, their static pictures stand there in the same way.
    """
    return Row(*visualisers)
