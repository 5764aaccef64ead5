// The end of a transaction on a host.

import type { Dialogue } from "../../session/session.ts";
import type { CommitRequest } from "../host.ts";
import { formatJournal } from "../migration-journal.ts";

/** As `Host.precommit`. @throws Failure as the host replied */
export async function precommit(dialogue: Dialogue): Promise<void> {
  await dialogue.call("precommit", { values: {} });
}

/** As `Host.commit`. @throws Failure as the host replied */
export async function commit(dialogue: Dialogue, request: CommitRequest): Promise<{ warnings: string[] }> {
  dialogue.transaction = request.transaction;
  const reply = await dialogue.call("commit", {
    values: {
      release: request.release,
      keep: request.keep,
      rollback: request.rollback ? "yes" : undefined,
      converge: request.converge ? "yes" : undefined,
    },
    texts: request.migrations?.length ? { journal: formatJournal(request.migrations) } : {},
    last: request.last,
  });
  return { warnings: [...reply.all("warning")] };
}
