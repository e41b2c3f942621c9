/** What was done at a priority place, as it was typed, and the record of it. No page, no storage. */

import type { FieldWord } from "./words";

export interface Looked {
  readonly item: string;
  /** ok, fault, not_here; "" for one that was not looked at. */
  readonly answer: string;
  readonly remedy: string;
  /** Within how many days it is to be mended. */
  readonly days: string;
}

export interface Typed {
  readonly kind: string;
  readonly looked: readonly Looked[];
  readonly agent: string;
  readonly concentration: string;
  readonly area: string;
  readonly samples: string;
  readonly spots: string;
  readonly doneBy: string;
  readonly note: string;
}

const MOST_AMOUNT = 1_000_000;
const MOST_SAMPLES = 500;
const MOST_DAYS = 60;

/** What is missing or cannot be, in a word; null where it can be kept. The server asks the same. */
export function withheld(typed: Typed): FieldWord | null {
  if (typed.kind === "inspection") return ofInspection(typed.looked.filter(({ answer }) => answer));
  if (typed.kind === "disinfection") {
    return whole(typed.concentration, MOST_AMOUNT) && whole(typed.area, MOST_AMOUNT) ? null : "amounts";
  }
  if (typed.kind === "sampling") return whole(typed.samples, MOST_SAMPLES) && typed.spots ? null : "swabs";
  return "choose";
}

function ofInspection(looked: readonly Looked[]): FieldWord | null {
  if (looked.length === 0) return "nothingLooked";
  const faults = looked.filter(({ answer }) => answer === "fault");
  if (faults.some(({ remedy }) => !remedy)) return "remedyMissing";
  return faults.every(({ days }) => days === "0" || whole(days, MOST_DAYS)) ? null : "remedyDays";
}

/** The record's body; only of what nothing withholds. */
export function workOf(place: string, typed: Typed): Readonly<Record<string, unknown>> {
  const told = { place, kind: typed.kind, done_by: typed.doneBy, note: typed.note };
  if (typed.kind === "inspection") {
    const looked = typed.looked.filter(({ answer }) => answer);
    const faults = looked.filter(({ answer }) => answer === "fault");
    const answers = Object.fromEntries(looked.map(({ item, answer }) => [item, answer]));
    const remedies = Object.fromEntries(faults.map(({ item, remedy, days }) => [item, [remedy, Number(days)]]));
    return { ...told, answers, remedies };
  }
  if (typed.kind === "sampling") return { ...told, n_samples: Number(typed.samples), spots: typed.spots };
  return { ...told, agent: typed.agent, concentration_mg_l: Number(typed.concentration), area_m2: Number(typed.area) };
}

function whole(text: string, most: number): boolean {
  return /^[1-9]\d{0,6}$/.test(text) && Number(text) <= most;
}
