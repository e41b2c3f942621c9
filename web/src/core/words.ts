// The two words a gate knows of a person and the short word of a QR. Twin of words.py and
// byte_short_word.py; docs/reference/formats.md has the tables, spec/vectors/words.jsonl the proof.
// 64-bit words are bigint; minutes and days count from 2000-01-01T00:00Z, floored.
import { Refusal, requireRange, type RefusalCode } from "./refusal";

export const EPOCH_MS = 946_684_800_000;
export const Colour = { UNKNOWN: 0, GREEN: 1, YELLOW: 2, RED: 3 } as const;
export const LastResult = { NONE: 0, NEGATIVE: 1, POSITIVE: 2, UNCLEAR: 3 } as const;
export const Travel = { UNKNOWN: 0, CLEAR: 1, RISK: 2 } as const;

const LAYOUT = 1;
const DAY_MIN = 1440;
const LAST_MINUTE = 2 ** 26 - 1;
const LAST_DAY = 2 ** 15 - 1;

export interface SafetyWord {
  readonly colour: number;
  readonly reason: number;
  readonly expiresMin: number;
  readonly exemptions: number;
  readonly qrGeneration: number;
  readonly cardGeneration: number;
}

export interface RecentWord {
  readonly day: number;
  readonly sampledMin: number;
  readonly resultedMin: number;
  readonly result: number;
  readonly travel: number;
  readonly travelExpiresMin: number;
}

export interface ShortWord {
  readonly colour: number;
  readonly travel: number;
  readonly result: number;
  readonly sampledHoursBack: number;
  readonly resultedHoursBack: number;
  readonly exemptions: number;
}

/** Minutes since the epoch of a moment given in milliseconds of Unix time, floored. */
export function minuteOf(unixMs: number): number {
  return requireRange("minute", Math.floor((unixMs - EPOCH_MS) / 60_000), 1, LAST_MINUTE);
}

function bits(word: bigint, shift: number, width: number): number {
  return Number((word >> BigInt(shift)) & ((1n << BigInt(width)) - 1n));
}

function isPresent(word: bigint): boolean {
  if (word < 0n || word >= 1n << 63n) {
    throw new Refusal("word.out_of_range", { field: "word", value: String(word), low: 0, high: String((1n << 63n) - 1n) });
  }
  if (word !== 0n && word >> 60n !== 1n) {
    throw new Refusal("word.layout", { found: Number(word >> 60n), known: LAYOUT });
  }
  return word !== 0n;
}

function requireBoth(field: string, value: number, other: string, otherValue: number, code: RefusalCode): void {
  if ((value === 0) !== (otherValue === 0)) {
    throw new Refusal(code, { field, value, other, other_value: otherValue });
  }
}

/** The fields of a safety word, null for zero (not present); refuses what is damaged. */
export function unpackSafety(word: bigint): SafetyWord | null {
  if (!isPresent(word)) return null;
  if (bits(word, 0, 2) !== 0) throw new Refusal("word.spare_bits", { value: bits(word, 0, 2) });
  const safety = {
    colour: bits(word, 58, 2),
    reason: bits(word, 22, 10),
    expiresMin: bits(word, 32, 26),
    exemptions: bits(word, 14, 8),
    qrGeneration: bits(word, 8, 6),
    cardGeneration: bits(word, 2, 6),
  };
  requireRange("expires_min", safety.expiresMin, 1, LAST_MINUTE);
  if (safety.colour >= Colour.YELLOW && safety.reason === 0) {
    const facts = { field: "colour", value: safety.colour, other: "reason", other_value: 0 };
    throw new Refusal("word.contradiction", facts);
  }
  return safety;
}

