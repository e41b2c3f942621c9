/** A table whose rows can be ticked: one box for all of them, and how many are ticked. */

/** What the box for all should show: all, none, or some in between. */
export function stateOfAll(ticked: number, rows: number): { checked: boolean; indeterminate: boolean } {
  return { checked: rows > 0 && ticked === rows, indeterminate: ticked > 0 && ticked < rows };
}

export function tendTicks(page: Document): void {
  for (const all of page.querySelectorAll<HTMLInputElement>('input[data-part="choose-all"]')) {
    const form = all.closest("form");
    const boxes = [...(all.closest("table")?.querySelectorAll<HTMLInputElement>("tbody .tick input") ?? [])];
    const told = form?.querySelector<HTMLElement>('[data-part="n-chosen"]');
    const show = () => {
      const ticked = boxes.filter((box) => box.checked).length;
      Object.assign(all, stateOfAll(ticked, boxes.length));
      if (told) told.textContent = String(ticked);
    };
    all.addEventListener("change", () => {
      for (const box of boxes) box.checked = all.checked;
      show();
    });
    for (const box of boxes) box.addEventListener("change", show);
    all.closest("label")?.removeAttribute("hidden");
    told?.closest("[hidden]")?.removeAttribute("hidden");
    show();
  }
}
