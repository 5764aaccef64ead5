// The whole of it on real hosts: the Django example under supervisord on two and systemd on one, its processes another user's, its data in
// PostgreSQL, its deploy user without any right of root but the lines that `tarlift host setup` prints; typed as a user types it, and
// looked at from outside of the hosts.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Report } from "../../src/fleet/report.ts";
import { LAB_NEEDS, type Lab, type LabHost, startLab } from "../lab/lab.ts";
import { tarlift } from "../support/command.ts";
import { commitAll, type Edits, exampleRepository } from "../support/example.ts";
import { full } from "../support/full.ts";
import { type LabCommand, labCommand } from "../support/lab-command.ts";
import { needs, sh } from "../support/needs.ts";
import { atEnd, temporary } from "../support/temporary.ts";

/** Its environment is built at this machine's /srv/<app>, so two runs must not share a name. */
const APP = `t-django-${process.pid}`;
/** A few bytes of a page, its release, its index: what changes when one line of one file does. */
const A_HANDFUL = 4 * 1024;

const health = `{ url: "http://127.0.0.1:8000/healthz", release-header: X-Release, retries: 20, interval: 0.5 }`;

/** What takes the place of the example's services and targets. */
const services = (lab: Lab) => `services:
  web:    { supervisord: ${APP}-web, roles: [web], stable-for: 2, health: ${health} }
  site:   { systemd: ${APP}-site, roles: [site], stable-for: 2, health: ${health} }
  worker: { systemd: ${APP}-worker, roles: [site], stable-for: 2, stop-timeout: 30 }

targets:
  lab:
    ssh-user: deploy
    run-as: accounting
    hosts:
      - { address: ${lab.hosts[0]!.address}, roles: [web] }
      - { address: ${lab.hosts[1]!.address}, roles: [web] }
      - { address: ${lab.hosts[2]!.address}, roles: [site] }
    env: { DEBUG: "0", BIND: "0.0.0.0:8000", WEB_WORKERS: "1", ALLOWED_HOSTS: "*" }
    secrets: [SECRET_KEY, DATABASE_URL]
`;

/** What the services run, as `host setup` gets it. */
const COMMANDS = {
  web: ".venv/bin/gunicorn",
  site: ".venv/bin/gunicorn",
  worker: ".venv/bin/python manage.py work --pause 0.2",
};

const MIGRATION = `from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_reports")]
    operations = [migrations.AddField("entry", "note", models.CharField(max_length=50, default="", db_default=""))]
`;

