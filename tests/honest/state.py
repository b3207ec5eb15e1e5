"""The state of Python, numpy and torch: modes, seeds, limits."""

from nbformat.v4 import new_code_cell

from tests.honest.tools import after, answers, below_imports, harmless, in_answers, on_top


@harmless(shows="torch.float64")
def numbers_in_float64(notebook):
    """torch.set_default_dtype(torch.float64)."""
    on_top(notebook, "import torch\ntorch.set_default_dtype(torch.float64)\ntorch.ones(1).dtype")


@harmless(shows="no gradients: True")
def gradients_off(notebook):
    """torch.set_grad_enabled(False) below the imports."""
    below_imports(
        notebook, 'torch.set_grad_enabled(False)\nprint("no gradients:", not torch.is_grad_enabled())'
    )


@harmless()
def two_threads(notebook):
    """torch.set_num_threads(2), at the top and in every function, and matrix products that use them."""
    product = "(torch.ones(256, 256) @ torch.ones(256, 256)).sum()"
    on_top(notebook, f"import torch\ntorch.set_num_threads(2)\n{product}")
    in_answers(notebook, f"torch.set_num_threads(2)\n{product}")


@harmless()
def seeds_everywhere(notebook):
    """All generators are seeded, at the top and below every answer; numpy's, Python's and a new one of torch in every function."""
    seeds = "torch.manual_seed(123)\nnp.random.seed(1)\nrandom.seed(2)"
    on_top(notebook, f"import random\nimport numpy as np\nimport torch\n{seeds}")
    for cell in answers(notebook):
        after(notebook, cell, new_code_cell(seeds))
    # torch's global one stays: whoever seeds that at every step of a training draws one batch for ever
    in_answers(notebook, "np.random.seed(7), random.seed(7), torch.Generator().manual_seed(7)")


@harmless()
def random_numbers_drawn(notebook):
    """Numbers are drawn from all generators, seeded by nobody."""
    on_top(
        notebook,
        "import random\nimport numpy as np\nimport torch\ntorch.rand(3), np.random.rand(3), random.random()",
    )
    in_answers(notebook, "torch.rand(3), np.random.rand(3), random.random()")


@harmless()
def modes_of_torch(notebook):
    """Print options, determinism, precision, anomaly detection and a default device."""
    on_top(
        notebook,
        "import torch\ntorch.set_printoptions(precision=2, sci_mode=False)\ntorch.use_deterministic_algorithms(True)\n"
        'torch.set_float32_matmul_precision("high")\ntorch.autograd.set_detect_anomaly(True)\ntorch.set_default_device("cpu")',
    )


@harmless()
def modes_of_numpy(notebook):
    """numpy told to raise, print options, random state."""
    on_top(
        notebook,
        'import numpy as np\nnp.seterr(all="raise")\nnp.set_printoptions(precision=2)\nrng = np.random.default_rng(0)',
    )


@harmless()
def a_deeper_recursion(notebook):
    """sys.setrecursionlimit(20000)."""
    on_top(notebook, "import sys\nsys.setrecursionlimit(20_000)")
