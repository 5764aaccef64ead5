// Chooses the installer for the environment of a project: installers detect it by files, and their results are merged
// here.
import { DETECTED_BY, type DetectedEnvironment } from "../installers/installer.ts";
import type { Detector } from "../installers/registry.ts";
import type { Project, Tree } from "./project.ts";

/** The environment that one of the installers detected. */
export interface Chosen extends DetectedEnvironment {
  installer: string;
}

/**
 * @param language of the project
 * @returns undefined if no installer of the language detects an environment; open questions are added to `project`
 */
export function chooseInstaller(
  tree: Tree,
  project: Project,
  { detectors, language }: { detectors: readonly Detector[]; language: string },
): Chosen | undefined {
  const found = detectors
    .filter(({ installer }) => installer.language === language)
    .flatMap(({ installer, detect }) => {
      const detected = detect(tree);
      return detected ? [{ installer: installer.key, detected }] : [];
    });
  const environments = found.flatMap(({ installer, detected }) =>
    "question" in detected ? [] : [{ installer, ...detected }],
  );
  const chosen = DETECTED_BY.map((by) => environments.find((one) => one.by === by)).find((one) => one !== undefined);
  if (chosen) return chosen;
  for (const { detected } of found)
    if ("question" in detected) project.questions.push({ section: "environments", text: detected.question });
  return undefined;
}
