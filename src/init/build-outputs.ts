// The output directories of a package.json's build script, from the commands that it calls. An unknown command becomes
// a question.
import { posix } from "node:path";
import { z } from "zod";
import type { Tree } from "./project.ts";
import { scriptCode } from "./source-text.ts";

/** The parts of package.json that decide it. */
export interface Built {
  scripts?: Record<string, string> | undefined;
  dependencies?: Record<string, string> | undefined;
  devDependencies?: Record<string, string> | undefined;
}

export interface BuildOutputs {
  outputs: string[];
  /** Caches of its commands below the outputs. */
  caches: string[];
  /** Commands whose output directories could not be found. */
  unknown: string[];
}

/** Variables before a command, and words that only start it. */
export const BEFORE = /^(?:cross-env\s+)?(?:[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|\S*)\s+)*(?:npx\s+(?:--\S+\s+)*)?/;
/** Commands whose files do not ship. */
const MAKES_NOTHING = /^(eslint|prettier|stylelint|biome|echo|true|rimraf|rm|next lint)\b/;
/** They write to directories that Vite's own settings do not name. */
const ABOVE_VITE =
  /^(@sveltejs\/kit|laravel-vite-plugin|vite-plugin-ruby|vite-plugin-rails|vite-plugin-symfony|@tanstack\/(react|solid)-start|@analogjs\/platform|@builder\.io\/qwik-city|@remix-run\/dev|@react-router\/dev|nitro|vike)$/;
const VITE =
  /^vite build(?:\s+(?:-m|--mode|--base|--logLevel)(?:\s+|=)[^\s-]\S*|\s+--(?:emptyOutDir|sourcemap|minify))*$/;
const NEXT = /^next build(?:\s+(?:-d|--(?:turbo|turbopack|webpack|no-lint|debug|profile)))*$/;

