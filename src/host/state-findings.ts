// Findings about the state of a host itself, whichever release is deployed to it.
import type { AppLayout } from "../protocol/app-layout.ts";
import type { FindingRow } from "./finding-rows.ts";
import type { FactsRequest } from "./host.ts";

export interface StateContext {
  layout: AppLayout;
  /** The user that the connection runs as on the host. */
  user: string;
  adopting: boolean;
  /** An adoption was interrupted on this host. */
  halfAdopted: boolean;
  /** Whether the host must be able to revert by itself. */
  autoRevert: FactsRequest["autoRevert"];
  /** The release that became good last. */
  newestGood: string | undefined;
}

/** A host that ends the processes of a session, and has no way to avoid that. */
export const NO_AUTO_REVERT =
  "it ends the processes of a session with the session (KillUserProcesses): if a run is lost, it does not revert automatically";

export const STATE_FINDINGS: readonly FindingRow<StateContext>[] = [
  {
    key: "lacks",
    code: "program-missing",
    what: (command) => `the host has no ${command}`,
    remedy: () => "Install it: GNU and busybox versions both work.",
  },
  {
    key: "unwritable",
    code: "not-writable",
    what: (directory, { user }) => `${user} cannot write ${directory}`,
    remedy: (directory, { user }) =>
      `As root on the host: install -d -o ${user} ${directory}   (or \`tarlift host setup\`)`,
  },
  {
    key: "foreign",
    code: "not-writable",
    what: (directory, { user }) => `${user} cannot write ${directory}`,
    // Files that services write into shared/ keep their owner.
    remedy: (directory, { user }) =>
      `As root on the host: chown ${directory.endsWith("/shared") ? "" : "-R "}${user} ${directory}`,
  },
  {
    key: "across",
    code: "layout-unusable",
    what: (directory, { layout: { root } }) =>
      `${directory} is on another file system than ${root}: a release could not get its name, or go live, in one step`,
    remedy: (_, { layout: { root } }) =>
      `Mount one file system at ${root}; only what is below ${root}/shared may be elsewhere.`,
  },
  {
    key: "across_mount",
    code: "layout-unusable",
    what: (directory, { layout: { root } }) =>
      `${directory} is in another mount than ${root}, of the same file system: a release could not get its name, or go live, in one step`,
    remedy: (directory, { layout: { root } }) =>
      `Unmount that file system (findmnt -T ${directory}), or mount the whole of ${root}; only what is below ${root}/shared may be elsewhere.`,
  },
  {
    key: "half_adopted",
    applies: ({ adopting }) => !adopting,
    code: "layout-unusable",
    what: () => "an adoption was cut off on this host",
    remedy: (_, { layout }) => `Finish it: tarlift adopt ${layout.target} --apply, with the options that it had.`,
  },
  {
    key: "current_is_directory",
    applies: ({ adopting, halfAdopted }) => !adopting && !halfAdopted,
    code: "layout-unusable",
    what: (_, { layout }) => `${layout.root}/current is a directory and not a link`,
    remedy: (_, { layout }) =>
      `Make it the first release, to which a rollback can return: tarlift adopt ${layout.target} (without --apply it only shows what it would do). Nothing was changed.`,
  },
  {
    key: "elsewhere",
    applies: ({ adopting }) => !adopting,
    code: "layout-unusable",
    what: (target, { layout }) =>
      `${layout.root}/current leads to ${target}, which is no release: a deploy that fails could not return to it`,
    remedy: (_, { layout: { root, target }, newestGood }) =>
      newestGood
        ? `Point the link back, on the host: ln -sfn releases/${newestGood} ${root}/current`
        : `Make it the first release: tarlift adopt ${target} (without --apply it only shows what it would do).`,
  },
  {
    key: "switch",
    applies: ({ autoRevert }, value) => autoRevert === "required" && value === "none",
    code: "auto-revert-unavailable",
    what: () => NO_AUTO_REVERT,
    remedy: () =>
      "As root on the host: loginctl enable-linger USER, for the SSH user. `tarlift host setup` does it where the target has `require-auto-revert`.",
  },
  {
    key: "selinux",
    applies: (_, value) => value === "none",
    code: "program-missing",
    what: () => "SELinux is enabled and restorecon is missing",
    remedy: () => "Install policycoreutils: files would get the wrong labels.",
  },
  {
    key: "missing_user",
    code: "user-missing",
    what: (name) => `the host has no user ${name}`,
    remedy: (_, { layout }) => `Create it, or change \`run-as\` of target ${layout.target}.`,
  },
  {
    key: "unreachable",
    code: "not-writable",
    what: (directory, { layout }) => `${layout.runAs} may not enter ${directory}`,
    remedy: (directory) => `As its owner: chmod o+x ${directory}`,
  },
  {
    key: "unwritable_shared",
    code: "not-writable",
    what: (path, { layout }) => `${layout.runAs} cannot write the shared directory ${path}`,
    remedy: (path, { layout }) => `As root on the host: chown ${layout.runAs} ${layout.root}/shared/${path}`,
  },
  {
    key: "read_only_shared",
    code: "read-only",
    what: (path) => `the shared directory ${path} is on a file system that is mounted read-only`,
    remedy: (path, { layout }) =>
      `Look why (dmesg, /etc/fstab), then as root on the host: mount -o remount,rw "$(findmnt -nT ${layout.root}/shared/${path} -o TARGET)"`,
  },
  {
    key: "missing_shared",
    code: "shared-missing",
    what: (path) => `the shared file ${path} is missing`,
    remedy: (path, { layout }) => `Put it to ${layout.root}/shared/${path} on the host.`,
  },
];
