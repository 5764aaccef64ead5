// This machine itself: the host `local`.
import { spawn } from "node:child_process";
import { Failure } from "../../failure.ts";
import { machineVariables } from "../../subprocess/built-variables.ts";
import { programFailure, type Transport } from "../transport.ts";
import docs from "./docs.md";

export const local: Transport & { key: "local" } = {
  key: "local",
  title: "This machine",
  docs,
  reaches: ({ address }) => address === "local",
  local: true,
  prepare: ({ shell = "sh" }) => ({
    limiterKey: () => undefined,
    forwardsOf: () => [],
    async start(_address, _forwards, { loader }) {
      const [file, ...more] = shell.split(" ");
      // RUNNER_TRACKING_ID, among others, is left out: a runner kills processes that have it when a job ends, and
      // services must survive.
      const env = machineVariables(process.env);
      return spawn(file!, [...more, "-c", loader], { stdio: ["pipe", "pipe", "pipe"], env, detached: true });
    },
    wasDropped: () => false,
    failureOf: programFailure,
    notStarted: (host, command, output) =>
      new Failure({
        code: "command-missing",
        what: `${command} could not be started on the machine that deploys`,
        where: { host, step: "connect" },
        output,
        remedy: `Install ${command}, or put it on PATH.`,
        outcome: "refused",
      }),
  }),
};
