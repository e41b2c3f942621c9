/** Room that is kept free for the records of a shift, by lying there: browsers no longer say how much they would take.

    Chromium tells every site that some ten gigabytes are left, whatever there is. So the phone writes down as much as a
    shift needs and gives it up piece by piece when a record finds no room: what warns is a piece that could not be
    written, or had to go, and not a record that is lost. */

import { durably } from "../islands/durable";
import { PIECE_BYTES, PIECES } from "../core/room";

const NAME = "reserve-";
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
    const lying = new Set((await this.names()).map(String));
    for (let i = 0; i < PIECES; i++) {
      const name = NAME + i;
      if (lying.has(name)) continue;
      const piece = noise();
      try {
        await durably(this.database, [this.box], "readwrite", (work) => work.objectStore(this.box).put(piece, name));
        lying.add(name);
      } catch {
        break; // no room for it: that is what is to be known
      }
    }
    this.n = lying.size;
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
    return durably(this.database, [this.box], "readonly", (work) => work.objectStore(this.box).getAllKeys(ALL()));
  }
}

/** What cannot be pressed together. */
function noise(): Uint8Array {
  const piece = new Uint8Array(PIECE_BYTES);
  for (let at = 0; at < piece.length; at += MOST_RANDOM) crypto.getRandomValues(piece.subarray(at, at + MOST_RANDOM));
  return piece;
}
