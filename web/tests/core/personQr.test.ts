import { expect, test } from "vitest";
import { ALPHABET } from "../../src/core/codeText";
import { parseCard, parsePersonQr, readCard, readPersonQr } from "../../src/core/personQr";
import { Refusal } from "../../src/core/refusal";
import { parseVenueCode } from "../../src/core/venueCode";
import { ed25519, hex, hold, type Line, vectors } from "./vectors";

const [keys, ...lines] = vectors("person_qr") as [Line, ...Line[]];
const verifiers = new Map([[keys["signer_id"] as number, ed25519(keys["public"])]]);
const edge = (line: Line) => ({ division: line["division"], atMin: line["at_min"], verifiers });

async function person(line: Line): Promise<Line> {
  const qr = await readPersonQr(line["text"], edge(line));
  return {
    division: qr.division,
    signer_id: qr.signerId,
    day_key_id: qr.dayKeyId,
    handle: hex(qr.handle),
    from_min: qr.fromMin,
    until_min: qr.untilMin,
    short: qr.short,
  };
}

async function card(line: Line): Promise<Line> {
  const read = await readCard(line["text"], edge(line));
  return {
    division: read.division,
    signer_id: read.signerId,
    card_key_id: read.cardKeyId,
    handle: hex(read.handle),
    issued_day: read.issuedDay,
    ends_day: read.endsDay,
  };
}

for (const line of lines) {
  // Lines of "gate" need the day's key, which no phone holds.
  if (line["what"] === "edge") test(`person: ${line["name"]} ${line["at_min"]}`, () => hold(line, () => person(line)));
  if (line["what"] === "card") test(`card: ${line["name"]}`, () => hold(line, () => card(line)));
}

test("every other letter in any place of a QR is refused", async () => {
  const line = lines.find((l) => l["what"] === "edge" && "expect" in l)!;
  const text: string = line["text"];
  await readPersonQr(text, edge(line));
  for (let place = 4; place < text.length; place++) {
    const other = ALPHABET[(ALPHABET.indexOf(text[place]!) + 1) % 32]!;
    const changed = text.slice(0, place) + other + text.slice(place + 1);
    await expect(readPersonQr(changed, edge(line))).rejects.toBeInstanceOf(Refusal);
  }
});

test("no text makes a reader do anything but refuse", () => {
  const texts = lines.map((line) => line["text"] as string);
  let state = 1;
  const next = (below: number) => (state = (state * 48271) % 2147483647) % below; // Park and Miller
  for (let round = 0; round < 3000; round++) {
    const text = texts[next(texts.length)]!;
    const place = next(text.length + 1);
    const changed = text.slice(0, place) + String.fromCharCode(next(0x3000)) + text.slice(place + next(3));
    for (const parse of [parsePersonQr, parseCard, parseVenueCode]) {
      try {
        parse(changed);
      } catch (refusal) {
        expect(refusal).toBeInstanceOf(Refusal);
      }
    }
  }
});
