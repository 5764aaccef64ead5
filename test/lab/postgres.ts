// A PostgreSQL cluster of the lab's own, on this machine, where only the lab's hosts reach it.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sh } from "../support/needs.ts";
import { end, runs } from "./process.ts";

const INSTALLED = "/usr/lib/postgresql";
const PASSWORD = "ledger";

/**
 * Starts a cluster with one database and its owner, both `accounting`.
 *
 * @param directory made for it
 * @param address where it listens, and nowhere else
 * @returns the URL of the database
 */
export function startPostgres(directory: string, address: string): string {
  if (!existsSync(directory)) create(directory, address);
  if (!running(directory))
    postgres("pg_ctl", "--pgdata", directory, "--log", join(directory, "log"), "--wait", "start");
  return `postgres://accounting:${PASSWORD}@${address}:5432/accounting`;
}

/** Ends it without saving anything: its files go away with the lab. */
export async function stopPostgres(directory: string): Promise<void> {
  const pid = processId(directory);
  if (pid) await end(pid, directory, "SIGQUIT");
}

function create(directory: string, address: string): void {
  mkdirSync(directory);
  chmodSync(directory, 0o700);
  sh("chown", ["postgres:", directory]);
  postgres("initdb", "--pgdata", directory, "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8");
  const settings = [
    `listen_addresses = '${address}'`,
    `unix_socket_directories = '${directory}'`,
    "fsync = off",
    "shared_buffers = 16MB",
    "",
  ];
  writeFileSync(join(directory, "postgresql.auto.conf"), settings.join("\n"));
  writeFileSync(join(directory, "pg_hba.conf"), "local all all trust\nhost all all samenet scram-sha-256\n");
  postgres("pg_ctl", "--pgdata", directory, "--log", join(directory, "log"), "--wait", "start");
  const sql = `CREATE ROLE accounting LOGIN PASSWORD '${PASSWORD}'`;
  postgres("psql", "--host", directory, "--quiet", "--command", sql);
  postgres("createdb", "--host", directory, "--owner", "accounting", "accounting");
}

function postgres(program: string, ...args: string[]): string {
  const version = readdirSync(INSTALLED).sort((a, b) => Number(b) - Number(a))[0];
  return sh(
    "setpriv",
    [
      ...["--reuid", "postgres", "--regid", "postgres", "--init-groups"],
      ...["--", `${INSTALLED}/${version}/bin/${program}`, ...args],
    ],
    { cwd: "/" },
  );
}

function running(directory: string): boolean {
  const pid = processId(directory);
  return pid !== undefined && runs(pid, directory);
}

function processId(directory: string): number | undefined {
  const file = join(directory, "postmaster.pid");
  return existsSync(file) ? Number(readFileSync(file, "utf8").split("\n")[0]) : undefined;
}
