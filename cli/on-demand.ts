import { createRequire } from 'node:module';
import type * as Csv from 'csv-stringify/sync';
import type * as JsonPath from 'jsonpath-rfc9535';
import type * as Read from 'read';
import type * as StringWidth from 'string-width';
import type * as WrapAnsi from 'wrap-ansi';
import type * as Yaml from 'yaml';

/*
 * Libraries that few command lines need, loaded by those: each takes longer to load than the rest of a command, and completion
 * starts the program at every key.
 */
const load = createRequire(import.meta.url);

export const yaml = (): typeof Yaml => load('yaml') as typeof Yaml;
export const jsonPath = (): typeof JsonPath => load('jsonpath-rfc9535') as typeof JsonPath;
export const csv = (): typeof Csv => load('csv-stringify/sync') as typeof Csv;
export const read = (): typeof Read => load('read') as typeof Read;
// These two make tables of Unicode when they are loaded.
export const stringWidth = (): typeof StringWidth => load('string-width') as typeof StringWidth;
export const wrapAnsi = (): typeof WrapAnsi => load('wrap-ansi') as typeof WrapAnsi;
