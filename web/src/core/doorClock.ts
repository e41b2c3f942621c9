/** County time at a door, and whether this device's clocks can be trusted to know it.

    A device has two clocks. One can be set by anybody and stands at any hour; the other only counts, stops while the
    device sleeps and begins anew with each page. Since somebody last told the county's time, both must have gone on
    alike. Where they have not, the clock was set or the device slept, and nobody here knows which codes have ended. */

import { countyStamp, offsetMinOf } from "./countyTime";

/** Further apart than this and a clock was set, or the device slept. Clocks that are set right by themselves differ less. */
export const APART_MS = 60_000;
/** A code just made may be ahead of a clock that is as good as it gets. */
const AHEAD_MS = 120_000;

export interface Clocks {
  /** The clock that can be set: Unix milliseconds. */
  readonly device: () => number;
  /** The clock that only counts. */
  readonly steady: () => number;
}

/** Why the time is not certain: the two clocks differ; the page was opened without a network; a code is from later. */
export type Unsure = "apart" | "reopened" | "behind";

interface Anchor {
  readonly countyMs: number;
  readonly deviceMs: number;
  readonly rate: number;
  readonly offsetMin: number;
}

export interface Kept {
  readonly anchor: Anchor;
  /** The last moment at which this page looked at its clock. */
  readonly seen: { readonly countyMs: number; readonly deviceMs: number };
}

const KEY = "fangxian.door.clock";

type Store = Pick<Storage, "getItem" | "setItem">;

export class DoorClock {
  private anchor: Anchor | null = null;
  /** null: the anchor was kept by a page before this one, whose count is lost. */
  private steadyMs: number | null = null;
  private isBehind = false;
  private keepToo: (told: Kept) => void = () => undefined;

  constructor(
    private readonly store: Store,
    private readonly clocks: Clocks,
  ) {
    const kept = readKept(store.getItem(KEY));
    if (kept) this.reopen(kept);
  }

  /** Go on from what was kept where a dying battery takes nothing, and keep there too whatever is heard from now on.

      Browsers write their small store to disk only seconds later. What this page was told itself stands, and of two
      that were kept the one that was told later: county time does not go back. */
  outlast(found: unknown, keep: (told: Kept) => void): void {
    const hasHeard = this.steadyMs !== null;
    if (!hasHeard && isKept(found) && found.anchor.countyMs > (this.anchor?.countyMs ?? -Infinity)) this.reopen(found);
    this.keepToo = keep;
    if (this.anchor && hasHeard) keep(this.kept(this.anchor));
  }

  get isKnown(): boolean {
    return this.anchor !== null;
  }

  get rate(): number {
    return this.anchor?.rate ?? 1;
  }

  /** Somebody who knows has told the county's time: `at` in RFC 3339, with the county's own offset where there is one. */
  hear(at: string, rate = this.rate): void {
    const countyMs = Date.parse(at);
    if (Number.isNaN(countyMs)) return;
    const offsetMin = at.endsWith("Z") ? (this.anchor?.offsetMin ?? 0) : offsetMinOf(at);
    this.anchor = { countyMs, deviceMs: this.clocks.device(), rate, offsetMin };
    this.steadyMs = this.clocks.steady();
    this.isBehind = false;
    this.keep();
    this.keepToo(this.kept(this.anchor));
  }

  /** A code that is proved was made at that time: it cannot be earlier now. */
  atLeast(countyMs: number): void {
    const behindMs = countyMs - this.ms;
    if (!this.anchor || behindMs <= 0) return;
    if (behindMs > AHEAD_MS * Math.max(1, this.rate)) this.isBehind = true;
    // What both clocks are counted from stays: a difference between them is not forgotten by this.
    this.anchor = { ...this.anchor, countyMs: this.anchor.countyMs + behindMs };
  }

  /** County time in Unix milliseconds: the later of what the two clocks say, so that nothing ends too late. */
  get ms(): number {
    if (!this.anchor) return this.clocks.device();
    const { countyMs, rate } = this.anchor;
    return Math.floor(countyMs + Math.max(this.bySteadyMs ?? 0, this.byDeviceMs, 0) * rate);
  }

  /** County time at the earliest: of two clocks that differ one may have been set forward, and then nothing has ended. */
  get earliestMs(): number {
    const steadyMs = this.bySteadyMs;
    return this.anchor && steadyMs !== null ? Math.floor(this.anchor.countyMs + steadyMs * this.anchor.rate) : this.ms;
  }

  get unsure(): Unsure | null {
    if (this.isBehind) return "behind";
    const steadyMs = this.bySteadyMs;
    if (steadyMs === null) return "reopened";
    return Math.abs(this.byDeviceMs - steadyMs) > APART_MS ? "apart" : null;
  }

  /** Note that the page has looked at its clock: one that then stands earlier was set back. */
  keep(): void {
    if (this.anchor) this.store.setItem(KEY, JSON.stringify(this.kept(this.anchor)));
  }

  /** RFC 3339 in the county's zone, to the millisecond: what a scan is dated with. */
  stamp(ms = this.ms): string {
    return countyStamp(ms, this.anchor?.offsetMin ?? 0);
  }

  /** `14:05`, the county's own. */
  minuteOf(ms: number): string {
    return this.stamp(ms).slice(11, 16);
  }

  /** `2022-04-19 12:00:07`. */
  get second(): string {
    return this.stamp().slice(0, 19).replace("T", " ");
  }

  private kept(anchor: Anchor): Kept {
    return { anchor, seen: { countyMs: this.ms, deviceMs: this.clocks.device() } };
  }

  private get byDeviceMs(): number {
    return this.clocks.device() - (this.anchor?.deviceMs ?? 0);
  }

  private get bySteadyMs(): number | null {
    return this.steadyMs === null ? null : this.clocks.steady() - this.steadyMs;
  }

  /** Go on from what an earlier page kept; a clock that stands before what was seen is told from then on. */
  private reopen({ anchor, seen }: Kept): void {
    const deviceMs = this.clocks.device();
    this.anchor = deviceMs >= seen.deviceMs ? anchor : { ...anchor, countyMs: seen.countyMs, deviceMs };
  }
}

function readKept(text: string | null): Kept | null {
  try {
    const found: unknown = JSON.parse(text ?? "null");
    return isKept(found) ? found : null;
  } catch {
    return null;
  }
}

function isKept(found: unknown): found is Kept {
  const { anchor, seen } = (found ?? {}) as Partial<Kept>;
  const numbers = [anchor?.countyMs, anchor?.deviceMs, anchor?.rate, seen?.countyMs, seen?.deviceMs];
  return numbers.every((value) => typeof value === "number");
}
