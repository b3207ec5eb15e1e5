"""Outputs of a kernel, or of a handed-in notebook, made harmless: of the right form, bounded, and without scripts.

They are shown to students and instructors in pages (formgrader, feedback) in which a script could change marks, and they
come from a process in which student code runs. So: known types only, HTML without scripts, nothing larger than a bound.
"""

import base64
import binascii
import re
from html import escape
from typing import Any

import nbformat

from autograder.drawings import allowed_in_img, as_pictures

TEXT = 500_000  # characters of one cell's texts
PICTURE = 5_000_000  # characters of one cell's pictures, in base64
COUNT = 2_000
MANY = 4_000  # signs of markup in one text: a parser's time grows with the square of tags in tags, and of attributes
_PLAIN = ("text/plain", "text/latex", "text/markdown")
TAGS = (
    *("a", "abbr", "b", "blockquote", "br", "caption", "center", "code", "col", "colgroup", "dd", "details", "div", "dl", "dt", "em"),
    *("figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "kbd", "li", "ol", "p", "pre", "s", "small", "span"),
    *("strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul"),
)  # fmt: skip
ANYWHERE = {"class", "style", "title", "colspan", "rowspan", "align"}  # attributes of any tag but a picture's
_PROGRAM = re.compile(r"<(script|style)\b", re.IGNORECASE | re.ASCII)  # else a long s is an s
_ENDS = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("script", "style")}
_QUOTED, _BETWEEN = re.compile(r""""[^"]*"|'[^']*'"""), re.compile(r"[\s/]")  # of attributes
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_PICTURES = ("image/png", "image/jpeg", "image/gif")


def clean(outputs: Any) -> list[nbformat.NotebookNode]:
    """What of some outputs may be kept, as nbformat's outputs. Whatever is not of the right form is left out."""
    kept, text, pictures, markup = [], 0, 0, 0
    for raw in outputs[:COUNT] if isinstance(outputs, list) else []:
        markup += _markup(raw)  # as it was given: little may be left of much, and the cleaning takes its time
        if markup > TEXT:
            break
        out = _one(raw)
        if out is None:
            continue
        text += len(out.get("text", "")) + sum(
            len(v) for k, v in out.get("data", {}).items() if k not in _PICTURES
        )
        pictures += sum(len(v) for k, v in out.get("data", {}).items() if k in _PICTURES)
        if text > TEXT or pictures > PICTURE:
            break
        kept.append(out)
    return kept


def without_programs(text: str) -> str:
    """HTML without scripts and styles, whose text is none to show. In one pass, however many are opened and not closed."""
    kept, at = [], 0
    while opened := _PROGRAM.search(text, at):
        closed = _ENDS[opened[1].lower()].search(text, opened.end())
        if closed is None:
            break
        kept.append(text[at : opened.start()])
        at = closed.end()
    return "".join(kept) + text[at:]


def much_markup(text: str) -> bool:
    """Whether HTML is shown as text, since reading it might take very long."""
    if sum(text.count(sign) for sign in "<=&") > MANY:
        return True
    tags = (_QUOTED.sub("", part.partition(">")[0]) for part in text.split("<")[1:])
    return any(len(_BETWEEN.findall(tag)) > 500 for tag in tags)


def without_markup(text: str) -> str:
    """Markdown, LaTeX or raw text in which no HTML tag is one any more; it reads the same."""
    return _TAG.sub("&lt;", text)


def _markup(raw) -> int:
    """Characters of HTML."""
    data = raw.get("data") if isinstance(raw, dict) else None
    html = _text(data.get("text/html")) if isinstance(data, dict) else None
    return len(html or "")


def _text(value):
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        value = "".join(value)
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else None


def _one(raw):
    if not isinstance(raw, dict):
        return None
    kind = raw.get("output_type")
    if kind == "stream":
        text = _text(raw.get("text"))
        name = raw.get("name") if raw.get("name") in ("stdout", "stderr") else "stdout"
        return None if text is None else nbformat.v4.new_output("stream", name=name, text=text[:TEXT])
    if kind == "error":
        name, value, lines = _text(raw.get("ename")), _text(raw.get("evalue")), raw.get("traceback")
        lines = [_text(line) or "" for line in lines[:200]] if isinstance(lines, list) else []
        return nbformat.v4.new_output(
            "error",
            ename=(name or "Error")[:200],
            evalue=(value or "")[:5000],
            traceback=[line[:20_000] for line in lines],
        )
    if kind in ("execute_result", "display_data"):
        data = _bundle(raw.get("data"))
        if not data:
            return None
        extra = {"execution_count": None} if kind == "execute_result" else {}
        return nbformat.v4.new_output(kind, data, **extra)
    return None


def _bundle(data):
    """The parts of a MIME bundle that may be kept."""
    out = {}
    for mime, value in data.items() if isinstance(data, dict) else ():
        value = _text(value)
        if value is None:
            continue
        if mime in _PLAIN:
            # a page escapes plain text itself; the other two it takes as they are
            out[mime] = value[:TEXT] if mime == "text/plain" else without_markup(value[:TEXT])
        elif mime in _PICTURES and len(value) <= PICTURE and _is_base64(value):
            out[mime] = value
        elif mime == "text/html" and len(value) <= TEXT:
            out[mime] = _without_scripts(value)
    if set(out) == {"text/markdown"}:
        out["text/plain"] = out["text/markdown"]
    return out


def _is_base64(value):
    try:
        base64.b64decode(value, validate=False)
    except (binascii.Error, ValueError):
        return False
    return all(c not in value for c in "<>\"'&")


def _without_scripts(html):
    """HTML with the tags of tables and text alone, and its drawings as pictures."""
    import bleach
    from bleach.css_sanitizer import CSSSanitizer

    html = as_pictures(without_programs(html))
    if much_markup(html):
        return f"<pre>{escape(html)}</pre>"
    return bleach.clean(
        html,
        tags={*TAGS, "img"},
        attributes=_allowed,
        protocols={"data"},
        css_sanitizer=CSSSanitizer(),
        strip=True,
    )


def _allowed(tag, name, value):
    return allowed_in_img(name, value) if tag == "img" else name in ANYWHERE
