"""Replies to the grader that runs its cells with outputs of types that nobody expects."""

from tests.attacks import SERVER, Attack

attack = Attack(
    cell=SERVER
    + """
from course.checks import wire
odd = [None, 7, [], [[]], {"output_type": []}, {"output_type": "stream", "text": 3}, {"output_type": "stream", "text": [["x"]], "name": {}},
       {"output_type": "error", "ename": {}, "evalue": 4, "traceback": {"a": 1}}, {"output_type": "execute_result", "data": [1]},
       {"output_type": "display_data", "data": {"text/plain": None, "image/png": "<script>", "text/html": 3}, "metadata": 4},
       {"output_type": "stream", "name": "stdout", "text": "\\ud800\\x00\\x1b[31m"}]
replies = [{"outputs": odd, "count": -1, "seconds": "x", "over": "yes"}, {"outputs": {"a": odd}, "count": 10**30, "over": None}, {"outputs": None}, {"end": 5, "over": [], "count": True}]
real = {}
for server in servers():
    real[id(server)] = server.kernel_request
    def kernel_request(frame, real=server.kernel_request, turn=[]):
        request = wire.decode(frame)
        if request["op"] == "run":
            turn.append(1)
            return wire.encode(replies[len(turn) % 4])
        return real(frame)
    server.kernel_request = kernel_request
""",
    gains="trouble",
    works="nowhere",
    why="without a grader outside there is nobody who asks",
)
