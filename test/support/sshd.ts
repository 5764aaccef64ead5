// An sshd for the tests of one file: it ends with them at the latest.
import { type Sshd, type SshdOptions, startSshdIn } from "./sshd-process.ts";
import { atEnd, temporary } from "./temporary.ts";

export { freePort, type Sshd, type SshdOptions } from "./sshd-process.ts";

/** @throws Error with sshd's log when it does not come up within 10 s */
export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const sshd = await startSshdIn(temporary("sshd"), options);
  atEnd(sshd.stop);
  return sshd;
}
