// What stands for the actions of others in workflows that run here: they cannot be fetched. Each does what the real one does to a checkout.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporary } from "./temporary.ts";

const CHECKOUT = `
set -eu
git init --quiet .
git config advice.detachedHead false
git remote add origin "file://$STAND_IN_ORIGIN"
ref=\${INPUT_REF_:-$GITHUB_REF}
if [ "\${DEPTH:-1}" = 0 ]; then
  git fetch --quiet --tags origin '+refs/heads/*:refs/remotes/origin/*'
  git checkout --quiet --detach "$(git rev-parse --verify --quiet "$ref^{commit}" || git rev-parse "refs/remotes/origin/\${ref#refs/heads/}")"
else
  case $ref in
  refs/tags/*) git fetch --quiet --no-tags --depth=1 origin "+$ref:$ref" && git checkout --quiet "$ref" ;;
  *) git fetch --quiet --no-tags --depth=1 origin "$ref" && git checkout --quiet --detach FETCH_HEAD ;;
  esac
fi
git remote set-url origin "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY"
`;

const composite = (name: string, inputs: string[], env: Record<string, string>, script: string) =>
  // JSON is YAML.
  JSON.stringify({
    name,
    description: `Stands for ${name}.`,
    inputs: Object.fromEntries(inputs.map((input) => [input, { description: input }])),
    runs: { using: "composite", steps: [{ shell: "bash", run: script, env }] },
  });

/** Directories by published name, for runWorkflow: `actions/checkout@v6` fetches from the repository, `setup-python` uses what is there. */
export function standIns(): Record<string, string> {
  const input = (name: string) => `\${{ inputs.${name} }}`;
  const manifests = {
    "actions/checkout@v6": composite(
      "actions/checkout",
      ["ref", "fetch-depth", "persist-credentials"],
      { INPUT_REF_: input("ref"), DEPTH: input("fetch-depth") },
      CHECKOUT,
    ),
    "actions/setup-python@v6": composite(
      "actions/setup-python",
      ["python-version"],
      { VERSION: input("python-version") },
      '"/usr/bin/python$VERSION" --version && echo /usr/bin >>"$GITHUB_PATH"',
    ),
    "actions/setup-node@v6": composite("actions/setup-node", ["node-version"], {}, "node --version"),
  };
  return Object.fromEntries(
    Object.entries(manifests).map(([name, manifest]) => {
      const directory = temporary("stand-in");
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, "action.yml"), manifest);
      return [name, directory];
    }),
  );
}