/** The fields of a tests-and-travel word, null for zero (not present); 0 in a time means none. */
export function unpackRecent(word: bigint): RecentWord | null {
  if (!isPresent(word)) return null;
  const day = requireRange("day", bits(word, 45, 15), 1, LAST_DAY);
  const minuteOfTest = (back: number) => (back === 0 ? 0 : (day + 1) * DAY_MIN - back);
  const quarters = bits(word, 0, 11);
  const recent = {
    day,
    sampledMin: requireRange("sampled_min", minuteOfTest(bits(word, 30, 15)), 0, LAST_MINUTE),
    resultedMin: requireRange("resulted_min", minuteOfTest(bits(word, 15, 15)), 0, LAST_MINUTE),
    result: bits(word, 13, 2),
    travel: requireRange("travel", bits(word, 11, 2), 0, Travel.RISK),
    travelExpiresMin: quarters === 0 ? 0 : day * DAY_MIN + quarters * 15,
  };
  requireBoth("result", recent.result, "resulted", recent.resultedMin, "word.contradiction");
  requireBoth("travel", recent.travel, "travel_expires", quarters, "word.contradiction");
  return recent;
}

/** Colour at that minute: unknown from the expiry on, and for anything not understood. */
export function colourAt(safety: bigint, atMin: number): number {
  return safety >> 60n === 1n && atMin < bits(safety, 32, 26) ? bits(safety, 58, 2) : 0;
}

/** Eight exemption flags at that minute; none from the expiry on. */
export function exemptionsAt(safety: bigint, atMin: number): number {
  return safety >> 60n === 1n && atMin < bits(safety, 32, 26) ? bits(safety, 14, 8) : 0;
}

/** Rule index; stays readable after the expiry. */
export function reasonOf(safety: bigint): number {
  return safety >> 60n === 1n ? bits(safety, 22, 10) : 0;
}

/** The only generation of QR that counts; -1 if the person is not present. */
export function qrGenerationOf(safety: bigint): number {
  return safety >> 60n === 1n ? bits(safety, 8, 6) : -1;
}

/** The only generation of paper card that counts; -1 if the person is not present. */
export function cardGenerationOf(safety: bigint): number {
  return safety >> 60n === 1n ? bits(safety, 2, 6) : -1;
}

function ageMin(recent: bigint, shift: number, atMin: number): number | null {
  const back = bits(recent, shift, 15);
  if (recent >> 60n !== 1n || back === 0) return null;
  return Math.max(0, atMin - (bits(recent, 45, 15) + 1) * DAY_MIN + back);
}

/** Minutes since the last sample, at least 0; null if there is none within the word's 22 days. */
export const sampleAgeMin = (recent: bigint, atMin: number): number | null => ageMin(recent, 30, atMin);

/** Minutes since the last result, at least 0; null if there is none within the word's 22 days. */
export const resultAgeMin = (recent: bigint, atMin: number): number | null => ageMin(recent, 15, atMin);

/** What the last result said: 0 none, 1 negative, 2 positive, 3 unclear. */
export function resultOf(recent: bigint): number {
  return recent >> 60n === 1n ? bits(recent, 13, 2) : 0;
}

/** Travel at that minute: unknown from its own expiry on, and for a kind not understood. */
export function travelAt(recent: bigint, atMin: number): number {
  const alive = recent >> 60n === 1n && atMin < bits(recent, 45, 15) * DAY_MIN + bits(recent, 0, 11) * 15;
  const travel = alive ? bits(recent, 11, 2) : 0;
  return travel <= Travel.RISK ? travel : 0;
}

/** The fields of the 32-bit word in a person's QR; refuses what was not issued in the regular way. */
export function unpackShort(word: number): ShortWord {
  requireRange("short", word, 0, 2 ** 32 - 1);
  const short = {
    colour: word >>> 30,
    travel: requireRange("travel", (word >>> 28) & 3, 0, Travel.RISK, "code.malformed"),
    result: (word >>> 26) & 3,
    sampledHoursBack: (word >>> 17) & 511,
    resultedHoursBack: (word >>> 8) & 511,
    exemptions: word & 255,
  };
  requireBoth("result", short.result, "resulted_hours_back", short.resultedHoursBack, "code.contradiction");
  return short;
}

/** The greatest age at `atMin` of a test shown with that many hours back; null for no test. */
export function ageAtMostMin(hoursBack: number, fromMin: number, atMin: number): number | null {
  return hoursBack === 0 ? null : atMin - (Math.floor(fromMin / 60) - hoursBack + 1) * 60;
}
