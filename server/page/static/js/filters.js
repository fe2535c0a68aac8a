// Filters: which songs may be picked. They live in the address, so that a link restores them.
import { $, el } from "./dom.js";
import { active, noFilters, readFragment, writeFragment } from "./fragment.js";
import { set, state, watch } from "./state.js";
import { genre, language } from "./words.js";

// The commonest of the seed catalogue. Others can be typed.
const languages = ["zxx", "en", "es", "fr", "pt", "ja", "hi", "it", "de", "zh", "ru", "ko", "ar", "tr"];
const genres = ["pop", "rock", "folk", "soul", "hip-hop", "jazz", "classical", "electronic", "country", "film-score", "blues", "reggae", "metal", "ambient"];

let form;

const change = (patch) => set({ filters: { ...state.filters, ...patch } });

/** Builds the form and takes the filters of the address. */
export function buildFilters() {
  form = $("filters");
  const year = (name, label, placeholder) => el("label", { class: "field" }, el("span", { text: label }),
    el("input", { type: "number", name, min: 1900, max: 2100, step: 1, placeholder, inputmode: "numeric", on: { change: takeYears } }));
  form.append(
    el("fieldset", { class: "row" }, el("legend", { text: "Years" }), year("from", "from", "1920"), year("to", "to", String(new Date().getFullYear()))),
    choices("languages", "Language", languages, language), choices("genres", "Genre", genres, genre),
    el("fieldset", { class: "row" }, el("legend", { text: "Songs" }),
      tick("clean", "No explicit songs"), tick("playable", "Playable only"), tick("offline", "Without a network")),
    el("div", { class: "actions" }, el("button", { type: "button", class: "button quiet", text: "No filters", on: { click: () => set({ filters: noFilters() }) } })));
  form.addEventListener("submit", (event) => event.preventDefault());
  $("filters-toggle").addEventListener("click", () => openFilters(form.hidden));
  addEventListener("hashchange", () => set({ filters: readFragment() }));
  set({ filters: readFragment() });
}

function openFilters(open) {
  form.hidden = !open;
  $("filters-toggle").setAttribute("aria-expanded", String(open));
}

function choices(name, legend, values, label) {
  const list = el("div", { class: "pills", data: { name } });
  for (const value of values) list.append(pill(name, value, label));
  return el("fieldset", {}, el("legend", { text: legend }), list);
}

function pill(name, value, label) {
  return el("label", { class: "pill" }, el("input", {
    type: "checkbox", name, value,
    on: { change: (event) => change({ [name]: event.target.checked ? [...state.filters[name], value] : state.filters[name].filter((v) => v !== value) }) },
  }), el("span", { text: label(value) }));
}

const tick = (name, label) => el("label", { class: "pill" }, el("input", { type: "checkbox", name, on: { change: (event) => change({ [name]: event.target.checked }) } }), el("span", { text: label }));

function takeYears() {
  const [from, to] = ["from", "to"].map((name) => form.elements[name].valueAsNumber || 0);
  change(from && to && from > to ? { from: to, to: from } : { from, to });
}

function showFilters({ filters }) {
  writeFragment(filters);
  for (const name of ["from", "to"]) form.elements[name].value = filters[name] || "";
  for (const name of ["clean", "playable", "offline"]) form.elements[name].checked = filters[name];
  for (const [name, label] of [["languages", language], ["genres", genre]]) {
    const list = form.querySelector(`[data-name="${name}"]`);
    // What a link asks for and we do not list gets a pill of its own.
    for (const value of filters[name]) {
      if (![...list.querySelectorAll("input")].some((input) => input.value === value)) list.append(pill(name, value, label));
    }
    for (const input of list.querySelectorAll("input")) input.checked = filters[name].includes(input.value);
  }
  const count = active(filters).length;
  $("filters-toggle").lastChild.textContent = count ? `Filters · ${count}` : "Filters";
  $("filters-toggle").classList.toggle("on", count > 0);
}

watch("filters", showFilters);
