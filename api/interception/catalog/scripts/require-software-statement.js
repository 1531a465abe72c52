// Clients register, and stay registered, with a software statement only (RFC 7591 section 2.3). Its signature has been
// verified before this runs.

function createClient(ctx) {
  if (!ctx.statement) ctx.refuse('invalid_software_statement', 'a software statement is needed');
  const issuers = wordsOf(ctx.properties.issuers);
  if (issuers.length > 0 && !issuers.includes(ctx.statement.iss)) {
    ctx.refuse('unapproved_software_statement', 'software statements of this issuer are not accepted here');
  }
  return true;
}

function updateClient(ctx) {
  return createClient(ctx);
}

function wordsOf(text) {
  return (text || '').split(/[\s,]+/).filter((word) => word !== '');
}
