// A stand-in for the model that a notebook front end gives to a visualiser: the six methods that ours use, no more.
// Saved pages run under it, and so do the tests: what they show is what the notebook runs.

class FakeModel {
  constructor(state) {
    this.state = {};
    this.listeners = {};
    this.saves = 0;
    this.sent = [];
    for (const [name, value] of Object.entries(state)) this.state[name] = revive(value);
  }

  get(name) {
    return this.state[name];
  }

  set(name, value) {
    if (this.state[name] === value) return;
    this.state[name] = value;
    for (const listener of [...(this.listeners[`change:${name}`] ?? [])]) listener();
  }

  on(event, listener) {
    (this.listeners[event] ??= []).push(listener);
  }

  off(event, listener) {
    this.listeners[event] = (this.listeners[event] ?? []).filter((one) => one !== listener);
  }

  save_changes() {
    this.saves += 1;
  }

  send(message) {
    this.sent.push(message);
  }
}

// Bytes come as a DataView at an odd offset of a longer buffer, which is the hardest case a real front end may make:
// code that forgets byteOffset or alignment fails here too.
function revive(value) {
  if (value === null || typeof value !== "object" || !("base64" in value)) return value;
  const text = atob(value.base64);
  const buffer = new Uint8Array(text.length + 8).fill(0xff);
  for (let i = 0; i < text.length; i += 1) buffer[i + 3] = text.charCodeAt(i);
  return new DataView(buffer.buffer, 3, text.length);
}

// Show a visualiser in `el`. What was made is left on the element, for tests and for the curious.
function show(visualiser, state, el) {
  const model = new FakeModel(state);
  visualiser.initialize?.({ model });
  el.model = model;
  el.view = () => visualiser.render({ model, el }); // one more view of the same model
  el.close = el.view();
}
