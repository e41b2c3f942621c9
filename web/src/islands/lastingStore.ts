/** A small store that a page reads at once, and whose named things a battery that dies does not take.

    The browser's own small store is read without waiting, but is on disk only seconds after it was written: a phone that
    was let in and whose battery then dies would be no keeper's any more, and its enrolment code is used up. So each is
    written to the shelf too, and what stands there counts when the page is opened again. */

import { openShelf, type Shelf } from "./shelf";

export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export class LastingStore implements Store {
  private shelf: Shelf | null = null;
  /** Written before the shelf was open: that is newer than what lies there. */
  private readonly written = new Set<string>();

  constructor(private readonly quick: Store) {}

  getItem(name: string): string | null {
    return this.quick.getItem(name);
  }

  setItem(name: string, text: string): void {
    this.quick.setItem(name, text);
    this.written.add(name);
    void this.shelve(name);
  }

  removeItem(name: string): void {
    this.quick.removeItem(name);
    this.written.add(name);
    void this.shelve(name);
  }

  /** Take over what an earlier page left on a shelf, and keep these there from now on. */
  async open(shelf: Shelf, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const found = await shelf.get("things", name).catch(() => undefined);
      if (typeof found === "string" && !this.written.has(name)) this.quick.setItem(name, found);
    }
    this.shelf = shelf;
    for (const name of names) await this.shelve(name);
  }

  private async shelve(name: string): Promise<void> {
    const text = this.quick.getItem(name);
    const done = text === null ? this.shelf?.remove("things", [name]) : this.shelf?.put("things", name, text);
    // A device without room still has it in its small store.
    await done?.catch(() => undefined);
  }
}

/** The one thing of that name, durably written before this is done: for a page that goes away at once. */
export async function keepLastingly(name: string, text: string): Promise<void> {
  localStorage.setItem(name, text);
  const shelf = await openShelf();
  await shelf.put("things", name, text).catch(() => undefined);
}
