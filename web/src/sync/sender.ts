/** Sends what waits, in order, until the server has it. The network lies: an answer may be lost, doubled, late, cut short
    or somebody else's; whatever is not known to have arrived is sent again, which is harmless. */

import { type Answer, batchOf, MOST_AT_ONCE, type Numbered, pauseMs, requestOf, settle, type Verdict, verdictOf, type Why } from "../core/fieldOutbox";

/** What waits on the phone. `sent` and `refused` are done once what they say is on disk. */
export interface Queue {
  count(): Promise<number>;
  first(n: number): Promise<Numbered[]>;
  sent(numbers: readonly number[]): Promise<void>;
  refused(each: readonly { readonly number: number; readonly why: Why }[]): Promise<void>;
}

/** One question to the server: status and body, null for silence. */
export type Ask = (body: object) => Promise<{ readonly status: number; readonly body: unknown } | null>;

export interface Hooks {
  readonly app: string;
  /** What the phone's own clock shows. */
  readonly now: () => string;
  readonly random: () => number;
  /** The server told its time. */
  readonly heard: (at: string, rate: number) => void;
  readonly changed: () => void;
}

/** Why it stopped: nothing waits; the server is not to be had now; or something only a person can mend. */
export type Stopped = "empty" | "later" | Extract<Verdict, "cut_off" | "enrol" | "old">;

/** The server failed over one record by itself, again and again: it is set aside, so that it holds nothing else up. */
export const SERVER_FAILED: Why = {
  refusal: "field.server_failed",
  zh: "服务器收这条记录时出了错，先放在一边，没有丢。其他记录照常送；请稍后按「再送一次」，仍不行就报告系统管理员，或在电脑上补录。",
  en: "The server failed over this record, so it was set aside; it is not lost, and the others are sent as usual. Press “Send again” later; if it fails again tell the system administrator, or enter it at a desk.",
};
const TRIES_ALONE = 3;

export class Sender {
  private isSending = false;
  private most = MOST_AT_ONCE;
  private nAlone = 0;
  private nFailures = 0;
  private why: Why | null = null;

  constructor(
    private readonly queue: Queue,
    private readonly ask: Ask,
    private readonly hooks: Hooks,
  ) {}

  /** What the server said when it would take nothing at all; null while it takes. */
  get refusal(): Why | null {
    return this.why;
  }

  get isBusy(): boolean {
    return this.isSending;
  }

  /** How long to leave it before the next try. */
  get pause(): number {
    return this.nFailures === 0 ? 0 : pauseMs(this.nFailures, this.hooks.random());
  }

  /** Send until nothing waits or the server is not to be had; a second call meanwhile does nothing. */
  async send(): Promise<Stopped> {
    if (this.isSending) return "later";
    this.isSending = true;
    try {
      return await this.sendAll();
    } finally {
      this.isSending = false;
      this.hooks.changed();
    }
  }

  private async sendAll(): Promise<Stopped> {
    for (;;) {
      const batch = batchOf(await this.queue.first(this.most), this.most);
      if (batch.length === 0) {
        this.nFailures = 0;
        return "empty";
      }
      const nWaiting = Math.max(batch.length, await this.queue.count());
      const told = await this.ask(requestOf(batch, this.hooks.app, this.hooks.now(), nWaiting));
      const verdict = told ? verdictOf(told.status, told.body) : "again";
      const stopped = await this.take(batch, verdict, told?.body);
      if (stopped) return stopped;
    }
  }

  /** Null to go on. */
  private async take(batch: readonly Numbered[], verdict: Verdict, body: unknown): Promise<Stopped | null> {
    if (verdict === "answered") return (await this.takeAnswer(batch, body as Answer)) ? null : this.failed();
    if (verdict === "smaller") return (await this.narrow(batch)) ? null : this.failed();
    if (verdict === "again") return this.failed();
    this.why = body as Why;
    return verdict;
  }

  /** Whether anything came of it. */
  private async takeAnswer(batch: readonly Numbered[], answer: Answer): Promise<boolean> {
    this.hooks.heard(answer.at, answer.rate);
    const { sent, refused } = settle(batch, answer);
    if (refused.length > 0) await this.queue.refused(refused);
    if (sent.length > 0) await this.queue.sent(sent);
    this.why = null;
    const isSome = sent.length + refused.length > 0;
    if (isSome) {
      this.nFailures = this.nAlone = 0;
      this.most = Math.min(MOST_AT_ONCE, this.most * 2);
      this.hooks.changed();
    }
    return isSome;
  }

  /** Fewer the next time; one by itself that fails again and again is set aside. False: leave it for now. */
  private async narrow(batch: readonly Numbered[]): Promise<boolean> {
    if (batch.length > 1) {
      this.most = Math.ceil(batch.length / 4);
      return true;
    }
    this.nAlone += 1;
    if (this.nAlone < TRIES_ALONE) return false;
    this.nAlone = 0;
    await this.queue.refused([{ number: batch[0]!.number, why: SERVER_FAILED }]);
    return true;
  }

  private failed(): Stopped {
    this.nFailures += 1;
    return "later";
  }
}
