// Workflows and action.yml files as GitHub's own language service judges them, with the actions of this repository as it stands.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { registerLogger, validate } from "@actions/languageservice";
import { TextDocument } from "vscode-languageserver-textdocument";
import { parse } from "yaml";

const ROOT = join(import.meta.dirname, "../..");
/** The repository's name in everything that is published; see README.md. */
const PUBLISHED = /^acme\/tarlift(?:\/(?<path>[^@]+))?@v1$/;

/** Actions of others that our workflows and pages use, as a major version or as a pinned commit of it: their inputs, as their action.yml has them. */
const OTHERS: Record<string, string[]> = {
  "actions/attest@v4": ["subject-path"],
  "actions/checkout@v6": ["ref", "fetch-depth", "persist-credentials", "submodules", "lfs", "path"],
  "actions/setup-python@v6": ["python-version", "python-version-file"],
  "actions/setup-node@v6": ["node-version", "node-version-file"],
  "actions/setup-go@v6": ["go-version", "cache"],
};

// The service logs exceptions and goes on as if nothing had been found.
const fail = (message: unknown) => {
  throw new Error(String(message));
};
registerLogger({ error: fail, warn: fail, info() {}, log() {} });

let documents = 0;

/**
 * @param path where the text stands, or would stand: it decides whether it is read as a workflow or as an action
 * @returns `path:line: message` of everything that is wrong
 */
export async function problemsOf(path: string, text: string): Promise<string[]> {
  // The service caches by address.
  const document = TextDocument.create(`file:///${documents++}/${path}`, "yaml", 1, text);
  const found = await validate(document, {
    actionsMetadataProvider: { fetchActionMetadata: async (action) => metadata(nameOf(action)) },
    fileProvider: { getFileContent: async (file) => ({ name: file.path, content: published(file) }) },
  });
  return [
    ...found.map(({ message, range }) => `${path}:${range.start.line + 1}: ${message}`),
    ...wrongOutputs(path, text),
  ];
}

const nameOf = ({ owner, name, path, ref }: { owner: string; name: string; path?: string; ref: string }) =>
  `${owner}/${name}${path ? `/${path}` : ""}@${ref}`;

/** Inputs and outputs of an action; undefined for one that is not known here. */
function metadata(uses: string) {
  const others = OTHERS[uses] ?? pinned(uses);
  if (others) {
    const inputs = Object.fromEntries(others.map((input) => [input, { description: input }]));
    return { name: uses, description: uses, inputs };
  }
  const file = manifest(uses);
  return file ? parse(readFileSync(file, "utf8")) : undefined;
}

/** The inputs of an action that is pinned by its commit: which version that is stands in a comment, which no program reads. */
function pinned(uses: string): string[] | undefined {
  const [name, ref = ""] = uses.split("@");
  if (!/^[0-9a-f]{40}$/.test(ref)) return undefined;
  return Object.entries(OTHERS).find(([known]) => known.startsWith(`${name}@`))?.[1];
}

/** The action.yml of an action of this repository: `acme/tarlift/actions/deploy@v1`, `$/actions/deploy`. */
function manifest(uses: string): string | undefined {
  const path = uses.startsWith("$/") ? uses.slice(2) : PUBLISHED.exec(uses)?.groups?.path;
  if (path === undefined && !PUBLISHED.test(uses)) return undefined;
  const file = join(ROOT, path ?? "", "action.yml");
  return existsSync(file) ? file : undefined;
}

function published(file: { path: string; owner?: string; repository?: string }): string {
  if (file.owner !== undefined && `${file.owner}/${file.repository}` !== "acme/tarlift")
    throw new Error(`${file.owner}/${file.repository} is not known here`);
  return readFileSync(join(ROOT, file.path), "utf8");
}

interface Step {
  id?: string;
  uses?: string;
}

/** The service lets every output pass: `steps.<id>.outputs.<name>` must be one that the action of that step has. */
function wrongOutputs(path: string, text: string): string[] {
  const jobs: Record<string, { steps?: Step[] }> = parse(text)?.jobs ?? {};
  return Object.values(jobs).flatMap(({ steps = [], ...job }) =>
    steps.flatMap(({ id, uses = "" }) => {
      const file = id === undefined ? undefined : manifest(uses);
      if (!file) return [];
      const outputs = Object.keys(parse(readFileSync(file, "utf8")).outputs ?? {});
      const asked = [...JSON.stringify({ job, steps }).matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g)];
      return asked
        .filter(([, step, output]) => step === id && !outputs.includes(output!))
        .map(([, , output]) => `${path}: ${uses} has no output ${output}`);
    }),
  );
}
