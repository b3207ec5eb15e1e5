"""Shows drawings with scripts, handlers, links, documents, entities and pictures from elsewhere in them."""

from tests.attacks import Attack

attack = Attack(
    gains="page",
    cell="""
from IPython.display import HTML, display
X, L = 'xmlns="http://www.w3.org/2000/svg"', 'xmlns:xlink="http://www.w3.org/1999/xlink"'
for inside in ["<script>alert(1)</script>", "<script><![CDATA[alert(1)]]></script>", "<a href='javascript:alert(1)'><text>see</text></a>",
               "<g onclick='alert(1)'><rect onload='alert(1)' width='9' height='9'/></g>", "<title><img src=x onerror=alert(1)></title>",
               "<title><style><img title='</style><img src=x onerror=alert(1)>'></style></title>", "<use xlink:href='data:image/svg+xml,x#a'/>",
               "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></body></foreignObject>",
               "<image href='http://192.0.2.1/seen.png'/>", "<rect fill='url(http://192.0.2.1/seen.svg#a)' width='9' height='9'/>",
               "<style>@import 'http://192.0.2.1/seen.css';</style>", "<set attributeName='onmouseover' to='alert(1)'/>",
               "<h:script xmlns:h='http://www.w3.org/1999/xhtml'>alert(1)</h:script>", "<text>&lt;script&gt;alert(1)&lt;/script&gt;</text>"]:
    display(HTML(f"<svg {X} {L} onload='alert(1)' viewBox='0 0 9 9' aria-label='&quot; onerror=&quot;alert(1)'>{inside}</svg>"))
mouse = f"<svg {X} aria-label='onmouseover=alert(1) x='><text>a</text></svg>"
for around in ["<b title='{}'>a</b>", "<b class='{}'>a</b>", "<b {}>a</b>", "<!-- {} -->"]:
    display(HTML(around.format(mouse)))
display(HTML("<\\u017fcript>alert(1)</\\u017fcript>"))
display(HTML(f"<!DOCTYPE svg [<!ENTITY a 'aaaaaaaaaa'>]><svg {X}><text>&a;</text></svg>"))
display(HTML(f"<svg {X}><text>" + "<tspan>" * 5000 + "</tspan>" * 5000 + "</text></svg>"))
display(HTML(f"<svg {X}>" + "<rect/>" * 40000 + "</svg>"))
display(HTML("<img src='data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciPjxzY3JpcHQ+YWxlcnQoMSk8L3NjcmlwdD48L3N2Zz4='>"))
""",
)
