// Masks without a picture: bits from Python's formulas, what reaches what, judgements, code, tokens. Used by
// mask_explorer.js; every function here is pure, and tests compare each with its twin in course/masks.
// Bits are a Uint8Array of n x n, row by row (query, key), 1 = may attend. `rules` is Python's table (rules.py).

// --- formulas ---
const OPERATIONS = {
  "<=": (a, b) => a <= b, "<": (a, b) => a < b, ">=": (a, b) => a >= b, ">": (a, b) => a > b, "==": (a, b) => a === b,
  "!=": (a, b) => a !== b, "&": (a, b) => a && b, "|": (a, b) => a || b, "+": (a, b) => a + b, "-": (a, b) => a - b,
  "*": (a, b) => a * b, "//": (a, b) => Math.floor(a / b), "%": (a, b) => ((a % b) + b) % b, // as Python's, for what is below 0
};

// A tree as a function of (q, k). Names that are not q or k are numbers of `names`, or its tables for "at".
function compiled(tree, names) {
  if (tree === "q") return (q) => q;
  if (tree === "k") return (q, k) => k;
  if (!Array.isArray(tree)) {
    const value = typeof tree === "string" ? names[tree] : tree;
    return () => value;
  }
  const [operation, one, two] = tree;
  if (operation === "at") {
    const table = names[one];
    const place = compiled(two, names);
    return (q, k) => table[place(q, k)];
  }
  const a = compiled(one, names);
  if (operation === "abs") return (q, k) => Math.abs(a(q, k));
  const b = compiled(two, names);
  const apply = OPERATIONS[operation];
  return (q, k) => apply(a(q, k), b(q, k));
}

function formulaOf(tree, n) {
  return compiled(tree, { n })(0, 0);
}

// What a rule's formula looks up: a number for each token.
function lookedUp(kind, values, n) {
  const table = new Array(n).fill(0);
  if (kind === "groups") {
    for (let i = 0, group = 0, left = values[0]; i < n; i += 1, left -= 1) {
      while (left === 0 && group < values.length - 1) left = values[(group += 1)];
      table[i] = group;
    }
  } else if (kind === "flags") {
    for (const place of values) if (place < n) table[place] = 1;
  } else {
    const order = values.filter((place) => place < n);
    for (let i = 0; i < n; i += 1) if (!values.includes(i)) order.push(i);
    order.forEach((place, turn) => (table[place] = turn));
  }
  return table;
}

function namesOf(rules, [name, ...values], n) {
  const rule = rules[name];
  const names = Object.fromEntries(rule.numbers.map((number, i) => [number.name, values[i]]));
  if (rule.places) names[rule.places.table] = lookedUp(rule.places.kind, values[0], n);
  return names;
}

const joins = (mask) => mask[0] === "and" || mask[0] === "or";

// The bits of a mask's state, as `Mask.array`.
function maskBits(rules, mask, n) {
  const [word, one, two] = mask;
  if (word === "not") return maskBits(rules, one, n).map((bit) => 1 - bit);
  if (joins(mask)) {
    const a = maskBits(rules, one, n);
    const b = maskBits(rules, two, n);
    return word === "and" ? a.map((bit, i) => bit & b[i]) : a.map((bit, i) => bit | b[i]);
  }
  const sees = compiled(rules[word].tree, namesOf(rules, mask, n));
  const bits = new Uint8Array(n * n);
  for (let q = 0, i = 0; q < n; q += 1) for (let k = 0; k < n; k += 1, i += 1) bits[i] = sees(q, k) ? 1 : 0;
  return bits;
}

// A mask in words, as `str(mask)`.
function maskWords(mask) {
  const [word, one, two] = mask;
  if (word === "not") return joins(one) ? `not (${maskWords(one)})` : `not ${maskWords(one)}`;
  if (joins(mask)) {
    const left = joins(one) && one[0] !== word ? `(${maskWords(one)})` : maskWords(one);
    return `${left} ${word} ${joins(two) ? `(${maskWords(two)})` : maskWords(two)}`;
  }
  return mask.length > 1 ? `${word}(${mask.slice(1).flat().join(", ")})` : word;
}

// The named masks of a mask, from left to right, each with its path: 1 is the left part, 2 the right one.
function maskParts(mask, path = []) {
  if (mask[0] === "not") return maskParts(mask[1], [...path, 1]);
  if (joins(mask)) return [...maskParts(mask[1], [...path, 1]), ...maskParts(mask[2], [...path, 2])];
  return [{ mask, path }];
}

