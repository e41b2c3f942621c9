import { describe, expect, test } from "vitest";

import { alarmStates, type Alarms, HeldAge, minuteLabel, minutesBetween, moment, roundUp, shareOf, silentState, weekday, written } from "../../src/islands/situation";

describe("figures", () => {
  test("are written as the server writes them", () => {
    expect([written(1204), written(0), written("<5"), written(null), written(0.4)]).toEqual([
      "1,204",
      "0",
      "<5",
      "—",
      "0.4",
    ]);
  });

  test("times are the county's, whatever the device's zone", () => {
    expect(moment("2022-04-19T12:05:07+08:00")).toBe("2022-04-19 12:05");
    expect([false, true].map((english) => weekday("2022-04-19T00:05:07+08:00", english))).toEqual(["周二", "Tue"]);
  });
});

describe("gate alarms", () => {
  const told = (state: Alarms["state"], n: number): Alarms => ({ state, at: null, standing: Array(n), over: [] });

  test("are none only where somebody has looked just now and found nothing", () => {
    expect([told("ok", 0), told("ok", 2), told("stale", 0), told("stale", 2), told("not_yet", 0)].map(alarmStates)).toEqual([
      ["none"],
      [],
      ["stale"],
      ["stale"],
      ["not-yet"],
    ]);
  });

  test("stand for whole minutes, and for none before they began", () => {
    const at = "2022-04-19T14:05:03+08:00";
    expect(["2022-04-19T14:05:03+08:00", "2022-04-19T14:02:04+08:00", "2022-04-19T15:00:00+08:00"].map((it) => minutesBetween(it, at))).toEqual([0, 2, 0]);
  });
});

describe("silent venues", () => {
  const silent = (n: number, n_usual: number) => ({ n, n_usual, n_days: 3, venues: [] });

  test("are none only where somebody usually scans at this hour", () => {
    expect([null, silent(0, 0), silent(0, 4), silent(2, 4)].map(silentState)).toEqual(["not-yet", "unusual", "none", ""]);
  });
});

describe("the bars", () => {
  test("are labelled with their minute, over midnight too", () => {
    expect([0, 118, 119].map((nth) => minuteLabel("2022-04-19T01:05+08:00", nth, 120))).toEqual([
      "23:06",
      "01:04",
      "01:05",
    ]);
  });

  // The same values as tests/unit/pages/test_pictures.py: both draw the same plot.
  test.each([
    [0, 2],
    [3, 4],
    [10, 10],
    [11, 12],
    [23, 24],
    [34888, 40000],
  ])("a scale for %d ends at %d", (value, top) => {
    expect(roundUp(value)).toBe(top);
  });
});

test("a township has the share whose cut it has reached last; what is not known has none", () => {
  expect([null, 0, 1, 9, 10, 99, 100, 5000].map((n) => shareOf(n, [1, 10, 30, 100]))).toEqual([0, 0, 1, 1, 2, 3, 4, 4]);
});

test("what was received goes on ageing until the next comes", () => {
  const held = new HeldAge(1_000, 3);
  expect(held.seconds(6_000)).toBe(8);
  held.take(6_000, 0);
  expect(held.seconds(6_500)).toBe(0.5);
});
