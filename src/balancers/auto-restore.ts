// A server that is restored by itself when the run that drained it is lost: armed before it is drained, disarmed when it was restored.
import { Failure } from "../failure.ts";
import type { ServiceRequest } from "../supervisors/supervisor.ts";
import type { BackendServer } from "./balancer.ts";

/** What restores one server by itself, where the balancer is. */
export interface AutoRestore {
  /** What is in the way of arming it, as one phrase and its remedy; undefined: nothing. @throws Failure when that cannot be found out */
  lacks(): Promise<Lack | undefined>;
  /** @throws Failure when it could not be armed */
  arm(): Promise<void>;
  /** Ends one that this run or an earlier one armed. @returns whether that had restored the server */
  disarm(): Promise<boolean>;
}

export interface Lack {
  what: string;
  remedy: string;
}

/** @param required a server that cannot be restored by itself is refused; otherwise it is told when it is drained */
export function withAutoRestore(
  server: BackendServer,
  own: AutoRestore,
  { required }: { required: boolean },
): BackendServer {
  let armed = false;
  return {
    ...server,
    async preflight() {
      await server.preflight();
      const lack = required && (await own.lacks());
      if (lack) throw refused(server, lack);
    },
    async drain(options) {
      // What is out already stays out: there is nothing to restore.
      if (options.previous !== "ready") return server.drain(options);
      const lack = await own.lacks();
      if (!lack) await own.arm();
      else if (required) throw refused(server, lack);
      armed = !lack;
      const drained = await server.drain(options);
      return { ...drained, ...(lack ? { warnings: [`${lack.what}: ${LEFT_OUT}`] } : {}) };
    },
    async restore(previous) {
      await server.restore(previous);
      // One that cannot be disarmed finds the server restored, and leaves it alone.
      if (armed) await own.disarm().catch(() => false);
      armed = false;
    },
    disarm: () => own.disarm(),
  };
}

/** A server that only a run can restore. @param required it is refused */
export function withoutAutoRestore(
  server: BackendServer,
  lack: Lack,
  { required }: { required: boolean },
): BackendServer {
  if (!required) return server;
  return {
    ...server,
    async preflight() {
      throw refused(server, lack);
    },
  };
}

const LEFT_OUT = "should a run be lost, the hosts that it took out of the balancer stay out until the next one";

function refused({ name }: BackendServer, { what, remedy }: Lack): Failure {
  return new Failure({
    code: "auto-revert-unavailable",
    what: `\`require-auto-revert\`: ${what}: ${LEFT_OUT}`,
    where: { balancer: name },
    remedy,
  });
}

/** Seconds that a service's stop takes at most where it does not say. */
const STOP = 30;

/**
 * @returns seconds within which a host with these services has gone back by itself, once it has begun to: what a killed run had begun comes
 *   to its end first, so the services may be restarted twice
 */
export const revertTime = (services: readonly ServiceRequest[]): number =>
  Math.ceil(services.reduce((sum, { stopTimeout = STOP, settle }) => sum + 2 * (stopTimeout + settle), 10));
