// What a phone does while there is no network: whom it answers how, what it keeps, what it learns later.
import { describe, expect, test } from "vitest";

import { type Bundle, bytesOf, readBundle } from "../../src/core/bundle";
import { DoorClock } from "../../src/core/doorClock";
import { tenthsOf } from "../../src/core/edgeDoor";
import { fateOf } from "../../src/core/outbox";
import { type Answer, isRefused, type Outcome, type Refused, type Scan } from "../../src/core/scan";
import { DoorBox, isOther } from "../../src/islands/doorBox";
import { edgeAnswer, OF_THIS_PHONE } from "../../src/islands/edgeAnswer";
import { LATER_KEPT, type Later, withLater } from "../../src/islands/laterAnswers";
import { tell } from "../../src/islands/offlineWords";
import { prove } from "../../src/islands/proof";
import { proves } from "../../src/islands/proves";
import { PageShelf } from "../../src/islands/shelf";
import { ed25519, type Line, vectors } from "../core/vectors";

const [keys] = vectors("bundle") as [Line];
const [qrKeys, ...codes] = vectors("person_qr") as [Line, ...Line[]];
const publicKey = Uint8Array.from(Buffer.from(keys["public"], "hex"));
const PERSON = codeNamed("edge", "good");
const CARD = codeNamed("card", "good");
const NOON = "2022-04-19T12:00:00.000+08:00";
const HALF_PAST_NOON = "2022-04-19T12:30:00.000+08:00";
/** Door 2 of the bundle's own venue, as it is typed. */
const DOOR = vectors("venue_code").find((line) => line["what"] === "typed" && "expect" in line)!["text"] as string;

function codeNamed(what: string, name: string): string {
  return codes.find((line) => line["what"] === what && line["name"] === name)!["text"];
}

function clockAt(at: string, device = { deviceMs: 0, steadyMs: 0 }): DoorClock {
  const clock = new DoorClock({ getItem: () => null, setItem: () => undefined }, {
    device: () => device.deviceMs,
    steady: () => device.steadyMs,
  });
  clock.hear(at, 1);
  return clock;
}

const bundle: Bundle = await readBundle(bytesOf(keys["bytes"]), new Map([[keys["signer_id"], publicKey]]), prove);

function scanOf(more: Partial<Scan>): Scan {
  return { id: "a", venue: DOOR, scanned_at: NOON, ...more };
}

async function answered(more: Partial<Scan>, clock = clockAt(NOON)): Promise<Answer | Refused> {
  return edgeAnswer(scanOf(more), { bundle, tables: bundle.tables[0]!, clock });
}

const wordOf = (told: Answer | Refused): string => (isRefused(told) ? told.refusal : told.outcome);

describe("signatures", () => {
  const line = codes.find((one) => one["what"] === "edge" && one["name"] === "good")!;

  test("are proved alike by the browser, by plain JavaScript and by a third program", async () => {
    const key = Uint8Array.from(Buffer.from(qrKeys["public"], "hex"));
    const message = new TextEncoder().encode(line["text"]);
    for (const signature of [new Uint8Array(64), new Uint8Array(64).fill(255), new Uint8Array(3)]) {
      const said = [await prove(message, signature, key).catch(() => false), proves(message, signature, key)];
      expect(said).toEqual([false, ed25519(qrKeys["public"])(message, signature)]);
    }
  });
});

