import { describe, expect, it } from "vitest";

import { EVENTS_AT_ONCE, type Kept, type Said, type Settled, tableVerdict } from "../../src/core/tableEvents";
import { type Ask, SERVER_FAILED, type Stopped } from "../../src/sync/sender";
import { type TableQueue, TableSender } from "../../src/sync/tableSender";
import { dice } from "./lyingNetwork";

/** Events on a disk: what was answered is out of the way, whatever happens to whoever sends. */
class Disk implements TableQueue {
  readonly waiting = new Map<number, Kept>();
  readonly said = new Map<number, Said>();

  constructor(n: number, roundOf: (nth: number) => string = () => "r1") {
    for (let nth = 1; nth <= n; nth++) {
      const event = { id: `id-${nth}`, kind: "swab", at: "2022-04-19T08:00:00+08:00", site: "s1", tube: "10010001", token: "x" } as const;
      this.waiting.set(nth, { nth, round: roundOf(nth), who: "", event });
    }
  }

  async first(n: number): Promise<Kept[]> {
    return [...this.waiting.values()].sort((one, other) => one.nth - other.nth).slice(0, n);
  }

  async settle(each: readonly Settled[]): Promise<void> {
    for (const { nth, said } of each) {
      this.waiting.delete(nth);
      this.said.set(nth, said);
    }
  }
}

type Body = { round: string; events: { id: string; nth: number }[] };

/** A server that takes each event once, and answers the repeats of it as such. */
class Server {
  readonly taken: number[] = [];
  readonly uploads: { round: string; n: number }[] = [];

  answer(body: object, fails: (nth: number) => boolean = () => false): { status: number; body: unknown } {
    const { round, events } = body as Body;
    this.uploads.push({ round, n: events.length });
    if (events.some(({ nth }) => fails(nth))) return { status: 500, body: null };
    const answers = events.map(({ id, nth }) => {
      const isRepeat = this.taken.includes(nth);
      if (!isRepeat) this.taken.push(nth);
      return { id, what: isRepeat ? "repeat" : "taken" };
    });
    return { status: 200, body: { at: "2022-04-19T09:00:00+08:00", answers } };
  }
}

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
const sender = (disk: Disk, ask: Ask) => new TableSender(disk, ask, () => undefined);

describe("a day's events", () => {
  it("go up in order, 500 at a time", async () => {
    const [disk, server] = [new Disk(2600), new Server()];
    expect(await sender(disk, async (body) => server.answer(body)).send()).toBe("empty");
    expect(server.taken).toEqual(upTo(2600));
    expect(server.uploads.map(({ n }) => n)).toEqual([500, 500, 500, 500, 500, 100]);
    expect(EVENTS_AT_ONCE).toBe(500);
  });

  it("of two rounds go in uploads of their own", async () => {
    const [disk, server] = [new Disk(30, (nth) => (nth <= 10 ? "r1" : "r2")), new Server()];
    await sender(disk, async (body) => server.answer(body)).send();
    expect(server.uploads).toEqual([{ round: "r1", n: 10 }, { round: "r2", n: 20 }]);
  });

  it.each(upTo(20))("arrive once and in order through a network that lies half the time (%i)", async (seed) => {
    const random = dice(seed);
    const [disk, server] = [new Disk(1 + Math.floor(random() * 1200)), new Server()];
    const n = disk.waiting.size;
    const lies: Ask = async (body) => {
      const dice = random();
      if (dice < 0.2) return null;
      const told = server.answer(body);
      if (dice < 0.4) return null;
      if (dice < 0.5) return { status: 200, body: "<html>portal</html>" };
      const { at, answers } = told.body as { at: string; answers: unknown[] };
      return dice < 0.6 ? { status: 200, body: { at, answers: answers.slice(0, answers.length / 2) } } : told;
    };
    let stopped: Stopped = "later";
    // Now and then as a page that was just opened.
    let one = sender(disk, lies);
    for (let i = 0; i < 500 && stopped === "later"; i++) {
      if (random() < 0.3) one = sender(disk, lies);
      stopped = await one.send();
      expect([...disk.said.keys()].filter((nth) => !server.taken.includes(nth))).toEqual([]);
    }
    expect(stopped).toBe("empty");
    expect(server.taken).toEqual(upTo(n));
  });
});

describe("what the server will not take", () => {
  it("one over which it fails goes aside after three tries by itself and holds nothing up", async () => {
    const [disk, server] = [new Disk(40), new Server()];
    const one = sender(disk, async (body) => server.answer(body, (nth) => nth === 17));
    for (let i = 0; i < 10 && (await one.send()) !== "empty"; i++);
    expect(server.taken.sort((a, b) => a - b)).toEqual(upTo(40).filter((nth) => nth !== 17));
    expect(disk.said.get(17)).toMatchObject({ what: "refused", refusal: SERVER_FAILED.refusal });
  });

  it("events of a round that is no more are set aside with the words", async () => {
    const disk = new Disk(3);
    const gone = { refusal: "lab.round.not_found", zh: "没有这一轮", en: "no such round" };
    expect(await sender(disk, async () => ({ status: 409, body: gone })).send()).toBe("empty");
    expect(disk.said.get(1)).toEqual({ what: "refused", refusal: gone.refusal, said: { zh: gone.zh, en: gone.en } });
  });

  it("a phone that is cut off sends nothing more, and what waits still waits", async () => {
    const disk = new Disk(3);
    const told = { refusal: "field.cut_off", zh: "停用", en: "cut off" };
    expect(await sender(disk, async () => ({ status: 401, body: told })).send()).toBe("cut_off");
    expect(disk.waiting.size).toBe(3);
  });

  it.each([[200, "<html>"], [200, { at: "x", answers: [{ id: 1 }] }], [502, null], [404, {}]] as const)(
    "an answer of %i %j is nobody's", (status, body) => expect(tableVerdict(status, body)).toBe("again"),
  );
});
