// The picture, its colours, and what was made of them.
import { $, announce, el, setStyle } from "./dom.js";
import { applyTheme } from "./theme.js";
import { percent } from "./words.js";

/** Shows a picture ({url, name, width, height}), or none for null. */
export function showPicture(picture) {
  const image = $("picture");
  if (!picture) {
    image.removeAttribute("src");
    image.alt = "";
    showAnalysis(null);
    return;
  }
  // The place is kept before the picture is painted, so that nothing moves.
  const ratio = picture.width ? picture.width / picture.height : 1.5;
  setStyle($("stage"), "--ratio", String(Math.min(4, Math.max(0.4, ratio))));
  image.width = picture.width || 3;
  image.height = picture.height || 2;
  image.src = picture.url;
  image.alt = picture.name;
  $("stage").classList.toggle("unseen", !picture.width);
  showAnalysis(null);
}

/** Shows what an answer says about the picture as a whole, or nothing yet for null. */
export function showAnalysis(answer, { quiet = false } = {}) {
  $("caption").textContent = answer?.caption ?? "";
  showPalette(answer?.colours ?? []);
  applyTheme(answer?.colours ?? null, quiet);
  if (answer) $("picture").alt = answer.caption || described(answer);
}

function described({ objects, scenes, moods }) {
  const names = [...scenes.slice(0, 2), ...objects.slice(0, 3)].map((t) => t.name);
  const mood = moods[0] ? `, ${moods[0].name}` : "";
  return names.length ? `Your picture: ${names.join(", ")}${mood}` : "Your picture";
}

function showPalette(colours) {
  $("palette").replaceChildren(...colours.map(({ hex, name, share }) => {
    const swatch = el("button", {
      type: "button", class: "swatch", "aria-label": `${name} ${percent(share)} · ${hex}`, title: "Copy", on: { click: () => copy(hex) },
    }, el("span", { class: "swatch-name", "aria-hidden": "true" }, el("b", { text: name }), " ", el("span", { text: `${percent(share)} · ${hex}` })));
    setStyle(swatch, "--swatch", hex);
    const item = el("li", {}, swatch);
    setStyle(item, "--share", String(Math.max(0.04, share)));
    return item;
  }));
}

async function copy(hex) {
  try {
    await navigator.clipboard.writeText(hex);
    announce(`${hex} copied.`, 0);
  } catch {
    announce(`This browser does not let ${hex} be copied.`, 0);
  }
}
