/** A questionnaire that saves each answer as it is typed. The server has the versions: of two who write at once the
    later is shown both answers and chooses. What could not be sent is tried again; leaving meanwhile asks first. Who
    was signed out meanwhile signs in beside it, and what waits is sent. Without scripts every section has its own
    button. */

const TYPING_MS = 700;
const RETRY_MS = [1000, 2000, 5000, 10000, 30000] as const;

/** What became of one answer. */
export type Answered =
  | { kind: "saved"; version: number; saved: string }
  | { kind: "conflict"; theirs: string | string[]; version: number; zh: string; en: string }
  | { kind: "refused"; zh: string; en: string }
  | { kind: "signed-out" }
  | { kind: "unsent" };

/** Whether a question is asked, given the answers: `wanted` is "key=value", and an answer may hold several values. */
export function isAsked(wanted: string, valuesOf: (question: string) => string[]): boolean {
  const [question, value] = wanted.split("=", 2) as [string, string];
  return valuesOf(question).includes(value);
}

/** How long to wait before the n-th try again (from 0). */
export function retryAfterMs(n: number): number {
  return RETRY_MS[Math.min(n, RETRY_MS.length - 1)] ?? 30000;
}

export async function readAnswer(response: Response): Promise<Answered> {
  if (response.status === 200) return { kind: "saved", ...(await response.json()) };
  if (response.status === 409) return { kind: "conflict", ...(await response.json()) };
  if (response.status === 422) return { kind: "refused", ...(await response.json()) };
  if (response.type === "opaqueredirect") return { kind: "signed-out" };
  return { kind: "unsent" };
}

/** The token of whoever is signed in now: to sign in anew in another window changes it, and a form's own goes stale. */
export function tokenIn(cookies: string, ofForm: string): string {
  return /(?:^|; )csrftoken=([^;]+)/.exec(cookies)?.[1] ?? ofForm;
}

class Interview {
  private readonly waiting = new Map<string, string[]>();
  private readonly timers = new Map<string, number>();
  private readonly undecided = new Map<string, string>(); // what was sent of each, where a choice is offered
  private isSending = false;
  private isSignedOut = false;
  private nFailed = 0;
  private again = 0;

  constructor(
    private readonly root: HTMLElement,
    private readonly language: "zh" | "en",
  ) {}

  run(): void {
    this.root.classList.add("saves-itself");
    this.root.addEventListener("input", (event) => this.typed(event.target, TYPING_MS));
    this.root.addEventListener("change", (event) => {
      this.typed(event.target, 0);
      this.ask();
    });
    // Back from the window in which one has signed in again.
    addEventListener("focus", () => {
      if (this.isSignedOut) void this.send();
    });
    addEventListener("beforeunload", (event) => {
      if (this.waiting.size || this.timers.size) event.preventDefault();
    });
  }

  private typed(target: EventTarget | null, afterMs: number): void {
    const box = target instanceof Element ? target.closest<HTMLElement>("[data-question]") : null;
    const question = box?.dataset.question;
    if (!box || !question || (target instanceof HTMLInputElement && target.type === "hidden")) return;
    clearTimeout(this.timers.get(question));
    this.timers.set(question, setTimeout(() => this.keep(box, question), afterMs) as unknown as number);
  }

  private keep(box: HTMLElement, question: string): void {
    clearTimeout(this.timers.get(question));
    this.timers.delete(question);
    const values = this.valuesOf(question);
    // To click on a choice is to leave the field, which says so; its buttons are not to go from under the finger.
    if (this.undecided.get(question) === values.join("\n")) return;
    this.undecided.delete(question);
    this.waiting.set(question, values);
    this.say(box, this.root.dataset.saving ?? "");
    void this.send();
  }

