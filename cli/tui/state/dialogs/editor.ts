import { edited, type Key } from '../edit.ts';
import type { EditorScreen, Step } from '../state.ts';
import { all, changed, popped, stay } from '../steps.ts';
import { question } from './asking.ts';

export function editorKey(editor: EditorScreen, key: Key): Step {
  const { id, isLines, edit, initial, check, done } = editor;
  const problem = check(edit.text);
  const taken =
    problem === undefined ? all(popped, done(edit.text)) : changed('editor', id, (screen) => ({ ...screen, problem }));
  if (key.name === 'f2' || (key.ctrl && key.name === 's')) return taken;
  if (!isLines && key.name === 'return') return taken;
  if (key.name === 'escape') {
    if (!isLines || edit.text === initial) return popped;
    return question(
      'What you wrote is not taken over yet.',
      [],
      [
        { key: 'y', label: 'take it over', step: taken },
        { key: 'n', label: 'forget it', step: popped },
      ],
    );
  }
  const next = edited(edit, key, isLines);
  return next === undefined ? stay : changed('editor', id, (screen) => ({ ...screen, edit: next, problem: undefined }));
}
