import type { Contract } from './contract/contract.ts';
import type { Connection } from './connection/source.ts';
import type { Service } from './resource/service.ts';
import type { Printer } from './output/printer.ts';
import type { Terminal } from './terminal.ts';

/** What a command works with. */
export interface Context {
  readonly terminal: Terminal;
  readonly contract: Contract;
  readonly printer: Printer;
  /** Where it would connect; throws when nothing says where. */
  connection(): Promise<Connection>;
  /** The service at the other end. */
  service(): Promise<Service>;
}
