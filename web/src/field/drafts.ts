/** What is typed and not yet kept: a lock takes it out of the page, and unlocking gives it back. No page, no storage. */

/** As much of a form's field as is asked here. */
export interface Typable {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  value: string;
  checked?: boolean;
  readonly defaultValue?: string;
  readonly defaultChecked?: boolean;
}

export type Values = Readonly<Record<string, string | boolean>>;

/** What stood in one screen's form. */
export interface Draft {
  readonly screen: string;
  /** Whom or what it was about; "" for a form of nobody in particular. */
  readonly about: string;
  readonly values: Values;
  /** What the screen knows beside its fields. */
  readonly more?: unknown;
}

/** The screen on which a record of a kind is typed. */
const SCREEN_OF: Readonly<Record<string, string>> = {
  arrival: "arrival",
  enquiry: "enquiry",
  follow_up: "follow",
  hygiene: "hygiene-place",
  passing: "passing",
  problem: "problem",
  returnee: "returnee",
  task_done: "task",
  told_arrival: "told",
  vaccination: "vaccine",
};

/** What is still only typed once a record is kept: all but its own screen's. Of a kind that no screen is known for,
    nothing, so that none is recorded twice. */
export function leftAfter(kind: string, drafts: readonly Draft[]): Draft[] {
  const typedOn = SCREEN_OF[kind];
  return typedOn === undefined ? [] : drafts.filter(({ screen }) => screen !== typedOn);
}

/** Every field by its name; null where nothing was typed. */
export function valuesOf(fields: readonly Typable[]): Values | null {
  if (!fields.some(isTyped)) return null;
  return Object.fromEntries(fields.filter(nameOf).map((field) => [nameOf(field), isTicked(field) ? field.checked === true : field.value]));
}

/** The fields that are another than they were. One that is not there any more, a place taken off the list, is left out. */
export function putBack<T extends Typable>(fields: readonly T[], values: Values): T[] {
  return fields.filter((field) => {
    const value = values[nameOf(field)];
    if (value === undefined || value === (isTicked(field) ? field.checked === true : field.value)) return false;
    if (isTicked(field)) field.checked = value === true;
    else field.value = String(value);
    return true;
  });
}

/** As the server wrote the page. */
export function empty(fields: readonly Typable[]): void {
  for (const field of fields) {
    if (isTicked(field)) field.checked = field.defaultChecked === true;
    else field.value = defaultOf(field);
  }
}

/** What is found once by the screen and by whom it is about. */
export class Drafts {
  private readonly kept = new Map<string, Draft>();

  constructor(drafts: readonly Draft[] = []) {
    for (const draft of drafts) this.kept.set(draft.screen, draft);
  }

  take(screen: string, about: string): Draft | null {
    const found = this.kept.get(screen);
    if (found?.about !== about) return null;
    this.kept.delete(screen);
    return found;
  }

  /** With those on the page now; of a screen the one on the page counts. */
  with(now: readonly Draft[]): Draft[] {
    const shown = new Set(now.map(({ screen }) => screen));
    return [...[...this.kept.values()].filter(({ screen }) => !shown.has(screen)), ...now];
  }
}

function isTyped(field: Typable): boolean {
  return isTicked(field) ? field.checked !== (field.defaultChecked === true) : field.value !== defaultOf(field);
}

/** A list's first choice is what the server wrote. */
function defaultOf(field: Typable): string {
  if (!("options" in field)) return field.defaultValue ?? "";
  const options = [...(field as unknown as HTMLSelectElement).options];
  return (options.find(({ defaultSelected }) => defaultSelected) ?? options[0])?.value ?? "";
}

function isTicked({ type }: Typable): boolean {
  return type === "radio" || type === "checkbox";
}

function nameOf({ id, name, type, value }: Typable): string {
  return id || (type === "radio" || type === "checkbox" ? `${name}=${value}` : name);
}
