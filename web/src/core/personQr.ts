// A person's QR and the paper card as a door without network reads them. Twin of person_qr.py and
// byte_card.py. A device here holds public keys only: it can prove a code and can make none.
import { bodyOf, ByteReader, CARD, type CodeKind, messageOf, PERSON } from "./codeText";
import { Refusal, requireRange } from "./refusal";
import { unpackShort } from "./words";

const FIRST_DIVISION = 100_000;
const LAST_DIVISION = 999_999;
const LAST_MINUTE = 2 ** 26 - 1;
const LAST_DAY = 2 ** 15 - 1;
const LONGEST_VALIDITY_MIN = 1440;
const DAY_MIN = 1440;
const N_SIGNED = { person: 29, card: 24 } as const;

/** Whether the Ed25519 signature is that key's for the message. */
export type Verify = (message: Uint8Array, signature: Uint8Array) => boolean | Promise<boolean>;

/** What a device knows when it reads a code: its county, its time, the public keys by signer id. */
export interface Edge {
  readonly division: number;
  readonly atMin: number;
  readonly verifiers: ReadonlyMap<number, Verify>;
}

interface Signed {
  readonly division: number;
  readonly signerId: number;
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

export interface PersonQr extends Signed {
  readonly dayKeyId: number;
  readonly handle: bigint;
  readonly fromMin: number;
  readonly untilMin: number;
  readonly short: number;
}

export interface PaperCard extends Signed {
  readonly cardKeyId: number;
  readonly handle: bigint;
  readonly issuedDay: number;
  readonly endsDay: number;
}

export function requireDivision(division: number): number {
  return requireRange("division", division, FIRST_DIVISION, LAST_DIVISION, "code.malformed");
}

function sealOf(kind: CodeKind, body: Uint8Array, nSigned: number): Pick<Signed, "signed" | "signature"> {
  return { signed: messageOf(kind, body, nSigned), signature: body.subarray(nSigned) };
}

/** What anybody can read in a person's QR; nothing is proved yet. */
export function parsePersonQr(text: string): PersonQr {
  const body = bodyOf(text, PERSON);
  const bytes = new ByteReader(body);
  const division = requireDivision(bytes.number(3));
  const signerId = bytes.number(1);
  const dayKeyId = bytes.number(2);
  const handle = bytes.word();
  const validity = bytes.number(5);
  const fromMin = requireRange("from_min", Math.floor(validity / 2 ** 14), 1, LAST_MINUTE, "code.malformed");
  const lastsMin = validity % 2 ** 14;
  requireRange("until_min - from_min", lastsMin, 1, LONGEST_VALIDITY_MIN, "code.malformed");
  const short = bytes.number(4);
  unpackShort(short);
  const untilMin = fromMin + lastsMin;
  return { division, signerId, dayKeyId, handle, fromMin, untilMin, short, ...sealOf(PERSON, body, N_SIGNED.person) };
}

/** What anybody can read on a paper card; nothing is proved yet. */
export function parseCard(text: string): PaperCard {
  const body = bodyOf(text, CARD);
  const bytes = new ByteReader(body);
  const division = requireDivision(bytes.number(3));
  const signerId = bytes.number(1);
  const cardKeyId = bytes.number(2);
  const handle = bytes.word();
  const issuedDay = requireRange("issued_day", bytes.number(2), 1, LAST_DAY - 1, "code.malformed");
  const endsDay = requireRange("ends_day", bytes.number(2), issuedDay + 1, LAST_DAY, "code.malformed");
  return { division, signerId, cardKeyId, handle, issuedDay, endsDay, ...sealOf(CARD, body, N_SIGNED.card) };
}

/** A person's QR of this county, in force, proved by its signature. Revocation is asked afterwards. */
export async function readPersonQr(text: string, edge: Edge): Promise<PersonQr> {
  const qr = parsePersonQr(text);
  requireCounty(qr.division, edge.division);
  requireInForce(qr.fromMin, qr.untilMin, edge.atMin, 1);
  await requireSignature(qr, edge.verifiers);
  return qr;
}

/** A paper card of this county, in force, proved by its signature. It shows no colour: answer *verify*. */
export async function readCard(text: string, edge: Edge): Promise<PaperCard> {
  const card = parseCard(text);
  requireCounty(card.division, edge.division);
  requireInForce(card.issuedDay, card.endsDay, Math.floor(edge.atMin / DAY_MIN), DAY_MIN);
  await requireSignature(card, edge.verifiers);
  return card;
}

export function requireCounty(found: number, wanted: number): void {
  if (found !== wanted) throw new Refusal("code.other_county", { found, wanted });
}

function requireInForce(begins: number, ends: number, at: number, unitMin: number): void {
  if (at < begins) throw new Refusal("code.not_yet_valid", { minutes: (begins - at) * unitMin });
  if (at >= ends) throw new Refusal("code.expired", { minutes: (at - ends) * unitMin });
}

export async function requireSignature(code: Signed, verifiers: ReadonlyMap<number, Verify>): Promise<void> {
  const verify = verifiers.get(code.signerId);
  if (!verify) throw new Refusal("code.key_unknown", { key_id: code.signerId });
  if (!(await verify(code.signed, code.signature))) {
    throw new Refusal("code.signature", { key_id: code.signerId });
  }
}
