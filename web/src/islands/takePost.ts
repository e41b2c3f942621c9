/** A keeper who is appointed here lets this phone in by themselves: one press, and the token is kept. */

import { keepDevice, type KeptDevice } from "./device";
import { languageOf } from "./words";

export function takePosts(page: Document): void {
  for (const form of page.querySelectorAll<HTMLFormElement>("form.take-post")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void take(page, form);
    });
  }
}

async function take(page: Document, form: HTMLFormElement): Promise<void> {
  const place = page.querySelector<HTMLElement>("[data-part=ended]")!;
  const say = (sentence: string) => {
    place.textContent = sentence;
    place.hidden = false;
  };
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    const told: unknown = await answer.json();
    if (!answer.ok) return say((told as Record<"zh" | "en", string>)[languageOf(page)]);
    await keepDevice(told as KeptDevice);
    location.reload();
  } catch {
    say(form.closest<HTMLElement>("[data-failed]")?.dataset["failed"] ?? "");
  }
}
