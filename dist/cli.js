import { i as failureOf, n as Failure, t as EXIT_CODES } from "./chunks/failure.js";
import { A as beforeEnd, O as errorOf, b as healthOf, k as forEachHost, n as targetHosts, r as withFleet, w as servicesOfMember } from "./chunks/pipeline-fleet-request.js";
import { n as silent, t as during } from "./chunks/progress.js";
import { a as array, f as record, g as unknown, h as union, l as looseObject, m as string, o as boolean } from "./chunks/npm-zod-schemas.js";
import { $ as withCommands, E as groupErrors, J as WORTH_A_RATE, K as defused, Q as completeCommands, S as nextCommand, X as rateOf, Y as rateMeter, Z as NO_CALL, _ as parseSecrets, at as visibleJson, b as errorText, c as publicNames, et as hiding, f as openContext, g as stopSignal, h as parseConfig, it as visible, k as require_dist, l as secretValues, nt as tooShortToHide, o as chooseStores, ot as visibleLine, p as ConfigFailure, r as checkLine, tt as maskedProgress, ut as OUTCOME_EXIT } from "./chunks/report-phases.js";
import { n as formatCount, t as formatBytes } from "./chunks/text-quantity.js";
import { a as wantsLive, c as widthOf, i as wantsColour, l as wrap, n as coloured, o as pad, r as uncoloured, s as shorten, t as table } from "./chunks/report-table.js";
import { n as installerOf, r as loadDetectors } from "./chunks/installers-registry.js";
import { O as lockedCode, k as lockedWords, t as transactionLines } from "./chunks/report-transaction.js";
import { C as shellKeeps, b as DURATION_FORMS, x as parseDuration } from "./chunks/schema-values.js";
import { n as makeEnvironments, t as explainKeys } from "./chunks/pipeline-build-env.js";
import { a as makeArtifact } from "./chunks/pipeline-artifact.js";
import { n as tryRun, r as formatCommand } from "./chunks/subprocess-run.js";
import { n as compatibleWith, t as compatibilityLines } from "./chunks/report-compatibility.js";
import { t as convergeOn } from "./chunks/pipeline-converge.js";
import { t as deployTo } from "./chunks/pipeline-deploy.js";
import { n as history, t as historyLines } from "./chunks/report-history.js";
import { n as findTarget } from "./chunks/config-select.js";
import { a as supervisorOfKind, n as SUPERVISORS, t as SUGGESTED } from "./chunks/supervisors-registry.js";
import { t as shellWord } from "./chunks/text-shell-word.js";
import { t as prismaSchema } from "./chunks/source-prisma-schema.js";
import { i as namesItself, n as TOOLS, t as REQUIREMENT_FILE } from "./chunks/installers-virtualenv-listed-lines.js";
import { n as parse$1 } from "./chunks/npm-smol-toml-index.js";
import { t as describesPackage } from "./chunks/installers-virtualenv-package-project.js";
import { t as lockedByOther } from "./chunks/installers-unsupported.js";
import { _ as compareBytes } from "./chunks/artifact-format.js";
import { t as openArtifact } from "./chunks/artifact-open-artifact.js";
import { o as notableLibraries } from "./chunks/host-requirements-requirements.js";
import { n as lockDeploys, t as deployLockLines } from "./chunks/report-lock.js";
import { t as rollbackOn } from "./chunks/pipeline-rollback.js";
import { n as run, t as keepLines } from "./chunks/subprocess-kept-lines.js";
import { n as status, t as statusLines } from "./chunks/report-status.js";
import { EventEmitter } from "node:events";
import childProcess from "node:child_process";
import path, { basename, dirname, join, posix, relative, resolve } from "node:path";
import fs, { existsSync, fstatSync, lstatSync, mkdirSync, readFileSync, readdirSync, realpathSync, statSync, writeFileSync } from "node:fs";
import process$1 from "node:process";
import { stripVTControlCharacters } from "node:util";
import { userInfo } from "node:os";

// node_modules/commander/lib/error.js
/**
* CommanderError class
*/
var CommanderError = class extends Error {
	/**
	* Constructs the CommanderError class
	* @param {number} exitCode suggested exit code which could be used with process.exit
	* @param {string} code an id string representing the error
	* @param {string} message human-readable description of the error
	*/
	constructor(exitCode, code, message) {
		super(message);
		Error.captureStackTrace(this, this.constructor);
		this.name = this.constructor.name;
		this.code = code;
		this.exitCode = exitCode;
		this.nestedError = void 0;
	}
};
/**
* InvalidArgumentError class
*/
var InvalidArgumentError = class extends CommanderError {
	/**
	* Constructs the InvalidArgumentError class
	* @param {string} [message] explanation of why argument is invalid
	*/
	constructor(message) {
		super(1, "commander.invalidArgument", message);
		Error.captureStackTrace(this, this.constructor);
		this.name = this.constructor.name;
	}
};

// node_modules/commander/lib/argument.js
var Argument = class {
	/**
	* Initialize a new command argument with the given name and description.
	* The default is that the argument is required, and you can explicitly
	* indicate this with <> around the name. Put [] around the name for an optional argument.
	*
	* @param {string} name
	* @param {string} [description]
	*/
	constructor(name, description) {
		this.description = description || "";
		this.variadic = false;
		this.parseArg = void 0;
		this.defaultValue = void 0;
		this.defaultValueDescription = void 0;
		this.argChoices = void 0;
		switch (name[0]) {
			case "<":
				this.required = true;
				this._name = name.slice(1, -1);
				break;
			case "[":
				this.required = false;
				this._name = name.slice(1, -1);
				break;
			default:
				this.required = true;
				this._name = name;
		}
		if (this._name.endsWith("...")) {
			this.variadic = true;
			this._name = this._name.slice(0, -3);
		}
	}
	/**
	* Return argument name.
	*
	* @return {string}
	*/
	name() {
		return this._name;
	}
	/**
	* @package
	*/
	_collectValue(value, previous) {
		if (previous === this.defaultValue || !Array.isArray(previous)) return [value];
		previous.push(value);
		return previous;
	}
	/**
	* Set the default value, and optionally supply the description to be displayed in the help.
	*
	* @param {*} value
	* @param {string} [description]
	* @return {Argument}
	*/
	default(value, description) {
		this.defaultValue = value;
		this.defaultValueDescription = description;
		return this;
	}
	/**
	* Set the custom handler for processing CLI command arguments into argument values.
	*
	* @param {Function} [fn]
	* @return {Argument}
	*/
	argParser(fn) {
		this.parseArg = fn;
		return this;
	}
	/**
	* Only allow argument value to be one of choices.
	*
	* @param {string[]} values
	* @return {Argument}
	*/
	choices(values) {
		this.argChoices = values.slice();
		this.parseArg = (arg, previous) => {
			if (!this.argChoices.includes(arg)) throw new InvalidArgumentError(`Allowed choices are ${this.argChoices.join(", ")}.`);
			if (this.variadic) return this._collectValue(arg, previous);
			return arg;
		};
		return this;
	}
	/**
	* Make argument required.
	*
	* @returns {Argument}
	*/
	argRequired() {
		this.required = true;
		return this;
	}
	/**
	* Make argument optional.
	*
	* @returns {Argument}
	*/
	argOptional() {
		this.required = false;
		return this;
	}
};
/**
* Takes an argument and returns its human readable equivalent for help usage.
*
* @param {Argument} arg
* @return {string}
* @private
*/
function humanReadableArgName(arg) {
	const nameOutput = arg.name() + (arg.variadic === true ? "..." : "");
	return arg.required ? "<" + nameOutput + ">" : "[" + nameOutput + "]";
}

// node_modules/commander/lib/help.js
/**
* TypeScript import types for JSDoc, used by Visual Studio Code IntelliSense and `npm run typescript-checkJS`
* https://www.typescriptlang.org/docs/handbook/jsdoc-supported-types.html#import-types
* @typedef { import("./argument.js").Argument } Argument
* @typedef { import("./command.js").Command } Command
* @typedef { import("./option.js").Option } Option
*/
var Help = class {
	constructor() {
		this.helpWidth = void 0;
		this.minWidthToWrap = 40;
		this.sortSubcommands = false;
		this.sortOptions = false;
		this.showGlobalOptions = false;
	}
	/**
	* prepareContext is called by Commander after applying overrides from `Command.configureHelp()`
	* and just before calling `formatHelp()`.
	*
	* Commander just uses the helpWidth and the rest is provided for optional use by more complex subclasses.
	*
	* @param {{ error?: boolean, helpWidth?: number, outputHasColors?: boolean }} contextOptions
	*/
	prepareContext(contextOptions) {
		this.helpWidth = this.helpWidth ?? contextOptions.helpWidth ?? 80;
	}
	/**
	* Get an array of the visible subcommands. Includes a placeholder for the implicit help command, if there is one.
	*
	* @param {Command} cmd
	* @returns {Command[]}
	*/
	visibleCommands(cmd) {
		const visibleCommands = cmd.commands.filter((cmd) => !cmd._hidden);
		const helpCommand = cmd._getHelpCommand();
		if (helpCommand && !helpCommand._hidden) visibleCommands.push(helpCommand);
		if (this.sortSubcommands) visibleCommands.sort((a, b) => {
			return a.name().localeCompare(b.name());
		});
		return visibleCommands;
	}
	/**
	* Compare options for sort.
	*
	* @param {Option} a
	* @param {Option} b
	* @returns {number}
	*/
	compareOptions(a, b) {
		const getSortKey = (option) => {
			return option.short ? option.short.replace(/^-/, "") : option.long.replace(/^--/, "");
		};
		return getSortKey(a).localeCompare(getSortKey(b));
	}
	/**
	* Get an array of the visible options. Includes a placeholder for the implicit help option, if there is one.
	*
	* @param {Command} cmd
	* @returns {Option[]}
	*/
	visibleOptions(cmd) {
		const visibleOptions = cmd.options.filter((option) => !option.hidden);
		const helpOption = cmd._getHelpOption();
		if (helpOption && !helpOption.hidden) {
			const removeShort = helpOption.short && cmd._findOption(helpOption.short);
			const removeLong = helpOption.long && cmd._findOption(helpOption.long);
			if (!removeShort && !removeLong) visibleOptions.push(helpOption);
			else if (helpOption.long && !removeLong) visibleOptions.push(cmd.createOption(helpOption.long, helpOption.description).helpGroup(helpOption.helpGroupHeading));
			else if (helpOption.short && !removeShort) visibleOptions.push(cmd.createOption(helpOption.short, helpOption.description).helpGroup(helpOption.helpGroupHeading));
		}
		if (this.sortOptions) visibleOptions.sort(this.compareOptions);
		return visibleOptions;
	}
	/**
	* Get an array of the visible global options. (Not including help.)
	*
	* @param {Command} cmd
	* @returns {Option[]}
	*/
	visibleGlobalOptions(cmd) {
		if (!this.showGlobalOptions) return [];
		const globalOptions = [];
		for (let ancestorCmd = cmd.parent; ancestorCmd; ancestorCmd = ancestorCmd.parent) {
			const visibleOptions = ancestorCmd.options.filter((option) => !option.hidden);
			globalOptions.push(...visibleOptions);
		}
		if (this.sortOptions) globalOptions.sort(this.compareOptions);
		return globalOptions;
	}
	/**
	* Get an array of the arguments if any have a description.
	*
	* @param {Command} cmd
	* @returns {Argument[]}
	*/
	visibleArguments(cmd) {
		if (cmd._argsDescription) cmd.registeredArguments.forEach((argument) => {
			argument.description = argument.description || cmd._argsDescription[argument.name()] || "";
		});
		if (cmd.registeredArguments.find((argument) => argument.description)) return cmd.registeredArguments;
		return [];
	}
	/**
	* Get the command term to show in the list of subcommands.
	*
	* @param {Command} cmd
	* @returns {string}
	*/
	subcommandTerm(cmd) {
		const args = cmd.registeredArguments.map((arg) => humanReadableArgName(arg)).join(" ");
		return cmd._name + (cmd._aliases[0] ? "|" + cmd._aliases[0] : "") + (cmd.options.length ? " [options]" : "") + (args ? " " + args : "");
	}
	/**
	* Get the option term to show in the list of options.
	*
	* @param {Option} option
	* @returns {string}
	*/
	optionTerm(option) {
		return option.flags;
	}
	/**
	* Get the argument term to show in the list of arguments.
	*
	* @param {Argument} argument
	* @returns {string}
	*/
	argumentTerm(argument) {
		return argument.name();
	}
	/**
	* Get the longest command term length.
	*
	* @param {Command} cmd
	* @param {Help} helper
	* @returns {number}
	*/
	longestSubcommandTermLength(cmd, helper) {
		return helper.visibleCommands(cmd).reduce((max, command) => {
			return Math.max(max, this.displayWidth(helper.styleSubcommandTerm(helper.subcommandTerm(command))));
		}, 0);
	}
	/**
	* Get the longest option term length.
	*
	* @param {Command} cmd
	* @param {Help} helper
	* @returns {number}
	*/
	longestOptionTermLength(cmd, helper) {
		return helper.visibleOptions(cmd).reduce((max, option) => {
			return Math.max(max, this.displayWidth(helper.styleOptionTerm(helper.optionTerm(option))));
		}, 0);
	}
	/**
	* Get the longest global option term length.
	*
	* @param {Command} cmd
	* @param {Help} helper
	* @returns {number}
	*/
	longestGlobalOptionTermLength(cmd, helper) {
		return helper.visibleGlobalOptions(cmd).reduce((max, option) => {
			return Math.max(max, this.displayWidth(helper.styleOptionTerm(helper.optionTerm(option))));
		}, 0);
	}
	/**
	* Get the longest argument term length.
	*
	* @param {Command} cmd
	* @param {Help} helper
	* @returns {number}
	*/
	longestArgumentTermLength(cmd, helper) {
		return helper.visibleArguments(cmd).reduce((max, argument) => {
			return Math.max(max, this.displayWidth(helper.styleArgumentTerm(helper.argumentTerm(argument))));
		}, 0);
	}
	/**
	* Get the command usage to be displayed at the top of the built-in help.
	*
	* @param {Command} cmd
	* @returns {string}
	*/
	commandUsage(cmd) {
		let cmdName = cmd._name;
		if (cmd._aliases[0]) cmdName = cmdName + "|" + cmd._aliases[0];
		let ancestorCmdNames = "";
		for (let ancestorCmd = cmd.parent; ancestorCmd; ancestorCmd = ancestorCmd.parent) ancestorCmdNames = ancestorCmd.name() + " " + ancestorCmdNames;
		return ancestorCmdNames + cmdName + " " + cmd.usage();
	}
	/**
	* Get the description for the command.
	*
	* @param {Command} cmd
	* @returns {string}
	*/
	commandDescription(cmd) {
		return cmd.description();
	}
	/**
	* Get the subcommand summary to show in the list of subcommands.
	* (Fallback to description for backwards compatibility.)
	*
	* @param {Command} cmd
	* @returns {string}
	*/
	subcommandDescription(cmd) {
		return cmd.summary() || cmd.description();
	}
	/**
	* Get the option description to show in the list of options.
	*
	* @param {Option} option
	* @return {string}
	*/
	optionDescription(option) {
		const extraInfo = [];
		if (option.argChoices) extraInfo.push(`choices: ${option.argChoices.map((choice) => JSON.stringify(choice)).join(", ")}`);
		if (option.defaultValue !== void 0) {
			if (option.required || option.optional || option.isBoolean() && typeof option.defaultValue === "boolean") extraInfo.push(`default: ${option.defaultValueDescription || JSON.stringify(option.defaultValue)}`);
		}
		if (option.presetArg !== void 0 && option.optional) extraInfo.push(`preset: ${JSON.stringify(option.presetArg)}`);
		if (option.envVar !== void 0) extraInfo.push(`env: ${option.envVar}`);
		if (extraInfo.length > 0) {
			const extraDescription = `(${extraInfo.join(", ")})`;
			if (option.description) return `${option.description} ${extraDescription}`;
			return extraDescription;
		}
		return option.description;
	}
	/**
	* Get the argument description to show in the list of arguments.
	*
	* @param {Argument} argument
	* @return {string}
	*/
	argumentDescription(argument) {
		const extraInfo = [];
		if (argument.argChoices) extraInfo.push(`choices: ${argument.argChoices.map((choice) => JSON.stringify(choice)).join(", ")}`);
		if (argument.defaultValue !== void 0) extraInfo.push(`default: ${argument.defaultValueDescription || JSON.stringify(argument.defaultValue)}`);
		if (extraInfo.length > 0) {
			const extraDescription = `(${extraInfo.join(", ")})`;
			if (argument.description) return `${argument.description} ${extraDescription}`;
			return extraDescription;
		}
		return argument.description;
	}
	/**
	* Format a list of items, given a heading and an array of formatted items.
	*
	* @param {string} heading
	* @param {string[]} items
	* @param {Help} helper
	* @returns string[]
	*/
	formatItemList(heading, items, helper) {
		if (items.length === 0) return [];
		return [
			helper.styleTitle(heading),
			...items,
			""
		];
	}
	/**
	* Group items by their help group heading.
	*
	* @param {Command[] | Option[]} unsortedItems
	* @param {Command[] | Option[]} visibleItems
	* @param {Function} getGroup
	* @returns {Map<string, Command[] | Option[]>}
	*/
	groupItems(unsortedItems, visibleItems, getGroup) {
		const result = /* @__PURE__ */ new Map();
		unsortedItems.forEach((item) => {
			const group = getGroup(item);
			if (!result.has(group)) result.set(group, []);
		});
		visibleItems.forEach((item) => {
			const group = getGroup(item);
			if (!result.has(group)) result.set(group, []);
			result.get(group).push(item);
		});
		return result;
	}
	/**
	* Generate the built-in help text.
	*
	* @param {Command} cmd
	* @param {Help} helper
	* @returns {string}
	*/
	formatHelp(cmd, helper) {
		const termWidth = helper.padWidth(cmd, helper);
		const helpWidth = helper.helpWidth ?? 80;
		function callFormatItem(term, description) {
			return helper.formatItem(term, termWidth, description, helper);
		}
		let output = [`${helper.styleTitle("Usage:")} ${helper.styleUsage(helper.commandUsage(cmd))}`, ""];
		const commandDescription = helper.commandDescription(cmd);
		if (commandDescription.length > 0) output = output.concat([helper.boxWrap(helper.styleCommandDescription(commandDescription), helpWidth), ""]);
		const argumentList = helper.visibleArguments(cmd).map((argument) => {
			return callFormatItem(helper.styleArgumentTerm(helper.argumentTerm(argument)), helper.styleArgumentDescription(helper.argumentDescription(argument)));
		});
		output = output.concat(this.formatItemList("Arguments:", argumentList, helper));
		this.groupItems(cmd.options, helper.visibleOptions(cmd), (option) => option.helpGroupHeading ?? "Options:").forEach((options, group) => {
			const optionList = options.map((option) => {
				return callFormatItem(helper.styleOptionTerm(helper.optionTerm(option)), helper.styleOptionDescription(helper.optionDescription(option)));
			});
			output = output.concat(this.formatItemList(group, optionList, helper));
		});
		if (helper.showGlobalOptions) {
			const globalOptionList = helper.visibleGlobalOptions(cmd).map((option) => {
				return callFormatItem(helper.styleOptionTerm(helper.optionTerm(option)), helper.styleOptionDescription(helper.optionDescription(option)));
			});
			output = output.concat(this.formatItemList("Global Options:", globalOptionList, helper));
		}
		this.groupItems(cmd.commands, helper.visibleCommands(cmd), (sub) => sub.helpGroup() || "Commands:").forEach((commands, group) => {
			const commandList = commands.map((sub) => {
				return callFormatItem(helper.styleSubcommandTerm(helper.subcommandTerm(sub)), helper.styleSubcommandDescription(helper.subcommandDescription(sub)));
			});
			output = output.concat(this.formatItemList(group, commandList, helper));
		});
		return output.join("\n");
	}
	/**
	* Return display width of string, ignoring ANSI escape sequences. Used in padding and wrapping calculations.
	*
	* @param {string} str
	* @returns {number}
	*/
	displayWidth(str) {
		return stripVTControlCharacters(str).length;
	}
	/**
	* Style the title for displaying in the help. Called with 'Usage:', 'Options:', etc.
	*
	* @param {string} str
	* @returns {string}
	*/
	styleTitle(str) {
		return str;
	}
	styleUsage(str) {
		return str.split(" ").map((word) => {
			if (word === "[options]") return this.styleOptionText(word);
			if (word === "[command]") return this.styleSubcommandText(word);
			if (word[0] === "[" || word[0] === "<") return this.styleArgumentText(word);
			return this.styleCommandText(word);
		}).join(" ");
	}
	styleCommandDescription(str) {
		return this.styleDescriptionText(str);
	}
	styleOptionDescription(str) {
		return this.styleDescriptionText(str);
	}
	styleSubcommandDescription(str) {
		return this.styleDescriptionText(str);
	}
	styleArgumentDescription(str) {
		return this.styleDescriptionText(str);
	}
	styleDescriptionText(str) {
		return str;
	}
	styleOptionTerm(str) {
		return this.styleOptionText(str);
	}
	styleSubcommandTerm(str) {
		return str.split(" ").map((word) => {
			if (word === "[options]") return this.styleOptionText(word);
			if (word[0] === "[" || word[0] === "<") return this.styleArgumentText(word);
			return this.styleSubcommandText(word);
		}).join(" ");
	}
	styleArgumentTerm(str) {
		return this.styleArgumentText(str);
	}
	styleOptionText(str) {
		return str;
	}
	styleArgumentText(str) {
		return str;
	}
	styleSubcommandText(str) {
		return str;
	}
	styleCommandText(str) {
		return str;
	}
	/**
	* Calculate the pad width from the maximum term length.
	*
	* @param {Command} cmd
	* @param {Help} helper
	* @returns {number}
	*/
	padWidth(cmd, helper) {
		return Math.max(helper.longestOptionTermLength(cmd, helper), helper.longestGlobalOptionTermLength(cmd, helper), helper.longestSubcommandTermLength(cmd, helper), helper.longestArgumentTermLength(cmd, helper));
	}
	/**
	* Detect manually wrapped and indented strings by checking for line break followed by whitespace.
	*
	* @param {string} str
	* @returns {boolean}
	*/
	preformatted(str) {
		return /\n[^\S\r\n]/.test(str);
	}
	/**
	* Format the "item", which consists of a term and description. Pad the term and wrap the description, indenting the following lines.
	*
	* So "TTT", 5, "DDD DDDD DD DDD" might be formatted for this.helpWidth=17 like so:
	*   TTT  DDD DDDD
	*        DD DDD
	*
	* @param {string} term
	* @param {number} termWidth
	* @param {string} description
	* @param {Help} helper
	* @returns {string}
	*/
	formatItem(term, termWidth, description, helper) {
		const itemIndent = 2;
		const itemIndentStr = " ".repeat(itemIndent);
		if (!description) return itemIndentStr + term;
		const paddedTerm = term.padEnd(termWidth + term.length - helper.displayWidth(term));
		const spacerWidth = 2;
		const remainingWidth = (this.helpWidth ?? 80) - termWidth - spacerWidth - itemIndent;
		let formattedDescription;
		if (remainingWidth < this.minWidthToWrap || helper.preformatted(description)) formattedDescription = description;
		else formattedDescription = helper.boxWrap(description, remainingWidth).replace(/\n/g, "\n" + " ".repeat(termWidth + spacerWidth));
		return itemIndentStr + paddedTerm + " ".repeat(spacerWidth) + formattedDescription.replace(/\n/g, `\n${itemIndentStr}`);
	}
	/**
	* Wrap a string at whitespace, preserving existing line breaks.
	* Wrapping is skipped if the width is less than `minWidthToWrap`.
	*
	* @param {string} str
	* @param {number} width
	* @returns {string}
	*/
	boxWrap(str, width) {
		if (width < this.minWidthToWrap) return str;
		const rawLines = str.split(/\r\n|\n/);
		const chunkPattern = /[\s]*[^\s]+/g;
		const wrappedLines = [];
		rawLines.forEach((line) => {
			const chunks = line.match(chunkPattern);
			if (chunks === null) {
				wrappedLines.push("");
				return;
			}
			let sumChunks = [chunks.shift()];
			let sumWidth = this.displayWidth(sumChunks[0]);
			chunks.forEach((chunk) => {
				const visibleWidth = this.displayWidth(chunk);
				if (sumWidth + visibleWidth <= width) {
					sumChunks.push(chunk);
					sumWidth += visibleWidth;
					return;
				}
				wrappedLines.push(sumChunks.join(""));
				const nextChunk = chunk.trimStart();
				sumChunks = [nextChunk];
				sumWidth = this.displayWidth(nextChunk);
			});
			wrappedLines.push(sumChunks.join(""));
		});
		return wrappedLines.join("\n");
	}
};

// node_modules/commander/lib/option.js
var Option = class {
	/**
	* Initialize a new `Option` with the given `flags` and `description`.
	*
	* @param {string} flags
	* @param {string} [description]
	*/
	constructor(flags, description) {
		this.flags = flags;
		this.description = description || "";
		this.required = flags.includes("<");
		this.optional = flags.includes("[");
		this.variadic = /\p{ID_Continue}\.\.\.[>\]]$/u.test(flags);
		this.mandatory = false;
		const optionFlags = splitOptionFlags(flags);
		this.short = optionFlags.shortFlag;
		this.long = optionFlags.longFlag;
		this.negate = false;
		if (this.long) this.negate = this.long.startsWith("--no-");
		this.defaultValue = void 0;
		this.defaultValueDescription = void 0;
		this.presetArg = void 0;
		this.envVar = void 0;
		this.parseArg = void 0;
		this.hidden = false;
		this.argChoices = void 0;
		this.conflictsWith = [];
		this.implied = void 0;
		this.helpGroupHeading = void 0;
	}
	/**
	* Set the default value, and optionally supply the description to be displayed in the help.
	*
	* @param {*} value
	* @param {string} [description]
	* @return {Option}
	*/
	default(value, description) {
		this.defaultValue = value;
		this.defaultValueDescription = description;
		return this;
	}
	/**
	* Preset to use when option used without option-argument, especially optional but also boolean and negated.
	* The custom processing (parseArg) is called.
	*
	* @example
	* new Option('--color').default('GREYSCALE').preset('RGB');
	* new Option('--donate [amount]').preset('20').argParser(parseFloat);
	*
	* @param {*} arg
	* @return {Option}
	*/
	preset(arg) {
		this.presetArg = arg;
		return this;
	}
	/**
	* Add option name(s) that conflict with this option.
	* An error will be displayed if conflicting options are found during parsing.
	*
	* @example
	* new Option('--rgb').conflicts('cmyk');
	* new Option('--js').conflicts(['ts', 'jsx']);
	*
	* @param {(string | string[])} names
	* @return {Option}
	*/
	conflicts(names) {
		this.conflictsWith = this.conflictsWith.concat(names);
		return this;
	}
	/**
	* Specify implied option values for when this option is set and the implied options are not.
	*
	* The custom processing (parseArg) is not called on the implied values.
	*
	* @example
	* program
	*   .addOption(new Option('--log', 'write logging information to file'))
	*   .addOption(new Option('--trace', 'log extra details').implies({ log: 'trace.txt' }));
	*
	* @param {object} impliedOptionValues
	* @return {Option}
	*/
	implies(impliedOptionValues) {
		let newImplied = impliedOptionValues;
		if (typeof impliedOptionValues === "string") newImplied = { [impliedOptionValues]: true };
		this.implied = Object.assign(this.implied || {}, newImplied);
		return this;
	}
	/**
	* Set environment variable to check for option value.
	*
	* An environment variable is only used if when processed the current option value is
	* undefined, or the source of the current value is 'default' or 'config' or 'env'.
	*
	* @param {string} name
	* @return {Option}
	*/
	env(name) {
		this.envVar = name;
		return this;
	}
	/**
	* Set the custom handler for processing CLI option arguments into option values.
	*
	* @param {Function} [fn]
	* @return {Option}
	*/
	argParser(fn) {
		this.parseArg = fn;
		return this;
	}
	/**
	* Whether the option is mandatory and must have a value after parsing.
	*
	* @param {boolean} [mandatory=true]
	* @return {Option}
	*/
	makeOptionMandatory(mandatory = true) {
		this.mandatory = !!mandatory;
		return this;
	}
	/**
	* Hide option in help.
	*
	* @param {boolean} [hide=true]
	* @return {Option}
	*/
	hideHelp(hide = true) {
		this.hidden = !!hide;
		return this;
	}
	/**
	* @package
	*/
	_collectValue(value, previous) {
		if (previous === this.defaultValue || !Array.isArray(previous)) return [value];
		previous.push(value);
		return previous;
	}
	/**
	* Only allow option value to be one of choices.
	*
	* @param {string[]} values
	* @return {Option}
	*/
	choices(values) {
		this.argChoices = values.slice();
		this.parseArg = (arg, previous) => {
			if (!this.argChoices.includes(arg)) throw new InvalidArgumentError(`Allowed choices are ${this.argChoices.join(", ")}.`);
			if (this.variadic) return this._collectValue(arg, previous);
			return arg;
		};
		return this;
	}
	/**
	* Return option name.
	*
	* @return {string}
	*/
	name() {
		if (this.long) return this.long.replace(/^--/, "");
		return this.short.replace(/^-/, "");
	}
	/**
	* Return option name, in a camelcase format that can be used
	* as an object attribute key.
	*
	* @return {string}
	*/
	attributeName() {
		if (this.negate) return camelcase(this.name().replace(/^no-/, ""));
		return camelcase(this.name());
	}
	/**
	* Set the help group heading.
	*
	* @param {string} heading
	* @return {Option}
	*/
	helpGroup(heading) {
		this.helpGroupHeading = heading;
		return this;
	}
	/**
	* Check if `arg` matches the short or long flag.
	*
	* @param {string} arg
	* @return {boolean}
	* @package
	*/
	is(arg) {
		return this.short === arg || this.long === arg;
	}
	/**
	* Return whether a boolean option.
	*
	* Options are one of boolean, negated, required argument, or optional argument.
	*
	* @return {boolean}
	* @package
	*/
	isBoolean() {
		return !this.required && !this.optional && !this.negate;
	}
};
/**
* This class is to make it easier to work with dual options, without changing the existing
* implementation. We support separate dual options for separate positive and negative options,
* like `--build` and `--no-build`, which share a single option value. This works nicely for some
* use cases, but is tricky for others where we want separate behaviours despite
* the single shared option value.
*/
var DualOptions = class {
	/**
	* @param {Option[]} options
	*/
	constructor(options) {
		this.positiveOptions = /* @__PURE__ */ new Map();
		this.negativeOptions = /* @__PURE__ */ new Map();
		this.dualOptions = /* @__PURE__ */ new Set();
		options.forEach((option) => {
			if (option.negate) this.negativeOptions.set(option.attributeName(), option);
			else this.positiveOptions.set(option.attributeName(), option);
		});
		this.negativeOptions.forEach((value, key) => {
			if (this.positiveOptions.has(key)) this.dualOptions.add(key);
		});
	}
	/**
	* Did the value come from the option, and not from possible matching dual option?
	*
	* @param {*} value
	* @param {Option} option
	* @returns {boolean}
	*/
	valueFromOption(value, option) {
		const optionKey = option.attributeName();
		if (!this.dualOptions.has(optionKey)) return true;
		const preset = this.negativeOptions.get(optionKey).presetArg;
		const negativeValue = preset !== void 0 ? preset : false;
		return option.negate === (negativeValue === value);
	}
};
/**
* Convert string from kebab-case to camelCase.
*
* @param {string} str
* @return {string}
* @private
*/
function camelcase(str) {
	return str.split("-").reduce((str, word) => {
		return str + word[0].toUpperCase() + word.slice(1);
	});
}
/**
* Split the short and long flag out of something like '-m,--mixed <value>'
*
* @private
*/
function splitOptionFlags(flags) {
	let shortFlag;
	let longFlag;
	const shortFlagExp = /^-[^-]$/;
	const longFlagExp = /^--[^-]/;
	const flagParts = flags.split(/[ |,]+/).concat("guard");
	if (shortFlagExp.test(flagParts[0])) shortFlag = flagParts.shift();
	if (longFlagExp.test(flagParts[0])) longFlag = flagParts.shift();
	if (!shortFlag && shortFlagExp.test(flagParts[0])) shortFlag = flagParts.shift();
	if (!shortFlag && longFlagExp.test(flagParts[0])) {
		shortFlag = longFlag;
		longFlag = flagParts.shift();
	}
	if (flagParts[0].startsWith("-")) {
		const unsupportedFlag = flagParts[0];
		const baseError = `option creation failed due to '${unsupportedFlag}' in option flags '${flags}'`;
		if (/^-[^-][^-]/.test(unsupportedFlag)) throw new Error(`${baseError}
- a short flag is a single dash and a single character
  - either use a single dash and a single character (for a short flag)
  - or use a double dash for a long option (and can have two, like '--ws, --workspace')`);
		if (shortFlagExp.test(unsupportedFlag)) throw new Error(`${baseError}
- too many short flags`);
		if (longFlagExp.test(unsupportedFlag)) throw new Error(`${baseError}
- too many long flags`);
		throw new Error(`${baseError}
- unrecognised flag format`);
	}
	if (shortFlag === void 0 && longFlag === void 0) throw new Error(`option creation failed due to no flags found in '${flags}'.`);
	return {
		shortFlag,
		longFlag
	};
}

// node_modules/commander/lib/suggestSimilar.js
const maxDistance = 3;
function editDistance(a, b) {
	if (Math.abs(a.length - b.length) > maxDistance) return Math.max(a.length, b.length);
	const d = [];
	for (let i = 0; i <= a.length; i++) d[i] = [i];
	for (let j = 0; j <= b.length; j++) d[0][j] = j;
	for (let j = 1; j <= b.length; j++) for (let i = 1; i <= a.length; i++) {
		let cost;
		if (a[i - 1] === b[j - 1]) cost = 0;
		else cost = 1;
		d[i][j] = Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + cost);
		if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
	}
	return d[a.length][b.length];
}
/**
* Find close matches, restricted to same number of edits.
*
* @param {string} word
* @param {string[]} candidates
* @returns {string}
*/
function suggestSimilar(word, candidates) {
	if (!candidates || candidates.length === 0) return "";
	candidates = Array.from(new Set(candidates));
	const searchingOptions = word.startsWith("--");
	if (searchingOptions) {
		word = word.slice(2);
		candidates = candidates.map((candidate) => candidate.slice(2));
	}
	let similar = [];
	let bestDistance = maxDistance;
	const minSimilarity = .4;
	candidates.forEach((candidate) => {
		if (candidate.length <= 1) return;
		const distance = editDistance(word, candidate);
		const length = Math.max(word.length, candidate.length);
		if ((length - distance) / length > minSimilarity) {
			if (distance < bestDistance) {
				bestDistance = distance;
				similar = [candidate];
			} else if (distance === bestDistance) similar.push(candidate);
		}
	});
	similar.sort((a, b) => a.localeCompare(b));
	if (searchingOptions) similar = similar.map((candidate) => `--${candidate}`);
	if (similar.length > 1) return `\n(Did you mean one of ${similar.join(", ")}?)`;
	if (similar.length === 1) return `\n(Did you mean ${similar[0]}?)`;
	return "";
}

