// The tree from left to right, a column a step: where each box stands, the boxes and their edges, and the hand in them.

const BOX = { wide: 136, pitch: 180, gap: 8, head: 26, heights: { prompt: 44, live: 44, finished: 62, dropped: 36 } };

// Places for boxes, {middle, size} from the top down, moved as little as needed so that none overlap.
function apart(wanted) {
  const blocks = []; // of boxes that touch: how many, the sum of where its first would like to be
  const offsets = [];
  wanted.forEach(({ middle, size }, k) => {
    offsets.push(k === 0 ? 0 : offsets[k - 1] + (wanted[k - 1].size + size) / 2 + BOX.gap);
    blocks.push({ count: 1, total: middle - offsets[k] });
    while (blocks.length > 1 && blocks.at(-2).total / blocks.at(-2).count > blocks.at(-1).total / blocks.at(-1).count) {
      const { count, total } = blocks.pop();
      blocks.at(-1).count += count;
      blocks.at(-1).total += total;
    }
  });
  const starts = blocks.flatMap(({ count, total }) => Array(count).fill(total / count));
  return offsets.map((offset, k) => starts[k] + offset);
}

// For each step, the prompt first: its boxes from the top down, {node, middle, size}, with 0 the middle of the prompt's.
function columnsOf(truth, width) {
  const columns = [[{ node: truth.root, middle: 0, size: BOX.heights.prompt }]];
  for (const step of truth.stepsOf(width)) {
    const boxes = columns.at(-1).filter(({ node }) => ["prompt", "live"].includes(truth.kindOf(node))).flatMap(({ node, middle }) => {
      const kept = step.kept.filter(({ parent }) => parent.key === node.key);
      const own = [...kept, ...truth.droppedOf(step, node)];
      const sizes = own.map((one) => BOX.heights[truth.kindOf(one)]);
      const heart = kept.length || own.length; // those that are kept stand beside their parent, the others below
      let top = middle - (sizes.slice(0, heart).reduce((a, b) => a + b, 0) + BOX.gap * (heart - 1)) / 2;
      return own.map((one, k) => {
        top += sizes[k] + BOX.gap;
        return { node: one, middle: top - BOX.gap - sizes[k] / 2, size: sizes[k] };
      });
    });
    const places = apart(boxes);
    const middles = places.filter((_, k) => boxes[k].node.place > 0);
    const away = middles.reduce((a, b) => a + b, 0) / middles.length; // the dropped ones would push a long tree up or down, step by step
    columns.push(boxes.map((box, k) => ({ ...box, middle: places[k] - away })));
  }
  return columns;
}

