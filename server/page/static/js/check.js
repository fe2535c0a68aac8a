// Refuses in the page what the server would refuse, before anything is sent, and in the same words.
import { Problem } from "./problem.js";
import { count } from "./words.js";

const MAX_BYTES = 16 << 20;
const MAX_PIXELS = 50_000_000;
const MAX_SIDE = 16_384;
const MAX_ASPECT = 100;

/** What is said about each reason. The server's own remedy, where it sends one, replaces ours. */
export const refusals = {
  "picture-too-large": { title: "This picture is too large", remedy: "Make the picture smaller and send it again." },
  "picture-format": { title: "This is not a picture that can be read", remedy: "Send a JPEG, PNG, WebP or GIF picture." },
  "picture-corrupt": { title: "This picture is damaged", remedy: "Send the picture again, whole, or save it anew first." },
  "picture-empty": { title: "There is nothing in this file", remedy: "Send a picture." },
};

const refuse = (reason, message) => new Problem("refused", { reason, message, remedy: refusals[reason].remedy });

/** Throws a Problem if the bytes are none that the server takes. Returns the format. */
export async function checkFile(blob) {
  if (blob.size === 0) throw refuse("picture-empty", "picture is empty");
  const format = sniff(new Uint8Array(await blob.slice(0, 32).arrayBuffer()));
  if (!accepted.includes(format)) {
    const found = format ? `not a supported picture format, but ${format}` : "not a supported picture format";
    throw refuse("picture-format", `${found}: want JPEG, PNG, WebP or GIF`);
  }
  if (blob.size > MAX_BYTES) {
    throw refuse("picture-too-large", `picture is ${count(blob.size)} bytes long, at most ${count(MAX_BYTES)} are accepted`);
  }
  return format;
}

/** Throws a Problem if a decoded picture has a size that the server refuses. */
export function checkSize(width, height) {
  const [long, short] = [Math.max(width, height), Math.min(width, height)];
  if (short === 0) throw refuse("picture-empty", "picture is empty");
  if (long > MAX_SIDE) throw refuse("picture-too-large", `picture is ${count(long)} pixels long on one side, at most ${count(MAX_SIDE)} are accepted`);
  if (width * height > MAX_PIXELS) {
    throw refuse("picture-too-large", `picture is ${count(width * height)} pixels large, at most ${count(MAX_PIXELS)} are accepted`);
  }
  if (long > short * MAX_ASPECT) throw refuse("picture-too-large", `picture is ${Math.ceil(long / short)} times as long as it is wide, at most ${MAX_ASPECT} times are accepted`);
}

const accepted = ["JPEG", "PNG", "WebP", "GIF"];

/** Tells a format by its first bytes; names and declared types are not believed. */
function sniff(head) {
  const ascii = String.fromCharCode(...head);
  const at = (offset, text) => ascii.startsWith(text, offset);
  if (at(0, "\xff\xd8\xff")) return "JPEG";
  if (at(0, "\x89PNG\r\n\x1a\n")) return "PNG";
  if (at(0, "RIFF") && at(8, "WEBP")) return "WebP";
  if (at(0, "GIF87a") || at(0, "GIF89a")) return "GIF";
  if (at(4, "ftyp")) return at(8, "avi") ? "AVIF" : at(8, "hei") || at(8, "mif1") ? "HEIC" : "video";
  if (at(0, "II*\0") || at(0, "MM\0*")) return "TIFF";
  if (at(0, "BM")) return "BMP";
  if (at(0, "%PDF")) return "PDF";
  if (/^\s*<(\?xml|svg)/i.test(ascii)) return "SVG";
  return "";
}

/**
 * Makes a picture that the server takes from one that only the browser can read: smaller, and a JPEG. Gives null if the
 * browser cannot read it either.
 */
export async function convert(blob, longest = 2048) {
  try {
    const bitmap = await createImageBitmap(blob, { imageOrientation: "from-image" });
    const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
    const canvas = new OffscreenCanvas(Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale)));
    const context = canvas.getContext("2d", { alpha: false });
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    checkSize(canvas.width, canvas.height);
    return await canvas.convertToBlob({ type: "image/jpeg", quality: 0.92 });
  } catch {
    return null;
  }
}
