// What every supervisor keeps to: its keys, its rights and its definitions, and its words in each shell that hosts
// have, on services of a real supervisor.
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../src/config/load.ts";
import { serviceTexts, serviceValues } from "../../../src/host/services.ts";
import { SETUP_WORDS } from "../../../src/operations/host-setup.ts";
import { DEFINITIONS_PROGRAM, FUNCTIONS } from "../../../src/session/program.ts";
import { supervisorOf } from "../../../src/supervisors/registry.ts";
import type { ServiceRequest, Supervisor } from "../../../src/supervisors/supervisor.ts";
import { shellWord } from "../../../src/text/shell-word.ts";
import { full } from "../../support/full.ts";

/** A service by its unit, or by its commands. */
export type Asked = Pick<ServiceRequest, "unit"> & Partial<ServiceRequest>;

export interface SupervisorFixture {
  /** The shells of its host: `dash`, `busybox ash`. */
  shells: readonly string[];
  /** Runs a script as root of the host. @returns its standard output; it fails with the script */
  run(shell: string, script: string): Promise<string>;
  /** A directory of its host: the application's root in requests. There is no release in it. */
  root(): string;
  /** Shell text by which the supervisor of the fixture is found. */
  prelude?(): string;
  /**
   * A service in each state that the supervisor knows. The one that runs runs {@link serveText}, and is asked to end
   * and to start by the suite; the others stay as they are.
   */
  services: Partial<Record<"running" | "stopped" | "crashing" | "missing", Asked>> & { running: Asked };
  /** Shell text after which the supervisor does not answer. */
  unreachable?: string;
  /** How sure a restart makes. */
  restarted: "started" | "restarted" | "supervisor";
  /** Whether it keeps a log. */
  logs: boolean;
  /**
   * Shell text after which it looks for the end of its log only when the new process, which is not `$old`, has written to it; it creates
   * `$session/late` then.
   */
  looksLate?: string;
  /** Shell text after which `known` has to ask sudo, in a shell whose user is not root. */
  asks?: string;
  /** A service without a definition, and shell text before the script of `host setup` that writes one. */
  undefined?: { unit: string; prelude?(): string };
  /** Its keys of a service in tarlift.yml, by the kind that they mean. */
  keys: Record<string, string>;
  /** Files of a repository, and the services that they define. */
  repository: { files: Record<string, string>; found: { file: string; name: string }[] };
}

/**
 * The program of the service that runs: writes its process id into `<root>/pid`, and says when it starts and ends. Not
 * at once: a file does not say who wrote into it, and the end of the old process is looked for ten times a second.
 */
export const serveText = (root: string): string => `trap 'echo "good-bye $$" >&2; exit 0' TERM
echo "$$" >${root}/pid.part
mv ${root}/pid.part ${root}/pid
sleep 1
echo "start $$" >&2
while :; do sleep 0.1; done
`;

