// What the settings leave of the next token's probabilities: the same rule as in next_token.py, and the same numbers
// and sentences as in next_token_words.py, so that no slider waits for a kernel. Last, the draws.

const [KEPT, IMPOSSIBLE, GREEDY, BY_K, BY_P] = [0, 1, 2, 3, 4]; // why a token is not kept
const CUT = ["", "cannot be", "cut: greedy", "cut by top-k", "cut by top-p"];
const SCALES = [0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1]; // probabilities at a bar's full length
const SLACK = 1e-6; // a sum that misses p by so little has reached it
const NUDGE = 1 + 1e-9; // rounds a half up, as Python does
const ROUNDED = 1e-9; // what rounding may take from a sum

// --- what is true ---

// The ids, the largest number first, of equal ones the smaller id.
const rankedBy = (found) => Uint32Array.from(found, (_, id) => id).sort((a, b) => found[b] - found[a] || a - b);

function penalised(logits, read, penalty) {
  const scores = Float64Array.from(logits);
  for (const id of new Set(read)) scores[id] = scores[id] > 0 ? scores[id] / penalty : scores[id] * penalty;
  return scores;
}

const sumOf = (found) => found.reduce((sum, one) => sum + one, 0);

// What does not depend on temperature, top-k and top-p: with it two sorts of the vocabulary, for which no slider waits.
function preparedOf(logits, read, penalty) {
  const scores = penalised(logits, read, penalty);
  const order = rankedBy(logits);
  const own = Float64Array.from(logits, (one) => Math.exp(one - logits[order[0]]));
  const all = sumOf(own);
  return {
    logits, scores, order, own: own.map((one) => one / all),
    ranked: penalty === 1 ? order : rankedBy(scores),
    possible: scores.reduce((count, one) => count + (one > -Infinity ? 1 : 0), 0),
  };
}

// own, after: probabilities; why: what cut a token; order, ranked: ids, most likely first in the model and after the
// penalty; kept: how many of `ranked` are left, from the first; lastK, lastP: the last id that top-k, or the nucleus,
// lets through, or -1.
function outcomeOf(prepared, { temperature, topK, topP }) {
  const { scores, ranked, possible } = prepared;
  const [why, after] = [new Uint8Array(scores.length).fill(IMPOSSIBLE), new Float64Array(scores.length)];
  const mark = (count, reason) => ranked.subarray(0, count).forEach((id) => (why[id] = reason));
  let [lastK, lastP, kept, weights] = [-1, -1, 1, Float64Array.of(1)];
  if (temperature === 0) {
    mark(possible, GREEDY);
  } else {
    mark(possible, BY_K);
    kept = Math.min(topK ?? possible, possible);
    const most = scores[ranked[0]];
    weights = Float64Array.from(ranked.subarray(0, kept), (id) => Math.exp((scores[id] - most) / temperature));
    if (kept < possible) lastK = ranked[kept - 1];
    if (topP < 1) {
      mark(kept, BY_P);
      const all = sumOf(weights);
      let sum = 0;
      kept = 1 + weights.findIndex((weight) => (sum += weight) / all >= topP - SLACK);
      weights = weights.subarray(0, kept);
      lastP = ranked[kept - 1];
    }
  }
  mark(kept, KEPT);
  const left = sumOf(weights);
  weights.forEach((weight, rank) => (after[ranked[rank]] = weight / left));
  return { ...prepared, why, after, kept, lastK, lastP };
}

// --- numbers as texts, as Python writes them ---

const thousands = (count) => count.toLocaleString("en");
const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
const numberText = (value) => String(Number((value * NUDGE).toFixed(6)));

// some: whether it is of anything at all: 0 % is for nothing, however little is left of the rest.
function percent(share, some = true) {
  if (!some) return "0 %";
  if (share > 1 - ROUNDED) return "100 %";
  const points = 100 * share * NUDGE;
  if (points < 1) return points < 0.01 ? "< 0.01 %" : `${points.toPrecision(2)} %`;
  return `${Math.min(points, 99.9).toFixed(1)} %`;
}

function bits(shares) {
  const entropy = shares.reduce((sum, share) => sum + (share > 0 ? share * Math.log2(share) : 0), 0);
  return (Math.abs(entropy) * NUDGE).toFixed(2);
}

// --- and its words; set: { temperature, topK, topP, penalty, count }; read: the ids that were read ---

const endsOf = (found, set, has) => [
  ...(found.lastK >= 0 && has(found.lastK) ? [`top-k ends at rank ${thousands(set.topK)}`] : []),
  ...(found.lastP >= 0 && has(found.lastP) ? [`top-p reaches ${numberText(set.topP)}`] : []),
];

