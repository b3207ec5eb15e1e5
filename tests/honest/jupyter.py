"""What Jupyter and IPython offer: magics, the shell, displays, plots, bars, widgets, await."""

from tests.honest.tools import answers, harmless, in_answers, on_top


@harmless(shows="loop")
def line_magics(notebook):
    """The usual line magics: %timeit, %matplotlib, %config, %precision, %pwd, %who, %xmode, %env."""
    on_top(
        notebook,
        '%matplotlib inline\n%config InlineBackend.figure_format = "retina"\n%precision 3\n%xmode Minimal\n%env MY_SWITCH=1',
        "%timeit -n1 -r1 sum(range(100))\n%pwd\n%who",
    )


@harmless()
def autoreload(notebook):
    """%load_ext autoreload and %autoreload 2, which look at every module before every cell."""
    on_top(notebook, "%load_ext autoreload\n%autoreload 2")


@harmless(shows="Wall time")
def timed_answers(notebook):
    """%%time on top of every answer."""
    for cell in answers(notebook):
        cell.source = "%%time\n" + cell.source


@harmless()
def captured_answers(notebook):
    """%%capture on top of every answer."""
    for cell in answers(notebook):
        cell.source = "%%capture said\n" + cell.source + '\nprint("unseen")'


@harmless(shows="from the shell")
def shell_lines(notebook):
    """!ls, a list taken from the shell, and %%bash and %%sh cells."""
    on_top(
        notebook,
        "!ls -la\nfiles = !ls\n!echo from the shell",
        "%%bash\nfor i in 1 2; do echo $i; done\nls /",
        '%%sh\necho "plain sh" >&2',
    )


@harmless(shows="tqdm")
def pip_install_left_in(notebook):
    """A !pip install of something that is there, left at the top."""
    on_top(notebook, "!pip install tqdm || python -m pip install tqdm\n!pip list | grep tqdm")


@harmless()
def reset_at_the_top(notebook):
    """%reset -f as the first cell."""
    on_top(notebook, "x = 1", "%reset -f")


@harmless(shows="twice 42")
def looks_at_its_history(notebook):
    """Uses _, In, Out and get_ipython()."""
    on_top(
        notebook, "40 + 2", 'print("twice", _, len(In) > 0, isinstance(Out, dict), get_ipython() is not None)'
    )


@harmless(shows="'first'")
def every_expression_is_shown(notebook):
    """ast_node_interactivity = "all"."""
    on_top(
        notebook,
        'from IPython.core.interactiveshell import InteractiveShell\nInteractiveShell.ast_node_interactivity = "all"',
        '"first"\n"second"',
    )


@harmless(shows="<b>bold</b>")
def shows_html(notebook):
    """Shows HTML, Markdown, mathematics and JSON."""
    on_top(
        notebook,
        "from IPython.display import HTML, JSON, Markdown, Math, clear_output, display\nclear_output(wait=True)\n"
        'display(HTML("<b>bold</b>"), Markdown("*hm*"), Math("x^2"), JSON({"a": 1}))',
    )


@harmless(shows="Layer 0, head 0 of 3 layers")
def shows_visualisers_of_a_shipped_model(notebook):
    """Loads a shipped model and looks at its heads, and at a mask."""
    on_top(
        notebook,
        "from course import load_model, load_tokenizer\nfrom course.widgets import AttentionHeads, MaskExplorer\n"
        'display(AttentionHeads.of(load_model("bert"), load_tokenizer("bert"), "Ada plays the violin."))',
        'MaskExplorer("on the right side", "causal")',
    )


@harmless(shows="IntSlider(")
def widgets_are_made(notebook):
    """Makes widgets: a slider, an output area, interact."""
    on_top(
        notebook,
        'import ipywidgets\narea = ipywidgets.Output()\nwith area:\n    print("inside")\n'
        "ipywidgets.interact(lambda n: n * n, n=(0, 9))\ndisplay(ipywidgets.IntSlider(value=3))",
    )


@harmless(shows="image/png")
def plots_with_show(notebook):
    """A plot with plt.show() in a cell, and in each function the first few times."""
    on_top(notebook, "import matplotlib.pyplot as plt\nplotted = []\nplt.plot([1, 3, 2])\nplt.show()")
    in_answers(
        notebook,
        "if len(plotted) < 3:\n    plotted.append(1)\n    plt.figure(figsize=(1, 1)), plt.plot([1, 2]), plt.show()",
    )


@harmless(shows="image/png")
def plots_left_bare(notebook):
    """A plot that the end of its cell shows, and one that nobody closes."""
    on_top(
        notebook,
        "from matplotlib import pyplot as plt\nfigure, axes = plt.subplots()\naxes.imshow([[1, 2], [3, 4]])",
    )
    in_answers(notebook, "plt.plot([1, 2])")


@harmless(shows="100%")
def progress_bars(notebook):
    """tqdm bars, plain and by tqdm.auto, in cells and in functions."""
    on_top(
        notebook,
        'from tqdm import tqdm as bar\nfrom tqdm.auto import tqdm\nfor _ in bar(range(3), desc="plain"):\n    pass\nfor _ in tqdm(range(3), desc="auto"):\n    pass',
    )
    in_answers(notebook, "for _ in tqdm(range(3)):\n    pass\nfor _ in bar(range(3)):\n    pass")


@harmless()
def progress_bars_of_notebooks(notebook):
    """tqdm.notebook, whose bars are widgets."""
    on_top(notebook, "from tqdm.notebook import tqdm, trange\nfor _ in trange(3):\n    pass")
    in_answers(notebook, "for _ in tqdm(range(3)):\n    pass")


@harmless(shows="<td>")
def tables_of_pandas(notebook):
    """A pandas table, with display options set."""
    on_top(
        notebook,
        'import pandas as pd\npd.set_option("display.max_rows", 5)\ndisplay(pd.DataFrame({"col_a": [1, 2]}))\npd.Series([1.0])',
    )


@harmless(shows="the answer is awaited")
def awaits_at_top_level(notebook):
    """Top-level await, an async function, and a task that goes on in the background."""
    on_top(
        notebook,
        "import asyncio\n\n\nasync def slowly():\n    await asyncio.sleep(0.01)\n    return 'the answer is awaited'\n\n\nprint(await slowly())",
        "task = asyncio.create_task(asyncio.sleep(30))\nawait asyncio.gather(slowly(), slowly())",
    )
