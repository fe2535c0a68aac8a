// The songs: five rows that glide to their places.
import { $, button, el, foreign, icon, mayMove, setStyle } from "./dom.js";
import { order } from "./order.js";
import { light } from "./pad.js";
import { bestPlayable, hasPreview, seek, stop, toggle } from "./player.js";
import { set, state, steer, watch } from "./state.js";
import { buildWhy, partIndex } from "./why.js";
import { clock, partName, points, short } from "./words.js";

const GLIDE = { duration: 190, easing: "cubic-bezier(.2, .7, .2, 1)" };
const rows = new Map(); // by song id

/** The picks in the order in which they are shown. */
export const shown = () => order(state.answer?.picks ?? [], state.without);

/** Takes the songs away; empty places keep theirs. */
export function clearPicks() {
  rows.clear();
  $("picks").replaceChildren();
}

/** Shows the list, or the places of songs that are looked for or that there are none of. */
function showList({ answer, silence }) {
  const found = Boolean(answer?.picks.length);
  $("picks").hidden = silence || !found;
  $("places").hidden = silence || found;
}

watch(["answer", "silence"], showList);

/** Shows the songs. Those that were there before glide to their new places. */
export function showPicks() {
  const list = $("picks");
  const before = new Map([...rows].map(([id, row]) => [id, row.node.getBoundingClientRect().top]));
  const picks = shown();
  if (picks.length === 0) return clearPicks();
  const wanted = new Set(picks.map((p) => p.id));
  for (const id of [...rows.keys()].filter((key) => !wanted.has(key))) rows.delete(id);
  $("first").replaceChildren("First now: ", foreign(picks[0].title));
  const focused = document.activeElement;
  const nodes = picks.map((pick, i) => {
    if (!rows.has(pick.id)) rows.set(pick.id, buildRow(pick.id));
    const row = rows.get(pick.id);
    updateRow(row, pick, i);
    return row.node;
  });
  const same = nodes.length === list.children.length && nodes.every((node, i) => list.children[i] === node);
  if (!same) list.replaceChildren(...nodes);
  if (list.contains(focused) && document.activeElement !== focused) focused.focus({ preventScroll: true });
  showPlaying();
  if (!mayMove()) return undefined;
  for (const [id, row] of rows) {
    const was = before.get(id);
    if (was === undefined) row.node.animate([{ opacity: 0 }, { opacity: 1 }], { ...GLIDE, easing: "ease-out" });
    else {
      const by = was - row.node.getBoundingClientRect().top;
      if (Math.abs(by) > 1) row.node.animate([{ transform: `translateY(${by}px)` }, { transform: "none" }], GLIDE);
    }
  }
  return undefined;
}

function buildRow(id) {
  const row = { id };
  const now = () => row.pick;
  row.play = el("button", { type: "button", class: "play", data: { testid: "play" }, on: { click: () => toggle(now()) } });
  row.title = el("h3", { class: "title", dir: "auto" });
  row.by = el("p", { class: "by" });
  row.number = el("span", { class: "number" });
  row.bar = el("div", { class: "bar", role: "img" });
  row.reason = el("p", { class: "reason", dir: "auto" });
  row.sound = el("div", { class: "sound" });
  row.panel = el("div", { class: "why", id: `why-${id}`, hidden: true });
  row.more = el("button", {
    type: "button", class: "more", "aria-expanded": "false", "aria-controls": `why-${id}`, data: { testid: "why" },
    on: { click: () => openWhy(row, row.panel.hidden) },
  }, el("span", { text: "Why" }), icon("down"));
  row.node = el("li", {
    class: "pick", data: { id, testid: "pick" },
    on: { pointerenter: () => light(id), pointerleave: () => light(""), focusin: () => light(id), focusout: () => light("") },
  }, row.play, el("div", { class: "song" }, row.title, row.by), row.more,
  el("div", { class: "score" }, row.bar, row.number), row.reason, row.sound, row.panel);
  return row;
}

function openWhy(row, open) {
  row.panel.hidden = !open;
  row.more.setAttribute("aria-expanded", String(open));
  if (open) fillWhy(row);
}

function fillWhy(row) {
  row.panel.replaceChildren(...buildWhy(row.pick, {
    without: state.without,
    leaveOut: (part, off) => set({ without: off ? [...state.without, part] : state.without.filter((p) => p !== part) }),
    more: () => steer({ like: unique([...state.steer.like, row.pick]) }),
    notSong: () => steer({ noSongs: unique([...state.steer.noSongs, row.pick]), like: state.steer.like.filter((s) => s.id !== row.id) }),
    notArtist: () => steer({ noArtists: [...new Set([...state.steer.noArtists, row.pick.artist])] }),
  }));
}

const unique = (songs) => [...new Map(songs.map((s) => [s.id, { id: s.id, title: s.title }])).values()];

