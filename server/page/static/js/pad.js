// The mood pad: unpleasant to pleasant across, calm to stirring upwards. The picture is a soft disc as wide as its mood
// is unsure, songs are dots, and a handle says where songs are wanted. A table says the same to those who read.
import { $, announce, button, el, foreign, setStyle, svg } from "./dom.js";
import { evidenceList, openPopover } from "./seen.js";
import { set, state, steer, watch } from "./state.js";
import { disagree, feeling, short, signed } from "./words.js";

const STEP = 0.1;
const HOME = 0.045; // this near to the picture, the handle is the picture's own again
const corners = [
  { word: "tense", at: { valence: -0.6, arousal: 0.6 } }, { word: "joyful", at: { valence: 0.6, arousal: 0.6 } },
  { word: "melancholic", at: { valence: -0.6, arousal: -0.6 } }, { word: "serene", at: { valence: 0.6, arousal: -0.6 } },
];

const parts = {};

/** Builds the pad once. */
export function buildPad() {
  parts.disc = svg("ellipse", { class: "disc" });
  parts.core = svg("circle", { class: "core", r: 0.022 });
  parts.path = svg("line", { class: "path" });
  parts.dots = svg("g", {});
  const drawing = svg("svg", { class: "plane", viewBox: "-1 -1 2 2", "aria-hidden": "true" },
    svg("line", { class: "axis", x1: -1, x2: 1, y1: 0, y2: 0 }), svg("line", { class: "axis", x1: 0, x2: 0, y1: -1, y2: 1 }),
    parts.disc, parts.core, parts.path, parts.dots);
  parts.handle = el("div", {
    class: "handle", id: "handle", tabindex: "0", role: "slider", "aria-label": "Mood wanted", "aria-roledescription": "mood handle",
    "aria-valuemin": "-1", "aria-valuemax": "1", "aria-describedby": "pad-help", data: { testid: "handle" },
  });
  parts.plane = el("div", { class: "pad-plane", data: { testid: "pad" } }, drawing,
    corners.map(({ word, at }) => el("button", { type: "button", class: `corner ${word}`, text: word, "aria-label": `Songs that are ${word}`, on: { click: () => want(at) } })),
    parts.handle);
  parts.rows = el("tbody");
  $("pad").replaceChildren(parts.plane,
    el("p", { class: "vh", id: "pad-help", text: "Left and right arrows: less or more pleasant. Up and down arrows: more stirring or calmer. Home: the picture's own mood." }),
    el("div", { class: "pad-foot" },
      el("p", { class: "pad-word", id: "pad-word" }),
      button("Why", { on: (event) => openWhy(event.currentTarget), "aria-label": "Why the picture has this mood", "aria-haspopup": "dialog", "aria-expanded": "false", id: "mood-why" })));
  $("pad-twin").replaceChildren(
    el("details", { class: "twin" }, el("summary", { text: "The pad as a table" }),
      el("table", {}, el("thead", {}, el("tr", {}, ["", "Pleasant", "Stirring", "Feels"].map((t) => (t ? el("th", { scope: "col", text: t }) : el("td"))))), parts.rows)));
  listen();
}

function openWhy(node) {
  const { answer } = state;
  const { affect, affectEvidence } = answer ?? {};
  if (!affect) return;
  openPopover(node, `The picture feels ${feeling(affect)}`, [
    el("p", { class: "sure" }, el("span", { text: `Pleasant ${signed(affect.valence)}, stirring ${signed(affect.arousal)}, give or take ${signed(affect.spread)}` })),
    disagree(answer) && el("p", { class: "hint", text: "The taggers disagree about the mood, so it is less sure than usual:" }),
    evidenceList(affectEvidence),
  ].filter(Boolean));
}

/** Where songs are wanted: the target, or the picture's mood turned towards its opposite by the contrast dial. */
export function wanted({ answer, steer: { target, dials } } = state) {
  if (target) return target;
  const k = 1 - 2 * dials.contrast;
  const { valence, arousal } = answer?.affect ?? { valence: 0, arousal: 0 };
  return { valence: k * valence, arousal: k * arousal };
}

/** Draws the pad. */
export function showPad() {
  const { answer, steer: { target } } = state;
  const picture = answer?.affect;
  parts.plane.classList.toggle("idle", !answer);
  parts.disc.toggleAttribute("hidden", !picture);
  parts.core.toggleAttribute("hidden", !picture);
  if (picture) {
    const spread = Math.max(0.06, picture.spread);
    place(parts.disc, "cx", "cy", picture);
    parts.disc.setAttribute("rx", spread);
    parts.disc.setAttribute("ry", spread);
    place(parts.core, "cx", "cy", picture);
  }
  const at = wanted();
  const moved = Boolean(picture) && (Boolean(target) || state.steer.dials.contrast > 0);
  parts.path.toggleAttribute("hidden", !moved);
  if (moved) {
    place(parts.path, "x1", "y1", picture);
    place(parts.path, "x2", "y2", at);
  }
  setStyle(parts.handle, "--x", String((at.valence + 1) / 2));
  setStyle(parts.handle, "--y", String((1 - at.arousal) / 2));
  parts.handle.setAttribute("aria-valuenow", at.valence.toFixed(2));
  parts.handle.setAttribute("aria-valuetext", `${feeling(at)}: pleasant ${signed(at.valence)}, stirring ${signed(at.arousal)}`);
  parts.handle.toggleAttribute("aria-disabled", !answer);
  $("mood-why").hidden = !picture;
  $("pad-word").textContent = answer ? `${moved ? "Wanted" : "Feels"} ${feeling(at)}${!moved && disagree(answer) ? "; the taggers disagree" : ""}` : "";
  showSongs(answer?.picks ?? []);
  showTable(picture, at, moved);
}

