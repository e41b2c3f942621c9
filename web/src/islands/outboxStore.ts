/** The outbox in this browser's own store, and sending it: whoever is at work calls `send` when the gate answers. */

import { afterBatch, MOST_AT_ONCE, readBox, withScan } from "../core/outbox";
import type { Answer, Refused, Scan } from "../core/scan";
import type { GateLine } from "./gateLine";

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export class Outbox {
  private isSending = false;

  constructor(
    private readonly store: Store,
    private readonly key: string,
    private readonly line: GateLine,
  ) {}

  get scans(): Scan[] {
    return readBox(this.store.getItem(this.key));
  }

  keep(scan: Scan): void {
    this.write(withScan(this.scans, scan));
  }

  /** Send what is kept, oldest first, and tell of each that is done; stops at the first silence. */
  async send(sentAt: () => string, onDone: (scan: Scan, told: Answer | Refused) => void): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    try {
      for (let scans = this.scans; scans.length > 0; scans = this.scans) {
        const batch = scans.slice(0, MOST_AT_ONCE);
        const told = await this.line.scans(batch.map((scan) => ({ ...scan, sent_at: sentAt() })));
        if (!told) return;
        const after = afterBatch(this.scans, batch, told);
        this.write(after.box);
        for (const { scan, told: one } of after.done) onDone(scan, one);
        if (after.done.length === 0) return;
      }
    } finally {
      this.isSending = false;
    }
  }

  private write(scans: readonly Scan[]): void {
    if (scans.length === 0) this.store.removeItem(this.key);
    else this.store.setItem(this.key, JSON.stringify(scans));
  }
}
