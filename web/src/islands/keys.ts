/** Buttons that a page names a key for (`data-key`): pressed alone, outside of a field, it is as if they were clicked. */

const TYPED_INTO = "input, select, textarea, [contenteditable]";

/** Whether a key pressed there is meant for what has the focus, and not for the page. */
export function isTyped(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches(TYPED_INTO);
}

export function pressKeys(page: Document): void {
  page.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyped(event.target)) return;
    const button = page.querySelector<HTMLElement>(`[data-key="${CSS.escape(event.key)}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
}
