import { describe, expect, it } from "vitest";

import type { Kept, Said } from "../../src/core/tableEvents";
import { digestOf, Roster } from "../../src/core/tableRoster";
import {
  changeTube, type Draft, NeedsOwnTube, openBox, openTube, ownTube, type Person, personOfRow, personWith, SampledBefore, sealBox, sealTube, swab, TableNo, unswab, whoIsMeant,
} from "../../src/core/tableRules";
import { TableFault } from "../../src/core/tableFault";
import { Shift } from "../../src/core/tableShift";

const HERE = { round: "r1", site: "s1", size: 10 };
const WANG = "123456789N";

/** A table: what is done at it is kept as the phone keeps it. */
class Table {
  readonly shift = new Shift();
  readonly kept: Kept[] = [];

  keep(draft: Draft, who = ""): Kept {
    const nth = this.kept.length + 1;
    const at = `2022-04-19T08:${String(nth % 60).padStart(2, "0")}:00.000+08:00`;
    const one: Kept = { nth, round: HERE.round, who, event: { ...draft, id: `id-${nth}`, at, site: HERE.site } };
    this.kept.push(one);
    this.shift.add(one);
    return one;
  }

  get tube() {
    return this.shift.tubeAt(HERE.site);
  }

  open(label = "10010001", box = "X1001"): this {
    this.keep(openBox(this.shift, box));
    this.keep(openTube(this.shift, HERE, null, label));
    return this;
  }

  take(person: Person, again = false, said = ""): Kept {
    return this.keep(swab(this.shift, this.tube, person, again, said), person.name);
  }

  fill(n: number, from = 0): this {
    for (let i = from; i < from + n; i++) this.take(typed(i));
    return this;
  }
}

const typed = (i: number): Person => ({ name: `人${i}`, typed: { id: `p${i}`, name: `人${i}`, document_number: `99P${i}`, phone: "" } });

function refused(act: () => unknown): string {
  try {
    act();
  } catch (problem) {
    if (problem instanceof TableFault) return problem.code;
    if (problem instanceof TableNo) return problem.says;
    if (problem instanceof NeedsOwnTube) return `own ${problem.person.name}`;
    if (problem instanceof SampledBefore) return `before ${problem.before.tube}${problem.before.where} ${problem.before.at.slice(11, 16)}`;
    throw problem;
  }
  return "";
}

describe("a tube is filled", () => {
  it("counts whoever is in it, and the eleventh of ten is refused with what to do", () => {
    const table = new Table().open().fill(10);
    expect(table.tube!.people.length).toBe(10);
    expect(refused(() => table.take(typed(10)))).toBe("lab.tube_is_full");
  });

  it("says when and in which tube somebody was sampled, and takes them all the same when told to", () => {
    const table = new Table().open().fill(1);
    table.keep(sealTube(table.tube, "X1001"));
    table.keep(openTube(table.shift, HERE, null, "10010002"));
    expect(refused(() => table.take(typed(0)))).toBe("before 10010001 08:03");
    table.take(typed(0), true);
    expect(table.tube!.people.length).toBe(1);
  });

  it("says that somebody is in this very tube, whatever is pressed", () => {
    const table = new Table().open().fill(1);
    expect(refused(() => table.take(typed(0), true))).toBe("inThisTube");
  });

  it("refuses to seal a tube with nobody in it, and a box while a tube is open", () => {
    const table = new Table().open();
    expect(refused(() => sealTube(table.tube, "X1001"))).toBe("tubeEmpty");
    table.fill(1);
    expect(refused(() => sealBox(table.shift, "X1001"))).toBe("sealFirst");
  });

  it("takes nobody without a tube, and no label twice", () => {
    const table = new Table();
    expect(refused(() => table.take(typed(0)))).toBe("tubeFirst");
    table.open().fill(1);
    expect(refused(() => openTube(table.shift, HERE, null, "X1001"))).toBe("lab.barcode_is_other");
    table.keep(sealTube(table.tube, "X1001"));
    expect(refused(() => openTube(table.shift, HERE, null, "10010001"))).toBe("lab.tube_is_sealed");
    expect(refused(() => openTube(table.shift, HERE, null, "1001 O002"))).toBe("lab.barcode_misread");
  });
});

