// Puts the page together.
import { $ } from "./dom.js";
import { buildDials } from "./dials.js";
import { needsCare } from "./extras.js";
import { buildFilters } from "./filters.js";
import { listenForPictures } from "./intake.js";
import { connectNotices, showNotice, clearNotice } from "./notice.js";
import { buildPad } from "./pad.js";
import { clearPicks, showPicks, shown } from "./picks.js";
import { connectMediaKeys, next, playOrPause, stop } from "./player.js";
import { showSeen } from "./seen.js";
import { rerank, startPicture } from "./session.js";
import { showAnalysis, showPicture } from "./stage.js";
import { state, watch } from "./state.js";

/** What tests and styles see: the state, and flags that can hold beside it. */
function showState() {
  const { phase, dragging, picture, answer, playing, silence } = state;
  const body = document.body;
  body.dataset.state = dragging ? "dragging" : phase;
  const flag = (name, on) => body.toggleAttribute(`data-${name}`, Boolean(on));
  flag("playing", playing?.status === "playing");
  flag("care", needsCare(answer));
  flag("silence", silence);
  flag("answered", answer);
  flag("offline", !navigator.onLine);
  const landing = !picture;
  $("landing").hidden = !landing;
  $("work").hidden = landing;
  $("again").hidden = landing;
}

watch(["phase", "dragging", "picture", "answer", "playing", "silence"], showState);

watch("picture", ({ picture }) => {
  stop();
  showPicture(picture);
  showSeen(null);
  clearPicks();
  if (picture) {
    scrollTo({ top: 0 });
    $("songs-heading").focus({ preventScroll: true });
  }
});

// The picture is looked at once: what was seen is only shown anew with another picture.
let seenState = "";
watch("answer", ({ answer }) => {
  if (!answer) {
    seenState = "";
    return;
  }
  if (seenState !== answer.state || !answer.state) {
    seenState = answer.state;
    showAnalysis(answer, { quiet: needsCare(answer) });
    showSeen(answer);
  }
  showPicks();
});

watch("without", () => state.answer && showPicks());
watch("silence", () => state.silence && stop());
watch(["steer", "filters"], rerank);

buildPad();
buildDials();
buildFilters();
connectNotices({ start: startPicture });
connectMediaKeys(shown);
listenForPictures(startPicture);

// What is seen stands below the picture where there is room beside the songs, and below the songs where there is not. It is
// moved, not only shown elsewhere, so that reading and tabbing follow the eye.
const wide = matchMedia("(min-width: 60rem)");
const settle = () => (wide.matches ? $("left").append($("seen")) : $("songs").after($("seen")));
wide.addEventListener("change", settle);
settle();

// Space plays and N goes on, unless something is focused that uses the key itself.
const taken = "a, button, input, select, textarea, summary, label, [role=slider], [popover]";
addEventListener("keydown", (event) => {
  if (!$("keys").checked || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
  if (!state.answer || state.silence) return;
  const inText = event.target.closest?.("input:not([type=range], [type=checkbox], [type=radio]), textarea, select");
  if (event.key === " " && !event.target.closest?.(taken)) {
    event.preventDefault();
    playOrPause(shown());
  } else if (event.key.toLowerCase() === "n" && !inText && !event.repeat) {
    next(shown());
  }
});

// Without a network the page stays usable: a server on this machine still answers, and says so by answering.
function showConnection() {
  showState();
  if (state.phase === "empty" && !navigator.onLine) {
    showNotice({
      name: "offline", at: "landing-notice", symbol: "cloud", title: "You are offline",
      text: "A picture can still be looked at if soundtrack runs on this machine.",
    });
  } else if (state.phase === "empty") {
    clearNotice();
  }
}
addEventListener("online", showConnection);
addEventListener("offline", showConnection);
if (!navigator.onLine) showConnection();

showState();
document.documentElement.classList.add("ready");
