// Commands of tarlift.yml, for services that no known supervisor starts.
import { z } from "zod";
import { describe } from "../../schema/describe.ts";
import { command as text } from "../../schema/values.ts";
import type { Supervisor } from "../supervisor.ts";
import shell from "./command.sh";
import docs from "./docs.md";

const schema = z.strictObject({
  command: describe(
    z.strictObject({
      restart: describe(text, "Restarts it, or starts it when it does not run."),
      stop: describe(text.optional(), "Stops it."),
      status: describe(text.optional(), "Exit code 0 means that it runs."),
    }),
    "For any other supervisor: the commands that drive it. They run as the SSH user, on the host `local` as `run-as`.",
  ),
});

export const command: Supervisor<typeof schema> & { key: "command" } = {
  key: "command",
  title: "Commands",
  docs,
  kinds: ["command"],
  schema,
  // On this machine, the user who deploys takes the SSH user's part, and has access to the key and the secrets.
  request: ({ command: commands }, { local, runAs }) => ({
    kind: "command",
    unit: "",
    commands,
    ...(local ? { commandsAs: runAs } : {}),
  }),
  check: ({ command: commands, action }) =>
    commands && action !== "restart"
      ? [
          {
            path: ["action"],
            message: "a service that commands drive is always restarted, by its command.restart",
            atKey: true,
          },
        ]
      : [],
  definitionCommand: (command) => command,
  // Nothing in a repository shows which commands an administrator uses.
  detect: () => [],
  example: (name) => `command: { restart: sudo service ${name} restart }`,
  shell,
};
