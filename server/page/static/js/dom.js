// Small helpers around the DOM. Whatever comes from the server reaches the page through textContent, never as markup.

const SVG = "http://www.w3.org/2000/svg";

/** The element with this id. */
export const $ = (id) => document.getElementById(id);

/**
 * Makes an element. Keys of props: class, text, on (an object of listeners), data (an object), and otherwise attributes;
 * false, null and undefined leave an attribute out.
 */
export function el(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** Makes an SVG element. */
export function svg(tag, props = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

function fill(node, props, children) {
  for (const [key, value] of Object.entries(props)) {
    if (value === false || value === null || value === undefined) continue;
    if (key === "text") node.textContent = value;
    else if (key === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else if (key === "data") Object.assign(node.dataset, value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** One of the icons of the sprite. */
export function icon(name) {
  return svg("svg", { class: "icon", "aria-hidden": "true" }, svg("use", { href: `#i-${name}` }));
}

/** A button with an icon, a text, or both. */
export function button(text, { symbol, on, quiet = true, ...props } = {}) {
  const kind = ["button", quiet ? "quiet" : "strong", text ? "" : "icon-only"].filter(Boolean).join(" ");
  return el("button", { type: "button", class: kind, on: on && { click: on }, ...props },
    symbol && icon(symbol), text && el("span", { text }));
}

/** Foreign text in its own direction. */
export const foreign = (text, props = {}) => el("bdi", { ...props, text });

/** Sets a custom property; the policy allows this where it forbids style attributes. */
export const setStyle = (node, name, value) => node.style.setProperty(name, value);

const spoken = { timer: 0, last: "" };

/** Says something to people who listen to the page. Of several in quick succession the last is said. */
export function announce(text, delay = 300) {
  clearTimeout(spoken.timer);
  spoken.timer = setTimeout(() => {
    // The same words twice in a row are only spoken again if the text changes.
    spoken.last = text === spoken.last ? `${text}\u00a0` : text;
    $("live").textContent = spoken.last;
  }, delay);
}

/** Whether things may move. */
export const mayMove = () => !matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Keeps n within low and high; what is no number becomes fallback. */
export function clamp(n, low, high, fallback = 0) {
  return Number.isFinite(n) ? Math.min(high, Math.max(low, n)) : fallback;
}
