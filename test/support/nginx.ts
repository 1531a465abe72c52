import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the replicas are, and where nginx is to listen. */
export interface NginxPlaces {
  /** Of which there may be fewer than the file has servers: the others are away. */
  readonly upstreams: readonly string[];
  readonly port: number;
}

/**
 * Writes a whole configuration of nginx around that of one server, with everything in `folder`, which has its certificate
 * as `registry.crt` and `registry.key`. Returns the file.
 */
export function nginxConfiguration(folder: string, server: string, { upstreams, port }: NginxPlaces): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const left = [...upstreams];
  const adapted = server
    .replaceAll(/server (172\.30\.80\.\d+|127\.0\.0\.1):8080;/g, () => `server ${left.shift() ?? '127.0.0.1:1'};`)
    .replaceAll('/etc/nginx/tls', folder)
    .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`);
  const head = [`pid ${folder}/nginx.pid;`, 'daemon off;', 'error_log stderr;', 'events {}'];
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, [...head, 'http {', 'access_log off;', ...temporary, adapted, '}'].join('\n'));
  return file;
}
