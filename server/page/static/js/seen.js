// What I see: a chip for each mood, thing, place and the time. A chip opens its evidence, and there it can be left out or
// asked for. Own words join them.
import { $, announce, button, el, foreign, icon, setStyle } from "./dom.js";
import { state, steer, watch } from "./state.js";
import { percent, taggerName, tellingDecades } from "./words.js";

const groups = [["moods", "Mood"], ["scenes", "Place"], ["objects", "Things"]];
const MOST = 6; // chips of a kind

/** What a tag is called in a request. */
const word = (tag) => tag.concept || tag.name;

/** Shows the chips of an answer, or places for them while there is none. */
export function showSeen(answer) {
  closePopover();
  const places = answer ? [] : [64, 88, 72, 96, 60].map((width) => {
    const ghost = el("li", { class: "ghost chip", "aria-hidden": "true" });
    setStyle(ghost, "--width", `${width}px`);
    return ghost;
  });
  const lists = groups.flatMap(([key, title]) => (answer?.[key] ?? []).slice(0, MOST).map((tag) => chip(tag, title)));
  if (answer && eraName(answer.era)) lists.push(eraChip(answer.era));
  const found = el("ul", { class: "chips", "aria-label": "Seen in the picture" }, places, lists);
  $("chips").replaceChildren(found);
  $("add-word").hidden = !answer;
  if (answer && lists.length === 0) found.replaceWith(el("p", { class: "hint", text: "Nothing that has a name was recognised." }));
  showOwn();
}

function chip(tag, kind) {
  const node = el("button", {
    type: "button", class: "chip", data: { word: word(tag), testid: "chip", kind: kind.toLowerCase() }, "aria-haspopup": "dialog", "aria-expanded": "false",
    on: { click: () => openTag(node, tag, kind), keydown: (event) => event.key === "Delete" && choose(tag, "out") },
  }, el("span", { class: "chip-mark", "aria-hidden": "true" }), foreign(tag.name), el("span", { class: "vh chip-state" }));
  setStyle(node, "--sure", String(tag.confidence));
  return el("li", {}, node);
}

function eraName({ label, decade, decades }) {
  if (decade) return `${decade}s`;
  if (label && label !== "unknown") return label;
  const likely = tellingDecades(decades);
  if (likely.length === 0) return "";
  const [first, last] = [likely[0].decade, likely.at(-1).decade];
  return first === last ? `perhaps ${first}s` : `perhaps ${first}s–${last}s`;
}

/** What a guess at the decade says, as a list; nothing beside a capture date. */
function decadeList({ decade, decades }) {
  const likely = decade ? [] : tellingDecades(decades);
  return likely.length > 0 && el("ul", { class: "evidence", "aria-label": "Decades that it may be of" },
    likely.map((d) => el("li", {}, el("b", { text: `${d.decade}s` }), ` ${percent(d.share)}`)));
}

function eraChip(era) {
  const node = el("button", {
    type: "button", class: "chip", data: { testid: "chip", kind: "time" }, "aria-haspopup": "dialog", "aria-expanded": "false",
    on: {
      click: () => openPopover(node, eraName(era), [
        era.confidence > 0 && sure("Time", era.confidence), decadeList(era), evidenceList(era.evidence),
        el("p", { class: "hint", text: "The dial “then ↔ now” turns the songs away from it." }),
      ].filter(Boolean)),
    },
  }, foreign(eraName(era)));
  setStyle(node, "--sure", String(era.confidence));
  return el("li", {}, node);
}

/** Own words, and switched-off ones, as the steering has them. */
function showOwn() {
  const chips = $("chips");
  for (const node of chips.querySelectorAll(".chip[data-word]")) {
    const name = node.dataset.word;
    const now = state.steer.exclude.includes(name) ? "out" : state.steer.include.includes(name) ? "more" : "";
    node.dataset.choice = now;
    node.querySelector(".chip-state").textContent = { out: ", left out", more: ", more of it" }[now] ?? "";
    node.querySelector(".chip-mark").replaceChildren(...(now ? [icon(now === "out" ? "minus" : "plus")] : []));
  }
  const seen = new Set([...chips.querySelectorAll(".chip[data-word]")].map((node) => node.dataset.word));
  const own = state.steer.include.filter((name) => !seen.has(name));
  chips.querySelector(".own")?.remove();
  if (own.length === 0) return;
  chips.append(el("ul", { class: "chips own", "aria-label": "Added words" }, own.map((name) => el("li", {},
    el("button", {
      type: "button", class: "chip", data: { choice: "more", testid: "own-word" }, "aria-label": `Take “${name}” back`,
      on: { click: () => steer({ include: state.steer.include.filter((w) => w !== name) }) },
    }, foreign(name), icon("close"))))));
}

