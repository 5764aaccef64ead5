// Compiles the application's own modules to byte code. A release is read-only to its service, which would otherwise
// compile at every start. Byte code is checked by hash: if an operator edits a file in an emergency, the edited file
// runs. It is never written into the checkout.
import { hash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism } from "node:os";
import { basename, dirname, join } from "node:path";
import type { PackSource } from "../../artifact/pack.ts";
import type { Python } from "../../python/interpreter.ts";
import { builtVariables } from "../../subprocess/built-variables.ts";
import { run } from "../../subprocess/run.ts";

const PROGRAM = `
import importlib.util, os, py_compile, sys
mode = py_compile.PycInvalidationMode.CHECKED_HASH
for record in sys.stdin.buffer.read().split(b"\\0\\n")[:-1]:
    source, target, name = (os.fsdecode(part) for part in record.split(b"\\0"))
    try:
        py_compile.compile(source, cfile=target, dfile=name, doraise=True, invalidation_mode=mode)
    except Exception:
        pass  # templates and code of other versions: no interpreter imports them
`;

/**
 * Compiles modules for the interpreter of the hosts.
 *
 * @param sources of a layer; files other than `.py` are left alone
 * @param options.base their directory on hosts, absolute: tracebacks show it
 * @param options.work keeps byte code by content, so that a small change compiles little
 * @param options.elsewhere paths of other layers, in which an asset step compiled a module of the application: those
 *   stay
 * @returns the sources with `__pycache__/*.pyc` beside each module that compiles, replacing existing ones
 */
export async function withByteCode(
  sources: readonly PackSource[],
  options: { base: string; python: Python; work: string; elsewhere?: ReadonlySet<string> },
): Promise<PackSource[]> {
  const compiled = (await compileModules(sources, options)).filter(({ path }) => !options.elsewhere?.has(path));
  const made = new Set(compiled.map(({ path }) => path));
  return [...sources.filter(({ path }) => !made.has(path)), ...compiled];
}

async function compileModules(
  sources: readonly PackSource[],
  options: { base: string; python: Python; work: string },
): Promise<PackSource[]> {
  const { python, base, work } = options;
  const cache = join(work, "byte-code", python.abi);
  mkdirSync(cache, { recursive: true });
  const scratch = mkdtempSync(join(work, "byte-code-"));
  try {
    const modules = sources.flatMap((source, n) => {
      if (source.type !== "file" || !source.path.endsWith(".py")) return [];
      const content = "content" in source ? source.content : readFileSync(source.from);
      const key = hash("sha256", Buffer.concat([Buffer.from(`${base}/${source.path}\0`), content]), "hex");
      return [{ path: source.path, content, kept: join(cache, `${key}.pyc`), from: join(scratch, `${n}.py`) }];
    });
    const missing = modules.filter(({ kept }) => !existsSync(kept));
    for (const { from, content } of missing) writeFileSync(from, content);
    await inParallel(missing, async (part) => {
      const input = part.map(({ from, path }) => `${from}\0${from}c\0${base}/${path}\0\n`).join("");
      await run([python.executable, "-I", "-c", PROGRAM], {
        what: "the application's byte code could not be compiled",
        env: builtVariables(process.env),
        input,
      });
    });
    for (const { from, kept } of missing) keep(`${from}c`, kept);
    return modules
      .filter(({ kept }) => existsSync(kept) && statSync(kept).size > 0)
      .map(({ path, kept }) => ({
        type: "file",
        path: cachePath(path, python),
        content: readFileSync(kept),
        executable: false,
      }));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** An empty file records that a module does not compile. */
function keep(compiled: string, kept: string): void {
  const unfinished = `${kept}.${process.pid}`;
  if (existsSync(compiled)) copyFileSync(compiled, unfinished);
  else writeFileSync(unfinished, "");
  // A rename, so that a parallel job never reads an incomplete file.
  renameSync(unfinished, kept);
}

/** `shop/models.py` -> `shop/__pycache__/models.cpython-311.pyc` (PEP 3147). */
function cachePath(path: string, python: Python): string {
  const directory = dirname(path);
  return `${directory === "." ? "" : `${directory}/`}__pycache__/${basename(path, ".py")}.${python.abi}.pyc`;
}

async function inParallel<T>(items: readonly T[], work: (part: T[]) => Promise<void>): Promise<void> {
  if (items.length === 0) return;
  const workers = Math.min(availableParallelism(), Math.ceil(items.length / 20));
  await Promise.all(
    Array.from({ length: workers }, (_, n) => work(items.filter((_item, index) => index % workers === n))),
  );
}
