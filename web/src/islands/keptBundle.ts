/** The bundle of this phone: fetched while there is a network, kept for when there is none. */

import { type Bundle, readBundle } from "../core/bundle";
import type { DoorClock } from "../core/doorClock";
import type { DoorTables } from "../core/doorTables";
import { Refusal } from "../core/refusal";
import { prove } from "./proof";
import type { Shelf } from "./shelf";

const NAME = "bundle";
const PATIENCE_MS = 20_000;

/** Whether a door may answer by its bundle: yes; it is too old; there is none, or none with rules for this moment. */
export type Standing = "good" | "expired" | "none";

export class KeptBundle {
  bundle: Bundle | null = null;
  /** Why what was fetched or kept is not used. */
  refusal: Refusal | null = null;

  constructor(
    private shelf: Shelf,
    private readonly clock: DoorClock,
    private readonly trusted: () => ReadonlyMap<number, Uint8Array>,
    private readonly device: () => number,
  ) {}

  /** Go on with what an earlier page kept on a shelf, proved again: a store can be written to by others. */
  async open(shelf: Shelf): Promise<void> {
    this.shelf = shelf;
    const found = await this.shelf.get("things", NAME).catch(() => undefined);
    if (found instanceof Uint8Array) await this.take(found);
  }

  /** Ask the pages' server for a fresh one; without an answer the one in hand serves. */
  async refresh(address: string, token: string): Promise<void> {
    if (!token) return;
    const giving = new AbortController();
    const timer = setTimeout(() => giving.abort(), PATIENCE_MS);
    try {
      const headers = { Authorization: `Bearer ${token}` };
      const answer = await fetch(address, { headers, cache: "no-store", signal: giving.signal });
      if (!answer.ok) return;
      const data = new Uint8Array(await answer.arrayBuffer());
      if (await this.take(data)) {
        this.clock.hear(this.bundle!.madeAt, this.bundle!.rate);
        await this.shelf.put("things", NAME, data).catch(() => undefined);
      }
    } catch {
      // No network, or a server that is down.
    } finally {
      clearTimeout(timer);
    }
  }

  get standing(): Standing {
    if (!this.bundle) return "none";
    if (this.ageS >= this.bundle.lastsS) return "expired";
    return this.tables ? "good" : "none";
  }

  /** Wall seconds since it was complete. With a clock that is not certain nobody passes, so the shorter time is told. */
  private get ageS(): number {
    const { bundle, clock } = this;
    return bundle ? Math.max(0, (clock.earliestMs - Date.parse(bundle.knownAt)) / 1000 / bundle.rate) : Infinity;
  }

  /** The tables in force: of several the last one, which is the later version of the rules. */
  get tables(): DoorTables | null {
    const atS = this.clock.earliestMs / 1000;
    const holding = this.bundle?.tables.filter(({ beginsS, untilS }) => beginsS <= atS && atS < untilS) ?? [];
    return holding[holding.length - 1] ?? null;
  }

  /** `14:05` of the county, up to when it knows everything. */
  get knownAt(): string {
    return this.bundle?.knownAt.slice(11, 16) ?? "";
  }

  /** This phone is no keeper's any more. */
  async forget(): Promise<void> {
    this.bundle = null;
    await this.shelf.remove("things", [NAME]).catch(() => undefined);
  }

  /** Whether the bytes are a bundle of this device that is no older than the one in hand. */
  private async take(data: Uint8Array): Promise<boolean> {
    try {
      const found = await readBundle(data, this.trusted(), prove);
      if (found.device !== this.device()) return false;
      if (this.bundle?.realm === found.realm && Date.parse(found.knownAt) < Date.parse(this.bundle.knownAt)) return false;
      this.bundle = found;
      this.refusal = null;
      return true;
    } catch (wrong) {
      if (!(wrong instanceof Refusal)) throw wrong;
      this.refusal = wrong;
      return false;
    }
  }
}