// node_modules/commander/lib/command.js
var Command = class Command extends EventEmitter {
	/**
	* Initialize a new `Command`.
	*
	* @param {string} [name]
	*/
	constructor(name) {
		super();
		/** @type {Command[]} */
		this.commands = [];
		/** @type {Option[]} */
		this.options = [];
		this.parent = null;
		this._allowUnknownOption = false;
		this._allowExcessArguments = false;
		/** @type {Argument[]} */
		this.registeredArguments = [];
		this._args = this.registeredArguments;
		/** @type {string[]} */
		this.args = [];
		this.rawArgs = [];
		this.processedArgs = [];
		this._scriptPath = null;
		this._name = name || "";
		this._optionValues = {};
		this._optionValueSources = {};
		this._storeOptionsAsProperties = false;
		this._actionHandler = null;
		this._executableHandler = false;
		this._executableFile = null;
		this._executableDir = null;
		this._defaultCommandName = null;
		this._exitCallback = null;
		this._aliases = [];
		this._combineFlagAndOptionalValue = true;
		this._description = "";
		this._summary = "";
		this._argsDescription = void 0;
		this._enablePositionalOptions = false;
		this._passThroughOptions = false;
		this._lifeCycleHooks = {};
		/** @type {(boolean | string)} */
		this._showHelpAfterError = false;
		this._showSuggestionAfterError = true;
		this._savedState = null;
		this._outputConfiguration = {
			writeOut: (str) => process$1.stdout.write(str),
			writeErr: (str) => process$1.stderr.write(str),
			outputError: (str, write) => write(str),
			getOutHelpWidth: () => process$1.stdout.isTTY ? process$1.stdout.columns : void 0,
			getErrHelpWidth: () => process$1.stderr.isTTY ? process$1.stderr.columns : void 0,
			getOutHasColors: () => useColor() ?? (process$1.stdout.isTTY && process$1.stdout.hasColors?.()),
			getErrHasColors: () => useColor() ?? (process$1.stderr.isTTY && process$1.stderr.hasColors?.()),
			stripColor: (str) => stripVTControlCharacters(str)
		};
		this._hidden = false;
		/** @type {(Option | null | undefined)} */
		this._helpOption = void 0;
		this._addImplicitHelpCommand = void 0;
		/** @type {Command} */
		this._helpCommand = void 0;
		this._helpConfiguration = {};
		/** @type {string | undefined} */
		this._helpGroupHeading = void 0;
		/** @type {string | undefined} */
		this._defaultCommandGroup = void 0;
		/** @type {string | undefined} */
		this._defaultOptionGroup = void 0;
	}
	/**
	* Copy settings that are useful to have in common across root command and subcommands.
	*
	* (Used internally when adding a command using `.command()` so subcommands inherit parent settings.)
	*
	* @param {Command} sourceCommand
	* @return {Command} `this` command for chaining
	*/
	copyInheritedSettings(sourceCommand) {
		this._outputConfiguration = sourceCommand._outputConfiguration;
		this._helpOption = sourceCommand._helpOption;
		this._helpCommand = sourceCommand._helpCommand;
		this._helpConfiguration = sourceCommand._helpConfiguration;
		this._exitCallback = sourceCommand._exitCallback;
		this._storeOptionsAsProperties = sourceCommand._storeOptionsAsProperties;
		this._combineFlagAndOptionalValue = sourceCommand._combineFlagAndOptionalValue;
		this._allowExcessArguments = sourceCommand._allowExcessArguments;
		this._enablePositionalOptions = sourceCommand._enablePositionalOptions;
		this._showHelpAfterError = sourceCommand._showHelpAfterError;
		this._showSuggestionAfterError = sourceCommand._showSuggestionAfterError;
		return this;
	}
	/**
	* @returns {Command[]}
	* @private
	*/
	_getCommandAndAncestors() {
		const result = [];
		for (let command = this; command; command = command.parent) result.push(command);
		return result;
	}
	/**
	* Define a command.
	*
	* There are two styles of command: pay attention to where to put the description.
	*
	* @example
	* // Command implemented using action handler (description is supplied separately to `.command`)
	* program
	*   .command('clone <source> [destination]')
	*   .description('clone a repository into a newly created directory')
	*   .action((source, destination) => {
	*     console.log('clone command called');
	*   });
	*
	* // Command implemented using separate executable file (description is second parameter to `.command`)
	* program
	*   .command('start <service>', 'start named service')
	*   .command('stop [service]', 'stop named service, or all if no name supplied');
	*
	* @param {string} nameAndArgs - command name and arguments, args are `<required>` or `[optional]` and last may also be `variadic...`
	* @param {(object | string)} [actionOptsOrExecDesc] - configuration options (for action), or description (for executable)
	* @param {object} [execOpts] - configuration options (for executable)
	* @return {Command} returns new command for action handler, or `this` for executable command
	*/
	command(nameAndArgs, actionOptsOrExecDesc, execOpts) {
		let desc = actionOptsOrExecDesc;
		let opts = execOpts;
		if (typeof desc === "object" && desc !== null) {
			opts = desc;
			desc = null;
		}
		opts = opts || {};
		const [, name, args] = nameAndArgs.match(/([^ ]+) *(.*)/);
		const cmd = this.createCommand(name);
		if (desc) {
			cmd.description(desc);
			cmd._executableHandler = true;
		}
		if (opts.isDefault) this._defaultCommandName = cmd._name;
		cmd._hidden = !!(opts.noHelp || opts.hidden);
		cmd._executableFile = opts.executableFile || null;
		if (args) cmd.arguments(args);
		this._registerCommand(cmd);
		cmd.parent = this;
		cmd.copyInheritedSettings(this);
		if (desc) return this;
		return cmd;
	}
	/**
	* Factory routine to create a new unattached command.
	*
	* See .command() for creating an attached subcommand, which uses this routine to
	* create the command. You can override createCommand to customise subcommands.
	*
	* @param {string} [name]
	* @return {Command} new command
	*/
	createCommand(name) {
		return new Command(name);
	}
	/**
	* You can customise the help with a subclass of Help by overriding createHelp,
	* or by overriding Help properties using configureHelp().
	*
	* @return {Help}
	*/
	createHelp() {
		return Object.assign(new Help(), this.configureHelp());
	}
	/**
	* You can customise the help by overriding Help properties using configureHelp(),
	* or with a subclass of Help by overriding createHelp().
	*
	* @param {object} [configuration] - configuration options
	* @return {(Command | object)} `this` command for chaining, or stored configuration
	*/
	configureHelp(configuration) {
		if (configuration === void 0) return this._helpConfiguration;
		this._helpConfiguration = configuration;
		return this;
	}
	/**
	* The default output goes to stdout and stderr. You can customise this for special
	* applications. You can also customise the display of errors by overriding outputError.
	*
	* The configuration properties are all functions:
	*
	*     // change how output being written, defaults to stdout and stderr
	*     writeOut(str)
	*     writeErr(str)
	*     // change how output being written for errors, defaults to writeErr
	*     outputError(str, write) // used for displaying errors and not used for displaying help
	*     // specify width for wrapping help
	*     getOutHelpWidth()
	*     getErrHelpWidth()
	*     // color support, currently only used with Help
	*     getOutHasColors()
	*     getErrHasColors()
	*     stripColor() // used to remove ANSI escape codes if output does not have colors
	*
	* @param {object} [configuration] - configuration options
	* @return {(Command | object)} `this` command for chaining, or stored configuration
	*/
	configureOutput(configuration) {
		if (configuration === void 0) return this._outputConfiguration;
		this._outputConfiguration = {
			...this._outputConfiguration,
			...configuration
		};
		return this;
	}
	/**
	* Display the help or a custom message after an error occurs.
	*
	* @param {(boolean|string)} [displayHelp]
	* @return {Command} `this` command for chaining
	*/
	showHelpAfterError(displayHelp = true) {
		if (typeof displayHelp !== "string") displayHelp = !!displayHelp;
		this._showHelpAfterError = displayHelp;
		return this;
	}
	/**
	* Display suggestion of similar commands for unknown commands, or options for unknown options.
	*
	* @param {boolean} [displaySuggestion]
	* @return {Command} `this` command for chaining
	*/
	showSuggestionAfterError(displaySuggestion = true) {
		this._showSuggestionAfterError = !!displaySuggestion;
		return this;
	}
	/**
	* Add a prepared subcommand.
	*
	* See .command() for creating an attached subcommand which inherits settings from its parent.
	*
	* @param {Command} cmd - new subcommand
	* @param {object} [opts] - configuration options
	* @return {Command} `this` command for chaining
	*/
	addCommand(cmd, opts) {
		if (!cmd._name) throw new Error(`Command passed to .addCommand() must have a name
- specify the name in Command constructor or using .name()`);
		opts = opts || {};
		if (opts.isDefault) this._defaultCommandName = cmd._name;
		if (opts.noHelp || opts.hidden) cmd._hidden = true;
		this._registerCommand(cmd);
		cmd.parent = this;
		cmd._checkForBrokenPassThrough();
		return this;
	}
	/**
	* Factory routine to create a new unattached argument.
	*
	* See .argument() for creating an attached argument, which uses this routine to
	* create the argument. You can override createArgument to return a custom argument.
	*
	* @param {string} name
	* @param {string} [description]
	* @return {Argument} new argument
	*/
	createArgument(name, description) {
		return new Argument(name, description);
	}
	/**
	* Define argument syntax for command.
	*
	* The default is that the argument is required, and you can explicitly
	* indicate this with <> around the name. Put [] around the name for an optional argument.
	*
	* @example
	* program.argument('<input-file>');
	* program.argument('[output-file]');
	*
	* @param {string} name
	* @param {string} [description]
	* @param {(Function|*)} [parseArg] - custom argument processing function or default value
	* @param {*} [defaultValue]
	* @return {Command} `this` command for chaining
	*/
	argument(name, description, parseArg, defaultValue) {
		const argument = this.createArgument(name, description);
		if (typeof parseArg === "function") argument.default(defaultValue).argParser(parseArg);
		else argument.default(parseArg);
		this.addArgument(argument);
		return this;
	}
	/**
	* Define argument syntax for command, adding multiple at once (without descriptions).
	*
	* See also .argument().
	*
	* @example
	* program.arguments('<cmd> [env]');
	*
	* @param {string} names
	* @return {Command} `this` command for chaining
	*/
	arguments(names) {
		names.trim().split(/ +/).forEach((detail) => {
			this.argument(detail);
		});
		return this;
	}
	/**
	* Define argument syntax for command, adding a prepared argument.
	*
	* @param {Argument} argument
	* @return {Command} `this` command for chaining
	*/
	addArgument(argument) {
		const previousArgument = this.registeredArguments.slice(-1)[0];
		if (previousArgument?.variadic) throw new Error(`only the last argument can be variadic '${previousArgument.name()}'`);
		if (argument.required && argument.defaultValue !== void 0 && argument.parseArg === void 0) throw new Error(`a default value for a required argument is never used: '${argument.name()}'`);
		this.registeredArguments.push(argument);
		return this;
	}
	/**
	* Customise or override default help command. By default a help command is automatically added if your command has subcommands.
	*
	* @example
	*    program.helpCommand('help [cmd]');
	*    program.helpCommand('help [cmd]', 'show help');
	*    program.helpCommand(false); // suppress default help command
	*    program.helpCommand(true); // add help command even if no subcommands
	*
	* @param {string|boolean} enableOrNameAndArgs - enable with custom name and/or arguments, or boolean to override whether added
	* @param {string} [description] - custom description
	* @return {Command} `this` command for chaining
	*/
	helpCommand(enableOrNameAndArgs, description) {
		if (typeof enableOrNameAndArgs === "boolean") {
			this._addImplicitHelpCommand = enableOrNameAndArgs;
			if (enableOrNameAndArgs && this._defaultCommandGroup) this._initCommandGroup(this._getHelpCommand());
			return this;
		}
		const [, helpName, helpArgs] = (enableOrNameAndArgs ?? "help [command]").match(/([^ ]+) *(.*)/);
		const helpDescription = description ?? "display help for command";
		const helpCommand = this.createCommand(helpName);
		helpCommand.helpOption(false);
		if (helpArgs) helpCommand.arguments(helpArgs);
		if (helpDescription) helpCommand.description(helpDescription);
		this._addImplicitHelpCommand = true;
		this._helpCommand = helpCommand;
		if (enableOrNameAndArgs || description) this._initCommandGroup(helpCommand);
		return this;
	}
	/**
	* Add prepared custom help command.
	*
	* @param {(Command|string|boolean)} helpCommand - custom help command, or deprecated enableOrNameAndArgs as for `.helpCommand()`
	* @param {string} [deprecatedDescription] - deprecated custom description used with custom name only
	* @return {Command} `this` command for chaining
	*/
	addHelpCommand(helpCommand, deprecatedDescription) {
		if (typeof helpCommand !== "object") {
			this.helpCommand(helpCommand, deprecatedDescription);
			return this;
		}
		this._addImplicitHelpCommand = true;
		this._helpCommand = helpCommand;
		this._initCommandGroup(helpCommand);
		return this;
	}
	/**
	* Lazy create help command.
	*
	* @return {(Command|null)}
	* @package
	*/
	_getHelpCommand() {
		if (this._addImplicitHelpCommand ?? (this.commands.length && !this._actionHandler && !this._findCommand("help"))) {
			if (this._helpCommand === void 0) this.helpCommand(void 0, void 0);
			return this._helpCommand;
		}
		return null;
	}
	/**
	* Add hook for life cycle event.
	*
	* @param {string} event
	* @param {Function} listener
	* @return {Command} `this` command for chaining
	*/
	hook(event, listener) {
		const allowedValues = [
			"preSubcommand",
			"preAction",
			"postAction"
		];
		if (!allowedValues.includes(event)) throw new Error(`Unexpected value for event passed to hook : '${event}'.
Expecting one of '${allowedValues.join("', '")}'`);
		if (this._lifeCycleHooks[event]) this._lifeCycleHooks[event].push(listener);
		else this._lifeCycleHooks[event] = [listener];
		return this;
	}
	/**
	* Register callback to use as replacement for calling process.exit.
	*
	* @param {Function} [fn] optional callback which will be passed a CommanderError, defaults to throwing
	* @return {Command} `this` command for chaining
	*/
	exitOverride(fn) {
		if (fn) this._exitCallback = fn;
		else this._exitCallback = (err) => {
			if (err.code !== "commander.executeSubCommandAsync") throw err;
		};
		return this;
	}
	/**
	* Call process.exit, and _exitCallback if defined.
	*
	* @param {number} exitCode exit code for using with process.exit
	* @param {string} code an id string representing the error
	* @param {string} message human-readable description of the error
	* @return never
	* @private
	*/
	_exit(exitCode, code, message) {
		if (this._exitCallback) this._exitCallback(new CommanderError(exitCode, code, message));
		process$1.exit(exitCode);
	}
	/**
	* Register callback `fn` for the command.
	*
	* @example
	* program
	*   .command('serve')
	*   .description('start service')
	*   .action(function() {
	*      // do work here
	*   });
	*
	* @param {Function} fn
	* @return {Command} `this` command for chaining
	*/
	action(fn) {
		const listener = (args) => {
			const expectedArgsCount = this.registeredArguments.length;
			const actionArgs = args.slice(0, expectedArgsCount);
			if (this._storeOptionsAsProperties) actionArgs[expectedArgsCount] = this;
			else actionArgs[expectedArgsCount] = this.opts();
			actionArgs.push(this);
			return fn.apply(this, actionArgs);
		};
		this._actionHandler = listener;
		return this;
	}
	/**
	* Factory routine to create a new unattached option.
	*
	* See .option() for creating an attached option, which uses this routine to
	* create the option. You can override createOption to return a custom option.
	*
	* @param {string} flags
	* @param {string} [description]
	* @return {Option} new option
	*/
	createOption(flags, description) {
		return new Option(flags, description);
	}
	/**
	* Wrap parseArgs to catch 'commander.invalidArgument'.
	*
	* @param {(Option | Argument)} target
	* @param {string} value
	* @param {*} previous
	* @param {string} invalidArgumentMessage
	* @private
	*/
	_callParseArg(target, value, previous, invalidArgumentMessage) {
		try {
			return target.parseArg(value, previous);
		} catch (err) {
			if (err.code === "commander.invalidArgument") {
				const message = `${invalidArgumentMessage} ${err.message}`;
				this.error(message, {
					exitCode: err.exitCode,
					code: err.code
				});
			}
			throw err;
		}
	}
	/**
	* Check for option flag conflicts.
	* Register option if no conflicts found, or throw on conflict.
	*
	* @param {Option} option
	* @private
	*/
	_registerOption(option) {
		const matchingOption = option.short && this._findOption(option.short) || option.long && this._findOption(option.long);
		if (matchingOption) {
			const matchingFlag = option.long && this._findOption(option.long) ? option.long : option.short;
			throw new Error(`Cannot add option '${option.flags}'${this._name && ` to command '${this._name}'`} due to conflicting flag '${matchingFlag}'
-  already used by option '${matchingOption.flags}'`);
		}
		this._initOptionGroup(option);
		this.options.push(option);
	}
	/**
	* Check for command name and alias conflicts with existing commands.
	* Register command if no conflicts found, or throw on conflict.
	*
	* @param {Command} command
	* @private
	*/
	_registerCommand(command) {
		const knownBy = (cmd) => {
			return [cmd.name()].concat(cmd.aliases());
		};
		const alreadyUsed = knownBy(command).find((name) => this._findCommand(name));
		if (alreadyUsed) {
			const existingCmd = knownBy(this._findCommand(alreadyUsed)).join("|");
			const newCmd = knownBy(command).join("|");
			throw new Error(`cannot add command '${newCmd}' as already have command '${existingCmd}'`);
		}
		this._initCommandGroup(command);
		this.commands.push(command);
	}
	/**
	* Add an option.
	*
	* @param {Option} option
	* @return {Command} `this` command for chaining
	*/
	addOption(option) {
		this._registerOption(option);
		const oname = option.name();
		const name = option.attributeName();
		if (option.defaultValue !== void 0) this.setOptionValueWithSource(name, option.defaultValue, "default");
		const handleOptionValue = (val, invalidValueMessage, valueSource) => {
			if (val == null && option.presetArg !== void 0) val = option.presetArg;
			const oldValue = this.getOptionValue(name);
			if (val !== null && option.parseArg) val = this._callParseArg(option, val, oldValue, invalidValueMessage);
			else if (val !== null && option.variadic) val = option._collectValue(val, oldValue);
			if (val == null) {
				if (option.negate) val = false;
				else if (option.isBoolean() || option.optional) val = true;
				else val = "";
			}
			this.setOptionValueWithSource(name, val, valueSource);
		};
		this.on("option:" + oname, (val) => {
			const invalidValueMessage = `error: option '${option.flags}' argument '${val}' is invalid.`;
			handleOptionValue(val, invalidValueMessage, "cli");
		});
		if (option.envVar) this.on("optionEnv:" + oname, (val) => {
			const invalidValueMessage = `error: option '${option.flags}' value '${val}' from env '${option.envVar}' is invalid.`;
			handleOptionValue(val, invalidValueMessage, "env");
		});
		return this;
	}
	/**
	* Internal implementation shared by .option() and .requiredOption()
	*
	* @return {Command} `this` command for chaining
	* @private
	*/
	_optionEx(config, flags, description, fn, defaultValue) {
		if (typeof flags === "object" && flags instanceof Option) throw new Error("To add an Option object use addOption() instead of option() or requiredOption()");
		const option = this.createOption(flags, description);
		option.makeOptionMandatory(!!config.mandatory);
		if (typeof fn === "function") option.default(defaultValue).argParser(fn);
		else if (fn instanceof RegExp) {
			const regex = fn;
			fn = (val, def) => {
				const m = regex.exec(val);
				return m ? m[0] : def;
			};
			option.default(defaultValue).argParser(fn);
		} else option.default(fn);
		return this.addOption(option);
	}
	/**
	* Define option with `flags`, `description`, and optional argument parsing function or `defaultValue` or both.
	*
	* The `flags` string contains the short and/or long flags, separated by comma, a pipe or space. A required
	* option-argument is indicated by `<>` and an optional option-argument by `[]`.
	*
	* See the README for more details, and see also addOption() and requiredOption().
	*
	* @example
	* program
	*     .option('-p, --pepper', 'add pepper')
	*     .option('--pt, --pizza-type <TYPE>', 'type of pizza') // required option-argument
	*     .option('-c, --cheese [CHEESE]', 'add extra cheese', 'mozzarella') // optional option-argument with default
	*     .option('-t, --tip <VALUE>', 'add tip to purchase cost', parseFloat) // custom parse function
	*
	* @param {string} flags
	* @param {string} [description]
	* @param {(Function|*)} [parseArg] - custom option processing function or default value
	* @param {*} [defaultValue]
	* @return {Command} `this` command for chaining
	*/
	option(flags, description, parseArg, defaultValue) {
		return this._optionEx({}, flags, description, parseArg, defaultValue);
	}
	/**
	* Add a required option which must have a value after parsing. This usually means
	* the option must be specified on the command line. (Otherwise the same as .option().)
	*
	* The `flags` string contains the short and/or long flags, separated by comma, a pipe or space.
	*
	* @param {string} flags
	* @param {string} [description]
	* @param {(Function|*)} [parseArg] - custom option processing function or default value
	* @param {*} [defaultValue]
	* @return {Command} `this` command for chaining
	*/
	requiredOption(flags, description, parseArg, defaultValue) {
		return this._optionEx({ mandatory: true }, flags, description, parseArg, defaultValue);
	}
	/**
	* Alter parsing of short flags with optional values.
	*
	* @example
	* // for `.option('-f,--flag [value]'):
	* program.combineFlagAndOptionalValue(true);  // `-f80` is treated like `--flag=80`, this is the default behaviour
	* program.combineFlagAndOptionalValue(false) // `-fb` is treated like `-f -b`
	*
	* @param {boolean} [combine] - if `true` or omitted, an optional value can be specified directly after the flag.
	* @return {Command} `this` command for chaining
	*/
	combineFlagAndOptionalValue(combine = true) {
		this._combineFlagAndOptionalValue = !!combine;
		return this;
	}
	/**
	* Allow unknown options on the command line.
	*
	* @param {boolean} [allowUnknown] - if `true` or omitted, no error will be thrown for unknown options.
	* @return {Command} `this` command for chaining
	*/
	allowUnknownOption(allowUnknown = true) {
		this._allowUnknownOption = !!allowUnknown;
		return this;
	}
	/**
	* Allow excess command-arguments on the command line. Pass false to make excess arguments an error.
	*
	* @param {boolean} [allowExcess] - if `true` or omitted, no error will be thrown for excess arguments.
	* @return {Command} `this` command for chaining
	*/
	allowExcessArguments(allowExcess = true) {
		this._allowExcessArguments = !!allowExcess;
		return this;
	}
	/**
	* Enable positional options. Positional means global options are specified before subcommands which lets
	* subcommands reuse the same option names, and also enables subcommands to turn on passThroughOptions.
	* The default behaviour is non-positional and global options may appear anywhere on the command line.
	*
	* @param {boolean} [positional]
	* @return {Command} `this` command for chaining
	*/
	enablePositionalOptions(positional = true) {
		this._enablePositionalOptions = !!positional;
		return this;
	}
	/**
	* Pass through options that come after command-arguments rather than treat them as command-options,
	* so actual command-options come before command-arguments. Turning this on for a subcommand requires
	* positional options to have been enabled on the program (parent commands).
	* The default behaviour is non-positional and options may appear before or after command-arguments.
	*
	* @param {boolean} [passThrough] for unknown options.
	* @return {Command} `this` command for chaining
	*/
	passThroughOptions(passThrough = true) {
		this._passThroughOptions = !!passThrough;
		this._checkForBrokenPassThrough();
		return this;
	}
	/**
	* @private
	*/
	_checkForBrokenPassThrough() {
		if (this.parent && this._passThroughOptions && !this.parent._enablePositionalOptions) throw new Error(`passThroughOptions cannot be used for '${this._name}' without turning on enablePositionalOptions for parent command(s)`);
	}
	/**
	* Whether to store option values as properties on command object,
	* or store separately (specify false). In both cases the option values can be accessed using .opts().
	*
	* @param {boolean} [storeAsProperties=true]
	* @return {Command} `this` command for chaining
	*/
	storeOptionsAsProperties(storeAsProperties = true) {
		if (this.options.length) throw new Error("call .storeOptionsAsProperties() before adding options");
		if (Object.keys(this._optionValues).length) throw new Error("call .storeOptionsAsProperties() before setting option values");
		this._storeOptionsAsProperties = !!storeAsProperties;
		return this;
	}
	/**
	* Retrieve option value.
	*
	* @param {string} key
	* @return {object} value
	*/
	getOptionValue(key) {
		if (this._storeOptionsAsProperties) return this[key];
		return this._optionValues[key];
	}
	/**
	* Store option value.
	*
	* @param {string} key
	* @param {object} value
	* @return {Command} `this` command for chaining
	*/
	setOptionValue(key, value) {
		return this.setOptionValueWithSource(key, value, void 0);
	}
	/**
	* Store option value and where the value came from.
	*
	* @param {string} key
	* @param {object} value
	* @param {string} source - expected values are default/config/env/cli/implied
	* @return {Command} `this` command for chaining
	*/
	setOptionValueWithSource(key, value, source) {
		if (this._storeOptionsAsProperties) this[key] = value;
		else this._optionValues[key] = value;
		this._optionValueSources[key] = source;
		return this;
	}
	/**
	* Get source of option value.
	* Expected values are default | config | env | cli | implied
	*
	* @param {string} key
	* @return {string}
	*/
	getOptionValueSource(key) {
		return this._optionValueSources[key];
	}
	/**
	* Get source of option value. See also .optsWithGlobals().
	* Expected values are default | config | env | cli | implied
	*
	* @param {string} key
	* @return {string}
	*/
	getOptionValueSourceWithGlobals(key) {
		let source;
		this._getCommandAndAncestors().forEach((cmd) => {
			if (Object.hasOwn(cmd._optionValueSources, key)) source = cmd.getOptionValueSource(key);
		});
		return source;
	}
	/**
	* Get user arguments from implied or explicit arguments.
	* Side-effects: set _scriptPath if args included script. Used for default program name, and subcommand searches.
	*
	* @private
	*/
	_prepareUserArgs(argv, parseOptions) {
		if (argv !== void 0 && !Array.isArray(argv)) throw new Error("first parameter to parse must be array or undefined");
		parseOptions = parseOptions || {};
		if (argv === void 0 && parseOptions.from === void 0) {
			if (process$1.versions?.electron) parseOptions.from = "electron";
			const execArgv = process$1.execArgv ?? [];
			if (execArgv.includes("-e") || execArgv.includes("--eval") || execArgv.includes("-p") || execArgv.includes("--print")) parseOptions.from = "eval";
		}
		if (argv === void 0) argv = process$1.argv;
		this.rawArgs = argv.slice();
		let userArgs;
		switch (parseOptions.from) {
			case void 0:
			case "node":
				this._scriptPath = argv[1];
				userArgs = argv.slice(2);
				break;
			case "electron":
				if (process$1.defaultApp) {
					this._scriptPath = argv[1];
					userArgs = argv.slice(2);
				} else userArgs = argv.slice(1);
				break;
			case "user":
				userArgs = argv.slice(0);
				break;
			case "eval":
				userArgs = argv.slice(1);
				break;
			default: throw new Error(`unexpected parse option { from: '${parseOptions.from}' }`);
		}
		if (!this._name && this._scriptPath) this.nameFromFilename(this._scriptPath);
		this._name = this._name || "program";
		return userArgs;
	}
	/**
	* Parse `argv`, setting options and invoking commands when defined.
	*
	* Use parseAsync instead of parse if any of your action handlers are async.
	*
	* Call with no parameters to parse `process.argv`. Detects Electron and special node options like `node --eval`. Easy mode!
	*
	* Or call with an array of strings to parse, and optionally where the user arguments start by specifying where the arguments are `from`:
	* - `'node'`: default, `argv[0]` is the application and `argv[1]` is the script being run, with user arguments after that
	* - `'electron'`: `argv[0]` is the application and `argv[1]` varies depending on whether the electron application is packaged
	* - `'user'`: just user arguments
	*
	* @example
	* program.parse(); // parse process.argv and auto-detect electron and special node flags
	* program.parse(process.argv); // assume argv[0] is app and argv[1] is script
	* program.parse(my-args, { from: 'user' }); // just user supplied arguments, nothing special about argv[0]
	*
	* @param {string[]} [argv] - optional, defaults to process.argv
	* @param {object} [parseOptions] - optionally specify style of options with from: node/user/electron
	* @param {string} [parseOptions.from] - where the args are from: 'node', 'user', 'electron'
	* @return {Command} `this` command for chaining
	*/
	parse(argv, parseOptions) {
		this._prepareForParse();
		const userArgs = this._prepareUserArgs(argv, parseOptions);
		this._parseCommand([], userArgs);
		return this;
	}
	/**
	* Parse `argv`, setting options and invoking commands when defined.
	*
	* Call with no parameters to parse `process.argv`. Detects Electron and special node options like `node --eval`. Easy mode!
	*
	* Or call with an array of strings to parse, and optionally where the user arguments start by specifying where the arguments are `from`:
	* - `'node'`: default, `argv[0]` is the application and `argv[1]` is the script being run, with user arguments after that
	* - `'electron'`: `argv[0]` is the application and `argv[1]` varies depending on whether the electron application is packaged
	* - `'user'`: just user arguments
	*
	* @example
	* await program.parseAsync(); // parse process.argv and auto-detect electron and special node flags
	* await program.parseAsync(process.argv); // assume argv[0] is app and argv[1] is script
	* await program.parseAsync(my-args, { from: 'user' }); // just user supplied arguments, nothing special about argv[0]
	*
	* @param {string[]} [argv]
	* @param {object} [parseOptions]
	* @param {string} parseOptions.from - where the args are from: 'node', 'user', 'electron'
	* @return {Promise}
	*/
	async parseAsync(argv, parseOptions) {
		this._prepareForParse();
		const userArgs = this._prepareUserArgs(argv, parseOptions);
		await this._parseCommand([], userArgs);
		return this;
	}
	_prepareForParse() {
		if (this._savedState === null) {
			this.options.filter((option) => option.negate && option.defaultValue === void 0 && this.getOptionValue(option.attributeName()) === void 0).forEach((option) => {
				const positiveLongFlag = option.long.replace(/^--no-/, "--");
				if (!this._findOption(positiveLongFlag)) this.setOptionValueWithSource(option.attributeName(), true, "default");
			});
			this.saveStateBeforeParse();
		} else this.restoreStateBeforeParse();
	}
	/**
	* Called the first time parse is called to save state and allow a restore before subsequent calls to parse.
	* Not usually called directly, but available for subclasses to save their custom state.
	*
	* This is called in a lazy way. Only commands used in parsing chain will have state saved.
	*/
	saveStateBeforeParse() {
		this._savedState = {
			_name: this._name,
			_optionValues: { ...this._optionValues },
			_optionValueSources: { ...this._optionValueSources }
		};
	}
	/**
	* Restore state before parse for calls after the first.
	* Not usually called directly, but available for subclasses to save their custom state.
	*
	* This is called in a lazy way. Only commands used in parsing chain will have state restored.
	*/
	restoreStateBeforeParse() {
		if (this._storeOptionsAsProperties) throw new Error(`Can not call parse again when storeOptionsAsProperties is true.
- either make a new Command for each call to parse, or stop storing options as properties`);
		this._name = this._savedState._name;
		this._scriptPath = null;
		this.rawArgs = [];
		this._optionValues = { ...this._savedState._optionValues };
		this._optionValueSources = { ...this._savedState._optionValueSources };
		this.args = [];
		this.processedArgs = [];
	}
	/**
	* Throw if expected executable is missing. Add lots of help for author.
	*
	* @param {string} executableFile
	* @param {string} executableDir
	* @param {string} subcommandName
	*/
	_checkForMissingExecutable(executableFile, executableDir, subcommandName) {
		if (fs.existsSync(executableFile)) return;
		const executableMissing = `'${executableFile}' does not exist
 - if '${subcommandName}' is not meant to be an executable command, remove description parameter from '.command()' and use '.description()' instead
 - if the default executable name is not suitable, use the executableFile option to supply a custom name or path
 - ${executableDir ? `searched for local subcommand relative to directory '${executableDir}'` : "no directory for search for local subcommand, use .executableDir() to supply a custom directory"}`;
		throw new Error(executableMissing);
	}
	/**
	* Execute a sub-command executable.
	*
	* @private
	*/
	_executeSubCommand(subcommand, args) {
		args = args.slice();
		const sourceExt = [
			".js",
			".ts",
			".tsx",
			".mjs",
			".cjs"
		];
		function findFile(baseDir, baseName) {
			const localBin = path.resolve(baseDir, baseName);
			if (fs.existsSync(localBin)) return localBin;
			if (sourceExt.includes(path.extname(baseName))) return void 0;
			const foundExt = sourceExt.find((ext) => fs.existsSync(`${localBin}${ext}`));
			if (foundExt) return `${localBin}${foundExt}`;
		}
		this._checkForMissingMandatoryOptions();
		this._checkForConflictingOptions();
		let executableFile = subcommand._executableFile || `${this._name}-${subcommand._name}`;
		let executableDir = this._executableDir || "";
		if (this._scriptPath) {
			let resolvedScriptPath;
			try {
				resolvedScriptPath = fs.realpathSync(this._scriptPath);
			} catch {
				resolvedScriptPath = this._scriptPath;
			}
			executableDir = path.resolve(path.dirname(resolvedScriptPath), executableDir);
		}
		if (executableDir) {
			let localFile = findFile(executableDir, executableFile);
			if (!localFile && !subcommand._executableFile && this._scriptPath) {
				const legacyName = path.basename(this._scriptPath, path.extname(this._scriptPath));
				if (legacyName !== this._name) localFile = findFile(executableDir, `${legacyName}-${subcommand._name}`);
			}
			executableFile = localFile || executableFile;
		}
		const launchWithNode = sourceExt.includes(path.extname(executableFile));
		let proc;
		if (process$1.platform !== "win32") {
			if (launchWithNode) {
				args.unshift(executableFile);
				args = incrementNodeInspectorPort(process$1.execArgv).concat(args);
				proc = childProcess.spawn(process$1.argv[0], args, { stdio: "inherit" });
			} else proc = childProcess.spawn(executableFile, args, { stdio: "inherit" });
		} else {
			this._checkForMissingExecutable(executableFile, executableDir, subcommand._name);
			args.unshift(executableFile);
			args = incrementNodeInspectorPort(process$1.execArgv).concat(args);
			proc = childProcess.spawn(process$1.execPath, args, { stdio: "inherit" });
		}
		if (!proc.killed) [
			"SIGUSR1",
			"SIGUSR2",
			"SIGTERM",
			"SIGINT",
			"SIGHUP"
		].forEach((signal) => {
			process$1.on(signal, () => {
				if (proc.killed === false && proc.exitCode === null) proc.kill(signal);
			});
		});
		const exitCallback = this._exitCallback;
		proc.on("close", (code) => {
			code = code ?? 1;
			if (!exitCallback) process$1.exit(code);
			else exitCallback(new CommanderError(code, "commander.executeSubCommandAsync", "(close)"));
		});
		proc.on("error", (err) => {
			if (err.code === "ENOENT") this._checkForMissingExecutable(executableFile, executableDir, subcommand._name);
			else if (err.code === "EACCES") throw new Error(`'${executableFile}' not executable`);
			if (!exitCallback) process$1.exit(1);
			else {
				const wrappedError = new CommanderError(1, "commander.executeSubCommandAsync", "(error)");
				wrappedError.nestedError = err;
				exitCallback(wrappedError);
			}
		});
		this.runningCommand = proc;
	}
	/**
	* @private
	*/
	_dispatchSubcommand(commandName, operands, unknown) {
		const subCommand = this._findCommand(commandName);
		if (!subCommand) this.help({ error: true });
		subCommand._prepareForParse();
		let promiseChain;
		promiseChain = this._chainOrCallSubCommandHook(promiseChain, subCommand, "preSubcommand");
		promiseChain = this._chainOrCall(promiseChain, () => {
			if (subCommand._executableHandler) this._executeSubCommand(subCommand, operands.concat(unknown));
			else return subCommand._parseCommand(operands, unknown);
		});
		return promiseChain;
	}
	/**
	* Invoke help directly if possible, or dispatch if necessary.
	* e.g. help foo
	*
	* @private
	*/
	_dispatchHelpCommand(subcommandName) {
		if (!subcommandName) this.help();
		const subCommand = this._findCommand(subcommandName);
		if (subCommand && !subCommand._executableHandler) subCommand.help();
		return this._dispatchSubcommand(subcommandName, [], [this._getHelpOption()?.long ?? this._getHelpOption()?.short ?? "--help"]);
	}
	/**
	* Check this.args against expected this.registeredArguments.
	*
	* @private
	*/
	_checkNumberOfArguments() {
		this.registeredArguments.forEach((arg, i) => {
			if (arg.required && this.args[i] == null) this.missingArgument(arg.name());
		});
		if (this.registeredArguments.length > 0 && this.registeredArguments[this.registeredArguments.length - 1].variadic) return;
		if (this.args.length > this.registeredArguments.length) this._excessArguments(this.args);
	}
	/**
	* Process this.args using this.registeredArguments and save as this.processedArgs!
	*
	* @private
	*/
	_processArguments() {
		const myParseArg = (argument, value, previous) => {
			let parsedValue = value;
			if (value !== null && argument.parseArg) {
				const invalidValueMessage = `error: command-argument value '${value}' is invalid for argument '${argument.name()}'.`;
				parsedValue = this._callParseArg(argument, value, previous, invalidValueMessage);
			}
			return parsedValue;
		};
		this._checkNumberOfArguments();
		const processedArgs = [];
		this.registeredArguments.forEach((declaredArg, index) => {
			let value = declaredArg.defaultValue;
			if (declaredArg.variadic) {
				if (index < this.args.length) {
					value = this.args.slice(index);
					if (declaredArg.parseArg) value = value.reduce((processed, v) => {
						return myParseArg(declaredArg, v, processed);
					}, declaredArg.defaultValue);
				} else if (value === void 0) value = [];
			} else if (index < this.args.length) {
				value = this.args[index];
				if (declaredArg.parseArg) value = myParseArg(declaredArg, value, declaredArg.defaultValue);
			}
			processedArgs[index] = value;
		});
		this.processedArgs = processedArgs;
	}
	/**
	* Once we have a promise we chain, but call synchronously until then.
	*
	* @param {(Promise|undefined)} promise
	* @param {Function} fn
	* @return {(Promise|undefined)}
	* @private
	*/
	_chainOrCall(promise, fn) {
		if (promise?.then && typeof promise.then === "function") return promise.then(() => fn());
		return fn();
	}
	/**
	*
	* @param {(Promise|undefined)} promise
	* @param {string} event
	* @return {(Promise|undefined)}
	* @private
	*/
	_chainOrCallHooks(promise, event) {
		let result = promise;
		const hooks = [];
		this._getCommandAndAncestors().reverse().filter((cmd) => cmd._lifeCycleHooks[event] !== void 0).forEach((hookedCommand) => {
			hookedCommand._lifeCycleHooks[event].forEach((callback) => {
				hooks.push({
					hookedCommand,
					callback
				});
			});
		});
		if (event === "postAction") hooks.reverse();
		hooks.forEach((hookDetail) => {
			result = this._chainOrCall(result, () => {
				return hookDetail.callback(hookDetail.hookedCommand, this);
			});
		});
		return result;
	}
	/**
	*
	* @param {(Promise|undefined)} promise
	* @param {Command} subCommand
	* @param {string} event
	* @return {(Promise|undefined)}
	* @private
	*/
	_chainOrCallSubCommandHook(promise, subCommand, event) {
		let result = promise;
		if (this._lifeCycleHooks[event] !== void 0) this._lifeCycleHooks[event].forEach((hook) => {
			result = this._chainOrCall(result, () => {
				return hook(this, subCommand);
			});
		});
		return result;
	}
	/**
	* Process arguments in context of this command.
	* Returns action result, in case it is a promise.
	*
	* @private
	*/
	_parseCommand(operands, unknown) {
		const parsed = this.parseOptions(unknown);
		this._parseOptionsEnv();
		this._parseOptionsImplied();
		operands = operands.concat(parsed.operands);
		unknown = parsed.unknown;
		this.args = operands.concat(unknown);
		if (operands && this._findCommand(operands[0])) return this._dispatchSubcommand(operands[0], operands.slice(1), unknown);
		if (this._getHelpCommand() && operands[0] === this._getHelpCommand().name()) return this._dispatchHelpCommand(operands[1]);
		if (this._defaultCommandName) {
			this._outputHelpIfRequested(unknown);
			return this._dispatchSubcommand(this._defaultCommandName, operands, unknown);
		}
		if (this.commands.length && this.args.length === 0 && !this._actionHandler && !this._defaultCommandName) this.help({ error: true });
		this._outputHelpIfRequested(parsed.unknown);
		this._checkForMissingMandatoryOptions();
		this._checkForConflictingOptions();
		const checkForUnknownOptions = () => {
			if (parsed.unknown.length > 0) this.unknownOption(parsed.unknown[0]);
		};
		const commandEvent = `command:${this.name()}`;
		if (this._actionHandler) {
			checkForUnknownOptions();
			this._processArguments();
			let promiseChain;
			promiseChain = this._chainOrCallHooks(promiseChain, "preAction");
			promiseChain = this._chainOrCall(promiseChain, () => this._actionHandler(this.processedArgs));
			if (this.parent) promiseChain = this._chainOrCall(promiseChain, () => {
				this.parent.emit(commandEvent, operands, unknown);
			});
			promiseChain = this._chainOrCallHooks(promiseChain, "postAction");
			return promiseChain;
		}
		if (this.parent?.listenerCount(commandEvent)) {
			checkForUnknownOptions();
			this._processArguments();
			this.parent.emit(commandEvent, operands, unknown);
		} else if (operands.length) {
			if (this._findCommand("*")) return this._dispatchSubcommand("*", operands, unknown);
			if (this.listenerCount("command:*")) this.emit("command:*", operands, unknown);
			else if (this.commands.length) this.unknownCommand();
			else {
				checkForUnknownOptions();
				this._processArguments();
			}
		} else if (this.commands.length) {
			checkForUnknownOptions();
			this.help({ error: true });
		} else {
			checkForUnknownOptions();
			this._processArguments();
		}
	}
	/**
	* Find matching command.
	*
	* @private
	* @return {Command | undefined}
	*/
	_findCommand(name) {
		if (!name) return void 0;
		return this.commands.find((cmd) => cmd._name === name || cmd._aliases.includes(name));
	}
	/**
	* Return an option matching `arg` if any.
	*
	* @param {string} arg
	* @return {Option}
	* @package
	*/
	_findOption(arg) {
		return this.options.find((option) => option.is(arg));
	}
	/**
	* Display an error message if a mandatory option does not have a value.
	* Called after checking for help flags in leaf subcommand.
	*
	* @private
	*/
	_checkForMissingMandatoryOptions() {
		this._getCommandAndAncestors().forEach((cmd) => {
			cmd.options.forEach((anOption) => {
				if (anOption.mandatory && cmd.getOptionValue(anOption.attributeName()) === void 0) cmd.missingMandatoryOptionValue(anOption);
			});
		});
	}
	/**
	* Display an error message if conflicting options are used together in this.
	*
	* @private
	*/
	_checkForConflictingLocalOptions() {
		const definedNonDefaultOptions = this.options.filter((option) => {
			const optionKey = option.attributeName();
			if (this.getOptionValue(optionKey) === void 0) return false;
			return this.getOptionValueSource(optionKey) !== "default";
		});
		definedNonDefaultOptions.filter((option) => option.conflictsWith.length > 0).forEach((option) => {
			const conflictingAndDefined = definedNonDefaultOptions.find((defined) => option.conflictsWith.includes(defined.attributeName()));
			if (conflictingAndDefined) this._conflictingOption(option, conflictingAndDefined);
		});
	}
	/**
	* Display an error message if conflicting options are used together.
	* Called after checking for help flags in leaf subcommand.
	*
	* @private
	*/
	_checkForConflictingOptions() {
		this._getCommandAndAncestors().forEach((cmd) => {
			cmd._checkForConflictingLocalOptions();
		});
	}
	/**
	* Parse options from `argv` removing known options,
	* and return argv split into operands and unknown arguments.
	*
	* Side effects: modifies command by storing options. Does not reset state if called again.
	*
	* Examples:
	*
	*     argv => operands, unknown
	*     --known kkk op => [op], []
	*     op --known kkk => [op], []
	*     sub --unknown uuu op => [sub], [--unknown uuu op]
	*     sub -- --unknown uuu op => [sub --unknown uuu op], []
	*
	* @param {string[]} args
	* @return {{operands: string[], unknown: string[]}}
	*/
	parseOptions(args) {
		const operands = [];
		const unknown = [];
		let dest = operands;
		function maybeOption(arg) {
			return arg.length > 1 && arg[0] === "-";
		}
		const negativeNumberArg = (arg) => {
			if (!/^-(\d+|\d*\.\d+)([eE][+-]?\d+)?$/.test(arg)) return false;
			return !this._getCommandAndAncestors().some((cmd) => cmd.options.map((opt) => opt.short).some((short) => /^-\d$/.test(short)));
		};
		let activeVariadicOption = null;
		let activeGroup = null;
		let i = 0;
		while (i < args.length || activeGroup) {
			const arg = activeGroup ?? args[i++];
			activeGroup = null;
			if (arg === "--") {
				if (dest === unknown) dest.push(arg);
				dest.push(...args.slice(i));
				break;
			}
			if (activeVariadicOption && (!maybeOption(arg) || negativeNumberArg(arg))) {
				this.emit(`option:${activeVariadicOption.name()}`, arg);
				continue;
			}
			activeVariadicOption = null;
			if (maybeOption(arg)) {
				const option = this._findOption(arg);
				if (option) {
					if (option.required) {
						const value = args[i++];
						if (value === void 0) this.optionMissingArgument(option);
						this.emit(`option:${option.name()}`, value);
					} else if (option.optional) {
						let value = null;
						if (i < args.length && (!maybeOption(args[i]) || negativeNumberArg(args[i]))) value = args[i++];
						this.emit(`option:${option.name()}`, value);
					} else this.emit(`option:${option.name()}`);
					activeVariadicOption = option.variadic ? option : null;
					continue;
				}
			}
			if (arg.length > 2 && arg[0] === "-" && arg[1] !== "-") {
				const option = this._findOption(`-${arg[1]}`);
				if (option) {
					if (option.required || option.optional && this._combineFlagAndOptionalValue) this.emit(`option:${option.name()}`, arg.slice(2));
					else {
						this.emit(`option:${option.name()}`);
						activeGroup = `-${arg.slice(2)}`;
					}
					continue;
				}
			}
			if (/^--[^=]+=/.test(arg)) {
				const index = arg.indexOf("=");
				const option = this._findOption(arg.slice(0, index));
				if (option && (option.required || option.optional)) {
					this.emit(`option:${option.name()}`, arg.slice(index + 1));
					continue;
				}
			}
			if (dest === operands && maybeOption(arg) && !(this.commands.length === 0 && negativeNumberArg(arg))) dest = unknown;
			if ((this._enablePositionalOptions || this._passThroughOptions) && operands.length === 0 && unknown.length === 0) {
				if (this._findCommand(arg)) {
					operands.push(arg);
					unknown.push(...args.slice(i));
					break;
				} else if (this._getHelpCommand() && arg === this._getHelpCommand().name()) {
					operands.push(arg, ...args.slice(i));
					break;
				} else if (this._defaultCommandName) {
					unknown.push(arg, ...args.slice(i));
					break;
				}
			}
			if (this._passThroughOptions) {
				dest.push(arg, ...args.slice(i));
				break;
			}
			dest.push(arg);
		}
		return {
			operands,
			unknown
		};
	}
	/**
	* Return an object containing local option values as key-value pairs.
	*
	* @return {object}
	*/
	opts() {
		if (this._storeOptionsAsProperties) {
			const result = {};
			const len = this.options.length;
			for (let i = 0; i < len; i++) {
				const key = this.options[i].attributeName();
				result[key] = key === this._versionOptionName ? this._version : this[key];
			}
			return result;
		}
		return this._optionValues;
	}
	/**
	* Return an object containing merged local and global option values as key-value pairs.
	*
	* @return {object}
	*/
	optsWithGlobals() {
		return this._getCommandAndAncestors().reduce((combinedOptions, cmd) => Object.assign(combinedOptions, cmd.opts()), {});
	}
	/**
	* Display error message and exit (or call exitOverride).
	*
	* @param {string} message
	* @param {object} [errorOptions]
	* @param {string} [errorOptions.code] - an id string representing the error
	* @param {number} [errorOptions.exitCode] - used with process.exit
	*/
	error(message, errorOptions) {
		this._outputConfiguration.outputError(`${message}\n`, this._outputConfiguration.writeErr);
		if (typeof this._showHelpAfterError === "string") this._outputConfiguration.writeErr(`${this._showHelpAfterError}\n`);
		else if (this._showHelpAfterError) {
			this._outputConfiguration.writeErr("\n");
			this.outputHelp({ error: true });
		}
		const config = errorOptions || {};
		const exitCode = config.exitCode || 1;
		const code = config.code || "commander.error";
		this._exit(exitCode, code, message);
	}
	/**
	* Apply any option related environment variables, if option does
	* not have a value from cli or client code.
	*
	* @private
	*/
	_parseOptionsEnv() {
		this.options.forEach((option) => {
			if (option.envVar && option.envVar in process$1.env) {
				const optionKey = option.attributeName();
				if (this.getOptionValue(optionKey) === void 0 || [
					"default",
					"config",
					"env"
				].includes(this.getOptionValueSource(optionKey))) {
					if (option.required || option.optional) this.emit(`optionEnv:${option.name()}`, process$1.env[option.envVar]);
					else this.emit(`optionEnv:${option.name()}`);
				}
			}
		});
	}
	/**
	* Apply any implied option values, if option is undefined or default value.
	*
	* @private
	*/
	_parseOptionsImplied() {
		const dualHelper = new DualOptions(this.options);
		const hasCustomOptionValue = (optionKey) => {
			return this.getOptionValue(optionKey) !== void 0 && !["default", "implied"].includes(this.getOptionValueSource(optionKey));
		};
		this.options.filter((option) => option.implied !== void 0 && hasCustomOptionValue(option.attributeName()) && dualHelper.valueFromOption(this.getOptionValue(option.attributeName()), option)).forEach((option) => {
			Object.keys(option.implied).filter((impliedKey) => !hasCustomOptionValue(impliedKey)).forEach((impliedKey) => {
				this.setOptionValueWithSource(impliedKey, option.implied[impliedKey], "implied");
			});
		});
	}
	/**
	* Argument `name` is missing.
	*
	* @param {string} name
	* @private
	*/
	missingArgument(name) {
		const message = `error: missing required argument '${name}'`;
		this.error(message, { code: "commander.missingArgument" });
	}
	/**
	* `Option` is missing an argument.
	*
	* @param {Option} option
	* @private
	*/
	optionMissingArgument(option) {
		const message = `error: option '${option.flags}' argument missing`;
		this.error(message, { code: "commander.optionMissingArgument" });
	}
	/**
	* `Option` does not have a value, and is a mandatory option.
	*
	* @param {Option} option
	* @private
	*/
	missingMandatoryOptionValue(option) {
		const message = `error: required option '${option.flags}' not specified`;
		this.error(message, { code: "commander.missingMandatoryOptionValue" });
	}
	/**
	* `Option` conflicts with another option.
	*
	* @param {Option} option
	* @param {Option} conflictingOption
	* @private
	*/
	_conflictingOption(option, conflictingOption) {
		const findBestOptionFromValue = (option) => {
			const optionKey = option.attributeName();
			const optionValue = this.getOptionValue(optionKey);
			const negativeOption = this.options.find((target) => target.negate && optionKey === target.attributeName());
			const positiveOption = this.options.find((target) => !target.negate && optionKey === target.attributeName());
			if (negativeOption && (negativeOption.presetArg === void 0 && optionValue === false || negativeOption.presetArg !== void 0 && optionValue === negativeOption.presetArg)) return negativeOption;
			return positiveOption || option;
		};
		const getErrorMessage = (option) => {
			const bestOption = findBestOptionFromValue(option);
			const optionKey = bestOption.attributeName();
			if (this.getOptionValueSource(optionKey) === "env") return `environment variable '${bestOption.envVar}'`;
			return `option '${bestOption.flags}'`;
		};
		const message = `error: ${getErrorMessage(option)} cannot be used with ${getErrorMessage(conflictingOption)}`;
		this.error(message, { code: "commander.conflictingOption" });
	}
	/**
	* Unknown option `flag`.
	*
	* @param {string} flag
	* @private
	*/
	unknownOption(flag) {
		if (this._allowUnknownOption) return;
		let suggestion = "";
		if (flag.startsWith("--") && this._showSuggestionAfterError) {
			let candidateFlags = [];
			let command = this;
			do {
				const moreFlags = command.createHelp().visibleOptions(command).filter((option) => option.long).map((option) => option.long);
				candidateFlags = candidateFlags.concat(moreFlags);
				command = command.parent;
			} while (command && !command._enablePositionalOptions);
			suggestion = suggestSimilar(flag, candidateFlags);
		}
		const message = `error: unknown option '${flag}'${suggestion}`;
		this.error(message, { code: "commander.unknownOption" });
	}
	/**
	* Excess arguments, more than expected.
	*
	* @param {string[]} receivedArgs
	* @private
	*/
	_excessArguments(receivedArgs) {
		if (this._allowExcessArguments) return;
		const expected = this.registeredArguments.length;
		const s = expected === 1 ? "" : "s";
		const received = receivedArgs.length;
		const message = `error: too many arguments${this.parent ? ` for '${this.name()}'` : ""}. Expected ${expected} argument${s} but got ${received}: ${receivedArgs.join(", ")}.`;
		this.error(message, { code: "commander.excessArguments" });
	}
	/**
	* Unknown command.
	*
	* @private
	*/
	unknownCommand() {
		const unknownName = this.args[0];
		let suggestion = "";
		if (this._showSuggestionAfterError) {
			const candidateNames = [];
			this.createHelp().visibleCommands(this).forEach((command) => {
				candidateNames.push(command.name());
				if (command.alias()) candidateNames.push(command.alias());
			});
			suggestion = suggestSimilar(unknownName, candidateNames);
		}
		const message = `error: unknown command '${unknownName}'${suggestion}`;
		this.error(message, { code: "commander.unknownCommand" });
	}
	/**
	* Get or set the program version.
	*
	* This method auto-registers the "-V, --version" option which will print the version number.
	*
	* You can optionally supply the flags and description to override the defaults.
	*
	* @param {string} [str]
	* @param {string} [flags]
	* @param {string} [description]
	* @return {(this | string | undefined)} `this` command for chaining, or version string if no arguments
	*/
	version(str, flags, description) {
		if (str === void 0) return this._version;
		this._version = str;
		flags = flags || "-V, --version";
		description = description || "output the version number";
		const versionOption = this.createOption(flags, description);
		this._versionOptionName = versionOption.attributeName();
		this._registerOption(versionOption);
		this.on("option:" + versionOption.name(), () => {
			this._outputConfiguration.writeOut(`${str}\n`);
			this._exit(0, "commander.version", str);
		});
		return this;
	}
	/**
	* Set the description.
	*
	* @param {string} [str]
	* @param {object} [argsDescription]
	* @return {(string|Command)}
	*/
	description(str, argsDescription) {
		if (str === void 0 && argsDescription === void 0) return this._description;
		this._description = str;
		if (argsDescription) this._argsDescription = argsDescription;
		return this;
	}
	/**
	* Set the summary. Used when listed as subcommand of parent.
	*
	* @param {string} [str]
	* @return {(string|Command)}
	*/
	summary(str) {
		if (str === void 0) return this._summary;
		this._summary = str;
		return this;
	}
	/**
	* Set an alias for the command.
	*
	* You may call more than once to add multiple aliases. Only the first alias is shown in the auto-generated help.
	*
	* @param {string} [alias]
	* @return {(string|Command)}
	*/
	alias(alias) {
		if (alias === void 0) return this._aliases[0];
		/** @type {Command} */
		let command = this;
		if (this.commands.length !== 0 && this.commands[this.commands.length - 1]._executableHandler) command = this.commands[this.commands.length - 1];
		if (alias === command._name) throw new Error("Command alias can't be the same as its name");
		const matchingCommand = this.parent?._findCommand(alias);
		if (matchingCommand) {
			const existingCmd = [matchingCommand.name()].concat(matchingCommand.aliases()).join("|");
			throw new Error(`cannot add alias '${alias}' to command '${this.name()}' as already have command '${existingCmd}'`);
		}
		command._aliases.push(alias);
		return this;
	}
	/**
	* Set aliases for the command.
	*
	* Only the first alias is shown in the auto-generated help.
	*
	* @param {string[]} [aliases]
	* @return {(string[]|Command)}
	*/
	aliases(aliases) {
		if (aliases === void 0) return this._aliases;
		aliases.forEach((alias) => this.alias(alias));
		return this;
	}
	/**
	* Set / get the command usage `str`.
	*
	* @param {string} [str]
	* @return {(string|Command)}
	*/
	usage(str) {
		if (str === void 0) {
			if (this._usage) return this._usage;
			const args = this.registeredArguments.map((arg) => {
				return humanReadableArgName(arg);
			});
			return [].concat(this.options.length || this._helpOption !== null ? "[options]" : [], this.commands.length ? "[command]" : [], this.registeredArguments.length ? args : []).join(" ");
		}
		this._usage = str;
		return this;
	}
	/**
	* Get or set the name of the command.
	*
	* @param {string} [str]
	* @return {(string|Command)}
	*/
	name(str) {
		if (str === void 0) return this._name;
		this._name = str;
		return this;
	}
	/**
	* Set/get the help group heading for this subcommand in parent command's help.
	*
	* @param {string} [heading]
	* @return {Command | string}
	*/
	helpGroup(heading) {
		if (heading === void 0) return this._helpGroupHeading ?? "";
		this._helpGroupHeading = heading;
		return this;
	}
	/**
	* Set/get the default help group heading for subcommands added to this command.
	* (This does not override a group set directly on the subcommand using .helpGroup().)
	*
	* @example
	* program.commandsGroup('Development Commands:');
	* program.command('watch')...
	* program.command('lint')...
	* ...
	*
	* @param {string} [heading]
	* @returns {Command | string}
	*/
	commandsGroup(heading) {
		if (heading === void 0) return this._defaultCommandGroup ?? "";
		this._defaultCommandGroup = heading;
		return this;
	}
	/**
	* Set/get the default help group heading for options added to this command.
	* (This does not override a group set directly on the option using .helpGroup().)
	*
	* @example
	* program
	*   .optionsGroup('Development Options:')
	*   .option('-d, --debug', 'output extra debugging')
	*   .option('-p, --profile', 'output profiling information')
	*
	* @param {string} [heading]
	* @returns {Command | string}
	*/
	optionsGroup(heading) {
		if (heading === void 0) return this._defaultOptionGroup ?? "";
		this._defaultOptionGroup = heading;
		return this;
	}
	/**
	* @param {Option} option
	* @private
	*/
	_initOptionGroup(option) {
		if (this._defaultOptionGroup && !option.helpGroupHeading) option.helpGroup(this._defaultOptionGroup);
	}
	/**
	* @param {Command} cmd
	* @private
	*/
	_initCommandGroup(cmd) {
		if (this._defaultCommandGroup && !cmd.helpGroup()) cmd.helpGroup(this._defaultCommandGroup);
	}
	/**
	* Set the name of the command from script filename, such as process.argv[1],
	* or import.meta.filename.
	*
	* (Used internally and public although not documented in README.)
	*
	* @example
	* program.nameFromFilename(import.meta.filename);
	*
	* @param {string} filename
	* @return {Command}
	*/
	nameFromFilename(filename) {
		this._name = path.basename(filename, path.extname(filename));
		return this;
	}
	/**
	* Get or set the directory for searching for executable subcommands of this command.
	*
	* @example
	* program.executableDir(import.meta.dirname);
	* // or
	* program.executableDir('subcommands');
	*
	* @param {string} [path]
	* @return {(string|null|Command)}
	*/
	executableDir(path) {
		if (path === void 0) return this._executableDir;
		this._executableDir = path;
		return this;
	}
	/**
	* Return program help documentation.
	*
	* @param {{ error: boolean }} [contextOptions] - pass {error:true} to wrap for stderr instead of stdout
	* @return {string}
	*/
	helpInformation(contextOptions) {
		const helper = this.createHelp();
		const context = this._getOutputContext(contextOptions);
		helper.prepareContext({
			error: context.error,
			helpWidth: context.helpWidth,
			outputHasColors: context.hasColors
		});
		const text = helper.formatHelp(this, helper);
		if (context.hasColors) return text;
		return this._outputConfiguration.stripColor(text);
	}
	/**
	* @typedef HelpContext
	* @type {object}
	* @property {boolean} error
	* @property {number} helpWidth
	* @property {boolean} hasColors
	* @property {function} write - includes stripColor if needed
	*
	* @returns {HelpContext}
	* @private
	*/
	_getOutputContext(contextOptions) {
		contextOptions = contextOptions || {};
		const error = !!contextOptions.error;
		let baseWrite;
		let hasColors;
		let helpWidth;
		if (error) {
			baseWrite = (str) => this._outputConfiguration.writeErr(str);
			hasColors = this._outputConfiguration.getErrHasColors();
			helpWidth = this._outputConfiguration.getErrHelpWidth();
		} else {
			baseWrite = (str) => this._outputConfiguration.writeOut(str);
			hasColors = this._outputConfiguration.getOutHasColors();
			helpWidth = this._outputConfiguration.getOutHelpWidth();
		}
		const write = (str) => {
			if (!hasColors) str = this._outputConfiguration.stripColor(str);
			return baseWrite(str);
		};
		return {
			error,
			write,
			hasColors,
			helpWidth
		};
	}
	/**
	* Output help information for this command.
	*
	* Outputs built-in help, and custom text added using `.addHelpText()`.
	*
	* @param {{ error: boolean } | Function} [contextOptions] - pass {error:true} to write to stderr instead of stdout
	*/
	outputHelp(contextOptions) {
		let deprecatedCallback;
		if (typeof contextOptions === "function") {
			deprecatedCallback = contextOptions;
			contextOptions = void 0;
		}
		const outputContext = this._getOutputContext(contextOptions);
		/** @type {HelpTextEventContext} */
		const eventContext = {
			error: outputContext.error,
			write: outputContext.write,
			command: this
		};
		this._getCommandAndAncestors().reverse().forEach((command) => command.emit("beforeAllHelp", eventContext));
		this.emit("beforeHelp", eventContext);
		let helpInformation = this.helpInformation({ error: outputContext.error });
		if (deprecatedCallback) {
			helpInformation = deprecatedCallback(helpInformation);
			if (typeof helpInformation !== "string" && !Buffer.isBuffer(helpInformation)) throw new Error("outputHelp callback must return a string or a Buffer");
		}
		outputContext.write(helpInformation);
		if (this._getHelpOption()?.long) this.emit(this._getHelpOption().long);
		this.emit("afterHelp", eventContext);
		this._getCommandAndAncestors().forEach((command) => command.emit("afterAllHelp", eventContext));
	}
	/**
	* You can pass in flags and a description to customise the built-in help option.
	* Pass in false to disable the built-in help option.
	*
	* @example
	* program.helpOption('-?, --help', 'show help'); // customise
	* program.helpOption(false); // disable
	*
	* @param {(string | boolean)} flags
	* @param {string} [description]
	* @return {Command} `this` command for chaining
	*/
	helpOption(flags, description) {
		if (typeof flags === "boolean") {
			if (flags) {
				if (this._helpOption === null) this._helpOption = void 0;
				if (this._defaultOptionGroup) this._initOptionGroup(this._getHelpOption());
			} else this._helpOption = null;
			return this;
		}
		this._helpOption = this.createOption(flags ?? "-h, --help", description ?? "display help for command");
		if (flags || description) this._initOptionGroup(this._helpOption);
		return this;
	}
	/**
	* Lazy create help option.
	* Returns null if has been disabled with .helpOption(false).
	*
	* @returns {(Option | null)} the help option
	* @package
	*/
	_getHelpOption() {
		if (this._helpOption === void 0) this.helpOption(void 0, void 0);
		return this._helpOption;
	}
	/**
	* Supply your own option to use for the built-in help option.
	* This is an alternative to using helpOption() to customise the flags and description etc.
	*
	* @param {Option} option
	* @return {Command} `this` command for chaining
	*/
	addHelpOption(option) {
		this._helpOption = option;
		this._initOptionGroup(option);
		return this;
	}
	/**
	* Output help information and exit.
	*
	* Outputs built-in help, and custom text added using `.addHelpText()`.
	*
	* @param {{ error: boolean }} [contextOptions] - pass {error:true} to write to stderr instead of stdout
	*/
	help(contextOptions) {
		this.outputHelp(contextOptions);
		let exitCode = Number(process$1.exitCode ?? 0);
		if (exitCode === 0 && contextOptions && typeof contextOptions !== "function" && contextOptions.error) exitCode = 1;
		this._exit(exitCode, "commander.help", "(outputHelp)");
	}
	/**
	* // Do a little typing to coordinate emit and listener for the help text events.
	* @typedef HelpTextEventContext
	* @type {object}
	* @property {boolean} error
	* @property {Command} command
	* @property {function} write
	*/
	/**
	* Add additional text to be displayed with the built-in help.
	*
	* Position is 'before' or 'after' to affect just this command,
	* and 'beforeAll' or 'afterAll' to affect this command and all its subcommands.
	*
	* @param {string} position - before or after built-in help
	* @param {(string | Function)} text - string to add, or a function returning a string
	* @return {Command} `this` command for chaining
	*/
	addHelpText(position, text) {
		const allowedValues = [
			"beforeAll",
			"before",
			"after",
			"afterAll"
		];
		if (!allowedValues.includes(position)) throw new Error(`Unexpected value for position to addHelpText.
Expecting one of '${allowedValues.join("', '")}'`);
		const helpEvent = `${position}Help`;
		this.on(helpEvent, (context) => {
			let helpStr;
			if (typeof text === "function") helpStr = text({
				error: context.error,
				command: context.command
			});
			else helpStr = text;
			if (helpStr) context.write(`${helpStr}\n`);
		});
		return this;
	}
	/**
	* Output help information if help flags specified
	*
	* @param {Array} args - array of options to search for help flags
	* @private
	*/
	_outputHelpIfRequested(args) {
		const helpOption = this._getHelpOption();
		if (helpOption && args.find((arg) => helpOption.is(arg))) {
			this.outputHelp();
			this._exit(0, "commander.helpDisplayed", "(outputHelp)");
		}
	}
};
/**
* Scan arguments and increment port number for inspect calls (to avoid conflicts when spawning new command).
*
* @param {string[]} args - array of arguments from node.execArgv
* @returns {string[]}
* @private
*/
function incrementNodeInspectorPort(args) {
	return args.map((arg) => {
		if (!arg.startsWith("--inspect")) return arg;
		let debugOption;
		let debugHost = "127.0.0.1";
		let debugPort = "9229";
		let match;
		if ((match = arg.match(/^(--inspect(-brk|-wait)?)$/)) !== null) debugOption = match[1];
		else if ((match = arg.match(/^(--inspect(-brk|-port|-wait)?)=(\[[^\]]+\]|[^:]+)$/)) !== null) {
			debugOption = match[1];
			if (/^\d+$/.test(match[3])) debugPort = match[3];
			else debugHost = match[3];
		} else if ((match = arg.match(/^(--inspect(-brk|-port|-wait)?)=(\[[^\]]+\]|[^:]+):(\d+)$/)) !== null) {
			debugOption = match[1];
			debugHost = match[3];
			debugPort = match[4];
		}
		if (debugOption && debugPort !== "0") return `${debugOption}=${debugHost}:${parseInt(debugPort) + 1}`;
		return arg;
	});
}
/**
* Exported for using from tests, not otherwise used outside this file.
*
* @returns {boolean | undefined}
* @package
*/
function useColor() {
	if (process$1.env.NO_COLOR || process$1.env.FORCE_COLOR === "0" || process$1.env.FORCE_COLOR === "false") return false;
	if (process$1.env.FORCE_COLOR || process$1.env.CLICOLOR_FORCE !== void 0) return true;
}

