import { basic, issuerMetadata, RegistryError, send } from '../node/token.ts';

/** Whether a client has this secret. Throws when that cannot be found out. */
export type CheckSecret = (clientId: string, secret: string, method: string) => Promise<boolean>;

// region: secrets
/**
 * Has the registry check secrets, since it keeps them as digests and shows them to nobody: the client authenticates
 * at its introspection endpoint with what it presented here. Old and new secret of a rotation are good alike.
 */
export function registrySecrets(url: string): CheckSecret {
  let endpoint: string | undefined;
  return async (clientId, secret, method) => {
    endpoint ??= (await issuerMetadata(url))['introspection_endpoint'] as string;
    const isPost = method === 'client_secret_post';
    const response = await send(endpoint, {
      method: 'POST',
      ...(!isPost && { headers: { Authorization: basic(clientId, secret) } }),
      body: new URLSearchParams({ token: 'none', ...(isPost && { client_id: clientId, client_secret: secret }) }),
    });
    if (response.ok || response.status === 401) return response.ok;
    throw new RegistryError(response.status, `the registry could not check a secret (${response.status})`);
  };
}
// endregion