// The mask with the part at that path made another: `change` gets the part.
function maskWith(mask, path, change) {
  if (path.length === 0) return change(mask);
  const [step, ...rest] = path;
  return mask.map((part, i) => (i === step ? maskWith(part, rest, change) : part));
}

// The mask without the part at that path, or null where nothing is left.
function maskWithout(mask, path) {
  if (path.length === 0) return null;
  const [step, ...rest] = path;
  const left = maskWithout(mask[step], rest);
  if (left !== null) return mask.map((part, i) => (i === step ? left : part));
  return mask[0] === "not" ? null : mask[step === 1 ? 2 : 1];
}

function sourceOf(mask, n) {
  const sources = maskParts(mask).filter(({ mask: [name] }) => name === "encoder_decoder").map(({ mask: [, source] }) => source);
  return Math.min(n, Math.max(0, ...sources));
}

// A named mask with what one begins with for n tokens.
function usualMask(rules, name, n) {
  const rule = rules[name];
  const usual = rule.numbers.map((number) => clampNumber(formulaOf(number.usual, n), number, n));
  if (rule.places) {
    const half = Math.max(1, Math.ceil(n / 2));
    usual.push({ groups: [half, Math.max(1, n - half)], flags: [0], ranks: shuffled(n, 1) }[rule.places.kind]);
  }
  return [name, ...usual];
}

function clampNumber(value, number, n) {
  return Math.max(number.low, Math.min(Math.max(number.low, formulaOf(number.high, n)), value));
}

// --- chance, the same in every browser (Knuth's linear congruences) ---
function chance(seed) {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 4294967296;
}