  private async send(): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    clearTimeout(this.again);
    while (this.waiting.size) {
      const [question, values] = [...this.waiting][0] as [string, string[]];
      const answered = await this.post(question, values);
      this.isSignedOut = answered.kind === "signed-out";
      if (answered.kind === "unsent" || answered.kind === "signed-out") break;
      this.nFailed = 0;
      if (this.waiting.get(question) === values) this.waiting.delete(question);
      if (answered.kind === "conflict") this.undecided.set(question, values.join("\n"));
      this.settle(question, answered);
    }
    this.isSending = false;
    this.showState();
    if (this.waiting.size) {
      this.again = setTimeout(() => void this.send(), retryAfterMs(this.nFailed++)) as unknown as number;
    }
  }

  private async post(question: string, values: string[]): Promise<Answered> {
    const told = new URLSearchParams({ question, version: this.versionOf(question).value });
    for (const value of values.length ? values : [""]) told.append("value", value);
    const ofForm = this.root.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
    try {
      const headers = { "X-CSRFToken": tokenIn(document.cookie, ofForm) };
      return await readAnswer(
        await fetch(this.root.dataset.address ?? "", { method: "POST", body: told, headers, redirect: "manual" }),
      );
    } catch {
      return { kind: "unsent" };
    }
  }

  private settle(question: string, answered: Answered): void {
    const box = this.boxOf(question);
    if (answered.kind === "saved") {
      this.versionOf(question).value = String(answered.version);
      this.say(box, `${this.root.dataset.saved ?? ""} ${answered.saved}`);
    } else if (answered.kind === "refused") {
      this.say(box, answered[this.language], true);
    } else if (answered.kind === "conflict") {
      this.showBoth(question, answered);
    }
  }

  /** Both answers, and two buttons: the reader decides which counts. */
  private showBoth(question: string, answered: Answered & { kind: "conflict" }): void {
    const box = this.boxOf(question);
    const place = this.say(box, answered[this.language], true);
    const offer = (label: string, carryOut: () => void) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button";
      button.textContent = label;
      button.addEventListener("click", carryOut);
      place.append(" ", button);
    };
    offer(this.root.dataset.mine ?? "", () => {
      this.versionOf(question).value = String(answered.version);
      this.undecided.delete(question);
      this.keep(box, question);
    });
    offer(this.root.dataset.theirs ?? "", () => {
      this.versionOf(question).value = String(answered.version);
      this.undecided.delete(question);
      this.put(box, answered.theirs);
      this.say(box, "");
      this.ask();
    });
  }

  private put(box: HTMLElement, value: string | string[]): void {
    const values = Array.isArray(value) ? value : [value];
    for (const field of this.fieldsOf(box)) {
      if (field instanceof HTMLInputElement && (field.type === "radio" || field.type === "checkbox")) {
        field.checked = values.includes(field.value);
      } else {
        field.value = values[0] ?? "";
      }
    }
  }

  private ask(): void {
    for (const box of this.root.querySelectorAll<HTMLElement>("[data-only-if]")) {
      box.hidden = !isAsked(box.dataset.onlyIf ?? "", (question) => this.valuesOf(question));
    }
  }

  private showState(): void {
    const state = this.root.querySelector<HTMLElement>("[data-part=state]");
    const n = this.waiting.size;
    if (!state) return;
    state.textContent = n ? `${n} ${this.root.dataset.unsaved ?? ""}` : "";
    if (this.isSignedOut) this.askToSignIn(state);
    state.classList.toggle("is-waiting", n > 0);
    const waiting = (this.isSignedOut ? this.root.dataset.kept : this.root.dataset.waiting) ?? "";
    for (const question of this.waiting.keys()) this.say(this.boxOf(question), waiting);
  }

  /** In another window, for what is typed here is nowhere else yet. */
  private askToSignIn(state: HTMLElement): void {
    const link = document.createElement("a");
    link.href = this.root.dataset.signIn ?? "";
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = this.root.dataset.signInLabel ?? "";
    state.append(" · ", this.root.dataset.signedOut ?? "", " ", link);
  }

  private say(box: HTMLElement, text: string, isFault = false): HTMLElement {
    const place = box.querySelector<HTMLElement>("[data-part=saved]") ?? box;
    place.textContent = text;
    place.classList.toggle("is-fault", isFault);
    return place;
  }

  private boxOf(question: string): HTMLElement {
    return this.root.querySelector<HTMLElement>(`[data-question="${CSS.escape(question)}"]`) as HTMLElement;
  }

  private fieldsOf(box: HTMLElement): (HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement)[] {
    return [...box.querySelectorAll<HTMLInputElement>("input:not([type=hidden]), textarea, select")];
  }

  private versionOf(question: string): HTMLInputElement {
    return this.boxOf(question).querySelector<HTMLInputElement>("input[type=hidden]") as HTMLInputElement;
  }

  private valuesOf(question: string): string[] {
    const box = this.root.querySelector<HTMLElement>(`[data-question="${CSS.escape(question)}"]`);
    const chosen = box ? this.fieldsOf(box) : [];
    return chosen
      .filter((it) => !(it instanceof HTMLInputElement && (it.type === "radio" || it.type === "checkbox")) || it.checked)
      .map((it) => it.value);
  }
}

export function keepInterview(page: Document): void {
  for (const root of page.querySelectorAll<HTMLElement>("[data-island=interview]")) {
    new Interview(root, page.documentElement.lang.startsWith("en") ? "en" : "zh").run();
  }
}
