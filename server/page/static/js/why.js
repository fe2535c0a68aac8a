// Why: each part of a song's score with its numbers and its evidence.
import { button, el, foreign, icon } from "./dom.js";
import { genre, language, partName, percent, points } from "./words.js";

const known = ["affect", "concepts", "joint", "era", "palette", "prior"];

/** The place of a part in the row of colours. */
export const partIndex = (name) => (known.includes(name) ? known.indexOf(name) : name === "matcher" ? 2 : 5);

/** The content of a row's panel. */
export function buildWhy(pick, { without, leaveOut, more, notSong, notArtist }) {
  const head = el("tr", {}, ["Part", "Weight", "Fit", "Points"].map((text, i) => el("th", { scope: "col", class: i ? "n" : "", text })), el("th", { scope: "col" }, el("span", { class: "vh", text: "Leave out" })));
  const rows = pick.parts.flatMap((part) => {
    const off = without.includes(part.name);
    const name = partName(part.name);
    const facts = part.evidence.length > 0 && el("tr", { class: "facts" }, el("td", { colspan: 5 }, el("ul", { "aria-label": `Evidence: ${name.toLowerCase()}` }, part.evidence.map((fact) => el("li", {}, foreign(fact))))));
    return [el("tr", { class: off ? "off" : "" },
      el("th", { scope: "row" }, el("i", { class: `dot part-${partIndex(part.name)}`, "aria-hidden": "true" }), el("span", { text: name })),
      el("td", { class: "n", text: percent(part.weight) }), el("td", { class: "n", text: percent(part.value) }),
      el("td", { class: "n strong-text", text: off ? "–" : points(part.contribution * pick.scale, 1) }),
      el("td", {}, el("button", {
        type: "button", class: "leave", "aria-pressed": String(off), "aria-label": `Without ${name.toLowerCase()}`, title: `Order without ${name.toLowerCase()}`,
        on: { click: () => leaveOut(part.name, !off) },
      }, icon(off ? "plus" : "minus")))), facts].filter(Boolean);
  });
  const facts = [pick.album && ["Album", pick.album], pick.language && ["Language", language(pick.language)],
    pick.genres.length && ["Genre", pick.genres.map(genre).join(", ")], pick.tempo && ["Tempo", pick.tempo],
    pick.concepts.length && ["About", pick.concepts.slice(0, 8).map((c) => c.replaceAll("-", " ")).join(", ")]].filter(Boolean);
  return [
    pick.title.length > 90 && el("p", { class: "full-title", dir: "auto", text: pick.title }),
    el("table", { class: "parts" }, el("thead", {}, head), el("tbody", {}, rows),
      el("tfoot", {}, el("tr", {}, el("th", { scope: "row", text: "Score" }), el("td"), el("td"), el("td", { class: "n strong-text", text: points(pick.shownScore, 1) }), el("td")))),
    without.length > 0 && el("p", { class: "hint", text: "Points are what the parts that are left give, over their weights. The order is that of the songs in this list." }),
    facts.length > 0 && el("dl", { class: "facts-of-song" }, facts.flatMap(([term, value]) => [el("dt", { text: term }), el("dd", {}, foreign(value))])),
    el("div", { class: "actions" }, button("More like this", { symbol: "plus", on: more }), button("Not this song", { symbol: "minus", on: notSong }),
      pick.artist && button("Not this artist", { symbol: "minus", on: notArtist })),
  ].filter(Boolean);
}
