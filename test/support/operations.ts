// Operations on hosts that a test opened itself: they are closed afterwards, as src/pipeline closes the hosts of a verb.
import type { Member } from "../../src/fleet/member.ts";
import * as adoption from "../../src/operations/adopt.ts";
import * as past from "../../src/operations/history.ts";
import * as present from "../../src/operations/status.ts";

export const adopt = closing(adoption.adopt);
export const history = closing(past.history);
export const status = closing(present.status);

function closing<Request extends { members: readonly Member[] }, Rest extends unknown[], Result>(
  work: (request: Request, ...rest: Rest) => Promise<Result>,
) {
  return async (request: Request, ...rest: Rest): Promise<Result> => {
    try {
      return await work(request, ...rest);
    } finally {
      await Promise.all(request.members.map(({ host }) => host.close()));
    }
  };
}
