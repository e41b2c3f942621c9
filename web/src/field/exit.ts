/** The permit of whoever leaves the county (离境通行单), as far as a phone without the register can go: whether this county
    signed it, and its number. Its window, whom it names and whether it was withdrawn only the server knows. Twin of the
    text of documents/wire.py. No page, no storage. */

import type { VerifyWith } from "../core/bundle";
import type { Shown } from "../islands/bigAnswer";
import type { FieldWord } from "./words";

const SIGNED_AS = "fangxian.document.1\n";
/** Base64url of a number has no rest of one sign: such a text is none. */
const SHAPE = /^FXD1\.[LDR]\d{6}\.((?:[\w-]{4}){0,50}[\w-]{2,4})\.[\w-]{22}\.(\d{1,9})\.([\w-]{86})$/;

type Say = (name: FieldWord, facts?: Readonly<Record<string, string | number>>) => string;

export interface Permit {
  readonly text: string;
  /** As it is printed on the paper. */
  readonly number: string;
  /** False: nobody of this county signed it; null: this phone does not have that key. */
  readonly isOurs: boolean | null;
}

/** Whether what was scanned is a paper's code and nobody's own. */
export function isPaper(text: string): boolean {
  return text.trim().startsWith("FXD1.");
}

/** What a paper's code says; null where it is none, or not all of it. */
export async function readPermit(text: string, keys: ReadonlyMap<number, Uint8Array>, prove: VerifyWith): Promise<Permit | null> {
  const plain = text.trim();
  const found = SHAPE.exec(plain);
  if (!found) return null;
  const number = new TextDecoder().decode(bytesOf(found[1]!));
  const key = keys.get(Number(found[2]));
  if (!key) return { text: plain, number, isOurs: null };
  const message = new TextEncoder().encode(SIGNED_AS + plain.slice(0, plain.lastIndexOf(".")));
  return { text: plain, number, isOurs: await prove(message, bytesOf(found[3]!), key).catch(() => false) };
}

/** With a permit this phone lets nobody out by itself: a person looks at the paper, and the server says whether it counts. */
export function withPermit(answered: Shown, number: string, say: Say): Shown {
  const [check, later] = [say("exitCheck", { number }), say("exitLater")];
  const more = answered.more ?? [];
  const isHeld = answered.word === "refuse" || answered.word === "unknown";
  if (isHeld) return { ...answered, more: [check, later, ...more] };
  const also = answered.word === "admit" ? [] : [answered.reason];
  return { ...answered, word: "verify", reason: check, advice: say("exitLook"), more: [later, ...also, ...more] };
}

/** Whether a record is of somebody who leaves the county with a permit. */
export function isExit(body: Readonly<Record<string, unknown>>): boolean {
  return body["is_out"] === true && typeof body["permit"] === "string";
}

function bytesOf(base64url: string): Uint8Array {
  const plain = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}
