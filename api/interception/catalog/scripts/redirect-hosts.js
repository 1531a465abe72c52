// Redirect URIs are on these hosts only.

const LISTS = ['redirect_uris', 'post_logout_redirect_uris'];
const LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?([/?]|$)/;

function createClient(ctx) {
  const { hosts, schemes, allow_loopback: loopback } = ctx.properties;
  const patterns = wordsOf(hosts).map((host) => host.toLowerCase());
  const others = wordsOf(schemes).map((scheme) => scheme.toLowerCase().replace(/:$/, ''));
  const isAllowed = (uri) => {
    const host = hostOf(uri);
    if (host !== undefined) return patterns.some((pattern) => isOn(host, pattern));
    if (loopback === 'true' && LOOPBACK.test(uri)) return true;
    const scheme = /^([a-z][a-z\d+.-]*):/i.exec(uri);
    return scheme !== null && !/^https?$/i.test(scheme[1]) && others.includes(scheme[1].toLowerCase());
  };
  for (const list of LISTS) {
    for (const uri of ctx.client[list] || []) {
      if (!isAllowed(uri)) ctx.refuse('invalid_redirect_uri', `${list}: ${uri} is not on a host that is allowed here`);
    }
  }
  return true;
}

function updateClient(ctx) {
  return createClient(ctx);
}

// Only what cannot be read in two ways has a host: no user information, no backslash, nothing in percents.
function hostOf(uri) {
  const match = /^https:\/\/([a-z0-9.-]+)(:\d{1,5})?([/?][^\\]*)?$/i.exec(uri);
  return match === null ? undefined : match[1].toLowerCase();
}

// `*.example.com` is every host below example.com, and not example.com itself.
function isOn(host, pattern) {
  return pattern.startsWith('*.')
    ? host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1
    : host === pattern;
}

function wordsOf(text) {
  return (text || '').split(/[\s,]+/).filter((word) => word !== '');
}
