// Our codes as text: FX, the kind, the version, then the bytes in base 32. Twin of byte_text.py.
import { Refusal, type RefusalCode } from "./refusal";

export const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
export const VERSION = "1";
const LETTERS = "PCVR";

/** One kind of code: its prefix, its length, and what to say when another kind was scanned. */
export interface CodeKind {
  readonly letter: string;
  readonly prefix: string;
  readonly nBytes: number;
  readonly nCharacters: number;
  readonly wants: RefusalCode;
}

function kind(letter: string, nBytes: number, wants: RefusalCode): CodeKind {
  return { letter, prefix: `FX${letter}${VERSION}`, nBytes, nCharacters: 4 + Math.ceil((nBytes * 8) / 5), wants };
}

export const PERSON = kind("P", 93, "code.wants_person");
export const CARD = kind("C", 88, "code.wants_card");
export const VENUE = kind("V", 73, "code.wants_venue");
export const ROTATING = kind("R", 21, "code.wants_rotating");

/** P, C, V or R by the prefix alone, to choose a reader; refuses what is not ours. */
export function letterOf(text: string): string {
  const letter = text.charAt(2);
  if (!text.startsWith("FX") || letter === "" || !LETTERS.includes(letter)) {
    throw new Refusal("code.foreign", { length: text.length });
  }
  return letter;
}

/** The bytes behind the prefix of a code of that kind, or the refusal that helps most. */
export function bodyOf(text: string, kind: CodeKind): Uint8Array {
  requireEnvelope(text, kind);
  const body = new Uint8Array(kind.nBytes);
  let bits = 0;
  let nBits = 0;
  let nBytes = 0;
  for (let place = 4; place < text.length; place++) {
    const digit = ALPHABET.indexOf(text.charAt(place));
    if (digit < 0) throw new Refusal("code.garbled", { position: place + 1 });
    bits = ((bits << 5) | digit) & 0xfff;
    nBits += 5;
    if (nBits >= 8 && nBytes < body.length) {
      nBits -= 8;
      body[nBytes++] = bits >> nBits;
      bits &= (1 << nBits) - 1;
    }
  }
  // One spelling only: what is left after the last byte must be zero.
  if (bits !== 0) throw new Refusal("code.garbled", { position: kind.nCharacters });
  return body;
}

function requireEnvelope(text: string, kind: CodeKind): void {
  const version = text.charAt(3);
  if (letterOf(text) !== kind.letter) throw new Refusal(kind.wants, { found: text.slice(0, 3) });
  if (version !== "" && version !== VERSION) {
    if (/[0-9A-Za-z]/.test(version)) throw new Refusal("code.version", { found: version, known: VERSION });
    throw new Refusal("code.garbled", { position: 4 });
  }
  const facts = { length: text.length, wanted: kind.nCharacters };
  if (text.length < kind.nCharacters) throw new Refusal("code.truncated", facts);
  if (text.length > kind.nCharacters) throw new Refusal("code.too_long", facts);
}

/** Big-endian reading of a code's bytes, field after field. */
export class ByteReader {
  private place = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** The next n bytes as a number; n is at most 6, so that it is exact. */
  number(n: number): number {
    let value = 0;
    for (const byte of this.take(n)) value = value * 256 + byte;
    return value;
  }

  /** The next 8 bytes as a 64-bit number. */
  word(): bigint {
    return (BigInt(this.number(4)) << 32n) | BigInt(this.number(4));
  }

  take(n: number): Uint8Array {
    this.place += n;
    return this.bytes.subarray(this.place - n, this.place);
  }
}

/** The message that is signed or authenticated: the prefix and the first n bytes. */
export function messageOf(kind: CodeKind, body: Uint8Array, n: number): Uint8Array {
  const message = new Uint8Array(4 + n);
  for (let i = 0; i < 4; i++) message[i] = kind.prefix.charCodeAt(i);
  message.set(body.subarray(0, n), 4);
  return message;
}
