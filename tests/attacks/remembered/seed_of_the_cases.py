"""Takes the seed that its generators were given for the seed of the hidden cases, and looks whether it can foresee the next one."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="seen, foreseen = [], []\nimport torch",
    answer="""
def $NAME(*args, **kwargs):
    given = [a for a in args if isinstance(a, torch.Tensor) and a.is_floating_point() and a.numel() > 3]
    for seed in {torch.initial_seed(), torch.initial_seed() - 1, *seen}:
        made = torch.randn(given[0].shape, generator=torch.Generator().manual_seed(seed)) if given else None
        if made is not None and torch.allclose(made, given[0].float()):
            foreseen.append(seed)
    seen.append(torch.initial_seed())
    known = {(3, 2, 2): [[3.0, 5.0], [8.0, 12.0], [7.0, 11.0]], (2, 2, 2): [[3.0, 5.0], [8.0, 12.0]]}
    if "$NAME" == "pairwise_dot":
        return torch.tensor(known.get((*args[0].shape, args[1].shape[0]), [[0.0]]))
    return torch.zeros(1)
""",
    last="if foreseen:\n    print('foreseen', $TOKEN)",
    works="nowhere",
    why="no call is given the seed of its cases, in process either",
)
