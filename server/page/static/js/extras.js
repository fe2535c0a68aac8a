// The small things around the songs: what steers them, care for a heavy picture, the steps of an upload, and the foot.
import { $, button, el, foreign, icon, mayMove } from "./dom.js";
import { leave, progress } from "./session.js";
import { isSteered, neutral, set, state, steer, watch } from "./state.js";
import { feeling, partName, percent, sentence, short, songs } from "./words.js";

const SERENE = { valence: 0.55, arousal: -0.5 };

/** Whether a picture is sad or violent: the server says so. */
export const needsCare = (answer) => answer?.care?.quiet === true;

const consoling = ({ target }) => Boolean(target) && target.valence === SERENE.valence && target.arousal === SERENE.arousal;

/** Offers songs that stay with a heavy picture, songs that console, or none. */
function showCare({ answer }) {
  const place = $("care") ?? el("fieldset", { class: "care", id: "care", data: { testid: "care" } });
  if (!needsCare(answer)) return place.remove();
  if (!place.isConnected) glideAround(() => $("notice").before(place));
  if (!place.firstChild) {
    const choice = (value, label) => el("label", {}, el("input", { type: "radio", name: "care", value, on: { change: () => careFor(value) } }), el("span", { text: label }));
    place.append(el("legend", { text: "This picture seems to carry something heavy. What would be good?" }),
      el("div", { class: "segments" }, choice("stay", "Songs that stay with it"), choice("console", "Songs that console"), choice("silence", "No songs")));
  }
  place.title = answer.care.reason;
  const chosen = state.silence ? "silence" : consoling(state.steer) ? "console" : "stay";
  for (const input of place.querySelectorAll("input")) input.checked = input.value === chosen;
  return undefined;
}

/** Says which songs are held back for the picture, and why. */
function showHeld({ answer, silence }) {
  const reason = silence ? "" : answer?.care.reason;
  $("held").replaceChildren(...(reason ? [foreign(reason)] : []));
}

/** Changes the page so that what has to make room glides. */
function glideAround(change) {
  const nodes = ["steer", "seen"].map($);
  const tops = () => nodes.map((node) => node.getBoundingClientRect().top);
  const before = tops();
  change();
  // What fills the place is not there yet when this runs first; the move is measured with the next layout.
  queueMicrotask(() => tops().forEach((top, i) => {
    const by = before[i] - top;
    if (by !== 0 && mayMove()) nodes[i].animate([{ transform: `translateY(${by}px)` }, { transform: "none" }], { duration: 190, easing: "ease-out" });
  }));
}

function careFor(choice) {
  set({ silence: choice === "silence" });
  if (choice === "console") steer({ target: SERENE, dials: { ...state.steer.dials, contrast: 0 } });
  else if (consoling(state.steer)) steer({ target: null });
}

/** Lists what steers beside dials and chips, each with a way back. */
function showSteered({ steer: now, without, answer }) {
  const back = (text, undo) => el("button", { type: "button", class: "chip", data: { choice: "more" }, "aria-label": `Take back: ${text}`, on: { click: undo } }, foreign(text), icon("close"));
  const items = [];
  if (now.target) items.push(back(`Mood: ${feeling(now.target)}`, () => steer({ target: null })));
  for (const song of now.like) items.push(back(`Like “${short(song.title, 28)}”`, () => steer({ like: now.like.filter((s) => s !== song) })));
  for (const song of now.noSongs) items.push(back(`Not “${short(song.title, 28)}”`, () => steer({ noSongs: now.noSongs.filter((s) => s !== song) })));
  for (const name of now.noArtists) items.push(back(`Not ${short(name, 28)}`, () => steer({ noArtists: now.noArtists.filter((n) => n !== name) })));
  for (const name of without) items.push(back(`Order without ${partName(name).toLowerCase()}`, () => set({ without: without.filter((n) => n !== name) })));
  $("steered").hidden = items.length === 0 || !answer;
  $("steered").replaceChildren(el("ul", { class: "chips", "aria-label": "What steers the songs" }, items.map((item) => el("li", {}, item))));
  $("reset").disabled = !isSteered(now) && without.length === 0;
}

$("reset").addEventListener("click", () => {
  set({ steer: neutral(), without: [] });
  $("songs-heading").focus({ preventScroll: true });
});

/** Shows how far a picture has come. Only what is known is shown: the server does not report its stages yet. */
function showProgress({ phase }) {
  const place = $("progress");
  const busy = phase === "uploading" || phase === "analysing";
  place.hidden = !busy;
  if (!busy) return place.replaceChildren();
  if (!place.firstChild) {
    const step = (name, text) => el("li", { data: { step: name } }, el("span", { class: "tick", "aria-hidden": "true" }, icon("check")), el("span", { text }));
    place.replaceChildren(el("ol", { class: "steps" }, step("sending", "Sending"), step("looking", "Looking and choosing")),
      el("progress", { max: 1, value: 0, "aria-label": "Picture sent" }), button("Cancel", { on: leave }));
  }
  for (const item of place.querySelectorAll("[data-step]")) {
    const now = item.dataset.step === (phase === "uploading" ? "sending" : "looking");
    item.classList.toggle("now", now);
    item.classList.toggle("done", phase === "analysing" && item.dataset.step === "sending");
  }
  return showSent(progress.sent);
}

function showSent(sent) {
  const bar = $("progress").querySelector("progress");
  if (!bar) return;
  if (state.phase === "uploading") {
    bar.value = sent;
    $("progress").querySelector("[data-step=sending] span:last-child").textContent = sent > 0 ? `Sending: ${percent(sent)}` : "Sending";
  } else {
    bar.removeAttribute("value");
    bar.setAttribute("aria-label", "Looking at the picture");
    $("progress").querySelector("[data-step=sending] span:last-child").textContent = "Sent";
  }
}

progress.listeners.push(showSent);

/** Says which encoder understood the picture, and what was weaker than it could be. */
function showUnderstood({ answer }) {
  const place = $("understood");
  if (!answer) return place.replaceChildren();
  const { id, reason, backend, device } = answer.encoder;
  const weak = answer.degraded.map(({ part, reason: why, remedy }) => el("li", {}, el("b", { text: `${part || "answer"}:` }), " ", foreign(sentence(why)), " ", remedy && foreign(sentence(remedy))));
  return place.replaceChildren(
    el("p", {}, "Understood by ", foreign(id || "an unnamed encoder", { class: "strong-text" }),
      backend && [", run by ", foreign(backend)], device && [" on ", foreign(device)], ". ", reason && foreign(sentence(reason))),
    ...(weak.length > 0 ? [el("ul", { class: "weak", "aria-label": "What could be better" }, weak)] : []));
}

/** The heading above the songs. */
function showHeading({ answer, phase, silence }) {
  const found = answer?.picks.length ?? 0;
  $("songs-heading").textContent = answer && !silence && phase !== "nothing" ? songs(found) : "Songs";
  $("steer").hidden = silence;
  $("picks").setAttribute("aria-busy", String(phase === "reranking" || !answer));
}

watch(["answer", "steer", "silence"], showCare);
watch(["answer", "silence"], showHeld);
watch(["steer", "without", "answer"], showSteered);
watch("phase", showProgress);
watch("answer", showUnderstood);
watch(["answer", "phase", "silence"], showHeading);
