"""What of a notebook would run in the browser of somebody who reads it, in formgrader or in feedback."""

import base64
from html.parser import HTMLParser

import mistune

RUNS = {"script", "iframe", "object", "embed", "base", "meta", "link", "form", "applet"}
# what has no place in a drawing either: it takes from elsewhere, or changes what is there
IN_DRAWINGS = {"a", "animate", "foreignobject", "image", "set", "use"}
TYPES = (
    "application/javascript",
    "image/svg+xml",
    "application/vnd.jupyter.widget-view+json",
    "application/pdf",
)


class _Finder(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self.drawing = [], False

    def handle_starttag(self, tag, attributes):
        if tag in RUNS:
            self.found.append(f"<{tag}>")
        self.drawing = self.drawing or tag == "svg"
        if self.drawing and tag in IN_DRAWINGS:
            self.found.append(f"<{tag}> in a drawing")
        for name, value in attributes:
            address = "".join((value or "").split()).lower()
            if (
                name.startswith("on")
                or name == "srcdoc"
                or address.startswith(("javascript:", "vbscript:", "data:text/html"))
                or (self.drawing and ("url(" in address or "href" in name))
            ):
                self.found.append(f"{name}=")
            if address.startswith(
                "data:image/svg"
            ):  # a picture cannot run what is in it; opened alone, it can
                encoded = address_as_given(value)
                self.found += _in_html(base64.b64decode(encoded + "==").decode("utf-8", "replace"))


def address_as_given(value):
    """What stands behind the comma of a data address, which tells large letters from small ones."""
    return "".join(value.split()).partition(",")[2]


def _in_html(text):
    finder = _Finder()
    finder.feed(text)
    finder.close()
    return finder.found


def code_for_readers(cells) -> list[str]:
    """What is found, in words: in HTML outputs, in outputs of types that run, in texts of the student's own."""
    found = []
    for cell in cells:
        if cell.cell_type == "markdown":
            found += _in_html(mistune.html(cell.source))
        for out in cell.get("outputs", []):
            data = out.get("data", {})
            found += [mime for mime in data if mime in TYPES]
            for mime in ("text/html", "text/markdown"):
                text = data.get(mime, "")
                found += _in_html(text if mime == "text/html" else mistune.html(text))
    return [f"{what} in a page that is read" for what in dict.fromkeys(found)]
