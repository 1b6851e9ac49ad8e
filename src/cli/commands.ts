// Every command, in the order that `--help` shows. A command's file declares its options and loads what it needs only when it runs,
// so that `--help` stays fast.

import type { Command } from "commander";
import { addBacktest } from "./backtest.ts";
import { addCompletion } from "./completion.ts";
import { addConfig } from "./config.ts";
import { addDoctor } from "./doctor.ts";
import { addDownload } from "./download.ts";
import { addFlatten } from "./flatten.ts";
import { addGenerate } from "./generate.ts";
import { addHelp } from "./help.ts";
import { addInit } from "./init.ts";
import { addJournal } from "./journal.ts";
import { addKeys } from "./keys.ts";
import { addKpi } from "./kpi.ts";
import { addLogLevel } from "./log-level.ts";
import { addNotify } from "./notify.ts";
import { addParity } from "./parity.ts";
import { addPositions } from "./positions.ts";
import { addReport } from "./report.ts";
import { addResume } from "./resume.ts";
import { addRun } from "./run.ts";
import { addSim } from "./sim.ts";
import { addStatus } from "./status.ts";
import { addSymbols } from "./symbols.ts";
import { addTrades } from "./trades.ts";

export const COMMANDS: readonly ((program: Command) => void)[] = [
	addRun,
	addStatus,
	addPositions,
	addTrades,
	addKpi,
	addJournal,
	addFlatten,
	addResume,
	addLogLevel,
	addInit,
	addDoctor,
	addConfig,
	addKeys,
	addSymbols,
	addDownload,
	addBacktest,
	addReport,
	addGenerate,
	addNotify,
	addParity,
	addSim,
	addCompletion,
	addHelp,
];
