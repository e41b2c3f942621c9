import { defineConfig } from "vitest/config";

// One entry for each kind of page. Django finds the built files through the manifest, so every name carries
// a digest and may be kept forever. Nothing is inlined: the pages' policy allows no data in place of a file.
export default defineConfig({
  base: "/static/",
  publicDir: false,
  build: {
    outDir: "dist",
    emptyOutDir: true,
    manifest: true,
    target: ["chrome87", "safari14", "firefox91"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: ["console", "public", "resident", "post", "door", "doorWorker", "field", "wall", "screen", "design"].map((name) => `src/${name}.ts`),
    },
  },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
