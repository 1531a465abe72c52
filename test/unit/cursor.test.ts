import { describe, expect, it } from '@jest/globals';
import { findClientField } from '../../api/clients/document/client.fields.ts';
import { cursors, type Position } from '../../api/search/cursor.ts';
import { parseSearch, type SearchParameters } from '../../api/search/search-query.ts';
import { keyRing, newKeyRingSpec } from '../../api/shared/keys/key-ring.ts';

const RING = newKeyRingSpec();
const CURSORS = cursors(keyRing(RING));
const query = (parameters: SearchParameters = {}, now = 0) => parseSearch(parameters, findClientField, now);
const POSITION: Position = { value: 'x', id: 'a' };

describe('a cursor', () => {
  it('of a relative date goes on when time has passed', () => {
    const unused = { fieldValuePair: 'lastAccessTime<-90d' };
    const cursor = CURSORS.encode(query(unused, 1e12), POSITION);
    expect(CURSORS.decode(query(unused, 1e12 + 5_000), cursor)).toEqual(POSITION);
  });

  it.each([
    [null],
    [''],
    ['x'],
    ['7'],
    ['null'],
    ['Ångström 👩‍👩‍👧 "\\.'],
    [0],
    [7],
    [-1.5],
    [Number.MAX_SAFE_INTEGER],
    [Buffer.alloc(0)],
    [Buffer.from([0, 0xff, 0xfe])],
  ])('gives back the value %j as it was', (value) => {
    expect(CURSORS.decode(query(), CURSORS.encode(query(), { value, id: 'a.b~c' }))).toEqual({ value, id: 'a.b~c' });
  });

  it('can stand in a URL as it is', () => {
    expect(CURSORS.encode(query(), { value: '?>&'.repeat(9), id: 'ÿ' })).toMatch(/^[\w.-]+$/);
  });

  it.each<[SearchParameters, SearchParameters]>([
    [{}, { pattern: '', fieldValuePair: '', sortBy: 'inum', sortOrder: 'ascending' }],
    [{ pattern: 'Shop' }, { pattern: 'shop,SHOP' }],
    [{ sortBy: 'jansAppTyp' }, { sortBy: 'applicationType' }],
    [{ fieldValuePair: 'clientId=a' }, { fieldValuePair: ' inum =\\a' }],
    [{ fieldValuePair: 'disabled=TRUE' }, { fieldValuePair: 'disabled=true' }],
    [{ fieldValuePair: 'accessTokenLifetime=07' }, { fieldValuePair: 'accessTokenLifetime=7' }],
    [{ fieldValuePair: 'expirationDate<2030-01-31' }, { fieldValuePair: 'expirationDate<2030-01-31T00:00:00Z' }],
  ])('of %j serves %j', (one, other) => {
    expect(CURSORS.decode(query(other), CURSORS.encode(query(one), POSITION))).toEqual(POSITION);
  });

  it.each<[SearchParameters, SearchParameters]>([
    [{}, { pattern: 'x' }],
    [{}, { sortBy: 'displayName' }],
    [{}, { sortOrder: 'descending' }],
    [{}, { fieldValuePair: 'softwareId=a' }],
    [{ pattern: 'a,b' }, { pattern: 'ab' }],
    [{ fieldValuePair: 'softwareId=a' }, { fieldValuePair: 'softwareId!=a' }],
    [{ fieldValuePair: 'softwareId=a' }, { fieldValuePair: 'softwareId=A' }],
    [{ fieldValuePair: 'softwareId=a' }, { fieldValuePair: 'softwareId=' }],
    [{ fieldValuePair: 'softwareId=a' }, { fieldValuePair: 'softwareVersion=a' }],
    [{ fieldValuePair: 'customAttributes.a=1' }, { fieldValuePair: 'customAttributes.b=1' }],
    [{ fieldValuePair: 'expirationDate=2030-01-31' }, { fieldValuePair: 'expirationDate=2030-01-31T00:00:00' }],
  ])('of %j is none of %j', (one, other) => {
    expectRefused(
      () => CURSORS.decode(query(other), CURSORS.encode(query(one), POSITION)),
      'belongs to another filter or order',
    );
  });

  const made = CURSORS.encode(query(), POSITION);
  const [content = '', key = '', mac = ''] = made.split('.');
  const forged = (value: string): string => {
    const [digest, kind, , id] = JSON.parse(Buffer.from(content, 'base64url').toString()) as string[];
    return Buffer.from(JSON.stringify([digest, kind, value, id])).toString('base64url');
  };
  it.each([
    [''],
    ['.'],
    ['nonsense'],
    [content],
    [`${content}.`],
    [`${content}.${mac}`],
    [`${content}.${key}.`],
    [`.${key}.${mac}`],
    [`${forged('y')}.${key}.${mac}`],
    [`${content}=.${key}.${mac}`],
    [`${content}.k2.${mac}`],
    [`${made}x`],
    [`${made}.x`],
    [` ${made}`],
    [`${content}.${keyRing(RING).mac(content, 'another purpose')}`],
    [cursors(keyRing(newKeyRingSpec())).encode(query(), POSITION)],
  ])('is not %s', (cursor) => {
    expectRefused(() => CURSORS.decode(query(), cursor), 'is not a cursor of this API');
  });

  it('serves under the older keys of a ring, too', () => {
    const ring = keyRing(`${newKeyRingSpec().replace('k1', 'k2')},${RING}`);
    expect(cursors(ring).decode(query(), made)).toEqual(POSITION);
    expectRefused(
      () => CURSORS.decode(query(), cursors(ring).encode(query(), POSITION)),
      'is not a cursor of this API',
    );
  });
});

function expectRefused(call: () => unknown, detail: string): void {
  const errors = [{ parameter: 'query:cursor', detail }];
  expect(call).toThrow(expect.objectContaining({ problem: 'invalid-request', content: { errors } }));
}
