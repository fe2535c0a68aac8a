// The four dials: native ranges, with words for their values.
import { $, el, setStyle } from "./dom.js";
import { state, steer, watch } from "./state.js";
import { percent } from "./words.js";

const dials = [
  { key: "contrast", low: 0, from: "match", to: "contrast", middle: "like the picture's mood", end: "the opposite of the picture's mood" },
  { key: "atmosphere", low: -1, from: "literal", to: "atmospheric", middle: "imagery and mood in balance" },
  { key: "era", low: -1, from: "then", to: "now", middle: "any time that fits" },
  { key: "surprise", low: -1, from: "familiar", to: "surprising", middle: "some variety" },
];

/** A value in words. */
function spoken({ low, from, to, middle, end }, value) {
  if (value === 0) return middle;
  if (value === 1) return end ?? `fully ${to}`;
  if (value === -1) return `fully ${from}`;
  return value > 0 ? `${percent(value)} towards ${to}` : `${percent(-value)} towards ${low < 0 ? from : to}`;
}

const inputs = new Map();

/** Builds the dials once. */
export function buildDials() {
  $("dials").replaceChildren(...dials.map((dial) => {
    const id = `dial-${dial.key}`;
    const input = el("input", {
      type: "range", id, min: dial.low, max: 1, step: 0.05, value: 0, "aria-label": `${dial.from} to ${dial.to}`, data: { testid: id },
      on: { input: () => turn(dial, input) },
    });
    inputs.set(dial, input);
    return el("div", { class: `dial${dial.low < 0 ? " twoway" : ""}` },
      el("div", { class: "dial-ends", "aria-hidden": "true" }, el("span", { text: dial.from }), el("span", { text: dial.to })), input);
  }));
  showDials();
}

function turn(dial, input) {
  // A small detent makes the middle easy to find by hand.
  const value = Math.abs(input.valueAsNumber) < 0.03 ? 0 : input.valueAsNumber;
  const change = { dials: { ...state.steer.dials, [dial.key]: value } };
  // Contrast turns the picture's mood; a mood wanted on the pad would hide that.
  if (dial.key === "contrast") change.target = null;
  steer(change);
}

function showDials() {
  for (const [dial, input] of inputs) {
    const value = state.steer.dials[dial.key];
    if (input.valueAsNumber !== value) input.value = String(value);
    const share = (value - dial.low) / (1 - dial.low);
    const zero = -dial.low / (1 - dial.low);
    setStyle(input, "--from", String(Math.min(share, zero)));
    setStyle(input, "--to", String(Math.max(share, zero)));
    input.setAttribute("aria-valuetext", spoken(dial, value));
    input.disabled = !state.answer;
    input.closest(".dial").classList.toggle("turned", value !== 0);
  }
}

watch(["steer", "answer"], showDials);
