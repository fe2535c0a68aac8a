// What can go wrong, told apart by what a person can do about it.

/**
 * kind is one of: refused (the picture), busy, offline, gone, timeout, invalid (the wishes), state (the analysis is too
 * old), no-preview, not-found, internal, cancelled.
 */
export class Problem extends Error {
  constructor(kind, { message = "", remedy = "", reason = "", retryAfter = 0, requestId = "" } = {}) {
    super(message);
    Object.assign(this, { kind, remedy, reason, retryAfter, requestId });
  }
}

const kindOfReason = {
  "picture-too-large": "refused", "picture-format": "refused", "picture-corrupt": "refused", "picture-empty": "refused",
  invalid: "invalid", "not-found": "not-found", busy: "busy", "no-preview": "no-preview", state: "state",
  timeout: "timeout", internal: "internal",
};

const kindOfCode = {
  invalid_argument: "invalid", out_of_range: "invalid", failed_precondition: "invalid", not_found: "not-found",
  resource_exhausted: "busy", unavailable: "gone", deadline_exceeded: "timeout",
};

const kindOfStatus = { 400: "invalid", 404: "not-found", 408: "timeout", 415: "refused", 429: "busy", 502: "gone", 503: "gone", 504: "gone" };

/** Nobody answered. */
export const unreachable = () => new Problem(navigator.onLine ? "gone" : "offline");

/** Reads an error answer: of the plain endpoint, of Connect, or of a proxy that speaks neither. header gets a header. */
export function readProblem(status, text, header) {
  let body = {};
  try {
    body = JSON.parse(text) ?? {};
  } catch {
    // A proxy's page: the status has to do.
  }
  const detail = connectDetail(body.details);
  const reason = words(detail.reason ?? body.reason) || (status === 413 ? "picture-too-large" : "");
  const retryAfter = seconds(detail.retryAfter ?? body.retryAfter) || seconds(Number(header("Retry-After")));
  let kind = kindOfReason[reason] ?? kindOfCode[body.code] ?? kindOfStatus[status] ?? "internal";
  if (kind === "gone" && retryAfter > 0) kind = "busy";
  return new Problem(kind, { message: words(body.message), remedy: words(detail.remedy ?? body.remedy), reason, retryAfter, requestId: words(header("X-Request-Id")) });
}

const words = (value) => (typeof value === "string" ? value.slice(0, 500) : "");
const seconds = (value) => (Number.isFinite(value) && value > 0 ? Math.min(value, 3600) : 0);

/** Finds the ErrorDetail among Connect's details: as JSON where the server adds it, else from the protobuf bytes. */
function connectDetail(details) {
  const found = Array.isArray(details) ? details.find((d) => d?.type === "soundtrack.v1.ErrorDetail") : undefined;
  if (!found) return {};
  if (found.debug && typeof found.debug === "object") return found.debug;
  try {
    return decodeDetail(Uint8Array.from(atob(found.value), (c) => c.charCodeAt(0)));
  } catch {
    return {};
  }
}

/** Decodes ErrorDetail: 1 reason and 2 remedy are strings, 3 retry_after is a double. */
export function decodeDetail(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const detail = {};
  let at = 0;
  const varint = () => {
    for (let value = 0, shift = 0; shift < 32; shift += 7) {
      const byte = view.getUint8(at++);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new RangeError("varint");
  };
  while (at < bytes.length) {
    const tag = varint();
    switch (tag & 7) {
      case 0: varint(); break;
      case 1:
        if (tag >> 3 === 3) detail.retryAfter = view.getFloat64(at, true);
        at += 8;
        break;
      case 2: {
        const length = varint();
        const text = new TextDecoder().decode(bytes.subarray(at, at + length));
        if (tag >> 3 === 1) detail.reason = text;
        if (tag >> 3 === 2) detail.remedy = text;
        at += length;
        break;
      }
      case 5: at += 4; break;
      default: throw new RangeError("wire type");
    }
  }
  return detail;
}
