// From a picture to an answer, and from a turned dial to another one. Everything that asks the server for songs is here:
// later questions replace earlier ones, and answers that come too late are dropped.
import { recommend, sendPicture } from "./api.js";
import { checkFile, checkSize } from "./check.js";
import { announce } from "./dom.js";
import { active, filterMessage, filterQuery, noFilters } from "./fragment.js";
import { clearNotice, showProblem } from "./notice.js";
import { readAnswer } from "./read.js";
import { isSteered, neutral, set, state } from "./state.js";
import { songs } from "./words.js";

const CALM = 40; // milliseconds without a change before songs are asked for
const COUNT = 5;

let current = null; // {blob, url, name}: the picture, only ever in this page
let running = new AbortController(); // what is asked now
let settled = null; // steering and filters of the answer that is shown
let timer = 0;

/** What is shown while a picture is being understood; the page's other modules listen. */
export const progress = { sent: 0, listeners: [] };

const tell = (sent) => {
  progress.sent = sent;
  for (const listener of progress.listeners) listener(sent);
};

function restart() {
  running.abort();
  clearTimeout(timer);
  running = new AbortController();
  return running;
}

/** Starts with a picture. name is for people only. */
export async function startPicture(blob, name = "Your picture") {
  const run = restart();
  clearNotice();
  let url = "";
  try {
    await checkFile(blob);
    url = URL.createObjectURL(blob);
    const { width, height } = await measure(url);
    if (run.signal.aborted) return URL.revokeObjectURL(url);
    if (width) checkSize(width, height);
    if (current) URL.revokeObjectURL(current.url);
    current = { blob, name, url, width, height };
  } catch (problem) {
    if (url) URL.revokeObjectURL(url);
    if (run.signal.aborted) return undefined;
    // An answer that is there stays: the wrong file was dropped on it.
    if (state.answer) {
      set({ phase: "refused" });
      showProblem({ kind: "refused", problem, blob, name, at: "notice" });
    } else {
      refuse(problem, blob, name);
    }
    return undefined;
  }
  set({ phase: "uploading", picture: current, answer: null, steer: neutral(), without: [], silence: false });
  announce("Sending the picture.");
  return upload(true);
}

/** The size of the picture; zeros if this browser cannot show it. The server may still read it. */
function measure(url) {
  const image = new Image();
  image.src = url;
  return image.decode().then(() => ({ width: image.naturalWidth, height: image.naturalHeight }), () => ({ width: 0, height: 0 }));
}

/** Leaves the picture and goes back to the beginning. */
export function leave() {
  restart();
  clearNotice();
  if (current) URL.revokeObjectURL(current.url);
  current = null;
  set({ phase: "empty", picture: null, answer: null, steer: neutral(), without: [], silence: false });
}

async function upload(mayRetry) {
  const run = restart();
  const { blob, name } = current;
  set({ phase: "uploading" });
  tell(0);
  try {
    const { query, complete } = filterQuery(state.filters);
    const asked = { steer: state.steer, filters: state.filters };
    const answer = readAnswer(await sendPicture(blob, query, {
      signal: run.signal,
      onProgress: tell,
      onSent() {
        tell(1);
        set({ phase: "analysing" });
        announce("The picture is sent and being looked at.");
      },
    }));
    if (run.signal.aborted) return;
    clearNotice();
    settled = asked;
    if (!complete || state.filters !== asked.filters || isSteered(state.steer)) {
      // What the upload could not say, or what changed since, is asked for before anything is shown.
      await rank({ answer, mayRetry: true, first: true });
    } else {
      show(answer);
    }
  } catch (problem) {
    if (problem.kind === "cancelled" || run.signal.aborted) return;
    if (problem.kind === "refused") refuse(problem, blob, name);
    else if (problem.kind === "invalid" && active(state.filters).length > 0) await withoutFilters(problem, mayRetry);
    else fail(problem, (again) => upload(again), mayRetry);
  }
}

