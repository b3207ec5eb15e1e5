// The mask explorer: text, mask and edits above; the grid and what a token sees; panels for layers, scores, code and questions below.
// masks.js works masks out, mask_grid.js draws and paints cells. All of it runs without Python.

const PANELS = { layers: "Layers", scores: "Scores", code: "Take away", predict: "Predict" };
const MOST_TOKENS = 1024;
const AT_ONCE = 128; // tokens for which all that several layers reach is worked out without waiting for the hand to rest
const KEPT = 200; // states that can be undone

function render({ model, el }) {
  const root = stage(el, "ctr-mask", "Mask explorer");
  const rules = model.get("_rules");
  const forms = model.get("_forms");
  const titles = Object.fromEntries(Object.entries(rules).map(([name, { title }]) => [name, title]));
  const pieces = new Set(model.get("_vocabulary"));
  const own = el.id === "picture"; // a page of its own, whose address may hold a state
  let plain = { bits: null, mask: null, n: 0 }; // without the edits
  let reached = null; // (output, input), where it has been worked out
  let past = [];
  let future = [];
  const tokens = () => model.get("tokens");
  const count = () => tokens().length;
  const mask = () => model.get("expression");
  const source = () => sourceOf(mask(), count());
  const sees = (q, k) => page.bits[q * count() + k] === 1;
  const nowhere = (q, k) => source() > 0 && q < source() && k >= source();
  // What the panels share with the rest: as it is now, and (below) what can be asked and done.
  const page = { model, rules, forms, own, bits: new Uint8Array(0), flipped: new Uint8Array(0), looked: { q: null, k: null }, question: null };

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
    const next = page.flipped.slice();
    for (const i of cells) if (page.bits[i] !== value) next[i] ^= 1;
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
    words.textContent = maskWords(mask()) + (page.flipped.some(Boolean) ? " \u2026 and cells changed by hand" : "");
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
    paint: (cells, value) => {
      if (!page.question || page.question.answered) edit(cells, value);
      else if (page.question.draws) drawAnswer(cells, value); // a mask that is covered is not changed
    },
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

  const name = (i) => `\u201c${tokens()[i]}\u201d (${i})`;

  // "query “sat” (2) may attend to key “the” (1); causal"
  function cellWords(q, k) {
    if (count() === 0) return "There is no token yet: type a text.";
    const [query, key] = [`query ${name(q)}`, `key ${name(k)}`];
    if (page.question && !page.question.answered) return `${query}, ${key}`;
    if (nowhere(q, k)) return `${query}, ${key}: no such cell, the encoder runs before the decoder`;
    return `${query} ${sees(q, k) ? "may attend" : "may not attend"} to ${key}; ${why(q, k)}`;
  }

  function why(q, k) {
    if (page.flipped[q * count() + k]) return `changed by hand, ${maskWords(mask())} says otherwise`;
    const reasons = blockedBy(rules, mask(), count(), q, k);
    return reasons.length > 0 ? reasons.join("; ") : maskWords(mask());
  }

  function look(q, k) {
    if (q === null) ({ q, k } = grid.at());
    if (page.looked.q !== q) lightUp(q);
    if (page.looked.q !== q || page.looked.k !== k) about.textContent = cellWords(q, k);
    page.looked = { q, k };
    if (model.get("panel") === "layers") following ||= requestAnimationFrame(() => ((following = 0), panels.layers.draw()));
  }
  let following = 0;

  // What a query sees, and what sees it, marked in the text itself.
  function lightUp(q) {
    const n = count();
    const hide = page.question && !page.question.answered;
    const words_ = sentence.children;
    for (let i = 0; i < words_.length; i += 1) {
      const lit = hide || n === 0 ? "" : (i === q ? "query " : "") + (page.bits[q * n + i] ? "seen " : "") + (page.bits[i * n + q] ? "sees" : "");
      if (words_[i].className !== lit) words_[i].className = lit;
    }
  }

  function drawSentence() {
    sentence.replaceChildren(...tokens().map((token, i) => html("span", { dir: "auto", onpointerenter: () => grid.choose(i, i, true) }, token)));
    page.looked = { q: null, k: null };
  }

  function drawVerdict() {
    const n = count();
    const { leaks, first, empty, prefix } = judgedBits(page.bits, n);
    const said = [];
    if (leaks > 0) said.push(["!", `${leaks.toLocaleString("en")} cell${leaks > 1 ? "s see" : " sees"} a later token; the first: ${first[0]} sees ${first[1]}.`]);
    else said.push(["\u2713", "No query sees a later token: fit to guess the next one."]);
    if (empty.length > 0) said.push(["!", `${empty.length > 1 ? `${empty.length.toLocaleString("en")} queries see` : "1 query sees"} nothing, ${empty[0]} first: softmax over nothing is NaN.`]);
    if (prefix !== null && prefix >= n) said.push(["=", "It is the fully visible mask."]);
    else if (prefix !== null && prefix <= 1) said.push(["=", "It is the causal mask."]);
    else if (prefix !== null) said.push(["=", `It is a prefix LM, with a prefix of ${prefix}.`]);
    verdict.replaceChildren(...(n === 0 || (page.question && !page.question.answered) ? [] : said).map(([sign, words_]) => html("li", {}, html("span", { class: "ctr-mask-sign", "aria-hidden": "true" }, sign), words_)));
  }

  function drawGrid() {
    const n = count();
    const kinds = new Uint8Array(n * n);
    const s = source();
    for (let i = 0; i < kinds.length; i += 1) kinds[i] = (page.bits[i] ? SEEN : BLOCKED) | (page.flipped[i] ? EDITED : 0) | (reached && reached[i] && !page.bits[i] ? REACHED : 0);
    for (let q = 0; q < s; q += 1) for (let k = s; k < n; k += 1) kinds[q * n + k] = NOWHERE;
    if (page.question && !page.question.answered) page.question.cover(kinds, n);
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
  Object.assign(page, { count, tokens, mask, source, sees, name, grid, put, refresh, cellWords, stopAsking });
  const panels = { layers: layersPanel(page), scores: scoresPanel(page), code: codePanel(page), predict: predictPanel(page) };

  function drawPanel() {
    const open = model.get("panel");
    for (const tab of tabs.children) {
      tab.setAttribute("aria-selected", String(tab.dataset.panel === open));
      tab.tabIndex = tab.dataset.panel === open ? 0 : -1;
    }
    if (page.question && open !== "predict") stopAsking();
    panel.setAttribute("aria-label", PANELS[open]);
    if (panel.firstChild !== panels[open].element) panel.replaceChildren(panels[open].element);
    panels[open].draw();
  }

  function isNamed(name, values) {
    if (!Object.hasOwn(rules, name) || !values.flat().every((value) => Number.isInteger(value) && value >= 0 && value <= MOST_TOKENS)) return false;
    const { numbers, places } = rules[name];
    return places ? values.length === 1 && Array.isArray(values[0]) : values.length === numbers.length;
  }

  function readLink() {
    if (!own || location.hash.length < 2) return;
    try {
      const { edits, text: said, unit: kind, tokens: found, expression: asked, layers } = JSON.parse(decodeURIComponent(location.hash.slice(1)));
      const n = found.length;
      const ours = n <= MOST_TOKENS && [said, kind, ...found].every((token) => typeof token === "string") && Number.isInteger(layers) && layers >= 1 && layers <= 12;
      if (!ours || !maskParts(asked).every(({ mask: [name, ...values] }) => isNamed(name, values))) throw new Error("not ours");
      const cells = new Uint8Array(n * n);
      for (const i of edits) cells[i] = 1;
      put({ text: said, unit: kind, tokens: found, expression: asked, layers, flipped: asEdits(cells) });
    } catch {
      complaint.textContent = "This link's state cannot be read.";
    }
  }

  function drawAnswer(cells, value) {
    for (const i of cells) page.question.drawn[i] = value;
    drawGrid();
  }

  function stopAsking(redraw = false) {
    page.question = null;
    panels.predict.close();
    if (redraw) refresh();
  }

  function drawReached() {
    reached = reachAll(page.bits, count(), model.get("layers"), source());
    drawGrid();
  }
  let later = 0;

  // --- all of it ---
  function refresh() {
    const n = count();
    if (page.question && page.question.about !== mask()) stopAsking();
    const packed = model.get("flipped");
    page.flipped = packed.byteLength > 0 ? unpackedBits(new Uint8Array(packed.buffer, packed.byteOffset, packed.byteLength), n * n) : new Uint8Array(n * n);
    if (plain.mask !== mask() || plain.n !== n) plain = { bits: maskBits(rules, mask(), n), mask: mask(), n };
    page.bits = plain.bits.map((bit, i) => bit ^ page.flipped[i]);
    reached = null;
    clearTimeout(later);
    if (model.get("panel") === "layers" && panels.layers.all.checked && !page.question) {
      if (n <= AT_ONCE) reached = reachAll(page.bits, n, model.get("layers"), source());
      else later = setTimeout(drawReached, 100);
    }
    drawGrid();
    drawVerdict();
    undo.disabled = past.length === 0;
    redo.disabled = future.length === 0;
    clear.disabled = !page.flipped.some(Boolean);
    page.looked = { q: null, k: null };
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
      if (page.question) stopAsking();
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
