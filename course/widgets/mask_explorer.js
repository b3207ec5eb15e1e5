// The mask explorer: text, mask and edits above; the grid and what a token sees; panels for layers, scores, code and questions below.
// masks.js works masks out, mask_grid.js draws and paints cells. All of it runs without Python.

const PANELS = { layers: "Layers", scores: "Scores", code: "Take away", predict: "Predict" };
const MOST_TOKENS = 1024;
const MOST_GRAPHED = 40; // tokens whose layers are drawn as a graph
const AT_ONCE = 128; // tokens for which all that several layers reach is worked out without waiting for the hand to rest
const KEPT = 200; // states that can be undone

function render({ model, el }) {
  const root = stage(el, "ctr-mask", "Mask explorer");
  const rules = model.get("_rules");
  const forms = model.get("_forms");
  const titles = Object.fromEntries(Object.entries(rules).map(([name, { title }]) => [name, title]));
  const pieces = new Set(model.get("_vocabulary"));
  const own = el.id === "picture"; // a page of its own, whose address may hold a state
  let bits = new Uint8Array(0); // of the mask and its edits
  let plain = { bits, mask: null, n: 0 }; // without the edits
  let flipped = new Uint8Array(0);
  let reached = null; // (output, input), where it has been worked out
  let past = [];
  let future = [];
  let question = null;
  let form = "torch";
  const tokens = () => model.get("tokens");
  const count = () => tokens().length;
  const mask = () => model.get("expression");
  const source = () => sourceOf(mask(), count());
  const sees = (q, k) => bits[q * count() + k] === 1;
  const nowhere = (q, k) => source() > 0 && q < source() && k >= source();

  // --- what can be undone: text, mask and edits ---
  const held = () => Object.fromEntries(["text", "unit", "tokens", "expression", "flipped"].map((key) => [key, model.get(key)]));

  function change(next) {
    past = [...past.slice(-KEPT), held()];
    future = [];
    put(next);
  }

  function put(next) {
    for (const [name, value] of Object.entries(next)) model.set(name, value);
    model.save_changes();
  }

  function travel(back) {
    const [from, to] = back ? [past, future] : [future, past];
    if (from.length === 0) return;
    to.push(held());
    put(from.pop());
  }

  const NONE = () => new DataView(new ArrayBuffer(0));
  const asEdits = (cells) => (cells.some(Boolean) ? new DataView(packedBits(cells).buffer) : NONE());

  function edit(cells, value) {
    const next = flipped.slice();
    for (const i of cells) if (bits[i] !== value) next[i] ^= 1;
    change({ flipped: asEdits(next) });
  }

  const setMask = (expression) => change({ expression, flipped: NONE() });

  // --- text ---
  const complaint = html("p", { class: "ctr-mask-complaint", role: "alert" });
  const text = html("input", { type: "text", class: "ctr-mask-text", "aria-label": "Text", dir: "auto", oninput: () => split() });
  const unit = choice("Split into", { words: "words", pieces: "WordPiece", ...(model.get("unit") === "given" ? { given: "given tokens" } : {}) }, "words", split);

  function split() {
    const kind = unit.value === "given" ? "words" : unit.value;
    const found = kind === "pieces" ? piecesOf(text.value, pieces) : wordsOf(text.value);
    if (found.length > MOST_TOKENS) {
      complaint.textContent = `At most ${MOST_TOKENS.toLocaleString("en")} tokens; this text has ${found.length.toLocaleString("en")}.`;
      return;
    }
    complaint.textContent = "";
    const same = found.length === count();
    change({ text: text.value, unit: kind, tokens: found, ...(same ? {} : { flipped: NONE() }) });
  }

  // --- the mask's expression ---
  const expression = html("div", { class: "ctr-mask-expression", role: "group", "aria-label": "Mask" });
  const words = html("code", { class: "ctr-mask-words" });

  // Which control has the focus, by its place, so that it has it again when the row is drawn anew.
  const controls = () => Array.from(expression.querySelectorAll("select, input, button"));

  function drawExpression() {
    const focused = controls().indexOf(document.activeElement);
    expression.replaceChildren(...drawn(mask(), []),
      button("+ and", () => setMask(["and", mask(), usualMask(rules, "padding", count())])),
      button("+ or", () => setMask(["or", mask(), usualMask(rules, "global_tokens", count())])));
    if (focused >= 0) controls()[Math.min(focused, controls().length - 1)]?.focus();
    words.textContent = maskWords(mask()) + (flipped.some(Boolean) ? " \u2026 and cells changed by hand" : "");
  }

  const bracket = (sign) => html("span", { class: "ctr-mask-bracket" }, sign);

  function drawn(part, path) {
    if (joins(part)) {
      const word = choice("joined by", { and: "and", or: "or" }, part[0], (value) => setMask(maskWith(mask(), path, ([, a, b]) => [value, a, b])));
      const bracketed = (inner, step, always) => (joins(inner) && (always || inner[0] !== part[0])
        ? [bracket("("), ...drawn(inner, [...path, step]), bracket(")")]
        : drawn(inner, [...path, step]));
      return [...bracketed(part[1], 1, false), word, ...bracketed(part[2], 2, true)];
    }
    if (part[0] === "not" && part[1][0] !== "not" && !joins(part[1])) return [named(part[1], path, true)];
    if (part[0] === "not") return [bracket("not ("), ...drawn(part[1], [...path, 1]), bracket(")")];
    return [named(part, path, false)];
  }

  // One rule with its numbers; `path` is that of the "not" where there is one.
  function named(part, path, negated) {
    const [name, ...values] = part;
    const rule = rules[name];
    const write = (next, not = negated) => setMask(maskWith(mask(), path, () => (not ? ["not", next] : next)));
    const rule_ = choice("rule", titles, name, (value) => write(usualMask(rules, value, count())));
    const inputs = rule.numbers.map((number, i) => {
      const input = html("input", { type: "number", min: number.low, max: Math.max(number.low, formulaOf(number.high, count())), value: values[i], "aria-label": number.label,
        onchange: () => {
          const value = clampNumber(Math.round(Number(input.value)) || 0, number, count());
          write([name, ...values.map((old, j) => (j === i ? value : old))]);
        } });
      return html("label", {}, input, html("span", { class: "ctr-soft" }, number.label));
    });
    if (rule.places) {
      const input = html("input", { type: "text", value: values[0].join(", "), "aria-label": rule.places.label, size: Math.min(24, Math.max(6, values[0].join(", ").length)),
        onchange: () => {
          const groups = rule.places.kind === "groups";
          const found = (input.value.match(/\d+/g) ?? []).map(Number).filter((x, i, all) => x <= MOST_TOKENS && (groups ? x > 0 : all.indexOf(x) === i));
          write([name, found.length > 0 || !groups ? found : values[0]]);
        } });
      inputs.push(html("label", {}, input, html("span", { class: "ctr-soft" }, rule.places.label)));
      if (rule.places.kind === "ranks") inputs.push(button("Shuffle", () => write([name, shuffled(count(), (shuffles += 1))])));
    }
    const not = button("not", () => write(part, !negated), { "aria-pressed": String(negated), class: "ctr-mask-not", title: "the opposite" });
    const all = html("span", { class: "ctr-mask-part" }, not, rule_, ...inputs);
    if (path.length > 0) all.append(button("\u00d7", () => setMask(maskWithout(mask(), path) ?? ["fully_visible"]), { "aria-label": `remove ${rule.title}` }));
    return all;
  }
  let shuffles = 1;

  // --- the grid, the sentence, and what is said of a cell ---
  const grid = maskGrid("Attention mask: queries down, keys across", {
    hover: (q, k) => look(q, k),
    paint: (cells, value) => (question?.draws ? drawAnswer(cells, value) : edit(cells, value)),
    speak: cellWords,
    keydown: (event) => {
      if (!(event.ctrlKey || event.metaKey)) return false;
      const key = event.key.toLowerCase();
      if (key === "z") travel(!event.shiftKey);
      else if (key === "y") travel(false);
      else return false;
      return true;
    },
  });
  const sentence = html("p", { class: "ctr-mask-sentence" });
  const about = html("p", { class: "ctr-mask-about" });
  const verdict = html("ul", { class: "ctr-mask-verdict" });
  const undo = button("Undo", () => travel(true));
  const redo = button("Redo", () => travel(false));
  const clear = button("Clear edits", () => change({ flipped: NONE() }));
  let looked = { q: null, k: null };

  const name = (i) => `\u201c${tokens()[i]}\u201d (${i})`;

  // "query “sat” (2) may attend to key “the” (1); causal"
  function cellWords(q, k) {
    if (count() === 0) return "There is no token yet: type a text.";
    const [query, key] = [`query ${name(q)}`, `key ${name(k)}`];
    if (question && !question.answered) return `${query}, ${key}`;
    if (nowhere(q, k)) return `${query}, ${key}: no such cell, the encoder runs before the decoder`;
    return `${query} ${sees(q, k) ? "may attend" : "may not attend"} to ${key}; ${why(q, k)}`;
  }

  function why(q, k) {
    if (flipped[q * count() + k]) return `changed by hand, ${maskWords(mask())} says otherwise`;
    const reasons = blockedBy(rules, mask(), count(), q, k);
    return reasons.length > 0 ? reasons.join("; ") : maskWords(mask());
  }

  function look(q, k) {
    if (q === null) ({ q, k } = grid.at());
    if (looked.q !== q) lightUp(q);
    if (looked.q !== q || looked.k !== k) about.textContent = cellWords(q, k);
    looked = { q, k };
    if (model.get("panel") === "layers") following ||= requestAnimationFrame(() => ((following = 0), panels.layers.draw()));
  }
  let following = 0;

  // What a query sees, and what sees it, marked in the text itself.
  function lightUp(q) {
    const n = count();
    const hide = question && !question.answered;
    const words_ = sentence.children;
    for (let i = 0; i < words_.length; i += 1) {
      const lit = hide || n === 0 ? "" : (i === q ? "query " : "") + (bits[q * n + i] ? "seen " : "") + (bits[i * n + q] ? "sees" : "");
      if (words_[i].className !== lit) words_[i].className = lit;
    }
  }

  function drawSentence() {
    sentence.replaceChildren(...tokens().map((token, i) => html("span", { dir: "auto", onpointerenter: () => grid.choose(i, i, true) }, token)));
    looked = { q: null, k: null };
  }

  function drawVerdict() {
    const n = count();
    const { leaks, first, empty, prefix } = judgedBits(bits, n);
    const said = [];
    if (leaks > 0) said.push(["!", `${leaks.toLocaleString("en")} cell${leaks > 1 ? "s see" : " sees"} a later token; the first: ${first[0]} sees ${first[1]}.`]);
    else said.push(["\u2713", "No query sees a later token: fit to guess the next one."]);
    if (empty.length > 0) said.push(["!", `${empty.length > 1 ? `${empty.length.toLocaleString("en")} queries see` : "1 query sees"} nothing, ${empty[0]} first: softmax over nothing is NaN.`]);
    if (prefix !== null && prefix >= n) said.push(["=", "It is the fully visible mask."]);
    else if (prefix !== null && prefix <= 1) said.push(["=", "It is the causal mask."]);
    else if (prefix !== null) said.push(["=", `It is a prefix LM, with a prefix of ${prefix}.`]);
    verdict.replaceChildren(...(n === 0 || (question && !question.answered) ? [] : said).map(([sign, words_]) => html("li", {}, html("span", { class: "ctr-mask-sign", "aria-hidden": "true" }, sign), words_)));
  }

  function drawGrid() {
    const n = count();
    const kinds = new Uint8Array(n * n);
    const s = source();
    for (let i = 0; i < kinds.length; i += 1) kinds[i] = (bits[i] ? SEEN : BLOCKED) | (flipped[i] ? EDITED : 0) | (reached && reached[i] && !bits[i] ? REACHED : 0);
    for (let q = 0; q < s; q += 1) for (let k = s; k < n; k += 1) kinds[q * n + k] = NOWHERE;
    if (question && !question.answered) question.cover(kinds, n);
    grid.draw({ n, kinds, tokens: tokens(), source: s });
  }

  // --- panels ---
  const panel = html("div", { class: "ctr-mask-panel", role: "tabpanel" });
  const tabs = html("div", { class: "ctr-mask-tabs", role: "tablist", "aria-label": "More about this mask" },
    ...Object.entries(PANELS).map(([key, title]) => html("button", { type: "button", role: "tab", "data-panel": key, onclick: () => put({ panel: key }) }, title)));
  tabs.addEventListener("keydown", (event) => {
    const all = Array.from(tabs.children);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
    next.focus();
    next.click();
  });
  const panels = { layers: layersPanel(), scores: scoresPanel(), code: codePanel(), predict: predictPanel() };

  function drawPanel() {
    const open = model.get("panel");
    for (const tab of tabs.children) {
      tab.setAttribute("aria-selected", String(tab.dataset.panel === open));
      tab.tabIndex = tab.dataset.panel === open ? 0 : -1;
    }
    if (question && open !== "predict") stopAsking();
    panel.setAttribute("aria-label", PANELS[open]);
    if (panel.firstChild !== panels[open].element) panel.replaceChildren(panels[open].element);
    panels[open].draw();
  }

  // What reaches what after several layers, for the chosen query, and one path to the chosen key.
  function layersPanel() {
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
      const { q, k } = looked;
      if (n === 0) return picture_.replaceChildren(), said.replaceChildren();
      const cone = reachRow(bits, n, layers, q, source());
      const inputs = cone[0].reduce((sum, on) => sum + on, 0);
      const later = cone[0].reduce((sum, on, i) => sum + (on && i > q ? 1 : 0), 0);
      const way = reachPath(bits, n, layers, q, k, source());
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
            if (!(bits[q * n + k] || q === k) || !cone[layer - 1][k] || (s > 0 && q >= s !== k >= s)) continue;
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
      const label = `Layers of the output ${tokens()[looked.q]}: ${layers} rows; ${way.length > 0 ? `a path from ${tokens()[looked.k]}: ${wayWords(way)}` : "no path to the chosen key"}`;
      return svg("svg", { role: "img", "aria-label": label, viewBox: `0 0 ${left + n * dx + 60} ${y(0) + 76}`, width: left + n * dx + 60 },
        svg("path", { d: lines.join(""), class: "ctr-mask-lines" }), svg("path", { d: way.map(({ layer, place }, i) => `${i ? "L" : "M"}${x(place)} ${y(layer)}`).join(""), class: "ctr-mask-path" }),
        ...dots, ...names, ...rows);
    }
    return { element, draw, all };
  }

  // Scores, the mask laid over them, and the weights: three squares of numbers.
  function scoresPanel() {
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
        square(additive ? "scores + mask" : "scores, masked", n, (i) => (bits[i] ? raw[i].toFixed(1) : "\u2212\u221e"), (i) => (bits[i] ? raw[i] / 6 + 0.3 : -1)),
        square("weights: each row sums to 1", n, (i) => (Number.isNaN(weights[i]) ? "NaN" : bits[i] ? weights[i].toFixed(2).replace(/^0/, "") : "0"), (i) => weights[i]));
    }

    function weightsOf(raw, n) {
      const out = new Float32Array(n * n);
      for (let q = 0; q < n; q += 1) {
        let sum = 0;
        for (let k = 0; k < n; k += 1) sum += bits[q * n + k] ? Math.exp(raw[q * n + k]) : 0;
        for (let k = 0; k < n; k += 1) out[q * n + k] = (bits[q * n + k] ? Math.exp(raw[q * n + k]) : 0) / sum; // 0 / 0 is NaN, as in torch
      }
      return out;
    }

    function square(title, n, said, shade, plain = false) {
      const { q: here } = grid.at();
      const cells = Array.from({ length: n }, (_, q) => html("tr", { class: q === here ? "ctr-mask-here" : "" }, html("th", { scope: "row", dir: "auto" }, tokens()[q]),
        ...Array.from({ length: n }, (_, k) => {
          const i = q * n + k;
          const strength = Math.max(0, Math.min(1, shade(i)));
          return html("td", { class: bits[i] || plain ? "" : "ctr-mask-masked", style: `--ctr-mask-strength: ${Math.round(100 * (strength || 0))}%` }, said(i));
        })));
      return html("table", { class: n > 12 ? "ctr-mask-small" : "" }, html("caption", {}, title), html("tbody", {}, ...cells));
    }
    return { element, draw };
  }

  // Code, pictures, and the state.
  function codePanel() {
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
      shown.textContent = maskCode(rules, forms, mask(), count(), form, flipped);
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
    return { element, draw };
  }

  function gridSvg() {
    const n = count();
    const size = cellSize(n);
    const cells = ones(bits).map((i) => `M${(i % n) * size + 1} ${Math.floor(i / n) * size + 1}h${size - 2}v${size - 2}h${2 - size}z`);
    const labels = size < LABELLED ? [] : tokens().flatMap((token, i) => [
      svg("text", { x: -6, y: (i + 0.7) * size, "text-anchor": "end" }, token), svg("text", { transform: `translate(${(i + 0.7) * size} -6) rotate(-90)` }, token)]);
    const edge = size < LABELLED ? 4 : 160;
    const out = svg("svg", { viewBox: `${-edge} ${-edge} ${n * size + edge + 4} ${n * size + edge + 4}`, "font-family": "sans-serif", "font-size": 13 },
      svg("title", {}, maskWords(mask())), svg("rect", { width: n * size, height: n * size, fill: "none", stroke: "#888" }), svg("path", { d: cells.join(""), fill: "#0072b2" }), ...labels);
    return new XMLSerializer().serializeToString(out);
  }

  function stateText() {
    const edits = ones(flipped);
    return JSON.stringify({ text: model.get("text"), unit: model.get("unit"), tokens: tokens(), expression: mask(), edits, layers: model.get("layers") });
  }

  // A link holds the state behind its #, which no server is sent.
  const link = () => `${location.href.split("#")[0]}#${encodeURIComponent(stateText())}`;

  function readLink() {
    if (!own || location.hash.length < 2) return;
    try {
      const { edits, ...state } = JSON.parse(decodeURIComponent(location.hash.slice(1)));
      const n = state.tokens.length;
      if (n > MOST_TOKENS || !state.tokens.every((token) => typeof token === "string") || !(state.layers >= 1 && state.layers <= 12)) throw new Error("not ours");
      maskBits(rules, state.expression, 2); // complains of what is no mask
      const cells = new Uint8Array(n * n);
      for (const i of edits) cells[i] = 1;
      put({ ...state, flipped: asEdits(cells) });
    } catch {
      complaint.textContent = "This link's state cannot be read.";
    }
  }

  // Questions: may this query see that key; or draw the mask.
  function predictPanel() {
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
      question = { about: mask(), draws: false, answered: false, cover: (kinds) => kinds.fill(UNKNOWN) };
      asked.replaceChildren("The mask is ", html("code", {}, maskWords(mask())), ". May ", html("b", {}, name(q)), " attend to ", html("b", {}, name(k)), "?");
      const answer = (yes) => {
        question.answered = true;
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
      question = { about: mask(), draws: true, answered: false, drawn: drawn_, cover: (kinds) => kinds.forEach((kind, i) => kind & NOWHERE || (kinds[i] = drawn_[i] ? SEEN : BLOCKED)) };
      asked.replaceChildren("Draw in the grid above: ", html("code", {}, maskWords(mask())), `, for ${n} tokens. Click, drag, or Space; r turns over a row, c a column.`);
      answers.replaceChildren(button("Check", () => check(drawn_, n)), button("Give up, show it", () => stopAsking(true)));
      said.textContent = "";
      refresh();
      grid.focus();
    }

    function check(drawn_, n) {
      const s = source();
      const wrong = Array.from(drawn_.keys()).filter((i) => drawn_[i] !== bits[i] && !(s > 0 && Math.floor(i / n) < s && i % n >= s));
      if (wrong.length === 0) {
        question.answered = true;
        total += 1;
        right += 1;
        return reveal("Right, every cell.");
      }
      const [q, k] = [Math.floor(wrong[0] / n), wrong[0] % n];
      question.answered = true;
      const truth = cellWords(q, k);
      question.answered = false;
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

  function drawAnswer(cells, value) {
    for (const i of cells) question.drawn[i] = value;
    drawGrid();
  }

  function stopAsking(redraw = false) {
    question = null;
    panels.predict.close();
    if (redraw) refresh();
  }

  function drawReached() {
    reached = reachAll(bits, count(), model.get("layers"), source());
    drawGrid();
  }
  let later = 0;

  // --- all of it ---
  function refresh() {
    const n = count();
    if (question && question.about !== mask()) stopAsking();
    const packed = model.get("flipped");
    flipped = packed.byteLength > 0 ? unpackedBits(new Uint8Array(packed.buffer, packed.byteOffset, packed.byteLength), n * n) : new Uint8Array(n * n);
    if (plain.mask !== mask() || plain.n !== n) plain = { bits: maskBits(rules, mask(), n), mask: mask(), n };
    bits = plain.bits.map((bit, i) => bit ^ flipped[i]);
    reached = null;
    clearTimeout(later);
    if (model.get("panel") === "layers" && panels.layers.all.checked && !question) {
      if (n <= AT_ONCE) reached = reachAll(bits, n, model.get("layers"), source());
      else later = setTimeout(drawReached, 100);
    }
    drawGrid();
    drawVerdict();
    undo.disabled = past.length === 0;
    redo.disabled = future.length === 0;
    clear.disabled = !flipped.some(Boolean);
    looked = { q: null, k: null };
    look(null, null);
    drawPanel();
  }

  let shownTokens = null;
  function redraw() {
    if (shownTokens !== tokens()) {
      shownTokens = tokens();
      if (document.activeElement !== text) text.value = model.get("text");
      unit.value = model.get("unit");
      drawSentence();
      if (question) stopAsking();
    }
    refresh();
    drawExpression();
  }

  // Several traits change at once; one redraw shows them all.
  let due = 0;
  function soon() {
    due ||= requestAnimationFrame(() => {
      due = 0;
      redraw();
    });
  }

  root.append(
    html("div", { class: "ctr-row ctr-mask-top" }, text, html("label", {}, "as", unit)), complaint,
    expression, words,
    html("div", { class: "ctr-mask-main" }, html("div", {}, grid.element, grid.spoken),
      html("div", { class: "ctr-mask-side" }, sentence, html("p", { class: "ctr-soft ctr-mask-legend" }, html("span", { class: "seen" }, "seen by the query"), " ", html("span", { class: "sees" }, "sees it")), about, verdict,
        row(undo, redo, clear))),
    tabs, panel);
  readLink();
  redraw();
  const unfollow = follow(model, ["text", "unit", "tokens", "expression", "flipped", "layers", "panel", "_scores"], soon);
  return () => {
    cancelAnimationFrame(due);
    cancelAnimationFrame(following);
    clearTimeout(later);
    unfollow();
    grid.close();
    root.remove();
  };
}

export default { render };
