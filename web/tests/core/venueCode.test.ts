import { blake2b } from "@noble/hashes/blake2.js";
import { expect, test } from "vitest";
import { requireCounty } from "../../src/core/personQr";
import { Refusal } from "../../src/core/refusal";
import { parseRotatingCode, parseTypedVenue, readVenuePoster, requireOnScreen } from "../../src/core/venueCode";
import { ed25519, hold, type Line, vectors } from "./vectors";

const [keys, ...lines] = vectors("venue_code") as [Line, ...Line[]];
const verifiers = new Map([[keys["signer_id"] as number, ed25519(keys["public"])]]);
const ascii = (text: string) => new TextEncoder().encode(text);

/** What a central gate does with a rotating code, by another implementation of BLAKE2b. */
function rotating(line: Line): Line {
  const code = parseRotatingCode(line["text"]);
  requireCounty(code.division, line["division"]);
  requireOnScreen(code, line["at_s"]);
  const personalization = new Uint8Array(16);
  personalization.set(ascii("fx presence"));
  const key = ascii(keys["presence_secret"]);
  const mac = blake2b(code.authenticated, { key, dkLen: 8, personalization, salt: new Uint8Array(16) });
  if (Buffer.compare(mac, code.mac) !== 0) throw new Refusal("code.seal", { key_id: code.keyId });
  const { division, venue, door, generation, step } = code;
  return { division, venue, door, generation, step };
}

async function poster(line: Line): Promise<Line> {
  const { division, venue, door, generation } = await readVenuePoster(line["text"], {
    division: line["division"],
    verifiers,
  });
  return { division, venue, door, generation };
}

for (const line of lines) {
  const name = `${line["what"]}: ${line["name"] ?? line["text"]} ${line["at_s"] ?? ""}`;
  if (line["what"] === "poster") test(name, () => hold(line, () => poster(line)));
  if (line["what"] === "rotating") test(name, () => hold(line, () => rotating(line)));
  // A phone reads what was typed; the check against the county is the gate's.
  if (line["what"] === "typed" && line["refusal"] !== "code.typed_wrong") {
    test(name, () => hold(line, () => ({ division: line["division"], ...parseTypedVenue(line["text"]) })));
  }
}

test("a poster is not read as a rotating code", () => {
  const text = lines.find((line) => line["what"] === "poster")!["text"];
  expect(() => parseRotatingCode(text)).toThrow("code.wants_rotating");
});
