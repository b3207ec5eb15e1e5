// The last step of the span stepper: a thousand draws, how often each place is noise, and what each token alone by chance gives.

const SPAN_COMPARED = [["sentinels in the input", "sentinels"], ["tokens of the input", "input"], ["tokens of the target", "target"], ["tokens in a span", "length"]];

const spanSpread = (found) => {
  if (found.length === 0) return "none";
  const [least, mean, most] = found;
  return least === most ? `${least} always` : `${mean.toFixed(1)} (${least} to ${most})`;
};

// A list item for each token: a solid bar, and a dashed line where the chance of a token alone is.
function spanBars(tokens, setting, lone, many, chip) {
  return tokens.map((token, i) => {
    const [often, chance] = [setting.often[i] / many, lone.often[i] / many];
    const percent = (share) => `${(100 * share).toFixed(0)}\u00a0%`;
    return html("li", { class: "ctr-span-place" },
      html("span", { class: "ctr-span-bar", "aria-hidden": "true" },
        html("span", { class: "ctr-span-solid", style: `height: ${100 * often}%` }), html("span", { class: "ctr-span-line", style: `bottom: ${100 * chance}%` })),
      html("span", { class: "ctr-span-note", "aria-hidden": "true" }, percent(often)), chip(token),
      html("span", { class: "ctr-spoken" }, `: noise in ${percent(often)} of the draws, ${percent(chance)} where each token is chosen alone`));
  });
}

// The numbers of both, beside each other, and below them the lengths of the spans.
function spanCompared(setting, lone, longest) {
  const swatch = (look) => html("span", { class: `ctr-span-swatch ctr-span-${look}`, "aria-hidden": "true" });
  const rows = SPAN_COMPARED.map(([title, key]) => html("tr", {}, html("th", { scope: "row" }, title),
    html("td", {}, spanSpread(setting[key])), html("td", {}, spanSpread(lone[key]))));
  const table = html("table", {},
    html("thead", {}, html("tr", {}, html("td", {}), html("th", { scope: "col" }, swatch("solid"), "span corruption"), html("th", { scope: "col" }, swatch("striped"), "each token alone"))),
    html("tbody", {}, ...rows));
  const shares = [setting, lone].map(({ lengths }) => {
    const all = lengths.reduce((a, b) => a + b, 0);
    return lengths.map((count) => count / Math.max(1, all));
  });
  const lengths = shares[0].map((_, k) => {
    const name = k < longest ? `${k + 1}` : `${k + 1}+`;
    const [spans, alone] = shares.map((share) => `${(100 * share[k]).toFixed(0)}\u00a0%`);
    return html("li", { title: `${name} tokens: ${spans}, alone ${alone}` },
      html("span", { class: "ctr-span-pair", "aria-hidden": "true" },
        ...["solid", "striped"].map((look, j) => html("span", { class: `ctr-span-${look}`, style: `height: ${100 * shares[j][k]}%` }))),
      html("span", { class: "ctr-span-note", "aria-hidden": "true" }, name), html("span", { class: "ctr-spoken" }, `${name} tokens: ${spans}, alone ${alone}`));
  });
  return [table, html("p", { class: "ctr-span-about" }, "The lengths of the spans: the share of the spans that have so many tokens."), html("ul", { class: "ctr-span-lengths", "aria-label": "Lengths of the spans" }, ...lengths)];
}
