"""How soon something is there: imports, rows of each task, models, and the first batch of a lesson. Prints tables.

    python -m benchmarks.start [--repeat 5]

Each import and first batch is timed in a process of its own, by its clock, and the median is told. The rows of a task are made after its
modules were imported and its world drawn, by one thread.
"""

import argparse
import statistics
import subprocess
import sys
import time

from course.data.microworld import microworld
from course.data.tasks import TASKS, rows
from course.models.loaders import SHIPPED

IMPORTS = {
    "course": "import course",
    "course, and a world": "from course import microworld; microworld(seed=0)",
    "course.checks": "import course.checks.lab01_cbow",
    "course.widgets": "from course.widgets import MaskExplorer",
}
FIRST_BATCH = {
    "sentiment, 200 rows, WordPiece": """
from course import load_task, load_tokenizer
rows = load_task("sentiment", n=200)
batch = load_tokenizer("bert")(rows["text"][:32], padding=True, return_tensors="pt")
""",
    "the same, and BERT's answer": """
from course import load_model, load_task, load_tokenizer
rows = load_task("sentiment", n=200)
batch = load_tokenizer("bert")(rows["text"][:32], padding=True, return_tensors="pt")
load_model("bert")(**batch)
""",
    "articles with questions": """
from course import load_squad, load_tokenizer
squad = load_squad("articles")
batch = load_tokenizer("bert")(squad["question"][:8], squad["context"][:8], truncation=True, padding=True, return_tensors="pt")
""",
}


def seconds(code: str, repeat: int) -> float:
    """The median time of some code in a fresh process, without the start of Python itself."""
    timed = f"import time; began = time.perf_counter()\n{code}\nprint(time.perf_counter() - began)"
    found = [
        subprocess.run([sys.executable, "-c", timed], capture_output=True, text=True, check=True)
        for _ in range(repeat)
    ]
    return statistics.median(float(done.stdout.split()[-1]) for done in found)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=5)
    repeat = parser.parse_args().repeat
    for title, cases in (("import", IMPORTS), ("first batch", FIRST_BATCH)):
        for name, code in cases.items():
            print(f"{title}: {name:35} {seconds(code, repeat):6.2f} s", flush=True)
    world = microworld(0)
    began = time.perf_counter()
    n = len(world.articles(5_000, seed=1))
    print(f"{'articles':16} {n / (time.perf_counter() - began):9,.0f} a second")
    for task in TASKS:
        rows(task, "validation", 0)
        began = time.perf_counter()
        n = len(rows(task, "train", 1))
        print(f"{task:16} {n / (time.perf_counter() - began):9,.0f} rows a second", flush=True)
    for folder in sorted(path for path in SHIPPED.iterdir() if path.is_dir()):
        size = sum(path.stat().st_size for path in folder.iterdir())
        print(f"{folder.name:16} {size / 1e6:9.2f} MB")


if __name__ == "__main__":
    main()
