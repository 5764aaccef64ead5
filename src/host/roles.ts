// Roles select hosts for services, migrations, hooks and tasks.

/** Whether wanted roles (left out: every host) select a host with these roles (none: all). */
export function hasRole(roles: readonly string[], wanted: readonly string[] | undefined): boolean {
  return wanted === undefined || roles.length === 0 || wanted.some((role) => roles.includes(role));
}

/**
 * The leader: the first of these hosts, in the order of tarlift.yml, that has one of the wanted roles. Only hosts that
 * take part are given: a host that is unreachable, or stayed behind, is never the leader.
 */
export const leaderOf = <M extends { roles: readonly string[] }>(
  members: readonly M[],
  wanted?: readonly string[] | undefined,
): M | undefined => members.find(({ roles }) => hasRole(roles, wanted));
