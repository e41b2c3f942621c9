// Venue codes as a phone reads them. Twin of venue_code.py, without the key of rotating codes: only
// central gates can tell a true one, a phone passes it on.
import { ALPHABET, bodyOf, ByteReader, messageOf, ROTATING, VENUE } from "./codeText";
import { requireCounty, requireDivision, requireSignature, type Verify } from "./personQr";
import { Refusal, requireRange } from "./refusal";

export const STEP_S = 30;
const N_PLACE = 9;
export const TYPED_CHARACTERS = 9;
const LOOKS_LIKE: Readonly<Record<string, string>> = { O: "0", I: "1", L: "1", "-": "", " ": "" };

export interface VenueDoor {
  readonly division: number;
  readonly venue: number;
  readonly door: number;
}

export interface VenuePoster extends VenueDoor {
  readonly signerId: number;
  readonly generation: number;
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

export interface RotatingCode extends VenueDoor {
  readonly keyId: number;
  readonly generation: number;
  readonly step: number;
  readonly authenticated: Uint8Array;
  readonly mac: Uint8Array;
}

function afterLastSlash(text: string): string {
  return text.slice(text.lastIndexOf("/") + 1);
}

function placeOf(bytes: ByteReader) {
  const division = requireDivision(bytes.number(3));
  const keyId = bytes.number(1);
  const venue = requireRange("venue", bytes.number(3), 1, 2 ** 24 - 1, "code.malformed");
  const door = requireRange("door", bytes.number(1), 1, 255, "code.malformed");
  const generation = requireRange("generation", bytes.number(1), 1, 255, "code.malformed");
  return { division, keyId, venue, door, generation };
}

/** What anybody can read in a poster's code, or in a URL that ends with it. */
export function parseVenuePoster(text: string): VenuePoster {
  const body = bodyOf(afterLastSlash(text), VENUE);
  const { keyId, ...place } = placeOf(new ByteReader(body));
  return { ...place, signerId: keyId, signed: messageOf(VENUE, body, N_PLACE), signature: body.subarray(N_PLACE) };
}

/** A poster of this county, proved by its signature. It proves no presence. */
export async function readVenuePoster(
  text: string,
  { division, verifiers }: { division: number; verifiers: ReadonlyMap<number, Verify> },
): Promise<VenuePoster> {
  const poster = parseVenuePoster(text);
  requireCounty(poster.division, division);
  await requireSignature(poster, verifiers);
  return poster;
}

/** What anybody can read in a rotating code. */
export function parseRotatingCode(text: string): RotatingCode {
  const body = bodyOf(afterLastSlash(text), ROTATING);
  const bytes = new ByteReader(body);
  const place = placeOf(bytes);
  const step = bytes.number(4);
  return { ...place, step, authenticated: messageOf(ROTATING, body, N_PLACE + 4), mac: body.subarray(N_PLACE + 4) };
}

/** Whichever of the two it is, by its prefix. */
export function parseVenueCode(text: string): VenuePoster | RotatingCode {
  const code = afterLastSlash(text);
  return code.startsWith(ROTATING.prefix.slice(0, 3)) ? parseRotatingCode(code) : parseVenuePoster(code);
}

/** Refuses a rotating code that was not on the screen at that second, give or take `drift` rotations. */
export function requireOnScreen(code: RotatingCode, atS: number, drift = 1): void {
  const behind = Math.floor(atS / STEP_S) - code.step;
  if (behind > drift) throw new Refusal("code.rotation_over", { seconds: atS - (code.step + 1) * STEP_S });
  if (behind < -drift) throw new Refusal("code.rotation_ahead", { seconds: code.step * STEP_S - atS });
}

/** The door of the nine characters somebody typed; whether they fit the county only the gate can tell. */
export function parseTypedVenue(text: string): Omit<VenueDoor, "division"> {
  const typed = [...text.slice(0, 64).toUpperCase()].map((c) => LOOKS_LIKE[c] ?? c).join("");
  if (typed.length !== TYPED_CHARACTERS) {
    throw new Refusal("code.typed_length", { length: typed.length, wanted: TYPED_CHARACTERS });
  }
  let number = 0;
  for (const [place, digit] of [...typed].entries()) {
    if (!ALPHABET.includes(digit)) throw new Refusal("code.garbled", { position: place + 1 });
    number = number * 32 + ALPHABET.indexOf(digit);
  }
  const place = Math.floor(number / 2 ** 13);
  return { venue: Math.floor(place / 256), door: place % 256 };
}
