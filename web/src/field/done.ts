/** What was done on this phone and may still stand in the list it took along: by the work, not by the page. No page, no
    storage.

    A mark is written in one stroke with its record and outlives the page, the lock and a dead battery. Whether the record
    waits, was sent or was refused follows from where it lies; a mark goes when a list is fetched that the server made with
    it, or when a refused record is taken away. */

/** Of which work a record is, by its kind: the fields of its body that say it. */
const SUBJECTS: Readonly<Record<string, readonly string[]>> = {
  follow_up: ["contact"],
  enquiry: ["enquiry"],
  task_done: ["task"],
  returnee: ["person"],
  vaccination: ["person"],
  hygiene: ["place", "kind"],
  told_arrival: ["proposal"],
};

export type Where = "waits" | "sent" | "refused";

/** One mark: of which work, when it was recorded, and the number of its record. */
export interface Mark {
  readonly name: string;
  readonly number: number;
  readonly subject: string;
  readonly at: string;
}

export interface Standing {
  readonly where: Where;
  readonly at: string;
}

/** "enquiry:1f0…"; null for what is of no list: whoever passes, a problem. */
export function subjectOf(kind: string, body: Readonly<Record<string, unknown>>): string | null {
  const fields = SUBJECTS[kind];
  return fields ? subject(kind, ...fields.map((name) => String(body[name]))) : null;
}

export function subject(kind: string, ...ids: readonly string[]): string {
  return [kind, ...ids].join(":");
}

export class Done {
  private readonly marks = new Map<number, Mark>();
  /** By the work, the newest last. */
  private readonly of = new Map<string, Mark[]>();
  private waiting: ReadonlySet<number> = new Set();
  private refused: ReadonlySet<number> = new Set();

  add(mark: Mark): void {
    this.marks.set(mark.number, mark);
    const those = [...(this.of.get(mark.subject) ?? []), mark].sort((one, other) => one.number - other.number);
    this.of.set(mark.subject, those);
  }

  has(number: number): boolean {
    return this.marks.has(number);
  }

  remove(number: number): string | null {
    const mark = this.marks.get(number);
    if (!mark) return null;
    this.marks.delete(number);
    this.of.set(mark.subject, this.of.get(mark.subject)!.filter((it) => it !== mark));
    return mark.name;
  }

  /** Where the records lie now, by their numbers. */
  lie(waiting: Iterable<number>, refused: Iterable<number>): void {
    [this.waiting, this.refused] = [new Set(waiting), new Set(refused)];
  }

  /** The newest that was recorded of a work; null where nothing was, as far as this phone knows. */
  standing(of: string): Standing | null {
    const [newest] = (this.of.get(of) ?? []).slice(-1);
    return newest ? { where: this.where(newest.number), at: newest.at } : null;
  }

  /** Whether nothing is left to do here: what was refused is, as long as it lies there. */
  isDone(of: string): boolean {
    const found = this.standing(of);
    return found !== null && found.where !== "refused";
  }

  /** The numbers of what the server has. */
  get sent(): readonly number[] {
    return [...this.marks.keys()].filter((number) => this.where(number) === "sent");
  }

  /** Changes whenever what is said of a work may be another. */
  get version(): string {
    return [...this.marks.keys()].map((number) => number + this.where(number)).join();
  }

  clear(): void {
    this.marks.clear();
    this.of.clear();
    this.lie([], []);
  }

  private where(number: number): Where {
    return this.waiting.has(number) ? "waits" : this.refused.has(number) ? "refused" : "sent";
  }
}
