// What a door without network answers, by the same tables as a gate. Twin of edge_door.py, which says why; held to
// it by spec/vectors/edge_door.jsonl.
import { type DoorTables, findDoorMask, outcomeOfMask } from "./doorTables";
import type { Outcome } from "./scan";
import { ageAtMostMin, LastResult, type ShortWord } from "./words";

/** Why a door does not believe what it was shown, the first of them said first. */
export const DOUBTS = ["clock", "revoked", "place", "card", "document"] as const;
export type Doubt = (typeof DOUBTS)[number];

export const STAFFED = 1;

export interface EdgePlace {
  readonly venueClass: number;
  readonly status: number;
  readonly presence: number;
}

/** Wall seconds since the bundle was complete, −1 if nobody can say, and since the code was made. */
export interface EdgeAges {
  readonly bundleS: number;
  readonly codeS: number;
}

export interface EdgeShown {
  readonly short: ShortWord;
  readonly ages: EdgeAges;
  readonly fromMin: number;
  readonly atMin: number;
  readonly temperatureTenths: number;
  readonly doubts: readonly Doubt[];
  readonly isOut: boolean;
}

export interface EdgeAnswer {
  readonly outcome: Outcome;
  readonly mask: bigint;
  readonly doubt: Doubt | null;
}

export const NOTHING_SHOWN: ShortWord = {
  colour: 0,
  travel: 0,
  result: 0,
  sampledHoursBack: 0,
  resultedHoursBack: 0,
  exemptions: 0,
};

/** How old the last negative test may be; −1 for none. */
export function negativeAgeAtMostMin(short: ShortWord, fromMin: number, atMin: number, countsFromSample: boolean): number {
  if (short.result !== LastResult.NEGATIVE) return -1;
  const resulted = ageAtMostMin(short.resultedHoursBack, fromMin, atMin);
  if (resulted === null) return -1;
  const sampled = ageAtMostMin(short.sampledHoursBack, fromMin, atMin);
  return !countsFromSample || sampled === null ? resulted : Math.max(sampled, resulted);
}

/** Tenths of a degree as Python rounds them: a half goes to the even one. */
export function tenthsOf(degrees: number): number {
  const exact = degrees * 10;
  const rounded = Math.round(exact);
  return rounded - exact === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** The answer to one person. (code proved by its signature, bundle, door → what is said) */
export function answerAtEdge(
  tables: DoorTables,
  place: EdgePlace,
  shown: EdgeShown,
  countsFromSample: boolean,
): EdgeAnswer {
  if (shown.isOut) return { outcome: "admit", mask: 0n, doubt: null };
  const doubt = DOUBTS.find((one) => shown.doubts.includes(one)) ?? null;
  // What cannot be proved is not believed: the tables are asked about somebody of whom nothing is known.
  const short = doubt ? NOTHING_SHOWN : shown.short;
  const mask = findDoorMask(tables, {
    venueClass: place.venueClass,
    colour: short.colour,
    travel: short.travel,
    testAgeMin: negativeAgeAtMostMin(short, shown.fromMin, shown.atMin, countsFromSample),
    temperatureTenths: shown.temperatureTenths,
    permit: 0,
    presence: place.presence,
    venueStatus: place.status,
    knowledgeAgeS: doubt || shown.ages.bundleS < 0 ? -1 : Math.max(shown.ages.bundleS, shown.ages.codeS),
    exempt: short.exemptions,
    also: Array<number>(tables.nAlso).fill(0),
  });
  const isDoubted = doubt !== null && !tables.emergencyCare[place.venueClass];
  return { outcome: isDoubted ? "verify" : outcomeOfMask(tables, mask), mask, doubt };
}
