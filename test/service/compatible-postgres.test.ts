// The recipe of docs/recipes/compatible-migrations.md as it stands there: the Django example and a PostgreSQL of the test's own.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { startPostgres, stopPostgres } from "../lab/postgres.ts";
import { tarlift } from "../support/command.ts";
import { commitAll, exampleRepository } from "../support/example.ts";
import { full } from "../support/full.ts";
import { needs, sh } from "../support/needs.ts";
import { atEnd, temporary } from "../support/temporary.ts";

/** Its environment is built at this machine's /srv/<app>, so two runs must not share a name. */
const APP = `t-compatible-${process.pid}`;
/** Of loopback, one a process: the port is PostgreSQL's own. */
const ADDRESS = `127.${40 + (process.pid >> 16)}.${(process.pid >> 8) & 255}.${process.pid & 255}`;

/** The first block of YAML of the recipe. */
const recipe = () => {
  const text = readFileSync(join(import.meta.dirname, "../../docs/recipes/compatible-migrations.md"), "utf8");
  return /```yaml\n(migrations:\n[\s\S]*?)```/.exec(text)![1]!;
};

const migration = (operation: string) => `from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_reports")]
    operations = [${operation}]
`;
const NEXT = "ledger/migrations/0003_next.py";

full("examples", needs("root", "python3.11", "pg_ctlcluster", "psql")).describe("the recipe for PostgreSQL", () => {
  let repository: string;
  let cluster: string;
  let env: NodeJS.ProcessEnv;
  const compatible = () => tarlift(["compatible", "production", "--live", "v1"], { cwd: repository, env });
  const databases = () =>
    sh("psql", [`${env.ADMIN}`, "--tuples-only", "--no-align", "--command", "SELECT datname FROM pg_database"]);

  beforeAll(() => {
    cluster = join(temporary("postgres"), "cluster");
    sh("chmod", ["755", join(cluster, "..")]);
    const url = startPostgres(cluster, ADDRESS);
    atEnd(() => stopPostgres(cluster));
    atEnd(() => rmSync(`/srv/${APP}`, { recursive: true, force: true }));
    sh("psql", [
      "--host",
      cluster,
      "--username",
      "postgres",
      "--command",
      "ALTER ROLE accounting CREATEDB",
      "postgres",
    ]);
    env = {
      XDG_CACHE_HOME: join(temporary("home"), "cache"),
      ADMIN: url.replace(/accounting$/, "postgres"),
      // As the recipe's workflow has them.
      SCRATCH_URL: url.replace(/accounting$/, "scratch"),
      SCRATCH_SERVER: url.replace(/accounting$/, "postgres"),
      // A terminal's: it reaches no command, so no database but the recipe's own can be removed.
      PGHOST: "127.0.0.1",
      // Production's own, which a terminal may have: none of the commands gets it.
      DATABASE_URL: "postgres://nobody@127.0.0.1:1/production",
    };
    repository = exampleRepository("django", {
      edit: {
        "tarlift.yml": (text) =>
          text.replace(/^app: .*$/m, `app: ${APP}`).replace(/^migrations:\n( {2}.*\n)+/m, recipe()),
      },
    });
    sh("git", ["tag", "v1"], { cwd: repository });
  });

  it("lets a migration pass that adds a column, and removes its database", async () => {
    const operation = `migrations.AddField("entry", "note", models.CharField(max_length=50, null=True))`;
    commitAll(repository, "A note", {
      [NEXT]: migration(operation),
      "ledger/models.py": (text) =>
        text.replace(
          /^( {4})amount = .*$/m,
          (line) => `${line}\n    note = models.CharField(max_length=50, null=True)`,
        ),
    });
    const { code, stdout, stderr } = await compatible();
    expect([code, stderr]).toEqual([0, expect.anything()]);
    expect(stdout).toContain("works with the schema of");
    expect(stdout).toContain("ledger.0003_next");
    expect(databases()).not.toContain("scratch");
  });

  it("refuses one that renames a column that the live release reads, names it, and shows what failed", async () => {
    commitAll(repository, "Another name", {
      [NEXT]: migration(`migrations.RenameField("entry", "amount", "total")`),
    });
    const { code, stderr } = await compatible();
    expect(code).toBe(1);
    expect(stderr).toContain("does not work with the schema of");
    expect(stderr).toContain("migrations: ledger.0003_next");
    expect(stderr).toMatch(/column .*amount.* does not exist/);
    expect(stderr).toContain("Deploy in two steps");
    expect(databases()).not.toContain("scratch");
  });
});
