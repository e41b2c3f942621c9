import { describe, expect, test } from "vitest";

import { CountyTime } from "../../src/core/countyTime";
import { faultOf, plainIdentity } from "../../src/core/identityNumber";
import { afterBatch, MOST_KEPT, readBox, withScan } from "../../src/core/outbox";
import { MOST_COMPANIONS, Party } from "../../src/core/party";
import { type Answer, newId, type Refused, type Scan, SeenLately, together } from "../../src/core/scan";
import { grouped, plainTyped } from "../../src/core/typedCode";

const NOON = { at: "2022-04-19T12:00:00.000+08:00", rate: 1 };
const REFUSED: Refused = { refusal: "code.expired", zh: "过期", en: "expired" };
const FULL: Refused = { refusal: "scan.not_recorded", zh: "没有写下", en: "not written" };

function scan(id: string): Scan {
  return { id, code: "FXP1", venue: "0000001A3", scanned_at: NOON.at };
}

function answer(outcome: Answer["outcome"], more: Partial<Answer> = {}): Answer {
  const because = outcome === "admit" ? [] : [{ rule: "D-1", zh: outcome, en: outcome }];
  const facts = { health: null, travel: null, test_age_hours: null, snapshot: 1, snapshot_age_seconds: 0 };
  return { id: "", outcome, because, ...facts, ...more };
}

describe("county time", () => {
  test("goes on from what the server said, however wrong this device's clock is", () => {
    expect(new CountyTime(NOON, 7).secondAt(7 + 61_000)).toBe("2022-04-19 12:01:01");
  });

  test("runs as fast as the county's", () => {
    expect(new CountyTime({ ...NOON, rate: 600 }, 0).secondAt(1_000)).toBe("2022-04-19 12:10:00");
  });

  test("dates a scan in the county's zone, to the millisecond", () => {
    expect(new CountyTime(NOON, 0).stampAt(1_234)).toBe("2022-04-19T12:00:01.234+08:00");
  });

  test("keeps a zone west of Greenwich", () => {
    expect(new CountyTime({ at: "2022-04-19T12:00:00-03:30", rate: 1 }, 0).stampAt(0)).toBe("2022-04-19T12:00:00.000-03:30");
  });

  test("tells how long until a moment, on this device's clock", () => {
    expect(new CountyTime({ ...NOON, rate: 60 }, 0).msUntil("2022-04-19T12:05:00+08:00", 1_000)).toBe(4_000);
  });
});

describe("one answer for those who come together", () => {
  test("is the strictest, with its own reason", () => {
    const told = together(answer("admit", { companions: [answer("verify"), answer("refuse")] }));
    expect(told).toEqual({ outcome: "refuse", because: { rule: "D-1", zh: "refuse", en: "refuse" } });
  });

  test("asks for a check where a companion's code could not be read", () => {
    const told = together(answer("admit", { companions: [REFUSED] }));
    expect([told.outcome, told.because?.zh]).toEqual(["verify", "过期"]);
  });

  test("has no reason where everybody passes", () => {
    expect(together(answer("admit"))).toEqual({ outcome: "admit", because: null });
  });
});

describe("ids", () => {
  test("are UUIDs of version 4", () => {
    expect(newId((bytes) => bytes.fill(0xff))).toBe("ffffffff-ffff-4fff-bfff-ffffffffffff");
  });
});

describe("the same code in view", () => {
  test("is one scan until it has been away", () => {
    const seen = new SeenLately(1_000);
    expect([0, 500, 1_400, 2_300, 3_400].map((at) => seen.isNew("a", at))).toEqual([true, false, false, false, true]);
  });

  test("does not hide another code", () => {
    const seen = new SeenLately(1_000);
    expect([seen.isNew("a", 0), seen.isNew("b", 1)]).toEqual([true, true]);
  });
});

describe("the outbox", () => {
  test("holds a scan once, however often it is kept", () => {
    expect(withScan(withScan([], scan("a")), scan("a"))).toHaveLength(1);
  });

  test("lets the oldest go when it is full", () => {
    const full = Array.from({ length: MOST_KEPT }, (_, i) => scan(String(i)));
    const box = withScan(full, scan("new"));
    expect([box.length, box[0]?.id, box.at(-1)?.id]).toEqual([MOST_KEPT, "1", "new"]);
  });

  test("lets go what was answered or refused for good, and keeps what the gate could not take", () => {
    const box = [scan("a"), scan("b"), scan("c"), scan("later")];
    const after = afterBatch(box, box.slice(0, 3), [answer("admit"), REFUSED, FULL]);
    expect(after.box.map((kept) => kept.id)).toEqual(["c", "later"]);
    expect(after.done.map(({ scan: sent }) => sent.id)).toEqual(["a", "b"]);
  });

  test.each(["scan.too_fast", "scan.not_recorded", "gate.fault", "gate.no_snapshot", "device.ended"])(
    "keeps a scan of which %s says nothing",
    (refusal) => {
      expect(afterBatch([scan("a")], [scan("a")], [{ ...FULL, refusal }]).box).toEqual([scan("a")]);
    },
  );

  test("keeps what was kept while a batch was under way", () => {
    expect(afterBatch([scan("a"), scan("meanwhile")], [scan("a")], [answer("admit")]).box).toEqual([scan("meanwhile")]);
  });

  test("reads nothing from a store in which something else was written", () => {
    expect([readBox(null), readBox("{"), readBox('{"a":1}'), readBox('[1,{"id":"x"}]')]).toEqual([[], [], [], []]);
  });
});

describe("a party", () => {
  test("is whole when each was shown", () => {
    const party = new Party();
    party.companions = 2;
    for (const code of ["a", "b"]) party.add({ code });
    expect([party.nMissing, party.add({ document: "c" }), party.nMissing]).toEqual([1, true, 0]);
    expect(party.take()).toEqual({ first: { code: "a" }, companions: [{ code: "b" }, { document: "c" }] });
  });

  test("counts nobody twice", () => {
    const party = new Party();
    party.companions = 1;
    expect([party.add({ code: "a" }), party.add({ code: "a" }), party.nMissing]).toEqual([true, false, 1]);
  });

  test("can be closed when somebody stays outside", () => {
    const party = new Party();
    party.companions = 3;
    party.add({ code: "a" });
    party.close();
    expect([party.nMissing, party.take()?.companions]).toEqual([0, []]);
  });

  test("begins anew with the next ones", () => {
    const party = new Party();
    party.add({ code: "a" });
    party.take();
    expect([party.take(), party.nMissing, party.companions]).toEqual([null, 1, 0]);
  });

  test("has no more companions than a gate takes", () => {
    const party = new Party();
    party.companions = 9;
    expect(party.companions).toBe(MOST_COMPANIONS);
  });
});

describe("typed at a door", () => {
  test("an identity number is put right as people type it", () => {
    expect(plainIdentity(" ９９９０２７ 19800301-001х ")).toBe("99902719800301001Х".replace("Х", "X"));
  });

  test("a wrong last character is found, and other documents are let be", () => {
    expect(["999027198003010019", "E12345678", "1"].map(faultOf)).toEqual([expect.any(String), "", "empty"]);
    const body = "99902719800301001";
    const good = [..."0123456789X"].filter((last) => faultOf(body + last) === "");
    expect(good).toHaveLength(1);
  });

  test("a short code is grouped, look-alikes put right, no more than nine taken", () => {
    expect([plainTyped("o1l-abc 2345"), grouped("0123456789"), grouped("01")]).toEqual(["011ABC234", "012-345-678", "01"]);
  });
});
