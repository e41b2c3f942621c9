import { describe, expect, it } from "vitest";

import { MOST_AT_ONCE } from "../../src/core/fieldOutbox";
import { type Ask, Sender, type Stopped } from "../../src/sync/sender";
import { dice, lying, Outbox, Server, SERVER_FAILED } from "./lyingNetwork";

const hooks = { app: "test", now: () => "2022-04-19T04:00:00.000Z", random: () => 0.5, heard: () => undefined, changed: () => undefined };

const sender = (box: Outbox, ask: Ask) => new Sender(box, ask, hooks);

/** Tries again and again, each time as a page that was just opened where `killed` says so. */
async function until(box: Outbox, ask: Ask, nTries: number, killed: () => boolean = () => false): Promise<Stopped> {
  let one = sender(box, ask);
  let stopped: Stopped = "later";
  for (let i = 0; i < nTries && stopped === "later"; i++) {
    if (killed()) one = sender(box, ask);
    stopped = await one.send();
  }
  return stopped;
}

describe("a shift of 3,000 records", () => {
  it("goes up in order, in a few requests, each once", async () => {
    const [box, server] = [new Outbox(3000), new Server()];
    expect(await sender(box, async (body) => server.answer(body)).send()).toBe("empty");
    expect(server.order).toEqual(Array.from({ length: 3000 }, (_, i) => i + 1));
    expect(server.nRequests).toBe(3000 / MOST_AT_ONCE);
    expect(box.said).toEqual(server.order);
  });

  it.each(Array.from({ length: 30 }, (_, i) => i))("arrives once and in order through a network that lies half the time (%i)", async (seed) => {
    const random = dice(seed);
    const [box, server] = [new Outbox(1 + Math.floor(random() * 900)), new Server()];
    const n = box.waiting.size;
    const stopped = await until(box, lying(server, random, 0.5), 4000, () => random() < 0.3);
    expect(stopped).toBe("empty");
    expect(server.order).toEqual(Array.from({ length: n }, (_, i) => i + 1));
    expect(new Set(box.said).size).toBe(n);
  });

  it.each(Array.from({ length: 10 }, (_, i) => i))("says sent of none that the server has not (%i)", async (seed) => {
    const random = dice(seed + 1000);
    const [box, server] = [new Outbox(400), new Server()];
    const one = sender(box, lying(server, random, 0.2));
    for (let i = 0; i < 5; i++) {
      await one.send();
      expect(box.said.filter((number) => !server.taken.has(number))).toEqual([]);
      expect(box.said.length + box.waiting.size).toBe(400);
    }
  });
});

describe("what the server will not take", () => {
  it("goes aside with the reason and holds nothing up", async () => {
    const [box, server] = [new Outbox(600), new Server((number) => number % 50 === 0)];
    expect(await sender(box, async (body) => server.answer(body)).send()).toBe("empty");
    expect(box.aside.size).toBe(12);
    expect(box.aside.get(50)).toEqual({ refusal: "x.no", zh: "不行", en: "no" });
    expect(server.taken.size).toBe(588);
  });

  it("is found out where the server breaks over it, and the others go up", async () => {
    const [box, server] = [new Outbox(500), new Server(undefined, (number) => number === 313)];
    expect(await until(box, async (body) => server.answer(body), 20)).toBe("empty");
    expect([...box.aside]).toEqual([[313, SERVER_FAILED]]);
    expect(server.taken.size).toBe(499);
  });

  it.each([
    ["field.cut_off", 401, "cut_off"],
    ["field.device_ended", 401, "enrol"],
    ["field.account_over", 401, "enrol"],
    ["field.app_old", 409, "old"],
  ])("stops for %s and keeps every record", async (refusal, status, wanted) => {
    const box = new Outbox(30);
    const one = sender(box, async () => ({ status, body: { refusal, zh: "不", en: "no" } }));
    expect(await one.send()).toBe(wanted);
    expect(one.refusal?.refusal).toBe(refusal);
    expect(box.waiting.size).toBe(30);
  });

  it("waits longer after each failure, and not at all after a success", async () => {
    const [box, server] = [new Outbox(1), new Server()];
    let isUp = false;
    const one = sender(box, async (body) => (isUp ? server.answer(body) : null));
    const pauses = [];
    for (let i = 0; i < 4; i++) {
      await one.send();
      pauses.push(one.pause);
    }
    expect(pauses).toEqual([1500, 3000, 6000, 12000]);
    isUp = true;
    expect(await one.send()).toBe("empty");
    expect(one.pause).toBe(0);
  });

  it("sends nothing twice at the same time", async () => {
    const [box, server] = [new Outbox(10), new Server()];
    const one = sender(box, async (body) => server.answer(body));
    expect(await Promise.all([one.send(), one.send()])).toEqual(["empty", "later"]);
    expect(server.nRequests).toBe(1);
  });
});
