// Roles select hosts for services, hooks and tasks.

/** Whether a host with these roles (none: all) is meant by these wanted roles (left out: every host). */
export function hasRole(roles: readonly string[], wanted: readonly string[] | undefined): boolean {
  return wanted === undefined || roles.length === 0 || wanted.some((role) => roles.includes(role));
}
