import { parse } from 'node:querystring';
import type { Request, Response } from 'express';
import { describe, expect, it } from '@jest/globals';
import { findClientField } from '../../api/clients/document/client.fields.ts';
import { checkQuery } from '../../api/http/validation/query.ts';
import { conditionKey, filterKey } from '../../api/search/filter/filter.ts';
import { parseSearch, type SearchParameters } from '../../api/search/search-query.ts';
import { Problem, type Fault } from '../../api/shared/problem.ts';

/** What a call refuses, as `parameter detail` each; empty when it refuses nothing. */
function faultsOf(call: () => unknown): string[] {
  try {
    call();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { detail, errors = [] } = error.content;
    const inWords = ({ parameter = '', detail: words }: Fault): string =>
      `${parameter.slice('query:'.length)} ${words}`;
    return detail === undefined ? errors.map(inWords) : [detail];
  }
  return [];
}

const LIST = 'get-oauth-openid-clients';
const PATCH = 'patch-oauth-openid-client-by-inum';

/** What is wrong with the query of an operation, read as Express reads it. */
const queryFaults = (operationId: string, query: string): string[] =>
  faultsOf(() => {
    const req = { originalUrl: `/x?${query}`, query: parse(query), openapi: { schema: { operationId } } };
    let passed = false;
    checkQuery(req as unknown as Request, {} as Response, () => (passed = true));
    expect(passed).toBe(true);
  });

describe('the query of an operation', () => {
  it.each([
    [LIST, ''],
    [LIST, 'limit=0&startIndex=007'],
    [LIST, `limit=${'9'.repeat(15)}`],
    [LIST, 'pattern=caf%C3%A9'],
    [LIST, 'pattern=100%25%'],
    [LIST, 'pattern=a?b'],
    [LIST, 'fieldValuePair=limit=x'],
    [PATCH, 'url=a&headers=b&verify=c&params=d&json=e&type=f&inum=g'],
    [PATCH, 'url=a&url=b'],
    ['delete-oauth-openid-client-by-inum', 'inum=x'],
    ['get-oauth-openid-clients-by-inum', 'colour=red&colour=blue'],
    ['get-attributes', 'status=ACTIVE'],
  ])('%s may be %j', (operation, query) => {
    expect(queryFaults(operation, query)).toEqual([]);
  });

  const others = ': there are limit, pattern, startIndex, sortBy, sortOrder, fieldValuePair, filter, cursor';
  it.each([
    [LIST, 'colour=red', [`colour is not a parameter here${others}`]],
    [LIST, 'Limit=1', [`Limit is not a parameter here${others}`]],
    [LIST, 'toString=1', [`toString is not a parameter here${others}`]],
    [LIST, 'url=x', [`url is not a parameter here${others}`]],
    ['post-oauth-openid-client', 'limit=1', ['limit is not a parameter here: there are dryRun']],
    [PATCH, 'colour=red', ['colour is not a parameter here: there are revokeTokens, dryRun']],
    [PATCH, 'dryRun=1', ['dryRun must be true or false']],
    [PATCH, 'dryrun=true', ['dryrun is not a parameter here: there are revokeTokens, dryRun']],
    [LIST, 'limit=1&limit=2', ['limit must not be repeated']],
    [LIST, 'pattern=a&pattern=a', ['pattern must not be repeated']],
    [LIST, 'limit=', ['limit must be a number in decimal digits']],
    [LIST, 'limit=-1', ['limit must be a number in decimal digits']],
    [LIST, 'limit=+1', ['limit must be a number in decimal digits']],
    [LIST, 'limit=1.5', ['limit must be a number in decimal digits']],
    [LIST, 'limit=1e400', ['limit must be a number in decimal digits']],
    [LIST, 'limit=0x10', ['limit must be a number in decimal digits']],
    [LIST, 'limit=%D9%A3', ['limit must be a number in decimal digits']],
    [LIST, 'limit=1%0A', ['limit must be a number in decimal digits']],
    [LIST, `limit=${'9'.repeat(16)}`, ['limit must have at most 15 digits']],
    [LIST, 'limit=x&startIndex=y', ['limit', 'startIndex'].map((name) => `${name} must be a number in decimal digits`)],
    [LIST, 'pattern=%E9', ['the query is not UTF-8 where it is percent-encoded']],
    [LIST, 'pattern=%ED%A0%80', ['the query is not UTF-8 where it is percent-encoded']],
    [LIST, 'pattern=a?%FF', ['the query is not UTF-8 where it is percent-encoded']],
    [PATCH, 'url=%C3', ['the query is not UTF-8 where it is percent-encoded']],
  ])('%s is refused with %j: %j', (operation, query, faults) => {
    expect(queryFaults(operation, query)).toEqual(faults);
  });
});

