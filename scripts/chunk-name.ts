// Names of chunks in dist/: by what a chunk holds. A name with a hash of the content would make every change of one module a renamed file,
// and one more changed line in every chunk that imports it.

/**
 * @param chunk as the bundler describes it: modules by absolute path, in the order in which they run; the last one is what the chunk is for
 * @returns the last module's path as one word: `fleet-transaction` for src/fleet/transaction.ts, `npm-undici-index` for a package's file
 */
export function chunkName({ moduleIds, facadeModuleId, name }: Chunk): string {
  const last = moduleIds.at(-1);
  // A module that is also loaded on demand, whose code is in another chunk: this one only names its exports.
  if (last === undefined) return facadeModuleId ? `${word(facadeModuleId, name)}-exports` : name;
  return word(last, name);
}

export interface Chunk {
  readonly moduleIds: readonly string[];
  readonly facadeModuleId?: string | null | undefined;
  /** The bundler's own name. */
  readonly name: string;
}

function word(module: string, otherwise: string): string {
  const path = module.replace(/\.[a-z]+$/, "");
  const [, of, inside] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(.+)$/.exec(path) ?? [];
  if (of !== undefined && inside !== undefined) return `npm-${joined(of)}-${joined(inside.replace(/.*\//, ""))}`;
  const own = /\/src\/(.+)$/.exec(path)?.[1];
  return own === undefined ? otherwise : joined(own);
}

const joined = (path: string) => path.replace(/^@/, "").replaceAll("/", "-");
