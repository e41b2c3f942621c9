/** What the phone keeps: records that wait, those that were refused, and what it took along. All of it sealed; each
    record is on disk before anything says "kept". */

import type { FieldRecord, Numbered, Why } from "../core/fieldOutbox";
import { newId } from "../core/scan";
import { later, readTries, type Tries } from "../core/unlocking";
import { durably, openDatabase } from "../islands/durable";
import type { Shelf } from "../islands/shelf";
import type { Queue } from "../sync/sender";
import { Done, type Mark, subjectOf } from "./done";
import { type Draft, leftAfter } from "./drafts";
import { isExit } from "./exit";
import { Reserve } from "./reserve";
import type { Lock, Sealed, Vault } from "./vault";

const NAME = "fangxian-field";
const THINGS = "things";
const OUTBOX = "outbox";
const REFUSED = "refused";
const LOG_KEPT = 200;
const TRIES = "fangxian-field-tries";
const STASH = "drafts";
/** What was done here, each beside the things: "done-" and the id of its record. */
const MARK = "done-";
const MARKED = "marked";
const MARKS = () => IDBKeyRange.bound(MARK, `${MARK}~`);

interface Row {
  readonly id: string;
  readonly sealed: Sealed;
  readonly why?: Sealed;
}

/** A mark as it lies: its number in clear, as the outbox has it. */
interface MarkRow {
  readonly number: number;
  readonly sealed: Sealed;
}

export interface Refusing extends Numbered {
  readonly why: Why;
}

/** A record that the server has; nothing of what it said is left here. */
export interface SentLine {
  readonly number: number;
  readonly kind: string;
  readonly recordedAt: string;
  /** Somebody left the county with a permit, and the server said that it counted. */
  readonly isExit?: boolean;
}

export class Chest implements Queue {
  private vault: Vault | null = null;
  /** Those read last for sending, so that what was sent can be told of. */
  private readonly read = new Map<number, FieldRecord>();

  private stashed: Sealed | null = null;
  readonly reserve: Reserve;
  /** What was done on this phone and its list may still offer; known while it is unlocked. */
  readonly done = new Done();

  private constructor(private readonly database: IDBDatabase) {
    this.reserve = new Reserve(database, THINGS);
  }

  /** Throws where this browser keeps nothing: then nothing may be recorded here. */
  static async open(): Promise<Chest> {
    const database = await openDatabase(NAME, (made) => {
      made.createObjectStore(THINGS);
      // Numbers rise and are never used twice, whatever is removed and however many pages are open.
      made.createObjectStore(OUTBOX, { autoIncrement: true });
      made.createObjectStore(REFUSED);
    });
    // Another page of ours erases: it need not wait for this one.
    database.onversionchange = () => database.close();
    return new Chest(database);
  }

  // ---- in clear ----

  async lock(): Promise<Lock | null> {
    return ((await this.thing("lock")) as Lock | undefined) ?? null;
  }

  async putLock(lock: Lock): Promise<void> {
    await this.putThing("lock", lock);
  }

  async tries(): Promise<Tries> {
    return later(((await this.thing("tries")) as Tries | undefined) ?? null, readTries(small(() => localStorage.getItem(TRIES))));
  }

  /** Room is kept free for it that no record gets. Where there is none all the same it lies in the small store, which has
      room of its own; throws where it lies nowhere. */
  async putTries(tries: Tries): Promise<void> {
    const text = JSON.stringify(tries);
    try {
      await this.reserve.writeLast([THINGS], (work) => work.objectStore(THINGS).put(tries, "tries"));
      small(() => localStorage.removeItem(TRIES));
    } catch (problem) {
      small(() => localStorage.setItem(TRIES, text));
      if (small(() => localStorage.getItem(TRIES)) !== text) throw problem;
    }
  }

  thing(name: string): Promise<unknown> {
    return durably(this.database, [THINGS], "readonly", (work) => work.objectStore(THINGS).get(name));
  }

  async putThing(name: string, thing: unknown): Promise<void> {
    await this.reserve.write([THINGS], (work) => work.objectStore(THINGS).put(thing, name));
  }

  async removeThing(name: string): Promise<void> {
    await this.reserve.write([THINGS], (work) => work.objectStore(THINGS).delete(name));
  }

  /** For what is no secret and is kept by its name alone. */
  get shelf(): Shelf {
    return {
      isLasting: true,
      all: async () => [],
      get: (_box, name) => this.thing(name),
      put: (_box, name, thing) => this.putThing(name, thing),
      remove: async (_box, names) => {
        for (const name of names) await this.removeThing(name);
      },
    };
  }

  // ---- sealed ----

  use(vault: Vault | null): void {
    this.vault = vault;
    if (vault) return;
    this.read.clear();
    this.done.clear();
  }

  /** `beside`: things in clear that are written in the same stroke, by their names; `without`: what goes in it. */
  async seal(name: string, thing: unknown, beside: Readonly<Record<string, unknown>> = {}, without: readonly string[] = []): Promise<void> {
    const sealed = await this.open.seal(thing, name);
    await this.reserve.write([THINGS], (work) => {
      const box = work.objectStore(THINGS);
      for (const other of without) box.delete(other);
      for (const [other, clear] of Object.entries(beside)) box.put(clear, other);
      return box.put(sealed, name);
    });
  }