const NOW = Date.UTC(2026, 10, 29, 12);

describe('a filter', () => {
  const conditions = (fieldValuePair: string): unknown[] =>
    parseSearch({ fieldValuePair }, findClientField, NOW).conditions.map(({ field, operator, value, until }) =>
      until === undefined ? [field.name, operator, value] : [field.name, operator, value, until],
    );

  it.each([
    ['', []],
    ['softwareId=a', [['softwareId', '=', 'a']]],
    ['lastAccessTime<-90d', [['lastAccessTime', '<', '2026-08-31T12:00:00']]],
    ['clientSecretExpiresAt<=+2w', [['clientSecretExpiresAt', '<=', '2026-12-13T12:00:00']]],
    ['clientSecretExpiresAt<= 6h', [['clientSecretExpiresAt', '<=', '2026-11-29T18:00:00']]],
    ['lastAccessTime=never', [['lastAccessTime', '=', undefined]]],
    ['lastAccessTime!=never', [['lastAccessTime', '!=', undefined]]],
    ['softwareId!=a', [['softwareId', '!=', 'a']]],
    ['softwareId<a', [['softwareId', '<', 'a']]],
    ['softwareId<=a', [['softwareId', '<=', 'a']]],
    ['softwareId>a', [['softwareId', '>', 'a']]],
    ['softwareId>=a', [['softwareId', '>=', 'a']]],
    ['softwareId==a', [['softwareId', '=', '=a']]],
    ['softwareId=<a', [['softwareId', '=', '<a']]],
    ['softwareId<\\=a', [['softwareId', '<', '=a']]],
    ['softwareId>!a', [['softwareId', '>', '!a']]],
    ['softwareId=', [['softwareId', '=', undefined]]],
    ['softwareId!=', [['softwareId', '!=', undefined]]],
    ['softwareId= a ', [['softwareId', '=', ' a ']]],
    [' softwareId =a', [['softwareId', '=', 'a']]],
    [
      'softwareId=a,disabled=true',
      [
        ['softwareId', '=', 'a'],
        ['disabled', '=', true],
      ],
    ],
    ['softwareId=a\\,b', [['softwareId', '=', 'a,b']]],
    [
      'softwareId=a\\\\,disabled=true',
      [
        ['softwareId', '=', 'a\\'],
        ['disabled', '=', true],
      ],
    ],
    ['softwareId=a\\b', [['softwareId', '=', 'ab']]],
    ['softwareId=a\\', [['softwareId', '=', 'a\\']]],
    ['softwareId=\\👩', [['softwareId', '=', '👩']]],
    ['customAttributes.a\\=b=c', [['customAttributes.a=b', '=', 'c']]],
    ['customAttributes.a\\<b\\,c!=d', [['customAttributes.a<b,c', '!=', 'd']]],
    ['clientId=a', [['inum', '=', 'a']]],
    ['jansAppTyp=web', [['applicationType', '=', 'web']]],
    ['applicationType<w', [['applicationType', '<', 'w']]],
    ['attributes.requirePar=TRUE', [['attributes.requirePar', '=', true]]],
    ['disabled!=False', [['disabled', '!=', false]]],
    ['accessTokenLifetime>=-60', [['accessTokenLifetime', '>=', -60]]],
    ['accessTokenLifetime=007', [['accessTokenLifetime', '=', 7]]],
    ['grantTypes=password', [['grantTypes', '=', 'password']]],
    ['redirectUris.host=a.example', [['redirectUris.host', '=', 'a.example']]],
    ['clientNameLocalized=Shop', [['clientNameLocalized', '=', 'Shop']]],
    ['expirationDate=2030-01-31', [['expirationDate', '=', '2030-01-31T00:00:00', '2030-01-31T23:59:59']]],
    ['expirationDate!=2030-01-31', [['expirationDate', '!=', '2030-01-31T00:00:00', '2030-01-31T23:59:59']]],
    ['expirationDate<2030-01-31', [['expirationDate', '<', '2030-01-31T00:00:00']]],
    ['expirationDate>=2030-01-31', [['expirationDate', '>=', '2030-01-31T00:00:00']]],
    ['expirationDate>2030-01-31', [['expirationDate', '>', '2030-01-31T23:59:59']]],
    ['expirationDate<=2030-01-31', [['expirationDate', '<=', '2030-01-31T23:59:59']]],
    ['expirationDate=2030-01-31T12:00:00+02:00', [['expirationDate', '=', '2030-01-31T10:00:00']]],
  ])('%j means %j', (pair, meant) => {
    expect(conditions(pair)).toEqual(meant);
  });

  const noPair = 'is not name, operator and value';
  const noDate = 'expirationDate is a date such as 2026-01-31, 2026-01-31T12:00:00 or -90d (h, d, w), or = never, not';
  it.each([
    ['softwareId', `softwareId ${noPair}`],
    ['=a', `=a ${noPair}`],
    ['softwareId!a', `softwareId!a ${noPair}`],
    ['softwareId\\=a', `softwareId=a ${noPair}`],
    [',softwareId=a', ` ${noPair}`],
    ['softwareId<', 'softwareId < needs a value'],
    ['colour=red', 'there is no field colour'],
    ['SoftwareId=a', 'there is no field SoftwareId'],
    ['constructor=a', 'there is no field constructor'],
    ['customAttributes.=a', 'there is no field customAttributes.'],
    ['clientSecret=a', 'there is no field clientSecret'],
    ['lastAccessTime<never', `${noDate.replace('expirationDate', 'lastAccessTime')} never`],
    ['disabled=1', 'disabled is true or false, not 1'],
    ['disabled=constructor', 'disabled is true or false, not constructor'],
    ['disabled<true', 'disabled has no order, so that < means nothing'],
    ['grantTypes>a', 'grantTypes has no order, so that > means nothing'],
    ['accessTokenLifetime=1e3', 'accessTokenLifetime is a number, not 1e3'],
    [`accessTokenLifetime=${'9'.repeat(16)}`, `accessTokenLifetime is a number, not ${'9'.repeat(16)}`],
    ['expirationDate=2030-02-30', `${noDate} 2030-02-30`],
    ['expirationDate=2030-01', `${noDate} 2030-01`],
    ['applicationType=Web', 'applicationType is one of web, native'],
    [Array.from({ length: 21 }, () => 'disabled=true').join(','), 'has more than 20 filters'],
  ])('%j is refused: %s', (fieldValuePair, detail) => {
    expect(faultsOf(() => parseSearch({ fieldValuePair }, findClientField, NOW))).toEqual([`fieldValuePair ${detail}`]);
  });
});

