// Span scores: the text with the best answers, the map of all spans, the threshold of no answer, and the list of the best.
// What is true comes from span_scores_numbers.js; the map and the text are files of their own.

function render({ model, el }) {
  const root = stage(el, "ctr-scores", "Span scores");
  const [tokens, kinds] = [model.get("tokens"), model.get("kinds")];
  const truth = spanTruth(tokens, kinds, numbers(Float32Array, model.get("_starts")), numbers(Float32Array, model.get("_ends")));
  const passage = kinds.filter((kind) => kind === "passage").length;
  const most = Math.max(Math.min(50, passage), Math.min(model.get("longest"), passage));
  let allowed = []; // the best spans that can be answers
  let listed = []; // those that are shown: these, or of all spans
  let at = [0, 0]; // the span under the mouse, or the one where the keyboard is

  const longest = () => model.get("longest");

  function put(name, value) {
    model.set(name, value);
    model.save_changes();
  }

  // --- the parts ---

  const about = html("p", { class: "ctr-scores-about", role: "status" });
  const map = spanMap(truth, {
    hover(i, j) {
      at = [i, j];
      drawShown();
    },
    pin(i, j) {
      const now = model.get("pinned");
      put("pinned", now && truth.same(now, [i, j]) ? null : [i, j]);
    },
    speak: (i, j) => truth.said(i, j, longest(), allowed),
    shown: () => at,
  });
  const text = spanText(truth, kinds, (i, last) => {
    const from = map.at()[0];
    map.choose(last ? from : i, i);
  });

  const lengthInput = html("input", { type: "range", min: 1, max: most, step: 1, "aria-label": "Most tokens of an answer", oninput: () => put("longest", Number(lengthInput.value)) });
  const lengthValue = html("output", { class: "ctr-number" });
  const threshold = thresholdLine((value) => put("threshold", value));
  const verdict = html("p", { class: "ctr-scores-verdict", role: "status" });
  const onChosen = html("p", { class: "ctr-scores-onchosen" });
  const legend = html("ul", { class: "ctr-scores-legend" });
  const decades = ["0.0001 %", "0.01 %", "1 %", "100 %"].map((share, k) => html("span", { style: `left: ${(100 * k) / 3}%` }, share));
  const scale = html("div", { class: "ctr-scores-scale" }, html("span", {}, "P_start \u00b7 P_end, on a logarithmic scale"),
    html("div", { class: "ctr-scores-strip" }), html("div", { class: "ctr-scores-strip ctr-scores-grey" }), html("div", { class: "ctr-scores-ticks ctr-soft ctr-number" }, ...decades),
    html("span", { class: "ctr-soft" }, "blue, framed: can be the answer; grey with a pattern: cannot"));

  const everything = html("input", { type: "checkbox", onchange: () => put("everything", everything.checked) });
  const title = html("b", {});
  const rows = html("tbody", {});
  const table = html("table", {}, html("thead", {}, html("tr", {}, ...["rank", "answer", "first", "last", "P_start", "P_end", "product"].map((name) => html("th", { scope: "col" }, name)))), rows);

  // --- drawing ---

  function drawShown() {
    const [i, j] = at;
    about.textContent = truth.said(i, j, longest(), allowed);
    text.light(i, j);
  }

  const reasonTexts = () => ({
    [BACKWARDS]: "ends before it begins", [LONG]: `too long: more than ${longest()} token${longest() === 1 ? "" : "s"}`,
    [OUTSIDE]: "in the question or at a special token", [PADDING]: "in the padding",
  });

  function drawLegend() {
    const counts = truth.counts(longest());
    const line = (sign, name, count) => html("li", {}, sign, html("span", {}, name), html("b", { class: "ctr-number" }, `${thousands(count)}`));
    legend.replaceChildren(
      html("li", { class: "ctr-soft" }, html("span", {}, ""), html("span", {}, `of ${thousands(truth.n ** 2)} spans; one may have several reasons`), html("span", {}, "spans")),
      line(html("span", { class: "ctr-scores-swatch ctr-scores-can" }), "can be the answer", counts[0]),
      ...[BACKWARDS, LONG, OUTSIDE, PADDING].map((reason) => line(patternSvg(reason), reasonTexts()[reason], counts[reason])));
    const marks = [["1", "the best, by rank"], ["\u2205", "no answer"], ...(model.get("chosen") ? [["\u25c7", "the chosen span"]] : [])];
    legend.append(html("li", { class: "ctr-scores-signs" }, ...marks.flatMap(([sign, name]) => [html("b", {}, sign), `\u00a0${name} `])));
  }

  function drawList() {
    title.textContent = model.get("everything") ? "The best of all spans" : "The best answers";
    const chosen = model.get("chosen");
    rows.replaceChildren(...listed.map(([i, j], rank) => {
      const why = truth.reasons(i, j, longest());
      const note = i + j === 0 ? "stands for no answer" : why.length > 0 ? `cannot be the answer: ${why.join("; ")}` : "";
      const mine = chosen && truth.same(chosen, [i, j]) ? " \u25c7" : "";
      return html("tr", { class: why.length > 0 ? "ctr-scores-cannot" : "" }, html("td", { class: "ctr-number" }, `${rank + 1}${mine}`),
        html("th", { scope: "row" }, button(truth.text(i, j), () => map.choose(i, j), { dir: "auto", title: "show it in the map" }), note ? html("small", {}, note) : ""),
        ...[i, j, percent(truth.first.chances[i]), percent(truth.last.chances[j]), percent(truth.chance(i, j))].map((said) => html("td", { class: "ctr-number" }, said)));
    }));
    if (listed.length === 0) rows.append(html("tr", {}, html("td", { colspan: 7 }, "No span that can be the answer has a probability above 0.")));
  }

  function draw() {
    const [everywhere, chosen] = [model.get("everything"), model.get("chosen")];
    allowed = truth.best(false, model.get("top"), longest());
    listed = everywhere ? truth.best(true, model.get("top"), longest()) : allowed;
    everything.checked = everywhere;
    lengthInput.value = longest();
    lengthValue.value = String(longest());
    const marks = listed.map((span, rank) => ({ span, label: rank + 1, look: truth.bits(...span, longest()) ? "isnot" : rank === 0 ? "best" : "good" }));
    text.mark(chosen ? [...marks, { span: chosen, label: "\u25c7", look: "mine" }] : marks);
    const gap = truth.gap(allowed[0]);
    threshold.draw(model.get("threshold"), gap);
    const [why, says] = truth.verdict(allowed[0], model.get("threshold")).split(" The reader says: ");
    verdict.replaceChildren(html("b", {}, `The reader says: ${says}`), ` ${why}`);
    onChosen.textContent = truth.onChosen(chosen, longest(), allowed[0], model.get("threshold"));
    drawLegend();
    drawList();
    map.draw({ longest: longest(), best: listed, chosen, pinned: model.get("pinned") });
    drawShown();
  }

  root.append(
    text.element,
    html("p", { class: "ctr-soft ctr-scores-hint" }, "Point at the map, or move in it with the arrow keys; a click or Enter pins, again unpins. A click on a token goes to it, with Shift to where the span ends."),
    html("div", { class: "ctr-scores-main" },
      html("div", { class: "ctr-scores-left" }, html("div", { class: "ctr-scores-scroll" }, map.element), map.lens),
      html("div", { class: "ctr-scores-side" }, about,
        html("label", { class: "ctr-scores-slider" }, html("span", {}, "Most tokens of an answer"), lengthValue, lengthInput),
        threshold.element, verdict, onChosen, legend, scale)),
    html("p", { class: "ctr-row ctr-scores-head" }, title, html("label", {}, everything, "of all spans, also of those that cannot be answers")),
    html("div", { class: "ctr-scores-scroll" }, table));
  allowed = truth.best(false, model.get("top"), longest());
  map.choose(...(model.get("pinned") ?? allowed[0] ?? [0, 0]));
  draw();
  const unfollow = follow(model, ["longest", "top", "chosen", "threshold", "pinned", "everything"], draw);
  return () => {
    unfollow();
    map.close();
    text.close();
    root.remove();
  };
}

export default { render };