// node_modules/commander/index.js
const program = new Command();

// src/report/frame.ts
const SPINNER = [
	"⠋",
	"⠙",
	"⠹",
	"⠸",
	"⠼",
	"⠴",
	"⠦",
	"⠧",
	"⠇",
	"⠏"
];
const TURN = 80;
/** The lines for all tasks. If there are more tasks than rows, the last line counts the others. */
function frame(tasks, now, size, widths, paint) {
	const room = Math.max(1, size.rows - 2);
	const seen = tasks.length > room ? tasks.slice(0, room - 1) : tasks;
	const lines = seen.map((task) => taskLine(task, now, size, widths, paint));
	const more = tasks.slice(seen.length);
	return more.length === 0 ? lines : [...lines, shorten(`  … and ${moreOf(more)}`, size.columns - 1)];
}
const nameOf$2 = ({ title, host }, widths) => host === void 0 ? title : `${pad(title, widths.title)}  ${pad(host, widths.host)}`;
function taskLine(task, now, size, widths, paint) {
	const spinner = SPINNER[Math.floor(now / TURN) % SPINNER.length];
	let cells = size.columns - 1 - 2;
	const parts = [];
	for (const [text, colour] of [
		[nameOf$2(task, widths), paint.bold],
		[measure(task), same],
		[elapsed(now - task.began), paint.dim],
		[task.state ? "" : task.said ?? "", paint.dim]
	]) {
		if (text === "" || cells <= 3) continue;
		const shown = shorten(text, parts.length === 0 ? cells : cells - 2);
		parts.push(colour(shown));
		cells -= widthOf(shown) + (parts.length === 1 ? 0 : 2);
	}
	return `${paint.warn(spinner)} ${parts.join("  ").trimEnd()}`;
}
const same = (text) => text;
/** `12.3 MB of 45.0 MB, 27 %, 8.10 MB/s`. */
function measure({ state, rate }) {
	if (!state) return "";
	const { done, total, unit } = state;
	const files = unit === "files";
	const quantity = (count) => files ? formatCount(count, "file") : formatBytes(count);
	return [
		total ? `${files ? done : formatBytes(done)} of ${quantity(total)}` : quantity(done),
		total ? `${Math.min(100, Math.floor(done / total * 100))} %` : "",
		rate && (files || done > 1e5) ? `${files ? `${Math.round(rate)} files` : formatBytes(rate)}/s` : ""
	].filter(Boolean).join(", ");
}
/** Nothing during the first second, then whole seconds, then minutes. */
function elapsed(milliseconds) {
	const seconds = Math.floor(milliseconds / 1e3);
	if (seconds < 1) return "";
	return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}
/** `57 more: prepare 40, activate 17`. */
function moreOf(tasks) {
	const counts = /* @__PURE__ */ new Map();
	for (const { title } of tasks) counts.set(title, (counts.get(title) ?? 0) + 1);
	return `${tasks.length} more: ${[...counts].map(([title, count]) => `${title} ${count}`).join(", ")}`;
}
/** The line that stays after a task has ended. */
function endLine(task, end, widths, paint) {
	const seconds = (end.now - task.began) / 1e3;
	const rate = end.ok && rateOf(end.bytes, seconds) || "";
	const results = [
		end.detail ?? (end.ok ? "" : "failed"),
		paint.dim(rate),
		paint.dim(`${seconds.toFixed(1)} s`)
	];
	return `${end.ok ? paint.good("✓") : paint.bad("✗")} ${[paint.bold(nameOf$2(task, widths)), ...results].filter(Boolean).join("  ")}`;
}

