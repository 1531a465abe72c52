import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexOnline, dropIndex } from './repeatable.ts';

const BY_REQUEST = { name: 'ix_audit_records_request', columnNames: ['request_id', 'id'] };

/** What one request or one run has done is found in the log without reading all of it. */
export class RequestIds29 implements MigrationInterface {
  readonly name = 'RequestIds1790000000029';

  async up(runner: QueryRunner): Promise<void> {
    await createIndexOnline(runner, 'audit_records', BY_REQUEST);
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropIndex(runner, 'audit_records', BY_REQUEST.name);
  }
}
