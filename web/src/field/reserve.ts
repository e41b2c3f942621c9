/** Room that is kept free for the records of a shift, by lying there: browsers no longer say how much they would take.

    Chromium tells every site that some ten gigabytes are left, whatever there is. So the phone writes down as much as a
    shift needs and gives it up piece by piece when a record finds no room: what warns is a piece that could not be
    written, or had to go, and not a record that is lost. */

import { durably } from "../islands/durable";
import { GUARD_BYTES, PIECE_BYTES, PIECES } from "../core/room";

const NAME = "reserve-";
/** For wrong tries at the unlock alone: whoever finds a full phone has no more of them than of another. */
const GUARD = "guard";
const ALL = () => IDBKeyRange.bound(NAME, `${NAME}~`);
/** What is removed is not at once free. */
const PAUSES_MS = [0, 60, 300];
const MOST_RANDOM = 65_536;

export class Reserve {
  /** How many pieces lie here; null before anybody has looked. */
  n: number | null = null;

  constructor(
    private readonly database: IDBDatabase,
    private readonly box: string,
  ) {}

  /** Write down what is missing, as far as there is room. */
  async fill(): Promise<void> {
    const isGuarded = (await this.ask((box) => box.getKey(GUARD))) !== undefined || (await this.lay(GUARD, GUARD_BYTES));
    const lying = new Set((await this.names()).map(String));
    for (let i = 0; i < PIECES && isGuarded; i++) {
      const name = NAME + i;
      if (lying.has(name)) continue;
      if (!(await this.lay(name, PIECE_BYTES))) break; // no room for it: that is what is to be known
      lying.add(name);
    }
    this.n = lying.size;
  }

  /** A write for which the guard goes too, when no piece is left. */
  async writeLast<T>(boxes: readonly string[], ask: (work: IDBTransaction) => IDBRequest<T> | null): Promise<T> {
    try {
      return await this.write(boxes, ask);
    } catch {
      await durably(this.database, [this.box], "readwrite", (work) => work.objectStore(this.box).delete(GUARD));
      return this.write(boxes, ask);
    }
  }

  /** A write for which there is room as long as there is a piece to give up for it. */
  write<T>(boxes: readonly string[], ask: (work: IDBTransaction) => IDBRequest<T> | null): Promise<T> {
    return this.makingRoom(() => durably(this.database, boxes, "readwrite", ask));
  }

  /** The same for what lies in another database of this app. */
  async makingRoom<T>(write: () => Promise<T>): Promise<T> {
    for (;;) {
      let problem: unknown;
      for (const pauseMs of PAUSES_MS) {
        if (pauseMs) await new Promise((done) => setTimeout(done, pauseMs));
        try {
          return await write();
        } catch (failed) {
          problem = failed;
        }
      }
      if (!(await this.giveUp())) throw problem;
    }
  }

  private async giveUp(): Promise<boolean> {
    const last = (await this.names().catch(() => [])).pop();
    if (last === undefined) return false;
    await durably(this.database, [this.box], "readwrite", (work) => work.objectStore(this.box).delete(last));
    this.n = (await this.names()).length;
    return true;
  }

  private names(): Promise<IDBValidKey[]> {
    return this.ask((box) => box.getAllKeys(ALL()));
  }

  private async lay(name: string, bytes: number): Promise<boolean> {
    const piece = noise(bytes);
    const put = (work: IDBTransaction) => work.objectStore(this.box).put(piece, name);
    return durably(this.database, [this.box], "readwrite", put).then(
      () => true,
      () => false,
    );
  }

  private ask<T>(ask: (box: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    return durably(this.database, [this.box], "readonly", (work) => ask(work.objectStore(this.box)));
  }
}

/** What cannot be pressed together. */
function noise(bytes: number): Uint8Array {
  const piece = new Uint8Array(bytes);
  for (let at = 0; at < piece.length; at += MOST_RANDOM) crypto.getRandomValues(piece.subarray(at, at + MOST_RANDOM));
  return piece;
}
