/** Wrong tries at the unlock: each costs more time, and after the last the phone erases itself. */

export const MOST_TRIES = 10;
export const WARN_FROM = 6;
export const LEAST_LETTERS = 6;
const FREE_TRIES = 3;
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 600_000;

/** Wrong tries, by the phone's own clock. `turn` rises with each writing: of two that lie there the later counts. */
export interface Tries {
  readonly n: number;
  readonly lastMs: number;
  readonly turn?: number;
}

/** Of what lies in two places, what was written later; where neither is anything, no try was made. */
export function later(one: Tries | null, other: Tries | null): Tries {
  const turn = (it: Tries | null) => (it ? (it.turn ?? 0) : -1);
  return (turn(other) > turn(one) ? other : one) ?? { n: 0, lastMs: 0, turn: 0 };
}

/** What was written, or null for anything else. */
export function readTries(text: string | null): Tries | null {
  try {
    const { n, lastMs, turn } = JSON.parse(text ?? "null") as Tries;
    return [n, lastMs, turn].every(Number.isFinite) ? { n, lastMs, turn: turn! } : null;
  } catch {
    return null;
  }
}

/** How long nobody may try again after so many wrong tries. */
export function waitMs(nWrong: number): number {
  if (nWrong < FREE_TRIES) return 0;
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (nWrong - FREE_TRIES));
}

/** How much of a wait is left. A clock that was set back does not make it longer than it was. */
export function leftMs(nWrong: number, lastMs: number, nowMs: number): number {
  const whole = waitMs(nWrong);
  return Math.max(0, Math.min(whole, lastMs + whole - nowMs));
}

export function triesLeft(nWrong: number): number {
  return Math.max(0, MOST_TRIES - nWrong);
}

/** Why it would not keep a finder of the phone out for an hour; null if it may serve. */
export function weaknessOf(secret: string): "short" | "plain" | null {
  if ([...secret].length < LEAST_LETTERS) return "short";
  const steps = new Set([...secret].slice(1).map((letter, i) => letter.codePointAt(0)! - [...secret][i]!.codePointAt(0)!));
  return steps.size === 1 && [-1, 0, 1].includes([...steps][0]!) ? "plain" : null;
}
