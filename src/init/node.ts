// Detects Node projects, and the front ends of Python projects: package.json, its lock file, its scripts, its
// workspaces.
import { posix } from "node:path";
import { z } from "zod";
import type { Detector } from "../installers/registry.ts";
import { prismaSchema } from "../source/prisma-schema.ts";
import { BEFORE, buildOutputs } from "./build-outputs.ts";
import { type Chosen, chooseInstaller } from "./environments.ts";
import { pathWord } from "./path-word.ts";
import type { Project, Tree } from "./project.ts";

/** A value of another type counts as missing: npm reports what is wrong with it. */
const text = z.string().optional().catch(undefined);
const texts = z.record(z.string(), z.string()).optional().catch(undefined);
const packageSchema = z.looseObject({
  name: text,
  main: text,
  scripts: texts,
  workspaces: z.unknown().optional(),
  engines: z.looseObject({ node: text }).optional().catch(undefined),
  prisma: z.looseObject({ schema: text }).optional().catch(undefined),
  dependencies: texts,
  devDependencies: texts,
});
type PackageJson = z.infer<typeof packageSchema>;

/** Adds the findings to `project`. Beside a Python application, Node only builds. */
export function detectNode(tree: Tree, project: Project, detectors: readonly Detector[]): void {
  const text = tree.read("package.json");
  if (text === undefined) return;
  const manifest = parse(text);
  if (!manifest) {
    project.questions.push({
      section: "environments",
      text: "package.json is not JSON: its dependencies and scripts are unknown.",
    });
    return;
  }
  const serves = project.kinds.length === 0;
  const runs = Object.keys(manifest.dependencies ?? {}).length > 0 || manifest.workspaces !== undefined;
  const scripts = Object.keys(manifest.scripts ?? {});
  if (!runs && !scripts.includes("build") && !(serves && (scripts.includes("start") || manifest.main))) {
    project.questions.push({
      section: "assets",
      text: `package.json has neither dependencies nor a \`build\` script, and was left out: tools alone? ${scripts.length > 0 ? `Or does one of its scripts make files that ship (${scripts.join(", ")})?` : ""}`.trimEnd(),
    });
    return;
  }
  project.kinds.push(serves ? "Node" : "a Node front end");
  project.name ??= manifest.name?.replace(/^@[^/]*\//, "");
  project.nodeVersionFile = versionFile(tree);
  const found = chooseInstaller(tree, project, { detectors, language: "node" });
  if (found === undefined) return;
  environments(project, manifest, found, serves);
  if (serves) prismaClient(tree, project, manifest);
  const outputs = build(tree, project, manifest, serves);
  if (serves) server(tree, project, manifest, outputs);
  else if (project.kinds[0] === "Python" && NODE_CALL.test(manifest.scripts?.start ?? ""))
    project.questions.push({
      section: "services",
      text: `package.json has \`start\`: ${manifest.scripts?.start}. Does Node serve on the hosts? Then its environment has no \`use: build\`.`,
    });
  if (serves) migrations(tree, project, manifest);
}

/** The application's own file, or the nearest one above it, like version managers. */
function versionFile(tree: Tree): string | undefined {
  const places = [{ up: "", paths: tree.paths }, ...(tree.above ?? [])];
  return places
    .flatMap(({ up, paths }) =>
      [".nvmrc", ".node-version"].filter((name) => paths.includes(name)).map((name) => posix.join(up, name)),
    )
    .at(0);
}

function parse(text: string): PackageJson | undefined {
  try {
    return packageSchema.safeParse(JSON.parse(text.replace(/^\uFEFF/, ""))).data;
  } catch {
    return undefined;
  }
}

function environments(project: Project, manifest: PackageJson, found: Chosen, serves: boolean): void {
  const { installer } = found;
  const named = project.nodeVersionFile;
  // This key of tarlift.yml cannot name a file above the application.
  const versionFile = named?.startsWith("../") ? undefined : named;
  const keys = { ...(versionFile ? { "version-file": versionFile } : {}), ...found.keys };
  const notes = [
    ...(manifest.engines?.node ? [`package.json asks for Node ${manifest.engines.node}`] : []),
    ...found.notes,
  ];
  if (!versionFile && !manifest.engines?.node) {
    project.questions.push({
      section: "environments",
      text: `Which Node?${named ? ` ${named} is not in the application's directory, where environments look.` : ""} Put its version into .nvmrc and give the ${installer} environments \`version-file: .nvmrc\`.`,
    });
  }
  const builds = manifest.scripts?.build !== undefined;
  if (serves)
    project.environments.push({
      name: "node",
      installer,
      use: "runtime",
      keys,
      notes: [...notes, "without devDependencies"],
    });
  if (!serves || builds) {
    project.environments.push({
      name: serves ? "build" : "node",
      installer,
      use: "build",
      keys,
      notes: serves ? ["for the build step, with devDependencies"] : [...notes, "for asset steps only, never shipped"],
    });
  }
}

/**
 * An install script that calls Prisma's command generates Prisma's client. It succeeds even if the command is missing
 * or fails: without a check, the first process on a host would notice.
 */
function prismaClient(tree: Tree, project: Project, manifest: PackageJson): void {
  const [schema] = prismaSchema(tree, manifest.prisma?.schema);
  if (schema === undefined || manifest.dependencies?.["@prisma/client"] === undefined) return;
  const version = manifest.devDependencies?.prisma;
  if (version !== undefined && manifest.dependencies.prisma === undefined)
    project.questions.push({
      section: "environments",
      text: `Prisma's command makes its client while that is installed, and applies migrations on hosts: it is needed where no development dependency is. Move it: npm install --save-prod 'prisma@${version}'`,
    });
  // With a custom output, a build step generates the client.
  if (!/^[ \t]*output\s*=/m.test(tree.read(schema) ?? ""))
    project.checks.push(
      `node -e 'if (!require("@prisma/client").Prisma?.ModelName) throw Error("@prisma/client was not generated")'`,
    );
}

/** @returns outputs of the build script; undefined if the user has to name them */
function build(tree: Tree, project: Project, manifest: PackageJson, serves: boolean): string[] | undefined {
  if (manifest.scripts?.build === undefined) {
    if (!serves)
      project.questions.push({
        section: "assets",
        text: "package.json has no `build` script: which command builds the front end?",
      });
    return [];
  }
  const { outputs, caches, unknown } = buildOutputs(tree, manifest);
  const rest = outputs.length > 0 ? ` What else \`build\` calls makes ${outputs.join(", ")}.` : "";
  const asked =
    unknown.length > 0
      ? unknown.map((call) => `\`${call}\`: where does it put its files?${rest}`)
      : outputs.length > 0
        ? []
        : [`\`${manifest.scripts.build}\`: where does it put its files?`];
  // Before collectstatic, which collects its outputs.
  project.steps.unshift({
    name: serves ? "build" : "front end",
    run: ["npm run build", ...caches.map((path) => `rm -rf ${pathWord(path)}`)].join(" && "),
    outputs: asked.length > 0 ? [] : outputs,
    notes:
      asked.length > 0
        ? asked
        : caches.map(
            (path) => `without ${path}: it would go to every host, and differ with each build (docs/recipes/node.md)`,
          ),
  });
  return unknown.length > 0 ? undefined : outputs;
}

const WITH_VALUE = String.raw`(?:-r|--require|--import|--loader|--experimental-loader|--env-file|-C|--conditions)\s`;
/** `node` with a file after its own options; the file may be named without `.js`. */
const NODE_CALL = new RegExp(String.raw`^node\s+(?:${WITH_VALUE}\s*\S+\s+|(?!${WITH_VALUE})-\S+\s+)*(?!-)([\w./@-]+)`);

/** @param outputs of the build script; undefined: unknown */
function server(tree: Tree, project: Project, manifest: PackageJson, outputs: string[] | undefined): void {
  // Nest's `start` compiles first; `start:prod` expects the built files.
  const start = manifest.scripts?.["start:prod"] ?? manifest.scripts?.start;
  if (start) project.processes.web = start;
  const call = (start?.split(/&&|;/).at(-1) ?? "").trim().replace(BEFORE, "");
  const plain = (path: string | undefined) => path?.replace(/^\.\//, "");
  const started = plain(NODE_CALL.exec(call)?.[1]);
  const entry = [started, plain(manifest.main)].find(
    (path): path is string => path !== undefined && stands(tree, path, outputs ?? []),
  );
  const [program] = call.split(/\s+/);
  if (program && manifest.devDependencies?.[program] !== undefined)
    project.questions.push({
      section: "services",
      text: `\`${start}\`: ${program} is among devDependencies, which hosts do not have. How is the server started there?`,
    });
  // If the build is unknown, so is the file with which the server starts.
  const file = entry ?? (outputs === undefined ? started : undefined);
  if (file !== undefined && /\.[cm]?tsx?$/.test(file))
    project.questions.push({
      section: "check",
      text: `The server starts with ${file}, and \`node --check\` reads no TypeScript: which command shows that it can start?`,
    });
  else if (file !== undefined) project.checks.push(`node --check ${pathWord(file)}`);
  else
    project.questions.push({
      section: "check",
      text: `Which file does the server start with${start ? ` (\`${start}\`)` : ""}? node --check server.js. Or do hosts serve built files alone? Then they need no environment \`node\`.`,
    });
}

/** Asks about migrations of a Node application: each tool lists pending ones in its own format. */
function migrations(tree: Tree, project: Project, manifest: PackageJson): void {
  const script = Object.entries(manifest.scripts ?? {}).find(
    ([name, command]) =>
      /migrat(e|ions?)\b/.test(command) &&
      !/(down|rollback|revert|undo|create|generate|make|reset|dev)\b/.test(`${name} ${command}`),
  );
  const prisma = tree.paths.some((path) => path.startsWith("prisma/migrations/"));
  const apply = script ? `npm run ${script[0]}` : prisma ? "npx prisma migrate deploy" : undefined;
  if (apply === undefined) return;
  project.questions.push({
    section: "migrations",
    text: `${script ? `package.json has \`${script[0]}\`: ${script[1]}` : "prisma/migrations/ is there"}. Are migrations applied at a deploy? Then: migrations: { pending: …, apply: ${apply} }`,
  });
}

/** Whether a file exists as `node` finds it, or will exist below the outputs of a step. */
function stands(tree: Tree, path: string, outputs: readonly string[]): boolean {
  if (outputs.some((output) => path.startsWith(`${output}/`))) return true;
  return ["", ".js", "/index.js"].some((ending) => tree.paths.includes(`${path}${ending}`));
}
