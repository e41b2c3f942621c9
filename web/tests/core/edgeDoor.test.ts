// The phone's decision against the Python one: the committed doors of the manual, and thousands drawn by a seed.
import { expect, test } from "vitest";

import { becauseOf, type DoorInputs, findDoorMask, outcomeNumber, outcomeOfMask, readTables } from "../../src/core/doorTables";
import { answerAtEdge, DOUBTS, type EdgePlace, type EdgeShown } from "../../src/core/edgeDoor";
import { unpackShort } from "../../src/core/words";
import { type Line, vectors } from "./vectors";

const [covid] = vectors("doors_tables") as [Line];
const tables = readTables(covid);

test("every door of the manual is answered as the rulebook says", () => {
  const lines = vectors("doors").filter((line) => line["rulebook"] === "covid19-2022-04");
  expect(lines.length).toBeGreaterThan(600);
  for (const line of lines) {
    const mask = findDoorMask(tables, inputsOf(line["inputs"]));
    const said = { outcome: outcomeOfMask(tables, mask), reasons: becauseOf(tables, mask).map(({ rule }) => rule) };
    expect({ name: line["name"], ...said }).toEqual({ name: line["name"], ...line["expect"] });
  }
});

const lines = vectors("edge_door");
for (let at = 0; at < lines.length; at += 3) {
  const [{ name, bytes }, { rows }, { expect: sentences }] = lines.slice(at, at + 3) as [Line, Line, Line];
  const drawn = readTables(JSON.parse(bytes));

  test(`${rows.length} people at doors without network are answered as Python answers them (${name})`, () => {
    for (const row of rows) expect(answered(row)).toEqual(row.slice(12));
  });

  test(`what is said is what a gate says (${name})`, () => {
    for (const [mask, because] of sentences) {
      expect(becauseOf(drawn, BigInt(`0x${mask}`))).toEqual(JSON.parse(because));
    }
  });

  function answered(row: any[]): unknown[] {
    const [venueClass, status, presence, short, bundleS, codeS, fromMin, atMin, counts, temperatureTenths, doubts, out] = row;
    const place: EdgePlace = { venueClass, status, presence };
    const shown: EdgeShown = {
      short: unpackShort(short),
      ages: { bundleS, codeS },
      fromMin,
      atMin,
      temperatureTenths,
      doubts: DOUBTS.filter((_, n) => (doubts >> n) & 1),
      isOut: out === 1,
    };
    const found = answerAtEdge(drawn, place, shown, counts === 1);
    const doubt = found.doubt === null ? -1 : DOUBTS.indexOf(found.doubt);
    return [outcomeNumber(found.outcome), found.mask.toString(16), doubt];
  }
}

test("a number that cannot be is a bug and never a green", () => {
  const fine = inputsOf(vectors("doors")[0]!["inputs"]);
  for (const wrong of [{ colour: 7 }, { colour: -1 }, { presence: -1 }, { also: [0] }]) {
    expect(() => findDoorMask(tables, { ...fine, ...wrong })).toThrow(RangeError);
  }
});

function inputsOf(line: Line): DoorInputs {
  return {
    venueClass: line["venue_class"],
    colour: line["colour"],
    travel: line["travel"],
    testAgeMin: line["test_age_min"],
    temperatureTenths: line["temperature_tenths"],
    permit: line["permit"],
    presence: line["presence"],
    venueStatus: line["venue_status"],
    knowledgeAgeS: line["knowledge_age_s"],
    exempt: line["exempt"],
    also: line["also"],
  };
}
