// A service that dies at once where its release says so (test/fixtures/mortal.py), and what drives it. Free of Vitest.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The program: `python3 mortal.py PORT` in the release. */
export const MORTAL = readFileSync(join(import.meta.dirname, "../fixtures/mortal.py"), "utf8");

/** What drives it where no supervisor knows it: `sh control restart`, with a directory `state` for its process id. */
export const CONTROL = (port: number) => `#!/bin/sh
pid=$(cat state/pid 2>/dev/null)
case $1 in
status) kill -0 "$pid" ;;
stop) kill "$pid" || :; while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done ;;
restart)
  [ -z "$pid" ] || sh control stop
  setsid python3 mortal.py ${port} </dev/null >/dev/null 2>&1 &
  echo $! >state/pid ;;
esac
`;

/** A command in the release that is live, with its configuration. */
export const execIn = (root: string, command: string) => `${root}/current/.tarlift/exec ${command}`;

/** A unit as many write it. @param more lines of its section `[Service]` */
export const unitText = (root: string, command: string, ...more: string[]) =>
  [
    "[Service]",
    `WorkingDirectory=${root}/current`,
    `ExecStart=${execIn(root, command)}`,
    "Restart=on-failure",
    ...more,
    "[Install]",
    "WantedBy=default.target",
    "",
  ].join("\n");

/** A program of supervisord. @param more lines besides */
export const programText = (root: string, name: string, command: string, ...more: string[]) =>
  [
    `[program:${name}]`,
    `command=${execIn(root, command)}`,
    `directory=${root}/current`,
    "autostart=false",
    ...more,
    "",
  ].join("\n");
