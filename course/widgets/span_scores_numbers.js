// What is true of all spans, and its words: the same rule and the same sentences as in span_scores.py and span_scores_words.py.

const BACKWARDS = 1; // why a span cannot be an answer, as bits of a number
const LONG = 2;
const OUTSIDE = 4;
const PADDING = 8;
const FOOT = -6; // the foot of the colours' scale, as a power of ten

const NUDGE = 1 + 1e-12; // rounds a half up, as Python does
function percent(chance) {
  const share = 100 * chance * NUDGE;
  if (chance === 0 || chance === 1) return `${share.toFixed(0)} %`;
  if (share < 100 * 10 ** FOOT) return "< 0.0001 %";
  return share < 1 ? `${share.toPrecision(2)} %` : `${Math.min(share, 99.9).toFixed(1)} %`;
}
function signed(number, digits = 2) {
  const size = Math.abs(number) * NUDGE;
  const text = size < 1e21 ? size.toFixed(digits) : size.toExponential(1);
  return number < 0 && Number(text) > 0 ? `\u2212${text}` : text;
}
function brief(text) {
  const letters = [...text];
  if (letters.length <= 48) return text;
  return `${letters.slice(0, 27).join("").replace(/ [^ ]*$/, "")} \u2026 ${letters.slice(-18).join("").replace(/^[^ ]* /, "")}`;
}
function joined(tokens, marked) {
  if (marked) return tokens.join("").replace(/[\u0120\u2581]/g, " ").trim();
  return tokens.map((token) => (isPiece(token) ? token.slice(2) : ` ${token}`)).join("").trim();
}
const isPiece = (token) => token.startsWith("##") && token.length > 2;
const thousands = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");

// For each span [first, last] a lane below the text, the first one where it overlaps none before it.
function lanesOf(spans) {
  const taken = [];
  return spans.map((span) => {
    const [low, high] = [Math.min(...span), Math.max(...span)];
    const free = taken.findIndex((lane) => lane.every(([a, b]) => high < a || b < low));
    const lane = free < 0 ? taken.length : free;
    (taken[lane] ??= []).push([low, high]);
    return lane;
  });
}

function reachOf(numbers) {
  const most = Math.max(0, ...numbers.map(Math.abs)) * 1.05;
  return [5, 10, 20, 50, 100, 200, 500].find((one) => most <= one) ?? 1000;
}

// Of the logits: P of each token, and its logarithm to the base of ten.
function softmax(logits) {
  const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const shares = logits.map((one) => Math.exp(one - most));
  const sum = shares.reduce((a, b) => a + b, 0);
  return { chances: shares.map((one) => one / sum), logs: logits.map((one) => (one - most - Math.log(sum)) / Math.LN10) };
}

