"""The visualisers without a notebook: a page for each and one that leads to them, as plain files.

    build(folder)          # index.html and a page a visualiser, for any web server
    serve()                # the same on this machine, opened in the browser (`make explorer`)

A visualiser that is to be seen here is one line of `GALLERY`.
"""

import functools
import html
import http.server
import tempfile
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from course import masks, widgets
from course.widgets.base import Visualiser

SENTENCE = "we were on the right side of history, so they changed the law"
ASKED = "where does ida live ?"
TOLD = "ida lives in alder ##ton . bo lives in moss ##bury , where he bakes bread ."


class Shown(NamedTuple):
    """A page of the gallery: its file's stem, its title, one sentence, and what makes the visualiser."""

    stem: str
    title: str
    sentence: str
    make: Callable[[], Visualiser]


def _explorer() -> Visualiser:
    return widgets.MaskExplorer(SENTENCE, masks.prefix_lm(5) & masks.padding(12), layers=3)


def _stepper() -> Visualiser:
    return widgets.WindowStepper(SENTENCE.split(",")[0], radius=2, position=4)


def _map() -> Visualiser:
    """BERT's own word vectors, read from its file: no need of torch to look at a table."""
    from course import microworld

    vectors, vocabulary = _word_vectors()
    number = {word: i for i, word in enumerate(vocabulary)}
    kinds = {
        word: kind for kind, words in microworld(seed=0).groups().items() for word in words if word in number
    }
    return widgets.EmbeddingMap(vectors[[number[word] for word in kinds]], list(kinds), kinds)


def _reader() -> Visualiser:
    """ELMo on two sentences in which *right* means two things."""
    from course import load_model, load_tokenizer

    text = "We were on the right side of history. The shop is on the right side of the street."
    return widgets.ElmoReader.of(load_model("elmo"), load_tokenizer("elmo"), text, position=5)


def _heads() -> Visualiser:
    """BERT's heads on two sentences that say the same: heads that look for where a word stands again."""
    from course import load_model, load_tokenizer

    told, again = "Ada plays the violin. Bo plays the harp.", "Ada plays the violin."
    shown = widgets.AttentionHeads.of(
        load_model("bert"), load_tokenizer("bert"), told, again, layer=1, head=1
    )
    shown.query = 1
    return shown


def _masking() -> Visualiser:
    tokens = SENTENCE.replace(",", " ,").split()
    return widgets.MaskingStepper(["[CLS]", *tokens, "[SEP]"], share=0.3, step="labels")


def _pair() -> Visualiser:
    """Pairs from short articles of the micro-world."""
    from course import microworld
    from course.widgets.window_stepper import tokens_of

    articles = microworld(seed=0).articles(4)
    return widgets.PairBuilder(
        [[tokens_of(sentence) for sentence in article.sentences] for article in articles]
    )


def _spans() -> Visualiser:
    text = (
        f"{SENTENCE} . others said that the street was theirs too , and that history would tell who was right"
    )
    return widgets.SpanStepper(text, rate=0.3, step="target", names=True)


def _buckets() -> Visualiser:
    """The shipped T5's encoder: each head's own idea of what is near."""
    from course import load_model

    return widgets.RelativeBuckets.of(load_model("t5"), offset=-1)


def _mixing() -> Visualiser:
    return widgets.MixingRates.of_glue(task="CoLA")


def _scores() -> Visualiser:
    """Scores written by hand, with all that can tempt a reader: a span too long, one that runs backwards, one in the question."""
    question, passage = ASKED.split(), TOLD.split()
    tokens = ["[CLS]", *question, "[SEP]", *passage, "[SEP]", "[PAD]", "[PAD]", "[PAD]"]
    kinds = [
        "special",
        *["question"] * len(question),
        "special",
        *["passage"] * len(passage),
        "special",
        *["padding"] * 3,
    ]
    starts = [1.5 - 0.05 * (11 * i % 97) for i in range(len(tokens))]  # a floor that is a little uneven
    ends = [1.5 - 0.05 * (17 * i % 89) for i in range(len(tokens))]
    for place, score in {0: 3.2, 1: 2.1, 3: 5.3, 9: 3.4, 10: 6.1, 15: 3.1, 16: 5.8}.items():
        starts[place] = score
    for place, score in {0: 2.6, 4: 4.7, 10: 3.0, 11: 5.8, 12: 3.2, 16: 2.9, 17: 5.9, 18: 2.4}.items():
        ends[place] = score
    return widgets.SpanScores(tokens, starts, ends, kinds, longest=6, chosen=(10, 17))


