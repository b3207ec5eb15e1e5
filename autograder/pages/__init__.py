"""What pages are made with: their templates and style, and what students wrote as HTML in which nothing can run.

markdown2html and clean_html stand in for nbconvert's filters of these names: in our own feedback page, and through
nbgrader_config.py in Formgrader and `nbgrader generate_feedback`. nbconvert's own setting, `sanitize_html`, is not enough:
nbgrader's templates put a student's prose into the page without it, and it takes our verdicts apart.
"""

import html
import re
from pathlib import Path

from jinja2 import pass_context

FOLDER = Path(__file__).parent
FILTERS = {"markdown2html": "autograder.pages.markdown2html", "clean_html": "autograder.pages.clean_html"}

_TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "caption", "center", "code", "col", "colgroup", "dd", "del", "details"),
    *("div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "kbd", "li", "ol", "p", "pre"),
    *("s", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr"),
    *("u", "ul"),
}  # fmt: skip
_ANYWHERE = {"class", "style", "title", "align", "colspan", "rowspan"}
# nothing that leaves its place in the page: no position, no size of its own
_STYLES = ["border-left", "color", "font-style", "font-weight", "list-style", "margin", "opacity", "padding", "padding-left",
           "margin-top", "text-align"]  # fmt: skip
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_PICTURE = re.compile(r"data:image/(png|jpeg|gif);base64,")
_MARKUP = re.compile(r"[<=&]")
MANY = 4_000  # of those: the parser's time grows with the square of tags in tags, and of attributes
LONG = 30_000  # characters of a markdown cell; with TeX begun and never ended, its time grows so too


def template(name: str) -> str:
    """One of the templates beside this file."""
    return (FOLDER / name).read_text(encoding="utf-8")


def fill(name: str, parts: dict[str, str]) -> str:
    """A template with {{name}} replaced, once: what is put in is not looked at again. The parts are HTML already."""
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], template(name))


def _allowed(tag: str, name: str, value: str) -> bool:
    """Whether an attribute stays. Pictures are in the page or nowhere: one from elsewhere would tell who looks at it."""
    if name == "href":
        return tag == "a" and not value.lower().startswith("data:")
    if tag == "img":
        return bool(_PICTURE.match(value)) if name == "src" else name == "alt"
    return name in _ANYWHERE or (name == "id" and tag in _HEADINGS)


def _without_programs(text: str) -> str:
    """HTML without scripts and styles, whose text is none to show. In one pass, however many are opened and not closed."""
    kept, at = [], 0
    while opened := re.compile(r"<(script|style)\b", re.IGNORECASE).search(text, at):
        closed = re.compile(rf"</{opened[1]}\s*>", re.IGNORECASE).search(text, opened.end())
        if closed is None:
            break
        kept.append(text[at : opened.start()])
        at = closed.end()
    return "".join(kept) + text[at:]


def clean_html(text: str) -> str:
    """HTML with the tags of prose, tables and verdicts alone; the text of all other tags stays. HTML with very much
    markup is shown as text."""
    import bleach
    from bleach.css_sanitizer import CSSSanitizer

    text = _without_programs(str(text))
    if len(_MARKUP.findall(text)) > MANY:
        return f"<pre>{html.escape(text)}</pre>"
    return bleach.clean(
        text,
        tags=_TAGS,
        attributes=_allowed,
        protocols={"http", "https", "mailto", "data"},
        css_sanitizer=CSSSanitizer(allowed_css_properties=_STYLES),
        strip=True,
    )


@pass_context
def markdown2html(context, source: str) -> str:
    """A markdown cell as HTML, cleaned, with the pictures attached to it. A very long one is shown as it was typed."""
    if len(source) > LONG:
        return f"<pre>{html.escape(source)}</pre>"
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    renderer = IPythonRenderer(escape=False, attachments=context.get("cell", {}).get("attachments", {}))
    return clean_html(MarkdownWithMath(renderer=renderer).render(source))
