// Mixing rates: the tasks as rows, their rates in three strategies as bars, and the rates of all against the temperature.
// The numbers are those of mixing_numbers.js.

const PLOT = { left: 150, ten: 590, equal: 650, top: 30, high: 190, gap: 14 };

// Places for labels at these heights, moved apart as little as needed.
function spread(heights, low, high) {
  const order = heights.map((_, i) => i).sort((a, b) => heights[a] - heights[b]);
  const places = [];
  let free = low;
  for (const i of order) {
    places[i] = Math.max(heights[i], free);
    free = places[i] + PLOT.gap;
  }
  let room = high;
  for (const i of order.reverse()) {
    places[i] = Math.min(places[i], room);
    room = places[i] - PLOT.gap;
  }
  return places;
}

const shortened = (name, most) => {
  const letters = [...name];
  return letters.length <= most ? name : `${letters.slice(0, most - 1).join("")}\u2026`;
};

function render({ model, el }) {
  const root = stage(el, "ctr-mixing", "Mixing rates");
  const tasks = model.get("tasks");
  let pointed = null; // the temperature under the mouse, null: none
  let lit = -1; // the task under the mouse
  const decades = { sizes: 7, examples: 9 }; // the sliders' ends; they only grow, so that nothing jumps under the hand

  const set = () => model.get("temperature") ?? Infinity;
  const warmth = () => pointed ?? set();
  const ratesAt = (temperature) => ratesOf(model.get("sizes"), model.get("cap"), temperature);
  const timesOf = (rate, i) => (model.get("sizes")[i] === 0 ? "none" : timesText((rate * model.get("examples")) / model.get("sizes")[i]));
  function scaleOf() {
    const { proportional, equal } = ratesAt(COLDEST);
    return [0.2, 0.4, 0.6, 0.8, 1].find((one) => Math.max(...proportional, ...equal) <= one);
  }

  function saidOf() {
    const [i, cap, rates] = [model.get("task"), model.get("cap"), ratesAt(warmth())];
    const size = model.get("sizes")[i];
    if (!model.get("sizes").some((one) => one > 0)) return "No task has examples, so nothing is drawn.";
    if (size === 0) return `${tasks[i]} has no examples and is never drawn.`;
    const capped = cap !== null && size > cap ? ` and counts for ${count(cap)}, the cap` : "";
    const hows = ["in proportion", `at T = ${temperatureText(warmth())}`, "equally"];
    const told = COLUMNS.map((column, k) => `${percent(rates[column][i])} ${hows[k]} (each comes ${timesOf(rates[column][i], i)} times)`);
    return `${tasks[i]} has ${examplesText(size)}${capped}. Of ${examplesText(model.get("examples"))} drawn it gives ${told[0]}, ${told[1]} and ${told[2]}.`;
  }

  // --- controls ---

  // What the hand does is shown, wherever the mouse rests.
  function put(name, value) {
    pointed = null;
    model.set(name, value);
    model.save_changes();
  }

  // A slider over a list of numbers; `read` gives the number that is set, `write` gets the chosen one.
  function slider(label, write) {
    const input = html("input", { type: "range", min: 0, step: 1, oninput: () => write(rungs[Number(input.value)]) });
    const name = html("span", {}, label);
    const shown = html("output", { class: "ctr-number" });
    let rungs = [];
    return {
      view: html("label", {}, name, input, shown),
      input,
      draw(all, rung, text, title = label) {
        rungs = all;
        input.max = all.length - 1;
        input.value = rung;
        input.setAttribute("aria-valuetext", text);
        shown.value = text;
        name.textContent = title;
      },
    };
  }
  const sizeSlider = slider("Examples", (value) => put("sizes", model.get("sizes").map((size, i) => (i === model.get("task") ? value : size))));
  const capSlider = slider("Cap K", (value) => put("cap", value));
  const warmthSlider = slider("Temperature T", (value) => put("temperature", value));
  const drawnSlider = slider("Examples drawn", (value) => put("examples", value));
  const sliders = [sizeSlider, capSlider, warmthSlider, drawnSlider];
  const warmths = [...Array.from({ length: (HOTTEST - COLDEST) * 10 + 1 }, (_, k) => COLDEST + k / 10), null]; // tenths, then infinity

  function drawSliders() {
    const [sizes, cap, i] = [model.get("sizes"), model.get("cap"), model.get("task")];
    decades.sizes = Math.min(12, Math.max(decades.sizes, decadesOf(Math.max(...sizes, cap ?? 1))));
    decades.examples = Math.min(12, Math.max(decades.examples, decadesOf(model.get("examples"))));
    const [rungs, caps] = [[0, ...ladder(decades.sizes)], [...powersOfTwo(decades.sizes), null]];
    sizeSlider.draw(rungs, rungOf(rungs, sizes[i]), count(sizes[i]), `Examples of ${tasks[i]}`);
    const power = cap === null ? null : Math.log2(cap);
    const told = cap === null ? "no cap" : `${count(cap)}${Number.isInteger(power) ? ` = 2^${power}` : ""}`;
    capSlider.draw(caps, cap === null ? caps.length - 1 : rungOf(caps.slice(0, -1), cap), told);
    const rung = set() === Infinity ? warmths.length - 1 : Math.round((set() - COLDEST) * 10);
    warmthSlider.draw(warmths, rung, set() === Infinity ? "\u221e = equal" : temperatureText(set()));
    const many = ladder(decades.examples);
    drawnSlider.draw(many, rungOf(many, model.get("examples")), count(model.get("examples")));
  }

  // --- the rows: made once, then filled ---

  const fields = () => ({ bar: html("span", { class: "ctr-mixing-bar", "aria-hidden": "true" }), rate: html("span", { class: "ctr-number" }), times: html("small", {}) });
  const rows = tasks.map((name, i) => {
    const choose = button(name, () => put("task", i), { dir: "auto", title: name, "data-task": i });
    const [size, capped] = [html("span", {}), html("small", {})];
    const cells = COLUMNS.map(fields);
    const view = html("tr", { "data-row": i }, html("th", { scope: "row" }, choose), html("td", { class: "ctr-mixing-count" }, size, capped),
      ...cells.map(({ bar, rate, times }) => html("td", {}, html("span", { class: "ctr-mixing-cell" }, bar, rate), times)));
    return { view, choose, size, capped, cells };
  });
  const heads = COLUMNS.map(() => ({ title: html("b", {}), formula: html("small", {}), bars: html("small", {}) }));
  const [capHead, drawnHead] = [html("small", {}), html("small", {})];
  const formulas = ["min(size, K) / sum", "min(size, K)^(1/T) / sum", "1 / tasks with examples"];
  const table = html("table", {},
    html("thead", {}, html("tr", {}, html("th", { scope: "col" }, html("b", {}, "task")),
      html("th", { scope: "col", class: "ctr-mixing-count" }, html("b", {}, "examples"), capHead, drawnHead),
      ...heads.map(({ title, formula, bars }) => html("th", { scope: "col" }, title, formula, bars)))),
    html("tbody", {}, ...rows.map(({ view }) => view)));
  table.addEventListener("pointermove", (event) => light(Number(event.target.closest("[data-row]")?.dataset.row ?? -1)));
  table.addEventListener("pointerleave", () => light(-1));

  function drawRows() {
    const [sizes, cap, chosen, scale, rates] = [model.get("sizes"), model.get("cap"), model.get("task"), scaleOf(), ratesAt(warmth())];
    capHead.textContent = cap === null ? "no cap K" : `cap K = ${count(cap)}`;
    drawnHead.textContent = `${count(model.get("examples"))} drawn`;
    heads.forEach((head, k) => {
      head.title.textContent = ["in proportion", `temperature T = ${temperatureText(warmth())}`, "equal"][k];
      head.formula.textContent = formulas[k];
      head.bars.textContent = `bars: 0 to ${Math.round(100 * scale)} %`;
    });
    rows.forEach((row, i) => {
      row.view.classList.toggle("ctr-mixing-chosen", i === chosen);
      row.choose.setAttribute("aria-pressed", String(i === chosen));
      row.choose.tabIndex = i === chosen ? 0 : -1;
      row.size.textContent = count(sizes[i]);
      row.capped.textContent = cap !== null && sizes[i] > cap ? `counts for ${count(cap)}` : "";
      row.cells.forEach((cell, k) => {
        const rate = rates[COLUMNS[k]][i];
        const times = timesOf(rate, i);
        cell.bar.style.width = `${(rate / scale) * 96}px`;
        cell.rate.textContent = percent(rate);
        cell.times.textContent = times === "none" ? "no examples" : `each comes ${times} times`;
      });
    });
  }

  // --- the curves ---

  const foot = PLOT.top + PLOT.high;
  const x = (temperature) => (temperature === Infinity ? PLOT.equal : PLOT.left + ((temperature - COLDEST) / (HOTTEST - COLDEST)) * (PLOT.ten - PLOT.left));
  const text = (left, top, said, look = "") => svg("text", { x: left, y: top, class: `ctr-mixing-tick ${look}` }, said);
  const plot = svg("svg", { class: "ctr-mixing-plot", viewBox: `0 0 ${PLOT.equal + 60} ${foot + 42}`, role: "img", "aria-label": "Rates of all tasks against the temperature, from in proportion at T = 1 to equal" });
  const [ground, over] = [svg("g", {}), svg("g", {})];
  const lines = tasks.map((name) => {
    const [way, tail, leader, label, dot] = [svg("path", {}), svg("path", { class: "ctr-mixing-tail" }), svg("path", { class: "ctr-mixing-leader" }), text(0, 0, shortened(name, 16), "ctr-mixing-name"), svg("circle", { class: "ctr-mixing-dot", r: 4 })];
    return { way, tail, leader, label, dot, view: svg("g", { class: "ctr-mixing-line" }, tail, way, leader, label) };
  });
  const marker = svg("path", { class: "ctr-mixing-marker" });
  const markerText = text(0, PLOT.top - 14, "", "ctr-mixing-at");
  over.append(marker, markerText, ...lines.map(({ dot }) => dot));
  plot.append(ground, ...lines.map(({ view }) => view), over);

  function drawCurves() {
    const scale = scaleOf();
    const y = (rate) => foot - (rate / scale) * PLOT.high;
    const at = (temperature, rate) => `${x(temperature).toFixed(2)} ${y(rate).toFixed(2)}`;
    const steps = Array.from({ length: (HOTTEST - COLDEST) * 4 + 1 }, (_, k) => COLDEST + k / 4);
    const curves = steps.map((temperature) => ratesAt(temperature).temperature);
    const equal = ratesAt(Infinity).temperature;
    const marked = ratesAt(warmth()).temperature;
    const places = spread(curves[0].map(y), PLOT.top - 2, foot + 2);
    ground.replaceChildren(
      ...[0, 1, 2, 3, 4].flatMap((k) => [svg("path", { class: "ctr-mixing-grid", d: `M${PLOT.left} ${y((scale * k) / 4)}H${PLOT.equal}` }), text(PLOT.equal + 10, y((scale * k) / 4) + 4, `${Math.round((100 * scale * k) / 4)} %`)]),
      ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, Infinity].map((one) => text(x(one), foot + 17, temperatureText(one), "ctr-mixing-at")),
      text((PLOT.left + PLOT.ten) / 2, foot + 35, "temperature T", "ctr-mixing-at"), text(PLOT.equal + 34, PLOT.top - 14, "rate"));
    lines.forEach((line, i) => {
      line.way.setAttribute("d", `M${steps.map((one, k) => at(one, curves[k][i])).join("L")}`);
      line.tail.setAttribute("d", `M${at(HOTTEST, curves.at(-1)[i])}L${at(Infinity, equal[i])}`);
      line.leader.setAttribute("d", `M${PLOT.left - 20} ${places[i].toFixed(2)}L${PLOT.left - 3} ${y(curves[0][i]).toFixed(2)}`);
      line.label.setAttribute("x", PLOT.left - 24);
      line.label.setAttribute("y", places[i] + 4);
      line.dot.setAttribute("cx", x(warmth()));
      line.dot.setAttribute("cy", y(marked[i]));
    });
    marker.setAttribute("d", `M${x(warmth())} ${PLOT.top - 10}V${foot + 4}`);
    markerText.setAttribute("x", x(warmth()));
    markerText.textContent = `T = ${temperatureText(warmth())}`;
    drawLit();
  }

  // The chosen task's curve is thick; that of the task under the mouse too.
  function drawLit() {
    lines.forEach(({ view }, i) => {
      view.classList.toggle("ctr-mixing-chosen", i === model.get("task"));
      view.classList.toggle("ctr-mixing-lit", i === lit);
    });
    plot.insertBefore(lines[model.get("task")].view, over); // above the others
  }

  function light(i) {
    if (i === lit) return;
    lit = i;
    drawLit();
  }

  // The temperature under the mouse, in tenths; behind the middle between 10 and infinity it is infinite.
  function temperatureUnder(event) {
    const box = plot.getBoundingClientRect();
    const left = ((event.clientX - box.left) / box.width) * (PLOT.equal + 60);
    if (left > (PLOT.ten + PLOT.equal) / 2) return Infinity;
    const found = COLDEST + ((left - PLOT.left) / (PLOT.ten - PLOT.left)) * (HOTTEST - COLDEST);
    return Math.min(HOTTEST, Math.max(COLDEST, Math.round(found * 10) / 10));
  }
  function point(temperature) {
    if (temperature === pointed) return;
    pointed = temperature;
    drawTrue();
  }
  plot.addEventListener("pointermove", (event) => point(temperatureUnder(event)));
  plot.addEventListener("pointerleave", () => point(null));
  plot.addEventListener("click", (event) => {
    const temperature = temperatureUnder(event);
    put("temperature", temperature === Infinity ? null : temperature);
  });

  // --- all ---

  const about = html("p", { class: "ctr-mixing-about", role: "status" });

  function drawTrue() {
    drawRows();
    drawCurves();
    about.textContent = saidOf();
  }

  function draw() {
    drawSliders();
    drawTrue();
  }

  root.addEventListener("keydown", (event) => {
    if (sliders.some(({ input }) => input === event.target) || event.ctrlKey || event.altKey || event.metaKey) return;
    const chosen = model.get("task");
    const to = { ArrowUp: chosen - 1, ArrowDown: chosen + 1, Home: 0, End: tasks.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    put("task", Math.min(tasks.length - 1, Math.max(0, to)));
    rows[model.get("task")].choose.focus();
  });

  root.append(
    html("div", { class: "ctr-mixing-controls" }, ...sliders.map(({ view }) => view)),
    about, html("div", { class: "ctr-mixing-scroll" }, table),
    html("p", { class: "ctr-mixing-title" }, html("b", {}, "Rates against the temperature T"), ": from in proportion to equal. Point to look, click to set T."), html("div", { class: "ctr-mixing-scroll" }, plot));
  draw();
  const unfollow = follow(model, ["sizes", "cap", "temperature", "examples", "task"], draw);
  return () => {
    unfollow();
    root.remove();
  };
}

export default { render };
