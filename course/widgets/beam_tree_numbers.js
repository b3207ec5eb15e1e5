// What is true of the beam, and its words: the same search as in beam_tree_search.py, the same sentences as in beam_tree.py.

const NUDGE = 1 + 1e-12; // rounds a half up, as Python does
function percent(chance) {
  const share = 100 * chance * NUDGE;
  if (chance === 0 || chance === 1) return `${share.toFixed(0)} %`;
  if (share < 0.0001) return "< 0.0001 %";
  return share < 1 ? `${share.toPrecision(2)} %` : `${Math.min(share, 99.9).toFixed(1)} %`;
}
function signed(number) {
  const size = Math.abs(number) * NUDGE;
  const text = size < 1e21 ? size.toFixed(2) : size.toExponential(1);
  return number < 0 && Number(text) > 0 ? `\u2212${text}` : text;
}
function brief(text) {
  const letters = [...text];
  if (letters.length <= 48) return text;
  return `${letters.slice(0, 27).join("").replace(/ [^ ]*$/, "")} \u2026 ${letters.slice(-18).join("").replace(/^[^ ]* /, "")}`;
}
function joined(words, marked) {
  if (marked) return words.join("").replace(/[\u0120\u2581]/g, " ").trim();
  return words.map((word) => (word.startsWith("##") && word.length > 2 ? word.slice(2) : ` ${word}`)).join("").trim();
}
const thousands = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");
const tokensText = (count) => `${count} token${count === 1 ? "" : "s"}`;
const alphaText = (alpha) => String(Math.floor(alpha * 100 + 0.5) / 100);
const chanceText = (node) => percent(Math.max(Math.exp(node.log), 5e-324)); // what is possible is not said to have 0 %

