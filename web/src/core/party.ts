/** Those who come in together: the one who is scanned first, and up to five with them, each by a code or a document. */

import type { Shown } from "./scan";

export const MOST_COMPANIONS = 5;

export class Party {
  private readonly those: Shown[] = [];
  private wanted = 0;

  /** How many come along; fewer than were shown already is as many as were shown. */
  set companions(n: number) {
    this.wanted = Math.max(0, Math.min(MOST_COMPANIONS, n));
  }

  get companions(): number {
    return this.wanted;
  }

  /** How many are still to be shown, the first one too. */
  get nMissing(): number {
    return Math.max(0, this.wanted + 1 - this.those.length);
  }

  get nShown(): number {
    return this.those.length;
  }

  /** Whether it was taken: nobody is counted twice. */
  add(shown: Shown): boolean {
    const key = (one: Shown) => one.code ?? one.document;
    if (this.nMissing === 0 || this.those.some((one) => key(one) === key(shown))) return false;
    this.those.push(shown);
    return true;
  }

  /** Nobody else comes: those who were shown are all. */
  close(): void {
    this.wanted = Math.max(0, this.those.length - 1);
  }

  /** The first one, and those along, as they go into a scan; null while nobody was shown. */
  take(): { first: Shown; companions: Shown[] } | null {
    const [first, ...companions] = this.those;
    this.those.length = 0;
    this.wanted = 0;
    return first ? { first, companions } : null;
  }
}
