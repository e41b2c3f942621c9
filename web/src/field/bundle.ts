/** What the phone took along: who its account is, what it has to do today, and whom it has to find. */

export interface Words {
  readonly zh: string;
  readonly en: string;
}

export interface Choice extends Words {
  readonly key: string;
}

export interface Task {
  readonly id: string;
  readonly kind: string;
  readonly title: Words;
  readonly due_at: string;
  readonly is_own: boolean;
  readonly about: string;
  /** The page on which it is done and closes by itself; an older server sends neither. */
  readonly do?: string;
  /** The page of what it is about. */
  readonly see?: string;
}

export interface FollowUp {
  readonly contact: string;
  readonly on: string;
  readonly name: string;
  readonly phone: string;
  readonly address: string;
  readonly due_at: string;
}

/** One person to ask about one stay: whether they were in a place that was listed there in those days. */
export interface Asked {
  readonly enquiry: string;
  readonly name: string;
  readonly phone: string;
  readonly where: string;
  readonly begins_on: string;
  readonly last_on: string;
  readonly places: readonly { readonly id: string; readonly name: string }[];
}

/** One call asks all of a household. */
export interface Call {
  readonly number: number | null;
  readonly address: string;
  readonly people: readonly Asked[];
}

export interface Member {
  readonly id: string;
  readonly name: string;
  readonly sex: "male" | "female";
  readonly born: number;
  readonly phone: string;
  /** State, doses, the last day, the next day, how much is on record, the answer; nothing where nothing is known. */
  readonly doses?: readonly [state: string, n?: number, lastOn?: string, nextFrom?: string, seen?: number, answer?: string];
}

/** Somebody who is expected back, or whose measure runs. */
export interface Returnee {
  readonly person: string;
  readonly state: string;
  readonly seen: number;
  readonly from: string;
  readonly on?: string;
  readonly until?: string;
  readonly heard?: string;
  /** Only of those who are in none of the phone's households. */
  readonly name?: string;
  readonly phone?: string;
}

/** An arrival that somebody of another household told of, to be asked about. */
export interface ToldArrival {
  readonly proposal: string;
  readonly name: string;
  /** The number, or its end, as it was told. */
  readonly tail: string;
  readonly phone: string;
  /** What they are to whoever told. */
  readonly tie: Words;
  readonly teller: string;
  readonly arrives_at: string;
  readonly stays_at: string;
  readonly from: readonly string[];
  readonly where?: Words;
  /** Who on the register it is; without it nobody was found. */
  readonly found?: string;
  /** Why the person says that it is not so. */
  readonly denied?: string;
}

/** A place in the county, where somebody may stay. */
export interface Place extends Words {
  readonly path: string;
}

/** One kind of work that is due at a priority place, or late. */
export interface DueWork {
  readonly kind: string;
  readonly on: string;
  readonly late: boolean;
  readonly often: Words;
}

/** A priority venue or process at which something is to be done today. */
export interface PriorityPlace {
  readonly id: string;
  readonly name: string;
  /** Its class. */
  readonly is: string;
  readonly due: readonly DueWork[];
  readonly number?: number;
  /** The venue, where it is called something else. */
  readonly at?: string;
  /** Agent, concentration in mg/L and area in m² of the last time. */
  readonly used?: readonly [agent: string, concentration: number | null, area: number | null];
  readonly spots?: string;
}

export interface Hygiene {
  /** How many there are; a phone takes along no more than somebody works off. */
  readonly n: number;
  readonly places: readonly PriorityPlace[];
  readonly classes: Readonly<Record<string, Words>>;
  /** By class what an inspection looks at. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
  readonly items: readonly Choice[];
  readonly kinds: readonly Choice[];
}

export interface Household {
  readonly id: string;
  readonly number: number;
  readonly address: string;
  readonly members: readonly Member[];
}

/** A screening round that is prepared or open, with the sites at which this account samples. */
export interface TableRound {
  readonly id: string;
  readonly name: string;
  readonly is_open: boolean;
  /** How many people share a tube. */
  readonly size: number;
  readonly begins_at: string;
  /** `is_own`: its holder is set to stand there; `is_in_doubt`: or somebody of their name or phone. */
  readonly sites: readonly {
    readonly id: string;
    readonly name: string;
    readonly is_own?: boolean;
    readonly is_in_doubt?: boolean;
  }[];
}

export interface TablesTold {
  readonly rounds: readonly TableRound[];
  readonly reasons: readonly Choice[];
  /** What is to be done about each kind of thing that does not go together. */
  readonly doubts: Readonly<Record<string, Words>>;
}

export interface Post {
  readonly id: string;
  readonly name: string;
  /** The typed code of its door; "" while it has none. */
  readonly typed: string;
}

export interface Bundle {
  readonly protocol: number;
  readonly kept_h: number;
  readonly name: string;
  readonly unit: Words;
  readonly roles: readonly Words[];
  readonly keeps_doors: boolean;
  readonly may_follow: boolean;
  readonly tasks: readonly Task[];
  readonly follow_ups: readonly FollowUp[];
  readonly calls: readonly Call[];
  readonly households: readonly Household[];
  readonly n_households: number;
  readonly posts: readonly Post[];
  readonly found: readonly Choice[];
  readonly symptoms: readonly Choice[];
  /** An older server sends none of these. */
  readonly may_vaccinate?: boolean;
  readonly returnees?: readonly Returnee[];
  /** From which temperature, in °C, somebody at a post is led aside. */
  readonly fever_from_c?: number;
  readonly told_arrivals?: readonly ToldArrival[];
  readonly places?: readonly Place[];
  readonly hygiene?: Hygiene | null;
  readonly tables?: TablesTold | null;
}

const HOUR_MS = 3_600_000;

/** Whether its term is over at a moment of county time: names and addresses are no longer kept than that.

    null where nobody has told county time: the device's own clock may stand in another year and says nothing of it. */
export function isOver(knownAt: string, keptH: number, countyMs: number | null): boolean {
  if (countyMs === null) return false;
  const sinceMs = Date.parse(knownAt);
  return Number.isNaN(sinceMs) || countyMs - sinceMs >= keptH * HOUR_MS;
}

/** The households in which what was typed is found, in a name, an address or a phone; that of its number comes first. */
export function found(households: readonly Household[], typed: string, most: number): Household[] {
  const wanted = typed.trim().toLowerCase();
  if (!wanted) return households.slice(0, most);
  const holds = (text: string) => text.toLowerCase().includes(wanted);
  const isNumbered = ({ number }: Household) => String(number) === wanted;
  const others = households.filter(
    (it) => !isNumbered(it) && (holds(it.address) || it.members.some(({ name, phone }) => holds(name) || holds(phone))),
  );
  return [...households.filter(isNumbered), ...others].slice(0, most);
}
