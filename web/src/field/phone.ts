/** The phone in the field: its lock, what it took along, what it records, and when it sends. Nothing of a page. */

import { bytesOf } from "../core/bundle";
import { type FieldRecord, verdictOf, type Why } from "../core/fieldOutbox";
import { leftMs, MOST_TRIES, type Tries, triesLeft } from "../core/unlocking";
import { GateLine } from "../islands/gateLine";
import { OfflineDoor } from "../islands/offlineDoor";
import type { Language } from "../islands/words";
import { Sender, type Stopped } from "../sync/sender";
import { type Bundle, isOver } from "./bundle";
import { Chest } from "./chest";
import { type Standing, subject } from "./done";
import { type Draft, Drafts } from "./drafts";
import type { Province } from "./journey";
import { FieldLine, type Hello } from "./line";
import { Tables } from "./tables";
import { Vault } from "./vault";

/** Who the phone is, sealed. */
export interface Who {
  readonly device: string;
  readonly secret: string;
  readonly username: string;
  readonly ends_at: string;
}

export interface Taken {
  readonly told: Bundle;
  readonly tag: string;
  readonly knownAt: string;
}

export type Unlocked = "open" | "erased" | { readonly waitMs: number; readonly triesLeft: number };
export type Line = "good" | "gone" | "busy" | "stopped";

const SOON_MS = 400;
const EVERY_MS = 30_000;
const REFRESH_MS = 600_000;
const TERM = "term";
const CLOCK = "clock";
const NATION = "nation";
const DEVICE = "device";
const ASK_LOCKED_MS = 60_000;

export class Phone {
  readonly door: OfflineDoor;
  readonly sender: Sender;
  /** What is done at a sampling table: an outbox of its own, for the server takes those events elsewhere. */
  readonly tables: Tables;
  private readonly line: FieldLine;
  private chest!: Chest;
  private isOpen = false;
  private timer = 0;
  private refreshedMs = 0;
  private askedMs = 0;
  private isWorking = false;
  private uncounted: Tries | null = null;
  private locking: Promise<void> = Promise.resolve();
  /** What lies put away, as it was typed. */
  private stashed = "[]";
  /** What was typed before the lock, to be given back. */
  drafts = new Drafts();
  who: Who | null = null;
  taken: Taken | null = null;
  hello: Hello | null = null;
  /** The nation's counties, to choose from without a network. */
  nation: readonly Province[] = [];
  private nationTag = "";
  state: Line = "gone";
  /** What only a person can mend, in the server's words. */
  why: Why | null = null;
  /** Whether what was taken along was over its term and is gone. */
  hasExpired = false;

  constructor(
    private readonly base: string,
    app: string,
    language: Language,
    private readonly onChange: () => void,
    private readonly onErased: (why: Why | null) => void,
  ) {
    this.line = new FieldLine(base, () => this.who?.secret ?? "", app, () => this.hello?.packings ?? []);
    const post = () => (this.hello ? { division: this.hello.division, verifiers: this.hello.verifiers } : null);
    const gate = new GateLine("", () => "");
    this.door = new OfflineDoor(localStorage, gate, () => ({ token: this.who?.secret ?? "", device: 0, post: post() }), language);
    this.tables = new Tables(base, () => this.who?.secret ?? "", onChange);
    const queue = {
      count: () => this.chest.count(),
      first: (n: number) => this.chest.first(n),
      sent: (numbers: readonly number[]) => this.chest.sent(numbers),
      refused: (each: readonly { readonly number: number; readonly why: Why }[]) => this.chest.refused(each),
    };
    this.sender = new Sender(queue, (body) => this.line.intents(body), {
      app,
      now: () => new Date().toISOString(),
      random: Math.random,
      heard: (at, rate) => this.clock.hear(at, rate),
      changed: onChange,
    });
  }