const place = (node, x, y, { valence, arousal }) => {
  node.setAttribute(x, valence.toFixed(3));
  node.setAttribute(y, (-arousal).toFixed(3));
};

function showSongs(picks) {
  const known = new Map([...parts.dots.children].map((dot) => [dot.dataset.id, dot]));
  parts.dots.replaceChildren(...picks.filter((p) => p.affect).map((p) => {
    const dot = known.get(p.id) ?? svg("g", { class: "dot", "data-id": p.id }, svg("circle", { r: 0.045 }), svg("text", { "text-anchor": "middle", dy: "0.035" }));
    setStyle(dot, "transform", `translate(${p.affect.valence}px, ${-p.affect.arousal}px)`);
    dot.lastChild.textContent = String(picks.indexOf(p) + 1);
    return dot;
  }));
}

function showTable(picture, at, moved) {
  const row = (name, point) => el("tr", {}, el("th", { scope: "row" }, foreign(name)),
    el("td", { text: point ? signed(point.valence) : "unknown" }), el("td", { text: point ? signed(point.arousal) : "unknown" }), el("td", { text: point ? feeling(point) : "" }));
  parts.rows.replaceChildren(row("The picture", picture), ...(moved ? [row("Wanted", at)] : []),
    ...(state.answer?.picks ?? []).map((p, i) => row(`${i + 1}. ${short(p.title, 60)}`, p.affect)));
}

/** Lights the dot of a song, or none. */
export function lightDot(id) {
  for (const dot of parts.dots?.children ?? []) dot.classList.toggle("lit", dot.dataset.id === id);
}

/** Wants songs at a point. The contrast dial means the same thing, so it goes back. */
function want(point) {
  if (!state.answer) return;
  const at = { valence: bound(point.valence), arousal: bound(point.arousal) };
  const picture = state.answer.affect;
  if (picture && Math.hypot(at.valence - picture.valence, at.arousal - picture.arousal) < HOME) return goHome();
  steer({ target: at, dials: { ...state.steer.dials, contrast: 0 } });
}

const bound = (n) => Math.round(Math.min(1, Math.max(-1, n)) * 100) / 100;

function goHome() {
  steer({ target: null, dials: { ...state.steer.dials, contrast: 0 } });
}

function listen() {
  const { plane, handle } = parts;
  let grip = null; // where in the handle it was taken
  const pointAt = ({ clientX, clientY }) => {
    const box = plane.getBoundingClientRect();
    return { valence: (2 * (clientX - box.left)) / box.width - 1, arousal: 1 - (2 * (clientY - box.top)) / box.height };
  };
  const offset = (event) => {
    const [at, point] = [wanted(), pointAt(event)];
    return { valence: at.valence - point.valence, arousal: at.arousal - point.arousal };
  };
  handle.addEventListener("pointerdown", (event) => {
    if (!state.answer || event.button !== 0) return;
    grip = offset(event);
    handle.setPointerCapture(event.pointerId);
    plane.classList.add("held");
  });
  handle.addEventListener("pointermove", (event) => {
    if (!grip) return;
    const point = pointAt(event);
    want({ valence: point.valence + grip.valence, arousal: point.arousal + grip.arousal });
  });
  const release = () => {
    grip = null;
    plane.classList.remove("held");
  };
  handle.addEventListener("pointerup", release);
  handle.addEventListener("pointercancel", release);
  handle.addEventListener("dblclick", goHome);
  plane.addEventListener("click", (event) => {
    if (!event.target.closest(".corner, .handle")) want(pointAt(event));
  });
  handle.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? STEP / 5 : STEP;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    if (event.key === "Home") goHome();
    else if (moves[event.key]) {
      const at = wanted();
      const [across, up] = moves[event.key];
      const next = { valence: bound(at.valence + across), arousal: bound(at.arousal + up) };
      steer({ target: next, dials: { ...state.steer.dials, contrast: 0 } });
    } else return;
    event.preventDefault();
    if (event.key === "Home") announce("The picture's own mood.", 0);
  });
}

watch(["answer", "steer"], showPad);

// A song that is pointed at, in the list, shows where it lies.
watch("lit", ({ lit }) => lightDot(lit));

/** Lights a song's dot. */
export const light = (id) => set({ lit: id });
