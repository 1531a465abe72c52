import { describe, expect, it } from '@jest/globals';
import { isTextInJson, isTextInPercents } from '../../api/shared/contract/text.ts';

describe('text in JSON', () => {
  it.each<[string, boolean]>([
    ['{"a":"\\ud83d\\ude00"}', true],
    ['{"a":"\\uD83D\\uDE00\\ud83d\\ude00"}', true],
    ['{"a":"\\\\ud800"}', true],
    ['{"a":"\\\\\\ud800"}', false],
    ['{"a":"\\ud800"}', false],
    ['{"a":"\\udfff"}', false],
    ['{"a":"\\ude00\\ud83d"}', false],
    ['{"a":"\\ud83dx\\ude00"}', false],
    ['{"a":"\\ud83d\\ud83d\\ude00"}', false],
    ['{"a":"\\ud83d\\ude00\\ude00"}', false],
    ['{"\\ud800":1}', false],
    ['{"a":"\ud800"}', false],
    ['{"a":"\\ud7ff\\ue000\\"\\n"}', true],
  ])('%j is %p', (json, expected) => {
    expect(isTextInJson(json)).toBe(expected);
    const [texts] = Object.entries(JSON.parse(json) as Record<string, unknown>);
    expect(String(texts).isWellFormed()).toBe(expected);
  });
});

describe('text in percents', () => {
  it.each<[string, boolean]>([
    ['a=100%&b=%zz', true],
    ['a=%F0%9F%98%80+%c3%A9', true],
    ['a=%c3', false],
    ['a=%c3&b=%a9', false],
    ['a=%ED%A0%80', false],
    ['a=%00', true],
  ])('%j is %p', (encoded, expected) => {
    expect(isTextInPercents(encoded)).toBe(expected);
  });
});
