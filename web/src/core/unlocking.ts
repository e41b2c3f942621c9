/** Wrong tries at the unlock: each costs more time, and after the last the phone erases itself. */

export const MOST_TRIES = 10;
export const WARN_FROM = 6;
export const LEAST_LETTERS = 6;
const FREE_TRIES = 3;
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 600_000;

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
