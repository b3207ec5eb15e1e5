"""Code that never ends, eats memory or disk, floods, kills its process or breaks what it stands on."""

from tests.crashes.tools import anything_goes, runs

STOPPED = "was stopped after"
DIED = "the kernel died"
MEMORY = "more memory"
FILLING = 10.0  # seconds in which also a busy machine fills its memory


# Never ends


@runs(call="time-limit", answer="time-limit", scratch=STOPPED)
def loop():
    """An infinite loop in Python."""
    return "while True:\n    pass"


@runs(call="time-limit", answer="time-limit", scratch=STOPPED)
def loop_that_swallows_everything():
    """A loop that catches BaseException and goes on."""
    return "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass"


@runs(call="time-limit", answer="time-limit")
def loop_that_ignores_signals():
    """All signals ignored and blocked, then a loop."""
    return """\
import signal
for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
while True:
    pass"""


@runs(call="time-limit", scratch=STOPPED)
def alarm_turned_off():
    """The timer by which Python code is stopped is turned off, then a loop."""
    return "import signal\nsignal.setitimer(signal.ITIMER_REAL, 0)\nwhile True:\n    pass"


@runs(call="time-limit", scratch=STOPPED)
def power_in_c():
    """One power of whole numbers that takes years."""
    return "x = 9 ** (9 ** 9)"


@runs(call="time-limit")
def regular_expression():
    """A regular expression that backtracks for ever."""
    return 'import re\nre.match(r"(a+)+$", "a" * 64 + "b")'


@runs(call="time-limit", answer="time-limit", scratch=STOPPED)
def sum_in_c():
    """A sum over an endless iterator, in C, where no signal is looked at."""
    return "import itertools\nsum(itertools.repeat(1))"


@runs(call="time-limit")
def key_derivation():
    """A key derivation of two thousand million rounds, in C, without Python's lock."""
    return 'import hashlib\nhashlib.pbkdf2_hmac("sha256", b"x", b"y", 2**31 - 1)'


@runs(call="time-limit")
def matrix_product():
    """One torch operation that takes an hour."""
    return "import torch\ntorch.linalg.matrix_power(torch.eye(2000), 2**62 - 1)"


@runs(call="time-limit", scratch=STOPPED)
def sleeps():
    """time.sleep for a year."""
    return "import time\ntime.sleep(3e7)"


@runs(call="time-limit", answer="time-limit")
def deadlock():
    """A lock taken twice."""
    return "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()"


@runs(call="time-limit")
def deadlocked_threads():
    """Two threads that wait for each other, and a third that waits for both."""
    return """\
import threading, time
one, two = threading.Lock(), threading.Lock()
def take(first, second):
    with first:
        time.sleep(0.1)
        with second:
            pass
threads = [threading.Thread(target=take, args=pair) for pair in ((one, two), (two, one))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()"""


@runs(call="time-limit", scratch=STOPPED)
def thread_that_keeps_the_lock():
    """A thread in a C loop that never gives Python's lock back."""
    return "import itertools, threading, time\nthreading.Thread(target=lambda: sum(itertools.repeat(1)), daemon=True).start()\ntime.sleep(0.1)"


@runs(call="time-limit", answer="time-limit")
def stops_itself():
    """SIGSTOP to itself."""
    return "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"


@runs(answer="time-limit", scratch=STOPPED)
def awaits_for_ever():
    """A top-level await that never ends."""
    return "import asyncio\nawait asyncio.Event().wait()"


@runs(answer="time-limit")
def waits_for_a_program():
    """A program in the foreground that never ends."""
    return '!sleep 1000000\nimport subprocess\nsubprocess.run(["sleep", "1000000"])'


@runs(call="time-limit")
def generator_that_hangs():
    """Returns a generator whose first item never comes."""
    return "def endless():\n    while True:\n        pass\n    yield 1\nreturn endless()"


@runs(call="wrong-answer")
def generator_without_end():
    """Returns a generator that never ends."""
    return "import itertools\nreturn itertools.count()"


@runs(call=("error", "wrong-answer"))
def result_whose_repr_hangs():
    """Returns an object whose repr, length and comparisons never end."""
    return """\
class Slow:
    def hang(self, *_):
        while True:
            pass
    __repr__ = __str__ = __len__ = __eq__ = __bool__ = __iter__ = __float__ = hang
    __hash__ = None
return Slow()"""


