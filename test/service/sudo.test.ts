// What `host setup` and messages say about sudo, read by sudo itself, and its listing read back by the program on hosts.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sudoLines } from "../../src/operations/host-setup.ts";
import { FUNCTIONS } from "../../src/session/program.ts";
import type { ServiceRequest } from "../../src/supervisors/supervisor.ts";
import { needs, sh } from "../support/needs.ts";
import { temporary } from "../support/temporary.ts";

const FILE = join(temporary("functions"), "functions.sh");
writeFileSync(FILE, FUNCTIONS);
const USER = "nobody";
const layout = { app: "shop", target: "production", root: "/srv/shop", environmentsRoot: "/srv/shop/envs" };
const service = (kind: ServiceRequest["kind"], unit: string): ServiceRequest => ({
  name: "web",
  kind,
  unit,
  action: "restart",
  settle: 0,
});

/** Runs shell text as root where these lines are all that sudo has. @returns its standard output */
function underSudoers(lines: readonly string[], text: string): string {
  const file = join(temporary("sudoers"), "lines");
  writeFileSync(file, `${lines.join("\n")}\n`, { mode: 0o440 });
  const script = `mount --bind "$1" /etc/sudoers && mount -t tmpfs tarlift-test /etc/sudoers.d && visudo -cqf "$1" || exit 9\n${text}`;
  return sh("unshare", ["--mount", "--propagation", "private", "sh", "-c", script, "sh", file]);
}

/** What the program on a host makes of it, for `text`. */
function onHost(lines: readonly string[], text: string): string {
  const session = temporary("session");
  writeFileSync(join(session, "sudo"), underSudoers(lines, `sudo -n -l -U ${USER}`));
  return sh("sh", ["-c", `session=$1; . "$2"; sudo_listing_read=1; ${text}`, "sh", session, FILE]).trim();
}

const allowed = (lines: readonly string[], command: string) =>
  onHost(lines, `sudo_allows '${command}' && echo yes || echo no`);

const SERVICES: [ServiceRequest["kind"], string, string][] = [
  ["supervisord", "shop:*", "/usr/bin/supervisorctl -c /etc/supervisor/supervisord.conf restart"],
  ["supervisord", "shop:web", "/usr/bin/supervisorctl -c /etc/supervisor/supervisord.conf restart"],
  ["systemd", String.raw`shop@north\x2dwest`, "/usr/bin/systemctl restart"],
  ["systemd", "shop:web.service", "/usr/bin/systemctl restart"],
];

describe.runIf(needs("root", "sudo", "visudo", "unshare", "mount"))("lines of sudoers", () => {
  it.each(SERVICES)("for the %s service %s let it be restarted, in the host's own eyes too", (kind, unit, restart) => {
    const lines = sudoLines({ user: USER, layout, services: [service(kind, unit)] });
    expect(allowed(lines, `${restart} ${unit}`)).toBe("yes");
    expect(allowed(lines, `${restart} ${unit}x`)).toBe("no");
  });

  it.each(SERVICES)("that a finding shows for the %s service %s are such lines", (_, unit, restart) => {
    const said = onHost(
      [`${USER} ALL=(root) NOPASSWD: /usr/bin/true`],
      `s_name=web; sudo_root_lines() { :; }; id() { echo ${USER}; }
       finding() { printf '%s\\n' "$3"; }; service_sudo '${restart} ${unit}'`,
    );
    const line = /: (nobody ALL=.*)$/.exec(said)?.[1];
    expect(allowed([line!], `${restart} ${unit}`)).toBe("yes");
  });

  it("let sudo itself run a unit whose name is escaped, and no other", () => {
    const unit = String.raw`shop@north\x2dwest`;
    const lines = sudoLines({ user: USER, layout, services: [service("systemd", unit)] });
    const tried = (name: string) =>
      underSudoers(
        lines,
        `su -s /bin/sh -c "sudo -n -l /bin/systemctl restart '${name}'" ${USER} >/dev/null 2>&1 && echo yes || echo no`,
      ).trim();
    expect([tried(unit), tried("shop@northx2dwest")]).toEqual(["yes", "no"]);
  });

  it("of others count as sudo counts them: for root, and the last that matches", () => {
    const restart = "/usr/bin/systemctl restart web";
    const mine = `${USER} ALL=(root) NOPASSWD: ${restart}`;
    const asks = `${USER} ALL=(ALL:ALL) ALL`;
    expect(allowed([`${USER} ALL=(daemon) NOPASSWD: ALL`], restart)).toBe("no");
    expect([allowed([mine, asks], restart), allowed([asks, mine], restart)]).toEqual(["no", "yes"]);
    // So does sudo.
    const runs = (lines: string[]) =>
      underSudoers(
        lines.map((line) => line.replace(restart, "/usr/bin/true")),
        `su -s /bin/sh -c "sudo -n /usr/bin/true" ${USER} >/dev/null 2>&1 && echo yes || echo no`,
      ).trim();
    expect([runs([mine, asks]), runs([asks, mine])]).toEqual(["no", "yes"]);
  });
});