describe("a door without network", () => {
  test("is certain of its own venue's door", () => {
    expect(bundle.venues.map((venue) => venue.number)).toEqual([9_042_117]);
  });

  test("lets somebody pass whose code proves it, once a temperature was taken", async () => {
    const told = (await answered({ code: PERSON, temperature_c: 36.5 })) as Answer;
    expect([told.outcome, told.health, told.travel]).toEqual(["admit", "green", "clear"]);
    expect(wordOf(await answered({ code: PERSON }))).toBe("verify");
    expect(wordOf(await answered({ code: PERSON, temperature_c: 38.2 }))).not.toBe("admit");
  });

  test("asks for a check of a card and of a number, whatever they are", async () => {
    for (const shown of [{ code: CARD }, { document: "E12345678" }]) {
      const told = (await answered({ ...shown, temperature_c: 36.5 })) as Answer;
      expect([told.outcome, told.health, told.because.length]).toEqual(["verify", null, 1]);
      expect(told.because[0]!.rule).toBe(OF_THIS_PHONE);
    }
  });

  test("refuses a code that has ended, is forged, or is another county's, as a gate does", async () => {
    expect(wordOf(await answered({ code: PERSON }, clockAt(HALF_PAST_NOON)))).toBe("code.expired");
    expect(wordOf(await answered({ code: codeNamed("edge", "a forged signature") }))).toBe("code.signature");
    expect(wordOf(await answered({ code: codeNamed("edge", "another county") }))).toBe("code.other_county");
  });

  test("a clock set back by a day makes no code good that has ended", async () => {
    const device = { deviceMs: 0, steadyMs: 0 };
    const clock = clockAt(NOON, device);
    device.steadyMs += 1_800_000;
    device.deviceMs += 1_800_000 - 86_400_000;
    const told = (await answered({ code: PERSON, temperature_c: 36.5 }, clock)) as Answer;
    expect(told.outcome).toBe("verify");
    expect(told.because[0]!.en).toContain("clock is not certain");
  });

  test("a phone that is a day behind what codes show trusts its clock no more", async () => {
    const clock = clockAt("2022-04-18T12:00:00.000+08:00");
    expect(wordOf(await answered({ code: PERSON, temperature_c: 36.5 }, clock))).toBe("verify");
    expect([clock.unsure, clock.second]).toEqual(["behind", "2022-04-19 12:00:00"]);
  });

  test("on the way out nothing is asked", async () => {
    expect(wordOf(await answered({ document: "E12345678", direction: "out" }))).toBe("admit");
  });

  test("answers those who come together, each by their own", async () => {
    const told = (await answered({ code: PERSON, temperature_c: 36.5, companions: [{ code: CARD }, { code: "FXP1" }] })) as Answer;
    expect(told.companions!.map(wordOf)).toEqual(["verify", "code.truncated"]);
  });

  test("at a door it knows nothing of it lets nobody pass on a guess", async () => {
    const elsewhere = vectors("venue_code").find((line) => line["what"] === "poster" && line["name"] === "good")!["text"];
    const told = (await edgeAnswer(scanOf({ code: PERSON, venue: elsewhere, temperature_c: 36.5 }), {
      bundle: { ...bundle, venues: [{ ...bundle.venues[0]!, number: 1 }] },
      tables: bundle.tables[0]!,
      clock: clockAt(NOON),
    })) as Answer;
    expect([told.outcome, told.because[0]!.en.includes("what kind of venue")]).toEqual(["verify", true]);
  });

  test("rounds a temperature as the county's program does", () => {
    expect([37.25, 37.35, 36.5, 38].map(tenthsOf)).toEqual([372, 374, 365, 380]);
  });

  test("says by what it answers", () => {
    expect(tell("en", "mark", { at: "14:05" })).toBe("Offline · knowledge of 14:05");
    expect(tell("zh", "mark", { at: "14:05" })).toBe("离线 · 依据\u200914:05\u2009的信息");
  });
});

