// The few things that the views do with the document.

export function byId(id) {
  return document.getElementById(id);
}

/** An element with text, never with markup: what users wrote stays text. */
export function element(name, { className = "", text, ...properties } = {}, ...children) {
  const made = Object.assign(document.createElement(name), { className, ...properties });
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
}
