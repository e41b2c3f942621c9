import { describe, expect, test } from "vitest";

import { keepDevice, keptDevice, type KeptDevice } from "../../src/islands/device";
import { codeInAddress } from "../../src/islands/enrol";
import { LastingStore } from "../../src/islands/lastingStore";
import { HeldCode, RETRY_MS, type Shown } from "../../src/islands/screen";
import { PageShelf } from "../../src/islands/shelf";

const SHOWN: Shown = { venue: "", door: "", qr: "", at: "", turns_in_ms: 20_000, good_for_ms: 50_000 };
const DEVICE: KeptDevice = { token: "FXT1", device: 7, kind: "screen", venue: "", door: 1, name: "", next: "/screen/7" };

function heldSince(ms: number): HeldCode {
  const held = new HeldCode();
  held.take(SHOWN, ms);
  return held;
}

describe("the code a screen holds", () => {
  test("is asked for before there is one", () => {
    expect([new HeldCode().standing(0), new HeldCode().asksInMs(0, false)]).toEqual(["asking", RETRY_MS]);
  });

  test("is fresh until it turns, late while gates still take it, stale from then on", () => {
    const held = heldSince(1_000);
    expect([1_000, 20_999, 22_500, 50_999, 51_000].map((at) => held.standing(at))).toEqual([
      "fresh",
      "fresh",
      "late",
      "late",
      "stale",
    ]);
  });

  test("is asked for anew at its turn, and soon after a question without an answer", () => {
    const held = heldSince(0);
    expect([held.asksInMs(5_000, false), held.asksInMs(30_000, false), held.asksInMs(5_000, true)]).toEqual([
      15_000,
      50,
      RETRY_MS,
    ]);
  });

  test("shows how much of its turn is left", () => {
    const held = heldSince(0);
    expect([held.left(0), held.left(15_000), held.left(90_000)]).toEqual([100, 25, 0]);
  });

  test("a new one begins its turn from when it came", () => {
    const held = heldSince(0);
    held.take(SHOWN, 60_000);
    expect(held.standing(70_000)).toBe("fresh");
  });
});

describe("what a device keeps of itself", () => {
  const store = (text: string | null) => ({ getItem: () => text, setItem: () => undefined });

  test("is read as it was kept", async () => {
    let kept = "";
    await keepDevice(DEVICE, async (_, text) => void (kept = text));
    expect(keptDevice(store(kept))).toEqual(DEVICE);
  });

  test("anything else is no device", () => {
    for (const text of [null, "", "{", "[]", "null", '{"token":"FXT1"}', '{"token":1,"device":7,"kind":"screen"}']) {
      expect(keptDevice(store(text))).toBeNull();
    }
  });
});

describe("the code in an enrolment address", () => {
  test("is what stands behind the hash, and nothing that is no code", () => {
    expect(["#8K2M-40HQ", "#8k2m40hq", "", "#main", "#<script>", "#AAAA-BBBB-CCCC"].map(codeInAddress)).toEqual([
      "8K2M-40HQ",
      "8k2m40hq",
      "",
      "",
      "",
      "",
    ]);
  });
});

describe("a store that outlasts a dead battery", () => {
  const NAMES = ["a", "b", "c"];
  const small = () => {
    const kept = new Map<string, string>();
    const store = {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, text: string) => void kept.set(name, text),
      removeItem: (name: string) => void kept.delete(name),
    };
    return { kept, store };
  };

  test("has what the browser's small store had not yet on disk, and not what was removed", async () => {
    const shelf = new PageShelf();
    const before = new LastingStore(small().store);
    before.setItem("a", "from before the shelf was open");
    await before.open(shelf, NAMES);
    before.setItem("b", "later");
    before.setItem("c", "not for long");
    before.removeItem("c");
    const { store } = small();
    const after = new LastingStore(store);
    await after.open(shelf, NAMES);
    expect(NAMES.map((name) => after.getItem(name))).toEqual(["from before the shelf was open", "later", null]);
  });

  test("takes what was written last, and what an older page left in the small store alone", async () => {
    const shelf = new PageShelf();
    await shelf.put("things", "a", "new");
    const { kept, store } = small();
    kept.set("a", "old").set("b", "of an older page");
    const lasting = new LastingStore(store);
    lasting.setItem("c", "written while the shelf was opened");
    await shelf.put("things", "c", "old");
    await lasting.open(shelf, NAMES);
    expect(NAMES.map((name) => lasting.getItem(name))).toEqual(["new", "of an older page", "written while the shelf was opened"]);
    expect(await shelf.get("things", "b")).toBe("of an older page");
  });
});
