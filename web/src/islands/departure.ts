/** A form that says what leaving takes while one types: the part under the destination is asked for anew, and nothing
    else of the page moves. Without scripts a button does the same. */

const TYPING_MS = 500;

class Departure {
  private timer = 0;
  private asked = 0;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly checks: HTMLElement,
  ) {}

  run(): void {
    this.form.addEventListener("input", (event) => {
      const field = event.target instanceof HTMLInputElement ? event.target : null;
      if (field?.name === "going") this.forget();
      this.soon(field?.type === "text" ? TYPING_MS : 0);
    });
  }

  /** Another place is typed: what was chosen for the one before is nothing any more. */
  private forget(): void {
    for (const field of this.checks.querySelectorAll<HTMLInputElement>("input[name=destination]")) {
      field.checked = false;
      if (field.type === "hidden") field.value = "";
    }
  }

  private soon(afterMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), afterMs) as unknown as number;
  }

  private async ask(): Promise<void> {
    const mine = ++this.asked;
    try {
      const answer = await fetch(this.form.dataset.address ?? "", {
        method: "POST",
        body: new URLSearchParams(new FormData(this.form) as unknown as Record<string, string>),
        redirect: "manual",
      });
      const html = answer.ok ? await answer.text() : "";
      if (html && mine === this.asked) this.show(html);
    } catch {
      return; // no network: what was said stands, and sending says what is wrong
    }
  }

  /** The server's own part of the page; whoever was in it stays at the same choice. */
  private show(html: string): void {
    const at = document.activeElement instanceof HTMLInputElement ? document.activeElement.value : "";
    const wasInside = this.checks.contains(document.activeElement);
    this.checks.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    const same = this.checks.querySelector<HTMLInputElement>(`input[value="${CSS.escape(at)}"]`);
    if (wasInside) same?.focus();
  }
}

export function checkDepartures(page: Document): void {
  for (const form of page.querySelectorAll<HTMLFormElement>("form[data-island=departure]")) {
    const checks = form.querySelector<HTMLElement>("[data-part=checks]");
    if (checks) new Departure(form, checks).run();
  }
}
