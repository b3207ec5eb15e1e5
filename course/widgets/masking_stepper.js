// The masking stepper: a sentence, which of its tokens are chosen, what they become, what the model reads, and a thousand draws.
// Python has drawn it all; here one draw is taken out and shown.

const TITLES = {
  read: "the tokens as read",
  chosen: "which are chosen",
  becomes: "what each chosen one becomes",
  labels: "what the model reads, and the labels",
  draws: "many draws",
};
const BECOMES = ["[MASK]", "a random word", "itself"]; // the kinds, as the last step names them
const percent = (share, digits = 0) => `${(100 * share).toFixed(digits)}\u00a0%`;

function render({ model, el }) {
  const root = stage(el, "ctr-masking", "Masking stepper");
  const tokens = model.get("tokens");
  const may = model.get("_may");
  const words = model.get("_words");
  const { steps, shares, kinds, asked, many } = model.get("_asked");
  const level = numbers(Uint8Array, model.get("_level")); // (draw, token)
  const become = numbers(Uint16Array, model.get("_become")); // (draw, token)
  const counts = numbers(Uint16Array, model.get("_counts")); // (share, token, kind)
  const drawsGiven = level.length / tokens.length;
  const free = may.filter(Boolean).length; // tokens that may be chosen

  const back = button("\u25c0 Step back", () => go(-1));
  const on = button("Step \u25b6", () => go(1));
  const again = button("Draw again", drawAgain);
  const share = html("input", { type: "range", min: 0, max: shares.length - 1, step: 1, oninput: () => put({ share: shares[Number(share.value)] }) });
  const shareShown = html("output", { class: "ctr-number ctr-masking-share" });
  const title = html("p", { class: "ctr-masking-title" });
  const about = html("p", { class: "ctr-masking-about", role: "status" });
  const list = html("ol", { class: "ctr-masking-tokens", "aria-label": "Tokens" });
  const totals = html("div", { class: "ctr-masking-totals" });
  root.append(
    html("div", { class: "ctr-row ctr-masking-controls" }, back, on, again, html("label", {}, "Share to choose", share, shareShown)),
    title, about, list, totals);

  const placeOfShare = () => shares.indexOf(model.get("share"));
  const placeOfStep = () => steps.indexOf(model.get("step"));

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
    put({ draw: (model.get("draw") + 1) % drawsGiven, ...(step === "read" ? { step: "chosen" } : {}) });
  }

  root.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || event.target === share || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    go(by);
  });

  // What the draw makes of token i: its kind (null: not chosen) and what the model reads there.
  function fate(i) {
    const at = model.get("draw") * tokens.length + i;
    if (level[at] > placeOfShare()) return { token: tokens[i], kind: null, read: tokens[i] };
    if (become[at] === 0) return { token: tokens[i], kind: 0, read: "[MASK]" };
    if (become[at] === 1) return { token: tokens[i], kind: 2, read: tokens[i] };
    return { token: tokens[i], kind: 1, read: words[become[at] - 2] };
  }

  const chip = (text, look) => html("span", { class: `ctr-masking-chip ctr-ease ctr-masking-${look}`, dir: "auto" }, text);
  const note = (text) => html("span", { class: "ctr-masking-note" }, text);
  const bold = (text) => html("b", { dir: "auto" }, text);

  // The names of the rows, in front of the first line; for eyes, as each row's words are said with its token.
  const heads = (...names) => html("li", { class: "ctr-masking-heads ctr-soft", "aria-hidden": "true" }, ...names);

  function column(one, i, step) {
    const seen = step === "read" ? { ...one, kind: null } : one;
    const look = !may[i] ? "never" : seen.kind === null ? "plain" : "chosen";
    if (step === "labels") {
      const label = seen.kind === null ? chip("\u2212100", "free") : chip(seen.token, "asked");
      return html("li", {}, chip(seen.read, look), html("span", { class: "ctr-spoken" }, ", label "), label);
    }
    const rows = [chip(seen.token, look), note(!may[i] ? "never" : seen.kind === null ? "" : "chosen")];
    if (step === "becomes" && seen.kind !== null) rows.push(chip(seen.read, "chosen"), note(kinds[seen.kind]));
    return html("li", {}, ...rows);
  }

  // [["we", " \u2192 [MASK]"], …] as nodes: the tokens in quotes and bold, commas between them.
  const listed = (found) => found.flatMap(([token, after], k) => [k > 0 ? ", \u201c" : "\u201c", bold(token), `\u201d${after}`]);

  function saidOf(step, all) {
    const chosen = all.filter((one) => one.kind !== null);
    const asks = percent(model.get("share"));
    if (step === "read") {
      const marks = [...new Set(tokens.filter((_, i) => !may[i]))];
      const never = marks.length > 0 ? ` Dashed ones are marks and never chosen: ${marks.join(", ")}.` : "";
      return [`${free} of ${tokens.length} tokens may be chosen.${never}`];
    }
    if (free === 0) return ["Nothing here may be chosen, so there is nothing to ask for."];
    if (step === "chosen") {
      return [`Each of the ${free} is chosen with a chance of ${asks}, and at least one always is. Here ${chosen.length} of ${free}: `, ...listed(chosen.map((one) => [one.token, ""])), "."];
    }
    if (step === "becomes") {
      const turns = chosen.map((one) => [one.token, one.kind === 2 ? " stays" : one.kind === 0 ? " \u2192 [MASK]" : ` \u2192 ${one.read} (random)`]);
      return [`For each chosen one a die: ${percent(asked[0])} [MASK], ${percent(asked[1])} a random word, ${percent(asked[2])} stays. Here `, ...listed(turns), "."];
    }
    const left = all.filter((one, i) => may[i] && one.read === one.token).length;
    return [`The model reads the upper row and is asked for the lower one. \u2212100 costs nothing: only the ${chosen.length} chosen count. It still reads ${left} of ${free} tokens as they were; from these it has to guess.`];
  }

  // --- many draws ---

  const countOf = (i) => kinds.map((_, kind) => counts[(placeOfShare() * tokens.length + i) * kinds.length + kind]);
  const sum = (list) => list.reduce((a, b) => a + b, 0);

  function bars() {
    const all = tokens.map((_, i) => countOf(i));
    const most = Math.max(model.get("share") * many, ...all.map(sum), 1);
    return all.map((parts, i) => {
      if (!may[i]) return html("li", {}, note("never"), chip(tokens[i], "never"));
      const stack = parts.map((count, kind) => html("span", { class: `ctr-masking-part ctr-masking-${kinds[kind]}`, style: `height: ${(100 * count) / most}%` }));
      const line = html("span", { class: "ctr-masking-line", style: `bottom: ${(100 * model.get("share") * many) / most}%` });
      const spoken = html("span", { class: "ctr-spoken" }, `: chosen ${sum(parts)} times, ${parts.map((count, kind) => `${count} ${kinds[kind]}`).join(", ")}`);
      return html("li", { title: parts.map((count, kind) => `${count} ${kinds[kind]}`).join(", ") },
        html("span", { class: "ctr-masking-bar", "aria-hidden": "true" }, line, ...stack), html("span", { class: "ctr-masking-note", "aria-hidden": "true" }, sum(parts)), chip(tokens[i], "plain"), spoken);
    });
  }

  function drawMany() {
    const byKind = kinds.map((_, kind) => sum(tokens.map((_, i) => countOf(i)[kind])));
    const all = sum(byKind);
    const none = model.get("_none_came")[placeOfShare()];
    const cells = (name, swatch, share, wish) => html("tr", {}, html("th", { scope: "row" }, swatch, name), html("td", {}, percent(wish)), html("td", {}, percent(share, 1)));
    const swatch = (look) => html("span", { class: `ctr-masking-swatch ctr-masking-${look}`, "aria-hidden": "true" });
    totals.replaceChildren(html("table", {},
      html("thead", {}, html("tr", {}, html("th", { scope: "col" }, `in ${many.toLocaleString("en")} draws`), html("th", { scope: "col" }, "asked for"), html("th", { scope: "col" }, "came"))),
      html("tbody", {}, cells("chosen", swatch("asks"), all / Math.max(1, many * free), model.get("share")),
        ...kinds.map((kind, k) => cells(`of these ${BECOMES[k]}`, swatch(kind), byKind[k] / Math.max(1, all), asked[k])))));
    const why = none > 0 ? ` In ${none.toLocaleString("en")} of the draws chance chose none and one was taken all the same: that lifts the share.` : "";
    return `The same sentence, drawn ${many.toLocaleString("en")} times. A bar is how often a token was chosen and what it became; the dashed line is the ${percent(model.get("share"))} asked for.${why}`;
  }

  // --- all ---

  function enable(control, may) {
    control.setAttribute("aria-disabled", String(!may)); // not `disabled`: the focus stays where it is
  }

  function draw() {
    const step = model.get("step");
    const place = placeOfStep();
    const all = tokens.map((_, i) => fate(i));
    enable(back, place > 0);
    enable(on, place < steps.length - 1);
    enable(again, step !== "draws");
    share.value = placeOfShare();
    shareShown.value = percent(model.get("share"));
    share.setAttribute("aria-valuetext", percent(model.get("share")));
    title.replaceChildren(html("b", {}, `Step ${place + 1} of ${steps.length}: ${TITLES[step]}`),
      html("span", { class: "ctr-soft ctr-number" }, step === "read" ? "" : step === "draws" ? `${many.toLocaleString("en")} draws` : `draw ${model.get("draw") + 1} of ${drawsGiven}`));
    list.classList.toggle("ctr-masking-many", step === "draws");
    totals.hidden = step !== "draws";
    if (step === "draws") {
      list.replaceChildren(...bars());
      about.textContent = drawMany();
      return;
    }
    const rows = { read: [chip("token", "head")], chosen: [chip("token", "head")], becomes: [chip("token", "head"), note(""), chip("becomes", "head")], labels: [chip("reads", "head"), chip("label", "head")] }[step];
    list.replaceChildren(heads(...rows), ...all.map((one, i) => column(one, i, step)));
    about.replaceChildren(...saidOf(step, all));
  }

  draw();
  const unfollow = follow(model, ["step", "share", "draw"], draw);
  return () => {
    unfollow();
    root.remove();
  };
}

export default { render };
