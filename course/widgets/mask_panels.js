// The mask explorer's panels, each a function of the page (mask_explorer.js) that gives { element, draw }: `page.bits`, `page.flipped`,
// `page.looked` and `page.question` are as they are now.

const MOST_GRAPHED = 40; // tokens whose layers are drawn as a graph

// What reaches what after several layers, for the chosen query, and one path to the chosen key.
function layersPanel(page) {
  const { model, count, tokens, source, name, put, refresh } = page;
  const slider = html("input", { type: "range", min: 1, max: 12, "aria-label": "Layers", oninput: () => put({ layers: Number(slider.value) }) });
  const shown = html("output", { class: "ctr-number" });
  const all = html("input", { type: "checkbox", checked: true, onchange: () => refresh() });
  const picture_ = html("div", { class: "ctr-mask-graph" });
  const said = html("p", { class: "ctr-mask-reach" });
  const element = html("div", {}, row(html("label", {}, "Layers", slider, shown), html("label", {}, all, "show in the grid what is reached (dots)")), said, picture_);

  function draw() {
    const n = count();
    const layers = model.get("layers");
    slider.value = layers;
    shown.value = layers;
    const { q, k } = page.looked;
    if (n === 0) return picture_.replaceChildren(), said.replaceChildren();
    const cone = reachRow(page.bits, n, layers, q, source());
    const inputs = cone[0].reduce((sum, on) => sum + on, 0);
    const later = cone[0].reduce((sum, on, i) => sum + (on && i > q ? 1 : 0), 0);
    const way = reachPath(page.bits, n, layers, q, k, source());
    said.replaceChildren(`After ${layers} layer${layers > 1 ? "s" : ""} the output at ${name(q)} depends on `, html("b", { class: "ctr-number" }, `${inputs} of ${n}`), " inputs",
      later > 0 ? html("b", {}, `, ${later} of them later than itself`) : "", ". ",
      way.length > 0 ? `One way from ${name(k)}: ${wayWords(way)}.` : `Nothing of ${name(k)} gets there.`);
    picture_.replaceChildren(n <= MOST_GRAPHED ? graph(cone, way, layers, n) : "");
  }

  const wayWords = (way) => way.slice().reverse().map(({ place }, i, places) => (i > 0 && places[i - 1].place === place ? null : tokens()[place])).filter((word) => word !== null).join(" \u2192 ");

  // Layers as rows, inputs at the bottom; a filled dot matters for the output, the thick line is the path.
  function graph(cone, way, layers, n) {
    const [dx, dy, left, top] = [Math.min(46, 900 / n), Math.min(44, 300 / layers), 74, 16];
    const x = (place) => left + place * dx + dx / 2;
    const y = (layer) => top + (layers - layer) * dy;
    const s = source();
    const lines = [];
    for (let layer = layers; layer > 0; layer -= 1) {
      for (let q = 0; q < n; q += 1) {
        if (!cone[layer][q]) continue;
        for (let k = 0; k < n; k += 1) {
          if (!(page.bits[q * n + k] || q === k) || !cone[layer - 1][k] || (s > 0 && q >= s !== k >= s)) continue;
          lines.push(`M${x(q)} ${y(layer)}L${x(k)} ${y(layer - 1)}`);
        }
      }
    }
    const dots = [];
    for (let layer = 0; layer <= layers; layer += 1) {
      for (let i = 0; i < n; i += 1) dots.push(svg("circle", { cx: x(i), cy: y(layer), r: 4, class: cone[layer][i] ? "ctr-mask-on" : "ctr-mask-off" }));
    }
    const names = tokens().map((token, i) => svg("text", { transform: `translate(${x(i) + 4} ${y(0) + 16}) rotate(40)` }, token.length > 12 ? `${token.slice(0, 11)}\u2026` : token));
    const rows = [[layers, "outputs"], [0, "inputs"]].map(([layer, word]) => svg("text", { x: 4, y: y(layer) + 4 }, word));
    const label = `Layers of the output ${tokens()[page.looked.q]}: ${layers} rows; ${way.length > 0 ? `a path from ${tokens()[page.looked.k]}: ${wayWords(way)}` : "no path to the chosen key"}`;
    return svg("svg", { role: "img", "aria-label": label, viewBox: `0 0 ${left + n * dx + 60} ${y(0) + 76}`, width: left + n * dx + 60 },
      svg("path", { d: lines.join(""), class: "ctr-mask-lines" }), svg("path", { d: way.map(({ layer, place }, i) => `${i ? "L" : "M"}${x(place)} ${y(layer)}`).join(""), class: "ctr-mask-path" }),
      ...dots, ...names, ...rows);
  }
  return { element, draw, all };
}

