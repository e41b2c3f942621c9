/** Sends what was done at the table, in order, 500 at a time, until the server has it. Whatever is not known to have
    arrived is sent again: a repeat is harmless. */

import { EVENTS_AT_ONCE, type Kept, type Said, type Settled, settleTable, type TableAnswer, tableBatch, tableRequest, tableVerdict, type TableVerdict } from "../core/tableEvents";
import type { Why } from "../core/fieldOutbox";
import { type Ask, SERVER_FAILED, type Stopped } from "./sender";

/** What waits at the table. `settle` is done once the answers are on disk. */
export interface TableQueue {
  first(n: number): Promise<Kept[]>;
  settle(each: readonly Settled[]): Promise<void>;
}

const TRIES_ALONE = 3;

export class TableSender {
  private isSending = false;
  private most = EVENTS_AT_ONCE;
  private nAlone = 0;
  private why: Why | null = null;

  constructor(
    private readonly queue: TableQueue,
    private readonly ask: Ask,
    private readonly changed: () => void,
  ) {}

  /** What the server said when it would take nothing at all. */
  get refusal(): Why | null {
    return this.why;
  }

  /** Send until nothing waits or the server is not to be had; a second call meanwhile does nothing. */
  async send(): Promise<Stopped> {
    if (this.isSending) return "later";
    this.isSending = true;
    try {
      for (;;) {
        const batch = tableBatch(await this.queue.first(this.most), this.most);
        if (batch.length === 0) return "empty";
        const told = await this.ask(tableRequest(batch));
        const verdict = told ? tableVerdict(told.status, told.body) : "again";
        const stopped = await this.take(batch, verdict, told?.body);
        if (stopped) return stopped;
      }
    } finally {
      this.isSending = false;
      this.changed();
    }
  }

  /** Null to go on. */
  private async take(batch: readonly Kept[], verdict: TableVerdict, body: unknown): Promise<Stopped | null> {
    if (verdict === "again") return "later";
    if (verdict === "answered") return (await this.settle(settleTable(batch, body as TableAnswer))) ? null : "later";
    if (verdict === "none") return (await this.setAside(batch, body as Why)) ? null : "later";
    if (verdict === "smaller") return (await this.narrow(batch)) ? null : "later";
    this.why = body as Why;
    return verdict;
  }

  private async settle(settled: readonly Settled[]): Promise<boolean> {
    if (settled.length === 0) return false;
    await this.queue.settle(settled);
    this.why = null;
    this.nAlone = 0;
    this.most = Math.min(EVENTS_AT_ONCE, this.most * 2);
    this.changed();
    return true;
  }

  /** Fewer the next time; one by itself that fails again and again is set aside, so that it holds nothing else up. */
  private async narrow(batch: readonly Kept[]): Promise<boolean> {
    if (batch.length > 1) {
      this.most = Math.ceil(batch.length / 4);
      return true;
    }
    this.nAlone += 1;
    if (this.nAlone < TRIES_ALONE) return false;
    return this.setAside(batch, SERVER_FAILED);
  }

  private setAside(batch: readonly Kept[], { refusal, zh, en }: Why): Promise<boolean> {
    const said: Said = { what: "refused", refusal, said: { zh, en } };
    return this.settle(batch.map(({ nth }) => ({ nth, said })));
  }
}
