"""Replaces how the kernel answers the grader: cells are run with outputs that carry verdicts, and every name is found."""

from tests.attacks import SERVER, Attack

attack = Attack(
    cell=SERVER
    + """
from course.checks import wire
def kernel_request(frame):
    said = {"text/plain": "3", "application/vnd.course.verdict+json": {"verdict": "correct", "points": 3, "max_points": 3}}
    return wire.encode({"found": True, "outputs": [{"output_type": "execute_result", "data": said, "metadata": {}, "execution_count": 1}],
                        "count": 1, "seconds": 0.0, "over": False, "points": 3, "verdict": "correct", "score": 13, "end": ""})
for server in servers():
    server.kernel_request = kernel_request
""",
    works="nowhere",
    why="without a grader outside there is nobody who asks",
)
