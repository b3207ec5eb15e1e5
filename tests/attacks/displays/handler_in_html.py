"""Shows HTML without a script but with event handlers, and with links that are code."""

from tests.attacks import Attack

attack = Attack(
    gains="page",
    cell="""
from IPython.display import HTML, display
display(HTML("<img src=x onerror='alert(1)'><a href='java&#10;script:alert(1)'>see</a><svg onload='alert(1)'/>"))
display(HTML("<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>"))
display(HTML("<form action='javascript:alert(1)'><button formaction='javascript:alert(1)'>see</button></form><details open ontoggle=alert(1)>"))
""",
)
