// The numbers of the mixing rates: by the formula of Python's `_rates`, so that no hand and no slider waits for a kernel, as texts, and the
// steps of the sliders.

const COLUMNS = ["proportional", "temperature", "equal"];
const COLDEST = 1;
const HOTTEST = 10;
const NUDGE = 1 + 1e-9; // rounds a half up, as in Python
const STEPS = [1, 1.1, 1.2, 1.3, 1.4, 1.6, 1.8, 2, 2.2, 2.5, 2.8, 3.2, 3.6, 4, 4.5, 5, 5.6, 6.3, 7, 8, 9]; // of a decade

// --- what is true ---

function sharesOf(weights) {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => (total > 0 ? weight / total : 0));
}

// {strategy: the rate of each task}. Divided by the largest before the power is taken: so no number in between is larger than 1.
function ratesOf(sizes, cap, temperature) {
  const counted = sizes.map((size) => Math.min(size, cap ?? Infinity));
  const most = Math.max(1, ...counted);
  const warm = counted.map((one) => (one > 0 ? (one / most) ** (1 / temperature) : 0));
  return { proportional: sharesOf(counted), temperature: sharesOf(warm), equal: sharesOf(counted.map((one) => (one > 0 ? 1 : 0))) };
}

// --- numbers as texts, as Python writes them ---

const count = (number) => number.toLocaleString("en");
const examplesText = (number) => `${count(number)} example${number === 1 ? "" : "s"}`;

function percent(rate) {
  const share = 100 * rate * NUDGE;
  if (rate === 0 || rate === 1) return `${share.toFixed(0)} %`;
  if (share < 1) return share < 0.01 ? "< 0.01 %" : `${share.toPrecision(2)} %`;
  return `${Math.min(share, 99.9).toFixed(1)} %`;
}

function digitsOf(number) {
  const digits = number >= 100 ? 0 : number >= 10 ? 1 : number >= 1 ? 2 : 3;
  return number === 0 ? "0" : count(Number(number.toFixed(digits))).split(".")[0] + (digits > 0 ? `.${number.toFixed(digits).split(".")[1]}` : "");
}

function timesText(times) {
  const nudged = times * NUDGE;
  if (nudged > 0 && nudged < 0.01) return "< 0.01";
  for (const [unit, word] of [[1e12, " trillion"], [1e9, " billion"], [1e6, " million"]]) {
    if (nudged >= unit) return digitsOf(nudged / unit) + word;
  }
  return digitsOf(nudged);
}

const temperatureText = (temperature) => (temperature === Infinity ? "\u221e" : String(Number((temperature * NUDGE).toFixed(2))));

// --- sliders whose steps grow with the number ---

// 1, 2, … 9, 10, 11, 12, 13, 14, 16, … up to 10 ** decades.
function ladder(decades) {
  const found = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  for (let decade = 1; decade < decades; decade += 1) found.push(...STEPS.map((step) => Math.round(step * 10 ** decade)));
  return [...found, 10 ** decades];
}

const powersOfTwo = (decades) => Array.from({ length: Math.floor(decades * Math.log2(10)) + 1 }, (_, k) => 2 ** k);
const decadesOf = (number) => Math.ceil(Math.log10(Math.max(1, number)) - 1e-9);

// The rung that is nearest, by ratio: what Python has set may stand between two.
function rungOf(rungs, number) {
  const far = rungs.map((rung) => (rung === 0 || number === 0 ? Math.abs(rung - number) * 1e3 : Math.abs(Math.log(rung / number))));
  return far.indexOf(Math.min(...far));
}
