import { join } from "node:path";
import { createApp } from "./app.ts";

const app = createApp({
  web: join(import.meta.dirname, "../web"),
  release: process.env.TARLIFT_RELEASE,
  version: process.env.TARLIFT_VERSION,
  log: true,
});

// A stop lets the requests at hand finish.
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => app.close().then(() => process.exit(0)));
}

await app.listen({ host: process.env.HOST ?? "127.0.0.1", port: Number(process.env.PORT ?? 3000) });