describe('a filter of RFC 7644', () => {
  const read = (filter: string): unknown => {
    const { conditions, filter: rest } = parseSearch({ filter }, findClientField, NOW);
    return [conditions.map(conditionKey), ...(rest === undefined ? [] : [filterKey(rest)])];
  };

  it.each([
    ['', [[]]],
    ['disabled eq true', [[['disabled', '=', true]]]],
    [
      'disabled EQ true And softwareId Ne "a"',
      [
        [
          ['disabled', '=', true],
          ['softwareId', '!=', 'a'],
        ],
      ],
    ],
    [
      '(disabled eq true and (softwareId ge "a"))',
      [
        [
          ['disabled', '=', true],
          ['softwareId', '>=', 'a'],
        ],
      ],
    ],
    ['softwareId eq "\\u0061\\"\\n"', [[['softwareId', '=', 'a"\n']]]],
    [
      'softwareId eq null and grantTypes ne null',
      [
        [
          ['softwareId', '=', null],
          ['grantTypes', '!=', null],
        ],
      ],
    ],
    ['accessTokenLifetime lt 3.6e3', [[['accessTokenLifetime', '<', 3600]]]],
    ['lastAccessTime lt "-90d"', [[['lastAccessTime', '<', '-90d']]]],
    ['expirationDate eq "2030-01-31"', [[['expirationDate', '=', '2030-01-31T00:00:00', '2030-01-31T23:59:59']]]],
    ['softwareId pr', [[['softwareId', '!=', null]]]],
    ['clientName eq "SHOP"', [[], ['all', ['clientName', 'eq', 'shop']]]],
    ['contacts co "@Shop"', [[], ['all', ['contacts', 'co', '@shop']]]],
    ['softwareId sw "A"', [[], ['all', ['softwareId', 'sw', 'A']]]],
    [
      'softwareId pr or disabled eq true and not (deletable eq true)',
      [
        [],
        [
          'all',
          ['any', ['softwareId', '!=', null], ['all', ['disabled', '=', true], ['not', ['deletable', '=', true]]]],
        ],
      ],
    ],
    [
      'attributes[requirePar eq true and parLifetime gt 5]',
      [
        [
          ['attributes.requirePar', '=', true],
          ['attributes.parLifetime', '>', 5],
        ],
      ],
    ],
    ['customAttributes[name eq "a b" and value eq "c"]', [[['customAttributes.a b', '=', 'c']]]],
    ['customAttributes[name eq "a b"]', [[['customAttributes.a b', '!=', null]]]],
    [`${'('.repeat(16)}disabled eq true${')'.repeat(16)}`, [[['disabled', '=', true]]]],
  ])('%j means %j', (filter, meant) => {
    expect(read(filter)).toEqual(meant);
  });

  it.each([
    ['disabled', 'it ends where an operator is expected'],
    ['disabled eq', 'it ends where a value is expected'],
    [
      'disabled is true',
      'one of eq, ne, co, sw, ew, gt, ge, lt, le, pr after disabled is expected at character 10, not is',
    ],
    ['disabled eq yes', 'a text in double quotes, a number, true, false or null is expected at character 13, not yes'],
    [
      "softwareId eq 'a'",
      "a text in double quotes, a number, true, false or null is expected at character 15, not 'a'",
    ],
    ['softwareId eq "a', 'the text that begins at character 15 has no end'],
    [
      'softwareId eq "\\x"',
      'the text at character 15 is not written as JSON has it: \\ stands before ", \\, /, b, f, n, r, t or u and four digits only',
    ],
    ['disabled eq true disabled eq false', 'and, or or the end is expected at character 18, not disabled'],
    ['(disabled eq true', 'it ends where ) is expected'],
    ['disabled eq true)', 'and, or or the end is expected at character 17, not )'],
    ['attributes[requirePar eq true)', 'and, or or ] is expected at character 30, not )'],
    ['colour eq "red"', 'there is no member colour'],
    ['constructor eq "red"', 'there is no member constructor'],
    ['clientSecret pr', 'there is no member clientSecret'],
    ['jansAppTyp eq "web"', 'jansAppTyp is called applicationType here'],
    ['attributes[colour pr]', 'there is no member attributes.colour'],
    [
      'customAttributes[value eq "a"]',
      'customAttributes[…] takes name eq "…", alone or with and and one comparison of value',
    ],
    ['disabled eq "true"', 'disabled is compared with true or false, not "true"'],
    ['disabled gt true', 'disabled has no order, so that > means nothing'],
    ['softwareId eq 1', 'softwareId is compared with a text in double quotes, not 1'],
    ['softwareId eq ""', 'no member is ever "": without a value is not (softwareId pr)'],
    ['softwareId lt null', 'null is compared with eq and ne only'],
    ['accessTokenLifetime co 1', 'accessTokenLifetime takes eq, ne, pr, gt, ge, lt and le, not co'],
    ['scopes sw "o"', 'scopes takes eq, ne, pr, not sw'],
    ['contacts gt "a"', 'contacts has no order, so that gt means nothing'],
    ['applicationType eq "Web"', 'applicationType is one of web, native'],
    [`${'('.repeat(17)}disabled eq true${')'.repeat(17)}`, 'parentheses stand more than 16 deep'],
    [Array.from({ length: 21 }, () => 'disabled eq true').join(' or '), 'there are more than 20 comparisons'],
  ])('%j is refused: %s', (filter, detail) => {
    expect(faultsOf(() => parseSearch({ filter }, findClientField, NOW))).toEqual([`filter ${detail}`]);
  });
});

