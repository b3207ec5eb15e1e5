// The pair builder: a sentence A, a coin, a sentence B, and the pair as a model reads it. Python has tossed all coins.

const SHORTEST = 5; // [CLS] a [SEP] b [SEP]
const LABELS = ["label 0, is next", "label 1, random"];

// Which tokens go when both sentences have `room`: one at a time from the end of the longer, at a tie of B.
// Returns how many stay of each, and the names of the sentences in the order in which they lose one.
function truncated(a, b, room) {
  const cut = [];
  let [keptA, keptB] = [a, b];
  while (keptA + keptB > room) {
    if (keptA > keptB) {
      keptA -= 1;
      cut.push("A");
    } else {
      keptB -= 1;
      cut.push("B");
    }
  }
  return { keptA, keptB, cut };
}

function render({ model, el }) {
  const root = stage(el, "ctr-pair", "Pair builder");
  const documents = model.get("documents");
  const places = documents.flatMap((document, d) => document.map((_, s) => [d, s])); // all sentences, one after the other
  const placeOf = ([d, s]) => places.findIndex(([e, t]) => e === d && t === s);
  const draws = numbers(Uint16Array, model.get("_draws")); // (draw, 2): A, toss
  const tosses = numbers(Uint16Array, model.get("_tosses")); // (sentence, toss, 3): coin, of another document, of the same
  const tossCount = tosses.length / 3 / places.length;
  const longest = places.map(([d, s]) => documents[d][s].length).sort((a, b) => b - a);

  const drawA = button("Draw a sentence A", () => {
    const draw = (model.get("draw") + 1) % (draws.length / 2);
    put({ draw, first: places[draws[2 * draw]], toss: draws[2 * draw + 1], wrong: false });
  });
  const toss = button("Toss the coin", () => put({ toss: (model.get("toss") + 1) % tossCount, wrong: false }));
  const wrong = button("The wrong kind of negative", () => put({ toss: (model.get("toss") + (model.get("wrong") ? 1 : 0)) % tossCount, wrong: true }));
  const length = html("input", { type: "range", min: SHORTEST, max: Math.max(model.get("max_length"), longest[0] + longest[1] + 3), step: 1, oninput: () => put({ max_length: Number(length.value) }) });
  const lengthShown = html("output", { class: "ctr-number" });
  const about = html("p", { class: "ctr-pair-about", role: "status" });
  const pickable = documents.flatMap((document, d) => (document.length > 1 ? [d] : []));
  const document = choice("Document of A", Object.fromEntries(pickable.map((d) => [String(d), `Document ${d + 1}`])), String(model.get("first")[0]), (d) => pick([Number(d), 0]));
  const own = html("div", { class: "ctr-pair-sentences", role: "listbox", "aria-label": "Sentences: choose A" });
  const otherTitle = html("p", { class: "ctr-pair-head" });
  const other = html("ol", { class: "ctr-pair-sentences", "aria-label": "Document of B" });
  const otherBox = html("div", { class: "ctr-pair-document" }, otherTitle, other);
  const label = html("p", { class: "ctr-pair-label" });
  const list = html("ol", { class: "ctr-pair-tokens", "aria-label": "The pair" });
  const cutShown = html("p", { class: "ctr-pair-cut" });
  root.append(
    row(drawA, toss, wrong), about,
    html("div", { class: "ctr-pair-documents" }, html("div", { class: "ctr-pair-document" }, html("p", { class: "ctr-pair-head" }, document), own), otherBox),
    html("div", { class: "ctr-row ctr-pair-made" }, label, html("label", {}, "Maximal length", length, lengthShown)),
    list, cutShown);

  function put(values) {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  }
  const pick = (first) => put({ first, wrong: false });

  // What the coin has made of A: B's place, and the label.
  function made() {
    const first = model.get("first");
    const at = 3 * (placeOf(first) * tossCount + model.get("toss"));
    if (model.get("wrong")) return { first, second: places[tosses[at + 2]], label: 1 };
    return { first, second: tosses[at] === 1 ? places[tosses[at + 1]] : [first[0], first[1] + 1], label: tosses[at] };
  }

  own.addEventListener("keydown", (event) => {
    const [d, s] = model.get("first");
    const most = documents[d].length - 2; // the last sentence has no next one
    const next = { ArrowUp: s - 1, ArrowLeft: s - 1, ArrowDown: s + 1, ArrowRight: s + 1, Home: 0, End: most }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    pick([d, Math.max(0, Math.min(most, next))]);
  });

  // A sentence of a document: its number, its mark (A, B or none) and its tokens, of which the cut ones are struck out.
  function parts(tokens, s, mark, kept) {
    const words = [html("span", {}, tokens.slice(0, kept).join(" "))];
    if (kept < tokens.length) words.push(" ", html("s", {}, tokens.slice(kept).join(" ")));
    return [html("span", { class: `ctr-pair-badge ctr-pair-${mark || "none"}`, "aria-hidden": "true" }, mark), html("span", { class: "ctr-soft ctr-number" }, `${s + 1}.`), html("span", { class: "ctr-pair-words", dir: "auto" }, ...words)];
  }

  function drawDocuments(first, second, keptA, keptB) {
    const hadFocus = own.contains(root.ownerDocument.activeElement);
    const isA = (d, s) => d === first[0] && s === first[1];
    const isB = (d, s) => d === second[0] && s === second[1];
    const markOf = (d, s) => (isA(d, s) ? "A" : isB(d, s) ? "B" : "");
    const keptOf = (d, s) => (isA(d, s) ? keptA : isB(d, s) ? keptB : documents[d][s].length);
    const d = first[0];
    document.value = String(d);
    own.replaceChildren(...documents[d].map((tokens, s) => {
      const last = s === documents[d].length - 1;
      const said = [`${s + 1}: ${tokens.join(" ")}`, markOf(d, s), last && "the last one, it has no next"].filter(Boolean).join(", ");
      return button("", () => !last && choose([d, s]), {
        role: "option", class: `ctr-pair-sentence ctr-ease ${isA(d, s) ? "ctr-pair-isA" : isB(d, s) ? "ctr-pair-isB" : ""}`, tabindex: isA(d, s) ? 0 : -1,
        "aria-selected": String(isA(d, s)), "aria-disabled": last ? "true" : false, "aria-label": said,
      });
    }));
    [...own.children].forEach((option, s) => option.replaceChildren(...parts(documents[d][s], s, markOf(d, s), keptOf(d, s))));
    if (hadFocus) own.querySelector("[aria-selected=true]").focus();

    const e = second[0];
    otherBox.hidden = e === d;
    otherTitle.textContent = `Document ${e + 1}`;
    other.replaceChildren(...(e === d ? [] : documents[e].map((tokens, s) => html("li", { class: `ctr-pair-sentence ${isB(e, s) ? "ctr-pair-isB" : ""}` },
      isB(e, s) ? html("span", { class: "ctr-spoken" }, "B: ") : "", ...parts(tokens, s, markOf(e, s), keptOf(e, s))))));
  }

  // Long documents scroll: what is marked stands in sight, and a list that scrolls can be reached from the keyboard.
  function bringIntoSight() {
    for (const box of [own, other]) {
      const marked = box.querySelector(".ctr-pair-isA, .ctr-pair-isB");
      if (marked) box.scrollTop = Math.max(0, marked.offsetTop - box.clientHeight / 3);
    }
    if (other.scrollHeight > other.clientHeight) other.tabIndex = 0;
    else other.removeAttribute("tabindex");
  }

  function choose(first) {
    pick(first);
    own.querySelector("[aria-selected=true]").focus();
  }

  function saidOf(first, second, label) {
    const [a, b] = [`A is sentence ${first[1] + 1} of document ${first[0] + 1}.`, `sentence ${second[1] + 1}`];
    if (!model.get("wrong")) {
      if (label === 0) return `${a} The coin says \u201cnext\u201d: B is the sentence that follows, ${b}. Label 0, is next.`;
      return `${a} The coin says \u201crandom\u201d: B is ${b} of another document, ${second[0] + 1}. Label 1, random.`;
    }
    const isNext = second[1] === first[1] + 1;
    const why = isNext
      ? "It is the true next one, and the label would say that it is not: the model is taught a lie."
      : "It may be about the same thing and follow A quite well, so label 1 teaches little; and the next such draw may be the true next one.";
    return `${a} B is ${b} of the same document. ${why} Take negatives from another document.`;
  }

  const heads = () => html("li", { class: "ctr-pair-heads ctr-soft", "aria-hidden": "true" }, html("span", { class: "ctr-pair-chip" }, "token"), html("span", {}, "segment"), html("span", {}, "position"));

  function drawPair(first, second, { keptA, keptB, cut }) {
    const [a, b] = [documents[first[0]][first[1]], documents[second[0]][second[1]]];
    const tokens = [["[CLS]", "mark", 0], ...a.slice(0, keptA).map((token) => [token, "isA", 0]), ["[SEP]", "mark", 0], ...b.slice(0, keptB).map((token) => [token, "isB", 1]), ["[SEP]", "mark", 1]];
    list.replaceChildren(heads(), ...tokens.map(([token, look, segment], position) => html("li", {},
      html("span", { class: `ctr-pair-chip ctr-pair-${look}`, dir: "auto" }, token),
      html("span", { class: "ctr-spoken" }, ", segment "), html("span", { class: "ctr-pair-segment ctr-number" }, segment),
      html("span", { class: "ctr-spoken" }, ", position "), html("span", { class: "ctr-pair-position ctr-number" }, position))));
    const left = { A: a.length, B: b.length };
    const gone = cut.map((name, k) => {
      left[name] -= 1;
      return html("span", { class: "ctr-pair-gone" }, `${k + 1}. `, html("s", { dir: "auto" }, (name === "A" ? a : b)[left[name]]), ` (${name})`);
    });
    const room = `${tokens.length} of at most ${model.get("max_length")} tokens.`;
    cutShown.replaceChildren(...(gone.length === 0 ? [`${room} Nothing is cut.`] : [`${room} Cut one at a time, from the end of the longer sentence, at a tie of B: `, ...gone.flatMap((one) => [one, " "])]));
  }

  function draw() {
    const { first, second, label: says } = made();
    const kept = truncated(documents[first[0]][first[1]].length, documents[second[0]][second[1]].length, model.get("max_length") - 3);
    length.value = model.get("max_length");
    lengthShown.value = model.get("max_length");
    wrong.setAttribute("aria-pressed", String(model.get("wrong")));
    about.textContent = saidOf(first, second, says);
    label.replaceChildren("The pair: ", html("b", {}, model.get("wrong") ? "label 1, but no good negative" : LABELS[says]));
    drawDocuments(first, second, kept.keptA, kept.keptB);
    drawPair(first, second, kept);
    bringIntoSight();
  }

  draw();
  const giveUp = whenShown(root, bringIntoSight);
  const unfollow = follow(model, ["first", "toss", "wrong", "max_length"], draw);
  return () => {
    giveUp();
    unfollow();
    root.remove();
  };
}

export default { render };
