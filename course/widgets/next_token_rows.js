// What is under the sliders: the table of bars, the numbers beside it, and the strip of tokens that were read.

const COLUMNS = 7;

// One bar: an outline for the model's own probability, a filled bar for what it is now, and a mark where the draws are.
function nextBar(row, scale, share) {
  const percentOf = (one) => `${((100 * Math.min(one, scale)) / scale).toFixed(4)}%`;
  const parts = [];
  if (row.possible) parts.push(html("span", { class: "ctr-next-own", style: `width: ${percentOf(row.own)}` }));
  if (row.some) parts.push(html("span", { class: "ctr-next-after", style: `width: ${percentOf(row.after)}` }));
  if (share > 0) parts.push(html("span", { class: "ctr-next-drawn", style: `left: ${percentOf(share)}` }));
  return html("span", { class: "ctr-next-bar", "aria-hidden": "true" }, ...parts);
}

// draws: { counts: Map(id -> times), all }. The counts of tokens without a row of their own stand with the others.
function nextRows(made, scale, draws) {
  const own = new Set(made.map((row) => row.id));
  const others = [...draws.counts].reduce((sum, [id, times]) => sum + (own.has(id) ? 0 : times), 0);
  return made.flatMap((row) => {
    const times = row.id < 0 ? others : draws.counts.get(row.id) ?? 0;
    const sign = html("span", { class: "ctr-next-sign", "aria-hidden": "true" }, row.some ? "" : "\u2715");
    const line = html("tr", { class: `ctr-next-row ${row.some ? "" : "ctr-next-cut"}`, "data-id": row.id },
      html("th", { scope: "row", dir: "auto", title: row.word }, html("span", {}, row.word)),
      html("td", { class: "ctr-next-sign-cell" }, sign),
      html("td", {}, nextBar(row, scale, draws.all > 0 ? times / draws.all : 0)),
      html("td", { class: "ctr-next-count" }, percent(row.own, row.possible)),
      html("td", { class: "ctr-next-count" }, html("b", {}, percent(row.after, row.some))),
      html("td", { class: "ctr-next-count" }, draws.all > 0 ? thousands(times) : ""),
      html("td", { class: "ctr-next-note" }, row.id < 0 ? "" : row.note));
    const below = (look, told) => html("tr", { class: look }, html("td", { colspan: COLUMNS }, told));
    if (row.id < 0) return [line, below("ctr-next-rest", row.note)];
    return row.lines.length > 0 ? [line, below("ctr-next-end", row.lines.join("; "))] : [line];
  });
}

// Made once, then filled.
function nextTable() {
  const [scaleText, drawnText, body] = [html("small", {}), html("small", {}), html("tbody", {})];
  const head = (title, look, ...more) => html("th", { scope: "col", class: look }, title, ...more);
  const view = html("table", { class: "ctr-next-table" },
    html("thead", {}, html("tr", {}, head("token"), html("td", {}), head("", "ctr-next-wide", scaleText),
      head("model", "ctr-next-count"), head("now", "ctr-next-count"),
      head("drawn", "ctr-next-count", drawnText), html("td", {}))), body);
  return {
    view,
    draw(made, draws) {
      const scale = scaleOf(made);
      scaleText.textContent = `bars: 0 to ${Math.round(100 * scale)} %`;
      drawnText.textContent = draws.all > 0 ? `of ${thousands(draws.all)}` : "";
      body.replaceChildren(...nextRows(made, scale, draws));
    },
  };
}

function nextFacts() {
  const heads = ["model", "now"].map((title) => html("th", { scope: "col" }, title));
  const [view, head] = [html("table", { class: "ctr-next-facts" }), html("thead", {}, html("tr", {}, ...heads))];
  const cell = (told) => html("td", { dir: "auto" }, told);
  return {
    view,
    draw(facts) {
      view.replaceChildren(head, ...facts.map(([what, model, now]) => html("tbody", {},
        html("tr", {}, html("th", { colspan: 2, scope: "rowgroup" }, what)),
        html("tr", {}, cell(model), cell(html("b", {}, now))))));
    },
  };
}

// The tokens of the text, one stop for the Tab key; `go` gets the position that was chosen.
function nextStrip(tokens, go) {
  const chips = tokens.map((word, i) => button(word, () => go(i), { dir: "auto", "data-at": i }));
  const label = "The text: choose up to where it was read";
  const view = html("div", { class: "ctr-next-strip", role: "group", "aria-label": label }, ...chips);
  view.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const at = chips.findIndex((chip) => chip.tabIndex === 0);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: chips.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const there = Math.min(chips.length - 1, Math.max(0, to));
    go(there);
    chips[there].focus();
  });
  return {
    view,
    draw(position) {
      chips.forEach((chip, i) => {
        const read = i <= position;
        chip.className = i === position ? "ctr-next-here" : read ? "ctr-next-read" : "";
        chip.tabIndex = i === position ? 0 : -1;
        chip.setAttribute("aria-pressed", String(i === position));
        chip.setAttribute("aria-label", `${tokens[i]}, token ${i + 1}, ${read ? "read" : "not read"}`);
      });
    },
  };
}

const SIGNS = [
  ["own", "the model's own probability"], ["after", "now, after all settings"], ["hatched", "cut (\u2715)"],
  ["tick", "share of the draws"],
];

const nextLegend = () => html("p", { class: "ctr-next-legend" }, ...SIGNS.map(([look, told]) => {
  const sign = html("span", { class: `ctr-next-swatch ctr-next-${look}`, "aria-hidden": "true" });
  return html("span", {}, sign, told);
}));