  async unseal<T>(name: string): Promise<T | null> {
    const found = (await this.thing(name)) as Sealed | undefined;
    return found ? this.open.unseal<T>(found, name) : null;
  }

  // ---- what is typed and not kept ----

  /** Put away what is typed; on a phone without room it lies sealed in this page. Until it is taken, or is a record. */
  async stash(typed: readonly Draft[]): Promise<void> {
    this.stashed = await this.open.seal(typed, STASH);
    await this.putThing(STASH, this.stashed).catch(() => undefined);
  }

  async unstash(): Promise<Draft[]> {
    const found = await this.typed();
    this.stashed = null;
    return found;
  }

  /** What lies put away, as far as it can be read. */
  private async typed(): Promise<Draft[]> {
    const found = this.stashed ?? ((await this.thing(STASH)) as Sealed | undefined);
    return found ? this.open.unseal<Draft[]>(found, STASH).catch(() => []) : [];
  }

  async dropStash(): Promise<void> {
    this.stashed = null;
    await this.removeThing(STASH);
  }

  // ---- what was done here ----

  /** Find the marks that earlier pages left. */
  async readDone(): Promise<void> {
    let names: IDBValidKey[] = [];
    const rows = (await durably(this.database, [THINGS], "readonly", (work) => {
      const asked = work.objectStore(THINGS).getAllKeys(MARKS());
      asked.onsuccess = () => (names = asked.result);
      return work.objectStore(THINGS).getAll(MARKS());
    })) as MarkRow[];
    const { open } = this;
    const read = async ({ number, sealed }: MarkRow, i: number): Promise<Mark> => {
      const name = String(names[i]);
      return { name, number, ...(await open.unseal<Pick<Mark, "subject" | "at">>(sealed, name)) };
    };
    // One that is damaged hides the others from nobody.
    const marks = await Promise.all(rows.map((row, i) => read(row, i).catch(() => null)));
    for (const mark of marks) if (mark) this.done.add(mark);
    await this.markOlder().catch(() => undefined);
    await this.lookWhere();
  }

  /** Records that an app without marks left get theirs, once a phone: whatever is kept since has one. */
  private async markOlder(): Promise<void> {
    if (await this.thing(MARKED)) return;
    for (const { number, record } of [...(await this.rows(OUTBOX, Infinity)), ...(await this.allRefused())]) {
      const about = this.done.has(number) ? null : subjectOf(record.kind, record.body);
      if (about === null) continue;
      const name = MARK + newId();
      const told = { subject: about, at: record.recorded_at };
      const sealed = await this.open.seal(told, name);
      await this.putThing(name, { number, sealed });
      this.done.add({ name, number, ...told });
    }
    await this.putThing(MARKED, true);
  }

  /** Where the records of the marks lie now; another page of ours may have sent some. */
  async lookWhere(): Promise<void> {
    const keys = (box: string) => durably(this.database, [box], "readonly", (work) => work.objectStore(box).getAllKeys());
    const [waiting, refused] = await Promise.all([keys(OUTBOX), keys(REFUSED)]);
    this.done.lie(waiting.map(Number), refused.map(Number));
  }

  /** The names of the marks of what the server has: they go with the next list, which it makes with it. */
  marksOf(numbers: readonly number[]): string[] {
    return numbers.map((number) => this.done.remove(number)).filter((name) => name !== null);
  }

  // ---- the outbox ----

  /** Its number, once it is on disk with the mark of its work; throws where the phone has no room. */
  async keep(record: FieldRecord): Promise<number> {
    const id = newId();
    const row: Row = { id, sealed: await this.open.seal(record, `record:${id}`) };
    const name = MARK + id;
    const about = subjectOf(record.kind, record.body);
    const told = about === null ? null : { subject: about, at: record.recorded_at };
    const sealed = told && (await this.open.seal(told, name));
    const typed = leftAfter(record.kind, await this.typed());
    const left = typed.length > 0 ? await this.open.seal(typed, STASH) : null;
    const number = Number(
      await this.reserve.write([OUTBOX, THINGS], (work) => {
        const asked = work.objectStore(OUTBOX).add(row);
        // What was typed for it is a record now, and is not given back to be recorded once more.
        const things = work.objectStore(THINGS);
        if (left) things.put(left, STASH);
        else things.delete(STASH);
        if (sealed) asked.onsuccess = () => work.objectStore(THINGS).put({ number: Number(asked.result), sealed }, name);
        return asked;
      }),
    );
    if (this.stashed) this.stashed = left;
    if (told) {
      this.done.add({ name, number, ...told });
      await this.lookWhere();
    }
    return number;
  }

  count(): Promise<number> {
    return durably(this.database, [OUTBOX], "readonly", (work) => work.objectStore(OUTBOX).count());
  }

