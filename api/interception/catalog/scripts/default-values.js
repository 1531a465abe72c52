// What clients do not say of themselves is given to them, and some of it whatever they say.

function createClient(ctx) {
  // Of what administrators write only the outcome is known: what it has stands.
  const sent = ctx.request.body || ctx.client;
  const defaults = objectIn(ctx.properties, 'defaults');
  for (const name of Object.keys(defaults)) {
    if (sent[name] === undefined || sent[name] === null || sent[name] === '') ctx.client[name] = defaults[name];
  }
  const fixed = objectIn(ctx.properties, 'fixed');
  for (const name of Object.keys(fixed)) ctx.client[name] = fixed[name];
  return true;
}

function updateClient(ctx) {
  return createClient(ctx);
}

function objectIn(properties, name) {
  const value = JSON.parse(properties[name] || '{}');
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new TypeError(`the property ${name} is no JSON object`);
  }
  return value;
}