watch("steer", showOwn);

function choose(tag, choice) {
  const name = word(tag);
  const without = (list) => list.filter((w) => w !== name);
  const include = without(state.steer.include);
  const exclude = without(state.steer.exclude);
  if (choice === "more") include.push(name);
  if (choice === "out") exclude.push(name);
  steer({ include, exclude });
  announce({ out: `${tag.name} is left out.`, more: `More of ${tag.name}.`, "": `${tag.name} counts as it was seen.` }[choice], 0);
}

const sure = (kind, confidence) => {
  const meter = el("span", { class: "meter", "aria-hidden": "true" });
  setStyle(meter, "--value", String(confidence));
  return el("p", { class: "sure" }, el("span", { text: `${kind} · ${percent(confidence)} sure` }), meter);
};

/** The reasons of taggers, as a list. */
export function evidenceList(evidence) {
  if (evidence.length === 0) return el("p", { class: "hint", text: "No evidence was given." });
  return el("ul", { class: "evidence" }, evidence.map((e) => el("li", {}, el("b", { text: taggerName(e.tagger) }), " ", foreign(e.detail))));
}

function openTag(node, tag, kind) {
  const now = node.dataset.choice ?? "";
  const choices = [["out", "Leave out"], ["", "As seen"], ["more", "More of it"]].map(([value, label]) => el("label", {},
    el("input", { type: "radio", name: "choice", value, checked: value === now, on: { change: () => choose(tag, value) } }), el("span", { text: label })));
  openPopover(node, tag.name, [sure(kind, tag.confidence), evidenceList(tag.evidence), el("fieldset", { class: "segments" }, el("legend", { class: "vh", text: `What the songs shall make of ${tag.name}` }), choices)]);
}

let opener = null;

/** Opens the popover below a button. */
export function openPopover(node, title, content) {
  const popover = $("popover");
  const again = opener === node && popover.matches(":popover-open");
  closePopover();
  if (again) return;
  opener = node;
  popover.replaceChildren(
    el("div", { class: "popover-head" }, el("h3", { id: "popover-title" }, foreign(title)), button("", { symbol: "close", on: closePopover, "aria-label": "Close" })),
    ...content);
  popover.showPopover({ source: node });
  node.setAttribute("aria-expanded", "true");
  place();
  (popover.querySelector("input:checked") ?? popover.querySelector("button")).focus({ preventScroll: true });
}

function place() {
  const popover = $("popover");
  const anchor = opener.getBoundingClientRect();
  const box = popover.getBoundingClientRect();
  const left = Math.max(8, Math.min(anchor.left, document.documentElement.clientWidth - box.width - 8));
  const below = anchor.bottom + 6;
  const top = below + box.height > innerHeight && anchor.top - box.height - 6 > 0 ? anchor.top - box.height - 6 : below;
  setStyle(popover, "left", `${left + scrollX}px`);
  setStyle(popover, "top", `${top + scrollY}px`);
}

function closePopover() {
  if ($("popover").matches(":popover-open")) $("popover").hidePopover();
}

$("popover").addEventListener("toggle", (event) => {
  if (event.newState !== "closed" || !opener) return;
  opener.setAttribute("aria-expanded", "false");
  if (document.activeElement === document.body) opener.focus({ preventScroll: true });
  opener = null;
});

addEventListener("resize", () => opener && $("popover").matches(":popover-open") && place());

$("add-word").addEventListener("submit", (event) => {
  event.preventDefault();
  const input = $("word");
  const added = input.value.trim().replace(/\s+/g, " ");
  if (!added) return input.focus();
  input.value = "";
  const { include, exclude } = state.steer;
  if (include.length >= 32) return announce("That is enough words: take one back first.", 0);
  steer({ include: [...new Set([...include, added])], exclude: exclude.filter((w) => w !== added) });
  announce(`More of ${added}.`, 0);
  return input.focus();
});
