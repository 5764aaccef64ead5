// The end of a transaction on a host.

import type { Session } from "../../session/session.ts";
import type { CommitRequest } from "../host.ts";
import { formatJournal } from "../migration-journal.ts";

/** As `Host.precommit`. @throws Failure as the host replied */
export async function precommit(session: Session): Promise<void> {
  await session.call("precommit", { values: {} });
}

/** As `Host.commit`. @throws Failure as the host replied */
export async function commit(session: Session, request: CommitRequest): Promise<{ warnings: string[] }> {
  session.transaction = request.transaction;
  const reply = await session.call("commit", {
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
