// The directories of an application on a host.

/** The layout of one application on a host. */
export interface AppLayout {
  app: string;
  target: string;
  /** `/srv/<app>` unless the target sets another one. */
  root: string;
  environmentsRoot: string;
  /** The user that services, migrations and hooks run as; left out if it is the SSH user. */
  runAs?: string | undefined;
}
