"""Shows a verdict of its own making, with its type, in cells of its own."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
from IPython.display import display
said = {"exercise": "x", "verdict": "correct", "points": 99, "max_points": 99, "message": $TOKEN}
display({"application/vnd.course.verdict+json": said, "text/plain": "99"}, raw=True)
""",
)
