import { describe, expect, it } from "vitest";

import { batchOf, MOST_BYTES, pauseMs, settle, verdictOf } from "../../src/core/fieldOutbox";
import { PIECES, recordsIn, roomOf, roomOfPieces } from "../../src/core/room";
import { leftMs, MOST_TRIES, triesLeft, waitMs, weaknessOf } from "../../src/core/unlocking";
import { found, isOver } from "../../src/field/bundle";
import { record } from "../sync/lyingNetwork";

const answer = (outcomes: object[]) => ({ at: "2022-04-19T12:00:00+08:00", rate: 1, outcomes });

describe("a request", () => {
  it("carries no more bytes than a poor line does, and one record however large", () => {
    const large = { ...record(1), body: { text: "长".repeat(3_000) } };
    const waiting = Array.from({ length: 250 }, (_, i) => ({ number: i + 1, record: large }));
    const batch = batchOf(waiting, 250);
    expect(JSON.stringify(batch.map((one) => one.record)).length * 2).toBeLessThanOrEqual(MOST_BYTES + 1_000);
    expect(batchOf([{ number: 1, record: { ...large, body: { text: "长".repeat(MOST_BYTES) } } }], 250)).toHaveLength(1);
  });

  it("is settled by what was answered of it and by nothing else", () => {
    const batch = [1, 2, 3].map((number) => ({ number, record: record(number) }));
    const told = answer([
      { number: 2, outcome: "repeat" },
      { number: 9, outcome: "taken" },
      { number: 2, outcome: "refused", refusal: "x", zh: "", en: "" },
    ]);
    expect(settle(batch, told as never)).toEqual({ sent: [2], refused: [] });
  });
});

describe("an answer", () => {
  it.each([
    [200, answer([]), "answered"],
    [200, { hotel: true }, "again"],
    [200, answer([{ number: "1", outcome: "taken" }]), "again"],
    [401, { refusal: "field.cut_off" }, "cut_off"],
    [401, { refusal: "field.device_unknown" }, "enrol"],
    [401, null, "again"],
    [409, { refusal: "field.app_old" }, "old"],
    [409, { refusal: "field.not_readable" }, "smaller"],
    [500, null, "smaller"],
    [502, null, "again"],
    [503, null, "again"],
  ])("of %i means what it means", (status, body, wanted) => {
    expect(verdictOf(status, body)).toBe(wanted);
  });

  it("that fails again and again is waited for longer, never longer than two minutes", () => {
    expect([1, 2, 3, 20].map((n) => pauseMs(n, 1))).toEqual([2_000, 4_000, 8_000, 120_000]);
    expect(pauseMs(1, 0)).toBe(1_000);
  });
});

describe("the unlock", () => {
  it("costs nothing for three wrong tries, then more each time", () => {
    expect([0, 1, 2, 3, 4, 5, 9].map(waitMs)).toEqual([0, 0, 0, 5_000, 10_000, 20_000, 320_000]);
    expect([0, MOST_TRIES - 1, MOST_TRIES, MOST_TRIES + 5].map(triesLeft)).toEqual([10, 1, 0, 0]);
  });

  it("is never waited for longer than it said, whatever the clock was set to", () => {
    expect(leftMs(3, 1_000_000, 1_002_000)).toBe(3_000);
    expect(leftMs(3, 1_000_000, 1_000_000 - 86_400_000)).toBe(5_000);
    expect(leftMs(3, 1_000_000, 1_000_000 + 86_400_000)).toBe(0);
  });

  it.each([
    ["12345", "short"],
    ["123456", "plain"],
    ["654321", "plain"],
    ["888888", "plain"],
    ["138427", null],
    ["浮山下雨了没", null],
  ])("%s", (secret, weakness) => {
    expect(weaknessOf(secret)).toBe(weakness);
  });
});

describe("room on the phone", () => {
  it.each([
    [0, 1e9, "enough"],
    [1e9 - 3e6, 1e9, "little"],
    [1e9 - 1e5, 1e9, "none"],
    [undefined, 1e9, "unknown"],
  ])("used %s of %s is %s", (usage, quota, wanted) => {
    expect(roomOf(usage, quota)).toBe(wanted);
  });

  it("what is kept free is a shift; less of it is told before there is none", () => {
    expect(recordsIn(PIECES)).toBeGreaterThanOrEqual(3_000);
    expect([null, PIECES, PIECES - 1, 2, 1, 0].map(roomOfPieces)).toEqual(["unknown", "enough", "little", "little", "none", "none"]);
  });
});

describe("what was taken along", () => {
  const home = (number: number, address: string, name: string, phone: string) => ({
    id: String(number),
    number,
    address,
    members: [{ id: name, name, sex: "male" as const, born: 1980, phone }],
  });
  const cell = [home(71, "东张村 71 号", "某乙", ""), home(7, "东张村 12 号", "某甲", "15400000001")];

  it("is searched by number, name, address and phone", () => {
    const numbers = (typed: string) => found(cell, typed, 10).map(({ number }) => number);
    expect([numbers(""), numbers("7"), numbers("某乙"), numbers("东张"), numbers("154000"), numbers("丙")]).toEqual([
      [71, 7],
      [7, 71],
      [71],
      [71, 7],
      [7],
      [],
    ]);
  });

  it("is over at its term, and where nobody knows from when it is", () => {
    const at = Date.parse("2022-04-19T12:00:00+08:00");
    expect(isOver("2022-04-19T12:00:00+08:00", 72, at + 71 * 3_600_000)).toBe(false);
    expect(isOver("2022-04-19T12:00:00+08:00", 72, at + 72 * 3_600_000)).toBe(true);
    expect(isOver("", 72, at)).toBe(true);
    expect(isOver("2022-04-19T12:00:00+08:00", 72, null), "nobody has told the time").toBe(false);
  });
});
