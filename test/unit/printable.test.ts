import { describe, expect, it } from '@jest/globals';
import { loadContract } from '../../api/shared/contract/contract.ts';
import { madePrintable, PRINTABLE } from '../../openapi/printable.ts';

describe('printable text', () => {
  it('is everything that Unicode does not call a control or a mark of direction', () => {
    const steering = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
    const characters = Array.from({ length: 0x10000 }, (_unused, point) => String.fromCharCode(point));
    expect(characters.filter((text) => PRINTABLE.test(text) === steering.test(text))).toEqual([]);
    const steered = characters.filter((text) => steering.test(text));
    expect(steered.length).toBeGreaterThan(70);
    expect(steered.filter((text) => !PRINTABLE.test(madePrintable(text)))).toEqual([]);
    expect(madePrintable('a\u001b[2J\n\tb\u202e', '\n\t')).toBe('a\\u001b[2J\n\tb\\u202e');
  });

  it('is the same in the contract as in the log and the terminal', () => {
    const { schemas } = loadContract().document.components as unknown as Record<
      string,
      Record<string, { properties?: Record<string, { pattern?: string }> }>
    >;
    const patternOf = (schema: string, member: string): unknown => schemas?.[schema]?.properties?.[member]?.pattern;
    expect(patternOf('RegistrationTokenInput', 'label')).toBe(PRINTABLE.source);
    expect(patternOf('SoftwareStatementInput', 'org_id')).toBe(PRINTABLE.source);
    expect(patternOf('SoftwareStatementInput', 'software_id')).toBe(PRINTABLE.source);
  });
});
