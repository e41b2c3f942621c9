/** The officer's form at a post, and the desk at the way out: the camera fills in who it is or the permit they show,
    ten keys a temperature; of somebody known six signs are enough. Without scripts it is a form. */

import { plainIdentity, faultOf } from "../core/identityNumber";
import { Camera, fetchReaderAhead, type NoCamera } from "./camera";
import { degreeKeys } from "./degreeKeys";
import { tokenIn } from "./interview";
import { languageOf, say } from "./words";

/** Where whoever registers goes on once somebody, or a permit, was scanned. */
const NEXT = "[data-part=temperature], [data-part=next]";
/** So many signs of a document or a phone are looked up by themselves; a resident's whole number has eighteen. */
const TAIL = 6;
const RESIDENT = 18;
const NO_CAMERA: Readonly<Record<NoCamera, "cameraDenied" | "cameraNone" | "cameraInsecure" | "cameraFailed">> = {
  denied: "cameraDenied",
  none: "cameraNone",
  insecure: "cameraInsecure",
  failed: "cameraFailed",
};

export function tendPost(page: Document): void {
  const form = page.querySelector<HTMLFormElement>("[data-island=post]");
  if (form) new PostForm(form).begin();
}

class PostForm {
  private readonly camera: Camera;
  /** Whose field the camera fills; the next one that is empty follows by itself. */
  private wanted: HTMLInputElement | null = null;

  constructor(private readonly form: HTMLFormElement) {
    this.camera = new Camera(this.part<HTMLVideoElement>("video"), (text) => this.seen(text));
  }

  begin(): void {
    for (const person of this.form.querySelectorAll<HTMLElement>("[data-person]")) this.tend(person);
    // The answer stays in view; whoever scans with a scanner in the hand goes on at once.
    if ("answered" in this.form.dataset) this.part<HTMLInputElement>("who").focus({ preventScroll: true });
    void fetchReaderAhead();
  }

  private part<T extends HTMLElement>(name: string, within: HTMLElement = this.form): T {
    return within.querySelector<T>(`[data-part=${name}]`)!;
  }

  private tend(person: HTMLElement): void {
    const who = this.part<HTMLInputElement>("who", person);
    const scan = this.part<HTMLButtonElement>("scan", person);
    scan.hidden = false;
    scan.addEventListener("click", () => void this.scan(who));
    // A scanner held in the hand types the code and sends Enter: that is not yet the whole form.
    who.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      person.querySelector<HTMLInputElement>(NEXT)?.focus();
    });
    const temperature = person.querySelector<HTMLInputElement>("[data-part=temperature]");
    if (!temperature) return;
    degreeKeys(this.part("keys", person), temperature);
    this.goOn(who, temperature);
    const tail = this.part<HTMLInputElement>("tail", person);
    tail.addEventListener("input", () => void this.lookUp(person, tail, temperature));
  }

  /** In the middle of what is seen, so that who was found stands above it and the button below does not lie over it. */
  private goTo(field: HTMLInputElement): void {
    field.focus({ preventScroll: true });
    field.scrollIntoView({ block: "center" });
  }

  /** A number that is whole and can be right needs no key to say so. */
  private goOn(who: HTMLInputElement, temperature: HTMLInputElement): void {
    who.addEventListener("input", () => {
      const number = plainIdentity(who.value);
      if (number.length === RESIDENT && /^\d{17}[\dX]$/.test(number) && !faultOf(number)) this.goTo(temperature);
    });
  }

  /** Who ends so, beside the field, while the temperature is typed. What is not heard of now, Register asks. */
  private async lookUp(person: HTMLElement, tail: HTMLInputElement, temperature: HTMLInputElement): Promise<void> {
    const place = this.part("known", person);
    const signs = tail.value.trim();
    place.replaceChildren();
    if (signs.length !== TAIL) return;
    this.goTo(temperature);
    const body = new URLSearchParams({ signs, n: place.dataset["n"]! });
    const ofForm = this.form.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
    try {
      const headers = { "X-CSRFToken": tokenIn(document.cookie, ofForm) };
      const answer = await fetch(this.form.dataset["known"]!, { method: "POST", body, headers, redirect: "manual" });
      const html = await answer.text();
      if (tail.value.trim() !== signs || !(answer.ok || answer.status === 429)) return;
      place.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    } catch {
      return;
    }
    if (place.querySelector("[data-part=nobody]") && !temperature.value) this.part("who", person).focus();
  }

  private async scan(who: HTMLInputElement): Promise<void> {
    this.wanted = who;
    const problem = await this.camera.start();
    this.part("finder").hidden = problem !== null;
    this.part("hint").textContent = problem ? say(languageOf(document), NO_CAMERA[problem]) : "";
    if (!problem) this.part("finder").scrollIntoView({ block: "start" });
  }

  private seen(text: string): void {
    if (!this.wanted || this.others().includes(text)) return;
    this.wanted.value = text;
    const person = this.wanted.closest<HTMLElement>("[data-person]")!;
    this.wanted = null;
    this.camera.stop();
    this.part("finder").hidden = true;
    navigator.vibrate?.(60);
    person.querySelector(NEXT)?.scrollIntoView({ block: "center" });
  }

  /** What stands in the other fields: the same code in view is not the next person. */
  private others(): string[] {
    const fields = this.form.querySelectorAll<HTMLInputElement>("[data-part=who]");
    return [...fields].filter((one) => one !== this.wanted).map((one) => one.value);
  }
}
