/** The theme switch. The server already wrote `data-theme` from the cookie, so nothing flashes; this only saves
    the reload. Without scripts the buttons submit their form and the server sets the same cookie. */

export type Theme = "light" | "dark" | "auto";

const YEAR_S = 31_536_000;

/** The cookie that keeps a theme; for `auto` it is taken away. */
export function themeCookie(theme: Theme): string {
  const life = theme === "auto" ? 0 : YEAR_S;
  return `fangxian_theme=${theme}; path=/; max-age=${life}; samesite=lax`;
}

export function switchTheme(page: Document): void {
  page.addEventListener("submit", (event) => {
    const form = event.target;
    const pressed = event.submitter;
    if (!(form instanceof HTMLFormElement) || form.dataset["island"] !== "theme") return;
    if (!(pressed instanceof HTMLButtonElement)) return;
    event.preventDefault();
    const theme = pressed.value as Theme;
    page.cookie = themeCookie(theme);
    page.documentElement.dataset["theme"] = theme;
    for (const button of page.querySelectorAll<HTMLButtonElement>("form[data-island=theme] button")) {
      button.setAttribute("aria-pressed", String(button.value === theme));
    }
  });
}
