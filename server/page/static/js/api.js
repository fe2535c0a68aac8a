// The client: raw bytes for a picture, Connect's JSON form for everything else. Addresses are relative to the page.
import { Problem, readProblem, unreachable } from "./problem.js";

const SERVICE = "soundtrack.v1.SoundtrackService/";
const UPLOAD = "v1/recommend";
const PATIENCE = 30_000; // milliseconds without a sign of life

const address = (path) => new URL(path, new URL(".", location.href)).href;

/** Sends a picture; query holds the filters. onProgress gets the share that is sent, from 0 to 1; onSent is called once all of it is. */
export function sendPicture(blob, query, { signal, onProgress, onSent }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let timer = 0;
    const settle = (action, value) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      action(value);
    };
    const abort = () => {
      request.abort();
      settle(reject, new Problem("cancelled"));
    };
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        request.abort();
        settle(reject, new Problem("timeout", { message: "The server did not answer in time." }));
      }, PATIENCE);
    };
    request.open("POST", address(UPLOAD) + query);
    request.setRequestHeader("Content-Type", blob.type || "application/octet-stream");
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "text";
    request.upload.onprogress = (event) => {
      wait();
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    request.upload.onload = () => {
      wait();
      onSent();
    };
    request.onerror = () => settle(reject, unreachable());
    request.onload = () => {
      if (request.status === 200) {
        const answer = parse(request.responseText);
        if (answer) return settle(resolve, answer);
        return settle(reject, new Problem("gone", { message: "The answer could not be read." }));
      }
      return settle(reject, readProblem(request.status, request.responseText, (name) => request.getResponseHeader(name)));
    };
    if (signal.aborted) return reject(new Problem("cancelled"));
    signal.addEventListener("abort", abort);
    wait();
    return request.send(blob);
  });
}

/** Calls a method of the service. */
async function call(method, message, signal) {
  const late = AbortSignal.timeout(PATIENCE);
  try {
    const response = await fetch(address(SERVICE + method), {
      method: "POST",
      headers: { "Content-Type": "application/json", "Connect-Protocol-Version": "1" },
      body: JSON.stringify(message),
      signal: AbortSignal.any([signal, late]),
      credentials: "same-origin",
      redirect: "error",
    });
    const text = await response.text();
    if (!response.ok) throw readProblem(response.status, text, (name) => response.headers.get(name));
    const answer = parse(text);
    if (!answer) throw new Problem("gone", { message: "The answer could not be read." });
    return answer;
  } catch (error) {
    if (error instanceof Problem) throw error;
    if (signal.aborted) throw new Problem("cancelled");
    if (late.aborted) throw new Problem("timeout", { message: "The server did not answer in time." });
    throw unreachable();
  }
}

/** Ranks again, without a picture. */
export const recommend = (message, signal) => call("Recommend", message, signal);

/** Finds something to play for a song. */
export const resolvePreview = (songId, signal) => call("ResolvePreview", { songId }, signal);

function parse(text) {
  try {
    const value = JSON.parse(text);
    return value && typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}
