/** "Copy the link": hidden until a script can do it; says what happened in the button's own words. */

export function copyLinks(page: Document, clipboard: Clipboard | undefined): void {
  if (!clipboard) return;
  for (const button of page.querySelectorAll<HTMLButtonElement>("[data-island=copy]")) {
    button.hidden = false;
    const words = button.textContent ?? "";
    button.addEventListener("click", async () => {
      await clipboard.writeText(button.dataset["href"] || location.href);
      button.textContent = button.dataset["done"] ?? words;
      setTimeout(() => {
        button.textContent = words;
      }, 2000);
    });
  }
}