function readNote(logit, penalty) {
  if (penalty === 1 || logit === 0 || logit === -Infinity) return "read";
  return `read, ${logit > 0 ? "\u00f7" : "\u00d7"} ${numberText(penalty)}`;
}

// The bars, from the model's most likely token down; last, the rest of the vocabulary as one, with the id -1.
function rowsOf(words, found, set, read) {
  const been = new Set(read);
  const made = [...found.order.subarray(0, set.count)].map((id) => {
    const notes = [been.has(id) ? readNote(found.logits[id], set.penalty) : "", CUT[found.why[id]]].filter(Boolean);
    return {
      id, word: words[id], own: found.own[id], after: found.after[id], possible: found.why[id] !== IMPOSSIBLE,
      some: found.why[id] === KEPT, note: notes.join(" \u00b7 "), lines: endsOf(found, set, (one) => one === id),
    };
  });
  const rest = found.order.subarray(set.count);
  if (rest.length === 0) return made;
  const all = new Set(rest);
  const ofRest = (shares) => rest.reduce((sum, id) => sum + shares[id], 0);
  const kept = rest.reduce((count, id) => count + (found.why[id] === KEPT ? 1 : 0), 0);
  const ends = endsOf(found, set, (id) => all.has(id)).map((end) => `${end} here`);
  return [...made, {
    id: -1, word: `and ${thousands(rest.length)} other${rest.length > 1 ? "s" : ""}`,
    own: ofRest(found.own), after: ofRest(found.after),
    possible: rest.some((id) => found.why[id] !== IMPOSSIBLE), some: kept > 0,
    note: [`${thousands(kept)} kept`, ...ends].join("; "), lines: [],
  }];
}

function scaleOf(made) {
  const most = Math.max(...made.map((row) => Math.max(row.own, row.after)));
  return SCALES.find((one) => most <= one + ROUNDED);
}

const hadText = (found) => percent(found.ranked.subarray(0, found.kept).reduce((sum, id) => sum + found.own[id], 0));

// [what, in the model, now], for the numbers beside the bars.
function factsOf(words, found) {
  const [first, now] = [found.order[0], found.ranked[0]];
  return [
    ["tokens kept", thousands(found.possible), thousands(found.kept)],
    ["the model's probability kept", "100 %", hadText(found)],
    ["entropy in bits", bits(found.own), bits(found.after)],
    ["probability of the most likely", percent(found.own[first]), percent(found.after[now])],
    ["the most likely", words[first], words[now]],
  ];
}

function settingsText(set, read) {
  const told = [];
  if (set.penalty !== 1) told.push(`penalty ${numberText(set.penalty)} on ${plural(new Set(read).size, "token")} read`);
  if (set.temperature !== 1) told.push(set.temperature > 0 ? `temperature ${numberText(set.temperature)}` : "greedy");
  if (set.topK !== null) told.push(`top-k ${thousands(set.topK)}`);
  if (set.topP !== 1) told.push(`top-p ${numberText(set.topP)}`);
  return told.join(", ");
}

function saidOf(words, found, set, read) {
  const [size, now, told] = [words.length, found.ranked[0], settingsText(set, read)];
  const most = `\u201c${words[now]}\u201d with ${percent(found.after[now])}`;
  const are = found.kept === 1 ? "is" : "are";
  const some = `${thousands(found.kept)} of ${thousands(size)} tokens`;
  if (told === "") {
    const all = found.kept === size ? `all ${thousands(size)} tokens` : some;
    return `As the model says: ${all} ${are} kept. The most likely is ${most}. The entropy is ${bits(found.own)} bits.`;
  }
  const had = `${hadText(found)}${found.kept > 1 ? " between them" : ""}`;
  return `${told[0].toUpperCase()}${told.slice(1)}: ${some} ${are} kept, which had ${had}. `
    + `The most likely now is ${most}, ${percent(found.own[now])} in the model. `
    + `The entropy goes from ${bits(found.own)} to ${bits(found.after)} bits.`;
}

// --- draws ---

// Numbers from 0 up to 1, the same ones for the same seed (mulberry32).
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

// An id by its probability: the kept ones lie side by side, the most likely first, and chance points at one.
function drawn({ ranked, after, kept }, chance) {
  let sum = 0;
  const rank = ranked.subarray(0, kept).findIndex((id) => (sum += after[id]) > chance);
  return ranked[Math.max(0, rank)]; // none only where the sum was rounded down
}
