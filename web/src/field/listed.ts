/** Who of the phone's people is to be asked to be vaccinated, and who is expected back. No page, no storage. */

import type { Household, Member, Returnee } from "./bundle";

export interface Listed {
  readonly member: Member;
  readonly household: Household;
  readonly state: string;
  readonly n: number;
  readonly lastOn: string;
  readonly nextFrom: string;
  readonly seen: number;
  /** Which answer and why, "declined:family"; "" where there is none. */
  readonly answer: string;
}

const ORDER = ["due", "declined", "stopped"];

/** Everybody of the bundle with where they stand. Of whom nothing is sent, nothing is known: their first dose is due. */
export function everybody(households: readonly Household[]): Listed[] {
  return households.flatMap((household) => household.members.map((member) => listed(member, household)));
}

export function listed(member: Member, household: Household): Listed {
  const [state = "due", n = 0, lastOn = "", nextFrom = "", seen = 0, answer = ""] = member.doses ?? [];
  return { member, household, state, n, lastOn, nextFrom, seen, answer };
}

/** Whom to speak to: those who are due, then those who declined, then those who cannot now; the old first. */
export function toCall(all: readonly Listed[]): Listed[] {
  const wanted = all.filter(({ state }) => ORDER.includes(state));
  const place = ({ state }: Listed) => ORDER.indexOf(state);
  return wanted.sort((one, other) => place(one) - place(other) || one.member.born - other.member.born);
}

/** Those in whose name, phone, address or household number what was typed is found. */
export function matching(all: readonly Listed[], typed: string): Listed[] {
  const wanted = typed.trim().toLowerCase();
  if (!wanted) return [...all];
  return all.filter(
    ({ member, household }) =>
      String(household.number) === wanted ||
      [member.name, member.phone, household.address].some((text) => text.toLowerCase().includes(wanted)),
  );
}

/** A returnee's name and phone: the bundle sends them only of those who are in none of its households. */
export function whoIs(returnee: Returnee, households: readonly Household[]): { name: string; phone: string } {
  if (returnee.name) return { name: returnee.name, phone: returnee.phone ?? "" };
  for (const { members } of households) {
    const found = members.find(({ id }) => id === returnee.person);
    if (found) return { name: found.name, phone: found.phone };
  }
  return { name: "", phone: "" };
}
