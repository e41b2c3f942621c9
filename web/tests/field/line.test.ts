import { gunzipSync } from "node:zlib";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { FieldLine } from "../../src/field/line";

const SHIFT = { intents: Array.from({ length: 250 }, (_, i) => ({ number: i + 1, kind: "passing", body: { name: `过客${i}`, post: "p1" } })) };

interface Got {
  readonly packing: string;
  readonly body: Buffer;
}

let server: Server;
let base: string;
let got: Got[];
let bears: (asked: Got) => boolean;

function read(request: IncomingMessage): Promise<Buffer> {
  return new Promise((done) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => done(Buffer.concat(parts)));
  });
}

beforeEach(async () => {
  [got, bears] = [[], () => true];
  server = createServer((request, answer) => {
    void read(request).then((body) => {
      const asked = { packing: request.headers["content-encoding"] ?? "", body };
      got.push(asked);
      answer.statusCode = bears(asked) ? 200 : 415;
      answer.end("{}");
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => new Promise((done) => server.close(done)));

describe("what a phone sends", () => {
  it("is a fraction as long where the server unpacks, and says the same", async () => {
    const line = new FieldLine(base, () => "s", "app", () => ["gzip"]);
    expect((await line.intents(SHIFT))?.status).toBe(200);
    const [{ packing, body }] = got as [Got];
    expect(packing).toBe("gzip");
    expect(JSON.parse(gunzipSync(body).toString())).toEqual(SHIFT);
    expect(body.length * 5).toBeLessThan(JSON.stringify(SHIFT).length);
  });

  it("goes as it is to a server that says nothing of packing, and where it is short", async () => {
    await new FieldLine(base, () => "s", "app").intents(SHIFT);
    await new FieldLine(base, () => "s", "app", () => ["gzip"]).hello(0);
    expect(got.map(({ packing }) => packing)).toEqual(["", ""]);
  });

  it("goes as it is from then on where something on the way bears nothing packed", async () => {
    bears = ({ packing }) => packing === "";
    const line = new FieldLine(base, () => "s", "app", () => ["gzip"]);
    expect([(await line.intents(SHIFT))?.status, (await line.intents(SHIFT))?.status]).toEqual([415, 200]);
  });
});
