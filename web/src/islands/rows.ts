/** Tables by keyboard: up and down walk the rows, Home and End jump; Enter opens, since the row is a real link. */

/** The row to go to from row `at` of `rows`, or `at` itself where there is no further row; null for other keys. */
export function nextRow(key: string, at: number, rows: number): number | null {
  switch (key) {
    case "ArrowDown":
      return Math.min(at + 1, rows - 1);
    case "ArrowUp":
      return Math.max(at - 1, 0);
    case "Home":
      return 0;
    case "End":
      return rows - 1;
    default:
      return null;
  }
}

export function walkTables(page: Document): void {
  page.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const link = event.target;
    if (!(link instanceof HTMLAnchorElement) || !link.matches(".table a.row, .need a")) return;
    const list = link.closest(".table tbody, .needs");
    const links = [...(list?.querySelectorAll<HTMLAnchorElement>("a.row, .need a") ?? [])];
    const to = nextRow(event.key, links.indexOf(link), links.length);
    if (to === null) return;
    event.preventDefault();
    links[to]?.focus();
    links[to]?.closest("tr, li")?.scrollIntoView({ block: "nearest" });
  });
}