def _beam() -> Visualiser:
    """A small language written by hand: the likeliest first word leads astray, and a longer text wins from alpha 0.6 on."""
    import torch

    words = ["<s>", "</s>", "a", "the", "my", "small", "old", "cat", "dog", "sleeps", "barks", "quietly"]
    follows = {
        "<s>": {"a": 50, "the": 38, "my": 10}, "a": {"small": 38, "old": 24, "dog": 20, "cat": 16}, "the": {"cat": 88, "dog": 8, "old": 2},
        "my": {"cat": 60, "dog": 30, "old": 8}, "small": {"cat": 52, "dog": 46}, "old": {"dog": 60, "cat": 38},
        "cat": {"sleeps": 84, "</s>": 12}, "dog": {"barks": 56, "sleeps": 36, "</s>": 6}, "sleeps": {"</s>": 54, "quietly": 44},
        "barks": {"</s>": 82, "quietly": 12}, "quietly": {"</s>": 97},
    }  # fmt: skip
    shares = torch.full((len(words), len(words)), 0.2)  # in a hundred; what is not said above is seldom
    for word, after in follows.items():
        for other, share in after.items():
            shares[words.index(word), words.index(other)] = share
    shares[:, 0] = 0  # no text begins again
    return widgets.BeamTree(lambda ids: shares[ids[:, -1]].log(), [0], words, 1, most=7, width=2, widest=6)


def _next() -> Visualiser:
    """The shipped GPT at a place where much is possible, and one of it has just been said."""
    from course import load_model, load_tokenizer

    model, tokenizer = load_model("gpt", head="causal-lm"), load_tokenizer("gpt")
    return widgets.NextToken.of(
        model, tokenizer, "Ada likes meat. Bo likes", temperature=0.8, top_k=20, top_p=0.9, penalty=1.2
    )


def _trainable() -> Visualiser:
    """The shipped BERT with a head, and how large the gradient of one loss is in each of its parts."""
    import torch

    from course import load_model, load_tokenizer

    torch.manual_seed(0)  # the head starts at random
    model, tokenizer = load_model("bert", head="classification", num_labels=2), load_tokenizer("bert")
    batch = tokenizer("Ada plays the violin.", return_tensors="pt")
    shown = widgets.TrainableView(model, ["frozen", "biases", "unfreezing", "layerwise"])
    shown.epoch = 2
    return shown.measure(model(**batch, labels=torch.tensor([1])).loss)


def _adapters() -> Visualiser:
    """The shipped T5: adapters in both of its stacks, and both opened side by side."""
    from course import load_model

    model = load_model("t5", head="seq2seq-lm")
    return widgets.TrainableView(model, ["adapters", "unfreezing", "frozen", "fine-tuned"], adapter=32)


GALLERY = (
    Shown("masks", "Mask explorer", "Which token may attend to which: by name, joined, edited, through layers, as code.", _explorer),
    Shown("heads", "Attention heads", "What each head of a BERT looks at, in the text and as a square.", _heads),
    Shown("reader", "ELMo reader", "Two one-way readers: what each has read, what it expects, and the mix of their layers.", _reader),
    Shown("masking", "Masking stepper", "One sentence through BERT's masking, step by step, and a thousand times.", _masking),
    Shown("pair", "Pair builder", "How an example for next sentence prediction is made: a coin, two sentences, and what is cut.", _pair),
    Shown("spans", "Span stepper", "A text through T5's span corruption: noise, input, target, restored, and a thousand draws.", _spans),
    Shown("buckets", "Relative buckets", "T5's relative positions: which distances share a bucket, and what bias each head has learned for it.", _buckets),
    Shown("learns", "What learns", "A BERT's parts from the input up: frozen, learning, and how fast, in each way to fine-tune it.", _trainable),
    Shown("adapters", "What learns in a T5", "Adapters of any size in both stacks, and gradual unfreezing down both at once.", _adapters),
    Shown("mixing", "Mixing rates", "How often each task of GLUE is drawn when one model learns all: in proportion, with a temperature, equally.", _mixing),
    Shown("scores", "Span scores", "All spans that an extractive reader could answer with: which can be, which is best, and no answer.", _scores),
    Shown("beam", "Beam search", "Which texts a beam keeps in each step, which it drops, and what wins: by its width and by how length counts.", _beam),
    Shown("next", "Next token", "What a GPT expects next, and what repetition penalty, temperature, top-k and nucleus leave of it.", _next),
    Shown("window", "Window stepper", "What a fixed window sees of a sentence, and what it cannot.", _stepper),
    Shown("map", "Embedding map", "Word vectors on a plane, each word with its true neighbours.", _map),
)  # fmt: skip


