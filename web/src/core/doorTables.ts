// Door tables as a gate has them, and looking them up. Twin of tables.py and of doors.find_door_mask: the rules
// are data, so there is nothing here that could differ from the county's. Masks have up to 62 bits: bigint.
import type { Outcome, Reason } from "./scan";

const FORMAT = "fangxian-door-tables-1";
const N_FIXED_INPUTS = 8;
const OUTCOMES: readonly Outcome[] = ["admit", "verify", "refuse"];

interface Said {
  readonly zh: string;
  readonly en: string;
}

export interface DoorReason {
  readonly rule: string;
  readonly outcome: Outcome;
  readonly reason: Said;
  readonly advice: Said;
}

interface Together {
  readonly adds: bigint;
  readonly lifts: bigint;
}

export interface DoorTables {
  readonly rulebook: string;
  readonly beginsS: number;
  readonly untilS: number;
  readonly staleAfterS: number;
  readonly testBoundsMin: readonly number[];
  readonly temperatureBoundsTenths: readonly number[];
  readonly venueClasses: readonly string[];
  readonly emergencyCare: readonly boolean[];
  readonly rows: readonly (readonly (readonly bigint[])[])[];
  readonly reasons: readonly DoorReason[];
  readonly together: readonly Together[];
  readonly exemptionLifts: readonly bigint[];
  readonly nAlso: number;
}

/** What is known at a door, as small numbers; −1 is "not known" where doors.DoorInputs says so. */
export interface DoorInputs {
  readonly venueClass: number;
  readonly colour: number;
  readonly travel: number;
  readonly testAgeMin: number;
  readonly temperatureTenths: number;
  readonly permit: number;
  readonly presence: number;
  readonly venueStatus: number;
  readonly knowledgeAgeS: number;
  readonly exempt: number;
  readonly also: readonly number[];
}

const maskOf = (hex: string): bigint => BigInt(`0x${hex}`);

/** Tables from their JSON; throws TypeError or SyntaxError for what is none. */
export function readTables(plain: any): DoorTables {
  if (plain.format !== FORMAT) throw new TypeError(`tables of another format: ${plain.format}`);
  return {
    rulebook: plain.rulebook,
    beginsS: plain.begins_s,
    untilS: plain.until_s,
    staleAfterS: plain.stale_after_s,
    testBoundsMin: plain.test_bounds_min,
    temperatureBoundsTenths: plain.temperature_bounds_tenths,
    venueClasses: plain.venue_classes,
    emergencyCare: plain.emergency_care,
    rows: plain.rows.map((venue: string[][]) => venue.map((row) => row.map(maskOf))),
    reasons: plain.reasons.map(({ rule, outcome, reason, advice }: DoorReason) => ({ rule, outcome, reason, advice })),
    together: plain.together.map((row: any) => ({ adds: maskOf(row.adds), lifts: maskOf(row.lifts) })),
    exemptionLifts: plain.exemption_lifts.map(maskOf),
    nAlso: plain.inputs.length - N_FIXED_INPUTS,
  };
}

/** How many bounds lie at or below a value: the place of its band. */
function bandOf(bounds: readonly number[], value: number): number {
  let place = 0;
  while (place < bounds.length && bounds[place]! <= value) place++;
  return place;
}

/** The mask of reasons at a door; 0n if there is none. An impossible number throws: it is a bug, never a green. */
export function findDoorMask(tables: DoorTables, inputs: DoorInputs): bigint {
  const { testAgeMin, temperatureTenths, knowledgeAgeS } = inputs;
  const values = [
    inputs.colour,
    inputs.travel,
    testAgeMin >= 0 ? bandOf(tables.testBoundsMin, testAgeMin) + 1 : 0,
    temperatureTenths >= 0 ? bandOf(tables.temperatureBoundsTenths, temperatureTenths) : 0,
    inputs.permit,
    inputs.presence,
    inputs.venueStatus,
    knowledgeAgeS < 0 ? 0 : knowledgeAgeS < tables.staleAfterS ? 1 : 2,
    ...inputs.also,
  ];
  const rows = tables.rows[inputs.venueClass]!;
  if (values.length !== rows.length) throw new RangeError(`${values.length} inputs for ${rows.length} rows`);
  let mask = 0n;
  for (const [place, value] of values.entries()) {
    const cell = rows[place]![value];
    if (cell === undefined) throw new RangeError(`input ${place} is ${value}`);
    mask |= cell;
  }
  return withoutExempt(tables, withTogether(tables, mask), inputs.exempt);
}

function withTogether(tables: DoorTables, found: bigint): bigint {
  const nReasons = BigInt(tables.reasons.length);
  let mask = found & ((1n << nReasons) - 1n);
  let lifted = 0n;
  // A bit above the reasons says that a value bars the cross-term: clear after the OR, it holds.
  for (const [k, together] of tables.together.entries()) {
    if ((found >> (nReasons + BigInt(k))) & 1n) continue;
    mask |= together.adds;
    lifted |= together.lifts;
  }
  return mask & ~lifted;
}

function withoutExempt(tables: DoorTables, mask: bigint, exempt: number): bigint {
  let kept = mask;
  for (const [bit, lifts] of tables.exemptionLifts.entries()) if ((exempt >> bit) & 1) kept &= ~lifts;
  return kept;
}

/** The reasons of a mask, the closest first. */
function reasonsOf(tables: DoorTables, mask: bigint): DoorReason[] {
  return tables.reasons.filter((_, bit) => (mask >> BigInt(bit)) & 1n);
}

/** The outcome of a mask of reasons: that of its lowest bit. */
export function outcomeOfMask(tables: DoorTables, mask: bigint): Outcome {
  return reasonsOf(tables, mask)[0]?.outcome ?? "admit";
}

/** What is said for a mask, as a gate says it; a short word keeps a colour's own rule to itself. */
export function becauseOf(tables: DoorTables, mask: bigint): Reason[] {
  return reasonsOf(tables, mask).map(({ rule, reason, advice }) => {
    const isOne = reason.zh === advice.zh && reason.en === advice.en;
    return isOne ? { rule, ...reason } : { rule, zh: reason.zh + advice.zh, en: `${reason.en} ${advice.en}` };
  });
}

export const outcomeNumber = (outcome: Outcome): number => OUTCOMES.indexOf(outcome);
