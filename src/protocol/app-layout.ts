// Where an application stands on a host.

/** The place of one application on a host. */
export interface Place {
  app: string;
  target: string;
  /** `/srv/<app>` unless the target says otherwise. */
  root: string;
  environmentsRoot: string;
  /** The user whose processes services, migrations and hooks have; left out where it is the SSH user. */
  runAs?: string | undefined;
}
