// What is said when something is in the way: one message at a time, with what can be done about it.
import { $, announce, button, el, icon } from "./dom.js";
import { convert, refusals } from "./check.js";
import { active, noFilters } from "./fragment.js";
import { neutral, set, state, isSteered } from "./state.js";
import { sentence, wait } from "./words.js";

let timer = 0; // of a countdown
let onOnline = null;
const hooks = {};

/** Tells this module what it may start. */
export const connectNotices = (functions) => Object.assign(hooks, functions);

/** Takes the message away. */
export function clearNotice() {
  clearInterval(timer);
  onOnline = null;
  for (const id of ["notice", "landing-notice"]) $(id).replaceChildren();
}

/** Shows a message. */
export function showNotice({ symbol, title, text, actions = [], loud = false, at = "notice", name }) {
  clearNotice();
  $(at).append(el("div", { class: "notice", role: loud ? "alert" : "status", data: { testid: "notice", kind: name } },
    icon(symbol),
    el("div", {}, el("p", { class: "notice-title", text: title }), ...[text].flat().filter(Boolean).map((t) => (typeof t === "string" ? el("p", { text: t }) : t)),
      actions.length > 0 && el("div", { class: "actions" }, actions)),
    at === "notice" && state.answer && name !== "nothing" && button("", { symbol: "close", "aria-label": "Close the message", on: clearNotice })));
}

/** Shows what went wrong. See session.js for the kinds. */
export function showProblem({ kind, problem, again, automatic, tries, blob, name, at = "landing-notice" }) {
  switch (kind) {
    case "refused": return showRefusal(problem, blob, name, at);
    case "busy": return showBusy(problem, again, automatic);
    case "offline": return showOffline(again);
    case "nothing": return showNothing(tries);
    case "invalid": return showNotice({
      name: kind, symbol: "reset", title: "That wish cannot be met", text: [sentence(problem.message), problem.remedy, "The last change was taken back."],
    });
    default: return showGone(kind, problem, again);
  }
}

function showRefusal(problem, blob, name, at) {
  const known = refusals[problem.reason] ?? { title: "This picture was refused", remedy: "" };
  const actions = [button("Choose another", { on: () => $("file").click() })];
  showNotice({
    name: "refused", symbol: "picture", loud: true, at, title: known.title,
    text: [sentence(problem.message), problem.remedy || known.remedy], actions,
  });
  if (problem.reason !== "picture-too-large" && problem.reason !== "picture-format") return;
  // The browser may be able to read what the server does not take.
  void convert(blob).then((smaller) => {
    const place = $(at).querySelector(".actions");
    if (!smaller || state.phase !== "refused" || !place) return;
    place.prepend(button("Convert it here and send it", { quiet: false, on: () => hooks.start(smaller, name), "data-testid": "convert" }));
  });
}

function showBusy(problem, again, automatic) {
  let left = Math.max(1, Math.ceil(problem.retryAfter || 3));
  const line = el("p", { class: "countdown" });
  const say = () => {
    line.textContent = automatic ? `Trying again by itself in ${wait(left)}.` : `It asks to wait ${wait(left)}.`;
  };
  const go = (may) => {
    clearNotice();
    again(may);
  };
  const now = button("Try now", { on: () => go(false) });
  say();
  showNotice({
    name: "busy", symbol: "wait", title: "Many pictures are being looked at", text: [automatic ? "" : "It is still busy.", line], actions: [now],
  });
  timer = setInterval(() => {
    left -= 1;
    if (left > 0) return say();
    clearInterval(timer);
    if (automatic) return go(false); // once; the second time it is the person's choice
    line.textContent = "It may have time now.";
    return announce("The server may have time now.");
  }, 1000);
}

function showOffline(again) {
  showNotice({
    name: "offline", symbol: "cloud", title: "You are offline", loud: true,
    text: "What is on the page stays. It goes on by itself when the network is back.",
    actions: [button("Try now", { on: () => again(true) })],
  });
  onOnline = () => again(true);
}

addEventListener("online", () => onOnline?.());

function showGone(kind, problem, again) {
  // A server that is out of reach is said to be so in our words; there are none of its own.
  const titles = { timeout: "It took too long", internal: "Something went wrong on the server", gone: "The server does not answer" };
  showNotice({
    name: kind, symbol: "cloud", title: titles[kind] ?? titles.gone, loud: true,
    text: [kind === "gone" && problem.message === "" ? "It may be restarting. The picture is still here, and only here." : sentence(problem.message), problem.remedy,
      kind === "internal" && problem.requestId ? `Request id: ${problem.requestId}` : ""],
    actions: [button("Try again", { quiet: false, on: () => again(true), "data-testid": "again" })],
  });
}

function showNothing(tries) {
  const helpful = tries.filter((t) => t.found > 0);
  const actions = helpful.map((t) => button(`Without ${quoted(t.name)}: ${t.found === 5 ? "5 songs or more" : t.found === 1 ? "1 song" : `${t.found} songs`}`, {
    on: () => set({ filters: { ...state.filters, ...t.loosen } }),
  }));
  if (helpful.length === 0 && tries.length > 1) actions.push(button("Without any filter", { on: () => set({ filters: noFilters() }) }));
  if (helpful.length === 0 && isSteered(state.steer)) actions.push(button("Back to neutral", { on: () => set({ steer: neutral() }) }));
  let text = "Loosening one filter is enough:";
  if (helpful.length === 0) {
    text = active(state.filters).length > 0 ? "No single filter is to blame: together they leave nothing." : "The catalogue has nothing for these wishes.";
  }
  showNotice({ name: "nothing", symbol: "filter", title: "No song passes", text, actions });
}

const quoted = (name) => `“${name}”`;