function beamTruth(model) {
  const [words, texts, end, most, widest, vocabulary] = ["_words", "_texts", "_end", "most", "widest", "_vocabulary"].map((name) => model.get(name));
  const [tokens, after, logs, others] = [numbers(Int32Array, model.get("_tokens")), numbers(Int32Array, model.get("_next")), numbers(Float64Array, model.get("_logs")), numbers(Float64Array, model.get("_others"))];
  const size = widest + 1; // continuations in a row of the table

  // --- the search. A node is a text: its last word, its parent, and its row in the table, -1 where it has none ---

  const root = { key: "", parent: null, word: -1, log: 0, sum: 0, place: 1, depth: 0, row: 0 };
  const child = (parent, k, place = 0) => {
    const at = parent.row * size + k;
    return { key: `${parent.key}/${tokens[at]}`, parent, word: tokens[at], log: logs[at], sum: parent.sum + logs[at], place, depth: parent.depth + 1, row: after[at] };
  };
  const nextOf = (node) => Array.from({ length: size }, (_, k) => k).filter((k) => tokens[node.row * size + k] >= 0).map((k) => child(node, k));
  const goOn = (nodes) => nodes.filter((node) => node.word !== end);

  function keptOf(live, width) {
    const all = live.flatMap((node, at) => nextOf(node).map((one) => ({ one, at })));
    all.sort((a, b) => b.one.sum - a.one.sum || a.at - b.at || a.one.word - b.one.word);
    return all.slice(0, width).map(({ one }, k) => ({ ...one, place: k + 1 }));
  }

  const runs = new Map(); // width: [{live, kept}]
  function stepsOf(width) {
    if (!runs.has(width)) {
      const steps = [];
      for (let live = [root]; live.length > 0 && steps.length < most; live = goOn(steps.at(-1).kept)) steps.push({ live, kept: keptOf(live, width) });
      runs.set(width, steps);
    }
    return runs.get(width);
  }

  const isOver = (steps, shown) => shown === steps.length;
  const score = (node, alpha) => node.sum / node.depth ** alpha;

  // The finished texts after so many steps, best first; of equal ones that which was put aside first.
  function rankedOf(steps, shown, alpha) {
    const found = steps.slice(0, shown).flatMap(({ kept }) => kept.filter((node) => node.word === end));
    if (shown === most) found.push(...goOn(steps[most - 1].kept));
    return found.sort((a, b) => score(b, alpha) - score(a, alpha));
  }
  const greedyOf = () => rankedOf(stepsOf(1), stepsOf(1).length, 0)[0];

  function kindOf(node) {
    if (node.depth === 0) return "prompt";
    if (node.place === 0) return "dropped";
    return node.word === end || node.depth === most ? "finished" : "live";
  }

  function droppedOf(step, node) {
    const stays = new Set(step.kept.map(({ key }) => key));
    return nextOf(node).filter(({ key }) => !stays.has(key)).slice(0, 2);
  }

  // --- words ---

  const pathOf = (node) => (node.depth === 0 ? [] : [...pathOf(node.parent), node]);
  // The written tokens, joined, without the one that ends them; whole, or its two ends where it is long.
  function textOf(node, whole = false) {
    const written = goOn(pathOf(node)).map(({ word }) => words[word]);
    if (written.length === 0) return "the empty text";
    const text = joined(written, texts.marked);
    return `\u201c${whole ? text : brief(text)}\u201d`;
  }
  const prompt = `\u201c${brief(texts.prompt)}\u201d`;
  const measured = (node, alpha) => `sum ${signed(node.sum)}, ${tokensText(node.depth)}, score ${signed(score(node, alpha))}`;

  function endedText(ended, kept) {
    if (kept === 1) return ended ? "and it has ended" : "and it has not ended";
    if (ended === 0) return "none of them has ended";
    if (ended === kept) return "all of them have ended";
    return ended === 1 ? "one of them has ended" : `${ended} of them have ended`;
  }

  function goesOn(left, over) {
    if (!over) return `; ${left === 1 ? "one goes" : `${left} go`} on`;
    if (left === 0) return "; the search is over";
    return `; the search is over after ${tokensText(most)}, and ${left === 1 ? "one that is cut there counts" : `${left} that are cut there count`} as finished`;
  }

  function verdict(width, alpha, shown) {
    const steps = stepsOf(width);
    const found = rankedOf(steps, shown, alpha);
    if (!isOver(steps, shown)) return [[" None is finished yet.", " One is finished so far."][found.length] ?? ` ${found.length} are finished so far.`, ""];
    const [best, greedy] = [found[0], greedyOf()];
    const said = ` The result at width ${width} and alpha ${alphaText(alpha)}: ${textOf(best)}, ${measured(best, alpha)}.`;
    if (width === 1) return [said, ""];
    if (greedy.key === best.key) return [said, " Greedy (width 1) writes the same."];
    const lost = score(greedy, alpha) > score(best, alpha) ? " That scores higher: this beam has lost it." : "";
    return [said, ` Greedy (width 1) writes ${textOf(greedy)}: ${measured(greedy, alpha)}.${lost}`];
  }

  // What happened in the step; what has come of it; and greedy beside it.
  function said(width, alpha, shown) {
    const steps = stepsOf(width);
    if (shown === 0) return [`Step 0 of ${steps.length}: the search begins with the prompt, ${prompt}, whose sum is 0.`, "", ""];
    const { live, kept } = steps[shown - 1];
    const ended = kept.length - goOn(kept).length;
    const are = kept.length === 1 ? "the best one is kept" : `the ${kept.length} best are kept`;
    const count = thousands(live.length * vocabulary);
    return [
      `Step ${shown} of ${steps.length}: of ${count} continuations ${are}, ${endedText(ended, kept.length)}${goesOn(kept.length - ended, isOver(steps, shown))}.`,
      ...verdict(width, alpha, shown)];
  }

  function about(node, width, alpha) {
    if (node.depth === 0) return `The prompt, ${prompt}: nothing is written, and the sum is 0.`;
    const { kept } = stepsOf(width)[node.depth - 1];
    const before = node.depth > 1 ? textOf(node.parent) : "the prompt";
    const begin = `\u201c${words[node.word]}\u201d has ${chanceText(node)} after ${before}; the sum is ${signed(node.sum)}.`;
    if (node.place === 0) return `${begin} Dropped in step ${node.depth}: the last one kept has ${signed(kept.at(-1).sum)}.`;
    const one = kept.length === 1 ? `The one kept in step ${node.depth}` : `Number ${node.place} of the ${kept.length} kept in step ${node.depth}`;
    const stays = node.word === end ? `; it has ended: ${measured(node, alpha)}` : node.depth === most ? `; it is cut here: ${measured(node, alpha)}` : "";
    return `${begin} ${one}${stays}.`;
  }

  return {
    words, texts, end, most, widest, vocabulary, root, stepsOf, isOver, score, rankedOf, greedyOf, kindOf, droppedOf, nextOf, pathOf, textOf, said, about,
    othersOf: (node) => ({ chance: others[node.row], count: vocabulary - nextOf(node).length }),
  };
}
