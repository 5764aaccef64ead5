// A host's place in a load balancer: taken before the host is switched, and given back exactly as it was.

export interface BackendServer {
  /** For messages and for the host's own record of what must be given back: `haproxy on lb1, web/app1`. No tabs, no line breaks. */
  name: string;
  /** What the balancer wants of the host now, in one word: it is recorded on the host, and {@link restore} restores it. */
  state(): Promise<string>;
  /** Whether it can be taken and given back, as far as that shows beforehand. @throws Failure of what is in the way */
  preflight(): Promise<void>;
  /**
   * Takes the host out, where it is in, and waits until nobody uses it.
   *
   * @returns how many sessions were left when the deadline came, where the balancer tells (0: all have ended)
   * @throws Failure when the balancer does not do it, or when nobody else would be left to serve
   */
  drain(options: DrainOptions): Promise<Drained>;
  /** @param had what {@link state} said before @throws Failure when the balancer does not do it */
  restore(had: string): Promise<void>;
  /** Ends the dead man's switch that a killed run left armed for it. @returns whether that had given the place back */
  disarm?(): Promise<boolean>;
}

export interface DrainOptions {
  /** What {@link BackendServer.state} said of it, by this run or, where that was killed, by the one before. */
  previous: string;
  signal?: AbortSignal | undefined;
}

export interface Drained {
  /** Sessions that were left when the deadline came. */
  cutOff: number;
  warnings?: string[];
}
