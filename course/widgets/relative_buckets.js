// Relative buckets: a row of positions with a query, each key in its bucket, the curve of bucket against offset, and each head's bias.
// Python has computed where each bucket of a side begins, with its rounding; here a distance is looked up among these.

const CURVE = { wide: 700, high: 150, left: 34, top: 16 };
const SMALL = { wide: 166, high: 46 };
const signed = (offset) => (offset === 0 ? "0" : `${offset > 0 ? "+" : "\u2212"}${Math.abs(offset)}`);
const biasText = (bias) => `${bias < 0 || Object.is(bias, -0) ? "\u2212" : "+"}${Math.abs(bias).toFixed(2)}`;

// The last of the ascending `edges` that is not above the distance: the bucket of a side.
function placeOf(edges, distance) {
  let place = edges.length - 1;
  while (edges[place] > distance) place -= 1;
  return place;
}

function render({ model, el }) {
  const root = stage(el, "ctr-buckets", "Relative buckets");
  const length = model.get("length");
  const biases = model.get("biases");
  const { buckets: counts, distances, beyond } = model.get("_choices");
  const edgesOf = model.get("_edges");
  const fixed = biases.length > 0;
  let pointed = null; // the offset under the mouse, null: none

  // --- what is true ---

  const bothWays = () => model.get("bidirectional");
  const side = () => (bothWays() ? model.get("buckets") / 2 : model.get("buckets"));
  const edges = () => edgesOf[`${side()}/${model.get("max_distance")}`];
  const reach = () => model.get("max_distance") + beyond;
  const clamp = (value, least, most) => Math.max(least, Math.min(most, value));
  const marked = () => pointed ?? model.get("offset");

  function bucketOf(offset) {
    const distance = bothWays() ? Math.abs(offset) : Math.max(0, -offset);
    return placeOf(edges(), distance) + (bothWays() && offset > 0 ? side() : 0);
  }

  // [first, last] of the offsets that share this one's bucket, null where they go on for ever.
  function rangeOf(offset) {
    if (!bothWays() && offset >= 0) return [0, null];
    const all = edges();
    const place = placeOf(all, Math.abs(offset));
    const near = offset > 0 ? Math.max(1, all[place]) : all[place];
    const far = place + 1 < side() ? all[place + 1] - 1 : null;
    return offset > 0 ? [near, far] : [far === null ? null : 0 - far, 0 - near];
  }

  function saidOf(offset) {
    const [query, [first, last]] = [model.get("query"), rangeOf(offset)];
    const key = query + offset;
    const where = offset === 0 ? "the query itself" : `${Math.abs(offset)} to the ${offset > 0 ? "right" : "left"}`;
    const pair = key >= 0 && key < length ? `Query ${query}, key ${key}: offset` : "Offset";
    const shared = first === null ? `shared by ${signed(last)} and all offsets further left.`
      : last === null ? `shared by ${signed(first)} and all offsets further right.`
      : first === last ? "for this offset alone." : `shared by the offsets from ${signed(first)} to ${signed(last)}.`;
    const hidden = offset > 0 && !bothWays() ? " A decoder does not see keys to the right: its mask hides them." : "";
    return `${pair} ${signed(offset)}, ${where}. Bucket ${bucketOf(offset)} of 0 to ${model.get("buckets") - 1}, ${shared}${hidden}`;
  }

  // --- controls ---

  // What the hand does is shown, wherever the mouse rests.
  function put(values) {
    pointed = null;
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  }
  const titles = (list) => Object.fromEntries(list.map((one) => [String(one), String(one)]));
  const direction = choice("Direction", { true: "both sides (encoder)", false: "to the left (decoder)" }, String(bothWays()), (value) => put({ bidirectional: value === "true" }));
  const count = choice("Buckets", titles(counts), String(model.get("buckets")), (value) => put({ buckets: Number(value) }));
  const most = choice("Largest distance", titles(distances), String(model.get("max_distance")), (value) => {
    const distance = Number(value);
    put({ offset: clamp(model.get("offset"), -distance - beyond, distance + beyond), max_distance: distance });
  });
  for (const one of [direction, count, most]) {
    one.disabled = fixed;
    if (fixed) one.title = "The biases were learned for this: it stays as it is.";
  }
  const slider = html("input", { type: "range", step: 1, "aria-label": "Offset, key minus query", oninput: () => put({ offset: Number(slider.value) }) });
  const shown = html("output", { class: "ctr-number ctr-buckets-offset" });

  // --- the row: one button a position, one of them in the order of Tab ---

  const cells = Array.from({ length }, (_, key) => {
    const number = html("span", { class: "ctr-buckets-number ctr-number" });
    const cell = html("button", { type: "button", class: "ctr-buckets-cell", role: "option", "data-key": key, onclick: () => put({ query: key }) }, number, html("span", { class: "ctr-buckets-key ctr-number", "aria-hidden": "true" }, key));
    return { cell, number };
  });
  const list = html("div", { class: "ctr-buckets-row", role: "listbox", "aria-orientation": "horizontal", "aria-label": "Positions: choose the query" }, ...cells.map(({ cell }) => cell));
  list.addEventListener("keydown", (event) => {
    const query = model.get("query");
    const to = { ArrowLeft: query - 1, ArrowRight: query + 1, Home: 0, End: length - 1 }[event.key];
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    put({ query: clamp(to, 0, length - 1) });
    cells[model.get("query")].cell.focus();
  });
  list.addEventListener("pointermove", (event) => {
    const key = event.target.closest("[data-key]")?.dataset.key;
    point(key === undefined ? null : clamp(Number(key) - model.get("query"), -reach(), reach()));
  });
  list.addEventListener("pointerleave", () => point(null));

  function drawRow() {
    const query = model.get("query");
    cells.forEach(({ cell, number }, key) => {
      const offset = key - query;
      const bucket = bucketOf(offset);
      const hidden = offset > 0 && !bothWays();
      const look = { isquery: offset === 0, right: offset > 0, hidden, marked: offset === marked() && offset !== 0 };
      for (const [name, on] of Object.entries(look)) cell.classList.toggle(`ctr-buckets-${name}`, on);
      cell.style.setProperty("--ctr-buckets-part", `${hidden ? 0 : 8 + (42 * (bucket % side())) / (side() - 1)}%`);
      cell.tabIndex = offset === 0 ? 0 : -1;
      cell.setAttribute("aria-selected", String(offset === 0));
      cell.setAttribute("aria-label", offset === 0 ? `Position ${key}, the query, bucket ${bucket}` : `Position ${key}, offset ${signed(offset)}, bucket ${bucket}${hidden ? ", hidden by the mask" : ""}`);
      number.textContent = bucket;
    });
  }

  // --- the curve ---

  const x = (offset) => CURVE.left + ((offset + reach()) / (2 * reach())) * CURVE.wide;
  const y = (bucket) => CURVE.top + CURVE.high * (1 - bucket / (model.get("buckets") - 1));
  const plot = svg("svg", { class: "ctr-buckets-curve", viewBox: `0 0 ${CURVE.left + CURVE.wide + 16} ${CURVE.top + CURVE.high + 40}`, role: "img" });
  const band = svg("rect", { class: "ctr-buckets-band", y: CURVE.top, height: CURVE.high });
  const dot = svg("circle", { class: "ctr-buckets-dot", r: 5 });
  const still = svg("g", {});
  plot.append(band, still, dot);
  const heads = html("div", { class: "ctr-buckets-heads" });
  const never = html("p", { class: "ctr-soft ctr-buckets-never" });
  const about = html("p", { class: "ctr-buckets-about", role: "status" });

  // The curve from one offset to another, a step for each bucket.
  function steps(from, to) {
    const level = (offset) => y(bucketOf(offset)).toFixed(2);
    let path = `M${x(from - 0.5).toFixed(2)} ${level(from)}`;
    for (let offset = from; offset <= to; offset += 1) {
      if (offset === to || level(offset + 1) !== level(offset)) path += `H${x(offset + 0.5).toFixed(2)}${offset === to ? "" : `V${level(offset + 1)}`}`;
    }
    return path;
  }

  function drawCurve() {
    const [distance, all] = [model.get("max_distance"), model.get("buckets")];
    const text = (left, top, said) => svg("text", { x: left, y: top, class: "ctr-buckets-tick" }, said);
    const ticks = [-4, -3, -2, -1, 0, 1, 2, 3, 4].map((k) => Math.floor((distance * k) / 4));
    const levels = [...new Set([0, Math.floor(all / 4), all / 2, Math.floor((3 * all) / 4), all - 1])];
    still.replaceChildren(
      ...levels.flatMap((bucket) => [svg("path", { class: "ctr-buckets-line", d: `M${CURVE.left} ${y(bucket)}h${CURVE.wide}` }), text(16, y(bucket) + 4, bucket)]),
      ...ticks.map((offset) => text(x(offset), CURVE.top + CURVE.high + 16, signed(offset))),
      text(CURVE.left + CURVE.wide / 2, CURVE.top + CURVE.high + 34, "offset: key \u2212 query"), svg("text", { x: 2, y: 9, class: "ctr-buckets-tick ctr-buckets-name" }, "bucket"),
      svg("path", { class: "ctr-buckets-path", d: steps(-reach(), 0) }),
      svg("path", { class: "ctr-buckets-path ctr-buckets-path-right", d: steps(1, reach()) }));
    plot.setAttribute("aria-label", `Bucket against offset, from ${signed(-reach())} to ${signed(reach())}`);
    never.textContent = bothWays() ? `Bucket ${all / 2} is never used: it is for distance 0 to the right, and a key to the right is at least 1 away.` : "";
  }

  function offsetUnder(event) {
    const box = plot.getBoundingClientRect();
    const wide = CURVE.left + CURVE.wide + 16;
    const at = ((event.clientX - box.left) / box.width) * wide;
    return clamp(Math.round(((at - CURVE.left) / CURVE.wide) * 2 * reach() - reach()), -reach(), reach());
  }
  plot.addEventListener("pointermove", (event) => point(offsetUnder(event)));
  plot.addEventListener("pointerleave", () => point(null));
  plot.addEventListener("click", (event) => put({ offset: offsetUnder(event) }));

  // --- the heads ---

  const scale = Math.max(1e-9, ...biases.flat().map(Math.abs));
  const down = Array.from({ length: side() }, (_, k) => side() - 1 - k);
  const order = bothWays() ? [...down, ...down.slice(0, -1).reverse().map((place) => side() + place)] : down; // the buckets, from far left to far right
  const smallX = (place) => (place / order.length) * SMALL.wide;
  const smallY = (head, bucket) => 4 + (SMALL.high / 2) * (1 - biases[head][bucket] / scale);
  const small = biases.map((_, head) => {
    const lines = `M0 ${4 + SMALL.high / 2}h${SMALL.wide}M${smallX(order.indexOf(0) + 0.5).toFixed(2)} 4v${SMALL.high}`;
    const path = order.map((bucket, place) => `${place === 0 ? "M0 " : "V"}${smallY(head, bucket).toFixed(2)}H${smallX(place + 1).toFixed(2)}`).join("");
    const [name, dot] = [html("p", { class: "ctr-number" }), svg("circle", { class: "ctr-buckets-dot", r: 4 })];
    const plot = svg("svg", { viewBox: `0 0 ${SMALL.wide} ${SMALL.high + 8}`, "aria-hidden": "true" }, svg("path", { class: "ctr-buckets-zero", d: lines }), svg("path", { class: "ctr-buckets-path", d: path }), dot);
    return { name, dot, view: html("div", {}, name, plot) };
  });
  if (fixed) {
    heads.append(html("p", { class: "ctr-buckets-about" }, `The bias that each head adds to its scores, from ${biasText(-scale)} to ${biasText(scale)}: a step a bucket, from far left to far right.`),
      html("div", { class: "ctr-buckets-small" }, ...small.map((one) => one.view)));
  }

  // --- all ---

  function drawMarked() {
    const offset = marked();
    const [first, last] = rangeOf(offset);
    const [from, to] = [first === null ? x(-reach()) : x(first - 0.5), last === null ? x(reach()) : x(last + 0.5)];
    band.setAttribute("x", from);
    band.setAttribute("width", to - from);
    dot.setAttribute("cx", x(offset));
    dot.setAttribute("cy", y(bucketOf(offset)));
    about.textContent = saidOf(offset);
    small.forEach((one, head) => {
      const bucket = bucketOf(offset);
      one.name.replaceChildren(`head ${head}: `, html("b", {}, biasText(biases[head][bucket])));
      one.dot.setAttribute("cx", smallX(order.indexOf(bucket) + 0.5));
      one.dot.setAttribute("cy", smallY(head, bucket));
    });
  }

  function point(offset) {
    if (offset === pointed) return;
    pointed = offset;
    drawRow();
    drawMarked();
  }

  function draw() {
    direction.value = String(bothWays());
    count.value = String(model.get("buckets"));
    most.value = String(model.get("max_distance"));
    slider.min = -reach();
    slider.max = reach();
    slider.value = model.get("offset");
    shown.value = signed(model.get("offset"));
    if (pointed !== null) pointed = clamp(pointed, -reach(), reach());
    drawRow();
    drawCurve();
    drawMarked();
  }

  root.append(
    html("div", { class: "ctr-row ctr-buckets-controls" }, html("label", {}, "Buckets for", direction), html("label", {}, "Buckets", count), html("label", {}, "Largest distance", most), html("label", {}, "Offset", slider, shown)),
    about, list, plot, never, heads);
  draw();
  const unfollow = follow(model, ["query", "offset", "bidirectional", "buckets", "max_distance"], draw);
  return () => {
    unfollow();
    root.remove();
  };
}

export default { render };
