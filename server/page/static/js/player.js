// One audio element for the whole page. Nothing plays that nobody pressed.
import { resolvePreview } from "./api.js";
import { $, announce } from "./dom.js";
import { readPlayable } from "./read.js";
import { set, state } from "./state.js";

const audio = $("player");
let asking = new AbortController();

const patch = (change) => state.playing && set({ playing: { ...state.playing, ...change } });

/** Whether something may be played for a song at all. */
export const hasPreview = (pick) => pick.preview.kind !== "none";

/** The best song of a list that can be played, without a network if possible; except is left out. */
export function bestPlayable(picks, except) {
  const others = picks.filter((p) => p.id !== except && hasPreview(p) && !failed.has(p.id));
  return others.find((p) => p.preview.kind !== "lookup") ?? others[0];
}

const failed = new Set(); // songs whose preview could not be found or played

/** Plays a song, or pauses it if it plays. To be called from a key or a click. */
export function toggle(pick) {
  const now = state.playing;
  if (now?.pick.id === pick.id && now.url) {
    if (now.status === "playing") audio.pause();
    else start();
    return;
  }
  stop();
  if (!hasPreview(pick)) {
    set({ playing: { pick, status: "failed", trouble: "Nobody has a preview of this song." } });
    announce(`No preview of ${pick.title}.`, 0);
    return;
  }
  set({ playing: { pick, status: "resolving", url: "", provider: "", link: "", at: 0, length: 0, trouble: "" } });
  if (pick.preview.url) {
    load({ url: pick.preview.url, provider: pick.preview.kind, link: "", duration: 0 });
    return;
  }
  void find(pick);
}

/** Asks for an address at the moment it is needed: addresses expire. */
async function find(pick) {
  asking = new AbortController();
  const { signal } = asking;
  try {
    const found = readPlayable(await resolvePreview(pick.id, signal));
    if (signal.aborted) return;
    if (!found.url) trouble("The preview came without an address that can be used.");
    else load(found);
  } catch (problem) {
    if (signal.aborted || problem.kind === "cancelled") return;
    const said = {
      offline: "This preview has to be looked up, and there is no network.",
      gone: "The server does not answer, so the preview could not be looked up.",
      busy: "The server is busy. Press play again in a moment.",
      timeout: "Looking the preview up took too long. Press play again.",
    }[problem.kind] ?? `No preview was found for this song.${problem.remedy ? ` ${problem.remedy}` : ""}`;
    trouble(said, problem.kind === "no-preview" || problem.kind === "not-found");
  }
}

function load({ url, provider, link, duration }) {
  patch({ url, provider, link, length: duration });
  audio.src = url;
  start();
}

function start() {
  audio.play().catch((error) => {
    // Some browsers want another press after the time that a look-up takes.
    if (error.name === "NotAllowedError") patch({ status: "paused", trouble: "It is ready: press play once more." });
    else if (error.name !== "AbortError") trouble("The preview could not be played.");
  });
}

function trouble(text, forGood = false) {
  const id = state.playing?.pick.id;
  if (id && forGood) failed.add(id);
  patch({ status: "failed", trouble: text, url: "" });
  announce(text, 0);
}

/** Stops and forgets what is played. */
export function stop() {
  asking.abort();
  if (audio.hasAttribute("src")) {
    audio.pause();
    audio.removeAttribute("src");
    audio.load();
  }
  set({ playing: null });
}

/** Goes to a second of what is played. */
export function seek(seconds) {
  if (Number.isFinite(audio.duration)) audio.currentTime = Math.min(seconds, audio.duration);
}

/** Plays the song after the one that plays, among those that can be played. */
export function next(picks) {
  const at = picks.findIndex((p) => p.id === state.playing?.pick.id);
  const order = [...picks.slice(at + 1), ...picks.slice(0, at + 1)];
  const pick = order.find((p) => hasPreview(p) && !failed.has(p.id));
  if (!pick) return announce("Nothing in this list can be played.", 0);
  if (pick.id !== state.playing?.pick.id || state.playing.status !== "playing") toggle(pick);
  return announce(`${pick.title}${pick.artist ? ` by ${pick.artist}` : ""}`, 0);
}

/** Plays or pauses what is at hand: the song that was played last, or the first that can be played. */
export function playOrPause(picks) {
  const now = state.playing;
  const pick = now && now.status !== "failed" ? now.pick : bestPlayable(picks);
  if (pick) toggle(pick);
  else announce("Nothing in this list can be played.", 0);
}

const on = (event, react) => audio.addEventListener(event, react);
on("playing", () => patch({ status: "playing", trouble: "" }));
on("waiting", () => patch({ status: "resolving" }));
on("pause", () => state.playing?.status !== "failed" && patch({ status: "paused" }));
on("ended", () => {
  audio.currentTime = 0;
  patch({ status: "paused", at: 0 });
  announce("The preview is over.", 0);
});
on("timeupdate", () => patch({ at: audio.currentTime }));
on("durationchange", () => Number.isFinite(audio.duration) && patch({ length: audio.duration }));
on("error", () => audio.hasAttribute("src") && trouble("The preview could not be loaded."));

/** Answers the keys of keyboards, headphones and lock screens that are made for it. */
export function connectMediaKeys(picks) {
  const session = navigator.mediaSession;
  if (!session) return;
  for (const [action, react] of [["play", () => playOrPause(picks())], ["pause", () => audio.pause()], ["nexttrack", () => next(picks())]]) {
    session.setActionHandler(action, react);
  }
  on("playing", () => {
    const { title, artist, album } = state.playing.pick;
    session.metadata = new MediaMetadata({ title, artist, album });
  });
}
