import { expect, test } from "vitest";
import * as words from "../../src/core/words";
import { hold, type Line, vectors } from "./vectors";

const snake = (record: object | null): Line | null =>
  record &&
  Object.fromEntries(Object.entries(record).map(([k, v]) => [k.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`), v]));

const readers: Record<string, (line: Line) => unknown> = {
  safety: (line) => snake(words.unpackSafety(BigInt(line["word"]))),
  recent: (line) => snake(words.unpackRecent(BigInt(line["word"]))),
  short: (line) => snake(words.unpackShort(Number(line["word"]))),
  "short age": (line) => words.ageAtMostMin(line["hours_back"], line["from_min"], line["at_min"]),
  "safety at": ({ word, at_min }) => ({
    colour: words.colourAt(BigInt(word), at_min),
    exemptions: words.exemptionsAt(BigInt(word), at_min),
    reason: words.reasonOf(BigInt(word)),
    qr_generation: words.qrGenerationOf(BigInt(word)),
    card_generation: words.cardGenerationOf(BigInt(word)),
  }),
  "recent at": ({ word, at_min }) => ({
    sample_age_min: words.sampleAgeMin(BigInt(word), at_min),
    result_age_min: words.resultAgeMin(BigInt(word), at_min),
    result: words.resultOf(BigInt(word)),
    travel: words.travelAt(BigInt(word), at_min),
  }),
};

for (const line of vectors("words")) {
  test(`${line["what"]}: ${line["name"]} ${line["at_min"] ?? ""}`, () => hold(line, () => readers[line["what"]]!(line)));
}

test("a minute is floored", () => {
  expect(words.minuteOf(Date.UTC(2022, 3, 19, 4, 0, 59, 999))).toBe(11_727_600);
});
