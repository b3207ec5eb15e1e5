// A square of cells on a canvas: tokens on both axes, one cell that keyboard and mouse share, cells that can be painted.
// mask_explorer.js tells it what each cell is; it draws, says where the hand is, and never decides what a mask is.

const BLOCKED = 0; // what a cell is, as bits of a number
const SEEN = 1;
const EDITED = 2;
const REACHED = 4; // not seen, but reached through several layers
const NOWHERE = 8; // there is no such cell: an encoder's query and a decoder's key
const UNKNOWN = 16; // not shown before the reader has answered

const GRID_SIZE = 620; // pixels that the cells may take in each direction, unless they are too many for that
const CELL = [1, 28]; // the smallest and the largest cell
const LABELLED = 11; // the smallest cell that has room for a token beside it
const DRAWN = 7; // the smallest cell that is drawn with a frame and marks; below, a cell is a dot

function cellSize(n) {
  return Math.max(CELL[0], Math.min(CELL[1], Math.floor(GRID_SIZE / Math.max(1, n))));
}

// `on` holds what the grid calls: hover(q, k) with null for leaving, paint([cells], value) where a cell is n * q + k, speak(q, k) for a
// sentence about a cell, keydown(event) for keys that it does not know itself.
function maskGrid(label, on) {
  const canvas = html("canvas", { class: "ctr-grid-canvas", "aria-hidden": "true" });
  const rowBand = html("div", { class: "ctr-grid-band" });
  const columnBand = html("div", { class: "ctr-grid-band" });
  const box = html("div", { class: "ctr-grid-box" });
  const block = html("div", { class: "ctr-grid-block", hidden: true });
  const cell = html("div", { role: "gridcell", tabindex: 0, class: "ctr-grid-cell" });
  const cells = html("div", { role: "row" }, cell);
  const area = html("div", { class: "ctr-grid-area" }, canvas, rowBand, columnBand, block, box, cells);
  const queries = html("div", { class: "ctr-grid-queries", "aria-hidden": "true" });
  const keys = html("div", { class: "ctr-grid-keys", "aria-hidden": "true" });
  const spoken = html("p", { class: "ctr-spoken", role: "status" });
  const element = html("div", { class: "ctr-grid", role: "grid", "aria-label": label }, html("span", { class: "ctr-grid-corner ctr-soft", "aria-hidden": "true" }, "query \u2193 key \u2192"), keys, queries, area);
  let state = { n: 0, kinds: new Uint8Array(0), tokens: [], source: 0 };
  let size = 1;
  let at = { q: Infinity, k: 0 }; // the last query first: it has most to see
  let from = null; // the other corner of a block, while one is drawn
  let painting = null;
  let colours = null;

  const inside = (value) => Math.max(0, Math.min(state.n - 1, value));
  const editable = () => on.paint && state.n > 0;

  function place(q, k) {
    const across = `translate(${k * size}px, ${q * size}px)`;
    rowBand.style.transform = `translateY(${q * size}px)`;
    columnBand.style.transform = `translateX(${k * size}px)`;
    box.style.transform = across;
    cell.style.transform = across;
  }

  function mark(q, k) {
    place(q, k);
    on.hover?.(q, k);
  }

  function choose(q, k, quietly = false) {
    at = { q: inside(q), k: inside(k) };
    mark(at.q, at.k);
    cells.setAttribute("aria-rowindex", at.q + 1);
    cell.setAttribute("aria-colindex", at.k + 1);
    const said = state.n > 0 ? on.speak(at.q, at.k) : "no tokens";
    cell.setAttribute("aria-label", said);
    if (!quietly) spoken.textContent = said;
  }

  function blockCells() {
    const a = from ?? at;
    const cells = [];
    for (let q = Math.min(a.q, at.q); q <= Math.max(a.q, at.q); q += 1) {
      for (let k = Math.min(a.k, at.k); k <= Math.max(a.k, at.k); k += 1) cells.push(q * state.n + k);
    }
    return cells;
  }

  function showBlock() {
    block.hidden = from === null || (from.q === at.q && from.k === at.k);
    if (block.hidden) return;
    const [q, k] = [Math.min(from.q, at.q), Math.min(from.k, at.k)];
    block.style.transform = `translate(${k * size}px, ${q * size}px)`;
    block.style.width = `${(Math.abs(from.k - at.k) + 1) * size}px`;
    block.style.height = `${(Math.abs(from.q - at.q) + 1) * size}px`;
  }

  // Every cell becomes the opposite of what the first one is.
  function paint(cells) {
    const value = state.kinds[cells[0]] & SEEN ? 0 : 1;
    const there = cells.filter((i) => !(state.kinds[i] & NOWHERE));
    if (there.length > 0) on.paint(there, value);
    from = null;
    showBlock();
    choose(at.q, at.k);
  }

  const wholeRow = (q) => Array.from({ length: state.n }, (_, k) => q * state.n + k);
  const wholeColumn = (k) => Array.from({ length: state.n }, (_, q) => q * state.n + k);

  function onKey(event) {
    const jump = Math.max(1, Math.round(state.n / 8));
    const moves = {
      ArrowUp: [at.q - 1, at.k], ArrowDown: [at.q + 1, at.k], ArrowLeft: [at.q, at.k - 1], ArrowRight: [at.q, at.k + 1],
      Home: [event.ctrlKey ? 0 : at.q, 0], End: [event.ctrlKey ? state.n - 1 : at.q, state.n - 1], PageUp: [at.q - jump, at.k], PageDown: [at.q + jump, at.k],
    };
    if (event.key in moves) {
      if (event.shiftKey && editable()) from ??= { ...at };
      else from = null;
      choose(...moves[event.key]);
      showBlock();
    } else if ((event.key === " " || event.key === "Enter") && editable()) paint(blockCells());
    else if (event.key === "r" && editable() && !event.ctrlKey && !event.metaKey) paint(wholeRow(at.q));
    else if (event.key === "c" && editable() && !event.ctrlKey && !event.metaKey) paint(wholeColumn(at.k));
    else if (event.key === "Escape" && from !== null) {
      from = null;
      showBlock();
    } else if (!on.keydown?.(event)) return;
    event.preventDefault();
  }
  cell.addEventListener("keydown", onKey);
  cell.addEventListener("focus", () => choose(at.q, at.k, true));

  function under(event) {
    const edge = area.getBoundingClientRect();
    const scale = (state.n * size) / edge.width; // what a page's zoom or transform made of it
    return { q: inside(Math.floor(((event.clientY - edge.top) * scale) / size)), k: inside(Math.floor(((event.clientX - edge.left) * scale) / size)) };
  }
  area.addEventListener("pointermove", (event) => {
    if (state.n === 0) return;
    const now = under(event);
    if (painting) {
      at = now;
      place(now.q, now.k);
      showBlock();
    } else mark(now.q, now.k);
  });
  area.addEventListener("pointerleave", () => {
    if (painting || state.n === 0) return;
    place(at.q, at.k);
    on.hover?.(null, null);
  });
  area.addEventListener("pointerdown", (event) => {
    if (state.n === 0 || event.button !== 0) return;
    const now = under(event);
    choose(now.q, now.k);
    if (!editable()) return;
    painting = now;
    from = { ...now };
    area.setPointerCapture(event.pointerId);
    event.preventDefault();
    cell.focus({ preventScroll: true });
  });
  area.addEventListener("pointerup", () => {
    if (!painting) return;
    const cells = blockCells();
    const first = painting.q * state.n + painting.k;
    painting = null;
    paint([first, ...cells.filter((i) => i !== first)]);
  });
  area.addEventListener("pointercancel", () => {
    painting = from = null;
    showBlock();
  });

  const VARIABLES = { paper: "--ctr-paper", seen: "--ctr-seen-line", line: "--ctr-grid-line", edited: "--ctr-centre-line", soft: "--ctr-soft", reached: "--ctr-grid-reached" };

  function drawCells() {
    const { n, kinds } = state;
    colours = coloursOf(element, VARIABLES);
    const ratio = Math.min(3, Math.max(1, window.devicePixelRatio || 1));
    canvas.width = Math.max(1, Math.round(n * size * ratio));
    canvas.height = canvas.width;
    canvas.style.width = canvas.style.height = `${n * size}px`;
    const context = canvas.getContext("2d");
    if (size < DRAWN) drawDots(context, ratio);
    else {
      context.scale(ratio, ratio);
      context.fillStyle = colours.paper;
      context.fillRect(0, 0, n * size, n * size);
      for (let q = 0, i = 0; q < n; q += 1) for (let k = 0; k < n; k += 1, i += 1) drawCell(context, kinds[i], k * size, q * size);
    }
    if (state.source > 0 && state.source < n && size >= DRAWN) {
      context.strokeStyle = colours.edited;
      context.lineWidth = 2;
      context.strokeRect(0, 0, state.source * size, state.source * size);
      context.strokeRect(0, state.source * size, state.source * size, (n - state.source) * size);
      context.strokeRect(state.source * size, state.source * size, (n - state.source) * size, (n - state.source) * size);
    }
  }

  function drawCell(context, kind, x, y) {
    const gap = size > 14 ? 1.5 : 0.5;
    const side = size - 2 * gap;
    if (kind & NOWHERE) return hatch(context, x, y);
    if (kind & SEEN) {
      context.fillStyle = colours.seen;
      context.fillRect(x + gap, y + gap, side, side);
    } else {
      context.strokeStyle = colours.line;
      context.lineWidth = 1;
      context.strokeRect(x + gap + 0.5, y + gap + 0.5, side - 1, side - 1);
      if (kind & UNKNOWN) return hatch(context, x, y);
      if (kind & REACHED) {
        context.fillStyle = colours.reached;
        context.beginPath();
        context.arc(x + size / 2, y + size / 2, size / 5, 0, 2 * Math.PI);
        context.fill();
      }
    }
    if (kind & EDITED) { // a corner turned over, in either state
      context.fillStyle = colours.edited;
      context.beginPath();
      context.moveTo(x + size - gap, y + gap);
      context.lineTo(x + size - gap - side / 2.2, y + gap);
      context.lineTo(x + size - gap, y + gap + side / 2.2);
      context.fill();
    }
  }

  function hatch(context, x, y) {
    context.strokeStyle = colours.line;
    context.lineWidth = 1;
    context.beginPath();
    for (let d = 0.25; d < 2; d += 0.5) {
      context.moveTo(x + Math.min(1, d) * size, y + Math.max(0, d - 1) * size);
      context.lineTo(x + Math.max(0, d - 1) * size, y + Math.min(1, d) * size);
    }
    context.stroke();
  }

  // Cells too small for marks: a dot each, put on the canvas at once.
  function drawDots(context, ratio) {
    const { n, kinds } = state;
    const rgb = Object.fromEntries(Object.entries(colours).map(([name, colour]) => [name, bytesOf(colour)]));
    const image = new ImageData(n, n);
    const words = new Uint32Array(image.data.buffer);
    for (let i = 0; i < kinds.length; i += 1) {
      const kind = kinds[i];
      words[i] = kind & (NOWHERE | UNKNOWN) ? rgb.line : kind & EDITED ? (kind & SEEN ? rgb.edited : rgb.soft) : kind & SEEN ? rgb.seen : kind & REACHED ? rgb.reached : rgb.paper;
    }
    const small = document.createElement("canvas");
    small.width = small.height = n;
    small.getContext("2d").putImageData(image, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(small, 0, 0, n * size * ratio, n * size * ratio);
  }

  function bytesOf(colour) {
    const [r, g, b] = rgbOf(colour);
    return (255 << 24) | (b << 16) | (g << 8) | r;
  }

  function axis(parent, word) {
    const { n, tokens } = state;
    const shown = size >= LABELLED;
    element.classList.toggle("ctr-grid-bare", !shown);
    parent.replaceChildren(...(shown ? tokens.slice(0, n).map((token, i) => html("span", { dir: "auto", title: `${word} ${i}`, onclick: () => editable() && paint(parent === queries ? wholeRow(i) : wholeColumn(i)) }, token)) : []));
  }

  let labelled = null;
  function draw(next) {
    state = next;
    const { n } = state;
    size = cellSize(n);
    element.style.setProperty("--ctr-grid-cell", `${size}px`);
    element.style.setProperty("--ctr-grid-side", `${n * size}px`);
    element.setAttribute("aria-rowcount", n);
    element.setAttribute("aria-colcount", n);
    if (labelled !== state.tokens) {
      labelled = state.tokens;
      axis(queries, "query");
      axis(keys, "key");
    }
    drawCells();
    at = n > 0 ? { q: inside(at.q), k: inside(at.k) } : { q: Infinity, k: 0 };
    place(at.q, at.k);
    cell.setAttribute("aria-label", n > 0 ? on.speak(at.q, at.k) : "no tokens");
  }

  const close = onTheme(element, () => state.n > 0 && drawCells());

  return {
    element, spoken, draw, choose, canvas,
    focus: () => cell.focus(),
    at: () => at,
    close,
  };
}
