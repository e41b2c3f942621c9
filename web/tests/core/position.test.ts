import { describe, expect, test } from "vitest";

import { distanceTo, metresBetween, type Place } from "../../src/core/position";

const GATE: Place = { latitude: 35.96805, longitude: 111.84947, radius_m: 100 };
/** So many degrees north are so many metres. */
const METRE = 360 / (2 * Math.PI * 6_371_009);

function north(metres: number, accuracy_m: number) {
  return { latitude: GATE.latitude + metres * METRE, longitude: GATE.longitude, accuracy_m };
}

describe("metres between two points", () => {
  test("are those of the sphere, also across a pole and the line of dates", () => {
    expect(metresBetween(GATE, north(250, 0))).toBeCloseTo(250, 3);
    expect(metresBetween({ latitude: 90, longitude: 0 }, { latitude: 90, longitude: 120 })).toBeCloseTo(0, 3);
    expect(metresBetween({ latitude: 0, longitude: 179.9995 }, { latitude: 0, longitude: -179.9995 })).toBeCloseTo(111.195, 2);
  });

  test("count the narrowing of the degrees towards the poles", () => {
    const east = { ...GATE, longitude: GATE.longitude + 100 * METRE };
    expect(metresBetween(GATE, east)).toBeCloseTo(100 * Math.cos((GATE.latitude * Math.PI) / 180), 2);
  });
});

describe("a phone is at a venue", () => {
  test("only if it cannot be outside", () => {
    expect([0, 60, 69, 71, 100].map((metres) => distanceTo(GATE, north(metres, 30)))).toEqual([
      "near",
      "near",
      "near",
      "coarse",
      "coarse",
    ]);
  });

  test("and is not only if it cannot be inside", () => {
    expect([120, 129, 131, 5_000].map((metres) => distanceTo(GATE, north(metres, 30)))).toEqual(["coarse", "coarse", "far", "far"]);
  });

  test("never by a fix that is coarser than the venue is large, however close its middle", () => {
    expect(distanceTo(GATE, north(0, 101))).toBe("coarse");
    expect(distanceTo(GATE, north(0, 2_000))).toBe("coarse");
  });

  test("never by a fix that does not say how good it is", () => {
    for (const accuracy of [NaN, -1, Infinity]) expect(distanceTo(GATE, north(0, accuracy))).toBe("coarse");
    expect(distanceTo(GATE, { latitude: NaN, longitude: 0, accuracy_m: 5 })).toBe("coarse");
  });

  test("not by a position of the shifted maps: those are hundreds of metres off", () => {
    expect(distanceTo(GATE, { latitude: GATE.latitude + 0.0009, longitude: GATE.longitude + 0.0052, accuracy_m: 15 })).toBe("far");
  });
});
