import { describe, expect, test } from "vitest";

import { type Typed, withheld, workOf } from "../../src/field/work";

function typed(more: Partial<Typed>): Typed {
  return { kind: "disinfection", looked: [], agent: "chlorine", concentration: "500", area: "200", samples: "", spots: "", doneBy: "", note: "", ...more };
}

const FAULT = { item: "masks", answer: "fault", remedy: "戴好", days: "3" };
const UNSEEN = { item: "drains", answer: "", remedy: "", days: "3" };

describe("what was done at a priority place", () => {
  test("a disinfection is told with whole numbers", () => {
    expect(withheld(typed({}))).toBeNull();
    expect(workOf("p", typed({ note: "后场" }))).toEqual({
      place: "p", kind: "disinfection", done_by: "", note: "后场", agent: "chlorine", concentration_mg_l: 500, area_m2: 200,
    });
  });

  test.each(["", "0", "-5", "1.5", "五百", "1000001"])("an amount of “%s” is asked for again", (concentration) => {
    expect(withheld(typed({ concentration }))).toBe("amounts");
  });

  test("swabs are counted, and it is said where they were taken", () => {
    const swabs = { kind: "sampling", samples: "5", spots: "案板" };
    expect(workOf("p", typed(swabs))).toMatchObject({ n_samples: 5, spots: "案板" });
    expect([{ samples: "501" }, { spots: "" }].map((it) => withheld(typed({ ...swabs, ...it })))).toEqual(["swabs", "swabs"]);
  });

  test("an inspection tells of what was looked at, and of each fault its remedy", () => {
    const told = typed({ kind: "inspection", looked: [FAULT, UNSEEN, { ...UNSEEN, item: "codes", answer: "ok" }] });
    expect(withheld(told)).toBeNull();
    expect(workOf("p", told)).toMatchObject({ answers: { masks: "fault", codes: "ok" }, remedies: { masks: ["戴好", 3] } });
  });

  test.each([
    [[UNSEEN], "nothingLooked"],
    [[{ ...FAULT, remedy: "" }], "remedyMissing"],
    [[{ ...FAULT, days: "61" }], "remedyDays"],
    [[{ ...FAULT, days: "soon" }], "remedyDays"],
    [[{ ...FAULT, days: "0" }], null],
  ] as const)("an inspection of %j is withheld for: %s", (looked, why) => {
    expect(withheld(typed({ kind: "inspection", looked }))).toBe(why);
  });

  test("nothing chosen is asked for", () => {
    expect(withheld(typed({ kind: "" }))).toBe("choose");
  });
});
