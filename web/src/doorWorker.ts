/** Serves the keeper's page from what the page itself has kept, while the pages' server does not answer. */

interface FetchLike extends Event {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

addEventListener("fetch", (event) => {
  const { request } = event as FetchLike;
  const address = new URL(request.url);
  const isOurs = address.origin === location.origin && request.method === "GET";
  if (isOurs && (address.pathname === "/door" || address.pathname.startsWith("/static/"))) {
    (event as FetchLike).respondWith(answer(request));
  }
});

async function answer(request: Request): Promise<Response> {
  try {
    const fresh = await fetch(request);
    if (fresh.status < 500) return fresh;
  } catch {
    // No network, or no server.
  }
  return (await caches.match(request, { ignoreVary: true, ignoreSearch: true })) ?? Response.error();
}

export {};
