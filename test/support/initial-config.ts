// What `tarlift init` writes for files that a test names.
import { relative } from "node:path";
import { parseConfig } from "../../src/config/load.ts";
import { initialConfig, type Tree } from "../../src/init/initial-config.ts";
import { loadDetectors } from "../../src/installers/registry.ts";

export const detectors = await loadDetectors();

/**
 * A project as files and their contents; what it gives, and that it parses.
 *
 * @param options.root the files of the repository's root, where `source` is below it
 */
export function init(
  files: Record<string, string>,
  options: { directory?: string; source?: string; root?: Record<string, string> } = {},
) {
  const { source, root } = options;
  const tree: Tree = {
    paths: Object.keys(files),
    read: (path) => files[path],
    above:
      source && root
        ? [{ up: relative(source, "."), own: source, paths: Object.keys(root), read: (path) => root[path] }]
        : undefined,
  };
  const result = initialConfig(tree, {
    detectors,
    directory: options.directory ?? "shop",
    source: options.source,
  });
  return { ...result, config: parseConfig(result.text) };
}

export const MANAGE = `#!/usr/bin/env python
import os
def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
`;
export const DJANGO = {
  "manage.py": MANAGE,
  "requirements.txt": "django==5.2\n",
  ".python-version": "3.12.4\n",
  "config/settings.py": [
    "BASE_DIR = Path(__file__).resolve().parent.parent",
    'SECRET_KEY = os.environ["SECRET_KEY"]',
    'DEBUG = os.environ.get("DEBUG") == "1"',
    'STATIC_ROOT = BASE_DIR / "var" / "static"',
    'MEDIA_ROOT = os.path.join(BASE_DIR, "media")',
  ].join("\n"),
  "config/wsgi.py": "",
  "shop/models.py": "",
};

/** The commands of its checks. */
export const runs = (files: Record<string, string>) => init(files).config.check.map(({ run }) => run);