@runs(scratch=STOPPED)
def value_whose_repr_hangs():
    """A cell's value whose repr never ends."""
    return "class Slow:\n    def __repr__(self):\n        while True:\n            pass\nSlow()"


@runs(call=("error", "time-limit"), answer=("error", "time-limit"))
def exception_whose_text_hangs():
    """Raises an exception whose text never comes."""
    return "class Slow(Exception):\n    def __str__(self):\n        while True:\n            pass\nraise Slow"


@runs(call="error", answer="error", scratch="")
def exception_whose_text_raises():
    """Raises an exception whose text raises another."""
    return (
        "class Bad(Exception):\n    def __str__(self):\n        raise Bad\n    __repr__ = __str__\nraise Bad"
    )


@runs(scratch=STOPPED)
def destructor_that_hangs():
    """An object whose __del__ never ends."""
    return "class Slow:\n    def __del__(self):\n        while True:\n            pass\nSlow()\nx = 1"


@runs(scratch="")
def left_behind():
    """Threads, programs and exit handlers that would keep any process from ending."""
    return """\
import atexit, os, subprocess, threading, time
threading.Thread(target=time.sleep, args=(1e6,)).start()
subprocess.Popen(["sleep", "1000000"], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(1e6)
    os._exit(0)
atexit.register(time.sleep, 1e6)"""


# Memory


@runs(call="memory-limit", answer="memory-limit", scratch=MEMORY, seconds=FILLING)
def list_that_grows():
    """A list of bytes that grows."""
    return "x = []\nwhile True:\n    x.append(bytearray(10**6))"


@runs(call="memory-limit", scratch=MEMORY, seconds=FILLING)
def tensors_that_pile_up():
    """Tensors of 4 MB that pile up."""
    return "import torch\nx = []\nwhile True:\n    x.append(torch.ones(10**6))"


@runs(call="memory-limit", answer="memory-limit", seconds=FILLING)
def tensor_far_too_large():
    """One tensor of 400 GB."""
    return "import torch\nx = torch.zeros(10**11)"


@runs(call=("memory-limit", "time-limit"))
def memory_and_no_complaint():
    """Takes what it gets, catches MemoryError and goes on."""
    return "x = []\nwhile True:\n    try:\n        x.append(bytearray(10**6))\n    except MemoryError:\n        pass"


FAMILY = """\
import mmap, os, time
for _ in range(5):
    if os.fork() == 0:
        {take}
        time.sleep(1000)
time.sleep(1000)"""


@runs(call="memory-limit", scratch=MEMORY, seconds=FILLING)
def memory_in_children():
    """Five processes of 200 MB each, none of them above the limit."""
    return FAMILY.format(take='x = b"1" * (2 * 10**8)')


@runs(call="memory-limit", seconds=FILLING)
def shared_memory_in_children():
    """Five processes, each with 200 MB of shared memory, which no single process counts as its own."""
    return FAMILY.format(
        take='x = mmap.mmap(-1, 2 * 10**8)\n        while x.tell() < 2 * 10**8:\n            x.write(b"1" * 10**6)'
    )


@runs(call=("error", "memory-limit"))  # refused, or counted
def memory_in_files_without_a_name():
    """Five files in memory of 200 MB each, which belong to no folder and are not mapped."""
    return """\
import os, time
files = [os.memfd_create("x") for _ in range(5)]
for file in files:
    for _ in range(200):
        os.write(file, bytes(10**6))
time.sleep(1000)"""


@runs(call=("error", "memory-limit"))  # refused, or counted
def memory_of_system_v():
    """Five shared segments of 200 MB each, filled and let go, which stay all the same."""
    return """\
import ctypes, time
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
for _ in range(5):
    where = libc.shmat(libc.shmget(0, 2 * 10**8, 0o1600), None, 0)
    ctypes.memset(where, 1, 2 * 10**8)
    libc.shmdt(ctypes.c_void_p(where))
time.sleep(1000)"""


# Processes and threads


@runs(call=("error", "memory-limit", "time-limit"), answer=("error", "memory-limit", "time-limit"))
def fork_bomb():
    """Forks without end."""
    return "import os\nwhile True:\n    os.fork()"