function spanTruth(tokens, kinds, startLogits, endLogits) {
  const n = tokens.length;
  const padded = (logits) => Array.from(logits, (one, i) => (kinds[i] === "padding" ? -Infinity : one));
  const [starts, ends] = [padded(startLogits), padded(endLogits)];
  const [first, last] = [softmax(starts), softmax(ends)];
  const own = kinds.map((kind) => (kind === "padding" ? PADDING : kind === "passage" ? 0 : OUTSIDE));
  const marked = tokens.some((token) => /^[\u0120\u2581]/.test(token));

  const bits = (i, j, longest) => (j < i ? BACKWARDS : 0) | (j - i + 1 > longest ? LONG : 0) | own[i] | own[j];
  const same = (a, b) => a[0] === b[0] && a[1] === b[1];
  const chance = (i, j) => first.chances[i] * last.chances[j];

  // The best spans, best first; of equal ones the one that begins first, then the one that ends first.
  function best(everything, count, longest) {
    const found = [];
    for (let i = 0; i < n; i += 1) {
      for (let j = everything ? 0 : i; j < n; j += 1) {
        const score = starts[i] + ends[j];
        if (score === -Infinity || (found.length === count && !(score > found[count - 1].score))) continue;
        if (!everything && bits(i, j, longest) !== 0) continue;
        let at = found.length;
        while (at > 0 && score > found[at - 1].score) at -= 1;
        found.splice(at, 0, { score, span: [i, j] });
        found.length = Math.min(found.length, count);
      }
    }
    return found.map(({ span }) => span);
  }

  // How many spans each reason takes away, and under 0 how many are left.
  function counts(longest) {
    const found = { 0: 0, [BACKWARDS]: 0, [LONG]: 0, [OUTSIDE]: 0, [PADDING]: 0 };
    for (let i = 0; i < n; i += 1) {
      for (let j = 0; j < n; j += 1) {
        const why = bits(i, j, longest);
        if (why === 0) found[0] += 1;
        else for (const one of [BACKWARDS, LONG, OUTSIDE, PADDING]) found[one] += why & one ? 1 : 0;
      }
    }
    return found;
  }

  function gap(top) {
    return top ? starts[0] + ends[0] - (starts[top[0]] + ends[top[1]]) : Infinity;
  }

  // --- words ---

  const text = (i, j) => (j < i ? `from \u201c${tokens[i]}\u201d back to \u201c${tokens[j]}\u201d` : `\u201c${brief(joined(tokens.slice(i, j + 1), marked) || tokens[i])}\u201d`);
  const placed = (i, j) => (i === j ? `token ${i}` : `tokens ${i} to ${j}`);
  const named = (i, j) => `T${placed(i, j).slice(1)}, ${text(i, j)}`;

  function reasons(i, j, longest) {
    const found = [];
    if (j < i) found.push("it ends before it begins");
    if (j - i + 1 > longest) found.push(`it has ${j - i + 1} tokens, more than ${longest}`);
    for (const [kind, where] of [["question", "in the question"], ["special", "at a special token"], ["padding", "in the padding"]]) {
      const does = [["begins", i], ["ends", j]].filter(([, at]) => kinds[at] === kind).map(([verb]) => verb);
      if (does.length > 0) found.push(`it ${does.join(" and ")} ${where}`);
    }
    return found;
  }

  function said(i, j, longest, top) {
    const product = `P_start ${percent(first.chances[i])} \u00d7 P_end ${percent(last.chances[j])} = ${percent(chance(i, j))}`;
    if (i === 0 && j === 0) return `${named(0, 0)}, stands for no answer: ${product}. At the threshold its score goes against the best answer's.`;
    const why = reasons(i, j, longest);
    if (why.length > 0) return `${named(i, j)}: ${product}. It cannot be the answer: ${why.join("; ")}.`;
    const rank = top.findIndex((one) => same(one, [i, j]));
    return `${named(i, j)}: ${product}. It can be the answer.${rank < 0 ? "" : ` It is answer number ${rank + 1}.`}`;
  }

  function verdict(top, threshold) {
    if (!top) return "No span that can be the answer has a probability above 0. The reader says: no answer.";
    const [none, most, over] = [starts[0] + ends[0], starts[top[0]] + ends[top[1]], gap(top) > threshold];
    return `No answer scores ${signed(none)}, the best answer ${signed(most)}. Their difference, ${signed(gap(top))}, ${over ? "is above" : "is not above"} the threshold, ${signed(threshold)}. The reader says: ${over ? "no answer" : text(...top)}.`;
  }

  function onChosen(chosen, longest, top, threshold) {
    if (chosen === null) return "";
    const [i, j] = chosen;
    const yours = `The chosen span: ${placed(i, j)}, ${text(i, j)}.`;
    if (i === 0 && j === 0) return `${yours} It stands for no answer, ${gap(top) > threshold ? "as" : "but that is not what"} the threshold decides.`;
    const why = reasons(i, j, longest);
    if (why.length > 0) return `${yours} It cannot be the answer: ${why.join("; ")}.`;
    if (!top) return `${yours} It can be the answer, but its probability is 0.`;
    if (same(top, chosen)) return `${yours} It is the best one that can be the answer.`;
    const other = `${text(...top)} (${placed(...top)})`;
    if (starts[i] + ends[j] === starts[top[0]] + ends[top[1]]) return `${yours} It is as likely as the best one, ${other}, which stands first.`;
    return `${yours} It can be the answer, but a likelier one can too: ${other} has ${percent(chance(...top))}, this one ${percent(chance(i, j))}.`;
  }

  return { n, tokens, kinds, own, marked, first, last, bits, same, chance, best, counts, gap, text, reasons, said, verdict, onChosen };
}
