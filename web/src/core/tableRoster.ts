/** Who is to come to a sampling site, as the phone took it along: found by slip, by document, by name. */

import { sha256 } from "@noble/hashes/sha2.js";

import { plainNumber } from "./barcode";
import { faultOf } from "./identityNumber";

/** Sampled anew after a pool that was not negative: alone in a tube, or in any. */
export type CalledBack = "own" | "again";

/** [token, name, digest of the document, stage, class or unit, when and where they were sampled, whether they are called
    back], cut at the end. */
export type RosterRow = readonly [
  token: string,
  name: string,
  digest?: string,
  stage?: string,
  group?: string,
  at?: string,
  where?: string,
  back?: CalledBack | "",
];

export interface RosterTold {
  readonly site: string;
  readonly round: string;
  readonly people: readonly RosterRow[];
}

const LAST_SIGNS = 6;
/** 4,096 digests in all: a document is found, and whoever has the roster reads no ending from it. */
const DIGEST_SIGNS = 3;
const LEAST_LETTERS = 2;
const WHOLE = /^\d{17}[\dX]$/;

/** What finds a document by its last six signs: the twin of digest_of in fangxian/ops/situation/field_tables.py. */
export function digestOf(site: string, typed: string): string {
  const last = [...plainNumber(typed)].slice(-LAST_SIGNS);
  if (last.length < LAST_SIGNS) return "";
  const bytes = sha256(new TextEncoder().encode(`${site}:${last.join("")}`)).slice(0, DIGEST_SIGNS);
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, DIGEST_SIGNS);
}

export class Roster {
  private readonly byToken = new Map<string, RosterRow>();
  private readonly byDigest = new Map<string, RosterRow[]>();

  /** `others`: who is to come to other sites of the round; whoever comes here instead is known by slip all the same. */
  constructor(
    private readonly told: RosterTold,
    others: readonly RosterRow[] = [],
  ) {
    for (const row of others) this.byToken.set(row[0], row);
    for (const row of told.people) {
      this.byToken.set(row[0], row);
      const digest = row[2] ?? "";
      if (digest) this.byDigest.set(digest, [...(this.byDigest.get(digest) ?? []), row]);
    }
  }

  get n(): number {
    return this.told.people.length;
  }

  withToken(token: string): RosterRow | null {
    return this.byToken.get(token) ?? null;
  }

  /** Whoever may be meant by a document or its last six signs. The digest fits others too now and then, so that the name
      is looked at; what is neither, as a tube's barcode, would fit somebody by chance. */
  withDocument(typed: string, most: number): RosterRow[] {
    const plain = plainNumber(typed);
    if ([...plain].length !== LAST_SIGNS && !(WHOLE.test(plain) && faultOf(plain) === "")) return [];
    return (this.byDigest.get(digestOf(this.told.site, plain)) ?? []).slice(0, most);
  }

  /** Whoever has what was typed in their name. */
  named(typed: string, most: number): RosterRow[] {
    const name = plainName(typed);
    if (name.length < LEAST_LETTERS || /\d/.test(name)) return [];
    return this.told.people.filter((row) => plainName(row[1]).includes(name)).slice(0, most);
  }
}

export function plainName(text: string): string {
  return text.normalize("NFKC").replace(/\s+/g, "").toLowerCase();
}
