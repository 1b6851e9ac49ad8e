// What the command line of `run` says.

export type RunOptions = {
	readonly config?: string;
	readonly data?: string;
	readonly speed: number | "max";
	readonly seed: string;
	readonly days: number;
	readonly json?: string;
	readonly passphraseFd?: string;
	readonly yesMainnet?: boolean;
};
