/** A journey as it is written down at a door: counties of the nation by name, days without a hole. No page, no storage. */

/** A province and its counties: each a code and its name under the province, 临汾市浮山县. */
export interface Province {
  readonly code: string;
  readonly name: string;
  readonly parts: readonly (readonly [code: string, name: string])[];
}

export interface County {
  readonly code: string;
  readonly name: string;
}

/** Days in one county, the first and the last both included. */
export interface Stay {
  readonly division: string;
  readonly name: string;
  readonly begins_on: string;
  readonly last_on: string;
}

export type JourneyFault = "noStay" | "stayBackwards" | "stayAfter" | "stayHole" | "stayOverlap";

/** Counties in whose names every part of what was typed is found, 山西 浮山; those that begin with it first. */
export function counties(nation: readonly Province[], typed: string, most: number): County[] {
  const wanted = typed.trim().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return [];
  const begins: County[] = [];
  const others: County[] = [];
  for (const { name: province, parts } of nation) {
    for (const [code, name] of parts) {
      const whole = province + name;
      if (!wanted.every((part) => whole.includes(part) || code.startsWith(part))) continue;
      const own = name.replace(/^.*?(?:市|地区|自治州|盟)(?=.)/, "");
      (own.startsWith(wanted.at(-1)!) ? begins : others).push({ code, name: whole });
    }
  }
  return [...begins, ...others].slice(0, most);
}

/** What is wrong with the days of a journey, as the county would refuse it; null where nothing is. */
export function journeyFault(stays: readonly Stay[], arrivesOn: string): JourneyFault | null {
  if (stays.length === 0) return "noStay";
  const sorted = inOrder(stays);
  let covered = sorted[0]!.begins_on;
  for (const [n, stay] of sorted.entries()) {
    if (stay.last_on < stay.begins_on) return "stayBackwards";
    if (stay.last_on > arrivesOn) return "stayAfter";
    if (n > 0 && sorted[n - 1]!.last_on > stay.begins_on) return "stayOverlap";
    if (stay.begins_on > covered) return "stayHole";
    const after = dayAfter(stay.last_on);
    covered = after > covered ? after : covered;
  }
  return covered < arrivesOn ? "stayHole" : null;
}

export function inOrder(stays: readonly Stay[]): Stay[] {
  return [...stays].sort((one, other) => (one.begins_on + one.last_on).localeCompare(other.begins_on + other.last_on));
}

export function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 864e5).toISOString().slice(0, 10);
}

/** A time of day as a form has it, as a moment of the county, whose zone ends the county's stamp. */
export function countyMoment(typed: string, stamp: string): string {
  const zone = /[+-]\d\d:\d\d$|Z$/.exec(stamp)?.[0] ?? "+08:00";
  return `${typed.slice(0, 16)}:00${zone}`;
}
