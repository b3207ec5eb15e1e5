// The span stepper: a text, which of its tokens are noise, the input, the target, the text put together again, and a thousand draws.
// Python has drawn it all; here one mask, drawn or made by hand, is taken and shown.

const TITLES = {
  tokens: "the text as tokens",
  spans: "which tokens are noise",
  input: "the input: each span becomes one sentinel",
  target: "the target: each sentinel, and what it stands for",
  restored: "put together again",
  draws: "many draws",
};
const count = (n, word) => `${n.toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`;
const NOTHING = { text: "", look: "", note: "" };

function render({ model, el }) {
  const root = stage(el, "ctr-span", "Span stepper");
  const tokens = model.get("tokens");
  const { steps, rates, means, rows: rowsOf, many, letters, eos, first, longest } = model.get("_asked");
  const settings = model.get("_settings");
  const masks = numbers(Uint8Array, model.get("_masks")); // (setting, draw, token)
  const draws = masks.length / (settings.length * tokens.length);
  let hand = 0; // the token that the keyboard is on

  const back = button("\u25c0 Step back", () => go(-1));
  const on = button("Step \u25b6", () => go(1));
  const again = button("Draw again", drawAgain);
  const percent = (share) => `${Math.round(100 * share)}\u00a0%`;
  const titles = (list, name) => Object.fromEntries(list.map((value) => [String(value), name(value)]));
  const rate = choice("Rate", titles(rates, percent), String(model.get("rate")), (value) => put({ rate: Number(value), mask: [] }));
  const mean = choice("Mean length of a span", titles(means, String), String(model.get("mean_span")), (value) => put({ mean_span: Number(value), mask: [] }));
  const names = button("<X>, <Y>, <Z>", () => put({ names: !model.get("names") }), { title: "The sentinels' names as in the paper's figure" });
  const alone = button("Decoder only", () => put(model.get("step") === "target" ? { decoder_only: !model.get("decoder_only") } : { step: "target", decoder_only: true }),
    { title: "The same as one row, for a model without an encoder" });
  const title = html("p", { class: "ctr-span-title" });
  const about = html("p", { class: "ctr-span-about", role: "status" });
  const reckoned = html("ul", { class: "ctr-span-reckoned" });
  const list = html("ol", { class: "ctr-span-tokens" });
  const below = html("div", { class: "ctr-span-below" });
  root.append(
    html("div", { class: "ctr-row ctr-span-controls" }, back, on, again, html("label", {}, "Rate", rate), html("label", {}, "Mean span", mean), names, alone),
    title, about, reckoned, list, below);

  const placeOfStep = () => steps.indexOf(model.get("step"));
  const placeOfSetting = () => rates.indexOf(model.get("rate")) * means.length + means.indexOf(model.get("mean_span"));
  const byHand = () => model.get("mask").length > 0;

  function put(values) {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  }

  function go(by) {
    const next = steps[placeOfStep() + by];
    if (next !== undefined) put({ step: next });
  }

  // In the first step nothing of a draw is seen: drawing leads on to where it is. The many draws have no next one.
  function drawAgain() {
    const step = model.get("step");
    if (step === "draws") return;
    put({ draw: (model.get("draw") + 1) % draws, mask: [], ...(step === "tokens" ? { step: "spans" } : {}) });
  }

  function noiseNow() {
    if (byHand()) return model.get("mask").map(Boolean);
    const at = (placeOfSetting() * draws + model.get("draw")) * tokens.length;
    return [...masks.subarray(at, at + tokens.length)].map((one) => one === 1);
  }

  const sentinel = (i) => {
    const round = Math.floor(i / letters.length) + 1;
    const name = `${letters[i % letters.length]}${round > 1 ? round : ""}`;
    return { text: model.get("names") ? `<${name}>` : `<extra_id_${i}>`, look: "sentinel", note: `${first - i}` };
  };
  const end = { text: eos[0], look: "eos", note: `${eos[1]}` };

  // What stands under each other, in the order of the text; a sentinel has a column of its own, in front of its run.
  function columnsOf(noise) {
    const columns = [];
    let runs = 0;
    noise.forEach((one, i) => {
      if (one && !noise[i - 1]) {
        columns.push({ input: sentinel(runs), target: sentinel(runs), run: runs });
        runs += 1;
      }
      const [text, run] = [tokens[i], runs - 1];
      if (one) columns.push({ run, text: { text, look: "noise", note: `span ${run}`, place: i }, target: { text, look: "noise", note: "" }, restored: { text, look: "noise", note: `from ${run}` } });
      else columns.push({ text: { text, look: "kept", note: "", place: i }, input: { text, look: "kept", note: "" }, restored: { text, look: "kept", note: "" } });
    });
    if (!noise[noise.length - 1]) columns.push({ target: sentinel(runs), run: runs });
    columns.push({ input: end, target: end });
    return { columns, runs };
  }
  const rowOf = (columns, name) => columns.filter((column) => column[name]).map((column) => column[name]);

  // A decoder's row: the input without its </s>, then the target; the loss counts where the next token is one of the target.
  function oneRow(columns) {
    const prefix = rowOf(columns, "input").slice(0, -1);
    const row = [...prefix, ...rowOf(columns, "target")];
    const free = { text: "\u2212100", look: "free", note: "" };
    const labels = row.map((_, i) => (i + 1 >= prefix.length && i + 1 < row.length ? row[i + 1] : free));
    return { row, labels, prefix: prefix.length };
  }

  // --- drawing ---

  const chip = (text, look) => html("span", { class: `ctr-span-chip ctr-ease ctr-span-${look}`, dir: "auto" }, text);
  const note = (text) => html("span", { class: "ctr-span-note" }, text);
  const heads = (...names) => html("li", { class: "ctr-span-heads ctr-soft", "aria-hidden": "true" }, ...names.flatMap((name) => [chip(name, "head"), note("")]));

  function flip(i) {
    hand = i;
    put({ mask: noiseNow().map((one, k) => (k === i ? !one : one)) });
  }

  // A token of the text is a button: pressed means noise. One of them is in the order of Tab, the arrows lead to the others.
  function cell({ text, look, note: below, place }) {
    if (text === "") return [html("span", { class: "ctr-span-chip ctr-span-nothing", "aria-hidden": "true" }), note("")];
    if (place === undefined) return [chip(text, look), note(below)];
    const attributes = { class: `ctr-span-chip ctr-ease ctr-span-${look}`, dir: "auto", tabindex: place === hand ? 0 : -1, "aria-pressed": String(look === "noise"), "data-place": place };
    return [button(text, () => flip(place), attributes), note(below)];
  }

  // The decoder's mask as a square: the prefix a full block, below it one step more for each row.
  function square(prefix, total) {
    const steps = "h1v1".repeat(total - prefix);
    return svg("svg", { class: "ctr-span-square", viewBox: `0 0 ${total} ${total}`, role: "img", "aria-label": `Mask of ${total} by ${total}: the first ${prefix} see each other, the others what is to their left, and themselves.` },
      svg("path", { d: `M0 0h${prefix}v${prefix}${steps}H0Z` }));
  }

  function drawOneRow(columns) {
    const { row, labels, prefix } = oneRow(columns);
    list.replaceChildren(heads("reads", "predicts"), ...row.map((one, i) => html("li", {},
      chip(one.text, one.look), note(i < prefix ? "\u2194 prefix" : "\u2190 left"), html("span", { class: "ctr-spoken" }, ", predicts "), chip(labels[i].text, labels[i].look === "free" ? "free" : "label"))));
    below.replaceChildren(html("div", { class: "ctr-row" }, square(prefix, row.length), html("p", {}, "Who sees whom: a row reads the columns. The prefix is read in both directions, as in an encoder; the target from left to right.")));
    const asked = labels.filter((label) => label.look !== "free").length;
    return `One row for a decoder alone: ${count(prefix, "token")} of prefix, then the target. The loss counts at ${count(asked, "place")} of ${row.length}: where the next token is one of the target. The input's </s> is left out.`;
  }

  function drawColumns(step, columns) {
    const rows = rowsOf[step];
    const shown = columns.map((column) => (step === "tokens" && column.text ? { text: { text: column.text.text, look: "kept", note: "" } } : column)).filter((column) => rows.some((row) => column[row]));
    list.replaceChildren(heads(...rows), ...shown.map((column) => {
      const children = rows.flatMap((row) => {
        if (!column[row]) return cell(NOTHING);
        return [html("span", { class: "ctr-spoken" }, rows.length > 1 ? ` ${row}: ` : ""), ...cell(column[row])];
      });
      return html("li", { class: column.run === undefined ? "" : "ctr-span-of", "data-run": column.run }, ...children);
    }));
  }

  const quoted = (list) => `\u201c${list.map((one) => one.text).join(" ")}\u201d`;

  function saidOf(step, noise, { columns, runs }) {
    const hidden = noise.filter(Boolean).length;
    const n = tokens.length;
    const all = hidden === n ? " All is noise: nothing is left to guess from." : hidden === 0 ? " Nothing is noise: there is nothing to learn." : "";
    const [input, target] = [rowOf(columns, "input"), rowOf(columns, "target")];
    if (step === "tokens") return `${count(n, "token")}. The next step chooses which of them are hidden.`;
    if (step === "spans") {
      if (byHand()) return `This mask is made by hand: ${count(hidden, "noise token")} in ${count(runs, "span")}.${all} The numbers of a drawn mask do not hold for it. They would be:`;
      return `${hidden} of ${count(n, "token")} are noise, in ${count(runs, "span")}. Click a token, or press Enter on it, to make a mask of your own.`;
    }
    if (step === "input") return `The encoder reads ${count(input.length, "token")}: ${quoted(input)}. The number of a sentinel rises, its id falls.${all}`;
    if (step === "target") {
      const why = noise[n - 1] ? "The text ends in noise, so no closing sentinel is needed." : "The text ends kept: a closing sentinel says that the last span is over.";
      return `The decoder writes ${count(target.length, "token")}: ${quoted(target)}. ${why}${all}`;
    }
    return `Each sentinel of the input is filled with what follows it in the target. The text is back: ${quoted(rowOf(columns, "restored"))}.`;
  }

  function drawMany() {
    const [setting, lone] = [settings[placeOfSetting()], model.get("_alone")[rates.indexOf(model.get("rate"))]];
    list.replaceChildren(...spanBars(tokens, setting, lone, many, (token) => chip(token, "kept")));
    below.replaceChildren(...spanCompared(setting, lone, longest));
    const none = lone.none > 0 ? ` In ${lone.none.toLocaleString("en")} of its draws nothing was noise.` : "";
    return `The same text, drawn ${many.toLocaleString("en")} times. A bar is how often a token was noise: the first never, the last always. The dashed line is what choosing each token alone gives.${none}`;
  }

  function enable(control, may) {
    control.setAttribute("aria-disabled", String(!may)); // not `disabled`: the focus stays where it is
  }

  function draw() {
    const focused = list.contains(document.activeElement);
    const step = model.get("step");
    const place = placeOfStep();
    const noise = noiseNow();
    const made = columnsOf(noise);
    const single = step === "target" && model.get("decoder_only");
    enable(back, place > 0);
    enable(on, place < steps.length - 1);
    enable(again, step !== "draws");
    rate.value = String(model.get("rate"));
    mean.value = String(model.get("mean_span"));
    names.setAttribute("aria-pressed", String(model.get("names")));
    alone.setAttribute("aria-pressed", String(single));
    const which = step === "tokens" ? "" : step === "draws" ? `${many.toLocaleString("en")} draws` : byHand() ? "by hand" : `draw ${model.get("draw") + 1} of ${draws}`;
    title.replaceChildren(html("b", {}, `Step ${place + 1} of ${steps.length}: ${single ? "one row for a decoder alone" : TITLES[step]}`), html("span", { class: "ctr-soft ctr-number" }, which));
    list.classList.toggle("ctr-span-many", step === "draws");
    list.setAttribute("aria-label", step === "draws" ? "How often each token is noise" : "Tokens");
    reckoned.hidden = step !== "spans";
    reckoned.replaceChildren(...settings[placeOfSetting()].said.map((said) => html("li", {}, said)));
    below.replaceChildren();
    if (step === "draws") about.textContent = drawMany();
    else if (single) about.textContent = drawOneRow(made.columns);
    else {
      drawColumns(step, made.columns);
      about.textContent = saidOf(step, noise, made);
    }
    if (focused) list.querySelector(`[data-place="${hand}"]`)?.focus();
  }

  // --- mouse and keys ---

  root.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || event.target.tagName === "SELECT" || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (event.target.dataset.place === undefined) return go(by);
    const next = list.querySelector(`[data-place="${Number(event.target.dataset.place) + by}"]`);
    if (!next) return;
    event.target.tabIndex = -1;
    hand = Number(next.dataset.place);
    next.tabIndex = 0;
    next.focus();
  });

  // What belongs to one span lights up together: in the input, in the target and where it goes back to.
  function light(run) {
    for (const one of list.children) one.classList.toggle("ctr-span-lit", run !== undefined && one.dataset.run === run);
  }
  list.addEventListener("pointerover", (event) => light(event.target.closest("li")?.dataset.run));
  list.addEventListener("pointerleave", () => light());

  draw();
  const unfollow = follow(model, ["step", "rate", "mean_span", "draw", "mask", "names", "decoder_only"], draw);
  return () => {
    unfollow();
    root.remove();
  };
}

export default { render };
