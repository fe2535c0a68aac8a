// The filters in the address: what follows # restores them, and never holds anything of a picture.

/** The empty filters. */
export const noFilters = () => ({ languages: [], genres: [], from: 0, to: 0, clean: false, playable: false, offline: false });

const codes = (value) => (value ?? "").split(",").map((c) => c.trim().toLowerCase()).filter((c) => /^[a-z0-9-]{2,40}$/.test(c)).slice(0, 40);
const year = (value) => (/^\d{4}$/.test(value ?? "") ? Number(value) : 0);

/** Reads the address. What it does not understand it leaves out. */
export function readFragment(hash = location.hash) {
  const q = new URLSearchParams(hash.replace(/^#/, ""));
  let [from, to] = [year(q.get("from")), year(q.get("to"))];
  if (from && to && from > to) [from, to] = [to, from];
  return {
    languages: codes(q.get("language")).filter((c) => /^[a-z]{2,3}$/.test(c)), genres: codes(q.get("genre")), from, to,
    clean: q.get("explicit") === "no", playable: q.get("playable") === "yes", offline: q.get("offline") === "yes",
  };
}

/** Writes the address without a new entry in the history. */
export function writeFragment(f) {
  const q = [];
  if (f.from) q.push(`from=${f.from}`);
  if (f.to) q.push(`to=${f.to}`);
  if (f.languages.length) q.push(`language=${f.languages.join(",")}`);
  if (f.genres.length) q.push(`genre=${f.genres.join(",")}`);
  if (f.clean) q.push("explicit=no");
  if (f.playable) q.push("playable=yes");
  if (f.offline) q.push("offline=yes");
  const hash = q.length ? `#${q.join("&")}` : "";
  if (hash !== location.hash) history.replaceState(null, "", hash || location.pathname + location.search);
}

/** The filters that are on, each with its name and how to loosen it. */
export function active(f) {
  const on = [];
  if (f.from || f.to) on.push({ name: years(f), loosen: { from: 0, to: 0 } });
  if (f.languages.length) on.push({ name: "language", loosen: { languages: [] } });
  if (f.genres.length) on.push({ name: "genre", loosen: { genres: [] } });
  if (f.clean) on.push({ name: "no explicit songs", loosen: { clean: false } });
  if (f.playable) on.push({ name: "playable only", loosen: { playable: false } });
  if (f.offline) on.push({ name: "without a network", loosen: { offline: false } });
  return on;
}

function years({ from, to }) {
  if (from && to) return from === to ? `the year ${from}` : `${from} to ${to}`;
  return from ? `from ${from}` : `until ${to}`;
}

/**
 * The filters as query parameters of the upload. It has none for songs that play without a network: complete is false if
 * they have to be asked for afterwards.
 */
export function filterQuery(f) {
  const q = new URLSearchParams();
  if (f.from) q.set("year_from", f.from);
  if (f.to) q.set("year_to", f.to);
  for (const code of f.languages) q.append("language", code);
  for (const genre of f.genres) q.append("genre", genre);
  if (f.clean) q.set("explicit", "false");
  if (f.playable) q.set("playable", "true");
  return { query: q.size ? `?${q}` : "", complete: !f.offline };
}

/** The filters as the API wants them. */
export const filterMessage = (f, steer) => ({
  languages: f.languages, genres: f.genres, yearFrom: f.from, yearTo: f.to, excludeExplicit: f.clean,
  playableOnly: f.playable, offlineOnly: f.offline,
  excludeSongs: steer.noSongs.map((s) => s.id), excludeArtists: steer.noArtists,
});