  async first(n: number): Promise<Numbered[]> {
    const found = await this.rows(OUTBOX, n);
    for (const { number, record } of found) this.read.set(number, record);
    return found;
  }

  async sent(numbers: readonly number[]): Promise<void> {
    const lines = numbers.map((number): SentLine => {
      const record = this.read.get(number);
      const left = record && isExit(record.body) ? { isExit: true } : {};
      return { number, kind: record?.kind ?? "", recordedAt: record?.recorded_at ?? "", ...left };
    });
    await this.reserve.write([OUTBOX], (work) => {
      for (const number of numbers) work.objectStore(OUTBOX).delete(number);
      return null;
    });
    for (const number of numbers) this.read.delete(number);
    await this.lookWhere();
    // A full phone goes without these lines: they tell only of what has arrived.
    const log = [...lines.reverse(), ...(await this.log())].slice(0, LOG_KEPT);
    await this.seal("log", log).catch(() => undefined);
  }

  async log(): Promise<SentLine[]> {
    return (await this.unseal<SentLine[]>("log")) ?? [];
  }

  /** Out of the way of the others, with the reason, in one stroke. */
  async refused(each: readonly { readonly number: number; readonly why: Why }[]): Promise<void> {
    for (const { number, why } of each) {
      const row = (await durably(this.database, [OUTBOX], "readonly", (work) => work.objectStore(OUTBOX).get(number))) as Row | undefined;
      if (!row) continue;
      const kept: Row = { ...row, why: await this.open.seal(why, `why:${row.id}`) };
      await this.reserve.write([OUTBOX, REFUSED], (work) => {
        work.objectStore(OUTBOX).delete(number);
        return work.objectStore(REFUSED).put(kept, number);
      });
      this.read.delete(number);
    }
    await this.lookWhere();
  }

  async allRefused(): Promise<Refusing[]> {
    return (await this.rows(REFUSED, Infinity)) as Refusing[];
  }

  countRefused(): Promise<number> {
    return durably(this.database, [REFUSED], "readonly", (work) => work.objectStore(REFUSED).count());
  }

  /** Under its own number: what the server has taken meanwhile is a repeat. */
  async sendAgain(number: number): Promise<void> {
    const row = (await durably(this.database, [REFUSED], "readonly", (work) => work.objectStore(REFUSED).get(number))) as Row | undefined;
    if (!row) return;
    await this.reserve.write([OUTBOX, REFUSED], (work) => {
      work.objectStore(REFUSED).delete(number);
      return work.objectStore(OUTBOX).put({ id: row.id, sealed: row.sealed }, number);
    });
    await this.lookWhere();
  }

  async drop(number: number): Promise<void> {
    const name = this.done.remove(number);
    await this.reserve.write([REFUSED, THINGS], (work) => {
      if (name) work.objectStore(THINGS).delete(name);
      return work.objectStore(REFUSED).delete(number);
    });
    await this.lookWhere();
  }

  /** The newest that wait, the last first. */
  async newest(n: number): Promise<Numbered[]> {
    const keys = await durably(this.database, [OUTBOX], "readonly", (work) => work.objectStore(OUTBOX).getAllKeys());
    const from = keys[Math.max(0, keys.length - n)];
    if (from === undefined) return [];
    return (await this.rows(OUTBOX, n, IDBKeyRange.lowerBound(from))).reverse();
  }

  private async rows(box: string, n: number, range: IDBKeyRange | null = null): Promise<Numbered[]> {
    const most = Number.isFinite(n) ? n : undefined;
    let keys: IDBValidKey[] = [];
    const rows = (await durably(this.database, [box], "readonly", (work) => {
      const asked = work.objectStore(box).getAllKeys(range, most);
      asked.onsuccess = () => (keys = asked.result);
      return work.objectStore(box).getAll(range, most);
    })) as Row[];
    return Promise.all(rows.map((row, i) => this.opened(Number(keys[i]), row)));
  }

  private async opened(number: number, { id, sealed, why }: Row): Promise<Numbered> {
    const record = await this.open.unseal<FieldRecord>(sealed, `record:${id}`);
    return why ? ({ number, record, why: await this.open.unseal<Why>(why, `why:${id}`) } as Numbered) : { number, record };
  }

  /** For what lies beside it, sealed by the same key; throws while it is locked. */
  get sealing(): Vault {
    return this.open;
  }

  private get open(): Vault {
    if (!this.vault) throw new Error("locked");
    return this.vault;
  }

  /** Nothing is left of it. */
  wipe(): Promise<void> {
    this.use(null);
    this.database.close();
    this.stashed = null;
    small(() => localStorage.removeItem(TRIES));
    return new Promise((done, failed) => {
      const asked = indexedDB.deleteDatabase(NAME);
      asked.onsuccess = () => done();
      asked.onerror = () => failed(asked.error);
      // Another page of ours lets go of it by itself; until then it is empty soon enough.
      asked.onblocked = () => done();
    });
  }
}

/** A browser that keeps no small store, or none for this page, has nothing in it. */
function small<T>(ask: () => T): T | null {
  try {
    return ask();
  } catch {
    return null;
  }
}
