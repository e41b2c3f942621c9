import { expect, test } from "vitest";

import { type Bundle, bytesOf, readBundle } from "../../src/core/bundle";
import { mayHold } from "../../src/core/handleFilter";
import { ed25519, hold, type Line, vectors } from "./vectors";

const [keys, ...lines] = vectors("bundle") as [Line, ...Line[]];
const good = bytesOf(keys["bytes"]);
const trusted = new Map([[keys["signer_id"] as number, Buffer.from(keys["public"], "hex") as Uint8Array]]);

const read = (data: Uint8Array): Promise<Bundle> =>
  readBundle(data, trusted, async (message, signature, key) => ed25519(Buffer.from(key).toString("hex"))(message, signature));

function edited(line: Line): Uint8Array {
  if (line["bytes"]) return bytesOf(line["bytes"]);
  if (line["cut"] !== undefined) return good.subarray(0, line["cut"]);
  const [at, hex] = line["put"] ?? [0, ""];
  const put = Buffer.from(hex, "hex");
  return Buffer.concat([good.subarray(0, at), put, good.subarray(at + put.length)]);
}

async function plain(line: Line): Promise<Line> {
  const bundle = await read(edited(line));
  return {
    realm: bundle.realm,
    division: bundle.division,
    number: bundle.number,
    known_at: bundle.knownAt,
    lasts_s: bundle.lastsS,
    device: bundle.device,
    venues: bundle.venues.map((it) => [it.number, it.venueClass, it.status, it.generations]),
    verifiers: Object.fromEntries([...bundle.verifiers].map(([id, key]) => [id, Buffer.from(key).toString("hex")])),
    tables: bundle.tables.map((one) => [one.rulebook, one.reasons.length]),
    n_bits: bundle.revoked.nBits,
  };
}

for (const line of lines.filter(({ what }) => what === "bundle")) {
  test(`bundle: ${line["name"]}`, () => hold(line, () => plain(line)));
}

test("the filter finds what Python finds, and takes for found what Python does", async () => {
  const { revoked } = await read(good);
  const line = lines.find(({ what }) => what === "filter")!;
  expect(line["handles"].map((handle: string) => mayHold(revoked, BigInt(handle)))).toEqual(line["expect"]);
});

test("no byte of a bundle can be changed unseen", async () => {
  for (let at = 0; at < good.length; at += 199) {
    const changed = Uint8Array.from(good);
    changed[at]! ^= 1;
    await expect(read(changed)).rejects.toMatchObject({ name: "Refusal" });
  }
});

test("a bundle holds nothing that could make a code", () => {
  const text = new TextDecoder().decode(good);
  expect(text).not.toMatch(/secret|day_key|card_key|presence_key|document_key|private/);
});
