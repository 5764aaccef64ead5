// A place in a balancer that comes back by itself when the run that took it is lost: armed before it is taken, disarmed when it was given
// back.
import { Failure } from "../failure.ts";
import type { BackendServer } from "./balancer.ts";

/** The dead man's switch of one place, where the balancer is. */
export interface AutoRestore {
  /** What is in the way of arming it, as one phrase and its remedy; undefined: nothing. @throws Failure when that cannot be found out */
  lacks(): Promise<Lack | undefined>;
  /** @throws Failure when it could not be armed */
  arm(): Promise<void>;
  /** Ends one that this run or an earlier one armed. @returns whether that had given the place back */
  disarm(): Promise<boolean>;
}

export interface Lack {
  what: string;
  remedy: string;
}

/** @param required a place that cannot come back by itself is refused; otherwise it is told when it is taken */
export function withAutoRestore(
  seat: BackendServer,
  own: AutoRestore,
  { required }: { required: boolean },
): BackendServer {
  let armed = false;
  return {
    ...seat,
    async preflight() {
      await seat.preflight();
      const lack = required && (await own.lacks());
      if (lack) throw refused(seat, lack);
    },
    async drain(options) {
      // What is out already is left out, and nobody need bring it back.
      if (options.previous !== "ready") return seat.drain(options);
      const lack = await own.lacks();
      if (!lack) await own.arm();
      else if (required) throw refused(seat, lack);
      armed = !lack;
      const taken = await seat.drain(options);
      return { ...taken, ...(lack ? { warnings: [`${lack.what}: ${LEFT_OUT}`] } : {}) };
    },
    async restore(had) {
      await seat.restore(had);
      // One that cannot be disarmed finds the place given back, and leaves it alone.
      if (armed) await own.disarm().catch(() => false);
      armed = false;
    },
    disarm: () => own.disarm(),
  };
}

/** A place that nobody but a run can give back. @param required it is refused */
export function withoutAutoRestore(
  seat: BackendServer,
  lack: Lack,
  { required }: { required: boolean },
): BackendServer {
  if (!required) return seat;
  return {
    ...seat,
    async preflight() {
      throw refused(seat, lack);
    },
  };
}

const LEFT_OUT = "should a run be lost, the hosts that it took out of the balancer stay out until the next one";

function refused({ name }: BackendServer, { what, remedy }: Lack): Failure {
  return new Failure({ what: `\`require-switch\`: ${what}: ${LEFT_OUT}`, where: { balancer: name }, remedy });
}
