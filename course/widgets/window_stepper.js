// The window stepper: one sentence, one centre, and the few tokens round it that a fixed window can see.

const RADII = [1, 6];
const AUTOPLAY_MS = 900;

// What the window holds: a slot for each offset but the centre's own, padding where the sentence has ended.
function slots(tokens, position, radius) {
  const found = [];
  for (let offset = -radius; offset <= radius; offset += 1) {
    if (offset !== 0) found.push({ offset, token: tokens[position + offset] ?? null });
  }
  return found;
}

function signed(offset) {
  return offset > 0 ? `+${offset}` : offset < 0 ? `\u2212${-offset}` : "centre";
}

function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}

function render({ model, el }) {
  const root = stage(el, "ctr-window", "Window stepper");
  const sentence = html("div", { class: "ctr-window-sentence", role: "listbox", "aria-label": "Sentence: choose the centre" });
  const pair = html("div", { class: "ctr-window-pair" });
  const sees = html("p", { class: "ctr-window-sees" });
  const spoken = html("p", { class: "ctr-spoken", role: "status" });
  const radius = html("input", { type: "range", min: RADII[0], max: RADII[1], step: 1, oninput: () => put("radius", Number(radius.value)) });
  const place = html("input", { type: "range", min: 0, step: 1, "aria-label": "Centre", oninput: () => move(Number(place.value)) });
  const radiusShown = html("output", { class: "ctr-number" });
  const back = html("button", { type: "button", "aria-label": "Previous centre", onclick: () => move(model.get("position") - 1) }, "\u25c0");
  const on = html("button", { type: "button", "aria-label": "Next centre", onclick: () => move(model.get("position") + 1) }, "\u25b6");
  const play = html("button", { type: "button", class: "ctr-window-play", onclick: () => (timer ? stop() : start()) }, "Autoplay");
  const hide = html("input", { type: "checkbox", onchange: draw });
  root.append(
    sentence,
    html("div", { class: "ctr-row ctr-window-controls" },
      html("span", { class: "ctr-window-steps" }, back, place, on),
      html("label", {}, "Radius", radius, radiusShown),
      play,
      html("label", {}, hide, "Hide what it cannot see")),
    pair, sees, spoken);
  let timer = null;

  function put(name, value) {
    model.set(name, value);
    model.save_changes();
  }

  function move(position) {
    stop();
    put("position", clamp(position, 0, model.get("tokens").length - 1));
  }

  function start() {
    if (model.get("position") === model.get("tokens").length - 1) put("position", 0);
    timer = setInterval(() => {
      const next = model.get("position") + 1;
      if (next < model.get("tokens").length) put("position", next);
      else stop();
    }, AUTOPLAY_MS);
    play.textContent = "Stop";
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    play.textContent = "Autoplay";
  }

  function onKey(event) {
    const radiusNow = model.get("radius");
    const position = model.get("position");
    const moves = { ArrowLeft: position - 1, ArrowRight: position + 1, Home: 0, End: model.get("tokens").length - 1 };
    const sizes = { ArrowUp: radiusNow + 1, ArrowDown: radiusNow - 1 };
    if (event.key in moves) move(moves[event.key]);
    else if (event.key in sizes) put("radius", clamp(sizes[event.key], ...RADII));
    else return;
    event.preventDefault();
    sentence.querySelector("[aria-selected=true]").focus();
  }
  sentence.addEventListener("keydown", onKey);

  // One token of the sentence, or one padding slot beyond its end.
  function chip(token, index, position, reach) {
    const offset = index - position;
    const seen = Math.abs(offset) <= reach;
    const state = offset === 0 ? "centre" : seen ? "seen" : "unseen";
    const isPad = token === null;
    const hidden = hide.checked && !seen;
    const word = html("span", { class: "ctr-window-word", dir: "auto" }, isPad ? model.get("pad") : token);
    const mark = html("span", { class: "ctr-window-mark ctr-number", "aria-hidden": "true" }, seen ? signed(offset) : "");
    const classes = ["ctr-window-chip", "ctr-ease", `ctr-window-${state}`, isPad && "ctr-window-pad", hidden && "ctr-window-hidden"];
    if (isPad) return html("span", { class: classes.filter(Boolean).join(" "), "aria-hidden": "true" }, word, mark);
    return html("button", {
      type: "button",
      role: "option",
      class: classes.filter(Boolean).join(" "),
      tabindex: offset === 0 ? 0 : -1,
      "aria-selected": String(offset === 0),
      "aria-label": `${token}, ${offset === 0 ? "centre" : seen ? `in the window, ${signed(offset)}` : "not seen"}`,
      onclick: () => {
        move(index);
        sentence.querySelector("[aria-selected=true]").focus();
      },
    }, word, mark);
  }

  function draw() {
    const tokens = model.get("tokens");
    const position = clamp(model.get("position"), 0, tokens.length - 1);
    const reach = model.get("radius");
    const hadFocus = sentence.contains(document.activeElement);

    const chips = [];
    for (let index = -reach; index < tokens.length + reach; index += 1) chips.push(chip(tokens[index] ?? null, index, position, reach));
    sentence.replaceChildren(...chips);
    if (hadFocus) sentence.querySelector("[aria-selected=true]").focus();

    place.max = tokens.length - 1;
    place.value = position;
    place.setAttribute("aria-valuetext", `${tokens[position]}, ${position + 1} of ${tokens.length}`);
    radius.value = reach;
    radiusShown.value = reach;
    back.disabled = position === 0;
    on.disabled = position === tokens.length - 1;

    const held = slots(tokens, position, reach);
    drawPair(tokens, position, held);
    drawSees(tokens, position, reach, held);
  }

  function drawPair(tokens, position, held) {
    const small = ({ token }) => html("span", {
      class: token === null ? "ctr-window-bit ctr-window-pad" : "ctr-window-bit ctr-window-seen", dir: "auto",
    }, token ?? model.get("pad"));
    pair.replaceChildren(
      html("span", { class: "ctr-soft" }, `Training pair ${position + 1} of ${tokens.length}`),
      html("span", { class: "ctr-window-example" },
        ...held.filter(({ offset }) => offset < 0).map(small),
        html("span", { class: "ctr-window-bit ctr-window-gap" }, "_"),
        ...held.filter(({ offset }) => offset > 0).map(small),
        html("span", { class: "ctr-window-arrow" }, "\u2192"),
        html("span", { class: "ctr-window-bit ctr-window-centre", dir: "auto" }, tokens[position])));
  }

  // How much it sees, and the one thing to notice: where it ends, the rest could be anything.
  function drawSees(tokens, position, reach, held) {
    const seen = held.filter(({ token }) => token !== null);
    const noun = tokens.every((token) => /[\p{L}\p{N}]/u.test(token)) ? "words" : "tokens";
    const last = Math.min(tokens.length - 1, position + reach);
    const after = tokens.slice(last + 1).join(" ").replace(/ (?=[,.;:!?])/g, "");
    const count = `sees ${seen.length} of ${tokens.length} ${noun}`;
    const context = [...held.filter(({ offset }) => offset < 0), { token: "_" }, ...held.filter(({ offset }) => offset > 0)]
      .map(({ token }) => token ?? model.get("pad")).join(" ");
    const rest = after
      ? [" Its window ends at ", html("b", { dir: "auto" }, last === position ? "_" : tokens[last]), ": with other words instead of \u201c",
        html("span", { dir: "auto" }, after), "\u201d the training pair is the same."]
      : [" Its window reaches the end of the sentence."];
    sees.replaceChildren(html("b", { dir: "auto" }, tokens[position]), " ", html("b", { class: "ctr-window-count ctr-number" }, count), ".", ...rest);
    if (!timer) spoken.textContent = `${context}, centre ${tokens[position]}; ${count}`;
  }

  draw();
  const unfollow = follow(model, ["tokens", "position", "radius"], draw);
  return () => {
    stop();
    unfollow();
    root.remove();
  };
}

export default { render };