describe("what was recorded wrongly", () => {
  it("is taken out before sealing without a word, and afterwards with a reason", () => {
    const table = new Table().open().fill(2);
    const tube = table.tube!;
    table.keep(unswab(tube, tube.people[1]!));
    expect(tube.people.map(({ name }) => name)).toEqual(["人0"]);
    table.keep(sealTube(tube, "X1001"));
    expect(refused(() => unswab(tube, tube.people[0]!))).toBe("lab.words_missing");
    expect(unswab(tube, tube.people[0]!, "扫错了").said).toBe("扫错了");
  });

  it("a leaked tube's people are missing again", () => {
    const table = new Table().open().fill(2);
    const tube = table.tube!;
    expect(refused(() => changeTube(table.shift, tube, "void_tube", "", ""))).toBe("lab.words_missing");
    table.keep(changeTube(table.shift, tube, "void_tube", "", "漏了"));
    expect(table.shift.before("r1", "d:99P0")).toBeNull();
    expect(table.tube).toBeNull();
  });

  it("both labels lead to a tube that got a new one, and a label in use is refused", () => {
    const table = new Table().open().fill(1);
    const tube = table.tube!;
    expect(refused(() => changeTube(table.shift, tube, "rename_tube", "X1001", "破了"))).toBe("lab.barcode_is_other");
    table.keep(changeTube(table.shift, tube, "rename_tube", "10019999", "破了"));
    expect([table.shift.tube("10010001"), table.shift.tube("10019999")]).toEqual([tube, tube]);
    expect(tube.label).toBe("10019999");
  });

  it("into another box takes a reason, into the first one none", () => {
    const table = new Table().open().fill(1);
    const tube = table.tube!;
    table.keep(sealTube(tube, ""));
    table.keep(changeTube(table.shift, tube, "box_tube", "X1001", ""));
    expect(refused(() => changeTube(table.shift, tube, "box_tube", "X1002", ""))).toBe("lab.words_missing");
    expect(table.shift.tubesIn("X1001")).toEqual([tube]);
  });
});

describe("a phone that was killed", () => {
  it("goes on where it was, from its events alone", () => {
    const table = new Table().open().fill(10);
    table.keep(sealTube(table.tube, "X1001"));
    table.keep(openTube(table.shift, HERE, null, "10010002"));
    table.fill(3, 10);
    const again = new Shift();
    again.begin(table.kept.map((kept) => ({ kept, said: null })));
    expect(again.tubeAt("s1")!.people.map(({ name }) => name)).toEqual(["人10", "人11", "人12"]);
    expect(again.counts("s1")).toEqual({ tubes: 1, people: 13 });
    expect(again.boxAt("s1")!.label).toBe("X1001");
  });
});

describe("what the server said", () => {
  const words = { zh: "说明", en: "said" };

  it("what it does not count does not count here, and is told of", () => {
    const table = new Table().open();
    const one = table.take({ name: "12345", token: WANG, isUnknown: true });
    const said: Said = { what: "refused", refusal: "lab.token_unknown", said: words };
    table.shift.answered([{ nth: one.nth, said }]);
    expect(table.tube!.people).toEqual([]);
    expect(table.shift.told.map(({ kept }) => kept.nth)).toEqual([one.nth]);
  });

  it("a doubt stands as long as its last word of the tube has it", () => {
    const table = new Table().open();
    const [one, two] = [table.take(typed(0)), table.take(typed(1))];
    const doubts = [{ kind: "two_phones", said: words }];
    table.shift.answered([{ nth: one.nth, said: { what: "doubtful", doubts } }]);
    expect(table.shift.doubtsOf(table.tube!)).toEqual(doubts);
    table.shift.answered([{ nth: two.nth, said: { what: "taken" } }]);
    expect(table.shift.told).toEqual([]);
  });

  it("a doubt that came meanwhile is heard, and one that was settled goes", () => {
    const table = new Table().open();
    const [one, two] = [table.take(typed(0)), table.take(typed(1))];
    for (const { nth } of table.kept) table.shift.answered([{ nth, said: { what: "taken" } }]);
    const doubts = [{ kind: "two_phones", said: words }];
    expect(table.shift.heard(new Map([[two.event.id, doubts]]))).toEqual([{ nth: two.nth, said: { what: "doubtful", doubts } }]);
    expect(table.shift.told.map(({ kept }) => kept.nth)).toEqual([two.nth]);
    expect(table.shift.heard(new Map([[two.event.id, doubts]]))).toEqual([]);
    expect(table.shift.heard(new Map()).map(({ nth }) => nth)).toEqual([two.nth]);
    expect([table.shift.told, one.nth < two.nth]).toEqual([[], true]);
  });

  it("that somebody was sampled twice stays with whom it was said of", () => {
    const table = new Table().open();
    const [one, two] = [table.take(typed(0)), table.take(typed(1))];
    table.shift.answered([
      { nth: one.nth, said: { what: "doubtful", doubts: [{ kind: "twice_in_an_hour", said: words }] } },
      { nth: two.nth, said: { what: "taken" } },
    ]);
    expect(table.shift.told.map(({ kept }) => kept.nth)).toEqual([one.nth]);
  });

  it("a repeat of what it does not count is not taken for sent", () => {
    const table = new Table().open();
    const one = table.take(typed(0));
    table.shift.answered([{ nth: one.nth, said: { what: "repeat", doubts: [{ kind: "refused", said: words }] } }]);
    expect(table.tube!.people).toEqual([]);
  });
});

