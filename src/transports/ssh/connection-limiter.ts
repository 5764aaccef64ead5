// New connections through one door are made a few at a time: an sshd drops some of those that have not logged in yet when there are more
// than ten (MaxStartups 10:30:100 of sshd_config(5)).

/** Below sshd's ten: other people connect too. */
const AT_ONCE = 8;

interface Door {
  inside: number;
  waiting: (() => void)[];
}

const doors = new Map<string, Door>();

/**
 * Waits for a place among those that connect through a door.
 *
 * @param door what they share: a jump host, an sshd
 * @returns gives the place free: to be called when the connection is made or has failed; more than once does no harm
 */
export async function enter(door: string): Promise<() => void> {
  const at = doors.get(door) ?? { inside: 0, waiting: [] };
  doors.set(door, at);
  if (at.inside >= AT_ONCE) await new Promise<void>((resolve) => at.waiting.push(resolve));
  else at.inside++;
  let left = false;
  return () => {
    if (left) return;
    left = true;
    const next = at.waiting.shift();
    if (next) next();
    else at.inside--;
    if (at.inside === 0) doors.delete(door);
  };
}
