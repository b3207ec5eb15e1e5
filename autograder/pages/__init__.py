"""What pages are made with: their templates and style, and what students wrote as HTML in which nothing can run.

fill("report.html", {"title": …, …})
markdown(source), highlight_code(source), clean_html(html)

markdown2html, clean_html and highlight_code are filters for nbconvert, too. nbgrader_config.py puts them in the place of its
own, for Formgrader and `nbgrader generate_feedback`: the setting `sanitize_html` alone takes our verdicts apart, and leaves a
student's prose as it is, because nbgrader's templates do not ask for it there.
"""

import html
import re
from functools import lru_cache
from pathlib import Path

from jinja2 import pass_context

from autograder.drawings import allowed_in_img
from autograder.outputs import ANYWHERE, TAGS, much_markup, without_programs

FOLDER = Path(__file__).parent

_TAGS = {*TAGS, "del", "img"}
# nothing that leaves its place in the page: no position, no size of its own
_STYLES = ["border-left", "color", "font-style", "font-weight", "list-style", "margin", "opacity", "padding", "padding-left",
           "margin-top", "text-align"]  # fmt: skip
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_PICTURE = re.compile(r"data:image/(png|jpeg|gif);base64,")
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
        return (name == "src" and bool(_PICTURE.match(value))) or allowed_in_img(name, value)
    return name in ANYWHERE or (name == "id" and tag in _HEADINGS)


@lru_cache(1024)  # most cells of a class are the lab's own
def clean_html(text: str) -> str:
    """HTML with the tags of prose, tables and verdicts alone; the text of all other tags stays. HTML with very much
    markup is shown as text."""
    import bleach
    from bleach.css_sanitizer import CSSSanitizer

    if type(text) is Ours:
        return text
    text = without_programs(str(text))
    if much_markup(text):
        return f"<pre>{html.escape(text)}</pre>"
    return bleach.clean(
        text,
        tags=_TAGS,
        attributes=_allowed,
        protocols={"http", "https", "mailto", "data"},
        css_sanitizer=CSSSanitizer(allowed_css_properties=_STYLES),
        strip=True,
    )


def markdown(source: str, attachments: dict | None = None) -> str:
    """Markdown as HTML, cleaned, with the pictures attached to its cell. Very long prose is shown as it was typed."""
    if len(source) > LONG:
        return f"<pre>{html.escape(source)}</pre>"
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    if attachments:
        renderer = IPythonRenderer(escape=False, attachments=attachments)
        return clean_html(MarkdownWithMath(renderer=renderer).render(source))
    return _plain_markdown(source)


@lru_cache(1024)
def _plain_markdown(source):
    from nbconvert.filters.markdown_mistune import markdown2html_mistune

    return clean_html(markdown2html_mistune(source))


@pass_context
def markdown2html(context, source: str) -> str:
    """nbconvert's filter of this name: `markdown` of the cell that a template is at."""
    return markdown(source, context.get("cell", {}).get("attachments"))


class Ours(str):
    """HTML that we made of escaped text: there is nothing to clean."""


@lru_cache(1024)
def _highlighted(source):
    from nbconvert.filters import Highlight2HTML

    return Ours(Highlight2HTML(pygments_lexer="ipython3")(source))


def highlight_code(source: str, metadata: dict | None = None) -> str:
    """nbconvert's filter of this name: code as HTML."""
    return _highlighted(source)
