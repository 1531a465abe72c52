import { describe, expect, it } from '@jest/globals';
import { loadContract } from '../../api/shared/contract/contract.ts';
import { madePrintable, PRINTABLE } from '../../openapi/printable.ts';

describe('printable text', () => {
  it('is everything that Unicode does not call a control or a mark of direction', () => {
    const steering = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
    for (let point = 0; point <= 0xffff; point += 1) {
      const text = String.fromCharCode(point);
      expect([point, PRINTABLE.test(text)]).toEqual([point, !steering.test(text)]);
      if (steering.test(text)) expect(PRINTABLE.test(madePrintable(text))).toBe(true);
    }
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