  /** With which a paper's signature is proved: none before the phone has said hello once. */
  get verifiers(): ReadonlyMap<number, Uint8Array> {
    return new Map(Object.entries(this.hello?.verifiers ?? {}).map(([id, key]) => [Number(id), bytesOf(key)]));
  }

  get clock() {
    return this.door.clock;
  }

  get box(): Chest {
    return this.chest;
  }

  get isUnlocked(): boolean {
    return this.isOpen;
  }

  /** Find what earlier pages left; throws in a browser that keeps nothing. */
  async find(): Promise<"new" | "locked"> {
    this.chest = await Chest.open();
    await this.tables.open(this.chest);
    void navigator.storage?.persist?.().catch(() => false);
    // Beside the outbox, and as durably: a record is worth little without the county's time of it.
    const { chest } = this;
    this.clock.outlast(await chest.thing(CLOCK), (told) => void chest.putThing(CLOCK, told).catch(() => undefined));
    await this.endTerm();
    const isLocked = (await this.chest.lock()) !== null;
    if (isLocked) void this.askIfCutOff().catch(() => undefined);
    return isLocked ? "locked" : "new";
  }

  /** Lock a phone that was just enrolled with its holder's unlock. */
  async choose(who: Who, unlock: string): Promise<void> {
    const { vault, lock } = await Vault.make(unlock);
    this.chest.use(vault);
    await this.chest.seal("who", who);
    await this.count(0);
    await this.chest.putLock(lock);
    await this.opened(who);
  }

  /** The try is counted before it is made: a browser that is killed meanwhile has counted it. */
  async unlock(typed: string): Promise<Unlocked> {
    await this.locking;
    const lock = (await this.chest.lock())!;
    const { n, lastMs } = this.uncounted ?? (await this.chest.tries());
    const waitMs = leftMs(n, lastMs, Date.now());
    if (waitMs > 0) return { waitMs, triesLeft: triesLeft(n) };
    await this.count(n + 1);
    const vault = await Vault.open(lock, typed);
    if (!vault && n + 1 >= MOST_TRIES) {
      await this.erase();
      return "erased";
    }
    if (!vault) return { waitMs: leftMs(n + 1, Date.now(), Date.now()), triesLeft: triesLeft(n + 1) };
    await this.count(0);
    this.chest.use(vault);
    await this.opened(await this.chest.unseal<Who>("who"));
    return "open";
  }

  /** On a phone that keeps it nowhere, this page counts: what waits must be got at to be sent. */
  private async count(n: number): Promise<void> {
    const { turn = 0 } = this.uncounted ?? (await this.chest.tries());
    const tries: Tries = { n, lastMs: n > 0 ? Date.now() : 0, turn: turn + 1 };
    this.uncounted = await this.chest.putTries(tries).then(() => null, () => tries);
  }

  /** `typed` is put away first, sealed; from the first moment on nothing is to be had from here. */
  async lock(typed: readonly Draft[] = []): Promise<void> {
    clearTimeout(this.timer);
    this.isOpen = false;
    this.who = this.taken = null;
    this.drafts = new Drafts();
    this.tables.lock();
    this.locking = this.stash(typed).finally(() => this.chest.use(null));
    await this.locking;
  }

  /** What is typed is put away, for a browser that is closed behind another. */
  async stash(typed: readonly Draft[]): Promise<void> {
    const text = JSON.stringify(typed);
    if (text === this.stashed) return;
    this.stashed = text;
    await this.chest.stash(typed).catch(() => undefined);
  }

  /** Its number, once it is on disk; throws where there is no room. */
  async record(kind: string, body: Readonly<Record<string, unknown>>): Promise<number> {
    const { clock } = this;
    const record: FieldRecord = {
      kind,
      recorded_at: clock.stamp(),
      device_at: new Date().toISOString(),
      sure: clock.isKnown && clock.unsure === null,
      body,
    };
    const number = await this.chest.keep(record);
    this.stashed = "";
    this.soon();
    this.onChange();
    return number;
  }

