// Next token: bars under repetition penalty, temperature, top-k and nucleus, a strip to choose the position in, and
// draws. The rule and its words are in next_token_numbers.js, the tables and the strip in next_token_rows.js.

const TRAITS = ["temperature", "top_k", "top_p", "penalty", "position", "shown", "seed"];

// From one number to another in steps of 0.05.
function steps(least, most) {
  const count = Math.round((most - least) * 20) + 1;
  return Array.from({ length: count }, (_, k) => Math.round(100 * least + 5 * k) / 100);
}

// 1, 2, 3, 5, 10, 20, 50, 100, ... below the size of the vocabulary, then off.
function topKs(size) {
  const found = [1, 2, 3, 5];
  for (let ten = 10; ten < size; ten *= 10) found.push(ten, 2 * ten, 5 * ten);
  return [...found.filter((k) => k < size), null];
}

function render({ model, el }) {
  const root = stage(el, "ctr-next", "Next token");
  const [words, ids, all] = [model.get("words"), model.get("ids"), numbers(Float32Array, model.get("_logits"))];
  const [size, places] = [words.length, all.length / words.length];
  const draws = { counts: new Map(), all: 0, last: -1, from: "" }; // from: the settings that they were drawn with
  let chance = generator(model.get("seed"));
  let [prepared, outcome] = [{ key: "" }, null];

  function setOf() {
    const [temperature, penalty, count] = ["temperature", "penalty", "shown"].map((name) => model.get(name));
    return { temperature, penalty, count, topK: model.get("top_k"), topP: model.get("top_p") };
  }
  const readOf = () => (ids.length > 0 ? ids.slice(0, model.get("position") + 1) : model.get("seen"));

  function put(values) {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  }

  // --- controls ---

  // A slider over a list of values; `told` writes one of them.
  function slider(label, name, rungs, told) {
    const oninput = () => put({ [name]: rungs[Number(input.value)] });
    const input = html("input", { type: "range", min: 0, max: rungs.length - 1, step: 1, oninput });
    const text = html("output", { class: "ctr-number" });
    return {
      view: html("label", {}, html("span", {}, label), input, text),
      draw() {
        const value = model.get(name);
        // what Python has set may stand between two
        const far = rungs.map((rung) => (rung === null || value === null ? Infinity : Math.abs(rung - value)));
        const off = value === null || (name === "top_k" && value >= size); // both keep all
        input.value = off ? rungs.length - 1 : far.indexOf(Math.min(...far));
        text.value = told(value);
        input.setAttribute("aria-valuetext", text.value);
      },
    };
  }
  const sliders = [
    slider("Repetition penalty", "penalty", steps(1, 2), (one) => (one === 1 ? "1 = off" : numberText(one))),
    slider("Temperature T", "temperature", steps(0, 2), (one) => (one === 0 ? "0 = greedy" : numberText(one))),
    slider("Top-k", "top_k", topKs(size), (one) => (one === null ? "off" : thousands(one))),
    slider("Top-p (nucleus)", "top_p", steps(0.05, 1), (one) => (one === 1 ? "1 = off" : numberText(one))),
  ];
  if (places > 1) {
    const every = Array.from({ length: places }, (_, i) => i);
    sliders.unshift(slider("Position", "position", every, (value) => `${value + 1} of ${places}`));
  }

  function drawSome(count) {
    for (let k = 0; k < count; k += 1) {
      draws.last = drawn(outcome, chance());
      draws.counts.set(draws.last, (draws.counts.get(draws.last) ?? 0) + 1);
    }
    draws.all += count;
    draw();
  }
  function forget() {
    draws.counts.clear();
    [draws.all, draws.last] = [0, -1];
  }
  const forgetting = button("Forget", () => {
    forget();
    draw();
  });
  const drawsText = html("span", { class: "ctr-next-draws", role: "status" });
  const allOff = { penalty: 1, temperature: 1, top_k: null, top_p: 1 };
  const asModel = button("All off", () => put(allOff), { title: "As the model says" });
  const buttons = html("div", { class: "ctr-row ctr-next-buttons" }, asModel, button("Draw 1", () => drawSome(1)),
    button("Draw 100", () => drawSome(100)), forgetting, drawsText);

  // --- the picture ---

  const tokens = ids.map((id) => words[id]);
  const strip = tokens.length > 0 ? nextStrip(tokens, (position) => put({ position })) : null;
  const [table, facts] = [nextTable(), nextFacts()];
  const title = html("p", { class: "ctr-next-title" });
  const about = html("p", { class: "ctr-next-about", role: "status" });

  function titleOf() {
    const at = model.get("position");
    if (!strip) return "What comes next?";
    return `What comes after \u201c${tokens[at]}\u201d, token ${at + 1} of ${tokens.length}?`;
  }

  function drawnText() {
    if (draws.all === 0) return "Nothing is drawn yet.";
    const times = draws.all === 1 ? "once" : `${thousands(draws.all)} times`;
    return `Drawn ${times}; the last: \u201c${words[draws.last]}\u201d.`;
  }

  function draw() {
    const [set, read, position] = [setOf(), readOf(), model.get("position")];
    const key = `${position} ${set.penalty}`;
    if (prepared.key !== key) {
      const logits = Float64Array.from(all.subarray(position * size, (position + 1) * size));
      prepared = { key, ...preparedOf(logits, read, set.penalty) };
    }
    outcome = outcomeOf(prepared, set);
    const from = [position, set.penalty, set.temperature, set.topK, set.topP].join(" ");
    if (draws.from !== from) forget(); // they were drawn from other probabilities
    draws.from = from;
    for (const one of sliders) one.draw();
    strip?.draw(position);
    table.draw(rowsOf(words, outcome, set, read), draws);
    facts.draw(factsOf(words, outcome));
    title.textContent = titleOf();
    forgetting.disabled = draws.all === 0;
    // a sentence that has not changed is not said again
    for (const [view, told] of [[about, saidOf(words, outcome, set, read)], [drawsText, drawnText()]]) {
      if (view.textContent !== told) view.textContent = told;
    }
  }

  root.append(
    html("div", { class: "ctr-next-controls" }, ...sliders.map(({ view }) => view)),
    ...(strip ? [strip.view] : []), title, about, buttons,
    html("div", { class: "ctr-next-split" },
      html("div", { class: "ctr-next-left" }, html("div", { class: "ctr-next-scroll" }, table.view), nextLegend()),
      facts.view));
  draw();
  const unseed = follow(model, ["seed"], () => {
    chance = generator(model.get("seed"));
    forget();
    draw();
  });
  const unfollow = follow(model, TRAITS.filter((name) => name !== "seed"), draw);
  return () => {
    unseed();
    unfollow();
    root.remove();
  };
}

export default { render };
