// The state of the page: one object, changed by set, watched by key.

/** An untouched steering: what the dials, the pad, the words and the songs ask for. */
export const neutral = () => ({
  dials: { contrast: 0, atmosphere: 0, era: 0, surprise: 0 },
  target: null, // {valence, arousal}: the mood wanted instead of the picture's
  include: [], // concept ids or words
  exclude: [],
  like: [], // {id, title} of songs whose neighbourhood is wanted
  noSongs: [], // {id, title}
  noArtists: [], // names
});

export const state = {
  phase: "empty", // empty uploading analysing answer reranking busy refused nothing gone offline
  dragging: false,
  picture: null, // {blob, url, name, width, height}
  answer: null, // see read.js; picks included
  steer: neutral(),
  filters: {}, // see filters.js
  without: [], // names of parts left out of the order
  silence: false, // no songs wanted
  playing: null, // see player.js
  lit: "", // id of the song that is pointed at
};

const watchers = [];

/** Calls react after each change of one of the keys. */
export function watch(keys, react) {
  watchers.push({ keys: [keys].flat(), react });
}

/** Changes the state and tells those who watch. */
export function set(change) {
  const changed = Object.keys(change).filter((key) => state[key] !== change[key]);
  Object.assign(state, change);
  for (const { keys, react } of watchers) {
    if (keys.some((key) => changed.includes(key))) react(state);
  }
}

/** Changes part of the steering. */
export const steer = (change) => set({ steer: { ...state.steer, ...change } });

/** Whether anything is steered. */
export function isSteered({ dials, target, include, exclude, like, noSongs, noArtists }) {
  return Boolean(target) || Object.values(dials).some(Boolean) ||
    [include, exclude, like, noSongs, noArtists].some((list) => list.length > 0);
}
