// What the exit code of a command says, told once: in `--help`, in docs/running.md and to service managers.

export const EXIT = { done: 0, fault: 1, usage: 2, interrupted: 130, terminated: 143 } as const;

/** Below the program's help; the document has the same rows. */
export const EXIT_HELP = `
Exit codes:
  0    done; a run that was stopped by one Ctrl-C or SIGTERM ended cleanly, too
  1    it failed while running, or what was checked is not as it should be
  2    it could not begin: the command line, the configuration, a key or a file is wrong
  130  Ctrl-C twice: out at once (143: SIGTERM twice)`;
