// The embedding map: dots on a plane, and each word's true neighbours from the space the plane was cut from.
// All numbers come from Python, packed; moving over the map never calls Python.

const SIZE = { width: 640, height: 440 }; // as in embedding_map.py
const REACH = 28; // how near, in units of the drawing, the pointer must come to a dot
const LABELLED = 400; // how many words are tried for a label when no word is chosen

// Where a label may stand: to the right or left of its dot (1, -1) or in its middle (0), so many units down.
const NEAR = [[1, 0], [-1, 0], [0, -15], [0, 15]];
const FAR = [...NEAR, ...[-14, 14, -28, 28, -42, 42].flatMap((down) => [[1, down], [-1, down]])];

function percent(share) {
  return `${Math.round(share * 100)} %`;
}

function render({ model, el }) {
  const words = model.get("words");
  const marks = model.get("_groups");
  const groupOf = numbers(Uint8Array, model.get("_group_of"));
  const nearest = numbers(Uint16Array, model.get("_nearest"));
  const cosines = numbers(Int16Array, model.get("_cosines"));
  const many = nearest.length / words.length; // neighbours a word
  const places = numbers(Float32Array, model.get("_places"));
  const at = words.map((_, i) => ({ x: places[2 * i], y: places[2 * i + 1] }));
  const hiddenGroups = new Set();
  let hovered = null;
  let restingLabels = null; // placing 400 labels among 2,000 dots takes a while: once for each set of shown groups

  const root = stage(el, "ctr-map", "Embedding map");
  const search = html("input", { type: "search", placeholder: "Find a word", "aria-label": "Find a word", oninput: onSearch, onkeydown: onSearchKey });
  const found = html("span", { class: "ctr-soft", role: "status" });
  const spokes = svg("g");
  const dots = words.map((_, i) => dot(i));
  const rings = svg("g");
  const labels = svg("g");
  const plot = svg("svg", {
    class: "ctr-map-plot",
    viewBox: `0 0 ${SIZE.width} ${SIZE.height}`,
    tabindex: 0,
    role: "application",
    "aria-roledescription": "word map",
    "aria-label": `Map of ${words.length} words. Arrow keys go to the next word in that direction, Enter pins it, Escape lets go.`,
    onpointermove: (event) => hover(under(event)),
    onpointerleave: () => hover(null),
    onclick: (event) => pin(under(event)),
    onkeydown: onKey,
  }, ...axes(), spokes, svg("g", {}, ...dots), rings, labels);
  const side = html("div", { class: "ctr-map-side" });
  const spoken = html("p", { class: "ctr-spoken", role: "status" });
  const legend = html("div", { class: "ctr-map-legend", role: "group", "aria-label": "Groups: show or hide" }, ...marks.map(legendButton));
  root.append(
    html("div", { class: "ctr-row ctr-map-head" }, search, found),
    plot, side,
    html("div", { class: "ctr-map-foot" }, marks.length > 1 ? legend : ""),
    html("p", { class: "ctr-map-foot ctr-soft" }, caption()), spoken);

  // Where things are -------------------------------------------------------------------------------------------------

  function visible(i) {
    return !hiddenGroups.has(groupOf[i]);
  }

  // The visible word nearest to the pointer, or null where none is near. 2,000 distances take some microseconds.
  function under(event) {
    const box = plot.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * SIZE.width;
    const y = ((event.clientY - box.top) / box.height) * SIZE.height;
    return closest((i) => {
      const distance = Math.hypot(at[i].x - x, at[i].y - y);
      return distance <= REACH ? distance : Infinity;
    });
  }

  // The visible word of the lowest cost, or null where every cost is infinite.
  function closest(cost) {
    let best = null;
    let lowest = Infinity;
    for (let i = 0; i < words.length; i += 1) {
      const price = visible(i) ? cost(i) : Infinity;
      if (price < lowest) [best, lowest] = [i, price];
    }
    return best;
  }

  // The next word to the left, right, top or bottom: inside a quarter turn of that direction, straight ones preferred.
  function next(from, [dx, dy]) {
    return closest((i) => {
      const x = at[i].x - at[from].x;
      const y = at[i].y - at[from].y;
      const ahead = x * dx + y * dy;
      const aside = Math.abs(x * dy - y * dx);
      return ahead > 0 && aside <= ahead ? ahead + 2 * aside : Infinity;
    });
  }

  function neighboursOf(i) {
    return Array.from({ length: many }, (_, k) => ({ word: nearest[i * many + k], cosine: cosines[i * many + k] / 10000 }));
  }

  // What a person does -------------------------------------------------------------------------------------------------

  function chosen() {
    return hovered ?? model.get("pinned");
  }

  function hover(i) {
    if (i === hovered) return;
    hovered = i;
    draw();
  }

  // Pinning the pinned word, or clicking beside all words, lets go.
  function pin(i) {
    model.set("pinned", i === model.get("pinned") ? null : i);
    model.save_changes();
    draw();
  }

  function onKey(event) {
    const directions = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const from = chosen();
    if (event.key in directions) {
      const middle = closest((i) => Math.hypot(at[i].x - SIZE.width / 2, at[i].y - SIZE.height / 2));
      hover(from === null ? middle : next(from, directions[event.key]) ?? from);
    } else if ((event.key === "Enter" || event.key === " ") && from !== null) pin(from);
    else if (event.key === "Escape") {
      hovered = null;
      if (model.get("pinned") === null) draw();
      else pin(null);
    } else return;
    event.preventDefault();
  }

  function matches() {
    const wanted = search.value.trim().toLowerCase();
    if (!wanted) return [];
    const rank = (i) => (words[i].toLowerCase() === wanted ? 0 : words[i].toLowerCase().startsWith(wanted) ? 1 : 2);
    const all = words.map((_, i) => i).filter((i) => visible(i) && words[i].toLowerCase().includes(wanted));
    return all.sort((a, b) => rank(a) - rank(b) || a - b);
  }

  function onSearch() {
    const all = matches();
    const more = all.length > 1 ? ` (and ${all.length - 1} more)` : "";
    found.textContent = !search.value.trim() ? "" : all.length ? `${words[all[0]]}${more}: Enter pins it` : "no such word";
    hover(all[0] ?? null);
  }

  function onSearchKey(event) {
    const [first] = matches();
    if (event.key !== "Enter" || first === undefined) return;
    hovered = null;
    if (first !== model.get("pinned")) pin(first);
    found.textContent = `${words[first]} is pinned`;
  }

  function toggle(group, button) {
    if (!hiddenGroups.delete(group)) hiddenGroups.add(group);
    button.setAttribute("aria-pressed", String(!hiddenGroups.has(group)));
    restingLabels = null;
    dots.forEach((one, i) => one.toggleAttribute("hidden", !visible(i)));
    draw();
  }

  // What is drawn --------------------------------------------------------------------------------------------------------

  // What the two directions of the plane are worth: at the right edge and at the top.
  function axes() {
    const [across, up] = model.get("_explained");
    const { width, height } = SIZE;
    return [
      svg("text", { class: "ctr-map-axis", x: width - 8, y: height - 8, "text-anchor": "end" }, `1st direction: ${percent(across)} \u2192`),
      svg("text", { class: "ctr-map-axis", x: 0, y: 0, "text-anchor": "end", transform: "translate(16 8) rotate(-90)" }, `2nd direction: ${percent(up)} \u2192`),
    ];
  }

  function shape(group, attributes) {
    return svg("path", { d: marks[group].path, fill: marks[group].colour, ...attributes });
  }

  function dot(i) {
    return shape(groupOf[i], { class: "ctr-map-dot", transform: `translate(${at[i].x} ${at[i].y})` });
  }

  function legendButton(mark, group) {
    const icon = svg("svg", { viewBox: "-8 -8 16 16", "aria-hidden": "true" }, shape(group, { class: "ctr-map-dot" }));
    const count = groupOf.filter((one) => one === group).length;
    const button = html("button", { type: "button", "aria-pressed": "true", onclick: () => toggle(group, button) },
      icon, mark.name, html("span", { class: "ctr-soft ctr-number" }, String(count)));
    return button;
  }

  function caption() {
    const [first, second] = model.get("_explained");
    const dimensions = model.get("_dimensions");
    return `The plane keeps ${percent(first + second)} of the variance of ${dimensions} dimensions (PCA). ` +
      `Neighbours are by cosine in all ${dimensions}, so they may lie far apart here.`;
  }

  // Labels: the lit words' always, else of as many words as find room. Each takes the place that covers least.
  function label(order, must) {
    const taken = [];
    const made = [];
    const shown = must ? order : words.map((_, i) => i).filter(visible);
    for (const i of order) {
      const isChosen = must && i === order[0];
      const half = (isChosen ? 4.7 : 3.5) * words[i].length;
      const away = half + (isChosen ? 14 : 9);
      const { x, y } = at[i];
      const options = (must ? FAR : NEAR).map(([side, down]) => {
        const [midX, midY] = [x + side * away, y + down];
        const labelsHit = taken.filter((one) => Math.abs(one.x - midX) < one.half + half + 2 && Math.abs(one.y - midY) < 14).length;
        const dotsHit = shown.filter((one) => Math.abs(at[one].x - midX) < half + 5 && Math.abs(at[one].y - midY) < 11).length;
        const outside = midX - half < 0 || midX + half > SIZE.width || midY < 8 || midY > SIZE.height - 8;
        return { x: midX, y: midY, half, cost: 4 * labelsHit + dotsHit + 8 * outside + (must ? Math.abs(down) / 30 : 0) };
      });
      const best = options.reduce((a, b) => (b.cost < a.cost ? b : a));
      if (!must && best.cost > 0) continue;
      taken.push(best);
      const classes = isChosen ? "ctr-map-label ctr-map-chosen" : "ctr-map-label";
      made.push(svg("text", { class: classes, x: best.x, y: best.y + 4, "text-anchor": "middle" }, words[i]));
    }
    return made;
  }

  function draw() {
    const i = chosen();
    const pinned = model.get("pinned");
    const around = i === null ? [] : neighboursOf(i);
    const lit = i === null ? [] : [i, ...around.map(({ word }) => word)].filter((one) => one === i || visible(one));

    plot.classList.toggle("ctr-map-busy", i !== null);
    plot.querySelectorAll(".ctr-map-lit").forEach((one) => one.classList.remove("ctr-map-lit"));
    for (const one of lit) dots[one].classList.add("ctr-map-lit");
    spokes.replaceChildren(...lit.slice(1).map((one) =>
      svg("path", { class: "ctr-map-spoke", d: `M${at[i].x} ${at[i].y}L${at[one].x} ${at[one].y}` })));
    rings.replaceChildren(
      ...(i === null ? [] : [svg("circle", { class: "ctr-map-ring", cx: at[i].x, cy: at[i].y, r: 10 })]),
      ...(pinned === null ? [] : [svg("path", { class: "ctr-map-pin", d: "M0-9l-5-9a5.8 5.8 0 1 1 10 0z", transform: `translate(${at[pinned].x} ${at[pinned].y})` })]));
    if (i === null) restingLabels ??= label(words.map((_, one) => one).filter(visible).slice(0, LABELLED), false);
    labels.replaceChildren(...(i === null ? restingLabels : label(lit, true)));
    drawSide(i, around, pinned);
  }

  function drawSide(i, around, pinned) {
    if (i === null) {
      side.replaceChildren(
        html("h3", {}, "No word chosen"),
        html("p", { class: "ctr-soft" }, "Move over the map, or press an arrow key in it, to see a word\u2019s nearest words. A click or Enter pins it."));
      spoken.textContent = "";
      return;
    }
    const row = ({ word, cosine }) => html("li", {},
      html("button", { type: "button", onclick: () => walk(word) },
        html("span", { dir: "auto" }, words[word], visible(word) ? "" : " (hidden)"),
        html("span", { class: "ctr-number" }, cosine.toFixed(2).replace("-", "\u2212")),
        html("span", { class: "ctr-map-bar", style: `width: ${Math.max(0, cosine) * 100}%` })));
    side.replaceChildren(
      html("h3", {}, "Nearest to ", html("b", { dir: "auto" }, words[i]), i === pinned ? " (pinned)" : ""),
      html("ol", { class: "ctr-map-list" }, ...around.map(row)));
    spoken.textContent = `${words[i]}: nearest ${around.slice(0, 4).map(({ word, cosine }) => `${words[word]} ${cosine.toFixed(2)}`).join(", ")}`;
  }

  // From a word to one of its neighbours, by the list. The focus stays in the list.
  function walk(word) {
    hovered = null;
    if (word !== model.get("pinned")) pin(word);
    side.querySelector("button").focus();
  }

  draw();
  const unfollow = follow(model, ["pinned"], draw);
  return () => {
    unfollow();
    root.remove();
  };
}

export default { render };