// Scores, the mask laid over them, and the weights: three squares of numbers.
function scoresPanel(page) {
  const { model, count, tokens, grid } = page;
  const way = choice("Mask as", { boolean: "boolean", additive: "additive" }, "boolean", () => draw());
  const formula = html("code", {});
  const squares = html("div", { class: "ctr-mask-squares" });
  const element = html("div", {}, row(html("label", {}, "Mask as", way), formula), squares);

  function scores(n) {
    const given = model.get("_scores");
    if (given.byteLength === 4 * n * n && n > 0) return numbers(Float32Array, given);
    const random = chance(7);
    return Float32Array.from({ length: n * n }, () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
  }

  function draw() {
    const n = count();
    if (n > 32 || n === 0) return squares.replaceChildren(html("p", {}, n === 0 ? "There is no token." : "Shown up to 32 tokens."));
    const raw = scores(n);
    const additive = way.value === "additive";
    formula.textContent = additive ? "softmax(scores + mask)    mask: 0 or \u2212\u221e" : "softmax(scores.masked_fill(~mask, \u2212\u221e))    mask: True or False";
    const weights = weightsOf(raw, n);
    squares.replaceChildren(
      square("scores", n, (i) => raw[i].toFixed(1), (i) => raw[i] / 6 + 0.3, true),
      square(additive ? "scores + mask" : "scores, masked", n, (i) => (page.bits[i] ? raw[i].toFixed(1) : "\u2212\u221e"), (i) => (page.bits[i] ? raw[i] / 6 + 0.3 : -1)),
      square("weights: each row sums to 1", n, (i) => (Number.isNaN(weights[i]) ? "NaN" : page.bits[i] ? weights[i].toFixed(2).replace(/^0/, "") : "0"), (i) => weights[i]));
  }

  function weightsOf(raw, n) {
    const out = new Float32Array(n * n);
    for (let q = 0; q < n; q += 1) {
      let sum = 0;
      for (let k = 0; k < n; k += 1) sum += page.bits[q * n + k] ? Math.exp(raw[q * n + k]) : 0;
      for (let k = 0; k < n; k += 1) out[q * n + k] = (page.bits[q * n + k] ? Math.exp(raw[q * n + k]) : 0) / sum; // 0 / 0 is NaN, as in torch
    }
    return out;
  }

  function square(title, n, said, shade, plain = false) {
    const { q: here } = grid.at();
    const cells = Array.from({ length: n }, (_, q) => html("tr", { class: q === here ? "ctr-mask-here" : "" }, html("th", { scope: "row", dir: "auto" }, tokens()[q]),
      ...Array.from({ length: n }, (_, k) => {
        const i = q * n + k;
        const strength = Math.max(0, Math.min(1, shade(i)));
        return html("td", { class: page.bits[i] || plain ? "" : "ctr-mask-masked", style: `--ctr-mask-strength: ${Math.round(100 * (strength || 0))}%` }, said(i));
      })));
    return html("table", { class: n > 12 ? "ctr-mask-small" : "" }, html("caption", {}, title), html("tbody", {}, ...cells));
  }
  return { element, draw };
}

// Code, pictures, and the state.
function codePanel(page) {
  const { model, rules, forms, count, tokens, mask, grid, own } = page;
  let form = "torch";
  const as = choice("As", forms.titles, form, (value) => ((form = value), draw()));
  const shown = html("pre", { tabindex: 0, "aria-label": "Code" });
  const warning = html("p", { class: "ctr-mask-warning" });
  const done = html("span", { role: "status", class: "ctr-soft" });
  const element = html("div", {},
    row(html("label", {}, "As", as),
      button("Copy code", () => copy(shown.textContent, "Code")),
      button("SVG", () => save("mask.svg", new Blob([gridSvg()], { type: "image/svg+xml" }))),
      button("PNG", () => grid.canvas.toBlob((blob) => save("mask.png", blob))),
      button("Copy JSON", () => copy(stateText(), "State")),
      own ? button("Copy link", () => copy(link(), "Link")) : "", done),
    warning, shown);

  function draw() {
    shown.textContent = maskCode(rules, forms, mask(), count(), form, page.flipped);
    warning.textContent = forms.warnings[form];
  }

  async function copy(said, what) {
    try {
      await navigator.clipboard.writeText(said);
      done.textContent = `${what} copied.`;
    } catch { // a page that may not use the clipboard
      shown.textContent = said;
      getSelection().selectAllChildren(shown);
      done.textContent = "This page may not copy: the text is selected, press Ctrl+C.";
    }
  }

  function save(filename, blob) {
    const a = html("a", { href: URL.createObjectURL(blob), download: filename });
    a.click();
    setTimeout(() => URL.revokeObjectURL(a.href), 1000);
  }

  function gridSvg() {
    const n = count();
    const size = cellSize(n);
    const cells = ones(page.bits).map((i) => `M${(i % n) * size + 1} ${Math.floor(i / n) * size + 1}h${size - 2}v${size - 2}h${2 - size}z`);
    const labels = size < LABELLED ? [] : tokens().flatMap((token, i) => [
      svg("text", { x: -6, y: (i + 0.7) * size, "text-anchor": "end" }, token), svg("text", { transform: `translate(${(i + 0.7) * size} -6) rotate(-90)` }, token)]);
    const edge = size < LABELLED ? 4 : 160;
    const out = svg("svg", { viewBox: `${-edge} ${-edge} ${n * size + edge + 4} ${n * size + edge + 4}`, "font-family": "sans-serif", "font-size": 13 },
      svg("title", {}, maskWords(mask())), svg("rect", { width: n * size, height: n * size, fill: "none", stroke: "#888" }), svg("path", { d: cells.join(""), fill: "#0072b2" }), ...labels);
    return new XMLSerializer().serializeToString(out);
  }

  function stateText() {
    const edits = ones(page.flipped);
    return JSON.stringify({ text: model.get("text"), unit: model.get("unit"), tokens: tokens(), expression: mask(), edits, layers: model.get("layers") });
  }

  // A link holds the state behind its #, which no server is sent.
  const link = () => `${location.href.split("#")[0]}#${encodeURIComponent(stateText())}`;
  return { element, draw };
}

// Questions: may this query see that key; or draw the mask.
function predictPanel(page) {
  const { count, mask, source, sees, name, grid, cellWords, refresh, stopAsking } = page;
  const asked = html("p", { class: "ctr-mask-question" });
  const answers = html("div", { class: "ctr-row" });
  const said = html("p", { class: "ctr-mask-answer", role: "status" });
  const tally = html("span", { class: "ctr-soft ctr-number" });
  let right = 0;
  let total = 0;
  const start = row(
    button("Ask me about a cell", () => askCell()), button("Let me draw the mask", () => askMask()), tally);
  const element = html("div", {}, start, asked, answers, said);

  function askCell() {
    const n = count();
    if (n === 0) return;
    const s = source();
    let q;
    let k;
    const wanted = Math.random() < 0.5; // as often yes as no, where both are there
    for (let tries = 0; tries < 200; tries += 1) {
      [q, k] = [Math.floor(Math.random() * n), Math.floor(Math.random() * n)];
      if (!(s > 0 && q < s && k >= s) && sees(q, k) === wanted) break;
    }
    page.question = { about: mask(), draws: false, answered: false, cover: (kinds) => kinds.fill(UNKNOWN) };
    asked.replaceChildren("The mask is ", html("code", {}, maskWords(mask())), ". May ", html("b", {}, name(q)), " attend to ", html("b", {}, name(k)), "?");
    const answer = (yes) => {
      page.question.answered = true;
      total += 1;
      right += yes === sees(q, k) ? 1 : 0;
      reveal(`${yes === sees(q, k) ? "Right" : "No"}: ${cellWords(q, k)}.`);
      grid.choose(q, k, true);
    };
    answers.replaceChildren(button("Yes", () => answer(true)), button("No", () => answer(false)));
    said.textContent = "";
    grid.choose(q, k, true);
    refresh();
    answers.firstChild.focus();
  }

  function askMask() {
    const n = count();
    if (n === 0) return;
    const drawn_ = new Uint8Array(n * n);
    page.question = { about: mask(), draws: true, answered: false, drawn: drawn_, cover: (kinds) => kinds.forEach((kind, i) => kind & NOWHERE || (kinds[i] = drawn_[i] ? SEEN : BLOCKED)) };
    asked.replaceChildren("Draw in the grid above: ", html("code", {}, maskWords(mask())), `, for ${n} tokens. Click, drag, or Space; r turns over a row, c a column.`);
    answers.replaceChildren(button("Check", () => check(drawn_, n)), button("Give up, show it", () => stopAsking(true)));
    said.textContent = "";
    refresh();
    grid.focus();
  }

  function check(drawn_, n) {
    const s = source();
    const wrong = Array.from(drawn_.keys()).filter((i) => drawn_[i] !== page.bits[i] && !(s > 0 && Math.floor(i / n) < s && i % n >= s));
    if (wrong.length === 0) {
      page.question.answered = true;
      total += 1;
      right += 1;
      return reveal("Right, every cell.");
    }
    const [q, k] = [Math.floor(wrong[0] / n), wrong[0] % n];
    page.question.answered = true;
    const truth = cellWords(q, k);
    page.question.answered = false;
    said.textContent = `${wrong.length} cell${wrong.length > 1 ? "s are" : " is"} wrong. One of them: ${truth}.`;
    grid.choose(q, k, true);
  }

  function reveal(words_) {
    said.textContent = words_;
    tally.textContent = `${right} of ${total} right`;
    answers.replaceChildren();
    refresh();
  }
  return { element, draw: () => {}, close: () => (asked.replaceChildren(), answers.replaceChildren(), (said.textContent = "")) };
}