// onpoint(node or null): what the mouse is on; onchoose(node): what the focus is on.
function beamPicture(truth, { onpoint, onchoose, speak }) {
  const ground = svg("svg", { class: "ctr-beam-edges", "aria-hidden": "true" });
  const tree = html("div", { class: "ctr-beam-tree", role: "tree", "aria-label": "The tree of the search", "aria-orientation": "horizontal" });
  const heads = html("div", { class: "ctr-beam-heads", "aria-hidden": "true" });
  const element = html("div", { class: "ctr-beam-scroll" }, html("div", { class: "ctr-beam-sheet" }, heads, ground, tree));
  let columns = []; // those that are shown
  let views = new Map(); // key: {view, edge, node, column}
  let chosen = truth.root;

  function numbersOf(node, kind, alpha) {
    if (kind === "prompt") return [html("small", {}, "sum 0")];
    const line = html("small", {}, html("span", {}, chanceText(node)), html("span", {}, `\u03a3 ${signed(node.sum)}`));
    return kind === "finished" ? [line, html("small", { class: "ctr-beam-score" }, html("b", {}, `score ${signed(truth.score(node, alpha))}`), node.word === truth.end ? "" : "cut")] : [line];
  }

  function boxOf({ node, middle, size }, at, look) {
    const kind = truth.kindOf(node);
    const word = kind === "prompt" ? truth.texts.prompt : truth.words[node.word];
    const [wins, greedy] = [look.wins.has(node.key), look.greedy.has(node.key)];
    const sign = kind === "dropped" ? "\u2715 " : wins ? "\u2605 " : "";
    const marks = `${wins ? " The result goes through here." : ""}${greedy ? " Greedy goes through here." : ""}`;
    return html("div", {
      class: `ctr-beam-box ctr-beam-${kind}${wins ? " ctr-beam-wins" : ""}`, role: "treeitem", "aria-level": node.depth + 1, "aria-selected": "false",
      "aria-label": `${speak(node)}${marks}`, tabindex: -1, "data-key": node.key,
      style: `left: ${at * BOX.pitch}px; top: ${look.down + middle - size / 2}px; height: ${size}px`,
    }, html("b", { dir: "auto", title: word }, `${sign}${word}`), ...numbersOf(node, kind, look.alpha), greedy ? html("i", { class: "ctr-beam-greedy" }, "g") : "");
  }

  function edgeOf(node, at, from, to, wins) {
    const [start, end] = [(at - 1) * BOX.pitch + BOX.wide, at * BOX.pitch];
    const middle = (start + end) / 2;
    const look = wins.has(node.key) ? "wins" : node.place > 0 ? "kept" : "dropped";
    return svg("path", { class: `ctr-beam-edge ctr-beam-to-${look}`, d: `M${start} ${from}C${middle} ${from} ${middle} ${to} ${end} ${to}` });
  }

  function draw({ width, alpha, shown, wins, greedy }) {
    const held = tree.contains(document.activeElement);
    const whole = columnsOf(truth, width); // room for all of the search: nothing jumps from step to step
    const all = whole.flat();
    const top = Math.min(...all.map(({ middle, size }) => middle - size / 2));
    const low = Math.max(...all.map(({ middle, size }) => middle + size / 2));
    const look = { alpha, wins, greedy, down: BOX.head - top };
    columns = whole.slice(0, shown + 1);
    views = new Map();
    const sheet = element.firstChild;
    sheet.style.width = `${(whole.length - 1) * BOX.pitch + BOX.wide}px`;
    sheet.style.height = `${BOX.head + low - top + 2}px`;
    heads.replaceChildren(...whole.map((_, at) => html("span", { class: at === shown ? "ctr-beam-now" : "", style: `left: ${at * BOX.pitch}px` }, at === 0 ? "prompt" : `step ${at}`)));
    columns.forEach((column, at) => {
      for (const box of column) {
        const from = views.get(box.node.parent?.key)?.middle;
        const edge = at > 0 ? edgeOf(box.node, at, from, look.down + box.middle, wins) : null;
        views.set(box.node.key, { view: boxOf(box, at, look), edge, node: box.node, column: at, middle: look.down + box.middle });
      }
    });
    const edges = [...views.values()].map(({ edge }) => edge).filter(Boolean);
    const order = ["dropped", "kept", "wins"];
    const rank = (edge) => order.findIndex((name) => edge.classList.contains(`ctr-beam-to-${name}`));
    ground.replaceChildren(...edges.sort((a, b) => rank(a) - rank(b)));
    tree.replaceChildren(...[...views.values()].map(({ view }) => view));
    while (!views.has(chosen.key)) chosen = chosen.parent;
    choose(chosen, held);
  }

  function choose(node, focus) {
    chosen = views.get(node.key).node;
    for (const [key, { view }] of views) {
      view.tabIndex = key === chosen.key ? 0 : -1;
      view.setAttribute("aria-selected", String(key === chosen.key));
    }
    if (focus) {
      const { view } = views.get(chosen.key);
      view.focus({ preventScroll: true });
      reveal(view);
      view.scrollIntoView({ block: "nearest", inline: "nearest" }); // the keyboard may go to a box below the page's edge
    }
    onchoose(chosen);
  }

  // Inside the picture alone: the page stays where it is.
  function reveal(view) {
    const left = view.offsetLeft;
    if (left < element.scrollLeft) element.scrollLeft = left - 10;
    else if (left + BOX.wide > element.scrollLeft + element.clientWidth) element.scrollLeft = left + BOX.wide + 10 - element.clientWidth;
  }

  // The way from the prompt to a text.
  function light(node) {
    const way = new Set(["", ...truth.pathOf(node).map(({ key }) => key)]);
    for (const [key, { view, edge }] of views) {
      view.classList.toggle("ctr-beam-lit", way.has(key));
      edge?.classList.toggle("ctr-beam-lit", way.has(key));
    }
  }

  const found = (event) => views.get(event.target.closest("[data-key]")?.dataset.key)?.node ?? null;
  tree.addEventListener("pointerover", (event) => onpoint(found(event)));
  tree.addEventListener("pointerleave", () => onpoint(null));
  tree.addEventListener("focusin", (event) => {
    const node = found(event);
    if (node && node.key !== chosen.key) choose(node, false);
  });
  tree.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { column } = views.get(chosen.key);
    const here = columns[column].map(({ node }) => node);
    const at = here.findIndex(({ key }) => key === chosen.key);
    const to = {
      ArrowLeft: () => chosen.parent, ArrowRight: () => columns[column + 1]?.find(({ node }) => node.parent.key === chosen.key)?.node,
      ArrowUp: () => here[at - 1], ArrowDown: () => here[at + 1], Home: () => truth.root, End: () => columns.at(-1)[0].node,
    }[event.key];
    if (!to) return;
    event.preventDefault();
    onpoint(null); // what the hand does is shown, wherever the mouse rests
    const node = to();
    if (node) choose(node, true);
  });

  return {
    element, draw, light, choose, chosen: () => chosen,
    has: (node) => views.has(node.key),
    turnTo: (column) => reveal(tree.querySelector(`[data-key="${columns[column][0].node.key}"]`)),
  };
}
