// Whose actions the workflows of `tarlift init` use.

/** `uses: <repository>@<ref>`, `uses: <repository>/actions/bundle@<ref>`. */
export interface ActionSource {
  /** `owner/name` */
  repository: string;
  ref: string;
}

/** The placeholder for the repository that publishes Tarlift until that is known: scripts/owner.ts replaces it. */
export const PLACEHOLDER: ActionSource = { repository: "acme/tarlift", ref: "v1" };

/**
 * The source from which this program was started.
 *
 * @param env the variables of the process: GitHub's runner names the action of the step in them
 * @param address the `repository.url` of Tarlift's package.json
 * @returns the repository and ref of the running action, if that is Tarlift or a fork that kept the name:
 *   `tarlift init` may also run in another action's step. Otherwise the repository of the package, at the major
 *   version.
 */
export function actionSource(env: NodeJS.ProcessEnv, address: string | undefined): ActionSource {
  const packaged = /github\.com\/([\w.-]+\/[\w.-]+?)(\.git)?$/.exec(address ?? "")?.[1];
  const source = packaged === undefined ? PLACEHOLDER : { repository: packaged, ref: PLACEHOLDER.ref };
  const { GITHUB_ACTION_REPOSITORY: repository = "", GITHUB_ACTION_REF: ref = "" } = env;
  const own = /^[\w.-]+\/[\w.-]+$/.test(repository) && nameOf(repository) === nameOf(source.repository);
  return own && /^[\w./-]+$/.test(ref) ? { repository, ref } : source;
}

const nameOf = (repository: string) => repository.split("/")[1];
