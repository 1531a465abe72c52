// Loaded into the program by NODE_OPTIONS: a disk on which files of clients can be begun and not finished.
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const { writeFile } = fs;
let left = Number(process.env.ROOM_FOR);
fs.writeFile = async (path, ...rest) => {
  if (!String(path).includes('.part')) return writeFile(path, ...rest);
  left -= 1;
  if (left >= 0) return writeFile(path, ...rest);
  await writeFile(path, '');
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
};
syncBuiltinESMExports();
