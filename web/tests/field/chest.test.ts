import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Chest } from "../../src/field/chest";
import type { Draft } from "../../src/field/drafts";
import { Vault } from "../../src/field/vault";

const FEW = 1_000;
const draft = (screen: string): Draft => ({ screen, about: "", values: { note: screen } });
const record = (kind: string) => ({ kind, recorded_at: "2022-04-08T09:00:00+08:00", device_at: "2022-04-08T01:00:00Z", sure: true, body: {} });

interface Range {
  readonly lower: string;
  readonly upper: string;
}
const within = (range?: Range | null) => (key: IDBValidKey) => !range || (String(key) >= range.lower && String(key) <= range.upper);

/** As much of a browser's database as a chest asks for: boxes of things by their names. */
function database() {
  const boxes = new Map<string, Map<IDBValidKey, unknown>>();
  const later = (asked: { onsuccess?: (() => void) | null }) => queueMicrotask(() => asked.onsuccess?.());
  const answer = <T>(result: T) => {
    const asked = { result, onsuccess: null };
    later(asked);
    return asked;
  };
  const box = (name: string) => {
    const rows = boxes.get(name)!;
    return {
      add: (thing: unknown) => (rows.set(rows.size + 1, thing), answer(rows.size)),
      put: (thing: unknown, key: IDBValidKey) => (rows.set(key, thing), answer(key)),
      get: (key: IDBValidKey) => answer(rows.get(key)),
      delete: (key: IDBValidKey) => answer(void rows.delete(key)),
      getAllKeys: (range?: Range | null) => answer([...rows.keys()].filter(within(range))),
      getAll: (range?: Range | null) => answer([...rows.keys()].filter(within(range)).map((key) => rows.get(key))),
    };
  };
  const transaction = () => {
    const work = { objectStore: box, oncomplete: null as (() => void) | null };
    setTimeout(() => work.oncomplete?.());
    return work;
  };
  const made = { transaction, createObjectStore: (name: string) => boxes.set(name, new Map()) };
  const open = () => {
    const asked = { result: made, onsuccess: null, onupgradeneeded: null as (() => void) | null };
    queueMicrotask(() => asked.onupgradeneeded?.());
    later(asked);
    return asked;
  };
  return { open };
}

describe("the chest", () => {
  beforeEach(() => {
    vi.stubGlobal("indexedDB", database());
    vi.stubGlobal("IDBKeyRange", { bound: (lower: string, upper: string): Range => ({ lower, upper }) });
  });
  afterEach(() => vi.unstubAllGlobals());

  async function chest(): Promise<Chest> {
    const found = await Chest.open();
    found.use((await Vault.make("138427", FEW)).vault);
    return found;
  }

  it("gives back what is typed on the other screens after a record was kept on one", async () => {
    const kept = await chest();
    await kept.stash([draft("problem"), draft("vaccine")]);
    expect(await kept.keep(record("problem"))).toBe(1);
    expect(await kept.unstash()).toEqual([draft("vaccine")]);
  });

  it("lies without anything typed once all of it is a record", async () => {
    const kept = await chest();
    await kept.stash([draft("problem")]);
    await kept.keep(record("problem"));
    expect(await kept.unstash()).toEqual([]);
    expect(await kept.thing("drafts")).toBeUndefined();
  });

  it("gives back what a browser that was closed meanwhile had put away", async () => {
    const { vault } = await Vault.make("138427", FEW);
    const before = await Chest.open();
    before.use(vault);
    await before.stash([draft("problem"), draft("vaccine")]);
    await before.keep(record("problem"));
    const sealed = await before.thing("drafts");
    expect(await vault.unseal(sealed as never, "drafts")).toEqual([draft("vaccine")]);
  });

  /** What an app without marks leaves: records, and nothing beside them. */
  async function leftByAnOlderApp(vault: Vault): Promise<Chest> {
    const before = await Chest.open();
    before.use(vault);
    await before.keep({ ...record("task_done"), body: { task: "t1", note: "" } });
    await before.keep(record("passing"));
    for (const name of before.marksOf([1])) await before.removeThing(name);
    return before;
  }

  it("knows of what an older app recorded that it was done, and looks for it once", async () => {
    const { vault } = await Vault.make("138427", FEW);
    const left = await leftByAnOlderApp(vault);
    expect(left.done.isDone("task_done:t1")).toBe(false);
    await left.readDone();
    expect(left.done.standing("task_done:t1")).toEqual({ where: "waits", at: "2022-04-08T09:00:00+08:00" });
    for (const name of left.marksOf([1])) await left.removeThing(name);
    await left.readDone();
    expect(left.done.isDone("task_done:t1"), "its list came with it since").toBe(false);
  });
});