function shuffled(n, seed) {
  const random = chance(seed);
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

// --- packed bits, as np.packbits packs them ---
function packedBits(bits) {
  const out = new Uint8Array(Math.ceil(bits.length / 8));
  for (let i = 0; i < bits.length; i += 1) if (bits[i]) out[i >> 3] |= 128 >> (i & 7);
  return out;
}

function unpackedBits(bytes, length) {
  const out = new Uint8Array(length);
  for (let i = 0; i < length; i += 1) out[i] = (bytes[i >> 3] >> (7 - (i & 7))) & 1;
  return out;
}

// --- layers, as reach.py ---
// For each number of layers from 0 to `layers`, which tokens' states one layer further down (and so on to the inputs) a query draws on:
// cone[l] is a Uint8Array of the tokens whose state after l layers matters; cone[0] are the inputs that reach the output.
function reachRow(bits, n, layers, output, source = 0) {
  const cone = Array.from({ length: layers + 1 }, () => new Uint8Array(n));
  cone[layers][output] = 1;
  const decoder = source > 0 && output >= source;
  const low = decoder ? source : 0;
  const high = source > 0 && !decoder ? source : n;
  const crossed = new Uint8Array(n); // of the encoder's last layer
  for (let layer = layers; layer > 0; layer -= 1) {
    for (let q = low; q < high; q += 1) {
      if (!cone[layer][q]) continue;
      cone[layer - 1][q] = 1;
      for (let k = low, i = q * n + low; k < high; k += 1, i += 1) if (bits[i]) cone[layer - 1][k] = 1;
      if (decoder) for (let k = 0, i = q * n; k < source; k += 1, i += 1) if (bits[i]) crossed[k] = 1;
    }
  }
  if (decoder && layers > 0) {
    for (let k = 0; k < source; k += 1) {
      if (!crossed[k]) continue;
      const inner = reachRow(bits, n, layers, k, source);
      inner.forEach((states, layer) => states.forEach((on, place) => (cone[layer][place] |= on)));
    }
  }
  return cone;
}

// All of it: (output, input) after so many layers; 32 inputs at a time.
function reachAll(bits, n, layers, source = 0) {
  const out = new Uint8Array(n * n);
  if (source > 0) {
    for (let q = 0; q < n; q += 1) out.set(reachRow(bits, n, layers, q, source)[0], q * n);
    return out;
  }
  const words = Math.ceil(n / 32);
  let now = new Uint32Array(n * words);
  for (let q = 0; q < n; q += 1) now[q * words + (q >> 5)] |= 1 << (q & 31);
  for (let layer = 0; layer < layers; layer += 1) {
    const next = now.slice();
    for (let q = 0, i = 0; q < n; q += 1) {
      for (let k = 0; k < n; k += 1, i += 1) if (bits[i]) for (let w = 0; w < words; w += 1) next[q * words + w] |= now[k * words + w];
    }
    if (next.every((word, i) => word === now[i])) break;
    now = next;
  }
  for (let q = 0; q < n; q += 1) for (let k = 0; k < n; k += 1) out[q * n + k] = (now[q * words + (k >> 5)] >>> (k & 31)) & 1;
  return out;
}

// One way down from an output to an input: [{stack, layer, place}], [] where there is none.
function reachPath(bits, n, layers, output, input, source = 0) {
  const stack = source > 0 && output >= source ? 1 : 0; // 1: the decoder
  const code = (s, layer, place) => (s * (layers + 1) + layer) * n + place;
  const came = new Int32Array(2 * (layers + 1) * n).fill(-2);
  const first = code(stack, layers, output);
  came[first] = -1;
  let frontier = [[stack, layers, output]];
  while (frontier.length > 0) {
    const following = [];
    for (const [s, layer, place] of frontier) {
      if (layer === 0) {
        if (place === input && !(s === 1 && input < source)) return wayBack(came, code(s, 0, place), layers, n, source);
        continue;
      }
      const visit = (t, l, k) => {
        if (came[code(t, l, k)] !== -2) return;
        came[code(t, l, k)] = code(s, layer, place);
        following.push([t, l, k]);
      };
      visit(s, layer - 1, place);
      for (let k = 0; k < n; k += 1) {
        if (!bits[place * n + k]) continue;
        if (s === 1 && k < source) visit(0, layers, k);
        else if (s === 1 || source === 0 || k < source) visit(s, layer - 1, k);
      }
    }
    frontier = following;
  }
  return [];
}

function wayBack(came, last, layers, n, source) {
  const way = [];
  for (let at = last; at >= 0; at = came[at]) {
    const rest = at % ((layers + 1) * n);
    const stack = source === 0 ? "stack" : at < (layers + 1) * n ? "encoder" : "decoder";
    way.push({ stack, layer: Math.floor(rest / n), place: rest % n });
  }
  return way.reverse();
}

// --- judged, as reach.py ---
function judgedBits(bits, n) {
  let leaks = 0;
  let first = null;
  const empty = [];
  let prefix = 0;
  for (let k = 0; k < n; k += 1) prefix += bits[k];
  let isPrefix = n > 0;
  for (let q = 0; q < n; q += 1) {
    let any = 0;
    for (let k = 0, i = q * n; k < n; k += 1, i += 1) {
      any |= bits[i];
      if (k > q && bits[i]) {
        leaks += 1;
        first ??= [q, k];
      }
      if (bits[i] !== (k <= q || k < prefix ? 1 : 0)) isPrefix = false;
    }
    if (!any) empty.push(q);
  }
  return { leaks, first, empty, prefix: isPrefix ? prefix : null };
}

// Why a query may not attend to a key, a sentence for each rule that hides it.
function blockedBy(rules, mask, n, q, k, wanted = true) {
  if (seesCell(rules, mask, n, q, k) === wanted) return [];
  if (mask[0] === "not") return blockedBy(rules, mask[1], n, q, k, !wanted);
  if (joins(mask)) return [...blockedBy(rules, mask[1], n, q, k, wanted), ...blockedBy(rules, mask[2], n, q, k, wanted)];
  return [wanted ? `${maskWords(mask)}: ${rules[mask[0]].blocks}` : `not ${maskWords(mask)}: it lets this key through`];
}

function seesCell(rules, mask, n, q, k) {
  if (mask[0] === "not") return !seesCell(rules, mask[1], n, q, k);
  if (mask[0] === "and") return seesCell(rules, mask[1], n, q, k) && seesCell(rules, mask[2], n, q, k);
  if (mask[0] === "or") return seesCell(rules, mask[1], n, q, k) || seesCell(rules, mask[2], n, q, k);
  return Boolean(compiled(rules[mask[0]].tree, namesOf(rules, mask, n))(q, k));
}

// --- code, as code.py ---
function maskCode(rules, forms, mask, n, form, flipped) {
  const any = flipped.some(Boolean);
  const bits = maskBits(rules, mask, n).map((bit, i) => bit ^ flipped[i]);
  if (form === "transformers") {
    const { kind, keys } = forTransformers(bits, n);
    if (kind !== "four") return fillIn(forms.texts[kind], { keys: listed(keys) });
    form = "four";
  }
  const tables = {};
  let expression = maskExpression(rules, mask, n, tables);
  if (form === "flex" && any) expression = `(${expression}) ^ flipped[q, k]`;
  const made = form === "numpy" ? "np.array" : "torch.tensor";
  return fillIn(forms.texts[form], {
    n, expression,
    tables: Object.entries(tables).map(([name, values]) => `${name} = ${made}(${listed(values)})\n`).join(""),
    flips: any ? flipLines(forms, flipped, n, form) : "",
  });
}

const ones = (cells) => Array.from(cells.keys()).filter((i) => cells[i]);
const listed = (values) => `[${Array.from(values).join(", ")}]`;

function fillIn(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function forTransformers(bits, n) {
  const rows = Array.from({ length: n }, (_, q) => bits.subarray(q * n, (q + 1) * n));
  const keys = Array.from({ length: n }, (_, k) => (rows.some((row) => row[k]) ? 1 : 0));
  if (rows.every((row) => row.every((bit, k) => bit === keys[k]))) return { kind: "keys", keys };
  const own = rows.map((row, q) => row[q]);
  if (rows.every((row, q) => row.every((bit, k) => bit === (k <= q ? own[k] : 0)))) return { kind: "causal keys", keys: own };
  return { kind: "four", keys: own };
}

function maskExpression(rules, mask, n, tables) {
  const [word, one, two] = mask;
  if (word === "not") return `~(${maskExpression(rules, one, n, tables)})`;
  if (joins(mask)) {
    const a = maskExpression(rules, one, n, tables);
    return `(${a}) ${word === "and" ? "&" : "|"} (${maskExpression(rules, two, n, tables)})`;
  }
  let formula = rules[word].formula;
  for (const [name, value] of Object.entries(namesOf(rules, mask, n))) {
    let said = value;
    if (Array.isArray(value)) {
      said = name in tables ? `${name}_${Object.keys(tables).length + 1}` : name;
      tables[said] = value;
    }
    formula = formula.replace(new RegExp(`\\b${name}\\b`, "g"), said);
  }
  return formula;
}

function flipLines(forms, flipped, n, form) {
  const cells = ones(flipped);
  if (cells.length <= forms.many) {
    const queries = listed(cells.map((i) => Math.floor(i / n)));
    const keys = listed(cells.map((i) => i % n));
    if (form === "flex") return `flipped = torch.zeros(n, n, dtype=torch.bool)\nflipped[${queries}, ${keys}] = True\n`;
    return `mask[${queries}, ${keys}] ^= True  # changed by hand: queries, keys\n`;
  }
  const packed = base64(packedBits(flipped));
  const made = `np.unpackbits(np.frombuffer(base64.b64decode("${packed}"), np.uint8), count=n * n).reshape(n, n).astype(bool)`;
  const lines = `import base64\n${form === "numpy" ? "" : "import numpy as np\n"}`
    + `flipped = ${form === "numpy" ? made : `torch.from_numpy(${made})`}  # changed by hand\n`;
  return lines + (form === "flex" ? "" : "mask ^= flipped\n");
}

function base64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

// --- tokens ---
// Words and punctuation marks, as the other visualisers split them.
function wordsOf(text) {
  return text.match(/[\p{L}\p{N}\p{M}_]+(?:['\u2019-][\p{L}\p{N}\p{M}_]+)*|[^\p{L}\p{N}\p{M}_\s]/gu) ?? [];
}

// The course's WordPiece: lower case without accents, split at blanks and punctuation, the longest known piece first.
function piecesOf(text, known) {
  const out = [];
  const plain = text.normalize("NFD").replace(/\p{Mn}/gu, "").replace(/\p{Script=Han}/gu, " $& ").replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/gu, (c) => (/\s/.test(c) ? " " : "")).toLowerCase();
  for (const word of plain.match(/[^\s\p{P}$+<=>^`|~]+|[\p{P}$+<=>^`|~]/gu) ?? []) {
    out.push(...wordPieces(Array.from(word), known));
  }
  return out;
}

function wordPieces(letters, known) {
  const out = [];
  if (letters.length > 100) return ["[UNK]"];
  for (let begin = 0; begin < letters.length; ) {
    let end = letters.length;
    const piece = () => (begin > 0 ? "##" : "") + letters.slice(begin, end).join("");
    while (end > begin && !known.has(piece())) end -= 1;
    if (end === begin) return ["[UNK]"];
    out.push(piece());
    begin = end;
  }
  return out;
}
