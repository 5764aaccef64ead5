// haproxy.cfg of tests, and what HAProxy counted itself.

export interface HaproxyOptions {
  /** `stats socket` lines: where its runtime API is, and what it may do. */
  sockets: string[];
  /** Where each backend's frontend listens, and its servers' addresses by name: `{ web: { bind: "127.0.0.1:80", servers: { app1: "…" } } }`. */
  backends: Record<
    string,
    { bind: string; servers: Record<string, string>; lines?: string[]; inter?: string; disabled?: string | undefined }
  >;
}

/** It neither retries nor redispatches: what a server does not answer is an error for the client. No test waits for its timeouts. */
export function haproxyConfig({ sockets, backends }: HaproxyOptions): string {
  return [
    "global",
    ...sockets.map((socket) => `  stats socket ${socket}`),
    "defaults",
    "  mode http",
    "  retries 0",
    "  timeout connect 2s",
    // Without it a check may take as long as `inter`: a busy machine, and not the server, would be what is down.
    "  timeout check 5s",
    "  timeout client 10m",
    "  timeout server 10m",
    ...Object.entries(backends).flatMap(([name, { bind, servers, lines = [], inter = "200ms", disabled }]) => [
      `frontend to-${name}`,
      `  bind ${bind}`,
      `  default_backend ${name}`,
      `backend ${name}`,
      "  balance roundrobin",
      ...lines.map((line) => `  ${line}`),
      ...Object.entries(servers).map(
        ([server, address]) =>
          `  server ${server} ${address} check inter ${inter} cookie ${server}${server === disabled ? " disabled" : ""}`,
      ),
    ]),
    "",
  ].join("\n");
}

/** https://docs.haproxy.org/2.6/management.html#9.1: connections, responses, aborts of either side, retries, redispatches, 4xx and 5xx. */
const ERRORS = [
  "econ",
  "eresp",
  "ereq",
  "wretr",
  "wredis",
  "srv_abrt",
  "cli_abrt",
  "hrsp_4xx",
  "hrsp_5xx",
  "hrsp_other",
];

/**
 * What HAProxy itself counted as errors, on all of its frontends, backends and servers.
 *
 * @returns counters that are not 0, as `web/app1 econ`; and how many requests its frontends got
 */
export async function haproxyCounters(
  ask: (command: string) => Promise<string>,
): Promise<{ errors: Record<string, number>; requests: number }> {
  const [head = "", ...lines] = (await ask("show stat")).trim().split("\n");
  const columns = head.replace("# ", "").split(",");
  const rows = lines.map((line) => {
    const fields = line.split(",");
    return (column: string) => fields[columns.indexOf(column)] ?? "";
  });
  const errors = rows.flatMap((field) =>
    ERRORS.map((name): [string, number] => [`${field("pxname")}/${field("svname")} ${name}`, Number(field(name))]),
  );
  const requests = rows
    .filter((field) => field("svname") === "FRONTEND")
    .reduce((sum, field) => sum + Number(field("req_tot")), 0);
  return { errors: Object.fromEntries(errors.filter(([, count]) => count > 0)), requests };
}
