"""Shows outputs of types that a page runs: JavaScript, a picture in SVG with a script, a widget, a document."""

from tests.attacks import Attack

attack = Attack(
    gains="page",
    cell="""
from IPython.display import display
for mime, what in {"application/javascript": "alert(1)", "image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
                   "application/vnd.jupyter.widget-view+json": {"model_id": "x"}, "application/pdf": "JVBERi0="}.items():
    display({mime: what, "text/plain": "-"}, raw=True)
""",
)
