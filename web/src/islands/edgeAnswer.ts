/** What this phone answers by itself: each who was shown, by the bundle's tables, in the shape of a gate's answer. */

import { letterOf } from "../core/codeText";
import type { Bundle } from "../core/bundle";
import type { DoorClock } from "../core/doorClock";
import { becauseOf, type DoorTables } from "../core/doorTables";
import { answerAtEdge, type Doubt, type EdgePlace, negativeAgeAtMostMin, NOTHING_SHOWN, STAFFED, tenthsOf } from "../core/edgeDoor";
import { mayHold } from "../core/handleFilter";
import { parsePersonQr, type PersonQr, readCard, readPersonQr, type Verify } from "../core/personQr";
import { Refusal } from "../core/refusal";
import type { Answer, Health, Reason, Refused, Scan, Shown } from "../core/scan";
import { parseTypedVenue, parseVenueCode } from "../core/venueCode";
import { EPOCH_MS, type ShortWord, unpackShort } from "../core/words";
import { tell } from "./offlineWords";
import { prove } from "./proof";

const COLOURS: readonly Health[] = ["unknown", "green", "yellow", "red"];
const TRAVELS = ["unknown", "clear", "risk"] as const;

/** What a phone goes by: its bundle, the tables of it that are in force, and its clock. */
export interface Basis {
  readonly bundle: Bundle;
  readonly tables: DoorTables;
  readonly clock: DoorClock;
}

/** In place of a rule's number: it is no rule, but this phone, that has a doubt. */
export const OF_THIS_PHONE = "";
const NOWHERE: EdgePlace = { venueClass: 0, status: 0, presence: 0 };

interface Read {
  readonly short: ShortWord;
  readonly fromMin: number;
  readonly doubts: readonly Doubt[];
}

/** The answer to a scan, with those of whoever came along. */
export async function edgeAnswer(scan: Scan, basis: Basis): Promise<Answer | Refused> {
  const told = await one(scan, scan, basis, scan.temperature_c);
  if (!scan.companions?.length || "refusal" in told) return told;
  const companions = [];
  for (const companion of scan.companions) companions.push(await one(companion, scan, basis));
  return { ...told, companions };
}

async function one(shown: Shown, scan: Scan, basis: Basis, degrees?: number): Promise<Answer | Refused> {
  try {
    return answerTo(await read(shown, basis), scan, basis, degrees);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    return { refusal: refusal.code, zh: refusal.said("zh"), en: refusal.said("en") };
  }
}

/** What a code proves, and every reason not to believe it; refuses what is no code of this county in force. */
async function read(shown: Shown, { bundle, clock }: Basis): Promise<Read> {
  if (!shown.code) return { short: NOTHING_SHOWN, fromMin: minuteNow(clock), doubts: ["document"] };
  const verifiers = verifiersOf(bundle);
  if (letterOf(shown.code) === "C") {
    const card = await readCard(shown.code, { division: bundle.division, atMin: minuteNow(clock), verifiers });
    const doubts: Doubt[] = mayHold(bundle.revoked, card.handle) ? ["revoked", "card"] : ["card"];
    return { short: NOTHING_SHOWN, fromMin: minuteNow(clock), doubts };
  }
  const qr = await provedQr(shown.code, bundle.division, verifiers, clock);
  const doubts: Doubt[] = [];
  if (clock.unsure) doubts.push("clock");
  if (mayHold(bundle.revoked, qr.handle)) doubts.push("revoked");
  return { short: unpackShort(qr.short), fromMin: qr.fromMin, doubts };
}

/** A QR proved by its signature. A clock that is not certain tells neither what has ended nor what has not begun. */
export async function provedQr(
  text: string,
  division: number,
  verifiers: ReadonlyMap<number, Verify>,
  clock: DoorClock,
): Promise<PersonQr> {
  const seen = parsePersonQr(text);
  const nowMin = minuteNow(clock);
  const isLater = seen.fromMin > nowMin;
  const atMin = isLater || clock.unsure ? seen.fromMin : nowMin;
  const qr = await readPersonQr(text, { division, atMin, verifiers });
  // It was made by a clock that is right: this one is behind, by a little or by so much that it cannot be trusted.
  if (isLater) clock.atLeast(qr.fromMin * 60_000 + EPOCH_MS);
  return qr;
}

function answerTo({ short, fromMin, doubts }: Read, scan: Scan, { bundle, tables, clock }: Basis, degrees?: number): Answer {
  // By a clock that is not certain nothing is told but how it was when the code was made.
  const atMin = clock.unsure ? fromMin : Math.max(fromMin, minuteNow(clock));
  const bundleS = Math.max(0, (clock.ms - Date.parse(bundle.knownAt)) / 1000 / bundle.rate);
  const place = placeOf(scan.venue, bundle, tables);
  const shown = {
    short,
    ages: { bundleS, codeS: ((atMin - fromMin) * 60) / bundle.rate },
    fromMin,
    atMin,
    temperatureTenths: degrees === undefined ? -1 : tenthsOf(degrees),
    doubts: place ? doubts : [...doubts, "place" as const],
    isOut: scan.direction === "out",
  };
  const found = answerAtEdge(tables, place ?? NOWHERE, shown, bundle.countsFromSample);
  const isCode = !doubts.includes("card") && !doubts.includes("document");
  const testMin = negativeAgeAtMostMin(short, fromMin, atMin, bundle.countsFromSample);
  return {
    id: scan.id,
    outcome: found.outcome,
    health: isCode ? COLOURS[short.colour]! : null,
    travel: isCode ? TRAVELS[short.travel]! : null,
    test_age_hours: testMin < 0 ? null : Math.floor(testMin / 60),
    because: becauseIn(found.doubt, becauseOf(tables, found.mask), found.outcome === "verify"),
    snapshot: bundle.number,
    snapshot_age_seconds: 0,
  };
}

/** A doubt comes first; where a door has emergency care the way in does. */
function becauseIn(doubt: Doubt | null, because: readonly Reason[], asksForCheck: boolean): Reason[] {
  if (!doubt) return [...because];
  const said = { rule: OF_THIS_PHONE, zh: tell("zh", doubt), en: tell("en", doubt) };
  return asksForCheck ? [said] : [...because, said];
}

/** The door this phone stands at; null for one of a venue the bundle does not know. */
function placeOf(text: string, bundle: Bundle, tables: DoorTables): EdgePlace | null {
  const { venue, door } = doorOf(text);
  const found = bundle.venues.find(({ number }) => number === venue);
  if (!found) return null;
  if (!found.generations[door - 1]) throw new Refusal("code.typed_closed");
  return {
    venueClass: Math.max(0, tables.venueClasses.indexOf(found.venueClass)),
    status: found.status,
    presence: bundle.door === 0 || bundle.door === door ? STAFFED : 0,
  };
}

function doorOf(text: string): { venue: number; door: number } {
  return text.startsWith("FX") && text.length > 12 ? parseVenueCode(text) : parseTypedVenue(text);
}

function verifiersOf(bundle: Bundle): Map<number, Verify> {
  const pairs = [...bundle.verifiers].map(([id, key]) => {
    const verify: Verify = (message, signature) => prove(message, signature, key);
    return [id, verify] as const;
  });
  return new Map(pairs);
}

function minuteNow(clock: DoorClock): number {
  return Math.floor((clock.ms - EPOCH_MS) / 60_000);
}
