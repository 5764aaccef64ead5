// What the transaction knows of a load balancer: take a server out, wait until nobody uses it, give it back what it had.

/** What a server's administrators want of it. */
export type Wanted = "ready" | "drain" | "maintenance";

export interface ServerState {
  wanted: Wanted;
  /** The balancer's own checks call it up; a server without checks counts as up. */
  up: boolean;
  /** Connections and requests that it has in hand now. */
  sessions: number;
}

export interface Balancer {
  /** For messages: `haproxy on lb1, backend web`. */
  name: string;
  /** All servers behind it, by their names there. @throws Failure when it cannot be asked */
  servers(): Promise<ReadonlyMap<string, ServerState>>;
  /**
   * Tells it what is wanted of a server, and reads back that it took it.
   *
   * @throws Failure when it did not
   */
  want(server: string, wanted: Wanted): Promise<void>;
}
