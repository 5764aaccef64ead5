// Writes what is generated from the sources: docs/reference/, schema/, and the tables in the READMEs of actions. `--check` only compares: scripts/check.ts calls it so.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { pictures } from "./pictures/main.ts";
import { isTextFile, textModule, textOf } from "./shell-text.ts";

/** A generated file, and how its text is made. A new reference is one more line in `pages`. */
interface Page {
  file: string;
  render: () => Promise<string>;
}

// Sources import text files, which Node itself does not know.
registerHooks({
  load(url, context, next) {
    if (!isTextFile(url)) return next(url, context);
    return { format: "module", source: textModule(textOf(fileURLToPath(url))), shortCircuit: true };
  },
});

const pages: Page[] = [
  {
    file: "schema/tarlift.schema.json",
    render: async () => `${JSON.stringify((await import("./docs/config-reference.ts")).editorSchema(), null, 2)}\n`,
  },
  {
    file: "docs/reference/tarlift-yml.md",
    render: async () => (await import("./docs/config-reference.ts")).configReference(),
  },
  {
    file: "docs/reference/cli.md",
    render: async () => {
      const { buildProgram } = await import("../src/cli/program.ts");
      return (await import("./docs/cli-reference.ts")).cliReference(buildProgram());
    },
  },
  {
    file: "docs/reference/action.md",
    render: async () => (await import("./docs/action-reference.ts")).rootActionReference(),
  },
  ...readdirSync("actions")
    .filter((name) => existsSync(`actions/${name}/action.yml`))
    .map((name) => ({
      file: `actions/${name}/README.md`,
      render: async () => (await import("./docs/action-reference.ts")).actionReadme(`actions/${name}`),
    })),
  {
    file: "docs/contributing/protocol.md",
    render: async () => (await import("./docs/protocol-reference.ts")).protocolReference(),
  },
  ...(await adapterPages()),
  ...Object.entries(pictures()).map(([name, text]) => ({ file: `docs/pictures/${name}`, render: async () => text })),
];

const checking = process.argv.includes("--check");
const stale: string[] = [];
for (const { file, render } of pages) {
  const text = await render();
  if (read(file) === text) continue;
  stale.push(file);
  if (checking) continue;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
if (checking && stale.length > 0) {
  console.log(
    `${stale.map((file) => `${file}: out of date`).join("\n")}\nNext: npm run docs, and commit what it changed`,
  );
  process.exitCode = 1;
} else if (!checking) {
  console.log(stale.length > 0 ? stale.map((file) => `written: ${file}`).join("\n") : "everything is up to date");
}

/** `docs/reference/<kind>/<key>.md` of every adapter. */
async function adapterPages(): Promise<Page[]> {
  const { adapterKinds, adapterReference, adaptersOf } = await import("./docs/adapter-reference.ts");
  const pages = adapterKinds().map(async (kind) =>
    (await adaptersOf(kind)).map((adapter) => ({
      file: `docs/reference/${kind}/${adapter.key}.md`,
      render: async () => adapterReference(kind, adapter),
    })),
  );
  return (await Promise.all(pages)).flat();
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