describe('a search', () => {
  it.each<[SearchParameters, object]>([
    [{}, { terms: [], sort: { field: { name: 'inum' }, descending: false } }],
    [
      { pattern: '', sortBy: '' },
      { terms: [], sort: { field: { name: 'inum' } } },
    ],
    [{ pattern: 'Shop,,ﬁSH,shop' }, { terms: ['shop', 'fish'] }],
    [{ pattern: ' a%b_ ' }, { terms: [' a%b_ '] }],
    [{ sortBy: 'jansAppTyp' }, { sort: { field: { name: 'applicationType' } } }],
    [{ sortOrder: 'descending' }, { sort: { descending: true } }],
    [{ sortOrder: 'ascending' }, { sort: { descending: false } }],
  ])('for %j is %j', (parameters, meant) => {
    expect(parseSearch(parameters, findClientField, NOW)).toMatchObject(meant);
  });

  it.each<[SearchParameters, string[]]>([
    [{ sortBy: 'colour' }, ['sortBy there is no field colour']],
    [{ sortBy: 'grantTypes' }, ['sortBy grantTypes has no order']],
    [{ sortBy: 'customAttributes.a' }, ['sortBy customAttributes.a has no order']],
    [{ pattern: 'a,b,c,d,e,f,g,h,i,j,k' }, ['pattern has more than 10 terms']],
    [
      { fieldValuePair: 'a=1,b=2', sortBy: 'c' },
      ['fieldValuePair there is no field a', 'fieldValuePair there is no field b', 'sortBy there is no field c'],
    ],
  ])('for %j is refused: %j', (parameters, faults) => {
    expect(faultsOf(() => parseSearch(parameters, findClientField, NOW))).toEqual(faults);
  });
});
