// What lies between two commits, as local git knows it.
import { cutEnd } from "../text/cut.ts";
import { records, tryGit } from "./git.ts";

/** Characters of a subject, and of an author's name: a commit may hold any number. */
const LONGEST = 1_000;

export interface HistoryCommit {
  /** 40 hex digits. */
  id: string;
  /** The first line of its message. */
  subject: string;
  author: string;
}

/**
 * The commits that `to` has and `from` has not, newest first.
 *
 * @returns at most `limit` of them and how many there are more; undefined where git does not know a commit (a shallow clone)
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
