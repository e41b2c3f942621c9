/** The browser's own database: opened in time or not at all, and written to so that a phone whose battery dies has it. */

/** A database that does not open in this time, as in a browser that is shutting another page down, is none. */
const PATIENCE_MS = 10_000;

export function openDatabase(name: string, make: (database: IDBDatabase) => void): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    setTimeout(() => failed(new Error("too late")), PATIENCE_MS);
    const asked = indexedDB.open(name, 1);
    asked.onupgradeneeded = () => make(asked.result);
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
    asked.onblocked = () => failed(new Error("blocked"));
  });
}

/** Done when the whole of it is on disk, not when the request was taken. */
export function durably<T>(
  database: IDBDatabase,
  boxes: readonly string[],
  mode: IDBTransactionMode,
  ask: (work: IDBTransaction) => IDBRequest<T> | null,
): Promise<T> {
  return new Promise((done, failed) => {
    // Older browsers know no third argument and pass it over.
    const work = database.transaction([...boxes], mode, { durability: "strict" });
    const asked = ask(work);
    work.oncomplete = () => done(asked?.result as T);
    work.onabort = work.onerror = () => failed(work.error ?? new Error("aborted"));
  });
}
