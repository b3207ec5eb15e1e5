"""`Visualiser`: what all of the course's visualisers share.

A visualiser is one Python file and one JavaScript file of the same name:

    class WindowStepper(Visualiser):
        _esm = pathlib.Path(__file__).with_suffix(".js")
        _css = pathlib.Path(__file__).with_suffix(".css")  # where it needs a look of its own
        position = traitlets.Int(0).tag(sync=True)

        def _alt(self):  # one sentence or two: what a person who does not see the picture must know
        def _svg(self):  # the static picture, for where no widget front end is

From the base it gets the shared style sheet (`base.css`: light and dark) and helpers (`base.js`), a static fallback,
`save(path)`, and instances that are closed when their cell runs again (`cells.py`).

**Why helpers are put in front of the module's text.** A front end loads `_esm` from a Blob URL, from where a relative
`import` finds nothing. So the base sends `base.js` and the visualiser's own file as one text, and an own file uses the
helpers as if they stood above it. An own file has exactly one `export default`, at the start of a line.
"""

import base64
import html
import json
import pathlib
import re

import anywidget
import numpy as np

from course.widgets import cells

_HERE = pathlib.Path(__file__).parent
_COMMENTS = re.compile(r"^ *//.*\n", re.MULTILINE)
_EXPORT = re.compile(r"^export default ", re.MULTILINE)


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


class Visualiser(anywidget.AnyWidget):
    """An interactive picture that has a static one to fall back on. Subclasses give `_esm`, `_alt` and `_svg`."""

    _css = _read("base.css")
    _with: tuple[str, ...] = ()  # other JavaScript of this folder that its own file uses, put in front of it

    def __init_subclass__(cls, **options):
        own = cls.__dict__.get("_esm")
        if isinstance(own, pathlib.Path):
            text = own.read_text(encoding="utf-8")
            if len(_EXPORT.findall(text)) != 1 or "</script" in text.lower():
                raise ValueError(
                    f"{own.name} must hold one `export default` at the start of a line and no closing script tag."
                )
            parts = [*map(_read, ("base.js", *cls._with)), text]
            cls._esm = _COMMENTS.sub("", "\n".join(parts))  # comments are for who reads the files
        style = cls.__dict__.get("_css")
        if isinstance(style, pathlib.Path):
            cls._css = _read("base.css") + "\n" + style.read_text(encoding="utf-8")
        super().__init_subclass__(**options)

    def __init__(self, **traits):
        super().__init__(**traits)
        cells.remember(self)

    def close(self):
        cells.close_parts(self)
        super().close()

    # What a visualiser says of itself -------------------------------------------------------------------------------

    def _alt(self) -> str:
        """One or two sentences that can stand for the picture as it is now."""
        raise NotImplementedError(f"{type(self).__name__} needs an _alt() that says what its picture shows.")

    def _svg(self) -> str:
        """The picture as it is now: the inside of an <svg>, and its size, drawn by `picture()`."""
        raise NotImplementedError(f"{type(self).__name__} needs an _svg() that draws its picture.")

    def _summary(self) -> str:
        """One line for a terminal."""
        return f"{type(self).__name__}: {self._alt()}"

    def __repr__(self):
        return self._summary()

    # What is shown where --------------------------------------------------------------------------------------------

    def _fallback(self) -> str:
        """The static picture and its words, as HTML: for nbconvert, feedback pages, GitHub, and a page without a kernel.

        The drawing is an <img>: JupyterLab (in a notebook it does not trust) and GitHub take an <svg> out and leave its words.
        """
        return (
            f'<figure style="margin: 0">{_embedded(self._svg())}'
            f'<figcaption style="font-size: 0.9em">{html.escape(self._alt())}</figcaption></figure>'
        )

    def _repr_mimebundle_(self, **options):
        data, metadata = super()._repr_mimebundle_(**options)
        return {**data, "text/plain": self._summary(), "text/html": self._fallback()}, metadata

    def _ipython_display_(self):
        show_both(*self._repr_mimebundle_())

    def save(self, path: str | pathlib.Path) -> pathlib.Path:
        """Write one self-contained interactive HTML file of the picture as it is now, and return its path.

        The same JavaScript as in the notebook runs under a small stand-in for the notebook's model
        (`fake_model.js`). The file needs no network and no Python, and its own policy forbids it any request.
        """
        path = pathlib.Path(path)
        path.write_text(self._page(), encoding="utf-8")
        return path

    def _page(self) -> str:
        state = self.get_state([key for key in self.keys if key not in _MACHINERY])
        state = {key: _plain(value) for key, value in state.items()}
        # A "</script>" in a word must not end the script.
        inner = {
            "__TITLE__": html.escape(type(self).__name__),
            "__STYLE__": str(self._css),
            "__FALLBACK__": self._fallback(),
            "__STATE__": json.dumps(state).replace("<", "\\u003c"),
            "__MODEL__": _read("fake_model.js"),
            "__MODULE__": _EXPORT.sub("const visualiser = ", str(self._esm)),
        }
        return re.sub("|".join(inner), lambda found: inner[found[0]], _PAGE)


