import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { Place } from "../../src/core/position";
import { isPoster, Nearby, placeOfPoster, presenceOf, whyNoPosition, WITHIN_MS } from "../../src/islands/nearby";

const POSTER = "FXV0ANYTHING";
const GATE: Place = { latitude: 35.96805, longitude: 111.84947, radius_m: 100 };

/** A receiver that says what it is told to. */
class Receiver {
  found: PositionCallback = () => undefined;
  failed: PositionErrorCallback = () => undefined;
  n_watches = 0;
  n_ended = 0;

  watchPosition(found: PositionCallback, failed: PositionErrorCallback): number {
    this.found = found;
    this.failed = failed;
    return ++this.n_watches;
  }

  clearWatch(): void {
    this.n_ended++;
  }

  sees(latitude: number, accuracy: number): void {
    this.found({ coords: { latitude, longitude: GATE.longitude, accuracy } } as GeolocationPosition);
  }

  fails(code: number): void {
    this.failed({ code } as GeolocationPositionError);
  }
}

function phone(place: Place | null = GATE, agreed = true) {
  const kept = new Map<string, string>(agreed ? [["fangxian.my.nearby", "yes"]] : []);
  const store = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => void kept.set(key, text),
    removeItem: (key: string) => void kept.delete(key),
  };
  const receiver = new Receiver();
  const asked: string[] = [];
  let n_denied = 0;
  const askPlace = async (poster: string) => {
    asked.push(poster);
    return place;
  };
  const nearby = new Nearby(receiver as unknown as Geolocation, store, askPlace, () => n_denied++);
  return { nearby, receiver, asked, kept, denials: () => n_denied };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a scan of a poster", () => {
  test("is near by a fix that was there already, without a wait", async () => {
    const { nearby, receiver, asked } = phone();
    nearby.begin();
    receiver.sees(GATE.latitude, 20);
    expect(await nearby.at(POSTER)).toBe("near");
    expect(asked).toEqual([POSTER]);
  });

  test("waits for a better fix while a coarse one may be either", async () => {
    const { nearby, receiver } = phone();
    const told = nearby.at(POSTER);
    await vi.advanceTimersByTimeAsync(100);
    receiver.sees(GATE.latitude, 900);
    await vi.advanceTimersByTimeAsync(2_000);
    receiver.sees(GATE.latitude, 25);
    expect(await told).toBe("near");
  });

  test("is far at once where the phone cannot be inside", async () => {
    const { nearby, receiver } = phone();
    nearby.begin();
    receiver.sees(GATE.latitude + 0.01, 50);
    expect(await nearby.at(POSTER)).toBe("far");
  });

  test("goes without after eight seconds, whatever was found until then", async () => {
    const { nearby, receiver } = phone();
    const [silent, coarse] = [nearby.at(POSTER), phone()];
    await vi.advanceTimersByTimeAsync(WITHIN_MS);
    expect(await silent).toBe("unknown");
    const told = coarse.nearby.at(POSTER);
    await vi.advanceTimersByTimeAsync(10);
    coarse.receiver.sees(GATE.latitude, 3_000);
    await vi.advanceTimersByTimeAsync(WITHIN_MS);
    expect(await told).toBe("coarse");
    expect(receiver.n_watches).toBe(1);
  });

  test("does not take a fix of a minute ago: the phone has walked since", async () => {
    const { nearby, receiver } = phone();
    nearby.begin();
    receiver.sees(GATE.latitude, 5);
    await vi.advanceTimersByTimeAsync(60_000);
    const told = nearby.at(POSTER);
    await vi.advanceTimersByTimeAsync(WITHIN_MS);
    expect(await told).toBe("unknown");
  });

  test("goes without at once if the venue has no position, the receiver fails, or somebody will not wait", async () => {
    expect(await phone(null).nearby.at(POSTER)).toBe("unknown");
    const [failing, hasty] = [phone(), phone()];
    const [failed, passed] = [failing.nearby.at(POSTER), hasty.nearby.at(POSTER)];
    failing.receiver.fails(2);
    hasty.nearby.pass();
    expect([await failed, await passed]).toEqual(["unknown", "passed-over"]);
  });
});

describe("whoever does not agree", () => {
  test("is not asked for a position, and the server not for the venue's", async () => {
    const { nearby, receiver, asked } = phone(GATE, false);
    nearby.begin();
    expect(await nearby.at(POSTER)).toBe("unasked");
    expect([receiver.n_watches, asked]).toEqual([0, []]);
  });

  test("is left alone once the phone has said no for them", async () => {
    const { nearby, receiver, kept, denials } = phone();
    const told = nearby.at(POSTER);
    receiver.fails(1);
    expect(await told).toBe("denied");
    expect([kept.size, denials(), nearby.isAgreed]).toEqual([0, 1, false]);
    expect(await nearby.at(POSTER)).toBe("unasked");
  });

  test("changes their mind, and where they were is forgotten", async () => {
    const { nearby, receiver } = phone();
    nearby.begin();
    receiver.sees(GATE.latitude, 5);
    nearby.agree(false);
    expect([receiver.n_ended, JSON.stringify(nearby).includes("35.9")]).toEqual([1, false]);
    nearby.agree(true);
    expect(receiver.n_watches).toBe(2);
  });
});

test("a rotating code proves more already, and a typed one can be guessed", () => {
  expect(["FXV0ABC", "FXR0ABC", "7K2M40HQZ"].map(isPoster)).toEqual([true, false, false]);
});

test("without https and without a receiver nothing is offered", () => {
  const navigator = { geolocation: {} as Geolocation };
  expect(whyNoPosition({ isSecureContext: false, navigator })).toBe("insecure");
  expect(whyNoPosition({ isSecureContext: true, navigator: {} })).toBe("none");
  expect(whyNoPosition({ isSecureContext: true, navigator })).toBe("");
});

test("one word leaves the phone", () => {
  expect(presenceOf("near")).toEqual({ presence: "located" });
  for (const other of ["far", "coarse", "denied", "unknown", "passed-over"] as const) {
    expect(presenceOf(other)).toEqual({ presence: "none" });
  }
  expect(presenceOf("unasked")).toEqual({});
});

describe("a poster's place", () => {
  afterEach(() => void vi.unstubAllGlobals());

  test("is asked for without a cookie", async () => {
    const asked = vi.fn(async () => new Response(JSON.stringify({ place: GATE })));
    vi.stubGlobal("fetch", asked);
    expect(await placeOfPoster("/venue-place/", POSTER)).toEqual(GATE);
    expect(asked).toHaveBeenCalledWith(`/venue-place/${POSTER}`, expect.objectContaining({ credentials: "omit" }));
  });

  test("is none without a network, and where too many ask", async () => {
    vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("gone")));
    expect(await placeOfPoster("/venue-place/", POSTER)).toBeNull();
    vi.stubGlobal("fetch", async () => new Response("{}", { status: 429 }));
    expect(await placeOfPoster("/venue-place/", POSTER)).toBeNull();
  });
});
