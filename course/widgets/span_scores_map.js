// The map of all spans: a square on a canvas with the tokens and their probabilities beside it, one cell that keyboard and mouse share,
// and a magnified part of it where the cells are small. span_scores.js tells it what is so; it draws, and says where the hand is.

const MAP_SIZE = 440; // pixels for the square, at most
const MAP_NAMED = 11; // the smallest cell that has room for a token beside it
const MAP_BARS = 48; // pixels for a bar at its full length
const LENS = { count: 15, size: 17 };
const TILE = 10; // of the patterns

// What each pattern is made of, in a tile of 10: each has a corner of its own, so that several can lie on one another.
const PATTERNS = { [BACKWARDS]: "M1 5L5 1", [LONG]: "M6.6 2.5h2M7.6 1.5v2", [OUTSIDE]: "M1 8H5", [PADDING]: "M7.6 6V9.5" };

const patternSvg = (reason) => svg("svg", { class: "ctr-scores-swatch", viewBox: "0 0 30 20", "aria-hidden": "true" },
  ...[0, 10, 20].flatMap((x) => [0, 10].map((y) => svg("path", { d: PATTERNS[reason], transform: `translate(${x} ${y})` }))));

function spanMap(truth, on) {
  const { n, tokens, own } = truth;
  const size = Math.max(1, Math.min(26, Math.floor(MAP_SIZE / n)));
  const side = n * size;
  const lensed = size < MAP_NAMED;
  const shown = Math.min(n, LENS.count);
  const canvas = html("canvas", { class: "ctr-scores-canvas", "aria-hidden": "true" });
  const band = (name) => html("div", { class: `ctr-scores-band ctr-scores-${name}` });
  const [rowBand, columnBand, box, pin] = [band("row"), band("column"), html("div", { class: "ctr-scores-box" }), html("div", { class: "ctr-scores-pin" })];
  const cell = html("div", { role: "gridcell", tabindex: 0, class: "ctr-scores-cell" });
  const cells = html("div", { role: "row" }, cell);
  const area = html("div", { class: "ctr-scores-area" }, canvas, rowBand, columnBand, pin, box, cells);
  const names = (name, list, cellSize) => html("div", { class: `ctr-scores-${name}`, "aria-hidden": "true", style: `--ctr-scores-cell: ${cellSize}px` }, ...list.map((token) => html("span", { dir: "auto" }, token)));
  const [startBars, endBars] = [html("canvas", { class: "ctr-scores-starts", "aria-hidden": "true" }), html("canvas", { class: "ctr-scores-ends", "aria-hidden": "true" })];
  const scale = [0.2, 0.4, 0.6, 0.8, 1].find((one) => Math.max(...truth.first.chances, ...truth.last.chances) <= one + 1e-12);
  const corner = html("div", { class: "ctr-scores-corner ctr-soft", "aria-hidden": "true" }, "last \u2192", html("br"), "first \u2193", html("br"), `bars to ${Math.round(scale * 100)} %`);
  const element = html("div", { class: `ctr-scores-map${lensed ? " ctr-scores-small" : ""}`, role: "grid", "aria-label": "Spans: the first token down, the last token across", "aria-rowcount": n, "aria-colcount": n, style: `--ctr-scores-cell: ${size}px; --ctr-scores-side: ${side}px; --ctr-scores-bars: ${MAP_BARS}px` },
    corner, names("lasts", lensed ? [] : tokens, size), endBars, names("firsts", lensed ? [] : tokens, size), startBars, area);
  const lensCanvas = html("canvas", { class: "ctr-scores-canvas" });
  const lensBox = html("div", { class: "ctr-scores-box" });
  const lens = html("div", { class: "ctr-scores-lens", hidden: !lensed, "aria-hidden": "true", style: `--ctr-scores-cell: ${LENS.size}px; --ctr-scores-side: ${shown * LENS.size}px` });
  let state = null; // {longest, best, chosen, pinned}
  let at = [0, 0];
  let colours = null;

  const inside = (value) => Math.max(0, Math.min(n - 1, value));

  function place(i, j) {
    rowBand.style.transform = `translateY(${i * size}px)`;
    columnBand.style.transform = `translateX(${j * size}px)`;
    for (const one of [box, cell]) one.style.transform = `translate(${j * size}px, ${i * size}px)`;
    if (!lensed || colours === null) return;
    const [top, left] = [i, j].map((middle) => Math.max(0, Math.min(n - shown, middle - Math.floor(shown / 2))));
    paint(lensCanvas, [top, left], shown, LENS.size);
    lensBox.style.transform = `translate(${(j - left) * LENS.size}px, ${(i - top) * LENS.size}px)`;
    lens.replaceChildren(names("lasts", tokens.slice(left, left + shown), LENS.size), names("firsts", tokens.slice(top, top + shown), LENS.size),
      html("div", { class: "ctr-scores-area" }, lensCanvas, lensBox));
  }

  function choose(i, j) {
    at = [inside(i), inside(j)];
    place(...at);
    cells.setAttribute("aria-rowindex", at[0] + 1);
    cell.setAttribute("aria-colindex", at[1] + 1);
    cell.setAttribute("aria-label", on.speak(...at));
    on.hover(...at);
  }

  cell.addEventListener("keydown", (event) => {
    const jump = Math.max(2, Math.round(n / 8));
    const [i, j] = at;
    const to = {
      ArrowUp: [i - 1, j], ArrowDown: [i + 1, j], ArrowLeft: [i, j - 1], ArrowRight: [i, j + 1], PageUp: [i - jump, j], PageDown: [i + jump, j],
      Home: [event.ctrlKey ? 0 : i, 0], End: [event.ctrlKey ? n - 1 : i, n - 1],
    }[event.key];
    if (to && !event.altKey && !event.metaKey) choose(...to);
    else if (event.key === "Enter" || event.key === " ") on.pin(...at);
    else if (event.key === "Escape" && state.pinned) on.pin(...state.pinned);
    else return;
    event.preventDefault();
  });

  function under(event) {
    const edge = area.getBoundingClientRect();
    return [inside(Math.floor(((event.clientY - edge.top) / edge.height) * n)), inside(Math.floor(((event.clientX - edge.left) / edge.width) * n))];
  }
  area.addEventListener("pointermove", (event) => {
    const now = under(event);
    place(...now);
    on.hover(...now);
  });
  area.addEventListener("pointerleave", () => {
    place(...at);
    on.hover(...at);
  });
  area.addEventListener("click", (event) => {
    choose(...under(event));
    on.pin(...at);
    cell.focus({ preventScroll: true });
  });

  // --- drawing ---

  // Shades from the paper's colour to a mark's, 256 of each: blue for what can be an answer, grey for what cannot.
  function shades(to) {
    const [paper, mark] = [rgbOf(colours.paper), rgbOf(to)];
    return Uint32Array.from({ length: 256 }, (_, share) => {
      const [r, g, b] = paper.map((from, k) => Math.round(from + (share / 255) * (mark[k] - from)));
      return (255 << 24) | (b << 16) | (g << 8) | r;
    });
  }

  // `count` by `count` cells from (top, left) on, each `cellSize` large.
  function paint(target, [top, left], count, cellSize) {
    const ratio = Math.min(3, Math.max(1, window.devicePixelRatio || 1));
    const wide = count * cellSize;
    target.width = target.height = Math.max(1, Math.round(wide * ratio));
    target.style.width = target.style.height = `${wide}px`;
    const context = target.getContext("2d");
    const [seen, grey, image] = [shades(colours.seen), shades(colours.grey), new ImageData(count, count)];
    const words = new Uint32Array(image.data.buffer);
    for (let i = 0, k = 0; i < count; i += 1) {
      for (let j = 0; j < count; j += 1, k += 1) {
        const log = truth.first.logs[top + i] + truth.last.logs[left + j];
        const share = Math.round(255 * Math.max(0, Math.min(1, 1 - log / FOOT)));
        words[k] = (truth.bits(top + i, left + j, state.longest) === 0 ? seen : grey)[share];
      }
    }
    const small = html("canvas", { width: count, height: count });
    small.getContext("2d").putImageData(image, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(small, 0, 0, target.width, target.height);
    context.scale(ratio, ratio);
    context.save();
    context.translate(-left * cellSize, -top * cellSize);
    drawPatterns(context, [top, left], count, cellSize, ratio);
    drawAllowed(context, cellSize);
    drawMarks(context, cellSize);
    context.restore();
  }

  // Where a reason holds, its pattern: in cells that are large enough each cell has it once.
  function drawPatterns(context, [top, left], count, cellSize, ratio) {
    const tile = cellSize >= TILE ? cellSize : TILE;
    for (const reason of [BACKWARDS, LONG, OUTSIDE, PADDING]) {
      const small = html("canvas", { width: Math.round(tile * ratio), height: Math.round(tile * ratio) });
      const pen = small.getContext("2d");
      pen.scale((tile * ratio) / TILE, (tile * ratio) / TILE);
      pen.strokeStyle = colours.ink;
      pen.globalAlpha = 0.62;
      pen.lineWidth = TILE / tile;
      pen.stroke(new Path2D(PATTERNS[reason]));
      const pattern = context.createPattern(small, "repeat");
      pattern.setTransform(new DOMMatrix().scale(tile / small.width));
      context.fillStyle = pattern;
      context.beginPath();
      for (let i = top; i < top + count; i += 1) {
        let from = -1; // a run of cells in this row
        for (let j = left; j <= left + count; j += 1) {
          const has = j < left + count && truth.bits(i, j, state.longest) & reason;
          if (has && from < 0) from = j;
          if (has || from < 0) continue;
          context.rect(from * cellSize, i * cellSize, (j - from) * cellSize, cellSize);
          from = -1;
        }
      }
      context.fill();
    }
  }

  // A line around what can be an answer.
  function drawAllowed(context, cellSize) {
    const [from, to] = [own.indexOf(0), own.lastIndexOf(0) + 1];
    const path = new Path2D();
    const go = (i, j) => path.lineTo(j * cellSize, i * cellSize);
    path.moveTo(from * cellSize, from * cellSize);
    for (let i = from; i < to; i += 1) {
      const end = Math.min(to, i + state.longest);
      go(i, end);
      go(i + 1, end);
    }
    for (let i = to; i > from; i -= 1) {
      go(i, i - 1);
      go(i - 1, i - 1);
    }
    path.closePath();
    context.strokeStyle = colours.seen;
    context.lineWidth = cellSize >= 6 ? 2 : 1.5;
    context.stroke(path);
  }

  function drawMarks(context, cellSize) {
    const middle = (k) => (k + 0.5) * cellSize;
    const narrow = cellSize < MAP_NAMED;
    context.lineJoin = "round";
    const haloed = (path, colour, wide) => {
      for (const [look, width] of [[colours.paper, wide + 2.5], [colour, wide]]) {
        context.strokeStyle = look;
        context.lineWidth = width;
        context.stroke(path);
      }
    };
    const write = (said, x, y, points) => {
      context.font = `700 ${points}px system-ui, sans-serif`;
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.strokeStyle = colours.paper;
      context.lineWidth = 3.5;
      context.strokeText(said, x, y);
      context.fillStyle = colours.ink;
      context.fillText(said, x, y);
    };
    if (state.chosen) {
      const [y, x, r] = [middle(state.chosen[0]), middle(state.chosen[1]), Math.max(7, cellSize * 0.85)];
      haloed(new Path2D(`M${x} ${y - r}L${x + r} ${y}L${x} ${y + r}L${x - r} ${y}Z`), colours.edited, 2.5);
    }
    state.best.forEach(([i, j], rank) => {
      if (!narrow) return write(rank + 1, middle(j), middle(i) + 0.5, Math.min(13, cellSize * 0.85));
      const ring = new Path2D();
      ring.arc(middle(j), middle(i), 3.5, 0, 2 * Math.PI);
      haloed(ring, colours.ink, 1.5);
      if (rank === 0) write(1, middle(j) + 10, middle(i) - 8, 11); // the others lie close to it: the list has their places
    });
    if (!state.best.some(([i, j]) => i + j === 0)) write("\u2205", narrow ? 6 : middle(0), narrow ? 6 : middle(0), narrow ? 10 : Math.min(13, cellSize * 0.85));
  }

  function drawBars(target, chances, upright) {
    const ratio = Math.min(3, Math.max(1, window.devicePixelRatio || 1));
    const [wide, high] = upright ? [side, MAP_BARS] : [MAP_BARS, side];
    target.width = Math.round(wide * ratio);
    target.height = Math.round(high * ratio);
    target.style.width = `${wide}px`;
    target.style.height = `${high}px`;
    const context = target.getContext("2d");
    context.scale(ratio, ratio);
    context.fillStyle = colours.seen;
    const gap = size > 4 ? 1 : 0;
    chances.forEach((chance, k) => {
      const long = (chance / scale) * (MAP_BARS - 2);
      if (upright) context.fillRect(k * size + gap, MAP_BARS - 1 - long, size - 2 * gap, long);
      else context.fillRect(MAP_BARS - 1 - long, k * size + gap, long, size - 2 * gap);
    });
    context.fillStyle = colours.soft;
    context.fillRect(upright ? 0 : MAP_BARS - 1, upright ? MAP_BARS - 1 : 0, upright ? side : 1, upright ? 1 : side);
  }

  function paintAll() {
    if (state === null) return;
    colours = coloursOf(element, { paper: "--ctr-paper", seen: "--ctr-seen-line", soft: "--ctr-soft", grey: "--ctr-scores-grey", ink: "--ctr-ink", edited: "--ctr-centre-line" });
    paint(canvas, [0, 0], n, size);
    drawBars(startBars, truth.first.chances, false);
    drawBars(endBars, truth.last.chances, true);
    place(...on.shown());
  }

  function draw(next) {
    state = next;
    pin.hidden = state.pinned === null;
    if (state.pinned) pin.style.transform = `translate(${state.pinned[1] * size}px, ${state.pinned[0] * size}px)`;
    paintAll();
    cell.setAttribute("aria-label", on.speak(...at));
  }

  return { element, lens, draw, choose, focus: () => cell.focus(), at: () => at, close: onTheme(element, paintAll) };
}
