// Roles select hosts for services, migrations, hooks and tasks.

/** Whether a host with these roles (none: all) is meant by these wanted roles (left out: every host). */
export function hasRole(roles: readonly string[], wanted: readonly string[] | undefined): boolean {
  return wanted === undefined || roles.length === 0 || wanted.some((role) => roles.includes(role));
}

/**
 * The leader: the first of these hosts, in the order of tarlift.yml, that has one of the wanted roles. Of hosts that take part: one that
 * is away, or stayed behind, leads nobody.
 */
export const leaderOf = <M extends { roles: readonly string[] }>(
  members: readonly M[],
  wanted?: readonly string[] | undefined,
): M | undefined => members.find(({ roles }) => hasRole(roles, wanted));
