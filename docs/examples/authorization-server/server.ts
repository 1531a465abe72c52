// An authorization server that reads its clients from the registry.
//
//   ISSUER=http://localhost:3000 npx tsx docs/examples/authorization-server/server.ts
//
// With ADDRESS it listens there, where ISSUER is the address of the registry that tells about it (advertised.json).
import { credentialsFromEnvironment, run } from '../node/environment.ts';
import { connect } from '../node/registry.ts';
import { authorizationServer } from './provider.ts';
import { useReports } from './uses.ts';

async function main(): Promise<void> {
  const issuer = process.env['ISSUER'] ?? 'http://localhost:3000';
  const credentials = credentialsFromEnvironment();
  const provider = await authorizationServer(issuer, credentials);
  const reports = useReports({ provider, registry: connect(credentials) });
  provider.on('server_error', (_ctx, error) => console.error(error));
  const address = process.env['ADDRESS'] ?? issuer;
  const { hostname, port, protocol } = new URL(address);
  const server = provider.listen(Number(port || (protocol === 'https:' ? 443 : 80)), hostname);
  await new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject));
  console.log(`The authorization server is running: ${address}/.well-known/openid-configuration`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => server.close(() => void reports.stop()));
}

await run(main);
