// Variables that a shell keeps for itself: `.tarlift/env` is read by the hosts' `sh`, and where that is bash (bash(1), "Shell Variables")
// some cannot be set, which ends the shell, and others say something else a moment later.
export const SHELL_NAMES: readonly string[] =
  `BASHOPTS BASHPID BASH_ARGC BASH_ARGV BASH_COMMAND BASH_LINENO BASH_SOURCE BASH_SUBSHELL BASH_VERSINFO DIRSTACK EPOCHREALTIME
  EPOCHSECONDS EUID FUNCNAME GROUPS HISTCMD LINENO OPTIND PPID RANDOM SECONDS SHELLOPTS SRANDOM UID _`.split(/\s+/);

/** Whether a shell would not hand a variable of this name on as it was written. */
export const shellKeeps = (name: string): boolean => SHELL_NAMES.includes(name);