# What the front ends need to find the code; a saved page holds the code itself.
_MACHINERY = {
    "_anywidget_id", "_css", "_dom_classes", "_esm", "_model_module", "_model_module_version", "_model_name",
    "_view_count", "_view_module", "_view_module_version", "_view_name", "layout", "tabbable", "tooltip",
}  # fmt: skip

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
      content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:">
<title>__TITLE__</title>
<style>
:root { color-scheme: light dark; }
body { margin: 0 auto; padding: 24px; max-width: 1000px; background: light-dark(#ffffff, #111111); color: light-dark(#212121, #e8e8e8); font-family: system-ui, sans-serif; }
__STYLE__
</style>
</head>
<body>
<main id="picture"><noscript>__FALLBACK__</noscript></main>
<script type="module">
__MODEL__
__MODULE__
show(visualiser, __STATE__, document.getElementById("picture"));
</script>
</body>
</html>
"""


def show_both(data: dict, metadata: dict | None = None) -> None:
    """The static picture and, as an output of its own, the widget, which hides the picture as long as it is there (`base.js`).

    Two outputs, since a front end shows one form of each, and for a widget whose kernel has gone that is an error, not
    the picture: so a notebook opened again, or with its kernel restarted, still shows what was shown.
    """
    from IPython.display import display

    still = f'<div class="ctr-still">{data["text/html"]}</div>'
    display({"text/html": still, "text/plain": data["text/plain"]}, raw=True)
    widget = {kind: value for kind, value in data.items() if kind != "text/html"}
    display({**widget, "text/plain": ""}, metadata=metadata, raw=True)


def _plain(value):
    """Bytes become a small tagged dict, which `fake_model.js` turns back into what a front end would hand over."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"base64": base64.b64encode(value).decode("ascii")}
    return value


def _embedded(svg: str) -> str:
    """A `picture` as an <img> with the drawing in it. It cannot know the page's colours: dark on white, as a plot is."""
    begin, rest = svg.split(">", 1)
    svg = f'{begin} color="#212121"><rect width="100%" height="100%" fill="#ffffff"/>{rest}'
    label = re.search(r'aria-label="([^"]*)"', begin)[1]
    source = base64.b64encode(svg.encode("utf-8")).decode("ascii")
    return f'<img alt="{label}" style="max-width: 100%" src="data:image/svg+xml;base64,{source}">'


def as_array(numbers, dtype: type = np.float32) -> np.ndarray:
    """Of a NumPy array, a list, or a torch tensor of any float type, on any device, with or without a gradient."""
    if hasattr(numbers, "detach"):
        numbers = numbers.detach().cpu().double().numpy()
    return np.asarray(numbers, dtype=dtype)


def picture(inside: str, *, width: float, height: float, title: str, description: str) -> str:
    """An accessible <svg>: read as one image whose name is `title` and whose description is `description`."""
    label = html.escape(f"{title}. {description}", quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{label}" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" style="max-width: 100%; height: auto" font-family="system-ui, sans-serif" '
        f'fill="currentColor"><title>{html.escape(title)}</title><desc>{html.escape(description)}</desc>{inside}</svg>'
    )
