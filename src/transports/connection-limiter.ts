// Limits how many new connections that share an sshd are made at once: an sshd drops some of the connections that have
// not logged in yet when there are more than ten (MaxStartups 10:30:100 of sshd_config(5)).

/** Less than sshd's ten: other users connect too. */
const AT_ONCE = 8;

interface Limiter {
  connecting: number;
  waiting: (() => void)[];
}

const limiters = new Map<string, Limiter>();

/**
 * Waits until one more connection with this key may be made.
 *
 * @param key what the connections share: a jump host, an sshd
 * @returns the release function: to be called when the connection is made or has failed; more than one call does no
 * harm
 */
export async function acquire(key: string): Promise<() => void> {
  const at = limiters.get(key) ?? { connecting: 0, waiting: [] };
  limiters.set(key, at);
  if (at.connecting >= AT_ONCE) await new Promise<void>((resolve) => at.waiting.push(resolve));
  else at.connecting++;
  let left = false;
  return () => {
    if (left) return;
    left = true;
    const next = at.waiting.shift();
    if (next) next();
    else at.connecting--;
    if (at.connecting === 0) limiters.delete(key);
  };
}