full("examples", needs(...LAB_NEEDS, "python3.11", "cc", "pg_ctlcluster", "psql")).describe(
  "the Django example on three hosts",
  () => {
    let lab: Lab;
    let repository: string;
    let command: LabCommand;
    let database: string;
    let env: NodeJS.ProcessEnv;
    let first: Report;
    let second: string;
    const releases: Record<string, string> = {};

    beforeAll(async () => {
      lab = await startLab({ hosts: 3 });
      atEnd(() => rmSync(`/srv/${APP}`, { recursive: true, force: true }));
      database = lab.postgres();
      env = { SECRET_KEY: `it's "$secret" #1`, DATABASE_URL: database };
      repository = exampleRepository("django", {
        edit: {
          "tarlift.yml": (text) =>
            text
              .replace(/^app: .*$/m, `app: ${APP}`)
              .replace(/^services:[\s\S]*$/m, services(lab))
              // One check will do: the others take seconds for each of four bundles.
              .replace(/^check:\n( {2}- .*\n)( {2}- .*\n)+/m, "check:\n$1"),
        },
      });
      command = labCommand(lab, repository);
      await setUp();
    });
    afterAll(() => lab?.stop());

    /** As an administrator does: the printed scripts, each run by root on its host. */
    async function setUp(): Promise<void> {
      const commands = Object.entries(COMMANDS).flatMap(([service, words]) => ["--command", `${service}=${words}`]);
      const { stdout } = await command.run(["host", "setup", "lab", ...commands], env);
      const scripts = stdout.split(new RegExp(`^(?=# ${APP} on )`, "m"));
      expect(scripts).toHaveLength(3);
      await Promise.all(lab.hosts.map((host, n) => host.root("cat >/root/setup && sh /root/setup", scripts[n]!)));
      const check = await command.run(["host", "setup", "lab", "--check"], env);
      expect(check.stdout).toContain("every host has what it needs");
    }

    /** One artifact from the commit at hand. @returns its file */
    async function bundle(version: string): Promise<string> {
      const file = join(temporary("artifact"), `${version}.tar`);
      const cache = { XDG_CACHE_HOME: join(command.home, "cache") };
      const ended = await tarlift(["bundle", "--label", version, "--output", file], { cwd: repository, env: cache });
      expect(ended.code, ended.stderr).toBe(0);
      return file;
    }
    const deploy = (file: string) => command.transact(["deploy", "lab", "--artifact", file], env);
    const edited = (message: string, edits: Edits) => commitAll(repository, message, edits);

    /** What the world sees of a host. */
    async function page({ address }: LabHost, path = "/") {
      const response = await fetch(`http://${address}:8000${path}`, { headers: { connection: "close" } });
      const text = await response.text();
      return { status: response.status, release: response.headers.get("x-release"), text };
    }
    /** Release, headline and status of each host's page. */
    const seen = () =>
      Promise.all(
        lab.hosts.map(async (host) => {
          const { status, release, text } = await page(host);
          return [status, release, /<h1>(.*)<\/h1>/.exec(text)?.[1]];
        }),
      );
    const everywhere = (release: string | undefined, title: string) => Array(3).fill([200, release, title]);
    const sql = (text: string) =>
      sh("psql", [database, "--no-align", "--tuples-only", "--command", text]).trim().split("\n");
    const applied = () => sql("SELECT name FROM django_migrations WHERE app = 'ledger' ORDER BY id");
    const titled = (title: string) => (text: string) => text.replace(/<h1>.*<\/h1>/, `<h1>${title}</h1>`);

    /** What a report says of the services, a host each. */
    const levels = (report: Report) =>
      report.hosts.map(({ services: found }) => found.map(({ service, evidence }) => `${service} ${evidence}`));

    it("shows what a first deploy would migrate, and changes nothing while it does", async () => {
      const file = await bundle("v1");
      const plan = await command.transact(["deploy", "lab", "--artifact", file, "--dry-run"], env);
      expect([plan.errors, plan.outcome]).toEqual([[], "planned"]);
      expect(await lab.hosts[0]!.root(`ls -A /srv/${APP}/releases`)).toBe("");
      const report = await deploy(file);
      expect([report.errors, report.outcome]).toEqual([[], "deployed"]);
      expect(report.pending.map((line) => line.replace(/^\[ \] +/, ""))).toContain("ledger.0002_reports");
      expect(report.applied).toEqual(report.pending);
      first = report;
      releases.first = report.release!;
    });

    it("serves the release on every host, in the release's directory, as the services' user", async () => {
      expect(await seen()).toEqual(everywhere(releases.first, "Accounting"));
      const works = await Promise.all(
        lab.hosts.map((host) =>
          host.root("for p in $(pgrep -u accounting); do echo $(readlink /proc/$p/cwd); done | sort | uniq"),
        ),
      );
      expect(works).toEqual(Array(3).fill(`/srv/${APP}/releases/${releases.first}\n`));
      const others = await Promise.all(lab.hosts.map((host) => host.root("pgrep -a gunicorn -U root,deploy || true")));
      expect(others).toEqual(["", "", ""]);
    });

    it("migrates once, on the leader, before any host serves the release", async () => {
      expect(applied()).toEqual(["0001_entries", "0002_reports"]);
      const phases = first.hosts.map((host) => host.phases);
      expect(phases.map((found) => found.filter((one) => one.phase === "migrate").length)).toEqual([1, 0, 0]);
      const { start, seconds } = phases[0]!.find((one) => one.phase === "migrate")!;
      const switched = phases.map((found) => found.find((one) => one.phase === "activate")!.start);
      expect(Math.min(...switched)).toBeGreaterThan(start + seconds - 0.01);
    });

    it("sends a handful of bytes when one file has changed, and nothing of the environment", async () => {
      edited("A better title", { "ledger/templates/ledger/entries.html": titled("Better") });
      second = await bundle("v2");
      const report = await deploy(second);
      expect([report.errors, report.outcome, report.pending]).toEqual([[], "deployed", []]);
      releases.second = report.release!;
      expect(await seen()).toEqual(everywhere(releases.second, "Better"));
      for (const host of report.hosts) {
        expect(host.files?.sent).toBeLessThanOrEqual(3);
        expect(host.wire).toBeLessThan(A_HANDFUL);
      }
      expect(levels(report)).toEqual([
        ["web release-header"],
        ["web release-header"],
        ["site release-header", "worker directory"],
      ]);
    });

    it("says what runs where, and that all of it is well", async () => {
      const status = await command.run(["status", "lab"], env);
      expect([status.code, status.stdout]).toEqual([
        0,
        expect.stringContaining("one release everywhere, every service runs (without a health check: 1 of 4)"),
      ]);
      expect(status.stdout.split(releases.second!)).toHaveLength(4);
      expect(status.stdout.match(/: ok, .*/g)).toHaveLength(4);
    });

    it("keeps data and uploads: what one host wrote, all show, and the worker's report stands in the shared directory", async () => {
      const [one, , three] = lab.hosts as [LabHost, LabHost, LabHost];
      const form = await fetch(`http://${one.address}:8000/`);
      const cookie = form.headers.getSetCookie()[0]!.split(";")[0]!;
      const token = /name="csrfmiddlewaretoken" value="(\w+)"/.exec(await form.text())![1]!;
      const ordered = await fetch(`http://${one.address}:8000/reports/`, {
        method: "POST",
        headers: { cookie, "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ csrfmiddlewaretoken: token, year: "2025" }),
        redirect: "manual",
      });
      expect(ordered.status).toBe(302);
      await expect.poll(async () => (await page(three)).text, { timeout: 20_000 }).toContain("report of 2025 (done)");
      expect(await three.root(`stat -c %U /srv/${APP}/shared/media/reports/*`)).toBe("accounting\n");
    });

    it("deploys a change of the configuration alone, and rolls back by one rename and one restart: twice in a row", async () => {
      edited("Two workers", { "tarlift.yml": (text) => text.replace('WEB_WORKERS: "1"', 'WEB_WORKERS: "2"') });
      const third = await deploy(second);
      expect([third.errors, third.outcome]).toEqual([[], "deployed"]);
      expect(await lab.hosts[1]!.root("pgrep -c -u accounting gunicorn")).toBe("3\n");

      const back = await command.transact(["rollback", "lab"], env);
      expect([back.errors, back.outcome, back.release]).toEqual([[], "rolled-back", releases.second]);
      expect(await seen()).toEqual(everywhere(releases.second, "Better"));
      expect(await lab.hosts[1]!.root("pgrep -c -u accounting gunicorn")).toBe("2\n");
      expect(back.hosts.map(({ wire }) => wire ?? 0)).toEqual([0, 0, 0]);

      const further = await command.transact(["rollback", "lab"], env);
      expect([further.errors, further.outcome, further.release]).toEqual([[], "rolled-back", releases.first]);
      expect(await seen()).toEqual(everywhere(releases.first, "Accounting"));
    });

    it("takes every host back when one of them is not healthy, names it, and says that the schema is ahead", async () => {
      edited("Broken on app3, and with a migration", {
        "ledger/templates/ledger/entries.html": titled("Broken"),
        "ledger/migrations/0003_note.py": MIGRATION,
        "ledger/models.py": (text) =>
          text.replace(
            /^( {4})amount = .*$/m,
            (line) => `${line}\n    note = models.CharField(max_length=50, default="", db_default="")`,
          ),
        "config/health.py": (text) =>
          text.replace(
            "    try:",
            '    if __import__("socket").gethostname() == "app3":\n        raise ValueError\n    try:',
          ),
      });
      const report = await deploy(await bundle("v3"));
      expect([report.outcome, report.schemaAhead]).toEqual(["reverted", true]);
      expect(report.pending.join()).toContain("ledger.0003_note");
      expect(report.errors.map(({ host, what }) => [host, what])).toEqual([
        [lab.hosts[2]!.address, "site is not healthy: it answers 500, expected 200"],
      ]);
      expect(applied()).toEqual(["0001_entries", "0002_reports", "0003_note"]);
      // Case 42: one host after the other, without a word about it in tarlift.yml.
      const activated = report.hosts.map(({ phases }) => phases.find(({ phase }) => phase === "activate")!);
      expect(activated[1]!.start).toBeGreaterThanOrEqual(activated[0]!.start + activated[0]!.seconds);
      expect(activated[2]!.start).toBeGreaterThanOrEqual(activated[1]!.start + activated[1]!.seconds);
      expect(await seen()).toEqual(everywhere(releases.first, "Accounting"));
      expect(levels(report).map((found) => found.length)).toEqual([1, 1, 2]);
    });

    it("then deploys the repaired release: nothing is pending any more", async () => {
      edited("Mended", {
        "ledger/templates/ledger/entries.html": titled("Mended"),
        "config/health.py": (text) => text.replace(/^ {4}if __import__[\s\S]*?(?= {4}try:)/m, ""),
      });
      const report = await deploy(await bundle("v4"));
      expect([report.errors, report.outcome, report.pending]).toEqual([[], "deployed", []]);
      expect(await seen()).toEqual(everywhere(report.release, "Mended"));
    });
  },
);