/** The server does not take the filters of the address: the picture is looked at without them, and they are taken back. */
async function withoutFilters(problem, mayRetry) {
  set({ filters: noFilters() });
  await upload(mayRetry);
  if (state.answer) showProblem({ kind: "invalid", problem });
}

/** Asks for other songs after a moment of calm. */
export function rerank() {
  if (!state.answer?.state) return;
  if (state.steer === settled.steer && state.filters === settled.filters) return; // taken back
  clearTimeout(timer);
  timer = setTimeout(() => rank({ answer: state.answer, mayRetry: true }), CALM);
}

/** The message that asks for songs with the given steering and filters. */
function message(answerState, steering, filters) {
  const m = { state: answerState, count: COUNT, dials: steering.dials, filter: filterMessage(filters, steering) };
  if (steering.include.length) m.include = steering.include;
  if (steering.exclude.length) m.exclude = steering.exclude;
  if (steering.like.length) m.likeSongs = steering.like.map((s) => s.id);
  if (steering.target) m.target = steering.target;
  return m;
}

async function rank({ answer, mayRetry, first = false }) {
  const run = restart();
  const asked = { steer: state.steer, filters: state.filters };
  if (!first) set({ phase: "reranking" });
  try {
    const ranked = readAnswer(await recommend(message(answer.state, asked.steer, asked.filters), run.signal));
    if (run.signal.aborted) return;
    settled = asked;
    clearNotice();
    // The picture is the same: what was seen in it stays as it was shown.
    show({ ...answer, picks: ranked.picks, degraded: ranked.degraded, care: ranked.care, requestId: ranked.requestId }, run.signal);
  } catch (problem) {
    if (problem.kind === "cancelled" || run.signal.aborted) return;
    if (problem.kind === "not-found") show({ ...answer, picks: [] }, run.signal);
    else if (problem.kind === "state") await upload(mayRetry);
    else if (problem.kind === "invalid") undo(problem, answer);
    else fail(problem, (again) => rank({ answer, mayRetry: again, first }), mayRetry);
  }
}

function show(answer, signal) {
  const found = answer.picks.length;
  set({ answer, phase: found > 0 ? "answer" : "nothing" });
  const best = answer.picks[0];
  announce(found > 0 ? `${songs(found)}. First: ${best.title}${best.artist ? ` by ${best.artist}` : ""}.` : "No song fits.", 500);
  if (found === 0) void loosen(answer, signal ?? running.signal);
}

/** Finds out which filter, left out alone, lets songs pass; says so. */
async function loosen(answer, signal) {
  const { steer: steering, filters } = state;
  const tries = await Promise.all(active(filters).map(async (filter) => {
    try {
      const found = readAnswer(await recommend(message(answer.state, steering, { ...filters, ...filter.loosen }), signal));
      return { ...filter, found: found.picks.length };
    } catch {
      return { ...filter, found: 0 };
    }
  }));
  if (!signal.aborted && state.phase === "nothing") showProblem({ kind: "nothing", tries });
}

/** The server refused the wishes: the last change is taken back. */
function undo(problem, answer) {
  set({ phase: answer.picks.length > 0 ? "answer" : "nothing", answer, steer: settled.steer, filters: settled.filters });
  showProblem({ kind: "invalid", problem });
}

function refuse(problem, blob, name) {
  if (current) URL.revokeObjectURL(current.url);
  current = null;
  set({ phase: "refused", picture: null, answer: null });
  showProblem({ kind: "refused", problem, blob, name });
}

/** Shows what went wrong. A busy server is asked once more without being told to, and so is one that was out of reach. */
function fail(problem, again, mayRetry) {
  const kind = ["busy", "offline", "timeout", "internal"].includes(problem.kind) ? problem.kind : "gone";
  set({ phase: kind === "busy" || kind === "offline" ? kind : "gone" });
  showProblem({ kind, problem, again, automatic: mayRetry });
}
