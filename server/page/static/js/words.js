// Words and numbers for people.

/** Names of the parts of a score. */
const parts = {
  affect: "Mood", concepts: "What is in it", joint: "Picture and words", matcher: "Learned match", era: "Time",
  palette: "Colours", prior: "Sureness of the data",
};

export const partName = (name) => parts[name] ?? name;

const taggers = {
  labels: "Recognised", scenes: "Place recognised", clip: "Compared with words", palette: "Colours", head: "Like other pictures",
  affect: "Read from the mood", llm: "Language model", era: "Age of the picture",
};

export const taggerName = (name) => taggers[name] ?? name;

// The eight directions of the affect plane, counter-clockwise from pleasant.
const directions = ["pleasant", "joyful", "stirring", "tense", "troubled", "melancholic", "quiet", "serene"];

/** How a point of the affect plane feels, in a word or three. */
export function feeling({ valence, arousal }) {
  const radius = Math.hypot(valence, arousal);
  if (radius < 0.2) return "balanced";
  const word = directions[(Math.round(Math.atan2(arousal, valence) / (Math.PI / 4)) + 8) % 8];
  return radius < 0.45 ? `a little ${word}` : word;
}

// From here on taggers are said to disagree, as by the command line. Of the small model's alone it is one photograph in fifty.
const MUCH = 0.15;

/** Whether taggers contradict each other about the mood of a picture. */
export const disagree = (answer) => answer.disagreement >= MUCH;

/** The most probable decades of a guess, in the order of time; none if the guess says nothing, as a flat one does. */
export function tellingDecades(decades) {
  const likely = [...decades].sort((a, b) => b.share - a.share).slice(0, 3);
  if (likely.reduce((sum, { share }) => sum + share, 0) < 0.5) return [];
  return likely.filter(({ share }) => share >= 0.1).sort((a, b) => a.decade - b.decade);
}

/** A number with sign and two decimals, as ".42" or "−.30". */
export function signed(n) {
  const digits = Math.abs(n).toFixed(2).replace(/^0/, "");
  return n < 0 && digits !== ".00" ? `−${digits}` : digits;
}

/** A share as "43 %". */
export const percent = (n) => `${Math.round(n * 100)}\u202f%`;

/** Points of a hundred, with one decimal where asked for. */
export const points = (n, decimals = 0) => (n * 100).toFixed(decimals);

/** Seconds as "0:07". */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Seconds to be waited, in words. */
export const wait = (seconds) => (seconds === 1 ? "1 second" : `${seconds} seconds`);

/** A large number with its digits in groups. */
export const count = (n) => n.toLocaleString("en");

/** How many songs. */
export const songs = (n) => (n === 1 ? "One song" : `${["No", "One", "Two", "Three", "Four", "Five"][n] ?? n} songs`);

const languageNames = typeof Intl.DisplayNames === "function" ? new Intl.DisplayNames(["en"], { type: "language" }) : null;

/** The name of a language by its code. */
export function language(code) {
  if (code === "zxx") return "Instrumental";
  try {
    return languageNames?.of(code) ?? code;
  } catch {
    return code;
  }
}

/** A genre id as people write it. */
export const genre = (id) => (id === "r-and-b" ? "R&B" : id.replaceAll("-", " "));

/** A title short enough for a button or a sentence. */
export const short = (title, most = 40) => (title.length > most ? `${title.slice(0, most - 1).trimEnd()}…` : title);

/** Makes a sentence of a message of the server: its package prefix off, a capital, a full stop. */
export function sentence(message) {
  const text = message.replace(/^(?:[a-z]+: )+/, "").trim();
  if (!text) return "";
  return `${text[0].toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}
