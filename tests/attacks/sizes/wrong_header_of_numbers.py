"""Replies with numbers whose header lies: offsets beyond the end, shapes that overflow, types that do not exist."""

from tests.attacks import MALFORMED, NEXT, REPLY, Attack

attack = Attack(
    gains="trouble",
    cell=REPLY
    + """
heads = [{"0": {"dtype": "F32", "shape": [2**40, 2**40], "data_offsets": [0, 4]}}, {"0": {"dtype": "F32", "shape": [1], "data_offsets": [0, 2**62]}},
         {"0": {"dtype": "X9", "shape": [1], "data_offsets": [0, 4]}}, {"0": {"dtype": "F32", "shape": [-1], "data_offsets": [4, 0]}},
         {"0": {"dtype": "F8_E4M3", "shape": [4], "data_offsets": [0, 4]}}, {"0": {"dtype": "BOOL", "shape": [4], "data_offsets": [0, 4]}}]
def reply(n):
    head = json.dumps(choose(heads)).encode()
    lengths = [len(head), 2**63, 0, len(head) + 1]
    numbers = struct.pack("<Q", choose(lengths)) + head + b"\\2\\3\\4\\5"
    return valued(frame({"$": "tensor", "i": "0", "device": "cpu"}, numbers), n)
""",
    answer=NEXT,
    rounds=6,
    works="nowhere",
    why=MALFORMED,
)
