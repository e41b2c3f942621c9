import type { Told } from "../../src/core/fieldOutbox";
import { SERVER_FAILED, type Ask, type Queue } from "../../src/sync/sender";
import type { FieldRecord, Numbered, Why } from "../../src/core/fieldOutbox";

/** Dice that fall the same each time. */
export function dice(seed: number): () => number {
  let state = seed * 2654435761 + 1;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) >>> 0;
    return state / 2 ** 32;
  };
}

export const record = (n: number): FieldRecord => ({
  kind: "problem",
  recorded_at: "2022-04-19T12:00:00.000+08:00",
  device_at: "2022-04-19T04:00:00.000Z",
  sure: true,
  body: { text: `第 ${n} 条` },
});

/** An outbox on a disk: what is removed is gone, whatever happens to whoever sends. */
export class Outbox implements Queue {
  readonly waiting = new Map<number, FieldRecord>();
  readonly aside = new Map<number, Why>();
  readonly said: number[] = [];

  constructor(n: number) {
    for (let i = 1; i <= n; i++) this.waiting.set(i, record(i));
  }

  async count(): Promise<number> {
    return this.waiting.size;
  }

  async first(n: number): Promise<Numbered[]> {
    return [...this.waiting.keys()].sort((a, b) => a - b).slice(0, n).map((number) => ({ number, record: this.waiting.get(number)! }));
  }

  async sent(numbers: readonly number[]): Promise<void> {
    for (const number of numbers) {
      this.waiting.delete(number);
      this.said.push(number);
    }
  }

  async refused(each: readonly { readonly number: number; readonly why: Why }[]): Promise<void> {
    for (const { number, why } of each) {
      this.waiting.delete(number);
      this.aside.set(number, why);
    }
  }
}

/** A server that takes each number once, refuses some, and breaks over others. */
export class Server {
  readonly taken = new Map<number, string>();
  /** The numbers in the order in which they were taken first. */
  readonly order: number[] = [];
  nRequests = 0;

  constructor(
    private readonly refuses: (number: number) => boolean = () => false,
    private readonly breaksOver: (number: number) => boolean = () => false,
  ) {}

  answer(body: object): { status: number; body: unknown } {
    this.nRequests += 1;
    const { intents } = body as { intents: { number: number; body: object }[] };
    if (intents.some(({ number }) => this.breaksOver(number))) return { status: 500, body: null };
    const outcomes = intents.map(({ number, body: told }): Told => {
      if (this.refuses(number)) return { number, outcome: "refused", refusal: "x.no", zh: "不行", en: "no" };
      const known = this.taken.get(number);
      if (known !== undefined) {
        if (known !== JSON.stringify(told)) throw new Error("another record under a number that was taken");
        return { number, outcome: "repeat" };
      }
      this.taken.set(number, JSON.stringify(told));
      this.order.push(number);
      return { number, outcome: "taken" };
    });
    return { status: 200, body: { at: "2022-04-19T12:00:01.000+08:00", rate: 1, outcomes } };
  }
}

export type Lie = "none" | "lost on the way" | "answer lost" | "twice" | "cut short" | "somebody else's" | "an old answer" | "502";
const LIES: readonly Lie[] = ["lost on the way", "answer lost", "twice", "cut short", "somebody else's", "an old answer", "502"];

/** A network that tells the truth so often, of 1. */
export function lying(server: Server, random: () => number, truth: number): Ask {
  let before: { status: number; body: unknown } | null = null;
  return async (body) => {
    const lie = random() < truth ? "none" : LIES[Math.floor(random() * LIES.length)]!;
    if (lie === "lost on the way") return null;
    if (lie === "somebody else's") return { status: 200, body: { hotel: "welcome" } };
    if (lie === "502") return { status: 502, body: null };
    if (lie === "an old answer" && before) return before;
    if (lie === "twice") server.answer(body);
    const told = server.answer(body);
    before = told;
    if (lie === "answer lost") return null;
    if (lie === "cut short" && told.status === 200) {
      const whole = told.body as { outcomes: Told[] };
      return { status: 200, body: { ...whole, outcomes: whole.outcomes.slice(0, Math.floor(whole.outcomes.length * random())) } };
    }
    return told;
  };
}

export { SERVER_FAILED };
