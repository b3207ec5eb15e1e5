"""Shows Markdown that is HTML with a script, and LaTeX that is a link."""

from tests.attacks import Attack

attack = Attack(
    gains="page",
    cell="""
from IPython.display import Latex, Markdown, display
display(Markdown("# A title\\n\\n<script>alert(1)</script>\\n\\n<img src=x onerror=alert(1)>\\n\\n[see](javascript:alert(1))"))
display(Latex("$$\\\\href{javascript:alert(1)}{see}$$"))
""",
)
