"""Drawings (SVG) out of what a student's code showed, as pictures in which nothing can run.

as_pictures(html) -> html in which each drawing is an <img>, still to be cleaned; is_ours(base64), for the cleaner

A drawing is taken apart and written again from the shapes and attributes below, and nothing else; and it goes into the page as an
<img>, where a browser runs no script and loads nothing. It may come as an <svg>, or as an <img> with one in it, as the course's
visualisers give their static pictures.
"""

import base64
import binascii
import html
import re
import xml.etree.ElementTree as ET

SVG = "http://www.w3.org/2000/svg"
LARGEST = 400_000  # characters of one
MOST = 20  # drawings of one output; with more, none is shown
_SHAPES = {"svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan"}
_WORDS = {"title", "desc"}
_NUMBERS = {"x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "ry", "width", "height", "dx", "dy"}
_LOOKS = {
    "d", "points", "transform", "fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray", "opacity",
    "font-size", "font-family", "font-weight", "font-style", "text-anchor", "dominant-baseline", "viewBox",
}  # fmt: skip
# numbers, colours, path letters, matrix(...): no url(...), which takes from elsewhere
_PLAIN = re.compile(r"[\w\s.,%#()\-+]*", re.ASCII)
_DRAWING = re.compile(
    r"<svg\b.*?</svg\s*>|<img\b[^<>]*?\ssrc\s*=\s*[\"']data:image/svg\+xml;base64,([\w+/=]*)[\"'][^<>]*>",
    re.DOTALL | re.IGNORECASE | re.ASCII,
)
_DATA = "data:image/svg+xml;base64,"
_BEGIN = re.compile(r"<(?:svg|img)\b", re.IGNORECASE)
_BOX = re.compile(r"\s*0 0 (\d+(?:\.\d+)?) (\d+(?:\.\d+)?)\s*")
_INK, _GROUND = "#212121", {"width": "100%", "height": "100%", "fill": "#ffffff"}  # readable on any page


def as_pictures(text: str) -> str:
    """HTML with its drawings as pictures. It is not clean yet: a drawing may have stood anywhere, also inside an attribute.

    One that cannot be read as a drawing stays, for the cleaner to take apart.
    """
    if len(_BEGIN.findall(text)) > MOST:
        return text  # to look for the end of each would take the square of their number
    return _DRAWING.sub(
        lambda found: _picture(found[0] if found[1] is None else _decoded(found[1]) or "") or found[0], text
    )


def is_ours(encoded: str) -> bool:
    """Whether the base64 is that of a drawing as it is written here: then a page may show it."""
    text = _decoded(encoded)
    if text is None:
        return False
    again = _redrawn(text)
    return again is not None and again[0] == text


def allowed_in_img(name: str, value: str) -> bool:
    """Whether an attribute of an <img> stays in HTML that is cleaned: its words, and a drawing of ours."""
    return name == "alt" or (name == "src" and value.startswith(_DATA) and is_ours(value[len(_DATA) :]))


def _decoded(encoded: str) -> str | None:
    try:
        return base64.b64decode(encoded, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None


def _picture(text: str) -> str | None:
    made = _redrawn(text)
    if made is None:
        return None
    drawing, said = made
    source = base64.b64encode(drawing.encode("utf-8")).decode("ascii")
    return f'<img alt="{html.escape(said)}" src="data:image/svg+xml;base64,{source}">'


def _redrawn(text: str) -> tuple[str, str] | None:
    """(the drawing written again, what it says of itself), or None where it is none."""
    if len(text) > LARGEST or "<!" in text or "<?" in text:
        return None  # no entity, no comment, no document type
    if "xmlns" not in text[:1_000].split(">")[0]:
        text = text.replace("<svg", f'<svg xmlns="{SVG}"', 1)
    try:
        root = ET.fromstring(text)
    except (ET.ParseError, ValueError, RecursionError):
        return None
    if root.tag != f"{{{SVG}}}svg" or _depth(root) > 50:
        return None
    said = " ".join((root.get("aria-label") or "Drawing").split())[:2_000]
    copy = _copied(root)
    copy.set("xmlns", SVG)
    if box := _BOX.fullmatch(root.get("viewBox", "")):
        copy.set("width", box[1])
        copy.set("height", box[2])
    copy.set("role", "img")
    copy.set("aria-label", said)
    copy.set("color", _INK)
    if not (len(copy) and copy[0].tag == "rect" and copy[0].attrib == _GROUND):
        copy.insert(0, ET.Element("rect", _GROUND))
    for name in sorted(copy.attrib):  # in one order, so that a drawing written twice is the same
        copy.attrib[name] = copy.attrib.pop(name)
    return ET.tostring(copy, encoding="unicode"), said


def _depth(element: ET.Element) -> int:
    deepest, waiting = 0, [(element, 1)]
    while waiting:
        one, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting += [(child, depth + 1) for child in one]
    return deepest


def _copied(element: ET.Element) -> ET.Element:
    """An element with what is allowed of it, and of all that is in it."""
    name = element.tag.removeprefix(f"{{{SVG}}}")
    made = ET.Element(name)
    made.text = element.text if name in {"text", "tspan"} | _WORDS else None
    for key, value in element.attrib.items():
        if key in _NUMBERS | _LOOKS and len(value) <= 50_000 and _PLAIN.fullmatch(value):
            made.set(key, value)
    if name in _WORDS:
        return made
    for child in element:
        if str(child.tag).removeprefix(f"{{{SVG}}}") in _SHAPES | _WORDS and str(child.tag).startswith("{"):
            made.append(_copied(child))
    return made
