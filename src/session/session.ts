// The calls to one host over its connection, and the values that every request has in addition to its own.
import { createHash } from "node:crypto";
import { Failure } from "../failure.ts";
import type { AppLayout } from "../protocol/app-layout.ts";
import type { Call, Reply } from "../protocol/call.ts";
import { ownerLine } from "../protocol/owner.ts";
import type { Verb } from "../protocol/verbs.ts";
import type { HostAddress } from "../transports/types.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";

/**
 * Makes one call after the other; the facts call comes first, and names the application that all later calls concern.
 */
export class Session {
  readonly name: string;
  /** The host is this machine. */
  readonly local: boolean;
  /** The fleet transaction that the next requests belong to; the host records it. */
  transaction = "";
  readonly #address: HostAddress;
  readonly #options: ConnectionOptions;
  #connection: Connection;
  #layout: AppLayout | undefined;
  #owner = "";

  constructor(address: HostAddress, options: ConnectionOptions) {
    this.name = address.address;
    this.local = address.address === "local";
    this.#address = address;
    this.#options = options;
    this.#connection = new Connection(address, options);
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** The application layout of the facts call. */
  get layout(): AppLayout | undefined {
    return this.#layout;
  }

  /**
   * Begins to connect, or begins again: with a new connection if the previous one was lost.
   *
   * @param owner who requests the lock, if it is requested
   * @throws Failure (refused) for an invalid root
   */
  begin(layout: AppLayout, owner: string | undefined): void {
    checkLayout(layout);
    if (this.#connection.lost) this.#connection = new Connection(this.#address, this.#options);
    this.#layout = layout;
    if (owner !== undefined) this.#owner = ownerLine(owner);
    this.#connection.connect();
  }

  /** @throws Failure as {@link Connection.call} */
  call<V extends Verb>(verb: V, call: Omit<Call<V>, "verb">): Promise<Reply<V>> {
    const layout = this.#layout;
    if (!layout) throw new Error(`${verb} needs the facts before it`);
    return this.#connection.call({
      verb,
      ...call,
      values: {
        root: layout.root,
        environments_root: layout.environmentsRoot,
        root_id: rootId(layout),
        run_as: layout.runAs,
        deploy_id: this.transaction,
        owner: this.#owner,
        lease: this.#options.lease,
        ...call.values,
      },
    } as Call<V>);
  }
}

/** Roots are used in values and links: no spaces, nothing that a shell or tar would read differently. */
function checkLayout(layout: AppLayout): void {
  for (const path of [layout.root, layout.environmentsRoot]) {
    if (!/^(\/[A-Za-z0-9_+@-][A-Za-z0-9._+@-]*)+$/.test(path)) {
      throw new Failure({
        code: "config-invalid",
        what: `${JSON.stringify(path)} cannot be a directory for releases`,
        remedy: "Use an absolute path of letters, digits and `._+@-`, such as /srv/accounting.",
        outcome: "refused",
      });
    }
  }
}

/** Distinguishes the roots that share one environments-root. */
export const rootId = (layout: AppLayout) => createHash("sha256").update(layout.root).digest("hex").slice(0, 8);
