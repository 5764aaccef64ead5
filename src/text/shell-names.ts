// Variables that a shell reserves. `.tarlift/env` is read by the hosts' `sh`. If that is bash (bash(1), "Shell
// Variables"), setting some of them is an error that ends the shell, and others change their value by themselves.
export const SHELL_NAMES: readonly string[] =
  `BASHOPTS BASHPID BASH_ARGC BASH_ARGV BASH_COMMAND BASH_LINENO BASH_SOURCE BASH_SUBSHELL BASH_VERSINFO DIRSTACK EPOCHREALTIME
  EPOCHSECONDS EUID FUNCNAME GROUPS HISTCMD LINENO OPTIND PPID RANDOM SECONDS SHELLOPTS SRANDOM UID _`.split(/\s+/);

/** Whether a shell would change a variable of this name or refuse to set it. */
export const shellKeeps = (name: string): boolean => SHELL_NAMES.includes(name);
