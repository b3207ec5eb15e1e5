"""Processes, threads, files, the system's own state."""

from tests.honest.tools import harmless, in_answers, on_top


@harmless()
def threads_left_running(notebook):
    """Threads that sleep, count and print, and an executor nobody shuts down."""
    on_top(
        notebook,
        "import concurrent.futures, threading, time\n\n\ndef tick():\n    while True:\n        time.sleep(0.02)\n        print('tick')\n\n\n"
        "for _ in range(2):\n    threading.Thread(target=tick, daemon=True).start()\n"
        "executor = concurrent.futures.ThreadPoolExecutor(4)\nlist(executor.map(abs, range(8)))",
    )
    in_answers(notebook, "executor.submit(threading.Event().wait, 0.01)")  # `time` is an axis in some


@harmless(shows="four at once [1, 2]")
def an_executor_that_answers_use(notebook):
    """A pool of threads made at the top, in which functions run a part of their work."""
    on_top(
        notebook,
        "import concurrent.futures\nexecutor = concurrent.futures.ThreadPoolExecutor(4)\nprint('four at once', list(executor.map(abs, [-1, -2])))",
    )
    in_answers(notebook, "assert list(executor.map(abs, [-1, -2])) == [1, 2]")


@harmless(shows="squares [1, 4]")
def a_pool_of_processes_that_answers_use(notebook):
    """The same with processes: they wait in the kernel, until a function gives them work."""
    on_top(
        notebook,
        "import multiprocessing\n\n\ndef square_of_one(x):\n    return x * x\n\n\n"
        "pool = multiprocessing.get_context('fork').Pool(2)\nprint('squares', pool.map(square_of_one, [1, 2]))",
    )
    in_answers(notebook, "assert pool.map(square_of_one, [1, 2]) == [1, 4]")


@harmless(shows="batches [tensor(6), tensor(22)]")
def loaders_with_workers(notebook):
    """torch's DataLoader with two workers, in a cell and in every function, the first time that it is called."""
    batches = "[batch.sum() for batch in DataLoader(range(8), batch_size=4, num_workers=2)]"
    on_top(
        notebook,
        f"import sys\nfrom torch.utils.data import DataLoader\ntried = set()\nprint('batches', {batches})",
    )
    in_answers(
        notebook,
        "if (this := sys._getframe().f_code) not in tried:\n"
        f"    tried.add(this)\n    assert len({batches}) == 2",
    )


@harmless(shows="two workers [0, 1, 4, 9]")
def a_pool_of_processes(notebook):
    """multiprocessing.Pool(2), forked, with a function of the notebook."""
    on_top(
        notebook,
        "import multiprocessing\n\n\ndef square_of_one(x):\n    return x * x\n\n\n"
        "with multiprocessing.get_context('fork').Pool(2) as pool:\n    print('two workers', pool.map(square_of_one, range(4)))",
    )


@harmless(shows="echoed")
def runs_programs(notebook):
    """subprocess.run, captured and not, and one left running."""
    on_top(
        notebook,
        'import subprocess, sys\nprint(subprocess.run(["echo", "echoed"], capture_output=True, text=True).stdout)\n'
        'subprocess.run(["echo", "let through"])\nsubprocess.run([sys.executable, "-c", "print(1)"], check=True)\nleft = subprocess.Popen(["sleep", "60"])',
    )


@harmless(shows="kept in a file")
def files_in_the_working_folder(notebook):
    """Writes files where the notebook is, in a folder below and in a temporary one, and reads them back."""
    on_top(
        notebook,
        "import json, pathlib, tempfile\nimport torch\n\npathlib.Path('results').mkdir(exist_ok=True)\n"
        "pathlib.Path('results/a.json').write_text(json.dumps('kept in a file'))\nprint(json.loads(open('results/a.json').read()))\n"
        "torch.save({'w': torch.ones(3)}, 'w.pt')\ntorch.load('w.pt')\n"
        "with tempfile.TemporaryDirectory() as folder:\n    pathlib.Path(folder, 'x').write_bytes(b'x' * 10**6)",
    )


@harmless(shows="moved to another folder")
def changes_the_folder(notebook):
    """os.chdir to a temporary folder, and back in none of the functions."""
    on_top(
        notebook,
        'import os, tempfile\nos.chdir(tempfile.mkdtemp())\nprint("moved to another folder", os.listdir())',
    )


@harmless()
def changes_sys_path(notebook):
    """sys.path gets folders that are there and one that is not, and loses its empty entry."""
    on_top(
        notebook,
        'import os, sys\nsys.path.insert(0, os.path.abspath(".."))\nsys.path.append("/nowhere/at/all")\nsys.path = [p for p in sys.path if p]',
    )


@harmless()
def sets_environment_variables(notebook):
    """Environment variables that people copy from one notebook to the next."""
    on_top(
        notebook,
        'import os\nos.environ.update(OMP_NUM_THREADS="4", CUDA_VISIBLE_DEVICES="", KMP_DUPLICATE_LIB_OK="TRUE", TOKENIZERS_PARALLELISM="true", '
        'CUDA_LAUNCH_BLOCKING="1", PYTHONHASHSEED="7", HF_HOME="cache", NO_COLOR="1")',
    )


@harmless(shows="nobody there")
def input_guarded(notebook):
    """input() and getpass inside try/except."""
    on_top(
        notebook,
        "import getpass\nfor ask in (input, getpass.getpass):\n    try:\n        ask('Your name? ')\n    except Exception:\n        print('nobody there')",
    )


@harmless()
def an_alarm_of_their_own(notebook):
    """A timeout decorator with signal.alarm, used in a cell, and its handler left in place."""
    on_top(
        notebook,
        "import faulthandler, signal\n\n\ndef too_long(*_):\n    raise TimeoutError\n\n\n"
        "signal.signal(signal.SIGALRM, too_long)\nsignal.alarm(5)\nsum(range(1000))\nsignal.alarm(0)\nsignal.signal(signal.SIGTERM, too_long)",
    )


@harmless()
def memory_looked_after(notebook):
    """The garbage collector off and called by hand, tracemalloc on, names deleted."""
    on_top(
        notebook, "import gc, tracemalloc\ngc.disable()\ntracemalloc.start()\nx = y = [0] * 1000\ndel x, y"
    )
    in_answers(notebook, "tmp = [1]\ndel tmp\ngc.collect(0)")


@harmless()
def a_slow_first_cell(notebook):
    """The first cell takes two seconds."""
    on_top(notebook, "import time\ntime.sleep(2)")