def _word_vectors() -> tuple[np.ndarray, list[str]]:
    """(word, width) and the words of the shipped BERT."""
    from safetensors.numpy import load_file

    from course.models.loaders import SHIPPED
    from course.widgets.mask_explorer import vocabulary

    weights = load_file(SHIPPED / "bert" / "model.safetensors")
    return weights["bert.embeddings.word_embeddings.weight"].astype(np.float32), vocabulary()


def build(folder: str | Path, say: Callable[[str], None] = lambda line: None) -> Path:
    """Write the gallery into `folder`, which is made where it is not there; returns its index.html. Needs no network, nor do the pages."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    cards = []
    for shown in GALLERY:
        say(f"{shown.title} …")
        visualiser = shown.make()
        visualiser.save(folder / f"{shown.stem}.html")
        cards.append(_card(shown, visualiser))
        visualiser.close()
    index = folder / "index.html"
    index.write_text(_INDEX.replace("__CARDS__", "\n".join(cards)), encoding="utf-8")
    return index


def _card(shown: Shown, visualiser: Visualiser) -> str:
    title, sentence = html.escape(shown.title), html.escape(shown.sentence)
    return (
        f'<a class="card" href="{shown.stem}.html"><div class="picture">{visualiser._svg()}</div>'
        f"<h2>{title}</h2><p>{sentence}</p></a>"
    )


def serve(port: int = 0, browser: bool = True) -> int:
    """Serve the gallery to this machine alone until Ctrl+C. port: 0 takes a free one. Returns an exit code, 2 where the port is taken."""
    with tempfile.TemporaryDirectory(prefix="visualisers-") as folder:
        build(folder, say=lambda line: print(line, flush=True))
        handler = functools.partial(_Quiet, directory=folder)
        try:
            server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
        except (OSError, OverflowError) as error:
            print(
                f"Port {port} cannot be had: {getattr(error, 'strerror', None) or error}. Choose another with --port, or leave it out."
            )
            return 2
        address = f"http://127.0.0.1:{server.server_port}/"
        print(f"The visualisers are at {address} (Ctrl+C ends them).", flush=True)
        if browser:
            webbrowser.open(address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
        finally:
            server.server_close()
    return 0


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Nothing: a line for each request is noise."""


_INDEX = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>How Language Models Came to Read: the visualisers</title>
<style>
:root { color-scheme: light dark; }
body { margin: 0 auto; padding: 32px 24px; max-width: 1080px; background: light-dark(#ffffff, #111111); color: light-dark(#212121, #e8e8e8); font: 16px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 28px; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); gap: 20px; margin-top: 24px; }
.card { display: flex; flex-direction: column; padding: 16px; border: 1px solid light-dark(#bdbdbd, #616161); border-radius: 8px; color: inherit; text-decoration: none; }
.card:hover { border-color: light-dark(#0072b2, #56b4e9); }
.card:focus-visible { outline: 3px solid light-dark(#0b57d0, #8ab4f8); outline-offset: 2px; }
.card:first-child { grid-column: 1 / -1; }
.card h2 { margin: 12px 0 4px; font-size: 20px; }
.card p { margin: 0; }
.picture { display: flex; align-items: center; justify-content: center; height: 220px; overflow: hidden; }
.card:first-child .picture { height: 380px; }
.picture svg { max-height: 100%; }
</style>
</head>
<body>
<h1>How Language Models Came to Read</h1>
<p>The course's visualisers. They work offline, from the keyboard, and send nothing anywhere.</p>
<main class="cards">
__CARDS__
</main>
</body>
</html>
"""