@runs(call=("time-limit", "memory-limit"))
def fork_bomb_that_goes_on():
    """Forks without end, and goes on when it cannot."""
    return "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass"


@anything_goes
def bomb_of_the_shell():
    """The shell's own fork bomb, left running in the background."""
    return "import subprocess\nsubprocess.Popen(['bash', '-c', ':(){ :|:& };:'])"


@runs(call=("error", "memory-limit"), answer=("error", "memory-limit"))
def thread_bomb():
    """Starts threads without end."""
    return "import threading, time\nwhile True:\n    threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()"


# Disk


def _filler(folder):
    return f"""\
import os, pathlib
for number in range(10**6):
    with open(pathlib.Path({folder!r}, f"filler-{{number}}"), "wb") as file:
        for _ in range(100):
            file.write(bytes(10**6))"""


@runs(call="error", answer="error", scratch="")
def fills_the_working_folder():
    """Writes files until there is no room, where the notebook is."""
    return _filler(".")


@runs(call="error")
def fills_tmp():
    """Writes files until there is no room, in /tmp."""
    return _filler("/tmp")


@runs(call="error")
def fills_shared_memory():
    """Writes files until there is no room, in /dev/shm."""
    return _filler("/dev/shm")


@runs(call="error")
def one_file_without_end():
    """One file that grows without end."""
    return 'with open("big", "wb") as file:\n    while True:\n        file.write(bytes(10**6))'


@runs(call=("error", "time-limit"))
def files_without_end():
    """Empty files and folders without end."""
    return "import os\nfor i in range(10**7):\n    open(str(i), 'x').close()\n    os.mkdir(f'd{i}')"


# Output


@runs(call="time-limit", answer="time-limit", scratch=STOPPED)
def prints_for_ever():
    """Prints without end."""
    return 'while True:\n    print("y" * 1000)'


@runs(call="time-limit", scratch=STOPPED)
def displays_for_ever():
    """Displays without end."""
    return "from IPython.display import HTML, display\nwhile True:\n    display(HTML('<p>' + 'y' * 1000))"


@runs(scratch="")
def a_line_of_100_megabytes():
    """One line of 100 MB."""
    return 'print("y" * 10**8)'


@runs(call="memory-limit", scratch="", seconds=FILLING)
def a_line_of_a_gigabyte():
    """One line of 1 GB."""
    return 'print("y" * 10**9)'


@runs(call="error", answer="error", scratch="")
def an_exception_of_50_megabytes():
    """An exception whose text has 50 MB."""
    return 'raise ValueError("y" * 5 * 10**7)'


@runs(call="error")
def a_result_of_200_megabytes():
    """Returns a tensor of 200 MB."""
    return "import torch\nreturn torch.zeros(5 * 10**7)"


@runs(call=("error", "wrong-answer"))
def a_result_larger_than_it_looks():
    """Returns one number, expanded to 10^15."""
    return "import torch\nreturn torch.zeros(1).expand(10**15)"


@runs(call=("error", "wrong-answer"))
def a_result_nested_deep():
    """Returns a list nested a hundred thousand deep."""
    return "x = []\nfor _ in range(10**5):\n    x = [x]\nreturn x"


@runs(call=("error", "wrong-answer"))
def a_result_that_holds_itself():
    """Returns a list that holds itself, many times."""
    return "x = []\nx += [x, x, x]\nreturn x"


# Kills itself


@runs(call="error", answer="error", scratch=DIED)
def segfault():
    """Reads memory at address 0."""
    return "import ctypes\nctypes.string_at(0)"


@runs(call="error", answer="error", scratch=DIED)
def leaves_at_once():
    """os._exit(0)."""
    return "import os\nos._exit(0)"


@runs(call="error", answer="error", scratch=DIED)
def aborts():
    """os.abort()."""
    return "import os\nos.abort()"


@runs(call="error", answer="error", scratch="")
def leaves_politely():
    """sys.exit()."""
    return "import sys\nsys.exit()"


@runs(answer="error", scratch="")
def quits():
    """quit() and exit(), as in a shell."""
    return "quit()\nexit()\nraise SystemExit"


@runs(call="error", answer="error", scratch="")
def keyboard_interrupt():
    """raise KeyboardInterrupt."""
    return "raise KeyboardInterrupt"


