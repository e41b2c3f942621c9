import { describe, expect, test } from "vitest";

import { keepDevice, keptDevice, type KeptDevice } from "../../src/islands/device";
import { codeInAddress } from "../../src/islands/enrol";
import { HeldCode, RETRY_MS, type Shown } from "../../src/islands/screen";

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

  test("is read as it was kept", () => {
    let kept = "";
    keepDevice({ getItem: () => null, setItem: (_, text) => (kept = text) }, DEVICE);
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
