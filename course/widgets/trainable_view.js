// What learns: the parts of a model as a stack with the input at the foot, a column for each regime and one for now, and measures as
// bars. Python has decided what is true in each cell; only the rates of "layerwise" are computed here, as their factor is under the hand.

const STATES = { all: "learns", some: "learns in part", passes: "frozen, the gradient passes", none: "frozen, no gradient comes" };
const count = (number) => number.toLocaleString("en");
const learns = (state) => state === "all" || state === "some";

const short = (number) => String(Number(number.toPrecision(3)));

// As Python writes a rate: 2e-5, 1.6e-5; the nudge rounds a half up.
function rateText(rate) {
  return rate === 0 ? "0" : (rate * (1 + 1e-9)).toExponential(1).replace(".0e", "e").replace("e+", "e");
}

function render({ model, el }) {
  const root = stage(el, "ctr-trainable", "What learns");
  const put = (name, value) => {
    model.set(name, value);
    model.save_changes();
  };
  const columns = ["now", ...model.get("regimes")]; // neither these nor their titles change
  let pointed = -1; // the part under the mouse

  const factor = html("input", { type: "range", min: 0.05, max: 1, step: 0.05, oninput: () => put("factor", Number(factor.value)) });
  const epoch = html("input", { type: "range", min: 1, step: 1, oninput: () => put("epoch", Number(epoch.value)) });
  // The steps of this slider are powers of two.
  const adapter = html("input", { type: "range", min: 0, max: 9, step: 1, oninput: () => put("adapter", 2 ** Number(adapter.value)) });
  const [factorShown, epochShown, adapterShown] = [0, 1, 2].map(() => html("output", { class: "ctr-number" }));
  const controls = html("div", { class: "ctr-row ctr-trainable-controls" });
  if (columns.includes("layerwise")) controls.append(html("label", {}, "Each level below has of the rate above", factor, factorShown));
  if (columns.includes("unfreezing")) controls.append(html("label", {}, "Epoch of unfreezing", epoch, epochShown));
  const adapterLabel = html("label", {}, "Size of an adapter", adapter, adapterShown);
  if (columns.includes("adapters")) controls.append(adapterLabel);
  const table = html("table");
  const about = html("p", { class: "ctr-trainable-about", role: "status" });
  const detail = html("div", { class: "ctr-trainable-detail" });
  const legend = html("p", { class: "ctr-trainable-legend", "aria-hidden": "true" },
    ...[["all", false, "learns"], ["some", false, "in part"], ["passes", false, "frozen, the gradient passes"], ["none", false, "frozen, none comes"], ["all", true, "the backward pass ends"]]
      .map(([state, ends, text]) => html("span", {}, mark(state, ends), text)));
  root.append(controls, html("div", { class: "ctr-trainable-scroll" }, table), legend, about, detail);

  // Of unfreezing the epoch, of adapters the size that is set: a model with adapters of its own has no sizes to choose from.
  function shown(column) {
    const { epochs } = model.get("_plan")[column];
    const place = { unfreezing: model.get("epoch") - 1, adapters: Math.log2(model.get("adapter")) }[column] ?? 0;
    return epochs[epochs.length > 1 ? place : 0];
  }

  // A full box learns, a half one in part, a ring is frozen; the line is the way of the gradient.
  function mark(state, ends) {
    return html("span", { class: `ctr-trainable-mark ctr-trainable-${state}${ends ? " ctr-trainable-ends" : ""}`, "aria-hidden": "true" });
  }

  function rateOf(column, part) {
    if (column === "now") return part.rate;
    return rateText(model.get("_plan")[column].rate * (column === "layerwise" ? model.get("factor") ** part.level : 1));
  }

  function cell(column, i) {
    const part = model.get("parts")[i];
    const { states, reach, added } = shown(column);
    const rate = learns(states[i]) ? rateOf(column, part) : "";
    const words = learns(states[i]) ? `${rate || "learns"}${states[i] === "some" ? " in part" : ""}` : "frozen";
    const mode = `${column === "now" ? `, ${part.mode}` : ""}${added[i] > 0 ? `, ${count(added[i])} new` : ""}`;
    const spoken = `${STATES[states[i]]}${rate && ` ${rate}`}${i === reach ? ", the backward pass ends here" : ""}${mode}`;
    return html("td", { class: column === model.get("column") ? "ctr-trainable-chosen" : "", onclick: () => choose(column, i) },
      html("span", { class: "ctr-trainable-cell" }, mark(states[i], i === reach),
        html("span", { "aria-hidden": "true", class: learns(states[i]) ? "" : "ctr-soft" }, words + mode), html("span", { class: "ctr-spoken" }, spoken)));
  }

  function choose(column, part) {
    put("column", column);
    put("part", part);
  }

  const barOf = ([length, text]) => html("td", {}, html("span", { class: "ctr-trainable-cell" },
    html("span", { class: "ctr-trainable-bar", style: `width: ${90 * length}px`, "aria-hidden": "true" }), text));

  // What is true of the model now, its measures beside it, then the regimes: in a narrow page it is these that are scrolled to.
  const withBars = (ofColumn, ofMeasure) => [ofColumn("now"), ...model.get("_bars").map(ofMeasure), ...columns.slice(1).map(ofColumn)];

  function rowOf(part, i) {
    const pinned = i === model.get("part");
    const name = button(part.name, () => put("part", pinned ? -1 : i), {
      "data-key": `part ${i}`, "aria-pressed": String(pinned), dir: "auto", title: part.path, tabindex: i === Math.max(0, model.get("part")) ? 0 : -1,
    });
    return html("tr", { class: pinned ? "ctr-trainable-pinned" : "", "data-part": i },
      html("th", { scope: "row" }, name), html("td", { class: "ctr-trainable-count" }, count(part.count)),
      ...withBars((column) => cell(column, i), ({ bars }) => barOf(bars[i])));
  }

  function headOf(column) {
    const { title, start } = model.get("_plan")[column];
    const chosen = column === model.get("column");
    const name = button(title, () => put("column", column), { "data-key": `column ${column}`, "aria-pressed": String(chosen), tabindex: chosen ? 0 : -1 });
    return html("th", { scope: "col", class: chosen ? "ctr-trainable-chosen" : "" }, name, html("small", {}, start));
  }

  function sumOf(label, total, text) {
    return html("tr", {}, html("th", { scope: "row" }, label), html("td", { class: "ctr-trainable-count" }, total),
      ...withBars((column) => html("td", { class: column === model.get("column") ? "ctr-trainable-chosen" : "" }, text(shown(column))), () => html("td")));
  }

  function drawTable() {
    const parts = model.get("parts");
    const focused = table.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const measure = ({ title, scale }) => html("th", { scope: "col" }, html("b", {}, title), html("small", {}, scale));
    table.replaceChildren(
      html("thead", {}, html("tr", {}, html("th", { scope: "col" }, "part"), html("th", { scope: "col", class: "ctr-trainable-count" }, "parameters"), ...withBars(headOf, measure))),
      html("tbody", {}, ...parts.map(rowOf).reverse()), // the input at the foot
      html("tfoot", {},
        sumOf("learn", count(parts.reduce((sum, part) => sum + part.count, 0)), (one) => count(one.count)),
        sumOf("of all", "", (one) => one.share),
        sumOf("AdamW state", "", (one) => count(one.kept))));
    if (focused) focusOn(focused);
  }

  const focusOn = (key) => [...table.querySelectorAll("button")].find((one) => one.dataset.key === key)?.focus();

  function drawAbout() {
    const column = model.get("column");
    const parts = model.get("parts");
    const tail = column === "layerwise" ? ` With a factor of ${short(model.get("factor"))} the rate falls from ${rateOf(column, parts.at(-1))} at the top to ${rateOf(column, parts[0])} at the input.` : "";
    about.replaceChildren(html("b", {}, `${model.get("_plan")[column].title}: `), shown(column).said + tail);
  }

  function point(i) {
    if (i === pointed) return;
    pointed = i;
    drawDetail();
  }

  // Rows that are drawn anew under a mouse at rest are no pointing: only where it has moved.
  let at = "";
  table.addEventListener("mousemove", (event) => {
    const now = `${event.clientX} ${event.clientY}`;
    if (now === at) return;
    at = now;
    point(Number(event.target.closest("[data-part]")?.dataset.part ?? -1));
  });
  table.addEventListener("mouseleave", () => point(-1));

  // The tensors of the part under the mouse, else of the chosen one, and which of them learn in the chosen column.
  function drawDetail() {
    const i = pointed >= 0 ? pointed : model.get("part");
    const part = model.get("parts")[i];
    if (!part) {
      detail.replaceChildren(html("p", { class: "ctr-soft" }, "Point at a part or choose it to see its tensors. Arrow keys go from part to part and from column to column."));
      return;
    }
    const column = model.get("column");
    const state = shown(column).states[i];
    const partly = { now: (tensor) => tensor.learns, biases: (tensor) => tensor.bias, adapters: (tensor) => tensor.norm || tensor.adapter }[column];
    const learnsIn = (tensor) => !tensor.shared && (state === "all" || (state === "some" && partly(tensor)));
    const rows = part.tensors.map((tensor) => {
      const name = tensor.name.startsWith(`${part.path}.`) ? tensor.name.slice(part.path.length + 1) : tensor.name;
      const notes = [learnsIn(tensor) ? "learns" : "frozen"];
      if (tensor.shared) notes[0] = `shared, counted in ${tensor.shared}`;
      if (tensor.also.length > 0) notes.push(`also ${tensor.also.join(", ")}`);
      if (tensor.adapter) notes.push("of an adapter");
      if (column === "now" && learnsIn(tensor) && tensor.given === false) notes.push("not in the optimizer");
      return html("li", {}, mark(learnsIn(tensor) ? "all" : "none", false), html("span", { dir: "auto" }, name), html("span", { class: "ctr-number" }, tensor.shape.join(" \u00d7 ") || "one number"),
        html("span", { class: "ctr-soft" }, notes.join(", ")));
    });
    if (shown(column).added[i] > 0) {
      const [size, wide] = [model.get("adapter"), part.width];
      const tensors = { "adapter, down": `${size} \u00d7 ${wide}`, "its bias": size, "adapter, up": `${wide} \u00d7 ${size}`, "its bias ": wide };
      rows.push(...Object.entries(tensors).map(([name, shape]) => html("li", {}, mark("all", false), html("span", {}, name.trim()), html("span", { class: "ctr-number" }, shape), html("span", { class: "ctr-soft" }, "new, learns"))));
    }
    detail.replaceChildren(
      html("p", {}, html("b", { dir: "auto" }, part.name), ` ${part.path && `${part.path}, `}${part.kind}, ${count(part.count)} parameters in ${part.tensors.length} tensor${part.tensors.length > 1 ? "s" : ""}`),
      html("ul", {}, ...rows));
  }

  function draw() {
    const epochs = model.get("_plan").unfreezing?.epochs.length ?? 1;
    adapterLabel.hidden = (model.get("_plan").adapters?.epochs.length ?? 1) === 1;
    controls.hidden = ![...controls.children].some((one) => !one.hidden);
    adapter.value = Math.log2(model.get("adapter"));
    adapterShown.value = model.get("adapter");
    adapter.setAttribute("aria-valuetext", adapterShown.value);
    factor.value = model.get("factor");
    factorShown.value = short(model.get("factor"));
    factor.setAttribute("aria-valuetext", factorShown.value);
    epoch.max = epochs;
    epoch.value = model.get("epoch");
    epochShown.value = `${model.get("epoch")} of ${epochs}`;
    drawTable();
    drawAbout();
    drawDetail();
  }

  root.addEventListener("keydown", (event) => {
    if ([factor, epoch, adapter].includes(event.target) || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape") put("part", -1);
    const [up, right] = { ArrowUp: [1, 0], ArrowDown: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[event.key] ?? [0, 0];
    if (up === 0 && right === 0) return;
    event.preventDefault();
    pointed = -1;
    if (up !== 0) {
      const last = model.get("parts").length - 1;
      const part = model.get("part");
      put("part", part < 0 ? (up > 0 ? 0 : last) : Math.min(last, Math.max(0, part + up)));
      focusOn(`part ${model.get("part")}`);
    } else {
      const place = columns.indexOf(model.get("column")) + right;
      put("column", columns[Math.min(columns.length - 1, Math.max(0, place))]);
      if (document.activeElement?.dataset.key?.startsWith("column")) focusOn(`column ${model.get("column")}`);
      table.querySelector("thead .ctr-trainable-chosen").scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  });

  draw();
  const unfollow = follow(model, ["parts", "_plan", "_bars", "column", "part", "factor", "epoch", "adapter"], draw);
  return () => {
    unfollow();
    root.remove();
  };
}

export default { render };