export function buildOutputs(tree: Tree, manifest: Built): BuildOutputs {
  const script = expand(manifest.scripts ?? {}, "build");
  // Pipes, alternatives, redirections, substitutions and several lines need a shell to read them.
  if (/[|<>`\n]|\$\(|(?<!&)&(?!&)/.test(script)) return { outputs: [], caches: [], unknown: [script] };
  const found: BuildOutputs = { outputs: [], caches: [], unknown: [] };
  const calls = script.split(/&&|;/).map((one) => one.trim());
  for (const call of calls.filter(Boolean)) {
    const command = call.replace(BEFORE, "");
    const outputs = outputsOf(tree, manifest, command);
    if (outputs === undefined) found.unknown.push(call);
    else found.outputs.push(...outputs);
    if (NEXT.test(command)) found.caches.push(...nextCache(tree));
  }
  return { ...found, outputs: [...new Set(found.outputs)], caches: [...new Set(found.caches)] };
}

/**
 * A script as `npm run` executes it: with the scripts before and after it, and with those that it calls by `npm run`
 * inserted.
 */
function expand(scripts: Record<string, string>, name: string, depth = 0): string {
  const own = (scripts[name] ?? "").replace(/\bnpm run ([\w:-]+)(?=\s*($|[;&|]))/g, (call, called: string) =>
    depth < 5 && scripts[called] !== undefined ? expand(scripts, called, depth + 1) : call,
  );
  return [scripts[`pre${name}`], own, scripts[`post${name}`]].filter(Boolean).join(" && ");
}

/** @returns undefined for an unknown command */
function outputsOf(tree: Tree, manifest: Built, call: string): string[] | undefined {
  if (MAKES_NOTHING.test(call)) return [];
  if (NEXT.test(call)) return known(nextOutput(tree));
  if (VITE.test(call)) {
    const above = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }).some((one) =>
      ABOVE_VITE.test(one),
    );
    return above ? undefined : known(viteOutput(tree));
  }
  const [program, ...words] = call.split(/\s+/);
  return program === "tsc" || program === "vue-tsc" ? compilerOutputs(tree, words) : undefined;
}

const known = (output: string | undefined) => (output === undefined ? undefined : [output]);

/** The code of a file at the root of the application; empty if there is none. */
function configuration(tree: Tree, pattern: RegExp): string {
  const path = tree.paths.find((candidate) => pattern.test(candidate));
  return path === undefined ? "" : scriptCode(tree.read(path) ?? "");
}

/**
 * A key of a configuration that is written once, as a string.
 *
 * @returns undefined if it is computed, or written more than once; `otherwise` if it is missing
 */
function stated<T>(code: string, key: string, otherwise: T): string | T | undefined {
  const mentions = code.match(new RegExp(`(?<![.\\w])${key}\\b`, "g")) ?? [];
  if (mentions.length === 0) return otherwise;
  const [, , text] = new RegExp(`(?<![.\\w])${key}["']?\\s*:\\s*(["'])([^"'\\n]+)\\1\\s*[,}\\n]`).exec(code) ?? [];
  return mentions.length === 1 ? text : undefined;
}

/**
 * https://nextjs.org/docs/app/api-reference/config/next-config-js/output and distDir: an export is written to `out`, or
 * to distDir.
 */
function nextOutput(tree: Tree): string | undefined {
  const { kind, directory } = nextSettings(tree);
  return kind === undefined || directory === undefined ? undefined : join(".", directory);
}

/** Its compiler's cache is in the directory from which a server is started; an export has none. */
function nextCache(tree: Tree): string[] {
  const output = nextSettings(tree).kind === "export" ? undefined : nextOutput(tree);
  return output === undefined ? [] : [`${output}/cache`];
}

function nextSettings(tree: Tree): { kind: string | undefined; directory: string | undefined } {
  const code = configuration(tree, /^next\.config\.[cm]?[jt]s$/);
  const kind = stated(code, "output", "server");
  return { kind, directory: stated(code, "distDir", kind === "export" ? "out" : ".next") };
}

/** https://vite.dev/config/build-options#build-outdir: relative to the root. */
function viteOutput(tree: Tree): string | undefined {
  const code = configuration(tree, /^vite\.config\.[cm]?[jt]s$/);
  // Rollup's `output.dir` and Vite's environments have directories of their own.
  if (/\b(dir|environments)\s*:/.test(code)) return undefined;
  const root = stated(code, "root", ".");
  const directory = stated(code, "outDir", "dist");
  return root === undefined || directory === undefined ? undefined : join(root, directory);
}

const compilerSchema = z.looseObject({
  extends: z.union([z.string(), z.array(z.string())]).optional(),
  files: z.array(z.unknown()).optional(),
  references: z.array(z.looseObject({ path: z.string() })).optional(),
  compilerOptions: z
    .looseObject({
      outDir: z.string().optional(),
      noEmit: z.boolean().optional(),
      declarationDir: z.string().optional(),
    })
    .optional(),
});
type CompilerFile = z.infer<typeof compilerSchema>;

/** @param words the words after `tsc` */
function compilerOutputs(tree: Tree, words: string[]): string[] | undefined {
  if (words.includes("--noEmit")) return [];
  // Named files bypass the configuration; a directory on the command line overrides it.
  if (words.some((word) => /\.tsx?$/.test(word) || /^--?(\w*(dir|file)|w|watch)$/i.test(word))) return undefined;
  const at = words.findIndex((word) => /^(-p|--project)$/.test(word));
  if (words.some((word) => /^(-b|--build)$/.test(word))) {
    const solution = words.every((word) => word.startsWith("-")) ? read(tree, "tsconfig.json") : undefined;
    const members = (solution?.references ?? []).map(({ path }) => join(".", path));
    if (!solution || members.includes(undefined)) return undefined;
    const own = solution.files?.length === 0 ? [] : ["tsconfig.json"];
    const each = [...own, ...(members as string[])].map((path) => emitted(tree, path));
    return each.includes(undefined) ? undefined : each.flatMap((outputs) => outputs as string[]);
  }
  return emitted(tree, at < 0 ? "tsconfig.json" : posix.normalize(words[at + 1] ?? "tsconfig.json"));
}

/** What the compiler writes for one configuration: nothing, or its directory. */
function emitted(tree: Tree, project: string): string[] | undefined {
  const path = project.endsWith(".json") ? project : posix.join(project, "tsconfig.json");
  const file = read(tree, path);
  if (!file || option(tree, path, file, "declarationDir") !== undefined) return undefined;
  if (option(tree, path, file, "noEmit")?.value === true) return [];
  const found = option(tree, path, file, "outDir");
  // Output beside the sources, or where the configuration of a package says.
  if (typeof found?.value !== "string" || found.value.includes("$")) return undefined;
  return known(join(posix.dirname(found.path), found.value));
}

/** An option with the file that sets it, to which its paths are relative: the file itself, or one that it extends. */
function option(
  tree: Tree,
  path: string,
  file: CompilerFile,
  name: "outDir" | "noEmit" | "declarationDir",
  depth = 0,
): { value: string | boolean; path: string } | undefined {
  const value = file.compilerOptions?.[name];
  if (value !== undefined) return { value, path };
  for (const base of [file.extends ?? []].flat().reverse()) {
    if (!base.startsWith(".") || depth > 5) continue;
    const at = posix.join(posix.dirname(path), base.endsWith(".json") ? base : `${base}.json`);
    const extended = read(tree, at);
    const found = extended && option(tree, at, extended, name, depth + 1);
    if (found) return found;
  }
  return undefined;
}

function read(tree: Tree, path: string): CompilerFile | undefined {
  try {
    const code = scriptCode(tree.read(path) ?? "")
      .replace(/^\uFEFF/, "")
      .replace(/,(?=\s*[\]}])/g, "");
    return compilerSchema.safeParse(JSON.parse(code)).data;
  } catch {
    return undefined;
  }
}

/** A path inside the application, or undefined if it leads out of it, or is the application's directory itself. */
function join(base: string, path: string): string | undefined {
  const joined = posix.join(base, path).replace(/\/$/, "");
  return path.startsWith("/") || joined === "." || /^\.\.(\/|$)/.test(joined) ? undefined : joined;
}