// src/report/live.ts
const REFRESH = 80;
const HIDE_CURSOR = "\x1B[?25l";
const SHOW_CURSOR = "\x1B[?25h";
/** @param options.verbose also shows the output of commands */
function liveProgress(screen, options) {
	const { paint } = options;
	const widths = {
		title: 8,
		host: 0
	};
	const display = openDisplay(screen, widths, paint);
	return {
		task(title, where) {
			const shown = visibleLine(title);
			const host = where?.host === void 0 ? void 0 : visibleLine(where.host);
			widths.title = Math.max(widths.title, Math.min(widthOf(shown), 20));
			widths.host = Math.max(widths.host, widthOf(host ?? ""));
			return liveTask(shown, host);
		},
		notice: (message) => display.print(`${paint.dim("note:")} ${visible(message)}`),
		warning: (message, location) => {
			const at = location ? `${location.file}${location.line ? `:${location.line}` : ""}: ` : "";
			display.print(`${paint.warn("warning:")} ${visible(at + message)}`);
		},
		close: display.close
	};
	function liveTask(title, host) {
		const began = Date.now();
		const task = {
			title,
			host,
			began,
			state: void 0,
			rate: void 0,
			said: void 0
		};
		const meter = rateMeter(began);
		display.add(task);
		const finish = (ok, detail) => {
			const bytes = task.state && task.state.unit !== "files" ? task.state.done : 0;
			const said = detail === void 0 ? void 0 : visible(detail);
			display.remove(task, endLine(task, {
				ok,
				detail: said,
				now: Date.now(),
				bytes
			}, widths, paint));
		};
		return {
			update(state) {
				task.state = state;
				task.rate = meter(state.done, Date.now());
			},
			line(text) {
				const said = visibleLine(text);
				if (options.verbose) display.print(`  ${paint.dim(`${host ?? title} │`)} ${said}`);
				else if (said.trim() !== "") task.said = said.trim();
			},
			end: (detail) => finish(true, detail),
			fail: (detail) => finish(false, detail)
		};
	}
}
/** The bottom of the terminal: the lines of open tasks are redrawn, and finished lines are inserted above. */
function openDisplay(screen, widths, paint) {
	const open = /* @__PURE__ */ new Set();
	/** Finished lines, not yet written. */
	let waiting = [];
	/** Widths of the lines of the last frame. */
	let drawn = [];
	let timer;
	let hidden = false;
	let forget;
	const draw = () => {
		const columns = screen.columns || 80;
		const lines = open.size > 0 ? frame([...open], Date.now(), {
			columns,
			rows: screen.rows || 24
		}, widths, paint) : [];
		const above = drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
		const text = [...waiting, ...lines].map((line) => `${line.replaceAll("\n", "\x1B[K\n")}\x1b[K\n`).join("");
		screen.write(`${above > 0 ? `\r\x1b[${above}A` : "\r"}${text}\x1b[J`);
		waiting = [];
		drawn = lines.map((line) => widthOf(withoutColour(line)));
	};
	const cursor = (show) => {
		if (show !== hidden) return;
		hidden = !show;
		screen.write(show ? SHOW_CURSOR : HIDE_CURSOR);
	};
	const stopping = (signal) => {
		if (signal === "SIGINT") print(`${paint.warn("stopping in good order")}; Ctrl-C again ends at once`);
	};
	const refresh = () => {
		if (open.size > 0) cursor(false);
		draw();
	};
	const rest = () => {
		clearInterval(timer);
		timer = void 0;
		if (waiting.length > 0 || drawn.length > 0) draw();
		cursor(true);
	};
	const close = () => {
		open.clear();
		rest();
		forget?.();
		forget = void 0;
	};
	const print = (line) => {
		waiting.push(line);
		if (timer === void 0) draw();
	};
	return {
		print,
		close,
		add(task) {
			open.add(task);
			forget ??= beforeEnd({
				last: close,
				stopping
			});
			timer ??= setInterval(refresh, REFRESH).unref();
		},
		remove(task, line) {
			if (!open.delete(task)) return;
			waiting.push(line);
			if (open.size === 0) rest();
		}
	};
}
const withoutColour = (line) => line.replace(/\x1b\[\d+m/g, "");

// src/report/plain.ts
const QUIET_FOR = 1e4;
/**
* @param out receives whole lines without their newline
* @param options.verbose also shows the output of commands
*/
function plainProgress(out, options = {}) {
	const write = (line) => out(visible(line));
	return {
		task: (title, where) => plainTask(where?.host ? `${where.host}: ${title}` : title, write, options.verbose ?? false),
		notice: (message) => write(`note: ${message}`),
		warning: (message, location) => write(`warning: ${location ? `${location.file}${location.line ? `:${location.line}` : ""}: ` : ""}${message}`)
	};
}
function plainTask(title, write, verbose) {
	const start = Date.now();
	let lastLineAt = start;
	let done = 0;
	write(`${title} …`);
	const seconds = () => (Date.now() - start) / 1e3;
	const rate = () => {
		const shown = rateOf(done, seconds());
		return shown === void 0 ? "" : `, ${shown}`;
	};
	return {
		update(state) {
			if (state.unit !== "files") done = state.done;
			if (Date.now() - lastLineAt < QUIET_FOR) return;
			lastLineAt = Date.now();
			const total = state.total ? ` of ${formatBytes(state.total)}` : "";
			write(`${title}: ${state.unit === "files" ? `${state.done} files` : `${formatBytes(state.done)}${total}${rate()}`}`);
		},
		line(text) {
			if (verbose) write(`  | ${visibleLine(text)}`);
		},
		end(detail) {
			write(`${title}: ${detail ? `${detail}, ` : ""}${seconds().toFixed(1)} s${rate()}`);
		},
		fail(detail) {
			write(`${title}: failed${detail ? `, ${detail}` : ""} after ${seconds().toFixed(1)} s`);
		}
	};
}

// src/cli/output.ts
let live;
/** Values that the command never prints: secrets from the environment and from files. */
const hidden = hiding();
let call = NO_CALL;
/** Sets the call that all further output answers: next commands repeat its options. */
function answers(to) {
	call = to;
}
/** A report or a failure with complete commands in its remedies and warnings. */
const withNextCommands = (value) => withCommands(value, call);
/** A text with complete commands. @param target of the commands, if the call had none */
const typed = (text, target = call.target) => completeCommands(text, {
	...call,
	target
});
/** Live lines on a terminal, plain ones elsewhere, none with `--quiet`. */
function progressFor({ quiet, verbose = false }) {
	const { stderr, env } = process;
	if (quiet) return silent;
	if (!wantsLive(stderr, env)) {
		const write = (text) => writeLines(stderr, [text]);
		beforeEnd({
			last() {},
			stopping: (signal) => write(`${signal}: stopping in good order; a second one ends at once`)
		});
		return maskedProgress(plainProgress(write, { verbose }), hidden);
	}
	live = liveProgress(stderr, {
		paint: paintFor(stderr),
		verbose
	});
	return maskedProgress(live, hidden);
}
/** Ends progress lines before the result is written, so that nothing is drawn over it. */
function endProgress() {
	live?.close();
}
/** Colours for the result, if they are wanted. */
const resultPaint = () => paintFor(process.stdout);
/** The result for people. Hidden characters in values of others were made visible before (see src/text/visible.ts). */
function printLines(lines) {
	endProgress();
	writeLines(process.stdout, lines);
}
/**
* Output of a command on a host: unchanged into a file (a dump of a database); otherwise without secrets, and made
* visible where people read it.
*/
function printOutput(line) {
	if (fstatSync(process.stdout.fd).isFile()) printVerbatim(`${line}\n`);
	else printLines([process.stdout.isTTY || inJobLog(process.stdout) ? visible(line) : line]);
}
function writeLines(stream, texts) {
	const text = hidden.mask(texts.map((one) => `${one}\n`).join(""));
	stream.write(inJobLog(stream) ? text.split("\n").map(defused).join("\n") : text);
}
/** Whether output may go to the log of a job on a GitHub runner, which treats some lines as commands. */
function inJobLog(stream) {
	return process.env.GITHUB_ACTIONS === "true" && !fstatSync(stream.fd).isFile();
}
/** Like {@link printLines}, with sentences wrapped between words, where a terminal would break them anywhere. */
function printProse(lines) {
	const { isTTY, columns } = process.stdout;
	printLines(isTTY && columns > 0 ? lines.flatMap((line) => isProse(line) ? wrap(line, columns) : [line]) : lines);
}
/** Tables keep their columns, commands can be copied in one piece, and texts of others stay unchanged. */
const isProse = (line) => !/^ {6}|\S {2,}\S|\btarlift /.test(line);
/** The result for programs: one document. */
function printJson(value) {
	endProgress();
	const text = visibleJson(hidden.maskValues(withNextCommands(value))).replaceAll("##[", "#\\u0023[");
	process.stdout.write(`${text}\n`);
}
/** The result without changes, for a file or another program; it contains no secrets of the run. */
function printVerbatim(text) {
	endProgress();
	process.stdout.write(text);
}
/** An error beside a result. */
function printError(text) {
	endProgress();
	writeLines(process.stderr, [visible(hidden.mask(text))]);
}
/** Ends the command with a failure: for people, with `--json` for programs too, and with its exit code. */
function printFailure(failure, { json }) {
	const { code, outcome, what, where, output, remedy } = withNextCommands({ ...failure });
	const { message } = new Failure({
		code,
		what,
		where,
		output,
		remedy
	});
	const [head = "", ...rest] = visible(hidden.mask(`tarlift: ${message}`)).split("\n");
	endProgress();
	writeLines(process.stderr, [paintFor(process.stderr).bad(head), ...rest]);
	if (json) printFailedJson(failure);
	process.exitCode = EXIT_CODES[outcome];
}
/** What `--json` prints when there is no result: the outcome, and the error as reports have theirs. */
function printFailedJson(failure) {
	printJson({
		outcome: failure.outcome,
		errors: [errorOf(failure)]
	});
}
const paintFor = (stream) => wantsColour(stream, process.env) ? coloured : uncoloured;

// package.json
var version = "0.1.0";
var repository = {
	"type": "git",
	"url": "git+https://github.com/acme/tarlift.git"
};

// src/operations/adopt.ts
/** Plans the move on all hosts and, if requested, does it. */
async function adopt(request) {
	const report = (outcome, hosts, errors) => ({
		outcome,
		app: request.app,
		target: request.target,
		hosts,
		errors
	});
	const looked = await forEachHost(request.members, (member) => look(request, member));
	const found = looked.done.map(({ value }) => value);
	const planned = found.map((one) => one.planned);
	const errors = [...looked.failed.map(({ error }) => error), ...found.flatMap((one) => one.errors)];
	if (errors.length > 0) return report("refused", planned, errors);
	if (!request.apply) return report("planned", planned, []);
	const waiting = found.filter(({ planned: { adoption } }) => !adoption.adopted);
	const moved = await forEachHost(waiting, (member) => move(request, member, member.planned));
	const done = moved.done.map(({ value }) => value);
	return report(moved.failed.length > 0 ? "failed" : "adopted", planned.map((host) => done.find(({ name }) => name === host.name) ?? host), moved.failed.map(({ error }) => error));
}
async function look(request, member) {
	const { host, layout, services, shared } = member;
	const lock = request.apply ? {
		wait: request.waitForLock,
		owner: request.owner
	} : void 0;
	const facts = await host.facts({
		layout,
		services,
		shared: {
			directories: [],
			files: []
		},
		lock,
		adopting: true
	});
	const errors = [];
	if (facts.lockedBy !== void 0) errors.push({
		host: host.name,
		code: lockedCode(facts),
		what: lockedWords(facts)
	});
	else if (facts.deployLock !== void 0) {
		const remedy = `When it is over: tarlift unlock ${request.target}`;
		errors.push({
			host: host.name,
			code: "deploys-locked",
			what: `deploys are locked: ${facts.deployLock}`,
			remedy
		});
	}
	const { from, envFile } = request;
	const recorded = servicesOfMember(member);
	const adoption = await during(request.progress, `${host.name}: look`, () => host.adopt({
		services,
		recorded,
		shared,
		from,
		envFile
	}), (found) => found.from ?? found.release ?? "nothing to adopt");
	errors.push(...adoption.findings.map((finding) => ({
		host: host.name,
		...finding
	})));
	const later = facts.findings.map(({ what, remedy }) => `before the first deploy: ${what}${remedy ? ` (${remedy})` : ""}`);
	const planned = {
		name: host.name,
		adoption,
		release: adoption.release ?? nameOf$1(adoption, request.now),
		services: [],
		warnings: [
			...later,
			...facts.warnings,
			...elsewhere(adoption, layout.root)
		]
	};
	return {
		...member,
		facts,
		planned,
		errors
	};
}
/** `adopted-<commit>`: the name shows its origin as long as it is listed beside releases. */
function nameOf$1({ commit }, now) {
	return `adopted-${commit?.slice(0, 12) ?? now.toISOString().replaceAll(/\D/g, "").slice(0, 14)}`;
}
/** Services that work in another directory would never notice a deploy. */
function elsewhere({ from, services }, root) {
	return services.filter(({ directory }) => directory !== void 0 && from !== void 0 && !`${directory}/`.startsWith(`${from}/`)).map(({ name, directory }) => `before the first deploy: ${name} works in ${directory}, and not in the application's directory (let it work in ${root}/current)`);
}
async function move(request, member, planned) {
	const { host, services, shared } = member;
	const { release, warnings } = planned;
	const { from, envFile, programs, deployId: transaction } = request;
	const as = {
		release,
		commit: planned.adoption.commit,
		transaction,
		programs
	};
	const adoption = await during(request.progress, `${host.name}: adopt`, () => host.adopt({
		services,
		recorded: servicesOfMember(member),
		shared,
		from,
		envFile,
		as
	}), () => release);
	const seen = await host.observe({
		services,
		settle: false
	});
	try {
		return {
			...planned,
			adoption,
			services: await healthAsAdopted(member, release, seen)
		};
	} catch (error) {
		const { what } = errorOf(error);
		return {
			...planned,
			adoption,
			services: seen,
			warnings: [...warnings, `a rollback to it would fail: ${what}`]
		};
	}
}
/** As a rollback to it will check, but without retries: its health must be as it was a moment ago. */
function healthAsAdopted(member, release, services) {
	const health = Object.entries(member.health).map(([service, one]) => [service, {
		...one,
		retries: 0
	}]);
	const facts = {
		...member.facts,
		releases: [{
			id: release,
			version: release,
			state: "good"
		}]
	};
	return healthOf({
		...member,
		facts,
		health: Object.fromEntries(health)
	}, release, services, {});
}

// src/pipeline/adopt.ts
/** @throws Failure (refused) for an invalid path, and as {@link fleetRequest} does */
async function adoptOn(context, options) {
	const from = options.from?.replace(/\/+$/, "");
	if (from !== void 0 && !/^(\/[^/\0\n]+)+$/.test(from)) throw refused$1(`${JSON.stringify(options.from)} is no absolute path of a directory`);
	if (options.envFile !== void 0 && !/^[^\0\n]+$/.test(options.envFile)) throw refused$1(`${JSON.stringify(options.envFile)} is no path of a file`);
	const { apply, envFile } = options;
	const programs = programsOf(context.config);
	return withFleet(context, options, (request) => adopt({
		...request,
		from,
		envFile,
		apply,
		programs,
		now: /* @__PURE__ */ new Date()
	}));
}
/** The first entries of `PATH`: programs of environments. */
function programsOf({ environments }) {
	return Object.values(environments).flatMap((environment) => {
		const installer = installerOf(environment.installer);
		if (installer.kind !== "path" || environment.use === "build") return [];
		return installer.runtime({}, installer.releasePath(environment).path).path;
	});
}
const refused$1 = (what) => new Failure({
	code: "input-invalid",
	what,
	outcome: "refused"
});

// src/report/adoption.ts
/** What was done, or would be, host by host, and the next command. */
function adoptionLines(report) {
	const { outcome, target, errors } = report;
	return [
		...outcome === "refused" ? [] : report.hosts.flatMap((host) => hostLines(host, outcome === "planned")),
		...groupErrors(errors).flatMap((error) => errorText(error).split("\n")),
		"",
		...end(outcome, target)
	];
}
function hostLines({ name, adoption, release, services, warnings }, planned) {
	if (adoption.adopted && adoption.from === void 0) return [`${name}: ${release} was adopted before`];
	const { from, commit, layout } = adoption;
	return [
		`${name}: ${from} (${layout === "releases" ? "a release of another tool" : "a directory"}${commit ? `, at commit ${commit.slice(0, 12)}` : ""}) ${planned ? "would become" : "is"} the release ${release}`,
		...adoption.begun ? ["  a move that was cut off is finished"] : [],
		...stepsOf(adoption, release).map((step) => `  ${planned ? "would be done" : "done"}: ${step}`),
		...planned ? adoption.services.map(({ name: service, detail }) => `  ${service} goes on without a restart: ${detail}`) : services.map(({ service, evidence, detail }) => `  ${service}: ${detail} (${evidence})`),
		...warnings.map((warning) => `  ! ${warning}`)
	];
}
function stepsOf({ from, layout, shared, variables, files, foreign }, release) {
	const left = foreign > 0 ? `; ${formatCount(foreign, "entry", "entries")} of other users left out` : "";
	return [
		...shared.flatMap(({ path, becomes }) => {
			if (becomes === "move") return [`${path} moved to shared/${path}, a link in its place`];
			return becomes === "link" ? [`shared/${path} leads to where ${path} leads`] : [];
		}),
		variables === void 0 ? ".tarlift/exec and an empty configuration for it (--dotenv takes one over)" : `.tarlift/exec and its configuration, ${formatCount(variables, "variable")}`,
		`${formatCount(files, "file")} recorded, so that a rollback to it can be verified${left}`,
		layout === "releases" ? "nothing moved: it stays where it is" : `${from} renamed to releases/${release}, and a link in its place`
	];
}
function end(outcome, target) {
	switch (outcome) {
		case "planned": return ["a plan: nothing changed", `next: tarlift adopt ${target} --apply`];
		case "adopted": return ["every host has it as a good release; no service was restarted", `next: tarlift host setup ${target} --check   and then: tarlift deploy ${target}   (to roll back: tarlift rollback ${target})`];
		case "refused": return ["nothing changed anywhere"];
		case "failed": return ["it did not come to an end on every host: the same command again finishes it"];
	}
}

// src/cli/secrets-file.ts
/** @throws Failure (refused) for a file of secrets that does not exist or is invalid */
function secretsIn(file) {
	let text;
	try {
		text = readFileSync(file, "utf8");
	} catch (cause) {
		const missing = cause.code === "ENOENT";
		throw new Failure({
			code: "secret-invalid",
			what: missing ? "there is no such file of secrets" : "the file of secrets cannot be read",
			where: { file },
			output: missing ? void 0 : cause.message,
			outcome: "refused",
			cause
		});
	}
	const secrets = parseSecrets(text, file);
	hidden.hide(Object.values(secrets));
	return secrets;
}

// src/cli/values.ts
/**
* @returns a function that parses an option's value as seconds
* @throws Failure (refused) naming the option and the forms of a duration
*/
const durationOf = (option) => (text) => {
	const seconds = parseDuration(text.trim());
	if (seconds !== void 0) return seconds;
	throw unreadable(option, text, DURATION_FORMS);
};
/** Like {@link durationOf}, for a time limit, which must be more than zero. */
const timeLimitOf = (option) => (text) => {
	const seconds = durationOf(option)(text);
	if (seconds > 0) return seconds;
	throw unreadable(option, text, `${DURATION_FORMS}, and more than 0`);
};
/**
* @returns a function that parses an option's value as a whole number in these bounds
* @throws Failure (refused) naming both
*/
const countOf = (option, least, most) => (text) => {
	const count = /^\d{1,6}$/.test(text.trim()) ? Number(text) : NaN;
	if (count >= least && count <= most) return count;
	throw unreadable(option, text, `a whole number from ${least} to ${most}`);
};
const unreadable = (option, text, expected) => new Failure({
	code: "input-invalid",
	what: `${option} is ${JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}…` : text)}, and should be ${expected}`,
	outcome: "refused"
});

// src/cli/host-options.ts
/** The target, and how its hosts are reached. */
function hostOptions(command) {
	return command.argument("<target>", "a target of tarlift.yml").option("--ssh-key <file>", "the private key (default: the agent, and your own keys)").option("--ssh-known-hosts <file>", "the hosts' keys (default: your own known_hosts)").option("--insecure-accept-any-host-key", "do not check host keys: who stands between this machine and a host can read and change everything").option("--secrets-file <file>", "values of the target's secrets, NAME=VALUE a line (default: the environment)");
}
/** For verbs that change hosts, and so need their lock. */
function waitOption(command) {
	return command.option("--wait-for-lock <time>", "how long to wait for another run to end: 90, 90s, 10m, 1h30m (default: the target's)", durationOf("--wait-for-lock"));
}
/** @throws Failure (refused) for a file of secrets that does not exist or is invalid */
function fleetOptions(target, options) {
	const at = (path) => resolve(options.directory ?? ".", path);
	return {
		target,
		ssh: {
			...options.sshKey ? { key: { file: at(options.sshKey) } } : {},
			...options.sshKnownHosts ? { knownHosts: { file: at(options.sshKnownHosts) } } : {},
			...options.insecureAcceptAnyHostKey ? { insecureAcceptAnyHostKey: true } : {}
		},
		secrets: options.secretsFile ? secretsIn(at(options.secretsFile)) : void 0,
		waitForLock: options.waitForLock
	};
}

// src/cli/context.ts
/** The heading of these options in the help. */
const GLOBAL_OPTIONS = "Global options:";
/** Adds the options of all verbs. They belong to the program and to each verb: they may be before or after the verb. */
function globalOptions(command) {
	return command.optionsGroup(GLOBAL_OPTIONS).option("-C, --directory <directory>", "work as if started there").option("--config <file>", "the configuration (default: tarlift.yml in the directory, or above it)").option("--store <directory>", "where layers and artifacts are kept outside of a runner").option("-v, --verbose", "show the output of the commands that run").option("-q, --quiet", "say nothing but errors and the result");
}
/**
* @param signal from verbs that end in good order when they are interrupted; the others just end
* @throws Failure if there is no configuration or no repository
*/
async function context(options, signal) {
	const store = options.store ? resolve(options.directory ?? ".", options.store) : void 0;
	const opened = await openContext({
		directory: options.directory,
		config: options.config,
		stores: chooseStores({
			directory: store,
			env: process.env
		}),
		storeDirectory: store,
		progress: progressFor(options),
		signal
	});
	hidden.keep(publicNames(opened.config));
	const secrets = secretValues(opened.config, process.env);
	hidden.hide(Object.values(secrets));
	const ofFile = options.secretsFile ? secretsIn(resolve(options.directory ?? ".", options.secretsFile)) : {};
	const short = tooShortToHide({
		...secrets,
		...ofFile
	});
	if (short) opened.progress.warning(short);
	return opened;
}

// src/cli/host-verb.ts
/**
* Adds `--json` and the action of a verb.
*
* @param command with its other options (see `hostOptions`); its first argument is the target
*/
function hostVerb(command, verb) {
	return command.option("--json", verb.json ?? "as JSON").action(async () => {
		const options = command.optsWithGlobals();
		const [target = "", ...words] = command.args;
		const here = await context(options, verb.stops ? stopSignal() : void 0);
		const result = await verb.work(here, fleetOptions(target, options), options, words);
		if (options.json) printJson(result);
		else verb.print(result);
		const errors = verb.errors?.(result) ?? [];
		for (const error of errors) printError(errorText(withNextCommands(error)));
		process.exitCode = verb.exitCode?.(result) ?? (errors.length > 0 ? 1 : 0);
	});
}

// src/cli/adopt.ts
function register$13(program) {
	const command = waitOption(hostOptions(program.command("adopt"))).description("make what runs on the hosts without Tarlift their first good release; without --apply, show what that would do").option("--from <directory>", "where the application runs on the hosts (default: current, below the target's root)").option("--dotenv <file>", "the file that holds its configuration, relative to that directory").option("--apply", "do it; services go on running");
	hostVerb(command, {
		stops: true,
		work: (here, fleet, { from, dotenv: envFile, apply = false }) => adoptOn(here, {
			...fleet,
			from,
			envFile,
			apply
		}),
		print: (report) => printLines(adoptionLines(report).map((line) => typed(visibleLine(line)))),
		exitCode: ({ outcome }) => outcome === "refused" || outcome === "failed" ? EXIT_CODES[outcome] : 0
	});
}

// src/cli/build-env.ts
function register$12(program) {
	program.command("build-env").description("restore or build the application's environments, each at the path where it will run").argument("[name...]", "names of environments (default: all)").option("--explain", "print what is in each key, and do nothing").option("--unpack", "also put each where it runs on this machine, ready to be used").option("--rebuild", "build again even when the key is known").option("--python <interpreter>", "build with this interpreter; its minor version must be the hosts'").option("--json", "as JSON").action(async (names, _options, command) => buildEnv(names, command.optsWithGlobals()));
}
async function buildEnv(names, options) {
	const here = await context(options, stopSignal());
	if (options.explain) {
		const keyed = await explainKeys(here, {
			...options,
			names
		});
		if (options.json) return printJson(keyed.map(({ name, key, parts }) => ({
			name,
			key,
			parts
		})));
		return printLines([...keyed.flatMap(explanation), ...assetNote(here.config.assets.length)].map(visibleLine));
	}
	const environments = await makeEnvironments(here, {
		...options,
		names
	});
	if (options.json) return printJson(environments.map(summary));
	printLines(environments.flatMap(lines$1).map(visibleLine));
}
/** Environments are also part of the keys of asset steps. */
const assetNote = (steps) => steps === 0 ? [] : ["", "Asset steps have the id of every environment in their keys, also of those that they do not use: another id runs them again."];
function explanation({ name, key, parts }) {
	const width = Math.max(...parts.map((part) => part.name.length));
	return [`${name}  ${key}`, ...parts.map((part) => `  ${part.name.padEnd(width)}  ${part.value}`)];
}
function summary({ record, hit, path, bin, layer, use }) {
	return {
		name: record.name,
		use,
		key: record.key,
		id: record.id,
		hit,
		path,
		bin,
		kind: record.kind,
		size: layer.size,
		uncompressed: layer.uncompressed,
		diffId: record.diffId,
		requirements: record.requirements
	};
}
function lines$1({ record, hit, path, layer }) {
	return [`${record.name}  ${hit ? "restored" : "built"}  ${record.id}  ${formatBytes(layer.size)} (${formatBytes(layer.uncompressed)} unpacked)  ${path}`];
}

// src/cli/bundle.ts
function register$11(program) {
	program.command("bundle").description("make one artifact of the commit that is checked out, and run its checks").option("-o, --output <file>", "where it goes (default: <app>-<label>.tar in the work directory; its path is printed)").option("--label <label>", "a label for it (default: the tag on HEAD, else the commit)").option("--allow-other-tag", "take a label that is the tag of another commit").option("--no-check", "leave the checks out").option("--require-isolation", "fail where the checks cannot be isolated").option("--python <interpreter>", "build with this interpreter; its minor version must be the hosts'").option("--upload", "also keep it in the artifact store").option("--json", "as JSON").action(async (_options, command) => makeBundle(command.optsWithGlobals()));
}
async function makeBundle(options) {
	const here = await context(options, stopSignal());
	const result = await makeArtifact(here, {
		check: options.check,
		...options.label ? { version: options.label } : {},
		...options.allowOtherTag ? { allowOtherTag: true } : {},
		...options.output ? { output: resolve(here.directory, options.output) } : {},
		...options.requireIsolation ? { requireIsolation: true } : {},
		...options.python ? { python: options.python } : {}
	});
	const { app, targets } = here.config;
	const uploaded = options.upload ? await (await here.stores.artifacts()).upload(`${app}-${result.version}`, result.file, {}) : void 0;
	if (options.json) printJson({
		...result,
		uploaded
	});
	else printLines(lines(result, Object.keys(targets)).map(visibleLine));
}
function lines(result, targets) {
	const { timings } = result;
	const seconds = (part) => `${(timings[part] / 1e3).toFixed(1)} s`;
	return [
		"",
		`${result.file}`,
		`  label           ${result.version}, commit ${result.commit.slice(0, 12)}`,
		`  release digest  ${result.releaseDigest}`,
		`  size            ${formatBytes(result.size)}`,
		...result.environments.map(({ name, id, hit, size }) => `  environment     ${name} ${id}, ${hit ? "restored" : "built"}, ${formatBytes(size)}`),
		...result.assets.map(({ name, hit, size }) => `  assets          ${name}, ${hit ? "unchanged" : "made"}, ${formatBytes(size)}`),
		...result.libraries.map(({ name, by }) => `  hosts need      ${name}${by === void 0 ? "" : `, for ${by}`}`),
		`  checks          ${checkLine(result.checkReport)}`,
		`  time            source ${seconds("source")}, environments ${seconds("environments")}, assets ${seconds("assets")}, application ${seconds("application")}, artifact ${seconds("artifact")}, unpacking ${seconds("unpacking")}, checks ${seconds("checks")}`,
		"",
		targets.length > 0 ? `next: ${typed("tarlift deploy TARGET", targets[0])} ${formatCommand(["--artifact", result.file])}` : `next: ${formatCommand([
			"tarlift",
			"inspect",
			result.file
		])}`
	];
}

// src/cli/compatible.ts
function register$10(program) {
	const command = hostOptions(program.command("compatible")).description("try the live release with the migrations of this commit, on a scratch database (`migrations.compatible` of tarlift.yml)").option("--live <commit>", "what is live: a commit, tag or branch (default: the target's hosts are asked)").option("--live-artifact <file>", "its artifact (default: the artifact store's where the hosts were asked, else it is bundled from its commit)").option("--artifact <file>", "what would be deployed (default: it is bundled from the commit that is checked out)").option("--python <interpreter>", "build and run with this interpreter; its minor version must be the hosts'");
	hostVerb(command, {
		stops: true,
		work: (here, fleet, { live, liveArtifact, artifact, python }) => compatibleWith(here, {
			...fleet,
			live,
			liveArtifact,
			artifact,
			python
		}),
		print: (found) => printLines(compatibilityLines(found).map(visibleLine))
	});
}

// src/cli/deploy.ts
function register$9(program) {
	const command = waitOption(hostOptions(program.command("deploy"))).description("put an artifact on every host of a target: all hosts new, or all as they were").option("--artifact <file>", "the artifact (default: one is bundled from the commit that is checked out)").option("--python <interpreter>", "bundle with this interpreter; its minor version must be the hosts'").option("--label <label>", "a label for the release (default: the artifact's)").option("--allow-other-tag", "take a label that is the tag of another commit").option("--dry-run", "look at every host, print the plan, change nothing").option("--allow-older", "deploy a commit that the live one descends from");
	hostVerb(command, {
		...TRANSACTION,
		work: (here, fleet, { artifact, label, allowOtherTag, dryRun, allowOlder, python }) => deployTo(here, {
			...fleet,
			artifact,
			version: label,
			allowOtherTag,
			dryRun,
			allowOlder,
			python
		})
	});
}
/** What the verbs that run a transaction have in common. */
const TRANSACTION = {
	stops: true,
	print: (report) => printProse(transactionLines(withNextCommands(report), resultPaint(), typed(nextCommand(report)))),
	exitCode: ({ outcome }) => OUTCOME_EXIT[outcome]
};

// src/cli/converge.ts
function register$8(program) {
	const command = waitOption(hostOptions(program.command("converge"))).description("bring every host to what the fleet agreed on last: what a killed run left is put in order, hosts that were away or are new get the release of the others").option("--artifact <file>", "the artifact of that release, or its name in the artifact store (default: it is looked for there, and else comes from a host that has it)").option("--release-digest <digest>", "go on only to this very release");
	hostVerb(command, {
		...TRANSACTION,
		work: (here, fleet, { artifact, releaseDigest }) => convergeOn(here, {
			...fleet,
			artifact,
			releaseDigest
		})
	});
}

// src/cli/history.ts
function register$7(program) {
	const command = hostOptions(program.command("history")).description("what was deployed, rolled back and reverted, and who did it when, as the hosts recorded it").option("-n, --limit <count>", "how many, the newest first", countOf("--limit", 1, 99999), 20);
	hostVerb(command, {
		work: (here, fleet, { limit }) => withFleet(here, fleet, (request) => history(request, limit)),
		print: (found) => printLines(historyLines(found)),
		errors: ({ errors }) => errors
	});
}

// src/operations/host-check.ts
/**
* Takes each host's lock for the time of the check, without waiting for it. Nothing changes.
*
* @param commands of services in a release, by service, if they are known
*/
async function checkHosts({ owner: by, members }, commands) {
	const owner = `${by} (host setup --check)`;
	const results = await forEachHost(members, async ({ host, layout, services, shared }) => {
		const facts = await host.facts({
			layout,
			services,
			shared,
			lock: {
				wait: 0,
				owner
			}
		});
		return {
			...facts,
			warnings: [...facts.warnings, ...await host.definitions({
				layout,
				services,
				commands
			})]
		};
	});
	return {
		missing: [...results.failed.map(({ error }) => error), ...results.done.flatMap(({ member, value }) => value.findings.map((one) => ({
			host: member.host.name,
			...one
		})))],
		warnings: results.done.flatMap(({ member, value }) => [...value.lockedBy === void 0 ? [] : [value.lockedByStranger ? lockedWords(value) : `another run is under way: ${value.lockedBy}`], ...value.warnings].map((warning) => `${member.host.name}: warning: ${warning}`))
	};
}

// src/operations/host-setup.sh
var host_setup_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154 # supervisors: host-setup.ts\n# The functions of the script that `tarlift host setup` prints (src/operations/host-setup.ts): each checks whether\n# something is as required, and makes it so. With `plan` as the script's argument nothing is changed, and it prints what\n# would be. Needs root, except for a plan.\n#\n# Functions that differ between supervisors are in their parts of the script: src/supervisors/<key>/host-setup.sh.\n#\n#   = as required     + made, or would be     ~ differs, and is not changed     ! left to a person (exit code 3)\n#\n# Root changes nothing in a directory that another user can write: a name there may be a link by the time it is changed.\n# The owner makes such changes, who gains no permission by them.\n\nmode=${1:-apply}\nleft=0\n# Programs are root's, and none of them reads a file of the directory in which this was started.\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nexport PATH\ncd /\numask 022\n\nsay() { printf '%s\\n' \"$*\"; }\nleave() {\n	left=1\n	say \"! $*\"\n}\napplies() { [ \"$mode\" != plan ]; }\nexists() { id -u \"$1\" >/dev/null 2>&1; }\n# The group of a user; before the user exists, its future group.\ngroup_of() { id -gn \"$1\" 2>/dev/null || echo \"$1\"; }\n\n# Packages with useradd and usermod; busybox has neither.\nSHADOW=\"apt-get install passwd, apk add shadow (or what your system has)\"\n\n# user NAME OPTION-OF-USERADD... If it cannot be made, the script ends: all later steps concern its users.\nuser() {\n	if exists \"$1\"; then\n		say \"= user $1\"\n		return 0\n	fi\n	say \"+ user $1\"\n	applies || return 0\n	new_user=$1\n	shift\n	if ! command -v useradd >/dev/null; then\n		leave \"$new_user cannot be made: this host has no useradd. Install it: $SHADOW, or make the user by hand, and run this again\"\n		finish\n	fi\n	new_output=$(useradd \"$@\" \"$new_user\" 2>&1) || {\n		leave \"$new_user cannot be made. useradd says: $new_output. Make it by hand, and run this again\"\n		finish\n	}\n}\n\n# group_alone USER SSH-USER OTHER...: the configuration of releases, with its secrets, is readable for the group of\n# USER, unless all services run as the SSH user. Checks that only these are in the group.\ngroup_alone() {\n	group_read=\"can read the configuration of its releases with its secrets\"\n	[ \"$1\" != \"$2\" ] || group_read=\"can read the configuration of its releases with its secrets unless each service is seen to run as $1\"\n	group_others=$(awk -F : -v \"mine= $* \" -v \"group=$(id -g \"$1\" 2>/dev/null)\" '\n		function found(name) { if (name != \"\" && !index(mine, \" \" name \" \")) { mine = mine name \" \"; print name } }\n		group == \"\" { exit }\n		FILENAME ~ /passwd$/ { if ($4 == group && $3 != 0) found($1); next }\n		$3 == group { count = split($4, names, \",\"); for (n = 1; n <= count; n++) found(names[n]) }\n	' /etc/passwd /etc/group | tr '\\n' ' ')\n	[ -z \"$group_others\" ] ||\n		say \"~ the group of $1, $(group_of \"$1\"), has others in it (${group_others% }), who $group_read, and write below shared/. Give $1 a group of its own (groupadd, usermod --gid), run this again, and deploy\"\n}\n\n# member USER OTHER: USER is in the group of OTHER. By numbers: names of groups from a directory service may have\n# blanks.\nmember() {\n	if id -G \"$1\" 2>/dev/null | tr ' ' '\\n' | grep -qx \"$(id -g \"$2\" 2>/dev/null || echo none)\"; then\n		say \"= $1 is in the group of $2\"\n		return 0\n	fi\n	say \"+ $1 is in the group of $2\"\n	applies || return 0\n	if ! command -v usermod >/dev/null && ! command -v gpasswd >/dev/null; then\n		leave \"$1 cannot be put into the group $(group_of \"$2\"): this host has no usermod. Install it: $SHADOW, and run this again\"\n		return 0\n	fi\n	# usermod knows only the users of /etc/passwd.\n	usermod --append --groups \"$(group_of \"$2\")\" \"$1\" 2>/dev/null || gpasswd --add \"$1\" \"$(group_of \"$2\")\" >/dev/null 2>&1 ||\n		leave \"$1 cannot be put into the group '$(group_of \"$2\")' here. Where one of them is a directory's (LDAP, AD), put it there, and run this again\"\n}\n\n# quoted TEXT: as one word of shell text.\nquoted() { printf \"'%s'\" \"$(printf '%s' \"$1\" | sed \"s/'/'\\\\\\\\''/g\")\"; }\n\n# as_user USER TEXT: runs shell text as USER. It has no terminal and no open file of this script, because other\n# processes of USER can take it over; only its exit code is used.\nas_user() {\n	set -- \"$1\" \"PATH=$PATH; $2\"\n	if [ \"$(id -un)\" = \"$1\" ]; then\n		sh -c \"$2\" </dev/null >/dev/null 2>&1\n		return\n	fi\n	set -- su -s /bin/sh -c \"$2\" \"$1\"\n	! command -v setsid >/dev/null || set -- setsid \"$@\"\n	! command -v timeout >/dev/null || set -- timeout 60 \"$@\"\n	\"$@\" </dev/null >/dev/null 2>&1\n}\n\n# alone PATH [USER]: whether only root, and USER, can change the target of PATH: it and all directories above belong to\n# them and are not writable for others; the same counts for targets of links on the way. A sticky directory is not\n# enough: any user can make new names there.\nalone() {\n	alone_links=0\n	alone_follow \"$@\"\n}\n\nalone_follow() {\n	alone_path=$1\n	alone_user=${2:-root}\n	alone_uid=$(id -u \"$alone_user\" 2>/dev/null) || alone_uid=0\n	while :; do\n		# shellcheck disable=SC2046 # owner, group, mode\n		set -- $(stat -c '%u %g %a' \"$alone_path\" 2>/dev/null)\n		case $alone_planned in *\"|$alone_path|\"*) set -- 0 0 755 ;; esac\n		[ \"$#\" -eq 3 ] && { [ \"$1\" -eq 0 ] || [ \"$1\" -eq \"$alone_uid\" ]; } || return 1\n		if [ -L \"$alone_path\" ]; then\n			alone_links=$((alone_links + 1))\n			[ \"$alone_links\" -le 40 ] || return 1\n			alone_target=$(readlink \"$alone_path\")\n			case $alone_target in\n			/*) ;;\n			*) alone_target=${alone_path%/*}/$alone_target ;;\n			esac\n			(alone_follow \"$alone_target\" \"$alone_user\") || return 1\n		else\n			case $3 in *[2367]) return 1 ;; *[2367]?) [ \"$2\" -eq 0 ] || return 1 ;; esac\n		fi\n		[ \"$alone_path\" != / ] || return 0\n		alone_path=${alone_path%/*}\n		alone_path=${alone_path:-/}\n	done\n}\n# Directories that a plan assumes to be made.\nalone_planned=\n\n# above PATH: the nearest directory above it that exists, or would be made.\nabove() {\n	above_path=$1\n	while\n		above_path=${above_path%/*}\n		above_path=${above_path:-/}\n		[ ! -e \"$above_path\" ] && [ ! -L \"$above_path\" ]\n	do\n		case $alone_planned in *\"|$above_path|\"*) break ;; esac\n	done\n	printf '%s\\n' \"$above_path\"\n}\n\n# directory PATH OWNER GROUP-OF MODE: sets these, whatever they were before.\ndirectory() {\n	wanted=\"$2 $(group_of \"$3\") $4\"\n	has=\n	[ ! -d \"$1\" ] || has=$(stat -L -c '%U %G %a' \"$1\")\n	if [ \"$has\" = \"$wanted\" ]; then\n		say \"= $1 ($wanted)\"\n		return 0\n	fi\n	directory_above=$(above \"$1\")\n	directory_real=$(readlink -f \"$1\" 2>/dev/null) || directory_real=$1\n	if alone \"$directory_above\" && { [ ! -L \"$1\" ] || alone \"${directory_real%/*}\"; }; then\n		directory_by=root\n	elif alone \"$directory_above\" \"$2\"; then\n		directory_by=$2\n	else\n		leave \"$1 ($wanted) is not made: $directory_above, or a directory above it, can be written by others than root and $2, who could put a link in its place. Take that right from them, or choose another directory, and run this again\"\n		return 0\n	fi\n	if [ \"$directory_by\" != root ] && [ -n \"$has\" ] && [ \"${has%% *}\" != \"$2\" ]; then\n		leave \"$1 belongs to ${has%% *}, and $2 could put anything in its place. Look at what is in it, then: chown $2:$(group_of \"$3\") $1, and run this again\"\n		return 0\n	fi\n	say \"+ $1 ($wanted${has:+; it is $has})\"\n	if ! applies; then\n		alone_planned=\"$alone_planned|$1|\"\n	elif [ \"$directory_by\" = root ]; then\n		mkdir -p -- \"$directory_real\"\n		chown \"$2:$(group_of \"$3\")\" \"$directory_real\"\n		chmod \"$4\" \"$directory_real\"\n	else\n		# shellcheck disable=SC2016 # text for another shell\n		as_user \"$2\" \"umask 022; set -- $(quoted \"$1\") $(quoted \"$(group_of \"$3\")\") $4\"'\n			mkdir -p -- \"$1\" && chgrp \"$2\" \"$1\" && chmod \"$3\" \"$1\"' || leave \"$1 cannot be made by $2: look at what is there\"\n	fi\n}\n\n# shared_directory ROOT PATH OWNER GROUP-OF: writable for both, as services need it. An existing one is not changed, nor\n# are other users' files in it. The owner makes it, step by step: a directory that proves to be another one than its\n# path says is not entered.\nshared_directory() {\n	if [ -d \"$1/$2\" ]; then\n		say \"= $1/$2 (as it is: $(stat -L -c '%U %G %a' \"$1/$2\"))\"\n		return 0\n	fi\n	say \"+ $1/$2 ($3 $(group_of \"$4\") 2775)\"\n	applies || return 0\n	# shellcheck disable=SC2016 # text for another shell\n	as_user \"$3\" \"umask 002; set -- $(quoted \"$1\") $(quoted \"$2\") $(quoted \"$(group_of \"$4\")\")\"'\n		cd -P \"$1\" || exit 1\n		at=$(readlink /proc/self/cwd)\n		rest=$2/\n		while [ -n \"$rest\" ]; do\n			part=${rest%%/*}\n			rest=${rest#*/}\n			made=no\n			[ -e \"./$part\" ] || { mkdir \"./$part\" && made=yes; } || exit 1\n			cd -P \"./$part\" || exit 1\n			at=$at/$part\n			[ \"$(readlink /proc/self/cwd)\" = \"$at\" ] || exit 1\n			[ \"$made\" = no ] || { chgrp \"$3\" . && chmod 2775 .; } || exit 1\n		done' || leave \"$1/$2 cannot be made by $3: something on its way is a link, or is not $3's to write. Make it by hand\"\n}\n\n# needs_file PATH\nneeds_file() {\n	if [ -e \"$1\" ]; then say \"= $1\"; else leave \"$1 is missing: put it there\"; fi\n}\n\n# key USER LINE: a line of the user's authorized_keys. The user reads and writes the file, which may have become a link\n# by then.\nkey() {\n	key_home=$(getent passwd \"$1\" 2>/dev/null | cut -d: -f6)\n	key_words=\"set -- $(quoted \"$key_home\") $(quoted \"$(printf '%s\\n' \"$2\" | cut -d' ' -f1,2)\") $(quoted \"$2\")\n		cd \\\"\\$1\\\" || exit 1\n		file=.ssh/authorized_keys\"\n	# shellcheck disable=SC2016 # text for another shell\n	if [ -n \"$key_home\" ] && { [ \"$(id -u)\" -eq 0 ] || [ \"$(id -un)\" = \"$1\" ]; } &&\n		as_user \"$1\" \"$key_words\"'; [ -f \"$file\" ] && grep -F -- \"$2\" \"$file\" | grep -qv \"^[[:space:]]*#\"'; then\n		say \"= a key of $1\"\n		return 0\n	fi\n	say \"+ a key of $1: $(printf '%s\\n' \"$2\" | cut -d' ' -f1,3-)\"\n	applies || return 0\n	# shellcheck disable=SC2016\n	as_user \"$1\" \"umask 077; $key_words\"'\n		[ -d .ssh ] || mkdir .ssh || exit 1\n		[ -f \"$file\" ] || [ ! -e \"$file\" ] || exit 1\n		[ ! -s \"$file\" ] || [ -z \"$(tail -c 1 \"$file\")\" ] || echo >>\"$file\"\n		printf \"%s\\n\" \"$3\" >>\"$file\" && chmod 0700 .ssh && chmod 0600 \"$file\"' ||\n		leave \"$key_home/.ssh/authorized_keys cannot be written by $1. Add this line to it: $2\"\n}\n\n# sudo_lines USER FILE [OLDER ROOT]: standard input becomes the file, if visudo accepts it; then OLDER is removed, the\n# file that an earlier setup of this application wrote.\nsudo_lines() {\n	new_text=$(sudo_here)\n	sudo_refused=no\n	sudo_file \"$2\"\n	[ -z \"${3-}\" ] || [ \"$sudo_refused\" = yes ] || sudo_older \"$2\" \"$3\" \"$4\"\n	sudo_gives_root \"$1\"\n}\n\n# sudo_older FILE OLDER ROOT: removes OLDER if all of its lines are in FILE now, or one of them concerns ROOT. Another\n# application whose names form the same words may have written it.\nsudo_older() {\n	[ -r \"$2\" ] || return 0\n	older_sum=$(sed -n '1s/^# Written by tarlift host setup; sum //p' \"$2\")\n	if [ \"$(tail -n +2 \"$2\" | sha256sum | cut -d' ' -f1)\" = \"$older_sum\" ] &&\n		{ ! tail -n +2 \"$2\" | grep -qvxF -e \"$new_text\" || grep -qF \"NOPASSWD: $3/releases/\" \"$2\"; }; then\n		say \"+ $2 is removed: $1 takes its place\"\n		! applies || [ ! -e \"$1\" ] || rm -f \"$2\"\n	else\n		say \"~ $2 stays: not all of its lines are this application's. Another one whose names make the same words may have written it, or a person; if neither needs it: rm $2\"\n	fi\n}\n\n# sudo_file FILE: $new_text becomes the file. Its first line has the checksum of its content when it was written, so\n# that a manual change is detected and kept.\nsudo_file() {\n	new_sum=$(printf '%s\\n' \"$new_text\" | sha256sum | cut -d' ' -f1)\n	if ! command -v visudo >/dev/null; then\n		leave \"sudo is not installed: apt-get install sudo (or what your system has), and run this again\"\n		return 0\n	fi\n	if [ -r \"$1\" ] || { [ -e \"$1\" ] && applies; }; then\n		old_sum=$(sed -n '1s/^# Written by tarlift host setup; sum //p' \"$1\")\n		if [ \"$(tail -n +2 \"$1\" | sha256sum | cut -d' ' -f1)\" != \"$old_sum\" ] && [ \"$(sha256sum <\"$1\" | cut -d' ' -f1)\" != \"$new_sum\" ]; then\n			leave \"$1 was edited since it was written, and stays as it is. It should hold:\"\n			printf '%s\\n' \"$new_text\" | sed 's/^/    /'\n			return 0\n		elif [ \"$old_sum\" = \"$new_sum\" ]; then\n			say \"= $1\"\n			return 0\n		fi\n	fi\n	say \"+ $1:\"\n	printf '%s\\n' \"$new_text\" | sed 's/^/    /'\n	applies || return 0\n	# sudo ignores files whose name has a dot.\n	printf '# Written by tarlift host setup; sum %s\\n%s\\n' \"$new_sum\" \"$new_text\" >\"$1.new\"\n	chmod 0440 \"$1.new\"\n	if ! new_output=$(visudo -cf \"$1.new\" 2>&1); then\n		rm -f \"$1.new\"\n		leave \"visudo does not take these lines, so that $1 is not written. It says:\"\n		printf '%s\\n' \"$new_output\" | sed 's/^/    /'\n		sudo_refused=yes\n		return 0\n	fi\n	mv \"$1.new\" \"$1\"\n}\n\n# sudo_gives_root USER: rules in any file of sudo that let USER choose the configuration of supervisorctl, and with it a\n# plugin that runs as root: older setups wrote such rules.\nsudo_gives_root() {\n	[ \"$(id -u)\" -eq 0 ] || return 0\n	root_lines=$(sudo -n -l -U \"$1\" 2>/dev/null | tr -s ' \\n' ' ' | sed 's/[\\\\]//g; :list\ns/(\\([^)]*\\), /(\\1,/; t list\ns/, /\\n/g; s/ (/\\n(/g' | sudo_as_root |\n		grep -o '/[^ ]*/supervisorctl\\( .*\\|$\\)' | while read -r root_program root_option root_file root_rest; do\n		[ \"$root_option\" = -c ] && alone \"$root_file\" || echo \"    $root_program${root_option:+ $root_option}${root_file:+ $root_file}${root_rest:+ $root_rest}\"\n	done)\n	[ -z \"$root_lines\" ] || leave \"sudo lets $1 run these, and so anything as root, since supervisorctl reads the supervisord.conf that its caller chooses. Remove them with visudo:\n$root_lines\"\n}\n\n# sudo_as_root: reads commands of sudo's listing, one per line, and prints those that run as root. `(USERS : GROUPS)`\n# applies until the next one, and the last user of it that is root, or all, decides.\nsudo_as_root() {\n	awk '\n		/^\\(/ {\n			root = 0\n			users = substr($0, 2, index($0, \")\") - 2)\n			sub(/ *:.*/, \"\", users)\n			count = split(users, user, /, */)\n			for (n = 1; n <= count; n++) {\n				if (user[n] ~ /^(root|ALL|#0)$/) root = 1\n				if (user[n] ~ /^!(root|ALL|#0)$/) root = 0\n			}\n		}\n		root'\n}\n\n# program_here NAME: its path as a user finds it, which a sudoers rule must name. If /usr/sbin is a link to bin, root's\n# PATH leads to another one.\nprogram_here() {\n	here_path=$(command -v \"$1\") || here_path=/usr/bin/$1\n	[ \"$(readlink -f \"${here_path%/*}\")\" != \"$(readlink -f /usr/bin)\" ] || here_path=/usr/bin/$1\n	echo \"$here_path\"\n}\n\n# Sudoers rules, with this host's paths of what they name. sudo-rs treats arguments as words and not as patterns, and\n# accepts no backslash before a `*`.\nsudo_here() {\n	here_text=$(cat)\n	for here_supervisor in $supervisors; do\n		here_text=$(printf '%s\\n' \"$here_text\" | \"${here_supervisor}_sudo_here\")\n	done\n	case $(sudo -V 2>&1 </dev/null) in\n	sudo-rs*) printf '%s\\n' \"$here_text\" | sed -e 's/\\\\\\*/*/g' -e 's/\\\\\\\\\\\\\\\\/\\\\\\\\/g' ;;\n	*) printf '%s\\n' \"$here_text\" ;;\n	esac\n}\n\n# definition FILE SUPERVISOR NAME: writes a service's definition from standard input, if there is none. SUPERVISOR_reads\n# NAME makes the supervisor read it. An existing one belongs to its administrator, whatever its path, and one whose\n# command is unknown cannot be written.\ndefinition() {\n	new_file=$1\n	shift\n	new_text=$(cat)\n	old_file=$(definition_of \"$new_file\" \"$1\")\n	if [ -n \"$old_file\" ] && [ \"$old_file\" != \"$new_file\" ]; then\n		say \"= $old_file (as it is; it defines ${new_file##*/})\"\n		return 0\n	fi\n	if [ -n \"$old_file\" ]; then\n		definition_differs \"$new_file\" \"$@\"\n		return 0\n	fi\n	if printf '%s\\n' \"$new_text\" | grep -q ' CHANGE '; then\n		leave \"$new_file is missing, and its command is not known here (--command SERVICE='…'):\"\n		printf '%s\\n' \"$new_text\" | sed 's/^/    /'\n		return 0\n	fi\n	if [ ! -d \"${new_file%/*}\" ]; then\n		leave \"${new_file%/*} is missing: install the supervisor, and run this again\"\n		return 0\n	fi\n	if ! alone \"${new_file%/*}\"; then\n		leave \"${new_file%/*}, or a directory above it, can be written by others than root: take that right from them, and run this again\"\n		return 0\n	fi\n	say \"+ $new_file:\"\n	printf '%s\\n' \"$new_text\" | sed 's/^/    /'\n	applies || return 0\n	printf '%s\\n' \"$new_text\" >\"$new_file\"\n	\"${1}_reads\" \"$2\"\n}\n\n# definition_of FILE SUPERVISOR: the file that defines this service already, whatever its path.\ndefinition_of() {\n	if [ -e \"$1\" ] || [ -L \"$1\" ]; then\n		printf '%s\\n' \"$1\"\n	else\n		\"${2}_defined\" \"$1\"\n	fi\n}\n\n# definition_differs FILE SUPERVISOR NAME: reports whether it differs from $new_text, and how the supervisor reads a\n# change of it; an unknown command is no difference.\ndefinition_differs() {\n	differs_lines=$(printf '%s\\n' \"$new_text\" | grep -v ' CHANGE ' | while IFS= read -r differs_line; do\n		one_dollar \"$1\" 2>/dev/null | grep -qxF -e \"$(printf '%s\\n' \"$differs_line\" | one_dollar)\" || printf '    %s\\n' \"$differs_line\"\n	done)\n	if [ -z \"$differs_lines\" ]; then\n		say \"= $1 (as it is)\"\n		return 0\n	fi\n	say \"~ $1 stays as it is. It does not have these lines, which this script would write:\"\n	say \"$differs_lines\"\n	say \"  If it is to have them: edit it as root, then run: $(\"${2}_reread\" \"$3\")\"\n}\n\n# In a unit, `$NAME` is a variable of the unit and `$$NAME` one of the shell: only the unit's administrator knows which\n# is intended.\none_dollar() { sed 's/\\$\\$*/$/g' \"$@\"; }\n\n# lingers USER: its services run while the user has no session. Without systemd, the end of a session ends no processes.\nlingers() {\n	[ -d /run/systemd/system ] || return 0\n	if [ -e \"/var/lib/systemd/linger/$1\" ]; then\n		say \"= the services of $1 outlive its logins\"\n		return 0\n	fi\n	say \"+ the services of $1 outlive its logins\"\n	! applies || heard=$(loginctl enable-linger \"$1\" 2>&1) ||\n		leave \"the services of $1 end with its logins. loginctl says: $heard. When logind runs: loginctl enable-linger $1\"\n}\n\nfinish() {\n	[ \"$left\" -eq 0 ] || exit 3\n}\n";

// src/operations/host-setup.ts
/**
* The script. A service whose command is unknown has CHANGE in its place, and is left out until the command is given.
*
* @throws Failure (refused) for an invalid key, and for a command that cannot be written to a supervisor's file
*/
function setupScript(input) {
	const { host, user, layout, shared } = input;
	const runAs = layout.runAs ?? user;
	const others = new Set([runAs, ...input.services.flatMap((service) => service.runAs ?? [])].filter((one) => one !== user));
	const owner = `${user} ${runAs}`;
	const setUp = [
		"# Users: the services' own, and the one that deploys, in its group.",
		...[...others].map((other) => `user ${other} --system --user-group --home-dir ${shellWord(layout.root)} --shell /usr/sbin/nologin`),
		`user ${user} --create-home --user-group --shell /bin/sh --password '*'`,
		...[...others].map((other) => `member ${user} ${other}`),
		`group_alone ${[
			runAs,
			user,
			...others
		].join(" ")}`,
		...input.key === void 0 ? [] : [`key ${user} ${shellWord(checkedKey(input.key))}`],
		"",
		"# Directories: releases belong to the user that deploys; what services write is below shared/.",
		`directory ${shellWord(layout.root)} ${owner} 755`,
		`directory ${shellWord(`${layout.root}/releases`)} ${owner} 755`,
		`directory ${shellWord(`${layout.root}/.tarlift`)} ${owner} 750`,
		`directory ${shellWord(layout.environmentsRoot)} ${owner} 755`,
		...["shared", ...shared.directories.map((path) => `shared/${path}`)].map((path) => `shared_directory ${shellWord(layout.root)} ${shellWord(path)} ${owner}`),
		...shared.files.map((path) => `needs_file ${shellWord(`${layout.root}/shared/${path}`)}`),
		...once(input),
		...sudoers(input),
		...definitions(input, runAs),
		"",
		"finish"
	];
	return `${[
		`# ${layout.app} on ${host}: run as root; it may be run again. With the argument \`plan\` it changes nothing and says what it would do.`,
		"#",
		"# All that it does is in set_up, in this order. The functions that set_up uses stand below it.",
		"set -eu",
		"",
		"set_up() {",
		...setUp,
		"}",
		"",
		SETUP_WORDS,
		"set_up"
	].join("\n")}\n`;
}
/** The first lines are for shellcheck. */
const withoutHead = (text) => text.replace(/^(# shellcheck .*\n)+/, "");
const supervisors = SUPERVISORS;
/** The functions of the script: those that all supervisors share, and each one's own. */
const SETUP_WORDS = [
	withoutHead(host_setup_default),
	`supervisors="${supervisors.flatMap(({ key, setup }) => setup ? [key] : []).join(" ")}"`,
	...supervisors.flatMap(({ setup }) => setup ? ["", withoutHead(setup.words)] : [])
].join("\n");
/** The services of each supervisor that has something to set up. */
function bySetup(services) {
	return supervisors.flatMap(({ setup, kinds }) => {
		const own = services.filter(({ kind }) => kinds.includes(kind));
		return setup && own.length > 0 ? [[setup, own]] : [];
	});
}
/** Auto-revert, too, outlives a session only if sessions are not killed at their end. */
function once({ services, user, requireSwitch }) {
	const lines = bySetup(services).flatMap(([setup, own]) => setup.once?.(own, user) ?? []);
	const all = /* @__PURE__ */ new Set([...lines, ...requireSwitch ? [`lingers ${user}`] : []]);
	return all.size > 0 ? ["", ...all] : [];
}
/** @throws Failure for anything but a public key */
function checkedKey(text) {
	const [line = "", ...more] = text.trim().split(/\r?\n/);
	if (more.length === 0 && /^(ssh|ecdsa|sk)-[\w@.-]+ [A-Za-z0-9+/=]+( [^\0]*)?$/.test(line)) return line;
	const secret = text.includes("PRIVATE KEY");
	throw new Failure({
		code: "ssh-key-invalid",
		what: secret ? "this is a private key, which must not leave your machine" : "this is no public key",
		remedy: "Give the public half, one line that begins with ssh-ed25519 or the like: the file that ends with .pub.",
		outcome: "refused"
	});
}
/** The sudoers rules for what the program on the host runs through sudo. */
function sudoLines({ user, layout, services }) {
	if (user === "root") return [];
	const commands = services.flatMap((service) => supervisorOfKind(service.kind).setup?.sudo(service) ?? []);
	const others = new Set([layout.runAs, ...services.map(({ runAs }) => runAs)].filter((other) => other && other !== user));
	return [...commands.map((command) => `${user} ALL=(root) NOPASSWD: ${escapeSudoers(command)}`), ...[...others].map((other) => `${user} ALL=(${other}) NOPASSWD: ${escapeSudoers(`${layout.root}/releases/`, / /g)}*/.tarlift/exec`)];
}
function sudoers(input) {
	const lines = sudoLines(input);
	if (lines.length === 0) return [];
	const { app, target, root } = input.layout;
	const file = (...names) => `/etc/sudoers.d/tarlift-${names.join("-")}`;
	const own = file(...[app, target].map((name) => name.replaceAll("-", "--")));
	const older = file(app, target);
	return [
		"",
		"# sudo: these lines and no others.",
		`sudo_lines ${input.user} ${own}${older === own ? "" : ` ${older} ${shellWord(root)}`} <<'SUDOERS'`,
		...lines,
		"SUDOERS"
	];
}
/**
* sudoers(5): `,`, `:`, `=`, `#` and `\` must be escaped in commands, and blanks in their paths; `*` would match
* anything. The result is a pattern (fnmatch), in which a backslash must be escaped once more.
*/
const escapeSudoers = (command, more = /(?!)/g) => command.replaceAll("\\", "\\\\").replace(/[,:=#\\*?[\]!^]/g, "\\$&").replace(more, "\\$&");
/**
* The services' definitions for their supervisors.
*
* @throws Failure for a command that a supervisor would read differently: of several lines, with `%`, …
*/
function definitions({ services, layout, commands }, runAs) {
	return bySetup(services).flatMap(([setup, own]) => setup.define(own.map((service) => {
		const command = commands?.[service.name];
		const unfit = command === void 0 ? void 0 : setup.unfit(command, service);
		if (unfit !== void 0) throw new Failure({
			code: "config-invalid",
			what: `the command of ${service.name} cannot stand in a supervisor's file: ${unfit}`,
			remedy: "Put it into a script of the application.",
			outcome: "refused"
		});
		return {
			service,
			app: layout.app,
			root: layout.root,
			user: service.runAs ?? runAs,
			command
		};
	})));
}

// src/pipeline/host-setup.ts
/**
* The script of each host. No host is contacted. @throws Failure (refused) as {@link setupScript} and {@link
* withFleet} do
*/
async function setupScripts(context, options) {
	return withFleet(context, options, (request) => scriptsOf(context, request, options));
}
/**
* Runs the scripts.
*
* @param options.as the user that logs in instead of the SSH user: root, or a user who may use sudo without a password
* @param options.apply otherwise nothing changes: only what would be done is shown
* @param options.shows called for each host with what will be done, before it is
*/
async function setUpHosts(context, options) {
	const scripts = await setupScripts(context, options);
	const config = options.as === void 0 ? context.config : await enteredBy(context.config, options.target, options.as);
	return withFleet(context, {
		...options,
		config
	}, async (request) => {
		const { members } = onlyHost(request, options.host);
		const set = async (member) => {
			const { host, layout } = member;
			const { script } = scripts[members.indexOf(member)];
			const plan = {
				name: host.name,
				lines: await host.setUp({
					layout,
					script,
					apply: false
				})
			};
			options.shows?.(plan);
			if (!options.apply) return plan;
			return {
				name: host.name,
				lines: await host.setUp({
					layout,
					script,
					apply: true
				})
			};
		};
		const results = await forEachHost(members, (member) => during(context.progress, `${member.host.name}: set up`, () => set(member)));
		const hosts = results.done.map(({ value }) => value);
		const errors = results.failed.map(({ error }) => error);
		return {
			outcome: outcomeOf(hosts, errors, options.apply),
			hosts,
			errors
		};
	});
}
function outcomeOf(hosts, errors, apply) {
	if (errors.length > 0) return "failed";
	if (!apply) return "planned";
	return hosts.some(({ lines }) => lines.some((line) => line.startsWith("! "))) ? "incomplete" : "done";
}
async function scriptsOf(context, all, options) {
	const target = findTarget(context.config, options.target);
	refuseUnknownServices(context.config, options.commands);
	const hosts = await targetHosts(context.config, options.target);
	return onlyHost(all, options.host).members.map((member) => {
		const { host, layout, services, shared } = member;
		const own = hosts[all.members.indexOf(member)];
		const user = (own && "ssh-user" in own ? own["ssh-user"] : void 0) ?? target["ssh-user"] ?? userInfo().username;
		const { key, commands } = options;
		const requireSwitch = all.autoRevert?.required;
		return {
			name: host.name,
			script: setupScript({
				host: host.name,
				user,
				layout,
				services,
				shared,
				key,
				commands,
				requireSwitch
			})
		};
	});
}
/** @throws Failure (refused) for the command of a service that tarlift.yml does not have */
function refuseUnknownServices({ services }, commands = {}) {
	const unknown = Object.keys(commands).find((name) => !Object.hasOwn(services, name));
	if (unknown === void 0) return;
	throw new Failure({
		code: "name-unknown",
		what: `there is no service ${unknown} in tarlift.yml`,
		remedy: `There are: ${Object.keys(services).join(", ") || "none"}.`,
		outcome: "refused"
	});
}
/** A request for one host of a target, or for all. @throws Failure (refused) when the target has no such host */
function onlyHost(request, address) {
	if (address === void 0) return request;
	const members = request.members.filter(({ host }) => host.name === address);
	if (members.length > 0) return {
		...request,
		members
	};
	throw new Failure({
		code: "name-unknown",
		what: `target ${request.target} has no host ${address}`,
		remedy: `It has: ${request.members.map(({ host }) => host.name).join(", ")}.`,
		outcome: "refused"
	});
}
/** The same target, with another login user on all its hosts. */
async function enteredBy(config, name, user) {
	const target = findTarget(config, name);
	const hosts = (await targetHosts(config, name)).map((host) => ({
		...host,
		"ssh-user": user
	}));
	return {
		...config,
		targets: {
			...config.targets,
			[name]: {
				...target,
				"ssh-user": user,
				hosts
			}
		}
	};
}

// src/cli/invocation.ts
/** How to access hosts, and where the application is: every next verb needs the same. */
const ALWAYS = /* @__PURE__ */ new Set([
	"--directory",
	"--config",
	"--store",
	"--ssh-key",
	"--ssh-known-hosts",
	"--insecure-accept-any-host-key",
	"--secrets-file"
]);
/**
* Exceptions that a call allowed, where it led, or how it showed its result: a text that needs one again contains it
* itself.
*/
const ONCE = /* @__PURE__ */ new Set([
	"--allow-schema-ahead",
	"--apply",
	"--as",
	"--check",
	"--dry-run",
	"--explain",
	"--json",
	"--quiet",
	"--to",
	"--verbose"
]);
/** @param verb the verb that was called, parsed */
function callOf(verb) {
	const lineage = lineageOf(verb);
	const program = lineage[0];
	const path = pathOf(verb);
	const given = givenOptions(lineage);
	const about = verb.registeredArguments.findIndex((argument) => argument.name() === "target");
	const artifact = given.find(({ option }) => option.long === "--artifact");
	return {
		target: about < 0 ? void 0 : verb.args[about],
		artifact: artifact && formatCommand([String(artifact.value)]),
		optionsFor(next) {
			const flags = new Set(find(program, next)?.options.map(({ long }) => long));
			return given.filter(({ option: { long = "" } }) => flags.has(long)).filter(({ option: { long = "" } }) => ALWAYS.has(long) || next === path && !ONCE.has(long)).flatMap(({ option, value }) => words(option, value).map((one) => formatCommand(one)));
		}
	};
}
/** Options that were renamed, with their new names. */
const RENAMED = /* @__PURE__ */ new Map([["--version", "--label"]]);
/**
* Lets a verb parse the old names of its options, for {@link refuseRenamed}: commander's message for an unknown option
* would not name the new one.
*/
function renamedOptions(verb) {
	for (const [old, now] of RENAMED) if (verb.options.some(({ long }) => long === now)) verb.addOption(new Option(`${old} [value]`).hideHelp());
}
/**
* @param verb the verb that was called, parsed
* @throws Failure (refused) for an option that was renamed
*/
function refuseRenamed(verb) {
	for (const { option, value } of givenOptions(lineageOf(verb))) {
		const now = RENAMED.get(option.long ?? "");
		if (now === void 0) continue;
		const typed = formatCommand([now, ...typeof value === "string" ? [value] : ["LABEL"]]);
		throw new Failure({
			code: "input-invalid",
			what: `${option.long} is called ${now} here`,
			remedy: `Write ${typed}. \`tarlift --version\` prints the version of Tarlift.`,
			outcome: "refused"
		});
	}
}
/**
* Refuses empty words and values: `--to "$RELEASE"` with an unset variable would be no `--to` at all. An empty
* `--label` is the default: pipelines pass the tag of a commit that may have none.
*
* @param verb the verb that was called, parsed
* @throws Failure (refused) naming the first
*/
function refuseEmpty(verb) {
	const words = verb.registeredArguments.flatMap((argument, n) => (argument.variadic ? verb.args.slice(n) : verb.args.slice(n, n + 1)).map((value) => ({
		name: `<${argument.name()}>`,
		value
	})));
	const options = givenOptions(lineageOf(verb)).map(({ option, value }) => ({
		name: option.long ?? option.flags,
		value
	}));
	const empty = [...words, ...options].find(({ name, value }) => name !== "--label" && typeof value === "string" && value.trim() === "");
	if (!empty) return;
	throw new Failure({
		code: "input-invalid",
		what: `${empty.name} is empty`,
		remedy: "Give it a value, or leave it out. A variable of the shell that is not set gives none.",
		outcome: "refused"
	});
}
/**
* The check after `host setup --apply`. It logs in as the deploy user, so with the key that was authorized if another
* user ran the setup, and does not need what only the setup needs.
*
* @param options of the setup, as they were typed
*/
function checkCommand(call, target, { as, authorize, host }) {
	const reached = call.optionsFor("status").filter((one) => as === void 0 || !one.startsWith("--ssh-key "));
	const key = as === void 0 || !authorize?.endsWith(".pub") ? [] : ["--ssh-key", authorize.slice(0, -4)];
	const own = formatCommand([
		"--check",
		...host === void 0 ? [] : ["--host", host],
		...key
	]);
	return [
		"tarlift host setup",
		target,
		...reached,
		own
	].join(" ");
}
const lineageOf = (command) => command.parent ? [...lineageOf(command.parent), command] : [command];
const pathOf = (command) => lineageOf(command).slice(1).map((one) => one.name()).join(" ");
const find = (program, path) => path.split(" ").reduce((at, name) => at?.commands.find((command) => command.name() === name), program);
/** The options that were typed, with their values. Those before the verb count, as in `optsWithGlobals`. */
function givenOptions(lineage) {
	const found = /* @__PURE__ */ new Map();
	for (const command of lineage) for (const option of command.options) {
		const name = option.attributeName();
		if (command.getOptionValueSource(name) !== "cli" || found.has(name)) continue;
		const value = command.getOptionValue(name);
		if (typeof value !== "boolean" || value !== option.negate) found.set(name, {
			option,
			value
		});
	}
	return [...found.values()];
}
function words(option, value) {
	const flag = option.long === "--directory" ? "-C" : option.long;
	if (typeof value === "boolean") return [[flag]];
	if (typeof value === "object" && value !== null) return Object.entries(value).map(([name, text]) => [flag, `${name}=${text}`]);
	return [[flag, String(value)]];
}

// src/cli/host.ts
function register$6(program) {
	const host = program.command("host").description("prepare hosts for their first deploy");
	hostOptions(host.command("setup")).description("print what each host needs, as a script for root: users, directories, sudoers, services").option("--apply", "run it on the hosts, after showing what it will do; what is there already stays").option("--dry-run", "with --apply: only show it").option("--as <user>", "who logs in for --apply: root, or a user with sudo (default: the target's user)").option("--authorize <file>", "a public key that may log in as the target's user").option("--command <service=command>", "what a service runs in a release (again for each service)", commandOf).option("--host <address>", "only this one of the target's hosts").addOption(new Option("--check", "look at every host instead and say what is missing, and which definition of a service differs").conflicts([
		"apply",
		"as",
		"authorize",
		"dryRun"
	])).option("--json", "as JSON").action(async (target, _options, command) => setup(target, command.optsWithGlobals(), command));
}
/** `web=.venv/bin/gunicorn …`, added to the commands before it. */
function commandOf(text, before = {}) {
	const at = text.indexOf("=");
	if (at <= 0 || text.slice(at + 1).trim() === "") throw new Failure({
		code: "input-invalid",
		what: `\`--command ${text}\` names no service and its command`,
		remedy: "Write --command web='.venv/bin/gunicorn config.wsgi'",
		outcome: "refused"
	});
	return {
		...before,
		[text.slice(0, at)]: text.slice(at + 1).trim()
	};
}
async function setup(target, options, command) {
	const here = await context(options, stopSignal());
	const fleet = fleetOptions(target, options);
	if (options.check) {
		refuseUnknownServices(here.config, options.command);
		return printCheck(target, await withFleet(here, fleet, (all) => checkHosts(onlyHost(all, options.host), options.command ?? {})), options.json);
	}
	for (const [name, given] of Object.entries({
		"--as": options.as,
		"--dry-run": options.dryRun
	})) if (given !== void 0 && !options.apply) throw new Failure({
		code: "input-invalid",
		what: `${name} does nothing without --apply`,
		remedy: "Without --apply the scripts are printed, and no host is asked. Leave it out, or add --apply.",
		outcome: "refused"
	});
	const key = options.authorize === void 0 ? void 0 : publicKey(resolve(options.directory ?? ".", options.authorize));
	const wanted = {
		...fleet,
		key,
		commands: options.command ?? {},
		host: options.host
	};
	if (!options.apply) {
		const hosts = await setupScripts(here, wanted);
		if (options.json) printJson({ hosts });
		else printVerbatim(`${hosts.map(({ script }) => script).join("\n").trimEnd()}\n`);
		return;
	}
	const apply = !options.dryRun;
	const shows = options.json ? void 0 : (plan) => printLines(planLines(plan, apply).map(visibleLine));
	const report = await setUpHosts(here, {
		...wanted,
		as: options.as,
		apply,
		...shows ? { shows } : {}
	});
	if (options.json) printJson(report);
	else {
		for (const error of report.errors) printError(errorText(withNextCommands(error)));
		printLines(endLines(report.outcome, checkCommand(callOf(command), target, options)));
	}
	if (report.outcome === "failed" || report.outcome === "incomplete") process.exitCode = EXIT_CODES.failed;
}
function publicKey(file) {
	try {
		return readFileSync(file, "utf8");
	} catch {
		throw new Failure({
			code: "input-invalid",
			what: "there is no such public key",
			where: { file },
			outcome: "refused"
		});
	}
}
/**
* What will be done on a host, what stays although it differs, and what a person has to do. Correct items are only
* counted.
*/
function planLines({ name, lines }, apply) {
	const fine = lines.filter((line) => line.startsWith("= ")).length;
	const rest = lines.filter((line) => !line.startsWith("= "));
	return [`${name}: ${!rest.some((line) => /^[+!] /.test(line)) ? "nothing to do" : apply ? "this will be done" : "this would be done"}${fine > 0 ? ` (${fine} as they should be)` : ""}`, ...rest.map((line) => `  ${line}`)];
}
/** @param check the next command */
function endLines(outcome, check) {
	switch (outcome) {
		case "planned": return ["nothing was changed"];
		case "done": return ["every host has it", `next: ${check}`];
		case "incomplete": return ["done, but for what is marked with `!`: that is yours to do"];
		default: return ["it did not come to an end on every host; it may be run again"];
	}
}
/** Exit code 1 if anything is missing on any host. */
function printCheck(target, found, json) {
	if (json) printJson(found);
	else {
		const shown = withNextCommands(found);
		printLines([...shown.missing.flatMap(checkLines), ...shown.warnings].map(visibleLine));
		if (found.missing.length === 0) printLines([`${target}: every host has what it needs`]);
	}
	if (found.missing.length > 0) process.exitCode = EXIT_CODES.failed;
}
function checkLines({ host, what, remedy }) {
	return [`${host}: ${what}`, ...remedy ? remedy.split("\n").map((line, n) => `${n === 0 ? "  next: " : "        "}${line}`) : []];
}

// src/init/action-source.ts
/** The placeholder for the repository that publishes Tarlift until that is known: scripts/owner.ts replaces it. */
const PLACEHOLDER$1 = {
	repository: "acme/tarlift",
	ref: "v1"
};
/**
* The source from which this program was started.
*
* @param env the variables of the process: GitHub's runner names the action of the step in them
* @param address the `repository.url` of Tarlift's package.json
* @returns the repository and ref of the running action, if that is Tarlift or a fork that kept the name:
*   `tarlift init` may also run in another action's step. Otherwise the repository of the package, at the major
*   version.
*/
function actionSource(env, address) {
	const packaged = /github\.com\/([\w.-]+\/[\w.-]+?)(\.git)?$/.exec(address ?? "")?.[1];
	const source = packaged === void 0 ? PLACEHOLDER$1 : {
		repository: packaged,
		ref: PLACEHOLDER$1.ref
	};
	const { GITHUB_ACTION_REPOSITORY: repository = "", GITHUB_ACTION_REF: ref = "" } = env;
	return /^[\w.-]+\/[\w.-]+$/.test(repository) && nameOf(repository) === nameOf(source.repository) && /^[\w./-]+$/.test(ref) ? {
		repository,
		ref
	} : source;
}
const nameOf = (repository) => repository.split("/")[1];

// src/init/path-word.ts
/** A path as one word in a shell, and never as an option. */
const pathWord = (path) => shellWord(path.startsWith("-") ? `./${path}` : path);

// src/init/below.ts
const PYTHON$1 = /(^|\/)(manage\.py|pyproject\.toml|uv\.lock|poetry\.lock|Pipfile|requirements[^/]*\.txt)$/;
const NODE = /(^|\/)package\.json$/;
/** Directories that contain no application to deploy. */
const ASIDE = /(^|\/)(docs?|tests?|e2e|examples?|requirements|node_modules|\.[^/]+)\//;
const DEPTH$2 = 3;
const SHOWN$1 = 8;
/**
* Asks which of them is meant, with what was found in each, and how to call `tarlift init` for it. Those in the root's
* language are parts of the root's application.
*/
function applicationsBelow(tree, project, source) {
	const python = project.kinds.some((kind) => !kind.includes("Node"));
	const node = tree.paths.includes("package.json") && project.kinds.length > 0;
	const seen = /* @__PURE__ */ new Map();
	for (const path of tree.paths) {
		const cut = path.lastIndexOf("/");
		const sign = !python && PYTHON$1.test(path) || !node && NODE.test(path);
		if (cut < 0 || !sign || ASIDE.test(path) || path.split("/").length > DEPTH$2) continue;
		const directory = path.slice(0, cut);
		seen.set(directory, [...seen.get(directory) ?? [], path.slice(cut + 1)]);
	}
	for (const [directory, files] of [...seen].slice(0, SHOWN$1)) {
		const from = source ? `${source}/${directory}` : directory;
		const part = project.kinds.length > 0 ? ` Or does it build what the application at the root serves? Then give it an environment with \`directory: ${directory}\` and an asset step that begins with \`cd ${pathWord(directory)} &&\`.` : "";
		project.questions.push({
			section: "environments",
			text: `${directory}/ has ${files.join(", ")}. Is that the application that runs on the hosts? Then run: \`tarlift init --source ${pathWord(from)} --force\`.${part}`
		});
	}
}

// src/init/source-text.ts
const PYTHON = /("""|''')[\s\S]*?\1|(?<!\\)"(?:\\.|[^"\\\n])*"|(?<!\\)'(?:\\.|[^'\\\n])*'|#[^\n]*/g;
const SCRIPT = /(?<!\\)"(?:\\.|[^"\\\n])*"|(?<!\\)'(?:\\.|[^'\\\n])*'|(?<!\\)`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;
const OPENING = "([{";
const CLOSING = ")]}";
/**
* Maximum nesting of calls: an unclosed parenthesis is not followed to the end of the file for each parenthesis in it.
*/
const DEEPEST = 50;
/** Python without comments and triple-quoted strings (docstrings, SQL). */
function pythonCode(text) {
	return text.replace(PYTHON, (found, triple) => triple ? "\"\"" : found.startsWith("#") ? "" : found);
}
/** JavaScript, TypeScript, or JSON with comments, without the comments. */
function scriptCode(text) {
	return text.replace(SCRIPT, (found) => found.startsWith("/") ? " " : found);
}
/**
* The arguments of a call, or the parameters of a definition, each as it is written.
*
* @param code without comments
* @param start the index after the opening parenthesis
*/
function argumentsAt(code, start) {
	const found = [];
	let depth = 0;
	let from = start;
	const token = /(?<!\\)"(?:\\.|[^"\\\n])*"|(?<!\\)'(?:\\.|[^'\\\n])*'|[([{}\]),]/g;
	token.lastIndex = start;
	for (let at = token.exec(code); at !== null; at = token.exec(code)) {
		if (depth === 0 && (at[0] === "," || at[0] === ")")) {
			found.push(code.slice(from, at.index).trim());
			from = token.lastIndex;
			if (at[0] === ")") break;
		} else if (OPENING.includes(at[0])) depth++;
		else if (CLOSING.includes(at[0])) depth--;
		if (depth < 0 || depth > DEEPEST) break;
	}
	return found.filter((argument) => argument !== "");
}

// src/init/build-outputs.ts
/** Variables before a command, and words that only start it. */
const BEFORE = /^(?:cross-env\s+)?(?:[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|\S*)\s+)*(?:npx\s+(?:--\S+\s+)*)?/;
/** Commands whose files do not ship. */
const MAKES_NOTHING = /^(eslint|prettier|stylelint|biome|echo|true|rimraf|rm|next lint)\b/;
/** They write to directories that Vite's own settings do not name. */
const ABOVE_VITE = /^(@sveltejs\/kit|laravel-vite-plugin|vite-plugin-ruby|vite-plugin-rails|vite-plugin-symfony|@tanstack\/(react|solid)-start|@analogjs\/platform|@builder\.io\/qwik-city|@remix-run\/dev|@react-router\/dev|nitro|vike)$/;
const VITE = /^vite build(?:\s+(?:-m|--mode|--base|--logLevel)(?:\s+|=)[^\s-]\S*|\s+--(?:emptyOutDir|sourcemap|minify))*$/;
const NEXT = /^next build(?:\s+(?:-d|--(?:turbo|turbopack|webpack|no-lint|debug|profile)))*$/;
function buildOutputs(tree, manifest) {
	const script = expand(manifest.scripts ?? {}, "build");
	if (/[|<>`\n]|\$\(|(?<!&)&(?!&)/.test(script)) return {
		outputs: [],
		caches: [],
		unknown: [script]
	};
	const found = {
		outputs: [],
		caches: [],
		unknown: []
	};
	const calls = script.split(/&&|;/).map((one) => one.trim());
	for (const call of calls.filter(Boolean)) {
		const command = call.replace(BEFORE, "");
		const outputs = outputsOf(tree, manifest, command);
		if (outputs === void 0) found.unknown.push(call);
		else found.outputs.push(...outputs);
		if (NEXT.test(command)) found.caches.push(...nextCache(tree));
	}
	return {
		...found,
		outputs: [...new Set(found.outputs)],
		caches: [...new Set(found.caches)]
	};
}
/**
* A script as `npm run` executes it: with the scripts before and after it, and with those that it calls by `npm run`
* inserted.
*/
function expand(scripts, name, depth = 0) {
	const own = (scripts[name] ?? "").replace(/\bnpm run ([\w:-]+)(?=\s*($|[;&|]))/g, (call, called) => depth < 5 && scripts[called] !== void 0 ? expand(scripts, called, depth + 1) : call);
	return [
		scripts[`pre${name}`],
		own,
		scripts[`post${name}`]
	].filter(Boolean).join(" && ");
}
/** @returns undefined for an unknown command */
function outputsOf(tree, manifest, call) {
	if (MAKES_NOTHING.test(call)) return [];
	if (NEXT.test(call)) return known(nextOutput(tree));
	if (VITE.test(call)) return Object.keys({
		...manifest.dependencies,
		...manifest.devDependencies
	}).some((one) => ABOVE_VITE.test(one)) ? void 0 : known(viteOutput(tree));
	const [program, ...words] = call.split(/\s+/);
	return program === "tsc" || program === "vue-tsc" ? compilerOutputs(tree, words) : void 0;
}
const known = (output) => output === void 0 ? void 0 : [output];
/** The code of a file at the root of the application; empty if there is none. */
function configuration(tree, pattern) {
	const path = tree.paths.find((candidate) => pattern.test(candidate));
	return path === void 0 ? "" : scriptCode(tree.read(path) ?? "");
}
/**
* A key of a configuration that is written once, as a string.
*
* @returns undefined if it is computed, or written more than once; `otherwise` if it is missing
*/
function stated(code, key, otherwise) {
	const mentions = code.match(new RegExp(`(?<![.\\w])${key}\\b`, "g")) ?? [];
	if (mentions.length === 0) return otherwise;
	const [, , text] = new RegExp(`(?<![.\\w])${key}["']?\\s*:\\s*(["'])([^"'\\n]+)\\1\\s*[,}\\n]`).exec(code) ?? [];
	return mentions.length === 1 ? text : void 0;
}
/**
* https://nextjs.org/docs/app/api-reference/config/next-config-js/output and distDir: an export is written to `out`, or
* to distDir.
*/
function nextOutput(tree) {
	const { kind, directory } = nextSettings(tree);
	return kind === void 0 || directory === void 0 ? void 0 : join$2(".", directory);
}
/** Its compiler's cache is in the directory from which a server is started; an export has none. */
function nextCache(tree) {
	const output = nextSettings(tree).kind === "export" ? void 0 : nextOutput(tree);
	return output === void 0 ? [] : [`${output}/cache`];
}
function nextSettings(tree) {
	const code = configuration(tree, /^next\.config\.[cm]?[jt]s$/);
	const kind = stated(code, "output", "server");
	return {
		kind,
		directory: stated(code, "distDir", kind === "export" ? "out" : ".next")
	};
}
/** https://vite.dev/config/build-options#build-outdir: relative to the root. */
function viteOutput(tree) {
	const code = configuration(tree, /^vite\.config\.[cm]?[jt]s$/);
	if (/\b(dir|environments)\s*:/.test(code)) return void 0;
	const root = stated(code, "root", ".");
	const directory = stated(code, "outDir", "dist");
	return root === void 0 || directory === void 0 ? void 0 : join$2(root, directory);
}
const compilerSchema = looseObject({
	extends: union([string(), array(string())]).optional(),
	files: array(unknown()).optional(),
	references: array(looseObject({ path: string() })).optional(),
	compilerOptions: looseObject({
		outDir: string().optional(),
		noEmit: boolean().optional(),
		declarationDir: string().optional()
	}).optional()
});
/** @param words the words after `tsc` */
function compilerOutputs(tree, words) {
	if (words.includes("--noEmit")) return [];
	if (words.some((word) => /\.tsx?$/.test(word) || /^--?(\w*(dir|file)|w|watch)$/i.test(word))) return void 0;
	const at = words.findIndex((word) => /^(-p|--project)$/.test(word));
	if (words.some((word) => /^(-b|--build)$/.test(word))) {
		const solution = words.every((word) => word.startsWith("-")) ? read(tree, "tsconfig.json") : void 0;
		const members = (solution?.references ?? []).map(({ path }) => join$2(".", path));
		if (!solution || members.includes(void 0)) return void 0;
		const each = [...solution.files?.length === 0 ? [] : ["tsconfig.json"], ...members].map((path) => emitted(tree, path));
		return each.includes(void 0) ? void 0 : each.flatMap((outputs) => outputs);
	}
	return emitted(tree, at < 0 ? "tsconfig.json" : posix.normalize(words[at + 1] ?? "tsconfig.json"));
}
/** What the compiler writes for one configuration: nothing, or its directory. */
function emitted(tree, project) {
	const path = project.endsWith(".json") ? project : posix.join(project, "tsconfig.json");
	const file = read(tree, path);
	if (!file || option(tree, path, file, "declarationDir") !== void 0) return void 0;
	if (option(tree, path, file, "noEmit")?.value === true) return [];
	const found = option(tree, path, file, "outDir");
	if (typeof found?.value !== "string" || found.value.includes("$")) return void 0;
	return known(join$2(posix.dirname(found.path), found.value));
}
/** An option with the file that sets it, to which its paths are relative: the file itself, or one that it extends. */
function option(tree, path, file, name, depth = 0) {
	const value = file.compilerOptions?.[name];
	if (value !== void 0) return {
		value,
		path
	};
	for (const base of [file.extends ?? []].flat().reverse()) {
		if (!base.startsWith(".") || depth > 5) continue;
		const at = posix.join(posix.dirname(path), base.endsWith(".json") ? base : `${base}.json`);
		const extended = read(tree, at);
		const found = extended && option(tree, at, extended, name, depth + 1);
		if (found) return found;
	}
}
function read(tree, path) {
	try {
		const code = scriptCode(tree.read(path) ?? "").replace(/^\uFEFF/, "").replace(/,(?=\s*[\]}])/g, "");
		return compilerSchema.safeParse(JSON.parse(code)).data;
	} catch {
		return;
	}
}
/** A path inside the application, or undefined if it leads out of it, or is the application's directory itself. */
function join$2(base, path) {
	const joined = posix.join(base, path).replace(/\/$/, "");
	return path.startsWith("/") || joined === "." || /^\.\.(\/|$)/.test(joined) ? void 0 : joined;
}

// src/installers/installer.ts
/** The application's own lock, a file that lists packages, a lock in a parent directory. */
const DETECTED_BY = [
	"lock",
	"list",
	"lock above"
];

// src/init/environments.ts
/**
* @param language of the project
* @returns undefined if no installer of the language detects an environment; open questions are added to `project`
*/
function chooseInstaller(tree, project, { detectors, language }) {
	const found = detectors.filter(({ installer }) => installer.language === language).flatMap(({ installer, detect }) => {
		const detected = detect(tree);
		return detected ? [{
			installer: installer.key,
			detected
		}] : [];
	});
	const environments = found.flatMap(({ installer, detected }) => "question" in detected ? [] : [{
		installer,
		...detected
	}]);
	const chosen = DETECTED_BY.map((by) => environments.find((one) => one.by === by)).find((one) => one !== void 0);
	if (chosen) return chosen;
	for (const { detected } of found) if ("question" in detected) project.questions.push({
		section: "environments",
		text: detected.question
	});
}

// src/init/node.ts
/** A value of another type counts as missing: npm reports what is wrong with it. */
const text$1 = string().optional().catch(void 0);
const texts = record(string(), string()).optional().catch(void 0);
const packageSchema = looseObject({
	name: text$1,
	main: text$1,
	scripts: texts,
	workspaces: unknown().optional(),
	engines: looseObject({ node: text$1 }).optional().catch(void 0),
	prisma: looseObject({ schema: text$1 }).optional().catch(void 0),
	dependencies: texts,
	devDependencies: texts
});
/** Adds the findings to `project`. Beside a Python application, Node only builds. */
function detectNode(tree, project, detectors) {
	const text = tree.read("package.json");
	if (text === void 0) return;
	const manifest = parse(text);
	if (!manifest) {
		project.questions.push({
			section: "environments",
			text: "package.json is not JSON: its dependencies and scripts are unknown."
		});
		return;
	}
	const serves = project.kinds.length === 0;
	const runs = Object.keys(manifest.dependencies ?? {}).length > 0 || manifest.workspaces !== void 0;
	const scripts = Object.keys(manifest.scripts ?? {});
	if (!runs && !scripts.includes("build") && !(serves && (scripts.includes("start") || manifest.main))) {
		project.questions.push({
			section: "assets",
			text: `package.json has neither dependencies nor a \`build\` script, and was left out: tools alone? ${scripts.length > 0 ? `Or does one of its scripts make files that ship (${scripts.join(", ")})?` : ""}`.trimEnd()
		});
		return;
	}
	project.kinds.push(serves ? "Node" : "a Node front end");
	project.name ??= manifest.name?.replace(/^@[^/]*\//, "");
	project.nodeVersionFile = versionFile(tree);
	const found = chooseInstaller(tree, project, {
		detectors,
		language: "node"
	});
	if (found === void 0) return;
	environments(project, manifest, found, serves);
	if (serves) prismaClient(tree, project, manifest);
	const outputs = build$1(tree, project, manifest, serves);
	if (serves) server(tree, project, manifest, outputs);
	else if (project.kinds[0] === "Python" && NODE_CALL.test(manifest.scripts?.start ?? "")) project.questions.push({
		section: "services",
		text: `package.json has \`start\`: ${manifest.scripts?.start}. Does Node serve on the hosts? Then its environment has no \`use: build\`.`
	});
	if (serves) migrations(tree, project, manifest);
}
/** The application's own file, or the nearest one above it, like version managers. */
function versionFile(tree) {
	return [{
		up: "",
		paths: tree.paths
	}, ...tree.above ?? []].flatMap(({ up, paths }) => [".nvmrc", ".node-version"].filter((name) => paths.includes(name)).map((name) => posix.join(up, name))).at(0);
}
function parse(text) {
	try {
		return packageSchema.safeParse(JSON.parse(text.replace(/^\uFEFF/, ""))).data;
	} catch {
		return;
	}
}
function environments(project, manifest, found, serves) {
	const { installer } = found;
	const named = project.nodeVersionFile;
	const versionFile = named?.startsWith("../") ? void 0 : named;
	const keys = {
		...versionFile ? { "version-file": versionFile } : {},
		...found.keys
	};
	const notes = [...manifest.engines?.node ? [`package.json asks for Node ${manifest.engines.node}`] : [], ...found.notes];
	if (!versionFile && !manifest.engines?.node) project.questions.push({
		section: "environments",
		text: `Which Node?${named ? ` ${named} is not in the application's directory, where environments look.` : ""} Put its version into .nvmrc and give the ${installer} environments \`version-file: .nvmrc\`.`
	});
	const builds = manifest.scripts?.build !== void 0;
	if (serves) project.environments.push({
		name: "node",
		installer,
		use: "runtime",
		keys,
		notes: [...notes, "without devDependencies"]
	});
	if (!serves || builds) project.environments.push({
		name: serves ? "build" : "node",
		installer,
		use: "build",
		keys,
		notes: serves ? ["for the build step, with devDependencies"] : [...notes, "for asset steps only, never shipped"]
	});
}
/**
* An install script that calls Prisma's command generates Prisma's client. It succeeds even if the command is missing
* or fails: without a check, the first process on a host would notice.
*/
function prismaClient(tree, project, manifest) {
	const [schema] = prismaSchema(tree, manifest.prisma?.schema);
	if (schema === void 0 || manifest.dependencies?.["@prisma/client"] === void 0) return;
	const version = manifest.devDependencies?.prisma;
	if (version !== void 0 && manifest.dependencies.prisma === void 0) project.questions.push({
		section: "environments",
		text: `Prisma's command makes its client while that is installed, and applies migrations on hosts: it is needed where no development dependency is. Move it: npm install --save-prod 'prisma@${version}'`
	});
	if (!/^[ \t]*output\s*=/m.test(tree.read(schema) ?? "")) project.checks.push(`node -e 'if (!require("@prisma/client").Prisma?.ModelName) throw Error("@prisma/client was not generated")'`);
}
/** @returns outputs of the build script; undefined if the user has to name them */
function build$1(tree, project, manifest, serves) {
	if (manifest.scripts?.build === void 0) {
		if (!serves) project.questions.push({
			section: "assets",
			text: "package.json has no `build` script: which command builds the front end?"
		});
		return [];
	}
	const { outputs, caches, unknown } = buildOutputs(tree, manifest);
	const rest = outputs.length > 0 ? ` What else \`build\` calls makes ${outputs.join(", ")}.` : "";
	const asked = unknown.length > 0 ? unknown.map((call) => `\`${call}\`: where does it put its files?${rest}`) : outputs.length > 0 ? [] : [`\`${manifest.scripts.build}\`: where does it put its files?`];
	project.steps.unshift({
		name: serves ? "build" : "front end",
		run: ["npm run build", ...caches.map((path) => `rm -rf ${pathWord(path)}`)].join(" && "),
		outputs: asked.length > 0 ? [] : outputs,
		notes: asked.length > 0 ? asked : caches.map((path) => `without ${path}: it would go to every host, and differ with each build (docs/recipes/node.md)`)
	});
	return unknown.length > 0 ? void 0 : outputs;
}
const WITH_VALUE = String.raw`(?:-r|--require|--import|--loader|--experimental-loader|--env-file|-C|--conditions)\s`;
/** `node` with a file after its own options; the file may be named without `.js`. */
const NODE_CALL = new RegExp(String.raw`^node\s+(?:${WITH_VALUE}\s*\S+\s+|(?!${WITH_VALUE})-\S+\s+)*(?!-)([\w./@-]+)`);
/** @param outputs of the build script; undefined: unknown */
function server(tree, project, manifest, outputs) {
	const start = manifest.scripts?.["start:prod"] ?? manifest.scripts?.start;
	if (start) project.processes.web = start;
	const call = (start?.split(/&&|;/).at(-1) ?? "").trim().replace(BEFORE, "");
	const plain = (path) => path?.replace(/^\.\//, "");
	const started = plain(NODE_CALL.exec(call)?.[1]);
	const entry = [started, plain(manifest.main)].find((path) => path !== void 0 && stands(tree, path, outputs ?? []));
	const [program] = call.split(/\s+/);
	if (program && manifest.devDependencies?.[program] !== void 0) project.questions.push({
		section: "services",
		text: `\`${start}\`: ${program} is among devDependencies, which hosts do not have. How is the server started there?`
	});
	const file = entry ?? (outputs === void 0 ? started : void 0);
	if (file !== void 0 && /\.[cm]?tsx?$/.test(file)) project.questions.push({
		section: "check",
		text: `The server starts with ${file}, and \`node --check\` reads no TypeScript: which command shows that it can start?`
	});
	else if (file !== void 0) project.checks.push(`node --check ${pathWord(file)}`);
	else project.questions.push({
		section: "check",
		text: `Which file does the server start with${start ? ` (\`${start}\`)` : ""}? node --check server.js. Or do hosts serve built files alone? Then they need no environment \`node\`.`
	});
}
/** Asks about migrations of a Node application: each tool lists pending ones in its own format. */
function migrations(tree, project, manifest) {
	const script = Object.entries(manifest.scripts ?? {}).find(([name, command]) => /migrat(e|ions?)\b/.test(command) && !/(down|rollback|revert|undo|create|generate|make|reset|dev)\b/.test(`${name} ${command}`));
	const prisma = tree.paths.some((path) => path.startsWith("prisma/migrations/"));
	const apply = script ? `npm run ${script[0]}` : prisma ? "npx prisma migrate deploy" : void 0;
	if (apply === void 0) return;
	project.questions.push({
		section: "migrations",
		text: `${script ? `package.json has \`${script[0]}\`: ${script[1]}` : "prisma/migrations/ is there"}. Are migrations applied at a deploy? Then: migrations: { pending: …, apply: ${apply} }`
	});
}
/** Whether a file exists as `node` finds it, or will exist below the outputs of a step. */
function stands(tree, path, outputs) {
	if (outputs.some((output) => path.startsWith(`${output}/`))) return true;
	return [
		"",
		".js",
		"/index.js"
	].some((ending) => tree.paths.includes(`${path}${ending}`));
}

// src/init/project.ts
const emptyProject = () => ({
	kinds: [],
	name: void 0,
	python: void 0,
	nodeVersionFile: void 0,
	environments: [],
	package: false,
	stepEnv: {},
	variables: {},
	steps: [],
	checks: [],
	shared: [],
	migrations: void 0,
	serverModule: void 0,
	demanded: [],
	processes: {},
	units: [],
	questions: []
});
/** `config/settings.py` is the module `config.settings`; below `src/`, relative to that directory. */
function moduleOf(path) {
	return path.replace(/^src\//, "").replace(/(\/__init__)?\.py$/, "").replaceAll("/", ".");
}

// src/init/demanded.ts
const NAME$1 = `["']([A-Z][A-Z0-9_]*)["']`;
const READ = new RegExp(`\\benviron\\[\\s*${NAME$1}\\s*\\](?!\\s*=(?!=))|\\benv(?:\\.(?!prefixed\\b|read_env\\b)\\w+)?\\(\\s*${NAME$1}\\s*\\)`, "g");
/** Variables read with python-decouple. */
const DECOUPLE = new RegExp(`\\bconfig\\(\\s*${NAME$1}\\s*\\)`, "g");
/** The code sets the variable itself, or first checks whether it exists. */
const GIVEN = [
	new RegExp(`\\benviron\\[\\s*${NAME$1}\\s*\\]\\s*=(?!=)`, "g"),
	new RegExp(`\\benviron\\.setdefault\\(\\s*${NAME$1}`, "g"),
	new RegExp(`${NAME$1}\\s+(?:not\\s+)?in\\s+(?:os\\.)?environ\\b`, "g"),
	new RegExp(`\\bif\\s+(?:not\\s+)?(?:os\\.)?(?:environ\\.get|getenv)\\(\\s*${NAME$1}`, "g")
];
const SETTINGS$1 = /^class[ \t]+\w+\((?=[^()]*\bBaseSettings\b)[^()]*\):[^\n]*\n((?:[ \t][^\n]*\n|\n)*)/gm;
/**
* `try: … except KeyError:` is another form of a default. A line is either code or blank, so there is only one way to
* match it.
*/
const TRIED = /^([ \t]*)try:[ \t]*\n(?:(?:\1[ \t]+[^ \t\n][^\n]*|[ \t]*)\n)*?\1except\b[^\n]*KeyError/gm;
/** Variables that every process has, or that Django's own section of the file covers. */
const PRESENT = /^(HOME|PATH|USER|LOGNAME|SHELL|PWD|LANG|TMPDIR|DJANGO_SETTINGS_MODULE|TARLIFT_\w*)$/;
/**
* `os.environ["NAME"]`, django-environ's `env("NAME")`, python-decouple's `config("NAME")` without a default.
*
* @param text Python without comments
*/
function demanded$1(text) {
	const code = text.replace(TRIED, "");
	const given = /* @__PURE__ */ new Set([...GIVEN.flatMap((pattern) => [...code.matchAll(pattern)].map(([, name]) => name)), ...defaults(code)]);
	const prefixed = /\benv\.prefixed\(/.test(code);
	const names = [READ, .../^[ \t]*from[ \t]+decouple[ \t]+import\b/m.test(code) ? [DECOUPLE] : []].flatMap((pattern) => [...code.matchAll(pattern)]).flatMap(([, indexed, called]) => indexed ?? (prefixed ? [] : called));
	return [.../* @__PURE__ */ new Set([...names, ...settingsFields(code)])].filter((name) => !given.has(name) && !PRESENT.test(name) && !shellKeeps(name));
}
/** Fields without a default of pydantic's settings: https://docs.pydantic.dev/latest/concepts/pydantic_settings/ */
function settingsFields(code) {
	const own = new Set([...code.matchAll(/^class[ \t]+(\w+)/gm)].map(([, name]) => name));
	return [...`${code}\n`.matchAll(SETTINGS$1)].flatMap(([, body = ""]) => {
		const [, prefix = ""] = /\benv_prefix\s*=\s*["'](\w*)["']/.exec(body) ?? [];
		const [indent = ""] = /^[ \t]+/.exec(body) ?? [];
		return [...body.matchAll(new RegExp(`^${indent}([a-zA-Z]\\w*)[ \\t]*:[ \\t]*(\\w+)\\b([^=\\n]*[^=\\n[(,\\\\])?$`, "gm"))].filter(([, , type]) => type !== "ClassVar" && !own.has(type)).map(([, name]) => `${prefix}${name}`.toUpperCase());
	});
}
/** Names with a default in `environ.Env(DEBUG=(bool, False))`; `DEBUG=bool` has none. */
function defaults(code) {
	return [...code.matchAll(/\bEnv\(/g)].flatMap((call) => argumentsAt(code, call.index + call[0].length).flatMap((argument) => {
		const [opening, name] = /^([A-Z][A-Z0-9_]*)\s*=\s*\(/.exec(argument) ?? [];
		return opening !== void 0 && argumentsAt(argument, opening.length).length > 1 ? [name] : [];
	}));
}

// src/init/django-settings.ts
/** Names of modules for development or for tests. */
const DEVELOPMENT = /(^|[._])(dev|develop|development|local|test|tests|testing|debug|ci)$|(^|[._])(dev|develop|development|local|tests?|testing|debug|ci)_settings$/;
const PRODUCTION = /(^|[._])(production|prod|live)$|(^|\.)(production|prod|live)_settings$/;
/** Content of a settings module, whatever its name: `shop.live` may be about streams. */
const SETTINGS = /^from[ \t]+\S+[ \t]+import[ \t]+\*|^(DEBUG|ALLOWED_HOSTS|DATABASES|INSTALLED_APPS|SECRET_KEY)\b/m;
/** Files that define how the application is started in production. */
const DEPLOYING = /(^|\/)((wsgi|asgi)\.py|(Dockerfile|Containerfile)[^/]*|Procfile|[^/]+\.service)$/;
/** In Python only a string: a computed value or the name of a variable does not name a module. */
const NAMED_IN_PYTHON = /DJANGO_SETTINGS_MODULE["']\s*(?:,|\]\s*=)\s*(["'])([A-Za-z_]\w*(?:\.\w+)*)\1[ \t]*(?=[,;)\r\n]|$)/g;
const NAMED_ELSEWHERE = /\bDJANGO_SETTINGS_MODULE(?:=|[ \t]+)(["']?)([A-Za-z_]\w*(?:\.\w+)*)(?![\w.${/-])/g;
const STRING = /(["'])([A-Za-z_]\w*(?:\.\w+)+)\1/g;
/**
* The module whose name indicates production; otherwise the one that deployment files name; otherwise that of
* manage.py. Never one for development.
*/
function settingsModule(tree) {
	const own = named(tree, "manage.py");
	const standard = own.length === 1 ? own[0] : void 0;
	const standing = (module) => moduleFile(tree, module) !== void 0;
	const deploying = tree.paths.filter((path) => DEPLOYING.test(path));
	const deployed = deploying.flatMap((path) => named(tree, path)).filter(standing);
	const mentioned = ["manage.py", ...deploying].flatMap((path) => strings(tree, path)).filter(standing);
	const all = [.../* @__PURE__ */ new Set([
		...deployed,
		...own,
		...mentioned
	])];
	const beside = all.flatMap((module) => neighbours(tree, module)).filter((module) => likeSettings(tree, module));
	const candidates = [.../* @__PURE__ */ new Set([...all, ...beside])].filter(standing);
	const choice = {
		standard,
		absent: own.filter((module) => !standing(module)),
		candidates
	};
	const ranks = [
		candidates.filter((module) => PRODUCTION.test(module)),
		deployed,
		standard && standing(standard) ? [standard] : []
	];
	for (const rank of ranks) {
		const fit = [...new Set(rank)].filter((module) => !DEVELOPMENT.test(module));
		if (fit.length > 0) return {
			module: fit.length === 1 ? fit[0] : void 0,
			...choice
		};
	}
	return {
		module: void 0,
		...choice
	};
}
/** The modules that a file sets as the settings. */
function named(tree, path) {
	const text = tree.read(path) ?? "";
	const found = path.endsWith(".py") ? pythonCode(text).matchAll(NAMED_IN_PYTHON) : text.replace(/^[ \t]*[#;].*/gm, "").matchAll(NAMED_ELSEWHERE);
	return [...new Set([...found].map(([, , module]) => module))];
}
/**
* All strings that could be a module's name, in a Python file that sets the settings:
* `"a.production" if … else "a.development"`.
*/
function strings(tree, path) {
	const code = path.endsWith(".py") ? pythonCode(tree.read(path) ?? "") : "";
	return code.includes("DJANGO_SETTINGS_MODULE") ? [...code.matchAll(STRING)].map(([, , text]) => text) : [];
}
/** Whether a module looks like settings: by its name, or by production in its name and its content. */
function likeSettings(tree, module) {
	if (/settings/.test(module.slice(module.lastIndexOf(".") + 1))) return true;
	if (!PRODUCTION.test(module)) return false;
	return /settings/.test(module) || SETTINGS.test(tree.read(moduleFile(tree, module) ?? "") ?? "");
}
/** Modules in the same directory, and inside a package. */
function neighbours(tree, module) {
	const parent = module.slice(0, module.lastIndexOf(".") + 1);
	return tree.paths.filter((path) => path.endsWith(".py") && !path.endsWith("/__init__.py")).map(moduleOf).filter((other) => [parent, `${module}.`].some((prefix) => other.startsWith(prefix) && !other.slice(prefix.length).includes(".")));
}
/** The module and those that it imports from (`from .base import *`), nearest first. */
function settingsSources(tree, module) {
	const sources = /* @__PURE__ */ new Map();
	const visit = (name) => {
		const path = moduleFile(tree, name);
		const text = path === void 0 ? void 0 : pythonCode(tree.read(path) ?? "");
		if (path === void 0 || text === void 0 || sources.has(path)) return;
		sources.set(path, {
			path,
			text
		});
		const inside = path.endsWith("/__init__.py") ? name.split(".") : name.split(".").slice(0, -1);
		for (const [, dots, from] of [...text.matchAll(/^from[ \t]+(\.*)(\w[\w.]*)?[ \t]+import\b/gm)].reverse()) {
			const base = dots ? inside.slice(0, inside.length + 1 - dots.length) : [];
			visit([...base, ...from ? [from] : []].join("."));
		}
	};
	visit(module);
	return [...sources.values()];
}
function moduleFile(tree, module) {
	const path = module.replaceAll(".", "/");
	return [`${path}.py`, `${path}/__init__.py`].flatMap((candidate) => [candidate, `src/${candidate}`]).find((candidate) => tree.paths.includes(candidate));
}

// src/init/pyproject.ts
const text = string().optional().catch(void 0);
const schema = looseObject({
	project: looseObject({
		name: text,
		"requires-python": text
	}).optional().catch(void 0),
	tool: looseObject({
		poetry: looseObject({
			name: text,
			dependencies: looseObject({ python: text }).optional().catch(void 0)
		}).optional().catch(void 0),
		uv: looseObject({
			package: boolean().optional().catch(void 0),
			workspace: unknown().optional()
		}).optional().catch(void 0)
	}).optional().catch(void 0)
});
/** A parsed pyproject.toml; undefined if it is missing or not valid TOML. */
function parsed(tree) {
	const written = tree.read("pyproject.toml");
	if (written === void 0) return void 0;
	try {
		return schema.safeParse(parse$1(written)).data;
	} catch {
		return;
	}
}
/** @returns undefined if it is missing, describes no project (`[tool.ruff]` alone), or is not valid TOML */
function readPyproject(tree) {
	const found = parsed(tree);
	const poetry = found?.tool?.poetry;
	if (!found || !found.project && !poetry) return void 0;
	return {
		name: found.project?.name ?? poetry?.name,
		standard: found.project !== void 0,
		python: found.project?.["requires-python"] ?? poetry?.dependencies?.python,
		packaged: describesPackage(tree.read("pyproject.toml") ?? ""),
		uvPackage: found.tool?.uv?.package === true
	};
}
/** Whether it is only the root of a uv workspace: its lock is for the members, and it installs nothing itself. */
function isVirtualWorkspace(tree) {
	const found = parsed(tree);
	return found?.project === void 0 && found?.tool?.uv?.workspace !== void 0;
}
/**
* The minor version, if a specifier allows only one: `==3.11.*`, `~=3.11.0`, `>=3.11,<3.12`, Poetry's `~3.11`; not
* `>=3.11`, `~=3.11`.
*/
function exactMinor(specifier) {
	const one = /^\s*(?:(?:={1,2}\s*)?3\.(\d+)(?:\.(?:\d+|\*))?|~=\s*3\.(\d+)\.\d+|~\s*3\.(\d+)(?:\.\d+)?)\s*$/.exec(specifier);
	if (one) return `3.${one[1] ?? one[2] ?? one[3]}`;
	const [, least, below] = /^\s*>=?\s*3\.(\d+)(?:\.\d+)?\s*,\s*<\s*3\.(\d+)(?:\.0)?\s*$/.exec(specifier) ?? [];
	return least !== void 0 && Number(least) + 1 === Number(below) ? `3.${least}` : void 0;
}

// src/init/packaging.ts
/**
* @returns `described`: Tarlift recognises it from pyproject.toml. `asked`: only a requirement file (`-e .`) or uv's
*   `package = true` shows it, so `package: true` is needed. Undefined: it is not a package
*/
function packaging(tree) {
	const pyproject = readPyproject(tree);
	if (pyproject?.packaged) return "described";
	if (pyproject?.uvPackage) return "asked";
	return (tree.paths.includes("setup.py") || tree.paths.includes("pyproject.toml")) && namesItself(tree) ? "asked" : void 0;
}

// src/init/imported.ts
/**
* A package is on the path by its own name. Without a package, code that imports its neighbours by bare names runs with
* their directory on the path.
*/
function imported(tree, path) {
	if (!path.startsWith("src/")) {
		const base = packaging(tree) ? "" : baseOf(tree, path);
		return {
			module: moduleOf(path.slice(base === "" ? 0 : base.length + 1)),
			prefix: onPath(base)
		};
	}
	const module = moduleOf(path);
	if (packaging(tree)) return {
		module,
		prefix: ""
	};
	return plainImports(tree, "src").length > 0 ? {
		module,
		prefix: onPath("src")
	} : {
		module: `src.${module}`,
		prefix: ""
	};
}
const onPath = (directory) => directory === "" ? "" : `PYTHONPATH=${pathWord(directory)} `;
/** The directory that must be on Python's path for a file; empty if the application's own suffices. */
function baseOf(tree, path) {
	const parts = path.split("/").slice(0, -1);
	const unnamed = parts.findLastIndex((part) => !NAME.test(part));
	if (unnamed >= 0) return parts.slice(0, unnamed + (parts[unnamed + 1] === "src" ? 2 : 1)).join("/");
	const [top] = parts;
	return top !== void 0 && runsInside(tree, top) ? top : "";
}
const NAME = /^[A-Za-z_]\w*$/;
/** Whether code in a directory imports its neighbours by bare names, and no code treats the directory as a package. */
function runsInside(tree, top) {
	const atTop = (name) => tree.paths.some((path) => path === `${name}.py` || path.startsWith(`${name}/`));
	if (tree.paths.includes(`${top}/__init__.py`) || plainImports(tree, top).every(atTop)) return false;
	const asPackage = new RegExp(`^[ \\t]*(from|import)[ \\t]+${top}\\b`, "m");
	const relative = /^[ \t]*from[ \t]+\./m;
	const code = (path) => pythonCode(tree.read(path) ?? "");
	return !tree.paths.filter((path) => path.endsWith(".py")).some((path) => asPackage.test(code(path)) || path.startsWith(`${top}/`) && path.split("/").length === 2 && relative.test(code(path)));
}
/**
* The check that imports a module, and calls a function of it.
*
* @param called a function without arguments
*/
function importCheck({ module, prefix }, called) {
	const statement = module.split(".").every((part) => NAME.test(part)) ? called === void 0 ? `import ${module}` : `from ${module} import ${called}; ${called}()` : `from importlib import import_module; import_module(${JSON.stringify(module)})${called === void 0 ? "" : `.${called}()`}`;
	return `${prefix}python -c ${shellWord(statement)}`;
}
/**
* The module of a server's command (`gunicorn shop.wsgi:app`).
*
* @returns undefined if no file of the application is that module
*/
function importedAs(tree, module) {
	const stem = module.replaceAll(".", "/");
	const standing = (base) => [`${base}.py`, `${base}/__init__.py`].find((candidate) => tree.paths.includes(candidate));
	const plain = standing(stem);
	if (plain !== void 0) return {
		path: plain,
		module,
		prefix: ""
	};
	const below = standing(`src/${stem}`);
	return below === void 0 ? void 0 : {
		path: below,
		module,
		prefix: packaging(tree) ? "" : onPath("src")
	};
}
const IMPORT = /^[ \t]*(?:from[ \t]+(\.*)(\w[\w.]*)?[ \t]+import[ \t]+(\([^()]*\)|[^\n]*)|import[ \t]+([^\n]+))/gm;
/** A file, and all files of the application that it imports, directly or indirectly, each once. */
function importedFiles(tree, path) {
	const standing = new Set(tree.paths);
	const found = /* @__PURE__ */ new Set();
	const visit = (file) => {
		if (found.has(file) || !standing.has(file)) return;
		found.add(file);
		for (const [, dots, from, names, plain] of pythonCode(tree.read(file) ?? "").matchAll(IMPORT)) {
			const modules = plain === void 0 ? [from, ...(names?.match(/\w+/g) ?? []).map((name) => from ? `${from}.${name}` : name)] : plain.split(",").map((one) => one.trim().split(/\s/)[0]);
			const roots = dots ? [[...file.split("/").slice(0, -dots.length), ""].join("/")] : ["", "src/"];
			for (const stem of modules.filter((one) => one !== void 0 && one !== "").map((one) => one.replaceAll(".", "/"))) for (const root of roots) {
				visit(`${root}${stem}.py`);
				const parts = stem.split("/");
				for (const [index] of parts.entries()) visit(`${root}${parts.slice(0, index + 1).join("/")}/__init__.py`);
			}
			if (dots && !from) visit(`${roots[0]}__init__.py`);
		}
	};
	visit(path);
	return [...found];
}
/** Names that code below a directory imports directly from that directory, by bare name. */
function plainImports(tree, directory) {
	const below = tree.paths.filter((path) => path.startsWith(`${directory}/`) && path.endsWith(".py"));
	const tops = new Set(below.map((path) => path.split("/")[1].replace(/\.py$/, "")));
	return below.flatMap((path) => [...pythonCode(tree.read(path) ?? "").matchAll(/^[ \t]*(?:from|import)[ \t]+(\w+)/gm)].flatMap(([, name]) => tops.has(name) ? [name] : []));
}

// src/init/python-environment.ts
/** Adds the environment to `project`, or asks what it is installed from. */
function pythonEnvironment(tree, project, pyproject, detectors) {
	const version = pythonVersion(tree, pyproject);
	project.python = version?.minor ?? "unknown";
	const asked = packaging(tree) === "asked";
	const found = chooseInstaller(tree, project, {
		detectors,
		language: "python"
	});
	if (found === void 0) {
		const text = lockQuestion(tree, pyproject, tree.paths.filter((path) => REQUIREMENT_FILE.test(path)));
		project.questions.push({
			section: "environments",
			text: asked ? `${text} And \`package: true\`, as the application itself is to be installed.` : text
		});
		return;
	}
	project.package = asked;
	const { installer, keys, notes } = found;
	if (version) {
		keys.interpreter = `/usr/bin/python${version.minor}`;
		notes.push(`interpreter: the one ON THE HOSTS; ${version.minor} is from ${version.from}`);
	} else project.questions.push({
		section: "environments",
		text: "Which Python do the hosts have? Give python its `interpreter: /usr/bin/python3.12` (the path ON THE HOSTS)."
	});
	keys.link = ".venv";
	project.environments.push({
		name: "python",
		installer,
		use: "runtime",
		keys,
		notes
	});
	project.questions.push(...found.questions.map((text) => ({
		section: "environments",
		text
	})));
}
function lockQuestion(tree, pyproject, others) {
	const other = lockedByOther(tree.paths, "python");
	if (other !== void 0) return `${other} Then run tarlift init again.`;
	if (tree.paths.includes("Pipfile")) return "Pipfile without a lock: write requirements from it (pipenv lock && pipenv requirements > requirements.txt), commit them and run tarlift init again.";
	if (others.length > 0) return `Which of ${others.join(", ")} do the hosts need? python: { installer: pip, requirements: […] }`;
	if (tree.paths.includes("requirements.in")) return "requirements.in without what is compiled from it: run `pip-compile` (or `uv pip compile -o requirements.txt requirements.in`), commit requirements.txt and run tarlift init again.";
	if (pyproject?.standard) return "pyproject.toml without a lock: run `uv lock`, commit uv.lock and run tarlift init again.";
	if (pyproject !== void 0) return "pyproject.toml without a lock: run `poetry lock`, commit poetry.lock and run tarlift init again.";
	return "There is no requirements.txt and no uv.lock: what does the application need? python: { installer: pip, requirements: […] }";
}
function pythonVersion(tree, pyproject) {
	const minor = (text, pattern) => text ? pattern.exec(text)?.[1] : void 0;
	const versionFile = /^[ \t]*(?:cpython-)?(3\.\d+)/m;
	const found = [
		[".python-version", minor(tree.read(".python-version"), versionFile)],
		["runtime.txt", minor(tree.read("runtime.txt"), /python-(3\.\d+)/)],
		["pyproject.toml", exactMinor(pyproject?.python ?? "")],
		...(tree.above ?? []).map(({ up, read }) => [`${up}/.python-version`, minor(read(".python-version"), versionFile)])
	].find(([, version]) => version !== void 0);
	return found ? {
		minor: found[1],
		from: found[0]
	} : void 0;
}

// src/init/python-paths.ts
/** Calls that return their argument, a directory or a file. */
const SAME = /^(?:(?:pathlib\.)?Path|str|(?:os\.path\.|path\.)?(?:abspath|realpath|normpath)|os\.fspath)$/;
const DIRNAME = /^(?:os\.path\.|path\.)?dirname$/;
const JOIN = /^(?:os\.path\.|path\.)?join$/;
/** Maximum number of variables that are followed from one to the next. */
const DEPTH$1 = 10;
/** Maximum number of tokens in a path; each parenthesis is a recursive call. */
const LONGEST = 1e3;
/**
* The directory in a setting: `BASE_DIR / "var" / "static"`, `os.path.join(PROJECT_DIR, "static")`, with a `BASE_DIR`
* that comes from `__file__`.
*
* @param modules the settings module first, then those that it imports from, nearest first
* @returns relative to the application's directory; undefined if it is not set, is set under a condition, is computed
*   in another way, or leads out of the application
*/
function pathSetting(modules, name) {
	const parts = variable(modules, name, 0);
	return parts === void 0 || parts.length === 0 ? void 0 : parts.join("/");
}
function variable(modules, name, depth) {
	if (depth > DEPTH$1) return void 0;
	for (const [index, module] of modules.entries()) {
		const assignments = [...module.text.matchAll(new RegExp(`^([ \\t]*)${name}[ \\t]*(?::[^=\\n]+)?([+/-]?=)(?!=)`, "gm"))];
		if (assignments.length === 0) continue;
		const [only] = assignments;
		if (!only || assignments.length > 1 || only[1] !== "" || only[2] !== "=") return void 0;
		const after = module.text.slice(only.index + only[0].length);
		if ((/^from[ \t]+\S+[ \t]+import[ \t]+\*/m.test(after) ? modules.slice(index + 1) : []).some(({ text }) => new RegExp(`^[ \\t]*${name}[ \\t]*=(?!=)`, "m").test(text))) return void 0;
		const tokens = tokenize(after);
		return tokens && new Expression(tokens, module, modules.slice(index), depth).whole();
	}
}
/** The tokens of one expression, up to the end of its logical line; undefined for an unknown token, or too many. */
function tokenize(text) {
	const tokens = [];
	const token = /[ \t\r\\]+|#[^\n]*|\n|"[^"\\\n{]*"|'[^'\\\n{]*'|[A-Za-z_][\w.]*|\.[A-Za-z_]\w*|\d+|[()[\],/=]/y;
	let open = 0;
	while (token.lastIndex < text.length) {
		const [found] = token.exec(text) ?? [];
		if (found === void 0) return void 0;
		if (found === "\n" && open === 0) break;
		if (/^[\s\\#]/.test(found)) continue;
		if (found === "(" || found === "[") open++;
		if (found === ")" || found === "]") open--;
		tokens.push(found);
		if (tokens.length > LONGEST) return void 0;
	}
	return tokens;
}
/**
* Parses tokens from left to right. Each method returns undefined for an unknown expression, which ends the parsing.
*/
var Expression = class {
	#at = 0;
	#tokens;
	#module;
	#modules;
	#depth;
	constructor(tokens, module, modules, depth) {
		this.#tokens = tokens;
		this.#module = module;
		this.#modules = modules;
		this.#depth = depth;
	}
	whole() {
		const value = this.#sum();
		return this.#at === this.#tokens.length ? value : void 0;
	}
	#next(token) {
		if (this.#tokens[this.#at] !== token) return false;
		this.#at++;
		return true;
	}
	/** `directory / "a" / "b"`. */
	#sum() {
		let value = this.#postfix();
		while (value && this.#next("/")) value = join$1(value, this.#text());
		return value;
	}
	/** An operand with all of its `.parent`, `.parents[1]`, `.resolve()` and `.joinpath("a")`. */
	#postfix() {
		let value = this.#atom();
		while (value && this.#tokens[this.#at]?.startsWith(".")) for (const name of this.#tokens[this.#at++].slice(1).split(".")) value = value && this.#attribute(value, name);
		return value;
	}
	#attribute(value, name) {
		if (name === "parent") return parent(value, 1);
		if (name === "parents" && this.#next("[")) {
			const up = Number(this.#tokens[this.#at++]);
			return this.#next("]") && Number.isInteger(up) ? parent(value, up + 1) : void 0;
		}
		if (!this.#next("(")) return void 0;
		if (name === "joinpath") return this.#joined(value);
		if (name !== "resolve" && name !== "absolute") return void 0;
		if (this.#next("strict") && !(this.#next("=") && (this.#next("True") || this.#next("False")))) return void 0;
		return this.#next(")") ? value : void 0;
	}
	#atom() {
		if (this.#next("(")) {
			const value = this.#sum();
			return this.#next(")") ? value : void 0;
		}
		const name = this.#tokens[this.#at++];
		if (name === void 0 || !/^[A-Za-z_]/.test(name)) return void 0;
		if (this.#next("(")) return this.#call(name);
		const [first, ...attributes] = name.split(".");
		let value = first === "__file__" ? join$1([], this.#module.path) : variable(this.#modules, first, this.#depth + 1);
		for (const attribute of attributes) value = value && this.#attribute(value, attribute);
		return value;
	}
	/** A call by its name; a variable's method (`BASE_DIR.joinpath("a")`) is one too. */
	#call(name) {
		if (SAME.test(name) || DIRNAME.test(name)) {
			const value = this.#sum();
			if (!value || !this.#next(")")) return void 0;
			return DIRNAME.test(name) ? parent(value, 1) : value;
		}
		if (JOIN.test(name)) {
			const value = this.#sum();
			if (!value) return void 0;
			return this.#next(",") ? this.#joined(value) : this.#next(")") ? value : void 0;
		}
		const [first, ...attributes] = name.split(".");
		const method = attributes.pop();
		let value = method === void 0 ? void 0 : variable(this.#modules, first, this.#depth + 1);
		for (const attribute of attributes) value = value && this.#attribute(value, attribute);
		if (!value) return void 0;
		this.#at--;
		return this.#attribute(value, method);
	}
	/** `"a", "b")`. */
	#joined(value) {
		let joined = value;
		while (joined && !this.#next(")")) {
			joined = join$1(joined, this.#text());
			if (!this.#next(",") && this.#tokens[this.#at] !== ")") return void 0;
		}
		return joined;
	}
	#text() {
		const token = this.#tokens[this.#at++];
		if (token === "os.pardir") return "..";
		return token !== void 0 && /^["']/.test(token) ? token.slice(1, -1) : void 0;
	}
};
function parent(value, steps) {
	return steps > value.length ? void 0 : value.slice(0, value.length - steps);
}
function join$1(base, path) {
	if (path === void 0 || path.startsWith("/")) return void 0;
	let joined = base;
	for (const part of path.split("/")) {
		if (part === "" || part === ".") continue;
		joined = joined && (part === ".." ? parent(joined, 1) : [...joined, part]);
	}
	return joined;
}

// src/init/served.ts
/** The most reliable first. */
const STARTING = [
	/^Procfile$/,
	/\.service$/,
	/supervisor[^/]*\/.*\.(conf|ini)$|supervisor[^/]*\.(conf|ini)$/,
	/(^|\/)(Dockerfile|Containerfile)[^/]*$/,
	/\.sh$/
];
const SERVER = /\b(?:gunicorn|uvicorn|hypercorn|waitress-serve|daphne|granian)\b([^\n;&|]*)/g;
/** `shop.wsgi:app`, `shop:create_app()`; not `localhost:8000`. */
const OBJECT = /(?<![\w.:/-])([A-Za-z_][\w.]*):([A-Za-z_]\w*)(\(\))?(?![\w./:(-])/g;
/** @returns undefined if no server is started with a module of this tree */
function servedApplication(tree) {
	for (const pattern of STARTING) for (const path of tree.paths.filter((one) => pattern.test(one))) for (const [, words = ""] of (tree.read(path) ?? "").matchAll(SERVER)) for (const [, module, object, called] of words.matchAll(OBJECT)) {
		const found = importedAs(tree, module);
		if (found === void 0) continue;
		const makes = called !== void 0 || /\s--factory\b/.test(words) ? `; ${object}()` : "";
		const check = `${found.prefix}python -c 'from ${module} import ${object}${makes}'`;
		return {
			module: found.module,
			prefix: found.prefix,
			check,
			path: found.path
		};
	}
}

// src/init/python.ts
/** Files that list the packages of a Python application. */
const PACKAGES = /^(requirements[^/]*\.(txt|in)|requirements\/[^/]+\.txt|uv\.lock|poetry\.lock|pdm\.lock|Pipfile|Pipfile\.lock|setup\.py)$/;
/**
* Adds the findings to `project`.
*
* @param source the application's directory in the repository, if it is not the repository itself
*/
function detectPython(tree, project, detectors, source) {
	const pyproject = readPyproject(tree);
	const members = isVirtualWorkspace(tree);
	const packages = tree.paths.some((path) => PACKAGES.test(path) && !TOOLS.test(path) && !(members && path === "uv.lock"));
	if (pyproject === void 0 && !packages && !tree.paths.includes("manage.py")) return;
	project.name ??= pyproject?.name;
	pythonEnvironment(tree, project, pyproject, detectors);
	const below = tree.paths.find((path) => /^[^/]+\/manage\.py$/.test(path) && !ASIDE.test(path));
	if (tree.paths.includes("manage.py")) django(tree, project);
	else if (wsgiApplication(tree, project, below)) {
		if (below !== void 0) askDjangoBelow(below, project, source);
	} else if (below !== void 0) {
		project.kinds.push("Django");
		askDjangoBelow(below, project, source);
	} else {
		project.kinds.push("Python");
		if (!served(tree, project)) project.questions.push({
			section: "check",
			text: "Which module does your server import? python -c 'import package.wsgi'"
		});
	}
	sqlite(tree, project);
	alembic(tree, project);
	translations(tree, project);
	celery(tree, project);
}
/** A Celery worker runs the application's code, and continues with the old code until it is restarted. */
function celery(tree, project) {
	const code = (path) => path.endsWith(".py") ? pythonCode(tree.read(path) ?? "") : "";
	const file = tree.paths.find((path) => !aside(path) && /^\w[^\n=]*=\s*(?:celery\.)?Celery\(/m.test(code(path)));
	if (file === void 0 || /\bcelery\b/.test(tree.read("Procfile") ?? "")) return;
	project.questions.push({
		section: "services",
		text: `${file} makes a Celery application. Its worker, and beat where there is one, are services of their own: which are they?`
	});
}
/** Excludes tests, examples and the like, and migrations. */
const aside = (path) => ASIDE.test(path) || /(^|\/)(migrations\/|(tests?|docs|migrations)\.py$|test_[^/]*$)/.test(path);
/** A database in a file of the release would be empty in each new release, and lost with the old one. */
function sqlite(tree, project) {
	const file = tree.paths.find((path) => /^([^/]+\/){0,3}[^/]+\.py$/.test(path) && !aside(path) && /django\.db\.backends\.sqlite3|["'(]sqlite(\+\w+)?:\/\/\//.test(pythonCode(tree.read(path) ?? "")));
	if (file === void 0) return;
	project.questions.push({
		section: "shared",
		text: `${file} names an SQLite database. A file in the release would be a new, empty one with each deploy: do hosts use another database, by their \`variables\` and \`secrets\`? Else: in which directory that outlives releases is it?`
	});
}
/** Flask-Migrate (`flask db`), or Alembic alone. */
function alembic(tree, project) {
	if (project.migrations) return;
	const ofFlask = tree.paths.find((path) => /(^|\/)migrations\/alembic\.ini$/.test(path) && !ASIDE.test(path));
	if (ofFlask === void 0 && !tree.paths.includes("alembic.ini")) return;
	const application = tree.paths.some((path) => /^(\.flaskenv|wsgi\.py|app\.py|app\/__init__\.py)$/.test(path)) || !project.serverModule ? "flask" : `${project.serverModule.prefix}flask --app ${project.serverModule.module}`;
	const directory = posix.dirname(ofFlask ?? "");
	const own = directory === "migrations" ? "" : ` -d ${pathWord(directory)}`;
	const [command, option] = ofFlask === void 0 ? ["alembic", ""] : [`${application} db`, own];
	project.migrations = {
		pending: `all=$(${command} history${option} -i) && case $all in *' (current)'*) live=$(${command} history${option} -i -r :current) ;; *) live= ;; esac && { printf '%s\\n' "$all" | grep -vxF "$live" || [ $? -eq 1 ]; }`,
		apply: ofFlask === void 0 ? `${command} upgrade head` : `${command} upgrade${option}`
	};
}
/** Compiled translations that git ignores have to be built, like other files that ship. */
function translations(tree, project) {
	const ignored = /^\*{1,2}(\/\*)?\.mo\s*$/m.test(tree.read(".gitignore") ?? "");
	const catalogues = tree.paths.filter((path) => /\/LC_MESSAGES\/[^/]+\.po$/.test(path));
	if (!ignored || catalogues.length === 0) return;
	const withDjango = project.kinds.includes("Django");
	project.steps.unshift({
		name: "translations",
		run: withDjango ? "python manage.py compilemessages" : [...new Set(catalogues.map(compileCommand))].join(" && "),
		outputs: catalogues.map((path) => path.replace(/\.po$/, ".mo")),
		notes: ["compiled, as git ignores *.mo", ...withDjango ? ["compilemessages needs msgfmt (the package gettext) on the machine that builds"] : []]
	});
}
/** One catalogue of each language in a directory, all with the same name. */
function compileCommand(path) {
	const [, directory, domain = ""] = /^(?:(.*)\/)?[^/]+\/LC_MESSAGES\/([^/]+)\.po$/.exec(path) ?? [];
	const named = domain === "messages" ? "" : ` -D ${pathWord(domain)}`;
	return `pybabel compile -d ${pathWord(directory ?? ".")}${named}`;
}
/**
* For a manage.py in a subdirectory: the user has to say which commands it needs, and from which directory they run.
*/
function askDjangoBelow(manage, project, source = "") {
	const directory = manage.slice(0, manage.indexOf("/"));
	const enter = `cd ${pathWord(directory)}`;
	project.questions.push({
		section: "check",
		text: `${manage} stands in ${directory}/: commands of asset steps, checks and migrations begin with \`${enter} && python manage.py …\`, as in: ${enter} && python manage.py check. Or is all of the application in ${directory}/? Then run: \`tarlift init --source ${pathWord(posix.join(source, directory))} --force\`.`
	});
}
function django(tree, project) {
	project.kinds.push("Django");
	const { module: settings, standard, absent, candidates } = settingsModule(tree);
	if (settings) {
		project.stepEnv.DJANGO_SETTINGS_MODULE = settings;
		if (settings !== standard) project.variables.DJANGO_SETTINGS_MODULE = settings;
	} else project.questions.push({
		section: "step-env",
		text: candidates.length > 0 || absent.length > 0 ? `${absent.length > 0 ? `manage.py names ${absent.join(", ")}, which is not in the repository. ` : ""}Which settings does production use${candidates.length > 0 ? ` (${candidates.join(", ")})` : ""}? Here, and in the target's \`variables\`: DJANGO_SETTINGS_MODULE: project.settings` : "manage.py does not name the settings module: DJANGO_SETTINGS_MODULE: project.settings"
	});
	const modules = settings ? settingsSources(tree, settings) : [];
	const staticRoot = pathSetting(modules, "STATIC_ROOT");
	project.steps.push({
		name: "static files",
		run: "python manage.py collectstatic --noinput",
		outputs: staticRoot ? [staticRoot] : [],
		notes: staticRoot ? [] : ["STATIC_ROOT could not be read from the settings: is there one, and where does it lead?"]
	});
	const texts = modules.map(({ text }) => text).join("\n");
	if (/^COMPRESS_OFFLINE\s*=\s*True\b/m.test(texts)) {
		const collected = project.steps.at(-1);
		collected.run += " && python manage.py compress";
		collected.notes.push("COMPRESS_OFFLINE: pages are not answered without what `compress` writes; it needs DEBUG off (step-env)");
	}
	const media = pathSetting(modules, "MEDIA_ROOT");
	const overlap = staticRoot && media && (`${media}/`.startsWith(`${staticRoot}/`) || `${staticRoot}/`.startsWith(`${media}/`));
	if (media && !overlap) project.shared.push(media);
	else project.questions.push({
		section: "shared",
		text: "Does the application keep uploads? Which directory outlives a release?"
	});
	project.checks.push("python manage.py check --fail-level ERROR");
	const server = serverModule(tree, settings);
	if (server) project.checks.push(importCheck(server));
	else project.questions.push({
		section: "check",
		text: "Which module does your server import? python -c 'import project.wsgi'"
	});
	project.migrations = {
		pending: "plan=$(python manage.py showmigrations --plan) && echo \"$plan\" | sed -n 's/^\\[ \\] *//p'",
		apply: "python manage.py migrate --noinput"
	};
	project.demanded.push(...demanded$1(texts));
}
function serverModule(tree, settings) {
	const all = tree.paths.filter((path) => /^([^/]+\/){1,2}(wsgi|asgi)\.py$/.test(path) && !ASIDE.test(path));
	const top = settings?.split(".")[0];
	const own = all.filter((path) => moduleOf(path).split(".")[0] === top);
	const candidates = own.length > 0 ? own : all;
	const best = candidates.find((path) => path.endsWith("/wsgi.py")) ?? candidates[0];
	return best === void 0 ? void 0 : imported(tree, best);
}
const FACTORY = /^def create_app\(/m;
/**
* Flask and FastAPI: the module that creates the application object.
*
* @param manage the manage.py of a Django project in a subdirectory: files there belong to Django, and a file elsewhere
*   that imports Flask without creating an application is a tool
*/
function wsgiApplication(tree, project, manage) {
	const own = manage?.slice(0, manage.indexOf("/") + 1);
	const sources = tree.paths.filter((path) => /^([^/]+\/){0,3}[^/]+\.py$/.test(path) && !ASIDE.test(path) && !/(^|\/)migrations\//.test(path) && !(own !== void 0 && path.startsWith(own)));
	for (const [kind, made, uses] of [[
		"FastAPI",
		/^\w+\s*(?::\s*\w+\s*)?=\s*FastAPI\(/m,
		/^[ \t]*(from|import)\s+fastapi\b/m
	], [
		"Flask",
		/^\w+\s*(?::\s*\w+\s*)?=\s*Flask\(/m,
		/^[ \t]*(from|import)\s+flask\b/m
	]]) {
		const code = (path) => pythonCode(tree.read(path) ?? "");
		const importing = sources.filter((path) => uses.test(code(path)));
		const applications = importing.filter((path) => made.test(code(path)));
		const factories = importing.filter((path) => FACTORY.test(code(path)));
		const [path, ...more] = applications.length > 0 ? applications : factories;
		if (importing.length === 0 || own !== void 0 && path === void 0) continue;
		project.kinds.push(kind);
		if (served(tree, project)) return true;
		if (path && more.length === 0) {
			const found = imported(tree, path);
			project.serverModule = found;
			const wanted = applications.length > 0 ? [] : requiredArguments(code(path));
			if (applications.length > 0 || wanted.length > 0) project.checks.push(importCheck(found));
			else project.checks.push(importCheck(found, "create_app"));
			if (wanted.length > 0) project.questions.push({
				section: "check",
				text: `create_app of ${path} wants ${wanted.join(", ")}: what does your server give it? python -c 'from ${found.module} import create_app; create_app(…)'`
			});
			project.demanded.push(...demandedFrom(tree, path));
		} else {
			const which = path ? `Several modules make an application: ${[path, ...more].join(", ")}.` : "No module makes the application.";
			project.questions.push({
				section: "check",
				text: `${which} Which one does your server import? python -c 'import …'`
			});
		}
		return true;
	}
	return false;
}
/** From a file that defines how the server is started. */
function served(tree, project) {
	const found = servedApplication(tree);
	if (!found) return false;
	project.serverModule = found;
	project.checks.push(found.check);
	project.demanded.push(...demandedFrom(tree, found.path));
	return true;
}
/** Variables that a module reads, directly or in modules of the application that it imports. */
const demandedFrom = (tree, path) => demanded$1(importedFiles(tree, path).map((one) => pythonCode(tree.read(one) ?? "")).join("\n"));
/** Parameters of `create_app` that a call without arguments would miss. */
function requiredArguments(code) {
	const found = FACTORY.exec(code);
	return (found ? argumentsAt(code, found.index + found[0].length) : []).filter((one) => !/^[*/]/.test(one) && !/(?<![=!<>])=(?!=)/.test(one)).map((one) => one.split(":", 1)[0].trimEnd());
}

// src/init/render.ts
var import_dist = require_dist();
/**
* @param options.source the application's directory if it is not the repository itself
* @param options.schema the schema for editors, relative to the repository, if it has one
* @returns a text that `parseConfig` accepts
*/
function render(project, options) {
	return `${[
		...options.schema ? [`# yaml-language-server: $schema=${options.schema}`] : [],
		`# Written by \`tarlift init\`, which found ${project.kinds.join(" with ") || "nothing that it knows"}. Lines with QUESTION want an answer.`,
		"# Commands are run by `sh -ec` in the application's directory.",
		"",
		`app: ${scalar(options.app)}   # part of paths on hosts: /srv/${options.app}`,
		...options.source ? [`source: ${scalar(options.source)}`] : [],
		...section("What is installed. `use: runtime` ships with the release, `use: build` serves asset steps only.", [...block("environments", project.environments.flatMap(environment)), ...questions(project, "environments")]),
		...section("The application is built as a package into each release, without what it requires.", project.package ? ["package: true"] : []),
		...section("Environment variables of asset steps and checks, on the runner. No secrets.", [
			...block("step-env", Object.entries(project.stepEnv).map(([name, value]) => `  ${name}: ${scalar(value)}`)),
			...demanded(project),
			...questions(project, "step-env")
		]),
		...section("Steps that build files which ship, in this order. Git must ignore their outputs.", [...assets(project.steps), ...questions(project, "assets")]),
		...section("Run against the finished artifact, isolated and without network, before it is uploaded.", [...block("check", project.checks.map((command) => `  - ${scalar(command)}`)), ...questions(project, "check")]),
		...section("Paths that outlive releases.", [...project.shared.length > 0 ? [`shared: { directories: ${list(project.shared)} }`] : [], ...questions(project, "shared")]),
		...section("`pending` prints one migration a line; nothing means that there are none.", [...project.migrations ? [
			"migrations:",
			`  pending: ${scalar(project.migrations.pending)}`,
			`  apply: ${scalar(project.migrations.apply)}`
		] : [], ...questions(project, "migrations")]),
		...section("What runs on the hosts, and where they are.", [
			...services(project),
			...questions(project, "services"),
			...targets(project)
		])
	].map((line) => line.replace(/[\x00-\x1f\x7f]+/g, " ")).join("\n")}\n`;
}
function section(comment, lines) {
	return lines.length > 0 ? [
		"",
		`# ${comment}`,
		...lines
	] : [];
}
function block(key, lines) {
	return lines.length > 0 ? [`${key}:`, ...lines] : [];
}
function questions(project, where) {
	return project.questions.filter(({ section }) => section === where).map(({ text }) => `# QUESTION: ${text}`);
}
function environment({ name, installer, use, keys, notes }) {
	return [
		...notes.map((note) => `  # ${note}`),
		`  ${name}:`,
		`    installer: ${installer}`,
		...use === "build" ? ["    use: build"] : [],
		...Object.entries(keys).map(([key, value]) => `    ${key}: ${Array.isArray(value) ? list(value) : scalar(value)}`)
	];
}
function demanded(project) {
	if (project.demanded.length === 0) return [];
	return [`# QUESTION: the code reads ${project.demanded.join(", ")} without a default. Steps on the runner need harmless values (step-env);`, "#   the real ones belong to a target: `variables`, or `secrets` when they are secret."];
}
function assets(steps) {
	const known = steps.filter((step) => step.outputs.length > 0);
	const unknown = steps.filter((step) => step.outputs.length === 0);
	return [
		...block("assets", known.flatMap((step) => [
			...step.notes.map((note) => `  # ${note}`),
			`  - name: ${scalar(step.name)}`,
			`    run: ${scalar(step.run)}`,
			`    outputs: ${list(step.outputs)}`
		])),
		...unknown.flatMap((step) => step.notes.map((note) => `# QUESTION: ${note}`)),
		...known.length === 0 && unknown.length > 0 ? ["# assets:"] : [],
		...unknown.map((step) => `#   - { name: ${step.name}, run: ${JSON.stringify(step.run)}, outputs: [where] }`)
	];
}
function services(project) {
	const processes = Object.entries(project.processes).filter(([name]) => name !== "release");
	const names = processes.length > 0 ? processes.map(([name]) => name) : ["web"];
	return [
		`# QUESTION: what restarts the application on its hosts? One of ${SUPERVISORS.map(({ key }) => key).join(", ")}.`,
		...processes.map(([name, command]) => `#   ${name} is started by: ${command}`),
		...project.units.map(({ file, key, name }) => `#   ${file} has ${key}: ${name}`),
		"# services:",
		...names.flatMap((name) => [
			`#   ${name}:`,
			`#     ${SUGGESTED.example(name)}`,
			...name === "web" || names.length === 1 ? ["#     health: { url: \"http://127.0.0.1:8000/\" }"] : []
		])
	];
}
function targets(project) {
	return [
		"# QUESTION: where is it deployed to? A host without roles has all.",
		"# targets:",
		"#   production:",
		"#     ssh-user: deploy",
		"#     hosts: [app1.example.org]",
		...Object.entries(project.variables).map(([name, value]) => `#     env: { ${name}: ${value} }`),
		...project.demanded.length > 0 ? [`#     secrets: [${project.demanded.join(", ")}]`] : []
	];
}
/** A scalar on one line, quoted if YAML would read it as another type. */
function scalar(value) {
	return (0, import_dist.stringify)(value, {
		lineWidth: 0,
		defaultStringType: "PLAIN",
		blockQuote: false
	}).trimEnd();
}
/** `[a, b]`, where more values need quotes than on lines of their own. */
function list(values) {
	return `[${values.map((value) => /[,[\]{}]/.test(value) ? JSON.stringify(value) : scalar(value)).join(", ")}]`;
}

// src/init/workflows.ts
function initialWorkflows(input) {
	return [{
		path: ".github/workflows/build.yml",
		text: build(input)
	}, {
		path: ".github/workflows/deploy.yml",
		text: deploy(input)
	}];
}
function build(input) {
	return `# Builds and checks, and deploys nothing: pull requests (from forks too, there is no secret here) and the default branch.
# What the default branch builds stays in the cache. A cache saved by a tag is visible to that tag alone, so this is also what
# makes the deploy of a tag quick.
name: Build
on:
  pull_request:
  push:
    branches: [${JSON.stringify(input.branch).replace(/^"([\w-]+)"$/, "$1")}]
permissions:
  contents: read
jobs:
  build:
    runs-on: ubuntu-24.04
    timeout-minutes: 30
    steps:
      - uses: actions/checkout@v6
        with:
          persist-credentials: false
${interpreters$1(input)}      - id: environment
        uses: ${action(input, "/actions/build-env")}
${input.config === void 0 ? "" : `        with:\n${config(input)}`}${tests(input)}      - uses: ${action(input, "/actions/bundle")}
        with:
${config(input)}          upload: never
`;
}
function deploy(input) {
	return `# Pushing a tag deploys it.
name: Deploy
on:
  push:
    tags: ["v*"]
permissions:
  contents: read
  actions: read
  checks: read
  statuses: read
concurrency:
  group: deploy-production
  cancel-in-progress: false
jobs:
  deploy:
    runs-on: ubuntu-24.04
    timeout-minutes: 30
    environment: production
    outputs:
      outcome: \${{ steps.tarlift.outputs.outcome }}
      release: \${{ steps.tarlift.outputs.release }}
    steps:
      - uses: actions/checkout@v6
        with:
          fetch-depth: 0 # the history shows which of two commits is older
          persist-credentials: false
${interpreters$1(input)}      - id: tarlift
        uses: ${action(input, "")}
        with:
${config(input)}          target: production
          ssh-key: \${{ secrets.DEPLOY_KEY }}
          ssh-known-hosts: \${{ vars.KNOWN_HOSTS }}
${secrets(input)}  announce:
    needs: deploy
    runs-on: ubuntu-24.04
    permissions: {}
    steps:
      - run: echo "$RELEASE is $OUTCOME"
        env:
          OUTCOME: \${{ needs.deploy.outputs.outcome }}
          RELEASE: \${{ needs.deploy.outputs.release }}
`;
}
const action = ({ action: { repository, ref } = PLACEHOLDER$1 }, path) => `${repository}${path}@${ref}`;
const config = ({ config: file }) => file === void 0 ? "" : `          config: ${JSON.stringify(file)}\n`;
function interpreters$1({ python, nodeVersionFile }) {
	const version = python === "unknown" ? "\"3.12\" # QUESTION: which minor version have the hosts?" : `"${python}" # the minor version of the hosts' interpreter`;
	return [...python === void 0 ? [] : [
		"      - uses: actions/setup-python@v6",
		"        with:",
		`          python-version: ${version}`
	], ...nodeVersionFile === void 0 ? [] : [
		"      - uses: actions/setup-node@v6",
		"        with:",
		`          node-version-file: ${/^[\w./-]+$/.test(nodeVersionFile) ? nodeVersionFile : JSON.stringify(nodeVersionFile)}`
	]].map((line) => `${line}\n`).join("");
}
function tests({ tests: command, python }) {
	if (command === void 0) return `      # QUESTION: how are tests run? The environment is on PATH, and at steps.environment.outputs.environment-path.
      # - run: ${python === void 0 ? "npm test" : "python -m pytest"}
`;
	return `      - name: Tests
        run: '${command.replaceAll("'", "''")}'
        env:
          ENVIRONMENT: \${{ steps.environment.outputs.environment-path }}
`;
}
function secrets({ secrets: names }) {
	if (names.length === 0) return "";
	return ["          secrets: |", ...names.map((name) => `            ${name}=\${{ secrets.${name} }}`)].map((line) => `${line}\n`).join("");
}

// src/init/initial-config.ts
/**
* @param tree the application's files
* @param options.directory name of the application's directory, for projects without a name
* @param options.detectors of installers
* @param options.source the application's directory in the repository, if it is not the repository itself
* @param options.branch the repository's default branch
* @param options.schema the schema for editors, relative to the file, if the repository has one
* @param options.config the file, relative to the repository, if it is not the tarlift.yml at its root
* @param options.action the repository whose actions the workflows use
*/
function initialConfig(tree, options) {
	const project = detect(tree, options.detectors, options.source);
	askOccupied(tree, project);
	const app = appName(project.name) ?? appName(options.directory) ?? "app";
	return {
		text: consistent(project, () => render(project, {
			app,
			source: options.source,
			schema: options.schema
		})),
		kinds: project.kinds,
		ignored: ignoredPaths(project),
		workflows: initialWorkflows({
			action: options.action,
			branch: options.branch ?? "main",
			config: options.config,
			...interpreters(project, options.source),
			secrets: project.demanded
		})
	};
}
/** Maximum length of a list in a question. */
const SHOWN = 8;
/** Files that keep a directory in git, and do not show its purpose. */
const PLACEHOLDER = /(^|\/)\.(git[^/]*|keep|empty|placeholder)$/;
/** Asks about directories that only a placeholder keeps in git: the application or a tool writes to them. */
function askKept(tree, project) {
	const directories = tree.paths.filter((path) => PLACEHOLDER.test(path) && path.includes("/")).map((path) => path.slice(0, path.lastIndexOf("/"))).filter((directory) => !/(^|[/.])(migrations|versions|node_modules|\.[^/]*)(\/|$)/.test(directory)).filter((directory) => tree.paths.every((path) => !path.startsWith(`${directory}/`) || PLACEHOLDER.test(path)));
	const known = [...project.shared, ...project.steps.flatMap(({ outputs }) => outputs)];
	const open = directories.filter((one) => !known.some((other) => `${one}/`.startsWith(`${other}/`)));
	if (open.length === 0) return;
	project.questions.push({
		section: "shared",
		text: `nothing but a placeholder is in ${[...new Set(open)].slice(0, SHOWN).join(", ")}. Does the application keep its files there (uploads, say)? Then: shared: { directories: […] }. Files in a release are lost with it.`
	});
}
/**
* Asks about files of the repository below a shared path or an output: a shared path hides them, and an output of a
* step is no source.
*/
function askOccupied(tree, project) {
	const occupied = (path) => tree.paths.find((file) => (file === path || file.startsWith(`${path}/`)) && !PLACEHOLDER.test(file));
	for (const path of project.shared.filter((shared) => occupied(shared) !== void 0)) {
		project.shared.splice(project.shared.indexOf(path), 1);
		project.questions.push({
			section: "shared",
			text: `the application writes to ${path}, and the repository has ${occupied(path)}. Which directory outlives a release? A shared one hides what ships below it: files of the repository need another place.`
		});
	}
	for (const step of project.steps) {
		const [path] = step.outputs.filter((output) => occupied(output) !== void 0);
		if (path === void 0) continue;
		step.outputs = [];
		step.notes = [`${step.name}: it writes to ${path}, and the repository has ${occupied(path)}. Sources need another place; built files are removed from git (git rm --cached) and ignored.`];
	}
}
/**
* Turns correct findings that tarlift.yml cannot combine for one path (two steps make it; it is built and shared) into
* questions.
*
* @returns the text without what became a question in `project`
*/
function consistent(project, write) {
	for (;;) {
		const text = write();
		if (!problemsOf(text).some((problem) => ask(project, problem))) return text;
	}
}
function problemsOf(text) {
	try {
		parseConfig(text);
	} catch (error) {
		if (error instanceof ConfigFailure) return error.problems;
		throw error;
	}
	return [];
}
/** @returns whether the problem was about detected paths, and is now a question */
function ask(project, { path, message }) {
	const [, step] = /^assets\[(\d+)\]\.outputs/.exec(path) ?? [];
	const written = project.steps.filter(({ outputs }) => outputs.length > 0)[Number(step)];
	if (step !== void 0 && written) {
		written.outputs = [];
		written.notes = [`${written.name}: ${message}. Into which directory of its own does it write?`];
		return true;
	}
	const [, shared] = /^shared\.directories\[(\d+)\]/.exec(path) ?? [];
	if (shared === void 0) return false;
	project.shared.splice(Number(shared), 1);
	project.questions.push({
		section: "shared",
		text: `${message}. Which directory outlives a release?`
	});
	return true;
}
function interpreters(project, source = ".") {
	const { python, nodeVersionFile: file } = project;
	return {
		...python === void 0 ? {} : { python },
		...file === void 0 ? {} : { nodeVersionFile: posix.join(source, file) }
	};
}
function detect(tree, detectors, source) {
	const project = emptyProject();
	detectPython(tree, project, detectors, source);
	detectNode(tree, project, detectors);
	applicationsBelow(tree, project, source);
	for (const [, name, command] of (tree.read("Procfile") ?? "").matchAll(/^([A-Za-z0-9_-]+):[ \t]*(\S.*)/gm)) project.processes[name] = command.trimEnd();
	project.units = SUPERVISORS.flatMap((supervisor) => supervisor.detect(tree).map((found) => ({
		...found,
		key: supervisor.key
	}))).sort((one, other) => tree.paths.indexOf(one.file) - tree.paths.indexOf(other.file));
	askKept(tree, project);
	if (project.processes.release !== void 0 && !project.migrations) project.questions.push({
		section: "migrations",
		text: `the Procfile has release: ${project.processes.release}. Does it apply migrations? Then: migrations: { pending: …, apply: … }. Another command is a hook.`
	});
	return project;
}
function ignoredPaths(project) {
	const environments = project.environments.map(({ installer, keys }) => installerOf(installer).releasePath({
		installer,
		...keys
	}).path);
	return [.../* @__PURE__ */ new Set([
		...environments,
		...project.steps.flatMap((step) => step.outputs),
		...project.shared
	])];
}
/** Converts a name to the schema's form: letters, digits, - and _. */
function appName(name) {
	return name?.toLowerCase().replace(/[^a-z0-9_-]+/g, "-").replace(/^[^a-z0-9]+|-+$/g, "").slice(0, 63) || void 0;
}

// src/cli/init.ts
/** The path of the schema for editors, if npm installed Tarlift in the repository. */
const SCHEMA = "node_modules/tarlift/schema/tarlift.schema.json";
function register$5(program) {
	program.command("init").description("look at this repository and write a commented tarlift.yml for it").option("--source <directory>", "the application's directory, when it is not the repository itself").option("--force", "overwrite the file when it is there").option("--workflows", "also write workflows for GitHub Actions (default: when the repository is on GitHub)").option("--no-workflows", "write no workflows").option("--json", "as JSON").action(async (_options, command) => init(command.optsWithGlobals()));
}
/** @throws Failure (refused) if the file already exists or cannot be written, and for paths outside the repository */
async function init(options) {
	const asked = resolve(options.directory ?? ".");
	if (!isDirectory(asked)) throw refused(`there is no directory ${asked}`, {});
	const directory = realpathSync(asked);
	const repository$1 = await topLevel(directory);
	const inRepository = (path) => !relative(repository$1, path).startsWith("..");
	const application = resolve(directory, options.source ?? ".");
	const source = relative(repository$1, application);
	if (!inRepository(application) || !isDirectory(application)) throw refused(`${options.source} is not a directory of this repository`, { repository: repository$1 });
	const file = options.config === void 0 ? join(repository$1, "tarlift.yml") : resolve(directory, options.config);
	if (!inRepository(file)) throw refused(`${options.config} is not in this repository`, { repository: repository$1 });
	const config = relative(repository$1, file);
	const found = initialConfig(await readTree(application, repository$1), {
		detectors: await loadDetectors(),
		directory: source ? `${basename(repository$1)}-${basename(application)}` : basename(repository$1),
		source: source || void 0,
		branch: await defaultBranch(repository$1),
		schema: existsSync(join(repository$1, SCHEMA)) ? relative(dirname(file), join(repository$1, SCHEMA)) : void 0,
		config: config === "tarlift.yml" ? void 0 : config,
		action: actionSource(process.env, repository.url)
	});
	parseConfig(found.text);
	if (options.force !== true && existsSync(file)) throw isThere(file);
	const ignore = await notIgnored(repository$1, found.ignored.map((path) => join(source, path)));
	const workflows = options.workflows ?? await onGithub(repository$1) ? found.workflows : [];
	const written = workflows.filter(({ path }) => !existsSync(join(repository$1, path)));
	const files = [{
		path: config,
		text: found.text
	}, ...written].map(({ path, text }) => ({
		path: join(repository$1, path),
		text,
		flag: path === config && options.force === true ? "w" : "wx"
	}));
	for (const { path } of files) writing(path, () => mkdirSync(dirname(path), { recursive: true }));
	for (const { path, text, flag } of files) writing(path, () => writeFileSync(path, text, { flag }));
	const questions = [found.text, ...written.map(({ text }) => text)].join("").match(/QUESTION:/g)?.length ?? 0;
	const result = {
		file,
		kinds: found.kinds,
		workflows: workflows.map((one) => ({
			path: one.path,
			written: written.includes(one),
			current: textOf(join(repository$1, one.path)) === one.text
		})),
		ignore: ignore.map((path) => `/${path}`),
		questions
	};
	if (options.json) printJson(result);
	else printLines(initLines(result).map((line) => typed(visibleLine(line))));
}
function initLines({ file, kinds, workflows, ignore, questions }) {
	return [
		`Written: ${relative(process.cwd(), file) || file} (${kinds.join(" with ") || "no kind of project that is known"})`,
		...workflows.map(({ path, written, current }) => written ? `Written: ${path}` : `Left as it is: ${path} (${current ? "it is what init writes" : "not what init writes now: to have that, remove it and run init again"})`),
		...ignore.length > 0 ? [`Add to .gitignore: ${ignore.join("  ")}`] : [],
		`Next: answer the ${questions} lines that say QUESTION, commit it, then: tarlift bundle`
	];
}
/** The root of the git repository that contains the directory; the directory itself without a repository. */
async function topLevel(directory) {
	const result = await tryRun([
		"git",
		"rev-parse",
		"--show-toplevel"
	], { cwd: directory }).catch(() => void 0);
	return result?.code === 0 ? result.stdout.trimEnd() : directory;
}
/**
* Whether this repository can use workflows: it has some, or its remote is on GitHub (or on a GitHub Enterprise of that
* name).
*/
async function onGithub(repository) {
	if (existsSync(join(repository, ".github"))) return true;
	const remotes = await tryRun([
		"git",
		"remote",
		"--verbose"
	], { cwd: repository }).catch(() => void 0);
	return /github/i.test(remotes?.stdout ?? "");
}
/** The remote's default branch, otherwise the checked-out branch. */
async function defaultBranch(repository) {
	for (const reference of ["refs/remotes/origin/HEAD", "HEAD"]) {
		const found = await tryRun([
			"git",
			"symbolic-ref",
			"--short",
			reference
		], { cwd: repository }).catch(() => void 0);
		if (found?.code === 0) return found.stdout.trim().replace(/^origin\//, "");
	}
}
const refused = (what, where, remedy, cause) => new Failure({
	code: "local-file",
	what,
	where,
	remedy,
	cause,
	outcome: "refused"
});
const isThere = (file) => refused(`${basename(file)} is there already`, { file }, "Edit it, or overwrite it with --force.");
/** @throws Failure (refused) that names the file which cannot be written */
function writing(file, work) {
	try {
		work();
	} catch (cause) {
		throw refused("a file cannot be written", {
			file,
			because: cause.message
		}, "Make its directory one that you may write to. --no-workflows writes tarlift.yml alone.", cause);
	}
}
async function readTree(application, repository) {
	const above = [];
	for (let at = application; at !== repository && at !== dirname(at);) {
		at = dirname(at);
		const paths = (await listFiles(at, [":(glob)*"])).filter((path) => !path.includes("/"));
		above.push({
			up: relative(application, at),
			own: relative(at, application),
			paths,
			read: (path) => textOf(join(at, path))
		});
	}
	return {
		paths: await listFiles(application),
		read: (path) => textOf(join(application, path)),
		above
	};
}
/** Files that git tracks or would track; in a directory without git, all files except those of environments. */
async function listFiles(directory, pathspecs = []) {
	const listed = await tryRun([
		"git",
		"ls-files",
		"-z",
		"--cached",
		"--others",
		"--exclude-standard",
		"--",
		...pathspecs
	], {
		cwd: directory,
		data: true
	}).catch(() => void 0);
	return (listed?.code === 0 ? listed.stdout.split("\0").filter(Boolean) : walk(directory, "")).filter((path) => lstatSync(join(directory, path), { throwIfNoEntry: false }) !== void 0);
}
/** Undefined for a file that does not exist or cannot be read. */
function textOf(path) {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return;
	}
}
const SKIPPED = /* @__PURE__ */ new Set([
	"node_modules",
	".git",
	".venv",
	"venv",
	"__pycache__"
]);
const DEPTH = 5;
function walk(directory, prefix) {
	return readdirSync(join(directory, prefix), { withFileTypes: true }).flatMap((entry) => {
		const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
		if (entry.isDirectory()) return SKIPPED.has(entry.name) || path.split("/").length > DEPTH ? [] : walk(directory, path);
		return entry.isFile() ? [path] : [];
	});
}
/**
* The paths that git does not ignore. They need not exist. They are checked as directories, because `dist/` does not
* ignore a file.
*/
async function notIgnored(repository, paths) {
	if (paths.length === 0) return [];
	const asked = paths.flatMap((path) => [path, `${path}/`]);
	const result = await tryRun([
		"git",
		"check-ignore",
		"-z",
		"--stdin"
	], {
		cwd: repository,
		input: asked.join("\0")
	}).catch(() => void 0);
	if (!result || result.code === null || result.code > 1) return paths;
	const ignored = new Set(result.stdout.split("\0").map((path) => path.replace(/\/$/, "")));
	return paths.filter((path) => !ignored.has(path));
}
function isDirectory(path) {
	try {
		return statSync(path).isDirectory();
	} catch {
		return false;
	}
}

// src/artifact/diff.ts
/** Compares two artifacts, the older one first. */
function diffArtifacts(from, to) {
	return {
		same: from.releaseDigest === to.releaseDigest,
		commit: {
			from: from.commit.id,
			to: to.commit.id
		},
		layers: pairs(from.layers, to.layers, ({ kind, name }) => `${kind} ${name}`).map(([a, b]) => diffLayers(a, b)),
		environments: pairs(from.environments, to.environments, ({ name }) => name).map(([a, b]) => diffEnvironments(a, b)),
		requirements: changedKeys(from.requirements, to.requirements)
	};
}
/** Pairs elements that have the same name, in the order of the second list; then elements of the first list alone. */
function pairs(from, to, nameOf) {
	const old = new Map(from.map((element) => [nameOf(element), element]));
	const matched = to.map((element) => [old.get(nameOf(element)), element]);
	const names = new Set(to.map(nameOf));
	return [...matched, ...from.filter((element) => !names.has(nameOf(element))).map((element) => [element, void 0])];
}
function diffLayers(from, to) {
	const { kind, name } = to ?? from;
	if (from?.diffId === to?.diffId) return {
		kind,
		name,
		change: "same",
		added: [],
		removed: [],
		changed: [],
		bytes: 0
	};
	const old = byPath(from);
	const now = byPath(to);
	const changed = [...now.values()].filter((entry) => {
		const before = old.get(entry.path);
		return before !== void 0 && !sameEntry(before, entry);
	});
	const added = [...now.values()].filter((entry) => !old.has(entry.path));
	return {
		kind,
		name,
		change: from === void 0 ? "added" : to === void 0 ? "removed" : "changed",
		added: sortedPaths(added),
		removed: sortedPaths([...old.values()].filter((entry) => !now.has(entry.path))),
		changed: sortedPaths(changed),
		bytes: [...added, ...changed].reduce((sum, entry) => sum + (entry.type === "file" ? entry.size : 0), 0)
	};
}
/** Directories are left out: they appear and disappear with their content. */
function byPath(layer) {
	return new Map((layer?.entries ?? []).filter((entry) => entry.type !== "directory").map((entry) => [entry.path, entry]));
}
function sameEntry(a, b) {
	if (a.type === "file" && b.type === "file") return a.sha256 === b.sha256 && a.mode === b.mode;
	if (a.type === "link" && b.type === "link") return a.target === b.target;
	return a.type === b.type;
}
function sortedPaths(entries) {
	return entries.map(({ path }) => path).sort(compareBytes);
}
function diffEnvironments(from, to) {
	const shown = (record) => ({
		id: record.id,
		installer: `${record.installer.name} ${record.installer.version}`
	});
	return {
		name: (to ?? from).name,
		change: environmentChange(from, to),
		...from ? { from: shown(from) } : {},
		...to ? { to: shown(to) } : {},
		packages: diffPackages(from?.resolved ?? [], to?.resolved ?? [])
	};
}
function environmentChange(from, to) {
	if (!from) return "added";
	if (!to) return "removed";
	if (from.id === to.id) return "same";
	return from.key === to.key ? "rebuilt" : "changed";
}
/** A node_modules tree may contain a package several times: all its versions are compared as one text. */
function diffPackages(from, to) {
	const old = versionsByName(from);
	const now = versionsByName(to);
	return [.../* @__PURE__ */ new Set([...old.keys(), ...now.keys()])].sort(compareBytes).flatMap((name) => {
		const [before, after] = [old.get(name), now.get(name)];
		if (before === after) return [];
		return [{
			name,
			...before === void 0 ? {} : { from: before },
			...after === void 0 ? {} : { to: after }
		}];
	});
}
function versionsByName(packages) {
	const versions = /* @__PURE__ */ new Map();
	for (const { name, version } of packages) versions.set(name, (versions.get(name) ?? /* @__PURE__ */ new Set()).add(version));
	return new Map([...versions].map(([name, all]) => [name, [...all].sort(compareBytes).join(", ")]));
}
function changedKeys(from, to) {
	const [old, now] = [new Map(Object.entries(from)), new Map(Object.entries(to))];
	return [.../* @__PURE__ */ new Set([...old.keys(), ...now.keys()])].filter((key) => JSON.stringify(old.get(key)) !== JSON.stringify(now.get(key))).sort(compareBytes);
}

// src/artifact/summary.ts
/**
* Summarises an opened artifact. The only layer that is read is the small one with the file indexes.
*
* @throws Failure when that layer is damaged
*/
async function summarise(artifact) {
	const layers = [];
	for (const { record, descriptor } of artifact.layers) {
		if (record.kind === "index") continue;
		const entries = await artifact.index(record.diffId);
		const files = entries.filter((entry) => entry.type === "file");
		layers.push({
			kind: record.kind,
			name: record.name,
			base: record.base,
			diffId: record.diffId,
			size: descriptor.size,
			content: files.reduce((sum, { size }) => sum + size, 0),
			files: files.length,
			entries
		});
	}
	const { app, commit, environments, requirements } = artifact.release;
	const { file, size, version, releaseDigest, manifestDigest } = artifact;
	return {
		file,
		size,
		app,
		version,
		commit,
		releaseDigest,
		manifestDigest,
		environments,
		requirements,
		layers
	};
}

// src/cli/inspect.ts
function register$4(program) {
	program.command("inspect").description("show what an artifact holds: label, commit, digests, layers, environments, host requirements").argument("<file>", "the artifact").option("--files", "every file with its mode, size and sha256").option("--verify", "read all of it and check every digest").option("--json", "as JSON").action(async (file, _options, command) => show(file, command.optsWithGlobals())).command("diff").description("compare two artifacts: files of each layer, environments, installed packages").argument("<from>", "the older artifact").argument("<to>", "the newer artifact").option("--json", "as JSON").action(async (from, to, _options, command) => showDiff(from, to, command.optsWithGlobals()));
}
async function show(file, options) {
	const artifact = await opened(file, options);
	if (options.verify) await artifact.verify();
	const summary = await summarise(artifact);
	if (options.json) return printJson(options.files ? summary : withoutEntries(summary));
	print(options.files ? fileLines(summary) : summaryLines(summary));
	if (options.verify && !options.files) print(["", "verified: every blob, layer and file is what its digest says"]);
}
async function showDiff(from, to, options) {
	const [older, newer] = [await summarise(await opened(from, options)), await summarise(await opened(to, options))];
	const diff = diffArtifacts(older, newer);
	if (options.json) return printJson(diff);
	print(diffLines(diff));
}
const opened = (file, { directory }) => openArtifact(directory === void 0 ? file : resolve(directory, file));
/** An artifact may be untrusted: hidden characters in its texts are made visible. */
const print = (lines) => printLines(lines.map(visibleLine));
function withoutEntries(summary) {
	return {
		...summary,
		layers: summary.layers.map(({ entries: _, ...layer }) => layer)
	};
}
function summaryLines(summary) {
	return [
		...table([
			["app", summary.app],
			["label", summary.version],
			["commit", `${summary.commit.id} of ${summary.commit.time}`],
			["release digest", summary.releaseDigest],
			["manifest digest", summary.manifestDigest],
			["file", `${summary.file}, ${formatBytes(summary.size)}`]
		]),
		"",
		"layers",
		...table(summary.layers.map(layerRow)).map(indent),
		...summary.environments.length > 0 ? [
			"",
			"environments",
			...table(summary.environments.map(environmentRow)).map(indent)
		] : [],
		"",
		"host requirements",
		...table(requirementRows(summary.requirements)).map(indent)
	];
}
const indent = (line) => `  ${line}`;
function layerRow(layer) {
	return [
		title(layer),
		formatBytes(layer.size),
		`${formatCount(layer.files, "file")} of ${formatBytes(layer.content)}`,
		`/${layer.base}`,
		layer.diffId
	];
}
/** `environment python`; for the application, only its kind. */
function title({ kind, name }) {
	return kind === name ? kind : `${kind} ${name}`;
}
function environmentRow(record) {
	const place = record.kind === "path" ? `${record.root}/${record.id} by ${record.link}` : record.mounts?.join(", ");
	return [
		record.name,
		record.id,
		`${record.installer.name} ${record.installer.version}`,
		formatCount(record.resolved.length, "package"),
		place ?? ""
	];
}
function requirementRows(requirements) {
	const { libc, python, node } = requirements;
	return [
		["architecture", requirements.architecture],
		["libc", libc && [libc.family, libc.version && `${libc.version} or newer`].filter(Boolean).join(" ")],
		["libstdc++", requirements.glibcxx && `GLIBCXX_${requirements.glibcxx.replace("GLIBCXX_", "")} or newer`],
		["libraries", requirements.sonames.join(", ") || void 0],
		...notableLibraries(requirements).flatMap(({ name, by }) => by ? [["", `${name} for ${by}`]] : []),
		["python", python && `${python.version} (${python.abi}) at ${python.interpreter}`],
		["node", node && (node.modules ? `modules ABI ${node.modules}, as Node ${node.version} has it` : node.version)]
	].filter((row) => row[1] !== void 0);
}
function fileLines(summary) {
	return summary.layers.flatMap((layer) => [`${title(layer)}  /${layer.base}`, ...table(layer.entries.map(entryRow)).map(indent)]);
}
function entryRow(entry) {
	switch (entry.type) {
		case "file": return [
			entry.mode.toString(8),
			String(entry.size),
			entry.sha256,
			entry.path
		];
		case "link": return [
			"link",
			"",
			"",
			`${entry.path} -> ${entry.target}`
		];
		case "directory": return [
			"dir",
			"",
			"",
			`${entry.path}/`
		];
	}
}
function diffLines(diff) {
	if (diff.same) return ["the same release: equal digests"];
	return [
		diff.commit.from === diff.commit.to ? `commit ${diff.commit.to}, in both` : `commit ${diff.commit.from} -> ${diff.commit.to}`,
		...diff.layers.flatMap(layerDiffLines),
		...diff.environments.flatMap(environmentDiffLines),
		...diff.requirements.length > 0 ? [`host requirements: ${diff.requirements.join(", ")} changed`] : []
	];
}
function layerDiffLines(layer) {
	if (layer.change === "same") return [`${title(layer)}: the same`];
	const { added, removed, changed, bytes } = layer;
	const counts = `${added.length} added, ${removed.length} removed, ${changed.length} changed, ${formatBytes(bytes)}`;
	return [
		`${title(layer)}: ${layer.change}: ${counts}`,
		...added.map((path) => `  + ${path}`),
		...removed.map((path) => `  - ${path}`),
		...changed.map((path) => `  ~ ${path}`)
	];
}
function environmentDiffLines(environment) {
	const { name, change, from, to, packages } = environment;
	const ids = [from?.id, to?.id].filter((id) => id !== void 0);
	const said = {
		same: `the same (${to?.id})`,
		rebuilt: `built again from the same requirements: ${ids.join(" -> ")}`,
		added: `added: ${to?.id}`,
		removed: `removed: ${from?.id}`,
		changed: ids.join(" -> ")
	}[change];
	const listed = change === "changed" || change === "rebuilt" ? packages : [];
	return [`environment ${name}: ${said}`, ...listed.map((entry) => `  ${entry.name}  ${entry.from ?? "none"} -> ${entry.to ?? "none"}`)];
}

// src/cli/lock.ts
function register$3(program) {
	const lock = hostOptions(program.command("lock")).description("lock deploys and rollbacks of a target until `tarlift unlock`").requiredOption("-m, --message <text>", "why, for all who try to deploy");
	const unlock = hostOptions(program.command("unlock")).description("let deploys of a target go on");
	for (const command of [lock, unlock]) hostVerb(command, VERB);
}
/** `unlock` has no message. */
const VERB = {
	work: (here, fleet, { message }) => withFleet(here, fleet, ({ members }) => lockDeploys(members, message)),
	print: (locked) => printLines(deployLockLines(locked)),
	errors: ({ errors }) => errors
};

// src/cli/rollback.ts
function register$2(program) {
	const command = waitOption(hostOptions(program.command("rollback"))).description("back to the release that the whole target last ran in good health, configuration included").option("--to <release>", "another good release: its name, version or commit").option("--verify-full", "hash every file of it and of its environments before the switch").option("--allow-schema-ahead", "also across migrations that were applied since it was good");
	hostVerb(command, {
		...TRANSACTION,
		work: (here, fleet, { to, verifyFull, allowSchemaAhead }) => rollbackOn(here, {
			...fleet,
			to,
			verifyFull,
			allowSchemaAhead
		})
	});
}

// src/cli/run.ts
function register$1(program) {
	const command = hostOptions(program.command("run")).description("run a command in the live release, with its environment and configuration; it has no standard input (it reads an end of file) and no terminal").showHelpAfterError("(the command is one text: tarlift run production 'ls -l media'; tarlift run --help says more)").argument("<command>", "shell text, run by `sh -ec` in the release's directory").option("--role <role>", "on the hosts of this role (default: on the first host)").addOption(new Option("--all", "on every host").conflicts("role")).option("--timeout <time>", "how long it may take: 90, 90s, 10m, 1h30m (default: no limit)", timeLimitOf("--timeout"));
	hostVerb(command, {
		json: "as JSON: of each host `lines`, the first 16 MiB, and `leftOut`, how many lines came after them",
		work: (here, fleet, options, [text = ""]) => runCommand(here, fleet, options, text),
		print() {},
		errors: ({ hosts }) => hosts.flatMap(({ error }) => error ?? []),
		exitCode: ({ ok }) => ok ? 0 : 1
	});
}
/** Prints the output while the command runs; for `--json` it is in the result. */
async function runCommand(here, fleet, { role, all, timeout, json }, command) {
	const said = /* @__PURE__ */ new Map();
	const on = role ? { role } : all ? "all" : void 0;
	const { hosts, ok } = await withFleet(here, fleet, (request) => run(request, {
		command,
		on,
		timeout
	}, (host, count) => json ? keeping(host, said) : printing(count > 1 ? `${host}: ` : "")));
	if (!json) return {
		hosts,
		ok
	};
	const linesOf = ({ name }) => {
		const { lines = [], leftOut = 0 } = said.get(name) ?? {};
		return {
			lines,
			...leftOut > 0 ? { leftOut } : {}
		};
	};
	return {
		hosts: hosts.map((host) => ({
			...host,
			...linesOf(host)
		})),
		ok
	};
}
/** The command's own output is the result. */
function printing(prefix) {
	return listening((text) => printOutput(prefix + text));
}
/** Maximum number of characters of one host's output in `--json`. */
const JSON_LIMIT = 16 << 20;
/** For `--json`: one document at the end. */
function keeping(host, said) {
	const lines = keepLines(JSON_LIMIT);
	said.set(host, lines);
	return listening(lines.add);
}
const listening = (line) => ({
	update() {},
	end() {},
	fail() {},
	line
});

// src/cli/status.ts
function register(program) {
	const command = hostOptions(program.command("status")).description("what runs on each host: release, services, health, files that differ; exit code 1 when something is wrong").option("--verify-full", "hash every file of the live releases and of their environments");
	hostVerb(command, {
		work: (here, fleet, { verifyFull = false }) => withFleet(here, fleet, (request) => status(request, { verifyFull })),
		print: (found) => printLines(statusLines(withNextCommands(found), resultPaint())),
		exitCode: ({ healthy, uniform }) => healthy && uniform ? 0 : 1
	});
}

// src/cli/program.ts
/** Builds `tarlift`: each verb is a file of this directory that registers itself. */
function buildProgram() {
	const program = new Command("tarlift").description("Turns a commit into one artifact and puts it on your own servers: atomic swap, health check, rollback, as one transaction.").showHelpAfterError("(tarlift --help lists what it can do)").exitOverride().enablePositionalOptions();
	program.version(version, "--version", "print the version of Tarlift");
	for (const [heading, verbs] of GROUPS) {
		program.commandsGroup(heading);
		for (const register of verbs) register(program);
	}
	for (const command of [program, ...verbsOf(program)]) globalOptions(command);
	for (const verb of verbsOf(program)) renamedOptions(verb);
	for (const [verb, examples] of Object.entries(EXAMPLES)) (verb === "" ? program : program.commands.find((command) => command.name() === verb))?.addHelpText("after", `\nExamples:\n${examples.map((example) => `  ${example}`).join("\n")}`);
	program.hook("preAction", (_program, verb) => {
		refuseRenamed(verb);
		refuseEmpty(verb);
		answers(callOf(verb));
	});
	return program;
}
/** All verbs, including groups (`host`). */
const verbsOf = (parent) => parent.commands.flatMap((command) => [command, ...verbsOf(command)]);
const GROUPS = [
	["Begin:", [
		register$5,
		register$6,
		register$13
	]],
	["Build and deploy:", [
		register$12,
		register$11,
		register$9,
		register$2
	]],
	["Look:", [
		register,
		register$7,
		register$4,
		register$10
	]],
	["Look after:", [
		register$8,
		register$3,
		register$1
	]]
];
/** For verbs that users often type. */
const EXAMPLES = {
	"": [
		"tarlift init",
		"tarlift host setup production --check",
		"tarlift deploy production"
	],
	bundle: ["tarlift bundle", "tarlift bundle --label v1.4.0 -o shop.tar"],
	deploy: [
		"tarlift deploy production",
		"tarlift deploy production --dry-run",
		"tarlift deploy production --artifact shop.tar --wait-for-lock 10m"
	],
	rollback: ["tarlift rollback production", "tarlift rollback production --to v1.3.9"],
	run: ["tarlift run production 'python manage.py check'", "tarlift run production 'df -h .' --all --timeout 30s"]
};

// src/cli/call.ts
/** @param words what was typed after `tarlift` */
async function runCall(words) {
	try {
		await buildProgram().parseAsync(words, { from: "user" });
	} catch (error) {
		endProgress();
		const json = asksForJson(words);
		if (!(error instanceof CommanderError)) printFailure(failureOf(error), { json });
		else if (error.exitCode !== 0) {
			if (json) printFailedJson(callFailure(error));
			process.exitCode = EXIT_CODES.refused;
		}
	}
}
/** A call that could not be parsed to its end has no options yet: the words themselves are searched. */
function asksForJson(words) {
	const end = words.indexOf("--");
	return words.slice(0, end < 0 ? words.length : end).includes("--json");
}
/** Commander's error, without the help after it. */
function callFailure({ code, message }) {
	const [what = ""] = message.replace(/^error: /, "").split("\n");
	return new Failure({
		code: "input-invalid",
		what: code === "commander.help" ? "no command was given" : what,
		remedy: "`--help` after a command lists its arguments and options, and `tarlift --help` lists the commands.",
		outcome: "refused"
	});
}

// src/cli/main.ts
/** The reader has gone: the other end of a pipe, or the terminal. */
const unread = (error) => error.code === "EPIPE" || error.code === "EIO";
process.stdout.on("error", (error) => {
	if (!unread(error)) throw error;
	process.exit();
});
process.stderr.on("error", (error) => {
	if (!unread(error)) throw error;
});
await runCall(process.argv.slice(2));

export {  };