  /** Something that is kept elsewhere on this phone was written, and is to be sent. */
  recorded(): void {
    this.soon();
    this.onChange();
  }

  async erase(): Promise<void> {
    clearTimeout(this.timer);
    this.isOpen = false;
    this.who = this.taken = this.hello = null;
    this.drafts = new Drafts();
    await this.tables.wipe();
    await this.chest.wipe();
  }

  /** A phone whose enrolment ended goes on as itself. */
  async renew(who: Who): Promise<void> {
    this.who = who;
    this.why = null;
    await this.chest.seal("who", who);
    this.soon();
  }

  soon(ms = SOON_MS): void {
    if (!this.isOpen) return;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.work(), ms);
  }

  /** Ask the server for what the account has to do now, whether or not it is time. */
  async refresh(): Promise<void> {
    this.refreshedMs = 0;
    await this.work();
  }

  /** A lost phone is locked, or soon will be: as far as there is a network it hears that it was cut off all the same. */
  async askIfCutOff(): Promise<void> {
    if (this.isOpen || !navigator.onLine || Date.now() - this.askedMs < ASK_LOCKED_MS) return;
    this.askedMs = Date.now();
    const device = (await this.chest.thing(DEVICE)) as string | undefined;
    const told = device ? await this.line.isCutOff(device) : null;
    if (!told || verdictOf(told.status, told.body) !== "cut_off") return;
    await this.erase();
    this.onErased(told.body as Why);
  }

  private async opened(who: Who | null): Promise<void> {
    this.who = who;
    // In clear: it tells nobody whose it is, and opens nothing.
    if (who && !(await this.chest.thing(DEVICE))) await this.ifThereIsRoom(this.chest.putThing(DEVICE, who.device));
    this.taken = await this.chest.unseal<Taken>("taken_along");
    this.hello = await this.chest.unseal<Hello>("hello");
    await this.chest.readDone();
    this.drafts = new Drafts(await this.chest.unstash());
    this.stashed = "";
    const nation = (await this.chest.thing(NATION)) as { provinces: readonly Province[]; tag: string } | undefined;
    if (nation) [this.nation, this.nationTag] = [nation.provinces, nation.tag];
    await this.tables.begin();
    this.isOpen = true;
    await this.door.bundle.open(this.chest.shelf);
    this.onChange();
    this.soon(0);
    void this.keepRoom();
  }

  /** Keep free what a shift needs, as far as there is room: how far is told before the first record. */
  private async keepRoom(): Promise<void> {
    await this.chest.reserve.fill().catch(() => undefined);
    if (this.isOpen) this.onChange();
  }

  /** What the server can be asked for again goes without where there is no room for it: the records come first. */
  private async ifThereIsRoom(write: Promise<void>): Promise<void> {
    await write.catch((problem: unknown) => {
      if (!this.isOpen) throw problem;
    });
  }

  /** Say hello, send, fetch what is new; again later. */
  private async work(): Promise<void> {
    if (this.isWorking || !this.isOpen) return;
    this.isWorking = true;
    let stopped: Stopped = "later";
    try {
      stopped = await this.greet();
      if (stopped === "empty") stopped = await this.sendAll();
      if (stopped === "empty") stopped = await this.stoppedBy(await this.tables.send(), this.tables.refusal);
      if (stopped === "empty") await this.tables.hear();
      if (stopped === "empty") await this.takeAlong();
      await this.endTerm();
    } catch (problem) {
      // Locked or erased meanwhile; nothing that was not on disk before is lost by it.
      if (this.isOpen) throw problem;
    } finally {
      this.isWorking = false;
      // Whatever went wrong, it is tried again.
      if (this.isOpen) this.soon(EVERY_MS);
    }
    if (!this.isOpen) return;
    this.state = stopped === "empty" ? "good" : stopped === "later" ? "gone" : "stopped";
    this.onChange();
    this.soon(stopped === "empty" ? EVERY_MS : Math.max(this.sender.pause, 5_000));
  }

  private async greet(): Promise<Stopped> {
    const told = await this.line.hello((await this.chest.count()) + (await this.tables.count()));
    if (told?.status === 200) {
      this.hello = told.body as Hello;
      this.why = null;
      this.clock.hear(this.hello.at, this.hello.rate);
      if (this.isOpen) await this.ifThereIsRoom(this.chest.seal("hello", this.hello));
      return "empty";
    }
    const verdict = told ? verdictOf(told.status, told.body) : "again";
    return this.stoppedBy(verdict === "cut_off" || verdict === "enrol" || verdict === "old" ? verdict : "later", told?.body as Why);
  }

  private async sendAll(): Promise<Stopped> {
    if ((await this.chest.count()) > 0) this.state = "busy";
    this.onChange();
    return this.stoppedBy(await this.sender.send(), this.sender.refusal);
  }

  private async stoppedBy(stopped: Stopped, why: Why | null): Promise<Stopped> {
    if (stopped === "cut_off") {
      await this.erase();
      this.onErased(why);
    } else if (stopped === "enrol" || stopped === "old") this.why = why;
    return stopped;
  }

  private async takeAlong(): Promise<void> {
    if (Date.now() - this.refreshedMs < REFRESH_MS && this.refreshedMs <= Date.now()) return;
    await this.chest.lookWhere();
    const { sent } = this.chest.done;
    const found = await this.line.bundle(this.taken?.tag ?? "");
    if (!found || !this.isOpen) return;
    this.refreshedMs = Date.now();
    const taken = "same" in found ? this.taken && { ...this.taken, knownAt: found.same } : found;
    if (!taken) return;
    this.taken = taken;
    this.hasExpired = false;
    // In one stroke: what is about people is never there without its term.
    const untilMs = Date.now() + taken.told.kept_h * 3_600_000;
    await this.ifThereIsRoom(this.chest.seal("taken_along", taken, { [TERM]: untilMs }, this.chest.marksOf(sent)));
    void this.keepRoom();
    await this.tables.takeAlong(taken.told.tables);
    if ((taken.told.places?.length ?? 0) > 0) await this.takeNation();
    if (taken.told.posts.length > 0) await this.door.bundle.refresh(`${this.base}/door`, this.who!.secret);
  }

  /** No secret, and the same for everybody: kept in clear, and beyond the term of what is about people. */
  private async takeNation(): Promise<void> {
    const found = await this.line.nation(this.nationTag);
    if (!found || found === "same" || !this.isOpen) return;
    [this.nation, this.nationTag] = [found.provinces, found.tag];
    await this.ifThereIsRoom(this.chest.putThing(NATION, found));
  }

  /** What this phone recorded of a work that its list may still offer. */
  did(kind: string, ...ids: readonly string[]): Standing | null {
    return this.chest.done.standing(subject(kind, ...ids));
  }

  isDone(kind: string, ...ids: readonly string[]): boolean {
    return this.chest.done.isDone(subject(kind, ...ids));
  }

  /** Whether the server takes records of a kind: an older one may not. */
  takes(kind: string): boolean {
    return this.hello?.kinds.includes(kind) ?? true;
  }

  /** What was taken along is gone at its term, also from a phone that nobody unlocks. */
  private async endTerm(): Promise<void> {
    const untilMs = (await this.chest.thing(TERM)) as number | undefined;
    const isOverHere = untilMs !== undefined && Date.now() >= untilMs;
    const countyMs = this.clock.isKnown ? this.clock.ms : null;
    const isOverThere = this.taken !== null && isOver(this.taken.knownAt, this.taken.told.kept_h, countyMs);
    if (!isOverHere && !isOverThere) return;
    this.taken = null;
    this.hasExpired = true;
    this.refreshedMs = 0;
    await this.chest.removeThing("taken_along");
    await this.chest.dropStash();
    await this.chest.removeThing(TERM);
    await this.tables.endTerm();
  }
}
