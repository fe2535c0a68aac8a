// The picture's palette as the colours of the page. Colours are chosen in OKLCH (Ottosson 2020), where lightness can be
// turned without hue or chroma running away, and every pair that has to be told apart is measured by the contrast ratio
// of WCAG 2.2 and corrected until it passes.
import { setStyle } from "./dom.js";

const TEXT = 4.5; // contrast of text
const CONTROL = 3; // contrast of what is no text but must be seen
const MARGIN = 0.1; // kept above both, for rounding

/** "#rrggbb" to [L, C, h]: lightness 0–1, chroma, hue in degrees. */
export function toOklch(hex) {
  const [r, g, b] = channels(hex).map(linear);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const L = 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s;
  const A = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const B = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return [L, Math.hypot(A, B), (Math.atan2(B, A) * 180 / Math.PI + 360) % 360];
}

/** [L, C, h] to "#rrggbb". Chroma that the screen cannot show is taken back; lightness and hue stay. */
export function toHex([L, C, h]) {
  let [low, high] = [0, C];
  if (inGamut(toLinear([L, C, h]))) low = C;
  else for (let i = 0; i < 16; i++) {
    const middle = (low + high) / 2;
    if (inGamut(toLinear([L, middle, h]))) low = middle;
    else high = middle;
  }
  return `#${toLinear([L, low, h]).map((v) => Math.round(encoded(v) * 255).toString(16).padStart(2, "0")).join("")}`;
}

function toLinear([L, C, h]) {
  const A = C * Math.cos(h * Math.PI / 180);
  const B = C * Math.sin(h * Math.PI / 180);
  const l = (L + 0.3963377774 * A + 0.2158037573 * B) ** 3;
  const m = (L - 0.1055613458 * A - 0.0638541728 * B) ** 3;
  const s = (L - 0.0894841775 * A - 1.291485548 * B) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

const inGamut = (rgb) => rgb.every((v) => v > -1e-4 && v < 1 + 1e-4);
const channels = (hex) => [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255);
const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
function encoded(v) {
  const c = Math.min(1, Math.max(0, v));
  return c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055;
}

function luminance(hex) {
  const [r, g, b] = channels(hex).map(linear);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** The contrast ratio of two colours, from 1 to 21. */
export function contrast(a, b) {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** Moves a colour's lightness, down for direction −1 and up for +1, until it has the contrast to all of grounds. */
export function corrected([L, C, h], grounds, ratio, direction) {
  for (let at = L; at >= 0 && at <= 1; at += direction * 0.01) {
    const hex = toHex([at, C, h]);
    if (grounds.every((ground) => contrast(hex, ground) >= ratio + MARGIN)) return hex;
  }
  return direction < 0 ? "#000000" : "#ffffff";
}

// Lightness of each role, light then dark.
const roles = {
  light: { surface: 0.973, raised: 0.995, sunken: 0.942, line: 0.885, edge: 0.64, ink: 0.23, muted: 0.46, accent: 0.55, part: 0.6, shadow: 0.42, away: -1 },
  dark: { surface: 0.178, raised: 0.222, sunken: 0.142, line: 0.32, edge: 0.56, ink: 0.95, muted: 0.75, accent: 0.74, part: 0.72, shadow: 0.1, away: 1 },
};

// How far the hues of a score's parts lie from the accent's: far enough apart to be told apart beside each other.
const partTurns = [0, 62, 140, 205, 275, 320];

/**
 * Makes the colours of both schemes from a palette ({hex, share}). quiet takes half of the chroma away. Returns
 * {light, dark}, each an object of "#rrggbb" by role.
 */
export function makeTheme(colours, quiet = false) {
  const known = colours.map((c) => ({ share: c.share, lch: toOklch(c.hex) }));
  const calm = quiet ? 0.5 : 1;
  const main = pickBy(known, ({ share, lch: [, C] }) => share * (0.02 + C)) ?? [0.6, 0, 80];
  // The accent is the colour that one would name first: vivid, and not a speck.
  const vivid = pickBy(known, ({ share, lch: [L, C] }) => C * Math.sqrt(share) * (L > 0.2 && L < 0.95 ? 1 : 0.3)) ?? main;
  const theme = {};
  for (const [scheme, role] of Object.entries(roles)) {
    const tint = Math.min(scheme === "light" ? 0.007 : 0.014, main[1] * 0.22) * calm;
    const tinted = (L, times = 1) => toHex([L, tint * times, main[2]]);
    const grounds = [tinted(role.surface), tinted(role.raised), tinted(role.sunken, 1.4)];
    const chroma = Math.min(0.15, Math.max(vivid[1], vivid[1] > 0.02 ? 0.06 : 0)) * calm;
    const accent = corrected([role.accent, chroma, vivid[2]], [...grounds, role.away < 0 ? "#ffffff" : "#101010"], TEXT, role.away);
    theme[scheme] = {
      surface: grounds[0], raised: grounds[1], sunken: grounds[2],
      line: tinted(role.line, 1.6),
      edge: corrected([role.edge, tint * 1.6, main[2]], grounds, CONTROL, role.away),
      ink: corrected([role.ink, tint * 1.4, main[2]], grounds, 7, role.away),
      muted: corrected([role.muted, tint * 1.8, main[2]], grounds, TEXT, role.away),
      accent,
      "on-accent": role.away < 0 ? "#ffffff" : "#101010",
      shadow: toHex([role.shadow, Math.min(0.12, main[1]) * calm, main[2]]),
    };
    partTurns.forEach((turn, i) => {
      const part = [role.part, Math.max(0.05, chroma * 0.9), (vivid[2] + turn) % 360];
      theme[scheme][`part-${i}`] = corrected(part, grounds, CONTROL, role.away);
    });
  }
  return theme;
}

function pickBy(colours, value) {
  let best;
  for (const colour of colours) if (!best || value(colour) > value(best)) best = colour;
  return best?.lch;
}

/** Gives the page the colours of a palette, or its own again for null. */
export function applyTheme(colours, quiet) {
  const root = document.documentElement;
  const theme = colours?.length ? makeTheme(colours, quiet) : null;
  for (const scheme of ["light", "dark"]) {
    for (const role of [...root.style].filter((name) => name.startsWith("--") && name.endsWith(`-${scheme}`))) {
      if (!theme) root.style.removeProperty(role);
    }
    for (const [role, hex] of Object.entries(theme?.[scheme] ?? {})) setStyle(root, `--${role}-${scheme}`, hex);
    const meta = document.querySelector(`meta[name="theme-color"][media*="${scheme}"]`);
    meta.dataset.own ??= meta.content;
    meta.content = theme?.[scheme].surface ?? meta.dataset.own;
  }
}
