"""What a student's code showed, before it comes into a page: drawings as pictures, and no text over which the cleaning lingers."""

import base64
import html
import html.parser
import re
import time
import xml.etree.ElementTree as ET

import pytest

from autograder.drawings import is_ours
from autograder.outputs import TEXT, clean
from autograder.pages import clean_html
from course.widgets import MaskExplorer, WindowStepper

SVG = "{http://www.w3.org/2000/svg}"
HEAD = "<svg xmlns='http://www.w3.org/2000/svg'"


def cleaned(markup):
    return clean([{"output_type": "display_data", "data": {"text/html": markup}}])


def drawing(markup):
    """The one picture in some HTML, parsed."""
    (source,) = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', markup)
    return ET.fromstring(base64.b64decode(source))


@pytest.mark.parametrize(
    "widget", [MaskExplorer("a < b & c", "causal"), WindowStepper("on the right side", 1)]
)
def test_a_visualiser_stays_a_picture(widget):
    """In the graded notebook, and again in the page made of it; with every shape, colour and word it had."""
    before = widget._repr_mimebundle_()[0]["text/html"]
    (output,) = cleaned(before)
    page = clean_html(output.data["text/html"])
    for text in (output.data["text/html"], page):
        root = drawing(text)
        original = drawing(before)
        for tag in ("rect", "path", "text"):
            ours, theirs = (
                [
                    (one.text, {k: v for k, v in one.attrib.items() if k != "style"})
                    for one in tree.iter(SVG + tag)
                ]
                for tree in (root, original)
            )
            assert ours == theirs, tag
        assert root.get("width") and root.get("color")
        assert widget._alt() in html.unescape(re.search(r'alt="([^"]*)"', text)[1])


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>", "<g onclick='alert(1)'/>", "<a href='javascript:alert(1)'><text>a</text></a>",
        "<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>a</p></foreignObject>", "<image href='http://a/b'/>",
        "<rect fill='url(http://a/b)'/>", "<style>@import 'http://a/b'</style>", "<text style='fill:url(http://a/b)'>a</text>",
        "<use href='#a'/>", "<animate attributeName='href' to='javascript:alert(1)'/>", "<h:rect xmlns:h='http://other'/>",
    ],
)  # fmt: skip
@pytest.mark.parametrize("embedded", [False, True])
def test_nothing_of_a_drawing_runs_or_takes_from_elsewhere(inside, embedded):
    source = f"{HEAD} onload='alert(1)'>{inside}<rect width='1'/></svg>"
    if embedded:
        source = (
            f'<img onerror="a" src="data:image/svg+xml;base64,{base64.b64encode(source.encode()).decode()}">'
        )
    (output,) = cleaned(source)
    root = drawing(output.data["text/html"])
    said = ET.tostring(root, encoding="unicode")
    assert not re.search(r"alert|href|url|import|http://(?!www.w3.org/2000/svg)|\bon", said), said
    assert [rect.get("width") for rect in root.iter(SVG + "rect")][-1] == "1"


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE svg [<!ENTITY a 'b'>]>" + HEAD + "><text>&a;</text></svg>", HEAD + "><g></svg>", HEAD + "><!-- a --></svg>",
        HEAD + ">" + "<g>" * 60 + "</g>" * 60 + "</svg>", (HEAD + "></svg>") * 21, '<img src="data:image/svg+xml;base64,PHN2Zw==">',
        '<img src="data:image/svg+xml,<svg/>">', '<img alt="a" src="https://a/b.svg">', "<img src='data:image/svg+xml;base64,//8='>",
    ],
)  # fmt: skip
def test_what_is_no_plain_drawing_is_not_made_one(text):
    (output,) = cleaned(text)
    shown = output.data["text/html"]
    assert "src=" not in shown and "<svg" not in shown
    assert "<img" not in shown or "<img" in text, "of a foreign picture its words stay, as in a page"


@pytest.mark.parametrize(
    "around",
    ["<b title='{}'>a</b>", '<b class="{}">a</b>', "<b {}>a</b>", "<!-- {} -->", "<style>{}", "<textarea>{}</textarea>", "<b style='{}'>a</b>"],
)  # fmt: skip
def test_a_drawing_where_no_element_can_stand_brings_no_attribute(around):
    """Its words, put into an attribute's place, would be attributes themselves."""
    (output,) = cleaned(around.format(f"{HEAD} aria-label='onmouseover=alert(1) x='><text>a</text></svg>"))

    class Finder(html.parser.HTMLParser):
        def handle_starttag(self, tag, attributes):
            assert not [name for name, _ in attributes if name.startswith("on")], output.data["text/html"]

    Finder().feed(output.data["text/html"])


def test_letters_that_only_look_alike_stop_nothing():
    (output,) = cleaned("<\u017fcript>alert(1)</\u017fcript><\u017ftyle>a</\u017ftyle><b>b</b>")
    assert "<b>b</b>" in output.data["text/html"] and "<\u017f" not in output.data["text/html"]


def test_a_page_shows_only_drawings_that_were_written_again():
    ours = re.search(r"base64,([^\"]+)", cleaned(HEAD + "><rect width='1'/></svg>")[0].data["text/html"])[1]
    theirs = base64.b64encode((HEAD + "><script>alert(1)</script></svg>").encode()).decode()
    assert is_ours(ours) and not is_ours(theirs) and not is_ours("!") and not is_ours("")
    page = clean_html("".join(f'<img alt="a" src="data:image/svg+xml;base64,{s}">' for s in (ours, theirs)))
    assert page.count("<img") == 2 and page.count("src=") == 1 and ours in page


@pytest.mark.parametrize(
    "markup",
    [
        "<script>" * 60_000, "<b>" * 160_000, "<b " + " ".join(f"a{i}" for i in range(60_000)) + ">", "<b" + "/a" * 200_000,
        "<svg>" * 90_000, HEAD + "><text>" + "<tspan>" * 25_000 + "</tspan>" * 25_000 + "</text></svg>", "<b a='" * 60_000, "&" * 490_000,
    ],
)  # fmt: skip
def test_no_markup_takes_long(markup):
    began = time.perf_counter()
    clean_html("".join(output.data["text/html"] for output in cleaned(markup)))
    assert len(markup) < TEXT and time.perf_counter() - began < 5


def test_markup_of_which_nothing_is_left_counts_too():
    outputs = [{"output_type": "display_data", "data": {"text/html": "<style></style>" * 6_250}}] * 100
    assert len(clean(outputs)) == TEXT // 100_000
