// Reads an answer of the server into plain values that the rest of the page can trust: numbers are finite and in range,
// texts are of bounded length and free of control characters, addresses are of a kind that may be used.
import { clamp } from "./dom.js";

const LONGEST = 400; // characters of a text

// Control characters, and those that turn the direction of what follows: titles are isolated, so they need none.
const unwanted = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g; // eslint-disable-line no-control-regex

const text = (value) => (typeof value === "string" ? value.replace(unwanted, " ").trim().slice(0, LONGEST) : "");
const list = (value, read, most = 100) => (Array.isArray(value) ? value.slice(0, most).map((v) => read(v ?? {})) : []);
const share = (value) => clamp(Number(value ?? 0), 0, 1);
const axis = (value) => clamp(Number(value ?? 0), -1, 1);
const whole = (value, most) => clamp(Math.round(Number(value ?? 0)), 0, most);

const evidence = (e) => ({ tagger: text(e.tagger), detail: text(e.detail), weight: share(e.weight) });
const tag = (t) => ({
  concept: text(t.concept), name: text(t.name) || text(t.concept), confidence: share(t.confidence),
  evidence: list(t.evidence, evidence, 12),
});
const affect = (a) => (a ? { valence: axis(a.valence), arousal: axis(a.arousal) } : null);

function colour(c) {
  const hex = /^#[0-9a-f]{6}$/i.test(c.hex) ? c.hex.toLowerCase() : null;
  return { hex, name: text(c.name) || hex, share: share(c.share) };
}

function pick(p) {
  const song = p.song ?? {};
  return {
    id: text(song.id), title: text(song.title) || "Untitled", artist: text(song.artist), album: text(song.album),
    year: whole(song.year, 9999), language: text(song.language), genres: list(song.genres, text, 8),
    explicit: song.explicit === true, affect: affect(song.affect), tempo: text(song.tempo),
    concepts: list(song.concepts, text, 12),
    score: share(p.score), why: text(p.why),
    parts: list(p.parts, (part) => ({
      name: text(part.name), weight: share(part.weight), value: share(part.value), contribution: share(part.contribution),
      evidence: list(part.evidence, text, 8),
    }), 12),
    preview: readPreview(p.preview),
  };
}

function readPreview(preview) {
  const kind = ["demo", "file", "lookup"].includes(preview?.kind) ? preview.kind : "none";
  return { kind, url: kind === "lookup" ? "" : playable(preview?.url) };
}

/** The address if sound may come from there: this server, or any other by https. Empty otherwise. */
export function playable(url) {
  if (typeof url !== "string" || url === "") return "";
  try {
    const parsed = new URL(url, location.href);
    return parsed.origin === location.origin || parsed.protocol === "https:" ? parsed.href : "";
  } catch {
    return "";
  }
}

/** The address if it may be linked to: https only. Empty otherwise. */
export function linkable(url) {
  const address = typeof url === "string" && /^https:\/\//i.test(url) ? playable(url) : "";
  return address.startsWith("https:") ? address : "";
}

/** Reads a RecommendResponse. */
export function readAnswer(answer) {
  const a = answer.analysis ?? {};
  return {
    requestId: text(answer.requestId),
    encoder: {
      id: text(answer.encoder?.id), reason: text(answer.encoder?.reason),
      backend: text(answer.encoder?.backend), device: text(answer.encoder?.device),
    },
    state: typeof a.state === "string" ? a.state : "",
    affect: a.affect ? { ...affect(a.affect), spread: clamp(Number(a.affect.spread ?? 0), 0, 2) } : null,
    affectEvidence: list(a.affectEvidence, evidence, 12), disagreement: clamp(Number(a.disagreement ?? 0), 0, 2),
    moods: list(a.moods, tag, 8), objects: list(a.objects, tag, 12), scenes: list(a.scenes, tag, 8),
    colours: list(a.colours, colour, 12).filter((c) => c.hex),
    era: {
      label: text(a.era?.label), decade: whole(a.era?.decade, 9999), confidence: share(a.era?.confidence),
      evidence: list(a.era?.evidence, evidence, 12),
      decades: list(a.era?.decades, (d) => ({ decade: whole(d.decade, 9999), share: share(d.share) }), 32).filter((d) => d.decade > 0),
    },
    caption: text(a.caption),
    care: { quiet: answer.care?.noAutoplay === true, reason: text(answer.care?.reason) },
    picks: list(answer.picks, pick).filter((p) => p.id),
    degraded: list(answer.degraded, (d) => ({ part: text(d.part), reason: text(d.reason), remedy: text(d.remedy) }), 12),
  };
}

/** Reads a ResolvePreviewResponse. */
export const readPlayable = (answer) => ({
  url: playable(answer.url), provider: text(answer.provider), link: linkable(answer.link),
  duration: clamp(Number(answer.duration ?? 0), 0, 86_400),
});
