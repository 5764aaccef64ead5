import { greet } from "@example/greeting";
import files from "@fastify/static";
import fastify, { type FastifyInstance } from "fastify";

export interface Settings {
  /** The directory of the built front end, absolute; none in tests of the API alone. */
  web?: string;
  /** What runs: Tarlift writes both into the configuration of each release. */
  release?: string | undefined;
  version?: string | undefined;
  log?: boolean;
}

/** The server, not listening yet. */
export function createApp(settings: Settings = {}): FastifyInstance {
  const app = fastify({ logger: settings.log ?? false });

  // Every answer names the release that gave it: the strongest proof that a deploy can get that the new code serves.
  app.addHook("onSend", async (_request, reply) => {
    if (settings.release) reply.header("x-release", settings.release);
  });

  app.get("/healthz", async () => "ok\n");

  app.get<{ Querystring: { name?: string } }>("/api/greeting", async (request) => ({
    text: greet(request.query.name ?? ""),
    version: settings.version ?? "development",
  }));

  // Names below assets/ carry a hash of their content; index.html must always be asked for.
  if (settings.web) {
    app.register(files, {
      root: settings.web,
      cacheControl: false,
      setHeaders: (reply, path) =>
        reply.header("cache-control", path.includes("/assets/") ? "public, max-age=31536000, immutable" : "no-cache"),
    });
  }
  return app;
}
