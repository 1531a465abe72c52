// Adds a contact to every client of a software product that does not have it, and prints the clients that it changed.
//
//   npx tsx docs/examples/node/add-contact.ts <softwareId> <address>
import { credentialsFromEnvironment, run, UsageError } from './environment.ts';
import { change, clientsOf, connect } from './registry.ts';

async function main(): Promise<void> {
  const [softwareId, address, ...more] = process.argv.slice(2);
  if (softwareId === undefined || address === undefined || more.length > 0) {
    throw new UsageError('usage: add-contact <softwareId> <address>');
  }
  const registry = connect(credentialsFromEnvironment());
  // In a filter, a comma separates and a backslash takes the next character as it is.
  const value = softwareId.replaceAll(/[\\,]/g, '\\$&');
  for await (const { inum } of clientsOf(registry, { fieldValuePair: `softwareId=${value}` })) {
    const changed = await change(registry, inum, ({ contacts = [] }) =>
      contacts.includes(address) ? undefined : { contacts: [...contacts, address] },
    );
    if (changed !== undefined) console.log(inum);
  }
}

await run(main);