function updateRow(row, pick, index) {
  const had = row.pick;
  row.pick = pick;
  row.score = pick.shownScore;
  row.node.dataset.rank = String(index + 1);
  if (row.title.textContent !== pick.title) {
    row.title.textContent = pick.title;
    row.title.title = pick.title.length > 60 ? pick.title : "";
  }
  row.by.replaceChildren(...[
    pick.artist && foreign(pick.artist, { class: "artist" }),
    pick.year && el("span", { class: "year", text: String(pick.year) }),
    pick.explicit && el("span", { class: "badge", text: "explicit" }),
  ].filter(Boolean));
  row.more.setAttribute("aria-label", `Why ${short(pick.title)}`);
  row.number.textContent = points(pick.shownScore);
  row.number.setAttribute("aria-hidden", "true");
  const parts = pick.parts.filter((p) => !state.without.includes(p.name));
  row.bar.setAttribute("aria-label", `Score ${points(pick.shownScore)} of 100: ${parts.map((p) => `${partName(p.name).toLowerCase()} ${points(p.contribution * pick.scale, 1)}`).join(", ")}`);
  row.bar.replaceChildren(...parts.filter((p) => p.contribution > 0).map((p) => {
    const piece = el("i", { class: `part-${partIndex(p.name)}` });
    setStyle(piece, "--share", String(p.contribution * pick.scale));
    return piece;
  }));
  row.reason.textContent = pick.why;
  row.reason.hidden = !pick.why;
  if (!row.panel.hidden && (had !== pick || row.without !== state.without)) fillWhy(row);
  row.without = state.without;
}

/** Shows what plays in its row, or above the list if its row is gone. */
function showPlaying() {
  const { playing } = state;
  for (const row of rows.values()) {
    const mine = playing?.pick.id === row.id ? playing : null;
    const status = mine?.status ?? "";
    if (row.status !== status || !row.play.firstChild || row.canPlay !== hasPreview(row.pick)) {
      row.status = status;
      row.canPlay = hasPreview(row.pick);
      row.play.replaceChildren(icon(status === "playing" ? "pause" : row.canPlay && status !== "failed" ? "play" : "mute"));
      row.node.dataset.playing = status;
    }
    const verb = status === "playing" ? "Pause" : "Play";
    row.play.setAttribute("aria-label", `${verb} ${short(row.pick.title, 80)}${row.pick.artist ? ` by ${short(row.pick.artist, 60)}` : ""}${row.canPlay ? "" : ", no preview"}`);
    row.play.setAttribute("aria-busy", String(status === "resolving"));
    showSound(row, mine);
  }
  const away = playing && !rows.has(playing.pick.id) && playing.status !== "failed" ? playing : null;
  showAway(away);
}

function showSound(row, mine) {
  if (!mine) {
    if (row.sound.firstChild) row.sound.replaceChildren();
    row.range = null;
    return;
  }
  if (mine.url) {
    if (!row.range) {
      row.range = el("input", { type: "range", class: "seek", min: 0, step: 0.1, "aria-label": `Position in ${short(row.pick.title)}`, on: { input: () => seek(row.range.valueAsNumber) } });
      row.time = el("span", { class: "time" });
      row.source = el("span", { class: "source" });
      row.told = el("p", { class: "trouble" });
      row.sound.replaceChildren(el("div", { class: "track" }, row.range, row.time, row.source), row.told);
    }
    row.range.max = String(mine.length || 30);
    row.range.value = String(mine.at);
    row.range.disabled = !mine.length;
    row.range.setAttribute("aria-valuetext", `${clock(mine.at)} of ${clock(mine.length)}`);
    setStyle(row.range, "--from", "0");
    setStyle(row.range, "--to", String(mine.length ? mine.at / mine.length : 0));
    row.time.textContent = `${clock(mine.at)} / ${mine.length ? clock(mine.length) : "–:––"}`;
    showSource(row, mine);
    row.told.textContent = mine.trouble;
    row.told.hidden = !mine.trouble;
  } else if (mine.status === "failed" && row.failure !== mine.trouble + row.id) {
    row.range = null;
    row.sound.replaceChildren(el("p", { class: "trouble", role: "status", text: mine.trouble }), instead(row.id));
  } else if (mine.status === "resolving" && !row.range) {
    row.sound.replaceChildren(el("p", { class: "trouble", text: "Looking for a preview …" }));
  }
}

const providers = { demo: "Made by soundtrack", file: "From this server", url: "From its own address", deezer: "Preview by Deezer", itunes: "Preview by Apple Music" };

function showSource(row, { provider, link }) {
  const key = provider + link;
  if (row.source.dataset.key === key) return;
  row.source.dataset.key = key;
  const name = el("span", { text: providers[provider] ?? `Preview by ${provider || "an unknown source"}` });
  row.source.replaceChildren(link ? el("a", { href: link, target: "_blank", rel: "noopener noreferrer", title: "Opens the song's own page", data: { testid: "provider-link" } }, name, icon("out")) : name);
}

function instead(id) {
  const other = bestPlayable(shown(), id);
  if (other) return button(`Play “${short(other.title)}” instead`, { symbol: "play", on: () => toggle(other), "data-testid": "instead" });
  return button("Only show songs that can be played", { symbol: "filter", on: () => set({ filters: { ...state.filters, playable: true } }) });
}

let awayShown = null;

function showAway(playing) {
  const place = $("now");
  place.hidden = !playing;
  if (!playing) {
    awayShown = null;
    place.replaceChildren();
    return;
  }
  if (awayShown !== playing.pick.id) {
    awayShown = playing.pick.id;
    place.replaceChildren(
      el("p", {}, "Still there: ", foreign(short(playing.pick.title, 60), { class: "strong-text" })),
      el("button", { type: "button", class: "play small", on: { click: () => toggle(state.playing.pick) } }),
      button("", { symbol: "close", "aria-label": "Stop it", on: stop }));
  }
  const play = place.querySelector(".play");
  play.replaceChildren(icon(playing.status === "playing" ? "pause" : "play"));
  play.setAttribute("aria-label", `${playing.status === "playing" ? "Pause" : "Play"} ${short(playing.pick.title, 80)}`);
}

watch("playing", showPlaying);
