// What this phone keeps so that its door can answer without a network. Twin of byte_bundle.py: signed by the
// county, dated, soon over; nothing in it is secret and nothing in it can make a code.
import { type DoorTables, readTables } from "./doorTables";
import type { HandleFilter } from "./handleFilter";
import { Refusal } from "./refusal";

export const MAGIC = "FXBNDL1\0";
const FORMAT = "fangxian-door-bundle-1";
const HEAD = MAGIC.length + 4;
const SIGNATURE_BYTES = 64;
const MOST_BITS = 2 ** 24;
const MOST_HASHES = 32;

export interface BundleVenue {
  readonly number: number;
  readonly venueClass: string;
  readonly status: number;
  /** `generations[n - 1]` is door n's, 0 for a door that is closed. */
  readonly generations: readonly number[];
}

export interface Bundle {
  readonly realm: string;
  readonly division: number;
  readonly number: number;
  readonly madeAt: string;
  readonly knownAt: string;
  /** Wall seconds from `knownAt`; from then on nothing may be decided by it. */
  readonly lastsS: number;
  readonly rate: number;
  readonly device: number;
  readonly door: number;
  readonly venues: readonly BundleVenue[];
  /** Public keys by signer id. */
  readonly verifiers: ReadonlyMap<number, Uint8Array>;
  readonly countsFromSample: boolean;
  readonly tables: readonly DoorTables[];
  readonly revoked: HandleFilter;
}

/** Whether the Ed25519 signature is that key's for the message. */
export type VerifyWith = (message: Uint8Array, signature: Uint8Array, key: Uint8Array) => Promise<boolean>;

/** A bundle read and proved by one of the keys this device trusts already. */
export async function readBundle(
  data: Uint8Array,
  trusted: ReadonlyMap<number, Uint8Array>,
  verify: VerifyWith,
): Promise<Bundle> {
  const ends = endsOf(data);
  let plain: any;
  let signer: number;
  try {
    plain = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(data.subarray(HEAD, ends)));
    signer = wholeOf(plain.signer);
  } catch (wrong) {
    throw new Refusal("bundle.damaged", { what: nameOf(wrong) });
  }
  const key = trusted.get(signer);
  const signature = data.subarray(ends);
  const isProved = key && signature.length === SIGNATURE_BYTES && (await verify(data.subarray(0, ends), signature, key));
  if (!isProved) throw new Refusal("bundle.signature", { key_id: signer });
  try {
    return bundleOf(plain);
  } catch (wrong) {
    throw new Refusal("bundle.damaged", { what: nameOf(wrong) });
  }
}

/** Where the text ends and the signature begins. */
function endsOf(data: Uint8Array): number {
  const begins = [...data.subarray(0, MAGIC.length)];
  if (begins.some((byte, place) => byte !== MAGIC.charCodeAt(place))) {
    const found = begins.map((byte) => byte.toString(16).padStart(2, "0")).join("");
    throw new Refusal("bundle.foreign", { found, format: FORMAT });
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const ends = data.length >= HEAD ? HEAD + view.getUint32(MAGIC.length, true) : HEAD;
  if (data.length < ends + SIGNATURE_BYTES) {
    throw new Refusal("bundle.cut_short", { found: data.length, wanted: ends + SIGNATURE_BYTES });
  }
  return ends;
}

function bundleOf(plain: any): Bundle {
  if (plain.format !== FORMAT || plain.tables.length === 0 || !(plain.rate > 0)) throw new TypeError("format");
  return {
    realm: plain.realm,
    division: wholeOf(plain.division),
    number: wholeOf(plain.number),
    madeAt: momentOf(plain.made_at),
    knownAt: momentOf(plain.known_at),
    lastsS: wholeOf(plain.lasts_s),
    rate: plain.rate,
    device: wholeOf(plain.device),
    door: wholeOf(plain.door),
    venues: plain.venues.map(venueOf),
    verifiers: new Map(Object.entries(plain.verifiers).map(([id, key]) => [Number(id), bytesOf(key as string)])),
    countsFromSample: plain.tests_count_from === "sampled",
    tables: plain.tables.map(readTables),
    revoked: filterOf(plain.revoked),
  };
}

function venueOf([number, venueClass, status, generations]: any[]): BundleVenue {
  return { number: wholeOf(number), venueClass, status: wholeOf(status), generations: generations.map(wholeOf) };
}

function filterOf(plain: { n_bits: number; n_hashes: number; data: string }): HandleFilter {
  const filter = { nBits: wholeOf(plain.n_bits), nHashes: wholeOf(plain.n_hashes), data: bytesOf(plain.data) };
  const isFit = filter.nBits > 0 && filter.nBits <= MOST_BITS && filter.nHashes > 0 && filter.nHashes <= MOST_HASHES;
  if (!isFit || filter.data.length * 8 !== filter.nBits) throw new TypeError("filter");
  return filter;
}

export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function wholeOf(found: unknown): number {
  if (!Number.isSafeInteger(found)) throw new TypeError(`no whole number: ${String(found)}`);
  return found as number;
}

function momentOf(found: string): string {
  if (Number.isNaN(Date.parse(found))) throw new TypeError("no moment");
  return found;
}

function nameOf(wrong: unknown): string {
  return wrong instanceof Error ? wrong.name : "?";
}
