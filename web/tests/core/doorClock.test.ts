import { describe, expect, test } from "vitest";

import { APART_MS, DoorClock, type Kept } from "../../src/core/doorClock";

const DAY_MS = 86_400_000;
const NOON = "2022-04-19T12:00:00.000+08:00";

/** A device whose two clocks a test moves as it likes, and what its pages keep. */
class Device {
  deviceMs = 1_000_000_000_000;
  steadyMs = 500;
  private readonly kept = new Map<string, string>();

  /** What its browser had not written to disk is gone. */
  killed(): void {
    this.kept.clear();
  }

  page(): DoorClock {
    this.steadyMs = 0; // each page counts anew
    const store = { getItem: (key: string) => this.kept.get(key) ?? null, setItem: (key: string, text: string) => void this.kept.set(key, text) };
    return new DoorClock(store, { device: () => this.deviceMs, steady: () => this.steadyMs });
  }

  pass(ms: number): void {
    this.deviceMs += ms;
    this.steadyMs += ms;
  }
}

function heard(at = NOON, rate = 1): [Device, DoorClock] {
  const device = new Device();
  const clock = device.page();
  clock.hear(at, rate);
  return [device, clock];
}

describe("a door's clock", () => {
  test("goes on from what was heard, whatever hour the device shows", () => {
    const [device, clock] = heard();
    device.pass(61_000);
    expect([clock.second, clock.unsure]).toEqual(["2022-04-19 12:01:01", null]);
  });

  test("runs as fast as the county's", () => {
    const [device, clock] = heard(NOON, 600);
    device.pass(1_000);
    expect(clock.second).toBe("2022-04-19 12:10:00");
  });

  test("hears from a gate in UTC and goes on speaking in the county's own zone", () => {
    const [, clock] = heard();
    clock.hear("2022-04-19T04:30:00Z");
    expect([clock.stamp(), clock.rate]).toEqual(["2022-04-19T12:30:00.000+08:00", 1]);
  });

  test("set back by a day, it neither goes back nor is believed", () => {
    const [device, clock] = heard();
    device.pass(600_000);
    device.deviceMs -= DAY_MS;
    expect([clock.second, clock.unsure]).toEqual(["2022-04-19 12:10:00", "apart"]);
  });

  test("set forward by a day it is not believed, and ends nothing too late", () => {
    const [device, clock] = heard();
    device.deviceMs += DAY_MS;
    expect([clock.unsure, clock.ms, clock.earliestMs]).toEqual(["apart", Date.parse(NOON) + DAY_MS, Date.parse(NOON)]);
  });

  test("a device that slept is not believed until somebody tells the time", () => {
    const [device, clock] = heard();
    device.deviceMs += APART_MS + 1; // the other clock stood still meanwhile
    expect(clock.unsure).toBe("apart");
    clock.hear("2022-04-19T12:01:00.000+08:00");
    expect(clock.unsure).toBeNull();
  });

  test("a clock that is set right by seconds is believed", () => {
    const [device, clock] = heard();
    device.deviceMs -= 5_000;
    expect(clock.unsure).toBeNull();
  });

  test("opened anew without a network it goes on, and is not believed", () => {
    const [device, clock] = heard();
    device.pass(60_000);
    clock.keep();
    device.pass(30_000);
    const again = device.page();
    expect([again.second, again.unsure]).toEqual(["2022-04-19 12:01:30", "reopened"]);
  });

  test("opened anew with its clock set back, it goes on from what was last seen", () => {
    const [device, clock] = heard();
    device.pass(600_000);
    clock.keep();
    device.deviceMs -= DAY_MS;
    const again = device.page();
    device.pass(1_000);
    expect([again.second, again.unsure]).toEqual(["2022-04-19 12:10:01", "reopened"]);
  });

  test("killed before its small store was on disk, it goes on from what was kept durably", () => {
    const [device, clock] = heard();
    const disk: Kept[] = [];
    clock.outlast(undefined, (told) => disk.push(told));
    clock.hear("2022-04-19T12:00:10.000+08:00");
    device.killed();
    device.pass(50_000);
    const again = device.page();
    again.outlast(disk[disk.length - 1], () => undefined);
    expect([disk.length, again.second, again.unsure]).toEqual([2, "2022-04-19 12:01:00", "reopened"]);
  });

  test("of what was kept in two places the later counts, and what the page was told itself before both", () => {
    const [device, clock] = heard();
    const disk: Kept[] = [];
    clock.outlast(undefined, (told) => disk.push(told));
    device.pass(600_000);
    clock.keep();
    const seconds = [device.page(), device.page()].map((page, n) => {
      if (n === 1) page.hear("2022-04-18T08:00:00.000+08:00");
      page.outlast({ ...disk[0]!, anchor: { ...disk[0]!.anchor, countyMs: disk[0]!.anchor.countyMs - n } }, () => undefined);
      return page.second;
    });
    expect(seconds).toEqual(["2022-04-19 12:10:00", "2022-04-18 08:00:00"]);
  });

  test("takes nothing from a place in which something else was kept", () => {
    for (const found of [undefined, null, "x", {}, { anchor: { countyMs: 1 } }]) {
      const clock = new Device().page();
      clock.outlast(found, () => undefined);
      expect(clock.isKnown).toBe(false);
    }
  });

  test("a code from a little later moves it on, and one from much later is more than it can explain", () => {
    const [, clock] = heard();
    clock.atLeast(Date.parse(NOON) + 20_000);
    expect([clock.second, clock.unsure]).toEqual(["2022-04-19 12:00:20", null]);
    clock.atLeast(Date.parse(NOON) + 600_000);
    expect([clock.second, clock.unsure]).toEqual(["2022-04-19 12:10:00", "behind"]);
  });

  test("a code does not make it forget that its clock was set", () => {
    const [device, clock] = heard();
    device.pass(60_000);
    device.deviceMs -= DAY_MS;
    clock.atLeast(clock.ms + 1_000);
    expect(clock.unsure).toBe("apart");
  });

  test("reads nothing from a store in which something else was written", () => {
    for (const text of [null, "{", "[]", '{"anchor":{}}', '{"anchor":null,"seen":{}}']) {
      const store = { getItem: () => text, setItem: () => undefined };
      expect(new DoorClock(store, { device: () => 0, steady: () => 0 }).isKnown).toBe(false);
    }
  });
});
