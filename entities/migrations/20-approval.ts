import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumn, createIndex, dropColumn, dropIndex } from './repeatable.ts';

const WAITING = { name: 'ix_client_registrations_waiting', columnNames: ['waiting_digest'] };
const INDICES = [
  { name: 'ix_clients_approval_state', columnNames: ['approval_state', 'inum'] },
  { name: 'ix_clients_approval_at', columnNames: ['approval_state', 'approval_at'] },
];

/** Clients wait for approval, and initial access tokens say whose do and where they redirect to. */
export class Approval20 implements MigrationInterface {
  readonly name = 'Approval1790000000020';

  async up(runner: QueryRunner): Promise<void> {
    const longText = runner.dataSource.options.type === 'better-sqlite3' ? 'text' : 'longtext';
    await addColumn(runner, 'clients', 'approval_state varchar(16) NULL');
    await addColumn(runner, 'clients', 'approval_at varchar(24) NULL');
    for (const index of INDICES) await createIndex(runner, 'clients', index);
    await addColumn(runner, 'initial_access_tokens', `conditions ${longText} NULL`);
    await addColumn(runner, 'client_registrations', `token_redirects ${longText} NULL`);
    await addColumn(runner, 'client_registrations', 'waiting_digest varchar(64) NULL');
    await createIndex(runner, 'client_registrations', WAITING);
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropIndex(runner, 'client_registrations', WAITING.name);
    await dropColumn(runner, 'client_registrations', 'waiting_digest');
    await dropColumn(runner, 'client_registrations', 'token_redirects');
    await dropColumn(runner, 'initial_access_tokens', 'conditions');
    for (const { name } of INDICES) await dropIndex(runner, 'clients', name);
    await dropColumn(runner, 'clients', 'approval_at');
    await dropColumn(runner, 'clients', 'approval_state');
  }
}
