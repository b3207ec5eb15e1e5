// The heads viewer: every head as a thumbnail, the chosen one large, and what a query looks at in the text itself.

const HEADS_SIZE = 560; // pixels for the large square, at most
const HEADS_NAMED = 11; // the smallest cell that has room for a token beside it

function render({ model, el }) {
  const root = stage(el, "ctr-heads", "Attention heads");
  const [layers, heads] = [model.get("layers"), model.get("heads")];
  const [tokens, queries] = [model.get("tokens"), model.get("queries")];
  const [rows, columns] = [queries.length, tokens.length];
  const weights = numbers(Uint8Array, model.get("_weights"));
  const packed = model.get("_mask");
  const mask = packed.byteLength > 0 ? numbers(Uint8Array, packed) : null;
  const size = Math.max(2, Math.min(26, Math.floor(HEADS_SIZE / Math.max(rows, columns))));
  const small = Math.max(22, Math.min(64, Math.floor(Math.min(620 / heads, 320 / layers)) - 4));
  let hovered = null;

  const chosen = () => weights.subarray(offset(model.get("layer"), model.get("head")), offset(model.get("layer"), model.get("head")) + rows * columns);
  const offset = (layer, head) => (layer * heads + head) * rows * columns;
  const masked = (q, k) => mask !== null && !(mask[(q * columns + k) >> 3] & (128 >> ((q * columns + k) & 7)));
  const shown = (weight) => (weight / 255).toFixed(2);

  function put(values) {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  }

  // --- all heads ---
  const thumbs = html("div", { class: "ctr-heads-thumbs", role: "listbox", "aria-label": "Heads: a row a layer", style: `--ctr-heads-count: ${heads}; --ctr-heads-small: ${small}px` });
  const options = [];
  for (let layer = 0; layer < layers; layer += 1) {
    thumbs.append(html("span", { class: "ctr-soft ctr-number", "aria-hidden": "true" }, `layer ${layer}`));
    for (let head = 0; head < heads; head += 1) {
      const canvas = html("canvas", { width: columns, height: rows });
      options.push(html("button", { type: "button", role: "option", title: `layer ${layer}, head ${head}`, "aria-label": `layer ${layer}, head ${head}`, onclick: () => put({ layer, head }) }, canvas));
    }
    thumbs.append(...options.slice(-heads));
  }
  thumbs.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: heads, ArrowUp: -heads }[event.key];
    const next = model.get("layer") * heads + model.get("head") + step;
    if (!step || next < 0 || next >= options.length) return;
    event.preventDefault();
    put({ layer: Math.floor(next / heads), head: next % heads });
    options[next].focus();
  });

  // --- one head ---
  const large = html("canvas", { class: "ctr-heads-large" });
  const band = html("div", { class: "ctr-heads-band" });
  const area = html("div", { class: "ctr-heads-area", role: "application", tabindex: 0, "aria-label": "Weights: up and down choose the query", style: `--ctr-heads-cell: ${size}px; width: ${columns * size}px; height: ${rows * size}px` }, large, band);
  const names = (list, kind) => html("div", { class: `ctr-heads-${kind}`, "aria-hidden": "true", style: `--ctr-heads-cell: ${size}px` }, ...(size >= HEADS_NAMED ? list.map((token) => html("span", { dir: "auto" }, token)) : []));
  const about = html("p", { class: "ctr-heads-about", role: "status" });
  const text = html("p", { class: "ctr-heads-text" }, ...tokens.flatMap((token) => [html("span", { dir: "auto" }, token), " "]));
  const showMask = html("input", { type: "checkbox", checked: true, onchange: drawLarge });
  root.append(
    thumbs, html("div", { class: "ctr-heads-main" },
      html("div", { class: "ctr-heads-grid" }, html("span", { class: "ctr-soft ctr-heads-corner" }, "query \u2193 key \u2192"), names(tokens, "keys"), names(queries, "queries"), area),
      html("div", { class: "ctr-heads-side" }, about, text, mask ? html("label", {}, showMask, " show the mask (hatched: may not attend)") : "")));

  const colours = () => coloursOf(root, { paper: "--ctr-paper", seen: "--ctr-seen-line", line: "--ctr-soft" });

  // Weights as shades from the paper's colour to the mark's; 1/255 is already visible, since a square root lifts what is small.
  function image(part, palette) {
    const [paper, seen] = [rgbOf(palette.paper), rgbOf(palette.seen)];
    const shades = Uint32Array.from({ length: 256 }, (_, weight) => {
      const share = Math.sqrt(weight / 255);
      const [r, g, b] = paper.map((from, i) => Math.round(from + share * (seen[i] - from)));
      return (255 << 24) | (b << 16) | (g << 8) | r;
    });
    const data = new ImageData(columns, rows);
    const words = new Uint32Array(data.data.buffer);
    for (let i = 0; i < part.length; i += 1) words[i] = shades[part[i]];
    return data;
  }

  function drawThumbs() {
    const palette = colours();
    options.forEach((option, i) => {
      const part = weights.subarray(i * rows * columns, (i + 1) * rows * columns);
      option.firstChild.getContext("2d").putImageData(image(part, palette), 0, 0);
    });
  }

  function drawLarge() {
    const palette = colours();
    const source = html("canvas", { width: columns, height: rows });
    source.getContext("2d").putImageData(image(chosen(), palette), 0, 0);
    large.width = columns * size;
    large.height = rows * size;
    const context = large.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(source, 0, 0, columns * size, rows * size);
    if (mask === null || !showMask.checked) return;
    context.strokeStyle = palette.line;
    context.beginPath();
    for (let q = 0; q < rows; q += 1) {
      for (let k = 0; k < columns; k += 1) {
        if (!masked(q, k)) continue;
        context.moveTo(k * size, (q + 1) * size);
        context.lineTo((k + 1) * size, q * size);
      }
    }
    context.stroke();
  }

  function look() {
    const q = hovered ?? model.get("query");
    band.hidden = q === null;
    const part = chosen();
    const here = `Layer ${model.get("layer")}, head ${model.get("head")}`;
    for (let k = 0; k < columns; k += 1) {
      const weight = q === null ? 0 : part[q * columns + k];
      text.children[k].style.setProperty("--ctr-heads-weight", `${Math.round(Math.sqrt(weight / 255) * 100)}%`);
      text.children[k].title = q === null ? "" : shown(weight);
    }
    if (q === null) {
      about.replaceChildren(here, ". Point at a row, or choose one with the arrow keys.");
      return;
    }
    band.style.transform = `translateY(${q * size}px)`;
    const order = Array.from({ length: columns }, (_, k) => k).sort((a, b) => part[q * columns + b] - part[q * columns + a] || a - b);
    about.replaceChildren(`${here}: `, html("b", { dir: "auto" }, queries[q]), ` (${q}) looks most at `,
      order.slice(0, 3).map((k) => `${tokens[k]} ${shown(part[q * columns + k])}`).join(", "), ".");
  }

  area.addEventListener("pointermove", (event) => {
    const edge = area.getBoundingClientRect();
    const q = Math.max(0, Math.min(rows - 1, Math.floor(((event.clientY - edge.top) / edge.height) * rows)));
    if (q === hovered) return;
    hovered = q;
    look();
  });
  area.addEventListener("pointerleave", () => {
    hovered = null;
    look();
  });
  area.addEventListener("click", () => put({ query: model.get("query") === hovered ? null : hovered }));
  area.addEventListener("keydown", (event) => {
    const now = model.get("query");
    const next = { ArrowDown: Math.min(rows - 1, (now ?? -1) + 1), ArrowUp: Math.max(0, (now ?? rows) - 1), Home: 0, End: rows - 1, Escape: null }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    hovered = null;
    put({ query: next });
  });

  function draw() {
    options.forEach((option, i) => {
      const is = i === model.get("layer") * heads + model.get("head");
      option.setAttribute("aria-selected", String(is));
      option.tabIndex = is ? 0 : -1;
    });
    drawLarge();
    look();
  }

  const unthemed = onTheme(root, () => {
    drawThumbs();
    drawLarge();
  });
  drawThumbs();
  draw();
  const unfollow = follow(model, ["layer", "head", "query"], draw);
  return () => {
    unfollow();
    unthemed();
    root.remove();
  };
}

export default { render };