describe("the box", () => {
  const admit = (id: string, outcome: Outcome = "admit", more: Partial<Answer> = {}): Answer => ({
    id,
    outcome,
    health: null,
    travel: null,
    test_age_hours: null,
    because: [],
    snapshot: 1,
    snapshot_age_seconds: 0,
    ...more,
  });

  function boxOn(shelf: PageShelf, answers: (scans: readonly Scan[]) => (Answer | Refused)[] | null): DoorBox {
    return new DoorBox(shelf, { scans: async (scans) => answers(scans) });
  }

  test("sends what it kept in its order, in batches, and tells how far it is", async () => {
    const batches: number[] = [];
    const box = boxOn(new PageShelf(), (scans) => {
      batches.push(scans.length);
      return scans.map(({ id }) => admit(id));
    });
    for (let n = 0; n < 250; n++) await box.keep(scanOf({ id: String(n) }), n);
    const done: string[] = [];
    const progress: unknown[] = [];
    await box.send(({ scan }) => scan, (scan) => done.push(scan.id), () => progress.push(box.progress));
    expect(batches).toEqual([100, 100, 50]);
    expect(done).toEqual(Array.from({ length: 250 }, (_, n) => String(n)));
    expect(progress.slice(0, 2)).toEqual([
      { done: 100, of: 250 },
      { done: 200, of: 250 },
    ]);
    expect([box.n, box.progress]).toEqual([0, null]);
  });

  test("has whoever asks while it is being sent wait until it is, and sends it once", async () => {
    let n = 0;
    let answer: (told: Answer[]) => void = () => undefined;
    const scans = (): Promise<Answer[]> => new Promise((resolve) => ((n += 1), (answer = resolve)));
    const box = new DoorBox(new PageShelf(), { scans }, () => "");
    await box.keep(scanOf({}), 1);
    const first = box.send(({ scan }) => scan, () => undefined);
    const second = box.send(({ scan }) => scan, () => undefined).then(() => box.n);
    answer([admit("a")]);
    await first;
    expect([n, await second]).toEqual([1, 0]);
  });

  test("loses nothing to a gate that is silent, whose disk is full, or that is not asked before the next page", async () => {
    const shelf = new PageShelf();
    const full: Refused = { refusal: "scan.not_recorded", zh: "", en: "" };
    for (const told of [null, [full], [admit("a", "verify", { recorded: false })]]) {
      const box = boxOn(new PageShelf(), () => told);
      await box.keep(scanOf({}), 1);
      await box.open(shelf);
      await box.send(({ scan }) => scan, () => expect.unreachable());
      expect(box.n).toBe(1);
    }
    const later = boxOn(new PageShelf(), (scans) => scans.map(({ id }) => admit(id)));
    await later.open(shelf);
    await later.send(({ scan }) => scan, () => undefined);
    expect([later.n, await shelf.all("scans")]).toEqual([0, []]);
  });

  /** A phone that was let in anew before its box was empty; `known`: whom a gate still knows. */
  async function enrolledAnew(known: readonly string[]): Promise<string[][]> {
    const asked: string[][] = [];
    let now = "old";
    const revoked: Refused = { refusal: "device.revoked", zh: "", en: "" };
    const scans = async (those: readonly Scan[], token = "") => {
      asked.push([token, ...those.map(({ id }) => id)]);
      return those.map(({ id }) => (known.includes(token) ? admit(id) : revoked));
    };
    const [shelf, page] = [new PageShelf(), new PageShelf()];
    const before = new DoorBox(shelf, { scans }, () => now);
    for (const id of ["a", "b"]) await before.keep(scanOf({ id }), 1);
    now = "new";
    const box = new DoorBox(page, { scans }, () => now);
    await box.open(shelf);
    await box.keep(scanOf({ id: "c" }), 2);
    await box.send(({ scan }) => scan, () => undefined);
    expect(box.n).toBe(0);
    return asked;
  }

  test("tells as whom it was taken down what is sent after the phone was let in anew", async () => {
    expect(await enrolledAnew(["old", "new"])).toEqual([["old", "a", "b"], ["new", "c"]]);
  });

  test("tells it as who the phone is now where no gate knows that one any more, and holds nothing else up", async () => {
    expect(await enrolledAnew(["new"])).toEqual([["old", "a", "b"], ["new", "a", "b"], ["new", "c"]]);
  });

  test("says that it will not outlast the page where there is no store, and keeps it all the same", async () => {
    const box = boxOn(new PageShelf(), () => null);
    expect([await box.keep(scanOf({}), 0), box.n]).toEqual([false, 1]);
  });

  test("what a gate answered and did not write down is sent again", () => {
    expect([fateOf(admit("a")), fateOf(admit("a", "verify", { recorded: false }))]).toEqual(["done", "again"]);
    const [over, revoked] = ["scan.device_over", "device.revoked"].map((refusal) => fateOf({ refusal, zh: "", en: "" }));
    expect([over, revoked]).toEqual(["done", "again"]);
  });

  test("a later answer is shown to the keeper unless it only lets pass who was checked", () => {
    const kept = (outcome: Outcome) => scanOf({ decided: { outcome, at: NOON } });
    const gone: Refused = { refusal: "code.revoked", zh: "", en: "" };
    expect([
      isOther(kept("admit"), admit("a")),
      isOther(kept("verify"), admit("a")),
      isOther(kept("admit"), admit("a", "refuse")),
      isOther(kept("refuse"), admit("a")),
      isOther(kept("admit"), admit("a", "admit", { companions: [admit("b", "refuse")] })),
      isOther(kept("verify"), gone),
      isOther(scanOf({}), gone),
    ]).toEqual([false, false, true, true, true, true, false]);
  });

  test("of what came later the worst stands first, each once, and no more than can be read", () => {
    const line = (id: string, now: Later["now"]): Later => ({ id, at: "", was: "admit", now, reason: "" });
    const all = [line("a", "admit"), line("b", "verify"), line("c", "refuse"), line("d", "unknown"), line("b", "refuse")];
    expect(all.reduce(withLater, [] as Later[]).map(({ id }) => id)).toEqual(["b", "c", "d", "a"]);
    const many = Array.from({ length: LATER_KEPT + 5 }, (_, n) => line(String(n), "refuse"));
    expect(many.reduce(withLater, [] as Later[])).toHaveLength(LATER_KEPT);
  });
});
