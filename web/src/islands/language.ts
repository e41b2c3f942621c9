/** The language switch of a page that has to stand while no server answers: it is left only once one has. */

export function switchLanguage(page: Document): void {
  for (const form of page.querySelectorAll<HTMLFormElement>("form[data-island=language]")) {
    form.addEventListener("click", (event) => {
      const pressed = event.target;
      if (!(pressed instanceof HTMLButtonElement)) return;
      event.preventDefault();
      const told = new FormData(form);
      told.append(pressed.name, pressed.value);
      void choose(form.action, told);
    });
  }
}

async function choose(address: string, told: FormData): Promise<void> {
  try {
    const answer = await fetch(address, { method: "POST", body: told });
    if (answer.ok) location.reload();
  } catch {
    // No network: the page stays as it is, in the language it has.
  }
}
