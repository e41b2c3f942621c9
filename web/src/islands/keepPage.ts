/** Keeps this page and its files in the browser, so that a keeper who reloads it finds it again with no server. */

/** Whether it could: under a certificate that the phone does not trust a browser keeps nothing.

    `store` is this page's own, or two pages would throw away one another's files. */
export async function keepPage(page: Document, store = "fangxian-door"): Promise<boolean> {
  const worker = page.querySelector<HTMLElement>("[data-worker]")?.dataset["worker"];
  if (!worker || !("serviceWorker" in navigator)) return false;
  try {
    await navigator.serviceWorker.register(worker, { scope: location.pathname });
    const loaded = performance.getEntriesByType("resource").map(({ name }) => new URL(name));
    const files = loaded.filter((it) => it.origin === location.origin && it.pathname.startsWith("/static/"));
    const wanted = [location.pathname, ...new Set(files.map((it) => it.pathname))];
    const kept = await caches.open(store);
    await kept.addAll(wanted);
    for (const old of await kept.keys()) {
      if (!wanted.includes(new URL(old.url).pathname)) await kept.delete(old);
    }
    return true;
  } catch {
    // A browser that keeps nothing still keeps the door while the page is open.
    return false;
  }
}
