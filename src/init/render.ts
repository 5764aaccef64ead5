// Writes a detected project as a tarlift.yml: known values are written, unknown ones become questions in comments.
import { stringify } from "yaml";
import { SUGGESTED, SUPERVISORS } from "../supervisors/registry.ts";
import type { FoundEnvironment, FoundStep, Project, Section } from "./project.ts";

/**
 * @param options.source the application's directory if it is not the repository itself
 * @param options.schema the schema for editors, relative to the repository, if it has one
 * @returns a text that `parseConfig` accepts
 */
export function render(
  project: Project,
  options: { app: string; source?: string | undefined; schema?: string | undefined },
): string {
  const lines = [
    ...(options.schema ? [`# yaml-language-server: $schema=${options.schema}`] : []),
    `# Written by \`tarlift init\`, which found ${project.kinds.join(" with ") || "nothing that it knows"}. Lines with QUESTION want an answer.`,
    "# Commands are run by `sh -ec` in the application's directory.",
    "",
    `app: ${scalar(options.app)}   # part of paths on hosts: /srv/${options.app}`,
    ...(options.source ? [`source: ${scalar(options.source)}`] : []),
    ...section("What is installed. `use: runtime` ships with the release, `use: build` serves asset steps only.", [
      ...block("environments", project.environments.flatMap(environment)),
      ...questions(project, "environments"),
    ]),
    ...section(
      "The application is built as a package into each release, without what it requires.",
      project.package ? ["package: true"] : [],
    ),
    ...section("Environment variables of asset steps and checks, on the runner. No secrets.", [
      ...block(
        "step-env",
        Object.entries(project.stepEnv).map(([name, value]) => `  ${name}: ${scalar(value)}`),
      ),
      ...demanded(project),
      ...questions(project, "step-env"),
    ]),
    ...section("Steps that build files which ship, in this order. Git must ignore their outputs.", [
      ...assets(project.steps),
      ...questions(project, "assets"),
    ]),
    ...section("Run against the finished artifact, isolated and without network, before it is uploaded.", [
      ...block(
        "check",
        project.checks.map((command) => `  - ${scalar(command)}`),
      ),
      ...questions(project, "check"),
    ]),
    ...section("Paths that outlive releases.", [
      ...(project.shared.length > 0 ? [`shared: { directories: ${list(project.shared)} }`] : []),
      ...questions(project, "shared"),
    ]),
    ...section("`pending` prints one migration a line; nothing means that there are none.", [
      ...(project.migrations
        ? [
            "migrations:",
            `  pending: ${scalar(project.migrations.pending)}`,
            `  apply: ${scalar(project.migrations.apply)}`,
          ]
        : []),
      ...questions(project, "migrations"),
    ]),
    ...section("What runs on the hosts, and where they are.", [
      ...services(project),
      ...questions(project, "services"),
      ...targets(project),
    ]),
  ];
  // Comments contain texts of the project: each stays on one line, whatever it contains.
  return `${lines.map((line) => line.replace(/[\x00-\x1f\x7f]+/g, " ")).join("\n")}\n`;
}

function section(comment: string, lines: string[]): string[] {
  return lines.length > 0 ? ["", `# ${comment}`, ...lines] : [];
}

function block(key: string, lines: string[]): string[] {
  return lines.length > 0 ? [`${key}:`, ...lines] : [];
}

function questions(project: Project, where: Section): string[] {
  return project.questions.filter(({ section }) => section === where).map(({ text }) => `# QUESTION: ${text}`);
}

function environment({ name, installer, use, keys, notes }: FoundEnvironment): string[] {
  return [
    ...notes.map((note) => `  # ${note}`),
    `  ${name}:`,
    `    installer: ${installer}`,
    ...(use === "build" ? ["    use: build"] : []),
    ...Object.entries(keys).map(([key, value]) => `    ${key}: ${Array.isArray(value) ? list(value) : scalar(value)}`),
  ];
}

function demanded(project: Project): string[] {
  if (project.demanded.length === 0) return [];
  return [
    `# QUESTION: the code reads ${project.demanded.join(", ")} without a default. Steps on the runner need harmless values (step-env);`,
    "#   the real ones belong to a target: `variables`, or `secrets` when they are secret.",
  ];
}

function assets(steps: FoundStep[]): string[] {
  const known = steps.filter((step) => step.outputs.length > 0);
  const unknown = steps.filter((step) => step.outputs.length === 0);
  return [
    ...block(
      "assets",
      known.flatMap((step) => [
        ...step.notes.map((note) => `  # ${note}`),
        `  - name: ${scalar(step.name)}`,
        `    run: ${scalar(step.run)}`,
        `    outputs: ${list(step.outputs)}`,
      ]),
    ),
    ...unknown.flatMap((step) => step.notes.map((note) => `# QUESTION: ${note}`)),
    ...(known.length === 0 && unknown.length > 0 ? ["# assets:"] : []),
    ...unknown.map((step) => `#   - { name: ${step.name}, run: ${JSON.stringify(step.run)}, outputs: [where] }`),
  ];
}

function services(project: Project): string[] {
  // Heroku's `release` runs once at each deploy: it contains migrations, which have their own section.
  const processes = Object.entries(project.processes).filter(([name]) => name !== "release");
  const names = processes.length > 0 ? processes.map(([name]) => name) : ["web"];
  return [
    `# QUESTION: what restarts the application on its hosts? One of ${SUPERVISORS.map(({ key }) => key).join(", ")}.`,
    ...processes.map(([name, command]) => `#   ${name} is started by: ${command}`),
    ...project.units.map(({ file, key, name }) => `#   ${file} has ${key}: ${name}`),
    "# services:",
    ...names.flatMap((name) => [
      `#   ${name}:`,
      `#     ${SUGGESTED.example(name)}`,
      ...(name === "web" || names.length === 1 ? ['#     health: { url: "http://127.0.0.1:8000/" }'] : []),
    ]),
  ];
}

function targets(project: Project): string[] {
  return [
    "# QUESTION: where is it deployed to? A host without roles has all.",
    "# targets:",
    "#   production:",
    "#     ssh-user: deploy",
    "#     hosts: [app1.example.org]",
    ...Object.entries(project.variables).map(([name, value]) => `#     env: { ${name}: ${value} }`),
    ...(project.demanded.length > 0 ? [`#     secrets: [${project.demanded.join(", ")}]`] : []),
  ];
}

/** A scalar on one line, quoted if YAML would read it as another type. */
function scalar(value: string): string {
  return stringify(value, { lineWidth: 0, defaultStringType: "PLAIN", blockQuote: false }).trimEnd();
}

/** `[a, b]`, where more values need quotes than on lines of their own. */
function list(values: string[]): string {
  return `[${values.map((value) => (/[,[\]{}]/.test(value) ? JSON.stringify(value) : scalar(value))).join(", ")}]`;
}