describe("whoever is scanned or typed", () => {
  const site = "12345678-1234-4234-8234-123456789012";
  const token = "ZYXWVTSRQS";
  const roster = new Roster({
    site, round: "r1",
    people: [
      [token, "王小明", "c47ee5", "due", "三年级二班"],
      ["AAAAAAAAAT", "王小红", "", "tube", "", "2022-04-19T08:30+08:00", "东关采样点"],
    ],
  });

  it("is known by slip, with where they were sampled elsewhere", () => {
    const table = new Table().open();
    expect(refused(() => table.take(personWith(roster, "AAAAAAAAAT")!))).toBe("before 东关采样点 08:30");
    expect(personWith(roster, WANG)).toEqual({ name: WANG, token: WANG, isUnknown: true });
  });

  it("is proposed by a part of the name, and never taken without a word", () => {
    const table = new Table().open();
    const meant = whoIsMeant(table.shift, roster, table.tube!, "王小");
    expect(meant.is === "some" && meant.people.map(({ name }) => name)).toEqual(["王小明", "王小红"]);
  });

  it("is found by the document's last six signs, and a barcode that has their digest is nobody's", () => {
    const table = new Table().open();
    const last = "010014";
    const known = new Roster({ site, round: "r1", people: [[token, "王小明", digestOf(site, last)]] });
    const meant = (text: string) => whoIsMeant(table.shift, known, table.tube!, text);
    for (const text of [last, "999027198003010014"]) expect(meant(text)).toMatchObject({ is: "some", byDocument: true });
    expect(meant(`20${last}`).is).toBe("nobody");
  });

  it("called back, is taken into a tube of their own, and the shared one goes on", () => {
    const table = new Table().open().fill(2);
    const back = personOfRow([token, "王小明", "", "resulted", "", "2022-04-19T08:30+08:00", "东关采样点", "own"]);
    expect(refused(() => table.take(back))).toBe("own 王小明");
    for (const draft of ownTube(table.shift, HERE, roster, "10010002", back, "X1001")) table.keep(draft, back.name);
    const own = table.shift.tube("10010002")!;
    expect([own.size, own.state, own.people.length, own.box]).toEqual([1, "sealed", 1, "X1001"]);
    expect(table.tube!.label).toBe("10010001");
    expect(refused(() => table.take(back))).toBe("before 10010002 08:06");
  });

  it("called back for a tube that said nothing, is taken into any", () => {
    const table = new Table().open().fill(2);
    table.take(personOfRow([token, "王小明", "", "received", "", "2022-04-19T08:30+08:00", "东关采样点", "again"]));
    expect(table.tube!.people.length).toBe(3);
  });

  it("a tube in a tube is refused, and a new tube beside a full one is the next", () => {
    const table = new Table().open().fill(10);
    expect(refused(() => whoIsMeant(table.shift, roster, table.tube!, "10010001"))).toBe("lab.pool_of_pool");
    expect(whoIsMeant(table.shift, roster, table.tube!, "10010002")).toEqual({ is: "next_tube", label: "10010002" });
  });

  it("what has the form of a slip and is nobody's may be the next tube: a word is asked for", () => {
    const table = new Table().open().fill(1);
    const label = "1000000008";
    expect(whoIsMeant(table.shift, roster, table.tube!, label)).toMatchObject({ is: "stranger", label });
    expect(whoIsMeant(table.shift, roster, table.tube!, token)).toMatchObject({ is: "person", person: { name: "王小明" } });
    expect(refused(() => openTube(table.shift, HERE, roster, token))).toBe("slipFirst");
    expect(openTube(table.shift, HERE, roster, label).tube).toBe(label);
  });

  it("a code of another system is asked about, and taken in with who they are", () => {
    const table = new Table().open().fill(1);
    const code = "https://hs.example.org/q?id=8f3a";
    expect(whoIsMeant(table.shift, roster, table.tube!, ` ${code} `)).toEqual({ is: "code", text: code });
    const kept = table.take({ ...typed(7), token: code });
    expect(kept.event).toMatchObject({ token: code, person: { document_number: "99P7" } });
  });

  it("two children of one name and guardian are two by their birth, one without", () => {
    const table = new Table().open();
    const child = (id: string, more: object): Person => ({ name: "小宝", typed: { id, name: "小宝", document_number: "", phone: "", guardian: "15400000001", ...more } });
    table.take(child("a", { born_on: "2014-06-03" }));
    table.take(child("b", { born_on: "2016-06-03" }));
    expect(refused(() => table.take(child("c", { born_on: "2016-06-03" })))).toBe("inThisTube");
    table.take({ name: "小宝", typed: { id: "d", name: "小宝", document_number: "", phone: "" } });
    expect(table.tube!.people.length).toBe(3);
  });

  it("whoever is on no roster is somebody new, by what was typed", () => {
    const table = new Table().open().fill(1);
    expect(whoIsMeant(table.shift, roster, table.tube!, " E12345678 ")).toEqual({ is: "nobody", text: "E12345678", label: "E12345678" });
    expect(whoIsMeant(table.shift, null, table.tube!, "赵六")).toEqual({ is: "nobody", text: "赵六", label: "" });
  });
});
