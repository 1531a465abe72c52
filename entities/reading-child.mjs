// The process of reading-process.ts: runs one select after the other on a connection that cannot write.
// Plain JavaScript, so that it runs from the sources, from dist/ and under the tests without anything in between.
import libsql from 'libsql';

const database = new libsql(process.argv[2], { timeout: 1_000 });
// An interrupt from the terminal is for the service, which lets what is under way come to its end.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
process.on('message', ({ select, parameters }) => {
  try {
    process.send({ rows: database.prepare(select).all(...parameters) });
  } catch ({ message, code }) {
    process.send({ fault: { message, code } });
  }
});
process.send({});
