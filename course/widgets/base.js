// Helpers for every visualiser. base.py puts this text in front of the visualiser's own file, because a module loaded
// from a Blob URL cannot import its neighbours. Nothing here is exported; nothing here knows any one visualiser.

const SVG = "http://www.w3.org/2000/svg";

// An HTML element. `attributes` may hold on… listeners; children are elements or text (never markup).
function html(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

// The same for SVG.
function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children); // append() makes text nodes of strings: what a person typed stays text
  return element;
}

function button(label, onclick, attributes = {}) {
  return html("button", { type: "button", onclick, ...attributes }, label);
}

const row = (...children) => html("div", { class: "ctr-row" }, ...children);

// A select over {value: title}; `onchoice` gets the value.
function choice(label, titles, chosen, onchoice) {
  const options = Object.entries(titles).map(([value, title]) => html("option", { value, selected: value === chosen }, title));
  return html("select", { "aria-label": label, onchange: (event) => onchoice(event.target.value) }, ...options);
}

// The root of a view: themed, and JupyterLab keeps its keyboard shortcuts to itself inside it.
function stage(el, name, label) {
  const root = html("section", {
    class: `ctr ${name}`,
    "aria-label": label,
    "data-lm-suppress-shortcuts": "true",
  });
  // A notebook's command mode also listens for single keys: they are ours while the focus is in here.
  root.addEventListener("keydown", (event) => event.stopPropagation());
  el.append(root);
  hideStill(root);
  return root;
}

// Call `act` once, as soon as the element has a size: a front end may draw a view before it puts it into its page, where it has no
// colours and no neighbours yet. Returns a function that gives up waiting.
function whenShown(element, act) {
  const seen = new ResizeObserver(() => {
    if (element.clientWidth === 0) return;
    seen.disconnect();
    act();
  });
  seen.observe(element);
  return () => seen.disconnect();
}

// The static picture in the output before this one is hidden as long as the view is there (base.py says why).
function hideStill(root) {
  let still = null;
  const giveUp = whenShown(root, () => {
    const output = root.closest(".jp-OutputArea-child")?.previousElementSibling;
    still = output?.querySelector(".ctr-still") ? output : null;
    if (still) still.style.display = "none";
  });
  const remove = root.remove.bind(root);
  root.remove = () => {
    giveUp();
    if (still) still.style.display = "";
    remove();
  };
}

// Call `redraw` whenever one of the traits changes. Returns a function that stops it.
function follow(model, names, redraw) {
  for (const name of names) model.on(`change:${name}`, redraw);
  return () => names.forEach((name) => model.off(`change:${name}`, redraw));
}

// Call `redraw` when the element is first shown and whenever the theme changes: a canvas does not follow by itself. Returns a function
// that stops it.
function onTheme(element, redraw) {
  const giveUp = whenShown(element, redraw);
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const themed = new MutationObserver(redraw);
  themed.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "class"] });
  dark.addEventListener("change", redraw);
  return () => {
    giveUp();
    dark.removeEventListener("change", redraw);
    themed.disconnect();
  };
}

// The page's colours by name, {name: CSS variable} in and {name: "rgb(…)"} out: a canvas cannot read variables.
function coloursOf(element, variables) {
  const probe = html("span", { hidden: true });
  element.append(probe);
  const out = Object.fromEntries(Object.entries(variables).map(([name, variable]) => {
    probe.style.color = `var(${variable})`;
    return [name, getComputedStyle(probe).color];
  }));
  probe.remove();
  return out;
}

const rgbOf = (colour) => (colour.match(/[\d.]+/g) ?? [0, 0, 0]).slice(0, 3).map(Number);

// Bytes from Python arrive as a DataView into a bigger buffer, at any offset: copy them, then read them as numbers.
// Numbers are little-endian, as on every machine a browser runs on.
function numbers(NumberArray, view) {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
  return new NumberArray(bytes.buffer);
}
