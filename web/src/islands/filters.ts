/** Filter forms: a choice takes effect at once, empty fields stay out of the address, and the reader keeps
    the place. Without scripts the form has its own button. */

/** The address of a form's answer: only the fields that say something, so that it can be sent to a colleague. */
export function filterAddress(path: string, fields: Iterable<readonly [string, string]>): string {
  const said = new URLSearchParams();
  for (const [name, value] of fields) if (value.trim() !== "") said.append(name, value.trim());
  const query = said.toString();
  return query ? `${path}?${query}` : path;
}

const PLACE = "fangxian-filter-place";

export function tendFilters(page: Document): void {
  const go = (form: HTMLFormElement, from: Element | null) => {
    const fields = [...new FormData(form)].filter((pair): pair is [string, string] => typeof pair[1] === "string");
    sessionStorage.setItem(PLACE, JSON.stringify({ y: scrollY, id: from?.id ?? "" }));
    location.assign(filterAddress(new URL(form.action).pathname, fields));
  };
  for (const form of page.querySelectorAll<HTMLFormElement>("form.filters[method=get], form.filters:not([method])")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      go(form, page.activeElement);
    });
    form.addEventListener("change", (event) => {
      if (event.target instanceof HTMLSelectElement) go(form, event.target);
    });
  }
  const kept = sessionStorage.getItem(PLACE);
  sessionStorage.removeItem(PLACE);
  if (!kept || !page.querySelector("form.filters[method=get], form.filters:not([method])")) return;
  const place = JSON.parse(kept) as { y: number; id: string };
  if (place.id) page.getElementById(place.id)?.focus({ preventScroll: true });
  scrollTo({ top: place.y });
}
