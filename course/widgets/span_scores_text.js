// The text of question and passage under the map's hand, with a bar below each of the best answers; and the number line of the threshold.

const LANE = 15; // pixels for a bar below the text

// `onpick(i)` gets the token that was clicked; with `true` behind it, it is to be the last one of the span.
function spanText(truth, kinds, onpick) {
  const { n, tokens, marked } = truth;
  const views = []; // for each token its element: a run of padding shares one
  const blocks = [];
  let kind = "question";
  let block = null;
  let group = null; // a word and its pieces, which stay on one line
  for (let i = 0; i < n; i += 1) {
    if (block === null || (kinds[i] !== kind && (kinds[i] === "passage" || kinds[i] === "question"))) {
      if (kinds[i] === "passage" || kinds[i] === "question") kind = kinds[i];
      block = html("p", { class: "ctr-scores-block", "data-name": kind });
      blocks.push(block);
    }
    let end = i;
    while (kinds[i] === "padding" && kinds[end + 1] === "padding") end += 1;
    const piece = marked ? i > 0 && !/^[\u0120\u2581]/.test(tokens[i]) && kinds[i] === kinds[i - 1] : isPiece(tokens[i]);
    const plain = marked ? tokens[i].replace(/[\u0120\u2581]/g, " ").trim() : piece ? tokens[i].slice(2) : tokens[i];
    const word = end > i ? `${tokens[i]} \u00d7 ${end - i + 1}` : plain || tokens[i];
    const title = end > i ? `tokens ${i} to ${end}: padding` : `token ${i}: ${tokens[i]} (${kinds[i]})`;
    const view = html("span", { class: `ctr-scores-token ctr-scores-${kinds[i]}${piece ? " ctr-scores-piece" : ""}`, title, "data-token": i },
      html("span", { class: "ctr-scores-word", dir: "auto" }, word), html("span", { class: "ctr-scores-lanes", "aria-hidden": "true" }));
    if (!piece) group = html("span", { class: "ctr-scores-group" });
    group.append(view);
    block.append(group);
    for (; i <= end; i += 1) views[i] = view;
    i = end;
  }
  const element = html("div", { class: "ctr-scores-text" }, ...blocks);
  element.addEventListener("click", (event) => {
    const found = event.target.closest("[data-token]");
    if (found) onpick(Number(found.dataset.token), event.shiftKey);
  });

  // marks: [{span, label, look}], each a bar below its tokens. On each line of the text the bars close up to it.
  let marks = [];
  function mark(next) {
    marks = next;
    const every = [...new Set(views)];
    const line = new Map(every.map((view) => [view, view.offsetTop]));
    const lanes = lanesOf(marks.map(({ span }) => span));
    const bars = marks.flatMap(({ span, label, look }, k) => {
      const [low, high] = [views[Math.min(...span)], views[Math.max(...span)]];
      const back = span[1] < span[0]; // it has no tokens: its two ends are marked
      const under = back ? [low, high] : views.slice(span[0], span[1] + 1);
      return [...new Set(under)].map((view) => {
        const edges = `${back || view === low ? " ctr-scores-low" : ""}${back || view === high ? " ctr-scores-high" : ""}`;
        return { view, lane: lanes[k], bar: html("span", { class: `ctr-scores-bar ctr-scores-${look}${edges}` }, back || view === low ? label : "") };
      });
    });
    const used = new Map(); // line: its lanes
    for (const { view, lane } of bars) used.set(line.get(view), (used.get(line.get(view)) ?? new Set()).add(lane));
    for (const view of every) {
      view.lastChild.replaceChildren();
      view.lastChild.style.height = "0";
    }
    for (const { view, lane, bar } of bars) {
      const place = [...used.get(line.get(view))].filter((one) => one < lane).length;
      bar.style.top = `${place * LANE}px`;
      view.lastChild.append(bar);
      view.lastChild.style.height = `${Math.max(parseFloat(view.lastChild.style.height), (place + 1) * LANE)}px`;
    }
  }
  let wide = 0;
  const resized = new ResizeObserver(() => {
    if (element.clientWidth === wide) return;
    wide = element.clientWidth;
    mark(marks);
  });
  resized.observe(element);

  let lit = [];
  function light(i, j) {
    for (const view of lit) view.classList.remove("ctr-scores-lit", "ctr-scores-from", "ctr-scores-to", "ctr-scores-back");
    lit = [...new Set(i <= j ? views.slice(i, j + 1) : [views[j], views[i]])];
    for (const view of lit) view.classList.add(i <= j ? "ctr-scores-lit" : "ctr-scores-back");
    views[i].classList.add("ctr-scores-from");
    views[j].classList.add("ctr-scores-to");
    if (element.scrollHeight <= element.clientHeight) return;
    // Within the text alone: the page stays where it is under the mouse.
    const [top, low] = [views[i].offsetTop, views[i].offsetTop + views[i].offsetHeight];
    if (top < element.scrollTop || low > element.scrollTop + element.clientHeight) element.scrollTop = top - 20;
  }

  return { element, mark, light, close: () => resized.disconnect() };
}

// The threshold on its number line: where "no answer" is said, right of it, and how far the two scores are from each other.
function thresholdLine(onset) {
  let end = 5; // it only grows, so that nothing jumps under the hand
  const input = html("input", { type: "range", step: 0.1, "aria-label": "Threshold of no answer", oninput: () => onset(Number(input.value)) });
  const value = html("output", { class: "ctr-number" });
  const [answers, none] = [html("span", { class: "ctr-scores-zone" }, "says the answer"), html("span", { class: "ctr-scores-zone ctr-scores-none" }, "says: no answer")];
  const cut = html("span", { class: "ctr-scores-cut" });
  const dot = html("span", { class: "ctr-scores-dot" });
  const gapText = html("span", { class: "ctr-scores-gap ctr-number" });
  const ticks = html("span", { class: "ctr-scores-ticks ctr-soft ctr-number", "aria-hidden": "true" });
  const line = html("div", { class: "ctr-scores-line", "aria-hidden": "true" }, answers, none, cut, dot, gapText, ticks);
  const share = (number) => Math.max(0, Math.min(100, 50 + (50 * number) / end));
  return {
    element: html("div", { class: "ctr-scores-threshold" }, html("label", { class: "ctr-scores-slider" }, html("span", {}, "Threshold"), value, input), line),
    draw(threshold, gap) {
      end = Math.max(end, reachOf(Number.isFinite(gap) ? [threshold, gap] : [threshold]));
      input.min = -end;
      input.max = end;
      input.value = threshold;
      value.value = signed(threshold);
      input.setAttribute("aria-valuetext", signed(threshold));
      const [at, where] = [share(threshold), share(gap)];
      answers.style.width = `${at}%`;
      answers.textContent = at < 30 ? "" : "says the answer";
      none.style.left = `${at}%`;
      none.style.width = `${100 - at}%`;
      none.textContent = at > 70 ? "" : "says: no answer";
      cut.style.left = `${at}%`;
      dot.style.left = `${where}%`;
      gapText.style.left = `${Math.max(22, Math.min(78, where))}%`;
      gapText.textContent = `no answer \u2212 best: ${signed(gap)}`;
      ticks.replaceChildren(...[-1, -0.5, 0, 0.5, 1].map((one) => html("span", { style: `left: ${50 + 50 * one}%` }, signed(end * one, Number.isInteger(end * one) ? 0 : 1))));
    },
  };
}
