"""Reads the feedback of others, and links it into a place where it is shown."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
import os, tempfile
from IPython.display import HTML, display
link = tempfile.mktemp()
os.symlink("$COURSE/feedback/bo/$LAB/$LAB.html", link)
try:
    display(HTML(filename=link))
    print(open(link).read())
finally:
    os.unlink(link)
""",
)