/** Runs the suite for one supervisor. */
export function describeSupervisor(supervisor: Supervisor, fixture: SupervisorFixture): void {
  const { key } = supervisor;

  /** Runs shell text after the program's functions, with a request for one service, `web`, which is loaded. */
  const inProgram = (shell: string, asked: Asked, text: string): Promise<string> => {
    const service: ServiceRequest = { name: "web", kind: key, action: "restart", settle: 0, ...asked };
    const values = Object.entries(serviceValues([service])).filter(([, value]) => value !== undefined);
    const files = {
      values: values.map(([name, value]) => `${name} ${value}\n`).join(""),
      ...serviceTexts([service]),
    };
    const script = [
      FUNCTIONS + DEFINITIONS_PROGRAM,
      `session=$(mktemp -d) verb=activate user_lc_all= LC_ALL=C; export LC_ALL; trap 'rm -rf "$session"' EXIT`,
      `request=$session/in v_root=${shellWord(fixture.root())}; mkdir "$request"; : >"$session/reply"`,
      `exec 3>"$session/frames" 4</dev/null </dev/null`,
      'fail() { echo "failed $2"; cat "$4"; exit 1; }',
      "user_known; clock_now",
      ...Object.entries(files).map(([name, value]) => `printf %s ${shellWord(value)} >"$request/${name}"`),
      fixture.prelude?.() ?? "",
      "service_load web",
      text,
    ];
    return fixture.run(shell, `${script.join("\n")}\n`);
  };
  const lines = (said: string) => said.trim().split("\n");

  describe(`the supervisor ${key}`, () => {
    it("has kinds that lead to its driver", () => {
      expect(supervisor.kinds.map((kind) => kind.split("-")[0])).toEqual(supervisor.kinds.map(() => key));
    });

    it("has each word, or a default of it", () => {
      const words = new Set(
        [...(FUNCTIONS + DEFINITIONS_PROGRAM).matchAll(/\bservice_do ([a-z_]+)/g)].map(([, one]) => one),
      );
      expect(words.size).toBeGreaterThan(20);
      const text = [FUNCTIONS, supervisor.shell, supervisor.definitionShell].join("\n");
      const lacking = [...words].filter((word) => !new RegExp(`^(${key}|default)_${word}\\(\\)`, "m").test(text));
      expect(lacking).toEqual([]);
    });

    it("is chosen by its key, alone", () => {
      const services = (keys: string) => parseConfig(`app: shop\nservices: { web: { ${keys} } }`).services.web!;
      for (const [kind, keys] of Object.entries(fixture.keys)) {
        const service = services(keys);
        expect(supervisorOf(service)).toBe(supervisor);
        expect(supervisor.request(service as never, { local: false, runAs: undefined }).kind).toBe(kind);
        expect(() => services(`${keys}, ${key === "command" ? "systemd: a" : "command: { restart: a }"}`)).toThrow(
          /exactly one of/,
        );
      }
      expect(Object.keys(fixture.keys).sort()).toEqual([...supervisor.kinds].sort());
      expect(
        supervisorOf(parseConfig(`app: a\nservices:\n  web:\n    ${supervisor.example("web")}`).services.web!),
      ).toBe(supervisor);
    });

    it("finds what files of a repository define for it", () => {
      const { files, found } = fixture.repository;
      const tree = { paths: Object.keys(files), read: (path: string) => files[path] };
      expect(supervisor.detect(tree)).toEqual(found);
      expect(supervisor.detect({ paths: ["README.md"], read: () => "" })).toEqual([]);
    });

    full("services").eachAfterFirst(fixture.shells)("under %s", (shell) => {
      it.each(Object.entries(fixture.services))("says of a service that it is %s", async (state, service) => {
        // What crashes is starting at times.
        const text = `for n in 1 2 3 4 5 6 7 8 9 10; do service_look; [ "$s_state" != ${state} ] || break; sleep 0.5; done
          echo "$s_state $(cat "$v_root/pid" 2>/dev/null)"; echo "$s_pids"; echo "$s_detail"`;
        const [said, pids, detail] = (await inProgram(shell, service, text)).split("\n");
        expect(said?.split(" ")[0]).toBe(state);
        if (state === "running" && fixture.restarted !== "supervisor") expect(pids?.trim()).toBe(said?.split(" ")[1]);
        expect(detail).not.toBe("");
      });

      if (fixture.unreachable)
        it("says where it does not answer", async () => {
          const text = `${fixture.unreachable}; service_look; echo "$s_state"; service_do idle || echo unknown`;
          expect(lines(await inProgram(shell, fixture.services.running, text))).toEqual(["unreachable", "unknown"]);
        });

      it("restarts a service, and knows the new process and what it wrote", async () => {
        const text = `read -r old <"$v_root/pid"; services_started=1 s_method=restart
          service_look; service_scan none; evidence_begins; service_pairs | sort >"$s_files.now"; service_log_mark
          mv "$s_files.now" "$s_files.before"; echo restart >"$s_files.method"
          service_act v2 v1; service_await; n=0
          while read -r new <"$v_root/pid"; [ "$new" = "$old" ] && [ "$n" -lt 100 ]; do sleep 0.1; n=$((n + 1)); done
          service_look; service_scan none; evidence_least; ! service_lingers || echo lingers
          echo "$s_state $s_level"; [ "$new" = "$old" ] || echo new; ! kill -0 "$old" 2>/dev/null || echo both
          sleep 2; service_log | sed "s/$new/NEW/; s/$old/OLD/"`;
        const [said, other, ...log] = lines(await inProgram(shell, fixture.services.running, text));
        expect([said, other]).toEqual([`running ${fixture.restarted}`, "new"]);
        expect(log.filter((line) => /^(start|good-bye) /.test(line))).toEqual(fixture.logs ? ["start NEW"] : []);
      });

      if (fixture.looksLate)
        it("shows nothing of the old process as the log of the new one, however late it looks", async () => {
          const text = `${fixture.looksLate}; read -r old <"$v_root/pid"; services_started=1 s_method=restart
          service_look; service_scan none; evidence_begins; service_pairs | sort >"$s_files.now"; service_log_mark
          echo restart >"$s_files.method"; service_act v2 v1; service_await; n=0
          until [ -f "$session/late" ] || [ "$n" -ge 600 ]; do sleep 0.1; n=$((n + 1)); done; service_look
          service_log | sed "s/$old/OLD/"`;
          expect(await inProgram(shell, fixture.services.running, text)).not.toContain("OLD");
        });

      it("stops a service, says that it is stopped, and starts it again", async () => {
        const text = `service_do may_stop && service_end && echo ended; service_look; echo "$s_state"; service_do idle && echo idle
          service_end && echo "ended once more"; : >"$s_files.before"; service_act v2 ""; service_await && echo "$s_state"
          service_do by_hand stop; service_do by_hand end`;
        const [a, b, c, d, e, ...byHand] = lines(await inProgram(shell, fixture.services.running, text));
        expect([a, b, c, d, e]).toEqual(["ended", "stopped", "idle", "ended once more", "running"]);
        expect(byHand.filter((line) => /stop/i.test(line)).length).toBeGreaterThan(0);
      });
    });

    // What they compare is the same in every shell.
    const [shell = "sh"] = fixture.shells;

    it.each(["restart", "reload", "signal USR1"])(
      "asks sudo for nothing that `host setup` does not allow (%s)",
      async (action) => {
        const service = { ...fixture.services.running, action };
        const text = `id() { case $1 in -u) echo 1000 ;; -un) echo deploy ;; *) command id "$@" ;; esac; }
        user_id=1000 user_name=deploy sudo_listing_read=1; echo all >"$session/sudo"; : >"$session/asked"
        sudo_allows() { echo "$1" >>"$session/asked"; }; ${fixture.asks ?? ""}
        service_do known; sort -u "$session/asked"`;
        const asked = lines(await inProgram(shell, service, text)).filter((line) => line !== "");
        const allowed = supervisor.setup?.sudo({ name: "web", kind: key, settle: 0, ...service }) ?? [];
        expect(asked.filter((line) => !allowed.includes(line))).toEqual([]);
        expect(asked.length > 0).toBe(fixture.asks !== undefined);
      },
    );

    if (fixture.undefined && supervisor.setup)
      it("reads back a definition that `host setup` writes", async () => {
        const { unit, prelude } = fixture.undefined!;
        const command = `sh -c 'exec sleep "$HOW_LONG"'`;
        const service = {
          name: "web",
          kind: key,
          unit,
          action: "restart",
          settle: 0,
          runAs: "root",
          stopTimeout: 5,
        };
        const defined = { service, app: "shop", root: fixture.root(), user: "root", command };
        const definition = supervisor.setup!.define([defined]).join("\n");
        const written = await fixture.run(shell, `${SETUP_WORDS}\n${prelude?.() ?? ""}\n${definition}\n`);
        expect(written).toMatch(/^\+ /);
        const compared = (wanted: string) =>
          inProgram(
            shell,
            service,
            `printf '%s\\n' ${shellWord(supervisor.definitionCommand(wanted))} >"$request/command.web"
          printf '%s\\n' "services web" >>"$request/values"; verb_definitions; cat "$session/reply"`,
          );
        expect(await compared(command)).toBe("");
        expect(await compared("sleep 1")).toMatch(/^warning service web: \S+ has \S+=.*--command says/);
        // Once it is there, it is its administrator's.
        expect(await fixture.run(shell, `${SETUP_WORDS}\n${prelude?.() ?? ""}\n${definition}\n`)).toMatch(/^= /);
      });
  });
}
