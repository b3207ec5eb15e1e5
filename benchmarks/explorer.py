"""How fast the mask explorer answers, in headless Chromium. Prints a table; needs Chromium.

    python -m benchmarks.explorer [--tokens 512]

A browser draws 60 times a second and a page waits for its turn, up to 16.7 ms, whatever it does. So each time is told twice: as work, which is the
script and then all that the page's thread does for the frame (styles, layout, painting), and whole, with the wait between the two.

hover       a pointer moves over random cells: from the event until the frame that shows it has been drawn, at random moments
edit        a click turns a cell over: the same, with what the chosen row reaches through 12 layers told and drawn
first       from the module's `render` to its first frame
heap        what 50 mounts and unmounts leave behind
"""

import argparse
import shutil
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from course import masks
from course.widgets import MaskExplorer

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# what happens in the page from an event until the next frame has been painted: a message sent inside a frame's callback is
# answered after that frame's drawing
TIMED = """async (act) => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => { const starts = performance.now(); const channel = new MessageChannel();
    channel.port1.onmessage = () => done([starts, performance.now()]); channel.port2.postMessage(0); }));
  await frame();
  await new Promise((done) => setTimeout(done, 17 * Math.random()));
  const began = performance.now();
  act();
  const script = performance.now() - began;
  const [starts, ends] = await frame();
  return [ends - began, script + ends - starts];
}"""
HOVER = """async (turns) => { const timed = TIMED; const area = document.querySelector(".ctr-grid-area"); const box = area.getBoundingClientRect(); const out = [];
  for (let i = 0; i < turns; i += 1) { const x = box.left + Math.random() * box.width; const y = box.top + Math.random() * box.height;
    out.push(await timed(() => area.dispatchEvent(new PointerEvent("pointermove", { clientX: x, clientY: y, bubbles: true })))); }
  return out; }""".replace("TIMED", TIMED)
EDIT = """async (turns) => { const timed = TIMED; const cell = document.querySelector("[role=gridcell]"); const out = []; cell.focus();
  for (let i = 0; i < turns; i += 1) { const press = (key) => cell.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    press("ArrowDown"); press("ArrowRight"); out.push(await timed(() => press(" "))); }
  return out; }""".replace("TIMED", TIMED)
FIRST = """async () => { const timed = TIMED; const el = document.getElementById("picture"); let close; const out = await timed(() => { close = el.view(); }); close(); return out; }""".replace("TIMED", TIMED)  # fmt: skip
MOUNT = "() => { const close = document.getElementById('picture').view(); close(); }"


def p95(values: list[float]) -> float:
    return sorted(values)[int(0.95 * (len(values) - 1))]


def measure(page, client, n: int, slower: int) -> None:
    """One line of the table."""
    client.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    hover = page.evaluate(HOVER, 120)
    edit = page.evaluate(EDIT, 30)
    first = [page.evaluate(FIRST) for _ in range(5)]
    client.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    shown = "   ".join(
        f"{p95([work for _, work in found]):6.1f} {p95([total for total, _ in found]):6.1f}"
        for found in (hover, edit)
    )
    print(f"{n:6} {slower:6}x   {shown}   {statistics.median(total for total, _ in first):7.1f}", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tokens", type=int, nargs="+", default=[16, 128, 512, 1024])
    given = parser.parse_args()
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    print("milliseconds: p95 of the work and of the whole; first picture: the median of the whole")
    print("tokens slower    hover  whole     edit  whole     first")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        page = browser.new_page(viewport={"width": 1300, "height": 1200})
        client = page.context.new_cdp_session(page)
        for n in given.tokens:
            explorer = MaskExplorer(
                [f"t{i}" for i in range(n)], masks.sliding_window(20) & masks.causal(), layers=12
            )
            page.goto(explorer.save(Path(folder) / "page.html").as_uri())
            page.wait_for_selector(".ctr-mask")
            for slower in (1, 4):
                measure(page, client, n, slower)

        def heap() -> int:
            client.send("HeapProfiler.collectGarbage")
            return client.send("Runtime.getHeapUsage")["usedSize"]

        page.goto(MaskExplorer().save(Path(folder) / "page.html").as_uri())
        for _ in range(5):
            page.evaluate(MOUNT)
        before = heap()
        for _ in range(50):
            page.evaluate(MOUNT)
        print(f"50 mounts and unmounts: {(heap() - before) / 1e6:.2f} MB more")
        browser.close()


if __name__ == "__main__":
    main()
