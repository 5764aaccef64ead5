// The two workflows for a first tarlift.yml: one builds on the default branch and on pull requests, one deploys tags.
// examples/workflows/ of this repository has the same texts, and tests run them there.

import { type ActionSource, PLACEHOLDER } from "./action-source.ts";

export interface WorkflowInput {
  /** The repository whose actions are used; undefined: the placeholder. */
  action?: ActionSource | undefined;
  /** The default branch: runs for tags can restore what is built there. */
  branch: string;
  /** The configuration, relative to the repository; undefined: the tarlift.yml at its root. */
  config?: string | undefined;
  /**
   * The minor version of the hosts' Python, `3.12`; `unknown` if the project does not name one; undefined without
   * Python.
   */
  python?: string | undefined;
  /** A file with the version of Node; undefined without Node. */
  nodeVersionFile?: string | undefined;
  /** Names of the target's secrets. */
  secrets: readonly string[];
  /**
   * The command that runs the tests, with the environment on PATH and at $ENVIRONMENT; undefined: a comment asks for
   * it.
   */
  tests?: string | undefined;
}

export interface InitialWorkflow {
  /** Relative to the repository. */
  path: string;
  text: string;
}

export function initialWorkflows(input: WorkflowInput): InitialWorkflow[] {
  return [
    { path: ".github/workflows/build.yml", text: build(input) },
    { path: ".github/workflows/deploy.yml", text: deploy(input) },
  ];
}

function build(input: WorkflowInput): string {
  return `# Builds and checks, and deploys nothing: pull requests (from forks too, there is no secret here) and the default branch.
# What the default branch builds stays in the cache. A cache saved by a tag is visible to that tag alone, so this is also what
# makes the deploy of a tag quick.
name: Build
on:
  pull_request:
  push:
    branches: [${JSON.stringify(input.branch).replace(/^"([\w-]+)"$/, "$1")}]
permissions:
  contents: read
jobs:
  build:
    runs-on: ubuntu-24.04
    timeout-minutes: 30
    steps:
      - uses: actions/checkout@v6
        with:
          persist-credentials: false
${interpreters(input)}      - id: environment
        uses: ${action(input, "/actions/build-env")}
${input.config === undefined ? "" : `        with:\n${config(input)}`}${tests(input)}      - uses: ${action(input, "/actions/bundle")}
        with:
${config(input)}          upload: never
`;
}

function deploy(input: WorkflowInput): string {
  return `# Pushing a tag deploys it.
name: Deploy
on:
  push:
    tags: ["v*"]
permissions:
  contents: read
  actions: read
  checks: read
  statuses: read
concurrency:
  group: deploy-production
  cancel-in-progress: false
jobs:
  deploy:
    runs-on: ubuntu-24.04
    timeout-minutes: 30
    environment: production
    outputs:
      outcome: \${{ steps.tarlift.outputs.outcome }}
      release: \${{ steps.tarlift.outputs.release }}
    steps:
      - uses: actions/checkout@v6
        with:
          fetch-depth: 0 # the history shows which of two commits is older
          persist-credentials: false
${interpreters(input)}      - id: tarlift
        uses: ${action(input, "")}
        with:
${config(input)}          target: production
          ssh-key: \${{ secrets.DEPLOY_KEY }}
          ssh-known-hosts: \${{ vars.KNOWN_HOSTS }}
${secrets(input)}  announce:
    needs: deploy
    runs-on: ubuntu-24.04
    permissions: {}
    steps:
      - run: echo "$RELEASE is $OUTCOME"
        env:
          OUTCOME: \${{ needs.deploy.outputs.outcome }}
          RELEASE: \${{ needs.deploy.outputs.release }}
`;
}

const action = ({ action: { repository, ref } = PLACEHOLDER }: WorkflowInput, path: string): string =>
  `${repository}${path}@${ref}`;

const config = ({ config: file }: WorkflowInput): string =>
  file === undefined ? "" : `          config: ${JSON.stringify(file)}\n`;

function interpreters({ python, nodeVersionFile }: WorkflowInput): string {
  const version =
    python === "unknown"
      ? '"3.12" # QUESTION: which minor version have the hosts?'
      : `"${python}" # the minor version of the hosts' interpreter`;
  return [
    ...(python === undefined
      ? []
      : ["      - uses: actions/setup-python@v6", "        with:", `          python-version: ${version}`]),
    ...(nodeVersionFile === undefined
      ? []
      : [
          "      - uses: actions/setup-node@v6",
          "        with:",
          `          node-version-file: ${/^[\w./-]+$/.test(nodeVersionFile) ? nodeVersionFile : JSON.stringify(nodeVersionFile)}`,
        ]),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

function tests({ tests: command, python }: WorkflowInput): string {
  if (command === undefined)
    return `      # QUESTION: how are tests run? The environment is on PATH, and at steps.environment.outputs.environment-path.
      # - run: ${python === undefined ? "npm test" : "python -m pytest"}
`;
  return `      - name: Tests
        run: '${command.replaceAll("'", "''")}'
        env:
          ENVIRONMENT: \${{ steps.environment.outputs.environment-path }}
`;
}

function secrets({ secrets: names }: WorkflowInput): string {
  if (names.length === 0) return "";
  return ["          secrets: |", ...names.map((name) => `            ${name}=\${{ secrets.${name} }}`)]
    .map((line) => `${line}\n`)
    .join("");
}
