import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "rolldown";
import { beforeEach, describe, expect, test } from "vitest";
import { shellText } from "../../scripts/shell-text.ts";
import { type RunChecksOptions, runChecks } from "../../src/bundle/isolated-root.ts";
import { Failure } from "../../src/failure.ts";
import { silent } from "../../src/progress.ts";
import { needs, sh } from "../support/needs.ts";
import { temporary } from "../support/temporary.ts";

let release: string;
let lines: string[];

beforeEach(() => {
  const directory = temporary("release");
  chmodSync(directory, 0o755);
  release = join(directory, "current");
  mkdirSync(release);
  writeFileSync(join(release, "manage.py"), "print('hello')\n");
  lines = [];
});

function trying(
  run: string | { run: string; network?: boolean; timeout?: number },
  more: Partial<RunChecksOptions> = {},
) {
  const check = typeof run === "string" ? { run, network: false } : { network: false, ...run };
  const progress = {
    ...silent,
    task: () => ({ update() {}, line: (text: string) => lines.push(text), end() {}, fail() {} }),
  };
  return runChecks({
    app: "t-checks",
    release,
    environments: [],
    checks: [check],
    variables: {},
    path: [],
    progress,
    ...more,
  });
}

describe.runIf(needs("root", "unshare", "setpriv", "ip"))("checks, as root", () => {
  test("run at the real path, and everything holds", async () => {
    const report = await trying("pwd; cat manage.py", { require: true });
    expect(report.held).toEqual({
      mountNamespace: true,
      noNetwork: true,
      readOnly: true,
      otherUser: true,
      pidNamespace: true,
    });
    expect(report.why).toEqual([]);
    expect(lines).toEqual(["/srv/t-checks/current", "print('hello')"]);
  });

  test("find a shared directory empty and writable, as on a host, and nothing else", async () => {
    mkdirSync(join(release, "logs"));
    await trying("ls -A logs; echo x >logs/app.log && cat logs/app.log", { shared: ["logs"] });
    expect(lines).toEqual(["x"]);
    expect(readdirSync(join(release, "logs"))).toEqual([]);
    await expect(trying("echo x >page.txt", { shared: ["logs"] })).rejects.toThrow(/[Rr]ead-only/);
  });

  test("reach no network, not even this machine's, and have a loopback of their own", async () => {
    const server = createServer((_request, response) => response.end("outside"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const ask = `python3 -c "import urllib.request as u; print(u.urlopen('http://127.0.0.1:${port}/', timeout=3).read())"`;
    await expect(trying(ask)).rejects.toThrow(/refused|unreachable/i);
    await trying({ run: ask, network: true });
    expect(lines.at(-1)).toBe("b'outside'");
    await trying(
      `python3 -m http.server ${port} --bind 127.0.0.1 >/dev/null 2>&1 & sleep 1; ${ask.replace("/', ", "/manage.py', ")}`,
    );
    expect(lines.at(-1)).toContain("hello");
    await new Promise((resolve) => server.close(resolve));
  });

  test("write nowhere but in /tmp", async () => {
    for (const path of ["/srv/t-checks/current/x", "/etc/x", "/usr/x", "/x", "/root/x", "/home/x"]) {
      await expect(trying(`echo x > ${path}`), path).rejects.toThrow(Failure);
    }
    await trying('echo x > /tmp/x; cat /tmp/x; test -z "$(ls -A /home)"');
    expect(readdirSync(release)).toEqual(["manage.py"]);
  });

  test("are another user without capabilities, and see only their own processes", async () => {
    await trying(
      "id -u; grep CapEff /proc/self/status; ls /proc | grep -c '^[0-9]'; sudo -n true 2>/dev/null && echo root || echo no",
    );
    expect(lines[0]).toBe("65534");
    expect(lines[1]).toMatch(/0000000000000000$/);
    expect(Number(lines[2])).toBeLessThan(8);
    expect(lines[3]).toBe("no");
  });

  test("get the build variables and nothing of the run's", async () => {
    process.env.ACTIONS_RUNTIME_TOKEN = "secret-token";
    process.env.MY_SECRET = "secret-value";
    const value = "a 'b' \"c\" $(touch /tmp/pwned) \\ ü";
    await trying("env", { variables: { QUOTED: value }, path: ["/srv/t-checks/current/.venv/bin"] });
    delete process.env.ACTIONS_RUNTIME_TOKEN;
    delete process.env.MY_SECRET;
    expect(lines.join("\n")).not.toContain("secret-");
    expect(lines).toContain(`QUOTED=${value}`);
    expect(lines.find((line) => line.startsWith("PATH="))).toMatch(
      /^PATH=\/srv\/t-checks\/current\/\.venv\/bin:(\/[^:]*:)?\/usr\/local\/sbin/,
    );
  });

  test("see environments at their real paths, and other directories only where they are named", async () => {
    const elsewhere = temporary("elsewhere");
    chmodSync(elsewhere, 0o755);
    writeFileSync(join(elsewhere, "python"), "x");
    await trying("cat /srv/t-checks/envs/one/python", {
      environments: [{ path: "/srv/t-checks/envs/one", directory: elsewhere }],
    });
    await expect(trying(`cat ${elsewhere}/python`)).rejects.toThrow(/No such file/);
  });

  test("that fail, are killed or take too long are reported with their last lines, how they ended, and what they had", async () => {
    await expect(trying("echo one; echo two >&2; exit 3")).rejects.toThrow(
      /a check of the finished artifact failed[\s\S]*exit code 3[\s\S]*one[\s\S]*two[\s\S]*without network/,
    );
    await expect(trying("kill -9 $$")).rejects.toThrow(/SIGKILL/);
    await expect(trying({ run: "sleep 60", timeout: 0.5 })).rejects.toThrow(/stopped after 0.5 s/);
  });

  test("leave no mount, process or directory behind, also when they leave a daemon", async () => {
    // Without those of other tests that run meanwhile: labs have networks, and hosts have disks.
    const mounts = () =>
      readFileSync("/proc/self/mountinfo", "utf8").replaceAll(/^.* (\/run\/netns\/|- \S+ \/dev\/loop).*\n/gm, "");
    const before = mounts();
    await trying("sleep 987 & echo started");
    expect(mounts()).toBe(before);
    const running = readdirSync("/proc")
      .filter((pid) => /^\d+$/.test(pid))
      .some((pid) => {
        try {
          return readFileSync(`/proc/${pid}/cmdline`, "utf8") === "sleep\x00987\x00";
        } catch {
          return false;
        }
      });
    expect(running).toBe(false);
  });
});

describe.runIf(needs("root", "setpriv"))("checks, as an ordinary user without sudo", () => {
  test("are isolated as far as the machine allows, and the report says how far", async () => {
    // A program of its own, readable for that user: this process stays what it is.
    const directory = temporary("user");
    chmodSync(directory, 0o755);
    await build({
      input: join(import.meta.dirname, "../support/run-checks-main.ts"),
      platform: "node",
      plugins: [shellText()],
      output: { file: join(directory, "main.mjs"), format: "esm" },
    });
    copyFileSync(process.execPath, join(directory, "node"));
    chmodSync(join(directory, "node"), 0o755);
    const user = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" };
    const said = sh("setpriv", [...user, join(directory, "node"), join(directory, "main.mjs"), release], {
      cwd: "/",
      env,
    });
    const { held, why, lines: output } = JSON.parse(said);
    expect(held.otherUser).toBe(false);
    expect(why.length).toBeGreaterThan(0);
    // Where user namespaces are allowed all the rest holds; where they are not, nothing is claimed.
    const rest = [held.mountNamespace, held.noNetwork, held.readOnly, held.pidNamespace];
    expect(new Set(rest).size).toBe(1);
    expect(output[0]).toBe(held.mountNamespace ? "/srv/t-checks/current" : release);
  });
});
