// The ELMo reader: how far each of two one-way readers has come at a place, what it expects there, and the mix of the layers.

const RAW = { min: -4, max: 4, step: 0.1 };
const GAMMA = { min: 0.1, max: 4, step: 0.1 };
const NEAREST = 4;

function softmax(weights) {
  const powers = weights.map((weight) => Math.exp(weight - Math.max(...weights)));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

// The inner products of one token's mixed vector with those of all tokens, and with itself: (place) -> [product, own square].
function mixer(products, shares, n) {
  return (i, j) => {
    let sum = 0;
    for (let a = 0; a < shares.length; a += 1) for (let b = 0; b < shares.length; b += 1) sum += shares[a] * shares[b] * products[((a * shares.length + b) * n + i) * n + j];
    return sum;
  };
}

function render({ model, el }) {
  const root = stage(el, "ctr-elmo", "ELMo reader");
  const tokens = model.get("tokens");
  const expected = model.get("_expected");
  const products = numbers(Float32Array, model.get("_products"));
  const spoken = html("p", { class: "ctr-spoken", role: "status" });
  const clamp = (value) => Math.max(0, Math.min(tokens.length - 1, value));

  function put(name, value) {
    model.set(name, value);
    model.save_changes();
  }
  const move = (position) => put("position", clamp(position));

  const place = html("input", { type: "range", min: 0, max: tokens.length - 1, step: 1, "aria-label": "Place", oninput: () => move(Number(place.value)) });
  const back = button("\u25c0", () => move(model.get("position") - 1), { "aria-label": "Previous place" });
  const on = button("\u25b6", () => move(model.get("position") + 1), { "aria-label": "Next place" });
  const lanes = [
    { name: "ahead", title: "\u2192 The reader from the left", guess: 1, read: (i, here) => i <= here, next: "the next token" },
    { name: "back", title: "\u2190 The reader from the right", guess: -1, read: (i, here) => i >= here, next: "the token before" },
  ].map((lane) => ({ ...lane, list: html("div", { class: "ctr-elmo-tokens", role: "listbox", "aria-label": `${lane.title.slice(2)}: choose the place` }), says: html("p", { class: "ctr-elmo-expects" }) }));
  root.append(row(back, place, on), ...lanes.map((lane) => html("div", { class: "ctr-elmo-lane" }, html("p", { class: "ctr-elmo-title" }, lane.title), lane.list, lane.says)));

  const sliders = model.get("weights").map((_, layer) => {
    const input = html("input", { type: "range", ...RAW, oninput: () => put("weights", sliders.map((slider) => Number(slider.input.value))) });
    const share = html("output", { class: "ctr-number" });
    const bar = html("span", { class: "ctr-elmo-bar" });
    return { input, share, bar, label: html("label", {}, layer === 0 ? "Layer 0, a table" : `Layer ${layer}`, input, share, bar) };
  });
  const gamma = html("input", { type: "range", ...GAMMA, oninput: () => put("gamma", Number(gamma.value)) });
  const gammaShown = html("output", { class: "ctr-number" });
  const near = html("p", { class: "ctr-elmo-near" });
  if (sliders.length > 0) {
    root.append(html("div", { class: "ctr-elmo-mix", role: "group", "aria-label": "The scalar mix" },
      ...sliders.map((slider) => slider.label), html("label", {}, "gamma", gamma, gammaShown, html("span")), near));
  }
  root.append(spoken);

  function onKey(event) {
    const here = model.get("position");
    const moves = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: tokens.length - 1 };
    if (!(event.key in moves)) return;
    move(moves[event.key]);
    event.preventDefault();
    event.currentTarget.querySelector("[aria-selected=true]").focus();
  }

  function drawLane(lane, here) {
    const hadFocus = lane.list.contains(document.activeElement);
    lane.list.replaceChildren(...tokens.map((token, i) => {
      const read = lane.read(i, here);
      const state = i === here ? "ctr-elmo-here" : read ? "ctr-elmo-read" : i === here + lane.guess ? "ctr-elmo-guess" : "";
      const said = i === here ? "here" : read ? "read" : i === here + lane.guess ? "to be guessed" : "not read";
      return button(token, () => { move(i); lane.list.querySelector("[aria-selected=true]").focus(); }, {
        role: "option", dir: "auto", class: `ctr-elmo-token ctr-ease ${state}`, tabindex: i === here ? 0 : -1, "aria-selected": String(i === here), "aria-label": `${token}, ${said}`,
      });
    }));
    if (hadFocus) lane.list.querySelector("[aria-selected=true]").focus();
    const found = expected[lane.name]?.[here] ?? [];
    const target = tokens[here + lane.guess];
    lane.says.replaceChildren(
      ...(found.length > 0 ? [`expects as ${lane.next}: `, html("b", { dir: "auto" }, found.map(([word, share]) => `${word} ${share.toFixed(2)}`).join(", "))] : []),
      target === undefined ? (found.length > 0 ? "; there is none." : "There is nothing left to guess.") : html("span", {}, found.length > 0 ? "; it is " : `It guesses ${lane.next}: `, html("b", { dir: "auto" }, target), "."));
    return `${lane.title.slice(2)} has read ${tokens.filter((_, i) => lane.read(i, here)).length} of ${tokens.length}`;
  }

  function drawMix(here) {
    if (sliders.length === 0) return;
    const weights = model.get("weights");
    const shares = softmax(weights);
    sliders.forEach((slider, layer) => {
      slider.input.value = weights[layer];
      slider.input.setAttribute("aria-valuetext", `raw ${weights[layer].toFixed(1)}, share ${shares[layer].toFixed(2)}`);
      slider.share.value = shares[layer].toFixed(2);
      slider.bar.style.width = `${(100 * shares[layer]).toFixed(1)}%`;
    });
    gamma.value = model.get("gamma");
    gammaShown.value = model.get("gamma").toFixed(1);
    const product = mixer(products, shares, tokens.length);
    const length = Math.sqrt(Math.max(product(here, here), 1e-12));
    const found = tokens.map((token, i) => ({ i, token, cosine: product(here, i) / length / Math.sqrt(Math.max(product(i, i), 1e-12)) }))
      .filter(({ i }) => i !== here).sort((a, b) => b.cosine - a.cosine || a.i - b.i).slice(0, NEAREST);
    near.replaceChildren("Mixed, ", html("b", { dir: "auto" }, tokens[here]), ` is a vector of length ${(model.get("gamma") * length).toFixed(1)}. Nearest to it here: `,
      html("b", { dir: "auto", class: "ctr-elmo-nearest" }, found.map(({ i, token, cosine }) => `${token} (${i + 1}) ${cosine.toFixed(2)}`).join(", ")), ".");
  }

  function draw() {
    const here = clamp(model.get("position"));
    place.value = here;
    place.setAttribute("aria-valuetext", `${tokens[here]}, ${here + 1} of ${tokens.length}`);
    back.disabled = here === 0;
    on.disabled = here === tokens.length - 1;
    spoken.textContent = `${tokens[here]}: ${lanes.map((lane) => drawLane(lane, here)).join("; ")}.`;
    drawMix(here);
  }
  for (const lane of lanes) lane.list.addEventListener("keydown", onKey);
  draw();
  const unfollow = follow(model, ["position", "weights", "gamma"], draw);
  return () => {
    unfollow();
    root.remove();
  };
}

export default { render };
