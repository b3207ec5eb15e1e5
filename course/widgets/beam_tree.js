// Beam search: controls, the tree, what comes after one of its texts, and the finished texts.
// What is true comes from beam_tree_numbers.js; the tree is in beam_tree_picture.js.

function render({ model, el }) {
  const root = stage(el, "ctr-beam", "Beam search");
  const truth = beamTruth(model);
  let pointed = null; // the text under the mouse

  const width = () => model.get("width");
  const alpha = () => model.get("alpha");
  const steps = () => truth.stepsOf(width());
  const shown = () => Math.min(model.get("at") ?? Infinity, steps().length);

  function put(name, value) {
    pointed = null;
    model.set(name, value);
    model.save_changes();
  }

  // The last step is all of them: so it stays, at any width.
  function goTo(step) {
    put("at", step >= steps().length ? null : Math.max(0, step));
    tree.turnTo(shown());
  }

  // --- the parts ---

  const status = html("p", { class: "ctr-beam-said", role: "status" });
  const tree = beamPicture(truth, {
    onpoint(node) {
      if (node === pointed) return;
      pointed = node;
      drawNode();
    },
    onchoose: () => drawNode(),
    speak: (node) => truth.about(node, width(), alpha()),
  });

  function slider(label, onset) {
    const input = html("input", { type: "range", step: 1, "aria-label": label, oninput: () => onset(Number(input.value)) });
    const value = html("output", { class: "ctr-number" });
    const draw = (least, most, at, text) => {
      Object.assign(input, { min: least, max: most });
      input.value = at;
      input.setAttribute("aria-valuetext", text);
      value.value = text;
    };
    return { view: html("label", {}, html("span", {}, label), input, value), draw };
  }
  const widthSlider = slider("Width", (value) => put("width", value));
  const alphaSlider = slider("Alpha", (value) => put("alpha", value / 10));
  const stepSlider = slider("Step", goTo);
  const back = button("back", () => goTo(shown() - 1));
  const on = button("on", () => goTo(shown() + 1));
  const all = button("all", () => put("at", null));

  const legend = html("p", { class: "ctr-beam-legend ctr-soft" });
  const title = html("b", {}, "Finished, best first");
  const formula = html("span", { class: "ctr-soft" });
  const rows = html("tbody", {});
  const cells = (tag, names) => names.map((name) => html(tag, tag === "th" ? { scope: "col" } : { class: "ctr-number" }, name));
  const finished = html("table", {}, html("thead", {}, html("tr", {}, ...cells("th", ["rank", "text", "sum", "tokens", "score"]))), rows);
  const about = html("div", { class: "ctr-beam-node" });

  // --- drawing ---

  // What the shown steps have made of a continuation.
  function fateOf(node) {
    const step = steps()[node.depth - 1];
    if (node.depth > shown()) return "";
    const place = step.kept.findIndex(({ key }) => key === node.key);
    if (place < 0) return "\u2715 dropped";
    return `number ${place + 1}${node.word === truth.end ? ", ended" : ""}`;
  }

  function drawNode() {
    const node = pointed && tree.has(pointed) ? pointed : tree.chosen();
    tree.light(node);
    const parts = [
      html("p", {}, html("b", {}, "Text so far "), html("span", { class: "ctr-beam-sofar", dir: "auto" }, node.depth === 0 ? "nothing" : truth.textOf(node, true))),
      html("p", { class: "ctr-beam-about" }, truth.about(node, width(), alpha()))];
    const lives = ["prompt", "live"].includes(truth.kindOf(node));
    if (lives) {
      const others = truth.othersOf(node);
      const line = (name, chance, text, sum, fate, out) => html("tr", { class: out ? "ctr-beam-out" : "" }, html("th", { scope: "row", dir: "auto" }, name),
        html("td", {}, html("span", { class: "ctr-beam-bar", style: `width: ${(100 * chance).toFixed(2)}%` })), ...cells("td", [text, sum]), html("td", {}, fate));
      const lines = truth.nextOf(node).map((one) => {
        const fate = fateOf(one);
        return line(truth.words[one.word], Math.exp(one.log), chanceText(one), signed(one.sum), fate, fate.startsWith("\u2715"));
      });
      if (others.count > 0) lines.push(line(others.count === 1 ? "the other one" : `${thousands(others.count)} others`, others.chance, percent(others.chance), "", "", true));
      parts.push(html("table", {}, html("thead", {}, html("tr", {}, html("th", { scope: "col", colspan: 2 }, "next token"), ...cells("th", ["probability", "sum", "kept?"]))), html("tbody", {}, ...lines)));
    }
    about.replaceChildren(...parts);
  }

  function drawFinished(found, over) {
    formula.textContent = ` score = sum / tokens^${alphaText(alpha())}`;
    rows.replaceChildren(...found.map((node, rank) => {
      const cut = node.word === truth.end ? "" : html("small", {}, `cut after ${tokensText(truth.most)}`);
      return html("tr", { class: over && rank === 0 ? "ctr-beam-best" : "" }, html("td", { class: "ctr-number" }, over && rank === 0 ? `\u2605 ${rank + 1}` : rank + 1),
        html("th", { scope: "row" }, button(truth.textOf(node), () => tree.choose(node, true), { dir: "auto", title: "show it in the tree" }), cut),
        ...cells("td", [signed(node.sum), node.depth, signed(truth.score(node, alpha()))]));
    }));
    if (found.length === 0) rows.append(html("tr", {}, html("td", { colspan: 5 }, "None is finished yet.")));
  }

  function drawLegend(over) {
    const signs = [["\u03a3", "the sum so far"], ["\u25a3", "double frame: finished"], ["\u2715", "dashed: dropped, the best two of each text"]];
    if (over) signs.push(["\u2605", "the result"]);
    if (over && width() > 1) signs.push(["g", "greedy's path, where it is another"]);
    legend.replaceChildren(...signs.map(([sign, name]) => html("span", {}, html("b", {}, sign), `\u00a0${name}`)));
  }

  function draw() {
    const [now, last] = [shown(), steps().length];
    const over = truth.isOver(steps(), now);
    const found = truth.rankedOf(steps(), now, alpha());
    const keys = (node) => truth.pathOf(node).map(({ key }) => key);
    const wins = new Set(over ? keys(found[0]) : []);
    const greedy = new Set(over ? keys(truth.greedyOf()).filter((key) => !wins.has(key)) : []);
    widthSlider.draw(1, truth.widest, width(), width() === 1 ? "1 (greedy)" : String(width()));
    alphaSlider.draw(0, 20, Math.round(alpha() * 10), alphaText(alpha()));
    stepSlider.draw(0, last, now, `${now} of ${last}`);
    back.disabled = now === 0;
    on.disabled = over;
    all.disabled = over;
    const [what, result, more] = truth.said(width(), alpha(), now);
    status.replaceChildren(what, html(over ? "b" : "span", {}, result), more);
    tree.draw({ width: width(), alpha: alpha(), shown: now, wins, greedy });
    drawLegend(over);
    drawFinished(found, over);
    drawNode();
  }

  root.append(
    ...(truth.texts.source ? [html("p", { class: "ctr-beam-source", dir: "auto" }, html("b", {}, "Source "), truth.texts.source)] : []),
    html("div", { class: "ctr-beam-controls" }, widthSlider.view, alphaSlider.view, stepSlider.view, row(back, on, all)),
    status, tree.element, legend,
    html("p", { class: "ctr-soft ctr-beam-hint" }, "Point at a box to see what comes after it; the arrow keys go from box to box, Home to the prompt."),
    html("div", { class: "ctr-beam-below" },
      html("div", {}, html("p", { class: "ctr-beam-title" }, title, formula), html("div", { class: "ctr-beam-list" }, finished)), about));
  draw();
  const unfollow = follow(model, ["width", "alpha", "at"], draw);
  return () => {
    unfollow();
    root.remove();
  };
}

export default { render };
