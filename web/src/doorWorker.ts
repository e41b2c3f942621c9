/** Serves the keeper's page and the field app from what they have kept, while the pages' server does not answer. */

const PAGES = ["/door", "/field"];

interface FetchLike extends Event {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

addEventListener("fetch", (event) => {
  const { request } = event as FetchLike;
  const address = new URL(request.url);
  const isOurs = address.origin === location.origin && request.method === "GET";
  if (isOurs && (PAGES.includes(address.pathname) || address.pathname.startsWith("/static/"))) {
    (event as FetchLike).respondWith(answer(request));
  }
});

/** A server that hangs is as good as none: a queue is waiting. */
const PATIENCE_MS = 4_000;

async function answer(request: Request): Promise<Response> {
  const giving = new AbortController();
  const timer = setTimeout(() => giving.abort(), PATIENCE_MS);
  try {
    const fresh = await fetch(request, { signal: giving.signal });
    if (fresh.status < 500) return fresh;
  } catch {
    // No network, no server, or none in time.
  } finally {
    clearTimeout(timer);
  }
  return (await caches.match(request, { ignoreVary: true, ignoreSearch: true })) ?? Response.error();
}

export {};
