/** Where a door's phone keeps things across reloads: the browser's own database, or this page alone where there is none.

    `things` are single things by their names; `scans` are what waits to be sent, by id. */

import { durably, openDatabase } from "./durable";

export type Box = "things" | "scans";

export interface Shelf {
  /** Whether what is put here outlasts the page. */
  readonly isLasting: boolean;
  all(box: Box): Promise<unknown[]>;
  get(box: Box, name: string): Promise<unknown>;
  put(box: Box, name: string, thing: unknown): Promise<void>;
  remove(box: Box, names: readonly string[]): Promise<void>;
}

const NAME = "fangxian-door";
const BOXES: readonly Box[] = ["things", "scans"];

export async function openShelf(): Promise<Shelf> {
  try {
    const found = await openDatabase(NAME, (database) => BOXES.forEach((box) => database.createObjectStore(box)));
    // Otherwise a browser that runs short may throw away an hour of scans.
    void navigator.storage?.persist?.().catch(() => false);
    return new DatabaseShelf(found);
  } catch {
    return new PageShelf();
  }
}

class DatabaseShelf implements Shelf {
  readonly isLasting = true;

  constructor(private readonly database: IDBDatabase) {}

  all(box: Box): Promise<unknown[]> {
    return this.run(box, "readonly", (store) => store.getAll());
  }

  get(box: Box, name: string): Promise<unknown> {
    return this.run(box, "readonly", (store) => store.get(name));
  }

  async put(box: Box, name: string, thing: unknown): Promise<void> {
    await this.run(box, "readwrite", (store) => store.put(thing, name));
  }

  async remove(box: Box, names: readonly string[]): Promise<void> {
    await this.run(box, "readwrite", (store) => {
      for (const name of names) store.delete(name);
      return null;
    });
  }

  private run<T>(box: Box, mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T> | null): Promise<T> {
    return durably(this.database, [box], mode, (work) => ask(work.objectStore(box)));
  }
}

/** For a browser that keeps nothing, and for tests. */
export class PageShelf implements Shelf {
  readonly isLasting = false;
  private readonly boxes = { things: new Map<string, unknown>(), scans: new Map<string, unknown>() };

  async all(box: Box): Promise<unknown[]> {
    return [...this.boxes[box].values()];
  }

  async get(box: Box, name: string): Promise<unknown> {
    return this.boxes[box].get(name);
  }

  async put(box: Box, name: string, thing: unknown): Promise<void> {
    this.boxes[box].set(name, thing);
  }

  async remove(box: Box, names: readonly string[]): Promise<void> {
    for (const name of names) this.boxes[box].delete(name);
  }
}
