// A server that is restored automatically when the run that drained it is lost: armed before the server is drained,
// disarmed when it was restored.
import { Failure } from "../failure.ts";
import type { ServiceRequest } from "../supervisors/supervisor.ts";
import type { BackendServer } from "./balancer.ts";

/** Restores one server automatically, on the balancer's machine. */
export interface AutoRestore {
  /**
   * What prevents arming, as one phrase and its remedy; undefined: nothing. @throws Failure when that cannot be found
   * out
   */
  lacks(): Promise<Lack | undefined>;
  /** @throws Failure when it could not be armed */
  arm(): Promise<void>;
  /** Disarms one that this run or an earlier one armed. @returns whether it had restored the server */
  disarm(): Promise<boolean>;
}

export interface Lack {
  what: string;
  remedy: string;
}

/** @param required a server without auto-restore is refused; otherwise a warning is shown when it is drained */
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
      // A drained server stays drained: there is nothing to restore.
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

const LEFT_OUT = "if a run is lost, the hosts that it drained stay drained until the next run";

function refused({ name }: BackendServer, { what, remedy }: Lack): Failure {
  return new Failure({
    code: "auto-revert-unavailable",
    what: `\`require-auto-revert\`: ${what}: ${LEFT_OUT}`,
    where: { balancer: name },
    remedy,
  });
}

/** Maximum seconds of a service's stop if it sets none. */
const STOP = 30;

/**
 * @returns seconds within which a host with these services completes a revert by itself, once begun: what a killed run
 * had begun completes first, so the services may be restarted twice
 */
export const revertTime = (services: readonly ServiceRequest[]): number =>
  Math.ceil(services.reduce((sum, { stopTimeout = STOP, settle }) => sum + 2 * (stopTimeout + settle), 10));
