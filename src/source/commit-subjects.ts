// Lists the commits between two commits, from the local repository.
import { cutEnd } from "../text/cut.ts";
import { records, tryGit } from "./git.ts";

/** Maximum number of characters of a subject, and of an author's name: a commit may contain any number. */
const LONGEST = 1_000;

export interface HistoryCommit {
  /** 40 hex digits. */
  id: string;
  /** The first line of its message. */
  subject: string;
  author: string;
}

/**
 * The commits that `to` has and `from` lacks, newest first.
 *
 * @returns at most `limit` commits, and how many more there are; undefined if git does not know a commit (a shallow
 *   clone)
 */
export async function commitsBetween(
  repository: string,
  from: string,
  to: string,
  limit = 100,
): Promise<{ commits: HistoryCommit[]; more: number } | undefined> {
  const range = ["--end-of-options", `${from}..${to}`];
  const listed = await tryGit(repository, ["log", "-z", `--max-count=${limit}`, "--format=%H%n%an%n%s", ...range]);
  const count = await tryGit(repository, ["rev-list", "--count", ...range]);
  if (listed === undefined || count === undefined) return undefined;
  const commits = records(listed).map((record): HistoryCommit => {
    const [id = "", author = "", ...subject] = record.split("\n");
    return { id, author: cutEnd(author, LONGEST), subject: cutEnd(subject.join(" "), LONGEST) };
  });
  return { commits, more: Number(count) - commits.length };
}
