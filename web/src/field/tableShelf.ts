/** What was done at the table, on the phone's disk: what waits in one box, what the server has answered in another. All of
    it sealed; each event is on disk before anything says "kept". Beside the chest, in a database of its own. */

import type { Kept, Said, Settled } from "../core/tableEvents";
import { durably, openDatabase } from "../islands/durable";
import type { TableQueue } from "../sync/tableSender";
import type { Reserve } from "./reserve";
import type { Sealed, Vault } from "./vault";

const NAME = "fangxian-field-table";
const WAITING = "waiting";
const ANSWERED = "answered";
/** The number is not known before it is written, so that all are sealed for one place. */
const PLACE = "table-event";

interface Row {
  readonly sealed: Sealed;
  /** When it was kept, by the phone's own clock: what is over its term goes without being opened. */
  readonly keptMs: number;
  readonly said?: Sealed;
}

type Inside = Omit<Kept, "nth">;

export class TableShelf implements TableQueue {
  private constructor(
    private readonly database: IDBDatabase,
    private readonly vault: () => Vault,
    private readonly reserve: Reserve,
  ) {}

  static async open(vault: () => Vault, reserve: Reserve): Promise<TableShelf> {
    const database = await openDatabase(NAME, (made) => {
      // Numbers rise and are never used twice: they are the order of the server too.
      made.createObjectStore(WAITING, { autoIncrement: true });
      made.createObjectStore(ANSWERED);
    });
    database.onversionchange = () => database.close();
    return new TableShelf(database, vault, reserve);
  }

  /** In one stroke, all or none, in this order; throws where the phone has no room. */
  async keep(each: readonly Inside[]): Promise<Kept[]> {
    const rows = await Promise.all(each.map((it) => this.rowOf(it)));
    const numbers: number[] = [];
    await this.reserve.makingRoom(() => {
      numbers.length = 0;
      return durably(this.database, [WAITING], "readwrite", (work) => {
        for (const row of rows) {
          const asked = work.objectStore(WAITING).add(row);
          asked.onsuccess = () => numbers.push(Number(asked.result));
        }
        return null;
      });
    });
    return each.map((it, i) => ({ ...it, nth: numbers[i]! }));
  }

  count(): Promise<number> {
    return durably(this.database, [WAITING], "readonly", (work) => work.objectStore(WAITING).count());
  }

  async first(n: number): Promise<Kept[]> {
    return (await this.rows(WAITING, n)).map(({ kept }) => kept);
  }

  /** Everything on this phone, in order, each with what the server said of it. */
  async all(): Promise<{ kept: Kept; said: Said | null }[]> {
    const [answered, waiting] = [await this.rows(ANSWERED), await this.rows(WAITING)];
    return [...answered, ...waiting].sort((one, other) => one.kept.nth - other.kept.nth);
  }

  /** Out of the way of what waits, with the server's answer, in one stroke. */
  async settle(each: readonly Settled[]): Promise<void> {
    const vault = this.vault();
    const said = await Promise.all(each.map(({ nth, said }) => vault.seal(said, `table-said:${nth}`)));
    await this.reserve.makingRoom(() =>
      durably(this.database, [WAITING, ANSWERED], "readwrite", (work) => {
        each.forEach(({ nth }, i) => {
          const asked = work.objectStore(WAITING).get(nth) as IDBRequest<Row | undefined>;
          asked.onsuccess = () => {
            if (!asked.result) return;
            work.objectStore(ANSWERED).put({ ...asked.result, said: said[i] }, nth);
            work.objectStore(WAITING).delete(nth);
          };
        });
        return null;
      }),
    );
  }

  /** The server says otherwise of what it has answered. */
  async resay(each: readonly Settled[]): Promise<void> {
    const vault = this.vault();
    const said = await Promise.all(each.map(({ nth, said }) => vault.seal(said, `table-said:${nth}`)));
    await this.reserve.makingRoom(() =>
      durably(this.database, [ANSWERED], "readwrite", (work) => {
        each.forEach(({ nth }, i) => {
          const asked = work.objectStore(ANSWERED).get(nth) as IDBRequest<Row | undefined>;
          asked.onsuccess = () => {
            if (asked.result) work.objectStore(ANSWERED).put({ ...asked.result, said: said[i] }, nth);
          };
        });
        return null;
      }),
    );
  }

  /** Under its own number: what the server has taken meanwhile is a repeat. */
  async again(nth: number): Promise<void> {
    await durably(this.database, [WAITING, ANSWERED], "readwrite", (work) => {
      const asked = work.objectStore(ANSWERED).get(nth) as IDBRequest<Row | undefined>;
      asked.onsuccess = () => {
        if (!asked.result) return;
        const { sealed, keptMs } = asked.result;
        work.objectStore(WAITING).put({ sealed, keptMs }, nth);
        work.objectStore(ANSWERED).delete(nth);
      };
      return null;
    });
  }

  /** What the server has, and was done before: it names people. What waits stays, however old. */
  async forgetBefore(ms: number): Promise<void> {
    await durably(this.database, [ANSWERED], "readwrite", (work) => {
      const asked = work.objectStore(ANSWERED).openCursor();
      asked.onsuccess = () => {
        const at = asked.result;
        if (!at) return;
        if ((at.value as Row).keptMs < ms) at.delete();
        at.continue();
      };
      return null;
    });
  }

  wipe(): Promise<void> {
    this.database.close();
    return new Promise((done, failed) => {
      const asked = indexedDB.deleteDatabase(NAME);
      asked.onsuccess = asked.onblocked = () => done();
      asked.onerror = () => failed(asked.error);
    });
  }

  private async rowOf(it: Inside): Promise<Row> {
    return { sealed: await this.vault().seal(it, PLACE), keptMs: Date.now() };
  }

  private async rows(box: string, n?: number): Promise<{ kept: Kept; said: Said | null }[]> {
    let keys: IDBValidKey[] = [];
    const rows = (await durably(this.database, [box], "readonly", (work) => {
      const asked = work.objectStore(box).getAllKeys(null, n);
      asked.onsuccess = () => (keys = asked.result);
      return work.objectStore(box).getAll(null, n);
    })) as Row[];
    return Promise.all(rows.map((row, i) => this.opened(Number(keys[i]), row)));
  }

  private async opened(nth: number, { sealed, said }: Row): Promise<{ kept: Kept; said: Said | null }> {
    const vault = this.vault();
    const inside = await vault.unseal<Inside>(sealed, PLACE);
    return { kept: { ...inside, nth }, said: said ? await vault.unseal<Said>(said, `table-said:${nth}`) : null };
  }
}