@runs(call="error", answer="error", scratch="")
def generator_exit():
    """raise GeneratorExit."""
    return "raise GeneratorExit"


@runs(call="error", answer="error", scratch="")
def exception_of_no_usual_kind():
    """Raises a BaseException of its own."""
    return "class Mine(BaseException):\n    pass\nraise Mine"


def _kills(signal):
    return f"import os, signal\nos.kill(os.getpid(), signal.{signal})"


@runs(call="error", answer="error", scratch=DIED)
def sigkill():
    """SIGKILL to itself."""
    return _kills("SIGKILL")


@runs(call="error")
def sigsegv():
    """SIGSEGV to itself."""
    return _kills("SIGSEGV")


@runs(call="error", answer="error")
def sigterm():
    """SIGTERM to itself."""
    return _kills("SIGTERM")


@runs(call="error")
def sigint():
    """SIGINT to itself."""
    return _kills("SIGINT") + "\nfor _ in range(10**6):\n    pass"


@runs(call="error")
def kills_its_group():
    """SIGKILL to its process group."""
    return "import os, signal\nos.killpg(0, signal.SIGKILL)"


@runs(scratch="")
def kills_all_it_can():
    """SIGKILL to every process in sight, and to its parent."""
    return "import os, signal\nfor pid in (-1, os.getppid(), 1):\n    try:\n        os.kill(pid, signal.SIGKILL)\n    except OSError:\n        pass"


@runs(call="error", answer="error")
def closes_all_descriptors():
    """Closes every descriptor it has."""
    return "import os\nos.closerange(0, 1024)"


@runs(call="error")
def writes_into_all_descriptors():
    """Writes into every descriptor it has."""
    return "import os\nfor number in range(3, 1024):\n    try:\n        os.write(number, b'\\xff' * 64)\n    except OSError:\n        pass"


@runs(call="error", answer="error", scratch=DIED)
def becomes_another_program():
    """execv: another program in place of the kernel."""
    return 'import os\nos.execv("/bin/sleep", ["sleep", "1000"])'


@runs(call="error", answer="error")
def lives_on_in_a_child():
    """Forks; the parent leaves and the child loops."""
    return "import os\nif os.fork():\n    os._exit(0)\nwhile True:\n    pass"


@runs(call="wrong-answer")
def answers_twice():
    """Forks, and both return."""
    return "import os\nos.fork()\nreturn None"


@runs(call="error", answer="error", cell=60.0)
def recursion():
    """Calls itself without end."""
    return "def again():\n    again()\nagain()"


@runs(call=("error", "memory-limit"), answer=("error", "memory-limit"))
def recursion_without_limit():
    """Calls itself without end, with the limit on recursion lifted."""
    return "import sys\nsys.setrecursionlimit(2**31 - 1)\nclass A:\n    def __getattr__(self, name):\n        return getattr(self, name)\nA().x"


@runs(call="error")
def recursion_in_c():
    """Goes through deep data in C, where nobody counts, until the stack ends."""
    return "x = ()\nfor _ in range(2 * 10**5):\n    x = (x,)\nhash(x)"


# Breaks what it stands on


@anything_goes
def no_builtins():
    """Empties the builtins."""
    return "import builtins\nfor name in list(vars(builtins)):\n    del vars(builtins)[name]"


@anything_goes
def no_modules():
    """Empties sys.modules and sys.path."""
    return "import sys\nsys.modules.clear()\nsys.path.clear()"


@anything_goes
def no_shell():
    """Breaks IPython's shell: its namespace, its way to run a cell."""
    return (
        "shell = get_ipython()\nshell.run_cell = shell.run_cell_async = None\nshell.events.callbacks.clear()"
    )


@anything_goes
def threads_that_spin():
    """Eight threads that count for ever."""
    return "import threading\ndef spin():\n    while True:\n        pass\nfor _ in range(8):\n    threading.Thread(target=spin, daemon=True).start()"


@runs(scratch="")
def removes_its_folders():
    """Removes its working folder and all that it may remove."""
    return "import os, shutil\nfor folder in (os.getcwd(), '/tmp', '/dev/shm', os.path.expanduser('~')):\n    shutil.rmtree(folder, ignore_errors=True)"
